"""Indicator tables without rules: lines in reading order, cells wrapped and group labels split over lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from duibiao.extract.columns import VALUES, Role, TableColumn, columns, head_cells, is_head
from duibiao.extract.labels import VERBS, as_unit, is_open, is_unit, unit_of
from duibiao.extract.outline import Context
from duibiao.extract.place import joined_lines
from duibiao.extract.table_rows import Row
from duibiao.extract.table_spaced import rows_of_spaced
from duibiao.extract.written import is_value
from duibiao.kernel.text import without_spaces
from duibiao.sources.mapped import MappedText

_TOKEN = re.compile(r"\S+")
_NUMBERED = re.compile(r"(\d{1,3})(?:[.．、](?!\d)|(?=[^\d.．、,，%％—~～-]))\s*(?=\S)")
_OBLIGATIONS = ("约束性", "预期性", "约束", "预期", "指导性")
_SIGNS = ("≥", "≤", ">", "<", ">=", "<=", "＞", "＜", "约")
_WORDS = re.compile(
    r"(?:持续|进一步|稳步|明显|显著|逐步|不断|大幅|基本|保持|有所|较大)"
    r"(?:提升|提高|增长|改善|下降|降低|稳定|优化|增加|扩大|完善|达标|持平|平衡|领先)(?:水平)?|达标|完成"
)
_LONGEST_WORDS = 10
_JOINS = ("—", "–", "-", "～", "~", "至", "－")
_FULL = 0.8
"""A line at least this wide, measured by the widest label line, may have been broken."""
_NARROWEST, _NARROWEST_BESIDE_GROUPS = 8, 10
"""No label column is narrower; beside groups a shorter line is the name of a group."""
_LONGEST_GROUP = 12
_CONTINUES = "（(、，）)”》％%"
_WIDEST = 600
_MOST_HEAD_LINES = 40
_MOST_BROKEN = 4
"""A cell of a head is broken over so many lines at most."""
_ENDS_IN_YEAR = re.compile(r"年\s*$")
_PART = re.compile(r"[（(]?(?:实际|目标|规划|完成|预计|预期|现状|基期|基准)")
_BEFORE_NUMBER = re.compile(r"(?P<group>[\u4e00-\u9fff]{2,12})\s+(?=\d{1,3}[\s.．、][^\d])")
_LABEL_NUMBER = re.compile(r"(?:(\d{1,3})(?:[.．](?!\d)|、)|[（(](\d{1,2})[)）])\s*(?=\S)")


@dataclass
class _Reader:
    """Reads the lines of one table; ``tail`` are the columns after the label."""

    tail: tuple[TableColumn, ...]
    has_groups: bool
    has_numbers: bool
    width: int
    rows: list[Row] = field(default_factory=list)
    pending: list[MappedText] = field(default_factory=list)
    values: list[MappedText] = field(default_factory=list)
    number: str = ""
    group: str = ""
    parent: str = ""
    current: Row | None = None

    def line(self, words: MappedText) -> None:
        """Read one line."""
        number, words = self._number(words)
        head, tail = split_line(words, self.tail)
        if number:
            self._finish()
            self._open_numbered(number)
        if tail:
            self._values(head, tail)
        elif head.text:
            self._words(head)

    def end(self) -> list[Row]:
        """The rows, when no line is left."""
        self._finish()
        return self.rows

    def _number(self, words: MappedText) -> tuple[str, MappedText]:
        if not self.has_numbers:
            return "", words
        match = _NUMBERED.match(words.text)
        if match is None:
            alone = words.text.strip()
            is_next = alone.isdigit() and alone == str(len(self.rows) + 1 + (self.current is not None))
            waits = self.current is None or len(self.values) >= len(self.tail)
            return (alone, MappedText("")) if is_next and waits else ("", words)
        rest = words.slice(match.end(), len(words)).stripped()
        return ("", words) if all(_is_cell(token, True) for token in rest.text.split()) else (match[1], rest)

    def _open_numbered(self, number: str) -> None:
        """What stood before the number names the group or the rows after it."""
        if self.pending:
            self._name(self.pending)
            self.pending = []
        self.number = number

    def _values(self, head: MappedText, tail: list[MappedText]) -> None:
        if self.current is not None and not head.text and len(self.values) < len(self.tail):
            self.values += tail
            return
        self._finish()
        self._open(head)
        self.values = list(tail)

    def _words(self, head: MappedText) -> None:
        if self.current is not None:
            if self._goes_on(self.current, head):
                self.current.label = joined_lines([self.current.label, head])
                return
            self._finish()
        self.pending.append(head)

    def _goes_on(self, row: Row, head: MappedText) -> bool:
        """Tell whether words after the values end the label before them, as they do where values are set mid-cell."""
        if self._states_unit(row.label.text):
            return False
        if is_open(row.label.text) or head.text[0] in _CONTINUES:
            return True
        return bool(unit_of(head.text)) and self._is_full(row.label.text)

    def _states_unit(self, text: str) -> bool:
        return bool(unit_of(text)) and not is_open(text)

    def _open(self, head: MappedText) -> None:
        """Begin a row: the lines that wait are its label, or name its group or its parent."""
        pieces = [*self.pending, head] if head.text else list(self.pending)
        self.pending = []
        if not pieces:
            self.current = Row(MappedText(""))
            return
        first = len(pieces) - 1
        while first > 0 and (self.number or self._breaks(pieces[first - 1].text, pieces[first].text)):
            first -= 1
        if first:
            self._name(pieces[:first])
        label = pieces[first:]
        if self.has_groups:
            group, label[0] = _split_group(label[0])
            if group is not None:
                self._name([*pieces[:first], group])
        self.current = Row(joined_lines(label), self.number, self.group, self.parent)
        if self.parent and not self.has_groups and first == 0 and label[0].text.startswith(VERBS):
            self.parent = self.current.parent = ""

    def _breaks(self, before: str, after: str) -> bool:
        """Tell whether one label was broken between two lines."""
        if is_open(before) or after[0] in _CONTINUES:
            return True
        return not self._states_unit(before) and self._is_full(before)

    def _is_full(self, text: str) -> bool:
        narrowest = _NARROWEST_BESIDE_GROUPS if self.has_groups else _NARROWEST
        return len(without_spaces(text)) >= max(_FULL * self.width, narrowest)

    def _name(self, pieces: Sequence[MappedText]) -> None:
        name = without_spaces("".join(piece.text for piece in pieces))
        if self.has_groups:
            self.group, self.parent = name, ""
        else:
            self.parent = name

    def _finish(self) -> None:
        row = self.current
        if row is not None and row.label.text:
            _fill(row, self.values, self.tail)
            self.rows.append(row)
        self.current, self.values, self.number = None, [], ""


def rows_of_lines(lines: Sequence[MappedText], context: Context) -> tuple[list[Row], bool]:
    """The rows of a table without rules, and whether its rows are numbered."""
    lines = [line.slice(0, _WIDEST) for line in lines if line.text.strip()]
    first, cells = _head(lines)
    found = columns(cells, context) if cells else _guessed(lines) if context.is_plan or context.plan_end else ()
    if not found:
        return [], False
    roles = [column.role for column in found]
    start = roles.index(Role.LABEL) if Role.LABEL in roles else 0
    tail = tuple(column for column in found[start + 1 :] if column.role is not Role.NUMBER)
    body = [line for line in lines[first:] if not _is_head_again(line.text)]
    stated = sum(line.text.rstrip().endswith(_OBLIGATIONS) for line in body)
    if stated > 1 and not any(column.role is Role.OBLIGATION for column in tail):
        tail = (*tail, TableColumn(Role.OBLIGATION))  # its head was not understood
    if cells and (spaced := rows_of_spaced([_tokens(line) for line in body], roles[:start], tail)) is not None:
        return spaced, any(row.number for row in spaced)
    reader = _Reader(tail, Role.GROUP in roles[:start], Role.NUMBER in roles, _width(body, tail))
    for line in body:
        reader.line(line.stripped())
    rows = reader.end()
    if not cells:
        for row in rows:
            row.flags.append("no_header")
    return rows, reader.has_numbers


def _tokens(line: MappedText) -> list[MappedText]:
    spans = _merged(line.text, [match.span() for match in _TOKEN.finditer(line.text)], 0)
    return [line.slice(*span) for span in spans]


def split_line(words: MappedText, tail: Sequence[TableColumn]) -> tuple[MappedText, list[MappedText]]:
    """The label at the left of a line and the cells at its right."""
    end, spans = _parted(words.text, tail)
    head = words.slice(0, end).stripped() if end else MappedText("")
    return head, [words.slice(*span) for span in spans]


def _parted(text: str, tail: Sequence[TableColumn]) -> tuple[int, list[tuple[int, int]]]:
    """Where the label ends (0 where there is none), and where the cells stand."""
    spans = _merged(text, [match.span() for match in _TOKEN.finditer(text)], len(tail))
    units = any(column.role is Role.UNIT for column in tail)
    kept = len(spans)
    while kept and len(spans) - kept < len(tail) and _is_cell(text[slice(*spans[kept - 1])], units):
        kept -= 1
    return (spans[kept - 1][1] if kept else 0), spans[kept:]


def _is_cell(token: str, has_units: bool) -> bool:
    if token in _OBLIGATIONS or is_value(token) or (has_units and is_unit(token)):
        return True
    return len(token) <= _LONGEST_WORDS and _WORDS.fullmatch(token) is not None


def _merged(text: str, spans: list[tuple[int, int]], wanted: int) -> list[tuple[int, int]]:
    """Put together what spaces parted inside one cell: ``≥ 95``, ``95 %``, ``13 — 14``."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        before = text[slice(*found[-1])] if found else ""
        if before in _SIGNS or (text[start:end] in ("%", "％", "‰") and before and is_value(before)):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    trailing = 0
    while trailing < len(found) and is_value(text[slice(*found[-1 - trailing])]):
        trailing += 1
    values = wanted
    at = len(found) - 1
    while trailing > values and at >= 2:
        first, join, second = (text[slice(*found[index])] for index in (at - 2, at - 1, at))
        if join in _JOINS and first[-1:].isdigit() and second[:1].isdigit():
            found[at - 2 : at + 1] = [(found[at - 2][0], found[at][1])]
            trailing -= 2
            at -= 2
        at -= 1
    return found


