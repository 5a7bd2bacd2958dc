"""A whole simulated city (模拟城市): units, returns on every form, what is missing and what is wrong in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa

from duibiao.kernel.period import PartialDate, PeriodKind
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.metrics.element import DataElement
from duibiao.metrics.form import Form
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.simulate.backbone import Backbone
from duibiao.simulate.calibration import Calibration, PackContent, read_calibration
from duibiao.simulate.entities import ReportingUnits, boundary_days, group_entity, in_force, residents_of, school_entity
from duibiao.simulate.faults import Fault
from duibiao.simulate.flows import run_flows
from duibiao.simulate.reporting import Desk
from duibiao.simulate.schools import NEVER, Schools, draw_schools
from duibiao.simulate.tables import flags_of, form_tables
from duibiao.simulate.values import Maker
from duibiao.store.layout import FLAGS

MARK = "（模拟）"
"""What the name of every simulated unit carries."""
NOTE = "模拟数据"
LEAST_SCHOOLS = 60
FAULTS_OF_A_KIND = 12


@dataclass(frozen=True)
class SimulatedCity:
    """A simulated city (模拟城市): everything is 模拟数据 and never stands beside real data.

    ``tables``: the wide table of every form and statistical year (``store.layout``); ``flags``: what is missing, and
    the mark of every return; ``faults``: the planted faults, all in the last year; ``unsatisfied``: (form, check) the
    generator could not satisfy, with the number of rows (−1: not a check of a single return).
    ``backbone`` holds the schools.
    """

    seed: int
    years: range
    scale: float
    units: tuple[Unit, ...]
    forms: tuple[Form, ...]
    elements: dict[str, DataElement]
    tables: dict[tuple[str, int], pa.Table]
    flags: pa.Table
    faults: tuple[Fault, ...]
    unsatisfied: dict[tuple[str, str], int]
    calibration: Calibration
    districts: tuple[str, ...]
    backbone: Backbone


def simulate_city(
    content: PackContent,
    seed: int,
    schools: int | None = None,
    years: int = 10,
    last_year: int | None = None,
    faults: int = FAULTS_OF_A_KIND,
) -> SimulatedCity:
    """Simulate a city from the packs: the same seed gives the same city to the byte.

    ``schools``: about how many there are in the calibration's base year; None as many as published. A smaller city is a
    model to scale: fewer schools of the usual sizes, and so many fewer pupils. ``last_year`` is the last statistical
    year (None: that of the calibration), ``faults`` how many of each kind are planted in every form.
    Raises UserError: SIMULATION-NONE, SIMULATION-VALUE and the like for the packs' ``simulation.yaml``,
    SIMULATION-SIZE for a city too small or too many years.
    """
    calibration = read_calibration(content)
    published = sum(kind.counts.at(calibration.base_year) for kind in calibration.kinds)
    wanted = published if schools is None else schools
    if wanted < LEAST_SCHOOLS or not 1 <= years <= 40 or not 0 <= seed < 2**63:
        where = Where("simulate")
        raise UserError([problem("SIMULATION-SIZE", where, schools=schools, least=LEAST_SCHOOLS, years=years)])
    last = calibration.last_year if last_year is None else last_year
    return _Simulation(content, calibration, seed, wanted / published, range(last - years + 1, last + 1)).run(faults)


class _Simulation:
    def __init__(self, content: PackContent, calibration: Calibration, seed: int, scale: float, years: range) -> None:
        self.content, self.calibration = content, calibration
        self.seed, self.scale, self.years = seed, scale, years
        self.populated = sorted(calibration.populations)
        targets = [one.target for one in calibration.transfers]
        self.districts = [*self.populated, *dict.fromkeys(one for one in targets if one not in self.populated)]
        self.days = boundary_days(calibration, dict(content.units))

    def run(self, faults: int) -> SimulatedCity:
        schools = draw_schools(self.calibration, self.populated, self.settlement(), self.years, self.scale, self.seed)
        flows = run_flows(self.calibration, schools, self.populated, self.years, self.scale, self.seed)
        backbone = Backbone(self.calibration, schools, flows, self.years, self.seed)
        codes = [f"SIM{number + 1:07}" for number in range(len(schools))]
        unsatisfied: dict[tuple[str, str], int] = {}
        planted: list[Fault] = []
        desks = self.desks(backbone, codes)
        for desk in desks:
            unsatisfied |= desk.fill_in()
            desk.leave_blanks()
            planted += desk.plant(self.years[0], faults)
        return SimulatedCity(
            seed=self.seed,
            years=self.years,
            scale=self.scale,
            units=(*self.areas(), *self.schools(schools, codes)),
            forms=tuple(form for desk in desks for form in desk.forms),
            elements=dict(self.content.elements),
            tables={key: table for desk in desks for key, table in form_tables(desk, self.years)},
            flags=pa.concat_tables([FLAGS.empty_table(), *(flags_of(desk, self.years) for desk in desks)]),
            faults=tuple(sorted(planted, key=lambda one: (one.form, one.year, one.unit, one.element))),
            unsatisfied=unsatisfied,
            calibration=self.calibration,
            districts=tuple(self.districts),
            backbone=backbone,
        )

    def settlement(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """Pupils living in 城区, 镇区 and 乡村 by district; the mean of all subgroups for one that names none."""
        known = self.calibration.settlements
        mean = tuple(np.mean(list(known.values()), axis=0)) if known else (0.4, 0.35, 0.25)
        found = [known.get(self.content.units[code].subgroup, mean) for code in self.populated]
        return np.array(found, dtype=np.float64)

    def desks(self, backbone: Backbone, codes: list[str]) -> list[Desk]:
        """The reporters that have a form: schools, districts by kind of period, the city."""
        both = (PeriodKind.SCHOOL_YEAR, PeriodKind.YEAR)
        schools = {kind: school_entity(backbone, self.districts, self.days, codes, kind) for kind in both}
        found = [self.desk(UnitKind.SCHOOL, schools, both)]
        number = {code: n for n, code in enumerate(self.districts)}
        for kind in both:
            residents = residents_of(self.calibration, self.districts, self.days, self.years, kind)
            of_row = np.array([number[code] for code in schools[kind].group.tolist()], dtype=np.int64)
            district = group_entity(schools[kind], self.districts, residents, of_row)
            found.append(self.desk(UnitKind.DISTRICT, {kind: district}, (kind,)))
            city = group_entity(
                schools[kind], [self.calibration.unit], residents.sum(axis=1, keepdims=True), np.zeros_like(of_row)
            )
            found.append(self.desk(UnitKind.CITY, {kind: city}, (kind,)))
        return [desk for desk in found if desk.forms]

    def desk(self, reporter: UnitKind, periods: dict[PeriodKind, ReportingUnits], kinds: Sequence[PeriodKind]) -> Desk:
        forms = [form for form in self.content.forms.values() if form.reporter is reporter and form.period in kinds]
        maker = Maker(
            entity=periods[kinds[0]],
            elements=self.content.elements,
            rules=self.calibration.rules,
            years=self.years,
            base_year=self.calibration.base_year,
            seed=self.seed,
        )
        return Desk(maker, periods, forms)

    def areas(self) -> Iterator[Unit]:
        """The city and its districts, marked: a simulated district is not the district."""
        units = self.content.units
        for code in (self.calibration.unit, *self.districts):
            unit = units[code]
            parent = "" if code == self.calibration.unit else unit.parent
            yield replace(unit, name=unit.name + MARK, parent=parent, note=NOTE)

    def schools(self, schools: Schools, codes: list[str]) -> Iterator[Unit]:
        last = self.years[-1]
        moved = {code for code, day in self.days.items() if in_force(day, PeriodKind.YEAR, last)}
        numbers: dict[tuple[int, int], int] = {}
        for n, code in enumerate(codes):
            kind, home = self.calibration.kinds[schools.kind[n]], int(schools.district[n])
            numbers[home, int(schools.kind[n])] = number = numbers.get((home, int(schools.kind[n])), 0) + 1
            name = self.content.units[self.districts[home]].name
            now = self.districts[schools.moved_to[n]] if self.districts[home] in moved else self.districts[home]
            opens, closes, heir = int(schools.opens[n]), int(schools.closes[n]), int(schools.successor[n])
            closed = closes != NEVER and closes < len(self.years)
            yield Unit(
                code=code,
                name=f"{name}第{number}{kind.name}{MARK}",
                kind=UnitKind.SCHOOL,
                parent=now,
                valid_from=PartialDate(self.years[opens], 9, 1) if opens else None,
                valid_to=date(self.years[closes], 7, 1) if closed else None,
                successors=(codes[heir],) if closed and heir >= 0 else (),
                school_kind=kind.kind,
                location_type=schools.location[n],
                ownership="private" if schools.private[n] else "public",
                source="duibiao simulate",
                note=NOTE,
            )
