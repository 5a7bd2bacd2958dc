"""Snapshots: immutable, content-addressed Parquet sets that every figure is computed from.

``<folder>/<id>/manifest.json``, ``units.parquet``, ``flags.parquet``, ``origins.parquet``, ``<form>/<year>.parquet``;
``<folder>/CURRENT`` holds the id of the one in force. ``<id>`` is the beginning of the SHA-256 of the manifest, which
holds the SHA-256 of every file: who knows the id can prove every byte.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from duibiao.kernel.problem import Problem, UserError, Where, problem
from duibiao.metrics.unit import Unit
from duibiao.store.durable import file_digest, replace_file
from duibiao.store.units import units_of

FORMAT = 1
MANIFEST = "manifest.json"
CURRENT = "CURRENT"
_NOT_IN_ID = frozenset({"id", "created", "created_by"})


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """A file of a snapshot (快照文件): its place in the folder, rows, size in bytes and SHA-256."""

    path: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SnapshotElement:
    """What a column of a snapshot means (快照数据元): the definition in force when it was published.

    ``type`` is a ``metrics.element.ValueType`` value; a stored whole number is the amount × 10^decimals.
    ``asked`` is ``new`` where the form asks for it, ``reused`` where it was filled in from another return.
    """

    code: str
    version: str
    decimals: int
    unit: str
    type: str
    asked: str
    label: str


@dataclass(frozen=True, slots=True)
class SnapshotForm:
    """A form as a snapshot holds it (快照报表): version, kind of period, tables by year, meaning of its columns."""

    code: str
    version: str
    label: str
    period: str
    tables: Mapping[int, SnapshotFile]
    elements: Mapping[str, SnapshotElement]


def canonical(content: object) -> bytes:
    """JSON with one spelling only: sorted keys, no spaces, UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def snapshot_id(manifest: Mapping[str, Any]) -> str:
    """The id of a manifest: 16 hexadecimal digits of its SHA-256, without the id itself, the day and the person."""
    content = {name: value for name, value in manifest.items() if name not in _NOT_IN_ID}
    return hashlib.sha256(canonical(content)).hexdigest()[:16]


