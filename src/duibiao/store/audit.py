"""The audit trail: one line per call that changed something, each hash covering the line and the hash before it.

``hash = SHA-256(prev_hash + canonical JSON of (seq, at, actor, actor_unit, role, action, object, detail))``. The detail
holds the number and the SHA-256 of the rows the call appended to every other table of the history, so that an altered,
removed, added or re-ordered row of any of them is found too. Who rewrites the whole chain is found by an earlier head:
every published snapshot carries the head of its day (``manifest.store``), and ``Store.audit_head`` tells today's.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from duibiao.kernel.problem import Problem, Where, problem
from duibiao.store.schema import (
    APPEND_ONLY,
    AUDIT,
    BATCH,
    ISSUE,
    ISSUE_EVENT,
    ISSUE_FIGURE,
    ISSUE_FILE,
    META,
    REPORT,
    REVISION,
)

GENESIS = "0" * 64
HEAD = "audit_head"
COVERED = tuple(table for table in APPEND_ONLY if table is not AUDIT)
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A line of the audit trail (审计记录): who did what to what, when, in which role."""

    seq: int
    at: str
    actor: str
    actor_unit: str
    role: str
    action: str
    object: str
    detail: Mapping[str, Any]
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last line's number and hash (审计链首): written down elsewhere, it proves everything before it."""

    seq: int
    hash: str


def line_hash(prev_hash: str, facts: Sequence[object]) -> str:
    """The hash of a line from the hash before it and its eight facts, ``detail`` as its JSON text."""
    return hashlib.sha256((prev_hash + _encode(list(facts))).encode()).hexdigest()


def covered_columns(table: sa.Table) -> list[str]:
    """The columns the digest of appended rows covers: all but a running number and the payload (it has its own)."""
    running = [column.name for column in table.primary_key.columns if column.autoincrement is True]
    return [column.name for column in table.columns if column.name not in (*running, "payload")]


def row_text(row: Sequence[object]) -> str:
    """The canonical text of a row: its covered columns as JSON."""
    return _encode(list(row))


def row_texts(rows: Sequence[Sequence[object]]) -> list[str]:
    """The canonical texts of rows, as ``row_text`` has them.

    All of them are encoded at once and cut where one row ends and the next begins: to set up the encoder for each of
    ten thousand takes five times as long. Where a cell itself holds such a place, each row is encoded alone.
    """
    parts = _encode(rows)[1:-1].split(_BETWEEN)
    if len(parts) != len(rows):
        return [row_text(row) for row in rows]
    first, last = 0, len(parts) - 1
    return [f"{'' if place == first else '['}{part}{'' if place == last else ']'}" for place, part in enumerate(parts)]


_BETWEEN = "],["


def texts_digest(texts: Iterable[str]) -> tuple[int, str]:
    """The number and the SHA-256 of rows, whatever their order."""
    ordered = sorted(texts)
    return len(ordered), hashlib.sha256("\n".join(ordered).encode()).hexdigest()


def read_head(connection: sa.Connection, *, lock: bool = False) -> AuditHead:
    """The head of the trail; with ``lock`` no other writer can add a line before this transaction ends."""
    query = sa.select(META.c.value).where(META.c.key == HEAD)
    found = json.loads(connection.execute(query.with_for_update() if lock else query).scalar_one())
    return AuditHead(found["seq"], found["hash"])


def add_line(connection: sa.Connection, head: AuditHead, facts: Sequence[str]) -> AuditHead:
    """Append a line (at, actor, actor_unit, role, action, object, detail) after a locked head; the new head."""
    seq = head.seq + 1
    found = line_hash(head.hash, (seq, *facts))
    names = ("at", "actor", "actor_unit", "role", "action", "object", "detail")
    row = {"seq": seq, **dict(zip(names, facts, strict=True)), "prev_hash": head.hash, "hash": found}
    connection.execute(AUDIT.insert(), row)
    new = AuditHead(seq, found)
    connection.execute(META.update().where(META.c.key == HEAD).values(value=head_text(new)))
    return new


def head_text(head: AuditHead) -> str:
    """A head as ``meta`` keeps it."""
    return _encode({"seq": head.seq, "hash": head.hash})


def detail_text(detail: Mapping[str, object]) -> str:
    """The detail of a line as its JSON text."""
    return _encode(dict(detail))


def read_lines(connection: sa.Connection) -> Iterator[AuditLine]:
    """Every line in order."""
    for row in connection.execute(sa.select(AUDIT).order_by(AUDIT.c.seq)).yield_per(1000):
        facts = row._asdict()
        try:
            detail = json.loads(facts["detail"])
        except ValueError:
            detail = None  # somebody altered it: the hash will not fit either
        yield AuditLine(**{**facts, "detail": detail if isinstance(detail, dict) else {}})


def verify(connection: sa.Connection, anchors: Mapping[str, AuditHead] | None = None) -> list[Problem]:
    """Everything that does not fit: lines, appended rows, payloads, heads of returns, and earlier heads (anchors).

    ``anchors``: by the name of its place, a head written down earlier. Every problem has the code STORE-AUDIT.
    """
    checker = _Checker(connection)
    checker.lines(anchors or {})
    checker.rows()
    checker.payloads()
    checker.reports()
    checker.issues()
    return checker.problems


