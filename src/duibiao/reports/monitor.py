"""Writes the monitor: ``monitor.html``, ``.xlsx``, ``.csv`` and ``.json``, all from one page."""

from pathlib import Path

from duibiao.kernel.text import Language, Text
from duibiao.kernel.writing import csv_bytes, json_bytes, write_whole
from duibiao.reports.cells import COLUMNS, text_cell
from duibiao.reports.district_cells import DISTRICT_COLUMNS, district_cells
from duibiao.reports.page import render
from duibiao.reports.workbook import Workbook, distinct_values
from duibiao.views.districts import DistrictsPage
from duibiao.views.monitor import MonitorPage
from duibiao.views.words import as_plain


def write_monitor(
    page: MonitorPage, folder: Path, language: Language, districts: DistrictsPage | None = None
) -> list[Path]:
    """Write the four files and return their paths.

    ``districts``, computed from returns, stand in a section and a sheet of their own and in files of their own.
    """
    book = Workbook(language)
    lines = [page.title.in_(language), page.sentence.in_(language), *(notice.in_(language) for notice in page.notices)]
    book.row_sheets(lines, page.rows)
    book.values_sheet(distinct_values(page.rows))
    book.text_sheet(Text("列说明", "columns"), [(column.name, column.heading.in_(language)) for column in COLUMNS])
    if districts:
        book.text_sheet(Text("分区县", "districts"), [list(DISTRICT_COLUMNS), *district_cells(districts, language)])
    rows = [{column.name: text_cell(column.cell(row, language)) for column in COLUMNS} for row in page.rows]
    return [
        write_whole(folder / "monitor.html", render("monitor.html", language, page=page, districts=districts)),
        write_whole(folder / "monitor.xlsx", book.bytes()),
        write_whole(folder / "monitor.csv", csv_bytes([column.name for column in COLUMNS], rows)),
        write_whole(folder / "monitor.json", json_bytes(as_plain(page))),
        *(_write_districts(districts, folder, language) if districts else ()),
    ]


def _write_districts(districts: DistrictsPage, folder: Path, language: Language) -> list[Path]:
    rows = [dict(zip(DISTRICT_COLUMNS, cells, strict=True)) for cells in district_cells(districts, language)]
    return [
        write_whole(folder / "districts.csv", csv_bytes(list(DISTRICT_COLUMNS), rows)),
        write_whole(folder / "districts.json", json_bytes(as_plain(districts))),
    ]
