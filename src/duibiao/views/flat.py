"""The pages as flat rows for a spreadsheet: exact figures, codes beside names, empty where nothing is known."""

from collections.abc import Iterable
from decimal import Decimal

from duibiao.kernel.value import plain
from duibiao.views.rows import MonitorRow


def cell(amount: Decimal | int | None) -> str:
    """A figure as a cell; empty for none, never zero."""
    return "" if amount is None else f"{plain(Decimal(amount)):f}"


def target_rows(rows: Iterable[MonitorRow]) -> Iterable[dict[str, str]]:
    """One line a target: as written, as typed, value with source and day, status with its inputs, who acts."""
    for row in rows:
        seen = row.observation
        yield {
            "规划": row.plan_short.zh,
            "目标编号": row.id,
            "指标代码": row.indicator,
            "指标": row.label,
            "计量单位": row.unit,
            "基期年": "" if row.baseline_year is None else str(row.baseline_year),
            "基期值": cell(row.baseline),
            "目标年": str(row.due),
            "目标（照录）": row.goal_written,
            "目标值": cell(row.goal),
            "最新值": cell(row.value),
            "最新值（照录）": seen.shown if seen else "",
            "时点": seen.period if seen else "",
            "公布日期": seen.published if seen else "",
            "来源": seen.source_title.zh if seen else "",
            "状态": row.status_word.zh,
            "若采信": row.if_accepted_word.zh if row.if_accepted_word else "",
            "进展": cell(row.p),
            "序时进度": cell(row.s),
            "按现速外推": cell(row.forecast),
            "判定依据": row.rule_words.zh,
            "方法不一致": "是" if row.disagrees else "",
            "牵头部门": "；".join(row.lead),
            "配合部门": "；".join(row.cooperating),
            "出处": f"{row.citation.title.zh} {row.citation.place}",
        }
