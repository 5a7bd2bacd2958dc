"""Pages of a Word file: size and margins, the mark at their head, the page number at their foot, turned pages.

GB/T 9704-2012: margins 37/35/28/26 mm; number between dashes 7 mm below the text, on odd pages to the right and on even
ones to the left, one character in; a table turned round has its head towards the left edge, and its page number where
it stands on every other page.
"""

from collections.abc import Iterable

from lxml import etree

from duibiao.reports.docx_styles import twips
from duibiao.reports.docx_xml import element, field_runs, paragraph, run, value

_MM = 72 / 25.4
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
UPRIGHT_WIDTH = twips(156 * _MM)
"""Width of the text on an upright page, in twips."""
TURNED_WIDTH = twips(225 * _MM)
"""Width of the text on a page turned round, in twips."""
_EMU = 12700  # English Metric Units in a point


def header_xml(marks: tuple[str, ...]) -> etree._Element:
    """The head of every page: the marks in brackets, or nothing."""
    return element("w:hdr", paragraph("Header", *((run(f"【{'·'.join(marks)}】"),) if marks else ())))


def _number() -> list[etree._Element]:
    return [run("— "), *field_runs("PAGE", "1"), run(" —")]


def footer_xml(*, even: bool, turned: bool) -> etree._Element:
    """The foot of odd or even pages; on a turned page the number stands in a box at its left edge."""
    if turned:
        return element("w:ftr", paragraph("Footer", _turned_number(even=even)))
    side = element("w:ind", left=280) if even else element("w:ind", right=280)
    return element("w:ftr", paragraph("Footer", *_number(), ind=side, jc=value("w:jc", "left" if even else "right")))


def _turned_number(*, even: bool) -> etree._Element:
    """A text box whose words run downwards, at the place where an upright page has its number."""
    width, height = 20 * _MM, 30 * _MM  # of the box, in points
    left = (35 - 7) * _MM - width + 6
    top = 28 * _MM + 14 if even else (210 - 26) * _MM - 14 - height
    words = paragraph("Footer", *_number(), jc=value("w:jc", "left" if even else "right"))
    across, down = _offset("wp:positionH", left), _offset("wp:positionV", top)
    return text_box([words], (width, height), across, down, number=1, turned=True)


def text_box(
    content: Iterable[etree._Element],
    size: tuple[float, float],
    across: etree._Element,
    down: etree._Element,
    *,
    number: int,
    turned: bool = False,
) -> etree._Element:
    """A run with a text box of a size in points at a place on the page; ``turned`` lets its words run downwards.

    Text makes way above and below it unless it is turned, which stands in the margin.
    """
    width, height = (round(side * _EMU) for side in size)
    shape = element(
        "wps:wsp",
        element("wps:cNvSpPr", txBox=1),
        element(
            "wps:spPr",
            element("a:xfrm", element("a:off", x=0, y=0), element("a:ext", cx=width, cy=height)),
            element("a:prstGeom", element("a:avLst"), prst="rect"),
            element("a:noFill"),
            element("a:ln", element("a:noFill")),
        ),
        element("wps:txbx", element("w:txbxContent", *content)),
        element(
            "wps:bodyPr",
            vert="vert" if turned else "horz", wrap="square", lIns=0, tIns=0, rIns=0, bIns=0,
            anchor="t" if turned else "b",
        ),
    )  # fmt: skip
    data = element("a:graphicData", shape, uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape")
    anchor = element(
        "wp:anchor",
        element("wp:simplePos", x=0, y=0),
        across,
        down,
        element("wp:extent", cx=width, cy=height),
        element("wp:effectExtent", l=0, t=0, r=0, b=0),
        element("wp:wrapNone") if turned else element("wp:wrapTopAndBottom"),
        element("wp:docPr", id=number, name="页码" if turned else "版记"),
        element("wp:cNvGraphicFramePr"),
        element("a:graphic", data),
        distT=0, distB=0, distL=0, distR=0, simplePos=0, relativeHeight=1, behindDoc=0, locked=0, layoutInCell=1,
        allowOverlap=1,
    )  # fmt: skip
    choice = element("mc:Choice", element("w:drawing", anchor), Requires="wps")
    return element("w:r", element("mc:AlternateContent", choice))


def _offset(tag: str, points: float) -> etree._Element:
    where = element("wp:posOffset")
    where.text = str(round(points * _EMU))
    return element(tag, where, relativeFrom="page")


def aligned(tag: str, side: str) -> etree._Element:
    """A place on the page by a side of the text block."""
    where = element("wp:align")
    where.text = side
    return element(tag, where, relativeFrom="margin")


def section(parts: dict[str, str], *, turned: bool) -> etree._Element:
    """The properties of the pages up to here; ``parts`` are the relations of heads and feet by their kind."""
    made = element("w:sectPr")
    kind = "turned" if turned else "upright"
    for tag, page, key in (
        ("w:headerReference", "default", "header"),
        ("w:headerReference", "even", "header"),
        ("w:footerReference", "default", f"{kind} odd"),
        ("w:footerReference", "even", f"{kind} even"),
    ):
        reference = element(tag, type=page)
        reference.set(_RELATION, parts[key])
        made.append(reference)
    made.append(value("w:type", "nextPage"))
    sheet = {"w": twips(210 * _MM), "h": twips(297 * _MM)}
    # Top, right, bottom, left in millimetres: of a turned page those of the upright one, turned with it.
    sides = (28, 37, 26, 35) if turned else (37, 26, 35, 28)
    if turned:
        made.append(element("w:pgSz", w=sheet["h"], h=sheet["w"], orient="landscape"))
    else:
        made.append(element("w:pgSz", **sheet))
    top, right, bottom, left = (twips(side * _MM) for side in sides)
    head, foot = (twips((14 if turned else 20) * _MM), twips(22 * _MM))
    made.append(element("w:pgMar", top=top, right=right, bottom=bottom, left=left, header=head, footer=foot, gutter=0))
    return made
