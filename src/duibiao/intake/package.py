"""Opens a returned workbook without trusting it: what kind of file it is, how large it unpacks, what its cells hide.

A reader of values shows neither formulas nor error cells nor formats; those are found here, in the XML of the sheet.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pyarrow as pa

from duibiao.intake.layout import ANSWERS, ISSUES, LABEL, place_of
from duibiao.kernel.problem import Problem, UserError, Where, problem

MAX_BYTES = 100 * 1024 * 1024
"""A returned file larger than this is refused: 10,000 schools × 300 columns are 18 MB."""
MAX_UNPACKED = 600 * 1024 * 1024
MAX_RATIO = 200
"""The most a part may unpack to, against its size in the file; sheets of numbers unpack to 5–40 times."""
SMALL = 4 * 1024 * 1024
"""Parts below this size are not held to the ratio: an empty sheet with long runs of styles packs very well."""
MAX_PARTS = 2000
MAX_BLEMISHES = 50_000
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")


class BlemishKind(StrEnum):
    """What makes a cell something other than a plain value."""

    FORMULA = "formula"  # 公式
    ERROR = "error"  # 错误值
    BOOLEAN = "boolean"  # 逻辑值
    PERCENT = "percent"  # 百分比格式


@dataclass(frozen=True, slots=True)
class Blemish:
    """A cell that is no plain value (异常单元格): row and column from 0, and what it is."""

    row: int
    column: int
    kind: BlemishKind


@dataclass(frozen=True, slots=True)
class ReturnedFile:
    """A returned workbook that can be read (回收文件): its path, its sheets, the blemishes of the sheet of answers."""

    path: Path
    sheets: tuple[str, ...]
    blemishes: tuple[Blemish, ...]
    merged: tuple[str, ...]


def refuse(code: str, path: Path, **facts: object) -> UserError:
    """The error that refuses a file as a whole."""
    return UserError([told(code, path, **facts)])


def told(code: str, path: Path, **facts: object) -> Problem:
    """A problem of a file as a whole."""
    return problem(code, Where(path.name), **facts)


def open_package(path: Path) -> ReturnedFile:
    """Open a workbook and find what its cells hide.

    Raises UserError for a file that is no workbook, is damaged, encrypted, too large or holds macros.
    """
    _check_kind(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive, path)
            sheets = _sheets(archive, path)
            unread = {part for name, part in sheets.items() if name not in (ANSWERS, LABEL, ISSUES)}
            parts = _read_parts(archive, unread, path)
            xml = parts[sheets[ANSWERS]] if ANSWERS in sheets else b""
            styles = parts.get("xl/styles.xml", b"")
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, UnicodeDecodeError) as fault:
        raise refuse("INTAKE-DAMAGED", path, detail=type(fault).__name__) from fault
    except RuntimeError as fault:  # zipfile says "encrypted" with this one
        raise refuse("INTAKE-ENCRYPTED", path) from fault
    if not xml:
        return ReturnedFile(path, tuple(sheets), (), ())
    return ReturnedFile(path, tuple(sheets), tuple(blemishes(xml, percent_styles(styles), path)), merged_ranges(xml))


def _check_kind(path: Path) -> None:
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise refuse("INTAKE-TOO-LARGE", path, what=f"{size} 字节", limit=f"{MAX_BYTES} 字节")
    with path.open("rb") as file:
        head = file.read(8)
        rest = file.read(64 * 1024) if head == _OLE else b""
        if head == _OLE:
            file.seek(max(0, size - 256 * 1024))
            rest += file.read()
    if head == _OLE:
        # An encrypted xlsx is a compound file with a stream of this name; an old xls has none.
        encrypted = "EncryptedPackage".encode("utf-16-le") in rest
        raise refuse("INTAKE-ENCRYPTED" if encrypted else "INTAKE-FILE-KIND", path, kind="xls/et")
    if not head.startswith(b"PK"):
        raise refuse("INTAKE-FILE-KIND", path, kind=path.suffix or "?")


def _check_parts(archive: zipfile.ZipFile, path: Path) -> None:
    """Hold the parts to the limits by what they say of themselves; reading them checks that they said the truth."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refuse("INTAKE-MACRO", path)
    if "xl/workbook.xml" not in names:
        raise refuse("INTAKE-FILE-KIND", path, kind="zip/ods")
    if len(parts) > MAX_PARTS:
        raise refuse("INTAKE-TOO-LARGE", path, what=f"{len(parts)} 个部件", limit=MAX_PARTS)
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise refuse("INTAKE-BOMB", path, ratio=MAX_RATIO)
    for part in parts:
        if part.flag_bits & 1:
            raise refuse("INTAKE-ENCRYPTED", path)
        if part.file_size > SMALL and part.file_size > MAX_RATIO * max(1, part.compress_size):
            raise refuse("INTAKE-BOMB", path, ratio=MAX_RATIO)


