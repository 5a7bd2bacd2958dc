"""The packs against the shared facts: every value carried is a published one, and nothing data-only came in."""

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest

from duibiao.metrics.observation import Bound, Observation, Quality
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.sources.citation import Source
from duibiao.workspace import Workspace
from tests.conftest import PACKS

DATA_ONLY = ("国家统计局", "data.stats.gov.cn")
FROM_DOCUMENTS = {"newspaper-2025", "five-year-plan-2021"}  # read in the documents themselves, with a passage
KINDS = {"市辖区/县": UnitKind.DISTRICT, "功能区": UnitKind.FUNCTIONAL_ZONE}
IN_THE_UNIT_OF_THE_PLAN = {"G": 1000}  # printed as 10G; the plan's unit is Mbps
NOT_EXACT = re.compile(r"以上|超过|余个|rounded|DERIVED")


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def is_data_only(row: dict[str, str]) -> bool:
    return any(word in row.get(name, "") for word in DATA_ONLY for name in ("source", "source_title", "source_url"))


@pytest.fixture(scope="module")
def facts(shared: Path) -> list[dict[str, str]]:
    return rows(shared / "facts" / "observations-chongqing.csv")


def carried(workspace: Workspace, unit: str) -> list[Observation]:
    return [one for one in workspace.content.observations if one.unit == unit]


def is_same_title(source: Source, row: dict[str, str]) -> bool:
    return source.title.zh == row["source_title"].replace("（同P2）", "")


def matching(workspace: Workspace, one: Observation, facts: list[dict[str, str]]) -> list[dict[str, str]]:
    """The facts rows that say the same: value, year, publication and title of the source."""
    source = workspace.content.sources[one.source]
    return [
        row
        for row in facts
        if Decimal(row["value"]) * IN_THE_UNIT_OF_THE_PLAN.get(row["unit"], 1) == one.quantity.amount
        and row["year"] == str(one.period)
        and str(one.published) in row["published"]
        and is_same_title(source, row)
    ]


def test_every_chongqing_value_from_a_facts_source_is_a_row_of_the_facts(
    workspace: Workspace, facts: list[dict[str, str]]
) -> None:
    values = [one for one in carried(workspace, "500000") if one.source not in FROM_DOCUMENTS]
    invented = [(one.indicator, str(one.period), one.shown) for one in values if not matching(workspace, one, facts)]
    assert invented == []
    assert len(values) > 50


def test_a_value_read_in_a_document_stands_in_its_passage(archived: Workspace) -> None:
    values = [one for one in carried(archived, "500000") if one.source in FROM_DOCUMENTS]
    for one in values:
        assert one.citation is not None, one.indicator
        passage = archived.passage(one.citation)
        assert passage is not None
        amount = one.quantity.amount
        assert f"{amount:f}" in passage.text or f"{amount / 10_000:f}".rstrip("0.") + "万" in passage.text, (
            one.indicator
        )
        assert (one.bound is Bound.EXACT) != bool(re.search(r"超|以上|余|约|近", passage.text)), one.indicator
    assert len(values) > 15


def test_a_value_keeps_its_unit_of_measure_unless_its_scope_is_marked_as_doubtful(
    workspace: Workspace, facts: list[dict[str, str]]
) -> None:
    for one in carried(workspace, "500000"):
        for row in matching(workspace, one, facts)[:1]:
            assert one.quantity.unit == row["unit"] or one.quality is Quality.SCOPE, one.indicator


def test_a_value_the_facts_call_rounded_derived_or_a_floor_is_not_carried_as_exact(
    workspace: Workspace, facts: list[dict[str, str]]
) -> None:
    told = 0
    for one in carried(workspace, "500000"):
        for row in matching(workspace, one, facts)[:1]:
            if NOT_EXACT.search(row["note"]):
                told += 1
                assert one.bound is not Bound.EXACT, one.indicator
            if "DERIVED" in row["note"]:
                assert one.quality is Quality.DERIVED, one.indicator
    assert told >= 7


