"""The inline parts of an official document: words, figures, emphasis, references; and the check of every text.

A text goes into XML and into a typesetter: control characters, half surrogates and characters that turn the
direction of the writing are refused, everything else (`<`, `&`, `#`, `$`, rare characters) is a character as any.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

from duibiao.kernel.problem import UserError, Where, problem

# Document number (发文字号): year in hexagonal brackets, number without 第 and leading zeros (GB/T 9704-2012).
DOCUMENT_NUMBER = re.compile(r"[^〔〕\s]+〔\d{4}〕[1-9]\d*号")
# What XML 1.0 cannot hold (control characters, half surrogates, U+FFFE/U+FFFF), what has no picture (other
# non-characters, the replacement character) and what turns the direction of writing.
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)


def refuse(code: str, part: str, **facts: object) -> NoReturn:
    """Raise ``UserError`` with one problem of a part of the paper."""
    raise UserError([problem(code, Where("paper", field=part), **facts)])


def check_text(text: str, part: str, *, lines: bool = False) -> None:
    """Refuse (PAPER-TEXT) a character no document can hold; a line break only where ``lines`` allows it."""
    for found in _FORBIDDEN.finditer(text):
        if not (lines and found.group() == "\n"):
            near = _FORBIDDEN.sub("□", text[max(0, found.start() - 12) : found.end() + 12])
            refuse("PAPER-TEXT", part, character=f"U+{ord(found.group()):04X}", near=near)


def check_id(name: str) -> None:
    """Refuse (PAPER-ID) an id that is empty or holds anything a tag cannot."""
    if not name or not name.isprintable() or name != name.strip():
        refuse("PAPER-ID", name or "id", what="编号为空或含不可见字符 empty or not printable")


@dataclass(frozen=True, slots=True)
class Field:
    """A figure in the text (数字域): the id of what it shows and the words that show it.

    The same id shows the same words in the whole paper; a renderer carries the id invisibly.
    """

    id: str
    shown: str

    def __post_init__(self) -> None:
        check_id(self.id)
        check_text(self.shown, self.id)
        if not self.shown:
            refuse("PAPER-EMPTY", self.id)


@dataclass(frozen=True, slots=True)
class Strong:
    """Words with emphasis (着重), in 黑体 as official documents do, not slanted or underlined."""

    text: str

    def __post_init__(self) -> None:
        check_text(self.text, "strong", lines=True)


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference (图表引用) to a table or chart of the paper by its id, printed as 表1 or 图1."""

    id: str

    def __post_init__(self) -> None:
        check_id(self.id)


Run = str | Field | Strong | Reference
Runs = tuple[Run, ...]


def check_runs(runs: Runs, part: str, *, lines: bool = False, may_be_empty: bool = False) -> None:
    """Check every run; refuse (PAPER-EMPTY) a part that would print nothing."""
    for run in runs:
        if isinstance(run, str):
            check_text(run, part, lines=lines)
        elif isinstance(run, Strong) and not lines:
            check_text(run.text, part)
    if not may_be_empty and not plain(runs).strip():
        refuse("PAPER-EMPTY", part)


def plain(runs: Runs) -> str:
    """The words of runs without any form; a reference as its id in brackets."""
    return "".join(_words(run) for run in runs)


def _words(run: Run) -> str:
    match run:
        case str():
            return run
        case Field():
            return run.shown
        case Strong():
            return run.text
        case Reference():
            return f"[{run.id}]"
