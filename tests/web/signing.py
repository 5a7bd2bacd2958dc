"""A small simulated city with real accounts, real sessions and the whole cockpit over it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from duibiao.metrics.unit import Unit, UnitKind
from duibiao.store.accounts import COMMAND_LINE, AccountRole, Accounts, Vault
from duibiao.store.accounts.demo import demonstration_accounts
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ActorRole
from duibiao.web.app import create_app
from duibiao.web.settings import Settings

PACKS = Path(__file__).resolve().parents[2] / "packs"
CITY, DISTRICT, OTHER, SCHOOL, OTHER_SCHOOL = "990000", "990101", "990102", "S1", "S2"
GOOD = "Lan-Tian_3076"
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@dataclass
class Town:
    """The cockpit with the password of every account."""

    app: FastAPI
    data: Path
    accounts: Accounts
    passwords: dict[str, str]

    def client(self, username: str = "") -> TestClient:
        """A browser; of somebody who signed in where a user name is given."""
        found = TestClient(self.app, base_url="http://127.0.0.1", follow_redirects=False)
        if username:
            answer = sign_in(found, username, self.passwords[username])
            assert answer.status_code == 303, answer.text
        return found

    def account(self, username: str, unit: str, *roles: AccountRole) -> str:
        """One more account, whose password is its own already; answers its id."""
        made, password = self.accounts.people.create(COMMAND_LINE, username, f"模拟{username}", unit)
        for role in roles:
            self.accounts.roles.grant(COMMAND_LINE, username, role, unit)
        browser = self.client()
        sign_in(browser, username, password)
        done = post(browser, "/account/password", old=password, new=GOOD, again=GOOD)
        assert done.status_code == 303, done.text
        self.passwords[username] = GOOD
        return made.id


def word(client: TestClient, path: str) -> str:
    """The word a form of a page carries."""
    found = CSRF.search(client.get(path).text)
    assert found, path
    return found[1]


def post(client: TestClient, path: str, page: str = "", **form: Any) -> Any:
    """Send a form of a page, as a browser does."""
    return client.post(path, data={"csrf": word(client, page or "/account"), **form})


def sign_in(client: TestClient, username: str, password: str, to: str = "/") -> Any:
    """Fill in the form to sign in."""
    return post(client, "/login", "/login", username=username, password=password, next=to)


@contextmanager
def town(folder: Path, **settings: Any) -> Iterator[Town]:
    """A city of two districts and two schools, everything simulated, nothing published; ``database``: not SQLite."""
    url = settings.get("database") or f"sqlite:///{folder / 'store.db'}"
    units = [
        Unit(code=CITY, name="模拟市", kind=UnitKind.CITY, parent=""),
        Unit(code=DISTRICT, name="模拟甲区", kind=UnitKind.DISTRICT, parent=CITY),
        Unit(code=OTHER, name="模拟乙区", kind=UnitKind.DISTRICT, parent=CITY),
        Unit(code=SCHOOL, name="模拟一小", kind=UnitKind.SCHOOL, parent=DISTRICT),
        Unit(code=OTHER_SCHOOL, name="模拟二小", kind=UnitKind.SCHOOL, parent=OTHER),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    with Store.create(url, simulated=True) as store:
        store.put_units(Actor("测试", CITY, ActorRole.SYSTEM), units, date(2020, 1, 1))
        accounts = store.accounts(Vault.of_folder(folder))
        demo = demonstration_accounts(accounts, "store.db")
        app = create_app(Settings(PACKS, data=folder, **{"open_reading": False, **settings}))
        yield Town(app, folder, accounts, {one.username: one.password for one in demo})
        app.state.cockpit.store().close()
