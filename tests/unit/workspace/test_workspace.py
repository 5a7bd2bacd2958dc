"""Opening packs and asking across them."""

from datetime import date
from pathlib import Path

import pytest

from duibiao.kernel.problem import UserError
from duibiao.metrics.observation import COLUMNS
from duibiao.workspace import Workspace
from duibiao.workspace.workspace import UnknownNameError
from tests.conftest import PACKS

HEADER = ",".join(COLUMNS) + "\n"


def test_the_home_pack_is_the_one_no_other_needs(workspace: Workspace) -> None:
    assert workspace.home.code == "chongqing"
    assert workspace.reference_date == date(2025, 12, 31)


def test_plans_are_found_by_collection_code_plan_code_or_part_of_a_title(workspace: Workspace) -> None:
    assert len(workspace.plans()[1]) == 8
    assert workspace.plans("action-plans") == workspace.plans()
    assert [plan.code for plan in workspace.plans("five-year-14")[1]] == ["five-year-14"]
    assert [plan.code for plan in workspace.plans("教师队伍")[1]] == ["teachers"]
    with pytest.raises(UnknownNameError) as raised:
        workspace.plans("行动方案")
    assert "action-plans" in raised.value.near


def test_a_base_value_of_one_plan_is_history_for_every_plan(workspace: Workspace) -> None:
    found = workspace.series("higher.gross_enrolment_rate", "500000", date(2025, 12, 31))
    years = {one.period.year: str(one.quantity) for one in found}
    assert years[2020] == "53.3%"  # five-year plan
    assert years[2023] == "63.5%"  # action plan
    assert years[2024] == "64.25%"  # press conference


def test_own_values_can_be_added_beside_the_packs(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(HEADER + "teachers.primary_bachelor_share,500000,2024,76.5,%,=,,2025-06-01,moe-bulletin,,,,,,测试\n")
    workspace = Workspace.open(PACKS, tmp_path / "archive", [own])
    (row,) = [
        one for one in workspace.plans("teachers")[1][0].table if one.indicator == "teachers.primary_bachelor_share"
    ]
    assert str(workspace.assess(row, date(2025, 12, 31)).value) == "76.5"


def test_own_values_are_checked_like_those_of_a_pack(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(
        HEADER + "teachers.primary_bachelor_share,500112,2025,176.5,%,=,,2025-06-01,moe-bulletin,,,,,,测试\n"
    )
    with pytest.raises(UserError) as raised:
        Workspace.open(PACKS, tmp_path / "archive", [own])
    assert {one.code for one in raised.value.problems} == {"OBS-UNIT-ABOLISHED", "OBS-RANGE"}
    assert all(one.where.file == "own.csv" and one.where.line == 2 for one in raised.value.problems)


def test_citations_of_documents_that_are_not_archived_are_counted_as_absent(workspace: Workspace) -> None:
    compared, absent, problems = workspace.check_citations()
    assert (compared, problems) == (0, [])
    assert absent > 900
