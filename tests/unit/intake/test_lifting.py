"""The plain numbers of a large sheet are the same numbers, whoever reads them, and nothing else is taken for one."""

import io
import math
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duibiao.intake import package
from duibiao.intake.formats import plain_styles
from duibiao.intake.layout import SheetLayout, column_name
from duibiao.intake.lifting import LiftArea, LiftedNumbers, lift_numbers
from duibiao.intake.package import ReturnedFile, open_package
from duibiao.intake.sheet import Sheet, read_sheet
from duibiao.intake.template import write_template
from duibiao.kernel.problem import UserError
from duibiao.metrics.unit import Unit, UnitKind
from tests.unit.intake.sample import CITY, DISTRICT, ELEMENTS, FORM, PERIOD

HEAD, COLUMNS = 2, 5
AREA = LiftArea(HEAD, 1000, 1, COLUMNS)
PLAIN = {0, 1, 12}  # style 2 is a date
STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="13">'
    + "".join(f'<xf numFmtId="{14 if place == 2 else 0}" fontId="0" fillId="0" borderId="0"/>' for place in range(13))
    + "</cellXfs></styleSheet>"
)
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def sheet_of(*rows: str, head: str = "") -> bytes:
    names = "".join(f'<c r="{column_name(n)}2" t="inlineStr"><is><t>n{n}</t></is></c>' for n in range(COLUMNS))
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{SPREADSHEET}">{head}<sheetData>'
        f'<row r="1"><c r="A1" s="3"/></row><row r="2" ht="20">{names}</row>{"".join(rows)}</sheetData></worksheet>'
    ).encode()


def row(number: int, *cells: str) -> str:
    """A row; ``@`` in a cell is its address."""
    placed = (cell.replace("@", f"{column_name(place)}{number}") for place, cell in enumerate(cells))
    return f'<row r="{number}" spans="1:{COLUMNS}" ht="20.25" customHeight="1">{"".join(placed)}</row>'


def book_of(xml: bytes) -> bytes:
    file = io.BytesIO()
    relation = f'<Relationship Id="%s" Type="{OFFICE}/%s" Target="%s"/>'
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">{relation % ("r", "officeDocument", "xl/workbook.xml")}'
            "</Relationships>",
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            + relation % ("r1", "worksheet", "worksheets/a.xml")
            + relation % ("r2", "styles", "styles.xml")
            + relation % ("r3", "sharedStrings", "sharedStrings.xml")
            + "</Relationships>",
        )
        archive.writestr("xl/styles.xml", STYLES)
        archive.writestr(
            "xl/sharedStrings.xml", f'<sst xmlns="{SPREADSHEET}"><si><t>无</t></si><si><t>7</t></si></sst>'
        )
        archive.writestr("xl/worksheets/a.xml", xml)
    return file.getvalue()


def load(xml: bytes) -> pl.DataFrame:
    reader = fastexcel.read_excel(book_of(xml))
    return reader.load_sheet(0, header_row=1, dtypes={0: "string"}, schema_sample_rows=None).to_polars()


def same_as_read_whole(xml: bytes, lifted: LiftedNumbers) -> None:
    """Every cell, told from the rest and the numbers, is what the reader of values says of the whole sheet."""
    whole, rest = load(xml), load(lifted.rest)
    assert rest.columns == whole.columns
    for place, name in enumerate(whole.columns):
        expected = whole.get_column(name)
        if place not in lifted.columns:
            found = rest.get_column(name)
            assert found.dtype == expected.dtype or found.is_empty()
            padded = found.to_list() + [None] * (len(expected) - len(found))
            assert repr(padded) == repr(expected.to_list())  # NaN is NaN, -0.0 is no 0.0
            continue
        numbers = lifted.values[place - lifted.first_column]
        assert expected.dtype == pl.Float64 or expected.is_null().all()
        mine = [None if math.isnan(number) else number for number in numbers.tolist()]
        wanted = expected.to_list() + [None] * (len(mine) - len(expected))
        assert repr(mine) == repr(wanted)
        if place < len(rest.columns):
            assert rest.get_column(name).is_null().all()


