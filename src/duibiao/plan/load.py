"""Reads plan files into plans and checks them against indicators and departments, all problems at once."""

import re
from collections.abc import Iterable
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
    REFERRED,
    Alignment,
    Amendment,
    Baseline,
    Claim,
    Clause,
    ClauseKind,
    Counting,
    Department,
    DepartmentKind,
    Headwind,
    Link,
    LinkStrength,
    Obligation,
    Plan,
    PlanKind,
    Plans,
    Target,
    TargetScope,
    Task,
)
from duibiao.sources.citation import Citation, Source, read_citation

CLAUSE_LISTS = {f"{kind.value}s": kind for kind in ClauseKind}
DASHES = ("—", "－", "-", "——")


@dataclass(frozen=True, slots=True)
class World:
    """What plan files may refer to."""

    indicators: dict[str, Indicator]
    units: dict[str, Unit]
    sources: dict[str, Source]
    departments: dict[str, Department]


def read_department(record: Record) -> Department:
    """Read one entry of ``departments.yaml``."""
    found = Department(
        name=record.text("name"),
        full_name=record.optional("full_name") or "",
        aliases=tuple(record.texts("aliases")),
        kind=record.choice("kind", DepartmentKind, DepartmentKind.OFFICE),
    )
    record.close()
    return found


def load_plan(record: Record, world: World) -> Plan:
    """Read one plan file. Problems go to the record's report; the caller refuses the pack when there are errors."""
    code = record.text("code")
    origin = record.record("source")
    document, part = origin.text("document"), origin.text("part")
    origin.close()
    base_year = record.integer("base_year")
    reader = _PlanReader(code, document, part, base_year, world, record.report)
    plan = Plan(
        code=code,
        title=record.label("title"),
        short=record.label("short"),
        kind=record.choice("kind", PlanKind),
        issuer=record.text("issuer"),
        published=record.partial_date("published"),
        start=record.integer("start"),
        end=record.integer("end"),
        base_year=base_year,
        document=document,
        part=part,
        number=record.optional("number") or "",
        parent=record.optional("parent") or "",
        clauses=tuple(_clauses(record, reader)),
        tasks=tuple(filter(None, map(reader.task, record.records("tasks")))),
        targets=tuple(filter(None, map(reader.target, record.records("targets")))),
        links=tuple(map(reader.link, record.records("links"))),
        alignments=tuple(map(reader.alignment, record.records("alignments"))),
        claims=tuple(map(reader.claim, record.records("claims"))),
        note=record.optional("note") or "",
    )
    if document not in world.sources:
        record.report.add("SOURCE-UNKNOWN", record.where("source"), source=document)
    record.close()
    _check_references(plan, record)
    return plan


def _clauses(record: Record, reader: "_PlanReader") -> Iterable[Clause]:
    for name, kind in CLAUSE_LISTS.items():
        for item in record.records(name):
            clause = reader.clause(kind, item)
            if clause:
                yield clause


