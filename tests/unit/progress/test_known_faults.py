"""The sixteen wrong calculations found in other systems (platforms-and-progress §2.7), on their own numbers.

Every test names the fault; where the faulty figure is printed, the test computes it too, so that a reader
sees both. duibiao must give the right one.
"""

import ast
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import duibiao
from duibiao.kernel.period import PartialDate, Period
from duibiao.kernel.value import Missing, MissingReason, Quantity, UnitMismatchError, Value
from duibiao.metrics import rollup
from duibiao.metrics.indicator import Accumulation, Direction
from duibiao.metrics.observation import Quality, Series, series
from duibiao.plan.goal import Goal, GoalKind
from duibiao.plan.model import Counting
from duibiao.progress import methods
from duibiao.progress.assess import Assessment, assess
from duibiao.progress.methods import Track
from duibiao.progress.status import Rule, Status
from tests.helpers import POLICY, SOURCES, indicator, known, observation, target
from tests.unit.progress.printed import agrees

DAY = date(2026, 12, 31)
WINDOW = (2024, 2027)


def falling(base: str, value: str, goal: str) -> Assessment:
    """A falling indicator half way through its time."""
    what = indicator(direction=Direction.DOWN)
    return assess(target(f"<={goal}", base), what, known({2025: value}), POLICY, DAY, WINDOW)


def rising(base: str, value: str, goal: str) -> Assessment:
    return assess(target(goal, base), indicator(), known({2025: value}), POLICY, DAY, WINDOW)


def amounts(*values: str | None, unit: str = "%") -> list[Value]:
    return [Missing(MissingReason.NOT_REPORTED) if v is None else Quantity(Decimal(v), unit) for v in values]


def test_t01_progress_of_a_falling_indicator_counts_when_it_falls() -> None:
    """PRP counts only what lies above the baseline: 14 gave 0."""
    assert falling("20", "14", "5").p == Decimal("0.4")
    worse = falling("20", "25", "5")
    assert agrees(worse.p, "-0.33")
    assert worse.status is Status.BEHIND


def test_t02_a_percentage_and_a_share_are_compared_in_one_unit() -> None:
    """PRP compares 45 (percent) with 0.8 (share): 45 passes 0.8 and looks met."""
    assert Decimal(45) > Decimal("0.8")
    promise = target("0.8", "0.2", unit="比例")
    found = assess(promise, indicator(), known({2025: "45"}), POLICY, DAY, WINDOW)
    assert (found.value, found.line, found.baseline) == (Decimal(45), Decimal(80), Decimal(20))
    assert agrees(found.p, "0.42")
    assert found.status is Status.ATTENTION
    share = series([observation(2025, "0.45", measure_unit="比例")], DAY, POLICY.source_rank, SOURCES)
    assert indicator().amount(next(iter(share)).quantity) == Quantity(Decimal(45), "%")


def test_t03_a_parent_percentage_has_no_extra_one_in_its_denominator() -> None:
    """PRP starts the denominator at 1: (30 + 15) ÷ (1 + 60 + 40) = 44.55 %."""
    assert agrees(Decimal(30 + 15) / (1 + 60 + 40), "44.55%")
    parts = list(zip(amounts("30", "15", unit="人"), amounts("60", "40", unit="人"), strict=True))
    rolled = rollup.ratio(parts, "%")
    assert rolled.value == Quantity(Decimal(45), "%")
    assert str(rolled.coverage) == "2/2"


def test_t04_a_missing_part_is_neither_zero_nor_counted() -> None:
    """PRP takes the mean of 80, 60 and a missing value as 46.7."""
    assert agrees(Decimal(80 + 60 + 0) / 3, "46.7")
    rolled = rollup.mean(amounts("80", "60", None), "%")
    assert rolled.value == Quantity(Decimal(70), "%")
    assert str(rolled.coverage) == "2/3"
    assert rollup.total(amounts("80", "60", None), "%").value == Quantity(Decimal(140), "%")


def test_t05_progress_counts_from_the_baseline_and_follows_the_direction() -> None:
    """Akvo's actual ÷ target makes 14 of 5 into 280 %."""
    assert agrees(Decimal(14) / 5, "280%")
    assert agrees(falling("20", "14", "5").p, "40%")


