"""A rehearsal (演练): one whole round of reporting on a simulated city, with real files and a real store.

The city's history lies in a snapshot. Two districts report the last year through workbooks: one without fault, one
with the faults offices know, which comes back coloured, is mended and handed in again. Both are signed by three
people, reviewed by district and city, and published; then everything is computed from the new snapshot.
"""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from duibiao.compute import Result
from duibiao.intake.coloured import write_coloured
from duibiao.intake.findings import FindingLevel
from duibiao.intake.layout import Orientation, SheetLayout, label_of
from duibiao.intake.submit import ANSWERED, Submission, store_mark, submit_file, template_inputs
from duibiao.intake.template import TemplateContent, by_unit, write_template, write_workbook
from duibiao.intake.validation import NOT_KNOWN
from duibiao.kernel.period import Period
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.metrics.element import DataElement, ValueType
from duibiao.metrics.form import Form
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.simulate import SimulatedCity, simulate_city
from duibiao.store.model import CellNote, ReportState
from duibiao.store.snapshot import Snapshot
from duibiao.store.snapshot_writing import write_snapshot
from duibiao.store.store import Store
from duibiao.store.workflow import SIGNING, Actor, ActorRole, ReportStatus
from duibiao.workspace.data_folder import (
    STORE,
    DataFolder,
    definition_versions,
    pack_hashes,
    register,
)
from duibiao.workspace.pack import Content

FILES = "files"
FORMS_COLLECTED = 2
"""How many forms the two districts report through workbooks; the others of that year are in the history."""
LONG_AGO = date(2000, 1, 1)
_WHY = f"{NOT_KNOWN}：当年无统计台账（模拟）"


