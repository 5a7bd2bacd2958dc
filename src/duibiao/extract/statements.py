"""Quantified statements and achieved figures in running text: one paragraph → draft items.

A paragraph is cut into sentences and clauses; in a clause the figures are found; each figure is bound by what stands
before it (达到, 不低于, 建设) and by its own ending (以上, 左右), and counts either the noun before it (特色学校50所)
or the one behind it (50所特色学校). What a list or a sentence says once (verb, year, 力争, the head of a noun) is
carried to the members that follow. Where none of this fits, nothing is said.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from duibiao.extract.baselines import NO_BASELINE, baseline_of
from duibiao.extract.bindings import Member
from duibiao.extract.counted import PENDING
from duibiao.extract.items import DraftItem, ItemPassage, ItemType, Operator
from duibiao.extract.outline import Context
from duibiao.extract.quantities import figures, half_width, has_figure, without_names
from duibiao.extract.readings import Chain, Found
from duibiao.extract.subjects import KIND, halves, is_bare, is_kind, is_odd, measure_at_end, without_leading
from duibiao.extract.tense import Clock, Sentence, Tense, without_years
from duibiao.extract.wording import KEPT_VERBS, PER, SHARE_UNITS, SOFT, STANDING_VERBS
from duibiao.kernel.quick import quick_dataclass
from duibiao.plan.model import Counting, TargetScope
from duibiao.sources.blocks import Original
from duibiao.sources.citation import passage_hash
from duibiao.sources.mapped import MappedText

CONFIDENCE = {
    "bound": Decimal("0.98"),
    "verb-before": Decimal("0.98"),
    "verb-behind": Decimal("0.96"),
    "listed": Decimal("0.98"),
    "word": Decimal("0.97"),
    "named": Decimal("0.90"),
    "relative": Decimal("0.90"),
    "achieved": Decimal("0.92"),
}
"""The share of a rule's readings that were right on the gold readings; ``named`` and ``relative`` are too rare there
to be measured, so theirs is a guess."""

_SENTENCE_END = re.compile("[。！？…\n]")
_GAP = re.compile(r"\s\s*")
_CLAUSE_END = re.compile("[，；：,:;](?:(?<![:,：])|(?<![0-9].)|(?![0-9]))")
"""A mark between two digits belongs to their number."""
_INCREMENT = re.compile("^(?:新|增|引|选派|派出|招|扩建|改扩建)")
_ADDS = re.compile("新.{1,5}$|改扩建|扩建|改建")
"""What is added is counted, not what there is: 新增学位, 改扩建幼儿园."""
_NEWLY = re.compile("^新|新[增建设]")
_COUNTED_PEOPLE = re.compile("^(?:培养|培训)")
_YEARS = re.compile(r"20\d\d年?[底末]?(?:(?:、|和|及|以及)(?:到)?20\d\d年?[底末]?)+")
"""Several years in one breath, whose figures follow by their order."""
_YEARLY = re.compile("(?<!每[生人班校亩])每(?:学)?年|一年一|年均(?!浓度|气温|降[雨水])|^年(?=[完培输招选]|$)")
"""What is counted year by year; 每生每年 belongs to the unit."""
_NEW_WORK = re.compile(
    "(?:[一二三四五六七八九]是)?(?:培育|落实|推动|推进|开展|实施|组织|支持|加强|鼓励|引导|深化|完善|健全|举办|选派)"
)
"""Words that begin new work, of which 力争 before it says nothing; a further result (建成, 新增) it still governs."""
_OF_WHICH = re.compile(
    "（(?:(?:其中|含|包括|包含)[：:，]?(?P<words>[^，；：（）]{2,24}?[0-9][^，；：（）]{0,12})"
    "|(?P<share>[^，；：（）]{4,24}占[0-9.]{1,5}%(?:以上|左右)?)"
    f"|(?P<kinds>(?:{KIND}[0-9][^，；：（）、]{{0,10}}[、，]?){{2,}}))）"
)
_AGENT = re.compile(
    "(?P<who>[^，、；。○“”每]{2,18}?"
    "(?:负责同志|负责人|领导干部|领导班子|领导|干部|书记|校长|园长|教师|工作组|委员会|党委|政府|部门)(?:常委会议?|常务会议?|全体会议)?)"
    "(?=[^，；]{0,14}每)"
)
"""The one of whom a sentence says what is to be done every year, by each clause."""
_UNTIL = re.compile("累计|共计|总数|总量|达到|建成|○年[，底末前]")
_ACTS = re.compile(
    "支持|推出|开展|举办|组织|选派|派出|培训|轮训|资助|奖励|发表|出版|发布|遴选|评选|招聘|招募|引进|引育|联系|研究|召开|吸引|慰问|征集"
)
"""What is done again every year where 每年 stood before it."""
_TAKEN = re.compile("[将把](?P<what>[^，；、]{2,16}?)纳入")
_RATED = re.compile("每[生人班校亩]每(?:学)?年|生均|人均")


SHORT_SUBJECT = "short_subject"
"""The flag of a target whose subject is a kind of thing alone: which ones, a person reads in the passage."""


UNSURE = "unsure_subject"
"""The flag of a target whose subject holds words that are rarely part of a name: it may have taken too much."""
CONDITIONAL = "conditional"
"""The flag of a target that holds only for those a clause before it names (10人以上的，…): a person reads for whom."""


@quick_dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph as written, with the names hidden, and with the years hidden too; all of one length."""

    words: MappedText
    original: Original
    context: Context
    text: str
    hidden: str
    shown: str

    @classmethod
    def of(cls, words: MappedText, original: Original, context: Context) -> "_Paragraph":
        if len(words.text.split(None, 1)) > 1 or words.text[0].isspace() or words.text[-1].isspace():
            words = words.without([match.span() for match in _GAP.finditer(words.text)])
        text = half_width(words.text)
        hidden = without_names(text)
        return cls(words, original, context, text, hidden, without_years(hidden))


