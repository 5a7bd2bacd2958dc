"""What a percentage is a share of: X占比60%, 85%以上的X通过Y, X 85%以上达到Y, X达到Y总数的45%, X占Y的60%."""

import re
from dataclasses import dataclass

from duibiao.extract.acting import Acting
from duibiao.extract.items import Operator
from duibiao.extract.quantities import ReadFigure
from duibiao.extract.readings import Found, own
from duibiao.extract.subjects import (
    BARE_MEASURE,
    Phrase,
    after_verbs,
    is_kind,
    measured_in,
    of_same_kind,
    without_leading,
)
from duibiao.extract.wording import CHANGED_SHARE, LEADING, RATE_END, REGION_AT_END

_ACTS = (
    "(?:通过|达到|创建成|建成|创成|成为|接受|完成|参加|参与|具备|配备|实现|获得|取得|纳入|掌握|享受|进入|开设|使用|拥有|设立|建立|开展"
    "|建有|办有|设有|配有|建起|配齐|开齐|开足|接入|用上|落实|推行|实行|组建|创建|成立|应用|安装|加入|入驻|普及)"
)
_DOING = re.compile(f"的?(?P<who>[^，；的]{{1,24}}?(?:（[^）]*）)?)(?P<act>{_ACTS}[^，；]{{2,}})")
_LAST_ACT = re.compile(f"[^，；、]{{1,24}}?(?:（[^）]*）)?(?P<act>{_ACTS}[^，；0-9]{{2,}})$")
"""What two shares do alike: 95%的X和85%的Y建立Z."""
_GIVEN = re.compile("(?:提供|输送|贡献)了?$")
_DONE_BY_PART = re.compile(
    "(?:应当?|要|都|均|能够?|可以?|需|必须)?(?P<act>(?:达到|具备|取得|获得|通过|拥有|持有|实现|完成|接受|参加|纳入|建成|创建成|创成|配备|开设|接入|进入|成为)"
    "[^，；、]{2,40})"
)
"""What stands behind the share of those named before it: 小学教师85%以上达到专科学历."""
_OF_THESE = re.compile("(?:其中|并有|且有|还有|另有)$")
_ASKED_TO_HAVE = re.compile("(?:要|应|须|须)?有$")
_WHOLLY = re.compile("(?P<who>[^，、；]{2,24}?)(?:全部|均|都)(?:达到|具备|取得|通过|实现|完成|建成)[^，；]*$")
_OF_A_TOTAL = re.compile(
    "(?P<bound>达到|达|占到?|不低于|不少于|超过)(?P<base>(?:[^，、；]{2,24}(?:总数|总量|总额|人数|总人数|规模|数量)|[^，、；]{0,16}总(?:课时|学时|人口|面积|支出|收入)))的?$"
)
_MEASURED_BY = re.compile("按照?(?P<bound>不低于|不少于|不超过)?(?P<base>[^，、；0-9]{1,20})的$")
_GIVEN_BY = re.compile(
    "(?:的(?:比例|标准))?(?P<act>配备|安排|开设|设置|提取|配置|招聘|核定|提供|预留|建设)(?P<what>[^，；、0-9]{2,24})$"
)
"""按在校生总数的1%配备X: what X is of the whole."""
_SET_ASIDE = re.compile("(?:将|把|从|安排|拿出|提取|保留|预留|划出|留出)(?P<bound>不低于|不少于|不超过)?$")
_USED_FOR = re.compile("的(?P<what>[^，、；0-9]{2,16}?)(?P<use>(?:用于|用作|用来|接收|招聘|支持)[^，；0-9]{2,30})")
"""将不低于10%的公用经费用于教师培训."""
_OUGHT_SHARE = re.compile("(?<=.)(?:应当?|要|须|需)占")
_OUGHT = re.compile("(?:应当?|要|须|需|必须)?占$")
_ENCOURAGED = re.compile("鼓励|有条件|探索")
_RATE_SAID = re.compile("(?<=..)(?:的?比例|占比|比重)?(?:每学?年|每学期)?$")
"""X比例不低于Y的10% is the share of X in Y."""
_NO_DOER = re.compile("总[^，、]{1,3}$|[，、；达占为由从至]|不低于|不少于|超过|提高|达到|比例|率$|占比")
_BOUNDS = {"不低于": Operator.AT_LEAST, "不少于": Operator.AT_LEAST, "超过": Operator.MORE_THAN}


