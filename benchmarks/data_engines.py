"""The same catalogue on every engine, and the same states from a long table: ``engines``, ``long`` of ``data.py``."""

import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import numpy as np

from benchmarks import workload
from benchmarks.measure import Seconds, in_turn, once, ratio, told
from duibiao.compute import Compiled, DuckDbEngine, Engine, Result, compile_catalogue
from duibiao.compute.engine import Selection
from duibiao.compute.polars_engine import PolarsEngine
from duibiao.compute.sqltext import GroupBy, states_text, table_name

Tables = Mapping[tuple[str, int], Path]
DISTRICTS = 38
_DIALECTS = {"postgresql": "postgres", "spark": "spark"}


def engines(tables: Tables) -> None:
    """Every engine that is installed: what it takes, and how far its figures are from DuckDB's."""
    print("equal: the same catalogue on every engine, every cell compared with DuckDB's")
    results: dict[str, Result] = {}
    taken: dict[str, Seconds] = {}
    for name, opened in _ENGINES.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # py4j leaves its sockets to the garbage collector
            with opened() as engine:
                if engine is None:
                    continue
                catalogue = compile_catalogue(
                    workload.indicators(), workload.elements(), {workload.FORM: workload.form()},
                    dialect=_DIALECTS.get(name, "duckdb"),
                )  # fmt: skip

                def run(name: str = name, engine: Engine = engine, catalogue: Compiled = catalogue) -> None:
                    results[name] = engine.run(catalogue, tables, workload.units(DISTRICTS))

                taken[name] = once(run)
        told(name, taken[name], _against(results["duckdb"], results[name]) if len(results) > 1 else "")
    for name in list(taken)[1:]:
        told(f"{name} against DuckDB", ratio(taken[name], taken["duckdb"]), "CPU of this process only, wall of all")


def _against(one: Result, two: Result) -> str:
    """How far the figures of two results are from each other, and whether the same ones are missing."""
    worst, cells, patterns = 0.0, 0, 0
    for code, figures in one.figures.items():
        other = two.figures[code]
        patterns += int((figures.gap != other.gap).sum() + (figures.known != other.known).sum())
        patterns += int((figures.total != other.total).sum())
        both = (figures.gap == 0) & (other.gap == 0)
        first, second = figures.value[both], other.value[both]
        cells += int(figures.gap.size)
        if first.size:
            worst = max(worst, float(np.max(np.abs(first - second) / np.maximum(np.abs(first), 1e-300))))
    return f"{worst:.1e} relative at most, {patterns} of {cells:,} cells missing or covered otherwise"


@contextmanager
def _duckdb() -> Iterator[Engine]:
    engine = DuckDbEngine(threads=2)
    yield engine
    engine.close()


@contextmanager
def _polars() -> Iterator[Engine]:
    yield PolarsEngine()


@contextmanager
def _postgresql() -> Iterator[Engine | None]:
    from duibiao.compute.postgresql_engine import PostgresEngine  # noqa: PLC0415 - an extra
    from tests.postgres import running_server, why_not  # noqa: PLC0415 - a private server, as the tests start one

    reason = why_not()
    if reason:
        told("(engine left out)", "postgresql", reason)
        yield None
        return
    with running_server() as server:
        engine = PostgresEngine(server.conninfo(urlsplit(server.new_database()).path.removeprefix("/")))
        yield engine
        engine.close()


@contextmanager
def _spark() -> Iterator[Engine | None]:
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra
    except ImportError:
        told("(engine left out)", "spark", "pyspark is not installed")
        yield None
        return
    if shutil.which("java") is None:
        told("(engine left out)", "spark", "Java is absent")
        yield None
        return
    from duibiao.compute.spark_engine import SparkEngine  # noqa: PLC0415 - an extra

    settings = {"spark.ui.enabled": "false", "spark.driver.memory": "4g", "spark.sql.shuffle.partitions": "2"}
    # Code for 609 aggregates is generated for minutes and used once, on a machine of two cores.
    settings |= {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}
    settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    builder = SparkSession.builder.master("local[2]").appName("duibiao benchmark")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    engine = SparkEngine(session)
    yield engine
    engine.close()
    session.stop()


_ENGINES: Mapping[str, Callable[[], AbstractContextManager[Engine | None]]] = {
    "duckdb": _duckdb,
    "polars": _polars,
    "postgresql": _postgresql,
    "spark": _spark,
}


def long_layout(folder: Path, tables: Tables) -> None:
    """The same states from one row a fact: pivoted first, since thresholds need several elements of one school."""
    print(f"layout-long: {len(tables)} years × {workload.ELEMENTS} elements, a row a fact against a column an element")
    with duckdb.connect(config={"threads": 2}) as connection:
        for (_, year), path in tables.items():
            target = folder / f"long-{path.stem}.parquet"
            if not target.exists():
                connection.execute(_unpivoted(path, year, target))
    longs = [folder / f"long-{path.stem}.parquet" for path in tables.values()]
    sizes = [sum(one.stat().st_size for one in paths) / 1e6 for paths in (longs, tables.values())]
    catalogue = workload.compiled()
    text = states_text(catalogue, workload.FORM)[0]
    own = {year: path for (_, year), path in tables.items()}
    answers: dict[str, list[tuple[object, ...]]] = {}

    def wide() -> None:
        engine = DuckDbEngine(threads=2)
        engine.attach(workload.FORM, own, catalogue.forms[workload.FORM].elements, Selection())
        answer = engine.grouped(catalogue, workload.FORM, GroupBy.DISTRICT)[0]
        answers["wide"] = sorted(zip(*(column.to_pylist() for column in answer.columns), strict=True))
        engine.close()

    def pivoted() -> None:
        with duckdb.connect(config={"threads": 2}) as connection:
            connection.execute(_pivot(longs))
            answers["long"] = sorted(connection.execute(text).fetchall())

    best = in_turn({"wide": wide, "long": pivoted}, repeats=1)
    told("wide", best["wide"], f"{sizes[1]:.0f} MB")
    told("long, pivoted", best["long"], f"{ratio(best['long'], best['wide'])}; wanted 15; {sizes[0]:.0f} MB")
    told("states of both", "the same" if answers["wide"] == answers["long"] else "DIFFERENT")


_KEYS = "unit, district, school_kind, location_type, ownership"


def _unpivoted(path: Path, year: int, target: Path) -> str:
    names = ", ".join(workload.codes())
    return (
        f"COPY (SELECT CAST({year} AS INTEGER) AS year, {_KEYS}, element, value FROM "  # noqa: S608 - names of our own
        f"(UNPIVOT (SELECT * FROM read_parquet('{path}')) ON {names} INTO NAME element VALUE value)) "
        f"TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
    )


def _pivot(paths: list[Path]) -> str:
    names = ", ".join(f"'{code}'" for code in workload.codes())
    files = ", ".join(f"'{path}'" for path in paths)
    return (
        f'CREATE TEMP TABLE "{table_name(workload.FORM)}" AS '  # noqa: S608 - names of our own
        f"PIVOT (SELECT * FROM read_parquet([{files}])) ON element IN ({names}) "
        f"USING first(value) GROUP BY year, {_KEYS}"
    )
