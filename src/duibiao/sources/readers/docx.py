"""Word documents: paragraphs with their computed numbers, tables with merged cells, notes and text boxes.

Tracked changes are read as accepted: insertions are words, deletions are not. Hidden words are left out.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from duibiao.sources.blocks import BlockKind, Reading
from duibiao.sources.readers.building import Builder, Cell
from duibiao.sources.readers.limits import InputFile
from duibiao.sources.readers.numbering import Numbering
from duibiao.sources.readers.styles import Styles, is_on, list_place, outline_level
from duibiao.sources.readers.zipped import Package, attribute, child, local

TRANSPARENT = {"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "AlternateContent", "Choice"}
UNREAD = {
    "del", "moveFrom", "instrText", "delText", "delInstrText", "pPr", "rPr", "sdtPr", "sdtEndPr", "rt", "rubyPr",
    "fldData",
}  # fmt: skip
SIGNS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-"}


@dataclass(slots=True)
class _Paragraph:
    """The words of a paragraph, and what hangs on it."""

    text: str
    boxes: list[Any]
    notes: list[tuple[str, str]]


def read(file: InputFile, format_name: str = "docx") -> Reading:
    """Read a Word document."""
    package = Package(file)
    return _Document(package, format_name).read()


class _Document:
    def __init__(self, package: Package, format_name: str) -> None:
        self.file = package.file
        self.builder = Builder(package.file, format_name)
        main = _main_part(package)
        related = _related(package, main)
        self.body = child(package.xml(main), "body")
        self.styles = Styles(_optional(package, related.get("styles")))
        self.numbering = Numbering(_optional(package, related.get("numbering")))
        self.notes = {kind: _notes(_optional(package, related.get(f"{kind}s"))) for kind in ("footnote", "endnote")}
        self.count = 0
        self.carried = ""
        self.boxes: list[Any] = []
        self.footnotes: list[tuple[str, Any]] = []
        self.endnotes: list[tuple[str, Any]] = []

    def read(self) -> Reading:
        if self.body is None:
            self.file.refuse("READ-DAMAGED", detail="w:body")
        self.file.check_blocks(sum(1 for _ in self.body.iter("{*}p")))
        self.story(self.body, 0)
        for number, note in self.endnotes:
            self.note(number, note)
        return self.builder.finish()

    def story(self, parent: Any, depth: int) -> None:
        """Read the blocks of the body, or of a text box."""
        for element in _blocks(parent):
            if local(element) == "tbl":
                self.builder.add_rows(self.rows(element, 1), self.builder.next_table())
            else:
                self.paragraph(element)
            self.hanging(depth)

    def hanging(self, depth: int) -> None:
        """Read what hangs on the last block: text boxes, then footnotes."""
        boxes, self.boxes = self.boxes, []
        footnotes, self.footnotes = self.footnotes, []
        if boxes and depth >= self.file.limits.nesting:
            self.file.too_large("nesting", self.file.limits.nesting)
        for box in boxes:
            self.story(box, depth + 1)
        for number, note in footnotes:
            self.note(number, note)

    def note(self, number: str, note: Any) -> None:
        for element in _blocks(note):
            if local(element) == "p":
                self.builder.add(BlockKind.PARAGRAPH, _inline(element).text, number=number)
                number = ""

    def paragraph(self, element: Any) -> None:
        found, number, level, is_item = self.taken(element)
        if found is None:
            return
        if self.styles.is_contents(element):
            self.builder.unread(found)
            return
        kind = BlockKind.HEADING if level is not None or self.styles.is_title(element) else BlockKind.PARAGRAPH
        if kind is BlockKind.PARAGRAPH and is_item:
            kind = BlockKind.LIST_ITEM
        self.builder.add(kind, found, level, number)

    def taken(self, element: Any) -> tuple[str | None, str, int | None, bool]:
        """The words of a paragraph, its number, its heading level, and whether it is an item of a list.

        There are no words where they flow into the next paragraph.
        """
        found = _inline(element)
        self.boxes += found.boxes
        for kind, code in found.notes:
            if (note := self.notes[kind].get(code)) is not None:
                self.count += 1
                (self.footnotes if kind == "footnote" else self.endnotes).append((f"[{self.count}]", note))
        properties = child(element, "pPr")
        if child(element, "pPr", "rPr", "del") is not None:  # the end of this paragraph was deleted
            self.carried += found.text
            return None, "", None, False
        text, self.carried = self.carried + found.text, ""
        place = list_place(properties) or self.styles.list_place(element)
        number = self.numbering.next(*place) if place else ""
        level = outline_level(properties)
        level = self.styles.heading_level(element) if level is None else level
        return text, number, level, place is not None and place[0] in self.numbering

    def rows(self, table: Any, depth: int) -> Iterator[list[Cell]]:
        """The rows of a table, merged cells repeated."""
        if depth > self.file.limits.nesting:
            self.file.too_large("nesting", self.file.limits.nesting)
        above: list[Cell] = []
        for row in _within(table, "tr"):
            properties = child(row, "trPr")
            if properties is not None and child(properties, "del") is not None:
                continue
            cells = [Cell() for _ in range(min(_value(properties, "gridBefore"), self.file.limits.columns))]
            for element in _within(row, "tc"):
                cell = self.cell(element, above[len(cells)] if len(cells) < len(above) else None, depth)
                span = max(_value(child(element, "tcPr"), "gridSpan"), 1)
                cells += [cell] * min(span, max(self.file.limits.columns - len(cells), 0))
            above = cells
            yield cells

    def cell(self, element: Any, above: Cell | None, depth: int) -> Cell:
        properties = child(element, "tcPr")
        merge = child(properties, "vMerge") if properties is not None else None
        if merge is not None and above is not None and attribute(merge, "val") != "restart":
            return above
        if properties is not None and child(properties, "cellDel") is not None:
            return Cell()
        lines = []
        for block in _blocks(element):
            if local(block) == "tbl":
                rows = self.rows(block, depth + 1)
                lines += ["  ".join(dict.fromkeys(cell.text for cell in row if cell.text)) for row in rows]
                continue
            text, number, _, _ = self.taken(block)
            if text is not None:
                lines.append(number + text)
        return Cell("\n".join(line for line in lines if line.strip()))


def _main_part(package: Package) -> str:
    """The part that holds the words, by the relations of the package."""
    for element in package.xml("_rels/.rels"):
        if (attribute(element, "Type") or "").endswith("/officeDocument"):
            return (attribute(element, "Target") or "").lstrip("/")
    return "word/document.xml"


def _related(package: Package, main: str) -> dict[str, str]:
    """The parts a part refers to, by kind."""
    folder, name = posixpath.split(main)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in package:
        return {}
    return {
        (attribute(element, "Type") or "").rpartition("/")[2]: posixpath.normpath(
            posixpath.join("/" + folder, attribute(element, "Target") or "")
        )
        for element in package.xml(relations)
        if attribute(element, "TargetMode") != "External"
    }


def _optional(package: Package, name: str | None) -> Any | None:
    return package.xml(name) if name and name in package else None


def _notes(root: Any | None) -> dict[str, Any]:
    if root is None:
        return {}
    return {attribute(note, "id") or "": note for note in root if attribute(note, "type") in (None, "normal")}


def _value(properties: Any | None, name: str) -> int:
    element = child(properties, name) if properties is not None else None
    text = (attribute(element, "val") if element is not None else None) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _within(parent: Any, *names: str) -> Iterator[Any]:
    """The elements of given names below a parent, through wrappers that mean nothing."""
    stack = list(reversed(parent))
    while stack:
        element = stack.pop()
        name = local(element)
        if name in names:
            yield element
        elif name in TRANSPARENT:
            stack.extend(reversed(element))


def _blocks(parent: Any) -> Iterator[Any]:
    return _within(parent, "p", "tbl")


def _inline(paragraph: Any) -> _Paragraph:
    """The words of a paragraph in reading order; text boxes and notes are set aside."""
    found, words, stack = _Paragraph("", [], []), [], list(reversed(paragraph))
    while stack:
        element = stack.pop()
        name = local(element)
        if name in UNREAD or (name == "r" and is_on(child(element, "rPr", "vanish"))):
            continue
        if name == "t":
            words.append(element.text or "")
        elif name == "br":
            words.append("\n" if attribute(element, "type") in (None, "textWrapping") else "")
        elif name == "sym":
            words.append(_symbol(attribute(element, "char") or ""))
        elif name in SIGNS:
            words.append(SIGNS[name])
        elif name == "txbxContent":
            found.boxes.append(element)
        elif name in ("footnoteReference", "endnoteReference"):
            found.notes.append((name.removesuffix("Reference"), attribute(element, "id") or ""))
        elif name == "AlternateContent":
            stack.extend(element[:1])  # the same content stands again in the fallback
        else:
            stack.extend(reversed(element))
    found.text = "".join(words)
    return found


def _symbol(code: str) -> str:
    """A character given by its number; private ones of symbol fonts mean nothing outside their font."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    private = 0xE000 <= number <= 0xF8FF or 0xD800 <= number <= 0xDFFF
    return "" if private or not 32 <= number <= 0x10FFFF else chr(number)