@dataclass(slots=True)
class Shares(Acting):
    """One clause, and the readings in which a percentage is a part of something."""

    def _share(self, figure: ReadFigure, before: Phrase, inner: tuple[int, int, Operator] | None) -> Found | None:
        """X占比60%, X不低于Y 10%."""
        begin = without_leading(self.shown, before.start, before.end)
        end = self.first + figure.end
        subject = self._with_measure(figure, self.text[begin : before.end].removesuffix("从").removesuffix("由"))
        operator = Operator.EQUAL
        total = _OF_A_TOTAL.search(subject) if "总" in subject or subject.endswith("的") else None
        if total and total.start() > 1 and total["bound"] not in ("占", "占到"):
            of = "的比例" if subject.endswith("的") else "比例"
            subject = f"{_RATE_SAID.sub('', subject[: total.start()])}占{total['base'].rpartition('占')[2]}{of}"
            operator = _BOUNDS.get(total["bound"], Operator.EQUAL)
        elif inner:
            at, stop, operator = inner
            base = self.text[stop : before.end].rpartition("占")[2]
            subject = f"{_RATE_SAID.sub('', self.text[begin:at])}占{base}比例"
        elif subject.endswith("的") and subject.startswith("完成"):
            subject = subject.removeprefix("完成").removesuffix("的") + "完成比例"
        elif "占" in subject and subject.endswith("的"):
            subject = _OUGHT_SHARE.sub("占", subject.removesuffix("的")) + "比例"
            if subject.startswith("占"):  # X达到130万人，占Y的60%
                subject = (self.chain.subject or self.chain.topic) + subject
        elif subject.endswith("占") and len(subject) > 3:
            subject = _OUGHT.sub("", subject) + "占比"
        elif not RATE_END.search(subject) and not CHANGED_SHARE.match(subject):
            return None
        if BARE_MEASURE.fullmatch(subject) and not self.tense.is_past:
            subject = of_same_kind(self.chain.subject, subject)
        if not self.tense.is_past and (BARE_MEASURE.fullmatch(subject) or subject.startswith("占")):
            return self._unnamed(figure, own(operator, figure), (before.start, end))
        return self._make(figure, subject, own(operator, figure), "bound", (before.start, begin, end))

    def _has_measure(self, figure: ReadFigure, subject: str) -> bool:
        """Tell whether a mere kind has the measure said before it: 近视率控制在45%以内（小学38%以内、…）."""
        measure = self.chain.measure
        return bool(measure) and is_kind(subject) and measured_in(measure, figure.unit)

    def _with_measure(self, figure: ReadFigure, subject: str) -> str:
        """A mere kind with the measure said before it."""
        return subject + self.chain.measure if self._has_measure(figure, subject) else subject

    def _share_doing(self, figure: ReadFigure, before: Phrase, behind: Phrase) -> Found | None:
        """85%以上的X通过Y: the share of those who do."""
        begin = without_leading(self.shown, before.start, before.end)
        head = self.shown[begin : before.end]
        if self.tense.is_past:
            return None
        if "按" in head and head.endswith("的"):
            return self._share_given(figure, before, behind)
        act = _DONE_BY_PART.fullmatch(self.shown, behind.start, behind.end)
        if act:
            return self._done_by_part(figure, before, begin, act)
        head = "" if LEADING.fullmatch(head) else _ASKED_TO_HAVE.sub("", head)
        if head and not REGION_AT_END.fullmatch(head):
            return None
        doing = _DOING.fullmatch(self.shown, behind.start, behind.end)
        if not doing:
            alike = _LAST_ACT.search(self.shown, behind.end, self.last) if behind.end < self.last else None
            if alike is None or self.shown[behind.end] not in "和、及":
                return None
            subject = (
                self.text[behind.start : behind.end].removeprefix("的") + self.text[alike.start("act") : self.last]
            )
            span = (before.start, behind.start, self.last)
            return self._make(figure, subject + "比例", own(Operator.EQUAL, figure), "named", span)
        subject = self.text[doing.start("who") : doing.end("act")] + "比例"
        span = (before.start, doing.start("who"), behind.end)
        return self._make(figure, subject, own(Operator.EQUAL, figure), "named", span)

    def _share_kept(self, figure: ReadFigure, before: Phrase, behind: Phrase) -> Found | None:
        """将不低于10%的X用于Y: the share of X that is set aside."""
        setting = _SET_ASIDE.search(self.shown, self.first, before.end)
        kept = _USED_FOR.fullmatch(self.shown, behind.start, behind.end) if setting else None
        if setting is None or kept is None:
            return None
        subject = self.text[kept.start("what") : kept.end("what")] + self.text[kept.start("use") : behind.end] + "比例"
        operator = own(_BOUNDS.get(setting["bound"] or "", Operator.EQUAL), figure)
        return self._make(figure, subject, operator, "named", (before.start, kept.start("what"), behind.end))

    def _share_given(self, figure: ReadFigure, before: Phrase, behind: Phrase) -> Found | None:
        """按在校生总数的1%配备X: the share that X is to be; what is only encouraged is no target."""
        place = self.shown.rfind("按", before.start, before.end)
        told = _MEASURED_BY.match(self.shown, place, before.end)
        given = _GIVEN_BY.match(self.shown, behind.start, behind.end)
        if told is None or given is None or _ENCOURAGED.search(self.shown, self.first, before.end):
            return None
        what = self.text[given.start("what") : given.end("what")]
        subject = f"{what}占{told['base']}的比例"
        operator = own(_BOUNDS.get(told["bound"] or "", Operator.EQUAL), figure)
        return self._make(figure, subject, operator, "named", (before.start, given.start("what"), behind.end))

    def _done_by_part(self, figure: ReadFigure, before: Phrase, begin: int, act: re.Match[str]) -> Found | None:
        """小学教师85%以上达到专科学历，其中30%以上达到本科学历: the share of those named who do it."""
        head = self.text[begin : before.end].removesuffix("的")
        if wholly := _WHOLLY.match(self.shown, begin, before.end):
            who = self.text[begin : wholly.end("who")]
        elif _OF_THESE.search(self.shown, before.start, before.end) or not head:
            who = self.chain.who
        elif _NO_DOER.search(head):
            return None
        else:
            who = head
        if not who:
            return None
        self.chain.who = who
        subject = who + self.text[act.start("act") : act.end("act")] + "比例"
        return self._make(figure, subject, own(Operator.EQUAL, figure), "named", (before.start, begin, act.end()))

    def _part_of(self, figure: ReadFigure, before: Phrase, behind: Phrase) -> Found | None:
        """调整优化X 20%左右Y."""
        given = _GIVEN.search(self.shown, before.start, before.end)
        if given and self.tense.is_past:
            noun = self.text[behind.start : behind.end].removeprefix("的")
            span = (before.start, behind.start, behind.end)
            return self._make(figure, noun, own(Operator.EQUAL, figure), "verb-behind", span, "提供")
        begin, verb = after_verbs(self.shown, before.start, before.end)
        if not verb or begin >= before.end or figure.operator not in (None, Operator.AT_LEAST):
            return None
        noun = self.text[behind.start : behind.end].removeprefix("的")
        subject = self.text[begin : before.end] + noun
        span = (before.start, begin, behind.end)
        return self._make(figure, subject, own(Operator.EQUAL, figure), "verb-behind", span, verb)
