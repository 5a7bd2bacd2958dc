"""Rules of a form as polars expressions: exact on stored whole numbers, with three-valued logic.

A number of the language is kept as a fraction of two whole-number expressions and a power of ten, so that nothing is
rounded: ``a / b <= 0.5`` becomes ``a × 10 <= b × 5``. How large a value can get is followed along the way, and 128-bit
numbers are used where 64 bits could overflow; a rule that could overflow those is refused when it is compiled.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from duibiao.intake.cells import LARGEST
from duibiao.metrics.element import DataElement, Stage, ValueType
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression.parser import ExpressionError
from duibiao.metrics.expression.stages import StageSplit

LEAF_BITS = LARGEST.bit_length()
ATTRIBUTES = {
    n.RowAttribute.KIND: "school_kind",
    n.RowAttribute.LOCATION: "location_type",
    n.RowAttribute.OWNERSHIP: "ownership",
    n.RowAttribute.DISTRICT: "district",
}


@dataclass(frozen=True, slots=True)
class ExactNumber:
    """A number of a row (精确数): ``top ÷ bottom × 10^-exponent``; null where it is missing.

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

    def __init__(
        self,
        elements: Mapping[str, DataElement],
        stages: StageSplit | None = None,
        prefix: str = "",
        columns: Collection[str] | None = None,
    ) -> None:
        self.elements, self.stages, self.prefix, self.columns = elements, stages, prefix, columns

    # --- numbers -----------------------------------------------------------------------------------

    def number(self, node: n.ExpressionNode) -> ExactNumber:
        """The number a node stands for."""
        maker: Callable[[n.ExpressionNode], ExactNumber] | None = getattr(
            self, f"_number_{type(node).__name__.lower()}", None
        )
        if maker is None:
            raise ExpressionError(node.at, "此处须是单个单位的数", "a number of one return is needed here")
        return maker(node)

    def _number_number(self, node: n.Number) -> ExactNumber:
        sign, digits, exponent = node.value.as_tuple()
        whole = int("".join(map(str, digits))) * (-1 if sign else 1)
        if not isinstance(exponent, int):
            raise ExpressionError(node.at, "不是数", "not a number")
        if exponent > 0:
            whole, exponent = whole * 10**exponent, 0
        return ExactNumber(_whole(whole), -exponent, whole.bit_length())

    def _number_elementref(self, node: n.ElementRef) -> ExactNumber:
        element = self.elements[node.code]
        return ExactNumber(pl.col(self.prefix + node.code), element.decimals, LEAF_BITS)

    def _number_negative(self, node: n.Negative) -> ExactNumber:
        one = self.number(node.operand)
        return ExactNumber(-one.top, one.exponent, one.top_bits, one.bottom, one.bottom_bits)

    def _number_percent(self, node: n.Percent) -> ExactNumber:
        one = self.number(node.operand)
        return ExactNumber(
            *_product(one.top, one.top_bits, _whole(100), 7, one.exponent, node), one.bottom, one.bottom_bits
        )

    def _number_arithmetic(self, node: n.Arithmetic) -> ExactNumber:
        left, right = self.number(node.left), self.number(node.right)
        if node.op is n.ArithmeticOp.MULTIPLY:
            return _times(left, right, node)
        if node.op is n.ArithmeticOp.DIVIDE:
            return _times(left, _inverse(right, node), node)
        if node.op is n.ArithmeticOp.SUBTRACT:
            right = ExactNumber(-right.top, right.exponent, right.top_bits, right.bottom, right.bottom_bits)
        return _plus(left, right, node)

    def _number_sumknown(self, node: n.SumKnown) -> ExactNumber:
        parts = [self.number(item) for item in node.items]
        if any(part.bottom is not None for part in parts):
            raise ExpressionError(node.at, "sum_known 中不能有除法", "no division inside sum_known")
        total = ExactNumber(pl.lit(0, dtype=pl.Int64), 0, 0)
        for part in parts:
            known = ExactNumber(part.top.fill_null(0), part.exponent, part.top_bits)
            total = _plus(total, known, node)
        any_known = pl.any_horizontal(part.top.is_not_null() for part in parts)
        return ExactNumber(pl.when(any_known).then(total.top), total.exponent, total.top_bits)

    def _number_stageshare(self, node: n.StageShare) -> ExactNumber:
        split = self.stages
        if split is None or node.stage not in split.stages:
            raise ExpressionError(node.at, "没有该学段的折算比例（stage_split.yaml）", "no split for that stage")
        part, whole = self._parts(split, node)
        return _times(self.number(node.operand), _times(part, _inverse(whole, node), node), node)

    def _parts(self, split: StageSplit, node: n.StageShare) -> tuple[ExactNumber, ExactNumber]:
        """w × P of a stage and Σ w × P over the stages of the school (the rules of ``metrics.stage_split.shares``)."""
        weighted = {stage: self._weighted_pupils(split, stage) for stage in split.stages}
        zero, one = (pl.lit(value, dtype=pl.Int128) for value in (0, 1))
        kind, nothing = pl.col("school_kind"), pl.lit(None, dtype=pl.Int64)
        known = {stage: weighted[stage].is_not_null() for stage in weighted}
        alone = {
            stage: known[stage] & ~pl.any_horizontal(pl.lit(False), *(known[one] for one in known if one is not stage))
            for stage in known
        }
        part = pl.when(alone[node.stage]).then(one).when(pl.any_horizontal(list(alone.values()))).then(zero)
        whole = pl.when(pl.any_horizontal(list(alone.values()))).then(one)
        part_of = part.otherwise(weighted[node.stage].fill_null(0))
        whole_of = whole.otherwise(pl.sum_horizontal(list(weighted.values())))
        # Longer beginnings of a kind stand outside shorter ones, so that the longest that fits decides.
        for prefix in sorted(split.kinds, key=len):
            stages, fits = split.kinds[prefix], kind.str.starts_with(prefix)
            single = len(stages) == 1
            own = (one if single else weighted[node.stage]) if node.stage in stages else zero
            total = weighted[stages[0]] if stages else nothing
            for other in stages[1:]:
                total = total + weighted[other]
            part_of = pl.when(fits).then(own).otherwise(part_of)
            whole_of = pl.when(fits).then(one if single else total).otherwise(whole_of)
        bits = LEAF_BITS + max(weight.bit_length() for weight in self._weights(split).values()) + len(weighted)
        return ExactNumber(part_of, 0, bits), ExactNumber(whole_of, 0, bits)

    def _weights(self, split: StageSplit) -> dict[Stage, int]:
        """The weights as whole numbers that also make up for different scales of the pupils."""
        tens = max(self.number(n.Number(weight)).exponent for weight in split.weights.values())
        scales = {stage: self.elements[split.pupils[stage]].decimals for stage in split.stages}
        most = max(scales.values())
        return {stage: int(split.weights[stage].scaleb(tens + most - scales[stage])) for stage in split.stages}

    def _weighted_pupils(self, split: StageSplit, stage: Stage) -> pl.Expr:
        code = split.pupils[stage]
        if self.columns is not None and code not in self.columns:
            return pl.lit(None, dtype=pl.Int128)
        return pl.col(self.prefix + code).cast(pl.Int128) * self._weights(split)[stage]

    # --- conditions ----------------------------------------------------------------------------------

    def condition(self, node: n.ExpressionNode) -> pl.Expr:
        """The truth of a condition: true, false, or null where it cannot be decided."""
        maker: Callable[[n.ExpressionNode], pl.Expr] | None = getattr(
            self, f"_condition_{type(node).__name__.lower()}", None
        )
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

    def _condition_isknown(self, node: n.IsKnown) -> pl.Expr:
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

    def _words(self, node: n.ExpressionNode) -> pl.Expr:
        if isinstance(node, n.Words):
            return pl.lit(node.value)
        if isinstance(node, n.AttributeRef):
            return pl.col(ATTRIBUTES[node.attribute])
        raise ExpressionError(node.at, "此处须是文字", "words are needed here")


