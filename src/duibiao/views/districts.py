"""The districts beside the city: what was computed from the returns, apart from what was published."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from statistics import median

from duibiao.compute import ComputedValue, Result
from duibiao.kernel.period import Period
from duibiao.kernel.text import Text
from duibiao.kernel.value import MISSING_WORDS, MissingReason
from duibiao.metrics.indicator import Direction, Indicator, RollUp
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.plan.model import Plan, Target, TargetScope
from duibiao.progress.assess import deciding
from duibiao.store.snapshot import Snapshot
from duibiao.views.rows import ValueView, value_view
from duibiao.views.words import DASH, amount_words
from duibiao.workspace import Workspace

SIMULATED = Text("模拟数据", "simulated data")
_LEAST_DISTRICTS = 5
"""A spread over fewer districts would say more about single ones than about the whole."""


@dataclass(frozen=True, slots=True)
class DistrictValue:
    """The computed value of one district: ``value`` is rounded as shown; ``missing`` says why there is none.

    ``meets`` tells whether it reaches the value the plan asks of the whole city; None where that cannot be told.
    """

    unit: str
    name: str
    group: str
    value: Decimal | None
    shown: str
    numerator: Decimal | None
    denominator: Decimal | None
    coverage: str
    missing: Text | None
    meets: bool | None


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """One indicator over the districts in one year, beside the city's published and computed values.

    ``published`` stands apart: it comes from another source and is never mixed with what was computed. ``minimum``,
    ``median`` and ``maximum`` are over the districts with a value, None for fewer than five. ``meeting`` counts those
    that reach the city's target; None where the target is not one a district can be held against. ``total`` leaves out
    districts that have nothing to report (不适用: no college, no special school).
    """

    indicator: str
    label: Text
    unit: str
    formula: str
    definition_version: str
    plan: str
    plan_short: Text
    goal_written: str
    due: int
    published: ValueView | None
    year: int
    city: DistrictValue
    known: int
    total: int
    minimum: str
    median: str
    maximum: str
    meeting: int | None
    districts: tuple[DistrictValue, ...]


@dataclass(frozen=True, slots=True)
class DistrictsPage:
    """The computed indicators of plans, by district (区县指标); ``mark`` is 模拟数据 for a simulated snapshot."""

    title: Text
    mark: Text | None
    sentence: Text
    notices: tuple[Text, ...]
    snapshot: str
    snapshot_title: str
    run: str
    engine: str
    year: int
    rows: tuple[DistrictRow, ...]


def districts_page(
    workspace: Workspace, snapshot: Snapshot, result: Result, title: Text, plans: Sequence[Plan], as_of: date
) -> DistrictsPage:
    """Arrange what was computed for the targets of plans, for the last year the result holds."""
    year = result.years[-1]
    units = {unit.code: unit for unit in snapshot.units()}
    home = workspace.home.unit
    rows = tuple(
        _row(workspace, result, target, units, home, year, as_of)
        for target in _targets(plans, as_of)
        if target.indicator in result.figures
    )
    mark = SIMULATED if snapshot.simulated else None
    return DistrictsPage(
        title=title,
        mark=mark,
        sentence=_sentence(rows, year, mark),
        notices=tuple(_notices(snapshot, rows)),
        snapshot=snapshot.id,
        snapshot_title=snapshot.title,
        run=result.record.run_id,
        engine=result.record.engine,
        year=year,
        rows=rows,
    )


def _targets(plans: Sequence[Plan], as_of: date) -> Iterable[Target]:
    """One target an indicator and plan: the one in force, of those asked of the whole city."""
    for plan in plans:
        by_indicator: dict[str, list[Target]] = {}
        for target in plan.targets:
            if target.scope is TargetScope.CITY:
                by_indicator.setdefault(target.indicator, []).append(target)
        for targets in by_indicator.values():
            yield deciding(targets, as_of) or targets[0]


def _row(
    workspace: Workspace,
    result: Result,
    target: Target,
    units: Mapping[str, Unit],
    home: str,
    year: int,
    as_of: date,
) -> DistrictRow:
    content = workspace.content
    indicator = content.indicators[target.indicator]
    plan = content.plans.by_code[target.plan]
    goal = can_hold_districts(target, indicator)

    def value(unit: str) -> DistrictValue:
        return district_value(result.cell(indicator.code, unit, year), indicator, units.get(unit), goal, target)

    districts = tuple(value(unit.code) for unit in reporting_districts(units, result, indicator.code, year))
    asked = [one for one in districts if one.missing is not MISSING_WORDS[MissingReason.NOT_APPLICABLE]]
    known = sorted(one.value for one in asked if one.value is not None)
    enough = len(known) >= _LEAST_DISTRICTS
    latest = workspace.series_of(target, as_of).latest
    judged = [one.meets for one in districts if one.meets is not None]
    return DistrictRow(
        indicator=indicator.code,
        label=indicator.label,
        unit=indicator.unit,
        formula=content.formulas[indicator.code].text,
        definition_version=result.record.definitions.get(indicator.code, ""),
        plan=plan.code,
        plan_short=plan.short,
        goal_written=target.written,
        due=target.due,
        published=value_view(workspace, latest.picked) if latest else None,
        year=year,
        city=value(home),
        known=len(known),
        total=len(asked),
        minimum=amount_words(known[0], indicator.unit) if enough else DASH,
        median=amount_words(_rounded(Decimal(median(known)), indicator.unit), indicator.unit) if enough else DASH,
        maximum=amount_words(known[-1], indicator.unit) if enough else DASH,
        meeting=sum(judged) if judged else None,
        districts=districts,
    )


def can_hold_districts(target: Target, indicator: Indicator) -> bool:
    """Whether a district can be held against the city's target: a rate can, a sum over the city cannot."""
    return indicator.rollup is RollUp.RATIO and not target.goal.needs_evidence and not target.goal.is_relative


