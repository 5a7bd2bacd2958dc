"""The grammar of goals: typed as the document writes it, judged in one unit and in one direction."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from duibiao.kernel.value import Quantity, UnitMismatchError, converted
from duibiao.metrics.indicator import Direction
from duibiao.plan.goal import Goal, GoalKind
from tests.helpers import indicator

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "goals.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_goal_is_met_and_missed_as_the_case_says(case: dict[str, Any]) -> None:
    goal, direction = Goal.parse(case["written"]), Direction(case["direction"])
    assert [value for value in case["met"] if not goal.is_met(Decimal(value), direction)] == []
    assert [value for value in case["missed"] if goal.is_met(Decimal(value), direction)] == []


def d(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    ("written", "kind", "lower", "upper", "strict"),
    [
        ("94", GoalKind.NUMBER, "94", "94", False),
        ("20∶1", GoalKind.NUMBER, "20", "20", False),
        (">=50", GoalKind.AT_LEAST, "50", None, False),
        ("≥50", GoalKind.AT_LEAST, "50", None, False),
        (">50", GoalKind.AT_LEAST, "50", None, True),
        ("≤47.5", GoalKind.AT_MOST, None, "47.5", False),
        ("＜5", GoalKind.AT_MOST, None, "5", True),
        ("13..14", GoalKind.RANGE, "13", "14", False),
        ("13—14", GoalKind.RANGE, "13", "14", False),
        ("keep >=95", GoalKind.KEEP, "95", None, False),
        ("keep ≥95", GoalKind.KEEP, "95", None, False),
        ("keep 95", GoalKind.KEEP, "95", "95", False),
        ("+2", GoalKind.INCREMENT, "2", "2", False),
        ("+>=2", GoalKind.INCREMENT, "2", None, False),
        ("+≥2", GoalKind.INCREMENT, "2", None, False),
        ("+>50", GoalKind.INCREMENT, "50", None, True),
        ("+2..3", GoalKind.INCREMENT, "2", "3", False),
        ("points +3", GoalKind.INCREMENT, "3", None, False),
        ("growth 20%", GoalKind.GROWTH, "1.2", None, False),
        ("x2", GoalKind.GROWTH, "2", None, False),
        ("all", GoalKind.ALL_COVERED, "100", None, False),
        ("zero", GoalKind.AT_MOST, None, "0", False),
        ("yes", GoalKind.YES_NO, None, None, False),
        ("text", GoalKind.QUALITATIVE, None, None, False),
        (" 94 ", GoalKind.NUMBER, "94", "94", False),
    ],
)
def test_every_notation_has_its_kind_and_bounds(
    written: str, kind: GoalKind, lower: str | None, upper: str | None, strict: bool
) -> None:
    assert Goal.parse(written) == Goal(kind, d(lower), d(upper), strict)


@pytest.mark.parametrize(
    "written", ["N/A", "High", "Gender aware", "nd", "—", "", "约95", "95左右", "NaN", "inf", "1e3"]
)
def test_t12_text_is_never_turned_into_a_number(written: str) -> None:
    """Hikaya, Tola and Akvo passed such targets to float(): they crashed or were dropped."""
    with pytest.raises(ValueError):  # noqa: PT011  the message is the word itself
        Goal.parse(written)


def test_t12_a_standing_in_words_is_a_typed_goal_that_no_number_decides() -> None:
    assert Goal.parse("text").needs_evidence
    assert Goal.parse("yes").needs_evidence
    assert not Goal.parse("94").needs_evidence


@pytest.mark.parametrize(
    "written", ["14..13", "13—", "..14", "1.2~1.8", "1.2-1.8", "≥95%", ">=95%", "0.95比例", "x", "+", ">="]
)
def test_t15_what_cannot_be_read_whole_is_refused_and_not_read_in_part(written: str) -> None:
    """Shenyang's parser took the first number it found and dropped the rest, the percent sign too."""
    with pytest.raises(ValueError):  # noqa: PT011  the message is the word itself
        Goal.parse(written)


def test_t15_a_share_is_judged_against_a_percentage_in_one_unit() -> None:
    """0.95 against ">=95%" failed in Shenyang; 95 against ">=0.95" passed with room for anything."""
    percent = Goal.parse(">=95")
    assert percent.is_met(indicator(unit="%").amount(Quantity(Decimal("0.95"), "比例")).amount, Direction.UP)
    assert not percent.is_met(indicator(unit="%").amount(Quantity(Decimal("0.949"), "比例")).amount, Direction.UP)
    share = percent.in_unit("%", "比例")
    assert share == Goal(GoalKind.AT_LEAST, lower=Decimal("0.95"))
    assert share.is_met(Decimal("0.95"), Direction.UP)
    assert not share.is_met(Decimal("0.94"), Direction.UP)


