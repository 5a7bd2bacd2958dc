"""Where everything stands in a workbook: sheets, rows, columns, and the hidden label that says which template it is."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum

from duibiao.kernel.period import Period
from duibiao.metrics.form import Form

GUIDE, ANSWERS, LAST_YEAR, ISSUES, LISTS, LABEL = "填报说明", "填报", "上年对照", "问题清单", "_选项", "_duibiao"
"""The sheets: guide, answers, last year's values, list of issues, hidden lists of choices, hidden label."""
UNIT_COLUMN, NAME_COLUMN = "unit", "name"
LABEL_PROPERTY = "duibiao_template"
SEEN_COLUMN = 3
"""The column of the hidden sheet from which on the lock versions of the returns stand: unit code, version."""
FORMAT = 1


class Orientation(StrEnum):
    """How the answers are laid out."""

    ROWS = "rows"  # 一校一行: one unit a row, one element a column
    PAGE = "page"  # 单校一页: one unit, one element a row


@dataclass(frozen=True, slots=True)
class TemplateLabel:
    """What the hidden sheet of a template says (模板标识): which form, version, period and units it was made for.

    ``columns`` is the hash of the element codes in order, ``units`` that of the unit codes, ``store`` the identity
    of the system that made it; ``hash`` covers all the others.
    """

    form: str
    version: str
    period: str
    orientation: str
    store: str
    columns: str
    units: str
    count: int
    unit: str = ""

    @property
    def hash(self) -> str:
        """First 16 hex digits of the sha256 over every other part."""
        return short_hash([json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)])

    def written(self) -> list[tuple[str, str]]:
        """The rows of the hidden sheet."""
        rows = [("format", str(FORMAT)), *((name, str(value)) for name, value in asdict(self).items())]
        return [*rows, ("hash", self.hash)]

    @classmethod
    def read(cls, rows: Iterable[Sequence[object]]) -> "TemplateLabel | None":
        """Read the rows of the hidden sheet; None where it is no label, or was changed."""
        found = {str(row[0]): str(row[1] or "") for row in rows if len(row) > 1}
        names = [field.name for field in fields(cls)]
        if found.get("format") != str(FORMAT) or not set(names) <= set(found) or not found["count"].isdigit():
            return None
        texts = {name: found[name] for name in names if name != "count"}
        label = cls(**texts, count=int(found["count"]))
        return label if found.get("hash") == label.hash else None


def short_hash(parts: Iterable[str]) -> str:
    """First 16 hex digits of the sha256 over texts in order."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def label_of(form: Form, period: Period, units: Sequence[str], orientation: Orientation, store: str) -> TemplateLabel:
    """The label of a template for these units."""
    return TemplateLabel(
        form=form.code,
        version=form.version,
        period=str(period),
        orientation=orientation.value,
        store=store,
        columns=short_hash(form.columns),
        units=short_hash(units),
        count=len(units),
        unit=units[0] if len(units) == 1 else "",
    )


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Where the answer of a unit to an element stands in the sheet ``填报`` (all indices count from 0).

    In ``rows`` the codes of the columns stand in row ``HEAD``, units below it. In ``page`` the codes of the elements
    stand in column ``PAGE_CODE``, from row ``PAGE_HEAD`` + 1 on (with the bands of the sections between them).
    """

    orientation: Orientation
    columns: tuple[str, ...]
    page_rows: tuple[int, ...] = ()

    HEAD = 7
    FIXED = 2
    PAGE_HEAD = 6
    PAGE_CODE, PAGE_LABEL, PAGE_UNIT, PAGE_ANSWER, PAGE_LAST, PAGE_NOTE = 0, 1, 2, 3, 4, 5
    PAGE_WORDS = ("代码", "指标", "计量单位", "本年数", "上年数（仅供对照）", "口径")

    @classmethod
    def of(cls, form: Form, orientation: Orientation) -> "SheetLayout":
        """The layout of a form."""
        rows, row = [], cls.PAGE_HEAD
        for section in form.sections:
            row += 1  # the band
            for _ in section.fields:
                row += 1
                rows.append(row)
        return cls(orientation, form.columns, tuple(rows))

    def place(self, unit: int, element: int) -> tuple[int, int]:
        """Row and column of the answer of the n-th unit to the n-th element."""
        if self.orientation is Orientation.PAGE:
            return self.page_rows[element], self.PAGE_ANSWER
        return self.HEAD + 1 + unit, self.FIXED + element


def column_name(column: int) -> str:
    """The letters of a column (0 is A, 26 is AA)."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """The address of a cell, e.g. ``F12`` for row 11 and column 5."""
    return f"{column_name(column)}{row + 1}"


_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def place_of(cell: str) -> tuple[int, int]:
    """Row and column of an address; raises ValueError for what is none."""
    match = _ADDRESS.fullmatch(cell)
    if match is None:
        raise ValueError(cell)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1
