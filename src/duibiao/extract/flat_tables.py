"""Indicator tables copied from a page, one cell a line: the lines of the head say how many cells a row has."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from duibiao.extract.columns import VALUES, Role, columns, head_cells, is_head
from duibiao.extract.outline import Context
from duibiao.extract.written import is_value
from duibiao.sources.blocks import Block, BlockKind, Reading
from duibiao.sources.mapped import MappedText

_OBLIGATIONS = frozenset({"约束性", "预期性", "约束", "预期", "指导性"})
_VALUE_HEAD = re.compile(r"\d|值|五")
_MOST_COLUMNS = 9
_LONGEST_CELL = 40
_FEWEST_ROWS = 2


def with_tables(reading: Reading) -> Reading:
    """The reading with every such table as rows with cells."""
    blocks: list[Block] = []
    number = max((block.table or 0 for block in reading.blocks), default=0)
    at, found = 0, 0
    while at < len(reading.blocks):
        table = _table(reading.blocks, at) if _may_head(reading.blocks[at]) else None
        if table is None:
            blocks.append(reading.blocks[at])
            at += 1
            continue
        found += 1
        rows, at = table
        blocks += (replace(row, table=number + found) for row in rows)
    return replace(reading, blocks=tuple(blocks)) if found else reading


def _may_head(block: Block) -> bool:
    text = block.text.strip()
    return (
        block.kind is BlockKind.PARAGRAPH and len(text) <= 12 and ("指标" in text or text == "序号" or "项目" in text)
    )


def _table(blocks: Sequence[Block], first: int) -> tuple[list[Block], int] | None:
    """The rows of the table whose head begins at a block, and the block after it."""
    heads: list[str] = []
    at = first
    while at < len(blocks) and len(heads) < _MOST_COLUMNS and (cells := head_cells(blocks[at].text.strip())):
        heads += cells
        at += 1
    if len(heads) != at - first or not _VALUE_HEAD.search("".join(heads)) or not is_head(heads):
        return None
    found = columns(heads, Context(""))
    roles = [column.role for column in found]
    if Role.GROUP in roles or Role.LABEL not in roles or roles.index(Role.LABEL) > 1:
        return None
    tail = roles[roles.index(Role.LABEL) + 1 :]
    if Role.UNIT in tail or Role.OTHER in tail:
        return None  # a unit or an office alone in a line cannot be told from a label
    last = at
    while last < len(blocks) and _is_cell(blocks[last]):
        last += 1
    while last > at and not _is_value(blocks[last - 1].text.strip()):
        last -= 1  # a heading behind the last value belongs to what follows
    head = Block(BlockKind.TABLE_ROW, blocks[first].words, cells=tuple(block.words for block in blocks[first:at]))
    rows = list(_rows([block.words.stripped() for block in blocks[at:last]], tail, Role.NUMBER in roles))
    if sum(any(cell.text for cell in row[-len(tail) :]) for row in rows) < _FEWEST_ROWS:
        return None
    body = [replace(head, words=MappedText.joined(list(row)), cells=row) for row in rows]
    return [head, *body], last


def _is_cell(block: Block) -> bool:
    text = block.text.strip()
    return block.table is None and 0 < len(text) <= _LONGEST_CELL and text[-1] not in "。；：" and "。" not in text


def _rows(cells: Sequence[MappedText], tail: Sequence[Role], is_numbered: bool) -> Iterator[tuple[MappedText, ...]]:
    """Rows of labels and the values behind them; several labels before their values stand one below the other."""
    nothing = MappedText("")
    labels: list[MappedText] = []
    values: list[MappedText] = []
    number = [nothing] if is_numbered else []
    for cell in [*cells, None]:
        if cell is not None and (_is_value(cell.text) and labels):
            values.append(cell)
            continue
        if values:
            yield from ((*number, *row) for row in _placed(labels, values, tail))
            labels, values = [], []
        if cell is not None and not (is_numbered and cell.text.isdigit()):
            labels.append(cell)
    yield from ((*number, label, *([nothing] * len(tail))) for label in labels)


def _placed(
    labels: Sequence[MappedText], values: Sequence[MappedText], tail: Sequence[Role]
) -> Iterator[tuple[MappedText, ...]]:
    """Give each label its cells: the columns were copied one after the other where a row holds several lines."""
    nothing = MappedText("")
    stated = [value for value in values if value.text in _OBLIGATIONS]
    figures = [value for value in values if value.text not in _OBLIGATIONS]
    wanted = sum(role in VALUES for role in tail)
    count = len(figures) // wanted if wanted and len(figures) % wanted == 0 else 0
    if not 1 <= count <= len(labels):
        return  # which value belongs to which label cannot be told
    for label in labels[: len(labels) - count]:
        yield (label, *([nothing] * len(tail)))
    for at, label in enumerate(labels[len(labels) - count :]):
        own = [figures[at + column * count] for column in range(wanted)]
        row = []
        for role in tail:
            if role in VALUES:
                row.append(own.pop(0))
            else:
                row.append(stated[0] if role is Role.OBLIGATION and stated else nothing)
        yield (label, *row)


def _is_value(text: str) -> bool:
    return text in _OBLIGATIONS or is_value(text)
