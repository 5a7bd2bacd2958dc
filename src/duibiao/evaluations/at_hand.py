"""What a template's loop is at (当前对象), and the rows of an evaluation by how they stand."""

from collections.abc import Callable, Sequence

from duibiao.evaluations.phrases import rows_of
from duibiao.evaluations.record import (
    ActionResult,
    DepartmentResult,
    IndicatorResult,
    UnitResult,
)
from duibiao.evaluations.record_parts import ClaimView, Contradiction, TaskResult
from duibiao.evaluations.vocabulary import ReportContext, WordScope
from duibiao.kernel.text import Text
from duibiao.progress.closing import Verdict
from duibiao.progress.status import Status
from duibiao.views.paper_text import Runs
from duibiao.views.rows import MonitorRow

Answer = Callable[[ReportContext], Runs]
Holds = Callable[[ReportContext], bool]
Rows = Sequence[IndicatorResult]


def result_at(context: ReportContext) -> IndicatorResult:
    """The result of the row at hand."""
    return context.item(WordScope.ROW, IndicatorResult)


def row_at(context: ReportContext) -> MonitorRow:
    """The row at hand."""
    return result_at(context).row


def action_at(context: ReportContext) -> ActionResult:
    """The action at hand."""
    return context.item(WordScope.ACTION, ActionResult)


def department_at(context: ReportContext) -> DepartmentResult:
    """The department at hand."""
    return context.item(WordScope.DEPARTMENT, DepartmentResult)


def unit_at(context: ReportContext) -> UnitResult:
    """The district at hand."""
    return context.item(WordScope.UNIT, UnitResult)


def contradiction_at(context: ReportContext) -> Contradiction:
    """The contradiction at hand."""
    return context.item(WordScope.CONTRADICTION, Contradiction)


def claim_at(context: ReportContext) -> ClaimView:
    """The published claim at hand."""
    return context.item(WordScope.CLAIM, ClaimView)


def rows_of_action(context: ReportContext) -> list[IndicatorResult]:
    """The rows of the action at hand."""
    return rows_of(context, action_at(context).rows)


def linked_tasks(context: ReportContext) -> list[TaskResult]:
    """The tasks of the evaluation that the row at hand is linked to."""
    row = row_at(context)
    return [task for task in context.evaluation.tasks if any(link.row == row.id for link in task.rows)]


def with_status(results: Rows, *codes: Status) -> list[IndicatorResult]:
    """Rows without a verdict that have one of some statuses."""
    return [one for one in results if one.verdict is None and one.row.status in codes]


def met_rows(results: Rows) -> list[IndicatorResult]:
    """Rows that are met, for good or provisionally."""
    reached = with_status(results, Status.MET, Status.MET_AT_RISK)
    return [one for one in results if one.verdict is Verdict.MET or one in reached]


def missed_rows(results: Rows) -> list[IndicatorResult]:
    """Rows that are behind or missed."""
    late = with_status(results, Status.BEHIND)
    return [one for one in results if one.verdict is Verdict.NOT_MET or one in late]


def on_course_rows(results: Rows) -> list[IndicatorResult]:
    """Rows that are on course."""
    return with_status(results, Status.ON_COURSE)


def attention_rows(results: Rows) -> list[IndicatorResult]:
    """Rows that ask for attention."""
    return with_status(results, Status.ATTENTION)


def headwind_rows(context: ReportContext) -> list[IndicatorResult]:
    """Rows with a declared trend that runs against them."""
    return [one for one in context.evaluation.indicators if one.against]


STANDS: dict[str, tuple[Callable[[Rows], list[IndicatorResult]], Text]] = {
    "met": (met_rows, Text("已达成", "met")),
    "on_course": (on_course_rows, Text("正常", "on course")),
    "attention": (attention_rows, Text("关注", "needing attention")),
    "behind": (missed_rows, Text("滞后或未达成", "behind or missed")),
}
"""How rows can stand, as templates name it: which rows, and the words for them."""
