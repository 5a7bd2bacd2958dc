"""Writes the closing evaluation: ``evaluation-<plan>.html``, ``.xlsx``, ``.csv`` and ``.json``."""

from pathlib import Path

from duibiao.kernel.text import Language, Text
from duibiao.kernel.writing import csv_bytes, json_bytes, write_whole
from duibiao.reports.cells import COLUMNS, Cell, Column, text_cell
from duibiao.reports.page import render
from duibiao.reports.workbook import Workbook, distinct_values
from duibiao.views.evaluation import EvaluationPage
from duibiao.views.words import as_plain

_EXTRA = (
    Column("verdict", Text("结论", "verdict"), 16, lambda row, _: None),
    Column("reason", Text("理由", "reason"), 44, lambda row, _: None),
    Column("turn", Text("何种情况会改变结论", "what would turn it"), 44, lambda row, _: None),
    Column("against", Text("不利趋势", "headwind"), 44, lambda row, _: None),
)


def write_evaluation(page: EvaluationPage, folder: Path, plan: str, language: Language) -> list[Path]:
    """Write the four files and return their paths."""
    rows = [finding.row for finding in page.findings]
    values: list[list[Cell]] = [
        [finding.verdict_word.in_(language) for finding in page.findings],
        [finding.reason.in_(language) for finding in page.findings],
        [finding.turn.in_(language) for finding in page.findings],
        ["；".join(text.in_(language) for text in finding.against) for finding in page.findings],
    ]
    extra = list(zip(_EXTRA, values, strict=True))
    lines = [f"{page.title.in_(language)} {page.kind.in_(language)}", page.sentence.in_(language)]
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
    name = f"evaluation-{plan}"
    return [
        write_whole(folder / f"{name}.html", render("evaluation.html", language, page=page)),
        write_whole(folder / f"{name}.xlsx", book.bytes()),
        write_whole(folder / f"{name}.csv", csv_bytes([column.name for column in columns], table)),
        write_whole(folder / f"{name}.json", json_bytes(as_plain(page))),
    ]
