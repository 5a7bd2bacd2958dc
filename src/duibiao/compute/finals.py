"""From states to figures: the expressions over aggregates, over time, and the rules of publication."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from duibiao.compute.catalogue import Compiled, ComputedIndicator
from duibiao.compute.figures import (
    LOW_COVERAGE,
    NOT_APPLICABLE,
    NOT_COMPARABLE,
    NOT_COMPUTABLE,
    NOT_REPORTED,
    Doubles,
    Figures,
    Flags,
    combined,
    constant,
    missing_where,
)
from duibiao.compute.groups import Membership, first_year_after
from duibiao.compute.jointly import JointStates, evaluated_apart
from duibiao.compute.persons import constant_of
from duibiao.kernel.period import PeriodKind
from duibiao.metrics.expression import nodes as n

_CELLS_AT_ONCE = 2**15
"""Cells evaluated in one step: eighty indicators of a city, and one of the nation, of which nothing is copied."""


@dataclass(slots=True)
class Finals:
    """Evaluates the indicators of a catalogue over the aggregates of all groups, each once.

    Indicators written alike (a sum over a sum) are evaluated together: on the few groups of a city one step of numpy
    costs the same for one of them as for all.
    """

    compiled: Compiled
    years: tuple[int, ...]
    groups: Membership
    kept: Mapping[n.Aggregate, Figures]
    joint: JointStates | None = None

    def all(self) -> dict[str, Figures]:
        """The figures of every indicator, before those of small counts are withheld."""
        return self.of([indicator.code for indicator in self.compiled.order])

    def of(self, codes: Collection[str]) -> dict[str, Figures]:
        """The figures of some indicators; those they refer to must be among them."""
        done: dict[str, Figures] = {}
        most = max(1, _CELLS_AT_ONCE // max(1, len(self.years) * len(self.groups.groups)))
        wanted = set(codes)
        waiting = [indicator for indicator in self.compiled.order if indicator.code in wanted]
        while waiting:
            alike: dict[object, list[ComputedIndicator]] = {}
            later = []
            for one in waiting:
                if not all(code in done for code in one.expression.indicators):
                    later.append(one)
                    continue
                apart = evaluated_apart(self.joint, one, self.kept, self._evaluate) if self.joint else None
                if apart is None:
                    alike.setdefault(self._likeness(one, done), []).append(one)
                else:
                    done[one.code] = apart
            for members in alike.values():
                for first in range(0, len(members), most):
                    part = members[first : first + most]
                    done |= zip([one.code for one in part], _Evaluation(self, part, done).figures(), strict=True)
            waiting = later
        return {code: done[code] for code in codes}

    def _evaluate(
        self, indicator: ComputedIndicator, kept: Mapping[n.Aggregate, Figures], done: Mapping[str, Figures]
    ) -> Figures:
        return _Evaluation(replace(self, kept=kept, joint=None), [indicator], done).figures()[0]

    def _likeness(self, indicator: ComputedIndicator, done: Mapping[str, Figures]) -> object:
        """What two indicators must have in common to be evaluated together."""
        node = indicator.expression.node
        over_time = indicator.code in self.compiled.over_time
        times = (self.breaks_of(indicator), self.kinds_of(indicator)) if over_time else None
        return _shape(node, self.kept, done), indicator.min_coverage, times

    def breaks_of(self, indicator: ComputedIndicator) -> frozenset[int]:
        """First years of a changed definition: its own and those of the indicators it refers to."""
        referred = (self.compiled.by_code[code] for code in indicator.expression.indicators)
        return frozenset(indicator.breaks).union(*(self.breaks_of(one) for one in referred))

    def kinds_of(self, indicator: ComputedIndicator) -> frozenset[PeriodKind]:
        """The statistical periods of the forms it rests on."""
        kinds = (self.compiled.periods[form] for form in self.compiled.forms_of(indicator))
        return frozenset(kinds) or frozenset({PeriodKind.YEAR})


def _shape(node: n.ExpressionNode, kept: Mapping[n.Aggregate, Figures], done: Mapping[str, Figures]) -> object:
    """An expression without the names in it: what is done, by which numbers, and which sides of a quotient it has."""
    match node:
        case n.Aggregate():
            return kept[node].top is None, kept[node].bottom is None
        case n.IndicatorRef(code=code):
            return done[code].top is None, done[code].bottom is None
    fixed = constant_of(node)
    if fixed is not None:
        return repr(fixed)  # not a number is one like any other
    facts = (getattr(node, name, None) for name in ("op", "years", "first_year"))
    return (type(node), *facts, *(_shape(child, kept, done) for child in node.children()))


class _Evaluation:
    """Indicators that are written alike, side by side: arrays indicator × year × group."""

    def __init__(self, finals: Finals, indicators: Sequence[ComputedIndicator], done: Mapping[str, Figures]) -> None:
        self.finals, self.indicators, self.done, self.kept = finals, indicators, done, finals.kept
        self.years = finals.years

    def figures(self) -> list[Figures]:
        """The figures of each."""
        found = self.value([one.expression.node for one in self.indicators])
        least = self.indicators[0].min_coverage
        if least is not None:
            # known ÷ total < least, in whole numbers: 0.8 is no double.
            above, below = least.as_integer_ratio()
            found = missing_where(found, found.known * below < found.total * above, LOW_COVERAGE)
        return [_mapped(itemgetter(place), found) for place in range(len(self.indicators))]

    def value(self, nodes: Sequence[n.ExpressionNode]) -> Figures:
        """The value of a part of the expressions, one node of each."""
        node = nodes[0]
        match node:
            case n.Aggregate():
                return _side_by_side([self.kept[one] for one in nodes if isinstance(one, n.Aggregate)])
            case n.IndicatorRef():
                return _side_by_side([self.done[one.code] for one in nodes if isinstance(one, n.IndicatorRef)])
        parts = list(zip(*(one.children() for one in nodes), strict=True))
        match node:
            case n.Arithmetic():
                return self.arithmetic(node, *parts)
            case n.Negative():
                found = self.value(parts[0])
                return replace(found, value=-found.value, top=None, bottom=None)
            case n.Percent():
                found = self.value(parts[0])
                return replace(found, value=found.value * 100.0)
            case n.Lag(years=years):
                return self.lagged(self.value(parts[0]), years)
            case n.Change():
                now = self.value(parts[0])
                return combined(now, self.lagged(now, 1), np.subtract)
            case n.Growth():
                return self.growth(self.value(parts[0]))
            case n.Cumulative(first_year=first):
                return self.cumulative(self.value(parts[0]), first)
        raise TypeError(f"not a value of a group: {type(node).__name__}")

    def arithmetic(
        self, node: n.Arithmetic, left: Sequence[n.ExpressionNode], right: Sequence[n.ExpressionNode]
    ) -> Figures:
        fixed = [constant_of(left[0]), constant_of(right[0])]
        if fixed[0] is not None:
            other = self.value(right)
            one, two = constant(fixed[0], other), other
        elif fixed[1] is not None:
            one = self.value(left)
            two = constant(fixed[1], one)
        else:
            one, two = self.value(left), self.value(right)
        if node.op is not n.ArithmeticOp.DIVIDE:
            product = combined(one, two, _OPERATIONS[node.op])
            if node.op is n.ArithmeticOp.MULTIPLY and (fixed[0] is None) is not (fixed[1] is None):
                factor = two if fixed[0] is not None else one  # a quotient per hundred is still one
                return replace(product, top=factor.top, bottom=factor.bottom)
            return product
        quotient = combined(one, two, _divided)
        if fixed[1] is not None:  # a quotient stays one when it is only divided by a number
            return replace(quotient, top=one.top, bottom=one.bottom)
        return replace(quotient, top=one.value, bottom=two.value)

    # --- over time -----------------------------------------------------------------------------------

    def lagged(self, figures: Figures, years: int) -> Figures:
        """The figures of ``years`` before; not reported where there are none, not comparable across a break."""
        at = np.array([self.years.index(year - years) if year - years in self.years else -1 for year in self.years])
        found = _mapped(lambda array: array[..., at, :], figures)
        outside = np.broadcast_to((at < 0)[:, None], found.value.shape)
        found = replace(
            found,
            gap=np.where(outside, np.uint8(0), found.gap),
            known=np.where(outside, 0, found.known),
            total=np.where(outside, 0, found.total),
            persons=np.where(outside, np.inf, found.persons),
        )
        found = missing_where(found, outside, NOT_REPORTED)
        return missing_where(found, self.crossed(lambda year: year - years), NOT_COMPARABLE)

    def growth(self, now: Figures) -> Figures:
        """Relative change; from a base of zero or less nothing can be said."""
        before = self.lagged(now, 1)
        before = missing_where(before, (before.gap == 0) & (before.value <= 0), NOT_COMPUTABLE)
        return combined(now, before, lambda new, old: new / old - 1.0)

    def cumulative(self, figures: Figures, first: int) -> Figures:
        """The sum from a first year on; missing when a year of it is missing or lies beyond a break."""
        total: Figures | None = None
        rows = {year: place for place, year in enumerate(self.years)}
        parts = []
        for year in self.years:
            if year < first:
                total = None
            else:
                here = _row(figures, rows[year])
                total = here if total is None else combined(total, here, np.add)
                missing = any(wanted not in rows for wanted in range(first, year + 1))
                if missing:
                    total = missing_where(total, np.ones_like(total.value, dtype=np.bool_), NOT_REPORTED)
            parts.append(total)
        found = _stacked(parts, figures)
        early = np.broadcast_to(np.array([year < first for year in self.years])[:, None], found.value.shape)
        found = missing_where(found, early, NOT_APPLICABLE)
        return missing_where(found, self.crossed(lambda year: min(first, year)), NOT_COMPARABLE)

    def crossed(self, since: Callable[[int], int]) -> Flags:
        """Where a break of definition or boundary lies after ``since(year)`` and not after the year."""
        breaks, kinds = self.finals.breaks_of(self.indicators[0]), self.finals.kinds_of(self.indicators[0])
        found = np.zeros((len(self.years), len(self.finals.groups.groups)), dtype=np.bool_)
        for place, year in enumerate(self.years):
            if any(since(year) < one <= year for one in breaks):
                found[place, :] = True
        for column, group in enumerate(self.finals.groups.groups):
            if group.breaks:
                own = {first_year_after(day, kind) for day in group.breaks for kind in kinds}
                for place, year in enumerate(self.years):
                    found[place, column] |= any(since(year) < one <= year for one in own)
        return found


_OPERATIONS: Mapping[n.ArithmeticOp, Callable[[Doubles, Doubles], Doubles]] = {
    n.ArithmeticOp.ADD: np.add,
    n.ArithmeticOp.SUBTRACT: np.subtract,
    n.ArithmeticOp.MULTIPLY: np.multiply,
}


def _divided(left: Doubles, right: Doubles) -> Doubles:
    return np.where(right == 0, np.nan, left / np.where(right == 0, 1.0, right))


_Array = npt.NDArray[Any]


def _mapped(how: Callable[[_Array], _Array], figures: Figures) -> Figures:
    """Figures with each of their arrays taken through a function."""
    return _together(lambda arrays: how(arrays[0]), [figures])


def _together(how: Callable[[Sequence[_Array]], _Array], figures: Sequence[Figures]) -> Figures:
    """Figures whose arrays are each made of those of several figures; sides of a quotient only where all have them."""

    def side(arrays: Sequence[_Array | None]) -> _Array | None:
        there = [array for array in arrays if array is not None]
        return how(there) if len(there) == len(figures) else None

    return Figures(
        how([one.value for one in figures]),
        how([one.gap for one in figures]),
        how([one.known for one in figures]),
        how([one.total for one in figures]),
        how([one.persons for one in figures]),
        side([one.top for one in figures]),
        side([one.bottom for one in figures]),
    )


def _row(figures: Figures, place: int) -> Figures:
    found = _mapped(lambda array: array[..., place : place + 1, :], figures)
    return replace(found, top=None, bottom=None)


def _side_by_side(figures: Sequence[Figures]) -> Figures:
    """Figures of several indicators as one, of a single one without a copy."""
    if len(figures) == 1:
        return _mapped(lambda array: array[None], figures[0])
    return _together(np.stack, figures)


def _stacked(parts: Sequence[Figures | None], like: Figures) -> Figures:
    """Rows put together again; None is a year that does not take part."""
    empty = constant(np.nan, _row(like, 0))
    return _together(lambda rows: np.concatenate(rows, axis=-2), [empty if part is None else part for part in parts])
