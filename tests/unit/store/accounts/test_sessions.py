"""Sessions, tokens, limits, the key file; and that no secret lies anywhere."""

import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from duibiao.store.accounts import COMMAND_LINE, AccountRole, Vault
from duibiao.store.accounts.limits import ProcessLimiter, RateRule, StoreLimiter
from duibiao.store.accounts.vault import SECRET_FILE
from duibiao.store.store import Store
from tests.unit.store.accounts.house import (
    BETTER,
    CITY,
    GOOD,
    HERE,
    House,
    every_text,
    opened,
    refused,
)
from tests.unit.store.people import AUDITOR


def test_a_session_ends_when_it_is_idle_and_lives_while_it_is_used(house: House) -> None:
    house.account("worker")
    token = house.login("worker")
    for _ in range(5):
        house.clock.on(minutes=29)
        assert house.accounts.sessions.find(token)
    house.clock.on(minutes=30)
    assert house.accounts.sessions.find(token) is None


def test_a_session_ends_after_half_a_day_however_much_it_is_used(house: House) -> None:
    house.account("worker")
    token = house.login("worker")
    lived = 0
    for _ in range(60):
        house.clock.on(minutes=15)
        lived += bool(house.accounts.sessions.find(token))
    assert lived == 47  # twelve hours are 48 quarters; at the last one it has ended


def test_every_sign_in_has_its_own_token_and_signing_out_ends_that_one(house: House) -> None:
    account_id = house.account("worker")
    first, second = house.login("worker"), house.login("worker")
    assert first != second
    assert len(first) == 43
    assert len(house.accounts.sessions.of(account_id)) == 2
    house.accounts.sessions.end(first)
    house.accounts.sessions.end(first)
    assert house.accounts.sessions.find(first) is None
    assert house.accounts.sessions.find(second)


def test_one_ends_ones_own_sessions_one_by_one_or_all(house: House) -> None:
    mine, other = house.account("worker"), house.account("other")
    tokens = [house.login("worker") for _ in range(3)]
    foreign = house.login("other")
    (foreign_session,) = house.accounts.sessions.of(other)
    assert not house.accounts.sessions.end_one(mine, foreign_session.id), "somebody else's session was ended"
    session = house.accounts.sessions.find(tokens[0])
    assert session
    assert session.session
    assert house.accounts.sessions.end_one(mine, session.session.id)
    assert house.accounts.sessions.find(tokens[0]) is None
    assert house.accounts.sessions.end_all(mine, but=tokens[1]) == 1
    assert house.accounts.sessions.find(tokens[1])
    assert house.accounts.sessions.end_all(mine) == 1
    assert [house.accounts.sessions.find(one) for one in tokens] == [None, None, None]
    assert house.accounts.sessions.find(foreign)


@pytest.mark.parametrize("value", ["", "x", "' OR 1=1 --", "a" * 100_000, "\x00", "😀"])
def test_a_token_of_anything_else_is_nobody(house: House, value: str) -> None:
    house.account("worker")
    house.login("worker")
    assert house.accounts.sessions.find(value) is None
    assert house.accounts.tokens.find(value) is None
    assert house.accounts.tokens.find("dbt_" + value) is None


def test_a_token_for_programs_has_scopes_and_an_end_and_is_withdrawn_by_its_owner(house: House) -> None:
    mine, other = house.account("worker", CITY, AccountRole.ANALYST), house.account("other")
    token, key = house.accounts.tokens.create(mine, "取数", ["use_api", "read_published"], 30)
    assert token.scopes == ("read_published", "use_api")
    assert token.hint in key
    assert len(token.hint) == 8
    signed = house.accounts.tokens.find(key)
    assert signed
    assert (signed.account.id, signed.roles) == (mine, frozenset({AccountRole.ANALYST}))
    assert signed.scopes == frozenset({"use_api", "read_published"})
    with refused("TOKEN-UNKNOWN"):
        house.accounts.tokens.revoke(other, token.id)
    house.clock.on(days=30)
    assert house.accounts.tokens.find(key) is None
    token, key = house.accounts.tokens.create(mine, "取数", ["use_api"], 30)
    house.accounts.tokens.revoke(mine, token.id)
    assert house.accounts.tokens.find(key) is None
    assert len(house.accounts.tokens.of(mine)) == 2


def test_a_token_without_name_scope_or_end_is_refused(house: House) -> None:
    mine = house.account("worker")
    create = house.accounts.tokens.create
    with refused("TOKEN-NAME"):
        create(mine, " ", ["use_api"], 30)
    for scopes in ([], ["use api"], ["DROP"]):
        with refused("TOKEN-SCOPE"):
            create(mine, "取数", scopes, 30)
    for days in (0, -1, 366):
        with refused("TOKEN-DAYS"):
            create(mine, "取数", ["use_api"], days)
    for _ in range(20):
        create(mine, "取数", ["use_api"], 30)
    with refused("TOKEN-MANY"):
        create(mine, "取数", ["use_api"], 30)


def test_every_step_stands_in_the_trail_and_the_chain_holds(house: House) -> None:
    account_id, _, codes = house.with_totp("worker")
    step = house.accounts.signing_in.with_password("worker", GOOD, HERE)
    token = house.accounts.signing_in.with_code(step.token, codes[0], HERE).token
    with refused("LOGIN-FAILED"):
        house.login("nobody-knows-me", "wrong")
    house.accounts.roles.grant(COMMAND_LINE, "worker", AccountRole.LEADER, CITY)
    made, _ = house.accounts.tokens.create(account_id, "取数", ["use_api"], 3)
    house.accounts.tokens.revoke(account_id, made.id)
    house.accounts.sessions.end(token)
    assert house.actions()[-9:] == [
        "session.end_all", "totp.add", "login.password", "login", "login.failed", "role.grant",
        "token.create", "token.revoke", "session.end",
    ]  # fmt: skip
    assert house.store.verify_audit() == []


