"""Indicator tables of a PDF that are drawn without upright rules: their columns are the white gutters between words.

Only a table that is certain is told: its head names an indicator and a year, every word stands in one column, and one
column holds exactly one value a row. What is not certain stays lines of text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from duibiao.sources.readers.building import Cell
from duibiao.sources.readers.pdf_tables import Box, Table

Letter = tuple[str, Box]
"""A character and its box from the upper left corner of the page, in points."""

MAY_HOLD = re.compile(r"指\s*标[\s\S]{0,80}?(?:(?:19|20)\d\d\s*年|目标|五[”\"]?(?:末|期末))")
"""What the text of a page has that may hold such a table."""
_LABEL = re.compile(r"(?:[一二三]级|主要|具体|核心|重点|监测)?指标(?:名称|内容)?(?:[（(].{1,6}[）)])?|项目")
_LEFT = re.compile(r"序号|编号|(?:指标)?(?:类别|类型|分类|领域|维度|方面|大类)|[一二]级指标")
_YEAR = re.compile(r"(?:19|20)\d\d\s*年?|目标|规划|基期|现状|五[”\"]?末|实际")
_ANCHOR = re.compile(
    r"[≥≤><＞＜〉〈约]?\s?[〔\[(（]?\s?[>＞<＜]?\d[\d.,]*\s?[%％‰*]?\s?[〕\])）]?(?:以上|以下|左右)?|[—\-–/－]+|(?:约束|预期)性?|[%％‰]"
)
_GAP, _WIDE_GAP = 0.4, 1.5
"""A blank wider than this share of a character parts two words of a line; a wide one was never set inside a cell."""
_GUTTER = 2.0
"""The least width of white between two columns, in points."""
_LEVEL = 0.6
"""Words whose middles differ by less than this share of their height stand in one line."""
_FEWEST_ROWS = 3
_WIDEST_HEAD = 4.5
"""A head is no taller than so many lines."""
_SAME = 2.5
"""Middles that differ by less (points) are level."""
_FULL = 0.7
"""A line of a label that goes on in the next is at least so full."""
_MOST_LINES = 5
_MOST_LETTERS = 12_000


@dataclass(slots=True)
class _Run:
    """Words of a line without a wide blank."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return self.bottom - self.top


def spaced_table(letters: Sequence[Letter]) -> Table | None:
    """The table without upright rules on a page; None where none is certain."""
    if len(letters) > _MOST_LETTERS:
        return None
    runs = sorted(_runs(letters), key=lambda run: (run.top, run.left))
    for label in (run for run in runs if _LABEL.fullmatch(run.text)):
        head = _head(runs, label)
        if head is not None:
            found = _laid_out(runs, label, head)
            if found is not None:
                return found
    return None


