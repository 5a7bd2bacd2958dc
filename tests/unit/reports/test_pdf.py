"""PDFs: the form of GB/T 9704, the words as text, tags, bookmarks, the figures with their ids, equal bytes."""

import io
import json
from dataclasses import replace
from datetime import date

import pdfplumber
import pypdfium2
import pytest

from duibiao.reports.pdf import pdf_bytes
from duibiao.views.paper import Paper, PaperBlock, PaperForm, PaperMeta, blocks_of, runs_of
from duibiao.views.paper_numbers import numbered
from duibiao.views.paper_parts import GroupRow, PaperHeading, PaperTable, Paragraph
from duibiao.views.paper_text import Field, Strong
from tests.unit.reports.office import text_of
from tests.unit.reports.sample_paper import sample_paper
from tests.unit.reports.test_fonts import CHINESE

pytestmark = CHINESE
PAPER = sample_paper()
META = PaperMeta("评估报告", "市教委", date(2026, 3, 1))
HOSTILE = '#read("/etc/passwd") $x^2$ \\ *强* _下_ `码` @引 <标> [内] // /* \'"'


@pytest.fixture(scope="module")
def content() -> bytes:
    return pdf_bytes(PAPER).content


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def texts(content: bytes) -> list[str]:
    return text_of(content)


def test_equal_papers_are_equal_bytes(content: bytes) -> None:
    assert pdf_bytes(sample_paper()).content == content


def test_title_language_tags_and_bookmarks_are_there(content: bytes) -> None:
    document = pypdfium2.PdfDocument(content)
    assert document.get_metadata_value("Title") == PAPER.meta.title
    assert document.get_metadata_value("Author") == PAPER.meta.author
    assert document.get_metadata_value("CreationDate").startswith("D:20260301")
    assert document.is_tagged()
    assert b"/Lang" in content
    bookmarks = [squeezed(item.get_title()) for item in document.get_toc()]
    wanted = [
        squeezed(number + block.plain)
        for blocks in (PAPER.blocks, PAPER.annexes[1].blocks)
        for number, block in numbered(blocks)
        if isinstance(block, PaperHeading)
    ]
    assert [item for item in bookmarks if item in wanted] == wanted
    assert squeezed(PAPER.annexes[0].title) in bookmarks


def test_every_figure_is_in_the_data_file_inside_and_in_the_text(content: bytes, texts: list[str]) -> None:
    document = pypdfium2.PdfDocument(content)
    attached = document.get_attachment(0)
    assert attached.get_name() == "figures.json"
    got = json.loads(bytes(attached.get_data()))
    wanted = {run.id: run.shown for block in blocks_of(PAPER) for run in runs_of(block) if isinstance(run, Field)}
    assert got == wanted
    text = squeezed("".join(texts))
    assert [shown for shown in wanted.values() if shown not in text] == []


def test_a_page_holds_22_lines_of_28_characters() -> None:
    data = pdf_bytes(Paper("测试", META, (Paragraph(("字" * 28 * 60,)),))).content
    with pdfplumber.open(io.BytesIO(data)) as document:
        lines: dict[int, int] = {}
        for char in document.pages[1].chars:
            if char["text"] == "字":
                lines[round(char["bottom"])] = lines.get(round(char["bottom"]), 0) + 1
    assert len(lines) == 22
    assert set(lines.values()) == {28}


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages_and_marks_on_every_page(
    content: bytes, texts: list[str]
) -> None:
    with pdfplumber.open(io.BytesIO(content)) as document:
        for number, page in enumerate(document.pages, 1):
            if page.width < page.height:
                below = page.crop((0, 740, page.width, page.height))
                foot = [word for word in below.extract_words() if word["text"] == str(number)]
                assert len(foot) == 1
                assert (foot[0]["x0"] > page.width / 2) is (number % 2 == 1)
        assert any(page.width > page.height for page in document.pages)
    assert all("模拟数据" in text for text in texts)


def test_no_heading_and_no_group_stands_alone_at_the_foot_of_a_page(texts: list[str]) -> None:
    headings = {squeezed(number + one.plain) for number, one in numbered(PAPER.blocks) if isinstance(one, PaperHeading)}
    groups = {
        squeezed("".join(str(run) for run in row.runs))
        for block in blocks_of(PAPER)
        if isinstance(block, PaperTable)
        for row in block.rows
        if isinstance(row, GroupRow)
    }
    for page in texts:
        lines = [squeezed(line) for line in page.split("\n") if line.strip()[:1] not in ("—", "【", "")]
        assert lines[-1] not in headings | groups


def test_hostile_words_are_printed_as_they_are() -> None:
    paper = Paper("标题", replace(META, title=HOSTILE), (Paragraph((HOSTILE, Strong(HOSTILE), Field("a", HOSTILE))),))
    data = pdf_bytes(paper).content
    assert squeezed("".join(text_of(data))).count(squeezed(HOSTILE)) == 3
    assert pypdfium2.PdfDocument(data).get_metadata_value("Title") == HOSTILE


def test_a_placeholder_is_printed_in_a_draft_only(texts: list[str]) -> None:
    assert "待撰写" not in "".join(texts)
    draft = "".join(text_of(pdf_bytes(sample_paper(draft=True)).content))
    assert "待撰写" in draft
    assert "草稿" in draft


def test_a_brief_of_moderate_length_is_one_page() -> None:
    blocks: tuple[PaperBlock, ...] = (PaperHeading(1, ("总体",)), *(Paragraph(("文" * 120,)) for _ in range(6)))
    data = pdf_bytes(Paper("区县简报", META, blocks, form=PaperForm.BRIEF)).content
    assert len(text_of(data)) == 1


def test_the_red_head_begins_35_mm_below_the_upper_edge_of_the_text(content: bytes) -> None:
    page = pypdfium2.PdfDocument(content)[0].render(scale=1).to_numpy().astype(int)
    red = (page[:, :, 2] > 150) & (page[:, :, 1] < 90)  # the picture is blue, green, red
    upper = red.any(axis=1).argmax() / 72 * 25.4
    assert upper == pytest.approx(37 + 35, abs=1.5)
