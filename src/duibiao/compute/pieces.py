"""States of some rows at a time, put together by year and leaf: the rows of one group may stand in several pieces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from duibiao.compute.states import StateColumn, StateKind
from duibiao.compute.statetable import Numbers, nothing
from duibiao.compute.vectors import INT64, INT128, NotExactError

_Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FormPiece:
    """The states of some rows of a form (分批状态): the year and leaf of each of its groups, and their numbers.

    ``sums``: column × group, the counts and sums of 64 bit in the order of ``added``; ``others`` by the number of their
    column: extremes, and sums beyond 64 bit, whose row in ``sums`` is 0.
    """

    years: _Whole
    leaves: Sequence[str]
    sums: _Whole
    others: Mapping[int, Numbers]


def added(columns: Sequence[StateColumn]) -> list[int]:
    """The numbers of the columns whose states are added: all but extremes."""
    extremes = (StateKind.MINIMUM, StateKind.MAXIMUM)
    return [number for number, one in enumerate(columns) if one.state.kind not in extremes]


def laid_out(
    columns: Sequence[StateColumn], pieces: list[FormPiece], years: Sequence[int], leaves: Sequence[str]
) -> dict[str, Numbers]:
    """The numbers of all pieces by year and leaf. Takes the pieces out of the list: of a nation they are 150 MB.

    Raises NotExactError for a sum beyond 128 bit.
    """
    width = len(leaves)
    rows, at = {year: place * width for place, year in enumerate(years)}, {leaf: n for n, leaf in enumerate(leaves)}
    plain = added(columns)
    large = _beyond(plain, pieces)
    others = {number: _empty(columns[number], number in large, len(years) * width) for number in large}
    others |= {n: _empty(one, False, len(years) * width) for n, one in enumerate(columns) if n not in set(plain)}
    sums = np.zeros((len(plain), len(years) * width), dtype=np.int64)
    slot = {number: place for place, number in enumerate(plain)}
    while pieces:
        piece = pieces.pop(0)
        places = np.array([rows[year] for year in piece.years.tolist()]) + [at[leaf] for leaf in piece.leaves]
        sums[:, places] += piece.sums
        for number, found in others.items():
            if number in slot:
                found[places] += piece.sums[slot[number]].astype(object) + piece.others.get(number, 0)
            else:
                how = np.minimum if columns[number].state.kind is StateKind.MINIMUM else np.maximum
                found[places] = how(found[places], piece.others[number])
    shape = (len(years), width)
    return {
        one.name: _narrowed(others[number]).reshape(shape) if number in others else sums[slot[number]].reshape(shape)
        for number, one in enumerate(columns)
    }


def _beyond(plain: Sequence[int], pieces: Sequence[FormPiece]) -> set[int]:
    """The columns whose sums are beyond 64 bit in a piece, or might be when the pieces are added."""
    found = {number for piece in pieces for number in piece.others if number in set(plain)}
    bound = np.zeros(len(plain))
    for piece in pieces:
        if piece.sums.shape[1]:
            bound += np.maximum(piece.sums.max(axis=1), -piece.sums.min(axis=1).astype(np.float64))
    return found | {plain[place] for place in np.flatnonzero(bound >= INT64 // 2).tolist()}


def _empty(column: StateColumn, is_large: bool, count: int) -> npt.NDArray[Any]:
    dtype = np.dtype(np.float64) if column.is_double else np.dtype(object if is_large else np.int64)
    return np.full(count, nothing(column, dtype), dtype=dtype)


def _narrowed(numbers: Numbers) -> Numbers:
    """Sums as 64 bit where they fit."""
    if not numbers.dtype.hasobject:
        return numbers
    largest = max(map(abs, numbers), default=0)
    if largest >= INT128:
        raise NotExactError("a sum beyond 128 bit")
    return numbers.astype(np.int64) if largest < INT64 else numbers
