"""Search over indicators, plans, tasks, departments, units and the text of the documents; Chinese without a dictionary.

What is typed is compared without spaces and case. A word is found as a part of a name or a text (substring); where
names do not hold it whole, they are ranked by the share of its pairs of characters that they hold (n-gram), so that
``本科占比`` finds 本科层次职业学校学生占比.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from duibiao.kernel.text import Text, folded
from duibiao.metrics.unit import Unit
from duibiao.sources.archive import Document
from duibiao.workspace import Workspace

MOST = 20
"""So many hits of a kind are shown unless one kind is asked for."""
MOST_OF_A_KIND = 200
LEAST_SHARE = 0.6
"""Least share of the pairs of characters of the words that a name must hold to be offered."""
LONGEST = 100
_AROUND = 28


class HitKind(StrEnum):
    """What was found."""

    INDICATOR = "indicator"
    PLAN = "plan"
    TASK = "task"
    DEPARTMENT = "department"
    UNIT = "unit"
    PASSAGE = "passage"


HIT_WORDS = {
    HitKind.INDICATOR: Text("指标", "Indicators"),
    HitKind.PLAN: Text("规划与举措", "Plans and measures"),
    HitKind.TASK: Text("任务", "Tasks"),
    HitKind.DEPARTMENT: Text("部门", "Departments"),
    HitKind.UNIT: Text("区县与学校", "Districts and schools"),
    HitKind.PASSAGE: Text("原文", "Passages"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: ``code`` and ``place`` lead to its page; ``before``, ``match``, ``after`` cut the shown text."""

    kind: HitKind
    code: str
    place: str
    before: str
    match: str
    after: str
    detail: Text
    is_exact: bool


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The hits of one kind: ``total`` counts all, ``hits`` holds the best."""

    kind: HitKind
    word: Text
    total: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was found for the words typed."""

    words: str
    sentence: Text
    groups: tuple[HitGroup, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: HitKind
    code: str
    place: str
    name: str
    detail: Text
    key: str


@dataclass(frozen=True, slots=True)
class _Body:
    """A document without spaces: ``starts`` holds the place where each line begins, ``numbers`` its number."""

    code: str
    title: Text
    text: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...]


class SearchIndex:
    """Everything that can be found, made once for a version of the content (检索索引)."""

    def __init__(self, workspace: Workspace, units: Iterable[Unit] = ()) -> None:
        self._entries = [*_content_entries(workspace), *_unit_entries(workspace, units)]
        self._by_pair: dict[str, set[int]] = defaultdict(set)
        for place, entry in enumerate(self._entries):
            for pair in _pairs(entry.key):
                self._by_pair[pair].add(place)
        documents = ((code, workspace.document(code)) for code in workspace.content.sources)
        self._bodies = [_body(code, document) for code, document in documents if document is not None]

    def page(self, words: str, only: HitKind | None = None) -> SearchPage:
        """Find words; all kinds, or one of them in full."""
        wanted = folded(words[:LONGEST])
        found: dict[HitKind, list[Hit]] = {kind: [] for kind in HitKind}
        if wanted:
            seen: set[tuple[str, str, str]] = set()
            for entry, is_exact in self._named(wanted):
                what = (entry.kind, entry.code, entry.place)
                if what not in seen:  # an indicator goes by several names: the best one is shown
                    seen.add(what)
                    found[entry.kind].append(_hit(entry, wanted, is_exact))
            found[HitKind.PASSAGE] = list(self._passages(wanted))
        most = MOST_OF_A_KIND if only else MOST
        groups = tuple(
            HitGroup(kind, HIT_WORDS[kind], len(hits), tuple(hits[:most]))
            for kind, hits in found.items()
            if hits and only in (None, kind)
        )
        return SearchPage(words[:LONGEST], _sentence(words[:LONGEST], groups), groups)

    def _named(self, wanted: str) -> Iterable[tuple[_Entry, bool]]:
        """Entries whose name holds the words, the shortest name first; then those that hold most of their pairs."""
        pairs = _pairs(wanted)
        if not pairs:  # a single character: look at every name
            candidates = set(range(len(self._entries)))
        else:
            counts: dict[int, int] = defaultdict(int)
            for pair in pairs:
                for place in self._by_pair.get(pair, ()):
                    counts[place] += 1
            candidates = {place for place, count in counts.items() if count >= LEAST_SHARE * len(pairs)}
        exact = [place for place in candidates if wanted in self._entries[place].key]
        exact.sort(key=lambda place: (not self._entries[place].key.startswith(wanted), len(self._entries[place].key)))
        yield from ((self._entries[place], True) for place in exact)
        if pairs:
            rest = sorted(candidates - set(exact), key=lambda place: (-counts[place], len(self._entries[place].key)))
            yield from ((self._entries[place], False) for place in rest)

    def _passages(self, wanted: str) -> Iterable[Hit]:
        if len(wanted) < 2:
            return
        for body in self._bodies:
            at = body.text.find(wanted)
            while at >= 0:
                yield _passage(body, at, len(wanted))
                at = body.text.find(wanted, at + len(wanted))


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text) - 1)}


