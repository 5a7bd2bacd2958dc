"""Labels of indicators: the unit in brackets at their end, and what their first words say."""

import re
from functools import lru_cache

from duibiao.extract.written import normal
from duibiao.plan.model import Counting

_LONGEST_UNIT = 10
_MEASURES = (
    "人名个所门节项种套本册件篇部位次台间处场座家户对支张份年月天日时分元亩米吨级倍岁期届类条块片辆架只株万亿千百"
)
_UNIT = re.compile(
    rf"[%‰∶:]|1?[:∶]1?|[万亿千百]?[{_MEASURES}]{{1,3}}|个?百分点|小时|分钟|学时|平方米|公里|人次|人天|比例|"
    r"[万亿千百]{0,2}(?:吨标准煤|吨标煤|千瓦时?|立方米|平方公里|公顷|公斤|千克|毫克|微克|兆|学分|课时)|"
    r"[^（）()\d/]{0,5}1?/\d{0,3}[万亿千百]?[^（）()\d/]{0,4}|"
    r"[万亿]?元/[^（）]{1,6}|[^（）\d]{1,5}/[^（）\d]{1,5}|[A-Za-z]{1,6}(?:/[A-Za-z]{1,3})?"
)
_QUALIFIERS = ("含", "不含", "包括", "其中", "按", "以", "不计", "累计", "市级", "国家级")
AMONG = ("其中：", "其中:", "其中")
VERBS = (
    "累计",
    "新增",
    "建设",
    "建成",
    "培育",
    "打造",
    "引进",
    "引育",
    "设立",
    "实施",
    "举办",
    "开展",
    "组建",
    "创建",
    "完成",
    "培养",
)
_SHARE = re.compile(r"平均|人均|率|比例|占比|比重|年限")
"""新增劳动力平均受教育年限 speaks of newcomers and is a level."""
_COUNTING = (
    ("累计", Counting.CUMULATIVE),
    ("新增", Counting.INCREMENT),
    ("每年", Counting.PER_YEAR),
    ("年均", Counting.PER_YEAR),
)


@lru_cache(maxsize=4096)
def unit_of(label: str) -> str:
    """The unit a label states in brackets at its end; empty when it states none."""
    bare = normal(label)
    if not bare.endswith(")"):
        return ""
    opening = _opening(bare)
    inner = bare[opening + 1 : -1]
    if opening <= 0 or not 0 < len(inner) <= _LONGEST_UNIT or inner.startswith(_QUALIFIERS):
        return ""
    return as_unit(inner) if _UNIT.fullmatch(inner) else ""


def as_unit(text: str) -> str:
    """The unit as it is kept: ratios to one as ``∶1``, a dash as nothing."""
    bare = normal(text).strip("()（）")
    if bare in ("∶", ":", ":1", "∶1"):
        return "∶1"
    if bare in ("1:", "1∶"):
        return "1∶"
    return "" if bare in ("-", "—", "——", "/", "–") else bare


def is_unit(text: str) -> bool:
    """Tell whether a token can be a cell of the unit column."""
    return _UNIT.fullmatch(normal(text)) is not None if len(text) <= _LONGEST_UNIT else False


def counting_of(label: str) -> Counting:
    """What the first words of a label say about counting; a level where they say nothing."""
    bare = normal(label)
    for among in AMONG:
        bare = bare.removeprefix(normal(among))
    for word, counting in _COUNTING:
        if bare.startswith(word) and not (word == "新增" and _SHARE.search(bare)):
            return counting
    return Counting.LEVEL


def is_among(label: str) -> bool:
    """Tell whether a label opens a list of sub-rows (其中)."""
    return normal(label).startswith("其中")


def is_open(text: str) -> bool:
    """Tell whether a bracket or quotation mark in the text is still open."""
    return any(text.count(one) > text.count(other) for one, other in ("（）", "()", "“”", "《》", "「」", "〔〕"))


def _opening(bare: str) -> int:
    """Where the bracket that closes at the end was opened; -1 where it was not."""
    depth = 0
    for at in range(len(bare) - 1, -1, -1):
        depth += (bare[at] == ")") - (bare[at] == "(")
        if depth == 0:
            return at
    return -1
