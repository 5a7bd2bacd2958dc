"""The value of an aggregate from its states: the one place where a quotient or a coefficient is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from duibiao.compute.catalogue import AggregatePlan
from duibiao.compute.figures import (
    NOT_APPLICABLE,
    NOT_COMPUTABLE,
    NOT_REPORTED,
    Doubles,
    Figures,
    Flags,
    as_doubles,
    missing_where,
)
from duibiao.compute.limbs import excess, limbs_of, limbs_of_one, nearest_quotient, product
from duibiao.compute.states import StateColumn
from duibiao.compute.statetable import StateTable
from duibiao.metrics.expression import nodes as n

_Function = n.AggregateFunction
_COUNTED = (_Function.SUM, _Function.COUNT)
"""Over no unit at all these are 0: nothing was expected and nothing is missing."""


@dataclass(frozen=True, slots=True)
class RankedValues:
    """What the row values gave for an aggregate that cannot be merged, by year and group (NaN where undefined)."""

    values: Mapping[n.Aggregate, Doubles]


def aggregates(plans: Sequence[AggregatePlan], table: StateTable, ranked: RankedValues) -> dict[n.Aggregate, Figures]:
    """Figures of aggregates for every year and group of a state table.

    Sums, counts, quotients and difference coefficients over 64 bit states are taken together: on a table of a few
    groups one step of numpy costs the same for one of them as for a hundred.
    """
    alike: dict[_Kind, list[AggregatePlan]] = {}
    found: dict[n.Aggregate, Figures] = {}
    for plan in plans:
        kind = _kind(plan)
        if kind is None or any(table.columns[one.name].dtype != np.int64 for one in plan.roles.values()):
            found[plan.node] = aggregate(plan, table, ranked)
        else:
            alike.setdefault(kind, []).append(plan)
    for kind, members in alike.items():
        for first in range(0, len(members), _AT_ONCE):
            found |= _together(members[first : first + _AT_ONCE], table, kind)
    return found


_AT_ONCE = 64
"""Enough to hide the cost of a step, few enough for the 2,850 districts of the nation."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the aggregates taken together have in common.

    ``below``: the role of the denominator, '' where there is none; ``tens``: those of a difference coefficient.
    """

    is_counted: bool
    below: str
    tens: tuple[int, int] | None = None


def _kind(plan: AggregatePlan) -> _Kind | None:
    """The kind of an aggregate; None for what is taken alone."""
    match plan.node.function:
        case _Function.SUM | _Function.COUNT:
            return _Kind(True, "")
        case _Function.RATIO:
            return _Kind(False, "bottom")
        case _Function.SHARE:
            return _Kind(False, "known")
        case _Function.MEAN:
            return _Kind(False, "known" if plan.node.weight is None else "bottom")
        case _Function.DIFFERENCE_COEFFICIENT:
            return _Kind(False, "bottom", _coefficient_tens(plan))
    return None


def _together(plans: Sequence[AggregatePlan], table: StateTable, kind: _Kind) -> dict[n.Aggregate, Figures]:
    """What ``aggregate`` gives, for several aggregates of one kind at once."""
    readers = [_Reader(plan, table) for plan in plans]

    def whole(role: str) -> npt.NDArray[np.int64]:
        return np.stack([reader.whole(role) for reader in readers])

    def real(role: str) -> Doubles:
        tens = [reader.column(role).tens for reader in readers]
        numbers = whole(role)
        if len(set(tens)) == 1:
            return as_doubles(numbers, tens[0])
        return np.stack([as_doubles(one, places) for one, places in zip(numbers, tens, strict=True)])

    known, total = whole("known"), whole("total")
    forms = dict(zip((plan.form for plan in plans), readers, strict=True))
    reasons = {form: reader.without_rows() for form, reader in forms.items()}
    gap = np.where(total > 0, NOT_REPORTED, np.stack([reasons[plan.form] for plan in plans]))
    gap = np.where(known > 0, 0, gap)
    if kind.is_counted:
        gap = np.where((total == 0) & (whole("rows") > 0), 0, gap)
    top = real("top")
    bottom = real(kind.below) if kind.below else None
    with np.errstate(all="ignore"):
        if kind.tens is not None:
            value = _coefficients((whole("squares"), whole("bottom"), whole("top"), known), kind.tens)
        else:
            value = top if bottom is None else np.where(bottom == 0, np.nan, top / np.where(bottom == 0, 1, bottom))
    persons = np.broadcast_to(np.inf, value.shape)  # without a count of persons this takes no room
    for role, count in (("top", top), ("bottom", bottom)):
        counted = np.array([role in plan.persons for plan in plans])[:, None, None]
        if count is not None and counted.any():
            persons = np.where(counted & (count > 0), np.minimum(persons, count), persons)
    there = gap == 0
    gap = np.where(there & ~np.isfinite(value), NOT_COMPUTABLE, gap).astype(np.uint8)
    value = np.where(gap > 0, np.nan, value)
    sides: tuple[Doubles | None, Doubles | None] = (None, None)
    if bottom is not None and kind.tens is None:
        sides = np.where(there, top, np.nan), np.where(there, bottom, np.nan)
    return {  # the counts are the states themselves, not a copy: of a nation they are 100 MB
        plan.node: Figures(
            value[place], gap[place], readers[place].whole("known"), readers[place].whole("total"), persons[place],
            *(None if side is None else side[place] for side in sides),
        )
        for place, plan in enumerate(plans)
    }  # fmt: skip


def aggregate(plan: AggregatePlan, table: StateTable, ranked: RankedValues) -> Figures:
    """Figures of one aggregate for every year and group of a state table."""
    reader = _Reader(plan, table)
    known, total = reader.whole("known"), reader.whole("total")
    empty = (total == 0) & (reader.whole("rows") > 0)
    gap = np.where(known > 0, 0, np.where(total > 0, NOT_REPORTED, reader.without_rows()))
    if plan.node.function in _COUNTED:
        gap = np.where(empty, 0, gap)
    with np.errstate(all="ignore"):
        value, top, bottom = _value(plan, reader, ranked)
    there = gap == 0
    figures = Figures(
        value=np.where(there, value, np.nan),
        gap=gap.astype(np.uint8),
        known=known,
        total=total,
        persons=_persons(plan, reader, value),
        top=None if top is None else np.where(there, top, np.nan),
        bottom=None if bottom is None else np.where(there, bottom, np.nan),
    )
    return missing_where(figures, there & ~np.isfinite(figures.value), NOT_COMPUTABLE)


class _Reader:
    """Reads the states of one aggregate by role."""

    def __init__(self, plan: AggregatePlan, table: StateTable) -> None:
        self.plan, self.table = plan, table

    def column(self, role: str) -> StateColumn:
        return self.plan.roles[role]

    def whole(self, role: str) -> npt.NDArray[Any]:
        return self.table.columns[self.column(role).name]

    def real(self, role: str) -> Doubles:
        column = self.column(role)
        numbers = self.whole(role)
        return numbers.astype(np.float64) if column.is_double else as_doubles(numbers, column.tens)

    def without_rows(self) -> npt.NDArray[np.int64]:
        """Why there is nothing, a row a year: no table of that year, or no unit of the group that has to report."""
        present = self.table.present.get(self.plan.form)
        if present is None:
            present = np.zeros(len(self.table.years), dtype=np.bool_)
        return np.where(present, NOT_APPLICABLE, NOT_REPORTED)[:, None]


_Parts = tuple[Doubles, Doubles | None, Doubles | None]


def _value(plan: AggregatePlan, reader: _Reader, ranked: RankedValues) -> _Parts:
    """Value, and numerator and denominator where it is a quotient."""
    match plan.node.function:
        case _Function.SUM | _Function.COUNT:
            return reader.real("top"), None, None
        case _Function.RATIO:
            return _quotient(reader, "bottom")
        case _Function.SHARE:
            return _quotient(reader, "known")
        case _Function.MEAN:
            return _quotient(reader, "known" if plan.node.weight is None else "bottom")
        case _Function.MIN | _Function.MAX:
            return reader.real("extreme"), None, None
        case _Function.DIFFERENCE_COEFFICIENT:
            states = tuple(reader.whole(role) for role in ("squares", "bottom", "top", "known"))
            return _coefficients(states, _coefficient_tens(plan)), None, None
        case _Function.THEIL:
            return _theil(reader, plan.node.weight is not None), None, None
        case _Function.MEDIAN | _Function.QUANTILE | _Function.GINI:
            return ranked.values[plan.node], None, None


def _quotient(reader: _Reader, below: str) -> _Parts:
    top, bottom = reader.real("top"), reader.real(below)
    return np.where(bottom == 0, np.nan, top / np.where(bottom == 0, 1, bottom)), top, bottom


def _coefficient_tens(plan: AggregatePlan) -> tuple[int, int]:
    """How many places Σ R²/P × ΣP and (ΣR)² are shifted so that they stand side by side as whole numbers.

    Whole numbers went into the squares without their scale, doubles (fixed) with theirs.
    """
    top, bottom, squares = (plan.roles[role] for role in ("top", "bottom", "squares"))
    return 2 * (top.tens if top.is_fixed else 0), squares.tens + (bottom.tens if bottom.is_fixed else 0)


def _coefficients(states: tuple[npt.NDArray[Any], ...], tens: tuple[int, int]) -> Doubles:
    """差异系数: CV² = (Σ R²/P) × ΣP ÷ (ΣR)² - 1, the pupil-weighted population form of 教督〔2017〕6号.

    S = √(Σ (P_i/ΣP)(x_i - X)²), X = ΣR/ΣP, CV = S/X, written over sums: ``states`` are Σ R²/P, ΣP, ΣR and the count of
    schools. Taken in whole numbers of any width: the difference of two nearly equal numbers would lose the digits of a
    double. One school alone differs from nobody: 0. NaN where ΣR is 0.
    """
    up, down = (limbs_of_one(10**places) for places in tens)
    flat = [column.ravel() for column in states]
    found = np.empty(flat[0].shape)
    for first in range(0, len(found), _CELLS_AT_ONCE):
        squares, bottom, top, count = (column[first : first + _CELLS_AT_ONCE] for column in flat)
        above = product(product(limbs_of(squares), limbs_of(bottom)), up)
        opposed = ((squares < 0) != (bottom < 0)).astype(np.bool_)  # below zero the difference is taken for 0
        below = product(product(limbs_of(top), limbs_of(top)), down)
        ratio = nearest_quotient(excess(above, below), below)
        root = np.sqrt(np.where(opposed & (ratio > 0), 0.0, ratio))
        found[first : first + _CELLS_AT_ONCE] = np.where((count == 1) & ~np.isnan(root), 0.0, root)
    return found.reshape(states[0].shape)


_CELLS_AT_ONCE = 16_384
"""So that the limbs of all of them stay in the cache of a core."""


def _theil(reader: _Reader, weighted: bool) -> Doubles:
    """Theil's T = Σ w x ln x ÷ Σ w x - ln(Σ w x ÷ Σ w); undefined where anything is negative or the mean is zero."""
    total, count = reader.real("top"), reader.real("bottom" if weighted else "known")
    defined: Flags = (reader.whole("negative") == 0) & (total > 0) & (count > 0)
    safe, weights = np.where(defined, total, 1.0), np.where(defined, count, 1.0)
    value = np.maximum(reader.real("entropy") / safe - np.log(safe / weights), 0.0)
    value = np.where(reader.whole("known") == 1, 0.0, value)
    return np.where(defined, value, np.nan)


def _persons(plan: AggregatePlan, reader: _Reader, value: Doubles) -> Doubles:
    """The smallest positive count of persons among the sums of the aggregate."""
    least = np.full(value.shape, np.inf)
    for role in plan.persons:
        count = value if role == "value" else reader.real(role)
        least = np.where(count > 0, np.minimum(least, count), least)
    return least
