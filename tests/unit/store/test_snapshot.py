"""Snapshots: what is written is what is read, byte for byte, for ever; anything else is told."""

import json
import os
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from duibiao.kernel.problem import UserError
from duibiao.store.layout import FLAGS, KEYS, form_schema
from duibiao.store.snapshot import CURRENT, Snapshot, current_id, snapshots_in
from duibiao.store.snapshot_writing import write_snapshot
from duibiao.store.units import UNIT_SCHEMA, unit_table
from tests.unit.store.examples import ELEMENTS, LIBRARY, NOON, SCHOOL, UNITS, files_under, school_rows, wide


def written(folder: Path, **changes: Any) -> Snapshot:
    facts: dict[str, Any] = {
        "tables": {("school", 2024): school_rows(), ("library", 2024): wide(LIBRARY, {"S1": {"books": 7}})},
        "forms": [SCHOOL, LIBRARY],
        "elements": ELEMENTS,
        "units": UNITS,
        "flags": None,
        "title": "测试快照",
        "created_by": "测试员",
        "created_at": NOON,
        "simulated": True,
        "definitions": {"test.share": "2024"},
        "packs": {"test": "0" * 64},
        "previous": None,
    }
    return write_snapshot(folder, **{**facts, **changes})


def refused(*codes: str) -> Any:
    return pytest.raises(UserError, match="|".join(codes))


def test_what_was_written_is_read_in_the_layout_of_the_form(tmp_path: Path) -> None:
    snapshot = written(tmp_path)
    table = snapshot.table("school", 2024)
    assert table.schema.equals(form_schema(SCHOOL))
    assert table["unit"].to_pylist() == ["S1", "S3", "S4"]
    assert table["district"].to_pylist() == ["990101", "990102", "990102"]
    assert table["teachers"].to_pylist() == [None, 12, 31], "missing stays missing"
    assert table["floor_area"].to_pylist() == [0, 99, 512_050], "zero stays zero"
    assert snapshot.years("school") == [2024]
    assert snapshot.years("nothing") == []
    assert snapshot.simulated
    assert snapshot.units() == sorted(UNITS, key=lambda unit: unit.code)
    assert snapshot.elements["floor_area"].decimals == 2
    assert [element.asked for element in snapshot.forms["library"].elements.values()] == ["new", "reused"]
    assert snapshot.flags().num_rows == 0


def test_value_columns_have_no_dictionary_and_keys_do(tmp_path: Path) -> None:
    file = pq.ParquetFile(written(tmp_path).table_path("school", 2024))
    group = file.metadata.row_group(0)
    encodings = {group.column(n).path_in_schema: group.column(n).encodings for n in range(group.num_columns)}
    assert {name for name, used in encodings.items() if "RLE_DICTIONARY" in used} == set(KEYS)
    assert group.column(0).compression == "ZSTD"


def test_the_same_content_has_the_same_id_whoever_wrote_it_and_when(tmp_path: Path) -> None:
    first = written(tmp_path / "a")
    second = written(tmp_path / "b", created_by="另一人", created_at=NOON + timedelta(days=1))
    assert first.id == second.id
    assert len(first.id) == 16
    other = written(tmp_path / "a", title="另一个")
    assert other.id != first.id
    assert snapshots_in(tmp_path / "a") == sorted([first.id, other.id])


def test_writing_the_same_again_changes_no_byte(tmp_path: Path) -> None:
    snapshot = written(tmp_path)
    before = files_under(snapshot.folder)
    again = written(tmp_path, created_by="另一人")
    assert again.id == snapshot.id
    assert files_under(snapshot.folder) == before


def test_the_pointer_follows_the_last_one_written_and_old_ones_stay(tmp_path: Path) -> None:
    assert Snapshot.current(tmp_path / "none") is None
    first = written(tmp_path)
    second = written(tmp_path, previous=first.id)
    current = Snapshot.current(tmp_path, verify=True)
    assert current is not None
    assert current.id == second.id
    assert current.previous == first.id
    assert Snapshot.open(first.folder, verify=True).table("school", 2024).num_rows == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([".lock", CURRENT, first.id, second.id])


