"""How a forecast is said: value, interval, probability, the method and what it rests on; or why there is none."""

from decimal import ROUND_HALF_EVEN, Decimal

from duibiao.kernel.text import Text
from duibiao.progress.prediction import METHOD_NAME, Prediction
from duibiao.views.words import rounded_words

LEAST, MOST, STEP = Decimal(5), Decimal(95), Decimal(5)
"""A probability from a handful of points is told in steps of five percent and never as certain."""


def interval_words(found: Prediction, unit: str) -> Text:
    """Where the value will be: the point, the interval of 80 % and that of 95 %; the reason where there is none."""
    if not found.is_known:
        return found.reason
    point, low, high, lowest, highest = (
        rounded_words(amount, unit) for amount in (found.point, found.low, found.high, found.lowest, found.highest)
    )
    return Text(
        f"{found.due}年约为{point}，80%区间{low}—{high}，95%区间{lowest}—{highest}",
        f"about {point} in {found.due}; 80 % interval {low} to {high}, 95 % interval {lowest} to {highest}",
    )


def probability_words(found: Prediction) -> Text:
    """The probability of reaching the goal, in steps of five percent; a dash where nobody can say."""
    if found.probability is None:
        return Text("—")
    share = found.probability * 100
    if share < LEAST:
        return Text("不到5%", "below 5 %")
    if share > MOST:
        return Text("95%以上", "above 95 %")
    rounded = (share / STEP).quantize(Decimal(1), ROUND_HALF_EVEN) * STEP
    return Text(f"约{rounded}%", f"about {rounded} %")


def basis_words(found: Prediction) -> Text:
    """The method and what it used: how many values of which years, how far ahead, how many peers."""
    if not found.is_known:
        return Text("")
    years = f"{found.first_year}—{found.last_year}"
    peers = f"，与{found.peers}个同类序列合并方差" if found.peers else "，没有同类序列可合并"
    peers_en = f", variance pooled with {found.peers} series" if found.peers else ", no peer series to pool with"
    return Text(
        f"{METHOD_NAME.zh}（{found.method}）；用{years}年{found.points}个公布值，外推{found.ahead}年{peers}",
        f"{METHOD_NAME.en} ({found.method}); {found.points} published values of {years}, "
        f"{found.ahead} {'year' if found.ahead == 1 else 'years'} ahead{peers_en}",
    )
