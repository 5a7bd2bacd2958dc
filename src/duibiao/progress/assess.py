"""Holds one result against one promise: the edge cases first, in the order of the contract, then the pace.

The contract is written out in ``docs/methods.md``; every numbered rule there has a case in
``tests/cases/contract.yaml``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from duibiao.kernel.period import Period, months_between
from duibiao.kernel.text import Text
from duibiao.kernel.value import Quantity, plain
from duibiao.metrics.indicator import Accumulation, Direction, Indicator
from duibiao.metrics.observation import QUALITY_WORDS, Bound, Choice, Quality, Series, fallen
from duibiao.metrics.rollup import Coverage, window_sum
from duibiao.plan.goal import Goal, GoalKind
from duibiao.plan.model import Counting, Target, TargetScope
from duibiao.progress import methods
from duibiao.progress.methods import Track
from duibiao.progress.policy import Policy
from duibiao.progress.status import Caveat, CaveatCode, Rule, Status
from duibiao.progress.verdicts import MethodVerdict, verdicts


@dataclass(frozen=True, slots=True)
class Assessment:
    """How one target stands on one day, with every input of the status.

    ``p`` is progress, ``s`` time progress at the year of the value, ``elapsed`` time progress at the
    reference date; all three are shares that may leave 0..1. ``value`` is what was compared with the
    goal, in the indicator's unit: the picked observation, or the sum over the plan window.
    """

    target: Target
    indicator: Indicator
    as_of: date
    status: Status
    rule: Rule
    policy: str
    choice: Choice | None = None
    value: Decimal | None = None
    baseline: Decimal | None = None
    baseline_year: int | None = None
    goal: Goal | None = None
    line: Decimal | None = None
    p: Decimal | None = None
    s: Decimal | None = None
    elapsed: Decimal | None = None
    forecast: Decimal | None = None
    forecast_gap: Decimal | None = None
    observed_rate: Decimal | None = None
    required_rate: Decimal | None = None
    verdicts: tuple[MethodVerdict, ...] = ()
    caveats: tuple[Caveat, ...] = ()
    coverage: Coverage = Coverage(0, 1)
    is_provisional: bool = False

    @property
    def ratio(self) -> Decimal | None:
        """Progress ÷ time progress."""
        return self.p / self.s if self.p is not None and self.s else None

    @property
    def disagreement(self) -> tuple[MethodVerdict, ...]:
        """The methods whose verdict differs from the status of the default method."""
        return tuple(v for v in self.verdicts if v.status and _family(v.status) != _family(self.status))

    @property
    def data_as_of(self) -> str:
        """The period the value speaks of."""
        return str(self.choice.picked.period) if self.choice else ""


def _family(status: Status) -> Status:
    return Status.MET if status is Status.MET_AT_RISK else status


@dataclass(slots=True)
class _Case:
    """The working sheet of one assessment: inputs brought to one unit, and the caveats found on the way."""

    target: Target
    indicator: Indicator
    series: Series
    policy: Policy
    as_of: date
    window: tuple[int, int]
    caveats: list[Caveat] = field(default_factory=list)
    choice: Choice | None = None
    value: Decimal | None = None
    baseline: Decimal | None = None
    baseline_year: int = 0
    goal: Goal | None = None

    def note(self, code: CaveatCode, zh: str, en: str) -> None:
        self.caveats.append(Caveat(code, Text(zh, en)))

    @property
    def up(self) -> bool:
        return self.indicator.direction is not Direction.DOWN

    @property
    def is_over(self) -> bool:
        return self.as_of > date(self.target.due, 12, 31)


def assess(
    target: Target, indicator: Indicator, series: Series, policy: Policy, as_of: date, window: tuple[int, int]
) -> Assessment:
    """Assess one target from the series known on ``as_of``. ``window`` is the plan's first and last year."""
    case = _Case(target.on(as_of), indicator, series, policy, as_of, window)
    _remark_on_target(case, target)
    if case.target.goal.needs_evidence or _is_unmeasurable(case):
        return _result(case, Status.NOT_DUE if not case.is_over else Status.NO_DATA, Rule.EVIDENCE)
    _take_baseline(case)
    _take_value(case)
    _resolve_goal(case)
    if case.value is None or case.choice is None:
        return _result(case, Status.NO_DATA, Rule.NONE)
    _remark_on_value(case)
    if case.goal is None:
        return _result(case, Status.NO_BASELINE, Rule.LEVEL)
    status, rule = _judged(case, case.goal, case.value)
    if case.is_over:
        rule = Rule.FINAL
    elif _is_stale(case, case.choice):
        status = Status.NO_DATA
    return _result(case, status, rule)


