"""More tables of reports (其他报告表格): contradictions, tasks, comparison, predictions, districts, frozen inputs."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from duibiao.evaluations.at_hand import department_at, unit_at
from duibiao.evaluations.figure_book import with_unit
from duibiao.evaluations.phrases import joined_runs, link_words, names, plain, said, source_words
from duibiao.evaluations.record import DepartmentResult, FrozenInput, UnitFigure
from duibiao.evaluations.record_parts import (
    Contradiction,
    ContradictionKind,
    MovedRow,
    PredictionBasis,
    RestatedValue,
    TaskFinding,
    TaskResult,
    TrackEntry,
)
from duibiao.evaluations.report_tables import CENTER, column, columns_by_name, number_cell
from duibiao.evaluations.vocabulary import ColumnWord, ReportContext, TableWord, WordScope
from duibiao.kernel.text import Text
from duibiao.views.paper_text import Runs
from duibiao.views.rows import ValueView
from duibiao.views.words import DASH

T = TypeVar("T")
REPORT, ENTRY = WordScope.REPORT, WordScope.ENTRY


def _entry(kind: type[T], cell: Callable[[ReportContext, T], Runs]) -> Callable[[ReportContext], Runs]:
    return lambda context: cell(context, context.item(ENTRY, kind)) or (DASH,)


def _table(  # noqa: PLR0913, PLR0917  a table has this many properties
    name: str, zh: str, en: str, rows: Callable[[ReportContext], Sequence[object]], columns: dict[str, ColumnWord],
    usual: tuple[str, ...] = (), scope: WordScope = REPORT, group: Callable[[ReportContext], str] | None = None,
) -> TableWord:  # fmt: skip
    return TableWord(name, scope, ENTRY, Text(zh, en), rows, columns, usual or tuple(columns), group)


# --- contradictions --------------------------------------------------------------------------------------------------


def _value(context: ReportContext, value: ValueView) -> Runs:
    opening, closing = context.t("（", " ("), context.t("）", ")")
    return (context.book.figure(f"value/{value.id}"), opening + source_words(context, value) + closing)


def _others(context: ReportContext, one: Contradiction) -> Runs:
    return joined_runs(context, [_value(context, value) for value in one.others])


def _sources(context: ReportContext) -> list[Contradiction]:
    return [one for one in context.evaluation.contradictions if one.kind is ContradictionKind.SOURCES]


def _contradictions() -> TableWord:
    return _table("contradictions", "来源之间不一致的数值", "values on which sources differ", _sources, columns_by_name(
        column("subject", "指标", "indicator", 9, _entry(Contradiction, lambda c, one: said(c, one.subject))),
        column("period", "年度", "period", 4, _entry(Contradiction, lambda _, one: plain(one.period)), CENTER),
        column("taken", "采用的数值及出处", "value taken", 14,
               _entry(Contradiction, lambda c, one: _value(c, one.taken) if one.taken else ())),
        column("others", "未采用的数值及出处", "values not taken", 14, _entry(Contradiction, _others)),
        column("why", "采用理由", "why", 9, _entry(Contradiction, lambda c, one: said(c, one.why))),
    ))  # fmt: skip


# --- tasks -----------------------------------------------------------------------------------------------------------


def _plan_of(context: ReportContext) -> str:
    task = context.item(ENTRY, TaskResult)
    titles = {plan.code: plan.short for plan in context.evaluation.plans}
    return context.said(titles[task.plan]) if task.plan in titles else task.plan


def _finding(context: ReportContext) -> Runs:
    """The finding; nothing where no task of the evaluation was assessed, which the text says once."""
    if all(task.finding is TaskFinding.NOT_ASSESSED for task in context.evaluation.tasks):
        return ()
    return said(context, context.item(ENTRY, TaskResult).finding_word)


def _task_columns() -> dict[str, ColumnWord]:
    return columns_by_name(
        column("number", "任务", "task", 2, _entry(TaskResult, lambda _, one: plain(str(one.number))), CENTER),
        column("title", "名称", "title", 13, _entry(TaskResult, lambda _, one: plain(one.title))),
        column("plan", "行动", "plan", 7, lambda c: plain(_plan_of(c))),
        column("lead", "牵头部门", "led by", 9, _entry(TaskResult, lambda c, one: plain(names(c, one.lead)))),
        column("cooperating", "配合部门", "helped by", 13,
               _entry(TaskResult, lambda c, one: plain(names(c, one.cooperating)))),
        column("finding", "评定", "finding", 5, _finding, CENTER, sparse=True),
        column("assessor", "评定人", "assessor", 8, _entry(TaskResult, lambda _, t: plain(t.assessor)), sparse=True),
        column("targets", "关联的量化目标及状态", "linked targets", 16,
               _entry(TaskResult, lambda c, one: plain(link_words(c, one.rows)))),
    )  # fmt: skip


def _department_tasks(context: ReportContext, places: Sequence[str]) -> list[TaskResult]:
    asked = set(places)
    return [task for task in context.evaluation.tasks if f"{task.plan}/{task.number}" in asked]


def _tasks() -> list[TableWord]:
    columns = _task_columns()
    usual = ("number", "title", "lead", "cooperating", "finding", "assessor", "targets")
    return [
        TableWord("tasks", REPORT, ENTRY, Text("全部任务及责任部门", "every task and who answers for it"),
                  lambda c: c.evaluation.tasks, columns, usual, _plan_of, is_wide=True),
        _table("department_helps", "一个部门配合的任务", "the tasks one department helps with",
               lambda c: _department_tasks(c, department_at(c).cooperating_tasks), columns,
               ("number", "title", "lead"), WordScope.DEPARTMENT, _plan_of),
        _table("department_tasks", "一个部门牵头的任务", "the tasks one department leads",
               lambda c: _department_tasks(c, department_at(c).lead_tasks), columns,
               ("number", "title", "finding"), WordScope.DEPARTMENT, _plan_of),
    ]  # fmt: skip


def _departments() -> TableWord:
    def count(name: str) -> Callable[[ReportContext], Runs]:
        return _entry(DepartmentResult, lambda c, one: (c.book.count(f"department/{one.name}/{name}"),))

    return _table("departments", "牵头任务或指标的部门", "departments that lead tasks or indicators",
                  lambda c: [one for one in c.evaluation.departments if one.lead_tasks or one.leads],
                  columns_by_name(
        column("name", "部门", "department", 12, _entry(DepartmentResult, lambda _, one: plain(one.name))),
        column("lead_tasks", "牵头任务", "tasks led", 5, count("lead_tasks"), CENTER),
        column("cooperating_tasks", "配合任务", "helped with", 5, count("cooperating_tasks"), CENTER),
        column("leads", "牵头指标", "indicators led", 5, count("leads"), CENTER),
        column("behind", "其中滞后或未达成", "of these behind", 6, count("behind"), CENTER),
        column("unanswered", "其中无可用数据", "of these without a figure", 6, count("unanswered"), CENTER),
    ))  # fmt: skip


# --- comparison and predictions --------------------------------------------------------------------------------------


def _both(context: ReportContext, value: str, beside: str) -> Runs:
    """A value with its period or source in brackets."""
    return plain(value + (context.t(f"（{beside}）", f" ({beside})") if beside else ""))


def _comparison() -> list[TableWord]:
    return [
        _table("moved", "较上次评估变动的指标", "indicators that moved",
               lambda c: c.evaluation.comparison.moved if c.evaluation.comparison else (), columns_by_name(
            column("label", "指标", "indicator", 12, _entry(MovedRow, lambda _, one: plain(one.label))),
            column("before", "上次结论", "last result", 7, _entry(MovedRow, lambda c, one: said(c, one.before_word))),
            column("before_value", "上次数值", "last value", 8,
                   _entry(MovedRow, lambda c, one: _both(c, one.before_value, one.before_period)), CENTER),
            column("after", "本次结论", "result now", 7, _entry(MovedRow, lambda c, one: said(c, one.after_word))),
            column("after_value", "本次数值", "value now", 8,
                   _entry(MovedRow, lambda c, one: _both(c, one.after_value, one.after_period)), CENTER),
            column("kind", "变动", "movement", 6, _entry(MovedRow, lambda c, one: said(c, one.kind_word)), CENTER),
        )),
        _table("restated", "重述的数值", "values that were restated",
               lambda c: c.evaluation.comparison.restated if c.evaluation.comparison else (), columns_by_name(
            column("label", "指标", "indicator", 10, _entry(RestatedValue, lambda c, one: said(c, one.label))),
            column("period", "年度", "period", 4, _entry(RestatedValue, lambda _, one: plain(one.period)), CENTER),
            column("before", "上次数值及出处", "last value and source", 14,
                   _entry(RestatedValue, lambda c, one: _both(c, one.before, one.before_source))),
            column("after", "本次数值及出处", "value and source now", 14,
                   _entry(RestatedValue, lambda c, one: _both(c, one.after, one.after_source))),
        )),
    ]  # fmt: skip


def _track(context: ReportContext, *, now: bool) -> list[TrackEntry]:
    return [one for one in context.evaluation.track_record if (one.basis is PredictionBasis.NOW) is now]


def _of_track(name: str) -> Callable[[ReportContext], Runs]:
    def cell(context: ReportContext) -> Runs:
        number = context.evaluation.track_record.index(context.item(ENTRY, TrackEntry))
        return (context.book.maybe(f"track/{number}/{name}"),)

    return cell


def _hit(context: ReportContext, one: TrackEntry) -> Runs:
    if one.is_hit is None:
        return ()
    return plain(context.t("是", "yes") if one.is_hit else context.t("否", "no"))


def _reach(context: ReportContext, one: TrackEntry) -> Runs:
    if one.predicted_met is None:
        return ()
    return plain(context.t("能达到", "yes") if one.predicted_met else context.t("达不到", "no"))


def _predictions() -> list[TableWord]:
    columns = columns_by_name(
        column("label", "指标", "indicator", 12, _entry(TrackEntry, lambda _, one: plain(one.label))),
        column("basis", "预测由来", "basis", 8, _entry(TrackEntry, lambda c, one: said(c, one.basis_word))),
        column("made_on", "预测日期", "made on", 7, _entry(TrackEntry, lambda _, one: plain(str(one.made_on))), CENTER),
        column("year", "所指年度", "for", 5, _entry(TrackEntry, lambda _, one: plain(str(one.for_year))), CENTER),
        column("predicted", "预测值", "predicted", 7, _of_track("predicted"), CENTER),
        column("interval", "区间", "interval", 9, _of_track("interval"), CENTER, sparse=True),
        column("probability", "达到目标的概率", "probability", 6, _of_track("probability"), CENTER, sparse=True),
        column("reach", "外推能否达到目标", "reaches the goal", 6, _entry(TrackEntry, _reach), CENTER),
        column("came", "实际值", "came", 7, _of_track("came"), CENTER),
        column("error", "实际减预测", "error", 7, _of_track("error"), CENTER),
        column("hit", "在区间内", "in the interval", 5, _entry(TrackEntry, _hit), CENTER, sparse=True),
    )  # fmt: skip
    now = ("label", "year", "predicted", "interval", "probability", "reach")
    then = ("label", "made_on", "year", "predicted", "interval", "came", "error", "hit")
    return [
        _table("predictions", "本次作出的预测", "predictions made now", lambda c: _track(c, now=True), columns, now),
        _table("track", "以往预测与实际", "earlier predictions and what came", lambda c: _track(c, now=False),
               columns, then, group=lambda c: c.said(c.item(ENTRY, TrackEntry).basis_word)),
    ]  # fmt: skip


# --- districts and inputs --------------------------------------------------------------------------------------------


def _unit_value(context: ReportContext, one: UnitFigure) -> Runs:
    place = f"unit/{unit_at(context).code}/{one.indicator}/{one.period}/{one.due}"
    return (context.book.figure(place),) if one.value is not None else said(context, one.missing or Text(DASH))


def _missed_first(one: UnitFigure) -> tuple[bool, bool, bool]:
    return one.meets is not False, one.meets is None, one.value is None


def _unit_counts() -> TableWord:
    def count(name: str) -> Callable[[ReportContext], Runs]:
        return lambda context: (context.book.figure(f"unit/{unit_at(context).code}/{name}"),)

    columns = columns_by_name(
        column("name", "区县", "district", 10, lambda c: plain(unit_at(c).name)),
        column("mark", "标记", "mark", 6, lambda c: said(c, mark) if (mark := unit_at(c).mark) else (), sparse=True),
        column("known", "有数据", "with a figure", 6, count("known"), CENTER),
        column("missing", "无数据", "without", 6, count("missing"), CENTER),
        column("held", "可与目标对照", "held to a goal", 6, count("held"), CENTER),
        column("met", "其中达到", "of these met", 6, count("met"), CENTER),
    )
    return TableWord("units", REPORT, WordScope.UNIT, Text("各区县指标概况", "districts"), lambda c: c.evaluation.units,
                     columns, tuple(columns), lambda c: unit_at(c).group)  # fmt: skip


def _units() -> list[TableWord]:
    def word(context: ReportContext, one: UnitFigure) -> Runs:
        return said(context, one.word)

    def goal(_: ReportContext, one: UnitFigure) -> Runs:
        return plain(f"{with_unit(one.goal_written, one.unit)}（{one.due}年）" if one.goal_written else "")

    return [
        _table("unit_figures", "一个区县的指标", "the indicators of one district",
               lambda c: sorted(unit_at(c).figures, key=_missed_first), columns_by_name(
            column("label", "指标", "indicator", 14, _entry(UnitFigure, lambda c, one: said(c, one.label))),
            column("period", "年度", "period", 4, _entry(UnitFigure, lambda _, one: plain(one.period)), CENTER),
            column("value", "数值", "value", 7, _entry(UnitFigure, _unit_value), CENTER),
            column("coverage", "填报覆盖", "coverage", 6,
                   _entry(UnitFigure, lambda _, one: plain(one.coverage)), CENTER),
            column("goal", "对照的目标", "goal", 7, _entry(UnitFigure, goal), CENTER),
            column("word", "对照结果", "result", 6, _entry(UnitFigure, word), CENTER),
        ), ("label", "period", "value", "goal", "word"), WordScope.UNIT),
    ]  # fmt: skip


def _inputs() -> TableWord:
    return _table("inputs", "固化的输入", "frozen inputs", lambda c: c.evaluation.inputs, columns_by_name(
        column("number", "序号", "no.", 3, number_cell, CENTER),
        column("role", "类别", "role", 6, _entry(FrozenInput, lambda _, one: plain(one.role.value))),
        column("path", "文件或编号", "file or id", 18, _entry(FrozenInput, lambda _, one: plain(one.path))),
        column("version", "版本", "version", 7, _entry(FrozenInput, lambda _, one: plain(one.version))),
        column("sha256", "SHA-256（前16位）", "SHA-256 (16 digits)", 9,
               _entry(FrozenInput, lambda _, one: plain(one.sha256[:16]))),
    ))  # fmt: skip


def more_tables() -> list[TableWord]:
    """All of these tables."""
    return [
        _contradictions(),
        *_tasks(),
        _departments(),
        *_comparison(),
        *_predictions(),
        *_units(),
        _unit_counts(),
        _inputs(),
    ]
