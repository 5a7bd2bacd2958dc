"""A problem says where it is, what is wrong and what to do, in Chinese and in English."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import yaml

from duibiao.kernel.quick import quick_dataclass
from duibiao.kernel.text import Language, Text


class Level(StrEnum):
    """How much a problem matters: an error refuses the input, a warning asks a person to look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """The place of a problem: file, line and field (or cell)."""

    file: str
    line: int = 0
    field: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} [{self.field}]" if self.field else place


@quick_dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with an input: stable code, level, message, place and remedy."""

    code: str
    level: Level
    message: Text
    where: Where
    remedy: Text

    def in_(self, language: Language) -> str:
        """Write the problem out in one language."""
        todo = Text("处理办法", "What to do").in_(language)
        return f"{self.where}: {self.code} {self.message.in_(language)}\n    {todo}: {self.remedy.in_(language)}"


class DuibiaoError(Exception):
    """Base of every error duibiao raises on purpose."""


class UserError(DuibiaoError):
    """The input must be mended by a person; carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.where, problem.code)))
        super().__init__("\n".join(problem.in_(Language.ZH) for problem in self.problems))


class PartlyDoneError(UserError):
    """Some of the input must be mended; the rest of it was taken, each part whole."""


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """Return the catalogue of problem codes (``catalogue.yaml`` beside this file)."""
    text = resources.files(__package__).joinpath("catalogue.yaml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return loaded


@dataclass(frozen=True, slots=True)
class _Sentences:
    """A catalogue entry ready to be filled in: a return of ten thousand schools has thousands of findings."""

    level: Level
    message: Text
    remedy: Text
    remedy_is_filled_in: bool


@cache
def _sentences(code: str) -> _Sentences:
    entry = catalogue()[code]
    message, remedy = (Text(entry[part]["zh"], entry[part]["en"]) for part in ("message", "remedy"))
    fixed = not any(brace in words for words in (remedy.zh, remedy.en) for brace in "{}")
    return _Sentences(Level(entry.get("level", "error")), message, remedy, not fixed)


def problem(code: str, where: Where, **facts: object) -> Problem:
    """Build a problem from its catalogue entry, with the facts put into its sentences."""
    entry = _sentences(code)
    words = {name: str(fact) for name, fact in facts.items()}
    message, remedy = entry.message, entry.remedy
    if entry.remedy_is_filled_in:
        remedy = Text(remedy.zh.format(**words), remedy.en.format(**words))
    return Problem(
        code=code,
        level=entry.level,
        message=Text(message.zh.format(**words), message.en.format(**words)),
        where=where,
        remedy=remedy,
    )


class Report:
    """Collects the problems of one reading, so that all of them are told at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, code: str, where: Where, **facts: object) -> None:
        """Note one problem."""
        self.problems.append(problem(code, where, **facts))

    @property
    def errors(self) -> list[Problem]:
        """The problems that refuse the input."""
        return [found for found in self.problems if found.level is Level.ERROR]

    def refuse_errors(self) -> None:
        """Raise UserError with every problem when at least one is an error."""
        if self.errors:
            raise UserError(self.problems)
