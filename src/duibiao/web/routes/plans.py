"""Plans as trees, and the departments that carry them out."""

from typing import Annotated

from fastapi import APIRouter, Path

from duibiao.kernel.text import Text
from duibiao.views.departments import DepartmentPage, DepartmentsPage, department_page, departments_page
from duibiao.views.flat import department_rows, departments_rows, plan_rows, plans_rows
from duibiao.views.plans import PlanPage, PlansPage, plan_page, plans_page
from duibiao.web.ask import Ask
from duibiao.web.guard import NotHereError
from duibiao.web.held import standing_of
from duibiao.web.pages import PageRoute, page_route

router = APIRouter()
CODE = Path(description="规划代码。Code of a plan.", examples=["strategy-2035"], max_length=100)
NAME = Path(description="部门名称。Name of a department.", examples=["市教委"], max_length=60)


@page_route(router, "/plans", PageRoute("reading/plans.html", PlansPage, table=plans_rows, name="规划"))
def plans(ask: Ask) -> PlansPage:
    """Every plan under the plan it carries out."""
    return plans_page(ask.workspace, standing_of(ask))


@page_route(router, "/plans/{code}", PageRoute("reading/plan.html", PlanPage, table=plan_rows, name="规划目标"))
def plan(ask: Ask, code: Annotated[str, CODE]) -> PlanPage:
    """One plan from its goal down to its tasks."""
    try:
        return plan_page(ask.workspace, standing_of(ask), code)
    except KeyError:
        raise NotHereError(Text(f"规划 {code}", f"plan {code}")) from None


@page_route(
    router,
    "/departments",
    PageRoute("reading/departments.html", DepartmentsPage, table=departments_rows, name="部门"),
)
def departments(ask: Ask) -> DepartmentsPage:
    """Every department with what it leads."""
    return ask.edition.keep(("departments", ask.as_of), lambda: departments_page(ask.workspace, standing_of(ask)))


@page_route(
    router,
    "/departments/{name}",
    PageRoute("reading/department.html", DepartmentPage, table=department_rows, name="部门任务"),
)
def department(ask: Ask, name: Annotated[str, NAME]) -> DepartmentPage:
    """One department: its tasks and the indicators they move."""
    try:
        return department_page(ask.workspace, standing_of(ask), name)
    except KeyError:
        raise NotHereError(Text(f"部门 {name}", f"department {name}")) from None
