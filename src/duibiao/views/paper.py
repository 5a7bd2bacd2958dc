"""The block model of an official document (公文): what a renderer needs to write it, and no domain.

A ``Paper`` is built once and written as Word and as PDF; both show the same words. Everything that could go wrong while
writing is refused here, when a part is made, so that a renderer never meets it: an ``UserError`` with a ``PAPER-`` code
says which part and what to do. Lengths, fonts and colours of the form (GB/T 9704-2012) are the renderers' business.

Numbers of headings, tables, charts and annexes are never typed: ``views.paper_numbers`` gives them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from duibiao.views.paper_chart import PaperChart
from duibiao.views.paper_parts import (
    GroupRow,
    Narrative,
    PageBreak,
    PaperHeading,
    PaperNote,
    PaperTable,
    Paragraph,
    Placeholder,
)
from duibiao.views.paper_text import DOCUMENT_NUMBER, Field, Reference, Run, check_text, refuse

__all__ = [
    "Annex",
    "Distribution",
    "FontPreset",
    "Paper",
    "PaperBlock",
    "PaperForm",
    "PaperMeta",
    "RedHead",
    "Signature",
    "blocks_of",
    "runs_of",
]

PaperBlock = PaperHeading | Paragraph | PaperNote | Narrative | Placeholder | PaperTable | PaperChart | PageBreak


class FontPreset(StrEnum):
    """The set of official font names a unit's machines have (字体方案); the files are the unit's own, never ours."""

    GB2312 = "gb2312"
    GBK = "gbk"


class PaperForm(StrEnum):
    """The form of the pages (版式): an official document, or a brief of one page in smaller type."""

    DOCUMENT = "document"
    BRIEF = "brief"


@dataclass(frozen=True, slots=True)
class RedHead:
    """The red head (版头): issuer's mark (发文机关标志), number (发文字号); in a report upwards the signer (签发人)."""

    issuer: str
    number: str = ""
    signer: str = ""

    def __post_init__(self) -> None:
        for part, text in (("issuer", self.issuer), ("number", self.number), ("signer", self.signer)):
            check_text(text, f"red head {part}")
        if not self.issuer:
            refuse("PAPER-EMPTY", "red head issuer")
        if self.number and not DOCUMENT_NUMBER.fullmatch(self.number):
            refuse("PAPER-NUMBER", "red head number", found=self.number)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs and on which day (署名、成文日期); ``sealed`` leaves the place for a seal (加盖印章)."""

    office: str
    day: date
    sealed: bool = True

    def __post_init__(self) -> None:
        check_text(self.office, "signature office")
        if not self.office:
            refuse("PAPER-EMPTY", "signature office")


@dataclass(frozen=True, slots=True)
class Distribution:
    """The last lines of the last page (版记): copies to (抄送), printed by (印发机关) and on which day (印发日期)."""

    copies_to: str
    printed_by: str
    day: date

    def __post_init__(self) -> None:
        check_text(self.copies_to, "distribution copies_to")
        check_text(self.printed_by, "distribution printed_by")
        if not self.printed_by:
            refuse("PAPER-EMPTY", "distribution printed_by")


@dataclass(frozen=True, slots=True)
class PaperMeta:
    """What the file says about itself (文档属性); ``day`` is its only date, so that equal papers are equal bytes."""

    title: str
    author: str
    day: date
    subject: str = ""
    language: str = "zh-CN"

    def __post_init__(self) -> None:
        for part in ("title", "author", "subject", "language"):
            check_text(getattr(self, part), f"meta {part}")
        if not self.title:
            refuse("PAPER-EMPTY", "meta title")


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex (附件) on its own pages; ``separate`` ones are another file (a workbook) and are only listed."""

    title: str
    blocks: tuple[PaperBlock, ...] = ()
    separate: bool = False

    def __post_init__(self) -> None:
        check_text(self.title, "annex title", lines=True)
        if not self.title:
            refuse("PAPER-EMPTY", "annex title")
        if self.separate is bool(self.blocks):
            refuse("PAPER-EMPTY", f"annex {self.title}")


