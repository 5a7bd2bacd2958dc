"""Performs an evaluation: from a workspace and its material to the frozen results, and nothing else.

Whatever it reads is named in ``Material.inputs``; equal inputs give an equal evaluation, on any machine.
"""

import hashlib
from collections.abc import Iterable, Sequence
from importlib.metadata import version

from duibiao.evaluations.comparison import compare
from duibiao.evaluations.contradictions import (
    claim_contradictions,
    claims_of,
    source_contradictions,
    task_contradictions,
)
from duibiao.evaluations.counted import action_results, data_quality, department_results
from duibiao.evaluations.findings import (
    count_statuses,
    count_verdicts,
    counted_words,
    indicator_result,
    is_answered,
    noun_of,
)
from duibiao.evaluations.material import EvaluationRequest, Material
from duibiao.evaluations.record import (
    FORMAT,
    KIND_WORDS,
    EvaluatedPlan,
    Evaluation,
    EvaluationKind,
    FrozenInput,
    IndicatorResult,
    InputRole,
    ScopeKind,
)
from duibiao.evaluations.scope import Subject, subject_of, targets_of, tasks_of
from duibiao.evaluations.tasks import TaskJudge
from duibiao.evaluations.track_record import track_record
from duibiao.evaluations.unit_results import unit_results
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.plan.model import Plan
from duibiao.store.snapshot import canonical
from duibiao.views.districts import SIMULATED
from duibiao.views.words import day_words
from duibiao.workspace import Workspace

METHOD = "duibiao-evaluation-1"
"""The version of the rules of this room; it changes when equal inputs give other results."""


def perform(workspace: Workspace, request: EvaluationRequest, material: Material | None = None) -> Evaluation:
    """Perform an evaluation.

    Raises UnknownNameError for a plan that does not exist; UserError EVALUATION-KIND-DAY, EVALUATION-SCOPE,
    EVALUATION-SCOPE-DATA, EVALUATION-EMPTY where there is nothing to evaluate.
    """
    material = material or Material()
    subject = subject_of(workspace, request, material)
    assessed = [workspace.assess(target, request.as_of) for target in targets_of(workspace, subject)]
    results = tuple(indicator_result(workspace, request.kind, one) for one in assessed)
    judge = TaskJudge(workspace, request.as_of, {one.row.id: one.row for one in results}, material.reports)
    tasks = tuple(judge.result(task) for task in tasks_of(workspace, subject))
    if not results and not tasks:
        raise UserError([problem("EVALUATION-EMPTY", Where(f"{request.wanted} {request.scope}"))])
    claims = tuple(claims_of(workspace, subject.plans, results))
    first_year = min(plan.base_year for plan in subject.plans)
    contradictions = (
        *source_contradictions(workspace, results, request.as_of, first_year),
        *claim_contradictions(claims, results),
        *task_contradictions(tasks),
    )
    only = frozenset(subject.scope.codes) if subject.scope.kind is ScopeKind.DEPARTMENT else frozenset()
    inputs, earlier = material.inputs, material.earlier
    home = workspace.content.units[workspace.home.unit]
    simulated = material.figures is not None and material.figures.simulated
    return Evaluation(
        id=evaluation_id(subject, request, inputs),
        kind=request.kind,
        kind_word=KIND_WORDS[request.kind],
        title=subject.title,
        plans=tuple(_plan(plan) for plan in subject.plans),
        collection=subject.collection,
        as_of=request.as_of,
        scope=subject.scope,
        home_unit=home.code,
        home_unit_name=home.name,
        inputs=inputs,
        method=f"{METHOD}; progress.yaml {workspace.policy.version}",
        policy=workspace.policy,
        program=program(),
        mark=SIMULATED if simulated else None,
        sentence=_sentence(subject, results),
        notices=tuple(_notices(subject, results)),
        statuses=count_statuses(results),
        verdicts=count_verdicts(results),
        indicators=results,
        tasks=tasks,
        actions=action_results(subject.plans, results, tasks),
        departments=department_results(workspace, results, tasks, only),
        units=unit_results(workspace, subject.plans, material.figures, subject.scope, request.as_of),
        contradictions=contradictions,
        claims=claims,
        quality=data_quality(results, material.figures),
        comparison=compare(earlier.last, results) if earlier.last else None,
        track_record=track_record(workspace, assessed, results, earlier.predictions),
    )


