"""Units in the data base: dated versions, appended and never changed, and the tree of any day."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from duibiao.kernel.problem import Problem, UserError, Where, problem
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.store.database import StoreChange
from duibiao.store.schema import UNIT
from duibiao.store.units import UnitTree, unit_from, unit_row

SIMULATED = "模拟"
"""The word every simulated unit carries in its name, and no real one does."""


@dataclass(frozen=True, slots=True)
class UnitVersion:
    """How a unit was registered (单位版本): in force from a day on, recorded when and by whom."""

    unit: Unit
    effective: str
    recorded_at: str
    recorded_by: str


def versions_of(connection: sa.Connection, code: str) -> list[UnitVersion]:
    """Every version of a unit, by the day it is in force from; empty where the unit is not known."""
    query = sa.select(UNIT).where(UNIT.c.code == code).order_by(UNIT.c.effective, UNIT.c.seq)
    return [
        UnitVersion(unit_from(json.loads(row.content)), row.effective, row.recorded_at, row.recorded_by)
        for row in connection.execute(query)
    ]


class Registry:
    """The units (单位登记) a store knows, by day; read again only after somebody changed them."""

    def __init__(self) -> None:
        self._last = -1
        self._versions: dict[str, list[tuple[str, Unit]]] = {}
        self._trees: dict[str, UnitTree] = {}

    def tree(self, connection: sa.Connection, day: date) -> UnitTree:
        """The units as they are registered for a day: the last version in force, else the first there ever was.

        Units that have ended are included, with their end. A unit registered this year stands with its first version
        in the years before: returns for past years are handed in too.
        """
        last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(UNIT.c.seq), 0))).scalar_one()
        if last != self._last:
            self._read(connection, last)
        key = day.isoformat()
        if key not in self._trees:
            self._trees[key] = UnitTree(self._in_force(versions, key) for versions in self._versions.values())
        return self._trees[key]

    def _read(self, connection: sa.Connection, last: int) -> None:
        found: dict[str, list[tuple[str, Unit]]] = {}
        query = sa.select(UNIT.c.code, UNIT.c.effective, UNIT.c.content).order_by(UNIT.c.effective, UNIT.c.seq)
        for code, effective, content in connection.execute(query.where(UNIT.c.seq <= last)):
            found.setdefault(code, []).append((effective, unit_from(json.loads(content))))
        # Whole or not at all: another thread of the web server may be asking for a tree at this moment.
        self._versions, self._trees, self._last = found, {}, last

    @staticmethod
    def _in_force(versions: list[tuple[str, Unit]], day: str) -> Unit:
        return next((unit for effective, unit in reversed(versions) if effective <= day), versions[0][1])

    def put(self, change: StoreChange, units: Iterable[Unit], effective: date, *, simulated: bool) -> int:
        """Append the versions that differ from what is in force on ``effective``; answers how many did.

        Raises UserError: STORE-MIXED (a simulated unit in a real store, or the reverse), STORE-UNIT-PARENT.
        """
        known = self.tree(change.connection, effective)
        given = {unit.code: unit for unit in units}
        changed = [unit for code, unit in given.items() if known.get(code) != unit]
        problems = [*_mixed(changed, simulated), *_orphans(changed, {**known, **given})]
        if problems:
            raise UserError(problems)
        rows: list[dict[str, object]] = [
            {
                "code": unit.code,
                "effective": effective.isoformat(),
                "content": json.dumps(unit_row(unit), ensure_ascii=False, sort_keys=True),
                "recorded_at": change.at,
                "recorded_by": change.actor.name,
            }
            for unit in changed
        ]
        change.append(UNIT, rows)
        return len(rows)


def is_simulated(unit: Unit) -> bool:
    """Whether a unit carries the mark of simulation: 模拟 in its name, or the code of a simulated school."""
    return SIMULATED in unit.name or (unit.kind is UnitKind.SCHOOL and unit.code.startswith("SIM"))


def _mixed(units: Iterable[Unit], simulated: bool) -> Iterable[Problem]:
    for unit in units:
        if is_simulated(unit) is not simulated:
            where = Where("units", 0, unit.code)
            zh, en = ("模拟", "simulated") if simulated else ("真实", "real")
            yield problem("STORE-MIXED", where, unit=unit.name, zh=zh, en=en)


def _orphans(units: Iterable[Unit], known: dict[str, Unit]) -> Iterable[Problem]:
    for unit in units:
        if unit.parent and unit.parent not in known:
            yield problem("STORE-UNIT-PARENT", Where("units", 0, unit.code), unit=unit.name, parent=unit.parent)
