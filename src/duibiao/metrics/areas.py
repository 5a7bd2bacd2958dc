"""When what an area covers changed (区划沿革): no sum or growth may be set beside one from before such a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from duibiao.metrics.registry import content_breaks
from duibiao.metrics.unit import Unit


@dataclass(frozen=True, slots=True)
class AreaHistory:
    """The boundary changes of districts, zones and cities, and which of them a city or a grouping holds whole.

    What changed on one day below one parent is one change (a decision moves towns between neighbours), and so are a
    unit that ended and those that took it over, wherever they are. 2025-11-06: 江北, 渝北, 北碚 and 两江新区 are one.
    """

    units: Mapping[str, Unit]
    _breaks: Mapping[str, tuple[date, ...]]
    _changes: tuple[tuple[date, frozenset[str]], ...]

    @classmethod
    def of(cls, units: Iterable[Unit]) -> "AreaHistory":
        """Put the changes of a registry together; ``units`` are those that are no schools."""
        by_code = {unit.code: unit for unit in units}
        changes: dict[date, list[set[str]]] = {}
        for unit in by_code.values():
            for day in unit.breaks:
                _join(changes.setdefault(day, []), {unit.code}, by_code)
            if unit.valid_to is not None:
                _join(changes.setdefault(unit.valid_to, []), {unit.code, *unit.successors}, by_code)
        told = [(day, frozenset(one)) for day, found in sorted(changes.items()) for one in found]
        return cls(by_code, content_breaks(by_code.values()), tuple(told))

    def of_unit(self, code: str) -> tuple[date, ...]:
        """The days on which the area of a unit changed: it says so itself, it took over another, or a part left it.

        A boundary between two districts of one city is no change of the city.
        """
        days = set(self._breaks.get(code, ()))
        days.update(day for day, units in self._changes if len({self._is_below(one, code) for one in units}) > 1)
        return tuple(sorted(days))

    def of_grouping(self, parent: str, grouping: str) -> tuple[date, ...]:
        """The days on which the area of a grouping changed: a change touched it and does not lie wholly inside.

        One unit alone whose boundary moved, or that ended without an heir, is never whole: the other side is not known.
        """
        inside = {one.code for one in self.units.values() if (one.parent, one.grouping_current) == (parent, grouping)}
        return tuple(sorted({day for day, units in self._changes if units & inside and not _whole(units, inside)}))

    def _is_below(self, code: str, top: str) -> bool:
        seen = set[str]()
        at = code
        while at in self.units and at not in seen and at != top:
            seen.add(at)
            at = self.units[at].parent
        return at == top


def _whole(units: frozenset[str], inside: set[str]) -> bool:
    return len(units) > 1 and units <= inside


def _join(found: list[set[str]], units: set[str], by_code: Mapping[str, Unit]) -> None:
    """Add a change to those of its day, joined with every one that shares a unit or a parent with it."""

    def parents(codes: set[str]) -> set[str]:
        return {by_code[code].parent for code in codes if code in by_code and by_code[code].parent}

    for other in [one for one in found if one & units or parents(one) & parents(units)]:
        found.remove(other)
        units = units | other
    found.append(units)
