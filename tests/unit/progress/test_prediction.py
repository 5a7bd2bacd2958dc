"""The forecast of a target: what it rests on, what it refuses to say, and that it never looks at the goal first."""

from datetime import date
from decimal import Decimal

import pytest

from duibiao.metrics.indicator import Accumulation, Direction, SeriesBreak
from duibiao.metrics.observation import Bound, Quality, series
from duibiao.plan.model import Counting
from duibiao.progress.assess import Assessment, assess
from duibiao.progress.inputs import NO_PEERS, Peers
from duibiao.progress.prediction import Prediction, peers_of
from duibiao.stats.drift import METHOD
from duibiao.stats.pooling import VariancePrior
from duibiao.views.prediction_words import basis_words, interval_words, probability_words
from duibiao.workspace import Workspace
from tests.helpers import POLICY, SOURCES, indicator, known, observation, target

DAY = date(2025, 12, 31)
PEERS: Peers = (VariancePrior(1.4, 3.3e-5, 10, 30.0), None)
RISING = {2020: "90.3", 2021: "91.01", 2022: "92.35", 2023: "93.06", 2024: "93.5"}


def assessed(goal: str, values: dict[int, str], peers: Peers = PEERS, **changes: object) -> Assessment:
    facts = changes.pop("indicator", {})
    assert isinstance(facts, dict)
    promise = target(goal, changes.pop("baseline", "93.06"), **changes)  # type: ignore[arg-type]  # fields by name
    return assess(promise, indicator(**facts), known(values, DAY), POLICY, DAY, (2024, 2027), peers)


def predicted(goal: str, values: dict[int, str], peers: Peers = PEERS, **changes: object) -> Prediction:
    found = assessed(goal, values, peers, **changes).prediction
    assert found is not None
    return found


def test_a_forecast_has_point_intervals_probability_and_what_it_rests_on() -> None:
    found = predicted("94", RISING)
    assert (found.method, found.due, found.points, found.first_year, found.last_year) == (METHOD, 2027, 5, 2020, 2024)
    assert (found.ahead, found.peers, found.freedom) == (3, 10, Decimal("4.4"))
    assert found.point == Decimal("94.529")  # 93.5 + ½ · 0.8 · (1 + 0.85 + 0.7225)
    assert found.lowest is not None
    assert found.low is not None
    assert found.high is not None
    assert found.highest is not None
    assert found.lowest < found.low < Decimal(94) < found.point < found.high < found.highest
    assert found.probability is not None
    assert Decimal("0.5") < found.probability < Decimal("0.9")
    assert found.reason.zh == ""


def test_the_goal_moves_the_probability_and_nothing_else() -> None:
    easy, hard = predicted("93", RISING, baseline="90"), predicted("97", RISING, baseline="90")
    assert (easy.point, easy.low, easy.highest) == (hard.point, hard.low, hard.highest)
    assert easy.probability is not None
    assert hard.probability is not None
    assert hard.probability < Decimal("0.1") < Decimal("0.8") < easy.probability


@pytest.mark.parametrize("number", [0, 1, 2])
def test_too_few_points_give_a_reason_and_no_figure(number: int) -> None:
    values = dict(list(RISING.items())[len(RISING) - number :])
    found = predicted("94", values)
    assert (found.is_known, found.low, found.probability) == (False, None, None)
    assert f"只有{number}个，不足3个" in found.reason.zh
    assert interval_words(found, "%") == found.reason
    assert (probability_words(found).zh, basis_words(found).zh) == ("—", "")


def test_bounds_doubtful_values_reprints_and_values_before_a_break_do_not_count() -> None:
    kept = [observation(year, value) for year, value in list(RISING.items())[:2]]
    doubtful = [
        observation(2022, "92.35", bound=Bound.MORE_THAN),
        observation(2023, "93.06", quality=Quality.SCOPE),
        observation(2024, "93.5", quality=Quality.SIMULATED),
    ]
    mixed = series([*kept, *doubtful], DAY, POLICY.source_rank, SOURCES)
    found = assess(target("94", "90"), indicator(), mixed, POLICY, DAY, (2024, 2027), PEERS).prediction
    assert found is not None
    assert "只有2个" in found.reason.zh
    changed = predicted("94", RISING, indicator={"breaks": (SeriesBreak(2022, "改口径"),)}, base_year=2022)
    assert (changed.points, changed.first_year) == (3, 2022)


