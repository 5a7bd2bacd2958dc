"""Which blocks of a paper stand on upright pages and which on pages turned round, alike in Word and in the PDF."""

from collections.abc import Iterable
from itertools import groupby

from duibiao.views.paper import Paper, PaperBlock
from duibiao.views.paper_numbers import numbered
from duibiao.views.paper_parts import PageBreak, PaperNote, PaperTable, Placeholder

Section = tuple[bool, tuple[tuple[str, PaperBlock], ...]]
"""Whether the pages are turned, and the blocks on them with their numbers."""


def sections(blocks: Iterable[PaperBlock], paper: Paper) -> tuple[Section, ...]:
    """Split blocks where the pages turn; placeholders are left out unless the paper is a draft.

    Turned tables that follow each other share their pages, and a note stays with the table it follows. A page break
    beside a turn would leave an empty page and is dropped.
    """
    turned: list[tuple[bool, tuple[str, PaperBlock]]] = []
    before = False
    for number, block in numbered(blocks):
        if isinstance(block, Placeholder) and not paper.draft:
            continue
        before = block.landscape if isinstance(block, PaperTable) else before and isinstance(block, PaperNote)
        turned.append((before, (number, block)))
    made = [
        (landscape, tuple(entry for _, entry in group))
        for landscape, group in groupby(turned, key=lambda entry: entry[0])
    ]
    return tuple(
        (landscape, kept)
        for at, (landscape, entries) in enumerate(made)
        if (kept := _without_breaks(entries, first=at == 0, last=at == len(made) - 1))
    )


def _without_breaks(
    entries: tuple[tuple[str, PaperBlock], ...], *, first: bool, last: bool
) -> tuple[tuple[str, PaperBlock], ...]:
    start, end = 0, len(entries)
    while not first and start < end and isinstance(entries[start][1], PageBreak):
        start += 1
    while not last and end > start and isinstance(entries[end - 1][1], PageBreak):
        end -= 1
    return entries[start:end]
