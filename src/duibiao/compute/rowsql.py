"""Row expressions of the indicator language as SQL nodes, in three-valued logic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlglot import exp

from duibiao.compute import rational as r
from duibiao.compute import sqlnodes as s
from duibiao.compute.rational import RowFraction
from duibiao.compute.sqlnodes import Sql
from duibiao.metrics.element import LARGEST_STORED, DataElement, Stage, ValueType
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression.stages import StageSplit

ATTRIBUTE_COLUMNS = {
    n.RowAttribute.KIND: "school_kind",
    n.RowAttribute.LOCATION: "location_type",
    n.RowAttribute.OWNERSHIP: "ownership",
    n.RowAttribute.DISTRICT: "district",
}
"""The columns of a wide table that hold the attributes of its units ('' where a unit has none)."""
_COMPARE: Mapping[n.ComparisonOp, type[exp.Expression]] = {
    n.ComparisonOp.EQUAL: exp.EQ,
    n.ComparisonOp.UNEQUAL: exp.NEQ,
    n.ComparisonOp.LESS: exp.LT,
    n.ComparisonOp.AT_MOST: exp.LTE,
    n.ComparisonOp.MORE: exp.GT,
    n.ComparisonOp.AT_LEAST: exp.GTE,
}


@dataclass(frozen=True, slots=True)
class RowSql:
    """Writes row expressions over the columns of one form.

    ``wide`` computes in 128 bit from the first operation on. Without it the engine's own 64 bit are used, which is
    faster; an engine that checks for overflow may try that first and repeat with ``wide`` when it was told.
    """

    elements: Mapping[str, DataElement]
    split: StageSplit | None = None
    wide: bool = False
    numbers: dict[n.ExpressionNode, RowFraction] = field(default_factory=dict)

    def number(self, node: n.ExpressionNode) -> RowFraction:
        """A numeric row expression. Equal trees give the same nodes."""
        found = self.numbers.get(node)
        if found is None:
            found = self.numbers[node] = self._number(node)
        return found

    def _number(self, node: n.ExpressionNode) -> RowFraction:
        match node:
            case n.Number(value=value):
                return r.of_constant(value)
            case n.ElementRef(code=code):
                return self._element(code)
            case n.Negative(operand=operand):
                return r.negated(self.number(operand))
            case n.Arithmetic(op=op, left=left, right=right):
                return self._arithmetic(op, self.number(left), self.number(right))
            case n.SumKnown(items=items):
                return self._sum_known([self.number(item) for item in items])
            case n.StageShare(operand=operand, stage=stage):
                return self._stage_share(self.number(operand), stage)
            case n.Percent(operand=operand):
                return r.multiplied(self.number(operand), r.of_constant(_HUNDRED))
        raise TypeError(f"not a number of a row: {type(node).__name__}")

    def _element(self, code: str) -> RowFraction:
        element = self.elements[code]
        column = s.column(code)
        return RowFraction(s.cast(column, s.WIDE) if self.wide else column, bits_of(element), element.decimals)

    def _arithmetic(self, op: n.ArithmeticOp, left: RowFraction, right: RowFraction) -> RowFraction:
        if op is n.ArithmeticOp.MULTIPLY:
            return r.multiplied(left, right)
        if op is n.ArithmeticOp.DIVIDE:
            return r.divided(left, right)
        return r.added(left, right, minus=op is n.ArithmeticOp.SUBTRACT)

    def _sum_known(self, items: Sequence[RowFraction]) -> RowFraction:
        total: RowFraction | None = None
        anything = _any([_known(item) for item in items])
        for item in items:
            zero = _or_zero(item)
            total = zero if total is None else r.added(total, zero)
        if total is None:
            raise TypeError("sum_known of nothing")
        if total.double is not None:
            return r.of_double(s.only_where(anything, total.double))
        return RowFraction(s.only_where(anything, total.top), total.bits, total.tens, total.bottom, total.bottom_bits)

    def _stage_share(self, resource: RowFraction, stage: Stage) -> RowFraction:
        split = self.split
        if split is None or stage not in split.stages:
            raise TypeError(f"no weight for the stage {stage}")
        part, whole = self._parts(split, stage)
        return r.multiplied(resource, r.divided(part, whole))

    def _parts(self, split: StageSplit, stage: Stage) -> tuple[RowFraction, RowFraction]:
        """w × P of a stage and Σ w × P over the stages of the school, in whole numbers.

        A school of one stage gives it everything, whatever its pupils; a stage the school does not have gets
        nothing (see ``metrics.stage_split.shares``, which says the same for one school).
        """
        weighted = {one: self._weighted_pupils(split, one) for one in split.stages}
        kind = s.column(ATTRIBUTE_COLUMNS[n.RowAttribute.KIND])
        parts: list[tuple[Sql, Sql]] = []
        wholes: list[tuple[Sql, Sql]] = []
        for prefix in sorted(split.kinds, key=lambda prefix: (-len(prefix), prefix)):
            stages = split.kinds[prefix]
            is_kind = _starts(kind, prefix)
            alone = len(stages) == 1
            own = s.integer(1) if alone else weighted[stage].top
            parts.append((is_kind, own if stage in stages else s.integer(0)))
            wholes.append((is_kind, s.integer(1) if alone else _sum_of([weighted[one].top for one in stages])))
        for one in split.stages:
            only = [s.known(weighted[one].top)]
            only += [s.unknown(weighted[other].top) for other in split.stages if other is not one]
            parts.append((_all(only), s.integer(int(one is stage))))
            wholes.append((_all(only), s.integer(1)))
        offered = {one: s.coalesce(weighted[one].top, s.integer(0)) for one in split.stages}
        bits = max(one.bits for one in weighted.values()) + len(weighted)
        part = s.case(parts, otherwise=offered[stage])
        return RowFraction(part, bits), RowFraction(s.case(wholes, otherwise=_sum_of(list(offered.values()))), bits)

    def _weighted_pupils(self, split: StageSplit, stage: Stage) -> RowFraction:
        """W × P, where the weights and the scales of the pupils are made whole together."""
        tens = max(r.of_constant(weight).tens for weight in split.weights.values())
        most = max(self.elements[code].decimals for code in split.pupils.values())
        pupils = self._element(split.pupils[stage])
        weight = r.of_constant(split.weights[stage].scaleb(tens + most - pupils.tens))
        return RowFraction(s.multiply(pupils.top, weight.top), pupils.bits + weight.bits)

    def condition(self, node: n.ExpressionNode) -> Sql:
        """A condition; NULL where it cannot be decided."""
        match node:
            case n.ElementRef(code=code):
                return exp.Paren(this=exp.NEQ(this=s.column(code), expression=s.integer(0)))
            case n.Not(operand=operand):
                return exp.Paren(this=exp.Not(this=self.condition(operand)))
            case n.Logic(op=op, left=left, right=right):
                kind = exp.And if op is n.LogicOp.AND else exp.Or
                return exp.Paren(this=kind(this=self.condition(left), expression=self.condition(right)))
            case n.Comparison(op=op, left=left, right=right):
                return exp.Paren(this=self._compare(_COMPARE[op], left, right))
            case n.Within(operand=operand, options=options):
                return exp.Paren(this=_any([self._compare(exp.EQ, operand, option) for option in options]))
            case n.StartsWith(operand=operand, prefix=prefix):
                return _starts(self.text(operand), prefix)
            case n.IsKnown(operand=operand):
                return self._known(operand)
        raise TypeError(f"not a condition of a row: {type(node).__name__}")

    def _compare(self, kind: type[exp.Expression], left: n.ExpressionNode, right: n.ExpressionNode) -> Sql:
        if self.is_text(left):
            return kind(this=self.text(left), expression=self.text(right))
        one, other = r.comparable(self.number(left), self.number(right))
        return kind(this=one, expression=other)

    def _known(self, node: n.ExpressionNode) -> Sql:
        if self.is_text(node):
            return exp.Paren(this=exp.NEQ(this=self.text(node), expression=s.words("")))
        if self.is_condition(node):
            return exp.Paren(this=s.known(self.condition(node)))
        return _known(self.number(node))

    def text(self, node: n.ExpressionNode) -> Sql:
        """Words: an attribute of the unit, or a constant."""
        match node:
            case n.Words(value=value):
                return s.words(value)
            case n.AttributeRef(attribute=attribute):
                return s.column(ATTRIBUTE_COLUMNS[attribute])
        raise TypeError(f"not words: {type(node).__name__}")

    def is_text(self, node: n.ExpressionNode) -> bool:
        """Tell whether a node is words."""
        return isinstance(node, n.Words | n.AttributeRef)

    def is_condition(self, node: n.ExpressionNode) -> bool:
        """Tell whether a node is a condition; an element of the type flag is one."""
        if isinstance(node, n.ElementRef):
            return self.elements[node.code].type is ValueType.FLAG
        return isinstance(node, n.Comparison | n.Logic | n.Not | n.Within | n.StartsWith | n.IsKnown)

    def is_always_decided(self, node: n.ExpressionNode) -> bool:
        """Tell whether a condition speaks of attributes only, or of what is known: it is never NULL."""
        match node:
            case n.IsKnown() | n.StartsWith():
                return True
            case n.Not(operand=operand):
                return self.is_always_decided(operand)
            case n.Logic(left=left, right=right):
                return self.is_always_decided(left) and self.is_always_decided(right)
            case n.Comparison(left=operand) | n.Within(operand=operand):
                return self.is_text(operand)
        return False


def bits_of(element: DataElement) -> int:
    """Bits of the largest stored value: by the declared limits, or by what may be stored at all."""
    limits = (element.minimum, element.maximum)
    largest = LARGEST_STORED
    if element.minimum is not None and element.maximum is not None:
        largest = max(abs(int(limit.scaleb(element.decimals))) for limit in limits if limit is not None) + 1
    return max(1, min(largest, LARGEST_STORED).bit_length())


_HUNDRED = Decimal(100)


def _sum_of(nodes: Sequence[Sql]) -> Sql:
    found = nodes[0]
    for node in nodes[1:]:
        found = s.add(found, node)
    return found


def _all(parts: Sequence[Sql]) -> Sql:
    found = parts[0]
    for part in parts[1:]:
        found = exp.And(this=found, expression=part)
    return exp.Paren(this=found)


def _starts(text: Sql, prefix: str) -> Sql:
    """LEFT(x, n) = 'prefix': LIKE would give % and _ in the prefix a meaning."""
    left = exp.Left(this=text, expression=s.integer(len(prefix)))
    return exp.Paren(this=exp.EQ(this=left, expression=s.words(prefix)))


def _known(value: RowFraction) -> Sql:
    found = s.both([s.known(part) for part in value.presence()])
    return s.true() if found is None else exp.Paren(this=found)


def _any(parts: Sequence[Sql]) -> Sql:
    found = parts[0]
    for part in parts[1:]:
        found = exp.Or(this=found, expression=part)
    return exp.Paren(this=found)


def _or_zero(value: RowFraction) -> RowFraction:
    """The value, or 0 where it is missing."""
    if value.double is not None:
        return r.of_double(s.coalesce(value.double, s.real("0e0")))
    if value.bottom is None:
        return RowFraction(s.coalesce(value.top, s.integer(0)), value.bits, value.tens)
    top = s.case([(_known(value), value.top)], otherwise=s.integer(0))
    return RowFraction(top, value.bits, value.tens, s.coalesce(value.bottom, s.integer(1)), value.bottom_bits)
