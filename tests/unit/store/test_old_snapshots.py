"""Snapshots of every format there ever was, committed as files, are read by this version, byte for byte."""

from pathlib import Path

from duibiao.store.snapshot import Snapshot
from tests.unit.store.examples import SCHOOL, UNITS, school_rows

DATA = Path(__file__).resolve().parents[2] / "data"


def test_a_snapshot_of_format_1_is_read() -> None:
    snapshot = Snapshot.current(DATA / "snapshot_format_1", verify=True)
    assert snapshot is not None
    assert snapshot.manifest["format"] == 1
    assert snapshot.simulated
    assert snapshot.title.startswith("模拟数据")
    assert snapshot.years("school") == [2023, 2024]
    expected = school_rows().sort_by([("district", "ascending"), ("unit", "ascending")])
    assert snapshot.table("school", 2023).equals(expected)
    assert snapshot.table("library", 2024)["books"].to_pylist() == [7]
    assert list(snapshot.forms["school"].elements) == list(SCHOOL.columns)
    assert snapshot.elements["floor_area"].unit == "平方米"
    assert snapshot.units() == sorted(UNITS, key=lambda unit: unit.code)
    assert snapshot.flags().to_pylist()[0]["flag"] == "simulated"
    assert snapshot.origins().num_rows == 0
    assert snapshot.definitions == {"test.share": "2024"}
