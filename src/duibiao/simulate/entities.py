"""Who reports: schools, districts and the city, each with its rows (unit × year) and the series behind them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from duibiao.kernel.period import Period, PeriodKind
from duibiao.metrics.unit import Unit
from duibiao.simulate.arithmetic import Floats, Marks, Whole
from duibiao.simulate.backbone import Backbone
from duibiao.simulate.calibration import Calibration
from duibiao.simulate.rowcheck import Words
from duibiao.simulate.schools import RURAL, Schools


@dataclass(slots=True)
class ReportingUnits:
    """The reporting units of one kind over the years.

    CheckedRows are (unit, year): ``unit`` indexes ``codes``, ``year`` counts from the first year, both (n,). ``series``
    answers a series by name (see ``Backbone``), ``has`` whether the unit of a row has a stage, ``rural`` whether it
    stands in 乡村. ``attributes``: kind, location, ownership, district by name, (n,) each.
    """

    codes: list[str]
    unit: Whole
    year: Whole
    series: Callable[[str], Floats]
    has: Callable[[str], Floats]
    rural: Marks
    attributes: dict[str, Words]

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def group(self) -> Words:
        """The district every row belongs to."""
        return self.attributes["district"]


def boundary_days(calibration: Calibration, units: dict[str, Unit]) -> dict[str, date]:
    """The day each district of the transfers changed, from ``units.csv``: its end, its break, or its heir's begin."""
    found = {}
    for transfer in calibration.transfers:
        origin, target = units[transfer.origin], units[transfer.target]
        begins = target.valid_from.earliest if target.valid_from else None
        days = [origin.valid_to, *origin.breaks, *target.breaks, begins]
        found[transfer.origin] = next(day for day in days if day is not None)
    return found


def in_force(day: date, kind: PeriodKind, year: int) -> bool:
    """Whether a change of that day shows in the return of a year: counted on its last day (school year: first)."""
    period = Period(year, kind)
    return day <= (period.end if kind is PeriodKind.YEAR else period.start)


def school_entity(
    backbone: Backbone, districts: list[str], days: dict[str, date], codes: list[str], kind: PeriodKind
) -> ReportingUnits:
    """The schools; the district of a row is the one the school belonged to when the return was made."""
    schools: Schools = backbone.schools
    rows, year = backbone.school, backbone.year
    moved = np.array([[d in days and in_force(days[d], kind, y) for y in backbone.years] for d in districts])
    old = schools.district[rows]
    now = np.where(moved[old, year], schools.moved_to[rows], old)
    kinds = np.array([one.kind for one in backbone.calibration.kinds])
    return ReportingUnits(
        codes=codes,
        unit=rows,
        year=year,
        series=backbone.series,
        has=backbone.has,
        rural=schools.place[rows] == RURAL,
        attributes={
            "kind": kinds[schools.kind[rows]],
            "location": np.array(schools.location)[rows],
            "ownership": np.where(schools.private, "private", "public")[rows],
            "district": np.array(districts)[now],
        },
    )


def group_entity(
    schools: ReportingUnits, codes: list[str], residents: Floats, of_row: NDArray[np.int64]
) -> ReportingUnits:
    """Districts (or the city) as reporting units: their series are the sums over their schools.

    ``of_row`` is the index in ``codes`` every school row belongs to, ``residents`` (years, codes) with 0 where the
    unit does not exist in that year: such rows are not there.
    """
    years = residents.shape[0]
    year, unit = (found.astype(np.int64) for found in np.nonzero(residents > 0))
    known: dict[str, Floats] = {}

    def series(name: str) -> Floats:
        if name not in known:
            if name.startswith("population/"):
                known[name] = residents[year, unit]
            else:
                place = schools.year * len(codes) + of_row
                total = np.bincount(place, schools.series(name), years * len(codes)).reshape(years, -1)
                known[name] = np.asarray(total[year, unit], dtype=np.float64)
        return known[name]

    empty = np.full(len(unit), "")
    return ReportingUnits(
        codes=codes,
        unit=unit,
        year=year,
        series=series,
        has=lambda stage: np.ones(len(unit)),
        rural=np.zeros(len(unit), dtype=bool),
        attributes={"kind": empty, "location": empty, "ownership": empty, "district": np.array(codes)[unit]},
    )


def residents_of(
    calibration: Calibration, districts: list[str], days: dict[str, date], years: range, kind: PeriodKind
) -> Floats:
    """Residents of every district (years, districts), moved with the boundary; 0 where the district does not exist."""
    found = np.zeros((len(years), len(districts)))
    number = {code: n for n, code in enumerate(districts)}
    for n, year in enumerate(years):
        for code, curve in calibration.populations.items():
            found[n, number[code]] += curve.at(year)
        before = found[n].copy()
        for one in calibration.transfers:
            if in_force(days[one.origin], kind, year):
                part = before[number[one.origin]] * one.share
                found[n, number[one.origin]] -= part
                found[n, number[one.target]] += part
    return np.where(found < 0.5, 0.0, np.round(found))
