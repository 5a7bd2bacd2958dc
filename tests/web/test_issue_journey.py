"""The journey of an issue in a real browser: a supervisor opens it from a behind indicator, the department's officer
records measure and evidence, the supervisor sends it back once, then accepts and closes; the letter is printed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from duibiao.kernel.period import local_day
from duibiao.progress.status import Status
from duibiao.workspace import Workspace
from tests.web.conftest import serving, visiting
from tests.web.issue_city import issue_app, store_of

SHOTS = os.environ.get("DUIBIAO_SCREENSHOTS")
"""A folder the screenshots are kept in, to be looked at; none by default."""
SIZES = {"desk": (1366, 768, ""), "phone": (360, 740, ""), "dark": (1366, 768, "dark")}


@pytest.fixture
def app(workspace: Workspace, tmp_path: Path) -> FastAPI:
    return issue_app(workspace, tmp_path / "data")


def shoot(browser: Browser, base: str, who: str, path: str, name: str) -> None:
    """Pictures of a page at three sizes; on each the page is no wider than the screen."""
    for size, (width, height, theme) in SIZES.items():
        with signed_in(browser, base, who, width, height) as page:
            page.goto(base + path + (("&" if "?" in path else "?") + f"theme={theme}" if theme else ""))
            wide = page.evaluate("document.documentElement.scrollWidth")
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/{name}-{size}.png", full_page=True)
            assert wide <= width, (name, size, wide)


@contextmanager
def signed_in(browser: Browser, base: str, who: str, width: int = 1366, height: int = 768) -> Iterator[Page]:
    with visiting(browser, width, height) as page:
        page.context.add_cookies([{"name": "test_as", "value": who, "url": base}])
        yield page


def test_an_issue_from_a_behind_indicator_to_closing(  # noqa: PLR0915 - a journey is told in one go
    browser: Browser, app: FastAPI, workspace: Workspace, tmp_path: Path
) -> None:
    _, plans = workspace.plans()
    found = workspace.monitor(plans, date(2025, 12, 31))
    target = next(one.target.id for one in found if one.status is Status.BEHIND)
    report = tmp_path / "整改报告.pdf"
    report.write_bytes(b"%PDF-1.7 test")
    with serving(app) as base:
        shoot(browser, base, "supervisor", f"/issues/new?target={quote(target)}", "issue-new")
        with signed_in(browser, base, "supervisor") as page:
            page.goto(f"{base}/issues/new?target={quote(target)}")
            page.get_by_label("责任人").fill("职教处处长")
            page.get_by_label("整改时限").fill((local_day() + timedelta(days=30)).isoformat())
            page.get_by_label("验收人").fill("市教育督导室")
            page.get_by_role("button", name="入库", exact=True).click()
            expect(page.get_by_text("职教处处长").first).to_be_visible()
            number = page.url.rsplit("/", 1)[1]
        with signed_in(browser, base, "officer") as page:
            page.goto(f"{base}/issues")
            page.get_by_role("link", name=number).click()
            page.get_by_label("整改措施").fill("新增立项培育国家“双高计划”院校 4 所，年内完成申报。")
            page.get_by_role("button", name="记录整改措施").click()
            page.get_by_label("佐证说明").fill("立项文件与经费下达通知")
            page.locator("details", has=page.get_by_label("佐证说明")).get_by_label(
                "佐证文件（可不附）"
            ).set_input_files(report)
            page.get_by_role("button", name="提交佐证").click()
            expect(page.get_by_role("link", name="整改报告.pdf")).to_be_visible()
            shoot(browser, base, "officer", f"/issues/{number}", "issue-officer")
            page.get_by_role("button", name="提请验收").click()
            expect(page.get_by_role("button", name="验收通过")).to_have_count(0)
        with signed_in(browser, base, "supervisor") as page:
            page.goto(f"{base}/issues/{number}")
            page.locator("details", has_text="退回整改").get_by_label("理由").fill("经费下达通知缺附件")
            page.get_by_role("button", name="退回整改").click()
            expect(page.locator(".stages .here")).to_contain_text("整改")
        with signed_in(browser, base, "officer") as page:
            page.goto(f"{base}/issues/{number}")
            page.get_by_label("佐证说明").fill("附件已补齐：渝财教〔2026〕1号（模拟）")
            page.get_by_role("button", name="提交佐证").click()
            page.get_by_role("button", name="提请验收").click()
        with signed_in(browser, base, "supervisor") as page:
            page.goto(f"{base}/issues/{number}")
            page.get_by_label("验收意见").fill("材料齐全，情况属实")
            shoot(browser, base, "supervisor", f"/issues/{number}", "issue-acceptance")
            page.get_by_role("button", name="验收通过").click()
            page.get_by_role("button", name="销号").click()
            expect(page.locator(".stages .here")).to_contain_text("销号")
            expect(page.get_by_role("heading", name="办理", exact=True)).to_have_count(0)
            page.goto(f"{base}/issues/{number}/letter")
            expect(page.get_by_text("督办〔")).to_be_visible()
            if SHOTS:
                page.pdf(path=f"{SHOTS}/letter.pdf", prefer_css_page_size=True)
        for path, name in (
            ("/issues", "issue-list"),
            (f"/issues/{number}", "issue-closed"),
            (f"/issues/{number}/letter", "issue-letter"),
            (f"/issues/{number}?lang=en", "issue-en"),
        ):
            shoot(browser, base, "supervisor", path, name)
    assert store_of(app).verify_audit() == []
