"""One thing a person decides on: an item in the words of a pack file, with its passage and how it was read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

from duibiao.extract.items import DraftItem, ItemType, Operator
from duibiao.extract.ratios import TO_MANY, UNDECIDED
from duibiao.kernel.text import without_spaces
from duibiao.kernel.value import RATIO_TO_ONE
from duibiao.plan.entries import read_baseline
from duibiao.plan.goal import Goal
from duibiao.plan.model import Counting, Obligation, TargetScope
from duibiao.sources.blocks import Original
from duibiao.sources.citation import HASH_DIGITS, passage_hash

AROUND = 60
"""How many characters before and after a passage are shown with it."""
OUTLINE_RULE = "outline"
"""The rule that reads headings."""

_OF_A_CHANGE = (Operator.RANGE, Operator.AT_LEAST, Operator.MORE_THAN)
Field = str | tuple[str, ...]


class EntryKind(StrEnum):
    """The lists of a draft file, by the name they have there."""

    POSITION = "positions"
    ACTION = "actions"
    PROJECT = "projects"
    MILESTONE = "milestones"
    SECTION = "sections"
    PART = "parts"
    MEASURE = "measures"
    PROGRAMME = "programmes"
    SAFEGUARD = "safeguards"
    TARGET = "targets"
    TASK = "tasks"
    ACHIEVED = "achieved"
    RULE = "rules"


AIMS = (EntryKind.POSITION, EntryKind.ACTION, EntryKind.PROJECT, EntryKind.MILESTONE)
"""The lists that hold what a strategy names of its own."""
CLAUSES = (*AIMS, EntryKind.SECTION, EntryKind.PART, EntryKind.MEASURE, EntryKind.PROGRAMME, EntryKind.SAFEGUARD)
"""The lists that hold headings."""
OF_TYPE = {
    ItemType.INDICATOR_ROW: EntryKind.TARGET,
    ItemType.STATEMENT: EntryKind.TARGET,
    ItemType.ACHIEVED: EntryKind.ACHIEVED,
    ItemType.TASK: EntryKind.TASK,
    ItemType.RULE: EntryKind.RULE,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage as a draft file shows it: its place, its words, and a little of what surrounds them."""

    start: int
    end: int
    text: str
    at: str
    hash: str
    before: str = ""
    after: str = ""

    @classmethod
    def of(cls, original: Original, start: int, end: int) -> "Shown":
        """Show a stretch of the original."""
        text = original.text
        return cls(
            start,
            end,
            text[start:end],
            str(original.locator(start, end)),
            passage_hash(text[start:end]),
            without_spaces(text[max(0, start - 2 * AROUND) : start])[-AROUND:],
            without_spaces(text[end : end + 2 * AROUND])[:AROUND],
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """A draft entry (草稿条目): fields under the names of a pack file, and what a reviewer needs beside them.

    ``item`` is what a person would call the place; ``alternatives`` are other readings of the same passage.
    """

    id: str
    kind: EntryKind
    fields: Mapping[str, Field]
    item: str
    shown: Shown
    rule: str
    type: str = ""
    confidence: str = ""
    flags: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()

    def get(self, name: str) -> str:
        """A field as text, empty where it is absent."""
        found = self.fields.get(name, "")
        return found if isinstance(found, str) else "、".join(found)

    def proof(self, file: str) -> str:
        """The id the entry must have: a hash of the file, the passage and the fields as they were read."""
        fields = (f"{name}={value}" for name, value in sorted(self.fields.items()))
        where = (file, self.kind, self.shown.start, self.shown.end, self.shown.text, self.item, self.rule)
        words = "\x1f".join(map(str, (*where, *fields)))
        return sha256(words.encode()).hexdigest()[:HASH_DIGITS]


@dataclass(slots=True)
class Surroundings:
    """What stands above an item: its section, the task or measure it belongs to, and the end of the plan."""

    section: str = ""
    item: str = ""
    plan_end: int | None = None
    called: str = ""


def entry_of(item: DraftItem, original: Original, around: Surroundings) -> Entry:
    """Write an item in the words of a pack file."""
    kind = OF_TYPE[item.type]
    fields = {
        EntryKind.TARGET: _target,
        EntryKind.ACHIEVED: _achieved,
        EntryKind.TASK: _task,
        EntryKind.RULE: _rule,
    }[kind](item, around)
    kept = {name: value for name, value in fields.items() if value not in ("", ())}
    flags = item.flags
    if kind is EntryKind.TARGET and kept.get("goal") == "text":
        flags = (*flags, "no_goal")
    return Entry(
        id="",
        kind=kind,
        fields=kept,
        item=_called(item, around),
        shown=replace(Shown.of(original, item.passage.start, item.passage.end), hash=item.passage.hash),
        rule=item.rule,
        type=item.type.value,
        confidence=str(item.confidence),
        flags=tuple(dict.fromkeys(flags)),
    )


def goal_of(item: DraftItem) -> str:
    """The goal in the notation of a pack; ``text`` where no number was read."""
    written = _notation(item)
    try:
        Goal.parse(written)
    except ValueError:
        return "text"
    return written


def _notation(item: DraftItem) -> str:
    if item.operator is Operator.ALL:
        return "all"
    if item.operator is Operator.ZERO:
        return "zero"
    if item.value is None:
        return "text"
    value = f"{item.value:f}"
    reach = f"{value}..{item.upper:f}" if item.upper is not None else value
    if item.operator is Operator.KEEP:
        return f"keep {_bound(item.written)}{reach}" if item.upper is None else f"keep {reach}"
    if item.operator is Operator.INCREASE:
        points = "百分点" in item.unit or "百分点" in item.written
        return f"points +{value}" if points and item.upper is None else f"+{reach}"
    if item.operator is Operator.MULTIPLE:
        return f"x{value}"
    # 新增2—3所 promises a change: the plus keeps it from being read as the number to be reached.
    plus = "+" if item.counting is Counting.INCREMENT and item.operator in _OF_A_CHANGE else ""
    if item.operator in (None, Operator.EQUAL, Operator.RANGE):
        return plus + reach
    return f"{plus}{item.operator}{value}"


def _bound(written: str) -> str:
    if re.search(r"以上|不低于|不少于|≥|至少", written):
        return ">="
    return "<=" if re.search(r"以内|以下|不超过|不高于|≤", written) else ""


def _year(value: int | None) -> str:
    return "" if value is None else str(value)


def _target(item: DraftItem, around: Surroundings) -> dict[str, Field]:
    is_row = item.type is ItemType.INDICATOR_ROW
    due = item.due or around.plan_end
    goal = goal_of(item)
    written = item.written or goal
    return {
        "row": item.number if is_row and item.number.isdigit() else "",
        "group": item.group,
        "parent": item.parent,
        "label": item.subject,
        "unit": item.unit,
        "baseline": _baseline(item),
        "baseline_year": _year(item.baseline_year),
        "written": written,
        "goal": "" if goal == written else goal,
        "due": _year(due),
        "due_stated": "" if item.is_due_stated and item.due else "false",
        "item": "" if is_row else around.item,
        "counting": "" if item.counting is Counting.LEVEL else item.counting.value,
        "scope": "" if item.scope is TargetScope.CITY else item.scope.value,
        "soft": "true" if item.is_soft else "",
        "obligation": "" if item.obligation is Obligation.UNSTATED else item.obligation.value,
        "note": "" if _baseline(item) or not item.baseline_written else f"基期原文：{item.baseline_written}",
    }


def _baseline(item: DraftItem) -> str:
    """The base value as a pack takes it: as written, else its number; empty for words, which stay in the note."""
    written = item.baseline_written
    return written if written and read_baseline(written, 0, "") else _year_free(item)


def _year_free(item: DraftItem) -> str:
    return "" if item.baseline is None else f"{item.baseline:f}"


_BOUNDS = {Operator.AT_LEAST: ">=", Operator.MORE_THAN: ">", Operator.AT_MOST: "<=", Operator.LESS_THAN: "<"}


def _published_bound(item: DraftItem) -> str:
    """How exactly a figure was said: 超过, 以上 and 约 are no exact value, nor is 保持在85%以上."""
    kept = _bound(item.written) if item.operator is Operator.KEEP else ""
    return kept or _BOUNDS.get(item.operator or Operator.EQUAL, "~" if item.is_soft else "=")


def _achieved(item: DraftItem, around: Surroundings) -> dict[str, Field]:
    del around
    return {
        "label": item.subject,
        "value": "" if item.value is None else f"{item.value:f}",
        "upper": "" if item.upper is None else f"{item.upper:f}",
        "measure_unit": item.unit,
        "bound": _published_bound(item),
        "written": item.written,
        "period": item.period or _year(item.due),
        "operator": item.operator.value if item.operator and item.operator not in (Operator.EQUAL, *_BOUNDS) else "",
        "scope": "" if item.scope is TargetScope.CITY else item.scope.value,
        "counting": "" if item.counting is Counting.LEVEL else item.counting.value,
    }


def _task(item: DraftItem, around: Surroundings) -> dict[str, Field]:
    return {
        "no": item.number,
        "section": around.section,
        "title": item.subject,
        "lead": item.lead,
        "cooperating": item.cooperating,
    }


def _rule(item: DraftItem, around: Surroundings) -> dict[str, Field]:
    del around
    goal, unit = goal_of(item) if item.value is not None else "", item.unit
    if unit == TO_MANY and UNDECIDED not in item.flags:  # the bound is of N already: at least 1∶18 is at most 18∶1
        unit = RATIO_TO_ONE
    return {
        "no": item.number,
        "section": item.section,
        "title": item.subject,
        "written": item.written,
        "goal": goal,
        "unit": unit,
        "group": item.group,
        "parent": item.parent,
        "scope": "" if item.scope is TargetScope.CITY else item.scope.value,
    }


def _called(item: DraftItem, around: Surroundings) -> str:
    if item.type is ItemType.INDICATOR_ROW:
        return f"指标表第{item.number}行" if item.number else "指标表"
    if item.type is ItemType.TASK:
        return f"任务{item.number}"
    return around.called or "开篇"