def _read_parts(archive: zipfile.ZipFile, unread: set[str], path: Path) -> dict[str, bytes]:
    """Unpack what the reader of values will unpack: a part larger than it says fails here, by its checksum."""
    found = {}
    for part in archive.infolist():
        if part.filename.endswith((".xml", ".rels")) and part.filename not in unread:
            found[part.filename] = _unpacked(archive, part)
            head = found[part.filename][:4096]
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise refuse("INTAKE-ENTITY", path, part=part.filename)
    return found


_LOCAL_HEAD = 30
_GZIP_HEAD = bytes.fromhex("1f8b08000000000000ff")


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """The content of a part. A large one is unpacked by Arrow, in half of zipfile's time.

    A part is a raw deflate stream: with ten bytes before it and its checksum and length behind it, it is a gzip file.
    It is unpacked into as many bytes as it says it has; more or fewer, or another checksum, and it is damaged.
    """
    if part.file_size < SMALL or part.compress_type != zipfile.ZIP_DEFLATED or archive.fp is None:
        return archive.read(part)
    archive.fp.seek(part.header_offset)
    head = archive.fp.read(_LOCAL_HEAD)
    if head[:4] != b"PK\3\4":
        raise zipfile.BadZipFile(part.filename)
    archive.fp.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
    packed = archive.fp.read(part.compress_size)
    told = part.CRC.to_bytes(4, "little") + part.file_size.to_bytes(4, "little")
    try:
        content: bytes = pa.decompress(_GZIP_HEAD + packed + told, part.file_size, codec="gzip", asbytes=True)
    except (OSError, pa.ArrowException) as fault:
        raise zipfile.BadZipFile(part.filename) from fault
    return content


_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)/?>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)/?>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def _attributes(text: bytes) -> dict[str, str]:
    return {name.decode().split(":")[-1]: (a or b).decode() for name, a, b in _ATTRIBUTE.findall(text)}