def statements(words: MappedText, original: Original, context: Context) -> list[DraftItem]:
    """Read one paragraph."""
    if not has_figure(words.text) and not _has_parted_figure(words.text):
        return []
    paragraph = _Paragraph.of(words, original, context)
    clock = Clock(context)
    clock.begin(paragraph.text)
    items: list[DraftItem] = []
    for number, (start, end) in enumerate(_between(_SENTENCE_END, paragraph.shown, 0, len(paragraph.shown))):
        is_counting = has_figure(paragraph.shown, start, end)
        if not is_counting and not clock.looks_back and paragraph.hidden.find("年", start, end) < 0:
            continue  # it moves neither year nor tense
        state = clock.sentence(paragraph.text[start:end], paragraph.hidden[start:end], number == 0)
        if is_counting:
            items += _sentence(paragraph, start, end, state)
        elif "20" in paragraph.hidden[start:end]:  # only a year is carried on from a sentence without a figure
            for first, last in _between(_CLAUSE_END, paragraph.shown, start, end):
                state.clause(paragraph.hidden[first:last])
    return items


def _between(ends: re.Pattern[str], text: str, start: int, stop: int) -> list[tuple[int, int]]:
    """The stretches between marks that end a sentence or a clause; none is empty."""
    found: list[tuple[int, int]] = []
    for mark in ends.finditer(text, start, stop):
        end = mark.start()
        if start < end:
            found.append((start, end))
        start = end + 1
    if start < stop:
        found.append((start, stop))
    return found


def _has_parted_figure(text: str) -> bool:
    """Tell whether the layout parted a word that stands for a figure (全 覆盖)."""
    return (" " in text or "\u3000" in text or "\n" in text) and has_figure("".join(text.split()))


