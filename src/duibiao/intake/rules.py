"""Rules of a form as polars expressions: exact on stored whole numbers, with three-valued logic.

A number of the language is kept as a fraction of two whole-number expressions and a power of ten, so that nothing is
rounded: ``a / b <= 0.5`` becomes ``a × 10 <= b × 5``. How large a value can get is followed along the way, and 128-bit
numbers are used where 64 bits could overflow; a rule that could overflow those is refused when it is compiled.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from duibiao.intake.cells import LARGEST
from duibiao.metrics.element import DataElement, Stage, ValueType
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression.parser import ExpressionError

LEAF_BITS = LARGEST.bit_length()
ATTRIBUTES = {
    n.RowAttribute.KIND: "school_kind",
    n.RowAttribute.LOCATION: "location_type",
    n.RowAttribute.OWNERSHIP: "ownership",
    n.RowAttribute.DISTRICT: "district",
}


@dataclass(frozen=True, slots=True)
class StageWeights:
    """How school-wide resources are split (分段折算): weight and pupil element of every stage."""

    weights: Mapping[Stage, Decimal]
    pupils: Mapping[Stage, str]


@dataclass(frozen=True, slots=True)
class Fraction:
    """A number of a row (分数): ``top ÷ bottom × 10^-exponent``; null where it is missing.

    ``bottom`` is positive, or null where the number cannot be computed; None stands for 1. ``top_bits`` and
    ``bottom_bits`` bound the magnitudes.
    """

    top: pl.Expr
    exponent: int
    top_bits: int
    bottom: pl.Expr | None = None
    bottom_bits: int = 1


class RuleCompiler:
    """Turns row trees into expressions (规则编译) over a wide table with the columns of a form.

    ``prefix`` stands before every element column: rules about two years read this year's and last year's columns.
    Raises ExpressionError for what is no row expression, or could overflow 128 bits.
    """

    def __init__(self, elements: Mapping[str, DataElement], stages: StageWeights | None = None, prefix: str = "") -> None:
        self.elements, self.stages, self.prefix = elements, stages, prefix

    # --- numbers -----------------------------------------------------------------------------------

    def number(self, node: n.Node) -> Fraction:
        """The number a node stands for."""
        maker: Callable[[n.Node], Fraction] | None = getattr(self, f"_number_{type(node).__name__.lower()}", None)
        if maker is None:
            raise ExpressionError(node.at, "此处须是单个单位的数", "a number of one return is needed here")
        return maker(node)

    def _number_number(self, node: n.Number) -> Fraction:
        sign, digits, exponent = node.value.as_tuple()
        whole = int("".join(map(str, digits))) * (-1 if sign else 1)
        if not isinstance(exponent, int):
            raise ExpressionError(node.at, "不是数", "not a number")
        if exponent > 0:
            whole, exponent = whole * 10**exponent, 0
        return Fraction(_whole(whole), -exponent, whole.bit_length())

    def _number_elementref(self, node: n.ElementRef) -> Fraction:
        element = self.elements[node.code]
        return Fraction(pl.col(self.prefix + node.code), element.decimals, LEAF_BITS)

    def _number_negative(self, node: n.Negative) -> Fraction:
        one = self.number(node.operand)
        return Fraction(-one.top, one.exponent, one.top_bits, one.bottom, one.bottom_bits)

    def _number_percent(self, node: n.Percent) -> Fraction:
        one = self.number(node.operand)
        return Fraction(*_product(one.top, one.top_bits, _whole(100), 7, one.exponent, node), one.bottom, one.bottom_bits)

    def _number_arithmetic(self, node: n.Arithmetic) -> Fraction:
        left, right = self.number(node.left), self.number(node.right)
        if node.op is n.ArithmeticOp.MULTIPLY:
            return _times(left, right, node)
        if node.op is n.ArithmeticOp.DIVIDE:
            return _times(left, _inverse(right, node), node)
        if node.op is n.ArithmeticOp.SUBTRACT:
            right = Fraction(-right.top, right.exponent, right.top_bits, right.bottom, right.bottom_bits)
        return _plus(left, right, node)

    def _number_sumknown(self, node: n.SumKnown) -> Fraction:
        parts = [self.number(item) for item in node.items]
        if any(part.bottom is not None for part in parts):
            raise ExpressionError(node.at, "sum_known 中不能有除法", "no division inside sum_known")
        total = Fraction(pl.lit(0, dtype=pl.Int64), 0, 0)
        for part in parts:
            known = Fraction(part.top.fill_null(0), part.exponent, part.top_bits)
            total = _plus(total, known, node)
        any_known = pl.any_horizontal(part.top.is_not_null() for part in parts)
        return Fraction(pl.when(any_known).then(total.top), total.exponent, total.top_bits)

    def _number_stageshare(self, node: n.StageShare) -> Fraction:
        if self.stages is None or node.stage not in self.stages.weights:
            raise ExpressionError(node.at, "没有该学段的折算比例（stage_split.yaml）", "no split for that stage")
        shares = {}
        for stage, weight in self.stages.weights.items():
            code = self.stages.pupils.get(stage, "")
            if code in self.elements:
                pupils = pl.col(self.prefix + code).fill_null(0)
                shares[stage] = _times(self._number_number(n.Number(weight)), Fraction(pupils, 0, LEAF_BITS), node)
        if node.stage not in shares:
            raise ExpressionError(node.at, "报表中没有该学段的学生数", "the form has no pupils of that stage")
        whole = Fraction(pl.lit(0, dtype=pl.Int64), 0, 0)
        for share in shares.values():
            whole = _plus(whole, share, node)
        part = _times(shares[node.stage], _inverse(whole, node), node)
        return _times(self.number(node.operand), part, node)

    # --- conditions ----------------------------------------------------------------------------------

    def condition(self, node: n.Node) -> pl.Expr:
        """The truth of a condition: true, false, or null where it cannot be decided."""
        maker: Callable[[n.Node], pl.Expr] | None = getattr(self, f"_condition_{type(node).__name__.lower()}", None)
        if maker is None:
            raise ExpressionError(node.at, "此处须是条件", "a condition is needed here")
        return maker(node)

    def _condition_elementref(self, node: n.ElementRef) -> pl.Expr:
        if self.elements[node.code].type is not ValueType.FLAG:
            raise ExpressionError(node.at, "此处须是条件", "a condition is needed here")
        return pl.col(self.prefix + node.code) != 0

    def _condition_logic(self, node: n.Logic) -> pl.Expr:
        left, right = self.condition(node.left), self.condition(node.right)
        return left & right if node.op is n.LogicOp.AND else left | right

    def _condition_not(self, node: n.Not) -> pl.Expr:
        return ~self.condition(node.operand)

    def _condition_known(self, node: n.Known) -> pl.Expr:
        if isinstance(node.operand, n.AttributeRef):
            return self._words(node.operand) != ""
        if isinstance(node.operand, n.ElementRef):
            return pl.col(self.prefix + node.operand.code).is_not_null()
        one = self.number(node.operand)
        return one.top.is_not_null() & (pl.lit(True) if one.bottom is None else one.bottom.is_not_null())

    def _condition_startswith(self, node: n.StartsWith) -> pl.Expr:
        return self._words(node.operand).str.starts_with(node.prefix)

    def _condition_within(self, node: n.Within) -> pl.Expr:
        if isinstance(node.options[0], n.Words):
            words = [option.value for option in node.options if isinstance(option, n.Words)]
            return self._words(node.operand).is_in(words)
        one = self.number(node.operand)
        met = [_compare(n.ComparisonOp.EQUAL, one, self.number(option), node) for option in node.options]
        found = met[0]
        for other in met[1:]:
            found = found | other
        return found

    def _condition_comparison(self, node: n.Comparison) -> pl.Expr:
        if isinstance(node.left, n.AttributeRef | n.Words):
            left, right = self._words(node.left), self._words(node.right)
            return left == right if node.op is n.ComparisonOp.EQUAL else left != right
        return _compare(node.op, self.number(node.left), self.number(node.right), node)

    def _words(self, node: n.Node) -> pl.Expr:
        if isinstance(node, n.Words):
            return pl.lit(node.value)
        if isinstance(node, n.AttributeRef):
            # An empty attribute is not known: comparing it decides nothing.
            column = pl.col(ATTRIBUTES[node.attribute])
            return pl.when(column != "").then(column)
        raise ExpressionError(node.at, "此处须是文字", "words are needed here")


def as_float(one: Fraction) -> pl.Expr:
    """The number as a float, for statistics only."""
    top = one.top.cast(pl.Float64) / float(10**one.exponent)
    return top if one.bottom is None else top / one.bottom.cast(pl.Float64)


def exceeds(one: Fraction, other: Fraction, limit: Decimal) -> pl.Expr:
    """Whether ``|one − other| > limit × |other|``, exactly; null where either is missing or the base is zero."""
    node = n.Number(limit)
    gap = _plus(one, Fraction(-other.top, other.exponent, other.top_bits, other.bottom, other.bottom_bits), node)
    sizes = [Fraction(part.top.abs(), part.exponent, part.top_bits, part.bottom, part.bottom_bits) for part in (gap, other)]
    allowed = _times(sizes[1], RuleCompiler({}).number(node), node)
    return pl.when(other.top != 0).then(_compare(n.ComparisonOp.MORE, sizes[0], allowed, node))


def _whole(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.Int64 if value.bit_length() < 63 else pl.Int128)


def _wide(expression: pl.Expr, bits: int, node: n.Node) -> pl.Expr:
    """The expression in a type that holds so many bits."""
    if bits > 126:
        raise ExpressionError(node.at, "算式的数值范围过大，不能精确比较", "the numbers of this rule could overflow")
    return expression.cast(pl.Int128) if bits > 62 else expression


def _product(left: pl.Expr, left_bits: int, right: pl.Expr, right_bits: int, exponent: int, node: n.Node) -> tuple[pl.Expr, int, int]:  # noqa: PLR0913  two factors with their sizes
    bits = left_bits + right_bits
    return _wide(left, bits, node) * _wide(right, bits, node), exponent, bits


def _times(left: Fraction, right: Fraction, node: n.Node) -> Fraction:
    top, exponent, bits = _product(left.top, left.top_bits, right.top, right.top_bits, left.exponent + right.exponent, node)
    if left.bottom is None or right.bottom is None:
        below = right if left.bottom is None else left
        return Fraction(top, exponent, bits, below.bottom, below.bottom_bits)
    bottom, _, below_bits = _product(left.bottom, left.bottom_bits, right.bottom, right.bottom_bits, 0, node)
    return Fraction(top, exponent, bits, bottom, below_bits)


def _inverse(one: Fraction, node: n.Node) -> Fraction:
    """One divided by a number: zero below makes it missing; the sign moves to the top."""
    below = pl.when(one.top != 0).then(one.top)
    sign = below.sign()
    if one.bottom is None:
        return Fraction(sign, -one.exponent, 1, below.abs(), one.top_bits)
    return Fraction(_wide(sign, one.bottom_bits + 1, node) * one.bottom, -one.exponent, one.bottom_bits, below.abs(), one.top_bits)


def _plus(left: Fraction, right: Fraction, node: n.Node) -> Fraction:
    """A sum over a common power of ten and, where there are any, a common bottom."""
    left, right = _over(left, right, node), _over(right, left, node)
    exponent = max(left.exponent, right.exponent)
    tops = [_shifted(part, exponent, node) for part in (left, right)]
    bits = max(part.top_bits for part in tops) + 1
    top = _wide(tops[0].top, bits, node) + _wide(tops[1].top, bits, node)
    if left.bottom is None or right.bottom is None:
        return Fraction(top, exponent, bits)
    return Fraction(top, exponent, bits, left.bottom, left.bottom_bits)


def _over(one: Fraction, other: Fraction, node: n.Node) -> Fraction:
    """The same number over the product of both bottoms."""
    if other.bottom is None:
        return one
    top, _, bits = _product(one.top, one.top_bits, other.bottom, other.bottom_bits, 0, node)
    if one.bottom is None:
        return Fraction(top, one.exponent, bits, other.bottom, other.bottom_bits)
    bottom, _, below_bits = _product(one.bottom, one.bottom_bits, other.bottom, other.bottom_bits, 0, node)
    return Fraction(top, one.exponent, bits, bottom, below_bits)


def _shifted(one: Fraction, exponent: int, node: n.Node) -> Fraction:
    """The same number written with more digits behind the point."""
    if one.exponent == exponent:
        return one
    factor = 10 ** (exponent - one.exponent)
    top, _, bits = _product(one.top, one.top_bits, _whole(factor), factor.bit_length(), 0, node)
    return Fraction(top, exponent, bits, one.bottom, one.bottom_bits)


def _compare(op: n.ComparisonOp, left: Fraction, right: Fraction, node: n.Node) -> pl.Expr:
    """Compare exactly: both over a common bottom, which is positive, so that the tops decide."""
    known = [part.bottom.is_not_null() for part in (left, right) if part.bottom is not None]
    left, right = _over(left, right, node), _over(right, left, node)
    exponent = max(left.exponent, right.exponent)
    left, right = _shifted(left, exponent, node), _shifted(right, exponent, node)
    bits = max(left.top_bits, right.top_bits)
    a, b = _wide(left.top, bits, node), _wide(right.top, bits, node)
    found = {
        n.ComparisonOp.EQUAL: lambda: a == b,
        n.ComparisonOp.UNEQUAL: lambda: a != b,
        n.ComparisonOp.LESS: lambda: a < b,
        n.ComparisonOp.AT_MOST: lambda: a <= b,
        n.ComparisonOp.MORE: lambda: a > b,
        n.ComparisonOp.AT_LEAST: lambda: a >= b,
    }[op]()
    return pl.when(pl.all_horizontal(known)).then(found) if known else found