def test_a_due_year_that_is_over_and_a_sum_over_the_plan_are_not_forecast() -> None:
    assert predicted("94", RISING, due=2024, base_year=2020, baseline="90").reason.zh.startswith("目标年已过")
    facts = {"unit": "个", "accumulation": Accumulation.PERIOD}
    values = known({2021: "80", 2022: "85", 2024: "90", 2025: "99"}, date(2026, 12, 31), measure_unit="个")
    promise = target("300", unit="个", counting=Counting.CUMULATIVE)
    found = assess(promise, indicator(**facts), values, POLICY, date(2026, 12, 31), (2024, 2027)).prediction
    assert found is not None
    assert found.reason.zh.startswith("规划期内逐年相加的数")


def test_a_target_of_words_has_no_forecast_at_all() -> None:
    assert assessed("yes", RISING).prediction is None


def test_without_peers_three_points_stand_alone_and_say_so() -> None:
    alone = predicted("94", RISING, NO_PEERS)
    pooled = predicted("94", RISING)
    assert alone.peers == 0
    assert "没有足够的同类序列" in alone.notes[0].zh
    assert alone.freedom == Decimal(3)
    assert pooled.notes == ()


def test_limits_of_the_indicator_and_running_totals_cut_the_interval() -> None:
    near = {2021: "99.0", 2022: "99.3", 2023: "99.9", 2024: "99.8"}
    capped = predicted("100", near, indicator={"maximum": Decimal(100)}, baseline="99")
    assert (capped.high, capped.highest) == (Decimal(100), Decimal(100))
    assert capped.probability is not None
    assert Decimal(0) < capped.probability < Decimal(1)
    total = {2021: "10", 2022: "12", 2023: "13", 2024: "13"}
    facts = {"unit": "个", "accumulation": Accumulation.CUMULATIVE}
    held = assess(
        target("13", "10", unit="个"),
        indicator(**facts),
        known(total, DAY, measure_unit="个"),
        POLICY,
        DAY,
        (2024, 2027),
    ).prediction
    assert held is not None
    assert (held.lowest, held.probability) == (Decimal(13), Decimal(1))


def test_a_falling_indicator_and_a_range_are_reached_from_their_own_side() -> None:
    falling = {2021: "20", 2022: "17", 2023: "14", 2024: "11"}
    down = predicted("5", falling, indicator={"direction": Direction.DOWN}, baseline="20", base_year=2021)
    up = predicted("5", falling, baseline="4", base_year=2021)
    assert down.probability is not None
    assert up.probability is not None
    assert down.probability + up.probability == pytest.approx(1)
    inside = predicted("0..40", falling, indicator={"direction": Direction.RANGE}, baseline="60", base_year=2021)
    assert inside.probability is not None
    assert inside.probability > Decimal("0.9")


def test_far_ahead_a_note_says_that_nobody_tested_it() -> None:
    assert "超过此法检验过的6年" in predicted("97", RISING, due=2035).notes[0].zh


def test_probabilities_are_told_in_steps_and_never_as_certain() -> None:
    def told(share: str) -> str:
        return probability_words(Prediction(METHOD, 2027, 4, probability=Decimal(share), point=Decimal(1))).zh

    assert [told(one) for one in ("0", "0.049", "0.05", "0.31", "0.476", "0.95", "0.951", "1")] == [
        "不到5%", "不到5%", "约5%", "约30%", "约50%", "约95%", "95%以上", "95%以上",
    ]  # fmt: skip


def test_the_packs_fit_peers_for_shares_and_forecast_only_what_was_published_by_the_day(workspace: Workspace) -> None:
    shares, _ = workspace.peers(workspace.reference_date)
    assert shares is not None
    assert shares.peers >= 8
    row = next(one for one in workspace.content.plans.by_code["basic-education"].table if one.row == 1)
    early, late = (workspace.assess(row, day).prediction for day in (date(2024, 6, 30), workspace.reference_date))
    assert early is not None
    assert late is not None
    assert (late.first_year, late.last_year, late.points) == (2016, 2024, 6)
    assert (early.last_year or 0) < 2024
    assert late.due == 2027


def test_a_series_that_never_changed_is_no_peer() -> None:
    flat = [(indicator(code=f"flat.{one}"), known({2021: "5", 2022: "5", 2023: "5"}, DAY)) for one in range(6)]
    assert peers_of(flat, 2025) == (None, None)
    moving = [
        (indicator(code=f"moves.{one}"), known({2021: "5", 2022: "6", 2023: f"6.{one}"}, DAY)) for one in range(6)
    ]
    found, amounts = peers_of([*flat, *moving], 2025)
    assert found is not None
    assert (found.peers, amounts) == (6, None)
