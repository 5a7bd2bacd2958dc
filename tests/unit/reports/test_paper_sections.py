"""Where the pages turn, and papers whose parts come in an unusual order: both renderers write them."""

import io
import zipfile
from datetime import date

import pytest

from duibiao.reports.docx import docx_bytes
from duibiao.reports.paper_sections import sections
from duibiao.reports.pdf import pdf_bytes
from duibiao.views.paper import Annex, Paper, PaperBlock, PaperMeta, Signature
from duibiao.views.paper_parts import PageBreak, PaperNote, Paragraph, Placeholder
from tests.unit.reports.office import text_of
from tests.unit.reports.sample_paper import indicator_table
from tests.unit.reports.test_fonts import CHINESE

META = PaperMeta("报告", "市教委", date(2026, 3, 1))
TEXT, NOTE, BREAK, HINT = Paragraph(("正文。",)), PaperNote(("说明。",)), PageBreak(), Placeholder("hint", "请补充")
WIDE, NEXT = indicator_table("wide", 2, landscape=True), indicator_table("next", 2, landscape=True)


def turned(*blocks: PaperBlock) -> list[tuple[bool, int]]:
    return [(landscape, len(entries)) for landscape, entries in sections(blocks, Paper("报告", META, blocks))]


@pytest.mark.parametrize(
    ("blocks", "wanted"),
    [
        pytest.param((TEXT, WIDE, NEXT, TEXT), [(False, 1), (True, 2), (False, 1)], id="turned tables share pages"),
        pytest.param((WIDE, NOTE, TEXT), [(True, 2), (False, 1)], id="a note stays with its table"),
        pytest.param((TEXT, BREAK, WIDE, BREAK, TEXT), [(False, 1), (True, 1), (False, 1)], id="no empty pages"),
        pytest.param((TEXT, BREAK, TEXT), [(False, 3)], id="a break between texts"),
        pytest.param((TEXT, BREAK, BREAK, TEXT, BREAK), [(False, 3)], id="breaks beside each other and at the end"),
        pytest.param((HINT,), [(False, 0)], id="nothing but a placeholder"),
        pytest.param((WIDE, HINT, NEXT), [(True, 2)], id="a placeholder between turned tables"),
    ],
)
def test_the_pages_turn_where_a_wide_table_stands(
    blocks: tuple[PaperBlock, ...], wanted: list[tuple[bool, int]]
) -> None:
    assert turned(*blocks) == wanted


@CHINESE
@pytest.mark.parametrize(
    "paper",
    [
        pytest.param(Paper("报告", META, (TEXT,), annexes=(Annex("很特别的附件", (HINT,)),)), id="an empty annex"),
        pytest.param(
            Paper(
                "报告",
                META,
                (WIDE,),
                annexes=(Annex("很特别的附件", (NEXT, TEXT)),),
                signature=Signature("市教委", META.day),
            ),
            id="turned first, last and in the annex",
        ),
    ],
)
def test_both_renderers_write_papers_in_any_order(paper: Paper) -> None:
    text = "".join(text_of(pdf_bytes(paper).content)).replace(" ", "")
    assert text.count("很特别的附件") == 2, "in the list and at its head"
    with zipfile.ZipFile(io.BytesIO(docx_bytes(paper))) as archive:
        assert archive.read("word/document.xml").decode().count("很特别的附件") == 2
