"""One issue: the figure as it was and as it is, every step as a timeline, what comes next and who may do it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from duibiao.kernel.period import local_time
from duibiao.kernel.text import Text
from duibiao.plan.model import Target
from duibiao.progress.status import LOOKS, RULE_WORDS, Status
from duibiao.store.issues_flow import (
    ISSUE_ACTION_WORDS,
    OPEN_STATES,
    STATE_WORDS,
    IssueAction,
    IssueRule,
    IssueState,
    next_steps,
)
from duibiao.store.issues_model import Evidence, Issue, IssueEvent, IssueRecord
from duibiao.store.units import UnitTree
from duibiao.store.workflow import ROLE_WORDS
from duibiao.views.districts import SIMULATED
from duibiao.views.issue_words import (
    FrozenFigure,
    IssueRow,
    UnitChoice,
    frozen_figure,
    issue_row,
    step_words,
    unit_choices,
    unit_name,
    who_may,
)
from duibiao.views.words import amount_words
from duibiao.workspace import Workspace


@dataclass(frozen=True, slots=True)
class IssueStage:
    """One of the five stages (办理阶段) with the day it was last reached; ``is_here``: the issue stands in it."""

    state: IssueState
    word: Text
    reached: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One step of an issue as a page tells it (办理时间线); ``changes``: what it changed in the assignment."""

    step: int
    at: str
    actor: str
    unit_name: str
    role: Text
    action: IssueAction
    word: Text
    state: Text
    text: str
    reason: str
    changes: tuple[Text, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class PresentStatus:
    """How the target of an issue stands on the day of the page (现状), beside how it stood when the issue was found.

    ``shown`` differs from ``status`` where the rule that a mended red turns amber first is in force.
    """

    as_of: date
    status: Status
    shown: Status
    value: str
    rule: Text
    note: Text | None


@dataclass(frozen=True, slots=True)
class StepOffer:
    """A step the reader may take now (可办理步骤), with the fields its form needs; ``is_next``: it leads forward."""

    action: IssueAction
    word: Text
    needs: tuple[str, ...]
    takes_files: bool
    is_next: bool


@dataclass(frozen=True, slots=True)
class IssuePage:
    """One issue on a day (问题页): ``row`` its line of the list; ``seen`` is what a step must name."""

    row: IssueRow
    detail: str
    supervising_unit: str
    acceptor: str
    accepted_by: str
    mark: Text | None
    seen: int
    figure: FrozenFigure | None
    present: PresentStatus | None
    stages: tuple[IssueStage, ...]
    timeline: tuple[TimelineStep, ...]
    next_who: tuple[tuple[Text, Text], ...]
    offers: tuple[StepOffer, ...]
    units: tuple[UnitChoice, ...]
    departments: tuple[str, ...]
    earlier: tuple[IssueRow, ...]


def issue_page(  # noqa: PLR0913  a page about one thing is made of the thing, its day, its reader and its past
    workspace: Workspace,
    record: IssueRecord,
    tree: UnitTree,
    day: date,
    *,
    as_of: date,
    top: str = "",
    offered: Sequence[IssueRule] = (),
    earlier: Sequence[Issue] = (),
    simulated: bool,
) -> IssuePage:
    """Show an issue on ``day``; its target is assessed anew with what was known ``as_of``.

    ``offered``: the steps the reader may take, ``top``: their unit, from whose subtree they may choose who answers.
    ``earlier``: other issues about the same thing.
    """
    issue = record.issue
    forward = next_steps(issue.state, accepted=issue.is_accepted)
    assigns = any("assignment" in rule.needs for rule in offered)
    return IssuePage(
        row=issue_row(issue, tree, day),
        detail=issue.detail,
        supervising_unit=unit_name(tree, issue.supervising_unit),
        acceptor=issue.acceptor,
        accepted_by=issue.accepted_by,
        mark=SIMULATED if simulated else None,
        seen=issue.lock_version,
        figure=frozen_figure(issue, record.figure, record.figure_sha256),
        present=present_status(workspace, issue, as_of),
        stages=tuple(_stages(record)),
        timeline=tuple(_timeline(record.events, tree)),
        next_who=tuple((step_words(action), who_may(action)) for action in forward),
        offers=tuple(_offer(rule, forward) for rule in offered),
        units=unit_choices(tree, top, issue.unit) if assigns else (),
        departments=tuple(sorted(workspace.content.plans.departments)) if assigns else (),
        earlier=tuple(issue_row(one, tree, day) for one in earlier if one.number != issue.number),
    )


def find_target(workspace: Workspace, target: str) -> Target | None:
    """A target of any plan by its id."""
    plans = workspace.content.plans.by_code.values()
    return next((one for plan in plans for one in plan.targets if one.id == target), None)


def shown_status(found: Status | None, now: Status, *, is_open: bool, amber_first: bool) -> Status:
    """The status a page shows for a target with an issue: what was red turns amber first, until the issue is closed.

    The three-colour rule of 温州瓯海 (红 → 黄 once caught up late); only where the progress rules ask for it.
    """
    mended = found is Status.BEHIND and now in (Status.MET, Status.ON_COURSE)
    return Status.ATTENTION if amber_first and is_open and mended else now


def present_status(workspace: Workspace, issue: Issue, as_of: date) -> PresentStatus | None:
    """How the target of an issue stands now; None where it was found by none, or the plan has it no more."""
    target = find_target(workspace, issue.target) if issue.target else None
    if target is None:
        return None
    found = workspace.assess(target, as_of)
    was = Status(issue.status) if issue.status in set(Status) else None
    shown = shown_status(was, found.status, is_open=issue.is_open, amber_first=workspace.policy.amber_until_closed)
    note = None
    if shown is not found.status:
        word = LOOKS[found.status].word
        note = Text(
            f"按现有数据为“{word.zh}”；曾滞后，销号前显示为关注",
            f"{word.en} by the present data; it was behind, and stays amber until the issue is closed",
        )
    value = amount_words(found.value, found.indicator.unit)
    period = f"（{found.data_as_of}）" if found.value is not None and found.data_as_of else ""
    return PresentStatus(as_of, found.status, shown, value + period, RULE_WORDS[found.rule], note)


def _stages(record: IssueRecord) -> Iterable[IssueStage]:
    reached = {
        event.to_state: local_time(event.at)[:10] for event in record.events if event.to_state is not event.from_state
    }
    for state in (*OPEN_STATES, IssueState.CLOSED):
        yield IssueStage(state, STATE_WORDS[state], reached.get(state, ""), record.issue.state is state)
    if record.issue.state is IssueState.DISMISSED:
        yield IssueStage(IssueState.DISMISSED, STATE_WORDS[IssueState.DISMISSED], reached[IssueState.DISMISSED], True)


def _timeline(events: Sequence[IssueEvent], tree: UnitTree) -> Iterable[TimelineStep]:
    before: IssueEvent | None = None
    for event in events:
        yield TimelineStep(
            step=event.step,
            at=local_time(event.at),
            actor=event.actor,
            unit_name=unit_name(tree, event.actor_unit),
            role=ROLE_WORDS[event.role],
            action=event.action,
            word=ISSUE_ACTION_WORDS[event.action],
            state=STATE_WORDS[event.to_state],
            text=event.text,
            reason=event.reason,
            changes=tuple(_changes(before, event, tree)),
            evidence=event.evidence,
        )
        before = event


def _changes(before: IssueEvent | None, after: IssueEvent, tree: UnitTree) -> Iterable[Text]:
    """What a step changed in who answers by when, in words."""
    names = {
        "unit": Text("责任单位", "responsible unit"),
        "department": Text("责任部门", "department"),
        "person": Text("责任人", "person"),
        "acceptor": Text("验收人", "acceptor"),
        "due": Text("整改时限", "deadline"),
    }
    for name, words in names.items():
        old = getattr(before, name) if before else None
        new = getattr(after, name)
        if name == "unit":
            old, new = (unit_name(tree, code) if code else None for code in (old, new))
        if new and old != new:
            was = Text(f"（原为{old}）", f" (was {old})") if old else Text("", "")
            yield Text(f"{words.zh}：{new}{was.zh}", f"{words.en}: {new}{was.en}")
    if after.asked_due:
        yield Text(f"申请延至：{after.asked_due}", f"asked for: {after.asked_due}")


def _offer(rule: IssueRule, forward: Sequence[IssueAction]) -> StepOffer:
    takes_files = rule.action in (IssueAction.EVIDENCE, IssueAction.MEASURE)
    return StepOffer(rule.action, step_words(rule.action), rule.needs, takes_files, rule.action in forward)
