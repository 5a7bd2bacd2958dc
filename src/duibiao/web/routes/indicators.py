"""The page of one indicator, and the way down from a computed figure of it."""

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Query

from duibiao.kernel.period import Period
from duibiao.kernel.text import Text
from duibiao.views.flat import indicator_rows
from duibiao.views.indicator import IndicatorPage, indicator_page
from duibiao.views.trace import TracePage, trace_page
from duibiao.web.ask import Ask, Question
from duibiao.web.guard import NotHereError, Permission
from duibiao.web.held import computed_of, may_see_returns, standing_of
from duibiao.web.pages import PageRoute, page_route
from duibiao.web.returns import scope_of

router = APIRouter()
CODE = Path(description="指标代码。Code of an indicator.", examples=["preschool.gross_enrolment_rate"], max_length=200)
UNIT = Query(description="单位代码。Code of a unit.", examples=["500103"], max_length=60)
YEAR = Query(ge=1900, le=2200, description="年度。Year of the comparison.")


def _table(page: IndicatorPage) -> Iterable[Mapping[str, str]]:
    return indicator_rows(page)


@page_route(
    router,
    "/indicators/{code}",
    PageRoute("reading/indicator.html", IndicatorPage, table=_table, name="指标"),
)
def indicator(
    ask: Ask,
    code: Annotated[str, CODE],
    unit: Annotated[str, UNIT] = "",
    year: Annotated[int | None, YEAR] = None,
) -> IndicatorPage:
    """One indicator with its target, its pace, its sources, its departments and the districts compared."""
    try:
        return indicator_page(ask.workspace, standing_of(ask), code, data=computed_of(ask), unit=unit, year=year)
    except KeyError:
        raise NotHereError(Text(f"指标 {code} {unit}", f"indicator {code} {unit}")) from None


@page_route(router, "/indicators/{code}/trace", PageRoute("reading/trace.html", TracePage, kept=False))
def trace(
    ask: Ask,
    code: Annotated[str, CODE],
    unit: Annotated[str, UNIT] = "",
    year: Annotated[int | None, YEAR] = None,
    page: Annotated[int, Query(ge=1, le=100000, description="第几页单位。Page of units.")] = 1,
) -> TracePage:
    """A computed figure with its formula, its states, the districts, schools and cells it was made of."""
    data = computed_of(ask)
    if data is None:
        raise NotHereError(Text("计算值（尚未发布）", "a computed figure (nothing was published)"))
    home = unit or data.home
    try:
        return trace_page(
            ask.workspace,
            data,
            (code, home, year),
            ask.as_of,
            lambda one: may_see_returns(ask, one),
            lambda form, period, units: _in_store(ask, form, period, units),
            page,
        )
    except KeyError:
        raise NotHereError(Text(f"计算值 {code} {home}", f"a computed figure of {code} for {home}")) from None


def _in_store(ask: Question, form: str, period: Period, units: Collection[str]) -> Collection[str]:
    """Those of some units whose row was published from a return in the store that the visitor may see.

    The others were carried over from earlier years: this store has no record of who entered them.
    """
    if not ask.cockpit.has_store or not ask.visitor.may(Permission.READ_RETURNS):
        return ()
    try:
        scope = scope_of(ask)
    except NotHereError:
        return ()
    states = scope.states(form, period)
    return [one.unit for one in states if one.unit in units and one.published_revision is not None]
