"""The tree an expression is parsed into. Every node knows where in the text it began; equality ignores that."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import StrEnum

from duibiao.metrics.element import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Part of an expression; ``at`` is the offset of its first character."""

    at: int = field(default=0, compare=False)

    def children(self) -> Iterator["Node"]:
        """The nodes directly below, in the order of the text."""
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Node):
                yield value
            elif isinstance(value, tuple):
                yield from (item for item in value if isinstance(item, Node))

    def walk(self) -> Iterator["Node"]:
        """This node and every node below it."""
        yield self
        for child in self.children():
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Number(Node):
    """An exact number written in the expression."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Words(Node):
    """A text written in the expression, e.g. the code of a school kind."""

    value: str


@dataclass(frozen=True, slots=True)
class ElementRef(Node):
    """The value of a data element in the row."""

    code: str


class RowAttribute(StrEnum):
    """What a row tells of its unit beside the elements."""

    KIND = "kind"
    LOCATION = "location"
    OWNERSHIP = "ownership"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class AttributeRef(Node):
    """An attribute of the unit of the row."""

    attribute: RowAttribute


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """``-x``."""

    operand: Node


class ArithmeticOp(StrEnum):
    """The four operations."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """``left op right``; missing where either side is."""

    op: ArithmeticOp
    left: Node
    right: Node


class ComparisonOp(StrEnum):
    """The six comparisons."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """``left op right``; cannot be decided (missing) where either side is missing."""

    op: ComparisonOp
    left: Node
    right: Node


class LogicOp(StrEnum):
    """Joining conditions, in three-valued logic as in SQL."""

    AND = "and"
    OR = "or"


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """``left and right``, ``left or right``."""

    op: LogicOp
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Not(Node):
    """``not x``."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Within(Node):
    """``x in (a, b)``."""

    operand: Node
    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class StartsWith(Node):
    """``starts(x, 'prefix')``."""

    operand: Node
    prefix: str


@dataclass(frozen=True, slots=True)
class Known(Node):
    """``known(x)``: whether the unit reported it."""

    operand: Node


@dataclass(frozen=True, slots=True)
class SumKnown(Node):
    """``sum_known(a, b, …)``: sum of those that are reported; missing only when all are."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class StageShare(Node):
    """``stage_share(x, stage)``: the part of a school-wide resource that belongs to one stage.

    x × w_s·P_s ÷ Σ w_t·P_t over the stages of the school; P are its pupils, w the weights of ``stage_split.yaml``
    (小学:初中:高中 = 1:1.1:1.32, as the provinces carry out 教督〔2017〕6号; a published example splits 23,226 books
    of 166 and 210 pupils into 9,711 and 13,515).
    """

    operand: Node
    stage: Stage


class AggregateFunction(StrEnum):
    """What is made of the rows of a group."""

    SUM = "sum"
    COUNT = "count"
    RATIO = "ratio"
    SHARE = "share"
    MEAN = "mean"
    DIFFERENCE_COEFFICIENT = "difference_coefficient"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    QUANTILE = "quantile"
    GINI = "gini"
    THEIL = "theil"


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """A function of the rows of a group: ``ratio(a, b where c)``, ``mean(a weight w)``, ``quantile(a, 0.9)``.

    ``arguments`` are row expressions; ``weight`` and ``where`` may be absent; ``level`` is the quantile asked for.
    """

    function: AggregateFunction
    arguments: tuple[Node, ...]
    weight: Node | None = None
    where: Node | None = None
    level: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Lag(Node):
    """``lag(x, n)``: the value ``n`` years earlier."""

    operand: Node
    years: int


@dataclass(frozen=True, slots=True)
class Change(Node):
    """``change(x)``: against the year before."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Growth(Node):
    """``growth(x)``: relative change against the year before; not comparable across a break."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Cumulative(Node):
    """``cumulative(x, year)``: sum from a first year on, both included; missing when a year of it is missing."""

    operand: Node
    first_year: int


@dataclass(frozen=True, slots=True)
class IndicatorRef(Node):
    """``indicator('code')``: another indicator of the same group and year."""

    code: str


@dataclass(frozen=True, slots=True)
class Percent(Node):
    """``percent(x)``: × 100, in %."""

    operand: Node


OVER_TIME = (Lag, Change, Growth, Cumulative)
"""Nodes that look at other years of the same group."""
