"""Small counts of persons are withheld, and as many others as it takes that no subtraction brings them back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from duibiao.compute.figures import SUPPRESSED, Doubles, Figures, Flags, missing_where
from duibiao.compute.groups import GroupLevel, Membership

_Places = npt.NDArray[np.int64]
NOBODY = -1
"""The owner of a part that no published sum holds."""


@dataclass(frozen=True, slots=True)
class Equation:
    """A published total and the smallest published parts that add up to it, by their places among the groups.

    ``total`` is None where the sum is published elsewhere: the figure of a district over those of its schools.
    """

    total: int | None
    parts: tuple[int, ...]


def equations(groups: Membership) -> tuple[Equation, ...]:
    """The sum every group publishes over the parts below it: its districts, or the least groups there are.

    What a unit reports of itself is no part: a reader knows that a form of the schools has no row of the city, so it
    must not be counted on to hide anything. The groups lie within each other or apart (districts in groupings in
    cities in the nation): what follows rests on that.
    """
    upper = [place for place, group in enumerate(groups.groups) if group.level is not GroupLevel.LEAF]
    least = [place for place, group in enumerate(groups.groups) if group.level is GroupLevel.LEAF]
    members = [frozenset(group.leaves) for group in groups.groups]
    if not least:
        least = [place for place in upper if not any(members[other] < members[place] for other in upper)]
    found = []
    for place in upper:
        parts = tuple(one for one in least if one != place and members[one] <= members[place])
        if parts:
            found.append(Equation(place, parts))
    return tuple(found)


def suppressed(figures: Figures, below: int, sums: Sequence[Equation], counts: Sequence[Doubles] = ()) -> Figures:
    """Withhold figures made of fewer than ``below`` persons, and further ones that would give them away.

    A count from 1 to ``below`` - 1 is withheld; zero is shown. ``counts`` are the numbers of persons that are shown
    with the figure and add up over the groups (the value of a sum, both sides of a share): whoever subtracts what is
    published of a sum from the sum must not find such a count for a part, nor for several parts together. A figure
    without them (a median, a coefficient) cannot be had by subtraction. Sums over several indicators are not looked
    at: an indicator withheld here must not be published in pieces elsewhere.
    """
    shown = figures.gap == 0
    small = figures.persons < below
    for count in counts:
        small = small | ((count > 0) & (count < below))
    hidden = small & shown
    for year in range(hidden.shape[0] if counts else 0):
        if hidden[year].any():
            amounts = np.array([np.where(shown[year], np.nan_to_num(count[year]), 0.0) for count in counts])
            _Protection(shown[year], amounts, below, sums).withhold(hidden[year])
    return missing_where(figures, hidden, SUPPRESSED)


class _Protection:
    """What a reader can subtract in one year, and what has to be withheld against it.

    Published sums lie within each other or apart, so all that can be had from them are the differences between a sum
    and the published sums and parts directly in it, and sums of such differences. The parts left over in a difference
    are a block: those whose least published sum (their owner) is the same.
    """

    def __init__(self, shown: Flags, amounts: Doubles, below: int, sums: Sequence[Equation]) -> None:
        self.shown, self.amounts, self.below = shown, amounts, below
        # From the largest to the smallest, so that the last published one that holds a part is its least.
        self.sums = sorted(sums, key=lambda one: (-len(one.parts), NOBODY if one.total is None else one.total))
        self.held = [np.array(one.parts, dtype=np.int64) for one in self.sums]
        self.parts = np.unique(np.concatenate(self.held)) if self.held else np.zeros(0, dtype=np.int64)

    def withhold(self, hidden: Flags) -> None:
        """Withhold more, in place, until no sum gives a withheld part away."""
        small = frozenset(np.flatnonzero(hidden).tolist())
        self.withhold_above(hidden)
        given_up: set[int] = set()  # sums published elsewhere over parts that are all withheld: nothing is left to do
        while True:
            owner = self.owners(hidden)
            place = next((one for one in self.unsafe(owner, hidden, small) if one not in given_up), None)
            if place is None:
                return
            extra = self.one_more(place, owner, hidden)
            if extra is None:
                given_up.add(place)
            else:
                hidden[extra] = True

    def withhold_above(self, hidden: Flags) -> None:
        """Withhold the sums over a withheld one whose parts are all shown: its persons are in its own report."""
        alone = [place for place, one in enumerate(self.sums) if one.total is not None and hidden[one.total]]
        for place in alone:
            if not hidden[self.held[place]].any():
                held = set(self.held[place].tolist())
                for other in range(place):
                    total = self.sums[other].total
                    if total is not None and self.shown[total] and held <= set(self.held[other].tolist()):
                        hidden[total] = True

    def is_published(self, place: int, hidden: Flags) -> bool:
        """Whether a reader has the total of a sum."""
        total = self.sums[place].total
        return total is None or bool(self.shown[total] and not hidden[total])

    def owners(self, hidden: Flags) -> _Places:
        """The least published sum every part lies in, by its place in the list; ``NOBODY`` where there is none."""
        owner = np.full(len(hidden), NOBODY, dtype=np.int64)
        for place, parts in enumerate(self.held):
            if self.is_published(place, hidden):
                owner[parts] = place
        return owner

    def unsafe(self, owner: _Places, hidden: Flags, small: frozenset[int]) -> Iterator[int]:
        """The sums whose block gives a small count away."""
        parts = self.parts[hidden[self.parts] & (owner[self.parts] != NOBODY)]
        blocks, count = owner[parts], len(self.sums)
        for amounts in self.amounts:
            left = np.bincount(blocks, amounts[parts], count)
            yield from np.flatnonzero((left > 0) & (left < self.below)).tolist()
        # A figure may be withheld for another reason than the counts shown with it: then it alone must not be left.
        members = np.bincount(blocks, minlength=count)
        yield from (int(owner[one]) for one in parts.tolist() if one in small and members[owner[one]] == 1)
        for place, one in enumerate(self.sums):
            if one.total in small:
                own = self.held[place][hidden[self.held[place]]]
                taking_part = set(owner[own].tolist())
                others = np.setdiff1d(parts, own)
                if taking_part and NOBODY not in taking_part and not taking_part & set(owner[others].tolist()):
                    yield min(taking_part)

    def one_more(self, place: int, owner: _Places, hidden: Flags) -> int | None:
        """What is withheld as well: the smallest part with persons, the smallest sum directly in it, or the sum."""
        inside = [one for one in self.held[place].tolist() if owner[one] == place and self.shown[one]]
        parts = [one for one in inside if not hidden[one]]
        for choice in (parts, list(self.directly_in(place, hidden))):
            counted = [one for one in choice if self.amounts[:, one].any()]
            if counted:
                return min(counted, key=lambda one: (tuple(np.abs(self.amounts[:, one]).tolist()), one))
        return self.sums[place].total

    def directly_in(self, place: int, hidden: Flags) -> Iterator[int]:
        """The published totals that lie in a sum and in no smaller published one."""
        held = [set(parts.tolist()) for parts in self.held]
        for other in range(place + 1, len(self.sums)):
            total = self.sums[other].total
            if total is not None and held[other] <= held[place] and self.is_published(other, hidden):
                between = range(place + 1, other)
                if not any(held[other] <= held[one] and self.is_published(one, hidden) for one in between):
                    yield total
