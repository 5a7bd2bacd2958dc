"""The workbook of a monitor or evaluation: one sheet to sort and filter, one with every value, one that explains."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from duibiao.kernel.text import Language, Text
from duibiao.reports.cells import COLUMNS, Cell, Column
from duibiao.views.rows import MonitorRow, ValueView

MAIN = (
    "plan", "label", "baseline_written", "value", "bound", "period", "goal_written", "due", "p", "s",
    "status_word", "if_accepted", "lead",
)  # fmt: skip
"""The columns of the sheet a meeting reads."""
A4 = 9
"""A4 in the paper codes of a workbook."""


class Workbook:
    """A workbook in memory; formulas and links are never made from text.

    ``created`` is the only date in the file, so that equal contents are equal bytes.
    """

    def __init__(self, language: Language, created: date = date(2000, 1, 1)) -> None:
        self.language = language
        self._out = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(self._out, options)
        self._book.set_properties({"created": datetime(created.year, created.month, created.day, tzinfo=UTC)})
        base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
        self._styles: dict[str, Format] = {
            "title": self._book.add_format(base | {"bold": True, "font_size": 14}),
            "head": self._book.add_format(base | {"bold": True, "bg_color": "#EAF0F7", "text_wrap": True, "border": 1}),
            "text": self._book.add_format(base | {"text_wrap": True}),
            "number": self._book.add_format(base | {"num_format": "General"}),
            "share": self._book.add_format(base | {"num_format": "0.0%"}),
        }

    def status_style(self, colour: str) -> Format:
        """The style of a status word in its colour."""
        if colour not in self._styles:
            font = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top", "bold": True}
            self._styles[colour] = self._book.add_format(font | {"font_color": colour})
        return self._styles[colour]

    def row_sheets(
        self, lines: Sequence[str], rows: Sequence[MonitorRow], extra: Sequence[tuple[Column, Sequence[Cell]]] = ()
    ) -> None:
        """Add the sheet a meeting reads (few columns, prints on A4) and the sheet with every column behind it.

        ``extra`` are columns with their cells that stand before those of the rows.
        """
        main = [column for column in COLUMNS if column.name in MAIN]
        sheet = self._sheet(Text("监测", "monitor"))
        for number, line in enumerate(lines):
            sheet.write_string(number, 0, line, self._styles["title"] if number == 0 else self._styles["number"])
        self._table(sheet, len(lines) + 1, rows, main, extra)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(len(lines) + 1)
        self._table(self._sheet(Text("全部列", "every column")), 0, rows, COLUMNS, extra)

    def _table(
        self,
        sheet: Worksheet,
        head: int,
        rows: Sequence[MonitorRow],
        columns: Sequence[Column],
        extra: Sequence[tuple[Column, Sequence[Cell]]],
    ) -> None:
        """Write rows under a frozen heading with filters."""
        shown = [*(column for column, _ in extra), *columns]
        for place, column in enumerate(shown):
            sheet.set_column(place, place, column.width)
            sheet.write_string(head, place, column.heading.in_(self.language), self._styles["head"])
        for number, row in enumerate(rows):
            cells = [*(values[number] for _, values in extra), *(column.cell(row, self.language) for column in columns)]
            for place, (column, cell) in enumerate(zip(shown, cells, strict=True)):
                self._write(sheet, head + 1 + number, place, column, cell, row)
        sheet.freeze_panes(head + 1, len(extra))
        sheet.autofilter(head, 0, head + len(rows), len(shown) - 1)

    def _write(self, sheet: Worksheet, line: int, place: int, column: Column, cell: Cell, row: MonitorRow) -> None:
        if isinstance(cell, Decimal | int):
            # A cell of a workbook holds a binary number; the exact digits stand in the CSV and JSON beside it.
            sheet.write_number(line, place, float(cell), self._styles["share" if column.is_share else "number"])
        elif cell:
            style = self.status_style(row.colour) if column.name == "status_word" else self._styles["text"]
            sheet.write_string(line, place, f"{row.glyph} {cell}" if column.name == "status_word" else cell, style)

    def values_sheet(self, values: Iterable[ValueView]) -> None:
        """Add the sheet of every published value the rows rest on."""
        language = self.language
        heads = [
            Text("数据编号", "id"), Text("年度", "period"), Text("公布值", "value as said"), Text("数值", "amount"),
            Text("单位", "unit"), Text("界限", "bound"), Text("公布日期", "published"), Text("时点原文", "as of"),
            Text("出处", "source"), Text("发布者", "publisher"), Text("网址", "address"), Text("性质", "quality"),
            Text("说明", "note"),
        ]  # fmt: skip
        sheet = self._sheet(Text("公布值", "values"))
        for place, heading in enumerate(heads):
            sheet.write_string(0, place, heading.in_(language), self._styles["head"])
            sheet.set_column(place, place, 40 if place in (8, 12) else 16)
        for line, value in enumerate(sorted(values, key=lambda one: (one.id, one.period)), 1):
            cells = [
                value.id, value.period, value.shown, value.amount, value.unit, value.bound, value.published,
                value.as_of, value.source_title.in_(language), value.publisher, value.url, value.quality.in_(language),
                value.note,
            ]  # fmt: skip
            for place, cell in enumerate(cells):
                if isinstance(cell, Decimal):
                    sheet.write_number(line, place, float(cell), self._styles["number"])
                else:
                    sheet.write_string(line, place, cell, self._styles["text"])
        sheet.freeze_panes(1, 0)

    def text_sheet(self, name: Text, lines: Iterable[Sequence[str]]) -> None:
        """Add a sheet of plain lines."""
        sheet = self._sheet(name)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 100)
        for number, line in enumerate(lines):
            for place, cell in enumerate(line):
                sheet.write_string(number, place, cell, self._styles["text"])

    def bytes(self) -> bytes:
        """Close the workbook and return it."""
        self._book.close()
        return self._out.getvalue()

    def _sheet(self, name: Text) -> Worksheet:
        return self._book.add_worksheet(name.in_(self.language)[:31])


def distinct_values(rows: Iterable[MonitorRow]) -> list[ValueView]:
    """Every published value the rows rest on, once."""
    return list({value.id: value for row in rows for value in row.values}.values())
