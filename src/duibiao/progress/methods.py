"""The methods that judge a pace, as pure functions on exact decimals.

Sources of the formulas: Open SDG / Statistics Canada progress methodology (growth rates), UN SDG
Progress Chart 2023 (projection), SDSN Sustainable Development Report (arrows), the status method of
the German sustainable development strategy (weather symbols). The linear method and the required
rate are duibiao's own declared methods. Worked numbers are in ``tests/cases/methods.yaml``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

OPEN_SDG_ZERO = Decimal("0.001")
"""What Open SDG puts in place of a zero base or target, because a growth rate from zero does not exist."""

FIVE_YEARS = 5
FEWEST_POINTS = 4
"""The German method needs four consecutive years, and looks at the last five changes."""


@dataclass(frozen=True, slots=True)
class Track:
    """The way from a base value to a goal: values and years; ``up`` tells which way is good."""

    base: Decimal
    base_year: int
    value: Decimal
    year: int
    goal: Decimal
    due: int
    up: bool
    strict: bool = False

    @property
    def sign(self) -> int:
        """+1 where more is better, -1 where less is."""
        return 1 if self.up else -1

    @property
    def is_met(self) -> bool:
        """Tell whether the value has reached the goal."""
        return self._reaches(self.value)

    @property
    def had_goal(self) -> bool:
        """Tell whether the base value had reached the goal: then change over gap is no progress."""
        return self._reaches(self.base)

    def _reaches(self, value: Decimal) -> bool:
        ahead = (value - self.goal) * self.sign
        return ahead > 0 or (ahead == 0 and not self.strict)


# --- linear to target, the default -----------------------------------------------------------------


def progress(track: Track) -> Decimal | None:
    """Share of the way covered, p = (yᵢ - y₀) ÷ (y_T - y₀); may be below 0 or above 1. None for a zero gap."""
    gap = track.goal - track.base
    return (track.value - track.base) / gap if gap else None


def time_progress(track: Track) -> Decimal | None:
    """Share of the time gone at the year of the value (序时进度), s = (tᵢ - t₀) ÷ (t_T - t₀)."""
    span = track.due - track.base_year
    return Decimal(track.year - track.base_year) / span if span else None


def observed_rate(track: Track) -> Decimal | None:
    """Mean change a year since the base year."""
    years = track.year - track.base_year
    return (track.value - track.base) / years if years else None


def required_rate(track: Track) -> Decimal | None:
    """Mean change a year needed from now to the due year; None when the due year is reached."""
    years = track.due - track.year
    return (track.goal - track.value) / years if years > 0 else None


def linear_forecast(track: Track) -> Decimal | None:
    """The value in the due year if the mean change since the base year goes on."""
    rate = observed_rate(track)
    return None if rate is None else track.value + rate * (track.due - track.year)


def forecast_gap(track: Track) -> Decimal | None:
    """By how much the linear forecast misses the goal, as a share of the whole way; below 0 when it passes it."""
    forecast, way = linear_forecast(track), abs(track.goal - track.base)
    return None if forecast is None or not way else (track.goal - forecast) * track.sign / way


def required_rate_ratio(track: Track) -> Decimal | None:
    """Observed change a year ÷ required change a year; None when nothing more is required."""
    observed, required = observed_rate(track), required_rate(track)
    if observed is None or not required:
        return None
    return observed / required


# --- growth rates (Open SDG) -----------------------------------------------------------------------


def annual_growth(later: Decimal, earlier: Decimal, years: int) -> Decimal | None:
    """Compound annual growth rate; None across a change of sign, from zero, or over no years."""
    if years <= 0 or earlier == 0 or later / earlier < 0:
        return None
    if later == 0:
        return Decimal(-1)
    return (later / earlier) ** (Decimal(1) / years) - 1


def growth_ratio(track: Track) -> Decimal | None:
    """Observed ÷ required growth rate, R = sign·d·o ÷ |r| (Open SDG, with its 0.001 for a zero)."""
    base = track.base or OPEN_SDG_ZERO
    goal = track.goal or OPEN_SDG_ZERO
    observed = annual_growth(track.value, base, track.year - track.base_year)
    required = annual_growth(goal, base, track.due - track.base_year)
    if observed is None or not required:
        return None
    return (-1 if base < 0 else 1) * track.sign * observed / abs(required)


class GrowthClass(StrEnum):
    """The classes of Open SDG for an indicator with a target."""

    ACHIEVED = "achieved"
    ON_TRACK = "on_track"
    ACCELERATION_NEEDED = "acceleration_needed"
    LIMITED = "limited"
    DETERIORATION = "deterioration"


def growth_class(track: Track) -> GrowthClass | None:
    """Class of the growth ratio: 0.95, 0.60 and 0 are the limits Open SDG sets."""
    if track.is_met:
        return GrowthClass.ACHIEVED
    ratio = growth_ratio(track)
    if ratio is None:
        return None
    if ratio >= Decimal("0.95"):
        return GrowthClass.ON_TRACK
    if ratio >= Decimal("0.60"):
        return GrowthClass.ACCELERATION_NEEDED
    return GrowthClass.LIMITED if ratio >= 0 else GrowthClass.DETERIORATION


def growth_score(track: Track) -> Decimal | None:
    """Open SDG's score from -5 to +5."""
    if track.is_met:
        return Decimal(5)
    ratio = growth_ratio(track)
    if ratio is None:
        return None
    if ratio >= Decimal("0.6"):
        return min(Decimal("7.1429") * ratio - Decimal("4.2857"), Decimal(5))
    return max(Decimal("4.1667") * ratio - Decimal("2.5"), Decimal(-5))


