"""What a report template holds (报告模板): headings, rule sentences, tables, charts, passages of a person, in order.

An office changes these files without programming (``packs/*/reports/*.yaml``, ``docs/reports.md``). They are read and
checked by ``template_file``; everything a template may name stands in ``vocabulary``.
"""

from dataclasses import dataclass

from duibiao.evaluations.placeholders import Piece
from duibiao.evaluations.vocabulary import WordScope
from duibiao.kernel.text import Language, Text


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence or heading of a template in both languages (措辞); English falls back on the Chinese."""

    zh: tuple[Piece, ...]
    en: tuple[Piece, ...] = ()

    def in_(self, language: Language) -> tuple[Piece, ...]:
        """The pieces in one language."""
        return self.en if language is Language.EN and self.en else self.zh


@dataclass(frozen=True, slots=True)
class When:
    """Conditions that must all hold (条件): the name of each, and whether it is turned round."""

    conditions: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class SentenceClause:
    """One clause of a rule sentence and when it is said (句段)."""

    wording: Wording
    when: When


@dataclass(frozen=True, slots=True)
class HeadingBlock:
    """A heading (标题块) of level 1 to 4."""

    level: int
    wording: Wording
    when: When


@dataclass(frozen=True, slots=True)
class SentenceBlock:
    """A rule sentence (规则句): its clauses that apply, joined, with a full stop. Nothing is said when none applies.

    ``continues`` puts it into the paragraph before it; ``is_note`` sets it small.
    """

    clauses: tuple[SentenceClause, ...]
    join: Text
    end: Text
    continues: bool
    is_note: bool
    when: When


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column a table shows (所选列), with another heading than its own where one is given."""

    name: str
    heading: Text | None


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table (表格块) by its name; no columns means its usual ones. It is left out when it has no row."""

    table: str
    caption: Wording
    columns: tuple[ColumnChoice, ...]
    note: Wording | None
    when: When


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """A chart (图表块) by its name; it is left out when it has nothing to show."""

    chart: str
    caption: Wording
    when: When


@dataclass(frozen=True, slots=True)
class NarrativeBlock:
    """The place of a passage a person writes (人工撰写段落), with the heading that comes and goes with it."""

    section: str
    hint: Text
    level: int
    heading: Wording | None
    when: When


@dataclass(frozen=True, slots=True)
class EachBlock:
    """Blocks said once for everything a loop goes through (逐项块)."""

    loop: str
    blocks: "tuple[Block, ...]"
    when: When


@dataclass(frozen=True, slots=True)
class PageBreakBlock:
    """A new page (分页块)."""

    when: When


Block = HeadingBlock | SentenceBlock | TableBlock | ChartBlock | NarrativeBlock | EachBlock | PageBreakBlock


@dataclass(frozen=True, slots=True)
class AnnexBlock:
    """An annex (附件块): its title and what stands in it."""

    title: Wording
    blocks: tuple[Block, ...]
    when: When


@dataclass(frozen=True, slots=True)
class Letterhead:
    """How an office signs (版头与落款): red head, addressee, signing office, font preset; empty for what it leaves out.

    ``mark`` is the issuer's mark in red, ``number`` the document number, ``signer`` the one who approves.
    """

    mark: str = ""
    number: str = ""
    signer: str = ""
    addressee: str = ""
    office: str = ""
    preset: str = "gb2312"


@dataclass(frozen=True, slots=True)
class ReportTemplate:
    """A template as loaded (报告模板): ``about`` is the whole report, or one department or district (a brief).

    ``sections`` are the ids of the passages a person may write.
    """

    code: str
    name: Text
    title: Wording
    subtitle: Wording | None
    about: WordScope
    letterhead: Letterhead
    blocks: tuple[Block, ...]
    annexes: tuple[AnnexBlock, ...]
    sections: tuple[str, ...]
