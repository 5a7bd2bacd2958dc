"""What the forms ask of whom, and what of it is used (负担台账): nothing twice, and nothing for nothing."""

from collections.abc import Iterable, Mapping

from duibiao.metrics.element import DataElement
from duibiao.metrics.expression import TypedExpression


def used_elements(elements: Mapping[str, DataElement], expressions: Iterable[TypedExpression]) -> frozenset[str]:
    """Codes of the elements something needs: an indicator, a check, or a use the element itself states."""
    read = {code for one in expressions for code in one.elements}
    return frozenset(code for code, element in elements.items() if code in read or element.uses)
