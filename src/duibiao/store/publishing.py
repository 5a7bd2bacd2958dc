"""Publishing: from accepted returns to a snapshot on the disk and back into the data base, at any kill point.

In this order, each step durable before the next begins:

1. the files, beside their place; 2. ``publication`` row ``prepared`` in the data base; 3. the folder gets its name;
4. one transaction: returns are published, the snapshot is registered, stage ``recorded``; 5. the pointer CURRENT;
6. stage ``current``. A process that dies leaves a stage from which ``recover`` completes (from 3 on) or withdraws
(before 3). The writer lock of the folder tells a dead publisher from one that is still at work.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa

from duibiao.kernel.period import Period
from duibiao.kernel.problem import Problem, UserError, Where, problem
from duibiao.metrics.element import DataElement
from duibiao.metrics.form import Form
from duibiao.store.audit import read_head
from duibiao.store.database import Database, StoreChange
from duibiao.store.durable import locked, told_when_the_disk_fails
from duibiao.store.history import History
from duibiao.store.layout import FLAGS
from duibiao.store.model import report_problem
from duibiao.store.reading import Pick, Placed, day_of, gathered, locate, reused_by, wide_table, with_silent
from duibiao.store.registry import Registry
from duibiao.store.returns import Head, lock_heads
from duibiao.store.reuse import EarlierEdition, KeptTable
from duibiao.store.schema import BATCH, META, NOTE, PUBLICATION, REPORT, SNAPSHOT
from duibiao.store.snapshot import Snapshot, current_id, point_to
from duibiao.store.snapshot_writing import (
    ORIGINS,
    TEMPORARY,
    PreparedSnapshot,
    SnapshotContent,
    remove_left_overs,
    writer,
)
from duibiao.store.steps import judge, refusals, require_role, take
from duibiao.store.units import UnitTree
from duibiao.store.workflow import ACTION_WORDS, Actor, ActorRole, ReportAction, ReportStatus

PREPARED, RECORDED, IN_FORCE, WITHDRAWN = "prepared", "recorded", "current", "withdrawn"
_VALID = (ReportStatus.CITY_ACCEPTED.value, ReportStatus.PUBLISHED.value)


@dataclass(frozen=True, slots=True)
class Edition:
    """What is published beside the returns (发布内容清单): title, forms, elements, versions of definitions, packs.

    ``history``: an earlier snapshot that is carried over wherever the store has no valid return.
    """

    title: str
    forms: Mapping[str, Form]
    elements: Mapping[str, DataElement]
    definitions: Mapping[str, str]
    packs: Mapping[str, str]
    history: History | None = None


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What a snapshot holds, by form code and year: the revisions, located, and the units asked that have none.

    A silent unit gets a row without values: it was expected, and what nobody sees nobody misses.
    """

    tables: Mapping[tuple[str, int], list[Placed]]
    silent: Mapping[tuple[str, int], Sequence[str]]

    @property
    def all(self) -> Iterable[Placed]:
        return (placed for some in self.tables.values() for placed in some)


