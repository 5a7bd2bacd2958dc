"""The tables of reports (报告表格): what their rows are and which columns they can show."""

from collections.abc import Callable, Iterable, Sequence

from duibiao.evaluations.at_hand import action_at, department_at, result_at, row_at
from duibiao.evaluations.figure_book import attention, behind, undecided, unpublished
from duibiao.evaluations.phrases import (
    goal_runs,
    lead_words,
    names,
    own_tasks,
    period_words,
    place_words,
    plain,
    row_name,
    rows_of,
    said,
    source_words,
    target_words,
    task_words,
    why_undecided,
)
from duibiao.evaluations.record import ActionResult, IndicatorResult
from duibiao.evaluations.record_parts import FINDING_WORDS
from duibiao.evaluations.vocabulary import ColumnWord, ReportContext, TableWord, WordScope
from duibiao.kernel.text import Text
from duibiao.progress.closing import VERDICT_WORDS, Verdict
from duibiao.progress.status import LOOKS, Status
from duibiao.views.paper_parts import CellAlign
from duibiao.views.paper_text import Runs
from duibiao.views.words import DASH

Cell = Callable[[ReportContext], Runs]
LEFT, CENTER, RIGHT = CellAlign.LEFT, CellAlign.CENTER, CellAlign.RIGHT
TOTAL = Text("合计", "total")


def columns_by_name(*columns: ColumnWord) -> dict[str, ColumnWord]:
    """Columns by their names."""
    return {column.name: column for column in columns}


def column(  # noqa: PLR0913  a column has this many properties
    name: str, zh: str, en: str, width: int, cell: Cell, align: CellAlign = LEFT, *, sparse: bool = False,
    year: Callable[[ReportContext], str] | None = None,
) -> ColumnWord:  # fmt: skip
    """A column."""
    return ColumnWord(name, Text(zh, en), width, align, cell, sparse, year)


def number_cell(context: ReportContext) -> Runs:
    """The number of the row."""
    return (str(context.number),)


# --- columns of indicators -----------------------------------------------------------------------------------------


def _figure(name: str) -> Cell:
    return lambda context: (context.book.maybe(f"row/{row_at(context).id}/{name}"),)


def _value_year(context: ReportContext) -> str:
    seen = row_at(context).observation
    return period_words(context, seen.period) if seen else ""


def _base_year(context: ReportContext) -> str:
    year = row_at(context).baseline_year
    return period_words(context, str(year)) if year else ""


def _due_year(context: ReportContext) -> str:
    return period_words(context, str(row_at(context).due))


def _supplier(context: ReportContext) -> Runs:
    """Who can supply a figure: the leading departments; where the plan names none, who published it before."""
    row = row_at(context)
    if row.lead:
        return plain(names(context, row.lead))
    before = list(dict.fromkeys(value.publisher for value in row.values if not value.is_baseline))
    before = [one for one in before if one not in {plan.issuer for plan in context.evaluation.plans}]
    if not before:
        return plain(lead_words(context, row))
    return plain(
        context.t(f"规划未列；曾由{names(context, before)}公布", f"not named; published before by {', '.join(before)}")
    )


def _value_source(context: ReportContext) -> Runs:
    seen = row_at(context).observation
    return plain(source_words(context, seen)) if seen else (DASH,)


def _tasks_cell(context: ReportContext) -> Runs:
    words = [task_words(context, task) for task in own_tasks(context, row_at(context))]
    return plain(context.t("；", "; ").join(words)) or (DASH,)


def _accepted(context: ReportContext) -> Runs:
    word = row_at(context).if_accepted_word
    return said(context, word) if word else (DASH,)


