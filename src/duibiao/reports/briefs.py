"""Briefs of one page (一页通报) for every district and department of an evaluation.

A brief is measured as it is printed. What does not fit is left out of its tables row by row, worst rows kept, and the
page says how many more stand in the annex; nothing is cut off in silence.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import pypdfium2

from duibiao.evaluations.figure_book import FigureBook
from duibiao.evaluations.record import DepartmentResult, Evaluation, UnitResult
from duibiao.evaluations.report import ReportOrder, write_report
from duibiao.evaluations.templates import ReportTemplate
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.reports.fonts import FontShelf
from duibiao.reports.pdf import PdfResult, pdf_bytes
from duibiao.views.paper import Paper, blocks_of
from duibiao.views.paper_parts import PaperTable, TableRow


class BriefKind(StrEnum):
    """Whom briefs are about (通报对象)."""

    UNITS = "units"
    DEPARTMENTS = "departments"


BRIEF_WORDS = {BriefKind.UNITS: Text("区县", "district"), BriefKind.DEPARTMENTS: Text("部门", "department")}


@dataclass(frozen=True, slots=True)
class Brief:
    """One brief (一页通报): the name its file gets, the paper, and the PDF it was measured by."""

    name: str
    paper: Paper
    pdf: PdfResult


def briefs(
    evaluation: Evaluation,
    template: ReportTemplate,
    order: ReportOrder,
    kind: BriefKind,
    shelf: FontShelf | None = None,
) -> Iterator[Brief]:
    """Write a brief for every district or department, measured with the fonts of a shelf.

    Raises UserError: BRIEF-NONE, BRIEF-SPACE, and what ``write_report`` raises.
    """
    subjects = list(_subjects(evaluation, kind))
    if not subjects:
        word = BRIEF_WORDS[kind]
        raise UserError([problem("BRIEF-NONE", Where(evaluation.id), zh=word.zh, en=word.en)])
    writing = _BriefWriting(evaluation, template, order, FigureBook(evaluation), shelf or FontShelf())
    for name, subject in subjects:
        paper, pdf = writing.fitted(name, subject)
        yield Brief(name, paper, pdf)


def _subjects(evaluation: Evaluation, kind: BriefKind) -> Iterable[tuple[str, UnitResult | DepartmentResult]]:
    if kind is BriefKind.UNITS:
        yield from ((f"{unit.code}-{unit.name}", unit) for unit in evaluation.units)
    else:
        yield from ((one.name, one) for one in evaluation.departments)


@dataclass(slots=True)
class _BriefWriting:
    """Writes brief after brief. Briefs are alike: how many rows in all fitted or failed once is where the next begins.

    ``fits`` is the most rows that were seen on one page, ``fails`` the fewest that were not.
    """

    evaluation: Evaluation
    template: ReportTemplate
    order: ReportOrder
    book: FigureBook
    shelf: FontShelf
    fits: int = 0
    fails: int = sys.maxsize

    def fitted(self, name: str, subject: object) -> tuple[Paper, PdfResult]:
        """The brief of a subject with as many rows as one page takes. Raises UserError BRIEF-SPACE."""
        whole = self.written(subject, {})
        sizes = {block.id: _rows(block) for block in blocks_of(whole) if isinstance(block, PaperTable)}
        total = sum(sizes.values())
        if total < self.fails:
            if pdf := self.on_one_page(whole):
                self.fits = max(self.fits, total)
                return whole, pdf
            self.fails = total
        longest = max(sizes.values(), default=0)
        usual = max((cap for cap in range(longest) if _total(sizes, cap) <= self.fits), default=0)
        if usual:
            paper = self.written(subject, dict.fromkeys(sizes, usual))
            if pdf := self.on_one_page(paper):
                return paper, pdf
        return self.searched(name, subject, sizes, usual or longest)

    def searched(self, name: str, subject: object, sizes: Mapping[str, int], high: int) -> tuple[Paper, PdfResult]:
        """Halve the rows a table, below a number that does not fit, until the most are found that do."""
        low = -1
        best: tuple[Paper, PdfResult] | None = None
        while high - low > 1:
            guess = (low + high) // 2
            paper = self.written(subject, dict.fromkeys(sizes, guess))
            if pdf := self.on_one_page(paper):
                best, low = (paper, pdf), guess
            else:
                high = guess
        if best is None:
            raise UserError([problem("BRIEF-SPACE", Where(self.template.code), name=name)])
        self.fits = max(self.fits, _total(sizes, low))
        return best

    def on_one_page(self, paper: Paper) -> PdfResult | None:
        """The PDF of a paper, None where it has more than one page."""
        pdf = pdf_bytes(paper, self.shelf)
        return pdf if page_count(pdf.content) == 1 else None

    def written(self, subject: object, most: Mapping[str, int]) -> Paper:
        """The brief with at most so many rows a table."""
        order = replace(self.order, most=most)
        return write_report(self.evaluation, self.template, order, subject, self.book).paper


def _total(sizes: Mapping[str, int], cap: int) -> int:
    """The rows in all when each table has at most ``cap``."""
    return sum(min(size, cap) for size in sizes.values())


def _rows(table: PaperTable) -> int:
    return sum(1 for row in table.rows if isinstance(row, TableRow))


def page_count(pdf: bytes) -> int:
    """How many pages a PDF has."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()
