"""What was computed from the returns of a snapshot, by unit and year; compared only where that is fair."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from duibiao.compute import Result
from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.text import Text
from duibiao.kernel.value import MISSING_WORDS, MissingReason
from duibiao.metrics.indicator import Direction, Indicator, RollUp
from duibiao.metrics.registry import UnitRegistry
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.plan.model import Target
from duibiao.store.snapshot import Snapshot
from duibiao.views.districts import SIMULATED, DistrictValue, can_hold_districts, district_value, reporting_districts

LEAST_UNITS = 5
"""Fewer units are not ranked: the last of four says nothing (ecosystem §2.3)."""
AREAS = (UnitKind.DISTRICT, UnitKind.FUNCTIONAL_ZONE)
SIMULATED_NAME = "（模拟）"


@dataclass(frozen=True)
class ComputedData:
    """The snapshot in force with its figures, its units and who lies below whom (计算数据). Made once, asked often."""

    snapshot: Snapshot
    result: Result
    units: Mapping[str, Unit]
    home: str

    @classmethod
    def of(cls, snapshot: Snapshot, result: Result, home: str) -> "ComputedData":
        """Index the units of a snapshot; ``home`` is the code of the city."""
        return cls(snapshot, result, {unit.code: unit for unit in snapshot.units()}, home)

    @cached_property
    def registry(self) -> UnitRegistry:
        """The units as they were registered when the snapshot was published."""
        return UnitRegistry.of(self.units.values())

    @cached_property
    def below(self) -> Mapping[str, tuple[Unit, ...]]:
        """The units directly below each unit, by code."""
        found: dict[str, list[Unit]] = {}
        for unit in self.units.values():
            found.setdefault(unit.parent, []).append(unit)
        return {code: tuple(sorted(units, key=lambda unit: unit.code)) for code, units in found.items()}

    @cached_property
    def _held(self) -> frozenset[str]:
        return frozenset(self.result.groups.codes)

    @property
    def mark(self) -> Text | None:
        """模拟数据 for a simulated snapshot."""
        return SIMULATED if self.snapshot.simulated else None

    def years(self, as_of: date) -> tuple[int, ...]:
        """The years of the figures up to a day."""
        return tuple(year for year in self.result.years if year <= as_of.year)

    def holds(self, indicator: str, unit: str) -> bool:
        """Whether there are figures of an indicator for a unit."""
        return indicator in self.result.figures and unit in self._held

    def value(self, indicator: Indicator, unit: str, year: int, target: Target | None = None) -> DistrictValue:
        """One figure as it is shown. Raises KeyError for what the result does not hold."""
        judge = target is not None and can_hold_districts(target, indicator)
        return district_value(
            self.result.cell(indicator.code, unit, year), indicator, self.units.get(unit), judge, target
        )

    def group_of(self, unit: Unit) -> str:
        """The code of the group a district belongs to; empty where it belongs to none."""
        return f"{unit.parent}:{unit.grouping_current}" if unit.grouping_current else ""


@dataclass(frozen=True, slots=True)
class YearValue:
    """A computed figure of one year; ``break_reason`` says why the year before cannot be compared."""

    year: int
    value: DistrictValue
    break_reason: Text | None


@dataclass(frozen=True, slots=True)
class GroupComparison:
    """The districts of one grouping beside the value of the grouping as a whole; ``value`` is None without one."""

    name: str
    value: DistrictValue | None
    members: tuple[DistrictValue, ...]


@dataclass(frozen=True, slots=True)
class RankedUnit:
    """A place in a ranking with ties (1, 2, 2, 4); ``previous`` is the place of the year before, None without one."""

    place: int
    value: DistrictValue
    previous: int | None


@dataclass(frozen=True, slots=True)
class UnitComparison:
    """One indicator over the districts in one year (区县比较), by group; ``ranking`` is empty for ``why_not``.

    ``known`` of ``total`` districts that have something to report have a figure; ``meeting`` of those reach what the
    plan asks of the whole city, None where a district cannot be held against it.
    """

    year: int
    years: tuple[int, ...]
    mark: Text | None
    snapshot: str
    run: str
    formula: str
    definition_version: str
    city: DistrictValue | None
    city_series: tuple[YearValue, ...]
    unit: str
    unit_name: str
    unit_series: tuple[YearValue, ...]
    groups: tuple[GroupComparison, ...]
    known: int
    total: int
    incomplete: tuple[DistrictValue, ...]
    not_asked: tuple[DistrictValue, ...]
    why_not: Text | None
    ranking: tuple[RankedUnit, ...]
    meeting: int | None
    completeness: Text


def unit_comparison(
    data: ComputedData,
    indicator: Indicator,
    formula: str,
    as_of: date,
    *,
    target: Target | None = None,
    unit: str = "",
    year: int | None = None,
) -> UnitComparison | None:
    """Compare the districts; None where the indicator is not computed from returns or nothing is known by then."""
    years = data.years(as_of)
    if indicator.code not in data.result.figures or not years:
        return None
    shown = year if year in years else years[-1]
    districts = _values(data, indicator, shown, target)
    absent = MISSING_WORDS[MissingReason.NOT_APPLICABLE]
    asked = [one for one in districts if one.missing is not absent]
    known = [one for one in asked if one.value is not None]
    judged = [one.meets for one in known if one.meets is not None]
    why_not = why_not_ranked(indicator, len(known), len(asked))
    chosen = data.units.get(unit)
    return UnitComparison(
        year=shown,
        years=years,
        mark=data.mark,
        snapshot=data.snapshot.id,
        run=data.result.record.run_id,
        formula=formula,
        definition_version=data.result.record.definitions.get(indicator.code, ""),
        city=data.value(indicator, data.home, shown, target) if data.holds(indicator.code, data.home) else None,
        city_series=year_values(data, indicator, data.home, years),
        unit=unit if chosen and unit != data.home else "",
        unit_name=chosen.name if chosen else "",
        unit_series=year_values(data, indicator, unit, years) if chosen and unit != data.home else (),
        groups=tuple(_groups(data, indicator, shown, asked)),
        known=len(known),
        total=len(asked),
        incomplete=tuple(one for one in asked if one.value is None),
        not_asked=tuple(one for one in districts if one.missing is absent),
        why_not=why_not,
        ranking=() if why_not else tuple(_ranking(data, indicator, known, shown, years)),
        meeting=sum(judged) if judged else None,
        completeness=_completeness(shown, len(known), len(asked), len(districts) - len(asked)),
    )


def year_values(data: ComputedData, indicator: Indicator, unit: str, years: Sequence[int]) -> tuple[YearValue, ...]:
    """The figures of a unit over the years; a year that follows a change of boundary or definition says so."""
    if not data.holds(indicator.code, unit):
        return ()
    compiled = data.result.compiled
    kinds = {compiled.periods[form] for form in compiled.forms_of(compiled.by_code[indicator.code])}
    found = []
    for year in years:
        reason = _break(data, indicator, unit, year, kinds)
        found.append(YearValue(year, data.value(indicator, unit, year), reason))
    return tuple(found)


def _break(data: ComputedData, indicator: Indicator, unit: str, year: int, kinds: Iterable[PeriodKind]) -> Text | None:
    """Why a year cannot be compared with the one before; None where it can."""
    for change in indicator.breaks:
        if change.year == year:
            return Text(change.reason, f"definition changed in {year}")
    if unit not in data.units:
        return None
    for kind in kinds:
        found = data.registry.comparable(unit, Period(year - 1, kind), Period(year, kind))
        if not found.comparable:
            return found.reason
    return None


def _values(data: ComputedData, indicator: Indicator, year: int, target: Target | None) -> list[DistrictValue]:
    units = reporting_districts(data.units, data.result, indicator.code, year)
    return [data.value(indicator, unit.code, year, target) for unit in units]


def _groups(
    data: ComputedData, indicator: Indicator, year: int, values: Sequence[DistrictValue]
) -> Iterable[GroupComparison]:
    members: dict[str, list[DistrictValue]] = {}
    for one in values:
        members.setdefault(one.group, []).append(one)
    for name, found in sorted(members.items(), key=lambda item: -len(item[1])):
        code = data.group_of(data.units[found[0].unit])
        whole = data.value(indicator, code, year) if code and data.holds(indicator.code, code) else None
        yield GroupComparison(name, whole, tuple(found))


def why_not_ranked(indicator: Indicator, known: int, total: int) -> Text | None:
    """Why districts are not ranked; None where it is fair: a share, a clear good side, five or more, none missing."""
    if indicator.rollup is not RollUp.RATIO:
        return Text("总量随区县大小而异，不作排序。", "Totals depend on the size of a district: not ranked.")
    if indicator.direction is Direction.RANGE:
        return Text("适宜区间指标，不是越高越好或越低越好，不作排序。", "Good is a range, not an end: not ranked.")
    if known < total:
        lack = total - known
        return Text(
            f"{total}个应报区县中{lack}个缺值或不可比，不完整，不作排序。",
            f"{lack} of {total} districts lack a comparable value: incomplete, not ranked.",
        )
    if known < LEAST_UNITS:
        return Text(f"可比区县只有{known}个，少于5个，不作排序。", f"Only {known} districts, fewer than 5: not ranked.")
    return None


def _ranking(
    data: ComputedData, indicator: Indicator, known: Sequence[DistrictValue], year: int, years: Sequence[int]
) -> Iterable[RankedUnit]:
    earlier: dict[str, int] = {}
    if year - 1 in years:
        before = [one for one in _values(data, indicator, year - 1, None) if one.value is not None]
        same = {one.unit for one in before} == {one.unit for one in known}
        earlier = {one.unit: place for place, one in places(before, indicator.direction)} if same else {}
    for place, one in places(known, indicator.direction):
        yield RankedUnit(place, one, earlier.get(one.unit))


def places(values: Iterable[DistrictValue], direction: Direction) -> Iterable[tuple[int, DistrictValue]]:
    """Places with ties, as values are shown: equal figures share the better place, the next place is left out."""
    known = [(one.value, one) for one in values if one.value is not None]
    known.sort(key=lambda pair: (-pair[0] if direction is Direction.UP else pair[0], pair[1].unit))
    place, last = 0, None
    for count, (amount, one) in enumerate(known, start=1):
        if amount != last:
            place, last = count, amount
        yield place, one


def _completeness(year: int, known: int, total: int, not_asked: int) -> Text:
    share = f"{Decimal(known) * 100 / total:.0f}%" if total else "—"
    left = f"；{not_asked}个区县没有此类学校，不计" if not_asked else ""
    left_en = f"; {not_asked} have no such school" if not_asked else ""
    return Text(
        f"{year}年：应有值的{total}个区县中{known}个有值（完整度{share}）{left}。",
        f"{year}: {known} of {total} districts have a figure ({share} complete){left_en}.",
    )
