"""Answers to what was handed in, kept for a day beside the store, so that they can be read and fetched again.

The file that was handed in is kept nowhere. What is kept here is our answer to it — the page, and the coloured
workbook — for the account that handed it in and for nobody else.
"""

import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from duibiao.kernel.text import Text
from duibiao.views.words import as_plain

FOLDER = "answers"
KEPT_S = 24 * 60 * 60
"""How long an answer is kept, in seconds: it is worked through on the day it came."""
_TOKEN = re.compile(r"[\w-]{20,40}")


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """The answers of a data folder (暂存答复): one JSON file each, and a coloured workbook where there is one."""

    folder: Path

    @classmethod
    def of(cls, data: Path) -> "KeptAnswers":
        """The answers beside a store."""
        return cls(data / FOLDER)

    def token(self) -> str:
        """A name nobody can guess, for an answer that is about to be kept; what is too old goes."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        oldest = time.time() - KEPT_S
        for path in self.folder.iterdir():
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)
        return secrets.token_urlsafe(18)

    def workbook(self, token: str) -> Path:
        """Where the coloured workbook of an answer lies."""
        return self.folder / f"{token}.xlsx"

    def keep(self, token: str, account: str, page: Any) -> None:
        """Keep an answer for an account; ``page`` is the dataclass of its page."""
        path = self.folder / f"{token}.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps({"account": account, "page": as_plain(page)}, ensure_ascii=False), encoding="utf-8")
        if self.workbook(token).exists():
            self.workbook(token).chmod(0o600)

    def page(self, token: str, account: str) -> Any | None:
        """The page of an answer, with words in both languages as a template reads them; None for one of others."""
        if not _TOKEN.fullmatch(token):
            return None
        try:
            found = json.loads((self.folder / f"{token}.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return revived(found["page"]) if secrets.compare_digest(found["account"], account) else None


def revived(value: Any) -> Any:
    """What ``as_plain`` made of a page, for a template: attributes by name, words in both languages."""
    if isinstance(value, Mapping):
        if set(value) == {"zh", "en"}:
            return Text(value["zh"], value["en"])
        return SimpleNamespace(**{name: revived(item) for name, item in value.items()})
    if isinstance(value, list):
        return [revived(item) for item in value]
    return value
