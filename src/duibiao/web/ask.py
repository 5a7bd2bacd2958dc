"""The question a request puts: which edition, which day, which language, who asks."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated

from fastapi import Depends, Query, Request

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.text import Language
from duibiao.web.cockpit import Cockpit, CockpitEdition
from duibiao.web.guard import Visitor, visitor_of
from duibiao.workspace import Workspace

LANGUAGE_COOKIE, THEME_COOKIE = "duibiao_lang", "duibiao_theme"
THEMES = ("light", "dark", "contrast")


@dataclass(frozen=True)
class Question:
    """A request as pages understand it (请求). ``as_of`` is the day asked for, or the pack's own reference day."""

    request: Request
    cockpit: Cockpit
    edition: CockpitEdition
    as_of: date
    asked_day: bool
    language: Language
    theme: str

    @property
    def workspace(self) -> Workspace:
        """The opened packs."""
        return self.edition.workspace

    @cached_property
    def visitor(self) -> Visitor:
        """Who asks."""
        return visitor_of(self.request)

    @property
    def path(self) -> str:
        """The path with its query, to come back to."""
        query = self.request.url.query
        return self.request.url.path + (f"?{query}" if query else "")


def question(request: Request, as_of: str | None = None, lang: Language | None = None) -> Question:
    """Read what every request may say. Raises UserError WEB-DATE for a day that is none."""
    cockpit: Cockpit = request.app.state.cockpit
    edition = cockpit.edition
    cookie = request.cookies.get(LANGUAGE_COOKIE)
    theme = request.query_params.get("theme") or request.cookies.get(THEME_COOKIE, "")
    return Question(
        request=request,
        cockpit=cockpit,
        edition=edition,
        as_of=_day(as_of) if as_of else edition.workspace.reference_date,
        asked_day=bool(as_of),
        language=lang or (Language.EN if cookie == "en" else Language.ZH),
        theme=theme if theme in THEMES else "",
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError([problem("WEB-DATE", Where("as_of"), found=text[:40])]) from None


async def _asked(
    request: Request,
    as_of: Annotated[
        str | None,
        Query(description="参照日 YYYY-MM-DD：只用当日已公布的数据。Day of reference.", examples=["2025-12-31"]),
    ] = None,
    lang: Annotated[Language | None, Query(description="zh 或 en。Language of the page.")] = None,
) -> Question:
    """The question of a request. It waits for nothing, so it needs no thread of its own."""
    return question(request, as_of, lang)


Ask = Annotated[Question, Depends(_asked)]
"""What every page function takes first."""
