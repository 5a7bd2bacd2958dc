"""Repair of the order: headings glued behind a sentence, and a column that was taken from its place."""

import re
from collections.abc import Sequence
from dataclasses import replace

from duibiao.sources.blocks import Block, BlockKind
from duibiao.sources.mapped import MappedText
from duibiao.sources.repair_openers import NUMERALS, numeral, opener

_PARAGRAPH = BlockKind.PARAGRAPH
_GLUED = re.compile(r"。([一二三四五六七八九十]{1,3})、")
_UNITS = "一二三四五六七八九十"
"""What the number after N ends with, by the last digit of N."""
_ENDS = frozenset("。！？；：!?;:…”）》")
_LEAST = 20  # a shorter line that does not end a sentence may be a heading or a signature
_COMMON = 2


def with_headings_parted(blocks: Sequence[Block]) -> list[Block]:
    """Part a heading from the sentence it was glued to, where its number is the next one."""
    found: list[Block] = []
    last = 0
    for block in blocks:
        if block.table is not None:
            found.append(block)
            continue
        rest = block
        may_be_glued = last and block.kind is _PARAGRAPH and f"{_UNITS[last % 10]}、" in block.words.text
        for glued in _GLUED.finditer(block.words.text) if may_be_glued else ():
            if numeral(glued[1]) == last + 1:
                cut = glued.start() + 1 - (len(block.words) - len(rest.words))
                found.append(replace(rest, words=rest.words.slice(0, cut)))
                rest = replace(rest, words=rest.words.slice(cut, len(rest.words)))
                last += 1
        found.append(rest)
        mark = opener(rest.text) if rest.words.text[:1] in NUMERALS else None
        if mark is not None and mark.kind == "part":
            last = mark.value or 0
    return found


def with_columns_in_order(blocks: list[Block], text: str) -> list[Block]:
    """Bring back a column whose first line goes on with a sentence cut at the end of another section.

    Done only where exactly one sentence is cut. What stands under the name of a figure is astray, because a figure has
    no text; otherwise the words on both sides of the cut must be found together elsewhere in the document.
    """
    cuts = [at for at in range(len(blocks)) if _is_cut(blocks, at)]
    if len(cuts) != 1:
        return blocks
    cut = cuts[0]
    places = [at for at in range(1, len(blocks)) if at - 1 != cut and _is_first(blocks, at)]
    figures = [at for at in places if blocks[at - 1].text[-1] in "图圖"]
    if len(figures) == 1:
        start = figures[0]
    else:
        scores = sorted((text.count(blocks[cut].text[-1] + blocks[at].text[0]), at) for at in places)
        if not scores or scores[-1][0] < _COMMON or (len(scores) > 1 and scores[-2][0] == scores[-1][0]):
            return blocks
        start = scores[-1][1]
    end = _section_end(blocks, start)
    if start <= cut < end or opener(blocks[start].text) is not None:
        return blocks
    whole = replace(blocks[cut], words=MappedText.joined([blocks[cut].words, blocks[start].words]))
    column = [whole, *blocks[start + 1 : end]]
    if start > cut:
        return [*blocks[:cut], *column, *blocks[cut + 1 : start], *blocks[end:]]
    return [*blocks[:start], *blocks[end:cut], *column, *blocks[cut + 1 :]]


def _is_first(blocks: Sequence[Block], at: int) -> bool:
    """The first paragraph under a heading."""
    return blocks[at - 1].kind is BlockKind.HEADING and blocks[at].kind is BlockKind.PARAGRAPH


def _is_cut(blocks: Sequence[Block], at: int) -> bool:
    """A paragraph at the end of a section that stops in the middle of a sentence."""
    block = blocks[at]
    if block.kind is not BlockKind.PARAGRAPH or len(block.words) < _LEAST or block.text[-1] in _ENDS:
        return False
    if "，" not in block.text and "。" not in block.text:
        return False
    return at + 1 == len(blocks) or blocks[at + 1].kind is BlockKind.HEADING


def _section_end(blocks: Sequence[Block], start: int) -> int:
    end = start
    while end < len(blocks) and blocks[end].kind is not BlockKind.HEADING:
        end += 1
    return end
