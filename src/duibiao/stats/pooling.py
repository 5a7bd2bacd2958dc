"""What a short series cannot say of its own variation, its peers say: a prior fitted on many small variances.

Source: Smyth, G. K. (2004), "Linear models and empirical Bayes methods for assessing differential expression in
microarray experiments", Statistical Applications in Genetics and Molecular Biology 3(1), article 3, section 6.2
(moment estimation on the logarithms of the variances; the same as ``fitFDist`` of the R package limma).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, polygamma

FEWEST_PEERS = 5
"""Two hyperparameters from fewer than five variances say next to nothing."""
FLOOR = 1e-5
"""A variance of nought has no logarithm: it counts as this share of the median (limma does the same)."""
STEPS, CLOSE = 50, 1e-8
LARGE, SMALL = 1e7, 1e-6


@dataclass(frozen=True, slots=True)
class VariancePrior:
    """A scaled inverse chi-square distribution of variances: ``freedom`` d₀ in degrees, ``scale`` s₀² in squared units.

    ``peers`` is how many variances it was fitted on, ``pooled`` their degrees of freedom together: no posterior may
    claim more than those.
    """

    freedom: float
    scale: float
    peers: int
    pooled: float

    def posterior(self, variance: float, freedom: float, unit: float = 1.0) -> tuple[float, float]:
        """The pooled variance and its degrees of freedom: (d₀·s₀²·unit + d·s²) ÷ (d₀ + d), and d₀ + d.

        ``unit`` turns the prior's scale into that of the variance. Not more degrees are claimed than all peers have
        together.
        """
        together = self.freedom + freedom
        pooled = (self.freedom * self.scale * unit + freedom * variance) / together
        return pooled, min(together, max(self.pooled, freedom))


def trigamma_inverse(value: float) -> float:
    """The x > 0 with ψ′(x) = ``value``; Newton's method on 1 ÷ ψ′ (Smyth 2004, appendix).

    Raises ValueError for a value that is not above nought: ψ′ takes none.
    """
    if not value > 0:
        raise ValueError(f"ψ′ is above 0 everywhere, not {value}")
    if value > LARGE:
        return 1 / float(np.sqrt(value))
    if value < SMALL:
        return 1 / value
    at = 0.5 + 1 / value
    for _ in range(STEPS):
        trigamma = float(polygamma(1, at))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, at))
        at += step
        if -step / at < CLOSE:
            break
    return at


def fit_prior(variances: Sequence[float], freedoms: Sequence[float]) -> VariancePrior | None:
    """Fit the prior of which ``variances`` (each with its degrees of freedom) are draws.

    With z = ln s² and e = z − ψ(d/2) + ln(d/2): ψ′(d₀/2) is the sample variance of e less the mean of ψ′(d/2), and
    s₀² = exp(mean e + ψ(d₀/2) − ln(d₀/2)). Where the logarithms vary less than chance would, d₀ is as large as all
    degrees of freedom together. None with fewer than five variances, or where most of them are nought.

    Raises ValueError when the two do not have the same length.
    """
    if len(variances) != len(freedoms):
        raise ValueError(f"{len(variances)} variances, {len(freedoms)} degrees of freedom")
    found, half = np.asarray(variances, dtype=float), np.asarray(freedoms, dtype=float) / 2
    usable = np.isfinite(found) & (half > 0)
    found, half = found[usable], half[usable]
    if len(found) < FEWEST_PEERS or not (middle := float(np.median(found))) > 0:
        return None
    logs = np.log(np.maximum(found, FLOOR * middle)) - digamma(half) + np.log(half)
    mean, spread = float(np.mean(logs)), float(np.var(logs, ddof=1) - np.mean(polygamma(1, half)))
    pooled = float(2 * np.sum(half))
    if spread <= 0:
        return VariancePrior(pooled, float(np.exp(mean)), len(found), pooled)
    prior = trigamma_inverse(spread)
    scale = float(np.exp(mean + digamma(prior) - np.log(prior)))
    return VariancePrior(min(2 * prior, pooled), scale, len(found), pooled)
