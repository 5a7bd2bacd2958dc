"""When a sentence speaks of: the year a promise is due, and whether something was promised or has been reached."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from duibiao.extract.outline import Context
from duibiao.extract.window import FIVE_YEAR, five_year_end

_YEAR = re.compile(
    r"(?P<until>到|至|截至|截止|力争到|用|在)?(?P<year>(?:19|20)\d\d)年(?P<end>底前|底|末|前|以前|之前)?"
)
_TO = re.compile(
    r"(?P<to>(?<![年截])(?:力争)?(?:到|至)|确保)?(?<!较)(?<!(?<!占)比)(?P<year>20\d\d)年(?P<by>底前|底|末|前|以前|之前)?(?!以来|至|到|起|开始)"
)
_PAST = re.compile(
    "已(?!经?成为)|截至|截止|目前|现有(?=[^，、；的]{0,14}[0-9])|现已|年来(?<=[一二三四五六七八九十两近几多\\d]年来)|以来|先后|累计完成|"
    "获批|荣获|夺得|同比|位居|居全国|"
    + "|".join(f"{first}[设得现成育增养到]了" for first in "建获实完成培新取达")
    + "|期间，|圆满完成|顺利|创历史|成绩|比(?:上年|去年)|较(?:上年|去年)"
)
"""Every branch begins with a character and not with a set: then the places where one may begin are found quickly."""
_FORWARD = re.compile(
    "(?:^|。)(?:推动|推进|实施|加强|完善|健全|深化|优化|支持|鼓励|探索|引导|落实|加快|强化|积极|着力|力争|确保|建立|构建|坚持|"
    "[（(]?[0-9一二三四五六七八九十]{1,3}[）)．.、]|(?:力争)?到20)|力争|确保"
)
_THAN_LAST = re.compile("[比较](?:上年|去年)(?=提高|提升|增加|增长|上升|下降|降低|减少|有)")
"""Under aims a comparison with last year is what is wanted."""
_NO_PAST = re.compile("[由从](?:目前|现有|现在|当前)")
"""A word about today that only says where a change sets out (由目前800所调整到700所)."""
_IN_A_YEAR = re.compile(
    r"\s*(?:在)?20\d\d年(?:底|末)?(?:[，,]|(?![\d度底末])[^，。]{0,24}(?:共有|达到|达|为)[^，。]{0,4}\d)"
)
_UP_TO = re.compile(r"(?:截至|截止)(?:到)?(20\d\d)年")
"""截至2027年底 of a plan that goes on until then is a term."""
_SCHOOL_YEAR = re.compile(r"(?<!\d)20\d\d[/／—–-](?:20)?(?P<second>\d\d)学年")
_FROM_TO = re.compile(r"从(?:19|20)\d\d年(?:起|开始)?，?(?:到|至)20\d\d年")
_INTENT = re.compile("力争|争取|将(?!军)|继续|要(?![素求点])|努力")
_SPAN_WORDS = "(?:规划)?(?:期间|时期|期末|末期?|内)"
_SPAN = re.compile(f"(?:{FIVE_YEAR.pattern}){_SPAN_WORDS}(?P<since>以来)?")
_COMPARED = re.compile(r"(?:[较与]|(?<!占)比)(?:于)?(?:19|20)\d\d年")
_REVIEW = re.compile(
    "发展基础|工作基础|现实基础|(?:^|[、）] ?)基础$|现状|发展成就|主要成就|主要成绩|成就和|回顾|历程|"
    "发展环境|背景|挑战|机遇|困难|短板|面临(?:的)?形势|"
    "(?:主要|工作|建设|取得的?)成效|基本情况|(?:存在|主要|突出)的?问题"
)
_AHEAD = re.compile(
    "目标|(?:主要|重点|发展|工作)任务|(?:重点|主要)工作|20[0-9][0-9]年的?工作|重[点大](?:工程|项目|举措|行动)|主要(?:举措|措施)|保障措施|工作安排|民生实事|总体要求"
)
_ONWARDS = re.compile(r"20\d\d年(?:秋季学期|春季学期)?(?:起|开始)")
_LABEL = re.compile("[^，。]{0,4}(?:目标|阶段|任务|要求)")
"""近期目标：到2025年，…: a label is no clause."""
_WISH = re.compile("努力|力求|推进|推动|加强|要(?!素)|应(?!用)|必须|确保|促进")
_SECTION_YEAR = re.compile(r"(?:到|至)(?P<year>20\d\d)年|(?P<alone>20\d\d)年(?:主要)?(?:目标|阶段)")


def _has_year(text: str) -> bool:
    """Tell quickly that a text may name a year."""
    return "年" in text and ("20" in text or "19" in text)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the headings above a paragraph say: a year, the end of a five-year plan, and where they look."""

    year: int | None
    end: int | None
    looks_back: bool
    looks_ahead: bool


