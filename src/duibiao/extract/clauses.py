"""The headings of a document as clauses of a plan: what stands above each item."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import cn2an

from duibiao.extract.aims import Aim
from duibiao.extract.entry import OUTLINE_RULE, Entry, EntryKind, Shown, Surroundings
from duibiao.extract.items import DraftItem, ItemType
from duibiao.extract.outline import Node, NodeKind, Part
from duibiao.sources.blocks import Original

_MAIN = re.compile(r"^(?:主要|重点|重大|战略)(?:目标)?(?:任务|举措|工作)|任务(?:和|与|、)?(?:重点)?举措$")
"""The title of the chapter that holds what a plan sets out to do, where it has chapters around it."""
_SAFEGUARDS = re.compile(r"保障|^组织(?:实施|领导)")
"""The title of the chapter that says how the plan is kept."""
HIGH = (NodeKind.CHAPTER, NodeKind.PART)
LOW = (NodeKind.SECTION, NodeKind.ITEM, NodeKind.ARTICLE)
CHAPEAU = "chapeau"
"""The word a pack uses for the paragraphs before the first heading (开篇)."""

CALLED = {
    EntryKind.POSITION: "定位{}",
    EntryKind.ACTION: "行动{}",
    EntryKind.PROJECT: "工程{}",
    EntryKind.MILESTONE: "{}年目标",
    EntryKind.MEASURE: "第{}条",
    EntryKind.PART: "第{}部分",
    EntryKind.PROGRAMME: "专栏{}",
    EntryKind.SAFEGUARD: "保障措施{}",
}
"""What a person calls a clause of each kind."""
WHOLE = "0"
"""The section of the tasks of a document without sections: the document itself."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered heading of a document with its place; ``path`` are the numbers above it and its own."""

    kind: EntryKind
    number: str
    title: str
    start: int
    end: int
    within: str = ""
    path: tuple[str, ...] = ()


def headings(part: Part, tasks: Iterable[DraftItem]) -> list[Heading]:
    """The numbered headings of a document, each with a number nothing else of its kind has.

    A plan with tasks has sections, and its tasks are no headings; a plan without has parts and measures. Where one
    chapter holds them all (主要任务), its sections are the parts, and the chapter on safeguards holds safeguards.
    """
    has_tasks = any(True for _ in tasks)
    main = None if has_tasks else _main_chapter(part.root)
    if main is not None:
        found = [one for chapter in part.root.children for one in _of_chapter(chapter, main)]
    else:
        found = [one for one in _below(part.root, (), has_tasks) if not has_tasks or one.kind is EntryKind.SECTION]
    if has_tasks and not found and part.title.pieces:
        start, end = part.title.span()
        found.insert(0, Heading(EntryKind.SECTION, WHOLE, part.title.text, start, end, path=(WHOLE,)))
    return _numbered(found)


def _main_chapter(root: Node) -> Node | None:
    """The one chapter whose sections are the parts of the plan; None where the chapters themselves are."""
    found = [
        one
        for one in root.children
        if one.kind in HIGH
        and _MAIN.search(one.title.text.strip())
        and sum(child.kind is NodeKind.SECTION and bool(child.children) for child in one.children) >= 2
    ]
    return found[0] if len(found) == 1 else None


def _of_chapter(chapter: Node, main: Node) -> Iterator[Heading]:
    """The clauses of one chapter; what leads up to the tasks (总体要求 …) has none."""
    if chapter is main:
        for one in _below(chapter, (), has_tasks=False):
            is_part = one.kind is EntryKind.MEASURE and len(one.path) == 1
            yield replace(one, kind=EntryKind.PART) if is_part else one
    elif chapter.kind in HIGH and _SAFEGUARDS.search(chapter.title.text):
        for one in _below(chapter, (), has_tasks=False):
            if one.kind is EntryKind.MEASURE and len(one.path) == 1:
                yield replace(one, kind=EntryKind.SAFEGUARD, path=(f"safeguard.{one.number}",))


