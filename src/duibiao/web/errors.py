"""What a visitor reads when something is wrong: what it is, what to do, a reference number; never a stack trace."""

import logging
import secrets
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from duibiao.kernel.problem import Problem, UserError, Where, problem
from duibiao.web.answers import html_answer
from duibiao.web.ask import question
from duibiao.web.guard import FirstError, ForgedError, NotAllowedError, NotHereError, TooManyError
from duibiao.web.render import fill

LOG = logging.getLogger("duibiao.web")
API = "/api/"
UNAVAILABLE = frozenset({"WEB-NO-STORE", "STORE-CONNECT", "STORE-BUSY", "STORE-DISK-FULL", "STORE-OLD", "STORE-NEWER"})
"""Problems that are nobody's fault at the browser: the same request may succeed later."""
FORBIDDEN = frozenset({"ACCESS-ROLE", "ACCESS-DELEGATE"})
"""Problem codes of what the visitor's role may not do."""
CONFLICTS = frozenset({"REPORT-STALE", "REPORT-STATUS", "WEB-DECIDED"})
"""Somebody else was first."""
FOREIGN = frozenset({"ACCESS-UNIT", "REPORT-NOT-OPEN"})
"""Outside what the visitor may see, or not there: both look the same."""


class BilingualText(BaseModel):
    """BilingualText in both languages (中英文)."""

    zh: str
    en: str


class ErrorItem(BaseModel):
    """One problem of an answer (问题): its code stays the same for ever, its words may be mended."""

    code: str = Field(examples=["WEB-DATE"])
    level: str = Field(examples=["error"])
    message: BilingualText
    where: str
    remedy: BilingualText


class ErrorAnswer(BaseModel):
    """The one shape of every refusal (出错信息); ``reference`` is what to tell the IT department."""

    problems: list[ErrorItem]
    reference: str


REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorAnswer} for status in (400, 401, 403, 404, 405, 409, 415, 422, 429, 503)
}
"""How an operation of the API that is no page may refuse, for its description."""


def reference() -> str:
    """A number that a visitor can read out on the telephone and that stands in the log."""
    return secrets.token_hex(4).upper()


def refuse(request: Request, status: int, problems: Sequence[Problem], number: str = "") -> Response:
    """An answer with problems: a page for people, the one error shape for programs."""
    number = number or reference()
    LOG.info("%s %s %s: %s", number, status, request.url.path, ", ".join(one.code for one in problems))
    if request.url.path.startswith(API):
        items = [
            ErrorItem(
                code=one.code,
                level=one.level.value,
                message=BilingualText(zh=one.message.zh, en=one.message.en),
                where=str(one.where),
                remedy=BilingualText(zh=one.remedy.zh, en=one.remedy.en),
            )
            for one in problems
        ]
        return JSONResponse(ErrorAnswer(problems=items, reference=number).model_dump(), status)
    ask = question(request)
    return html_answer(ask, fill("error.html", ask, status=status, problems=problems, reference=number), status)


def install(app: FastAPI) -> None:
    """Tell the application how to answer each kind of error."""
    app.add_exception_handler(UserError, _user_error)
    app.add_exception_handler(NotAllowedError, _not_allowed)
    app.add_exception_handler(NotHereError, _not_here)
    app.add_exception_handler(FirstError, _first)
    app.add_exception_handler(ForgedError, _forged)
    app.add_exception_handler(TooManyError, _too_many)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _user_error(request: Request, error: Exception) -> Response:
    found = cast(UserError, error).problems
    codes = {one.code for one in found}
    if codes & FOREIGN:
        return refuse(
            request, 404, [problem("WEB-NOT-HERE", Where(request.url.path), what="报表", what_en="the return")]
        )
    status = 503 if codes & UNAVAILABLE else 409 if codes & CONFLICTS else 403 if codes & FORBIDDEN else 400
    return refuse(request, status, found)


def _not_allowed(request: Request, error: Exception) -> Response:
    asked = cast(NotAllowedError, error)
    if asked.visitor.is_known:
        return refuse(
            request, 403, [problem("WEB-NOT-ALLOWED", Where(request.url.path), needed=asked.permission.value)]
        )
    if request.url.path.startswith(API):
        return refuse(request, 401, [problem("WEB-SIGN-IN", Where(request.url.path))])
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse("/login?" + urlencode({"next": request.url.path + query}), 303)


def _not_here(request: Request, error: Exception) -> Response:
    what = cast(NotHereError, error).what
    return refuse(request, 404, [problem("WEB-NOT-HERE", Where(request.url.path), what=what.zh, what_en=what.en)])


def _first(request: Request, error: Exception) -> Response:
    path = cast(FirstError, error).path
    if request.url.path.startswith(API):
        return refuse(request, 403, [problem("WEB-FIRST", Where(request.url.path), path=path)])
    return RedirectResponse(path, 303)


def _forged(request: Request, error: Exception) -> Response:
    return refuse(request, 403, [problem("WEB-FORM", Where(request.url.path))])


def _too_many(request: Request, error: Exception) -> Response:
    seconds = cast(TooManyError, error).wait_s
    answer = refuse(request, 429, [problem("WEB-TOO-MANY", Where(request.url.path), seconds=seconds)])
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _validation(request: Request, error: Exception) -> Response:
    found = [
        problem("WEB-PARAMETER", Where(request.url.path, field=".".join(map(str, one["loc"]))), found=one["msg"])
        for one in cast(RequestValidationError, error).errors()
    ]
    return refuse(request, 422, found)


def _http(request: Request, error: Exception) -> Response:
    status = cast(HTTPException, error).status_code
    if status in (404, 405):
        return refuse(request, status, [problem("WEB-NO-PAGE", Where(request.url.path))])
    return refuse(request, status, [problem("WEB-REQUEST", Where(request.url.path), status=status)])


def _unexpected(request: Request, error: Exception) -> Response:
    number = reference()
    LOG.error("%s %s", number, request.url.path, exc_info=error)
    try:
        return refuse(request, 500, [problem("WEB-FAULT", Where(request.url.path), number=number)], number)
    except Exception:
        # the page of errors itself cannot be made: say so in plain words rather than not at all
        LOG.exception("%s the page of errors failed", number)
        return HTMLResponse(
            f"<!DOCTYPE html><meta charset=utf-8><title>出错</title><p>系统出错 Internal error {number}",
            500,
        )
