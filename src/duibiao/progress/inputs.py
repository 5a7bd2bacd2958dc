"""The working sheet of one assessment: baseline, value and goal brought to one unit, with remarks."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from duibiao.kernel.period import Period
from duibiao.kernel.text import Text
from duibiao.kernel.value import Quantity, is_share
from duibiao.metrics.indicator import Accumulation, Direction, Indicator
from duibiao.metrics.observation import QUALITY_WORDS, Bound, Choice, Quality, Series, fallen
from duibiao.metrics.rollup import Coverage, window_sum
from duibiao.plan.goal import Goal, GoalKind
from duibiao.plan.model import Counting, Target, TargetScope
from duibiao.progress.policy import Policy
from duibiao.progress.status import Caveat, CaveatCode
from duibiao.stats.pooling import VariancePrior

Peers = tuple[VariancePrior | None, VariancePrior | None]
"""How much shares, and amounts, vary from year to year in other series; None where there are too few of them."""
NO_PEERS: Peers = (None, None)


@dataclass(slots=True)
class Case:
    """The working sheet of one assessment: inputs brought to one unit, and the caveats found on the way."""

    target: Target
    indicator: Indicator
    series: Series
    policy: Policy
    as_of: date
    window: tuple[int, int]
    peers: Peers = NO_PEERS
    caveats: list[Caveat] = field(default_factory=list)
    choice: Choice | None = None
    bound: Bound = Bound.EXACT
    is_doubtful: bool = False
    coverage: Coverage = field(default_factory=lambda: Coverage(0, 1))
    value: Decimal | None = None
    baseline: Decimal | None = None
    baseline_year: int = 0
    goal: Goal | None = None

    def note(self, code: CaveatCode, zh: str, en: str) -> None:
        """Add a remark."""
        self.caveats.append(Caveat(code, Text(zh, en)))

    @property
    def up(self) -> bool:
        """Tell whether more is better."""
        return self.indicator.direction is not Direction.DOWN

    @property
    def is_sum(self) -> bool:
        """Tell whether the amounts of the plan's years add up to what the goal counts."""
        adds_up = self.target.counting in (Counting.CUMULATIVE, Counting.INCREMENT)
        return self.indicator.accumulation is Accumulation.PERIOD and adds_up

    @property
    def is_over(self) -> bool:
        """Tell whether the due year has passed."""
        return self.as_of > date(self.target.due, 12, 31)


def is_unmeasurable(case: Case) -> bool:
    """Full coverage said of something that is no share cannot be computed; a person confirms it."""
    return case.target.goal.kind is GoalKind.ALL_COVERED and not is_share(case.indicator.unit)


def remark_on_target(case: Case, original: Target) -> None:
    """Remark what a reader must know of the target: amended, undated, soft, not city-wide."""
    target = case.target
    if target is not original:
        case.note(
            CaveatCode.AMENDED,
            f"目标已调整，原为{original.written}",
            f"target amended; it was {original.written}",
        )
    if not target.due_stated:
        case.note(
            CaveatCode.DUE_NOT_STATED,
            f"原文未写年份，按规划期末{target.due}年计",
            f"the text states no year; the end of the plan, {target.due}, is used",
        )
    if target.soft:
        case.note(
            CaveatCode.SOFT,
            "原文为“力争”“左右”等留有余地的表述",
            "the text is softly worded (strive for, around)",
        )
    if target.scope is not TargetScope.CITY:
        case.note(
            CaveatCode.NOT_CITY_SCOPE,
            "目标针对每个区县、学校、学生或特定对象，全市数值只作参考",
            "the target speaks of each district, school, student or a special group; a city value is only a hint",
        )


def take_baseline(case: Case) -> None:
    """Use the stated base value; else a published value of the base year, and say so. Nothing is invented."""
    target = case.target
    case.baseline_year = target.baseline.year
    if case.is_sum:
        case.baseline = Decimal(0)  # a sum over the plan window starts at nothing
    elif isinstance(target.baseline.value, Quantity):
        case.baseline = case.indicator.amount(target.baseline.value).amount
    elif case.indicator.counts_new:
        case.baseline = Decimal(0)  # 新增 counts from nothing at the end of the base year
    elif found := case.series.at(target.baseline.year):
        case.baseline = found.picked.quantity.amount
        case.note(
            CaveatCode.BASELINE_BORROWED,
            f"本条未列基期值，取{target.baseline.year}年公布值{found.picked.shown}为基期",
            f"no baseline stated here; the published value of {target.baseline.year} is used: {found.picked.quantity}",
        )
    for change in case.indicator.breaks:
        latest = case.series.latest
        if latest and case.baseline_year < change.year <= latest.picked.period.year and case.baseline is not None:
            case.baseline = None
            case.note(
                CaveatCode.SERIES_BREAK,
                f"{change.year}年起{change.reason}，与基期不可比，不计算进度",
                f"break in {change.year}: {change.reason}; not comparable with the baseline",
            )


