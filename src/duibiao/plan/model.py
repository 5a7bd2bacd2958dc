"""A plan as data: clauses, targets, tasks, departments, links. Nothing here knows a province."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from duibiao.kernel.period import PartialDate, Period
from duibiao.kernel.text import Text
from duibiao.kernel.value import Missing, Value
from duibiao.metrics.observation import Bound
from duibiao.plan.goal import Goal
from duibiao.sources.citation import Citation


class PlanKind(StrEnum):
    """What kind of document the plan is."""

    OUTLINE = "outline"  # 纲要
    STRATEGY = "strategy"  # 中长期规划
    FIVE_YEAR = "five_year"  # 五年规划
    ACTION_PLAN = "action_plan"  # 行动方案


class ClauseKind(StrEnum):
    """The rooms of a plan document that are neither a target nor a task."""

    GOAL = "goal"  # 目标
    POSITION = "position"  # 定位
    ACTION = "action"  # 行动
    PROJECT = "project"  # 工程
    MILESTONE = "milestone"  # 阶段
    STATEMENT = "statement"  # a heading under a milestone
    PART = "part"  # 部分
    MEASURE = "measure"  # 举措
    SECTION = "section"  # 节
    FEATURE = "feature"  # 特质
    SYSTEM = "system"  # 体系
    PROGRAMME = "programme"  # 专栏中的计划
    SAFEGUARD = "safeguard"  # 保障措施
    EVALUATION = "evaluation"  # 评估机制


REFERRED = (ClauseKind.MEASURE, ClauseKind.PROGRAMME, ClauseKind.SAFEGUARD)
"""Kinds of clause a target or link may name. A project may carry the number of a measure, so it is none of them."""


class Obligation(StrEnum):
    """Whether the plan binds the government to the target."""

    BINDING = "binding"  # 约束性
    EXPECTED = "expected"  # 预期性
    UNSTATED = "unstated"


class Counting(StrEnum):
    """What the number of a target counts."""

    LEVEL = "level"
    CUMULATIVE = "cumulative"  # 累计
    INCREMENT = "increment"  # 新增
    PER_YEAR = "per_year"  # 每年


class TargetScope(StrEnum):
    """Whom a target speaks of."""

    CITY = "city"
    EACH_DISTRICT = "each_district"
    EACH_SCHOOL = "each_school"
    EACH_STUDENT = "each_student"
    OTHER = "other"


class DepartmentKind(StrEnum):
    """A named office, or a group of offices the document names together."""

    OFFICE = "office"
    GROUP = "group"


class LinkStrength(StrEnum):
    """How a task moves an indicator."""

    STATES = "states"  # the task text names it
    CONTRIBUTES = "contributes"  # the task's work acts on it


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered statement of a plan: goal, position, action, project, part, measure and the like.

    ``within`` is the number of the clause it stands under, ``year`` the year of a milestone.
    """

    kind: ClauseKind
    number: str
    title: Text
    citation: Citation
    within: str = ""
    year: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The base value (基期值) as the document writes it, and as typed."""

    year: int
    written: str
    value: Value
    bound: Bound = Bound.EXACT

    @property
    def period(self) -> Period:
        """The year as a period."""
        return Period(self.year)


@dataclass(frozen=True, slots=True)
class Amendment:
    """A later dated and cited change of a target; the original stays."""

    date: date
    written: str
    goal: Goal
    due: int
    reason: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Headwind:
    """A declared trend of the world a target runs against, shown beside it with figures."""

    indicator: str
    unit: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Target:
    """A promise with a number or a state and a year (目标值).

    ``row`` numbers the rows of the plan's indicator table; a target stated in running text has ``item``,
    the task, measure or chapeau it stands in, and no row.
    """

    id: str
    plan: str
    indicator: str
    label: str
    unit: str
    baseline: Baseline
    written: str
    goal: Goal
    due: int
    citation: Citation
    row: int | None = None
    group: str = ""
    parent: str = ""
    item: str = ""
    due_stated: bool = True
    counting: Counting = Counting.LEVEL
    scope: TargetScope = TargetScope.CITY
    soft: bool = False
    obligation: Obligation = Obligation.UNSTATED
    amendments: tuple[Amendment, ...] = ()
    headwinds: tuple[Headwind, ...] = ()
    note: str = ""

    def on(self, day: date) -> "Target":
        """The target as it stood on a day, with the amendments made by then."""
        made = [amendment for amendment in self.amendments if amendment.date <= day]
        if not made:
            return self
        last = max(made, key=lambda amendment: amendment.date)
        return replace(self, goal=last.goal, written=last.written, due=last.due, citation=last.citation)

    @property
    def baseline_amount(self) -> Decimal | None:
        """The base value as a number, None where the document states none."""
        return None if isinstance(self.baseline.value, Missing) else self.baseline.value.amount


@dataclass(frozen=True, slots=True)
class Task:
    """A task (任务) with its leading (牵头) and cooperating (配合) departments."""

    plan: str
    number: int
    section: str
    title: str
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    citation: Citation


@dataclass(frozen=True, slots=True)
class Department:
    """An office that leads or cooperates, under its short name, with the other names it goes by."""

    name: str
    full_name: str = ""
    aliases: tuple[str, ...] = ()
    kind: DepartmentKind = DepartmentKind.OFFICE


@dataclass(frozen=True, slots=True)
class Link:
    """A reviewed statement that a task or measure moves an indicator, with the reason."""

    plan: str
    item: str
    indicator: str
    strength: LinkStrength
    reason: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which clauses of this plan take up a clause of a plan above it; empty when none does."""

    of: str
    item: str
    covered_by: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A published statement about the whole plan, set beside our own verdicts and never merged with them."""

    statement: Text
    source: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A published plan (规划) and everything it promises."""

    code: str
    title: Text
    short: Text
    kind: PlanKind
    issuer: str
    published: PartialDate
    start: int
    end: int
    base_year: int
    document: str
    part: str
    number: str = ""
    parent: str = ""
    clauses: tuple[Clause, ...] = ()
    tasks: tuple[Task, ...] = ()
    targets: tuple[Target, ...] = ()
    links: tuple[Link, ...] = ()
    alignments: tuple[Alignment, ...] = ()
    claims: tuple[Claim, ...] = ()
    note: str = ""

    def of(self, kind: ClauseKind) -> list[Clause]:
        """The clauses of one kind, in the order of the document."""
        return [clause for clause in self.clauses if clause.kind is kind]

    @property
    def table(self) -> list[Target]:
        """The rows of the plan's indicator table."""
        return [target for target in self.targets if target.row is not None]


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who answers for an indicator: departments in the order of how often their tasks move it."""

    lead: tuple[str, ...] = ()
    cooperating: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Plans:
    """All plans of the loaded packs, with the questions that go across them."""

    by_code: dict[str, Plan]
    departments: dict[str, Department] = field(default_factory=dict)

    @cached_property
    def _targets(self) -> dict[str, list[Target]]:
        found: dict[str, list[Target]] = {}
        for plan in self.by_code.values():
            for target in plan.targets:
                found.setdefault(target.indicator, []).append(target)
        return found

    @cached_property
    def _links(self) -> dict[str, list[Link]]:
        found: dict[str, list[Link]] = {}
        for plan in self.by_code.values():
            for link in plan.links:
                found.setdefault(link.indicator, []).append(link)
        return found

    @cached_property
    def _tasks(self) -> dict[tuple[str, str], Task]:
        return {(plan.code, str(task.number)): task for plan in self.by_code.values() for task in plan.tasks}

    @cached_property
    def _clauses(self) -> dict[tuple[str, str], Clause]:
        return {
            (plan.code, clause.number): clause
            for plan in self.by_code.values()
            for clause in plan.clauses
            if clause.kind in REFERRED
        }

    def targets_of(self, indicator: str) -> list[Target]:
        """Every target any plan sets for an indicator, by year and id."""
        return sorted(self._targets.get(indicator, ()), key=lambda target: (target.due, target.id))

    def task(self, plan: str, item: str) -> Task | None:
        """The task a link or target refers to, None for a measure or a chapeau."""
        return self._tasks.get((plan, item))

    def clause(self, plan: str, item: str) -> Clause | None:
        """The clause a link, target or alignment refers to by its number: a measure, programme or safeguard."""
        return self._clauses.get((plan, item))

    def responsible_for(self, indicator: str) -> Responsibility:
        """Collect the departments of every task that moves an indicator; leads are not repeated as helpers."""
        links = sorted(self._links.get(indicator, ()), key=lambda link: link.strength is not LinkStrength.STATES)
        tasks = [task for link in links if (task := self.task(link.plan, link.item))]
        lead = _busiest_first(name for task in tasks for name in task.lead)
        helpers = _busiest_first(name for task in tasks for name in task.cooperating)
        return Responsibility(lead, tuple(name for name in helpers if name not in lead), tuple(links))


def _busiest_first(names: Iterable[str]) -> tuple[str, ...]:
    """Names by how often they stand there, then in the order they first appear."""
    return tuple(name for name, _ in Counter(names).most_common())
