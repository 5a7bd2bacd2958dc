"""The forecast of a target: where the value will be in the due year, how surely, and whether the goal is reached.

What is predicted are the published values of the indicator, by ``duibiao.stats.drift``; nothing here looks at the goal
before the prediction is made. Where the method cannot speak it says why, and there is no interval.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from duibiao.kernel.text import Text
from duibiao.kernel.value import is_share, plain
from duibiao.metrics.indicator import Accumulation, Indicator
from duibiao.metrics.observation import Bound, Quality, Series
from duibiao.plan.goal import Goal
from duibiao.progress.inputs import Case, Peers
from duibiao.stats.drift import (
    FEWEST_POINTS,
    METHOD,
    MOST_POINTS,
    TESTED_AHEAD,
    Predictive,
    damped_drift,
    relative_variance,
    steps,
)
from duibiao.stats.pooling import VariancePrior, fit_prior

LIKELY, NEARLY_SURE = 0.80, 0.95
"""The two intervals that are told: four in five, and nineteen in twenty."""
METHOD_NAME = Text(
    "阻尼半步漂移，方差与同类序列合并，t分布区间",
    "half the mean yearly change, damped; variance pooled with peer series, t intervals",
)
NO_REASON = Text("")
_DIGITS = 6
_USABLE = (Quality.PLAIN, Quality.DERIVED)


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the value will be in the due year and whether it will reach the goal (预测), or ``reason`` why nobody knows.

    Amounts are in the indicator's unit and rounded to six digits; ``low`` and ``high`` hold the value with 80 %,
    ``lowest`` and ``highest`` with 95 %. ``probability`` of reaching the goal by then is 0..1. ``points`` values
    of ``first_year``..``last_year`` were used, ``ahead`` is how many years the due year lies after the last of them,
    ``peers`` how many other series the variance was pooled with (0: none) and ``freedom`` the degrees of freedom.
    """

    method: str
    due: int
    points: int
    first_year: int | None = None
    last_year: int | None = None
    ahead: int = 0
    point: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    probability: Decimal | None = None
    peers: int = 0
    freedom: Decimal | None = None
    reason: Text = NO_REASON
    notes: tuple[Text, ...] = ()

    @property
    def is_known(self) -> bool:
        """Tell whether there is an interval."""
        return self.point is not None


def usable_points(series: Series, indicator: Indicator, until: int) -> dict[int, Decimal]:
    """The values of a series a trend may rest on: exact or about, not in doubt, after the last break, up to a year."""
    first = max((change.year for change in indicator.breaks), default=0)
    return {
        one.period.year: one.quantity.amount
        for one in series
        if one.bound in (Bound.EXACT, Bound.ABOUT) and one.quality in _USABLE and first <= one.period.year <= until
    }


def peers_of(all_series: Iterable[tuple[Indicator, Series]], until: int) -> Peers:
    """Fit what the series of shares, and those of amounts, have in common in how much they vary from year to year.

    A series that never changed is left out: rounded counts stand still and then jump, and nought has no logarithm.
    """
    found: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    for indicator, series in all_series:
        points = usable_points(series, indicator, until)
        years = sorted(points)[-MOST_POINTS:]
        said = steps(years, [float(points[year]) for year in years])
        variance = relative_variance(said) if said else None
        if said and variance:
            found[0 if is_share(indicator.unit) else 1].append((variance, float(said.freedom)))
    shares, amounts = (fit_prior([v for v, _ in one], [d for _, d in one]) for one in found)
    return shares, amounts


def predict(case: Case) -> Prediction | None:
    """Predict the value of the due year and the probability of reaching the goal; None for a goal that is no number."""
    goal = case.goal
    if goal is None or goal.line(case.indicator.direction) is None:
        return None
    due = case.target.due
    points = usable_points(case.series, case.indicator, due)
    years = sorted(points)[-MOST_POINTS:]
    seen = Prediction(METHOD, due, len(years), years[0] if years else None, years[-1] if years else None)
    if reason := _why_not(case, years):
        return _unknown(seen, reason)
    prior = case.peers[0 if is_share(case.indicator.unit) else 1]
    ahead = due - years[-1]
    found = damped_drift(years, [float(points[year]) for year in years], ahead, prior)
    if found is None:
        words = Text(
            "历年值没有变化，也没有足够的同类序列，区间无从估计",
            "the values never changed and there are too few peer series: no interval can be estimated",
        )
        return _unknown(seen, words)
    return _told(seen, found, _Limits.of(case.indicator, points[years[-1]]), goal, case, prior)