def _runs(letters: Sequence[Letter]) -> Iterator[_Run]:
    lines: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda one: one[1][1] + one[1][3]):
        middle, height = (letter[1][1] + letter[1][3]) / 2, 9.0
        if lines and abs(middle - _middle(lines[-1])) < _LEVEL * height:
            lines[-1].append(letter)
        else:
            lines.append([letter])
    for line in lines:
        line.sort(key=lambda one: one[1][0])
        size = max(sorted(box[2] - box[0] for _, box in line)[len(line) // 2], 5.0)
        run: list[Letter] = []
        for letter in line:
            if run and letter[1][0] - run[-1][1][2] > _GAP * size:
                yield _run(run)
                run = []
            run.append(letter)
        yield _run(run)


def _middle(line: Sequence[Letter]) -> float:
    return sum(box[1] + box[3] for _, box in line) / (2 * len(line))


def _run(letters: Sequence[Letter]) -> _Run:
    boxes = [box for _, box in letters]
    return _Run(
        "".join(letter for letter, _ in letters),
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _head(runs: Sequence[_Run], label: _Run) -> list[_Run] | None:
    """The words of the head around the cell 指标: those beside it, and lines that touch them."""
    size = max(label.height, 8.0)
    head = [run for run in runs if abs(run.middle - label.middle) < size]
    top, bottom = min(run.top for run in head), max(run.bottom for run in head)
    grown = True
    while grown and bottom - top < _WIDEST_HEAD * size:
        near = [
            run for run in runs if run not in head and run.top < bottom + 0.45 * size and run.bottom > top - 0.45 * size
        ]
        grown = bool(near)
        head += near
        top, bottom = min(run.top for run in head), max(run.bottom for run in head)
    others = [run for run in head if run is not label]
    return head if len(others) > 1 and any(_YEAR.search(run.text) for run in others if run.left > label.right) else None


def _laid_out(runs: Sequence[_Run], label: _Run, head: Sequence[_Run]) -> Table | None:
    """The cells of the table under a head; None where its words do not stand in columns and rows."""
    bottom = max(run.bottom for run in head)
    body = _body([run for run in runs if run.top > bottom - 1], head)
    columns = _columns([*body, *head])
    if len(columns) < 3 or not body:
        return None
    place = _column(columns, label)
    if place is None or place + 2 >= len(columns):
        return None
    place += all(_column(columns, run) != place + 1 for run in head)  # 指标 stands over two columns
    by_column = [_whole([run for run in body if _column(columns, run) == at]) for at in range(len(columns))]
    anchors = _anchors(by_column, place)
    if anchors is None:
        return None
    names = _names(by_column[place], anchors)
    whole = [run for found in by_column for run in found]
    if names is None or any(
        run is not name and abs(name.middle - run.middle) < 2 * _SAME for name in names for run in whole
    ):
        return None
    by_column = [[run for run in found if run not in names] for found in by_column]
    groups = [at for at in range(place) if not _is_numbers(head, columns, at, by_column[at], len(anchors))]
    own = [run for at, found in enumerate(by_column) if at not in groups for run in found]
    edges = _edges(anchors, [*own, *names])
    if edges is None:
        return None
    return _table(head, columns, by_column, edges, groups, names, _pitch(anchors))


def _body(below: Sequence[_Run], head: Sequence[_Run]) -> list[_Run]:
    """The words under the head, down to a line that begins left of the table, runs wide, or follows a wide gap."""
    left, right = min(run.left for run in head), max(run.right for run in head)
    size = max(run.height for run in head)
    body: list[_Run] = []
    last = max(run.bottom for run in head)
    for run in below:
        is_wide = run.right - run.left > 0.6 * (right - left) and len(run.text) > 12
        is_note = re.match(
            r"注[:：]|注\d|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|—\s?\d+\s?—|-\s?\d+\s?-|\d+$", run.text
        )
        centred = (
            is_note is not None and run.text[:1] in "—-" + "0123456789" and abs((run.left + run.right) / 2 - 297) > 60
        )
        if is_wide or (is_note is not None and not centred and run.left < left + 60) or run.top - last > 3 * size:
            break
        if re.fullmatch(r"—\s?\d+\s?—|-\s?\d+\s?-", run.text):
            break
        body.append(run)
        last = max(last, run.bottom)
    return body


def _columns(runs: Sequence[_Run]) -> list[tuple[float, float]]:
    """The stretches from left to right that words cover, parted by gutters."""
    found: list[list[float]] = []
    for run in sorted(runs, key=lambda one: one.left):
        if found and run.left < found[-1][1] + _GUTTER:
            found[-1][1] = max(found[-1][1], run.right)
        else:
            found.append([run.left, run.right])
    return [(left, right) for left, right in found]


def _column(columns: Sequence[tuple[float, float]], run: _Run) -> int | None:
    return next((at for at, (left, right) in enumerate(columns) if left <= run.left and run.right <= right), None)


def _whole(runs: Sequence[_Run]) -> list[_Run]:
    """The words of one column, those of a line put together unless a wide blank parts them."""
    lines: list[list[_Run]] = []
    for run in sorted(runs, key=lambda one: one.middle):
        if lines and run.middle - lines[-1][0].middle < _SAME:
            lines[-1].append(run)
        else:
            lines.append([run])
    found: list[_Run] = []
    for line in lines:
        found.append(min(line, key=lambda one: one.left))
        for run in sorted(line, key=lambda one: one.left)[1:]:
            before = found[-1]
            if run.left - before.right >= _WIDE_GAP * run.height:
                found.append(run)
                continue
            found[-1] = _Run(
                before.text + run.text,
                before.left,
                min(before.top, run.top),
                max(before.right, run.right),
                max(before.bottom, run.bottom),
            )
    return found


def _anchors(by_column: Sequence[Sequence[_Run]], place: int) -> list[_Run] | None:
    """The column behind the label that holds one value a row, nothing else, and is the fullest."""
    fit = [
        sorted(found, key=lambda run: run.top)
        for found in by_column[place + 1 :]
        if len(found) >= _FEWEST_ROWS and all(_ANCHOR.fullmatch(run.text) for run in found)
    ]
    best = max(fit, key=len, default=None)
    if best is None or any(after.top < before.bottom for before, after in pairwise(best)):
        return None
    return best


def _names(labels: Sequence[_Run], anchors: Sequence[_Run]) -> list[_Run] | None:
    """The lines that stand over the label of a row and are none of it: they name the rows below.

    A label stands around the middle of its value, or begins level with it, and every line of it but the last is full;
    what is left has no value of its own. None where a label stands neither way.
    """
    lines = sorted(labels, key=lambda run: run.top)
    widest = max((run.right for run in lines), default=0.0)
    is_full = [run.right - run.left > _FULL * (widest - run.left) for run in lines]
    pitch = _pitch(anchors)
    taken: set[int] = set()
    for at, anchor in enumerate(anchors):
        top = anchors[at - 1].middle if at else -1.0
        bottom = anchors[at + 1].middle if at + 1 < len(anchors) else float("inf")
        near = [place for place, run in enumerate(lines) if top < run.middle < bottom and place not in taken]
        blocks = [
            range(first, last + 1)
            for first in near
            for last in near
            if first <= last < first + _MOST_LINES
            and all(is_full[first:last])
            and all(after.top - before.top < pitch for before, after in pairwise(lines[first : last + 1]))
        ]
        fit = [
            one
            for one in blocks
            if abs((lines[one[0]].top + lines[one[-1]].bottom) / 2 - anchor.middle) < _SAME
            or abs(lines[one[0]].middle - anchor.middle) < _SAME
        ]
        own = max(fit, key=len, default=None)
        if own is None:
            return None
        taken.update(own)
    if not taken or max(taken) + 1 < len(lines):
        return None
    return [run for place, run in enumerate(lines) if place not in taken]


def _pitch(anchors: Sequence[_Run]) -> float:
    """What two lines of one cell are nearer to each other than: the least step from row to row."""
    return min(after.top - before.top for before, after in pairwise(anchors)) - 0.5


def _is_numbers(
    head: Sequence[_Run], columns: Sequence[tuple[float, float]], at: int, found: Sequence[_Run], rows: int
) -> bool:
    named = "".join(run.text for run in head if _column(columns, run) == at)
    return named in ("序号", "编号") or (len(found) == rows and all(run.text.strip(".、").isdigit() for run in found))


def _edges(anchors: Sequence[_Run], runs: Sequence[_Run]) -> list[float] | None:
    """Where rows begin and end: the widest white between two values of the anchors' column."""
    size = anchors[0].height
    edges = [min([anchors[0].top, *(run.top for run in runs if run.middle < anchors[0].middle)]) - 1]
    for before, after in pairwise(anchors):
        within = sorted(
            ((run.top, run.bottom) for run in runs if before.middle - size / 2 < run.middle < after.middle + size / 2),
        )
        best, place, reached = 0.0, None, within[0][1]
        for top, bottom in within[1:]:
            if top - reached > best:
                best, place = top - reached, (top + reached) / 2
            reached = max(reached, bottom)
        if place is None or not before.middle < place < after.middle:
            return None
        edges.append(place)
    last = anchors[-1]
    edges.append(max([last.bottom, *(run.bottom for run in runs if run.middle > last.middle)]) + 1)
    return edges


def _table(
    head: Sequence[_Run],
    columns: Sequence[tuple[float, float]],
    by_column: Sequence[Sequence[_Run]],
    edges: Sequence[float],
    groups: Sequence[int],
    names: Sequence[_Run],
    pitch: float,
) -> Table | None:
    """Lay the cells out; a group's cell stands in every row it covers, a name over the whole width."""
    sides = [columns[0][0] - 1, *((one[1] + other[0]) / 2 for one, other in pairwise(columns)), columns[-1][1] + 1]
    top = min(run.top for run in head) - 1
    rows = list(pairwise(edges))
    boxes: list[tuple[Box, Cell]] = []
    over: dict[int, Cell] = {}
    for run in names:
        line = next((at for at, (start, end) in enumerate(rows) if start < run.middle < end), None)
        if line is None:
            return None
        boxes.append(
            ((sides[0], rows[line][0], sides[-1], run.bottom + 0.5), over.setdefault(line, Cell(is_wrapped=True)))
        )
    grid: list[list[Cell]] = [[] for _ in range(len(rows) + 1)]
    for at, (left, right) in enumerate(pairwise(sides)):
        cell = Cell(is_wrapped=True)
        boxes.append(((left, top, right, edges[0]), cell))
        grid[0].append(cell)
        spans = _spans(by_column[at], rows, pitch) if at in groups else [(line, line + 1) for line in range(len(rows))]
        if spans is None or (at not in groups and not _is_single(by_column[at], rows)):
            return None
        for first, last in spans:
            cell = Cell(is_wrapped=True)
            boxes.append(((left, rows[first][0], right, rows[last - 1][1]), cell))
            for line in range(first, last):
                grid[line + 1].append(cell)
    for line in sorted(over, reverse=True):
        grid.insert(line + 1, [over[line]] * len(columns))
    return Table((sides[0], top, sides[-1], edges[-1]), boxes, grid)


def _is_single(runs: Sequence[_Run], rows: Sequence[tuple[float, float]]) -> bool:
    """Tell whether no row holds two values one below the other: then its rows were taken together."""
    for top, bottom in rows:
        within = [run for run in runs if top < run.middle < bottom]
        if sum(_ANCHOR.fullmatch(run.text) is not None for run in within) > 1:
            return False
        if any(abs(one.middle - other.middle) < 2 for one, other in pairwise(within)):
            return False  # two words side by side: a column was missed
    return True


def _spans(runs: Sequence[_Run], rows: Sequence[tuple[float, float]], pitch: float) -> list[tuple[int, int]] | None:
    """The rows each group covers: its words stand in the middle of them, or in the first of them.

    None where neither is so: then which rows a group holds cannot be told.
    """
    labels: list[list[_Run]] = []
    for run in sorted(runs, key=lambda one: one.top):
        if labels and run.top - labels[-1][-1].top < pitch:
            labels[-1].append(run)
        else:
            labels.append([run])
    if not labels:
        return None
    middles = [(label[0].top + label[-1].bottom) / 2 for label in labels]
    return _centred(middles, rows) or _on_top([label[0] for label in labels], rows)


def _centred(middles: Sequence[float], rows: Sequence[tuple[float, float]]) -> list[tuple[int, int]] | None:
    spans, first = [], 0
    for middle in middles:
        if first >= len(rows):
            return None
        ends = [abs((rows[first][0] + rows[last][1]) / 2 - middle) for last in range(first, len(rows))]
        last = min(range(len(ends)), key=ends.__getitem__)
        height = rows[first + last][1] - rows[first + last][0]
        if ends[last] > 0.4 * height:
            return None
        spans.append((first, first + last + 1))
        first += last + 1
    return spans if first == len(rows) else None


def _on_top(labels: Sequence[_Run], rows: Sequence[tuple[float, float]]) -> list[tuple[int, int]] | None:
    starts = [next((at for at, (top, bottom) in enumerate(rows) if top < run.middle < bottom), -1) for run in labels]
    if starts[0] != 0 or sorted(set(starts)) != starts:
        return None
    return list(pairwise([*starts, len(rows)]))
