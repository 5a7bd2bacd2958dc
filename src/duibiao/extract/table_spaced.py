"""Indicator tables without rules whose lines hold one row each, cell by cell between spaces.

They are read as tables with cells, and only where every line fits: a line that does not leaves the table to the reader
of wrapped lines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from duibiao.extract.columns import VALUES, Role, TableColumn
from duibiao.extract.labels import is_unit
from duibiao.extract.table_cells import Cells, rows_of_body
from duibiao.extract.table_rows import Row
from duibiao.extract.written import is_value
from duibiao.sources.mapped import MappedText

OBLIGATIONS = ("约束性", "预期性", "约束", "预期", "指导性")
_NUMBER = re.compile(r"\d{1,3}")
_CHINESE_NUMBER = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[)）]?[、.．]?")
_LABEL_NUMBER = re.compile(r"\d{1,3}(?:[.．](?!\d)|、)|[（(]\d{1,2}[)）]")
_WORD = re.compile(r"[\u4e00-\u9fff]")
_NOTHING = MappedText("")
_FEWEST_ROWS = 2


@dataclass(frozen=True, slots=True)
class _Line:
    """The parts of one row: the words before its cells, and the cells; a name over the whole width has no cells."""

    lead: tuple[MappedText, ...]
    tail: tuple[MappedText, ...]


def rows_of_spaced(
    lines: Sequence[Sequence[MappedText]], before: Sequence[Role], tail: tuple[TableColumn, ...]
) -> list[Row] | None:
    """The rows of a table whose head has the columns ``before`` its label and those of its ``tail``.

    ``lines`` are the body, each line parted at its spaces. None where a line fits no row.
    """
    read = [_line(line, before, tail) for line in lines]
    rows = [one for one in read if one is not None]
    if len(rows) < len(read) or sum(bool(one.tail) for one in rows) < _FEWEST_ROWS or not tail:
        return None
    if any(not one.tail and not after.tail for one, after in pairwise(rows)):
        return None  # two names, or one that is broken
    longest = max(len(one.lead[-1].text) for one in rows if one.tail)
    if any(not one.tail and len(one.lead[-1].text) >= longest for one in rows):
        return None  # as wide as a label: the first half of one
    return _rows(rows, before, tail)


def _line(tokens: Sequence[MappedText], before: Sequence[Role], tail: tuple[TableColumn, ...]) -> _Line | None:
    """One line as a row; None where its words fit no row."""
    if len(tokens) == 1 or (len(tokens) == 2 and _CHINESE_NUMBER.fullmatch(tokens[0].text)):
        return _Line((tokens[-1],), ()) if _WORD.search(tokens[-1].text) and not is_value(tokens[-1].text) else None
    for missing in (0, 1) if tail[-1].role in (Role.OBLIGATION, Role.OTHER) else (0,):  # a blank or merged last cell
        first = len(tokens) - len(tail) + missing
        cells = (*tokens[max(first, 0) :], *([_NOTHING] * missing))
        if 0 < first <= len(before) + 2 and _fit(cells, tail) and _WORD.search(tokens[first - 1].text):
            return _Line(tuple(tokens[:first]), cells)
    return None


def _fit(cells: Sequence[MappedText], tail: Sequence[TableColumn]) -> bool:
    """Tell whether cells are what their columns hold; a value may be in words where another is a figure."""
    by_role: dict[Role, list[str]] = {}
    for column, cell in zip(tail, cells, strict=True):
        by_role.setdefault(Role.TARGET if column.role in VALUES else column.role, []).append(cell.text)
    values = by_role.get(Role.TARGET, [])
    stated = [text for text in by_role.get(Role.OBLIGATION, []) if text]
    return (
        (any(map(is_value, values)) or (bool(stated) and all(values)))
        and all(text in OBLIGATIONS for text in stated)
        and all(is_unit(unit) or is_value(unit) for unit in by_role.get(Role.UNIT, []))
        and not any(is_unit(value) or value in OBLIGATIONS for value in values)
        and not any(letter.isdigit() for text in by_role.get(Role.OTHER, []) for letter in text)
    )


def _rows(rows: Sequence[_Line], before: Sequence[Role], tail: tuple[TableColumn, ...]) -> list[Row] | None:
    """The rows, with the parent's column where some of them have one word more than the head."""
    parted = [_lead(one, Role.GROUP in before) for one in rows if one.tail]
    if any(one is None for one in parted):
        return None
    leads = [one for one in parted if one is not None]
    has_parents = any(parent.text for _, _, parent, _ in leads)
    named = [_is_numbered(number, parent) for _, number, parent, _ in leads if parent.text]
    is_numbered = all(named) and any(_is_numbered(number, label) for _, number, _, label in leads)
    if has_parents and not is_numbered and not leads[0][2].text:
        return None  # where a parent ends cannot be told
    found = (
        TableColumn(Role.GROUP),
        TableColumn(Role.NUMBER),
        *((TableColumn(Role.PARENT),) if has_parents else ()),
        TableColumn(Role.LABEL),
        *tail,
    )
    if Role.GROUP not in before:
        found = found[1:]
    body: list[Cells] = []
    at = 0
    alone = _NOTHING  # the cell of a group in a line of its own
    for one in rows:
        if not one.tail:
            if Role.GROUP in before:
                alone = one.lead[-1]
            else:
                body.append(one.lead[-1:])
            continue
        group, number, parent, label = leads[at]
        group, alone = group if group.text else alone, _NOTHING
        at += 1
        if has_parents and not parent.text and is_numbered and _is_numbered(number, label):
            parent = label
        start = (group, number) if Role.GROUP in before else (number,)
        body.append((*start, *((parent,) if has_parents else ()), label, *one.tail))
    return rows_of_body(body, found)


def _is_numbered(number: MappedText, label: MappedText) -> bool:
    return bool(number.text) or _LABEL_NUMBER.match(label.text) is not None


def _lead(line: _Line, has_groups: bool) -> tuple[MappedText, MappedText, MappedText, MappedText] | None:
    """Group, number, parent and label of a row; None where the words are more than that."""
    words = list(line.lead)
    label = words.pop()
    numbers = [word for word in words if _NUMBER.fullmatch(word.text)]
    rest = [word for word in words if not _NUMBER.fullmatch(word.text)]
    if len(numbers) > 1 or len(rest) > (2 if has_groups else 1):
        return None
    number = numbers[0] if numbers else _NOTHING
    if not rest:
        return _NOTHING, number, _NOTHING, label
    if not has_groups:
        return _NOTHING, number, rest[0], label
    # 类别 序号 指标: what stands before the number is the group, what stands behind it the parent
    if numbers:
        at = words.index(number)
        if len(words[:at]) > 1 or len(words[at + 1 :]) > 1:
            return None
        return (words[0] if at else _NOTHING), number, (words[-1] if at + 1 < len(words) else _NOTHING), label
    return rest[0], number, (rest[1] if len(rest) > 1 else _NOTHING), label