number = st.one_of(
    st.integers(0, 10**9).map(str),
    st.integers(-(10**17), 10**17).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda value: repr(value).upper()),
    st.decimals(-(10**6), 10**6, places=2).map(str),
    st.sampled_from(["007", "0", "-0", "1E3", "12.", ".5", "00000000", "99999999", "123456789", "0.1", "-1.5E-7"]),
)
attributes = st.sampled_from(["", ' s="1"', ' s="12"', ' t="n"', ' s="12" t="n"'])
plain = st.builds('<c r="@"{}><v>{}</v></c>'.format, attributes, number)
blank = st.sampled_from(["", '<c r="@" s="1"/>', '<c r="@" s="2"/>', '<c r="@"/>', '<c r="@" s="1"></c>'])
odd = st.sampled_from(
    [
        '<c r="@" t="s"><v>0</v></c>',
        '<c r="@" s="1" t="s"><v>1</v></c>',
        '<c r="@" t="str"><v>12</v></c>',
        '<c r="@" t="inlineStr"><is><r><rPr><b/></rPr><t>无数据：</t></r><r><t>未统计</t></r></is></c>',
        '<c r="@"><f>1+1</f><v>2</v></c>',
        '<c r="@" t="b"><v>1</v></c>',
        '<c r="@" s="2"><v>45000</v></c>',
        '<c r="@" s="99"><v>5</v></c>',
        '<c r="@" cm="1"><v>5</v></c>',
        '<c r="@"><v></v></c>',
        '<c r="@"><v>12人</v></c>',
        '<c r="@"><v>1\n</v></c>',
        '<c r="@"><v>1_0</v></c>',
        '<c r="@"><v> 8</v></c>',
        '<c r="@"><v>１２</v></c>',
        '<c r="@"><v>1-2</v></c>',
        '<c r="@"><v>1e5</v></c>',
        '<c r="@"><v>1E999</v></c>',
        '<c r="@"><v>nan</v></c>',
        '<c r="@"><v>0000000000000000000000000000000000000012</v></c>',
    ]
)


@st.composite
def sheets(draw: st.DrawFn) -> bytes:
    """Most columns hold numbers and blanks, some hold anything."""
    at, rows = HEAD + 1, []
    mixed = draw(st.sets(st.integers(1, COLUMNS - 1), max_size=2))
    for _ in range(draw(st.integers(1, 12))):
        cells = [draw(st.sampled_from(['<c r="@" t="s"><v>0</v></c>', '<c r="@"><v>5</v></c>', ""]))]
        cells += [
            draw(st.one_of(plain, blank, odd) if place in mixed else st.one_of(plain, plain, blank))
            for place in range(1, COLUMNS)
        ]
        rows.append(row(at, *cells))
        at += draw(st.integers(1, 3))
    return sheet_of(*rows)


@given(sheets())
@settings(max_examples=60, deadline=None)
def test_numbers_and_rest_together_say_what_the_whole_sheet_says(xml: bytes) -> None:
    lifted = lift_numbers(xml, AREA, PLAIN, most_kept=1)
    assert lifted is not None
    try:
        load(xml)
    except fastexcel.UnsupportedColumnTypeCombinationError:
        return  # a date among texts: such a sheet is loaded as texts, with the same columns left in it
    same_as_read_whole(xml, lifted)


def test_a_column_is_taken_whole_or_not_at_all() -> None:
    one = '<c r="@"><v>5</v></c>'
    xml = sheet_of(row(3, "", one, one), row(4, "", one, '<c r="@" t="s"><v>0</v></c>'), row(5, "", one, one))
    lifted = lift_numbers(xml, AREA, PLAIN, most_kept=1)
    assert lifted is not None
    assert lifted.columns == (1, 3, 4)
    assert lifted.rest.count(b'r="C') == 4  # with its name
    assert lifted.rest.count(b'r="B') == 1
    same_as_read_whole(xml, lifted)


SOUND = row(3, "", '<c r="@"><v>5</v></c>', '<c r="@"><v>6</v></c>')


