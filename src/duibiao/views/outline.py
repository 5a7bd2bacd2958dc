"""The outline of a plan as a tree, and the work of each department."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from duibiao.kernel.text import Text
from duibiao.plan.model import Clause, ClauseKind, Plan
from duibiao.views.words import joined
from duibiao.workspace import Workspace

CLAUSE_WORDS = {
    ClauseKind.GOAL: Text("目标", "goal"),
    ClauseKind.POSITION: Text("定位", "position"),
    ClauseKind.ACTION: Text("行动", "action"),
    ClauseKind.PROJECT: Text("工程", "project"),
    ClauseKind.MILESTONE: Text("阶段", "milestone"),
    ClauseKind.STATEMENT: Text("阶段要求", "statement"),
    ClauseKind.PART: Text("部分", "part"),
    ClauseKind.MEASURE: Text("举措", "measure"),
    ClauseKind.SECTION: Text("节", "section"),
    ClauseKind.FEATURE: Text("特质", "feature"),
    ClauseKind.SYSTEM: Text("体系", "system"),
    ClauseKind.PROGRAMME: Text("专栏计划", "programme"),
    ClauseKind.SAFEGUARD: Text("保障措施", "safeguard"),
    ClauseKind.EVALUATION: Text("评估机制", "evaluation"),
}
_INSIDE = {
    ClauseKind.MILESTONE: ClauseKind.STATEMENT,
    ClauseKind.PART: ClauseKind.MEASURE,
    ClauseKind.SAFEGUARD: ClauseKind.EVALUATION,
}


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of a plan's tree."""

    title: Text
    children: tuple["Branch", ...] = ()


@dataclass(slots=True)
class DepartmentWork:
    """What one department leads and helps with, and the indicators its tasks move."""

    name: str
    lead: list[str] = field(default_factory=list)
    cooperating: list[str] = field(default_factory=list)
    indicators: list[str] = field(default_factory=list)


def plan_tree(workspace: Workspace, plan: Plan) -> Branch:
    """Arrange a plan from its goal down to tasks and targets, with the plans that carry it out beneath."""
    branches = [_kind(plan, kind) for kind in ClauseKind if kind not in {*_INSIDE.values(), ClauseKind.SECTION}]
    below = [one for one in workspace.content.plans.by_code.values() if one.parent == plan.code]
    found = [branch for branch in branches if branch.children]
    found += [_sections(plan)] if plan.tasks else []
    found += [_targets(workspace, plan)] if plan.targets else []
    if below:
        found.append(Branch(Text("下属方案", "plans beneath"), tuple(plan_tree(workspace, one) for one in below)))
    return Branch(Text(f"{plan.title.zh} [{plan.code}]", f"{plan.title.en} [{plan.code}]"), tuple(found))


def _kind(plan: Plan, kind: ClauseKind) -> Branch:
    clauses = plan.of(kind)
    word = CLAUSE_WORDS[kind]
    title = Text(f"{word.zh} {len(clauses)}", f"{word.en} {len(clauses)}")
    return Branch(title, tuple(Branch(_numbered(clause), _within(plan, clause)) for clause in clauses))


def _within(plan: Plan, clause: Clause) -> tuple[Branch, ...]:
    inside = _INSIDE.get(clause.kind)
    return tuple(Branch(_numbered(one)) for one in plan.of(inside) if one.within == clause.number) if inside else ()


def _numbered(clause: Clause) -> Text:
    return Text(f"{clause.number} {clause.title.zh}", f"{clause.number} {clause.title.en or clause.title.zh}")


def _sections(plan: Plan) -> Branch:
    def tasks(section: str) -> Iterable[Branch]:
        for task in plan.tasks:
            if task.section == section:
                helpers = f"；配合：{joined(task.cooperating)}" if task.cooperating else ""
                helpers_en = f"; with {joined(task.cooperating)}" if task.cooperating else ""
                yield Branch(
                    Text(
                        f"{task.number}. {task.title}（牵头：{joined(task.lead)}{helpers}）",
                        f"{task.number}. {task.title} (lead: {joined(task.lead)}{helpers_en})",
                    )
                )

    sections = plan.of(ClauseKind.SECTION)
    title = Text(f"任务 {len(plan.tasks)}", f"tasks {len(plan.tasks)}")
    return Branch(
        title, tuple(Branch(Text(f"{one.number}、{one.title.zh}"), tuple(tasks(one.number))) for one in sections)
    )


def _targets(workspace: Workspace, plan: Plan) -> Branch:
    table, text = plan.table, len(plan.targets) - len(plan.table)
    title = Text(
        f"量化目标 {len(plan.targets)}（指标表 {len(table)}，正文 {text}）",
        f"targets {len(plan.targets)} (table {len(table)}, text {text})",
    )
    lines = []
    for target in plan.targets:
        indicator = workspace.content.indicators[target.indicator]
        base = f"{target.baseline.written} → " if target.baseline.written else ""
        place = f"表{target.row}" if target.row else target.item
        zh = f"{place} {target.label}：{base}{target.written}（{target.due}）"
        lines.append(Branch(Text(zh, f"{place} {indicator.label.en}: {base}{target.written} ({target.due})")))
    return Branch(title, tuple(lines))


def department_work(workspace: Workspace, plans: Sequence[Plan]) -> list[DepartmentWork]:
    """Collect the tasks of every department, under its main name; the busiest leaders first."""
    known = workspace.content.plans.departments
    found: dict[str, DepartmentWork] = {}
    for plan in plans:
        moved: dict[str, list[str]] = {}
        for link in plan.links:
            moved.setdefault(link.item, []).append(link.indicator)
        for task in plan.tasks:
            name_of = f"{plan.code}/{task.number}"
            for names, kept in ((task.lead, "lead"), (task.cooperating, "cooperating")):
                for name in names:
                    main = known[name].name
                    work = found.setdefault(main, DepartmentWork(main))
                    getattr(work, kept).append(name_of)
                    for indicator in moved.get(str(task.number), ()) if kept == "lead" else ():
                        if indicator not in work.indicators:
                            work.indicators.append(indicator)
    return sorted(found.values(), key=lambda work: (-len(work.lead), -len(work.cooperating), work.name))
