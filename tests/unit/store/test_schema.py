"""The migrations make exactly the tables the code speaks of, on both data bases."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import duibiao
from duibiao.kernel.problem import UserError
from duibiao.store.audit import read_lines
from duibiao.store.database import Database
from duibiao.store.schema import METADATA
from duibiao.store.store import PROGRAM, Store

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "HEAD"


def upgrade() -> None:
    op.create_table("added", sa.Column("key", sa.Text(), primary_key=True))
"""


def test_the_migrated_data_base_is_the_one_the_code_speaks_of(database_url: str) -> None:
    Store.create(database_url, simulated=True).close()
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_migrating_what_is_new_already_changes_nothing(database_url: str) -> None:
    Store.create(database_url, simulated=True).close()
    database = Database(database_url)
    database.migrate(PROGRAM)
    database.close()
    with Store.open(database_url) as store:
        assert store.audit_head().seq == 1


def test_an_older_store_is_refused_then_migrated_and_refused_by_the_old_version(
    database_url: str, tmp_path: Path
) -> None:
    """A copy of the program with one more migration plays the next version; ours plays the old one."""
    shutil.copytree(Path(duibiao.__file__).parent, tmp_path / "next" / "duibiao")
    versions = tmp_path / "next" / "duibiao" / "store" / "migrations" / "versions"
    head = ScriptDirectory(str(versions.parent)).get_current_head()
    (versions / "9999_next.py").write_text(NEXT.replace("HEAD", str(head)), encoding="utf-8")
    Store.create(database_url, simulated=True).close()

    def in_next_version(call: str) -> str:
        script = f"from duibiao.store.store import Store\nStore.{call}({database_url!r}).close()"
        environment = {**os.environ, "PYTHONPATH": str(tmp_path / "next")}
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment
        )
        return done.stderr

    assert "STORE-OLD" in in_next_version("open")
    assert in_next_version("migrate") == ""
    assert in_next_version("open") == ""
    with pytest.raises(UserError, match="STORE-NEWER"):
        Store.open(database_url)
    database = Database(database_url)
    with database.reading() as connection:
        assert sa.inspect(connection).has_table("added")
        assert [line.action for line in read_lines(connection)] == ["store.create", "store.migrate"]
    database.close()


def test_sqlite_is_set_to_keep_what_was_confirmed(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    Store.create(url, simulated=True).close()
    database = Database(url)
    with database.reading() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
