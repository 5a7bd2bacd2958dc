"""DuckDB, the default engine: reads the Parquet files of a snapshot where they lie.

The rows of a city are added up in this process (``compute.fewrows``), to the very bits of the SQL: that takes half of
what DuckDB takes to plan and aggregate hundreds of columns. Larger tables, and what is not exact there, are SQL.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
from sqlglot import exp

from duibiao.compute import sqlnodes as s
from duibiao.compute.catalogue import Compiled
from duibiao.compute.engine import Selection, StatesEngine, Tables, as_table, check_columns, completed
from duibiao.compute.fewrows import few_states
from duibiao.compute.sqltext import GroupBy, states_text, table_name
from duibiao.compute.statetable import StateTable
from duibiao.compute.vectors import NotExactError
from duibiao.kernel.problem import UserError, Where, problem

BYTES_AT_ONCE = 128 * 2**20
"""The states of 2,850 districts and all years would not fit into 1 GB beside each other."""
BYTES_AT_HAND = 24 * 2**20
"""The size of the largest file whose rows are added up in this process: 60,000 schools with 300 elements."""


class DuckDbEngine(StatesEngine):
    """DuckDB in this process.

    ``memory_limit`` in DuckDB's words (``1GB``), ``threads`` as many as it may use; None leaves both to DuckDB.
    ``bytes_at_once``: years whose files are together larger are read one part after the other. ``bytes_at_hand``: the
    states of tables whose files are each no larger are made in this process without SQL; 0 for SQL in any case.
    """

    name = "duckdb"
    dialect = "duckdb"

    def __init__(
        self,
        memory_limit: str | None = None,
        threads: int | None = None,
        bytes_at_once: int = BYTES_AT_ONCE,
        bytes_at_hand: int = BYTES_AT_HAND,
    ) -> None:
        settings: dict[str, str | bool | int | float | list[str]] = {"preserve_insertion_order": False}
        if memory_limit is not None:
            settings["memory_limit"] = memory_limit
        if threads is not None:
            settings["threads"] = threads
        self._settings = settings
        self._opened: duckdb.DuckDBPyConnection | None = None
        self.bytes_at_once, self.bytes_at_hand = bytes_at_once, bytes_at_hand
        self._attached: dict[str, _Attached] = {}

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection, opened when SQL is first asked for."""
        if self._opened is None:
            self._opened = duckdb.connect(":memory:", config=self._settings)
        return self._opened

    def attach(self, form: str, tables: Mapping[int, Path], columns: Sequence[str], wanted: Selection) -> None:
        """A view over the files of a form, or the rows themselves where few are wanted."""
        same = check_columns(form, tables, columns)
        few = 0 < len(wanted.districts) <= _FEW
        self._attached[form] = _Attached(few, _parts(tables, self.bytes_at_once) if same and not few else (), wanted)
        if not few:
            self._view(form, tables, same, wanted)
            return
        # A filter of DuckDB decodes every column of a group of rows; and a query over files is planned longer.
        rows = few_rows(tables, columns, wanted)
        self.connection.execute(f"DROP VIEW IF EXISTS {_quoted(form)}")
        self.connection.register(table_name(form), rows)

    def _view(self, form: str, tables: Mapping[int, Path], same: bool, wanted: Selection) -> None:
        """The year is not in the files: it follows from the place in the list."""
        place = exp.Column(this=exp.Identifier(this="file_index"))
        years = [(exp.EQ(this=place, expression=s.integer(n)), s.integer(year)) for n, year in enumerate(tables)]
        year = s.cast(s.case(years), exp.DataType.build("INTEGER"))
        files = exp.Array(expressions=[s.words(str(path)) for path in tables.values()])
        by_name = exp.EQ(
            this=exp.Column(this=exp.Identifier(this="union_by_name")), expression=exp.Boolean(this=not same)
        )
        named = exp.Alias(this=year, alias=exp.Identifier(this="year", quoted=True))
        rows = exp.Select(expressions=[named, exp.Star()])
        rows.set("from_", exp.From(this=exp.Anonymous(this="read_parquet", expressions=[files, by_name])))
        condition = selected(wanted)
        if condition is not None:
            rows.set("where", exp.Where(this=condition))
        # One statement: every further step of a relation would look through all columns again.
        self.connection.execute(f"CREATE OR REPLACE TEMPORARY VIEW {_quoted(form)} AS {rows.sql('duckdb')}")

    def states(self, compiled: Compiled, tables: Tables, wanted: Selection, by: GroupBy) -> StateTable:
        """Stage 1. The rows of a city, or of a few districts or units, are added up here, where that is exact."""
        few = wanted.districts if by is GroupBy.DISTRICT else wanted.units
        if 0 < len(few) <= _FEW or (by is GroupBy.DISTRICT and self._is_at_hand(compiled, tables)):
            try:
                return self._states_at_hand(compiled, tables, wanted, by)
            except NotExactError:
                pass
        return super().states(compiled, tables, wanted, by)

    def _is_at_hand(self, compiled: Compiled, tables: Tables) -> bool:
        read = [path for (form, _), path in tables.items() if form in compiled.forms]
        return all(path.stat().st_size <= self.bytes_at_hand for path in read)

    def _states_at_hand(self, compiled: Compiled, tables: Tables, wanted: Selection, by: GroupBy) -> StateTable:
        years = sorted({year for form, year in tables if form in compiled.forms})
        rows = {}
        for form, plan in compiled.forms.items():
            own = {year: path for (code, year), path in sorted(tables.items()) if code == form}
            if own:
                check_columns(form, own, plan.elements)
                rows[form] = _ReadAhead(own, plan.elements, wanted, by)
        try:
            return completed(compiled, few_states(compiled, years, rows), tables)
        finally:
            for one in rows.values():
                one.close()

    def at_once(self, tables: Mapping[int, Path]) -> Sequence[Mapping[int, Path]]:
        """The years whose row values are read together: planning a query takes longer than the rows of a city."""
        return _parts(tables, self.bytes_at_once)

    def query(self, text: str) -> pa.Table:
        """Run one query."""
        return self.connection.sql(text).to_arrow_table()

    def grouped(self, compiled: Compiled, form: str, by: GroupBy) -> Sequence[pa.Table]:
        """Stage 1 of a form. DuckDB checks its 64 bits: only where they overflow it is repeated in 128."""
        try:
            return self._answers(form, states_text(compiled, form, by), by)
        except duckdb.OutOfRangeException:
            pass
        try:
            return self._answers(form, states_text(compiled, form, by, wide=True), by)
        except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
            detail = str(error).splitlines()[0]
            raise UserError([problem("COMPUTE-OVERFLOW", Where(form), form=form, detail=detail)]) from error

    def _answers(self, form: str, texts: Sequence[str], by: GroupBy) -> Sequence[pa.Table]:
        """The answers to the queries of a form: from some years after the others where all at once are too much."""
        attached = self._attached[form]
        if attached.few and by is GroupBy.DISTRICT:
            return [self._few_answers(text) for text in texts]
        if len(attached.parts) < 2:
            return [self.query(text) for text in texts]
        answers: list[list[pa.Table]] = [[] for _ in texts]
        for tables in attached.parts:
            self._view(form, tables, True, attached.wanted)
            for text, found in zip(texts, answers, strict=True):
                found.append(self.query(text))
        return [pa.concat_tables(found) for found in answers]

    def _few_answers(self, text: str) -> pa.Table:
        """A query with a few rows of answer: as a relation it would be planned twice, which is most of the work."""
        done = self.connection.execute(text)
        names = [str(column[0]) for column in done.description or ()]
        return as_table(names, done.fetchall())

    def close(self) -> None:
        """Close the connection."""
        if self._opened is not None:
            self._opened.close()


