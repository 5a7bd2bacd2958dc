"""Makes simulated returns satisfy the checks of their form: the less firm element gives way to the firmer one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from duibiao.metrics.element import DataElement, ValueType
from duibiao.metrics.expression import nodes as n
from duibiao.simulate.arithmetic import Whole, spread_rows
from duibiao.simulate.linear import LinearForm, NotLinearError, linear_of
from duibiao.simulate.rowcheck import CheckedRows, UnreadableError, failing

PASSES = 12
"""Mending one check may undo another: so often all are gone through, at most.

Firmness decides in the first third. What then still goes to and fro is settled by lowering, at last by raising.
"""
NO_LIMIT = 2**53
_OPPOSITE = {
    n.ComparisonOp.EQUAL: n.ComparisonOp.UNEQUAL,
    n.ComparisonOp.UNEQUAL: n.ComparisonOp.EQUAL,
    n.ComparisonOp.LESS: n.ComparisonOp.AT_LEAST,
    n.ComparisonOp.AT_LEAST: n.ComparisonOp.LESS,
    n.ComparisonOp.MORE: n.ComparisonOp.AT_MOST,
    n.ComparisonOp.AT_MOST: n.ComparisonOp.MORE,
}


@dataclass(slots=True)
class Repair:
    """Mends rows until they satisfy conditions.

    ``firm`` says for every element how firmly it stands; ``touched`` are the elements that were changed.
    """

    rows: CheckedRows
    elements: Mapping[str, DataElement]
    firm: Mapping[str, int]
    touched: set[str] = field(default_factory=set)
    _changes: int = 0
    _stage: int = 0

    def run(self, checks: Sequence[tuple[str, n.ExpressionNode]]) -> dict[str, int]:
        """Mend every check; answers the checks that still fail with the number of rows that fail them.

        A check that cannot be held against one return at all is answered with −1.
        """
        open_checks = list(checks)
        unreadable: dict[str, int] = {}
        for number in range(PASSES):
            self._stage = 3 * number // PASSES
            before = self._changes
            for code, node in list(open_checks):
                try:
                    wrong = np.flatnonzero(failing(node, self.rows))
                except UnreadableError:
                    unreadable[code] = -1
                    open_checks.remove((code, node))
                    continue
                if len(wrong):
                    self.enforce(node, wrong, True)
            if self._changes == before:
                break
        left = {code: int(failing(node, self.rows).sum()) for code, node in open_checks}
        return unreadable | {code: count for code, count in left.items() if count}

    def enforce(self, node: n.ExpressionNode, at: Whole, wanted: bool) -> None:
        """Make a condition true (or false) on the rows ``at``, as far as elements stand in it."""
        match node:
            case n.Not():
                self.enforce(node.operand, at, not wanted)
            case n.Logic():
                self.joined(node, at, wanted)
            case n.Comparison():
                self.compared(node, at, wanted)
            case n.Within() if isinstance(node.operand, n.ElementRef) and wanted:
                option = node.options[0]
                if isinstance(option, n.Number):
                    decimals = self.elements[node.operand.code].decimals
                    self.put(node.operand.code, at, np.full(len(at), int(option.value.scaleb(decimals))))
            case n.ElementRef() if self.elements[node.code].type is ValueType.FLAG:
                self.put(node.code, at, np.full(len(at), int(wanted)))

    def joined(self, node: n.Logic, at: Whole, wanted: bool) -> None:
        """Make ``and`` and ``or`` come out as wanted: both sides where both are needed, else one."""
        if (node.op is n.LogicOp.AND) is wanted:
            for side in (node.left, node.right):
                wrong = failing(side if wanted else n.Not(side), self.rows)[at]
                if wrong.any():
                    self.enforce(side, at[wrong], wanted)
            return
        # One side is enough: in "not A or B" it is B that is asked for, unless nothing in it can be set.
        for side in (node.right, node.left):
            if any(isinstance(one, n.ElementRef) for one in side.walk()):
                self.enforce(side, at, wanted)
                return

    def compared(self, node: n.Comparison, at: Whole, wanted: bool) -> None:
        """Make a comparison of sums come out as wanted; one that is no comparison of sums is left as it is."""
        try:
            linear = linear_of(node.left, node.right, self.elements)
        except NotLinearError:
            return
        self.settle(linear, node.op if wanted else _OPPOSITE[node.op], at)

    def settle(self, linear: LinearForm, op: n.ComparisonOp, at: Whole) -> None:
        """Change the least firm elements of a linear form until it stands to zero as wanted."""
        if op in (n.ComparisonOp.MORE, n.ComparisonOp.AT_LEAST):
            turned = n.ComparisonOp.LESS if op is n.ComparisonOp.MORE else n.ComparisonOp.AT_MOST
            self.settle(linear.negated(), turned, at)
            return
        if op is n.ComparisonOp.UNEQUAL:
            code, _ = min(linear.terms, key=lambda term: self.firm[term[0]])
            self.put(code, at, self.rows.values[code][at] + 1)
            return
        above = self.amount(linear, at)
        if op is n.ComparisonOp.LESS:
            above = above + 1
        exact = op is n.ComparisonOp.EQUAL
        self.lower(linear, above, at, exact)
        if exact:
            self.lower(linear.negated(), -self.amount(linear, at), at, exact)

    def amount(self, linear: LinearForm, at: Whole) -> Whole:
        """What the form amounts to on the rows; a missing element counts nothing."""
        total: Whole = np.full(len(at), linear.constant, dtype=np.int64)
        for code, coefficient in linear.terms:
            total += coefficient * np.where(self.rows.known[code][at], self.rows.values[code][at], 0)
        return total

    def lower(self, linear: LinearForm, above: Whole, at: Whole, exact: bool) -> None:
        """Bring the form down by ``above`` where that is more than 0, the least firm group of elements first."""
        left = np.maximum(above, 0)
        groups: dict[tuple[int, bool], list[tuple[str, int]]] = {}
        for code, coefficient in linear.terms:
            groups.setdefault((self.firm[code], coefficient < 0), []).append((code, coefficient))

        # A total gives way to its parts where both stand equally firm; a limited part gives way to its limit.
        def turn(key: tuple[int, bool]) -> tuple[int, int, int]:
            first = (0, key[1], not key[1])[self._stage]
            return first, key[0], len(groups[key]) if exact else key[1]

        for key in sorted(groups, key=turn):
            if not left.any():
                return
            left = self.shift(groups[key], left, at)

    def shift(self, group: list[tuple[str, int]], left: Whole, at: Whole) -> Whole:
        """Lower (or raise, where the coefficients are negative) a group in proportion; answers what is left to do."""
        step = abs(group[0][1])
        if len(group) > 1 and any(abs(coefficient) != step for _, coefficient in group):
            for one in group:
                left = self.shift([one], left, at)
            return left
        sign = 1 if group[0][1] > 0 else -1
        codes = [code for code, _ in group]
        now = np.stack([self.rows.values[code][at] for code in codes], axis=1)
        known = np.stack([self.rows.known[code][at] for code in codes], axis=1)
        least = np.array([self.least(code) for code in codes])
        most = np.array([self.most(code) for code in codes])
        steps = -(-left // step)
        room = np.where(known, np.maximum(now - least, 0) if sign > 0 else np.maximum(most - now, 0), 0)
        take = np.minimum(steps, room.sum(axis=1))
        parts = self.in_proportion(np.where(known, now, 0), room, take, sign)
        after = now - sign * parts
        for n_th, code in enumerate(codes):
            moved = parts[:, n_th] != 0
            if moved.any():
                self.put(code, at[moved], after[moved, n_th])
        return np.asarray(np.maximum(left - take * step, 0))

    def in_proportion(self, now: Whole, room: Whole, take: Whole, sign: int) -> Whole:
        """Whole parts of ``take``, in proportion to what there is, none beyond its room."""
        if now.shape[1] == 1:
            return take[:, None]
        weights = np.where(room > 0, now if sign < 0 else room, 0).astype(np.float64)
        if sign < 0:
            weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, (room > 0).astype(np.float64))
        parts = np.minimum(spread_rows(weights, take), room)
        # What found no room in its own part goes to the others in turn.
        for n_th in range(now.shape[1]):
            parts[:, n_th] += np.minimum(take - parts.sum(axis=1), room[:, n_th] - parts[:, n_th])
        return parts

    def least(self, code: str) -> int:
        """The smallest stored value an element allows."""
        element = self.elements[code]
        return -NO_LIMIT if element.minimum is None else int(element.minimum.scaleb(element.decimals))

    def most(self, code: str) -> int:
        """The largest stored value an element allows."""
        element = self.elements[code]
        return NO_LIMIT if element.maximum is None else int(element.maximum.scaleb(element.decimals))

    def put(self, code: str, at: Whole, values: Whole) -> None:
        """Write values within the range of the element, where something is known."""
        values = np.clip(values, self.least(code), self.most(code))
        known = self.rows.known[code][at]
        moved = known & (self.rows.values[code][at] != values)
        self.rows.values[code][at[moved]] = values[moved]
        if moved.any():
            self._changes += int(moved.sum())
            self.touched.add(code)
