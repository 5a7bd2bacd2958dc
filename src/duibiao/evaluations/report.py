"""Writes an official report (评估报告): an evaluation, a template and a person's passages become a paper.

Generated text comes from rules alone; a passage of a person stands apart with its author. Everything is built before
anything is written, so that a mistake leaves no half-written file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from duibiao.evaluations.figure_book import FigureBook
from duibiao.evaluations.narrative import WrittenPassage, narrative_block, unplaced
from duibiao.evaluations.placeholders import Piece, PlainWords
from duibiao.evaluations.record import Evaluation
from duibiao.evaluations.template_file import SEE
from duibiao.evaluations.templates import (
    AnnexBlock,
    Block,
    ChartBlock,
    EachBlock,
    HeadingBlock,
    Letterhead,
    NarrativeBlock,
    PageBreakBlock,
    ReportTemplate,
    SentenceBlock,
    TableBlock,
    When,
    Wording,
)
from duibiao.evaluations.vocabulary import ColumnWord, ReportContext, TableWord, Vocabulary, WordScope
from duibiao.evaluations.words import vocabulary
from duibiao.kernel.problem import Problem, Report, Where
from duibiao.kernel.text import Language, Text
from duibiao.views.paper import Annex, FontPreset, Paper, PaperBlock, PaperForm, PaperMeta, RedHead, Signature
from duibiao.views.paper_chart import PaperChart
from duibiao.views.paper_parts import (
    GroupRow,
    Narrative,
    PageBreak,
    PaperColumn,
    PaperHeading,
    PaperNote,
    PaperTable,
    Paragraph,
    Placeholder,
    TableCell,
    TableRow,
)
from duibiao.views.paper_text import Reference, Run, Runs, Strong, plain
from duibiao.views.words import DASH

_NOTHING = ("", "0", DASH)


@dataclass(frozen=True, slots=True)
class ReportOrder:
    """How a report is to be written (报告要求): language, day of signing, draft or not, letterhead, passages.

    ``most`` limits the rows of tables by name (a brief of one page); what is left out is said under the table.
    """

    language: Language = Language.ZH
    day: date | None = None
    is_draft: bool = False
    letterhead: Letterhead | None = None
    passages: Mapping[str, WrittenPassage] = field(default_factory=dict)
    annex_files: Sequence[str] = ()
    most: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """A report as written (成文报告): the paper, and what its reader must be told but not on the page."""

    paper: Paper
    notices: tuple[Problem, ...]


def write_report(
    evaluation: Evaluation,
    template: ReportTemplate,
    order: ReportOrder,
    subject: object = None,
    book: FigureBook | None = None,
) -> WrittenReport:
    """Write a report; ``subject`` is the department or district a brief is about.

    Raises UserError: NARRATIVE-SECTION (a passage without a place; in a draft it is printed at the end and told),
    NARRATIVE-FIGURE, TEMPLATE-BRACE, and the PAPER- problems of ``views.paper``.
    """
    bound = {WordScope.REPORT: evaluation, template.about: subject or evaluation}
    context = ReportContext(evaluation, order.language, book or FigureBook(evaluation), bound)
    report = Report()
    left = unplaced(order.passages, template.sections)
    for passage in left:
        code = "NARRATIVE-LEFT-OVER" if order.is_draft else "NARRATIVE-SECTION"
        report.add(code, Where(passage.file), section=passage.section, choices=", ".join(template.sections) or DASH)
    # Written twice: the second time it is known which tables are printed, so that no sentence refers to another.
    first = _Writing(vocabulary(), context, order, Report(), None)
    printed = _table_ids(first.whole(template))
    writing = _Writing(vocabulary(), context, order, report, printed)
    blocks, annexes = writing.whole(template)
    if order.is_draft:
        blocks.extend(writing.left_over(left))
    report.refuse_errors()
    return WrittenReport(_paper(template, order, context, writing, blocks, annexes), tuple(report.problems))


def _table_ids(written: "tuple[list[PaperBlock], list[Annex]]") -> frozenset[str]:
    blocks, annexes = written
    every = [*blocks, *(block for annex in annexes for block in annex.blocks)]
    return frozenset(block.id for block in every if isinstance(block, PaperTable | PaperChart))


def _paper(
    template: ReportTemplate,
    order: ReportOrder,
    context: ReportContext,
    writing: "_Writing",
    blocks: list[PaperBlock],
    annexes: list[Annex],
) -> Paper:
    head = order.letterhead or template.letterhead
    evaluation = context.evaluation
    day = order.day or evaluation.as_of
    title = writing.words(template.title)
    return Paper(
        title=title,
        meta=PaperMeta(
            title=title,
            author=head.office or evaluation.home_unit_name,
            day=day,
            subject=evaluation.id,
            language="en" if order.language is Language.EN else "zh-CN",
        ),
        blocks=tuple(blocks),
        subtitle=writing.words(template.subtitle) if template.subtitle else "",
        red_head=RedHead(head.mark, head.number, head.signer) if head.mark else None,
        addressee=head.addressee,
        annexes=(*annexes, *(Annex(name, separate=True) for name in order.annex_files)),
        signature=Signature(head.office, day) if head.office and template.about is WordScope.REPORT else None,
        footer_note=context.t(f"评估编号：{evaluation.id}", f"Evaluation {evaluation.id}"),
        marks=(context.said(evaluation.mark),) if evaluation.mark else (),
        draft=order.is_draft,
        preset=FontPreset(head.preset),
        form=PaperForm.DOCUMENT if template.about is WordScope.REPORT else PaperForm.BRIEF,
    )


@dataclass(slots=True)
class _Writing:
    """The writing of one report: blocks of the template in, blocks of the paper out."""

    vocabulary: Vocabulary
    context: ReportContext
    order: ReportOrder
    report: Report
    printed: frozenset[str] | None

    def whole(self, template: ReportTemplate) -> tuple[list[PaperBlock], list[Annex]]:
        """The text and the annexes of a template."""
        blocks = without_empty_headings(self.blocks(template.blocks, self.context))
        annexes = [annex for one in template.annexes if (annex := self.annex(one)) is not None]
        return blocks, annexes

    def annex(self, block: AnnexBlock) -> Annex | None:
        """An annex, None where its conditions do not hold or nothing stands in it."""
        if not self.holds(block.when, self.context):
            return None
        inner = without_empty_headings(self.blocks(block.blocks, self.context))
        return Annex(self.words(block.title), tuple(inner)) if inner else None

    def left_over(self, passages: Iterable[WrittenPassage]) -> Iterable[PaperBlock]:
        """Passages without a place, printed at the end of a draft."""
        blocks = [block for one in passages if (block := narrative_block(one, self.context.book, self.report))]
        if blocks:
            yield PaperHeading(1, (self.context.t("模板中已无位置的段落", "Passages without a place"),))
        yield from blocks

    def blocks(self, blocks: Iterable[Block], context: ReportContext) -> list[PaperBlock]:
        """Write blocks in order; a sentence may continue the paragraph before it."""
        found: list[PaperBlock] = []
        for block in blocks:
            if not self.holds(block.when, context):
                continue
            match block:
                case SentenceBlock():
                    self.sentence(block, context, found)
                case EachBlock():
                    found.extend(self.each(block, context))
                case HeadingBlock():
                    found.append(PaperHeading(block.level, self.runs(block.wording, context)))
                case TableBlock():
                    found.extend(self.table(block, context))
                case ChartBlock():
                    found.extend(self.chart(block, context))
                case NarrativeBlock():
                    found.extend(self.narrative(block, context))
                case PageBreakBlock():
                    found.append(PageBreak())
        return found

    def holds(self, when: When, context: ReportContext) -> bool:
        """Whether every condition of a block holds."""
        return all(self.vocabulary.conditions[name].holds(context) is wanted for name, wanted in when.conditions)

    def each(self, block: EachBlock, context: ReportContext) -> Iterable[PaperBlock]:
        """Blocks once for every item of a loop."""
        loop = self.vocabulary.loops[block.loop]
        for number, item in enumerate(loop.items(context), 1):
            yield from self.blocks(block.blocks, context.at(loop.binds, item, number))

    def sentence(self, block: SentenceBlock, context: ReportContext, found: list[PaperBlock]) -> None:
        """Say the clauses that apply, as a paragraph or at the end of the one before."""
        parts = [
            runs
            for clause in block.clauses
            if self.holds(clause.when, context) and self.can_refer(runs := self.runs(clause.wording, context))
        ]
        if not parts:
            return
        said: list[Run] = []
        for part in parts:
            if said:
                said.append(context.said(block.join))
            said.extend(part)
        if not plain(tuple(said)).endswith(("。", "；", "：", "！", "？")):
            said.append(context.said(block.end))
        runs = tuple(run for run in said if run)
        last = found[-1] if found else None
        if block.is_note:
            found.append(PaperNote(runs))
        elif block.continues and isinstance(last, Paragraph):
            found[-1] = Paragraph((*last.runs, *runs))
        else:
            found.append(Paragraph(runs))

    def can_refer(self, runs: Runs) -> bool:
        """Whether every table a clause refers to is printed."""
        return self.printed is None or all(run.id in self.printed for run in runs if isinstance(run, Reference))

    def narrative(self, block: NarrativeBlock, context: ReportContext) -> Iterable[PaperBlock]:
        """A person's passage with its heading; its place in a draft; nothing otherwise."""
        passage = self.order.passages.get(block.section)
        written: Narrative | Placeholder | None = None
        if passage is not None:
            written = narrative_block(passage, context.book, self.report)
        elif self.order.is_draft:
            written = Placeholder(f"narrative/{block.section}", context.said(block.hint) or block.section)
        if written is not None:
            if block.heading is not None:
                yield PaperHeading(block.level, self.runs(block.heading, context))
            yield written

    def table(self, block: TableBlock, context: ReportContext) -> Iterable[PaperBlock]:
        """A table with the columns asked for, without those that are sparse and empty."""
        word = self.vocabulary.tables[block.table]
        items = word.rows(context)
        if not items:
            return
        names = [choice.name for choice in block.columns] or list(word.usual)
        headings = {choice.name: choice.heading for choice in block.columns if choice.heading}
        most = self.order.most.get(block.table, len(items))
        shown = list(items)[:most]
        columns = [word.columns[name] for name in names]
        at = [context.at(word.binds, item, number) for number, item in enumerate(shown, 1)]
        cells, years = _cells(columns, at)
        kept = [
            place
            for place, column in enumerate(columns)
            if not column.sparse or any(plain(row[place]) not in _NOTHING for row in cells)
        ]
        notes = [self.runs(block.note, context)] if block.note else []
        if len(items) > most:
            more = len(items) - most
            notes.append((context.t(f"另有{more}项，见评估数据电子表格。", f"{more} more stand in the workbook."),))
        if not shown:
            yield from (PaperNote(note) for note in notes)
            return
        yield PaperTable(
            id=self.id_of(word, context),
            caption=plain(self.runs(block.caption, context)),
            columns=tuple(_column(columns[place], context, headings, years.get(place, "")) for place in kept),
            rows=tuple(_rows(word, at, cells, kept)),
            notes=tuple(notes),
            landscape=word.is_wide,
        )

    def id_of(self, word: TableWord, context: ReportContext) -> str:
        """The id of a table: its name, with the plan it is about inside the loop of the plans."""
        action = context.bound.get(WordScope.ACTION) if word.scope is WordScope.ACTION else None
        return f"{word.name}/{getattr(action, 'plan', '')}" if action else word.name

    def chart(self, block: ChartBlock, context: ReportContext) -> Iterable[PaperBlock]:
        """A chart where there is enough to draw and its table is printed."""
        chart = self.vocabulary.charts[block.chart].draw(context)
        if chart is not None and (self.printed is None or chart.table in self.printed):
            yield PaperChart(
                chart.id, chart.kind, plain(self.runs(block.caption, context)), chart.categories, chart.series,
                chart.table, chart.summary, chart.unit,
            )  # fmt: skip

    def words(self, wording: Wording) -> str:
        """A wording as plain words, for titles."""
        return plain(self.runs(wording, self.context))

    def runs(self, wording: Wording, context: ReportContext) -> Runs:
        """A wording with its fields filled in; a field without an answer is a dash."""
        found: list[Run] = []
        for piece in wording.in_(context.language):
            found.extend(self.filled(piece, context))
        return tuple(found)

    def filled(self, piece: Piece, context: ReportContext) -> Runs:
        """One piece: words as they are, a field's answer, a reference to a table."""
        if isinstance(piece, PlainWords):
            return (Strong(piece.text),) if piece.is_strong else (piece.text,)
        if piece.name.startswith(SEE):
            name = piece.name.removeprefix(SEE)
            if name in self.vocabulary.tables:
                return (Reference(self.id_of(self.vocabulary.tables[name], context)),)
            return (Reference(name),)
        runs = self.vocabulary.fields[piece.name].answer(context) or (DASH,)
        return tuple(Strong(run) if piece.is_strong and isinstance(run, str) else run for run in runs)


