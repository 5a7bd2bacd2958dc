"""A new issue, filled in as far as the program knows: from a target that gives warning, from a return, or empty."""

from dataclasses import dataclass
from datetime import date, timedelta

from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Text
from duibiao.plan.model import TargetScope
from duibiao.progress.status import LOOKS, Rule, Status
from duibiao.store.issues_flow import ORIGIN_WORDS, IssueOrigin
from duibiao.store.issues_model import Issue, IssueDraft, issue_problem
from duibiao.store.model import ReportState
from duibiao.store.units import UnitTree
from duibiao.store.workflow import STATUS_WORDS
from duibiao.views.districts import SIMULATED
from duibiao.views.issue import find_target
from duibiao.views.issue_words import (
    WARNED,
    FrozenFigure,
    IssueRow,
    UnitChoice,
    frozen_figure,
    issue_row,
    unit_choices,
)
from duibiao.views.rows import MonitorRow, monitor_row, responsible
from duibiao.views.words import amount_words, as_plain, joined, percent
from duibiao.workspace import Workspace

USUAL_DAYS = 60
"""How many days the form proposes for a rectification; the supervisor decides."""


@dataclass(frozen=True, slots=True)
class IssueDraftPage:
    """The form of a new issue (新建问题页): what is known, who could answer, and the open issue if any."""

    origin: IssueOrigin
    origin_word: Text
    day: date
    title: str
    detail: str
    target: str
    report: str
    unit: str
    department: str
    due: date
    status: Status | None
    figure: FrozenFigure | None
    mark: Text | None
    units: tuple[UnitChoice, ...]
    departments: tuple[str, ...]
    open: IssueRow | None


def draft_from_target(workspace: Workspace, target_id: str, as_of: date, unit: str = "") -> IssueDraft:
    """An issue about a target as it stands on a day, with a frozen copy of its figure and lineage.

    ``unit``: who must act, the unit the target speaks of where none is named. Raises UserError ISSUE-TARGET (no such
    target), ISSUE-NO-WARNING (its status gives no reason).
    """
    target = find_target(workspace, target_id)
    if target is None:
        raise UserError([issue_problem("ISSUE-TARGET", "", "target", target=target_id[:80])])
    found = workspace.assess(target, as_of)
    look = LOOKS[found.status]
    if found.status not in WARNED:
        facts = {"label": target.label, "zh": look.word.zh, "en": look.word.en, "day": as_of}
        raise UserError([issue_problem("ISSUE-NO-WARNING", "", "target", **facts)])
    row = monitor_row(workspace, found)
    plan = workspace.content.plans.by_code[target.plan]
    who = responsible(workspace, target)
    home = workspace.unit_of(target)
    scope = "" if target.scope is TargetScope.CITY else f"，针对对象：{target.scope.value}"
    return IssueDraft(
        origin=IssueOrigin.VERDICT if found.rule is Rule.FINAL else IssueOrigin.WARNING,
        day=as_of,
        unit=unit or home,
        title=f"{target.label}：{look.word.zh}",
        detail=f"{plan.short.zh}要求“{target.label}”{target.due}年{target.written}{scope}；{_standing(row)}",
        subject=f"target:{target.id}@{unit or home}",
        target=target.id,
        indicator=target.indicator,
        status=found.status.value,
        department=joined(who.lead) if who.lead else "",
        figure=as_plain(row),
    )


def _standing(row: MonitorRow) -> str:
    """How a target stands, as a sentence: the value, progress beside time progress, the status."""
    value = amount_words(row.value, row.unit)
    period = f"{row.observation.period}年" if row.observation else ""
    pace = f"，进展{percent(row.p)}，序时进度{percent(row.s)}" if row.p is not None and row.s is not None else ""
    return f"{period}为{value}{pace}，状态为“{row.status_word.zh}”。"


def draft_from_return(state: ReportState, form_label: str, name: str, day: date, *, simulated: bool) -> IssueDraft:
    """An issue about a return: late, or come back and not mended; the facts are frozen as they are."""
    status = STATUS_WORDS[state.status]
    late = state.overdue(day)
    facts: dict[str, str] = {
        "报表": f"{form_label}（{state.period}）",
        "填报单位": name,
        "状态": status.zh,
        "截止日": state.due.isoformat(),
        "最近办理": f"{state.changed_at[:10]} {state.changed_by}",
    }
    if state.reason:
        facts["退回理由"] = state.reason
    if simulated:
        facts["标记"] = SIMULATED.zh
    what = "逾期未报" if late else f"数据质量（{status.zh}）"
    return IssueDraft(
        origin=IssueOrigin.QUALITY,
        day=day,
        unit=state.unit,
        title=f"{form_label}（{state.period}）{what}",
        detail=f"{name}的报表“{form_label}”（{state.period}）{status.zh}，截止日{state.due.isoformat()}。",
        subject=f"return:{state.form}/{state.period}/{state.unit}",
        figure={"facts": facts},
    )


def empty_draft(unit: str, day: date) -> IssueDraft:
    """An issue entered by hand."""
    return IssueDraft(origin=IssueOrigin.MANUAL, day=day, unit=unit, title="")


def issue_draft_page(  # noqa: PLR0913  a form is made of what is known, who may be chosen, and what is there already
    workspace: Workspace,
    draft: IssueDraft,
    tree: UnitTree,
    top: str,
    today: date,
    *,
    report: str = "",
    existing: Issue | None = None,
    simulated: bool,
) -> IssueDraftPage:
    """The form for a draft; ``top``: the reader's unit, from whose subtree one is chosen."""
    return IssueDraftPage(
        origin=draft.origin,
        origin_word=ORIGIN_WORDS[draft.origin],
        day=draft.day,
        title=draft.title,
        detail=draft.detail,
        target=draft.target,
        report=report,
        unit=draft.unit,
        department=draft.department,
        due=today + timedelta(days=USUAL_DAYS),
        status=Status(draft.status) if draft.status else None,
        figure=frozen_figure(draft, draft.figure, ""),
        mark=SIMULATED if simulated else None,
        units=unit_choices(tree, top, draft.unit),
        departments=tuple(sorted(workspace.content.plans.departments)),
        open=issue_row(existing, tree, today) if existing else None,
    )