@dataclass(frozen=True, slots=True)
class Paper:
    """An official document (公文) in the order of its parts, checked as a whole.

    ``title`` may hold line breaks where its writer wants them; without any, ``views.paper_title`` breaks it.
    ``marks`` stand at the head of every page (模拟数据); a draft also carries 草稿 and shows its placeholders.
    Raises ``UserError``: PAPER-FIELD (one id, two figures), PAPER-ID (an id twice, a reference to nothing, a chart
    without its table), PAPER-HEADING (a level left out), PAPER-TEXT, PAPER-EMPTY.
    """

    title: str
    meta: PaperMeta
    blocks: tuple[PaperBlock, ...]
    subtitle: str = ""
    red_head: RedHead | None = None
    addressee: str = ""
    annexes: tuple[Annex, ...] = ()
    signature: Signature | None = None
    distribution: Distribution | None = None
    footer_note: str = ""
    marks: tuple[str, ...] = ()
    draft: bool = False
    preset: FontPreset = FontPreset.GB2312
    form: PaperForm = PaperForm.DOCUMENT

    def __post_init__(self) -> None:
        check_text(self.title, "title", lines=True)
        for part in ("subtitle", "addressee", "footer_note"):
            check_text(getattr(self, part), part)
        for mark in self.marks:
            check_text(mark, "mark")
        if not self.title.strip() or not self.blocks:
            refuse("PAPER-EMPTY", "title" if self.blocks else "blocks")
        _check_headings(self.blocks, self.title)
        for annex in self.annexes:
            _check_headings(annex.blocks, annex.title)
        _check_ids(self)
        _check_fields(self)

    @property
    def head_marks(self) -> tuple[str, ...]:
        """The marks at the head of every page, 草稿 among them for a draft."""
        return (*self.marks, "草稿") if self.draft and "草稿" not in self.marks else self.marks


def blocks_of(paper: Paper) -> Iterator[PaperBlock]:
    """Every block of the paper and its annexes, in the order they are printed."""
    yield from paper.blocks
    for annex in paper.annexes:
        yield from annex.blocks


def runs_of(block: PaperBlock) -> Iterator[Run]:
    """Every run of one block in reading order, the figures of a chart included."""
    match block:
        case PaperHeading() | Paragraph() | PaperNote():
            yield from block.runs
        case Narrative():
            for paragraph in block.paragraphs:
                yield from paragraph
        case PaperTable():
            for row in block.rows:
                for runs in [row.runs] if isinstance(row, GroupRow) else [cell.runs for cell in row.cells]:
                    yield from runs
            for note in block.notes:
                yield from note
        case PaperChart():
            yield from (point.field for series in block.series for point in series.points)
        case Placeholder() | PageBreak():
            pass


def _check_headings(blocks: Iterable[PaperBlock], part: str) -> None:
    """Refuse a level that is deeper than the one above allows; 一、 may be followed by 1. (a usual form)."""
    above = 0
    for block in blocks:
        if isinstance(block, PaperHeading):
            if block.level > above + 1 and (above, block.level) != (1, 3):
                refuse("PAPER-HEADING", part, heading=block.plain, level=block.level, above=above)
            above = block.level


def _check_ids(paper: Paper) -> None:
    """Refuse an id that stands twice, a reference to nothing, and a chart whose table is not in the paper."""
    tables: set[str] = set()
    others: set[str] = set()
    for block in blocks_of(paper):
        if isinstance(block, PaperTable | PaperChart | Narrative | Placeholder):
            if block.id in tables | others:
                refuse("PAPER-ID", block.id, what="重复 twice")
            (tables if isinstance(block, PaperTable) else others).add(block.id)
    charts = {block.id: block.table for block in blocks_of(paper) if isinstance(block, PaperChart)}
    for chart, table in charts.items():
        if table not in tables:
            refuse("PAPER-ID", chart, what=f"图没有对应的表 no table “{table}”")
    for block in blocks_of(paper):
        for run in runs_of(block):
            if isinstance(run, Reference) and run.id not in tables | charts.keys():
                refuse("PAPER-ID", run.id, what="引用的图表不存在 nothing to refer to")


def _check_fields(paper: Paper) -> None:
    """Refuse a figure that is shown in two ways: text, table and chart may never differ."""
    shown: dict[str, str] = {}
    for block in blocks_of(paper):
        for run in runs_of(block):
            if isinstance(run, Field) and shown.setdefault(run.id, run.shown) != run.shown:
                refuse("PAPER-FIELD", run.id, one=shown[run.id], other=run.shown)
