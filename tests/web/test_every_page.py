"""Every page of the route table in a real browser: no complaint, nothing outside, nothing out of a reader's reach.

With DUIBIAO_SCREENSHOTS set to a folder, every page is kept there as pictures at three sizes, to be looked at.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, Page, Response

from duibiao.store.accounts.demo import demonstration_accounts
from duibiao.web.app import create_app
from duibiao.web.routes import ROUTERS
from duibiao.web.settings import Settings
from tests.web.conftest import PACKS, everything, serving, visiting

EXAMPLES = {
    "/plans/{code}": "/plans/strategy-2035",
    "/indicators/{code}": "/indicators/preschool.gross_enrolment_rate",
    "/units/{code}": "/units/500156",
    "/units/{code}/print": "/units/500156/print",
    "/departments/{name}": "/departments/市教委",
    "/documents/diff": "/documents/diff?old=five-year-14&new=strategy-2035",
    "/documents/align": "/documents/align?upper=outline-2035&lower=strategy-2035",
    "/documents/{code}": "/documents/journal-2025-02",
    "/methods/{code}": "/methods/preschool.gross_enrolment_rate",
    "/search": "/search?q=学前教育",
}
"""An address for each route that needs more than its path."""
SIZES = {"phone": (360, 740), "wall": (1920, 1080), "desk": (1366, 768)}
PICTURES = os.environ.get("DUIBIAO_SCREENSHOTS")


def pages() -> list[str]:
    """The address of every page: routes that answer GET with HTML, filled in where we know an example."""
    found = [route for router in ROUTERS for route in router.routes]
    paths = [
        route.path
        for route in found
        if isinstance(route, APIRoute)
        and "GET" in (route.methods or ())
        and not route.path.startswith(("/api/", "/static/"))
    ]
    return [EXAMPLES.get(path, path) for path in paths if path in EXAMPLES or "{" not in path]


@pytest.fixture(scope="module")
def full(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The cockpit asked by somebody who may do everything and has an account to look at."""
    folder = Path(shutil.copytree(city, tmp_path_factory.mktemp("pages") / "data"))
    app = create_app(Settings(PACKS, data=folder))
    accounts = app.state.cockpit.accounts
    demonstration_accounts(accounts, "test")  # the audit trail asks the store itself who its reader is
    visitor = replace(everything(), account=accounts.people.find("demo-audit-admin").id)

    async def known(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["visitor"] = visitor
        await app(scope, receive, send)

    with serving(known) as address:
        yield address


NO_PAGES = ("/login/sso", "/login/sso/back")
"""Addresses that lead to the provider of single sign-on and back, without a page of their own."""
NOBODYS = ("/login",)
"""Pages nobody sees who is signed in."""
ADDRESSES = [path for path in pages() if path not in NO_PAGES]


def is_page(answer: Response) -> bool:
    """Whether it is a page and not a file to download."""
    return answer.headers.get("content-type", "").split(";")[0] == "text/html"


def violations(page: Page) -> list[str]:
    """What axe finds out of a reader's reach."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']} {one['nodes'][0]['html'][:160]}" for one in found]


def test_the_pages_were_found() -> None:
    assert len(ADDRESSES) > 15
    assert set(EXAMPLES.values()) <= set(ADDRESSES), "an example belongs to no route"


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_page_reads_well_on_a_phone_a_desk_and_a_wall_and_nothing_is_out_of_reach(
    path: str, full: str, address: str, browser: Browser
) -> None:
    asked = (address if path in NOBODYS else full) + path
    with visiting(browser) as page:
        for name, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            answer = page.goto(asked)
            assert answer
            if not is_page(answer):
                return  # a file to download
            assert answer.status < 400, f"{path}: {answer.status}"
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{path} at {name}: {wide} px wider than the window"
            if PICTURES:
                picture = path.strip("/").replace("/", "_")[:60] or "first"
                page.screenshot(path=f"{PICTURES}/{picture}-{name}.png", full_page=True)
        assert violations(page) == [], path


@pytest.mark.parametrize("path", ADDRESSES)
def test_nothing_of_a_dark_page_is_out_of_reach(path: str, full: str, address: str, browser: Browser) -> None:
    asked = (address if path in NOBODYS else full) + path
    with visiting(browser) as page:
        answer = page.goto(f"{asked}{'&' if '?' in path else '?'}theme=dark")
        if answer and is_page(answer):
            assert violations(page) == [], path
