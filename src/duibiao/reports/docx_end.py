"""The end of a Word file: list of annexes (附件说明), signature and day (署名、成文日期), the last lines (版记)."""

from collections.abc import Iterator

from lxml import etree

from duibiao.reports.docx_pages import UPRIGHT_WIDTH, aligned, text_box
from duibiao.reports.docx_styles import twips
from duibiao.reports.docx_xml import element, paragraph, run, value
from duibiao.reports.paper_size import PaperSize
from duibiao.reports.text_width import text_width
from duibiao.views.paper import Distribution, Paper, Signature
from duibiao.views.paper_numbers import annex_list, chinese_day

_TYPE = 280  # 4号 type (14 pt) in twips


def annex_lines(paper: Paper, size: PaperSize) -> Iterator[etree._Element]:
    """One line a title, one blank line under the text, two characters in; titles stand under each other."""
    character = twips(size.body + size.track)
    listed = annex_list(paper)
    left = (2 + text_width(listed[0][0])) * character if listed else 0
    for number, (label, title) in enumerate(listed):
        before = element("w:spacing", before=twips(size.pitch)) if number == 0 else None
        hanging = element("w:ind", left=round(left), hanging=round(text_width(label) * character))
        yield paragraph("AnnexList", run(label + title), spacing=before, ind=hanging)


def signature_lines(paper: Paper, size: PaperSize) -> Iterator[etree._Element]:
    """Office and day by GB/T 9704-2012 §7.3.5, kept together, two blank lines above for a seal."""
    signed = paper.signature
    if signed is None:
        return
    character = twips(size.body + size.track)
    office, day = places(signed, UPRIGHT_WIDTH / character)
    above = element("w:spacing", before=twips(2 * size.pitch))
    yield paragraph(
        "SignatureOffice",
        run(signed.office),
        spacing=above,
        ind=element("w:ind", left=max(0, round(office * character))),
    )
    yield paragraph(
        "SignatureDay", run(chinese_day(signed.day)), ind=element("w:ind", left=max(0, round(day * character)))
    )


def places(signed: Signature, width: float) -> tuple[float, float]:
    """Where office and day begin, in characters from the left of a text ``width`` characters wide.

    With a seal the day ends four characters from the right and the office is centred over it; without one the office
    ends two from the right and the day begins two further in, or, where it is longer, ends two from the right itself.
    """
    office, day = text_width(signed.office), text_width(chinese_day(signed.day))
    if signed.sealed:
        right = max(4.0, (office - day) / 2)
        return width - right - day / 2 - office / 2, width - right - day
    if day + 2 <= office:
        return width - 2 - office, width - office
    return width - 4 - day, width - 2 - day


def distribution_box(last: Distribution, number: int) -> etree._Element:
    """The last lines between rules, thick above and below, in a box at the foot of the last page.

    ``number`` is the box's own in the file. A copy list that fills several lines makes the box higher.
    """
    rows = [(f"抄送：{last.copies_to}",)] if last.copies_to else []
    cells = [*rows, (last.printed_by, f"{chinese_day(last.day)}印发")]
    width = (UPRIGHT_WIDTH - 5 * _TYPE) / _TYPE  # characters in a line of the copy list
    height = 28 + (20 * max(1, -(-text_width(last.copies_to) // width)) + 8 if last.copies_to else 0) + 3
    content = [_distribution_table(cells), paragraph("SectionEnd")]
    place = (aligned("wp:positionH", "left"), aligned("wp:positionV", "bottom"))
    return paragraph("SectionEnd", text_box(content, (UPRIGHT_WIDTH / 20, height), *place, number=number))


def _distribution_table(rows: list[tuple[str, ...]]) -> etree._Element:
    edge: dict[str, str | int] = {"val": "single", "space": 0, "color": "000000"}
    rules = (element(f"w:{side}", sz=width, **edge) for side, width in (("top", 8), ("bottom", 8), ("insideH", 6)))
    margins = (("top", 60), ("left", _TYPE), ("bottom", 60), ("right", _TYPE))
    half = UPRIGHT_WIDTH // 2
    made = element(
        "w:tbl",
        element(
            "w:tblPr",
            element("w:tblW", w=half * 2, type="dxa"),
            element("w:tblBorders", *rules),
            element("w:tblLayout", type="fixed"),
            element("w:tblCellMar", *(element(f"w:{side}", w=width, type="dxa") for side, width in margins)),
        ),
        element("w:tblGrid", element("w:gridCol", w=half), element("w:gridCol", w=half)),
    )
    for words in rows:
        row = element("w:tr", element("w:trPr", element("w:cantSplit")))
        for number, text in enumerate(words):
            # 抄送： hangs out, so that the names stand under each other.
            hanging = element("w:ind", left=3 * _TYPE, hanging=3 * _TYPE) if len(words) == 1 else None
            line = paragraph("Distribution", run(text), ind=hanging, jc=value("w:jc", "right" if number else "left"))
            wide = element("w:tcW", w=half * (3 - len(words)), type="dxa")
            span = value("w:gridSpan", 2) if len(words) == 1 else None
            row.append(element("w:tc", element("w:tcPr", wide, span), line))
        made.append(row)
    return made
