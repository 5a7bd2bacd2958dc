"""A reading of plain text: one LINE block for every physical line, as the reader of txt files gives it."""

from duibiao.sources.blocks import Block, BlockKind, Original, Reading
from duibiao.sources.mapped import MappedText


def reading_of(text: str, pages: tuple[int, ...] = ()) -> Reading:
    blocks, at = [], 0
    for line in text.split("\n"):
        blocks.append(Block(BlockKind.LINE, MappedText.of(text, at, at + len(line))))
        at += len(line) + 1
    return Reading(Original("0" * 64, "txt", text, pages), tuple(blocks))
