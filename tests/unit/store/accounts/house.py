"""A store with the example units and a few accounts, with a clock that is set by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from duibiao.kernel.problem import UserError
from duibiao.store.accounts import COMMAND_LINE, AccountRole, Accounts, Caller, Officer, Vault
from duibiao.store.accounts.passwords import Hashing
from duibiao.store.store import Store
from tests.unit.store.examples import UNITS
from tests.unit.store.people import AUDITOR, PUBLISHER

CITY, DISTRICT, OTHER_DISTRICT, SCHOOL = "990000", "990101", "990102", "S1"
GOOD = "Lan-Tian_3076"
BETTER = "Yu-Zhong_8241"
HERE = Caller("10.1.2.3", "Firefox")
KEY = b"k" * 32


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def on(self, **time: float) -> None:
        self.at += timedelta(**time)


class House:
    """The store, its accounts and its clock."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        # The cheapest parameters argon2 allows: what is tested is ours, not how slow argon2 is.
        self.accounts: Accounts = store.accounts(Vault(KEY), Hashing(time_cost=1, memory_kib=8, parallelism=1))

    def account(self, username: str, unit: str = CITY, *roles: AccountRole) -> str:
        """An account with roles, whose password is GOOD and need not be changed; answers its id."""
        made, password = self.accounts.people.create(COMMAND_LINE, username, f"测试{username}", unit)
        step = self.accounts.signing_in.with_password(username, password, HERE)
        self.accounts.signing_in.change_password(made.id, password, GOOD, HERE)
        self.accounts.sessions.end_all(made.id)
        assert step.token
        for role in roles:
            self.accounts.roles.grant(COMMAND_LINE, username, role, unit)
        return made.id

    def officer(self, username: str, role: AccountRole, unit: str = CITY) -> Officer:
        """An account made for one administrator's role."""
        account_id = self.account(username, unit, role)
        return Officer(account_id, f"测试{username}（{username}）", unit, role)

    def login(self, username: str, password: str = GOOD) -> str:
        return self.accounts.signing_in.with_password(username, password, HERE).token

    def with_totp(self, username: str) -> tuple[str, str, list[str]]:
        """An account with a second factor; answers its id, the secret and the recovery codes."""
        account_id = self.account(username)
        secret = self.accounts.signing_in.new_totp()
        codes = self.accounts.signing_in.add_totp(account_id, secret, self.code(secret))
        self.clock.on(seconds=30)
        return account_id, secret, codes

    def code(self, secret: str) -> str:
        return pyotp.TOTP(secret).at(self.clock())

    def actions(self) -> list[str]:
        return [line.action for line in self.store.audit(AUDITOR)]


@contextmanager
def opened(url: str, *, simulated: bool = False) -> Iterator[House]:
    clock = Clock()
    with Store.create(url, simulated=simulated, clock=clock) as store:
        if not simulated:
            store.put_units(PUBLISHER, UNITS, date(2020, 1, 1))
        yield House(store, clock)


@contextmanager
def refused(code: str) -> Iterator[list[str]]:
    """The block must raise a UserError all of whose problems have this code; answers their Chinese messages."""
    messages: list[str] = []
    with pytest.raises(UserError) as caught:
        yield messages
    assert {found.code for found in caught.value.problems} == {code}
    for found in caught.value.problems:
        assert "{" not in found.message.zh + found.message.en + found.remedy.zh + found.remedy.en
        messages.append(found.message.zh)


def every_text(store_file: Path) -> bytes:
    """Everything SQLite wrote to the disk, with what it keeps beside the file."""
    return b"".join(path.read_bytes() for path in store_file.parent.glob(store_file.name + "*"))