def _sheets(archive: zipfile.ZipFile, path: Path) -> dict[str, str]:
    """Sheet name → part of the archive, in the order of the workbook."""
    targets = {}
    for found in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        relation = _attributes(found)
        target = relation.get("Target", "")
        targets[relation.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    names = {}
    for found in _SHEET.findall(archive.read("xl/workbook.xml")):
        # ``id`` of the relationship and ``sheetId`` are different attributes; the prefix of the first is dropped above.
        sheet = _attributes(found)
        names[sheet.get("name", "")] = targets.get(sheet.get("id", ""), "")
    missing = [name for name, part in names.items() if part not in archive.NameToInfo]
    if missing:
        raise refuse("INTAKE-DAMAGED", path, detail=f"sheet {missing[0]}")
    return names


def percent_styles(styles: bytes) -> frozenset[int]:
    """Which cell formats of a workbook show a number as a percentage (0.95 shown as 95%)."""
    custom = {}
    for found in re.findall(rb"<(?:\w+:)?numFmt\s([^>]*)/?>", styles):
        attributes = _attributes(found)
        custom[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
    block = re.search(rb"<(?:\w+:)?cellXfs.*?</(?:\w+:)?cellXfs>", styles, re.DOTALL)
    formats = re.findall(rb"<(?:\w+:)?xf\s([^>]*)/?>", block[0]) if block else []
    percent = {"9", "10"} | {number for number, code in custom.items() if "%" in code}
    return frozenset(
        place for place, found in enumerate(formats) if _attributes(found).get("numFmtId") in percent
    )  # fmt: skip


_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)>")
_KINDS = ((b"<f", BlemishKind.FORMULA), (b' t="e"', BlemishKind.ERROR), (b' t="b"', BlemishKind.BOOLEAN))


def blemishes(xml: bytes, percent: frozenset[int], path: Path) -> Iterator[Blemish]:
    """Find the cells of a sheet that are no plain values; the XML is searched, not parsed (90 MB take 0.1 s).

    Raises UserError where the sheet cannot be understood, or has more blemishes than a person would make.
    """
    opening = re.search(rb"<((?:\w+:)?)sheetData", xml)
    prefix = opening[1] if opening else b""
    end = xml.rfind(b"</" + prefix + b"sheetData>")
    if opening is None or (end < 0 and b"sheetData/>" not in xml):
        raise refuse("INTAKE-DAMAGED", path, detail="sheetData")
    needles = [(b"<" + prefix + b"f" if kind is BlemishKind.FORMULA else needle, kind) for needle, kind in _KINDS]
    needles += [(f' s="{style}"'.encode(), BlemishKind.PERCENT) for style in sorted(percent)]
    count = 0
    for needle, kind in needles:
        for at in _occurrences(xml, needle, opening.end(), end):
            start = at if kind is BlemishKind.PERCENT else at + 1
            blemish = _cell_at(xml, start, b"<" + prefix + b"c ", kind, path)
            if blemish is not None:
                count += 1
                yield blemish
            if count > MAX_BLEMISHES:
                raise refuse("INTAKE-TOO-LARGE", path, what="公式和异常单元格", limit=MAX_BLEMISHES)


def _occurrences(xml: bytes, needle: bytes, start: int, end: int) -> Iterator[int]:
    """Where a needle stands. Its letter is looked for first: in a sheet of numbers it is rare, and one byte is
    found ten times faster than several."""
    letter = needle[-1:] if needle[-1:].isalpha() else needle[-2:-1]
    offset = needle.rindex(letter)
    misses, at = 0, xml.find(letter, start, end)
    while at >= 0 and misses < MAX_BLEMISHES:
        if xml.startswith(needle, at - offset):
            yield at - offset
        else:
            misses += 1
        at = xml.find(letter, at + 1, end)
    while at >= 0:  # a sheet full of words: look for the whole needle from here on
        at = xml.find(needle, max(start, at - offset), end)
        if at >= 0:
            yield at
            at += offset + 1


def _cell_at(xml: bytes, at: int, opening: bytes, kind: BlemishKind, path: Path) -> Blemish | None:
    """The cell around a place of the XML; None where the place belongs to a row or to a cell without a value."""
    start = xml.rfind(opening, max(0, at - 4096), at)
    match = _CELL.match(xml, start) if start >= 0 else None
    if match is None or (kind is not BlemishKind.FORMULA and match.end() < at):
        return None
    attributes = _attributes(match[1])
    if kind is BlemishKind.PERCENT and (match[1].endswith(b"/") or attributes.get("t", "n") != "n"):
        return None
    try:
        row, column = place_of(attributes.get("r", ""))
    except ValueError as fault:
        raise refuse("INTAKE-DAMAGED", path, detail="cell without address") from fault
    return Blemish(row, column, kind)


def merged_ranges(xml: bytes) -> tuple[str, ...]:
    """The merged ranges of a sheet, e.g. ``A1:C1``."""
    tail = xml[max(0, xml.rfind(b"sheetData")) :]
    return tuple(found.decode() for found in re.findall(rb"<(?:\w+:)?mergeCell\s+ref=\"([^\"]+)\"", tail))
