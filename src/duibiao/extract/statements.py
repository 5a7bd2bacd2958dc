"""Quantified statements and achieved figures in running text: one paragraph → draft items.

A paragraph is cut into sentences and clauses; in a clause the figures are found; each figure is bound by what stands before it
(达到, 不低于, 建设) and by its own ending (以上, 左右), and counts either the noun before it (特色学校50所) or the one behind it
(50所特色学校). What a list or a sentence says once (verb, year, 力争, the head of a noun) is carried to the members that follow.
Where none of this fits, nothing is said.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from duibiao.extract.items import DraftItem, ItemType, Operator, Passage
from duibiao.extract.outline import Context
from duibiao.extract.quantities import HAS_FIGURE, Figure, figures, half_width, without_names
from duibiao.extract.subjects import (
    Phrase,
    after_verbs,
    completed,
    halves,
    is_named,
    last_work,
    spread,
    trimmed,
    without_leading,
    without_trailing,
)
from duibiao.extract.tense import Clock, Sentence, Tense, without_years
from duibiao.extract.wording import (
    ABOUT_BEFORE,
    BINDING,
    BOUND_BEFORE_VERB,
    NO_FIGURE_AFTER,
    OPERATORS,
    PER,
    PER_HEAD,
    POINTS,
    RATE_END,
    SHARE_UNITS,
    SOFT,
    VERB_AT_END,
)
from duibiao.plan.model import Counting, TargetScope
from duibiao.sources.blocks import Original
from duibiao.sources.citation import passage_hash
from duibiao.sources.mapped import MappedText

CONFIDENCE = {
    "bound": Decimal("0.97"),
    "verb-before": Decimal("0.97"),
    "verb-behind": Decimal("0.97"),
    "listed": Decimal("0.95"),
    "word": Decimal("0.95"),
    "named": Decimal("0.90"),
    "relative": Decimal("0.90"),
    "achieved": Decimal("0.80"),
}
"""The share of a rule's readings that were right on the gold readings, by rule."""

_SENTENCE = re.compile("[^。！？\n]+")
_CLAUSE = re.compile("(?:[^，；：,:;]|(?<=[0-9])[:,：](?=[0-9]))+")
_SEPARATORS = "、和及与"
_ENDS_HERE = re.compile("$|[、，；。：和及以与并等）)]|的(?:要求|标准|目标|水平)|的?$")
_INCREMENT = re.compile("^(?:新|增|引|选派|派出|招|扩建|改扩建)")
_COUNTED_PEOPLE = re.compile("^(?:培养|培训)")


