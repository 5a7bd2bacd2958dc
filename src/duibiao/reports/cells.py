"""The columns of the flat monitor table, shared by CSV and workbook."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from duibiao.kernel.text import Language, Text
from duibiao.views.rows import MonitorRow
from duibiao.views.words import joined

Cell = str | Decimal | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: machine name, heading, width in characters, and how to take the cell from a row."""

    name: str
    heading: Text
    width: int
    cell: Callable[[MonitorRow, Language], Cell]
    is_share: bool = False


def _source(row: MonitorRow, language: Language) -> str:
    seen = row.observation
    return f"{seen.source_title.in_(language)}（{seen.published}）" if seen else ""


def _place(row: MonitorRow, language: Language) -> str:
    return " ".join([row.citation.title.in_(language), row.citation.part, row.citation.item, row.citation.place])


def _accepted(row: MonitorRow, language: Language) -> str:
    return row.if_accepted_word.in_(language) if row.if_accepted_word else ""


COLUMNS: tuple[Column, ...] = (
    Column("id", Text("编号", "id"), 22, lambda row, _: row.id),
    Column("plan", Text("行动／规划", "plan"), 20, lambda row, language: row.plan_short.in_(language)),
    Column("row", Text("表行", "row"), 6, lambda row, _: row.row),
    Column("task", Text("任务", "task"), 8, lambda row, _: row.item),
    Column("group", Text("类型", "group"), 14, lambda row, _: row.group),
    Column("parent", Text("上级", "parent"), 18, lambda row, _: row.parent),
    Column("label", Text("指标（照录）", "indicator as written"), 40, lambda row, _: row.label),
    Column("indicator", Text("统一指标", "canonical indicator"), 32, lambda row, _: row.indicator),
    Column("unit", Text("单位", "unit"), 8, lambda row, _: row.unit),
    Column("baseline_year", Text("基期年", "base year"), 8, lambda row, _: row.baseline_year),
    Column("baseline", Text("基期值", "baseline"), 10, lambda row, _: row.baseline),
    Column("baseline_written", Text("基期值（照录）", "baseline as written"), 10, lambda row, _: row.baseline_written),
    Column("period", Text("现值年度", "period"), 9, lambda row, _: row.observation.period if row.observation else ""),
    Column("value", Text("现值", "value"), 10, lambda row, _: row.value),
    Column("bound", Text("界限", "bound"), 6, lambda row, _: row.observation.bound if row.observation else ""),
    Column("goal", Text("目标值", "goal"), 10, lambda row, _: row.goal),
    Column("goal_written", Text("目标（照录）", "goal as written"), 12, lambda row, _: row.goal_written),
    Column("due", Text("目标年", "due"), 8, lambda row, _: row.due),
    Column("p", Text("进展 p", "progress p"), 9, lambda row, _: row.p, is_share=True),
    Column("s", Text("序时进度 s", "time progress s"), 10, lambda row, _: row.s, is_share=True),
    Column("ratio", Text("p÷s", "p÷s"), 8, lambda row, _: row.ratio),
    Column("forecast", Text("线性外推", "linear forecast"), 10, lambda row, _: row.forecast),
    Column("required_rate", Text("所需年均变化", "required a year"), 12, lambda row, _: row.required_rate),
    Column("status", Text("状态代码", "status"), 12, lambda row, _: row.status.value),
    Column("status_word", Text("状态", "status in words"), 12, lambda row, language: row.status_word.in_(language)),
    Column("if_accepted", Text("若采信则为", "if accepted"), 12, _accepted),
    Column("rule", Text("判定规则", "rule"), 26, lambda row, language: row.rule_words.in_(language)),
    Column("disagrees", Text("方法不一致", "methods disagree"), 10, lambda row, _: "≠" if row.disagrees else ""),
    Column("lead", Text("牵头部门", "leading departments"), 24, lambda row, _: joined(row.lead)),
    Column("cooperating", Text("配合部门", "cooperating departments"), 30, lambda row, _: joined(row.cooperating)),
    Column("value_source", Text("数值出处", "source of the value"), 40, _source),
    Column(
        "observation",
        Text("数据编号", "observation id"),
        18,
        lambda row, _: row.observation.id if row.observation else "",
    ),
    Column("target_source", Text("目标出处", "source of the target"), 40, _place),
    Column("target_locator", Text("目标位置", "locator"), 22, lambda row, _: row.citation.locator),
    Column("target_hash", Text("片段指纹", "passage hash"), 18, lambda row, _: row.citation.passage_hash),
    Column(
        "caveats",
        Text("说明", "caveats"),
        60,
        lambda row, language: "；".join(caveat.text.in_(language) for caveat in row.caveats),
    ),
)


def text_cell(cell: Cell) -> str:
    """A cell as text, with every digit that is known."""
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
