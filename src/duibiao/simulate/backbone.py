"""What a simulated school has of itself, before any form asks: pupils, classes, teachers, room."""

from dataclasses import dataclass, field

import numpy as np

from duibiao.simulate.arithmetic import Floats, Whole, apportioned, stream
from duibiao.simulate.calibration import Calibration
from duibiao.simulate.flows import StageFlow
from duibiao.simulate.rules import STAGES_OF
from duibiao.simulate.schools import RURAL, URBAN, Schools

CLASS_SIZE = {
    "preschool": 27.0, "primary": 41.0, "junior": 45.0, "senior": 49.0, "secondary_vocational": 42.0,
    "special": 9.0, "undergraduate": 38.0, "college": 44.0, "postgraduate": 25.0,
}  # fmt: skip
"""Pupils a school plans for one class, by stage (ours)."""
OTHER_STAFF = {"preschool": 0.75, "primary": 0.1, "junior": 0.12, "senior": 0.14, "special": 0.25}
"""Staff beside the full-time teachers, as a part of these (ours); 0.35 for the stages not named."""


@dataclass(slots=True)
class Backbone:
    """Series by school and year. Rows are (school, year) pairs that exist: ``school`` and ``year`` (n,).

    ``series("pupils/primary")`` answers (n,) whole or real numbers; the part behind the stroke is a stage,
    ``higher`` or ``all``. There are: pupils, entrants, graduates, moved_in, moved_out, grade1 …, entered (who
    began the stage with this year's graduates), classes, classes1 … (of one grade), ``classes:46:50`` (with so many
    pupils; an end may be left open), teachers, staff, capacity,
    class_capacity, one (1 where the school has the stage).
    """

    calibration: Calibration
    schools: Schools
    flows: dict[str, StageFlow]
    years: range
    seed: int
    school: Whole = field(init=False)
    year: Whole = field(init=False)
    _known: dict[str, Floats] = field(init=False, default_factory=dict)
    _planned: dict[str, Floats] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        active = np.array([self.schools.active(year) for year in range(len(self.years))])
        self.year, self.school = (found.astype(np.int64) for found in np.nonzero(active))

    def __len__(self) -> int:
        return len(self.school)

    def series(self, name: str) -> Floats:
        """One series over the rows. Raises KeyError for one that does not exist."""
        if name not in self._known:
            what, _, stage = name.partition("/")
            self._known[name] = self._made(what, stage)
        return self._known[name]

    def has(self, stage: str) -> Floats:
        """1 where the school of the row has the stage, else 0."""
        return np.minimum(self.series(f"one/{stage}"), 1)

    def _made(self, what: str, stage: str) -> Floats:
        stages = STAGES_OF.get(stage) if stage != "all" else tuple(self.flows)
        if stages is not None:
            parts = [self.series(f"{what}/{one}") for one in stages if one in self.flows]
            return np.sum(parts, axis=0) if parts else np.zeros(len(self))
        if stage not in self.flows:
            return np.zeros(len(self))
        return self._of_stage(what, stage, self.flows[stage])

    def _of_stage(self, what: str, stage: str, flow: StageFlow) -> Floats:
        if what in ("entrants", "graduates", "moved_in", "moved_out"):
            return self._rows(getattr(flow, what))
        if what == "pupils":
            return self._rows(flow.pupils.sum(axis=2))
        if what.startswith("grade"):
            grade = int(what.removeprefix("grade")) - 1
            return self._rows(flow.pupils[:, :, grade]) if grade < flow.pupils.shape[2] else np.zeros(len(self))
        if what == "entered":
            return self._entered(flow)
        if what.startswith("classes"):
            return self._classes(stage, what)
        return self._room_and_staff(what, stage, flow)

    def _entered(self, flow: StageFlow) -> Floats:
        """Those of this year's graduates who began in the school: its entrants so many years before.

        For years that were not simulated, as many as leave now.
        """
        grades = flow.pupils.shape[2]
        began = flow.entrants[self.school, np.maximum(self.year - grades, 0)]
        return np.where(self.year >= grades, began, self._rows(flow.graduates))

    def _room_and_staff(self, what: str, stage: str, flow: StageFlow) -> Floats:
        if what == "one":
            having = np.array([stage in kind.stages for kind in self.calibration.kinds], dtype=np.float64)
            return np.asarray(having[self.schools.kind[self.school]])
        if what == "capacity":
            most = flow.pupils.sum(axis=2).max(axis=1)
            room = most * np.exp(np.abs(stream(self.seed, f"capacity/{stage}").normal(0, 0.15, len(self.schools))))
            return np.asarray(np.round(room)[self.school])
        if what == "class_capacity":
            return np.asarray(np.ceil(self.series(f"capacity/{stage}") / self._class_size(stage)[self.school]))
        if what == "teachers":
            return self._teachers(stage)
        if what == "staff":
            teachers = self.series(f"teachers/{stage}")
            return teachers + np.ceil(teachers * OTHER_STAFF.get(stage, 0.35))
        raise KeyError(f"{what}/{stage}")

    def _rows(self, found: Whole) -> Floats:
        return np.asarray(found[self.school, self.year], dtype=np.float64)

    def _class_size(self, stage: str) -> Floats:
        if stage not in self._planned:
            noise = np.exp(stream(self.seed, f"class/{stage}").normal(0, 0.12, len(self.schools)))
            place = np.where(self.schools.place == RURAL, 0.72, np.where(self.schools.place == URBAN, 1.04, 1.0))
            self._planned[stage] = np.clip(CLASS_SIZE[stage] * noise * place, 6, 58)
        return self._planned[stage]

    def _classes(self, stage: str, what: str) -> Floats:
        pupils = self.flows[stage].pupils[self.school, self.year]
        count = np.ceil(pupils / self._class_size(stage)[self.school][:, None]).astype(np.int64)
        if what.removeprefix("classes").isdigit():
            return np.asarray(count[:, int(what.removeprefix("classes")) - 1], dtype=np.float64)
        if what == "classes":
            return np.asarray(count.sum(axis=1), dtype=np.float64)
        _, least, most = what.split(":")
        small = pupils // np.maximum(count, 1)
        larger = pupils - small * count  # so many classes have one pupil more

        def between(size: Whole) -> Whole:
            return np.asarray((size >= int(least or 0)) & (size <= int(most or 10**6)), dtype=np.int64)

        found = between(small) * (count - larger) + between(small + 1) * larger
        return np.asarray(np.where(count > 0, found, 0).sum(axis=1), dtype=np.float64)

    def _teachers(self, stage: str) -> Floats:
        """Teachers follow classes; the city's number a year is that of the calibration, scaled to its total."""
        curve = next(one for one in self.calibration.stages if one.code == stage)
        classes, pupils = self.series(f"classes/{stage}"), self.series(f"pupils/{stage}")
        noise = stream(self.seed, f"teachers/{stage}").normal(0, 0.1, len(self.schools))[self.school]
        weights = classes * np.exp(noise) + pupils / 200.0
        by_year = np.bincount(self.year, pupils, len(self.years))
        ratio = np.array([curve.pupils_per_teacher.at(year) for year in self.years])
        totals = np.round(by_year / ratio * teacher_factor(self.calibration)).astype(np.int64)
        return apportioned(weights, self.year, totals).astype(np.float64)


def teacher_factor(calibration: Calibration) -> float:
    """What the ratios of the stages must be multiplied by to give the city's published number of teachers."""
    if not calibration.teachers_total.anchors:
        return 1.0
    anchor = calibration.teachers_total.anchors[-1]
    made = sum(one.pupils.at(anchor.year) / one.pupils_per_teacher.at(anchor.year) for one in calibration.stages)
    return anchor.value / made
