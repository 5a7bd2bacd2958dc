"""Arrays of figures by year and group, each with its coverage or the reason why it is missing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from duibiao.compute.limbs import limbs_of, limbs_of_one, nearest_quotient
from duibiao.kernel.quick import quick_dataclass
from duibiao.kernel.value import MissingReason

Doubles = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Gaps = npt.NDArray[np.uint8]

REASONS: tuple[MissingReason | None, ...] = (
    None,
    MissingReason.NOT_APPLICABLE,  # no unit of the group is meant
    MissingReason.NOT_REPORTED,
    MissingReason.LOW_COVERAGE,
    MissingReason.NOT_COMPUTABLE,  # division by zero, a logarithm of nothing
    MissingReason.NOT_COMPARABLE,  # across a break of boundary or definition
    MissingReason.SUPPRESSED,
)
"""Why a figure is missing, by code. Of two reasons the later one in this list is told."""
NOT_APPLICABLE, NOT_REPORTED, LOW_COVERAGE, NOT_COMPUTABLE, NOT_COMPARABLE, SUPPRESSED = range(1, 7)


@quick_dataclass(frozen=True, slots=True)
class Figures:
    """Figures by year and group. ``value`` is NaN where ``gap`` is not 0.

    ``known`` of ``total`` expected units stand behind each, those of the weakest part where there are several.
    ``persons`` is the smallest positive count of persons the figure was made of (infinity where there is none);
    ``top`` and ``bottom`` are kept where the figure is a quotient.
    """

    value: Doubles
    gap: Gaps
    known: Whole
    total: Whole
    persons: Doubles
    top: Doubles | None = None
    bottom: Doubles | None = None


def missing_where(figures: Figures, where: Flags, reason: int) -> Figures:
    """The same figures, missing for a reason where a condition holds."""
    gap = np.where(where, np.maximum(figures.gap, np.uint8(reason)), figures.gap).astype(np.uint8)
    return replace(figures, gap=gap, value=np.where(gap > 0, np.nan, figures.value))


def constant(value: float, like: Figures) -> Figures:
    """A number of the expression: always known, nobody had to report it."""
    zeros = np.zeros_like(like.known)
    return Figures(
        np.full_like(like.value, value), np.zeros_like(like.gap), zeros, zeros, np.full_like(like.persons, np.inf)
    )


def combined(left: Figures, right: Figures, compute: Callable[[Doubles, Doubles], Doubles]) -> Figures:
    """A figure of two: missing where either is, with the weaker coverage of the two."""
    known, total = weaker(left, right)
    gap = np.maximum(left.gap, right.gap)
    with np.errstate(all="ignore"):
        value = compute(left.value, right.value)
    found = Figures(np.where(gap > 0, np.nan, value), gap, known, total, np.minimum(left.persons, right.persons))
    return missing_where(found, (gap == 0) & ~np.isfinite(found.value), NOT_COMPUTABLE)


def weaker(left: Figures, right: Figures) -> tuple[Whole, Whole]:
    """The lower of two shares known ÷ total; where nothing is expected there is nothing to be weak."""
    first = left.known * right.total <= right.known * left.total
    first = np.where(left.total == 0, False, np.where(right.total == 0, True, first))
    return np.where(first, left.known, right.known), np.where(first, left.total, right.total)


def scaled(figures: Figures, factor: float) -> Figures:
    """The figures times a factor."""
    return replace(
        figures,
        value=figures.value * factor,
        top=None if figures.top is None else figures.top,
        bottom=None if figures.bottom is None else figures.bottom,
    )


def as_doubles(whole: npt.NDArray[Any], tens: int) -> Doubles:
    """Scaled whole numbers, 64 bit or Python's, as the nearest doubles: whole ÷ 10^tens.

    Up to 2^53 the number and the power of ten are doubles themselves, and their quotient is rounded once. Beyond, it is
    taken in whole numbers, so that no figure depends on how wide the numbers beside it are.
    """
    if whole.dtype.hasobject or tens > _TENS_IN_A_DOUBLE:
        return _nearest(whole, tens)
    if tens == 0:
        return whole.astype(np.float64)
    found = whole.astype(np.float64) / 10.0**tens
    if whole.size and (whole.max() > _IN_A_DOUBLE or whole.min() < -_IN_A_DOUBLE):
        wide = (whole > _IN_A_DOUBLE) | (whole < -_IN_A_DOUBLE)
        found[wide] = _nearest(whole[wide], tens)
    return found


_IN_A_DOUBLE, _TENS_IN_A_DOUBLE = 2**53, 22


def _nearest(whole: npt.NDArray[Any], tens: int) -> Doubles:
    quotient = nearest_quotient(limbs_of(whole), limbs_of_one(10**tens))
    return np.where(whole < 0, -quotient, quotient)
