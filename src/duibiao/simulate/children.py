"""The children of a simulated city: one cohort a year that enters, goes up the grades and leaves."""

from collections.abc import Sequence

import numpy as np

from duibiao.simulate.arithmetic import Floats, Whole, apportioned
from duibiao.simulate.calibration import Calibration, StageCurve

SMOOTH = 0.05
"""How much an uneven course of cohorts is held against the fit (of relative differences)."""


def stage_totals(calibration: Calibration, years: range, scale: float) -> dict[str, Whole]:
    """Pupils of the city by stage, (number of years,) each."""
    return {
        stage.code: np.array([round(stage.pupils.at(year) * scale) for year in years], dtype=np.int64)
        for stage in calibration.stages
    }


def cohorts(stages: Sequence[StageCurve], years: range) -> dict[int, float]:
    """Size of the cohort by the year it enters (or would enter) the grade that ``enters`` counts from.

    The smooth course that explains the pupils of all stages and years best: least squares on the relative
    differences, a constant rate of attendance for each stage, and second differences held small.
    """
    places = [(stage.enters or 0) + grade for stage in stages for grade in range(stage.grades)]
    first = years[0] - max(places)
    count = years[-1] - min(places) - first + 1
    rows = [(stage, year) for stage in stages for year in years]
    members = np.zeros((len(rows), count))
    for n, (stage, year) in enumerate(rows):
        start = year - (stage.enters or 0) - first
        members[n, [start - grade for grade in range(stage.grades)]] = 1.0
    totals = np.array([stage.pupils.at(year) for stage, year in rows])
    bend = np.zeros((max(count - 2, 0), count))
    for n in range(len(bend)):
        bend[n, n : n + 3] = (1.0, -2.0, 1.0)
    attending = np.ones(len(stages))
    sizes = np.full(count, totals.mean() / 3)
    of_stage = np.repeat(np.arange(len(stages)), len(years))
    for _ in range(4):
        scaled = members * attending[of_stage][:, None] / totals[:, None]
        matrix = np.vstack([scaled, bend * np.sqrt(SMOOTH) / sizes.mean()])
        sizes = np.linalg.lstsq(matrix, np.concatenate([np.ones(len(rows)), np.zeros(len(bend))]), rcond=None)[0]
        sizes = np.maximum(sizes, totals.min() * 1e-3)
        explained = (members @ sizes).reshape(len(stages), -1)
        attending = (totals.reshape(len(stages), -1) / explained).mean(axis=1)
        attending /= _of_first(stages, attending)
    return {first + n: float(size) for n, size in enumerate(sizes)}


def _of_first(stages: Sequence[StageCurve], attending: Floats) -> float:
    """The rate the others are measured by: that of the stage everybody attends (primary), else of the first one."""
    first = next((n for n, stage in enumerate(stages) if stage.enters == 0), 0)
    return float(attending[first])


def _entering(calibration: Calibration, career: Sequence[StageCurve], years: range) -> dict[int, float]:
    """The cohorts of the common career by the year they enter primary school: as stated, else as fitted."""
    if not career:
        return {}
    if not calibration.entrants.anchors:
        return cohorts(career, years)
    places = [(stage.enters or 0) + grade for stage in career for grade in range(stage.grades)]
    return {year: calibration.entrants.at(year) for year in range(years[0] - max(places), years[-1] - min(places) + 1)}


def grade_totals(calibration: Calibration, years: range, scale: float) -> dict[str, Whole]:
    """Pupils of the city by stage as (years, grades), grades adding up to the stage exactly."""
    totals, found = stage_totals(calibration, years, scale), {}
    career = [stage for stage in calibration.stages if stage.enters is not None]
    common = _entering(calibration, career, years)
    for stage in calibration.stages:
        # Entrants of the other stages come from elsewhere: their cohorts are fitted to the stage alone.
        sizes = common if stage.enters is not None else cohorts([stage], years)
        entered = np.array([[year - grade - (stage.enters or 0) for grade in range(stage.grades)] for year in years])
        weights = np.vectorize(sizes.__getitem__)(entered)
        groups = np.repeat(np.arange(len(years)), stage.grades)
        found[stage.code] = apportioned(weights.ravel(), groups, totals[stage.code]).reshape(weights.shape)
    return found


def district_shares(calibration: Calibration, districts: list[str], years: range) -> Floats:
    """Share of every district in the pupils of the city, (years, districts): that of its residents in the base year.

    It does not move with the residents: districts that grow by a twentieth a year would have twice as many pupils in
    grade 9 as entered grade 1 eight years before, and no rate that follows a cohort would mean anything.
    """
    residents = np.array([calibration.populations[one].at(calibration.base_year) for one in districts])
    shares: Floats = np.tile(residents / residents.sum(), (len(years), 1))
    return shares
