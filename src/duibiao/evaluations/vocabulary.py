"""What a template may name (模板词汇): fields, conditions, loops, tables with their columns, charts; nothing else.

Every word has a description in both languages; ``duibiao report fields`` prints them. A word that speaks of an action,
an indicator, a department and so on may stand only inside a loop that goes through these (or in a brief about one).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from duibiao.evaluations.figure_book import FigureBook
from duibiao.evaluations.record import Evaluation
from duibiao.kernel.text import Language, Text
from duibiao.views.paper_chart import PaperChart
from duibiao.views.paper_parts import CellAlign
from duibiao.views.paper_text import Runs

T = TypeVar("T")


class WordScope(StrEnum):
    """What a word of a template speaks of (模板词范围)."""

    REPORT = "report"
    ACTION = "action"
    ROW = "row"
    DEPARTMENT = "department"
    UNIT = "unit"
    CONTRADICTION = "contradiction"
    CLAIM = "claim"
    ENTRY = "entry"


SCOPE_NAMES = {
    WordScope.REPORT: Text("整个报告", "the whole report"),
    WordScope.ACTION: Text("一个行动（规划）", "one action (plan)"),
    WordScope.ROW: Text("一项指标", "one indicator"),
    WordScope.DEPARTMENT: Text("一个部门", "one department"),
    WordScope.UNIT: Text("一个区县", "one district"),
    WordScope.CONTRADICTION: Text("一处不一致", "one contradiction"),
    WordScope.CLAIM: Text("一个公开说法", "one published claim"),
    WordScope.ENTRY: Text("表中一行", "one row of a table"),
}


@dataclass(frozen=True, slots=True)
class ReportContext:
    """Where a template is being filled in (写作语境): the evaluation, the language, and what the loops are at.

    ``number`` counts the rows of the table being written, from 1.
    """

    evaluation: Evaluation
    language: Language
    book: FigureBook
    bound: Mapping[WordScope, object]
    number: int = 0

    def at(self, scope: WordScope, item: object, number: int = 0) -> "ReportContext":
        """The context inside a loop or table that has come to an item."""
        return replace(self, bound={**self.bound, scope: item}, number=number)

    def item(self, scope: WordScope, kind: type[T]) -> T:
        """What the loop of a scope is at. Raises KeyError outside of one: templates are checked for this."""
        found = self.bound[scope]
        if not isinstance(found, kind):
            raise KeyError(scope)
        return found

    def said(self, text: Text) -> str:
        """Words in the language of the report."""
        return text.in_(self.language)

    def t(self, zh: str, en: str) -> str:
        """The fitting one of two wordings."""
        return en if self.language is Language.EN else zh


@dataclass(frozen=True, slots=True)
class FieldWord:
    """A field (模板字段): what ``{name}`` is replaced by; an empty answer is written as a dash."""

    name: str
    scope: WordScope
    meaning: Text
    answer: Callable[[ReportContext], Runs]


@dataclass(frozen=True, slots=True)
class ConditionWord:
    """A condition (模板条件): a name a block may depend on with ``when``."""

    name: str
    scope: WordScope
    meaning: Text
    holds: Callable[[ReportContext], bool]


@dataclass(frozen=True, slots=True)
class LoopWord:
    """A loop (模板循环): it needs one scope, and is at an item of another while its blocks are written."""

    name: str
    scope: WordScope
    binds: WordScope
    meaning: Text
    items: Callable[[ReportContext], Sequence[object]]


@dataclass(frozen=True, slots=True)
class ColumnWord:
    """A column of a table (模板表列): heading, share of the width, alignment, and how an item's cell is written.

    A ``sparse`` column is left out where every cell of it is empty, zero or a dash. ``year`` says of which year a cell
    speaks: it goes into the heading where all cells speak of one, else under the figure.
    """

    name: str
    heading: Text
    width: int
    align: CellAlign
    cell: Callable[[ReportContext], Runs]
    sparse: bool = False
    year: Callable[[ReportContext], str] | None = None


@dataclass(frozen=True, slots=True)
class TableWord:
    """A table (模板表格): what its rows are, the columns it may show and those it usually does.

    ``group`` names the heading its rows stand under, where they are grouped.
    """

    name: str
    scope: WordScope
    binds: WordScope
    meaning: Text
    rows: Callable[[ReportContext], Sequence[object]]
    columns: Mapping[str, ColumnWord]
    usual: tuple[str, ...]
    group: Callable[[ReportContext], str] | None = None
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class ChartWord:
    """A chart (模板图表); it draws nothing where there is too little to show.

    ``table`` is the table with the same figures that must stand in the template with it.
    """

    name: str
    scope: WordScope
    meaning: Text
    table: str
    draw: Callable[[ReportContext], PaperChart | None]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything a template may name, by name (模板词汇表)."""

    fields: Mapping[str, FieldWord]
    conditions: Mapping[str, ConditionWord]
    loops: Mapping[str, LoopWord]
    tables: Mapping[str, TableWord]
    charts: Mapping[str, ChartWord]
