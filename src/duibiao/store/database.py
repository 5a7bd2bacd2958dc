"""The connection to SQLite or PostgreSQL: durable, one writer's step at a time, errors a person can act on."""

import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from operator import itemgetter
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.store.audit import (
    GENESIS,
    HEAD,
    AuditHead,
    add_line,
    covered_columns,
    detail_text,
    head_text,
    read_head,
    row_texts,
    texts_digest,
)
from duibiao.store.schema import META
from duibiao.store.workflow import Actor

WAITS_S = 30
"""How long a writer waits for another one before it gives up (STORE-BUSY), unless it is told otherwise."""
_FULL = ("disk is full", "disk full", "no space left", "could not extend file", "quota exceeded")
_BUSY = ("database is locked", "lock timeout", "deadlock detected", "could not obtain lock", "could not serialize")

Clock = Callable[[], datetime]


def now() -> datetime:
    """The time of this machine, in UTC."""
    return datetime.now(UTC)


class StoreChange:
    """A transaction that changes something (变更事务) and leaves exactly one line in the audit trail."""

    def __init__(self, connection: sa.Connection, actor: Actor, at: datetime, acting_as: str = "") -> None:
        self.connection = connection
        self.actor = actor
        self.acting_as = acting_as or actor.role.value
        self.at = at.astimezone(UTC).isoformat(timespec="microseconds")
        self._head: AuditHead | None = None
        self._rows: dict[str, list[str]] = {}
        self.recorded: AuditHead | None = None

    @property
    def seq(self) -> int:
        """The number of this change's audit line; other writers wait from here until the end of the transaction."""
        if self._head is None:
            self._head = read_head(self.connection, lock=True)
        return self._head.seq + 1

    def append(self, table: sa.Table, rows: Sequence[dict[str, object]]) -> None:
        """Append rows to a table of the history; ``audit_seq`` is filled in, in the given rows themselves."""
        if rows:
            names = list(rows[0])
            self.append_cells(table, names, list(map(itemgetter(*names), rows)))
            for row in rows:
                row["audit_seq"] = self.seq

    def append_cells(self, table: sa.Table, names: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
        """Append rows of cells under the named columns (two at least); ``audit_seq`` is put behind them.

        For thousands of rows: tuples of plain values cost Python's search for cycles nothing, dicts do.
        """
        if not rows:
            return
        seq, columns = self.seq, [*names, "audit_seq"]
        whole = [(*row, seq) for row in rows]
        _insert(self.connection, table, columns, whole)
        covered = [columns.index(name) for name in covered_columns(table)]
        told = whole if covered == list(range(len(columns))) else list(map(itemgetter(*covered), whole))
        self._rows.setdefault(table.name, []).extend(row_texts(told))

    def record(self, action: str, what: str, **detail: object) -> None:
        """Write the audit line: what was done, to what, and the digest of every appended row."""
        _ = self.seq
        if self._head is None or self.recorded is not None:
            raise RuntimeError("a change is recorded once")
        rows = {name: list(texts_digest(found)) for name, found in self._rows.items()}
        text = detail_text({**detail, "rows": rows} if rows else detail)
        actor = self.actor
        facts = (self.at, actor.name, actor.unit, self.acting_as, action, what, text)
        self.recorded = add_line(self.connection, self._head, facts)


def _insert(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[tuple[object, ...]]
) -> None:
    """Insert rows of cells under their columns: all at once, without a look at each of thousands by SQLAlchemy."""
    statement = table.insert()
    if len(rows) == 1:
        connection.execute(statement, [dict(zip(columns, rows[0], strict=True))])
        return
    compiled = statement.compile(connection, column_keys=list(columns))
    names = compiled.positiontup if isinstance(compiled, sa.sql.compiler.SQLCompiler) else None
    if names:  # SQLite takes its values by their places, PostgreSQL by their names
        places = [columns.index(name) for name in names]
        ordered = list(map(itemgetter(*places), rows)) if places != list(range(len(columns))) else list(rows)
        connection.exec_driver_sql(str(compiled), ordered)
    else:
        connection.exec_driver_sql(str(compiled), [dict(zip(columns, row, strict=True)) for row in rows])


class Database:
    """A data base with its engine (数据库连接); ``place`` is how messages call it, without a password."""

    def __init__(self, url: str, clock: Clock = now, waits_s: float = WAITS_S) -> None:
        self.url = sa.make_url(url)
        self.place = self.url.render_as_string(hide_password=True)
        self.clock = clock
        options = {} if self.is_sqlite else {"connect_args": {"options": f"-c lock_timeout={round(waits_s * 1000)}"}}
        # A web server keeps its connections for days: one that broke meanwhile is found before it is used.
        self.engine = sa.create_engine(self.url, pool_pre_ping=not self.is_sqlite, **options)
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", partial(_prepare_sqlite, waits_s))
            sa.event.listen(self.engine, "begin", partial(_begin_sqlite, waits_s))

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite."""
        return self.url.get_backend_name() == "sqlite"

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that sees one state of the data base from its first to its last query."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self._told(), self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, actor: Actor, acting_as: str = "") -> Iterator[StoreChange]:
        """A transaction that changes something: kept whole with its audit line, or not at all.

        ``acting_as``: what the line calls the role, where it is not one of the work flow (an administrator's).
        """
        with self._told(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            change = StoreChange(connection, actor, self.clock(), acting_as)
            yield change
            if change.recorded is None:
                raise RuntimeError("a change without an audit line")

    @contextmanager
    def counting(self) -> Iterator[sa.Connection]:
        """A transaction on passing facts that are no history (attempts, last seen): no audit line."""
        with self._told(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def create(self, actor: Actor, *, simulated: bool) -> None:
        """Make the tables in an empty data base; raises UserError STORE-EXISTS where there are tables of a store."""
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        with self._told(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            if sa.inspect(connection).has_table(META.name):
                raise UserError([problem("STORE-EXISTS", Where(self.place))])
            _upgrade(connection)
            facts = {"id": uuid4().hex, "simulated": json.dumps(simulated), HEAD: head_text(AuditHead(0, GENESIS))}
            connection.execute(META.insert(), [{"key": key, "value": value} for key, value in facts.items()])
            change = StoreChange(connection, actor, self.clock())
            change.record("store.create", facts["id"], simulated=simulated)

    def check_version(self) -> None:
        """Refuse a data base that is none of ours, older or newer; raises UserError STORE-MISSING, -OLD, -NEWER."""
        if self.is_sqlite and not Path(self.url.database or "").is_file():  # connecting would make an empty file
            raise UserError([problem("STORE-MISSING", Where(self.place))])
        script = ScriptDirectory.from_config(_config())
        with self._told(), self.reading() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
        if found is None:
            raise UserError([problem("STORE-MISSING", Where(self.place))])
        if found != script.get_current_head():
            known = {step.revision for step in script.walk_revisions()}
            code = "STORE-OLD" if found in known else "STORE-NEWER"
            raise UserError([problem(code, Where(self.place), found=found, wanted=script.get_current_head())])

    def migrate(self, actor: Actor) -> None:
        """Bring an older data base to the newest layout, whole or not at all; a new one is left as it is."""
        with self._told(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            before = MigrationContext.configure(connection).get_current_revision()
            _upgrade(connection)
            after = MigrationContext.configure(connection).get_current_revision()
            if before != after:
                StoreChange(connection, actor, self.clock()).record("store.migrate", f"{before} -> {after}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            told = str(error.orig).lower()
            code = next((code for code, words in _CODES if any(word in told for word in words)), None)
            if code is None and isinstance(error, sa.exc.OperationalError):
                code = "STORE-CONNECT"
            if code is None:
                raise
            raise UserError([problem(code, Where(self.place), detail=str(error.orig).strip())]) from error


_CODES = (("STORE-DISK-FULL", _FULL), ("STORE-BUSY", _BUSY))


def _prepare_sqlite(waits_s: float, connection: "sa.engine.interfaces.DBAPIConnection", _record: object) -> None:
    # WAL: readers never wait. FULL: what was confirmed survives a power failure. The driver's own idea of when a
    # transaction begins is switched off: ours begin with BEGIN IMMEDIATE, so that two writers never deadlock.
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in (f"busy_timeout={round(waits_s * 1000)}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_sqlite(waits_s: float, connection: sa.Connection) -> None:
    if not connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql("BEGIN")
        return
    # SQLite asks again after up to a tenth of a second, and in a crowd of writers the file lies idle meanwhile. Asked
    # here it is soon known to be free; who has waited longer asks more often, so that nobody is passed over for long.
    began = time.monotonic()
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("a transaction begins on an open connection")
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while (waited := time.monotonic() - began) < waits_s:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if not any(word in str(error).lower() for word in _BUSY):
                    break
                time.sleep(min(waits_s - waited, _PAUSE_S / (1 + waited) * (0.5 + random.random())))  # noqa: S311  no secret
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # the last time: it is told what stands in the way
    finally:
        driver.execute(f"PRAGMA busy_timeout={round(waits_s * 1000)}")


_PAUSE_S = 0.008
"""How long a writer of SQLite waits on the average before it asks for the first time again."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "duibiao.store:migrations")
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: sa.Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
