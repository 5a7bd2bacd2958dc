"""One value a year is picked by a rule an official can read; what loses is kept."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from duibiao.kernel.period import PartialDate, Period
from duibiao.metrics.indicator import Accumulation, Direction
from duibiao.metrics.observation import Bound, Observation, Quality, Series, fallen, series
from duibiao.plan.goal import Goal
from duibiao.workspace import Workspace
from tests.helpers import POLICY, SOURCES, indicator, known, observation

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "choosing_values.yaml").read_text(encoding="utf-8")
)


def claim(
    year: int, value: object, published: object, source: str, bound: str = "=", quality: str = "plain"
) -> Observation:
    day = PartialDate.parse(str(published))
    return observation(year, str(value), published=day, source=source, bound=Bound(bound), quality=Quality(quality))


def chosen(claims: list[Observation], as_of: date) -> Series:
    return series(claims, as_of, POLICY.source_rank, SOURCES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_one_value_a_year_is_picked_and_the_others_are_kept(case: dict[str, Any]) -> None:
    claims = [claim(*row) for row in case["given"]]
    found = chosen(claims, case["as_of"])
    assert {one.period.year: str(one.quantity.amount) for one in found} == case["expect"]
    assert sum(len(choice.others) for choice in found.choices) == case.get("others", 0)
    assert len(found.reprints) == case.get("reprints", 0)
    assert found == chosen(claims[::-1], case["as_of"]), "the order of the rows must not matter"


def test_t9_the_latest_of_a_falling_indicator_meets_its_target() -> None:
    """Imihigo took max(9, 8, 7) = 9 against a target of 8 and saw 88.9 %."""
    latest = known({2022: "8", 2021: "9", 2023: "7"}).latest
    assert latest is not None
    assert latest.picked.quantity.amount == 7
    assert Goal.parse("8").is_met(latest.picked.quantity.amount, Direction.DOWN)


def test_a_series_answers_by_year_and_says_none_for_a_year_without_a_value() -> None:
    found = known({2021: "9", 2023: "7"})
    at = found.at(2021)
    assert at is not None
    assert at.picked.quantity.amount == 9
    assert found.at(2022) is None
    assert len(found) == 2


def test_nothing_known_is_an_empty_series() -> None:
    found = known({2024: "95"}, as_of=date(2025, 10, 19))
    assert len(found) == 0
    assert found.latest is None


def test_a_contradiction_is_a_different_number_and_not_the_same_number_again() -> None:
    same = chosen([claim(2024, 95, "2025-06-01", "press"), claim(2024, "95.0", "2025-06-01", "statistics")], date.max)
    other = chosen([claim(2024, 95, "2025-06-01", "press"), claim(2024, 96, "2025-06-01", "statistics")], date.max)
    assert [choice.is_contradicted for choice in (*same.choices, *other.choices)] == [False, True]


def test_a_calendar_year_and_a_school_year_of_one_statistical_year_share_one_choice() -> None:
    autumn = observation(2024, "95.5", period=Period.parse("2024/25"))
    found = chosen([observation(2024, "95", source="press"), autumn], date.max)
    assert [one.quantity.amount for one in found] == [autumn.quantity.amount]


def test_a_base_value_of_a_plan_ranks_as_a_plan_whatever_carried_it() -> None:
    """POLICY ranks statistics, plan, press; the journal that reprints the plan is not ranked at all."""
    base = observation(2023, "6", source="journal", published=PartialDate(2025), is_baseline=True)
    press = observation(2023, "4", source="press", published=PartialDate(2026, 1, 1))
    statistics = observation(2023, "5", source="statistics", published=PartialDate(2024))
    assert [one.quantity.amount for one in chosen([press, base], date(2026, 12, 31))] == [6]
    assert [one.quantity.amount for one in chosen([press, base, statistics], date(2026, 12, 31))] == [5]


# --- the real ESI disciplines ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "picked", "others"),
    [
        (date(2023, 5, 14), None, []),
        (date(2023, 5, 31), 4, []),
        (date(2023, 8, 31), 4, [4]),
        (date(2023, 10, 25), 4, [4]),
        (date(2025, 12, 30), 6, [4, 4]),  # of equal rank, the later publication
        (date(2025, 12, 31), 6, [4, 4, 6]),  # the plan, dated 2025 only, joins with its base value and decides
    ],
)
def test_esi_disciplines_of_2023_are_what_was_known_on_the_day(
    workspace: Workspace, as_of: date, picked: int | None, others: list[int]
) -> None:
    choice = workspace.series("higher.esi_top_per_mille", "500000", as_of).at(2023)
    if picked is None:
        assert choice is None
        return
    assert choice is not None
    assert choice.picked.quantity.amount == picked
    assert sorted(other.quantity.amount for other in choice.others) == others


def test_esi_disciplines_are_taken_from_the_plan_once_it_is_published_and_the_contradiction_is_shown(
    workspace: Workspace,
) -> None:
    choice = workspace.series("higher.esi_top_per_mille", "500000", date(2026, 1, 1)).at(2023)
    assert choice is not None
    assert choice.picked.is_baseline
    assert choice.is_contradicted


# --- running totals --------------------------------------------------------------------------------


def test_t7_t8_a_running_total_is_its_last_value_and_a_late_correction_touches_one_year() -> None:
    claims = [observation(year, value) for year, value in ((2022, "100"), (2023, "180"), (2024, "240"))]
    corrected = [*claims, observation(2022, "110", published=PartialDate(2025, 11, 1))]
    before, after = chosen(claims, date.max), chosen(corrected, date.max)
    assert [one.quantity.amount for one in before] == [100, 180, 240]
    assert [one.quantity.amount for one in after] == [110, 180, 240]
    assert after.choices[0].others == (claims[0],)
    assert after.latest == before.latest


def test_a_running_total_that_falls_is_named_with_both_years() -> None:
    total = indicator(accumulation=Accumulation.CUMULATIVE, unit="个")
    found = known({2021: "5", 2022: "7", 2023: "6", 2024: "6"}, measure_unit="个")
    assert [(a.period.year, b.period.year) for a, b in fallen(found, total)] == [(2022, 2023)]


@pytest.mark.parametrize("accumulation", [Accumulation.LEVEL, Accumulation.PERIOD])
def test_what_is_no_running_total_may_fall(accumulation: Accumulation) -> None:
    assert fallen(known({2021: "5", 2022: "3"}), indicator(accumulation=accumulation)) == []
