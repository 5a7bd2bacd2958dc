"""The page of an indicator says what the monitor and explain say, and keeps computed and published apart."""

from decimal import Decimal

import pytest

from duibiao.kernel.text import Text
from duibiao.metrics.indicator import Direction, Indicator
from duibiao.progress.status import Status
from duibiao.views.computed import places, why_not_ranked
from duibiao.views.districts import DistrictValue
from duibiao.views.explain import explain_page
from duibiao.views.flat import indicator_rows
from duibiao.views.indicator import indicator_page
from duibiao.views.standing import DayStanding, standing
from duibiao.workspace import Workspace


@pytest.fixture(scope="module")
def now(workspace: Workspace) -> DayStanding:
    return standing(workspace, workspace.reference_date)


def value(unit: str, amount: str | None) -> DistrictValue:
    known = None if amount is None else Decimal(amount)
    missing = Text("未报送", "not reported") if amount is None else None
    return DistrictValue(unit, unit, "", known, amount or "—", None, None, "1/1", missing, None)


def test_every_indicator_with_a_target_shows_the_rows_of_explain(workspace: Workspace, now: DayStanding) -> None:
    for code in ("preschool.inclusive_coverage", "higher.gross_enrolment_rate", "digital.basic_online_lessons"):
        explained = explain_page(workspace, workspace.content.indicators[code], workspace.reference_date)
        page = indicator_page(workspace, now, code)
        assert {row.id: row for row in page.targets} == {one.row.id: one.row for one in explained.targets}
        assert page.decisive == next(one.row.id for one in explained.targets if one.decides)
        shown = [one.id for point in page.history for one in (point.picked, *point.others)]
        assert sorted([*shown, *(one.id for one in page.reprints)]) == sorted(one.id for one in explained.values)


def test_the_lines_run_from_the_base_value_to_the_goal(workspace: Workspace, now: DayStanding) -> None:
    page = indicator_page(workspace, now, "higher.gross_enrolment_rate")
    line = next(one for one in page.lines if one.target == "higher-education/row-01")
    assert (line.base_year, line.due, line.goal) == (2023, 2027, Decimal(67))
    assert (line.value_year, line.value, line.forecast) == (2024, Decimal("64.25"), Decimal("66.5"))
    lessons = indicator_page(workspace, now, "digital.basic_online_lessons")
    assert "差795节：关注；牵头市教委、市人力社保局" in lessons.sentence.zh


def test_what_nobody_published_is_no_data_and_no_zero(workspace: Workspace, now: DayStanding) -> None:
    row = next(row for row in now.rows if row.observation is None and row.status is Status.NO_DATA)
    page = indicator_page(workspace, now, row.indicator)
    assert page.history == ()
    assert "没有公布值" in page.sentence.zh
    assert list(indicator_rows(page)) == []
    assert page.computed is None


def test_contradicting_sources_are_both_shown(workspace: Workspace, now: DayStanding) -> None:
    found = [
        point
        for code in now.by_indicator
        for point in indicator_page(workspace, now, code).history
        if point.contradicted
    ]
    assert found
    for point in found:
        assert any(other.amount != point.picked.amount for other in point.others)


def test_a_code_or_a_unit_that_does_not_exist_is_refused(workspace: Workspace, now: DayStanding) -> None:
    with pytest.raises(KeyError):
        indicator_page(workspace, now, "nothing")
    with pytest.raises(KeyError):
        indicator_page(workspace, now, "preschool.inclusive_coverage", unit="nowhere")
    real = indicator_page(workspace, now, "preschool.inclusive_coverage", unit="500103")
    assert (real.unit_name, real.unit_history) == ("渝中区", ())


def test_equal_figures_share_a_place_and_the_next_is_left_out() -> None:
    values = [value("a", "3"), value("b", "5"), value("c", "5"), value("d", None), value("e", "1")]
    up = [(place, one.unit) for place, one in places(values, Direction.UP)]
    assert up == [(1, "b"), (1, "c"), (3, "a"), (4, "e")]
    down = [(place, one.unit) for place, one in places(values, Direction.DOWN)]
    assert down == [(1, "e"), (2, "a"), (3, "b"), (3, "c")]


def test_nothing_is_ranked_that_is_a_total_a_range_incomplete_or_too_few(workspace: Workspace) -> None:
    indicators = workspace.content.indicators

    def reason(indicator: Indicator, known: int, total: int) -> str:
        found = why_not_ranked(indicator, known, total)
        return found.zh if found else ""

    share = indicators["preschool.inclusive_coverage"]
    assert reason(share, 38, 38) == ""
    assert "不完整" in reason(share, 37, 38)
    assert "少于5" in reason(share, 4, 4)
    assert "总量" in reason(indicators["preschool.enrolment"], 38, 38)
    ranged = next(one for one in indicators.values() if one.direction is Direction.RANGE and one.rollup == "ratio")
    assert "区间" in reason(ranged, 38, 38)
