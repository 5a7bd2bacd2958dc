"""Names in expressions that nothing has: elements, indicators, codes; each with what may have been meant."""

from duibiao.kernel.text import Text
from duibiao.metrics.element import ValueType
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression.hints import meant_names, suggested
from duibiao.metrics.expression.parser import ExpressionError
from duibiao.metrics.expression.scope import Scope

_FEW = 8
"""So many codes are all told where none is near to what was written."""
ATTRIBUTE_WORDS = {
    n.RowAttribute.KIND: Text("办学类型", "kind of school"),
    n.RowAttribute.LOCATION: Text("城乡类型", "kind of place"),
    n.RowAttribute.OWNERSHIP: Text("办别", "ownership"),
    n.RowAttribute.DISTRICT: Text("区县", "district"),
}
"""What the attributes of a unit are called."""


def with_names(error: ExpressionError, scope: Scope) -> ExpressionError:
    """The same fault; where a word may be the name of an element, with the code of that element."""
    if not error.word:
        return error
    hint = suggested(meant_names(error.word, scope.labels), scope.labels)
    return ExpressionError(error.at, error.message.zh + hint.zh, error.message.en + hint.en)


def no_element(scope: Scope, node: n.ElementRef) -> ExpressionError:
    """A name that is no element here: it may stand in another form, or be mistyped."""
    other = scope.beyond.get(node.code)
    if other is not None:
        return ExpressionError(
            node.at,
            f"本报表没有数据元“{node.code}”（{other.label.zh}）；校验只能用本报表的数据元",
            f"'{node.code}' is not in this form; a check names elements of its own form only",
        )
    labels = scope.labels
    hint = suggested(meant_names(node.code, labels), labels)
    if not hint.zh and node.code in scope.titles:
        hint = suggested([f"indicator('{node.code}')"], {})
    return ExpressionError(node.at, f"没有数据元“{node.code}”{hint.zh}", f"no data element '{node.code}'{hint.en}")


def no_indicator(scope: Scope, node: n.IndicatorRef) -> ExpressionError:
    """A code that is no indicator, or one whose values are published."""
    titles = scope.titles
    if node.code in titles:
        return ExpressionError(
            node.at,
            f"指标“{node.code}”（{titles[node.code]}）没有算式，用的是公布值，不能引用",
            f"the indicator '{node.code}' has no expression: its values are published, it cannot be referred to",
        )
    hint = suggested(meant_names(node.code, titles), titles, quoted=True)
    zh, en = f"没有指标“{node.code}”", f"no indicator '{node.code}'"
    return ExpressionError(node.at, zh + hint.zh, en + hint.en)


def known_value(scope: Scope, operand: n.ExpressionNode, value: n.ExpressionNode, *, prefix: bool = False) -> None:
    """Refuse a code that an attribute or a choice never has: such a condition would hold for nobody."""
    if isinstance(operand, n.AttributeRef) and isinstance(value, n.Words):
        _known_code(scope, operand, value, prefix)
    element = scope.elements.get(operand.code) if isinstance(operand, n.ElementRef) else None
    if element is not None and element.type is ValueType.CHOICE and isinstance(value, n.Number):
        choices = {str(choice.code): choice.label.zh for choice in element.choices}
        if str(value.value) not in choices:
            told = "、".join(f"{code}（{label}）" for code, label in choices.items())
            raise ExpressionError(
                value.at,
                f"“{element.label.zh}”没有选项 {value.value}；选项：{told}",
                f"'{element.code}' has no choice {value.value}; there are: {', '.join(choices)}",
            )


def _known_code(scope: Scope, attribute: n.AttributeRef, value: n.Words, prefix: bool) -> None:
    codes = scope.codes.get(attribute.attribute)
    if not codes or value.value in codes or (prefix and any(code.startswith(value.value) for code in codes)):
        return
    name = ATTRIBUTE_WORDS[attribute.attribute]
    hint = suggested(meant_names(value.value, codes), codes, quoted=True)
    if not hint.zh and len(codes) <= _FEW:
        hint = suggested(codes, codes, quoted=True)
    which = Text("没有以“{}”开头的代码", "begins with") if prefix else Text("没有代码“{}”", "is")
    raise ExpressionError(
        value.at,
        f"{name.zh}{which.zh.format(value.value)}，条件不会有单位满足{hint.zh}",
        f"no {name.en} {which.en} '{value.value}': no unit would meet the condition{hint.en}",
    )
