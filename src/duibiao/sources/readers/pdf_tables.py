"""Ruled tables of a PDF: pdfplumber finds the rules, merged cells are repeated over the places they cover."""

import io
import logging
import struct
import zlib
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pdfplumber
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from duibiao.sources.readers.building import Cell
from duibiao.sources.readers.limits import InputFile

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every font that lacks a detail
MAX_CROSSINGS = 1_000_000
MAX_CELLS = 5_000
# pdfminer trusts its input: what a damaged file makes it raise is not only its own errors.
PDFMINER_FAILS = (
    MalformedPDFException, PdfminerException, PDFException, PSException, ValueError, TypeError, LookupError,
    AttributeError, AssertionError, ArithmeticError, RecursionError, NotImplementedError, EOFError, struct.error,
    zlib.error,
)  # fmt: skip
Box = tuple[float, float, float, float]  # left, top, right, bottom, from the upper left corner


@dataclass(eq=False)
class Table:
    """A ruled table on a page (有线表格): its frame, and the cell at every place of its grid."""

    frame: Box
    boxes: list[tuple[Box, Cell]]
    rows: list[list[Cell]] = field(default_factory=list)

    def cell(self, x: float, y: float) -> Cell | None:
        """The cell at a place; None outside the table, and where its rules leave a hole."""
        if not _inside(self.frame, x, y):
            return None
        return next((cell for box, cell in self.boxes if _inside(box, x, y)), None)


class TableFinder:
    """Finds the ruled tables of a file, page by page (表格识别); the file is opened when first asked.

    ``skipped`` are the pages whose tables could not be looked for; their words are still read, as lines.
    """

    def __init__(self, file: InputFile) -> None:
        self._file = file
        self._document: Any = None
        self.skipped: list[int] = []

    def tables(self, number: int) -> list[Table]:
        """The tables of a page, from top to bottom; none where pdfplumber cannot read the page."""
        try:
            if self._document is None:
                self._document = pdfplumber.open(io.BytesIO(self._file.data))
            page = self._document.pages[number]
            try:
                return self._found(page)
            finally:
                page.close()
        except PDFMINER_FAILS:
            self.skipped.append(number + 1)
            return []

    def _found(self, page: Any) -> list[Table]:
        self._file.check_time()
        upright = {(round(edge["x0"]), round(edge["top"]), round(edge["bottom"])) for edge in _edges(page, "v")}
        level = {(round(edge["top"]), round(edge["x0"]), round(edge["x1"])) for edge in _edges(page, "h")}
        if len(upright) * len(level) > MAX_CROSSINGS:
            raise OverflowError("more crossings of rules than any table has")
        if len(upright) < 2 or len(level) < 2:
            return []
        left, top = page.bbox[:2]
        found = (_table(table.cells, left, top) for table in page.find_tables() if 1 < len(table.cells) <= MAX_CELLS)
        return sorted((table for table in found if table.rows), key=lambda table: table.frame[1])

    def close(self) -> None:
        """Let go of the file."""
        if self._document is not None:
            with suppress(*PDFMINER_FAILS):
                self._document.close()


def _edges(page: Any, orientation: str) -> list[Any]:
    return [edge for edge in page.edges if edge["orientation"] == orientation]


def _table(cells: list[Box], left: float, top: float) -> Table:
    """Lay the cells of a table out on its grid; a frame around text is no table."""
    boxes = [((x0 - left, y0 - top, x1 - left, y1 - top), Cell(is_wrapped=True)) for x0, y0, x1, y1 in cells]
    frame = (
        min(box[0] for box, _ in boxes), min(box[1] for box, _ in boxes),
        max(box[2] for box, _ in boxes), max(box[3] for box, _ in boxes),
    )  # fmt: skip
    table = Table(frame, boxes)
    columns = _starts([box[0] for box, _ in boxes])
    lines = _starts([box[1] for box, _ in boxes])
    if len(columns) < 2 or len(lines) < 2 or len(columns) * len(lines) > MAX_CELLS:
        return table
    grid = [[Cell() for _ in columns] for _ in lines]
    for (x0, y0, x1, y1), cell in boxes:
        for line in range(bisect_right(lines, y0 + 1) - 1, bisect_right(lines, y1 - 1)):
            for column in range(bisect_right(columns, x0 + 1) - 1, bisect_right(columns, x1 - 1)):
                grid[line][column] = cell
    table.rows = grid
    return table


def _starts(values: list[float]) -> list[float]:
    """The different starts of columns or lines, those within a point taken as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > 1:
            found.append(value)
    return found


def _inside(box: Box, x: float, y: float) -> bool:
    return box[0] <= x < box[2] and box[1] <= y < box[3]
