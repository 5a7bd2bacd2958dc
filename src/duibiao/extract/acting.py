"""What a figure counts where its words are of their own kind: those counted act, a speed, a thing kept for years."""

import re
from dataclasses import dataclass

from duibiao.extract.items import Operator
from duibiao.extract.quantities import ReadFigure
from duibiao.extract.ratios import directed
from duibiao.extract.readings import Chain, Found, binding_at_end, own
from duibiao.extract.subjects import Phrase, is_named, without_leading, without_region
from duibiao.extract.tense import Tense
from duibiao.extract.wording import (
    ABOUT_BEFORE,
    ACT,
    JOINED,
    MEMBERS,
    PARTS,
    SHARE_UNITS,
    URGED,
    VERB_AT_END,
)

_ASKED_FOR = re.compile("的(?:要求|目标|规定)$")
NO_SUBJECT = "no_subject"
"""The flag of a reading without a subject."""
_MUST = re.compile("(?P<who>[^，；、]{2,16}?)(?P<ought>要|须|应当?)?(?:保证|确保|保障|实现|使|做到|完成)(?=..)")
"""Whoever must reach it is no part of what is reached (某省要实现X); a kind of school says which (普通高中要保证X)."""
_OUGHT = re.compile("[要应须保确]")
_SCHOOL_KIND = re.compile("(?!各|所有|每)[^各每所]*(?:学校|高中|院校|高校|小学|初中|幼儿园|阶段)")
_PAYER = re.compile("^[^，、]{0,8}财政(?:每年)?(?:统筹)?(?:安排|投入|设立|落实)(?=..)")
"""Whoever pays is no part of what is paid (市级财政每年安排X经费)."""
_STRIVING = re.compile("(?<=.)(?:力争|争取)")
_MORE_OF = re.compile("(?P<what>[一-鿿]{2,12}?)(?:预计|预期)?新增")
"""X预计新增26万个 counts new X."""
_FINISHED = re.compile(
    "(?P<what>[^，；、]{2,24}?)(?:陆续|全部|全面|年内|如期|基本)*(?:完工|竣工|开工|开建|投用|投产|启用|建成|交付|落成|通车)(?:建设|投用|使用|运营)?"
)
"""将有20个X完工: works that are to be finished, or begun."""
_CONCERNS = re.compile("涉及[^率比]*$")
_OFFICES = re.compile("(?:专班|领导小组|工作小组|工作组|专项组)$")
"""Who is to do the work is no result of it."""
_WILL = re.compile("(?<=..)(?:将|拟)(?=(?:新增|新建|增加|建成|建设|实现|完成))")
_SHORT_NAME = re.compile("（以下(?:简称|称)[：:]?")
_HOW_OFTEN = re.compile("每(?:半?年|学期|学年|季度|月|周)[^，、]{3,}$")
"""常委会每年研究教育 2次: an act, and not a thing, is counted."""
_GAINED = re.compile("(?:（[^）]*）)?(?P<act>(?:取得|获得|考取|通过)[^，；、]{2,24})")
"""45万人取得证书: those who come to have something are counted."""
_BENEFITS = re.compile("(?:的)?(?P<who>[^，；、]{2,24}?)(?:从中)?(?:受益|获益|得到实惠)")
_OF_THEM = re.compile("其中|确保|力争|[帮扶]助|组织|推动")
_MEMBER_LENGTH = 12
_WORKS = frozenset({"个", "所", "项", "座", "处", "条"})
_COMING = re.compile("(?:其中|年内|今年|力争|确保|推动|将|还|全[市省区县]|我[市省区县]|共|预计|计划|○)*有?")
_REACH = 160  # what those counted do stands near them
_INTRODUCED = re.compile("^(?:实行|实施|推行|落实|建立|开展|实现)")
_LAUNCHED = re.compile("实施|打造|推进|推出|启动|抓好")
_NO_ACTOR = re.compile("(?:的|经过|通过|走进|听取|分|对|向|在|从|以)$")


