"""Number formats that change what a cell says, and addresses that would cost the process its life: real workbooks."""

import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from duibiao.intake.coloured import write_coloured
from duibiao.intake.formats import BlemishKind, MarkedFormat, marked_format, marked_styles
from duibiao.intake.sheet import Sheet, read_sheet
from duibiao.intake.template import write_template
from duibiao.kernel.problem import UserError
from tests.unit.intake.filling import fill, opened
from tests.unit.intake.sample import ANSWERS, ELEMENTS, FORM, PERIOD, UNITS, school

MANY = [school(number) for number in range(1, 25)]
KNOWN = UNITS | {unit.code: unit for unit in MANY}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("formats") / "t.xlsx"
    write_template(path, FORM, ELEMENTS, MANY, None, PERIOD)
    return fill(path, path.with_name("filled.xlsx"), {unit.code: ANSWERS for unit in MANY})


def read(path: Path) -> Sheet:
    return read_sheet(path, FORM, ELEMENTS, KNOWN, PERIOD)


@pytest.mark.parametrize(
    ("code", "kind", "word"),
    [
        ("0%", BlemishKind.PERCENT, ""),
        ("0.0_);0.0%", BlemishKind.PERCENT, ""),
        ('0.0"%"', BlemishKind.SCALED, "%"),
        ('0"万"', BlemishKind.SCALED, "万"),
        ("0\\万", BlemishKind.SCALED, "万"),
        ("0万元", BlemishKind.SCALED, "万元"),
        ("0,", BlemishKind.SCALED, ""),
        ('0!.0,"万"', BlemishKind.SCALED, "万"),
        ('[>=10000]0!.0,"万";0', BlemishKind.SCALED, "万"),
        ('G/通用格式"万"', BlemishKind.SCALED, "万"),
        ('yyyy"年"m"月"d"日"', BlemishKind.DATE, ""),
        ("[$-804]aaaa", BlemishKind.DATE, ""),
        ("[h]:mm", BlemishKind.DATE, ""),
        ("mm:ss.0", BlemishKind.DATE, ""),
    ],
)
def test_a_format_that_changes_what_a_cell_says_is_marked(code: str, kind: BlemishKind, word: str) -> None:
    assert marked_format(code) == MarkedFormat(kind, word)


@pytest.mark.parametrize(
    "code",
    [
        *("General", "@", "0", "#,##0.00", '#,##0"人"', "0.00E+00", "##0.0E+0", "# ?/?", "[Red]0;[Blue]-0", ";;;"),
        *('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "[DBNum1][$-804]General", "￥#,##0.00", "0_);\\(0\\)"),
        *("[$￥-804]#,##0", '"共"0"名"'),
    ],
)
def test_a_format_that_shows_the_number_as_it_is_is_not_marked(code: str) -> None:
    assert marked_format(code) is None


def test_formats_that_chinese_excel_does_not_spell_out_are_dates_unless_the_file_says_otherwise() -> None:
    xml = (
        b'<styleSheet><numFmts><numFmt numFmtId="57" formatCode="0"/><numFmt formatCode="0&quot;&#19975;&quot;"'
        b' numFmtId="176"/></numFmts><cellXfs><xf numFmtId="31"/><xf numFmtId="57"/><xf numFmtId="0"/>'
        b'<xf numFmtId="9"/><xf numFmtId="58" applyNumberFormat="1"><alignment/></xf></cellXfs></styleSheet>'
    )
    date_, percent = MarkedFormat(BlemishKind.DATE), MarkedFormat(BlemishKind.PERCENT)
    assert marked_styles(xml) == {0: date_, 3: percent, 4: date_}


FORMATS: tuple[tuple[str, Any, str], ...] = (
    ("F", '0"万"', "INTAKE-SCALED-FORMAT"),
    ("F", "0,", "INTAKE-SCALED-FORMAT"),
    ("F", "[h]:mm", "INTAKE-DATE"),
    ("F", "[$-804]aaaa", "INTAKE-DATE"),
    ("F", "yyyy/m/d", "INTAKE-DATE"),
    ("F", '0"人"', ""),
    ("G", '0.00"平方米"', ""),
    ("G", '0.00"万平方米"', "INTAKE-SCALED-FORMAT"),
    ("H", '0.0"%"', ""),
    ("H", "0%", "INTAKE-PERCENT-FORMAT"),
)


def test_no_value_is_taken_from_a_cell_whose_format_changes_it(template: Path, tmp_path: Path) -> None:
    book, sheet = opened(template)
    for row, (column, code, _) in enumerate(FORMATS, 9):
        sheet[f"{column}{row}"].number_format = code
    sheet["F20"], sheet["F21"] = timedelta(days=2), date(2024, 1, 5)
    book.save(tmp_path / "f.xlsx")
    found = read(tmp_path / "f.xlsx")
    told = {one.cell: one.problem.code for one in found.problems}
    wanted = {f"{column}{row}": code for row, (column, _, code) in enumerate(FORMATS, 9) if code}
    assert told == wanted | {"F20": "INTAKE-DATE", "F21": "INTAKE-DATE"}
    for one in found.problems:
        assert found.rows.filter(found.rows["unit"] == one.unit)[one.element].to_list() == [None]
    # What goes back says in words what stood there, so that it is not taken for a plain number the next time.
    write_coloured(tmp_path / "f.xlsx", found, tmp_path / "back.xlsx", ELEMENTS, KNOWN)
    assert opened(tmp_path / "back.xlsx")[1]["F9"].value == "带单位的格式：10"
    again = {one.unit: one.problem.code for one in read(tmp_path / "back.xlsx").problems}
    assert set(again) == {one.unit for one in found.problems}


def rewritten(path: Path, out: Path, change: Callable[[bytes], bytes], part: str = "xl/worksheets/sheet2.xml") -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, change(content) if name == part else content)
    return out


