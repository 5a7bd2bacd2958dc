"""What adds up over units and what does not: a rate is no amount, and quotients have no plain mean."""

from duibiao.metrics.element import ElementRollUp, ValueType
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression.parser import ExpressionError
from duibiao.metrics.expression.scope import Scope

_COUNTED = (ValueType.COUNT, ValueType.QUANTITY)


def adds_up(scope: Scope, node: n.Aggregate) -> None:
    """Refuse the sum of what does not add up, and the mean of quotients that does not say its weight."""
    function = n.AggregateFunction
    if node.function in (function.SUM, function.RATIO, function.DIFFERENCE_COEFFICIENT):
        for argument in node.arguments:
            loose = not_additive(scope, argument)
            if loose is not None:
                name = scope.elements[loose.code].label.zh
                raise ExpressionError(
                    loose.at,
                    f"“{name}”不能相加（rollup: none）；可用 mean(x weight w)、median、min、max",
                    f"'{loose.code}' does not add up (rollup: none); use mean(x weight w), median, min or max",
                )
    if node.function is function.MEAN and node.weight is None and _is_quotient(node.arguments[0]):
        raise ExpressionError(
            node.at,
            "比率不能简单平均；写 ratio(a, b)（合计之比），或写明权数：mean(a / b weight b)，各单位同等写 weight 1",
            "quotients have no plain mean; write ratio(a, b), or say the weight: mean(a / b weight b), weight 1 for "
            "units alike",
        )


def not_additive(scope: Scope, node: n.ExpressionNode) -> n.ElementRef | None:
    """The element that keeps a row value from adding up: a rate by itself, not multiplied by a size."""
    match node:
        case n.ElementRef(code=code):
            element = scope.elements[code]
            return node if element.rollup is ElementRollUp.NONE and element.type in _COUNTED else None
        case n.Arithmetic(op=n.ArithmeticOp.MULTIPLY, left=left, right=right):
            sides = [not_additive(scope, side) for side in (left, right) if not isinstance(side, n.Number)]
            return sides[0] if sides and all(sides) else None
        case n.Arithmetic(op=n.ArithmeticOp.DIVIDE, left=left):
            return not_additive(scope, left)
    found = (not_additive(scope, child) for child in node.children())
    return next((one for one in found if one is not None), None)


def _is_quotient(node: n.ExpressionNode) -> bool:
    """Whether a row value is a quotient by what a unit has: its plain mean would count small units as large ones."""
    match node:
        case n.Percent(operand=operand) | n.Negative(operand=operand):
            return _is_quotient(operand)
        case n.Arithmetic(op=n.ArithmeticOp.DIVIDE, right=right):
            return not isinstance(right, n.Number)
        case n.Arithmetic(left=left, right=right):
            return _is_quotient(left) or _is_quotient(right)
    return False
