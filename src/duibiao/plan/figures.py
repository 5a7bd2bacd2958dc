"""Whether a figure of a lower plan asks for more or for less than the figure above it; silent where it cannot tell."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from duibiao.kernel.value import UnitMismatchError, is_share
from duibiao.metrics.indicator import Direction, Indicator, RollUp
from duibiao.plan.goal import Goal, GoalKind
from duibiao.plan.model import Obligation, Target, TargetScope


class Firmness(StrEnum):
    """How a figure stands against the figure above it."""

    FIRMER = "firmer"  # 更高或更硬
    EQUAL = "equal"  # 相同
    SOFTER = "softer"  # 更低或更软
    UNKNOWN = "unknown"  # 无从比较


_EACH = frozenset({TargetScope.EACH_DISTRICT, TargetScope.EACH_SCHOOL, TargetScope.EACH_STUDENT})


@dataclass(frozen=True, slots=True)
class Figure:
    """Two targets on one canonical indicator (指标对照), and in what the lower one is softer or firmer."""

    upper: Target
    lower: Target
    firmness: Firmness
    softer: tuple[str, ...] = ()
    firmer: tuple[str, ...] = ()


def compared(
    upper: Iterable[Target], lower: Iterable[Target], indicators: Mapping[str, Indicator], *, same_area: bool
) -> tuple[Figure, ...]:
    """Hold every upper target against the lower target on its indicator that is due nearest."""
    below = [target.on(date.max) for target in lower]
    found = []
    for above in (target.on(date.max) for target in upper):
        same = [target for target in below if target.indicator == above.indicator]
        if same:
            nearest = min(same, key=lambda target: (abs(target.due - above.due), target.id))
            found.append(figure(above, nearest, indicators.get(above.indicator), same_area=same_area))
    return tuple(found)


def figure(upper: Target, lower: Target, indicator: Indicator | None, *, same_area: bool) -> Figure:
    """Compare two targets on one indicator by amount, bound, wording, year and obligation."""
    if (upper.goal.needs_evidence and lower.goal.needs_evidence) or GoalKind.YES_NO in (
        upper.goal.kind,
        lower.goal.kind,
    ):
        return Figure(upper, lower, Firmness.UNKNOWN)
    found = dict(_facets(upper, lower, indicator, same_area=same_area))
    if "amount" not in found:
        return Figure(upper, lower, Firmness.UNKNOWN)
    softer = tuple(name for name, sign in found.items() if sign < 0)
    firmer = tuple(name for name, sign in found.items() if sign > 0)
    firmness = Firmness.SOFTER if softer else Firmness.FIRMER if firmer else Firmness.EQUAL
    return Figure(upper, lower, firmness, softer, firmer)


def _facets(upper: Target, lower: Target, indicator: Indicator | None, *, same_area: bool) -> Iterator[tuple[str, int]]:
    """In what the lower target is firmer (1), the same (0) or softer (-1)."""
    if upper.goal.needs_evidence != lower.goal.needs_evidence:
        yield "amount", 1 if upper.goal.needs_evidence else -1  # a number is firmer than words
    elif indicator and _may_be_compared(upper, lower, indicator, same_area=same_area):
        yield from _amounts(upper, lower, indicator)
    yield "wording", upper.soft - lower.soft
    if upper.due_stated and lower.due_stated:
        yield "due", (upper.due > lower.due) - (upper.due < lower.due)
    stated = (Obligation.BINDING, Obligation.EXPECTED)
    if upper.obligation in stated and lower.obligation in stated:
        yield "obligation", (lower.obligation is Obligation.BINDING) - (upper.obligation is Obligation.BINDING)


def _may_be_compared(upper: Target, lower: Target, indicator: Indicator, *, same_area: bool) -> bool:
    """A number of schools of a nation says nothing beside the number of a city; a share does, and one for each does."""
    if upper.counting is not lower.counting:
        return False
    if upper.scope in _EACH or lower.scope in _EACH:
        return upper.scope is lower.scope
    adds_up = indicator.rollup is RollUp.SUM and not is_share(indicator.unit)
    return not adds_up or (same_area and upper.scope is lower.scope)


def _amounts(upper: Target, lower: Target, indicator: Indicator) -> Iterator[tuple[str, int]]:
    """Compare the bounds seen from the direction of good; a strict bound is firmer than one that may be met."""
    try:
        above, below = _in_unit(upper, indicator), _in_unit(lower, indicator)
    except UnitMismatchError:
        return
    relative = above.is_relative or below.is_relative
    if relative and (above.kind is not below.kind or upper.baseline.year != lower.baseline.year):
        return  # a growth says nothing beside a level, nor beside a growth since another year
    direction = indicator.direction
    lines = above.line(direction), below.line(direction)
    if direction is Direction.RANGE or lines[0] is None or lines[1] is None:
        return
    sign = 1 if direction is Direction.UP else -1
    amount = sign * ((lines[1] > lines[0]) - (lines[1] < lines[0]))
    yield "amount", amount
    if amount == 0:
        yield "bound", below.strict - above.strict


def _in_unit(target: Target, indicator: Indicator) -> Goal:
    return target.goal.in_unit(indicator.measured_as(target.unit), indicator.unit)
