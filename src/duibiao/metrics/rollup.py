"""Rolling values of parts up to the whole, with coverage; a missing part is never counted as zero.

The wrong ways, found in real monitoring systems, are listed in the tests of this module.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from duibiao.kernel.period import Period
from duibiao.kernel.value import Missing, MissingReason, Quantity, Value


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the expected parts are known."""

    known: int
    total: int

    @property
    def share(self) -> Decimal:
        """Known parts ÷ expected parts; 0 of 0 is 0."""
        return Decimal(self.known) / Decimal(self.total) if self.total else Decimal(0)

    def __str__(self) -> str:
        return f"{self.known}/{self.total}"


@dataclass(frozen=True, slots=True)
class RolledUp:
    """A value of a whole and the coverage it rests on."""

    value: Value
    coverage: Coverage


def ratio(parts: Sequence[tuple[Value, Value]], unit: str, per: Decimal = Decimal(100)) -> RolledUp:
    """Σ numerator ÷ Σ denominator × ``per`` over the parts whose two sides are both known."""
    known = [(a.amount, b.amount) for a, b in parts if isinstance(a, Quantity) and isinstance(b, Quantity)]
    coverage = Coverage(len(known), len(parts))
    below = sum((b for _, b in known), Decimal(0))
    if below == 0:
        return RolledUp(Missing(MissingReason.NOT_COMPUTABLE), coverage)
    return RolledUp(Quantity(sum((a for a, _ in known), Decimal(0)) / below * per, unit), coverage)


def mean(parts: Sequence[Value], unit: str) -> RolledUp:
    """Plain mean of the known parts, for levels that have no denominator."""
    known = [part.amount for part in parts if isinstance(part, Quantity)]
    coverage = Coverage(len(known), len(parts))
    if not known:
        return RolledUp(Missing(MissingReason.NOT_REPORTED), coverage)
    return RolledUp(Quantity(sum(known, Decimal(0)) / len(known), unit), coverage)


def total(parts: Sequence[Value], unit: str) -> RolledUp:
    """Sum of the known parts."""
    known = [part.amount for part in parts if isinstance(part, Quantity)]
    coverage = Coverage(len(known), len(parts))
    if not known:
        return RolledUp(Missing(MissingReason.NOT_REPORTED), coverage)
    return RolledUp(Quantity(sum(known, Decimal(0)), unit), coverage)


def latest(values: Mapping[Period, Value]) -> Value:
    """The value of the last known period: what a running total or a level amounts to."""
    known = [period for period in sorted(values) if isinstance(values[period], Quantity)]
    return values[known[-1]] if known else Missing(MissingReason.NOT_REPORTED)


def window_sum(values: Mapping[Period, Value], first: int, last: int, unit: str) -> RolledUp:
    """Sum of the amounts of the periods inside a plan's window, both years included."""
    inside = [values.get(Period(year), Missing(MissingReason.NOT_REPORTED)) for year in range(first, last + 1)]
    return total(inside, unit)
