"""Which characters a font file has a picture of, read from its ``cmap`` table.

A typesetter prints an empty box (tofu) for a character its fonts do not hold, and says nothing: so we ask first.
Reads TrueType, OpenType and their collections; subtables of format 4 and 12, which every Unicode font has one of.
Source: OpenType specification, chapters "The OpenType Font File" and "cmap".
"""

import struct
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

# First and last character of every run of characters, ascending; and a marker for "none".
Ranges = tuple[tuple[int, int], ...]
_MOST = 8 * 1024 * 1024  # a cmap is a few hundred kilobytes; more is not a font


def holds(ranges: Ranges, character: int) -> bool:
    """Whether a character (code point) lies in one of the ranges."""
    at = bisect_right(ranges, (character, 0x7FFFFFFF)) - 1
    return at >= 0 and ranges[at][0] <= character <= ranges[at][1]


@lru_cache(maxsize=128)
def covered_by(path: str, index: int) -> Ranges:
    """The characters of one face of a font file; none where the file cannot be read as a font."""
    try:
        with Path(path).open("rb") as file:
            return _merged(_cmap(_table(file, index)))
    except (OSError, struct.error, ValueError):
        return ()  # a broken font covers nothing: another one is chosen


def _table(file: BinaryIO, index: int) -> bytes:
    """The bytes of the cmap table of one face."""
    start = 0
    if file.read(4) == b"ttcf":
        file.seek(12 + 4 * index)
        (start,) = struct.unpack(">I", file.read(4))
    file.seek(start + 4)
    (count,) = struct.unpack(">H", file.read(2))
    file.seek(start + 12)
    for tag, _, offset, length in struct.iter_unpack(">4sIII", file.read(16 * count)):
        if tag == b"cmap":
            if length > _MOST:
                raise ValueError(f"cmap of {length} bytes")
            file.seek(offset)
            return file.read(length)
    raise ValueError("no cmap table")


def _cmap(table: bytes) -> list[tuple[int, int]]:
    """The ranges of every Unicode subtable."""
    (count,) = struct.unpack_from(">H", table, 2)
    found: list[tuple[int, int]] = []
    for platform, encoding, offset in struct.iter_unpack(">HHI", table[4 : 4 + 8 * count]):
        if platform == 0 or (platform, encoding) in ((3, 1), (3, 10)):
            (form,) = struct.unpack_from(">H", table, offset)
            if form == 12:
                (groups,) = struct.unpack_from(">I", table, offset + 12)
                rows = struct.iter_unpack(">III", table[offset + 16 : offset + 16 + 12 * groups])
                found += [(first, last) for first, last, glyph in rows if glyph or last > first]
            elif form == 4:
                found += _segments(table, offset)
    return found


def _segments(table: bytes, offset: int) -> list[tuple[int, int]]:
    """The ranges of a subtable of format 4, without the characters it maps to "no picture"."""
    (doubled,) = struct.unpack_from(">H", table, offset + 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", table, offset + 14)
    starts = struct.unpack_from(f">{count}H", table, offset + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", table, offset + 16 + 2 * doubled)
    shifts_at = offset + 16 + 3 * doubled
    shifts = struct.unpack_from(f">{count}H", table, shifts_at)
    found = []
    for number, (first, last, delta, shift) in enumerate(zip(starts, ends, deltas, shifts, strict=True)):
        if first == 0xFFFF:
            continue
        if not shift:
            found.append((first, last))
            continue
        for code in range(first, last + 1):
            at = shifts_at + 2 * number + shift + 2 * (code - first)
            (glyph,) = struct.unpack_from(">H", table, at) if at + 2 <= len(table) else (0,)
            if glyph and (glyph + delta) % 0x10000:
                found.append((code, code))
    return found


def _merged(ranges: list[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)
