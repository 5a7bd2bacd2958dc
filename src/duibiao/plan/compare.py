"""What changed between two plans: items are matched first, then every field of a pair is compared.

A title, label or number may change and the item stays the same item; that is why matching scores likeness instead
of looking numbers up. Two items are one where the score reaches ``SAME``; the best pairs are taken first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from duibiao.kernel.text import Text, folded
from duibiao.kernel.value import Quantity, UnitMismatchError, converted
from duibiao.plan.likeness import grams, overlap
from duibiao.plan.model import Clause, ClauseKind, Counting, Obligation, Plan, Target, TargetScope, Task
from duibiao.sources.citation import Citation

SAME = 0.5
"""The score from which two items are taken for one: half of what an unchanged item has."""
TITLE, NUMBER, PLACE = 0.75, 0.15, 0.10
"""How much the likeness of titles, the same number and the same section count for a task or clause."""
INDICATOR, LABEL, SPOT, SHAPE = 0.40, 0.35, 0.15, 0.10
"""How much the indicator, the likeness of labels, the row or item, and year, counting and scope count for a target."""
MOST_HOLDERS = 200
"""A pair of characters more items hold does not name an item: it is not used to look for candidates."""
MOST_CANDIDATES = 50
"""So many items, those with most in common, are scored against an item."""


class DifferenceKind(StrEnum):
    """What happened to an item of a plan."""

    ADDED = "added"  # 新增
    DROPPED = "dropped"  # 删除
    MOVED = "moved"  # 移动
    TITLE = "title"  # 名称修改
    TARGET = "target"  # 目标值修改
    DEPARTMENT = "department"  # 部门修改


KIND_WORDS = {
    DifferenceKind.ADDED: Text("新增", "added"),
    DifferenceKind.DROPPED: Text("删除", "dropped"),
    DifferenceKind.MOVED: Text("移动", "moved"),
    DifferenceKind.TITLE: Text("改名", "changed title"),
    DifferenceKind.TARGET: Text("改目标", "changed target"),
    DifferenceKind.DEPARTMENT: Text("改部门", "changed department"),
}
FIELD_WORDS = {
    "number": Text("编号", "number"),
    "section": Text("所在部分", "section"),
    "title": Text("名称", "title"),
    "goal": Text("目标值", "goal"),
    "due": Text("目标年", "due year"),
    "baseline": Text("基期值", "baseline"),
    "unit": Text("单位", "unit"),
    "obligation": Text("约束性/预期性", "binding or expected"),
    "counting": Text("计数方式", "counting"),
    "scope": Text("针对对象", "scope"),
    "soft": Text("是否留有余地", "softly worded"),
    "indicator": Text("统一指标", "canonical indicator"),
    "year": Text("阶段年份", "year of the milestone"),
    "lead": Text("牵头部门", "leading department"),
    "cooperating": Text("配合部门", "cooperating department"),
}
"""The fields a difference can speak of, in the order they are told."""
VALUE_WORDS: Mapping[StrEnum, Text] = {
    Obligation.BINDING: Text("约束性", "binding"),
    Obligation.EXPECTED: Text("预期性", "expected"),
    Obligation.UNSTATED: Text("未注明", "unstated"),
    Counting.LEVEL: Text("时点数", "level"),
    Counting.CUMULATIVE: Text("累计", "cumulative"),
    Counting.INCREMENT: Text("新增", "increment"),
    Counting.PER_YEAR: Text("每年", "per year"),
    TargetScope.CITY: Text("全市", "whole area"),
    TargetScope.EACH_DISTRICT: Text("每个区县", "each district"),
    TargetScope.EACH_SCHOOL: Text("每所学校", "each school"),
    TargetScope.EACH_STUDENT: Text("每名学生", "each student"),
    TargetScope.OTHER: Text("其他特定对象", "other"),
}
SOFT_WORDS = {True: Text("留有余地", "soft"), False: Text("不留余地", "firm")}
NOTHING = Text("")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same in two plans (修改), with the citation of both sides.

    ``item`` is ``target``, ``task`` or the kind of clause; ``field`` is empty for an item that came or went.
    ``before`` and ``after`` say what the field holds, a goal as the document writes it.
    """

    kind: DifferenceKind
    item: str
    name: str
    field: str = ""
    before: Text = NOTHING
    after: Text = NOTHING
    old: Citation | None = None
    new: Citation | None = None


@dataclass(frozen=True, slots=True)
class _Item:
    """What matching and comparing need of a target, task or clause."""

    what: str
    title: str
    number: str
    section: str
    citation: Citation
    entry: Target | Task | Clause


def diff(a: Plan, b: Plan, departments: Mapping[str, str] | None = None) -> list[Difference]:
    """Tell what plan ``b`` changed against plan ``a``; ``departments`` gives the main name of every alias.

    Targets are compared as their latest amendment leaves them. What came, went and moved is told in the order of
    the plans: clauses by kind, then tasks, then targets.
    """
    names = departments or {}
    old, new = _by_kind(a), _by_kind(b)
    found: list[Difference] = []
    for what in [*ClauseKind, "task", "target"]:
        found += _compared(old.get(what, []), new.get(what, []), names)
    return found


