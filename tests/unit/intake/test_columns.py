"""Whole columns of raw cells: the same cell says the same in every format, and no value is guessed."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from duibiao.intake.columns import convert
from tests.unit.intake.filling import fill
from tests.unit.intake.sample import ANSWERS, ELEMENTS, FORM, SCHOOLS, UNITS
from tests.unit.intake.test_problems import A, B, C, blank, read

__all__ = ["blank"]
PUPILS, AREA, RATE = ELEMENTS["pupils"], ELEMENTS["floor_area"], ELEMENTS["pass_rate"]


def column(code: str, cells: list[Any], kind: type[pl.DataType]) -> tuple[list[int | None], dict[int, str]]:
    """Stored values and the problem codes by row."""
    found = convert(pl.DataFrame({code: pl.Series(cells, dtype=kind)}), [ELEMENTS[code]])
    return found.frame.get_column(code).to_list(), {row: one.code for (row, _), one in found.readings.items()}


def test_floats_become_whole_numbers_or_are_told() -> None:
    cells = [1.0, None, 2.5, float("nan"), float("inf"), 1e16, 0.1 + 0.2, -3.0]
    values, told = column("pupils", cells, pl.Float64)
    assert values == [1, None, None, None, None, None, None, -3]  # ranges are the checks' business
    assert set(told) == {2, 3, 4, 5, 6}
    assert told[2] == told[6] == "INTAKE-DECIMALS"
    assert told[5] == "INTAKE-RANGE"


def test_a_binary_tail_is_no_third_decimal() -> None:
    values, told = column("floor_area", [0.1 + 0.2, 12.34, 1_234_567.89, 0.005, None], pl.Float64)
    assert values == [30, 1234, 123_456_789, None, None]
    assert told == {3: "INTAKE-DECIMALS"}
    assert [AREA.amount(value) for value in (30, 1234)] == [Decimal("0.30"), Decimal("12.34")]


def test_whole_numbers_of_a_csv_are_scaled_and_bounded() -> None:
    assert column("pass_rate", [95, None, 10**18], pl.Int64) == ([950, None, None], {2: "INTAKE-RANGE"})
    assert column("pupils", [7, 10**15, 10**15 + 1], pl.Int64) == ([7, 10**15, None], {2: "INTAKE-RANGE"})


@pytest.mark.parametrize("kind", [pl.Float64, pl.Int64])
def test_a_column_of_nothing_is_missing_and_no_fault(kind: type[pl.DataType]) -> None:
    assert column("pupils", [None, None], kind) == ([None, None], {})
    assert column("has_network", [None, None], kind) == ([None, None], {})


@pytest.mark.parametrize("kind", [pl.Float64, pl.Int64])
def test_yes_and_no_and_choices_may_be_typed_as_numbers(kind: type[pl.DataType]) -> None:
    assert column("has_network", [1, 0, None, 2], kind) == ([1, 0, None, None], {3: "INTAKE-CHOICE"})
    assert column("campus", [1, 2, None, 3], kind) == ([1, 2, None, None], {3: "INTAKE-CHOICE"})


def test_columns_that_are_alike_are_converted_together_and_told_apart() -> None:
    raw = pl.DataFrame({"pupils": [1.0, 1.5], "teachers": [2.5, 2.0], "pass_rate": [9.5, 9.55]})
    found = convert(raw, [PUPILS, ELEMENTS["teachers"], RATE])
    assert found.frame.rows() == [(1, None, 95), (None, 2, None)]
    assert set(found.readings) == {(1, "pupils"), (0, "teachers"), (1, "pass_rate")}


def test_a_workbook_whose_flags_are_all_numbers_is_read(blank: Any) -> None:
    """Every cell of the column is a number then, and the column comes as numbers."""
    answers = {unit.code: {**ANSWERS, "has_network": number, "campus": 2} for number, unit in enumerate(SCHOOLS)}
    sheet = read(fill(blank, blank.with_name("数字.xlsx"), answers))
    rows = {row["unit"]: row for row in sheet.rows.iter_rows(named=True)}
    assert [rows[unit]["has_network"] for unit in (A, B, C)] == [0, 1, None]
    assert [rows[unit]["campus"] for unit in (A, B, C)] == [2, 2, 2]
    assert [(one.unit, one.problem.code) for one in sheet.problems] == [(C, "INTAKE-CHOICE")]
    assert sheet.form == FORM
    assert set(rows) <= set(UNITS)
