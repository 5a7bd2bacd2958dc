"""People for the tests of the reporting pages: each request says who sends it, in place of a session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote, unquote

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.testclient import TestClient
from starlette.middleware.base import RequestResponseEndpoint

from duibiao.kernel.period import Period
from duibiao.metrics.unit import UnitKind
from duibiao.store.accounts import AccountRole
from duibiao.store.workflow import Actor, ActorRole
from duibiao.web.app import create_app
from duibiao.web.guard import GRANTED, Visitor
from duibiao.web.settings import Settings
from duibiao.workspace.data_folder import DataFolder, reporting_plan
from duibiao.workspace.pack import Content

PACKS = Path(__file__).resolve().parents[2] / "packs"
WHO = "x-test-visitor"


def visitor(name: str, *grants: tuple[AccountRole, str]) -> Visitor:
    """Somebody with roles for units."""
    return Visitor(
        account=name,
        name=name,
        roles=frozenset(role for role, _ in grants),
        units=frozenset(unit for _, unit in grants),
        permissions=frozenset(permission for role, _ in grants for permission in GRANTED[role]),
        csrf="test",
        grants=frozenset(grants),
    )


def told(who: Visitor) -> dict[str, str]:
    """The header that names a visitor to ``cockpit_of``."""
    grants = ";".join(f"{role.value}={unit}" for role, unit in sorted(who.grants))
    return {WHO: quote(f"{who.name}|{grants}"), "x-csrf-token": who.csrf}


def heard(text: str) -> Visitor:
    """The visitor a header names."""
    name, _, grants = unquote(text).partition("|")
    pairs = [one.partition("=") for one in grants.split(";") if one]
    return visitor(name, *((AccountRole(role), unit) for role, _, unit in pairs))


def cockpit_of(data: Path, database: str = "", routers: Sequence[APIRouter] | None = None) -> FastAPI:
    """The cockpit over a data folder, with visitors taken from a header or, for a browser, from a cookie."""
    settings = Settings(PACKS, data=data, database=database)
    app = create_app(settings) if routers is None else create_app(settings, routers)

    @app.middleware("http")
    async def sent_by(request: Request, go_on: RequestResponseEndpoint) -> Response:
        who = request.headers.get(WHO) or request.cookies.get(WHO)
        if who:
            request.state.visitor = heard(who)
        return await go_on(request)

    return app


def client_of(app: FastAPI, who: Visitor) -> TestClient:
    """A browser in which somebody is signed in."""
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False, headers=told(who))


@dataclass(frozen=True)
class OpenedRound:
    """A round that was opened for one district of the simulated city, and people of it."""

    data: Path
    form: str
    period: str
    slug: str
    city: str
    district: str
    schools: tuple[str, ...]

    @property
    def school(self) -> str:
        """The school that reports in a test."""
        return self.schools[0]

    def path(self, unit: str = "") -> str:
        """The address of the round, or of one return in it."""
        return f"/data/returns/{self.form}/{self.slug}/{unit}" if unit else f"/data/forms/{self.form}/{self.slug}"

    def person(self, role: AccountRole, unit: str = "") -> Visitor:
        """Somebody of the school, or of another unit, in a role."""
        where = unit or self.school
        return visitor(f"{role.value}-{where}", (role, where))


def opened_round(
    content: Content, data: Path, form: str = "kindergarten", schools: int = 3, database: str = ""
) -> OpenedRound:
    """Open the last year's round of a form in a district that has not reported through the store yet."""
    with DataFolder(data, database).open_store() as store:
        year = max(period.year for code, period in store.rounds() if code == form)
        plan = reporting_plan(content, form, str(Period(year, content.forms[form].period)))
        tree = store.tree(date(year, 9, 2))
        top = next(unit.code for unit in tree.values() if unit.kind is UnitKind.CITY)
        publisher = Actor("布置人（模拟）", top, ActorRole.PUBLISHER)
        reported = {tree.district(state.unit) for state in store.reports(publisher, form, plan.period)}
        for district in tree.children(top):
            mine = [one.code for one in tree.children(district.code) if plan.form.reported_by(one)]
            alive = [code for code in mine if tree[code].exists_in(plan.period)]
            if district.code not in reported and len(alive) >= schools:
                chosen = alive[:schools]
                store.open_reports(publisher, plan.form, plan.period, chosen)
                slug = str(plan.period).replace("/", "-")
                return OpenedRound(data, form, str(plan.period), slug, top, district.code, tuple(chosen))
    raise LookupError("no district has enough schools")
