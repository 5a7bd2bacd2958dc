"""Expressions of packs: every fault is told once, where it stands, with the faulty place marked."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from duibiao.kernel.problem import Report, Where
from duibiao.kernel.text import Text
from duibiao.metrics.expression import Scope
from duibiao.metrics.formulas import check_checks, check_formulas, marked
from duibiao.metrics.indicator import Accumulation, Direction, Indicator, RollUp
from duibiao.workspace import Workspace


def told(workspace: Workspace, exprs: Mapping[str, str], scope: Scope | None = None) -> list[tuple[str, str]]:
    """Check expressions of invented indicators, named ``unit__name``; answers (code, indicator)."""
    indicators = {
        name: Indicator(name, Text(name), _unit(name), Direction.UP, Accumulation.LEVEL, RollUp.SUM, expr=expr)
        for name, expr in exprs.items()
    }
    report = Report()
    places = {name: Where("test.yaml", 1, name) for name in indicators}
    found = check_formulas(indicators, places, scope or workspace.content.scope, report)
    assert set(found) <= set(indicators)
    return [(one.code, one.where.field) for one in report.problems]


def _unit(name: str) -> str:
    units = {"share": "%", "people": "人", "many": "万人", "times": "倍", "square": "平方米", "schools": "所"}
    return units[name.split("_", maxsplit=1)[0]]


@pytest.mark.parametrize(
    ("name", "expr"),
    [
        ("people_a", "sum(students_primary)"),
        ("many_a", "sum(students_primary) / 10000"),
        ("many_b", "(sum(students_primary) + sum(students_junior)) / 10000"),
        (
            "share_a",
            "percent(sum(students_primary) / sum(places_designed) * sum(places_designed) / sum(students_primary))",
        ),
        ("times_a", "sum(students_primary) / sum(teachers_primary)"),
        ("square_a", "ratio(area_land, students_primary)"),
        ("schools_a", "count(students_primary > 2000)"),
    ],
)
def test_what_can_be_shown_in_its_unit_is_accepted(workspace: Workspace, name: str, expr: str) -> None:
    assert told(workspace, {name: expr}) == []


@pytest.mark.parametrize(
    ("name", "expr"),
    [
        ("many_a", "sum(students_primary)"),  # ten thousand times too large
        ("many_b", "sum(students_primary) / 1000"),
        ("many_c", "10000 * sum(students_primary)"),
        ("many_d", "sum(area_land) / 10000"),
        ("people_a", "sum(area_land)"),
        ("share_a", "sum(students_primary) / sum(students_junior)"),  # a share without percent
        ("times_a", "percent(sum(students_primary) / sum(students_junior))"),
        ("square_a", "difference_coefficient(area_land, students_primary)"),
    ],
)
def test_what_cannot_be_shown_in_its_unit_is_refused(workspace: Workspace, name: str, expr: str) -> None:
    assert told(workspace, {name: expr}) == [("EXPR-UNIT", name)]


@pytest.mark.parametrize(
    ("expr", "code"),
    [
        ("sum(students_primary", "EXPR-SYNTAX"),
        ("sum(students_primary))", "EXPR-SYNTAX"),
        ("total(students_primary)", "EXPR-SYNTAX"),
        ("sum（students_primary）", "EXPR-SYNTAX"),
        ("students_primary", "EXPR-MEANING"),  # no aggregate
        ("sum(pupils)", "EXPR-MEANING"),
        ("sum(students_primary + area_land)", "EXPR-MEANING"),
        ("sum(students_primary + population_total)", "EXPR-MEANING"),  # not in one form
        ("sum(sum(students_primary))", "EXPR-MEANING"),
        ("indicator('nobody')", "EXPR-MEANING"),
        ("sum(stage_share(area_land, higher))", "EXPR-MEANING"),  # no weight
    ],
)
def test_what_cannot_be_read_or_makes_no_sense_is_told_once(workspace: Workspace, expr: str, code: str) -> None:
    assert told(workspace, {"people_a": expr}) == [(code, "people_a")]


def test_what_builds_on_a_faulty_expression_is_not_judged(workspace: Workspace) -> None:
    found = told(
        workspace,
        {"people_a": "indicator('people_b')", "people_b": "sum(nobody)", "people_c": "indicator('people_a')"},
    )
    assert found == [("EXPR-MEANING", "people_b")]


def test_a_circle_is_told_once_and_nothing_of_it_is_computed(workspace: Workspace) -> None:
    found = told(workspace, {"people_a": "indicator('people_b')", "people_b": "change(indicator('people_a'))"})
    assert found == [("EXPR-CYCLE", "people_b")]
    assert told(workspace, {"people_a": "lag(indicator('people_a'), 1)"}) == [("EXPR-CYCLE", "people_a")]


def test_a_reference_takes_the_unit_the_indicator_is_shown_in(workspace: Workspace) -> None:
    right = {"many_a": "sum(students_primary) / 10000", "many_b": "indicator('many_a') + indicator('many_a')"}
    assert told(workspace, right) == []
    wrong = {"many_a": "sum(students_primary) / 10000", "people_b": "indicator('many_a')"}
    assert told(workspace, wrong) == [("EXPR-UNIT", "people_b")]


def test_a_split_without_a_rule_is_refused(workspace: Workspace) -> None:
    bare = replace(workspace.content.scope, split=None)
    assert told(workspace, {"square_a": "sum(stage_share(area_land, primary))"}, bare) == [("EXPR-MEANING", "square_a")]


def test_the_split_reads_the_pupils_of_every_stage(workspace: Workspace) -> None:
    formula = workspace.content.formulas["balance.junior_sports_area"]
    assert {"students_primary", "students_junior", "students_senior"} <= set(formula.elements)
    assert set(formula.forms) == {"school_conditions"}


def test_a_check_sees_its_own_form_only(workspace: Workspace) -> None:
    content = workspace.content
    form = content.forms["school_health"]
    check = replace(form.checks[0], expression="fitness_tested <= area_land")
    forms = {**content.forms, form.code: replace(form, checks=(check,))}
    report = Report()
    check_checks(replace(content.scope, forms=forms), report)
    (problem,) = report.problems
    assert problem.code == "EXPR-MEANING"
    assert "▶area_land" in problem.message.zh
    assert "校验只能用本报表的数据元" in problem.message.zh


def test_a_long_expression_is_shown_around_its_fault() -> None:
    text = "a + " * 100 + "? + b"
    shown = marked(text, text.index("?"))
    assert "▶? + b" in shown
    assert shown.startswith("…")
    assert len(shown) < 140
    assert marked("a +\n  b", 6) == "a + ▶b"
