"""Results on a disk that is full, by a process that dies, and by two processes at once: whole or not there."""

import multiprocessing
import threading
from pathlib import Path

import pytest

from duibiao.compute import Result, open_result, save_result
from tests.unit.compute import saving

CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(["tests.unit.compute.saving"])


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return saving.small_result(tmp_path_factory.mktemp("result"))


def test_a_process_that_dies_leaves_the_result_whole_or_not_at_all(result: Result, tmp_path: Path) -> None:
    """Killed at every event of the file system that it can be killed at, one child each."""

    def die_at(number: int) -> Path:
        folder = tmp_path / str(number)
        child = CHILDREN.Process(target=saving.save_and_die, args=(str(folder), number, str(tmp_path / "count")))
        child.start()
        child.join(120)
        assert child.exitcode == (0 if number == 0 else -9)
        return folder / "results"

    die_at(0)
    events = int((tmp_path / "count").read_text("ascii"))
    assert events > 10
    left = set()
    for number in range(2, events + 1, max(1, events // 4)):  # each of them by hand; a child takes half a second
        results = die_at(number)
        final = results / result.record.run_id
        left.add((final.exists(), any(results.glob(".tmp-*"))))
        if final.exists():
            open_result(results, result.record.run_id)  # compares every byte
        stored = save_result(results, result)
        assert stored.table().equals(result.table)
        assert not list(results.glob(".tmp-*"))
    assert {whole for whole, _ in left} == {True, False}
    assert any(beside for _, beside in left), "some died while they wrote"


@pytest.mark.parametrize("size", [10, 3_000])
def test_a_full_disk_is_told_and_leaves_nothing(result: Result, size: int, tmp_path: Path) -> None:
    told = tmp_path / "told"
    child = CHILDREN.Process(target=saving.save_limited, args=(str(tmp_path), size, str(told)))
    child.start()
    child.join(120)
    assert told.read_text("ascii") == "STORE-DISK-FULL"
    assert [path.name for path in (tmp_path / "results").iterdir()] == [".lock"]
    assert save_result(tmp_path / "results", result).table().equals(result.table)


def test_two_at_once_do_not_sweep_away_what_the_other_writes(tmp_path: Path) -> None:
    results = [saving.small_result(tmp_path / str(pupils), pupils) for pupils in range(4)]
    threads = [threading.Thread(target=save_result, args=(tmp_path / "results", one)) for one in (*results, results[0])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in results:
        assert open_result(tmp_path / "results", one.record.run_id).table().equals(one.table)
