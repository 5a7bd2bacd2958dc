"""From words to their place in the original: passages, and the gaps between cells that a repair closed."""

from duibiao.extract.items import ItemPassage
from duibiao.sources.blocks import Original
from duibiao.sources.citation import passage_hash
from duibiao.sources.mapped import MappedText


def passage(words: MappedText, original: Original, lead: int = 0) -> ItemPassage:
    """The stretch of the original that holds the words; its hash leaves out lines the words skip (running heads).

    ``lead`` characters before the words, on the same line, belong to it. Raises ValueError when no word has an origin.
    """
    start, end = words.span()
    start -= lead
    locator = original.locator(start, end)
    text = original.text[start:end]
    said = text
    if locator.first_line != locator.last_line:
        spoken = original.lines_of(words)
        lines = enumerate(text.split("\n"), locator.first_line)
        said = "".join([line for number, line in lines if number in spoken])
    return ItemPassage(start, end, text, locator, passage_hash(said))


def with_gaps(words: MappedText, original: Original) -> MappedText:
    """The words with the white space of the original between them: in a table without rules it parts the cells.

    A line end is no gap: where lines were joined they stay joined.
    """
    if len(words.pieces) < 2 or not _has_gap(words, original.text):
        return words
    parts: list[MappedText | str] = []
    done = last = 0
    for at, origin, length in words.pieces:
        if at > done:
            parts.append(words.slice(done, at))
        gap = original.text[last:origin] if at and last < origin and at == done else ""
        if gap and gap.isspace() and len(gap) <= _WIDEST_GAP and "\n" not in gap:
            parts.append(MappedText(gap, ((0, last, len(gap)),)))
        parts.append(words.slice(at, at + length))
        done, last = at + length, origin + length
    parts.append(words.slice(done, len(words)))
    return MappedText.joined(parts)


def _has_gap(words: MappedText, text: str) -> bool:
    """Tell whether white space was dropped between two pieces on one line; lines that were joined have none."""
    done = last = 0
    for at, origin, length in words.pieces:
        if at and at == done and last < origin and text[last:origin].isspace():
            return True
        done, last = at + length, origin + length
    return False


_WIDEST_GAP = 200


def flowed(words: MappedText) -> MappedText:
    """The words without line ends and without white space at both ends."""
    text = words.text
    breaks = [(at, at + 1) for at, letter in enumerate(text) if letter in "\r\n"]
    return (words.without(breaks) if breaks else words).stripped()


def joined_lines(lines: list[MappedText]) -> MappedText:
    """Lines of one cell put together; Latin words keep a space between them."""
    parts: list[MappedText | str] = []
    before = ""
    for line in lines:
        if before and line.text and _is_latin(before[-1]) and _is_latin(line.text[0]):
            parts.append(" ")
        parts.append(line)
        before = line.text or before
    return MappedText.joined(parts)


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalpha()
