"""What a reader makes of a file: the original text, and blocks that point back into it."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import accumulate, count
from operator import add
from typing import overload

from duibiao.kernel.quick import quick_dataclass
from duibiao.sources.citation import Locator
from duibiao.sources.mapped import MappedText, Pieces


class BlockKind(StrEnum):
    """The kinds of block every reader gives."""

    LINE = "line"  # a physical line of a text that does not know its paragraphs; repair turns lines into the others
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    TABLE_ROW = "table_row"
    LIST_ITEM = "list_item"


@dataclass(frozen=True)
class Original:
    """The text of a file as it was read, untouched; every locator points into it.

    ``pages`` are the offsets at which pages begin (empty where the format has none).
    """

    sha256: str
    format: str
    text: str
    pages: tuple[int, ...] = ()

    @cached_property
    def line_starts(self) -> list[int]:
        """Where each line begins, in characters from the start of the text; a line ends at a line feed only."""
        before = accumulate(map(len, self.text.split("\n")), initial=0)
        starts = list(map(add, before, count()))  # one line feed stands before each
        starts.pop()  # one past the text
        return starts

    def line(self, at: int) -> int:
        """The line on which a character stands, counted from 1."""
        return bisect_right(self.line_starts, at)

    def lines_of(self, words: MappedText) -> set[int]:
        """The lines on which words stand, counted from 1; lines between them that they skip are left out."""
        starts, found = self.line_starts, set[int]()
        begin = end = 0  # of the last line that was found
        for _, origin, length in words.pieces:
            if begin <= origin and origin + length <= end:
                continue
            line = bisect_right(starts, origin)
            found.add(line)
            begin, end = starts[line - 1], starts[line] if line < len(starts) else len(self.text)
            if origin + length > end:
                found.update(range(line, bisect_right(starts, origin + length - 1) + 1))
        return found

    def locator(self, start: int, end: int) -> Locator:
        """Page, lines and characters of a stretch; ``end`` is one past its last character."""
        starts = self.line_starts
        first = bisect_right(starts, start)
        is_on_one = first == len(starts) or end <= starts[first]
        last = first if is_on_one else bisect_right(starts, end - 1, first)
        page = bisect_right(self.pages, start) if self.pages else None
        return Locator(first, last, start - starts[first - 1] + 1, end - starts[last - 1], page or None)


@quick_dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item or table row, with its words mapped to the original.

    ``level`` is the heading level the format states (1 is the highest); ``number`` is a list number the
    format computes and the text does not hold; ``cells`` are the cells of a table row, in reading order, with
    merged cells repeated; ``table`` numbers the tables of a file from 1; ``confidence`` is how sure the text
    recognition of a picture is of its words (0 to 1), None where the file holds the words themselves.
    """

    kind: BlockKind
    words: MappedText
    level: int | None = None
    number: str = ""
    cells: tuple[MappedText, ...] = ()
    table: int | None = None
    confidence: Decimal | None = None

    @property
    def text(self) -> str:
        """The words."""
        return self.words.text


class PhysicalLines(Sequence[Block]):
    """The physical lines of a text as blocks (物理行列表): they are made when they are asked for.

    ``spans`` are where the words of each line begin and end in ``text``, without the white space around them; both
    are the same for a line without words. Repair needs the words alone, so that most blocks are never made.
    """

    __slots__ = ("spans", "text")

    def __init__(self, text: str, spans: Sequence[tuple[int, int]]) -> None:
        self.text, self.spans = text, tuple(spans)

    def __len__(self) -> int:
        return len(self.spans)

    @overload
    def __getitem__(self, at: int) -> Block: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Block]: ...
    def __getitem__(self, at: int | slice) -> Block | Sequence[Block]:
        if isinstance(at, slice):
            return PhysicalLines(self.text, self.spans[at])
        start, end = self.spans[at]
        return Block(BlockKind.LINE, MappedText.of(self.text, start, end))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PhysicalLines) and (self.spans, self.text) == (other.spans, other.text)

    def __hash__(self) -> int:
        return hash((self.spans, self.text))

    def words(self) -> Iterator[tuple[str, Pieces]]:
        """The words of every line that has any, with the piece of the original they are."""
        text = self.text
        return ((text[start:end], ((0, start, end - start),)) for start, end in self.spans if start < end)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was read: the original and its blocks, and what a reader must know about it."""

    original: Original
    blocks: Sequence[Block]
    notes: tuple[str, ...] = field(default=())
