"""The computed indicators of one school, beside its year before, its district and the city.

A school's figures are as much its own as its return: they are shown to those who may read single returns.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from duibiao.compute import Result
from duibiao.kernel.period import Period
from duibiao.kernel.text import Text
from duibiao.metrics.expression.nodes import Aggregate, AggregateFunction
from duibiao.metrics.indicator import Direction, Indicator
from duibiao.metrics.unit import Unit
from duibiao.views.computed import ComputedData
from duibiao.views.districts import DistrictValue, district_value
from duibiao.views.units import UnitIndicator, signed_words, target_of
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import unit_figures

ACROSS = frozenset(
    {
        AggregateFunction.DIFFERENCE_COEFFICIENT,
        AggregateFunction.MEDIAN,
        AggregateFunction.QUANTILE,
        AggregateFunction.GINI,
        AggregateFunction.THEIL,
    }
)
"""What compares schools with one another: of one school it says nothing, and nought would be a lie."""
LARGE, LARGE_SIZE = "万", 10_000


def school_figures(workspace: Workspace, data: ComputedData, code: str, as_of: date) -> tuple[UnitIndicator, ...]:
    """Every indicator that can be computed from a school's own returns of the last year; empty where it made none.

    ``group`` is the district's figure. Raises KeyError for a code that is no unit, UserError SNAPSHOT-FILE-CHANGED.
    """
    unit = data.units[code]
    years = data.years(as_of)
    if not years:
        return ()
    own = unit_figures(data.result.compiled, data.snapshot, code, years[-1], data.units.values())
    if own is None or code not in own.groups.codes:
        return ()
    return tuple(_rows(workspace, data, own, unit, as_of))


def _rows(workspace: Workspace, data: ComputedData, own: Result, unit: Unit, as_of: date) -> Iterable[UnitIndicator]:
    year = own.years[-1]
    for code in own.figures:
        if _compares_schools(workspace, code):
            continue
        indicator = workspace.content.indicators[code]
        value = _shown(own, indicator, unit, year)
        if value.value is not None:
            yield _row(workspace, data, own, (indicator, unit, value), as_of)


def _shown(own: Result, indicator: Indicator, unit: Unit, year: int) -> DistrictValue:
    """A figure of the school: what the city counts in 万 a school counts one by one (0.0019 万人 → 19 人)."""
    cell = own.cell(indicator.code, unit.code, year)
    if not indicator.unit.startswith(LARGE) or cell.value is None:
        return district_value(cell, indicator, unit, judge=False)
    counted = replace(cell, value=float(round(cell.value * LARGE_SIZE)))
    return district_value(counted, replace(indicator, unit=_counted_in(indicator)), unit, judge=False)


def _counted_in(indicator: Indicator) -> str:
    return indicator.unit.removeprefix(LARGE)


def _compares_schools(workspace: Workspace, code: str) -> bool:
    nodes = workspace.content.formulas[code].node.walk()
    return any(isinstance(one, Aggregate) and one.function in ACROSS for one in nodes)


def _row(
    workspace: Workspace, data: ComputedData, own: Result, of: tuple[Indicator, Unit, DistrictValue], as_of: date
) -> UnitIndicator:
    indicator, unit, value = of
    year = own.years[-1]
    last = None
    if year - 1 in own.years:
        last = _shown(own, indicator, unit, year - 1)
    broken = next((one for one in indicator.breaks if one.year == year), None)
    change = value.value - last.value if last and last.value is not None and value.value is not None else None
    compiled = own.compiled
    kinds = {compiled.periods[form] for form in compiled.forms_of(compiled.by_code[indicator.code])}
    changes = [data.registry.comparable(unit.code, Period(year - 1, kind), Period(year, kind)) for kind in kinds]
    refused = next((one.reason for one in changes if not one.comparable), None)
    refused = Text(broken.reason, "the definition changed") if broken else refused
    change = None if refused else change
    good = {Direction.UP: 1, Direction.DOWN: -1}.get(indicator.direction)
    target = target_of(workspace, indicator.code, as_of)

    def above(code: str) -> DistrictValue | None:
        holds = data.holds(indicator.code, code) and year in data.result.years
        return data.value(indicator, code, year) if holds else None

    return UnitIndicator(
        indicator=indicator.code,
        label=indicator.label,
        unit=_counted_in(indicator),
        value=value,
        last_year=last,
        change=change,
        change_words=signed_words(change, _counted_in(indicator)),
        better=None if not change or good is None else change * good > 0,
        not_comparable=refused,
        group=above(unit.parent),
        city=above(data.home),
        goal_written=target.written if target else "",
        due=target.due if target else None,
        plan=target.plan if target else "",
    )
