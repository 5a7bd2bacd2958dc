"""Organisational units with their dates: a district that was abolished stays, and stops."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from duibiao.kernel.period import PartialDate, Period
from duibiao.kernel.reading import Record
from duibiao.kernel.text import Text


class UnitKind(StrEnum):
    """What kind of unit it is."""

    NATION = "nation"
    CITY = "city"
    DISTRICT = "district"
    FUNCTIONAL_ZONE = "functional_zone"
    SCHOOL = "school"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit (单位) that plans and values speak of, with the days it begins and ends.

    ``valid_to`` is the first day on which the unit no longer exists. ``breaks`` are days on which its
    boundary or content changed while its code stayed: no sum or growth rate may cross one.
    ``school_kind`` is the 办学类型 code (GB/T 33782-2017, three digits), ``location_type`` the 城乡类型 code,
    ``ownership`` is ``public`` (公办) or ``private`` (民办); empty where they do not apply. ``identifiers`` are
    (scheme, value) pairs: one school has a 学校标识码, a code of its district, and perhaps more.
    """

    code: str
    name: str
    kind: UnitKind
    parent: str = ""
    valid_from: PartialDate | None = None
    valid_to: date | None = None
    successors: tuple[str, ...] = ()
    grouping_current: str = ""
    grouping_2020: str = ""
    subgroup: str = ""
    tile: tuple[int, int] | None = None
    breaks: tuple[date, ...] = ()
    school_kind: str = ""
    location_type: str = ""
    ownership: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()
    source: str = ""
    note: str = ""

    def exists_on(self, day: date) -> bool:
        """Tell whether the unit exists on a day."""
        began = self.valid_from is None or self.valid_from.earliest <= day
        return began and (self.valid_to is None or day < self.valid_to)

    def exists_in(self, period: Period) -> bool:
        """Tell whether a value for the period can belong to the unit: it existed when the period ended.

        A return is made by the units that exist at its end; 江北区, abolished on 2025-11-06, has its
        last calendar-year value for 2024 and its last school-year value for the autumn count of 2025.
        """
        return self.exists_on(period.end if period.kind == "year" else period.start)


COLUMNS = (
    "code", "name", "kind", "parent", "valid_from", "valid_to", "successors", "grouping_current", "grouping_2020",
    "subgroup", "tile_col", "tile_row", "break_on", "school_kind", "location_type", "ownership", "identifiers",
    "source", "note",
)  # fmt: skip
"""The columns of ``units.csv``; those of schools may be left out."""


class Ownership(StrEnum):
    """Who runs a school (办学性质)."""

    PUBLIC = "public"
    PRIVATE = "private"


OWNERSHIP_WORDS = {Ownership.PUBLIC: Text("公办", "public"), Ownership.PRIVATE: Text("民办", "private")}
"""What the owners of a school are called."""


SCHOOL_ID = "school_id"
"""The scheme of the 学校（机构）标识码."""
_SCHOOL_ID = re.compile(
    r"(?:11|21|22|31|32|33|34|35|36|37|41|42|51|91|92|93)"
    r"(?P<province>1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)[0-9]{6}"
)
_SCHEME = re.compile(r"[a-z][a-z0-9_]*")


def identifier_fault(scheme: str, value: str, province: str = "") -> Text | None:
    """What is wrong with an identifier by the rule of its scheme; None where nothing is.

    ``school_id`` is the 学校（机构）标识码: 10 digits = 2 of the category, 2 of the province (GB/T 2260), 6 of the
    number (学校（机构）代码管理办法, 2011). It has no check digit, so only the pattern can be checked; ``province`` are
    the two digits expected, empty where they are not known. Other schemes (a code of the district) only need a value.
    """
    if not _SCHEME.fullmatch(scheme):
        return Text(f"标识类型“{scheme}”须为小写英文", f"the scheme '{scheme}' must be lower-case letters")
    if not value:
        return Text("标识为空", "it is empty")
    if scheme != SCHOOL_ID:
        return None
    match = _SCHOOL_ID.fullmatch(value)
    if match is None:
        return Text("学校标识码应为10位：类别2位、省份2位、序号6位", "it must be 10 digits: category, province, number")
    if province and match["province"] != province:
        zh = f"学校标识码第3、4位应为本省代码{province}"
        return Text(zh, f"digits 3 and 4 must be the province {province}")
    return None


def read_unit(record: Record) -> Unit:
    """Read one row of ``units.csv``."""
    tile = None
    if record.has("tile_col"):
        tile = (record.integer("tile_col"), record.integer("tile_row"))
    return Unit(
        code=record.text("code"),
        name=record.text("name"),
        kind=record.choice("kind", UnitKind),
        parent=record.optional("parent") or "",
        valid_from=record.partial_date("valid_from") if record.has("valid_from") else None,
        valid_to=record.date("valid_to") if record.has("valid_to") else None,
        successors=_several(record.optional("successors")),
        grouping_current=record.optional("grouping_current") or "",
        grouping_2020=record.optional("grouping_2020") or "",
        subgroup=record.optional("subgroup") or "",
        tile=tile,
        breaks=_days(record, "break_on"),
        school_kind=record.optional("school_kind") or "",
        location_type=record.optional("location_type") or "",
        ownership=record.choice("ownership", Ownership).value if record.has("ownership") else "",
        identifiers=tuple(_identifier(part) for part in _several(record.optional("identifiers"))),
        source=record.text("source"),
        note=record.optional("note") or "",
    )


def _identifier(part: str) -> tuple[str, str]:
    """One ``scheme:value``; without a colon everything is the scheme, which ``identifier_fault`` then refuses."""
    scheme, _, value = part.partition(":")
    return scheme.strip(), value.strip()


def _days(record: Record, name: str) -> tuple[date, ...]:
    """The days of a field, parted by semicolons, in their order; one that is none is reported."""
    found = []
    for part in _several(record.optional(name)):
        try:
            found.append(date.fromisoformat(part))
        except ValueError:
            record.report.add("PACK-DATE", record.where(name), field=name, value=part)
            record.failed.add(name)
    return tuple(sorted(found))


def _several(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(";") if part.strip())


def _leads_up(unit: Unit, units: dict[str, Unit]) -> bool:
    """Whether the parents of a unit lead to the top: nobody stands below itself."""
    above, seen = units.get(unit.parent), {unit.code}
    while above is not None:
        if above.code in seen:
            return False
        seen.add(above.code)
        above = units.get(above.parent)
    return True


def check_units(units: dict[str, Unit], records: Iterable[tuple[Unit, Record]]) -> None:
    """Report parents and successors that are no units, parents nobody can have, and periods that end before they begin.

    ``units``: all that are known; ``records``: those that are checked.
    """
    for unit, record in records:
        for name, codes in (
            ("parent", (unit.parent,) if unit.parent else ()),
            ("successors", unit.successors),
        ):
            for code in codes:
                record.points_to(name, code, units, "UNIT-UNKNOWN")
        if unit.parent in units and not _leads_up(unit, units):
            record.report.add("UNIT-PARENT", record.where("parent"), unit=unit.name, parent=unit.parent)
        if unit.valid_to and unit.valid_from and unit.valid_from.earliest > unit.valid_to:
            record.report.add("UNIT-DATES", record.where("valid_to"), unit=unit.name)