def _sentence(paragraph: _Paragraph, start: int, end: int, state: Sentence) -> Iterator[DraftItem]:
    shown = paragraph.shown
    chain = Chain()
    waiting: list[tuple[Found, Tense]] = []
    for first, last in _between(_CLAUSE_END, shown, start, end):
        if shown[first - 1 : first] in ("；", ";"):
            chain = replace(
                chain, verb="", subject="", agent="", topic="", whole="", taken="", measure="", is_conditional=False
            )
        state.clause(paragraph.hidden[first:last])
        _carry(chain, paragraph, first, last)
        found = figures(shown[first:last])
        if not found:
            chain.pass_over(shown[first:last])
            chain.measure = measure_at_end(paragraph.text, shown, first, last)
            taken = _TAKEN.search(shown, first, last) if shown.find("纳入", first, last) >= 0 else None
            chain.taken = paragraph.text[taken.start("what") : taken.end("what")] if taken else ""
            continue
        tense = state.tense()
        if tense.is_past and state.is_wish(paragraph.text[first:last]):
            continue
        dues = state.dues(paragraph.hidden[first:last])
        for read in Member(paragraph.text, shown, first, last, chain, tense).read(found):
            reading = _dated(read, dues)
            if PENDING in reading.flags:
                waiting.append((reading, tense))
                continue
            for early, then in _named_now(waiting, reading):
                yield from _items(paragraph, early, chain, then)
            yield from _items(paragraph, reading, chain, tense)
        for inner in _OF_WHICH.finditer(paragraph.text, first, last) if shown.find("（", first, last) >= 0 else ():
            yield from _of_which(paragraph, *inner.span(inner.lastgroup or "words"), chain, tense)


def _dated(reading: Found, dues: list[tuple[int, int]]) -> Found:
    """A reading with the year that stands nearest before its figure, where its clause names several."""
    before = [year for place, year in dues if place <= reading.figure.start]
    return replace(reading, due=before[-1]) if len(dues) > 1 and before and reading.due is None else reading


def _named_now(waiting: list[tuple[Found, Tense]], reading: Found) -> Iterator[tuple[Found, Tense]]:
    """What was counted before its noun was said: 建设50家，再建设100家左右的X."""
    if reading.rule != "verb-behind":
        return
    for early, tense in waiting:
        if early.figure.unit == reading.figure.unit:
            yield replace(early, subject=reading.subject, flags=()), tense
    waiting.clear()


def _of_which(paragraph: _Paragraph, start: int, end: int, chain: Chain, tense: Tense) -> Iterator[DraftItem]:
    """What a bracket says is contained: （其中农民工培训15万人）, （含新增高技能人才15万人）."""
    shown = paragraph.shown[:start] + without_years(paragraph.text[start:end]) + paragraph.shown[end:]
    found = figures(shown[start:end])
    inner = Chain(verb=chain.verb, is_soft=chain.is_soft, counting=chain.counting, measure=chain.name)
    for reading in Member(paragraph.text, shown, start, end, inner, tense).read(found):
        if PENDING not in reading.flags:
            yield from _items(paragraph, _of_that_kind(reading, chain), inner, tense)


def _of_that_kind(reading: Found, chain: Chain) -> Found:
    """X 15个（其中小学8个）: those X that belong to the kind; a school is one itself (学校56所，其中小学30所)."""
    is_part = chain.unit == reading.figure.unit != "所" and is_kind(reading.subject)
    return replace(reading, subject=reading.subject + chain.name.removeprefix("总体")) if is_part else reading


def _carry(chain: Chain, paragraph: _Paragraph, first: int, last: int) -> None:
    """What a clause says for those behind it: 力争 and 每年 hold on, 力争新建 until the next verb, 原则上 here only."""
    shown = paragraph.shown
    if shown.find("○、", first, last) >= 0 or shown.find("○和", first, last) >= 0:
        several = _YEARS.search(paragraph.text, first, last)
        chain.years = tuple(map(int, re.findall(r"20\d\d", several.group()))) if several else ()
    soft = SOFT.search(shown, first, last)
    if soft:
        is_rule = soft.group() == "原则上"
        chain.is_soft = True
        chain.soft_until = "clause" if is_rule else "" if shown.startswith(("到", "○"), soft.end()) else "work"
    elif chain.soft_until == "clause" or (chain.soft_until == "work" and _NEW_WORK.match(shown, first, last)):
        chain.is_soft, chain.soft_until = False, ""
    if shown.find("年", first, last) >= 0 and _YEARLY.search(shown, first, last):
        chain.is_yearly = True
        agent = _AGENT.match(shown, without_leading(shown, first, last), last)
        chain.agent = agent["who"] if agent else chain.agent
    elif chain.is_yearly and (shown[first - 1 : first] in ("；", ";") or _UNTIL.search(shown, first, last)):
        chain.is_yearly = False


