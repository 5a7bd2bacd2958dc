"""Whole numbers that add up, and random numbers that belong to a name: the arithmetic of the simulation."""

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Marks = NDArray[np.bool_]


def stream(seed: int, name: str) -> np.random.Generator:
    """The random numbers of one purpose: adding an element to the packs changes no other element's values."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, crc32(name.encode())])))


def apportioned(weights: Floats, groups: Whole, totals: Whole) -> Whole:
    """Whole parts in proportion to weights that add up to the total of their group (largest remainder).

    ``weights`` (n,) at least 0, ``groups`` (n,) the group of each, ``totals`` (number of groups,). A group whose
    weights are all 0 is shared out evenly; a group without members gets nothing.
    """
    if not len(weights):
        return np.zeros(0, dtype=np.int64)
    count = len(totals)
    sums = np.bincount(groups, weights, count)
    members = np.bincount(groups, minlength=count)
    even = sums[groups] <= 0
    shares = np.where(even, 1.0 / members[groups], weights / np.where(even, 1.0, sums[groups]))
    exact = shares * totals[groups]
    parts = np.floor(exact).astype(np.int64)
    left = totals - np.bincount(groups, parts, count).astype(np.int64)
    # Within each group the largest remainders get one more each; ties go by position: nothing is left to chance.
    order = np.lexsort((parts - exact, groups))
    starts = np.concatenate([[0], np.cumsum(members)[:-1]])
    rank = np.empty(len(weights), dtype=np.int64)
    rank[order] = np.arange(len(weights)) - starts[groups[order]]
    return parts + (rank < left[groups])


def spread_rows(weights: Floats, totals: Whole) -> Whole:
    """The same within each row: ``weights`` (n, k), ``totals`` (n,); answers (n, k) that adds up to the totals."""
    rows, parts = weights.shape
    groups = np.repeat(np.arange(rows), parts)
    return apportioned(weights.ravel(), groups, totals).reshape(rows, parts)
