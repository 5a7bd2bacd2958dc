"""The conditions and loops of report templates (模板条件与循环)."""

from collections.abc import Callable

from duibiao.evaluations.at_hand import (
    STANDS,
    Holds,
    Rows,
    action_at,
    department_at,
    headwind_rows,
    linked_tasks,
    result_at,
    row_at,
    rows_of_action,
    unit_at,
)
from duibiao.evaluations.figure_book import attention, behind, old, silent, undecided, unpublished
from duibiao.evaluations.phrases import is_final, own_tasks
from duibiao.evaluations.record import EvaluationKind, IndicatorResult
from duibiao.evaluations.record_parts import ContradictionKind, TaskFinding
from duibiao.evaluations.vocabulary import ConditionWord, LoopWord, WordScope
from duibiao.kernel.text import Text
from duibiao.progress.status import CaveatCode


def _takes(take: Callable[[Rows], list[IndicatorResult]]) -> tuple[Holds, Holds]:
    return (
        lambda context: bool(take(context.evaluation.indicators)),
        lambda context: bool(take(rows_of_action(context))),
    )


# --- conditions --------------------------------------------------------------------------------------------------


def _is_kind(kind: EvaluationKind) -> Holds:
    return lambda context: context.evaluation.kind is kind


def _report_conditions() -> dict[str, tuple[str, str, Holds]]:
    return {
        "is_annual": ("年度评估", "annual", _is_kind(EvaluationKind.ANNUAL)),
        "is_midterm": ("中期评估", "mid-term", _is_kind(EvaluationKind.MIDTERM)),
        "is_final": ("总结评估", "final", is_final),
        "is_special": ("专项评估", "special", _is_kind(EvaluationKind.SPECIAL)),
        "is_simulated": ("含模拟数据", "holds simulated data", lambda c: c.evaluation.mark is not None),
        "one_action": ("只有一个规划", "one plan only", lambda c: len(c.evaluation.plans) == 1),
        "any_row": ("有指标", "any indicator", lambda c: bool(c.evaluation.indicators)),
        "any_known": ("有可判定的指标", "any can be judged", lambda c: c.evaluation.quality.answered > 0),
        "any_unknown": ("有指标没有可用数据", "any without a figure", lambda c: bool(c.evaluation.quality.unanswered)),
        "any_provisional": ("有暂定结论", "any provisional verdict", lambda c: bool(c.evaluation.quality.provisional)),
        "any_problem": (
            "有滞后、未达成或需关注的指标", "any behind, missed or needing attention",
            lambda c: bool(behind(c.evaluation) or attention(c.evaluation)),
        ),
        "any_task": ("有任务", "any task", lambda c: bool(c.evaluation.tasks)),
        "any_assessed_task": (
            "有任务得到评定", "any task assessed",
            lambda c: any(task.finding is not TaskFinding.NOT_ASSESSED for task in c.evaluation.tasks),
        ),
        "any_open_task": (
            "有任务未评定", "any task not assessed",
            lambda c: any(task.finding is TaskFinding.NOT_ASSESSED for task in c.evaluation.tasks),
        ),
        "any_contradiction": ("有不一致", "any contradiction", lambda c: bool(c.evaluation.contradictions)),
        "any_source_contradiction": (
            "有来源之间的不一致", "any between sources",
            lambda c: any(one.kind is ContradictionKind.SOURCES for one in c.evaluation.contradictions),
        ),
        "any_claim": ("有公开说法可对照", "any published claim", lambda c: bool(c.evaluation.claims)),
        "any_undecided": ("有公布值不足以判定", "any undecided value", lambda c: bool(undecided(c.evaluation))),
        "any_unpublished": ("有指标没有公布值", "any without a value", lambda c: bool(unpublished(c.evaluation))),
        "any_without_baseline": (
            "其中有规划未列基期值的", "any of these without a baseline",
            lambda c: any(one.row.baseline is None for one in unpublished(c.evaluation)),
        ),
        "any_old": ("有依据较旧数值的结论", "any judged by an old value", lambda c: bool(old(c.evaluation))),
        "any_silent_action": ("有行动无一可判定", "a silent plan", lambda c: bool(silent(c.evaluation))),
        "several_silent_actions": ("这样的行动不止一个", "more than one such", lambda c: len(silent(c.evaluation)) > 1),
        "any_headwind": ("有不利趋势", "any headwind", lambda c: bool(headwind_rows(c))),
        "any_comparison": ("有上次评估可比", "there is a last one", lambda c: c.evaluation.comparison is not None),
        "any_prediction": ("有预测或检验", "any prediction", lambda c: bool(c.evaluation.track_record)),
        "any_judged_prediction": (
            "有以往预测可检验", "any earlier prediction with a value",
            lambda c: any(one.is_hit is not None for one in c.evaluation.track_record),
        ),
        "any_unit": ("有区县数据", "any district", lambda c: bool(c.evaluation.units)),
    }  # fmt: skip


