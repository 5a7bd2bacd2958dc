"""Tables of the division of labour (任务分工表): task, leading and cooperating departments, time limit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from duibiao.extract.departments import Share, cell_namings
from duibiao.extract.place import joined_lines
from duibiao.extract.table_cells import Cells, cells_of
from duibiao.kernel.text import without_spaces
from duibiao.sources.blocks import Block
from duibiao.sources.mapped import MappedText

_HEADS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("number", re.compile(r"序号|编号|序")),
    ("lead", re.compile(r"(?:牵头|主责|主办|总牵头)(?:责任|负责|实施)?(?:部门|单位|处室|机构)")),
    (
        "cooperating",
        re.compile(r"(?:协同|共同)?(?:配合|参与|协同|协作|协办|参加|协助)(?:责任|实施)?(?:部门|单位|处室|机构)"),
    ),
    ("responsible", re.compile(r"(?:主要)?(?:责任|负责|落实|承办|实施|分工)(?:部门|单位|处室|机构)|责任分工")),
    ("due", re.compile(r"(?:完成|时间|推进)?(?:时限|期限|时间|节点)(?:要求|节点)?|完成年限|时间安排")),
    ("section", re.compile(r"类别|类型|分类|领域|方面|板块|任务类别|行动|重点领域")),
    ("title", re.compile(r".*(?:任务|事项|举措|措施|项目|内容|工作|实事).*")),
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_SHARES = ("lead", "cooperating", "responsible")
_OFFICE_LINE = re.compile(
    r"[^，。；,;]{2,30}(?:[局委办厅部室处院校府会联队社所站行]|中心|公司|集团|街道|乡镇|[镇乡区县市]|单位|部门|机构|等)[、，,；;]?"
)
"""A line of a cell that names one office or a whole list of them, and is not broken inside a name."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One row of the table."""

    number: str
    section: str
    title: MappedText
    namings: tuple[tuple[Share, tuple[str, ...]], ...]
    due: int | None
    words: MappedText


def task_rows(blocks: Sequence[Block]) -> list[TaskRow]:
    """The rows under a head that names a task and its departments; none where no such head stands."""
    found: list[TaskRow] = []
    heads: list[str] = []
    section = ""
    before: Cells = ()
    for block in blocks:
        if not block.cells and block.text.count("\t") < 1:
            continue
        cells = cells_of(block)
        read = _heads(cells)
        if read:
            heads, section = read, ""
        elif heads and len(cells) == len(heads):
            if len({cell.text for cell in cells}) == 1:
                section = without_spaces(cells[0].text)
                continue
            row = _row(_parted(block, cells, heads), heads, section, found[-1].number if found else "")
            if row is not None:
                own = [cell for at, cell in enumerate(cells) if not before or cell.pieces != before[at].pieces]
                found.append(replace(row, words=joined_lines(own)) if own else row)
                section = row.section
            before = cells
    return found


def _parted(block: Block, cells: Cells, heads: Sequence[str]) -> Cells:
    """The cells, with the names of offices parted that stand one a line."""
    parted = list(cells)
    for at, name in enumerate(heads if block.cells else ()):
        lines = [line for line in block.cells[at].text.split("\n") if line.strip()]
        if name in _SHARES and len(lines) > 1 and all(_OFFICE_LINE.fullmatch(line.strip()) for line in lines):
            parted[at] = MappedText("、".join(line.strip().rstrip("、，,；;") for line in lines), cells[at].pieces)
    return tuple(parted)


def _share(name: str, heads: Sequence[str]) -> Share:
    """A column of those responsible beside one of those who cooperate names who leads."""
    is_leading = name == "responsible" and "cooperating" in heads and "lead" not in heads
    return Share.LEAD if is_leading else Share(name)


def _heads(cells: Cells) -> list[str]:
    texts = [without_spaces(cell.text) for cell in cells]
    names = [next((name for name, words in _HEADS if words.fullmatch(text)), "") for text in texts]
    return names if "title" in names and any(share in names for share in _SHARES) else []


def _row(cells: Cells, heads: Sequence[str], section: str, above: str) -> TaskRow | None:
    by_head: dict[str, MappedText] = {}
    for name, cell in zip(heads, cells, strict=True):
        by_head[name] = cell if name == "section" or not by_head.get(name) else joined_lines([by_head[name], cell])
    title = by_head["title"]
    namings = tuple(
        one
        for name in dict.fromkeys(heads)
        if name in _SHARES
        for one in cell_namings(by_head[name].text, _share(name, heads))
    )
    if not title.text or not any(names for _, names in namings):
        return None
    years = _YEAR.findall(by_head["due"].text) if "due" in by_head else []
    stated = without_spaces(by_head["section"].text) if "section" in by_head else ""
    number = by_head["number"].text.strip(".、 ") if "number" in by_head else ""
    due = int(years[-1]) if years else None
    if not number:  # a merged cell that was left blank; without a column of numbers they are counted
        number = above if "number" in by_head else str(int(above or 0) + 1)
    return TaskRow(number, stated or section, title, namings, due, joined_lines(list(cells)))