INDICATOR_COLUMNS = columns_by_name(
    column("number", "序号", "no.", 3, number_cell, CENTER),
    column("name", "指标", "indicator", 12, lambda c: plain(row_name(c, row_at(c)))),
    column("label", "指标（照录）", "as written", 12, lambda c: plain(row_at(c).label)),
    column("action", "行动", "plan", 6, lambda c: said(c, row_at(c).plan_short)),
    column("baseline", "基期值", "baseline", 8, _figure("baseline"), CENTER, year=_base_year),
    column("goal", "目标", "goal", 8, lambda c: goal_runs(c, row_at(c), sign=True), CENTER, year=_due_year),
    column("value", "现值", "value", 8, _figure("value"), CENTER, year=_value_year),
    column("asked", "序时应达", "asked by now", 6, _figure("asked"), CENTER),
    column("gap", "与应达之差", "gap", 7, _figure("gap"), CENTER),
    column("change", "较上一可比值", "change", 7, _figure("change"), CENTER),
    column("p", "进展", "progress", 6, _figure("p"), CENTER),
    column("s", "序时进度", "time progress", 6, _figure("s"), CENTER),
    column("required", "年均需变动", "needed a year", 7, _figure("required"), CENTER),
    column("word", "结论", "result", 7, lambda c: said(c, result_at(c).verdict_word), CENTER),
    column("reason", "依据", "why", 14, lambda c: said(c, result_at(c).reason)),
    column("turn", "何种情况会改变结论", "what would turn it", 14, lambda c: said(c, result_at(c).turn) or (DASH,)),
    column("accepted", "若采信", "if accepted", 6, _accepted, CENTER),
    column("caveat", "不足以判定的原因", "why it cannot decide", 18, lambda c: why_undecided(c, result_at(c))),
    column("lead", "牵头部门", "led by", 9, lambda c: plain(lead_words(c, row_at(c)))),
    column("supplier", "可提供数据的部门", "who can supply it", 11, _supplier),
    column("cooperating", "配合部门", "helped by", 10,
            lambda c: plain(names(c, row_at(c).cooperating)) or (DASH,), sparse=True),
    column("tasks", "关联任务和举措", "linked tasks", 14, _tasks_cell),
    column("value_source", "现值出处", "source of the value", 18, _value_source),
    column("goal_source", "目标出处", "source of the goal", 16,
            lambda c: plain(target_words(c, row_at(c).citation))),
    column("goal_place", "目标在文件中的位置", "place of the goal", 10,
            lambda c: plain(place_words(row_at(c).citation))),
)  # fmt: skip


def _known(results: Iterable[IndicatorResult], context: ReportContext) -> list[IndicatorResult]:
    unanswered = {one.row for one in context.evaluation.quality.unanswered}
    return [one for one in results if one.row.id not in unanswered]


def _group(context: ReportContext) -> str:
    """Rows stand under their plan; under the group of the plan's table where there is one plan only."""
    row = row_at(context)
    return row.group if len(context.evaluation.plans) == 1 else context.said(row.plan_short)


def _plan_group(context: ReportContext) -> str:
    return "" if len(context.evaluation.plans) == 1 else context.said(row_at(context).plan_short)


def _of_rows(  # noqa: PLR0913  a table has this many properties
    name: str, zh: str, en: str, rows: Callable[[ReportContext], Sequence[IndicatorResult]],
    usual: tuple[str, ...], group: Callable[[ReportContext], str] | None = None,
    scope: WordScope = WordScope.REPORT, *, is_wide: bool = False,
) -> TableWord:  # fmt: skip
    return TableWord(name, scope, WordScope.ROW, Text(zh, en), rows, INDICATOR_COLUMNS, usual, group, is_wide)


def _worst_first(context: ReportContext, ids: Iterable[str]) -> list[IndicatorResult]:
    """Rows that are behind, then those needing attention, those that can be judged, and the rest."""
    late = {one.row.id for one in behind(context.evaluation)}
    asked = {one.row.id for one in attention(context.evaluation)}
    open_ = {one.row for one in context.evaluation.quality.unanswered}

    def place(one: IndicatorResult) -> tuple[bool, bool, bool]:
        return one.row.id not in late, one.row.id not in asked, one.row.id in open_

    return sorted(rows_of(context, ids), key=place)


_RESULT = ("name", "baseline", "value", "goal", "p", "s", "word")
_FINAL = ("name", "baseline", "goal", "value", "change", "word", "turn")


