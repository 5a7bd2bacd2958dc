"""The figures of a data folder an evaluation uses, taken exactly and frozen beside it."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from duibiao.compute import Result
from duibiao.evaluations.material import ReportedFigure, ReportedFigures, ReportingUnit
from duibiao.kernel.period import Period
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.metrics.unit import Unit
from duibiao.plan.model import Plan
from duibiao.store.snapshot import Snapshot
from duibiao.views.districts import reporting_districts
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder


def reported_figures(workspace: Workspace, data: DataFolder, plans: Sequence[Plan], as_of: date) -> ReportedFigures:
    """Take the figures of every district for the indicators of plans, of the last year that had begun on the day.

    Raises UserError DATA-NO-SNAPSHOT, those of a damaged snapshot, and EVALUATION-NO-FIGURES where the snapshot holds
    no year up to the day.
    """
    snapshot = Snapshot.open(data.snapshot().folder, verify=True)
    result = data.result(workspace.content, snapshot)
    return figures_of(workspace, snapshot, result, plans, as_of)


def figures_of(
    workspace: Workspace, snapshot: Snapshot, result: Result, plans: Sequence[Plan], as_of: date
) -> ReportedFigures:
    """The same from a result that has been computed."""
    years = [year for year in result.years if year <= as_of.year]
    if not years:
        raise UserError([problem("EVALUATION-NO-FIGURES", Where(str(snapshot.folder)), day=as_of)])
    units = {unit.code: unit for unit in snapshot.units()}
    wanted = dict.fromkeys(target.indicator for plan in plans for target in plan.targets)
    found: list[ReportedFigure] = []
    seen: dict[str, Unit] = {}
    for indicator in wanted:
        if indicator in result.figures:
            districts = reporting_districts(units, result, indicator, years[-1])
            seen |= {unit.code: unit for unit in districts}
            codes = [unit.code for unit in districts]
            found += _of(result, indicator, years[-1], codes)
    districts_seen = sorted(seen.values(), key=lambda unit: unit.code)
    return ReportedFigures(
        snapshot=snapshot.id,
        title=snapshot.title,
        simulated=snapshot.simulated,
        run=result.record.run_id,
        engine=result.record.engine,
        units=tuple(ReportingUnit(unit.code, unit.name, unit.grouping_current) for unit in districts_seen),
        figures=tuple(found),
    )


def _of(result: Result, indicator: str, year: int, units: Iterable[str]) -> Iterable[ReportedFigure]:
    compiled = result.compiled
    kinds = {compiled.periods[form] for form in compiled.forms_of(compiled.by_code[indicator])}
    period = str(Period(year, kinds.pop())) if len(kinds) == 1 else str(year)
    for unit in units:
        cell = result.cell(indicator, unit, year)
        yield ReportedFigure(
            indicator=indicator,
            unit=unit,
            period=period,
            value=_exact(cell.value),
            numerator=None if cell.missing else _exact(cell.numerator),
            denominator=None if cell.missing else _exact(cell.denominator),
            known=cell.known,
            total=cell.total,
            missing=cell.missing.value if cell.missing else "",
        )


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))
