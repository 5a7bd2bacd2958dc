"""A folder of reported data: the store, the snapshots published from it, and what was computed from them."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from duibiao.compute import (
    Compiled,
    DuckDbEngine,
    Engine,
    Result,
    Selection,
    Tables,
    compile_catalogue,
    computed_indicators,
)
from duibiao.compute.lineage import FigureTrace, trace
from duibiao.compute.results_store import described, load_result, open_result, save_result
from duibiao.intake.submit import ReportingPlan
from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.metrics.unit import Unit
from duibiao.store.registry import is_simulated
from duibiao.store.snapshot import Snapshot
from duibiao.store.snapshot_writing import bring_in
from duibiao.store.store import PROGRAM, Store
from duibiao.store.workflow import Actor, ActorRole
from duibiao.workspace.pack import Content

STORE, SNAPSHOTS, RESULTS, HISTORY = "store.db", "snapshots", "results", "history"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Where an authority's reported data lie (数据目录): ``store.db``, ``snapshots/``, ``results/``, ``history/``.

    ``database`` is the URL of a PostgreSQL data base that holds the store instead of ``store.db``; the snapshots and
    results stay in the folder. ``history/`` is a snapshots folder too: what was known before the store began.
    """

    folder: Path
    database: str = ""

    @property
    def url(self) -> str:
        """Where the store is."""
        return self.database or f"sqlite:///{(self.folder / STORE).absolute()}"

    @property
    def snapshots(self) -> Path:
        """The folder of the snapshots."""
        return self.folder / SNAPSHOTS

    def create(self, content: Content, *, simulated: bool, effective: date) -> None:
        """Make the store and register the units of the packs, valid from ``effective``.

        A simulated store registers no real unit: the simulation brings its own. Raises UserError STORE-EXISTS.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with Store.create(self.url, simulated=simulated) as store:
            if not simulated:
                register(store, content.units.values(), effective)

    def open_store(self) -> Store:
        """Open the store; raises UserError STORE-MISSING, STORE-OLD, STORE-NEWER."""
        return Store.open(self.url)

    def snapshot(self, wanted: str | None = None) -> Snapshot:
        """The snapshot in force, or one by its id.

        Raises UserError DATA-NO-SNAPSHOT where nothing was published, DATA-SNAPSHOT-MIXED where simulated and real
        data were put together.
        """
        found = Snapshot.open(self.snapshots / wanted) if wanted else Snapshot.current(self.snapshots)
        if found is None:
            raise UserError([problem("DATA-NO-SNAPSHOT", Where(str(self.snapshots)))])
        self._refuse_mixed(found)
        return found

    def _refuse_mixed(self, snapshot: Snapshot) -> None:
        """Refuse a simulated snapshot beside a real store, the reverse, and one that only claims to be real.

        Folders are copied and manifests are edited: the units of a simulation carry their mark all the same.
        """
        where = Where(str(snapshot.folder))
        if not snapshot.simulated and any(is_simulated(unit) for unit in snapshot.units()):
            words = {"zh": "其单位是模拟的，清单却称真实", "en": "its units are simulated, its manifest says real"}
            raise UserError([problem("DATA-SNAPSHOT-MIXED", where, snapshot=snapshot.id, **words)])
        if not self.database and not (self.folder / STORE).exists():
            return
        with self.open_store() as store:
            if store.simulated != snapshot.simulated:
                words = {"zh": "快照与数据库一真一假", "en": "one of snapshot and store is simulated, the other real"}
                raise UserError([problem("DATA-SNAPSHOT-MIXED", where, snapshot=snapshot.id, **words)])

    @property
    def history(self) -> Path:
        """The folder of the snapshot of the years before the store."""
        return self.folder / HISTORY

    def years_before(self) -> Snapshot | None:
        """The snapshot of the years before the store; None where none was carried over.

        Raises UserError SNAPSHOT-FILE-MISSING, SNAPSHOT-FILE-CHANGED where it was damaged.
        """
        return Snapshot.current(self.history)

    def carry_over(self, snapshot: Snapshot) -> Snapshot:
        """Take an earlier snapshot into this folder: questions compare with it, every publishing carries it over.

        It is copied, so that nothing depends on where it came from. Raises UserError STORE-HISTORY-MIXED for a
        simulated one beside a real store, or the reverse, and SNAPSHOT-FILE-CHANGED where it is damaged.
        """
        with self.open_store() as store:
            if store.simulated != snapshot.simulated:
                raise UserError([problem("STORE-HISTORY-MIXED", Where(str(snapshot.folder)))])
        return bring_in(self.history, snapshot)

    def plan(self, content: Content, form: str, period: str) -> ReportingPlan:
        """What the intake of a form for a period needs, with the years before the store.

        Raises UserError DATA-FORM, DATA-PERIOD.
        """
        return reporting_plan(content, form, period, self.years_before())

    @property
    def results(self) -> Path:
        """The folder of the results."""
        return self.folder / RESULTS

    def result(self, content: Content, snapshot: Snapshot) -> Result:
        """The figures of a snapshot under the present definitions: the stored ones, else computed now and stored.

        Raises UserError RESULT-CHANGED where a stored result was altered.
        """
        catalogue = compiled(content)
        for run in _stored_runs(self.results):
            stored = open_result(self.results, run)
            if stored.record.snapshot == snapshot.id and stored.record.catalogue_key == catalogue.key:
                return load_result(stored, catalogue, snapshot.units())
        found = compute(content, snapshot)
        save_result(self.results, found)
        return found


def _stored_runs(results: Path) -> list[str]:
    """The ids of the results in a folder, the newest first."""
    found = sorted(results.glob("[0-9a-f]*/run.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [path.parent.name for path in found]


def pack_hashes(content: Content) -> dict[str, str]:
    """The SHA-256 of every pack: its files by name and content, so that a snapshot says what it was made with."""
    found = {}
    for manifest in content.manifests:
        digest = hashlib.sha256()
        for path in sorted(path for path in manifest.folder.rglob("*") if path.is_file()):
            digest.update(path.relative_to(manifest.folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        found[manifest.code] = digest.hexdigest()
    return found


def definition_versions(content: Content) -> dict[str, str]:
    """The version of the definition of every computed indicator."""
    return {code: content.indicators[code].definition_version for code in content.formulas}


def reporting_plan(content: Content, form: str, period: str, before: Snapshot | None = None) -> ReportingPlan:
    """What the intake of a form for a period needs; raises UserError DATA-FORM, DATA-PERIOD.

    ``before``: a snapshot to take the year before from, for a store that began later; ``DataFolder.plan`` knows its
    own. What the store published outranks it, unit by unit.
    """
    found = content.forms.get(form) or next((one for one in content.forms.values() if one.label.zh == form), None)
    if found is None:
        near = "、".join(f"{one.code} {one.label.zh}" for one in content.forms.values())
        raise UserError([problem("DATA-FORM", Where(form), near=near)])
    try:
        when = Period.parse(period)
    except ValueError:
        when = None
    if when is None or when.kind is not found.period:
        wanted = "2025" if found.period is PeriodKind.YEAR else "2025/26"
        raise UserError([problem("DATA-PERIOD", Where(period), form=found.label.zh, wanted=wanted)])
    split = content.stage_rule.split if content.stage_rule else None
    last_year = None
    if before is not None and when.year - 1 in before.years(found.code):
        last_year = pl.DataFrame(pl.from_arrow(before.table(found.code, when.year - 1)))
    return ReportingPlan(
        found, when, content.elements, content.forms, split, last_year, applicability=content.applicability
    )


def register(store: Store, units: Iterable[Unit], effective: date) -> int:
    """Register units from a day on, as the program acting for the highest of them; answers how many were new.

    Raises UserError STORE-MIXED, STORE-UNIT-PARENT.
    """
    given = list(units)
    codes = {unit.code for unit in given}
    tops = [unit.code for unit in given if unit.parent not in codes]
    return store.put_units(Actor(PROGRAM.name, tops[0] if tops else "", ActorRole.SYSTEM), given, effective)


def tables_of(snapshot: Snapshot) -> Tables:
    """The wide tables of a snapshot, as an engine reads them."""
    return {(form, year): snapshot.table_path(form, year) for form in snapshot.forms for year in snapshot.years(form)}


def compiled(content: Content, dialect: str = "duckdb") -> Compiled:
    """Every computed indicator of the packs, compiled together."""
    return compile_catalogue(
        computed_indicators(content.indicators, content.formulas),
        content.elements,
        content.forms,
        content.stage_rule.split if content.stage_rule else None,
        dialect,
    )


def asked_later(catalogue: Compiled, snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """The elements by form that indicators read and no table of a snapshot holds: asked since it was published."""
    found = {}
    for form, plan in catalogue.forms.items():
        years = snapshot.years(form) if form in snapshot.forms else ()
        held = {name for year in years for name in pq.read_schema(snapshot.table_path(form, year)).names}
        if years and not held.issuperset(plan.elements):
            found[form] = tuple(code for code in plan.elements if code not in held)
    return found


def compute(content: Content, snapshot: Snapshot, engine: Engine | None = None) -> Result:
    """Compute every indicator of every unit and year of a snapshot; the record names the snapshot and its tables."""
    used = engine or DuckDbEngine()
    try:
        found = used.run(compiled(content, getattr(used, "dialect", "duckdb")), tables_of(snapshot), snapshot.units())
    finally:
        if engine is None:
            used.close()
    sources = {
        f"{code}/{year}": file.sha256 for code, form in snapshot.forms.items() for year, file in form.tables.items()
    }
    return described(found, snapshot.id, sources, snapshot.simulated)


def unit_figures(
    catalogue: Compiled, snapshot: Snapshot, unit: str, last: int, units: Collection[Unit]
) -> Result | None:
    """Every indicator at the grain of one reporting unit, for a year and the one before; None where it made no return.

    Only the forms the unit reports are read: what rests on others has no figure for it. ``units`` is the registry:
    nothing is compared across the day on which the unit took over another. Raises UserError
    SNAPSHOT-FILE-CHANGED for a table that cannot be read.
    """
    years = (last - 1, last)
    tables = {place: path for place, path in tables_of(snapshot).items() if place[1] in years}
    forms = {form for form, year in tables if snapshot.unit_row(form, year, unit) is not None}
    own = {(form, year): path for (form, year), path in tables.items() if form in forms}
    if not own:
        return None
    engine = DuckDbEngine()
    try:
        return engine.run_units(catalogue, own, Selection(units=(unit,)), tuple(units))
    finally:
        engine.close()


def explained(content: Content, snapshot: Snapshot, result: Result, place: tuple[str, str, int]) -> FigureTrace:
    """Follow one figure — indicator, unit, year — down to the cells of the returns.

    Raises UserError DATA-NO-FIGURE for what the result does not hold.
    """
    indicator, unit, year = place
    engine = DuckDbEngine()
    try:
        return trace(engine, result, tables_of(snapshot), indicator, unit, year)
    except KeyError:
        years = f"{result.years[0]}–{result.years[-1]}"
        raise UserError([problem("DATA-NO-FIGURE", Where(indicator), unit=unit, year=year, years=years)]) from None
    finally:
        engine.close()
