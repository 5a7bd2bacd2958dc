"""A folder of reported data: the store, the snapshots published from it, and what was computed from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duibiao.compute import Compiled, DuckDbEngine, Engine, Result, Tables, compile_catalogue, computed_indicators
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.metrics.unit import Unit
from duibiao.store.snapshot import Snapshot
from duibiao.store.store import PROGRAM, Store
from duibiao.store.workflow import Actor, ActorRole
from duibiao.workspace.pack import Content

STORE, SNAPSHOTS, RESULTS = "store.db", "snapshots", "results"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Where an authority's reported data lie (数据目录): ``store.db``, ``snapshots/``, ``results/``.

    ``database`` is the URL of a PostgreSQL data base that holds the store instead of ``store.db``; the snapshots and
    results stay in the folder.
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
        """The snapshot in force, or one by its id. Raises UserError DATA-NO-SNAPSHOT where nothing was published yet."""
        found = Snapshot.open(self.snapshots / wanted) if wanted else Snapshot.current(self.snapshots)
        if found is None:
            raise UserError([problem("DATA-NO-SNAPSHOT", Where(str(self.snapshots)))])
        return found


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


def compute(content: Content, snapshot: Snapshot, engine: Engine | None = None) -> Result:
    """Compute every indicator of every unit and year of a snapshot."""
    used = engine or DuckDbEngine()
    try:
        return used.run(compiled(content, getattr(used, "dialect", "duckdb")), tables_of(snapshot), snapshot.units())
    finally:
        if engine is None:
            used.close()