@dataclass(slots=True)
class Chain:
    """What a sentence has said and the next member may leave out."""

    verb: str = ""
    subject: str = ""
    counting: Counting | None = None
    is_soft: bool = False
    bound: Operator | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A reading of one figure: subject, operator, and how it was read; offsets into the paragraph."""

    figure: Figure
    subject: str
    operator: Operator
    rule: str
    start: int
    end: int
    before: str
    verb: str = ""
    flags: tuple[str, ...] = field(default=())


def statements(words: MappedText, original: Original, context: Context) -> list[DraftItem]:
    """Read one paragraph."""
    if not HAS_FIGURE.search(words.text):
        return []
    words = _without_spaces(words)
    text = half_width(words.text)
    shown = without_years(without_names(text))
    clock = Clock(context)
    clock.begin(text)
    items: list[DraftItem] = []
    is_first = True
    for sentence in _SENTENCE.finditer(shown):
        start, end = sentence.span()
        state = clock.sentence(text[start:end], is_first)
        is_first = False
        if HAS_FIGURE.search(shown, start, end):
            items += _sentence(words, original, context, (text, shown, start, end), state)
        else:
            for clause in _CLAUSE.finditer(text, start, end):
                state.clause(clause.group())
    return items


def _without_spaces(words: MappedText) -> MappedText:
    gaps = [match.span() for match in re.finditer(r"\s+", words.text)]
    return words.without(gaps) if gaps else words


def _sentence(
    words: MappedText, original: Original, context: Context, place: tuple[str, str, int, int], state: Sentence
) -> Iterator[DraftItem]:
    text, shown, start, end = place
    chain = Chain()
    for clause in _CLAUSE.finditer(shown, start, end):
        first, last = clause.span()
        if shown[first - 1 : first] in ("；", ";"):
            chain = replace(chain, verb="", subject="")
        tense = state.clause(text[first:last])
        if SOFT.search(shown, first, last):
            chain.is_soft = True
        found = figures(shown[first:last])
        if not found:
            if chain.verb and not shown.startswith(("并", "以", "及"), first):
                chain.verb = ""
            continue
        for reading in _Clause(text, shown, first, last, chain, tense).read(found):
            yield from _items(words, original, context, reading, chain, tense)


@dataclass(slots=True)
class _Clause:
    """Reads the figures of one clause."""

    text: str
    shown: str
    first: int
    last: int
    chain: Chain
    tense: Tense

    def read(self, found: list[Figure]) -> Iterator[Found]:
        """Bind every figure to what it counts."""
        begin = self.first
        for number, figure in enumerate(found):
            at, end = self.first + figure.start, self.first + figure.end
            following = self.first + found[number + 1].start if number + 1 < len(found) else self.last
            is_behind = not _ENDS_HERE.match(self.shown, end, self.last) and not figure.is_word
            stop = self._noun_behind(end, following, number + 1 < len(found)) if is_behind else end
            reading = self._bind(figure, Phrase(begin, at), Phrase(end, stop), is_behind)
            if reading:
                yield reading
            begin = stop

    def _noun_behind(self, start: int, following: int, has_next: bool) -> int:
        """Where the noun behind a figure ends: before the separator that leads to the next figure."""
        if not has_next:
            return following
        gap = self.shown[start:following]
        stripped = gap.rstrip("、和及以与并，")
        if stripped != gap or not stripped:
            return start + len(stripped)
        place = max(gap.rfind(mark) for mark in _SEPARATORS)
        return start + place if place > 0 else following

    def _bind(self, figure: Figure, before: Phrase, behind: Phrase, is_behind: bool) -> Found | None:
        shown = self.shown
        before = trimmed(shown, before.start, before.end)
        head = shown[before.start : before.end]
        if NO_FIGURE_AFTER.search(head):
            return None
        if figure.is_word:
            return self._word(figure, before)
        per = PER_HEAD.search(head)
        tail = before.end - len(per.group()) if per else before.end
        if POINTS.search(head) or figure.unit.endswith("百分点"):
            return self._relative(figure, before)
        binding = _binding_at_end(shown, before.start, tail)
        if binding and not (figure.is_chinese and is_behind):
            return self._bound(figure, before, binding, behind if is_behind else None)
        if is_behind:
            return self._counted_behind(figure, before, behind)
        return (
            None if figure.is_chinese and not BOUND_BEFORE_VERB.search(head) else self._counted_before(figure, before)
        )

    def _make(
        self, figure: Figure, subject: str, operator: Operator, rule: str, span: tuple[int, int, int], verb: str = ""
    ) -> Found | None:
        """A reading; ``span`` is where its words begin, where its subject begins and where its words end."""
        if not is_named(subject):
            return None
        start, subject_start, end = span
        return Found(figure, subject, operator, rule, start, end, self.text[start:subject_start], verb)

    def _bound(
        self, figure: Figure, before: Phrase, binding: tuple[int, Operator], behind: Phrase | None
    ) -> Found | None:
        """X达到N, X不低于N; with a noun behind, X覆盖N以上Y."""
        at, operator = binding
        begin = without_leading(self.shown, before.start, at)
        stop = without_trailing(self.shown, begin, at)
        subject = self.text[begin:stop]
        end = self.first + figure.end
        verb = ""
        inner, found_verb = after_verbs(self.shown, begin, stop)
        if found_verb and (figure.unit not in SHARE_UNITS or found_verb in ("提供", "落实")) and inner < stop:
            subject, verb, begin = self.text[inner:stop], found_verb, inner
        elif found_verb and inner >= stop:
            subject, verb = "", found_verb
        if behind is not None:
            noun = self.text[behind.start : behind.end].removeprefix("的")
            if subject and figure.unit in SHARE_UNITS:
                return None
            if self.shown.startswith("的", behind.start):
                subject, verb = subject or self.text[begin:stop], ""
            subject, end = (subject + noun) if subject and not verb else noun, behind.end
        subject = spread(self.chain.subject, subject)
        reading = self._make(figure, subject, _own(operator, figure), "bound", (before.start, begin, end), verb)
        if reading:
            self.chain.subject = subject
        return reading

    def _counted_before(self, figure: Figure, before: Phrase) -> Found | None:
        """建设X 50所, and the members of such a list."""
        begin, verb = after_verbs(self.shown, before.start, before.end)
        stop = without_trailing(self.shown, begin, before.end)
        subject = self.text[begin:stop]
        end = self.first + figure.end
        operator = _own(Operator.EQUAL, figure)
        inner = _binding_inside(self.shown, begin, stop)
        if figure.unit in SHARE_UNITS:
            return self._share(figure, before, inner)
        if inner and not verb:
            return None
        rule = "verb-before"
        if not verb:
            if BOUND_BEFORE_VERB.search(subject):
                return None
            if self.chain.verb:
                rule, verb = "listed", self.chain.verb
                subject = completed(self.chain.subject, subject)
            elif self.tense.is_past or self.tense.is_due_stated:
                rule = "named"
            else:
                return self._agent(figure, before, begin, stop)
        reading = self._make(figure, subject, operator, rule, (before.start, begin, end), verb)
        if reading and rule != "named":
            self.chain.verb = verb
        if reading and rule != "listed":
            self.chain.subject = subject
        return reading

    def _agent(self, figure: Figure, before: Phrase, begin: int, stop: int) -> Found | None:
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
            figure, self.text[inner:stop], _own(Operator.EQUAL, figure), "verb-before", (before.start, inner, end), verb
        )

    def _share(self, figure: Figure, before: Phrase, inner: tuple[int, int, Operator] | None) -> Found | None:
        """X占比60%, X不低于Y 10%."""
        begin = without_leading(self.shown, before.start, before.end)
        end = self.first + figure.end
        subject = self.text[begin : before.end]
        operator = Operator.EQUAL
        if inner:
            at, stop, operator = inner
            base = self.text[stop : before.end]
            subject = f"{self.text[begin:at]}占{base}比例"
        elif not RATE_END.search(subject):
            return None
        return self._make(figure, subject, _own(operator, figure), "bound", (before.start, begin, end))

    def _counted_behind(self, figure: Figure, before: Phrase, behind: Phrase) -> Found | None:
        """建设50所X, and the members of such a list."""
        shown, text = self.shown, self.text
        noun = text[behind.start : behind.end]
        head = shown[before.start : before.end]
        operator = _own(Operator.EQUAL, figure)
        bound = BOUND_BEFORE_VERB.search(head)
        if bound and len(head) - bound.end() <= 5:
            operator = Operator.AT_LEAST if bound["least"] else Operator.AT_MOST
        attributive = ""
        stop = before.end
        if head.endswith("的"):
            begin, _ = after_verbs(shown, before.start, before.end)
            attributive, stop = text[begin : before.end], begin
        verb = VERB_AT_END.search(shown, before.start, stop)
        begin = without_leading(shown, before.start, stop) if before.start < stop else stop
        if figure.unit in SHARE_UNITS and not (verb and verb["verb"] == "覆盖"):
            return self._part_of(figure, before, behind)
        rule, said = "verb-behind", verb["verb"] if verb else ""
        if verb and self._is_nominal(begin, verb.start()):
            return None
        if figure.is_chinese and not (bound or said in _ONE_THING):
            return None
        if verb and verb["verb"] == "覆盖":
            attributive = text[begin : verb.start()] + "覆盖"
        if not verb and not (bound and len(head) - bound.end() <= 5):
            rest = head[begin - before.start :]
            if rest and not SOFT.fullmatch(rest) and not attributive:
                return None
            if not (self.chain.verb or SOFT.search(head) or (self.chain.is_soft and not head)):
                return None
            rule, said = "listed", self.chain.verb
        subject = attributive + noun.removeprefix("的")
        if _ACT.match(noun):  # 选派100人参加X, 教师每年至少1个月参与X: the act is counted
            subject = (said or text[begin : before.start + bound.start()] if bound else said) + noun
        reading = self._make(figure, subject, operator, rule, (before.start, behind.start, behind.end), said)
        if reading:
            self.chain.verb, self.chain.subject = said or self.chain.verb, subject
        return reading

    def _is_nominal(self, begin: int, at: int) -> bool:
        """Tell whether a verb before a figure is the end of another verb's object (制定X建设 11项)."""
        inner, verb = after_verbs(self.shown, begin, at)
        return bool(verb) and inner < at and not verb.startswith(("支持", "组织", "安排", "资助", "选派"))

    def _part_of(self, figure: Figure, before: Phrase, behind: Phrase) -> Found | None:
        """调整优化X 20%左右Y."""
        begin, verb = after_verbs(self.shown, before.start, before.end)
        if not verb or begin >= before.end or figure.operator not in (None, Operator.AT_LEAST):
            return None
        noun = self.text[behind.start : behind.end].removeprefix("的")
        subject = self.text[begin : before.end] + noun
        span = (before.start, begin, behind.end)
        return self._make(figure, subject, _own(Operator.EQUAL, figure), "verb-behind", span, verb)

    def _relative(self, figure: Figure, before: Phrase) -> Found | None:
        """X提高N个百分点, X增长N%."""
        match = POINTS.search(self.shown, before.start, before.end)
        if not match or _COMPARISON.search(self.shown, before.start, match.start()):
            return None
        begin = without_leading(self.shown, before.start, match.start())
        stop = without_trailing(self.shown, begin, match.start())
        subject = self.text[begin:stop]
        if subject in ("", "年均", "每年", "平均"):
            subject = self.chain.subject
        if figure.unit.endswith("百分点"):
            operator = Operator.INCREASE
        elif figure.unit == "%":
            operator = Operator.MULTIPLE
            figure = replace(figure, value=1 + figure.value / 100, unit="倍", operator=None)
        else:
            operator = Operator.INCREASE
        span = (before.start, begin, self.first + figure.end)
        return self._make(figure, subject, operator, "relative", span)

    def _word(self, figure: Figure, before: Phrase) -> Found | None:
        """X全覆盖, X清零, X逐年只增不减, X翻一番, 消除X, 全覆盖地 with a verb behind."""
        end = self.first + figure.end
        begin = without_leading(self.shown, before.start, before.end)
        stop = _without_predicate(self.shown, begin, before.end)
        if figure.operator is Operator.ALL:
            begin, _ = after_verbs(self.shown, begin, stop)
            done = self.shown.rfind("实现", begin, stop)
            begin = done + 2 if 0 <= done < stop - 3 else begin
        subject = last_work(self.text[begin:stop].rstrip("“"))
        start = min(before.start, self.first + figure.start)
        if figure.operator is Operator.ZERO and self.shown.startswith("消除", end - 2):
            subject, begin, end = self.text[end : self.last], end, self.last
        elif not _WORD_ENDS.match(self.shown, end, self.last):
            verb = _ADVERBIAL.match(self.shown, end, self.last)
            if figure.operator is not Operator.ALL or not verb:
                return None
            subject, end = self.text[begin:stop] + self.text[verb.end("drop") : self.last], self.last
        assert figure.operator is not None  # noqa: S101  a word always says what it binds
        return self._make(figure, subject, figure.operator, "word", (start, begin, end))


