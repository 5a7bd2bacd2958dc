"""One really bad file per problem code, and the message it must give; a test counts that no code is left out."""

import random
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from duibiao.intake import package
from duibiao.intake.checks import CheckContext, run_checks
from duibiao.intake.delimited import read_csv, read_json
from duibiao.intake.findings import CellProblem
from duibiao.intake.rulebook import compile_rules
from duibiao.intake.sheet import Sheet, read_sheet
from duibiao.intake.tables import PartsRelation, TableRule, check_table
from duibiao.intake.template import write_template
from duibiao.kernel.problem import Level, Problem, UserError, Where, catalogue
from duibiao.kernel.text import Language
from duibiao.metrics.form import CheckKind
from tests.unit.intake.filling import fill, opened
from tests.unit.intake.sample import ANSWERS, ELEMENTS, FORM, PERIOD, SCHOOLS, STRANGER, UNITS, check, school

A, B, C = (unit.code for unit in SCHOOLS)
GONE = replace(school(7), valid_to=date(2023, 9, 1), successors=(A,))
KINDERGARTEN = replace(school(8), school_kind="111")
KNOWN = UNITS | {GONE.code: GONE, KINDERGARTEN.code: KINDERGARTEN}


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    path = tmp_path / "模板.xlsx"
    write_template(path, FORM, ELEMENTS, SCHOOLS, None, PERIOD, simulated=True)
    return path


@pytest.fixture
def filled(blank: Path) -> Path:
    return fill(blank, blank.with_name("填好.xlsx"), {unit.code: ANSWERS for unit in SCHOOLS})


def read(path: Path, **more: Any) -> Sheet:
    return read_sheet(path, FORM, ELEMENTS, KNOWN, PERIOD, **more)


def refused(path: Path, **more: Any) -> tuple[Problem, ...]:
    with pytest.raises(UserError) as caught:
        read(path, **more)
    return caught.value.problems


def codes(problems: tuple[Problem, ...]) -> set[str]:
    return {one.code for one in problems}


def changed(path: Path, change: Callable[[Any], None]) -> Path:
    book, sheet = opened(path)
    change(sheet)
    book.save(path)
    return path


