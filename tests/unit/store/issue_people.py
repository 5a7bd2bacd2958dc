"""The people of the issue list in the example city, and the steps that bring an issue to an end."""

from datetime import date
from typing import Any

from duibiao.store.issues_flow import IssueAction, IssueOrigin
from duibiao.store.issues_model import Assignment, EvidenceFile, Issue, IssueDraft, IssueStep
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ActorRole
from tests.unit.store.people import CITY

DISTRICT = "990101"
SUPERVISOR = Actor("市督导", CITY, ActorRole.SUPERVISOR)
DISTRICT_SUPERVISOR = Actor("区督导", DISTRICT, ActorRole.SUPERVISOR)
OFFICER = Actor("区经办人", DISTRICT, ActorRole.REPORTER)
DUE = date(2024, 12, 31)
PDF = EvidenceFile("整改报告.pdf", b"%PDF-1.7\n%test\n")
FIGURE = {"label": "学前教育毛入园率", "value": "91.2", "unit": "%", "status": "behind", "source": "教育统计"}


def draft(unit: str = DISTRICT, **changes: Any) -> IssueDraft:
    facts: dict[str, Any] = {
        "origin": IssueOrigin.WARNING,
        "day": date(2024, 10, 1),
        "unit": unit,
        "title": "毛入园率滞后",
        "detail": "进度低于序时进度",
        "subject": f"target:plan/1@{unit}",
        "target": "plan/1",
        "indicator": "preschool.gross",
        "status": "behind",
        "figure": FIGURE,
        **changes,
    }
    return IssueDraft(**facts)


def assignment(unit: str = DISTRICT, **changes: Any) -> Assignment:
    facts: dict[str, Any] = {"unit": unit, "due": DUE, "department": "基教科", "person": "科长", "acceptor": "市督导办"}
    return Assignment(**{**facts, **changes})


def opened(store: Store, unit: str = DISTRICT, **changes: Any) -> Issue:
    """An issue the city found and registered."""
    return store.issues.find(SUPERVISOR, draft(unit, **changes), assignment(unit))


def take(store: Store, actor: Actor, issue: Issue, action: IssueAction, **facts: Any) -> Issue:
    return store.issues.take(actor, issue.number, issue.lock_version, IssueStep(action, **facts))


def handed_in(store: Store, issue: Issue, actor: Actor = OFFICER) -> Issue:
    """With a measure and evidence, up for acceptance."""
    issue = take(store, actor, issue, IssueAction.MEASURE, text="新增公办园学位 600 个")
    issue = take(store, actor, issue, IssueAction.EVIDENCE, text="验收报告已附", files=(PDF,))
    return take(store, actor, issue, IssueAction.SUBMIT)


def rectified(store: Store, unit: str = DISTRICT) -> Issue:
    """From finding to closing."""
    issue = handed_in(store, opened(store, unit))
    issue = take(store, SUPERVISOR, issue, IssueAction.ACCEPT, text="现场核实，属实")
    return take(store, SUPERVISOR, issue, IssueAction.CLOSE)
