"""What an expression may name, and which form an aggregate reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from duibiao.metrics.element import DataElement
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression.measure import Measure
from duibiao.metrics.expression.parser import ExpressionError
from duibiao.metrics.expression.stages import StageSplit
from duibiao.metrics.form import Form


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may name. ``indicators`` gives the measure of an indicator by code.

    ``split`` says which elements ``stage_share`` reads beside those written: the pupils of every stage. Packs
    that write ``stage_share`` must have one (see ``metrics.formulas``). ``codes`` are the codes an attribute of a unit
    may have, with their names: a condition on any other would silently hold for nobody. An attribute that is not in
    it is not checked. ``titles`` are the names of all indicators by code, computed or not; ``beyond`` are elements
    that exist and must not be named here. Both serve the messages only.
    """

    elements: Mapping[str, DataElement]
    forms: Mapping[str, Form]
    indicators: Callable[[str], Measure | None] = lambda _: None
    split: StageSplit | None = None
    codes: Mapping[n.RowAttribute, Mapping[str, str]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    beyond: Mapping[str, DataElement] = field(default_factory=dict)

    @property
    def labels(self) -> Mapping[str, str]:
        """The Chinese names of the elements by code."""
        return {code: element.label.zh for code, element in self.elements.items()}

    def read_by(self, node: n.ExpressionNode) -> tuple[str, ...]:
        """Codes of the elements that are read to find the value of a node, those it does not name included."""
        below = list(node.walk())
        codes = [one.code for one in below if isinstance(one, n.ElementRef)]
        if self.split is not None and any(isinstance(one, n.StageShare) for one in below):
            codes += [self.split.pupils[stage] for stage in self.split.stages]
        return tuple(dict.fromkeys(codes))


def form_of(aggregate: n.Aggregate, scope: Scope) -> str:
    """The form an aggregate reads: the one that asks for most of its elements and holds them all.

    Raises ExpressionError when no single form holds them, or when it names none at all.
    """
    codes = scope.read_by(aggregate)
    if not codes:
        raise ExpressionError(
            aggregate.at,
            "汇总函数中至少要有一个数据元，才知道读哪张报表；数学校可写 count(kind = '211' where known(students))",
            "an aggregate names at least one element, which tells the form; to count schools write "
            "count(kind = '211' where known(students))",
        )
    holding = [form for form in scope.forms.values() if form.column_set.issuperset(codes)]
    if not holding:
        where = {
            code: "、".join(f"《{form.label.zh}》" for form in scope.forms.values() if code in form.columns)
            for code in codes
        }
        names = "、".join(f"{code}（{forms}）" for code, forms in where.items())
        raise ExpressionError(
            aggregate.at,
            f"没有一张报表同时含有：{names}；请分别汇总后再计算，如 sum(a) / sum(b)，或在报表中以 asked: reused 沿用",
            f"no single form holds {', '.join(codes)}; aggregate apart, as in sum(a) / sum(b), "
            "or reuse the element in a form (asked: reused)",
        )
    if len(holding) == 1:
        return holding[0].code
    return max(holding, key=lambda form: (sum(code in form.asked for code in codes), -len(form.columns))).code