@lru_cache(maxsize=256)
def _told_by(section: str) -> _Told:
    headed = [match["year"] or match["alone"] for match in _SECTION_YEAR.finditer(section)]
    end = None
    if "五" in section and not headed:
        spans = [five_year_end(span) for span in _SPAN.finditer(section) if not span["since"]]
        end = spans[-1] if spans and not _YEAR.search(section) else None
    back, ahead = _last(_REVIEW, section), _last(_AHEAD, section)
    return _Told(int(headed[-1]) if headed else None, end, back > ahead, ahead > back)


class Tense(NamedTuple):
    """What a sentence speaks of."""

    is_past: bool
    due: int | None
    is_due_stated: bool
    period: str = ""
    is_ahead: bool = False  # under a heading that names aims or tasks


@dataclass(slots=True)
class Clock:
    """Carries years and tense along the sentences of a paragraph."""

    context: Context
    carried: int | None = None  # 到2027年 at the head of the paragraph
    headed: int | None = None  # the year the headings name
    was_past: bool = False
    looks_back: bool = True
    heading_end: int | None = None  # the end of the five-year plan a heading names
    looks_ahead: bool = False  # under 目标, 任务
    period: str = ""
    latest: int | None = None  # the last year a sentence was due by: 届时 is then
    intends: bool = False  # the paragraph says what is to be done

    def __post_init__(self) -> None:
        told = _told_by(self.context.section)
        self.carried, self.heading_end, self.was_past = told.year, told.end, told.looks_back
        self.carried = self.carried or self.context.stage
        self.looks_ahead = told.looks_ahead and not self.context.is_report
        if self.heading_end is not None and self.lies_ahead(self.heading_end) and not self.was_past:
            self.carried = self.heading_end
        self.headed = self.carried

    def begin(self, text: str) -> None:
        """Begin a paragraph: one that looks back somewhere, and forward nowhere, looks back throughout."""
        self.looks_back = bool(_PAST.search(text)) or "五" in text
        self.intends = "五" in text and self.context.is_plan and bool(_INTENT.search(text))
        if self.looks_back and not self.looks_ahead and self._past(text) and not _FORWARD.search(text):
            self.was_past = True

    def _past(self, text: str) -> "re.Match[str] | None":
        """The words that say that something is over: also a five-year plan before this one."""
        if "五" in text and (span := _SPAN.search(text)):
            end = five_year_end(span)
            is_base = end == self.context.base_year and text[max(0, span.start() - 1) : span.start()] in (
                "比",
                "较",
                "于",
            )
            if span["since"] or not (is_base or self.lies_ahead(end)):
                return span  # 比“十四五”末 of the plan that follows it says from where, and not when
            text = _SPAN.sub(_blank, text)
        if self.looks_ahead and ("上年" in text or "去年" in text):
            text = _THAN_LAST.sub(_blank, text)
        if self.looks_ahead and "期间，" in text:
            text = text.replace("期间，", "○○○")  # 三年行动期间 under aims is the time to come
        if "截" in text:
            text = _UP_TO.sub(lambda match: _blank(match) if self.is_future(int(match[1])) else match.group(), text)
        if "目前" in text or "现" in text:
            text = _NO_PAST.sub(_blank, text)
        return _PAST.search(text)

    def is_over(self, text: str) -> bool:
        """Tell whether words say that something is over."""
        return self._past(text) is not None

    def lies_ahead(self, end: int) -> bool:
        """Tell whether a five-year plan that ends in a year is the one this document is about, or a later one."""
        if not self.is_dated:
            return self.looks_ahead or self.intends
        return self.is_future(end)

    def sentence(self, text: str, shown: str, is_first: bool) -> "Sentence":
        """Begin a sentence; ``shown`` is its text with the names hidden."""
        past = self._past(text) if self.looks_back else None
        if _has_year(shown) and _COMPARED.search(shown):
            shown = _COMPARED.sub(_blank, shown)
        years = [int(match["year"]) for match in _YEAR.finditer(shown)] if _has_year(shown) else []
        future = [year for year in years if self.is_future(year)]
        if future and not (past and past.start() < shown.find(str(future[0]))):
            self.was_past = False
        elif past and not (future and self.context.plan_end is not None):
            self.was_past = self.was_past or (is_first and not self.looks_ahead)
        is_past = bool(past) or self.was_past or self.context.is_report or self._tells_of_a_year(text, years)
        if is_past and years:
            gone = [year for year in years if self.context.is_report or not self.is_future(year)]
            self.period = str(gone[-1]) if gone else self.period
        return Sentence(self, is_past, is_first)

    def _tells_of_a_year(self, text: str, years: list[int]) -> bool:
        """Tell whether a sentence opens with a year that is over, and wants nothing: 2024年，全市共有X所."""
        opened = _IN_A_YEAR.match(text) if years and self.context.base_year is not None else None
        if opened is None or any(self.is_future(year) for year in years):
            return False
        return not _INTENT.search(text)

    @property
    def is_dated(self) -> bool:
        """Tell whether the years of the document are known."""
        return self.context.plan_end is not None or self.context.base_year is not None

    def is_future(self, year: int) -> bool:
        """Tell whether a year lies ahead of the document."""
        if self.context.base_year is not None:
            return year > self.context.base_year
        if self.context.plan_end is not None:
            return self.context.plan_end - 20 < year <= self.context.plan_end + 30
        return not self.context.is_report


