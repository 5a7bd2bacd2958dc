"""An expression of an indicator in the words of its elements, as an official reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from duibiao.kernel.text import Text
from duibiao.kernel.value import plain
from duibiao.metrics.element import STAGE_WORDS, DataElement, ValueType
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression import written
from duibiao.metrics.indicator import Indicator
from duibiao.workspace.pack import Content

_OR, _AND, _ADD, _MULTIPLY, _SUM, _SINGLE = range(6)
_OPERATIONS = {
    n.ArithmeticOp.ADD: ("＋", _ADD),
    n.ArithmeticOp.SUBTRACT: ("－", _ADD),
    n.ArithmeticOp.MULTIPLY: ("×", _MULTIPLY),
    n.ArithmeticOp.DIVIDE: ("÷", _MULTIPLY),
}
_SIGNS = {
    n.ComparisonOp.EQUAL: "＝",
    n.ComparisonOp.UNEQUAL: "≠",
    n.ComparisonOp.LESS: "＜",
    n.ComparisonOp.AT_MOST: "≤",
    n.ComparisonOp.MORE: "＞",
    n.ComparisonOp.AT_LEAST: "≥",
}
_ATTRIBUTES = {
    n.RowAttribute.KIND: "办学类型",
    n.RowAttribute.LOCATION: "城乡类型",
    n.RowAttribute.OWNERSHIP: "办别",
    n.RowAttribute.DISTRICT: "区县",
}
_FEW = 6
"""So many kinds or districts are named; of more the first are, with their number."""


def formula_words(node: n.ExpressionNode, content: Content) -> Text:
    """The expression in Chinese, by the names of elements, kinds of school and indicators; in English as written."""
    words = _Words(content.elements, content.attribute_codes, content.indicators)
    return Text(words.of(node), written(node))


@dataclass(frozen=True, slots=True)
class _Words:
    elements: Mapping[str, DataElement]
    codes: Mapping[n.RowAttribute, Mapping[str, str]]
    indicators: Mapping[str, Indicator]

    def of(self, node: n.ExpressionNode) -> str:
        return self.bound(node)[0]

    def at(self, node: n.ExpressionNode, least: int) -> str:
        """The words of a part, in brackets where it binds weaker than its place asks for."""
        words, strength = self.bound(node)
        return words if strength >= least else f"（{words}）"

    def bound(self, node: n.ExpressionNode) -> tuple[str, int]:
        """The words of a node and how strongly it binds."""
        match node:
            case n.Arithmetic(op=op, left=left, right=right):
                sign, strength = _OPERATIONS[op]
                return f"{self.at(left, strength)} {sign} {self.at(right, strength + 1)}", strength
            case n.Logic(op=op, left=left, right=right):
                strength, word = (_OR, "或") if op is n.LogicOp.OR else (_AND, "且")
                return f"{self.joined(left, op)}{word}{self.joined(right, op)}", strength
            case n.Comparison() | n.Within() | n.StartsWith() | n.Not() | n.IsKnown():
                return self.test(node), _ADD
            case n.Percent(operand=operand):
                return f"{self.at(operand, _MULTIPLY)} × 100%", _MULTIPLY
            case n.Aggregate():
                return self.aggregate(node)
        return self.single(node), _SINGLE

    def joined(self, node: n.ExpressionNode, op: n.LogicOp) -> str:
        """One side of 且 or 或: in brackets where it joins in the other way, for a reader knows no precedence."""
        other = isinstance(node, n.Logic) and node.op is not op
        return f"（{self.condition(node)}）" if other else self.condition(node)

    def condition(self, node: n.ExpressionNode, least: int = _OR) -> str:
        """The words of what must hold; a yes-or-no element stands there by itself."""
        if isinstance(node, n.ElementRef):
            return f"“{self.label(node.code)}”为是"
        return self.at(node, least)

    def test(self, node: n.ExpressionNode) -> str:
        match node:
            case n.Not(operand=n.ElementRef(code=code)):
                return f"“{self.label(code)}”为否"
            case n.Not(operand=n.StartsWith() | n.Within() as inner):
                return self.among(inner, "不")
            case n.Not(operand=operand):
                return f"不满足（{self.condition(operand)}）"
            case n.IsKnown(operand=operand):
                return f"已填报{self.at(operand, _SINGLE)}"
            case n.StartsWith() | n.Within():
                return self.among(node, "")
            case n.Comparison(op=op, left=left, right=right):
                coded = isinstance(left, n.AttributeRef) or self.is_choice(left)
                if coded and op in (n.ComparisonOp.EQUAL, n.ComparisonOp.UNEQUAL):
                    verb = "为" if op is n.ComparisonOp.EQUAL else "不为"
                    return f"{self.of(left)}{verb}{self.value(left, right)}"
                shown = self.value(left, right) if coded else self.at(right, _ADD)
                return f"{self.at(left, _ADD)} {_SIGNS[op]} {shown}"
        raise TypeError(type(node).__name__)

    def among(self, node: n.StartsWith | n.Within, no: str) -> str:
        """Whether something is one of some codes; ``no`` is 不 where it is not."""
        what = self.of(node.operand)
        if isinstance(node, n.StartsWith):
            return f"{what}{no}属于{self.named(self.kinds(node)) or f'{node.prefix}类'}"
        return f"{what}{no}为{self.named(self.value(node.operand, one) for one in node.options)}之一"

    def is_choice(self, node: n.ExpressionNode) -> bool:
        return isinstance(node, n.ElementRef) and self.elements[node.code].type is ValueType.CHOICE

    def kinds(self, node: n.StartsWith) -> Iterable[str]:
        """The names of the codes of a list that begin with some digits."""
        if isinstance(node.operand, n.AttributeRef):
            codes = self.codes.get(node.operand.attribute, {})
            yield from (name for code, name in codes.items() if code.startswith(node.prefix))

    def value(self, operand: n.ExpressionNode, value: n.ExpressionNode) -> str:
        """A code as its list, the choices of its element or the registry name it."""
        if isinstance(operand, n.AttributeRef) and isinstance(value, n.Words):
            return self.codes.get(operand.attribute, {}).get(value.value, value.value)
        if isinstance(operand, n.ElementRef) and isinstance(value, n.Number):
            choices = {choice.code: choice.label.zh for choice in self.elements[operand.code].choices}
            return choices.get(int(value.value), f"{plain(value.value):f}")
        return self.of(value)

    def named(self, names: Iterable[str]) -> str:
        found = list(dict.fromkeys(names))
        more = f"等{len(found)}种" if len(found) > _FEW else ""
        return "、".join(found[:_FEW]) + more

    def label(self, code: str) -> str:
        return self.elements[code].label.zh

    def single(self, node: n.ExpressionNode) -> str:
        match node:
            case n.Number(value=value):
                return f"{plain(value):f}"
            case n.Words(value=value):
                return f"“{value}”"
            case n.ElementRef(code=code):
                return self.label(code)
            case n.AttributeRef(attribute=attribute):
                return _ATTRIBUTES[attribute]
            case n.Negative(operand=operand):
                return f"－{self.at(operand, _SINGLE)}"
            case n.SumKnown(items=items):
                return f"（{'、'.join(self.of(one) for one in items)}中已填报的合计）"
            case n.StageShare(operand=operand, stage=stage):
                return f"{self.at(operand, _SINGLE)}按学生数分摊给{STAGE_WORDS[stage].zh}的部分"
            case n.IndicatorRef(code=code):
                return f"指标“{self.indicators[code].label.zh}”" if code in self.indicators else f"指标“{code}”"
        return self.over_time(node)

    def over_time(self, node: n.ExpressionNode) -> str:
        match node:
            case n.Lag(operand=operand, years=years):
                return f"{years}年前的{self.at(operand, _SINGLE)}"
            case n.Change(operand=operand):
                return f"{self.at(operand, _SINGLE)}比上年的增减"
            case n.Growth(operand=operand):
                return f"{self.at(operand, _SINGLE)}比上年的增长率"
            case n.Cumulative(operand=operand, first_year=year):
                return f"{year}年以来各年{self.at(operand, _SINGLE)}的累计"
        raise TypeError(type(node).__name__)

    def aggregate(self, node: n.Aggregate) -> tuple[str, int]:
        """What is made of the rows, and which rows count; with how strongly it binds."""
        first, *rest = node.arguments
        only = f"（只计{self.condition(node.where)}的单位）" if node.where is not None else ""
        own = self.at(first, _SINGLE)
        match node.function:
            case n.AggregateFunction.SUM:
                return f"Σ {own}{only}", _SUM
            case n.AggregateFunction.RATIO:
                return f"Σ {own} ÷ Σ {self.at(rest[0], _SINGLE)}{only}", _MULTIPLY
            case n.AggregateFunction.COUNT:
                return f"符合【{self.condition(first)}】的单位数{only}", _SUM
            case n.AggregateFunction.SHARE:
                return f"符合【{self.condition(first)}】的单位数 ÷ 能判定的单位数{only}", _MULTIPLY
            case n.AggregateFunction.DIFFERENCE_COEFFICIENT:
                return f"各单位 {own} ÷ {self.at(rest[0], _SINGLE)} 的差异系数{only}", _SUM
        weight = f"，按{self.of(node.weight)}加权" if node.weight is not None else ""
        spread = f"{plain(node.level):f} 分位数" if node.level is not None else _SPREAD[node.function]
        return f"各单位 {own} 的{spread}{weight}{only}", _SUM


_SPREAD = {
    n.AggregateFunction.MEAN: "平均数",
    n.AggregateFunction.MIN: "最小值",
    n.AggregateFunction.MAX: "最大值",
    n.AggregateFunction.MEDIAN: "中位数",
    n.AggregateFunction.GINI: "基尼系数",
    n.AggregateFunction.THEIL: "泰尔指数",
}