def as_float(one: ExactNumber) -> pl.Expr:
    """The number as a float, for statistics only."""
    top = one.top.cast(pl.Float64) / float(10**one.exponent)
    return top if one.bottom is None else top / one.bottom.cast(pl.Float64)


def exceeds(one: ExactNumber, other: ExactNumber, limit: Decimal) -> pl.Expr:
    """Whether ``|one − other| > limit × |other|``, exactly; null where either is missing or the base is zero."""
    node = n.Number(limit)
    gap = _plus(one, ExactNumber(-other.top, other.exponent, other.top_bits, other.bottom, other.bottom_bits), node)
    sizes = [
        ExactNumber(part.top.abs(), part.exponent, part.top_bits, part.bottom, part.bottom_bits)
        for part in (gap, other)
    ]
    allowed = _times(sizes[1], RuleCompiler({}).number(node), node)
    return pl.when(other.top != 0).then(_compare(n.ComparisonOp.MORE, sizes[0], allowed, node))


def _whole(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.Int64 if value.bit_length() < 63 else pl.Int128)


def _wide(expression: pl.Expr, bits: int, node: n.ExpressionNode) -> pl.Expr:
    """The expression in a type that holds so many bits."""
    if bits > 126:
        raise ExpressionError(node.at, "算式的数值范围过大，不能精确比较", "the numbers of this rule could overflow")
    return expression.cast(pl.Int128) if bits > 62 else expression


