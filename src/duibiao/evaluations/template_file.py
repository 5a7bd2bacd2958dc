"""Reads report templates and tells every mistake at once, with file, line and what to do (读取报告模板)."""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from duibiao.evaluations.placeholders import BraceError, Piece, Slot, pieces
from duibiao.evaluations.templates import (
    AnnexBlock,
    Block,
    ChartBlock,
    ColumnChoice,
    EachBlock,
    HeadingBlock,
    Letterhead,
    NarrativeBlock,
    PageBreakBlock,
    ReportTemplate,
    SentenceBlock,
    SentenceClause,
    TableBlock,
    When,
    Wording,
)
from duibiao.evaluations.vocabulary import SCOPE_NAMES, Vocabulary, WordScope
from duibiao.kernel.problem import Report, Where
from duibiao.kernel.reading import Record, read_yaml
from duibiao.kernel.text import Text

SEE = "see."
"""``{see.issues}`` stands for the number of a table or chart of this template: 表3."""
KINDS = ("heading", "say", "table", "chart", "narrative", "each", "page_break")
"""What a block may be: exactly one of these fields stands in it."""
PRESETS = ("gb2312", "gbk")
"""The font presets an office may name."""
DEEPEST = 4
"""Official documents number four levels of headings: 一、（一）1.（1）."""

Scopes = frozenset[WordScope]
REPORT_ONLY: Scopes = frozenset({WordScope.REPORT})


def read_template(path: Path, name: str, vocabulary: Vocabulary, report: Report) -> ReportTemplate:
    """Read one template file; ``name`` is how messages call it. The caller ends with ``report.refuse_errors()``."""
    return _Reading(vocabulary, report).template(read_yaml(path, name, report))


def read_letterhead(path: Path, name: str, report: Report) -> Letterhead:
    """Read an office's letterhead file (``office.yaml``). The caller ends with ``report.refuse_errors()``."""
    record = read_yaml(path, name, report)
    found = _letterhead(record)
    record.close()
    return found


def _letterhead(record: Record) -> Letterhead:
    words = {one: record.optional(one) or "" for one in ("mark", "number", "signer", "addressee", "office")}
    for one, text in words.items():
        _no_placeholder(record, one, text)
    preset = record.optional("preset") or PRESETS[0]
    if preset not in PRESETS:
        record.report.add(
            "PACK-CHOICE", record.where("preset"), field="preset", value=preset, choices=", ".join(PRESETS)
        )
    return Letterhead(**words, preset=preset)


def _no_placeholder(record: Record, name: str, text: str) -> None:
    if "{" in text or "}" in text:
        record.report.add("TEMPLATE-PLACE", record.where(name), field=name, text=text)


