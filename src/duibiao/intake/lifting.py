"""Takes the plain numbers out of a large sheet by numpy, so that the reader of values has little left to read.

A sheet of 10,000 schools holds three million cells like ``<c r="C9" s="4"><v>12</v></c>``. A reader of XML makes eight
events of each; here all cells of a megabyte are looked at together (ECMA-376 part 1, 18.3.1.4 and 18.3.1.73). Only
what is exactly of this form is taken: anything else stays where it stands, letter by letter, and goes the way it always
went. Where the sheet as a whole is not of the form every program writes, nothing is taken.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]

STEP = 1 << 20
"""Bytes looked at together: what they need fits into the cache of a core."""
MOST_KEPT = 0.5
"""Where more of the sheet than this would stay, it is read as a whole: taking numbers out costs a third of reading."""
_MOST_COLUMNS = 702  # A to ZZ
_MOST_ROWS = 99_999  # with two letters and the closing quote an address fills eight bytes
_LONGEST = 32
_MOST_FORMATS = 400


@dataclass(frozen=True, slots=True)
class LiftedNumbers:
    """The plain numbers of a sheet (提取的数值), and the sheet without them.

    ``values``: one line a column from ``first_column`` on, one place a row from ``first_row`` on (both from 0), NaN
    where no number was taken. ``columns``: the columns, from 0, that were taken whole; the others stayed in ``rest``.
    """

    rest: bytes
    values: NDArray[np.float64]
    first_row: int
    first_column: int
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LiftArea:
    """Where plain numbers may be taken from (提取范围): rows and columns from 0, the last ones not included."""

    first_row: int
    rows: int
    first_column: int
    columns: int


class _OddSheetError(ValueError):
    """The sheet is not of the form every program writes: it is read as a whole."""


def lift_numbers(
    xml: bytes, area: LiftArea, plain_styles: Collection[int], *, most_kept: float = MOST_KEPT
) -> LiftedNumbers | None:
    """Take the plain numbers of an area out of the XML of a sheet; None where it has to be read as a whole.

    ``plain_styles``: the places in ``cellXfs`` whose format shows a number as it is. A column is taken whole or not at
    all: one text in it, one formula or one date, and all of it stays, so that its kind is found as ever. ``most_kept``:
    the share of the bytes that may stay for it to be worth while.
    """
    if area.columns > _MOST_COLUMNS or area.rows > _MOST_ROWS or not area.first_row or b"\0" in xml:
        return None
    lifting = _Lifting(xml, area, frozenset(plain_styles), most_kept)
    try:
        if not lifting.run(frozenset()):
            return None
        kept = lifting.touched
        # What shares its column with a text or a formula is put back: once more, with those columns left alone.
        if kept and not lifting.run(kept):
            return None
    except _OddSheetError:
        return None
    whole = tuple(column for column in range(area.first_column, area.columns) if column not in kept)
    return LiftedNumbers(lifting.rest(), lifting.values, area.first_row, area.first_column, whole)


def _word(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


_ATTRIBUTES: Final = rb'(?: (?!(?:\w+:)?r=)[\w:.]++="[^"<>]*")*+'  # an address stands once, and first
_TEXT: Final = rb"<t%b(?:/>|>[^<>]*+</t>)" % _ATTRIBUTES
_RUN: Final = rb"<r>(?:<rPr>(?:<\w++%b/>)*+</rPr>)?(?:%b)*+</r>" % (_ATTRIBUTES, _TEXT)
_READING: Final = rb"<rPh%b>(?:%b)*+</rPh>|<phoneticPr%b/>" % (_ATTRIBUTES, _TEXT, _ATTRIBUTES)
_INLINE: Final = rb"<is>(?:%b|%b|%b)*+</is>" % (_TEXT, _RUN, _READING)
_VALUE: Final = rb"<v%b(?:/>|>[^<>]*+</v>)|<f%b(?:/>|>[^<>]*+</f>)" % (_ATTRIBUTES, _ATTRIBUTES)
_CELL: Final = rb'<c r="[A-Z]{1,3}[0-9]{1,7}"%b(?:/>|>(?:%b|%b)*+</c>)' % (_ATTRIBUTES, _VALUE, _INLINE)
_ROWS: Final = re.compile(rb'(?:<row r="[0-9]{1,7}"%b(?:/>|>(?:%b)*+</row>))*+' % (_ATTRIBUTES, _CELL))
"""Rows and cells as every program writes them, one inside the other: what stays must be nothing else."""
_HEAD: Final = re.compile(
    rb"\s*+(?:<\?xml [^<>?]*\?>)?(?:[^<>]++|</?[A-Za-z][\w:.]*+(?:\s++[\w:.]+=\"[^\"<>]*\")*+ ?/?>)*+"
)
_ROW: Final = re.compile(rb'<row r="([1-9][0-9]{0,6})"')
_OPENING: Final = b"<sheetData>"
_ADDRESSED: Final = re.compile(rb'<(row|c)(?= |>|/)(?: r="[A-Z]{0,3}([0-9]{1,7})")?')
_FORMAT: Final = re.compile(rb'(?: s="([0-9]{1,5})")?(?: t="n")?')
_NUMBER_LETTERS: Final = b"0123456789.-+E"

_SIX, _CELL_HEAD = _word(b"\xff" * 6), _word(b'<c r="')
_FOUR, _VALUE_HEAD = _word(b"\xff" * 4), _word(b"><v>")
_CELL_FOOT, _NUMBER_TYPE, _CLOSED = _word(b"</v></c>"), _word(b' t="n"'), _word(b"</c>")
_FIRST = np.array([int.from_bytes(b"\xff" * many, "little") for many in range(9)], np.uint64)
"""Masks of the first bytes of eight, by how many; ``_LAST`` of the last ones."""
_LAST = ~_FIRST[::-1]
_DIGITS = _word(b"0" * 8)
_ABOVE_NINE, _HIGH = _word(b"\x46" * 8), _word(b"\x80" * 8)
_U8 = tuple(np.uint64(number) for number in range(256))


class _Lifting:
    """One sheet while it is looked through."""

    def __init__(self, xml: bytes, area: LiftArea, plain_styles: frozenset[int], most_kept: float) -> None:
        self.most_kept = most_kept
        self.xml, self.area, self.plain_styles = xml, area, plain_styles
        self.letters: Bytes = np.frombuffer(xml, np.uint8)
        # The eight bytes from any place on, as one number, without a copy.
        self.words: Words = np.ndarray((max(0, len(xml) - 7),), "<u8", buffer=xml, strides=(1,))
        self.verdicts: dict[tuple[int, bool], bool] = {}
        self.kept_columns: frozenset[int] = frozenset()
        self.last_row = -1
        self.pieces: list[bytes] = []
        self.is_touched = np.zeros(_MOST_COLUMNS, bool)
        self.values: NDArray[np.float64] = np.empty((0, 0))

    @property
    def touched(self) -> frozenset[int]:
        """Columns of the area with a cell that is no plain number."""
        mine = range(self.area.first_column, self.area.columns)
        return frozenset(column for column in mine if self.is_touched[column])

    def rest(self) -> bytes:
        return b"".join(self.pieces)

    def run(self, kept_columns: frozenset[int]) -> bool:
        """Look through the sheet; whether it was worth it. Raises _OddSheetError."""
        xml, area = self.xml, self.area
        self.kept_columns, self.pieces, self.last_row = kept_columns, [], area.first_row - 1
        self.is_touched[:] = False
        start, end = self._start(), xml.rfind(b"</sheetData>")
        if start < 0 or end < start:
            return False
        last = self._row_number(xml.rfind(b"<row ", start, end))
        if not area.first_row <= last < area.rows:
            return False
        self.values = np.full((area.columns - area.first_column, last - area.first_row + 1), np.nan)
        self.pieces.append(xml[:start])
        left = 0
        for low, high in _cuts(xml, start, end):
            left += self._part(low, high)
            if left > self.most_kept * len(xml):
                return False
        self.pieces.append(xml[end:])
        return True

    def _start(self) -> int:
        """Where the first row of the area begins; -1 where there is none. Raises _OddSheetError."""
        opening = self.xml.find(_OPENING) + len(_OPENING)
        if opening < len(_OPENING):
            return -1
        rows = _ROW.finditer(self.xml, opening)
        start = next((found.start() for found in rows if int(found[1]) > self.area.first_row), -1)
        if start < 0:
            return -1
        if _HEAD.fullmatch(self.xml, 0, opening) is None or _ROWS.fullmatch(self.xml, opening, start) is None:
            raise _OddSheetError
        # What stands above the area must not reach into it: no value of it is looked at there.
        for _, number in _ADDRESSED.findall(self.xml, opening, start):
            if not number or int(number) > self.area.first_row:
                raise _OddSheetError
        return start

    def _row_number(self, at: int) -> int:
        """The number, from 0, of the row that begins at a place. Raises _OddSheetError."""
        found = _ROW.match(self.xml, at)
        if found is None:
            raise _OddSheetError
        return int(found[1]) - 1

    def _part(self, low: int, high: int) -> int:
        """Look through whole rows from ``low`` to ``high``; answers how many bytes stay. Raises _OddSheetError."""
        tags = np.flatnonzero(self.letters[low:high] == ord("<"))
        tags += low
        kinds = self.letters[tags + 1]
        rows = np.flatnonzero(kinds == ord("r"))
        rows = rows[self.letters[tags[rows] + 2] == ord("o")]  # not the runs of a text
        at = np.flatnonzero(kinds == ord("c"))
        tags = np.concatenate([tags, np.full(3, high)])
        numbers = [self._row_number(place) for place in tags[rows].tolist()]
        if not numbers or rows[0] != 0 or numbers[0] <= self.last_row or numbers[-1] >= self.area.rows:
            raise _OddSheetError
        if any(one >= other for one, other in pairwise(numbers)):
            raise _OddSheetError
        self.last_row = numbers[-1]
        cells = _Cells(self, tags, at, rows, numbers)
        removed, ends = cells.taken()
        return self._keep(low, high, cells.starts[removed], ends[removed])

    def _keep(self, low: int, high: int, starts: Places, ends: Places) -> int:
        """Keep what lies between the cells that were taken, if it is nothing but rows and cells."""
        # Cells that follow each other are one gap.
        begins = np.ones(len(starts), bool)
        begins[1:] = starts[1:] != ends[:-1]
        gaps = np.flatnonzero(begins)
        stops = ends[np.append(gaps[1:], len(starts)) - 1] if len(starts) else ends
        kept = zip([low, *stops.tolist()], [*starts[gaps].tolist(), high], strict=True)
        rest = b"".join([self.xml[one:other] for one, other in kept])
        if _ROWS.fullmatch(rest) is None:
            raise _OddSheetError
        self.pieces.append(rest)
        return len(rest)

    def is_plain(self, word: int, *, valued: bool) -> bool:
        """Whether the attributes behind the address, up to eight bytes, are those of a plain number or blank cell."""
        found = self.verdicts.get((word, valued))
        if found is None:
            match = _FORMAT.fullmatch(word.to_bytes(8, "little").rstrip(b"\0"))
            style = 0 if match is None or match[1] is None else int(match[1])
            found = match is not None and (not valued or style in self.plain_styles)
            self.verdicts[word, valued] = found
        return found


def _cuts(xml: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Parts of the sheet of about ``STEP`` bytes that end where a row ends. Raises _OddSheetError."""
    low = start
    while low < end:
        high = end if end - low <= STEP else xml.rfind(b"</row>", low, low + STEP) + len(b"</row>")
        if high <= low + len(b"</row>"):
            raise _OddSheetError
        yield low, high
        low = high