def _product(
    left: pl.Expr, left_bits: int, right: pl.Expr, right_bits: int, exponent: int, node: n.ExpressionNode
) -> tuple[pl.Expr, int, int]:
    bits = left_bits + right_bits
    return _wide(left, bits, node) * _wide(right, bits, node), exponent, bits


def _times(left: ExactNumber, right: ExactNumber, node: n.ExpressionNode) -> ExactNumber:
    top, exponent, bits = _product(
        left.top, left.top_bits, right.top, right.top_bits, left.exponent + right.exponent, node
    )
    if left.bottom is None or right.bottom is None:
        below = right if left.bottom is None else left
        return ExactNumber(top, exponent, bits, below.bottom, below.bottom_bits)
    bottom, _, below_bits = _product(left.bottom, left.bottom_bits, right.bottom, right.bottom_bits, 0, node)
    return ExactNumber(top, exponent, bits, bottom, below_bits)


def _inverse(one: ExactNumber, node: n.ExpressionNode) -> ExactNumber:
    """One divided by a number: zero below makes it missing; the sign moves to the top."""
    below = pl.when(one.top != 0).then(one.top)
    sign = below.sign()
    if one.bottom is None:
        return ExactNumber(sign, -one.exponent, 1, below.abs(), one.top_bits)
    return ExactNumber(
        _wide(sign, one.bottom_bits + 1, node) * one.bottom, -one.exponent, one.bottom_bits, below.abs(), one.top_bits
    )


def _plus(left: ExactNumber, right: ExactNumber, node: n.ExpressionNode) -> ExactNumber:
    """A sum over a common power of ten and, where there are any, a common bottom."""
    left, right = _over(left, right, node), _over(right, left, node)
    exponent = max(left.exponent, right.exponent)
    tops = [_shifted(part, exponent, node) for part in (left, right)]
    bits = max(part.top_bits for part in tops) + 1
    top = _wide(tops[0].top, bits, node) + _wide(tops[1].top, bits, node)
    if left.bottom is None or right.bottom is None:
        return ExactNumber(top, exponent, bits)
    return ExactNumber(top, exponent, bits, left.bottom, left.bottom_bits)


def _over(one: ExactNumber, other: ExactNumber, node: n.ExpressionNode) -> ExactNumber:
    """The same number over the product of both bottoms."""
    if other.bottom is None:
        return one
    top, _, bits = _product(one.top, one.top_bits, other.bottom, other.bottom_bits, 0, node)
    if one.bottom is None:
        return ExactNumber(top, one.exponent, bits, other.bottom, other.bottom_bits)
    bottom, _, below_bits = _product(one.bottom, one.bottom_bits, other.bottom, other.bottom_bits, 0, node)
    return ExactNumber(top, one.exponent, bits, bottom, below_bits)


def _shifted(one: ExactNumber, exponent: int, node: n.ExpressionNode) -> ExactNumber:
    """The same number written with more digits behind the point."""
    if one.exponent == exponent:
        return one
    factor = 10 ** (exponent - one.exponent)
    top, _, bits = _product(one.top, one.top_bits, _whole(factor), factor.bit_length(), 0, node)
    return ExactNumber(top, exponent, bits, one.bottom, one.bottom_bits)


def _compare(op: n.ComparisonOp, left: ExactNumber, right: ExactNumber, node: n.ExpressionNode) -> pl.Expr:
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
