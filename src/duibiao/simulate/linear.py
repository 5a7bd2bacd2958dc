"""Row expressions that are sums of elements times numbers: what a check can be mended by."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from duibiao.metrics.element import DataElement
from duibiao.metrics.expression import nodes as n

MOST_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class LinearForm:
    """Σ coefficient × stored value + constant, all whole, with so many decimals behind the point."""

    terms: tuple[tuple[str, int], ...]
    constant: int

    def negated(self) -> "LinearForm":
        """The same with the other sign."""
        return LinearForm(tuple((code, -coefficient) for code, coefficient in self.terms), -self.constant)


class NotLinearError(ValueError):
    """An expression that multiplies or divides elements with each other."""


def linear_of(left: n.ExpressionNode, right: n.ExpressionNode, elements: Mapping[str, DataElement]) -> LinearForm:
    """``left − right`` as a linear form over stored values.

    ``a / b`` against a number becomes ``a − number × b``: the same where b is above zero, undecided where it is zero.
    Raises NotLinearError for anything else that is no sum.
    """
    if isinstance(left, n.Arithmetic) and left.op is n.ArithmeticOp.DIVIDE and not _parts(right)[0]:
        factor = _parts(right)[1]
        found = _minus(_parts(left.left), _times(_parts(left.right), factor))
    elif isinstance(right, n.Arithmetic) and right.op is n.ArithmeticOp.DIVIDE and not _parts(left)[0]:
        factor = _parts(left)[1]
        found = _minus(_times(_parts(right.right), factor), _parts(right.left))
    else:
        found = _minus(_parts(left), _parts(right))
    terms, constant = found
    digits = [elements[code].decimals + _decimals(number) for code, number in terms.items()]
    most = max([*digits, _decimals(constant)])
    if most > MOST_DECIMALS:
        raise NotLinearError("too many decimals")
    whole = {code: int(number.scaleb(most - elements[code].decimals)) for code, number in terms.items()}
    return LinearForm(tuple((code, number) for code, number in whole.items() if number), int(constant.scaleb(most)))


_Parts = tuple[dict[str, Decimal], Decimal]


def _decimals(number: Decimal) -> int:
    return max(0, -int(number.normalize().as_tuple().exponent))


def _parts(node: n.ExpressionNode) -> _Parts:
    match node:
        case n.Number():
            return {}, node.value
        case n.ElementRef():
            return {node.code: Decimal(1)}, Decimal(0)
        case n.Negative():
            return _times(_parts(node.operand), Decimal(-1))
        case n.Percent():
            return _times(_parts(node.operand), Decimal(100))
        case n.SumKnown():
            total: _Parts = ({}, Decimal(0))
            for item in node.items:
                total = _minus(total, _times(_parts(item), Decimal(-1)))
            return total
        case n.Arithmetic():
            return _combined(node.op, _parts(node.left), _parts(node.right))
    raise NotLinearError(type(node).__name__)


def _combined(op: n.ArithmeticOp, left: _Parts, right: _Parts) -> _Parts:
    if op is n.ArithmeticOp.ADD:
        return _minus(left, _times(right, Decimal(-1)))
    if op is n.ArithmeticOp.SUBTRACT:
        return _minus(left, right)
    if op is n.ArithmeticOp.MULTIPLY and not (left[0] and right[0]):
        return _times(left, right[1]) if left[0] else _times(right, left[1])
    if op is n.ArithmeticOp.DIVIDE and not right[0] and right[1]:
        return _times(left, 1 / right[1])
    raise NotLinearError(op.name)


def _times(parts: _Parts, factor: Decimal) -> _Parts:
    return {code: number * factor for code, number in parts[0].items()}, parts[1] * factor


def _minus(left: _Parts, right: _Parts) -> _Parts:
    terms = dict(left[0])
    for code, number in right[0].items():
        terms[code] = terms.get(code, Decimal(0)) - number
    return terms, left[1] - right[1]
