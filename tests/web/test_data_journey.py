"""The round of reporting in a real browser: a school's officer, its three signatures, district, city, publisher.

The officer fetches the template, hands in a faulty workbook, gets it back in colour, mends it, answers a question;
three people sign; the district returns it with a reason; the officer corrects it; district and city accept; the
publisher publishes, and the indicator's figure changes.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page

from duibiao.store.accounts import AccountRole
from duibiao.store.snapshot import Snapshot
from duibiao.web.guard import Visitor
from duibiao.workspace import Workspace
from tests.unit.intake.filling import colours, fill
from tests.web.conftest import serving, visiting
from tests.web.reporting import WHO, OpenedRound, cockpit_of, opened_round, told

RED = "F8B4B4"
INDICATOR = "preschool.class_size"
SHOTS = os.environ.get("DUIBIAO_SHOTS", "")


@pytest.fixture
def round_(workspace: Workspace, own_city: Path) -> OpenedRound:
    return opened_round(workspace.content, own_city)


@pytest.fixture
def app(round_: OpenedRound) -> FastAPI:
    return cockpit_of(round_.data)


@contextmanager
def signed_in(browser: Browser, address: str, who: Visitor) -> Iterator[Page]:
    with visiting(browser) as page:
        page.set_default_timeout(240_000)  # publishing computes every figure anew, on a busy machine
        page.context.add_cookies([{"name": WHO, "value": told(who)[WHO], "url": address}])
        yield page


def truth(round_: OpenedRound) -> dict[str, object]:
    """What the simulated school really has, as it stands in the snapshot."""
    snapshot = Snapshot.current(round_.data / "snapshots")
    assert snapshot is not None
    rows = snapshot.table(round_.form, int(round_.period[:4])).to_pylist()
    row = next(row for row in rows if row["unit"] == round_.school)
    elements = snapshot.elements
    asked = [code for code in row if code in elements]
    return {code: "不适用" if row[code] is None else row[code] / 10 ** int(elements[code].decimals) for code in asked}


def figure(app: FastAPI, round_: OpenedRound) -> float | None:
    """The indicator of the city, as every page of the edition in force shows it."""
    result = app.state.cockpit.edition.result
    value: float | None = result.cell(INDICATOR, round_.city, int(round_.period[:4])).value
    return value


def snap(page: Page, name: str) -> None:
    """Keep a picture to look at, where somebody asked for pictures."""
    if SHOTS:
        for width, height, theme in ((1366, 768, "light"), (360, 740, "light"), (1366, 768, "dark")):
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{theme}.png", full_page=True)
        page.evaluate("delete document.documentElement.dataset.theme")
        page.set_viewport_size({"width": 1366, "height": 768})


def hand_in(page: Page, round_: OpenedRound, file: Path, reason: str = "") -> None:
    page.goto(page.url.split("/data")[0] + round_.path())
    page.set_input_files("#file", file)
    page.fill("#reason", reason)
    page.click("text=交报并检查")
    page.wait_for_url("**/data/answers/*")


def step(browser: Browser, address: str, round_: OpenedRound, who: Visitor, words: str) -> None:
    """Somebody opens the return and presses a button."""
    with signed_in(browser, address, who) as page:
        page.goto(address + round_.path(round_.school))
        page.click(f"button:has-text('{words}')")
        page.wait_for_load_state()


@dataclass(frozen=True)
class Play:
    """What the acts of the journey share."""

    app: FastAPI
    round: OpenedRound
    browser: Browser
    address: str
    files: Path
    right: Mapping[str, object]

    @property
    def reporter(self) -> Visitor:
        return self.round.person(AccountRole.REPORTER)

    def three_sign(self) -> None:
        for role in (AccountRole.REPORTER, AccountRole.CHECKER, AccountRole.HEAD):
            step(self.browser, self.address, self.round, self.round.person(role), "签字确认")


def the_officer_hands_in(play: Play) -> None:
    """A template, a faulty workbook, the coloured answer, the mended one, a question answered."""
    school, right = play.round.school, play.right
    with signed_in(play.browser, play.address, play.reporter) as page:
        page.goto(play.address + "/data")
        assert "仅需补报" in page.inner_text("main")
        snap(page, "list-school")
        with page.expect_download() as fetched:
            page.click("text=下载模板")
        blank = play.files / "blank.xlsx"
        fetched.value.save_as(blank)
        assert fetched.value.suggested_filename.startswith("幼儿园基本情况-2025-26-")

        faulty = fill(blank, play.files / "填报.xlsx", {school: {**right, "teachers_kindergarten": "约二十"}})
        page.goto(play.address + play.round.path())
        snap(page, "form-school")
        hand_in(page, play.round, faulty)
        words = page.inner_text("main")
        assert "退回更正1个" in words
        assert "处理办法" in words
        snap(page, "answer-faulty")
        with page.expect_download() as fetched:
            page.click("text=下载标色退回的工作簿")
        back = play.files / "back.xlsx"
        fetched.value.save_as(back)
        assert RED in colours(back).values()

        mended = fill(back, play.files / "更正.xlsx", {school: right})
        hand_in(page, play.round, mended)
        assert "待说明1个" in page.inner_text("main")
        snap(page, "answer-question")
        page.click("text=保存说明并提交")
        assert "没有填写任何说明" in page.inner_text("main")
        for field in page.query_selector_all("input[name^=reply-]"):
            field.fill("片区新建小区入住，附近两所园并入；已与学籍核对")
        page.click("text=保存说明并提交")
        page.wait_for_load_state()
        page.goto(play.address + play.round.path(school))
        assert "已提交" in page.inner_text(".sentence")
        snap(page, "return-submitted")


def the_district_returns_it(play: Play) -> None:
    """The reviewer reads the reply and returns it; without a reason it cannot be returned."""
    reviewer = play.round.person(AccountRole.REVIEWER, play.round.district)
    with signed_in(play.browser, play.address, reviewer) as page:
        page.goto(play.address + "/data/review")
        words = page.inner_text("main")
        assert "附近两所园并入" in words
        assert "填报人" in words
        snap(page, "review-district")
        page.check("input[name=choice]")
        page.click("text=退回所选")
        assert "没有写明原因" in page.inner_text("main")
        page.check("input[name=choice]")
        page.fill("#why", "教师数与花名册不符")
        page.click("text=退回所选")
        page.wait_for_load_state()
        assert "没有等您审核的报表" in page.inner_text("main")


def the_officer_corrects_it(play: Play) -> None:
    """The reason is read, a figure mended on the page; what was typed wrongly is not lost; the history tells all."""
    with signed_in(play.browser, play.address, play.reporter) as page:
        page.goto(play.address + "/data")
        assert "教师数与花名册不符" in page.inner_text("main")
        snap(page, "list-returned")
        page.goto(play.address + play.round.path(play.round.school))
        page.click("text=在线填写")
        snap(page, "edit")
        teachers = float(str(play.right["teachers_kindergarten"])) + 2
        page.fill("#cell-teachers_kindergarten", "二十来个")
        page.click("text=检查并保存")
        assert "没有保存" in page.inner_text("main")
        assert page.input_value("#cell-teachers_kindergarten") == "二十来个"
        snap(page, "edit-wrong")
        page.fill("#cell-teachers_kindergarten", f"{teachers:.0f}")
        page.fill("#reason", "按花名册更正")
        page.click("text=检查并保存")
        page.wait_for_load_state()
        assert f"{teachers:.0f}" in page.inner_text("main")
        page.click("[aria-label='来历 幼儿园专任教师数']")
        words = page.inner_text("#history")
        assert "按花名册更正" in words
        assert "更正.xlsx" in words
        snap(page, "return-history")
        page.click("button:has-text('提交审核')")
        page.wait_for_load_state()
        assert "已提交" in page.inner_text(".sentence")


def all_accept(play: Play) -> None:
    """District and city accept everything that waits for them."""
    for unit in (play.round.district, play.round.city):
        with signed_in(play.browser, play.address, play.round.person(AccountRole.REVIEWER, unit)) as page:
            page.goto(play.address + "/data/review")
            page.check("[data-all=choice]")
            page.click("text=通过所选")
            page.wait_for_load_state()
            assert "没有等您审核的报表" in page.inner_text("main")


def the_city_publishes(play: Play) -> None:
    """The publisher sees what is ready and publishes it."""
    publisher = play.round.person(AccountRole.PUBLISHER, play.round.city)
    with signed_in(play.browser, play.address, publisher) as page:
        page.goto(play.address + "/data/publish")
        assert "发布 1 份已审核的报表" in page.inner_text("main")
        snap(page, "publish")
        page.fill("#title", "模拟数据：更正后发布")
        page.click("text=发布 1 份已审核的报表")
        page.wait_for_url("**/data/publish/2*")
        page.wait_for_selector("#job:has-text('指标已重算')", timeout=240_000)  # htmx looks again by itself
        snap(page, "publishing")
        assert "即本次发布" in page.inner_text("#job")
        page.goto(play.address + "/data/publish")
        assert "模拟数据：更正后发布" in page.inner_text("main")


def everything_is_looked_at(play: Play) -> None:
    """The other pages of the district open without a complaint of the browser."""
    reviewer = play.round.person(AccountRole.REVIEWER, play.round.district)
    with signed_in(play.browser, play.address, reviewer) as page:
        for name in ("", "/reminders", "/quality", "/conflicts", "/burden"):
            page.goto(f"{play.address}/data{name}")
            assert page.inner_text("h1")
            snap(page, f"district{name.replace('/', '-')}")
        page.goto(play.address + play.round.path())
        snap(page, "form-district")


def asked(play: Play) -> object:
    """What the API says of the indicator, to anybody who may read what was published."""
    found = TestClient(play.app, base_url="http://127.0.0.1").get(f"/api/v1/indicators/{INDICATOR}")
    assert found.status_code == 200, found.text
    return without_versions(found.json())


def without_versions(value: object) -> object:
    """An answer without the ids of snapshot and run, which change with every publishing."""
    if isinstance(value, dict):
        return {name: without_versions(item) for name, item in value.items() if name not in ("snapshot", "run")}
    return [without_versions(item) for item in value] if isinstance(value, list) else value


def test_a_whole_round_in_the_browser(app: FastAPI, round_: OpenedRound, browser: Browser, tmp_path: Path) -> None:
    right = truth(round_)
    right["children_enrolled"] = 2 * float(str(right["children_enrolled"])) + 30
    before = figure(app, round_)
    with serving(app) as address:
        play = Play(app, round_, browser, address, tmp_path, right)
        the_officer_hands_in(play)
        play.three_sign()
        the_district_returns_it(play)
        the_officer_corrects_it(play)
        play.three_sign()
        all_accept(play)
        assert figure(app, round_) == before is not None
        told_before = asked(play)
        the_city_publishes(play)
        after = figure(app, round_)
        assert after is not None
        assert after > before  # more children in as many classes
        assert asked(play) != told_before
        everything_is_looked_at(play)
