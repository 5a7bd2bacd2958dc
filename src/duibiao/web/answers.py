"""Answers with their headers: pages with the visitor's own frame, marks of content, downloads."""

import hashlib
from urllib.parse import quote

from fastapi import Request, Response

from duibiao.web.ask import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, Question
from duibiao.web.render import FRAME, frame


def html_answer(ask: Question, filled: str, status: int = 200) -> Response:
    """A filled page with the visitor's own frame put in; remembers the language and the theme asked for."""
    body = filled.replace(str(FRAME), frame(ask), 1).encode()
    answer = etagged(ask.request, body, "text/html; charset=utf-8", status)
    asked = ask.request.query_params
    for cookie, wanted in ((LANGUAGE_COOKIE, asked.get("lang")), (THEME_COOKIE, asked.get("theme"))):
        if wanted in ("zh", "en", "", *THEMES) and wanted is not None:
            answer.set_cookie(
                cookie, wanted, max_age=31536000, samesite="lax", httponly=True, secure=ask.cockpit.settings.https
            )
    return answer


def etagged(request: Request, body: bytes, media_type: str, status: int = 200) -> Response:
    """An answer with the mark of its content; 304 where the browser holds the same already."""
    mark = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {"ETag": mark, "Cache-Control": "private, no-cache", "Vary": "Cookie"}
    if status == 200 and request.headers.get("if-none-match", "").removeprefix("W/") == mark:
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type)


def download(answer: Response, name: str) -> Response:
    """Offer an answer as a file with a Chinese name."""
    answer.headers["Content-Disposition"] = f"attachment; filename=\"duibiao\"; filename*=UTF-8''{quote(name)}"
    return answer
