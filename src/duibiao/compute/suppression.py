"""Small counts of persons are withheld, and as many others as it takes that no subtraction brings them back."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from duibiao.compute.figures import SUPPRESSED, Doubles, Figures, Flags, missing_where
from duibiao.compute.groups import GroupLevel, Membership


@dataclass(frozen=True, slots=True)
class Equation:
    """A published total and the published parts that add up to it, by their places among the groups.

    ``total`` is None where the sum is published elsewhere: the figure of a district over those of its schools.
    """

    total: int | None
    parts: tuple[int, ...]


def equations(groups: Membership) -> tuple[Equation, ...]:
    """Every sum a reader can form: each group over its districts, and each over the groups directly below it."""
    alone = {group.leaves[0]: place for place, group in enumerate(groups.groups) if group.level is GroupLevel.LEAF}
    found = []
    upper = [place for place, group in enumerate(groups.groups) if group.level is not GroupLevel.LEAF]
    for place in upper:
        own = groups.groups[place].code  # what a unit reports of itself is no part of the sum of its districts
        leaves = {leaf for leaf in groups.groups[place].leaves if groups.leaves[leaf] != own}
        if leaves <= set(alone):
            found.append(Equation(place, tuple(alone[leaf] for leaf in sorted(leaves))))
        below = [one for one in upper if set(groups.groups[one].leaves) < leaves]
        for level in GroupLevel:
            direct = _largest(groups, [one for one in below if groups.groups[one].level is level])
            if {leaf for one in direct for leaf in groups.groups[one].leaves} == leaves:
                found.append(Equation(place, tuple(direct)))
    return tuple(found)


def _largest(groups: Membership, places: Sequence[int]) -> list[int]:
    """Those that lie in no other of the list."""
    members = {place: set(groups.groups[place].leaves) for place in places}
    return [one for one in places if not any(members[one] < members[other] for other in places)]


def suppressed(figures: Figures, below: int, sums: Sequence[Equation]) -> Figures:
    """Withhold figures made of fewer than ``below`` persons, and further ones that would give them away.

    A count from 1 to ``below`` - 1 is withheld; zero is shown. Where exactly one term of a published sum is withheld,
    or the withheld parts together are fewer than ``below``, the smallest other part is withheld too, or the sum
    where no part is left. Sums over several indicators are not looked at: an indicator withheld here must not
    be published in pieces elsewhere.
    """
    hidden = (figures.persons < below) & (figures.gap == 0)
    amounts = figures.value if figures.top is None else figures.top
    for place in range(hidden.shape[0]):
        if hidden[place].any():
            _protect(hidden[place], figures.gap[place] > 0, amounts[place], below, sums)
    return missing_where(figures, hidden, SUPPRESSED)


def _protect(hidden: Flags, absent: Flags, amounts: Doubles, below: int, sums: Sequence[Equation]) -> None:
    """Withhold more, in place, until no sum gives a withheld part away."""
    changed = True
    while changed:
        changed = False
        for equation in sums:
            extra = _one_more(equation, hidden, absent, amounts, below)
            if extra is not None:
                hidden[extra] = changed = True


def _one_more(equation: Equation, hidden: Flags, absent: Flags, amounts: Doubles, below: int) -> int | None:
    """A term that has to be withheld as well, or None where the sum gives nothing away."""
    outside = equation.total is None
    if equation.total is not None and absent[equation.total]:
        return None
    total_hidden = equation.total is not None and bool(hidden[equation.total])
    parts = [place for place in equation.parts if not absent[place]]
    withheld = [place for place in parts if hidden[place]]
    unknown = len(withheld) + total_hidden
    pooled = sum(abs(float(amounts[place])) for place in withheld)
    safe = unknown == 0 or (unknown > 1 and (total_hidden or pooled >= below))
    if safe:
        return None
    shown = [place for place in parts if not hidden[place]]
    counted = [place for place in shown if amounts[place] != 0] or shown
    if counted:
        return min(counted, key=lambda place: (abs(float(np.nan_to_num(amounts[place]))), place))
    return None if total_hidden or outside else equation.total
