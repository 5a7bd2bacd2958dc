"""The data package is valid for the Frictionless library, reads back figure for figure, and a broken one is refused."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from frictionless import Package, validate

from duibiao.reports.exports.content import ExportContent
from duibiao.reports.exports.figures import figures
from duibiao.reports.exports.folder import write_export
from duibiao.reports.exports.frictionless import frictionless, package_name


@pytest.fixture(scope="module")
def content(content: ExportContent) -> ExportContent:
    """Two plans are enough: the library is slow, and every kind of figure is among them."""
    return replace(content, rows=content.rows[:3] + tuple(one for one in content.rows if "basic-" in one.row.id))


@pytest.fixture(scope="module")
def package(content: ExportContent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package") / "out"
    write_export(folder, frictionless(content), "frictionless", content.id)
    return folder


def test_the_library_finds_nothing_wrong(package: Path) -> None:
    found = validate(str(package / "datapackage.json"))
    assert found.flatten(["title", "rowNumber", "fieldNumber", "message"]) == []
    assert found.valid
    assert {task.name for task in found.tasks} == {
        "plans", "units", "indicators", "sources", "targets", "figures", "inputs",
    }  # fmt: skip


def test_what_is_read_back_is_what_was_exported(package: Path, content: ExportContent) -> None:
    table = Package(str(package / "datapackage.json")).get_table_resource("figures")
    rows = table.read_rows()
    wanted = {one.id: (one.value, one.missing, one.unit, one.period) for one in figures(content)}
    found = {row["id"]: (row["value"], row["missing_reason"], row["unit"], row["period"]) for row in rows}
    assert found == wanted
    assert all(isinstance(value, Decimal) for value, *_ in found.values() if value is not None)


def test_types_keys_and_the_terms_are_declared(package: Path, content: ExportContent) -> None:
    told = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    by_name = {one["name"]: one["schema"] for one in told["resources"]}
    assert by_name["figures"]["primaryKey"] == ["id"]
    assert {key["reference"]["resource"] for key in by_name["figures"]["foreignKeys"]} == {
        "targets", "indicators", "units", "sources",
    }  # fmt: skip
    assert by_name["units"]["foreignKeys"][0]["reference"]["resource"] == ""
    assert told["keywords"] == ["simulated", "模拟数据"]
    assert told["duibiao"]["terms"]["zh"] in told["description"]


@pytest.mark.parametrize(
    ("file", "old", "new", "error"),
    [
        ("figures", "value:basic-education/row-03,value,", "value:basic-education/row-01,value,", "primary-key"),
        ("figures", ",basic-education/row-03,", ",basic-education/row-99,", "foreign-key"),
        ("figures", ",95.2,", ",ninety-five,", "type-error"),
        ("figures", ",simulated,", ",invented,", "constraint-error"),
        ("targets", ",2027,", ",,", "constraint-error"),
        ("units", "500103", "500104", "hash-count"),
    ],
)
def test_a_broken_package_is_refused(package: Path, tmp_path: Path, file: str, old: str, new: str, error: str) -> None:
    told = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    for one in told["resources"]:
        data = (package / one["path"]).read_bytes()
        if one["name"] == file:
            assert old.encode() in data
            data = data.replace(old.encode(), new.encode(), 1)
            if error != "hash-count":
                one.pop("hash"), one.pop("bytes")
        (tmp_path / one["path"]).parent.mkdir(exist_ok=True)
        (tmp_path / one["path"]).write_bytes(data)
    (tmp_path / "datapackage.json").write_text(json.dumps(told), encoding="utf-8")
    found = validate(str(tmp_path / "datapackage.json"))
    assert not found.valid
    assert error in {code for (code,) in found.flatten(["type"])}


def test_a_name_of_a_package_has_only_the_characters_the_specification_allows() -> None:
    assert package_name("annual-action-plans-20251231-0a1b") == "annual-action-plans-20251231-0a1b"
    assert package_name("规划 A") == "u89c4-u5212-u20-a"
