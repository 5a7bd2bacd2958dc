"""Heads of indicator tables: which column holds what, and the years of the value columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from duibiao.extract.outline import Context
from duibiao.extract.written import normal


class Role(StrEnum):
    """What a column holds."""

    NUMBER = "number"  # 序号
    GROUP = "group"  # 类型 一级指标
    PARENT = "parent"  # the first of two columns under one head 指标: a row merged over both has no parent
    LABEL = "label"  # 指标
    UNIT = "unit"  # 单位
    YEAR = "year"  # a value column whose year is known and whose part is not
    BASE = "base"  # 基期值
    TARGET = "target"  # 目标值
    GROWTH = "growth"  # 年均 累计
    OBLIGATION = "obligation"  # 属性
    OTHER = "other"


VALUES = (Role.YEAR, Role.BASE, Role.TARGET, Role.GROWTH)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of an indicator table."""

    role: Role
    year: int | None = None


_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_CHINESE_YEAR = re.compile("([一二][〇○零九][一二三四五六七八九〇○零]{2})年")
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEARS_BELOW = re.compile("(?:目标|规划)?(?:年份|年度|时间|时期|阶段)|指标[/\\\\]?年[份度]|年[份度][/\\\\]?指标|")
_FIVE_YEAR = re.compile(r"[“\"]?十([二三四五六七八九])五[”\"]?")
_ORDINALS = "一二三四五六七八九"
_WORDS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (Role.NUMBER, re.compile(r"序号|编号|序|No\.?")),
    (Role.OTHER, re.compile(r".*(?:责任|牵头|配合|主管|负责|数据来源|备注|说明|口径|部门).*")),
    (Role.OBLIGATION, re.compile(r"(?:指标)?(?:属性|性质)|指标类型")),
    (Role.GROUP, re.compile(r"(?:指标)?(?:类型|类别|分类|种类|大类|领域|维度|方面|板块|层级|学段)|一级指标")),
    (Role.UNIT, re.compile(r"(?:计量|计算|指标)?单位")),
    (Role.GROWTH, re.compile(r".*(?:年均|增速|增幅|增长|累计).*")),
    (Role.BASE, re.compile(r".*(?:基期|基准|基数|基础(?:值|数)|现状|现值|实际).*")),
    (Role.TARGET, re.compile(r".*(?:目标|规划|预期|计划)(?:值|数)?.*")),
    (Role.LABEL, re.compile(r".*(?:指标|监测点|观测点)(?:名称|内容)?(?:[(/](?:计量)?单位)?|项目|名称|内容|主要内容")),
)
_HINTS = (
    (Role.BASE, re.compile(r"基|现状|现值|实际|完成|年初")),
    (Role.TARGET, re.compile(r"目标|规划|预期|计划")),
)
_PART_OF_YEAR = r"[（(]?(?:目标值?|规划值?|规划目标|预期值?|基期值?|基准值?|现状值?|实际值?|预计|完成值?|末?数)?[）)]?"
_TOKEN = re.compile(
    r"序号|编号|(?:指标)?(?:类型|类别|分类|属性|性质|领域|维度|方面)|"
    r"[一二三四]?级?指标(?:名称|内容)?[（(](?:计量)?单位[）)]|(?:计量)?单位|"
    r"(?:责任|牵头|配合|主管)(?:单位|部门)|备注|说明|数据来源|"
    r"[一二三]级指标|(?:主要|具体|核心|重点|关键|发展|监测|预期)?指标(?:名称|内容)?|"
    r"(?:基期|基准|现状|目标|规划|预期|实际|基础(?=值))值?[（(](?:19|20)\d\d\s*年[）)]|"
    rf"(?:(?:19|20)\d\d\s*年?|[“\"]?十[二三四五六七八九]五[”\"]?(?:末|期末|时期)?)\s*{_PART_OF_YEAR}|"
    r"(?:基期|基准|现状|目标|规划|预期|实际)值?|基础值|"
    r"年均(?:增速|增长率?|增幅)?(?:[/／]?\s*[〔\[（(]?累计[〕\]）)]?)?|累计|[\s/〔〕\[\]（）()%％-]"
)
_FEWEST_TOKENS = 2


@lru_cache(maxsize=1024)
def column(text: str) -> TableColumn:
    """What one cell of a head says about its column."""
    bare = normal(text).replace("[", "").replace("]", "").strip("()（）")
    year = _year(bare)
    for role, pattern in _WORDS[:6]:
        if pattern.fullmatch(bare):
            return TableColumn(role)
    if year is not None:
        hint = next((role for role, words in _HINTS if words.search(bare)), Role.YEAR)
        return TableColumn(hint, year)
    for role, pattern in _WORDS[6:]:
        if pattern.fullmatch(bare):
            return TableColumn(role)
    return TableColumn(Role.OTHER)


