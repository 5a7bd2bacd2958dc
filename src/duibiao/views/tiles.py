"""The districts as tiles (区县示意图（非地图）): which exist on a day, and one indicator of one year."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duibiao.kernel.text import Text
from duibiao.kernel.value import MISSING_WORDS, MissingReason
from duibiao.metrics.indicator import Indicator, RollUp
from duibiao.metrics.unit import Unit
from duibiao.progress.assess import deciding
from duibiao.views.computed import AREAS, SIMULATED_NAME, ComputedData
from duibiao.views.districts import DistrictValue
from duibiao.workspace import Workspace

CLASSES = 4
"""Shades of the tiles: more could not be told apart in print."""
_SHORT = 4


@dataclass(frozen=True, slots=True)
class Tile:
    """A district in its place (示意图方格): column and row from 0; ``shade`` from 0 (lowest) to 3, None without one."""

    code: str
    name: str
    short: str
    column: int
    row: int
    group: str
    value: DistrictValue | None
    shade: int | None


@dataclass(frozen=True, slots=True)
class TilesPage:
    """The tile diagram on a day (区县示意图页).

    ``choices`` are the indicators that can be shown: code, name. ``limits`` are the lowest and highest value of each
    shade in words; empty where values are not shaded, then ``why_plain`` says why. ``without_place`` are the units of
    the day that have no tile.
    """

    as_of: date
    mark: Text | None
    indicator: str
    label: Text | None
    unit: str
    year: int | None
    years: tuple[int, ...]
    choices: tuple[tuple[str, Text], ...]
    sentence: Text
    tiles: tuple[Tile, ...]
    columns: int
    rows: int
    limits: tuple[str, ...]
    why_plain: Text | None
    without_place: tuple[Tile, ...]
    city: DistrictValue | None


def tiles_page(
    workspace: Workspace, data: ComputedData | None, as_of: date, indicator: str = "", year: int | None = None
) -> TilesPage:
    """Lay out the districts that exist on a day. Raises KeyError for an indicator that is not computed."""
    codes = _computed(workspace, data)
    if indicator and indicator not in codes:
        raise KeyError(indicator)
    code = indicator or (codes[0] if codes else "")
    chosen = workspace.content.indicators[code] if code else None
    years = data.years(as_of) if data else ()
    shown = year if year in years else (years[-1] if years else None)
    units = data.units if data else workspace.content.units
    districts = [
        unit
        for unit in sorted(units.values(), key=lambda unit: unit.code)
        if unit.kind in AREAS and unit.parent == workspace.home.unit and unit.exists_on(as_of)
    ]
    values = _values(workspace, data, chosen, shown, districts, as_of)
    plain = _why_plain(chosen, values)
    steps = [] if plain else _steps([one.value for one in values.values() if one.value is not None])
    tiles = [_tile(workspace, unit, values.get(unit.code), steps) for unit in districts]
    placed = tuple(tile for tile in tiles if tile.column >= 0)
    return TilesPage(
        as_of=as_of,
        mark=data.mark if data else None,
        indicator=code,
        label=chosen.label if chosen else None,
        unit=chosen.unit if chosen else "",
        year=shown,
        years=years,
        choices=tuple((one, workspace.content.indicators[one].label) for one in codes),
        sentence=_sentence(as_of, districts, values, shown),
        tiles=placed,
        columns=max((tile.column for tile in placed), default=0) + 1,
        rows=max((tile.row for tile in placed), default=0) + 1,
        limits=tuple(_limits(steps, values)),
        why_plain=plain,
        without_place=tuple(tile for tile in tiles if tile.column < 0),
        city=data.value(chosen, data.home, shown)
        if data and chosen and shown and data.holds(code, data.home)
        else None,
    )


def _computed(workspace: Workspace, data: ComputedData | None) -> list[str]:
    """The computed indicators, those with a target first, in the order of the plans."""
    if data is None:
        return []
    aimed = [target.indicator for plan in workspace.content.plans.by_code.values() for target in plan.table]
    wanted = [code for code in dict.fromkeys(aimed) if code in data.result.figures]
    shares = [code for code in wanted if workspace.content.indicators[code].rollup is RollUp.RATIO]
    return list(dict.fromkeys((*shares, *wanted, *data.result.figures)))


def _values(
    workspace: Workspace,
    data: ComputedData | None,
    indicator: Indicator | None,
    year: int | None,
    districts: Sequence[Unit],
    as_of: date,
) -> dict[str, DistrictValue]:
    if data is None or indicator is None or year is None:
        return {}
    targets = workspace.content.plans.targets_of(indicator.code)
    target = deciding([one for one in targets if workspace.unit_of(one) == workspace.home.unit], as_of)
    return {
        unit.code: data.value(indicator, unit.code, year, target)
        for unit in districts
        if data.holds(indicator.code, unit.code)
    }


def _why_plain(indicator: Indicator | None, values: Mapping[str, DistrictValue]) -> Text | None:
    if indicator is None:
        return Text("尚无由报表计算的数据，只示区县位置。", "Nothing has been computed yet: places only.")
    if indicator.rollup is not RollUp.RATIO:
        return Text("总量随区县大小而异，不分色。", "Totals depend on the size of a district: not shaded.")
    if sum(1 for one in values.values() if one.value is not None) < CLASSES + 1:
        return Text("有值的区县不足5个，不分色。", "Fewer than 5 districts have a value: not shaded.")
    return None


def _steps(values: Sequence[Decimal]) -> list[Decimal]:
    """The lower limits of the shades: quarters of the districts, equal values in one shade."""
    found = sorted(values)
    return sorted({found[place * len(found) // CLASSES] for place in range(CLASSES)})


def _limits(steps: Sequence[Decimal], values: Mapping[str, DistrictValue]) -> Iterable[str]:
    known = sorted((one.value, one.shown) for one in values.values() if one.value is not None)
    for place in range(len(steps)):
        inside = [shown for value, shown in known if _shade(value, steps) == place]
        yield inside[0] if inside[0] == inside[-1] else f"{inside[0]} – {inside[-1]}"


def _shade(value: Decimal, steps: Sequence[Decimal]) -> int:
    return sum(1 for step in steps if value >= step) - 1


def _tile(workspace: Workspace, unit: Unit, value: DistrictValue | None, steps: Sequence[Decimal]) -> Tile:
    place = unit.tile or _place_by_name(workspace, unit)
    shade = _shade(value.value, steps) if steps and value is not None and value.value is not None else None
    column, row = place or (-1, -1)
    return Tile(unit.code, unit.name, short_name(unit.name), column, row, unit.grouping_current, value, shade)


def _place_by_name(workspace: Workspace, unit: Unit) -> tuple[int, int] | None:
    """A simulated district stands where the district of its name stands."""
    name = unit.name.removesuffix(SIMULATED_NAME)
    return next((one.tile for one in workspace.content.units.values() if one.name == name and one.tile), None)


def short_name(name: str) -> str:
    """A name short enough for a tile: without 区, 县 and the peoples an autonomous county is named after.

    石柱土家族自治县 → 石柱, 渝中区 → 渝中; 忠县 and 两江新区 stay.
    """
    plain = name.removesuffix(SIMULATED_NAME)
    if plain.endswith("自治县") and "族" in plain:
        return plain[:2]
    keeps = len(plain) <= 2 or plain.endswith("新区")
    cut = plain[:-1] if plain.endswith(("区", "县")) and not keeps else plain
    return cut[:_SHORT]


def _sentence(as_of: date, districts: Sequence[Unit], values: Mapping[str, DistrictValue], year: int | None) -> Text:
    absent = MISSING_WORDS[MissingReason.NOT_APPLICABLE]
    asked = [one for one in values.values() if one.missing is not absent]
    known = sum(1 for one in asked if one.value is not None)
    if year is None:
        return Text(f"{as_of}有{len(districts)}个区县和功能区。", f"{len(districts)} districts on {as_of}.")
    places, lacking = len(districts), len(districts) - known
    return Text(
        f"按{as_of}的区划，{places}个区县和功能区；{year}年{known}个有值，{lacking}个无数据或不适用。",
        f"{places} districts as of {as_of}; {known} have a value of {year}, {lacking} have none.",
    )
