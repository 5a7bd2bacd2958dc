"""Writes a tree back as text: reading it again gives the same tree. Used in hashes, explanations and tests."""

from decimal import Decimal

from duibiao.metrics.expression import nodes as n

_OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _SINGLE = range(7)
_ARITHMETIC = {
    n.ArithmeticOp.ADD: _ADD,
    n.ArithmeticOp.SUBTRACT: _ADD,
    n.ArithmeticOp.MULTIPLY: _MULTIPLY,
    n.ArithmeticOp.DIVIDE: _MULTIPLY,
}


def written(node: n.ExpressionNode) -> str:
    """The expression as text, with the fewest brackets that keep its meaning."""
    return _written(node)[0]


def _at(node: n.ExpressionNode, least: int) -> str:
    """The text of a part, in brackets where it binds weaker than its place asks for."""
    text, strength = _written(node)
    return text if strength >= least else f"({text})"


def _several(nodes: tuple[n.ExpressionNode, ...], least: int = _OR) -> str:
    return ", ".join(_at(node, least) for node in nodes)


def _written(node: n.ExpressionNode) -> tuple[str, int]:
    """The text of a node and how strongly it binds."""
    match node:
        case n.Logic(op=op, left=left, right=right):
            strength = _OR if op is n.LogicOp.OR else _AND
            return f"{_at(left, strength)} {op} {_at(right, strength + 1)}", strength
        case n.Not(operand=operand):
            return f"not {_at(operand, _NOT)}", _NOT
        case n.Comparison(op=op, left=left, right=right):
            return f"{_at(left, _ADD)} {op} {_at(right, _ADD)}", _COMPARE
        case n.Within(operand=operand, options=options):
            return f"{_at(operand, _ADD)} in ({_several(options, _ADD)})", _COMPARE
        case n.Arithmetic(op=op, left=left, right=right):
            strength = _ARITHMETIC[op]
            return f"{_at(left, strength)} {op} {_at(right, strength + 1)}", strength
        case n.Negative(operand=operand):
            return f"-{_at(operand, _SINGLE)}", _SINGLE
    return _leaf(node), _SINGLE


def _leaf(node: n.ExpressionNode) -> str:
    match node:
        case n.Number(value=value):
            return _digits(value)
        case n.Words(value=value):
            return f"'{value}'"
        case n.ElementRef(code=code):
            return code
        case n.AttributeRef(attribute=attribute):
            return attribute.value
        case n.Aggregate():
            return _aggregate(node)
    return _function(node)


def _digits(value: Decimal) -> str:
    return f"{value:f}"


def _aggregate(node: n.Aggregate) -> str:
    level = "" if node.level is None else f", {_digits(node.level)}"
    weight = "" if node.weight is None else f" weight {written(node.weight)}"
    where = "" if node.where is None else f" where {written(node.where)}"
    return f"{node.function}({_several(node.arguments)}{level}{weight}{where})"


def _function(node: n.ExpressionNode) -> str:
    match node:
        case n.StartsWith(operand=operand, prefix=prefix):
            return f"starts({written(operand)}, '{prefix}')"
        case n.SumKnown(items=items):
            return f"sum_known({_several(items)})"
        case n.StageShare(operand=operand, stage=stage):
            return f"stage_share({written(operand)}, {stage})"
        case n.Lag(operand=operand, years=years):
            return f"lag({written(operand)}, {years})"
        case n.Cumulative(operand=operand, first_year=year):
            return f"cumulative({written(operand)}, {year})"
        case n.IndicatorRef(code=code):
            return f"indicator('{code}')"
    (operand,) = node.children()
    return f"{_OF_ONE[type(node)]}({written(operand)})"


_OF_ONE: dict[type[n.ExpressionNode], str] = {
    n.IsKnown: "known",
    n.Change: "change",
    n.Growth: "growth",
    n.Percent: "percent",
}
