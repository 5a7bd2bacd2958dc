"""What is kept of the rows of a group: sums, counts and extremes that add up to the ones of a larger group."""

from dataclasses import dataclass
from enum import StrEnum

from sqlglot import exp

from duibiao.compute import sqlnodes as s
from duibiao.compute.rowsql import RowSql
from duibiao.compute.sqlnodes import Sql
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression import written


class StateKind(StrEnum):
    """How a state is made of the rows."""

    SUM = "sum"  # Σ a
    SQUARES = "squares"  # Σ a² ÷ b, of the difference coefficient
    ENTROPY = "entropy"  # Σ b × a × ln a, of Theil's index
    KNOWN = "known"  # rows where everything is known
    MET = "met"  # rows that meet a condition
    DECIDED = "decided"  # rows where the condition can be decided
    SCOPE = "scope"  # rows that are or may be meant
    NEGATIVE = "negative"  # rows where a or its weight b is below zero
    MINIMUM = "minimum"
    MAXIMUM = "maximum"


@dataclass(frozen=True, slots=True)
class State:
    """A mergeable state of one form (可合并状态), by what it is made of: equal recipes are one state.

    ``arguments`` are row expressions (a, and b where the kind has one); the row counts only where the
    ``beside`` are known too and ``where`` holds.
    """

    kind: StateKind
    form: str
    arguments: tuple[n.ExpressionNode, ...] = ()
    beside: frozenset[n.ExpressionNode] = frozenset()
    where: n.ExpressionNode | None = None


@dataclass(frozen=True, slots=True)
class StateColumn:
    """A state with its name, and how the stored number reads: whole ÷ 10^``tens``, or a double.

    ``is_fixed``: doubles of the rows were rounded to billionths before they were added up.
    """

    name: str
    state: State
    tens: int
    is_double: bool = False
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class RowColumn:
    """A double per row, NULL where the row does not count: for what cannot be merged (median, quantile, Gini)."""

    name: str
    form: str
    argument: n.ExpressionNode
    beside: frozenset[n.ExpressionNode] = frozenset()
    where: n.ExpressionNode | None = None


def named(name: str, state: State, rows: RowSql) -> StateColumn:
    """The column that holds a state: its scale follows from the row expression."""
    if state.kind is StateKind.SUM:
        value = rows.number(state.arguments[0])
        return StateColumn(name, state, value.tens if value.is_whole else s.FIXED_SCALE, is_fixed=not value.is_whole)
    if state.kind in (StateKind.SQUARES, StateKind.ENTROPY):
        return StateColumn(name, state, s.FIXED_SCALE, is_fixed=True)
    if state.kind in (StateKind.MINIMUM, StateKind.MAXIMUM):
        value = rows.number(state.arguments[0])
        return StateColumn(name, state, value.tens if value.is_whole else 0, is_double=not value.is_whole)
    return StateColumn(name, state, 0)


def conditions_of(beside: frozenset[n.ExpressionNode], where: n.ExpressionNode | None, rows: RowSql) -> list[Sql]:
    """What must hold for a row to count, in an order that does not depend on hashing."""
    found = [] if where is None else [rows.condition(where)]
    parts: dict[Sql, None] = {}
    for node in sorted(beside, key=written):
        parts.update(dict.fromkeys(rows.number(node).presence()))
    return [*found, *(s.known(part) for part in parts)]


def state_sql(state: State, rows: RowSql) -> Sql:
    """The aggregate that makes a state."""
    when = s.both(conditions_of(state.beside - set(state.arguments[:1]), state.where, rows))
    match state.kind:
        case StateKind.SUM:
            value = rows.number(state.arguments[0])
            return s.sum_of(s.only_where(when, value.top if value.is_whole else s.fixed(value.as_double())))
        case StateKind.SQUARES:
            return s.sum_of(s.only_where(when, s.fixed(_square(state, rows))))
        case StateKind.ENTROPY:
            return s.sum_of(s.only_where(when, s.fixed(_entropy(state, rows))))
        case StateKind.MINIMUM | StateKind.MAXIMUM:
            value = rows.number(state.arguments[0])
            node = s.only_where(when, value.top if value.is_whole else value.as_double())
            return exp.Min(this=node) if state.kind is StateKind.MINIMUM else exp.Max(this=node)
        case StateKind.NEGATIVE:
            below = [exp.LT(this=rows.number(one).as_double(), expression=s.integer(0)) for one in state.arguments]
            either = below[0] if len(below) == 1 else exp.Paren(this=exp.Or(this=below[0], expression=below[1]))
            return s.count_of(s.case([(_with(when, either), s.integer(1))]))
    return _count_sql(state, rows, when)


def _with(when: Sql | None, other: Sql) -> Sql:
    return other if when is None else exp.And(this=when, expression=other)


def _count_sql(state: State, rows: RowSql, when: Sql | None) -> Sql:
    match state.kind:
        case StateKind.KNOWN:
            # The last of what must be known is counted itself: COUNT skips what is NULL, one test less.
            where = [] if state.where is None else [rows.condition(state.where)]
            parts = [part for node in sorted(state.beside, key=written) for part in rows.number(node).presence()]
            distinct = list(dict.fromkeys(parts))
            if not distinct:
                return s.count_of(s.only_where(s.both(where), s.integer(1)))
            return s.count_of(s.only_where(s.both([*where, *map(s.known, distinct[:-1])]), distinct[-1]))
        case StateKind.MET:
            holds = rows.condition(state.arguments[0])
            return s.count_of(s.case([(_with(when, holds), s.integer(1))]))
        case StateKind.DECIDED:
            if when is None and rows.is_always_decided(state.arguments[0]):
                return s.count_rows()
            return s.count_of(s.only_where(when, rows.condition(state.arguments[0])))
    if when is None:
        return s.count_rows()
    if state.where is not None and not rows.is_always_decided(state.where):
        when = s.coalesce(when, s.true())
    return s.count_of(s.case([(when, s.integer(1))]))


def _square(state: State, rows: RowSql) -> Sql:
    """R × R ÷ P. Where both are whole numbers their scales cancel in the coefficient and are left out."""
    resource, pupils = (rows.number(one) for one in state.arguments)
    top = s.cast(resource.top, s.DOUBLE) if resource.is_whole else resource.as_double()
    bottom = s.cast(pupils.top, s.DOUBLE) if pupils.is_whole else pupils.as_double()
    return s.divide(s.multiply(top, top), bottom)


def _entropy(state: State, rows: RowSql) -> Sql:
    """W × x × ln x; 0 for x = 0, its limit; nothing for x < 0, which is counted apart."""
    value = rows.number(state.arguments[0]).as_double()
    zero = s.real("0e0")
    product = s.multiply(value, exp.Ln(this=value))
    if len(state.arguments) > 1:
        product = s.multiply(rows.number(state.arguments[1]).as_double(), product)
    return s.case([(exp.GT(this=value, expression=zero), product), (exp.EQ(this=value, expression=zero), zero)])


def row_sql(column: RowColumn, rows: RowSql) -> Sql:
    """The double of a row, NULL where the row does not count."""
    when = s.both(conditions_of(column.beside - {column.argument}, column.where, rows))
    return s.only_where(when, rows.number(column.argument).as_double())
