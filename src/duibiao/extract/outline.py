"""The outline of an official document: parts of a compilation, and the tree of headings inside each."""

from dataclasses import dataclass
from enum import StrEnum

from duibiao.kernel.quick import quick_dataclass
from duibiao.sources.blocks import Block
from duibiao.sources.mapped import MappedText


class NodeKind(StrEnum):
    """The rooms of an official document."""

    ROOT = "root"
    CHAPTER = "chapter"  # 编 章
    PART = "part"  # 一、
    SECTION = "section"  # （一）
    ITEM = "item"  # 1.
    SUBITEM = "subitem"  # （1） ①
    ARTICLE = "article"  # 第…条
    DASH = "dash"  # ——
    BOX = "box"  # 专栏 N
    TABLE = "table"  # an indicator table: its blocks are table rows, or physical lines where the text has no rules
    ANNEX = "annex"  # 附件


@quick_dataclass(frozen=True, slots=True)
class Node:
    """A heading with what stands under it.

    ``title`` is the heading without its number (run-in headings: up to the first 。); ``blocks`` are the paragraphs
    directly under it, the rest of a run-in heading's paragraph first; ``number`` is as printed without its marks
    (``一``, ``8``, ``2.1``).
    """

    kind: NodeKind
    number: str
    title: MappedText
    blocks: tuple[Block, ...] = ()
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a compilation (or the only one of a file).

    ``issuer``, ``number`` (〔 〕), ``date`` and ``source_line`` are empty where the text does not state them.
    """

    title: MappedText
    root: Node
    issuer: str = ""
    number: str = ""
    date: str = ""
    source_line: str = ""


@quick_dataclass(frozen=True, slots=True)
class Context:
    """What surrounds a block when its meaning is read.

    ``section`` is the path of headings, ``number`` the nearest numbered item; ``plan_end`` the last year of the plan by
    its title (（2025—2027年） → 2027) or None; ``base_year`` the year before its first, or before it was issued;
    ``is_report`` tells that the document reports on what was done, ``is_plan`` that what it wants is a target even
    where it names no year; ``stage`` is the year over a list of dashes (到2027年，…), which is a stated one.
    """

    document: str
    section: str = ""
    number: str = ""
    plan_end: int | None = None
    base_year: int | None = None
    is_report: bool = False
    is_plan: bool = False
    stage: int | None = None

    def under(self, section: str, number: str) -> "Context":
        """The same document further down: under a path of headings, at a numbered item."""
        return Context(
            self.document, section, number, self.plan_end, self.base_year, self.is_report, self.is_plan, self.stage
        )