def reporting_districts(units: Mapping[str, Unit], result: Result, indicator: str, year: int) -> list[Unit]:
    """The districts that could report an indicator in a year, in order of code. Raises KeyError for one not computed.

    A district abolished in November still made the return of that September, and its successor did not.
    """
    held = set(result.groups.codes)
    compiled = result.compiled
    kinds = {compiled.periods[form] for form in compiled.forms_of(compiled.by_code[indicator])}
    periods = [Period(year, kind) for kind in kinds]
    areas = (UnitKind.DISTRICT, UnitKind.FUNCTIONAL_ZONE)
    return sorted(
        (
            unit
            for unit in units.values()
            if unit.kind in areas and unit.code in held and any(unit.exists_in(period) for period in periods)
        ),
        key=lambda unit: unit.code,
    )


def district_value(
    cell: ComputedValue, indicator: Indicator, unit: Unit | None, judge: bool, target: Target | None = None
) -> DistrictValue:
    """Show one computed value, rounded as it is shown; what is withheld or missing says why."""
    exact = None if cell.value is None else Decimal(repr(cell.value))
    shown = None if exact is None else _rounded(exact, indicator.unit)
    meets = None
    if judge and target is not None and exact is not None and indicator.direction is not Direction.RANGE:
        goal = target.goal.in_unit(indicator.measured_as(target.unit), indicator.unit)
        meets = goal.is_met(exact, indicator.direction)
    return DistrictValue(
        unit=cell.unit,
        name=unit.name if unit else cell.unit,
        group=unit.grouping_current if unit else "",
        value=shown,
        shown=amount_words(shown, indicator.unit),
        numerator=None if cell.numerator is None else Decimal(repr(cell.numerator)),
        denominator=None if cell.denominator is None else Decimal(repr(cell.denominator)),
        coverage=f"{cell.known}/{cell.total}",
        missing=MISSING_WORDS[cell.missing] if cell.missing else None,
        meets=meets,
    )


def _rounded(amount: Decimal, unit: str) -> Decimal:
    """Two decimals, four for coefficients: as many as official tables print."""
    digits = Decimal("0.0001") if unit in ("", "系数") else Decimal("0.01")
    return amount.quantize(digits, rounding=ROUND_HALF_EVEN)


def _sentence(rows: Sequence[DistrictRow], year: int, mark: Text | None) -> Text:
    zh_mark, en_mark = (f"（{mark.zh}）", f" ({mark.en})") if mark else ("", "")
    full = sum(1 for row in rows if row.known == row.total)
    return Text(
        f"由学校和区县报表计算{zh_mark}：{year}年{len(rows)}项指标可分区县计算，其中{full}项应报的区县均有值。",
        f"Computed from returns{en_mark}: {len(rows)} indicators by district in {year}, {full} of them for all.",
    )


def _notices(snapshot: Snapshot, rows: Sequence[DistrictRow]) -> Iterable[Text]:
    if snapshot.simulated:
        yield Text(
            "模拟数据：以下数值由程序生成，只供试用，不是任何区县的真实情况，也不与公布值合并。",
            "Simulated: made by the program to try it; true of no district, and never mixed with published values.",
        )
    partial = [row for row in rows if 0 < row.known < row.total]
    if partial:
        yield Text(
            f"{len(partial)}项有应报区县缺值或不可比，不作排序；缺值原因见各区县。",
            f"{len(partial)} indicators lack districts; nothing is ranked, the reason stands with each district.",
        )