_ACT = re.compile("参加|参与|赴|到|前往|开展")
_WORD_ENDS = re.compile("$|[、，；。：和及并]|的?(?:目标|要求)$")
_PREDICATE_END = re.compile("(?:推动|推进|加快|持续|实现|达到|保持|实行|确保|力争|基本|全部|全面|工作|常态化|动态|“)+$")
_ADVERBIAL = re.compile("(?P<drop>加强|开展|推进|实施|落实|)(?:(?<=[强展进施实])|(?=参加|参与|接受|向))")
_ONE_THING = frozenset({"办好", "建好", "打造", "建成", "新建"})
_COMPARISON = re.compile("高出|高于|低于|比|较")
_AGENT = re.compile(
    "(?:支持|每个?|各级?|市级|市属|市|区县|各区县|普通|本科|职业|中小学|高职|地方|部属|和|、)*(?:高校|院校|学校|区县|企业|幼儿园|市级|教师|校长)"
)


def _binding_at_end(text: str, start: int, end: int) -> tuple[int, Operator] | None:
    """The words that bind the figure right behind ``end``: where they begin, and what they mean."""
    for match in BINDING.finditer(text, max(start, end - 12), end):
        if match.end() == end:
            return match.start(), _operator(match)
    return None


def _binding_inside(text: str, start: int, end: int) -> tuple[int, int, Operator] | None:
    """不低于 or 不超过 with a base behind it."""
    match = re.compile("不得?(?:低于|少于|高于|超过)").search(text, start, end)
    if not match or match.start() == start or match.end() == end:
        return None
    is_floor = match.group()[-2] in "低少"
    return match.start(), match.end(), Operator.AT_LEAST if is_floor else Operator.AT_MOST


