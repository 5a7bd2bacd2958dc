"""Readers for YAML and CSV that remember the file and line of everything, and report all problems at once.

A field that cannot be read is reported and answered with a placeholder, so that the reading goes on and
finds the other problems. Placeholders never get out: whoever opened the report must end with
``Report.refuse_errors()``, which refuses the whole input.
"""

import csv
import difflib
import io
import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

from duibiao.kernel.period import PartialDate, Period
from duibiao.kernel.problem import Report, Where
from duibiao.kernel.text import Text

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

MAX_BYTES = 32 * 1024 * 1024
"""A pack file larger than this is refused: the largest real one is below 1 MB."""
MAX_DEPTH = 20


@dataclass(slots=True)
class Record:
    """One mapping of a YAML file, or one row of a CSV file: named fields with their lines.

    ``failed`` are the fields answered with a placeholder: checks that build on them would only make noise.
    """

    values: dict[str, "str | Record | list[str | Record]"]
    lines: dict[str, int]
    file: str
    line: int
    report: Report
    read: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    item_lines: dict[str, list[int]] = field(default_factory=dict)

    def where(self, name: str = "") -> Where:
        """The place of the record, or of one of its fields."""
        return Where(self.file, self.lines.get(name, self.line), name)

    def has(self, name: str) -> bool:
        """Tell whether a field is there and not empty."""
        self.read.add(name)
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """A required text."""
        found = self.optional(name)
        if found is None:
            self.report.add("PACK-FIELD-MISSING", self.where(name), field=name)
            return ""
        return found

    def optional(self, name: str) -> str | None:
        """A text that may be absent."""
        if not self.has(name):
            return None
        found = self.values[name]
        if not isinstance(found, str):
            self._wrong_kind(name, "文字", "text")
            return None
        return found

    def label(self, name: str) -> Text:
        """A required label: plain Chinese, or a mapping with ``zh`` and ``en``."""
        if not self.has(name) or isinstance(self.values[name], str):
            return Text(self.text(name))
        inner = self.record(name)
        found = Text(inner.text("zh"), inner.optional("en") or "")
        inner.close()
        return found

    def decimal(self, name: str) -> Decimal:
        """A required exact number."""
        return self._converted(name, _decimal, "PACK-NUMBER", Decimal(0))

    def maybe_decimal(self, name: str) -> Decimal | None:
        """An exact number that may be absent; None also where it cannot be read (and has been reported)."""
        if not self.has(name):
            return None
        found = self._converted(name, _decimal, "PACK-NUMBER", Decimal("NaN"))
        return None if found.is_nan() else found

    def integer(self, name: str) -> int:
        """A required whole number."""
        return self._converted(name, int, "PACK-NUMBER", 0)

    def date(self, name: str) -> date:
        """A required day, ``YYYY-MM-DD``."""
        return self._converted(name, date.fromisoformat, "PACK-DATE", date.min)

    def partial_date(self, name: str) -> PartialDate:
        """A required date as precise as its source."""
        return self._converted(name, PartialDate.parse, "PACK-DATE", PartialDate(1))

    def period(self, name: str) -> Period:
        """A required year or school year."""
        return self._converted(name, Period.parse, "PACK-PERIOD", Period(1))

    def flag(self, name: str, default: bool = False) -> bool:
        """Read ``true`` or ``false``; the default stands in the caller's own words."""
        found = self.optional(name)
        if found is None:
            return default
        if found not in ("true", "false", "yes", "no"):
            self.report.add("PACK-CHOICE", self.where(name), field=name, value=found, choices="true, false")
        return found in ("true", "yes")

    def choice(self, name: str, kind: type[E], default: E | None = None) -> E:
        """One of the words of an enumeration."""
        if default is not None and not self.has(name):
            return default
        found = self.text(name)
        try:
            return kind(found)
        except ValueError:
            if found:
                choices = ", ".join(kind)
                self.report.add("PACK-CHOICE", self.where(name), field=name, value=found, choices=choices)
            return next(iter(kind))

    def record(self, name: str) -> "Record":
        """A required inner mapping."""
        found = self.values.get(name)
        self.read.add(name)
        if isinstance(found, Record):
            return found
        if found in (None, ""):
            self.report.add("PACK-FIELD-MISSING", self.where(name), field=name)
        else:
            self._wrong_kind(name, "一组字段", "a mapping")
        return Record({}, {}, self.file, self.where(name).line, Report())

    def records(self, name: str) -> "list[Record]":
        """A list of inner mappings; empty when the field is absent."""
        items = self._items(name)
        for item, line in zip(items, self._lines_of(name), strict=False):
            if not isinstance(item, Record):
                self._wrong_item(name, line, "由一组字段构成的列表", "a list of mappings")
        return [item for item in items if isinstance(item, Record)]

    def texts(self, name: str) -> list[str]:
        """A list of texts; empty when the field is absent."""
        items = self._items(name)
        for item, line in zip(items, self._lines_of(name), strict=False):
            if isinstance(item, Record):
                self._wrong_item(name, line, "文字的列表", "a list of texts")
        return [item for item in items if isinstance(item, str)]

    def _lines_of(self, name: str) -> list[int]:
        return self.item_lines.get(name, [])

    def _wrong_item(self, name: str, line: int, zh: str, en: str) -> None:
        self.report.add("PACK-FIELD-KIND", Where(self.file, line, name), field=name, zh=zh, en=en)

    def points_to(self, name: str, value: str, known: Container[str], code: str) -> None:
        """Report a reference to something that does not exist; an empty one has been reported as missing."""
        if value and value not in known:
            self.report.add(code, self.where(name), name=value)

    def close(self) -> None:
        """Report every field nobody asked for: a misspelt name must not be dropped in silence."""
        for name in self.values:
            if name not in self.read:
                near = difflib.get_close_matches(name, self.read, n=1)
                hint = near[0] if near else ", ".join(sorted(self.read))
                self.report.add("PACK-FIELD-UNKNOWN", self.where(name), field=name, hint=hint)

    def _items(self, name: str) -> "list[str | Record]":
        self.read.add(name)
        found = self.values.get(name)
        if found in (None, ""):
            return []
        if isinstance(found, list):
            return found
        self._wrong_kind(name, "列表", "a list")
        return []

    def _converted(self, name: str, convert: Callable[[str], T], code: str, placeholder: T) -> T:
        found = self.text(name)
        if not found:
            self.failed.add(name)
            return placeholder
        try:
            return convert(found)
        except ValueError:
            self.report.add(code, self.where(name), field=name, value=found)
            self.failed.add(name)
            return placeholder

    def _wrong_kind(self, name: str, zh: str, en: str) -> None:
        self.report.add("PACK-FIELD-KIND", self.where(name), field=name, zh=zh, en=en)


