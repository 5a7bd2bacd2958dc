"""Signing in and out through the pages, as a browser does it; and what surrounds them."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from fastapi.testclient import TestClient

from duibiao.store.accounts import COMMAND_LINE, AccountRole
from duibiao.store.accounts.limits import ProcessLimiter
from duibiao.web.app import create_app
from duibiao.web.guard import FORM_COOKIE, SESSION_COOKIE
from duibiao.web.settings import Settings
from tests.web.signing import CITY, GOOD, PACKS, SCHOOL, Town, post, sign_in, town, word

BETTER = "Yu-Zhong_8241"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("accounts") / "data") as found:
        yield found


@pytest.fixture(autouse=True)
def not_limited(place: Town) -> None:
    """Each test begins with fresh counters: all of them come from one address."""
    place.app.state.cockpit._limiter = ProcessLimiter()


def test_a_new_account_changes_its_password_first_and_reaches_nothing_before(place: Town) -> None:
    admin = place.client("demo-system-admin")
    made = post(admin, "/admin/accounts", username="newcomer", name="模拟新人", unit=CITY)
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    (password,) = re.findall(r'id="key">([\w-]+)<', made.text)
    security = place.client("demo-security-admin")
    assert post(security, "/admin/roles/grant", username="newcomer", role="planner", unit="").status_code == 303
    client = place.client()
    assert sign_in(client, "newcomer", password, "/plans").headers["location"] == "/plans"
    assert client.get("/documents").headers["location"] == "/account/password"
    api = client.get("/api/v1/documents")
    assert (api.status_code, api.json()["problems"][0]["code"]) == (403, "WEB-FIRST")
    weak = post(client, "/account/password", old=password, new="123456", again="123456")
    assert weak.status_code == 400
    assert "PASSWORD-WEAK" in weak.text
    assert "123456" not in weak.text
    assert post(client, "/account/password", old=password, new=GOOD, again=BETTER).status_code == 400
    before = client.cookies[SESSION_COOKIE]
    done = post(client, "/account/password", old=password, new=GOOD, again=GOOD)
    assert done.headers["location"] == "/account?done=password"
    assert client.cookies[SESSION_COOKIE] != before
    assert client.get("/documents").status_code == 200
    client.cookies.set(SESSION_COOKIE, before, domain="127.0.0.1")
    assert client.get("/documents").status_code == 303, "the token from before the change still works"


def test_a_session_somebody_planted_is_not_the_one_that_is_signed_in(place: Town) -> None:
    attacker, victim = place.client(), place.client()
    sign_in(attacker, "demo-leader", place.passwords["demo-leader"])
    planted = attacker.cookies[SESSION_COOKIE]
    page = victim.get("/login").text
    form = re.findall(r'name="csrf" value="(\w+)"', page)[0]
    victim.cookies.set(SESSION_COOKIE, planted, domain="127.0.0.1", path="/")
    # With the planted session the form's word is another one: the sign-in is refused rather than mixed up.
    name, password = "demo-planner", place.passwords["demo-planner"]
    mixed = victim.post("/login", data={"csrf": form, "username": name, "password": password})
    assert mixed.status_code == 403
    victim.cookies.delete(SESSION_COOKIE)
    assert sign_in(victim, name, password).status_code == 303
    assert victim.cookies[SESSION_COOKIE] != planted
    assert "demo-planner" in victim.get("/account").text


def test_signing_out_ends_the_session_on_the_server(place: Town) -> None:
    client = place.client("demo-leader")
    kept = client.cookies[SESSION_COOKIE]
    assert post(client, "/logout").headers["location"] == "/login?done=out"
    client.cookies.set(SESSION_COOKIE, kept, domain="127.0.0.1")
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=1",
        "",
    ],
)
def test_signing_in_leads_to_our_own_pages_only(place: Town, elsewhere: str) -> None:
    answer = sign_in(place.client(), "demo-leader", place.passwords["demo-leader"], elsewhere)
    assert answer.headers["location"] == "/"
    assert "x=1" not in str(answer.headers)


def test_a_wrong_password_keeps_what_was_typed_and_tells_both_languages(place: Town) -> None:
    place.account("forgetful", CITY)
    client = place.client()
    answer = sign_in(client, "forgetful", "wrong-password")
    assert answer.status_code == 400
    assert 'value="forgetful"' in answer.text
    assert "wrong-password" not in answer.text
    assert "LOGIN-FAILED" in answer.text
    assert SESSION_COOKIE not in client.cookies
    for _ in range(4):
        sign_in(client, "forgetful", "wrong-password")
    assert "LOGIN-LOCKED" in sign_in(client, "forgetful", GOOD).text


def test_forms_are_bound_to_the_browser_they_were_made_for(place: Town) -> None:
    mine, other = place.client("demo-leader"), place.client("demo-planner")
    for given in ("", "x", "0" * 64, word(other, "/account")):
        answer = mine.post("/account/sessions/end-all", data={"csrf": given})
        assert answer.status_code == 403
        assert "WEB-FORM" in answer.text
    right = word(mine, "/account")
    away = mine.post("/account/sessions/end-all", data={"csrf": right}, headers={"Sec-Fetch-Site": "cross-site"})
    assert away.status_code == 403
    assert mine.post("/account/sessions/end-all", headers={"X-CSRF-Token": right}).status_code == 303


def test_the_second_factor_through_the_pages(place: Town) -> None:
    place.account("careful", CITY, AccountRole.ANALYST)
    client = place.client("careful")
    page = client.get("/account/totp")
    assert "<svg" in page.text
    assert "style=" not in page.text
    sealed = re.findall(r'name="sealed" value="([^"]+)"', page.text)[0]
    secret = re.sub(r"\s", "", re.findall(r"<code>((?:[A-Z2-7]{4}\s*)+)</code>", page.text)[0])
    wrong = post(client, "/account/totp", sealed=sealed, code="000000")
    assert "LOGIN-CODE" in wrong.text
    done = post(client, "/account/totp", sealed=sealed, code=pyotp.TOTP(secret).now())
    codes = re.findall(r"<code>([A-Z2-9]{5}-[A-Z2-9]{5})</code>", done.text)
    assert len(codes) == 10
    assert done.headers["cache-control"] == "no-store"
    fresh = place.client()
    first = sign_in(fresh, "careful", GOOD, "/documents")
    assert first.headers["location"] == "/login/code?next=%2Fdocuments"
    assert SESSION_COOKIE not in fresh.cookies
    assert fresh.get("/documents").status_code == 303
    bad = post(fresh, "/login/code", first.headers["location"], code="111111", next="/documents")
    assert "LOGIN-CODE" in bad.text
    good = post(fresh, "/login/code", first.headers["location"], code=codes[0], next="/documents")
    assert good.headers["location"] == "/documents"
    assert fresh.get("/documents").status_code == 200
    off = post(fresh, "/account/totp/remove", code=codes[1], password=GOOD)
    assert off.headers["location"] == "/account?done=totp"
    nothing = place.client()
    assert "LOGIN-EXPIRED" in nothing.post("/login/code", data={"csrf": word(nothing, "/login"), "code": "1"}).text


def test_a_token_opens_what_it_was_made_for_and_no_page(place: Town) -> None:
    client = place.client("demo-planner")
    password = place.passwords["demo-planner"]
    none = post(client, "/account/tokens", name="取数", days="30", password=password)
    assert "TOKEN-SCOPE" in none.text
    foreign = post(client, "/account/tokens", name="取数", scope="read_audit", days="30", password=password)
    assert "TOKEN-SCOPE" in foreign.text
    wrong = post(client, "/account/tokens", name="取数", scope="read_published", days="30", password=BETTER)
    assert "PASSWORD-WRONG" in wrong.text
    made = post(client, "/account/tokens", name="取数", scope="read_published", days="30", password=password)
    (key,) = re.findall(r'id="key">(dbt_[\w-]+)<', made.text)
    program = TestClient(place.app, follow_redirects=False)
    bearer = {"Authorization": f"Bearer {key}"}
    assert program.get("/api/v1/documents", headers=bearer).status_code == 200
    assert program.get("/api/v1/documents").status_code == 401
    assert program.get("/api/v1/account", headers=bearer).status_code == 403
    assert program.get("/documents", headers=bearer).status_code == 303, "a token opened a page"
    assert program.get("/api/v1/documents", headers={"Authorization": f"Bearer {key}x"}).status_code == 401
    token = re.findall(r'name="token" value="(\w+)"', client.get("/account").text)[0]
    assert post(client, "/account/tokens/revoke", token=token).status_code == 303
    assert program.get("/api/v1/documents", headers=bearer).status_code == 401


def test_too_many_requests_are_told_when_to_come_again(place: Town) -> None:
    client = place.client()
    answers = [
        client.post("/login", data={"csrf": word(client, "/login"), "username": "u", "password": "p"})
        for _ in range(32)
    ]
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 61


def test_the_api_is_limited_for_each_account_or_address(tmp_path: Path) -> None:
    client = TestClient(create_app(Settings(PACKS, api_per_minute=3)), base_url="http://127.0.0.1")
    answers = [client.get("/api/v1/documents") for _ in range(8)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert answers[-1].json()["problems"][0]["code"] == "WEB-TOO-MANY"


def test_the_cookie_is_out_of_reach_of_scripts_and_of_plain_connections(place: Town) -> None:
    answer = sign_in(place.client(), "demo-leader", place.passwords["demo-leader"])
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith(SESSION_COOKIE)]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie  # plain HTTP on loopback
    secure = TestClient(
        create_app(Settings(PACKS, data=place.data, https=True)),
        base_url="https://cockpit.test",
        follow_redirects=False,
    )
    answer = sign_in(secure, "demo-leader", place.passwords["demo-leader"])
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if SESSION_COOKIE in one]
    assert cookie.startswith(f"__Host-{SESSION_COOKIE}=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert FORM_COOKIE in str(secure.cookies)


def test_the_headers_are_strict_on_every_kind_of_answer(place: Town) -> None:
    client = place.client()
    for path in ("/login", "/account", "/api/v1/account", "/static/app.css", "/nothing"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] in ("same-origin", "no-referrer")


def test_settings_are_changed_within_bounds_and_stand_in_the_history(place: Town) -> None:
    admin = place.client("demo-system-admin")
    bad = post(admin, "/admin/settings", idle_minutes="9999")
    assert bad.status_code == 400
    assert "ACCOUNT-SETTING" in bad.text
    assert 'value="9999"' in bad.text
    assert post(admin, "/admin/settings", idle_minutes="45").status_code == 303
    assert "45" in admin.get("/admin/settings").text
    place.accounts.roles.change_settings(COMMAND_LINE, {"idle_minutes": "30"})


def test_the_trail_is_filtered_paged_checked_and_exported(place: Town) -> None:
    audit = place.client("demo-audit-admin")
    lines = audit.get("/api/v1/admin/audit?action=role.grant").json()["lines"]
    assert {one["action"] for one in lines} == {"role.grant"}
    everything = audit.get("/api/v1/admin/audit").json()
    if everything["older"]:
        older = audit.get(f"/api/v1/admin/audit?before={everything['older']}").json()["lines"]
        assert older[0]["seq"] == everything["lines"][-1]["seq"] - 1
    assert "核验无误" in post(audit, "/admin/audit/check", "/admin/audit").text
    export = post(audit, "/admin/audit/export", "/admin/audit", action="role.grant")
    assert export.headers["content-type"].startswith("text/csv")
    text = export.content.decode("utf-8-sig")
    assert text.count("\n") == len(lines) + 1
    assert "demo-audit-admin" in text.splitlines()[1], "no mark of who took it out"
    newest = [one["action"] for one in audit.get("/api/v1/admin/audit").json()["lines"][:2]]
    assert newest == ["audit.export", "audit.check"]


def test_hostile_words_in_every_field_are_shown_as_words(place: Town) -> None:
    evil = "<script>alert(1)</script>"
    admin, security = place.client("demo-system-admin"), place.client("demo-security-admin")
    answers = [
        post(admin, "/admin/accounts", username=evil, name=evil, unit=evil),
        admin.get("/admin/accounts", params={"q": evil}),
        admin.get("/admin/units", params={"q": evil, "unit": evil}),
        post(security, "/admin/roles/grant", username=evil, role=evil, unit=evil, start=evil, reason=evil),
        security.get("/admin/roles", params={"q": evil}),
        place.client().get("/login", params={"next": "/" + evil}),
        post(place.client(), "/login", "/login", username=evil, password=evil, next=evil),
        place.client("demo-audit-admin").get("/admin/audit", params={"actor": evil, "what": "'; DROP TABLE audit --"}),
    ]
    for answer in answers:
        assert answer.status_code < 500
        assert evil not in answer.text


def test_nothing_secret_is_written_to_the_log(place: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = place.client()
    sign_in(client, "demo-leader", place.passwords["demo-leader"])
    sign_in(place.client(), "demo-planner", "My-Typed-Secret-77")
    session = client.cookies[SESSION_COOKIE]
    client.get("/nothing")
    assert caplog.text
    for secret in (place.passwords["demo-leader"], "My-Typed-Secret-77", session):
        assert secret not in caplog.text


def test_a_data_base_that_goes_away_is_told_and_comes_back(tmp_path: Path) -> None:
    with town(tmp_path / "data") as place:
        client = place.client("demo-leader")
        hidden = place.data / "hidden.db"
        place.app.state.cockpit.store()._database.engine.dispose()
        place.accounts.room.database.engine.dispose()
        store = place.data / "store.db"
        store.rename(hidden)
        store.mkdir()  # no file can be opened there
        away = client.get("/account")
        assert away.status_code == 503
        assert "STORE-CONNECT" in away.text
        assert "Traceback" not in away.text
        place.app.state.cockpit.store()._database.engine.dispose()
        store.rmdir()
        hidden.rename(store)
        assert client.get("/account").status_code == 200


def test_an_account_without_data_is_not_there() -> None:
    client = TestClient(create_app(Settings(PACKS)), base_url="http://127.0.0.1")
    answer = client.post("/login", data={"csrf": word(client, "/login"), "username": "a", "password": "b"})
    assert answer.status_code == 404
    assert SCHOOL not in answer.text
