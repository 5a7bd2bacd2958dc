"""What the other methods say of the same pace, side by side, so that a disagreement shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from duibiao.kernel.text import Text
from duibiao.progress import methods
from duibiao.progress.methods import GrowthClass, Track, Weather
from duibiao.progress.policy import Policy
from duibiao.progress.status import Status


class Method(StrEnum):
    """The methods that give a verdict."""

    LINEAR = "linear"
    GROWTH = "growth_rate"
    GERMAN = "german"
    REQUIRED_RATE = "required_rate"


METHOD_WORDS = {
    Method.LINEAR: Text("线性（进展÷序时进度）", "linear (progress ÷ time progress)"),
    Method.GROWTH: Text("增长率法（Open SDG）", "growth rate (Open SDG)"),
    Method.GERMAN: Text("德国天气符号法", "German weather symbols"),
    Method.REQUIRED_RATE: Text("所需年均变化法", "required yearly change"),
}

GROWTH_STATUS = {
    GrowthClass.ACHIEVED: Status.MET,
    GrowthClass.ON_TRACK: Status.ON_COURSE,
    GrowthClass.ACCELERATION_NEEDED: Status.ATTENTION,
    GrowthClass.LIMITED: Status.BEHIND,
    GrowthClass.DETERIORATION: Status.BEHIND,
}
WEATHER_STATUS = {
    Weather.SUN: Status.ON_COURSE,
    Weather.CLOUDY_SUN: Status.ATTENTION,
    Weather.CLOUD: Status.BEHIND,
    Weather.STORM: Status.BEHIND,
}
CLASS_WORDS = {
    "achieved": Text("已达成", "achieved"),
    "on_track": Text("按期", "on track"),
    "acceleration_needed": Text("须加快", "acceleration needed"),
    "limited": Text("进展有限", "limited progress"),
    "deterioration": Text("倒退", "deterioration"),
    "sun": Text("晴", "sun"),
    "cloudy_sun": Text("晴间多云", "cloudy sun"),
    "cloud": Text("多云", "cloud"),
    "storm": Text("雷雨", "storm"),
}


NO_WORDS = Text("")


@dataclass(frozen=True, slots=True)
class MethodVerdict:
    """One method's view: its figure, its own class word, and the status that corresponds to it.

    ``status`` is None when the method cannot speak; ``reason`` then says why. A hint rests on a stand-in
    number and never counts as a disagreement.
    """

    method: Method
    status: Status | None
    figure: Decimal | None
    word: Text
    reason: Text = NO_WORDS
    is_hint: bool = False


def verdicts(track: Track, points: Mapping[int, Decimal], status: Status, policy: Policy) -> tuple[MethodVerdict, ...]:
    """Ask every method. ``points`` are the values by year the German method needs."""
    return (
        _linear(track, status),
        _growth(track),
        _german(track, points, policy),
        _required(track, policy),
    )


def _linear(track: Track, status: Status) -> MethodVerdict:
    share, time = None if track.had_goal else methods.progress(track), methods.time_progress(track)
    figure = share / time if share is not None and time else None
    return MethodVerdict(Method.LINEAR, status, figure, Text(""))


def _growth(track: Track) -> MethodVerdict:
    found = methods.growth_class(track)
    if found is None:
        reason = Text(
            "变号或无增长要求，无法计算增长率",
            "no growth rate across a change of sign or without a required growth",
        )
        return MethodVerdict(Method.GROWTH, None, None, Text(""), reason)
    zero = track.base == 0 or track.goal == 0
    reason = (
        Text("基期或目标为0，按0.001代入，仅供参考", "base or goal is 0, replaced by 0.001: a hint only")
        if zero
        else Text("")
    )
    figure = methods.growth_ratio(track)
    return MethodVerdict(Method.GROWTH, GROWTH_STATUS[found], figure, CLASS_WORDS[found], reason, is_hint=zero)


def _german(track: Track, points: Mapping[int, Decimal], policy: Policy) -> MethodVerdict:
    limits = (policy.german_sun, policy.german_cloudy_sun)
    found = methods.weather(points, track.goal, track.due, track.up, limits)
    if found is None:
        reason = Text("连续数据不足4年", "fewer than four consecutive years")
        return MethodVerdict(Method.GERMAN, None, None, Text(""), reason)
    status = Status.MET if track.is_met and found is Weather.SUN else WEATHER_STATUS[found]
    if track.is_met and found is Weather.CLOUDY_SUN:
        status = Status.MET_AT_RISK
    return MethodVerdict(Method.GERMAN, status, methods.mean_change(points), CLASS_WORDS[found])


def _required(track: Track, policy: Policy) -> MethodVerdict:
    if track.is_met:
        return MethodVerdict(Method.REQUIRED_RATE, Status.MET, None, Text(""))
    ratio = methods.required_rate_ratio(track)
    if ratio is None:
        reason = Text("目标年已到", "the due year is reached")
        return MethodVerdict(Method.REQUIRED_RATE, None, None, Text(""), reason)
    if ratio >= policy.on_course:
        status = Status.ON_COURSE
    else:
        status = Status.ATTENTION if ratio >= policy.attention else Status.BEHIND
    return MethodVerdict(Method.REQUIRED_RATE, status, ratio, Text(""))
