"""Districts and schools."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query

from duibiao.kernel.text import Text
from duibiao.metrics.unit import UnitKind
from duibiao.views.flat import unit_rows, units_rows
from duibiao.views.issue_list import IssueFilter, issue_list_page
from duibiao.views.issue_words import IssueRow
from duibiao.views.school_figures import school_figures
from duibiao.views.units import (
    ReturnTable,
    SchoolData,
    UnitIndicator,
    UnitPage,
    UnitsPage,
    school_returns,
    unit_page,
    units_page,
)
from duibiao.web.ask import Ask, Question
from duibiao.web.guard import NotHereError, Permission
from duibiao.web.held import computed_of, may_see_returns
from duibiao.web.issue_desk import IssueDesk
from duibiao.web.pages import PageRoute, page_route

router = APIRouter()
CODE = Path(description="单位代码。Code of a unit.", examples=["500103"], max_length=60)
NAME = Query(description="学校名称中的字。Part of a school's name.", max_length=60)


@page_route(router, "/units", PageRoute("reading/units.html", UnitsPage, table=units_rows, name="单位"))
def units(ask: Ask) -> UnitsPage:
    """Every district, by grouping."""
    return units_page(ask.workspace, computed_of(ask), ask.as_of)


def _table(page: UnitPage) -> Iterable[Mapping[str, str]]:
    return unit_rows(page)


_ONE = PageRoute("reading/unit.html", UnitPage, table=_table, name="单位指标", kept=False)
_PRINT = PageRoute("reading/unit_print.html", UnitPage, table=_table, name="一页纸", kept=False)


@page_route(router, "/units/{code}", _ONE)
def unit(
    ask: Ask,
    code: Annotated[str, CODE],
    q: Annotated[str, NAME] = "",
    page: Annotated[int, Query(ge=1, le=100000, description="第几页学校。Page of schools.")] = 1,
) -> UnitPage:
    """One district or school beside its group, the city and last year."""
    return replace(_page(ask, code, q, page), issues=_issues(ask, code))


@page_route(router, "/units/{code}/print", _PRINT)
def unit_print(ask: Ask, code: Annotated[str, CODE]) -> UnitPage:
    """One district or school on one sheet of paper."""
    return _page(ask, code, "", 1)


def _page(ask: Question, code: str, query: str, page: int) -> UnitPage:
    """What the page shows depends on who asks for single returns only: everything else is kept."""
    data = computed_of(ask)
    show = may_see_returns(ask, code)
    returns: tuple[ReturnTable, ...] = ()
    figures: tuple[UnitIndicator, ...] = ()
    if data and code in data.units and data.units[code].kind is UnitKind.SCHOOL:
        key = ("returns", code, ask.as_of, show)
        returns = ask.edition.keep(key, lambda: school_returns(data, code, ask.as_of, show=show))
        if show:
            own = ("school figures", code, ask.as_of)
            figures = ask.edition.keep(own, lambda: school_figures(ask.workspace, data, code, ask.as_of))
    try:
        return ask.edition.keep(
            ("unit", code, ask.as_of, query, page, show),
            lambda: unit_page(
                ask.workspace,
                data,
                code,
                ask.as_of,
                listed=(query, page),
                own=SchoolData(returns, figures, show),
            ),
        )
    except KeyError:
        raise NotHereError(Text(f"单位 {code}", f"unit {code}")) from None


def _issues(ask: Question, code: str) -> tuple[IssueRow, ...] | None:
    """The issues of a unit and those below it that the visitor may see; None where they see no issue list at all."""
    if not ask.visitor.may(Permission.READ_ISSUES) or not ask.cockpit.has_store:
        return None
    try:
        desk = IssueDesk.of(ask)
    except NotHereError:
        return None
    if code not in desk.tree:
        return None
    asked = IssueFilter(unit=code)
    return issue_list_page(desk.issues(), desk.tree, desk.today, asked, simulated=desk.store.simulated).rows
