"""Puts extraction together: a file that was read → its documents, and every item with its passage."""

import re
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from duibiao.extract.departments import Names
from duibiao.extract.flat_tables import with_tables
from duibiao.extract.items import DraftItem, ItemType
from duibiao.extract.outline import Context, Node, NodeKind, Part
from duibiao.extract.quantities import has_figure
from duibiao.extract.rules import rules
from duibiao.extract.statements import statements
from duibiao.extract.structure import split
from duibiao.extract.tables import indicator_rows
from duibiao.extract.tasks import tasks
from duibiao.extract.window import AHEAD, BACK, WORK_REPORT, Window, is_plan, is_report, issued, looks_ahead
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.quick import seldom_searched
from duibiao.sources.blocks import Block, BlockKind, Original, PhysicalLines, Reading
from duibiao.sources.citation import Locator
from duibiao.sources.mapped import MappedText
from duibiao.sources.readers.limits import Limits, too_large
from duibiao.sources.repair import repair

FOOTNOTE = "footnote_at:"
"""Begins the flag of a rule that says where its footnote stands."""
OCR = "ocr"
"""The flag of what was read from a picture; a second flag says how sure that was (ocr:0.97)."""
BETWEEN = " / "
"""Stands between the headings of a section path."""

_STAGE = re.compile(r"(?:^|[。；])\s*到\s*(20\d\d)\s*年")
_SHORTEST_SENTENCE = 7
_NOTES = ("注：", "注:")
"""How the note under a table begins: it defines, and promises nothing."""
_NUMBERED = frozenset(
    {
        NodeKind.PART,
        NodeKind.SECTION,
        NodeKind.ITEM,
        NodeKind.SUBITEM,
        NodeKind.ARTICLE,
        NodeKind.CHAPTER,
        NodeKind.BOX,
    }
)
_ROOT, _TABLE, _DASH, _ROW = NodeKind.ROOT, NodeKind.TABLE, NodeKind.DASH, BlockKind.TABLE_ROW


@dataclass(frozen=True, slots=True)
class Draft:
    """What was read in one file (草稿): its documents and every item. Nothing in it is accepted.

    ``counts`` says how many of the items each document holds; the items stand in the order of the documents.
    """

    original: Original
    parts: tuple[Part, ...]
    items: tuple[DraftItem, ...]
    counts: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    recognised: "Recognised" = field(default_factory=lambda: Recognised(()))

    def by_part(self) -> Iterator[tuple[Part, tuple[DraftItem, ...]]]:
        """Every document with its items."""
        done = 0
        for part, count in zip(self.parts, self.counts, strict=True):
            yield part, self.items[done : done + count]
            done += count


def extract(
    reading: Reading, departments: Mapping[str, str] | None = None, name: str = "", limits: Limits | None = None
) -> Draft:
    """Read everything a file promises, reports and rules. ``departments`` maps each known name to the main one.

    Raises UserError (about the file called ``name``) when it would take more time or room than any plan does.
    """
    with seldom_searched():
        repaired = with_tables(repair(reading))
        bounds = _Bounds(name or reading.original.sha256[:8], limits or Limits())
        bounds.check_paragraphs(repaired)
        parts = tuple(split(repaired))
        names = Names(departments or {})
        pictures = Recognised.of(reading)
        found = [_of_part(part, repaired.original, names, bounds) for part in parts]
        if pictures.stretches:
            found = [[pictures.flagged(one) for one in items] for items in found]
        items = tuple(item for of_one in found for item in of_one)
        return Draft(reading.original, parts, items, tuple(map(len, found)), repaired.notes, pictures)


def context_of(part: Part) -> Context:
    """What the title of a document says about everything in it."""
    title = part.title.text
    reports = is_report(title)
    window = Window.of(title)
    if window.end is None and not reports:
        window = Window.stated(part)
    year = issued(part)
    if window.end is None and reports and WORK_REPORT.search(title):
        window = Window(year, year)
    first = window.start or year
    base = None if first is None or (reports and window.start == window.end) else first - 1
    return Context(title, plan_end=window.end, base_year=base, is_report=reports, is_plan=is_plan(title))


