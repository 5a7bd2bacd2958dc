"""Physical lines: their width, the pages they stand on, and the running heads and feet among them."""

import codecs
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from duibiao.sources.blocks import Original
from duibiao.sources.mapped import MappedText, Pieces
from duibiao.sources.repair_openers import FIRST, LABEL, LABEL_FIRST, SOURCE_FIRST, Opener, is_source_line, opener
from duibiao.sources.repair_words import BOOKMARK

_PAGE = re.compile(
    r"第\s?\d{1,4}\s?页(?:\s?[,，/共]?\s?共?\s?\d{1,4}\s?页)?|[-—–─·•]\s?\d{1,4}\s?[-—–─·•]|\d{1,4}\s?/\s?\d{1,4}"
    r"|[Pp]age \d{1,4}(?: of \d{1,4})?|—\s?[ivxIVX]{1,6}\s?—"
)
_BARE_NUMBER = re.compile(r"\d{1,4}")
_PAGE_BEGINS = frozenset("第-—–─·•Pp")
"""The first characters of a page number, besides digits."""
_DIGITS = re.compile(r"\d\d*")
_ENDED = re.compile(r"[。！？；!?;][”’」』）)]{0,3}$")
_FINAL = frozenset("。！？；!?;：:")
_CLOSING = frozenset("”’」』）)")
_BEGINS = frozenset("#•●■◆▪►")
"""Marks no paragraph goes on with."""
_TELLING = FIRST | LABEL_FIRST | SOURCE_FIRST | _BEGINS
"""The first characters of the lines that say something of their place in the document."""
_LONGEST_HEAD = 60
_encoded = codecs.getencoder("gb18030")  # a Chinese character takes two bytes; looked up once and not for every line
_LEAST_REPEATS = 3
_WIDEST_CELL = 15  # characters of a line that may be a cell of a table's head


@dataclass(slots=True, init=False, eq=False)
class Line:
    """A physical line without the white space at its ends; ``gap`` counts the empty lines before it.

    ``width`` is in Chinese characters; ``room`` is the width the lines around it are set in (0: they are not wrapped);
    ``is_name``: a cell over the whole width of a table whose rows have tabs (told where ``table`` is set).
    ``begins`` tells that no line before goes on with this one, ``is_whole`` that this one goes on in none behind it.
    """

    text: str
    pieces: Pieces
    gap: int
    is_page_start: bool
    indent: int
    width: float
    opener: Opener | None
    is_label: bool
    is_source: bool
    is_bookmarked: bool
    is_ended: bool
    begins: bool
    is_whole: bool
    table: int | None
    is_name: bool
    room: float

    def __init__(self, text: str, pieces: Pieces, gap: int, is_page_start: bool, indent: int) -> None:
        self.text, self.pieces, self.gap, self.is_page_start, self.indent = text, pieces, gap, is_page_start, indent
        self.width = len(_encoded(text, "replace")[0]) / 2
        self.opener = self.table = None
        self.is_label = self.is_source = self.is_bookmarked = self.begins = self.is_whole = self.is_name = False
        self.room = 0.0
        last = text[-1]
        if last in _FINAL:  # （责任单位： goes on in the next line
            self.is_ended = last not in "：:；" or text.rfind("（") <= text.rfind("）")
        else:
            self.is_ended = last in _CLOSING and _ENDED.search(text[-5:]) is not None
        if text[0] in _TELLING or "_Toc" in text:  # most lines are neither
            self._read_mark(text[0])

    def _read_mark(self, first: str) -> None:
        """What the beginning of the line says of its place in the document."""
        text = self.text
        self.opener = opener(text) if first in FIRST else None
        self.is_label = first in LABEL_FIRST and LABEL.match(text) is not None
        may_tell = first in SOURCE_FIRST and len(text) < 100 and ("来源" in text or "自" in text)
        self.is_source = may_tell and is_source_line(text)
        self.is_bookmarked = BOOKMARK.search(text) is not None
        self.begins = self.is_source or self.is_label or self.is_bookmarked or first in _BEGINS
        self.is_whole = self.is_source or first == "#"

    @property
    def is_body(self) -> bool:
        """Tell whether the line holds a mark of running text."""
        text = self.text
        return "，" in text or "。" in text or "；" in text

    @property
    def words(self) -> MappedText:
        """The words with the way back to the original; most lines only ever become part of a paragraph."""
        return MappedText(self.text, self.pieces)


