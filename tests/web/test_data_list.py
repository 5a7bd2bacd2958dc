"""The officer's work list: what is due, for whom, what it may show to whom."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from duibiao.kernel.period import Period
from duibiao.store.accounts import AccountRole
from duibiao.store.units import UnitTree
from duibiao.store.workflow import ReportAction, ReportStatus
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
