"""Why a pack does not say what the program reads in the document: explanations a person wrote, and what they explain.

An explanation names entries of one plan, or a class of differences by a condition the program checks. One that
explains nothing is out of date: it is told, never kept in silence.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from duibiao.kernel.problem import Report, Where
from duibiao.kernel.reading import Record
from duibiao.kernel.text import folded
from duibiao.metrics.indicator import Indicator
from duibiao.plan.compare import FIELD_WORDS, Difference
from duibiao.plan.goal import GoalKind
from duibiao.plan.matching import same_bounds
from duibiao.plan.model import ClauseKind, Plan, Target

UNREAD, EXTRA = "unread", "extra"
"""The fields of an entry the program does not read, and of one it reads and the pack does not have."""
ITEMS = ("target", "task", *ClauseKind)
READ_KINDS = (
    *(ClauseKind.POSITION, ClauseKind.ACTION, ClauseKind.PROJECT, ClauseKind.MILESTONE, ClauseKind.SECTION),
    *(ClauseKind.PART, ClauseKind.MEASURE, ClauseKind.PROGRAMME, ClauseKind.SAFEGUARD),
)
"""The kinds of clause a draft tells apart; the program reads no others."""
LEAST_SHARE = 3
"""A subject shorter than a third of a label does not carry it: such a label is explained by itself."""


class Condition(StrEnum):
    """What must be true of a difference for a class of differences to hold it."""

    FULLER = "fuller"  # the pack's label contains the words that were read
    SHORTER = "shorter"  # the words of the pack's label stand, in their order, in what was read
    SILENT = "silent"  # nothing was read there
    ROW = "row"  # a row of the indicator table whose label does not say what it counts (累计)
    COUNTS_NEW = "counts_new"  # the same numbers, of an indicator that counts only the newly gained
    IN_WORDS = "in_words"  # a target without a number
    UNREAD_KIND = "unread_kind"  # a kind of clause the program does not tell apart
    CANDIDATE = "candidate"  # the pack's indicator is among the candidates the program offers


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a pack and the reading of its document differ (读数说明).

    ``items`` are entries of ``plan``; without them ``when`` says which differences are meant, in every plan or in one.
    ``read`` is what the program reads there: when it reads something else, the explanation no longer holds.
    """

    of: tuple[str, ...]
    field: str
    reason: str
    where: Where
    plan: str = ""
    items: tuple[str, ...] = ()
    when: Condition | None = None
    read: str = ""


@dataclass(frozen=True)
class Explained:
    """Differences, each with what explains it, and the explanations that explain nothing (已说明的差异)."""

    reasons: tuple[Explanation | None, ...]
    used: frozenset[tuple[Where, str]] = field(default_factory=frozenset)

    @property
    def open(self) -> int:
        """How many differences nobody has explained."""
        return sum(one is None for one in self.reasons)


def read_explanation(record: Record) -> Explanation:
    """Read one entry of ``readings.yaml``."""
    found = Explanation(
        of=tuple(record.texts("of")),
        field=record.text("field"),
        reason=record.text("reason"),
        where=record.where("field"),
        plan=record.optional("plan") or "",
        items=tuple(record.texts("items")),
        when=record.choice("when", Condition) if record.has("when") else None,
        read=record.optional("read") or "",
    )
    record.close()
    choices = (*FIELD_WORDS, UNREAD, EXTRA)
    if found.field and found.field not in choices:
        record.report.add(
            "PACK-CHOICE", record.where("field"), field="field", value=found.field, choices=", ".join(choices)
        )
    for one in found.of:
        if one not in ITEMS:
            record.report.add("PACK-CHOICE", record.where("of"), field="of", value=one, choices=", ".join(ITEMS))
    if not found.of:
        record.report.add("PACK-FIELD-MISSING", record.where("of"), field="of")
    if not found.items and found.when is None:
        record.report.add("PACK-FIELD-MISSING", record.where("items"), field="items / when")
    if found.items and not found.plan:
        record.report.add("PACK-FIELD-MISSING", record.where("plan"), field="plan")
    return found


def check_explanations(found: Iterable[tuple[Explanation, Record]], plans: Mapping[str, Plan], report: Report) -> None:
    """Report explanations of plans and entries that do not exist; a place of the document is checked by comparing."""
    for one, record in found:
        if not one.plan:
            continue
        if one.plan not in plans:
            report.add("PLAN-UNKNOWN", record.where("plan"), name=one.plan)
            continue
        there = entries(plans[one.plan], one.of)
        for item in one.items:
            if one.field != EXTRA and item not in there:
                report.add("PLAN-ITEM-UNKNOWN", record.where("items"), name=item)


