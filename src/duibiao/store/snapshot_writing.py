"""Writing a snapshot: everything beside its place, forced to the disk, then one rename; a crash leaves old or new."""

import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.metrics.element import DataElement
from duibiao.metrics.form import Form
from duibiao.metrics.unit import Unit
from duibiao.store import layout
from duibiao.store.durable import file_digest, locked, sync_file, sync_folder, told_when_the_disk_fails, write_file
from duibiao.store.reuse import KeptTable, link_or_copy
from duibiao.store.snapshot import FORMAT, MANIFEST, Snapshot, SnapshotFile, canonical, point_to, snapshot_id
from duibiao.store.units import UNIT_SCHEMA, unit_table

TEMPORARY = ".tmp-"
ORIGINS = pa.schema(
    [
        pa.field("form", pa.string(), nullable=False),
        pa.field("year", pa.int64(), nullable=False),
        pa.field("unit", pa.string(), nullable=False),
        pa.field("revision", pa.int64(), nullable=False),
        pa.field("batch", pa.string(), nullable=False),
    ]
)
"""Which revision of which return a row came from, and in which batch it was handed in."""
_FORM_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

Tables = Mapping[tuple[str, int], pa.Table | Path | KeptTable | Callable[[], pa.Table]]


@dataclass(frozen=True)
class SnapshotContent:
    """What goes into a snapshot (快照内容).

    ``tables``: by (form code, statistical year), a wide table (``store.layout``), or the path of a Parquet file that
    already has that layout: for the size of a nation, nothing is loaded then; or a function that makes the table,
    called when its turn comes, so that one table at a time is in memory; or a table that stands in an earlier snapshot
    (``store.reuse``), whose file is linked. ``units``: the registry, or the path of a
    file in the layout of ``store.units.UNIT_SCHEMA``. ``definitions``: indicator code → version of its definition.
    ``packs``: pack code → SHA-256 of its files. ``previous``: the id of the snapshot this one follows.
    ``store``: what the store says about itself (its id, the head of its audit trail); None without a store.
    ``take_files``: remove the given files once the snapshot stands (they are linked, not copied, where that works).
    ``known_files``: SHA-256 → a file of an earlier snapshot: what comes out the same is linked to it.
    ``history``: the id of the snapshot of the years before the store that is carried over, if any.
    """

    tables: Tables
    forms: Sequence[Form]
    elements: Mapping[str, DataElement]
    units: Sequence[Unit] | Path
    title: str
    created_by: str
    created_at: datetime
    simulated: bool
    flags: pa.Table | None = None
    origins: pa.Table | None = None
    definitions: Mapping[str, str] = field(default_factory=dict)
    packs: Mapping[str, str] = field(default_factory=dict)
    previous: str | None = None
    store: Mapping[str, str | int] | None = None
    take_files: bool = False
    known_files: Mapping[str, Path] = field(default_factory=dict)
    history: str | None = None


def write_snapshot(  # noqa: PLR0913 - every part of a snapshot is named, none is guessed
    folder: Path,
    *,
    tables: Tables,
    forms: Sequence[Form],
    elements: Mapping[str, DataElement],
    units: Sequence[Unit] | Path,
    title: str,
    created_by: str,
    created_at: datetime,
    simulated: bool,
    flags: pa.Table | None = None,
    definitions: Mapping[str, str] | None = None,
    packs: Mapping[str, str] | None = None,
    previous: str | None = None,
    take_files: bool = False,
) -> Snapshot:
    """Write a snapshot into a snapshots folder and make it the one in force; arguments as ``SnapshotContent``.

    Nothing is ever written over: the same content gives the same id and the same folder. Raises UserError:
    SNAPSHOT-LAYOUT (a table that does not fit its form), STORE-DISK-FULL, SNAPSHOT-WRITE; nothing is left behind then.
    """
    content = SnapshotContent(
        tables=tables,
        forms=forms,
        elements=elements,
        units=units,
        title=title,
        created_by=created_by,
        created_at=created_at,
        simulated=simulated,
        flags=flags,
        definitions=definitions or {},
        packs=packs or {},
        previous=previous,
        take_files=take_files,
    )
    with writer(folder) as write:
        prepared = write(content)
        snapshot = prepared.put_in_place()
        prepared.make_current()
    return snapshot


