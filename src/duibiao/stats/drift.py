"""The forecast of a short yearly series: half its mean step, damped, with an interval that admits how little is known.

The model is a random walk with drift, observed in years that need not follow one another. Sources: the drift method
and its variance h·(1 + h/T) are those of Hyndman & Athanasopoulos, *Forecasting: Principles and Practice* (3rd ed.,
5.2 and 5.5); the damping of a trend is Gardner & McKenzie (1985). Half the step and φ = 0.85 were chosen on the last
three to six points of the 645 yearly series of the M3 competition, where they err less than a straight line;
the pooled variance is that of ``duibiao.stats.pooling``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import stdtr, stdtrit

from duibiao.stats.pooling import VariancePrior

METHOD = "damped-half-drift-1"
"""The name and version that stands beside every figure of this method."""
SHARE, DAMPING = 0.5, 0.85
FEWEST_POINTS = 3
"""Two points are one step: they have no variation, and three have one degree of freedom of it."""
MOST_POINTS = 6
TESTED_AHEAD = 6
"""The method was measured for one to six years ahead; beyond that nobody knows how well its intervals hold."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What a series says of its steps: mean step a year, variance of a yearly step, degrees of freedom, years, level.

    ``step`` is in units of the series a year, ``variance`` in squared units a year, ``level`` the mean size of the
    values; ``freedom`` is n − 2.
    """

    step: float
    variance: float
    freedom: int
    span: float
    level: float


@dataclass(frozen=True, slots=True)
class Predictive:
    """The distribution of one future value: Student's t with ``freedom`` degrees around ``point``, ``spread`` wide."""

    point: float
    spread: float
    freedom: float

    def interval(self, share: float) -> tuple[float, float]:
        """The central interval that holds the value with probability ``share`` (0 < share < 1).

        Raises ValueError for any other share.
        """
        if not 0 < share < 1:
            raise ValueError(f"the share of an interval lies between 0 and 1, not {share}")
        half = float(stdtrit(self.freedom, 0.5 + share / 2)) * self.spread
        return self.point - half, self.point + half

    def at_least(self, limit: float) -> float:
        """The probability that the value is ``limit`` or more, 0..1."""
        return float(stdtr(self.freedom, (self.point - limit) / self.spread))

    def at_most(self, limit: float) -> float:
        """The probability that the value is ``limit`` or less, 0..1."""
        return float(stdtr(self.freedom, (limit - self.point) / self.spread))


def steps(years: Sequence[int], values: Sequence[float]) -> Steps | None:
    """Mean yearly step and its variance from a series by year; None with fewer than three points.

    For gaps g between years the steps d of a random walk with drift b have mean b·g and variance g·s², so that
    b = (last − first) ÷ T and s² = Σ (d − b·g)² ÷ g ÷ (n − 2); with one-year gaps that is the sample variance of the
    differences. Raises ValueError when years and values do not match or the years do not rise.
    """
    if len(years) != len(values):
        raise ValueError(f"{len(years)} years, {len(values)} values")
    if len(years) < FEWEST_POINTS:
        return None
    gaps, moves = np.diff(np.asarray(years, dtype=float)), np.diff(np.asarray(values, dtype=float))
    if np.any(gaps <= 0):
        raise ValueError("the years of a series rise")
    span = float(np.sum(gaps))
    step = float(np.sum(moves)) / span
    variance = float(np.sum((moves - step * gaps) ** 2 / gaps)) / (len(moves) - 1)
    return Steps(step, variance, len(moves) - 1, span, float(np.mean(np.abs(np.asarray(values, dtype=float)))))


def relative_variance(found: Steps) -> float | None:
    """The variance of a yearly step as a share of the squared level: what series of different size have in common."""
    return found.variance / found.level**2 if found.level else None


def damped_drift(
    years: Sequence[int], values: Sequence[float], ahead: int, prior: VariancePrior | None = None
) -> Predictive | None:
    """Predict the value ``ahead`` years after the last one from the last six points or fewer.

    point = last + ½·b·Σᵢ₌₀^{h−1} 0.85ⁱ and variance = s²·h·(1 + h ÷ T), where s² is pooled with the ``prior`` (whose
    scale is relative to the squared level). A series that never changed says nothing of how it will: the prior alone
    speaks for it. None with fewer than three points, and for such a series without a prior: a width of nought would be
    a lie. Raises ValueError when ``ahead`` is below one year.
    """
    if ahead < 1:
        raise ValueError(f"a forecast looks ahead at least one year, not {ahead}")
    found = steps(years[-MOST_POINTS:], values[-MOST_POINTS:])
    if found is None:
        return None
    variance, freedom = found.variance, float(found.freedom)
    if prior is not None and found.level:
        own = freedom if variance > 0 else 0.0
        variance, freedom = prior.posterior(variance, own, found.level**2)
    if not variance > 0:
        return None
    way = SHARE * found.step * sum(DAMPING**i for i in range(ahead))
    return Predictive(values[-1] + way, sqrt(variance * ahead * (1 + ahead / found.span)), freedom)
