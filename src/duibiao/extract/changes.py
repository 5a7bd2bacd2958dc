"""What a figure says of a change or of all of a kind: X提高N个百分点, X增长N%, X全覆盖, X清零, X全部达到Y."""

import re
from dataclasses import dataclass

from duibiao.extract.items import Operator
from duibiao.extract.quantities import ReadFigure
from duibiao.extract.readings import Found, relative, without_predicate
from duibiao.extract.shares import Shares
from duibiao.extract.subjects import Phrase, after_verbs, last_work, without_leading, without_trailing
from duibiao.extract.wording import LEADING, POINTS

_WORD_ENDS = re.compile("$|[、，；。：和及并]|的?(?:目标|要求)$")
_NEWLY = frozenset({"新建", "新增"})
_FILLING = re.compile("[^，、]{2,4}(?<!人群|学生|教师|学校|区县|乡镇|社区|居民)")
"""新建隔音棚实现光伏全覆盖: what covers, and not what is covered."""
_A_QUALITY = re.compile("、[^，；。]{2,24}的[^，；。]{2,}")
"""全覆盖、多样化、高质量的X格局 praises X."""
_ADVERBIAL = re.compile("(?P<drop>加强|开展|推进|实施|落实|)(?:(?<=[强展进施实])|(?=参加|参与|接受|向))")
_REACHED = re.compile("[^，、；。达到]{2,20}?(?:学历|标准|资格证书|资格|证书|要求|化)(?=$|[，；。]|并)")
_ROUND = re.compile("(?:完成|开展)(?:新?一轮|首轮)?$")
_SYSTEM = re.compile("(?:建立健全|建立|健全|完善|构建|形成)")
_SPANS = re.compile("从.{2,}到|健全")
_LEVELS = re.compile(
    "(?:(?:全[省市区县国]|省|市|州|县|区|区县|旗|乡|镇|乡镇|村|街道|社区|城乡|市州|县域|各地|各级|所有|、|和)(?:（[^）]*）)?)+"
)
_SINCE = re.compile(
    "[比较](?:于)?(?:○+|“?十[一二三四五六七]五”?(?:末|期间|时期)?|上年|上一年|上一?个五年|去年|目前|现在|当前|现状|同期|基期|规划基期|基准年|规划初期)[底末]?$"
)
_COMPARISON = re.compile("高出|高于|低于|(?<!占)比(?![例重率])|较")