UNIT_COLUMNS = ("unit", "district", "school_kind", "location_type", "ownership")
_BYTES_AHEAD = 4 * 2**20
"""Files read together: all of a small form, and of a city one year."""
_BYTES_WAITING = 16 * 2**20
"""Files that may be read before their turn has come, a part at least."""
_FEW = 8
"""Districts whose rows are read into memory first: a change is one of a district or of a few."""


@dataclass(frozen=True, slots=True)
class _Attached:
    """How the rows of a form are attached: ``parts`` of the years to be read one after the other, or a ``few`` rows."""

    few: bool
    parts: tuple[Mapping[int, Path], ...]
    wanted: Selection


def _parts(tables: Mapping[int, Path], most: int) -> tuple[Mapping[int, Path], ...]:
    """The years in parts that can be read at once, a year at least in each."""
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


class _ReadAhead:
    """The wanted rows of some files, the next ones read while these are worked on; units as groups of their own.

    Reading begins at once, in threads that do not hold up this one.
    """

    def __init__(self, tables: Mapping[int, Path], columns: Sequence[str], wanted: Selection, by: GroupBy) -> None:
        self.columns, self.wanted, self.by = columns, wanted, by
        self.parts = list([tables] if wanted.districts or wanted.units else _parts(tables, _BYTES_AHEAD))
        largest = max(sum(path.stat().st_size for path in part.values()) for part in self.parts)
        self.reader = ThreadPoolExecutor(1)
        self.coming: list[Future[pa.Table]] = []
        for _ in range(max(1, _BYTES_WAITING // max(largest, 1))):
            self.submit()

    def submit(self) -> None:
        if self.parts:
            self.coming.append(self.reader.submit(few_rows, self.parts.pop(0), self.columns, self.wanted))

    def __iter__(self) -> Iterator[pa.Table]:
        while self.coming:
            rows = self.coming.pop(0).result()
            self.submit()
            if self.by is GroupBy.UNIT:
                rows = rows.set_column(rows.column_names.index("district"), "district", rows["unit"])
            yield rows

    def close(self) -> None:
        """Read no further."""
        self.reader.shutdown(cancel_futures=True)


def few_rows(tables: Mapping[int, Path], columns: Sequence[str], wanted: Selection) -> pa.Table:
    """The wanted rows of some files with their year; an element a year did not ask for is NULL."""
    if not wanted.districts and not wanted.units:
        whole = pa.concat_tables([_all_rows(year, path, columns) for year, path in tables.items()])
        return whole.combine_chunks()  # of all columns at once: one by one it would take three times as long
    parts = []
    for year, path in tables.items():
        rows = pl.scan_parquet(path)
        names = rows.collect_schema().names()
        chosen = [pl.col(name) if name in names else pl.lit(None, dtype=pl.Int64).alias(name) for name in columns]
        for name, codes in (("district", wanted.districts), ("unit", wanted.units)):
            rows = rows.filter(pl.col(name).is_in(list(codes))) if codes else rows
        parts.append(rows.select(pl.lit(year, dtype=pl.Int32).alias("year"), *UNIT_COLUMNS, *chosen))
    return pl.concat(pl.collect_all(parts)).to_arrow()


def _all_rows(year: int, path: Path, columns: Sequence[str]) -> pa.Table:
    """The rows of a file with its year, column by column in one piece as they were decoded."""
    there = set(pl.read_parquet_schema(path))
    found = pl.read_parquet(path, columns=[*UNIT_COLUMNS, *(name for name in columns if name in there)]).to_arrow()
    for name in columns:
        if name not in there:
            found = found.append_column(name, pa.nulls(found.num_rows, pa.int64()))
    found = found.append_column("year", pa.array(np.full(found.num_rows, year, dtype=np.int32)))
    return found.select(["year", *UNIT_COLUMNS, *columns])


def _quoted(form: str) -> str:
    return exp.Identifier(this=table_name(form), quoted=True).sql("duckdb")


def selected(wanted: Selection) -> exp.Expression | None:
    """The condition that keeps the wanted rows; None where all are wanted."""
    parts = [
        exp.In(this=s.column(name), expressions=[s.words(code) for code in codes])
        for name, codes in (("district", wanted.districts), ("unit", wanted.units))
        if codes
    ]
    return s.both(parts)