def _row_conditions() -> dict[str, tuple[str, str, Holds]]:
    return {
        "has_value": ("有公布值", "has a value", lambda c: row_at(c).observation is not None),
        "has_baseline": ("有基期值", "has a baseline", lambda c: row_at(c).baseline is not None),
        "has_line": (
            "按序时进度有应达到的值且可比", "the line asks a value that can be compared",
            lambda c: (line := result_at(c).line) is not None and line.asked is not None and line.gap is not None,
        ),
        "is_short": (
            "低于（差于）应达到的值", "short of what the line asks",
            lambda c: (line := result_at(c).line) is not None and bool(line.gap),
        ),
        "has_change": (
            "较上一个可比值有变动", "changed since the value before",
            lambda c: (line := result_at(c).line) is not None and bool(line.change),
        ),
        "is_level": (
            "与上一个可比值持平", "level with the value before",
            lambda c: (line := result_at(c).line) is not None and line.change is not None and not line.change,
        ),
        "has_required": ("可算到期前每年所需", "needs a yearly change", lambda c: row_at(c).required_rate is not None),
        "has_turn": ("有改变结论的条件", "something would turn it", lambda c: bool(result_at(c).turn.zh)),
        "has_headwind": ("有不利趋势", "has a headwind", lambda c: bool(result_at(c).against)),
        "has_task": ("有关联任务或举措", "has a linked task", lambda c: bool(own_tasks(c, row_at(c)))),
        "has_lead": ("有牵头部门", "has a leading department", lambda c: bool(row_at(c).lead)),
        "has_cooperating": ("有配合部门", "has a cooperating department", lambda c: bool(row_at(c).cooperating)),
        "has_assessed_task": (
            "关联任务得到评定", "a linked task was assessed",
            lambda c: any(task.finding is not TaskFinding.NOT_ASSESSED for task in linked_tasks(c)),
        ),
        "has_note": (
            "有数据说明", "has a note on the data",
            lambda c: any(one.code is CaveatCode.NOTE for one in row_at(c).caveats),
        ),
    }  # fmt: skip


def conditions() -> dict[str, ConditionWord]:
    """Every condition by name."""
    groups: dict[WordScope, dict[str, tuple[str, str, Holds]]] = {
        WordScope.REPORT: _report_conditions()
        | {f"any_{name}": (f"有{word.zh}的指标", f"any {word.en}", _takes(take)[0])
           for name, (take, word) in STANDS.items()},
        WordScope.ACTION: {
            f"any_{name}": (f"该行动有{word.zh}的指标", f"any {word.en}", _takes(take)[1])
            for name, (take, word) in STANDS.items()
        }
        | {
            "any_row": ("该行动有指标", "any indicator", lambda c: action_at(c).total > 0),
            "any_known": ("该行动有可判定的指标", "any can be judged", lambda c: action_at(c).known > 0),
            "any_unknown": (
                "该行动有指标没有可用数据", "any without a figure", lambda c: action_at(c).known < action_at(c).total,
            ),
        },
        WordScope.ROW: _row_conditions(),
        WordScope.DEPARTMENT: {
            "any_row": ("牵头指标", "leads an indicator", lambda c: bool(department_at(c).leads)),
            "any_behind": ("牵头的指标有滞后", "any behind", lambda c: bool(department_at(c).behind)),
            "any_unanswered": ("牵头的指标有无数据的", "any without one", lambda c: bool(department_at(c).unanswered)),
            "any_lead_task": ("牵头任务", "leads a task", lambda c: bool(department_at(c).lead_tasks)),
            "any_help_task": ("配合任务", "helps with a task", lambda c: bool(department_at(c).cooperating_tasks)),
            "any_task": ("牵头或配合任务", "has a task",
                         lambda c: bool(department_at(c).lead_tasks or department_at(c).cooperating_tasks)),
        },
        WordScope.UNIT: {
            "any_figure": ("有数据", "has a figure", lambda c: any(f.value is not None for f in unit_at(c).figures)),
            "any_missing": ("有指标没有数据", "any without a figure", lambda c: bool(unit_at(c).missing)),
            "is_simulated": ("模拟数据", "simulated", lambda c: unit_at(c).mark is not None),
        },
    }  # fmt: skip
    found: dict[str, ConditionWord] = {}
    for scope, words in groups.items():
        for short, (zh, en, holds) in words.items():
            name = short if scope is WordScope.REPORT else f"{scope.value}.{short}"
            found[name] = ConditionWord(name, scope, Text(zh, en), holds)
    return found


# --- loops -------------------------------------------------------------------------------------------------------


def loops() -> dict[str, LoopWord]:
    """Every loop by name."""
    report = WordScope.REPORT
    found = [
        LoopWord("actions", report, WordScope.ACTION, Text("逐个行动（规划）", "every plan"),
                 lambda c: [one for one in c.evaluation.actions if one.total]),
        LoopWord("known_actions", report, WordScope.ACTION, Text("逐个有指标可判定的行动", "plans with a figure"),
                 lambda c: [one for one in c.evaluation.actions if one.known]),
        LoopWord("behind", report, WordScope.ROW, Text("逐项滞后或未达成的指标", "every indicator behind or missed"),
                 lambda c: behind(c.evaluation)),
        LoopWord("attention", report, WordScope.ROW, Text("逐项需要关注的指标", "every one needing attention"),
                 lambda c: attention(c.evaluation)),
        LoopWord("headwinds", report, WordScope.ROW, Text("逐项有不利趋势的指标", "every one with a headwind"),
                 headwind_rows),
        LoopWord("claims", report, WordScope.CLAIM, Text("逐个公开说法", "every published claim"),
                 lambda c: c.evaluation.claims),
        LoopWord("task_contradictions", report, WordScope.CONTRADICTION,
                 Text("逐处任务评定与数据的不一致", "every contradiction of a finding and the figures"),
                 lambda c: [one for one in c.evaluation.contradictions if one.kind is ContradictionKind.TASK]),
        LoopWord("departments", report, WordScope.DEPARTMENT, Text("逐个部门", "every department"),
                 lambda c: c.evaluation.departments),
        LoopWord("units", report, WordScope.UNIT, Text("逐个区县", "every district"),
                 lambda c: c.evaluation.units),
    ]  # fmt: skip
    return {loop.name: loop for loop in found}
