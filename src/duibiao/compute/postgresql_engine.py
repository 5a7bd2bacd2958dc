"""PostgreSQL: the wide tables of a snapshot are loaded once, then every query runs where they are."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from duibiao.compute import sqlnodes as s
from duibiao.compute.catalogue import Compiled
from duibiao.compute.duckdb_engine import selected
from duibiao.compute.engine import Selection, StatesEngine, as_table, check_columns
from duibiao.compute.sqltext import GroupBy, in_dialect, states_text, table_name
from duibiao.kernel.problem import UserError, Where, problem

_KEYS = ("unit", "district", "school_kind", "location_type", "ownership")


class PostgresEngine(StatesEngine):
    """PostgreSQL by a connection string of libpq.

    The tables are temporary: they live as long as the connection and are no business of the system of record. A file
    is loaded when a query first asks for it. Just-in-time compilation is switched off: it costs four times what it
    saves where hundreds of aggregates stand in one query.
    """

    name = "postgresql"
    dialect = "postgres"
    most_columns = 1500  # PostgreSQL allows 1,664 entries in a target list

    def __init__(self, conninfo: str) -> None:
        import psycopg  # noqa: PLC0415 - an extra: an authority without PostgreSQL does not have it

        self.connection: psycopg.Connection[Any] = psycopg.connect(conninfo, autocommit=True)
        self.errors = (psycopg.errors.NumericValueOutOfRange,)
        self.loaded: dict[str, tuple[tuple[int, Path], ...]] = {}
        self.query_nothing("SET jit = off")

    def query_nothing(self, text: str) -> None:
        """Run a statement that answers nothing."""
        self.connection.execute(text.encode())

    def attach(self, form: str, tables: Mapping[int, Path], columns: Sequence[str], wanted: Selection) -> None:
        """Load the files of a form into a temporary table, with a view over the wanted rows and years."""
        _, unasked = check_columns(form, tables, columns)
        held = dict(self.loaded.get(form, ()))
        if any(held.get(year) != path for year, path in tables.items()):
            self._load(form, tables)
        years = exp.In(this=s.column("year"), expressions=[s.integer(year) for year in tables])
        condition = selected(wanted)
        kept = years if condition is None else s.both([years, condition])
        source = exp.Table(this=exp.Identifier(this=f"table_{form}", quoted=True))
        empty = [
            exp.Alias(this=s.cast(exp.Null(), s.BIGINT), alias=exp.Identifier(this=name, quoted=True))
            for name in unasked
        ]
        query = exp.Select(expressions=[exp.Star(), *empty])
        query.set("from_", exp.From(this=source))
        query.set("where", exp.Where(this=kept))
        view = exp.Table(this=exp.Identifier(this=table_name(form), quoted=True)).sql("postgres")
        self.query_nothing(f"DROP VIEW IF EXISTS {view}")
        self.query_nothing(f"CREATE TEMPORARY VIEW {view} AS {in_dialect(query, 'postgres')}")

    def _load(self, form: str, tables: Mapping[int, Path]) -> None:
        """Create the table and copy the files into it; an element a year did not ask for stays NULL."""
        schemas = [pq.read_schema(path) for path in tables.values()]
        values = list(dict.fromkeys(name for schema in schemas for name in schema.names if name not in _KEYS))
        name = exp.Table(this=exp.Identifier(this=f"table_{form}", quoted=True)).sql("postgres")
        kinds = [("year", "integer"), *((key, "text") for key in _KEYS), *((value, "bigint") for value in values)]
        parts = ", ".join(f"{exp.Identifier(this=one, quoted=True).sql('postgres')} {kind}" for one, kind in kinds)
        self.query_nothing(f"DROP TABLE IF EXISTS {name} CASCADE")
        self.query_nothing(f"CREATE TEMPORARY TABLE {name} ({parts})")
        for year, path in tables.items():
            frame = pl.read_parquet(path)
            absent = [pl.lit(None, dtype=pl.Int64).alias(value) for value in values if value not in frame.columns]
            ordered = frame.with_columns(pl.lit(year).alias("year"), *absent).select("year", *_KEYS, *values)
            text = io.BytesIO()
            # Attributes are '' where there are none: quoted they stay '', unquoted empty is NULL.
            ordered.write_csv(text, include_header=False, quote_style="non_numeric", null_value="")
            with self.connection.cursor().copy(f"COPY {name} FROM STDIN (FORMAT csv)".encode()) as copy:
                copy.write(text.getvalue())
        self.query_nothing(f"ANALYZE {name}")
        self.loaded[form] = tuple(tables.items())

    def query(self, text: str) -> pa.Table:
        """Run one query. Whole numbers of 128 bit arrive as text and are read as such."""
        with self.connection.cursor() as cursor:
            cursor.execute(text.encode())
            names = [column.name for column in cursor.description or ()]
            rows = cursor.fetchall()
        return as_table(names, rows)

    def grouped(self, compiled: Compiled, form: str, by: GroupBy) -> Sequence[pa.Table]:
        """Stage 1 of a form, in 64 bit first; numeric is exact however large, only slower."""
        for wide in (False, True):
            try:
                return [self.query(text) for text in states_text(compiled, form, by, wide, self.most_columns)]
            except self.errors as error:
                if wide:
                    raise UserError(
                        [problem("COMPUTE-OVERFLOW", Where(form), form=form, detail=str(error).splitlines()[0])]
                    ) from error
        raise AssertionError  # the loop returns or raises

    def close(self) -> None:
        """Close the connection; its temporary tables go with it."""
        self.connection.close()
