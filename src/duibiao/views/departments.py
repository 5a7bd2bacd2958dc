"""What each department leads and helps with, and how the indicators it moves stand."""

from collections.abc import Iterable
from dataclasses import dataclass

from duibiao.kernel.text import Text
from duibiao.progress.status import KNOWN
from duibiao.views.monitor import Tally, tally
from duibiao.views.outline import DepartmentWork, department_work
from duibiao.views.overview import PRESSING
from duibiao.views.plans import TreeNode, task_node
from duibiao.views.rows import MonitorRow
from duibiao.views.standing import DayStanding, worst_first
from duibiao.workspace import Workspace


@dataclass(frozen=True, slots=True)
class DepartmentItem:
    """A department with its counted tasks and the targets it leads (部门条目); ``pressing`` of them call for action."""

    name: str
    lead: int
    cooperating: int
    targets: int
    pressing: int
    tally: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class DepartmentsPage:
    """Every department, those with pressing targets first (部门清单)."""

    sentence: Text
    departments: tuple[DepartmentItem, ...]


@dataclass(frozen=True, slots=True)
class DepartmentPage:
    """One department (部门页): tasks it leads and helps with, targets it leads and helps with, the worst first.

    ``names`` are the other names it goes by in the documents.
    """

    department: DepartmentItem
    full_name: str
    names: tuple[str, ...]
    sentence: Text
    lead: tuple[TreeNode, ...]
    cooperating: tuple[TreeNode, ...]
    leads: tuple[MonitorRow, ...]
    helps: tuple[MonitorRow, ...]


def departments_page(workspace: Workspace, now: DayStanding) -> DepartmentsPage:
    """Count the work of every department over all plans."""
    found = [_item(workspace, now, work) for work in _works(workspace)]
    found.sort(key=lambda one: (-one.pressing, -one.lead, -one.cooperating, one.name))
    pressing = sum(1 for one in found if one.pressing)
    return DepartmentsPage(
        Text(
            f"{len(found)}个部门承担任务，其中{pressing}个部门牵头的指标有滞后、关注或回落风险。",
            f"{len(found)} departments have tasks; {pressing} lead indicators that are behind or at risk.",
        ),
        tuple(found),
    )


def department_page(workspace: Workspace, now: DayStanding, name: str) -> DepartmentPage:
    """Show one department under any of its names. Raises KeyError for a name that is none, or has no task."""
    department = workspace.content.plans.departments[name]
    work = next((one for one in _works(workspace) if one.name == department.name), None)
    if work is None:
        raise KeyError(name)
    item = _item(workspace, now, work)
    leads = worst_first(_rows(workspace, now, department.name, lead=True))
    known = sum(1 for row in leads if row.status in KNOWN)
    return DepartmentPage(
        department=item,
        full_name=department.full_name,
        names=department.aliases,
        sentence=Text(
            f"牵头任务{item.lead}项、配合{item.cooperating}项；牵头的量化目标{item.targets}项，{known}项可判定，"
            f"其中{item.pressing}项滞后、须关注或有回落风险。",
            f"Leads {item.lead} tasks, helps with {item.cooperating}; leads {item.targets} targets, {known} can be "
            f"judged, {item.pressing} are behind, need attention or may fall back.",
        ),
        lead=tuple(_nodes(workspace, now, work.lead)),
        cooperating=tuple(_nodes(workspace, now, work.cooperating)),
        leads=tuple(leads),
        helps=tuple(worst_first(_rows(workspace, now, department.name, lead=False))),
    )


def _works(workspace: Workspace) -> list[DepartmentWork]:
    return department_work(workspace, list(workspace.content.plans.by_code.values()))


def _item(workspace: Workspace, now: DayStanding, work: DepartmentWork) -> DepartmentItem:
    rows = list(_rows(workspace, now, work.name, lead=True))
    return DepartmentItem(
        name=work.name,
        lead=len(work.lead),
        cooperating=len(work.cooperating),
        targets=len(rows),
        pressing=sum(1 for row in rows if row.status in PRESSING),
        tally=tally(rows),
    )


def _rows(workspace: Workspace, now: DayStanding, name: str, *, lead: bool) -> Iterable[MonitorRow]:
    """The targets a department leads, or helps with and does not lead."""
    known = workspace.content.plans.departments
    for row in now.rows:
        leads = any(known[one].name == name for one in row.lead)
        if leads if lead else not leads and any(known[one].name == name for one in row.cooperating):
            yield row


def _nodes(workspace: Workspace, now: DayStanding, places: Iterable[str]) -> Iterable[TreeNode]:
    plans = workspace.content.plans
    for place in places:
        code, number = place.rsplit("/", 1)
        task = plans.task(code, number)
        if task is not None:
            yield task_node(workspace, now, plans.by_code[code], task)
