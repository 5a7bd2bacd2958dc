"""What a figure in a clause is bound to: the noun before it or behind it, and how strongly."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from duibiao.extract.apart import FEWEST_NAMES, Apart, apart, by_kind, by_name
from duibiao.extract.counted import Counted
from duibiao.extract.items import Operator
from duibiao.extract.quantities import ReadFigure
from duibiao.extract.readings import Found, binding_at_end, own
from duibiao.extract.subjects import (
    BARE_MEASURE,
    Phrase,
    after_verbs,
    is_kind,
    is_level,
    level_of,
    measured_in,
    named_before,
    of_same_kind,
    of_same_measure,
    of_topic,
    spread,
    topic_in,
    trimmed,
    without_leading,
    without_trailing,
)
from duibiao.extract.wording import (
    ABOUT_BEFORE,
    ACT,
    BOUND_BEFORE_VERB,
    LASTING_UNITS,
    LEADING,
    NO_FIGURE_AFTER,
    PARTS,
    PER_HEAD,
    POINTS,
    REGION,
    SHARE_UNITS,
    VERB,
    VERB_AT_END,
)
from duibiao.extract.works import used

_SEPARATORS = "、和及与"
_OR = ("或", "或者")
_ENDS_HERE = re.compile(
    "$|[、，；。：和及并等（）()”]|以(?![^，；0-9]{1,40}(?:相结合|为主|为[^，；0-9]{1,16})的)|与(?![^，；、]{1,12}(?:相关|有关|相适应|相衔接)的)|且(?=[至每不])|大关|关口|下限|上限|底线|或者?(?=[0-9])|中(?=[0-9])|要求(?=$|[、，；。])|的(?:要求|标准|目标|水平|比例|规模|速度|幅度|下限|上限|底线)|的?$"
)
_LEVEL_OF = re.compile("新增[^，、]{2,8}(?:平均|人均)")
"""新增劳动力平均受教育年限 speaks of newcomers and is a level."""
_ADDED = re.compile("^新[增建](?!劳动力)(?=..)")
_MERE = re.compile(f"(?:{LEADING.pattern}|○|[到至]|每(?:学?年|学期|月|周|[人校班生园]|所学校)|最终|平均|[均也])*")
"""Words that name nothing: 力争达到, 其中每年不少于."""
_DESCRIBED_RATE = re.compile("[^，、；：和0-9]{1,16}(?:率|比例|占比|比重|数|数量)")
"""A rate of those whom a figure describes (56人以上大班额比例)."""
_THINGS_DESCRIBED = re.compile("的[^，、；：0-9]{1,12}")
_OF_SUCH = re.compile("(?:速率|规模|面积|容量|等级|高度|学历|年限)?的")
_DESCRIBED = re.compile("[^、，；：和]{2,24}")
_LONGEST_END = 6
_LONGEST_SIZE = 12
_ONCE = "(?:○+[底末]?|目前|现有|现在|当前|不足|近|约|的|每[人生年月])*"
_ADJUNCT_AT_END = re.compile(
    "(?:^|[，、]|○)(?:在|为|给|向|对|面向|针对)(?:全[省市区县州国])?(?:超过?|近|约|不少于|不低于|至少)?$"
)
_DONE_TO = re.compile("^(?:再|拟|将|并|计划|力争)?增加$|(?:^|[、和])[\u4e00-\u9fff]{2}提升$")
"""增加200个X and 改造提升30所X count what stands behind; X增加200个 counts what stands before."""
_THOSE_WHO = re.compile("(?<=....)(?<!目)的$")
"""其中拥有高级职称的达到30%: a share of those who do."""
_FOR_EACH = re.compile(f"[^，、；0-9]{{0,8}}?(?=(?:应当?|须|要|原则上)*(?:不得?少于|至少|最少)?{VERB})")
_SIZED = re.compile(
    "(?:时间|时长|规模|面积|容量|年限|学制|带宽|班额|资金|金额)(?:不得?[少低]于|不超过|超过|达到?|在)?$"
)
"""至少开展一次时间不少于30分钟的X: what the figure tells is how long or how large such a thing is."""
_OWN_HOURS = re.compile("总?(?:课时|学时|学分)(?:总量|总数|数|量)?")
_WITH_QUALITY = re.compile("、(?P<noun>[^，；、0-9]{2,20}的[^，；、0-9]{2,16})")
_OUGHT_BY = re.compile(
    f"(?:要|应当?|须)(?:按照?[^，、；]{{2,16}}?)?(?:每周|每学期|每学年|每年)?(?P<verb>{VERB})(?=[^，；]{{2,}})"
)
_TOTALLED = frozenset({"累计", "共计", "总计", "合计"})
_OF_LESSONS = frozenset({"节", "课时", "学时", "学分"})
_TIMES = frozenset({"次", "届", "轮"})
_EVERY_FEW_YEARS = re.compile("每隔?[2-9两二三四五六]年")
_STANDARD_LOAD = re.compile("按照?(?:每[一-鿿]{1,4})?$")
_AS_IT_STANDS = re.compile(
    "(?:需要?(?:资金|投资|经费)|(?:仅|只|仍|尚|还|缺口)(?:为|有|占|达)|(?<!提)高达|(?<!降)低至|(?:预计|有望|预测)将?(?:达到?|为|超过|突破)|仅|只有)$"
)
"""What a plan deplores is no promise."""
_LISTED_AS = re.compile("(?<=..)(?:列为|作为)")
_DATED_END = re.compile("(?<=[到至])○+[底末]?的?$")
_FROM = re.compile(f"[由从]{_ONCE}$")
_TO = re.compile("[^，、；]{0,6}?(?:提高|调整|优化|发展|提升|增加|增长|上升|扩大|增|下降|降低|降|减少)")
_WAS = re.compile(f"[由从]{_ONCE}[0-9][^，、]*$")


@dataclass(slots=True)
class Member(Counted):
    """Reads the figures of one clause."""

    def read(self, found: list[ReadFigure]) -> Iterator[Found]:
        """Bind every figure to what it counts; a bare level takes its noun from the member after it."""
        self.chain.bound = self.chain.scope = None
        readings = list(self._read(found))
        following = ""
        for at in range(len(readings) - 1, -1, -1):  # 2个市级、8个县级、50个校级X: each has the noun of the next
            subject = level_of(readings[at].subject, following)
            if subject is not None and subject != readings[at].subject:
                readings[at] = replace(readings[at], subject=subject)
            following = readings[at].subject
        self.chain.is_fresh = bool(readings)
        for reading in readings:
            if level_of(reading.subject, "") is not None:
                self.chain.name, self.chain.unit = reading.subject, reading.figure.unit
                yield reading

    def _read(self, found: list[ReadFigure]) -> Iterator[Found]:
        told = self._told_apart(len(found))
        if told is not None:
            yield from self._apart(told)
            return
        found = self._without_attributes(found)
        begin = self.first
        last: Found | None = None
        for number, figure in enumerate(found):
            at, end = self.first + figure.start, self.first + figure.end
            following = self.first + found[number + 1].start if number + 1 < len(found) else self.last
            is_behind = not _ENDS_HERE.match(self.shown, end, self.last) and not figure.is_word
            stop = self._noun_behind(end, following, number + 1 < len(found)) if is_behind else end
            was = _FROM.search(self.shown, begin, at) and _TO.match(self.shown, end, following)
            if was or self._is_condition(figure):
                continue  # 由88%提高到93%: what it was before
            if is_behind and _ADJUNCT_AT_END.search(self.shown[begin:at]):
                continue  # 在12个县增设X 3万个, 为8000名学生提供X: where, and for whom
            if not figure.is_soft and ABOUT_BEFORE.search(self.shown, begin, at):
                figure = replace(figure, is_soft=True)  # noqa: PLW2901  the same figure, told more exactly
            if last and self.shown[begin:at] in _OR:  # 不少于12天或72学时
                reading: Found | None = replace(last, figure=figure, operator=own(last.operator, figure), end=end)
            else:
                reading = self._bind(figure, Phrase(begin, at), Phrase(end, stop), is_behind)
            if reading:
                self._said(reading)
                yield reading
            is_part = figure.is_word or self.shown.startswith("等", max(at - 1, begin))
            if not reading and self.shown.startswith("每", max(at - 1, begin)):
                begin = self._after_each(end, stop)
            elif reading or not is_part:  # 指标全部达标学校比例, 在A、B等8个县建设X: part of the name, or of where
                begin = stop
            last = reading

    def _said(self, reading: Found) -> None:
        """The next figure of this clause may leave the thing out; a part (其中) does not stand for the whole."""
        if not self.shown.startswith("其中", self.first):
            self.chain.name, self.chain.unit, self.chain.is_fresh = reading.subject, reading.figure.unit, True

    def _told_apart(self, count: int) -> Apart | None:
        """Several things and their figures in one breath, where the clause says so."""
        told = apart(self.text, self.shown, self.first, self.last, self.chain.names, self.chain.years)
        if told is None and count > 1:
            told = by_kind(self.text, self.shown, self.first, self.last)
        if told is None and count >= FEWEST_NAMES and not self.chain.verb and not self.tense.is_past:
            told = by_name(self.text, self.shown, self.first, self.last)
        return told

    def _after_each(self, end: int, stop: int) -> int:
        """每6个班至少配备1名X: where what is said of each group begins."""
        act = _FOR_EACH.match(self.shown, end, self.last)
        return act.end() if act else stop

    def _apart(self, told: Apart) -> Iterator[Found]:
        """A、B分别达到1%、2%."""
        self.chain.names = told.names
        for part in told.parts:
            span = (told.start, told.start, part.end)
            reading = self._make(part.figure, part.name, part.operator, part.rule, span, part.verb)
            if reading:
                self.chain.subject = reading.subject
                yield replace(reading, due=part.due)

    def _without_attributes(self, found: list[ReadFigure]) -> list[ReadFigure]:
        """Leave out figures that only describe a thing: 建设30所规模2000人以上的学校, 带宽1000M以上的学校占比达到9%."""
        kept: list[ReadFigure] = []
        for number, figure in enumerate(found):
            after = self.first + figure.end
            if kept and self.shown.endswith("消除", 0, self.first + kept[-1].end):
                continue  # 消除56人以上大班额: part of what there shall be none of
            if kept and self.shown.startswith("的", after) and self._is_size(kept[-1], figure):
                continue
            is_own = figure.operator is not None and not figure.is_word
            if number + 1 < len(found) and self._describes(figure, is_own, self.first + found[number + 1].start):
                continue
            if is_own and _OF_SUCH.match(self.shown, after, self.last):
                if kept and _DESCRIBED.fullmatch(self.shown, self.first + kept[-1].end, self.first + figure.start):
                    continue
                following = self.first + found[number + 1].start if number + 1 < len(found) else after
                is_bound = binding_at_end(self.shown, after, following) or _FROM.search(self.shown, after, following)
                if is_bound and _DESCRIBED.fullmatch(self.shown, after, following):
                    continue
            kept.append(figure)
        return kept

    def _describes(self, figure: ReadFigure, is_own: bool, following: int) -> bool:
        """Tell whether a figure says which things the next one measures (56人以上大班额比例, 3000人以上学校)."""
        after = self.first + figure.end
        binding = binding_at_end(self.shown, after, following)
        if binding is None:
            return False
        if is_own and _DESCRIBED_RATE.fullmatch(self.shown, after, binding[0]):
            return True
        at = self.first + figure.start
        is_bound = self.shown.startswith("的", after) and binding_at_end(self.shown, self.first, at)
        return bool(is_bound and _THINGS_DESCRIBED.fullmatch(self.shown, after, binding[0]))

    def _is_size(self, counted: ReadFigure, figure: ReadFigure) -> bool:
        """Tell whether a figure right behind a counted one tells the size of the things counted."""
        begin, at = self.first + counted.end, self.first + figure.start
        return at - begin <= _LONGEST_SIZE and _SIZED.search(self.shown, begin, at) is not None

    def _noun_behind(self, start: int, following: int, has_next: bool) -> int:
        """Where the noun behind a figure ends: before the separator that leads to the next figure."""
        if listed := _LISTED_AS.search(self.shown, start, following):
            return listed.start()  # 新建100所X列为Y
        if not has_next:
            return following
        gap = self.shown[start:following]
        stripped = gap.rstrip("、和及以与并，近约")
        if stripped != gap or not stripped:
            return start + len(stripped)
        act = ACT.search(gap, 2) if self.tense.is_past else None
        if act and not any(mark in gap for mark in _SEPARATORS):
            return start + act.start()  # 299个企业建成联盟9个
        place = max(gap.rfind(mark) for mark in _SEPARATORS)
        return start + place if place > 0 else following

    def _bind(self, figure: ReadFigure, before: Phrase, behind: Phrase, is_behind: bool) -> Found | None:
        shown = self.shown
        before = trimmed(shown, before.start, before.end)
        head = shown[before.start : before.end]
        special = self._standard(figure, before, behind) or self._special(figure, before, behind)
        if special or self._is_measure(figure, before, behind):
            return special
        end = head[-_LONGEST_END:]  # the patterns end where the head does: only its end need be looked at
        is_aside = PARTS.match(shown, behind.start, behind.end) or (
            not self.tense.is_past and _AS_IT_STANDS.search(end)
        )
        if is_aside or NO_FIGURE_AFTER.search(end):
            return self._summed(figure, before, behind) if end.endswith("等") and not is_aside else None
        if figure.is_word:
            return self._word(figure, before)
        per = PER_HEAD.search(head)
        tail = before.end - len(per.group()) if per else before.end
        if figure.unit in LASTING_UNITS and "天数" not in head and not binding_at_end(shown, before.start, tail):
            return None  # 15天内办结 is a term, and no figure of the thing
        is_done = is_behind and figure.unit not in SHARE_UNITS and _DONE_TO.search(head)
        if (POINTS.search(end) and not is_done) or figure.unit.endswith("百分点"):
            return self._relative(figure, before)
        if dated := _DATED_END.search(shown, before.start, tail):
            tail = dated.start()  # 由48%提高到2028年的60%
        binding = self._binding(figure, Phrase(before.start, tail), behind)
        if binding and not (figure.is_chinese and is_behind):
            return self._bound(figure, before, binding, behind if is_behind else None)
        if is_behind and figure.unit.endswith("元") and (money := self._money(figure, before, behind)):
            return money
        if is_behind:
            about = ABOUT_BEFORE.search(shown, before.start, before.end)
            return self._counted_behind(figure, Phrase(before.start, about.start()) if about else before, behind)
        return (
            None if figure.is_chinese and not BOUND_BEFORE_VERB.search(head) else self._counted_before(figure, before)
        )

    def _stays(self, figure: ReadFigure, start: int, tail: int) -> tuple[int, Operator] | None:
        """X每年在200场以上: 在 binds a figure with its own bound."""
        is_bound = figure.operator is not None and tail - 1 > start and self.shown.startswith("在", tail - 1)
        return (tail - 1, figure.operator or Operator.EQUAL) if is_bound else None

    def _is_condition(self, figure: ReadFigure) -> bool:
        """Tell whether a clause ends with a figure and 的: what follows holds on this condition (10人以上的，…)."""
        end = self.first + figure.end + 1
        if figure.is_word or end != self.last or not self.shown.startswith("的，", end - 1):
            return False
        self.chain.is_conditional = True
        return True

    def _is_measure(self, figure: ReadFigure, before: Phrase, behind: Phrase) -> bool:
        """Tell whether a figure only says how often in years (每3年1次), or a load (按照每周16课时的标准配备X)."""
        if figure.unit in _TIMES and _EVERY_FEW_YEARS.search(self.shown, self.first, before.end):
            return True
        is_standard = self.shown.startswith("的标准", behind.start)
        return is_standard and _STANDARD_LOAD.search(self.shown, before.start, before.end) is not None

    def _binding(self, figure: ReadFigure, before: Phrase, behind: Phrase) -> tuple[int, Operator] | None:
        """The words that bind a figure; 实现 before 85%的X达到Y binds nothing: it is a share of those who do."""
        found = binding_at_end(self.shown, *before) or self._stays(figure, *before)
        is_first = found == (before.start, Operator.EQUAL)
        is_part = is_first and figure.unit in SHARE_UNITS and self.shown.startswith("的", behind.start)
        return None if is_part else found

    def _bound(
        self, figure: ReadFigure, before: Phrase, binding: tuple[int, Operator], behind: Phrase | None
    ) -> Found | None:
        """X达到N, X不低于N; with a noun behind, X覆盖N以上Y."""
        at, operator = binding
        begin = without_leading(self.shown, before.start, at)
        stop = without_trailing(self.shown, begin, at)
        was = _WAS.search(self.shown, begin, stop)
        stop = was.start() if was else stop
        subject = self.text[begin:stop]
        end = self.first + figure.end
        verb = ""
        inner, found_verb = after_verbs(self.shown, begin, stop)
        is_level = _LEVEL_OF.search(self.shown, begin, stop) is not None
        if (
            found_verb
            and not is_level
            and (figure.unit not in SHARE_UNITS or found_verb in ("提供", "落实"))
            and inner < stop
        ):
            subject, verb, begin = self.text[inner:stop], found_verb, inner
        elif not found_verb and (ought := self._ought(figure, begin, stop)):
            subject, verb, begin = self.text[ought.end() : stop], ought["verb"], ought.end()
        elif was and not found_verb:
            behind = None if behind and self.shown[behind.start : behind.end] in was.group() else behind
        elif found_verb and inner >= stop:
            subject, verb = ("投入" if found_verb == "投入" else ""), found_verb
        behind = behind or self._described(subject, found_verb, end)
        if behind is not None:
            if subject and figure.unit in SHARE_UNITS:
                return None
            subject, verb = self._with_noun(figure, subject, verb, Phrase(begin, stop), behind)
            end = behind.end
        elif not verb:
            subject = self._of_taken(self._again(figure, subject, Phrase(begin, stop)))
        subject = self._in_full(figure, subject, is_first=begin == without_leading(self.shown, self.first, at))
        if BARE_MEASURE.fullmatch(subject) and not verb and not self.tense.is_past:
            return self._unnamed(figure, own(operator, figure), (before.start, end))
        reading = self._make(figure, subject, own(operator, figure), "bound", (before.start, begin, end), verb)
        if reading:
            self.chain.subject = subject
        return reading

    def _ought(self, figure: ReadFigure, begin: int, stop: int) -> re.Match[str] | None:
        """各校要按照标准每周开设X各不少于2节: what is to be done stands behind the one who does it."""
        if figure.unit in SHARE_UNITS:
            return None
        return _OUGHT_BY.search(self.shown, begin, stop)

    def _described(self, subject: str, verb: str, end: int) -> Phrase | None:
        """编排不少于1套、具有本校特色的X: what is said of the thing stands between."""
        if not verb or subject:
            return None
        told = _WITH_QUALITY.match(self.shown, end, self.last)
        return Phrase(told.start("noun"), told.end("noun")) if told else None

    def _with_noun(
        self, figure: ReadFigure, subject: str, verb: str, before: Phrase, behind: Phrase
    ) -> tuple[str, str]:
        """The thing and the verb where a noun stands behind a bound figure."""
        noun = self.text[behind.start : behind.end].removeprefix("的")
        noun = used(noun) or noun if figure.unit.endswith("元") else noun
        is_of = self.shown.startswith("的", behind.start)
        doing = VERB_AT_END.search(self.shown, before.start, before.end)
        if doing and not is_of:
            subject, verb = "", doing["verb"]  # 各学校组织开展不少于30场X
        if is_of:
            subject, verb = subject or self.text[before.start : before.end], ""
        return ((subject + noun) if subject and not verb else noun), verb

    def _of_taken(self, subject: str) -> str:
        """将X纳入必修课，保证不低于72学时; 总课时不低于72课时: what the clause before took up."""
        if not self.chain.taken:
            return subject
        if not subject or subject in _TOTALLED or LEADING.fullmatch(subject):
            return self.chain.taken
        return self.chain.taken + subject if _OWN_HOURS.fullmatch(subject) else subject

    def _of_topic(self, subject: str) -> str:
        """A kind of school with the course the sentence speaks of: 艺术课程小学每周不少于4节，初中每周不少于2节."""
        if topic := topic_in(subject):
            self.chain.topic, subject = topic, subject.removeprefix(topic)
        return of_topic(self.chain.topic, subject) if self.chain.topic else subject

    def _in_full(self, figure: ReadFigure, subject: str, is_first: bool) -> str:
        """A subject with what the sentence said before it and leaves out here."""
        known = self.chain.subject
        measure = self.chain.measure
        if measure and measured_in(measure, figure.unit) and (is_kind(subject) or REGION.fullmatch(subject)):
            return subject + measure
        if is_level(subject) and self.shown.startswith("其中", self.first):
            return subject + self.chain.name
        subject = of_same_kind(known, spread(known, _THOSE_WHO.sub("比例", subject)))
        if figure.unit in _OF_LESSONS:
            subject = self._of_topic(subject)
        if is_first and not self.tense.is_past:
            subject = named_before(self.text, self.shown, self.first - 1, subject)
        return of_same_measure(known, subject) if figure.unit == self.chain.unit else subject

    def _again(self, figure: ReadFigure, subject: str, place: Phrase) -> str:
        """X提高5个百分点，达到96%; 2028年达到90%，2030年达到95%: the thing of the clause before, in the same unit."""
        if not _MERE.fullmatch(self.shown, place.start, place.end):
            return subject
        is_same = self.chain.unit == figure.unit or (
            self.chain.unit in ("个百分点", "百分点", "倍") and figure.unit not in ("个百分点", "百分点")
        )
        if not (self.chain.is_fresh and is_same):
            return ""
        return _ADDED.sub("", self.chain.name)  # 新增X 300公里、突破7000公里: of all there is
