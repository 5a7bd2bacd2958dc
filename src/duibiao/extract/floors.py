"""Numeric floors and ceilings of a rule's sentence: 不低于 1:350, 不少于总学时的 50%, 至少配备 2 名, 每 3—5 年."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from duibiao.extract.items import Operator
from duibiao.extract.written import read_value
from duibiao.plan.model import Counting

_OPERATORS = re.compile(
    r"(?P<least>(?:应当?|须|要)?不(?:得|应|宜|能)?(?:低于|少于|小于)|(?:应当?|须)?至少(?:应当?)?(?:累计|配备|配有|建有|拥有|具有|达到|有|为)?)|"
    r"(?P<most>(?:一般|原则上|应当?)?不(?:得|应|宜|能)?(?:超过|高于|大于|多于|超出)|控制在|至多|最多)|"
    r"(?P<more>(?:超过|高于|大于|多于))|(?P<less>(?:低于|小于|少于|不足))|"
    r"(?P<about>(?:一般|原则上)(?:应当?)?(?:为|占))|(?P<reach>(?:应当?)?达到|(?:应当?)?达)"
)
_BY_NAME = {
    "least": Operator.AT_LEAST,
    "most": Operator.AT_MOST,
    "more": Operator.MORE_THAN,
    "less": Operator.LESS_THAN,
    "about": Operator.EQUAL,
}
_SUFFIXES = {
    "及以上": Operator.AT_LEAST,
    "以上": Operator.AT_LEAST,
    "及以下": Operator.AT_MOST,
    "以下": Operator.AT_MOST,
    "以内": Operator.AT_MOST,
    "左右": Operator.EQUAL,
}
_NUMBER = re.compile(
    r"\d+(?:,\d{3})*(?:\.\d+)?(?:\s*[%％‰])?(?:\s*[:：∶/]\s*\d+(?:\.\d+)?|\s*[—–~～\-至]\s*\d+(?:\.\d+)?(?:\s*[%％‰])?)?"
)
_UNIT = re.compile(
    r"\s*(个百分点|[万亿]?(?:平方米|人次|学时|学分|课时|小时|分钟|个月|[个名人所门节项种套册次年月天日周元亩台间篇部位倍])"
    r"(?:/(?:生|人|年|百人))?)"
)
_SUFFIX = re.compile(r"\s*(及以上|以上|及以下|以下|以内|左右)")
_STOPS = "，。；！？：,;!?:\n"
_LEADS = ("并且", "而且", "其中", "且", "并", "、", "和", "及", "，", "其")
_PERIOD = re.compile(r"^(近[一二两三四五六七八九十\d]+年(?:来|内)?|每(?:学)?年(?:度)?|年度|上(?:一)?年度?|当年)")
_YEARLY = re.compile(r"(?:每(?:学)?年|年均)$")
_BARE = ("学时", "比例", "数量", "占比", "人数", "时间", "总数", "面积", "经费", "学分", "课时")
_HEAD_NOUN = re.compile(r"^(.{0,12}?(?:课程|教师|学生|经费|基地|专业|学校|人员|教材|设备|图书|用房))")
_SCORED = re.compile(r"[^。；;\n]{0,20}?[，的]?(?:每[^，。；;\n]{1,10})?(?:扣|加|减)\s*\d*(?:\.\d+)?\s*分")
"""What follows a figure that costs or earns points: it says how to score, and is no floor."""
_LONGEST_BETWEEN = 14
_LONGEST_SUBJECT = 60
_REFERENCE = re.compile(r"[\u4e00-\u9fff（）()“”]{2,24}")


@dataclass(frozen=True, slots=True)
class Floor:
    """One bound: what it binds, how, and where in the text it stands."""

    subject: str
    operator: Operator
    value: Decimal | None
    upper: Decimal | None
    unit: str
    written: str
    start: int
    end: int
    period: str = ""
    is_soft: bool = False
    counting: Counting = Counting.LEVEL
    flags: tuple[str, ...] = ()


def floors(text: str) -> Iterator[Floor]:
    """The bounds of a text, in reading order."""
    done = 0
    last: Floor | None = None
    for match in _NUMBER.finditer(text):
        if match.start() < done:
            continue
        begin = max(done, _clause_start(text, match.start()))
        found = _read(text, begin, match) or _every(text, begin, match)
        if found is None:
            continue
        found = _with_subject(found, text, begin, last)
        if _SCORED.match(text, found.end):
            done = found.end
            continue
        yield found
        last, done = found, found.end
    yield from _references(text)


def _clause_start(text: str, at: int) -> int:
    start = at
    while start and text[start - 1] not in _STOPS:
        if text[start - 1] == "：" and text[start - 2 : start - 1].isdigit():
            start -= 1
            continue
        start -= 1
        if at - start > 200:
            break
    return start


def _read(text: str, begin: int, match: re.Match[str]) -> Floor | None:
    clause = text[begin : match.start()]
    operators = list(_OPERATORS.finditer(clause))
    word = operators[-1] if operators else None
    if word is not None and len(clause) - word.end() > _LONGEST_BETWEEN:
        word = None
    end, unit, suffix = _after(text, match.end())
    operator = _operator(word, suffix)
    value = read_value(re.sub(r"[\s]", "", match[0]))
    if operator is None or value.operator is None:
        return None
    start = begin + (word.start() if word else len(clause))
    before = clause[: word.start()] if word else clause
    is_soft = word is not None and word[0].startswith(("一般", "原则上"))
    return Floor(
        subject=before,
        operator=Operator.RANGE if value.upper is not None else operator,
        value=value.value,
        upper=value.upper,
        unit=value.unit or unit,
        written=re.sub(r"\s", "", text[start:end]),
        start=begin,
        end=end,
        is_soft=is_soft or suffix == "左右",
    )


def _operator(word: re.Match[str] | None, suffix: str) -> Operator | None:
    if suffix in _SUFFIXES and (word is None or word.lastgroup == "reach"):
        return _SUFFIXES[suffix]
    return _BY_NAME.get(str(word.lastgroup)) if word is not None else None


def _every(text: str, begin: int, match: re.Match[str]) -> Floor | None:
    """A rhythm: 每 3—5 年调整…; its subject is what is done."""
    clause = text[begin : match.start()].rstrip()
    end, unit, _ = _after(text, match.end())
    value = read_value(re.sub(r"\s", "", match[0]))
    if not clause.endswith("每") or unit not in ("年", "个月", "月", "周", "学期") or value.operator is None:
        return None
    stop = end
    while stop < len(text) and text[stop] not in _STOPS and stop - end < _LONGEST_SUBJECT:
        stop += 1
    operator = Operator.RANGE if value.upper is not None else Operator.EQUAL
    written = re.sub(r"\s", "", text[begin + len(clause) - 1 : end])
    subject = re.sub(r"\s", "", text[end:stop])
    return Floor(subject, operator, value.value, value.upper, unit, written, begin, stop, flags=("rhythm",))


def _after(text: str, end: int) -> tuple[int, str, str]:
    """Where a figure ends with its unit and suffix, the unit, and the suffix."""
    unit = _UNIT.match(text, end)
    end = unit.end() if unit else end
    suffix = _SUFFIX.match(text, end)
    return (suffix.end() if suffix else end), (unit[1] if unit else ""), (suffix[1] if suffix else "")


def _with_subject(found: Floor, text: str, begin: int, last: Floor | None) -> Floor:
    """Clean the subject; where the clause names none, carry it from the clause before in the same sentence."""
    if "rhythm" in found.flags:
        return found
    subject, period, counting = _cleaned(found.subject)
    flags: tuple[str, ...] = ()
    if not subject and last is not None and "。" not in text[last.end : begin] and "；" not in text[last.end : begin]:
        subject, flags = re.sub(r"与.*$", "", last.subject), ("subject_carried",)
    elif subject in _BARE:
        before = _clause_start(text, max(begin - 1, 0))
        head = _HEAD_NOUN.match(text[before:begin].strip()) if before < begin else None
        subject, flags = (head[1] + subject, ("subject_carried",)) if head else (subject, ("short_subject",))
    if not period and last is not None and text[last.end : last.end + 1] == "、" and begin <= last.end + 1:
        period = last.period  # 近三年甲不低于…、乙不低于…
    if not subject:
        flags = ("no_subject",)
    return Floor(
        subject[-_LONGEST_SUBJECT:],
        found.operator,
        found.value,
        found.upper,
        found.unit,
        found.written,
        found.start,
        found.end,
        period,
        found.is_soft,
        counting,
        flags,
    )


def _cleaned(words: str) -> tuple[str, str, Counting]:
    subject, period = re.sub(r"^\s*\d{1,3}[.．、]\s*", "", words), ""
    subject = re.sub(r"\s", "", subject)
    changed = True
    while changed:
        changed = False
        for lead in _LEADS:
            if subject.startswith(lead):
                subject, changed = subject.removeprefix(lead), True
        if match := _PERIOD.match(subject):
            period, subject, changed = match[0], subject[match.end() :], True
    yearly = _YEARLY.search(subject)
    if yearly:
        return subject[: yearly.start()], period or yearly[0], Counting.PER_YEAR
    return subject, period, Counting.PER_YEAR if period.startswith("每") else Counting.LEVEL


def _references(text: str) -> Iterator[Floor]:
    """Bounds by another count instead of a number: 不低于全日制在校生数."""
    for match in _OPERATORS.finditer(text):
        if match.lastgroup not in ("least", "most"):
            continue
        stop = match.end()
        while stop < len(text) and text[stop] not in _STOPS and stop - match.end() < _LONGEST_SUBJECT:
            stop += 1
        against = re.sub(r"\s", "", text[match.end() : stop])
        if not _REFERENCE.fullmatch(against) or not against.endswith(
            ("数", "总额", "水平", "比例", "标准", "人次", "量", "率")
        ):
            continue
        begin = _clause_start(text, match.start())
        subject, period, counting = _cleaned(text[begin : match.start()])
        flags = ("no_number",) if subject else ("no_number", "no_subject")
        operator = _BY_NAME[str(match.lastgroup)]
        written = re.sub(r"\s", "", text[match.start() : stop])
        yield Floor(subject, operator, None, None, "", written, begin, stop, period, False, counting, flags)
