"""A plan from its goal down to its tasks: every node with its place in the document and the status of its targets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from duibiao.kernel.text import Text
from duibiao.plan.model import Clause, ClauseKind, Plan, PlanKind, Task
from duibiao.progress.status import KNOWN
from duibiao.views.monitor import Tally, tally
from duibiao.views.outline import CLAUSE_WORDS
from duibiao.views.rows import CitationView, MonitorRow, citation_view
from duibiao.views.standing import DayStanding
from duibiao.workspace import Workspace

PLAN_KIND_WORDS = {
    PlanKind.OUTLINE: Text("纲要", "outline"),
    PlanKind.STRATEGY: Text("中长期规划", "strategy"),
    PlanKind.FIVE_YEAR: Text("五年规划", "five-year plan"),
    PlanKind.ACTION_PLAN: Text("行动方案", "action plan"),
}
ABOVE = (ClauseKind.GOAL, ClauseKind.POSITION, ClauseKind.ACTION, ClauseKind.PROJECT)
BELOW = (ClauseKind.FEATURE, ClauseKind.SYSTEM, ClauseKind.PROGRAMME, ClauseKind.SAFEGUARD, ClauseKind.EVALUATION)
"""The kinds of clause that stand for themselves, before and after the milestones and the parts."""


@dataclass(frozen=True, slots=True)
class PlanListItem:
    """A plan with its counted targets and the plans that carry it out (规划清单条目)."""

    code: str
    title: Text
    short: Text
    kind: Text
    issuer: str
    number: str
    published: str
    start: int
    end: int
    document: str
    tasks: int
    targets: int
    known: int
    tally: tuple[Tally, ...]
    below: tuple["PlanListItem", ...]


@dataclass(frozen=True, slots=True)
class PlansPage:
    """Every plan under the plan it carries out (规划清单)."""

    sentence: Text
    plans: tuple[PlanListItem, ...]


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A node of a plan (规划树节点): goal, action, part, measure, section, task …

    ``plan`` is the code of the plan that carries it out, empty for none. ``rows`` are the ids of the targets that hang
    on it: those it states and those its work moves; ``tally`` counts them.
    """

    kind: str
    number: str
    title: Text
    plan: str
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    rows: tuple[str, ...]
    tally: tuple[Tally, ...]
    citation: CitationView
    children: tuple["TreeNode", ...]


@dataclass(frozen=True, slots=True)
class TreeLevel:
    """The nodes of one kind, e.g. the eight actions (规划树层级)."""

    kind: str
    word: Text
    nodes: tuple[TreeNode, ...]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """One plan as a tree (规划页): ``path`` leads down to it, ``below`` are the plans that carry it out.

    ``targets`` are its own rows, those of the indicator table first.
    """

    plan: PlanListItem
    path: tuple[tuple[str, Text], ...]
    sentence: Text
    part: str
    note: str
    levels: tuple[TreeLevel, ...]
    targets: tuple[MonitorRow, ...]


def plans_page(workspace: Workspace, now: DayStanding) -> PlansPage:
    """Arrange every plan under its parent."""
    plans = workspace.content.plans.by_code
    tops = [plan for plan in plans.values() if plan.parent not in plans]
    rows = now.rows
    known = sum(1 for row in rows if row.status in KNOWN)
    return PlansPage(
        Text(
            f"{len(plans)}项规划和行动方案，{sum(len(plan.tasks) for plan in plans.values())}项任务，"
            f"{len(rows)}项量化目标，其中{known}项有数据可判定。",
            f"{len(plans)} plans, {sum(len(plan.tasks) for plan in plans.values())} tasks, "
            f"{len(rows)} quantified targets, {known} of which can be judged.",
        ),
        tuple(_listed(workspace, now, plan) for plan in tops),
    )


def plan_page(workspace: Workspace, now: DayStanding, code: str) -> PlanPage:
    """Show one plan. Raises KeyError for a code that is no plan."""
    plans = workspace.content.plans.by_code
    plan = plans[code]
    item = _listed(workspace, now, plan)
    rows = now.by_plan.get(code, ())
    return PlanPage(
        plan=item,
        path=tuple(_path(plans, plan)),
        sentence=Text(
            f"{plan.start}—{plan.end}年：{len(plan.tasks)}项任务，{len(rows)}项量化目标（指标表{len(plan.table)}项），"
            f"{item.known}项有数据可判定。",
            f"{plan.start}–{plan.end}: {len(plan.tasks)} tasks, {len(rows)} quantified targets "
            f"({len(plan.table)} in the table), {item.known} can be judged.",
        ),
        part=plan.part,
        note=plan.note,
        levels=tuple(level for level in _levels(workspace, now, plan) if level.nodes),
        targets=tuple(sorted(rows, key=lambda row: (row.row is None, row.row or 0))),
    )


