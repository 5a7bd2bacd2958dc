"""A publishing that is killed at any point, a disk that is full, a disk that is not there: old or new, never half."""

import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from duibiao.kernel.problem import UserError
from duibiao.store.durable import locked
from duibiao.store.schema import META, PUBLICATION
from duibiao.store.snapshot import CURRENT, Snapshot
from duibiao.store.store import Store
from duibiao.store.workflow import ReportStatus
from tests.postgres import PostgresServer
from tests.unit.store import workers
from tests.unit.store.examples import AUTUMN, FINANCE, SCHOOL
from tests.unit.store.people import SYSTEM, new_store, publish, save, state, through, told
from tests.unit.store.test_snapshot import written

ALL: dict[str, int | None] = {"pupils": 300, "teachers": 20, "floor_area": 1250}
CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(["tests.unit.store.workers"])
POINTS = {"sqlite": 36, "postgresql": 10}
HAND_INS = 9
DELAYS = {"sqlite": 14, "postgresql": 4}


@dataclass
class Prepared:
    """S1 is published in the first snapshot, S3 accepted and waiting for the second."""

    url: str
    folder: Path
    server: PostgresServer | None

    def copy(self, to: Path) -> tuple[str, Path]:
        """A copy of the store and its snapshots for one trial."""
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.folder, to)
        return (self.server.copy_of(self.url) if self.server else f"sqlite:///{to / 'store.db'}"), to / "snapshots"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    server: PostgresServer | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    folder = tmp_path_factory.mktemp("crash")
    url = server.new_database() if server else f"sqlite:///{folder / 'store.db'}"
    with new_store(url) as store:
        through(store, {"S1": ALL})
        through(store, {"990101": {"budget": 9}}, FINANCE)  # unchanged: the second snapshot shares this table
        publish(store, folder / "snapshots", "第一次")
        through(store, {"S3": {"pupils": 77, "teachers": None, "floor_area": 1}})
    return Prepared(url, folder, server)


def child(work: Callable[..., None], *arguments: object) -> multiprocessing.process.BaseProcess:
    process = CHILDREN.Process(target=work, args=arguments)
    process.start()
    return process


def check(url: str, folder: Path) -> str:
    """Open what a killed process left: everything must be the old state or the new one; answers which, then goes on."""
    left = Snapshot.current(folder, verify=True)  # before anything is mended: readers do not wait for that
    assert left is not None
    with Store.open(url) as store:
        assert store.problems == ()
        current = Snapshot.current(folder, verify=True)
        assert current is not None
        known = store.snapshots()
        assert current.id == known[-1], "the data base and the pointer agree"
        assert left.id in known
        new = len(known) == 2
        status = state(store, "S3").status
        assert status is (ReportStatus.PUBLISHED if new else ReportStatus.CITY_ACCEPTED)
        assert state(store, "S1").status is ReportStatus.PUBLISHED
        assert told(current, "finance")["budget"].to_pylist() == [9]
        if new:
            assert current.table_path("finance", 2024).stat().st_nlink == 2, "one file in both snapshots"
        assert told(current, "school")["pupils"].to_pylist() == ([300, 77] if new else [300])
        assert store.verify_audit(folder) == []
        if not new:  # nothing is lost: what was accepted can be published still
            again = publish(store, folder, "再次")
            assert told(again, "school")["pupils"].to_pylist() == [300, 77]
        known = store.snapshots()
        assert len(known) == 2, "nothing is doubled"
        kept = {path.name for path in folder.iterdir() if not path.name.startswith(".tmp-")}
        assert kept == {".lock", CURRENT, *known}, "nothing is left over"
        if not new:
            assert not list(folder.glob(".tmp-*"))
        assert store.verify_audit(folder) == []
    return "new" if new else "old"