def test_files_already_written_are_taken_in_without_loading_them(tmp_path: Path) -> None:
    tables = tmp_path / "made"
    tables.mkdir()
    pq.write_table(school_rows().sort_by([("district", "ascending"), ("unit", "ascending")]), tables / "s.parquet")
    pq.write_table(unit_table(UNITS), tables / "u.parquet")
    given = {"tables": {("school", 2024): tables / "s.parquet"}, "units": tables / "u.parquet"}
    kept = written(tmp_path / "kept", **given)
    assert (tables / "s.parquet").exists()
    taken = written(tmp_path / "taken", **given, take_files=True)
    assert list(tables.iterdir()) == []
    assert kept.id == taken.id
    assert taken.table("school", 2024)["unit"].to_pylist() == ["S1", "S3", "S4"]
    assert taken.units() == kept.units() == sorted(UNITS, key=lambda unit: unit.code)


def reversed_file(folder: Path) -> Path:
    pq.write_table(school_rows(), folder / "unsorted.parquet")  # S4 of the second district comes first
    return folder / "unsorted.parquet"


@pytest.mark.parametrize(
    ("table", "told"),
    [
        pytest.param(lambda _: school_rows().drop_columns(["teachers"]), "teachers", id="a column is missing"),
        pytest.param(lambda _: school_rows().append_column("extra", pa.array([1, 2, 3])), "extra", id="one too many"),
        pytest.param(lambda _: school_rows().select([*KEYS, "teachers", "pupils", "floor_area"]), "次序", id="order"),
        pytest.param(
            lambda _: school_rows().set_column(5, "pupils", pa.array([1.5, 2.0, None])), "double", id="a float"
        ),
        pytest.param(lambda _: pa.concat_tables([school_rows(), school_rows()]), "重复", id="a unit twice"),
        pytest.param(reversed_file, "排序", id="a file that is not sorted"),
        pytest.param(
            lambda _: school_rows().set_column(0, "unit", pa.array(["S1", None, "S3"])), "空值", id="a row of nobody"
        ),
    ],
)
def test_a_table_that_does_not_fit_its_form_is_refused_and_leaves_nothing(
    table: Any, told: str, tmp_path: Path
) -> None:
    with refused("SNAPSHOT-LAYOUT") as caught:
        written(tmp_path / "snapshots", tables={("school", 2024): table(tmp_path)})
    assert told in str(caught.value)
    assert caught.value.problems[0].where.field == "school/2024"
    assert [path.name for path in (tmp_path / "snapshots").iterdir()] == [".lock"]


def test_a_form_that_would_lead_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    with refused("SNAPSHOT-LAYOUT"):
        written(tmp_path, forms=[replace(SCHOOL, code="../outside")], tables={})


def test_a_table_the_snapshot_does_not_hold_is_told(tmp_path: Path) -> None:
    snapshot = written(tmp_path)
    for form, year in (("school", 2023), ("nothing", 2024)):
        with refused("SNAPSHOT-NO-TABLE") as caught:
            snapshot.table(form, year)
        assert str(year) in str(caught.value)


@pytest.mark.parametrize("name", ["school/2024.parquet", "units.parquet", "flags.parquet", "manifest.json"])
def test_a_missing_file_is_told_by_its_name(name: str, tmp_path: Path) -> None:
    snapshot = written(tmp_path)
    (snapshot.folder / name).unlink()
    with refused("SNAPSHOT-FILE-MISSING") as caught:
        Snapshot.open(snapshot.folder)
    assert [Path(found.where.file).name for found in caught.value.problems] == [Path(name).name]
    assert "备份" in str(caught.value)


def test_a_pointer_to_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    snapshot = written(tmp_path)
    shutil.rmtree(snapshot.folder)
    with refused("SNAPSHOT-FILE-MISSING"):
        Snapshot.current(tmp_path)


