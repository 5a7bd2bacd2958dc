"""What changed between two plans: items are matched first, then every field of a pair is compared."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from duibiao.kernel.text import Text, folded
from duibiao.kernel.value import Quantity, UnitMismatchError, converted
from duibiao.plan.matching import PlanItem, pairs
from duibiao.plan.model import Clause, ClauseKind, Counting, Obligation, Plan, Target, TargetScope, Task
from duibiao.sources.citation import Citation


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
    "kind": Text("条款类型", "kind of clause"),
    "number": Text("编号", "number"),
    "section": Text("所在部分", "section"),
    "title": Text("名称", "title"),
    "goal": Text("目标值", "goal"),
    "due": Text("目标年", "due year"),
    "due_stated": Text("目标年是否写明", "is the due year stated"),
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
STATED_WORDS = {True: Text("写明", "stated"), False: Text("未写明", "not stated")}
NOTHING = Text("")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same in two plans (修改), with the citation of both sides.

    ``item`` is ``target``, ``task`` or the kind of clause; ``field`` is empty for an item that came or went.
    ``before`` and ``after`` say what the field holds, a goal as the document writes it; ``was`` and ``now`` are the
    whole item on either side.
    """

    kind: DifferenceKind
    item: str
    name: str
    field: str = ""
    before: Text = NOTHING
    after: Text = NOTHING
    old: Citation | None = None
    new: Citation | None = None
    was: PlanItem | None = None
    now: PlanItem | None = None


def diff(
    a: Plan, b: Plan, departments: Mapping[str, str] | None = None, *, by_passage: bool = False
) -> list[Difference]:
    """Tell what plan ``b`` changed against plan ``a``; ``departments`` gives the main name of every alias.

    Targets are compared as their latest amendment leaves them. What came, went and moved is told in the order of
    the plans: clauses by kind, then tasks, then targets. ``by_passage`` is for two readings of one document: items
    that share words of it are one, whatever they are called, and a heading may be another kind of clause.
    """
    names = departments or {}
    old, new = _by_kind(a), _by_kind(b)
    if by_passage:
        old, new = _one_list_of_clauses(old), _one_list_of_clauses(new)
    found: list[Difference] = []
    for what in [*ClauseKind, "task", "target"]:
        found += _compared(old.get(what, []), new.get(what, []), names, by_passage=by_passage)
    return found


def _one_list_of_clauses(found: Mapping[str, list[PlanItem]]) -> dict[str, list[PlanItem]]:
    """The clauses of every kind in one list, in the order of the document."""
    clauses = [item for kind in ClauseKind for item in found.get(kind, [])]
    clauses.sort(key=lambda item: (item.citation.locator.first_line, item.citation.locator.first_character or 0))
    others = {what: items for what, items in found.items() if what in ("task", "target")}
    return {ClauseKind.GOAL: clauses, **others}


def _by_kind(plan: Plan) -> dict[str, list[PlanItem]]:
    """The items of a plan by what they are, in the order of the document; a section is named by its title."""
    titles = {clause.number: clause.title.zh for clause in plan.clauses if clause.kind is ClauseKind.SECTION}
    found: dict[str, list[PlanItem]] = defaultdict(list)
    for clause in plan.clauses:
        found[clause.kind].append(
            PlanItem(clause.kind, clause.title.zh, clause.number, clause.within, clause.citation, clause)
        )
    for task in plan.tasks:
        section = titles.get(task.section, "") or task.section
        found["task"].append(PlanItem("task", task.title, str(task.number), section, task.citation, task))
    for target in (target.on(date.max) for target in plan.targets):
        title = f"{target.parent}：{target.label}" if target.parent else target.label
        number, section = ("", target.item) if target.row is None else (str(target.row), target.group)
        found["target"].append(PlanItem("target", title, number, section, target.citation, target))
    return found


def _compared(
    old: Sequence[PlanItem], new: Sequence[PlanItem], names: Mapping[str, str], *, by_passage: bool
) -> list[Difference]:
    """The differences between the items of one kind."""
    paired = pairs(old, new, by_passage=by_passage)
    came = set(paired.values())
    found: list[Difference] = []
    for at, item in enumerate(old):
        if at in paired:
            found += _changes(item, new[paired[at]], names)
        else:
            found.append(Difference(DifferenceKind.DROPPED, item.what, item.title, old=item.citation, was=item))
    found += [
        Difference(DifferenceKind.ADDED, item.what, item.title, new=item.citation, now=item)
        for at, item in enumerate(new)
        if at not in came
    ]
    return found


# --- comparing ---------------------------------------------------------------------------------------


def _changes(one: PlanItem, other: PlanItem, names: Mapping[str, str]) -> list[Difference]:
    """Every field in which two items that are one differ."""
    base = Difference(
        DifferenceKind.MOVED, other.what, other.title, old=one.citation, new=other.citation, was=one, now=other
    )

    def told(kind: DifferenceKind, field: str, before: Text, after: Text) -> Difference:
        return replace(base, kind=kind, field=field, before=before, after=after)

    found = []
    if one.what != other.what:
        found.append(told(DifferenceKind.MOVED, "kind", Text(one.what), Text(other.what)))
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
        yield "due", Text(str(old.due or "")), Text(str(new.due or ""))
    if old.due_stated != new.due_stated:
        yield "due_stated", STATED_WORDS[old.due_stated], STATED_WORDS[new.due_stated]
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
