"""Numbers of one row in SQL: exact fractions of whole numbers as long as 128 bits hold them, doubles beyond.

The row language has only + - × ÷, so every row value is a fraction N ÷ (D × 10^t) of whole numbers. Kept apart,
a ≥ t × b is compared by cross multiplication, without a rounding that depends on the engine.
"""

from dataclasses import dataclass
from decimal import Decimal

from duibiao.compute import sqlnodes as s
from duibiao.compute.sqlnodes import Sql

MOST_BITS = 126
"""One bit for the sign, one for the carry."""


@dataclass(frozen=True, slots=True)
class RowFraction:
    """N ÷ (D × 10^tens). ``bottom`` is None for 1, and otherwise positive or NULL; bits bound the magnitudes.

    ``double`` replaces both where the whole numbers would not fit: an ordinary double of the row.
    """

    top: Sql
    bits: int
    tens: int = 0
    bottom: Sql | None = None
    bottom_bits: int = 1
    double: Sql | None = None
    constant: Decimal | None = None

    @property
    def is_exact(self) -> bool:
        """Tell whether it is a fraction of whole numbers."""
        return self.double is None

    @property
    def is_whole(self) -> bool:
        """Tell whether it is a scaled whole number: it can be added up as it is."""
        return self.double is None and self.bottom is None

    def as_double(self) -> Sql:
        """The nearest double of the row value: one division of two doubles, the same in every engine."""
        if self.double is not None:
            return self.double
        top = s.cast(self.top, s.DOUBLE)
        if self.bottom is None and self.tens == 0:
            return top
        if self.bottom is None:
            return s.divide(top, s.real(f"1e{self.tens}"))
        bottom = s.cast(self.bottom, s.DOUBLE)
        return s.divide(top, bottom if self.tens == 0 else s.multiply(bottom, s.real(f"1e{self.tens}")))

    def presence(self) -> list[Sql]:
        """What must not be NULL for the value to be known."""
        if self.constant is not None:
            return []
        if self.double is not None:
            return [self.double]
        return [self.top] if self.bottom is None else [self.top, self.bottom]


def of_constant(value: Decimal) -> RowFraction:
    """A number written in the expression."""
    digits = value.normalize()
    tens = max(0, -int(digits.as_tuple().exponent))
    whole = int(digits.scaleb(tens))
    return RowFraction(s.integer(whole), max(1, abs(whole).bit_length()), tens, constant=value)


def of_double(double: Sql) -> RowFraction:
    """A value that is only a double."""
    return RowFraction(double, MOST_BITS + 1, double=double)


def _ten_bits(tens: int) -> int:
    return int(10**tens).bit_length() - 1 + int(tens > 0)


def _shifted(node: Sql, tens: int) -> Sql:
    return s.multiply(node, s.integer(10**tens)) if tens else node


def negated(value: RowFraction) -> RowFraction:
    """-x."""
    if not value.is_exact:
        return of_double(s.negative(value.as_double()))
    constant = None if value.constant is None else -value.constant
    return RowFraction(s.negative(value.top), value.bits, value.tens, value.bottom, value.bottom_bits, None, constant)


def added(left: RowFraction, right: RowFraction, minus: bool = False) -> RowFraction:
    """Left + right, or left - right: over the common scale and, where there are any, the common divisor."""
    combine = s.subtract if minus else s.add
    if left.is_exact and right.is_exact:
        tens = max(left.tens, right.tens)
        tops, bits = [], []
        same = left.bottom == right.bottom
        for one, other in ((left, right), (right, left)):
            top, wide = _shifted(one.top, tens - one.tens), one.bits + _ten_bits(tens - one.tens)
            if not same and other.bottom is not None:
                top, wide = s.multiply(top, other.bottom), wide + other.bottom_bits
            tops.append(top)
            bits.append(wide)
        bottom, bottom_bits = left.bottom, left.bottom_bits
        if not same and right.bottom is not None:
            bottom_bits += right.bottom_bits
            bottom = right.bottom if left.bottom is None else s.multiply(left.bottom, right.bottom)
        if max(bits) + 1 <= MOST_BITS and bottom_bits <= MOST_BITS:
            return RowFraction(combine(*tops), max(bits) + 1, tens, bottom, bottom_bits)
    return of_double(combine(left.as_double(), right.as_double()))


def multiplied(left: RowFraction, right: RowFraction) -> RowFraction:
    """Left × right."""
    if left.is_exact and right.is_exact:
        bits, bottom_bits = left.bits + right.bits, left.bottom_bits + right.bottom_bits
        if bits <= MOST_BITS and bottom_bits <= MOST_BITS:
            bottom = left.bottom if right.bottom is None else right.bottom
            if left.bottom is not None and right.bottom is not None:
                bottom = s.multiply(left.bottom, right.bottom)
            return RowFraction(s.multiply(left.top, right.top), bits, left.tens + right.tens, bottom, bottom_bits)
    return of_double(s.multiply(left.as_double(), right.as_double()))


def divided(left: RowFraction, right: RowFraction) -> RowFraction:
    """Left ÷ right; NULL where the divisor is zero. The sign moves above so that the divisor stays positive."""
    if left.is_exact and right.is_exact:
        shift = right.tens - left.tens
        up, down = max(shift, 0), max(-shift, 0)
        bits = left.bits + right.bottom_bits + _ten_bits(up)
        bottom_bits = left.bottom_bits + right.bits + _ten_bits(down)
        if bits <= MOST_BITS and bottom_bits <= MOST_BITS:
            top = _shifted(s.multiply(left.top, s.sign(right.top)), up)
            if right.bottom is not None:
                top = s.multiply(top, right.bottom)
            bottom = s.null_if_zero(s.absolute(right.top))
            if left.bottom is not None:
                bottom = s.multiply(bottom, left.bottom)
            return RowFraction(top, bits, 0, _shifted(bottom, down), bottom_bits)
    return of_double(s.divide(left.as_double(), s.null_if_zero(right.as_double())))


def comparable(left: RowFraction, right: RowFraction) -> tuple[Sql, Sql]:
    """Two whole numbers (or two doubles) that stand to each other as the two fractions do."""
    if left.is_exact and right.is_exact:
        common = min(left.tens, right.tens)
        sides, bits = [], []
        for one, other in ((left, right), (right, left)):
            node, wide = _shifted(one.top, other.tens - common), one.bits + _ten_bits(other.tens - common)
            if other.bottom is not None and other.bottom != one.bottom:
                node, wide = s.multiply(node, other.bottom), wide + other.bottom_bits
            elif other.bottom is not None:  # equal divisors cancel, but a zero one still leaves nothing to compare
                node = s.only_where(s.known(other.bottom), node)
            sides.append(node)
            bits.append(wide)
        if max(bits) <= MOST_BITS:
            return sides[0], sides[1]
    return left.as_double(), right.as_double()
