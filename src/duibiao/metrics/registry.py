"""The registry of units (单位名录): who belongs to whom on which day, who follows whom, and what may be compared."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from duibiao.kernel.period import Period
from duibiao.kernel.text import Text
from duibiao.metrics.unit import Unit, UnitKind, identifier_fault


class DistrictGrouping(StrEnum):
    """The groupings (分组) the districts of a city are put into."""

    CURRENT = "grouping_current"  # 现行分组
    YEAR_2020 = "grouping_2020"  # 2020年分组
    SUBGROUP = "subgroup"  # 细分片区


@dataclass(frozen=True, slots=True)
class Comparability:
    """Whether values of two periods may be compared (可比性), and where not, the reason."""

    comparable: bool
    reason: Text = field(default_factory=lambda: Text(""))


_YES = Comparability(True)


@dataclass(frozen=True)
class UnitRegistry:
    """Units by code, and the questions about their tree and their history. Built from packs or from a store alike.

    Lookups raise KeyError for a code that is no unit.
    """

    by_code: Mapping[str, Unit]
    _below: Mapping[str, tuple[str, ...]]
    _before: Mapping[str, tuple[str, ...]]
    _identified: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, units: Iterable[Unit]) -> "UnitRegistry":
        """Index units by code, parent, predecessor and identifier."""
        by_code = {unit.code: unit for unit in units}
        below: dict[str, list[str]] = {}
        before: dict[str, list[str]] = {}
        identified: dict[tuple[str, str], str] = {}
        for unit in by_code.values():
            if unit.parent:
                below.setdefault(unit.parent, []).append(unit.code)
            for code in unit.successors:
                before.setdefault(code, []).append(unit.code)
            for pair in unit.identifiers:
                identified.setdefault(pair, unit.code)
        frozen = [{code: tuple(found) for code, found in index.items()} for index in (below, before)]
        return cls(by_code, frozen[0], frozen[1], identified)

    # --- the tree ----------------------------------------------------------------------------------

    def path(self, code: str) -> tuple[Unit, ...]:
        """The unit and every unit above it, up to the top. Raises ValueError when the parents go round in a circle."""
        found: list[Unit] = []
        at = code
        while at:
            if any(unit.code == at for unit in found):
                raise ValueError(f"{code}: its parents lead back to {at}")
            found.append(self.by_code[at])
            at = found[-1].parent
        return tuple(found)

    def subtree(self, code: str, day: date | None = None) -> Iterator[Unit]:
        """The unit and everything below it, those that exist on a day (all that ever were without one)."""
        waiting = [code]
        while waiting:
            unit = self.by_code[waiting.pop()]
            waiting += reversed(self._below.get(unit.code, ()))
            if day is None or unit.exists_on(day):
                yield unit

    def contains(self, whole: str, part: str) -> bool:
        """Tell whether a unit is another or lies below it."""
        return any(unit.code == whole for unit in self.path(part))

    def leaf_group(self, code: str) -> str:
        """The district (or functional zone) a unit belongs to; the unit itself where there is none below the city."""
        for unit in self.path(code):
            if unit.kind in (UnitKind.DISTRICT, UnitKind.FUNCTIONAL_ZONE):
                return unit.code
        return code

    def members(self, grouping: DistrictGrouping, name: str, day: date) -> tuple[Unit, ...]:
        """The units of a grouping on a day, e.g. ``members(DistrictGrouping.CURRENT, '渝东北', day)``."""
        found = (unit for unit in self.by_code.values() if getattr(unit, grouping.value) == name)
        return tuple(unit for unit in found if unit.exists_on(day))

    def identified_by(self, scheme: str, value: str) -> Unit | None:
        """The unit that has an identifier, None where nobody has it."""
        code = self._identified.get((scheme, value))
        return self.by_code[code] if code is not None else None

    # --- the history -------------------------------------------------------------------------------

    def successors(self, code: str, day: date | None = None) -> tuple[Unit, ...]:
        """Who took over: the units that follow directly, or with a day those that exist then, however many steps on."""
        if day is None:
            return tuple(self.by_code[one] for one in self.by_code[code].successors)
        found: dict[str, Unit] = {}
        waiting, seen = list(self.by_code[code].successors), {code}
        while waiting:
            unit = self.by_code[waiting.pop(0)]
            if unit.code in seen:
                continue
            seen.add(unit.code)
            if unit.exists_on(day):
                found[unit.code] = unit
            else:
                waiting += unit.successors
        return tuple(found.values())

    def predecessors(self, code: str) -> tuple[Unit, ...]:
        """The units a unit took over from, in whole or in part."""
        return tuple(self.by_code[one] for one in self._before.get(code, ()))

    def comparable(self, code: str, earlier: Period, later: Period) -> Comparability:
        """Whether a growth rate of one unit between two periods means anything.

        It does not across a day on which the boundary changed or another unit was taken over (a school that absorbed
        another has not grown), and not where the unit did not yet exist or no longer does: 江北区 and 渝北区 ended on
        2025-11-06, 北碚区 went on with other towns.
        """
        unit = self.by_code[code]
        if later < earlier:
            earlier, later = later, earlier
        for period in (earlier, later):
            if not unit.exists_in(period):
                return Comparability(False, self._absent(unit, period))
        for day in unit.breaks:
            if _day(earlier) < day <= _day(later):
                zh = f"{unit.name}于{day}边界调整，{earlier}与{later}不可比"
                en = f"the boundary of {unit.name} changed on {day}: {earlier} and {later} are not comparable"
                return Comparability(False, Text(zh, en))
        for before in self.predecessors(code):
            if before.valid_to is not None and _day(earlier) < before.valid_to <= _day(later):
                zh = f"{unit.name}于{before.valid_to}承接{before.name}，{earlier}与{later}不可比"
                en = f"{unit.name} took over {before.name} on {before.valid_to}: {earlier} and {later} do not compare"
                return Comparability(False, Text(zh, en))
        return _YES

    def _absent(self, unit: Unit, period: Period) -> Text:
        if unit.valid_to is not None and unit.valid_to <= _day(period):
            names = "、".join(one.name for one in self.successors(unit.code))
            zh, en = f"{unit.name}于{unit.valid_to}撤销", f"{unit.name} ended on {unit.valid_to}"
            return Text(f"{zh}，由{names}承继" if names else zh, f"{en}, followed by {names}" if names else en)
        return Text(f"{period}尚无{unit.name}", f"{unit.name} did not yet exist in {period}")


def content_breaks(units: Iterable[Unit]) -> dict[str, tuple[date, ...]]:
    """The days on which what a unit stands for changed while its code stayed, by unit; units without any are left out.

    Its own breaks, and the days on which it took over another unit, whole or in part.
    """
    found: dict[str, set[date]] = {}
    for unit in units:
        if unit.breaks:
            found.setdefault(unit.code, set()).update(unit.breaks)
        if unit.valid_to is not None:
            for heir in unit.successors:
                found.setdefault(heir, set()).add(unit.valid_to)
    return {code: tuple(sorted(days)) for code, days in found.items()}


def changed_between(breaks: Mapping[str, Collection[date]], earlier: Period, later: Period) -> frozenset[str]:
    """The units of which the counts of two periods do not compare, out of what ``content_breaks`` answers."""
    first, last = _day(earlier), _day(later)
    return frozenset(code for code, days in breaks.items() if any(first < day <= last for day in days))


def _day(period: Period) -> date:
    """The day a period's return speaks of (see ``Unit.exists_in``)."""
    return period.end if period.kind == "year" else period.start


def identifier_faults(registry: UnitRegistry) -> Iterator[tuple[Unit, str, str, Text]]:
    """Every identifier that breaks the rule of its scheme or is used twice: unit, scheme, value, what is wrong.

    The province part of a 学校标识码 must be that of the city above the unit, where that has a GB/T 2260 code.
    """
    for unit in registry.by_code.values():
        for scheme, value in unit.identifiers:
            fault = identifier_fault(scheme, value, _province(registry, unit))
            owner = registry.identified_by(scheme, value)
            if fault is not None:
                yield unit, scheme, value, fault
            elif owner is not None and owner.code != unit.code:
                zh, en = f"已属于{owner.name}（{owner.code}）", f"it belongs to {owner.name} ({owner.code})"
                yield unit, scheme, value, Text(zh, en)


def _province(registry: UnitRegistry, unit: Unit) -> str:
    """The two digits of the province a unit lies in; empty where that is not known."""
    at, seen = unit.code, set[str]()
    while at in registry.by_code and at not in seen:
        seen.add(at)
        found = registry.by_code[at]
        if found.kind is UnitKind.CITY and found.code[:2].isdigit():
            return found.code[:2]
        at = found.parent
    return ""
