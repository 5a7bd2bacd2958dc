"""Answers with their headers: pages with the visitor's own frame, marks of content, downloads."""

import gzip
import hashlib
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import Request, Response

from duibiao.web.ask import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, Question
from duibiao.web.render import FRAME, frame

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class PackedPage:
    """A whole page as it goes over the wire (成品页): made once for everybody nobody knows."""

    body: bytes
    packed: bytes
    mark: str

    @classmethod
    def of(cls, ask: Question, filled: str) -> "PackedPage":
        """Put the frame of an unknown visitor in and pack the page."""
        body = filled.replace(str(FRAME), frame(ask), 1).encode()
        return cls(body, gzip.compress(body, 6, mtime=0), _mark(body))

    def answer(self, ask: Question) -> Response:
        """The page, packed where the browser takes it; 304 where it holds it already."""
        headers = {"ETag": self.mark, "Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Encoding"}
        if ask.request.headers.get("if-none-match", "").removeprefix("W/") == self.mark:
            return Response(status_code=304, headers=headers)
        if "gzip" in ask.request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return _remembering(ask, Response(self.packed, 200, headers, HTML))
        return _remembering(ask, Response(self.body, 200, headers, HTML))


def html_answer(ask: Question, filled: str, status: int = 200) -> Response:
    """A filled page with the visitor's own frame put in; remembers the language and the theme asked for."""
    body = filled.replace(str(FRAME), frame(ask), 1).encode()
    return _remembering(ask, etagged(ask.request, body, HTML, status))


def _remembering(ask: Question, answer: Response) -> Response:
    asked = ask.request.query_params
    for cookie, wanted in ((LANGUAGE_COOKIE, asked.get("lang")), (THEME_COOKIE, asked.get("theme"))):
        if wanted in ("zh", "en", "", *THEMES) and wanted is not None:
            answer.set_cookie(
                cookie, wanted, max_age=31536000, samesite="lax", httponly=True, secure=ask.cockpit.settings.https
            )
    return answer


def etagged(request: Request, body: bytes, media_type: str, status: int = 200) -> Response:
    """An answer with the mark of its content; 304 where the browser holds the same already."""
    mark = _mark(body)
    headers = {"ETag": mark, "Cache-Control": "private, no-cache", "Vary": "Cookie"}
    if status == 200 and request.headers.get("if-none-match", "").removeprefix("W/") == mark:
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type)


def _mark(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:20]}"'


def download(answer: Response, name: str) -> Response:
    """Offer an answer as a file with a Chinese name."""
    answer.headers["Content-Disposition"] = f"attachment; filename=\"duibiao\"; filename*=UTF-8''{quote(name)}"
    return answer
