"""Search over everything that is published."""

from typing import Annotated

from fastapi import APIRouter, Query

from duibiao.views.search import HitKind, SearchIndex, SearchPage
from duibiao.web.ask import Ask, Question
from duibiao.web.pages import PageRoute, page_route

router = APIRouter()


@page_route(router, "/search", PageRoute("search.html", SearchPage, kept=False))
def search(
    ask: Ask,
    q: Annotated[str, Query(max_length=100, description="要找的字词。Words to look for.", examples=["学前教育"])] = "",
    kind: Annotated[HitKind | None, Query(description="只找一类。One kind only.")] = None,
) -> SearchPage:
    """Find indicators, plans, tasks, departments, units and passages."""
    return _index(ask).page(q, kind)


def _index(ask: Question) -> SearchIndex:
    """The index of an edition, made once."""
    edition = ask.edition
    return edition.keep("search index", lambda: SearchIndex(edition.workspace, edition.units.values()))
