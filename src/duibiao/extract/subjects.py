"""The thing a figure counts: cleaned of verbs and manners of speaking, completed with what a list says only once."""

import re
from typing import NamedTuple

from duibiao.extract.wording import (
    ADJUNCT,
    LEADING,
    LEADING_VERB,
    REGION,
    REGION_BEFORE,
    REGION_BEHIND,
    TRAILING,
    VERB_AT_START,
)

_CLOSED = re.compile("(?:[^（）]|（[^（）]*）)*")
_MARKS = "，、；：。 和及以与并等"
_HEADS = (
    "区县|中小学校|中小学|学校|高校|院校|职业院校|普通高校|幼儿园|园|高中|普通高中|专业群|专业|学科|课程|精品课程|教材|案例|基地|平台|中心|"
    "实验室|重点实验室|团队|工作室|项目|课题|教师|校长|企业|街道|社区|乡镇|人才|学员|品牌|示范区|实验区|试点"
)
_HEAD = re.compile(f"(?:{_HEADS})$")
_BARE_HEAD = re.compile(f"(?:{_HEADS}|(?:普通|职业|中职|高职|高等|中小|民办|公办|技工)(?:{_HEADS}))")
_BARE = frozenset({"学位", "工程", "学生", "资金", "投资", "床位", "岗位", "人员", "活动"})
_LONGEST_BARE = 4
_MODIFIER = re.compile("优质|重点|示范|特色|优秀|精品|典型|标杆|一流")
_WORK = re.compile("..(?:开设|配备|建设|开展|设置|管理|培训)$")
_MEASURED = re.compile("(?:率|比例|占比|比重|人数|人次|数量|总额|经费|规模|年限|花费|收入|增加值)$")
_BETWEEN_NAMES = re.compile("[、和](?![^“”]*”)(?![^（）]*）)")
_SENT = re.compile(
    "(?P<to>向[^、，]{2,12}?(?:选派|选聘|派驻|配备))(?P<one>[^、，和]+[师长员记官家])[、和](?P<other>[^、，和]{2,})$"
)
_LEVEL = re.compile(
    "世界级|国际级|全国级|区域级|国家级|部级|省部级|厅级|省级|地市级|市州级|市级|区县级|县区级|区（县）级|县（市、区）级|县市级|区级|县级|乡镇级|镇级"
    "|院校级|校级|院级|园级|片区级|社区级"
)
_STAGE = "高中阶段学校|高中阶段|义务教育阶段学校|义务教育阶段|学前教育阶段|高等学校|高校|中小学校?|各级各类学校"
KIND = (
    "(?:“[^“”]{1,8}”|双一流|省属|市属|部属|公办|民办|普惠性?|普通|独立|一般|地方|农村|乡村|城镇|城市|城区)*(?:建设)?"
    "(?:本科高校|本科院校|高职院校|高职高专院校|高职高专|高等职业院校|高等职业学校|高等学校|高校|职业院校|中职学校|中等职业学校|技工院校|普通高中"
    "|(?:高中阶段|义务教育)(?:教育|阶段)?(?:学校)?|学前教育|特殊教育|小学|初中|高中|幼儿园|中小学|中职|高职|本科|专科|研究生|博士生|硕士生)"
)
"""A kind of school or pupil, which may stand for the whole name of a measure behind another (高职院校达到1.3万元)."""
_OF_KIND = re.compile(
    f"{KIND}(?P<measure>(?!生(?!均|师))[^，、；]*(?:率|比例|占比|比重|水平|标准|规模|面积|经费|年限|拨款|比|数))$"
)
_KIND = re.compile(KIND)
_SHORT_MEASURE = re.compile("(?P<act>[一-鿿]{2})(?:比例|标准|面|规模|人数|金额)")
_MONEY_MEASURES = ("标准", "经费", "定额", "拨款")
_NAMED_MEASURE = re.compile("[^，、；。：0-9○]{2,20}(?:标准|经费|定额|拨款|率|比例|占比|比重)")
_RATE_OF_STAGE = re.compile("(?:毛|净)?(?:入学|入园)率|巩固率|升学率")
_NAMED_THING = re.compile("[^，、；。：0-9的○]{2,16}")
_RATE_OF_REGION = re.compile(f"(?P<rate>[^，、的]{{2,}}(?:率|比例|占比|比重|学历))(?P<region>{REGION.pattern})")
BARE_MEASURE = re.compile(
    "(?:总)?(?:产值|产量|销量|面积|规模|人数|人次|数量|总量|总额|占比|比例|比重|里程|容量|营收|收入|投资额?|经费|增加值)"
    "|(?:覆盖|参与|达标|合格|完成|普及|使用|建成|满意|解决|就业|治理|利用)率"
)
"""A measure without the thing it measures."""
_ITS_RATE = re.compile("[一-鿿]{2}率$")
_SHORT_RATE = re.compile("[一-鿿]{2}率")
_OF_WHOLE = re.compile("占[^，、；]{2,16}(?:比重|比例|的?比)$")
_GROWTH = re.compile("(?:年均)?(?:增速|增幅|增长率)$")
_OWN_MEASURE = re.compile(f"(?:{BARE_MEASURE.pattern})$")
_BROKEN = re.compile(
    "^(?:20[0-9][0-9]年?[底末前]?$|[的至]|以(?![^，]*(?:为|相结合)[^，]*的)|得(?!分)|了(?!解)|到(?![课校岗账位])|地(?![区方市级理质表下铁热形域震产税]))|(?:方可|方能|才能|即可|可以)|(?:规定|要求|以及)的?$|(?<!目)的$|得$|(?:也|就|[^拥享占具含所共]有|之)$|(?:一流|知名|领先|先进)$"
)