def test_a_publishing_killed_at_any_event_leaves_the_old_or_the_new(prepared: Prepared, tmp_path: Path) -> None:
    kind = "postgresql" if prepared.server else "sqlite"
    url, folder = prepared.copy(tmp_path / "trial")
    whole = child(workers.publish_and_die, url, str(folder), 0, str(tmp_path / "count"))
    whole.join(120)
    assert whole.exitcode == 0
    assert check(url, folder) == "new"
    events = int((tmp_path / "count").read_text("ascii"))
    assert events > 40
    points = sorted({1 + round(number * (events - 1) / (POINTS[kind] - 1)) for number in range(POINTS[kind])})
    outcomes = []
    for point in points:
        url, folder = prepared.copy(tmp_path / "trial")
        process = child(workers.publish_and_die, url, str(folder), point, "")
        process.join(120)
        assert process.exitcode == -signal.SIGKILL, point
        outcomes.append(check(url, folder))
    assert outcomes[0] == "old"
    assert outcomes[-1] == "new"
    assert outcomes == sorted(outcomes, reverse=True), "there is one moment at which old becomes new"


def test_a_hand_in_killed_at_any_event_leaves_the_return_as_it_was_or_whole(prepared: Prepared, tmp_path: Path) -> None:
    url, _ = prepared.copy(tmp_path / "trial")
    whole = child(workers.hand_in_and_die, url, 0, str(tmp_path / "count"))
    whole.join(120)
    assert whole.exitcode == 0
    events = int((tmp_path / "count").read_text("ascii"))
    points = sorted({1 + round(number * (events - 1) / (HAND_INS - 1)) for number in range(HAND_INS)})
    outcomes = []
    for point in points:
        url, _ = prepared.copy(tmp_path / "trial")
        process = child(workers.hand_in_and_die, url, point, "")
        process.join(120)
        assert process.exitcode == -signal.SIGKILL, point
        with Store.open(url) as store:
            found = state(store, "S4")
            table = store.rows(SYSTEM, SCHOOL, AUTUMN)
            held = [row["pupils"] for row in table.to_pylist() if row["unit"] == "S4"]
            assert held == ([44] if found.revision else [])
            assert store.verify_audit() == []
            outcomes.append((found.revision, found.status.value))
            if found.status is ReportStatus.DRAFT:  # nothing stands in the way of doing it again
                save(store, {"S4": ALL})
    assert outcomes == sorted(outcomes)
    assert set(outcomes) <= {(0, "draft"), (1, "draft"), (1, "submitted")}
    assert outcomes[0] == (0, "draft")


def test_a_publishing_killed_at_a_random_moment_leaves_the_old_or_the_new(prepared: Prepared, tmp_path: Path) -> None:
    chance = random.Random(20241008)  # noqa: S311 - no secret
    for _ in range(DELAYS["postgresql" if prepared.server else "sqlite"]):
        url, folder = prepared.copy(tmp_path / "trial")
        process = child(workers.publish_and_die, url, str(folder), -1, "")
        time.sleep(chance.uniform(0.05, 1.0))
        process.kill()
        process.join(120)
        check(url, folder)


@pytest.fixture
def dying(prepared: Prepared, tmp_path: Path) -> tuple[str, Path]:
    """A publishing that died between the rename of its folder and its last word to the data base."""
    url, folder = prepared.copy(tmp_path / "trial")
    child(workers.publish_and_die, url, str(folder), 0, str(tmp_path / "count")).join(120)
    events = int((tmp_path / "count").read_text("ascii"))
    url, folder = prepared.copy(tmp_path / "trial")
    process = child(workers.publish_and_die, url, str(folder), events - 2, "")
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    return url, folder


def stages(url: str) -> list[str]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = list(connection.execute(sa.select(PUBLICATION.c.stage).order_by(PUBLICATION.c.seq)).scalars())
    engine.dispose()
    return found


def test_a_publisher_at_work_is_not_taken_for_a_dead_one(dying: tuple[str, Path]) -> None:
    url, folder = dying
    assert stages(url) == ["current", "recorded"]
    with locked(folder), Store.open(url) as store:  # what a publisher at work holds
        assert store.problems == ()
        assert stages(url) == ["current", "recorded"]
    assert check(url, folder) == "new"
    assert stages(url) == ["current", "current"]


