"""A draft read as a plan: what the program has read, in the shape a pack has, so that the two can be compared."""

from collections.abc import Callable

from duibiao.extract.draft_file import DraftFile
from duibiao.extract.entry import CLAUSES, Entry, EntryKind
from duibiao.kernel.period import PartialDate
from duibiao.kernel.text import Text
from duibiao.kernel.value import Missing, MissingReason
from duibiao.plan.entries import read_baseline
from duibiao.plan.goal import Goal
from duibiao.plan.load import CLAUSE_LISTS
from duibiao.plan.model import (
    Baseline,
    Clause,
    Counting,
    Obligation,
    Plan,
    PlanKind,
    Target,
    TargetScope,
    Task,
)
from duibiao.sources.citation import Citation, Locator

DRAFT = "draft"
"""The code of a draft among plans: no plan of a pack has it."""


def plan_of(draft: DraftFile, document: str, indicator_of: Callable[[Entry], str]) -> Plan:
    """Read a draft as a plan that cites ``document``; what the draft does not say stays empty.

    ``indicator_of`` answers the canonical indicator of a target where it is certain, else nothing.
    """
    reader = _Reader(draft, document, indicator_of)
    head = draft.head
    return Plan(
        code=DRAFT,
        title=Text(head.get("title", draft.part)),
        short=Text(head.get("short", draft.part)),
        kind=PlanKind(head["kind"]) if head.get("kind") in list(PlanKind) else PlanKind.ACTION_PLAN,
        issuer=head.get("issuer", ""),
        published=_day(head.get("published", "")),
        start=_whole(head.get("start", "")),
        end=_whole(head.get("end", "")),
        base_year=reader.base_year,
        document=document,
        part=draft.part,
        number=head.get("number", ""),
        clauses=tuple(reader.clause(one) for kind in CLAUSES for one in draft.of(kind)),
        tasks=tuple(map(reader.task, draft.of(EntryKind.TASK))),
        targets=tuple(map(reader.target, draft.of(EntryKind.TARGET))),
    )


class _Reader:
    """Turns the entries of one draft into what a plan holds."""

    def __init__(self, draft: DraftFile, document: str, indicator_of: Callable[[Entry], str]) -> None:
        self.draft, self.document, self.indicator_of = draft, document, indicator_of
        self.base_year = _whole(draft.head.get("base_year", ""))

    def cite(self, entry: Entry) -> Citation:
        at = Locator.parse(entry.shown.at)
        return Citation(self.document, self.draft.part, entry.item, at, entry.shown.hash)

    def clause(self, entry: Entry) -> Clause:
        kind, title = CLAUSE_LISTS[entry.kind.value], Text(entry.get("title"))
        year = _whole(entry.get("year")) or None
        return Clause(kind, entry.get("no"), title, self.cite(entry), entry.get("within"), year)

    def task(self, entry: Entry) -> Task:
        return Task(
            plan=DRAFT,
            number=_whole(entry.get("no")),
            section=entry.get("section"),
            title=entry.get("title"),
            lead=_names(entry, "lead"),
            cooperating=_names(entry, "cooperating"),
            citation=self.cite(entry),
        )

    def target(self, entry: Entry) -> Target:
        get = entry.get
        return Target(
            id=f"{DRAFT}/{get('id')}",
            plan=DRAFT,
            indicator=get("indicator") or self.indicator_of(entry),
            label=get("label"),
            unit=get("unit"),
            baseline=self.baseline(entry),
            written=get("written"),
            goal=_goal(get("goal") or get("written")),
            due=_whole(get("due")),
            citation=self.cite(entry),
            row=_whole(get("row")) or None,
            group=get("group"),
            parent=get("parent"),
            item=get("item"),
            due_stated=get("due_stated") != "false",
            counting=Counting(get("counting") or Counting.LEVEL),
            scope=TargetScope(get("scope") or TargetScope.CITY),
            soft=get("soft") == "true",
            obligation=Obligation(get("obligation") or Obligation.UNSTATED),
        )

    def baseline(self, entry: Entry) -> Baseline:
        written = entry.get("baseline")
        year = _whole(entry.get("baseline_year")) or self.base_year
        found = read_baseline(written, year, entry.get("unit"))
        return found or Baseline(year, written, Missing(MissingReason.NOT_STATED))


def _names(entry: Entry, name: str) -> tuple[str, ...]:
    found = entry.fields.get(name, ())
    return (found,) if isinstance(found, str) else tuple(found)


def _whole(text: str) -> int:
    """A whole number, 0 where none was read: a draft may lack what a plan must have."""
    return int(text) if text.isascii() and text.isdigit() else 0


def _goal(text: str) -> Goal:
    try:
        return Goal.parse(text)
    except ValueError:
        return Goal.parse("text")


def _day(text: str) -> PartialDate:
    try:
        return PartialDate.parse(text)
    except ValueError:
        return PartialDate(1)
