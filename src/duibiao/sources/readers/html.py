"""Web pages: headings, paragraphs, list items and tables; scripts, styles and navigation are left out."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from duibiao.sources.blocks import BlockKind, Reading
from duibiao.sources.readers import txt
from duibiao.sources.readers.building import Builder, Cell
from duibiao.sources.readers.limits import InputFile

DROPPED = {
    "script", "style", "noscript", "template", "nav", "aside", "form", "button", "select", "textarea", "svg", "iframe",
    "object", "embed", "head", "del", "audio", "video", "canvas", "map", "math",
}  # fmt: skip
FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|crumbs?|sidebar|share|pagination|toolbar|footer|foot|friendlink)"
    r"(?:$|[\s_-])"
)
HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
FLOW = {
    "p", "div", "section", "article", "main", "header", "footer", "ul", "ol", "dl", "dt", "dd", "li", "blockquote",
    "pre", "figure", "figcaption", "table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "center", "address",
    "hr", "fieldset", "details", "summary", "body", "h1", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip
CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,20})""", re.IGNORECASE)
NAMES = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "utf8": "utf-8"}
SHORT_FURNITURE = 300
_HAN_BREAK = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*[\r\n][ \t\r\n]*(?=[\u3000-\u9fff\uff00-\uffef])")
_SPACES = re.compile(r"[ \t\r\n\xa0]+")


def read(file: InputFile) -> Reading:
    """Read a web page."""
    text = _decoded(file)
    if text.count("<") > file.limits.tags:
        file.too_large("tags", file.limits.tags)
    # Parsed as bytes: lxml refuses a text that declares its own encoding.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        file.refuse("READ-DAMAGED", detail=f"html: {error}")
    for entry in parser.error_log:
        if entry.type_name == "ERR_RESOURCE_LIMIT":  # the parser stopped here and dropped the rest
            if "depth" in entry.message:
                file.too_large("nesting", 256)
            file.too_large("stretch", 10_000_000)
    if root is None:
        file.refuse("READ-NO-TEXT")
    _drop(file, root)
    page = _Page(file)
    page.walk(root)
    return page.builder.finish()


def _decoded(file: InputFile) -> str:
    """The text by its byte order mark, by the encoding it declares, or by its look."""
    match = CHARSET.search(file.data[:4096])
    if match and not file.data.startswith(tuple(mark for mark, _ in txt.BYTE_ORDER_MARKS)):
        name = match[1].decode("ascii").lower()
        try:
            return file.data.decode(NAMES.get(name, name))
        except (UnicodeDecodeError, LookupError):
            pass  # the page declares what it is not
    return txt.decoded(file)


def _drop(file: InputFile, root: Any) -> None:
    """Take out what is no content; the words after an element stay."""
    doomed = []
    for _, element in (walk := etree.iterwalk(root, events=("start",))):
        file.check_time()
        if _is_furniture(element):
            doomed.append(element)
            walk.skip_subtree()
    for element in doomed:
        if (parent := element.getparent()) is None:
            continue
        if element.tail:
            before = element.getprevious()
            if before is not None:
                before.tail = (before.tail or "") + element.tail
            else:
                parent.text = (parent.text or "") + element.tail
        parent.remove(element)


def _is_furniture(element: Any) -> bool:
    if element.tag in DROPPED or element.get("hidden") is not None or HIDDEN.search(element.get("style") or ""):
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}".lower()[:500]
    if element.tag != "footer" and not FURNITURE.search(names):
        return False
    # A page may call its main text by such a name: only links, or a few words, are thrown away.
    words = _length(element)
    return words < SHORT_FURNITURE or sum(_length(link) for link in element.iter("a")) * 2 > words


def _length(element: Any) -> int:
    return sum(len(text.strip()) for text in element.itertext())


