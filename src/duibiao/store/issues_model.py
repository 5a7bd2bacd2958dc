"""What the issue list takes and answers with: plain frozen dataclasses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from duibiao.kernel.problem import Problem, Where, problem
from duibiao.store.issues_flow import (
    ISSUE_ACTION_WORDS,
    OPEN_STATES,
    STATE_WORDS,
    IssueAction,
    IssueOrigin,
    IssueState,
)
from duibiao.store.workflow import ActorRole

MAX_LINE, MAX_TEXT = 200, 4000
"""The longest name or title, and the longest text of a step, in characters."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who rectifies what by when (责任分工): the responsible unit (its code), department, person, deadline, acceptor.

    ``person`` and ``acceptor`` are a post or a name as the user types it; nobody is scored by them.
    """

    unit: str
    due: date
    department: str = ""
    person: str = ""
    acceptor: str = ""


@dataclass(frozen=True, slots=True)
class IssueDraft:
    """An issue as it is found (问题线索): what by, on which day, about what, with a frozen copy of the figure.

    ``subject`` names what it is about, for instance ``target:PLAN/ROW@UNIT``; while an issue about it is open nobody
    opens a second one. Empty for what has no such name. ``figure`` is JSON-ready data that is kept unchanged.
    ``unit``: the responsible unit; ``department``: who is proposed to answer for it.
    """

    origin: IssueOrigin
    day: date
    unit: str
    title: str
    detail: str = ""
    subject: str = ""
    target: str = ""
    indicator: str = ""
    status: str = ""
    department: str = ""
    figure: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file as somebody hands it in (佐证文件): its name and bytes, unchecked."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that is kept as evidence (佐证材料): name, kind, size in bytes and SHA-256."""

    step: int
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class IssueStep:
    """A step somebody wants to take (办理步骤), with what its rule needs (``IssueRule.needs``)."""

    action: IssueAction
    text: str = ""
    reason: str = ""
    assignment: Assignment | None = None
    due: date | None = None
    files: Sequence[EvidenceFile] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue (清单问题) of the issue list as it stands.

    ``number``: year and running number, e.g. 2026-0007. ``day``: the day its figure speaks of. ``due`` None: nobody
    has registered it yet. ``measures`` counts the steps with a measure, ``evidences`` those with evidence since it was
    last returned. ``lock_version`` is the number of steps taken; a step is taken on what was seen.
    """

    number: str
    origin: IssueOrigin
    subject: str
    title: str
    detail: str
    target: str
    indicator: str
    status: str
    day: date
    unit: str
    supervising_unit: str
    department: str
    person: str
    acceptor: str
    due: date | None
    first_due: date | None
    state: IssueState
    measures: int
    evidences: int
    accepted_by: str
    found_by: str
    found_at: str
    lock_version: int
    changed_at: str
    changed_by: str
    changed_action: IssueAction

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in OPEN_STATES

    @property
    def is_accepted(self) -> bool:
        """Whether the present rectification was accepted."""
        return self.accepted_by != ""

    def overdue(self, day: date) -> bool:
        """Whether the deadline has passed and the unit has not handed in its rectification; never stored.

        What lies with the acceptor is not late by the fault of the unit.
        """
        with_unit = self.state in (IssueState.REGISTERED, IssueState.RECTIFYING)
        return with_unit and self.due is not None and day > self.due

    def days_left(self, day: date) -> int | None:
        """Days until the deadline, negative after it; None where there is none or nothing is due any more."""
        return None if self.due is None or not self.is_open else (self.due - day).days

    def problem(self, code: str, **facts: object) -> Problem:
        """A problem with this issue; its state and last step may stand in the message."""
        state, action = STATE_WORDS[self.state], ISSUE_ACTION_WORDS[self.changed_action]
        return issue_problem(
            code,
            self.number,
            state_zh=state.zh,
            state_en=state.en,
            action_zh=action.zh,
            action_en=action.en,
            by=self.changed_by,
            at=self.changed_at[:19].replace("T", " "),
            **facts,
        )


@dataclass(frozen=True, slots=True)
class IssueEvent:
    """One step an issue took (办理记录): who, when, in which role, from where to where, with which words and why.

    ``assignment`` is what held after the step; its ``due`` is None before the issue is registered. ``asked_due``: the
    day asked for with an extension.
    """

    step: int
    at: str
    actor: str
    actor_unit: str
    role: ActorRole
    action: IssueAction
    from_state: IssueState | None
    to_state: IssueState
    text: str
    reason: str
    unit: str
    department: str
    person: str
    acceptor: str
    due: date | None
    asked_due: date | None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class IssueRecord:
    """An issue with everything that happened (问题档案): the frozen figure as it was found, and every step."""

    issue: Issue
    figure: Mapping[str, Any]
    figure_sha256: str
    events: tuple[IssueEvent, ...]


def issue_problem(code: str, number: str, field_: str = "", /, **facts: object) -> Problem:
    """A problem with an issue, or with a field of a form about one."""
    return problem(code, Where("issues", 0, field_ or number), number=number, **facts)
