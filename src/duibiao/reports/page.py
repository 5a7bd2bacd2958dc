"""Renders a view into one HTML file that opens offline, sorts, and prints on A4."""

import base64
import hashlib
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from duibiao.kernel.text import Language, Text
from duibiao.views.words import amount_words, joined, percent, rate_words, ratio_words


def render(template: str, language: Language, **context: Any) -> bytes:
    """Fill a template. Everything is escaped; style and script are our own files, allowed by their hash."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )

    def said(text: Text | None) -> str:
        return text.in_(language) if text else ""

    page = _environment().get_template(template)
    filled = page.render(
        **context,
        zh=language is Language.ZH,
        lang="zh-CN" if language is Language.ZH else "en",
        said=said,
        t=lambda zh, en: zh if language is Language.ZH else en,
        amount=amount_words,
        rate=rate_words,
        percent=percent,
        ratio=ratio_words,
        joined=joined,
        bar=bar,
        counted=lambda tally, status: sum(one.count for one in tally if one.status is status),
        style=Markup(style),  # noqa: S704  our own file
        script=Markup(script),  # noqa: S704  our own file
        policy=policy,
    )
    return filled.encode()


def bar(share: Decimal | None) -> int:
    """Width of a progress bar in whole percent, between 0 and 100; the figure beside it is never cut."""
    return 0 if share is None else int(min(max(share, Decimal(0)), Decimal(1)) * 100)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("duibiao.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _asset(name: str) -> str:
    return resources.files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