@pytest.mark.parametrize(
    "xml",
    [
        sheet_of("<!-- ", row(3, "", '<c r="@"><v>5</v></c>'), " -->", row(4)),
        sheet_of(row(3, "", '<c r="@"><v>5</v></c>', '<!-- <c r="@"><v>5</v></c> -->')),
        sheet_of(row(3, "", '<c r="@"><v><![CDATA[5]]></v></c>', '<c r="@"><v>5</v></c>')),
        sheet_of(row(3, "", '<c r="@" x="><c r="C3"><v>5</v></c>"><v>6</v></c>')),
        sheet_of('<row r="3" x="><c r="B3"><v>5</v></c>"><c r="C3"><v>6</v></c></row>'),
        sheet_of('<row r="3" x=""><c r="B3"><v>5</v></c>"></row>'),
        sheet_of(row(3, "", '<c r="@"><v>5</v></c>', '<c r="B3"><v>6</v></c>')),  # the same address again
        sheet_of(row(3, "", '<c r="@"><v>5</v></c>', '<c r="D9"><v>6</v></c>')),  # of another row
        sheet_of(row(3, "", '<c r="@"><v>5</v></c>', "<c><v>6</v></c>")),  # without an address
        sheet_of(row(3, "", '<c r="@"><v>5</v></c>', '<c s="1" r="@"><v>6</v></c>')),
        sheet_of(row(3, "", '<c r="@"><v>5</v></c>', '<c r="@"><v>6</v></c><c r="AAA3"><v>6</v></c>')),
        sheet_of(row(3, "", '<c r="@"><v>5</v></c>', '<c r="$C3"><v>6</v></c>')),
        sheet_of(row(4, "", '<c r="@"><v>5</v></c>'), SOUND),  # rows out of order
        sheet_of(SOUND, SOUND),
        sheet_of(row(3, "", '<c r="@"><v>5</v></c>').replace(' r="3"', "")),
        sheet_of(row(1001, "", '<c r="@"><v>5</v></c>')),  # below the last row there may be
        sheet_of(row(3, "", '<c r="@"><v>5</v><v>6</v></c>', '<c r="@"><c r="C3"><v>7</v></c></c>')),
        sheet_of(row(3, "", '<c r="@"><is><t><c r="C3"><v>7</v></c></t></is></c>')),
        sheet_of(SOUND, "</sheetData><sheetData>", row(4, "", '<c r="@"><v>5</v></c>')),
        sheet_of(SOUND, '<c r="D3"><v>5</v></c>'),
        sheet_of(SOUND, "\n"),
        sheet_of(row(3, "", '<c r="@"\0><v>5</v></c>')),
        sheet_of(row(3, "", '<c r="@" s="1" r="C3" t="s"><v>0</v></c>', "")),
        sheet_of(row(3, "", '<c r="@" t="inlineStr"><is><t>x<t></is></c>', '<c r="@"><v>5</v></c>')),
        sheet_of(
            SOUND.replace("<row", "<rcw", 1), row(4, "", '<c r="@"><v>5</v></c>')
        ),  # no row, but cells all the same
        sheet_of(SOUND, head="<!-- <sheetData> -->"),
        sheet_of(SOUND, head='<x y="<sheetData>"/>'),
        sheet_of(SOUND).replace(b"<row", b"<x:row").replace(b"</row", b"</x:row"),
        sheet_of(SOUND).replace(b"</sheetData>", b""),
        sheet_of(),
        b"",
    ],
)
def test_of_a_sheet_in_another_form_nothing_is_taken(xml: bytes) -> None:
    assert lift_numbers(xml, AREA, PLAIN, most_kept=1) is None


def test_a_sheet_of_which_most_would_stay_is_read_as_a_whole() -> None:
    words = "".join(row(number, *['<c r="@" t="s"><v>0</v></c>'] * COLUMNS) for number in range(3, 500))
    assert lift_numbers(sheet_of(words), AREA, PLAIN) is None


def test_styles_that_some_reader_may_take_for_a_day_are_not_plain() -> None:
    own = {
        164: "#,##0", 165: "yyyy", 166: "0.0%", 167: "0&quot;人&quot;", 168: "[Red]-0_ ;0", 169: "0 a", 170: "[h]:mm",
        171: "0.00_);[Red]\\(0.00\\)", 172: "0&quot;万&quot;",
    }  # fmt: skip
    styles = (
        "<numFmts>"
        + "".join(f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in own.items())
        + "</numFmts><cellXfs>"
        + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 1, 9, 14, 49, *own, 999))
        + "</cellXfs>"
    )
    assert plain_styles(styles.encode()) == {0, 1, 4, 5, 8, 9, 12}