class _PlanReader:
    """Reads the entries of one plan file; knows the plan's defaults and what it may refer to."""

    def __init__(self, plan: str, document: str, part: str, base_year: int, world: World, report: Report) -> None:
        self.plan, self.document, self.part, self.base_year = plan, document, part, base_year
        self.world, self.report = world, report
        self.ids: dict[str, Where] = {}

    def cite(self, record: Record) -> Citation | None:
        """Read an entry's citation with the plan's document and part as defaults."""
        citation = read_citation(record, self.document, self.part)
        if citation and citation.document not in self.world.sources:
            self.report.add("SOURCE-UNKNOWN", record.where("cite"), source=citation.document)
        return citation

    def clause(self, kind: ClauseKind, record: Record) -> Clause | None:
        """Read one clause."""
        citation = self.cite(record)
        number, title = record.text("no"), record.label("title")
        within, note = record.optional("within") or "", record.optional("note") or ""
        year = record.integer("year") if record.has("year") else None
        record.close()
        self.once(f"{kind.value}-{number}", record)
        return Clause(kind, number, title, citation, within, year, note) if citation else None

    def task(self, record: Record) -> Task | None:
        """Read one task; every department must be known."""
        citation = self.cite(record)
        number, section, title = record.integer("no"), record.text("section"), record.text("title")
        lead, cooperating = tuple(record.texts("lead")), tuple(record.texts("cooperating"))
        for name in (*lead, *cooperating):
            if name not in self.world.departments:
                self.report.add("DEPARTMENT-UNKNOWN", record.where("lead"), department=name)
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
        if not written or written in DASHES:
            return Baseline(year, written, Missing(MissingReason.NOT_STATED))
        match = re.fullmatch(r"(≥|≤|>|<)?([\d.]+)(?:∶1)?", written)
        try:
            amount = Decimal(match[2]) if match else None
        except InvalidOperation:
            amount = None
        if match is None or amount is None:
            self.report.add("PACK-NUMBER", record.where("baseline"), field="baseline", value=written)
            return Baseline(year, written, Missing(MissingReason.NOT_STATED))
        bounds = {"≥": Bound.AT_LEAST, "≤": Bound.AT_MOST, ">": Bound.MORE_THAN, "<": Bound.LESS_THAN}
        return Baseline(year, written, Quantity(amount, unit), bounds.get(match[1] or "", Bound.EXACT))

    def amendment(self, record: Record, due: int) -> Amendment | None:
        """Read an amendment: it adds a dated, cited value and edits nothing."""
        citation = self.cite(record)
        if not record.has("date"):
            self.report.add("AMENDMENT-UNDATED", record.where("date"))
        written = record.text("written")
        found = (
            Amendment(
                date=record.date("date") if record.has("date") else record.date("written"),
                written=written,
                goal=self.goal(record, record.optional("goal") or written),
                due=record.integer("due") if record.has("due") else due,
                reason=record.text("reason"),
                citation=citation,
            )
            if citation and record.has("date")
            else None
        )
        record.read.update(record.values)
        return found

    def headwind(self, record: Record) -> Headwind:
        """Read a declared headwind."""
        found = Headwind(record.text("indicator"), record.text("unit"), record.label("reason"))
        if found.indicator not in self.world.indicators:
            self.report.add("INDICATOR-UNKNOWN", record.where("indicator"), indicator=found.indicator)
        if found.unit not in self.world.units:
            self.report.add("UNIT-UNKNOWN", record.where("unit"), unit=found.unit)
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
        if found.indicator not in self.world.indicators:
            self.report.add("INDICATOR-UNKNOWN", record.where("indicator"), indicator=found.indicator)
        record.close()
        self.once(f"link {found.item} {found.indicator}", record)
        return found

    def alignment(self, record: Record) -> Alignment:
        """Read one reviewed alignment with a plan above."""
        found = Alignment(
            record.text("of"), record.text("item"), tuple(record.texts("covered_by")), record.text("reason")
        )
        record.close()
        self.once(f"alignment {found.of} {found.item}", record)
        return found

    def claim(self, record: Record) -> Claim:
        """Read one published claim."""
        found = Claim(record.label("statement"), record.text("source"))
        if found.source not in self.world.sources:
            self.report.add("SOURCE-UNKNOWN", record.where("source"), source=found.source)
        record.close()
        return found

    def once(self, key: str, record: Record) -> None:
        """Report a number or id that stands twice in the plan."""
        if key in self.ids:
            self.report.add("PLAN-TWICE", record.where(), key=key, first=self.ids[key].line)
        self.ids.setdefault(key, record.where())

    def check_target(self, target: Target, record: Record) -> None:
        """Check a target against its indicator: it exists, units agree, the goal is possible."""
        indicator = self.world.indicators.get(target.indicator)
        if indicator is None:
            self.report.add("INDICATOR-UNKNOWN", record.where("indicator"), indicator=target.indicator)
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
            self.report.add("TARGET-RANGE", record.where("goal"), value=target.written, limit=high)


def _check_references(plan: Plan, record: Record) -> None:
    """Report targets and links that point at a task or clause the plan does not have."""
    sections = {clause.number for clause in plan.of(ClauseKind.SECTION)}
    for task in plan.tasks:
        if task.section not in sections:
            record.report.add("PLAN-ITEM-UNKNOWN", Where(record.file, 0, f"task {task.number}"), item=task.section)
    items = {str(task.number) for task in plan.tasks} | {
        clause.number for clause in plan.clauses if clause.kind in REFERRED
    }
    items |= {f"milestone-{clause.year}" for clause in plan.clauses if clause.year} | {"chapeau"}
    referring = [(target.item, target.id) for target in plan.targets if target.item]
    referring += [(link.item, f"link {link.indicator}") for link in plan.links]
    for item, who in referring:
        if item not in items:
            record.report.add("PLAN-ITEM-UNKNOWN", Where(record.file, 0, who), item=item)


def gather(plans: Iterable[Plan], departments: Iterable[Department], report: Report) -> Plans:
    """Put the plans together and check what goes across them: codes, parents, alignments."""
    by_code: dict[str, Plan] = {}
    for plan in plans:
        if plan.code in by_code:
            report.add("CODE-TWICE", Where(f"plans/{plan.code}.yaml", 0, "code"), name=plan.code)
        by_code[plan.code] = plan
    for plan in by_code.values():
        place = f"plans/{plan.code}.yaml"
        if plan.parent and plan.parent not in by_code:
            report.add("PLAN-UNKNOWN", Where(place, 0, "parent"), plan=plan.parent)
        for alignment in plan.alignments:
            above = by_code.get(alignment.of)
            if above is None:
                if alignment.of:  # an empty one has been reported where it stands
                    report.add("PLAN-UNKNOWN", Where(place, 0, "alignments"), plan=alignment.of)
                continue
            named = [(above, alignment.item), *((plan, item) for item in alignment.covered_by)]
            for holder, item in named:
                if holder.clause(item) is None:
                    report.add("PLAN-ITEM-UNKNOWN", Where(place, 0, "alignments"), item=f"{holder.code} {item}")
    named_departments = {name: one for one in departments for name in (one.name, *one.aliases)}
    return Plans(by_code, named_departments)