def _cells(columns: Sequence[ColumnWord], at: Sequence[ReportContext]) -> tuple[list[list[Runs]], dict[int, str]]:
    """The cells of a table, and for columns whose figures all speak of one year that year, for their heading."""
    cells = [[column.cell(one) for column in columns] for one in at]
    common: dict[int, str] = {}
    for place, column in enumerate(columns):
        if column.year is None:
            continue
        told = [(row, column.year(one)) for row, one in zip(cells, at, strict=True) if plain(row[place]) != DASH]
        if len({year for _, year in told}) == 1:
            common[place] = told[0][1]
        else:
            for row, year in told:
                row[place] = (*row[place], f"\n（{year}）") if year else row[place]
    return cells, common


def _column(word: ColumnWord, context: ReportContext, headings: Mapping[str, Text], year: str) -> PaperColumn:
    heading = context.said(headings.get(word.name) or word.heading)
    return PaperColumn(f"{heading}\n（{year}）" if year else heading, word.width, word.align)


def _rows(
    word: TableWord, at: Sequence[ReportContext], cells: Sequence[Sequence[Runs]], kept: Sequence[int]
) -> Iterable[TableRow | GroupRow]:
    heading = ""
    for context, row in zip(at, cells, strict=True):
        group = word.group(context) if word.group else ""
        if group and group != heading:
            heading = group
            yield GroupRow((group,))
        yield TableRow(tuple(TableCell(row[place]) for place in kept))


def without_empty_headings(blocks: Sequence[PaperBlock]) -> list[PaperBlock]:
    """Leave out headings below which nothing stands, so that no condition has to be written twice."""
    kept: list[PaperBlock] = []
    for block in reversed(blocks):
        if isinstance(block, PaperHeading):
            below = kept[-1] if kept else None
            if below is None or (isinstance(below, PaperHeading) and below.level <= block.level):
                continue
        kept.append(block)
    return kept[::-1]
