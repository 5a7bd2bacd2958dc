"""Official statistics against what units reported: the official figure stands, both are shown, the gap is stated.

《教育统计管理规定》(教育部令第44号) art. 28: plans, supervision and evaluation use official education statistics first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from duibiao.kernel.period import Period
from duibiao.kernel.problem import Problem, Where, problem
from duibiao.kernel.value import Quantity, UnitMismatchError, converted
from duibiao.metrics.element import DataElement, ElementRollUp
from duibiao.metrics.observation import BOUND_WORDS, Bound, Observation
from duibiao.metrics.rollup import Coverage
from duibiao.metrics.unit import Unit
from duibiao.sources.citation import Source, SourceKind


@dataclass(frozen=True, slots=True)
class Conflict:
    """An official figure and the sum of what was reported that differ (口径冲突).

    Both are in the element's unit; ``gap`` is reported − official, ``share`` is gap ÷ official,
    None where the official figure is zero. ``coverage`` says how many of the units reported the element: a
    gap with units missing is expected, and still shown.
    """

    unit: str
    element: str
    period: Period
    official: Decimal
    bound: Bound
    reported: Decimal
    coverage: Coverage
    observation: Observation

    @property
    def gap(self) -> Decimal:
        """Reported minus official."""
        return self.reported - self.official

    @property
    def share(self) -> Decimal | None:
        """The gap as a share of the official figure."""
        return self.gap / self.official if self.official else None

    @property
    def stands(self) -> Decimal:
        """The figure that is used: the official one."""
        return self.official

    def told(self, element: DataElement) -> Problem:
        """The conflict in words, with both figures."""
        share = "—" if self.share is None else f"{self.share * 100:+.1f}%"
        return problem(
            "INTAKE-CONFLICT",
            Where(self.observation.source, 0, f"{self.unit} {self.element}"),
            label=element.label.zh,
            period=self.period,
            official=f"{BOUND_WORDS[self.bound].zh}{self.official:f}",
            reported=f"{self.reported:f}（{self.coverage} 个单位）",
            gap=f"{self.gap:+f}",
            share=share,
        )


_FITS = {
    Bound.EXACT: lambda reported, official: reported == official,
    Bound.AT_LEAST: lambda reported, official: reported >= official,
    Bound.MORE_THAN: lambda reported, official: reported > official,
    Bound.AT_MOST: lambda reported, official: reported <= official,
    Bound.LESS_THAN: lambda reported, official: reported < official,
}


def official(observations: Iterable[Observation], sources: Mapping[str, Source]) -> list[Observation]:
    """Only the observations of official statistics."""
    return [one for one in observations if sources[one.source].kind is SourceKind.STATISTICS]


def find_conflicts(
    observations: Sequence[Observation],
    rows: pl.DataFrame,
    indicators: Mapping[str, str],
    elements: Mapping[str, DataElement],
    units: Mapping[str, Unit],
    period: Period,
    tolerance: Decimal = Decimal(0),
) -> list[Conflict]:
    """Compare official observations with the roll-up of reported rows, for districts and for the city.

    ``indicators`` maps the code of an indicator to the element it publishes the sum of. ``rows`` is the wide table of
    all returns of the period. ``tolerance`` is the largest share that is no conflict (rounding in print); an
    approximate figure (约) takes 1 %. Elements that do not add up, and figures in another measure, are not compared.
    """
    found = []
    for one in observations:
        code = indicators.get(one.indicator, "")
        element = elements.get(code)
        if one.period.year != period.year or element is None or element.rollup is not ElementRollUp.SUM:
            continue
        part = _under(rows, one.unit, units)
        if code not in rows.columns or not part.height:
            continue
        try:
            stated = converted(one.quantity, element.unit).amount
        except UnitMismatchError:
            continue
        known = part.get_column(code).drop_nulls()
        if not len(known):
            continue
        reported = element.amount(int(known.cast(pl.Int128).sum()))
        conflict = Conflict(
            one.unit, code, period, stated, one.bound, reported, Coverage(len(known), part.height), one
        )  # fmt: skip
        if not _agree(conflict, tolerance):
            found.append(conflict)
    return found


def _agree(conflict: Conflict, tolerance: Decimal) -> bool:
    allowed = max(tolerance, Decimal("0.01")) if conflict.bound is Bound.ABOUT else tolerance
    if abs(conflict.gap) <= allowed * abs(conflict.official):
        return True
    fits = _FITS.get(conflict.bound)
    return fits is not None and fits(conflict.reported, conflict.official)


def _under(rows: pl.DataFrame, unit: str, units: Mapping[str, Unit]) -> pl.DataFrame:
    """The rows of the units below one."""
    below = {unit}
    for _ in range(8):  # a chain of parents longer than that is a circle
        more = {one.code for one in units.values() if one.parent in below} - below
        if not more:
            break
        below |= more
    return rows.filter(pl.col("unit").is_in(sorted(below)))


def shown_both(conflict: Conflict, element: DataElement) -> tuple[Quantity, Quantity]:
    """The two figures as quantities: official first."""
    return Quantity(conflict.official, element.unit), Quantity(conflict.reported, element.unit)
