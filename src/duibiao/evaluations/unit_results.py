"""What an evaluation says of each district: its computed figures against the line the plan sets for it or the city."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duibiao.evaluations.findings import rounded_as_shown
from duibiao.evaluations.material import ReportedFigure, ReportedFigures, ReportingUnit
from duibiao.evaluations.record import EvaluationScope, ScopeKind, UnitFigure, UnitResult
from duibiao.kernel.text import Text
from duibiao.kernel.value import MISSING_WORDS, MissingReason
from duibiao.metrics.indicator import Direction, Indicator
from duibiao.plan.model import Plan, Target, TargetScope
from duibiao.progress.assess import deciding
from duibiao.views.districts import SIMULATED, can_hold_districts
from duibiao.views.words import DASH, amount_words
from duibiao.workspace import Workspace

OWN_LINE = Text("对每个区县的要求", "asked of every district")
CITY_LINE = Text("全市目标，供参考", "the city's target, as a hint")
NO_LINE = Text("")
_REACHED, _SHORT, _NO_WORD = Text("达到", "reached"), Text("未达到", "not reached"), Text(DASH)


@dataclass(frozen=True, slots=True)
class _Line:
    """The target a district is held against, None where there is none; and whether it is the district's own."""

    target: Target | None
    against: Text


def unit_results(
    workspace: Workspace,
    plans: Sequence[Plan],
    figures: ReportedFigures | None,
    scope: EvaluationScope,
    as_of: date,
) -> tuple[UnitResult, ...]:
    """Hold every district that reports, or those of the scope, against its lines."""
    if figures is None:
        return ()
    content = workspace.content
    wanted = [one.indicator for one in figures.figures]
    if scope.kind is ScopeKind.INDICATOR:
        wanted = [code for code in wanted if code in scope.codes]
    lines = {code: _line(content.indicators[code], plans, as_of) for code in dict.fromkeys(wanted)}
    mark = SIMULATED if figures.simulated else None
    found = []
    for unit in figures.units:
        if scope.kind is not ScopeKind.UNIT or unit.code in scope.codes:
            own = [one for one in figures.figures if one.unit == unit.code and one.indicator in lines]
            found.append(_unit(unit, own, content.indicators, lines, mark))
    return tuple(found)


def _line(indicator: Indicator, plans: Sequence[Plan], as_of: date) -> _Line:
    """The line in force: one the plans set for every district first, else the city's where a district can be held."""
    targets = [target for plan in plans for target in plan.targets if target.indicator == indicator.code]
    of_district = [one for one in targets if one.scope is TargetScope.EACH_DISTRICT and not one.goal.is_relative]
    own = deciding([one for one in of_district if not one.goal.needs_evidence], as_of)
    if own is not None:
        return _Line(own, OWN_LINE)
    city = deciding([one for one in targets if one.scope is TargetScope.CITY], as_of)
    if city is not None and can_hold_districts(city, indicator):
        return _Line(city, CITY_LINE)
    return _Line(None, NO_LINE)


def _unit(
    unit: ReportingUnit,
    figures: Sequence[ReportedFigure],
    indicators: Mapping[str, Indicator],
    lines: Mapping[str, _Line],
    mark: Text | None,
) -> UnitResult:
    shown = tuple(_figure(one, indicators[one.indicator], lines[one.indicator]) for one in figures)
    judged = [one.meets for one in shown if one.meets is not None]
    known = sum(1 for one in shown if one.value is not None)
    zh = f"{unit.name}{len(shown)}项指标中{known}项有值，可与目标对照的{len(judged)}项中{sum(judged)}项达到"
    en = (
        f"{unit.name}: {known} of {len(shown)} indicators have a value; {sum(judged)} of {len(judged)} reach their line"
    )
    if mark is not None:
        zh, en = f"{zh}（{mark.zh}）", f"{en} ({mark.en})"
    return UnitResult(
        code=unit.code,
        name=unit.name,
        group=unit.group,
        mark=mark,
        figures=shown,
        missing=tuple(one.label for one in shown if one.missing is not None),
        sentence=Text(f"{zh}。", f"{en}."),
    )


def _figure(one: ReportedFigure, indicator: Indicator, line: _Line) -> UnitFigure:
    value = None if one.value is None else rounded_as_shown(one.value, indicator.unit)
    meets = None if one.value is None else _meets(one.value, indicator, line.target)
    missing = MISSING_WORDS[MissingReason(one.missing)] if one.missing else None
    word = _NO_WORD if meets is None else _REACHED if meets else _SHORT
    target = line.target
    return UnitFigure(
        indicator=indicator.code,
        label=indicator.label,
        period=one.period,
        value=value,
        shown=amount_words(value, indicator.unit),
        unit=indicator.unit,
        coverage=f"{one.known}/{one.total}",
        missing=missing,
        goal_written=target.written if target else "",
        due=target.due if target else 0,
        against=line.against,
        meets=meets,
        word=missing or word,
    )


def _meets(value: Decimal, indicator: Indicator, target: Target | None) -> bool | None:
    """Whether the exact value reaches the line; None without one, and for a range a district may lie beside."""
    if target is None or indicator.direction is Direction.RANGE:
        return None
    return target.goal.in_unit(indicator.measured_as(target.unit), indicator.unit).is_met(value, indicator.direction)
