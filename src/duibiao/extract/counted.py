"""What a figure counts: 建设X 50所, 建设50所X, and the members of a list that leave out the verb or the noun."""

import re
from dataclasses import dataclass

from duibiao.extract.items import Operator
from duibiao.extract.quantities import ReadFigure
from duibiao.extract.readings import Found, binding_inside, own
from duibiao.extract.subjects import (
    Phrase,
    after_verbs,
    completed,
    is_kind,
    is_level,
    without_leading,
    without_trailing,
)
from duibiao.extract.wording import (
    BOUND_BEFORE_VERB,
    LEADING,
    RATE_END,
    REGION_AT_END,
    SHARE_UNITS,
    SOFT,
    STUDY_UNITS,
    VERB,
    VERB_AT_END,
)
from duibiao.extract.works import Works, used

_A_PLACE = re.compile("[一-鿿]{1,7}[区县市州旗盟镇乡]")
_VERB_LENGTH = 5
_ACT = re.compile("参加|参与|赴|到|前往|开展")
_ONE_THING = frozenset({"办好", "建好", "打造", "建成", "新建"})
_BUILT = frozenset({"所", "座", "栋"})
_BUILDING = frozenset({"改建", "扩建", "改扩建", "新改扩建", "创办", "建设", "兴办", "开办", "举办", "设立"})
"""新建一所小学 is a promise; 开展一项工作 is none."""
_ACTORS_OWN = frozenset({"掌握", "参加", "参与", "接受"})
_ACTOR = re.compile(
    "(?:支持|帮助|让|使|推动|组织|引导|确保|培养|保证|要求|促使)*(?P<who>(?:每[名个位])?[^，、；]{0,8}(?:学生|教师|校长|幼儿|园长))"
)
_MERELY = re.compile("至少|即可|能够|都能?|应当?|均")
_WORKED_ON = re.compile("(?:新改扩建|改扩建|新建|扩建|改造|整治|治理|升级|更新|修复|加装)$")
_PUSHED = re.compile("(?:推进|推动|加快)$")
_NAMED_BY_VERB = frozenset({"培训", "轮训", "培养培训"})
_FIRST_THING = re.compile("[^，；的0-9]{3,20}(?:和|以及|及|与|、)")
"""建立X和30个Y: the first thing has no figure."""
_SOME = re.compile("(?:一批|一系列|若干个?)[^，；]{2,30}")
_WORK_AT_END = re.compile("(?:开工|竣工|完工|投产|投用|开业|签约|落地)$")
PENDING = "pending"
"""The mark of a reading whose noun a later member of the sentence tells; it never reaches a draft."""
_COUNTED = re.compile(
    f"{RATE_END.pattern}|^(?:[生人师班]均|每[百千万十]{{1,2}}[名人])|^新增|(?:就业|培训|学位|床位|服务)$"
)
_WISHED = re.compile("实现|确保|保证|完成|力争|争取|努力")
_THEN = re.compile("、(?P<verb>完成|实现|建成|新建|新增|培育|打造|引进|创建|组建|培养|举办|开展)(?=[^、]{2,}$)")
_ASIDE = re.compile("总?(?:占地|用地|投资|工期|容纳|建筑面积|占地面积|用地面积)")
"""What tells how large the thing just named is, and is no further thing (新建X 1个，占地800亩)."""
_FOR_PEOPLE = re.compile("就业|创业|增收|消费|脱贫")
_OUGHT_TO = re.compile(f"(?:要|应当?|须)(?:至少)?(?P<verb>{VERB})(?=[^，；]{{2,}})")
"""Whoever is to do it stands before: the thing stands behind the verb."""
_UNDONE = re.compile("(?:修完|修满|获得|取得|达到)$")
_AND_SOME = re.compile("(?:和|及|以及|、)若干.*$")
_OWN_LIST = re.compile("(?:预期性|约束性|主要|具体)?指标$")
"""What a plan counts of itself (其中约束性指标9项)."""
_AGENT = re.compile(
    "(?:支持|每个?|各级?|省级?|市级|市属|市|县级?|区县|各区县|普通|本科|职业|中小学|高职|地方|部属|中央|和|、)*"
    "(?:高校|院校|学校|区县|企业|幼儿园|市级|教师|校长|财政)"
)
_ASKED = re.compile("^.*(?:落实|安排|设置|达到|要求)")


