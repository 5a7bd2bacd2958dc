"""Fixtures every test may use: the real packs, the shared material where it is present, a scratch pack."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from duibiao.workspace import Workspace
from tests.postgres import PostgresServer, running_server, why_not

settings.register_profile("duibiao", deadline=None)  # machines are noisy: an example is never failed for its time
settings.register_profile("ci", deadline=None, derandomize=True)  # CI judges the change, not the luck of a draw
settings.load_profile("ci" if os.environ.get("CI") else "duibiao")

ROOT = Path(__file__).resolve().parent.parent
PACKS = ROOT / "packs"


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder all processes of a run read and none changes: whoever asks first makes it, the others wait for it.

    ``make`` gets the path of a folder that does not exist yet. What fails half-way is made again by whoever asks next.
    """
    base = factory.getbasetemp()
    everybody = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base  # a process of several has its own inside
    done, begun = everybody / name, everybody / f"{name}.begun"
    with (everybody / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(begun, ignore_errors=True)
            make(begun)
            begun.rename(done)
    return done


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The real packs, with an empty archive."""
    return Workspace.open(PACKS, tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared material: source documents and facts that are no part of the project."""
    found = Path(os.environ.get("DUIBIAO_SHARED", ROOT.parent / "shared"))
    if not (found / "documents").is_dir():
        pytest.skip("../shared is absent: the source documents are not part of the project (CI has them)")
    return found


@pytest.fixture(scope="session")
def archived(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The real packs with every source document in the archive."""
    found = Workspace.open(PACKS, tmp_path_factory.mktemp("archive"))
    for file in sorted((shared / "documents").glob("*.txt")):
        found.archive.add(file)
    return found


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A private PostgreSQL server, one for the whole test run, started when the first test asks for it."""
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    with running_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> str:
    """The SQLAlchemy URL of a new, empty PostgreSQL data base."""
    return postgres.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The SQLAlchemy URL of a new, empty data base: every test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found
