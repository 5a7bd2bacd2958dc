"""Writes a paper as a Word file in the form of GB/T 9704-2012; equal papers are equal bytes.

The file is a package of parts made here (text, styles, numbers, pages, charts with their workbooks); python-docx holds
the package together. The only date in it is the paper's own.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from typing import cast

import docx
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.package import Package
from lxml import etree

from duibiao.reports.chart_scale import ChartScale, chart_scale, pieces
from duibiao.reports.docx_charts import as_word_draws, chart_height, chart_xml, workbook_bytes
from duibiao.reports.docx_end import annex_lines, distribution_box, signature_lines
from duibiao.reports.docx_pages import TURNED_WIDTH, UPRIGHT_WIDTH, footer_xml, header_xml, section
from duibiao.reports.docx_styles import font_table_xml, lines, numbering_xml, settings_xml, styles_xml
from duibiao.reports.docx_tables import table_parts
from duibiao.reports.docx_text import DocxText
from duibiao.reports.docx_xml import NAMESPACES, element, name, paragraph, run, serialised, value
from duibiao.reports.paper_sections import sections
from duibiao.reports.paper_size import SIZES, TEXT_WIDTH
from duibiao.views.paper import Paper, PaperBlock
from duibiao.views.paper_chart import PaperChart
from duibiao.views.paper_numbers import annex_labels, captions
from duibiao.views.paper_parts import (
    Narrative,
    PageBreak,
    PaperHeading,
    PaperNote,
    PaperTable,
    Paragraph,
    Placeholder,
)
from duibiao.views.paper_title import title_lines

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_EMU = 12700


def docx_bytes(paper: Paper) -> bytes:
    """The Word file of a paper. Fonts stand in it by their official names; this machine needs none of them."""
    return _Writer(paper).written()


class _Writer:
    """Writes one file part by part."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.size = SIZES[paper.form]
        self.text = DocxText(captions(paper), self.size.table)
        self.day = datetime.combine(paper.meta.day, time(), tzinfo=UTC)
        self.document = docx.Document()
        self.package = cast("Package", self.document.part.package)
        self.charts = 0
        self.parts = self._fixed_parts()

    def _relate(self, uri: str, content_type: str, relation: str, content: bytes, of: Part | None = None) -> str:
        part = Part(PackURI(uri), content_type, content, self.package)
        return (of or self.document.part).relate_to(part, relation)

    def _fixed_parts(self) -> dict[str, str]:
        """Replace the template's parts with ours; answer the relations of heads and feet."""
        main = self.document.part
        for key in [key for key, one in main.rels.items() if not one.reltype.endswith("/theme")]:
            del main.rels[key]
        for key in [
            key for key, one in self.package.rels.items() if one.reltype.endswith(("/thumbnail", "extended-properties"))
        ]:
            del self.package.rels[key]
        lists = 1 + sum(not annex.separate for annex in self.paper.annexes)
        for part, kind, root in (
            ("styles", "STYLES", styles_xml(self.paper.preset, self.size)),
            ("numbering", "NUMBERING", numbering_xml(lists, self.size)),
            ("settings", "SETTINGS", settings_xml()),
            ("fontTable", "FONT_TABLE", font_table_xml(self.paper.preset)),
        ):
            content_type = getattr(CONTENT_TYPE, f"WML_{kind}")
            self._relate(f"/word/{part}.xml", content_type, getattr(RELATIONSHIP_TYPE, kind), serialised(root))
        made = {}
        header = serialised(header_xml(self.paper.head_marks))
        made["header"] = self._relate("/word/header1.xml", CONTENT_TYPE.WML_HEADER, RELATIONSHIP_TYPE.HEADER, header)
        for number, (kind, even, turned) in enumerate(
            (
                ("upright odd", False, False),
                ("upright even", True, False),
                ("turned odd", False, True),
                ("turned even", True, True),
            ),
            1,
        ):
            foot = serialised(footer_xml(even=even, turned=turned))
            made[kind] = self._relate(
                f"/word/footer{number}.xml", CONTENT_TYPE.WML_FOOTER, RELATIONSHIP_TYPE.FOOTER, foot
            )
        return made

    def written(self) -> bytes:
        """Fill the body and pack everything with fixed dates."""
        body = self.document.element.body
        for child in list(body):
            body.remove(child)
        body.extend(self._body())
        self._properties()
        out = io.BytesIO()
        self.document.save(out)
        return _packed_again(out.getvalue())

    def _properties(self) -> None:
        meta, core = self.paper.meta, self.document.core_properties
        core.title, core.author, core.subject, core.language = meta.title, meta.author, meta.subject, meta.language
        core.last_modified_by, core.comments, core.keywords, core.category = meta.author, "", "", ""
        core.revision = 1
        core.created = core.modified = self.day

    def _body(self) -> Iterator[etree._Element]:
        """Every block, a section's properties in the last paragraph before its pages turn."""
        main = list(sections(self.paper.blocks, self.paper))
        flow: list[tuple[bool, list[etree._Element]]] = []
        for number, (turned, entries) in enumerate(main):
            made = list(self._head()) if number == 0 and not turned else []
            if number == 0 and turned:  # the title never lies on its side
                flow.append((False, list(self._head())))
            flow.append((turned, made + list(self._blocks(entries, turned, list_number=1))))
        end = list(self._after_text())
        if end:
            # A page with signature or list of annexes and no text is not allowed: the last paragraph goes along.
            last = flow[-1][1][-1]
            if last.tag in (name("w:p"), name("w:sdt")):
                keep = list(last.iter(name("w:pPr")))[-1]
                keep.insert(1, element("w:keepNext"))
            self._join(flow, False, end)
        list_number = 1
        for label, annex in annex_labels(self.paper):
            if annex.separate:
                continue
            list_number += 1
            for number, (turned, entries) in enumerate(sections(annex.blocks, self.paper)):
                parts = list(self._annex_head(label, annex.title)) if number == 0 else []
                parts += list(self._blocks(entries, turned, list_number))
                self._join(flow, turned, parts, new_page=number == 0)
        if self.paper.distribution is not None:
            self._join(flow, flow[-1][0], [distribution_box(self.paper.distribution, self.text.next_number())])
        for turned, parts in flow[:-1]:
            yield from parts
            yield paragraph("SectionEnd", sectPr=section(self.parts, turned=turned))
        yield from flow[-1][1]
        yield section(self.parts, turned=flow[-1][0])

    def _join(
        self,
        flow: list[tuple[bool, list[etree._Element]]],
        turned: bool,
        parts: list[etree._Element],
        *,
        new_page: bool = False,
    ) -> None:
        """Go on with the section at the end, or begin one where the pages turn; a new page without an empty one."""
        if flow[-1][0] is not turned:
            flow.append((turned, parts))
            return
        if new_page:
            first = parts[0].find(name("w:pPr"))
            first.insert(1, element("w:pageBreakBefore"))
        flow[-1][1].extend(parts)

    def _head(self) -> Iterator[etree._Element]:
        paper, size = self.paper, self.size
        if paper.red_head is not None:
            issuer = paper.red_head.issuer
            points = min(56.0, TEXT_WIDTH / len(issuer) * 0.98)
            # Exact, so that the upper edge of the mark is 35 mm below the upper edge of the text whatever the font.
            pitch = lines(points * 1.1, before=35 / 25.4 * 72, after=2 * size.pitch)
            yield paragraph("RedHead", run(issuer, sz=round(points * 2)), spacing=pitch)
            if paper.red_head.signer:
                tab = element("w:tabs", element("w:tab", val="right", pos=UPRIGHT_WIDTH - 320))
                words = (
                    run(paper.red_head.number),
                    element("w:r", element("w:tab")),
                    run(f"签发人：{paper.red_head.signer}"),
                )
                yield paragraph(
                    "DocumentNumber", *words, tabs=tab, ind=element("w:ind", left=320), jc=value("w:jc", "left")
                )
            else:
                yield paragraph("DocumentNumber", run(paper.red_head.number))
        yield paragraph("Title", run("\n".join(title_lines(paper.title, size.title_characters))))
        if paper.subtitle:
            yield paragraph("Subtitle", run(paper.subtitle))
        yield paragraph("TitleEnd")
        if paper.addressee:
            yield paragraph("Addressee", run(f"{paper.addressee}："))

    def _annex_head(self, label: str, title: str) -> Iterator[etree._Element]:
        yield paragraph("AnnexLabel", run(label))
        yield paragraph("AnnexTitle", run("\n".join(title_lines(title, self.size.title_characters))))

    def _after_text(self) -> Iterator[etree._Element]:
        if self.paper.footer_note:
            follows = self.paper.annexes or self.paper.signature
            keep = element("w:keepNext") if follows else None
            yield paragraph("PaperNote", run(self.paper.footer_note), keepNext=keep)
        yield from annex_lines(self.paper, self.size)
        yield from signature_lines(self.paper, self.size)

    def _blocks(
        self, entries: Iterable[tuple[str, PaperBlock]], turned: bool, list_number: int
    ) -> Iterator[etree._Element]:
        for _, block in entries:
            yield from self._block(block, TURNED_WIDTH if turned else UPRIGHT_WIDTH, list_number)

    def _block(self, block: PaperBlock, width: int, list_number: int) -> Iterable[etree._Element]:
        runs = self.text.runs
        match block:
            case PaperHeading():
                return [self._heading(block, list_number)]
            case Paragraph():
                return [paragraph("BodyText", *runs(block.runs))]
            case PaperNote():
                return [paragraph("PaperNote", *runs(block.runs))]
            case Narrative():
                paragraphs = [paragraph("BodyText", *runs(one)) for one in block.paragraphs]
                return [self.text.passage(block.id, block.author, *paragraphs)]
            case Placeholder():
                return [paragraph("Placeholder", run(f"［待撰写：{block.hint}］"))]
            case PaperTable():
                return table_parts(block, self.text, width)
            case PaperChart():
                return self._chart(block)
            case PageBreak():
                return [paragraph("SectionEnd", element("w:r", element("w:br", type="page")))]

    def _heading(self, block: PaperHeading, list_number: int) -> etree._Element:
        """A heading in Word's own style; in an annex its number comes from the annex's list."""
        own = None
        if list_number > 1:
            own = element("w:numPr", value("w:ilvl", block.level - 1), value("w:numId", list_number))
        return paragraph(f"Heading{block.level}", *self.text.runs(block.runs), numPr=own)

    def _chart(self, chart: PaperChart) -> Iterator[etree._Element]:
        """The parts of a chart, one where it fits a page, on one axis."""
        drawn = as_word_draws(chart)
        scale = chart_scale(drawn)
        for piece in pieces(drawn):
            yield from self._picture(piece, scale)

    def _picture(self, chart: PaperChart, scale: ChartScale | None) -> Iterator[etree._Element]:
        self.charts += 1
        drawn = chart_xml(chart, self.paper.preset, scale)
        part = Part(PackURI(f"/word/charts/chart{self.charts}.xml"), CONTENT_TYPE.DML_CHART, drawn, self.package)
        book = workbook_bytes(chart, self.day.replace(tzinfo=None))
        name_of_book = f"/word/embeddings/chart{self.charts}.xlsx"
        self._relate(name_of_book, CONTENT_TYPE.SML_SHEET, RELATIONSHIP_TYPE.PACKAGE, book, of=part)
        relation = self.document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
        reference = element("c:chart")
        reference.set(f"{_RELATION}id", relation)
        number = self.text.next_number()
        inline = element(
            "wp:inline",
            element("wp:extent", cx=round(TEXT_WIDTH * _EMU), cy=round(chart_height(chart) * _EMU)),
            element("wp:docPr", id=number, name=f"chart {number}", descr=chart.summary, title=chart.title),
            element("wp:cNvGraphicFramePr"),
            element("a:graphic", element("a:graphicData", reference, uri=NAMESPACES["c"])),
            distT=0,
            distB=0,
            distL=0,
            distR=0,
        )
        yield paragraph("Chart", element("w:r", element("w:drawing", inline)))
        yield paragraph("ChartCaption", run(f"{self.text.numbers[chart.id]}　{chart.title}"))


def _packed_again(content: bytes) -> bytes:
    """The same package with one date for all its files, so that the day of writing is nowhere in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            fixed = zipfile.ZipInfo(entry.filename, _ZIP_DAY)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o600 << 16
            new.writestr(fixed, old.read(entry))
    return out.getvalue()
