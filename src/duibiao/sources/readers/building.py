"""Building a reading: the original text grows, and every block keeps its place in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from duibiao.sources.blocks import Block, BlockKind, Original, Reading
from duibiao.sources.mapped import MappedText
from duibiao.sources.readers.limits import InputFile

SENTENCE_ENDS = "。；：！？"


@dataclass(eq=False, slots=True)
class Cell:
    """A cell of a table (单元格); one that is merged over places stands at each of them, the same object.

    ``is_wrapped`` says that its line ends come from the page layout and carry no meaning.
    """

    text: str = ""
    is_wrapped: bool = False
    words: MappedText | None = field(default=None, repr=False)


class Builder:
    """Collects the blocks of a file in reading order (读取结果组装)."""

    def __init__(self, file: InputFile, format_name: str) -> None:
        self._file, self._format = file, format_name
        self._written: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._pages: list[int] = []
        self._tables = 0
        self.notes: list[str] = []

    @property
    def is_empty(self) -> bool:
        """Tell whether no block has been read."""
        return not self._blocks

    @property
    def blocks(self) -> Sequence[Block]:
        """The blocks so far."""
        return self._blocks

    def begin_page(self) -> None:
        """The next words stand on a new page."""
        self._file.check_time()
        self._pages.append(self._length)

    def unread(self, text: str) -> None:
        """Keep words in the original that are no block (a table of contents)."""
        if text.strip():
            self._write(text.strip())
            self._write("\n")

    def recognised(self, text: str, confidence: Decimal) -> None:
        """Add a line that was recognised in a picture."""
        if words := text.strip():
            self._append(Block(BlockKind.LINE, self._write(words), confidence=confidence))
            self._write("\n")

    def add(self, kind: BlockKind, text: str, level: int | None = None, number: str = "") -> None:
        """Add a block; a line end inside it that closes a sentence begins another one."""
        for part in _sentence_lines(text):
            if words := part.strip():
                self._append(Block(kind, self._write(words), level, number))
                self._write("\n")
                number = ""

    def next_table(self) -> int:
        """The number of a table that begins here."""
        self._tables += 1
        return self._tables

    def add_rows(self, rows: Iterable[Sequence[Cell]], table: int) -> None:
        """Add the rows of a table; a row without words of its own is left out."""
        for row in rows:
            start = self._length
            own = [cell for place, cell in enumerate(row) if cell.words is None and cell not in row[:place]]
            for place, cell in enumerate(own):
                if place:
                    self._write("\t")
                cell.words = _unwrapped(self._write(cell.text.strip().replace("\t", " ")), cell.is_wrapped)
            words = _joined(self._written, start, self._length).stripped() if own else MappedText("")
            self._write("\n")
            if words.text:
                cells = tuple(cell.words or MappedText("") for cell in row)
                self._append(Block(BlockKind.TABLE_ROW, words, cells=cells, table=table))

    def finish(self) -> Reading:
        """Put the reading together; a file without words is refused."""
        if self.is_empty:
            self._file.refuse("READ-NO-TEXT")
        original = Original(self._file.sha256, self._format, "".join(self._written), tuple(self._pages))
        return Reading(original, tuple(self._blocks), tuple(self.notes))

    def _append(self, block: Block) -> None:
        self._blocks.append(block)
        self._file.check_blocks(len(self._blocks))
        if len(self._blocks) % 1000 == 0:
            self._file.check_time()

    def _write(self, text: str) -> MappedText:
        start = self._length
        self._written.append(text)
        self._length += len(text)
        return MappedText(text, ((0, start, len(text)),) if text else ())


def _joined(written: Sequence[str], start: int, end: int) -> MappedText:
    """The last words written, from ``start`` to ``end`` of the original."""
    wanted, kept = end - start, list[str]()
    for text in reversed(written):
        if wanted <= 0:
            break
        kept.append(text)
        wanted -= len(text)
    text = "".join(reversed(kept))[-(end - start) :] if end > start else ""
    return MappedText(text, ((0, start, len(text)),) if text else ())


def _unwrapped(words: MappedText, is_wrapped: bool) -> MappedText:
    """The words of a cell without the line ends of its layout; between Latin words a space stands for them."""
    text = words.text
    if not is_wrapped or "\n" not in text:
        return words
    dropped, spaced = [], list(text)
    for at, character in enumerate(text):
        if character == "\n":
            before, after = text[at - 1], text[at + 1]
            if before.isascii() and before.isalpha() and after.isascii() and after.isalpha():
                spaced[at] = " "
            else:
                dropped.append((at, at + 1))
    return words.rewritten("".join(spaced)).without(dropped)


def _sentence_lines(text: str) -> list[str]:
    """Cut at line ends that close a sentence or stand before an indented line; other line ends stay."""
    if "\n" not in text:
        return [text]
    parts: list[list[str]] = [[]]
    for line in text.split("\n"):
        before = parts[-1][-1].rstrip() if parts[-1] else ""
        if before and (before[-1] in SENTENCE_ENDS or line.startswith("\u3000\u3000")):
            parts.append([])
        if line.strip() or parts[-1]:
            parts[-1].append(line)
    return ["\n".join(lines) for lines in parts]