def _items(paragraph: _Paragraph, found: Found, chain: Chain, tense: Tense) -> Iterator[DraftItem]:
    if _ADDS.match(found.verb) and not _NEWLY.search(found.subject):
        found = replace(found, subject=found.verb.removesuffix("了") + found.subject)
    if chain.agent and found.figure.unit in ("次", "所"):
        found = replace(found, subject=_done_by(chain.agent, found))
    is_joint = found.rule in ("bound", "word", "relative") or found.subject.endswith("各")
    subjects = halves(found.subject) if is_joint else [found.subject]
    for subject in subjects:
        one = found if subject == found.subject else replace(found, subject=subject)
        item = _item(paragraph, one, chain, tense)
        if item:
            yield item


def _done_by(agent: str, found: Found) -> str:
    """An act with the one who does it: 校长每年听课至少20次，联系班级至少1个."""
    subject = found.subject
    if subject.startswith(agent):
        yearly = _YEARLY.search(subject, len(agent))
        return f"{agent}{subject[yearly.start() :].removesuffix('次数')}次数" if yearly else subject
    if found.figure.unit == "所":
        return agent + found.verb + subject
    return f"{agent}每年{subject.removesuffix('次数')}次数"


def _item(paragraph: _Paragraph, found: Found, chain: Chain, tense: Tense) -> DraftItem | None:
    words, original, context = paragraph.words, paragraph.original, paragraph.context
    start, end = found.start, found.end
    try:
        first, last = words.span(start, end)
    except ValueError:
        return None  # words a repair put in stand nowhere in the original
    if not tense.is_past and tense.due is None and not context.is_plan:
        return None
    figure = found.figure
    said = words.text[start:end]
    counting = _counting(found, chain, said)
    if tense.is_past and counting is Counting.CUMULATIVE and "累计" not in said:
        counting = Counting.LEVEL
    operator = found.operator
    if counting is Counting.INCREMENT and operator is Operator.EQUAL and found.verb.startswith(("新", "增")):
        operator = Operator.INCREASE
    if found.verb in KEPT_VERBS and operator is Operator.EQUAL:
        operator, counting = Operator.KEEP, Counting.LEVEL
    unit = figure.unit
    if unit == "次" and (per := PER.search(said)):
        unit = f"次/{per[1]}"
    base = NO_BASELINE if tense.is_past else baseline_of(half_width(said), found)
    return DraftItem(
        type=ItemType.ACHIEVED if tense.is_past else ItemType.STATEMENT,
        document=context.document,
        section=context.section,
        number=context.number,
        subject=found.subject,
        passage=ItemPassage(first, last, original.text[first:last], original.locator(first, last), passage_hash(said)),
        rule="achieved" if tense.is_past else found.rule,
        confidence=CONFIDENCE["achieved" if tense.is_past else found.rule],
        operator=operator,
        is_soft=figure.is_soft or chain.is_soft,
        written=_written(said, found, start),
        value=figure.value,
        upper=figure.upper,
        unit=unit,
        baseline_year=base.year,
        baseline=base.value,
        due=found.due or tense.due,
        is_due_stated=found.due is not None or tense.is_due_stated,
        period=tense.period,
        scope=_scope_in_list(said, found, chain),
        counting=counting,
        flags=_flags(found, chain, tense),
    )


