"""What a later correction would change: the evaluation performed again from today's packs, beside the frozen."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from duibiao.evaluations.addendum import AddendumChange
from duibiao.evaluations.figures import reported_figures
from duibiao.evaluations.folder import open_evaluation, read_evaluation
from duibiao.evaluations.freeze import EvaluationSources, copy_and_open
from duibiao.evaluations.material import EvaluationRequest, Material
from duibiao.evaluations.perform import perform
from duibiao.evaluations.places import INPUTS, frozen_inputs
from duibiao.evaluations.record import Evaluation, FrozenInput, IndicatorResult, InputRole
from duibiao.evaluations.record_parts import TaskResult
from duibiao.evaluations.task_file import read_task_reports
from duibiao.evaluations.verify import frozen_material, open_frozen
from duibiao.views.words import DASH


def changes_today(
    folder: Path, sources: EvaluationSources
) -> tuple[tuple[FrozenInput, ...], tuple[AddendumChange, ...]]:
    """The inputs that differ today and the results that would come out different.

    What ``sources`` do not name (reported figures, task reports) is taken as it was frozen, and so is what earlier
    evaluations said. Raises UserError with the problems of the evaluation, of the packs, of the other inputs.
    """
    frozen = open_evaluation(folder)
    before = read_evaluation(folder)
    request = EvaluationRequest(frozen.wanted, frozen.kind, frozen.as_of, frozen.scope)
    with TemporaryDirectory() as temporary:
        inputs = Path(temporary) / INPUTS
        workspace = copy_and_open(sources, inputs)
        material = frozen_material(open_frozen(folder / INPUTS, with_formulas=False), folder / INPUTS, frozen.as_of)
        if sources.data is not None:
            _, plans = workspace.plans(frozen.wanted)
            material = replace(material, figures=reported_figures(workspace, sources.data, plans, frozen.as_of))
        if sources.task_reports is not None:
            reports = read_task_reports(sources.task_reports, workspace.content.plans, frozen.as_of)
            material = replace(material, reports=reports)
        hashes = frozen_inputs(inputs, workspace, {})
        after = perform(workspace, request, Material(hashes, material.figures, material.reports, material.earlier))
    return tuple(_changed(before.inputs, after.inputs)), tuple(changes_of(before, after))


def _changed(before: Iterable[FrozenInput], after: Iterable[FrozenInput]) -> Iterable[FrozenInput]:
    known = {one.path: one.sha256 for one in before}
    for one in after:
        if one.role is not InputRole.PROGRAM and known.get(one.path) != one.sha256:
            yield one


def changes_of(before: Evaluation, after: Evaluation) -> Iterable[AddendumChange]:
    """The results that differ: sentence, rows by word, value and reason, tasks, districts, contradictions, data."""
    yield from _change("sentence", "", before.sentence.zh, after.sentence.zh)
    rows = {one.row.id: one for one in after.indicators}
    for one in before.indicators:
        name = one.row.indicator_label.zh
        yield from _change(f"indicators[{one.row.id}]", name, _row(one), _row(rows.get(one.row.id)))
    known = {one.row.id for one in before.indicators}
    for one in after.indicators:
        if one.row.id not in known:
            yield from _change(f"indicators[{one.row.id}]", one.row.indicator_label.zh, DASH, _row(one))
    tasks = {(one.plan, one.number): one for one in after.tasks}
    for task in before.tasks:
        place = f"tasks[{task.plan}/{task.number}]"
        yield from _change(place, task.title, _task(task), _task(tasks.get((task.plan, task.number))))
    units = {one.code: one.sentence.zh for one in after.units}
    for unit in before.units:
        yield from _change(f"units[{unit.code}]", unit.name, unit.sentence.zh, units.get(unit.code, DASH))
    yield from _change("contradictions", "", str(len(before.contradictions)), str(len(after.contradictions)))
    yield from _change("quality", "", before.quality.sentence.zh, after.quality.sentence.zh)


def _change(place: str, label: str, before: str, after: str) -> Iterable[AddendumChange]:
    if before != after:
        yield AddendumChange(place, label, before, after)


def _row(result: IndicatorResult | None) -> str:
    if result is None:
        return DASH
    row = result.row
    value = f"{row.observation.shown}（{row.observation.period}）" if row.observation else DASH
    return f"{result.verdict_word.zh}；{value}；目标{row.goal_written}（{row.due}）；{result.reason.zh}"


def _task(task: TaskResult | None) -> str:
    return DASH if task is None else f"{task.finding_word.zh}；{task.basis.zh}"