def bring_in(folder: Path, snapshot: Snapshot) -> Snapshot:
    """Copy a snapshot from elsewhere into a snapshots folder, whole or not at all, and make it the one in force there.

    Every byte is compared with its hash before and after. Raises UserError: SNAPSHOT-FILE-MISSING,
    SNAPSHOT-FILE-CHANGED where it is damaged, STORE-DISK-FULL, SNAPSHOT-WRITE; nothing is left behind then.
    """
    Snapshot.open(snapshot.folder, verify=True)
    final = folder / snapshot.id
    if final.resolve() == snapshot.folder.resolve():
        point_to(folder, snapshot.id)
        return snapshot
    with told_when_the_disk_fails(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            remove_left_overs(folder)
            try:
                temporary = folder / f"{TEMPORARY}{secrets.token_hex(8)}"
                for name in (*(file.path for file in snapshot.files), MANIFEST):
                    (temporary / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(snapshot.folder / name, temporary / name)
                    sync_file(temporary / name)
                for inside in (*(path for path in temporary.iterdir() if path.is_dir()), temporary):
                    sync_folder(inside)
                prepared = PreparedSnapshot(folder, temporary, snapshot.id, ())
                prepared.put_in_place()
                found = Snapshot.open(final, verify=True)
                prepared.make_current()
            finally:
                remove_left_overs(folder)
    return found


@dataclass(frozen=True)
class PreparedSnapshot:
    """A snapshot whose files are on the disk but not yet in their place (待发布快照)."""

    folder: Path
    temporary: Path
    id: str
    taken: tuple[Path, ...]

    def put_in_place(self) -> Snapshot:
        """Give the folder its name, in one step; an equal snapshot that stands there already is kept.

        Raises UserError: SNAPSHOT-FILE-CHANGED where the one that stands there is damaged, STORE-DISK-FULL.
        """
        final = self.folder / self.id
        with told_when_the_disk_fails(self.folder):
            if final.exists():
                found = Snapshot.open(final, verify=True)
                shutil.rmtree(self.temporary)
            else:
                os.rename(self.temporary, final)
                sync_folder(self.folder)
                found = Snapshot.open(final)
            for path in self.taken:
                path.unlink()
        return found

    def make_current(self) -> None:
        """Make it the snapshot in force."""
        with told_when_the_disk_fails(self.folder):
            point_to(self.folder, self.id)


@contextmanager
def writer(folder: Path) -> Iterator[Callable[[SnapshotContent], PreparedSnapshot]]:
    """Be the only writer of a snapshots folder; left-overs of broken writings are removed first.

    What was prepared and not put in place is removed at the end, whatever happened.
    """
    with told_when_the_disk_fails(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            remove_left_overs(folder)
            try:
                yield lambda content: _prepare(folder, content)
            finally:
                remove_left_overs(folder)


def remove_left_overs(folder: Path) -> None:
    """Remove what broken writings left behind; only the holder of the folder's lock may."""
    for path in folder.glob(f"{TEMPORARY}*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _prepare(folder: Path, content: SnapshotContent) -> PreparedSnapshot:
    temporary = folder / f"{TEMPORARY}{secrets.token_hex(8)}"
    with told_when_the_disk_fails(folder):
        temporary.mkdir()
        manifest = _Writing(temporary, content).write()
        write_file(temporary / MANIFEST, canonical(manifest))
        for inside in (*(path for path in temporary.iterdir() if path.is_dir()), temporary):
            sync_folder(inside)
    given = [path for path in (*content.tables.values(), content.units) if isinstance(path, Path)]
    return PreparedSnapshot(folder, temporary, manifest["id"], tuple(given) if content.take_files else ())


class _Writing:
    """One snapshot on its way into a temporary folder."""

    def __init__(self, folder: Path, content: SnapshotContent) -> None:
        self.folder = folder
        self.content = content
        self.forms = {form.code: form for form in content.forms}

    def write(self) -> dict[str, Any]:
        content = self.content
        unknown = sorted({code for code, _ in content.tables if code not in self.forms})
        if unknown:
            raise self._misfit(unknown[0], 0, layout.LayoutError("没有这份报表", "there is no such form"))
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "title": content.title,
            "simulated": content.simulated,
            "created": content.created_at.isoformat(),
            "created_by": content.created_by,
            "previous": content.previous,
            "forms": [self._form(form) for form in sorted(content.forms, key=lambda form: form.code)],
            "units": self._side("units", UNIT_SCHEMA, self._units()),
            "flags": self._side("flags", layout.FLAGS, content.flags),
            "origins": self._side("origins", ORIGINS, content.origins),
            "definitions": dict(content.definitions),
            "packs": dict(content.packs),
            "store": None if content.store is None else dict(content.store),
        }
        if content.history is not None:
            manifest["history"] = content.history
        return {**manifest, "id": snapshot_id(manifest)}

    def _units(self) -> pa.Table | Path:
        return self.content.units if isinstance(self.content.units, Path) else unit_table(self.content.units)

    def _form(self, form: Form) -> dict[str, Any]:
        if not _FORM_CODE.fullmatch(form.code):
            raise self._misfit(form.code, 0, layout.LayoutError("代码不能作文件夹名", "the code cannot name a folder"))
        years = sorted(year for code, year in self.content.tables if code == form.code)
        elements = [(self.content.elements[field.element], field.asked.value) for field in form.fields]
        return {
            "code": form.code,
            "version": form.version,
            "label": form.label.zh,
            "period": form.period.value,
            "years": [{"year": year, **asdict(self._table(form, year))} for year in years],
            "elements": [
                {
                    "code": element.code,
                    "version": element.version,
                    "decimals": element.decimals,
                    "unit": element.unit,
                    "type": element.type.value,
                    "asked": asked,
                    "label": element.label.zh,
                }
                for element, asked in elements
            ],
        }

    def _table(self, form: Form, year: int) -> SnapshotFile:
        (self.folder / form.code).mkdir(exist_ok=True)
        name, schema = f"{form.code}/{year}.parquet", layout.form_schema(form)
        given = self.content.tables[form.code, year]
        try:
            if isinstance(given, Path):
                with pq.ParquetFile(given) as file:
                    rows = layout.check_file(file, schema)
                return self._taken(given, name, rows)
            if isinstance(given, KeptTable):
                kept = self._kept(given, name)
                if kept is not None:
                    return kept
                given = self._made_again(given)
            table = layout.arranged(given() if callable(given) else given, schema)
        except (layout.LayoutError, pa.ArrowInvalid) as error:
            raise self._misfit(form.code, year, error) from error
        return self._written(table, name, layout.file_options(form.columns))

    def _side(self, name: str, schema: pa.Schema, given: pa.Table | Path | None) -> dict[str, Any]:
        try:
            if isinstance(given, Path):
                with pq.ParquetFile(given) as file:
                    layout.check_schema(file.schema_arrow, schema)
                    rows = file.metadata.num_rows
                return asdict(self._taken(given, f"{name}.parquet", rows))
            table = schema.empty_table() if given is None else given
            layout.check_schema(table.schema, schema)
            table = table.cast(schema)
            if given is not None and name != "units":  # units are sorted already
                table = table.sort_by([(column, "ascending") for column in schema.names])
        except (layout.LayoutError, pa.ArrowInvalid) as error:
            raise self._misfit(name, 0, error) from error
        options = {"compression": "zstd", "compression_level": 1, "use_dictionary": True}
        return asdict(self._written(table, f"{name}.parquet", options))

    def _written(self, table: pa.Table, name: str, options: Mapping[str, Any]) -> SnapshotFile:
        path = self.folder / name
        pq.write_table(table, path, row_group_size=layout.group_rows(table.num_rows), **options)
        return self._measured(name, table.num_rows)

    def _taken(self, given: Path, name: str, rows: int) -> SnapshotFile:
        path = self.folder / name
        if self.content.take_files:
            link_or_copy(given, path)
        else:
            shutil.copyfile(given, path)
        return self._measured(name, rows)

    def _kept(self, given: KeptTable, name: str) -> SnapshotFile | None:
        """Link the file of an earlier snapshot; None where it is no longer what its own manifest says."""
        path = self.folder / name
        known = self.content.known_files.get(given.file.sha256, given.path)
        for candidate in dict.fromkeys((known, given.path)):
            if candidate.is_file():
                link_or_copy(candidate, path)
                if file_digest(path) == given.file.sha256:
                    sync_file(path)
                    return SnapshotFile(name, given.file.rows, given.file.bytes, given.file.sha256)
                path.unlink()
        return None

    @staticmethod
    def _made_again(given: KeptTable) -> Callable[[], pa.Table]:
        if given.otherwise is None:
            where, snapshot = Where(str(given.path)), given.path.parent.parent.name
            raise UserError([problem("SNAPSHOT-FILE-CHANGED", where, snapshot=snapshot)])
        return given.otherwise

    def _measured(self, name: str, rows: int) -> SnapshotFile:
        path = self.folder / name
        digest = file_digest(path)
        same = self.content.known_files.get(digest)
        if same is not None and same.is_file():  # what came out the same need not lie on the disk twice
            beside = path.with_suffix(".same")
            link_or_copy(same, beside)
            if file_digest(beside) == digest:
                os.replace(beside, path)
            else:  # the earlier one is damaged, and no reason to damage this one
                beside.unlink()
        sync_file(path)
        return SnapshotFile(name, rows, path.stat().st_size, digest)

    def _misfit(self, form: str, year: int, error: Exception) -> UserError:
        zh, en = (error.zh, error.en) if isinstance(error, layout.LayoutError) else (str(error), str(error))
        where = Where(str(self.folder.parent), 0, f"{form}/{year}" if year else form)
        return UserError([problem("SNAPSHOT-LAYOUT", where, zh=zh, en=en)])
