"""Physical lines: their width, the pages they stand on, and the running heads and feet among them."""

import codecs
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
_LONGEST_HEAD = 60
_encoded = codecs.getencoder("gb18030")  # a Chinese character takes two bytes; looked up once and not for every line
_LEAST_REPEATS = 3


@dataclass(slots=True, init=False, eq=False)
class Line:
    """A physical line without the white space at its ends; ``gap`` counts the empty lines before it.

    ``width`` is in Chinese characters; ``room`` is the width the lines around it are set in (0: they are not wrapped);
    ``is_name``: a cell over the whole width of a table whose rows have tabs (told where ``table`` is set).
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
    is_body: bool
    table: int | None
    is_name: bool
    room: float

    def __init__(self, text: str, pieces: Pieces, gap: int, is_page_start: bool, indent: int) -> None:
        first, last = text[:1], text[-1:]
        self.text, self.pieces, self.gap, self.is_page_start, self.indent = text, pieces, gap, is_page_start, indent
        self.width = len(_encoded(text, "replace")[0]) / 2
        if last in _FINAL:  # （责任单位： goes on in the next line
            self.is_ended = last not in "：:；" or text.rfind("（") <= text.rfind("）")
        else:
            self.is_ended = last in _CLOSING and _ENDED.search(text[-5:]) is not None
        self.is_body = "，" in text or "。" in text or "；" in text
        self.is_bookmarked = ("[" in text or "{" in text) and BOOKMARK.search(text) is not None
        self.opener = opener(text) if first in FIRST else None
        self.is_label = first in LABEL_FIRST and LABEL.match(text) is not None
        may_tell = first in SOURCE_FIRST and len(text) < 100 and ("来源" in text or "自" in text)
        self.is_source = may_tell and is_source_line(text)
        self.table = None
        self.room = 0.0

    @property
    def words(self) -> MappedText:
        """The words with the way back to the original; most lines only ever become part of a paragraph."""
        return MappedText(self.text, self.pieces)


def lines_of(run: Iterable[tuple[str, Pieces]], original: Original) -> list[Line]:
    """The lines of the words, each with the empty lines before it and whether a page begins with it.

    ``run`` are the words of each line, without white space at their ends, and the pieces of the original they are.
    """
    text, pages = original.text, original.pages
    has_feeds, has_tabs = "\f" in text, "\t" in text
    found: list[Line] = []
    done = -1
    before = begin = 0  # where the line before starts, and where the physical line begins
    tab, end = -1, 0  # the last tab up to the end of the words
    for said, pieces in run:
        start = pieces[0][1]
        if start < before:  # blocks that do not stand in the order of the text
            before = begin = end = 0
        # Looked for from the line before only: a text may be long and know no such line ends.
        begin = text.rfind("\n", before, start) + 1 or begin
        before = start
        if has_tabs:
            tab, end = max(tab, text.rfind("\t", end, start + len(said))), start + len(said)
            if begin <= tab < end and len(pieces) == 1:
                said, pieces = _with_tabs(pieces, text, begin)  # noqa: PLW2901  the same words, the tabs beside them
        gap, page = 0, True
        if done >= 0:
            breaks = text.count("\n", done, begin)
            gap = breaks - 1 if breaks else 0
            page = has_feeds and text.find("\f", done, start) >= 0
            if pages and not page:
                page = bisect_right(pages, start) != bisect_right(pages, done - 1)
        found.append(Line(said, pieces, gap, page, start - begin))
        _, last_origin, length = pieces[-1]
        done = last_origin + length
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
    rare = [line.indent for line in lines].count(1) * 10 < len(lines)
    for line in lines:
        if line.gap > usual or (rare and line.indent == 1):
            line.is_page_start = True


def without_furniture(lines: list[Line]) -> list[Line]:
    """Leave out running heads and feet: page numbers, and what repeats beside them or at the edge of pages."""
    numbers = _page_numbers(lines)
    dropped = set(numbers)
    for places in _repeated(lines, numbers):
        if len(places) >= _LEAST_REPEATS:
            edges = [at for at in places if _is_edge(lines, at, numbers)]
            if len(edges) * 5 >= len(places) * 4:
                dropped.update(edges)
    dropped |= _running_table_heads(lines, dropped)
    kept: list[Line] = []
    page = False
    for at, line in enumerate(lines):
        if at in dropped:
            page = True
            continue
        if page:
            line.is_page_start, page = True, False
        kept.append(line)
    return kept


def _repeated(lines: Sequence[Line], numbers: set[int]) -> Iterator[list[int]]:
    """Where lines stand that are alike but for their digits, and that may be furniture."""
    rough: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        text = line.text
        if not 4 <= len(text) <= _LONGEST_HEAD or line.is_ended or line.opener is not None:
            continue
        if line.is_source or line.is_label or at in numbers:  # says something of the document, or is found already
            continue
        ends = text[:2] + text[-2:]
        if not ends.isalpha():
            ends = f"{'#' if text[0].isdecimal() else text[0]}{'#' if text[-1].isdecimal() else text[-1]}"
        rough.setdefault(ends, []).append(at)
    for places in rough.values():  # most lines begin and end like no other and need not be rewritten
        if len(places) >= _LEAST_REPEATS:
            keys: dict[str, list[int]] = {}
            for at in places:
                keys.setdefault(_DIGITS.sub("#", lines[at].text), []).append(at)
            yield from keys.values()


def _page_numbers(lines: Sequence[Line]) -> set[int]:
    """Lines that hold a page number and nothing else; bare numbers only where they count up from page to page."""
    found = {at for at, line in enumerate(lines) if len(line.text) < 20 and _is_page(line.text)}
    bare = [
        at
        for at, line in enumerate(lines)
        if len(line.text) <= 4
        and _BARE_NUMBER.fullmatch(line.text)
        and (line.is_page_start or at + 1 == len(lines) or lines[at + 1].is_page_start)
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


def _is_edge(lines: Sequence[Line], at: int, numbers: set[int]) -> bool:
    last = at + 1 == len(lines)
    beside = at - 1 in numbers or at + 1 in numbers
    return beside or ((lines[at].is_page_start or last or lines[at + 1].is_page_start) and lines[at].opener is None)


def _running_table_heads(lines: Sequence[Line], dropped: set[int]) -> set[int]:
    """Heads of a table over many pages: the same two or more short lines at the top of three or more pages."""
    kept = [at for at in range(len(lines)) if at not in dropped]
    tops = [
        place
        for place, at in enumerate(kept)
        if lines[at].width <= 15 and (lines[at].is_page_start or (place and kept[place - 1] != at - 1))
    ]
    found: set[int] = set()
    for count in range(12, 1, -1):
        groups: dict[tuple[str, ...], list[int]] = {}
        for place in tops:
            group = kept[place : place + count]
            if len(group) == count and not found.intersection(group) and all(lines[at].width <= 15 for at in group):
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
    near = [line for line in lines if abs(line.width - full) <= 3.5]
    unended = sum(not line.is_ended for line in near)
    return full if len(near) * 3 >= len(widths) and unended * 2 >= len(near) else 0.0
