"""Writes a paper as PDF with typst: tagged, with title, bookmarks and selectable text; equal papers are equal bytes."""

import json
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, time
from importlib import resources

import typst

from duibiao.kernel.text import Text
from duibiao.reports.fonts import FontShelf
from duibiao.reports.paper_data import paper_data, paper_words
from duibiao.reports.paper_size import SIZES
from duibiao.views.paper import Paper


@dataclass(frozen=True, slots=True)
class PdfResult:
    """A PDF (PDF 文件) and what to tell beside it: a missing official font, what stood in for a rare character."""

    content: bytes
    notices: tuple[Text, ...]


def pdf_bytes(paper: Paper, shelf: FontShelf | None = None) -> PdfResult:
    """Set a paper as PDF/UA-1.

    Raises ``UserError``: PAPER-FONT where no font of the shelf holds Chinese, PAPER-GLYPH for characters none holds.
    """
    shelf = shelf or FontShelf()
    fonts = shelf.chain(paper.preset, paper_words(paper))
    data = json.dumps(paper_data(paper, fonts, SIZES[paper.form]), ensure_ascii=False)
    day = datetime.combine(paper.meta.day, time(), tzinfo=UTC)
    with resources.as_file(resources.files("duibiao.reports").joinpath("typst")) as folder, warnings.catch_warnings():
        # The typesetter warns of families that are not installed; the chain holds only installed ones.
        warnings.simplefilter("error")
        compiler = typst.Compiler(folder / "paper.typ", root=folder, font_paths=shelf.fonts, sys_inputs={"paper": data})
        content = compiler.compile(format="pdf", timestamp=day, pdf_standards="ua-1")
    if not isinstance(content, bytes):
        raise TypeError("the typesetter answered without a file")
    return PdfResult(content, fonts.notices)
