"""Arrays of before with a part put in anew: what a change of a few districts leaves as it was is not copied.

The states and figures of the nation are 350 MB, of which a district has one part in 2,900. Whoever asks for an array by
its name gets it whole, made then and kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from duibiao.compute.figures import Figures
from duibiao.compute.states import StateColumn
from duibiao.compute.statetable import Numbers, nothing

MOST_PATCHES = 8
"""Changes over each other before the arrays are made: looking through many would cost what was saved."""
_Array = npt.NDArray[Any]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Patch(Generic[_T]):
    """What was computed again (更新部分): its places among years and groups, both rising, and its values by name.

    The arrays of the values have a row for each of those years and a column for each of those groups.
    """

    years: tuple[int, ...]
    groups: tuple[int, ...]
    values: Mapping[str, _T]


class PatchedStates(Mapping[str, Numbers]):
    """The states of leaf groups with what was read again put in (更新后状态), year × leaf by name."""

    def __init__(
        self, columns: Iterable[StateColumn], before: Mapping[str, Numbers], patches: Sequence[Patch[Numbers]]
    ) -> None:
        self._columns = {column.name: column for column in columns}
        # a change of a change is looked through once, not twice
        under, earlier = (before._before, before._patches) if isinstance(before, PatchedStates) else (before, ())
        many = len(earlier) + len(patches) > MOST_PATCHES
        self._before: Mapping[str, Numbers] = dict(before) if many else under
        self._patches: tuple[Patch[Numbers], ...] = tuple(patches) if many else (*earlier, *patches)
        self._made: dict[str, Numbers] = {}

    def __getitem__(self, name: str) -> Numbers:
        """The states of all years."""
        if name not in self._made:
            self._made[name] = self.of_years(range(len(self._before[name])), [name])[name]
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        """The names of the states."""
        return iter(self._before)

    def __len__(self) -> int:
        """How many states there are."""
        return len(self._before)

    def of_years(self, years: Sequence[int], names: Iterable[str]) -> dict[str, Numbers]:
        """The states of some years, which are given by their places; a state wider than 64 bit goes over to objects."""
        rows = _span(years)
        steps = [(patch.values, *_meeting(years, patch.years), _span(patch.groups)) for patch in self._patches]
        found: dict[str, Numbers] = {}
        for name in names:
            base = self._before[name]
            parts = [(values[name], here, there, at) for values, here, there, at in steps if name in values]
            if base.dtype.hasobject or any(part.dtype.hasobject for part, *_ in parts):
                whole = self._in_type(name, base[rows], np.dtype(object))
                parts = [(self._in_type(name, one, whole.dtype), here, there, at) for one, here, there, at in parts]
            else:
                whole = base[rows].copy() if isinstance(rows, slice) else base[rows]
            for part, here, there, at in parts:
                _put(whole, here, at, part[there])
            found[name] = whole
        return found

    def _in_type(self, name: str, numbers: Numbers, dtype: np.dtype[Any]) -> Numbers:
        """A copy in another type, with its own sign for nothing."""
        column = self._columns[name]
        was, now = nothing(column, numbers.dtype), nothing(column, dtype)
        wide = numbers.astype(dtype)
        return wide if was == now else np.where(numbers == was, now, wide)


class PatchedFigures(Mapping[str, Figures]):
    """The figures of before with those that were taken again put in (更新后数值), by indicator."""

    def __init__(self, before: Mapping[str, Figures], patches: Sequence[Patch[Figures]]) -> None:
        under, earlier = (before._before, before._patches) if isinstance(before, PatchedFigures) else (before, ())
        many = len(earlier) + len(patches) > MOST_PATCHES
        self._before: Mapping[str, Figures] = dict(before) if many else under
        self._patches: tuple[Patch[Figures], ...] = tuple(patches) if many else (*earlier, *patches)
        self._made: dict[str, Figures] = {}

    def __getitem__(self, code: str) -> Figures:
        """The figures of all years and groups."""
        if code not in self._made:
            own = [(patch, patch.values[code]) for patch in self._patches if code in patch.values]
            self._made[code] = _placed(self._before[code], own)
        return self._made[code]

    def __iter__(self) -> Iterator[str]:
        """The codes of the indicators."""
        return iter(self._before)

    def __len__(self) -> int:
        """How many indicators there are."""
        return len(self._before)


def _span(places: Sequence[int]) -> _Array | slice:
    """Places as a slice where they lie in a row, which needs no copy."""
    if len(places) and places[-1] - places[0] == len(places) - 1:
        return slice(places[0], places[-1] + 1)
    return np.array(places, dtype=np.int64)


def _meeting(wanted: Sequence[int], own: Sequence[int]) -> tuple[_Array | slice, _Array | slice]:
    """Where the years of a patch lie among the wanted ones, and where those lie in the patch."""
    places = {year: place for place, year in enumerate(own)}
    met = [(place, places[year]) for place, year in enumerate(wanted) if year in places]
    return _span([here for here, _ in met]), _span([there for _, there in met])


def _put(whole: _Array, years: _Array | slice, groups: _Array | slice, part: _Array) -> None:
    if isinstance(years, slice) or isinstance(groups, slice):
        whole[years, groups] = part
    else:
        whole[np.ix_(years, groups)] = part


def _placed(before: Figures, own: Sequence[tuple[Patch[Figures], Figures]]) -> Figures:
    """Figures with those of some years and groups in their places."""

    def placed(array: _Array, parts: Sequence[_Array]) -> _Array:
        whole = array.astype(np.result_type(array, *parts))
        for (patch, _), part in zip(own, parts, strict=True):
            _put(whole, _span(patch.years), _span(patch.groups), part)
        return whole

    def side(array: _Array | None, parts: Sequence[_Array | None]) -> _Array | None:
        there = [part for part in parts if part is not None]
        return None if array is None or len(there) < len(parts) else placed(array, there)

    return Figures(
        placed(before.value, [one.value for _, one in own]),
        placed(before.gap, [one.gap for _, one in own]),
        placed(before.known, [one.known for _, one in own]),
        placed(before.total, [one.total for _, one in own]),
        placed(before.persons, [one.persons for _, one in own]),
        side(before.top, [one.top for _, one in own]),
        side(before.bottom, [one.bottom for _, one in own]),
    )
