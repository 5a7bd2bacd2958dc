"""Methods and definitions: what is shown is what the program computes with; each indicator and element has a page."""

import os
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser

from duibiao.progress.verdicts import Method
from duibiao.views.methods import meaning_page, methods_page
from duibiao.web.app import create_app
from duibiao.web.settings import Settings
from duibiao.workspace import Workspace
from tests.web.conftest import PACKS, serving, visiting

SHOTS = os.environ.get("DUIBIAO_SCREENSHOTS")


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(Settings(PACKS)), base_url="http://127.0.0.1", follow_redirects=False)


def test_every_method_and_threshold_in_force_is_named(workspace: Workspace) -> None:
    page = methods_page(workspace)
    assert {one.code for one in page.methods} == set(Method)
    assert [one.code for one in page.methods if one.is_default] == [Method.LINEAR]
    shown = " ".join(one.limits.zh for one in page.methods)
    policy = workspace.policy
    limits = (policy.on_course, policy.attention, policy.german_sun, policy.german_cloudy_sun)
    assert all(str(limit) in shown for limit in limits)


def test_every_indicator_and_element_has_a_definition_page(workspace: Workspace) -> None:
    content = workspace.content
    for code in content.indicators:
        found = meaning_page(workspace, code).indicator
        assert found is not None
        assert bool(found.expression) != (found.not_computed is not None), "computed, or it says why not"
        assert bool(found.numerator) == bool(found.denominator)
    for code in set(content.elements) - set(content.indicators):
        assert meaning_page(workspace, code).element is not None
    gross = meaning_page(workspace, "preschool.gross_enrolment_rate").indicator
    assert gross is not None
    assert (gross.numerator, gross.denominator) == ("sum(在园幼儿数)", "sum(3至5岁人口数)")
    ratio = meaning_page(workspace, "balance.primary_books").indicator
    assert ratio is not None
    assert "students" not in ratio.denominator, "elements stand under their names"
    assert ratio.numerator


def test_the_list_is_found_by_a_part_of_a_name_and_paged(client: TestClient, workspace: Workspace) -> None:
    seen = []
    pages = client.get("/api/v1/methods").json()["pages"]
    for page in range(1, pages + 1):
        seen += [row["code"] for row in client.get(f"/api/v1/methods?page={page}").json()["rows"]]
    assert sorted(seen) == sorted(workspace.content.indicators)
    found = client.get("/api/v1/methods?q=毛入园率").json()
    assert 0 < found["found"] < 10
    assert client.get("/api/v1/methods?q=没有这样的名字").json()["rows"] == []
    assert "口径版本" in client.get("/api/v1/methods?format=csv").text
    assert client.get("/methods/none.such").status_code == 404
    assert client.get("/methods?page=99999").status_code in (400, 422)
    hostile = client.get("/methods?q=<script>alert(1)</script>").text
    assert "<script>alert" not in hostile


def test_the_pages_in_a_browser(browser: Browser, client: TestClient, workspace: Workspace) -> None:
    computed = "preschool.gross_enrolment_rate"
    element = next(iter(workspace.content.elements))
    with serving(client.app) as base:
        for path, name in (("", "methods"), (f"/{computed}", "meaning"), (f"/{element}", "element")):
            for size, width in (("desk", 1366), ("phone", 360)):
                with visiting(browser, width, 768) as page:
                    page.goto(f"{base}/methods{path}")
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    if SHOTS:
                        page.screenshot(path=str(Path(SHOTS) / f"{name}-{size}.png"), full_page=True)
                    assert wide <= width, (name, size, wide)