def _is_unmeasurable(case: _Case) -> bool:
    """Full coverage said of something that is no share cannot be computed; a person confirms it."""
    return case.target.goal.kind is GoalKind.ALL_COVERED and case.indicator.unit != "%"


def _remark_on_target(case: _Case, original: Target) -> None:
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


def _take_baseline(case: _Case) -> None:
    """Use the stated base value; else a published value of the base year, and say so. Nothing is invented."""
    target = case.target
    case.baseline_year = target.baseline.year
    if isinstance(target.baseline.value, Quantity):
        case.baseline = case.indicator.amount(target.baseline.value).amount
    elif found := case.series.at(target.baseline.year):
        case.baseline = found.picked.quantity.amount
        case.note(
            CaveatCode.BASELINE_BORROWED,
            f"本条未列基期值，取{target.baseline.year}年公布值{found.picked.shown}为基期",
            f"no baseline stated here; the published value of {target.baseline.year} is used: {found.picked.quantity}",
        )
    for change in case.indicator.breaks:
        latest = case.series.latest
        if (
            latest
            and case.baseline_year < change.year <= latest.picked.period.year
            and case.baseline is not None
        ):
            case.baseline = None
            case.note(
                CaveatCode.SERIES_BREAK,
                f"{change.year}年起{change.reason}，与基期不可比，不计算进度",
                f"break in {change.year}: {change.reason}; not comparable with the baseline",
            )


def _take_value(case: _Case) -> None:
    """Take the latest value after the base year (and not after the due year), or the sum over the window."""
    after = [c for c in case.series.choices if case.baseline_year < c.picked.period.year <= case.target.due]
    if not after:
        case.note(
            CaveatCode.ONLY_BASELINE,
            f"{case.baseline_year}年之后没有公布值",
            f"no value published for a year after {case.baseline_year}",
        )
        return
    case.choice = after[-1]
    case.value = after[-1].picked.quantity.amount
    adds_up = case.target.counting in (Counting.CUMULATIVE, Counting.INCREMENT)
    if case.indicator.accumulation is Accumulation.PERIOD and adds_up:
        amounts = {Period(c.picked.period.year): c.picked.quantity for c in after}
        summed = window_sum(amounts, case.window[0], case.choice.picked.period.year, case.indicator.unit)
        if isinstance(summed.value, Quantity):
            case.value = summed.value.amount
        if summed.coverage.known < summed.coverage.total:
            case.note(
                CaveatCode.PARTIAL_WINDOW,
                f"规划期内只有{summed.coverage}个年度有值，合计为下限",
                f"only {summed.coverage} years of the plan window are known; the sum is a lower bound",
            )


def _resolve_goal(case: _Case) -> None:
    goal = case.target.goal.in_unit(case.indicator.measured_as(case.target.unit), case.indicator.unit)
    case.goal = goal.resolved(case.baseline)


def _remark_on_value(case: _Case) -> None:
    choice = case.choice
    if choice is None:
        return
    picked = choice.picked
    if picked.quality is not Quality.PLAIN:
        words = QUALITY_WORDS[picked.quality]
        case.note(CaveatCode.QUALITY, f"{words.zh}：{picked.note}", f"{words.en}: {picked.note}")
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


