"""Every route × every role × nobody, from the route table: what a route declares is what it does."""

import re
from collections.abc import Iterator

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from duibiao.store.accounts import AccountRole
from duibiao.store.accounts.limits import ProcessLimiter
from duibiao.store.accounts.model import ADMINISTRATORS
from duibiao.web.app import create_app
from duibiao.web.guard import GRANTED, Needs, Permission
from duibiao.web.routes import ROUTERS
from duibiao.web.settings import Settings
from tests.web.signing import (
    CITY,
    DISTRICT,
    OTHER,
    OTHER_SCHOOL,
    PACKS,
    SCHOOL,
    Town,
    post,
    sign_in,
    town,
)

VALUES = {"username": "demo-reporter", "name": "app.css", "unit": SCHOOL, "form": "x", "period": "2025"}
"""What stands in the place of a part of an address; anything else is ``x``, which exists nowhere."""


def routes_of(app: FastAPI) -> list[APIRoute]:
    """Every route, whatever router holds it."""
    found: list[APIRoute] = []
    waiting = list(app.routes)
    while waiting:
        one = waiting.pop()
        inner = getattr(one, "routes", None) or getattr(getattr(one, "original_router", None), "routes", None)
        if isinstance(one, APIRoute):
            found.append(one)
        elif inner:
            waiting += list(inner)
        else:
            raise AssertionError(f"a route of another kind has no guard: {one!r}")
    return sorted(found, key=lambda route: (route.path, sorted(route.methods or ())))


def guards_of(route: APIRoute) -> list[Needs]:
    """The guards of a route, wherever they stand among its dependencies."""
    found: list[Needs] = []
    waiting = [route.dependant]
    while waiting:
        one = waiting.pop()
        if isinstance(one.call, Needs):
            found.append(one.call)
        waiting += one.dependencies
    return found


def filled(path: str) -> str:
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: VALUES.get(found[1], "x"), path)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("access") / "data") as found:
        yield found


@pytest.fixture(autouse=True)
def not_limited(place: Town) -> None:
    """Each test begins with fresh counters: all of them sign in from one address."""
    place.app.state.cockpit._limiter = ProcessLimiter()


def test_every_route_has_exactly_one_guard(place: Town) -> None:
    routes = routes_of(place.app)
    assert len(routes) > 40, "the routes were not found"
    assert [route.path for route in routes if len(guards_of(route)) != 1] == []


def test_a_route_without_a_guard_is_found() -> None:
    router = APIRouter()

    @router.get("/open")
    def open_() -> str:
        return ""

    app = create_app(Settings(PACKS), [router])
    assert [route.path for route in routes_of(app) if not guards_of(route)] == ["/open"]


