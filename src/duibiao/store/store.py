"""The store: the one door to units, returns, their history, and publishing. Every call says who acts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import sqlalchemy as sa

from duibiao.kernel.period import Period
from duibiao.kernel.problem import Problem, UserError, Where, problem
from duibiao.kernel.quick import seldom_searched
from duibiao.kernel.text import Text
from duibiao.metrics.element import DataElement
from duibiao.metrics.form import Form
from duibiao.metrics.unit import Unit
from duibiao.store import audit
from duibiao.store.accounts import Accounts, Vault
from duibiao.store.accounts.passwords import Hashing
from duibiao.store.audit import AuditHead, AuditLine
from duibiao.store.database import WAITS_S, Clock, Database, StoreChange, now
from duibiao.store.history import History
from duibiao.store.issues import IssueRegister
from duibiao.store.model import CellNote, CellVersion, Origin, Receipt, ReportEvent, ReportState, Seen, report_problem
from duibiao.store.publishing import Edition, Publisher
from duibiao.store.reading import Pick, cell_history, day_of, gathered, locate, reused_by, wide_table, with_keys
from duibiao.store.recent import RecentCells
from duibiao.store.registry import Registry
from duibiao.store.returns import MANY, Head, states_of
from duibiao.store.saving import HandedIn, add_notes, checked_rows, notes_of, open_returns, packed_meanwhile, save_rows
from duibiao.store.schema import EVENT, META, NOTE, REPORT, SNAPSHOT
from duibiao.store.snapshot import Snapshot, snapshots_in
from duibiao.store.steps import before_accepting, before_submitting, locked_seen, require_role, sign, take
from duibiao.store.units import UnitTree
from duibiao.store.workflow import ACTION_WORDS, Actor, ActorRole, ReportAction, ReportStatus

PROGRAM = Actor("duibiao", "", ActorRole.SYSTEM)
"""The program itself, where nobody acts: making and migrating a store."""
_KEEPERS = (ActorRole.PUBLISHER, ActorRole.SYSTEM)


class Store:
    """The system of record (数据库) of one authority: SQLite in a file, or PostgreSQL by its URL.

    A store is wholly simulated or wholly real. Use it as a context manager, or call ``close``. All methods raise
    UserError with a problem code for what a person can mend: ACCESS-UNIT (outside the actor's subtree), ACCESS-ROLE,
    STORE-BUSY, STORE-DISK-FULL, STORE-CONNECT, and what each of them names. ``problems``: what could not be mended when
    the store was opened (a publishing that was killed, on a disk that is not there now). ``issues``: the issue list.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._registry = Registry()
        self._recent = RecentCells()
        with database.reading() as connection:
            facts = {row.key: row.value for row in connection.execute(sa.select(META.c.key, META.c.value))}
        self.id: str = facts["id"]
        self.simulated: bool = facts["simulated"] == "true"
        self.issues = IssueRegister(database, self._registry)
        self._publisher = Publisher(database, self._registry, simulated=self.simulated)
        self.problems: tuple[Problem, ...] = tuple(self._publisher.recover())

    @classmethod
    def create(cls, url: str, *, simulated: bool, actor: Actor = PROGRAM, clock: Clock = now) -> "Store":
        """Make a new store, e.g. at ``sqlite:////data/duibiao.db`` or ``postgresql+psycopg://user@host/name``.

        ``clock`` answers the time, for tests and simulations. Raises UserError STORE-EXISTS.
        """
        database = Database(url, clock)
        return cls._opened(database, lambda: database.create(actor, simulated=simulated))

    @classmethod
    def open(cls, url: str, *, clock: Clock = now, waits_s: float = WAITS_S) -> "Store":
        """Open a store, and complete or withdraw a publishing that was killed.

        ``waits_s``: how many seconds a writer waits for another one before STORE-BUSY.

        Raises UserError STORE-MISSING, STORE-OLD (call ``migrate``), STORE-NEWER.
        """
        database = Database(url, clock, waits_s)
        return cls._opened(database, database.check_version)

    @classmethod
    def migrate(cls, url: str, *, actor: Actor = PROGRAM, clock: Clock = now) -> "Store":
        """Bring an older store to the layout of this version, whole or not at all, and open it."""
        database = Database(url, clock)
        return cls._opened(database, lambda: database.migrate(actor))

    @classmethod
    def _opened(cls, database: Database, first: Callable[[], None]) -> "Store":
        try:
            first()
            return cls(database)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Let go of the data base."""
        self._database.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def accounts(self, vault: Vault, hashing: Hashing | None = None) -> Accounts:
        """The accounts of this store; ``vault``: the key of the installation (``Vault.of_folder``)."""
        return Accounts(self._database, self._registry, vault, simulated=self.simulated, hashing=hashing)

    # --- units

    def tree(self, as_of: date | None = None) -> UnitTree:
        """The units of a day (today where none is named) with their parents; units that ended are in it."""
        with self._database.reading() as connection:
            return self._registry.tree(connection, as_of or self._today())

    def units(self, as_of: date | None = None) -> list[Unit]:
        """The units as registered for a day, by code; units that ended are in it, with their end."""
        return sorted(self.tree(as_of).values(), key=lambda unit: unit.code)

    def put_units(self, actor: Actor, units: Iterable[Unit], effective: date) -> int:
        """Register units, or how they are from a day on; answers how many versions were new. Nothing is written over.

        For a publisher or the system, within the own subtree. Raises UserError STORE-MIXED, STORE-UNIT-PARENT.
        """
        given = list(units)
        require_role(actor, _KEEPERS, Text("登记单位", "register units"), self._database.place)
        with self._database.writing(actor) as change:
            known = self._registry.tree(change.connection, self._today())
            after = UnitTree([*known.values(), *given])
            foreign = [
                unit.code
                for unit in given
                if not after.covers(actor.unit, unit.code)
                or (unit.code in known and not known.covers(actor.unit, unit.code))
            ]
            _refuse_foreign(actor, foreign)
            count = self._registry.put(change, given, effective, simulated=self.simulated)
            change.record("units.put", f"{count}", effective=effective.isoformat())
        return count

    # --- returns

    def open_reports(
        self, actor: Actor, form: Form, period: Period, units: Iterable[str] | None = None, due: date | None = None
    ) -> int:
        """Open the returns of a form for a period; answers how many were new.

        ``units``: codes; everybody in the actor's subtree who reports the form where none are named. ``due``: the
        form's own day where none is named. For a publisher or the system. Raises UserError REPORT-NOT-ASKED.
        """
        require_role(actor, _KEEPERS, ACTION_WORDS[ReportAction.OPEN], self._database.place)
        with self._database.writing(actor) as change:
            mine = self._tree(change).under(actor.unit)
            if units is not None:
                _refuse_foreign(actor, set(units) - mine)
            then = self._registry.tree(change.connection, day_of(period))
            reporting = UnitTree(unit for unit in then.values() if unit.code in mine)
            count = open_returns(change, reporting, form, period, units, due)
            change.record("report.open", f"{form.code}/{period}", returns=count)
        return count

    def report(self, actor: Actor, form: str, unit: str, period: Period) -> ReportState:
        """Where one return stands; raises UserError REPORT-NOT-OPEN."""
        with self._database.reading() as connection:
            return states_of(connection, [self._head(connection, actor, form, unit, period)])[0]

    def rounds(self) -> list[tuple[str, Period]]:
        """The forms and periods returns were ever opened for, the newest period first; tells nothing of any unit."""
        with self._database.reading() as connection:
            query = sa.select(REPORT.c.form, REPORT.c.year, REPORT.c.period).distinct()
            found = sorted(connection.execute(query), key=lambda row: (-row.year, row.form))
        return [(row.form, Period.parse(row.period)) for row in found]

    def reports(
        self,
        actor: Actor,
        form: str,
        period: Period,
        under: str | None = None,
        statuses: Iterable[ReportStatus] | None = None,
    ) -> Sequence[ReportState]:
        """Where the returns of a form and period stand, by unit; within ``under``, else within the actor's subtree."""
        with self._database.reading() as connection:
            return states_of(connection, self._heads(connection, actor, form, period, under, statuses))

    def save(  # noqa: PLR0913 - who, what, from where, why: the record of a batch has that many facts
        self,
        actor: Actor,
        form: Form,
        period: Period,
        table: pa.Table,
        *,
        origin: Origin,
        source_type: str,
        expected: Mapping[str, int] | None = None,
        reason: str = "",
        notes: Sequence[CellNote] = (),
    ) -> Receipt:
        """Save rows as the next revision of their units' returns, all of them or none.

        ``table``: the column ``unit`` and any of the form's asked columns, whole numbers scaled by the element's
        decimals; null is missing. A column that is absent is taken over from the revision before. Other key columns and
        reused columns may stand in it and are not stored: the registry and the asking return outrank them.
        ``source_type``: e.g. 填报 or 官方统计. ``expected``: unit → lock version that was seen. Raises UserError
        STORE-ROWS, REPORT-NOT-OPEN, REPORT-STALE, REPORT-STATUS, REPORT-NOTE.
        """
        given = checked_rows(HandedIn(form, period, table, origin, source_type, reason, expected, notes))
        with packed_meanwhile(given) as packed, seldom_searched(), self._database.writing(actor) as change:
            batch, states = save_rows(change, self._tree(change), given, packed)
            change.record("report.save", f"{form.code}/{period}", batch=batch, file=origin.name, reason=reason)
        return Receipt(batch, change.at, states)

    def note(self, actor: Actor, form: Form, seen: Sequence[Seen], notes: Sequence[CellNote]) -> Sequence[ReportState]:
        """Say something about cells of saved returns: why one is missing, that a question was answered.

        Raises UserError REPORT-NOTE, REPORT-EMPTY, REPORT-STALE.
        """
        with self._database.writing(actor) as change:
            tree = self._tree(change)
            heads = locked_seen(change, tree, ReportAction.NOTE, seen, "", before_submitting)
            add_notes(change, form, heads, notes)
            heads = take(change, tree, ReportAction.NOTE, heads)
            return self._recorded(change, ReportAction.NOTE, heads)

    # --- the work flow: each step names the returns as they were seen (``ReportState.seen``)

    def sign(self, actor: Actor, seen: Sequence[Seen]) -> Sequence[ReportState]:
        """Sign the present revisions as 填报人, 审核人 or 负责人, whichever the actor is.

        Three different people sign. Raises UserError REPORT-SIGNED, REPORT-SAME-PERSON, REPORT-EMPTY, REPORT-STALE.
        """
        with self._database.writing(actor) as change:
            heads = sign(change, self._tree(change), seen)
            return self._recorded(change, ReportAction.SIGN, heads)

    def submit(self, actor: Actor, seen: Sequence[Seen]) -> Sequence[ReportState]:
        """Hand returns over for review; raises UserError REPORT-EMPTY, REPORT-STALE, REPORT-STATUS."""
        with self._database.writing(actor) as change:
            tree = self._tree(change)
            heads = locked_seen(change, tree, ReportAction.SUBMIT, seen, "", before_submitting)
            heads = take(change, tree, ReportAction.SUBMIT, heads)
            return self._recorded(change, ReportAction.SUBMIT, heads)

    def accept(self, actor: Actor, seen: Sequence[Seen]) -> Sequence[ReportState]:
        """Accept returns for the actor's level: the district first, then the city.

        Raises UserError REPORT-UNSIGNED, REPORT-SAME-PERSON, REPORT-STALE, REPORT-STATUS.
        """
        with self._database.writing(actor) as change:
            tree = self._tree(change)
            heads = locked_seen(change, tree, ReportAction.ACCEPT, seen, "", before_accepting(change, tree))
            heads = take(change, tree, ReportAction.ACCEPT, heads)
            return self._recorded(change, ReportAction.ACCEPT, heads)

    def return_(self, actor: Actor, seen: Sequence[Seen], reason: str) -> Sequence[ReportState]:
        """Give returns back to their reporters with a reason; raises UserError REPORT-REASON, REPORT-STALE, …"""
        return self._step(actor, ReportAction.RETURN, seen, reason)

    def reopen(self, actor: Actor, seen: Sequence[Seen], reason: str) -> Sequence[ReportState]:
        """Open accepted or published returns for a correction, with a reason; published values stay valid meanwhile."""
        return self._step(actor, ReportAction.REOPEN, seen, reason)

    def delegate(self, actor: Actor, seen: Sequence[Seen], to: str | None, reason: str = "") -> Sequence[ReportState]:
        """Let a unit above fill in for the reporting unit, or (None) no longer.

        Raises UserError REPORT-DELEGATE where ``to`` does not lie above the reporting unit.
        """
        with self._database.writing(actor) as change:
            tree = self._tree(change)

            def extra(heads: Sequence[Head]) -> Iterable[Problem]:
                for head in heads:
                    if to is not None and (to == head.unit or not tree.covers(to, head.unit)):
                        yield head.problem("REPORT-DELEGATE", to=to)

            heads = locked_seen(change, tree, ReportAction.DELEGATE, seen, reason, extra)
            heads = take(change, tree, ReportAction.DELEGATE, heads, reason, to or "")
            return self._recorded(change, ReportAction.DELEGATE, heads)

    # --- values and history

    def rows(
        self,
        actor: Actor,
        form: Form,
        period: Period,
        *,
        under: str | None = None,
        statuses: Iterable[ReportStatus] | None = None,
        published: bool = False,
        forms: Mapping[str, Form] | None = None,
    ) -> pa.Table:
        """The wide table of a form and period (``store.layout``): present revisions, with ``published`` the valid ones.

        Reused columns are filled in where ``forms`` holds the form that asks for them, else they are missing.
        """
        forms = forms or {}
        with self._database.reading() as connection:
            tree = self._registry.tree(connection, day_of(period))

            def values(code: str, columns: Sequence[str], wanted: Iterable[ReportStatus] | None) -> pa.Table:
                heads = self._heads(connection, actor, code, period, under, wanted)
                revisions = ((head, head.published_revision if published else head.revision) for head in heads)
                picks = [Pick(head, revision) for head, revision in revisions if revision]
                return gathered(connection, locate(connection, picks), columns)

            own = values(form.code, form.asked, statuses)
            reused = [values(code, columns, None) for code, columns in reused_by(form, forms).items()]
            return wide_table(own, reused, form, tree)

    def cells(
        self, actor: Actor, form: Form, period: Period, columns: Sequence[str], *, under: str | None = None
    ) -> pa.Table:
        """The key columns and a few asked columns of the present revisions within ``under``, else the actor's subtree.

        For comparing with peers again and again: what was read once is kept, and only revisions that are new since
        are read. Raises UserError ACCESS-UNIT, KeyError for a column the form does not ask for.
        """
        unknown = set(columns) - set(form.asked)
        if unknown:
            raise KeyError(sorted(unknown)[0])
        with self._database.reading() as connection:
            tree = self._registry.tree(connection, day_of(period))
            today, top = self._registry.tree(connection, self._today()), actor.unit if under is None else under
            if not today.covers(actor.unit, top):
                _refuse_foreign(actor, [top])
            mine = today.under(top)
            found = self._recent.table(connection, form.code, period, tuple(columns))
        wanted = pa.array([unit in mine and unit in tree for unit in found["unit"].to_pylist()], pa.bool_())
        return with_keys(found.filter(wanted), tree)

    def history(self, actor: Actor, form: str, unit: str, period: Period, element: str) -> list[CellVersion]:
        """Every version of one cell, the oldest first: who, when, with which file, why. Empty: never reported."""
        with self._database.reading() as connection:
            return cell_history(connection, self._head(connection, actor, form, unit, period), element)

    def events(self, actor: Actor, form: str, unit: str, period: Period) -> list[ReportEvent]:
        """Every step a return took, the oldest first."""
        with self._database.reading() as connection:
            head = self._head(connection, actor, form, unit, period)
            query = sa.select(EVENT).where(EVENT.c.report_id == head.id).order_by(EVENT.c.seq)
            return [
                ReportEvent(
                    at=row.at,
                    actor=row.actor,
                    actor_unit=row.actor_unit,
                    role=ActorRole(row.role),
                    action=ReportAction(row.action),
                    from_status=ReportStatus(row.from_status),
                    to_status=ReportStatus(row.to_status),
                    revision=row.revision,
                    detail=row.detail,
                    reason=row.reason,
                )
                for row in connection.execute(query)
            ]

    def notes(self, actor: Actor, form: str, unit: str, period: Period) -> list[CellNote]:
        """What is said about the cells of the present revision of a return."""
        with self._database.reading() as connection:
            head = self._head(connection, actor, form, unit, period)
            query = sa.select(NOTE).where(NOTE.c.report_id == head.id, NOTE.c.revision == head.revision)
            found = connection.execute(query.order_by(NOTE.c.seq))
            return [CellNote(head.unit, row.element, row.flag, row.note) for row in found]

    def notes_below(self, actor: Actor, form: str, period: Period, under: str) -> list[CellNote]:
        """What is said about the cells of the present revisions of every return below a unit, the oldest first."""
        with self._database.reading() as connection:
            heads = self._heads(connection, actor, form, period, under, None)
            return list(reversed(notes_of(connection, heads)))

    # --- publishing and audit

    def publish(  # noqa: PLR0913 - every part of what is published is named, none is guessed
        self,
        actor: Actor,
        folder: Path,
        *,
        title: str,
        forms: Mapping[str, Form],
        elements: Mapping[str, DataElement],
        definitions: Mapping[str, str] | None = None,
        packs: Mapping[str, str] | None = None,
        history: Snapshot | None = None,
    ) -> Snapshot:
        """Publish what the city accepted, with what was published before, as a new snapshot in ``folder``.

        ``history``: an earlier snapshot, of years before this store, that is carried over wherever the store has no
        valid return. Raises UserError STORE-HISTORY-MIXED for a simulated one in a real store, or the reverse.
        See ``store.publishing`` for the order of steps and the problems it raises.
        """
        if history is not None and history.simulated != self.simulated:
            raise UserError([problem("STORE-HISTORY-MIXED", Where(str(history.folder)))])
        before = History(history) if history else None
        edition = Edition(title, forms, elements, definitions or {}, packs or {}, before)
        return self._publisher.publish(actor, folder, edition)

    def snapshots(self) -> list[str]:
        """The ids of the snapshots published from this store, the oldest first."""
        with self._database.reading() as connection:
            return list(connection.execute(sa.select(SNAPSHOT.c.id).order_by(SNAPSHOT.c.audit_seq)).scalars())

    def audit(self, actor: Actor) -> list[AuditLine]:
        """The audit trail, for an auditor: all of it for the highest unit, else what the actor's subtree did."""
        require_role(
            actor,
            (ActorRole.AUDITOR, ActorRole.SYSTEM),
            Text("查阅审计记录", "read the audit trail"),
            self._database.place,
        )
        with self._database.reading() as connection:
            tree = self._registry.tree(connection, self._today())
            mine = tree.under(actor.unit)
            if not mine and len(tree):
                _refuse_foreign(actor, [actor.unit])
            lines = list(audit.read_lines(connection))
        return lines if len(mine) == len(tree) else [line for line in lines if line.actor_unit in mine]

    def audit_head(self) -> AuditHead:
        """The last line's number and hash: written down outside this machine, it proves everything before it."""
        with self._database.reading() as connection:
            return audit.read_head(connection)

    def verify_audit(
        self, snapshots: Path | None = None, anchors: Mapping[str, AuditHead] | None = None
    ) -> list[Problem]:
        """Everything in the history that was altered, removed, added or re-ordered; empty where all is as written.

        ``snapshots``: a snapshots folder, whose snapshots carry the heads of their days. ``anchors``: heads that were
        written down elsewhere, by the name of the place. Every problem has the code STORE-AUDIT.
        """
        known = dict(anchors or {})
        for name in snapshots_in(snapshots) if snapshots else ():
            store = Snapshot.open((snapshots or Path()) / name).manifest["store"]
            if store is not None and store["id"] == self.id:
                known[f"snapshot {name}"] = AuditHead(store["audit_seq"], store["audit_hash"])
        with self._database.reading() as connection:
            return audit.verify(connection, known)

    # --- inside

    def _today(self) -> date:
        return self._database.clock().date()

    def _tree(self, change: StoreChange) -> UnitTree:
        return self._registry.tree(change.connection, self._today())

    def _step(self, actor: Actor, action: ReportAction, seen: Sequence[Seen], reason: str) -> Sequence[ReportState]:
        with self._database.writing(actor) as change:
            tree = self._tree(change)
            heads = locked_seen(change, tree, action, seen, reason)
            heads = take(change, tree, action, heads, reason)
            return self._recorded(change, action, heads, reason)

    def _recorded(
        self, change: StoreChange, action: ReportAction, heads: Sequence[Head], reason: str = ""
    ) -> Sequence[ReportState]:
        """Write the audit line of a step; the new states, by form, period and unit."""
        what = sorted({f"{head.form}/{head.period}" for head in heads})
        change.record(f"report.{action.value}", " ".join(what), returns=len(heads), reason=reason)
        return states_of(change.connection, heads)

    def _head(self, connection: sa.Connection, actor: Actor, form: str, unit: str, period: Period) -> Head:
        found = {head.unit: head for head in self._heads(connection, actor, form, period, unit, None, (unit,))}
        if unit not in found:
            raise UserError([report_problem("REPORT-NOT-OPEN", form, unit, period)])
        return found[unit]

    def _heads(
        self,
        connection: sa.Connection,
        actor: Actor,
        form: str,
        period: Period,
        under: str | None,
        statuses: Iterable[ReportStatus] | None,
        units: Iterable[str] | None = None,
    ) -> list[Head]:
        tree = self._registry.tree(connection, self._today())
        top = actor.unit if under is None else under
        if not tree.covers(actor.unit, top):
            _refuse_foreign(actor, [top])
        mine = tree.under(top)
        wanted = None if statuses is None else {status.value for status in statuses}
        named = mine if units is None and len(mine) <= MANY else units
        found = self._recent.heads(connection, form, period, named)
        return [head for head in found.values() if head.unit in mine and (wanted is None or head.status in wanted)]


def _refuse_foreign(actor: Actor, units: Iterable[str]) -> None:
    problems = [report_problem("ACCESS-UNIT", "", unit, "", who=actor.name) for unit in sorted(units)]
    if problems:
        raise UserError(problems)
