"""Whose row is it: every row of a file is matched with a unit that exists, may report here, and stands there once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from duibiao.intake.findings import CellProblem, finding
from duibiao.intake.layout import NAME_COLUMN, UNIT_COLUMN, Orientation, SheetLayout, address
from duibiao.kernel.period import Period
from duibiao.kernel.text import folded
from duibiao.metrics.form import Form
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.store.reading import day_of

KEYS = ("unit", "district", "school_kind", "location_type", "ownership")
LEAF_KINDS = (UnitKind.DISTRICT, UnitKind.FUNCTIONAL_ZONE)
_TOTALS = (*LEAF_KINDS, UnitKind.CITY)


@dataclass(frozen=True)
class Reporters:
    """The units a file may speak of (可填报单位): all known units, the form, the period, and whom the
    sender may report for."""

    units: Mapping[str, Unit]
    form: Form
    period: Period
    allowed: Sequence[str] | None = None

    @cached_property
    def by_written(self) -> dict[str, str]:
        """Codes and other identifiers (学校标识码 …) as compared → unit code; a unit's own code comes first."""
        others = {_tidy(value): unit.code for unit in self.units.values() for _, value in unit.identifiers}
        return others | {_tidy(code): code for code in self.units}

    @cached_property
    def permitted(self) -> frozenset[str] | None:
        """The codes the sender may report for; None means all."""
        return None if self.allowed is None else frozenset(self.allowed)

    def find(self, written: str) -> Unit | None:
        """The unit a code or another identifier stands for."""
        unit = self.units.get(written)
        if unit is not None:
            return unit
        known = self.by_written.get(_tidy(written))
        return None if known is None else self.units[known]

    @cached_property
    def _district_below(self) -> dict[str, str]:
        """Parent → the district a school under it belongs to; ``''`` where there is none above."""
        return {}

    def district_of(self, unit: Unit) -> str:
        """The leaf group of a unit: the district it belongs to, or the unit itself."""
        if unit.kind is not UnitKind.SCHOOL and unit.kind in LEAF_KINDS:
            return unit.code
        found = self._district_below.get(unit.parent)
        if found is None:  # thousands of schools have the same few parents
            found = self._district_below[unit.parent] = self._leaf_from(unit.parent)
        return found or unit.code

    def _leaf_from(self, code: str) -> str:
        for _ in range(8):  # a chain of parents longer than that is a circle
            unit = self.units.get(code)
            if unit is None:
                return ""
            if unit.kind in LEAF_KINDS:
                return unit.code
            code = unit.parent
        return ""

    @cached_property
    def _day(self) -> date:
        """The day on which a unit must exist to report for the period, as ``Unit.exists_in`` has it."""
        return day_of(self.period)

    def keys(self, units: Sequence[Unit]) -> pl.DataFrame:
        """The five key columns of the rows of units."""
        columns = (
            [unit.code for unit in units],
            list(map(self.district_of, units)),
            [unit.school_kind for unit in units],
            [unit.location_type for unit in units],
            [unit.ownership for unit in units],
        )
        return pl.DataFrame([pl.Series(name, cells, pl.String) for name, cells in zip(KEYS, columns, strict=True)])

    def may_report(self, unit: Unit) -> bool:
        """Tell whether a row of this unit may stand in the form: it fills it in, or its row is a total."""
        if unit.kind is not self.form.reporter:
            return self.form.reported_by(unit) or self.is_total_for(unit)
        known = self._may_report.get(unit.school_kind)
        if known is None:
            known = self._may_report[unit.school_kind] = self.form.reported_by(unit) or self.is_total_for(unit)
        return known

    @cached_property
    def _may_report(self) -> dict[str, bool]:
        """What was answered for a unit of the same 办学类型: thousands of schools are of a few."""
        return {}

    def is_total_for(self, unit: Unit) -> bool:
        """Tell whether a row of this unit is a total: it stands above the units that report."""
        kind = unit.kind
        return kind is not UnitKind.SCHOOL and self.form.reporter is UnitKind.SCHOOL and kind in _TOTALS

    def fault(self, unit: Unit) -> str:
        """The problem code that keeps a unit out of this file; ``''`` when it may report."""
        if not unit.exists_on(self._day):
            return "INTAKE-UNIT-ABOLISHED"
        if self.permitted is not None and unit.code not in self.permitted and not self.is_total_for(unit):
            return "INTAKE-UNIT-FOREIGN"
        return "" if self.may_report(unit) else "INTAKE-UNIT-FORM"


