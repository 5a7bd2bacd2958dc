"""From a computed figure down to the schools and cells it was made of, as a person reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from duibiao.compute.lineage import AggregateTrace, Contribution, FigureTrace
from duibiao.compute.result import ComputedValue
from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.text import Text
from duibiao.kernel.value import MISSING_WORDS, plain
from duibiao.metrics.element import DataElement, ValueType
from duibiao.metrics.expression import written
from duibiao.metrics.expression.nodes import AggregateFunction, ElementRef
from duibiao.metrics.form import Form
from duibiao.metrics.indicator import Indicator
from duibiao.metrics.unit import Unit
from duibiao.store.snapshot import Snapshot
from duibiao.views.districts import SIMULATED, DistrictValue, district_value

ROLE_WORDS = {
    "top": Text("分子合计", "sum (numerator)"),
    "bottom": Text("分母合计", "sum (denominator)"),
    "known": Text("计入的单位", "units that count"),
    "total": Text("应报的单位", "units expected"),
    "rows": Text("报表份数", "returns"),
    "squares": Text("Σ R²÷P", "Σ R²÷P"),
    "entropy": Text("Σ P·x·ln x", "Σ P·x·ln x"),
    "negative": Text("负值的单位", "units below zero"),
    "extreme": Text("最值", "extreme"),
}
"""What the states of an aggregate are, by role."""
_F = AggregateFunction
_ALONE = {_F.SUM: Text("合计", "sum"), _F.COUNT: Text("符合条件的单位", "units that meet it")}
_TOP = {**_ALONE, _F.SHARE: _ALONE[_F.COUNT], _F.MEAN: Text("合计", "sum")}
"""What ``top`` is where it is no numerator."""
_HOW = {
    _F.DIFFERENCE_COEFFICIENT: Text(
        "差异系数 = √（Σ(R²÷P) × ΣP ÷ (ΣR)² − 1），R 为资源，P 为学生数", "√(Σ(R²÷P) × ΣP ÷ (ΣR)² − 1)"
    ),
    _F.GINI: Text("基尼系数：各单位两两之差的加权平均 ÷ 两倍平均数", "weighted mean difference ÷ twice the mean"),
    _F.THEIL: Text("泰尔指数 = Σ w·x·ln x ÷ Σ w·x − ln(Σ w·x ÷ Σ w)", "Σ w·x·ln x ÷ Σ w·x − ln(Σ w·x ÷ Σ w)"),
}
_ORDERED = (_F.MEDIAN, _F.QUANTILE, _F.MIN, _F.MAX, _F.GINI)
"""Their units are shown from the least value to the greatest: the figure is one of them, or lies between two."""


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell of a return that a figure rests on; ``shown`` is a dash where nothing was reported."""

    element: str
    label: Text
    shown: str


@dataclass(frozen=True, slots=True)
class UnitPart:
    """What one reporting unit gave to a figure, or why it gave nothing.

    ``values`` are what the parts of the aggregate come to for it, where they are more than one cell.
    """

    unit: str
    name: str
    amounts: tuple[tuple[Text, str], ...]
    values: tuple[tuple[str, str], ...]
    missing: Text | None
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True)
class AggregatePart:
    """One aggregate of a figure: its text, form and year, its states, those of each district and of each unit.

    ``of`` is the indicator it belongs to, with its value, where the figure only refers to that one; ``how`` tells in a
    line how its value follows from what is shown, empty for a plain sum.
    """

    of: Text | None
    text: str
    form: str
    form_label: Text
    period: Text
    year: int
    how: Text
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
    found: FigureTrace,
    indicator: Indicator,
    snapshot: Snapshot,
    elements: Mapping[str, DataElement],
    forms: Mapping[str, Form],
    titles: Mapping[str, Indicator],
) -> LineagePage:
    """Arrange a trace; units that do not count come last. ``titles`` name the indicators that are referred to."""
    units = {unit.code: unit for unit in snapshot.units()}
    figure = found.figure
    known = _Known(units, elements, forms, titles)
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
        parts=tuple(known.part(one, of) for one, of in _all(found, None)),
    )


