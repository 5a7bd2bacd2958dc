"""Money by the head: 按照小学每生每年720元、初中每生每年940元的标准拨付X sets a standard for each of those named."""

import re
from typing import NamedTuple

_STANDARD = re.compile(
    r"(?:、[^，；、0-9]{0,16}[0-9.]{1,8}万?元(?:/[^，；、的]{1,6})*)*的标准"
    "(?:足额|全额|及时|统一)*(?P<act>拨付|给予|补助|发放|安排|保障|落实|补贴|核定|奖励|资助|配套)(?P<what>[^，；。、]{2,24})?"
)
_HEAD = re.compile("(?:.*按照?|[，、]?)(?P<who>[^0-9，、]{0,16})$")
_PER = re.compile("(?:每[生人年班校亩月天学期]+)+$")
_TO_WHOM = frozenset({"补助", "补贴", "奖励", "资助"})


class Standard(NamedTuple):
    """What a standard is for, and where the words that say so end."""

    subject: str
    end: int


def standard(text: str, shown: str, first: int, start: int, end: int, last: int) -> Standard | None:
    """Read the standard whose amount stands at ``start``–``end`` of a clause ``first``–``last``; None where none is."""
    place = shown.find("按", first, start)
    if place < 0 or (told := _STANDARD.match(shown, end, last)) is None or not told["what"]:
        return None
    head = _HEAD.match(shown[max(first, shown.rfind("、", place, start)) : start])
    if head is None:
        return None
    who = _PER.sub("", text[start - len(head["who"]) : start])
    what = text[told.start("what") : told.end("what")]
    act = told["act"] if told["act"] in _TO_WHOM else ""
    return Standard(f"{who}{what}{act}标准", told.end())
