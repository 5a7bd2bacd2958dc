"""What an evaluation exports: the very rows, verdicts and district figures it holds, and the hashes it rests on."""

from collections.abc import Iterable

from duibiao.evaluations.record import EvaluatedPlan, Evaluation, IndicatorResult, UnitResult
from duibiao.evaluations.record_parts import TaskResult
from duibiao.kernel.text import Text
from duibiao.reports.exports.content import (
    ComputedFigure,
    ExportContent,
    ExportedInput,
    ExportedPlan,
    ExportedRow,
    ExportedTask,
    ExportedUnit,
    missing_reason,
)


def of_evaluation(evaluation: Evaluation) -> ExportContent:
    """The export of an evaluation; nothing is computed anew, and nothing but the record is read."""
    home = ExportedUnit(evaluation.home_unit, evaluation.home_unit_name, "", False)
    below = tuple(ExportedUnit(one.code, one.name, home.code, one.mark is not None) for one in evaluation.units)
    return ExportContent(
        id=evaluation.id,
        title=evaluation.title,
        kind=evaluation.kind_word,
        as_of=evaluation.as_of,
        plans=tuple(_plan(one) for one in evaluation.plans),
        units=(home, *(one for one in below if one.code != home.code)),
        rows=tuple(_row(one, home.code) for one in evaluation.indicators),
        computed=tuple(figure for one in evaluation.units for figure in _figures(one)),
        inputs=tuple(ExportedInput(one.role.value, one.path, one.sha256, one.version) for one in evaluation.inputs),
        method=evaluation.method,
        policy=evaluation.policy,
        mark=evaluation.mark,
        tasks=tuple(_task(one) for one in evaluation.tasks),
    )


def _task(one: TaskResult) -> ExportedTask:
    return ExportedTask(
        plan=one.plan,
        number=one.number,
        title=one.title,
        lead=one.lead,
        cooperating=one.cooperating,
        finding=one.finding.value,
        finding_word=one.finding_word,
        assessed=one.assessed.isoformat() if one.assessed else "",
        evidence=len(one.evidence),
        rows=tuple(link.row for link in one.rows),
        citation=one.citation,
    )


def _plan(one: EvaluatedPlan) -> ExportedPlan:
    return ExportedPlan(one.code, one.title, one.short, one.number, one.issuer, one.published, one.start, one.end)


def _row(one: IndicatorResult, unit: str) -> ExportedRow:
    """A result; without a verdict its word is the status's, and stands there already."""
    return ExportedRow(
        row=one.row,
        unit=unit,
        verdict=one.verdict.value if one.verdict else "",
        verdict_word=one.verdict_word if one.verdict else Text(""),
        is_provisional=one.is_provisional,
        reason=one.reason,
    )


def _figures(unit: UnitResult) -> Iterable[ComputedFigure]:
    for one in unit.figures:
        yield ComputedFigure(
            indicator=one.indicator,
            label=one.label,
            unit=unit.code,
            period=one.period,
            value=one.value,
            unit_of_measure=one.unit,
            numerator=None,
            denominator=None,
            coverage=one.coverage,
            missing=missing_reason(one.missing),
            simulated=unit.mark is not None,
        )