@dataclass(frozen=True, slots=True)
class RehearsalStep:
    """One step that was taken (演练步骤), with what came of it and the files to look at."""

    title: Text
    outcome: Text
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rehearsal leaves behind (演练): the folder, the snapshot, the figures, and the steps that led there."""

    data: DataFolder
    snapshot: Snapshot
    result: Result
    steps: tuple[RehearsalStep, ...]


def rehearse(
    content: Content,
    folder: Path,
    *,
    seed: int,
    schools: int | None,
    years: int,
    tell: Callable[[RehearsalStep], None] = lambda _: None,
) -> Rehearsal:
    """Simulate a city and take two districts through the round of reporting, into an empty or simulated folder.

    ``tell`` hears every step when it is done. Raises UserError SIMULATION-REAL where the folder holds a real store.
    """
    _make_room(folder)
    return _Rehearsal(content, folder, seed, tell).run(schools, years)


def _make_room(folder: Path) -> None:
    """An earlier rehearsal makes room; a real store never does."""
    if not (folder / STORE).exists():
        return
    with DataFolder(folder).open_store() as store:
        simulated = store.simulated
    if not simulated:
        raise UserError([problem("SIMULATION-REAL", Where(str(folder)))])
    shutil.rmtree(folder)


@dataclass
class _Rehearsal:
    content: Content
    folder: Path
    seed: int
    tell: Callable[[RehearsalStep], None]
    steps: list[RehearsalStep] = field(default_factory=list)

    def run(self, schools: int | None, years: int) -> Rehearsal:
        # No faults are planted: what districts publish has been mended before. The second file brings its own slips.
        city = simulate_city(self.content, self.seed, schools, years, faults=0)
        districts = self.two_districts(city)
        forms = self.forms_collected(city, districts)
        data = DataFolder(self.folder)
        self.write_history(data, city, districts, forms)
        data.create(self.content, simulated=True, effective=LONG_AGO)
        with data.open_store() as store:
            register(store, city.units, LONG_AGO)
            for district, spoilt in zip(districts, (False, True), strict=True):
                for number, form in enumerate(forms):
                    self.collect(store, data, city, (district, form), spoilt=spoilt and number == 0)
            snapshot = self.publish(store, data, city)
        result = data.result(self.content, snapshot)
        self.done(
            Text("计算", "compute"),
            Text(
                f"{len(result.figures)}项指标，{len(result.groups.codes)}个单位，{len(result.years)}年",
                f"{len(result.figures)} indicators, {len(result.groups.codes)} units, {len(result.years)} years",
            ),
        )
        return Rehearsal(data, snapshot, result, tuple(self.steps))

    def done(self, title: Text, outcome: Text, *files: Path) -> None:
        step = RehearsalStep(title, outcome, files)
        self.steps.append(step)
        self.tell(step)

    # --- what is collected ---------------------------------------------------------------------------

    def two_districts(self, city: SimulatedCity) -> list[Unit]:
        """The two districts with the fewest schools in the last year: their files can be read by a person."""
        day = date(city.years[-1], 9, 1)
        schools = [unit for unit in city.units if unit.kind is UnitKind.SCHOOL and unit.exists_on(day)]
        counted = {code: sum(unit.parent == code for unit in schools) for code in city.districts}
        by_code = {unit.code: unit for unit in city.units}
        some = [code for code in counted if counted[code] and by_code[code].exists_on(day)]
        return [by_code[code] for code in sorted(some, key=lambda code: (counted[code], code))[:2]]

    def forms_collected(self, city: SimulatedCity, districts: Sequence[Unit]) -> list[Form]:
        """The forms of schools that have most rows there."""
        codes = pa.array([unit.code for unit in districts])
        last = city.years[-1]
        rows = {
            form.code: pc.sum(pc.is_in(city.tables[form.code, last]["district"], value_set=codes)).as_py() or 0
            for form in city.forms
            if form.reporter is UnitKind.SCHOOL and (form.code, last) in city.tables and form.columns == form.asked
        }
        forms = {form.code: form for form in city.forms}
        return [forms[code] for code in sorted(rows, key=lambda code: (-rows[code], code))[:FORMS_COLLECTED]]

    def write_history(
        self, data: DataFolder, city: SimulatedCity, districts: Sequence[Unit], forms: Sequence[Form]
    ) -> None:
        """Everything but what the two districts will report, as the snapshot that was there before."""
        held = pa.array([unit.code for unit in districts])
        last = city.years[-1]
        tables = dict(city.tables)
        for form in forms:
            table = tables[form.code, last]
            tables[form.code, last] = table.filter(pc.invert(pc.is_in(table["district"], value_set=held)))
        write_snapshot(
            data.history,
            tables=tables,
            forms=city.forms,
            elements=city.elements,
            units=city.units,
            flags=city.flags,
            title=f"模拟数据：{city.years[0]}—{last}年历史",
            created_by="duibiao rehearse",
            created_at=datetime.now(UTC),
            simulated=True,
            definitions=definition_versions(self.content),
            packs=pack_hashes(self.content),
        )
        schools = sum(unit.kind is UnitKind.SCHOOL for unit in city.units)
        rows = sum(table.num_rows for table in tables.values())
        self.done(
            Text("模拟城市", "a simulated city"),
            Text(
                f"{schools}所学校，{len(city.years)}年，{len(city.forms)}张报表，{rows}份报表；模拟数据",
                f"{schools} schools, {len(city.years)} years, {len(city.forms)} forms, {rows} returns; simulated",
            ),
        )

    # --- one district, one form ----------------------------------------------------------------------

    def collect(
        self, store: Store, data: DataFolder, city: SimulatedCity, what: tuple[Unit, Form], *, spoilt: bool
    ) -> None:
        """Open, fill in, hand in — mended where it came back — sign, and let district and city accept."""
        district, form = what
        plan = data.plan(self.content, form.code, str(Period(city.years[-1], form.period)))
        truth = reported_rows(city, district, form)
        units = truth["unit"].to_pylist()
        top = city.calibration.unit
        system = Actor("duibiao", top, ActorRole.SYSTEM)
        store.open_reports(system, form, plan.period, units)
        opened = [store.report(system, form.code, unit, plan.period) for unit in units]
        store.delegate(system, [state.seen for state in opened], district.code, "区县代报（演练）")
        reporter = _person(district, ActorRole.REPORTER)
        members, known, last_year, seen = template_inputs(store, reporter, plan, units)
        files = self.folder / FILES / district.name
        files.mkdir(parents=True, exist_ok=True)
        blank, filled = files / f"{form.label.zh}-模板.xlsx", files / f"{form.label.zh}-填报.xlsx"
        write_template(
            blank, form, plan.elements, members, known, plan.period, last_year=last_year,
            store=store_mark(store), simulated=True, seen=seen, applicability=plan.applicability,
        )  # fmt: skip
        slips = _slips(form, plan.elements, truth) if spoilt else {}
        content = TemplateContent(
            form=form,
            elements=plan.elements,
            units=members,
            period=plan.period,
            known=by_unit(truth, form.columns),
            last_year={},
            label=label_of(form, plan.period, units, Orientation.ROWS, store_mark(store)),
            layout=SheetLayout.of(form, Orientation.ROWS),
            simulated=True,
            seen=seen,
            typed=_blanks(form, truth) | slips,
            applicability=plan.applicability,
        )
        write_workbook(filled, content)
        done = submit_file(store, reporter, filled, plan)
        paths = [blank, filled]
        if done.refused:
            back = files / f"{form.label.zh}-退回.xlsx"
            names = {unit.code: unit for unit in store.units()}
            write_coloured(
                filled, done.sheet, back, plan.elements, names, simulated=True, seen=done.lock_versions,
                applicability=plan.applicability,
            )  # fmt: skip
            self.told(district, form, done, filled, back)
            self.send_back(store, district, form, plan.period, {units[line] for line, _ in slips})
            mended = files / f"{form.label.zh}-更正.xlsx"
            states = {state.unit: state.lock_version for state in store.reports(reporter, form.code, plan.period)}
            write_workbook(mended, replace(content, typed=_blanks(form, truth), seen=states))
            done = submit_file(store, reporter, mended, plan, reason="按退回意见更正（演练）")
            paths = [mended]
        if done.refused:
            raise UserError([one.problem for one in done.sheet.problems if one.level is FindingLevel.ERROR])
        self.told(district, form, done, *paths)
        self.answer(store, reporter, form, done)
        self.approve(store, district, form, plan.period, top)

    def send_back(self, store: Store, district: Unit, form: Form, period: Period, schools: set[str]) -> None:
        """The district's reviewer returns what no check could find: a slip that is a possible number all the same."""
        reviewer = _reviewer(district)
        submitted = store.reports(reviewer, form.code, period, district.code, (ReportStatus.SUBMITTED,))
        wrong = [state.seen for state in submitted if state.unit in schools]
        if wrong:
            store.return_(reviewer, wrong, "区县复核：数字与学校台账不符，请更正（演练）")

    def told(self, district: Unit, form: Form, done: Submission, *files: Path) -> None:
        count = len(done.saved) + len(done.unchanged)
        self.done(
            Text(f"{district.name} 交报《{form.label.zh}》", f"{district.code} hands in {form.label.en}"),
            Text(
                f"收下{count}所，退回更正{len(done.refused)}所，待说明{len(done.waiting)}所",
                f"{count} schools kept, {len(done.refused)} to be mended, {len(done.waiting)} with questions",
            ),
            *files,
        )

    def answer(self, store: Store, reporter: Actor, form: Form, done: Submission) -> None:
        """Every open question gets its answer, and what waited for it is submitted."""
        if not done.waiting:
            return
        notes = [
            CellNote(one.unit, one.element, ANSWERED, f"{one.check}：已与学校核实，情况属实（演练）")
            for one in done.sheet.open_questions
            if one.unit in done.waiting and one.element
        ]
        states = {state.unit: state for state in done.states}
        asked = sorted({note.unit for note in notes})
        noted = store.note(reporter, form, [states[unit].seen for unit in asked], _once(notes))
        states |= {state.unit: state for state in noted}
        store.submit(reporter, [states[unit].seen for unit in done.waiting])

    def approve(self, store: Store, district: Unit, form: Form, period: Period, top: str) -> None:
        """Three people sign; the district and then the city accept."""
        looking = Actor("duibiao", top, ActorRole.SYSTEM)

        def now(*statuses: ReportStatus) -> Sequence[ReportState]:
            return store.reports(looking, form.code, period, district.code, statuses)

        for role in SIGNING:
            store.sign(_person(district, role), [state.seen for state in now(ReportStatus.SUBMITTED)])
        store.accept(_reviewer(district), [state.seen for state in now(ReportStatus.SUBMITTED)])
        city = Actor("市级审核员（模拟）", top, ActorRole.REVIEWER)
        accepted = store.accept(city, [state.seen for state in now(ReportStatus.DISTRICT_ACCEPTED)])
        self.done(
            Text(f"{district.name} 三方签字，区县、市级审核通过", f"{district.code} signed and accepted"),
            Text(f"《{form.label.zh}》{len(accepted)}份", f"{form.label.en}: {len(accepted)} returns"),
        )

    def publish(self, store: Store, data: DataFolder, city: SimulatedCity) -> Snapshot:
        snapshot = store.publish(
            Actor("发布人（模拟）", city.calibration.unit, ActorRole.PUBLISHER),
            data.snapshots,
            title=f"模拟数据：{city.years[-1]}年发布",
            forms=self.content.forms,
            elements=self.content.elements,
            definitions=definition_versions(self.content),
            packs=pack_hashes(self.content),
            history=data.years_before(),
        )
        problems = store.verify_audit(data.snapshots)
        if problems:
            raise UserError(problems)
        head = store.audit_head()
        self.done(
            Text("发布快照", "publish a snapshot"),
            Text(f"{snapshot.id}；审计链{head.seq}条，核验无误", f"{snapshot.id}; {head.seq} audit lines, verified"),
            snapshot.folder,
        )
        return snapshot


