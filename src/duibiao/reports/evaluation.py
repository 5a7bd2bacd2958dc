"""Writes an evaluation: ``evaluation-<plan>.html``, ``.xlsx``, ``.csv`` and ``.json``."""

from pathlib import Path

from duibiao.evaluations.record import Evaluation
from duibiao.kernel.text import Language, Text
from duibiao.kernel.writing import csv_bytes, json_bytes, write_whole
from duibiao.reports.cells import COLUMNS, Cell, Column, text_cell
from duibiao.reports.page import render
from duibiao.reports.workbook import Workbook, distinct_values
from duibiao.views.words import as_plain

_EXTRA = (
    Column("verdict", Text("结论", "verdict"), 16, lambda row, _: None),
    Column("reason", Text("理由", "reason"), 44, lambda row, _: None),
    Column("turn", Text("何种情况会改变结论", "what would turn it"), 44, lambda row, _: None),
    Column("against", Text("不利趋势", "headwind"), 44, lambda row, _: None),
)


def write_evaluation(page: Evaluation, folder: Path, language: Language) -> list[Path]:
    """Write the four files and return their paths; the JSON is the frozen evaluation, laid out for reading."""
    rows = [finding.row for finding in page.indicators]
    values: list[list[Cell]] = [
        [finding.verdict_word.in_(language) for finding in page.indicators],
        [finding.reason.in_(language) for finding in page.indicators],
        [finding.turn.in_(language) for finding in page.indicators],
        ["；".join(text.in_(language) for text in finding.against) for finding in page.indicators],
    ]
    extra = list(zip(_EXTRA, values, strict=True))
    lines = [f"{page.title.in_(language)} {page.kind_word.in_(language)}", page.sentence.in_(language)]
    lines += [f"{claim.statement.in_(language)} — {claim.comment.in_(language)}" for claim in page.claims]
    book = Workbook(language)
    book.row_sheets(lines, rows, extra)
    book.values_sheet(distinct_values(rows))
    columns = [*_EXTRA, *COLUMNS]
    table = [
        {column.name: text_cell(cells[number]) for column, cells in extra}
        | {column.name: text_cell(column.cell(row, language)) for column in COLUMNS}
        for number, row in enumerate(rows)
    ]
    name = f"evaluation-{page.collection or page.plans[0].code}"
    return [
        write_whole(folder / f"{name}.html", render("evaluation.html", language, page=page)),
        write_whole(folder / f"{name}.xlsx", book.bytes()),
        write_whole(folder / f"{name}.csv", csv_bytes([column.name for column in columns], table)),
        write_whole(folder / f"{name}.json", json_bytes(as_plain(page))),
    ]
