"""Columns of rows in numpy with the three values of SQL, and the operations of the SQL nodes over them.

Whole numbers are 64 bit while a bound says that they fit, and Python integers beyond. Doubles are those of the engine:
every operation here is one operation of IEEE 754, and the logarithm is that of the machine's own library.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlglot import exp

from duibiao.compute.sqlnodes import Sql

Flags = npt.NDArray[np.bool_]
INT64 = 2**63
INT128 = 2**127
YES: Flags = np.ones((), dtype=np.bool_)
NOTHING: npt.NDArray[Any] = np.zeros((), dtype=np.int64)


class NotExactError(Exception):
    """What only the engine decides: doubles of numbers beyond 64 bit, sums beyond 128, nodes not known here."""


@dataclass(slots=True)
class Vector:
    """The values of a part for every row (or one for all), and where they are known (列向量).

    ``most`` bounds whole numbers. ``is_clean``: they are 0 where they are not known. ``broken``: rows with a double no
    whole number comes of, which a condition has to leave out. ``codes``: words, as places in ``values``.
    """

    values: npt.NDArray[Any]
    known: Flags
    most: int = 0
    is_clean: bool = False
    broken: Flags | None = None
    codes: npt.NDArray[np.int64] | None = None

    @property
    def is_double(self) -> bool:
        """Tell whether the values are doubles."""
        return self.values.dtype.kind == "f"


def column(values: pa.Array, with_values: bool = True) -> Vector:
    """A column of 64 bit numbers or of words; without its values only where it is known."""
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        coded = values.dictionary_encode()
        words = np.array(coded.dictionary.to_pylist() or [""], dtype=np.str_)
        codes = np.asarray(coded.indices.fill_null(0).to_numpy(zero_copy_only=False), dtype=np.int64)
        known = np.asarray(values.is_valid().to_numpy(zero_copy_only=False)) if values.null_count else YES
        return Vector(words, known, codes=codes)
    if values.type != pa.int64():
        raise NotExactError(str(values.type))
    return _whole(values, with_values)


def _whole(values: pa.Array, with_values: bool) -> Vector:
    """Whole numbers straight from memory: of hundreds of columns, copying takes longer than adding."""
    mask, data = values.buffers()
    start, count = values.offset, len(values)
    known = YES
    if values.null_count:
        skipped = start // 8
        bits = np.frombuffer(mask, dtype=np.uint8)[skipped : (start + count + 7) // 8]
        first = start - 8 * skipped
        known = np.unpackbits(bits, bitorder="little")[first : first + count].view(np.bool_)
    if not with_values:
        return Vector(NOTHING, known)
    numbers = np.frombuffer(data, dtype=np.int64)[start : start + count]
    if known is not YES:
        numbers = numbers * known  # a third of the time of np.where
    together = int(np.bitwise_or.reduce(numbers))  # one pass instead of two, where nothing is below zero
    most = 2 ** together.bit_length() - 1 if together >= 0 else max(abs(int(numbers.max())), abs(int(numbers.min())))
    return Vector(numbers, known, most, is_clean=True)


def literal(text: str, is_words: bool) -> Vector:
    """A constant."""
    if is_words:
        return Vector(np.array(text, dtype=np.str_), YES)
    try:
        whole = int(text)
    except ValueError:
        return Vector(np.array(float(text)), YES)
    return Vector(np.array(whole, dtype=np.int64 if abs(whole) < INT64 else object), YES, abs(whole))


def both_known(parts: Sequence[Vector]) -> Flags:
    """Where all of some vectors are known."""
    found = YES
    for part in parts:
        if found is YES:
            found = part.known
        elif part.known is not YES and part.known is not found:
            found = found & part.known
    return found


def _as_double(one: Vector) -> Vector:
    if one.is_double:
        return one
    if one.values.dtype.kind != "i":
        raise NotExactError("a number beyond 64 bit as a double")  # engines round it in two steps
    return Vector(one.values.astype(np.float64), one.known)


def cast(node: exp.Cast) -> Callable[[Vector], Vector]:
    """CAST to what a node says: DOUBLE, or the whole number of 128 bit."""
    return _as_double if node.args["to"].this == exp.DataType.Type.DOUBLE else _as_whole


def _as_whole(one: Vector) -> Vector:
    """Doubles as whole numbers. One that is not finite becomes none, and must not be added."""
    if not one.is_double:
        return one
    most = float(np.max(np.abs(one.values), initial=0.0))
    if most < INT64 // 2:
        return Vector(one.values.astype(np.int64), one.known, int(most))
    finite = np.isfinite(one.values)
    if not finite.all():
        rest = _as_whole(Vector(np.where(finite, one.values, 0.0), one.known))
        rest.broken = ~finite
        return rest
    flat = [int(value) for value in one.values.ravel().tolist()]
    whole = np.empty(len(flat), dtype=object)
    whole[:] = flat
    return Vector(whole.reshape(one.values.shape), one.known, max(map(abs, flat)))


def _alike(one: Vector, other: Vector) -> tuple[Vector, Vector]:
    """Two numbers of one kind: doubles where one is a double."""
    if one.is_double == other.is_double:
        return one, other
    return _as_double(one), _as_double(other)


def chosen(conditions: Sequence[Vector], values: Sequence[Vector], otherwise: Vector | None) -> Vector:
    """CASE: the first value whose condition holds; without one ``otherwise``, or nothing."""
    if otherwise is None and len(values) == 1:
        value = values[0]
        known = met(conditions[0]) if value.known is YES else met(conditions[0]) & value.known
        if value.codes is None and value.values.dtype.kind in "if":
            kept = np.where(known, value.values, 0.0) if value.is_double else value.values * known
            return Vector(kept, known, value.most, is_clean=True, broken=value.broken)
    found = otherwise or Vector(np.zeros((), dtype=values[0].values.dtype), ~YES)
    for condition, value in zip(reversed(conditions), reversed(values), strict=True):
        holds = met(condition)
        one, other = _alike(_spelt(value), _spelt(found))
        broken = None
        if one.broken is not None or other.broken is not None:
            broken = np.where(holds, _flags(one.broken), _flags(other.broken))
        found = Vector(
            np.where(holds, one.values, other.values),
            np.where(holds, value.known, found.known),
            max(one.most, other.most),
            broken=broken,
        )
    return found


def _flags(broken: Flags | None) -> Flags:
    return ~YES if broken is None else broken


def met(condition: Vector) -> Flags:
    """Where a condition is known to hold."""
    return condition.values if condition.known is YES else condition.values & condition.known


def chosen_known(conditions: Sequence[Vector], values: Sequence[Vector], otherwise: Vector | None) -> Flags:
    """Where CASE has a value, whatever it is."""
    found = ~YES if otherwise is None else otherwise.known
    for condition, value in zip(reversed(conditions), reversed(values), strict=True):
        holds = met(condition)
        if found.ndim == 0 and not found:
            found = holds if value.known is YES else holds & value.known
        else:
            found = np.where(holds, value.known, found)
    return found


def _spelt(one: Vector) -> Vector:
    """Words as one word a row."""
    return one if one.codes is None else Vector(one.values[one.codes], one.known)


def _arithmetic(how: Callable[..., Any], bound: Callable[[int, int], int]) -> Callable[[Vector, Vector], Vector]:
    def computed(left: Vector, right: Vector) -> Vector:
        one, other = _alike(left, right)
        most = bound(one.most, other.most)
        values, second = one.values, other.values
        if not one.is_double and most >= INT64:
            values, second = values.astype(object), second.astype(object)
        return Vector(np.asarray(how(values, second)), both_known((one, other)), most)

    return computed


def _compared(how: Callable[..., Any]) -> Callable[[Vector, Vector], Vector]:
    def computed(left: Vector, right: Vector) -> Vector:
        if left.values.dtype.kind != "U":
            one, other = _alike(left, right)
            return Vector(np.asarray(how(one.values, other.values), dtype=np.bool_), both_known((one, other)))
        if how not in (np.equal, np.not_equal):
            raise NotExactError("an order of words")
        known = both_known((left, right))
        if left.codes is not None and right.codes is None and right.values.ndim == 0:
            return Vector(np.asarray(how(left.values, right.values))[left.codes], known)
        return Vector(np.asarray(how(_spelt(left).values, _spelt(right).values), dtype=np.bool_), known)

    return computed


def _and(left: Vector, right: Vector) -> Vector:
    if left.known is YES and right.known is YES:
        return Vector(left.values & right.values, YES)
    no = (left.known & ~left.values) | (right.known & ~right.values)
    return Vector(left.values & right.values & ~no, no | (left.known & right.known))


def _or(left: Vector, right: Vector) -> Vector:
    if left.known is YES and right.known is YES:
        return Vector(left.values | right.values, YES)
    yes = (left.known & left.values) | (right.known & right.values)
    return Vector(yes, yes | (left.known & right.known))


def _divided(left: Vector, right: Vector) -> Vector:
    one, other = _as_double(left), _as_double(right)
    return Vector(np.asarray(one.values / other.values), both_known((one, other)))


def _logarithm(one: Vector) -> Vector:
    """By the mathematical library of the machine, as the engine does; numpy has one of its own."""
    numbers = [math.log(value) if value > 0 else math.nan for value in _as_double(one).values.ravel().tolist()]
    return Vector(np.array(numbers, dtype=np.float64).reshape(one.values.shape), one.known)


def _null_if(one: Vector, other: Vector) -> Vector:
    first, second = _spelt(one), _spelt(other)
    equal = np.asarray(first.values == second.values, dtype=np.bool_) & second.known
    return Vector(first.values, first.known & ~equal, first.most)


def _beginning(text: Vector, length: Vector) -> Vector:
    most = int(length.values)  # numpy takes words of length 0 for words of any length
    values = text.values.astype(f"<U{most}") if most else np.full_like(text.values, "")
    return Vector(values, both_known((text, length)), codes=text.codes)


def _coalesced(*parts: Vector) -> Vector:
    found = _spelt(parts[-1])
    for part in reversed(parts[:-1]):
        one, other = _alike(_spelt(part), found)
        values = one.values if one.known is YES else np.where(one.known, one.values, other.values)
        if one.is_clean and other.values.ndim == 0 and not other.values:
            values = one.values  # 0 where nothing is known is what is there already
        known = YES if one.known is YES or found.known is YES else one.known | found.known
        found = Vector(values, known, max(one.most, other.most), is_clean=known is YES)
    return found


def _nothing_there(one: Vector, *_: Vector) -> Vector:
    """IS NULL: there is nothing else to be."""
    return Vector(~one.known, YES)


OPERATIONS: Mapping[type[Sql], Callable[..., Vector]] = {
    exp.Mul: _arithmetic(np.multiply, lambda a, b: a * b),
    exp.Add: _arithmetic(np.add, lambda a, b: a + b),
    exp.Sub: _arithmetic(np.subtract, lambda a, b: a + b),
    exp.Div: _divided,
    exp.Neg: lambda one: Vector(-one.values, one.known, one.most, one.is_clean),
    exp.Abs: lambda one: Vector(np.abs(one.values), one.known, one.most, one.is_clean),
    exp.Floor: lambda one: Vector(np.floor(one.values), one.known),
    exp.Ln: _logarithm,
    exp.Nullif: _null_if,
    exp.Coalesce: _coalesced,
    exp.Left: _beginning,
    exp.And: _and,
    exp.Or: _or,
    exp.Not: lambda one: Vector(~one.values, one.known),
    exp.Is: _nothing_there,
    exp.EQ: _compared(np.equal),
    exp.NEQ: _compared(np.not_equal),
    exp.LT: _compared(np.less),
    exp.LTE: _compared(np.less_equal),
    exp.GT: _compared(np.greater),
    exp.GTE: _compared(np.greater_equal),
}
STRICT = (
    exp.Mul, exp.Add, exp.Sub, exp.Div, exp.Neg, exp.Abs, exp.Floor, exp.Ln, exp.Left, exp.Cast,
    exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE,
)  # fmt: skip
"""What is known exactly where all its operands are: to count it, nobody has to compute it."""