SCHOOLS = [
    Unit(f"S{number:05}", f"模拟第{number}小学", UnitKind.SCHOOL, DISTRICT.code, school_kind="211")
    for number in range(1200)
]
UNITS = {unit.code: unit for unit in (CITY, DISTRICT, *SCHOOLS)}
ASKED = {"pupils": 500, "pupils_girls": 240, "pupils_boys": 260, "teachers": 30, "floor_area": 12345.67}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template of 1,200 schools with every number typed in."""
    path = tmp_path_factory.mktemp("large") / "large.xlsx"
    write_template(path, FORM, ELEMENTS, SCHOOLS, None, PERIOD, simulated=True)

    def typed(xml: bytes) -> bytes:
        for place, value in enumerate(ASKED.values()):
            pattern = rb'<c r="%s(\d+)" s="(\d+)"/>' % column_name(SheetLayout.FIXED + place).encode()
            xml = re.sub(pattern, _filled(place, value), xml)
        return xml

    return changed(path, path.with_name("filled.xlsx"), typed)


def _filled(place: int, value: float) -> Callable[[re.Match[bytes]], bytes]:
    letter = column_name(SheetLayout.FIXED + place).encode()
    return lambda found: b'<c r="%s%s" s="%s"><v>%s</v></c>' % (letter, found[1], found[2], str(value).encode())


def changed(path: Path, out: Path, change: Callable[[bytes], bytes]) -> Path:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part.filename, change(content) if part.filename == "xl/worksheets/sheet2.xml" else content)
    return out


def cell(address: str, text: str) -> Callable[[bytes], bytes]:
    pattern = re.compile(rb'<c r="%s"[^>]*?(?:/>|>.*?</c>)' % address.encode())
    return lambda xml: pattern.sub(text.replace("@", address).encode(), xml, count=1)


def added(text: bytes, before: bytes = b"</sheetData>") -> Callable[[bytes], bytes]:
    return lambda xml: xml.replace(before, text + before, 1)


def opened(path: Path) -> ReturnedFile:
    area = LiftArea(SheetLayout.HEAD + 1, 60_000, SheetLayout.FIXED, SheetLayout.FIXED + len(FORM.columns))
    return open_package(path, 60_000, 60, lift=area)


def both_ways(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sheet | list[str]]:
    """What is said of a file when its numbers are taken out first, and when none are."""
    for least in (package.LIFTED_FROM, package.MAX_BYTES):
        monkeypatch.setattr(package, "LIFTED_FROM", least)
        try:
            yield read_sheet(path, FORM, ELEMENTS, UNITS, PERIOD)
        except UserError as refused:
            yield [str(one) for one in refused.problems]


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda xml: xml,
    "a text": cell("C500", '<c r="@" t="inlineStr"><is><t>不掌握</t></is></c>'),
    "a reason": cell("D700", '<c r="@" t="inlineStr"><is><t>无数据：未统计</t></is></c>'),
    "full-width digits": cell("E30", '<c r="@" t="inlineStr"><is><t>２６０</t></is></c>'),
    "a formula": cell("F40", '<c r="@"><f>SUM(C40:D40)</f><v>30</v></c>'),
    "an error": cell("F41", '<c r="@" t="e"><v>#DIV/0!</v></c>'),
    "a decimal": cell("C44", '<c r="@"><v>500.5</v></c>'),
    "far too large": cell("C45", '<c r="@"><v>1E300</v></c>'),
    "a column without its name": cell("G8", '<c r="@" s="1"/>'),
    "another name": cell("G8", '<c r="@" t="inlineStr"><is><t>area</t></is></c>'),
    "a number beside the table": added(before=b"</row></sheetData>", text=b'<c r="P1208"><v>1</v></c>'),
    "far out": added(b'<row r="90000"><c r="C90000"><v>1</v></c></row>'),
    "a row without a unit": added(b'<row r="1300"><c r="C1300"><v>1</v></c></row>'),
    "blank rows below": added(b'<row r="1300"><c r="C1300" s="1"/></row>'),
    "merged": added(b'<mergeCells count="1"><mergeCell ref="C9:D9"/></mergeCells>', before=b"<pageMargins"),
    "no unit": cell("A600", '<c r="@" s="1"/>'),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_large_file_is_told_the_same_whether_numbers_are_taken_out_or_not(
    large: Path, tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = changed(large, tmp_path / "changed.xlsx", CHANGES[what])
    assert path.read_bytes() != large.read_bytes() or what == "nothing"
    if what in ("a text", "a reason", "full-width digits", "a formula", "an error", "a decimal", "far too large"):
        assert opened(path).numbers is not None
    first, second = both_ways(path, monkeypatch)
    if isinstance(first, list) or isinstance(second, list):
        assert first == second
        return
    assert first.rows.equals(second.rows)
    assert first.problems == second.problems
    assert (first.missing, first.places, first.answers) == (second.missing, second.places, second.answers)


def test_of_a_large_file_every_number_is_taken_and_the_reader_sees_only_the_rest(large: Path) -> None:
    found = opened(large)
    assert found.numbers is not None
    assert found.numbers.columns == tuple(range(SheetLayout.FIXED, SheetLayout.FIXED + len(FORM.columns)))
    assert found.numbers.values.shape[1] == len(SCHOOLS)
    assert found.numbers.values[0].tolist() == [500] * len(SCHOOLS)
    assert found.numbers.values[4].tolist() == [12345.67] * len(SCHOOLS)
    with zipfile.ZipFile(io.BytesIO(found.book)) as archive:
        assert b"12345.67" not in archive.read("xl/worksheets/sheet2.xml")


def test_a_large_file_whose_checksum_is_wrong_is_damaged(large: Path, tmp_path: Path) -> None:
    content = bytearray(large.read_bytes())
    with zipfile.ZipFile(large) as archive:
        part = archive.getinfo("xl/worksheets/sheet2.xml")
    place = content.rindex(b"PK\1\2", 0, content.rindex(b"xl/worksheets/sheet2.xml")) + 16
    assert int.from_bytes(content[place : place + 4], "little") == part.CRC
    content[place] ^= 1
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(content)
    with pytest.raises(UserError, match="INTAKE-DAMAGED"):
        opened(path)
