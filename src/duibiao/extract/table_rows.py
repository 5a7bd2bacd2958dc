"""Rows of an indicator table between reading and meaning, and which row stands under which."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from duibiao.extract.columns import Role, TableColumn
from duibiao.extract.labels import VERBS, is_among, unit_of
from duibiao.extract.written import normal, read_value
from duibiao.kernel.text import without_spaces
from duibiao.sources.mapped import MappedText

_ROUNDING = Decimal("1.01")
"""Printed parts may add up to a little more than their printed whole."""


@dataclass
class Row:
    """One row as it was read: ``cells`` are its written cells by column, the label apart."""

    label: MappedText
    number: str = ""
    group: str = ""
    parent: str = ""
    unit: str = ""
    cells: dict[TableColumn, MappedText] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    shared: str = ""  # the 属性 of the row above, whose cell it shares

    @property
    def name(self) -> str:
        """The label as printed."""
        return self.label.text

    def of(self, role: Role) -> list[tuple[TableColumn, MappedText]]:
        """The cells of one kind of column."""
        return [(column, cell) for column, cell in self.cells.items() if column.role is role]

    @property
    def is_empty(self) -> bool:
        """Tell whether the row states no value at all, not even a dash."""
        values = (cell for role in (Role.BASE, Role.TARGET, Role.GROWTH) for _, cell in self.of(role))
        return all(not without_spaces(cell.text) for cell in values)


def with_families(rows: Sequence[Row], has_numbers: bool) -> list[Row]:
    """Name the parent of every sub-row: rows after a row without values, and the rows of a list that 其中 opens.

    A row without values is a heading of the rows after it and is left out.
    """
    found: list[Row] = []
    family = _Family(has_numbers)
    for row in rows:
        if row.is_empty and not row.parent and not row.flags:
            family.open_heading(row)
            continue
        if row.parent:
            family.open_named(row.parent, row)
        elif is_among(row.name) and found and not family.waits:
            family.open_list(family.head_before(found, row))
        elif not family.holds(row):
            family.close()
        family.take(row)
        found.append(row)
    return found


@dataclass
class _Family:
    """The rows that stand under one parent, while they are read."""

    has_numbers: bool
    parent: str = ""
    number: str = ""
    group: str = ""
    unit: str = ""
    left: list[Decimal | None] | None = None
    is_list: bool = False
    is_named: bool = False  # its rows name their parent themselves
    part: str = ""  # the unit of the first part of a list
    waits: bool = False  # a heading without values was just read: the next row stands under it

    def close(self) -> None:
        self.parent, self.number, self.unit, self.left, self.is_list = "", "", "", None, False
        self.waits, self.is_named, self.part = False, False, ""

    def open_heading(self, row: Row) -> None:
        self.close()
        self.parent, self.group, self.unit = row.name, row.group, row.unit or unit_of(row.name)
        self.number = row.number
        self.waits = True

    def open_named(self, parent: str, row: Row) -> None:
        if parent != self.parent:
            self.close()
            self.parent, self.group, self.unit = parent, row.group, unit_of(parent)
        self.is_named = True

    def open_list(self, head: Row) -> None:
        if self.is_list and self.parent == head.name:
            return
        self.close()
        self.parent, self.number, self.group, self.is_list = head.name, head.number, head.group, True
        self.unit = head.unit or unit_of(head.name)
        self.left = _values(head)

    def head_before(self, found: Sequence[Row], row: Row) -> Row:
        """The row that 其中 divides: the last one that is no sub-row itself, in the same group."""
        for one in reversed(found):
            if one.group == row.group and not one.parent:
                return one
        return found[-1]

    def holds(self, row: Row) -> bool:
        if not self.parent or row.group != self.group or self.is_named:
            return False
        if self.has_numbers and row.number:
            return False
        unit = row.unit or unit_of(row.name)
        if self.is_list:
            return unit in ("", self.unit) and unit in ("", self.part) and unit != "%" and self._has_room(row)
        return not normal(row.name).startswith(VERBS)

    def take(self, row: Row) -> None:
        self.waits = False
        if not self.parent:
            return
        row.parent = self.parent
        row.number = row.number or self.number
        row.unit = row.unit or unit_of(row.name) or self.unit
        self.part = self.part or row.unit
        if self.left is not None:
            self.left = [
                None if whole is None or part is None else whole - part
                for whole, part in zip(self.left, _values(row), strict=False)
            ]

    def _has_room(self, row: Row) -> bool:
        """A part is not larger than what the parts before it left of the whole."""
        if not self.left or not unit_of(row.name):
            return True
        whole = [one for one in zip(self.left, _values(row), strict=False) if None not in one]
        return all(part is not None and left is not None and part <= left * _ROUNDING for left, part in whole)


def _values(row: Row) -> list[Decimal | None]:
    cells = [*row.of(Role.BASE), *row.of(Role.TARGET)]
    return [read_value(cell.text).value for _, cell in cells]
