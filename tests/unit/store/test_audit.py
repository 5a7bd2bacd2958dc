"""The history cannot be changed through the data base, and what somebody changes with access to the file is found."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from duibiao.store.audit import AuditHead, line_hash, row_text, row_texts
from duibiao.store.database import Database
from duibiao.store.schema import ACCOUNT, APPEND_ONLY, AUDIT, GRANT, REVOCATION, SETTING
from duibiao.store.snapshot import Snapshot
from duibiao.store.store import Store
from tests.unit.store.issue_people import rectified
from tests.unit.store.people import CITY_REVIEWER, PUBLISHER, new_store, publish, save, state, through

ALL: dict[str, int | None] = {"pupils": 300, "teachers": 20, "floor_area": 1250}
Tamper = Callable[[sqlite3.Connection], object]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a published snapshot, closed; every test alters its own copy."""
    folder = tmp_path_factory.mktemp("written")
    with new_store(f"sqlite:///{folder / 'store.db'}") as store:
        through(store, {"S1": ALL, "S3": ALL})
        publish(store, folder / "snapshots")
        store.reopen(CITY_REVIEWER, [state(store, "S1").seen], "更正")
        save(store, {"S1": {"pupils": 301}})
    return folder


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Path:
    shutil.copytree(written, tmp_path / "copy")
    return tmp_path / "copy"


def altered(copy: Path, tamper: Tamper) -> list[tuple[str, str]]:
    """Drop the triggers, alter the file with SQLite itself, and answer where the check finds something."""
    with closing(sqlite3.connect(copy / "store.db")) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        tamper(connection)
    with Store.open(f"sqlite:///{copy / 'store.db'}") as store:
        problems = store.verify_audit(copy / "snapshots")
    assert {problem.code for problem in problems} <= {"STORE-AUDIT"}
    return [(problem.where.file, problem.where.field) for problem in problems]


def run(*statements: str) -> Tamper:
    return lambda connection: [connection.execute(statement) for statement in statements]


def swap(connection: sqlite3.Connection) -> None:
    """Let two lines change places, each with its own hash."""
    for old, new in ((5, -5), (6, 5), (-5, 6)):
        connection.execute("UPDATE audit SET seq = ? WHERE seq = ?", (new, old))


def rewrite_all(connection: sqlite3.Connection) -> None:
    """What a careful forger does: alter a line and compute every hash after it, and the head, anew."""
    connection.execute("UPDATE audit SET actor = '无辜者' WHERE seq = 7")
    previous = "0" * 64
    lines = "SELECT seq, at, actor, actor_unit, role, action, object, detail FROM audit ORDER BY seq"
    for row in connection.execute(lines).fetchall():
        found = line_hash(previous, row)
        connection.execute("UPDATE audit SET prev_hash = ?, hash = ? WHERE seq = ?", (previous, found, row[0]))
        previous = found
        seq = row[0]
    head = json.dumps({"seq": seq, "hash": previous}, separators=(",", ":"))
    connection.execute("UPDATE meta SET value = ? WHERE key = 'audit_head'", (head,))


@pytest.mark.parametrize("cell", ["a", "],[", "1],[2", '"],["', None, 7, "女"])
def test_rows_encoded_at_once_read_as_rows_encoded_alone(cell: object) -> None:
    for rows in ([(1, cell)], [(1, cell), (2, "b")], [(cell, cell)] * 3, []):
        assert row_texts(rows) == [row_text(row) for row in rows]


def test_nothing_is_found_where_nothing_was_altered(copy: Path) -> None:
    assert altered(copy, lambda _: None) == []