def test_a_date_in_a_format_that_is_built_in_is_no_number(template: Path, tmp_path: Path) -> None:
    book, sheet = opened(template)
    sheet["F9"], sheet["F9"].number_format = 45300, "0.000"
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        styles = archive.read("xl/styles.xml")
    number = styles.split(b'formatCode="0.000"')[0].rsplit(b'numFmtId="', 1)[1].split(b'"')[0]
    head, xfs = styles.split(b"<cellXfs")
    built_in = head + b"<cellXfs" + xfs.replace(b'numFmtId="' + number + b'"', b'numFmtId="31"')
    path = rewritten(tmp_path / "a.xlsx", tmp_path / "b.xlsx", lambda _: built_in, "xl/styles.xml")
    found = read(path)
    assert [(one.cell, one.problem.code) for one in found.problems] == [("F9", "INTAKE-DATE")]
    assert found.rows["teachers"].to_list() == [None] + [10] * 23


def cell(text: bytes) -> Callable[[bytes], bytes]:
    def change(xml: bytes) -> bytes:
        start = xml.index(b'<c r="F9"')
        return xml[:start] + text + xml[xml.index(b"</c>", start) + 4 :]

    return change


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"<c r='F9' t='e'><v>#N/A</v></c>", "INTAKE-CELL-ERROR"),
        (b'<c\nr="F9"\n\tt="b"><v>1</v></c>', "INTAKE-BOOLEAN"),
        (b'<c t="e" r="F9"><v>#N/A</v></c>', "INTAKE-CELL-ERROR"),
        (b'<c r="F9"><f t="shared" si="0"/><v>12</v></c>', "INTAKE-FORMULA"),
        (b'<c r="F9"><v><![CDATA[12]]></v></c>', "INTAKE-DAMAGED"),
        (b'<c r="F9" t="s"><v>99999</v></c>', "INTAKE-DAMAGED"),
    ],
)
def test_a_cell_another_program_writes_otherwise_is_found_all_the_same(
    template: Path, tmp_path: Path, text: bytes, code: str
) -> None:
    path = rewritten(template, tmp_path / "x.xlsx", cell(text))
    try:
        told = {(one.cell, one.problem.code) for one in read(path).problems}
    except UserError as refused:
        told = {("F9", one.code) for one in refused.problems}
    assert told == {("F9", code)}


@pytest.mark.parametrize("place", [b"XFD1048576", b"A1048576", b"XFD50", b"BJ50"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet2.xml", "xl/worksheets/sheet4.xml"])
def test_a_value_far_out_is_refused_before_memory_is_taken_for_all_between(
    template: Path, tmp_path: Path, place: bytes, part: str
) -> None:
    """The reader of values ended the whole process: a blank in the last cell of a sheet asks it for 512 GB."""
    last = b'<row r="1048576"><c r="' + place + b'"><v>1</v></c></row></sheetData>'
    path = rewritten(template, tmp_path / "far.xlsx", lambda xml: xml.replace(b"</sheetData>", last), part)
    with pytest.raises(UserError, match="INTAKE-TOO-LARGE") as refused:
        read(path)
    assert place.decode() in refused.value.problems[0].message.zh


def test_blank_cells_far_out_do_no_harm(template: Path, tmp_path: Path) -> None:
    blank = b'<row r="1048576" ht="9"><c r="XFC1048576" s="1"/><c r="XFD1048576" s="1"></c></row></sheetData>'
    path = rewritten(template, tmp_path / "far.xlsx", lambda xml: xml.replace(b"</sheetData>", blank))
    assert read(path).problems == ()


def test_a_remark_beside_the_table_is_told_by_its_column(template: Path, tmp_path: Path) -> None:
    book, sheet = opened(template)
    sheet["L9"] = "备注"
    book.save(tmp_path / "r.xlsx")
    with pytest.raises(UserError, match="INTAKE-COLUMNS") as refused:
        read(tmp_path / "r.xlsx")
    assert "第 L 列" in refused.value.problems[0].message.zh
