"""Who may make accounts, who may grant roles, and what nobody may do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import permutations

import pytest
import sqlalchemy as sa

from duibiao.kernel.problem import UserError
from duibiao.store.accounts import COMMAND_LINE, AccountRole, AccountState, Officer
from duibiao.store.accounts.model import ADMINISTRATORS
from duibiao.store.accounts.policy import SETTING_RULES, SecurityPolicy
from tests.unit.store.accounts.house import CITY, DISTRICT, GOOD, HERE, OTHER_DISTRICT, SCHOOL, House, refused


def test_the_system_administrator_makes_accounts_and_grants_nothing_not_even_to_itself(house: House) -> None:
    admin = house.officer("sysadmin", AccountRole.SYSTEM_ADMIN)
    made, password = house.accounts.people.create(admin, "newcomer", "新人", DISTRICT)
    assert house.accounts.roles.of(made.id) == []
    assert house.login("newcomer", password)
    for username in ("newcomer", "sysadmin"):
        with refused("ACCESS-ROLE"):
            house.accounts.roles.grant(admin, username, AccountRole.ANALYST, DISTRICT)
    pretending = Officer(admin.account_id, admin.name, CITY, AccountRole.SECURITY_ADMIN)
    with refused("ACCESS-ROLE"):  # what counts is what the data base says today, not what a caller claims
        house.accounts.roles.grant(pretending, "newcomer", AccountRole.ANALYST, DISTRICT)


def test_the_security_administrator_grants_and_withdraws_but_makes_no_account_and_grants_itself_nothing(
    house: House,
) -> None:
    admin = house.officer("secadmin", AccountRole.SECURITY_ADMIN)
    account_id = house.account("worker", DISTRICT)
    with refused("ACCESS-ROLE"):
        house.accounts.people.create(admin, "friend", "朋友", CITY)
    with refused("ACCESS-ROLE"):
        house.accounts.people.reset_password(admin, "worker", "忘记密码")
    with refused("ACCOUNT-SELF"):
        house.accounts.roles.grant(admin, "secadmin", AccountRole.PUBLISHER, CITY)
    grant = house.accounts.roles.grant(admin, "worker", AccountRole.REVIEWER, DISTRICT, reason="任命")
    token = house.login("worker")
    signed = house.accounts.sessions.find(token)
    assert signed
    assert signed.roles == {AccountRole.REVIEWER}
    with refused("ACCOUNT-REASON"):
        house.accounts.roles.revoke(admin, grant.id, "  ")
    house.accounts.roles.revoke(admin, grant.id, "调离")
    signed = house.accounts.sessions.find(token)
    assert signed
    assert signed.roles == frozenset(), "a withdrawn role works on in a session that was open"
    with refused("ACCOUNT-GRANT-UNKNOWN"):
        house.accounts.roles.revoke(admin, grant.id, "调离")
    (kept,) = house.accounts.roles.of(account_id)
    assert (kept.revoked_by, kept.reason) == (admin.name, "任命")


@pytest.mark.parametrize(("first", "second"), list(permutations(sorted(ADMINISTRATORS), 2)))
def test_no_account_is_two_of_the_three_administrators(house: House, first: AccountRole, second: AccountRole) -> None:
    house.account("mighty", CITY, first)
    with refused("ACCOUNT-TWO-ADMINS"):
        house.accounts.roles.grant(COMMAND_LINE, "mighty", second, CITY)
    tomorrow = house.clock().date() + timedelta(days=400)
    with refused("ACCOUNT-TWO-ADMINS"):  # nor later, while the first has no end
        house.accounts.roles.grant(COMMAND_LINE, "mighty", second, DISTRICT, valid_from=tomorrow)


def test_two_administrators_granted_at_the_same_moment_are_one(house: House) -> None:
    account_id = house.account("mighty")

    def grant(role: AccountRole) -> str:
        try:
            house.accounts.roles.grant(COMMAND_LINE, "mighty", role, CITY)
        except UserError as error:
            return error.problems[0].code
        return ""

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(grant, sorted(ADMINISTRATORS)))
    assert sorted(answers) == ["", "ACCOUNT-TWO-ADMINS", "ACCOUNT-TWO-ADMINS"]
    assert len(house.accounts.roles.of(account_id)) == 1


def test_a_grant_holds_from_its_first_to_its_last_day(house: House) -> None:
    house.account("guest")
    today = house.clock().date()
    start, end = today + timedelta(days=2), today + timedelta(days=3)
    house.accounts.roles.grant(COMMAND_LINE, "guest", AccountRole.LEADER, CITY, valid_from=start, valid_to=end)
    held = []
    for _ in range(5):
        signed = house.accounts.sessions.find(house.login("guest"))
        assert signed
        held.append(AccountRole.LEADER in signed.roles)
        house.clock.on(days=1)
    assert held == [False, False, True, True, False]


def test_grants_with_impossible_days_or_twice_the_same_are_refused(house: House) -> None:
    house.account("guest", CITY, AccountRole.LEADER)
    today = house.clock().date()
    for dates in ((today, today - timedelta(days=1)), (today - timedelta(days=9), today - timedelta(days=2))):
        with refused("ACCOUNT-GRANT-DATES"):
            house.accounts.roles.grant(
                COMMAND_LINE, "guest", AccountRole.ANALYST, CITY, valid_from=dates[0], valid_to=dates[1]
            )
    with refused("ACCOUNT-GRANT-TWICE"):
        house.accounts.roles.grant(COMMAND_LINE, "guest", AccountRole.LEADER, CITY)
    with refused("ACCOUNT-UNIT"):
        house.accounts.roles.grant(COMMAND_LINE, "guest", AccountRole.ANALYST, "123456")
    with refused("ACCOUNT-UNKNOWN"):
        house.accounts.roles.grant(COMMAND_LINE, "nobody", AccountRole.ANALYST, CITY)


def test_a_districts_administrators_reach_their_own_subtree_only(house: House) -> None:
    system = house.officer("dsys", AccountRole.SYSTEM_ADMIN, DISTRICT)
    security = house.officer("dsec", AccountRole.SECURITY_ADMIN, DISTRICT)
    house.account("outside", OTHER_DISTRICT)
    house.account("inside", SCHOOL)
    made, _ = house.accounts.people.create(system, "below", "下级", SCHOOL)
    assert made.unit == SCHOOL
    for unit in (CITY, OTHER_DISTRICT):
        with refused("ACCESS-UNIT"):
            house.accounts.people.create(system, "above", "上级", unit)
        with refused("ACCESS-UNIT"):
            house.accounts.roles.grant(security, "inside", AccountRole.REVIEWER, unit)
    with refused("ACCESS-UNIT"):
        house.accounts.people.reset_password(system, "outside", "越权")
    with refused("ACCESS-UNIT"):
        house.accounts.people.set_state(system, "outside", AccountState.DISABLED, "越权")
    grant = house.accounts.roles.grant(COMMAND_LINE, "outside", AccountRole.HEAD, OTHER_DISTRICT)
    with refused("ACCESS-UNIT"):
        house.accounts.roles.revoke(security, grant.id, "越权")


def test_the_system_administrator_cannot_become_another_administrator_by_a_reset(house: House) -> None:
    system = house.officer("sysadmin", AccountRole.SYSTEM_ADMIN)
    house.officer("secadmin", AccountRole.SECURITY_ADMIN)
    for act in (house.accounts.people.reset_password, house.accounts.people.reset_totp):
        with refused("ACCOUNT-ADMIN-RESET"):
            act(system, "secadmin", "忘记密码")
    with refused("ACCOUNT-ADMIN-RESET"):
        house.accounts.people.link(system, "secadmin", "https://id.example", "mine")
    with refused("ACCOUNT-SELF"):
        house.accounts.people.reset_password(system, "sysadmin", "忘记密码")
    password = house.accounts.people.reset_password(COMMAND_LINE, "secadmin", "两人在场")
    assert house.login("secadmin", password)


def test_a_reset_ends_sessions_and_lifts_the_lock_and_takes_the_second_factor_only_where_asked(house: House) -> None:
    system = house.officer("sysadmin", AccountRole.SYSTEM_ADMIN)
    account_id, _, codes = house.with_totp("worker")
    step = house.accounts.signing_in.with_password("worker", GOOD, HERE)
    session = house.accounts.signing_in.with_code(step.token, codes[0], HERE).token
    with refused("ACCOUNT-REASON"):
        house.accounts.people.reset_password(system, "worker", " ")
    password = house.accounts.people.reset_password(system, "worker", "忘记密码")
    assert house.accounts.sessions.find(session) is None
    assert house.accounts.people.find(account_id).has_totp
    house.accounts.people.reset_totp(system, "worker", "手机丢失")
    assert not house.accounts.people.find(account_id).has_totp
    signed = house.accounts.sessions.find(house.login("worker", password))
    assert signed
    assert signed.account.must_change


@pytest.mark.parametrize("username", ["", "ab", "-abc", "李雷", "a b c", "a" * 33, "<script>", "a'--"])
def test_a_user_name_of_other_characters_is_refused(house: House, username: str) -> None:
    with refused("ACCOUNT-USERNAME"):
        house.accounts.people.create(COMMAND_LINE, username, "姓名", CITY)


def test_a_user_name_is_given_once_however_it_is_written(house: House) -> None:
    house.account("worker")
    for written in ("WORKER", "ｗｏｒｋｅｒ", " worker "):
        with refused("ACCOUNT-TAKEN"):
            house.accounts.people.create(COMMAND_LINE, written, "姓名", CITY)
    for name in ("", "  ", "好" * 41, "姓\x00名"):
        with refused("ACCOUNT-NAME"):
            house.accounts.people.create(COMMAND_LINE, "another", name, CITY)


def test_accounts_are_listed_by_subtree_and_by_a_part_of_their_name(house: House) -> None:
    for username, unit in (("city1", CITY), ("dist1", DISTRICT), ("sch1", SCHOOL), ("dist2", OTHER_DISTRICT)):
        house.account(username, unit)
    people = house.accounts.people
    assert [one.username for one in people.all()] == ["city1", "dist1", "dist2", "sch1"]
    assert [one.username for one in people.all(under=[DISTRICT])] == ["dist1", "sch1"]
    assert people.count(under=[DISTRICT, OTHER_DISTRICT]) == 3
    assert people.count(under=[CITY]) == people.count() == 4
    assert people.all(under=[]) == []
    assert [one.username for one in people.all(text="DIST")] == ["dist1", "dist2"]
    assert [one.username for one in people.all(text="测试sch")] == ["sch1"]
    assert people.all(text="%") == people.all(text="_") == []
    assert [one.username for one in people.all(limit=2, skip=1)] == ["dist1", "dist2"]


def test_settings_have_bounds_an_earlier_value_stays_and_the_new_one_holds_at_once(house: House) -> None:
    system = house.officer("sysadmin", AccountRole.SYSTEM_ADMIN)
    security = house.officer("secadmin", AccountRole.SECURITY_ADMIN)
    for key, value in (
        ("idle_minutes", "4"),
        ("idle_minutes", "121"),
        ("idle_minutes", "many"),
        ("idle_minutes", "１０"),
        ("password_length", "7"),
        ("lock_after", "0"),
        ("second_factor", "some"),
        ("no_such", "1"),
    ):
        with refused("ACCOUNT-SETTING"):
            house.accounts.roles.change_settings(system, {key: value})
    with refused("ACCESS-ROLE"):
        house.accounts.roles.change_settings(security, {"idle_minutes": "10"})
    token = house.login("sysadmin")
    assert house.accounts.roles.change_settings(system, {"idle_minutes": "10", "lock_after": "5"}).idle_minutes == 10
    house.accounts.roles.change_settings(system, {"idle_minutes": "20"})
    assert [row[:2] for row in house.accounts.roles.setting_history()] == [
        ("idle_minutes", "20"),
        ("idle_minutes", "10"),
    ]
    house.clock.on(minutes=20)
    assert house.accounts.sessions.find(token) is None


def test_every_setting_has_a_rule_and_its_default_lies_within() -> None:
    defaults = {name: getattr(SecurityPolicy(), name) for name in SecurityPolicy.__dataclass_fields__}
    assert set(SETTING_RULES) == set(defaults)
    for name, rule in SETTING_RULES.items():
        assert str(defaults[name]) in rule.words if rule.words else rule.least <= defaults[name] <= rule.most, name


def test_a_role_that_was_slipped_into_the_data_base_is_found(house: House) -> None:
    house.account("worker", CITY, AccountRole.REPORTER)
    assert house.store.verify_audit() == []
    engine = house.accounts.room.database.engine
    with engine.connect() as connection:
        connection.execution_options(writes=True)
        connection.execute(
            sa.text(
                "INSERT INTO role_grant SELECT 'x', account_id, 'publisher', unit, valid_from, valid_to, reason,"
                " granted_at, granted_by, audit_seq FROM role_grant"
            )
        )
        connection.commit()
    assert {found.code for found in house.store.verify_audit()} == {"STORE-AUDIT"}


def test_days_are_those_of_the_stores_clock(house: House) -> None:
    assert house.accounts.room.today() == date(2026, 3, 2)
