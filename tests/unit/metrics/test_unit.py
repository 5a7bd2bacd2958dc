"""Units exist from one day to another; a value may only belong to one that existed."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from duibiao.kernel.period import PartialDate, Period
from duibiao.kernel.problem import Report
from duibiao.kernel.reading import read_csv
from duibiao.metrics.unit import COLUMNS, Unit, UnitKind, check_units, read_unit
from duibiao.workspace import Workspace

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "unit_existence.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_value_belongs_to_a_unit_that_existed(case: dict[str, Any], workspace: Workspace) -> None:
    named = [unit for unit in workspace.content.units.values() if unit.name == case["unit"]]
    assert len(named) == 1
    assert named[0].exists_in(Period.parse(case["period"])) is case["exists"]


def test_the_day_of_abolition_is_the_first_on_which_a_unit_is_gone() -> None:
    unit = Unit("500105", "江北区", UnitKind.DISTRICT, valid_to=date(2025, 11, 6))
    assert unit.exists_on(date(2025, 11, 5))
    assert not unit.exists_on(date(2025, 11, 6))


@pytest.mark.parametrize(
    ("begins", "day", "exists"),
    [
        (PartialDate(1997), date(1997, 1, 1), True),
        (PartialDate(1997), date(1996, 12, 31), False),
        (PartialDate(1997, 6), date(1997, 6, 1), True),
        (PartialDate(2025, 11, 6), date(2025, 11, 6), True),
        (PartialDate(2025, 11, 6), date(2025, 11, 5), False),
        (None, date(1949, 10, 1), True),
    ],
)
def test_a_unit_begins_on_the_first_day_its_date_can_mean(begins: PartialDate | None, day: date, exists: bool) -> None:
    assert Unit("x", "某区", UnitKind.DISTRICT, valid_from=begins).exists_on(day) is exists


HEADER = (
    "code,name,kind,parent,valid_from,valid_to,successors,grouping_current,grouping_2020,subgroup,"
    "tile_col,tile_row,break_on,source,note\n"
)
"""Written out, so that a column that changes its name or place is noticed: packs are written by it."""


def read(folder: Path, *rows: str) -> tuple[list[Unit], Report]:
    file = folder / "units.csv"
    file.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    report = Report()
    pairs = [(read_unit(row), row) for row in read_csv(file, "units.csv", report, COLUMNS)]
    check_units({unit.code: unit for unit, _ in pairs}, pairs)
    return [unit for unit, _ in pairs], report


def test_a_unit_is_read_with_its_dates_successors_and_tile(tmp_path: Path) -> None:
    units, report = read(
        tmp_path,
        "500000,重庆市,city,,1997,,,,,,,,,GB/T 2260,",
        "500109,北碚区,district,500000,1997,,,,,,3,2,2025-11-06,公告,",
        "500157,两江新区,district,500000,2025-11-06,,,,,,4,3,,公告,",
        "500112,渝北区,district,500000,1997,2025-11-06,500157;500109,,,,,,,公告,",
    )
    assert report.problems == []
    assert units[3].successors == ("500157", "500109")
    assert units[3].valid_to == date(2025, 11, 6)
    assert units[1].breaks == (date(2025, 11, 6),)
    assert units[2].tile == (4, 3)


def test_unknown_parents_and_successors_and_reversed_dates_are_all_reported(tmp_path: Path) -> None:
    _, report = read(
        tmp_path,
        "1,甲区,district,9,1997,,,,,,,,,公告,",
        "2,乙区,district,1,1997,2020-01-01,8,,,,,,,公告,",
        "3,丙区,district,1,2025,2020-01-01,,,,,,,,公告,",
        "4,丁区,districts,1,,,,,,,,,,公告,",
    )
    assert sorted((one.code, one.where.line, one.where.field) for one in report.problems) == [
        ("PACK-CHOICE", 5, "kind"),
        ("UNIT-DATES", 4, "valid_to"),
        ("UNIT-UNKNOWN", 2, "parent"),
        ("UNIT-UNKNOWN", 3, "successors"),
    ]


def test_a_column_nobody_knows_is_reported_and_not_dropped(tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text("code,name,kind,source,valid_untill\n1,甲区,district,公告,2025-11-06\n", encoding="utf-8")
    report = Report()
    for row in read_csv(file, "units.csv", report, COLUMNS):
        read_unit(row)
    assert [(one.code, one.where.field) for one in report.problems] == [("PACK-FIELD-UNKNOWN", "valid_untill")]
