"""Word files: the form of GB/T 9704 as LibreOffice lays it out, figures as fields, native charts, equal bytes."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pdfplumber
import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from duibiao.reports.docx import docx_bytes
from duibiao.reports.docx_charts import SHEET, chart_xml, label_format
from duibiao.reports.docx_end import places
from duibiao.reports.docx_fields import figure_tag, figures_in
from duibiao.reports.docx_xml import NAMESPACES
from duibiao.sources.blocks import BlockKind
from duibiao.sources.readers import read
from duibiao.views.paper import FontPreset, Paper, PaperMeta, RedHead, Signature, blocks_of, runs_of
from duibiao.views.paper_chart import ChartPoint
from duibiao.views.paper_numbers import numbered
from duibiao.views.paper_parts import PaperHeading, PaperTable, Paragraph
from duibiao.views.paper_text import Field
from tests.unit.reports.office import as_pdfs, text_of
from tests.unit.reports.sample_paper import charts, sample_paper

PAPER = sample_paper(draft=True)
CONTENT = docx_bytes(PAPER)
META = PaperMeta("评估报告", "市教委", date(2026, 3, 1))
HOSTILE = '<w:p/>&amp; ]]> #panic() $x$ \\ "引号" {{ x }}'


def part(name: str, content: bytes = CONTENT) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return etree.fromstring(archive.read(name))


def found(path: str, name: str = "word/document.xml", content: bytes = CONTENT) -> list[etree._Element]:
    made: list[etree._Element] = part(name, content).xpath(path, namespaces=dict(NAMESPACES))
    return made


def test_equal_papers_are_equal_bytes_and_no_day_but_the_papers_own_is_in_them() -> None:
    assert docx_bytes(sample_paper(draft=True)) == CONTENT
    with zipfile.ZipFile(io.BytesIO(CONTENT)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2026-03-01T00:00:00Z") == 2
    assert "重庆市教育委员会" in core


def test_every_figure_is_a_field_with_its_id_and_its_words() -> None:
    wanted = [
        (figure_tag(run.id), run.shown)
        for block in blocks_of(PAPER)
        if not hasattr(block, "series")
        for run in runs_of(block)
        if isinstance(run, Field)
    ]
    got = [one for one in figures_in(CONTENT) if not one[0].startswith("narrative/")]
    assert got == wanted
    assert len(wanted) > 100
    numbers = [node.get(f"{{{NAMESPACES['w']}}}val") for node in found("//w:sdtPr/w:id")]
    assert len(numbers) == len(set(numbers))


def test_a_persons_words_stand_in_a_field_of_their_own() -> None:
    ((_, words),) = [one for one in figures_in(CONTENT) if one[0] == "narrative/advice"]
    assert words.startswith("从总体看")
    assert "要继续推进" in words


def test_a_long_id_is_cut_to_what_word_holds_and_stays_one_of_its_kind() -> None:
    one, two = (figure_tag("x" * 80 + last) for last in "ab")
    assert len(one) == len(two) == 64
    assert one != two


def test_headings_are_words_own_and_are_numbered_by_a_list_that_begins_again_in_an_annex() -> None:
    document = docx.Document(io.BytesIO(CONTENT))
    headings = [one for one in document.paragraphs if one.style and one.style.name.startswith("Heading")]
    assert [one.text for one in headings] == [
        block.plain for block in blocks_of(PAPER) if isinstance(block, PaperHeading)
    ]
    levels = found("//w:abstractNum/w:lvl/w:lvlText/@w:val", "word/numbering.xml")
    assert levels == ["%1、", "（%2）", "%3.", "（%4）"]
    assert found("//w:style[@w:styleId='Heading2']//w:outlineLvl/@w:val", "word/styles.xml") == ["1"]
    assert found("//w:p[w:pPr/w:pStyle/@w:val='Heading1'][w:pPr/w:numPr]//w:numId/@w:val") == ["3"]


def test_header_rows_are_repeated_and_rows_do_not_split() -> None:
    tables = [block for block in blocks_of(PAPER) if isinstance(block, PaperTable)]
    assert len(found("//w:body/w:tbl")) == len(tables)
    assert all(
        table.xpath("w:tr[1]/w:trPr/w:tblHeader", namespaces=dict(NAMESPACES)) for table in found("//w:body/w:tbl")
    )
    assert found("//w:body/w:tbl/w:tr[not(w:trPr/w:cantSplit)]") == []


@pytest.mark.parametrize("preset", ["GB2312", "GBK"])
def test_the_fonts_are_the_official_ones_of_the_offices_set(preset: str) -> None:
    content = docx_bytes(replace(PAPER, preset=type(PAPER.preset)[preset]))
    fonts = set(found("//w:rFonts/@w:eastAsia", "word/styles.xml", content))
    wanted = {
        "GB2312": {"方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"},
        "GBK": {"方正小标宋_GBK", "方正仿宋_GBK", "方正楷体_GBK", "方正黑体_GBK", "宋体"},
    }
    assert fonts == wanted[preset]
    assert set(found("//w:rFonts/@w:ascii", "word/styles.xml", content)) == {"Times New Roman", "宋体"}


def test_what_a_choice_requires_is_declared_where_it_stands() -> None:
    """Word calls the file damaged otherwise; LibreOffice does not mind."""
    for number in (3, 4):
        (choice,) = found("//mc:Choice", f"word/footer{number}.xml")
        assert choice.get("Requires") in choice.nsmap


def test_a_part_of_nothing_has_no_label_in_a_stack() -> None:
    stacked = charts()[1]
    points = tuple(replace(point, value=Decimal(0)) for point in stacked.series[0].points)
    drawn = chart_xml(replace(stacked, series=(replace(stacked.series[0], points=points),)), FontPreset.GB2312, None)
    assert drawn.count(b'<c:delete val="1"/>') == len(points)


def test_hostile_words_are_printed_as_they_are() -> None:
    content = docx_bytes(Paper(HOSTILE, META, (Paragraph((HOSTILE, Field("a", HOSTILE))),)))
    assert figures_in(content) == (("a", HOSTILE),)
    assert "".join(found("//w:body//w:t/text()", content=content)).count(HOSTILE) == 3


def test_a_chart_is_words_own_with_the_same_figures_in_its_workbook() -> None:
    with zipfile.ZipFile(io.BytesIO(CONTENT)) as archive:
        book = CalamineWorkbook.from_filelike(io.BytesIO(archive.read("word/embeddings/chart1.xlsx")))
    rows = book.get_sheet_by_name(SHEET).to_python()
    chart = charts()[0]
    assert rows[0][1:] == [series.name for series in chart.series]
    for number, row in enumerate(rows[1:]):
        points = [series.points[number] for series in chart.series]
        assert row[1:] == ["" if point.value is None else float(point.value) for point in points]
    assert rows[1][0] == "学前教育毛入园率（现值：无数据）", "a value that is missing is not an empty place like a zero"
    assert found("//wp:docPr[starts-with(@name, 'chart')]/@descr") == [one.summary for one in charts()]


@pytest.mark.parametrize(
    ("value", "shown", "wanted"),
    [
        ("93.5", "93.50%", '0.00"%"'),
        ("12345", "12,345人", '#,##0"人"'),
        ("-3", "-3个百分点", '0"个百分点"'),
        ("7", "约7所", '"约"0"所"'),
        ("1.2", "1.2倍以上", '0.0"倍以上"'),
        ("93.54", "93.5%", None),
        ("2025", "2024—2025年", None),
        ("5", "无数据", None),
    ],
)
def test_a_label_is_the_figures_words_or_a_format_that_shows_them(value: str, shown: str, wanted: str | None) -> None:
    assert label_format(ChartPoint(Decimal(value), Field("a", shown))) == wanted


def test_office_and_day_stand_where_the_standard_puts_them() -> None:
    day = date(2026, 3, 1)
    width = 28.0
    office, dated = places(Signature("重庆市教育委员会", day), width)
    assert office + 4 == pytest.approx(dated + (width - 4 - dated) / 2), "the office is centred over the day"
    long, dated = places(Signature("重庆市教育委员会职业教育与成人教育处", day, sealed=False), width)
    assert (long + 18, dated) == (width - 2, long + 2), "two from the right; the day two further in"
    short, dated = places(Signature("市教委", day, sealed=False), width)
    assert dated == short + 2


def laid_out() -> tuple[bytes, ...]:
    """The sample and a text without anything else, as LibreOffice shows them."""
    return as_pdfs(CONTENT, docx_bytes(Paper("测试", META, (Paragraph(("字" * 28 * 60,)),))))


def test_a_page_holds_22_lines_of_28_characters() -> None:
    with pdfplumber.open(io.BytesIO(laid_out()[1])) as document:
        page = document.pages[1]
        lines: dict[int, int] = {}
        for char in page.chars:
            if char["text"] == "字":
                lines[round(char["bottom"])] = lines.get(round(char["bottom"]), 0) + 1
    assert len(lines) == 22
    assert set(lines.values()) == {28}


def test_libreoffice_lays_out_the_sample_with_the_mark_and_the_number_on_every_page() -> None:
    sample, _ = laid_out()
    with pdfplumber.open(io.BytesIO(sample)) as document:
        pages = document.pages
        assert 18 <= len(pages) <= 26
        for number, page in enumerate(pages, 1):
            is_turned = page.width > page.height
            if not is_turned:
                below = page.crop((0, 740, page.width, page.height))
                foot = [word for word in below.extract_words() if word["text"] == str(number)]
                assert len(foot) == 1, number
                assert (foot[0]["x0"] > page.width / 2) is (number % 2 == 1), "odd pages right, even pages left"
        assert any(page.width > page.height for page in pages)
    texts = text_of(sample)
    assert all("模拟数据" in text and "\ufffd" not in text for text in texts)
    assert "2026年3月2日印发" in texts[-1].replace(" ", "")


def test_a_report_upwards_names_its_signer_beside_its_number() -> None:
    head = RedHead("重庆市教育委员会文件", "渝教文〔2026〕12号", signer="张三")
    content = docx_bytes(Paper("报告", META, (Paragraph(("正文。",)),), red_head=head))
    number = found("//w:p[w:pPr/w:pStyle/@w:val='DocumentNumber']", content=content)[0]
    assert "".join(number.itertext()) == "渝教文〔2026〕12号签发人：张三"


def test_our_own_reader_finds_the_same_headings_with_their_numbers(tmp_path: Path) -> None:
    """A reader that knows nothing of the writer: it counts the list of the headings by itself."""
    file = tmp_path / "paper.docx"
    file.write_bytes(CONTENT)
    read_back = [
        (block.number, block.words.text)
        for block in read(file).blocks
        if block.kind is BlockKind.HEADING and block.number
    ]
    written = [
        (number, block.plain)
        for blocks in (PAPER.blocks, *(annex.blocks for annex in PAPER.annexes))
        for number, block in numbered(blocks)
        if isinstance(block, PaperHeading)
    ]
    assert read_back == written
