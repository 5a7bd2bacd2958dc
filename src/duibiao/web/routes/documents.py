"""Documents with their cited passages, and two plans side by side."""

from typing import Annotated

from fastapi import APIRouter, Query

from duibiao.kernel.text import Text
from duibiao.plan.model import Plan
from duibiao.views.comparison import (
    AlignmentPage,
    DifferencePage,
    alignment_page,
    alignment_rows,
    difference_page,
    difference_rows,
)
from duibiao.views.documents import DocumentPage, DocumentsPage, document_page, documents_page
from duibiao.web.ask import Ask, Question
from duibiao.web.guard import NotHereError
from duibiao.web.pages import PageRoute, page_route

router = APIRouter()
_DIFF = PageRoute("documents/diff.html", DifferencePage, table=difference_rows, name="规划差异")
_ALIGN = PageRoute("documents/align.html", AlignmentPage, table=alignment_rows, name="规划对照")


@page_route(router, "/documents", PageRoute("documents/list.html", DocumentsPage))
def documents(ask: Ask) -> DocumentsPage:
    """Every source, and whether its text is at hand."""
    return documents_page(ask.workspace)


@page_route(router, "/documents/diff", _DIFF)
def documents_diff(
    ask: Ask,
    old: Annotated[str, Query(description="旧规划代码。Code of the older plan.", examples=["five-year-14"])],
    new: Annotated[str, Query(description="新规划代码。Code of the newer plan.", examples=["strategy-2035"])],
) -> DifferencePage:
    """What one plan changed against another, with both passages."""
    return difference_page(ask.workspace, _plan(ask, old), _plan(ask, new))


@page_route(router, "/documents/align", _ALIGN)
def documents_align(
    ask: Ask,
    upper: Annotated[str, Query(description="上位规划代码。Code of the plan above.", examples=["outline-2035"])],
    lower: Annotated[str, Query(description="下位规划代码。Code of the plan below.", examples=["strategy-2035"])],
) -> AlignmentPage:
    """Which measures of a plan the plan below carries, sharpens, weakens or leaves out."""
    return alignment_page(ask.workspace, _plan(ask, upper), _plan(ask, lower))


@page_route(router, "/documents/{code}", PageRoute("documents/one.html", DocumentPage))
def document(
    ask: Ask,
    code: str,
    at: Annotated[str, Query(description="位置，如 p47 L2206。Place of a passage.", examples=["p47 L2206"])] = "",
    page: Annotated[int, Query(ge=0, le=100000, description="第几页。Page of the document.")] = 0,
) -> DocumentPage:
    """A document with the cited lines marked, opened at a passage."""
    try:
        return document_page(ask.workspace, code, at, page)
    except (KeyError, ValueError):
        raise NotHereError(Text(f"文件 {code} {at}", f"document {code} {at}")) from None


def _plan(ask: Question, code: str) -> Plan:
    plan = ask.workspace.content.plans.by_code.get(code)
    if plan is None:
        raise NotHereError(Text(f"规划 {code}", f"plan {code}"))
    return plan
