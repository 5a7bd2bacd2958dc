"""The rows of a form as they lie in Parquet files, some at a time, decoded while those before them are worked on."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from duibiao.compute.engine import Selection
from duibiao.compute.rowsql import ATTRIBUTE_COLUMNS
from duibiao.compute.sqltext import GroupBy

AT_ONCE = 16_384
"""Rows at a time: a column of them stays in the cache of a core while it is used, and 300 columns of them are 40 MB."""
_AHEAD = 1
"""Batches that are decoded before their turn has come; another is in work meanwhile."""


def batches(
    tables: Mapping[int, Path], columns: Sequence[str], wanted: Selection, by: GroupBy = GroupBy.DISTRICT
) -> Iterator[pa.Table]:
    """The wanted rows of some years: ``year``, ``group``, attributes of the units, columns; each column in one piece.

    ``group`` is the district or the unit. An element that a year did not ask for is NULL. Rows of small files stand
    together in one batch.
    """
    waiting: list[pa.Table] = []
    held = 0
    for year, path in tables.items():
        for rows in _of_file(path, columns, wanted, by):
            if rows.num_rows == 0:
                continue
            if waiting and held + rows.num_rows > AT_ONCE:
                yield _together(waiting)
                waiting, held = [], 0
            waiting.append(rows.append_column("year", pa.array(np.full(rows.num_rows, year, dtype=np.int32))))
            held += rows.num_rows
    if waiting:
        yield _together(waiting)


def _together(parts: Sequence[pa.Table]) -> pa.Table:
    return parts[0] if len(parts) == 1 else pa.concat_tables(parts).combine_chunks()


def _of_file(path: Path, columns: Sequence[str], wanted: Selection, by: GroupBy) -> Iterator[pa.Table]:
    """The wanted rows of a file, batch by batch.

    The file is read and not mapped: a mapped file that is cut off meanwhile would end the process. Nor are all columns
    of a group fetched beforehand: of a nation's files that takes 150 MB more, and no less time.
    """
    with pq.ParquetFile(path, pre_buffer=False) as file:
        there = set(file.schema_arrow.names)
        keys = {by.value, *ATTRIBUTE_COLUMNS.values()}
        read = [*keys, *(name for name in columns if name in there)]
        absent = [name for name in columns if name not in there]
        groups, mask = _places(file, wanted)
        start, last = 0, file.metadata.num_rows if mask is None else int(np.flatnonzero(mask)[-1]) if mask.any() else -1
        for batch in file.iter_batches(AT_ONCE, row_groups=groups, columns=read, use_threads=mask is not None):
            if start > last:  # what is left of the groups holds nothing that is wanted
                return
            rows = pa.Table.from_batches([batch])
            rows = rows.add_column(len(keys), "group", rows[by.value])
            if absent:
                for name in absent:
                    rows = rows.append_column(name, pa.nulls(rows.num_rows, pa.int64()))
                rows = rows.select([*keys, "group", *columns])
            yield rows if mask is None else _chosen(rows, mask[start : start + batch.num_rows])
            start += batch.num_rows


def _places(file: pq.ParquetFile, wanted: Selection) -> tuple[list[int], npt.NDArray[np.bool_] | None]:
    """The groups of rows that hold something wanted, and which of their rows that is; None for all."""
    groups = list(range(file.metadata.num_row_groups))
    asked = {"district": wanted.districts, "unit": wanted.units}
    if not any(asked.values()):
        return groups, None
    names = [name for name, codes in asked.items() if codes]
    for name in names:
        place = file.schema_arrow.get_field_index(name)
        groups = [one for one in groups if _may_hold(file.metadata.row_group(one).column(place), asked[name])]
    found: dict[int, npt.NDArray[np.bool_]] = {}
    for one in groups:
        keys = file.read_row_group(one, columns=names, use_threads=False)
        held = [pc.is_in(keys[name].combine_chunks(), pa.array(asked[name], pa.string())) for name in names]
        mask = np.logical_and.reduce([np.asarray(part.to_numpy(zero_copy_only=False)) for part in held])
        if mask.any():
            found[one] = mask
    return list(found), np.concatenate([*found.values()]) if found else np.zeros(0, dtype=np.bool_)


def _may_hold(chunk: pq.ColumnChunkMetaData, codes: Sequence[str]) -> bool:
    """Tell whether a column of a group of rows may hold one of some codes, by the bounds the file states."""
    if not chunk.is_stats_set or not chunk.statistics.has_min_max:
        return True
    return any(chunk.statistics.min <= code <= chunk.statistics.max for code in codes)


def _chosen(rows: pa.Table, mask: npt.NDArray[np.bool_]) -> pa.Table:
    """Some rows: those of a district stand beside each other and need not be copied."""
    at = np.flatnonzero(mask)
    if len(at) and at[-1] - at[0] + 1 == len(at):
        return rows.slice(int(at[0]), len(at))
    return rows.filter(pa.array(mask))


class ReadAhead:
    """Batches of forms, the next one decoded by another thread while one is worked on (预读)."""

    def __init__(self, found: Iterator[tuple[str, pa.Table]]) -> None:
        self._found = found
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="parquet")
        self._coming = [self._reader.submit(next, found, None) for _ in range(_AHEAD)]

    def __iter__(self) -> Iterator[tuple[str, pa.Table]]:
        """Every batch in its order; raises what reading raised."""
        while (rows := self._coming.pop(0).result()) is not None:
            self._coming.append(self._reader.submit(next, self._found, None))
            yield rows

    def close(self) -> None:
        """Read no further, and give back the memory of what was read."""
        self._reader.shutdown(cancel_futures=True)
        pa.default_memory_pool().release_unused()
