"""From a computed figure down to the schools and cells it was made of, as a person reads it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from duibiao.compute.lineage import AggregateTrace, Contribution, FigureTrace
from duibiao.compute.result import ComputedValue
from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.text import Text
from duibiao.kernel.value import MISSING_WORDS, plain
from duibiao.metrics.element import DataElement, ValueType
from duibiao.metrics.expression import written
from duibiao.metrics.expression.nodes import AggregateFunction, ElementRef, ExpressionNode
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
    values: tuple[tuple[Text, str], ...]
    missing: Text | None
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True)
class DistrictPart:
    """What one district gave to a figure (溯源区县): its states."""

    code: str
    name: str
    amounts: tuple[tuple[Text, str], ...]


@dataclass(frozen=True, slots=True)
class AggregatePart:
    """One aggregate of a figure: its text, form and year, its states, those of each district and of each unit.

    ``of`` is the indicator it belongs to, with its value, where the figure only refers to that one; ``how`` tells in a
    line how its value follows from what is shown, empty for a plain sum. ``units`` are some of those that ``counted``
    and ``not_counted`` count, where the reader asked for a page of them.
    """

    of: Text | None
    text: str
    words: Text
    form: str
    form_label: Text
    period: Text
    year: int
    how: Text
    amounts: tuple[tuple[Text, str], ...]
    districts: tuple[DistrictPart, ...]
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


def _everywhere(_: str) -> bool:
    return True


def _as_written(node: ExpressionNode) -> Text:
    return Text(written(node))


@dataclass(frozen=True, slots=True)
class LineageReach:
    """How far down a reader sees (溯源范围): who ``sees`` the returns of which units, and which page of them.

    ``is_whole``: whether the reader sees everything the figure rests on; else the sums over all of it are not shown
    (only the figure itself is published). ``school``: the trace of a district is cut down to one school of it.
    ``first`` units are left out, ``most`` are shown; None for all.
    """

    sees: Callable[[str], bool] = _everywhere
    is_whole: bool = True
    school: str = ""
    first: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class LineageNames:
    """What the codes of a trace mean (溯源名称): units, elements, forms, indicators, and how an expression is said."""

    units: Mapping[str, Unit]
    elements: Mapping[str, DataElement]
    forms: Mapping[str, Form]
    titles: Mapping[str, Indicator]
    say: Callable[[ExpressionNode], Text] = _as_written


WHOLE = LineageReach()


def lineage_page(
    found: FigureTrace,
    indicator: Indicator,
    snapshot: Snapshot,
    names: LineageNames,
    reach: LineageReach = WHOLE,
    figure: ComputedValue | None = None,
) -> LineagePage:
    """Arrange a trace; units that do not count come last.

    ``figure``: the value to show, where it is not the one that was traced: that of one school of the district.
    """
    shown = figure or found.figure
    known = _Known(names, reach)
    return LineagePage(
        indicator=indicator.code,
        label=indicator.label,
        unit=shown.unit,
        unit_name=_name(names.units, shown.unit),
        year=shown.year,
        value=district_value(shown, indicator, names.units.get(shown.unit), judge=False),
        formula=found.expression,
        definition_version=found.definition_version,
        snapshot=found.record.snapshot,
        run=found.record.run_id,
        engine=found.record.engine,
        mark=SIMULATED if snapshot.simulated else None,
        parts=tuple(known.part(one, of) for one, of in _all(found, None)),
    )


def names_of(
    snapshot: Snapshot,
    elements: Mapping[str, DataElement],
    forms: Mapping[str, Form],
    titles: Mapping[str, Indicator],
) -> LineageNames:
    """The names for the units of a snapshot, expressions as they are written."""
    return LineageNames({unit.code: unit for unit in snapshot.units()}, elements, forms, titles)


def _all(found: FigureTrace, of: ComputedValue | None) -> list[tuple[AggregateTrace, ComputedValue | None]]:
    """The aggregates of a figure and of the indicators it refers to, with the figure of the indicator for those."""
    own = [(one, of) for one in found.aggregates]
    return [*own, *(one for referred in found.referred for one in _all(referred, referred.figure))]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the codes of a trace mean, and how much of it is shown."""

    names: LineageNames
    reach: LineageReach = field(default=WHOLE)

    def referred(self, figure: ComputedValue) -> Text:
        """The name of an indicator that is referred to, with its value; of a school only the name."""
        indicator = self.names.titles[figure.indicator]
        if self.reach.school:
            return indicator.label
        value = district_value(figure, indicator, self.names.units.get(figure.unit), judge=False)
        missing = value.missing or Text(value.shown, value.shown)
        return Text(f"{indicator.label.zh} = {missing.zh}", f"{indicator.label.en} = {missing.en}")

    def part(self, one: AggregateTrace, of: ComputedValue | None) -> AggregatePart:
        reach, form = self.reach, self.names.forms[one.form]
        function = one.node.function
        units = [unit for unit in _in_order(one) if self.is_shown(unit.unit)]
        counted = sum(unit.missing is None for unit in units)
        amounts = self.whole(one, units)
        leaves = {} if reach.school else {code: own for code, own in one.leaves.items() if reach.sees(code)}
        last = None if reach.most is None else reach.first + reach.most
        return AggregatePart(
            of=None if of is None else self.referred(of),
            text=one.text,
            words=self.names.say(one.node),
            form=one.form,
            form_label=form.label,
            period=_period(Period(one.year, form.period)),
            year=one.year,
            how=_how(one, amounts) if amounts else Text(""),
            amounts=_amounts(amounts, function),
            districts=tuple(
                DistrictPart(
                    code,
                    _name(self.names.units, code),
                    _amounts(own, function) + (_LEFT_OUT if code in one.left_out else ()),
                )
                for code, own in leaves.items()
            ),
            units=tuple(self.unit(unit, one) for unit in units[reach.first : last]),
            counted=counted,
            not_counted=len(units) - counted,
        )

    def is_shown(self, unit: str) -> bool:
        return unit == self.reach.school if self.reach.school else self.reach.sees(unit)

    def whole(self, one: AggregateTrace, units: Sequence[Contribution]) -> Mapping[str, Decimal]:
        """The states of what the figure stands for: of the group, or of the one school."""
        if self.reach.school:
            return units[0].amounts if units else {}
        return one.amounts if self.reach.is_whole else {}

    def unit(self, one: Contribution, of: AggregateTrace) -> UnitPart:
        composed = {written(node): self.names.say(node) for node in of.node.arguments if not _is_cell(node)}
        elements = self.names.elements
        return UnitPart(
            unit=one.unit,
            name=_name(self.names.units, one.unit),
            amounts=_amounts(one.amounts, of.node.function),
            values=tuple((composed[text], _value(value)) for text, value in one.values.items() if text in composed),
            missing=MISSING_WORDS[one.missing] if one.missing else None,
            cells=tuple(
                CellView(code, elements[code].label, _cell(value, elements[code])) for code, value in one.cells.items()
            ),
        )


def _is_cell(node: ExpressionNode) -> bool:
    return isinstance(node, ElementRef)


_LEFT_OUT = ((Text("不参加计算：本区县未报算式用到的另一张报表", "takes no part: another form is not answered"), "—"),)


def _in_order(one: AggregateTrace) -> Sequence[Contribution]:
    """Those that count first; by value where the figure rests on the order of values, else by district and code."""
    first = written(one.node.arguments[0])

    def place(unit: Contribution) -> tuple[bool, float, str, str]:
        value = unit.values.get(first) if one.node.function in _ORDERED else None
        return unit.missing is not None, 0.0 if value is None else float(value), unit.district, unit.unit

    return sorted(one.units, key=place)


def _how(one: AggregateTrace, amounts: Mapping[str, Decimal]) -> Text:
    """How the value of an aggregate follows from its states."""
    node = one.node
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
