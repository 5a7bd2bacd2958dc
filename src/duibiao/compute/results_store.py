"""Results on disk: a folder per run, named by the hash of all that determines its figures, written in one rename."""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from duibiao.compute.aggregates import RankedValues
from duibiao.compute.catalogue import Compiled
from duibiao.compute.engine import ALL_LEVELS, concluded
from duibiao.compute.groups import membership
from duibiao.compute.jointly import ReportingFrame
from duibiao.compute.result import Result, RunRecord
from duibiao.compute.statetable import Numbers, StateTable, rolled_up, whole_numbers
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.metrics.unit import Unit
from duibiao.store.durable import locked, told_when_the_disk_fails

FORMAT = 1
RESULTS, STATES, RANKED, RECORD = "results.parquet", "states.parquet", "ranked.parquet", "run.json"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A result on disk (已存结果): its folder, its record, and the hashes of its files."""

    folder: Path
    record: RunRecord
    files: Mapping[str, str]

    def table(self) -> pa.Table:
        """The figures: the long table of ``Result.table``."""
        return pq.read_table(self.folder / RESULTS)


def described(result: Result, snapshot: str, sources: Mapping[str, str], simulated: bool) -> Result:
    """The result with the snapshot it was made from in its record; the run id now covers the data too.

    ``sources`` are the hashes of the tables, by ``form/year``, as the manifest of the snapshot states them.
    """
    record = replace(result.record, snapshot=snapshot, sources=dict(sources), simulated=simulated, run_id="")
    digest = hashlib.sha256(_json(asdict(record)).encode()).hexdigest()
    return replace(result, record=replace(record, run_id=digest[:16]))


def save_result(results: Path, result: Result) -> StoredRun:
    """Write a result into ``results/<run id>``; a run that is already there is left as it is.

    Everything is written beside its place, made durable, and put there by one rename: a crash leaves no half result.
    One process writes at a time, so that what a killed one left beside can be told from what another is writing, and
    is removed. Raises UserError STORE-DISK-FULL, SNAPSHOT-WRITE; nothing is left behind then.
    """
    final = results / result.record.run_id
    if not final.exists():
        with told_when_the_disk_fails(results):
            results.mkdir(parents=True, exist_ok=True)
            with locked(results):
                _left_overs_removed(results)
                if not final.exists():  # else another process has written the same run meanwhile
                    try:
                        folder = results / f"{_BESIDE}{secrets.token_hex(8)}"
                        folder.mkdir()
                        _write(folder, result)
                        os.rename(folder, final)
                    finally:
                        _left_overs_removed(results)
                    _durable(results)
    return open_result(results, result.record.run_id)


_BESIDE = ".tmp-"


def _left_overs_removed(results: Path) -> None:
    for old in results.glob(f"{_BESIDE}*"):
        shutil.rmtree(old)


def _write(folder: Path, result: Result) -> None:
    written = {RESULTS: result.table}
    if result.states is not None:
        written[STATES] = states_as_table(result.states)
    if result.ranked is not None and result.ranked.values:
        written[RANKED] = _ranked_table(result)
    for name, table in written.items():
        pq.write_table(table, folder / name, compression="zstd", compression_level=1)
    facts = {"format": FORMAT, "record": asdict(result.record), "files": {one: _hash(folder / one) for one in written}}
    (folder / RECORD).write_text(_json(facts), encoding="utf-8")
    for path in [*folder.iterdir(), folder]:
        _durable(path)


def open_result(results: Path, run_id: str) -> StoredRun:
    """A stored result, its files compared with their hashes. Raises UserError (RESULT-MISSING, RESULT-CHANGED)."""
    folder = results / run_id
    try:
        facts = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        record = RunRecord(**{**facts["record"], "levels": tuple(facts["record"]["levels"])})
        stored = StoredRun(folder, record, facts["files"])
    except FileNotFoundError:
        raise UserError([problem("RESULT-MISSING", Where(str(folder)))]) from None
    except (ValueError, KeyError, TypeError):
        raise UserError([problem("RESULT-CHANGED", Where(str(folder / RECORD)))]) from None
    for name, digest in stored.files.items():
        if not (folder / name).is_file() or _hash(folder / name) != digest:
            raise UserError([problem("RESULT-CHANGED", Where(str(folder / name)))])
    return stored


def load_result(stored: StoredRun, compiled: Compiled, units: list[Unit]) -> Result:
    """A stored result with its states, to recompute a district or to trace a figure.

    Raises ValueError when it was computed with another catalogue: its states would mean something else.
    """
    if stored.record.catalogue_key != compiled.key or STATES not in stored.files:
        raise ValueError("the result was computed with other definitions, or keeps no states")
    states = _states_of(pq.read_table(stored.folder / STATES), compiled)
    levels = [level for level in ALL_LEVELS if level.value in stored.record.levels]
    groups = membership(units, states.leaves, levels)
    ranked = _ranked_of(stored, compiled, states, len(groups.groups))
    frame = ReportingFrame(tuple(units))
    return concluded(compiled, states, rolled_up(compiled, states, groups), groups, ranked, stored.record, frame=frame)


def states_as_table(states: StateTable) -> pa.Table:
    """The states as one table: year, leaf, states; and which years each form has, in the metadata."""
    shape = (len(states.years), len(states.leaves))
    columns: dict[str, Any] = {
        "year": np.repeat(np.array(states.years, dtype=np.int32), shape[1]),
        "leaf": pa.array(list(states.leaves) * shape[0], type=pa.string()),
    }
    for name, numbers in states.columns.items():
        flat = numbers.ravel()
        columns[name] = pa.array(flat.tolist(), type=pa.decimal128(38, 0)) if flat.dtype.hasobject else pa.array(flat)
    present = {form: [year for year, one in zip(states.years, there.tolist(), strict=True) if one]
               for form, there in states.present.items()}  # fmt: skip
    facts = _json({"present": present, "years": list(states.years), "leaves": list(states.leaves)})
    return pa.table(columns).replace_schema_metadata({"duibiao": facts})


def _states_of(table: pa.Table, compiled: Compiled) -> StateTable:
    facts = json.loads(table.schema.metadata[b"duibiao"])
    years, leaves = tuple(facts["years"]), tuple(facts["leaves"])
    columns: dict[str, Numbers] = {}
    for plan in compiled.forms.values():
        for column in plan.columns:
            values = table[column.name]
            numbers = np.asarray(values.to_numpy()) if pa.types.is_floating(values.type) else whole_numbers(values)
            columns[column.name] = numbers.reshape(len(years), len(leaves))
    present = {
        form: np.array([year in own for year in years], dtype=np.bool_) for form, own in facts["present"].items()
    }
    return StateTable(years, leaves, columns, present)


def _ranked_table(result: Result) -> pa.Table:
    values = {} if result.ranked is None else result.ranked.values
    return pa.table({str(place): value.ravel() for place, value in enumerate(values.values())})


def _ranked_of(stored: StoredRun, compiled: Compiled, states: StateTable, groups: int) -> RankedValues:
    nodes = [plan.node for plan in compiled.plans.values() if plan.rows]
    if not nodes:
        return RankedValues({})
    table = pq.read_table(stored.folder / RANKED)
    shape = (len(states.years), groups)
    return RankedValues(
        {node: np.asarray(table[str(place)].to_numpy()).reshape(shape) for place, node in enumerate(nodes)}
    )


def _json(facts: object) -> str:
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _durable(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
