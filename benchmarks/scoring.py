"""Holds draft items against gold readings: which belong together, and which fields are right."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from rapidfuzz import fuzz

from benchmarks.gold_readings import Fact, GoldTask
from duibiao.extract.items import DraftItem, Operator
from duibiao.kernel.text import folded
from duibiao.plan.model import Counting

SIZES = {"万": Decimal(10_000), "亿": Decimal(100_000_000), "千": Decimal(1_000)}
MARKS = re.compile(r"[“”\"'‘’《》（）()、，,·・\-—的]")
VERBS = re.compile(
    r"^(?:累计|持续|重点|推动|推进|支持|组织|力争|全市|我市|每年|新增|新建|新|培育|建设|建成|打造|创建|建强|建好|开发|评选"
    r"|遴选|培养|引进|实施|入选|形成|设立|举办|开展|选派|提供|完成|实现|确保|和|及|与)+"
)
MEASURES = {"名": "人", "M": "Mbps", "兆": "Mbps", "％": "%", "个百分点": "百分点"}
COUNTS = re.compile(r"(?:次数|数量|个数|人数|批次|数)$")
NEAR = 75
SAME_WORDS = 88  # the same words in another order: 中小学接收国际学生, 接收国际学生的中小学


@dataclass(frozen=True)
class Match:
    """A gold reading and the item that speaks of the same place; ``wrong`` names the fields that differ."""

    fact: Fact
    item: DraftItem
    wrong: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """All of subject (its head), operator, value, unit and due year agree."""
        return not {"subject", "operator", "value", "unit", "due"} & set(self.wrong)

    @property
    def is_whole(self) -> bool:
        """Every printed field of a row; what its number counts is judgement where the row does not say it."""
        return not set(self.wrong) - {"counting"}

    @property
    def is_exact(self) -> bool:
        """The same, and the subject letter by letter."""
        return self.is_right and "subject_exact" not in self.wrong


@dataclass
class Score:
    """What came of a comparison."""

    matches: list[Match] = field(default_factory=list)
    missed: list[Fact] = field(default_factory=list)
    alarms: list[DraftItem] = field(default_factory=list)

    @property
    def right(self) -> int:
        """Matches with every field that counts."""
        return sum(match.is_right for match in self.matches)

    @property
    def exact(self) -> int:
        """Matches with every field and the subject letter by letter."""
        return sum(match.is_exact for match in self.matches)

    @property
    def emitted(self) -> int:
        """Items that were read."""
        return len(self.matches) + len(self.alarms)

    @property
    def expected(self) -> int:
        """Gold readings."""
        return len(self.matches) + len(self.missed)

    def __add__(self, other: "Score") -> "Score":
        return Score(self.matches + other.matches, self.missed + other.missed, self.alarms + other.alarms)


def plain(text: str) -> str:
    """Words for comparison: no marks, no 的, full and half width alike."""
    return MARKS.sub("", folded(text))


def same_subject(item: str, gold: str) -> bool:
    """Tell whether two subjects are the same letter by letter, apart from marks."""
    return plain(item) == plain(gold) and item != ""


def near_subject(item: str, gold: str) -> bool:
    """Tell whether two subjects name the same thing: one holds the head of the other, or they are nearly the same."""
    a, b = bare_subject(item), bare_subject(gold)
    if not a or not b:
        return False
    short, long = sorted((a, b), key=len)
    if short in long and (2 * len(short) >= len(long) or (long.endswith(short) and len(short) >= 2)):
        return True
    if fuzz.ratio("".join(sorted(a)), "".join(sorted(b))) >= SAME_WORDS:
        return True
    return fuzz.ratio(a, b) >= NEAR or (len(short) >= 6 and fuzz.partial_ratio(a, b) >= 90)


def bare_subject(subject: str) -> str:
    """A subject without the verbs before it and the word for its number behind it."""
    words = plain(subject)
    return COUNTS.sub("", VERBS.sub("", words) or words)


def base_unit(unit: str) -> tuple[str, Decimal]:
    """A unit without its size: 万人次 → (人次, 10000)."""
    unit = folded(unit).replace("(", "").replace(")", "")
    size = Decimal(1)
    while unit[:1] in SIZES and len(unit) > 1:
        size *= SIZES[unit[0]]
        unit = unit[1:]
    return {"m": "Mbps", "mbps": "Mbps"}.get(unit, unit), size


def same_unit(item: str, gold: str) -> bool:
    """Tell whether two units count in the same thing; 名 is 人."""
    a, b = base_unit(item)[0], base_unit(gold)[0]
    return MEASURES.get(a, a) == MEASURES.get(b, b) or b.split("/")[0] == a or a.split("/")[0] == b


def amount(value: Decimal | None, unit: str) -> Decimal | None:
    """A value in its unit without size."""
    return None if value is None else value * base_unit(unit)[1]


def bounds(item: DraftItem) -> tuple[Decimal | None, Decimal | None]:
    """The value and upper value of an item as plain numbers."""
    if item.operator is Operator.ALL and item.value is None:
        return Decimal(100), None
    if item.operator is Operator.ZERO and item.value is None:
        return Decimal(0), None
    return amount(item.value, item.unit), amount(item.upper, item.unit)


def same_value(item: DraftItem, fact: Fact) -> bool:
    """Tell whether an item and a reading give the same number."""
    value, upper = bounds(item)
    wanted = amount(fact.value, fact.unit)
    if fact.operator is Operator.MULTIPLE and value is not None and wanted is not None:
        return value in (wanted, (wanted - 1) * 100)
    if {item.operator, fact.operator} == {
        Operator.ALL,
        Operator.EQUAL,
    } or fact.operator is item.operator is Operator.ALL:
        return (value in (None, Decimal(100), Decimal(1))) and wanted == 100
    return value == wanted and upper == amount(fact.upper, fact.unit)


def same_operator(item: DraftItem, fact: Fact) -> bool:
    """Tell whether the words bind alike. What an increment counts is compared under ``counting``."""
    found = item.operator
    if found is Operator.INCREASE:
        found = Operator.RANGE if item.upper is not None else Operator.EQUAL
        if fact.counting is Counting.INCREMENT or fact.operator is found:
            return found is fact.operator or (fact.operator is Operator.AT_LEAST and item.upper is None)
    alike = {Operator.ALL: Operator.EQUAL, Operator.ZERO: Operator.AT_MOST}
    if found is fact.operator:
        return True
    if Operator.ALL in (found, fact.operator) or Operator.ZERO in (found, fact.operator):
        return found is not None and alike.get(found, found) is alike.get(fact.operator, fact.operator)
    return False


def same_due(item: DraftItem, fact: Fact) -> bool:
    """Tell whether the year is right; where the document states none, the end of the plan or none at all is."""
    if item.due == fact.due:
        return True
    return item.due is None and not fact.is_due_stated


def differing(item: DraftItem, fact: Fact) -> tuple[str, ...]:
    """The fields in which an item differs from a reading."""
    is_wordy = not {fact.operator, item.operator}.isdisjoint((Operator.ALL, Operator.ZERO, Operator.MULTIPLE))
    checks: tuple[tuple[str, bool], ...] = (
        ("subject", near_subject(item.subject, fact.label)),
        ("subject_exact", same_subject(item.subject, fact.label)),
        ("operator", same_operator(item, fact)),
        ("value", same_value(item, fact)),
        ("unit", is_wordy or same_unit(item.unit, fact.unit)),
        ("due", same_due(item, fact)),
        ("due_stated", item.is_due_stated == fact.is_due_stated or item.due is None),
        ("soft", item.is_soft == fact.is_soft),
        ("counting", item.counting is fact.counting),
        ("scope", item.scope.value == fact.scope),
    )
    return tuple(name for name, is_right in checks if not is_right)


def compare(
    items: Sequence[DraftItem],
    facts: Sequence[Fact],
    check: Callable[[DraftItem, Fact], tuple[str, ...]] = differing,
) -> Score:
    """Pair items with readings by overlapping places, the best pairs first, and name what is left over."""
    pairs = []
    ordered = sorted(range(len(facts)), key=lambda at: facts[at].start)
    longest = max((fact.end - fact.start for fact in facts), default=0)
    starts = [facts[at].start for at in ordered]
    for at, item in enumerate(items):
        begin = bisect_left(starts, item.passage.start - longest)
        for place in ordered[begin:]:
            fact = facts[place]
            if fact.start >= item.passage.end:
                break
            if fact.end > item.passage.start:
                pairs.append((quality(item, fact), at, place))
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    taken_items: set[int] = set()
    taken_facts: set[int] = set()
    score = Score()
    for worth, at, place in pairs:
        if at in taken_items or place in taken_facts or worth < 1:
            continue
        taken_items.add(at)
        taken_facts.add(place)
        score.matches.append(Match(facts[place], items[at], check(items[at], facts[place])))
    score.missed = [fact for at, fact in enumerate(facts) if at not in taken_facts]
    score.alarms = [item for at, item in enumerate(items) if at not in taken_items]
    score.matches.sort(key=lambda match: match.fact.start)
    return score


def quality(item: DraftItem, fact: Fact) -> float:
    """How well an item fits a reading whose place it shares; below 1 they do not belong together."""
    shared = min(item.passage.end, fact.end) - max(item.passage.start, fact.start)
    cover = shared / max(item.passage.end - item.passage.start, fact.end - fact.start, 1)
    alike = fuzz.ratio(plain(item.subject), plain(fact.label)) / 100
    if same_value(item, fact):
        return 4 + 2 * alike + cover
    return (1 if cover >= 0.5 or alike >= 0.6 else 0) + alike + cover / 2


def row_differing(item: DraftItem, fact: Fact) -> tuple[str, ...]:
    """The fields in which a row differs from the gold row; labels and figures letter by letter, white space apart."""
    checks = (
        ("label", bare_label(item.subject) == bare_label(fact.label)),
        ("unit", folded(item.unit) == folded(fact.unit)),
        ("baseline", folded(item.baseline_written) == folded(fact.baseline)),
        ("baseline_year", item.baseline_year == fact.baseline_year or fact.baseline == "—"),
        ("written", folded(item.written) == folded(fact.written)),
        ("operator", same_operator(item, fact)),
        ("value", same_value(item, fact)),
        ("due", item.due == fact.due),
        ("counting", item.counting is fact.counting),
        ("group", folded(item.group) == folded(fact.group)),
        ("parent", bare_label(item.parent) == bare_label(fact.parent)),
        ("obligation", item.obligation.value == fact.obligation),
    )
    return tuple(name for name, is_right in checks if not is_right)


def bare_label(label: str) -> str:
    """A label without its unit in brackets at the end and without quotation marks' shapes."""
    return re.sub(r"[“”\"]", "", re.sub(r"\([^()]*\)$", "", folded(label)))


