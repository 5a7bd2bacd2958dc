"""DuckDB, the default engine: reads the Parquet files of a snapshot where they lie."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp

from duibiao.compute import sqlnodes as s
from duibiao.compute.catalogue import Compiled
from duibiao.compute.engine import Selection, StatesEngine, check_columns
from duibiao.compute.sqltext import GroupBy, states_text, table_name
from duibiao.kernel.problem import UserError, Where, problem


class DuckDbEngine(StatesEngine):
    """DuckDB in this process.

    ``memory_limit`` in DuckDB's words (``1GB``), ``threads`` as many as it may use; None leaves both to DuckDB.
    """

    name = "duckdb"
    dialect = "duckdb"

    def __init__(self, memory_limit: str | None = None, threads: int | None = None) -> None:
        settings: dict[str, str | bool | int | float | list[str]] = {"preserve_insertion_order": False}
        if memory_limit is not None:
            settings["memory_limit"] = memory_limit
        if threads is not None:
            settings["threads"] = threads
        self.connection = duckdb.connect(":memory:", config=settings)

    def attach(self, form: str, tables: Mapping[int, Path], columns: Sequence[str], wanted: Selection) -> None:
        """A view over the files of a form. The year is not in the files: it follows from the place in the list."""
        same = check_columns(form, tables, columns)
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
        view = exp.Identifier(this=table_name(form), quoted=True).sql("duckdb")
        # One statement: every further step of a relation would look through all columns again.
        self.connection.execute(f"CREATE OR REPLACE TEMPORARY VIEW {view} AS {rows.sql('duckdb')}")

    def query(self, text: str) -> pa.Table:
        """Run one query."""
        return self.connection.sql(text).to_arrow_table()

    def grouped(self, compiled: Compiled, form: str, by: GroupBy) -> Sequence[pa.Table]:
        """Stage 1 of a form. DuckDB checks its 64 bits: only where they overflow it is repeated in 128."""
        try:
            return [self.query(text) for text in states_text(compiled, form, by)]
        except duckdb.OutOfRangeException:
            pass
        try:
            return [self.query(text) for text in states_text(compiled, form, by, wide=True)]
        except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
            detail = str(error).splitlines()[0]
            raise UserError([problem("COMPUTE-OVERFLOW", Where(form), form=form, detail=detail)]) from error

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def selected(wanted: Selection) -> exp.Expression | None:
    """The condition that keeps the wanted rows; None where all are wanted."""
    parts = [
        exp.In(this=s.column(name), expressions=[s.words(code) for code in codes])
        for name, codes in (("district", wanted.districts), ("unit", wanted.units))
        if codes
    ]
    return s.both(parts)