def test_t2_a_goal_in_shares_is_compared_with_a_value_in_percent() -> None:
    goal = Goal.parse("0.8").in_unit("比例", "%")
    assert not goal.is_met(Decimal(45), Direction.UP)
    assert goal.is_met(Decimal(80), Direction.UP)


@pytest.mark.parametrize(
    ("written", "given", "wanted", "lower", "upper"),
    [
        ("1.5..2", "万人次", "人次", "15000", "20000"),
        ("<=5", "‰", "%", None, "0.5"),
        ("keep >=0.95", "比例", "%", "95", None),
        ("+>=0.5", "万人", "人", "5000", None),
        ("94", "分", "分", "94", "94"),
    ],
)
def test_bounds_move_with_the_unit_and_kind_and_strictness_stay(
    written: str, given: str, wanted: str, lower: str | None, upper: str | None
) -> None:
    goal = Goal.parse(written)
    moved = goal.in_unit(given, wanted)
    assert (moved.lower, moved.upper) == (d(lower), d(upper))
    assert (moved.kind, moved.strict) == (goal.kind, goal.strict)


def test_a_unit_that_measures_something_else_is_refused() -> None:
    with pytest.raises(UnitMismatchError):
        Goal.parse(">=5").in_unit("人", "人次")


@pytest.mark.parametrize("written", ["growth 20%", "x2", "yes", "text"])
def test_factors_and_words_have_no_unit_to_convert(written: str) -> None:
    assert Goal.parse(written).in_unit("人", "所") == Goal.parse(written)


def test_full_coverage_is_the_whole_in_whatever_unit_the_share_is_told() -> None:
    """``all`` is 100 %, also where the target's own unit is 比例; it must not become 10000 %."""
    goal = Goal.parse("all").in_unit("比例", "%")
    assert goal.is_met(converted(Quantity(Decimal(1), "比例"), "%").amount, Direction.UP)


@pytest.mark.parametrize("written", ["keep text", "keep yes", "keep +2", "keep growth 20%", "keep keep 95"])
def test_only_a_level_can_be_kept(written: str) -> None:
    """A kept goal without bounds would be met by every value, and a kept increment would lose its baseline."""
    with pytest.raises(ValueError):  # noqa: PT011  the message is the word itself
        Goal.parse(written)


@pytest.mark.parametrize(
    ("written", "baseline", "expected"),
    [
        ("+2", "5", Goal(GoalKind.NUMBER, Decimal(7), Decimal(7))),
        ("+>=2", "5", Goal(GoalKind.AT_LEAST, Decimal(7))),
        ("+>50", "5", Goal(GoalKind.AT_LEAST, Decimal(55), strict=True)),
        ("+2..3", "5", Goal(GoalKind.RANGE, Decimal(7), Decimal(8))),
        ("points +3", "61.5", Goal(GoalKind.AT_LEAST, Decimal("64.5"))),
        ("growth 20%", "50", Goal(GoalKind.AT_LEAST, Decimal(60))),
        ("x2", "50", Goal(GoalKind.AT_LEAST, Decimal(100))),
    ],
)
def test_a_change_becomes_bounds_on_the_value_once_the_baseline_is_known(
    written: str, baseline: str, expected: Goal
) -> None:
    goal = Goal.parse(written)
    assert goal.is_relative
    assert goal.resolved(Decimal(baseline)) == expected
    assert goal.resolved(None) is None


def test_a_baseline_of_zero_is_a_baseline() -> None:
    assert Goal.parse("+3").resolved(Decimal(0)) == Goal.parse("3")


@pytest.mark.parametrize("baseline", [None, Decimal(5)])
def test_a_goal_that_is_no_change_does_not_depend_on_the_baseline(baseline: Decimal | None) -> None:
    assert Goal.parse(">=50").resolved(baseline) == Goal.parse(">=50")


@pytest.mark.parametrize(
    ("written", "direction", "line"),
    [
        ("94", Direction.UP, "94"),
        ("8", Direction.DOWN, "8"),
        ("13..14", Direction.UP, "13"),
        ("13..14", Direction.DOWN, "14"),
        ("<=5", Direction.UP, "5"),
        (">=5", Direction.DOWN, "5"),
        ("zero", Direction.DOWN, "0"),
        ("text", Direction.UP, None),
    ],
)
def test_progress_runs_towards_the_weakest_promise(written: str, direction: Direction, line: str | None) -> None:
    assert Goal.parse(written).line(direction) == d(line)
