"""Opens a returned workbook without trusting it: what kind of file it is, how large it unpacks, what its cells hide.

A reader of values shows neither formulas nor error cells nor formats; those are found here, in the XML of the sheet.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from isal import isal_zlib

from duibiao.intake.formats import ATTRIBUTE, BlemishKind, MarkedFormat, attributes, marked_styles
from duibiao.intake.layout import ANSWERS, ISSUES, LABEL, column_name, place_of
from duibiao.kernel.problem import Problem, UserError, Where, problem

MAX_BYTES = 100 * 1024 * 1024
"""A returned file larger than this is refused: 10,000 schools × 300 columns are 18 MB."""
MAX_UNPACKED = 600 * 1024 * 1024
MAX_RATIO = 200
"""The most a part may unpack to, against its size in the file; sheets of numbers unpack to 5–40 times."""
SMALL = 4 * 1024 * 1024
"""Parts below this size are not held to the ratio: an empty sheet with long runs of styles packs very well."""
_LARGEST_LATER = 160 * 1024 * 1024
"""A sheet up to this size is kept while its values are read; a larger one would need its memory twice."""
MAX_PARTS = 2000
MAX_BLEMISHES = 50_000
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")


@dataclass(frozen=True, slots=True)
class Blemish:
    """A cell that is no plain value (异常单元格): row and column from 0, what it is, and the word of its format."""

    row: int
    column: int
    kind: BlemishKind
    word: str = ""


@dataclass(frozen=True, slots=True)
class ReturnedFile:
    """A returned workbook that can be read (回收文件): its path, its sheets, the merged cells of the sheet of answers.

    ``blemishes`` finds what its cells hide, in a large sheet while another thread reads the values; it raises UserError
    as the function of that name does.
    """

    path: Path
    sheets: tuple[str, ...]
    merged: tuple[str, ...]
    blemishes: Callable[[], tuple[Blemish, ...]]


def refuse(code: str, path: Path, **facts: object) -> UserError:
    """The error that refuses a file as a whole."""
    return UserError([told(code, path, **facts)])


def told(code: str, path: Path, **facts: object) -> Problem:
    """A problem of a file as a whole."""
    return problem(code, Where(path.name), **facts)


def open_package(path: Path, rows: int, columns: int, *, first: bool = False) -> ReturnedFile:
    """Open a workbook and find what its cells hide; ``first``: its first sheet will be read, whatever its name.

    ``rows`` and ``columns``: the most a sheet may have. The reader of values takes memory for the whole rectangle up
    to the furthest cell, and ends the process where there is not enough of it: a blank typed into XFD1048576 asks for
    512 GB. Raises UserError for a file that is no workbook, is damaged, encrypted, too large or holds macros.
    """
    _check_kind(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive, path)
            sheets = _sheets(archive, path)
            read = list(sheets)[:1] if first else [name for name in (ANSWERS, LABEL, ISSUES) if name in sheets]
            unread = {part for name, part in sheets.items() if name not in read}
            parts = _read_parts(archive, unread, path)
            for name in read:
                parts[sheets[name]] = _tidy_within(parts[sheets[name]], name, rows, columns, path)
            xml = parts[sheets[ANSWERS]] if ANSWERS in read else b""
            styles = parts.get("xl/styles.xml", b"")
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, UnicodeDecodeError) as fault:
        raise refuse("INTAKE-DAMAGED", path, detail=type(fault).__name__) from fault
    except RuntimeError as fault:  # zipfile says "encrypted" with this one
        raise refuse("INTAKE-ENCRYPTED", path) from fault
    if not xml:
        return ReturnedFile(path, tuple(sheets), (), tuple)
    marked, merged = marked_styles(styles), merged_ranges(xml)
    if not SMALL <= len(xml) <= _LARGEST_LATER:
        found = tuple(blemishes(xml, marked, path))
        return ReturnedFile(path, tuple(sheets), merged, lambda: found)
    return ReturnedFile(path, tuple(sheets), merged, lambda: tuple(blemishes(xml, marked, path)))


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
_RAW_DEFLATE = -15


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """The content of a part. A large one is unpacked by ISA-L, in half of zipfile's time.

    It is unpacked into no more than the bytes it says it has and one: where there are more or fewer, or another
    checksum, or anything behind them, it is damaged.
    """
    if part.file_size < SMALL or part.compress_type != zipfile.ZIP_DEFLATED or archive.fp is None:
        return archive.read(part)
    archive.fp.seek(part.header_offset)
    head = archive.fp.read(_LOCAL_HEAD)
    if head[:4] != b"PK\3\4":
        raise zipfile.BadZipFile(part.filename)
    archive.fp.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
    packed = archive.fp.read(part.compress_size)
    unpacking = isal_zlib.decompressobj(wbits=_RAW_DEFLATE)
    try:
        content: bytes = unpacking.decompress(packed, part.file_size + 1)
    except isal_zlib.error as fault:  # type: ignore[misc]  # its stub calls the class an instance
        raise zipfile.BadZipFile(part.filename) from fault
    is_whole = unpacking.eof and len(content) == part.file_size and not unpacking.unused_data
    if not is_whole or isal_zlib.crc32(content) != part.CRC:
        raise zipfile.BadZipFile(part.filename)
    return content


_DATA = re.compile(rb"<((?:\w+:)?)sheetData")
_UNTIDY = re.compile(rb"<(?:\w+:)?(?:c|row)(?:[\n\t\r]|\s[^<>]*?(?:=\s*'|\s=|=\s))")
_TAG = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^<>]*>")


def _tidied(xml: bytes, path: Path) -> bytes:
    """A sheet as nearly every program writes it: one space before an attribute, none around ``=``, double quotes.

    Raises UserError where values hide in CDATA, which the reader of values passes over.
    """
    opening = _DATA.search(xml)
    if opening is None:
        return xml
    start, end = opening.end(), max(0, xml.rfind(b"sheetData>"))
    if xml.find(b"[", start, end) >= 0 and xml.find(b"<![CDATA[", start, end) >= 0:
        raise refuse("INTAKE-DAMAGED", path, detail="CDATA")
    # Each of these bytes is looked for in a hundredth of a second; in a sheet of numbers there are none.
    strange = any(xml.find(letter, start, end) >= 0 for letter in (b"'", b"\n", b"\t"))
    if not strange or _UNTIDY.search(xml, start, end) is None:
        return xml
    return _TAG.sub(lambda found: _tidy_tag(found[0]), xml)


def _tidy_tag(tag: bytes) -> bytes:
    parts = [b' %s="%s"' % (name, a or b.replace(b'"', b"&quot;")) for name, a, b in ATTRIBUTE.findall(tag)]
    return tag.split(None, 1)[0] + b"".join(parts) + (b"/>" if tag.endswith(b"/>") else b">")


def _tidy_within(xml: bytes, sheet: str, rows: int, columns: int, path: Path) -> bytes:
    """A sheet as ``_tidied`` gives it, whose cells lie within the limits; a large one is looked at by two threads."""
    if len(xml) < SMALL:
        tidy = _tidied(xml, path)
        _check_extent(tidy, sheet, rows, columns, path)
        return tidy
    with ThreadPoolExecutor(1) as other:
        looked = other.submit(_check_extent, xml, sheet, rows, columns, path)
        tidy = _tidied(xml, path)
    if tidy is xml:
        looked.result()
    else:
        _check_extent(tidy, sheet, rows, columns, path)
    return tidy


def _check_extent(xml: bytes, sheet: str, rows: int, columns: int, path: Path) -> None:
    """Refuse a sheet with a value further out than any sheet may reach.

    Arrow's regular expressions look through 100 MB in 0.06 s; only where they find a far address is each looked at.
    """
    digits, letters = len(str(rows)), column_name(columns - 1)
    after = f'|[A-Z]*(?:[0-9]{{{digits + 1}}}|[{str(rows)[0]}-9][0-9]{{{digits - 1}}}")'
    if len(letters) == 2:
        one, two = (f"\\x{ord(letter) + 1:02X}-\\x5B" for letter in letters)  # the letters after it; 5B follows Z
        after += f"|[{one}][A-Z]|{letters[0]}[{two}]"
    text = struct.pack("<qq", 0, len(xml)), xml
    cell = pa.Array.from_buffers(pa.large_binary(), 1, [None, *map(pa.py_buffer, text)])
    if not pc.match_substring_regex(cell, f'r="(?:[A-Z]{{3}}{after})')[0].as_py():
        return
    for found in _FULL_CELL.finditer(xml):
        place = found[1].decode()
        row, column = place_of(place)
        if row >= rows or column >= columns:
            limit = f"{rows} 行 {columns} 列"
            raise refuse("INTAKE-TOO-LARGE", path, what=f"“{sheet}”表单元格 {place} 有内容", limit=limit)


_FULL_CELL = re.compile(rb'<(?:\w+:)?c\s(?:[^<>]*?\s)?r="([A-Z]{1,3}\d{1,7})"(?:[^<>]*[^/<>])?>(?!</)')

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)/?>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)/?>")


def _sheets(archive: zipfile.ZipFile, path: Path) -> dict[str, str]:
    """Sheet name → part of the archive, in the order of the workbook."""
    targets = {}
    for found in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        relation = attributes(found)
        target = relation.get("Target", "")
        targets[relation.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    names = {}
    for found in _SHEET.findall(archive.read("xl/workbook.xml")):
        # ``id`` of the relationship and ``sheetId`` are different attributes; the prefix of the first is dropped above.
        sheet = attributes(found)
        names[sheet.get("name", "")] = targets.get(sheet.get("id", ""), "")
    missing = [name for name, part in names.items() if part not in archive.NameToInfo]
    if missing:
        raise refuse("INTAKE-DAMAGED", path, detail=f"sheet {missing[0]}")
    return names


_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)>")
_KINDS = ((b"<f", BlemishKind.FORMULA), (b' t="e"', BlemishKind.ERROR), (b' t="b"', BlemishKind.BOOLEAN))


def blemishes(xml: bytes, styles: Mapping[int, MarkedFormat], path: Path) -> Iterator[Blemish]:
    """Find the cells of a sheet that are no plain values; the XML is searched, not parsed (90 MB take 0.1 s).

    ``styles``: the styles that change what a number says. Raises UserError where the sheet cannot be understood, or
    has more blemishes than a person would make.
    """
    opening = _DATA.search(xml)
    prefix = opening[1] if opening else b""
    end = xml.rfind(b"</" + prefix + b"sheetData>")
    if opening is None or (end < 0 and b"sheetData/>" not in xml):
        raise refuse("INTAKE-DAMAGED", path, detail="sheetData")
    start, cell, count = opening.end(), b"<" + prefix + b"c ", 0
    for at, mark in _suspects(xml, prefix, styles, start, end):
        place = _cell_at(xml, at, cell, mark.kind, path)
        if place is not None:
            count += 1
            yield Blemish(*place, mark.kind, mark.word)
        if count > MAX_BLEMISHES:
            raise refuse("INTAKE-TOO-LARGE", path, what="公式和异常单元格", limit=MAX_BLEMISHES)


def _suspects(
    xml: bytes, prefix: bytes, styles: Mapping[int, MarkedFormat], start: int, end: int
) -> Iterator[tuple[int, MarkedFormat]]:
    """Places inside cells that may be no plain values, and what they would be."""
    for needle, kind in _KINDS:
        sought = b"<" + prefix + b"f" if kind is BlemishKind.FORMULA else needle
        yield from ((at + 1, MarkedFormat(kind)) for at in _occurrences(xml, sought, start, end))
    if len(styles) == 1:
        ((style, mark),) = styles.items()
        yield from ((at, mark) for at in _occurrences(xml, b' s="%d"' % style, start, end))
    elif styles:  # one look for all of them: a file may have hundreds
        pattern = re.compile(rb' s="(' + b"|".join(b"%d" % style for style in sorted(styles)) + rb')"')
        yield from ((found.start(), styles[int(found[1])]) for found in pattern.finditer(xml, start, max(start, end)))


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


def _cell_at(xml: bytes, at: int, opening: bytes, kind: BlemishKind, path: Path) -> tuple[int, int] | None:
    """Row and column of the cell around a place of the XML; None where the place belongs to a row, or to a cell
    without a value, or where a format is that of a text: it does not change what a text says."""
    start = xml.rfind(opening, max(0, at - 4096), at + 1)
    match = _CELL.match(xml, start) if start >= 0 else None
    if match is None or (kind is not BlemishKind.FORMULA and match.end() < at):
        return None
    found = attributes(match[1])
    if kind in _OF_FORMAT:
        empty = match[1].endswith(b"/") or xml.startswith(b"</", match.end())
        if empty or found.get("t", "n") != "n":
            return None
    try:
        return place_of(found.get("r", ""))
    except ValueError as fault:
        raise refuse("INTAKE-DAMAGED", path, detail="cell without address") from fault


_OF_FORMAT = frozenset({BlemishKind.PERCENT, BlemishKind.DATE, BlemishKind.SCALED})


def merged_ranges(xml: bytes) -> tuple[str, ...]:
    """The merged ranges of a sheet, e.g. ``A1:C1``."""
    tail = xml[max(0, xml.rfind(b"sheetData")) :]
    return tuple(found.decode() for found in re.findall(rb"<(?:\w+:)?mergeCell\s+ref=\"([^\"]+)\"", tail))
