"""Repair: physical lines become paragraphs, headings, list items and table rows; characters are put right.

Nothing is lost: every character of a block leads back to the original, and what is left out (running heads, page
numbers, rules of tables) stays in ``Reading.original``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from duibiao.sources.blocks import Block, BlockKind, Original, PhysicalLines, Reading
from duibiao.sources.mapped import MappedText, Pieces
from duibiao.sources.repair_lines import Line, line_width, lines_of, usual_gap, without_furniture
from duibiao.sources.repair_openers import FIRST, opener
from duibiao.sources.repair_order import with_columns_in_order, with_headings_parted
from duibiao.sources.repair_tables import mark_tables, table_block
from duibiao.sources.repair_words import cleaned, tidied

_LINE = BlockKind.LINE
_SENTENCE = re.compile(r"[。；！？]")
_MARKDOWN = re.compile(r"(#{1,6})\s+(?=\S)")
_BULLET = re.compile(r"(?:[•●■◆▪►○]|[*+-]\s)\s*(?=\S)")
_MARKED = frozenset("#•●■◆▪►○*+-")
"""The first characters of a heading or a list item of Markdown."""
_HEADINGS = frozenset({"volume", "chapter", "section", "part", "clause"})
_STANDING = _HEADINGS | {"decimal", "box", "annex"}
_SAME_TITLE = 12
_SLACK = 1.6  # a line may end this many characters early, because a mark or a Latin word may not be parted
_INDENT = 2.0
_COMMON = 3  # two characters that often stand together were parted by a break
_CHUNK = 80  # lines over which the width is taken


def repair(reading: Reading) -> Reading:
    """Undo what print and conversion did to the text; repairing twice changes nothing."""
    blocks: list[Block] = []
    if isinstance(reading.blocks, PhysicalLines):
        _finish(reading.blocks.words(), reading.original, blocks, 1)
        return replace(reading, blocks=tuple(blocks))
    number = max((block.table for block in reading.blocks if block.table), default=0) + 1
    for are_lines, run in groupby(reading.blocks, _is_line):
        if are_lines:
            words = (block.words.stripped() for block in run if block.words.pieces)
            number = _finish(((one.text, one.pieces) for one in words if one.pieces), reading.original, blocks, number)
        else:
            blocks += [_cleaned_block(block) for block in run]
    return replace(reading, blocks=tuple(blocks))


def _is_line(block: Block) -> bool:
    return block.kind is _LINE and block.table is None


def _finish(run: Iterable[tuple[str, Pieces]], original: Original, blocks: list[Block], number: int) -> int:
    """Repair the words of a run of lines."""
    lines = without_furniture(lines_of(run, original))
    number = mark_tables(lines, number)
    found: list[Block] = []
    for paragraph in _paragraphs(lines):
        if paragraph[0].table is not None:
            found.extend(block for line in paragraph if (block := table_block(line)) is not None)
        elif (block := _block(paragraph)).words.text:
            found.append(block)
    found = with_headings_parted(found)
    blocks.extend(with_columns_in_order(found, original.text) if _is_newspaper(found) else found)
    return number


def _is_newspaper(blocks: Sequence[Block]) -> bool:
    """A page of articles under headings without numbers: there columns lose their order."""
    return sum(block.kind is BlockKind.HEADING and block.level is not None for block in blocks) > 2


def _cleaned_block(block: Block) -> Block:
    if block.kind is BlockKind.LINE:
        return replace(block, words=tidied(block.words))
    if block.kind is BlockKind.TABLE_ROW:
        return replace(block, cells=tuple(cleaned(cell) for cell in block.cells))
    return replace(block, words=cleaned(block.words))


def _block(lines: Sequence[Line]) -> Block:
    """The block of the lines of one paragraph."""
    words = _joined(lines)
    if words.text[0] in _MARKED:
        if mark := _MARKDOWN.match(words.text):
            return Block(BlockKind.HEADING, cleaned(words.slice(mark.end(), len(words))), level=len(mark[1]))
        if bullet := _BULLET.match(words.text):
            return Block(BlockKind.LIST_ITEM, cleaned(words.slice(bullet.end(), len(words))))
    printed, words = words, cleaned(words)
    if lines[0].is_bookmarked:
        return Block(BlockKind.HEADING, words, level=1)
    if len(lines) == 1 and words is printed:
        found = lines[0].opener
    else:
        found = opener(words.text) if words.text[:1] in FIRST else None
    if found is not None and found.kind in _HEADINGS and not _SENTENCE.search(words.text):
        return Block(BlockKind.HEADING, words)
    return Block(BlockKind.PARAGRAPH, words)


def _joined(lines: Sequence[Line]) -> MappedText:
    """Lines without their breaks; a break between two Latin words was a blank."""
    if len(lines) == 1:
        return lines[0].words
    parts: list[str] = []
    pieces: list[tuple[int, int, int]] = []
    length, last = 0, ""
    for line in lines:
        text = line.text
        if last.isascii() and last.isalpha() and text[0].isascii() and text[0].isalpha():
            parts.append(" ")
            length += 1
        parts.append(text)
        for at, origin, count in line.pieces:
            pieces.append((length + at, origin, count))
        length += len(text)
        last = text[-1]
    return MappedText("".join(parts), tuple(pieces))


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Put lines together that were one paragraph."""
    joiner = _Joiner(lines)
    current: list[Line] = []
    for line in lines:
        if current and joiner.continues(current, line):
            current.append(line)
            continue
        if current:
            joiner.finished(current)
            yield current
        current = [line]
    if current:
        yield current


