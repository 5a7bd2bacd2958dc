"""Passages a person writes (人工撰写段落), kept in files of their own so that generating again never touches them.

``narrative/<evaluation or kind-plan or plan>/<section>.md``: a first line ``作者：姓名`` (or ``author: name``), then
paragraphs with an empty line between them. ``{row/five-year-14/row-11/value}`` is the figure of that id, ``**…**`` is
emphasis. The folder of the evaluation itself comes before that of its kind and plan, and that before the plan's.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from duibiao.evaluations.figure_book import FigureBook
from duibiao.evaluations.placeholders import FIGURE, BraceError, Piece, PlainWords, pieces
from duibiao.evaluations.record import Evaluation
from duibiao.kernel.problem import Report, Where
from duibiao.views.paper_parts import Narrative
from duibiao.views.paper_text import Run, Runs, Strong

_AUTHOR = re.compile(r"(?:作者|author)\s*[:：]\s*(\S.*)", re.IGNORECASE)
_CHINESE = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class WrittenPassage:
    """What a person wrote for one section (撰写段落): its file, author and paragraphs with their lines."""

    section: str
    file: str
    author: str
    paragraphs: tuple[tuple[int, str], ...]


def narrative_folders(root: Path, evaluation: Evaluation) -> tuple[Path, ...]:
    """Where passages for an evaluation may stand, the nearest first."""
    plan = evaluation.collection or evaluation.plans[0].code
    return tuple(root / name for name in (evaluation.id, f"{evaluation.kind.value}-{plan}", plan))


def read_passages(folders: Iterable[Path], report: Report) -> dict[str, WrittenPassage]:
    """Read the passages of several folders; the first folder that has a section wins. Empty files are no passage.

    Problems: NARRATIVE-AUTHOR, NARRATIVE-HEADING, PACK-ENCODING. The caller ends with ``report.refuse_errors()``.
    """
    found: dict[str, WrittenPassage] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.md")):
            if path.stem not in found:
                passage = _read(path, f"{folder.name}/{path.name}", report)
                if passage:
                    found[path.stem] = passage
    return found


def _read(path: Path, name: str, report: Report) -> WrittenPassage | None:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        report.add("PACK-ENCODING", Where(name), detail=f"byte {error.start}")
        return None
    if not any(line.strip() for line in lines):
        return None
    first = next(number for number, line in enumerate(lines) if line.strip())
    match = _AUTHOR.fullmatch(lines[first].strip())
    if match is None:
        report.add("NARRATIVE-AUTHOR", Where(name, first + 1))
    paragraphs = tuple(_paragraphs(lines, first + 1 if match else first))
    for number, text in paragraphs:
        if text.startswith("#"):
            report.add("NARRATIVE-HEADING", Where(name, number), text=text[:20])
    return WrittenPassage(path.stem, name, match.group(1).strip() if match else "", paragraphs) if paragraphs else None


def _paragraphs(lines: list[str], start: int) -> Iterable[tuple[int, str]]:
    """Paragraphs with the line each begins on; a line break inside one is a space between Latin words only."""
    begun, words = 0, ""
    for number, line in enumerate([*lines[start:], ""], start + 1):
        text = line.strip()
        if text:
            between = words and not (_CHINESE.match(words[-1]) or _CHINESE.match(text))
            begun, words = begun or number, f"{words}{' ' if between else ''}{text}"
        elif words:
            yield begun, words
            begun, words = 0, ""


def narrative_block(passage: WrittenPassage, book: FigureBook, report: Report) -> Narrative | None:
    """Put the figures into a passage. Problems: NARRATIVE-FIGURE, TEMPLATE-BRACE; None where there is one."""
    before = len(report.problems)
    paragraphs = tuple(_filled(passage, number, text, book, report) for number, text in passage.paragraphs)
    if len(report.problems) > before or not passage.author:
        return None
    return Narrative(f"narrative/{passage.section}", paragraphs, passage.author)


def _filled(passage: WrittenPassage, number: int, text: str, book: FigureBook, report: Report) -> Runs:
    where = Where(passage.file, number)
    try:
        parts = pieces(text, FIGURE)
    except BraceError as error:
        report.add("TEMPLATE-BRACE", where, text=str(error))
        return ()
    return tuple(_run(part, where, book, report) for part in parts)


def _run(part: Piece, where: Where, book: FigureBook, report: Report) -> Run:
    if isinstance(part, PlainWords):
        return Strong(part.text) if part.is_strong else part.text
    if part.name not in book.shown:
        near = ", ".join(book.near(part.name)) or "duibiao report fields --evaluation"
        report.add("NARRATIVE-FIGURE", where, figure=part.name, hint=near)
        return part.name
    return book.figure(part.name)


def unplaced(passages: Mapping[str, WrittenPassage], sections: Iterable[str]) -> list[WrittenPassage]:
    """Passages whose section is not in the template: they are told, and never dropped in silence."""
    known = set(sections)
    return [passage for section, passage in passages.items() if section not in known]