def lines_of(run: Iterable[tuple[str, Pieces]], original: Original) -> list[Line]:
    """The lines of the words, each with the empty lines before it and whether a page begins with it.

    ``run`` are the words of each line, without white space at their ends, and the pieces of the original they are.
    """
    text, pages, starts = original.text, original.pages, original.line_starts
    has_feeds, has_tabs = "\f" in text, "\t" in text
    found: list[Line] = []
    row, after = 0, len(starts) - 1
    done = row_done = -1  # one past the words before, and the line that place is on
    tab, end = -1, 0  # the last tab up to the end of the words
    for said, pieces in run:
        start = pieces[0][1]
        if start < starts[row]:  # blocks that do not stand in the order of the text
            row = bisect_right(starts, start) - 1
        while row < after and starts[row + 1] <= start:
            row += 1
        begin = starts[row]
        if has_tabs:
            if start < end:
                tab, end = -1, begin
            tab, end = max(tab, text.rfind("\t", end, start + len(said))), start + len(said)
            if begin <= tab < end and len(pieces) == 1:
                said, pieces = _with_tabs(pieces, text, begin)  # noqa: PLW2901  the same words, the tabs beside them
        gap, page = 0, True
        if done >= 0:
            gap = row - row_done - 1 if row > row_done else 0
            page = has_feeds and text.find("\f", done, start) >= 0
            if pages and not page:
                page = bisect_right(pages, start) != bisect_right(pages, done - 1)
        found.append(Line(said, pieces, gap, page, start - begin))
        _, last_origin, length = pieces[-1]
        done = last_origin + length
        row_done = row if "\n" not in said else bisect_right(starts, done) - 1
    _mark_pages(found)
    return found


def _with_tabs(pieces: Pieces, text: str, begin: int) -> tuple[str, Pieces]:
    """A line of cells keeps the tabs at its ends: an empty first cell is a cell."""
    _, start, length = pieces[0]
    end = start + length
    while start > begin and text[start - 1] == "\t":
        start -= 1
    while text[end : end + 1] == "\t":
        end += 1
    return text[start:end], ((0, start, end - start),)


def usual_gap(lines: Sequence[Line]) -> int:
    """How many empty lines usually part two lines."""
    return Counter([line.gap for line in lines]).most_common(1)[0][0] if lines else 0


def _mark_pages(lines: list[Line]) -> None:
    """A page begins after more empty lines than usual, or where rare single blanks begin a line."""
    usual = usual_gap(lines)
    indents = [line.indent for line in lines]
    is_rare = indents.count(1) * 10 < len(lines)
    for line, indent in zip(lines, indents, strict=True):
        if line.gap > usual or (is_rare and indent == 1):
            line.is_page_start = True


def without_furniture(lines: list[Line]) -> list[Line]:
    """Leave out running heads and feet: page numbers, and what repeats beside them or at the edge of pages."""
    numbers = _page_numbers(lines)
    starts = [at for at, line in enumerate(lines) if line.is_page_start]
    dropped = numbers | _repeated(lines, numbers, _edges(lines, starts, numbers))
    dropped |= _running_table_heads(lines, starts, dropped)
    if not dropped:
        return lines
    for at in dropped:
        if at + 1 < len(lines):
            lines[at + 1].is_page_start = True
    return [line for at, line in enumerate(lines) if at not in dropped]


def _edges(lines: Sequence[Line], starts: Sequence[int], numbers: set[int]) -> set[int]:
    """Where lines stand at the edge of a page, or beside a page number."""
    edges = {len(lines) - 1, *starts, *[at - 1 for at in starts]}
    for at in numbers:
        edges |= {at - 1, at + 1}
    return edges


