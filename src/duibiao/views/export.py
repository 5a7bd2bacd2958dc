"""Flat tables of a plan: what the document writes beside what was typed. Every column is documented."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from duibiao.kernel.text import Text
from duibiao.kernel.value import Quantity
from duibiao.metrics.observation import Bound
from duibiao.plan.goal import Goal, GoalKind
from duibiao.plan.model import ClauseKind, LinkStrength, Plan, Target
from duibiao.sources.citation import Citation
from duibiao.views.words import as_plain
from duibiao.workspace import Workspace


class What(StrEnum):
    """What of a plan is exported."""

    TARGETS = "targets"
    TASKS = "tasks"
    MEASURES = "measures"
    LINKS = "links"
    ALIGNMENTS = "alignments"


_CITED = {
    "document": Text("出处文件代码", "code of the cited document"),
    "part": Text("文件中的部分", "part of the document"),
    "item": Text("条目", "item"),
    "locator": Text("位置：页、行、字", "place: page, line, character"),
    "passage_hash": Text("片段指纹", "hash of the passage"),
}
COLUMNS: Mapping[What, Mapping[str, Text]] = {
    What.TARGETS: {
        "plan": Text("规划代码", "code of the plan"),
        "id": Text("目标编号", "id of the target"),
        "row": Text("指标表行号；正文目标为空", "row of the indicator table; empty for targets in running text"),
        "task": Text("所在任务、举措或条目", "task, measure or item it stands in"),
        "group": Text("指标表分类", "group in the table"),
        "parent": Text("上级行", "parent row"),
        "name": Text("名称（照录）", "name as written"),
        "unit": Text("单位", "unit"),
        "baseline_year": Text("基期年", "base year"),
        "baseline_written": Text("基期值（照录）", "base value as written"),
        "baseline_operator": Text("基期值的界限", "bound of the base value"),
        "baseline_value": Text("基期值；空为文件未列", "base value; empty where the document states none"),
        "target_year": Text("目标年", "target year"),
        "target_year_stated": Text("原文是否写明目标年", "whether the text states the year"),
        "target_written": Text("目标（照录）", "target as written"),
        "target_operator": Text("目标类型的符号", "operator: =, >=, >, <=, <, range, keep, +, x, all, yes, text"),
        "target_value": Text("目标值（区间为下限）", "target value (lower end of a range)"),
        "target_upper_value": Text("区间上限", "upper end of a range"),
        "kind": Text("约束性/预期性", "binding or expected"),
        "counting": Text("计数方式", "level, cumulative, increment or per year"),
        "scope": Text("针对对象", "whom it speaks of"),
        "soft": Text("是否留有余地（力争、左右）", "softly worded"),
        "indicator": Text("统一指标代码", "canonical indicator"),
        **_CITED,
    },
    What.TASKS: {
        "plan": Text("规划代码", "code of the plan"),
        "section": Text("节号", "section"),
        "section_title": Text("节名", "title of the section"),
        "number": Text("任务号", "number of the task"),
        "title": Text("任务名称", "title of the task"),
        "lead": Text("牵头部门（;分隔）", "leading departments, separated by ;"),
        "cooperating": Text("配合部门（;分隔）", "cooperating departments, separated by ;"),
        **_CITED,
    },
    What.MEASURES: {
        "plan": Text("规划代码", "code of the plan"),
        "kind": Text("条款类型", "kind of clause"),
        "number": Text("编号", "number"),
        "within": Text("上级编号", "number of the clause it stands under"),
        "year": Text("阶段年份", "year of a milestone"),
        "title": Text("名称", "title"),
        **_CITED,
    },
    What.LINKS: {
        "plan": Text("规划代码", "code of the plan"),
        "item": Text("任务或举措编号", "number of the task or measure"),
        "indicator": Text("统一指标代码", "canonical indicator"),
        "indicator_label": Text("指标名称", "name of the indicator"),
        "how": Text("关系：states 写明，contributes 促进", "states or contributes"),
        "reason": Text("理由", "reason"),
    },
    What.ALIGNMENTS: {
        "plan": Text("规划代码", "code of the plan"),
        "of": Text("上位规划代码", "code of the plan above"),
        "item": Text("上位规划条目编号", "number of the clause of the plan above"),
        "item_title": Text("上位规划条目名称", "title of that clause"),
        "covered_by": Text("本规划承接的条目（;分隔）；空为未承接", "clauses that take it up, separated by ;"),
        "reason": Text("理由", "reason"),
    },
}


def export(workspace: Workspace, plans: Iterable[Plan], what: What) -> list[dict[str, str]]:
    """Build the rows of a flat table; every cell is text, an empty cell means the document states nothing."""
    readers: dict[What, Callable[[Plan], Iterable[dict[str, str]]]] = {
        What.TARGETS: _targets,
        What.TASKS: _tasks,
        What.MEASURES: _measures,
        What.LINKS: lambda plan: _links(workspace, plan),
        What.ALIGNMENTS: lambda plan: _alignments(workspace, plan),
    }
    found = [row for plan in plans for row in readers[what](plan)]
    columns = COLUMNS[what]
    return [{name: row[name] for name in columns} for row in found]


def _cited(citation: Citation) -> dict[str, str]:
    return {
        "document": citation.document,
        "part": citation.part,
        "item": citation.item,
        "locator": str(citation.locator),
        "passage_hash": citation.passage_hash,
    }


def _targets(plan: Plan) -> Iterable[dict[str, str]]:
    for target in plan.targets:
        operator, value, upper = goal_cells(target.goal)
        yield {
            "plan": plan.code,
            "id": target.id,
            "row": "" if target.row is None else str(target.row),
            "task": target.item,
            "group": target.group,
            "parent": target.parent,
            "name": target.label,
            "unit": target.unit,
            "baseline_year": str(target.baseline.year) if target.baseline.written else "",
            "baseline_written": target.baseline.written,
            "baseline_operator": target.baseline.bound if _has_baseline(target) else "",
            "baseline_value": _baseline(target),
            "target_year": str(target.due),
            "target_year_stated": "yes" if target.due_stated else "no",
            "target_written": target.written,
            "target_operator": operator,
            "target_value": value,
            "target_upper_value": upper,
            "kind": target.obligation,
            "counting": target.counting,
            "scope": target.scope,
            "soft": "yes" if target.soft else "no",
            "indicator": target.indicator,
            **_cited(target.citation),
        }


def _has_baseline(target: Target) -> bool:
    return isinstance(target.baseline.value, Quantity)


def _baseline(target: Target) -> str:
    value = target.baseline.value
    return str(as_plain(value.amount)) if isinstance(value, Quantity) else ""


def goal_cells(goal: Goal) -> tuple[str, str, str]:
    """Operator, value and upper value of a goal as three cells."""
    lower, upper = (("" if one is None else str(as_plain(one))) for one in (goal.lower, goal.upper))
    at_least = Bound.MORE_THAN if goal.strict else Bound.AT_LEAST
    at_most = Bound.LESS_THAN if goal.strict else Bound.AT_MOST
    cells = {
        GoalKind.NUMBER: ("=", lower, ""),
        GoalKind.AT_LEAST: (at_least.value, lower, ""),
        GoalKind.AT_MOST: (at_most.value, upper, ""),
        GoalKind.RANGE: ("range", lower, upper),
        GoalKind.KEEP: (f"keep {at_least if lower else at_most}", lower or upper, ""),
        GoalKind.INCREMENT: ("+" if upper else "+>=", lower, upper if upper != lower else ""),
        GoalKind.GROWTH: ("x", lower, ""),
        GoalKind.ALL_COVERED: ("all", lower, ""),
        GoalKind.YES_NO: ("yes", "", ""),
        GoalKind.QUALITATIVE: ("text", "", ""),
    }
    return cells[goal.kind]


def _tasks(plan: Plan) -> Iterable[dict[str, str]]:
    titles = {clause.number: clause.title.zh for clause in plan.of(ClauseKind.SECTION)}
    for task in plan.tasks:
        yield {
            "plan": plan.code,
            "section": task.section,
            "section_title": titles[task.section],
            "number": str(task.number),
            "title": task.title,
            "lead": ";".join(task.lead),
            "cooperating": ";".join(task.cooperating),
            **_cited(task.citation),
        }


def _measures(plan: Plan) -> Iterable[dict[str, str]]:
    for clause in plan.clauses:
        yield {
            "plan": plan.code,
            "kind": clause.kind,
            "number": clause.number,
            "within": clause.within,
            "year": "" if clause.year is None else str(clause.year),
            "title": clause.title.zh,
            **_cited(clause.citation),
        }


def _links(workspace: Workspace, plan: Plan) -> Iterable[dict[str, str]]:
    for link in plan.links:
        yield {
            "plan": plan.code,
            "item": link.item,
            "indicator": link.indicator,
            "indicator_label": workspace.content.indicators[link.indicator].label.zh,
            "how": LinkStrength(link.strength).value,
            "reason": link.reason,
        }


def _alignments(workspace: Workspace, plan: Plan) -> Iterable[dict[str, str]]:
    for alignment in plan.alignments:
        above = workspace.content.plans.clause(alignment.of, alignment.item)
        yield {
            "plan": plan.code,
            "of": alignment.of,
            "item": alignment.item,
            "item_title": above.title.zh if above else "",
            "covered_by": ";".join(alignment.covered_by),
            "reason": alignment.reason,
        }
