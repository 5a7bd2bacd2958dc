"""The files: one set of figures in four formats, and none of them unsafe to open."""

import csv
import html
import io
import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from duibiao.evaluations.material import EvaluationRequest
from duibiao.evaluations.perform import perform
from duibiao.evaluations.record import EvaluationKind
from duibiao.kernel.text import Language
from duibiao.kernel.writing import csv_bytes, write_whole
from duibiao.reports.evaluation import write_evaluation
from duibiao.reports.monitor import write_monitor
from duibiao.views.monitor import monitor_page
from duibiao.workspace import Workspace

DAY = date(2025, 12, 31)


@pytest.fixture(scope="module")
def out(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    title, plans = workspace.plans()
    write_monitor(monitor_page(workspace, title, plans, DAY), folder, Language.ZH)
    closing = perform(workspace, EvaluationRequest("five-year-14", EvaluationKind.FINAL, DAY))
    write_evaluation(closing, folder, Language.ZH)
    return folder


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def page(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def test_every_number_of_the_json_leads_to_an_observation_and_a_citation(out: Path, workspace: Workspace) -> None:
    known = {one.id for one in workspace.content.observations}
    for row in page(out / "monitor.json")["rows"]:
        assert re.fullmatch(r"p\d+ L\d+.*", row["citation"]["locator"])
        assert row["citation"]["document"] in workspace.content.sources
        by_id = {value["id"]: value for value in row["values"]}
        for value in row["values"]:
            # A base value printed by a plan has the plan's citation; any other is a row of observations.csv.
            assert value["citation"] if value["is_baseline"] else value["id"] in known
            assert value["source"] in workspace.content.sources
        if row["value"] is not None:
            seen = by_id[row["observation"]["id"]]
            assert Decimal(seen["amount"]) == Decimal(row["value"])
        if row["baseline"] is not None and not workspace.content.indicators[row["indicator"]].counts_new:
            of_base_year = [v for v in row["values"] if v["period"] == str(row["baseline_year"])]
            assert Decimal(row["baseline"]) in {Decimal(value["amount"]) for value in of_base_year}


def test_progress_in_the_json_is_what_its_inputs_give(out: Path) -> None:
    counted = 0
    for row in page(out / "monitor.json")["rows"]:
        if row["p"] is None or row["rule"] != "linear":
            continue
        base, value, goal = (Decimal(row[name]) for name in ("baseline", "value", "goal"))
        year = int(row["observation"]["period"][:4])
        assert Decimal(row["p"]) == pytest.approx((value - base) / (goal - base))
        assert Decimal(row["s"]) == Decimal(year - row["baseline_year"]) / (row["due"] - row["baseline_year"])
        counted += 1
    assert counted >= 14


def test_csv_workbook_and_json_hold_the_same_figures(out: Path) -> None:
    rows = table(out / "monitor.csv")
    sheet = CalamineWorkbook.from_path(str(out / "monitor.xlsx")).get_sheet_by_name("全部列").to_python()
    head = next(number for number, line in enumerate(sheet) if line[0] == "编号")
    places = {name: place for place, name in enumerate(sheet[head])}
    data = page(out / "monitor.json")["rows"]
    assert len(rows) == len(sheet) - head - 1 == len(data) == 100
    for row, line, full in zip(rows, sheet[head + 1 :], data, strict=True):
        assert row["id"] == line[places["编号"]] == full["id"]
        assert row["value"] == (full["value"] or "")
        for name, heading in (("value", "现值"), ("baseline", "基期值"), ("goal", "目标值"), ("p", "进展 p")):
            cell = line[places[heading]]
            assert (cell == "") == (row[name] == ""), "what is missing is an empty cell, never a zero"
            if row[name]:
                assert float(row[name]) == pytest.approx(cell)


def test_the_sheet_a_meeting_reads_has_few_columns_and_every_row(out: Path) -> None:
    sheet = CalamineWorkbook.from_path(str(out / "monitor.xlsx")).get_sheet_by_name("监测").to_python()
    assert "100项指标中" in str(sheet[1][0])
    head = next(number for number, line in enumerate(sheet) if "指标（照录）" in line)
    assert len(sheet[head]) <= 13
    assert len(sheet) - head - 1 == 100


def test_the_page_asks_for_nothing_outside(out: Path) -> None:
    for name in ("monitor.html", "evaluation-five-year-14.html"):
        text = html.unescape((out / name).read_text(encoding="utf-8"))
        assert "default-src 'none'" in text
        assert not re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=", text)


def test_markup_in_a_figure_is_shown_and_not_run(workspace: Workspace, tmp_path: Path) -> None:
    title, plans = workspace.plans()
    seen = monitor_page(workspace, title, plans[:1], DAY)
    bad = replace(seen.rows[0], label="<script>alert(1)</script>")
    write_monitor(replace(seen, rows=(bad, *seen.rows[1:])), tmp_path, Language.ZH)
    assert "<script>alert(1)" not in (tmp_path / "monitor.html").read_text(encoding="utf-8")


def test_a_cell_that_looks_like_a_formula_is_made_harmless() -> None:
    data = csv_bytes(["a"], [{"a": "=HYPERLINK(1)"}, {"a": "-1.5"}, {"a": ">="}, {"a": "+"}]).decode("utf-8-sig")
    assert data.split("\r\n")[1:5] == ["'=HYPERLINK(1)", "-1.5", ">=", "+"]


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    path = write_whole(tmp_path / "deep" / "file.txt", b"new")
    assert path.read_bytes() == b"new"
    assert [one.name for one in path.parent.iterdir()] == ["file.txt"]


def test_the_evaluation_lists_every_row_with_its_reason(out: Path) -> None:
    rows = table(out / "evaluation-five-year-14.csv")
    assert len(rows) == 17
    assert rows[10]["verdict"] == "未达成（暂定）"
    assert all(row["reason"] for row in rows)
