"""The first page, as a page and as data."""

import csv
import io

import pytest
from fastapi.testclient import TestClient

from duibiao.views.monitor import monitor_page
from duibiao.workspace import Workspace


def test_the_first_page_answers_who_must_act_before_anything_else(client: TestClient) -> None:
    text = client.get("/").text
    assert text.index("滞后2项、关注3项") < text.index("需要决策") < text.index("各行动")
    assert "累计举办境外办学机构和项目" in text
    assert "模拟数据" in text


def test_the_api_gives_the_figures_of_the_monitor(client: TestClient, workspace: Workspace) -> None:
    title, plans = workspace.plans()
    monitor = monitor_page(workspace, title, plans, workspace.reference_date)
    body = client.get("/api/v1/overview").json()
    assert [(one["status"], one["count"]) for one in body["tally"]] == [
        (one.status.value, one.count) for one in monitor.tally
    ]
    assert {row["id"] for row in body["rows"]} == {row.id for row in monitor.rows}


def test_a_status_and_a_plan_are_parts_of_the_address(client: TestClient) -> None:
    body = client.get("/api/v1/overview?status=behind&plan=vocational-education").json()
    assert [row["id"] for row in body["rows"]] == ["vocational-education/row-07"]
    assert 'href="/?plan=vocational-education&amp;status=' in client.get("/?plan=vocational-education").text


def test_the_table_comes_as_csv_with_empty_cells_for_what_is_missing(client: TestClient) -> None:
    answer = client.get("/api/v1/overview?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 100
    unknown = [row for row in rows if row["状态"] == "无数据" and not row["时点"]]
    assert unknown
    assert all(row["最新值"] == "" for row in unknown)
    assert client.get("/api/v1/overview?format=xlsx").content[:2] == b"PK"


@pytest.mark.parametrize("plan", ["nothing", "<script>alert(1)</script>", "%00", "' or 1=1"])
def test_an_unknown_plan_is_not_found_and_is_escaped(client: TestClient, plan: str) -> None:
    answer = client.get("/", params={"plan": plan})
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_a_day_that_is_none_is_told(client: TestClient) -> None:
    answer = client.get("/api/v1/overview?since=yesterday")
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (400, "WEB-DATE")


def test_an_earlier_day_knows_less(client: TestClient) -> None:
    now, earlier = (client.get(f"/api/v1/overview?as_of={day}").json() for day in ("2025-12-31", "2024-06-30"))
    assert earlier["known"] < now["known"]
