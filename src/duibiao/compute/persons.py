"""Which numbers of persons are shown with an indicator, so that small ones can be withheld (小数保护)."""

from collections.abc import Mapping

from duibiao.compute.catalogue import Compiled
from duibiao.compute.figures import Doubles, Figures
from duibiao.metrics.expression import nodes as n

_F = n.AggregateFunction


def protection(compiled: Compiled) -> Mapping[str, int]:
    """Below which count each indicator is withheld, for those that withhold anything.

    An indicator that refers to a protected one shows its persons too: it is protected as the strictest of them.
    """
    found: dict[str, int] = {}
    for indicator in compiled.order:
        limits = [indicator.suppress_below, *(found.get(code) for code in indicator.expression.indicators)]
        known = [limit for limit in limits if limit is not None]
        if known:
            found[indicator.code] = max(known)
    return found


def person_counts(compiled: Compiled, node: n.ExpressionNode, figures: Figures) -> tuple[Doubles, ...]:
    """The counts of persons that are shown with figures and add up over the groups: value, or both sides of a quotient.

    ``node`` is the expression of the figures. A sum shown in 万人 is counted in persons again.
    """
    found = []
    if figures.top is None or figures.bottom is None:
        scale = _scale(compiled, node)
        if scale:
            found.append(figures.value / scale)
    else:
        for side, scale in zip((figures.top, figures.bottom), _sides(compiled, node), strict=True):
            if scale:
                found.append(side / scale)
    return tuple(found)


def _sides(compiled: Compiled, node: n.ExpressionNode) -> tuple[float, float]:
    """What one person counts in the numerator and the denominator; 0 where that is no count of persons."""
    match node:
        case n.Percent(operand=operand) | n.Lag(operand=operand):
            return _sides(compiled, operand)
        case n.IndicatorRef(code=code):
            return _sides(compiled, compiled.by_code[code].expression.node)
        case n.Aggregate():
            persons = compiled.plans[node].persons
            return float("top" in persons), float("bottom" in persons)
        case n.Arithmetic(op=n.ArithmeticOp.DIVIDE, left=left, right=right):
            if constant_of(right) is not None:
                return _sides(compiled, left)
            return _scale(compiled, left), _scale(compiled, right)
    return 0.0, 0.0


def _scale(compiled: Compiled, node: n.ExpressionNode) -> float:
    """What one person counts in a value that adds up over the groups; 0 where the value is no count of persons."""
    match node:
        case n.Aggregate(function=_F.SUM):
            return float("top" in compiled.plans[node].persons)
        case n.IndicatorRef(code=code):
            return _scale(compiled, compiled.by_code[code].expression.node)
        case n.Negative(operand=operand):
            return -_scale(compiled, operand)
        case n.Lag(operand=operand) | n.Cumulative(operand=operand):
            return _scale(compiled, operand)
        case n.Arithmetic(op=n.ArithmeticOp.DIVIDE, left=left, right=right):
            divisor = constant_of(right)
            return _scale(compiled, left) / divisor if divisor else 0.0
        case n.Arithmetic(op=n.ArithmeticOp.MULTIPLY, left=left, right=right):
            factors = (constant_of(left), constant_of(right))
            return factors[0] * _scale(compiled, right) if factors[0] else (factors[1] or 0) * _scale(compiled, left)
        case n.Arithmetic(left=left, right=right):
            scales = [_scale(compiled, side) for side in (left, right) if constant_of(side) is None]
            return scales[0] if scales and all(abs(one) == abs(scales[0]) for one in scales) else 0.0
    return 0.0


def constant_of(node: n.ExpressionNode) -> float | None:
    """The value of a part of an expression that names nothing: numbers and their arithmetic; NaN for 1 ÷ 0."""
    match node:
        case n.Number(value=value):
            return float(value)
        case n.Negative(operand=operand):
            found = constant_of(operand)
            return None if found is None else -found
        case n.Percent(operand=operand):
            found = constant_of(operand)
            return None if found is None else found * 100.0
        case n.Arithmetic(op=op, left=left, right=right):
            one, two = constant_of(left), constant_of(right)
            if one is None or two is None:
                return None
            if op is n.ArithmeticOp.DIVIDE:
                return one / two if two else float("nan")
            return {"+": one + two, "-": one - two, "*": one * two}[op]
    return None