@dataclass(slots=True)
class Acting:
    """One clause, and the readings in which those counted act themselves."""

    text: str
    shown: str
    first: int
    last: int
    chain: Chain
    tense: Tense

    def _make(
        self,
        figure: ReadFigure,
        subject: str,
        operator: Operator,
        rule: str,
        span: tuple[int, int, int],
        verb: str = "",
    ) -> Found | None:
        """A reading; ``span`` is where its words begin, where its subject begins and where its words end."""
        subject = _ASKED_FOR.sub("", without_region(subject))
        subject = subject.lstrip("、")
        if _OUGHT.search(subject) and (must := _MUST.match(subject)):
            is_school = _SCHOOL_KIND.fullmatch(must["who"]) is not None
            if is_school or must["ought"]:
                subject = (must["who"] if is_school else "") + subject[must.end() :]
        if "力争" in subject or "争取" in subject:
            subject = _STRIVING.sub("", subject)
        subject = _PAYER.sub("", subject.replace("等要求", "等"))
        if gained := _MORE_OF.fullmatch(subject):
            subject = f"新增{gained['what']}"
        if "将" in subject or "拟" in subject:
            subject = _WILL.sub("", subject)
        if subject.startswith("“") and "”" not in subject:
            subject = subject[1:]
        if not is_named(subject) or _OFFICES.search(subject) or _CONCERNS.search(subject):
            return None
        subject = _SHORT_NAME.sub("（", subject)
        if figure.unit == "次" and _HOW_OFTEN.search(subject) and not subject.endswith("数"):
            subject += "次数"
        start, subject_start, end = span
        bound, flags = directed(subject, figure.unit, operator)
        operator = bound or operator
        return Found(figure, subject, operator, rule, start, end, self.text[start:subject_start], verb, flags)

    def _unnamed(self, figure: ReadFigure, operator: Operator, span: tuple[int, int]) -> Found:
        """A reading whose thing the passage does not name (产值达到3亿元): a person must say of what."""
        start, end = span
        return Found(figure, "", operator, "bound", start, end, "", "", (NO_SUBJECT,))

    def _special(self, figure: ReadFigure, before: Phrase, behind: Phrase) -> Found | None:
        """Figures in their own wording, and those counted who act themselves."""
        shown, text = self.shown, self.text
        at, end = self.first + figure.start, self.first + figure.end
        begin = without_leading(shown, before.start, before.end)
        head, noun = text[begin : before.end], text[behind.start : behind.end]
        last = shown[end - 1]
        if last == "兆" or shown[at:end] == "一年一":
            head = _INTRODUCED.sub("", head)
            if head and last == "兆":
                self.chain.subject = head
            subject = (head or (self.chain.subject if last == "兆" else "")) + noun
            return self._make(figure, subject, Operator.EQUAL, "bound", (before.start, begin, behind.end))
        if last == "大":
            if not _LAUNCHED.search(shown, self.first, at) or shown[at - 1] not in "等”":
                return None
            return self._make(figure, noun, Operator.EQUAL, "named", (at, end, behind.end))
        if figure.unit == "年" and (place := shown.rfind("保留", before.start, before.end)) >= 0:
            return self._make(figure, text[place:at] + "年限", Operator.EQUAL, "named", (place, place, end))
        if figure.is_word or figure.is_chinese or behind.start == behind.end:
            return None
        return self._acting(figure, before, behind)

    def _acting(self, figure: ReadFigure, before: Phrase, behind: Phrase) -> Found | None:
        """27所学校结对共建, 推动22所学校、65个学科合作: those counted do something."""
        shown, text = self.shown, self.text
        begin = without_leading(shown, before.start, before.end)
        head, noun = shown[begin : before.end], text[behind.start : behind.end]
        operator = own(Operator.EQUAL, figure)
        span = (before.start, behind.start, behind.end)
        act = (ACT if self.tense.is_past else JOINED).search(
            shown, behind.start + 2, min(self.last, behind.start + _REACH)
        )
        if PARTS.match(noun) or _NO_ACTOR.search(head):
            return None
        if figure.unit in SHARE_UNITS:
            if head == "中" and self.chain.subject and self.tense.is_past:  # 评价40万条中99%给出好评
                return self._make(figure, self.chain.subject + noun, operator, "named", (before.end, *span[1:]))
            return None
        if not self.tense.is_past and (subject := _theirs(figure, head, noun, bool(act))):
            return self._make(figure, subject, operator, "named", span)
        if not act:
            return self._had(figure, Phrase(begin, before.end), noun, span)
        if not self.tense.is_past:
            if not URGED.search(shown, self.first, before.end) and not (self.chain.verb == "推动" and not head):
                return None
            self.chain.verb = "推动"
            return self._make(figure, text[behind.start : min(act.start(), behind.end)], operator, "named", span)
        if VERB_AT_END.search(head) or binding_at_end(shown, before.start, before.end) or len(head) > _MEMBER_LENGTH:
            return None
        head = ABOUT_BEFORE.sub("", text[begin : before.end])
        head = "" if MEMBERS.fullmatch(head) else head
        return self._make(figure, head + noun.split("实现")[0], operator, "named", span)

    def _had(self, figure: ReadFigure, before: Phrase, noun: str, span: tuple[int, int, int]) -> Found | None:
        """平均每个X有N个Y."""
        head = self.shown[before.start : before.end]
        if not self.tense.is_past or not head.endswith("有") or "每" not in head:
            return None
        subject = self.text[before.start : before.end - 1] + noun
        return self._make(figure, subject, own(Operator.EQUAL, figure), "named", span)


def _theirs(figure: ReadFigure, head: str, noun: str, does: bool) -> str:
    """What is counted where a plan says what people gain, or that works are to be finished; else empty."""
    finished = _FINISHED.fullmatch(noun) if figure.unit in _WORKS and not VERB_AT_END.search(head) else None
    if finished and (not head or _COMING.fullmatch(head)):
        return finished["what"].removeprefix("的")
    return _gained(figure, noun) if not does and (not head or _OF_THEM.fullmatch(head)) else ""


def _gained(figure: ReadFigure, noun: str) -> str:
    """What is counted where people gain: 45万人取得证书 those who come to have it, 28万名学生受益 those it is for."""
    gained = _GAINED.fullmatch(noun) if figure.unit.endswith(("人", "名", "人次")) else None
    benefits = _BENEFITS.fullmatch(noun)
    return gained["act"] + "人数" if gained else benefits["who"] if benefits else ""
