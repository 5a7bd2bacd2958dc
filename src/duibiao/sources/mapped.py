"""Text that remembers, for every character, where it stood in the original."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Protocol

from duibiao.kernel.quick import quick_dataclass

_PAST_ALL = 1 << 62
Pieces = tuple[tuple[int, int, int], ...]


class Mapped(Protocol):
    """Whatever has words and the pieces of the original they came from (有来处的文字)."""

    @property
    def text(self) -> str:
        """The words."""
        ...

    @property
    def pieces(self) -> Pieces:
        """Where they came from, as in ``MappedText``."""
        ...


@quick_dataclass(frozen=True, slots=True)
class MappedText:
    """Words after repair, with the way back to the original.

    ``pieces`` are runs ``(offset in text, offset in original, length)``, ascending in ``text`` and not
    overlapping there. A character outside every run was inserted by a repair and has no origin.
    """

    text: str
    pieces: Pieces = ()

    @classmethod
    def of(cls, original: str, start: int = 0, end: int | None = None) -> "MappedText":
        """Take a stretch of the original as it is."""
        stop = len(original) if end is None else end
        return cls(original[start:stop], ((0, start, stop - start),) if stop > start else ())

    def __len__(self) -> int:
        return len(self.text)

    def slice(self, start: int, end: int) -> "MappedText":
        """The characters from ``start`` up to ``end``."""
        text, pieces = self.text, self.pieces
        start, end = max(start, 0), min(end, len(text))
        if start == 0 and end == len(text):
            return self
        if start >= end:
            return _NOTHING
        if len(pieces) == 1:  # most words were printed in one go
            ((at, origin, length),) = pieces
            first, last = max(at, start), min(at + length, end)
            kept = ((first - start, origin + first - at, last - first),) if first < last else ()
            return MappedText(text[start:end], kept)
        found = self._cut(start, end)
        return MappedText(text[start:end], tuple([(at - start, origin, length) for at, origin, length in found]))

    def _cut(self, start: int, end: int) -> Sequence[tuple[int, int, int]]:
        """The pieces of a stretch, those at its ends cut."""
        begin = max(bisect_right(self.pieces, (start, _PAST_ALL, 0)) - 1, 0)  # the piece that holds the start
        kept = list(self.pieces[begin : bisect_left(self.pieces, (end,))])
        if kept:
            at, origin, length = kept[-1]
            if at + length > end:
                kept[-1] = at, origin, end - at
            at, origin, length = kept[0]
            if at < start:
                kept[:1] = [(start, origin + start - at, at + length - start)] if at + length > start else []
        return kept

    @classmethod
    def joined(cls, parts: Iterable[Mapped | str]) -> "MappedText":
        """Put parts together; a plain string is inserted text without an origin."""
        words: list[str] = []
        pieces: list[tuple[int, int, int]] = []
        length = 0
        end, stop = -1, -1  # where the last piece ends, here and in the original
        for part in parts:
            if isinstance(part, str):
                words.append(part)
                length += len(part)
                continue
            text, own = part.text, part.pieces
            words.append(text)
            if len(own) == 1:  # most parts were printed in one go
                ((at, origin, count),) = own
                if length + at == end and origin == stop:
                    first, begin, before = pieces[-1]
                    pieces[-1] = (first, begin, before + count)
                else:
                    pieces.append((length + at, origin, count))
                end, stop = length + at + count, origin + count
            elif own:
                at, origin, count = own[0]
                is_joined = length + at == end and origin == stop
                if is_joined:
                    first, begin, before = pieces[-1]
                    pieces[-1] = (first, begin, before + count)
                pieces += [(length + at, origin, count) for at, origin, count in (own[1:] if is_joined else own)]
                at, origin, count = own[-1]
                end, stop = length + at + count, origin + count
            length += len(text)
        return cls("".join(words), tuple(pieces))

    def without(self, ranges: Iterable[tuple[int, int]]) -> "MappedText":
        """Leave out ascending, non-overlapping ranges of the text."""
        text, dropped = self.text, list(ranges)
        words, done = [], 0
        for start, end in dropped:
            words.append(text[done:start])
            done = end
        words.append(text[done:])
        pieces: list[tuple[int, int, int]] = []
        place = gone = 0  # the ranges before a place, and how many characters they take
        for at, origin, count in self.pieces:
            first, last = at, at + count
            while place < len(dropped) and dropped[place][0] < last:
                start, end = dropped[place]
                if start > first:
                    pieces.append((first - gone, origin + first - at, start - first))
                first = max(first, end)
                if end > last:  # it reaches into the next piece
                    break
                gone += end - start
                place += 1
            if first < last:
                pieces.append((first - gone, origin + first - at, last - first))
        return MappedText("".join(words), tuple(pieces))

    def rewritten(self, text: str) -> "MappedText":
        """The same characters written differently, one for one (full width to half width)."""
        if len(text) != len(self.text):
            raise ValueError("a rewriting keeps the number of characters")
        return MappedText(text, self.pieces)

    def origin(self, index: int) -> int | None:
        """Where a character stood in the original; None when a repair inserted it."""
        place = bisect_right(self.pieces, (index, float("inf"), 0)) - 1
        if place < 0:
            return None
        at, origin, length = self.pieces[place]
        return origin + index - at if index < at + length else None

    def span(self, start: int = 0, end: int | None = None) -> tuple[int, int]:
        """The stretch of the original that a stretch of this text came from: first and one past the last character.

        Raises ValueError when no character of the stretch has an origin.
        """
        start, stop = max(start, 0), len(self.text) if end is None else min(end, len(self.text))
        is_whole = start == 0 and stop == len(self.text)
        found = self.pieces if is_whole else self._cut(start, stop) if start < stop else ()
        if not found:
            raise ValueError(f"{start}-{end} has no origin")
        if len(found) == 1:
            ((_, origin, length),) = found
            return origin, origin + length
        return min([origin for _, origin, _ in found]), max([origin + length for _, origin, length in found])

    def stripped(self) -> "MappedText":
        """Without white space at both ends."""
        if not self.text or not (self.text[0].isspace() or self.text[-1].isspace()):
            return self
        start = len(self.text) - len(self.text.lstrip())
        return self.slice(start, len(self.text.rstrip())) if start < len(self.text) else MappedText("")


_NOTHING = MappedText("")
