"""Tables of the division of labour (任务分工表): task, leading and cooperating departments, time limit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from duibiao.extract.departments import Share, split_names
from duibiao.extract.place import joined_lines
from duibiao.extract.table_cells import Cells, cells_of
from duibiao.kernel.text import without_spaces
from duibiao.sources.blocks import Block
from duibiao.sources.mapped import MappedText

_HEADS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("number", re.compile(r"序号|编号|序")),
    ("lead", re.compile(r"(?:牵头|主责|主办|总牵头)(?:责任|负责|实施)?(?:部门|单位|处室|机构)")),
    ("cooperating", re.compile(r"(?:配合|参与|协同|协作|协办|参加|协助)(?:责任|实施)?(?:部门|单位|处室|机构)")),
    ("responsible", re.compile(r"(?:主要)?(?:责任|负责|落实|承办|实施|分工)(?:部门|单位|处室|机构)|责任分工")),
    ("due", re.compile(r"(?:完成|时间|推进)?(?:时限|期限|时间|节点)(?:要求|节点)?|完成年限|时间安排")),
    ("section", re.compile(r"类别|类型|分类|领域|方面|板块|任务类别|行动|重点领域")),
    ("title", re.compile(r".*(?:任务|事项|举措|措施|项目|内容|工作).*")),
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_SHARES = ("lead", "cooperating", "responsible")


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
            row = _row(cells, heads, section, len(found) + 1)
            if row is not None:
                found.append(row)
                section = row.section
    return found


def _heads(cells: Cells) -> list[str]:
    texts = [without_spaces(cell.text) for cell in cells]
    names = [next((name for name, words in _HEADS if words.fullmatch(text)), "") for text in texts]
    return names if "title" in names and any(share in names for share in _SHARES) else []


def _row(cells: Cells, heads: Sequence[str], section: str, count: int) -> TaskRow | None:
    by_head: dict[str, MappedText] = {}
    for name, cell in zip(heads, cells, strict=True):
        by_head[name] = cell if name == "section" or not by_head.get(name) else joined_lines([by_head[name], cell])
    title = by_head["title"]
    namings = tuple((Share(name), split_names(by_head[name].text)) for name in _SHARES if name in by_head)
    if not title.text or not any(names for _, names in namings):
        return None
    years = _YEAR.findall(by_head["due"].text) if "due" in by_head else []
    stated = without_spaces(by_head["section"].text) if "section" in by_head else ""
    number = by_head["number"].text.strip(".、 ") if "number" in by_head else ""
    due = int(years[-1]) if years else None
    return TaskRow(number or str(count), stated or section, title, namings, due, joined_lines(list(cells)))
