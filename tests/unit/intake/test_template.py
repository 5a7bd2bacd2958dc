"""A template says what is asked and known, looks right to a machine, and is read back as it was written."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duibiao.intake.coloured import write_coloured
from duibiao.intake.layout import (
    ANSWERS,
    GUIDE,
    LABEL,
    LABEL_PROPERTY,
    LAST_YEAR,
    LISTS,
    Orientation,
    SheetLayout,
    TemplateLabel,
    address,
    place_of,
)
from duibiao.intake.sheet import read_sheet
from duibiao.intake.styles import LETTER_PIXELS, PAPER_PIXELS, page_starts
from duibiao.intake.template import write_template
from duibiao.kernel.text import Text
from duibiao.metrics.form import FormSection
from tests.unit.intake.filling import fill, opened
from tests.unit.intake.sample import ANSWERS as TYPED
from tests.unit.intake.sample import ELEMENTS, FORM, PERIOD, SCHOOLS, STORED, UNITS

A, B, C = (unit.code for unit in SCHOOLS)
KNOWN_VALUES = pl.DataFrame({"unit": [A], "pupils": [130], "has_network": [1], "places": [200]})
LAST = pl.DataFrame({"unit": [A, B], "pupils": [128, 140], "floor_area": [345678, None], "campus": [1, 2]})


@pytest.mark.parametrize("units", [SCHOOLS[:1], SCHOOLS])
def test_known_values_are_shown_and_last_year_never_stands_in_an_answer(tmp_path: Path, units: Any) -> None:
    path = tmp_path / "t.xlsx"
    label = write_template(path, FORM, ELEMENTS, units, KNOWN_VALUES, PERIOD, last_year=LAST, simulated=True)
    sheet = read_sheet(path, FORM, ELEMENTS, UNITS, PERIOD)
    first = sheet.rows.row(0, named=True)
    assert (first["pupils"], first["has_network"], first["floor_area"], first["campus"]) == (130, 1, None, None)
    assert first["places"] is None  # reused: shown, not read
    assert sheet.label == label
    book, answers = opened(path)
    assert book[LABEL].sheet_state == book[LISTS].sheet_state == "veryHidden"
    assert {one.name: one.value for one in book.custom_doc_props.props}[LABEL_PROPERTY] == label.hash
    new = len(units) * 8 - 2
    assert f"本次仅需补报 {new} 项" in [row[0].value for row in book[GUIDE].iter_rows(max_row=4)]
    assert answers.protection.sheet
    layout = SheetLayout.of(FORM, Orientation(label.orientation))
    locked = {
        code: answers[address(*layout.place(0, place))].protection.locked for place, code in enumerate(FORM.columns)
    }
    assert [code for code, is_locked in locked.items() if is_locked] == ["places"]
    assert answers.page_setup.orientation == "landscape"
    assert answers.page_setup.paperSize in (9, "9")
    assert (LAST_YEAR in book.sheetnames) is (len(units) > 1)
    assert "模拟数据" in [cell.value for row in answers.iter_rows(max_row=4) for cell in row]


def test_drop_downs_and_ranges_speak_chinese(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_template(path, FORM, ELEMENTS, SCHOOLS, None, PERIOD)
    book, answers = opened(path)
    rules = answers.data_validations.dataValidation
    lists = [rule for rule in rules if rule.type == "list"]
    assert sorted(rule.formula1 for rule in lists) == ["list_1", "list_2"]
    assert set(book.defined_names) >= {"list_1", "list_2"}
    numbers = [rule for rule in rules if rule.type == "custom"]
    assert len(numbers) == 6
    assert all("应为" in rule.error for rule in numbers)
    assert all(len(rule.formula1) <= 255 for rule in numbers)
    words = [cell.value for column in book[LISTS].iter_cols() for cell in column if cell.value]
    assert "1 独立校园" in words


VALUES = st.fixed_dictionaries(
    {
        "pupils": st.one_of(st.none(), st.integers(0, 20000)),
        "pupils_girls": st.one_of(st.none(), st.integers(0, 10**9)),
        "floor_area": st.one_of(st.none(), st.integers(0, 10**12)),
        "pass_rate": st.one_of(st.none(), st.integers(0, 1000)),
        "has_network": st.one_of(st.none(), st.integers(0, 1)),
        "campus": st.one_of(st.none(), st.integers(1, 2)),
    }
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(VALUES, min_size=1, max_size=3))
def test_any_table_written_to_a_template_is_read_back(tmp_path: Path, table: list[dict[str, int | None]]) -> None:
    units = SCHOOLS[: len(table)]
    rows = [{"unit": unit.code, **values} for unit, values in zip(units, table, strict=True)]
    known = pl.DataFrame(rows, schema={"unit": pl.String, **dict.fromkeys(table[0], pl.Int64)}, orient="row")
    path = tmp_path / "t.xlsx"
    write_template(path, FORM, ELEMENTS, units, known, PERIOD)
    sheet = read_sheet(path, FORM, ELEMENTS, UNITS, PERIOD)
    assert sheet.problems == ()
    assert sheet.rows.select("unit", *table[0]).equals(known)
    # And once more through openpyxl, as a file that a person saved.
    book = openpyxl.load_workbook(path)
    book.save(path)
    assert read_sheet(path, FORM, ELEMENTS, UNITS, PERIOD).rows.equals(sheet.rows)


CELL = st.one_of(
    st.none(), st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=20), st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False), st.dates(), st.just("=A1"), st.just("=1/0"),
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CELL, min_size=8, max_size=8))
def test_no_cell_crashes_the_round(tmp_path: Path, cells: list[Any]) -> None:
    path, out = tmp_path / "t.xlsx", tmp_path / "o.xlsx"
    write_template(path, FORM, ELEMENTS, SCHOOLS, None, PERIOD)
    typed: dict[str, dict[str, Any]] = {A: dict(zip(TYPED, cells, strict=True)), B: TYPED}
    sheet = read_sheet(fill(path, out, typed), FORM, ELEMENTS, UNITS, PERIOD)
    rows = sheet.rows.filter(pl.col("unit") == B)
    assert {code: rows[code][0] for code in FORM.columns} == STORED
    back = tmp_path / "b.xlsx"
    write_coloured(out, sheet, back, ELEMENTS, UNITS)
    # What was faulty is faulty still: nothing becomes a value by being sent back.
    again = read_sheet(back, FORM, ELEMENTS, UNITS, PERIOD)
    faulty = {(one.unit, one.element) for one in sheet.problems if one.level.value == "error"}
    assert {(one.unit, one.element) for one in again.problems if one.level.value == "error"} == faulty
    assert again.rows.equals(sheet.rows)


def test_a_label_is_read_back_and_no_other_text_is_one() -> None:
    label = TemplateLabel("f", "1", "2024", "rows", "s", "c", "u", 3)
    assert TemplateLabel.read(label.written()) == label
    assert TemplateLabel.read([*label.written()[:-1], ("hash", "0" * 16)]) is None
    assert TemplateLabel.read([("x", "y")]) is None
    assert TemplateLabel.read([]) is None


@given(st.integers(0, 1_000_000), st.integers(0, 16_000))
def test_an_address_is_the_place_it_names(row: int, column: int) -> None:
    assert place_of(address(row, column)) == (row, column)


def test_the_sheets_have_their_names(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_template(path, FORM, ELEMENTS, SCHOOLS, None, PERIOD, last_year=LAST)
    assert openpyxl.load_workbook(path).sheetnames == [GUIDE, ANSWERS, LISTS, LAST_YEAR, LABEL]
    with pytest.raises(ValueError, match="page"):
        write_template(path, FORM, ELEMENTS, SCHOOLS, None, PERIOD, orientation=Orientation.PAGE)


def test_every_page_of_a_wide_form_names_its_section_and_its_units(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    wordy = {code: replace(one, label=Text("很长的指标名称十二三四五六七")) for code, one in ELEMENTS.items()}
    write_template(path, FORM, wordy, SCHOOLS, None, PERIOD, last_year=LAST)
    book, _ = opened(path)
    for name in (ANSWERS, LAST_YEAR):
        sheet = book[name]
        starts = [one.id for one in sheet.col_breaks.brk]
        # The three sections hold 3, 3 and 3 wide columns: the third would be torn, and begins a page.
        assert starts == [SheetLayout.FIXED + 6]
        assert (sheet.print_title_cols, sheet.print_title_rows) == ("$A:$B", "$5:$8")
        assert not sheet.sheet_properties.pageSetUpPr.fitToPage  # "fit to pages" would leave the breaks out of account
    long = replace(FORM, sections=(FormSection(Text("全部"), FORM.fields),))
    write_template(path, long, wordy, SCHOOLS, None, PERIOD)
    _, sheet = opened(path)
    (start,) = [one.id for one in sheet.col_breaks.brk]
    assert sheet.cell(SheetLayout.HEAD - 2, SheetLayout.FIXED + 1).value == "全部"
    assert sheet.cell(SheetLayout.HEAD - 2, start + 1).value == "全部（续）"
    assert read_sheet(path, long, wordy, UNITS, PERIOD).rows["unit"].to_list() == [A, B, C]
    write_template(path, FORM, ELEMENTS, SCHOOLS, None, PERIOD)
    assert not opened(path)[1].col_breaks.brk  # nine narrow columns fit on one page


@given(st.lists(st.lists(st.integers(8, 40), min_size=1, max_size=12), min_size=1, max_size=5))
def test_no_page_is_wider_than_the_paper(sections: list[list[int]]) -> None:
    widths = [16, 28, *(width for section in sections for width in section)]
    starts = page_starts(widths, 2, [len(section) for section in sections])
    pages = [widths[first:last] for first, last in pairwise([2, *starts, len(widths)])]
    assert all((44 + sum(page)) * LETTER_PIXELS <= PAPER_PIXELS for page in pages)
    assert [width for page in pages for width in page] == widths[2:]
    assert all(pages)
