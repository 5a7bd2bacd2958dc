"""DuckDB, the default engine: reads the Parquet files of a snapshot where they lie.

States are taken in this process (``compute.numpy_states``), to the very bits of the SQL: that takes half of what DuckDB
takes to plan and aggregate hundreds of columns. What is not exact there, and row values for ranks, are SQL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp

from duibiao.compute import sqlnodes as s
from duibiao.compute.catalogue import Compiled
from duibiao.compute.engine import Selection, StatesEngine, Tables, check_columns, completed
from duibiao.compute.numpy_states import states_of_rows
from duibiao.compute.reading import ReadAhead, batches, parts_of
from duibiao.compute.sqltext import GroupBy, states_text, table_name
from duibiao.compute.statetable import StateTable
from duibiao.compute.vectors import NotExactError
from duibiao.kernel.problem import UserError, Where, problem

BYTES_AT_ONCE = 128 * 2**20
"""The states of 2,850 districts and all years would not fit into 1 GB beside each other."""


class DuckDbEngine(StatesEngine):
    """DuckDB in this process.

    ``memory_limit`` in DuckDB's words (``1GB``), ``threads`` as many as it may use; None leaves both to DuckDB.
    ``bytes_at_once``: years whose files are together larger are read by SQL one part after the other. ``by_sql``: take
    the states by SQL in any case.
    """

    name = "duckdb"
    dialect = "duckdb"

    def __init__(
        self,
        memory_limit: str | None = None,
        threads: int | None = None,
        bytes_at_once: int = BYTES_AT_ONCE,
        by_sql: bool = False,
    ) -> None:
        settings: dict[str, str | bool | int | float | list[str]] = {"preserve_insertion_order": False}
        if memory_limit is not None:
            settings["memory_limit"] = memory_limit
        if threads is not None:
            settings["threads"] = threads
        self._settings = settings
        self._opened: duckdb.DuckDBPyConnection | None = None
        self.bytes_at_once, self.by_sql = bytes_at_once, by_sql
        self._attached: dict[str, _Attached] = {}

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection, opened when SQL is first asked for."""
        if self._opened is None:
            self._opened = duckdb.connect(":memory:", config=self._settings)
        return self._opened

    def attach(self, form: str, tables: Mapping[int, Path], columns: Sequence[str], wanted: Selection) -> None:
        """A view over the files of a form."""
        same, unasked = check_columns(form, tables, columns)
        self._attached[form] = _Attached(parts_of(tables, self.bytes_at_once) if same else (), wanted, unasked)
        self._view(form, tables, same)

    def _view(self, form: str, tables: Mapping[int, Path], same: bool) -> None:
        """The year is not in the files: it follows from the place in the list."""
        place = exp.Column(this=exp.Identifier(this="file_index"))
        years = [(exp.EQ(this=place, expression=s.integer(n)), s.integer(year)) for n, year in enumerate(tables)]
        year = s.cast(s.case(years), exp.DataType.build("INTEGER"))
        files = exp.Array(expressions=[s.words(str(path)) for path in tables.values()])
        by_name = exp.EQ(
            this=exp.Column(this=exp.Identifier(this="union_by_name")), expression=exp.Boolean(this=not same)
        )
        named = exp.Alias(this=year, alias=exp.Identifier(this="year", quoted=True))
        attached = self._attached[form]
        empty = [
            exp.Alias(this=s.cast(exp.Null(), s.BIGINT), alias=exp.Identifier(this=name, quoted=True))
            for name in attached.unasked
        ]
        rows = exp.Select(expressions=[named, exp.Star(), *empty])
        rows.set("from_", exp.From(this=exp.Anonymous(this="read_parquet", expressions=[files, by_name])))
        condition = selected(attached.wanted)
        if condition is not None:
            rows.set("where", exp.Where(this=condition))
        # One statement: every further step of a relation would look through all columns again.
        self.connection.execute(f"CREATE OR REPLACE TEMPORARY VIEW {_quoted(form)} AS {rows.sql('duckdb')}")

    def states(self, compiled: Compiled, tables: Tables, wanted: Selection, by: GroupBy) -> StateTable:
        """Stage 1: in this process where that is exact, or by SQL."""
        if not self.by_sql:
            try:
                return self._states_here(compiled, tables, wanted, by)
            except NotExactError:
                pass
        return super().states(compiled, tables, wanted, by)

    def _states_here(self, compiled: Compiled, tables: Tables, wanted: Selection, by: GroupBy) -> StateTable:
        years = sorted({year for form, year in tables if form in compiled.forms})
        read: dict[str, dict[int, Path]] = {}
        for (form, year), path in sorted(tables.items()):
            if form in compiled.forms:
                read.setdefault(form, {})[year] = path
        for form, own in read.items():
            check_columns(form, own, compiled.forms[form].elements)
        coming = ReadAhead(
            (form, batch)
            for form, own in read.items()
            for batch in batches(own, compiled.forms[form].elements, wanted, by)
        )
        try:
            return completed(compiled, states_of_rows(compiled, years, read, coming), tables)
        finally:
            coming.close()

    def at_once(self, tables: Mapping[int, Path]) -> Sequence[Mapping[int, Path]]:
        """The years whose row values are read together: planning a query takes longer than the rows of a city."""
        return parts_of(tables, self.bytes_at_once)

    def query(self, text: str) -> pa.Table:
        """Run one query."""
        return self.connection.sql(text).to_arrow_table()

    def grouped(self, compiled: Compiled, form: str, by: GroupBy) -> Sequence[pa.Table]:
        """Stage 1 of a form. DuckDB checks its 64 bits: only where they overflow it is repeated in 128."""
        try:
            return self._answers(form, states_text(compiled, form, by))
        except duckdb.OutOfRangeException:
            pass
        try:
            return self._answers(form, states_text(compiled, form, by, wide=True))
        except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
            detail = str(error).splitlines()[0]
            raise UserError([problem("COMPUTE-OVERFLOW", Where(form), form=form, detail=detail)]) from error

    def _answers(self, form: str, texts: Sequence[str]) -> Sequence[pa.Table]:
        """The answers to the queries of a form: from some years after the others where all at once are too much."""
        attached = self._attached[form]
        if len(attached.parts) < 2:
            return [self.query(text) for text in texts]
        answers: list[list[pa.Table]] = [[] for _ in texts]
        for tables in attached.parts:
            self._view(form, tables, True)
            for text, found in zip(texts, answers, strict=True):
                found.append(self.query(text))
        return [pa.concat_tables(found) for found in answers]

    def close(self) -> None:
        """Close the connection."""
        if self._opened is not None:
            self._opened.close()


@dataclass(frozen=True, slots=True)
class _Attached:
    """How the rows of a form are attached: the years in parts to be read one by one, which rows are wanted, and what
    the form asks that no table holds."""

    parts: tuple[Mapping[int, Path], ...]
    wanted: Selection
    unasked: tuple[str, ...]


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
