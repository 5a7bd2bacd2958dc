"""Heads of returns: finding, locking and changing them, and their states as the outside sees them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple, TypeVar, overload

import sqlalchemy as sa

from duibiao.kernel.period import Period
from duibiao.kernel.problem import Problem
from duibiao.store.database import StoreChange
from duibiao.store.model import ReportState, report_problem
from duibiao.store.schema import EVENT, REPORT, SIGNATURE
from duibiao.store.workflow import ACTION_WORDS, STATUS_WORDS, ActorRole, ReportAction, ReportStatus

_T = TypeVar("_T")
MANY = 500
"""How many values stand in one IN list; more are asked for in several queries."""


class Head(NamedTuple):
    """A row of ``report`` (报送抬头); a tuple, since thousands of them are read at once."""

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


class _LazyStates(Sequence[ReportState]):
    def __init__(self, heads: Sequence[Head], state: Callable[[Head], ReportState]) -> None:
        self._heads, self._state = heads, state

    def __len__(self) -> int:
        return len(self._heads)

    @overload
    def __getitem__(self, place: int) -> ReportState: ...

    @overload
    def __getitem__(self, place: slice) -> "_LazyStates": ...

    def __getitem__(self, place: int | slice) -> "ReportState | _LazyStates":
        if isinstance(place, slice):
            return _LazyStates(self._heads[place], self._state)
        return self._state(self._heads[place])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # its parts hold mappings, which have no hash either

    def __repr__(self) -> str:
        return repr(list(self))


def states_later(heads: Sequence[Head], state: Callable[[Head], ReportState]) -> Sequence[ReportState]:
    """The states of returns, each made when somebody looks at it: a batch has thousands of them."""
    return _LazyStates(heads, state)


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
    found = map(Head._make, connection.execute(query).all())  # all at once: a fetch a row costs more than the row
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


def change_heads(change: StoreChange, action: ReportAction, target: ReportStatus, **values: object) -> None:
    """Change the heads whose events of this change lead to a status: their lock version rises by one."""
    facts = {
        "changed_at": change.at,
        "changed_by": change.actor.name,
        "changed_action": action.value,
        "lock_version": REPORT.c.lock_version + 1,
        "status": target.value,
        **values,
    }
    taken = sa.select(EVENT.c.report_id).where(EVENT.c.audit_seq == change.seq, EVENT.c.to_status == target.value)
    change.connection.execute(REPORT.update().where(REPORT.c.id.in_(taken)).values(facts))


def signatures_of(connection: sa.Connection, heads: Iterable[Head]) -> dict[int, dict[ActorRole, str]]:
    """Role → name of the signatures on the present revision, by report id."""
    revisions = {head.id: head.revision for head in heads}
    found: dict[int, dict[ActorRole, str]] = {}
    columns = SIGNATURE.c
    query = sa.select(columns.report_id, columns.revision, columns.role, columns.name).order_by(columns.signed_at)
    for some in _conditions(columns.report_id, sorted(revisions)):
        for report, revision, role, name in connection.execute(query.where(some)):
            if revision == revisions.get(report):
                found.setdefault(report, {})[ActorRole(role)] = name
    return found


def _conditions(column: sa.Column[int], ids: Sequence[int]) -> Iterator[sa.ColumnElement[bool]]:
    """Conditions that find all of some sorted ids, and perhaps others between them where they lie close together."""
    if len(ids) > MANY and ids[-1] - ids[0] < 2 * len(ids):
        yield column.between(ids[0], ids[-1])
    else:
        yield from (column.in_(some) for some in chunks(ids))


def states_of(connection: sa.Connection, heads: Iterable[Head]) -> Sequence[ReportState]:
    """Heads as the outside sees them, with their signatures, by unit."""
    heads = sorted(heads, key=lambda head: (head.form, head.year, head.unit))
    signed = signatures_of(connection, heads)
    return states_later(heads, lambda head: head.state(signed.get(head.id)))
