"""One view, one registration: an HTML page and the same figures as JSON, CSV and a workbook under /api/v1."""

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from duibiao.kernel.writing import csv_bytes
from duibiao.views.words import as_plain
from duibiao.web.answers import PackedPage, download, etagged, html_answer
from duibiao.web.ask import Question
from duibiao.web.errors import ErrorAnswer
from duibiao.web.guard import Needs, Permission
from duibiao.web.render import fill
from duibiao.web.sheet import XLSX, workbook

API = "/api/v1"
Rows = Iterable[Mapping[str, str]]
_Page = TypeVar("_Page")
_View = Callable[..., _Page]
_Keeper = Callable[[Question, tuple[str, ...], Callable[[], Any]], Any]
STATE = ("as_of", "lang", "theme", "format")
"""Parameters that every address may have."""


@dataclass(frozen=True, slots=True)
class PageRoute:
    """What a page needs beside its view (页面登记).

    ``template``; ``permission``; ``model``: the class of the page, for the description of the API; ``table``: the page
    as rows of a table, for CSV and a workbook, with the same columns in each; ``name``: the file name of a download.
    ``kept``: the page depends on the address and the version of the content only, never on who asks, so that it is
    built once.
    """

    template: str
    model: type
    permission: Permission = Permission.READ_PUBLISHED
    table: Callable[[Any], Rows] | None = None
    name: str = "duibiao"
    kept: bool = True


def page_route(
    router: APIRouter, path: str, route: PageRoute, *, api: str = ""
) -> Callable[[_View[_Page]], _View[_Page]]:
    """Register a view function ``(ask, …) -> page`` as HTML at ``path`` and as JSON/CSV/xlsx at ``/api/v1`` + ``api``.

    The function's parameters are those of the address, in FastAPI's way; the first must be ``ask: Ask``.
    """

    def register(view: _View[_Page]) -> _View[_Page]:
        kept = _keeper(view, route)
        guard = [Depends(Needs(route.permission))]

        def made(*args: Any, **kwargs: Any) -> Response:
            ask: Question = kwargs["ask"]

            def build() -> str:
                return fill(route.template, ask, page=view(*args, **kwargs))

            key = _key(ask, route.template)

            def filled() -> str:
                return str(kept(ask, ("page", *key), build))

            if route.kept and not ask.visitor.is_known:
                whole: PackedPage = kept(ask, ("whole", *key), lambda: PackedPage.of(ask, filled()))
                return whole.answer(ask)
            return html_answer(ask, filled())

        @wraps(view)
        async def html(*args: Any, **kwargs: Any) -> Response:
            """A page that lies ready needs no thread: it is the answer to most questions."""
            ask: Question = kwargs["ask"]
            if route.kept and not ask.visitor.is_known:
                ready: PackedPage | None = ask.edition.kept_already(("whole", *_key(ask, route.template)))
                if ready is not None:
                    return ready.answer(ask)
            return await run_in_threadpool(made, *args, **kwargs)

        router.add_api_route(
            path, html, methods=["GET"], dependencies=guard, response_class=HTMLResponse, include_in_schema=False
        )
        router.add_api_route(
            API + (api or path),
            _api(view, route, kept),
            methods=["GET"],
            dependencies=guard,
            responses=_responses(route),
            response_class=Response,
            summary=(view.__doc__ or "").strip().split("\n")[0],
            tags=[path.split("/")[1] or "overview"],
            operation_id=f"read_{view.__name__}",
        )
        return view

    return register


def _keeper(view: _View[Any], route: PageRoute) -> _Keeper:
    """Keeps what depends on the known parameters of an address only; anything else in it is built and forgotten."""
    known = {*inspect.signature(view).parameters, *STATE}

    def kept(ask: Question, key: tuple[str, ...], build: Callable[[], Any]) -> Any:
        may = route.kept and known.issuperset(ask.request.query_params)
        return ask.edition.keep(key, build) if may else build()

    return kept


def _api(view: _View[_Page], route: PageRoute, kept: _Keeper) -> Callable[..., Response]:
    """The same view as data. FastAPI reads the parameters of the view, with ``format`` where there is a table."""

    def answer(ask: Question, found: _Page, wanted: str) -> Response:
        if route.table is None or wanted == "json":
            body = json.dumps(as_plain(found), ensure_ascii=False).encode()
            return etagged(ask.request, body, "application/json")
        rows = [dict(row) for row in route.table(found)]
        if wanted == "csv":
            body = csv_bytes(list(rows[0]) if rows else [], rows)
            return download(etagged(ask.request, body, "text/csv; charset=utf-8"), f"{route.name}.csv")
        return download(etagged(ask.request, workbook(rows, route.name), XLSX), f"{route.name}.xlsx")

    @wraps(view)
    def api(*args: Any, **kwargs: Any) -> Response:
        wanted = kwargs.pop("format", "json")
        ask: Question = kwargs["ask"]

        def build() -> _Page:
            return view(*args, **kwargs)

        found = kept(ask, ("view", *_key(ask, route.template)), build)
        return answer(ask, found, wanted)

    if route.table is not None:
        signature = inspect.signature(view)
        choice = inspect.Parameter(
            "format",
            inspect.Parameter.KEYWORD_ONLY,
            default="json",
            annotation=Annotated[str, Query(pattern="^(json|csv|xlsx)$", description="json、csv 或 xlsx。Format.")],
        )
        # a function has no such attribute for the type checker; FastAPI reads the parameters from it
        api.__signature__ = signature.replace(parameters=[*signature.parameters.values(), choice])  # type: ignore[attr-defined]
    return api


def _responses(route: PageRoute) -> dict[int | str, dict[str, Any]]:
    described: dict[int | str, dict[str, Any]] = {
        200: {"model": route.model, "description": "页面上的全部数字。Everything the page shows."},
        304: {"description": "与所持版本相同。Unchanged."},
    }
    if route.table is not None:
        described[200]["content"] = {
            "text/csv": {"schema": {"type": "string"}},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
        }
    for status, words in (
        (400, "请求有误 Bad request"),
        (401, "请先登录 Sign in first"),
        (403, "没有权限 Not allowed"),
        (404, "没有找到 Not found"),
        (422, "参数有误 Bad parameter"),
        (429, "请求过多 Too many requests"),
        (503, "暂不可用 Unavailable"),
    ):
        described[status] = {"model": ErrorAnswer, "description": words}
    return described


def _key(ask: Question, template: str) -> tuple[str, ...]:
    """What a kept page depends on: its address, the language, the theme, the day."""
    query = "&".join(f"{name}={value}" for name, value in sorted(ask.request.query_params.multi_items()))
    return template, ask.request.url.path.removeprefix(API), query, ask.language, ask.theme, ask.as_of.isoformat()