class Phrase(NamedTuple):
    """A stretch of the text, ``start``–``end``."""

    start: int
    end: int


def trimmed(text: str, start: int, end: int) -> Phrase:
    """Drop separators at both ends and the adverbs in front."""
    while start < end and text[start] in _MARKS and not text.startswith("等级", start):
        start += 1
    while end > start and text[end - 1] in "，、；：。 ":
        end -= 1
    return Phrase(start, end)


def without_leading(text: str, start: int, end: int) -> int:
    """Where the words begin after the adverbs and modal verbs in front of them."""
    while start < end:
        match = LEADING.match(text, start, end)
        if match and match.end() < end:
            start = match.end()
        elif text[start] in "，、 ":
            start += 1
        else:
            break
    return start


def without_trailing(text: str, start: int, end: int) -> int:
    """Where the words end before adverbs that belong to what follows."""
    while end > start:
        match = TRAILING.search(text, start, end)
        if not match or match.start() == start:
            return end
        end = match.start()
    return end


def after_verbs(text: str, start: int, end: int) -> tuple[int, str]:
    """Where the words begin after adverbs and the verb in front, and the verb (empty when there is none)."""
    begin = start
    while begin < end:
        match = VERB_AT_START.match(text, begin, end)
        if match and not text.startswith("后", match.end(), end):
            return match.end(), match.group()
        manner = LEADING_VERB.match(text, begin, end) or ADJUNCT.match(text, begin, end)
        if manner:
            begin = manner.end()
        elif text[begin] in "，、 ":
            begin += 1
        else:
            break
    return without_leading(text, start, end), ""


def is_named(words: str) -> bool:
    """Tell whether a reader could name the thing: at least two characters, and no remnant of grammar."""
    return len(words) >= 2 and not _BROKEN.search(words)


def is_odd(words: str) -> bool:
    """Tell whether words hold what is rarely part of a name (要, 保证, 方可 …): the reading may have taken too much."""
    return _ODD.search(words) is not None


_ODD = re.compile(
    "(?<![需主重])要(?![素求点闻道件塞目])|(?<![供适响反效对])应(?![用届急对])|须|保证(?!金|书)|确保|有条件|逐步|按照|方可"
    "|^(?:他(?!们)|且|并(?!轨)|度(?!假)|也|均(?!衡))|(?:的|在|和|及|与|每[年周]|安排|开展|达到|不少于|不低于)$"
)


def is_bare(words: str) -> bool:
    """Tell whether the words name a kind of thing and nothing of which (学校, 学位): more is said elsewhere."""
    return len(words) <= _LONGEST_BARE and (words in _BARE or _BARE_HEAD.fullmatch(words) is not None)


