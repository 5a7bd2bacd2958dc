"""How a paragraph of an official document may begin: the marks of its outline."""

import re
from typing import NamedTuple

NUMERALS = frozenset("一二三四五六七八九十百零〇两")
_NUMERAL = f"[{''.join(sorted(NUMERALS))}]"
_DIGIT_FIRST = "0123456789"
_MARKS = (  # kind, the characters it may begin with, and its mark; of two that fit the one above counts
    ("volume", "第", rf"第{_NUMERAL}{{1,4}}(?:编|部分)(?![\u4e00-\u9fff]{{0,1}}[，。、])"),
    ("chapter", "第", rf"第(?:{_NUMERAL}{{1,4}}|\d{{1,3}})章"),
    ("section", "第", rf"第(?:{_NUMERAL}{{1,4}}|\d{{1,3}})节(?!课)"),
    ("article", "第", rf"第(?:{_NUMERAL}{{1,6}}|\d{{1,3}})条(?![的第规和、，])"),
    ("box", "专", rf"专\s?[栏欄]\s?(?:\d{{1,3}}|{_NUMERAL}{{1,3}})?(?=[\s:：.．“《]|[\u4e00-\u9fff]|$)"),
    ("annex", "附", rf"附\s?[件表录](?=\s*(?:\d|{_NUMERAL}|[:：]|$))\s?(?:\d{{1,2}}|{_NUMERAL}{{1,3}})?"),
    ("part", "".join(sorted(NUMERALS)), rf"{_NUMERAL}{{1,4}}[、.．]"),
    ("clause", "（(", rf"[（(]{_NUMERAL}{{1,4}}[）)]"),
    ("decimal", _DIGIT_FIRST, r"\d{1,2}(?:[.．]\d{1,2}){1,3}(?=\s*[\u4e00-\u9fff“《])(?!\s?(?:[万亿倍]|个百分))"),
    ("item", _DIGIT_FIRST, r"\d{1,3}\s?(?:[.．](?!\d)|[.．](?=\d{3,4}(?:人才|[^\d.．%％万亿元个倍人名所、\s]))|、)"),
    ("subitem", "（(", r"[（(]\d{1,2}[）)]"),
    ("circle", "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "[①-⑳]"),
    ("dash", "—─-", r"——|──|--(?=[\u4e00-\u9fff])"),
)
FIRST = frozenset("".join(first for _, first, _ in _MARKS))
_BY_FIRST = {
    character: re.compile("|".join([f"(?P<{kind}>{mark})" for kind, first, mark in _MARKS if character in first]))
    for character in FIRST
}
"""The marks that may begin with a character: a paragraph is tried for those alone."""
_BARE = frozenset({"part", "clause", "item", "decimal", "subitem"})
"""Kinds whose mark is a number with one mark around it or behind it."""
_AROUND = re.compile(r"[第编章节条专栏欄附件表录部分、（）()\s—─-]|[.．]$")
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
    kind, number = found.lastgroup, found[0]
    if kind in _BARE:
        number = number.strip("（()）、.． ") if kind != "item" else number[:-1].rstrip()
    else:
        number = str(ord(number) - ord("①") + 1) if kind == "circle" else _AROUND.sub("", number)
    end = found.end()
    while end < len(text) and (text[end].isspace() or (kind in ("box", "annex") and text[end] in ":：.．")):
        end += 1
    return Opener(kind, number.replace("．", "."), end)


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
