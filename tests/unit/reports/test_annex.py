"""The workbook of an evaluation: its numbers are those of evaluation.json, its charts are bound to cells."""

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from duibiao.evaluations.material import EvaluationRequest
from duibiao.evaluations.perform import perform
from duibiao.evaluations.plain import to_json
from duibiao.evaluations.record import Evaluation, EvaluationKind, UnitResult
from duibiao.kernel.text import Language, Text
from duibiao.reports.annex import annex_bytes
from duibiao.workspace import Workspace


@pytest.fixture(scope="module")
def annual(workspace: Workspace) -> Evaluation:
    return perform(workspace, EvaluationRequest("action-plans", EvaluationKind.ANNUAL, date(2025, 12, 31)))


@pytest.fixture(scope="module")
def content(annual: Evaluation) -> bytes:
    return annex_bytes(annual)


def sheet(content: bytes, name: str, heading: str) -> list[dict[str, Any]]:
    """The rows of a sheet below the row that holds a heading."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()
    head = next(number for number, row in enumerate(rows) if heading in row)
    return [dict(zip(map(str, rows[head]), row, strict=True)) for row in rows[head + 1 :]]


def test_the_indicators_are_those_of_the_evaluation_number_for_number(annual: Evaluation, content: bytes) -> None:
    data = {one["row"]["id"]: one for one in json.loads(to_json(annual))["indicators"]}
    rows = sheet(content, "指标", "编号")
    assert [row["编号"] for row in rows] == list(data)
    for row in rows:
        found = data[row["编号"]]
        for heading, wanted in (
            ("基期值", found["row"]["baseline"]), ("目标值", found["row"]["goal"]), ("现值", found["row"]["value"]),
            ("进展", found["row"]["p"]), ("序时应达", (found["line"] or {}).get("asked")),
        ):  # fmt: skip
            if wanted is None:
                assert row[heading] == "", (row["编号"], heading)
            else:
                assert Decimal(str(row[heading])) == pytest.approx(Decimal(wanted)), (row["编号"], heading)
        assert row["结论"] == found["verdict_word"]["zh"]


def test_every_published_value_stands_with_its_source_once(annual: Evaluation, content: bytes) -> None:
    rows = sheet(content, "数值与出处", "数据编号")
    ids = [row["数据编号"] for row in rows]
    assert len(ids) == len(set(ids))
    assert set(ids) == {value.id for one in annual.indicators for value in one.row.values}
    assert all(row["出处"] and row["公布日期"] for row in rows)
    taken = {one.row.observation.id for one in annual.indicators if one.row.observation}
    assert {row["数据编号"] for row in rows if row["采用"] == "现值"} == taken


def test_the_counts_have_a_sum_and_a_chart_over_their_cells(content: bytes) -> None:
    rows = sheet(content, "概况", "指标数")
    assert [row["指标数"] for row in rows if row["行动（规划）"] == "合计"] == [100]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        text = "".join(archive.read(name).decode() for name in charts)
    assert len(charts) >= 3
    assert re.search(r"<c:f>'?概况'?!\$C\$\d+:\$C\$\d+</c:f>", text)
    assert re.search(r"<c:f>'?进展'?!\$B\$\d+:\$B\$\d+</c:f>", text)


def test_equal_evaluations_give_equal_bytes_and_english_headings(annual: Evaluation, content: bytes) -> None:
    assert annex_bytes(annual) == content
    assert CalamineWorkbook.from_filelike(io.BytesIO(annex_bytes(annual, Language.EN))).sheet_names[:2] == [
        "summary", "indicators",
    ]  # fmt: skip


def test_simulated_districts_carry_the_mark_in_every_row_and_sheet(annual: Evaluation) -> None:
    mark = Text("模拟数据", "simulated data")
    empty = UnitResult("500103", "渝中区（模拟）", "中心城区", mark, (), (Text("学前教育毛入园率"),), Text("没有数据"))
    marked = annex_bytes(replace(annual, mark=mark, units=(empty,)))
    book = CalamineWorkbook.from_filelike(io.BytesIO(marked))
    for name in book.sheet_names:
        if name != "方法与输入":
            assert book.get_sheet_by_name(name).to_python()[0][0] == "模拟数据", name


def test_text_that_looks_like_a_formula_stays_text(annual: Evaluation) -> None:
    first = annual.indicators[0]
    evil = replace(first, row=replace(first.row, label="=1+1"))
    changed = annex_bytes(replace(annual, indicators=(evil, *annual.indicators[1:])))
    assert sheet(changed, "指标", "编号")[0]["指标（照录）"] == "=1+1"
