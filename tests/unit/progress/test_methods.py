"""The worked numbers of every method, from ``tests/cases/methods.yaml``, and what the methods refuse to compute."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from duibiao.progress import methods
from duibiao.progress.methods import Arrow, GrowthClass, Track, Weather
from tests.helpers import POLICY
from tests.unit.progress.printed import agrees, read_cases

FILE = read_cases("methods.yaml")
BY_NAME = {case["name"]: case for case in FILE["cases"]}
LIMITS = (POLICY.german_sun, POLICY.german_cloudy_sun)


def ratio(track: Track) -> Decimal | None:
    share, time = methods.progress(track), methods.time_progress(track)
    return share / time if share is not None and time else None


COLUMNS: dict[str, Callable[[Track], Decimal | None]] = {
    "progress": methods.progress,
    "time": methods.time_progress,
    "ratio": ratio,
    "forecast": methods.linear_forecast,
    "gap": methods.forecast_gap,
    "growth_ratio": methods.growth_ratio,
    "growth_score": methods.growth_score,
    "un": methods.un_projection,
    "actual_to_target": methods.actual_to_target,
}
WORDS: dict[str, Callable[[Track], str | None]] = {"growth_class": methods.growth_class, "arrow": methods.arrow}


def track(given: dict[str, str]) -> Track:
    base, value, goal = (Decimal(given[name]) for name in ("base", "value", "goal"))
    return Track(base, 2023, value, 2025, goal, 2027, given["direction"] == "up")


def up(base: str, value: str, goal: str) -> Track:
    return track({"base": base, "value": value, "goal": goal, "direction": "up"})


def down(base: str, value: str, goal: str) -> Track:
    return track({"base": base, "value": value, "goal": goal, "direction": "down"})


def cells(columns: dict[str, Any]) -> list[Any]:
    return [
        pytest.param(case["given"], column, case["expect"][column], id=f"{case['name']} {column}")
        for case in FILE["cases"]
        for column in case["expect"]
        if column in columns
    ]


def test_all_eight_cases_of_the_table_are_in_the_file() -> None:
    assert [case["name"][0] for case in FILE["cases"]] == list("ABCDEFGH")


def test_every_column_of_the_file_is_checked_by_some_test() -> None:
    columns = {column for case in FILE["cases"] for column in case["expect"]}
    assert columns == set(COLUMNS) | set(WORDS) | {"met", "naive", "german_keep"}


@pytest.mark.parametrize(("given", "column", "printed"), cells(COLUMNS))
def test_every_figure_of_the_table_is_reproduced_to_the_printed_digit(
    given: dict[str, str], column: str, printed: str
) -> None:
    figure = COLUMNS[column](track(given))
    assert agrees(figure, printed), f"{column}: {figure}, printed {printed}"


@pytest.mark.parametrize(("given", "column", "printed"), cells(WORDS))
def test_every_class_and_arrow_of_the_table_is_reproduced(given: dict[str, str], column: str, printed: str) -> None:
    assert WORDS[column](track(given)) == (None if printed == "undefined" else printed)


@pytest.mark.parametrize(("given", "column", "printed"), cells({"met": None}))
def test_a_value_is_met_or_not_as_the_table_says(given: dict[str, str], column: str, printed: str) -> None:
    assert track(given).is_met is (printed == "true"), column


@pytest.mark.parametrize(("given", "column", "printed"), cells({"german_keep": None}))
def test_the_keep_cases_carry_the_german_symbol_the_table_names(
    given: dict[str, str], column: str, printed: str
) -> None:
    way = track(given)
    rate = methods.observed_rate(way)
    assert rate is not None, column
    assert methods.kept_weather(is_met=way.is_met, is_harmful=rate * way.sign < 0) == printed


def test_a_falling_indicator_divided_the_naive_way_gives_280_percent_and_ours_does_not() -> None:
    case = BY_NAME["B 下降指标"]
    way = track(case["given"])
    assert agrees(way.value / way.goal, case["expect"]["naive"])  # the fault other systems print as progress
    ours = methods.actual_to_target(way)
    assert ours is not None
    assert agrees(ours, "35.7%")
    assert agrees(1 / ours, case["expect"]["naive"])


# --- linear ----------------------------------------------------------------------------------------


def test_the_required_rate_is_the_rest_of_the_way_over_the_rest_of_the_time() -> None:
    assert methods.required_rate(up("60", "68", "80")) == 6
    assert methods.observed_rate(up("60", "68", "80")) == 4
    assert methods.required_rate(down("20", "14", "5")) == Decimal("-4.5")


def test_nothing_is_required_once_the_due_year_is_reached() -> None:
    assert methods.required_rate(Track(Decimal(60), 2023, Decimal(68), 2027, Decimal(80), 2027, True)) is None


def test_a_zero_gap_has_no_progress_and_no_forecast_gap() -> None:
    flat = up("60", "61", "60")
    assert methods.progress(flat) is None
    assert methods.forecast_gap(flat) is None
    assert methods.un_projection(flat) is None


def test_a_forecast_beyond_the_goal_has_a_gap_below_zero() -> None:
    assert methods.forecast_gap(up("60", "72", "80")) == Decimal("-0.2")
    assert methods.forecast_gap(down("20", "11", "5")) == Decimal("-0.2")


def test_no_time_between_baseline_and_value_gives_no_rate() -> None:
    still = Track(Decimal(60), 2025, Decimal(68), 2025, Decimal(80), 2027, True)
    assert methods.observed_rate(still) is None
    assert methods.linear_forecast(still) is None


# --- growth rates ----------------------------------------------------------------------------------


def test_a_growth_rate_across_a_change_of_sign_or_from_zero_is_undefined() -> None:
    assert methods.annual_growth(Decimal(5), Decimal(-5), 2) is None
    assert methods.annual_growth(Decimal(5), Decimal(0), 2) is None
    assert methods.annual_growth(Decimal(5), Decimal(4), 0) is None
    assert methods.growth_class(up("-5", "5", "10")) is None
    assert methods.growth_score(up("-5", "5", "10")) is None


def test_a_value_that_fell_to_zero_has_lost_the_whole_of_itself() -> None:
    assert methods.annual_growth(Decimal(0), Decimal(20), 2) == -1


def test_a_met_goal_scores_five() -> None:
    assert methods.growth_class(up("60", "80", "80")) is GrowthClass.ACHIEVED
    assert methods.growth_score(up("60", "80", "80")) == 5


def test_the_score_never_leaves_minus_five_to_five() -> None:
    assert methods.growth_score(up("0", "48", "120")) == 5
    assert methods.growth_score(up("60", "20", "61")) == -5


def test_without_a_required_growth_there_is_no_growth_class() -> None:
    assert methods.growth_class(up("80", "79", "80")) is None


# --- UN projection and SDSN arrows -----------------------------------------------------------------


def test_a_baseline_that_had_the_goal_and_lost_it_never_shows_as_progress() -> None:
    """The trap of §2.1: change ÷ gap is +1.75 here, which other code calls excellent."""
    lost = up("96.2", "94.1", "95")
    assert (lost.value - lost.base) / (lost.goal - lost.base) == Decimal("1.75")
    assert methods.arrow(lost) is Arrow.DECREASING
    assert methods.growth_class(lost) is GrowthClass.DETERIORATION
    assert methods.un_projection(lost) is None
    rising_ill = down("4", "6", "5")
    assert methods.arrow(rising_ill) is Arrow.DECREASING
    assert methods.growth_class(rising_ill) is GrowthClass.DETERIORATION
    assert methods.un_projection(rising_ill) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [("59", "↓"), ("60", "→"), ("64.9", "→"), ("65", "➚"), ("69.9", "➚"), ("70", "↑"), ("80", "↑")],
)
def test_the_arrow_turns_at_a_half_and_at_the_whole_of_the_required_pace(value: str, expected: str) -> None:
    assert methods.arrow(up("60", value, "80")) == expected


# --- German weather symbols ------------------------------------------------------------------------


def german_case() -> tuple[dict[int, Decimal], Decimal, int, dict[str, str]]:
    (case,) = FILE["german"]
    given = case["given"]
    values = {int(year): Decimal(value) for year, value in given["values"].items()}
    return values, Decimal(given["goal"]), int(given["due"]), case["expect"]


def test_the_german_worked_series_gives_its_mean_change_forecast_and_cloud() -> None:
    values, goal, due, expect = german_case()
    change = methods.mean_change(values)
    assert change == Decimal(expect["mean_change"])
    assert values[2025] + change * (due - 2025) == Decimal(expect["forecast"])
    assert methods.weather(values, goal, due, True, LIMITS) == expect["symbol"]


def test_the_german_worked_series_misses_63_percent_of_the_remaining_way() -> None:
    values, goal, due, expect = german_case()
    assert expect["miss"] == "63%"
    # The symbol turns exactly where the limit passes the miss of 7.6 ÷ 12 = 63.3 %.
    assert methods.weather(values, goal, due, True, (Decimal(0), Decimal("0.633"))) is Weather.CLOUD
    assert methods.weather(values, goal, due, True, (Decimal(0), Decimal("0.634"))) is Weather.CLOUDY_SUN


def test_the_german_mean_looks_at_the_last_five_changes_only() -> None:
    values, *_ = german_case()
    assert methods.mean_change({2019: Decimal(10), **values}) == Decimal("2.2")


def test_the_german_method_needs_four_consecutive_years() -> None:
    three = {2023: Decimal(60), 2024: Decimal(62), 2025: Decimal(64)}
    assert methods.mean_change(three) is None
    assert methods.mean_change({2021: Decimal(50), **three}) is None
    assert methods.mean_change({2022: Decimal(58), **three}) == 2
    assert methods.mean_change({}) is None
    assert methods.weather(three, Decimal(80), 2027, True, LIMITS) is None


@pytest.mark.parametrize(
    ("goal", "up_is_good", "symbol"),
    [
        ("68", True, "sun"),  # forecast 68 reaches it
        ("68.21", True, "sun"),  # misses 0.21 of 4.21: 4.99 %
        ("68.22", True, "cloudy_sun"),  # misses 0.22 of 4.22: 5.2 %
        ("69", True, "cloudy_sun"),  # misses 1 of 5: exactly 20 %
        ("69.1", True, "cloud"),
        ("64", True, "sun"),  # met and rising
        ("64", False, "cloudy_sun"),  # met, and rising is harmful
        ("60", False, "storm"),  # moving away
    ],
)
def test_the_german_symbol_follows_the_miss_as_a_share_of_what_remains(
    goal: str, up_is_good: bool, symbol: str
) -> None:
    values = {2022: Decimal(58), 2023: Decimal(60), 2024: Decimal(62), 2025: Decimal(64)}
    assert methods.weather(values, Decimal(goal), 2027, up_is_good, LIMITS) == symbol


@pytest.mark.parametrize(
    ("is_met", "is_harmful", "symbol"),
    [(True, False, "sun"), (True, True, "cloudy_sun"), (False, False, "cloud"), (False, True, "storm")],
)
def test_a_goal_to_be_kept_has_its_own_four_symbols(is_met: bool, is_harmful: bool, symbol: str) -> None:
    assert methods.kept_weather(is_met=is_met, is_harmful=is_harmful) == symbol


# --- ranges ----------------------------------------------------------------------------------------


def test_the_ratio_of_general_to_vocational_moves_four_sevenths_of_the_way_to_its_range() -> None:
    found = methods.range_progress(Decimal(62), Decimal(58), Decimal(45), Decimal(55))
    assert agrees(found, "0.571")


def test_the_distance_to_a_range_counts_from_its_nearer_end_and_is_zero_inside() -> None:
    low, high = Decimal(45), Decimal(55)
    assert [methods.distance_to_range(Decimal(v), low, high) for v in (40, 45, 50, 55, 58)] == [5, 0, 0, 0, 3]


def test_a_base_inside_the_range_has_no_range_progress() -> None:
    assert methods.range_progress(Decimal(50), Decimal(58), Decimal(45), Decimal(55)) is None
