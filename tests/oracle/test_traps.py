"""The eight traps the facts name, each against the real packs, and the data-only rows read in from outside."""

import csv
import itertools
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duibiao.kernel.period import Period
from duibiao.kernel.problem import UserError
from duibiao.metrics.observation import Bound, Quality, Series
from duibiao.plan.model import Target
from duibiao.progress.assess import Assessment
from duibiao.progress.closing import Finding, Verdict
from duibiao.progress.status import CaveatCode, Rule, Status
from duibiao.workspace import Workspace
from tests.conftest import PACKS

CITY, NATION = "500000", "000000"
END_OF_2025 = date(2025, 12, 31)
COLUMNS = (
    *("indicator", "unit", "period", "value", "measure_unit", "bound", "as_of", "published", "source"),
    *("original_label", "document", "at", "hash", "quality", "note"),
)


def target_of(workspace: Workspace, plan: str, row: int) -> Target:
    return next(one for one in workspace.content.plans.by_code[plan].table if one.row == row)


def assessed(workspace: Workspace, plan: str, row: int, as_of: date) -> Assessment:
    return workspace.assess(target_of(workspace, plan, row), as_of)


def found(workspace: Workspace, row: int) -> Finding:
    findings = workspace.conclude(workspace.content.plans.by_code["five-year-14"], END_OF_2025)
    return next(one for one in findings if one.assessment.target.row == row)


def codes(assessment: Assessment) -> set[CaveatCode]:
    return {caveat.code for caveat in assessment.caveats}


def known(workspace: Workspace, indicator: str, as_of: date = END_OF_2025, unit: str = CITY) -> Series:
    return workspace.series(indicator, unit, as_of)


def extra(folder: Path, *claims: dict[str, str]) -> Path:
    """A file of observations from outside the packs.

    Sources are registered in the packs, so the claims name one that is: the statistical bulletins, which
    like the statistics bureau are statistics.
    """
    file = folder / "extra.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, COLUMNS, restval="")
        writer.writeheader()
        for claim in claims:
            writer.writerow({"bound": "=", "source": "moe-bulletin", "unit": CITY} | claim)
    return file


# --- data-only rows read in from outside ---------------------------------------------------------------


