"""How a paragraph of an official document may begin: the marks of its outline."""

import re
from typing import NamedTuple

NUMERALS = frozenset("一二三四五六七八九十百零〇两")
_NUMERAL = f"[{''.join(sorted(NUMERALS))}]"
OPENER = re.compile(
    rf"""(?P<volume>第{_NUMERAL}{{1,4}}(?:编|部分)(?![\u4e00-\u9fff]{{0,1}}[，。、]))
    |(?P<chapter>第(?:{_NUMERAL}{{1,4}}|\d{{1,3}})章)
    |(?P<section>第(?:{_NUMERAL}{{1,4}}|\d{{1,3}})节(?!课))
    |(?P<article>第(?:{_NUMERAL}{{1,6}}|\d{{1,3}})条(?![的第规和、，]))
    |(?P<box>专\s?[栏欄]\s?(?:\d{{1,3}}|{_NUMERAL}{{1,3}})?(?=[\s:：.．“《]|[\u4e00-\u9fff]|$))
    |(?P<annex>附\s?[件表录](?=\s*(?:\d|{_NUMERAL}|[:：]|$))\s?(?:\d{{1,2}}|{_NUMERAL}{{1,3}})?)
    |(?P<part>{_NUMERAL}{{1,4}}[、.．])
    |(?P<clause>[（(]{_NUMERAL}{{1,4}}[）)])
    |(?P<decimal>\d{{1,2}}(?:[.．]\d{{1,2}}){{1,3}}(?=\s*[\u4e00-\u9fff“《])(?!\s?(?:[万亿倍]|个百分)))
    |(?P<item>\d{{1,3}}\s?(?:[.．](?!\d)|[.．](?=\d{{3,4}}(?:人才|[^\d.．%％万亿元个倍人名所、\s]))|、))
    |(?P<subitem>[（(]\d{{1,2}}[）)])
    |(?P<circle>[①-⑳])
    |(?P<dash>——|──|--(?=[\u4e00-\u9fff]))
    """,
    re.VERBOSE,
)
_BARE = frozenset({"part", "clause", "item", "decimal", "subitem"})
"""Kinds whose mark is a number with one mark around it or behind it."""
_AROUND = re.compile(r"[第编章节条专栏欄附件表录部分、（）()\s—─-]|[.．]$")
LABEL = re.compile(r"(?:牵头|配合|责任|主责|主办|协办|承办|参与)(?:部门|单位|处室|科室)\s*[:：]|备?注\s*[:：]")
LABEL_FIRST = frozenset("牵配责主协承参备注")
_SOURCE_LINE = re.compile(
    r"[（(]\s?(?:来源|摘自|转自|文章来源|资料来源|信息来源)\s?[:：][^（）()]{1,60}[）)]$|(?:发布时间|发布日期)\s?[:：].{4,80}$"
    r"|(?:文章|信息|稿件)?来源\s?[:：][^，。；]{1,40}$"
)
FIRST = frozenset("第专附（(—─-一二三四五六七八九十百零〇两0123456789①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
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
    if text[:1] not in FIRST:
        return None
    found = OPENER.match(text)
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
