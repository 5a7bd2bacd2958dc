"""The flat tables."""

from decimal import Decimal

import pytest

from duibiao.plan.goal import Goal
from duibiao.views.export import COLUMNS, What, export, goal_cells
from duibiao.workspace import Workspace


@pytest.mark.parametrize("what", list(What))
def test_every_table_has_its_documented_columns(workspace: Workspace, what: What) -> None:
    rows = export(workspace, workspace.content.plans.by_code.values(), what)
    assert rows
    assert all(list(row) == list(COLUMNS[what]) for row in rows)
    assert all(isinstance(cell, str) for row in rows for cell in row.values())


def test_targets_hold_what_is_written_beside_what_was_typed(workspace: Workspace) -> None:
    rows = {row["id"]: row for row in export(workspace, workspace.plans()[1], What.TARGETS)}
    ratio = rows["vocational-education/row-08"]
    assert (ratio["baseline_written"], ratio["baseline_value"]) == ("20∶1", "20")
    assert (ratio["target_written"], ratio["target_operator"], ratio["target_value"]) == ("18∶1", "=", "18")
    between = rows["higher-education/row-03"]
    assert (between["target_written"], between["target_operator"]) == ("13—14", "range")
    assert (between["target_value"], between["target_upper_value"]) == ("13", "14")
    dash = rows["moral-education/row-09"]
    assert (dash["baseline_written"], dash["baseline_value"]) == ("—", "")
    bound = rows["digital-education/row-01"]
    assert (bound["baseline_operator"], bound["baseline_value"]) == (">=", "100")


def test_tasks_are_166_with_their_departments(workspace: Workspace) -> None:
    rows = export(workspace, workspace.plans()[1], What.TASKS)
    assert len(rows) == 166
    assert all(row["lead"] for row in rows)


@pytest.mark.parametrize(
    ("goal", "cells"),
    [
        ("94", ("=", "94", "")),
        (">=50", (">=", "50", "")),
        (">98.5", (">", "98.5", "")),
        ("<=47.5", ("<=", "47.5", "")),
        ("13..14", ("range", "13", "14")),
        ("keep >=95", ("keep >=", "95", "")),
        ("+2", ("+", "2", "")),
        ("+>=10", ("+>=", "10", "")),
        ("+15..20", ("+", "15", "20")),
        ("x2", ("x", "2", "")),
        ("all", ("all", "100", "")),
        ("zero", ("<=", "0", "")),
        ("yes", ("yes", "", "")),
        ("text", ("text", "", "")),
    ],
)
def test_a_goal_becomes_three_cells(goal: str, cells: tuple[str, str, str]) -> None:
    assert goal_cells(Goal.parse(goal)) == cells


def test_growth_is_a_factor() -> None:
    operator, value, _ = goal_cells(Goal.parse("growth 20%"))
    assert (operator, Decimal(value)) == ("x", Decimal("1.2"))
