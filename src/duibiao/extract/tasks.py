"""Tasks: numbered items with the departments that lead and cooperate, and tables of the division of labour."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice

from duibiao.extract.departments import (
    BY_ORDER,
    UNKNOWN,
    Names,
    Naming,
    Share,
    bracketed,
    is_labelled,
    is_office,
    labelled,
    may_name,
    stated_year,
    unended,
)
from duibiao.extract.items import DraftItem, ItemType
from duibiao.extract.outline import Context, Node, NodeKind
from duibiao.extract.place import joined_lines, passage
from duibiao.extract.task_table import TaskRow, task_rows
from duibiao.kernel.quick import quick_dataclass
from duibiao.kernel.text import without_spaces
from duibiao.sources.blocks import Block, BlockKind, Original
from duibiao.sources.mapped import MappedText

LABELLED, BRACKETED, TABLE = "task.labelled", "task.bracketed", "task.table"
CONFIDENCE = {LABELLED: Decimal("0.99"), BRACKETED: Decimal("0.95"), TABLE: Decimal("0.95")}
"""Share of tasks right in every field on the gold readings; brackets and tables stand in none of them."""

_OWNERS = (NodeKind.ITEM, NodeKind.ARTICLE)
_HOLDERS = (NodeKind.TABLE, NodeKind.ROOT)
_ROW = BlockKind.TABLE_ROW
_PARTS = (NodeKind.SUBITEM, NodeKind.DASH)
_NAMING = re.compile(r"[（(\[](?:牵头|责任|主责|配合|负责|主办)(?:部门|单位|处室|科室)")
_MARKS = re.compile(r"[\s（(第]*$")
_NUMBER_REACH = 16
_LONGEST_TITLE = 80
_LIMIT_REACH = 40
"""A time limit stands no farther behind the last office."""
_MOST_TASKS = 200
"""No item of a plan holds more; each passage begins at its title, so many would cost their square."""


def tasks(node: Node, original: Original, context: Context, departments: Mapping[str, str] | Names) -> list[DraftItem]:
    """The tasks a heading holds itself; what stands under （1） or —— of a numbered item belongs to the item."""
    names = departments if isinstance(departments, Names) else Names(departments)
    items: list[DraftItem] = []
    if node.kind in _HOLDERS or any(block.cells for block in node.blocks):
        items += _of_table(node.blocks, original, context, names)
    items += _Reader(node, original, context, names).items()
    if node.kind not in _OWNERS and node.kind not in _PARTS:
        for part, around in _alone(node, context):
            items += _Reader(part, original, around, names, is_owner=True).items()
    return items


def _alone(node: Node, context: Context) -> Iterator[tuple[Node, Context]]:
    """The parts （1） and —— under no numbered item that hold labelled lists: each holds its task itself."""
    for child in node.children:
        if child.kind in _PARTS:
            heading = f"{child.number} {child.title.text}".strip()
            section = " / ".join(filter(None, (context.section, heading)))
            around = context.under(section, child.number or context.number)
            if any(map(is_labelled, _texts(child))):
                yield child, around
            yield from _alone(child, around)


def _texts(node: Node) -> Iterator[str]:
    yield node.title.text
    yield from (block.text for block in node.blocks if block.kind is not _ROW)


@quick_dataclass(frozen=True, slots=True)
class _Reader:
    node: Node
    original: Original
    context: Context
    names: Names
    is_owner: bool = False

    def items(self) -> list[DraftItem]:
        """One task for the labelled lists, else one for every bracket that names departments."""
        blocks = list(_own_blocks(self.node))
        if not any(map(may_name, [self.node.title.text, *[block.words.text for block in blocks]])):
            return []
        words = self._words(blocks)
        joined = MappedText.joined(_parted(words))
        found = list(labelled(joined.text))
        if found:
            return [
                item for group in islice(_grouped(found), _MOST_TASKS) if (item := self._item(joined, group, LABELLED))
            ]
        brackets: dict[tuple[int, int], list[Naming]] = {}
        for naming in bracketed(joined.text):
            brackets.setdefault((naming.start, naming.end), []).append(naming)
        groups = [group for group in brackets.values() if self._is_believed(group)][:_MOST_TASKS]
        return [item for group in groups if (item := self._item(joined, group, BRACKETED, several=len(groups) > 1))]

    def _words(self, blocks: Sequence[Block]) -> list[MappedText]:
        """Title and paragraphs; lists of departments that were broken are put together."""
        node = self.node
        if node.kind in _PARTS and not self.is_owner and not self._owns(blocks):
            return []
        found = [node.title] if node.title.text else []
        for block in blocks:
            if found and self._goes_on(found[-1], block):
                found[-1] = joined_lines([found[-1], block.words])
            else:
                found.append(block.words)
        return found

    def _owns(self, blocks: Sequence[Block]) -> bool:
        """A labelled list under （1） belongs to the item above, a bracket to the sentence before it."""
        return not any(is_labelled(block.text) for block in blocks)

    def _goes_on(self, before: MappedText, block: Block) -> bool:
        """Tell whether a block ends the list of departments before it."""
        names = unended(before.text)
        if not names or is_labelled(block.text):
            return False
        if block.text[:1] in "、，" or before.text[-1:] in "、，":
            return True
        if any(mark in block.text for mark in "。！？"):
            return False
        is_cut = self.names.main(names[-1]) is None
        rest = without_spaces(re.split("[、,，;；]", block.text, maxsplit=1)[0])
        return is_cut and self.names.main(names[-1] + rest) is not None

    def _is_believed(self, group: Sequence[Naming]) -> bool:
        """Brackets say many things: one is believed when it names a known department, offices alone, or who leads."""
        return any(
            naming.share is Share.LEAD or any(self.names.main(name) is not None for name in naming.names)
            for naming in group
        ) or all(is_office(name) for naming in group for name in naming.names)

    def _item(self, words: MappedText, group: Sequence[Naming], rule: str, several: bool = False) -> DraftItem | None:
        lead, cooperating, flags = shares(((one.share, one.names) for one in group), self.names)
        if not lead and not cooperating:
            return None
        end = max(naming.end for naming in group)
        end = len(words.text[:end].rstrip())
        number = self.node.number or self.context.number
        due = stated_year(words.text[group[0].start : end + _LIMIT_REACH])
        title, said = self._title(words), words.slice(0, end)
        if several:
            flags.append("several_responsibilities")
        if not title:
            flags.append("no_title")
        return DraftItem(
            type=ItemType.TASK,
            document=self.context.document,
            section=self._section(),
            number=number,
            subject=title,
            passage=passage(said, self.original, self._lead(said)),
            rule=rule,
            confidence=CONFIDENCE[rule],
            due=due or self.context.plan_end,
            is_due_stated=due is not None,
            lead=lead,
            cooperating=cooperating,
            flags=tuple(dict.fromkeys(flags)),
        )

    def _title(self, words: MappedText) -> str:
        title = self.node.title.text.strip()
        if title and len(title) <= _LONGEST_TITLE and not _NAMING.search(title):
            return title.rstrip("。：:")
        first = _NAMING.split(title or words.text, maxsplit=1)[0].split("。", 1)[0].strip()
        if len(first) > _LONGEST_TITLE:
            first = first.split("；", 1)[0]  # the first of several things the item asks for
        return first if len(first) <= _LONGEST_TITLE else ""

    def _lead(self, words: MappedText) -> int:
        """How many characters the number takes that stands before the title."""
        start = words.span()[0]
        before = self.original.text[max(start - _NUMBER_REACH, 0) : start]
        line = before[before.rfind("\n") + 1 :]
        number = self.node.number
        at = line.rfind(number) if number else -1
        if at < 0 or len(line[at + len(number) :].strip(" 　.．、）)章节条：:")) > 0:
            return 0
        at -= len(line[:at]) - len(_MARKS.sub("", line[:at]).rstrip("（(第"))
        return len(line[at:].lstrip())

    def _section(self) -> str:
        """The headings above the task."""
        own = f"{self.node.number} {self.node.title.text}".strip()
        section = self.context.section
        return section.removesuffix(own).rstrip(" /") if own and section.endswith(own) else section


def shares(
    namings: Iterable[tuple[Share, tuple[str, ...]]], names: Names
) -> tuple[tuple[str, ...], tuple[str, ...], list[str]]:
    """Leading and cooperating departments by their main names, and what a person must look at."""
    lead: list[str] = []
    cooperating: list[str] = []
    flags: list[str] = []
    stated = list(namings)
    has_lead = any(share is Share.LEAD for share, _ in stated)
    for share, written in stated:
        found, known = names.resolved(written)
        if not known:
            flags.append(UNKNOWN)
        if share is Share.LEAD:
            lead += found
        elif share is Share.COOPERATING or has_lead:
            cooperating += found
        else:  # 责任单位: the first of the list leads
            lead += found[:1]
            cooperating += found[1:]
            if len(found) > 1:
                flags.append(BY_ORDER)
    return tuple(dict.fromkeys(lead)), tuple(name for name in dict.fromkeys(cooperating) if name not in lead), flags


def _own_blocks(node: Node) -> Iterator[Block]:
    """The paragraphs of a node, and under a numbered item those of its parts."""
    yield from [block for block in node.blocks if block.kind is not _ROW]
    if node.children and node.kind in _OWNERS:
        for child in node.children:
            if child.kind in _PARTS:
                if child.title.text:
                    yield Block(BlockKind.PARAGRAPH, child.title)
                yield from _own_blocks(child)
                for grandchild in child.children:
                    if grandchild.kind in _PARTS:
                        yield from _own_blocks(grandchild)


def _parted(words: Sequence[MappedText]) -> Iterator[MappedText | str]:
    for at, one in enumerate(words):
        if at:
            yield "\n\n"
        yield one


def _grouped(found: Sequence[Naming]) -> Iterator[list[Naming]]:
    """Labelled lists by task: a leading list after another list begins the next task."""
    group: list[Naming] = []
    for naming in found:
        if group and (naming.share is Share.LEAD or naming.share in {one.share for one in group}):
            yield group
            group = []
        group.append(naming)
    if group:
        yield group


def _of_table(blocks: Sequence[Block], original: Original, context: Context, names: Names) -> list[DraftItem]:
    return [item for row in task_rows(blocks) if (item := _row_item(row, original, context, names))]


def _row_item(row: TaskRow, original: Original, context: Context, names: Names) -> DraftItem | None:
    lead, cooperating, flags = shares(row.namings, names)
    if not lead and not cooperating:
        return None
    section = " / ".join(filter(None, (context.section, row.section)))
    return DraftItem(
        type=ItemType.TASK,
        document=context.document,
        section=section,
        number=row.number,
        subject=without_spaces(row.title.text).rstrip("。"),
        passage=passage(row.words, original),
        rule=TABLE,
        confidence=CONFIDENCE[TABLE],
        due=row.due or context.plan_end,
        is_due_stated=row.due is not None,
        lead=lead,
        cooperating=cooperating,
        flags=tuple(dict.fromkeys(flags)),
    )
