"""Heads of returns: finding, locking and changing them, and their states as the outside sees them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeVar

import sqlalchemy as sa

from duibiao.kernel.period import Period
from duibiao.kernel.problem import Problem
from duibiao.store.database import StoreChange
from duibiao.store.model import ReportState, report_problem
from duibiao.store.schema import REPORT, SIGNATURE
from duibiao.store.workflow import ACTION_WORDS, STATUS_WORDS, ActorRole, ReportAction, ReportStatus

_T = TypeVar("_T")
MANY = 500
"""How many values stand in one IN list; more are asked for in several queries."""


@dataclass(frozen=True, slots=True)
class Head:
    """A row of ``report`` (报送抬头)."""

    id: int
    form: str
    form_version: str
    unit: str
    year: int
    period: str
    status: str
    revision: int
    published_revision: int | None
    lock_version: int
    due: str
    delegated_to: str | None
    submitted_by: str | None
    changed_at: str
    changed_by: str
    changed_action: str
    reason: str

    def state(self, signatures: Mapping[ActorRole, str] | None = None) -> ReportState:
        """The head as the outside sees it."""
        return ReportState(
            form=self.form,
            form_version=self.form_version,
            unit=self.unit,
            period=_period(self.period),
            status=ReportStatus(self.status),
            revision=self.revision,
            published_revision=self.published_revision,
            lock_version=self.lock_version,
            due=_day(self.due),
            delegated_to=self.delegated_to,
            submitted_by=self.submitted_by,
            changed_at=self.changed_at,
            changed_by=self.changed_by,
            changed_action=ReportAction(self.changed_action),
            reason=self.reason,
            signatures=signatures or {},
        )

    def problem(self, code: str, **facts: object) -> Problem:
        """A problem with this return; its status, last change and the person who made it may stand in the message."""
        status, action = STATUS_WORDS[ReportStatus(self.status)], ACTION_WORDS[ReportAction(self.changed_action)]
        return report_problem(
            code,
            self.form,
            self.unit,
            self.period,
            status_zh=status.zh,
            status_en=status.en,
            action_zh=action.zh,
            action_en=action.en,
            by=self.changed_by,
            at=self.changed_at[:19].replace("T", " "),
            **facts,
        )


@lru_cache(maxsize=256)
def _period(text: str) -> Period:
    return Period.parse(text)


@lru_cache(maxsize=256)
def _day(text: str) -> date:
    return date.fromisoformat(text)


def chunks(items: Sequence[_T], size: int = MANY) -> Iterator[Sequence[_T]]:
    """Items in pieces of at most ``size``."""
    return (items[start : start + size] for start in range(0, len(items), size))


def find_heads(
    connection: sa.Connection, form: str, period: Period, units: Iterable[str] | None = None
) -> dict[str, Head]:
    """The heads of a form and period by unit; all of them, or those of the named units."""
    wanted = None if units is None else set(units)
    query = sa.select(REPORT).where(REPORT.c.form == form, REPORT.c.year == period.year)
    if wanted is not None and len(wanted) <= MANY:
        query = query.where(REPORT.c.unit.in_(sorted(wanted)))
    found = (Head(*row) for row in connection.execute(query).all())
    return {head.unit: head for head in found if wanted is None or head.unit in wanted}


def lock_heads(change: StoreChange, heads: Iterable[Head]) -> dict[int, Head]:
    """The heads as they are now, by id; nobody else changes them before this transaction ends.

    All writers lock in the order of the ids, so that two of them never wait for each other. SQLite has one writer
    at a time: there the whole transaction is the lock, and what was found in it is what is.
    """
    found = {head.id: head for head in heads}
    if change.connection.dialect.name != "sqlite":
        for some in chunks(sorted(found)):
            query = sa.select(REPORT).where(REPORT.c.id.in_(some)).order_by(REPORT.c.id).with_for_update()
            found.update((row.id, Head(*row)) for row in change.connection.execute(query))
    return found


def change_heads(change: StoreChange, ids: Sequence[int], action: ReportAction, **values: object) -> None:
    """Change heads alike: their lock version rises by one, and they say who did what when."""
    facts = {
        "changed_at": change.at,
        "changed_by": change.actor.name,
        "changed_action": action.value,
        "lock_version": REPORT.c.lock_version + 1,
        **values,
    }
    for some in chunks(ids):
        change.connection.execute(REPORT.update().where(REPORT.c.id.in_(some)).values(facts))


def signatures_of(connection: sa.Connection, heads: Iterable[Head]) -> dict[int, dict[ActorRole, str]]:
    """Role → name of the signatures on the present revision, by report id."""
    revisions = {head.id: head.revision for head in heads}
    found: dict[int, dict[ActorRole, str]] = {}
    for some in chunks(sorted(revisions)):
        columns = SIGNATURE.c
        query = sa.select(columns.report_id, columns.revision, columns.role, columns.name)
        for row in connection.execute(query.where(columns.report_id.in_(some)).order_by(columns.signed_at)):
            if row.revision == revisions[row.report_id]:
                found.setdefault(row.report_id, {})[ActorRole(row.role)] = row.name
    return found


def states_of(connection: sa.Connection, heads: Iterable[Head]) -> list[ReportState]:
    """Heads as the outside sees them, with their signatures, by unit."""
    heads = sorted(heads, key=lambda head: (head.form, head.year, head.unit))
    signed = signatures_of(connection, heads)
    return [head.state(signed.get(head.id)) for head in heads]
