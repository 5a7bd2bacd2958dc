"""What did not change since the snapshot before is not written again: its file is linked into the new snapshot.

A file of a snapshot never changes, so two snapshots may share it (a hard link: one content under two names, each of
which may be removed by itself). Where a table comes from the same revisions of the same returns, the same registry
and the same earlier years, it is the same table, and nobody has to make it to know that.
"""

import os
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from duibiao.kernel.problem import UserError
from duibiao.metrics.form import Form
from duibiao.store.layout import KEYS, form_schema
from duibiao.store.reading import Placed
from duibiao.store.snapshot import Snapshot, SnapshotFile, current_id
from duibiao.store.units import UnitTree

Key = tuple[str, int]
"""Form code and statistical year."""
Row = tuple[str, int, str]
"""Unit, revision, batch."""


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A table that stands in an earlier snapshot already (沿用表): its file, and how to make it where that is damaged.

    ``otherwise`` is None where nothing else can make it: a damaged file is a problem then.
    """

    path: Path
    file: SnapshotFile
    otherwise: Callable[[], pa.Table] | None = None


def link_or_copy(given: Path, path: Path) -> None:
    """Give a file a second name; where that cannot be (another disk, a file system without links), copy it."""
    try:
        os.link(given, path)
    except OSError:
        shutil.copyfile(given, path)


class EarlierEdition:
    """The snapshot in force before a publishing (上一快照), asked which of its tables are the same as the new ones."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._rows: dict[Key, set[Row]] = {}
        origins = snapshot.origins()
        columns = (origins[name].to_pylist() for name in ("form", "year", "unit", "revision", "batch"))
        for form, year, unit, revision, batch in zip(*columns, strict=True):
            self._rows.setdefault((form, year), set()).add((unit, revision, batch))

    @classmethod
    def of(cls, folder: Path, store: str, history: str | None) -> "EarlierEdition | None":
        """The snapshot in force in a folder, where it comes from this store and the same earlier years.

        None too where it is damaged: then everything is written anew, and its own problems are told by opening it.
        """
        try:
            named = current_id(folder)
            found = None if named is None else Snapshot.open(folder / named)
            if found is None or (found.manifest["store"] or {}).get("id") != store:
                return None
            return cls(found) if found.manifest.get("history") == history else None
        except UserError:
            return None

    @property
    def files(self) -> Mapping[str, Path]:
        """Every file by the SHA-256 of its content."""
        return {file.sha256: self.snapshot.folder / file.path for file in self.snapshot.files}

    def kept(
        self, form: Form, year: int, placed: Mapping[str, Sequence[Placed]], tree: UnitTree, beside: Collection[str]
    ) -> tuple[Path, SnapshotFile] | None:
        """The file of a table that would come out the same; None where anything it is made from has changed.

        ``placed``: by form code, the rows of this form and of every form it takes reused elements from. ``beside``:
        the units that have a row without a return of this store: the silent ones, and those of earlier years' rows.
        """
        known = self.snapshot.forms.get(form.code)
        file = known.tables.get(year) if known else None
        if known is None or file is None or known.version != form.version or tuple(known.elements) != form.columns:
            return None
        own = {one.pick.head.unit for one in placed[form.code]}
        mine = own | set(beside)
        for code, rows in placed.items():
            # A reused element comes from the return of the same unit; other returns of its form do not matter.
            before = {row for row in self._rows.get((code, year), set()) if code == form.code or row[0] in mine}
            if _rows(one for one in rows if one.pick.head.unit in mine) != before:
                return None
        path = self.snapshot.folder / file.path
        try:
            if pq.read_schema(path).names != form_schema(form).names:
                return None
            keys = pq.ParquetFile(path).read(columns=list(KEYS))
        except (OSError, pa.ArrowInvalid):
            return None
        held = {cells[0]: cells for cells in zip(*(keys[name].to_pylist() for name in KEYS), strict=True)}
        if set(held) != mine:
            return None
        # Rows of earlier years keep the key columns they came with; they were carried by the same history.
        same = all(held[unit] == tree.key_cells(unit) for unit in own)
        return (path, file) if same else None


def _rows(placed: Iterable[Placed]) -> set[Row]:
    return {(one.pick.head.unit, one.pick.revision, one.batch) for one in placed}