def _flags(found: Found, chain: Chain, tense: Tense) -> tuple[str, ...]:
    """What a person should look at: a subject that is a kind alone, and a condition that a clause before sets."""
    if tense.is_past:
        return found.flags
    marks = (
        (SHORT_SUBJECT, is_bare(found.subject)),
        (UNSURE, is_odd(found.subject)),
        (CONDITIONAL, chain.is_conditional),
    )
    return (*found.flags, *(flag for flag, holds in marks if holds))


def _written(said: str, found: Found, start: int) -> str:
    """The words from the bound to the end of the figure."""
    place = said.rfind(found.subject)
    if place >= 0 and place + len(found.subject) < len(said):
        rest = said[place + len(found.subject) :].lstrip("、，；")
        if has_figure(rest):
            return rest
    return said.lstrip("、，；")


def _counting(found: Found, chain: Chain, written: str) -> Counting:
    said = found.before + found.verb + (written if found.rule in ("bound", "relative") else "")
    is_kept = found.rule == "word" and found.figure.operator is Operator.AT_LEAST and found.figure.unit in SHARE_UNITS
    if _YEARLY.search(said) or "逐年" in found.subject or is_kept:
        chain.counting = Counting.PER_YEAR
        return Counting.PER_YEAR
    is_rate = found.figure.unit in SHARE_UNITS or found.rule == "word" or _RATED.search(written)
    if is_rate or (found.figure.unit == "次" and PER.search(written)):  # 每季度1次 is a rate
        return Counting.LEVEL
    if "累计" in said:
        chain.counting = Counting.CUMULATIVE
        return Counting.CUMULATIVE
    if found.rule == "listed" and chain.counting is not None:
        return chain.counting
    chain.counting = None
    if chain.is_yearly and (_ACTS.match(found.verb) or (found.figure.unit == "次" and not found.verb)):
        chain.counting = Counting.PER_YEAR
        return Counting.PER_YEAR
    return _counted_by(found, said)


def _counted_by(found: Found, said: str) -> Counting:
    """What the verb says of how a figure counts, where no word of time does."""
    if "当年" in said or found.verb in STANDING_VERBS or (not found.verb and found.rule == "named"):
        return Counting.LEVEL
    if _INCREMENT.match(found.verb) or _COUNTED_PEOPLE.match(found.verb):
        return Counting.INCREMENT
    is_thing = found.figure.unit in ("个", "所", "门", "项", "家")
    return Counting.CUMULATIVE if found.verb or is_thing else Counting.LEVEL


_EACH_MARK = re.compile("[每各兆生]")
"""Whoever is spoken of one by one is so with one of these."""
_EACH = re.compile("每(?:名|位|个)?学生|学生每天|每生|学生[^，]{0,6}掌握")
_DISTRICT = re.compile(
    "[每各]个?(?:区县|县区|市县|县市|市州|州市|地市|设区市|县|区|市)|兆[^，、]{0,2}[到进入](?:区县|县)"
)
_SCHOOL = re.compile(
    "(?:每(?!半?年|学[年期]|季度|[月周天次])|各(?![级类种项]))(?:所|个)?[^，、]{0,6}(?:学校|高校|院校|中学|小学|幼儿园)|每校|兆[^，、]{0,2}[到进入]校"
)


def _scope_in_list(said: str, found: Found, chain: Chain) -> TargetScope:
    """The scope a passage says, or for a further member of a list the scope of the list."""
    scope = _scope(said, found.subject)
    if found.rule != "listed":
        chain.scope = scope
    return chain.scope if chain.scope and scope is TargetScope.CITY else scope


def _scope(said: str, subject: str) -> TargetScope:
    if not _EACH_MARK.search(said):
        return TargetScope.OTHER if subject.startswith(("中心城区", "主城")) else TargetScope.CITY
    if _EACH.search(said):
        return TargetScope.EACH_STUDENT
    if _DISTRICT.search(said):
        return TargetScope.EACH_DISTRICT
    if _SCHOOL.search(said):
        return TargetScope.EACH_SCHOOL
    return TargetScope.OTHER if subject.startswith(("中心城区", "主城")) else TargetScope.CITY
