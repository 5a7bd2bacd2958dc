"""A small simulated city for the pages of the issue list, and people who sign in by a cookie of the test alone.

Signing in has its own tests; here a request says with the cookie ``test_as`` who it comes from. The wrapper stands in
the place where the session would say it, and nowhere in the program.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from duibiao.store.accounts.model import AccountRole
from duibiao.store.store import Store
from duibiao.web.app import create_app
from duibiao.web.cockpit import Cockpit
from duibiao.web.guard import GRANTED, Visitor
from duibiao.web.settings import Settings
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder, register

PACKS = Path(__file__).resolve().parents[2] / "packs"
CITY, DISTRICT, OTHER = "500000", "500103", "500112"
PEOPLE: Mapping[str, tuple[str, AccountRole, str]] = {
    "supervisor": ("督导甲（dudao1）", AccountRole.SUPERVISOR, CITY),
    "officer": ("市教委职教处经办（zhijiao1）", AccountRole.REVIEWER, CITY),
    "analyst": ("分析乙（fenxi1）", AccountRole.ANALYST, CITY),
    "leader": ("领导丙（lingdao1）", AccountRole.LEADER, CITY),
    "district": ("渝中督导（yz1）", AccountRole.SUPERVISOR, DISTRICT),
    "stranger": ("渝北督导（yb1）", AccountRole.SUPERVISOR, OTHER),
    "admin": ("系统管理员（admin1）", AccountRole.SYSTEM_ADMIN, CITY),
}


def visitor(who: str) -> Visitor:
    name, role, unit = PEOPLE[who]
    return Visitor(
        account=who,
        name=name,
        roles=frozenset({role}),
        units=frozenset({unit}),
        permissions=GRANTED[role],
        csrf="test",
        grants=frozenset({(role, unit)}),
    )


class SignedIn:
    """Says who a request comes from, by the test's cookie."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            cookies = SimpleCookie(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1"))
            if "test_as" in cookies:
                scope.setdefault("state", {})["visitor"] = visitor(cookies["test_as"].value)
        await self.app(scope, receive, send)


def issue_app(workspace: Workspace, folder: Path, *, database: str = "") -> FastAPI:
    """The cockpit over a new simulated store with the units of the packs, and nothing published."""
    data = DataFolder(folder, database)
    data.create(workspace.content, simulated=True, effective=date(2000, 1, 1))
    with data.open_store() as store:
        units = workspace.content.units.values()
        register(store, [replace(unit, name=f"{unit.name}（模拟）") for unit in units], date(2000, 1, 1))
    app = create_app(Settings(PACKS, data=folder, database=database))
    app.add_middleware(SignedIn)
    return app


def store_of(app: FastAPI) -> Store:
    cockpit: Cockpit = app.state.cockpit
    return cockpit.store()
