"""The documents behind the plans: what is cited, where, and the text with the cited passages marked."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from duibiao.kernel.text import Text
from duibiao.sources.archive import Document
from duibiao.sources.citation import Citation, Locator, Source
from duibiao.workspace import Workspace

LINES_A_PAGE = 400
"""So many lines of a document stand on one page of the cockpit."""


@dataclass(frozen=True, slots=True)
class DocumentItem:
    """A document or web page that something rests on: ``citations`` counts
    what cites it, ``is_archived`` tells whether its text is at hand."""

    code: str
    title: Text
    publisher: str
    number: str
    published: str
    url: str
    sha256: str
    citations: int
    is_archived: bool
    note: str


@dataclass(frozen=True, slots=True)
class DocumentsPage:
    """All sources of the packs, the most cited first."""

    title: Text
    sentence: Text
    documents: tuple[DocumentItem, ...]


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line of a document: ``cited`` names what rests on it; ``is_here`` marks the passage asked for."""

    number: int
    text: str
    is_running_head: bool
    is_here: bool
    cited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A stretch of a document with its cited lines; ``page`` of ``pages``, counted from 1."""

    document: DocumentItem
    at: str
    passage: str
    lines: tuple[DocumentLine, ...]
    page: int
    pages: int
    cited_by: tuple[str, ...]


def documents_page(workspace: Workspace) -> DocumentsPage:
    """List every source with how often it is cited and whether its text is at hand."""
    counted = Counter(citation.document for _, citation in workspace.citations())
    items = tuple(
        sorted(
            (_item(workspace, source, counted[code]) for code, source in workspace.content.sources.items()),
            key=lambda item: (-item.citations, item.code),
        )
    )
    held = sum(1 for item in items if item.is_archived)
    return DocumentsPage(
        Text("文件与来源", "Documents and sources"),
        Text(
            f"共{len(items)}份来源，被引用{sum(item.citations for item in items)}处；原文已归档{held}份。",
            f"{len(items)} sources, cited {sum(item.citations for item in items)} times; {held} texts are archived.",
        ),
        items,
    )


def document_page(workspace: Workspace, code: str, at: str = "", page: int = 0) -> DocumentPage:
    """Show a document at a place (``p47 L2206``), or a page of it.

    Raises KeyError for a code that is no source, ValueError for a place that is none.
    """
    source = workspace.content.sources[code]
    cited = [(name, citation) for name, citation in workspace.citations() if citation.document == code]
    item = _item(workspace, source, len(cited))
    document = workspace.document(code)
    if document is None:
        return DocumentPage(item, at, "", (), 1, 1, tuple(name for name, _ in cited))
    locator = Locator.parse(at) if at else None
    passage = document.passage(locator).shown if locator else ""
    pages = -(-len(document.lines) // LINES_A_PAGE)
    shown = page or ((locator.first_line - 1) // LINES_A_PAGE + 1 if locator else 1)
    shown = min(max(shown, 1), pages)
    lines = tuple(_lines(document, locator, _by_line(cited), shown))
    here = tuple(name for name, citation in cited if locator and citation.locator == locator)
    return DocumentPage(item, at, passage, lines, shown, pages, here)


def _item(workspace: Workspace, source: Source, citations: int) -> DocumentItem:
    return DocumentItem(
        code=source.code,
        title=source.title,
        publisher=source.publisher,
        number=source.number,
        published=str(source.published),
        url=source.url,
        sha256=source.sha256,
        citations=citations,
        is_archived=workspace.archive.holds(source),
        note=source.note,
    )


def _by_line(cited: Iterable[tuple[str, Citation]]) -> dict[int, tuple[str, ...]]:
    """What rests on each line."""
    found: dict[int, list[str]] = {}
    for name, citation in cited:
        for line in range(citation.locator.first_line, citation.locator.last_line + 1):
            if name not in found.setdefault(line, []):
                found[line].append(name)
    return {line: tuple(names) for line, names in found.items()}


def _lines(
    document: Document, here: Locator | None, cited: dict[int, tuple[str, ...]], page: int
) -> Iterable[DocumentLine]:
    first = (page - 1) * LINES_A_PAGE
    for number, text in enumerate(document.lines[first : first + LINES_A_PAGE], first + 1):
        if text.strip():
            inside = here is not None and here.first_line <= number <= here.last_line
            yield DocumentLine(number, text.rstrip(), document.is_running_head(text), inside, cited.get(number, ()))
