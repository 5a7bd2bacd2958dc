"""Runs extraction for the benchmark: the whole way from a file, or only the statements of given paragraphs."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.gold_readings import Gold, Offsets, files
from duibiao.extract.items import DraftItem
from duibiao.extract.outline import Context
from duibiao.plan.model import Plan
from duibiao.sources.archive import Document
from duibiao.sources.blocks import Original
from duibiao.sources.mapped import MappedText


@dataclass(frozen=True)
class Drafted:
    """What was read in a file."""

    titles: tuple[str, ...]
    items: tuple[DraftItem, ...]


def drafted(path: Path, departments: dict[str, str] | None = None) -> Drafted:
    """Read one file the way the program does."""
    from duibiao.extract.draft import extract  # noqa: PLC0415
    from duibiao.sources.readers import read  # noqa: PLC0415

    draft = extract(read(path), departments) if departments is not None else extract(read(path))
    return Drafted(tuple(part.title.text for part in draft.parts), tuple(draft.items))


def by_program(documents: Path) -> dict[str, Drafted]:
    """Read every document the way the program does."""
    return {source: drafted(path) for source, path in files(documents).items()}


def by_paragraph(gold: Gold) -> dict[str, Drafted]:
    """Read the statements of paragraphs that are known: tasks and opening paragraphs of plans, lines of other files."""
    from duibiao.extract.statements import statements  # noqa: PLC0415

    found: dict[str, list[DraftItem]] = {source: [] for source in gold.texts}
    for plan in gold.plans.values():
        document = gold.workspace.document(plan.document)
        if document is None:
            continue
        original = Original(document.source.sha256, "txt", document.text)
        for words, number in paragraphs(gold, plan, document):
            context = Context(plan.part, number=number, plan_end=plan.end, base_year=plan.base_year)
            found[plan.document] += statements(words, original, context)
    return {source: Drafted((), tuple(items)) for source, items in found.items()}


def paragraphs(gold: Gold, plan: Plan, document: Document) -> list[tuple[MappedText, str]]:
    """The paragraphs of a plan: its tasks and opening where it has tasks, else the lines of its stretch."""
    offsets = Offsets(document.text)
    stretch = next((one for one in gold.stretches if one.code == plan.code), None)
    if stretch is None:
        return []
    first, last = offsets.line(stretch.start), offsets.line(stretch.end - 1)
    if not plan.tasks:
        return [(joined(document, offsets, n, n), "") for n in range(first, last + 1) if document.lines[n - 1].strip()]
    table = min(target.citation.locator.first_line for target in plan.table)
    heading = next(n for n in range(table, first, -1) if document.lines[n - 1].strip().endswith("主要指标"))
    found = [(joined(document, offsets, first + 3, heading - 1), "chapeau")]
    for task in plan.tasks:
        at = task.citation.locator
        found.append((joined(document, offsets, at.first_line, at.last_line), str(task.number)))
    return found


def joined(document: Document, offsets: Offsets, first: int, last: int) -> MappedText:
    """Lines put together without wraps, running heads and blank lines."""
    parts: list[MappedText | str] = []
    for number in range(first, last + 1):
        line = document.lines[number - 1]
        if line.strip() and not document.is_running_head(line):
            start = offsets.starts[number - 1]
            parts.append(MappedText.of(document.text, start, start + len(line)).stripped())
    return MappedText.joined(parts)
