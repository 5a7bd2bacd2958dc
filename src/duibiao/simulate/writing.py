"""Writes a simulated city: snapshot, list of the planted faults. Only ever into a folder of simulated data."""

import csv
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.simulate.city import SimulatedCity
from duibiao.store.snapshot import Snapshot
from duibiao.store.snapshot_writing import write_snapshot
from duibiao.store.store import PROGRAM, Store
from duibiao.store.workflow import Actor, ActorRole

FAULTS = "faults.csv"
SNAPSHOTS = "snapshots"
STORE = "store.db"
WRITER = "duibiao simulate"


def write_city(
    city: SimulatedCity,
    workspace: Path,
    *,
    definitions: Mapping[str, str] | None = None,
    packs: Mapping[str, str] | None = None,
    created_at: datetime | None = None,
) -> Snapshot:
    """Write the city into a folder: snapshot (``snapshots/``), store (``store.db``), planted faults (``faults.csv``).

    The store is a simulated one with the city's units; its returns are collected from there on. ``definitions`` and
    ``packs`` go into the manifest. Raises UserError SIMULATION-REAL where the snapshot in force in that folder or its
    store is a real one, and what ``write_snapshot`` and ``Store.put_units`` raise.
    """
    folder = workspace / SNAPSHOTS
    current = Snapshot.current(folder)
    if current is not None and not current.simulated:
        raise UserError([problem("SIMULATION-REAL", Where(str(workspace)))])
    _register(city, workspace)
    snapshot = write_snapshot(
        folder,
        tables=dict(city.tables),
        forms=city.forms,
        elements=city.elements,
        units=city.units,
        flags=city.flags,
        title=f"模拟数据：种子 {city.seed}，{city.years[0]}—{city.years[-1]} 年",
        created_by=WRITER,
        created_at=created_at or datetime.now(UTC),
        simulated=True,
        definitions=definitions or {},
        packs=packs or {},
        previous=current.id if current else None,
    )
    write_faults(city, workspace / FAULTS)
    return snapshot


def _register(city: SimulatedCity, workspace: Path) -> None:
    """Make the simulated store where there is none, and register the city's units in it."""
    workspace.mkdir(parents=True, exist_ok=True)
    path = (workspace / STORE).absolute()
    url = f"sqlite:///{path}"
    with Store.open(url) if path.exists() else Store.create(url, simulated=True) as store:
        if not store.simulated:
            raise UserError([problem("SIMULATION-REAL", Where(str(workspace)))])
        system = Actor(PROGRAM.name, city.calibration.unit, ActorRole.SYSTEM)
        store.put_units(system, city.units, date(city.years[0], 1, 1))


def write_faults(city: SimulatedCity, path: Path) -> None:
    """Write the list of planted faults: unit, year, form, element, kind, check, true and planted stored value."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["unit", "year", "form", "element", "kind", "check", "true_value", "planted_value", "mark"])
        for one in city.faults:
            cells = [one.unit, one.year, one.form, one.element, one.kind.value, one.check]
            rows.writerow([*cells, one.true_value, one.planted_value, "模拟数据"])
