"""Standards: 按照小学每生每年720元、初中每生每年940元的标准拨付X, 按不低于1∶1000的比例配备X.

Each of those named has its own amount; what stands before 按 (对X按…) says for whom.
"""

import re
from typing import NamedTuple

from duibiao.extract.items import Operator

_STANDARD = re.compile(
    r"(?:、[^，；、0-9]{0,16}[0-9.]{1,8}万?元(?:/[^，；、的]{1,6})*)*的标准"
    "(?:足额|全额|及时|统一)*(?P<act>拨付|给予|补助|发放|安排|保障|落实|补贴|核定|奖励|资助|配套)(?P<what>[^，；。、]{2,24})?"
)
_HEAD = re.compile("(?:.*按照?|[，、]?)(?P<who>[^0-9，、]{0,16}?)(?P<bound>不低于|不少于|不超过|不高于)?$")
_FOR = re.compile("^[对给为](?P<whom>[^，、；]{2,24}?)(?:原则上|统一)?按照?[^，、；]*$")
_STAFFED = re.compile(
    "的(?:比例|标准|师生比)(?:足额|逐步|全部)*(?:配备|配齐|配足|配置|设置|选配)(?:建强)?(?P<what>[^，；。、]{2,24}?)(?=[，；。、且并]|$)"
)
_OWN_RATE = re.compile("(?P<who>[^，；、]{2,20})按照?(?P<rate>师生比|生师比)(?:不低于|不少于|不高于)?$")
_BOUNDS = {
    "不低于": Operator.AT_LEAST,
    "不少于": Operator.AT_LEAST,
    "不超过": Operator.AT_MOST,
    "不高于": Operator.AT_MOST,
}
_PER = re.compile("(?:每[生人年班校亩月天学期]+)+$")
_TO_WHOM = frozenset({"补助", "补贴", "奖励", "资助"})


class Standard(NamedTuple):
    """What a standard is for, and where the words that say so end."""

    subject: str
    end: int
    operator: Operator = Operator.EQUAL


def standard(text: str, shown: str, first: int, start: int, end: int, last: int) -> Standard | None:
    """Read the standard whose amount stands at ``start``–``end`` of a clause ``first``–``last``; None where none is."""
    place = shown.find("按", first, start)
    if place < 0 or (told := _STANDARD.match(shown, end, last)) is None or not told["what"]:
        return None
    head = _HEAD.match(shown[max(first, shown.rfind("、", place, start)) : start])
    if head is None:
        return None
    bound = head["bound"] or ""
    stop = start - len(bound)
    who = _PER.sub("", text[stop - len(head["who"]) : stop])
    whom = None if who else _FOR.search(shown[first:stop])
    who = text[first + whom.start("whom") : first + whom.end("whom")] if whom else who
    what = text[told.start("what") : told.end("what")]
    act = told["act"] if told["act"] in _TO_WHOM else ""
    what = "" if what == act else what  # 给予补助 is 补助标准
    return Standard(f"{who}{what}{act}标准", told.end(), _BOUNDS.get(bound, Operator.EQUAL))


def staffing(text: str, shown: str, first: int, start: int, end: int, last: int) -> Standard | None:
    """Read the staff a ratio asks for (按不低于1∶1000的比例配备X); the bound stands before it."""
    told = _STAFFED.match(shown, end, last)
    if told is None:
        own = _OWN_RATE.search(shown[first:start]) if shown.startswith(("配备", "配齐"), end) else None
        return own and Standard(text[first + own.start("who") : first + own.end("who")] + own["rate"], end + 2)
    if shown.rfind("按", first, start) < 0:
        return None
    return Standard(f"{text[told.start('what') : told.end('what')]}配备比例", told.end())