def _repeated(lines: Sequence[Line], numbers: set[int], edges: set[int]) -> set[int]:
    """Lines at the edges of pages that are alike but for their digits, and stand hardly anywhere else."""
    at_edges = [at for at in edges if 0 <= at < len(lines) and _may_be_furniture(lines[at])]
    keys = Counter([_DIGITS.sub("#", lines[at].text) for at in at_edges if at not in numbers])
    wanted = {key for key, count in keys.items() if count >= _LEAST_REPEATS}
    if not wanted:  # most texts know no pages: their lines need not be gone through
        return set()
    shortest, found = min(map(len, wanted)), dict[str, list[int]]()
    for at, line in enumerate(lines):
        if len(line.text) >= shortest and at not in numbers and _may_be_furniture(line):
            key = _DIGITS.sub("#", line.text)
            if key in wanted:
                found.setdefault(key, []).append(at)
    dropped: set[int] = set()
    for places in found.values():
        own = edges.intersection(places)
        if len(own) * 5 >= len(places) * 4:
            dropped |= own
    return dropped


def _may_be_furniture(line: Line) -> bool:
    """Tell whether a line may be a running head: it is short and says nothing of the document."""
    if line.is_ended or line.opener is not None or line.is_source or line.is_label:
        return False
    return 4 <= len(line.text) <= _LONGEST_HEAD


def _page_numbers(lines: Sequence[Line]) -> set[int]:
    """Lines that hold a page number and nothing else; bare numbers only where they count up from page to page."""
    short = [at for at, line in enumerate(lines) if len(line.text) < 20]
    found = {at for at in short if _is_page(lines[at].text)}
    bare = [
        at
        for at in short
        if len(lines[at].text) <= 4
        and _BARE_NUMBER.fullmatch(lines[at].text)
        and (lines[at].is_page_start or at + 1 == len(lines) or lines[at + 1].is_page_start)
    ]
    run: list[int] = []
    for at in bare:
        if run and int(lines[at].text) - int(lines[run[-1]].text) not in (1, 2):
            found.update(run if len(run) >= _LEAST_REPEATS else ())
            run = []
        run.append(at)
    found.update(run if len(run) >= _LEAST_REPEATS else ())
    return found


def _is_page(text: str) -> bool:
    return (text[0] in _PAGE_BEGINS or text[0].isdecimal()) and _PAGE.fullmatch(text) is not None


def _running_table_heads(lines: Sequence[Line], starts: Sequence[int], dropped: set[int]) -> set[int]:
    """Heads of a table over many pages: the same two or more short lines at the top of three or more pages."""
    begun = {*starts, *[at + 1 for at in dropped if at + 1 < len(lines)]} - dropped
    if sum(lines[at].width <= _WIDEST_CELL for at in begun) < _LEAST_REPEATS:
        return set()
    kept = [at for at in range(len(lines)) if at not in dropped]
    tops = [
        place
        for place, at in enumerate(kept)
        if at in begun and lines[at].width <= _WIDEST_CELL and (place or lines[at].is_page_start)
    ]
    found: set[int] = set()
    for count in range(12, 1, -1):
        groups: dict[tuple[str, ...], list[int]] = {}
        for place in tops:
            group = kept[place : place + count]
            if (
                len(group) == count
                and not found.intersection(group)
                and all(lines[at].width <= _WIDEST_CELL for at in group)
            ):
                groups.setdefault(tuple([lines[at].text for at in group]), []).append(place)
        for texts, places in groups.items():
            if len(places) >= _LEAST_REPEATS:
                stays = 0 if _stands_before(lines, kept, places[0], texts) else 1
                for place in places[stays:]:
                    found.update(kept[place : place + count])
    return found


def _stands_before(lines: Sequence[Line], kept: Sequence[int], place: int, texts: tuple[str, ...]) -> bool:
    """Tell whether the lines stood once before, inside a page: there the table begins."""
    for start in range(max(0, place - 200), place - len(texts) + 1):
        if lines[kept[start]].text == texts[0]:
            group = kept[start : start + len(texts)]
            if tuple([lines[at].text for at in group]) == texts:
                return True
    return False


def line_width(lines: Sequence[Line]) -> float:
    """The width at which lines were broken by hand or by print; 0 where the text is not wrapped."""
    widths = sorted([line.width for line in lines if line.table is None and line.width > 8])
    if len(widths) < 4:
        return 0.0
    full = widths[len(widths) * 9 // 10]
    if full > 75:
        return 0.0
    near = [line for line in lines if full - 3.5 <= line.width <= full + 3.5]
    unended = sum(not line.is_ended for line in near)
    return full if len(near) * 3 >= len(widths) and unended * 2 >= len(near) else 0.0
