"""Finals of the second implementation: one figure at a time, in exact fractions wherever the language is exact."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, cast

import numpy as np

from duibiao.compute.catalogue import AggregatePlan, Compiled, ComputedIndicator
from duibiao.compute.figures import REASONS, Figures
from duibiao.compute.groups import Membership, first_year_after
from duibiao.compute.jointly import ReportingFrame, answered_together
from duibiao.kernel.value import MissingReason
from duibiao.metrics.expression import nodes as n

Amount = Fraction | float
_Function = n.AggregateFunction


@dataclass(frozen=True, slots=True)
class ExactFigure:
    """One figure, or why there is none, with its coverage (精确计算值)."""

    value: Amount | None
    reason: MissingReason | None
    known: int
    total: int
    persons: float = math.inf
    top: Amount | None = None
    bottom: Amount | None = None

    def without(self, reason: MissingReason) -> "ExactFigure":
        """The same, missing for a reason; of two reasons the graver one is told."""
        return replace(self, value=None, reason=graver(self.reason, reason))


def graver(*reasons: MissingReason | None) -> MissingReason | None:
    """The reason that is told where there are several."""
    return max(reasons, key=REASONS.index)


@dataclass(frozen=True)
class Aggregated:
    """What Polars found in the rows, by form, group and year."""

    compiled: Compiled
    cells: Mapping[tuple[str, str, int], Mapping[str, object]]
    present: frozenset[tuple[str, int]]
    by_leaf: Mapping[tuple[str, str, int], Mapping[str, object]] = field(default_factory=dict)
    members: Mapping[str, Sequence[str]] = field(default_factory=dict)
    left_out: frozenset[tuple[str, int]] = frozenset()

    def parts(self, node: n.Aggregate, place: str, year: int) -> Mapping[str, Any] | None:
        """What was found of an aggregate in a group and year, without leaves that are left out (see ``jointly``)."""
        form, own = self.compiled.plans[node].form, self.places[node]
        cell = self.cells.get((form, place, year))
        out = [leaf for leaf in self.members.get(place, ()) if (leaf, year) in self.left_out]
        if cell is None or not out:
            return None if cell is None else cast("Mapping[str, Any]", cell[own])
        leaves = [leaf for leaf in self.members[place] if leaf not in out]
        held = [self.by_leaf[form, leaf, year] for leaf in leaves if (form, leaf, year) in self.by_leaf]
        found = [cast("Mapping[str, Any]", one[own]) for one in held]
        whole = cast("Mapping[str, Any]", cell[own])
        merged = {name: _merged(node, name, [one[name] for one in found if name in one]) for name in whole}
        return {**merged, "total": whole["total"], "is_part": True}

    def is_silent(self, node: n.Aggregate, leaf: str, year: int, frame: ReportingFrame) -> bool:
        """Whether a leaf left an aggregate unanswered: units are meant and none is known, or none has even a row."""
        form = self.compiled.plans[node].form
        held = self.by_leaf.get((form, leaf, year))
        if held is not None:
            parts = cast("Mapping[str, Any]", held[self.places[node]])
            return int(parts["total"]) > 0 and int(parts["known"]) == 0
        return (form, year) in self.present and frame.expects(self.compiled.reporting[form], leaf, year)

    @cached_property
    def places(self) -> Mapping[n.Aggregate, str]:
        """The number of each aggregate among those of its form."""
        counted: dict[str, int] = {}
        found = {}
        for node, plan in self.compiled.plans.items():
            found[node] = str(counted.get(plan.form, 0))
            counted[plan.form] = counted.get(plan.form, 0) + 1
        return found

    def figure(self, node: n.Aggregate, group: str, year: int) -> ExactFigure:
        """The value of an aggregate of one group and year."""
        plan = self.compiled.plans[node]
        parts = self.parts(node, group, year)
        if parts is None:
            absent = (plan.form, year) not in self.present
            reason = MissingReason.NOT_REPORTED if absent else MissingReason.NOT_APPLICABLE
            return ExactFigure(None, reason, 0, 0)
        known, total = int(parts["known"]), int(parts["total"])
        if known == 0:
            if total == 0 and node.function in (_Function.SUM, _Function.COUNT):
                return ExactFigure(Fraction(0), None, 0, 0)
            reason = MissingReason.NOT_REPORTED if total else MissingReason.NOT_APPLICABLE
            return ExactFigure(None, reason, known, total)
        if "is_part" in parts and plan.rows:
            return ExactFigure(None, MissingReason.LOW_COVERAGE, known, total)
        value, top, bottom = _value(node, parts, known)
        figure = ExactFigure(value, None, known, total, _persons(plan, parts, value), top, bottom)
        return figure.without(MissingReason.NOT_COMPUTABLE) if value is None else figure


def _merged(node: n.Aggregate, name: str, values: Sequence[Any]) -> Any:
    """One part of an aggregate over some leaves."""
    known = [value for value in values if value is not None]
    if name.endswith("_scale"):
        return known[0] if known else 1
    if name == "extreme":
        return (min if node.function is _Function.MIN else max)(known, default=None)
    return sum(known)


def _part(parts: Mapping[str, Any], role: str) -> Fraction:
    return Fraction(int(parts[role]), int(parts[f"{role}_scale"]))


def _value(
    node: n.Aggregate, parts: Mapping[str, Any], known: int
) -> tuple[Amount | None, Amount | None, Amount | None]:
    match node.function:
        case _Function.COUNT:
            return Fraction(int(parts["top"])), None, None
        case _Function.SHARE:
            return Fraction(int(parts["top"]), known), Fraction(int(parts["top"])), Fraction(known)
        case _Function.SUM:
            return _part(parts, "top"), None, None
        case _Function.RATIO | _Function.MEAN:
            top, bottom = _part(parts, "top"), _part(parts, "bottom") if "bottom" in parts else Fraction(known)
            return (top / bottom if bottom else None), top, bottom
        case _Function.MIN | _Function.MAX:
            extreme = parts["extreme"]
            return (Fraction(int(extreme), int(parts["top_scale"])) if "top_scale" in parts else extreme), None, None
        case _Function.MEDIAN | _Function.QUANTILE:
            return parts["real"], None, None
        case _Function.DIFFERENCE_COEFFICIENT:
            return _difference_coefficient(parts, known), None, None
        case _Function.THEIL:
            return _theil(parts, known), None, None
        case _Function.GINI:
            return _gini(parts), None, None


def _difference_coefficient(parts: Mapping[str, Any], known: int) -> float | None:
    billion = 10**9
    resource, pupils = Fraction(int(parts["top"])), Fraction(int(parts["bottom"]))
    if int(parts["top_scale"]) == billion:
        resource /= billion
    if int(parts["bottom_scale"]) == billion:
        pupils /= billion
    if resource == 0:
        return None
    if known == 1:
        return 0.0
    mean = resource / pupils
    variance = Fraction(int(parts["squares"]), billion) / pupils - mean**2
    return math.sqrt(max(variance / mean**2, Fraction(0)))


def _theil(parts: Mapping[str, Any], known: int) -> float | None:
    total = _part(parts, "top")
    weight = _part(parts, "bottom") if "bottom" in parts else Fraction(known)
    if parts["negative"] or total <= 0 or weight <= 0:
        return None
    if known == 1:
        return 0.0
    return max(int(parts["entropy"]) / 10**9 / float(total) - math.log(total / weight), 0.0)


def _gini(parts: Mapping[str, Any]) -> float | None:
    if parts["negative"] or not math.isfinite(parts["real"]):
        return None
    return 0.0 if parts["least"] == parts["largest"] else max(float(parts["real"]), 0.0)


def _persons(plan: AggregatePlan, parts: Mapping[str, Any], value: Amount | None) -> float:
    counts = [value if role == "value" else _part(parts, role) for role in plan.persons]
    return min((float(count) for count in counts if count is not None and count > 0), default=math.inf)


class CellFinals:
    """Evaluates indicators figure by figure and keeps what it found."""

    def __init__(
        self,
        compiled: Compiled,
        years: Sequence[int],
        groups: Membership,
        rows: Aggregated,
        frame: ReportingFrame | None = None,
    ) -> None:
        self.compiled, self.years, self.groups, self.rows, self.frame = compiled, years, groups, rows, frame
        self.apart: dict[str, CellFinals | None] = {}
        self.kept: dict[tuple[str, str, int], ExactFigure] = {}
        self.breaks = {group.code: group.breaks for group in groups.groups}

    def all(self) -> dict[str, Figures]:
        """All indicators as arrays year × group, before small counts are withheld."""
        return {indicator.code: self._array(indicator) for indicator in self.compiled.order}

    def _array(self, indicator: ComputedIndicator) -> Figures:
        cells = [[self.indicator(indicator.code, group, year) for group in self.groups.codes] for year in self.years]
        quotient = any(cell.top is not None for line in cells for cell in line)

        def each(field: str, dtype: type, empty: float = math.nan) -> Any:
            lines = [[getattr(cell, field) for cell in line] for line in cells]
            return np.array([[empty if one is None else float(one) for one in line] for line in lines]).astype(dtype)

        gap = np.array([[REASONS.index(cell.reason) for cell in line] for line in cells], dtype=np.uint8)
        shape = (len(self.years), len(self.groups.groups))
        return Figures(
            value=each("value", np.float64).reshape(shape),
            gap=gap.reshape(shape),
            known=each("known", np.int64).reshape(shape),
            total=each("total", np.int64).reshape(shape),
            persons=each("persons", np.float64).reshape(shape),
            top=each("top", np.float64).reshape(shape) if quotient else None,
            bottom=each("bottom", np.float64).reshape(shape) if quotient else None,
        )

    def indicator(self, code: str, group: str, year: int) -> ExactFigure:
        """One indicator of one group and year; a year without any data is not reported."""
        apart = self._apart(code)
        if apart is not None:
            return apart.indicator(code, group, year)
        key = (code, group, year)
        if key not in self.kept:
            indicator = self.compiled.by_code[code]
            found = self.value(indicator, indicator.expression.node, group, year)
            least = indicator.min_coverage
            if least is not None and Fraction(found.known) < Fraction(least) * found.total:
                found = found.without(MissingReason.LOW_COVERAGE)
            self.kept[key] = found
        return self.kept[key]

    def _apart(self, code: str) -> "CellFinals | None":
        """The same over the leaves that answer every form of an indicator; None where all leaves do."""
        frame = self.frame
        if frame is None:
            return None
        if code not in self.apart:
            indicator = self.compiled.by_code[code]
            nodes = answered_together(self.compiled, indicator)
            out = {
                (leaf, year)
                for leaf in self.groups.leaves
                for year in self.years
                if any((self.compiled.plans[node].form, leaf, year) in self.rows.by_leaf for node in nodes)
                and any(self.rows.is_silent(node, leaf, year, frame) for node in nodes)
            }
            if indicator.code in self.compiled.over_time:
                out = {(leaf, year) for leaf, _ in out for year in self.years}
            members = {one.code: [self.groups.leaves[at] for at in one.leaves] for one in self.groups.groups}
            rows = replace(self.rows, members=members, left_out=frozenset(out))
            self.apart[code] = CellFinals(self.compiled, self.years, self.groups, rows) if out else None
        return self.apart[code]

    def value(self, indicator: ComputedIndicator, node: n.ExpressionNode, group: str, year: int) -> ExactFigure:
        """The value of a part of an expression."""
        match node:
            case n.Number(value=number):
                return ExactFigure(Fraction(number), None, 0, 0)
            case n.Aggregate():
                return self.rows.figure(node, group, year)
            case n.IndicatorRef(code=code):
                return self.indicator(code, group, year)
            case n.Negative(operand=operand):
                found = self.value(indicator, operand, group, year)
                value = None if found.value is None else -found.value
                return replace(found, value=value, top=None, bottom=None)
            case n.Percent(operand=operand):
                found = self.value(indicator, operand, group, year)
                return replace(found, value=None if found.value is None else found.value * 100)
            case n.Arithmetic():
                return self._arithmetic(indicator, node, group, year)
        return self._over_time(indicator, node, group, year)

    def _arithmetic(self, indicator: ComputedIndicator, node: n.Arithmetic, group: str, year: int) -> ExactFigure:
        left, right = (self.value(indicator, side, group, year) for side in (node.left, node.right))
        found = joined(node.op, left, right)
        fixed = (_is_constant(node.left), _is_constant(node.right))
        sides: tuple[Amount | None, Amount | None] = (None, None)
        if node.op is n.ArithmeticOp.DIVIDE:
            sides = (left.top, left.bottom) if fixed == (False, True) else (left.value, right.value)
        elif node.op is n.ArithmeticOp.MULTIPLY and fixed[0] is not fixed[1]:
            sides = (right.top, right.bottom) if fixed[0] else (left.top, left.bottom)
        return replace(found, top=sides[0], bottom=sides[1])

    def _over_time(self, indicator: ComputedIndicator, node: n.ExpressionNode, group: str, year: int) -> ExactFigure:
        match node:
            case n.Lag(operand=operand, years=years):
                return self._before(indicator, operand, group, year, years)
            case n.Change(operand=operand):
                now, before = (
                    self.value(indicator, operand, group, year),
                    self._before(indicator, operand, group, year, 1),
                )
                return joined(n.ArithmeticOp.SUBTRACT, now, before)
            case n.Growth(operand=operand):
                now, before = (
                    self.value(indicator, operand, group, year),
                    self._before(indicator, operand, group, year, 1),
                )
                if before.value is not None and before.value <= 0:
                    before = before.without(MissingReason.NOT_COMPUTABLE)
                quotient = joined(n.ArithmeticOp.DIVIDE, now, before)
                return joined(n.ArithmeticOp.SUBTRACT, quotient, ExactFigure(Fraction(1), None, 0, 0))
            case n.Cumulative(operand=operand, first_year=first):
                return self._cumulative(indicator, operand, group, year, first)
        raise TypeError(f"not a value of a group: {type(node).__name__}")

    def _before(
        self, indicator: ComputedIndicator, node: n.ExpressionNode, group: str, year: int, years: int
    ) -> ExactFigure:
        if year - years in self.years:
            found = self.value(indicator, node, group, year - years)
        else:
            found = ExactFigure(None, MissingReason.NOT_REPORTED, 0, 0)
        return (
            found.without(MissingReason.NOT_COMPARABLE) if self._broken(indicator, group, year - years, year) else found
        )

    def _cumulative(
        self, indicator: ComputedIndicator, node: n.ExpressionNode, group: str, year: int, first: int
    ) -> ExactFigure:
        if year < first:
            return ExactFigure(None, MissingReason.NOT_APPLICABLE, 0, 0)
        total: ExactFigure | None = None
        for one in range(first, year + 1):
            absent = ExactFigure(None, MissingReason.NOT_REPORTED, 0, 0)
            here = self.value(indicator, node, group, one) if one in self.years else absent
            total = here if total is None else joined(n.ArithmeticOp.ADD, total, here)
        if total is None or self._broken(indicator, group, first, year):
            return (total or ExactFigure(None, None, 0, 0)).without(MissingReason.NOT_COMPARABLE)
        return replace(total, top=None, bottom=None)

    def _broken(self, indicator: ComputedIndicator, group: str, since: int, year: int) -> bool:
        """Tell whether a definition or a boundary changed after one year and not after another."""
        kinds = {self.compiled.periods[form] for form in self.compiled.forms_of(indicator)}
        years = set(self._definition_breaks(indicator))
        years |= {first_year_after(day, kind) for day in self.breaks[group] for kind in kinds}
        return any(since < one <= year for one in years)

    def _definition_breaks(self, indicator: ComputedIndicator) -> list[int]:
        own = list(indicator.breaks)
        for code in indicator.expression.indicators:
            own += self._definition_breaks(self.compiled.by_code[code])
        return own


def _is_constant(node: n.ExpressionNode) -> bool:
    return not any(isinstance(one, n.Aggregate | n.IndicatorRef) for one in node.walk())


def joined(op: n.ArithmeticOp, left: ExactFigure, right: ExactFigure) -> ExactFigure:
    """A figure of two: missing where either is, with the coverage of the weaker."""
    weak = right if left.total == 0 or (right.total and right.known * left.total < left.known * right.total) else left
    persons = min(left.persons, right.persons)
    found = ExactFigure(None, graver(left.reason, right.reason), weak.known, weak.total, persons)
    if left.value is None or right.value is None:
        return found
    if op is n.ArithmeticOp.DIVIDE and right.value == 0:
        return found.without(MissingReason.NOT_COMPUTABLE)
    one, two = left.value, right.value
    match op:
        case n.ArithmeticOp.ADD:
            return replace(found, value=one + two)
        case n.ArithmeticOp.SUBTRACT:
            return replace(found, value=one - two)
        case n.ArithmeticOp.MULTIPLY:
            return replace(found, value=one * two)
        case n.ArithmeticOp.DIVIDE:
            return replace(found, value=one / two)
