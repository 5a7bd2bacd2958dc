"""``duibiao accounts`` on a real store: what is printed is what lets somebody in."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from duibiao.cli.main import app
from duibiao.kernel.problem import UserError
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.store.accounts import AccountRole, Accounts, Caller, Vault
from duibiao.store.accounts.model import ADMINISTRATORS
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ActorRole

HERE = Caller("127.0.0.1")
Run = Callable[..., Any]


def made(folder: Path, *, simulated: bool) -> Path:
    word = "模拟" if simulated else ""
    units = [
        Unit(code="990000", name=f"{word}测试市", kind=UnitKind.CITY, parent=""),
        Unit(code="990101", name=f"{word}甲区", kind=UnitKind.DISTRICT, parent="990000"),
        Unit(code="S1", name=f"{word}一小", kind=UnitKind.SCHOOL, parent="990101"),
    ]
    folder.mkdir(exist_ok=True)
    with Store.create(f"sqlite:///{folder / 'store.db'}", simulated=simulated) as store:
        store.put_units(Actor("测试", "990000", ActorRole.SYSTEM), units, date(2020, 1, 1))
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Run:
    folder = made(tmp_path / "data", simulated=False)

    def run(*words: str) -> Any:
        return CliRunner().invoke(app, ["accounts", "--data", str(folder), *words])

    return run


def password_of(output: str) -> str:
    found = re.search(r"password: (\S+)", output)
    assert found, output
    return found[1]


def opened(folder: Path) -> tuple[Store, Accounts]:
    store = Store.open(f"sqlite:///{folder / 'store.db'}")
    return store, store.accounts(Vault.of_folder(folder))


def signed_in(folder: Path, username: str, password: str) -> frozenset[AccountRole]:
    store, accounts = opened(folder)
    with store:
        step = accounts.signing_in.with_password(username, password, HERE)
        found = accounts.sessions.find(step.token)
        assert found
        return found.roles


def test_an_account_is_made_entrusted_closed_opened_and_reset(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    done = run("create", "lina", "--name", "李娜", "--unit", "990000", "--role", "system_admin")
    assert done.exit_code == 0, done.output
    assert signed_in(folder, "lina", password_of(done.output)) == {AccountRole.SYSTEM_ADMIN}
    refused = run("grant", "lina", "--role", "audit_admin", "--unit", "990000")
    assert isinstance(refused.exception, UserError)
    assert refused.exception.problems[0].code == "ACCOUNT-TWO-ADMINS"
    assert run("grant", "lina", "--role", "leader", "--unit", "990101", "--to", "2099-12-31").exit_code == 0
    listed = run("list", "lina").output
    assert "系统管理员@990000" in listed
    assert "领导@990101" in listed
    assert "1" in run("revoke", "lina", "--role", "leader", "--unit", "990101", "--reason", "调离").output
    assert "disabled" in run("close", "lina", "--reason", "离职").output
    assert "active" in run("open", "lina", "--reason", "返聘").output
    reset = run("reset-password", "lina", "--reason", "忘记密码")
    assert signed_in(folder, "lina", password_of(reset.output)) == {AccountRole.SYSTEM_ADMIN}
    for words in (
        ("unlock", "lina", "--reason", "本人来电"),
        ("reset-totp", "lina", "--reason", "手机丢失"),
        ("link", "lina", "--issuer", "id.example", "--subject", "7"),
    ):
        assert run(*words).exit_code == 0, words
    alone = run("create", "sso", "--name", "单点", "--unit", "S1", "--single-sign-on")
    assert "password" not in alone.output


def test_demonstration_accounts_are_one_for_each_role_and_their_passwords_work(tmp_path: Path) -> None:
    folder = made(tmp_path / "data", simulated=True)
    done = CliRunner().invoke(app, ["accounts", "--data", str(folder), "demo"])
    assert done.exit_code == 0, done.output
    rows = re.findall(r"(demo-[a-z-]+)\s+(\S+-\S+-\S+-\S+)\s+(\S+)", done.output)
    assert len(rows) == len(AccountRole) + 2  # a reviewer also for the city, a reporter also for the district
    assert len({password for _, password, _ in rows}) == len(rows)
    roles = {username: signed_in(folder, username, password) for username, password, _ in rows}
    assert set().union(*roles.values()) == set(AccountRole)
    assert all(len(ADMINISTRATORS & held) <= 1 for held in roles.values())
    assert {name: unit for name, _, unit in rows}["demo-reporter"] == "模拟一小"
    again = CliRunner().invoke(app, ["accounts", "--data", str(folder), "demo"])
    fresh = re.findall(r"(demo-[a-z-]+)\s+(\S+-\S+-\S+-\S+)\s+(\S+)", again.output)
    assert {password for _, password, _ in fresh}.isdisjoint({password for _, password, _ in rows})
    with pytest.raises(UserError):
        signed_in(folder, *rows[0][:2])


def test_a_real_store_has_no_demonstration_account(run: Run) -> None:
    refused = run("demo")
    assert isinstance(refused.exception, UserError)
    assert [found.code for found in refused.exception.problems] == ["ACCOUNT-DEMO-REAL"]
