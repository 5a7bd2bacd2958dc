"""What an official does with a template, played with openpyxl: open it, type into cells, save it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl

from duibiao.intake.layout import ANSWERS, ISSUES, SheetLayout
from duibiao.intake.sheet import ANSWER_COLUMN, KEY_COLUMN


def opened(path: Path) -> tuple[Any, Any]:
    book = openpyxl.load_workbook(path)
    return book, book[ANSWERS]


def fill(path: Path, out: Path, answers: Mapping[str, Mapping[str, Any]]) -> Path:
    """Type answers (unit → element → what is typed) into a template, wherever they belong."""
    book, sheet = opened(path)
    page = sheet.cell(SheetLayout.PAGE_HEAD + 1, 1).value == "代码"
    if page:
        (values,) = answers.values()
        for row in sheet.iter_rows(min_row=SheetLayout.PAGE_HEAD + 1):
            if row[0].value in values:
                row[SheetLayout.PAGE_ANSWER].value = values[row[0].value]
    else:
        columns = {cell.value: cell.column for cell in sheet[SheetLayout.HEAD + 1]}
        for row in sheet.iter_rows(min_row=SheetLayout.HEAD + 2):
            for element, value in answers.get(str(row[0].value), {}).items():
                sheet.cell(row[0].row, columns[element]).value = value
    book.save(out)
    return out


def reply(path: Path, out: Path, words: str) -> int:
    """Write the same reply beside every question of a coloured file; answers how many there were."""
    book = openpyxl.load_workbook(path)
    count = 0
    for row in book[ISSUES].iter_rows():
        if row[1].value == "疑问" and row[KEY_COLUMN].value:
            row[ANSWER_COLUMN].value = words
            count += 1
    book.save(out)
    return count


def colours(path: Path) -> dict[str, str]:
    """Cell address → fill colour of the sheet of answers."""
    _, sheet = opened(path)
    return {
        cell.coordinate: cell.fill.fgColor.rgb[2:] for row in sheet.iter_rows() for cell in row if cell.fill.fill_type
    }
