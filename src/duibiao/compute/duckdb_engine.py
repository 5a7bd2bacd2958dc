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
        files = self.connection.read_parquet([str(path) for path in tables.values()], union_by_name=not same)
        years = [
            (
                exp.EQ(this=exp.Column(this=exp.Identifier(this="file_index")), expression=s.integer(place)),
                s.integer(year),
            )
            for place, year in enumerate(tables)
        ]
        year = s.cast(s.case(years), exp.DataType.build("INTEGER")).sql("duckdb")
        rows = files.project(f'{year} AS "year", *')
        condition = selected(wanted)
        if condition is not None:
            rows = rows.filter(condition.sql("duckdb"))
        rows.create_view(table_name(form), replace=True)

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