# --- UN progress chart and SDSN arrows -------------------------------------------------------------


def un_projection(track: Track) -> Decimal | None:
    """Share of the way the growth rate will have covered by the due year, q = (e - y₀) ÷ (y_T - y₀)."""
    growth = annual_growth(track.value, track.base, track.year - track.base_year)
    if growth is None or track.goal == track.base or track.had_goal:
        return None
    expected = track.value * (1 + growth) ** (track.due - track.year)
    return (expected - track.base) / (track.goal - track.base)


class Arrow(StrEnum):
    """The trend arrows of the Sustainable Development Report."""

    ON_TRACK = "↑"
    IMPROVING = "➚"
    STAGNATING = "→"
    DECREASING = "↓"


def arrow(track: Track) -> Arrow | None:
    """Actual ÷ required yearly change as an arrow; None for a value that is met but falling."""
    change = (track.value - track.base) * track.sign
    if track.is_met:
        return Arrow.ON_TRACK if change >= 0 else None
    share, time = progress(track), time_progress(track)
    if (track.base >= track.goal) if track.up else (track.base <= track.goal):
        return Arrow.DECREASING  # it had the goal and lost it: the ratio would call that progress
    if share is None or not time:
        return None
    ratio = share / time
    if ratio < 0:
        return Arrow.DECREASING
    if ratio < Decimal("0.5"):
        return Arrow.STAGNATING
    return Arrow.IMPROVING if ratio < 1 else Arrow.ON_TRACK


def actual_to_target(track: Track) -> Decimal | None:
    """Value ÷ goal, inverted for falling indicators. Shown for comparison only: it ignores the base value.

    This is the figure many systems print as progress; a falling indicator that never moved can show 400 %.
    """
    above, below = (track.value, track.goal) if track.up else (track.goal, track.value)
    if below == 0 or (above == 0 and not track.up):
        return None
    return above / below


# --- German weather symbols ------------------------------------------------------------------------


class Weather(StrEnum):
    """The status symbols of the German sustainable development strategy."""

    SUN = "sun"
    CLOUDY_SUN = "cloudy_sun"
    CLOUD = "cloud"
    STORM = "storm"


def mean_change(values: Mapping[int, Decimal]) -> Decimal | None:
    """Mean yearly change of the last five changes; None with fewer than four consecutive years."""
    if not values:
        return None
    last = max(values)
    years = [last]
    while years[-1] - 1 in values and len(years) <= FIVE_YEARS:
        years.append(years[-1] - 1)
    if len(years) < FEWEST_POINTS:
        return None
    return (values[last] - values[years[-1]]) / (len(years) - 1)


def weather(
    values: Mapping[int, Decimal], goal: Decimal, due: int, up: bool, limits: tuple[Decimal, Decimal]
) -> Weather | None:
    """Weather symbol of a dated target: forecast by the mean change against what remains to be done.

    ``limits`` are the largest misses, as shares of the remaining distance, for sun and cloudy sun.
    """
    change = mean_change(values)
    if change is None:
        return None
    last = max(values)
    sign = 1 if up else -1
    if (values[last] - goal) * sign >= 0:
        return kept_weather(is_met=True, is_harmful=change * sign < 0)
    if change * sign <= 0:
        return Weather.STORM
    remaining = abs(goal - values[last])
    miss = (goal - (values[last] + change * (due - last))) * sign / remaining
    if miss < limits[0]:
        return Weather.SUN
    return Weather.CLOUDY_SUN if miss <= limits[1] else Weather.CLOUD


def kept_weather(*, is_met: bool, is_harmful: bool) -> Weather:
    """Weather symbol of a target that is to be kept every year, or is met already."""
    if is_met:
        return Weather.CLOUDY_SUN if is_harmful else Weather.SUN
    return Weather.STORM if is_harmful else Weather.CLOUD


# --- ranges ----------------------------------------------------------------------------------------


def distance_to_range(value: Decimal, lower: Decimal, upper: Decimal) -> Decimal:
    """How far a value lies outside a range, D(y) = max(L - y, 0, y - U)."""
    return max(lower - value, Decimal(0), value - upper)


def range_progress(base: Decimal, value: Decimal, lower: Decimal, upper: Decimal) -> Decimal | None:
    """Share of the distance to a range that is gone, 1 - D(yᵢ) ÷ D(y₀); None when the base lies inside."""
    before = distance_to_range(base, lower, upper)
    return 1 - distance_to_range(value, lower, upper) / before if before else None