def _by_kind(plan: Plan) -> dict[str, list[_Item]]:
    """The items of a plan by what they are, in the order of the document; a section is named by its title."""
    titles = {clause.number: clause.title.zh for clause in plan.clauses if clause.kind is ClauseKind.SECTION}
    found: dict[str, list[_Item]] = defaultdict(list)
    for clause in plan.clauses:
        found[clause.kind].append(
            _Item(clause.kind, clause.title.zh, clause.number, clause.within, clause.citation, clause)
        )
    for task in plan.tasks:
        section = titles.get(task.section, "") or task.section
        found["task"].append(_Item("task", task.title, str(task.number), section, task.citation, task))
    for target in (target.on(date.max) for target in plan.targets):
        title = f"{target.parent}：{target.label}" if target.parent else target.label
        number, section = ("", target.item) if target.row is None else (str(target.row), target.group)
        found["target"].append(_Item("target", title, number, section, target.citation, target))
    return found


def _compared(old: Sequence[_Item], new: Sequence[_Item], names: Mapping[str, str]) -> list[Difference]:
    """The differences between the items of one kind."""
    pairs = _pairs(old, new)
    came = set(pairs.values())
    found: list[Difference] = []
    for at, item in enumerate(old):
        if at in pairs:
            found += _changes(item, new[pairs[at]], names)
        else:
            found.append(Difference(DifferenceKind.DROPPED, item.what, item.title, old=item.citation))
    found += [
        Difference(DifferenceKind.ADDED, item.what, item.title, new=item.citation)
        for at, item in enumerate(new)
        if at not in came
    ]
    return found


# --- matching ----------------------------------------------------------------------------------------


def _pairs(old: Sequence[_Item], new: Sequence[_Item]) -> dict[int, int]:
    """Which old item is which new one: the unchanged first, then the best scores, each item once."""
    found = _unchanged(old, new)
    found |= _same_title(old, new, found)
    left_old = [at for at in range(len(old)) if at not in found]
    taken = set(found.values())
    left_new = [at for at in range(len(new)) if at not in taken]
    scored = []
    for one, other, likeness in _candidates(old, new, left_old, left_new):
        score = _score(old[one], new[other], likeness)
        if score >= SAME:
            scored.append((-score, abs(one - other), one, other))
    for _, _, one, other in sorted(scored):
        if one not in found and other not in taken:
            found[one] = other
            taken.add(other)
    return found


def _unchanged(old: Sequence[_Item], new: Sequence[_Item]) -> dict[int, int]:
    """Pair items that have the same number, section, title, indicator and shape."""
    waiting: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, item in enumerate(new):
        waiting[_identity(item)].append(at)
    found = {}
    for at, item in enumerate(old):
        same = waiting.get(_identity(item))
        if same:
            found[at] = same.pop(0)
    return found


def _same_title(old: Sequence[_Item], new: Sequence[_Item], known: Mapping[int, int]) -> dict[int, int]:
    """Pair what is left and has the same title (and indicator), where no other item on either side has it."""
    taken = set(known.values())
    left = [at for at in range(len(old)) if at not in known], [at for at in range(len(new)) if at not in taken]
    by_title: list[dict[tuple[str, ...], list[int]]] = [defaultdict(list), defaultdict(list)]
    for places, items, side in zip(left, (old, new), by_title, strict=True):
        for at in places:
            side[(folded(items[at].title), *_indicator_key(items[at]))].append(at)
    before, after = by_title
    return {
        places[0]: after[title][0]
        for title, places in before.items()
        if len(places) == 1 and len(after.get(title, ())) == 1
    }


def _identity(item: _Item) -> tuple[str, ...]:
    place = (folded(item.title), item.number, folded(item.section))
    return (*place, item.entry.indicator, *_shape(item.entry)) if isinstance(item.entry, Target) else place


def _shape(target: Target) -> tuple[str, ...]:
    return str(target.due), target.counting, target.scope


def _candidates(
    old: Sequence[_Item], new: Sequence[_Item], left_old: Iterable[int], left_new: Sequence[int]
) -> Iterator[tuple[int, int, float]]:
    """Pairs that share a telling pair of characters or an indicator, with the likeness of their titles."""
    counted = {at: grams(new[at].title) for at in left_new}
    holders: dict[str, list[int]] = defaultdict(list)
    for at, title in counted.items():
        keys = [*title, *_indicator_key(new[at])]
        for key in keys:
            if len(holders[key]) <= MOST_HOLDERS:
                holders[key].append(at)
    for one in left_old:
        title = grams(old[one].title)
        lists = (holders.get(key, ()) for key in [*title, *_indicator_key(old[one])])
        shared = Counter(at for places in lists if len(places) <= MOST_HOLDERS for at in places)
        for other, _ in sorted(shared.items(), key=lambda found: (-found[1], abs(found[0] - one)))[:MOST_CANDIDATES]:
            yield one, other, overlap(title, counted[other])


def _indicator_key(item: _Item) -> list[str]:
    """An indicator among pairs of characters: longer than two, so that it is none of them."""
    return [f"indicator {item.entry.indicator}"] if isinstance(item.entry, Target) else []


