"""Draft items: what was read in a document, with the passage it was read from. Nothing here is accepted yet."""

from decimal import Decimal
from enum import StrEnum

from duibiao.kernel.quick import quick_dataclass
from duibiao.plan.model import Counting, Obligation, TargetScope
from duibiao.sources.citation import Locator


class ItemType(StrEnum):
    """What kind of thing was read."""

    INDICATOR_ROW = "indicator_row"  # a row of an indicator table
    STATEMENT = "statement"  # a quantified promise in running text
    ACHIEVED = "achieved"  # a figure that speaks of what has been reached
    TASK = "task"
    RULE = "rule"  # a numeric floor of an evaluation rule


class Operator(StrEnum):
    """How the words bind the value."""

    EQUAL = "="
    AT_LEAST = ">="
    MORE_THAN = ">"
    AT_MOST = "<="
    LESS_THAN = "<"
    RANGE = "range"
    KEEP = "keep"
    INCREASE = "+"  # 新增 N, 提高 N 个百分点
    MULTIPLE = "x"  # 翻一番, 增长 20% (value is the factor)
    ALL = "all"  # 全覆盖
    ZERO = "zero"  # 清零


@quick_dataclass(frozen=True, slots=True)
class ItemPassage:
    """Where an item stands in the original: offsets, the words there, a locator and the hash of the words."""

    start: int
    end: int
    text: str
    locator: Locator
    hash: str


@quick_dataclass(frozen=True, slots=True)
class DraftItem:
    """One item read in a document.

    ``subject`` is empty, and ``flags`` hold ``no_subject``, when a reader could not name it from the passage.
    ``value`` and ``upper`` are in ``unit`` as printed. ``rule`` names the rule that read the item and
    ``confidence`` is the share of its readings that were right on the gold readings.
    """

    type: ItemType
    document: str
    section: str
    number: str
    subject: str
    passage: ItemPassage
    rule: str
    confidence: Decimal
    operator: Operator | None = None
    is_soft: bool = False
    written: str = ""
    value: Decimal | None = None
    upper: Decimal | None = None
    unit: str = ""
    due: int | None = None
    is_due_stated: bool = True
    period: str = ""
    scope: TargetScope = TargetScope.CITY
    counting: Counting = Counting.LEVEL
    obligation: Obligation = Obligation.UNSTATED
    group: str = ""
    parent: str = ""
    baseline_year: int | None = None
    baseline_written: str = ""
    baseline: Decimal | None = None
    lead: tuple[str, ...] = ()
    cooperating: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
