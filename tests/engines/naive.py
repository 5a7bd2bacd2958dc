"""The language once more, as slowly and plainly as it can be said: loops over rows, exact fractions, no engine."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa

from duibiao.compute import Compiled
from duibiao.metrics.element import Stage, ValueType
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.stage_split import shares

Amount = Fraction | float
Row = Mapping[str, object]
BILLION = 10**9
_F = n.AggregateFunction


def billionths(value: float) -> int:
    """What a double of a row is added up as."""
    return math.floor(value * 1e9 + 0.5)


class NaiveRow:
    """Row expressions of one row."""

    def __init__(self, compiled: Compiled, row: Row) -> None:
        self.compiled, self.row = compiled, row

    def number(self, node: n.ExpressionNode) -> Fraction | None:
        match node:
            case n.Number(value=value):
                return Fraction(value)
            case n.ElementRef(code=code):
                stored = self.row[code]
                scale = 10 ** self.compiled.elements[code].decimals
                return None if stored is None else Fraction(int(str(stored)), scale)
            case n.Negative(operand=operand):
                found = self.number(operand)
                return None if found is None else -found
            case n.Percent(operand=operand):
                found = self.number(operand)
                return None if found is None else found * 100
            case n.Arithmetic(op=op, left=left, right=right):
                one, two = self.number(left), self.number(right)
                return None if one is None or two is None else arithmetic(op, one, two)
            case n.SumKnown(items=items):
                known = [one for one in map(self.number, items) if one is not None]
                return sum(known, Fraction(0)) if known else None
            case n.StageShare(operand=operand, stage=stage):
                resource, part = self.number(operand), self.share(stage)
                return None if resource is None or part is None else resource * part
        raise AssertionError(node)

    def count(self, element: str) -> int | None:
        value = self.row[element]
        assert value is None or isinstance(value, int)
        return value

    def share(self, stage: Stage) -> Fraction | None:
        split = self.compiled.split
        assert split is not None
        pupils = {one: self.count(split.pupils[one]) for one in split.stages}
        found = shares(split, str(self.row["school_kind"]), pupils)
        if stage in found:
            return found[stage]
        # A stage the school does not have gets nothing, if the split can be made at all.
        return None if any(one is None for one in found.values()) or not found else Fraction(0)

    def condition(self, node: n.ExpressionNode) -> bool | None:
        match node:
            case n.ElementRef(code=code):
                return None if self.row[code] is None else self.row[code] != 0
            case n.Not(operand=operand):
                found = self.condition(operand)
                return None if found is None else not found
            case n.Logic(op=op, left=left, right=right):
                sides = {self.condition(left), self.condition(right)}
                decides = op is n.LogicOp.OR
                return decides if decides in sides else (None if None in sides else not decides)
            case n.Comparison(op=op, left=left, right=right):
                return self.compare(op, left, right)
            case n.Within(operand=operand, options=options):
                each = {self.compare(n.ComparisonOp.EQUAL, operand, one) for one in options}
                return True if True in each else (None if None in each else False)
            case n.StartsWith(operand=operand, prefix=prefix):
                return self.text(operand).startswith(prefix)
            case n.IsKnown(operand=operand):
                return self.known(operand)
        raise AssertionError(node)

    def known(self, node: n.ExpressionNode) -> bool:
        if isinstance(node, n.AttributeRef | n.Words):
            return self.text(node) != ""
        flag = isinstance(node, n.ElementRef) and self.compiled.elements[node.code].type is ValueType.FLAG
        if flag or isinstance(node, n.Comparison | n.Logic | n.Not | n.Within | n.StartsWith | n.IsKnown):
            return self.condition(node) is not None
        return self.number(node) is not None

    def text(self, node: n.ExpressionNode) -> str:
        if isinstance(node, n.Words):
            return node.value
        assert isinstance(node, n.AttributeRef)
        names = {"kind": "school_kind", "location": "location_type", "ownership": "ownership", "district": "district"}
        return str(self.row[names[node.attribute]])

    def compare(self, op: n.ComparisonOp, left: n.ExpressionNode, right: n.ExpressionNode) -> bool | None:
        if isinstance(left, n.Words | n.AttributeRef):
            same = self.text(left) == self.text(right)
            return same if op is n.ComparisonOp.EQUAL else not same
        one, two = self.number(left), self.number(right)
        if one is None or two is None:
            return None
        return {"=": one == two, "!=": one != two, "<": one < two, "<=": one <= two, ">": one > two,
                ">=": one >= two}[op]  # fmt: skip


def arithmetic(op: n.ArithmeticOp, one: Fraction, two: Fraction) -> Fraction | None:
    if op is n.ArithmeticOp.DIVIDE:
        return one / two if two else None
    return {"+": one + two, "-": one - two, "*": one * two}[op]


def is_whole(compiled: Compiled, node: n.ExpressionNode) -> bool:
    """Whether a row expression is made without division: it is added up as it is."""
    divided = isinstance(node, n.StageShare) or (isinstance(node, n.Arithmetic) and node.op is n.ArithmeticOp.DIVIDE)
    return not divided and all(is_whole(compiled, child) for child in node.children())


def aggregate(compiled: Compiled, node: n.Aggregate, rows: Sequence[Row]) -> tuple[Amount | None, int, int]:
    """Value, units known and units meant."""
    read = [NaiveRow(compiled, row) for row in rows]
    meant = [True if node.where is None else row.condition(node.where) for row in read]
    if node.function is _F.DIFFERENCE_COEFFICIENT:
        taught = n.Comparison(n.ComparisonOp.MORE, node.arguments[1], n.Number(Decimal(0)))
        where = taught if node.where is None else n.Logic(n.LogicOp.AND, node.where, taught)
        meant = [row.condition(where) for row in read]
    total = sum(one is not False for one in meant)
    inside = [row for row, one in zip(read, meant, strict=True) if one]
    if node.function in (_F.COUNT, _F.SHARE):
        told = [one for one in (row.condition(node.arguments[0]) for row in inside) if one is not None]
        if not told:
            return (Fraction(0) if total == 0 and rows and node.function is _F.COUNT else None), 0, total
        value = Fraction(sum(told), 1 if node.function is _F.COUNT else len(told))
        return value, len(told), total
    parts = (*node.arguments, *([] if node.weight is None else [node.weight]))
    known = [[value for value in map(row.number, parts) if value is not None] for row in inside]
    told_rows = [values for values in known if len(values) == len(parts)]
    if not told_rows:
        return (Fraction(0) if total == 0 and rows and node.function is _F.SUM else None), 0, total
    columns = [[row[place] for row in told_rows] for place in range(len(parts))]
    return _value(compiled, node, columns, parts), len(told_rows), total


def added(whole: bool, values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) if whole else Fraction(sum(billionths(float(one)) for one in values), BILLION)


def _value(
    compiled: Compiled, node: n.Aggregate, columns: list[list[Fraction]], parts: Sequence[n.ExpressionNode]
) -> Amount | None:
    first, whole = columns[0], [is_whole(compiled, one) for one in parts]
    match node.function:
        case _F.SUM:
            return added(whole[0], first)
        case _F.RATIO:
            below = added(whole[1], columns[1])
            return added(whole[0], first) / below if below else None
        case _F.MEAN if node.weight is None:
            return added(whole[0], first) / len(first)
        case _F.MEAN:
            products = [x * w for x, w in zip(*columns, strict=True)]
            below = added(whole[1], columns[1])
            return added(all(whole), products) / below if below else None
        case _F.MIN:
            return min(first)
        case _F.MAX:
            return max(first)
        case _F.MEDIAN | _F.QUANTILE:
            return _quantile(sorted(map(float, first)), 0.5 if node.level is None else float(node.level))
    weights = columns[1] if len(columns) > 1 else [Fraction(1)] * len(first)
    if node.function is _F.DIFFERENCE_COEFFICIENT:
        return _difference_coefficient(first, weights)
    if min(first) < 0 or min(weights) < 0:
        return None
    total = sum((x * w for x, w in zip(first, weights, strict=True)), Fraction(0))
    return None if total == 0 else (_gini if node.function is _F.GINI else _theil)(first, weights, total)


def _quantile(ordered: list[float], level: float) -> float:
    place = level * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _difference_coefficient(resource: list[Fraction], pupils: list[Fraction]) -> float | None:
    """S ÷ X in the words of the rule, S over the deviations themselves."""
    whole = sum(pupils, Fraction(0))
    mean = sum(resource, Fraction(0)) / whole
    if mean == 0:
        return None
    variance = sum((p / whole * (r / p - mean) ** 2 for r, p in zip(resource, pupils, strict=True)), Fraction(0))
    return math.sqrt(variance / mean**2)


def _gini(values: list[Fraction], weights: list[Fraction], total: Fraction) -> float:
    pairs = list(zip(values, weights, strict=True))
    spread = sum((v * w * abs(x - y) for x, v in pairs for y, w in pairs), Fraction(0))
    return float(spread / (2 * sum(weights, Fraction(0)) * total))


def _theil(values: list[Fraction], weights: list[Fraction], total: Fraction) -> float:
    mean = total / sum(weights, Fraction(0))
    return math.fsum(float(w * x / total) * math.log(x / mean) for x, w in zip(values, weights, strict=True) if x * w)


def rows_of(table: pa.Table) -> list[Row]:
    found: list[Row] = table.to_pylist()
    return found
