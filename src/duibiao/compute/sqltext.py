"""The queries of a compiled catalogue as text, for each dialect, kept by the hash of what they say."""

import hashlib
from collections.abc import Sequence
from enum import StrEnum

from sqlglot import exp

from duibiao.compute import sqlnodes as s
from duibiao.compute.catalogue import Compiled
from duibiao.compute.sharing import CommonParts, named, over, parts_of, shared
from duibiao.compute.sqlnodes import Sql
from duibiao.compute.states import row_sql, state_sql


class GroupBy(StrEnum):
    """What the rows are grouped by in the one scan of a form."""

    DISTRICT = "district"  # the leaf groups
    UNIT = "unit"  # every reporting unit: the same expressions at the grain of a row


KEYS = ("year", "unit", "district")
_kept: dict[tuple[object, ...], tuple[str, ...]] = {}
_MOST_KEPT = 256
_parts: dict[tuple[str, str, bool], CommonParts] = {}
_MOST_PARTS = 32
"""They are needed twice in a row, and are large."""


def table_name(form: str) -> str:
    """The name under which an engine finds the rows of a form: its wide tables of all years, with the year."""
    return f"rows_{form}"


def states_text(
    compiled: Compiled, form: str, by: GroupBy = GroupBy.DISTRICT, wide: bool = False, most: int | None = None
) -> tuple[str, ...]:
    """The queries of stage 1: year, group and every state of a form, in one scan.

    More than one text only where an engine allows no more than ``most`` columns in one query.
    """
    key = (compiled.key, compiled.dialect, form, by, wide, most)
    if key not in _kept:
        whole = states_parts(compiled, form, wide)
        parts = [whole]
        if most is not None and most < len(whole.columns):
            parts = [parts_of(whole.columns[at : at + most]) for at in range(0, len(whole.columns), most)]
        _keep(key, tuple(_grouped(compiled.dialect, form, by, part) for part in parts))
    return _kept[key]


def states_parts(compiled: Compiled, form: str, wide: bool = False) -> CommonParts:
    """The nodes of the states of a form, and what they are made of: for the text, and to be evaluated without one."""
    key = (compiled.key, form, wide)
    found = _parts.pop(key, None)
    if found is None:
        rows = compiled.rows(wide)
        found = parts_of([(column.name, state_sql(column.state, rows)) for column in compiled.forms[form].columns])
        if len(_parts) >= _MOST_PARTS:
            _parts.pop(next(iter(_parts)))
    _parts[key] = found
    return found


def rows_text(compiled: Compiled, form: str, wide: bool = False) -> str:
    """The query for what cannot be merged: one double per row and row column."""
    key = (compiled.key, compiled.dialect, form, "rows", wide)
    if key not in _kept:
        rows = compiled.rows(wide)
        columns = [(column.name, row_sql(column, rows)) for column in compiled.forms[form].rows]
        query = _select(compiled.dialect, form, KEYS, parts_of(columns))
        _keep(key, (in_dialect(query, compiled.dialect),))
    return _kept[key][0]


def _keep(key: tuple[object, ...], texts: tuple[str, ...]) -> None:
    if len(_kept) >= _MOST_KEPT:
        _kept.pop(next(iter(_kept)))
    _kept[key] = texts


def _keys(names: Sequence[str]) -> list[Sql]:
    return [s.column(name) for name in names]


def _select(dialect: str, form: str, keys: Sequence[str], columns: CommonParts) -> exp.Select:
    """Keys and columns of the rows of a form; what the columns have in common is computed below them."""
    source = exp.Table(this=exp.Identifier(this=table_name(form), quoted=True))
    found = shared(columns)
    query = exp.Select(expressions=[*_keys(keys), *named(found.columns)])
    query.set("from_", exp.From(this=over(source, found.layers, barrier=dialect == "postgres")))
    return query


def _grouped(dialect: str, form: str, by: GroupBy, columns: CommonParts) -> str:
    keys = ("year", "district") if by is GroupBy.DISTRICT else KEYS
    query = _select(dialect, form, keys, columns)
    query.set("group", exp.Group(expressions=_keys(keys)))
    return in_dialect(query, dialect)


def in_dialect(query: Sql, dialect: str) -> str:
    """The query as text. Whole numbers of 128 bit become what the dialect has for them."""
    if dialect != "duckdb":
        query = _widened(query, _WIDE[dialect])
    return query.sql(dialect, copy=False)


_WIDE = {"postgres": exp.DataType.build("DECIMAL"), "spark": exp.DataType.build("DECIMAL(38, 0)")}
_LIMB = "1099511627776"  # 2^40


def _widened(query: Sql, kind: exp.DataType) -> Sql:
    """Replace INT128 everywhere; a floored double goes over in two halves of whole numbers.

    PostgreSQL keeps 15 digits of a double it casts to numeric, Spark the shortest digits: neither is the
    number itself. Two halves of 40 bits and more are exact.
    """

    def replaced(node: exp.Expression) -> exp.Expression:
        if not (isinstance(node, exp.Cast) and node.args["to"].this == exp.DataType.Type.INT128):
            return node
        # transform does not look into what it put in place of a node
        inner = node.this.transform(replaced)
        return _halves(inner.this, kind) if isinstance(inner, exp.Floor) else exp.Cast(this=inner, to=kind.copy())

    return query.transform(replaced)


def _halves(value: exp.Expression, kind: exp.DataType) -> exp.Expression:
    limb = s.real(_LIMB)
    high = s.cast(exp.Floor(this=s.divide(s.bracket(value), limb)), s.BIGINT)
    rest = s.subtract(s.bracket(value.copy()), s.multiply(s.cast(high.copy(), s.DOUBLE), limb.copy()))
    low = s.cast(exp.Floor(this=rest), s.BIGINT)
    raised = s.multiply(s.cast(high, kind.copy()), exp.Literal(this=_LIMB, is_string=False))
    return s.add(raised, s.cast(low, kind.copy()))


def states_hash(compiled: Compiled, form: str, most: int | None = None) -> str:
    """The hash of the queries of stage 1 by what they are written from: 32 hexadecimal digits.

    It covers every part of their syntax trees, the names of the columns, the dialect and the number of columns a query
    may have. The text follows from these; it is not written for the hash, since that takes longer than a city's rows of
    a year.
    """
    key = (compiled.key, compiled.dialect, form, "hash", most)
    if key not in _kept:
        parts = states_parts(compiled, form)
        shapes = (f"{kind.__name__} {rest!r}" for kind, *rest in parts.by_shape)  # in the order of their places
        columns = (f"{name} {root}" for (name, _), root in zip(parts.columns, parts.roots, strict=True))
        facts = "\n".join([form, compiled.dialect, str(most), *shapes, *columns])
        _keep(key, (hashlib.sha256(facts.encode()).hexdigest()[:32],))
    return _kept[key][0]
