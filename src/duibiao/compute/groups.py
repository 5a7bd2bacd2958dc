"""Which leaf groups make up which group: districts into their city and the nation, and into named groupings."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.metrics.areas import AreaHistory
from duibiao.metrics.registry import content_breaks
from duibiao.metrics.unit import Unit, UnitKind


class GroupLevel(StrEnum):
    """Which groups get results."""

    LEAF = "leaf"  # the districts themselves
    GROUPING = "grouping"  # named groupings of districts (主城都市区 …)
    ANCESTOR = "ancestor"  # every unit above a district, by the registry


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """A group of leaf groups that gets results (汇总单位): a district, a grouping, a city, the nation.

    ``leaves`` are positions in the list of leaf groups; ``breaks`` the days on which its boundary changed.
    """

    code: str
    level: GroupLevel
    leaves: tuple[int, ...]
    breaks: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Membership:
    """All groups over the leaves. ``layers`` holds, for each layer, the group of every leaf (-1 for none)."""

    leaves: tuple[str, ...]
    groups: tuple[UnitGroup, ...]
    layers: tuple[npt.NDArray[np.int64], ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the groups, in order."""
        return tuple(group.code for group in self.groups)


def membership(units: Iterable[Unit], leaves: Sequence[str], levels: Collection[GroupLevel]) -> Membership:
    """The groups above leaf groups, by the registry. Raises UserError (COMPUTE-UNIT) for leaves it does not have.

    A leaf that was abolished belongs to where it belonged: its rows of the years it existed are part of the sum.
    """
    by_code = {unit.code: unit for unit in units}
    absent = [leaf for leaf in leaves if leaf not in by_code]
    if absent:
        names = "、".join(absent[:5]) + ("…" if len(absent) > 5 else "")
        raise UserError([problem("COMPUTE-UNIT", Where("units.csv"), units=names)])
    lines = [_above(by_code, leaf) for leaf in leaves]
    # A form the city itself fills in has the city as its leaf: there it is the city, not one more district of it.
    upper = {code for line in lines for code in line}
    lines = [[leaf, *line] if leaf in upper else line for leaf, line in zip(leaves, lines, strict=True)]
    own: list[str | None] = [None if leaf in upper else leaf for leaf in leaves]
    chosen: list[tuple[GroupLevel, list[str | None]]] = []
    if GroupLevel.LEAF in levels:
        chosen.append((GroupLevel.LEAF, own))
    if GroupLevel.GROUPING in levels:
        chosen.append((GroupLevel.GROUPING, [_grouping(by_code[leaf]) for leaf in leaves]))
    if GroupLevel.ANCESTOR in levels:
        depth = max((len(line) for line in lines), default=0)
        # Counted from the top, so that the nation is one layer however many steps lead up to it.
        above = [[line[-1 - place] if place < len(line) else None for line in lines] for place in range(depth)]
        chosen += [(GroupLevel.ANCESTOR, layer) for layer in reversed(above)]
    return _laid_out(by_code, tuple(leaves), chosen)


def alone(leaves: Sequence[str], units: Iterable[Unit] = ()) -> Membership:
    """Every leaf its own group: the figures of single schools, with the days on which one took over another."""
    breaks = content_breaks(units)
    groups = tuple(
        UnitGroup(code, GroupLevel.LEAF, (place,), breaks.get(code, ())) for place, code in enumerate(leaves)
    )
    return Membership(tuple(leaves), groups, (np.arange(len(leaves), dtype=np.int64),))


def _above(units: Mapping[str, Unit], code: str) -> list[str]:
    """The parents of a unit, nearest first; a circle in the registry ends the line."""
    found: list[str] = []
    parent = units[code].parent
    while parent and parent not in found and parent != code:
        found.append(parent)
        parent = units[parent].parent if parent in units else ""
    return found


def _grouping(unit: Unit) -> str | None:
    return f"{unit.parent}:{unit.grouping_current}" if unit.grouping_current else None


def _laid_out(
    units: Mapping[str, Unit], leaves: tuple[str, ...], chosen: Sequence[tuple[GroupLevel, Sequence[str | None]]]
) -> Membership:
    groups: list[UnitGroup] = []
    layers = []
    areas = AreaHistory.of(unit for unit in units.values() if unit.kind is not UnitKind.SCHOOL)
    for level, names in chosen:
        members: dict[str, list[int]] = {}
        for place, name in enumerate(names):
            if name is not None:
                members.setdefault(name, []).append(place)
        start = {name: len(groups) + place for place, name in enumerate(members)}
        layers.append(np.array([-1 if name is None else start[name] for name in names], dtype=np.int64))
        for name, places in members.items():
            if name in units:
                own = areas.of_unit(name)
            else:
                parent, _, grouping = name.partition(":")
                own = areas.of_grouping(parent, grouping)
            groups.append(UnitGroup(name, level, tuple(places), own))
    return Membership(leaves, tuple(groups), tuple(layers))


def first_year_after(day: date, kind: PeriodKind) -> int:
    """The first statistical year that counts units as they are after a day.

    A calendar year counts what exists at its end, a school year what exists on its first day (the autumn return).
    """
    period = Period(day.year, kind)
    counted = period.end if kind is PeriodKind.YEAR else period.start
    return day.year if day <= counted else day.year + 1
