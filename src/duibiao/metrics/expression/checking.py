"""Checks an expression when its pack is loaded: levels, kinds, units, and that every name exists."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from duibiao.metrics.element import DataElement, ValueType
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression.measure import UNIT_COUNTED, Measure
from duibiao.metrics.expression.parser import ExpressionError, parse
from duibiao.metrics.expression.stages import StageSplit
from duibiao.metrics.form import Form


class Grain(StrEnum):
    """What an expression has one value for."""

    CONSTANT = "constant"
    ROW = "row"  # each reporting unit and year
    GROUP = "group"  # each group of units (district, city, nation) and year


class Kind(StrEnum):
    """What a value is."""

    NUMBER = "number"
    CONDITION = "condition"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Typed:
    """What is known of a node once it has been checked."""

    grain: Grain
    kind: Kind
    measure: Measure = field(default_factory=Measure)


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may name. ``indicators`` gives the measure of an indicator by code.

    ``split`` says which elements ``stage_share`` reads beside those written: the pupils of every stage. Packs
    that write ``stage_share`` must have one (see ``metrics.formulas``).
    """

    elements: Mapping[str, DataElement]
    forms: Mapping[str, Form]
    indicators: Callable[[str], Measure | None] = lambda _: None
    split: StageSplit | None = None

    def read_by(self, node: n.ExpressionNode) -> tuple[str, ...]:
        """Codes of the elements that are read to find the value of a node, those it does not name included."""
        codes = [one.code for one in node.walk() if isinstance(one, n.ElementRef)]
        if self.split is not None and any(isinstance(one, n.StageShare) for one in node.walk()):
            codes += [self.split.pupils[stage] for stage in self.split.stages]
        return tuple(dict.fromkeys(codes))


@dataclass(frozen=True, slots=True)
class TypedExpression:
    """An expression that makes sense: its tree, what it gives, and what it needs.

    ``forms`` is the form every aggregate reads, in the order of the text.
    """

    text: str
    node: n.ExpressionNode
    typed: Typed
    elements: tuple[str, ...]
    indicators: tuple[str, ...]
    forms: tuple[str, ...]


def check_expression(text: str, scope: Scope, grain: Grain, kind: Kind = Kind.NUMBER) -> TypedExpression:
    """Read and check an expression of a wanted grain and kind.

    Raises ExpressionError with the place of the first fault.
    """
    node = parse(text)
    typed = _Checker(scope).check(node)
    if typed.kind is not kind:
        raise ExpressionError(node.at, f"算式应给出{_KINDS[kind][0]}", f"the expression must give {_KINDS[kind][1]}")
    if typed.grain is not grain and not (typed.grain is Grain.CONSTANT and grain is Grain.ROW):
        zh, en = _GRAINS[grain]
        raise ExpressionError(node.at, zh, en)
    return TypedExpression(
        text=text,
        node=node,
        typed=typed,
        elements=scope.read_by(node),
        indicators=tuple(dict.fromkeys(one.code for one in node.walk() if isinstance(one, n.IndicatorRef))),
        forms=tuple(form_of(one, scope) for one in node.walk() if isinstance(one, n.Aggregate)),
    )


def measure_of(node: n.ExpressionNode, scope: Scope) -> Measure:
    """What a part of a checked expression measures; raises ExpressionError where it makes no sense."""
    return _Checker(scope).check(node).measure


_KINDS = {
    Kind.NUMBER: ("一个数", "a number"),
    Kind.CONDITION: ("一个条件（是或否）", "a condition"),
    Kind.WORDS: ("文字", "words"),
}
_GRAINS = {
    Grain.GROUP: (
        "指标算式须先汇总：用 sum、ratio、share 等函数",
        "an indicator needs an aggregate such as sum, ratio or share",
    ),
    Grain.ROW: (
        "此处是单个填报单位的算式，不能用 sum、ratio 等汇总函数",
        "this is an expression on one return: no aggregates such as sum or ratio",
    ),
    Grain.CONSTANT: ("此处须是常数", "a constant is needed here"),
}


def form_of(aggregate: n.Aggregate, scope: Scope) -> str:
    """The form an aggregate reads: the one that asks for most of its elements and holds them all.

    Raises ExpressionError when no single form holds them, or when it names none at all.
    """
    codes = scope.read_by(aggregate)
    if not codes:
        raise ExpressionError(aggregate.at, "汇总函数中至少要有一个数据元", "an aggregate names at least one element")
    holding = [form for form in scope.forms.values() if set(codes) <= set(form.columns)]
    if not holding:
        names = "、".join(codes)
        raise ExpressionError(
            aggregate.at,
            f"没有一张报表同时含有：{names}；可在报表中以 asked: reused 沿用，或分别汇总后再计算",
            f"no single form holds {names}; reuse the element in a form, or aggregate apart",
        )
    return max(holding, key=lambda form: (sum(code in form.asked for code in codes), -len(form.columns))).code


