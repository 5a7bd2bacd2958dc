"""Fills templates: everything escaped, words in the language asked for, links that keep the state of the page."""

from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from duibiao.kernel.text import Language, Text
from duibiao.progress.status import LOOKS, Status
from duibiao.views import draft_words, prediction_words
from duibiao.views.words import (
    amount_words,
    difference_words,
    joined,
    large_words,
    percent,
    rate_words,
    ratio_words,
    rounded_words,
)
from duibiao.web import charts
from duibiao.web.ask import Question
from duibiao.web.guard import Permission
from duibiao.web.static_files import STATIC

CARRIED = ("as_of",)
"""The parts of the state that every link keeps."""
FRAME = Markup("<!--frame-->")
"""Stands in a kept page where the visitor's own part goes: the navigation and the account."""


def fill(template: str, ask: Question, **context: Any) -> str:
    """Fill a template for a question; see ``words`` for what a template can call."""
    return _environment().get_template(template).render(**context, **words(ask))


def frame(ask: Question) -> str:
    """The visitor's own part of a page: where they may go, and who they are."""
    return fill("frame.html", ask)


def words(ask: Question) -> dict[str, Any]:
    """What templates can call: words, numbers, links."""
    language = ask.language
    zh = language is Language.ZH

    def said(text: Text | str | None) -> str:
        return text.in_(language) if isinstance(text, Text) else text or ""

    # What a form answered has no address of its own: its links lead back to the page that held the form.
    shown = ask.request.url.path
    if ask.request.method != "GET":
        shown = urlsplit(ask.request.headers.get("referer", "")).path or "/"

    def url(path: str, **query: object) -> str:
        return link(ask, path, **query)

    def here(**query: object) -> str:
        return same(shown, **query)

    def same(path: str, **query: object) -> str:
        kept = dict(ask.request.query_params.multi_items())
        kept.update({name: str(value) for name, value in query.items() if value is not None})
        for name, value in query.items():
            if value is None:
                kept.pop(name, None)
        return path + (f"?{urlencode(kept)}" if kept else "")

    return {
        "ask": ask,
        "zh": zh,
        "lang": "zh-CN" if zh else "en",
        "t": lambda chinese, english: chinese if zh else english,
        "said": said,
        "url": url,
        "here": here,
        "same": same,
        "static": STATIC.url,
        "frame": FRAME,
        "csrf": lambda: Markup('<input type="hidden" name="csrf" value="{}">').format(ask.visitor.csrf),
        "may": ask.visitor.may,
        "Permission": Permission,
        "Status": Status,
        "looks": LOOKS,
        "amount": amount_words,
        "rate": rate_words,
        "percent": percent,
        "ratio": ratio_words,
        "joined": joined,
        "bar": bar,
        "difference": difference_words,
        "large": large_words,
        "rounded": rounded_words,
        "charts": charts,
        "foretold": prediction_words,
        "drafted": draft_words,
    }


def link(ask: Question, path: str, **query: object) -> str:
    """A link to another page that keeps the day asked for; ``path`` is quoted, None leaves a part of the query out."""
    kept = {name: ask.request.query_params[name] for name in CARRIED if name in ask.request.query_params}
    kept.update({name: str(value) for name, value in query.items() if value is not None})
    return quote(path) + (f"?{urlencode(kept)}" if kept else "")


def bar(share: Decimal | None) -> int:
    """Width of a progress bar in whole percent, between 0 and 100; the figure beside it is never cut."""
    return 0 if share is None else int(min(max(share, Decimal(0)), Decimal(1)) * 100)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("duibiao.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
