"""The page of one indicator."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Query

from duibiao.kernel.text import Text
from duibiao.views.flat import indicator_rows
from duibiao.views.indicator import IndicatorPage, indicator_page
from duibiao.web.ask import Ask
from duibiao.web.guard import NotHereError
from duibiao.web.held import computed_of, standing_of
from duibiao.web.pages import PageRoute, page_route

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
