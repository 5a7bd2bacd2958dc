"""Whole numbers of any width in numpy, and their quotients as the nearest doubles: exact, and no loop over the cells.

A number is a row of limbs of 32 bit in arrays of 64, the least first; all are zero or more, signs are the caller's.
Products are those of long multiplication by hand. A quotient is taken in pairs of doubles whose sum is the number
(T. J. Dekker, "A floating-point technique for extending the available precision", Numer. Math. 18, 1971: the splitting
of a product and of a sum), which leaves an error below 2^-100 of it. Where even 2^-90 would decide between two
doubles it is taken again in Python's integers: what is answered is the nearest double in any case, as ``a / b`` is of
two integers.
"""

from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt

Limbs = tuple[npt.NDArray[np.uint64], ...]
Doubles = npt.NDArray[np.float64]
Pair = tuple[Doubles, Doubles]
"""Two doubles whose sum is the number, the second no more than the rounding of the first."""

BITS = 32
_MASK, _SHIFT, _SIGN = np.uint64(2**BITS - 1), np.uint64(BITS), np.uint64(63)
_SPLIT = 2.0**27 + 1.0
_DOUBT = 2.0**-90


def limbs_of(numbers: npt.NDArray[Any]) -> Limbs:
    """The magnitudes of whole numbers, 64 bit or Python's, without limbs that are zero everywhere."""
    if numbers.dtype.hasobject:
        magnitude = np.abs(numbers)
        most = max((int(one).bit_length() for one in magnitude.ravel()), default=1)
        return tuple(((magnitude >> place) & (2**BITS - 1)).astype(np.uint64) for place in range(0, max(most, 1), BITS))
    whole = np.abs(numbers.astype(np.int64, copy=False)).view(np.uint64)  # of -2^63 too: its bits are those of 2^63
    high = whole >> _SHIFT
    return (whole & _MASK, high) if high.any() else (whole,)


def limbs_of_one(number: int) -> Limbs:
    """One whole number, zero or more, for all cells."""
    places = range(0, max(number.bit_length(), 1), BITS)
    return tuple(np.array((number >> place) & (2**BITS - 1), dtype=np.uint64) for place in places)


def product(left: Limbs, right: Limbs) -> Limbs:
    """Left × right. A limb times a limb, a limb and a carry together fit into 64 bit."""
    found: list[npt.NDArray[np.uint64]] = []
    for place, one in enumerate(left):
        carry: npt.NDArray[np.uint64] | None = None
        for step, other in enumerate(right, place):
            term = one * other
            if step < len(found):
                term = term + found[step]
            if carry is not None:
                term = term + carry
            found[step : step + 1] = [term & _MASK]
            carry = term >> _SHIFT
        if carry is not None:
            found.append(carry)
    return tuple(found)


def excess(left: Limbs, right: Limbs) -> Limbs:
    """Left - right, and 0 where right is the larger."""
    zero = np.zeros((), dtype=np.uint64)
    borrow = zero
    found = []
    for one, other in zip_longest(left, right, fillvalue=zero):
        term = one - other - borrow  # below zero it wraps round, and its first bit is set
        found.append(term & _MASK)
        borrow = term >> _SIGN
    return tuple(one * (np.uint64(1) - borrow) for one in found)


def nearest_quotient(above: Limbs, below: Limbs) -> Doubles:
    """The double nearest to above ÷ below, and NaN where below is 0."""
    (high, low), (first, second) = _pair(above), _pair(below)
    there = first > 0
    first = np.where(there, first, 1.0)
    quotient = high / first
    near, error = _times(quotient, first)
    more = (((high - near) - error) + (low - quotient * second)) / first
    doubt = quotient * _DOUBT
    found = quotient + (more + doubt)
    unsure = there & (found != quotient + (more - doubt))
    if unsure.any():
        found[unsure] = [one / other for one, other in zip(_at(above, unsure), _at(below, unsure), strict=True)]
    return np.where(there, found, np.nan)


def _pair(limbs: Limbs) -> Pair:
    """A number as two doubles, but for 2^-100 of it: each limb is larger than all before it together, or 0."""
    high = limbs[0].astype(np.float64)
    low = np.zeros_like(high)
    for place, limb in enumerate(limbs[1:], 1):
        one = limb.astype(np.float64) * 2.0 ** (BITS * place)
        total = one + high
        low = low + (high - (total - one))
        high = total
    total = high + low
    return total, low - (total - high)


def _times(left: Doubles, right: Doubles) -> Pair:
    """The product of two doubles and the error of its rounding, exactly."""
    whole = left * right
    (one, two), (three, four) = _halves(left), _halves(right)
    return whole, two * four - (((whole - one * three) - two * three) - one * four)


def _halves(value: Doubles) -> Pair:
    """A double as two of 26 bit, whose products are exact."""
    raised = value * _SPLIT
    high = raised - (raised - value)
    return high, value - high


def _at(limbs: Limbs, places: npt.NDArray[np.bool_]) -> list[int]:
    """The numbers of some cells as Python's integers."""
    parts = [np.broadcast_to(limb, places.shape)[places].tolist() for limb in limbs]
    return [sum(limb << (BITS * place) for place, limb in enumerate(number)) for number in zip(*parts, strict=True)]
