"""What a computation gives: every indicator of every unit and year, with its coverage, and where it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import numpy as np
import pyarrow as pa

from duibiao.compute.aggregates import RankedValues
from duibiao.compute.catalogue import Compiled
from duibiao.compute.figures import REASONS, Figures, Flags
from duibiao.compute.groups import Membership
from duibiao.compute.statetable import StateTable
from duibiao.kernel.value import MissingReason

COLUMNS = (
    "indicator", "unit", "year", "value", "numerator", "denominator", "coverage_known", "coverage_total",
    "missing_reason", "suppressed",
)  # fmt: skip
"""The columns of a result table: indicator × year × unit, in this order of sorting."""


@dataclass(frozen=True, slots=True)
class ComputedValue:
    """One figure (计算值) of a result. ``value`` is None where ``missing`` says why."""

    indicator: str
    unit: str
    year: int
    value: float | None
    numerator: float | None
    denominator: float | None
    known: int
    total: int
    missing: MissingReason | None

    @property
    def coverage(self) -> Decimal:
        """Known ÷ expected units; 0 where none was expected."""
        return Decimal(self.known) / Decimal(self.total) if self.total else Decimal(0)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Where a result came from (计算记录): enough to compute it again and to see what changed.

    ``sources`` are the hashes of the tables by form and year, as the snapshot's manifest states them. ``sql_hash`` is
    that of the queries, by the trees their text is written from (``compute.sqltext.states_text`` writes it).
    """

    run_id: str
    engine: str
    catalogue_key: str
    sql_hash: str
    snapshot: str = ""
    simulated: bool = False
    levels: tuple[str, ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """All figures of a run, the states they were made of, and its record.

    ``figures`` hold arrays year × group by indicator; ``table`` is the same as one long table. ``states`` are those of
    the leaf groups, ``ranked`` the values that cannot be merged; an engine that does not keep any has None.
    ``left_out``: indicator → year × leaf, True where a leaf takes no part since it leaves out a form (``jointly``).
    """

    compiled: Compiled
    years: tuple[int, ...]
    groups: Membership
    figures: Mapping[str, Figures]
    record: RunRecord
    states: StateTable | None = None
    ranked: RankedValues | None = None
    left_out: Mapping[str, Flags] = field(default_factory=dict)

    @cached_property
    def table(self) -> pa.Table:
        """The long table: one row per indicator, year and unit, with the columns of ``COLUMNS``."""
        return long_table(self)

    def cell(self, indicator: str, unit: str, year: int) -> ComputedValue:
        """One figure. Raises KeyError for what the result does not hold."""
        figures = self.figures[indicator]
        if year not in self.years or unit not in self._places:
            raise KeyError((indicator, unit, year))
        at = (self.years.index(year), self._places[unit])
        gap = int(figures.gap[at])
        return ComputedValue(
            indicator=indicator,
            unit=unit,
            year=year,
            value=_number(figures.value[at]),
            # the sides of a figure that is withheld would give it back
            numerator=None if figures.top is None or gap else _number(figures.top[at]),
            denominator=None if figures.bottom is None or gap else _number(figures.bottom[at]),
            known=int(figures.known[at]),
            total=int(figures.total[at]),
            missing=REASONS[gap],
        )

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {code: place for place, code in enumerate(self.groups.codes)}


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def long_table(result: Result) -> pa.Table:
    """Write the arrays of a result out as one table."""
    codes, units, years = list(result.figures), list(result.groups.codes), len(result.years)
    each = years * len(units)
    shape = (years, len(units))
    figures = list(result.figures.values())
    gaps = _flat([one.gap for one in figures], np.uint8)
    empty = np.full(shape, np.nan)
    # A quotient whose value is withheld shows neither of its sides: they would give it back.
    tops = _flat([empty if one.top is None else np.where(one.gap == 0, one.top, np.nan) for one in figures], np.float64)
    bottoms = _flat(
        [empty if one.bottom is None else np.where(one.gap == 0, one.bottom, np.nan) for one in figures], np.float64
    )
    reasons = pa.array(["", *(reason.value for reason in REASONS if reason is not None)])
    return pa.table(
        {
            "indicator": _coded(np.repeat(np.arange(len(codes), dtype=np.int32), each), codes),
            "unit": _coded(np.tile(np.arange(len(units), dtype=np.int32), len(codes) * years), units),
            "year": np.tile(np.repeat(np.array(result.years, dtype=np.int16), len(units)), len(codes)),
            "value": _nullable(_flat([one.value for one in figures], np.float64)),
            "numerator": _nullable(tops),
            "denominator": _nullable(bottoms),
            "coverage_known": _flat([one.known for one in figures], np.int64),
            "coverage_total": _flat([one.total for one in figures], np.int64),
            "missing_reason": pa.DictionaryArray.from_arrays(pa.array(gaps.astype(np.int8)), reasons),
            "suppressed": pa.array(gaps == REASONS.index(MissingReason.SUPPRESSED)),
        }
    )


def _flat(parts: list[np.ndarray], dtype: type) -> np.ndarray:
    return np.concatenate([part.ravel() for part in parts]).astype(dtype, copy=False) if parts else np.zeros(0, dtype)


def _nullable(values: np.ndarray) -> pa.Array:
    return pa.array(values, mask=np.isnan(values))


def _coded(places: np.ndarray, words: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places), pa.array(words, type=pa.string()))
