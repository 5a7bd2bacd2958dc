"""A paper as both files an office gets: Word always, the PDF where this machine can set it."""

from dataclasses import dataclass

from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Text
from duibiao.reports.docx import docx_bytes
from duibiao.reports.fonts import FontShelf
from duibiao.reports.pdf import pdf_bytes
from duibiao.views.paper import Paper


@dataclass(frozen=True, slots=True)
class PaperFiles:
    """The files of a paper (公文成品): Word, the PDF or ``None`` where no font holds it, and what to tell."""

    docx: bytes
    pdf: bytes | None
    notices: tuple[Text, ...]


def paper_files(paper: Paper, shelf: FontShelf | None = None) -> PaperFiles:
    """Write a paper both ways.

    A machine without Chinese fonts, or without a character, still gives the Word file, which needs no font here; what
    the PDF lacks, and what to do about it, is among the notices.
    """
    docx = docx_bytes(paper)
    try:
        pdf = pdf_bytes(paper, shelf)
    except UserError as error:
        told = tuple(
            Text(f"{one.message.zh}。{one.remedy.zh}。", f"{one.message.en}. {one.remedy.en}.")
            for one in error.problems
        )
        return PaperFiles(docx, None, told)
    return PaperFiles(docx, pdf.content, pdf.notices)
