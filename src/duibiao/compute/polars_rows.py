"""Row expressions of the indicator language in Polars: a second implementation, made from what the language says.

It shares no step with the SQL: fractions carry their scale in the divisor, and whether whole numbers of 128 bit are
enough is judged by the largest values really in the tables, because Polars wraps around in silence.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

import polars as pl

from duibiao.metrics.element import DataElement, Stage, ValueType
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression.stages import StageSplit

LARGEST = 2**126
BILLION = 10**9


_EVERY_ROW = pl.col("unit").is_not_null()
"""True for every row: a condition on constants alone would be one value instead of one a row, and be counted once."""


@dataclass(frozen=True, slots=True)
class Quotient:
    """A row value top ÷ bottom: whole numbers of 128 bit, or a double in ``real`` where they would not be enough.

    ``bottom`` is a number where it is the same for all rows. ``most`` and ``most_bottom`` bound the magnitudes.
    """

    top: pl.Expr
    most: int
    bottom: pl.Expr | int = 1
    most_bottom: int = 1
    real: pl.Expr | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether it can be added up as it is."""
        return self.real is None and isinstance(self.bottom, int)

    @property
    def double(self) -> pl.Expr:
        """The nearest double of the row."""
        if self.real is not None:
            return self.real
        top = self.top.cast(pl.Float64)
        if isinstance(self.bottom, int):
            return top if self.bottom == 1 else top / float(self.bottom)
        return top / self.bottom.cast(pl.Float64)

    @property
    def known(self) -> pl.Expr:
        """Whether the row has a value."""
        if self.real is not None:
            return self.real.is_not_null()
        if isinstance(self.bottom, int):
            return self.top.is_not_null()
        return self.top.is_not_null() & self.bottom.is_not_null()


def _lit(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.Int128)


def _expr(value: pl.Expr | int) -> pl.Expr:
    return _lit(value) if isinstance(value, int) else value


def _times(left: pl.Expr | int, right: pl.Expr | int) -> pl.Expr | int:
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    if isinstance(left, int) and left == 1:
        return right
    if isinstance(right, int) and right == 1:
        return left
    return _expr(left) * _expr(right)


def _fits(*bounds: int) -> bool:
    return max(bounds) < LARGEST


def _real(expression: pl.Expr) -> Quotient:
    return Quotient(expression, LARGEST, real=expression)


def add(left: Quotient, right: Quotient, sign: int = 1) -> Quotient:
    """Left + right, or left - right."""
    most = left.most * right.most_bottom + right.most * left.most_bottom
    bottom = left.most_bottom * right.most_bottom
    if left.real is not None or right.real is not None or not _fits(most, bottom):
        return _real(left.double + right.double if sign > 0 else left.double - right.double)
    one, two = _expr(_times(left.top, right.bottom)), _expr(_times(right.top, left.bottom))
    return Quotient(one + two if sign > 0 else one - two, most, _times(left.bottom, right.bottom), bottom)


def multiply(left: Quotient, right: Quotient) -> Quotient:
    """Left × right."""
    most, bottom = left.most * right.most, left.most_bottom * right.most_bottom
    if left.real is not None or right.real is not None or not _fits(most, bottom):
        return _real(left.double * right.double)
    return Quotient(_expr(_times(left.top, right.top)), most, _times(left.bottom, right.bottom), bottom)


def divide(left: Quotient, right: Quotient) -> Quotient:
    """Left ÷ right, without a value where right is zero."""
    most, bottom = left.most * right.most_bottom, left.most_bottom * right.most
    if left.real is not None or right.real is not None or not _fits(most, bottom):
        divisor = right.double
        return _real(pl.when(divisor != 0).then(left.double / divisor))
    divisor = right.top
    zero = _lit(0)  # Polars 2.1 has no minus and no absolute value for 128 bit
    top = pl.when(divisor < 0).then(zero - left.top).otherwise(left.top)
    below = pl.when(divisor < 0).then(zero - divisor).when(divisor > 0).then(divisor)
    return Quotient(_expr(_times(top, right.bottom)), most, _times(left.bottom, below), bottom)


