"""What the pages about issues share: a line of the list, the frozen figure, words for days and deadlines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from duibiao.kernel.period import local_time
from duibiao.kernel.text import Text
from duibiao.progress.status import Status
from duibiao.store.issues_flow import (
    ISSUE_ACTION_WORDS,
    ORIGIN_WORDS,
    RULE_OF,
    STATE_WORDS,
    IssueAction,
    IssueOrigin,
    IssueStanding,
    IssueState,
    next_steps,
    roles_of,
)
from duibiao.store.issues_model import Issue, IssueDraft
from duibiao.store.units import UnitTree
from duibiao.store.workflow import ROLE_WORDS, ActorRole
from duibiao.views.words import DASH

SOON_DAYS = 7
"""From how many days before the deadline on a page says so."""
WARNED = frozenset({Status.ATTENTION, Status.BEHIND, Status.MET_AT_RISK})
"""The statuses of a target that give reason for an issue."""


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One issue as every page shows it (问题行).

    ``status``: the status its target had when it was found, None where it was not found by one. ``deadline`` says
    how many days are left or passed.
    """

    number: str
    title: str
    state: IssueState
    state_word: Text
    origin: IssueOrigin
    origin_word: Text
    status: Status | None
    target: str
    indicator: str
    unit: str
    unit_name: str
    department: str
    person: str
    day: date
    due: date | None
    first_due: date | None
    deadline: Text
    is_overdue: bool
    is_soon: bool
    is_open: bool
    next: Text
    changed_at: str
    changed_by: str
    changed_word: Text


@dataclass(frozen=True, slots=True)
class FrozenFigure:
    """The figure an issue was found by (立项时的数字), as it was then; ``facts`` are names and values."""

    status: Status | None
    as_of: date
    facts: tuple[tuple[Text, str], ...]
    formula: Text | None
    document: str
    document_title: Text | None
    place: str
    locator: str
    sha256: str


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit the form offers as responsible (可选单位), with its depth in the tree below the reader's unit."""

    code: str
    name: str
    depth: int


def unit_name(tree: UnitTree, code: str) -> str:
    """The name of a unit; its code where it is not registered any more."""
    unit = tree.get(code)
    return unit.name if unit else code


def issue_row(issue: Issue, tree: UnitTree, day: date) -> IssueRow:
    """Show an issue on a day."""
    left = issue.days_left(day)
    return IssueRow(
        number=issue.number,
        title=issue.title,
        state=issue.state,
        state_word=STATE_WORDS[issue.state],
        origin=issue.origin,
        origin_word=ORIGIN_WORDS[issue.origin],
        status=Status(issue.status) if issue.status in set(Status) else None,
        target=issue.target,
        indicator=issue.indicator,
        unit=issue.unit,
        unit_name=unit_name(tree, issue.unit),
        department=issue.department,
        person=issue.person,
        day=issue.day,
        due=issue.due,
        first_due=issue.first_due,
        deadline=deadline_words(issue, day),
        is_overdue=issue.overdue(day),
        is_soon=left is not None and 0 <= left <= SOON_DAYS and issue.state is not IssueState.ACCEPTANCE,
        is_open=issue.is_open,
        next=next_words(issue),
        changed_at=local_time(issue.changed_at)[:10],
        changed_by=issue.changed_by,
        changed_word=ISSUE_ACTION_WORDS[issue.changed_action],
    )


def deadline_words(issue: Issue, day: date) -> Text:
    """How far the deadline is; what lies with the acceptor is neither late nor early."""
    left = issue.days_left(day)
    if issue.due is None or left is None or issue.state is IssueState.ACCEPTANCE:
        return Text(DASH, DASH)
    if left < 0:
        return Text(f"逾期{-left}天", f"{-left} days overdue")
    return Text("今天到期", "due today") if left == 0 else Text(f"剩{left}天", f"{left} days left")


def next_words(issue: Issue) -> Text:
    """What is to be done next and by whom; a dash where nothing is."""
    actions = next_steps(issue.state, accepted=issue.is_accepted)
    if not actions:
        return Text(DASH, DASH)
    words = [ISSUE_ACTION_WORDS[action] for action in actions]
    who = Text("责任单位", "responsible unit")
    if RULE_OF[actions[0]].standing is IssueStanding.SUPERVISING:
        who = Text("督办单位", "supervising unit")
    zh, en = "或".join(word.zh for word in words), " or ".join(_plain(action) for action in actions)
    return Text(f"{who.zh}{zh}", f"{who.en}: {en}")


