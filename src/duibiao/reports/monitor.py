"""Writes the monitor: ``monitor.html``, ``.xlsx``, ``.csv`` and ``.json``, all from one page."""

from pathlib import Path

from duibiao.kernel.text import Language, Text
from duibiao.reports.cells import COLUMNS, text_cell
from duibiao.reports.files import csv_bytes, json_bytes, write_whole
from duibiao.reports.page import render
from duibiao.reports.workbook import Workbook, distinct_values
from duibiao.views.monitor import MonitorPage
from duibiao.views.words import as_plain


def write_monitor(page: MonitorPage, folder: Path, language: Language) -> list[Path]:
    """Write the four files and return their paths."""
    book = Workbook(language)
    lines = [page.title.in_(language), page.sentence.in_(language), *(notice.in_(language) for notice in page.notices)]
    book.row_sheets(lines, page.rows)
    book.values_sheet(distinct_values(page.rows))
    book.text_sheet(Text("列说明", "columns"), [(column.name, column.heading.in_(language)) for column in COLUMNS])
    rows = [{column.name: text_cell(column.cell(row, language)) for column in COLUMNS} for row in page.rows]
    return [
        write_whole(folder / "monitor.html", render("monitor.html", language, page=page)),
        write_whole(folder / "monitor.xlsx", book.bytes()),
        write_whole(folder / "monitor.csv", csv_bytes([column.name for column in COLUMNS], rows)),
        write_whole(folder / "monitor.json", json_bytes(as_plain(page))),
    ]