def test_t06_eighty_five_is_shown_as_eighty_five_and_a_surplus_as_a_surplus() -> None:
    """Akvo's cap to 100 takes the maximum instead of the minimum: 85 became 100."""
    assert max(85, 100) == 100
    assert agrees(methods.actual_to_target(Track(Decimal(0), 2023, Decimal(85), 2025, Decimal(100), 2027, True)), "85%")
    assert rising("0", "85", "100").p == Decimal("0.85")
    assert rising("0", "120", "100").p == Decimal("1.2")


def test_t07_running_totals_are_not_added_up() -> None:
    """Akvo summed 100, 180 and 240 to 520."""
    assert 100 + 180 + 240 == 520
    values = {Period(2024): "100", Period(2025): "180", Period(2026): "240"}
    assert rollup.latest({year: Quantity(Decimal(v), "人") for year, v in values.items()}) == Quantity(
        Decimal(240), "人"
    )
    what = indicator(unit="人", accumulation=Accumulation.CUMULATIVE)
    promise = target("300", "0", unit="人", counting=Counting.CUMULATIVE)
    published = known({2024: "100", 2025: "180", 2026: "240"}, measure_unit="人")
    assert assess(promise, what, published, POLICY, date(2027, 12, 31), WINDOW).value == 240


def test_t08_a_late_edit_of_the_first_period_leaves_the_later_totals_alone() -> None:
    """Akvo carried a later change of period 1 (100 → 110) into periods 2 and 3."""
    told = [observation(2024, "100"), observation(2025, "180"), observation(2026, "240")]
    corrected = observation(2024, "110", published=PartialDate(2028, 3, 1))
    before = series(told, date(2027, 12, 31), POLICY.source_rank, SOURCES)
    after = series([*told, corrected], date(2028, 12, 31), POLICY.source_rank, SOURCES)
    assert [one.quantity.amount for one in before] == [100, 180, 240]
    assert [one.quantity.amount for one in after] == [110, 180, 240]
    first = after.at(2024)
    assert first is not None
    assert [other.quantity.amount for other in first.others] == [100]  # what was said first is kept


def test_t09_the_latest_value_counts_not_the_largest() -> None:
    """Imihigo takes max(9, 8, 7) = 9 and compares 8 ÷ 9 = 88.9 %."""
    assert agrees(Decimal(8) / max(9, 8, 7), "88.9%")
    published = known({2024: "9", 2025: "8", 2026: "7"})
    what = indicator(direction=Direction.DOWN)
    found = assess(target("<=8", "10"), what, published, POLICY, date(2027, 12, 31), WINDOW)
    assert found.value == 7
    assert found.status is Status.MET


def test_t10_not_available_is_excluded_and_twelve_months_at_eighty_percent_are_eighty() -> None:
    """Imihigo reads N/A as progress 0 and yet on track, and sums 12 × 80 % to 960 %, capped at 100."""
    nothing = assess(target("80", "60"), indicator(), Series(()), POLICY, DAY, WINDOW)
    assert (nothing.status, nothing.p, nothing.disagreement) == (Status.NO_DATA, None, ())
    months = amounts(*["80"] * 12)
    assert sum(one.amount for one in months if isinstance(one, Quantity)) == 960
    assert rollup.mean(months, "%").value == Quantity(Decimal(80), "%")
    assert str(rollup.mean([*months[:11], *amounts(None)], "%").coverage) == "11/12"
    assert rollup.mean(amounts(None, None), "%").value == Missing(MissingReason.NOT_REPORTED)


def test_t11_a_falling_indicator_has_one_formula_everywhere() -> None:
    """Hikaya shows 40 % in one column and ((5 - 14) ÷ 5 + 1) × 100 = -80 % in the other."""
    assert agrees(Decimal(5 - 14) / 5 + 1, "-80%")
    found = falling("20", "14", "5")
    way = Track(Decimal(20), 2023, Decimal(14), 2025, Decimal(5), 2027, False)
    assert agrees(found.p, "40%")
    assert found.p == methods.progress(way)
    linear = found.verdicts[0]
    assert linear.figure == found.ratio == Decimal("0.8")


