"""Spark: for authorities that run a cluster; the session is theirs."""

from collections.abc import Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from duibiao.compute.catalogue import Compiled
from duibiao.compute.engine import Selection, StatesEngine, as_table, check_columns
from duibiao.compute.sqltext import GroupBy, states_text, table_name
from duibiao.kernel.problem import UserError, Where, problem

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_ANSI = "spark.sql.ansi.enabled"


class SparkEngine(StatesEngine):
    """An existing Spark session (4.0). It is not stopped by ``close``.

    Everything is computed in decimal(38, 0): Spark adds 64 bit numbers up in 64 bit. Its ANSI mode is switched on
    for the queries, so that an overflow is an error and not a NULL, and put back afterwards.
    """

    name = "spark"
    dialect = "spark"

    def __init__(self, session: "SparkSession") -> None:
        self.session = session
        self.before = session.conf.get(_ANSI)
        session.conf.set(_ANSI, "true")

    def attach(self, form: str, tables: Mapping[int, Path], columns: Sequence[str], wanted: Selection) -> None:
        """A temporary view over the files of a form."""
        from pyspark.sql import functions as f  # noqa: PLC0415 - an extra

        _, unasked = check_columns(form, tables, columns)
        parts = [self.session.read.parquet(str(path)).withColumn("year", f.lit(year)) for year, path in tables.items()]
        rows = reduce(lambda left, right: left.unionByName(right, allowMissingColumns=True), parts)
        for name, codes in (("district", wanted.districts), ("unit", wanted.units)):
            if codes:
                rows = rows.filter(f.col(name).isin(list(codes)))
        for name in unasked:
            rows = rows.withColumn(name, f.lit(None).cast("bigint"))
        rows.createOrReplaceTempView(table_name(form))

    def query(self, text: str) -> pa.Table:
        """Run one query and bring its rows here."""
        answer = self.session.sql(text)
        return as_table(answer.columns, [tuple(row) for row in answer.collect()])

    def grouped(self, compiled: Compiled, form: str, by: GroupBy) -> Sequence[pa.Table]:
        """Stage 1 of a form."""
        from pyspark.errors import ArithmeticException  # noqa: PLC0415 - an extra

        try:
            return [self.query(text) for text in states_text(compiled, form, by, wide=True)]
        except ArithmeticException as error:
            detail = str(error).splitlines()[0]
            raise UserError([problem("COMPUTE-OVERFLOW", Where(form), form=form, detail=detail)]) from error

    def close(self) -> None:
        """Put the session back as it was."""
        self.session.conf.set(_ANSI, self.before or "true")