@dataclass(slots=True)
class Changes(Shares):
    """One clause, and the readings that tell a change, or that nothing or all of a kind is left."""

    def _relative(self, figure: ReadFigure, before: Phrase) -> Found | None:
        """X提高N个百分点, X增长N%."""
        match = POINTS.search(self.shown, before.start, before.end)
        if not match:
            return None
        begin = without_leading(self.shown, before.start, match.start())
        since = _SINCE.search(self.shown, begin, match.start())
        stop = without_trailing(self.shown, begin, since.start() if since else match.start())
        subject = self.text[begin:stop]
        if _COMPARISON.search(self.shown, begin, stop):
            return None
        if subject in ("", "年均", "每年", "平均"):
            subject = self.chain.subject
        subject, figure, operator = relative(subject, figure, match["fall"] or "")
        span = (before.start, begin, self.first + figure.end)
        return self._make(figure, subject, operator, "relative", span)

    def _word(self, figure: ReadFigure, before: Phrase) -> Found | None:
        """X全覆盖, X清零, X逐年只增不减, X翻一番, 消除X, 全覆盖地 with a verb behind."""
        end = self.first + figure.end
        begin = without_leading(self.shown, before.start, before.end)
        stop = without_predicate(self.shown, begin, before.end)
        if self.shown.startswith(("保持", "实现"), begin):
            begin = min(begin + 2, stop)
        if figure.operator in (Operator.ALL, Operator.ZERO):
            inner, doing = after_verbs(self.shown, begin, stop)
            begin = begin if doing in _NEWLY else inner  # 新建X全覆盖: the new ones are meant
            done = self.shown.rfind("实现", begin, stop)
            is_filled = self.shown.startswith("覆盖", end - 2) and _FILLING.fullmatch(self.shown, done + 2, stop)
            begin = done + 2 if 0 <= done < stop - 3 and not is_filled else begin
        if behind := self._behind_word(figure, Phrase(before.start, begin), stop):
            return behind
        if since := _SINCE.search(self.shown, begin, stop):
            stop = since.start()  # X比2020年翻一番
        if self.shown.startswith("全部", self.first + figure.start) and not self.shown.startswith("标", end - 1):
            return self._wholly(figure, begin, stop, end)
        covered = self._covered(Phrase(before.start, begin), stop, self.first + figure.start, end)
        if covered is None:
            return None
        subject = covered
        start = min(before.start, self.first + figure.start)
        if not _WORD_ENDS.match(self.shown, end, self.last):
            verb = _ADVERBIAL.match(self.shown, end, self.last)
            if figure.operator is not Operator.ALL or not verb:
                return None
            subject, end = self.text[begin:stop] + self.text[verb.end("drop") : self.last], self.last
        if not subject and figure.operator is Operator.MULTIPLE and self.chain.is_fresh:
            subject = self.chain.name  # X达到300亿元，较“十三五”翻一番
        assert figure.operator is not None  # noqa: S101  a word always says what it binds
        return self._make(figure, subject, figure.operator, "word", (start, begin, end))

    def _behind_word(self, figure: ReadFigure, before: Phrase, stop: int) -> Found | None:
        """覆盖所有X, 消除X: what the word says something of stands behind it."""
        start, begin = before
        end = self.first + figure.end
        rest = self.text[end : self.last]
        if self.shown[end - 2 : end] == "覆盖" and self.shown[end - 3] != "全":
            what = self.text[begin:stop] + "覆盖" if begin < stop else ""  # what covers them is what is promised
            subject = what + re.sub("所有|全部(?:的)?", "", rest, count=1)
            return self._make(figure, subject, Operator.ALL, "word", (start, begin, self.last))
        if figure.operator is Operator.ZERO and self.shown.endswith("消除", 0, end):
            span = (min(start, self.first + figure.start), end, self.last)
            return self._make(figure, rest, Operator.ZERO, "word", span)
        return None

    def _covered(self, before: Phrase, stop: int, start: int, end: int) -> str | None:
        """What a word at ``start``–``end`` that means all covers; None where the words before it do not say."""
        word = self.text[start:end]
        if word.endswith("覆盖") and _A_QUALITY.match(self.shown, end, self.last):
            return None
        if before.end < stop and not self.shown[before.end : stop].strip("○到至年"):
            return self.chain.name if self.chain.is_fresh else None  # 2027年达到80%，2030年全覆盖
        subject = last_work(self.text[before.end : stop].rstrip("“")).replace("实现", "", 1)
        if word.startswith("全员") and word.endswith("训"):  # 教师完成一轮全员培训: the training of all of them
            return _ROUND.sub("", subject) + word[2:]
        is_system = _SYSTEM.match(self.shown, before.start, before.end + 2) and _SPANS.search(subject)
        if is_system or _LEVELS.fullmatch(subject):
            return None  # 建立健全从A到B全覆盖的体系; 实现市县全覆盖: of what, the clause before says
        return subject

    def _wholly(self, figure: ReadFigure, begin: int, stop: int, end: int) -> Found | None:
        """X全部达到Y: all of them do."""
        last = _REACHED.match(self.shown, end, self.last)
        if last is None or stop <= begin:
            return None
        who = self.text[begin:stop].removeprefix("所有")
        if LEADING.fullmatch(who):
            return None  # 且全部达到标准: of whom, a clause before says
        self.chain.who = who
        subject = who + self.text[self.first + figure.start + 2 : last.end()]
        return self._make(figure, subject, Operator.ALL, "word", (begin, begin, last.end()))
