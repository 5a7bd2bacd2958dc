"""The officer's work list: what is due, for whom, what it may show to whom."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from duibiao.kernel.period import Period
from duibiao.store.accounts import AccountRole
from duibiao.store.units import UnitTree
from duibiao.store.workflow import ReportAction, ReportStatus
from duibiao.views.reporting.publishing import current_period
from duibiao.web.acting import ACTS, actor_of, actors_of, may, readers
from duibiao.web.app import create_app
from duibiao.web.guard import NotAllowedError, NotHereError
from duibiao.web.settings import Settings
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder
from tests.web.reporting import PACKS, OpenedRound, client_of, cockpit_of, opened_round, visitor


@pytest.fixture(scope="module")
def round_(workspace: Workspace, city: Path, tmp_path_factory: pytest.TempPathFactory) -> OpenedRound:
    folder = shutil.copytree(city, tmp_path_factory.mktemp("list") / "data")
    return opened_round(workspace.content, folder)


@pytest.fixture(scope="module")
def app(round_: OpenedRound) -> FastAPI:
    return cockpit_of(round_.data)


def test_a_reporter_sees_what_the_own_unit_owes(app: FastAPI, round_: OpenedRound) -> None:
    client = client_of(app, round_.person(AccountRole.REPORTER))
    page = client.get("/api/v1/data").json()
    assert [item["state"]["unit"] for item in page["items"]] == [round_.school]
    item = page["items"][0]
    assert (item["state"]["status"], item["known"]) == ("draft", 0)
    assert item["to_report"] == item["asked"] > 0
    assert page["rounds"] == []
    assert page["mark"]["zh"] == "模拟数据"
    html = client.get("/data").text
    assert f"仅需补报 {item['asked']} 项" in html
    assert "下载模板" in html


def test_a_district_sees_its_rounds_and_a_text_for_every_school_that_owes(app: FastAPI, round_: OpenedRound) -> None:
    client = client_of(app, round_.person(AccountRole.REVIEWER, round_.district))
    page = client.get("/api/v1/data").json()
    assert [(one["form"], one["total"], one["overdue"]) for one in page["rounds"]] == [("kindergarten", 3, 3)]
    texts = client.get("/api/v1/data/reminders").json()["reminders"]
    assert [one["unit"] for one in texts] == sorted(round_.schools)
    assert all("模拟数据" in one["text"] and "已逾期" in one["text"] for one in texts)
    assert "复制文字" in client.get("/data/reminders").text


def test_the_city_gets_one_text_a_district(app: FastAPI, round_: OpenedRound) -> None:
    client = client_of(app, round_.person(AccountRole.REVIEWER, round_.city))
    texts = client.get("/api/v1/data/reminders").json()["reminders"]
    assert [(one["unit"], one["owed"]) for one in texts] == [(round_.district, 3)]


def test_a_round_over_the_whole_city_is_counted_whole_and_opened_with_a_message(
    own_city: Path, round_: OpenedRound
) -> None:
    app = cockpit_of(own_city)
    publisher = client_of(app, round_.person(AccountRole.PUBLISHER, round_.city))
    nothing = publisher.post("/data/publish", data={"title": "试"})
    assert nothing.status_code == 400
    assert "WEB-NOTHING-READY" in nothing.text
    assert "发布 0 份" not in nothing.text
    wrong = publisher.post("/data/open", data={"form": "kindergarten", "period": "2025"})
    assert wrong.status_code == 400
    assert "DATA-PERIOD" in wrong.text
    opened = publisher.post("/data/open", data={"form": "kindergarten", "period": round_.slug, "due": "2099-01-31"})
    assert opened.headers["location"] == f"/data/forms/kindergarten/{round_.slug}"
    page = publisher.get("/api/v1/data/publish").json()
    one = next(one for one in page["rounds"] if one["round"]["form"] == "kindergarten")
    assert len(one["missing"]) == 12  # the districts that owe most are named; all of them are counted
    assert one["owed"] == one["round"]["total"] - one["published"] > sum(count for _, count, _ in one["missing"])
    assert f"{one['owed']}份未交" in page["sentence"]["zh"]
    # What was published keeps its old deadline; the round shows the one that is still ahead.
    assert (one["round"]["due"], one["round"]["begun"]) == ("2099-01-31", 0)
    assert f"其中 {one['owed']} 份还没有填" in publisher.get("/data").text
    present = {form["form"]: form["period"] for form in page["forms"]}
    finance = publisher.post("/data/open", data={"form": "district_finance"})
    assert finance.headers["location"].endswith(f"/district_finance/{present['district_finance']}")


@pytest.mark.parametrize(
    ("form", "day", "period"),
    [
        ("kindergarten", date(2026, 9, 1), "2026/27"),
        ("kindergarten", date(2026, 8, 31), "2025/26"),
        ("school_health", date(2026, 4, 30), "2024/25"),
        ("district_finance", date(2026, 1, 4), "2024"),
        ("district_finance", date(2026, 1, 5), "2025"),
    ],
)
def test_what_is_collected_on_a_day(workspace: Workspace, form: str, day: date, period: str) -> None:
    assert str(current_period(workspace.content.forms[form], day)) == period


def test_who_may_not_read_returns_is_not_let_in(app: FastAPI, round_: OpenedRound) -> None:
    planner = client_of(app, round_.person(AccountRole.PLANNER, round_.city))
    assert planner.get("/api/v1/data").status_code == 403
    nobody = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
    assert nobody.get("/data").status_code == 303
    assert nobody.get("/api/v1/data").status_code == 401
    reporter = client_of(app, round_.person(AccountRole.REPORTER))
    assert reporter.get("/api/v1/data/reminders").status_code == 403
    lost = client_of(app, visitor("lost", (AccountRole.REPORTER, "no-such-unit")))
    assert lost.get("/api/v1/data").json()["problems"][0]["code"] == "WEB-NOT-HERE"


def test_a_cockpit_without_data_says_so(tmp_path: Path) -> None:
    app = cockpit_of(tmp_path / "nothing")
    answer = client_of(app, visitor("somebody", (AccountRole.REPORTER, "x"))).get("/api/v1/data")
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (503, "WEB-NO-STORE")
    assert create_app(Settings(PACKS)).state.cockpit.edition.snapshot is None


def test_roles_act_as_the_work_flow_has_them(round_: OpenedRound) -> None:
    with DataFolder(round_.data).open_store() as store:
        tree = store.tree()
        reviewer = visitor("r", (AccountRole.REVIEWER, round_.district))
        state = store.report(readers(reviewer, tree)[0], round_.form, round_.school, Period.parse(round_.period))
    checker = visitor("c", (AccountRole.CHECKER, round_.district))
    submitted = replace(state, status=ReportStatus.SUBMITTED, delegated_to=round_.district)
    assert may(reviewer, ReportAction.ACCEPT, submitted, tree)
    assert not may(checker, ReportAction.ACCEPT, submitted, tree)  # it is the same role of the work flow
    assert may(checker, ReportAction.SIGN, submitted, tree)
    assert not may(reviewer, ReportAction.SIGN, submitted, tree)
    with pytest.raises(NotAllowedError):
        actor_of(checker, ReportAction.ACCEPT, submitted, tree)
    with pytest.raises(NotHereError):
        actor_of(visitor("f", (AccountRole.REVIEWER, round_.schools[1])), ReportAction.ACCEPT, submitted, tree)


def test_two_grants_for_two_units_are_never_mixed(round_: OpenedRound) -> None:
    with DataFolder(round_.data).open_store() as store:
        tree: UnitTree = store.tree()
    both = visitor("b", (AccountRole.REPORTER, round_.school), (AccountRole.REVIEWER, round_.district))
    assert [one.unit for one in actors_of(both, ReportAction.SAVE, tree)] == [round_.school]
    assert [one.unit for one in actors_of(both, ReportAction.ACCEPT, tree)] == [round_.district]
    assert [one.unit for one in readers(both, tree)] == [round_.district]
    planner = visitor("p", (AccountRole.PLANNER, round_.city), (AccountRole.REPORTER, round_.school))
    assert [one.unit for one in readers(planner, tree)] == [round_.school]  # a planner reads no returns
    assert AccountRole.SYSTEM_ADMIN not in ACTS
