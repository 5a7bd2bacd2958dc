"""What the other methods say beside the status, and when a disagreement is shown."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from duibiao.metrics.indicator import Accumulation, Direction
from duibiao.metrics.observation import Bound, Quality
from duibiao.plan.model import Counting
from duibiao.progress.assess import Assessment, assess
from duibiao.progress.methods import Track
from duibiao.progress.status import KNOWN, Status
from duibiao.progress.verdicts import METHOD_WORDS, Method, MethodVerdict, verdicts
from tests.helpers import POLICY, indicator, known, target

DAY = date(2026, 12, 31)
WINDOW = (2024, 2027)


def assessed(
    goal: str, base: str, values: dict[int, str], direction: Direction = Direction.UP, **how: Any
) -> Assessment:
    published = known(values, **how)
    return assess(target(goal, base), indicator(direction=direction), published, POLICY, DAY, WINDOW)


def said(found: Assessment) -> dict[Method, MethodVerdict]:
    return {verdict.method: verdict for verdict in found.verdicts}


def differing(found: Assessment) -> list[Method]:
    return [verdict.method for verdict in found.disagreement]


def test_every_method_speaks_once_and_the_default_comes_first() -> None:
    found = assessed("80", "60", {2025: "68"})
    assert [verdict.method for verdict in found.verdicts] == list(Method) == list(METHOD_WORDS)
    assert found.verdicts[0].status is found.status


def test_linear_and_growth_rate_that_differ_are_flagged() -> None:
    """20 → 14 → 5: 0.80 of the linear pace asks for attention, R = 0.558 is limited."""
    found = assessed("<=5", "20", {2025: "14"}, Direction.DOWN)
    assert found.status is Status.ATTENTION
    assert said(found)[Method.GROWTH].status is Status.BEHIND
    assert Method.GROWTH in differing(found)


@pytest.mark.parametrize(
    ("goal", "base", "value", "direction", "word"),
    [("zero", "20", "10", Direction.DOWN, "进展有限"), ("120", "0", "48", Direction.UP, "按期")],
)
def test_a_growth_rate_with_a_number_put_for_zero_is_a_hint_and_no_disagreement(
    goal: str, base: str, value: str, direction: Direction, word: str
) -> None:
    """Cases C and D: the growth rate calls the one limited and the other on track, and is wrong about both."""
    found = assessed(goal, base, {2025: value}, direction)
    growth = said(found)[Method.GROWTH]
    assert (growth.word.zh, growth.is_hint) == (word, True)
    assert growth.status is not found.status
    assert "0.001" in growth.reason.zh
    assert differing(found) == []


def test_methods_that_agree_are_not_flagged() -> None:
    found = assessed("99.0", "98.0", {2025: "98.5"})
    assert found.status is Status.ON_COURSE
    assert said(found)[Method.GROWTH].status is Status.ON_COURSE
    assert differing(found) == []


def test_met_and_met_at_risk_are_no_disagreement() -> None:
    found = assessed("keep >=95", "96.2", {2025: "95.5"})
    assert found.status is Status.MET_AT_RISK
    assert said(found)[Method.GROWTH].status is Status.MET
    assert differing(found) == []


@pytest.mark.parametrize("quality", [Quality.SCOPE, Quality.SIMULATED])
def test_there_is_no_disagreement_with_a_status_that_is_unknown(quality: Quality) -> None:
    found = assessed("<=5", "20", {2025: "14"}, Direction.DOWN, quality=quality)
    assert found.status is Status.NO_DATA
    assert any(verdict.status in KNOWN for verdict in found.verdicts)  # the others would have something to say
    assert differing(found) == []


def test_there_is_no_disagreement_about_a_value_that_is_only_a_bound() -> None:
    found = assessed("80", "60", {2025: "68"}, bound=Bound.MORE_THAN)
    assert found.status is Status.NO_DATA
    assert differing(found) == []


@pytest.mark.parametrize(
    ("goal", "base", "value", "direction"),
    [("keep >=95", "96.2", "94.1", Direction.UP), ("<=5", "4", "6", Direction.DOWN)],
)
def test_no_method_prints_a_good_figure_for_a_goal_that_was_there_and_lost(
    goal: str, base: str, value: str, direction: Direction
) -> None:
    """Change ÷ gap ÷ time gives +3.5 and +4 here: the trap of §2.1."""
    found = assessed(goal, base, {2025: value}, direction)
    assert found.status is Status.BEHIND
    assert [one.method for one in found.verdicts if one.figure is not None and one.figure > 0] == []


def test_a_target_without_a_baseline_asks_no_method() -> None:
    found = assess(target("80"), indicator(), known({2025: "68"}), POLICY, DAY, WINDOW)
    assert (found.status, found.verdicts) == (Status.NO_BASELINE, ())


def test_a_range_asks_no_method_that_knows_only_one_line() -> None:
    found = assessed("45..55", "62", {2025: "58"}, Direction.RANGE)
    assert (found.status, found.verdicts, found.forecast) == (Status.ON_COURSE, (), None)


def test_a_passed_due_year_asks_no_method() -> None:
    found = assess(target("80", "60", due=2025), indicator(), known({2025: "68"}), POLICY, DAY, WINDOW)
    assert found.verdicts == ()


# --- required yearly change ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("58", Status.BEHIND),  # -1 a year against 11 needed
        ("67.4", Status.BEHIND),  # 3.7 against 6.3: 0.59
        ("67.5", Status.ATTENTION),  # 3.75 against 6.25: exactly 0.60
        ("69.7", Status.ATTENTION),  # 4.85 against 5.15: 0.94
        ("69.75", Status.ON_COURSE),  # 4.875 against 5.125: 0.951
        ("80", Status.MET),
    ],
)
def test_the_required_rate_verdict_compares_the_yearly_change_so_far_with_the_one_needed(
    value: str, expected: Status
) -> None:
    assert said(assessed("80", "60", {2025: value}))[Method.REQUIRED_RATE].status is expected


def test_the_required_rate_verdict_shows_its_ratio() -> None:
    found = assessed("80", "60", {2025: "68"})
    assert (found.observed_rate, found.required_rate) == (Decimal(4), Decimal(6))
    figure = said(found)[Method.REQUIRED_RATE].figure
    assert figure is not None
    assert round(figure, 4) == Decimal("0.6667")


def test_the_required_rate_is_the_same_judgement_for_a_falling_indicator() -> None:
    found = said(assessed("<=5", "20", {2025: "14"}, Direction.DOWN))[Method.REQUIRED_RATE]
    assert found.status is Status.ATTENTION  # -3 a year against -4.5: 0.67


def test_a_value_of_the_due_year_leaves_the_required_rate_nothing_to_say() -> None:
    way = Track(Decimal(60), 2023, Decimal(68), 2027, Decimal(80), 2027, True)
    found = {one.method: one for one in verdicts(way, {}, Status.BEHIND, POLICY)}[Method.REQUIRED_RATE]
    assert found.status is None
    assert found.reason.zh


# --- growth rate and German method -----------------------------------------------------------------


def test_a_growth_rate_across_a_change_of_sign_says_why_it_is_silent() -> None:
    way = Track(Decimal(-5), 2023, Decimal(5), 2025, Decimal(10), 2027, True)
    found = {one.method: one for one in verdicts(way, {}, Status.ON_COURSE, POLICY)}[Method.GROWTH]
    assert (found.status, found.figure) == (None, None)
    assert found.reason.zh


def test_the_german_method_speaks_on_its_worked_series_and_is_silent_on_three_years() -> None:
    values = {2020: "57.0", 2021: "58.5", 2022: "59.0", 2023: "60.0", 2024: "64.5", 2025: "68.0"}
    german = said(assessed("80", "60", values))[Method.GERMAN]
    assert (german.status, german.figure, german.word.zh) == (Status.BEHIND, Decimal("2.2"), "多云")
    short = said(assessed("80", "60", {2023: "60.0", 2024: "64.5", 2025: "68.0"}))[Method.GERMAN]
    assert (short.status, short.figure) == (None, None)
    assert "4年" in short.reason.zh


def test_the_german_method_warns_where_a_met_value_has_been_falling() -> None:
    found = assessed("80", "70", {2022: "90", 2023: "70", 2024: "84", 2025: "82"})
    german = said(found)[Method.GERMAN]
    assert found.status is Status.MET
    assert german.status is Status.MET_AT_RISK
    assert differing(found) == []


def test_the_german_method_uses_no_value_that_is_only_a_bound() -> None:
    values = {2022: "55", 2023: "60", 2024: "65", 2025: "70"}
    assert said(assessed("80", "60", values))[Method.GERMAN].status is Status.ON_COURSE
    bounds = assessed("80", "60", values, bound=Bound.MORE_THAN)
    assert said(bounds)[Method.GERMAN].status is None


def test_yearly_amounts_are_not_held_against_a_goal_for_their_sum() -> None:
    """8 600 of 10 000 in four of five years is on course; the yearly 2 300 is no miss of 10 000."""
    what = indicator(unit="人次", accumulation=Accumulation.PERIOD)
    promise = target("10000", "0", base_year=2020, due=2025, unit="人次", counting=Counting.CUMULATIVE)
    published = known({2021: "2000", 2022: "2100", 2023: "2200", 2024: "2300"}, measure_unit="人次")
    found = assess(promise, what, published, POLICY, date(2025, 12, 31), (2021, 2025))
    assert (found.value, found.status) == (Decimal(8600), Status.ON_COURSE)
    assert said(found)[Method.GERMAN].status is not Status.BEHIND
    assert differing(found) == []


def test_a_strict_goal_that_is_only_touched_is_met_by_no_method() -> None:
    found = assessed(">98.5", "98.0", {2025: "98.5"})
    assert found.status is not Status.MET
    assert [verdict.method for verdict in found.verdicts if verdict.status is Status.MET] == []