def _listed(workspace: Workspace, now: DayStanding, plan: Plan) -> PlanListItem:
    rows = now.by_plan.get(plan.code, ())
    below = [one for one in workspace.content.plans.by_code.values() if one.parent == plan.code]
    return PlanListItem(
        code=plan.code,
        title=plan.title,
        short=plan.short,
        kind=PLAN_KIND_WORDS[plan.kind],
        issuer=plan.issuer,
        number=plan.number,
        published=str(plan.published),
        start=plan.start,
        end=plan.end,
        document=plan.document,
        tasks=len(plan.tasks),
        targets=len(rows),
        known=sum(1 for row in rows if row.status in KNOWN),
        tally=tally(rows),
        below=tuple(_listed(workspace, now, one) for one in below),
    )


def _path(plans: Mapping[str, Plan], plan: Plan) -> Iterable[tuple[str, Text]]:
    found: list[tuple[str, Text]] = []
    at = plans.get(plan.parent)
    while at is not None and at.code not in [code for code, _ in found]:
        found.append((at.code, at.short))
        at = plans.get(at.parent)
    return reversed(found)


def _levels(workspace: Workspace, now: DayStanding, plan: Plan) -> Iterable[TreeLevel]:
    def level(kind: ClauseKind, inside: ClauseKind | None = None) -> TreeLevel:
        nodes = tuple(_clause(workspace, now, plan, clause, inside) for clause in plan.of(kind))
        return TreeLevel(kind.value, CLAUSE_WORDS[kind], nodes)

    for kind in ABOVE:
        yield level(kind)
    yield level(ClauseKind.MILESTONE, ClauseKind.STATEMENT)
    for kind in BELOW[:2]:
        yield level(kind)
    yield level(ClauseKind.PART, ClauseKind.MEASURE)
    sections = tuple(
        _node(workspace, ClauseKind.SECTION, one, (), tuple(_tasks(workspace, now, plan, one.number)))
        for one in plan.of(ClauseKind.SECTION)
    )
    yield TreeLevel(ClauseKind.SECTION.value, Text("各节与任务", "sections and tasks"), sections)
    for kind in BELOW[2:]:
        yield level(kind)


def _clause(workspace: Workspace, now: DayStanding, plan: Plan, clause: Clause, inside: ClauseKind | None) -> TreeNode:
    children = (
        [_clause(workspace, now, plan, one, None) for one in plan.of(inside) if one.within == clause.number]
        if inside
        else []
    )
    return _node(workspace, clause.kind, clause, _hanging(workspace, now, plan, clause), tuple(children))


def _hanging(workspace: Workspace, now: DayStanding, plan: Plan, clause: Clause) -> tuple[MonitorRow, ...]:
    """The targets that hang on a clause: of an action its plan's table, of a milestone those due in its year."""
    plans = workspace.content.plans.by_code
    if clause.kind is ClauseKind.ACTION and clause.within in plans:
        return now.of([plans[clause.within]])
    if clause.kind is ClauseKind.MILESTONE and clause.year is not None:
        family = [plan, *(one for one in plans.values() if one.parent == plan.code)]
        return tuple(row for row in now.of(family, table_only=False) if row.due == clause.year)
    if clause.kind in (ClauseKind.MEASURE, ClauseKind.PROGRAMME, ClauseKind.SAFEGUARD):
        return moved_by(now, plan, clause.number)
    return ()


def moved_by(now: DayStanding, plan: Plan, item: str) -> tuple[MonitorRow, ...]:
    """The targets a task or measure states, and those of its plan whose indicator its work moves; each once."""
    linked = {link.indicator for link in plan.links if link.item == item}
    stated = now.by_item.get((plan.code, item), ())
    moved = [row for row in now.by_plan.get(plan.code, ()) if row.indicator in linked]
    return tuple({row.id: row for row in (*stated, *moved)}.values())


def _node(
    workspace: Workspace,
    kind: ClauseKind,
    clause: Clause,
    rows: Sequence[MonitorRow],
    children: tuple[TreeNode, ...],
) -> TreeNode:
    return TreeNode(
        kind=kind.value,
        number=clause.number,
        title=clause.title,
        plan=clause.within if clause.within in workspace.content.plans.by_code else "",
        lead=(),
        cooperating=(),
        rows=tuple(row.id for row in rows),
        tally=tally(rows),
        citation=citation_view(workspace, clause.citation),
        children=children,
    )


def _tasks(workspace: Workspace, now: DayStanding, plan: Plan, section: str) -> Iterable[TreeNode]:
    for task in plan.tasks:
        if task.section == section:
            yield task_node(workspace, now, plan, task)


def task_node(workspace: Workspace, now: DayStanding, plan: Plan, task: Task) -> TreeNode:
    """A task with its departments and the targets that hang on it."""
    rows = moved_by(now, plan, str(task.number))
    return TreeNode(
        kind="task",
        number=str(task.number),
        title=Text(task.title),
        plan=plan.code,
        lead=task.lead,
        cooperating=task.cooperating,
        rows=tuple(row.id for row in rows),
        tally=tally(rows),
        citation=citation_view(workspace, task.citation),
        children=(),
    )