_PLAIN_EN = {
    IssueAction.FIND: "find", IssueAction.REGISTER: "register", IssueAction.REASSIGN: "reassign",
    IssueAction.MEASURE: "record the measure", IssueAction.EVIDENCE: "add evidence",
    IssueAction.ASK_EXTENSION: "ask for an extension", IssueAction.EXTEND: "extend",
    IssueAction.SUBMIT: "hand in for acceptance", IssueAction.ACCEPT: "accept", IssueAction.RETURN: "return",
    IssueAction.CLOSE: "close", IssueAction.DISMISS: "dismiss",
}  # fmt: skip


def _plain(action: IssueAction) -> str:
    return _PLAIN_EN[action]


def step_words(action: IssueAction) -> Text:
    """A step as an order: the label of its button."""
    return Text(ISSUE_ACTION_WORDS[action].zh, _PLAIN_EN[action].capitalize())


def who_may(action: IssueAction) -> Text:
    """The roles that may take a step, in words."""
    roles = [ROLE_WORDS[role] for role in roles_of(action) if role is not ActorRole.SYSTEM]
    rule = RULE_OF[action]
    unit = Text("责任单位的", " of the responsible unit")
    if rule.standing is IssueStanding.SUPERVISING:
        unit = Text("督办单位（或其上级）的", " of the supervising unit or one above")
    return Text(unit.zh + "、".join(role.zh for role in roles), ", ".join(role.en for role in roles) + unit.en)


def frozen_figure(issue: Issue | IssueDraft, figure: Mapping[str, Any], sha256: str) -> FrozenFigure | None:
    """Show the figure that was frozen with an issue; None where it was found by none.

    The keys are those of ``MonitorRow`` as JSON (``views.words.as_plain``), or ``facts`` of a finding about data.
    """
    if not figure:
        return None
    citation = figure.get("citation") or {}
    title = citation.get("title")
    return FrozenFigure(
        status=Status(issue.status) if issue.status in set(Status) else None,
        as_of=issue.day,
        facts=tuple(_facts(figure)),
        formula=_text(figure.get("formula")),
        document=citation.get("document", ""),
        document_title=_text(title),
        place=citation.get("place", ""),
        locator=citation.get("locator", ""),
        sha256=sha256,
    )


def _text(found: object) -> Text | None:
    return Text(str(found["zh"]), str(found["en"])) if isinstance(found, dict) and "zh" in found else None


def _facts(figure: Mapping[str, Any]) -> Iterable[tuple[Text, str]]:
    for name, value in figure.get("facts", {}).items():
        yield Text(name), str(value)
    if "goal_written" not in figure:
        return
    unit = "" if figure["unit"] == DASH else figure["unit"]
    seen = figure["observation"] or {}
    source = (seen.get("source_title") or {}).get("zh", "")
    baseline = f"{figure['baseline_written']}（{figure['baseline_year']}）" if figure["baseline_year"] else DASH
    yield Text("现值", "value"), f"{figure['value']}{unit}（{seen['period']}）" if figure["value"] and seen else DASH
    yield Text("基期值", "baseline"), baseline
    yield Text("目标", "goal"), f"{figure['goal_written']}（{figure['due']}）"
    yield Text("数据来源", "source"), f"{source}，{seen['published']}公布" if seen else DASH
    yield Text("判定规则", "rule"), f"{figure['rule_words']['zh']}（{figure['policy']}）"


def unit_choices(tree: UnitTree, top: str, chosen: str, most: int = 600) -> tuple[UnitChoice, ...]:
    """A unit, what lies directly below it, and the chosen one: a city offers districts, a district its schools."""
    children = sorted((unit for unit in tree.values() if unit.parent == top), key=lambda unit: (unit.kind, unit.code))
    found = [UnitChoice(top, tree[top].name, 0)] if top in tree else []
    found += [UnitChoice(unit.code, unit.name, 1) for unit in children[:most]]
    if chosen in tree and chosen not in {one.code for one in found}:
        found.append(UnitChoice(chosen, tree[chosen].name, 1))
    return tuple(found)