def _operator(match: re.Match[str]) -> Operator:
    for number, (operator, _) in enumerate(OPERATORS):
        if match[f"b{number}"]:
            return operator
    raise AssertionError(match)  # one branch of BINDING matched


def _own(operator: Operator, figure: Figure) -> Operator:
    """What the words before and the ending of the figure mean together: 达到95%以上 is at least 95 %."""
    if operator is Operator.EQUAL:
        if figure.upper is not None:
            return Operator.RANGE
        return figure.operator or Operator.EQUAL
    if operator is Operator.AT_LEAST and figure.operator is Operator.AT_MOST:
        return Operator.AT_MOST
    return operator


def _without_predicate(text: str, start: int, end: int) -> int:
    match = _PREDICATE_END.search(text, start, end)
    return match.start() if match and match.start() > start else end


def _items(
    words: MappedText, original: Original, context: Context, found: Found, chain: Chain, tense: Tense
) -> Iterator[DraftItem]:
    if found.verb.startswith("新") and len(found.verb) <= 3 and found.subject:
        found = replace(found, subject=found.verb.removesuffix("了") + found.subject)
    subjects = halves(found.subject) if found.rule in ("bound", "word") else [found.subject]
    for subject in subjects:
        item = _item(words, original, context, replace(found, subject=subject), chain, tense)
        if item:
            yield item


