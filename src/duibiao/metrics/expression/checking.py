"""Checks an expression when its pack is loaded: levels, kinds, units, and that every name exists."""

from dataclasses import dataclass, field
from enum import StrEnum

from duibiao.kernel.quick import quick_dataclass
from duibiao.metrics.element import ValueType
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression.adding import adds_up
from duibiao.metrics.expression.hints import USAGE
from duibiao.metrics.expression.measure import UNITS_COUNTED, Measure
from duibiao.metrics.expression.naming import known_value, no_element, no_indicator, with_names
from duibiao.metrics.expression.parser import ExpressionError, parse, wrong_count
from duibiao.metrics.expression.scope import Scope, form_of

__all__ = ["Grain", "Kind", "Scope", "Typed", "TypedExpression", "check_expression", "form_of", "measure_of"]


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


@quick_dataclass(frozen=True, slots=True)
class Typed:
    """What is known of a node once it has been checked."""

    grain: Grain
    kind: Kind
    measure: Measure = field(default_factory=Measure)


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
    try:
        node = parse(text)
    except ExpressionError as error:
        raise with_names(error, scope) from None
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
_NOT_A_NUMBER = {Kind.CONDITION: ("条件（是或否）", "a condition"), Kind.WORDS: ("文字", "words")}
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
            zh, en = _NOT_A_NUMBER[found.kind]
            raise ExpressionError(node.at, f"此处须是数，却是{zh}", f"a number is needed here, this is {en}")
        element = self.scope.elements.get(node.code) if isinstance(node, n.ElementRef) else None
        if element is not None and element.type is ValueType.CHOICE:
            raise ExpressionError(
                node.at,
                f"“{element.label.zh}”是选项代码，不能计算；可写条件，如 {element.code} in (1, 2)",
                f"'{element.code}' is the code of a choice and cannot be computed with; write {element.code} in (1, 2)",
            )
        return found

    def condition(self, node: n.ExpressionNode) -> Typed:
        found = self.check(node)
        if found.kind is not Kind.CONDITION:
            zh, en = "此处须是条件（如 students > 0）", "a condition is needed here, such as students > 0"
            if isinstance(node, n.Words):
                zh, en = (
                    f"{zh}；多个取值写作 kind in ('211', '218')",
                    f"{en}; write several values as in ('211', '218')",
                )
            raise ExpressionError(node.at, zh, en)
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
            raise ExpressionError(
                node.at,
                "此处须是汇总后的值，如 sum(students)",
                "an aggregated value is needed here, such as sum(students)",
            )
        return found

    def same_grain(self, node: n.ExpressionNode, left: Typed, right: Typed) -> Grain:
        grains = {left.grain, right.grain} - {Grain.CONSTANT}
        if len(grains) > 1:
            raise ExpressionError(
                node.at,
                "单个单位的值与汇总后的值不能直接运算；先汇总，如 sum(a) + sum(b)",
                "a value of one unit cannot be combined with an aggregated value; aggregate first: sum(a) + sum(b)",
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
            raise no_element(self.scope, node)
        kind = Kind.CONDITION if element.type is ValueType.FLAG else Kind.NUMBER
        return Typed(Grain.ROW, kind, Measure.of(element.unit if kind is Kind.NUMBER else ""))

    def _attributeref(self, node: n.AttributeRef) -> Typed:
        return Typed(Grain.ROW, Kind.WORDS)

    def _indicatorref(self, node: n.IndicatorRef) -> Typed:
        measure = self.scope.indicators(node.code)
        if measure is None:
            raise no_indicator(self.scope, node)
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
            if isinstance(node.right, n.Number) and node.right.value == 0:
                raise ExpressionError(node.right.at, "除数是 0", "a division by 0")
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
            raise _unlike(node, left, right)
        if left.kind is Kind.WORDS and node.op not in (n.ComparisonOp.EQUAL, n.ComparisonOp.UNEQUAL):
            raise ExpressionError(
                node.at,
                "文字只能用 =、!=、in 比较；按代码开头选取写 starts(kind, '31')",
                "words are compared by =, != and in; beginnings of codes by starts(kind, '31')",
            )
        if left.kind is Kind.NUMBER:
            self.comparable(node, left, right, "比较", "compared")
        for one, other in ((node.left, node.right), (node.right, node.left)):
            known_value(self.scope, one, other)
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
                raise ExpressionError(
                    option.at,
                    "in 后面须是同类的常数：代码加引号，选项和数不加",
                    "in takes constants of the same kind: codes in quotation marks, choices and numbers without",
                )
            known_value(self.scope, node.operand, option)
        return Typed(self.row(node, found).grain, Kind.CONDITION)

    def _startswith(self, node: n.StartsWith) -> Typed:
        found = self.check(node.operand)
        if found.kind is not Kind.WORDS:
            raise ExpressionError(
                node.at, "starts 只用于文字，如 starts(kind, '31')", "starts takes words: starts(kind, '31')"
            )
        known_value(self.scope, node.operand, n.Words(node.prefix, at=node.at), prefix=True)
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
        adds_up(self.scope, node)
        return Typed(Grain.GROUP, Kind.NUMBER, self._measure_of(node, found))

    def _arguments_of(self, node: n.Aggregate) -> None:
        wanted = 2 if node.function in _PAIRED else 1
        if len(node.arguments) != wanted:
            raise wrong_count(node.function.value, node.at, node.arguments, wanted)
        if node.weight is not None and node.function not in _WEIGHTED:
            raise ExpressionError(
                node.at,
                f"{node.function} 不能加权；加权平均写 {USAGE['mean']}",
                f"{node.function} takes no weight; a weighted mean is {USAGE['mean']}",
            )

    def _measure_of(self, node: n.Aggregate, found: list[Typed]) -> Measure:
        if node.function in _INEQUALITY:
            return Measure()
        if node.function is n.AggregateFunction.COUNT:
            return self.counted(node)
        if node.function is n.AggregateFunction.SHARE:
            return self.counted(node).over(self.counted(node))
        if node.function is n.AggregateFunction.RATIO:
            return found[0].measure.over(found[1].measure)
        return found[0].measure

    def counted(self, node: n.Aggregate) -> Measure:
        """What a count counts: schools and districts are not of one kind."""
        return Measure.of(UNITS_COUNTED.get(self.scope.forms[form_of(node, self.scope)].reporter, ""))

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
                f"percent 只用于同一计量单位之比，如 percent(sum(a) / sum(b))，此处为 {found.measure}",
                f"percent takes a ratio of like units, as percent(sum(a) / sum(b)); this is {found.measure}",
            )
        return Typed(found.grain, Kind.NUMBER, Measure.of("%"))


def _unlike(node: n.Comparison, left: Typed, right: Typed) -> ExpressionError:
    """Two sides that are no like things: a yes or no, a word and a number."""
    if Kind.CONDITION in (left.kind, right.kind):
        flag = next((one for one in (node.left, node.right) if isinstance(one, n.ElementRef)), None)
        name = flag.code if flag else "x"
        return ExpressionError(
            node.at,
            f"“是否”类数据元本身就是条件，不作比较：写作 {name} 或 not {name}",
            f"yes or no is a condition by itself and is not compared: write {name} or not {name}",
        )
    return ExpressionError(
        node.at,
        "文字与数不能比较；代码是文字，要加引号，如 kind = '211'",
        "a word cannot be compared with a number; codes are words in quotation marks: kind = '211'",
    )
