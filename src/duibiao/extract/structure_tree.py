"""The tree of headings inside one document."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from duibiao.extract.outline import Node, NodeKind
from duibiao.sources.blocks import Block, BlockKind
from duibiao.sources.mapped import MappedText
from duibiao.sources.repair_openers import Opener

_KINDS = {
    "volume": (NodeKind.CHAPTER, 1.0),
    "chapter": (NodeKind.CHAPTER, 2.0),
    "section": (NodeKind.CHAPTER, 3.0),
    "annex": (NodeKind.ANNEX, 3.5),
    "part": (NodeKind.PART, 4.0),
    "clause": (NodeKind.SECTION, 5.0),
    "article": (NodeKind.ARTICLE, 5.5),
    "box": (NodeKind.BOX, 6.0),
    "major": (NodeKind.PART, 6.2),
    "decimal": (NodeKind.SECTION, 6.4),
    "item": (NodeKind.ITEM, 7.0),
    "subitem": (NodeKind.SUBITEM, 8.0),
    "circle": (NodeKind.SUBITEM, 9.0),
    "dash": (NodeKind.DASH, 10.0),
}
_HEADING_RANK = 3.8  # a heading without a number; deeper levels add to it
_NOTES_RANK = 4.5
_SENTENCE = re.compile(r"[。？！]")
_FIGURE = re.compile(
    r"\d(?:\s?[%％]|\s?[万亿个所名人项门家套种节次处场部座台元件支篇册]|\s?小时|\s?平方|\s?公里|\s?年以上)"
)
_LONGEST_HEADING = 60
_LONGEST_CAPTION = 60
_BARE_HEADING = re.compile(
    r"[“”\"\u4e00-\u9fff\d、]{2,22}(?:工作|目标|任务|目标任务|回顾|要求|举措|措施|展望|成就|形势|基础|原则|安排|思路)"
)
_UNTITLED = MappedText("")
_NOTES = re.compile(r"备?注[：:]")
_LONGEST_NOTES = 4


@dataclass(slots=True)
class _Open:
    """A node that is being filled."""

    kind: NodeKind
    number: str
    title: MappedText
    rank: float
    blocks: list[Block] = field(default_factory=list)
    children: list["_Open"] = field(default_factory=list)
    last_item: int = 0  # the last number of the items under it
    is_list: bool = False  # a list of annexes: its items are names, not headings

    def closed(self) -> Node:
        """The finished node."""
        return Node(
            self.kind, self.number, self.title, tuple(self.blocks), tuple([child.closed() for child in self.children])
        )


def tree(blocks: Sequence[Block], marks: Sequence[Opener | None]) -> Node:
    """Build the tree of one document from its blocks and the marks they begin with."""
    builder = _Builder(blocks, marks)
    for at in range(len(blocks)):
        builder.add(at)
    return builder.root.closed()


class _Builder:
    """Puts block after block where it belongs; ranks rise along the stack, so its depth is bounded."""

    def __init__(self, blocks: Sequence[Block], marks: Sequence[Opener | None]) -> None:
        self.blocks = blocks
        self.marks = marks
        self.root = _Open(NodeKind.ROOT, "", MappedText(""), 0.0)
        self.stack = [self.root]
        self._table: int | None = None
        self._is_numbered = any(mark is not None and mark.kind in ("part", "chapter") for mark in marks)

    def add(self, at: int) -> None:
        """Place one block."""
        block = self.blocks[at]
        if block.table is not None:
            self._add_row(block)
            return
        self._table = None
        mark = self.marks[at]
        if mark is not None and not (self.stack[-1].is_list and mark.kind == "item"):
            self._open(at, block, mark)
        elif mark is None and block.kind is BlockKind.HEADING:
            self._push(_Open(NodeKind.CHAPTER, "", block.words, _HEADING_RANK + 0.01 * min(block.level or 1, 9)))
        elif len(block.words.text) < _LONGEST_NOTES and _NOTES.fullmatch(block.words.text):
            self._push(_Open(NodeKind.ANNEX, "", block.words.slice(0, len(block.words) - 1), _NOTES_RANK))
        elif mark is None and not self._is_numbered and self._is_bare_heading(at):
            self._push(_Open(NodeKind.CHAPTER, "", block.words, _HEADING_RANK))
        else:
            self._add_plain(block, mark)

    def _is_bare_heading(self, at: int) -> bool:
        """A short line that names what follows, in a document that does not number its parts."""
        if at + 1 >= len(self.blocks) or not _BARE_HEADING.fullmatch(self.blocks[at].text.strip()):
            return False
        before = self.blocks[at - 1].text if at else "。"
        return before.rstrip()[-1:] in "。；！" and self.blocks[at + 1].table is None

    def _add_plain(self, block: Block, mark: Opener | None) -> None:
        """A paragraph belongs to the nearest heading; what follows a dash or a list of annexes does not."""
        top = self.stack[-1]
        if top.is_list and mark is None:
            is_name = (
                not top.blocks and not top.title.text and len(block.text) <= _LONGEST_HEADING and "。" not in block.text
            )
            top.is_list = False
            if is_name:
                top.title = block.words
                return
            self.stack.pop()
        while self.stack[-1].kind is NodeKind.DASH:
            self.stack.pop()
        self.stack[-1].blocks.append(block)

    def _add_row(self, block: Block) -> None:
        """A row of a table; the first row opens the table and takes the caption above it."""
        if self._table != block.table:
            while self.stack[-1].kind in (NodeKind.DASH, NodeKind.TABLE):
                self.stack.pop()
            holder = self.stack[-1]
            title = MappedText("")
            if holder.blocks and _is_caption(holder.blocks[-1]) and not holder.children:
                title = holder.blocks.pop().words
            elif holder.kind is NodeKind.BOX and not holder.blocks:
                title = holder.title
            holder.children.append(_Open(NodeKind.TABLE, "", title, 99.0))
            self._table = block.table
        self.stack[-1].children[-1].blocks.append(block)

    def _open(self, at: int, block: Block, mark: Opener) -> None:
        """Open the node of a heading."""
        name = "major" if mark.kind == "item" and self._is_major(at, mark) else mark.kind
        kind, rank = _KINDS[name]
        value = mark.value
        if name == "item" and value is not None:
            self._leave_box(value)
        title, rest = _heading(block, mark)
        node = _Open(kind, mark.number, title, rank)
        if rest is not None:
            node.blocks.append(rest)
        if name == "annex" and not mark.number and not title.text:
            node.is_list = True
        self._push(node)
        if name == "item" and value is not None:
            for holder in self.stack[:-1]:
                holder.last_item = value if holder.rank < rank else holder.last_item
            self._reset_box(value)

    def _reset_box(self, value: int) -> None:
        """Items of a box count for the box alone."""
        boxes = [at for at, node in enumerate(self.stack) if node.kind is NodeKind.BOX]
        if boxes:
            for holder in self.stack[: boxes[0]]:
                holder.last_item = holder.last_item if holder.last_item != value else self._outer
        else:
            self._outer = value

    _outer = 0

    def _leave_box(self, value: int) -> None:
        """An item that goes on with the numbers outside a box, and not with those inside, ends the box."""
        for place, node in enumerate(self.stack):
            if node.kind is NodeKind.BOX:
                if value != node.last_item + 1 and value == self._outer + 1:
                    del self.stack[place:]
                return

    def _is_major(self, at: int, mark: Opener) -> bool:
        """1. is above 1.1 when that follows."""
        for after in self.marks[at + 1 : at + 4]:
            if after is not None:
                return after.kind == "decimal" and after.number == f"{mark.number}.1"
        return False

    def _push(self, node: _Open) -> None:
        while self.stack[-1].rank >= node.rank:
            self.stack.pop()
        self.stack[-1].children.append(node)
        self.stack.append(node)


def _is_caption(block: Block) -> bool:
    """A short line above a table that names it."""
    text = block.text
    return len(text) <= _LONGEST_CAPTION and not _SENTENCE.search(text) and text[-1] not in "：:，、；"


def _heading(block: Block, mark: Opener) -> tuple[MappedText, Block | None]:
    """Part a heading from what runs on behind it; a sentence with figures is no heading."""
    words = block.words
    text, begin, end = words.text, mark.end, len(words.text)
    found = _SENTENCE.search(text, begin)
    if found is None:
        said = text[begin:]
        if block.kind is BlockKind.HEADING or (len(said) <= _LONGEST_HEADING and not _tells(said)):
            return words.slice(begin, end), None
        return _UNTITLED, _rest(block, words.slice(begin, end))
    runs_on = end > found.end() and not text[found.end() :].isspace()
    too_long = found.start() - begin > _LONGEST_HEADING
    if mark.kind == "article" or too_long or not _is_heading(text[begin : found.start()], runs_on):
        return _UNTITLED, _rest(block, words.slice(begin, end))
    rest = _rest(block, words.slice(found.end(), end).stripped()) if runs_on else None
    return words.slice(begin, found.start()), rest


def _tells(text: str) -> bool:
    """A line without a full stop that says what is to be, and does not name what follows."""
    return "；" in text or text.count("，") > 1 or ("，" in text and _FIGURE.search(text) is not None)


def _is_heading(sentence: str, runs_on: bool) -> bool:
    has_comma = "，" in sentence or "；" in sentence
    if runs_on:
        return not (has_comma and _FIGURE.search(sentence))
    return not has_comma and not _FIGURE.search(sentence)


def _rest(block: Block, words: MappedText) -> Block:
    return Block(BlockKind.PARAGRAPH, words, block.level, "", block.cells, block.table)
