"""Published values against what was computed from returns, for the same indicator, unit and year: both are shown.

An official statistic outranks what was computed (教育部令第44号 art. 28); a press report does not, and is shown too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from duibiao.kernel.text import Text
from duibiao.metrics.observation import Bound, Observation, Quality
from duibiao.sources.citation import SourceKind
from duibiao.views.computed import ComputedData
from duibiao.views.reporting.scope import ReportingScope
from duibiao.views.words import difference_words

COMPARED = (Quality.PLAIN, Quality.DERIVED)
"""A value of doubtful scope counts something else, a reprint is no new figure."""


@dataclass(frozen=True, slots=True)
class FigureConflict:
    """A published value and the computed figure of the same indicator, unit and year (公布值与计算值对照).

    ``differs``: they are not the same after the computed one is rounded to the digits that were published, or it lies
    on the wrong side of a published bound. ``is_official``: the published one stands.
    """

    indicator: str
    label: Text
    unit: str
    unit_name: str
    year: int
    published: str
    computed: str
    coverage: str
    gap: str
    differs: bool
    is_official: bool
    source: Text
    day: str


def figure_conflicts(scope: ReportingScope, data: ComputedData | None) -> tuple[FigureConflict, ...]:
    """Every published value that can be held against a computed one, those that differ first, the largest gap first."""
    if data is None:
        return ()
    found = [(_gap(one, computed), row) for one, computed, row in _compared(scope, data)]
    found.sort(key=lambda item: (not item[1].differs, -abs(item[0]), item[1].indicator, item[1].year))
    return tuple(row for _, row in found)


def _compared(scope: ReportingScope, data: ComputedData) -> Iterable[tuple[Observation, Decimal, FigureConflict]]:
    content = scope.workspace.content
    for one in content.observations:
        year = one.period.year
        if one.quality not in COMPARED or not data.holds(one.indicator, one.unit) or year not in data.result.years:
            continue
        if not scope.actor(one.unit):
            continue
        indicator = content.indicators[one.indicator]
        value = data.value(indicator, one.unit, year)
        if value.value is None:
            continue
        gap = _gap(one, value.value)
        yield (
            one,
            value.value,
            FigureConflict(
                indicator=one.indicator,
                label=indicator.label,
                unit=one.unit,
                unit_name=scope.name(one.unit),
                year=year,
                published=one.shown,
                computed=value.shown,
                coverage=value.coverage,
                gap=f"{'+' if gap > 0 else ''}{difference_words(gap, indicator.unit)}",
                differs=not _agrees(one, value.value),
                is_official=content.sources[one.source].kind is SourceKind.STATISTICS,
                source=content.sources[one.source].title,
                day=str(one.published),
            ),
        )


def _gap(one: Observation, computed: Decimal) -> Decimal:
    """Computed less published, in the indicator's unit."""
    return computed - one.quantity.amount


def _agrees(one: Observation, computed: Decimal) -> bool:
    """Whether the computed figure is what was published, to the digits that were published."""
    published = one.quantity.amount
    rounded = computed.quantize(Decimal(1).scaleb(min(int(published.as_tuple().exponent), 0)), ROUND_HALF_EVEN)
    if one.bound in (Bound.AT_LEAST, Bound.MORE_THAN):
        return rounded >= published
    if one.bound in (Bound.AT_MOST, Bound.LESS_THAN):
        return rounded <= published
    return rounded == published