def test_every_national_value_is_a_row_of_the_ministrys_bulletins(workspace: Workspace, shared: Path) -> None:
    series = rows(shared / "facts" / "national-education-series.csv")
    bulletins = {
        (row["series"], row["year"], Decimal(row["value"]), row["unit"])
        for row in series
        if re.fullmatch(r"[\d.]+", row["value"])
        and row["source"].startswith("教育部 全国教育事业发展统计公报")
        and not is_data_only(row)
    }
    national = carried(workspace, "000000")
    claims = [(one.original_label, str(one.period), one.quantity.amount, one.quantity.unit) for one in national]
    assert [claim for claim in claims if claim not in bulletins] == []
    assert len(claims) == 74
    assert {one.published.year - one.period.year for one in national} == {1}


def test_no_row_of_the_statistics_bureau_was_carried_into_the_packs(
    workspace: Workspace, facts: list[dict[str, str]]
) -> None:
    for file in PACKS.rglob("*"):
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            assert [word for word in (*DATA_ONLY[1:], "分省年度数据") if word in text] == [], file.name
    bureau = {(row["indicator_name"], row["year"], Decimal(row["value"])) for row in facts if is_data_only(row)}
    others = {(row["indicator_name"], row["year"], Decimal(row["value"])) for row in facts if not is_data_only(row)}
    values = {(one.original_label, str(one.period), one.quantity.amount) for one in workspace.content.observations}
    assert len(bureau) > 100
    assert values & (bureau - others) == set()


def test_the_units_are_those_of_the_facts_with_codes_dates_successors_groupings_and_tiles(
    workspace: Workspace, shared: Path
) -> None:
    listed = rows(shared / "facts" / "chongqing-districts.csv")
    held = [unit for unit in workspace.content.units.values() if unit.parent == "500000"]
    assert [as_held(unit) for unit in held] == [as_listed(row) for row in listed]
    assert len(held) == 37 + 2 + 2


def as_held(unit: Unit) -> dict[str, object]:
    return {
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "from": str(unit.valid_from or ""),
        "to": str(unit.valid_to or ""),
        "successors": unit.successors,
        "groupings": (unit.grouping_current, unit.grouping_2020, unit.subgroup),
        "tile": unit.tile,
        "source": unit.source,
    }


def as_listed(row: dict[str, str]) -> dict[str, object]:
    return {
        "code": row["unit_id"],
        "name": row["name"],
        "kind": KINDS[row["kind"]],
        "from": row["valid_from"],
        "to": row["valid_to"],
        "successors": tuple(re.findall(r"\d{6}", row["successor"])),
        "groupings": (row["group"], row["group_2020"], row["subgroup"]),
        "tile": (int(row["tile_col"]), int(row["tile_row"])) if row["tile_col"] else None,
        "source": row["source"],
    }


def test_the_note_of_every_listed_unit_is_kept(workspace: Workspace, shared: Path) -> None:
    for row in rows(shared / "facts" / "chongqing-districts.csv"):
        assert workspace.content.units[row["unit_id"]].note.startswith(row["note"]), row["name"]


def test_a_unit_has_a_series_break_exactly_where_the_facts_tell_of_one(workspace: Workspace, shared: Path) -> None:
    told = {row["unit_id"] for row in rows(shared / "facts" / "chongqing-districts.csv") if "序列断点" in row["note"]}
    assert {unit.code for unit in workspace.content.units.values() if unit.breaks} == told == {"500109"}


def test_the_definitions_are_the_sixty_nine_of_the_facts_with_their_verify_letters(
    workspace: Workspace, shared: Path
) -> None:
    listed = rows(shared / "facts" / "indicator-definitions.csv")
    names = ("name", "formula", "unit", "source", "domain", "direction", "threshold", "verify", "note")
    held = workspace.content.definitions
    assert len(listed) == len(held) == 69
    for row in listed:
        definition = held[row["id"]]
        assert {name: getattr(definition, name) for name in names} == {name: row[name] for name in names}, row["id"]
    letters = [row["verify"] for row in listed]
    assert {letter: letters.count(letter) for letter in "ABCP"} == {
        letter: sum(1 for one in held.values() if one.verify == letter) for letter in "ABCP"
    }