def completed(first: str, member: str) -> str:
    """Complete a short member of a list with what the first one shares with it.

    ``特色高水平高职学校2所、专业群12个``: the second is 特色高水平高职专业群. A modifier both carry marks the place.
    """
    if _LEVEL.fullmatch(member) and (level := _LEVEL.search(first)):
        return member + first[level.end() :]
    modifier = _MODIFIER.match(member)
    if modifier:
        place = first.rfind(modifier.group())
        if place > 0 and len(member) <= 8:
            is_part = member.endswith(("专业", "专业群", "课程")) and first.endswith(("学校", "院校", "高校"))
            return (first if is_part else first[:place]) + member
    if _BARE_HEAD.fullmatch(member):
        head = _HEAD.search(first)
        if head and head.start() >= 2:
            return first[: head.start()] + member
    return member


def of_same_kind(first: str, member: str) -> str:
    """Complete a bare measure with what the one before it measured: 林下经济面积达到…、产值达到…."""
    if member == "累计":  # 新增X 100处、累计达到800处
        return first.removeprefix("新增").removeprefix("新建")
    if _OF_WHOLE.match(member):  # X增加值年均增速达到10%，占Y的比重达到5%
        return _GROWTH.sub("", first) + member
    if not BARE_MEASURE.fullmatch(member) and member not in ("优良率", "优秀率"):
        return member
    head = _OWN_MEASURE.sub("", first)
    if head == first:
        head = _ITS_RATE.sub("", first)
    return head + member if head not in ("", first) else member


def _completed(words: list[str]) -> list[str]:
    """Give the rates of a list the thing its first one names: X移交率、使用率."""
    thing = _ITS_RATE.sub("", words[0])
    is_shared = thing not in ("", words[0]) and len(thing) > 2
    return [words[0], *(thing + one if is_shared and _SHORT_RATE.fullmatch(one) else one for one in words[1:])]


def measure_at_end(text: str, shown: str, first: int, last: int) -> str:
    """The measure a clause without a figure ends with (落实生均公用经费); empty where it ends with none."""
    begin = after_verbs(shown, first, last)[0]
    return text[begin:last] if _NAMED_MEASURE.fullmatch(shown, begin, last) else ""


def measured_in(measure: str, unit: str) -> bool:
    """Tell whether a measure is counted in a unit: 标准 and 经费 in money, a rate in per cent."""
    return unit.endswith("元") if measure.endswith(_MONEY_MEASURES) else unit == "%"


def is_level(words: str) -> bool:
    """Tell whether words are a level and nothing else (省级)."""
    return _LEVEL.fullmatch(words) is not None


def level_of(words: str, following: str) -> str | None:
    """Complete a bare level with the noun of the next member (6个国家级、9个省级基地); None where it has none."""
    if not _LEVEL.fullmatch(words):
        return words
    level = _LEVEL.match(following)
    return words + following[level.end() :] if level and level.end() < len(following) else None


def spread(first: str, member: str) -> str:
    """Complete a region with the rate the chain names once: 集团化办学率全市达到…，中心城区达到…."""
    if not REGION.fullmatch(member):
        turned = _RATE_OF_REGION.fullmatch(member)  # 巩固率小学为100%
        return turned["region"] + turned["rate"] if turned else member
    rate = re.match(
        f"({_STAGE}|{REGION.pattern}(?!阶段))?(.+(?:率|比例|占比|比重|学历|标准))({REGION.pattern})?$", first
    )
    return member + rate[2] if rate else member


def is_kind(words: str) -> bool:
    """Tell whether words name a kind of school or pupil and nothing else (小学, 高职院校)."""
    return _KIND.fullmatch(words) is not None


def of_same_measure(first: str, member: str) -> str:
    """Complete a kind with the measure the chain names once: 高校生均拨款水平达到…，高职院校达到…."""
    if not _KIND.fullmatch(member):
        return member
    measured = _OF_KIND.fullmatch(first)
    return member + measured["measure"] if measured else member


def of_topic(topic: str, member: str) -> str:
    """Complete a kind with the topic of the sentence: 义务教育阶段学校艺术课程，小学每周不少于4节."""
    kind = _BY_WEEK.fullmatch(member)
    if kind is None:
        return member
    return kind["kind"] + _STAGE_BEFORE.sub("", topic)


