"""Tidy tables: one row a figure with everything needed to read it alone, as CSV and JSON, with the metadata."""

from collections.abc import Iterable, Mapping
from typing import Any

from duibiao.kernel.text import Text
from duibiao.kernel.writing import csv_bytes, json_bytes
from duibiao.reports.exports.content import PROGRAM, TERMS, ExportContent
from duibiao.reports.exports.figures import (
    MEASURE_WORDS,
    NATURE_WORDS,
    OBSERVATION_STATUS_WORDS,
    ExportedFigure,
    figures,
)
from duibiao.reports.exports.tables import (
    FIGURE_COLUMNS,
    ROW_COLUMNS,
    Cells,
    ColumnType,
    ExportColumn,
    figure_cells,
    indicators,
    row_cells,
    sources,
)
from duibiao.views.words import as_plain

_OF_ROW = (
    "plan", "label", "baseline_written", "goal_written", "due", "status", "status_zh", "status_en", "if_accepted",
    "verdict", "verdict_zh", "verdict_en", "provisional", "rule", "policy", "growth_class", "lead",
)  # fmt: skip
"""What stands beside every figure of a target."""
_BESIDE = (
    ExportColumn(
        "measure_zh", ColumnType.STRING, Text("数值类别（中文）", "what it measures, in Chinese"), required=True
    ),
    ExportColumn("indicator_label", ColumnType.STRING, Text("指标名称", "name of the indicator"), required=True),
    ExportColumn("unit_name", ColumnType.STRING, Text("单位名称", "name of the unit"), required=True),
    ExportColumn("source_title", ColumnType.STRING, Text("来源名称", "title of the source")),
)
COLUMNS = (*FIGURE_COLUMNS, *_BESIDE, *(one for one in ROW_COLUMNS if one.name in _OF_ROW))
"""The columns of ``figures.csv``: the figure, the names its codes stand for, and how its target stands."""


def tidy(content: ExportContent) -> Mapping[str, bytes]:
    """``figures.csv`` and ``figures.json`` with the same rows, and ``metadata.json`` that explains them."""
    rows = list(_rows(content, figures(content)))
    about = metadata(content)
    return {
        "figures.csv": csv_bytes([one.name for one in COLUMNS], rows),
        "figures.json": json_bytes({"metadata": about, "figures": rows}),
        "metadata.json": json_bytes(about | {"columns": [_described(one) for one in COLUMNS]}),
    }


def _rows(content: ExportContent, found: Iterable[ExportedFigure]) -> Iterable[dict[str, str]]:
    labels = {one["code"]: one["label_zh"] for one in indicators(content)}
    titles = {one["code"]: one["title_zh"] for one in sources(content)}
    names = {one.code: one.name for one in content.units}
    rows: dict[str, Cells] = {one.row.id: row_cells(one) for one in content.rows}
    for figure in found:
        target = rows.get(figure.row, {})
        yield {
            **figure_cells(figure),
            "measure_zh": MEASURE_WORDS[figure.measure].zh,
            "indicator_label": labels[figure.indicator],
            "unit_name": names[figure.unit],
            "source_title": titles.get(figure.source, ""),
            **{name: target.get(name, "") for name in _OF_ROW},
        }


def _described(column: ExportColumn) -> dict[str, Any]:
    return {"name": column.name, "type": column.type.value, "zh": column.meaning.zh, "en": column.meaning.en}


def metadata(content: ExportContent) -> dict[str, Any]:
    """What a reader of any format must know: what was exported, as of when, by which method, on what terms.

    ``inputs`` are the frozen inputs with their hashes; of a plan under watch there are only those of ``--data``.
    """
    return {
        "id": content.id,
        "title": as_plain(content.title),
        "kind": as_plain(content.kind),
        "as_of": content.as_of.isoformat(),
        "plans": [one.code for one in content.plans],
        "method": content.method,
        "policy": as_plain(content.policy),
        "mark": as_plain(content.mark) if content.mark else None,
        "terms": as_plain(TERMS),
        "program": PROGRAM,
        "missing": "an empty value is missing, never zero; missing_reason and obs_status say why",
        "measures": {one.value: as_plain(words) for one, words in MEASURE_WORDS.items()},
        "natures": {one.value: as_plain(words) for one, words in NATURE_WORDS.items()},
        "obs_statuses": {one.value: as_plain(words) for one, words in OBSERVATION_STATUS_WORDS.items()},
        "inputs": as_plain(content.inputs),
    }