@pytest.fixture(scope="module")
def with_undergraduates(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The packs with 普通本专科 2020–2024 of the statistics bureau, which may not be copied into them.

    The facts state when the series was exported; a year's value is taken as known by the October after it,
    when the yearbook carries it.
    """
    with (shared / "facts" / "observations-chongqing.csv").open(encoding="utf-8-sig", newline="") as lines:
        listed = [row for row in csv.DictReader(lines) if row["indicator_name"] == "普通本专科"]
    claims = [
        {
            "indicator": "higher.undergraduate_enrolment",
            "period": row["year"],
            "value": row["value"],
            "measure_unit": row["unit"],
            "published": f"{int(row['year']) + 1}-10",
        }
        for row in listed
        if 2020 <= int(row["year"]) <= 2024
    ]
    assert len(claims) == 5
    folder = tmp_path_factory.mktemp("extra")
    return Workspace.open(PACKS, folder / "archive", [extra(folder, *claims)])


def test_without_the_statistics_bureau_the_row_of_undergraduates_has_no_data(workspace: Workspace) -> None:
    for year in (2023, 2025):
        row = assessed(workspace, "five-year-14", 14, date(year, 12, 31))
        assert (row.status, row.value) == (Status.NO_DATA, None)
        assert CaveatCode.ONLY_BASELINE in codes(row)
    assert found(workspace, 14).verdict is Verdict.UNDETERMINED


@pytest.mark.parametrize(
    ("as_of", "year", "value", "status"),
    [
        pytest.param(date(2021, 12, 31), None, None, Status.NO_DATA, id="2021: only the base value is known"),
        pytest.param(date(2022, 12, 31), 2021, "100.27", Status.ON_COURSE, id="2022: just short of the goal"),
        pytest.param(date(2023, 12, 31), 2022, "106.61", Status.MET, id="2023: passed two years early"),
        pytest.param(date(2024, 12, 31), 2023, "110.02", Status.MET, id="2024: still passed"),
    ],
)
def test_the_target_of_undergraduates_is_met_with_the_value_of_2022(
    as_of: date, year: int | None, value: str | None, status: Status, with_undergraduates: Workspace
) -> None:
    row = assessed(with_undergraduates, "five-year-14", 14, as_of)
    assert row.target.written == "100.5"
    assert (row.status, row.value) == (status, Decimal(value) if value else None)
    assert (row.choice.picked.period.year if row.choice else None) == year
    assert (CaveatCode.MET_EARLY in codes(row)) == (status is Status.MET)


# --- 1 -------------------------------------------------------------------------------------------------


def test_trap_1_the_senior_rate_of_2024_misses_its_goal_whatever_the_press_says(workspace: Workspace) -> None:
    row = assessed(workspace, "five-year-14", 11, END_OF_2025)
    assert (row.target.written, row.value, row.status) == (">98.5", Decimal("98.47"), Status.BEHIND)
    closing = found(workspace, 11)
    assert (closing.verdict, closing.is_provisional) == (Verdict.NOT_MET, True)
    claims = workspace.content.plans.by_code["five-year-14"].claims
    assert ["12项" in claim.statement.zh for claim in claims] == [True]


# --- 2 -------------------------------------------------------------------------------------------------


def test_trap_2_the_kindergarten_target_stands_beside_the_falling_number_of_children(workspace: Workspace) -> None:
    closing = found(workspace, 1)
    (against,) = closing.against
    assert (against.first, against.last) == ((2020, Decimal("4818.26")), (2024, Decimal("3583.99")))
    assert round(against.change, 1) == Decimal("-25.6")
    assert closing.verdict is Verdict.UNDETERMINED
    values = [one.quantity.amount for one in known(workspace, "preschool.enrolment", unit=NATION)]
    falls = [later < earlier for earlier, later in itertools.pairwise(values)]
    assert falls[-4:] == [True] * 4


# --- 3 -------------------------------------------------------------------------------------------------


def test_trap_3_numbers_of_another_scope_are_not_taken_for_the_plans_indicator(workspace: Workspace) -> None:
    amounts = {one.quantity.amount for one in workspace.content.observations if one.unit == CITY}
    assert amounts & {Decimal(9422), Decimal(9177), Decimal(39)} == set()
    consortia = assessed(workspace, "vocational-education", 9, END_OF_2025)
    assert (consortia.value, consortia.status) == (Decimal(36), Status.NO_DATA)
    assert consortia.if_accepted is Status.MET
    assert CaveatCode.QUALITY in codes(consortia)
    for indicator, amount in (("opening.vocational_overseas", 22), ("opening.overseas_programmes", 51)):
        assert {one.quantity.amount for one in known(workspace, indicator)} == {Decimal(amount)}


# --- 4 -------------------------------------------------------------------------------------------------


def test_trap_4_both_counts_of_one_year_are_kept_and_the_plans_own_base_value_is_picked(workspace: Workspace) -> None:
    choice = known(workspace, "higher.esi_top_per_mille").at(2023)
    assert choice is not None
    assert choice.picked.quantity.amount == 6
    assert choice.picked.is_baseline
    assert choice.is_contradicted
    kept = {str(one.published): str(one.quantity.amount) for one in (choice.picked, *choice.others)}
    assert kept == {"2023-05-15": "4", "2023-07-28": "4", "2023-10-26": "6", "2025": "6"}


def test_trap_4_a_later_count_is_not_known_before_it_is_published(workspace: Workspace) -> None:
    choice = known(workspace, "higher.esi_top_per_mille", date(2023, 6, 30)).at(2023)
    assert choice is not None
    assert choice.picked.quantity.amount == 4
    assert choice.others == ()


# --- 5 -------------------------------------------------------------------------------------------------


def test_trap_5_an_old_number_printed_again_is_kept_and_is_no_growth(workspace: Workspace) -> None:
    series = known(workspace, "digital.first_class_bachelor_courses")
    assert [(one.period.year, str(one.quantity.amount)) for one in series] == [(2023, "2100")]
    assert [(one.period.year, str(one.quantity.amount)) for one in series.reprints] == [(2024, "2100")]
    row = assessed(workspace, "digital-education", 6, END_OF_2025)
    assert (row.status, row.p, row.value) == (Status.NO_DATA, None, None)
    assert any(caveat.code is CaveatCode.QUALITY and "2100" in caveat.text.zh for caveat in row.caveats)


# --- 6 -------------------------------------------------------------------------------------------------


def test_trap_6_more_than_and_about_make_a_value_a_bound(workspace: Workspace) -> None:
    bounds = {(one.indicator, one.period.year): one.bound for one in workspace.content.observations if one.unit == CITY}
    assert bounds["opening.youth_exchange", 2025] is Bound.MORE_THAN
    assert bounds["opening.state_sponsored_abroad", 2025] is Bound.MORE_THAN
    assert bounds["opening.research_platforms", 2025] is Bound.MORE_THAN
    assert bounds["digital.school_bandwidth", 2022] is Bound.AT_LEAST
    assert bounds["higher.gross_enrolment_rate", 2021] is Bound.ABOUT


def test_trap_6_a_bound_that_proves_nothing_decides_nothing(workspace: Workspace) -> None:
    centres = assessed(workspace, "opening-up", 7, END_OF_2025)
    assert centres.choice is not None
    assert centres.choice.picked.bound is Bound.AT_LEAST
    assert centres.status is Status.NO_DATA
    assert CaveatCode.UNDECIDED_BOUND in codes(centres)


# --- 7 -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "value"),
    [
        ("senior.gross_enrolment_rate", "98.47"),
        ("compulsory.retention_rate", "98.3"),
        ("higher.gross_enrolment_rate", "64.25"),
        ("higher.postgraduate_enrolment", "11.7"),
        ("preschool.public_share", "57.03"),
    ],
)
def test_trap_7_a_value_of_2024_published_in_october_2025_is_unknown_the_day_before(
    indicator: str, value: str, workspace: Workspace
) -> None:
    assert known(workspace, indicator, date(2025, 10, 19)).at(2024) is None
    choice = known(workspace, indicator, date(2025, 10, 20)).at(2024)
    assert choice is not None
    assert (choice.picked.quantity.amount, str(choice.picked.published)) == (Decimal(value), "2025-10-20")
    assert known(workspace, indicator, date(2025, 10, 20)).at(2025) is None


def test_trap_7_the_day_before_the_senior_rate_is_judged_by_what_was_known_then(workspace: Workspace) -> None:
    before = assessed(workspace, "five-year-14", 11, date(2025, 10, 19))
    assert (before.data_as_of, before.value) == ("2022", Decimal("98.99"))
    assert (before.status, before.if_accepted) == (Status.NO_DATA, Status.MET)  # 33 months old: too old to judge by
    assert CaveatCode.STALE in codes(before)


# --- 8 -------------------------------------------------------------------------------------------------


def test_trap_8_the_new_district_takes_over_on_the_day_its_predecessors_end(workspace: Workspace) -> None:
    units = workspace.content.units
    day, before = date(2025, 11, 6), date(2025, 11, 5)
    new, jiangbei, yubei, beibei = (units[code] for code in ("500157", "500105", "500112", "500109"))
    assert [unit.exists_on(before) for unit in (new, jiangbei, yubei, beibei)] == [False, True, True, True]
    assert [unit.exists_on(day) for unit in (new, jiangbei, yubei, beibei)] == [True, False, False, True]
    assert (jiangbei.successors, yubei.successors) == (("500157",), ("500157", "500109"))
    assert beibei.breaks == (day,)
    assert jiangbei.exists_in(Period.parse("2025/26"))
    assert not jiangbei.exists_in(Period.parse("2025"))
    districts = [unit for unit in units.values() if unit.kind == "district"]
    assert [sum(unit.exists_on(on) for unit in districts) for on in (before, day)] == [38, 37]


@pytest.mark.parametrize(
    ("unit", "period", "is_refused"),
    [
        ("500105", "2024", False),
        ("500105", "2025/26", False),
        ("500105", "2025", True),
        ("500112", "2026/27", True),
        ("500157", "2024", True),
        ("500157", "2025", False),
        ("500109", "2025", False),
    ],
)
def test_trap_8_a_value_for_a_district_that_did_not_exist_is_refused(
    unit: str, period: str, is_refused: bool, tmp_path: Path
) -> None:
    claim = {"indicator": "preschool.enrolment", "unit": unit, "period": period, "value": "1", "measure_unit": "万人"}
    file = extra(tmp_path, claim | {"published": "2026-10-01"})
    if not is_refused:
        assert len(known(Workspace.open(PACKS, tmp_path, [file]), "preschool.enrolment", date(2026, 12, 31), unit)) == 1
        return
    with pytest.raises(UserError) as caught:
        Workspace.open(PACKS, tmp_path, [file])
    assert [(problem.code, problem.where.line) for problem in caught.value.problems] == [("OBS-UNIT-ABOLISHED", 2)]


def test_trap_8_no_pace_is_computed_across_the_break_in_the_vocational_series(tmp_path: Path) -> None:
    claim = {"indicator": "senior.vocational_enrolment", "period": "2024", "value": "40", "measure_unit": "万人"}
    opened = Workspace.open(PACKS, tmp_path, [extra(tmp_path, claim | {"published": "2025-10"})])
    row = assessed(opened, "five-year-14", 10, END_OF_2025)
    assert (row.status, row.rule) == (Status.NO_BASELINE, Rule.LEVEL)
    assert (row.p, row.forecast, row.observed_rate, row.baseline) == (None, None, None, None)
    assert CaveatCode.SERIES_BREAK in codes(row)


def test_trap_8_a_value_before_the_break_in_the_postgraduate_series_changes_no_verdict(tmp_path: Path) -> None:
    claim = {"indicator": "higher.postgraduate_enrolment", "measure_unit": "万人", "published": "2021-10"}
    after = [claim | {"period": str(year), "value": value} for year, value in ((2018, "7"), (2019, "7.6"))]
    before = [claim | {"period": str(year), "value": value} for year, value in ((2015, "50"), (2016, "60"))]
    (tmp_path / "plain").mkdir()
    plain = Workspace.open(PACKS, tmp_path, [extra(tmp_path / "plain", *after)])
    longer = Workspace.open(PACKS, tmp_path, [extra(tmp_path, *before, *after)])
    rows = [assessed(one, "five-year-14", 13, END_OF_2025) for one in (plain, longer)]
    assert rows[0].verdicts == rows[1].verdicts != ()
    assert (rows[0].status, rows[0].forecast) == (rows[1].status, rows[1].forecast)
    assert [change.year for change in rows[0].indicator.breaks] == [2017]


def test_no_value_of_the_packs_is_simulated(workspace: Workspace) -> None:
    assert [one.id for one in workspace.content.observations if one.quality is Quality.SIMULATED] == []