def test_one_changed_byte_is_found_by_the_full_check_and_a_changed_size_always(tmp_path: Path) -> None:
    snapshot = written(tmp_path)
    path = snapshot.table_path("school", 2024)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with refused("SNAPSHOT-FILE-CHANGED") as caught:
        Snapshot.open(snapshot.folder, verify=True)
    assert caught.value.problems[0].where.file == str(path)
    path.write_bytes(content[:-1])
    with refused("SNAPSHOT-FILE-CHANGED"):
        Snapshot.open(snapshot.folder)


def test_a_file_that_is_no_parquet_any_more_is_told_even_where_nobody_compared_its_hash(tmp_path: Path) -> None:
    snapshot = written(tmp_path)
    path = snapshot.table_path("school", 2024)
    path.write_bytes(b"x" * path.stat().st_size)
    with refused("SNAPSHOT-FILE-CHANGED"):
        Snapshot.open(snapshot.folder).table("school", 2024)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"title": "改了题目"}, "SNAPSHOT-FILE-CHANGED", id="another title"),
        pytest.param({"simulated": False}, "SNAPSHOT-FILE-CHANGED", id="simulated data called real"),
        pytest.param({"id": "0" * 16}, "SNAPSHOT-FILE-CHANGED", id="another id"),
        pytest.param({"format": 2}, "SNAPSHOT-FORMAT", id="a newer format"),
    ],
)
def test_a_changed_manifest_is_told(change: dict[str, Any], code: str, tmp_path: Path) -> None:
    snapshot = written(tmp_path)
    path = snapshot.folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **change}), encoding="utf-8")
    with refused(code):
        Snapshot.open(snapshot.folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"format": "one"}'])
def test_a_manifest_that_is_none_is_told(content: bytes, tmp_path: Path) -> None:
    snapshot = written(tmp_path)
    (snapshot.folder / "manifest.json").write_bytes(content)
    with refused("SNAPSHOT-FILE-CHANGED"):
        Snapshot.open(snapshot.folder)


def test_a_folder_under_another_name_is_told(tmp_path: Path) -> None:
    snapshot = written(tmp_path)
    os.rename(snapshot.folder, tmp_path / ("0" * 16))
    with refused("SNAPSHOT-FILE-CHANGED"):
        Snapshot.open(tmp_path / ("0" * 16))


def test_left_overs_of_a_broken_writing_are_no_snapshots_and_are_removed_by_the_next_writer(tmp_path: Path) -> None:
    first = written(tmp_path)
    left = tmp_path / ".tmp-0123"
    shutil.copytree(first.folder, left)
    (tmp_path / ".tmp-CURRENT-ab").write_text("half", encoding="ascii")
    assert snapshots_in(tmp_path) == [first.id]
    assert current_id(tmp_path) == first.id
    written(tmp_path, title="下一个")
    assert [path.name for path in tmp_path.glob(".tmp*")] == []


def test_flags_are_sorted_and_typed(tmp_path: Path) -> None:
    rows = [
        {"year": 2024, "form": "school", "unit": unit, "element": "pupils", "flag": "estimated", "note": "估计"}
        for unit in ("S3", "S1")
    ]
    snapshot = written(tmp_path, flags=pa.Table.from_pylist(rows, schema=FLAGS))
    assert snapshot.flags()["unit"].to_pylist() == ["S1", "S3"]
    assert snapshot.flags().schema.equals(FLAGS)


def test_units_are_texts_that_any_engine_reads(tmp_path: Path) -> None:
    table = pq.read_table(written(tmp_path).folder / "units.parquet")
    assert table.schema.equals(UNIT_SCHEMA)
    assert {name: table[name][-2].as_py() for name in ("code", "tile", "identifiers")} == {
        "code": "S4",
        "tile": "1;2",
        "identifiers": '[["school_id", "2150000001"]]',
    }