def program() -> str:
    """The program that performs, with its version."""
    return f"duibiao {version('duibiao')}"


def evaluation_id(subject: Subject, request: EvaluationRequest, inputs: Iterable[FrozenInput]) -> str:
    """``<kind>-<plan or collection>-<day>-<12 digits>``: the digits are the beginning of the SHA-256 of the request
    and of every input but the program, which a later version may perform again to the same results."""
    hashed = [
        {"role": one.role.value, "path": one.path, "sha256": one.sha256}
        for one in inputs
        if one.role is not InputRole.PROGRAM
    ]
    facts = {
        "format": FORMAT,
        "kind": request.kind.value,
        "plans": [plan.code for plan in subject.plans],
        "as_of": request.as_of.isoformat(),
        "scope": str(subject.scope),
        "inputs": hashed,
    }
    digest = hashlib.sha256(canonical(facts)).hexdigest()
    name = subject.collection or subject.plans[0].code
    return f"{request.kind.value}-{name}-{request.as_of:%Y%m%d}-{digest[:12]}"


def _plan(plan: Plan) -> EvaluatedPlan:
    return EvaluatedPlan(
        code=plan.code,
        title=plan.title,
        short=plan.short,
        number=plan.number,
        issuer=plan.issuer,
        published=str(plan.published),
        start=plan.start,
        end=plan.end,
        base_year=plan.base_year,
        rows=len(plan.table),
        tasks=len(plan.tasks),
    )


def _sentence(subject: Subject, results: Sequence[IndicatorResult]) -> Text:
    day, title = day_words(subject.as_of), subject.title
    words, noun = counted_words(count_verdicts(results), count_statuses(results)), noun_of(results)
    known = sum(1 for one in results if is_answered(one))
    share = f"{known * 100 / len(results) if results else 0:.0f}%"
    zh = f"截至{day.zh}，{title.zh}{len(results)}项{noun.zh}中：{words.zh}；有公开数据可判定的{known}项，占{share}。"
    en = (
        f"On {day.en}, of {len(results)} {noun.en} of {title.en or title.zh}: {words.en}; "
        f"{known} ({share}) can be judged by a public figure."
    )
    if subject.kind is EvaluationKind.FINAL and any(one.is_provisional for one in results):
        ends = "、".join(f"{year}年" for year in sorted({one.row.due for one in results if one.is_provisional}))
        zh += f"暂定结论以{ends}之前的值作出，待{ends}值公布后确定。"
        en += " A provisional verdict rests on an earlier value and stands until that of the due year is published."
    return Text(zh, en)


def _notices(subject: Subject, results: Sequence[IndicatorResult]) -> Iterable[Text]:
    early = [plan for plan in subject.plans if plan.published.earliest > subject.as_of]
    if early:
        names, names_en = "、".join(plan.short.zh for plan in early), ", ".join(plan.short.en for plan in early)
        yield Text(f"参照日早于公布日期的规划：{names}。", f"Plans published after the reference day: {names_en}.")
    doubtful = sum(1 for one in results if one.row.if_accepted)
    if doubtful:
        yield Text(
            f"有{doubtful}项虽有公布值，但口径存疑、只是界限或已过期，不足以判定，注明“若采信”的状态。",
            f"{doubtful} rows have a value that cannot decide (scope in doubt, only a bound, or outdated); the status "
            "it would give stands beside it.",
        )
    split = sum(1 for one in results if one.row.disagrees)
    if split:
        yield Text(
            f"有{split}项各方法结论不一致，已在行内标明（≠）。",
            f"{split} rows get different verdicts from different methods; they are marked (≠).",
        )
