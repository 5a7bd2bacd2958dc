"""The fields of report templates (模板字段用语): what a placeholder is replaced by."""

from collections.abc import Callable

from duibiao.evaluations.at_hand import (
    STANDS,
    Answer,
    Rows,
    action_at,
    claim_at,
    contradiction_at,
    department_at,
    result_at,
    row_at,
    rows_of_action,
    unit_at,
)
from duibiao.evaluations.figure_book import attention, behind, old, silent, task_counts
from duibiao.evaluations.phrases import (
    as_of_words,
    goal_runs,
    joined_runs,
    lead_words,
    listing,
    names,
    own_tasks,
    period_words,
    plain,
    result_counts,
    row_name,
    row_names,
    rows_of,
    said,
    size_runs,
    source_words,
    subject,
    tally,
    task_words,
)
from duibiao.evaluations.record import (
    IndicatorResult,
)
from duibiao.evaluations.record_parts import TaskFinding
from duibiao.evaluations.vocabulary import FieldWord, ReportContext, WordScope
from duibiao.kernel.text import Text
from duibiao.progress.closing import Verdict
from duibiao.progress.status import CaveatCode, Status
from duibiao.views.paper_text import Runs
from duibiao.views.words import day_words, joined


def _count(name: str) -> Answer:
    return lambda context: (context.book.count(name),)


def _figure_of_row(name: str) -> Answer:
    return lambda context: (context.book.maybe(f"row/{row_at(context).id}/{name}"),)


def _lists(take: Callable[[Rows], list[IndicatorResult]]) -> tuple[Answer, Answer]:
    """Two answers: over the whole report, over the action at hand."""
    return (
        lambda context: listing(context, take(context.evaluation.indicators)),
        lambda context: listing(context, take(rows_of_action(context))),
    )


# --- fields ------------------------------------------------------------------------------------------------------


def _plan_numbers(context: ReportContext) -> Runs:
    return plain(names(context, [plan.number for plan in context.evaluation.plans if plan.number]))


def _periods(context: ReportContext) -> Runs:
    return tally(context, "period", context.evaluation.quality.periods)


def _report_fields() -> dict[str, tuple[str, str, Answer]]:
    """Name → meaning in Chinese and English, and the answer."""
    return {
        "title": ("规划或规划集的名称", "title of the plan or set of plans", lambda c: said(c, c.evaluation.title)),
        "subject": ("被评规划：书名号、文号；规划集为其名称", "the plan with its number, or the set of plans", subject),
        "kind": ("评估类型，如“年度评估”", "kind of evaluation", lambda c: said(c, c.evaluation.kind_word)),
        "as_of": ("参照日", "reference day", lambda c: said(c, as_of_words(c))),
        "year": ("参照日所在年", "year of the reference day", lambda c: plain(str(c.evaluation.as_of.year))),
        "end_year": (
            "规划的最后一年", "last year of the plan", lambda c: plain(str(max(p.end for p in c.evaluation.plans))),
        ),
        "base_year": (
            "基期年", "base year", lambda c: plain(joined(sorted({str(p.base_year) for p in c.evaluation.plans}))),
        ),
        "home_unit": ("本级单位", "the home unit", lambda c: plain(c.evaluation.home_unit_name)),
        "scope": ("评估范围", "scope", lambda c: said(c, c.evaluation.scope.words)),
        "plan_numbers": ("被评规划的文号", "numbers of the plans", _plan_numbers),
    }  # fmt: skip


