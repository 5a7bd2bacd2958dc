"""Methods and definitions: how a status is made, what every indicator and data element means."""

from typing import Annotated

from fastapi import APIRouter, Query

from duibiao.kernel.text import Text
from duibiao.views.methods import MeaningPage, MethodsPage, definition_table, meaning_page, methods_page
from duibiao.web.ask import Ask
from duibiao.web.guard import NotHereError
from duibiao.web.pages import PageRoute, page_route

router = APIRouter()
_LIST = PageRoute("methods/list.html", MethodsPage, table=definition_table, name="指标口径")


@page_route(router, "/methods", _LIST)
def methods(
    ask: Ask,
    q: Annotated[
        str, Query(max_length=100, description="名称或代码中的字。Part of a name or code.", examples=["毛入园率"])
    ] = "",
    page: Annotated[int, Query(ge=1, le=1000, description="第几页。Page.", examples=[1])] = 1,
) -> MethodsPage:
    """How a status is made, with formulas and thresholds, and the definition of every indicator."""
    return methods_page(ask.workspace, q, page)


@page_route(router, "/methods/{code}", PageRoute("methods/one.html", MeaningPage))
def meaning(ask: Ask, code: str) -> MeaningPage:
    """What an indicator or a data element means, with numerator, denominator, version and source."""
    try:
        return meaning_page(ask.workspace, code)
    except KeyError:
        raise NotHereError(Text(f"口径 {code[:80]}", f"definition {code[:80]}")) from None
