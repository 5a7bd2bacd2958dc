"""PDF: lines of text by pdfium, ruled tables by pdfplumber; a scanned file is recognised and refused."""

import re
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from duibiao.sources.blocks import BlockKind, Reading
from duibiao.sources.readers import ocr
from duibiao.sources.readers.building import Builder, Cell
from duibiao.sources.readers.limits import InputFile
from duibiao.sources.readers.pdf_spaced import MAY_HOLD, Letter, spaced_table
from duibiao.sources.readers.pdf_tables import Table, TableFinder

FEW = 10  # a page with fewer characters holds a page number at most
UNREADABLE_SHARE = 0.3
MIN_SHAPES = 4  # the rules of the smallest table
END_SEARCH = 2048
_LEVEL = 6.0
"""Signs whose middles are not farther apart (points) stand in one line: half of a small character."""
Place = tuple[float, float]
"""The middle of a character, from the upper left corner of the page, in points."""
_STREAM = re.compile(rb"stream\r?\n")
# Radicals stand in for whole characters in files of some printers; the line end marks a divided word.
_SIGNS = {0x02: "-", 0xFFFE: "-", 0xAD: "", 0xFEFF: "", 0x200B: "", 0x0B: "\n", 0x0C: "\n"} | {
    code: folded
    for code in (*range(0x2E80, 0x2EF4), *range(0x2F00, 0x2FD6))
    if len(folded := unicodedata.normalize("NFKC", chr(code))) == 1
}
_CONTROLS = re.compile(r"[\0-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_PRIVATE = re.compile(r"[\ue000-\uf8ff\ufffd]")


def read(file: InputFile) -> Reading:
    """Read a PDF."""
    start = file.data.find(b"%PDF-")
    if b"%%EOF" not in file.data.rstrip(b"\0 \t\r\n")[-END_SEARCH:]:
        file.refuse("READ-TRUNCATED", detail="%%EOF")
    _refuse_bombs(file, file.data[start:])
    with closing(_opened(file)) as document, closing(TableFinder(file)) as finder:
        if len(document) > file.limits.pages:
            file.too_large("pages", file.limits.pages)
        if file.ocr and not ocr.is_installed():
            file.refuse("READ-OCR-MISSING")
        pdf = _Pdf(file, finder)
        for number in range(len(document)):
            pdf.page(document, number)
        return pdf.finish(len(document))


def _opened(file: InputFile) -> Any:
    try:
        return pdfium.PdfDocument(file.data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD:
            file.refuse("READ-ENCRYPTED")
        file.refuse("READ-DAMAGED", detail=f"pdf: {error}")


def _refuse_bombs(file: InputFile, data: bytes) -> None:
    """Unpack the streams within a limit before any library unpacks them without one."""
    limits = file.limits
    for match in _STREAM.finditer(data):
        end = data.find(b"endstream", match.end())
        packed = data[match.end() : end if end >= 0 else len(data)]
        for _ in range(3):  # a stream may be packed several times over
            packed = _unpacked(packed, limits.part_bytes + 1)
            if len(packed) > limits.part_bytes:
                file.refuse("READ-BOMB", ratio=limits.ratio)
        file.check_time()


def _unpacked(data: bytes, limit: int) -> bytes:
    if data[:1] not in (b"\x78", b"\x58", b"\x48", b"\x68", b"\x38"):
        return b""
    try:
        return zlib.decompressobj().decompress(data, limit)
    except zlib.error:
        return b""


class _Pdf:
    """The pages of a file, one after the other."""

    def __init__(self, file: InputFile, finder: TableFinder) -> None:
        self.file, self.finder = file, finder
        self.builder = Builder(file, "pdf")
        self.pictures: list[int] = []
        self.characters = self.unreadable = 0
        self.last: tuple[int, int, int] | None = None  # number, columns and end of the last table

    def page(self, document: Any, number: int) -> None:
        """Read one page."""
        self.builder.begin_page()
        try:
            with closing(document[number]) as page, closing(page.get_textpage()) as words:
                count = words.count_chars()
                if count > self.file.limits.page_characters:
                    self.file.too_large("page_characters", self.file.limits.page_characters)
                shapes, has_picture = _drawn(page, self.file.limits.page_shapes)
                if count < FEW and has_picture:
                    self.pictures.append(number + 1)
                    if self.file.ocr:
                        self.recognised(page)
                        return
                tables = self.finder.tables(number) if MIN_SHAPES <= shapes < self.file.limits.page_shapes else []
                if shapes >= self.file.limits.page_shapes:
                    self.finder.skipped.append(number + 1)
                text = "" if tables else words.get_text_range(errors="replace")
                if not tables and MAY_HOLD.search(text) and (spaced := spaced_table(_letters(words, page))):
                    tables = [spaced]
                if tables:
                    self.mixed(words, page, tables)
                else:
                    self.lines(text)
        except pdfium.PdfiumError as error:
            self.file.refuse("READ-DAMAGED", detail=f"pdf {number + 1}: {error}")

    def recognised(self, page: Any) -> None:
        """Read the picture of a page; what is not recognised is not guessed."""
        for line in ocr.lines_of(page):
            text = cleaned(line.text)
            self.characters += len(text)
            self.builder.recognised(text, line.confidence)

    def lines(self, text: str) -> None:
        for line in cleaned(text).split("\n"):
            self.characters += len(line)
            self.unreadable += len(_PRIVATE.findall(line))
            self.builder.add(BlockKind.LINE, line)

    def mixed(self, words: Any, page: Any, tables: list[Table]) -> None:
        """Read a page with tables: each stands where its first character stands."""
        outside: list[str] = []
        within: dict[Cell, list[tuple[str, Place | None]]] = {}
        order: list[str | Table] = []
        for character, place, cell, table in _placed(words, page, tables):
            if table is None or cell is None:
                outside.append(character)
                continue
            if table not in order:
                order += ["".join(outside), table]
                outside.clear()
            elif outside and outside[-1] != "\n":
                outside.append("\n")  # words go on after the table
            within.setdefault(cell, []).append((character, place))
        for cell, characters in within.items():
            lines = (line.strip() for line in cleaned(_in_order(characters)).split("\n"))
            cell.text = "\n".join(line for line in lines if line)
        for part in (*order, "".join(outside)):
            if isinstance(part, str):
                self.lines(part)
            else:
                self.table(part)

    def table(self, table: Table) -> None:
        """Read a table; one that continues the last table of the page before keeps its number."""
        columns = max(len(row) for row in table.rows)
        number = 0
        if self.last and self.last[1] == columns and len(self.builder.blocks) - self.last[2] <= 2:
            number = self.last[0]
        number = number or self.builder.next_table()
        self.builder.add_rows(table.rows, number)
        self.characters += FEW
        self.last = (number, columns, len(self.builder.blocks))

    def finish(self, pages: int) -> Reading:
        """Put the reading together; refuse pictures of pages and fonts that do not say what they print."""
        if self.pictures and not self.file.ocr and (self.builder.is_empty or len(self.pictures) * 2 > pages):
            self.file.refuse("READ-SCANNED", pages=len(self.pictures))
        if self.unreadable > self.characters * UNREADABLE_SHARE:
            self.file.refuse("READ-NO-TEXT")
        if self.pictures:
            told = "READ-OCR" if self.file.ocr else "READ-SCANNED"
            self.builder.notes.append(f"{told} " + " ".join(map(str, self.pictures)))
        if self.finder.skipped:
            self.builder.notes.append("READ-TABLES-SKIPPED " + " ".join(map(str, self.finder.skipped)))
        return self.builder.finish()


def cleaned(text: str) -> str:
    """The characters a reader would see: one line end, no controls, no radicals standing in for characters."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n").translate(_SIGNS))


def _drawn(page: Any, limit: int) -> tuple[int, bool]:
    """How many strokes a page has (counted up to a limit), and whether it holds a picture."""
    strokes, has_picture = 0, False
    for count, shape in enumerate(islice(page.get_objects(max_depth=4), limit), 1):
        strokes = limit if count == limit else strokes
        if shape.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            has_picture = True
        elif shape.type == pdfium_c.FPDF_PAGEOBJ_PATH and strokes < limit:
            strokes += max(pdfium_c.FPDFPath_CountSegments(shape.raw), 1)
    return strokes, has_picture


def _in_order(characters: list[tuple[str, Place | None]]) -> str:
    """The characters of a cell from left to right in each line: signs of another font come late in some files.

    Blanks that were made up between them are left out where the order changes: they stand where the pen jumped.
    """
    found: list[str] = []
    line: list[tuple[str, Place | None]] = []
    for one in [*characters, ("\n", None)]:
        if one[0] not in "\r\n":
            line.append(one)
            continue
        places = [place for _, place in line if place is not None]
        is_level = all(abs(y - places[0][1]) < _LEVEL for _, y in places)
        if is_level and places != sorted(places):
            placed = [(place, letter) for letter, place in line if place is not None]
            line = [(letter, place) for place, letter in sorted(placed)]
        found += [character for character, _ in line]
        found.append(one[0])
        line = []
    return "".join(found[:-1])


def _placed(
    words: Any, page: Any, tables: list[Table]
) -> Iterator[tuple[str, Place | None, Cell | None, Table | None]]:
    """Each character of a page with its place from the left, and the cell and the table it stands in.

    Blanks that pdfium made up have no place and follow the character before.
    """
    cell: Cell | None = None
    table: Table | None = None
    for index in range(words.count_chars()):
        character = chr(pdfium_c.FPDFText_GetUnicode(words.raw, index))
        place: Place | None = None
        if pdfium_c.FPDFText_IsGenerated(words.raw, index) != 1:
            left, bottom, right, top = words.get_charbox(index)
            place = x, y = _seen((left + right) / 2, (bottom + top) / 2, page)
            before = table
            cell, table = next(((cell, found) for found in tables if (cell := found.cell(x, y))), (None, None))
            if before is not None and table is None:
                yield "\n", None, None, None
        yield character, place, cell, table


def _letters(words: Any, page: Any) -> list[Letter]:
    """Every character of a page with its box as it is seen."""
    found: list[Letter] = []
    for index in range(words.count_chars()):
        character = cleaned(chr(pdfium_c.FPDFText_GetUnicode(words.raw, index))).strip()
        if not character or pdfium_c.FPDFText_IsGenerated(words.raw, index) == 1:
            continue
        left, bottom, right, top = words.get_charbox(index, loose=True)
        (x0, y0), (x1, y1) = _seen(left, top, page), _seen(right, bottom, page)
        found.append((character, (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))))
    return found


def _seen(x: float, y: float, page: Any) -> tuple[float, float]:
    """A place on the page as it is seen: turned, and counted from the upper left corner."""
    left, bottom, right, top = page.get_cropbox()
    turn = page.get_rotation()
    if turn == 90:
        return y - bottom, x - left
    if turn == 180:
        return right - x, y - bottom
    if turn == 270:
        return top - y, right - x
    return x - left, top - y
