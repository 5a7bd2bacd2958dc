"""What did not change is shared by snapshots, and every snapshot stays whole whatever becomes of the others."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from duibiao.kernel.problem import UserError
from duibiao.store.snapshot import Snapshot
from duibiao.store.store import Store
from tests.unit.store.examples import ELEMENTS, FORMS, LIBRARY, SCHOOL, UNITS
from tests.unit.store.people import CITY_REVIEWER, PUBLISHER, new_store, publish, save, state, submit, through, told
from tests.unit.store.test_history import before
from tests.unit.store.test_history import publish as publish_with

ALL: dict[str, int | None] = {"pupils": 300, "teachers": 20, "floor_area": 1250}


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with new_store(database_url) as found:
        yield found


def shared(first: Snapshot, second: Snapshot, form: str, year: int = 2024) -> bool:
    """Whether both snapshots have one file on the disk for a table."""
    return first.table_path(form, year).samefile(second.table_path(form, year))


def test_only_what_changed_is_written_again(store: Store, tmp_path: Path) -> None:
    through(store, {"S1": ALL})
    through(store, {"S1": {"books": 9}}, LIBRARY)
    first = publish(store, tmp_path, "第一次")
    through(store, {"S3": {"books": 4}}, LIBRARY)
    second = publish(store, tmp_path, "第二次")
    assert first.id != second.id
    assert shared(first, second, "school")
    assert not shared(first, second, "library")
    assert told(second, "library")["books"].to_pylist() == [9, 4]
    assert [told(first, "school"), told(second, "school")] == [told(second, "school")] * 2


def test_a_reused_element_that_changed_writes_the_form_that_shows_it_again(store: Store, tmp_path: Path) -> None:
    through(store, {"S1": ALL})
    through(store, {"S1": {"books": 9}}, LIBRARY)
    first = publish(store, tmp_path, "第一次")
    store.reopen(CITY_REVIEWER, [state(store, "S1").seen], "更正")
    through(store, {"S1": {**ALL, "pupils": 301}})
    second = publish(store, tmp_path, "第二次")
    assert not shared(first, second, "library")
    assert told(second, "library")["pupils"].to_pylist() == [301]
    assert told(first, "library")["pupils"].to_pylist() == [300]


def test_a_registry_that_changed_writes_the_key_columns_again(store: Store, tmp_path: Path) -> None:
    through(store, {"S1": ALL})
    first = publish(store, tmp_path, "第一次")
    moved = replace(next(unit for unit in UNITS if unit.code == "S1"), location_type="122")
    store.put_units(PUBLISHER, [moved], date(2021, 1, 1))
    second = publish(store, tmp_path, "第二次")
    assert not shared(first, second, "school")
    assert told(second, "school")["location_type"].to_pylist() == ["122"]
    assert told(first, "school")["location_type"].to_pylist() == ["111"]


def test_a_form_with_another_column_is_written_again(store: Store, tmp_path: Path) -> None:
    through(store, {"S1": ALL})
    through(store, {"S1": {"books": 9}}, LIBRARY)
    first = publish(store, tmp_path, "第一次")
    fields = tuple(replace(one, fields=one.fields[:1]) for one in LIBRARY.sections)
    narrow = {**FORMS, "library": replace(LIBRARY, version="2025", sections=fields)}
    elements = first.elements
    second = store.publish(
        PUBLISHER, tmp_path, title="第二次", forms=narrow, elements={code: ELEMENTS[code] for code in elements}
    )
    assert shared(first, second, "school")
    assert second.table("library", 2024).column_names[5:] == ["books"]


def test_each_snapshot_outlives_the_others(store: Store, tmp_path: Path) -> None:
    through(store, {"S1": ALL})
    first = publish(store, tmp_path, "第一次")
    through(store, {"S3": {"books": 4}}, LIBRARY)
    second = publish(store, tmp_path, "第二次")
    assert shared(first, second, "school")
    shutil.rmtree(first.folder)
    whole = Snapshot.open(second.folder, verify=True)
    assert told(whole, "school")["pupils"].to_pylist() == [300]


def test_a_damaged_file_is_never_carried_on(store: Store, tmp_path: Path) -> None:
    through(store, {"S1": ALL})
    first = publish(store, tmp_path, "第一次")
    path = first.table_path("school", 2024)
    content = bytearray(path.read_bytes())
    content[60] ^= 255  # same size, other values
    path.write_bytes(bytes(content))
    through(store, {"S3": {"books": 4}}, LIBRARY)
    second = publish(store, tmp_path, "第二次")
    whole = Snapshot.open(second.folder, verify=True)
    assert told(whole, "school")["pupils"].to_pylist() == [300]
    with pytest.raises(UserError, match="SNAPSHOT-FILE-CHANGED"):
        Snapshot.open(first.folder, verify=True)


def test_a_snapshot_in_force_with_a_missing_file_does_not_keep_a_new_one_from_coming(
    store: Store, tmp_path: Path
) -> None:
    through(store, {"S1": ALL})
    first = publish(store, tmp_path, "第一次")
    first.table_path("school", 2024).unlink()
    through(store, {"S3": {"books": 4}}, LIBRARY)
    second = publish(store, tmp_path, "第二次")
    assert told(Snapshot.open(second.folder, verify=True), "school")["pupils"].to_pylist() == [300]


def test_the_years_before_are_shared_too(store: Store, tmp_path: Path) -> None:
    history = before(tmp_path / "history")
    save(store, {"S1": ALL})
    submit(store, "S1")
    through(store, {"S3": {**ALL, "pupils": 77}})
    first = publish_with(store, tmp_path / "snapshots", history)
    through(store, {"S4": {**ALL, "pupils": 44}})
    second = publish_with(store, tmp_path / "snapshots", history)
    assert shared(history, first, "school", 2023)
    assert shared(first, second, "school", 2023)
    assert not shared(first, second, "school")
    assert second.manifest["history"] == history.id
    damaged = history.table_path("school", 2023)
    damaged.unlink()  # a name of its own in each snapshot: the others keep theirs
    assert Snapshot.open(second.folder, verify=True).years("school") == [2023, 2024]


def test_other_years_before_write_their_tables_again(store: Store, tmp_path: Path) -> None:
    through(store, {"S3": ALL})
    first = publish_with(store, tmp_path / "snapshots", before(tmp_path / "history"))
    second = publish(store, tmp_path / "snapshots", "没有以前年度")
    assert told(first, "school")["unit"].to_pylist() == ["S1", "S2", "S3"]
    assert told(second, "school")["unit"].to_pylist() == ["S3"]
    assert second.years("school") == [2024]


def test_the_same_content_made_again_is_linked(store: Store, tmp_path: Path) -> None:
    """Two revisions with the same values: the table is made again, comes out the same, and lies on the disk once."""
    through(store, {"S1": ALL})
    first = publish(store, tmp_path, "第一次")
    store.reopen(CITY_REVIEWER, [state(store, "S1").seen], "核对")
    through(store, {"S1": ALL})
    second = publish(store, tmp_path, "第二次")
    assert second.origins()["revision"].to_pylist() == [2]
    assert shared(first, second, "school")
    assert pq.read_metadata(second.table_path(SCHOOL.code, 2024)).num_rows == 5
