"""The states of all leaf groups and years as arrays, and their sums over larger groups."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from duibiao.compute.catalogue import Compiled
from duibiao.compute.groups import Membership
from duibiao.compute.states import StateColumn, StateKind

Numbers = npt.NDArray[Any]
"""An array year × group of int64, or of Python integers where 64 bits are not enough, or of doubles."""
_ROOM = 2**62
LARGEST = 10**38 - 1
"""Beyond every exact state: the most a decimal of 38 digits holds."""


@dataclass(frozen=True, slots=True)
class StateTable:
    """States by year and leaf group (状态表). ``present`` tells the years in which a form has a table at all.

    A sum over nothing known is stored as 0: the count of known rows beside it says that there is nothing.
    An extreme over nothing known is stored as the value that gives way to any other.
    """

    years: tuple[int, ...]
    leaves: tuple[str, ...]
    columns: Mapping[str, Numbers]
    present: Mapping[str, npt.NDArray[np.bool_]]


def gathered(
    compiled: Compiled, years: Sequence[int], tables: Mapping[str, Sequence[pa.Table]], key: str = "district"
) -> StateTable:
    """Lay out what the engine answered for each form (columns year, ``key``, states) by year and leaf group.

    Leaves stand in the order of their codes, so that the result does not depend on the order of the answer.
    """
    answered = [table for parts in tables.values() for table in parts]
    codes = sorted({code for table in answered for code in pc.unique(table[key]).to_pylist()})
    columns: dict[str, Numbers] = {}
    for form, parts in tables.items():
        for part in parts:
            at = (places(part["year"], list(years)), places(part[key], codes))
            answers = dict(zip(part.column_names, part.columns, strict=True))  # once: each look-up by name is a search
            for column in compiled.forms[form].columns:
                if column.name in answers:
                    columns[column.name] = _spread(column, answers[column.name], at, (len(years), len(codes)))
    present = {form: np.zeros(len(years), dtype=np.bool_) for form in tables}
    return StateTable(tuple(years), tuple(codes), columns, present)


def places(values: pa.ChunkedArray, order: list[Any]) -> npt.NDArray[np.int64]:
    """The places of values in a list of all of them."""
    if len(values) == 0:
        return np.zeros(0, dtype=np.int64)  # an answer without rows may not even tell its types
    found = pc.index_in(values.combine_chunks(), value_set=pa.array(order, type=values.type))
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.int64)


def _spread(
    column: StateColumn, values: pa.ChunkedArray, at: tuple[Numbers, Numbers], shape: tuple[int, int]
) -> Numbers:
    numbers = doubles(values) if column.is_double else whole_numbers(values)
    absent = nothing(column, numbers.dtype)
    if absent != 0 and values.null_count:
        numbers = np.where(np.asarray(values.is_null()), absent, numbers)
    found = np.full(shape, absent, dtype=numbers.dtype)
    found[at] = numbers
    return found


def nothing(column: StateColumn, dtype: np.dtype[Any]) -> int | float:
    """What is stored where there is nothing to store: 0 for sums, the farthest number for extremes."""
    if column.state.kind not in (StateKind.MINIMUM, StateKind.MAXIMUM):
        return 0
    farthest = np.inf if column.is_double else (LARGEST if dtype.hasobject else int(np.iinfo(np.int64).max))
    return farthest if column.state.kind is StateKind.MINIMUM else -farthest


def doubles(values: pa.ChunkedArray) -> Numbers:
    """An arrow column as doubles; NULL becomes NaN."""
    return np.asarray(values.cast(pa.float64()).to_numpy(), dtype=np.float64)


def whole_numbers(values: pa.ChunkedArray) -> Numbers:
    """An arrow column of whole numbers as int64, or as Python integers where it needs more; NULL becomes 0."""
    if pa.types.is_null(values.type):
        return np.zeros(len(values), dtype=np.int64)
    if pa.types.is_integer(values.type):
        known = pc.fill_null(values, 0) if values.null_count else values
        return np.asarray(known.to_numpy(), dtype=np.int64)
    if pa.types.is_decimal128(values.type) and values.type.scale == 0:
        return _from_decimals(values.combine_chunks())
    whole = [0 if one is None else int(Decimal(one)) for one in values.to_pylist()]
    return as_numbers(whole)


def as_numbers(whole: Iterable[int]) -> Numbers:
    """Python integers as int64 where they fit, as they are where not."""
    listed = list(whole)
    if all(-_ROOM < one < _ROOM for one in listed):
        return np.array(listed, dtype=np.int64)
    found = np.empty(len(listed), dtype=object)
    found[:] = listed
    return found


def _from_decimals(values: pa.Array) -> Numbers:
    """The two halves of 128 bit numbers, straight from memory: hundreds of columns must not cost a loop each."""
    if len(values) == 0:
        return np.zeros(0, dtype=np.int64)
    halves = np.frombuffer(values.buffers()[1], dtype=np.int64).reshape(-1, 2)
    halves = halves[values.offset : values.offset + len(values)]
    low, high = halves[:, 0], halves[:, 1]
    if values.null_count:
        empty = np.asarray(values.is_null().to_numpy(zero_copy_only=False), dtype=np.bool_)
        low, high = np.where(empty, 0, low), np.where(empty, 0, high)
    if np.array_equal(high, low >> 63):
        return low.copy()
    whole: Numbers = high.astype(object) * 2**64 + low.astype(np.uint64).astype(object)
    return whole


def rolled_up(compiled: Compiled, table: StateTable, groups: Membership) -> StateTable:
    """The states of every group: sums of the sums of its leaves, extremes of their extremes.

    Exact and without regard to the order of the leaves; goes over to Python integers where 64 bits do not hold a sum.
    """
    known = {column.name: column for form in compiled.forms.values() for column in form.columns}
    plan = [_layer_of(layer) for layer in groups.layers]
    found: dict[str, Numbers] = {}
    added: list[str] = []
    for name, numbers in table.columns.items():
        kind = known[name].state.kind
        if kind not in (StateKind.MINIMUM, StateKind.MAXIMUM) and numbers.dtype == np.int64:
            added.append(name)
        else:
            found[name] = _reduced(numbers, plan, _HOW.get(kind, np.add))
    for first in range(0, len(added), _AT_ONCE):
        part = added[first : first + _AT_ONCE]
        stack = np.stack([table.columns[name] for name in part])
        roomy = _have_room(stack, len(table.leaves))
        if roomy.all():
            found |= zip(part, _reduced(stack, plan, np.add), strict=True)
        else:
            for name, one, fits in zip(part, stack, roomy.tolist(), strict=True):
                found[name] = _reduced(one, plan, np.add) if fits else _added(one, plan)
    ordered = {name: found[name] for name in table.columns}
    return StateTable(table.years, groups.codes, ordered, table.present)


_HOW = {StateKind.MINIMUM: np.minimum, StateKind.MAXIMUM: np.maximum}
_AT_ONCE = 64
"""States rolled up in one step: enough to hide the cost of the step, few enough for 2,850 districts."""


def _have_room(stack: Numbers, leaves: int) -> npt.NDArray[np.bool_]:
    """Which of some states fit into 64 bit when all their leaves are added."""
    if stack[0].size == 0:
        return np.ones(len(stack), dtype=np.bool_)
    most = np.maximum(stack.max(axis=(1, 2)), -np.maximum(stack.min(axis=(1, 2)), -_ROOM))
    return np.asarray(most <= (_ROOM - 1) // max(leaves, 1))


@dataclass(frozen=True, slots=True)
class _Layer:
    """The leaves of a layer sorted by group, and where each group begins; ``span`` instead where they lie in a row."""

    order: Numbers
    starts: Numbers
    span: slice | None

    def taken(self, numbers: Numbers) -> Numbers:
        """The leaves in order: as they lie where they can, else beside each other in memory."""
        return numbers[..., self.span] if self.span is not None else np.take(numbers, self.order, axis=-1)


def _layer_of(layer: npt.NDArray[np.int64]) -> _Layer:
    order = np.argsort(layer, kind="stable")
    order = order[layer[order] >= 0]
    groups = layer[order]
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]]) if len(groups) else np.zeros(0, dtype=np.int64)
    in_a_row = len(order) > 0 and bool((np.diff(order) == 1).all())
    return _Layer(order, starts, slice(int(order[0]), int(order[-1]) + 1) if in_a_row else None)


def _reduced(numbers: Numbers, plan: Sequence[_Layer], how: np.ufunc) -> Numbers:
    """Reduce the last axis, layer by layer."""
    found = np.empty((*numbers.shape[:-1], sum(len(layer.starts) for layer in plan)), dtype=numbers.dtype)
    first = 0
    for layer in plan:
        last = first + len(layer.starts)
        if last - first == len(layer.order):
            found[..., first:last] = layer.taken(numbers)
        elif last - first == 1:  # several times as fast as a piece of many
            found[..., first] = how.reduce(layer.taken(numbers), axis=-1)
        else:
            found[..., first:last] = how.reduceat(layer.taken(numbers), layer.starts, axis=-1)
        first = last
    return found


def _added(numbers: Numbers, plan: Sequence[_Layer]) -> Numbers:
    """Sums that may not fit: of both halves of 32 bit, put together in 64 where they do fit and in Python where not."""
    high, low = _reduced(numbers >> 32, plan, np.add), _reduced(numbers & _LOW, plan, np.add)
    high += low >> 32
    low &= _LOW
    if high.size and (high.min() < -(2**31) or high.max() >= 2**31):
        whole: Numbers = high.astype(object) * 2**32 + low.astype(object)
        return whole
    return (high << 32) + low


_LOW = np.int64(2**32 - 1)