def _unknown(seen: Prediction, reason: Text) -> Prediction:
    return Prediction(seen.method, seen.due, seen.points, seen.first_year, seen.last_year, reason=reason)


def _why_not(case: Case, years: list[int]) -> Text | None:
    """Why no forecast is made, in the order a reader would ask."""
    if case.is_over:
        return Text("目标年已过，按结果判定，不作预测", "the due year is over: the result decides, nothing is forecast")
    if case.is_sum:
        return Text(
            "规划期内逐年相加的数，此法不预测", "a sum over the years of the plan is not forecast by this method"
        )
    number = len(years)
    if number < FEWEST_POINTS:
        return Text(
            f"可用的公布值只有{number}个，不足{FEWEST_POINTS}个，不给区间和概率"
            "（界限值、口径存疑值、断点以前的值不算）",
            f"only {number} usable published {'value' if number == 1 else 'values'}; at least {FEWEST_POINTS} are "
            "needed for an interval and a probability (bounds, doubtful values and values before a break do not count)",
        )
    if years[-1] >= case.target.due:
        return Text("目标年的值已公布", "the value of the due year has been published")
    return None


@dataclass(frozen=True, slots=True)
class _Limits:
    """Where a value cannot lie: outside the declared range, and for a running total below what it already is."""

    least: float
    most: float

    @classmethod
    def of(cls, indicator: Indicator, last: Decimal) -> "_Limits":
        least = float("-inf") if indicator.minimum is None else float(indicator.minimum)
        if indicator.accumulation is Accumulation.CUMULATIVE:
            least = max(least, float(last))
        return cls(least, float("inf") if indicator.maximum is None else float(indicator.maximum))

    def cut(self, value: float) -> float:
        return min(max(value, self.least), self.most)


def _told(
    seen: Prediction, found: Predictive, limits: _Limits, goal: Goal, case: Case, prior: VariancePrior | None
) -> Prediction:
    low, high = found.interval(LIKELY)
    lowest, highest = found.interval(NEARLY_SURE)
    last = seen.last_year or 0
    return Prediction(
        method=seen.method,
        due=seen.due,
        points=seen.points,
        first_year=seen.first_year,
        last_year=seen.last_year,
        ahead=seen.due - last,
        point=_decimal(limits.cut(found.point)),
        low=_decimal(limits.cut(low)),
        high=_decimal(limits.cut(high)),
        lowest=_decimal(limits.cut(lowest)),
        highest=_decimal(limits.cut(highest)),
        probability=_decimal(round(_probability(found, limits, goal, case), 4)),
        peers=prior.peers if prior else 0,
        freedom=_decimal(round(found.freedom, 2)),
        notes=tuple(_notes(seen, found, limits, prior)),
    )


def _probability(found: Predictive, limits: _Limits, goal: Goal, case: Case) -> float:
    """The probability that the value, kept inside what is possible, lies within the goal's bounds."""
    lower, upper = goal.bounds(case.indicator.direction)
    below, above = 0.0, 0.0
    if lower is not None and float(lower) > limits.least:
        below = 1.0 if float(lower) > limits.most else found.at_most(float(lower))
    if upper is not None and float(upper) < limits.most:
        above = 1.0 if float(upper) < limits.least else found.at_least(float(upper))
    return max(0.0, 1.0 - below - above)


def _notes(seen: Prediction, found: Predictive, limits: _Limits, prior: VariancePrior | None) -> Iterable[Text]:
    if prior is None:
        yield Text(
            "没有足够的同类序列可供合并，区间只凭本序列，偏宽",
            "too few peer series to pool with: the interval rests on this series alone and is wide",
        )
    ahead = seen.due - (seen.last_year or 0)
    if ahead > TESTED_AHEAD:
        yield Text(
            f"外推{ahead}年，超过此法检验过的{TESTED_AHEAD}年，区间可能偏窄",
            f"{ahead} years ahead, more than the {TESTED_AHEAD} that were tested: the interval may be too narrow",
        )
    if limits.cut(found.point) != found.point:
        yield Text(
            "点预测越过该指标的上下限，按限值给出", "the point lay outside the limits of the indicator and is cut"
        )


def _decimal(value: float) -> Decimal:
    """A float as the decimal of its first six digits: the same on every machine, and no figure that looks exact."""
    return plain(Decimal(f"{value:.{_DIGITS}g}"))
