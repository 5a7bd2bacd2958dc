"""Rolling up: the faults T2, T3, T4, T7 and T10 of real monitoring systems, and what is right instead."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.value import Missing, MissingReason, Quantity, UnitMismatchError, Value
from duibiao.metrics.rollup import Coverage, RolledUp, latest, mean, ratio, total, window_sum

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "rollup.yaml").read_text(encoding="utf-8")
)
NOT_REPORTED = Missing(MissingReason.NOT_REPORTED)


def value(written: int | str, unit: str = "人") -> Value:
    return NOT_REPORTED if written == "—" else Quantity(Decimal(written), unit)


def rolled(case: dict[str, Any]) -> RolledUp:
    given = case["given"]
    if case["how"] == "ratio":
        return ratio([(value(above), value(below)) for above, below in given], "%")
    if case["how"] == "mean":
        return mean([value(one, "%") for one in given], "%")
    return total([value(one) for one in given], "人")


@pytest.mark.parametrize("case", [one for one in CASES if one["how"] != "latest"], ids=lambda case: case["name"])
def test_parts_make_the_whole_as_the_case_says(case: dict[str, Any]) -> None:
    found = rolled(case)
    assert str(found.coverage) == case["coverage"]
    if case["expect"] == "缺":
        assert isinstance(found.value, Missing)
    else:
        assert found.value == Quantity(Decimal(case["expect"]), "人" if case["how"] == "total" else "%")


@pytest.mark.parametrize("case", [one for one in CASES if one["how"] == "latest"], ids=lambda case: case["name"])
def test_the_latest_known_period_counts_as_the_case_says(case: dict[str, Any]) -> None:
    found = latest({Period(year): value(one) for year, one in case["given"].items()})
    if case["expect"] == "缺":
        assert isinstance(found, Missing)
    else:
        assert found == Quantity(Decimal(case["expect"]), "人")


def test_the_latest_value_does_not_depend_on_the_order_they_came_in() -> None:
    years = {Period(2024): value(240), Period(2022): value(100), Period(2023): value(180)}
    assert latest(years) == value(240)


def test_t9_the_latest_of_a_falling_indicator_is_the_last_and_not_the_largest() -> None:
    assert latest({Period(2021): value(9), Period(2022): value(8), Period(2023): value(7)}) == value(7)


@pytest.mark.parametrize(
    ("parts", "unit", "whole"),
    [
        ([("1", "万人"), ("5000", "人")], "人", "15000"),
        ([("1", "万人"), ("5000", "人")], "万人", "1.5"),
    ],
)
def test_t2_parts_in_different_sizes_of_one_unit_are_added_in_the_unit_of_the_whole(
    parts: list[tuple[str, str]], unit: str, whole: str
) -> None:
    values = [Quantity(Decimal(amount), measure) for amount, measure in parts]
    assert total(values, unit).value == Quantity(Decimal(whole), unit)


def test_t2_shares_and_percentages_are_averaged_in_one_unit() -> None:
    found = mean([Quantity(Decimal(45), "%"), Quantity(Decimal("0.55"), "比例")], "%")
    assert found.value == Quantity(Decimal(50), "%")


def test_t2_numerator_and_denominator_are_divided_in_one_unit() -> None:
    found = ratio([(Quantity(Decimal(4500), "人"), Quantity(Decimal(1), "万人"))], "%")
    assert found.value == Quantity(Decimal(45), "%")


def test_t2_parts_that_measure_different_things_are_refused() -> None:
    with pytest.raises(UnitMismatchError):
        total([Quantity(Decimal(1), "人"), Quantity(Decimal(1), "人次")], "人")


def test_a_ratio_may_be_per_mille_or_per_head() -> None:
    parts = [(value(3), value(1000)), (value(2), value(1500))]
    assert ratio(parts, "‰", Decimal(1000)).value == Quantity(Decimal(2), "‰")
    assert ratio([(value(50), value(20))], "比例", Decimal(1)).value == Quantity(Decimal("2.5"), "比例")


def test_amounts_are_summed_over_the_plan_window_only_both_ends_included() -> None:
    amounts = {Period(year): value(year - 2019) for year in range(2020, 2027)}  # 1, 2, 3 … 7
    found = window_sum(amounts, 2021, 2025, "人")
    assert found.value == value(2 + 3 + 4 + 5 + 6)
    assert found.coverage == Coverage(5, 5)


def test_a_year_of_the_window_without_a_value_lowers_the_coverage_and_adds_nothing() -> None:
    found = window_sum({Period(2021): value(10), Period(2022): NOT_REPORTED}, 2021, 2023, "人")
    assert found == RolledUp(value(10), Coverage(1, 3))


def test_a_school_year_belongs_to_the_window_of_its_statistical_year() -> None:
    amounts = {Period(2021): value(10), Period(2022, PeriodKind.SCHOOL_YEAR): value(5)}
    assert window_sum(amounts, 2021, 2022, "人") == RolledUp(value(15), Coverage(2, 2))


@pytest.mark.parametrize(
    "kinds", [(PeriodKind.YEAR, PeriodKind.SCHOOL_YEAR), (PeriodKind.SCHOOL_YEAR, PeriodKind.YEAR)]
)
def test_a_missing_school_year_does_not_hide_the_value_of_its_calendar_year(
    kinds: tuple[PeriodKind, PeriodKind],
) -> None:
    given = {PeriodKind.YEAR: value(10), PeriodKind.SCHOOL_YEAR: NOT_REPORTED}
    amounts = {Period(2021, kind): given[kind] for kind in kinds}
    assert window_sum(amounts, 2021, 2021, "人") == RolledUp(value(10), Coverage(1, 1))


@pytest.mark.parametrize(
    ("known", "of", "share"), [(2, 3, Decimal(2) / 3), (0, 3, Decimal(0)), (3, 3, Decimal(1)), (0, 0, Decimal(0))]
)
def test_coverage_is_known_parts_of_expected_parts(known: int, of: int, share: Decimal) -> None:
    assert Coverage(known, of).share == share