def _below(root: Node, path: tuple[str, ...], has_tasks: bool) -> Iterator[Heading]:
    """The headings under a node, in reading order."""
    pending = [(child, path, "") for child in reversed(root.children)]
    while pending:
        node, above, box = pending.pop()
        own = above
        if node.kind is NodeKind.BOX:
            box = node.number or "0"
        elif node.number and node.title.pieces and node.title.text.strip():
            number = node.number if has_tasks else arabic(node.number)
            kind = _kind(node.kind, box, has_tasks)
            if kind is not None:
                own = (f"box{box}", number) if box else (*above, number)
                start, end = node.title.span()
                yield Heading(kind, number, node.title.text, start, end, path=own)
        pending += [(child, own, box) for child in reversed(node.children)]


def _kind(kind: NodeKind, box: str, has_tasks: bool) -> EntryKind | None:
    """Which clause a heading is; None for one that is none."""
    if box:
        return EntryKind.PROGRAMME if kind in (*LOW, NodeKind.SUBITEM) else None
    if kind in HIGH:
        return EntryKind.SECTION if has_tasks else EntryKind.PART
    return EntryKind.MEASURE if kind in LOW else None


def _numbered(found: list[Heading]) -> list[Heading]:
    """Give every heading of a kind the shortest end of its path that is no other's; drop what still repeats."""
    reach: dict[EntryKind, int] = {}
    for kind in {one.kind for one in found}:
        paths = [one.path for one in found if one.kind is kind]
        enough = 2 if kind is EntryKind.PROGRAMME else 1  # a programme is named with its box
        while enough < max(map(len, paths)) and len({path[-enough:] for path in paths}) < len(paths):
            enough += 1
        reach[kind] = enough
    kept: dict[tuple[EntryKind, str], Heading] = {}
    part = ""
    for one in found:
        number = ".".join(one.path[-reach[one.kind] :])
        is_low = one.kind in (EntryKind.MEASURE, EntryKind.PROGRAMME)
        part = number if one.kind in (EntryKind.PART, EntryKind.SECTION) else part
        kept.setdefault((one.kind, number), replace(one, number=number, within=part if is_low else ""))
    return list(kept.values())


def arabic(number: str) -> str:
    """A heading number in digits: 十二 → 12, 2.1 stays; what is no number stays as it is."""
    if not re.fullmatch(r"[〇零一二三四五六七八九十百]+", number):
        return number
    try:
        return str(int(cn2an.cn2an(number, "smart")))
    except ValueError:
        return number


def clause_entries(found: Iterable[Heading | Aim], original: Original) -> list[Entry]:
    """The headings, and what the plan names of its own, as draft entries."""
    entries = []
    for one in found:
        extra = {"year": one.year} if isinstance(one, Aim) else {"within": one.within}
        fields = {"no": one.number, **extra, "title": one.title}
        entries.append(
            Entry(
                id="",
                kind=one.kind,
                fields={name: value for name, value in fields.items() if value},
                item=_called(one),
                shown=Shown.of(original, one.start, one.end),
                rule=OUTLINE_RULE,
                type="clause",
            )
        )
    return entries


def _called(one: "Heading | Aim") -> str:
    """What a person calls a heading."""
    number = one.number.removeprefix("box").removeprefix("safeguard.")
    return CALLED.get(one.kind, "{}").format(number)


class Above:
    """Answers what stands above a place of the document: its section, and the task or measure it belongs to."""

    def __init__(self, found: Iterable[Heading], items: Iterable[DraftItem], plan_end: int | None) -> None:
        ordered = sorted(found, key=lambda one: one.start)
        low = (EntryKind.MEASURE, EntryKind.PROGRAMME, EntryKind.SAFEGUARD)
        self._sections = [(one.start, one.number) for one in ordered if one.kind not in low]
        tasks = [(one.passage.start, one.number, f"任务{one.number}") for one in items if one.type is ItemType.TASK]
        inner = [(one.start, one.number, _called(one)) for one in ordered if one.kind in low]
        opens = [(start, "", f"{number}开头") for start, number in self._sections]
        self._items = sorted([*tasks, *inner, *opens])
        self._plan_end = plan_end

    def of(self, item: DraftItem) -> Surroundings:
        """What stands above an item."""
        place = item.passage.start
        section = bisect_right(self._sections, place, key=lambda one: one[0])
        inner = bisect_right(self._items, place, key=lambda one: one[0])
        number, called = self._items[inner - 1][1:] if inner else (CHAPEAU, "开篇")
        return Surroundings(self._sections[section - 1][1] if section else "", number, self._plan_end, called)
