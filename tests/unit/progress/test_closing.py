"""The closing verdict of a target: met or not by the value of the due year, provisional until it is there."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from duibiao.kernel.text import Text
from duibiao.metrics.indicator import Accumulation, Direction
from duibiao.metrics.observation import Bound, Quality
from duibiao.plan.model import Counting, Headwind
from duibiao.progress.assess import Assessment, assess
from duibiao.progress.closing import Finding, Verdict, conclude, trends_against
from duibiao.progress.status import Status
from tests.helpers import POLICY, indicator, known, target

DAY = date(2026, 12, 31)
WINDOW = (2021, 2025)


def held(goal: str, base: str | None, values: dict[int, str], **how: Any) -> Assessment:
    """A target of the plan 2021–2025, asked for at the end of 2026."""
    what = indicator(direction=how.pop("direction", Direction.UP))
    day = how.pop("day", DAY)
    return assess(target(goal, base, base_year=2020, due=2025), what, known(values, day, **how), POLICY, day, WINDOW)


def closed(goal: str, base: str | None, values: dict[int, str], **how: Any) -> Finding:
    return conclude(held(goal, base, values, **how), ())


# --- 98.47 against more than 98.5 ------------------------------------------------------------------


def test_98_47_does_not_reach_more_than_98_5_and_the_verdict_is_provisional_with_2024_data() -> None:
    found = closed(">98.5", "98.48", {2024: "98.47"})
    assert found.verdict is Verdict.NOT_MET
    assert found.is_provisional
    assert "2024年" in found.reason.zh
    assert "98.47%" in found.reason.zh
    assert "未达到" in found.reason.zh


def test_98_47_turns_only_when_the_value_of_2025_exceeds_98_5() -> None:
    found = closed(">98.5", "98.48", {2024: "98.47"})
    assert found.turn.zh == "2025年值须高于98.5%才转为达成（比现值再升0.03个百分点以上）"
    assert "value of 2025 exceeds 98.5%" in found.turn.en
    assert "0.03 points" in found.turn.en


def test_rounding_98_47_up_is_not_meeting_98_5_either() -> None:
    found = closed(">=98.5", "98.48", {2024: "98.47"})
    assert found.verdict is Verdict.NOT_MET
    assert "须不低于98.5%" in found.turn.zh


def test_the_bound_itself_meets_at_least_and_misses_more_than() -> None:
    assert closed(">=98.5", "98", {2025: "98.5"}).verdict is Verdict.MET
    assert closed(">98.5", "98", {2025: "98.5"}).verdict is Verdict.NOT_MET
    assert closed("<=5", "8", {2025: "5"}, direction=Direction.DOWN).verdict is Verdict.MET
    assert closed("<5", "8", {2025: "5"}, direction=Direction.DOWN).verdict is Verdict.NOT_MET


def test_the_real_plan_closes_its_row_11_as_not_met_on_the_figures_known_in_2025(workspace: Any) -> None:
    plan = workspace.content.plans.by_code["five-year-14"]
    (row,) = [one for one in workspace.conclude(plan, date(2025, 12, 31)) if one.assessment.target.row == 11]
    assert row.assessment.value == Decimal("98.47")
    assert (row.verdict, row.is_provisional) == (Verdict.NOT_MET, True)
    assert "2025年值须高于98.5%" in row.turn.zh


# --- what would turn a provisional verdict ---------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "value", "direction", "turn"),
    [
        (">93", "93.5", Direction.UP, "2025年值若降至93%或以下（变动0.5个百分点）则转为未达成"),
        (">=93", "93.5", Direction.UP, "2025年值若降到93%以下（变动0.5个百分点）则转为未达成"),
        ("<5", "4", Direction.DOWN, "2025年值若升至5%或以上（变动1个百分点）则转为未达成"),
        ("<=5", "4", Direction.DOWN, "2025年值若升到5%以上（变动1个百分点）则转为未达成"),
        (">=93", "93", Direction.UP, "2025年值若再有不利变动即转为未达成"),
    ],
)
def test_a_provisional_met_says_what_would_turn_it_in_the_words_of_the_goal(
    goal: str, value: str, direction: Direction, turn: str
) -> None:
    found = closed(goal, "90" if direction is Direction.UP else "8", {2024: value}, direction=direction)
    assert (found.verdict, found.is_provisional) == (Verdict.MET, True)
    assert found.turn.zh == turn


@pytest.mark.parametrize(
    ("goal", "value", "direction", "words"),
    [
        (">=95", "94", Direction.UP, "须不低于95%"),
        (">95", "94", Direction.UP, "须高于95%"),
        ("<=5", "6", Direction.DOWN, "须不高于5%"),
        ("<5", "6", Direction.DOWN, "须低于5%"),
    ],
)
def test_a_provisional_miss_says_what_the_due_year_must_show_in_the_words_of_the_goal(
    goal: str, value: str, direction: Direction, words: str
) -> None:
    found = closed(goal, "90" if direction is Direction.UP else "8", {2024: value}, direction=direction)
    assert (found.verdict, found.is_provisional) == (Verdict.NOT_MET, True)
    assert words in found.turn.zh
    assert "1个百分点" in found.turn.zh


def test_a_strict_ceiling_is_not_said_to_be_exceeded_in_english() -> None:
    found = closed("<5", "8", {2024: "6"}, direction=Direction.DOWN)
    assert "exceeds" not in found.turn.en


def test_a_value_above_a_range_turns_at_its_upper_end() -> None:
    found = closed("45..55", "62", {2024: "58"}, direction=Direction.RANGE)
    assert found.verdict is Verdict.NOT_MET
    assert "55%" in found.turn.zh
    assert "3个百分点" in found.turn.zh


def test_a_value_inside_a_range_can_be_turned_at_both_ends() -> None:
    found = closed("45..55", "62", {2024: "52"}, direction=Direction.RANGE)
    assert found.verdict is Verdict.MET
    assert "45%" in found.turn.zh
    assert "55%" in found.turn.zh


# --- final -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "verdict"), [("98.6", Verdict.MET), ("98.47", Verdict.NOT_MET)])
def test_the_value_of_the_due_year_makes_the_verdict_final_and_nothing_can_turn_it(
    value: str, verdict: Verdict
) -> None:
    found = closed(">98.5", "98.48", {2024: "98.47", 2025: value})
    assert (found.verdict, found.is_provisional, found.turn.zh) == (verdict, False, "")
    assert "2025年" in found.reason.zh


def test_a_value_of_the_due_year_not_yet_published_is_not_used() -> None:
    found = closed(">98.5", "98.48", {2024: "98.47", 2025: "98.6"}, day=date(2026, 10, 19))
    assert (found.verdict, found.is_provisional) == (Verdict.NOT_MET, True)


def test_status_and_closing_verdict_tell_the_same_story() -> None:
    for goal, base, value, verdict, status in (
        (">=95", "90", "96", Verdict.MET, Status.MET),
        (">=95", "90", "94", Verdict.NOT_MET, Status.BEHIND),
        (">=95", None, "94", Verdict.NOT_MET, Status.BEHIND),
        ("keep >=95", "93", "94", Verdict.NOT_MET, Status.BEHIND),
    ):
        found = closed(goal, base, {2025: value})
        assert (goal, base, found.verdict, found.assessment.status) == (goal, base, verdict, status)


# --- undetermined ----------------------------------------------------------------------------------


def test_without_data_the_verdict_is_undetermined_and_says_which_value_is_needed() -> None:
    found = closed(">98.5", "98.48", {})
    assert (found.verdict, found.is_provisional) == (Verdict.UNDETERMINED, False)
    assert "没有公开数据" in found.reason.zh
    assert found.turn.zh == "须有2025年的公布值"


def test_a_baseline_alone_is_no_result() -> None:
    found = closed(">98.5", "98.48", {2020: "98.48"})
    assert found.verdict is Verdict.UNDETERMINED
    assert "2020年之后没有公布值" in found.reason.zh


@pytest.mark.parametrize("goal", ["text", "yes"])
def test_a_goal_in_words_is_left_to_a_named_person_with_evidence(goal: str) -> None:
    found = closed(goal, None, {2025: "98"})
    assert found.verdict is Verdict.UNDETERMINED
    assert "佐证" in found.reason.zh


def test_an_unknown_goal_line_is_undetermined() -> None:
    assert closed("+2", None, {2025: "98"}).verdict is Verdict.UNDETERMINED


@pytest.mark.parametrize("quality", [Quality.SCOPE, Quality.SIMULATED])
@pytest.mark.parametrize("value", ["99", "98"])
def test_a_value_of_doubtful_scope_closes_nothing(quality: Quality, value: str) -> None:
    found = closed(">98.5", "98.48", {2025: value}, quality=quality)
    assert found.assessment.status is Status.NO_DATA
    assert found.verdict is Verdict.UNDETERMINED


# --- bound values ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "bound", "value", "verdict"),
    [
        (">=95", Bound.MORE_THAN, "95", Verdict.MET),
        (">95", Bound.MORE_THAN, "95", Verdict.MET),
        (">95", Bound.AT_LEAST, "95", Verdict.UNDETERMINED),
        (">=95", Bound.MORE_THAN, "90", Verdict.UNDETERMINED),
        (">=95", Bound.LESS_THAN, "95", Verdict.NOT_MET),
        (">95", Bound.AT_MOST, "95", Verdict.NOT_MET),
        (">=95", Bound.LESS_THAN, "90", Verdict.NOT_MET),
        (">=95", Bound.LESS_THAN, "99", Verdict.UNDETERMINED),
        (">=95", Bound.AT_MOST, "95", Verdict.UNDETERMINED),
        (">=95", Bound.ABOUT, "95", Verdict.MET),
    ],
)
def test_a_bound_closes_only_what_it_proves(goal: str, bound: Bound, value: str, verdict: Verdict) -> None:
    found = closed(goal, "80", {2025: value}, bound=bound)
    assert found.verdict is verdict


@pytest.mark.parametrize(
    ("bound", "value", "verdict"),
    [
        (Bound.LESS_THAN, "5", Verdict.MET),
        (Bound.LESS_THAN, "6", Verdict.UNDETERMINED),
        (Bound.MORE_THAN, "5", Verdict.NOT_MET),
        (Bound.MORE_THAN, "4", Verdict.UNDETERMINED),
    ],
)
def test_a_bound_closes_a_falling_indicator_the_other_way_round(bound: Bound, value: str, verdict: Verdict) -> None:
    found = closed("<=5", "8", {2025: value}, bound=bound, direction=Direction.DOWN)
    assert found.verdict is verdict


def test_a_bound_that_decides_nothing_says_so_in_the_reason() -> None:
    found = closed(">=95", "80", {2024: "90"}, bound=Bound.MORE_THAN)
    assert "超过90%" in found.reason.zh
    assert "无法判定" in found.reason.zh
    assert "达到目标" not in found.reason.zh.replace("无法判定是否达到目标", "")


# --- sums over the plan window ---------------------------------------------------------------------


def summed(values: dict[int, str], goal: str = "10000") -> Finding:
    what = indicator(unit="人次", accumulation=Accumulation.PERIOD)
    promise = target(goal, "0", base_year=2020, due=2025, unit="人次", counting=Counting.CUMULATIVE)
    published = known(values, measure_unit="人次")
    return conclude(assess(promise, what, published, POLICY, date(2026, 12, 31), WINDOW), ())


def test_a_sum_over_the_window_is_closed_by_the_sum_and_says_the_sum() -> None:
    found = summed({2021: "2000", 2022: "2000", 2023: "2000", 2024: "2000", 2025: "2300"})
    assert (found.verdict, found.is_provisional) == (Verdict.MET, False)
    assert "10300人次" in found.reason.zh


def test_a_sum_with_a_year_missing_cannot_prove_a_miss() -> None:
    found = summed({2021: "2000", 2022: "2000", 2024: "2000", 2025: "2300"})
    assert found.assessment.value == 8300
    assert found.verdict is Verdict.UNDETERMINED


# --- headwinds -------------------------------------------------------------------------------------


def windy(values: dict[int, str], **how: Any) -> Finding:
    wind = Headwind("births", "000000", Text("出生人口减少", "fewer births"))
    promise = replace(target("110", "100", base_year=2020, due=2025), headwinds=(wind,))
    found = assess(promise, indicator(), known({2024: "105"}), POLICY, DAY, WINDOW)
    world = {("births", "000000"): known(values, measure_unit="万人", indicator="births", unit="000000", **how)}
    return conclude(found, trends_against(found, world, {"000000": "全国"}))


def test_a_headwind_is_shown_with_its_first_and_last_value_and_the_right_percentage() -> None:
    (wind,) = windy({2020: "4818.26", 2022: "4627.55", 2024: "3583.99"}).against
    assert (wind.first, wind.last) == ((2020, Decimal("4818.26")), (2024, Decimal("3583.99")))
    assert round(wind.change, 1) == Decimal("-25.6")  # 3583.99 ÷ 4818.26 - 1
    assert wind.in_words().zh == "出生人口减少：全国2020年4818.26万人，2024年3583.99万人，下降25.6%"
    assert "down 25.6" in wind.in_words().en


def test_a_rising_headwind_says_that_it_rises() -> None:
    (wind,) = windy({2020: "80", 2024: "100"}).against
    assert wind.change == 25
    assert wind.in_words().zh.endswith("上升25.0%")
    assert "up 25.0" in wind.in_words().en


def test_a_headwind_looks_only_at_the_years_of_the_target() -> None:
    (wind,) = windy({2019: "900", 2020: "100", 2024: "90"}).against
    assert wind.first == (2020, Decimal(100))
    assert wind.change == -10


def test_one_value_is_no_trend_and_a_bound_is_no_figure() -> None:
    assert windy({2024: "3583.99"}).against == ()
    assert windy({2020: "100", 2024: "90"}, bound=Bound.MORE_THAN).against == ()


def test_a_headwind_never_changes_the_verdict() -> None:
    assert windy({2020: "100", 2024: "50"}).verdict is windy({}).verdict is Verdict.NOT_MET
