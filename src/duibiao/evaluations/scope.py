"""What part of its plans an evaluation looks at: read from the words of the command, applied to rows and tasks."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from duibiao.evaluations.material import EvaluationRequest, Material
from duibiao.evaluations.record import (
    KIND_WORDS,
    SCOPE_WORDS,
    WHOLE,
    EvaluationKind,
    EvaluationScope,
    ScopeKind,
)
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.plan.model import Plan, Target, Task
from duibiao.views.computed import SIMULATED_NAME
from duibiao.views.rows import responsible
from duibiao.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Subject:
    """What is evaluated (评估对象): title and code of the collection (empty for one plan), plans, scope, day."""

    title: Text
    collection: str
    plans: tuple[Plan, ...]
    scope: EvaluationScope
    as_of: date
    kind: EvaluationKind


def subject_of(workspace: Workspace, request: EvaluationRequest, material: Material) -> Subject:
    """Find what a request asks for.

    Raises UnknownNameError for a plan that does not exist, UserError EVALUATION-KIND-DAY where the kind does not fit
    the day, EVALUATION-SCOPE for a scope that names nothing, EVALUATION-SCOPE-DATA for units without reported figures.
    """
    title, plans = workspace.plans(request.wanted)
    collection = next((one.code for one in workspace.collections() if one.title == title), "")
    scope = _scope(workspace, request.scope, plans, material)
    if scope.kind is ScopeKind.PLAN:
        plans = [plan for plan in plans if plan.code in scope.codes]
    _check_day(plans, request)
    return Subject(title, collection, tuple(plans), scope, request.as_of, request.kind)


def _check_day(plans: Sequence[Plan], request: EvaluationRequest) -> None:
    year, kind = request.as_of.year, request.kind
    found = []
    for plan in plans:
        fits = {
            EvaluationKind.FINAL: year >= plan.end,
            EvaluationKind.SPECIAL: True,
        }.get(kind, plan.start <= year <= plan.end)
        if not fits:
            word = KIND_WORDS[kind]
            window = f"{plan.start}—{plan.end}"
            found.append(
                problem(
                    "EVALUATION-KIND-DAY",
                    Where(plan.code),
                    zh=word.zh, en=word.en, day=request.as_of, plan=plan.title.zh, window=window,
                )
            )  # fmt: skip
    if found:
        raise UserError(found)


def _scope(workspace: Workspace, written: str, plans: Sequence[Plan], material: Material) -> EvaluationScope:
    kind_word, _, rest = written.partition(":")
    names = [name.strip() for name in rest.replace("，", ",").split(",") if name.strip()]
    if kind_word == ScopeKind.WHOLE and not names:
        return WHOLE
    if kind_word not in set(ScopeKind) or kind_word == ScopeKind.WHOLE or not names:
        raise UserError(
            [problem("EVALUATION-SCOPE", Where(written), near="whole, plan:…, department:…, indicator:…, unit:…")]
        )
    kind = ScopeKind(kind_word)
    known = dict(_known(workspace, kind, plans, material))
    if kind is ScopeKind.UNIT and not known:
        raise UserError([problem("EVALUATION-SCOPE-DATA", Where(written))])
    codes: dict[str, str] = {}
    for name in names:
        found = {code: label for code, (label, words) in known.items() if name in (code, label, *words)}
        if len(found) != 1:
            words = [*known, *(label for label, _ in known.values())]
            near = "、".join(difflib.get_close_matches(name, words, n=5, cutoff=0.4) or list(known)[:8])
            raise UserError([problem("EVALUATION-SCOPE", Where(written), near=near)])
        codes |= found
    word = SCOPE_WORDS[kind]
    listed = "、".join(codes.values())
    return EvaluationScope(kind, tuple(sorted(codes)), Text(f"{word.zh}：{listed}", f"{word.en}: {listed}"))


def _known(
    workspace: Workspace, kind: ScopeKind, plans: Sequence[Plan], material: Material
) -> Iterable[tuple[str, tuple[str, tuple[str, ...]]]]:
    """What the names of a scope may be: code, label, other names."""
    content = workspace.content
    if kind is ScopeKind.PLAN:
        for plan in plans:
            yield plan.code, (plan.title.zh, (plan.short.zh,))
    elif kind is ScopeKind.INDICATOR:
        for code in dict.fromkeys(target.indicator for plan in plans for target in plan.targets):
            indicator = content.indicators[code]
            yield code, (indicator.label.zh, indicator.aliases)
    elif kind is ScopeKind.UNIT:
        for unit in material.figures.units if material.figures else ():
            yield unit.code, (unit.name, (unit.name.removesuffix(SIMULATED_NAME),))
    else:
        for department in dict.fromkeys(content.plans.departments.values()):
            yield department.name, (department.full_name or department.name, (department.name, *department.aliases))


def targets_of(workspace: Workspace, subject: Subject) -> list[Target]:
    """The targets an evaluation judges: the rows of the tables; every target of a plan without a table, and of an
    indicator that was asked for."""
    scope = subject.scope
    if scope.kind is ScopeKind.INDICATOR:
        return [target for plan in subject.plans for target in plan.targets if target.indicator in scope.codes]
    rows = [target for plan in subject.plans for target in (plan.table or plan.targets)]
    if scope.kind is not ScopeKind.DEPARTMENT:
        return rows
    found = []
    for target in rows:
        who = responsible(workspace, target)
        if official_names(workspace, (*who.lead, *who.cooperating)) & set(scope.codes):
            found.append(target)
    return found


def tasks_of(workspace: Workspace, subject: Subject) -> list[Task]:
    """The tasks an evaluation judges; for an indicator those that move it or state a target for it."""
    scope = subject.scope
    tasks = [task for plan in subject.plans for task in plan.tasks]
    if scope.kind is ScopeKind.DEPARTMENT:
        return [one for one in tasks if official_names(workspace, (*one.lead, *one.cooperating)) & set(scope.codes)]
    if scope.kind is ScopeKind.INDICATOR:
        moved = {
            (link.plan, link.item) for plan in subject.plans for link in plan.links if link.indicator in scope.codes
        }
        moved |= {
            (one.plan, one.item) for plan in subject.plans for one in plan.targets if one.indicator in scope.codes
        }
        return [task for task in tasks if (task.plan, str(task.number)) in moved]
    return tasks


def official_names(workspace: Workspace, names: Iterable[str]) -> set[str]:
    """The short names the departments go by, whatever the document calls them."""
    known = workspace.content.plans.departments
    return {known[name].name if name in known else name for name in names}
