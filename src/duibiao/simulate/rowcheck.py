"""Holds the row checks of a form against many returns at once, in numpy: whole numbers exact, missing undecided."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duibiao.metrics.element import DataElement, ValueType
from duibiao.metrics.expression import nodes as n
from duibiao.simulate.arithmetic import Floats, Marks, Whole

Words = NDArray[np.str_]


@dataclass(slots=True)
class CheckedRows:
    """Returns of one form side by side: scaled whole numbers and what is known of them, by element; attributes by name.

    ``values`` and ``known`` (n,) by element code; what stands in ``values`` where nothing is known means nothing.
    """

    elements: Mapping[str, DataElement]
    values: dict[str, Whole]
    known: dict[str, Marks]
    attributes: Mapping[str, Words]
    count: int


@dataclass(slots=True)
class _Numbers:
    """Numbers of many rows: whole ones with so many decimals behind the point, or real ones (decimals None)."""

    data: Whole | Floats
    decimals: int | None
    known: Marks

    def real(self) -> Floats:
        return np.asarray(self.data, dtype=np.float64) / (1.0 if self.decimals is None else 10.0**self.decimals)


@dataclass(slots=True)
class _Decided:
    """A condition of many rows: whether it holds, and whether that can be told."""

    holds: Marks
    known: Marks


class UnreadableError(ValueError):
    """An expression that has no meaning on a single return."""


def decide(node: n.ExpressionNode, rows: CheckedRows) -> tuple[Marks, Marks]:
    """Hold a condition against every row: (holds, decided), both (n,). Raises UnreadableError for any other node."""
    found = _Evaluator(rows).condition(node)
    return found.holds & found.known, found.known


def failing(node: n.ExpressionNode, rows: CheckedRows) -> Marks:
    """The rows on which a condition is decided and does not hold."""
    holds, known = decide(node, rows)
    return known & ~holds


class _Evaluator:
    def __init__(self, rows: CheckedRows) -> None:
        self.rows = rows
        self.everywhere = np.ones(rows.count, dtype=bool)

    # --- conditions ------------------------------------------------------------------------------------

    def condition(self, node: n.ExpressionNode) -> _Decided:
        match node:
            case n.Logic():
                left, right = self.condition(node.left), self.condition(node.right)
                return _joined(node.op, left, right)
            case n.Not():
                inner = self.condition(node.operand)
                return _Decided(~inner.holds, inner.known)
            case n.Comparison():
                return self.comparison(node)
            case n.Within():
                return self.within(node)
            case n.StartsWith():
                words = self.words(node.operand)
                return _Decided(np.char.startswith(words, node.prefix), self.everywhere)
            case n.IsKnown():
                return _Decided(self.is_known(node.operand), self.everywhere)
            case n.ElementRef() if self.rows.elements[node.code].type is ValueType.FLAG:
                return _Decided(self.rows.values[node.code] != 0, self.rows.known[node.code])
        raise UnreadableError(type(node).__name__)

    def is_known(self, node: n.ExpressionNode) -> Marks:
        try:
            return self.numbers(node).known
        except UnreadableError:
            return self.condition(node).known

    def comparison(self, node: n.Comparison) -> _Decided:
        if isinstance(node.left, (n.Words, n.AttributeRef)):
            left, right = self.words(node.left), self.words(node.right)
            same = left == right
            return _Decided(same if node.op is n.ComparisonOp.EQUAL else ~same, self.everywhere)
        first, second = self.numbers(node.left), self.numbers(node.right)
        a, b = _aligned(first, second)
        return _Decided(_COMPARE[node.op](a, b), first.known & second.known)

    def within(self, node: n.Within) -> _Decided:
        if isinstance(node.operand, (n.Words, n.AttributeRef)):
            words = self.words(node.operand)
            options = [option.value for option in node.options if isinstance(option, n.Words)]
            return _Decided(np.isin(words, options), self.everywhere)
        operand = self.numbers(node.operand)
        holds = np.zeros(self.rows.count, dtype=bool)
        for option in node.options:
            a, b = _aligned(operand, self.numbers(option))
            holds |= a == b
        return _Decided(holds, operand.known)

    def words(self, node: n.ExpressionNode) -> Words:
        if isinstance(node, n.Words):
            return np.full(self.rows.count, node.value)
        if isinstance(node, n.AttributeRef):
            return self.rows.attributes[node.attribute.value]
        raise UnreadableError(type(node).__name__)

    # --- numbers ---------------------------------------------------------------------------------------

    def numbers(self, node: n.ExpressionNode) -> _Numbers:
        match node:
            case n.Number():
                exponent = int(node.value.as_tuple().exponent)
                whole = int(node.value.scaleb(max(0, -exponent)))
                return _Numbers(np.full(self.rows.count, whole), max(0, -exponent), self.everywhere)
            case n.ElementRef():
                element = self.rows.elements[node.code]
                return _Numbers(self.rows.values[node.code], element.decimals, self.rows.known[node.code])
            case n.Negative():
                inner = self.numbers(node.operand)
                return _Numbers(-inner.data, inner.decimals, inner.known)
            case n.Percent():
                inner = self.numbers(node.operand)
                return _Numbers(inner.data * 100, inner.decimals, inner.known)
            case n.SumKnown():
                return self.sum_known([self.numbers(item) for item in node.items])
            case n.Arithmetic():
                return self.arithmetic(node)
        raise UnreadableError(type(node).__name__)

    def sum_known(self, items: list[_Numbers]) -> _Numbers:
        total, known = _Numbers(np.zeros(self.rows.count, dtype=np.int64), 0, self.everywhere), ~self.everywhere
        for item in items:
            a, b = _aligned(total, _Numbers(np.where(item.known, item.data, 0), item.decimals, item.known))
            decimals = None if item.decimals is None or total.decimals is None else max(total.decimals, item.decimals)
            total = _Numbers(a + b, decimals, self.everywhere)
            known = known | item.known
        return _Numbers(total.data, total.decimals, known)

    def arithmetic(self, node: n.Arithmetic) -> _Numbers:
        left, right = self.numbers(node.left), self.numbers(node.right)
        known = left.known & right.known
        if node.op is n.ArithmeticOp.DIVIDE:
            top, bottom = left.real(), right.real()
            there = bottom != 0
            quotient = np.divide(top, bottom, out=np.zeros_like(top), where=there)
            return _Numbers(quotient, None, known & there)
        if node.op is n.ArithmeticOp.MULTIPLY:
            if left.decimals is None or right.decimals is None:
                return _Numbers(left.real() * right.real(), None, known)
            return _Numbers(left.data * right.data, left.decimals + right.decimals, known)
        a, b = _aligned(left, right)
        decimals = None if left.decimals is None or right.decimals is None else max(left.decimals, right.decimals)
        return _Numbers(a + b if node.op is n.ArithmeticOp.ADD else a - b, decimals, known)


def _aligned(left: _Numbers, right: _Numbers) -> tuple[Whole | Floats, Whole | Floats]:
    """Both with the same number of decimals, whole where both are whole."""
    if left.decimals is None or right.decimals is None:
        return left.real(), right.real()
    most = max(left.decimals, right.decimals)
    return left.data * 10 ** (most - left.decimals), right.data * 10 ** (most - right.decimals)


def _joined(op: n.LogicOp, left: _Decided, right: _Decided) -> _Decided:
    """Three-valued logic: one false side decides an ``and``, one true side an ``or``."""
    both = left.known & right.known
    if op is n.LogicOp.AND:
        false = (left.known & ~left.holds) | (right.known & ~right.holds)
        return _Decided(both & left.holds & right.holds, both | false)
    true = (left.known & left.holds) | (right.known & right.holds)
    return _Decided(true, both | true)


_COMPARE: dict[n.ComparisonOp, Callable[[Whole | Floats, Whole | Floats], Marks]] = {
    n.ComparisonOp.EQUAL: lambda a, b: np.asarray(a == b),
    n.ComparisonOp.UNEQUAL: lambda a, b: np.asarray(a != b),
    n.ComparisonOp.LESS: lambda a, b: np.asarray(a < b),
    n.ComparisonOp.AT_MOST: lambda a, b: np.asarray(a <= b),
    n.ComparisonOp.MORE: lambda a, b: np.asarray(a > b),
    n.ComparisonOp.AT_LEAST: lambda a, b: np.asarray(a >= b),
}
