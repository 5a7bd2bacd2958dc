"""The drift forecast against the textbook's formula, printed t tables, and coverage where the model is true."""

from math import sqrt

import numpy as np
import pytest

from duibiao.stats.drift import DAMPING, FEWEST_POINTS, Predictive, damped_drift, relative_variance, steps
from duibiao.stats.pooling import VariancePrior, fit_prior

PRIOR = VariancePrior(freedom=1.4, scale=3.3e-5, peers=10, pooled=30)


def test_yearly_steps_have_the_mean_and_variance_of_the_differences() -> None:
    found = steps([2020, 2021, 2022, 2023], [50, 53, 54, 59])
    assert found is not None
    moves = [3.0, 1.0, 5.0]
    assert (found.step, found.freedom, found.span) == (3, 2, 3)
    assert found.variance == pytest.approx(np.var(moves, ddof=1))
    assert found.level == 54
    assert relative_variance(found) == pytest.approx(4 / 54**2)


def test_missing_years_change_nothing_but_the_weight_of_a_step() -> None:
    found = steps([2015, 2016, 2018, 2020], [40.0, 43.0, 47.0, 53.0])
    assert found is not None
    assert found.step == pytest.approx(13 / 5)
    assert found.variance == pytest.approx(((3 - 2.6) ** 2 + (4 - 5.2) ** 2 / 2 + (6 - 5.2) ** 2 / 2) / 2)
    with pytest.raises(ValueError, match="rise"):
        steps([2015, 2015, 2016], [1, 2, 3])
    with pytest.raises(ValueError, match="values"):
        steps([2015, 2016], [1, 2, 3])


def test_one_year_ahead_is_half_the_mean_step_with_the_variance_of_the_textbook() -> None:
    """Hyndman & Athanasopoulos 5.5: the drift method's variance is s²·h·(1 + h ÷ (T − 1))."""
    values = [50.0, 53.0, 54.0, 59.0]
    found = damped_drift([2020, 2021, 2022, 2023], values, 1)
    assert found is not None
    assert found.point == pytest.approx(59 + 0.5 * 3)
    assert found.spread == pytest.approx(sqrt(4 * 1 * (1 + 1 / 3)))
    three = damped_drift([2020, 2021, 2022, 2023], values, 3)
    assert three is not None
    assert three.point == pytest.approx(59 + 0.5 * 3 * (1 + DAMPING + DAMPING**2))
    assert three.spread == pytest.approx(sqrt(4 * 3 * (1 + 3 / 3)))


@pytest.mark.parametrize(
    ("freedom", "share", "quantile"),
    [(1, 0.95, 12.706), (2, 0.95, 4.303), (3, 0.95, 3.182), (1, 0.80, 3.078), (4, 0.80, 1.533), (10, 0.80, 1.372)],
)
def test_intervals_use_the_quantiles_of_the_printed_t_table(freedom: int, share: float, quantile: float) -> None:
    low, high = Predictive(10.0, 2.0, freedom).interval(share)
    assert (high - 10) / 2 == pytest.approx(quantile, abs=6e-4)
    assert 10 - low == pytest.approx(high - 10)


def test_probability_and_interval_are_of_one_distribution() -> None:
    found = Predictive(10.0, 2.0, 3.4)
    low, high = found.interval(0.8)
    assert found.at_least(high) == pytest.approx(0.1)
    assert found.at_most(low) == pytest.approx(0.1)
    assert found.at_least(10) == pytest.approx(0.5)
    assert found.at_least(11) + found.at_most(11) == pytest.approx(1)
    for share in (0.0, 1.0, -0.2, 95):
        with pytest.raises(ValueError, match="between 0 and 1"):
            found.interval(share)


def test_two_points_have_no_interval_and_nor_has_what_never_changed_without_peers() -> None:
    assert FEWEST_POINTS == 3
    assert damped_drift([2023, 2024], [60.0, 61.0], 1, PRIOR) is None
    assert damped_drift([2022, 2023, 2024], [10.0, 10.0, 10.0], 3) is None
    alone = damped_drift([2022, 2023, 2024], [10.0, 10.0, 10.0], 3, PRIOR)
    assert alone is not None
    assert (alone.point, alone.freedom) == (10, PRIOR.freedom)
    assert alone.spread == pytest.approx(sqrt(PRIOR.scale * 100 * 3 * (1 + 3 / 2)))
    with pytest.raises(ValueError, match="at least one year"):
        damped_drift([2022, 2023, 2024], [1.0, 2.0, 4.0], 0)


def test_peers_tame_what_three_points_alone_would_say() -> None:
    values = ([2022, 2023, 2024], [92.0, 92.1, 94.0])
    own, pooled = damped_drift(*values, 1), damped_drift(*values, 1, PRIOR)
    assert own is not None
    assert pooled is not None
    assert own.point == pooled.point
    assert pooled.freedom == pytest.approx(2.4)
    assert pooled.interval(0.95)[1] - pooled.point < (own.interval(0.95)[1] - own.point) / 3


def test_only_the_last_six_points_are_used() -> None:
    years, values = list(range(2011, 2025)), [float(9 * one % 7 + one) for one in range(14)]
    assert damped_drift(years, values, 2) == damped_drift(years[-6:], values[-6:], 2)


def test_pooled_intervals_hold_what_they_promise_where_the_model_is_true() -> None:
    """1,000 random walks whose variances come from one prior: the 80 % interval holds at least that, at every horizon.

    Without a true drift, half the estimated step errs less than the whole one the variance allows for: it holds more.
    """
    chance = np.random.default_rng(2027)
    count, points = 1000, 4
    spreads = np.sqrt(3e-4 * 5 / chance.chisquare(5, count))
    walks = np.cumsum(chance.normal(0, 1, (count, points + 3)) * spreads[:, None], axis=1) + 1.0
    said = [steps(range(points), walk[:points].tolist()) for walk in walks]
    relative = [(relative_variance(one), one.freedom) for one in said if one]
    prior = fit_prior([v for v, _ in relative if v is not None], [float(d) for _, d in relative])
    for ahead in (1, 3):
        held = 0
        for walk in walks:
            found = damped_drift(range(points), walk[:points].tolist(), ahead, prior)
            assert found is not None
            low, high = found.interval(0.8)
            held += bool(low <= walk[points - 1 + ahead] <= high)
        assert 0.78 <= held / count <= 0.92
