"""The tree an expression is parsed into. Every node knows where in the text it began; equality ignores that."""

from collections.abc import Iterator
from dataclasses import KW_ONLY, field, fields
from decimal import Decimal
from enum import StrEnum
from typing import get_args

from duibiao.kernel.quick import quick_dataclass
from duibiao.metrics.element import Stage


@quick_dataclass(frozen=True, slots=True)
class ExpressionNode:
    """Part of an expression; ``at`` is the offset of its first character."""

    _: KW_ONLY
    at: int = field(default=0, compare=False)

    def children(self) -> Iterator["ExpressionNode"]:
        """The nodes directly below, in the order of the text."""
        return iter(_below(self))

    def walk(self) -> Iterator["ExpressionNode"]:
        """This node and every node below it, each before those below it, in the order of the text."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(_below(node))


def _below(node: ExpressionNode) -> list[ExpressionNode]:
    found: list[ExpressionNode] = []
    for name in _names(type(node)):
        value = getattr(node, name)
        if isinstance(value, tuple):
            found += value
        elif value is not None:
            found.append(value)
    return found


_NAMES: dict[type[ExpressionNode], tuple[str, ...]] = {}


def _names(kind: type[ExpressionNode]) -> tuple[str, ...]:
    """The fields of a kind of node that hold nodes: trees are walked too often to look at the others, or to ask."""
    found = _NAMES.get(kind)
    if found is None:
        found = _NAMES[kind] = tuple(each.name for each in fields(kind) if ExpressionNode in _kinds(each.type))
    return found


def _kinds(kind: object) -> tuple[object, ...]:
    """The types an annotation is made of: one, or those of a tuple or a union."""
    return get_args(kind) or (kind,)


@quick_dataclass(frozen=True, slots=True)
class Number(ExpressionNode):
    """An exact number written in the expression."""

    value: Decimal


@quick_dataclass(frozen=True, slots=True)
class Words(ExpressionNode):
    """A text written in the expression, e.g. the code of a school kind."""

    value: str


@quick_dataclass(frozen=True, slots=True)
class ElementRef(ExpressionNode):
    """The value of a data element in the row."""

    code: str


class RowAttribute(StrEnum):
    """What a row tells of its unit beside the elements."""

    KIND = "kind"
    LOCATION = "location"
    OWNERSHIP = "ownership"
    DISTRICT = "district"


@quick_dataclass(frozen=True, slots=True)
class AttributeRef(ExpressionNode):
    """An attribute of the unit of the row."""

    attribute: RowAttribute


@quick_dataclass(frozen=True, slots=True)
class Negative(ExpressionNode):
    """``-x``."""

    operand: ExpressionNode


class ArithmeticOp(StrEnum):
    """The four operations."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"


@quick_dataclass(frozen=True, slots=True)
class Arithmetic(ExpressionNode):
    """``left op right``; missing where either side is."""

    op: ArithmeticOp
    left: ExpressionNode
    right: ExpressionNode


class ComparisonOp(StrEnum):
    """The six comparisons."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@quick_dataclass(frozen=True, slots=True)
class Comparison(ExpressionNode):
    """``left op right``; cannot be decided (missing) where either side is missing."""

    op: ComparisonOp
    left: ExpressionNode
    right: ExpressionNode


class LogicOp(StrEnum):
    """Joining conditions, in three-valued logic as in SQL."""

    AND = "and"
    OR = "or"


@quick_dataclass(frozen=True, slots=True)
class Logic(ExpressionNode):
    """``left and right``, ``left or right``."""

    op: LogicOp
    left: ExpressionNode
    right: ExpressionNode


@quick_dataclass(frozen=True, slots=True)
class Not(ExpressionNode):
    """``not x``."""

    operand: ExpressionNode


@quick_dataclass(frozen=True, slots=True)
class Within(ExpressionNode):
    """``x in (a, b)``."""

    operand: ExpressionNode
    options: tuple[ExpressionNode, ...]


@quick_dataclass(frozen=True, slots=True)
class StartsWith(ExpressionNode):
    """``starts(x, 'prefix')``."""

    operand: ExpressionNode
    prefix: str


@quick_dataclass(frozen=True, slots=True)
class IsKnown(ExpressionNode):
    """``known(x)``: whether the unit reported it."""

    operand: ExpressionNode


@quick_dataclass(frozen=True, slots=True)
class SumKnown(ExpressionNode):
    """``sum_known(a, b, …)``: sum of those that are reported; missing only when all are."""

    items: tuple[ExpressionNode, ...]


@quick_dataclass(frozen=True, slots=True)
class StageShare(ExpressionNode):
    """``stage_share(x, stage)``: the part of a school-wide resource that belongs to one stage.

    x × w_s·P_s ÷ Σ w_t·P_t over the stages of the school; P are its pupils, w the weights of ``stage_split.yaml``
    (小学:初中:高中 = 1:1.1:1.32, as the provinces carry out 教督〔2017〕6号; a published example splits 23,226 books
    of 166 and 210 pupils into 9,711 and 13,515).
    """

    operand: ExpressionNode
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


@quick_dataclass(frozen=True, slots=True)
class Aggregate(ExpressionNode):
    """A function of the rows of a group: ``ratio(a, b where c)``, ``mean(a weight w)``, ``quantile(a, 0.9)``.

    ``arguments`` are row expressions; ``weight`` and ``where`` may be absent; ``level`` is the quantile asked for.
    """

    function: AggregateFunction
    arguments: tuple[ExpressionNode, ...]
    weight: ExpressionNode | None = None
    where: ExpressionNode | None = None
    level: Decimal | None = None


@quick_dataclass(frozen=True, slots=True)
class Lag(ExpressionNode):
    """``lag(x, n)``: the value ``n`` years earlier."""

    operand: ExpressionNode
    years: int


@quick_dataclass(frozen=True, slots=True)
class Change(ExpressionNode):
    """``change(x)``: against the year before."""

    operand: ExpressionNode


@quick_dataclass(frozen=True, slots=True)
class Growth(ExpressionNode):
    """``growth(x)``: relative change against the year before; not comparable across a break."""

    operand: ExpressionNode


@quick_dataclass(frozen=True, slots=True)
class Cumulative(ExpressionNode):
    """``cumulative(x, year)``: sum from a first year on, both included; missing when a year of it is missing."""

    operand: ExpressionNode
    first_year: int


@quick_dataclass(frozen=True, slots=True)
class IndicatorRef(ExpressionNode):
    """``indicator('code')``: another indicator of the same group and year."""

    code: str


@quick_dataclass(frozen=True, slots=True)
class Percent(ExpressionNode):
    """``percent(x)``: × 100, in %."""

    operand: ExpressionNode


OVER_TIME = (Lag, Change, Growth, Cumulative)
"""Nodes that look at other years of the same group."""
