"""One reading of a figure, what a list says once, and the words that bind a figure."""

import re
from dataclasses import dataclass, field, replace

from duibiao.extract.items import Operator
from duibiao.extract.quantities import ReadFigure
from duibiao.extract.wording import BINDING, OPERATORS
from duibiao.kernel.quick import quick_dataclass
from duibiao.plan.model import Counting, TargetScope

_BASED = re.compile("不得?(?:低于|少于|高于|超过)")
_PREDICATE_END = re.compile("(?:推动|推进|加快|持续|实现|达到|保持|实行|确保|力争|基本|全部|全面|工作|常态化|动态|“)+$")


_TOPIC = re.compile(
    "(?![将把对按根为在要应])[^，、；。：0-9○]{2,24}(?:课程|课|教师|教师数|人数|数量|面积|经费|支出|活动|规模)"
)
"""A thing that a clause names and says no more of."""
_OF_DATES = "○到至底末前"
"""What a hidden date is written with."""


@dataclass(slots=True)
class Chain:
    """What a sentence has said and the next member may leave out."""

    verb: str = ""
    subject: str = ""
    agent: str = ""  # the one who does what the clauses name
    who: str = ""  # those of whom a share does something
    counting: Counting | None = None
    is_soft: bool = False
    soft_until: str = ""  # what ends the softness: the next verb, the next clause, or the sentence
    is_yearly: bool = False
    is_conditional: bool = False  # a clause before says for whom what follows holds (10人以上的，…)
    bound: Operator | None = None  # 至少办好1所X、1所Y: of the list in this clause
    scope: TargetScope | None = None  # 每个县办好1所X、1所Y: of the last thing that was not a member of a list
    measure: str = ""  # what the clause before names without a figure (X标准，小学…元)
    names: tuple[str, ...] = ()
    name: str = ""  # of what the last figure was read, and its unit
    unit: str = ""
    is_fresh: bool = False  # the clause just before gave a reading
    whole: str = ""  # what a list behind 其中： parts (新增X 9所，其中：甲区4所，乙县5所)
    topic: str = ""  # the thing a clause without a figure names for those behind it (X课程，小学每周不少于4节)
    taken: str = ""  # what the clause before takes up (将X纳入Y)
    years: tuple[int, ...] = ()  # 到2026年、2028年: figures behind 分别 go by them

    def pass_over(self, clause: str) -> None:
        """A clause without a figure ends a list, and may name a topic; a date alone (到2030年) parts nothing."""
        if clause == "其中":
            self.whole = self.name
        elif clause.strip(_OF_DATES):
            self.verb, self.is_fresh = "", False
            if _TOPIC.fullmatch(clause):
                self.topic = clause


@quick_dataclass(frozen=True, slots=True)
class Found:
    """A reading of one figure: subject, operator, and how it was read; offsets into the paragraph."""

    figure: ReadFigure
    subject: str
    operator: Operator
    rule: str
    start: int
    end: int
    before: str
    verb: str = ""
    flags: tuple[str, ...] = field(default=())
    due: int | None = None  # where one clause names several years


def binding_at_end(text: str, start: int, end: int) -> tuple[int, Operator] | None:
    """The words that bind the figure right behind ``end``: where they begin, and what they mean."""
    for match in BINDING.finditer(text, max(start, end - 12), end):
        if match.end() == end:
            return match.start(), operator_of(match)
    return None


def binding_inside(text: str, start: int, end: int) -> tuple[int, int, Operator] | None:
    """不低于 or 不超过 with a base behind it."""
    match = _BASED.search(text, start, end)
    if not match or match.start() == start or match.end() == end:
        return None
    is_floor = match.group()[-2] in "低少"
    return match.start(), match.end(), Operator.AT_LEAST if is_floor else Operator.AT_MOST


def operator_of(match: re.Match[str]) -> Operator:
    """What words that ``BINDING`` found mean."""
    for number, (operator, _) in enumerate(OPERATORS):
        if match[f"b{number}"]:
            return operator
    raise AssertionError(match)  # one branch of BINDING matched


def own(operator: Operator, figure: ReadFigure) -> Operator:
    """What the words before and the ending of the figure mean together: 达到95%以上 is at least 95 %."""
    if operator is Operator.EQUAL:
        if figure.upper is not None:
            return Operator.RANGE
        return figure.operator or Operator.EQUAL
    if operator is Operator.AT_LEAST and figure.operator is Operator.AT_MOST:
        return Operator.AT_MOST
    return operator


def relative(subject: str, figure: ReadFigure, fall: str) -> tuple[str, ReadFigure, Operator]:
    """What X提高N个百分点 and X增长N% say; no operator falls: the size of a fall is the figure."""
    if fall:
        return f"{subject}{fall}幅度", figure, own(Operator.EQUAL, figure)
    if figure.unit == "倍":  # 增长1倍 is twice as much
        return subject, replace(figure, value=1 + figure.value), Operator.MULTIPLE
    if figure.unit == "%":
        upper = None if figure.upper is None else 1 + figure.upper / 100
        return subject, replace(figure, value=1 + figure.value / 100, upper=upper, unit="倍"), Operator.MULTIPLE
    return subject, figure, Operator.INCREASE


def without_predicate(text: str, start: int, end: int) -> int:
    """Where the thing ends before the words that only say that it is done (持续推进, 实现)."""
    match = _PREDICATE_END.search(text, start, end)
    return match.start() if match and match.start() > start else end