@dataclass(slots=True)
class Counted(Works):
    """Reads the figures that count a thing: what stands before a figure, what stands behind it, and lists of both."""

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
        if doing := self._doing(verb, begin, stop):
            begin, verb = doing.end(), doing["verb"]
            subject = self.text[begin:stop]
            operator = own(self._at_least(before.start, begin), figure)
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

    def _doing(self, verb: str, begin: int, stop: int) -> re.Match[str] | None:
        """A verb inside the words: 实施X行动、完成投资220亿元; 各校要配备X各1名."""
        return _THEN.search(self.shown, begin, stop) or (None if verb else _OUGHT_TO.search(self.shown, begin, stop))

    def _at_least(self, start: int, end: int) -> Operator:
        """What the words before a verb bind: 至少要配备X各1名."""
        return Operator.AT_LEAST if self.shown.find("至少", start, end) >= 0 else Operator.EQUAL

    def _pushed(self, subject: str, start: int, begin: int) -> str:
        """推进X改造800个: work that is pushed on is counted; 推进X 3个阶段 is not."""
        return "推进" if _WORKED_ON.search(subject) and _PUSHED.search(self.shown, start, begin) else ""

    def _nameless(self, figure: ReadFigure, operator: Operator, span: tuple[int, int, int], verb: str) -> Found | None:
        """建设50家，再建设100家X: the noun comes at the last; 培训2万人次 is named by its verb."""
        if verb in _NAMED_BY_VERB:
            return self._make(figure, verb, operator, "named", span)
        if self.chain.is_fresh and self.chain.name and self.chain.unit == figure.unit:  # 2028年建成5所X；2030年建成10所
            begun = _WORK_AT_END.search(self.chain.name)  # X开工40个、竣工37个
            name = self.chain.name[: begun.start()] + verb if begun else self.chain.name
            return self._make(figure, name, operator, "listed", span, verb)
        start, _, end = span
        return Found(figure, "", operator, "listed", start, end, "", verb, (PENDING,))

    def _without_verb(self, figure: ReadFigure, before: Phrase, begin: int, subject: str) -> tuple[str, str]:
        """How a thing without a verb is read, if at all: as a member of a list, or by its name alone."""
        is_part = self.chain.is_fresh and self.shown.startswith("其中", self.first)
        if (is_part or self.chain.whole) and _A_PLACE.fullmatch(subject):
            added = self.chain.verb if self.chain.verb.startswith("新") else ""
            return "named", subject + added + (self.chain.whole or self.chain.name)  # 新增X 3.2万个，其中甲区3505个
        if is_part and figure.unit == "所" and is_kind(subject):
            return "named", subject  # 高中阶段学校120所，其中普通高中80所: the kind is the whole name
        if (is_part or (self.chain.is_fresh and is_level(subject))) and not self.chain.verb:
            return "named", completed(self.chain.subject, subject)  # X达到8万个，其中Y300个
        if self._has_measure(figure, subject):
            return "named", subject + self.chain.measure  # 落实生均公用经费，小学650元、初中850元
        if self.chain.verb:
            return "" if _ASIDE.match(subject) else "listed", completed(self.chain.subject, subject)
        if subject.endswith("新增") and len(subject) >= _VERB_LENGTH:
            return "named", subject
        if figure.unit in STUDY_UNITS:
            thing = _UNDONE.sub("", _ASKED.sub("", subject).rstrip("有的"))
            if LEADING.fullmatch(thing) or thing.endswith("规定") or VERB_AT_END.search(thing):
                return ("named", self.chain.taken) if self.chain.taken else ("", subject)
            return "named", thing.removesuffix("各") if thing.endswith("各") else thing + figure.unit
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
        noun = _AND_SOME.sub("", text[behind.start : behind.end].removeprefix("的"))
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
                return self._gone_on(figure, before, behind)
            rule, said, attributive = "listed", some or self.chain.verb, "" if some else attributive
        if figure.unit.endswith("元") and (purpose := used(noun)):
            noun = purpose
        elif _ACT.match(noun):  # 选派100人参加X, 教师每年至少1个月参与X: the act is counted
            attributive = said if said or not bound else text[begin : before.start + bound.start()]
        operator = self._operator(figure, bound, rule)
        span = (before.start, behind.start, behind.end)
        reading = self._make(figure, attributive + noun, operator, rule, span, said)
        if reading:
            self.chain.verb, self.chain.subject = said or self.chain.verb, reading.subject
        return reading

    def _operator(self, figure: ReadFigure, bound: re.Match[str] | None, rule: str) -> Operator:
        """What a bound before the verb means, for the whole list: 至少办好1所X、1所Y."""
        if bound:
            self.chain.bound = Operator.AT_LEAST if bound["least"] else Operator.AT_MOST
            return self.chain.bound
        operator = own(Operator.EQUAL, figure)
        is_member = rule == "listed" and operator is Operator.EQUAL
        return self.chain.bound if is_member and self.chain.bound else operator

    def _opened(self, before: Phrase) -> str:
        """要形成普及面广、参与率高，并纳入课程的2个X: the verb of the clause before, whose attributes go on."""
        if self.shown[before.end - 1 : before.end] != "的" or self.shown[self.first - 1 : self.first] != "，":
            return ""
        start = max(self.shown.rfind(mark, 0, self.first - 1) for mark in "，；。：\n") + 1
        begin, verb = after_verbs(self.shown, start, self.first - 1)
        ought = None if verb else _OUGHT_TO.search(self.shown, start, self.first - 1)
        return ought["verb"] if ought else verb if begin < self.first - 1 else ""

    def _gone_on(self, figure: ReadFigure, before: Phrase, behind: Phrase) -> Found | None:
        """What a figure counts whose verb a clause before opened, with the attributes right before it."""
        verb = self._opened(before)
        if not verb:
            return None
        start = before.start - (self.shown[before.start - 1] == "以")
        subject = self.text[start : before.end].removeprefix("并") + self.text[behind.start : behind.end]
        return self._make(figure, subject, own(Operator.EQUAL, figure), "verb-behind", (start, start, behind.end), verb)

    def _after_some(self, before: Phrase) -> str:
        """建成一批X、1200个Y: the verb of the list, whose first member has no figure."""
        begin, verb = after_verbs(self.shown, before.start, before.end)
        if not verb or begin >= before.end:
            return ""
        is_list = self.shown[before.end - 1] in "和及与、" and _FIRST_THING.fullmatch(self.shown, begin, before.end)
        return verb if is_list or _SOME.fullmatch(self.shown, begin, before.end) else ""

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
        if is_level(self.shown[before.start : before.end]):
            return self.text[before.start : before.end], before.start  # 省级50个、市级200个X
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
        if not verb or inner >= at or verb.startswith(("支持", "组织", "安排", "资助", "选派")):
            return False
        return not (verb == "培养" and _ACTOR.fullmatch(self.shown, inner, at))


def _is_counted(figure: ReadFigure, verb: str) -> bool:
    """Tell whether a figure counts: a Chinese numeral only behind verbs that make a thing (新建一所小学)."""
    return not figure.is_chinese or verb in _ONE_THING or (figure.unit in _BUILT and verb in _BUILDING)
