"""The blocks of an official document: headings, paragraphs, notes, a person's words, tables."""

import re
from dataclasses import dataclass
from enum import StrEnum

from duibiao.views.paper_text import Runs, check_id, check_runs, check_text, plain, refuse

# A heading that brings its own number would be printed with two.
_TYPED_NUMBER = re.compile(
    r"[一二三四五六七八九十百]+、|（[一二三四五六七八九十百]+）|\d{1,2}[.．、](?!\d)|（\d{1,2}）"
)


@dataclass(frozen=True, slots=True)
class PaperHeading:
    """A heading (公文标题层次) of level 1 to 4; the renderer writes its number: 一、（一）1.（1）."""

    level: int
    runs: Runs

    def __post_init__(self) -> None:
        check_runs(self.runs, "heading")
        if self.level not in range(1, 5):
            refuse("PAPER-HEADING", "heading", heading=self.plain, level=self.level, above=0)
        if _TYPED_NUMBER.match(self.plain):
            refuse("PAPER-HEADING-NUMBER", "heading", heading=self.plain)

    @property
    def plain(self) -> str:
        """The words of the heading without its number."""
        return plain(self.runs)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the text (正文段落), its first line two characters in."""

    runs: Runs

    def __post_init__(self) -> None:
        check_runs(self.runs, "paragraph")


@dataclass(frozen=True, slots=True)
class PaperNote:
    """A note (附注) in smaller type, for what explains and does not state."""

    runs: Runs

    def __post_init__(self) -> None:
        check_runs(self.runs, "note")


@dataclass(frozen=True, slots=True)
class Narrative:
    """A person's own words (人工撰写段落), kept apart from generated ones: who wrote them, paragraph by paragraph."""

    id: str
    paragraphs: tuple[Runs, ...]
    author: str

    def __post_init__(self) -> None:
        check_id(self.id)
        check_text(self.author, self.id)
        if not self.paragraphs or not self.author:
            refuse("PAPER-EMPTY", self.id)
        for runs in self.paragraphs:
            check_runs(runs, self.id)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A place where nobody has written yet (待撰写): its hint is printed in a draft only."""

    id: str
    hint: str

    def __post_init__(self) -> None:
        check_id(self.id)
        check_text(self.hint, self.id)
        if not self.hint:
            refuse("PAPER-EMPTY", self.id)


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a new page (分页)."""


class CellAlign(StrEnum):
    """How the cells of a column stand (单元格对齐): numbers to the right, digit under digit."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class PaperColumn:
    """A column of a table (表格列): heading, unit under it, alignment, and its share of the width (a weight, ≥ 1).

    Neighbours with the same ``group`` stand under one common heading.
    """

    title: str
    share: int
    align: CellAlign = CellAlign.LEFT
    unit: str = ""
    group: str = ""

    def __post_init__(self) -> None:
        for text in (self.title, self.unit, self.group):
            check_text(text, f"column {self.title}", lines=True)
        if not self.title:
            refuse("PAPER-EMPTY", "column")
        if self.share < 1:
            refuse("PAPER-TABLE", f"column {self.title}", what=f"列宽份额 {self.share} 小于 1 share below 1")


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell (单元格): its words (line breaks allowed; may be empty) and over how many rows it reaches."""

    runs: Runs = ()
    rows: int = 1

    def __post_init__(self) -> None:
        check_runs(self.runs, "cell", lines=True, may_be_empty=True)
        if self.rows < 1:
            refuse("PAPER-TABLE", "cell", what=f"跨 {self.rows} 行 spans {self.rows} rows")


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row (表格行): the cells that begin in it, left to right; a row does not split over two pages."""

    cells: tuple[TableCell, ...]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A row over the whole width that heads the rows below it (分组行)."""

    runs: Runs

    def __post_init__(self) -> None:
        check_runs(self.runs, "group row", lines=True)


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table (表): caption, columns, rows, notes; ``landscape`` turns its pages.

    Its number (表1) is given by its place. Raises PAPER-TABLE where the cells do not fill the columns exactly.
    """

    id: str
    caption: str
    columns: tuple[PaperColumn, ...]
    rows: tuple[TableRow | GroupRow, ...]
    unit: str = ""
    notes: tuple[Runs, ...] = ()
    landscape: bool = False

    def __post_init__(self) -> None:
        check_id(self.id)
        check_text(self.caption, self.id)
        check_text(self.unit, self.id)
        for note in self.notes:
            check_runs(note, self.id)
        if not self.caption or not self.columns or not self.rows:
            refuse("PAPER-EMPTY", self.id)
        self._check_grid()

    def _check_grid(self) -> None:
        """Refuse a row with too few or too many cells, and a span that reaches out of the table or over a group row."""
        reaching = [0] * len(self.columns)
        for number, row in enumerate(self.rows, 1):
            if isinstance(row, GroupRow):
                if any(reaching):
                    refuse("PAPER-TABLE", self.id, what=f"第{number}行：跨行伸入分组行 a span over a group row")
                continue
            free = [column for column, rest in enumerate(reaching) if not rest]
            if len(row.cells) != len(free):
                what = f"第{number}行：{len(row.cells)}格，应为{len(free)}格 {len(row.cells)} cells, not {len(free)}"
                refuse("PAPER-TABLE", self.id, what=what)
            for column, cell in zip(free, row.cells, strict=True):
                reaching[column] = cell.rows
            reaching = [max(0, rest - 1) for rest in reaching]
        if any(reaching):
            refuse("PAPER-TABLE", self.id, what="跨行超出表尾 a span beyond the last row")