def _split_group(label: MappedText) -> tuple[MappedText | None, MappedText]:
    """A group label may stand before the first label of its group, in the same line."""
    first, _, rest = label.text.partition(" ") if " " in label.text else label.text.partition("\u3000")
    rest = rest.strip()
    is_name = 2 <= len(first) <= _LONGEST_GROUP and all("\u4e00" <= letter <= "\u9fff" for letter in first)
    if not rest or not is_name or not ("\u4e00" <= rest[0] <= "\u9fff" or rest[0] in "“《"):
        return None, label
    return label.slice(0, len(first)), label.slice(len(first), len(label)).stripped()


def _fill(row: Row, values: list[MappedText], tail: tuple[TableColumn, ...]) -> None:
    """Give every cell its column; where cells are missing and nothing tells which, the row says so."""
    cells = list(values)
    wanted = [column for column in tail if column.role in VALUES]
    for column in tail:
        if column.role is Role.OBLIGATION:
            stated = next((cell for cell in cells if cell.text in _OBLIGATIONS), None)
            if stated is not None:
                cells.remove(stated)
                row.cells[column] = stated
        elif column.role is Role.UNIT and len(cells) > len(wanted):
            row.unit = as_unit(cells.pop(0).text)
    if any(column.role is Role.UNIT for column in tail) and not row.unit:
        _take_unit(row)
    if len(cells) == len(wanted):
        row.cells.update(zip(wanted, cells, strict=True))
        return
    row.flags.append("cells_missing")
    row.cells.update((column, MappedText("")) for column in wanted)
    row.cells.update((TableColumn(Role.OTHER, at), cell) for at, cell in enumerate(cells))


