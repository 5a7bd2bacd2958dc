"""The tile diagram and the big screen."""

from typing import Annotated

from fastapi import APIRouter, Query

from duibiao.kernel.text import Text
from duibiao.views.flat import screen_rows, tile_rows
from duibiao.views.overview import overview_page
from duibiao.views.screen import ScreenPage, screen_page
from duibiao.views.tiles import TilesPage, tiles_page
from duibiao.web.ask import Ask
from duibiao.web.guard import NotHereError
from duibiao.web.held import chosen_plans, computed_of, standing_of, year_before
from duibiao.web.pages import PageRoute, page_route
from duibiao.web.routes.overview import PLAN

router = APIRouter()
INDICATOR = Query(
    description="指标代码，空为第一项。Code of an indicator.", examples=["preschool.inclusive_coverage"], max_length=200
)
YEAR = Query(ge=1900, le=2200, description="年度。Year.")
SLIDE = Query(ge=1, le=1000, description="第几屏。Slide.")
ROTATE = Query(ge=0, le=600, description="自动翻屏秒数，0 为不翻。Seconds between slides, 0 for none.")


@page_route(router, "/map", PageRoute("reading/map.html", TilesPage, table=tile_rows, name="区县示意图"))
def tiles(ask: Ask, indicator: Annotated[str, INDICATOR] = "", year: Annotated[int | None, YEAR] = None) -> TilesPage:
    """The districts that exist on a day, as tiles, with one indicator of one year."""
    try:
        return tiles_page(ask.workspace, computed_of(ask), ask.as_of, indicator, year)
    except KeyError:
        raise NotHereError(Text(f"指标 {indicator}", f"indicator {indicator}")) from None


@page_route(router, "/screen", PageRoute("reading/screen.html", ScreenPage, table=screen_rows, name="大屏"))
def screen(
    ask: Ask,
    plan: Annotated[str, PLAN] = "",
    slide: Annotated[int, SLIDE] = 1,
    rotate: Annotated[int, ROTATE] = 0,
) -> ScreenPage:
    """The big screen: published figures only."""
    before = standing_of(ask, year_before(ask.as_of))
    overview = overview_page(ask.workspace, standing_of(ask), before, chosen_plans(ask, plan))
    return screen_page(overview, slide, rotate)