_SINGLE = (n.AggregateFunction.SUM, n.AggregateFunction.MEAN, n.AggregateFunction.MIN, n.AggregateFunction.MAX,
           n.AggregateFunction.MEDIAN, n.AggregateFunction.QUANTILE, n.AggregateFunction.GINI,
           n.AggregateFunction.THEIL)  # fmt: skip
_PAIRED = (n.AggregateFunction.RATIO, n.AggregateFunction.DIFFERENCE_COEFFICIENT)
_WEIGHTED = (n.AggregateFunction.MEAN, n.AggregateFunction.GINI, n.AggregateFunction.THEIL)
_INEQUALITY = (n.AggregateFunction.DIFFERENCE_COEFFICIENT, n.AggregateFunction.GINI, n.AggregateFunction.THEIL)


class _Checker:
    """Walks the tree once, from the leaves up."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def check(self, node: n.ExpressionNode) -> Typed:
        found: Typed = getattr(self, f"_{type(node).__name__.lower()}")(node)
        return found

    # --- helpers ---------------------------------------------------------------------------------------

    def number(self, node: n.ExpressionNode) -> Typed:
        found = self.check(node)
        if found.kind is not Kind.NUMBER:
            raise ExpressionError(node.at, "此处须是数", "a number is needed here")
        return found

    def condition(self, node: n.ExpressionNode) -> Typed:
        found = self.check(node)
        if found.kind is not Kind.CONDITION:
            raise ExpressionError(node.at, "此处须是条件（如 students > 0）", "a condition is needed here")
        return found

    def row(self, node: n.ExpressionNode, found: Typed) -> Typed:
        if found.grain is Grain.GROUP:
            raise ExpressionError(
                node.at, "汇总函数里面不能再汇总", "an aggregate cannot stand inside an aggregate or a row expression"
            )
        return found

    def group(self, node: n.ExpressionNode) -> Typed:
        found = self.number(node)
        if found.grain is not Grain.GROUP:
            raise ExpressionError(node.at, "此处须是汇总后的值", "an aggregated value is needed here")
        return found

    def same_grain(self, node: n.ExpressionNode, left: Typed, right: Typed) -> Grain:
        grains = {left.grain, right.grain} - {Grain.CONSTANT}
        if len(grains) > 1:
            raise ExpressionError(
                node.at,
                "单个单位的值与汇总后的值不能直接运算",
                "a value of one unit cannot be combined with an aggregated value",
            )
        return grains.pop() if grains else Grain.CONSTANT

    # --- leaves ----------------------------------------------------------------------------------------

    def _number(self, node: n.Number) -> Typed:
        return Typed(Grain.CONSTANT, Kind.NUMBER)

    def _words(self, node: n.Words) -> Typed:
        return Typed(Grain.CONSTANT, Kind.WORDS)

    def _elementref(self, node: n.ElementRef) -> Typed:
        element = self.scope.elements.get(node.code)
        if element is None:
            raise ExpressionError(node.at, f"没有数据元“{node.code}”", f"no data element '{node.code}'")
        kind = Kind.CONDITION if element.type is ValueType.FLAG else Kind.NUMBER
        return Typed(Grain.ROW, kind, Measure.of(element.unit if kind is Kind.NUMBER else ""))

    def _attributeref(self, node: n.AttributeRef) -> Typed:
        return Typed(Grain.ROW, Kind.WORDS)

    def _indicatorref(self, node: n.IndicatorRef) -> Typed:
        measure = self.scope.indicators(node.code)
        if measure is None:
            raise ExpressionError(
                node.at, f"没有可计算的指标“{node.code}”", f"no indicator '{node.code}' that is computed"
            )
        return Typed(Grain.GROUP, Kind.NUMBER, measure)

    # --- arithmetic and conditions ---------------------------------------------------------------------

    def _negative(self, node: n.Negative) -> Typed:
        return self.number(node.operand)

    def _arithmetic(self, node: n.Arithmetic) -> Typed:
        left, right = self.number(node.left), self.number(node.right)
        grain = self.same_grain(node, left, right)
        if node.op is n.ArithmeticOp.MULTIPLY:
            return Typed(grain, Kind.NUMBER, left.measure.times(right.measure))
        if node.op is n.ArithmeticOp.DIVIDE:
            return Typed(grain, Kind.NUMBER, left.measure.over(right.measure))
        self.comparable(node, left, right, "加减", "added")
        return Typed(grain, Kind.NUMBER, left.measure if left.grain is not Grain.CONSTANT else right.measure)

    def comparable(self, node: n.ExpressionNode, left: Typed, right: Typed, zh: str, en: str) -> None:
        """A number written in the expression takes the unit of the other side; all else must agree."""
        if Grain.CONSTANT not in (left.grain, right.grain) and not left.measure.fits(right.measure):
            raise ExpressionError(
                node.at,
                f"计量单位不同，不能{zh}：{left.measure} 与 {right.measure}",
                f"different units cannot be {en}: {left.measure} and {right.measure}",
            )

    def _comparison(self, node: n.Comparison) -> Typed:
        left, right = self.check(node.left), self.check(node.right)
        if left.kind is not right.kind or left.kind is Kind.CONDITION:
            raise ExpressionError(node.at, "两边不能比较", "the two sides cannot be compared")
        if left.kind is Kind.WORDS and node.op not in (n.ComparisonOp.EQUAL, n.ComparisonOp.UNEQUAL):
            raise ExpressionError(node.at, "文字只能比较相同或不同", "words are only equal or not")
        if left.kind is Kind.NUMBER:
            self.comparable(node, left, right, "比较", "compared")
        return Typed(self.row(node, Typed(self.same_grain(node, left, right), Kind.CONDITION)).grain, Kind.CONDITION)

    def _logic(self, node: n.Logic) -> Typed:
        left, right = self.condition(node.left), self.condition(node.right)
        return Typed(self.same_grain(node, left, right), Kind.CONDITION)

    def _not(self, node: n.Not) -> Typed:
        return self.condition(node.operand)

    def _within(self, node: n.Within) -> Typed:
        found = self.check(node.operand)
        for option in node.options:
            other = self.check(option)
            if other.grain is not Grain.CONSTANT or other.kind is not found.kind:
                raise ExpressionError(option.at, "in 后面须是同类的常数", "in takes constants of the same kind")
        return Typed(self.row(node, found).grain, Kind.CONDITION)

    def _startswith(self, node: n.StartsWith) -> Typed:
        found = self.check(node.operand)
        if found.kind is not Kind.WORDS:
            raise ExpressionError(node.at, "starts 只用于文字", "starts takes words")
        return Typed(found.grain, Kind.CONDITION)

    def _isknown(self, node: n.IsKnown) -> Typed:
        return Typed(self.row(node, self.check(node.operand)).grain, Kind.CONDITION)

    def _sumknown(self, node: n.SumKnown) -> Typed:
        found = [self.row(item, self.number(item)) for item in node.items]
        for item, one in zip(node.items, found, strict=True):
            self.comparable(item, found[0], one, "加减", "added")
        return Typed(Grain.ROW, Kind.NUMBER, found[0].measure)

    def _stageshare(self, node: n.StageShare) -> Typed:
        return self.row(node, self.number(node.operand))

    # --- groups ----------------------------------------------------------------------------------------

    def _aggregate(self, node: n.Aggregate) -> Typed:
        self._arguments_of(node)
        for extra in (node.weight, node.where):
            if extra is not None:
                self.row(extra, self.number(extra) if extra is node.weight else self.condition(extra))
        conditional = node.function in (n.AggregateFunction.COUNT, n.AggregateFunction.SHARE)
        read = self.condition if conditional else self.number
        found = [self.row(one, read(one)) for one in node.arguments]
        form_of(node, self.scope)  # last: a name that does not exist is told by that name
        return Typed(Grain.GROUP, Kind.NUMBER, self._measure_of(node, found))

    def _arguments_of(self, node: n.Aggregate) -> None:
        wanted = 2 if node.function in _PAIRED else 1
        if len(node.arguments) != wanted:
            raise ExpressionError(
                node.at,
                f"{node.function} 需要 {wanted} 项，写了 {len(node.arguments)} 项",
                f"{node.function} takes {wanted} arguments, {len(node.arguments)} are written",
            )
        if node.weight is not None and node.function not in _WEIGHTED:
            raise ExpressionError(node.at, f"{node.function} 不能加权", f"{node.function} takes no weight")

    def _measure_of(self, node: n.Aggregate, found: list[Typed]) -> Measure:
        if node.function in _INEQUALITY:
            return Measure()
        if node.function is n.AggregateFunction.COUNT:
            return Measure.of(UNIT_COUNTED)
        if node.function is n.AggregateFunction.SHARE:
            return Measure.of(UNIT_COUNTED).over(Measure.of(UNIT_COUNTED))
        if node.function is n.AggregateFunction.RATIO:
            return found[0].measure.over(found[1].measure)
        return found[0].measure

    def _lag(self, node: n.Lag) -> Typed:
        return self.group(node.operand)

    def _change(self, node: n.Change) -> Typed:
        return self.group(node.operand)

    def _cumulative(self, node: n.Cumulative) -> Typed:
        return self.group(node.operand)

    def _growth(self, node: n.Growth) -> Typed:
        self.group(node.operand)
        return Typed(Grain.GROUP, Kind.NUMBER)

    def _percent(self, node: n.Percent) -> Typed:
        found = self.number(node.operand)
        if not found.measure.is_plain:
            raise ExpressionError(
                node.at,
                f"percent 只用于同一计量单位之比，此处为 {found.measure}",
                f"percent takes a ratio of like units, this is {found.measure}",
            )
        return Typed(found.grain, Kind.NUMBER, Measure.of("%"))
