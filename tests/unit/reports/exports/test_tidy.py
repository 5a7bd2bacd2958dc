"""Tidy tables read back to the figures they were made of."""

import csv
import io
import json

import pytest

from duibiao.kernel.writing import csv_bytes
from duibiao.reports.exports.content import ExportContent
from duibiao.reports.exports.figures import exact, figures
from duibiao.reports.exports.tidy import COLUMNS, tidy
from tests.unit.reports.exports.conftest import HOSTILE


def test_csv_and_json_hold_the_same_figures_with_the_same_gaps(content: ExportContent) -> None:
    files = tidy(content)
    rows = list(csv.DictReader(io.StringIO(files["figures.csv"].decode("utf-8-sig"))))
    plain = json.loads(files["figures.json"])["figures"]
    wanted = {one.id: (exact(one.value), one.missing or "", one.period) for one in figures(content)}
    for found in (rows, plain):
        assert {one["id"]: (one["value"], one["missing_reason"], one["period"]) for one in found} == wanted
    assert list(rows[0]) == [one.name for one in COLUMNS]
    for row, one in zip(rows, plain, strict=True):
        told = {name for name, cell in one.items() if row[name] not in (cell, f"'{cell}", cell.replace("\n", "\r\n"))}
        assert told == set()


def test_a_name_that_is_a_formula_is_harmless_in_csv_and_whole_in_json(content: ExportContent) -> None:
    files = tidy(content)
    rows = list(csv.DictReader(io.StringIO(files["figures.csv"].decode("utf-8-sig"), newline="")))
    assert [
        row for row in rows for cell in row.values() if cell[:1] in "=+-@\t" and cell.strip("=<>~-0123456789.")
    ] == []
    assert {row["label"] for row in rows if row["target"] == content.rows[0].row.id} == {f"'{HOSTILE}"}
    plain = json.loads(files["figures.json"])["figures"]
    assert {one["label"] for one in plain if one["target"] == content.rows[0].row.id} == {HOSTILE}


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－a", "＠a"]
)
def test_whatever_a_spreadsheet_may_run_gets_an_apostrophe(cell: str) -> None:
    (row,) = csv.DictReader(io.StringIO(csv_bytes(["a"], [{"a": cell}]).decode("utf-8-sig"), newline=""))
    assert row["a"] == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "=", ">=", "<", "~", "-1.5", "0", "－", "—", "95%"])
def test_what_no_spreadsheet_runs_stays_as_it_is(cell: str) -> None:
    (row,) = csv.DictReader(io.StringIO(csv_bytes(["a"], [{"a": cell}]).decode("utf-8-sig"), newline=""))
    assert row["a"] == cell


def test_simulated_figures_carry_their_mark_in_every_row_and_in_the_metadata(content: ExportContent) -> None:
    found = json.loads(tidy(content)["figures.json"])
    marked = [one for one in found["figures"] if one["mark"] == "模拟数据"]
    assert len(marked) == len(content.computed)
    assert {one["nature"] for one in marked} == {"simulated"}
    assert found["metadata"]["mark"] == {"zh": "模拟数据", "en": "simulated data"}


def test_the_metadata_say_what_when_by_which_method_and_explain_every_column(content: ExportContent) -> None:
    about = json.loads(tidy(content)["metadata.json"])
    assert about["id"] == "action-plans-20251231"
    assert (about["as_of"], about["method"]) == ("2025-12-31", content.policy.version)
    assert about["inputs"][0]["sha256"] == "0" * 64
    assert [one["name"] for one in about["columns"]] == [one.name for one in COLUMNS]
    assert all(one["zh"] and one["en"] for one in about["columns"])
    assert about["policy"]["on_course"] == exact(content.policy.on_course)