def _item(
    words: MappedText, original: Original, context: Context, found: Found, chain: Chain, tense: Tense
) -> DraftItem | None:
    start, end = found.start, found.end
    try:
        first, last = words.span(start, end)
    except ValueError:
        return None  # words a repair put in stand nowhere in the original
    if not tense.is_past and tense.due is None:
        return None
    figure = found.figure
    said = words.text[start:end]
    counting = _counting(found, chain)
    operator = found.operator
    if counting is Counting.INCREMENT and operator is Operator.EQUAL and found.verb.startswith(("新", "增")):
        operator = Operator.INCREASE
    unit = figure.unit
    per = PER.search(said)
    if per and unit == "次":
        unit = f"次/{per[1]}"
    kept = words.slice(start, end)
    return DraftItem(
        type=ItemType.ACHIEVED if tense.is_past else ItemType.STATEMENT,
        document=context.document,
        section=context.section,
        number=context.number,
        subject=found.subject,
        passage=Passage(first, last, original.text[first:last], original.locator(first, last), passage_hash(kept.text)),
        rule="achieved" if tense.is_past else found.rule,
        confidence=CONFIDENCE["achieved" if tense.is_past else found.rule],
        operator=operator,
        is_soft=figure.is_soft or chain.is_soft or bool(ABOUT_BEFORE.search(found.before)),
        written=_written(said, found, start),
        value=figure.value,
        upper=figure.upper,
        unit=unit,
        due=tense.due,
        is_due_stated=tense.is_due_stated,
        period=tense.period,
        scope=_scope(said, found.subject),
        counting=counting,
        flags=found.flags,
    )


def _written(said: str, found: Found, start: int) -> str:
    """The words from the bound to the end of the figure."""
    place = said.rfind(found.subject)
    if place >= 0 and place + len(found.subject) < len(said):
        return said[place + len(found.subject) :]
    return said


def _counting(found: Found, chain: Chain) -> Counting:
    said = found.before + found.verb
    if (
        "每年" in said
        or "逐年" in found.subject
        or (found.figure.operator is Operator.AT_LEAST and found.rule == "word")
    ):
        chain.counting = Counting.PER_YEAR
        return Counting.PER_YEAR
    if found.figure.unit in SHARE_UNITS or found.rule == "word":
        return Counting.LEVEL
    if "累计" in said:
        chain.counting = Counting.CUMULATIVE
        return Counting.CUMULATIVE
    if found.rule == "listed" and chain.counting is not None:
        return chain.counting
    chain.counting = None
    if _INCREMENT.match(found.verb) or _COUNTED_PEOPLE.match(found.verb):
        return Counting.INCREMENT
    if found.verb and found.verb not in ("掌握", "参加", "配备", "提供"):
        return Counting.CUMULATIVE
    return Counting.CUMULATIVE if found.figure.unit in ("个", "所", "门", "项", "家") else Counting.LEVEL


_EACH = re.compile("每(?:名|位|个)?学生|学生每天|每生|学生[^，]{0,6}掌握")
_DISTRICT = re.compile("[每各]个?(?:区县|县区|市县|县市|市州|州市|地市|设区市|县|区|市)")
_SCHOOL = re.compile("[每各](?:所|个)?[^，、]{0,6}(?:学校|高校|院校|中学|小学|幼儿园)|每校")


def _scope(said: str, subject: str) -> TargetScope:
    if _EACH.search(said):
        return TargetScope.EACH_STUDENT
    if _DISTRICT.search(said):
        return TargetScope.EACH_DISTRICT
    if _SCHOOL.search(said):
        return TargetScope.EACH_SCHOOL
    return TargetScope.OTHER if subject.startswith(("中心城区", "主城")) else TargetScope.CITY