def test_t12_words_are_a_kind_of_goal_of_their_own_and_never_become_a_number() -> None:
    """Hikaya, Tola and Akvo put N/A, High and Gender aware through float()."""
    for words in ("N/A", "High", "Gender aware"):
        with pytest.raises(ValueError, match=words):
            Goal.parse(words)
    assert Goal.parse("text").kind is GoalKind.QUALITATIVE
    judged = replace(target("text"), written="Gender aware")
    found = assess(judged, indicator(), known({2025: "60"}), POLICY, DAY, WINDOW)
    assert (found.status, found.rule, found.p) == (Status.NOT_DUE, Rule.EVIDENCE, None)
    assert isinstance(target("80").baseline.value, Missing)  # a baseline of N/A is missing with its reason


def test_t13_a_target_of_zero_reached_half_way_in_half_the_time_is_on_course() -> None:
    """StatCan puts 0.001 for 0, finds R = 0.320 and says limited."""
    way = Track(Decimal(20), 2023, Decimal(10), 2025, Decimal(0), 2027, False)
    assert agrees(methods.growth_ratio(way), "0.320")
    found = assess(target("zero", "20"), indicator(direction=Direction.DOWN), known({2025: "10"}), POLICY, DAY, WINDOW)
    assert (found.p, found.ratio, found.status) == (Decimal("0.5"), Decimal(1), Status.ON_COURSE)


def test_t14_a_start_from_zero_is_forty_percent_at_half_the_time_not_substantial() -> None:
    """StatCan puts 0.001 for 0 and finds R = 12.4."""
    way = Track(Decimal(0), 2023, Decimal(48), 2025, Decimal(120), 2027, True)
    assert agrees(methods.growth_ratio(way), "12.4")
    found = rising("0", "48", "120")
    assert (found.p, found.s, found.status) == (Decimal("0.4"), Decimal("0.5"), Status.ATTENTION)
    growth = found.verdicts[1]
    assert "0.001" in growth.reason.zh  # whoever sees the other verdict is told what it rests on


def test_t15_a_threshold_knows_its_unit_and_a_range_has_two_ends() -> None:
    """Shenyang's parser takes the first number: 0.95 fails ≥95%, and 1.2~1.8 becomes ≥1.2."""
    assert Decimal("0.95") < 95
    threshold = Goal.parse(">=95")
    assert threshold.is_met(indicator().amount(Quantity(Decimal("0.95"), "比例")).amount, Direction.UP)
    assert not threshold.is_met(indicator().amount(Quantity(Decimal("0.94"), "比例")).amount, Direction.UP)
    assert threshold.in_unit("%", "比例").is_met(Decimal("0.95"), Direction.UP)
    with pytest.raises(UnitMismatchError):
        threshold.in_unit("%", "人")
    window = Goal.parse("1.2..1.8")
    assert [window.is_met(Decimal(v), Direction.RANGE) for v in ("1.1", "1.2", "1.8", "1.9")] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("written", [">=95%", "1.2~1.8"])
def test_t15_a_threshold_we_cannot_read_is_refused_and_not_cut_to_its_first_number(written: str) -> None:
    with pytest.raises(ValueError, match=written):
        Goal.parse(written)


def test_t16_no_source_file_evaluates_text_as_code() -> None:
    """Shenyang runs formulas through eval and new Function in eight places."""
    files = sorted(Path(duibiao.__file__).parent.rglob("*.py"))
    assert len(files) > 20
    found = [
        f"{file.name}:{node.lineno}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("eval", "exec", "compile", "__import__")
    ]
    assert not found


def test_t16_a_goal_with_code_in_it_is_refused_and_not_run(tmp_path: Path) -> None:
    trace = tmp_path / "was-run"
    for text in (f"__import__('pathlib').Path({str(trace)!r}).touch()", "1+1", "keep 90+5", ">=__import__"):
        with pytest.raises(ValueError, match=r".+"):
            Goal.parse(text)
    assert not trace.exists()


def test_each_of_the_sixteen_faults_has_a_test() -> None:
    numbers = {name[6:8] for name in globals() if name.startswith("test_t")}
    assert numbers == {f"{number:02}" for number in range(1, 17)}


def test_a_simulated_value_never_turns_a_status() -> None:
    """Not of the sixteen, but found beside them: demonstration dashboards whose data is made up."""
    found = assess(target("80", "60"), indicator(), known({2025: "90"}, quality=Quality.SIMULATED), POLICY, DAY, WINDOW)
    assert found.status is Status.NO_DATA