@dataclass(slots=True)
class Sentence:
    """Carries years along the clauses of a sentence."""

    clock: Clock
    is_past: bool
    is_first: bool
    due: int | None = None
    seen: bool = False

    def clause(self, text: str) -> None:
        """Go on to the next clause."""
        self._read_years(text)
        if self.due is None and "届时" in text:
            self.due = self.clock.latest
        if self.due is not None and "起" in text and _ONWARDS.search(text):
            self.due = None  # 2024年起 of what was due by 2022 before
        if self.is_past and "力争" in text[:6] and not self.clock.is_over(text):
            self.is_past = False
        self.seen = self.seen or not _LABEL.fullmatch(text)

    def tense(self) -> Tense:
        """The tense of the clause that was gone on to."""
        context = self.clock.context
        due = self.due or self.clock.carried
        if self.is_past:
            year = self.clock.period or (str(context.base_year) if context.base_year else "")
            return Tense(True, None, False, year)
        return Tense(False, due or context.plan_end, due is not None, is_ahead=self.clock.looks_ahead)

    def dues(self, text: str) -> list[tuple[int, int]]:
        """Where a clause names the years by which something is to be done, and which (X 2028年达到80%、2030年90%)."""
        if text.count("20") <= 1:
            return []
        return [(match.end(), int(match["year"])) for match in _TO.finditer(text) if self._is_due(match, text)]

    def is_wish(self, text: str) -> bool:
        """Tell whether words in a text about the past still ask for something."""
        return bool(_WISH.search(text)) and not self.clock.is_over(text)

    def _read_years(self, text: str) -> None:
        """Take up the years by which a clause says that something is to be done."""
        for match in _TO.finditer(text) if "20" in text else ():
            if not self._is_due(match, text):
                continue
            self.due, self.is_past = int(match["year"]), False
            self.clock.latest = self.due
            if self.is_first and not self.seen:
                self.clock.carried = self.due
            elif self.is_first and self.clock.carried is not None and self.due > self.clock.carried:
                # 到2023年…，到2025年…。 The next sentence belongs to no single one of these years.
                self.clock.carried = self.clock.headed or (None if self.clock.context.plan_end else self.due)
        if "学年" in text and (school := _SCHOOL_YEAR.search(text)) and not self.clock.is_over(text):
            year = 2000 + int(school["second"])
            if self.clock.is_future(year):
                self.due, self.is_past = year, False
        if "五" in text and (span := _SPAN.search(text)) and not span["since"]:
            end = five_year_end(span)
            if self.clock.lies_ahead(end):
                self.due, self.is_past = end, False
                if self.is_first and not self.seen:
                    self.clock.carried = end

    def _is_due(self, match: re.Match[str], text: str) -> bool:
        """Tell whether a year is one by which something is to be done, and not one that something was done in."""
        if not self.clock.is_future(int(match["year"])) or self.clock.is_over(text):
            return False
        if self.clock.is_dated and not self.clock.context.is_report:
            return True
        if "从" in text:  # 从2011年到2020年
            period = _FROM_TO.search(text)
            return period is not None and period.end() >= match.end("year")
        return bool(match["to"] or match["by"])


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.end() for match in pattern.finditer(text)), default=-1)


def without_years(text: str) -> str:
    """Blank out years and dates so that they are not read as figures; the text keeps its length."""
    text = _DATES.sub(_blank, text)
    text = _COHORT.sub(lambda match: "□" * len(match.group()), text) if "届" in text else text
    text = _AGES.sub(lambda match: "□" * len(match.group()), text) if "岁" in text else text
    return _PERIOD.sub(_blank, text) if "五" in text else text


def _blank(match: re.Match[str]) -> str:
    return "○" * len(match.group())


_PERIOD = re.compile(f"[到至]?(?:{FIVE_YEAR.pattern}){_SPAN_WORDS}")


_DATES = re.compile(
    r"[0-9](?:(?:(?<=(?<!\d)1)9|(?<=(?<!\d)2)0)\d\d(?:(?:[—–-](?:19|20)\d\d)?年(?:\d{1,2}月)?(?:\d{1,2}日)?起?"
    r"|[/／—–-](?:20)?\d\d学年度?|(?=(?:、20\d\d)*(?:、|和|及)20\d\d年))"
    r"|\d?年(?:内|左右的?时间)|\d?月\d{1,2}日)"
)
"""All begin with a digit, and a digit is looked for quickly."""
_COHORT = re.compile(r"20\d\d届(?=[一-鿿])")
_AGES = re.compile(
    r"(?<!\d\.)\d{1,2}(?:[—–~～至到-]\d{1,2})?(?:周?岁)(?!(?<=[到达至过于]\d\d岁)(?:以上|左右)?(?:[，、；。]|$))"
)
"""An age belongs to the thing (65岁以上老年人): it is no figure. 人均预期寿命达到80岁 is one."""
