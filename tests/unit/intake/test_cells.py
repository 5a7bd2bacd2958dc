"""What a person types into a cell: what is accepted, what is noted, what is refused, and that nothing crashes."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duibiao.intake.cells import LARGEST, read_text
from duibiao.intake.columns import convert
from duibiao.kernel.value import MissingReason
from duibiao.metrics.element import DataElement
from tests.unit.intake.sample import ELEMENTS

AREA, PUPILS, RATE = ELEMENTS["floor_area"], ELEMENTS["pupils"], ELEMENTS["pass_rate"]
NETWORK, CAMPUS = ELEMENTS["has_network"], ELEMENTS["campus"]
EVERY = st.sampled_from(list(ELEMENTS.values()))


@pytest.mark.parametrize(
    ("element", "typed", "value"),
    [
        (PUPILS, "45", 45),
        (PUPILS, " 45 ", 45),
        (AREA, "3456.78", 345678),
        (AREA, "3456.70", 345670),
        (PUPILS, "1e3", 1000),
        (PUPILS, "45.0", 45),
        (NETWORK, "是", 1),
        (NETWORK, "否", 0),
        (CAMPUS, "2 合用校园", 2),
        (CAMPUS, "合用校园", 2),
        (CAMPUS, "2", 2),
        (PUPILS, "0", 0),
    ],
)
def test_what_is_plain_is_read(element: DataElement, typed: str, value: int) -> None:
    found = read_text(element, typed)
    assert (found.value, found.code, found.missing) == (value, "", None)


@pytest.mark.parametrize(
    ("element", "typed", "value"),
    [
        (PUPILS, "１２３４", 1234),
        (PUPILS, "１，２３４", 1234),
        (PUPILS, "1,234", 1234),
        (PUPILS, "45人", 45),
        (PUPILS, "45 名", 45),
        (RATE, "95.5%", 955),
        (AREA, "1,234.5平方米", 123450),
    ],
)
def test_what_cannot_be_misunderstood_is_read_and_noted(element: DataElement, typed: str, value: int) -> None:
    found = read_text(element, typed)
    assert (found.value, found.code) == (value, "INTAKE-NORMALISED")


@pytest.mark.parametrize(
    ("element", "typed", "code"),
    [
        (PUPILS, "约45", "INTAKE-TEXT"),
        (PUPILS, "四十五", "INTAKE-TEXT"),
        (PUPILS, "45人左右", "INTAKE-TYPED-UNIT"),
        (PUPILS, "4.5万人", "INTAKE-TYPED-UNIT"),
        (PUPILS, "45万", "INTAKE-TYPED-UNIT"),
        (AREA, "3亩", "INTAKE-TYPED-UNIT"),
        (PUPILS, "95%", "INTAKE-PERCENT"),
        (PUPILS, "1,23", "INTAKE-SEPARATOR"),
        (PUPILS, "12,34,567", "INTAKE-SEPARATOR"),
        (PUPILS, "45.5", "INTAKE-DECIMALS"),
        (AREA, "1.234", "INTAKE-DECIMALS"),
        (PUPILS, "2024-09-01", "INTAKE-DATE"),
        (PUPILS, "2024年9月1日", "INTAKE-DATE"),
        (PUPILS, "2024-09-01 00:00:00", "INTAKE-DATE"),
        (PUPILS, "TRUE", "INTAKE-BOOLEAN"),
        (PUPILS, "无", "INTAKE-NONE-WORD"),
        (PUPILS, "—", "INTAKE-NONE-WORD"),
        (PUPILS, "/", "INTAKE-NONE-WORD"),
        (PUPILS, "N/A", "INTAKE-NONE-WORD"),
        (PUPILS, "无数据", "INTAKE-REASON"),
        (PUPILS, "无数据：", "INTAKE-REASON"),
        (PUPILS, "9" * 30, "INTAKE-RANGE"),
        (PUPILS, "45 46", "INTAKE-TEXT"),
        (PUPILS, "1.2.3", "INTAKE-TEXT"),
        (PUPILS, "=1+1", "INTAKE-TEXT"),
        (NETWORK, "有", "INTAKE-CHOICE"),
        (CAMPUS, "3", "INTAKE-CHOICE"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(element: DataElement, typed: str, code: str) -> None:
    found = read_text(element, typed)
    assert (found.code, found.value, found.missing) == (code, None, None)


def test_a_blank_is_nothing_and_a_reason_is_a_missing_value() -> None:
    assert read_text(PUPILS, "  ") == read_text(PUPILS, "")
    assert read_text(PUPILS, "").value is None
    found = read_text(PUPILS, "无数据：档案在途")
    assert (found.missing, found.reason, found.value) == (MissingReason.NOT_REPORTED, "档案在途", None)
    assert read_text(PUPILS, "无数据（停办）").reason == "停办"
    assert read_text(CAMPUS, "不适用").missing is MissingReason.NOT_APPLICABLE


@given(EVERY, st.text(max_size=60))
def test_no_text_crashes_the_reader_or_becomes_zero_by_itself(element: DataElement, typed: str) -> None:
    found = read_text(element, typed)
    if found.value == 0:
        assert any(digit in typed for digit in "0否") or any(letter.isdigit() for letter in typed)
    assert found.value is None or abs(found.value) <= LARGEST


@given(st.integers(-LARGEST, LARGEST))
def test_every_stored_number_written_out_is_read_back(stored: int) -> None:
    assert read_text(AREA, f"{AREA.amount(stored):f}").value == stored


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**11)), min_size=1, max_size=30))
def test_a_column_of_numbers_is_read_alike_as_numbers_and_as_texts(stored: list[int | None]) -> None:
    amounts = [None if one is None else AREA.amount(one) for one in stored]
    columns: list[pl.Series] = [
        pl.Series("floor_area", [None if one is None else float(one) for one in amounts], dtype=pl.Float64),
        pl.Series("floor_area", [None if one is None else f"{one:f}" for one in amounts], dtype=pl.String),
    ]
    for column in columns:
        found = convert(pl.DataFrame([column]), [AREA])
        assert found.frame["floor_area"].to_list() == stored
        assert found.readings == {}


@given(st.lists(st.one_of(st.none(), st.text(max_size=8), st.decimals(-1000, 1000, places=3).map(str)), min_size=1))
def test_a_column_of_texts_is_read_as_its_cells_are(texts: list[str | None]) -> None:
    found = convert(pl.DataFrame([pl.Series("floor_area", texts, dtype=pl.String)]), [AREA])
    alone = [read_text(AREA, one or "") for one in texts]
    assert found.frame["floor_area"].to_list() == [one.value for one in alone]
    told = {(row, "floor_area"): one for row, one in enumerate(alone) if one.code or one.missing}
    assert found.readings == told


@given(st.lists(st.floats(), min_size=1, max_size=20))
def test_no_float_crashes_and_none_is_rounded_silently(numbers: list[float]) -> None:
    found = convert(pl.DataFrame([pl.Series("pupils", numbers, dtype=pl.Float64)]), [PUPILS])
    for row, number in enumerate(numbers):
        stored = found.frame["pupils"][row]
        if stored is None:
            assert found.readings[row, "pupils"].code
        else:
            assert abs(Decimal(number) - stored) < Decimal("0.000001") * max(1, abs(stored))


def test_what_a_binary_number_cannot_help_is_forgiven() -> None:
    column = pl.Series("floor_area", [0.1 + 0.2, 1.1 * 3, 0.305, 4.35 * 100])
    found = convert(pl.DataFrame([column]), [AREA])
    assert found.frame["floor_area"].to_list() == [30, 330, None, 43500]
    assert found.readings[2, "floor_area"].code == "INTAKE-DECIMALS"
