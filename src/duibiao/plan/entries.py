"""Reads the entries of a plan file: clauses, tasks, targets, links, alignments, claims."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from duibiao.kernel.problem import Report, Where
from duibiao.kernel.reading import Record
from duibiao.kernel.value import Missing, MissingReason, Quantity, UnitMismatchError
from duibiao.metrics.indicator import Indicator
from duibiao.metrics.observation import Bound
from duibiao.metrics.unit import Unit
from duibiao.plan.goal import Goal
from duibiao.plan.model import (
    Alignment,
    Amendment,
    Baseline,
    Claim,
    Clause,
    ClauseKind,
    Counting,
    Department,
    Headwind,
    Link,
    LinkStrength,
    Obligation,
    Target,
    TargetScope,
    Task,
)
from duibiao.sources.citation import Citation, Source, read_citation

DASHES = ("—", "－", "-", "——")


@dataclass(frozen=True, slots=True)
class World:
    """What plan files may refer to."""

    indicators: dict[str, Indicator]
    units: dict[str, Unit]
    sources: dict[str, Source]
    departments: dict[str, Department]


@dataclass(frozen=True, slots=True)
class Pointer:
    """A reference to a task or clause of a plan, checked when every plan has been read."""

    plan: str
    item: str
    where: Where
    is_section: bool = False
    plan_where: Where | None = None


def read_baseline(written: str, year: int, unit: str) -> Baseline | None:
    """Read a base value as written; None for what is neither a value nor a dash."""
    if not written or written in DASHES:
        return Baseline(year, written, Missing(MissingReason.NOT_STATED))
    match = re.fullmatch(r"(≥|≤|>|<)?([\d.]+)(?:∶1)?", written)
    try:
        amount = Decimal(match[2]) if match else None
    except InvalidOperation:
        amount = None
    if match is None or amount is None:
        return None
    bounds = {"≥": Bound.AT_LEAST, "≤": Bound.AT_MOST, ">": Bound.MORE_THAN, "<": Bound.LESS_THAN}
    return Baseline(year, written, Quantity(amount, unit), bounds.get(match[1] or "", Bound.EXACT))


class EntryReader:
    """Reads the entries of one plan file; knows the plan's defaults and what it may refer to."""

    def __init__(self, plan: str, document: str, part: str, base_year: int, world: World, report: Report) -> None:
        self.plan, self.document, self.part, self.base_year = plan, document, part, base_year
        self.world, self.report = world, report
        self.ids: dict[str, Where] = {}
        self.pointers: list[Pointer] = []
        self.within: list[tuple[ClauseKind, str, Where]] = []

    def cite(self, record: Record) -> Citation | None:
        """Read an entry's citation with the plan's document and part as defaults."""
        citation = read_citation(record, self.document, self.part)
        if citation:
            record.points_to("cite", citation.document, self.world.sources, "SOURCE-UNKNOWN")
        return citation

    def clause(self, kind: ClauseKind, record: Record) -> Clause | None:
        """Read one clause."""
        citation = self.cite(record)
        number, title = record.text("no"), record.label("title")
        within, note = record.optional("within") or "", record.optional("note") or ""
        year = record.integer("year") if record.has("year") else None
        record.close()
        self.once(f"{kind.value}-{number}", record)
        if within:
            self.within.append((kind, within, record.where("within")))
        return Clause(kind, number, title, citation, within, year, note) if citation else None

    def task(self, record: Record) -> Task | None:
        """Read one task; every department must be known."""
        citation = self.cite(record)
        number, section, title = record.integer("no"), record.text("section"), record.text("title")
        lead, cooperating = tuple(record.texts("lead")), tuple(record.texts("cooperating"))
        for field, names in (("lead", lead), ("cooperating", cooperating)):
            for name in names:
                record.points_to(field, name, self.world.departments, "DEPARTMENT-UNKNOWN")
        self.pointers.append(Pointer(self.plan, section, record.where("section"), is_section=True))
        if not lead:
            self.report.add("PACK-FIELD-MISSING", record.where("lead"), field="lead")
        record.close()
        self.once(f"task-{number}", record)
        if citation is None:
            return None
        return Task(self.plan, number, section, title, lead, cooperating, citation)

    def target(self, record: Record) -> Target | None:
        """Read one target and check its numbers against what the indicator can be."""
        citation = self.cite(record)
        written = record.text("written")
        unit = record.text("unit")
        goal = self.goal(record, record.optional("goal") or written)
        due = record.integer("due")
        if not citation:
            record.read.update(record.values)
            return None
        target = Target(
            id=f"{self.plan}/{record.text('id')}",
            plan=self.plan,
            indicator=record.text("indicator"),
            label=record.text("label"),
            unit=unit,
            baseline=self.baseline(record, unit),
            written=written,
            goal=goal,
            due=due,
            citation=citation,
            row=record.integer("row") if record.has("row") else None,
            group=record.optional("group") or "",
            parent=record.optional("parent") or "",
            item=record.optional("item") or "",
            due_stated=record.flag("due_stated", default=True),
            counting=record.choice("counting", Counting, Counting.LEVEL),
            scope=record.choice("scope", TargetScope, TargetScope.CITY),
            soft=record.flag("soft"),
            obligation=record.choice("obligation", Obligation, Obligation.UNSTATED),
            amendments=tuple(filter(None, (self.amendment(item, due) for item in record.records("amendments")))),
            headwinds=tuple(map(self.headwind, record.records("headwinds"))),
            note=record.optional("note") or "",
        )
        record.close()
        self.once(target.id, record)
        if target.item:
            self.pointers.append(Pointer(self.plan, target.item, record.where("item")))
        self.check_target(target, record)
        return target

    def goal(self, record: Record, text: str) -> Goal:
        """Read a goal in the notation or as the document writes it."""
        try:
            return Goal.parse(text)
        except ValueError:
            field = "goal" if record.has("goal") else "written"
            self.report.add("TARGET-GOAL", record.where(field), value=text)
            return Goal.parse("text")

    def baseline(self, record: Record, unit: str) -> Baseline:
        """Read a base value as written: a number, a bound (≥100), a ratio (20∶1) or a dash."""
        written = record.optional("baseline") or ""
        year = record.integer("baseline_year") if record.has("baseline_year") else self.base_year
        found = read_baseline(written, year, unit)
        if found is None:
            self.report.add("PACK-NUMBER", record.where("baseline"), field="baseline", value=written)
        return found or Baseline(year, written, Missing(MissingReason.NOT_STATED))

    def amendment(self, record: Record, due: int) -> Amendment | None:
        """Read an amendment: it adds a dated, cited value and edits nothing."""
        citation = self.cite(record)
        if not record.has("date"):
            self.report.add("AMENDMENT-UNDATED", record.where("date"))
        written, reason = record.text("written"), record.text("reason")
        goal = self.goal(record, record.optional("goal") or written)
        new_due = record.integer("due") if record.has("due") else due
        day = record.date("date") if record.has("date") else None
        record.close()
        return Amendment(day, written, goal, new_due, reason, citation) if citation and day else None

    def headwind(self, record: Record) -> Headwind:
        """Read a declared headwind."""
        found = Headwind(record.text("indicator"), record.text("unit"), record.label("reason"))
        record.points_to("indicator", found.indicator, self.world.indicators, "INDICATOR-UNKNOWN")
        record.points_to("unit", found.unit, self.world.units, "UNIT-UNKNOWN")
        record.close()
        return found

    def link(self, record: Record) -> Link:
        """Read one reviewed link."""
        found = Link(
            self.plan,
            record.text("item"),
            record.text("indicator"),
            record.choice("how", LinkStrength),
            record.text("reason"),
        )
        record.points_to("indicator", found.indicator, self.world.indicators, "INDICATOR-UNKNOWN")
        record.close()
        self.once(f"link {found.item} {found.indicator}", record)
        self.pointers.append(Pointer(self.plan, found.item, record.where("item")))
        return found

    def alignment(self, record: Record) -> Alignment:
        """Read one reviewed alignment with a plan above."""
        found = Alignment(
            record.text("of"), record.text("item"), tuple(record.texts("covered_by")), record.text("reason")
        )
        record.close()
        self.once(f"alignment {found.of} {found.item}", record)
        self.pointers.append(Pointer(found.of, found.item, record.where("item"), plan_where=record.where("of")))
        self.pointers += [Pointer(self.plan, item, record.where("covered_by")) for item in found.covered_by]
        return found

    def claim(self, record: Record) -> Claim:
        """Read one published claim."""
        found = Claim(record.label("statement"), record.text("source"))
        record.points_to("source", found.source, self.world.sources, "SOURCE-UNKNOWN")
        record.close()
        return found

    def once(self, key: str, record: Record) -> None:
        """Report a number or id that stands twice in the plan."""
        if key in self.ids:
            self.report.add("PLAN-TWICE", record.where(), key=key, first=self.ids[key].line)
        self.ids.setdefault(key, record.where())

    def check_target(self, target: Target, record: Record) -> None:
        """Check a target against its indicator: it exists, units agree, the goal is possible."""
        record.points_to("indicator", target.indicator, self.world.indicators, "INDICATOR-UNKNOWN")
        indicator = self.world.indicators.get(target.indicator)
        if indicator is None:
            return
        try:
            goal = target.goal.in_unit(indicator.measured_as(target.unit), indicator.unit)
            if isinstance(target.baseline.value, Quantity):
                indicator.amount(target.baseline.value)
        except UnitMismatchError:
            self.report.add("TARGET-UNIT", record.where("unit"), given=target.unit, wanted=indicator.unit)
            return
        high = indicator.maximum
        if (
            not goal.is_relative
            and high is not None
            and any(b is not None and b > high for b in (goal.lower, goal.upper))
        ):
            field = "goal" if record.has("goal") else "written"
            self.report.add("TARGET-RANGE", record.where(field), value=target.written, limit=high)
