"""Who was asked and did not answer stands in the snapshot without values: the coverage of a figure must see them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from duibiao.kernel.period import Period
from duibiao.store.snapshot import Snapshot
from duibiao.store.store import Store
from tests.unit.store.examples import AUTUMN, LIBRARY, SCHOOL, UNITS
from tests.unit.store.people import PUBLISHER, new_store, publish, save, submit, through
from tests.unit.store.test_history import before
from tests.unit.store.test_history import publish as publish_with

ALL: dict[str, int | None] = {"pupils": 300, "teachers": 20, "floor_area": 1250}


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with new_store(database_url) as found:
        yield found


def cells(snapshot: Snapshot, column: str, form: str = "school") -> dict[str, int | None]:
    table = snapshot.table(form, 2024)
    return dict(zip(table["unit"].to_pylist(), table[column].to_pylist(), strict=True))


def test_every_unit_that_was_asked_has_a_row_and_only_accepted_values_stand_in_it(store: Store, tmp_path: Path) -> None:
    through(store, {"S1": ALL})
    save(store, {"S2": {**ALL, "pupils": 7}})  # a draft
    save(store, {"S3": {**ALL, "pupils": 8}})
    submit(store, "S3")  # nobody accepted it
    snapshot = publish(store, tmp_path)
    assert cells(snapshot, "pupils") == {"S1": 300, "S2": None, "S3": None, "S4": None, "S5": None}
    kinds = {row["unit"]: row["school_kind"] for row in snapshot.table("school", 2024).to_pylist()}
    assert kinds["S2"] == "312", "the registry knows them, so that a condition on the kind can be decided"
    assert [row["unit"] for row in snapshot.origins().to_pylist()] == ["S1"], "no return stands behind silence"
    assert snapshot.years("library") == [], "a form nobody answered has no table"


def test_the_reused_cells_of_a_silent_return_are_filled_in(store: Store, tmp_path: Path) -> None:
    through(store, {"S1": ALL, "S2": {**ALL, "pupils": 90}})
    through(store, {"S1": {"books": 9}}, LIBRARY)
    snapshot = publish(store, tmp_path)
    assert cells(snapshot, "books", "library")["S2"] is None
    assert cells(snapshot, "pupils", "library")["S2"] == 90


def test_who_had_ended_by_then_is_not_expected_and_who_is_asked_later_is(store: Store, tmp_path: Path) -> None:
    """S2 was taken over before the autumn, which is registered only after its return was opened; S6 comes later."""
    through(store, {"S1": ALL})
    first = publish(store, tmp_path, "第一次")
    assert "S2" in cells(first, "pupils")
    ended = replace(next(unit for unit in UNITS if unit.code == "S2"), valid_to=date(2024, 8, 1), successors=("S1",))
    new = replace(next(unit for unit in UNITS if unit.code == "S1"), code="S6", name="测试单位S6")
    store.put_units(PUBLISHER, [ended, new], date(2024, 8, 1))
    store.open_reports(PUBLISHER, SCHOOL, AUTUMN, ["S6"])
    second = publish(store, tmp_path, "第二次")
    assert set(cells(second, "pupils")) == {"S1", "S3", "S4", "S5", "S6"}
    store.open_reports(PUBLISHER, SCHOOL, Period(2023, AUTUMN.kind))
    third = publish(store, tmp_path, "第三次")
    assert third.table_path("school", 2024).samefile(second.table_path("school", 2024)), "the same silence is kept"
    assert third.years("school") == [2024]


def test_the_history_speaks_for_who_is_silent(store: Store, tmp_path: Path) -> None:
    history = before(tmp_path / "before")
    through(store, {"S1": ALL})
    snapshot = publish_with(store, tmp_path / "snapshots", history)
    assert cells(snapshot, "pupils") == {"S1": 300, "S2": 222, "S3": None, "S4": None, "S5": None}
    again = publish_with(store, tmp_path / "snapshots", history)
    assert again.table_path("school", 2024).samefile(snapshot.table_path("school", 2024))