@dataclass(frozen=True, slots=True)
class PolarsRows:
    """Writes row expressions over the columns of a form. ``largest`` is the largest magnitude in each column."""

    elements: Mapping[str, DataElement]
    largest: Mapping[str, int]
    split: StageSplit | None = None

    def number(self, node: n.ExpressionNode) -> Quotient:
        """A numeric row expression."""
        match node:
            case n.Number(value=value):
                return _constant(value)
            case n.ElementRef(code=code):
                return self._element(code)
            case n.Negative(operand=operand):
                return multiply(_constant(Decimal(-1)), self.number(operand))
            case n.Percent(operand=operand):
                return multiply(_constant(Decimal(100)), self.number(operand))
            case n.Arithmetic(op=op, left=left, right=right):
                return _ARITHMETIC[op](self.number(left), self.number(right))
            case n.SumKnown(items=items):
                return self._sum_known([self.number(item) for item in items])
            case n.StageShare(operand=operand, stage=stage):
                return multiply(self.number(operand), self._share(stage))
        raise TypeError(f"not a number of a row: {type(node).__name__}")

    def _element(self, code: str) -> Quotient:
        scale = 10 ** self.elements[code].decimals
        return Quotient(pl.col(code).cast(pl.Int128), max(self.largest.get(code, 0), 1), scale, scale)

    def _sum_known(self, items: Sequence[Quotient]) -> Quotient:
        filled = [
            _real(pl.when(item.known).then(item.real).otherwise(0.0))
            if item.real is not None
            else Quotient(
                pl.when(item.known).then(item.top).otherwise(_lit(0)),
                item.most,
                item.bottom
                if isinstance(item.bottom, int)
                else pl.when(item.known).then(item.bottom).otherwise(_lit(1)),
                item.most_bottom,
            )
            for item in items
        ]
        total = reduce(add, filled)
        anything = pl.any_horizontal(*(item.known for item in items))
        if total.real is not None:
            return _real(pl.when(anything).then(total.real))
        return Quotient(pl.when(anything).then(total.top), total.most, total.bottom, total.most_bottom)

    def _share(self, stage: Stage) -> Quotient:
        """w_s·P_s ÷ Σ w_t·P_t over the stages of the school; everything where it has only that one."""
        if self.split is None:
            raise TypeError(f"no weight for the stage {stage}")
        split = self.split
        weighted = {
            one: multiply(_constant(split.weights[one]), self._element(split.pupils[one])) for one in split.stages
        }
        kinds = sorted(split.kinds, key=len, reverse=True)
        part = whole = pl.lit(None, dtype=pl.Int128)
        pupils = {one: pl.col(split.pupils[one]) for one in split.stages}
        common = {one: _expr(_times(value.top, self._lift(weighted, one))) for one, value in weighted.items()}
        offered = reduce(lambda left, right: left + right, (one.fill_null(_lit(0)) for one in common.values()))
        lone = sum((one.is_not_null().cast(pl.Int8) for one in pupils.values()), start=pl.lit(0, dtype=pl.Int8)) == 1
        part = (
            pl.when(lone).then(pupils[stage].is_not_null().cast(pl.Int128)).otherwise(common[stage].fill_null(_lit(0)))
        )
        whole = pl.when(lone).then(_lit(1)).otherwise(offered)
        for prefix in reversed(kinds):
            stages, fits = split.kinds[prefix], pl.col("school_kind").str.starts_with(prefix)
            has = stage in stages
            own = _lit(int(has)) if len(stages) == 1 or not has else common[stage]
            total = (
                _lit(1)
                if len(stages) == 1
                else reduce(lambda left, right: left + right, (common[one] for one in stages))
            )
            part, whole = pl.when(fits).then(own).otherwise(part), pl.when(fits).then(total).otherwise(whole)
        most = max(value.most for value in weighted.values()) * 10**8 * len(weighted)
        return divide(Quotient(part, most), Quotient(whole, most))

    def _lift(self, weighted: Mapping[Stage, Quotient], stage: Stage) -> int:
        """What brings a weighted number of pupils to the scale all stages share."""
        scales = [value.bottom for value in weighted.values() if isinstance(value.bottom, int)]
        own = weighted[stage].bottom
        return math.lcm(*scales) // own if isinstance(own, int) else 1

    def condition(self, node: n.ExpressionNode) -> pl.Expr:
        """A condition, null where it cannot be decided."""
        match node:
            case n.ElementRef(code=code):
                return pl.col(code) != 0
            case n.Not(operand=operand):
                return ~self.condition(operand)
            case n.Logic(op=n.LogicOp.AND, left=left, right=right):
                return self.condition(left) & self.condition(right)
            case n.Logic(left=left, right=right):
                return self.condition(left) | self.condition(right)
            case n.Comparison(op=op, left=left, right=right):
                return self._compare(op, left, right) & _EVERY_ROW
            case n.Within(operand=operand, options=options):
                parts = [self._compare(n.ComparisonOp.EQUAL, operand, option) for option in options]
                return reduce(lambda left, right: left | right, parts) & _EVERY_ROW
            case n.StartsWith(operand=operand, prefix=prefix):
                return self.text(operand).str.starts_with(prefix) & _EVERY_ROW
            case n.IsKnown(operand=operand):
                return self._known(operand) & _EVERY_ROW
        raise TypeError(f"not a condition of a row: {type(node).__name__}")

    def _known(self, node: n.ExpressionNode) -> pl.Expr:
        if isinstance(node, n.Words | n.AttributeRef):
            return self.text(node) != ""
        flag = isinstance(node, n.ElementRef) and self.elements[node.code].type is ValueType.FLAG
        if flag or isinstance(node, n.Comparison | n.Logic | n.Not | n.Within | n.StartsWith | n.IsKnown):
            return self.condition(node).is_not_null()
        return self.number(node).known

    def text(self, node: n.ExpressionNode) -> pl.Expr:
        """Words: an attribute of the unit, or a constant."""
        if isinstance(node, n.Words):
            return pl.lit(node.value)
        if isinstance(node, n.AttributeRef):
            return pl.col(_ATTRIBUTES[node.attribute]).cast(pl.String)
        raise TypeError(f"not words: {type(node).__name__}")

    def _compare(self, op: n.ComparisonOp, left: n.ExpressionNode, right: n.ExpressionNode) -> pl.Expr:
        if isinstance(left, n.Words | n.AttributeRef):
            one, two = self.text(left), self.text(right)
            return one == two if op is n.ComparisonOp.EQUAL else one != two
        return _compared(op, self.number(left), self.number(right))


