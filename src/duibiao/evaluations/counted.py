"""Results counted by action and by department, and how far the data carry."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from duibiao.evaluations.findings import count_statuses, count_verdicts, counted_words, is_answered, noun_of
from duibiao.evaluations.material import ReportedFigures
from duibiao.evaluations.record import (
    ActionResult,
    DataQuality,
    DepartmentResult,
    IndicatorResult,
    ResultCount,
    UnansweredRow,
    is_behind,
)
from duibiao.evaluations.record_parts import FINDING_WORDS, TaskResult
from duibiao.evaluations.scope import official_names
from duibiao.kernel.text import Text
from duibiao.kernel.value import MissingReason
from duibiao.metrics.observation import QUALITY_WORDS, Quality
from duibiao.plan.model import Plan
from duibiao.progress.status import CaveatCode
from duibiao.workspace import Workspace

T = TypeVar("T")


def count_findings(tasks: Iterable[TaskResult]) -> tuple[ResultCount, ...]:
    """Count the findings of tasks, in the order of the words."""
    found = Counter(task.finding for task in tasks)
    return tuple(
        ResultCount(finding.value, word, found[finding]) for finding, word in FINDING_WORDS.items() if found[finding]
    )


def action_results(
    plans: Sequence[Plan], results: Sequence[IndicatorResult], tasks: Sequence[TaskResult]
) -> tuple[ActionResult, ...]:
    """Count rows and tasks of each plan."""
    return tuple(_action(plan, results, tasks) for plan in plans)


def _action(plan: Plan, results: Sequence[IndicatorResult], tasks: Sequence[TaskResult]) -> ActionResult:
    own = [one for one in results if one.row.plan == plan.code]
    work = [one for one in tasks if one.plan == plan.code]
    statuses, verdicts, findings = count_statuses(own), count_verdicts(own), count_findings(work)
    known = sum(1 for one in own if is_answered(one))
    words, of_tasks, noun = counted_words(verdicts, statuses), counted_words(findings), noun_of(own)
    zh = f"{plan.short.zh}：{len(own)}项{noun.zh}" + (f"，{words.zh}" if own else "")
    en = f"{plan.short.en or plan.short.zh}: {len(own)} {noun.en}" + (f", {words.en}" if own else "")
    if work:
        zh, en = f"{zh}；{len(work)}项任务，{of_tasks.zh}", f"{en}; {len(work)} tasks, {of_tasks.en}"
    return ActionResult(
        plan=plan.code,
        title=plan.title,
        short=plan.short,
        statuses=statuses,
        verdicts=verdicts,
        tasks=findings,
        known=known,
        total=len(own),
        rows=tuple(one.row.id for one in own),
        behind=tuple(one.row.id for one in own if is_behind(one)),
        sentence=Text(f"{zh}。", f"{en}."),
    )


def department_results(
    workspace: Workspace, results: Sequence[IndicatorResult], tasks: Sequence[TaskResult], only: frozenset[str]
) -> tuple[DepartmentResult, ...]:
    """Every department with a task or a row, those with most rows behind first; ``only`` these, where it names any."""
    lead_tasks = _by_name(workspace, [(one, one.lead) for one in tasks])
    help_tasks = _by_name(workspace, [(one, one.cooperating) for one in tasks])
    leads = _by_name(workspace, [(one, one.row.lead) for one in results])
    helps = _by_name(workspace, [(one, one.row.cooperating) for one in results])
    found = []
    for name in dict.fromkeys([*lead_tasks, *help_tasks, *leads, *helps]):
        if only and name not in only:
            continue
        own = leads.get(name, [])
        helped = [one for one in helps.get(name, []) if one not in own]
        found.append(_department(workspace, name, (lead_tasks.get(name, []), help_tasks.get(name, [])), (own, helped)))
    return tuple(sorted(found, key=lambda one: (-len(one.behind), -len(one.leads), -len(one.lead_tasks), one.name)))


def _by_name(workspace: Workspace, found: Iterable[tuple[T, tuple[str, ...]]]) -> dict[str, list[T]]:
    """Things by the official short names of the departments that stand beside them."""
    by_name: dict[str, list[T]] = {}
    for one, names in found:
        for name in sorted(official_names(workspace, names)):
            by_name.setdefault(name, []).append(one)
    return by_name


def _department(
    workspace: Workspace,
    name: str,
    tasks: tuple[list[TaskResult], list[TaskResult]],
    rows: tuple[list[IndicatorResult], list[IndicatorResult]],
) -> DepartmentResult:
    (lead, cooperating), (leads, helps) = tasks, rows
    known = workspace.content.plans.departments.get(name)
    statuses, verdicts, findings = count_statuses(leads), count_verdicts(leads), count_findings(lead)
    words = counted_words(verdicts, statuses)
    zh = f"牵头任务{len(lead)}项、配合{len(cooperating)}项；牵头指标{len(leads)}项"
    en = f"leads {len(lead)} tasks, helps with {len(cooperating)}; leads {len(leads)} indicators"
    return DepartmentResult(
        name=name,
        full_name=known.full_name if known else "",
        lead_tasks=tuple(f"{one.plan}/{one.number}" for one in lead),
        cooperating_tasks=tuple(f"{one.plan}/{one.number}" for one in cooperating),
        leads=tuple(one.row.id for one in leads),
        helps=tuple(one.row.id for one in helps),
        statuses=statuses,
        verdicts=verdicts,
        tasks=findings,
        behind=tuple(one.row.id for one in leads if is_behind(one)),
        unanswered=tuple(one.row.id for one in leads if not is_answered(one)),
        sentence=Text(f"{zh}：{words.zh}。" if leads else f"{zh}。", f"{en}: {words.en}." if leads else f"{en}."),
    )


def data_quality(results: Sequence[IndicatorResult], figures: ReportedFigures | None) -> DataQuality:
    """Count what a reader must know of the values the results rest on."""
    unanswered = tuple(
        UnansweredRow(one.row.id, one.row.indicator_label.zh, one.row.plan, one.reason)
        for one in results
        if not is_answered(one)
    )
    seen = Counter(one.row.observation.period for one in results if one.row.observation)
    periods = tuple(ResultCount(period, Text(f"{period}年", period), seen[period]) for period in sorted(seen))
    answered = len(results) - len(unanswered)
    oldest, newest = (periods[0].code, periods[-1].code) if periods else ("", "")
    return DataQuality(
        answered=answered,
        total=len(results),
        unanswered=unanswered,
        stale=_with(results, CaveatCode.STALE),
        doubtful=tuple(one.row.id for one in results if one.row.if_accepted),
        bounds=_with(results, CaveatCode.BOUND, CaveatCode.UNDECIDED_BOUND),
        provisional=tuple(one.row.id for one in results if one.is_provisional),
        contradicted=_with(results, CaveatCode.CONTRADICTED),
        reprinted=tuple(
            one.row.id
            for one in results
            if any(value.quality == QUALITY_WORDS[Quality.REPRINT] for value in one.row.values)
        ),
        periods=periods,
        oldest=oldest,
        newest=newest,
        returns=_returns(figures),
        sentence=_quality_sentence(answered, results, oldest, newest),
    )


def _with(results: Sequence[IndicatorResult], *codes: CaveatCode) -> tuple[str, ...]:
    return tuple(one.row.id for one in results if any(caveat.code in codes for caveat in one.row.caveats))


def _returns(figures: ReportedFigures | None) -> str:
    """Known ÷ expected reporting units over the figures of the districts; figures nobody owes are left out."""
    if figures is None:
        return ""
    due = [one for one in figures.figures if one.missing != MissingReason.NOT_APPLICABLE]
    return f"{sum(one.known for one in due)}/{sum(one.total for one in due)}"


def _quality_sentence(answered: int, results: Sequence[IndicatorResult], oldest: str, newest: str) -> Text:
    total, noun = len(results), noun_of(results)
    share = f"{answered * 100 / total if total else 0:.0f}%"
    zh = f"{total}项{noun.zh}中{answered}项有可用的公开数据，占{share}"
    en = f"{answered} of {total} {noun.en} ({share}) have a usable public figure"
    if oldest:
        spread = f"{oldest}年" if oldest == newest else f"{oldest}年至{newest}年"
        zh, en = f"{zh}；数据时点为{spread}", f"{en}; the values are of {oldest} to {newest}"
    return Text(f"{zh}。", f"{en}.")