class _Checker:
    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.problems: list[Problem] = []
        self.claims: dict[tuple[str, int], tuple[int, str]] = {}

    def wrong(self, place: str, number: object, zh: str, en: str) -> None:
        self.problems.append(problem("STORE-AUDIT", Where(place, 0, str(number)), zh=zh, en=en))

    def lines(self, anchors: Mapping[str, AuditHead]) -> None:
        last, hashes = AuditHead(0, GENESIS), {}
        wanted = {head.seq for head in anchors.values()}
        query = sa.select(AUDIT).order_by(AUDIT.c.seq)
        for row in self.connection.execute(query).yield_per(1000):
            if row.seq != last.seq + 1:
                self.wrong("audit", row.seq, "它之前有记录缺失", "lines before it are missing")
            elif row.prev_hash != last.hash:
                self.wrong("audit", row.seq, "与前一条记录接不上", "it does not follow the line before it")
            facts = (row.at, row.actor, row.actor_unit, row.role, row.action, row.object, row.detail)
            if row.hash != line_hash(row.prev_hash, (row.seq, *facts)):
                self.wrong("audit", row.seq, "记录被改动", "it was altered")
            else:
                for table, (count, digest) in json.loads(row.detail).get("rows", {}).items():
                    self.claims[table, row.seq] = (count, digest)
            last = AuditHead(row.seq, row.hash)
            if row.seq in wanted:
                hashes[row.seq] = row.hash
        if read_head(self.connection) != last:
            self.wrong("audit", last.seq, "末尾有记录缺失或多出", "lines at the end are missing or too many")
        for place, head in anchors.items():
            if hashes.get(head.seq) != head.hash:
                zh, en = "与以前记下的链首不符", "it is not the line that was written down earlier"
                self.wrong(place, head.seq, zh, en)

    def rows(self) -> None:
        for table in COVERED:
            names = covered_columns(table)
            query = sa.select(*(table.c[name] for name in names)).order_by(table.c.audit_seq)
            place = names.index("audit_seq")
            found = self.connection.execute(query).yield_per(5000)
            seen = set()
            for seq, rows in groupby(found, key=lambda row: row[place]):
                seen.add(seq)
                if texts_digest(map(row_text, rows)) != self.claims.get((table.name, seq)):
                    self.wrong(table.name, seq, "与审计记录所记的内容不符", "its rows are not those the line records")
            for name, seq in self.claims:
                if name == table.name and seq not in seen:
                    self.wrong(table.name, seq, "审计记录所记的内容已不存在", "the rows the line records are gone")

    def payloads(self) -> None:
        query = sa.select(BATCH.c.id, BATCH.c.payload_sha256, BATCH.c.payload)
        for row in self.connection.execute(query).yield_per(50):
            if hashlib.sha256(row.payload).hexdigest() != row.payload_sha256:
                self.wrong("batch", row.id, "报送内容被改动", "what was handed in was altered")
        files = sa.select(ISSUE_FILE.c.sha256, ISSUE_FILE.c.payload)
        for file in self.connection.execute(files).yield_per(5):
            if hashlib.sha256(file.payload).hexdigest() != file.sha256:
                self.wrong("issue_file", file.sha256, "佐证文件被改动", "a file of evidence was altered")

    def reports(self) -> None:
        latest = sa.select(REVISION.c.report_id, sa.func.max(REVISION.c.revision).label("last"))
        latest_of = latest.group_by(REVISION.c.report_id).subquery()
        joined = REPORT.outerjoin(latest_of, latest_of.c.report_id == REPORT.c.id)
        query = sa.select(REPORT.c.id, REPORT.c.form, REPORT.c.unit, REPORT.c.period).select_from(joined)
        last = sa.func.coalesce(latest_of.c.last, 0)
        for row in self.connection.execute(query.where(REPORT.c.revision != last)):
            where = f"{row.form}/{row.unit}/{row.period}"
            self.wrong("report", where, "与其版本历史不符", "it does not fit the history of its revisions")

    def issues(self) -> None:
        """Every head of an issue says what its steps and the facts frozen with its figure say."""
        events: dict[int, list[sa.Row[Any]]] = {}
        for event in self.connection.execute(sa.select(ISSUE_EVENT).order_by(ISSUE_EVENT.c.step)).yield_per(1000):
            events.setdefault(event.issue_id, []).append(event)
        figures = {row.issue_id: row.content for row in self.connection.execute(sa.select(ISSUE_FIGURE))}
        for row in self.connection.execute(sa.select(ISSUE).order_by(ISSUE.c.number)).yield_per(1000):
            head, steps = row._asdict(), events.get(row.id, [])
            frozen = json.loads(figures.get(row.id, "{}")).get("issue")
            if frozen != {name: head[name] for name in FROZEN} or not _follows(head, steps):
                self.wrong("issue", row.number, "与其办理记录不符", "it does not fit the history of its steps")


FROZEN = ("number", "origin", "subject", "title", "detail", "target", "indicator", "status", "day", "supervising_unit")
"""What never changes in the head of an issue; it is frozen with its figure."""


def _follows(head: Mapping[str, Any], steps: Sequence["sa.Row[Any]"]) -> bool:
    """Whether the changing part of a head is what its steps lead to."""
    if not steps:
        return False
    last = steps[-1]
    deadlines = [step.due for step in steps if step.due is not None]
    returned = max((number for number, step in enumerate(steps) if step.action == "return"), default=-1)
    accepted = [step.actor for step in steps[returned + 1 :] if step.action == "accept"]
    wanted = {
        "lock_version": last.step,
        "state": last.to_state,
        "changed_at": last.at,
        "changed_by": last.actor,
        "changed_action": last.action,
        "first_due": deadlines[0] if deadlines else None,
        "accepted_by": accepted[-1] if accepted else "",
        "measures": sum(step.action == "measure" for step in steps),
        "evidences": sum(step.action == "evidence" for step in steps[returned + 1 :]),
        **{name: getattr(last, name) for name in ("unit", "department", "person", "acceptor", "due")},
    }
    return all(head[name] == value for name, value in wanted.items())
