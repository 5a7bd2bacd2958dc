"""A list of schools as an office keeps it: a workbook or CSV whose rows become units of the registry (单位名录)."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import fastexcel
import polars as pl

from duibiao.intake.delimited import decoded
from duibiao.intake.package import open_package, refuse
from duibiao.kernel.problem import Problem, Report, UserError, Where
from duibiao.kernel.reading import Record
from duibiao.kernel.text import Text
from duibiao.metrics.code_list import CodeList
from duibiao.metrics.registry import UnitRegistry, identifier_faults
from duibiao.metrics.unit import COLUMNS, SCHOOL_ID, Unit, UnitKind, check_units, read_unit

SCHOOL_ID_HEAD = "学校标识码"
HEADS = {
    "单位代码": "code", "单位名称": "name", "单位类型": "kind", "上级单位": "parent", "办学类型": "school_kind",
    "城乡类型": "location_type", "办学性质": "ownership", SCHOOL_ID_HEAD: SCHOOL_ID, "其他标识": "identifiers",
    "设立日期": "valid_from", "撤销日期": "valid_to", "承继单位": "successors", "边界调整日": "break_on",
    "现行分组": "grouping_current", "2020年分组": "grouping_2020", "细分片区": "subgroup", "来源": "source",
    "备注": "note",
}  # fmt: skip
"""The Chinese heads of a list and the columns of ``units.csv`` they stand for; the English names are read as well."""
_ALSO = {"学校名称": "name", "学校代码": "code", "名称": "name", "代码": "code", "区县": "parent"}
_WORDS = {
    "kind": {
        "学校": "school", "幼儿园": "school", "区县": "district", "区": "district", "县": "district", "市": "city",
        "功能区": "functional_zone",
    },
    "ownership": {"公办": "public", "民办": "private"},
}  # fmt: skip
_ATTRIBUTES = {"break_on": "breaks", SCHOOL_ID: "identifiers"}
_DATES = ("valid_from", "valid_to", "break_on")
_MIDNIGHT = re.compile(r"[ T]00:00(?::00(?:\.0+)?)?$")
MOST = 100_000
"""More rows than any province has schools."""


@dataclass(frozen=True, slots=True)
class UnitList:
    """Units read from a list (单位登记表): ``new`` were not known, ``changed`` differ from how they are registered,
    ``same`` counts those that do not. Units that are registered and not in the list stay as they are."""

    new: tuple[Unit, ...]
    changed: tuple[Unit, ...]
    same: int

    @property
    def units(self) -> tuple[Unit, ...]:
        """What is to be registered."""
        return self.new + self.changed


def read_unit_list(path: Path, known: Mapping[str, Unit], lists: Mapping[str, CodeList]) -> UnitList:
    """Read a list of units (xlsx, or CSV in UTF-8 or GB18030) and hold it against what is registered.

    The first row names the columns (``HEADS``). A parent or successor may be named by code or by name, a kind of school
    by code or by the word of the code list; without a code the 学校标识码 is the code. What a list does not say of a
    unit that is registered stays as it is. Everything is checked before anything is answered: raises UserError with
    every problem, by file and row (IDENTIFIER-RULE, CODE-LIST, CODE-TWICE, UNIT-UNKNOWN, UNIT-DATES, UNIT-PARENT, …).
    """
    report = Report()
    found: list[tuple[Unit, Record]] = []
    seen: dict[str, Record] = {}
    rows = list(_records(path, report))
    names = _by_name(known.values(), rows)
    for record in rows:
        _put_words(record, lists, names)
        unit = _merged(read_unit(record), record, known)
        record.close()
        if unit.code in seen:
            report.add("CODE-TWICE", record.where("code"), name=unit.code)
        seen[unit.code] = record
        found.append((unit, record))
    given = {unit.code: unit for unit, _ in found}
    _check({**known, **given}, found, lists)
    if report.errors:
        raise UserError([_in_their_words(one) for one in report.problems])
    new = tuple(unit for unit in given.values() if unit.code not in known)
    changed = tuple(unit for unit in given.values() if unit.code in known and known[unit.code] != unit)
    return UnitList(new, changed, len(given) - len(new) - len(changed))


def _in_their_words(told: Problem) -> Problem:
    """A problem with the heads of the list in place of the names of our fields."""
    zh, remedy, place = told.message.zh, told.remedy.zh, told.where
    for head, name in HEADS.items():
        zh = zh.replace(f"“{name}”", f"“{head}”")
        place = replace(place, field=head) if place.field == name else place
    for words in _WORDS.values():
        for word, code in words.items():
            remedy = re.sub(rf"\b{code}\b", word, remedy)
    return replace(told, message=Text(zh, told.message.en), remedy=Text(remedy, told.remedy.en), where=place)


def unit_list_csv(units: Iterable[Unit], lists: Mapping[str, CodeList]) -> bytes:
    """Units as a list that can be edited and read again: UTF-8 with a mark, so that a workbook program opens it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(HEADS), lineterminator="\r\n")
    writer.writeheader()
    kinds = {word: zh for zh, word in reversed(_WORDS["kind"].items())}
    runs = {word: zh for zh, word in _WORDS["ownership"].items()}
    for unit in units:
        cells = {head: _cell(unit, name, lists) for head, name in HEADS.items()}
        cells |= {"单位类型": kinds.get(unit.kind.value, unit.kind.value), "办学性质": runs.get(unit.ownership, "")}
        writer.writerow(cells)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(unit: Unit, name: str, lists: Mapping[str, CodeList]) -> str:
    if name == SCHOOL_ID:
        return next((value for scheme, value in unit.identifiers if scheme == SCHOOL_ID), "")
    if name == "identifiers":
        return ";".join(f"{scheme}:{value}" for scheme, value in unit.identifiers if scheme != SCHOOL_ID)
    if name in lists:
        code = getattr(unit, name)
        label = lists[name].entries.get(code)
        return f"{code} {label.zh}" if label else code
    found = getattr(unit, _ATTRIBUTES.get(name, name))
    return ";".join(str(one) for one in found) if isinstance(found, tuple) else str(found or "")