def _score(one: _Item, other: _Item, likeness: float) -> float:
    """How surely two items are one, 0 to 1."""
    same_number, same_section = one.number == other.number, folded(one.section) == folded(other.section)
    if not (isinstance(one.entry, Target) and isinstance(other.entry, Target)):
        return TITLE * likeness + NUMBER * same_number + PLACE * same_section
    pairs = zip(_shape(one.entry), _shape(other.entry), strict=True)
    shape = sum(mine == theirs for mine, theirs in pairs) / 3
    same_indicator = one.entry.indicator == other.entry.indicator
    spot = same_number and (bool(one.number) or same_section)
    return INDICATOR * same_indicator + LABEL * likeness + SPOT * spot + SHAPE * shape


# --- comparing ---------------------------------------------------------------------------------------


def _changes(one: _Item, other: _Item, names: Mapping[str, str]) -> list[Difference]:
    """Every field in which two items that are one differ."""
    base = Difference(DifferenceKind.MOVED, one.what, other.title, old=one.citation, new=other.citation)

    def told(kind: DifferenceKind, field: str, before: Text, after: Text) -> Difference:
        return replace(base, kind=kind, field=field, before=before, after=after)

    found = []
    if one.number != other.number:
        found.append(told(DifferenceKind.MOVED, "number", Text(one.number), Text(other.number)))
    if folded(one.section) != folded(other.section):
        found.append(told(DifferenceKind.MOVED, "section", Text(one.section), Text(other.section)))
    if folded(one.title) != folded(other.title):
        found.append(told(DifferenceKind.TITLE, "title", Text(one.title), Text(other.title)))
    match one.entry, other.entry:
        case Target() as old, Target() as new:
            found += [told(DifferenceKind.TARGET, *change) for change in _target_changes(old, new)]
        case Task() as before, Task() as after:
            for field, mine, theirs in (
                ("lead", before.lead, after.lead),
                ("cooperating", before.cooperating, after.cooperating),
            ):
                found += [told(DifferenceKind.DEPARTMENT, field, *pair) for pair in _offices(mine, theirs, names)]
        case Clause() as clause, Clause() as later if clause.year != later.year:
            found.append(told(DifferenceKind.TARGET, "year", Text(str(clause.year)), Text(str(later.year))))
    return found


def _offices(old: Iterable[str], new: Iterable[str], names: Mapping[str, str]) -> Iterator[tuple[Text, Text]]:
    """Departments that went, then those that came, under their main names; the order of naming does not count."""
    before, after = ([names.get(name, name) for name in side] for side in (old, new))
    for name in sorted((Counter(before) - Counter(after)).keys(), key=before.index):
        yield Text(name), NOTHING
    for name in sorted((Counter(after) - Counter(before)).keys(), key=after.index):
        yield NOTHING, Text(name)


def _target_changes(old: Target, new: Target) -> Iterator[tuple[str, Text, Text]]:
    """Field, before and after of everything a target promises and no longer promises the same way."""
    if not _same_goal(old, new):
        yield "goal", Text(old.written), Text(new.written)
    if old.due != new.due:
        yield "due", Text(str(old.due)), Text(str(new.due))
    if _baseline(old, new.unit) != _baseline(new, new.unit):
        yield "baseline", _baseline_words(old), _baseline_words(new)
    if folded(old.unit) != folded(new.unit):
        yield "unit", Text(old.unit), Text(new.unit)
    choices: list[tuple[str, StrEnum, StrEnum]] = [
        ("obligation", old.obligation, new.obligation),
        ("counting", old.counting, new.counting),
        ("scope", old.scope, new.scope),
    ]
    for field, before, after in choices:
        if before != after:
            yield field, VALUE_WORDS[before], VALUE_WORDS[after]
    if old.soft != new.soft:
        yield "soft", SOFT_WORDS[old.soft], SOFT_WORDS[new.soft]
    if old.indicator != new.indicator:
        yield "indicator", Text(old.indicator), Text(new.indicator)


def _same_goal(old: Target, new: Target) -> bool:
    """Tell whether two targets ask for the same, in whatever unit; goals in words are compared by their words."""
    if old.goal.needs_evidence or new.goal.needs_evidence:
        return old.goal == new.goal and folded(old.written) == folded(new.written)
    try:
        return old.goal.in_unit(old.unit, new.unit) == new.goal
    except UnitMismatchError:
        return old.goal == new.goal


def _baseline(target: Target, unit: str) -> tuple[object, ...] | None:
    """What the base value says, in a unit; None where the document states none, whatever the year."""
    value = target.baseline.value
    if not isinstance(value, Quantity):
        return None
    try:
        amount = converted(value, unit).amount
    except UnitMismatchError:
        amount = value.amount
    return amount, target.baseline.bound, target.baseline.year


def _baseline_words(target: Target) -> Text:
    if not isinstance(target.baseline.value, Quantity):
        return NOTHING
    return Text(
        f"{target.baseline.written}（{target.baseline.year}）", f"{target.baseline.written} ({target.baseline.year})"
    )