def _decimal(text: str) -> Decimal:
    """Digits only: an exponent or an underscore is a slip of the hand, not a published figure."""
    if not re.fullmatch(r"-?\d+(?:\.\d+)?", text, re.ASCII):
        raise ValueError(text)
    return Decimal(text)


def read_yaml(path: Path, name: str, report: Report) -> Record:
    """Read one YAML file whose top is a mapping. ``name`` is how messages call the file."""
    empty = Record({}, {}, name, 1, Report())
    text = _text_of(path, name, report)
    if text is None:
        return empty
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        report.add("PACK-SYNTAX", Where(name, line), detail=str(getattr(error, "problem", error)))
        return empty
    if not isinstance(node, yaml.MappingNode):
        report.add("PACK-SYNTAX", Where(name, 1), detail="top level is not a mapping")
        return empty
    return _record(node, name, report, 0)


def _record(node: yaml.MappingNode, file: str, report: Report, depth: int) -> Record:
    found = Record({}, {}, file, node.start_mark.line + 1, report)
    if depth > MAX_DEPTH:
        report.add("PACK-SYNTAX", found.where(), detail=f"nested deeper than {MAX_DEPTH}")
        return found
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in found.values:
            report.add("PACK-FIELD-TWICE", Where(file, line, name), field=name)
        found.lines[name] = line
        found.values[name] = _value(value, file, report, depth + 1)
        if isinstance(value, yaml.SequenceNode):
            found.item_lines[name] = [child.start_mark.line + 1 for child in value.value]
    return found


def _value(node: yaml.Node, file: str, report: Report, depth: int) -> "str | Record | list[str | Record]":
    if isinstance(node, yaml.MappingNode):
        return _record(node, file, report, depth)
    if isinstance(node, yaml.SequenceNode):
        items: list[str | Record] = []
        if depth > MAX_DEPTH:  # an alias may point back at its own list
            report.add("PACK-SYNTAX", Where(file, node.start_mark.line + 1), detail=f"nested deeper than {MAX_DEPTH}")
            return items
        for child in node.value:
            item = _value(child, file, report, depth + 1)
            if isinstance(item, list):
                report.add("PACK-SYNTAX", Where(file, child.start_mark.line + 1), detail="list in a list")
            else:
                items.append(item)
        return items
    # Scalars stay text: 2.10 must not turn into 2.1, nor 'no' into false, before a field asks for it.
    return "" if node.tag.endswith(":null") else str(node.value)


def read_csv(path: Path, name: str, report: Report, columns: Sequence[str] | None = None) -> Iterator[Record]:
    """Read the rows of one CSV file with a header line (RFC 4180, UTF-8).

    ``columns`` are those that may stand there; a column nobody knows is reported once, at the header.
    """
    text = _text_of(path, name, report)
    if text is None:
        return
    # Only line feeds end a row: text pasted from Word carries vertical tabs and other marks.
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(rows, None)
        if not header:
            report.add("PACK-SYNTAX", Where(name, 1), detail="no header line")
            return
        _check_header(header, name, report, columns)
        end = rows.line_num
        for cells in rows:
            line, end = end + 1, rows.line_num
            if not cells:
                continue
            if len(cells) != len(header):
                report.add("PACK-ROW-WIDTH", Where(name, line), columns=len(header))
                continue
            values: dict[str, str | Record | list[str | Record]] = dict(zip(header, cells, strict=True))
            yield Record(values, dict.fromkeys(values, line), name, line, report)
    except csv.Error as error:
        report.add("PACK-SYNTAX", Where(name, rows.line_num), detail=str(error))


def _check_header(header: list[str], name: str, report: Report, columns: Sequence[str] | None) -> None:
    for column in {column for column in header if header.count(column) > 1}:
        report.add("PACK-FIELD-TWICE", Where(name, 1, column), field=column)
    for column in header if columns is not None else ():
        if column not in (columns or ()):
            near = difflib.get_close_matches(column, columns or (), n=1)
            report.add("PACK-FIELD-UNKNOWN", Where(name, 1, column), field=column, hint=near[0] if near else "—")


def _text_of(path: Path, name: str, report: Report) -> str | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            report.add("PACK-TOO-LARGE", Where(name), limit=MAX_BYTES)
            return None
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        report.add("PACK-FILE-MISSING", Where(name))
    except UnicodeDecodeError as error:
        report.add("PACK-ENCODING", Where(name), detail=f"byte {error.start}")
    return None
