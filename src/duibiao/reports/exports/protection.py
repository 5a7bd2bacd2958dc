"""The last guard before figures leave the house: real counts of persons under five below city level are withheld.

The engine withholds small counts where an indicator says so (``compute.suppression``). An export is published, so
nothing here depends on an indicator having said so (DESIGN §6).
"""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from duibiao.kernel.value import MissingReason, are_convertible
from duibiao.reports.exports.content import ComputedFigure

SMALLEST = Decimal(5)
"""Counts from 1 to below this number are withheld; zero is shown."""
_PERSONS = ("人", "人次")


def protected(found: Iterable[ComputedFigure], home: str) -> tuple[ComputedFigure, ...]:
    """Withhold small counts of real figures of the units below ``home``, in the given order.

    A value that counts persons is withheld with its parts, and so is every value over fewer than five. Where only one
    unit of an indicator and period is withheld, or those withheld are fewer than five together, the smallest other
    is withheld too: the city's value minus the others would give it away. Numerator and denominator are withheld
    where either is small. Simulated figures speak of nobody and stay.
    """
    every = list(found)
    groups: dict[tuple[str, str], list[int]] = {}
    for place, one in enumerate(every):
        if not one.simulated and one.unit != home:
            every[place] = _without_parts(one)
            groups.setdefault((one.indicator, one.period), []).append(place)
    for places in groups.values():
        for place in _withheld(every, places):
            one = every[place]
            every[place] = replace(one, value=None, numerator=None, denominator=None, missing=MissingReason.SUPPRESSED)
    return tuple(every)


def _counts_persons(one: ComputedFigure) -> bool:
    return any(are_convertible(one.unit_of_measure, persons) for persons in _PERSONS)


def _is_small(amount: Decimal | None) -> bool:
    return amount is not None and 0 < abs(amount) < SMALLEST


def _without_parts(one: ComputedFigure) -> ComputedFigure:
    if not (_is_small(one.numerator) or _is_small(one.denominator)):
        return one
    if _is_small(one.denominator):
        return replace(one, value=None, numerator=None, denominator=None, missing=MissingReason.SUPPRESSED)
    return replace(one, numerator=None, denominator=None)


def _withheld(every: list[ComputedFigure], places: list[int]) -> set[int]:
    """The places of counts of persons to withhold: the small ones, and what would give them away."""
    counts = {place: one.value for place in places if (one := every[place]).value is not None and _counts_persons(one)}
    hidden = {place for place, value in counts.items() if _is_small(value)}
    if not hidden:
        return hidden
    pooled = sum((abs(counts[place] or Decimal(0)) for place in hidden), Decimal(0))
    others = sorted((place for place in counts if place not in hidden), key=lambda place: (counts[place], place))
    others = [place for place in others if counts[place]] or others
    while others and (len(hidden) == 1 or pooled < SMALLEST):
        place = others.pop(0)
        hidden.add(place)
        pooled += abs(counts[place] or Decimal(0))
    return hidden
