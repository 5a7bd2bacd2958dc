"""The prior of variances against what is known exactly: trigamma at 1/2 and 1, Smyth's moments, a known draw."""

from math import exp, log, pi

import numpy as np
import pytest
from scipy.special import polygamma

from duibiao.stats.pooling import FEWEST_PEERS, VariancePrior, fit_prior, trigamma_inverse

EULER = 0.5772156649015329


@pytest.mark.parametrize(
    ("value", "at"),
    [
        (pi**2 / 2, 0.5),  # Abramowitz & Stegun 6.4.4
        (pi**2 / 6, 1.0),
        (pi**2 / 6 - 1, 2.0),  # ψ′(x + 1) = ψ′(x) − 1/x²
        (pi**2 / 6 - 1 - 1 / 4, 3.0),
    ],
)
def test_the_inverse_of_trigamma_at_the_points_tables_print(value: float, at: float) -> None:
    assert trigamma_inverse(value) == pytest.approx(at, rel=1e-7)


def test_the_inverse_of_trigamma_far_out_and_where_there_is_none() -> None:
    for at in (1e-4, 0.01, 7.5, 2e4, 3e6):
        assert trigamma_inverse(float(polygamma(1, at))) == pytest.approx(at, rel=1e-5)
    for value in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="above 0"):
            trigamma_inverse(value)


def test_moments_that_make_two_degrees_of_freedom_are_found() -> None:
    """Chosen so that everything is known: d = 2, ψ(1) = −γ, ψ′(1) = π²/6, and the variance of z is 2·π²/6."""
    spread = (2 * pi**2 / 6) ** 0.5
    unit = np.array([-1.5, -0.5, 0.5, 1.5, 0.0, 0.0])
    logs = unit / np.std(unit, ddof=1) * spread + log(3)
    found = fit_prior([exp(one) for one in logs], [2] * 6)
    assert found is not None
    assert found.freedom == pytest.approx(2)
    assert found.scale == pytest.approx(3)  # mean e is ln 3 + γ, and ψ(d₀/2) − ln(d₀/2) = −γ
    assert (found.peers, found.pooled) == (6, 12)


def test_a_draw_from_a_known_prior_gives_it_back() -> None:
    chance = np.random.default_rng(158)
    true_freedom, true_scale, count = 4.0, 0.25, 20_000
    own = chance.integers(1, 6, count)
    variances = true_scale * true_freedom / chance.chisquare(true_freedom, count)
    seen = variances * chance.chisquare(own) / own
    found = fit_prior(seen.tolist(), own.tolist())
    assert found is not None
    assert found.freedom == pytest.approx(true_freedom, rel=0.05)
    assert found.scale == pytest.approx(true_scale, rel=0.03)


def test_variances_that_are_alike_are_pooled_but_never_beyond_what_they_know_together() -> None:
    found = fit_prior([2.0] * 6, [3] * 6)
    assert found is not None
    assert found.freedom == found.pooled == 18
    variance, freedom = found.posterior(8.0, 3)
    assert freedom == 18
    assert variance == pytest.approx((18 * found.scale + 3 * 8) / 21)


def test_too_few_or_empty_variances_make_no_prior() -> None:
    assert fit_prior([1.0] * (FEWEST_PEERS - 1), [2] * (FEWEST_PEERS - 1)) is None
    assert fit_prior([0.0, 0.0, 0.0, 0.0, 1.0, 2.0], [2] * 6) is None
    assert fit_prior([1.0, float("nan"), 2.0, 3.0, 1.0], [2] * 5) is None
    with pytest.raises(ValueError, match="degrees of freedom"):
        fit_prior([1.0, 2.0], [1])


def test_the_posterior_is_the_weighted_mean() -> None:
    prior = VariancePrior(freedom=2, scale=0.01, peers=9, pooled=30)
    variance, freedom = prior.posterior(4.0, 4, unit=100.0)
    assert (variance, freedom) == pytest.approx(((2 * 1 + 4 * 4) / 6, 6))