class _Joiner:
    """Decides whether a line goes on with the paragraph before it."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._is_blank_usual = usual_gap(lines) > 0
        self._is_wrapped_text = _give_room(lines)
        self._items: dict[str, int] = {}
        self._is_title_place = True
        self._text = "" if self._is_wrapped_text else "\n".join([line.text for line in lines])

    def finished(self, paragraph: Sequence[Line]) -> None:
        """Remember the number of a paragraph that ended, and whether a title may follow it."""
        first = paragraph[0]
        if first.opener is not None and (value := first.opener.value) is not None:
            self._items[first.opener.kind] = value
        self._is_title_place = first.is_source

    def continues(self, paragraph: list[Line], line: Line) -> bool:
        """Tell whether ``line`` belongs to ``paragraph``."""
        first, last = paragraph[0], paragraph[-1]
        if line.table is not None or last.table is not None:
            return line.table == last.table
        if line.begins or last.is_whole or line.indent >= _INDENT:
            return False
        if line.text.startswith(first.text[:_SAME_TITLE]) and len(first.text) >= _SAME_TITLE < len(line.text):
            return False  # a title printed twice
        width = last.room
        if not width:
            return self._goes_on(paragraph, line)
        room = width - (_INDENT if last is first else 0)
        is_full = last.width >= room - _SLACK
        if line.opener is not None and not (is_full and not last.is_ended and self._is_mid(last, line)):
            return False
        if first.is_label:
            return last.text[-1] in "、，" or is_full
        return self._is_wrapped(paragraph, line, width, is_full)

    def _is_wrapped(self, paragraph: list[Line], line: Line, width: float, is_full: bool) -> bool:
        """The same in a text with a line width, when nothing else decides."""
        first, last = paragraph[0], paragraph[-1]
        if last.is_ended:
            # After a full stop at the end of a full line the next begins a paragraph unless it is too wide for that.
            is_last = line.text[-1] == "。" and line.width < width - _INDENT - _SLACK
            return is_full and (is_last or line.width > width - _INDENT + 0.6)
        if is_full or last.text[-1] in "，、" or _is_open(last.text):
            return True
        if first.opener is not None and first.opener.kind in _STANDING and not any(part.is_body for part in paragraph):
            return _is_narrow(paragraph, line)
        if first.opener is not None and len(paragraph) < 8 and _is_narrow(paragraph, line):
            return True
        if self._is_blank_usual and line.gap == 0 and not line.is_page_start and last.width >= 0.6 * width:
            return True
        if len(paragraph) == 1 and self._is_title_place:
            return False
        if last.text[0] in "（(" and last.text[-1] in "）)":
            return False
        return any("。" in part.text or "，" in part.text for part in paragraph)

    def _goes_on(self, paragraph: list[Line], line: Line) -> bool:
        """The same in a text with one paragraph a line: only what plainly broke off goes on."""
        last = paragraph[-1]
        if line.opener is not None or last.is_ended:
            return False
        if last.text[-1] in "，、" or _is_open(last.text):
            return True
        if self._is_blank_usual and line.gap == 0 and last.width >= 20:
            return True
        if (last.opener is not None and last.opener.kind in _STANDING) or last.text[-1] in "”）)》" or not line.is_body:
            return False
        if "。" in last.text or (last.is_body and last.width >= 20):
            return True
        return last.width >= 16 and self._text.count(last.text[-1] + line.text[0]) >= _COMMON

    def _is_mid(self, last: Line, line: Line) -> bool:
        """Tell that the number a line begins with stands in the middle of a sentence."""
        return last.text.rfind("（") > last.text.rfind("）") or not self._is_next(line)

    def _is_next(self, line: Line) -> bool:
        """Tell whether the number of a line follows the last of its kind."""
        if line.opener is None:
            return False
        if (value := line.opener.value) is None:
            return line.opener.kind != "dash"
        return value in (1, self._items.get(line.opener.kind, 0) + 1)


def _is_open(text: str) -> bool:
    """A title mark or a bracket that was opened on this line and not closed."""
    return text.rfind("《") > text.rfind("》") or text.rfind("（") > text.rfind("）")


def _is_narrow(paragraph: Sequence[Line], line: Line) -> bool:
    """A cell wrapped over lines of a few characters."""
    if line.width > 4.5 or paragraph[-1].width > 7 or line.is_ended or line.is_body:
        return False
    return line.opener is None and sum(len(part.text) for part in paragraph) <= 14


def _give_room(lines: Sequence[Line]) -> bool:
    """Give every line the width around it: documents of one file are set differently. False for an unwrapped text."""
    whole = line_width(lines)
    if not whole:
        return False
    widths = [line.width for line in lines]
    for start in range(0, len(lines), _CHUNK):
        near = sorted(widths[max(0, start - _CHUNK // 2) : start + _CHUNK * 3 // 2])
        here = near[len(near) * 3 // 4]
        width = here if 0.75 * whole <= here <= 1.1 * whole else whole
        for line in lines[start : start + _CHUNK]:
            line.room = width
    return True