def test_nobody_reads_or_sends_anything_that_is_not_public(place: Town) -> None:
    nobody = place.client()
    wrong = []
    for route in routes_of(place.app):
        (guard,) = guards_of(route)
        for method in sorted(route.methods or ()):
            path = filled(route.path)
            answer = nobody.request(method, path)
            if guard.permission is Permission.PUBLIC:
                right = answer.status_code not in (401, 500) if method == "GET" else answer.status_code == 403
            elif path.startswith("/api/"):
                right = answer.status_code == 401
            else:
                right = answer.status_code == 303 and answer.headers["location"].startswith("/login?next=")
            if not right:
                wrong.append((method, path, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", list(AccountRole))
def test_every_route_is_honoured_for_every_role(place: Town, role: AccountRole) -> None:
    """Who may not is told 403, who may is not; what changes something is refused without the word of a form."""
    client = place.client(f"demo-{role.value.replace('_', '-')}")
    wrong = []
    for route in routes_of(place.app):
        (guard,) = guards_of(route)
        allowed = guard.permission in {Permission.PUBLIC, Permission.OWN_ACCOUNT, *GRANTED[role]}
        for method in sorted(route.methods or ()):
            path = filled(route.path)
            answer = client.request(method, path)
            code = answer.status_code
            if not allowed:
                right = code == 404 if guard.within else code == 403
            elif method == "GET":
                sent_away = code == 303 and answer.headers["location"].startswith("/login")
                public = guard.permission is Permission.PUBLIC  # the second step of signing in begins with the first
                right = code not in (401, 403) and code < 500 and (public or not sent_away)
            else:
                right = code == 403 and "WEB-FORM" in answer.text
            if not right:
                wrong.append((method, path, code))
    assert wrong == []


def test_the_three_administrators_share_no_permission() -> None:
    held = [GRANTED[role] - {Permission.OWN_ACCOUNT} for role in sorted(ADMINISTRATORS)]
    assert all(not first & second for first in held for second in held if first is not second)
    assert all(Permission.READ_PUBLISHED not in one for one in held)


def test_a_foreign_units_account_is_not_there(place: Town) -> None:
    """A district's administrators see and change their own subtree; others look as if they did not exist."""
    for username, role in (("d-sys", AccountRole.SYSTEM_ADMIN), ("d-sec", AccountRole.SECURITY_ADMIN)):
        place.account(username, DISTRICT, role)
    foreign = place.account("foreign", OTHER_SCHOOL, AccountRole.REPORTER)
    place.account("inside", SCHOOL, AccountRole.REPORTER)
    system, security = place.client("d-sys"), place.client("d-sec")
    listed = system.get("/admin/accounts").text
    assert "inside" in listed
    assert "foreign" not in listed
    assert [one["username"] for one in system.get("/api/v1/admin/accounts?q=foreign").json()["accounts"]] == []
    for username in ("foreign", "nobody-at-all", foreign):
        assert system.get(f"/admin/accounts/{username}").status_code == 404
        assert system.get(f"/api/v1/admin/accounts/{username}").status_code == 404
        for path in (f"/admin/accounts/{username}", f"/admin/accounts/{username}/identity"):
            sent = post(system, path, act="close", reason="越权", issuer="i", subject="s")
            assert sent.status_code == 404
    assert post(system, "/admin/accounts", username="evil", name="模拟", unit=OTHER).status_code == 400
    assert place.accounts.people.find("foreign").state.value == "active"
    # the security administrator of the district: neither a foreign account, nor a foreign unit, nor a foreign grant
    (theirs,) = place.accounts.roles.of(foreign)
    for username, unit in (("foreign", DISTRICT), ("inside", OTHER), ("inside", CITY)):
        sent = post(security, "/admin/roles/grant", username=username, role="leader", unit=unit)
        assert sent.status_code == 400
    assert post(security, "/admin/roles/revoke", grant=theirs.id, reason="越权").status_code == 400
    assert len(place.accounts.roles.of(foreign)) == 1
    assert not place.accounts.roles.of(foreign)[0].revoked_at
    assert post(security, "/admin/roles/grant", username="inside", role="leader", unit=DISTRICT).status_code == 303


def test_a_foreign_units_trail_is_not_read(place: Town) -> None:
    place.account("d-audit", DISTRICT, AccountRole.AUDIT_ADMIN)
    everything = place.client("demo-audit-admin").get("/api/v1/admin/audit").json()["lines"]
    mine = place.client("d-audit").get("/api/v1/admin/audit").json()["lines"]
    assert {one["actor_unit"] for one in mine} <= {DISTRICT, SCHOOL}
    assert {one["actor_unit"] for one in everything} > {one["actor_unit"] for one in mine}


def test_a_session_and_a_token_of_somebody_else_are_not_there(place: Town) -> None:
    mine, other = place.client("demo-leader"), place.client("demo-planner")
    theirs = other.get("/api/v1/account").json()["sessions"][0]["id"]
    assert post(mine, "/account/sessions/end", session=theirs).status_code == 404
    assert other.get("/account").status_code == 200
    account = place.accounts.people.find("demo-planner")
    token, _ = place.accounts.tokens.create(account.id, "取数", ["read_published"], 3)
    assert "TOKEN-UNKNOWN" in post(mine, "/account/tokens/revoke", token=token.id).text
    assert token.name not in mine.get("/account").text


def test_a_guard_that_names_a_unit_hides_foreign_units(place: Town) -> None:
    router = APIRouter()
    guard = Needs(Permission.READ_RETURNS, within="unit")

    @router.get("/api/v1/test/{unit}", dependencies=[Depends(guard)])
    def read(unit: str) -> str:
        return unit

    app = create_app(place.app.state.cockpit.settings, [*ROUTERS, router])
    client = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
    sign_in(client, "demo-reviewer", place.passwords["demo-reviewer"])  # reviews for one district
    codes = {unit: client.get(f"/api/v1/test/{unit}").status_code for unit in (DISTRICT, SCHOOL, OTHER, CITY, "none")}
    assert codes == {DISTRICT: 200, SCHOOL: 200, OTHER: 404, CITY: 404, "none": 404}
    app.state.cockpit.store().close()