def _judged(case: _Case, goal: Goal, value: Decimal) -> tuple[Status, Rule]:
    """Apply the rules in the order of the contract."""
    direction = case.indicator.direction
    bound = case.choice.picked.bound if case.choice else Bound.EXACT
    met = met_with_bound(goal, value, bound, direction)
    if met is None:
        case.note(
            CaveatCode.UNDECIDED_BOUND,
            "公布值只是界限，不足以判定是否达到目标",
            "the published value is only a bound and cannot decide whether the goal is met",
        )
        return Status.NO_DATA, Rule.LEVEL
    if bound is Bound.ABOUT:
        case.note(CaveatCode.ABOUT, "公布值为约数", "the published value is approximate")
    keeps = _must_be_kept(case, goal)
    if met:
        return _met(case, goal, value), Rule.KEEP if keeps else _pace_rule(case)
    if bound in (Bound.AT_LEAST, Bound.MORE_THAN):
        case.note(
            CaveatCode.BOUND,
            "公布值为下限，实际进度可能更好",
            "the value is a lower bound; the true progress may be better",
        )
    if keeps:
        return _not_kept(case, value), Rule.KEEP
    if case.baseline is None:
        return Status.NO_BASELINE, Rule.LEVEL
    if case.is_over:
        return Status.BEHIND, Rule.FINAL
    return _by_pace(case, goal, value)


def met_with_bound(goal: Goal, value: Decimal, bound: Bound, direction: Direction) -> bool | None:
    """Tell whether a value said as a bound certainly meets (True) or misses (False) the goal; None if neither."""
    reached = goal.is_met(value, direction)
    if bound in (Bound.EXACT, Bound.ABOUT):
        return reached
    lower, upper = goal.bounds(direction)
    is_floor = bound in (Bound.AT_LEAST, Bound.MORE_THAN)
    if is_floor and lower is not None and upper is None:
        passes = value >= lower if bound is Bound.MORE_THAN else reached
        return True if passes else False
    if not is_floor and upper is not None and lower is None:
        passes = value <= upper if bound is Bound.LESS_THAN else reached
        return True if passes else False
    return None


def _must_be_kept(case: _Case, goal: Goal) -> bool:
    if goal.kind is GoalKind.KEEP or case.target.counting is Counting.PER_YEAR:
        return True
    return case.baseline is not None and goal.is_met(case.baseline, case.indicator.direction)


def _met(case: _Case, goal: Goal, value: Decimal) -> Status:
    """Met; at risk when the trend is harmful and would lose the goal by the due year."""
    if case.choice and not case.is_over and case.choice.picked.period.year < case.target.due:
        case.note(CaveatCode.MET_EARLY, "早于目标年已达到", "met before the due year")
    if case.baseline is None or case.is_over or case.indicator.accumulation is Accumulation.CUMULATIVE:
        return Status.MET
    track = _track(case, goal, value)
    if track is None:
        return Status.MET
    forecast = methods.linear_forecast(track)
    if forecast is not None and not goal.is_met(forecast, case.indicator.direction):
        return Status.MET_AT_RISK
    return Status.MET


def _not_kept(case: _Case, value: Decimal) -> Status:
    """Lost, or not held this year: moving away is behind, standing still or coming back asks for attention."""
    if case.baseline is None:
        return Status.ATTENTION
    change = (value - case.baseline) * (1 if case.up else -1)
    return Status.BEHIND if change < 0 else Status.ATTENTION


def _pace_rule(case: _Case) -> Rule:
    if case.baseline is None:
        return Rule.LEVEL
    return Rule.RANGE if case.indicator.direction is Direction.RANGE else Rule.LINEAR


def _by_pace(case: _Case, goal: Goal, value: Decimal) -> tuple[Status, Rule]:
    p, s = _pace(case, goal, value)
    if p is None or not s:
        return Status.NO_BASELINE, Rule.LEVEL
    ratio = p / s
    if ratio >= case.policy.on_course:
        status = Status.ON_COURSE
    else:
        status = Status.ATTENTION if ratio >= case.policy.attention else Status.BEHIND
    return status, _pace_rule(case)


def _track(case: _Case, goal: Goal, value: Decimal) -> Track | None:
    line = goal.line(case.indicator.direction)
    if line is None or case.baseline is None or case.choice is None:
        return None
    year = case.choice.picked.period.year
    return Track(case.baseline, case.baseline_year, value, year, line, case.target.due, case.up)


