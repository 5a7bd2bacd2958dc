"""When a sentence speaks of: the year a promise is due, and whether something was promised or has been reached."""

import re
from dataclasses import dataclass

from duibiao.extract.outline import Context

_YEAR = re.compile(
    r"(?P<until>到|至|截至|截止|力争到|用|在)?(?P<year>(?:19|20)\d\d)年(?P<end>底前|底|末|前|以前|之前)?"
)
_TO = re.compile(
    r"(?P<to>(?<![年截])(?:力争)?(?:到|至)|确保)?(?P<year>20\d\d)年(?P<by>底前|底|末|前|以前|之前)?(?!以来|至|到)"
)
_PAST = re.compile(
    "已(?!经?成为)|截至|截止|目前|现有|现已|(?:[一二三四五六七八九十两近几多]|\\d)年来|以来|先后|累计完成|获批|荣获|夺得|同比|位居|居全国|"
    "[建获实完成培新培取达][设得现成育增养到]了|“十[一二三四五六]五”(?:期间|时期|以来|末)|期间，|圆满完成|顺利|创历史|成绩|"
    "[比较](?:上年|去年)"
)
_FORWARD = re.compile(
    "(?:^|。)(?:推动|推进|实施|加强|完善|健全|深化|优化|支持|鼓励|探索|引导|落实|加快|强化|积极|着力|力争|确保|建立|构建|坚持|"
    "[（(]?[0-9一二三四五六七八九十]{1,3}[）)．.、]|(?:力争)?到20)|力争|确保"
)
_REVIEW = re.compile(
    "发展基础|工作基础|现实基础|现状|发展成就|主要成就|成就和|回顾|发展环境|面临(?:的)?形势|(?:主要|工作|建设|取得的?)成效|基本情况"
)
_WISH = re.compile("努力|力求|推进|推动|加强|要(?!素)|应(?!用)|必须|确保|促进")
_SECTION_YEAR = re.compile(r"(?:到|至)(?P<year>20\d\d)年|(?P<alone>20\d\d)年(?:主要)?(?:目标|阶段)")


@dataclass(frozen=True, slots=True)
class Tense:
    """What a sentence speaks of."""

    is_past: bool
    due: int | None
    is_due_stated: bool
    period: str = ""


@dataclass(slots=True)
class Clock:
    """Carries years and tense along the sentences of a paragraph."""

    context: Context
    carried: int | None = None  # 到2027年 at the head of the paragraph
    was_past: bool = False
    looks_back: bool = True
    period: str = ""

    def __post_init__(self) -> None:
        headed = [match["year"] or match["alone"] for match in _SECTION_YEAR.finditer(self.context.section)]
        if headed:
            self.carried = int(headed[-1])
        self.was_past = bool(_REVIEW.search(self.context.section))

    def begin(self, text: str) -> None:
        """Begin a paragraph: one that looks back somewhere, and forward nowhere, looks back throughout."""
        self.looks_back = bool(_PAST.search(text))
        if self.looks_back and not _FORWARD.search(text):
            self.was_past = True

    def sentence(self, text: str, shown: str, is_first: bool) -> "Sentence":
        """Begin a sentence; ``shown`` is its text with the names hidden."""
        past = _PAST.search(text) if self.looks_back else None
        years = [int(match["year"]) for match in _YEAR.finditer(shown)] if "年" in shown else []
        future = [year for year in years if self.is_future(year)]
        if future and not (past and past.start() < shown.find(str(future[0]))):
            self.was_past = False
        elif past and not (future and self.context.plan_end is not None):
            self.was_past = self.was_past or is_first
        is_past = bool(past) or self.was_past or self.context.is_report
        if is_past and years:
            gone = [year for year in years if self.context.is_report or not self.is_future(year)]
            self.period = str(gone[-1]) if gone else self.period
        return Sentence(self, is_past, is_first)

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

    def clause(self, text: str) -> Tense:
        """The tense of the next clause."""
        for match in _TO.finditer(text) if "20" in text else ():
            if not self._is_due(match, text):
                continue
            self.due, self.is_past = int(match["year"]), False
            if self.is_first and not self.seen:
                self.clock.carried = self.due
        if self.is_past and "力争" in text[:6] and not _PAST.search(text):
            self.is_past = False
        self.seen = True
        context = self.clock.context
        due = self.due or self.clock.carried
        if self.is_past:
            year = self.clock.period or (str(context.base_year) if context.base_year else "")
            return Tense(True, None, False, year)
        return Tense(False, due or context.plan_end, due is not None)

    def is_wish(self, text: str) -> bool:
        """Tell whether words in a text about the past still ask for something."""
        return bool(_WISH.search(text)) and not _PAST.search(text)

    def _is_due(self, match: re.Match[str], text: str) -> bool:
        """Tell whether a year is one by which something is to be done, and not one that something was done in."""
        if not self.clock.is_future(int(match["year"])) or _PAST.search(text):
            return False
        if self.clock.is_dated and not self.clock.context.is_report:
            return True
        return bool(match["to"] or match["by"]) and "从" not in text


def without_years(text: str) -> str:
    """Blank out years and dates so that they are not read as figures; the text keeps its length."""
    return _DATES.sub(lambda match: "○" * len(match.group()), text)


_DATES = re.compile(
    r"\d(?:(?:(?<=(?<!\d)1)9|(?<=(?<!\d)2)0)\d\d(?:[—–-](?:19|20)\d\d)?年(?:\d{1,2}月)?(?:\d{1,2}日)?"
    r"|\d?月\d{1,2}日|\d?[—-]\d{1,2}岁|\d?岁)"
)
"""All begin with a digit, and a digit is looked for quickly."""
