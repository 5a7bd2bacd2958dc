"""The states of a few rows without an engine: it would plan hundreds of aggregates longer than it takes to add them.

This is no second meaning of the language. It evaluates the very nodes that are the SQL of every engine, in its three
values, over the rows of the districts that changed. Whatever it cannot take exactly it leaves to the engine.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from duibiao.compute import sqlnodes as s
from duibiao.compute.catalogue import Compiled
from duibiao.compute.sharing import CommonPart, CommonParts
from duibiao.compute.states import StateColumn, state_sql
from duibiao.compute.statetable import Numbers, StateTable, nothing, places

Flags = npt.NDArray[np.bool_]
_INT64 = 2**63
_INT128 = 2**127
_NOT_A_NUMBER = 2**200
"""Stands for a double no whole number comes of. It may be there where a condition leaves it out, and not be added."""


class NotExactError(Exception):
    """What only the engine decides: doubles of numbers beyond 64 bit, sums beyond 128, nodes not known here."""


@dataclass(frozen=True, slots=True)
class _Vector:
    """The values of a part for every row (or one for all), and where they are known. ``most`` bounds whole numbers."""

    values: npt.NDArray[Any]
    known: Flags
    most: int = 0

    @property
    def is_double(self) -> bool:
        return self.values.dtype.kind == "f"


_NO_VALUE = (
    exp.Identifier, exp.DataType, exp.If, exp.Null, exp.Star, exp.Sum, exp.Count, exp.Min, exp.Max,
)  # fmt: skip
_YES = np.ones((), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Program:
    """The states of a form ready to be evaluated (取数程序): every distinct part once, children before parents."""

    columns: tuple[StateColumn, ...]
    parts: tuple[CommonPart, ...]
    roots: tuple[int, ...]


_kept: dict[tuple[str, str], Program] = {}
_MOST_KEPT = 64


def program(compiled: Compiled, form: str) -> Program:
    """The program of a form, made once for a catalogue."""
    key = (compiled.key, form)
    found = _kept.get(key)
    if found is None:
        rows, parts = compiled.rows(), CommonParts()
        columns = compiled.forms[form].columns
        roots = tuple(parts.place(state_sql(column.state, rows)) for column in columns)
        if len(_kept) >= _MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        found = _kept[key] = Program(columns, tuple(parts.found), roots)
    return found


def few_states(compiled: Compiled, years: Sequence[int], rows: Mapping[str, pa.Table]) -> StateTable:
    """The states of the rows of some districts by form, year and district; ``rows`` with the columns year and keys.

    Equal to what the engines answer, bit for bit. Raises NotExactError where it cannot promise that.
    """
    leaves = sorted({code for table in rows.values() for code in pc.unique(table["district"]).to_pylist()})
    columns: dict[str, Numbers] = {}
    for form, table in rows.items():
        columns |= _form_states(program(compiled, form), table, list(years), leaves)
    return StateTable(tuple(years), tuple(leaves), columns, {})


def _form_states(made: Program, rows: pa.Table, years: list[int], leaves: list[str]) -> dict[str, Numbers]:
    shape = (len(years), len(leaves))
    if rows.num_rows == 0:
        return {column.name: np.full(shape, _absent(column)) for column in made.columns}
    year, leaf = places(rows["year"], years), places(rows["district"], leaves)
    order = np.lexsort((leaf, year))
    if not np.array_equal(order, np.arange(len(order))):
        rows, year, leaf = rows.take(order), year[order], leaf[order]
    group = year * len(leaves) + leaf
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    values = _Evaluation(made, rows).all()
    return _reduced(made, values, rows.num_rows, starts, group[starts], shape)


def _absent(column: StateColumn) -> int | float:
    return nothing(column, np.dtype(np.float64 if column.is_double else np.int64))


def _reduced(
    made: Program,
    values: Sequence[_Vector | None],
    count: int,
    starts: npt.NDArray[np.int64],
    groups: npt.NDArray[np.int64],
    shape: tuple[int, int],
) -> dict[str, Numbers]:
    """Add the rows up by group: what fits into 64 bit in one step for all states."""
    found: dict[str, Numbers] = {}
    names, terms = [], []
    for column, root in zip(made.columns, made.roots, strict=True):
        node = made.parts[root].node
        vector = _argument(made, values, root)
        if isinstance(node, exp.Min | exp.Max):
            found[column.name] = _extreme(column, vector, isinstance(node, exp.Min), count, starts, groups, shape)
            continue
        term, most = _term(node, vector)
        if term.dtype.hasobject or most * count >= _INT64:
            found[column.name] = _summed(_long(term, count).astype(object), starts, groups, shape)
        else:
            names.append(column.name)
            terms.append(_long(term, count))
    if terms:
        sums = np.zeros((len(terms), shape[0] * shape[1]), dtype=np.int64)
        sums[:, groups] = np.add.reduceat(np.stack(terms), starts, axis=1)
        found |= zip(names, sums.reshape(len(terms), *shape), strict=True)
    return {column.name: found[column.name] for column in made.columns}


def _term(node: s.Sql, vector: _Vector) -> tuple[npt.NDArray[Any], int]:
    """What a row adds, and the most it can be: a number, or one for being known."""
    if isinstance(node, exp.Count):
        return vector.known.astype(np.int64), 1
    if isinstance(node, exp.Sum) and vector.values.dtype.kind in "iO":
        return np.where(vector.known, vector.values, 0), vector.most
    raise NotExactError(type(node).__name__)


def _long(term: npt.NDArray[Any], count: int) -> npt.NDArray[Any]:
    """A value for every row, also where it is the same for all."""
    return term if term.ndim else np.full(count, term, dtype=term.dtype)


def _argument(made: Program, values: Sequence[_Vector | None], root: int) -> _Vector:
    """What an aggregate is taken of; every row for COUNT(*)."""
    below = [values[child] for child in made.parts[root].children]
    found = below[0] if below else None
    return _Vector(np.zeros((), dtype=np.int64), _YES) if found is None else found


def _summed(
    term: npt.NDArray[Any], starts: npt.NDArray[np.int64], groups: npt.NDArray[np.int64], shape: tuple[int, int]
) -> Numbers:
    whole = [int(one) for one in np.add.reduceat(term, starts)]
    if any(abs(one) >= _INT128 for one in whole):
        raise NotExactError("a sum beyond 128 bit")
    found = np.zeros(shape[0] * shape[1], dtype=object)
    found[:] = 0
    found[groups] = whole
    small = all(abs(one) < _INT64 // 2 for one in whole)
    return (found.astype(np.int64) if small else found).reshape(shape)


def _extreme(
    column: StateColumn,
    vector: _Vector,
    is_least: bool,
    count: int,
    starts: npt.NDArray[np.int64],
    groups: npt.NDArray[np.int64],
    shape: tuple[int, int],
) -> Numbers:
    if vector.is_double != column.is_double or vector.values.dtype.hasobject:
        raise NotExactError("an extreme beyond 64 bit")
    absent = _absent(column)
    term = _long(np.where(vector.known, vector.values, absent), count)
    found = np.full(shape[0] * shape[1], absent)
    found[groups] = (np.minimum if is_least else np.maximum).reduceat(term, starts)
    return found.reshape(shape)


class _Evaluation:
    """Evaluates the parts of a program over some rows."""

    def __init__(self, made: Program, rows: pa.Table) -> None:
        self.made, self.rows = made, rows
        self.values: list[_Vector | None] = []

    def all(self) -> list[_Vector | None]:
        """The values of every part; None for what is no value: names, types, branches, aggregates."""
        with np.errstate(all="ignore"):
            for part in self.made.parts:
                self.values.append(self.value(part))
        return self.values

    def value(self, part: CommonPart) -> _Vector | None:
        node = part.node
        if isinstance(node, _NO_VALUE):
            return None
        known = _OPERATIONS.get(type(node))
        if known is not None:
            return known(*(self.below(child) for child in part.children))
        match node:
            case exp.Column():
                return self.column(str(node.this.this))
            case exp.Literal():
                return _literal(str(node.this), bool(node.args["is_string"]))
            case exp.Boolean():
                return _Vector(np.array(bool(node.this)), _YES)
            case exp.Cast():
                return _cast(node, self.below(part.children[0]))
            case exp.Is():  # there is nothing to be but NULL
                return _Vector(~self.below(part.children[0]).known, _YES)
            case exp.Case():
                return self.case(part)
        raise NotExactError(type(node).__name__)

    def below(self, place: int) -> _Vector:
        found = self.values[place]
        if found is None:
            raise NotExactError(type(self.made.parts[place].node).__name__)
        return found

    def column(self, name: str) -> _Vector:
        column = self.rows.column(name).combine_chunks()
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            words = column.to_pylist()
            known = np.array([one is not None for one in words], dtype=np.bool_)
            return _Vector(np.array(["" if one is None else one for one in words], dtype=np.str_), known)
        if column.type != pa.int64():
            raise NotExactError(str(column.type))
        return _whole(column)

    def case(self, part: CommonPart) -> _Vector:
        branches: list[tuple[_Vector, _Vector]] = []
        otherwise: _Vector | None = None
        for child in part.children:
            if isinstance(self.made.parts[child].node, exp.If):
                when, then = self.made.parts[child].children
                branches.append((self.below(when), self.below(then)))
            else:
                otherwise = self.below(child)
        kind = branches[0][1]
        found = otherwise or _Vector(np.zeros((), dtype=kind.values.dtype), ~_YES)
        for condition, value in reversed(branches):
            met = condition.values & condition.known
            one, other = _alike(value, found)
            found = _Vector(
                np.where(met, one.values, other.values),
                np.where(met, value.known, found.known),
                max(one.most, other.most),
            )
        return found


def _whole(column: pa.Array) -> _Vector:
    """Whole numbers straight from memory: of hundreds of columns, copying takes longer than adding."""
    mask, data = column.buffers()
    here = slice(column.offset, column.offset + len(column))
    values = np.frombuffer(data, dtype=np.int64)[here]
    known = _YES
    if column.null_count:
        known = np.unpackbits(np.frombuffer(mask, dtype=np.uint8), bitorder="little")[here].view(np.bool_)
        values = np.where(known, values, 0)
    return _Vector(values, known, max(abs(int(values.max())), abs(int(values.min()))))


def _literal(text: str, is_words: bool) -> _Vector:
    if is_words:
        return _Vector(np.array(text, dtype=np.str_), _YES)
    try:
        whole = int(text)
    except ValueError:
        return _Vector(np.array(float(text)), _YES)
    return _Vector(np.array(whole, dtype=np.int64 if abs(whole) < _INT64 else object), _YES, abs(whole))


def _as_double(one: _Vector) -> _Vector:
    if one.is_double:
        return one
    if one.values.dtype.kind != "i":
        raise NotExactError("a number beyond 64 bit as a double")  # engines round it in two steps
    return _Vector(one.values.astype(np.float64), one.known)


def _cast(node: exp.Cast, one: _Vector) -> _Vector:
    if node.args["to"].this == exp.DataType.Type.DOUBLE:
        return _as_double(one)
    if not one.is_double:
        return one
    most = float(np.max(np.abs(one.values), initial=0.0))
    if most < _INT64 // 2:
        return _Vector(one.values.astype(np.int64), one.known, int(most))
    flat = [int(value) if math.isfinite(value) else _NOT_A_NUMBER for value in one.values.ravel().tolist()]
    whole = np.empty(len(flat), dtype=object)
    whole[:] = flat
    return _Vector(whole.reshape(one.values.shape), one.known, max(map(abs, flat)))


def _alike(one: _Vector, other: _Vector) -> tuple[_Vector, _Vector]:
    """Two numbers of one kind: doubles where one is a double."""
    if one.is_double == other.is_double:
        return one, other
    return _as_double(one), _as_double(other)


def _arithmetic(how: Callable[..., Any], bound: Callable[[int, int], int]) -> Callable[[_Vector, _Vector], _Vector]:
    def computed(left: _Vector, right: _Vector) -> _Vector:
        one, other = _alike(left, right)
        most = bound(one.most, other.most)
        values, second = one.values, other.values
        if not one.is_double and most >= _INT64:
            values, second = values.astype(object), second.astype(object)
        return _Vector(np.asarray(how(values, second)), one.known & other.known, most)

    return computed


def _compared(how: Callable[..., Any]) -> Callable[[_Vector, _Vector], _Vector]:
    def computed(left: _Vector, right: _Vector) -> _Vector:
        words = left.values.dtype.kind == "U"
        if words and how not in (np.equal, np.not_equal):
            raise NotExactError("an order of words")
        one, other = (left, right) if words else _alike(left, right)
        return _Vector(np.asarray(how(one.values, other.values), dtype=np.bool_), one.known & other.known)

    return computed


def _and(left: _Vector, right: _Vector) -> _Vector:
    no = (left.known & ~left.values) | (right.known & ~right.values)
    return _Vector(left.values & right.values & ~no, no | (left.known & right.known))


def _or(left: _Vector, right: _Vector) -> _Vector:
    yes = (left.known & left.values) | (right.known & right.values)
    return _Vector(yes, yes | (left.known & right.known))


def _divided(left: _Vector, right: _Vector) -> _Vector:
    one, other = _as_double(left), _as_double(right)
    return _Vector(np.asarray(one.values / other.values), one.known & other.known)


def _logarithm(one: _Vector) -> _Vector:
    """By the mathematical library of the machine, as the engine does; numpy has one of its own."""
    numbers = [math.log(value) if value > 0 else math.nan for value in _as_double(one).values.ravel().tolist()]
    return _Vector(np.array(numbers, dtype=np.float64).reshape(one.values.shape), one.known)


def _null_if(one: _Vector, other: _Vector) -> _Vector:
    equal = np.asarray(one.values == other.values, dtype=np.bool_) & other.known
    return _Vector(one.values, one.known & ~equal, one.most)


def _beginning(text: _Vector, length: _Vector) -> _Vector:
    most = int(length.values)  # numpy takes words of length 0 for words of any length
    values = text.values.astype(f"<U{most}") if most else np.full_like(text.values, "")
    return _Vector(values, text.known & length.known)


def _coalesced(*parts: _Vector) -> _Vector:
    found = parts[-1]
    for part in reversed(parts[:-1]):
        one, other = _alike(part, found)
        found = _Vector(
            np.where(part.known, one.values, other.values), part.known | found.known, max(one.most, other.most)
        )
    return found


_OPERATIONS: Mapping[type[s.Sql], Callable[..., _Vector]] = {
    exp.Paren: lambda one: one,
    exp.Mul: _arithmetic(np.multiply, lambda a, b: a * b),
    exp.Add: _arithmetic(np.add, lambda a, b: a + b),
    exp.Sub: _arithmetic(np.subtract, lambda a, b: a + b),
    exp.Div: _divided,
    exp.Neg: lambda one: _Vector(-one.values, one.known, one.most),
    exp.Abs: lambda one: _Vector(np.abs(one.values), one.known, one.most),
    exp.Floor: lambda one: _Vector(np.floor(one.values), one.known),
    exp.Ln: _logarithm,
    exp.Nullif: _null_if,
    exp.Coalesce: _coalesced,
    exp.Left: _beginning,
    exp.And: _and,
    exp.Or: _or,
    exp.Not: lambda one: _Vector(~one.values, one.known),
    exp.EQ: _compared(np.equal),
    exp.NEQ: _compared(np.not_equal),
    exp.LT: _compared(np.less),
    exp.LTE: _compared(np.less_equal),
    exp.GT: _compared(np.greater),
    exp.GTE: _compared(np.greater_equal),
}
