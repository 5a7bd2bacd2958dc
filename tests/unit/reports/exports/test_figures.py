"""The figures of an export are those of the rows, gap for gap, and small real counts do not leave the house."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from duibiao.kernel.value import MissingReason
from duibiao.metrics.observation import Bound
from duibiao.reports.exports.content import ComputedFigure, ExportContent
from duibiao.reports.exports.figures import (
    ExportMeasure,
    FigureNature,
    ObservationStatus,
    chosen_values,
    exact,
    figures,
)
from duibiao.reports.exports.protection import protected
from duibiao.workspace import Workspace
from tests.unit.reports.exports.conftest import DAY, computed


def test_every_number_of_a_row_is_a_figure_and_every_gap_too(real: ExportContent) -> None:
    found = {one.id: one for one in figures(real)}
    for one in real.rows:
        row = one.row
        for measure, value in (
            (ExportMeasure.VALUE, row.value),
            (ExportMeasure.BASELINE, row.baseline),
            (ExportMeasure.GOAL, row.goal),
            (ExportMeasure.PROGRESS, row.p),
            (ExportMeasure.TIME_PROGRESS, row.s),
            (ExportMeasure.FORECAST, row.forecast),
        ):
            figure = found[f"{measure}:{row.id}"]
            assert figure.value == value
            assert (figure.missing is None) is (value is not None)
            assert (figure.status.value in "OLMQ") is (value is None)
    values = {value.id for one in real.rows for value in one.row.values}
    assert {one.observation for one in found.values() if one.measure is ExportMeasure.PUBLISHED} == values
    assert len(found) == 6 * len(real.rows) + len(values)


def test_the_value_taken_for_a_year_is_the_one_the_workspace_takes(workspace: Workspace, real: ExportContent) -> None:
    for one in real.rows:
        series = workspace.series(one.row.indicator, one.unit, DAY)
        taken = {str(choice.picked.period): choice.picked.id for choice in series.choices}
        assert {period: value.id for period, value in chosen_values(one.row).items()} == taken


def test_what_is_doubtful_a_bound_or_derived_says_so(real: ExportContent) -> None:
    found = {one.id: one for one in figures(real)}
    assert found["value:opening-up/row-04"].status is ObservationStatus.LOW_RELIABILITY
    assert found["value:opening-up/row-04"].bound == Bound.MORE_THAN
    assert found["value:basic-education/row-03"].status is ObservationStatus.NORMAL
    assert found["baseline:basic-education/row-07"].status is ObservationStatus.ESTIMATED
    assert found["forecast:basic-education/row-03"].status is ObservationStatus.FORECAST
    assert found["goal:basic-education/row-03"].nature is FigureNature.PLANNED


def test_a_figure_is_written_with_every_digit_and_no_exponent() -> None:
    assert exact(None) == ""
    assert exact(Decimal("0E+27")) == "0"
    assert exact(Decimal("1E+5")) == "100000"
    assert exact(Decimal("-0.4000")) == "-0.4"
    assert exact(Decimal("0.1428571428571428571428571429")) == "0.1428571428571428571428571429"


def persons(unit: str, value: str | None) -> ComputedFigure:
    return computed(unit, "2024", value, unit_of_measure="人", simulated=False)


def test_real_counts_of_persons_under_five_are_withheld_with_what_would_give_them_away() -> None:
    found = protected(
        [persons(unit, value) for unit, value in (("city", "3"), ("a", "3"), ("b", "40"), ("c", "12"), ("d", "0"))],
        "city",
    )
    assert [exact(one.value) for one in found] == ["3", "", "40", "", "0"]
    assert [one.missing for one in found if one.value is None] == [MissingReason.SUPPRESSED] * 2


def test_two_withheld_counts_that_are_few_together_take_a_third_with_them() -> None:
    given = [persons(unit, value) for unit, value in (("a", "1"), ("b", "2"), ("c", "9"), ("d", "30"))]
    assert [exact(one.value) for one in protected(given, "city")] == ["", "", "", "30"]


def test_a_rate_over_a_handful_is_withheld_and_small_parts_are_not_shown() -> None:
    rate = computed("a", "2024", "66.67", numerator=Decimal(2), denominator=Decimal(3), simulated=False)
    few = computed("b", "2024", "2.00", numerator=Decimal(4), denominator=Decimal(200), simulated=False)
    plain = computed("c", "2024", "50", numerator=Decimal(50), denominator=Decimal(100), simulated=False)
    found = protected([rate, few, plain], "city")
    assert [(exact(one.value), one.numerator, one.denominator) for one in found] == [
        ("", None, None),
        ("2", None, None),
        ("50", Decimal(50), Decimal(100)),
    ]


def test_simulated_counts_and_zeros_stay() -> None:
    given = [replace(one, simulated=True) for one in (persons("a", "1"), persons("b", "0"))]
    assert protected(given, "city") == tuple(given)


def test_the_figures_of_districts_are_withheld_in_an_export(real: ExportContent) -> None:
    given = (
        computed("500101", "2024", "4", unit_of_measure="人", simulated=False),
        computed("500102", "2024", "70", unit_of_measure="人", simulated=False),
        computed("500103", "2024", "80", unit_of_measure="人", simulated=False),
    )
    found = [one for one in figures(replace(real, computed=given)) if one.measure is ExportMeasure.COMPUTED]
    assert [(exact(one.value), one.status) for one in found] == [("", "Q"), ("", "Q"), ("80", "A")]
    assert Counter(one.nature for one in found) == {FigureNature.COMPUTED: 3}
