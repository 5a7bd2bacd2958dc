"""Issues as rows of the data base: reading heads, events, figures and evidence; appending steps."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from duibiao.store.audit import FROZEN
from duibiao.store.database import StoreChange
from duibiao.store.issues_files import CheckedFile
from duibiao.store.issues_flow import IssueAction, IssueOrigin, IssueState
from duibiao.store.issues_model import Evidence, Issue, IssueEvent
from duibiao.store.schema import ISSUE, ISSUE_EVENT, ISSUE_EVIDENCE, ISSUE_FIGURE, ISSUE_FILE
from duibiao.store.workflow import ActorRole

ASSIGNED = ("unit", "department", "person", "acceptor", "due")
"""The columns of an assignment, alike in ``issue`` and ``issue_event``."""


def issue_from(row: "sa.Row[Any]") -> Issue:
    """The issue of a row of ``issue``."""
    return Issue(
        number=row.number,
        origin=IssueOrigin(row.origin),
        subject=row.subject,
        title=row.title,
        detail=row.detail,
        target=row.target,
        indicator=row.indicator,
        status=row.status,
        day=date.fromisoformat(row.day),
        unit=row.unit,
        supervising_unit=row.supervising_unit,
        department=row.department,
        person=row.person,
        acceptor=row.acceptor,
        due=day_from(row.due),
        first_due=day_from(row.first_due),
        state=IssueState(row.state),
        measures=row.measures,
        evidences=row.evidences,
        accepted_by=row.accepted_by,
        found_by=row.found_by,
        found_at=row.found_at,
        lock_version=row.lock_version,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        changed_action=IssueAction(row.changed_action),
    )


def day_from(text: str | None) -> date | None:
    """A day of a column that may be empty."""
    return None if text is None else date.fromisoformat(text)


def find_issue(connection: sa.Connection, number: str, *, lock: bool = False) -> "sa.Row[Any] | None":
    """The row of an issue by its number; with ``lock`` nobody else changes it before this transaction ends."""
    query = sa.select(ISSUE).where(ISSUE.c.number == number)
    return connection.execute(query.with_for_update() if lock else query).one_or_none()


def read_events(connection: sa.Connection, issue_id: int) -> tuple[IssueEvent, ...]:
    """Every step of an issue with its evidence, the oldest first."""
    evidence: dict[int, list[Evidence]] = {}
    joined = ISSUE_EVIDENCE.join(ISSUE_FILE, ISSUE_FILE.c.sha256 == ISSUE_EVIDENCE.c.sha256)
    columns = (ISSUE_EVIDENCE.c.step, ISSUE_EVIDENCE.c.name, ISSUE_FILE.c.media_type, ISSUE_FILE.c.size)
    files = sa.select(*columns, ISSUE_FILE.c.sha256).select_from(joined).where(ISSUE_EVIDENCE.c.issue_id == issue_id)
    for row in connection.execute(files.order_by(ISSUE_EVIDENCE.c.step, ISSUE_EVIDENCE.c.place)):
        evidence.setdefault(row.step, []).append(Evidence(*row))
    query = sa.select(ISSUE_EVENT).where(ISSUE_EVENT.c.issue_id == issue_id).order_by(ISSUE_EVENT.c.step)
    return tuple(
        IssueEvent(
            step=row.step,
            at=row.at,
            actor=row.actor,
            actor_unit=row.actor_unit,
            role=ActorRole(row.role),
            action=IssueAction(row.action),
            from_state=None if row.from_state is None else IssueState(row.from_state),
            to_state=IssueState(row.to_state),
            text=row.text,
            reason=row.reason,
            unit=row.unit,
            department=row.department,
            person=row.person,
            acceptor=row.acceptor,
            due=day_from(row.due),
            asked_due=day_from(row.asked_due),
            evidence=tuple(evidence.get(row.step, ())),
        )
        for row in connection.execute(query)
    )


def read_figure(connection: sa.Connection, issue_id: int) -> tuple[Mapping[str, Any], str]:
    """The frozen figure of an issue and its SHA-256."""
    query = sa.select(ISSUE_FIGURE.c.content, ISSUE_FIGURE.c.content_sha256).where(ISSUE_FIGURE.c.issue_id == issue_id)
    content, digest = connection.execute(query).one()
    return json.loads(content)["figure"], digest


def append_figure(change: StoreChange, issue_id: int, head: Mapping[str, Any], figure: Mapping[str, Any]) -> None:
    """Freeze the figure an issue was found by, and with it the facts of the issue that never change."""
    facts = {"issue": {name: head[name] for name in FROZEN}, "figure": figure}
    content = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(content.encode()).hexdigest()
    change.append(ISSUE_FIGURE, [{"issue_id": issue_id, "content": content, "content_sha256": digest}])


def append_event(change: StoreChange, issue_id: int, before: str | None, head: Mapping[str, Any], **facts: str) -> None:
    """Append a step to an issue whose head is ``head`` after it; ``facts``: text, reason, asked_due."""
    event = {
        "issue_id": issue_id,
        "step": head["lock_version"],
        "at": change.at,
        "actor": change.actor.name,
        "actor_unit": change.actor.unit,
        "role": change.actor.role.value,
        "action": head["changed_action"],
        "from_state": before,
        "to_state": head["state"],
        "text": facts.get("text", ""),
        "reason": facts.get("reason", ""),
        **{name: head[name] for name in ASSIGNED},
        "asked_due": facts.get("asked_due") or None,
    }
    change.append(ISSUE_EVENT, [event])


def append_files(change: StoreChange, issue_id: int, step: int, files: Sequence[CheckedFile]) -> None:
    """Keep the files of a step; content the store has already is not stored again."""
    _ = change.seq  # from here on no other writer adds a file
    digests = [file.sha256 for file in files]
    there = set(
        change.connection.execute(sa.select(ISSUE_FILE.c.sha256).where(ISSUE_FILE.c.sha256.in_(digests))).scalars()
    )
    for file in files:
        if file.sha256 not in there:
            row = {"sha256": file.sha256, "media_type": file.media_type, "size": len(file.content)}
            change.append(ISSUE_FILE, [{**row, "payload": file.content}])
    rows: list[dict[str, object]] = [
        {"issue_id": issue_id, "step": step, "place": place, "name": file.name, "sha256": file.sha256}
        for place, file in enumerate(files, start=1)
    ]
    change.append(ISSUE_EVIDENCE, rows)


def read_file(connection: sa.Connection, issue_id: int, sha256: str) -> tuple[Evidence, bytes] | None:
    """A file of evidence of an issue by its hash; None where the issue has no such file."""
    joined = ISSUE_EVIDENCE.join(ISSUE_FILE, ISSUE_FILE.c.sha256 == ISSUE_EVIDENCE.c.sha256)
    query = (
        sa.select(ISSUE_EVIDENCE.c.step, ISSUE_EVIDENCE.c.name, ISSUE_FILE)
        .select_from(joined)
        .where(ISSUE_EVIDENCE.c.issue_id == issue_id, ISSUE_EVIDENCE.c.sha256 == sha256)
        .order_by(ISSUE_EVIDENCE.c.step, ISSUE_EVIDENCE.c.place)
    )
    row = connection.execute(query).first()
    return None if row is None else (Evidence(row.step, row.name, row.media_type, row.size, row.sha256), row.payload)


def next_number(connection: sa.Connection, year: int) -> tuple[int, str]:
    """The next running number of a year and the whole number; right only while no other writer can add a line."""
    query = sa.select(sa.func.coalesce(sa.func.max(ISSUE.c.serial), 0)).where(ISSUE.c.year == year)
    serial = connection.execute(query).scalar_one() + 1
    return serial, f"{year}-{serial:04d}"


def read_issues(connection: sa.Connection, **where: str) -> Iterable[Issue]:
    """Issues by number, those whose columns have the named values."""
    query = sa.select(ISSUE).order_by(ISSUE.c.year, ISSUE.c.serial)
    for name, value in where.items():
        query = query.where(ISSUE.c[name] == value)
    return map(issue_from, connection.execute(query))
