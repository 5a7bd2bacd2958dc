"""Years before the store: an earlier snapshot is carried over wherever the store has no valid return."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from duibiao.kernel.problem import UserError
from duibiao.store.layout import FLAGS, form_schema
from duibiao.store.snapshot import Snapshot
from duibiao.store.snapshot_writing import write_snapshot
from duibiao.store.store import Store
from duibiao.store.workflow import ReportStatus
from tests.unit.store.examples import ELEMENTS, FORMS, LIBRARY, NOON, SCHOOL, UNITS
from tests.unit.store.people import PUBLISHER, Ticking, new_store, save, state, through, told


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with new_store(database_url) as found:
        yield found


def school_rows(*rows: tuple[str, str, int | None]) -> pa.Table:
    cells = [
        {"unit": unit, "district": district, "pupils": pupils, "teachers": 9, "floor_area": 100}
        for unit, district, pupils in rows
    ]
    blank = dict.fromkeys(("school_kind", "location_type", "ownership"), "")
    schema = form_schema(SCHOOL)
    filled = [{name: {**blank, **cell}.get(name) for name in schema.names} for cell in cells]
    return pa.Table.from_pylist(filled, schema=schema)


def before(folder: Path, simulated: bool = False) -> Snapshot:
    tables = {
        ("school", 2023): school_rows(("S1", "990101", 250), ("S3", "990102", 90)),
        ("school", 2024): school_rows(("S1", "990101", 111), ("S2", "990101", 222)),
    }
    flag = {"year": 2024, "form": "school", "unit": "S1", "element": "pupils", "flag": "estimated", "note": ""}
    flags = pa.Table.from_pylist([flag, {**flag, "unit": "S2"}], schema=FLAGS)
    return write_snapshot(
        folder,
        tables=tables,
        forms=[SCHOOL],
        elements=ELEMENTS,
        units=UNITS,
        title="以前年度",
        created_by="测试",
        created_at=NOON,
        flags=flags,
        simulated=simulated,
    )


def publish(store: Store, folder: Path, history: Snapshot) -> Snapshot:
    return store.publish(PUBLISHER, folder, title="测试快照", forms=FORMS, elements=ELEMENTS, history=history)


def test_a_return_outranks_the_history_and_all_else_is_carried_over(store: Store, tmp_path: Path) -> None:
    history = before(tmp_path / "before")
    through(store, {"S1": {"pupils": 300, "teachers": 20, "floor_area": 1250}})
    snapshot = publish(store, tmp_path / "snapshots", history)
    assert snapshot.table("school", 2023) == history.table("school", 2023)
    now = told(snapshot, "school").select(["unit", "pupils"]).to_pylist()
    assert now == [{"unit": "S1", "pupils": 300}, {"unit": "S2", "pupils": 222}]
    assert [row["unit"] for row in snapshot.flags().to_pylist()] == ["S2"], "the flag of a replaced row goes with it"
    assert [row["unit"] for row in snapshot.origins().to_pylist()] == ["S1"], "no return stands behind what was before"


def test_reused_cells_are_taken_from_the_history_where_no_return_asks_for_them(store: Store, tmp_path: Path) -> None:
    history = before(tmp_path / "before")
    through(store, {"S2": {"books": 700}}, LIBRARY)
    snapshot = publish(store, tmp_path / "snapshots", history)
    assert told(snapshot, "library").select(["unit", "books", "pupils"]).to_pylist() == [
        {"unit": "S2", "books": 700, "pupils": 222}
    ]


def test_origins_of_another_store_do_not_make_our_open_returns_stale(store: Store, tmp_path: Path) -> None:
    clock = Ticking(NOON - timedelta(days=365))
    with new_store(f"sqlite:///{tmp_path / 'other.db'}", clock=clock) as other:
        through(other, {"S1": {"pupils": 111, "teachers": 9, "floor_area": 100}})
        through(other, {"S2": {"pupils": 222, "teachers": 9, "floor_area": 100}})
        history = other.publish(PUBLISHER, tmp_path / "other", title="以前的系统", forms=FORMS, elements=ELEMENTS)
    save(store, {"S2": {"pupils": 1}})  # a draft here, while the history holds a published revision of the same return
    through(store, {"S3": {"pupils": 300, "teachers": 20, "floor_area": 1250}})
    snapshot = publish(store, tmp_path / "snapshots", history)
    now = dict(zip(*(told(snapshot, "school")[name].to_pylist() for name in ("unit", "pupils")), strict=True))
    assert now == {"S1": 111, "S2": 222, "S3": 300}
    assert [state(store, unit).status for unit in ("S1", "S2", "S3")] == [
        ReportStatus.DRAFT, ReportStatus.DRAFT, ReportStatus.PUBLISHED,
    ]  # fmt: skip
    batches = {row["unit"]: row["batch"] for row in snapshot.origins().to_pylist()}
    assert batches["S1"] == {row["unit"]: row["batch"] for row in history.origins().to_pylist()}["S1"]
    assert len(batches) == 3
    assert store.verify_audit(tmp_path / "snapshots") == []


def test_simulated_and_real_are_never_put_together(store: Store, tmp_path: Path) -> None:
    history = before(tmp_path / "before", simulated=True)
    through(store, {"S1": {"pupils": 300}})
    with pytest.raises(UserError, match="STORE-HISTORY-MIXED"):
        publish(store, tmp_path / "snapshots", history)
    assert not (tmp_path / "snapshots").exists()


def test_a_form_the_packs_do_not_know_is_told_and_not_dropped(store: Store, tmp_path: Path) -> None:
    history = before(tmp_path / "before")
    through(store, {"S2": {"books": 700}}, LIBRARY)
    forms = {code: form for code, form in FORMS.items() if code != "school"}
    with pytest.raises(UserError, match="STORE-FORM-UNKNOWN"):
        store.publish(PUBLISHER, tmp_path / "new", title="测试", forms=forms, elements=ELEMENTS, history=history)