def _count_fields() -> dict[str, tuple[str, str, Answer]]:
    return {
        "plans": ("规划数", "number of plans", _count("count/plans")),
        "rows": ("指标数", "number of indicators", _count("count/rows")),
        "known": ("可以判定的指标数", "indicators that can be judged", _count("count/known")),
        "unknown": ("没有可用公开数据的指标数", "indicators without a usable figure", _count("count/unknown")),
        "known_share": ("可判定的比重", "share that can be judged", lambda c: (c.book.maybe("share/known"),)),
        "tally": (
            "各结论的项数", "how many indicators have each result",
            lambda c: result_counts(c, "", c.evaluation.verdicts, c.evaluation.statuses),
        ),
        "provisional": ("暂定结论数", "provisional verdicts", _count("count/provisional")),
        "behind": ("滞后或未达成的指标数", "indicators behind or missed", _count("count/behind")),
        "behind_names": (
            "滞后或未达成的指标名", "their names", lambda c: row_names(c, behind(c.evaluation)),
        ),
        "attention": ("需要关注的指标数", "indicators needing attention", _count("count/attention")),
        "attention_names": (
            "需要关注的指标名", "their names", lambda c: row_names(c, attention(c.evaluation)),
        ),
        "tasks": ("任务数", "number of tasks", _count("count/tasks")),
        "assessed_tasks": ("已评定的任务数", "assessed tasks", _count("count/assessed_tasks")),
        "open_tasks": ("未评定的任务数", "tasks not assessed", _count("count/open_tasks")),
        "linked_tasks": ("关联量化目标的任务数", "tasks linked to a target", _count("count/linked_tasks")),
        "task_tally": (
            "各任务评定的项数", "how many tasks have each finding",
            lambda c: tally(c, "task", [one for one in task_counts(c.evaluation)
                                        if one.code != TaskFinding.NOT_ASSESSED.value]),
        ),
        "contradictions": ("不一致的处数", "number of contradictions", _count("count/contradictions")),
        "undecided": ("公布值不足以判定的指标数", "whose value cannot decide", _count("count/undecided")),
        "unpublished": ("基期之后没有公布值的指标数", "without a value", _count("count/unpublished")),
        "without_baseline": ("其中规划未列基期值的", "of these without a baseline", _count("count/without_baseline")),
        "old_names": (
            "依据较旧数值判定的指标", "indicators judged by an old value", lambda c: listing(c, old(c.evaluation)),
        ),
        "silent_actions": ("没有一项指标可判定的行动", "plans none of whose indicators can be judged", lambda c: plain(
            names(c, [c.said(one.short) for one in silent(c.evaluation)]))),
        "silent_rows": ("这些行动的指标数", "their indicators", _count("count/silent_rows")),
        "goal_documents": (
            "目标所出的文件", "documents the goals stand in",
            lambda c: plain(names(c, list(dict.fromkeys(
                one.row.citation.title.in_(c.language) for one in c.evaluation.indicators)))),
        ),
        "judged_predictions": ("可检验的以往预测数", "predictions to check", _count("count/judged_predictions")),
        "hits": ("其中实际值在区间内的", "of these inside the interval", _count("count/hits")),
        "periods": ("现值所属年度及项数", "years the values speak of", _periods),
        "units": ("区县数", "number of districts", _count("count/units")),
        "inputs": ("固化的输入文件数", "number of frozen inputs", _count("count/inputs")),
    }  # fmt: skip


def _basis_fields() -> dict[str, tuple[str, str, Answer]]:
    return {
        "on_course_from": (
            "“正常”的下限", "lower bound of 'on course'", lambda c: plain(f"{c.evaluation.policy.on_course:.2f}"),
        ),
        "attention_from": (
            "“关注”的下限", "lower bound of 'attention'", lambda c: plain(f"{c.evaluation.policy.attention:.2f}"),
        ),
        "evaluation": ("评估编号", "id of the evaluation", lambda c: plain(c.evaluation.id)),
        "method": ("方法版本", "version of the methods", lambda c: plain(c.evaluation.method)),
        "program": ("程序及版本", "program and version", lambda c: plain(c.evaluation.program)),
        "mark": (
            "“模拟数据”标记", "the mark of simulated data",
            lambda c: said(c, c.evaluation.mark) if c.evaluation.mark else (),
        ),
        "earlier_day": (
            "上次评估的参照日", "day of the last evaluation",
            lambda c: said(c, day_words(c.evaluation.comparison.earlier_as_of)) if c.evaluation.comparison else (),
        ),
        "comparison": (
            "与上次评估相比的一句话", "what changed since the last evaluation",
            lambda c: said(c, c.evaluation.comparison.sentence) if c.evaluation.comparison else (),
        ),
    }  # fmt: skip


def _gap_to_goal(context: ReportContext) -> Runs:
    row, line = row_at(context), result_at(context).line
    return plain(row.formula.in_(context.language)) if line is None else (context.book.maybe(f"row/{row.id}/gap"),)