def _compared(op: n.ComparisonOp, left: Quotient, right: Quotient) -> pl.Expr:
    exact = left.real is None and right.real is None
    if exact and _fits(left.most * right.most_bottom, right.most * left.most_bottom):
        one, two = _expr(_times(left.top, right.bottom)), _expr(_times(right.top, left.bottom))
    else:
        one, two = left.double, right.double
    compare = {
        n.ComparisonOp.EQUAL: one.eq,
        n.ComparisonOp.UNEQUAL: one.ne,
        n.ComparisonOp.LESS: one.lt,
        n.ComparisonOp.AT_MOST: one.le,
        n.ComparisonOp.MORE: one.gt,
        n.ComparisonOp.AT_LEAST: one.ge,
    }
    return compare[op](two)


def _constant(value: Decimal) -> Quotient:
    above, below = value.as_integer_ratio()
    return Quotient(_lit(above), max(abs(above), 1), below, below)


_ATTRIBUTES = {
    n.RowAttribute.KIND: "school_kind",
    n.RowAttribute.LOCATION: "location_type",
    n.RowAttribute.OWNERSHIP: "ownership",
    n.RowAttribute.DISTRICT: "district",
}
_ARITHMETIC = {
    n.ArithmeticOp.ADD: add,
    n.ArithmeticOp.SUBTRACT: lambda left, right: add(left, right, -1),
    n.ArithmeticOp.MULTIPLY: multiply,
    n.ArithmeticOp.DIVIDE: divide,
}
