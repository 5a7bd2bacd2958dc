"""The archive: source documents kept by content hash inside the workspace, so that passages can be shown."""

import hashlib
import re
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.text import without_spaces
from duibiao.sources.citation import Locator, Source, passage_hash
from duibiao.sources.readers import read_unnamed


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document with its words (原文片段).

    ``text`` has no white space and is what the hash is of; ``shown`` keeps the gaps between cells and figures.
    """

    text: str
    shown: str
    locator: Locator
    hash: str


class Document:
    """An archived text document; ``text`` is what the file holds, untouched."""

    def __init__(self, source: Source, text: str) -> None:
        self.source = source
        self.text = text

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file; line 1 is ``lines[0]``."""
        return self.text.split("\n")

    @cached_property
    def _running_heads(self) -> list[re.Pattern[str]]:
        return [re.compile(pattern) for pattern in self.source.running_heads]

    def is_running_head(self, line: str) -> bool:
        """Tell whether a line belongs to the page layout and not to the text."""
        return any(pattern.fullmatch(line.strip()) for pattern in self._running_heads)

    def passage(self, locator: Locator) -> Passage:
        """Return the words a locator points at; raise ValueError when it points outside the document."""
        if locator.last_line > len(self.lines):
            raise ValueError(str(locator))
        stretch = self.lines[locator.first_line - 1 : locator.last_line]
        heads = [self.is_running_head(line) for line in stretch]  # known by the whole line, before it is cut
        # The last line is cut first: a stretch inside one line would otherwise lose count.
        stretch[-1] = stretch[-1][: locator.last_character]
        stretch[0] = stretch[0][(locator.first_character or 1) - 1 :]
        kept = list(zip(stretch, heads, strict=True))
        words = "".join(without_spaces(line) for line, is_head in kept if not is_head)
        if not words:
            raise ValueError(str(locator))  # the hash of nothing would fit any document
        shown = re.sub(r"\s+", " ", " ".join(line.strip() for line, is_head in kept if not is_head))
        return Passage(words, _closed_up(shown), locator, passage_hash(words))

    def find(self, words: str) -> list[Passage]:
        """Return every place where the words stand, whatever the wrapping and the running heads between them."""
        wanted = without_spaces(words)
        if not wanted:
            return []
        places = [
            (number, column)
            for number, line in enumerate(self.lines, 1)
            if not self.is_running_head(line)
            for column, character in enumerate(line, 1)
            if not character.isspace()
        ]
        text = "".join(self.lines[number - 1][column - 1] for number, column in places)
        found, start = [], text.find(wanted)
        while start >= 0:
            (first, first_character), (last, last_character) = places[start], places[start + len(wanted) - 1]
            found.append(self.passage(Locator(first, last, first_character, last_character)))
            start = text.find(wanted, start + 1)
        return found


def _closed_up(words: str) -> str:
    """Drop gaps between Chinese characters, which a hard wrap left; keep those beside figures and letters."""
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", words)


class Archive:
    """A folder of documents named by the SHA-256 of their bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, file: Path) -> str:
        """Keep a copy of a file and return its content hash; adding it twice changes nothing."""
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        kept = self.folder / digest
        if not kept.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            partial = kept.with_suffix(".partial")
            shutil.copyfile(file, partial)
            partial.replace(kept)  # whole or not at all
        return digest

    def holds(self, source: Source) -> bool:
        """Whether the bytes of a source are in the archive; does not read them."""
        return bool(source.sha256) and (self.folder / source.sha256).is_file()

    def open(self, source: Source) -> Document | None:
        """Return the document of a source, or None where the archive does not hold it, or holds pictures of it.

        Raises UserError when the archived bytes are no longer those that were registered.
        """
        if not self.holds(source):
            return None
        data = (self.folder / source.sha256).read_bytes()
        if hashlib.sha256(data).hexdigest() != source.sha256:
            raise UserError([problem("ARCHIVE-CHANGED", Where(source.code))])
        # Locators point into the text as the reader of the format gives it.
        try:
            return Document(source, read_unnamed(self.folder / source.sha256).original.text)
        except UserError as error:
            if {one.code for one in error.problems} == {"READ-SCANNED"}:
                return None  # its words were recognised in pictures: they are not in the file
            raise
