"""The path back from a figure: value, source, target, citation, method, departments, caveats."""

from dataclasses import dataclass
from datetime import date

from duibiao.kernel.text import Text
from duibiao.metrics.indicator import VERIFY_WORDS, Definition, Indicator
from duibiao.plan.model import Plan
from duibiao.progress.assess import deciding
from duibiao.views.rows import MonitorRow, TaskView, ValueView, monitor_row, task_views
from duibiao.workspace import Workspace


@dataclass(frozen=True, slots=True)
class DefinitionView:
    """An official definition and how far it has been verified."""

    definition: Definition
    verified: Text


@dataclass(frozen=True, slots=True)
class ExplainedTarget:
    """One target on an indicator; ``decides`` marks the next one due, ``passage`` are the cited words if archived."""

    row: MonitorRow
    plan_title: Text
    decides: bool
    passage: str | None


@dataclass(frozen=True, slots=True)
class ExplainPage:
    """Everything behind one indicator on one day."""

    indicator: Indicator
    definition: DefinitionView | None
    as_of: date
    targets: tuple[ExplainedTarget, ...]
    values: tuple[ValueView, ...]
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    tasks: tuple[TaskView, ...]


def explain_page(workspace: Workspace, indicator: Indicator, as_of: date, plan: Plan | None = None) -> ExplainPage:
    """Collect what stands behind an indicator, for every plan or for one."""
    plans = workspace.content.plans
    all_targets = plans.targets_of(indicator.code)
    home = [target for target in all_targets if workspace.unit_of(target) == workspace.home.unit]
    decisive = deciding(home, as_of)
    chosen = [target for target in all_targets if plan is None or target.plan == plan.code]
    rows = [(target, monitor_row(workspace, workspace.assess(target, as_of))) for target in chosen]
    definition = workspace.definition_of(indicator.code)
    who = plans.responsible_for(indicator.code)
    values = {value.id: value for _, row in rows for value in row.values}
    return ExplainPage(
        indicator=indicator,
        definition=DefinitionView(definition, VERIFY_WORDS[definition.verify]) if definition else None,
        as_of=as_of,
        targets=tuple(
            ExplainedTarget(
                row=row,
                plan_title=plans.by_code[target.plan].title,
                decides=bool(decisive and decisive.id == target.id),
                passage=found.shown if (found := workspace.passage(target.citation)) else None,
            )
            for target, row in rows
        ),
        values=tuple(sorted(values.values(), key=lambda value: (value.period, value.published))),
        lead=who.lead,
        cooperating=who.cooperating,
        tasks=task_views(workspace, who),
    )
