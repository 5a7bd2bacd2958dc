"""How a paragraph of an official document may begin: the marks of its outline."""

import re
from typing import NamedTuple

NUMERALS = frozenset("一二三四五六七八九十百零〇两")
_NUMERAL = f"[{''.join(sorted(NUMERALS))}]"
_DIGIT_FIRST = "0123456789"
_COUNT = rf"(?:{_NUMERAL}{{1,4}}|\d{{1,3}})"
_MARKS = (  # kind, the characters it may begin with, its mark around its number; of two that fit the one above counts
    ("volume", "第", rf"第(?P<volume>{_NUMERAL}{{1,4}})(?:编|部分)(?![\u4e00-\u9fff]{{0,1}}[，。、])\s*"),
    ("chapter", "第", rf"第(?P<chapter>{_COUNT})章\s*"),
    ("section", "第", rf"第(?P<section>{_COUNT})节(?!课)\s*"),
    ("article", "第", rf"第(?P<article>{_NUMERAL}{{1,6}}|\d{{1,3}})条(?![的第规和、，])\s*"),
    (
        "box",
        "专",
        rf"专\s?[栏欄]\s?(?P<box>(?:\d{{1,3}}|{_NUMERAL}{{1,3}})?)(?=[\s:：.．“《]|[\u4e00-\u9fff]|$)[\s:：.．]*",
    ),
    (
        "annex",
        "附",
        rf"附\s?[件表录](?=\s*(?:\d|{_NUMERAL}|[:：]|$))\s?(?P<annex>(?:\d{{1,2}}|{_NUMERAL}{{1,3}})?)[\s:：.．]*",
    ),
    ("part", "".join(sorted(NUMERALS)), rf"(?P<part>{_NUMERAL}{{1,4}})[、.．]\s*"),
    ("clause", "（(", rf"[（(](?P<clause>{_NUMERAL}{{1,4}})[）)]\s*"),
    (
        "decimal",
        _DIGIT_FIRST,
        r"(?P<decimal>\d{1,2}(?:[.．]\d{1,2}){1,3})(?=\s*[\u4e00-\u9fff“《])(?!\s?(?:[万亿倍]|个百分))\s*",
    ),
    (
        "item",
        _DIGIT_FIRST,
        r"(?P<item>\d{1,3})\s?(?:[.．](?!\d)|[.．](?=\d{3,4}(?:人才|[^\d.．%％万亿元个倍人名所、\s]))|、)\s*",
    ),
    ("subitem", "（(", r"[（(](?P<subitem>\d{1,2})[）)]\s*"),
    ("circle", "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", r"(?P<circle>[①-⑳])\s*"),
    ("dash", "—─-", r"(?P<dash>)(?:——|──|--(?=[\u4e00-\u9fff]))\s*"),
)
FIRST = frozenset("".join(first for _, first, _ in _MARKS))
_BY_FIRST = {
    character: re.compile("|".join([mark for _, first, mark in _MARKS if character in first])) for character in FIRST
}
"""The marks that may begin with a character: a paragraph is tried for those alone."""
LABEL = re.compile(r"(?:牵头|配合|责任|主责|主办|协办|承办|参与)(?:部门|单位|处室|科室)\s*[:：]|备?注\s*[:：]")
LABEL_FIRST = frozenset("牵配责主协承参备注")
_SOURCE_LINE = re.compile(
    r"[（(]\s?(?:来源|摘自|转自|文章来源|资料来源|信息来源)\s?[:：][^（）()]{1,60}[）)]$|(?:发布时间|发布日期)\s?[:：].{4,80}$"
    r"|(?:文章|信息|稿件)?来源\s?[:：][^，。；]{1,40}$"
)
SOURCE_FIRST = frozenset("（(发文信稿来")
_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}


class Opener(NamedTuple):
    """The mark a paragraph begins with: its kind, its number as printed without marks, and where the words begin."""

    kind: str
    number: str
    end: int

    @property
    def value(self) -> int | None:
        """The number as an integer, where it is one."""
        return int(self.number) if self.number.isdecimal() else numeral(self.number)


def opener(text: str) -> Opener | None:
    """Read the mark a paragraph begins with."""
    marks = _BY_FIRST.get(text[:1])
    found = marks.match(text) if marks is not None else None
    if found is None or found.lastgroup is None:
        return None
    kind = found.lastgroup
    number = found[kind]
    if kind == "circle":
        number = str(ord(number) - ord("①") + 1)
    elif kind == "decimal":
        number = number.replace("．", ".")
    return Opener(kind, number, found.end())


def is_source_line(text: str) -> bool:
    """Tell whether a line says where the text was taken from."""
    return text[:1] in SOURCE_FIRST and _SOURCE_LINE.match(text) is not None


def numeral(text: str) -> int | None:
    """十二 → 12; None when the text is no Chinese number."""
    total, digit = 0, 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            return None
    return total + digit if text else None
