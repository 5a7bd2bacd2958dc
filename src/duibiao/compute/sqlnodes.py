"""Small builders of SQL nodes: the only place that knows how sqlglot spells them. No text of a user becomes SQL.

Nodes are shared between trees on purpose (building is then cheap): nothing here ever changes one.
Every constructor is called with the argument names of its class, because sqlglot ignores unknown ones in silence;
``tests/unit/compute/test_sqlnodes.py`` executes each builder.
"""

from collections.abc import Sequence

from sqlglot import exp

WIDE = exp.DataType.build("INT128")
"""Whole numbers of 128 bit; ``sqltext`` says what each dialect calls them."""
BIGINT = exp.DataType.build("BIGINT")
DOUBLE = exp.DataType.build("DOUBLE")
Sql = exp.Expression


def column(name: str) -> Sql:
    """A column by its name, always quoted."""
    return exp.Column(this=exp.Identifier(this=name, quoted=True))


def integer(value: int) -> Sql:
    """A whole number; a negative one in brackets so that no two minus signs meet."""
    found = exp.Literal(this=str(abs(value)), is_string=False)
    return exp.Paren(this=exp.Neg(this=found)) if value < 0 else found


def real(text: str) -> Sql:
    """A double constant written with its shortest digits."""
    return exp.Cast(this=exp.Literal(this=text, is_string=False), to=DOUBLE)


def words(value: str) -> Sql:
    """A text constant; sqlglot escapes it for each dialect."""
    return exp.Literal(this=value, is_string=True)


def cast(node: Sql, kind: exp.DataType) -> Sql:
    """CAST."""
    return exp.Cast(this=node, to=kind)


def add(left: Sql, right: Sql) -> Sql:
    """Left + right, in brackets."""
    return exp.Paren(this=exp.Add(this=left, expression=right))


def subtract(left: Sql, right: Sql) -> Sql:
    """Left - right, in brackets."""
    return exp.Paren(this=exp.Sub(this=left, expression=right))


def multiply(left: Sql, right: Sql) -> Sql:
    """Left × right; a factor of one is left out."""
    if is_one(left):
        return right
    if is_one(right):
        return left
    return exp.Paren(this=exp.Mul(this=left, expression=right))


def divide(left: Sql, right: Sql) -> Sql:
    """Division of doubles; the caller has made sure that the divisor is not zero."""
    return exp.Paren(this=exp.Div(this=left, expression=right, typed=True, safe=False))


def is_one(node: Sql) -> bool:
    """Tell whether a node is the number 1."""
    return isinstance(node, exp.Literal) and not node.args["is_string"] and node.args["this"] == "1"


def negative(node: Sql) -> Sql:
    """Minus, in brackets."""
    return exp.Paren(this=exp.Neg(this=node))


def absolute(node: Sql) -> Sql:
    """Absolute value."""
    return exp.Abs(this=node)


def sign(node: Sql) -> Sql:
    """-1 for what is below zero, else 1: whoever divides by it asks for the rest.

    The function SIGN answers with a double in some engines.
    """
    return case([(exp.LT(this=node, expression=integer(0)), integer(-1))], otherwise=integer(1))


def null_if_zero(node: Sql) -> Sql:
    """NULLIF(x, 0): nothing is divided by zero."""
    return exp.Nullif(this=node, expression=integer(0))


def known(node: Sql) -> Sql:
    """NOT x IS NULL."""
    return exp.Not(this=exp.Is(this=node, expression=exp.Null()))


def unknown(node: Sql) -> Sql:
    """X IS NULL."""
    return exp.Is(this=node, expression=exp.Null())


def both(parts: Sequence[Sql]) -> Sql | None:
    """AND over the parts; None where there are none."""
    found: Sql | None = None
    for part in parts:
        found = part if found is None else exp.And(this=found, expression=part)
    return found


def bracket(node: Sql) -> Sql:
    """Brackets."""
    return exp.Paren(this=node)


def coalesce(node: Sql, *others: Sql) -> Sql:
    """The first that is not NULL."""
    return exp.Coalesce(this=node, expressions=list(others))


def case(branches: Sequence[tuple[Sql, Sql]], otherwise: Sql | None = None) -> Sql:
    """CASE WHEN … THEN … ELSE … END. Never FILTER: it costs twice as much in DuckDB when there are hundreds."""
    return exp.Case(ifs=[exp.If(this=when, true=then) for when, then in branches], default=otherwise)


def only_where(condition: Sql | None, node: Sql) -> Sql:
    """The value where a condition holds, else NULL."""
    return node if condition is None else case([(condition, node)])


def true() -> Sql:
    """TRUE."""
    return exp.Boolean(this=True)


def count_of(node: Sql) -> Sql:
    """COUNT(x): how many are not NULL."""
    return exp.Count(this=node)


def count_rows() -> Sql:
    """COUNT(*)."""
    return exp.Count(this=exp.Star())


def sum_of(node: Sql) -> Sql:
    """SUM(x)."""
    return exp.Sum(this=node)


FIXED_SCALE = 9
"""Doubles of a row are added up as whole numbers of billionths."""


def fixed(node: Sql) -> Sql:
    """Floor(x × 1e9 + 0.5) in 128 bit, so that the sum of doubles is the same in any order."""
    scaled = exp.Mul(this=node, expression=real(f"1e{FIXED_SCALE}"))
    return cast(exp.Floor(this=exp.Add(this=scaled, expression=real("5e-1"))), WIDE)
