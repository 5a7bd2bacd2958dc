"""The XML of a Word file, written element by element: every word goes in as text, never as markup."""

from collections.abc import Iterator, Mapping
from copy import deepcopy

from lxml import etree

NAMESPACES: Mapping[str, str] = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
}
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

# The order the schema asks for; Word calls a file damaged that has another one.
_ORDER: Mapping[str, tuple[str, ...]] = {
    "w:pPr": (
        "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr", "pBdr", "tabs",
        "autoSpaceDE", "autoSpaceDN", "snapToGrid", "spacing", "ind", "jc", "textDirection", "outlineLvl", "rPr",
        "sectPr",
    ),
    "w:rPr": ("rStyle", "rFonts", "b", "i", "color", "spacing", "w", "kern", "position", "sz", "szCs", "lang"),
}  # fmt: skip


def name(prefixed: str) -> str:
    """``w:p`` as lxml wants it."""
    prefix, _, local = prefixed.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def element(tag: str, *children: etree._Element | None, **attributes: str | int) -> etree._Element:
    """An element with children, ``None`` left out; attributes take the tag's namespace in ``w``, none elsewhere."""
    prefix = tag.partition(":")[0]
    # What a choice requires is told by a prefix, which has to mean something where the choice stands.
    prefixes = {prefix, *(word for key, word in attributes.items() if key == "Requires")}
    made = etree.Element(name(tag), nsmap={str(one): NAMESPACES[str(one)] for one in sorted(map(str, prefixes))})
    for key, value in attributes.items():
        made.set(name(f"w:{key}") if tag.startswith("w:") else key, str(value))
    # lxml moves an element that is given a second place; here it is written twice.
    there = [child if child.getparent() is None else deepcopy(child) for child in children if child is not None]
    if tag in _ORDER:
        there.sort(key=lambda child: _ORDER[tag].index(etree.QName(child).localname))
    made.extend(there)
    return made


def value(tag: str, val: str | int) -> etree._Element:
    """An element that says one thing in ``val``, which most properties are."""
    return element(tag, val=val)


def words(text: str) -> etree._Element:
    """The text of a run, its spaces kept."""
    made = element("w:t")
    made.text = text
    made.set(_XML_SPACE, "preserve")
    return made


def run(text: str, style: str = "", **properties: str | int) -> etree._Element:
    """A run of words, line breaks as breaks; a character style or a few direct properties (``sz``, ``color``)."""
    made = element("w:r")
    if style or properties:
        direct = [value(f"w:{key}", val) for key, val in properties.items()]
        made.append(element("w:rPr", value("w:rStyle", style) if style else None, *direct))
    for number, line in enumerate(text.split("\n")):
        if number:
            made.append(element("w:br"))
        if line:
            made.append(words(line))
    return made


def paragraph(style: str, *content: etree._Element, **extra: "etree._Element | None") -> etree._Element:
    """A paragraph of a style; ``extra`` are its direct properties in the order Word wants them."""
    properties = element("w:pPr", value("w:pStyle", style), *extra.values())
    return element("w:p", properties, *content)


def field_runs(instruction: str, shown: str) -> Iterator[etree._Element]:
    """A Word field (PAGE) with what is shown until Word counts."""
    told = element("w:instrText")
    told.text = f" {instruction} "
    told.set(_XML_SPACE, "preserve")
    yield element("w:r", element("w:fldChar", fldCharType="begin"))
    yield element("w:r", told)
    yield element("w:r", element("w:fldChar", fldCharType="separate"))
    yield run(shown)
    yield element("w:r", element("w:fldChar", fldCharType="end"))


def serialised(root: etree._Element) -> bytes:
    """The bytes of a part, with its declaration."""
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made
