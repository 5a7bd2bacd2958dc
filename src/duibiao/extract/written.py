"""Values as tables and rules write them: ``≥50``, ``13—14``, ``20∶1``, ``〔300〕``, ``不低于95``, ``全覆盖``."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from duibiao.extract.items import Operator
from duibiao.kernel.text import without_spaces
from duibiao.plan.model import Counting

DASHES = frozenset({"", "-", "--", "—", "——", "–", "―", "─", "/", "\\", "…", "……", "无", "空", "*"})
"""How a cell says that it states nothing."""

LONGEST = 40
"""A longer cell is a sentence and no value."""

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_CORE = re.compile(
    rf"(?P<sign>>=|<=|[≥≤><])?(?P<first>{_NUMBER})(?P<one>[%‰])?"
    rf"(?:(?P<join>[-—–―~～至到]+|[:∶]|/)(?P<second>{_NUMBER}))?(?P<unit>[^\d\s,.:∶;。，；]{{0,8}})"
)
_PREFIXES: tuple[tuple[str, Operator | None], ...] = (
    ("不低于", Operator.AT_LEAST),
    ("不少于", Operator.AT_LEAST),
    ("不小于", Operator.AT_LEAST),
    ("至少", Operator.AT_LEAST),
    ("不超过", Operator.AT_MOST),
    ("不高于", Operator.AT_MOST),
    ("不大于", Operator.AT_MOST),
    ("不多于", Operator.AT_MOST),
    ("控制在", Operator.AT_MOST),
    ("至多", Operator.AT_MOST),
    ("超过", Operator.MORE_THAN),
    ("高于", Operator.MORE_THAN),
    ("大于", Operator.MORE_THAN),
    ("多于", Operator.MORE_THAN),
    ("低于", Operator.LESS_THAN),
    ("小于", Operator.LESS_THAN),
    ("少于", Operator.LESS_THAN),
    ("不足", Operator.LESS_THAN),
    ("稳定在", Operator.KEEP),
    ("保持在", Operator.KEEP),
    ("维持在", Operator.KEEP),
    ("保持", Operator.KEEP),
    ("新增", Operator.INCREASE),
    ("增加", Operator.INCREASE),
    ("提高", Operator.INCREASE),
    ("提升", Operator.INCREASE),
    ("增长", Operator.MULTIPLE),
    ("累计", None),
    ("达到", None),
    ("实现", None),
    ("达", None),
    ("为", None),
)
_SUFFIXES: tuple[tuple[str, Operator | None], ...] = (
    ("及以上", Operator.AT_LEAST),
    ("以上", Operator.AT_LEAST),
    ("及以下", Operator.AT_MOST),
    ("以下", Operator.AT_MOST),
    ("以内", Operator.AT_MOST),
    ("之内", Operator.AT_MOST),
    ("左右", None),
)
_SOFT = ("力争", "争取", "大约", "约")
_WORDS = {
    "全覆盖": (Operator.ALL, Decimal(100)),
    "全部覆盖": (Operator.ALL, Decimal(100)),
    "清零": (Operator.ZERO, Decimal(0)),
    "动态清零": (Operator.ZERO, Decimal(0)),
    "翻一番": (Operator.MULTIPLE, Decimal(2)),
    "翻两番": (Operator.MULTIPLE, Decimal(4)),
}
_SIGNS = {
    ">=": Operator.AT_LEAST,
    "≥": Operator.AT_LEAST,
    "<=": Operator.AT_MOST,
    "≤": Operator.AT_MOST,
    ">": Operator.MORE_THAN,
    "<": Operator.LESS_THAN,
}
_MARKS = (("〔", "〕"), ("[", "]"), ("【", "】"))


@dataclass(frozen=True, slots=True)
class Written:
    """A value read from a cell; ``operator`` is None where the cell holds words that are no value."""

    operator: Operator | None = None
    value: Decimal | None = None
    upper: Decimal | None = None
    unit: str = ""
    is_soft: bool = False
    counting: Counting | None = None
    is_missing: bool = False


def normal(text: str) -> str:
    """Half width and without white space; the dash and the ratio sign stay what they are."""
    return without_spaces(unicodedata.normalize("NFKC", text)).replace("≧", "≥").replace("≦", "≤")


@lru_cache(maxsize=4096)
def read_value(text: str) -> Written:
    """Read a written value."""
    if len(text) > LONGEST:
        return Written()
    bare = normal(text)
    if bare in DASHES:
        return Written(is_missing=True)
    counting = None
    for opening, closing in _MARKS:
        if bare.startswith(opening) and bare.endswith(closing):
            bare, counting = bare[1:-1], Counting.CUMULATIVE
    bare, operator, is_soft, counting = _stripped(bare, counting)
    if bare in _WORDS:
        found, value = _WORDS[bare]
        return Written(found, value, None, "%" if found is Operator.ALL else "", is_soft, counting)
    match = _CORE.fullmatch(bare)
    if match is None:
        return Written()
    return _read_core(match, operator, is_soft, counting)


def is_value(text: str) -> bool:
    """Tell whether a token of a line is a value or says that there is none."""
    read = read_value(text)
    return read.is_missing or (read.operator is not None and len(read.unit) <= 4)


def _stripped(bare: str, counting: Counting | None) -> tuple[str, Operator | None, bool, Counting | None]:
    """Take the words before and after the number off and say what they mean."""
    operator: Operator | None = None
    is_soft = False
    changed = True
    while changed and bare:
        changed = False
        for word in _SOFT:
            if bare.startswith(word):
                bare, is_soft, changed = bare[len(word) :], True, True
        for word, meaning in _PREFIXES:
            if bare.startswith(word) and len(bare) > len(word):
                bare, changed = bare[len(word) :], True
                operator = meaning or operator
                counting = {"累计": Counting.CUMULATIVE, "新增": Counting.INCREMENT}.get(word, counting)
        for word, meaning in _SUFFIXES:
            if bare.endswith(word) and len(bare) > len(word):
                bare, changed = bare[: -len(word)], True
                operator = operator if operator is Operator.KEEP else meaning or operator
                is_soft = is_soft or meaning is None
    return bare, operator, is_soft, counting


def _read_core(match: re.Match[str], operator: Operator | None, is_soft: bool, counting: Counting | None) -> Written:
    first = Decimal(match["first"].replace(",", ""))
    second = Decimal(match["second"].replace(",", "")) if match["second"] else None
    unit = (match["one"] or "") + match["unit"]
    if match["one"] and match["unit"].startswith(match["one"]):
        unit = match["unit"]
    operator = _SIGNS.get(match["sign"] or "", operator)
    if second is None:
        value, unit = _as_factor(first, unit, operator)
        return Written(operator or Operator.EQUAL, value, None, unit, is_soft, counting)
    if match["join"] == "/":
        return _fraction(first, second, operator, is_soft)
    if match["join"] in (":", "∶"):
        return _ratio(first, second, operator, is_soft)
    if second < first:
        return Written()
    return Written(Operator.RANGE, first, second, unit, is_soft, counting)


def _as_factor(amount: Decimal, unit: str, operator: Operator | None) -> tuple[Decimal, str]:
    """增长20% multiplies by 1.2; every other number is what it is."""
    if operator is Operator.MULTIPLE and unit == "%":
        return 1 + amount / 100, ""
    return amount, unit


def _ratio(first: Decimal, second: Decimal, operator: Operator | None, is_soft: bool) -> Written:
    if second == 1:
        return Written(operator or Operator.EQUAL, first, None, "∶1", is_soft)
    if first == 1:
        return Written(operator or Operator.EQUAL, second, None, "1∶", is_soft)
    return Written()


def _fraction(first: Decimal, second: Decimal, operator: Operator | None, is_soft: bool) -> Written:
    """A fraction is read where it is an exact decimal: 1/4, not 1/3."""
    if not second:
        return Written()
    share = first / second
    if share * second != first or len(share.as_tuple().digits) > 9:
        return Written()
    return Written(operator or Operator.EQUAL, share, None, "比例", is_soft)