def topic_in(words: str) -> str:
    """The topic a subject names before its kind (义务教育阶段学校艺术课程小学一、二年级); empty where it names none."""
    told = _TOPIC_AND_KIND.fullmatch(words)
    return told["topic"] if told else ""


_GRADES = f"{KIND}(?:阶段|[一二三四五六七八九、至到]{{1,5}}年级)?"
_BY_WEEK = re.compile(f"(?P<kind>{_GRADES})(?:每周|每学期|每学年)?")
_TOPIC_AND_KIND = re.compile(f"(?P<topic>[^，；。]{{2,24}}?(?:课程|课)(?:（[^）]*）)?)(?={_GRADES})(?P<kind>{_GRADES})")
_STAGE_BEFORE = re.compile(f"(?:{_STAGE})(?:学校)?(?=..)")


def named_before(text: str, shown: str, end: int, member: str) -> str:
    """Complete a short measure from the clause that ends at ``end``: 实施乡村教师生活补助政策，补助标准达到…."""
    if end <= 0 or shown[end] != "，":
        return member
    if _RATE_OF_STAGE.fullmatch(member):  # 高中阶段教育普及水平提高，毛入学率达到96%
        return _stage_before(text, shown, end) + member
    short = _SHORT_MEASURE.fullmatch(member)
    if short is None:
        return member
    first = max(shown.rfind(mark, 0, end) for mark in "，；。：\n") + 1
    place = shown.rfind(short["act"], first, end)
    begin = after_verbs(shown, first, place)[0] if place > first else end
    if not _NAMED_THING.fullmatch(shown, begin, max(place, begin)):
        return member
    return text[begin:place] + member


_SHORTEST_HALF = 2
"""A shorter name shares its noun with the last (音乐、美术专职教师各1名)."""
_EACH_DISTRICT = re.compile(
    "各(?:[市县区州旗]|地市?|区县|市县|县区|市州)(?:（[^）]*）)?(?=[^，]{4,}(?:率|比例|占比|比重)$)"
)
"""Where each district is spoken of, the scope holds it."""


def _stage_before(text: str, shown: str, end: int) -> str:
    """The stage of education the clause before ``end`` speaks of; empty where it speaks of none, or of several."""
    first = max(shown.rfind(mark, 0, end) for mark in "，；。：\n") + 1
    stages = {match.group() for match in _KIND.finditer(text, first, end)}
    return stages.pop() if len(stages) == 1 else ""


def without_region(words: str) -> str:
    """The thing without the region the whole plan speaks of (全省X, X全市)."""
    if "各" in words and (each := _EACH_DISTRICT.match(words)):
        words = words[each.end() :]
    if "全" not in words and "我" not in words:
        return words
    found = REGION_BEFORE.match(words)
    words = words[found.end() :] if found else words
    return REGION_BEHIND.sub("", words)


def halves(words: str) -> list[str]:
    """Split a subject that names several rates or works for one figure (X率、Y率达到100%, X开设、Y配备全覆盖)."""
    if "“" in words:
        parts = _BETWEEN_NAMES.split(words)
        return parts if len(parts) > 1 and all(len(one) > 3 and _MEASURED.search(one) for one in parts) else [words]
    if "（" in words and not _CLOSED.fullmatch(words):
        return [words]
    sent = _SENT.match(words)
    if sent:  # 向X选派A、B全覆盖
        return [sent["to"] + sent["one"], sent["to"] + sent["other"]]
    if words.endswith("各"):  # A、B、C各1个
        parts = re.split("[、和及]", words[:-1])
        return parts if all(len(part) > _SHORTEST_HALF for part in parts[:-1]) else [words[:-1]]
    parts = _completed(re.split("[、和](?![^（]*）)", words))
    if len(parts) > 1 and (
        all(len(part) > 3 and _MEASURED.search(part) for part in parts) or all(_WORK.search(part) for part in parts)
    ):
        return parts
    return [words]


def last_work(words: str) -> str:
    """Drop a finished work named before the thing itself (X改造和Y全覆盖 covers Y)."""
    match = re.match("[^、和]+(?:改造|升级|整治|治理)和(?=[^、和]{3,}$)", words)
    return words[match.end() :] if match else words
