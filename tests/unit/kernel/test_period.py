"""Years, school years, partial dates and months between days."""

from datetime import date

import pytest

from duibiao.kernel.period import PartialDate, Period, PeriodKind, months_between


def test_a_calendar_year_runs_from_january_to_december() -> None:
    year = Period.parse("2024")
    assert (year.start, year.end) == (date(2024, 1, 1), date(2024, 12, 31))


def test_a_school_year_runs_from_september_to_august_and_counts_as_the_year_of_its_autumn() -> None:
    year = Period.parse("2024/25")
    assert year.kind is PeriodKind.SCHOOL_YEAR
    assert year.year == 2024
    assert (year.start, year.end) == (date(2024, 9, 1), date(2025, 8, 31))


@pytest.mark.parametrize("text", ["2024", "2024/25", "1999/00", "2009/10"])
def test_a_period_is_written_the_way_it_was_read(text: str) -> None:
    assert str(Period.parse(text)) == text


@pytest.mark.parametrize("text", ["", "24", "2024/26", "2024/24", "2024-25", "2024/2025", "2024年", "约2024"])
def test_anything_else_is_no_period(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the message is the word itself
        Period.parse(text)


@pytest.mark.parametrize("text", ["0000", "9999/00"])
def test_a_year_without_a_first_and_last_day_is_no_period(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the message is the word itself
        Period.parse(text)


def test_periods_of_different_years_sort_by_year() -> None:
    periods = [Period(2025), Period(2023, PeriodKind.SCHOOL_YEAR), Period(2024)]
    assert [period.year for period in sorted(periods)] == [2023, 2024, 2025]


@pytest.mark.parametrize(
    ("text", "latest"),
    [
        ("2025", date(2025, 12, 31)),
        ("2025-04", date(2025, 4, 30)),
        ("2024-02", date(2024, 2, 29)),
        ("2025-02", date(2025, 2, 28)),
        ("2025-04-27", date(2025, 4, 27)),
    ],
)
def test_a_partial_date_counts_as_the_last_day_it_can_mean(text: str, latest: date) -> None:
    found = PartialDate.parse(text)
    assert found.latest == latest
    assert str(found) == text


@pytest.mark.parametrize("text", ["2025-13", "2025-02-30", "2025-4", "2025-04-31", "25-04", "2025/04", "今年3月", ""])
def test_an_impossible_or_vague_day_is_no_partial_date(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the message is the word itself
        PartialDate.parse(text)


@pytest.mark.parametrize("text", ["2025-00", "2025-04-00"])
def test_a_zeroth_month_or_day_is_no_partial_date(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the message is the word itself
        PartialDate.parse(text)


@pytest.mark.parametrize(
    ("earlier", "later", "months"),
    [
        (date(2023, 12, 31), date(2025, 10, 31), 22),
        (date(2023, 12, 31), date(2025, 10, 30), 21),
        (date(2023, 12, 31), date(2025, 11, 1), 22),
        (date(2024, 1, 31), date(2024, 2, 29), 1),  # the end of February ends the month begun on 31 January
        (date(2024, 1, 31), date(2024, 2, 28), 0),
        (date(2024, 1, 15), date(2024, 2, 14), 0),
        (date(2024, 1, 15), date(2024, 2, 15), 1),
        (date(2024, 5, 5), date(2024, 5, 5), 0),
        (date(2024, 2, 15), date(2024, 1, 15), -1),
        (date(2024, 12, 31), date(2023, 12, 31), -12),
    ],
)
def test_only_whole_months_count(earlier: date, later: date, months: int) -> None:
    assert months_between(earlier, later) == months
