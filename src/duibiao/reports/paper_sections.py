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
    beside a turn, beside another or at the end would leave an empty page and is dropped. There is always at least one
    section, if an empty one: an annex of nothing but placeholders still has its title.
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
    kept = tuple(
        (landscape, left)
        for at, (landscape, entries) in enumerate(made)
        if (left := _without_breaks(entries, first=at == 0))
    )
    return kept or ((False, ()),)


def _without_breaks(entries: tuple[tuple[str, PaperBlock], ...], *, first: bool) -> tuple[tuple[str, PaperBlock], ...]:
    """The blocks of a section without breaks at its end, beside each other, or, unless it is the first, before it."""
    kept: list[tuple[str, PaperBlock]] = []
    for number, block in entries:
        follows_one = isinstance(kept[-1][1], PageBreak) if kept else not first
        if not (isinstance(block, PageBreak) and follows_one):
            kept.append((number, block))
    if kept and isinstance(kept[-1][1], PageBreak):
        kept.pop()
    return tuple(kept)
