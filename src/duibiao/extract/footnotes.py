"""Footnote marks that conversion glued to the words: ``1:3506`` is 1:350 with note 6, ``50%10`` is 50% with note 10.

A mark is believed by its order: notes are called 1, 2, 3 … through the text, so the marks of a text are the best rising
chain of candidates. A note that repeats the figure before its mark is the strongest evidence.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from duibiao.kernel.text import folded
from duibiao.sources.mapped import MappedText

_NOTES = re.compile(r"\s*(?:注|注释|备注|说明)(?:[：:]|\s*$)")
_NUMBERED = re.compile(r"\s*(\d{1,3})[.．、]\s*(?!\d)")
_DIGITS = re.compile(r"\d+(?:[.:：∶/]\d+)*")
_END = re.compile(r"\s*[（(]?来源[：:]")
_UNIT_AFTER = re.compile(r"[个名所人项门节年月天日学课小分次万亿种套百千元平米周级类期届条章款岁倍台间余多以]|[%％‰]")
_MOST_NOTES = 200
_MOST_CANDIDATES = 4000


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: its number and its words."""

    number: int
    words: MappedText


@dataclass(frozen=True, slots=True)
class Mark:
    """A footnote mark in a stretch of text."""

    stretch: int
    start: int
    end: int
    note: int
    weight: int


def split_notes(stretches: Sequence[MappedText]) -> tuple[list[int], list[Note]]:
    """The stretches that are no notes, and the notes after 注：, in the order of their numbers."""
    body: list[int] = []
    notes: list[Note] = []
    inside = False
    for at, stretch in enumerate(stretches):
        words = stretch
        match = _NOTES.match(words.text)
        if match and _opens_notes(stretches, at, match.end()):
            inside, notes = True, []
            words = words.slice(match.end(), len(words))
        elif inside and _END.match(words.text):
            inside = False
        if not inside:
            body.append(at)
            continue
        number = _NUMBERED.match(words.text)
        if number and int(number[1]) == len(notes) + 1 <= _MOST_NOTES:
            notes.append(Note(len(notes) + 1, words))
        elif notes and not number:
            notes[-1] = Note(notes[-1].number, MappedText.joined([notes[-1].words, words]))
        elif words.text.strip():
            inside = False
            body.append(at)
    return body, notes


def _opens_notes(stretches: Sequence[MappedText], at: int, end: int) -> bool:
    rest = stretches[at].text[end:].strip()
    following = rest or (stretches[at + 1].text if at + 1 < len(stretches) else "")
    first = _NUMBERED.match(following)
    return first is not None and first[1] == "1"


def marks(stretches: Sequence[MappedText], notes: Sequence[Note]) -> list[Mark]:
    """The best rising chain of footnote marks, each note at most once."""
    if not notes:
        return []
    texts = [folded(_NUMBERED.sub("", note.words.text, count=1)) for note in notes]
    found = [mark for at, words in enumerate(stretches) for mark in _candidates(at, words.text, texts)]
    found = found[:_MOST_CANDIDATES]
    best: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}  # last note of a chain → weight, the marks in it
    for index, mark in enumerate(found):
        reached = [(weight, chain) for note, (weight, chain) in best.items() if note < mark.note]
        weight, chain = max(reached, key=lambda one: one[0])
        if chain and _overlap(found[chain[-1]], mark):
            continue
        longer = (weight + mark.weight, (*chain, index))
        if mark.note not in best or best[mark.note][0] < longer[0]:
            best[mark.note] = longer
    _, chain = max(best.values(), key=lambda one: one[0])
    return [found[index] for index in chain]


def _overlap(one: Mark, other: Mark) -> bool:
    return one.stretch == other.stretch and other.start < one.end


def _candidates(stretch: int, text: str, notes: Sequence[str]) -> list[Mark]:
    found: list[Mark] = []
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        before, after = text[:start].rstrip()[-1:], text[end : end + 2].lstrip()[:1]
        if not before or (text[start - 1 : start] in ".．" and start > 1):
            continue
        whole = int(match[0]) if match[0].isdigit() and len(match[0]) <= 3 else 0
        if 0 < whole <= len(notes) and _may_stand_alone(text, start, end, before, after):
            found.append(Mark(stretch, start, end, whole, 12 if before in "%％‰" else 8))
        found += _glued(stretch, match, notes)
    return found


def _may_stand_alone(text: str, start: int, end: int, before: str, after: str) -> bool:
    """A figure alone is a mark after a percent sign, or set apart and followed by no unit."""
    if before in "%％‰":
        return True
    if before.isdigit() or not ("\u4e00" <= before <= "\u9fff" or before in "”》）)"):
        return False
    is_apart = text[start - 1].isspace() and (end >= len(text) or not _UNIT_AFTER.match(after or "。"))
    ends_clause = end >= len(text) or after in "，。；、）)”"
    return is_apart or ends_clause or _after_unit(text, start)


def _after_unit(text: str, start: int) -> bool:
    """Tell whether a figure follows a unit that follows a figure: 1个月12."""
    return re.search(r"\d[个名所人项门节年月天日次万种套]{1,2}\s*$", text[max(start - 8, 0) : start]) is not None


def _glued(stretch: int, match: re.Match[str], notes: Sequence[str]) -> list[Mark]:
    """Marks that may hide in the last digits of a figure."""
    figure, found = match[0], []
    for digits in (1, 2, 3):
        rest, mark = figure[:-digits], figure[-digits:]
        if len(rest) == 0 or not mark.isdigit() or mark[0] == "0" or not rest[-1].isdigit() or int(mark) > len(notes):
            continue
        is_repeated = len(rest) > 1 and folded(rest) in _figures(notes[int(mark) - 1])
        weight = 12 if is_repeated and folded(figure) not in _figures(notes[int(mark) - 1]) else 2
        if weight < 12 and rest.isdigit() and not _stands_in_range(match):
            continue  # a plain number loses no digit without evidence
        found.append(Mark(stretch, match.end() - digits, match.end(), int(mark), weight))
    return found


def _stands_in_range(match: re.Match[str]) -> bool:
    """3—51: the upper end of a range is far from its lower end."""
    before = re.search(r"(\d+)\s*[—–~～-]\s*$", match.string[max(match.start() - 8, 0) : match.start()])
    return before is not None and int(match[0]) > 4 * int(before[1]) < 4 * 10


def _figures(note: str) -> set[str]:
    return set(_DIGITS.findall(note))
