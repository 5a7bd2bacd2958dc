"""Random trees of the indicator language, of any shape the parser can give."""

from decimal import Decimal

from hypothesis import strategies as st

from duibiao.metrics.element import Stage
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression.hints import KEYWORDS

F = n.AggregateFunction
Tree = st.SearchStrategy[n.ExpressionNode]
NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,6}", fullmatch=True).filter(
    lambda name: name not in KEYWORDS | set(n.RowAttribute)
)
TEXTS = st.text(alphabet="0123456789abc%_/甲 ", max_size=5)
NUMBERS = st.decimals(min_value=0, max_value=10**9, places=3).map(lambda one: n.Number(Decimal(f"{one:f}")))
LEAVES: Tree = st.one_of(
    NUMBERS,
    TEXTS.map(n.Words),
    NAMES.map(n.ElementRef),
    st.sampled_from(n.RowAttribute).map(n.AttributeRef),
)


def _row_parts(inner: Tree) -> Tree:
    return st.one_of(
        st.builds(n.Negative, inner),
        st.builds(n.Arithmetic, st.sampled_from(n.ArithmeticOp), inner, inner),
        st.builds(n.Comparison, st.sampled_from(n.ComparisonOp), inner, inner),
        st.builds(n.Logic, st.sampled_from(n.LogicOp), inner, inner),
        st.builds(n.Not, inner),
        st.builds(n.Within, inner, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(n.StartsWith, inner, TEXTS),
        st.builds(n.IsKnown, inner),
        st.builds(n.Percent, inner),
        st.builds(n.SumKnown, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(n.StageShare, inner, st.sampled_from(Stage)),
    )


def rows() -> Tree:
    """Row expressions (not all of them make sense; all of them can be written)."""
    return st.recursive(LEAVES, _row_parts, max_leaves=8)


@st.composite
def _aggregates(draw: st.DrawFn) -> n.ExpressionNode:
    function = draw(st.sampled_from(F))
    part = st.recursive(LEAVES, _row_parts, max_leaves=3)
    several = 1 if function is F.QUANTILE else draw(st.integers(1, 3))
    return n.Aggregate(
        function,
        tuple(draw(part) for _ in range(several)),
        draw(st.none() | part),
        draw(st.none() | part),
        draw(st.decimals(min_value=0, max_value=1, places=2)) if function is F.QUANTILE else None,
    )


def _group_parts(inner: Tree) -> Tree:
    return st.one_of(
        st.builds(n.Negative, inner),
        st.builds(n.Arithmetic, st.sampled_from(n.ArithmeticOp), inner, inner),
        st.builds(n.Lag, inner, st.integers(1, 9)),
        st.builds(n.Change, inner),
        st.builds(n.Growth, inner),
        st.builds(n.Percent, inner),
        st.builds(n.Cumulative, inner, st.integers(1949, 2050)),
    )


def groups() -> Tree:
    """Group expressions."""
    leaves: Tree = st.one_of(_aggregates(), NUMBERS, TEXTS.map(n.IndicatorRef))
    return st.recursive(leaves, _group_parts, max_leaves=4)