class _Cells:
    """The cells of a part of a sheet: every one has an address that follows the one before."""

    def __init__(self, sheet: _Lifting, tags: Places, at: Places, rows: Places, numbers: list[int]) -> None:
        self.sheet, self.tags, self.at, self.rows = sheet, tags, at, rows
        self.starts = tags[at]
        words = sheet.words
        if ((words[self.starts] & _SIX) != _CELL_HEAD).any():
            raise _OddSheetError
        counts = np.diff(np.append(np.searchsorted(at, rows), len(at)))
        texts = [b'%d"' % (number + 1) for number in numbers]
        written = np.repeat(np.array([int.from_bytes(text, "little") for text in texts], np.uint64), counts)
        lengths = np.repeat(np.array([len(text) for text in texts], np.int64), counts)
        self.row = np.repeat(np.array(numbers, np.int64), counts)
        address = words[self.starts + 6]
        first, second = address & _U8[255], (address >> _U8[8]) & _U8[255]
        is_double = second >= _U8[65]
        behind = np.where(is_double, address >> _U8[16], address >> _U8[8])
        wrong = (first - _U8[65] > _U8[25]) | (is_double & (second > _U8[90]))
        if (wrong | ((behind & _FIRST[lengths]) != written)).any():
            raise _OddSheetError
        one, two = first.astype(np.int64), second.astype(np.int64)
        self.column = np.where(is_double, (one - 64) * 26 + two - 65, one - 65)
        order = self.row * 1024 + self.column
        if (order[1:] <= order[:-1]).any():
            raise _OddSheetError
        self.behind = self.starts + 7 + is_double + lengths  # where the attributes behind the address begin

    def taken(self) -> tuple[Mask, Places]:
        """Which cells are taken out, and where each of them ends; numbers go to their places in ``values``."""
        sheet, area, words = self.sheet, self.sheet.area, self.sheet.words
        after, close = self.tags[self.at + 1], self.tags[self.at + 2]
        is_child = self._is_child()
        # The last tags of a sheet are longer than eight bytes: every place here has as many behind it.
        is_valued = (words[after - 1] & _FOUR) == _VALUE_HEAD
        is_valued &= words[close] == _CELL_FOOT
        is_valued &= is_child
        is_valued &= (self.column >= area.first_column) & (self.column < area.columns)
        if sheet.kept_columns:
            is_kept = np.zeros(_MOST_COLUMNS, bool)
            is_kept[list(sheet.kept_columns)] = True
            is_valued &= ~is_kept[self.column]
        ends = close + 8
        valued = np.flatnonzero(is_valued)
        valued = valued[self._are_plain(self.behind[valued], after[valued] - 1, valued=True)]
        value, is_number = self._numbers(after[valued] + 3, close[valued])
        if not is_number.all():
            valued, value = valued[is_number], value[is_number]
        height = sheet.values.shape[1]
        flat = (self.column[valued] - area.first_column) * height + (self.row[valued] - area.first_row)
        sheet.values.reshape(-1)[flat] = value
        taken = np.zeros(len(self.at), bool)
        taken[valued] = True
        others = np.flatnonzero(~taken)
        blank = others[
            is_child[others]
            & (sheet.letters[after[others] - 2] == ord("/"))
            & (sheet.letters[after[others] - 1] == ord(">"))
        ]
        blank = blank[self._are_plain(self.behind[blank], after[blank] - 2, valued=False)]
        taken[blank] = True
        ends[blank] = after[blank]
        sheet.is_touched[self.column[~taken]] = True
        return taken, ends

    def _is_child(self) -> Mask:
        """Which cells stand directly in a row: behind its tag, or behind another cell."""
        letters = self.sheet.letters
        is_child: Mask = (self.sheet.words[self.starts - 4] & _FOUR) == _CLOSED
        others = np.flatnonzero(~is_child)
        before = self.at[others] - 1
        is_tag = np.zeros(len(self.tags), bool)
        is_tag[self.rows] = is_tag[self.at] = True
        is_row = np.zeros(len(self.tags), bool)
        is_row[self.rows] = True
        start = self.starts[others]
        follows = is_row[before] | (is_tag[before] & (letters[start - 2] == ord("/")))
        is_child[others] = follows & (letters[start - 1] == ord(">"))
        return is_child

    def _are_plain(self, behind: Places, ends: Places, *, valued: bool) -> Mask:
        """Which attributes between places are nothing but a plain style and the type of a number."""
        words, length = self.sheet.words, ends - behind
        if valued and len(length) and length.max() > 8:  # some programs write the type of a number behind its style
            is_typed = (length > 8) & ((words[ends - 6] & _SIX) == _NUMBER_TYPE)
            length = np.where(is_typed, length - 6, length)
        left = (length >= 0) & (length <= 8)
        attributes = words[behind]
        attributes &= _FIRST[length if left.all() else np.where(left, length, 0)]
        plain = np.zeros(len(left), bool)
        for _ in range(_MOST_FORMATS):  # a sheet has few formats: each is looked at once
            place = int(left.argmax()) if len(left) else 0
            if not len(left) or not left[place]:
                break
            word = attributes[place]
            alike = attributes == word
            alike &= left
            left ^= alike
            if self.sheet.is_plain(int(word), valued=valued):
                plain |= alike
        return plain

    def _numbers(self, starts: Places, ends: Places) -> tuple[NDArray[np.float64], Mask]:
        """The numbers between places, and which of them are numbers.

        Up to eight digits are put together at once: tens and ones, then hundreds, then ten thousands (D. Lemire,
        "Quickly parsing eight digits", 2022). Anything longer, with a point or a sign, is read by Python, which
        rounds as the reader of values does.
        """
        length = ends - starts
        few = (length >= 1) & (length <= 8)
        mask = _LAST[length if few.all() else np.where(few, length, 0)]
        text = self.sheet.words[ends - 8]
        text &= mask
        text |= _DIGITS & ~mask
        few &= (((text + _ABOVE_NINE) | (text - _DIGITS)) & _HIGH) == 0
        value = _eight_digits(text)
        others = np.flatnonzero(~few)
        if len(others):
            fit = others[(length[others] >= 1) & (length[others] <= _LONGEST)]
            read = _read_numbers(self.sheet.xml, starts[fit].tolist(), ends[fit].tolist())
            value[fit], few[fit] = read, np.isfinite(read)
        return value, few


def _eight_digits(text: Words) -> NDArray[np.float64]:
    """The numbers that eight digits are, the first in the lowest byte; anything for what are no digits."""
    pairs = text - _DIGITS
    pairs = pairs * _U8[10] + (pairs >> _U8[8])
    four = (pairs & _LOW) * _HUNDREDS
    four += ((pairs >> _U8[16]) & _LOW) * _ONES
    return (four >> _U8[32]).astype(np.float64)


_LOW = np.uint64(0x000000FF000000FF)
_HUNDREDS, _ONES = np.uint64(100 + (1_000_000 << 32)), np.uint64(1 + (10_000 << 32))


def _read_numbers(xml: bytes, starts: list[int], ends: list[int]) -> NDArray[np.float64]:
    """Numbers with points, signs and powers; NaN for what is none."""
    texts = [xml[start:end] for start, end in zip(starts, ends, strict=True)]
    if b"".join(texts).translate(None, _NUMBER_LETTERS):
        texts = [b"" if text.translate(None, _NUMBER_LETTERS) else text for text in texts]
    return np.array([_number(text) for text in texts], np.float64)


def _number(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