def repacked(path: Path, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> Path:
    """The same archive with its parts changed, as a hostile or careless program would write it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | (extra or {})).items():
            archive.writestr(name, change(name, content))
    return path


def same(_: str, content: bytes) -> bytes:
    return content


# --- files as a whole ------------------------------------------------------------------------------------


def test_the_good_file_has_no_problem(filled: Path) -> None:
    sheet = read(filled)
    assert sheet.problems == ()
    assert sheet.good.height == 3


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"not a workbook", "INTAKE-FILE-KIND"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, "INTAKE-FILE-KIND"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"), "INTAKE-ENCRYPTED"),
        (b"PK\x03\x04" + b"\0" * 50, "INTAKE-DAMAGED"),
        (b"", "INTAKE-FILE-KIND"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    assert codes(refused(path)) == {code}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_file_cut_off_during_upload_is_refused(filled: Path, share: float) -> None:
    content = filled.read_bytes()
    filled.write_bytes(content[: int(len(content) * share)])
    assert codes(refused(filled)) == {"INTAKE-DAMAGED"}


def test_bytes_changed_on_the_way_are_refused(filled: Path) -> None:
    with zipfile.ZipFile(filled) as archive:
        info = archive.getinfo("xl/worksheets/sheet2.xml")
    content = bytearray(filled.read_bytes())
    content[info.header_offset + 200] ^= 0xFF
    filled.write_bytes(bytes(content))
    assert codes(refused(filled)) == {"INTAKE-DAMAGED"}


def test_macros_are_refused(filled: Path) -> None:
    assert codes(refused(repacked(filled, same, {"xl/vbaProject.bin": b"x"}))) == {"INTAKE-MACRO"}


def test_a_declared_entity_is_refused(filled: Path) -> None:
    bad = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData/></worksheet>'
    path = repacked(filled, lambda name, content: bad if name.endswith("sheet2.xml") else content)
    assert codes(refused(path)) == {"INTAKE-ENTITY"}


def test_a_decompression_bomb_is_refused_before_it_is_unpacked(filled: Path) -> None:
    path = repacked(filled, same, {"xl/media/image1.xml": b"0" * (40 * 1024 * 1024)})
    assert codes(refused(path)) == {"INTAKE-BOMB"}


@pytest.mark.parametrize("says", [1000, 5_000_000, 9_000_000])
def test_a_bomb_that_lies_about_its_size_is_refused(filled: Path, says: int) -> None:
    """A small part is unpacked by zipfile, one that says it is large by ISA-L: neither gives more than was said."""
    noise = random.Random(1).randbytes(20_000)  # noqa: S311 - what packs badly is no bomb by its ratio
    path = repacked(
        filled, lambda name, content: content + noise.hex().encode() * 160 if name.endswith("sheet2.xml") else content
    )
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet2.xml")
    for at in range(len(content) - 4):
        if content[at : at + 4] == struct.pack("<L", info.file_size):
            content[at : at + 4] = struct.pack("<L", says)
    path.write_bytes(bytes(content))
    assert codes(refused(path)) == {"INTAKE-DAMAGED"}


@pytest.mark.parametrize("harm", ["checksum", "cut off", "bits"])
def test_a_large_part_that_is_not_what_was_packed_is_refused(filled: Path, harm: str) -> None:
    noise = random.Random(1).randbytes(20_000).hex().encode() * 160  # noqa: S311 - six megabytes of anything
    path = repacked(filled, lambda name, content: content + noise if name.endswith("sheet2.xml") else content)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet2.xml")
    packed = info.header_offset + 30 + len(info.filename) + len(info.extra)
    if harm == "checksum":
        for at in range(len(content) - 4):
            if content[at : at + 4] == struct.pack("<L", info.CRC):
                content[at : at + 4] = struct.pack("<L", info.CRC ^ 1)
    elif harm == "cut off":  # the stream ends early: zeros where the rest of it was
        content[packed + info.compress_size // 2 : packed + info.compress_size] = bytes(-(-info.compress_size // 2))
    else:
        content[packed + 1000] ^= 0xFF
    path.write_bytes(bytes(content))
    assert codes(refused(path)) == {"INTAKE-DAMAGED"}


def test_too_many_parts_are_refused(filled: Path) -> None:
    path = repacked(filled, same, {f"xl/x/{number}.bin": b"" for number in range(2100)})
    assert codes(refused(path)) == {"INTAKE-TOO-LARGE"}


def swapped(one: Any, other: Any) -> None:
    one.value, other.value = other.value, one.value


# --- templates --------------------------------------------------------------------------------------------


def test_a_home_made_table_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "填报"
    book.save(tmp_path / "x.xlsx")
    assert codes(refused(tmp_path / "x.xlsx")) == {"INTAKE-TEMPLATE-NONE"}


def test_a_label_that_was_changed_is_refused(filled: Path) -> None:
    book, _ = opened(filled)
    book["_duibiao"]["B2"] = "another_form"
    book.save(filled)
    assert codes(refused(filled)) == {"INTAKE-TEMPLATE-NONE"}


@pytest.mark.parametrize(
    ("form", "period", "code"),
    [
        (replace(FORM, code="other"), PERIOD, "INTAKE-TEMPLATE-FORM"),
        (replace(FORM, version="4"), PERIOD, "INTAKE-TEMPLATE-OLD"),
        (FORM, replace(PERIOD, year=2025), "INTAKE-TEMPLATE-PERIOD"),
    ],
)
def test_a_template_of_another_form_version_or_period_is_refused(
    filled: Path, form: Any, period: Any, code: str
) -> None:
    with pytest.raises(UserError, match=code):
        read_sheet(filled, form, ELEMENTS, KNOWN, period)


def test_a_template_of_another_store_is_refused(filled: Path) -> None:
    assert codes(refused(filled, store="abc")) == {"INTAKE-TEMPLATE-STORE"}


def test_a_period_that_has_not_begun_is_refused(filled: Path) -> None:
    assert codes(refused(filled, today=date(2024, 8, 31))) == {"INTAKE-PERIOD-FUTURE"}
    assert read(filled, today=date(2024, 9, 1)).problems == ()


def test_a_renamed_sheet_is_refused(filled: Path) -> None:
    assert codes(refused(changed(filled, lambda sheet: setattr(sheet, "title", "填报2")))) == {"INTAKE-SHEET-MISSING"}


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: sheet.insert_cols(4),
        lambda sheet: sheet.delete_cols(4),
        lambda sheet: sheet.insert_rows(3),
        lambda sheet: sheet.delete_rows(1),
        lambda sheet: setattr(sheet["D8"], "value", "girls"),
        lambda sheet: swapped(sheet["C8"], sheet["D8"]),
        lambda sheet: setattr(sheet["L8"], "value", "new_column"),
        lambda sheet: sheet.delete_cols(1),
    ],
)
def test_columns_renamed_moved_inserted_or_deleted_are_refused(filled: Path, change: Callable[[Any], None]) -> None:
    assert codes(refused(changed(filled, change))) == {"INTAKE-COLUMNS"}


def test_merged_cells_are_refused(filled: Path) -> None:
    (problem,) = refused(changed(filled, lambda sheet: sheet.merge_cells("C9:C10")))
    assert problem.code == "INTAKE-MERGED"
    assert "C9:C10" in problem.message.zh


def test_a_blank_row_in_between_does_not_move_the_others(filled: Path) -> None:
    def cleared(sheet: Any) -> None:
        for cell in sheet[10]:
            cell.value = None
        sheet["C11"] = "x"

    sheet = read(changed(filled, cleared))
    assert sheet.rows["unit"].to_list() == [A, C]
    assert [(one.unit, one.cell) for one in sheet.problems] == [(C, "C11")]


# --- rows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("SIM9999999", "INTAKE-UNIT-UNKNOWN"),
        (GONE.code, "INTAKE-UNIT-ABOLISHED"),
        (STRANGER.code, "INTAKE-UNIT-FOREIGN"),
        (KINDERGARTEN.code, "INTAKE-UNIT-FORM"),
        (None, "INTAKE-UNIT-BLANK"),
        (C, "INTAKE-UNIT-TWICE"),
    ],
)
def test_a_row_of_the_wrong_unit_is_not_taken(filled: Path, written: str | None, code: str) -> None:
    def edit(sheet: Any) -> None:
        sheet["A10"], sheet["B10"] = written, None

    sheet = read(changed(filled, edit), allowed=[A, B, C, GONE.code, KINDERGARTEN.code])
    told = [one for one in sheet.problems if one.cell == "A10"]
    assert [one.problem.code for one in told] == [code]
    assert B not in sheet.good["unit"].to_list()
    assert A in sheet.good["unit"].to_list()
    assert (C in sheet.good["unit"].to_list()) is (code != "INTAKE-UNIT-TWICE")


def test_a_code_under_another_name_is_not_taken(filled: Path) -> None:
    sheet = read(changed(filled, lambda sheet: setattr(sheet["B10"], "value", SCHOOLS[2].name)))
    assert [(one.problem.code, one.cell) for one in sheet.problems] == [("INTAKE-UNIT-NAME", "A10")]


# --- cells -----------------------------------------------------------------------------------------------


def test_what_the_cells_of_a_large_sheet_hide_is_found_while_it_is_read(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "SMALL", 1)  # any sheet is a large one
    sheet = read(changed(filled, lambda sheet: setattr(sheet["C10"], "value", "=60+60")))
    assert [(one.problem.code, one.cell) for one in sheet.problems] == [("INTAKE-FORMULA", "C10")]
    headless = repacked(
        filled, lambda name, content: content.replace(b"sheetData", b"sheetDate") if "sheet2" in name else content
    )
    assert codes(refused(headless)) == {"INTAKE-DAMAGED"}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("=60+60", "INTAKE-FORMULA"),
        ("#N/A", "INTAKE-CELL-ERROR"),
        (True, "INTAKE-BOOLEAN"),
        (date(2024, 1, 5), "INTAKE-DATE"),
        ("abc", "INTAKE-TEXT"),
        ("120万", "INTAKE-TYPED-UNIT"),
        ("95%", "INTAKE-PERCENT"),
        ("1,23", "INTAKE-SEPARATOR"),
        (120.5, "INTAKE-DECIMALS"),
        (1e300, "INTAKE-RANGE"),
        ("无", "INTAKE-NONE-WORD"),
        ("无数据", "INTAKE-REASON"),
        ("１２０", "INTAKE-NORMALISED"),
    ],
)
def test_a_bad_cell_is_told_with_its_address(filled: Path, value: Any, code: str) -> None:
    def edit(sheet: Any) -> None:
        sheet["C10"] = value
        if value == "#N/A":
            sheet["C10"].data_type = "e"

    sheet = read(changed(filled, edit))
    assert [(one.problem.code, one.cell, one.unit, one.element) for one in sheet.problems] == [
        (code, "C10", B, "pupils")
    ]
    taken = sheet.rows.filter(sheet.rows["unit"] == B)["pupils"][0]
    assert taken == (120 if code == "INTAKE-NORMALISED" else None)
    assert sheet.rows["pupils"].to_list()[0] == 120
    _told_in_both_languages(sheet.problems[0].problem)


def test_a_percentage_format_is_not_guessed_at(filled: Path) -> None:
    def edit(sheet: Any) -> None:
        sheet["H10"] = 0.95
        sheet["H10"].number_format = "0%"

    sheet = read(changed(filled, edit))
    assert [(one.problem.code, one.cell) for one in sheet.problems] == [("INTAKE-PERCENT-FORMAT", "H10")]


def test_a_word_that_is_no_choice_is_told(filled: Path) -> None:
    sheet = read(changed(filled, lambda sheet: setattr(sheet["I10"], "value", "有")))
    assert [one.problem.code for one in sheet.problems] == ["INTAKE-CHOICE"]


def test_a_text_far_down_a_column_of_numbers_is_found(tmp_path: Path) -> None:
    many = [school(number) for number in range(1, 1501)]
    path = tmp_path / "m.xlsx"
    write_template(path, FORM, ELEMENTS, many, None, PERIOD)
    answers: dict[str, dict[str, Any]] = {unit.code: dict(ANSWERS) for unit in many}
    answers[many[1400].code]["pupils"] = "多"
    sheet = read_sheet(
        fill(path, tmp_path / "f.xlsx", answers), FORM, ELEMENTS, {unit.code: unit for unit in many}, PERIOD
    )
    assert [(one.unit, one.cell) for one in sheet.problems] == [(many[1400].code, "C1409")]


def checked(sheet: Sheet, **context: Any) -> list[CellProblem]:
    given = CheckContext(missing=frozenset(sheet.missing), file=sheet.file, **context)
    return run_checks(FORM, ELEMENTS, sheet.rows, context=given)


def test_blanks_ranges_and_rules_are_told(filled: Path) -> None:
    def edit(sheet: Any) -> None:
        sheet["F9"], sheet["F10"], sheet["F11"] = None, -1, "无数据：在途"
        sheet["E9"] = 61

    found = {(one.unit, one.element, one.problem.code) for one in checked(read(changed(filled, edit)))}
    assert found == {
        (A, "teachers", "INTAKE-BLANK"), (B, "teachers", "INTAKE-RANGE"), (A, "pupils", "INTAKE-CHECK"),
    }  # fmt: skip


# --- CSV and JSON ----------------------------------------------------------------------------------------


def csv(tmp_path: Path, text: str | bytes, encoding: str = "utf-8-sig") -> Sheet:
    path = tmp_path / "x.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return read_csv(path, FORM, ELEMENTS, KNOWN, PERIOD)


HEADER = "unit,name,pupils,pupils_girls,pupils_boys,teachers,floor_area,pass_rate,has_network,campus\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_takes_the_same_way(tmp_path: Path, encoding: str) -> None:
    text = HEADER + f"{A},{SCHOOLS[0].name},120,58,62,10,3456.78,95.5,是,1 独立校园\n{B},,x,58,62,无,,,否,2\n"
    sheet = csv(tmp_path, text, encoding)
    assert sheet.rows["pupils"].to_list() == [120, None]
    assert sheet.rows["floor_area"].to_list() == [345678, None]
    assert [(one.unit, one.problem.code) for one in sheet.problems] == [(B, "INTAKE-TEXT"), (B, "INTAKE-NONE-WORD")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"\xff\xfe\x81\x00", "INTAKE-CSV"),
        (b"unit,pupils\n\x81\xff\xff", "INTAKE-CSV"),
        (b"", "INTAKE-CSV"),
        (HEADER + f"{A},,1,2,3,4,5,6,7,8,9,10\n", "INTAKE-CSV"),
        ("unit,name\n", "INTAKE-COLUMNS"),
        (HEADER.replace("teachers", "staff"), "INTAKE-COLUMNS"),
        (HEADER.replace("teachers", "pupils"), "INTAKE-COLUMNS"),
    ],
)
def test_bad_csv_is_refused(tmp_path: Path, text: str | bytes, code: str) -> None:
    with pytest.raises(UserError) as caught:
        csv(tmp_path, text)
    assert codes(caught.value.problems) == {code}


HEAD = b'{"form": "primary_basic", "version": "3", "period": "2024/25"'


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"\xff",
        b'{"form": "primary_basic"}',
        HEAD + b', "rows": 1}',
        HEAD + b', "rows": [{"unit": "x"}]}',
        HEAD + b', "rows": [{"unit": "x", "values": {"y": 1}}]}',
        HEAD + b', "rows": [{"unit": "x", "values": {"pupils": []}}]}',
        HEAD + b', "rows": [], "rows": []}',
        HEAD + b', "rows": [{"unit": "x", "values": {"pupils": NaN}}]}',
        HEAD + b', "rows": [], "answers": [{"unit": "x"}]}',
        HEAD + b', "rows": [], "seen": {"x": "1"}}',
        HEAD + b', "rows": [], "more": 1}',
        b'{"a":' * 100_000,
    ],
)
def test_bad_bodies_are_refused(body: bytes) -> None:
    with pytest.raises(UserError, match="INTAKE-JSON"):
        read_json(body, FORM, ELEMENTS, KNOWN, PERIOD)


# --- the count -------------------------------------------------------------------------------------------


def _told_in_both_languages(problem: Problem) -> None:
    for language in Language:
        assert "{" not in problem.in_(language)
    assert problem.level in Level


def test_the_rest_of_the_codes() -> None:
    with pytest.raises(UserError, match="INTAKE-RULE"):
        compile_rules(replace(FORM, checks=(check("X", CheckKind.ROW, "pupils >"),)), ELEMENTS)
    rules = [TableRule("a", PartsRelation.EQUAL, ("b", "c")), TableRule("a", PartsRelation.DIFFERENT, ("b",))]
    told = check_table({"a": Decimal(5), "b": Decimal(5), "c": Decimal(1)}, rules, Where("t"))
    assert [one.code for one in told] == ["INTAKE-TABLE-PARTS", "INTAKE-TABLE-SAME"]


def test_every_problem_code_of_intake_is_produced_by_a_bad_input() -> None:
    """The files beside this one name every code in a test that produces it."""
    here = Path(__file__).parent
    text = "".join(file.read_text(encoding="utf-8") for file in here.glob("test_*.py"))
    assert [code for code in catalogue() if code.startswith("INTAKE-") and text.count(code) == 0] == []
