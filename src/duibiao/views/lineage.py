"""From a computed figure down to the schools and cells it was made of, as a person reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from duibiao.compute.lineage import AggregateTrace, Contribution, FigureTrace
from duibiao.kernel.text import Text
from duibiao.kernel.value import MISSING_WORDS, plain
from duibiao.metrics.element import DataElement, ValueType
from duibiao.metrics.indicator import Indicator
from duibiao.metrics.unit import Unit
from duibiao.store.snapshot import Snapshot
from duibiao.views.districts import SIMULATED, DistrictValue, district_value

ROLE_WORDS = {
    "top": Text("合计（分子）", "sum (numerator)"),
    "bottom": Text("合计（分母）", "sum (denominator)"),
    "known": Text("计入的单位", "units that count"),
    "total": Text("应报的单位", "units expected"),
    "rows": Text("报表份数", "returns"),
    "squares": Text("Σ R²÷P", "Σ R²÷P"),
    "entropy": Text("Σ P·x·ln x", "Σ P·x·ln x"),
    "negative": Text("负值的单位", "units below zero"),
    "extreme": Text("最值", "extreme"),
}
"""What the states of an aggregate are, by role."""


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell of a return that a figure rests on; ``shown`` is a dash where nothing was reported."""

    element: str
    label: Text
    shown: str


@dataclass(frozen=True, slots=True)
class UnitPart:
    """What one reporting unit gave to a figure, or why it gave nothing."""

    unit: str
    name: str
    amounts: tuple[tuple[Text, str], ...]
    missing: Text | None
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True)
class AggregatePart:
    """One aggregate of a figure: its text, form and year, its states, those of each district, and of each unit."""

    text: str
    form: str
    year: int
    amounts: tuple[tuple[Text, str], ...]
    districts: tuple[tuple[str, tuple[tuple[Text, str], ...]], ...]
    units: tuple[UnitPart, ...]
    counted: int
    not_counted: int


@dataclass(frozen=True, slots=True)
class LineagePage:
    """The way down from a computed figure (计算值溯源). It shows single returns: for those who may see them."""

    indicator: str
    label: Text
    unit: str
    unit_name: str
    year: int
    value: DistrictValue
    formula: str
    definition_version: str
    snapshot: str
    run: str
    engine: str
    mark: Text | None
    parts: tuple[AggregatePart, ...]


def lineage_page(
    found: FigureTrace, indicator: Indicator, snapshot: Snapshot, elements: Mapping[str, DataElement]
) -> LineagePage:
    """Arrange a trace; units that count least known come last, in order of code."""
    units = {unit.code: unit for unit in snapshot.units()}
    figure = found.figure
    return LineagePage(
        indicator=indicator.code,
        label=indicator.label,
        unit=figure.unit,
        unit_name=_name(units, figure.unit),
        year=figure.year,
        value=district_value(figure, indicator, units.get(figure.unit), judge=False),
        formula=found.expression,
        definition_version=found.definition_version,
        snapshot=found.record.snapshot,
        run=found.record.run_id,
        engine=found.record.engine,
        mark=SIMULATED if snapshot.simulated else None,
        parts=tuple(_part(one, units, elements) for one in _all(found)),
    )


def _all(found: FigureTrace) -> list[AggregateTrace]:
    """The aggregates of a figure and of the indicators it refers to."""
    return [*found.aggregates, *(one for referred in found.referred for one in _all(referred))]


def _part(one: AggregateTrace, units: Mapping[str, Unit], elements: Mapping[str, DataElement]) -> AggregatePart:
    counted = [unit for unit in one.units if unit.missing is None]
    return AggregatePart(
        text=one.text,
        form=one.form,
        year=one.year,
        amounts=_amounts(one.amounts),
        districts=tuple((_name(units, code), _amounts(amounts)) for code, amounts in one.leaves.items()),
        units=tuple(_unit(unit, units, elements) for unit in _in_order(one.units)),
        counted=len(counted),
        not_counted=len(one.units) - len(counted),
    )


def _in_order(units: Sequence[Contribution]) -> list[Contribution]:
    return sorted(units, key=lambda unit: (unit.missing is not None, unit.district, unit.unit))


def _unit(one: Contribution, units: Mapping[str, Unit], elements: Mapping[str, DataElement]) -> UnitPart:
    return UnitPart(
        unit=one.unit,
        name=_name(units, one.unit),
        amounts=_amounts(one.amounts),
        missing=MISSING_WORDS[one.missing] if one.missing else None,
        cells=tuple(
            CellView(code, elements[code].label, _shown(value, elements[code].unit))
            for code, value in one.cells.items()
        ),
    )


def _amounts(amounts: Mapping[str, Decimal]) -> tuple[tuple[Text, str], ...]:
    return tuple((ROLE_WORDS.get(role, Text(role)), _shown(value, "")) for role, value in amounts.items())


def _shown(value: Decimal | None, unit: str) -> str:
    return "—" if value is None else f"{plain(value):f}{unit}"


def _cell(value: Decimal | None, element: DataElement) -> str:
    """A cell as it was answered: yes and no, the words of a choice, else the amount."""
    if value is None:
        return _shown(value, "")
    if element.type is ValueType.FLAG:
        return "是" if value else "否"
    words = {choice.code: choice.label.zh for choice in element.choices}
    return words.get(int(value), _shown(value, "")) if words else _shown(value, element.unit)


def _name(units: Mapping[str, Unit], code: str) -> str:
    return units[code].name if code in units else code