def walk(node: Node, context: Context) -> Iterator[tuple[Node, Context]]:
    """Every node of a document with what surrounds it, in reading order."""
    pending = [(node, context)]
    while pending:
        one, around = pending.pop()
        if one.kind is not _ROOT:
            heading = f"{one.number} {one.title.text}".strip()
            section = f"{around.section}{BETWEEN}{heading}" if around.section and heading else around.section or heading
            number = one.number if one.kind in _NUMBERED and one.number else around.number
            around = _headed(around.under(section, number))
        yield one, around
        stages = _stages(one)
        pending += [(child, _staged(child, around, stages)) for child in reversed(one.children)]


def _headed(around: Context) -> Context:
    """A work report promises under the headings that look ahead, like a plan of its year."""
    if not around.is_report or not WORK_REPORT.search(around.document) or not looks_ahead(around.section):
        return around
    base = None if around.plan_end is None else around.plan_end - 1
    return replace(around, is_report=False, is_plan=True, base_year=base)


def _stages(node: Node) -> list[tuple[int, int | None]]:
    """Where the paragraphs of a heading stand, and the year of those that open a stage (到2027年，…)."""
    if not node.children or not any(child.kind is _DASH for child in node.children):
        return []
    found = []
    for block in node.blocks:
        if block.words.pieces:
            years = _STAGE.findall(block.text)
            found.append((block.words.pieces[0][1], int(years[-1]) if years else None))
    return sorted(found, key=lambda one: one[0])


def _staged(child: Node, around: Context, stages: list[tuple[int, int | None]]) -> Context:
    """A list of dashes (——) speaks of the stage that the paragraph before it opens."""
    if child.kind is not _DASH or not child.title.pieces:
        return around
    place = bisect_left(stages, child.title.pieces[0][1], key=lambda one: one[0]) - 1
    year = stages[place][1] if place >= 0 else None
    return around if year is None else replace(around, plan_end=year, stage=year)


