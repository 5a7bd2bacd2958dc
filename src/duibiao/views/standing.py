"""How every target of every plan stands on one day: assessed once, read by all pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from duibiao.plan.model import Plan
from duibiao.views.monitor import STATUS_ORDER
from duibiao.views.rows import MonitorRow, monitor_row
from duibiao.workspace import Workspace


@dataclass(frozen=True)
class DayStanding:
    """All targets of all plans on one day (全部目标的状态).

    ``rows`` are the very rows of the monitor, in the order of the plans; looking one up costs nothing.
    """

    as_of: date
    rows: tuple[MonitorRow, ...]

    @cached_property
    def by_id(self) -> dict[str, MonitorRow]:
        """The rows by the id of their target."""
        return {row.id: row for row in self.rows}

    @cached_property
    def by_indicator(self) -> dict[str, tuple[MonitorRow, ...]]:
        """The rows of each indicator, by due year and id."""
        found: dict[str, list[MonitorRow]] = {}
        for row in sorted(self.rows, key=lambda row: (row.due, row.id)):
            found.setdefault(row.indicator, []).append(row)
        return {code: tuple(rows) for code, rows in found.items()}

    @cached_property
    def by_plan(self) -> dict[str, tuple[MonitorRow, ...]]:
        """The rows of each plan, in the order of the document."""
        found: dict[str, list[MonitorRow]] = {}
        for row in self.rows:
            found.setdefault(row.plan, []).append(row)
        return {code: tuple(rows) for code, rows in found.items()}

    @cached_property
    def by_item(self) -> dict[tuple[str, str], tuple[MonitorRow, ...]]:
        """The rows stated in a task or measure, by plan and number."""
        found: dict[tuple[str, str], list[MonitorRow]] = {}
        for row in self.rows:
            if row.item:
                found.setdefault((row.plan, row.item), []).append(row)
        return {place: tuple(rows) for place, rows in found.items()}

    def of(self, plans: Sequence[Plan], *, table_only: bool = True) -> tuple[MonitorRow, ...]:
        """The rows of plans: those of their indicator tables, or every quantified target."""
        rows = (row for plan in plans for row in self.by_plan.get(plan.code, ()))
        return tuple(row for row in rows if row.row is not None or not table_only)


def standing(workspace: Workspace, as_of: date) -> DayStanding:
    """Assess every target of every plan on a day."""
    plans = workspace.content.plans.by_code.values()
    return DayStanding(
        as_of, tuple(monitor_row(workspace, one) for one in workspace.monitor(plans, as_of, table_only=False))
    )


def worst_first(rows: Iterable[MonitorRow]) -> list[MonitorRow]:
    """Rows by how pressing they are: behind, attention, at risk, on course, met, then what nobody can tell."""
    return sorted(rows, key=lambda row: (_PRESSING.get(row.status.value, 9), row.due, STATUS_ORDER[row.status], row.id))


_PRESSING = {"behind": 0, "attention": 1, "met_at_risk": 2, "on_course": 3, "met": 4, "no_baseline": 5, "no_data": 6}