@pytest.mark.parametrize(
    ("tamper", "place"),
    [
        pytest.param(run("UPDATE audit SET actor = 'x' WHERE seq = 7"), ("audit", "7"), id="another name"),
        pytest.param(run("UPDATE audit SET at = '2020' WHERE seq = 7"), ("audit", "7"), id="another time"),
        pytest.param(run("UPDATE audit SET detail = '{}' WHERE seq = 7"), ("audit", "7"), id="another detail"),
        pytest.param(run("UPDATE audit SET detail = 'no JSON' WHERE seq = 7"), ("audit", "7"), id="no detail at all"),
        pytest.param(run("DELETE FROM audit WHERE seq = 7"), ("audit", "8"), id="a line removed"),
        pytest.param(run("DELETE FROM audit WHERE seq = 1"), ("audit", "2"), id="the first line removed"),
        pytest.param(
            run("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)"), ("audit", ""), id="the last line removed"
        ),
        pytest.param(swap, ("audit", "5"), id="two lines in another order"),
        pytest.param(
            run("UPDATE event SET reason = 'x' WHERE seq = (SELECT max(seq) FROM event)"), ("event", ""), id="a reason"
        ),
        pytest.param(run("DELETE FROM event WHERE seq = 3"), ("event", ""), id="a step removed"),
        pytest.param(
            run(
                "INSERT INTO event SELECT 999, report_id, at, actor, actor_unit, role, action, from_status, to_status, "
                "revision, detail, reason, audit_seq FROM event WHERE seq = 3"
            ),
            ("event", ""),
            id="a step added",
        ),
        pytest.param(run("UPDATE signature SET name = 'x' WHERE role = 'principal'"), ("signature", ""), id="signer"),
        pytest.param(run("DELETE FROM signature"), ("signature", ""), id="signatures removed"),
        pytest.param(run("UPDATE batch SET recorded_by = 'x'"), ("batch", ""), id="who handed it in"),
        pytest.param(run("UPDATE batch SET payload = zeroblob(9)"), ("batch", ""), id="what was handed in"),
        pytest.param(
            run("UPDATE batch SET payload = zeroblob(9), payload_sha256 = 'x'"), ("batch", ""), id="both, to fit"
        ),
        pytest.param(
            run("UPDATE report_revision SET batch_row = 1 WHERE revision = 1"), ("report_revision", ""), id="whose row"
        ),
        pytest.param(
            run("UPDATE report SET revision = 1"), ("report", "school/S1/2024/25"), id="the revision in force"
        ),
        pytest.param(run("UPDATE unit SET content = '{}' WHERE code = 'nobody'"), None, id="nothing after all"),
        pytest.param(run("DELETE FROM snapshot"), ("snapshot", ""), id="a snapshot removed"),
        pytest.param(rewrite_all, ("snapshot", ""), id="the whole chain forged"),
    ],
)
def test_what_was_altered_is_found_where_it_was_altered(
    tamper: Tamper, place: tuple[str, str] | None, copy: Path
) -> None:
    found = altered(copy, tamper)
    if place is None:
        assert found == []
    else:
        assert any(file.startswith(place[0]) and place[1] in field for file, field in found), found


def test_a_forged_chain_is_found_by_a_head_written_down_elsewhere(copy: Path) -> None:
    with Store.open(f"sqlite:///{copy / 'store.db'}") as store:
        head = store.audit_head()
    altered(copy, rewrite_all)
    with Store.open(f"sqlite:///{copy / 'store.db'}") as store:
        assert store.verify_audit() == [], "the forged chain is sound in itself"
        assert [one.where.file for one in store.verify_audit(anchors={"纸上": head})] == ["纸上"]
        assert store.verify_audit(anchors={"纸上": AuditHead(99_999, head.hash)}) != []


def test_the_snapshot_carries_the_head_of_its_day(copy: Path) -> None:
    snapshot = Snapshot.current(copy / "snapshots")
    assert snapshot is not None
    with Store.open(f"sqlite:///{copy / 'store.db'}") as store:
        anchored = snapshot.manifest["store"]
        assert anchored["id"] == store.id
        assert 0 < anchored["audit_seq"] < store.audit_head().seq


@pytest.fixture
def filled(database_url: str, tmp_path: Path) -> str:
    with new_store(database_url) as store:
        save(store, {"S1": {**ALL, "pupils": None}}, notes=[])
        through(store, {"S3": ALL})
        publish(store, tmp_path / "snapshots")
        rectified(store)
    entrust(database_url)
    return database_url


def entrust(url: str) -> None:
    """A role granted and withdrawn, and a setting, straight into their tables."""
    database = Database(url)
    who = {"id": "a1", "username": "tester", "name": "测试", "unit": "990000"}
    with database.writing(PUBLISHER) as change:
        texts = {column.name: "" for column in ACCOUNT.columns if isinstance(column.type, sa.Text)}
        change.connection.execute(ACCOUNT.insert(), {**texts, **who, "must_change": 0, "totp_step": 0})
        grant = {"id": "g1", "account_id": "a1", "role": "reporter", "unit": "990000", "valid_from": "2024-01-01"}
        by = {"valid_to": "", "reason": "", "granted_at": change.at, "granted_by": PUBLISHER.name}
        change.append(GRANT, [{**grant, **by}])
        change.append(REVOCATION, [{"grant_id": "g1", "reason": "", "revoked_at": change.at, "revoked_by": "测试"}])
        change.append(SETTING, [{"key": "idle_minutes", "value": "30", "set_at": change.at, "set_by": "测试"}])
        change.record("test.entrust", "a1")
    database.close()


@pytest.mark.parametrize("table", [table for table in APPEND_ONLY if table.name != "cell_note"], ids=lambda t: t.name)
def test_the_data_base_itself_refuses_to_change_history(table: sa.Table, filled: str) -> None:
    engine = sa.create_engine(filled)
    column = table.columns["audit_seq" if table is not AUDIT else "seq"]
    statements: list[sa.Executable] = [
        sa.update(table).values({column.name: column}),
        sa.delete(table),
        sa.delete(table).where(column == 1),
    ]
    if engine.dialect.name == "postgresql":
        statements.append(sa.text(f"TRUNCATE {table.name} CASCADE"))
    with engine.connect() as connection:
        before = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        assert before
        for statement in statements[: 2 if engine.dialect.name == "sqlite" else 4]:
            if "WHERE" in str(statement) and table is not AUDIT:
                continue
            with pytest.raises(sa.exc.DBAPIError, match="append-only"):
                connection.execute(statement)
            connection.rollback()
        assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == before
    engine.dispose()
