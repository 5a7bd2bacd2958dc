"""From states to figures: the expressions over aggregates, over time, and the rules of publication."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

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


@dataclass(slots=True)
class Finals:
    """Evaluates the indicators of a catalogue over the aggregates of all groups, each once."""

    compiled: Compiled
    years: tuple[int, ...]
    groups: Membership
    kept: Mapping[n.Aggregate, Figures]
    joint: JointStates | None = None

    def all(self) -> dict[str, Figures]:
        """The figures of every indicator, before those of small counts are withheld."""
        done: dict[str, Figures] = {}
        for indicator in self.compiled.order:
            apart = evaluated_apart(self.joint, indicator, self.kept, self._evaluate) if self.joint else None
            done[indicator.code] = apart or _Evaluation(self, indicator, done).figures()
        return done

    def _evaluate(
        self, indicator: ComputedIndicator, kept: Mapping[n.Aggregate, Figures], done: Mapping[str, Figures]
    ) -> Figures:
        return _Evaluation(replace(self, kept=kept, joint=None), indicator, done).figures()


class _Evaluation:
    """One indicator."""

    def __init__(
        self,
        finals: Finals,
        indicator: ComputedIndicator,
        done: Mapping[str, Figures],
    ) -> None:
        self.finals, self.indicator, self.done, self.kept = finals, indicator, done, finals.kept
        self.years = finals.years

    def figures(self) -> Figures:
        found = self.value(self.indicator.expression.node)
        least = self.indicator.min_coverage
        if least is not None:
            # known ÷ total < least, in whole numbers: 0.8 is no double.
            above, below = least.as_integer_ratio()
            found = missing_where(found, found.known * below < found.total * above, LOW_COVERAGE)
        return found

    def value(self, node: n.ExpressionNode) -> Figures:
        match node:
            case n.Aggregate():
                return self.kept[node]
            case n.IndicatorRef(code=code):
                return self.done[code]
            case n.Arithmetic(left=left, right=right):
                return self.arithmetic(node, left, right)
            case n.Negative(operand=operand):
                found = self.value(operand)
                return replace(found, value=-found.value, top=None, bottom=None)
            case n.Percent(operand=operand):
                found = self.value(operand)
                return replace(found, value=found.value * 100.0)
            case n.Lag(operand=operand, years=years):
                return self.lagged(self.value(operand), years)
            case n.Change(operand=operand):
                now = self.value(operand)
                return combined(now, self.lagged(now, 1), np.subtract)
            case n.Growth(operand=operand):
                return self.growth(self.value(operand))
            case n.Cumulative(operand=operand, first_year=first):
                return self.cumulative(self.value(operand), first)
        raise TypeError(f"not a value of a group: {type(node).__name__}")

    def arithmetic(self, node: n.Arithmetic, left: n.ExpressionNode, right: n.ExpressionNode) -> Figures:
        fixed = [constant_of(left), constant_of(right)]
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
        places = [self.years.index(year - years) if year - years in self.years else -1 for year in self.years]
        at = np.array(places)
        found = Figures(
            figures.value[at], figures.gap[at], figures.known[at], figures.total[at], figures.persons[at],
            None if figures.top is None else figures.top[at],
            None if figures.bottom is None else figures.bottom[at],
        )  # fmt: skip
        outside = np.broadcast_to((at < 0)[:, None], figures.value.shape)
        zeros = np.where(outside, 0, found.known)
        found = replace(found, gap=np.where(outside, np.uint8(0), found.gap).astype(np.uint8), known=zeros,
                        persons=np.where(outside, np.inf, found.persons),
                        total=np.where(outside, 0, found.total))  # fmt: skip
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
        compiled, indicator = self.finals.compiled, self.indicator
        kinds = {compiled.periods[form] for form in compiled.forms_of(indicator)} or {PeriodKind.YEAR}
        breaks = set(_breaks_of(compiled, indicator))
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


def _breaks_of(compiled: Compiled, indicator: ComputedIndicator) -> Sequence[int]:
    """Breaks of its own definition and of those it refers to."""
    referred = (compiled.by_code[code] for code in indicator.expression.indicators)
    return [*indicator.breaks, *(year for one in referred for year in _breaks_of(compiled, one))]


_OPERATIONS: Mapping[n.ArithmeticOp, Callable[[Doubles, Doubles], Doubles]] = {
    n.ArithmeticOp.ADD: np.add,
    n.ArithmeticOp.SUBTRACT: np.subtract,
    n.ArithmeticOp.MULTIPLY: np.multiply,
}


def _divided(left: Doubles, right: Doubles) -> Doubles:
    return np.where(right == 0, np.nan, left / np.where(right == 0, 1.0, right))


def _row(figures: Figures, place: int) -> Figures:
    one = slice(place, place + 1)
    return Figures(figures.value[one], figures.gap[one], figures.known[one], figures.total[one], figures.persons[one])


def _stacked(parts: Sequence[Figures | None], like: Figures) -> Figures:
    """Rows put together again; None is a year that does not take part."""
    empty = constant(np.nan, _row(like, 0))
    rows = [empty if part is None else part for part in parts]
    return Figures(
        np.concatenate([row.value for row in rows]),
        np.concatenate([row.gap for row in rows]),
        np.concatenate([row.known for row in rows]),
        np.concatenate([row.total for row in rows]),
        np.concatenate([row.persons for row in rows]),
    )
