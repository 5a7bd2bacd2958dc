"""Units as rows of a file or a data base, and the tree they form."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import pyarrow as pa

from duibiao.kernel.period import PartialDate, Period
from duibiao.metrics.registry import changed_between, content_breaks
from duibiao.metrics.unit import Unit, UnitKind

_TEXTS = (
    "code", "name", "kind", "parent", "valid_from", "valid_to", "successors", "grouping_current", "grouping_2020",
    "subgroup", "tile", "breaks", "school_kind", "location_type", "ownership", "identifiers", "source", "note",
)  # fmt: skip
UNIT_SCHEMA = pa.schema([pa.field(name, pa.string(), nullable=False) for name in _TEXTS])
"""The columns of ``units.parquet``, all texts: several values are parted by ``;``, ``identifiers`` is JSON."""


def unit_row(unit: Unit) -> dict[str, str]:
    """A unit as a row of texts, in the columns of ``UNIT_SCHEMA``."""
    return {
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind.value,
        "parent": unit.parent,
        "valid_from": str(unit.valid_from or ""),
        "valid_to": unit.valid_to.isoformat() if unit.valid_to else "",
        "successors": ";".join(unit.successors),
        "grouping_current": unit.grouping_current,
        "grouping_2020": unit.grouping_2020,
        "subgroup": unit.subgroup,
        "tile": f"{unit.tile[0]};{unit.tile[1]}" if unit.tile else "",
        "breaks": ";".join(day.isoformat() for day in unit.breaks),
        "school_kind": unit.school_kind,
        "location_type": unit.location_type,
        "ownership": unit.ownership,
        "identifiers": json.dumps(unit.identifiers, ensure_ascii=False) if unit.identifiers else "",
        "source": unit.source,
        "note": unit.note,
    }


def unit_from(row: Mapping[str, str]) -> Unit:
    """The unit of a row written by ``unit_row``; raises KeyError or ValueError for a row that is none."""
    tile = tuple(int(part) for part in row["tile"].split(";")) if row["tile"] else None
    return Unit(
        code=row["code"],
        name=row["name"],
        kind=UnitKind(row["kind"]),
        parent=row["parent"],
        valid_from=PartialDate.parse(row["valid_from"]) if row["valid_from"] else None,
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        successors=_several(row["successors"]),
        grouping_current=row["grouping_current"],
        grouping_2020=row["grouping_2020"],
        subgroup=row["subgroup"],
        tile=(tile[0], tile[1]) if tile else None,
        breaks=tuple(date.fromisoformat(day) for day in _several(row["breaks"])),
        school_kind=row["school_kind"],
        location_type=row["location_type"],
        ownership=row["ownership"],
        identifiers=tuple((scheme, value) for scheme, value in json.loads(row["identifiers"] or "[]")),
        source=row["source"],
        note=row["note"],
    )


def unit_table(units: Sequence[Unit]) -> pa.Table:
    """Units as a table, sorted by code."""
    rows = [unit_row(unit) for unit in sorted(units, key=lambda unit: unit.code)]
    return pa.Table.from_pylist(rows, schema=UNIT_SCHEMA)


def units_of(table: pa.Table) -> list[Unit]:
    """The units of a table written by ``unit_table``."""
    return [unit_from(row) for row in table.to_pylist()]


def _several(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()


class UnitTree(Mapping[str, Unit]):
    """The units of one day with their parents and children (单位树)."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = {unit.code: unit for unit in units}
        self._districts: dict[str, str] = {}
        self._above: dict[str, list[Unit]] = {}
        self._below: dict[str, list[str]] | None = None
        self._under: dict[str, frozenset[str]] = {}
        self._breaks: dict[str, tuple[date, ...]] | None = None

    def __getitem__(self, code: str) -> Unit:
        return self._units[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._units)

    def __len__(self) -> int:
        return len(self._units)

    def above(self, code: str) -> list[Unit]:
        """The units above one, nearest first, without itself; a circle of parents ends where it closes."""
        if code not in self._above:
            found: list[Unit] = []
            seen = {code}
            unit = self._units.get(code)
            while unit is not None and unit.parent and unit.parent not in seen:
                seen.add(unit.parent)
                unit = self._units.get(unit.parent)
                if unit is not None:
                    found.append(unit)
            self._above[code] = found
        return self._above[code]

    def covers(self, top: str, code: str) -> bool:
        """Tell whether a unit is ``top`` or lies below it; a unit that is not known lies below none."""
        return code in self._units and (top == code or any(unit.code == top for unit in self.above(code)))

    def under(self, top: str) -> frozenset[str]:
        """The codes of a unit and of everything below it; empty where it is not known."""
        if top not in self._under:
            self._under[top] = self._found_under(top)
        return self._under[top]

    def _found_under(self, top: str) -> frozenset[str]:
        children = self._children()
        found: set[str] = set()
        waiting = [top] if top in self._units else []
        while waiting:
            code = waiting.pop()
            if code not in found:
                found.add(code)
                waiting.extend(children.get(code, ()))
        return frozenset(found)

    def children(self, code: str) -> list[Unit]:
        """The units directly below one, by code."""
        return [self._units[one] for one in sorted(self._children().get(code, ()))]

    def _children(self) -> dict[str, list[str]]:
        """Unit → the units directly below it; found once, since every request of a reporter asks."""
        if self._below is None:
            below: dict[str, list[str]] = {}
            for unit in self._units.values():
                below.setdefault(unit.parent, []).append(unit.code)
            self._below = below
        return self._below

    def changed_between(self, earlier: Period, later: Period) -> frozenset[str]:
        """The units whose figures of two periods do not compare: a boundary moved, or they took another over."""
        if self._breaks is None:
            self._breaks = content_breaks(self._units.values())
        return changed_between(self._breaks, earlier, later)

    def district(self, code: str) -> str:
        """The leaf group of a unit: the nearest unit that is no school, itself included.

        A school run by the city belongs to the city; a district is its own leaf group. Raises KeyError where the
        unit is not known.
        """
        if code not in self._districts:
            unit = self._units[code]
            chain = [unit, *self.above(code)]
            self._districts[code] = next((one.code for one in chain if one.kind is not UnitKind.SCHOOL), code)
        return self._districts[code]

    def key_cells(self, code: str) -> tuple[str, str, str, str, str]:
        """The key columns of a unit's row: unit, district, school_kind, location_type, ownership.

        Raises KeyError where the unit is not known.
        """
        unit = self._units[code]
        return code, self.district(code), unit.school_kind, unit.location_type, unit.ownership
