"""The rows of a form as they lie in Parquet files, some at a time, decoded while those before them are worked on."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from duibiao.compute.engine import Selection
from duibiao.compute.rowsql import ATTRIBUTE_COLUMNS
from duibiao.compute.sqltext import GroupBy

AT_ONCE = 16_384
"""Rows at a time: a column of them stays in the cache of a core while it is used, and 300 columns of them are 40 MB."""
_AHEAD = 2
"""Batches that are decoded before their turn has come, besides the one in work."""
_FEW = 128
"""Districts or units whose rows are picked out of the files. Those of more might not fit beside each other."""
_BYTES_OF_FEW = 64 * 2**20
"""Files they are picked out of at the same time."""


def batches(
    tables: Mapping[int, Path], columns: Sequence[str], wanted: Selection, by: GroupBy = GroupBy.DISTRICT
) -> Iterator[pa.Table]:
    """The wanted rows of some years: ``year``, ``group``, attributes of the units, columns; each column in one piece.

    ``group`` is the district or the unit. An element that a year did not ask for is NULL. Rows of small files stand
    together in one batch.
    """
    keys = list(dict.fromkeys([by.value, *ATTRIBUTE_COLUMNS.values()]))
    few = 0 < len(wanted.districts) + len(wanted.units) <= _FEW
    waiting: list[pa.Table] = []
    held = 0
    for rows in _selected(tables, keys, columns, wanted) if few else _streamed(tables, keys, columns, wanted):
        if rows.num_rows == 0:
            continue
        if waiting and held + rows.num_rows > AT_ONCE:
            yield _together(waiting, by)
            waiting, held = [], 0
        waiting.append(rows)
        held += rows.num_rows
    if waiting:
        yield _together(waiting, by)


def _together(parts: Sequence[pa.Table], by: GroupBy) -> pa.Table:
    rows = parts[0] if len(parts) == 1 else pa.concat_tables(parts).combine_chunks()
    return rows.append_column("group", rows[by.value])


def _streamed(
    tables: Mapping[int, Path], keys: Sequence[str], columns: Sequence[str], wanted: Selection
) -> Iterator[pa.Table]:
    """The rows of each year, some at a time, without those that are not wanted.

    A file is read and not mapped: a mapped file that is cut off meanwhile would end the process. Nor are all columns of
    a group fetched beforehand: of a nation's files that takes 150 MB more, and no less time.
    """
    asked = [(name, codes) for name, codes in (("district", wanted.districts), ("unit", wanted.units)) if codes]
    order = ["year", *dict.fromkeys([*keys, *(name for name, _ in asked)]), *columns]
    for year, path in tables.items():
        with pq.ParquetFile(path, pre_buffer=False) as file:
            there = set(file.schema_arrow.names)
            for batch in file.iter_batches(AT_ONCE, columns=[one for one in order if one in there], use_threads=False):
                rows = pa.Table.from_batches([batch])
                rows = rows.append_column("year", pa.array(np.full(rows.num_rows, year, dtype=np.int32)))
                for name in [one for one in order if one not in there and one != "year"]:
                    rows = rows.append_column(name, pa.nulls(rows.num_rows, pa.int64()))
                for name, codes in asked:
                    rows = rows.filter(pc.is_in(rows[name], pa.array(codes, pa.string())))
                yield rows.select(order)


def _selected(
    tables: Mapping[int, Path], keys: Sequence[str], columns: Sequence[str], wanted: Selection
) -> Iterator[pa.Table]:
    """The rows of a few districts or units, by Polars, which looks where they stand before it decodes the columns."""
    for part in parts_of(tables, _BYTES_OF_FEW):
        plans = []
        for year, path in part.items():
            rows = pl.scan_parquet(path)
            there = set(rows.collect_schema().names())
            chosen = [pl.col(name) if name in there else pl.lit(None, pl.Int64).alias(name) for name in columns]
            for name, codes in (("district", wanted.districts), ("unit", wanted.units)):
                rows = rows.filter(pl.col(name).is_in(list(codes))) if codes else rows
            plans.append(rows.select(pl.lit(year, pl.Int32).alias("year"), *keys, *chosen))
        found = pl.concat(pl.collect_all(plans)).to_arrow().combine_chunks()
        yield from (found.slice(start, AT_ONCE) for start in range(0, found.num_rows, AT_ONCE))


def parts_of(tables: Mapping[int, Path], most: int) -> tuple[Mapping[int, Path], ...]:
    """The years in parts whose files together have no more than ``most`` bytes, a year at least in each."""
    parts: list[dict[int, Path]] = [{}]
    held = 0
    for year, path in tables.items():
        size = path.stat().st_size
        if parts[-1] and held + size > most:
            parts.append({})
            held = 0
        parts[-1][year] = path
        held += size
    return tuple(parts)


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
