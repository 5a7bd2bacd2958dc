"""Indicator tables whose cells are known: drawn tables, and lines that part their cells by tabs or bars."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from duibiao.extract.columns import VALUES, Role, TableColumn, columns, is_head, is_of_years
from duibiao.extract.labels import as_unit, is_open, unit_of
from duibiao.extract.outline import Context
from duibiao.extract.place import flowed, joined_lines
from duibiao.extract.table_rows import Row
from duibiao.extract.written import is_value
from duibiao.kernel.text import without_spaces
from duibiao.sources.blocks import Block, Original
from duibiao.sources.mapped import MappedText

Cells = tuple[MappedText, ...]
_HEAD_ROWS = 3
_LABEL_HEAD = "指标"
"""What the first column of a table that is turned over holds."""
_PART = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}(?:[、.．]|[)）])\s*(?=\S)")
_NUMBERED = re.compile(r"(?P<number>\d{1,3})(?:[.．](?!\d)|、)\s*(?=\S)")
_BRACKETED = re.compile(r"[（(](?P<number>\d{1,2})[)）]\s*(?=\S)|(?P<circled>[①-⑳])\s*(?=\S)")
_CHINESE_NUMBER = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[)）]?[、.．]?")
_WIDE = 3
"""So many cells that say the same run over the whole width."""
_OBLIGATIONS = ("约束性", "预期性", "约束", "预期", "指导性")


def cells_of(block: Block) -> Cells:
    """The cells of a table row, or of a line with tabs or bars."""
    if block.cells:
        return tuple(flowed(cell) for cell in block.cells)
    text, separator = block.text, "\t" if "\t" in block.text else "|"
    if separator == "|":
        inner = [at for at, letter in enumerate(text) if letter == "|"]
        edges = [-1, *inner, len(text)]
        if text.startswith("|"):
            edges = edges[1:]
        if text.rstrip().endswith("|"):
            edges = edges[:-1]
    else:
        edges = [-1, *(at for at, letter in enumerate(text) if letter == "\t"), len(text)]
    return tuple(flowed(block.words.slice(first + 1, last)) for first, last in pairwise(edges))


def lines_of(block: Block) -> Cells:
    """The cells of a table row, with the line ends inside them."""
    return tuple(cell.stripped() for cell in block.cells) if block.cells else cells_of(block)


def rows_of_cells(blocks: Sequence[Block], context: Context, original: Original | None = None) -> list[Row]:
    """The rows of a table with cells; none where no head says what the columns hold."""
    table = [cells for cells in map(lines_of, blocks) if any(cell.text for cell in cells)]
    if turned := _turned(table):
        return _rows_of_turned(turned, context, original)
    head = _head([tuple(map(flowed, cells)) for cells in table])
    if head is None:
        return []
    first, texts = head
    found = columns(texts, context)
    body = [cells for cells in table[first:] if not _is_rule(cells) and not _is_repeated(cells, texts)]
    body = [flat for cells in body for flat in _flat(cells, found, original)]
    found = _with_obligation(found, body)
    return rows_of_body(body, found)


def _rows_of_turned(turned: tuple[list[str], list[Cells]], context: Context, original: Original | None) -> list[Row]:
    """The rows of a table whose years stood below each other: ``turned`` is its head and its body, turned over."""
    texts, body = turned
    found = columns(texts, context)
    return rows_of_body([flat for cells in body for flat in _flat(cells, found, original)], found)


def _turned(table: Sequence[Cells]) -> tuple[list[str], list[Cells]] | None:
    """Turn a table over whose first column holds years; None where it holds none."""
    if len(table) <= _HEAD_ROWS - 1 or len({len(cells) for cells in table}) != 1 or len(table[0]) <= 1:
        return None
    if not is_of_years([flowed(cells[0]).text for cells in table]):
        return None
    texts = [_LABEL_HEAD, *(flowed(cells[0]).text for cells in table[1:])]
    return texts, [tuple(cells[at] for cells in table) for at in range(1, len(table[0]))]


def _flat(cells: Cells, found: tuple[TableColumn, ...], original: Original | None) -> list[Cells]:
    """The rows one row of cells holds: a label of several lines beside as many values is several rows.

    Where the first line has no value of its own, it is the heading of those below it.
    """
    whole = tuple(flowed(cell) for cell in cells)
    if len(cells) != len(found):
        return [whole]
    lines = [[line for line in _lines(cell, original) if line.text] for cell in cells]
    labels = next((lines[at] for at, column in enumerate(found) if column.role is Role.LABEL), [])
    values = [lines[at] for at, column in enumerate(found) if column.role in VALUES and len(lines[at]) > 1]
    counts = {len(one) for one in values}
    if len(labels) < 2 or len(counts) != 1 or not all(is_value(one.text) for column in values for one in column):
        return [whole]
    (count,) = counts
    first = len(labels) - count
    if first not in (0, 1):
        return [whole]
    rows = []
    for at, label in enumerate(labels):
        row = []
        for column, cell, parts in zip(found, whole, lines, strict=True):
            if column.role is Role.LABEL:
                row.append(label)
            elif len(parts) == count and column.role is not Role.GROUP:
                row.append(parts[at - first] if at >= first else MappedText(""))
            else:
                row.append(MappedText("") if at < first and column.role in VALUES else cell)
        rows.append(tuple(row))
    return rows


def _lines(cell: MappedText, original: Original | None) -> Iterator[MappedText]:
    """The lines of a cell as they were written, also where a repair put them together."""
    ends = {at for at, letter in enumerate(cell.text) if letter == "\n"}
    if original is not None:
        for (at, origin, length), (after, following, _) in pairwise(cell.pieces):
            if at + length == after and "\n" in original.text[origin + length : max(following, origin + length)]:
                ends.add(after)
    first = 0
    for end in [*sorted(ends), len(cell)]:
        yield flowed(cell.slice(first, end))
        first = end


def _head(table: Sequence[Cells]) -> tuple[int, list[str]] | None:
    """Where the body begins, and the texts of the head, rows of the head put together."""
    for at, cells in enumerate(table):
        texts = [cell.text for cell in cells]
        for more in range(_HEAD_ROWS):
            if more:
                if at + more >= len(table) or not _goes_on(texts, [cell.text for cell in table[at + more]]):
                    break
                below = [cell.text for cell in table[at + more]]
                texts = [up if up == down else f"{up} {down}".strip() for up, down in zip(texts, below, strict=True)]
            following = table[at + more + 1] if at + more + 1 < len(table) else ()
            if is_head(texts) and not (following and _goes_on(texts, [cell.text for cell in following])):
                return at + more + 1, texts
    return None


def _goes_on(above: Sequence[str], below: Sequence[str]) -> bool:
    """Tell whether a row goes on with the head above it: some cells repeated or empty, the others name years."""
    if len(above) != len(below):
        return False
    differing = [
        down for up, down in zip(above, below, strict=True) if without_spaces(down) not in ("", without_spaces(up))
    ]
    same = [down for up, down in zip(above, below, strict=True) if down and without_spaces(down) in without_spaces(up)]
    names_columns = bool(differing) and all(_is_year_head(text) for text in differing)
    return names_columns and (bool(same) or len(differing) < len(below))


def _is_year_head(text: str) -> bool:
    bare = without_spaces(text)
    return len(bare) <= 16 and ("年" in bare or bare in ("绝对值", "累计", "基期值", "目标值", "基期", "目标", "现状"))


def _is_rule(cells: Cells) -> bool:
    """Tell whether a row only draws a rule (----)."""
    texts = [without_spaces(cell.text) for cell in cells if cell.text]
    return all(set(text) <= set("-=—:") and len(text) > 1 for text in texts)


def _is_repeated(cells: Cells, head: Sequence[str]) -> bool:
    """Tell whether the head stands again at the top of a page, or a caption runs over the whole width."""
    texts = [without_spaces(cell.text) for cell in cells]
    return texts == [without_spaces(text) for text in head] or (len(texts) == len(head) and is_head(texts))


def _with_obligation(found: tuple[TableColumn, ...], body: Sequence[Cells]) -> tuple[TableColumn, ...]:
    """类型 may head the kinds of indicator or their obligation: the cells tell."""
    decided = list(found)
    for at, column in enumerate(found):
        texts = [without_spaces(cells[at].text) for cells in body if len(cells) == len(found) and cells[at].text]
        if column.role in (Role.GROUP, Role.OTHER) and texts and all(text in _OBLIGATIONS for text in texts):
            decided[at] = TableColumn(Role.OBLIGATION)
    return tuple(decided)


def rows_of_body(body: Sequence[Cells], found: tuple[TableColumn, ...]) -> list[Row]:
    """The rows under a head whose columns are known; a row of one cell names the rows after it."""
    rows: list[Row] = []
    groups: dict[int, str] = {}
    names = _Labels.of(body, found)
    for cells in body:
        name = _over_all(cells, found)
        if name is not None:
            groups = {-1: _group_name(name)}
            names.parent = ""
            continue
        row = _row(_aligned(cells, found), names, groups)
        if row is None:
            continue
        if names.is_heading(row):
            groups = {-1: _group_name(row.label)}
            continue
        if rows and _continues(rows[-1], row):
            rows[-1].label = joined_lines([rows[-1].label, row.label])
            continue
        if rows and row.parent and rows[-1].parent == row.parent:
            _share_obligation(rows[-1], row)
        rows.append(row)
    return rows


def _share_obligation(before: Row, row: Row) -> None:
    """Rows of one parent share the cell of their 属性 where it is merged and the copy left it blank."""
    own = "".join(cell.text for _, cell in row.of(Role.OBLIGATION))
    row.shared = own or before.shared or "".join(cell.text for _, cell in before.of(Role.OBLIGATION))


def _over_all(cells: Cells, found: tuple[TableColumn, ...]) -> MappedText | None:
    """The one cell that runs over the whole width, beside a number: it names the rows after it."""
    if len(cells) == 1 and len(found) > _WIDE - 1:
        return cells[0]
    named = [cell for at, cell in enumerate(cells) if at >= len(found) or found[at].role is not Role.NUMBER]
    texts = {without_spaces(cell.text) for cell in (cells if len(named) < _WIDE else named) if cell.text}
    if len(texts) != 1 or len(cells) < 2:
        return None
    only = next(cell for cell in named or cells if cell.text)
    return only if all(cell.text for cell in named) or _PART.match(only.text) else None


@dataclass
class _Labels:
    """How the rows of a table are named: its columns, and the parent that holds where two columns share one head.

    ``is_parted``: rows without values part the whole table, as its first row does; they name groups.
    ``is_numbered``: plain numbers stand before labels, so that a number in brackets counts the parts of a row.
    """

    found: tuple[TableColumn, ...]
    is_parted: bool
    is_numbered: bool
    parent: str = ""
    number: str = ""

    @classmethod
    def of(cls, body: Sequence[Cells], found: tuple[TableColumn, ...]) -> "_Labels":
        """Look at the whole body first: a parent column no row of which is merged holds groups."""
        whole = [cells for cells in body if len(cells) == len(found) and _over_all(cells, found) is None]
        roles = [column.role for column in found]
        if Role.PARENT in roles:
            at = roles.index(Role.PARENT)
            if all(cells[at + 1].text and cells[at].text != cells[at + 1].text for cells in whole):
                roles[at] = Role.GROUP
                found = tuple(replace(one, role=role) for one, role in zip(found, roles, strict=True))
        labels = [
            cells[at].text for cells in whole for at, role in enumerate(roles) if role in (Role.PARENT, Role.LABEL)
        ]
        first = _row(_aligned(body[0], found), cls(found, False, True), {}) if body else None
        is_parted = Role.GROUP not in roles and first is not None and _is_bare(first)
        return cls(found, is_parted, any(_NUMBERED.match(label) for label in labels) or Role.NUMBER in roles)

    def is_heading(self, row: Row) -> bool:
        """Tell whether a row names the group of those after it: 一、… over the columns, or one of a parted table."""
        if not _is_bare(row):
            return False
        return self.is_parted if not row.number else _CHINESE_NUMBER.fullmatch(row.number) is not None

    def name(self, row: Row, label: MappedText, above: MappedText | None) -> None:
        """Give the row its label without its number, and the parent whose cell it shares."""
        if above is None:
            row.label = self._unnumbered(row, label)
        elif not label.text or without_spaces(label.text) == without_spaces(above.text):
            row.label, self.parent = self._unnumbered(row, above), ""
        else:
            if above.text:
                self.number = ""
                holder = Row(MappedText(""))
                self.parent = self._unnumbered(holder, above).text
                self.number = holder.number
            row.label = self._unnumbered(row, label)
            row.parent, row.number = self.parent, row.number or self.number

    def _unnumbered(self, row: Row, label: MappedText) -> MappedText:
        """The label without the number written before it in the same cell, which numbers the row."""
        mark = _NUMBERED.match(label.text)
        if mark is None:
            mark = _BRACKETED.match(label.text)
            if mark is None:
                return label
            if not self.is_numbered and mark["number"]:
                row.number = row.number or mark["number"]
        else:
            row.number = row.number or mark["number"]
        return label.slice(mark.end(), len(label)).stripped()


def _is_bare(row: Row) -> bool:
    """Tell whether a row has a label and nothing else."""
    return row.is_empty and not row.parent and not (row.unit or unit_of(row.name)) and not row.flags


def _aligned(cells: Cells, found: tuple[TableColumn, ...]) -> Cells:
    """A row with fewer cells than the head lost merged cells at its left."""
    if len(cells) >= len(found):
        return cells[: len(found)]
    return (*([MappedText("")] * (len(found) - len(cells))), *cells)


def _row(cells: Cells, names: _Labels, groups: dict[int, str]) -> Row | None:
    """Read one row; ``groups`` are the group labels that hold, by column, and are kept up to date."""
    row, above = Row(MappedText("")), None
    for at, (column, cell) in enumerate(zip(names.found, cells, strict=True)):
        if column.role is Role.GROUP and cell.text:
            for later in [key for key in groups if key > at]:
                del groups[later]
            groups[at] = _group_name(cell)
        elif column.role is Role.PARENT:
            above = cell
        elif column.role is Role.LABEL:
            names.name(row, cell, above)
        elif column.role is Role.NUMBER:
            row.number = cell.text.strip(".．、 ")
        elif column.role is Role.UNIT:
            row.unit = as_unit(cell.text)
        elif column.role in VALUES or column.role is Role.OBLIGATION:
            row.cells[column] = cell
    row.group = " ".join(groups[at] for at in sorted(groups))
    if not row.label.text and not row.is_empty:  # a row that only its group names
        row.label = next(
            (cell for column, cell in zip(names.found, cells, strict=True) if column.role is Role.GROUP), row.label
        )
    return row if row.label.text else None


def _group_name(cell: MappedText) -> str:
    """A group's name; a label split over lines is put together, a number before it is left out."""
    bare = without_spaces(cell.text)
    mark = _PART.match(bare)
    return bare[mark.end() :] if mark else bare.lstrip("0123456789.、")


def _continues(before: Row, row: Row) -> bool:
    """Tell whether a row only goes on with the label above it."""
    states_obligation = any(cell.text for _, cell in row.of(Role.OBLIGATION))
    if not row.is_empty or row.number or row.group != before.group or states_obligation:
        return False
    if is_open(before.name) or (row.name[0] in "（(" and row.name[-1] in "）)" and not unit_of(before.name)):
        return True
    return not before.unit and not unit_of(before.name) and bool(unit_of(row.name)) and not before.is_empty