def _content_entries(workspace: Workspace) -> Iterable[_Entry]:
    content = workspace.content
    for code, indicator in content.indicators.items():
        unit = "" if indicator.unit == "—" else f"（{indicator.unit}）"
        key = folded(indicator.label.zh + code)
        yield _Entry(HitKind.INDICATOR, code, "", indicator.label.zh + unit, Text(code), key)
    labels: set[tuple[str, str]] = set()
    for plan in content.plans.by_code.values():
        for target in plan.targets:
            named = (target.indicator, target.label)
            if target.label != content.indicators[target.indicator].label.zh and named not in labels:
                labels.add(named)
                yield _Entry(HitKind.INDICATOR, target.indicator, "", target.label, plan.short, folded(target.label))
    for code, plan in content.plans.by_code.items():
        yield _Entry(HitKind.PLAN, code, "", plan.title.zh, plan.short, folded(plan.title.zh))
        for clause in plan.clauses:
            title = f"{clause.number} {clause.title.zh}".strip()
            yield _Entry(HitKind.PLAN, code, clause.number, title, plan.short, folded(clause.title.zh))
        for task in plan.tasks:
            lead = "、".join(task.lead)
            detail = Text(f"{plan.short.zh}；牵头：{lead}", f"{plan.short.en}; lead: {lead}")
            item = f"task {task.number}"
            yield _Entry(HitKind.TASK, code, item, f"{task.number}. {task.title}", detail, folded(task.title))
    for department in {one.name: one for one in content.departments.values()}.values():
        others = "、".join(dict.fromkeys((department.full_name, *department.aliases)))
        key = folded(department.name + others)
        yield _Entry(HitKind.DEPARTMENT, department.name, "", department.name, Text(others.strip("、")), key)


def _unit_entries(workspace: Workspace, units: Iterable[Unit]) -> Iterable[_Entry]:
    for unit in {**workspace.content.units, **{unit.code: unit for unit in units}}.values():
        yield _Entry(HitKind.UNIT, unit.code, "", unit.name, Text(unit.code), folded(unit.name + unit.code))


def _body(code: str, document: Document) -> _Body:
    starts, numbers, parts, length = [], [], [], 0
    for number, line in enumerate(document.lines, 1):
        kept = "" if document.is_running_head(line) else folded(line)
        if kept:
            starts.append(length)
            numbers.append(number)
            parts.append(kept)
            length += len(kept)
    return _Body(code, document.source.title, "".join(parts), tuple(starts), tuple(numbers))


def _hit(entry: _Entry, wanted: str, is_exact: bool) -> Hit:
    """An entry as it is shown, cut where the words stand in it as they were typed."""
    at = entry.name.lower().find(wanted) if is_exact else -1
    before, match, after = (
        (entry.name[:at], entry.name[at : at + len(wanted)], entry.name[at + len(wanted) :])
        if at >= 0
        else (entry.name, "", "")
    )
    return Hit(entry.kind, entry.code, entry.place, before, match, after, entry.detail, is_exact)


def _passage(body: _Body, at: int, length: int) -> Hit:
    """A place in a document with some words around it; its locator is the lines it stands on."""
    first, last = (body.numbers[bisect_right(body.starts, place) - 1] for place in (at, at + length - 1))
    locator = f"L{first}" if first == last else f"L{first}-{last}"
    before = body.text[max(0, at - _AROUND) : at]
    after = body.text[at + length : at + length + _AROUND]
    return Hit(HitKind.PASSAGE, body.code, locator, before, body.text[at : at + length], after, body.title, True)


def _sentence(words: str, groups: Sequence[HitGroup]) -> Text:
    if not words.strip():
        return Text("输入要找的字词。", "Type what to look for.")
    if not groups:
        return Text(f"没有找到“{words}”。", f"Nothing found for “{words}”.")
    zh = "，".join(f"{group.word.zh}{group.total}项" for group in groups)
    en = ", ".join(f"{group.total} {group.word.en.lower()}" for group in groups)
    return Text(f"“{words}”：{zh}。", f"“{words}”: {en}.")
