"""The monitor page in a real browser, with every address but its own file blocked."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from duibiao.kernel.text import Language
from duibiao.reports.monitor import write_monitor
from duibiao.views.monitor import monitor_page
from duibiao.workspace import Workspace

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)")


@pytest.fixture(scope="module")
def page(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("page")
    title, plans = workspace.plans()
    write_monitor(monitor_page(workspace, title, plans, date(2025, 12, 31)), folder, Language.ZH)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        opened = browser.new_page(viewport={"width": 1366, "height": 768})
        refused: list[str] = []
        opened.on(
            "request", lambda request: refused.append(request.url) if not request.url.startswith("file:") else None
        )
        opened.on("pageerror", lambda error: refused.append(str(error)))
        opened.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
        opened.goto((folder / "monitor.html").as_uri())
        yield opened
        assert refused == [], "the page asked for an address, broke its policy or threw an error"
        browser.close()


def ids(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all("#rows tbody:not([hidden])", "all => all.map(one => one.id)")
    return found


def test_sorting_by_status_puts_what_is_behind_first(page: Page) -> None:
    page.click("#rows thead button >> text=状态")
    assert page.locator("#rows tbody").first.inner_text().find("滞后") > 0
    assert page.get_attribute("#rows thead th:has-text('状态')", "aria-sort") == "ascending"


def test_what_is_missing_stands_last_whichever_way_values_are_sorted(page: Page) -> None:
    for _ in range(2):
        page.click("#rows thead button >> text=现值")
        cells = page.eval_on_selector_all("#rows tbody tr td:nth-child(4)", "all => all.map(one => one.dataset.value)")
        filled = [cell for cell in cells if cell]
        assert cells[: len(filled)] == filled


def test_the_filter_keeps_matching_rows_and_counts_them(page: Page) -> None:
    page.fill("#filter", "毛入学率（%）")
    assert 0 < len(ids(page)) < 5
    assert page.inner_text("#shown").endswith("/ 100")
    page.fill("#filter", "")
    assert len(ids(page)) == 100


def test_the_basis_opens_and_names_the_page_of_the_document(page: Page) -> None:
    row = page.locator("[id='basic-education/row-01']")
    row.locator("summary").click()
    words = row.locator(".basis").inner_text()
    assert "第47页" in words
    assert "p = (93.5 − 93.06) ÷ (94 − 93.06)" in words


@pytest.mark.parametrize("width", [360, 1366, 1920])
def test_nothing_overflows_the_width_of_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_it_prints_on_a_few_sheets_of_a4(page: Page, tmp_path: Path) -> None:
    printed = page.pdf(path=tmp_path / "monitor.pdf", prefer_css_page_size=True)
    assert 3 <= printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page /") + printed.count(b"/Type/Page/") <= 12