class _Bounds:
    """What is drawn from one file: bounded in time, in the length of a paragraph and in the number of items."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.where, self.limits, self.started = Where(name), limits, time.monotonic()
        self.before = 0

    def check_paragraphs(self, reading: Reading) -> None:
        most = self.limits.paragraph_characters
        if any(len(one.text) > most for one in reading.blocks):
            raise UserError([too_large("paragraph_characters", most, self.where)])

    def check(self, items: int) -> None:
        if self.before + items > self.limits.items:
            raise UserError([too_large("items", self.limits.items, self.where)])
        if time.monotonic() - self.started > self.limits.extract_seconds:
            raise UserError([problem("READ-TIME", self.where, seconds=self.limits.extract_seconds)])


def _of_part(part: Part, original: Original, departments: Names, bounds: _Bounds) -> list[DraftItem]:
    found: list[DraftItem] = []
    for node, around in walk(part.root, context_of(part)):
        bounds.check(len(found))
        rows = indicator_rows(node.blocks, original, around) if node.kind is _TABLE else []
        found += rows
        found += tasks(node, original, around, departments)
        if node.kind is _ROOT:
            found += rules(node, original, around)
        for words in _sentences(node) if node.kind is not _TABLE else () if rows else _cells(node):
            if spoken := statements(words, original, around):
                found += _spoken(spoken, around)
                bounds.check(len(found))
    bounds.before += len(found)
    return in_reading_order(found)


def _sentences(node: Node) -> Iterator[MappedText]:
    """The stretches of running text under a heading; a heading is one itself where it holds a figure."""
    if has_figure(node.title.text) and any(letter.isdigit() for letter in node.title.text):
        yield node.title
    for block in node.blocks:
        if _is_running_text(block):
            yield block.words


def _cells(node: Node) -> Iterator[MappedText]:
    """The sentences in the cells of a table that is no indicator table: a box, a division of labour."""
    for block in node.blocks:
        for cell in dict.fromkeys(block.cells):
            if len(cell) >= _SHORTEST_SENTENCE and has_figure(cell.text):
                at = 0
                for line in cell.text.split("\n"):
                    yield cell.slice(at, at + len(line))
                    at += len(line) + 1


def _is_running_text(block: Block) -> bool:
    return block.table is None and block.kind is not _ROW and block.text[:2] not in _NOTES


def _spoken(items: Iterable[DraftItem], context: Context) -> list[DraftItem]:
    """What running text may say where it stands: a report promises only under a heading that looks ahead."""
    if not context.is_report or (AHEAD.search(context.section) and not BACK.search(context.section)):
        return list(items)
    return [item for item in items if item.type is not ItemType.STATEMENT]


def in_reading_order(items: Iterable[DraftItem]) -> list[DraftItem]:
    """By place, each reading once: what two rules read alike stays under the surer rule.

    A row of a table is read as a row, a floor as a rule; the same words are no statement beside it, and the legal
    footnote of a rule promises nothing.
    """
    kept: dict[tuple[object, ...], DraftItem] = {}
    for item in items:
        key = _reading(item)
        if key not in kept or item.confidence > kept[key].confidence:
            kept[key] = item
    ruled = [one for one in kept.values() if one.type in (ItemType.INDICATOR_ROW, ItemType.RULE)]
    taken = _Stretches((one.passage.start, one.passage.end) for one in ruled)
    notes = _Stretches(lines for one in ruled for lines in _footnotes(one))
    alone = [
        one
        for one in kept.values()
        if one.type not in (ItemType.STATEMENT, ItemType.ACHIEVED)
        or not (taken.hold(one.passage.start) or notes.hold(one.passage.locator.first_line))
    ]
    return sorted(alone, key=lambda one: (one.passage.start, one.passage.end))


def _footnotes(item: DraftItem) -> Iterator[tuple[int, int]]:
    """The lines of the footnotes an item names; the end is one past the last."""
    for flag in item.flags:
        if flag.startswith(FOOTNOTE):
            place = Locator.parse(flag.removeprefix(FOOTNOTE))
            yield place.first_line, place.last_line + 1


def _reading(item: DraftItem) -> tuple[object, ...]:
    if item.type is ItemType.TASK:
        return item.type, item.passage.start, item.number
    where = item.type, item.passage.start, item.passage.end
    return *where, item.subject, item.operator, item.value, item.upper, item.unit, item.due, item.written


@dataclass(frozen=True, slots=True)
class Recognised:
    """The stretches of the original that were recognised in a picture (识别片段), with how sure that was; in order."""

    stretches: tuple[tuple[int, int, Decimal], ...]

    @classmethod
    def of(cls, reading: Reading) -> "Recognised":
        """Collect them from the blocks of a reading."""
        if isinstance(reading.blocks, PhysicalLines):
            return cls(())  # the lines of a text are no pictures
        found = [(*one.words.span(), one.confidence) for one in reading.blocks if one.confidence is not None]
        return cls(tuple(sorted(found)))

    def flags(self, start: int, end: int) -> tuple[str, ...]:
        """The flags of what stands from ``start`` to ``end``: ``ocr`` and the lowest confidence; none elsewhere."""
        begin = max(bisect_left(self.stretches, start, key=lambda one: one[0]) - 1, 0)
        sure = []
        for first, last, confidence in self.stretches[begin:]:
            if first >= end:
                break
            if last > start:
                sure.append(confidence)
        return (OCR, f"{OCR}:{min(sure)}") if sure else ()

    def flagged(self, item: DraftItem) -> DraftItem:
        """An item with the flags of its passage."""
        return replace(item, flags=(*item.flags, *self.flags(item.passage.start, item.passage.end)))


class _Stretches:
    """Stretches of the original, asked whether one of them holds a place."""

    def __init__(self, found: Iterable[tuple[int, int]]) -> None:
        self.joined: list[tuple[int, int]] = []
        for start, end in sorted(found):
            if self.joined and start <= self.joined[-1][1]:
                self.joined[-1] = (self.joined[-1][0], max(end, self.joined[-1][1]))
            else:
                self.joined.append((start, end))

    def hold(self, place: int) -> bool:
        low, high = 0, len(self.joined)
        while low < high:
            middle = (low + high) // 2
            start, end = self.joined[middle]
            if place < start:
                high = middle
            elif place >= end:
                low = middle + 1
            else:
                return True
        return False
