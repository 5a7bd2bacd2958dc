"""Rolling values of parts up to the whole, with coverage; a missing part is never counted as zero.

The wrong ways, found in real monitoring systems, are listed in the tests of this module.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from duibiao.kernel.period import Period
from duibiao.kernel.value import Missing, MissingReason, Quantity, Value, are_convertible, converted


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
    """Σ numerator ÷ Σ denominator × ``per`` over the parts whose two sides are both known.

    Each side is added in one unit; where both measure the same thing (人 and 万人) they are divided in one unit.
    """
    known = [(a, b) for a, b in parts if isinstance(a, Quantity) and isinstance(b, Quantity)]
    coverage = Coverage(len(known), len(parts))
    if not known:
        return RolledUp(Missing(MissingReason.NOT_COMPUTABLE), coverage)
    above_unit, below_unit = known[0][0].unit, known[0][1].unit
    above = sum((converted(a, above_unit).amount for a, _ in known), Decimal(0))
    below = sum((converted(b, below_unit).amount for _, b in known), Decimal(0))
    if are_convertible(below_unit, above_unit):
        below = converted(Quantity(below, below_unit), above_unit).amount
    if below == 0:
        return RolledUp(Missing(MissingReason.NOT_COMPUTABLE), coverage)
    return RolledUp(Quantity(above / below * per, unit), coverage)


def mean(parts: Sequence[Value], unit: str) -> RolledUp:
    """Plain mean of the known parts in one unit, for levels that have no denominator."""
    added = total(parts, unit)
    if isinstance(added.value, Missing):
        return added
    return RolledUp(Quantity(added.value.amount / added.coverage.known, unit), added.coverage)


def total(parts: Sequence[Value], unit: str) -> RolledUp:
    """Sum of the known parts in one unit; raises UnitMismatchError for parts that measure something else."""
    known = [converted(part, unit).amount for part in parts if isinstance(part, Quantity)]
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
    by_year = {period.year: value for period, value in values.items() if isinstance(value, Quantity)}
    missing = Missing(MissingReason.NOT_REPORTED)
    return total([by_year.get(year, missing) for year in range(first, last + 1)], unit)
