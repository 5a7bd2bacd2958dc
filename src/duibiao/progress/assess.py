"""Holds one result against one promise: the edge cases first, in the order of the contract, then the pace.

The contract is written out in ``docs/methods.md``; every numbered rule there has a case in
``tests/cases/contract.yaml``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from duibiao.kernel.period import months_between
from duibiao.kernel.value import plain
from duibiao.metrics.indicator import Accumulation, Direction, Indicator
from duibiao.metrics.observation import Bound, Choice, Series
from duibiao.metrics.rollup import Coverage
from duibiao.plan.goal import Goal, GoalKind
from duibiao.plan.model import Counting, Target
from duibiao.progress import methods
from duibiao.progress.inputs import (
    NO_PEERS,
    Case,
    Peers,
    elapsed,
    exact_points,
    is_unmeasurable,
    remark_on_target,
    remark_on_value,
    resolve_goal,
    take_baseline,
    take_value,
)
from duibiao.progress.methods import Track
from duibiao.progress.policy import Policy
from duibiao.progress.prediction import Prediction, predict
from duibiao.progress.status import KNOWN, Caveat, CaveatCode, Rule, Status
from duibiao.progress.verdicts import MethodVerdict, verdicts

NOTHING_KNOWN = Coverage(0, 1)


@dataclass(frozen=True, slots=True)
class Assessment:
    """How one target stands on one day, with every input of the status.

    ``p`` is progress, ``s`` time progress at the year of the value, ``elapsed`` time progress at the
    reference date; all three are shares that may leave 0..1. ``value`` is what was compared with the
    goal, in the indicator's unit: the picked observation, or the sum over the plan window.
    ``forecast`` is the plain line of the present pace; ``prediction`` has an interval and a probability, or the reason
    why it has none.
    ``if_accepted`` is the status a doubtful or outdated value would give; the status itself is then no data.
    """

    target: Target
    indicator: Indicator
    as_of: date
    status: Status
    rule: Rule
    policy: str
    if_accepted: Status | None = None
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
    coverage: Coverage = NOTHING_KNOWN
    is_provisional: bool = False
    bound: Bound = Bound.EXACT
    is_sum: bool = False
    is_doubtful: bool = False
    prediction: Prediction | None = None

    @property
    def ratio(self) -> Decimal | None:
        """Progress ÷ time progress."""
        return self.p / self.s if self.p is not None and self.s else None

    @property
    def disagreement(self) -> tuple[MethodVerdict, ...]:
        """The methods whose verdict differs from the status of the default method."""
        if self.status not in KNOWN:
            return ()
        return tuple(
            v for v in self.verdicts if v.status and not v.is_hint and _family(v.status) != _family(self.status)
        )

    @property
    def data_as_of(self) -> str:
        """The period the value speaks of."""
        return str(self.choice.picked.period) if self.choice else ""


def _family(status: Status) -> Status:
    return Status.MET if status is Status.MET_AT_RISK else status


def assess(
    target: Target,
    indicator: Indicator,
    series: Series,
    policy: Policy,
    as_of: date,
    window: tuple[int, int],
    peers: Peers = NO_PEERS,
) -> Assessment:
    """Assess one target from the series known on ``as_of``.

    ``window`` is the plan's first and last year; ``peers`` say how much other series vary, for the prediction alone.
    """
    case = Case(target.on(as_of), indicator, series, policy, as_of, window, peers)
    remark_on_target(case, target)
    if case.target.goal.needs_evidence or is_unmeasurable(case):
        return _result(case, Status.NOT_DUE if not case.is_over else Status.NO_DATA, Rule.EVIDENCE)
    take_baseline(case)
    take_value(case)
    resolve_goal(case)
    if case.value is None or case.choice is None:
        return _result(case, Status.NO_DATA, Rule.NONE)
    remark_on_value(case)
    if case.goal is None:
        return _result(case, Status.NO_BASELINE, Rule.LEVEL)
    status, rule = _judged(case, case.goal, case.value)
    if case.is_over:
        rule = Rule.FINAL
    if _cannot_decide(case, case.choice, status):
        return _result(case, Status.NO_DATA, rule, if_accepted=status)
    return _result(case, status, rule)


def _judged(case: Case, goal: Goal, value: Decimal) -> tuple[Status, Rule]:
    """Apply the rules in the order of the contract."""
    direction = case.indicator.direction
    bound = case.bound
    if bound is Bound.ABOUT:
        case.note(CaveatCode.ABOUT, "公布值为约数", "the published value is approximate")
    elif bound is not Bound.EXACT:
        case.note(CaveatCode.BOUND, "公布值是界限，不是确数", "the published value is a bound, not an exact figure")
    keeps = _must_be_kept(case, goal)
    if is_shown_met(goal, value, bound, direction):
        return _met(case, goal, value), Rule.KEEP if keeps else _pace_rule(case)
    if keeps:
        return _not_kept(case, goal, value), Rule.KEEP
    if case.is_over:
        return Status.BEHIND, Rule.FINAL
    if case.baseline is None:
        return Status.NO_BASELINE, Rule.LEVEL
    return _by_pace(case, goal, value)


def _helps(bound: Bound, direction: Direction) -> bool:
    """Tell whether the true value can only be better than a value said as this bound."""
    is_floor = bound in (Bound.AT_LEAST, Bound.MORE_THAN)
    return is_floor if direction is Direction.UP else not is_floor


def is_shown_met(goal: Goal, value: Decimal, bound: Bound, direction: Direction) -> bool:
    """Tell whether a value, said exactly or as a bound, certainly reaches the goal."""
    if bound in (Bound.EXACT, Bound.ABOUT):
        return goal.is_met(value, direction)
    if direction is Direction.RANGE or not _helps(bound, direction):
        return False
    if bound in (Bound.MORE_THAN, Bound.LESS_THAN):  # 超过80 reaches a goal of 超过80
        return replace(goal, strict=False).is_met(value, direction)
    return goal.is_met(value, direction)


def is_shown_missed(goal: Goal, value: Decimal, bound: Bound, direction: Direction) -> bool:
    """Tell whether a value, said exactly or as a bound, certainly misses the goal."""
    if bound in (Bound.EXACT, Bound.ABOUT):
        return not goal.is_met(value, direction)
    if direction is Direction.RANGE or _helps(bound, direction):
        return False
    return not goal.is_met(value, direction) or (
        bound in (Bound.MORE_THAN, Bound.LESS_THAN) and value == goal.line(direction)
    )


def bound_decides(status: Status, bound: Bound, direction: Direction) -> bool:
    """Tell whether a status computed at a bound is certain.

    "More than 10,000" proves what 10,000 proves to be good, and cannot prove that anything is behind.
    """
    if bound in (Bound.EXACT, Bound.ABOUT):
        return True
    if direction is Direction.RANGE:
        return False
    good = (Status.MET, Status.MET_AT_RISK, Status.ON_COURSE)
    return status in good if _helps(bound, direction) else status is Status.BEHIND


def _must_be_kept(case: Case, goal: Goal) -> bool:
    if goal.kind is GoalKind.KEEP or case.target.counting is Counting.PER_YEAR:
        return True
    if case.baseline is None:
        return False
    direction = case.indicator.direction
    return goal.is_met(case.baseline, direction) or case.baseline == goal.line(direction)


def _met(case: Case, goal: Goal, value: Decimal) -> Status:
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


def _not_kept(case: Case, goal: Goal, value: Decimal) -> Status:
    """Lost, or not held this year: moving away is behind, standing still or coming back asks for attention."""
    if case.is_over:
        return Status.BEHIND
    if case.baseline is None:
        return Status.ATTENTION
    lower, upper = goal.bounds(case.indicator.direction)
    change = (value - case.baseline) * (1 if case.up else -1)
    if lower is not None and upper is not None:
        change = methods.distance_to_range(case.baseline, lower, upper) - methods.distance_to_range(value, lower, upper)
    return Status.BEHIND if change < 0 else Status.ATTENTION


def _pace_rule(case: Case) -> Rule:
    if case.baseline is None:
        return Rule.LEVEL
    return Rule.RANGE if case.indicator.direction is Direction.RANGE else Rule.LINEAR


def _by_pace(case: Case, goal: Goal, value: Decimal) -> tuple[Status, Rule]:
    p, s = _pace(case, goal, value)
    if p is None or not s:
        return Status.NO_BASELINE, Rule.LEVEL
    ratio = p / s
    if ratio >= case.policy.on_course:
        status = Status.ON_COURSE
    else:
        status = Status.ATTENTION if ratio >= case.policy.attention else Status.BEHIND
    return status, _pace_rule(case)


def _track(case: Case, goal: Goal, value: Decimal) -> Track | None:
    line = goal.line(case.indicator.direction)
    if line is None or case.baseline is None or case.choice is None:
        return None
    year = case.choice.picked.period.year
    return Track(case.baseline, case.baseline_year, value, year, line, case.target.due, case.up, goal.strict)


def _pace(case: Case, goal: Goal, value: Decimal) -> tuple[Decimal | None, Decimal | None]:
    track = _track(case, goal, value)
    if track is None:
        return None, None
    if goal.is_met(track.base, case.indicator.direction):
        return None, methods.time_progress(track)
    lower, upper = goal.bounds(case.indicator.direction)
    if lower is not None and upper is not None:
        return methods.range_progress(track.base, track.value, lower, upper), methods.time_progress(track)
    return methods.progress(track), methods.time_progress(track)


def _cannot_decide(case: Case, choice: Choice, status: Status) -> bool:
    """A value that is too old, may count something else or is a bound that proves nothing decides nothing."""
    direction = case.indicator.direction
    is_open = not bound_decides(status, case.bound, direction)
    if (
        status is Status.BEHIND
        and case.goal
        and case.value is not None
        and (case.is_over or _must_be_kept(case, case.goal))
    ):
        is_open = not is_shown_missed(case.goal, case.value, case.bound, direction)
    if is_open:
        case.note(
            CaveatCode.UNDECIDED_BOUND,
            "公布值只是界限，实际值可能更好或更差，不足以判定",
            "the published value is only a bound; the true value may differ, so it cannot decide",
        )
    return (not case.is_over and _is_stale(case, choice)) or case.is_doubtful or is_open


def _is_stale(case: Case, choice: Choice) -> bool:
    age = months_between(choice.picked.period.end, case.as_of)
    if age <= case.policy.stale_after_months:
        return False
    case.note(
        CaveatCode.STALE,
        f"最新值为{choice.picked.period}年，距参照日已{age}个月，超过{case.policy.stale_after_months}个月，不再用于判定",
        f"the latest value is of {choice.picked.period}, {age} months before the reference date; too old to judge by",
    )
    return True


def _result(case: Case, status: Status, rule: Rule, if_accepted: Status | None = None) -> Assessment:
    target, goal, value = case.target, case.goal, case.value
    track = _track(case, goal, value) if goal and value is not None else None
    is_line = track is not None and rule is not Rule.NONE and case.indicator.direction is not Direction.RANGE
    p, s = _pace(case, goal, value) if goal and value is not None else (None, None)
    is_provisional = bool(case.is_over and case.choice and case.choice.picked.period.year < target.due)
    if is_provisional:
        case.note(
            CaveatCode.PROVISIONAL,
            f"尚无目标年{target.due}年的值，暂按{case.choice.picked.period if case.choice else ''}年值判定（暂定）",
            f"no value of the target year {target.due} yet: provisional",
        )
    line = goal.line(case.indicator.direction) if goal else None
    if goal and goal.upper is not None and value is not None and case.indicator.direction is Direction.RANGE:
        line = goal.upper if value > goal.upper else line
    required = None
    if line is not None and value is not None and case.choice and target.due > case.choice.picked.period.year:
        required = (line - value) / (target.due - case.choice.picked.period.year)
    judged: tuple[MethodVerdict, ...] = ()
    if track and is_line and not case.is_over:
        judged = verdicts(track, exact_points(case), status, case.policy)
    return Assessment(
        target=target,
        indicator=case.indicator,
        as_of=case.as_of,
        status=status,
        if_accepted=if_accepted,
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
        elapsed=elapsed(case),
        forecast=methods.linear_forecast(track) if track and is_line and not case.is_over else None,
        forecast_gap=methods.forecast_gap(track) if track and is_line and not case.is_over else None,
        observed_rate=methods.observed_rate(track) if track else None,
        required_rate=None if required is None else plain(required),
        verdicts=judged,
        caveats=tuple(case.caveats),
        coverage=case.coverage,
        is_provisional=is_provisional,
        bound=case.bound,
        is_sum=case.is_sum,
        is_doubtful=case.is_doubtful,
        prediction=predict(case),
    )


def deciding(targets: Iterable[Target], as_of: date) -> Target | None:
    """Of several dated targets for one indicator the next one due decides; a passed one only when none is left."""
    dated = sorted(
        targets,
        key=lambda target: (target.on(as_of).due, target.row is None, target.id),
    )
    ahead = [target for target in dated if target.on(as_of).due >= as_of.year]
    return ahead[0] if ahead else (dated[-1] if dated else None)