def _records(path: Path, report: Report) -> Iterator[Record]:
    """The rows of the list, by the columns of ``units.csv``; a head nobody knows is reported once."""
    rows = _rows(path)
    if not rows:
        report.add("PACK-SYNTAX", Where(path.name, 1), detail="no header line")
        return
    columns = []
    for place, cell in enumerate(rows[0]):
        head = cell.strip().strip("*＊")
        name = HEADS.get(head) or _ALSO.get(head) or (head if head in (*COLUMNS, SCHOOL_ID) else "")
        if head and not name:
            report.add("PACK-FIELD-UNKNOWN", Where(path.name, 1, head), field=head, hint="、".join(HEADS))
        elif name and name in columns:
            report.add("PACK-FIELD-TWICE", Where(path.name, 1, head), field=head)
        columns.append(name or f"?{place}")
    if len(rows) - 1 > MOST:
        raise refuse("INTAKE-TOO-LARGE", path, what=f"{len(rows) - 1} 行", limit=f"{MOST} 行")
    for line, cells in enumerate(rows[1:], 2):
        values: dict[str, str | Record | list[str | Record]] = {}
        for name, cell in zip(columns, cells, strict=False):
            if not name.startswith("?"):
                values[name] = _MIDNIGHT.sub("", cell.strip()) if name in _DATES else cell.strip()
        if any(values.values()):
            yield Record(values, dict.fromkeys(values, line), path.name, line, report)


def _rows(path: Path) -> list[list[str]]:
    """Every row of the first sheet or of the CSV file, as texts."""
    if path.suffix.lower() != ".xlsx":
        return [row for row in csv.reader(io.StringIO(decoded(path).decode(), newline="")) if row]
    open_package(path, MOST + 1, 200, first=True)
    sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
    frame: pl.DataFrame = sheet.to_polars()
    return [["" if cell is None else str(cell) for cell in row] for row in frame.iter_rows()]


