"""The headings of a document as clauses of a plan: what stands above each item."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cn2an

from duibiao.extract.draft import context_of, walk
from duibiao.extract.entry import OUTLINE_RULE, Entry, EntryKind, Shown, Surroundings
from duibiao.extract.items import DraftItem, ItemType
from duibiao.extract.outline import Node, NodeKind, Part
from duibiao.sources.blocks import Original

HIGH = (NodeKind.CHAPTER, NodeKind.PART)
LOW = (NodeKind.SECTION, NodeKind.ITEM, NodeKind.ARTICLE)
CHAPEAU = "chapeau"
"""The word a pack uses for the paragraphs before the first heading (开篇)."""

WHOLE = "0"
"""The section of the tasks of a document without sections: the document itself."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered heading of a document with its place."""

    kind: EntryKind
    number: str
    title: str
    start: int
    end: int
    within: str = ""


def headings(part: Part, tasks: Iterable[DraftItem]) -> list[Heading]:
    """The numbered headings of a document, each with a number nothing else of its kind has.

    A plan with tasks has sections, and its tasks are no headings; a plan without has parts and measures.
    """
    task_places = sorted(item.passage.start for item in tasks)
    high_kind = EntryKind.SECTION if task_places else EntryKind.PART
    found: list[Heading] = []
    above = ""
    for node in _nodes(part):
        is_high = node.kind in HIGH
        start, end = node.title.span()
        if not is_high and (task_places or not node.number):
            continue
        number = node.number if high_kind is EntryKind.SECTION else arabic(node.number)
        if is_high:
            above = number
        found.append(
            Heading(
                high_kind if is_high else EntryKind.MEASURE,
                number,
                node.title.text,
                start,
                end,
                "" if is_high else above,
            )
        )
    if task_places and not any(one.kind is EntryKind.SECTION for one in found) and part.title.pieces:
        start, end = part.title.span()
        found.insert(0, Heading(EntryKind.SECTION, WHOLE, part.title.text, start, end))
    return _numbered(found)


def _nodes(part: Part) -> Iterator[Node]:
    for node, _ in walk(part.root, context_of(part)):
        if node.kind in (*HIGH, *LOW) and node.title.pieces and node.title.text.strip():
            yield node


def _numbered(found: list[Heading]) -> list[Heading]:
    """Give headings whose numbers repeat the number of what stands above in front; drop what still repeats."""
    repeated = {key for key, count in Counter((one.kind, one.number) for one in found).items() if count > 1}
    seen: set[tuple[EntryKind, str]] = set()
    kept = []
    kinds_repeating = {kind for kind, _ in repeated}
    for one in found:
        number = f"{one.within}.{one.number}" if one.kind in kinds_repeating and one.within else one.number
        if (one.kind, number) in seen:
            continue
        seen.add((one.kind, number))
        kept.append(Heading(one.kind, number, one.title, one.start, one.end, one.within))
    return kept


def arabic(number: str) -> str:
    """A heading number in digits: 十二 → 12, 2.1 stays; what is no number stays as it is."""
    if not re.fullmatch(r"[〇零一二三四五六七八九十百]+", number):
        return number
    try:
        return str(int(cn2an.cn2an(number, "smart")))
    except ValueError:
        return number


def clause_entries(found: Iterable[Heading], original: Original) -> list[Entry]:
    """The headings as draft entries."""
    entries = []
    for one in found:
        fields = {"no": one.number, "within": one.within, "title": one.title}
        entries.append(
            Entry(
                id="",
                kind=one.kind,
                fields={name: value for name, value in fields.items() if value},
                item={EntryKind.MEASURE: "第{}条", EntryKind.PART: "第{}部分"}.get(one.kind, "{}").format(one.number),
                shown=Shown.of(original, one.start, one.end),
                rule=OUTLINE_RULE,
                type="clause",
            )
        )
    return entries


class Above:
    """Answers what stands above a place of the document: its section, and the task or measure it belongs to."""

    def __init__(self, found: Iterable[Heading], items: Iterable[DraftItem], plan_end: int | None) -> None:
        ordered = sorted(found, key=lambda one: one.start)
        high = [one for one in ordered if one.kind is not EntryKind.MEASURE]
        self._sections = [(one.start, one.number) for one in high]
        tasks = [(one.passage.start, one.number, f"任务{one.number}") for one in items if one.type is ItemType.TASK]
        measures = [(one.start, one.number, f"第{one.number}条") for one in ordered if one.kind is EntryKind.MEASURE]
        opens = [(start, "", f"{number}开头") for start, number in self._sections]
        self._items = sorted([*tasks, *measures, *opens])
        self._plan_end = plan_end

    def of(self, item: DraftItem) -> Surroundings:
        """What stands above an item."""
        place = item.passage.start
        section = bisect_right(self._sections, place, key=lambda one: one[0])
        inner = bisect_right(self._items, place, key=lambda one: one[0])
        number, called = self._items[inner - 1][1:] if inner else (CHAPEAU, "开篇")
        return Surroundings(self._sections[section - 1][1] if section else "", number, self._plan_end, called)