def reported_rows(city: SimulatedCity, district: Unit, form: Form) -> pa.Table:
    """The rows of a district's schools in the last year."""
    table = city.tables[form.code, city.years[-1]]
    return table.filter(pc.equal(table["district"], district.code))


def _person(district: Unit, role: ActorRole) -> Actor:
    """An invented official of a simulated district; the name says so."""
    words = {ActorRole.REPORTER: "填报员", ActorRole.REVIEWER: "审核员", ActorRole.PRINCIPAL: "分管负责人"}
    return Actor(f"{district.name}{words[role]}", district.code, role)


def _reviewer(district: Unit) -> Actor:
    """The one who looks through a district's returns before the city does."""
    return Actor(f"{district.name}复核员", district.code, ActorRole.REVIEWER)


def _required(form: Form) -> list[str]:
    return [one.element for one in form.fields if one.required and one.element in form.asked]


def _blanks(form: Form, truth: pa.Table) -> dict[tuple[int, str], float | str]:
    """A required cell nobody knows says so, with a reason: a blank would be a fault."""
    return {
        (line, code): _WHY
        for code in _required(form)
        for line, value in enumerate(truth[code].to_pylist())
        if value is None
    }


def _slips(form: Form, elements: Mapping[str, DataElement], truth: pa.Table) -> dict[tuple[int, str], float | str]:
    """The slips offices know, one in every third school: words for a number, a minus, half a person, a digit more."""
    found: dict[tuple[int, str], float | str] = {}
    counts = [code for code in form.asked if elements[code].type is ValueType.COUNT]
    for turn, line in enumerate(range(0, truth.num_rows, 3)):
        known = [code for code in counts if truth[code][line].as_py()]
        if known:
            code = known[turn % len(known)]
            value = truth[code][line].as_py()
            choices: list[float | str] = [
                f"约{value}",
                float(-value),
                f"{value}左右",
                float(value) + 0.5,
                float(value * 10),
                "无",
            ]
            found[line, code] = choices[turn % len(choices)]
    return found


def _once(notes: Iterable[CellNote]) -> list[CellNote]:
    """One note a cell: several questions about it are answered together."""
    found: dict[tuple[str, str], CellNote] = {}
    for note in notes:
        found.setdefault((note.unit, note.element), note)
    return list(found.values())