def take_value(case: Case) -> None:
    """Take the latest value after the base year (and not after the due year), or the sum over the window."""
    after = [c for c in case.series.choices if case.baseline_year < c.picked.period.year <= case.target.due]
    for one in case.series.reprints:
        if one.period.year > case.baseline_year:
            words = QUALITY_WORDS[Quality.REPRINT]
            case.note(
                CaveatCode.QUALITY,
                f"{words.zh}：{one.shown}（{one.period}）{one.note}",
                f"{words.en}: {one.quantity}",
            )
    if not after:
        case.note(
            CaveatCode.ONLY_BASELINE,
            f"{case.baseline_year}年之后没有公布值",
            f"no value published for a year after {case.baseline_year}",
        )
        return
    case.choice = after[-1]
    case.value = after[-1].picked.quantity.amount
    case.bound = after[-1].picked.bound
    case.is_doubtful = _is_doubtful(after[-1:])
    case.coverage = Coverage(1, 1)
    if case.is_sum:
        amounts = {Period(c.picked.period.year): c.picked.quantity for c in after}
        summed = window_sum(amounts, case.window[0], case.choice.picked.period.year, case.indicator.unit)
        if isinstance(summed.value, Quantity):
            case.value = summed.value.amount
        case.coverage = summed.coverage
        case.is_doubtful = _is_doubtful(after)
        bounds = {c.picked.bound for c in after if c.picked.period.year >= case.window[0]}
        floors = bounds & {Bound.AT_LEAST, Bound.MORE_THAN}
        if floors or summed.coverage.known < summed.coverage.total:
            case.bound = Bound.AT_LEAST
        if summed.coverage.known < summed.coverage.total:
            case.note(
                CaveatCode.PARTIAL_WINDOW,
                f"规划期内只有{summed.coverage}个年度有值，合计为下限",
                f"only {summed.coverage} years of the plan window are known; the sum is a lower bound",
            )


def _is_doubtful(choices: list[Choice]) -> bool:
    """Tell whether one of the values may count something else, or is no published figure at all."""
    return any(choice.picked.quality in (Quality.SCOPE, Quality.SIMULATED) for choice in choices)


def resolve_goal(case: Case) -> None:
    """Express the goal in the indicator's unit and turn a relative one into bounds."""
    goal = case.target.goal.in_unit(case.indicator.measured_as(case.target.unit), case.indicator.unit)
    case.goal = goal.resolved(case.baseline)


def remark_on_value(case: Case) -> None:
    """Remark what a reader must know of the value: quality, contradiction, a falling total."""
    choice = case.choice
    if choice is None:
        return
    picked = choice.picked
    if picked.quality is not Quality.PLAIN:
        words = QUALITY_WORDS[picked.quality]
        said = picked.note.removeprefix(words.zh).lstrip("：:")  # a note may begin with the very word
        case.note(CaveatCode.QUALITY, f"{words.zh}：{said}", f"{words.en}: {said}")
    elif picked.note:
        case.note(CaveatCode.NOTE, picked.note, picked.note)
    if choice.is_contradicted:
        others = "；".join(
            f"{o.shown}（{o.source}，{o.published}）" for o in choice.others if o.quantity != picked.quantity
        )
        case.note(
            CaveatCode.CONTRADICTED,
            f"同一年度另有不同公布值：{others}；按来源等级和公布先后取{picked.shown}",
            f"other published values for the same year: {others}; {picked.quantity} taken by source rank and date",
        )
    for earlier, later in fallen(case.series, case.indicator):
        case.note(
            CaveatCode.CUMULATIVE_FALL,
            f"累计数下降：{earlier.period}年{earlier.shown}，{later.period}年{later.shown}，须更正或说明",
            f"running total falls: {earlier.period} {earlier.quantity}, {later.period} {later.quantity}",
        )


def exact_points(case: Case) -> dict[int, Decimal]:
    """The exact values of the series without crossing a break, for methods that look at a trend."""
    if case.is_sum:
        return {}
    first = max((change.year for change in case.indicator.breaks), default=0)
    return {
        one.period.year: one.quantity.amount
        for one in case.series
        if one.bound in (Bound.EXACT, Bound.ABOUT) and first <= one.period.year <= case.target.due
    }


def elapsed(case: Case) -> Decimal | None:
    """Share of the time from the end of the base year to the end of the due year gone on the reference date."""
    if not case.baseline_year or case.target.due <= case.baseline_year:
        return None
    start, end = date(case.baseline_year, 12, 31), date(case.target.due, 12, 31)
    return Decimal((case.as_of - start).days) / Decimal((end - start).days)