def indicator_tables() -> list[TableWord]:
    """The tables whose rows are indicators."""

    return [
        _of_rows("indicators", "可以判定的指标", "indicators that can be judged",
                 lambda c: _known(c.evaluation.indicators, c), _RESULT, _group),
        _of_rows("final_indicators", "可以判定的指标，附何种情况会改变结论", "the same with what would turn a verdict",
                 lambda c: _known(c.evaluation.indicators, c), _FINAL, _group),
        _of_rows("action_indicators", "一个行动可以判定的指标", "those of one plan",
                 lambda c: _known(rows_of(c, action_at(c).rows), c), _RESULT, scope=WordScope.ACTION),
        _of_rows("issues", "滞后、未达成和需要关注的指标（问题清单）", "issue list",
                 lambda c: [*behind(c.evaluation), *attention(c.evaluation)],
                 ("number", "name", "word", "value", "goal", "gap", "lead", "cooperating")),
        _of_rows("unpublished", "基期之后没有公布值的指标", "indicators without any value after the base year",
                 lambda c: unpublished(c.evaluation), ("name", "baseline", "goal", "supplier"), _plan_group),
        _of_rows("undecided", "有公布值但不足以判定的指标", "indicators whose value cannot decide",
                 lambda c: undecided(c.evaluation), ("name", "value", "goal", "accepted", "caveat", "supplier")),
        _of_rows("figures", "全部指标的数值和出处", "every figure and its source", lambda c: c.evaluation.indicators,
                 ("number", "label", "baseline", "goal", "goal_place", "value", "value_source", "word"), _group,
                 is_wide=True),
        _of_rows("department_rows", "一个部门牵头的指标", "the indicators one department leads",
                 lambda c: _worst_first(c, department_at(c).leads), ("name", "value", "goal", "word"),
                 scope=WordScope.DEPARTMENT),
    ]  # fmt: skip


# --- counts by action ------------------------------------------------------------------------------------------------


def _action_name(context: ReportContext) -> Runs:
    return said(context, action_at(context).short)


def _of_action(name: str) -> Cell:
    """A count of an action; of everything in the last row."""

    def cell(context: ReportContext) -> Runs:
        plan = action_at(context).plan
        place = f"action/{plan}/" if plan else "count/" if "/" not in name else ""
        return (context.book.count(f"{place}{name}"),)

    return cell


def _actions(context: ReportContext) -> list[ActionResult]:
    """Every action with a row, and their sum where there are several."""
    found = [one for one in context.evaluation.actions if one.total]
    return [*found, _total()] if len(found) > 1 else found


def _task_actions(context: ReportContext) -> list[ActionResult]:
    found = [one for one in context.evaluation.actions if one.tasks]
    return [*found, _total()] if len(found) > 1 else found


def _total() -> ActionResult:
    return ActionResult("", TOTAL, TOTAL, (), (), (), 0, 0, (), (), TOTAL)


def _count_columns() -> dict[str, ColumnWord]:
    verdicts = [(one.value, word.zh, word.en) for one, word in VERDICT_WORDS.items() if one is not Verdict.UNDETERMINED]
    found = [
        column("action", "行动", "plan", 12, _action_name),
        column("rows", "指标数", "indicators", 5, _of_action("rows"), CENTER),
    ]
    for code, zh, en in verdicts:
        found += [
            column(code, zh, en, 5, _of_action(f"verdict/{code}"), CENTER, sparse=True),
            column(f"{code}_provisional", f"暂定{zh}", f"provisionally {en}", 5,
                    _of_action(f"verdict/{code}.provisional"), CENTER, sparse=True),
        ]  # fmt: skip
    found += [
        column(f"status_{status.value}", look.word.zh, look.word.en, 5,
                _of_action(f"status/{status.value}"), CENTER, sparse=True)
        for status, look in LOOKS.items() if status not in (Status.NO_DATA, Status.NO_BASELINE)
    ]  # fmt: skip
    found.append(column("unknown", "无可用数据", "no usable figure", 5, _of_action("unknown"), CENTER))
    return columns_by_name(*found)


def _task_columns() -> dict[str, ColumnWord]:
    return columns_by_name(
        column("action", "行动", "plan", 12, _action_name),
        column("tasks", "任务数", "tasks", 5, _of_action("tasks"), CENTER),
        *(
            column(one.value, word.zh, word.en, 5, _of_action(f"task/{one.value}"), CENTER, sparse=True)
            for one, word in FINDING_WORDS.items()
        ),
    )


def action_tables() -> list[TableWord]:
    """The tables that count by action."""
    counted, of_tasks = _count_columns(), _task_columns()
    report, action = WordScope.REPORT, WordScope.ACTION
    return [
        TableWord("actions", report, action, Text("各行动（规划）指标的结论", "results by plan"),
                  _actions, counted, tuple(counted)),
        TableWord("task_actions", report, action, Text("各行动（规划）任务的评定", "findings of tasks by plan"),
                  _task_actions, of_tasks, tuple(of_tasks)),
    ]  # fmt: skip
