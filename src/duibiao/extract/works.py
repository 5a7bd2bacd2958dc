"""What a plan pays, and works it sums up: 安排资金3亿元支持X, 按照每生每年N元的标准拨付X, 建成A、B等6所学校."""

import re
from dataclasses import dataclass

from duibiao.extract.changes import Changes
from duibiao.extract.items import Operator
from duibiao.extract.quantities import ReadFigure
from duibiao.extract.ratios import TO_MANY, TO_ONE
from duibiao.extract.readings import Found, binding_at_end, own
from duibiao.extract.standards import staffing, standard
from duibiao.extract.subjects import Phrase, after_verbs
from duibiao.extract.wording import SHARE_UNITS, VERB, VERB_AT_START

_MONEY = re.compile("(?:[^，、；]{0,8}?)(?:资金|经费|投资|贷款|债券|基金)")
_USE = re.compile("用于|(?=[^，]{0,6}(?:资金|经费|补助|贷款|债券)$)")
_WORKS = re.compile("建|启动|完成|推进|实施|改造|竣工|完工|开工|投用")
_SITES = re.compile(
    "[^，、；]{0,12}(?:学校|幼儿园|中学|小学|医院|园区|基地|中心|场馆|公园|高校|学院|项目)"
    "(?:的?(?:新建|改建|扩建|迁建|建设|改造|改扩建)[^，；]{0,12})?"
)
_SPENT = re.compile(f"用于|支持|实施|开展|推进|{VERB}")


@dataclass(slots=True)
class Works(Changes):
    """One clause, and the readings of money and of works summed up."""

    def _standard(self, figure: ReadFigure, before: Phrase, behind: Phrase) -> Found | None:
        """按照每生每年N元的标准拨付X, 按不低于1∶N的比例配备X, 将不低于N%的X用于Y."""
        if figure.unit in SHARE_UNITS:
            is_of = self.shown.startswith("的", behind.start) and not self.tense.is_past
            return self._share_kept(figure, before, behind) if is_of else None
        if figure.unit in (TO_MANY, TO_ONE):
            return self._staffed(figure, before)
        if not figure.unit.startswith(("元", "万元")) or self.shown.find("的标准", self.first, self.last) < 0:
            return None
        start, end = self.first + figure.start, self.first + figure.end
        told = standard(self.text, self.shown, self.first, start, end, self.last)
        return told and self._make(
            figure, told.subject, own(told.operator, figure), "bound", (before.start, end, told.end)
        )

    def _staffed(self, figure: ReadFigure, before: Phrase) -> Found | None:
        """按不低于1∶N的比例配备X: the staff, and not whoever has it, is measured."""
        start, end = self.first + figure.start, self.first + figure.end
        told = staffing(self.text, self.shown, self.first, start, end, self.last)
        bound = binding_at_end(self.shown, before.start, before.end)
        operator = bound[1] if bound else Operator.EQUAL
        return told and self._make(figure, told.subject, own(operator, figure), "bound", (before.start, end, told.end))

    def _summed(self, figure: ReadFigure, before: Phrase, behind: Phrase) -> Found | None:
        """建成A、B等6所学校: a list of works by their names, and how many they are."""
        _, verb = after_verbs(self.shown, before.start, before.end)
        if not verb or not _WORKS.search(verb) or not _SITES.fullmatch(self.shown, behind.start, behind.end):
            return None
        noun = self.text[behind.start : behind.end]
        return self._make(
            figure, noun, own(Operator.EQUAL, figure), "verb-behind", (before.start, behind.start, behind.end), verb
        )

    def _money(self, figure: ReadFigure, before: Phrase, behind: Phrase) -> Found | None:
        """安排专项资金3亿元支持X: money for X."""
        use = _SPENT.match(self.shown, behind.start, behind.end)
        begin, verb = after_verbs(self.shown, before.start, before.end)
        if not use or not verb or not _MONEY.fullmatch(self.shown, begin, before.end):
            return None
        subject = self.text[use.end() : behind.end] + self.text[begin : before.end]
        span = (before.start, begin, behind.end)
        return self._make(figure, subject, own(Operator.EQUAL, figure), "verb-before", span, verb)


def used(noun: str) -> str:
    """The money for what stands behind an amount: 安排3亿元实施X, 5000万元用于X; empty where it is named itself."""
    use = _USE.match(noun) or VERB_AT_START.match(noun)
    return noun[use.end() :] + "资金" if use and use.end() else ""
