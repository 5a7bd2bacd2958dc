"""What child processes do in the tests of results that are written while the process dies or the disk is full."""

from pathlib import Path

from duibiao.compute import DuckDbEngine, Result, described, save_result
from tests.engines.cases import UNITS, compiled, table, written_tables
from tests.unit.store.workers import DiesAt, limited, told_by


def small_result(folder: Path, pupils: int = 1) -> Result:
    """A result with states and a median, so that every file of a run is written."""
    rows = [(f"S{one:02}", "D1", "", "", "", pupils + one) for one in range(40)]
    files = written_tables(folder, {("school", 2020): table(["a"], rows)})
    engine = DuckDbEngine(threads=1)
    found = engine.run(compiled(["sum(a)", "median(a)"]), files, UNITS)
    engine.close()
    return described(found, "snap", {"school/2020": str(pupils)}, True)


def save_and_die(folder: str, number: int, counted: str) -> None:
    """Save a result and die at the n-th event; with n = 0 live on and write down how many there were."""
    result = small_result(Path(folder) / "in")
    dies = DiesAt(number)
    save_result(Path(folder) / "results", result)
    if number == 0:
        Path(counted).write_text(str(dies.count), encoding="ascii")


def save_limited(folder: str, size: int, told: str) -> None:
    """Save a result under a quota; write down the problem code."""
    result = small_result(Path(folder) / "in")
    limited(size)
    code = told_by(lambda: save_result(Path(folder) / "results", result))
    limited(-1)
    Path(told).write_text(code, encoding="ascii")
