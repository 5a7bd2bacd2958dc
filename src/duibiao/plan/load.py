"""Reads plan files into plans, and checks what goes across them when all have been read."""

from collections.abc import Iterable

from duibiao.kernel.problem import Report, Where
from duibiao.kernel.reading import Record
from duibiao.plan.entries import EntryReader, Pointer, World
from duibiao.plan.model import (
    REFERRED,
    Clause,
    ClauseKind,
    Department,
    DepartmentKind,
    Plan,
    PlanKind,
    Plans,
)

CLAUSE_LISTS = {f"{kind.value}s": kind for kind in ClauseKind}
"""The lists of clauses a plan file may hold."""
ABOVE = {
    ClauseKind.STATEMENT: ClauseKind.MILESTONE,
    ClauseKind.MEASURE: ClauseKind.PART,
    ClauseKind.PROGRAMME: ClauseKind.PART,
    ClauseKind.PROJECT: ClauseKind.MEASURE,
    ClauseKind.EVALUATION: ClauseKind.SAFEGUARD,
}
"""Under which kind of clause a clause stands; ``within`` must name one of them."""


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


class PlanLoader:
    """Reads plan files one after the other; ``finish`` checks the references between them."""

    def __init__(self, world: World, report: Report) -> None:
        self.world, self.report = world, report
        self.plans: dict[str, Plan] = {}
        self._pointers: list[Pointer] = []
        self._parents: list[tuple[str, Where]] = []

    def read(self, record: Record) -> Plan:
        """Read one plan file. Problems go to the report; the caller refuses the pack when there are errors."""
        code = record.text("code")
        origin = record.record("source")
        document, part = origin.text("document"), origin.text("part")
        origin.points_to("document", document, self.world.sources, "SOURCE-UNKNOWN")
        origin.close()
        base_year = record.integer("base_year")
        reader = EntryReader(code, document, part, base_year, self.world, record.report)
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
        record.close()
        if code in self.plans:
            self.report.add("CODE-TWICE", record.where("code"), name=code)
        self.plans[code] = plan
        for kind, number, where in reader.within:
            above = ABOVE.get(kind)
            if above and number not in {clause.number for clause in plan.of(above)}:
                self.report.add("PLAN-ITEM-UNKNOWN", where, name=number)
        self._pointers += reader.pointers
        self._parents.append((plan.parent, record.where("parent")))
        return plan

    def finish(self) -> Plans:
        """Put the plans together and report every reference that leads nowhere."""
        for parent, where in self._parents:
            if parent and parent not in self.plans:
                self.report.add("PLAN-UNKNOWN", where, name=parent)
        items = {code: _items(plan) for code, plan in self.plans.items()}
        sections = {code: {one.number for one in plan.of(ClauseKind.SECTION)} for code, plan in self.plans.items()}
        for pointer in self._pointers:
            if pointer.plan not in self.plans:
                if pointer.plan:
                    self.report.add("PLAN-UNKNOWN", pointer.plan_where or pointer.where, name=pointer.plan)
            elif pointer.item and pointer.item not in (sections if pointer.is_section else items)[pointer.plan]:
                self.report.add("PLAN-ITEM-UNKNOWN", pointer.where, name=pointer.item)
        return Plans(self.plans, self.world.departments)


def _items(plan: Plan) -> set[str]:
    """What targets, links and alignments may name: tasks, referred clauses, milestones, the opening paragraph."""
    clauses = {clause.number for clause in plan.clauses if clause.kind in REFERRED}
    milestones = {f"milestone-{clause.year}" for clause in plan.clauses if clause.year}
    return {str(task.number) for task in plan.tasks} | clauses | milestones | {"chapeau"}


def _clauses(record: Record, reader: EntryReader) -> Iterable[Clause]:
    for name, kind in CLAUSE_LISTS.items():
        for item in record.records(name):
            clause = reader.clause(kind, item)
            if clause:
                yield clause