class _Page:
    """Walks over the elements and cuts the words into blocks."""

    def __init__(self, file: InputFile) -> None:
        self.file = file
        self.builder = Builder(file, "html")
        self.words: list[str] = []
        self.kinds: list[tuple[BlockKind, int | None, str]] = [(BlockKind.PARAGRAPH, None, "")]
        self.lists: list[Iterator[int] | None] = []

    def walk(self, root: Any) -> None:
        for event, element in (walk := etree.iterwalk(root, events=("start", "end"))):
            if event == "start":
                if element.tag == "table" and _is_data(element):
                    self.flush()
                    self.builder.add_rows(self.rows(element), self.builder.next_table())
                    walk.skip_subtree()
                else:
                    self.begin(element)
            else:
                self.end(element)
        self.flush()

    def begin(self, element: Any) -> None:
        tag = element.tag
        if tag in FLOW:
            self.flush()
        if tag == "br":
            self.words.append("\n")
        elif tag in ("ul", "ol"):
            self.lists.append(_numbers(element) if tag == "ol" else None)
        elif tag == "li":
            numbers = self.lists[-1] if self.lists else None
            self.kinds.append((BlockKind.LIST_ITEM, None, f"{next(numbers)}." if numbers else ""))
        elif tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.kinds.append((BlockKind.HEADING, int(tag[1]), ""))
        if not (tag == "table" and _is_data(element)):
            self.words.append(_collapsed(element.text))

    def end(self, element: Any) -> None:
        tag = element.tag
        if tag in FLOW:
            self.flush()
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        elif tag in ("li", "h1", "h2", "h3", "h4", "h5", "h6") and len(self.kinds) > 1:
            self.kinds.pop()
        self.words.append(_collapsed(element.tail))

    def flush(self) -> None:
        """Close the block that the words so far make up."""
        text = _tidied("".join(self.words))
        self.words.clear()
        if text.strip():
            kind, level, number = self.kinds[-1]
            self.builder.add(kind, text, level, number)
            self.kinds[-1] = (kind, level, "")

    def rows(self, table: Any) -> Iterator[list[Cell]]:
        """The rows of a table, cells that span rows or columns repeated."""
        columns = self.file.limits.columns
        pending: dict[int, tuple[Cell, int]] = {}
        for row in table.iter("tr"):
            self.file.check_time()
            cells: list[Cell] = []
            for element in (*(item for item in row if item.tag in ("td", "th")), None):
                while len(cells) in pending:
                    _place(pending, cells)
                if element is None:
                    break
                cell = Cell(_cell_text(element))
                down = _span(element, "rowspan") - 1
                for _ in range(min(_span(element, "colspan"), columns - len(cells))):
                    if down > 0:
                        pending[len(cells)] = (cell, down)
                    cells.append(cell)
            yield cells


def _place(pending: dict[int, tuple[Cell, int]], cells: list[Cell]) -> None:
    """Put a cell from above into its place of this row."""
    cell, left = pending.pop(len(cells))
    if left > 1:
        pending[len(cells)] = (cell, left - 1)
    cells.append(cell)


def _is_data(table: Any) -> bool:
    """Tell a table of data from one that only lays out the page."""
    if table.find(".//table") is not None:
        return False
    widths = [sum(item.tag in ("td", "th") for item in row) for row in table.iter("tr")]
    return len(widths) > 1 and max(widths) > 1


def _cell_text(element: Any) -> str:
    words = [_collapsed(element.text)]
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if inner is element:
            continue
        if event == "start":
            words += ["\n" if inner.tag == "br" or inner.tag in FLOW else "", _collapsed(inner.text)]
        else:
            words += ["\n" if inner.tag in FLOW else "", _collapsed(inner.tail)]
    lines = (line.strip() for line in _tidied("".join(words)).split("\n"))
    return "\n".join(line for line in lines if line)


def _span(element: Any, name: str) -> int:
    text = (element.get(name) or "").strip()
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _numbers(element: Any) -> Iterator[int]:
    start = (element.get("start") or "").strip()
    number = int(start) if start.isascii() and start.isdigit() and len(start) < 5 else 1
    while True:
        yield number
        number += 1


def _collapsed(text: str | None) -> str:
    """White space as a browser shows it; the line ends of the file between Chinese characters are nothing."""
    return _SPACES.sub(" ", _HAN_BREAK.sub("", text)) if text else ""


def _tidied(text: str) -> str:
    return re.sub(" {2,}", " ", text).strip(" \n")