@dataclass(frozen=True)
class TaskMatch:
    """A gold task and the item read for it."""

    task: GoldTask
    item: DraftItem | None
    wrong: tuple[str, ...]


def compare_tasks(items: Iterable[DraftItem], tasks: Sequence[GoldTask], names: dict[str, str]) -> list[TaskMatch]:
    """Pair tasks with the items that begin in their place."""
    left = sorted(items, key=lambda item: item.passage.start)
    found = []
    for task in tasks:
        inside = [item for item in left if task.start - 2 <= item.passage.start < task.end]
        item = next((one for one in inside if one.number.strip(".．（）() ") == str(task.number)), None)
        found.append(TaskMatch(task, item, task_differing(item, task, names) if item else ("missing",)))
    return found


def task_differing(item: DraftItem, task: GoldTask, names: dict[str, str]) -> tuple[str, ...]:
    """The fields in which a task differs."""

    def known(departments: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(names.get(name, name) for name in departments)

    checks = (
        ("title", plain(item.subject).rstrip("。") == plain(task.title)),
        ("lead", known(item.lead) == known(task.lead)),
        ("cooperating", known(item.cooperating) == known(task.cooperating)),
        ("passage", abs(item.passage.start - task.start) <= 3),
    )
    return tuple(name for name, is_right in checks if not is_right)
