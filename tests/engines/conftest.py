"""The engines under test, and the markers that declare what one of them cannot do.

``notimpl(engine, reason)``: we could and have not yet; ``notyet``: the engine must first; ``never``: it will not be.
Each is a strict expectation of failure: a gap that has closed fails the run.
"""

import gc
import shutil
import warnings
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from duibiao.compute import DuckDbEngine, Engine
from duibiao.compute.polars_engine import PolarsEngine
from tests.postgres import PostgresServer

DIALECTS = {"duckdb": "duckdb", "duckdb_sql": "duckdb", "polars": "duckdb", "postgresql": "postgres", "spark": "spark"}
"""The engines and the SQL they speak; ``duckdb_sql`` is DuckDB where it does not add up the rows of a city itself."""
GAPS = ("notimpl", "notyet", "never")


def pytest_configure(config: pytest.Config) -> None:
    for gap in GAPS:
        config.addinivalue_line("markers", f"{gap}(engine, reason): {gap}, see tests/engines/conftest.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec is not None and callspec.params.get("engine") == "spark":
            # py4j leaves its sockets to the garbage collector
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))
        for gap in GAPS:
            for mark in item.iter_markers(gap):
                engine, reason = mark.args
                assert engine in DIALECTS, f"no engine {engine}"
                assert reason, "a gap gives its reason"
                if callspec is not None and callspec.params.get("engine") == engine:
                    item.add_marker(pytest.mark.xfail(reason=f"{gap}: {reason}", strict=True))


@pytest.fixture(scope="session")
def spark() -> Iterator[object]:
    """A local Spark session, one for the whole run."""
    if shutil.which("java") is None:
        pytest.skip("Java is absent: Spark needs Java 17")
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is an extra and is not installed")
    builder = sql.SparkSession.builder.master("local[2]").appName("duibiao tests")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.memory": "2g",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.adaptive.enabled": "false",
        # Code is generated for hundreds of columns once and thrown away: for a small table it costs more than it saves.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    gateway = session.sparkContext._gateway
    session.stop()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # py4j leaves its sockets to the garbage collector
        gateway.shutdown()
        del gateway, session
        gc.collect()


def known_as(engine: Engine) -> str:
    """The name of an engine in ``DIALECTS``."""
    return "duckdb_sql" if isinstance(engine, DuckDbEngine) and engine.by_sql else engine.name


def conninfo_of(server: PostgresServer) -> str:
    """A libpq connection string to a new data base."""
    return server.conninfo(urlsplit(server.new_database()).path.removeprefix("/"))


@pytest.fixture(params=sorted(DIALECTS))
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Every engine in turn."""
    makers: dict[str, Callable[[], Engine]] = {
        "duckdb": lambda: DuckDbEngine(threads=2),
        "duckdb_sql": lambda: DuckDbEngine(threads=2, by_sql=True),
        "polars": PolarsEngine,
    }
    if request.param == "postgresql":
        from duibiao.compute.postgresql_engine import PostgresEngine  # noqa: PLC0415  an extra

        server = request.getfixturevalue("postgres")
        makers["postgresql"] = lambda: PostgresEngine(conninfo_of(server))
    if request.param == "spark":
        from duibiao.compute.spark_engine import SparkEngine  # noqa: PLC0415  an extra

        session = request.getfixturevalue("spark")
        makers["spark"] = lambda: SparkEngine(session)
    found = makers[request.param]()
    yield found
    found.close()