class Publisher:
    """Publishes the accepted returns of a store into a snapshots folder (发布过程), and mends what a crash left."""

    def __init__(self, database: Database, registry: Registry, *, simulated: bool) -> None:
        self.database = database
        self.registry = registry
        self.simulated = simulated

    def publish(self, actor: Actor, folder: Path, edition: Edition) -> Snapshot:
        """Write, register and put in force a new snapshot; see the module for the order of steps.

        Raises UserError: ACCESS-UNIT, ACCESS-ROLE, STORE-NOTHING, STORE-FORM-UNKNOWN, STORE-DISK-FULL, SNAPSHOT-WRITE;
        REPORT-STALE where a return was reopened while the snapshot was written (nothing is published then).
        """
        folder = folder.absolute()
        pending = self.recover()
        if pending:
            raise UserError(pending)
        with writer(folder) as write:
            prepared = self._write(actor, folder, edition, write)
            self._stage(actor, prepared, edition.title, current_id(folder))
            try:
                snapshot = prepared.put_in_place()
                with self.database.writing(actor) as change:
                    self._record(change, snapshot, folder)
            except UserError:
                self._withdraw(actor, folder, prepared.id)
                raise
            prepared.make_current()
            self._mark(actor, prepared.id, IN_FORCE)
        return snapshot

    def recover(self) -> list[Problem]:
        """Complete or withdraw what a crash left; answers what could not be mended yet (STORE-PUBLISH-PENDING).

        A publishing whose process is still at work is left alone, and is no problem.
        """
        with self.database.reading() as connection:
            query = sa.select(PUBLICATION).where(PUBLICATION.c.stage.in_((PREPARED, RECORDED)))
            rows = list(connection.execute(query.order_by(PUBLICATION.c.seq)))
        problems = []
        for row in rows:
            folder = Path(row.folder)
            actor = Actor(row.actor, row.actor_unit, ActorRole.PUBLISHER)
            if not folder.is_dir():  # a disk that is not mounted now: nothing is decided without seeing it
                problems.append(problem("STORE-PUBLISH-PENDING", Where(str(folder)), snapshot=row.snapshot))
                continue
            try:
                with told_when_the_disk_fails(folder), locked(folder, wait=False) as mine:
                    if mine:
                        remove_left_overs(folder)
                        problems.extend(self._mend(actor, folder, row.snapshot))
            except UserError as error:  # told to whoever opens the store, and no reason not to open it
                problems.extend(error.problems)
        return problems

    def _mend(self, actor: Actor, folder: Path, snapshot_id: str) -> list[Problem]:
        with self.database.reading() as connection:
            query = sa.select(PUBLICATION.c.stage).where(PUBLICATION.c.snapshot == snapshot_id)
            stage = connection.execute(query.order_by(PUBLICATION.c.seq.desc()).limit(1)).scalar_one()
        try:
            if stage == PREPARED:
                snapshot = Snapshot.open(folder / snapshot_id, verify=True)
                with self.database.writing(actor) as change:
                    self._record(change, snapshot, folder)
                stage = RECORDED
            if stage == RECORDED:
                Snapshot.open(folder / snapshot_id)
                point_to(folder, snapshot_id)
                self._mark(actor, snapshot_id, IN_FORCE)
        except UserError as error:
            if stage == PREPARED:
                self._withdraw(actor, folder, snapshot_id)
                return []
            return [problem("STORE-PUBLISH-PENDING", Where(str(folder)), snapshot=snapshot_id), *error.problems]
        return []

    def _write(
        self,
        actor: Actor,
        folder: Path,
        edition: Edition,
        write: Callable[[SnapshotContent], PreparedSnapshot],
    ) -> PreparedSnapshot:
        with self.database.reading() as connection:
            today = self.registry.tree(connection, self.database.clock().date())
            chosen = self._choose(connection, actor, today, edition)
            head = read_head(connection)
            store = connection.execute(sa.select(META.c.value).where(META.c.key == "id")).scalar_one()
            taken = _taken(chosen)
            history = edition.history.snapshot.id if edition.history else None
            earlier = EarlierEdition.of(folder, store, history)
            content = SnapshotContent(
                tables=_carried(edition, chosen) | self._reported(connection, chosen, edition, earlier),
                forms=list(edition.forms.values()),
                elements=edition.elements,
                units=list(today.values()),
                title=edition.title,
                created_by=actor.name,
                created_at=self.database.clock(),
                simulated=self.simulated,
                flags=_with_history(self._flags(connection, chosen), edition, taken, Snapshot.flags),
                origins=_with_history(_origins(chosen), edition, taken, Snapshot.origins),
                definitions=edition.definitions,
                packs=edition.packs,
                previous=current_id(folder),
                store={"id": store, "audit_seq": head.seq, "audit_hash": head.hash},
                known_files=earlier.files if earlier else {},
                history=history,
            )
            return write(content)

    def _choose(self, connection: sa.Connection, actor: Actor, tree: UnitTree, edition: Edition) -> _Chosen:
        """The valid revision of every return: what the city accepted, else what was published before."""
        require_role(actor, (ActorRole.PUBLISHER,), ACTION_WORDS[ReportAction.PUBLISH], self.database.place)
        valid = sa.or_(REPORT.c.status.in_(_VALID), REPORT.c.published_revision.is_not(None))
        found: dict[tuple[str, int], list[Pick]] = {}
        verdict = judge(tree, actor, ReportAction.PUBLISH)
        problems: list[Problem] = []
        for row in connection.execute(sa.select(REPORT).where(valid).order_by(REPORT.c.id)):
            head = Head(*row)
            accepted = head.status in _VALID
            revision = head.revision if accepted else head.published_revision or 0
            if not tree.covers(actor.unit, head.unit):
                problems.append(report_problem("ACCESS-UNIT", head.form, head.unit, head.period, who=actor.name))
            elif head.status == ReportStatus.CITY_ACCEPTED:
                problems.extend(refusals(actor, head, ReportAction.PUBLISH, verdict, None))
            if head.form not in edition.forms:
                problems.append(problem("STORE-FORM-UNKNOWN", Where(f"{head.form} {head.period}"), form=head.form))
            found.setdefault((head.form, head.year), []).append(Pick(head, revision))
        problems.extend(_unknown_forms(edition))
        if not found:
            problems.append(problem("STORE-NOTHING", Where(self.database.place)))
        if problems:
            raise UserError(dict.fromkeys(problems))
        tables = {key: locate(connection, picks) for key, picks in found.items()}
        return _Chosen(tables, self._silent(connection, edition, set(tables)))

    def _silent(
        self, connection: sa.Connection, edition: Edition, held: set[tuple[str, int]]
    ) -> dict[tuple[str, int], list[str]]:
        """The units whose return was opened and never became valid, for the tables that are written.

        Not asked any more is who had ended by the day of the period, or is no unit of the form as the registry stands.
        """
        valid = sa.or_(REPORT.c.status.in_(_VALID), REPORT.c.published_revision.is_not(None))
        found: dict[tuple[str, int], list[str]] = {}
        query = sa.select(REPORT.c.form, REPORT.c.year, REPORT.c.unit).where(sa.not_(valid)).order_by(REPORT.c.unit)
        for form, year, unit in connection.execute(query):
            if (form, year) in held:
                found.setdefault((form, year), []).append(unit)
        for key, units in found.items():
            form = edition.forms[key[0]]
            period = Period(key[1], form.period)
            tree = self.registry.tree(connection, day_of(period))
            known = (tree[code] for code in units if code in tree)
            before = set[str]()
            if edition.history and edition.history.holds(key):
                before = set(edition.history.units(key))
            asked = (unit.code for unit in known if form.reported_by(unit) and unit.exists_in(period))
            found[key] = [code for code in asked if code not in before]
        return found

    def _reported(
        self, connection: sa.Connection, chosen: _Chosen, edition: Edition, earlier: EarlierEdition | None
    ) -> dict[tuple[str, int], pa.Table | Path | KeptTable | Callable[[], pa.Table]]:
        """The tables with returns of this store: those of the snapshot in force where they say the same."""
        found: dict[tuple[str, int], pa.Table | Path | KeptTable | Callable[[], pa.Table]] = {}
        for key in chosen.tables:
            form, year = edition.forms[key[0]], key[1]
            make = partial(self._table, connection, chosen, key, edition)
            found[key] = make
            if earlier is not None:
                codes = (form.code, *reused_by(form, edition.forms))
                placed = {code: chosen.tables.get((code, year), []) for code in codes}
                tree = self.registry.tree(connection, day_of(Period(year, form.period)))
                beside = {*chosen.silent.get(key, ()), *(edition.history.units(key) if edition.history else ())}
                kept = earlier.kept(form, year, placed, tree, beside)
                if kept is not None:
                    found[key] = KeptTable(*kept, otherwise=make)
        return found

    def _table(self, connection: sa.Connection, chosen: _Chosen, key: tuple[str, int], edition: Edition) -> pa.Table:
        form, year = edition.forms[key[0]], key[1]
        own = with_silent(gathered(connection, chosen.tables[key], form.asked), chosen.silent.get(key, ()))
        reused = []
        for asking, columns in reused_by(form, edition.forms).items():
            found = gathered(connection, chosen.tables.get((asking, year), []), columns)
            if edition.history:
                before = edition.history.values(asking, year, columns, found["unit"])
                found = pa.concat_tables([found.select(before.column_names).cast(before.schema), before])
            reused.append(found)
        tree = self.registry.tree(connection, day_of(Period(year, form.period)))
        table = wide_table(own, reused, form, tree)
        if edition.history and edition.history.holds(key):
            table = pa.concat_tables([table, edition.history.beside(form, year, table["unit"])])
        return table

    def _flags(self, connection: sa.Connection, chosen: _Chosen) -> pa.Table:
        picks = {placed.pick.head.id: placed.pick for placed in chosen.all}
        rows = []
        for note in connection.execute(sa.select(NOTE).order_by(NOTE.c.seq)):
            pick = picks.get(note.report_id)
            if pick is not None and pick.revision == note.revision:
                rows.append(_flag(pick.head, note.element, note.flag, note.note))
        if self.simulated:
            rows.extend(_flag(pick.head, "", "simulated", "模拟数据") for pick in picks.values())
        return pa.Table.from_pylist(rows, schema=FLAGS)

    def _stage(self, actor: Actor, prepared: PreparedSnapshot, title: str, previous: str | None) -> None:
        with self.database.writing(actor) as change:
            row = {
                "snapshot": prepared.id,
                "folder": str(prepared.folder),
                "title": title,
                "previous": previous,
                "actor": actor.name,
                "actor_unit": actor.unit,
                "at": change.at,
                "stage": PREPARED,
            }
            change.connection.execute(PUBLICATION.insert(), row)
            change.record("publish.prepare", prepared.id, folder=str(prepared.folder))

    def _record(self, change: StoreChange, snapshot: Snapshot, folder: Path) -> None:
        """Mark what the snapshot holds as published; refused where a return is no longer what the snapshot holds."""
        tree = self.registry.tree(change.connection, self.database.clock().date())
        ours = set(change.connection.execute(sa.select(BATCH.c.id)).scalars())
        held = {  # rows that were carried over from elsewhere come from batches this store does not have
            (row["form"], row["year"], row["unit"]): row["revision"]
            for row in snapshot.origins().to_pylist()
            if row["batch"] in ours
        }
        valid = sa.or_(REPORT.c.published_revision.is_(None), REPORT.c.published_revision != REPORT.c.revision)
        open_heads = [Head(*row) for row in change.connection.execute(sa.select(REPORT).where(valid))]
        heads = [head for head in open_heads if held.get(_key(head)) not in (None, head.published_revision)]
        locked_heads = list(lock_heads(change, heads).values())
        verdict = judge(tree, change.actor, ReportAction.PUBLISH)
        problems = []
        for head in locked_heads:
            if head.status != ReportStatus.CITY_ACCEPTED or head.revision != held[_key(head)]:
                problems.append(head.problem("REPORT-STALE"))
            else:
                problems.extend(refusals(change.actor, head, ReportAction.PUBLISH, verdict, None))
        if problems:
            raise UserError(problems)
        take(change, tree, ReportAction.PUBLISH, locked_heads, detail=snapshot.id)
        row: dict[str, object] = {
            "id": snapshot.id,
            "title": snapshot.title,
            "created_at": change.at,
            "created_by": change.actor.name,
            "folder": str(folder),
            "previous": snapshot.previous,
        }
        change.append(SNAPSHOT, [row])
        _set_stage(change, snapshot.id, RECORDED)
        change.record("publish", snapshot.id, returns=len(locked_heads), title=snapshot.title)

    def _mark(self, actor: Actor, snapshot_id: str, stage: str) -> None:
        with self.database.writing(actor) as change:
            _set_stage(change, snapshot_id, stage)
            change.record(f"publish.{stage}", snapshot_id)

    def _withdraw(self, actor: Actor, folder: Path, snapshot_id: str) -> None:
        """Take back what was prepared and not recorded: the data base does not know it, nothing points to it."""
        gone = folder / snapshot_id
        if gone.is_dir() and current_id(folder) != snapshot_id:
            aside = folder / f"{TEMPORARY}{snapshot_id}"  # in one step, so that nobody ever sees a part of it
            os.rename(gone, aside)
            shutil.rmtree(aside)
        self._mark(actor, snapshot_id, WITHDRAWN)


