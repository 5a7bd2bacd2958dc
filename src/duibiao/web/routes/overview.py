"""The first page."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.progress.status import Status
from duibiao.views.flat import target_rows
from duibiao.views.monitor import Grouping
from duibiao.views.overview import OverviewPage, overview_page
from duibiao.web.ask import Ask
from duibiao.web.held import chosen_plans, standing_of, version_of, year_before
from duibiao.web.pages import PageRoute, page_route

router = APIRouter()
PLAN = Query(
    description="规划或规划集代码。Code of a plan or a set of plans.", examples=["action-plans"], max_length=100
)


def _table(page: OverviewPage) -> Iterable[Mapping[str, str]]:
    return target_rows(page.rows)


@page_route(
    router, "/", PageRoute("reading/overview.html", OverviewPage, table=_table, name="指标状态"), api="/overview"
)
def overview(
    ask: Ask,
    plan: Annotated[str, PLAN] = "",
    by: Annotated[Grouping, Query(description="按行动、部门或状态分组。How to group.")] = Grouping.ACTION,
    status: Annotated[Status | None, Query(description="只列一种状态。Only one status.")] = None,
    since: Annotated[
        str, Query(description="与哪一天相比 YYYY-MM-DD，默认一年前。Day to compare with.", examples=["2024-12-31"])
    ] = "",
) -> OverviewPage:
    """Which targets will be missed, and who must act."""
    return overview_page(
        ask.workspace,
        standing_of(ask),
        standing_of(ask, _day(since) if since else year_before(ask.as_of)),
        chosen_plans(ask, plan),
        grouping=by,
        status=status,
        version=version_of(ask),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError([problem("WEB-DATE", Where("since"), found=text[:40])]) from None