def entries(plan: Plan, of: Iterable[str]) -> set[str]:
    """The names of a plan's entries of some kinds: id of a target, number of a task or clause."""
    kinds = set(of)
    found = {one.id.removeprefix(f"{plan.code}/") for one in plan.targets if "target" in kinds}
    found |= {str(one.number) for one in plan.tasks if "task" in kinds}
    return found | {one.number for one in plan.clauses if one.kind in kinds}


def explain(
    differences: Sequence[Difference],
    plan: str,
    explanations: Iterable[Explanation],
    indicators: Mapping[str, Indicator],
    candidates: Callable[[str], Iterable[str]] = lambda _: (),
) -> Explained:
    """Give every difference of a reading (old side) from a plan (new side) what explains it.

    An explanation of named entries goes before a class. ``candidates`` answers the indicators offered for a drafted
    target, by its id.
    """
    judge = _Judge(indicators, candidates)
    there = sorted(explanations, key=lambda one: not one.items)
    mine = [one for one in there if one.plan in ("", plan)]
    reasons: list[Explanation | None] = []
    used: set[tuple[Where, str]] = set()
    for difference in differences:
        name, what = name_of(difference), _field(difference)
        found = next((one for one in mine if judge.holds(one, difference, name, what)), None)
        reasons.append(found)
        if found:
            used.add((found.where, name if found.items else ""))
    return Explained(tuple(reasons), frozenset(used))


def idle(explanations: Iterable[Explanation], used: Iterable[tuple[Where, str]]) -> list[tuple[Explanation, str]]:
    """The explanations that explained nothing, an entry of a list by its name."""
    seen = set(used)
    return [(one, item) for one in explanations for item in one.items or ("",) if (one.where, item) not in seen]


def name_of(difference: Difference) -> str:
    """What an explanation calls the item of a difference: its id or number, or its place where the pack has none."""
    item = difference.now
    if item is None:
        return str(difference.old.locator) if difference.old else ""
    entry = item.entry
    return entry.id.split("/", 1)[-1] if isinstance(entry, Target) else item.number


def _field(difference: Difference) -> str:
    if difference.now is None:
        return EXTRA
    return difference.field or UNREAD


class _Judge:
    """Tells whether an explanation holds of a difference."""

    def __init__(self, indicators: Mapping[str, Indicator], candidates: Callable[[str], Iterable[str]]) -> None:
        self.indicators, self.candidates = indicators, candidates

    def holds(self, one: Explanation, difference: Difference, name: str, what: str) -> bool:
        if one.field != what or difference.item not in one.of:
            return False
        if one.read and folded(one.read) != folded(difference.before.zh):
            return False
        if one.items:
            return name in one.items
        return one.when is not None and self.is_met(one.when, difference)

    def is_met(self, when: Condition, difference: Difference) -> bool:
        read, held = _words(difference.before.zh), _words(difference.after.zh)
        was = difference.was.entry if difference.was else None
        now = difference.now.entry if difference.now else None
        match when:
            case Condition.FULLER:
                return bool(read) and read in held and LEAST_SHARE * len(read) >= len(held)
            case Condition.SHORTER:
                return _in_order(held, read)
            case Condition.SILENT:
                return not read
            case Condition.UNREAD_KIND:
                return difference.item in set(ClauseKind) - set(READ_KINDS)
            case Condition.IN_WORDS:
                return isinstance(now, Target) and now.goal.needs_evidence
            case _ if isinstance(was, Target) and isinstance(now, Target):
                return self.of_targets(when, was, now)
        return False

    def of_targets(self, when: Condition, was: Target, now: Target) -> bool:
        if when is Condition.ROW:
            return now.row is not None and "累计" not in now.label
        if when is Condition.CANDIDATE:
            return now.indicator in self.candidates(was.id)
        indicator = self.indicators.get(now.indicator)
        counts_new = indicator is not None and indicator.counts_new
        return counts_new and was.goal.kind is GoalKind.INCREMENT and same_bounds(was, now)


def _words(text: str) -> str:
    """Words without marks: quotation marks and brackets carry no name."""
    return "".join(letter for letter in folded(text) if letter.isalnum())


def _in_order(short: str, long: str) -> bool:
    """Tell whether the characters of a text stand in another in the same order."""
    rest = iter(long)
    return bool(short) and len(short) < len(long) and all(letter in rest for letter in short)