@dataclass(slots=True)
class _Reading:
    """The reading of one template: what it may name, the problems, and the passages met so far."""

    vocabulary: Vocabulary
    report: Report
    sections: list[str] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)
    asked: list[tuple[Where, str]] = field(default_factory=list)
    level: int = 0

    def template(self, record: Record) -> ReportTemplate:
        """Read the whole file."""
        subject = record.optional("about") or WordScope.REPORT.value
        scopes = self.subject(record, subject)
        head = record.record("letterhead") if record.has("letterhead") else None
        code, name = record.text("code"), record.label("name")
        title = self.wording(record, "title", scopes)
        subtitle = self.wording(record, "subtitle", scopes) if record.has("subtitle") else None
        blocks = self.blocks(record, "blocks", scopes)
        annexes = tuple(self.annex(inner, scopes) for inner in record.records("annexes"))
        letterhead = _letterhead(head) if head else Letterhead()
        if head:
            head.close()
        record.close()
        for where, asked in self.asked:
            if asked not in self.shown:
                self.report.add("TEMPLATE-NO-TABLE", where, name=asked)
        if not blocks and not record.failed and record.values:
            self.report.add("TEMPLATE-EMPTY", record.where("blocks"))
        return ReportTemplate(
            code, name, title, subtitle, WordScope(subject) if subject in set(WordScope) else WordScope.REPORT,
            letterhead, blocks, annexes, tuple(self.sections),
        )  # fmt: skip

    def subject(self, record: Record, subject: str) -> Scopes:
        """What the paper is about: the whole report, or one department or district of it."""
        known = [WordScope.REPORT.value, WordScope.DEPARTMENT.value, WordScope.UNIT.value]
        if subject not in known:
            self.report.add(
                "PACK-CHOICE", record.where("about"), field="about", value=subject, choices=", ".join(known)
            )
            return REPORT_ONLY
        return frozenset({WordScope.REPORT, WordScope(subject)})

    def annex(self, record: Record, scopes: Scopes) -> AnnexBlock:
        """Read an annex."""
        self.level = 0
        found = AnnexBlock(
            self.wording(record, "title", scopes), self.blocks(record, "blocks", scopes), self.when(record, scopes)
        )
        record.close()
        return found

    def blocks(self, record: Record, name: str, scopes: Scopes) -> tuple[Block, ...]:
        """Read a list of blocks."""
        found = [self.block(inner, scopes) for inner in record.records(name)]
        return tuple(block for block in found if block is not None)

    def block(self, record: Record, scopes: Scopes) -> Block | None:
        """Read one block of any kind."""
        kinds = [kind for kind in KINDS if kind in record.values]
        if len(kinds) != 1:
            self.report.add(
                "TEMPLATE-BLOCK",
                record.where(),
                found=", ".join(kinds or record.values) or "—",
                choices=", ".join(KINDS),
            )
            return None
        readers: dict[str, Callable[[Record, Scopes], Block]] = {
            "heading": self.heading,
            "say": self.sentence,
            "table": self.table,
            "chart": self.chart,
            "narrative": self.narrative,
            "each": self.each,
            "page_break": self.page_break,
        }
        found = readers[kinds[0]](record, scopes)
        record.close()
        return found

    def heading(self, record: Record, scopes: Scopes) -> HeadingBlock:
        """Read a heading; a level may not be skipped."""
        level = self.next_level(record)
        return HeadingBlock(level, self.wording(record, "heading", scopes), self.when(record, scopes))

    def next_level(self, record: Record) -> int:
        """The level of a heading, checked against the one before it."""
        level = record.integer("level")
        if "level" in record.failed or not record.has("level"):
            return max(self.level, 1)
        if not 1 <= level <= DEEPEST or level > self.level + 1:
            self.report.add("TEMPLATE-LEVEL", record.where("level"), level=level, most=min(self.level + 1, DEEPEST))
        self.level = min(max(level, 1), DEEPEST)
        return self.level

    def sentence(self, record: Record, scopes: Scopes) -> SentenceBlock:
        """Read a rule sentence: one text, or clauses each with its own conditions."""
        value = record.values.get("say")
        record.read.add("say")
        clauses: list[SentenceClause] = []
        if isinstance(value, list):
            lines = record.item_lines.get("say", [])
            for number, item in enumerate(value):
                if isinstance(item, Record):
                    clauses.append(
                        SentenceClause(self.wording(item, "text", scopes), self.when(item, scopes)),
                    )
                    item.close()
                else:
                    where = Where(record.file, lines[number] if number < len(lines) else record.line, "say")
                    clauses.append(SentenceClause(Wording(self.parsed(item, where, scopes)), When()))
        else:
            clauses.append(SentenceClause(self.wording(record, "say", scopes), When()))
        join, end = (
            self.plain_label(record, one, usual)
            for one, usual in (("join", Text("，", ", ")), ("end", Text("。", ". ")))
        )
        return SentenceBlock(
            tuple(clauses), join, end, record.flag("continues"), record.flag("note"), self.when(record, scopes)
        )

    def table(self, record: Record, scopes: Scopes) -> TableBlock:
        """Read a table: its name, caption, columns and note."""
        name = record.text("table")
        word = self.vocabulary.tables.get(name)
        self.shown.add(name)
        self.known(record, "table", name, self.vocabulary.tables, Text("表格", "table"))
        if word:
            self.in_scope(record, "table", name, word.scope, scopes)
        columns = tuple(self.columns(record, word.columns if word else {}, is_known=word is not None))
        return TableBlock(
            name,
            self.wording(record, "caption", scopes),
            columns,
            self.wording(record, "note", scopes) if record.has("note") else None,
            self.when(record, scopes),
        )

    def columns(self, record: Record, known: Mapping[str, object], *, is_known: bool) -> Iterable[ColumnChoice]:
        """Read the columns a table shows, each a name or a name with a heading of its own."""
        items = record.values.get("columns")
        record.read.add("columns")
        if items in (None, ""):
            return
        if not isinstance(items, list):
            self.report.add("PACK-FIELD-KIND", record.where("columns"), field="columns", zh="列表", en="a list")
            return
        lines = record.item_lines.get("columns", [])
        seen: set[str] = set()
        for number, item in enumerate(items):
            where = Where(record.file, lines[number] if number < len(lines) else record.line, "columns")
            name = item.text("name") if isinstance(item, Record) else item
            heading = None
            if isinstance(item, Record):
                heading = self.plain_label(item, "heading", Text(name))
                item.close()
            if is_known and name and name not in known:
                self.unknown(where, Text("表列", "column"), name, known)
            if name in seen:
                self.report.add("PACK-FIELD-TWICE", where, field=name)
            seen.add(name)
            yield ColumnChoice(name, heading)

    def chart(self, record: Record, scopes: Scopes) -> ChartBlock:
        """Read a chart: its name and caption."""
        name = record.text("chart")
        self.known(record, "chart", name, self.vocabulary.charts, Text("图表", "chart"))
        word = self.vocabulary.charts.get(name)
        if word:
            self.in_scope(record, "chart", name, word.scope, scopes)
            self.asked.append((record.where("chart"), word.table))
        self.shown.add(name)
        return ChartBlock(name, self.wording(record, "caption", scopes), self.when(record, scopes))

    def narrative(self, record: Record, scopes: Scopes) -> NarrativeBlock:
        """Read the place of a passage; every id stands once, and never inside a loop."""
        section = record.text("narrative")
        _no_placeholder(record, "narrative", section)
        if section in self.sections or scopes != REPORT_ONLY:
            self.report.add("TEMPLATE-SECTION", record.where("narrative"), section=section)
        self.sections.append(section)
        heading, level = None, 0
        if record.has("heading_above"):
            heading, level = self.wording(record, "heading_above", scopes), self.next_level(record)
        return NarrativeBlock(
            section, self.plain_label(record, "hint", Text("")), level, heading, self.when(record, scopes)
        )

    def each(self, record: Record, scopes: Scopes) -> EachBlock:
        """Read a loop and the blocks in it."""
        name = record.text("each")
        self.known(record, "each", name, self.vocabulary.loops, Text("循环", "loop"))
        loop = self.vocabulary.loops.get(name)
        if loop:
            self.in_scope(record, "each", name, loop.scope, scopes)
        inner = scopes | ({loop.binds} if loop else set(WordScope))
        when = self.when(record, scopes)
        return EachBlock(name, self.blocks(record, "blocks", inner), when)

    def page_break(self, record: Record, scopes: Scopes) -> PageBreakBlock:
        """Read a page break."""
        record.flag("page_break")
        return PageBreakBlock(self.when(record, scopes))

    def when(self, record: Record, scopes: Scopes) -> When:
        """Read the conditions of a block: names, each perhaps with ``not`` before it."""
        value = record.values.get("when")
        record.read.add("when")
        if value in (None, ""):
            return When()
        names = record.texts("when") if isinstance(value, list) else [record.text("when")]
        found = []
        for asked in names:
            name = asked.removeprefix("not ").strip()
            self.known(record, "when", name, self.vocabulary.conditions, Text("条件", "condition"))
            if name in self.vocabulary.conditions:
                self.in_scope(record, "when", name, self.vocabulary.conditions[name].scope, scopes)
            found.append((name, not asked.startswith("not ")))
        return When(tuple(found))

    def wording(self, record: Record, name: str, scopes: Scopes) -> Wording:
        """Read a text in which fields may stand, in one language or both."""
        label = record.label(name)
        inner = record.values.get(name)
        zh_at = inner.where("zh") if isinstance(inner, Record) else record.where(name)
        en_at = inner.where("en") if isinstance(inner, Record) else zh_at
        return Wording(self.parsed(label.zh, zh_at, scopes), self.parsed(label.en, en_at, scopes))

    def parsed(self, text: str, where: Where, scopes: Scopes) -> tuple[Piece, ...]:
        """Take a text apart and check every field in it."""
        try:
            found = pieces(text)
        except BraceError as error:
            self.report.add("TEMPLATE-BRACE", where, text=str(error))
            return ()
        fields = self.vocabulary.fields
        for piece in found:
            if isinstance(piece, Slot) and piece.name.startswith(SEE):
                self.asked.append((where, piece.name.removeprefix(SEE)))
            elif isinstance(piece, Slot) and piece.name not in fields:
                self.unknown(where, Text("字段", "field"), piece.name, fields)
            elif isinstance(piece, Slot):
                self.told_scope(where, piece.name, fields[piece.name].scope, scopes)
        return found

    def plain_label(self, record: Record, name: str, usual: Text) -> Text:
        """Read a text in which no field may stand; ``usual`` where it is left out."""
        value = record.values.get(name)
        record.read.add(name)
        if value is None:
            return usual
        if value == "":
            return Text("", "")
        found = record.label(name)
        for text in (found.zh, found.en):
            _no_placeholder(record, name, text)
        return found if found.en else Text(found.zh, found.zh)

    def known(self, record: Record, field_name: str, name: str, known: Mapping[str, object], kind: Text) -> None:
        """Report a name that is none, with the nearest."""
        if name and name not in known:
            self.unknown(record.where(field_name), kind, name, known)

    def unknown(self, where: Where, kind: Text, name: str, known: Mapping[str, object] | Sequence[str]) -> None:
        """Report a name that is none."""
        near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.4)
        hint = ", ".join(near) or "duibiao report fields"
        self.report.add("TEMPLATE-UNKNOWN", where, zh=kind.zh, en=kind.en, name=name, hint=hint)

    def in_scope(self, record: Record, field_name: str, name: str, scope: WordScope, scopes: Scopes) -> None:
        """Report a name that stands outside the loop it belongs to."""
        self.told_scope(record.where(field_name), name, scope, scopes)

    def told_scope(self, where: Where, name: str, scope: WordScope, scopes: Scopes) -> None:
        """Report a name that stands outside the loop it belongs to."""
        if scope not in scopes:
            loops = [loop.name for loop in self.vocabulary.loops.values() if loop.binds is scope]
            words = SCOPE_NAMES[scope]
            self.report.add(
                "TEMPLATE-SCOPE", where, name=name, zh=words.zh, en=words.en, loops=", ".join(loops) or "about"
            )