def test_no_secret_lies_in_the_data_base_or_the_trail(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    with opened(f"sqlite:///{file}") as house:
        account_id, secret, codes = house.with_totp("worker")
        step = house.accounts.signing_in.with_password("worker", GOOD, HERE)
        session = house.accounts.signing_in.with_code(step.token, codes[0], HERE).token
        _, key = house.accounts.tokens.create(account_id, "取数", ["use_api"], 3)
        for typed in ("My-Typed-Secret-77", BETTER):
            with refused("LOGIN-FAILED"):
                house.login(typed, typed)  # a password typed where the user name belongs
        _, first = house.accounts.people.create(COMMAND_LINE, "second", "第二", CITY)
        reset = house.accounts.people.reset_password(COMMAND_LINE, "worker", "测试")
        content = every_text(file)
        secrets = [GOOD, BETTER, BETTER.lower(), "my-typed-secret-77", secret, step.token, session, key, first, reset]
        for one in [*secrets, *codes, *(code.replace("-", "") for code in codes)]:
            assert one.encode() not in content
        assert account_id.encode() in content, "the search looks at the wrong file"
        assert "argon2id" in content.decode("utf-8", "ignore")
        trail = "".join(f"{line.actor}{line.object}{line.detail}" for line in house.store.audit(AUDITOR))
        assert "argon2" not in trail


def test_a_copied_data_base_without_the_key_opens_no_second_factor(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'store.db'}") as house:
        _, secret, codes = house.with_totp("worker")
        stolen = house.store.accounts(Vault(b"x" * 32), house.accounts.room.hashing)
        step = stolen.signing_in.with_password("worker", GOOD, HERE)
        for code in (house.code(secret), codes[0]):
            with refused("LOGIN-CODE"):
                stolen.signing_in.with_code(step.token, code, HERE)


def test_a_sealed_secret_belongs_to_its_owner_and_purpose() -> None:
    vault = Vault(b"k" * 32)
    sealed = vault.seal("totp", "one", b"secret")
    assert sealed != vault.seal("totp", "one", b"secret")
    assert vault.unseal("totp", "one", sealed) == b"secret"
    assert vault.unseal("totp", "two", sealed) is None
    assert vault.unseal("other", "one", sealed) is None
    assert vault.unseal("totp", "one", sealed[:-4] + "AAAA") is None
    assert vault.unseal("totp", "one", "") is None


def test_the_key_is_made_once_and_readable_for_its_owner_only(tmp_path: Path) -> None:
    barrier = threading.Barrier(8)

    def make(_: int) -> str:
        barrier.wait()
        return Vault.of_folder(tmp_path).keyed("x", "y")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(make, range(8)))) == 1
    assert [path.name for path in tmp_path.iterdir()] == [SECRET_FILE]
    assert stat.S_IMODE((tmp_path / SECRET_FILE).stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps rights in another way")
def test_a_key_that_others_may_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    Vault.of_folder(tmp_path)
    (tmp_path / SECRET_FILE).chmod(0o640)
    with refused("ACCOUNT-SECRET"):
        Vault.of_folder(tmp_path)
    (tmp_path / SECRET_FILE).chmod(0o600)
    for content in (b"", b"short", b"\xff\xfe not base64", b"QUJD\n"):
        (tmp_path / SECRET_FILE).write_bytes(content)
        with refused("ACCOUNT-SECRET"):
            Vault.of_folder(tmp_path)


class Seconds:
    def __init__(self) -> None:
        self.now = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_limit_counts_by_rule_and_key_and_begins_anew_with_each_window() -> None:
    seconds = Seconds()
    limiter = ProcessLimiter(seconds)
    rule, other = RateRule("login", 3, 60), RateRule("api", 3, 60)
    seconds.now = 60 * 20_000_000.0
    assert [limiter.wait_s(rule, "a") for _ in range(5)] == [0, 0, 0, 61, 61]
    assert limiter.wait_s(rule, "b") == limiter.wait_s(other, "a") == 0
    seconds.now += 59
    assert limiter.wait_s(rule, "a") == 2
    seconds.now += 1
    assert limiter.wait_s(rule, "a") == 0


def test_several_workers_share_one_limit(database_url: str) -> None:
    seconds = Seconds()
    with opened(database_url) as house:
        stores = [Store.open(database_url) for _ in range(3)]
        rooms = [store.accounts(Vault(b"k" * 32), house.accounts.room.hashing).room for store in stores]
        workers = [StoreLimiter(room, seconds) for room in rooms]
        rule = RateRule("login", 10, 60)
        with ThreadPoolExecutor(6) as pool:
            waits = list(pool.map(lambda number: workers[number % 3].wait_s(rule, "10.0.0.1"), range(60)))
        assert waits.count(0) == 10
        wide = RateRule("api", 200, 60)  # booked ten at once
        served = [workers[number % 3].wait_s(wide, "10.0.0.1") for number in range(600)]
        assert 180 <= served.count(0) <= 200
        seconds.now += 60
        assert workers[0].wait_s(rule, "10.0.0.1") == 0
        for store in stores:
            store.close()