def columns(cells: Sequence[str], context: Context) -> tuple[TableColumn, ...]:
    """The columns of a head, with the part of every year decided."""
    found = [column(cell) for cell in cells]
    if not any(one.role is Role.LABEL for one in found):
        groups = [at for at, one in enumerate(found) if one.role is Role.GROUP]
        if groups:
            found[groups[-1]] = TableColumn(Role.LABEL)
    labels = [at for at, one in enumerate(found) if one.role is Role.LABEL]
    if labels and labels[-1] + 1 < len(cells) and not normal(cells[labels[-1] + 1]):  # its head covers two columns
        labels.append(labels[-1] + 1)
        found[labels[-1]] = TableColumn(Role.LABEL)
    for at in labels[:-1]:  # 一级指标, 二级指标: the last names the row
        is_merged = at + 1 == labels[-1] and normal(cells[at + 1]) in ("", normal(cells[at]))
        found[at] = TableColumn(Role.PARENT if is_merged else Role.GROUP)
    return tuple(_with_parts(found, context))


def head_cells(line: str) -> list[str] | None:
    """The cells of a head written in a line without rules; None when the line is no head."""
    if len(line) > 200:
        return None
    cells: list[str] = []
    at = 0
    while at < len(line):
        match = _TOKEN.match(line, at)
        if match is None or match.end() == at:
            return None
        if match[0].strip() and not re.fullmatch(r"[\s/〔〕\[\]（）()%％-]", match[0]):
            cells.append(match[0])
        at = match.end()
    return _spread(cells) or None


def _spread(cells: list[str]) -> list[str]:
    """The columns in their order where years of a second line stand under one head (目标值): they take its place."""
    if _YEAR.search(cells[-1] if cells else "") is None:
        return cells
    last = next((at for at, cell in enumerate(cells) if column(cell).role is Role.OBLIGATION), len(cells))
    heads = [at for at, cell in enumerate(cells[:last]) if column(cell) == TableColumn(Role.TARGET)]
    years = cells[last + 1 :]
    if len(heads) != 1 or not years or not all(_YEAR.search(year) for year in years):
        return cells
    return [*cells[: heads[0]], *years, *cells[heads[0] + 1 : last + 1]]


def is_head(cells: Sequence[str]) -> bool:
    """Tell whether cells name an indicator and a value: then they are the head of an indicator table."""
    roles = [column(cell).role for cell in cells]
    return (
        len(cells) >= _FEWEST_TOKENS
        and any(role in VALUES for role in roles)
        and any(role in (Role.LABEL, Role.GROUP) for role in roles)
    )


def is_of_years(cells: Sequence[str]) -> bool:
    """Tell whether the first column of a table names years (年份, 2025年, 2027年 …): then its rows are the columns."""
    first, below = normal(cells[0]), [normal(cell) for cell in cells[1:]]
    years = [text for text in below if _year(text) is not None]
    others = [text for text in below if _year(text) is None]
    return (
        _YEARS_BELOW.fullmatch(first) is not None
        and len(years) >= _FEWEST_TOKENS
        and all(column(text).role in (Role.UNIT, Role.OBLIGATION, Role.BASE, Role.TARGET) for text in others)
    )


def _told(one: TableColumn, over: int) -> TableColumn:
    """What a column is beside a base of the year ``over``: what is not later is history, and so was its target."""
    if one.year is None or one.year > over:
        return one
    return replace(one, role={Role.YEAR: Role.BASE, Role.TARGET: Role.OTHER}.get(one.role, one.role))


def _year(bare: str) -> int | None:
    if match := _YEAR.search(bare):
        return int(match[1])
    if match := _CHINESE_YEAR.search(bare):
        return int(match[1].translate(_CHINESE_DIGITS))
    if match := _FIVE_YEAR.search(bare):
        return 2005 + 5 * (_ORDINALS.index(match[1]) + 1)
    return None


def _with_parts(found: list[TableColumn], context: Context) -> list[TableColumn]:
    """Decide for every plain year whether it is the base or a target; a target of a year that is over is none."""
    over = max((one.year for one in found if one.role is Role.BASE and one.year is not None), default=0)
    found = [_told(one, over) for one in found]
    plain = [one.year for one in found if one.role is Role.YEAR and one.year is not None]
    has_base = any(one.role is Role.BASE for one in found)
    bases: set[int] = set()
    if not has_base and len(plain) > 1:
        known = [year for year in plain if context.base_year is not None and year <= context.base_year]
        is_history = len(known) == len(plain) and not any(one.role is Role.TARGET for one in found)
        bases = set(known) if known and (len(known) < len(plain) or is_history) else {min(plain)}
    elif not has_base and plain and any(one.role is Role.TARGET for one in found):
        bases = {min(plain)}
    decided = []
    for one in found:
        if one.role is Role.YEAR:
            role = Role.BASE if one.year in bases else Role.TARGET
            decided.append(replace(one, role=role))
        elif one.role is Role.BASE and one.year is None:
            decided.append(replace(one, year=context.base_year))
        else:
            decided.append(one)
    return decided
