"""How wide words are in Chinese characters, and the widths of a table's columns, equal in Word and in the PDF."""

import re
from itertools import pairwise

from duibiao.views.paper_numbers import words_of
from duibiao.views.paper_parts import GroupRow, PaperTable

_SPACE_BETWEEN = 0.25  # of a character, put between Chinese and western text
_WESTERN = re.compile(r"[!-~–—−≥≤±%]+")
_KEPT_WHOLE = 4.5  # a cell or heading up to this many characters is not broken
_PADDING = 0.9  # of a cell, left and right together, in characters


def text_width(text: str) -> float:
    """The width of a text in Chinese characters: western ones half as wide, with the space between the two."""
    wide = [ord(character) >= 0x2E80 or character in "—…“”‘’" for character in text]
    changes = sum(before is not after for before, after in pairwise(wide))
    return sum(1.0 if one else 0.5 for one in wide) + _SPACE_BETWEEN * changes


def least_width(text: str) -> float:
    """How narrow a column may be, in characters: numbers, western words and short texts are not broken."""
    least = 0.0
    for line in text.split("\n"):
        width = text_width(line)
        if width > _KEPT_WHOLE:
            width = max((text_width(word) for word in _WESTERN.findall(line)), default=2.0)
        least = max(least, width)
    return least + _PADDING


def column_widths(table: PaperTable, characters: float, numbers: dict[str, str]) -> list[float]:
    """The widths of the columns in characters of the table's type, ``characters`` in all.

    The shares the table asks for, except that a column whose numbers or short words would be broken gets the room it
    needs from the others, in proportion to what they can spare. Where there is not room for all, the shares stand.
    """
    total = sum(column.share for column in table.columns)
    asked = [characters * column.share / total for column in table.columns]
    least = [
        max(least_width(column.title), text_width(f"（{column.unit}）") + _PADDING if column.unit else 0.0)
        for column in table.columns
    ]
    reaching = [0] * len(asked)
    for row in table.rows:
        if isinstance(row, GroupRow):
            continue
        free = [at for at, rest in enumerate(reaching) if not rest]
        for at, cell in zip(free, row.cells, strict=True):
            least[at] = max(least[at], least_width("".join(words_of(run, numbers) for run in cell.runs)))
            reaching[at] = cell.rows
        reaching = [max(0, rest - 1) for rest in reaching]
    if sum(least) > characters:
        return asked
    lacking = sum(max(0.0, need - width) for need, width in zip(least, asked, strict=True))
    spare = sum(max(0.0, width - need) for need, width in zip(least, asked, strict=True))
    if not lacking:
        return asked
    return [
        need if width < need else width - lacking * (width - need) / spare
        for need, width in zip(least, asked, strict=True)
    ]