def _all(found: FigureTrace, of: ComputedValue | None) -> list[tuple[AggregateTrace, ComputedValue | None]]:
    """The aggregates of a figure and of the indicators it refers to, with the figure of the indicator for those."""
    own = [(one, of) for one in found.aggregates]
    return [*own, *(one for referred in found.referred for one in _all(referred, referred.figure))]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the codes of a trace mean."""

    units: Mapping[str, Unit]
    elements: Mapping[str, DataElement]
    forms: Mapping[str, Form]
    titles: Mapping[str, Indicator]

    def referred(self, figure: ComputedValue) -> Text:
        """The name of an indicator that is referred to, with its value."""
        indicator = self.titles[figure.indicator]
        value = district_value(figure, indicator, self.units.get(figure.unit), judge=False)
        missing = value.missing or Text(value.shown, value.shown)
        return Text(f"{indicator.label.zh} = {missing.zh}", f"{indicator.label.en} = {missing.en}")

    def part(self, one: AggregateTrace, of: ComputedValue | None) -> AggregatePart:
        counted = [unit for unit in one.units if unit.missing is None]
        form = self.forms[one.form]
        function = one.node.function
        return AggregatePart(
            of=None if of is None else self.referred(of),
            text=one.text,
            form=one.form,
            form_label=form.label,
            period=_period(Period(one.year, form.period)),
            year=one.year,
            how=_how(one),
            amounts=_amounts(one.amounts, function),
            districts=tuple((_name(self.units, code), _amounts(own, function)) for code, own in one.leaves.items()),
            units=tuple(self.unit(unit, one) for unit in _in_order(one)),
            counted=len(counted),
            not_counted=len(one.units) - len(counted),
        )

    def unit(self, one: Contribution, of: AggregateTrace) -> UnitPart:
        composed = {written(node) for node in of.node.arguments if not isinstance(node, ElementRef)}
        return UnitPart(
            unit=one.unit,
            name=_name(self.units, one.unit),
            amounts=_amounts(one.amounts, of.node.function),
            values=tuple((text, _value(value)) for text, value in one.values.items() if text in composed),
            missing=MISSING_WORDS[one.missing] if one.missing else None,
            cells=tuple(
                CellView(code, self.elements[code].label, _cell(value, self.elements[code]))
                for code, value in one.cells.items()
            ),
        )


def _in_order(one: AggregateTrace) -> Sequence[Contribution]:
    """Those that count first; by value where the figure rests on the order of values, else by district and code."""
    first = written(one.node.arguments[0])

    def place(unit: Contribution) -> tuple[bool, float, str, str]:
        value = unit.values.get(first) if one.node.function in _ORDERED else None
        return unit.missing is not None, 0.0 if value is None else float(value), unit.district, unit.unit

    return sorted(one.units, key=place)


def _how(one: AggregateTrace) -> Text:
    """How the value of an aggregate follows from its states."""
    node, amounts = one.node, one.amounts
    if node.function in _HOW:
        return _HOW[node.function]
    if node.function in (_F.MEDIAN, _F.QUANTILE):
        level = Decimal("0.5") if node.level is None else node.level
        place = level * (int(amounts.get("known", 0)) - 1) + 1
        return Text(
            f"由小到大排列，取第 {plain(place):f} 位（两位之间按比例内插）",
            f"in order of size the value at place {plain(place):f}, between two places in proportion",
        )
    below = {_F.RATIO: "bottom", _F.SHARE: "known", _F.MEAN: "known" if node.weight is None else "bottom"}
    top, bottom = amounts.get("top"), amounts.get(below.get(node.function, ""))
    if top is None or not bottom:
        return Text("")
    told = f"{_shown(top)} ÷ {_shown(bottom)} = {_shown(top / bottom)}"
    return Text(told, told)


def _period(period: Period) -> Text:
    is_school_year = period.kind is PeriodKind.SCHOOL_YEAR
    return Text(f"{period}{'学年' if is_school_year else '年'}", f"{'school year ' if is_school_year else ''}{period}")


def _amounts(amounts: Mapping[str, Decimal], function: AggregateFunction) -> tuple[tuple[Text, str], ...]:
    words = ROLE_WORDS | ({"top": _TOP[function]} if function in _TOP else {})
    return tuple((words.get(role, Text(role)), _shown(value)) for role, value in amounts.items())


def _shown(value: Decimal) -> str:
    """A number with thousands separators and at most four decimals."""
    return f"{plain(round(value, 4)):,f}"


def _value(value: float | bool | None) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    return _shown(Decimal(repr(value)))


def _cell(value: Decimal | None, element: DataElement) -> str:
    """A cell as it was answered: yes and no, the words of a choice, else the amount with its unit."""
    if value is None:
        return "—"
    if element.type is ValueType.FLAG:
        return "是" if value else "否"
    words = {choice.code: choice.label.zh for choice in element.choices}
    return words.get(int(value), _shown(value)) if words else f"{_shown(value)}{element.unit}"


def _name(units: Mapping[str, Unit], code: str) -> str:
    return units[code].name if code in units else code