def _by_name(known: Iterable[Unit], rows: Sequence[Record]) -> dict[str, str]:
    """Names of units that are no schools → code; a name that two have stands for none."""
    found: dict[str, str] = {}
    pairs = [(unit.name, unit.code) for unit in known]
    pairs += [(str(row.values.get("name") or ""), str(row.values.get("code") or "")) for row in rows]
    for name, code in pairs:
        found[name] = code if found.get(name, code) == code else ""
    return {name: code for name, code in found.items() if name and code}


def _put_words(record: Record, lists: Mapping[str, CodeList], names: Mapping[str, str]) -> None:
    """Turn the words of an office into the codes of ``units.csv``, in place."""
    for name, words in _WORDS.items():
        found = _said(record, name)
        if found in words:
            _put(record, name, words[found])
    for name, listed in lists.items():
        found = _said(record, name)
        by_word = {label.zh: code for code, label in listed.entries.items()}
        code = by_word.get(found, found.split(" ")[0])
        if code in listed.entries:
            _put(record, name, code)
    for name in ("parent", "successors"):
        parts = [part.strip() for part in re.split(r"[;；、]", _said(record, name)) if part.strip()]
        if parts:
            _put(record, name, ";".join(names.get(part, part) for part in parts))
    _put_identifiers(record)
    # What nobody wrote is put in, and marked: a registered unit keeps its own.
    for name, usual in (("kind", UnitKind.SCHOOL.value), ("source", record.file)):
        if not _said(record, name):
            _put(record, name, usual)
            record.failed.add(name)


def _put_identifiers(record: Record) -> None:
    """The 学校标识码 has a column of its own; where there is no other code it is the code of the unit."""
    school_id = str(record.values.pop(SCHOOL_ID, "") or "")
    if not school_id:
        return
    others = _said(record, "identifiers")
    _put(record, "identifiers", ";".join(filter(None, (f"{SCHOOL_ID}:{school_id}", others))))
    if not _said(record, "code"):
        _put(record, "code", school_id)


def _said(record: Record, name: str) -> str:
    return str(record.values.get(name) or "")


def _put(record: Record, name: str, value: str) -> None:
    record.values[name], record.lines[name] = value, record.line


def _merged(unit: Unit, record: Record, known: Mapping[str, Unit]) -> Unit:
    """What the list says of a unit, over what is registered of it."""
    before = known.get(unit.code)
    if before is None:
        return unit
    said = {_ATTRIBUTES.get(name, name) for name in record.values if name not in record.failed}
    return replace(before, **{name: getattr(unit, name) for name in said})


def _check(after: dict[str, Unit], found: Sequence[tuple[Unit, Record]], lists: Mapping[str, CodeList]) -> None:
    """Report what contradicts itself or the registry as it would be with the list."""
    check_units(after, found)
    places = {unit.code: record for unit, record in found}
    for unit, record in found:
        if unit.kind is UnitKind.SCHOOL and not unit.parent:
            record.report.add("PACK-FIELD-MISSING", record.where("parent"), field="上级单位 parent")
        if unit.kind is UnitKind.SCHOOL and not unit.school_kind:
            record.report.add("PACK-FIELD-MISSING", record.where("school_kind"), field="办学类型 school_kind")
        for name, listed in lists.items():
            code = getattr(unit, name, "")
            if code and code not in listed.entries:
                record.report.add("CODE-LIST", record.where(name), value=code, title=listed.title.zh)
    for unit, scheme, value, fault in identifier_faults(UnitRegistry.of(after.values())):
        row = places.get(unit.code)
        if row is not None:
            facts = {"unit": unit.name, "name": f"{scheme}:{value}", "zh": fault.zh, "en": fault.en}
            row.report.add("IDENTIFIER-RULE", row.where("identifiers"), **facts)