def _set_stage(change: StoreChange, snapshot_id: str, stage: str) -> None:
    change.connection.execute(PUBLICATION.update().where(PUBLICATION.c.snapshot == snapshot_id).values(stage=stage))


def _key(head: Head) -> tuple[str, int, str]:
    return head.form, head.year, head.unit


def _flag(head: Head, element: str, flag: str, note: str) -> dict[str, object]:
    return {"year": head.year, "form": head.form, "unit": head.unit, "element": element, "flag": flag, "note": note}


def _unknown_forms(edition: Edition) -> Iterable[Problem]:
    """Forms of the history that nobody knows any more: they are told, not left out."""
    for code in edition.history.snapshot.forms if edition.history else ():
        if code not in edition.forms:
            yield problem("STORE-FORM-UNKNOWN", Where(code), form=code)


def _carried(
    edition: Edition, chosen: _Chosen
) -> dict[tuple[str, int], pa.Table | Path | KeptTable | Callable[[], pa.Table]]:
    """The tables of the history that no return of the store touches."""
    if edition.history is None:
        return {}
    return {
        key: edition.history.carried(edition.forms[key[0]], key[1])
        for key in edition.history.keys
        if key not in chosen.tables
    }


def _taken(chosen: _Chosen) -> pa.Table:
    """Form, year and unit of every row that comes from the store."""
    return _origins(chosen).select(["form", "year", "unit"])


def _with_history(
    own: pa.Table, edition: Edition, taken: pa.Table, table_of: Callable[[Snapshot], pa.Table]
) -> pa.Table:
    """A side table with the lines of the rows that are carried over."""
    if edition.history is None:
        return own
    before = edition.history.sparse(table_of(edition.history.snapshot), taken)
    return pa.concat_tables([own, before.select(own.column_names).cast(own.schema)])


def _origins(chosen: _Chosen) -> pa.Table:
    placed: Sequence[Placed] = list(chosen.all)
    heads = [one.pick.head for one in placed]
    columns = (
        [head.form for head in heads],
        [head.year for head in heads],
        [head.unit for head in heads],
        [one.pick.revision for one in placed],
        [one.batch for one in placed],
    )
    return pa.table([pa.array(values, field.type) for values, field in zip(columns, ORIGINS, strict=True)], ORIGINS)