@dataclass(frozen=True, slots=True)
class PlacedRows:
    """Rows that belong to a unit (对应单位的行), with their keys and sheet rows; the others are in ``problems``."""

    raw: pl.DataFrame
    keys: pl.DataFrame
    lines: list[int]
    is_total: pl.Series
    problems: list[CellProblem]


def placed_rows(raw: pl.DataFrame, reporters: Reporters, file: str, layout: SheetLayout | None) -> PlacedRows:
    """Match rows with units. ``raw`` has ``line``, ``unit``, ``name`` and the value columns.

    Wholly blank rows are passed over. A unit that stands twice is refused in both rows: nothing says which is meant.
    """
    values = [name for name in raw.columns if name not in ("line", UNIT_COLUMN, NAME_COLUMN)]
    named = raw.get_column(UNIT_COLUMN).is_not_null()
    filled = raw if named.all() else raw.filter(named | ~pl.all_horizontal(pl.col(name).is_null() for name in values))
    written = [(code or "").strip() for code in filled.get_column(UNIT_COLUMN).to_list()]
    found = [reporters.find(code) if code else None for code in written]
    counts = Counter([unit.code for unit in found if unit is not None])
    twice = frozenset(code for code, count in counts.items() if count > 1)
    lines = filled.get_column("line").to_list()
    names = filled.get_column(NAME_COLUMN).to_list()
    kept: list[int] = []
    problems = []
    for at, (code, unit, name) in enumerate(zip(written, found, names, strict=True)):
        problem = _row_problem(code, unit, name or "", twice, reporters)
        if problem is None:
            kept.append(at)
        else:
            facts: dict[str, object] = {"unit": code or "—", "name": names[at] or (unit.name if unit else "—")}
            facts |= {"known": unit.name if unit else "—", "period": reporters.period}
            facts |= {"successors": "、".join(unit.successors) if unit and unit.successors else "—"}
            known = unit.code if unit else code
            cell = _unit_cell(lines[at], layout)
            problems.append(finding(problem, file, known, "", cell, lines[at] + 1, **facts))
    units = [unit for at in kept if (unit := found[at]) is not None]
    keys = reporters.keys(units)
    schools = [unit.kind is UnitKind.SCHOOL for unit in units]
    is_total = ~pl.Series(schools, dtype=pl.Boolean)
    if is_total.any():
        is_total = pl.Series([reporters.is_total_for(unit) for unit in units], dtype=pl.Boolean)
    rows = filled if len(kept) == filled.height else filled[kept]
    return PlacedRows(rows, keys, [lines[at] for at in kept], is_total, problems)


def _row_problem(code: str, unit: Unit | None, name: str, twice: frozenset[str], reporters: Reporters) -> str | None:
    if not code:
        return "INTAKE-UNIT-BLANK"
    if unit is None:
        return "INTAKE-UNIT-UNKNOWN"
    if unit.code in twice:
        return "INTAKE-UNIT-TWICE"
    fault = reporters.fault(unit)
    if fault:
        return fault
    if name and name != unit.name and folded(name) != folded(unit.name):
        return "INTAKE-UNIT-NAME"
    return None


def _tidy(code: object) -> str:
    """A code as it is compared: a workbook may hold it as a number, a person may have added spaces."""
    return folded(str(code or "")).upper().removesuffix(".0")


def _unit_cell(line: int, layout: SheetLayout | None) -> str:
    if layout is None:
        return ""
    return address(4, 1) if layout.orientation is Orientation.PAGE else address(line, 0)