def test_a_snapshots_folder_that_is_not_there_is_told_and_mended_when_it_is_back(dying: tuple[str, Path]) -> None:
    url, folder = dying
    away = folder.with_name("away")
    os.rename(folder, away)
    with Store.open(url) as store:
        assert [problem.code for problem in store.problems] == ["STORE-PUBLISH-PENDING"]
        with pytest.raises(UserError, match="STORE-PUBLISH-PENDING"):
            publish(store, folder)
    assert not folder.exists()
    os.rename(away, folder)
    assert check(url, folder) == "new"


@pytest.mark.parametrize("size", [100, 1_500, 3_000])
def test_a_quota_that_is_used_up_is_told_and_leaves_nothing(prepared: Prepared, size: int, tmp_path: Path) -> None:
    url, folder = prepared.copy(tmp_path / "trial")
    process = child(workers.publish_limited, url, str(folder), size, str(tmp_path / "told"))
    process.join(120)
    assert (tmp_path / "told").read_text("ascii") == "STORE-DISK-FULL"
    assert not list(folder.glob(".tmp-*"))
    assert check(url, folder) == "old"


@pytest.fixture
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A real file system of a few kilobytes (the parameter); only root can mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={request.param}k", "none", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:  # noqa: S603  a fixed command
        pytest.skip("only root can mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)  # noqa: S603, S607  a fixed command of the system


@pytest.mark.parametrize("small_disk", [12], indirect=True)
def test_a_full_disk_is_told_and_leaves_nothing(prepared: Prepared, small_disk: Path, tmp_path: Path) -> None:
    url, _ = prepared.copy(tmp_path / "trial")
    with Store.open(url) as store:
        with pytest.raises(UserError, match="STORE-DISK-FULL"):
            publish(store, small_disk / "snapshots")
        assert [path.name for path in (small_disk / "snapshots").iterdir()] == [".lock"]
        assert state(store, "S3").status is ReportStatus.CITY_ACCEPTED
        assert told(publish(store, tmp_path / "elsewhere"), "school").num_rows == 2


@pytest.mark.parametrize("small_disk", [1500], indirect=True)
def test_a_data_base_whose_disk_is_full_refuses_and_loses_nothing(small_disk: Path) -> None:
    with new_store(f"sqlite:///{small_disk / 'store.db'}") as store:
        saved, code = 0, "none"
        while code == "none" and saved < 2000:
            code = workers.told_by(partial(save, store, {"S1": {"pupils": saved}}))
            saved += code == "none"
        assert code == "STORE-DISK-FULL"
        assert saved > 3
        assert state(store, "S1").revision == saved
        assert store.history(SYSTEM, "school", "S1", AUTUMN, "pupils")[-1].value == saved - 1
        assert store.verify_audit() == []


def test_a_folder_that_cannot_be_written_is_told(prepared: Prepared, tmp_path: Path) -> None:
    url, _ = prepared.copy(tmp_path / "trial")
    (tmp_path / "file").write_text("no folder", encoding="ascii")
    with Store.open(url) as store:
        with pytest.raises(UserError, match="SNAPSHOT-WRITE"):
            publish(store, tmp_path / "file" / "snapshots")
        assert state(store, "S3").status is ReportStatus.CITY_ACCEPTED
    with pytest.raises(UserError, match="SNAPSHOT-WRITE"):
        written(tmp_path / "file" / "snapshots")


def test_a_store_somebody_else_holds_too_long_is_told(database_url: str) -> None:
    new_store(database_url).close()
    engine = sa.create_engine(database_url)
    with engine.connect() as holder:
        if engine.dialect.name == "sqlite":
            holder.exec_driver_sql("BEGIN IMMEDIATE")
        holder.execute(sa.update(META).values(value=META.c.value))
        with Store.open(database_url, waits_s=0.2) as store, pytest.raises(UserError, match="STORE-BUSY"):
            through(store, {"S1": ALL})
        holder.rollback()
    engine.dispose()
    with Store.open(database_url) as store:
        assert state(store, "S1").revision == 0
