"""What a figure in a clause is bound to: the noun before it or behind it, and how strongly."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from duibiao.extract.apart import Apart, apart, by_kind
from duibiao.extract.items import Operator
from duibiao.extract.quantities import ReadFigure
from duibiao.extract.readings import Found, binding_at_end, binding_inside, own
from duibiao.extract.subjects import (
    BARE_MEASURE,
    Phrase,
    after_verbs,
    completed,
    level_of,
    named_before,
    of_same_kind,
    of_same_measure,
    spread,
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
    RATE_END,
    REGION_AT_END,
    SHARE_UNITS,
    SOFT,
    STUDY_UNITS,
    VERB_AT_END,
)
from duibiao.extract.works import Works, used

_SEPARATORS = "、和及与"
_OR = ("或", "或者")
_ENDS_HERE = re.compile(
    "$|[、，；。：和及以与并等（）()”]|大关|关口|或者?(?=[0-9])|中(?=[0-9])|要求(?=$|[、，；。])|的(?:要求|标准|目标|水平|比例|规模|速度|幅度)|的?$"
)
_LEVEL_OF = re.compile("新增[^，、]{2,8}(?:平均|人均)")
"""新增劳动力平均受教育年限 speaks of newcomers and is a level."""
_A_PLACE = re.compile("[一-鿿]{1,7}[区县市州旗盟镇乡]")
_MERE = re.compile(f"(?:{LEADING.pattern}|○|[到至]|每(?:学?年|学期|月|周)|最终|平均|[均也])*")
"""Words that name nothing: 力争达到, 其中每年不少于."""
_DESCRIBED_RATE = re.compile("[^，、；：和0-9]{1,16}(?:率|比例|占比|比重|数|数量)")
"""A rate of those whom a figure describes (56人以上大班额比例)."""
_OF_SUCH = re.compile("(?:速率|规模|面积|容量|等级|高度|学历|年限)?的")
_DESCRIBED = re.compile("[^、，；：和]{2,24}")
_VERB_LENGTH = 5
_LONGEST_END = 6
_ACT = re.compile("参加|参与|赴|到|前往|开展")
_ONE_THING = frozenset({"办好", "建好", "打造", "建成", "新建"})
_ONCE = "(?:○+[底末]?|目前|现有|现在|当前|不足|近|约|的|每[人生年月])*"
_BUILT = frozenset({"所", "座", "栋"})
_BUILDING = frozenset({"改建", "扩建", "改扩建", "新改扩建", "创办", "建设", "兴办", "开办", "举办", "设立"})
"""新建一所小学 is a promise; 开展一项工作 is none."""
_ACTORS_OWN = frozenset({"掌握", "参加", "参与", "接受"})
_ACTOR = re.compile(
    "(?:支持|帮助|让|使|推动|组织|引导|确保)*(?P<who>(?:每[名个位])?[^，、；]{0,8}(?:学生|教师|校长|幼儿|园长))"
)
_MERELY = re.compile("至少|即可|能够|都能?|应当?|均")
_ADJUNCT_AT_END = re.compile(
    "(?:^|[，、]|○)(?:在|为|给|向|对|面向|针对)(?:全[省市区县州国])?(?:超过?|近|约|不少于|不低于|至少)?$"
)
_DONE_TO = re.compile("^(?:再|拟|将|并|计划|力争)?增加$|(?:^|[、和])[\u4e00-\u9fff]{2}提升$")
"""增加200个X and 改造提升30所X count what stands behind; X增加200个 counts what stands before."""
_WORKED_ON = re.compile("(?:新改扩建|改扩建|新建|扩建|改造|整治|治理|升级|更新|修复|加装)$")
_PUSHED = re.compile("(?:推进|推动|加快)$")
_NAMED_BY_VERB = frozenset({"培训", "轮训", "培养培训"})
_THOSE_WHO = re.compile("(?<=....)(?<!目)的$")
"""其中拥有高级职称的达到30%: a share of those who do."""
_SOME = re.compile("(?:一批|一系列|若干个?)[^，；]{2,30}")
PENDING = "pending"
"""The mark of a reading whose noun a later member of the sentence tells; it never reaches a draft."""
_COUNTED = re.compile(
    f"{RATE_END.pattern}|^(?:[生人师班]均|每[百千万十]{{1,2}}[名人])|^新增|(?:就业|培训|学位|床位|服务)$"
)
_WISHED = re.compile("实现|确保|保证|完成|力争|争取|努力")
_THEN = re.compile("、(?P<verb>完成|实现|建成|新建|新增|培育|打造|引进|创建|组建|培养|举办|开展)(?=[^、]{2,}$)")
_ASIDE = re.compile("总?(?:占地|用地|投资|工期|容纳|建筑面积|占地面积|用地面积)")
"""What tells how large the thing just named is, and is no further thing (新建X 1个，占地800亩)."""
_AS_IT_STANDS = re.compile(
    "(?:需要?(?:资金|投资|经费)|(?:仅|只|仍|尚|还|缺口)(?:为|有|占|达)|(?<!提)高达|(?<!降)低至|(?:预计|有望|预测)将?(?:达到?|为|超过|突破)|仅|只有)$"
)
"""What a plan deplores is no promise."""
_LISTED_AS = re.compile("(?<=..)(?:列为|作为)")
_FOR_PEOPLE = re.compile("就业|创业|增收|消费|脱贫")
_DATED_END = re.compile("(?<=[到至])○+[底末]?的?$")
_OWN_LIST = re.compile("(?:预期性|约束性|主要|具体)?指标$")
"""What a plan counts of itself (其中约束性指标9项)."""
_FROM = re.compile(f"[由从]{_ONCE}$")
_TO = re.compile("[^，、；]{0,6}?(?:提高|调整|优化|发展|提升|增加|增长|上升|扩大|增|下降|降低|降|减少)")
_WAS = re.compile(f"[由从]{_ONCE}[0-9][^，、]*$")
_AGENT = re.compile(
    "(?:支持|每个?|各级?|省级?|市级|市属|市|县级?|区县|各区县|普通|本科|职业|中小学|高职|地方|部属|中央|和|、)*"
    "(?:高校|院校|学校|区县|企业|幼儿园|市级|教师|校长|财政)"
)
_ASKED = re.compile("^.*(?:落实|安排|设置|达到|要求)")


@dataclass(slots=True)
class Member(Works):
    """Reads the figures of one clause."""

    def read(self, found: list[ReadFigure]) -> Iterator[Found]:
        """Bind every figure to what it counts; a bare level takes its noun from the member after it."""
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
        told = apart(self.text, self.shown, self.first, self.last, self.chain.names, self.chain.years)
        if told is None and len(found) > 1:
            told = by_kind(self.text, self.shown, self.first, self.last)
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
            if _FROM.search(self.shown, begin, at) and _TO.match(self.shown, end, following):
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
                yield reading
            is_part = figure.is_word or self.shown.startswith("等", max(at - 1, begin))
            if reading or not is_part:  # 指标全部达标学校比例, 在A、B等8个县建设X: part of the name, or of where
                begin = stop
            last = reading

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
            is_own = figure.operator is not None and not figure.is_word
            if is_own and number + 1 < len(found) and self._is_described(after, self.first + found[number + 1].start):
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

    def _is_described(self, start: int, end: int) -> bool:
        """Tell whether the words between two figures are a rate of those whom the first describes."""
        binding = binding_at_end(self.shown, start, end)
        return binding is not None and _DESCRIBED_RATE.fullmatch(self.shown, start, binding[0]) is not None

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
        special = self._standard(figure, before) or self._special(figure, before, behind)
        if special:
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
        binding = binding_at_end(shown, before.start, tail)
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
        elif was and not found_verb:
            behind = None if behind and self.shown[behind.start : behind.end] in was.group() else behind
        elif found_verb and inner >= stop:
            subject, verb = ("投入" if found_verb == "投入" else ""), found_verb
        if behind is not None:
            noun = self.text[behind.start : behind.end].removeprefix("的")
            if subject and figure.unit in SHARE_UNITS:
                return None
            noun = used(noun) or noun if figure.unit.endswith("元") else noun
            doing = VERB_AT_END.search(self.shown, begin, stop)
            if doing and not self.shown.startswith("的", behind.start):
                subject, verb = "", doing["verb"]  # 各学校组织开展不少于30场X
            if self.shown.startswith("的", behind.start):
                subject, verb = subject or self.text[begin:stop], ""
            subject, end = (subject + noun) if subject and not verb else noun, behind.end
        subject = subject if verb or behind is not None else self._again(figure, subject, Phrase(begin, stop))
        subject = self._in_full(figure, subject, is_first=begin == without_leading(self.shown, self.first, at))
        if BARE_MEASURE.fullmatch(subject) and not verb and not self.tense.is_past:
            return self._unnamed(figure, own(operator, figure), (before.start, end))
        reading = self._make(figure, subject, own(operator, figure), "bound", (before.start, begin, end), verb)
        if reading:
            self.chain.subject = subject
        return reading

    def _in_full(self, figure: ReadFigure, subject: str, is_first: bool) -> str:
        """A subject with what the sentence said before it and leaves out here."""
        known = self.chain.subject
        subject = of_same_kind(known, spread(known, _THOSE_WHO.sub("比例", subject)))
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
        return self.chain.name if self.chain.is_fresh and is_same else ""

    def _counted_before(self, figure: ReadFigure, before: Phrase) -> Found | None:
        """建设X 50所, and the members of such a list."""
        begin, verb = after_verbs(self.shown, before.start, before.end)
        stop = without_trailing(self.shown, begin, before.end)
        subject = self.text[begin:stop]
        end = self.first + figure.end
        operator = own(Operator.EQUAL, figure)
        inner = binding_inside(self.shown, begin, stop)
        if figure.unit in SHARE_UNITS:
            return self._share(figure, before, inner)
        if inner and not verb:
            return self._times(figure, before, inner)
        if doing := _THEN.search(self.shown, begin, stop):  # 实施X行动、完成投资220亿元
            begin, verb = doing.end(), doing["verb"]
            subject = self.text[begin:stop]
        verb = verb or self._pushed(subject, before.start, begin)
        rule, subject = self._left_out(figure, subject, verb)
        if verb and not subject:
            return self._nameless(figure, operator, (before.start, begin - len(verb), end), verb)
        if not verb:
            agent = self._agent(figure, before, begin, stop) if self.chain.verb else None
            if agent or BOUND_BEFORE_VERB.search(subject):
                return agent
            rule, subject = self._without_verb(figure, before, begin, subject)
            if not rule:
                return None if _OWN_LIST.search(subject) else self._agent(figure, before, begin, stop)
            verb = self.chain.verb if rule == "listed" else ""
        reading = self._make(figure, subject, operator, rule, (before.start, begin, end), verb)
        if reading and rule != "named":
            self.chain.verb = verb
        if reading and rule != "listed":
            self.chain.subject = subject
        return reading

    def _pushed(self, subject: str, start: int, begin: int) -> str:
        """推进X改造800个: work that is pushed on is counted; 推进X 3个阶段 is not."""
        return "推进" if _WORKED_ON.search(subject) and _PUSHED.search(self.shown, start, begin) else ""

    def _nameless(self, figure: ReadFigure, operator: Operator, span: tuple[int, int, int], verb: str) -> Found | None:
        """建设50家，再建设100家X: the noun comes at the last; 培训2万人次 is named by its verb."""
        if verb in _NAMED_BY_VERB:
            return self._make(figure, verb, operator, "named", span)
        start, _, end = span
        return Found(figure, "", operator, "listed", start, end, "", verb, (PENDING,))

    def _without_verb(self, figure: ReadFigure, before: Phrase, begin: int, subject: str) -> tuple[str, str]:
        """How a thing without a verb is read, if at all: as a member of a list, or by its name alone."""
        is_part = self.chain.is_fresh and self.shown.startswith("其中", self.first)
        if is_part and _A_PLACE.fullmatch(subject):
            added = self.chain.verb if self.chain.verb.startswith("新") else ""
            return "named", subject + added + self.chain.name  # 新增X 3.2万个，其中甲区3505个
        if is_part and not self.chain.verb:
            return "named", completed(self.chain.subject, subject)  # X达到8万个，其中Y300个
        if self.chain.verb:
            return "" if _ASIDE.match(subject) else "listed", completed(self.chain.subject, subject)
        if subject.endswith("新增") and len(subject) >= _VERB_LENGTH:
            return "named", subject
        if figure.unit in STUDY_UNITS:
            return "named", _ASKED.sub("", subject) + figure.unit
        is_told = self.tense.is_past or self.tense.is_due_stated or self._is_wished(before, begin, subject)
        return ("named" if is_told and not _OWN_LIST.search(subject) else ""), subject

    def _times(self, figure: ReadFigure, before: Phrase, inner: tuple[int, int, Operator]) -> Found | None:
        """X不低于Y的1.5倍."""
        begin = without_leading(self.shown, before.start, inner[0])
        if figure.unit != "倍" or not self.shown.endswith("的", inner[1], before.end):
            return None
        span = (before.start, begin, self.first + figure.end)
        return self._make(figure, self.text[begin : inner[0]], own(inner[2], figure), "bound", span)

    def _is_wished(self, before: Phrase, begin: int, subject: str) -> bool:
        """Tell whether a thing and its figure without a verb are wanted: under aims, or by the words before them."""
        wanted = self.tense.is_ahead or _WISHED.search(self.shown, before.start, begin)
        return bool(wanted and _COUNTED.search(subject))

    def _left_out(self, figure: ReadFigure, subject: str, verb: str) -> tuple[str, str]:
        """What a member that is a mere verb counts: 新建X 36所，改建18所; X交流6次、推广9次."""
        known = self.chain.subject
        if subject and (verb or figure.unit != "次"):
            return "verb-before", verb + subject if _FOR_PEOPLE.fullmatch(subject) else subject  # 吸纳就业5万人
        if verb and self.chain.verb and known:
            return "listed", known
        act = verb or subject
        if figure.unit == "次" and known and len(act) == 2 and len(known) > 4 and not self.chain.verb:
            return "verb-before", known[:-2] + act
        return "verb-before", subject

    def _agent(self, figure: ReadFigure, before: Phrase, begin: int, stop: int) -> Found | None:
        """支持高校引进X 10人, 每季度召开X 1次: the verb stands behind the one who acts."""
        match = _AGENT.match(self.shown, begin, stop)
        if not match:
            return None
        inner, verb = after_verbs(self.shown, match.end(), stop)
        if not verb:
            return None
        self.chain.verb = verb
        end = self.first + figure.end
        return self._make(
            figure, self.text[inner:stop], own(Operator.EQUAL, figure), "verb-before", (before.start, inner, end), verb
        )

    def _counted_behind(self, figure: ReadFigure, before: Phrase, behind: Phrase) -> Found | None:
        """建设50所X, and the members of such a list."""
        shown, text = self.shown, self.text
        noun = text[behind.start : behind.end].removeprefix("的")
        head = shown[before.start : before.end]
        bound = BOUND_BEFORE_VERB.search(head)
        if bound and len(head) - bound.end() > _VERB_LENGTH:
            bound = None
        attributive, stop = self._attributive(before)
        verb = VERB_AT_END.search(shown, before.start, stop)
        said = verb["verb"] if verb else ""
        begin = without_leading(shown, before.start, stop)
        if figure.unit in SHARE_UNITS and said != "覆盖":
            return self._part_of(figure, before, behind) or self._share_doing(figure, before, behind)
        if (verb and self._is_nominal(begin, verb.start())) or not (bound or _is_counted(figure, said)):
            return None
        attributive = self._done_by(begin, verb) or attributive
        rule = "verb-behind"
        if not verb and not bound:
            some = self._after_some(before) or self._pushed(noun, before.start, before.end)
            if not some and not self._is_listed(head, shown[begin : before.end], attributive):
                return None
            rule, said, attributive = "listed", some or self.chain.verb, "" if some else attributive
        if figure.unit.endswith("元") and (purpose := used(noun)):
            noun = purpose
        elif _ACT.match(noun):  # 选派100人参加X, 教师每年至少1个月参与X: the act is counted
            attributive = said if said or not bound else text[begin : before.start + bound.start()]
        operator = own(Operator.EQUAL, figure)
        if bound:
            operator = Operator.AT_LEAST if bound["least"] else Operator.AT_MOST
        span = (before.start, behind.start, behind.end)
        reading = self._make(figure, attributive + noun, operator, rule, span, said)
        if reading:
            self.chain.verb, self.chain.subject = said or self.chain.verb, reading.subject
        return reading

    def _after_some(self, before: Phrase) -> str:
        """建成一批X、1200个Y: the verb of the list, whose first member has no figure."""
        begin, verb = after_verbs(self.shown, before.start, before.end)
        return verb if verb and _SOME.fullmatch(self.shown, begin, before.end) else ""

    def _done_by(self, begin: int, verb: re.Match[str] | None) -> str:
        """What belongs to the thing because those named do it: 让每名学生掌握2项X, 优质园覆盖95%的乡镇."""
        if verb is None:
            return ""
        if verb["verb"] == "覆盖":
            return self.text[begin : verb.end("verb")]
        actor = _ACTOR.match(self.shown, begin, verb.start()) if verb["verb"] in _ACTORS_OWN else None
        return _MERELY.sub("", self.text[actor.start("who") : verb.end("verb")]) if actor else ""

    def _attributive(self, before: Phrase) -> tuple[str, int]:
        """What stands before the figure and belongs to the noun behind it (高校牵头的27个X), and where it begins."""
        if not self.shown.endswith("的", before.start, before.end):
            region = REGION_AT_END.search(self.shown, before.start, before.end)
            return "", region.start() if region else before.end  # 支持全省200个X
        begin, _ = after_verbs(self.shown, before.start, before.end)
        return self.text[begin : before.end], begin

    def _is_listed(self, head: str, rest: str, attributive: str) -> bool:
        """Tell whether a figure without a verb is a member of a list, or of what is only striven for."""
        if rest and not SOFT.fullmatch(rest) and not attributive:
            return False
        return bool(self.chain.verb or SOFT.search(head) or (self.chain.is_soft and not head))

    def _is_nominal(self, begin: int, at: int) -> bool:
        """Tell whether a verb before a figure is the end of another verb's object (制定X建设 11项)."""
        inner, verb = after_verbs(self.shown, begin, at)
        return bool(verb) and inner < at and not verb.startswith(("支持", "组织", "安排", "资助", "选派"))


def _is_counted(figure: ReadFigure, verb: str) -> bool:
    """Tell whether a figure counts: a Chinese numeral only behind verbs that make a thing (新建一所小学)."""
    return not figure.is_chinese or verb in _ONE_THING or (figure.unit in _BUILT and verb in _BUILDING)
