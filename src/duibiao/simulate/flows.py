"""Pupils on their way through the grades of simulated schools."""

from dataclasses import dataclass

import numpy as np

from duibiao.simulate.arithmetic import Floats, Marks, Whole, apportioned, stream
from duibiao.simulate.calibration import Calibration
from duibiao.simulate.children import district_shares, grade_totals
from duibiao.simulate.schools import Schools


@dataclass(slots=True)
class StageFlow:
    """The pupils of one stage: ``pupils`` (schools, years, grades), the other four (schools, years).

    For every school and year after the first it exists in:
    pupils = pupils of the year before − graduates + entrants + moved_in − moved_out.
    """

    pupils: Whole
    entrants: Whole
    graduates: Whole
    moved_in: Whole
    moved_out: Whole


def run_flows(
    calibration: Calibration, schools: Schools, districts: list[str], years: range, scale: float, seed: int
) -> dict[str, StageFlow]:
    """Let every stage run through the years; the totals of each grade, year and district are met exactly."""
    totals = grade_totals(calibration, years, scale)
    shares = district_shares(calibration, districts, years)
    return {
        stage.code: _run(stage.code, calibration, schools, totals[stage.code], shares, seed)
        for stage in calibration.stages
    }


def _run(stage: str, calibration: Calibration, schools: Schools, totals: Whole, shares: Floats, seed: int) -> StageFlow:
    kinds = [stage in kind.stages for kind in calibration.kinds]
    city_wide = any(kind.city_wide and stage in kind.stages for kind in calibration.kinds)
    member = np.flatnonzero(np.array(kinds)[schools.kind])
    group = np.zeros(len(member), dtype=np.int64) if city_wide else schools.district[member]
    within = np.ones((len(shares), 1)) if city_wide else shares
    walk = _Walk(schools, member, group, within, totals, stream(seed, f"flow/{stage}"))
    return walk.run()


class _Walk:
    """One stage on its way from year to year. Arrays here hold only the schools that have the stage (``member``)."""

    def __init__(
        self, schools: Schools, member: Whole, group: Whole, shares: Floats, totals: Whole, rng: np.random.Generator
    ) -> None:
        self.schools, self.member, self.group = schools, member, group
        self.shares, self.totals, self.rng = shares, totals, rng
        self.years, self.grades = totals.shape
        self.size = schools.size[member]
        self.drift = rng.normal(0.0, 0.02, len(member))
        place = np.full(len(schools), -1)
        place[member] = np.arange(len(member))
        successor = schools.successor[member]
        self.heir = np.where(successor >= 0, place[np.maximum(successor, 0)], -1)

    def run(self) -> StageFlow:
        pupils = np.zeros((len(self.member), self.years, self.grades), dtype=np.int64)
        sideways = np.zeros((len(self.member), self.years), dtype=np.int64)
        graduates = np.zeros((len(self.member), self.years), dtype=np.int64)
        for year in range(self.years):
            active = self.schools.active(year)[self.member]
            if year == 0:
                self.first_year(pupils[:, 0], active)
                # The year before was not simulated: as many left as stand in the last grade now, give or take a few.
                graduates[:, 0] = np.round(pupils[:, 0, -1] * np.exp(self.rng.normal(0, 0.03, len(self.member))))
            else:
                before = pupils[:, year - 1]
                self.next_year(before, pupils[:, year], active, year)
                graduates[:, year] = np.where(active, before[:, -1], 0)
                gone_up = pupils[:, year, 1:].sum(axis=1) - before[:, :-1].sum(axis=1)
                sideways[:, year] = np.where(active, gone_up, 0)
        total = pupils.sum(axis=2)
        # Some come and some go everywhere, beside what is left over of the two.
        both = np.round(total * 0.006 * self.rng.random(total.shape)).astype(np.int64)
        both[:, 0] = 0
        moved_in, moved_out = np.maximum(sideways, 0) + both, np.maximum(-sideways, 0) + both
        return StageFlow(
            pupils=self.everywhere(pupils),
            entrants=self.everywhere(pupils[:, :, 0]),
            graduates=self.everywhere(graduates),
            moved_in=self.everywhere(moved_in),
            moved_out=self.everywhere(moved_out),
        )

    def everywhere(self, found: Whole) -> Whole:
        spread = np.zeros((len(self.schools), *found.shape[1:]), dtype=np.int64)
        spread[self.member] = found
        return spread

    def first_year(self, pupils: Whole, active: Marks) -> None:
        for grade in range(self.grades):
            weights = self.size * np.exp(self.rng.normal(0, 0.05, len(self.size)))
            pupils[:, grade] = self.shared_out(weights, active, 0, grade)

    def next_year(self, before: Whole, pupils: Whole, active: Marks, year: int) -> None:
        """One year on: entrants choose a school, all others go up a grade, those of a closed school go to its heir."""
        staying = np.where(active[:, None], before, 0)
        closed = np.flatnonzero(~active & (before.sum(axis=1) > 0) & (self.heir >= 0))
        closed = closed[active[self.heir[closed]]]
        np.add.at(staying, self.heir[closed], before[closed])
        for grade in range(1, self.grades):
            weights = staying[:, grade - 1] * np.exp(self.rng.normal(0, 0.008, len(self.size)))
            pupils[:, grade] = self.shared_out(weights, active, year, grade)
        wanted = self.size * np.exp(self.drift * year + self.rng.normal(0, 0.06, len(self.size)))
        pupils[:, 0] = self.shared_out(wanted, active, year, 0)

    def shared_out(self, weights: Floats, active: Marks, year: int, grade: int) -> Whole:
        """The pupils of a grade among the schools of each district; a district without a school has none."""
        there = np.bincount(self.group[active], minlength=self.shares.shape[1]) > 0
        shares = self.shares[year] * there
        if not there.any():
            return np.zeros(len(weights), dtype=np.int64)
        whole = apportioned(shares, np.zeros(len(shares), dtype=np.int64), self.totals[year, grade : grade + 1])
        found = np.zeros(len(weights), dtype=np.int64)
        found[active] = apportioned(weights[active], self.group[active], whole)
        return found