def _row_fields() -> dict[str, tuple[str, str, Answer]]:
    return {
        "name": ("指标名称", "name of the indicator", lambda c: plain(row_name(c, row_at(c)))),
        "label": ("指标表中的写法", "as the plan writes it", lambda c: plain(row_at(c).label)),
        "action": ("所属行动（规划）", "its plan", lambda c: said(c, row_at(c).plan_short)),
        "value": ("现值", "value", _figure_of_row("value")),
        "period": (
            "现值年度", "period of the value",
            lambda c: plain(period_words(c, seen.period)) if (seen := row_at(c).observation) else (),
        ),
        "baseline": ("基期值", "baseline", _figure_of_row("baseline")),
        "baseline_year": ("基期年", "base year", lambda c: plain(str(row_at(c).baseline_year or ""))),
        "goal": ("目标", "goal", lambda c: goal_runs(c, row_at(c))),
        "due": ("目标年", "due year", lambda c: plain(str(row_at(c).due))),
        "p": ("进展", "progress", _figure_of_row("p")),
        "s": ("序时进度", "time progress", _figure_of_row("s")),
        "asked": ("按序时进度应达到的值", "what the line asks", _figure_of_row("asked")),
        "gap": ("与应达到的值之差", "difference to it", _gap_to_goal),
        "before": ("上一个可比值", "the comparable value before", _figure_of_row("before")),
        "before_period": (
            "上一个可比值的年度", "its period",
            lambda c: plain(period_words(c, line.before_period)) if (line := result_at(c).line) else (),
        ),
        "change": ("较上一个可比值的变动", "change since then", _figure_of_row("change")),
        "gap_words": (
            "与应达到的值之差，如“少1所”", "the difference in words",
            lambda c: size_runs(c, "gap", line.gap) if (line := result_at(c).line) else (),
        ),
        "change_words": (
            "较上一个可比值的变动，如“提高0.44个百分点”", "the change in words",
            lambda c: size_runs(c, "change", line.change) if (line := result_at(c).line) else (),
        ),
        "required_words": (
            "到期前每年平均需变动，如“增加2所”", "the yearly change needed, in words",
            lambda c: size_runs(c, "required", row_at(c).required_rate),
        ),
        "required": ("到期前每年平均需变动", "needed a year until due", _figure_of_row("required")),
        "forecast": ("按现有速度到目标年的外推值", "linear forecast", _figure_of_row("forecast")),
    }  # fmt: skip


def _judgement_fields() -> dict[str, tuple[str, str, Answer]]:
    return {
        "word": ("结论", "result", lambda c: said(c, result_at(c).verdict_word)),
        "reason": ("结论的依据", "why", lambda c: said(c, result_at(c).reason)),
        "turn": ("何种情况会改变结论", "what would turn it", lambda c: said(c, result_at(c).turn)),
        "against": (
            "不利趋势", "headwinds",
            lambda c: plain(c.t("；", "; ").join(c.said(one) for one in result_at(c).against)),
        ),
        "lead": ("牵头部门", "leading departments", lambda c: plain(lead_words(c, row_at(c)))),
        "cooperating": (
            "配合部门", "cooperating departments", lambda c: plain(names(c, row_at(c).cooperating)),
        ),
        "tasks": (
            "关联的任务和举措", "linked tasks and measures",
            lambda c: joined_runs(c, [plain(task_words(c, task)) for task in own_tasks(c, row_at(c))]),
        ),
        "source": (
            "现值的出处", "source of the value",
            lambda c: plain(source_words(c, seen)) if (seen := row_at(c).observation) else (),
        ),
        "notes": (
            "数据说明", "notes on the data",
            lambda c: plain(c.t("；", "; ").join(dict.fromkeys(
                c.said(one.text) for one in row_at(c).caveats if one.code is CaveatCode.NOTE))),
        ),
    }  # fmt: skip


def _action_fields() -> dict[str, tuple[str, str, Answer]]:
    found: dict[str, tuple[str, str, Answer]] = {
        "title": ("全称", "title", lambda c: said(c, action_at(c).title)),
        "short": ("简称", "short title", lambda c: said(c, action_at(c).short)),
        "rows": ("指标数", "indicators", lambda c: (c.book.count(f"action/{action_at(c).plan}/rows"),)),
        "known": ("可判定数", "can be judged", lambda c: (c.book.count(f"action/{action_at(c).plan}/known"),)),
        "unknown": ("无数据数", "no usable figure", lambda c: (c.book.count(f"action/{action_at(c).plan}/unknown"),)),
        "tasks": ("任务数", "tasks", lambda c: (c.book.count(f"action/{action_at(c).plan}/tasks"),)),
        "tally": (
            "可判定的指标各结论的项数", "how many of those that can be judged have each result",
            lambda c: result_counts(
                c, f"action/{action_at(c).plan}/",
                [one for one in action_at(c).verdicts if one.code != Verdict.UNDETERMINED.value],
                [one for one in action_at(c).statuses if one.code not in _UNKNOWN],
            ),
        ),
    }  # fmt: skip
    for name, (take, word) in STANDS.items():
        found[f"{name}_list"] = (f"{word.zh}的指标及数值", f"{word.en}, with value and goal", _lists(take)[1])
    return found


