"""Passwords, locks, second factors, recovery codes, identities."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from duibiao.kernel.problem import UserError
from duibiao.store.accounts import COMMAND_LINE, AccountRole, AccountState, Caller
from duibiao.store.accounts.model import SessionStage
from tests.unit.store.accounts.house import BETTER, CITY, DISTRICT, GOOD, HERE, House, refused


def test_a_first_password_must_be_changed_and_then_works(house: House) -> None:
    made, password = house.accounts.people.create(COMMAND_LINE, "Li.Na", "李娜", DISTRICT)
    assert (made.username, made.must_change, made.has_password) == ("li.na", True, True)
    token = house.login("LI.NA ", password)
    signed = house.accounts.sessions.find(token)
    assert signed
    assert signed.account.must_change
    new = house.accounts.signing_in.change_password(made.id, password, GOOD, HERE)
    assert house.accounts.sessions.find(token) is None, "a session from before the change lives on"
    signed = house.accounts.sessions.find(new)
    assert signed
    assert not signed.account.must_change
    with refused("LOGIN-FAILED"):
        house.login("li.na", password)


def test_a_first_password_is_worth_nothing_after_a_week(house: House) -> None:
    _, password = house.accounts.people.create(COMMAND_LINE, "late", "迟到", CITY)
    house.clock.on(days=7, seconds=1)
    with refused("LOGIN-FIRST-EXPIRED"):
        house.login("late", password)


def test_the_answer_is_the_same_for_a_wrong_password_an_unknown_name_and_a_closed_account(house: House) -> None:
    house.account("known")
    house.account("closed")
    house.accounts.people.set_state(COMMAND_LINE, "closed", AccountState.DISABLED, "离职")
    told = set()
    for username, password in (("known", "wrong"), ("nobody", GOOD), ("closed", GOOD), ("", ""), ("known", "x" * 5000)):
        with pytest.raises(UserError) as caught:
            house.login(username, password)
        told.add(caught.value.problems)
    assert len(told) == 1


@pytest.mark.parametrize("username", ["known", "nobody"])
def test_failures_lock_for_longer_and_longer_whether_the_account_exists_or_not(house: House, username: str) -> None:
    house.account("known")
    for _ in range(5):
        with refused("LOGIN-FAILED"):
            house.login(username, "wrong")
    waits = []
    for _ in range(8):
        with pytest.raises(UserError) as caught:
            house.login(username, GOOD)  # even the right password waits
        (locked,) = caught.value.problems
        assert locked.code == "LOGIN-LOCKED"
        waits.append(int("".join(char for char in locked.message.en if char.isdigit())))
        house.clock.on(minutes=waits[-1])
        with refused("LOGIN-FAILED"):
            house.login(username, "wrong")
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_right_password_forgets_the_failures_and_an_administrator_lifts_a_lock(house: House) -> None:
    house.account("known")
    for _ in range(3):
        for _ in range(4):
            with refused("LOGIN-FAILED"):
                house.login("known", "wrong")
        assert house.login("known")
    for _ in range(5):
        with refused("LOGIN-FAILED"):
            house.login("known", "wrong")
    with refused("LOGIN-LOCKED"):
        house.login("known")
    assert list(house.accounts.people.locked_until(["known", "other"])) == ["known"]
    house.accounts.people.unlock(COMMAND_LINE, "known", "本人来电")
    assert house.login("known")


def test_a_hundred_guesses_at_the_same_moment_are_not_one(house: House) -> None:
    house.account("known")

    def guess(number: int) -> str:
        with pytest.raises(UserError) as caught:
            house.login("known", f"Guess-{number}-abc")
        return caught.value.problems[0].code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(guess, range(24)))
    assert codes.count("LOGIN-FAILED") == 5
    assert codes.count("LOGIN-LOCKED") == 19


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Ab3-xy", "只有 6 个字符"),
        ("lantian-baiyun", "四类"),
        ("Pass@word2026", "常见密码"),
        ("P@ssw0rd!!!2026", "常见密码"),
        ("Xm-teacher-31", "用户名"),
        ("Yz-测试teacher-3", "用户名"),
        ("Bb77-990101-x", "用户名"),
        ("Lan-Tian-7777", "重复"),
        ("Lan-qwert-30Z", "键盘"),
        ("Lan-54321-Zyx", "键盘"),
        ("Ab3-" + "x7Y." * 40, "超过 128"),
        ("Lan-Tian\x073076", "控制字符"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(house: House, password: str, words: str) -> None:
    account_id = house.account("teacher", DISTRICT)
    with refused("PASSWORD-WEAK") as told:
        house.accounts.signing_in.change_password(account_id, GOOD, password, HERE)
    assert words in "".join(told)
    assert password not in "".join(told)


def test_every_weakness_is_told_at_once(house: House) -> None:
    account_id = house.account("teacher")
    with refused("PASSWORD-WEAK") as told:
        house.accounts.signing_in.change_password(account_id, GOOD, "123456", HERE)
    assert len(told) == 4  # too short, one kind, common, a row of the keyboard


def test_old_passwords_are_refused_and_a_wrong_present_one_changes_nothing(house: House) -> None:
    account_id = house.account("teacher")
    with refused("PASSWORD-WRONG"):
        house.accounts.signing_in.change_password(account_id, "wrong", BETTER, HERE)
    with refused("PASSWORD-REUSED"):
        house.accounts.signing_in.change_password(account_id, GOOD, GOOD, HERE)
    present = GOOD
    for number in range(4):
        following = f"Ci-Qi-Kou_{number}83{number}"
        house.accounts.signing_in.change_password(account_id, present, following, HERE)
        present = following
    with refused("PASSWORD-REUSED"):
        house.accounts.signing_in.change_password(account_id, present, GOOD, HERE)
    house.accounts.signing_in.change_password(account_id, present, BETTER, HERE)
    house.accounts.signing_in.change_password(account_id, BETTER, GOOD, HERE)  # it is the sixth before now


def test_the_second_factor_is_asked_for_and_each_code_works_once(house: House) -> None:
    account_id, secret, _ = house.with_totp("careful")
    assert house.accounts.people.find(account_id).has_totp
    step = house.accounts.signing_in.with_password("careful", GOOD, HERE)
    assert step.stage is SessionStage.PASSWORD
    assert house.accounts.sessions.find(step.token) is None, "half signed in is not signed in"
    with refused("LOGIN-CODE"):
        house.accounts.signing_in.with_code(step.token, "000000", HERE)
    code = house.code(secret)
    done = house.accounts.signing_in.with_code(step.token, code, HERE)
    assert done.token != step.token
    assert house.accounts.sessions.find(done.token)
    with refused("LOGIN-EXPIRED"):
        house.accounts.signing_in.with_code(step.token, code, HERE)
    again = house.accounts.signing_in.with_password("careful", GOOD, HERE)
    with refused("LOGIN-CODE"):
        house.accounts.signing_in.with_code(again.token, code, HERE)  # seen over a shoulder: worth nothing
    house.clock.on(seconds=30)
    assert house.accounts.signing_in.with_code(again.token, house.code(secret), HERE).stage is SessionStage.FULL


def test_codes_cannot_be_guessed_behind_a_known_password(house: House) -> None:
    house.with_totp("careful")
    codes = []
    for number in range(12):
        try:
            step = house.accounts.signing_in.with_password("careful", GOOD, HERE)
            house.accounts.signing_in.with_code(step.token, f"{number:06}", HERE)
        except UserError as error:
            codes.append(error.problems[0].code)
    assert codes.count("LOGIN-CODE") == 5
    assert codes[-1] == "LOGIN-LOCKED"


def test_the_second_step_must_follow_within_five_minutes(house: House) -> None:
    _, secret, _ = house.with_totp("careful")
    step = house.accounts.signing_in.with_password("careful", GOOD, HERE)
    house.clock.on(minutes=5, seconds=1)
    with refused("LOGIN-EXPIRED"):
        house.accounts.signing_in.with_code(step.token, house.code(secret), HERE)


def test_a_recovery_code_works_once_however_it_is_typed(house: House) -> None:
    account_id, _, codes = house.with_totp("careful")
    assert len(set(codes)) == 10
    for typed in (codes[0], codes[1].lower().replace("-", " ")):
        step = house.accounts.signing_in.with_password("careful", GOOD, HERE)
        assert house.accounts.signing_in.with_code(step.token, typed, HERE).stage is SessionStage.FULL
    step = house.accounts.signing_in.with_password("careful", GOOD, HERE)
    with refused("LOGIN-CODE"):
        house.accounts.signing_in.with_code(step.token, codes[0], HERE)
    assert house.accounts.signing_in.codes_left(account_id) == 8
    fresh = house.accounts.signing_in.renew_codes(account_id)
    assert not set(fresh) & set(codes)
    with refused("LOGIN-CODE"):
        house.accounts.signing_in.with_code(step.token, codes[5], HERE)


def test_the_second_factor_goes_on_with_a_right_code_only_and_off_with_one(house: House) -> None:
    account_id = house.account("careful")
    secret = house.accounts.signing_in.new_totp()
    with refused("LOGIN-CODE"):
        house.accounts.signing_in.add_totp(account_id, secret, "123456")
    with refused("ACCOUNT-TOTP-NONE"):
        house.accounts.signing_in.remove_totp(account_id, "123456", HERE)
    with refused("ACCOUNT-TOTP-NONE"):
        house.accounts.signing_in.renew_codes(account_id)
    house.accounts.signing_in.add_totp(account_id, secret, house.code(secret))
    with refused("ACCOUNT-TOTP-SET"):
        house.accounts.signing_in.add_totp(account_id, secret, house.code(secret))
    with refused("LOGIN-CODE"):
        house.accounts.signing_in.remove_totp(account_id, "123456", HERE)
    house.clock.on(seconds=30)
    house.accounts.signing_in.remove_totp(account_id, house.code(secret), HERE)
    assert not house.accounts.people.find(account_id).has_totp


def test_an_administrator_without_a_second_factor_is_told_to_add_one(house: House) -> None:
    house.account("plain", CITY, AccountRole.ANALYST)
    house.account("boss", CITY, AccountRole.SYSTEM_ADMIN)
    must = {}
    for username in ("plain", "boss"):
        signed = house.accounts.sessions.find(house.login(username))
        assert signed
        must[username] = signed.must_add_totp
    assert must == {"plain": False, "boss": True}


def test_an_identity_of_a_provider_is_an_account_only_where_it_was_linked(house: House) -> None:
    account_id = house.account("linked", DISTRICT)
    signing = house.accounts.signing_in
    with refused("LOGIN-UNLINKED"):
        signing.with_identity("https://id.example", "u-1", HERE)
    house.accounts.people.link(COMMAND_LINE, "linked", "https://id.example", "u-1")
    with refused("ACCOUNT-LINKED"):
        house.accounts.people.link(COMMAND_LINE, "linked", "https://id.example", "u-1")
    with refused("LOGIN-UNLINKED"):
        signing.with_identity("https://other.example", "u-1", HERE)
    mapped = [(AccountRole.ANALYST, DISTRICT), (AccountRole.SYSTEM_ADMIN, CITY), (AccountRole.LEADER, "unknown")]
    step = signing.with_identity("https://id.example", "u-1", HERE, mapped)
    signed = house.accounts.sessions.find(step.token)
    assert signed
    assert signed.account.id == account_id
    assert [(grant.role, grant.unit) for grant in signed.grants] == [(AccountRole.ANALYST, DISTRICT)]
    plain = house.accounts.sessions.find(signing.with_identity("https://id.example", "u-1", HERE).token)
    assert plain
    assert plain.grants == (), "roles come from the provider without a mapping, or stay from another session"
    house.accounts.people.unlink(COMMAND_LINE, "linked", "https://id.example", "u-1")
    with refused("LOGIN-UNLINKED"):
        signing.with_identity("https://id.example", "u-1", HERE)


def test_a_closed_account_is_let_in_by_no_way(house: House) -> None:
    account_id = house.account("gone")
    house.accounts.people.link(COMMAND_LINE, "gone", "https://id.example", "u-1")
    session = house.login("gone")
    _, key = house.accounts.tokens.create(account_id, "取数", ["read_published"], 30)
    house.accounts.people.set_state(COMMAND_LINE, "gone", AccountState.DISABLED, "离职")
    assert house.accounts.sessions.find(session) is None
    assert house.accounts.tokens.find(key) is None
    with refused("LOGIN-UNLINKED"):
        house.accounts.signing_in.with_identity("https://id.example", "u-1", HERE)
    house.accounts.people.set_state(COMMAND_LINE, "gone", AccountState.ACTIVE, "返聘")
    assert house.accounts.sessions.find(session) is None, "opening an account again brings an old session back"
    assert house.accounts.tokens.find(key) is None
    assert house.login("gone")


def test_what_a_visitor_sends_about_itself_is_shortened_and_made_readable() -> None:
    caller = Caller("1" * 500, "Fire\r\nfox\x00" + "x" * 500)
    assert len(caller.address) == 64
    assert len(caller.agent) == 160
    assert caller.agent.isprintable()


def test_a_password_ages_where_the_settings_say_so(house: House) -> None:
    account_id = house.account("old")
    house.accounts.roles.change_settings(COMMAND_LINE, {"password_days": "90"})
    policy = house.accounts.roles.policy()
    at = house.accounts.people.find(account_id).password_at
    assert not house.accounts.signing_in.password_expired(at, policy)
    house.clock.at += timedelta(days=90, seconds=1)
    assert house.accounts.signing_in.password_expired(at, policy)
