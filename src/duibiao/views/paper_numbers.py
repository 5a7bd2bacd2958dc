"""The numbers of a paper's headings, tables, charts and annexes, given by place and equal in every renderer.

Levels of headings by GB/T 9704-2012 §7.3.3: 一、 · （一） · 1. · （1）.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import cn2an

from duibiao.views.paper import Annex, Paper, PaperBlock, blocks_of
from duibiao.views.paper_chart import PaperChart
from duibiao.views.paper_parts import PaperHeading, PaperTable
from duibiao.views.paper_text import Field, Reference, Run, Strong


def chinese_number(number: int) -> str:
    """Write a number from 1 on as Chinese headings do: 一, 十, 十二, 二十一, 一百零一 (10 is 十, not 一十)."""
    words: str = cn2an.an2cn(str(number))
    return words.removeprefix("一") if 10 <= number < 20 else words


def heading_number(level: int, number: int) -> str:
    """The number before a heading: 一、 · （一） · 1. · （1）."""
    match level:
        case 1:
            return f"{chinese_number(number)}、"
        case 2:
            return f"（{chinese_number(number)}）"
        case 3:
            return f"{number}."
        case _:
            return f"（{number}）"


def numbered(blocks: Iterable[PaperBlock]) -> Iterator[tuple[str, PaperBlock]]:
    """Every block with the number before it: of a heading, else empty. Counting begins anew below a higher heading."""
    counts = [0] * 5
    for block in blocks:
        number = ""
        if isinstance(block, PaperHeading):
            counts[block.level] += 1
            counts[block.level + 1 :] = [0] * (4 - block.level)
            number = heading_number(block.level, counts[block.level])
        yield number, block


def captions(paper: Paper) -> dict[str, str]:
    """The number of every table and chart by its id: 表1, 表2 …, 图1 …, running through the annexes."""
    found: dict[str, str] = {}
    tables = charts = 0
    for block in blocks_of(paper):
        if isinstance(block, PaperTable):
            tables += 1
            found[block.id] = f"表{tables}"
        elif isinstance(block, PaperChart):
            charts += 1
            found[block.id] = f"图{charts}"
    return found


def annex_labels(paper: Paper) -> tuple[tuple[str, Annex], ...]:
    """Every annex with the words at its head: 附件 where there is one, 附件1, 附件2 … where there are several."""
    only = len(paper.annexes) == 1
    return tuple((("附件" if only else f"附件{number}"), annex) for number, annex in enumerate(paper.annexes, 1))


def annex_list(paper: Paper) -> tuple[tuple[str, str], ...]:
    """The lines of the list of annexes (附件说明) as label and title, without punctuation behind a title."""
    titles = [annex.title.replace("\n", "") for annex in paper.annexes]
    if len(titles) == 1:
        return (("附件：", titles[0]),)
    return tuple((f"附件：{n}." if n == 1 else f"{n}.", title) for n, title in enumerate(titles, 1))


def words_of(run: Run, numbers: dict[str, str]) -> str:
    """The printed words of a run, a reference as the number of what it refers to (``captions``)."""
    match run:
        case str():
            return run
        case Field():
            return run.shown
        case Strong():
            return run.text
        case Reference():
            return numbers[run.id]


def chinese_day(day: date) -> str:
    """A date as documents carry it (成文日期): Arabic digits, no leading zeros: 2026年3月1日."""
    return f"{day.year}年{day.month}月{day.day}日"