_UNKNOWN = (Status.NO_DATA.value, Status.NO_BASELINE.value, Status.NOT_DUE.value)


def _other_fields() -> dict[WordScope, dict[str, tuple[str, str, Answer]]]:
    return {
        WordScope.DEPARTMENT: {
            "name": ("部门", "department", lambda c: plain(department_at(c).name)),
            "full_name": ("全称", "full name", lambda c: plain(department_at(c).full_name or department_at(c).name)),
            "lead_tasks": ("牵头任务数", "tasks led", _of_department("lead_tasks")),
            "cooperating_tasks": ("配合任务数", "tasks helped with", _of_department("cooperating_tasks")),
            "leads": ("牵头指标数", "indicators led", _of_department("leads")),
            "helps": ("配合指标数", "indicators helped with", _of_department("helps")),
            "unanswered": ("牵头指标中没有可用数据的", "of these without a figure", _of_department("unanswered")),
            "behind": ("牵头指标中滞后的", "of these behind", _of_department("behind")),
            "behind_names": (
                "滞后的指标名", "their names", lambda c: row_names(c, rows_of(c, department_at(c).behind)),
            ),
            "tally": (
                "牵头指标各结论的项数", "results of the indicators led",
                lambda c: result_counts(c, f"department/{department_at(c).name}/",
                                        department_at(c).verdicts, department_at(c).statuses),
            ),
        },
        WordScope.UNIT: {
            "name": ("区县", "district", lambda c: plain(unit_at(c).name)),
            "group": ("所属片区", "its group", lambda c: plain(unit_at(c).group)),
            "sentence": ("一句话概述", "one sentence", lambda c: said(c, unit_at(c).sentence)),
            "mark": ("模拟数据标记", "mark", lambda c: said(c, mark) if (mark := unit_at(c).mark) else ()),
            "missing": ("没有数据的指标数", "indicators without a figure", lambda c: (
                c.book.count(f"unit/{unit_at(c).code}/missing"),)),
            "missing_names": (
                "没有数据的指标名", "their names",
                lambda c: plain(names(c, [c.said(one) for one in unit_at(c).missing])),
            ),
        },
        WordScope.CONTRADICTION: {
            "subject": ("所涉指标或任务", "subject", lambda c: said(c, contradiction_at(c).subject)),
            "why": ("两方内容或采用理由", "the two sides, or why", lambda c: said(c, contradiction_at(c).why)),
        },
        WordScope.CLAIM: {
            "statement": ("公开说法", "statement", lambda c: said(c, claim_at(c).statement)),
            "source": ("来源", "source", lambda c: said(c, claim_at(c).source_title)),
            "publisher": ("发布者", "publisher", lambda c: plain(claim_at(c).publisher)),
            "published": ("发布日期", "published", lambda c: plain(claim_at(c).published)),
            "comment": ("与本评估的对照", "beside our results", lambda c: said(c, claim_at(c).comment)),
        },
    }  # fmt: skip


def _of_department(name: str) -> Answer:
    return lambda context: (context.book.count(f"department/{department_at(context).name}/{name}"),)


def fields() -> dict[str, FieldWord]:
    """Every field by name; those of a scope other than the report carry its name in front: ``row.value``."""
    found: dict[str, FieldWord] = {}
    groups = {
        WordScope.REPORT: _report_fields()
        | _count_fields()
        | _basis_fields()
        | {
            f"{name}_list": (f"{word.zh}的指标及数值", f"{word.en}, with value and goal", _lists(take)[0])
            for name, (take, word) in STANDS.items()
        },
        WordScope.ACTION: _action_fields(),
        WordScope.ROW: _row_fields() | _judgement_fields(),
    } | _other_fields()
    for scope, words in groups.items():
        for short, (zh, en, answer) in words.items():
            name = short if scope is WordScope.REPORT else f"{scope.value}.{short}"
            found[name] = FieldWord(name, scope, Text(zh, en), answer)
    return found
