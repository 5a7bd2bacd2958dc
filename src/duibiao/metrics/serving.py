"""Which kinds of school an indicator can count (指标统计的办学类型): a question to the others serves nothing."""

from collections.abc import Iterable, Mapping

from duibiao.metrics.element import DataElement
from duibiao.metrics.expression import TypedExpression
from duibiao.metrics.expression import nodes as n


def holds_of_kind(condition: n.ExpressionNode | None, kind: str) -> bool | None:
    """Whether a condition holds of every school of a kind: True, False, or None where it depends on the school.

    Three-valued, after Kleene: what is not about the kind is unknown, and an unknown part decides nothing.
    ``kind`` is a 办学类型 code; no condition holds of all.
    """
    match condition:
        case None:
            return True
        case n.Logic():
            sides = holds_of_kind(condition.left, kind), holds_of_kind(condition.right, kind)
            decides = condition.op is n.LogicOp.OR  # one true side decides 或, one false side decides 且
            if decides in sides:
                return decides
            return None if None in sides else not decides
        case n.Not():
            inner = holds_of_kind(condition.operand, kind)
            return None if inner is None else not inner
        case n.StartsWith() if _is_kind(condition.operand):
            return kind.startswith(condition.prefix)
        case n.Within() if _is_kind(condition.operand):
            return any(isinstance(one, n.Words) and one.value == kind for one in condition.options)
        case n.Comparison(op=n.ComparisonOp.EQUAL | n.ComparisonOp.UNEQUAL):
            return _compares(condition, kind)
    return None


def serving_elements(
    elements: Mapping[str, DataElement], formulas: Iterable[TypedExpression], kinds: Iterable[str]
) -> dict[str, frozenset[str]]:
    """By kind of school, the codes of the elements that serve something when a school of that kind reports them.

    An element serves where an indicator that can count such a school reads it, or where it states a use of its own
    (``uses``). A check alone is no reason to ask: it compares what is asked for a reason.
    """
    stated = frozenset(code for code, element in elements.items() if element.uses)
    aggregates = [node for one in formulas for node in one.node.walk() if isinstance(node, n.Aggregate)]
    named = [
        (one.where, frozenset(node.code for node in one.walk() if isinstance(node, n.ElementRef))) for one in aggregates
    ]
    return {
        kind: stated.union(*(codes for where, codes in named if holds_of_kind(where, kind) is not False))
        for kind in kinds
    }


def _is_kind(node: n.ExpressionNode) -> bool:
    return isinstance(node, n.AttributeRef) and node.attribute is n.RowAttribute.KIND


def _compares(condition: n.Comparison, kind: str) -> bool | None:
    sides = condition.left, condition.right
    if not any(map(_is_kind, sides)):
        return None
    words = next((one.value for one in sides if isinstance(one, n.Words)), None)
    if words is None:
        return None
    return (words == kind) is (condition.op is n.ComparisonOp.EQUAL)