class Snapshot:
    """A published snapshot (快照): open it, read its tables, know what they mean. It never changes.

    ``id``: 16 hexadecimal digits; ``folder``: its own folder; ``manifest``: the manifest as written.
    """

    def __init__(self, folder: Path, manifest: Mapping[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        self.id: str = manifest["id"]
        self.simulated: bool = manifest["simulated"]
        self.title: str = manifest["title"]
        self.previous: str | None = manifest["previous"]
        self.definitions: Mapping[str, str] = manifest["definitions"]
        self.packs: Mapping[str, str] = manifest["packs"]
        self.forms: Mapping[str, SnapshotForm] = {entry["code"]: _form(entry) for entry in manifest["forms"]}

    @classmethod
    def open(cls, folder: Path, *, verify: bool = False) -> "Snapshot":
        """Open a snapshot; ``verify`` reads every byte and compares all hashes.

        Always compared: the manifest with the id, the id with the folder's name, presence and size of every file.
        Raises UserError with every problem found: SNAPSHOT-FILE-MISSING, SNAPSHOT-FILE-CHANGED, SNAPSHOT-FORMAT.
        """
        path = folder / MANIFEST
        manifest = _read_manifest(path)
        if folder.name != manifest["id"]:
            raise UserError([problem("SNAPSHOT-FILE-CHANGED", Where(str(path)), snapshot=folder.name)])
        found = cls(folder, manifest)
        problems = list(found.problems(verify=verify))
        if problems:
            raise UserError(problems)
        return found

    @classmethod
    def current(cls, folder: Path, *, verify: bool = False) -> "Snapshot | None":
        """The snapshot in force in a snapshots folder; None where nothing was published yet.

        Raises UserError as ``open`` does; a pointer to a folder that is gone is SNAPSHOT-FILE-MISSING.
        """
        named = current_id(folder)
        return None if named is None else cls.open(folder / named, verify=verify)

    @property
    def files(self) -> tuple[SnapshotFile, ...]:
        """Every file beside the manifest."""
        named = [self.manifest[name] for name in ("units", "flags", "origins")]
        tables = [file for form in self.forms.values() for file in form.tables.values()]
        return (*(SnapshotFile(**entry) for entry in named), *tables)

    @property
    def elements(self) -> Mapping[str, SnapshotElement]:
        """The meaning of every column; an element has one definition in a whole snapshot."""
        return {code: element for form in self.forms.values() for code, element in form.elements.items()}

    def problems(self, *, verify: bool = True) -> Iterable[Problem]:
        """Compare the files with the manifest: presence and size, with ``verify`` also every byte."""
        for file in self.files:
            path = self.folder / file.path
            if not path.is_file():
                yield problem("SNAPSHOT-FILE-MISSING", Where(str(path)), snapshot=self.id)
            elif path.stat().st_size != file.bytes or (verify and file_digest(path) != file.sha256):
                yield problem("SNAPSHOT-FILE-CHANGED", Where(str(path)), snapshot=self.id)

    def years(self, form: str) -> list[int]:
        """The statistical years the snapshot holds of a form, in order; empty where it holds none."""
        return sorted(self.forms[form].tables) if form in self.forms else []

    def table_path(self, form: str, year: int) -> Path:
        """The file of a wide table; raises UserError SNAPSHOT-NO-TABLE where the snapshot does not hold it."""
        file = self.forms[form].tables.get(year) if form in self.forms else None
        if file is None:
            where = Where(str(self.folder))
            raise UserError([problem("SNAPSHOT-NO-TABLE", where, form=form, year=year, snapshot=self.id)])
        return self.folder / file.path

    def table(self, form: str, year: int) -> pa.Table:
        """A wide table (see ``store.layout``), sorted by district and unit.

        Raises UserError SNAPSHOT-NO-TABLE, SNAPSHOT-FILE-CHANGED.
        """
        return self._read(self.table_path(form, year))

    def unit_row(self, form: str, year: int, unit: str) -> dict[str, int | None] | None:
        """The stored cells of one unit's return by element, scaled as stored; None where it made none.

        Raises UserError SNAPSHOT-NO-TABLE, SNAPSHOT-FILE-CHANGED.
        """
        path = self.table_path(form, year)
        try:
            found = pq.read_table(path, filters=[("unit", "=", unit)], partitioning=None)
        except (OSError, pa.ArrowInvalid) as error:
            raise UserError([problem("SNAPSHOT-FILE-CHANGED", Where(str(path)), snapshot=self.id)]) from error
        rows = found.select(list(self.forms[form].elements)).to_pylist()
        return rows[0] if rows else None

    def units(self) -> list[Unit]:
        """The units as they were registered when the snapshot was published, by code."""
        return units_of(self._read(self.folder / self.manifest["units"]["path"]))

    def flags(self) -> pa.Table:
        """What is to be known about single cells: year, form, unit, element, flag, note (see ``store.layout``)."""
        return self._read(self.folder / self.manifest["flags"]["path"])

    def origins(self) -> pa.Table:
        """Which revision of which return every row came from: form, year, unit, revision, batch.

        Empty for a snapshot that was not published from a store.
        """
        return self._read(self.folder / self.manifest["origins"]["path"])

    def _read(self, path: Path) -> pa.Table:
        try:
            return pq.ParquetFile(path).read()
        except (OSError, pa.ArrowInvalid) as error:
            raise UserError([problem("SNAPSHOT-FILE-CHANGED", Where(str(path)), snapshot=self.id)]) from error


def current_id(folder: Path) -> str | None:
    """The id the pointer names; None where there is no pointer."""
    try:
        return (folder / CURRENT).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None


def point_to(folder: Path, snapshot: str) -> None:
    """Make a snapshot the one in force, in one step; raises OSError."""
    replace_file(folder / CURRENT, f"{snapshot}\n".encode("ascii"))


def snapshots_in(folder: Path) -> list[str]:
    """The ids of the complete snapshots in a folder; left-overs of broken writings are none."""
    if not folder.is_dir():
        return []
    return sorted(path.parent.name for path in folder.glob(f"[0-9a-f]*/{MANIFEST}"))


def _read_manifest(path: Path) -> dict[str, Any]:
    where = Where(str(path))
    try:
        content: Any = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise UserError([problem("SNAPSHOT-FILE-MISSING", where, snapshot=path.parent.name)]) from None
    except ValueError:
        content = None
    if isinstance(content, dict) and isinstance(content.get("format"), int) and content["format"] > FORMAT:
        raise UserError([problem("SNAPSHOT-FORMAT", where, found=content["format"], known=FORMAT)])
    if not isinstance(content, dict) or content.get("id") != snapshot_id(content):
        raise UserError([problem("SNAPSHOT-FILE-CHANGED", where, snapshot=path.parent.name)])
    return content


def _form(entry: Mapping[str, Any]) -> SnapshotForm:
    tables = {
        year["year"]: SnapshotFile(year["path"], year["rows"], year["bytes"], year["sha256"]) for year in entry["years"]
    }
    elements = {element["code"]: SnapshotElement(**element) for element in entry["elements"]}
    return SnapshotForm(entry["code"], entry["version"], entry["label"], entry["period"], tables, elements)