def _pace(case: _Case, goal: Goal, value: Decimal) -> tuple[Decimal | None, Decimal | None]:
    track = _track(case, goal, value)
    if track is None:
        return None, None
    lower, upper = goal.bounds(case.indicator.direction)
    if lower is not None and upper is not None:
        return methods.range_progress(track.base, track.value, lower, upper), methods.time_progress(track)
    return methods.progress(track), methods.time_progress(track)


def _is_stale(case: _Case, choice: Choice) -> bool:
    age = months_between(choice.picked.period.end, case.as_of)
    if age <= case.policy.stale_after_months:
        return False
    case.note(
        CaveatCode.STALE,
        f"最新值为{choice.picked.period}年，距参照日已{age}个月，超过{case.policy.stale_after_months}个月，不再用于判定",
        f"the latest value is of {choice.picked.period}, {age} months before the reference date; too old to judge by",
    )
    return True


def _result(case: _Case, status: Status, rule: Rule) -> Assessment:
    target, goal, value = case.target, case.goal, case.value
    track = _track(case, goal, value) if goal and value is not None else None
    is_line = track is not None and rule is not Rule.NONE and case.indicator.direction is not Direction.RANGE
    p, s = _pace(case, goal, value) if goal and value is not None else (None, None)
    span = target.due - case.baseline_year
    is_provisional = bool(case.is_over and case.choice and case.choice.picked.period.year < target.due)
    if is_provisional:
        case.note(
            CaveatCode.PROVISIONAL,
            f"尚无目标年{target.due}年的值，暂按{case.choice.picked.period if case.choice else ''}年值判定（暂定）",
            f"no value of the target year {target.due} yet: provisional",
        )
    line = goal.line(case.indicator.direction) if goal else None
    required = None
    if line is not None and value is not None and case.choice and target.due > case.choice.picked.period.year:
        required = (line - value) / (target.due - case.choice.picked.period.year)
    judged = ()
    if track and is_line and not case.is_over:
        judged = verdicts(track, _points(case), status, case.policy)
    return Assessment(
        target=target,
        indicator=case.indicator,
        as_of=case.as_of,
        status=status,
        rule=rule,
        policy=case.policy.version,
        choice=case.choice,
        value=value,
        baseline=case.baseline,
        baseline_year=case.baseline_year or None,
        goal=goal,
        line=line,
        p=p,
        s=s,
        elapsed=_elapsed(case, span),
        forecast=methods.linear_forecast(track) if track and is_line and not case.is_over else None,
        forecast_gap=methods.forecast_gap(track) if track and is_line and not case.is_over else None,
        observed_rate=methods.observed_rate(track) if track else None,
        required_rate=None if required is None else plain(required),
        verdicts=judged,
        caveats=tuple(case.caveats),
        coverage=Coverage(1 if value is not None else 0, 1),
        is_provisional=is_provisional,
    )


def _elapsed(case: _Case, span: int) -> Decimal | None:
    """Share of the time from the end of the base year to the end of the due year gone on the reference date."""
    if span <= 0 or not case.baseline_year:
        return None
    start, end = date(case.baseline_year, 12, 31), date(case.target.due, 12, 31)
    return Decimal((case.as_of - start).days) / Decimal((end - start).days)


def _points(case: _Case) -> dict[int, Decimal]:
    """The exact values of the series without crossing a break, for methods that look at a trend."""
    first = max((change.year for change in case.indicator.breaks), default=0)
    return {
        one.period.year: one.quantity.amount
        for one in case.series
        if one.bound in (Bound.EXACT, Bound.ABOUT) and first <= one.period.year <= case.target.due
    }


def deciding(targets: Iterable[Target], as_of: date) -> Target | None:
    """Of several dated targets for one indicator the next one due decides; a passed one only when none is left."""
    dated = sorted(
        (target.on(as_of) for target in targets),
        key=lambda target: (target.due, target.row is None, target.id),
    )
    ahead = [target for target in dated if target.due >= as_of.year]
    return ahead[0] if ahead else (dated[-1] if dated else None)
