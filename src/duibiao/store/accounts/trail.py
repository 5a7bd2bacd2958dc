"""The audit trail as the audit administrator reads it: filtered, in pages, checked, exported."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from duibiao.kernel.problem import Problem
from duibiao.kernel.text import Text
from duibiao.store import audit
from duibiao.store.accounts.model import AccountRole, Officer
from duibiao.store.accounts.rows import AccountRoom, require_officer
from duibiao.store.audit import AuditHead, AuditLine
from duibiao.store.schema import AUDIT

_READS = Text("查阅审计记录", "read the audit trail")
_IN_ONE = 10_000


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which lines of the trail are wanted (审计筛选); what is empty leaves nothing out.

    ``action``: the beginning of an action's name; ``actor`` and ``what``: parts; ``since`` and ``until``: ISO days,
    both included, in UTC as the lines are.
    """

    action: str = ""
    actor: str = ""
    what: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """The audit trail (审计查阅), for an audit administrator: all of it for the highest unit, else the subtree's."""

    room: AccountRoom

    def lines(
        self, officer: Officer, wanted: TrailFilter, *, before: int | None = None, limit: int = 100
    ) -> list[AuditLine]:
        """The newest lines that fit, at most ``limit``, all older than line ``before``; raises ACCESS-ROLE."""
        with self.room.database.reading() as connection:
            query = self._query(connection, officer, wanted)
            if before is not None:
                query = query.where(AUDIT.c.seq < before)
            found = connection.execute(query.order_by(AUDIT.c.seq.desc()).limit(limit))
            return [_line(row) for row in found]

    def export(self, officer: Officer, wanted: TrailFilter) -> Iterator[AuditLine]:
        """Every line that fits, the oldest first; the export itself stands in the trail, after what it holds."""
        with self.room.database.reading() as connection:
            rows = connection.execute(self._query(connection, officer, wanted).order_by(AUDIT.c.seq))
            found = [_line(row) for row in rows]
        with self.room.database.writing(officer.actor, officer.acting_as) as change:
            told = {key: value for key in TrailFilter.__slots__ if (value := getattr(wanted, key))}
            change.record("audit.export", f"{len(found)}", filter=told)
        yield from found

    def check(self, officer: Officer) -> tuple[AuditHead, list[Problem]]:
        """Check the whole chain and everything it covers; the head it ends in, and what does not fit.

        The check itself stands in the trail, with its outcome.
        """
        with self.room.database.reading() as connection:
            require_officer(connection, self.room, officer, AccountRole.AUDIT_ADMIN, _READS)
            head, problems = audit.read_head(connection), audit.verify(connection)
        with self.room.database.writing(officer.actor, officer.acting_as) as change:
            change.record("audit.check", f"{head.seq}", problems=len(problems))
        return head, problems

    def actions(self) -> list[str]:
        """The names of actions that occur."""
        with self.room.database.reading() as connection:
            return sorted(connection.execute(sa.select(AUDIT.c.action).distinct()).scalars())

    def _query(self, connection: sa.Connection, officer: Officer, wanted: TrailFilter) -> "sa.Select[Any]":
        grants = require_officer(connection, self.room, officer, AccountRole.AUDIT_ADMIN, _READS)
        tree = self.room.tree(connection)
        query = sa.select(AUDIT)
        whole = not grants or any(one.unit in tree and not tree[one.unit].parent for one in grants)
        if not whole:
            query = query.where(_among(sorted(set().union(*(tree.under(one.unit) for one in grants)))))
        for part, column in ((wanted.actor, AUDIT.c.actor), (wanted.what, AUDIT.c.object)):
            if part.strip():
                query = query.where(column.contains(part.strip(), autoescape=True))
        if wanted.action:
            query = query.where(AUDIT.c.action.startswith(wanted.action, autoescape=True))
        if wanted.since:
            query = query.where(AUDIT.c.at >= wanted.since)
        if wanted.until:
            query = query.where(AUDIT.c.at < wanted.until + "T99")  # later than any time of that day, as texts go
        return query


def _among(units: Sequence[str]) -> sa.ColumnElement[bool]:
    pieces = [units[start : start + _IN_ONE] for start in range(0, len(units), _IN_ONE)]
    return sa.or_(sa.false(), *(AUDIT.c.actor_unit.in_(piece) for piece in pieces))


def _line(row: Any) -> AuditLine:
    facts = row._asdict()
    try:
        detail = json.loads(facts["detail"])
    except ValueError:
        detail = None  # somebody altered it: the check says so
    return AuditLine(**{**facts, "detail": detail if isinstance(detail, dict) else {}})
