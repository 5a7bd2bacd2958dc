"""The issue list over HTTP against a real store: the whole way, what is refused and how the page says so."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from duibiao.kernel.period import local_day
from duibiao.progress.status import Status
from duibiao.views.issue import shown_status
from duibiao.workspace import Workspace
from tests.web.issue_city import CITY, DISTRICT, issue_app, store_of

AS_OF = date(2025, 12, 31)
DUE = (local_day() + timedelta(days=30)).isoformat()


@pytest.fixture
def app(workspace: Workspace, tmp_path: Path) -> FastAPI:
    return issue_app(workspace, tmp_path / "data")


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


def as_(client: TestClient, who: str) -> TestClient:
    client.cookies.clear()
    client.cookies.set("test_as", who)
    client.headers["x-csrf-token"] = "test"  # what every form of a page carries
    return client


@pytest.fixture
def behind(workspace: Workspace) -> str:
    """A target of the real plans that was behind on the day."""
    _, plans = workspace.plans()
    found = [one.target.id for one in workspace.monitor(plans, AS_OF) if one.status is Status.BEHIND]
    return found[0]


def opened(client: TestClient, target: str = "", **fields: str) -> str:
    """The supervisor enters and registers an issue; answers its number."""
    facts = {"target": target, "title": "手工登记", "unit": CITY, "department": "市教委", "person": "职教处处长"}
    answer = as_(client, "supervisor").post("/issues/new", data={**facts, "due": DUE, "register": "yes", **fields})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rsplit("/", 1)[1]


def step(client: TestClient, who: str, number: str, action: str, seen: int, **fields: str) -> Any:
    files = fields.pop("files", None)
    sent = [("files", ("整改报告.pdf", files.encode(), "application/pdf"))] if files else None
    url = f"/issues/{number}/steps/{action}"
    return as_(client, who).post(url, data={"seen": str(seen), **fields}, files=sent)


def test_from_a_behind_target_to_closing(client: TestClient, behind: str, app: FastAPI) -> None:
    form = as_(client, "supervisor").get(f"/issues/new?target={quote(behind)}").text
    assert "滞后" in form
    assert "模拟数据" in form
    title = re.search(r'name="title"[^>]*value="([^"]+)"', form)
    assert title is not None
    number = opened(client, behind, title=title[1])
    page = as_(client, "officer").get(f"/issues/{number}").text
    assert "记录整改措施" in page
    assert "验收通过" not in re.sub(r"(?s).*<h2>办理</h2>", "", page).split("办理记录")[0], "not the officer's step"
    assert step(client, "officer", number, "measure", 2, text="新增立项培育 4 所").status_code == 303
    assert step(client, "officer", number, "evidence", 3, text="立项文件", files="%PDF-1.7 x").status_code == 303
    assert step(client, "officer", number, "submit", 4).status_code == 303
    assert step(client, "officer", number, "accept", 5, text="好").status_code == 403
    assert step(client, "supervisor", number, "close", 5).status_code == 400, "accept first"
    assert step(client, "supervisor", number, "accept", 5, text="已核实").status_code == 303
    assert step(client, "supervisor", number, "close", 6).status_code == 303
    page = as_(client, "supervisor").get(f"/issues/{number}").text
    assert all(word in page for word in ("新增立项培育 4 所", "立项文件", "已核实", "职教处处长", "整改报告.pdf"))
    sha = re.search(r"/evidence/([0-9a-f]{64})", page)
    assert sha is not None
    file = client.get(f"/issues/{number}/evidence/{sha[1]}")
    assert file.content == b"%PDF-1.7 x"
    assert file.headers["content-disposition"].startswith("attachment")
    listed = client.get("/api/v1/issues").json()
    assert (listed["total"], listed["open"], listed["overdue"]) == (1, 0, 0)
    assert "已销号1项" in listed["sentence"]["zh"]
    rows = client.get("/api/v1/issues?format=csv").text
    assert number in rows
    assert "模拟数据" in rows
    one = client.get(f"/api/v1/issues/{number}").json()
    assert [event["action"] for event in one["timeline"]] == [
        *("find", "register", "measure", "evidence", "submit", "accept", "close")
    ]
    assert one["figure"]["status"] == "behind"
    assert store_of(app).verify_audit() == []


def test_there_is_no_second_issue_and_the_form_keeps_what_was_typed(client: TestClient, behind: str) -> None:
    number = opened(client, behind)
    facts = {"target": behind, "title": "同一件事", "unit": CITY, "person": "某处", "due": DUE, "register": "yes"}
    answer = client.post("/issues/new", data=facts)
    assert answer.status_code == 409
    assert all(word in answer.text for word in ("ISSUE-OPEN", number, "同一件事", "某处"))
    assert number in client.get(f"/issues/new?target={quote(behind)}").text
    hostile = "<script>alert(1)</script>{{7*7}}"
    answer = client.post("/issues/new", data={"title": hostile, "unit": CITY, "register": "yes", "due": "明天"})
    assert (answer.status_code, "ISSUE-DAY" in answer.text) == (400, True)
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in answer.text


def test_the_second_writer_sees_what_happened_and_loses_no_word(client: TestClient) -> None:
    number = opened(client)
    assert step(client, "officer", number, "measure", 2, text="甲措施").status_code == 303
    answer = step(client, "officer", number, "measure", 2, text="乙措施，写了很久")
    assert answer.status_code == 409
    assert all(word in answer.text for word in ("ISSUE-STALE", "甲措施", "乙措施，写了很久", "您打开之后"))
    assert step(client, "officer", number, "evidence", 3, text="说明", files="no pdf").status_code == 400
    for seen in ("x", "-1", "99"):
        assert as_(client, "officer").post(f"/issues/{number}/steps/submit", data={"seen": seen}).status_code == 409
    assert step(client, "officer", number, "explode", 3).status_code in (400, 422)


def test_foreign_and_unknown_issues_look_the_same(client: TestClient) -> None:
    number = opened(client, unit=DISTRICT)
    assert as_(client, "district").get(f"/issues/{number}").status_code == 200
    for who in ("stranger", "supervisor"):
        for path in ("", "/letter", f"/evidence/{'0' * 64}"):
            wanted = f"/issues/{number if who == 'stranger' else '2026-9999'}{path}"
            assert as_(client, who).get(wanted).status_code == 404
    assert step(client, "stranger", number, "close", 2).status_code == 404
    assert as_(client, "stranger").get("/api/v1/issues").json()["total"] == 0
    assert as_(client, "admin").get("/issues").status_code == 403
    client.cookies.clear()
    assert client.get("/issues").status_code == 303, "sign in first"
    assert client.get("/api/v1/issues").status_code == 401
    assert client.post("/issues/new", data={}).status_code in (303, 401)


def test_filters_counts_and_lateness_of_a_named_day(client: TestClient) -> None:
    opened(client)
    opened(client, unit=DISTRICT, department="区教委")
    later = (date.fromisoformat(DUE) + timedelta(days=1)).isoformat()
    assert client.get(f"/api/v1/issues?as_of={later}").json()["overdue"] == 2
    assert client.get("/api/v1/issues?overdue=true").json()["rows"] == []
    found = client.get(f"/api/v1/issues?unit={DISTRICT}").json()["rows"]
    assert [row["department"] for row in found] == ["区教委"]
    assert len(client.get(f"/api/v1/issues?unit={CITY}&state=open").json()["rows"]) == 2
    assert len(client.get("/api/v1/issues?department=市教委&state=registered").json()["rows"]) == 1
    assert client.get("/api/v1/issues?state=bogus").status_code in (400, 422)
    page = client.get(f"/issues?as_of={later}").text
    assert "逾期1天" in page


def test_the_letter_says_what_by_when_and_that_it_is_a_draft(client: TestClient, behind: str) -> None:
    number = opened(client, behind)
    letter = client.get(f"/api/v1/issues/{number}/letter").json()
    text = "".join(one["zh"] for one in letter["paragraphs"])
    due = date.fromisoformat(DUE)
    assert f"{due.year}年{due.month}月{due.day}日前完成整改（责任人：职教处处长）" in text
    assert "依据：" in text
    assert letter["number"] == f"督办〔{number[:4]}〕1号"
    page = client.get(f"/issues/{number}/letter?as_of={(due + timedelta(days=3)).isoformat()}").text
    assert all(word in page for word in ("逾期3天", "经核签后发出", "模拟数据", "重庆市（模拟）"))
    assert "Supervision letter" in client.get(f"/issues/{number}/letter?lang=en").text


def test_what_gives_no_warning_makes_no_issue(client: TestClient, workspace: Workspace) -> None:
    _, plans = workspace.plans()
    calm = next(one.target.id for one in workspace.monitor(plans, AS_OF) if one.status is Status.NO_DATA)
    as_(client, "analyst")
    for target, code in ((calm, "ISSUE-NO-WARNING"), ("nothing/1", "ISSUE-TARGET")):
        answer = client.get(f"/issues/new?target={quote(target)}")
        assert (answer.status_code, code in answer.text) == (400, True)


def test_a_leader_reads_and_an_analyst_only_reports(client: TestClient) -> None:
    number = opened(client)
    page = as_(client, "leader").get(f"/issues/{number}").text
    assert "<h2>办理</h2>" not in page
    assert client.post("/issues/new", data={"title": "x"}).status_code == 403
    answer = as_(client, "analyst").post("/issues/new", data={"title": "发现一处", "unit": CITY, "register": "no"})
    assert answer.status_code == 303
    found = client.get("/api/v1" + answer.headers["location"]).json()
    assert found["row"]["state"] == "found"
    assert json.dumps(found, ensure_ascii=False).count("督导") > 0, "the page says who registers it"


def test_what_was_behind_turns_amber_first_where_the_policy_says_so() -> None:
    """三色预警 of 温州瓯海: red, mended, is shown amber until the issue is closed; nothing else is touched."""
    behind, good = Status.BEHIND, (Status.ON_COURSE, Status.MET)
    for now in good:
        assert shown_status(behind, now, is_open=True, amber_first=True) is Status.ATTENTION
        assert shown_status(behind, now, is_open=False, amber_first=True) is now
        assert shown_status(behind, now, is_open=True, amber_first=False) is now
    assert shown_status(behind, behind, is_open=True, amber_first=True) is behind
    assert shown_status(None, Status.MET, is_open=True, amber_first=True) is Status.MET
    assert shown_status(behind, Status.NO_DATA, is_open=True, amber_first=True) is Status.NO_DATA
