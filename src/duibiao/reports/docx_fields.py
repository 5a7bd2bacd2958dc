"""The figures of a Word file: written as content controls that carry their id, and read back from any Word file.

A content control is what Word calls a field an office can see, click and fill; its tag is the figure's id. Word holds
64 characters in a tag, so a longer id is cut and gets the first characters of its hash.
"""

import hashlib
import io
import zipfile

from lxml import etree

from duibiao.reports.docx_xml import element, name, run, value

_LONGEST = 64


def figure_tag(figure: str) -> str:
    """The tag of a figure id: the id, or where it is longer than Word allows its beginning, ``~`` and its hash."""
    if len(figure) <= _LONGEST:
        return figure
    return f"{figure[:47]}~{hashlib.sha256(figure.encode()).hexdigest()[:16]}"


def control(number: int, tag: str, alias: str, *content: etree._Element) -> etree._Element:
    """A content control with its number in the file, its tag, and the words an office sees on it."""
    properties = element(
        "w:sdtPr", value("w:alias", alias[:_LONGEST]), value("w:tag", figure_tag(tag)), value("w:id", number)
    )
    return element("w:sdt", properties, element("w:sdtContent", *content))


def figure(number: int, tag: str, shown: str) -> etree._Element:
    """A figure as a content control around its words."""
    return control(number, tag, "数字域", run(shown))


def figures_in(content: bytes) -> tuple[tuple[str, str], ...]:
    """Every content control of a Word file in reading order: tag and words, so that they can be compared by machine.

    Controls around whole paragraphs (a person's words, tag ``narrative/…``) are among them.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        # No entities, no network: the file may come from anywhere.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        root = etree.fromstring(archive.read("word/document.xml"), parser)
    found = []
    for one in root.iter(name("w:sdt")):
        tag = one.find(f"{name('w:sdtPr')}/{name('w:tag')}")
        if tag is not None:
            words = "".join(text.text or "" for text in one.iter(name("w:t")))
            found.append((str(tag.get(name("w:val"))), words))
    return tuple(found)
