"""A private PostgreSQL server for tests: in a temporary folder, on a Unix socket, as an unprivileged user.

Use the fixtures of ``tests/conftest.py``: ``postgres`` (the server, one per test run, started on first use) and
``postgres_url`` (a new empty data base for one test). Both skip, with a reason, where the server binaries are absent.
"""

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

STARTS_IN_S = 60
SETTINGS = {
    "listen_addresses": "",  # no network: the Unix socket is the only way in
    "fsync": "off",  # a test kills processes, never the machine
    "full_page_writes": "off",
    "max_connections": "80",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
    "lc_messages": "C",
    "jit": "off",
}


@dataclass
class PostgresServer:
    """A running private server; ``new_database`` answers the URL of an empty data base."""

    folder: Path
    user: str
    port: int = 5432
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def socket_folder(self) -> Path:
        """The folder of the Unix socket."""
        return self.folder / "socket"

    def conninfo(self, database: str = "postgres") -> str:
        """A libpq connection string."""
        return f"host={self.socket_folder} port={self.port} user={self.user} dbname={database}"

    def url(self, database: str) -> str:
        """An SQLAlchemy URL (psycopg 3)."""
        return f"postgresql+psycopg://{self.user}@/{database}?host={self.socket_folder}&port={self.port}"

    def new_database(self) -> str:
        """Create an empty data base in C collation and UTF-8; answer its SQLAlchemy URL."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'".encode())
        return self.url(name)

    def copy_of(self, url: str) -> str:
        """Copy a data base nobody is connected to; answers the SQLAlchemy URL of the copy."""
        source = url.partition("@/")[2].partition("?")[0]
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {source}".encode())
        return self.url(name)


def binaries() -> Path | None:
    """The folder with ``initdb`` and ``postgres``: ``DUIBIAO_POSTGRES_BIN``, the path, or Debian's place."""
    named = os.environ.get("DUIBIAO_POSTGRES_BIN")
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    candidates = [Path(named)] if named else [*([Path(found).resolve().parent] if found else []), *debian]
    return next((path for path in candidates if (path / "initdb").exists() and (path / "postgres").exists()), None)


def unprivileged() -> str | None:
    """The user to run the server as: this one, or where this one is root (PostgreSQL refuses it) another."""
    if os.geteuid() != 0:
        return getpass.getuser()
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


def why_not() -> str | None:
    """The reason why no server can be started here; None where it can."""
    if binaries() is None:
        return "PostgreSQL's server binaries are absent (initdb, postgres): set DUIBIAO_POSTGRES_BIN to their folder"
    if unprivileged() is None:
        return "PostgreSQL refuses to run as root and there is neither a user postgres nor nobody"
    return None


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Start a private server, and remove it with its folder afterwards; the caller has asked ``why_not`` before."""
    programs, user = binaries(), unprivileged()
    assert programs is not None
    assert user is not None
    folder = Path(tempfile.mkdtemp(prefix="duibiao-pg-"))  # short: a socket's path has at most 107 bytes
    server = PostgresServer(folder, user)
    started = None
    try:
        for part in (folder, folder / "data", server.socket_folder):
            part.mkdir(mode=0o700, exist_ok=True)
            part.chmod(0o711 if part != folder / "data" else 0o700)
            shutil.chown(part, user)
        initdb = [programs / "initdb", "-D", folder / "data", "-U", user, "-A", "trust", "-E", "UTF8", "--locale=C"]
        _spawned([*map(str, initdb), "--no-sync"], server, folder / "initdb.log").wait(STARTS_IN_S)
        options = [item for name, value in SETTINGS.items() for item in ("-c", f"{name}={value}")]
        command = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(server.socket_folder), *options]
        started = _spawned([*_dies_with_us(), *command], server, folder / "log")
        _wait_for(server, started)
        yield server
    finally:
        if started is not None:
            started.send_signal(3)  # SIGQUIT: stop at once
            started.wait(STARTS_IN_S)
        shutil.rmtree(folder, ignore_errors=True)


def _spawned(command: list[str], server: PostgresServer, log: Path) -> "subprocess.Popen[bytes]":
    root = os.geteuid() == 0
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - the server's own programs, arguments of our own, no shell
            command,
            stdout=output,
            stderr=output,
            cwd=server.folder,
            user=server.user if root else None,
            group=pwd.getpwnam(server.user).pw_gid if root else None,
            extra_groups=[] if root else None,
        )


def _dies_with_us() -> list[str]:
    # A test run that is killed must not leave a server behind.
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "QUIT", "--"] if setpriv else []


def _wait_for(server: PostgresServer, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + STARTS_IN_S
    while True:
        try:
            psycopg.connect(server.conninfo()).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((server.folder / "log").read_text("utf-8", "replace")) from None
            time.sleep(0.05)
        else:
            return