def _take_unit(row: Row) -> None:
    """A unit of the unit column that the line gave to the label."""
    words = row.label.text.split()
    if len(words) > 1 and is_unit(words[-1]):
        row.unit = as_unit(words[-1])
        row.label = row.label.slice(0, len(row.label.text.rstrip()) - len(words[-1])).stripped()


def _head(lines: Sequence[MappedText]) -> tuple[int, list[str]]:
    """Where the body begins, and the cells of the head; no cells where no head stands."""
    for at, line in enumerate(lines):
        if head_cells(line.text) is None:
            continue
        text, last = line.text, at + 1
        while last < len(lines) and last - at < _MOST_HEAD_LINES:
            more, count = _more_head(text, lines[last : last + _MOST_BROKEN])
            if not count:
                break
            text, last = more, last + count
        cells = head_cells(text) or []
        if is_head(cells):
            return last, cells
    return 0, []


def _more_head(text: str, lines: Sequence[MappedText]) -> tuple[str, int]:
    """The head with the next line, or with the next lines where a cell is broken over them; 0 where none goes on."""
    piece = ""
    for count, line in enumerate(lines, 1):
        piece += without_spaces(line.text) if piece or count < len(lines) else line.text
        joined = [text + piece] if _ENDS_IN_YEAR.search(text) and _PART.match(piece) else [f"{text} {line.text}"]
        for whole in [*joined, text + piece] if count == 1 else [f"{text} {piece}", text + piece]:
            if head_cells(whole) is not None:
                return whole, count
    return text, 0


def _is_head_again(text: str) -> bool:
    cells = head_cells(text)
    return cells is not None and is_head(cells)


def _guessed(lines: Sequence[MappedText]) -> tuple[TableColumn, ...]:
    """Columns of a table without a head, when enough lines end in the same number of values."""
    pair = (TableColumn(Role.BASE), TableColumn(Role.TARGET))
    counts = [(bool(head.text), len(tail)) for head, tail in (split_line(line, pair) for line in lines)]
    if sum(one == (True, 2) for one in counts) < 2:
        return ()
    numbered = sum(_NUMBERED.match(line.text) is not None for line in lines)
    number = (TableColumn(Role.NUMBER),) if numbered * 2 > len(lines) else ()
    return (*number, TableColumn(Role.LABEL), *pair)


def _width(body: Sequence[MappedText], tail: Sequence[TableColumn]) -> int:
    """The widest label line of the table."""
    return max((len(without_spaces(line.text[: _parted(line.text, tail)[0]])) for line in body), default=0)
