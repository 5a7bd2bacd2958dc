"""The cockpit over the real packs: with nothing but published values, and with a small simulated city behind it.

``client``: requests without a network. ``address``: a real server on loopback, for a real browser. ``browser``: the
system's Chromium, which reaches loopback only.
"""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import sleep
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, Route, sync_playwright

from duibiao.store.accounts import AccountRole
from duibiao.web.app import create_app
from duibiao.web.guard import Permission, Visitor
from duibiao.web.settings import Settings
from duibiao.workspace import Workspace
from duibiao.workspace.rehearsal import rehearse
from tests.conftest import made_once

ROOT = Path(__file__).resolve().parents[2]
PACKS = ROOT / "packs"
DOCUMENTS = ROOT.parent / "shared" / "documents"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def workspace() -> Workspace:
    return Workspace.open(PACKS)


@pytest.fixture(scope="session")
def city(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a small simulated city after a whole round of reporting; tests that write take a copy."""

    def simulated(folder: Path) -> None:
        rehearse(workspace.content, folder, seed=11, schools=400, years=3)

    made = made_once(tmp_path_factory, "city-of-the-cockpit", simulated)
    return Path(shutil.copytree(made, tmp_path_factory.mktemp("city") / "data"))  # a served city writes its trail


@pytest.fixture
def own_city(city: Path, tmp_path: Path) -> Path:
    """A copy of the simulated city for a test that changes it."""
    return Path(shutil.copytree(city, tmp_path / "data"))


@pytest.fixture(scope="session")
def app(city: Path) -> FastAPI:
    """The cockpit over the simulated city; published figures may be read by all."""
    return create_app(Settings(PACKS, data=city))


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    """A browser without a memory: no cookies of another test."""
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """A real server on a free port of loopback; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def address(app: FastAPI) -> Iterator[str]:
    with serving(app) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@contextmanager
def visiting(browser: Browser, width: int = 1366, height: int = 768) -> Iterator[Page]:
    """A page that may reach loopback only, and that must not complain: errors of its console fail the test."""
    outside: list[str] = []
    complaints: list[str] = []

    def only_here(route: Route) -> None:
        host = route.request.url.split("/")[2].split(":")[0]
        if host == "127.0.0.1":
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    def heard(message: Any) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            complaints.append(message.text)

    page = browser.new_page(viewport={"width": width, "height": height})
    page.route("**/*", only_here)
    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page
    finally:
        page.close()
    assert outside == []
    assert complaints == []


def asking(app: FastAPI, visitor: Visitor) -> TestClient:
    """A browser of somebody who is known already: what signing in would put on every request."""

    known_one = replace(visitor, csrf="test")

    async def known(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["visitor"] = known_one
        await app(scope, receive, send)

    headers = {"x-csrf-token": "test"}  # what every form of a page carries
    return TestClient(known, base_url="http://127.0.0.1", follow_redirects=False, headers=headers)


def everything() -> Visitor:
    """Somebody who may do everything, which nobody may in a real store: to look at every page in one test."""
    grants = frozenset((role, "500000") for role in AccountRole)
    everywhere = frozenset({"500000"})
    return Visitor("all", "测试全权", frozenset(AccountRole), everywhere, frozenset(Permission), grants=grants)
