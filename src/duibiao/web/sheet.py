"""Rows as a workbook to go on working with: one sheet, a head that stays, filters; numbers as numbers."""

import io
from collections.abc import Mapping, Sequence

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDEST = 60


def workbook(rows: Sequence[Mapping[str, str]], name: str) -> bytes:
    """One sheet of rows with the same columns; cells that are plain numbers become numbers, everything else is text."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "constant_memory": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet("".join(letter for letter in name if letter not in "[]:*?/\\")[:31])
    head = book.add_format({"bold": True, "bg_color": "#EAF0F7", "border": 1, "text_wrap": True})
    columns = list(rows[0]) if rows else []
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column, head)
        widest = max([_width(column), *(_width(row[column]) for row in rows[:200])])
        sheet.set_column(place, place, min(widest + 2, _WIDEST))
    for line, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            cell = row[column]
            if _is_number(cell):
                sheet.write_number(line, place, float(cell))
            else:
                sheet.write_string(line, place, cell)
    sheet.freeze_panes(1, 0)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    book.close()
    return out.getvalue()


def _is_number(cell: str) -> bool:
    """Whether a cell is a number and not a code: codes with leading zeros and long identifiers stay text."""
    digits = cell.removeprefix("-").replace(".", "", 1)
    return (
        digits.isascii()
        and digits.isdigit()
        and len(digits) < 15
        and (digits == "0" or cell.lstrip("-")[0] != "0" or "." in cell[:3])
    )


def _width(text: str) -> int:
    """Width in half-width letters: a Chinese character takes two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
