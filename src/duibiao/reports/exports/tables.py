"""The tables of an export: their columns with type and meaning, and their rows as text cells.

One place describes every column; the tidy files, the Frictionless package and the documentation all follow it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from duibiao.kernel.text import Text
from duibiao.reports.exports.content import ExportContent, ExportedRow
from duibiao.reports.exports.figures import MEASURE_WORDS, NATURE_WORDS, ExportedFigure, FigureNature, exact
from duibiao.views.districts import SIMULATED
from duibiao.views.rows import CitationView, MonitorRow, ValueView

Cells = Mapping[str, str]
"""One row of a table: every column by name, empty where there is nothing to say."""


class ColumnType(StrEnum):
    """The types of a column (列类型), by their names in Table Schema."""

    STRING = "string"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column of an export (导出列): name, type, meaning; ``required`` columns are never empty.

    ``refers_to`` is ``table.column`` where the cell names a row of another table.
    """

    name: str
    type: ColumnType
    meaning: Text
    required: bool = False
    refers_to: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table of an export (导出表): its columns, the column that tells the rows apart, and the rows."""

    name: str
    title: Text
    key: str
    columns: tuple[ExportColumn, ...]
    rows: tuple[Cells, ...]


S, N, I, B, Y = ColumnType  # noqa: E741  short names keep a column on one line
PERIOD = r"\d{4}(/\d{2})?"
"""How a period is written: 2024, or 2024/25 for a school year."""

PLAN_COLUMNS = (
    ExportColumn("code", S, Text("规划代码", "code of the plan"), required=True),
    ExportColumn("title_zh", S, Text("规划名称", "title"), required=True),
    ExportColumn("title_en", S, Text("规划英文名称", "title in English")),
    ExportColumn("short_zh", S, Text("简称", "short title"), required=True),
    ExportColumn("number", S, Text("文号", "number of the document")),
    ExportColumn("issuer", S, Text("印发单位", "issuing office")),
    ExportColumn("published", S, Text("公布日期", "day of publication, as precise as known"), required=True),
    ExportColumn("start", Y, Text("起始年", "first year"), required=True),
    ExportColumn("end", Y, Text("终止年", "last year"), required=True),
)
UNIT_COLUMNS = (
    ExportColumn("code", S, Text("单位代码（区划代码）", "code of the unit"), required=True),
    ExportColumn("name", S, Text("单位名称", "name of the unit"), required=True),
    ExportColumn("parent", S, Text("上级单位代码", "code of the unit above"), refers_to="units.code"),
    ExportColumn("simulated", B, Text("是否为模拟单位", "whether the unit is a simulated one"), required=True),
)
INDICATOR_COLUMNS = (
    ExportColumn("code", S, Text("统一指标代码", "code of the canonical indicator"), required=True),
    ExportColumn("label_zh", S, Text("指标名称", "name of the indicator"), required=True),
    ExportColumn("label_en", S, Text("指标英文名称", "name in English")),
    ExportColumn("unit_of_measure", S, Text("计量单位", "unit of measure"), required=True),
    ExportColumn("direction", S, Text("方向：up 越高越好，down 越低越好，range 适宜区间", "which way is good")),
)
SOURCE_COLUMNS = (
    ExportColumn("code", S, Text("来源代码", "code of the source"), required=True),
    ExportColumn("title_zh", S, Text("来源名称", "title"), required=True),
    ExportColumn("title_en", S, Text("来源英文名称", "title in English")),
    ExportColumn("publisher", S, Text("公布单位", "publisher")),
    ExportColumn("url", S, Text("网址", "address of the page")),
)
ROW_COLUMNS = (
    ExportColumn("id", S, Text("目标编号", "id of the target"), required=True),
    ExportColumn("plan", S, Text("规划代码", "code of the plan"), required=True, refers_to="plans.code"),
    ExportColumn("unit", S, Text("对照的单位", "unit it is held against"), required=True, refers_to="units.code"),
    ExportColumn("indicator", S, Text("统一指标", "indicator"), required=True, refers_to="indicators.code"),
    ExportColumn("row", I, Text("指标表行号", "row of the indicator table")),
    ExportColumn("item", S, Text("所在任务、举措或条目", "task, measure or item it stands in")),
    ExportColumn("group", S, Text("指标表分类", "group in the table")),
    ExportColumn("label", S, Text("名称（照录）", "name as written"), required=True),
    ExportColumn("unit_of_measure", S, Text("计量单位", "unit of measure"), required=True),
    ExportColumn("baseline_year", Y, Text("基期年", "base year")),
    ExportColumn("baseline_written", S, Text("基期值（照录）", "baseline as written")),
    ExportColumn("due", Y, Text("目标年", "due year"), required=True),
    ExportColumn("goal_written", S, Text("目标（照录）", "goal as written"), required=True),
    ExportColumn("status", S, Text("状态代码", "status"), required=True),
    ExportColumn("status_zh", S, Text("状态", "status in Chinese"), required=True),
    ExportColumn("status_en", S, Text("状态（英文）", "status in English"), required=True),
    ExportColumn("if_accepted", S, Text("若采信则为", "status a doubtful value would give")),
    ExportColumn("verdict", S, Text("结论代码", "verdict of an evaluation")),
    ExportColumn("verdict_zh", S, Text("结论", "verdict in Chinese")),
    ExportColumn("verdict_en", S, Text("结论（英文）", "verdict in English")),
    ExportColumn("provisional", B, Text("是否暂定", "whether the verdict is provisional"), required=True),
    ExportColumn("reason_zh", S, Text("理由", "reason in Chinese")),
    ExportColumn("reason_en", S, Text("理由（英文）", "reason in English")),
    ExportColumn("rule", S, Text("判定规则", "rule that decided"), required=True),
    ExportColumn("policy", S, Text("阈值版本", "version of the thresholds"), required=True),
    ExportColumn("methods_disagree", B, Text("方法是否不一致", "whether another method disagrees"), required=True),
    ExportColumn("growth_class", S, Text("增长率法的类别（英文）", "class by the growth-rate method")),
    ExportColumn("lead", S, Text("牵头部门（;分隔）", "leading departments, separated by ;")),
    ExportColumn("cooperating", S, Text("配合部门（;分隔）", "cooperating departments, separated by ;")),
    ExportColumn(
        "document", S, Text("出处文件", "document the target stands in"), required=True, refers_to="sources.code"
    ),
    ExportColumn("locator", S, Text("位置：页、行、字", "place: page, line, character"), required=True),
    ExportColumn("passage_hash", S, Text("片段指纹", "hash of the passage"), required=True),
    ExportColumn("caveats_zh", S, Text("说明", "caveats in Chinese")),
    ExportColumn("caveats_en", S, Text("说明（英文）", "caveats in English")),
)
FIGURE_COLUMNS = (
    ExportColumn("id", S, Text("数值编号", "id of the figure"), required=True),
    ExportColumn("measure", S, Text("数值类别", "what it measures"), True, choices=tuple(one for one in MEASURE_WORDS)),
    ExportColumn("target", S, Text("目标编号；指标本身的值为空", "target; empty for a value of the indicator itself"),
                refers_to="targets.id"),
    ExportColumn("indicator", S, Text("统一指标", "indicator"), True, refers_to="indicators.code"),
    ExportColumn("unit", S, Text("单位", "unit"), True, refers_to="units.code"),
    ExportColumn("period", S, Text("年度或学年", "calendar year, or school year as 2024/25"), True),
    ExportColumn("value", N, Text("数值，全部位数；空为缺值", "value with every digit; empty is missing, never 0")),
    ExportColumn("unit_of_measure", S, Text("计量单位", "unit of measure"), True),
    ExportColumn("bound", S, Text("界限：= >= > <= < ~（约）", "bound: = >= > <= < ~ (about)")),
    ExportColumn("obs_status", S, Text("数值状态（SDMX CL_OBS_STATUS）", "observation status (SDMX)"), True),
    ExportColumn("missing_reason", S, Text("缺值原因", "why it is missing")),
    ExportColumn("nature", S, Text("来历", "where it comes from"), True, choices=tuple(one for one in NATURE_WORDS)),
    ExportColumn("mark", S, Text("模拟数据标记", "mark of simulated data")),
    ExportColumn("chosen", B, Text("是否为该年度采用的值", "whether it is the value taken for the period"), True),
    ExportColumn("observation", S, Text("数据编号", "id of the published value")),
    ExportColumn("source", S, Text("来源", "source"), refers_to="sources.code"),
    ExportColumn("published", S, Text("公布日期", "day of publication")),
    ExportColumn("quality_zh", S, Text("口径提示", "what to know of the value, in Chinese")),
    ExportColumn("quality_en", S, Text("口径提示（英文）", "what to know of the value, in English")),
    ExportColumn("note", S, Text("备注；目标和基期为照录", "note; for goal and baseline as written")),
    ExportColumn("locator", S, Text("位置：页、行、字", "place: page, line, character")),
    ExportColumn("passage_hash", S, Text("片段指纹", "hash of the passage")),
    ExportColumn("numerator", N, Text("分子", "numerator")),
    ExportColumn("denominator", N, Text("分母", "denominator")),
    ExportColumn("coverage", S, Text("覆盖：有值/应报", "coverage: known/expected reporting units")),
)  # fmt: skip
TASK_COLUMNS = (
    ExportColumn("id", S, Text("规划代码/任务号", "plan/number of the task"), required=True),
    ExportColumn("plan", S, Text("规划代码", "code of the plan"), required=True, refers_to="plans.code"),
    ExportColumn("number", I, Text("任务号", "number of the task"), required=True),
    ExportColumn("title", S, Text("任务名称", "title of the task"), required=True),
    ExportColumn("lead", S, Text("牵头部门（;分隔）", "leading departments, separated by ;")),
    ExportColumn("cooperating", S, Text("配合部门（;分隔）", "cooperating departments, separated by ;")),
    ExportColumn("finding", S, Text("评定代码", "finding of the evaluation"), required=True),
    ExportColumn("finding_zh", S, Text("评定", "finding in Chinese"), required=True),
    ExportColumn("finding_en", S, Text("评定（英文）", "finding in English"), required=True),
    ExportColumn("assessed", S, Text("评定日期", "day of the finding; empty where nobody assessed it")),
    ExportColumn("evidence", I, Text("佐证件数", "pieces of evidence"), required=True),
    ExportColumn("targets", S, Text("相关目标（;分隔）", "targets linked to it, separated by ;")),
    ExportColumn("document", S, Text("出处文件", "document the task stands in"), required=True),
    ExportColumn("locator", S, Text("位置：页、行、字", "place: page, line, character"), required=True),
    ExportColumn("passage_hash", S, Text("片段指纹", "hash of the passage"), required=True),
)
INPUT_COLUMNS = (
    ExportColumn("number", I, Text("序号", "running number"), required=True),
    ExportColumn("role", S, Text("输入类型", "role of the input"), required=True),
    ExportColumn("path", S, Text("位置或编号", "path or id"), required=True),
    ExportColumn("sha256", S, Text("SHA-256", "SHA-256")),
    ExportColumn("version", S, Text("版本", "version")),
)


def tables(content: ExportContent, found: Iterable[ExportedFigure]) -> tuple[ExportTable, ...]:
    """The tables of an export; those without a row are left out (no inputs, no source)."""
    every = tuple(found)
    made = (
        ExportTable("plans", Text("规划", "plans"), "code", PLAN_COLUMNS, tuple(_plans(content))),
        ExportTable("units", Text("单位", "units"), "code", UNIT_COLUMNS, tuple(_units(content))),
        ExportTable("indicators", Text("指标", "indicators"), "code", INDICATOR_COLUMNS, tuple(indicators(content))),
        ExportTable("sources", Text("来源", "sources"), "code", SOURCE_COLUMNS, tuple(sources(content))),
        ExportTable("targets", Text("目标", "targets"), "id", ROW_COLUMNS, tuple(map(row_cells, content.rows))),
        ExportTable("figures", Text("数值", "figures"), "id", FIGURE_COLUMNS, tuple(map(figure_cells, every))),
        ExportTable("tasks", Text("任务", "tasks"), "id", TASK_COLUMNS, tuple(_tasks(content))),
        ExportTable("inputs", Text("依据", "inputs"), "number", INPUT_COLUMNS, tuple(_inputs(content))),
    )
    return tuple(one for one in made if one.rows)


def _yes(fact: bool) -> str:
    return "true" if fact else "false"


def _plans(content: ExportContent) -> Iterable[Cells]:
    for one in content.plans:
        yield {
            "code": one.code,
            "title_zh": one.title.zh,
            "title_en": one.title.en,
            "short_zh": one.short.zh,
            "number": one.number,
            "issuer": one.issuer,
            "published": one.published,
            "start": str(one.start),
            "end": str(one.end),
        }


def _units(content: ExportContent) -> Iterable[Cells]:
    for one in content.units:
        yield {"code": one.code, "name": one.name, "parent": one.parent, "simulated": _yes(one.simulated)}


def indicators(content: ExportContent) -> Iterable[Cells]:
    """The indicators of the rows and of the computed figures, each once."""
    found: dict[str, Cells] = {}
    for one in content.rows:
        row = one.row
        found[row.indicator] = _indicator(row.indicator, row.indicator_label, row.unit, row.direction)
    for figure in content.computed:
        measured = figure.unit_of_measure
        found.setdefault(figure.indicator, _indicator(figure.indicator, figure.label, measured, ""))
    return found.values()


def _indicator(code: str, label: Text, unit: str, direction: str) -> Cells:
    return {
        "code": code,
        "label_zh": label.zh,
        "label_en": label.en,
        "unit_of_measure": unit,
        "direction": direction,
    }


def sources(content: ExportContent) -> Iterable[Cells]:
    """The documents the targets stand in and the sources of the values, each once, in order of code."""
    found: dict[str, Cells] = {}
    for one in content.rows:
        cited = one.row.citation
        found.setdefault(cited.document, _source(cited.document, cited, ""))
        for value in (*one.row.values, *((one.row.observation,) if one.row.observation else ())):
            found[value.source] = _source(value.source, value, value.url)
    return [found[code] for code in sorted(found)]


def _source(code: str, one: CitationView | ValueView, url: str) -> Cells:
    title = one.title if isinstance(one, CitationView) else one.source_title
    return {"code": code, "title_zh": title.zh, "title_en": title.en, "publisher": one.publisher, "url": url}


def _tasks(content: ExportContent) -> Iterable[Cells]:
    for one in content.tasks:
        yield {
            "id": f"{one.plan}/{one.number}",
            "plan": one.plan,
            "number": str(one.number),
            "title": one.title,
            "lead": ";".join(one.lead),
            "cooperating": ";".join(one.cooperating),
            "finding": one.finding,
            "finding_zh": one.finding_word.zh,
            "finding_en": one.finding_word.en,
            "assessed": one.assessed,
            "evidence": str(one.evidence),
            "targets": ";".join(one.rows),
            "document": one.citation.document,
            "locator": one.citation.locator,
            "passage_hash": one.citation.passage_hash,
        }


def _inputs(content: ExportContent) -> Iterable[Cells]:
    for number, one in enumerate(content.inputs, 1):
        yield {
            "number": str(number),
            "role": one.role,
            "path": one.path,
            "sha256": one.sha256,
            "version": one.version,
        }


def growth_word(row: MonitorRow) -> str:
    """The class the growth-rate method gives a row, in English; empty where it gives none."""
    return next((one.own.en for one in row.verdicts if one.method == "growth_rate" and one.status), "")


def row_cells(one: ExportedRow) -> Cells:
    """A target row as cells: what was promised and how it stands."""
    row = one.row
    return {
        "id": row.id,
        "plan": row.plan,
        "unit": one.unit,
        "indicator": row.indicator,
        "row": "" if row.row is None else str(row.row),
        "item": row.item,
        "group": row.group,
        "label": row.label,
        "unit_of_measure": row.unit,
        "baseline_year": "" if row.baseline_year is None else str(row.baseline_year),
        "baseline_written": row.baseline_written,
        "due": str(row.due),
        "goal_written": row.goal_written,
        "status": row.status,
        "status_zh": row.status_word.zh,
        "status_en": row.status_word.en,
        "if_accepted": row.if_accepted or "",
        "verdict": one.verdict,
        "verdict_zh": one.verdict_word.zh,
        "verdict_en": one.verdict_word.en,
        "provisional": _yes(one.is_provisional),
        "reason_zh": one.reason.zh,
        "reason_en": one.reason.en,
        "rule": row.rule,
        "policy": row.policy,
        "methods_disagree": _yes(row.disagrees),
        "growth_class": growth_word(row),
        "lead": ";".join(row.lead),
        "cooperating": ";".join(row.cooperating),
        "document": row.citation.document,
        "locator": row.citation.locator,
        "passage_hash": row.citation.passage_hash,
        "caveats_zh": "；".join(caveat.text.zh for caveat in row.caveats),
        "caveats_en": "; ".join(caveat.text.en for caveat in row.caveats),
    }


def figure_cells(one: ExportedFigure) -> Cells:
    """A figure as cells."""
    return {
        "id": one.id,
        "measure": one.measure,
        "target": one.row,
        "indicator": one.indicator,
        "unit": one.unit,
        "period": one.period,
        "value": exact(one.value),
        "unit_of_measure": one.unit_of_measure,
        "bound": one.bound,
        "obs_status": one.status,
        "missing_reason": one.missing or "",
        "nature": one.nature,
        "mark": SIMULATED.zh if one.nature is FigureNature.SIMULATED else "",
        "chosen": _yes(one.chosen),
        "observation": one.observation,
        "source": one.source,
        "published": one.published,
        "quality_zh": one.quality.zh,
        "quality_en": one.quality.en,
        "note": one.note,
        "locator": one.locator,
        "passage_hash": one.passage_hash,
        "numerator": exact(one.numerator),
        "denominator": exact(one.denominator),
        "coverage": one.coverage,
    }


Exporter = Callable[[ExportContent], Mapping[str, bytes]]
"""Turns the content of an export into files: their path within the folder, and their bytes."""
