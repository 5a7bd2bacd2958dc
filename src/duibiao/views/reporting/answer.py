"""What became of something handed in: what was kept, every problem grouped and explained, the questions to answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from duibiao.intake.findings import LEVEL_WORDS, ORDER, CellProblem, FindingLevel
from duibiao.intake.held_back import CHANGED
from duibiao.intake.submit import ReportingPlan, Submission
from duibiao.kernel.period import local_time
from duibiao.kernel.problem import catalogue
from duibiao.kernel.text import Text
from duibiao.store.model import ReportState
from duibiao.store.workflow import ACTION_WORDS, Actor
from duibiao.views.reporting.one_return import OpenQuestion, questions_of, shown_cell
from duibiao.views.reporting.scope import ReportingScope, slug

MOST_CELLS = 40
"""So many cells of a group are listed on the page; all of them stand in the coloured workbook."""
_BLANK = re.compile(r"\{[^}]*\}")
MOST_CHANGED = 12
"""Of so many returns that were changed meanwhile the page shows what differs; all of them are named."""


@dataclass(frozen=True, slots=True)
class FindingCell:
    """One cell a finding is about (问题单元格)."""

    unit: str
    unit_name: str
    cell: str
    label: Text
    message: Text


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings of one kind together (问题分组): what it is, what to do, which cells."""

    level: FindingLevel
    level_word: Text
    code: str
    title: Text
    remedy: Text
    count: int
    cells: tuple[FindingCell, ...]


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """A cell that differs between what is stored now and what was handed in (差异单元格)."""

    label: Text
    stored: str
    given: str


@dataclass(frozen=True, slots=True)
class ChangedMeanwhile:
    """A return somebody else changed after the template was made (期间已被改动): who, when, and what differs."""

    unit: str
    unit_name: str
    who: str
    at: str
    action: Text
    cells: tuple[ChangedCell, ...]


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """The answer to something handed in (交报答复). Units are given by name.

    ``saved`` were stored, ``submitted`` handed over for review, ``waiting`` have questions, ``unchanged`` say what is
    stored already, ``refused`` come back. ``changed``: nothing of the file was taken, since somebody was quicker.
    ``has_workbook``: whether the coloured workbook can be fetched. ``only_checked``: nothing was to be stored.
    """

    title: Text
    mark: Text | None
    sentence: Text
    file: str
    form: str
    form_label: Text
    period: str
    slug: str
    saved: tuple[str, ...]
    submitted: tuple[str, ...]
    waiting: tuple[str, ...]
    unchanged: tuple[str, ...]
    refused: tuple[str, ...]
    groups: tuple[FindingGroup, ...]
    questions: tuple[OpenQuestion, ...]
    changed: tuple[ChangedMeanwhile, ...]
    has_workbook: bool
    is_refused: bool = False
    only_checked: bool = False


def answer_page(scope: ReportingScope, plan: ReportingPlan, done: Submission) -> AnswerPage:
    """Say what became of a file or call."""
    open_now = {one.key for one in done.sheet.open_questions}
    kept = {*done.saved, *done.unchanged}
    questions = tuple(
        one
        for one in questions_of(scope, done.sheet)
        if (one.unit, one.element, one.check) in open_now and one.unit in kept
    )
    return _page(scope, plan, done, _sentence(done), questions, _held_back(scope, plan, done))


def _held_back(scope: ReportingScope, plan: ReportingPlan, looked: Submission) -> tuple[ChangedMeanwhile, ...]:
    """What differs in the rows that were held back because somebody else had changed their returns."""
    units = [one.unit for one in looked.sheet.problems if one.problem.code == CHANGED][:MOST_CHANGED]
    found = [scope.state(plan.form.code, unit, plan.period) for unit in units]
    return tuple(_changed(scope, plan, looked, scope.rows(plan, one.unit), one) for one in found if one is not None)


def _sentence(done: Submission) -> Text:
    parts = [
        (len(done.saved), "收下{}个单位", "{} units kept"),
        (len(done.submitted), "提交审核{}个", "{} submitted"),
        (len(done.waiting), "待说明{}个", "{} with open questions"),
        (len(done.unchanged), "与已存相同{}个", "{} as stored"),
        (len(done.refused), "退回更正{}个", "{} to be mended"),
    ]
    said = [(zh.format(count), en.format(count)) for count, zh, en in parts if count]
    if not said:
        return Text("没有收下任何数据。", "Nothing was taken.")
    return Text("，".join(zh for zh, _ in said) + "。", ", ".join(en for _, en in said) + ".")


def checked_page(scope: ReportingScope, plan: ReportingPlan, looked: Submission) -> AnswerPage:
    """Say what handing the file in would do; nothing of it was stored."""
    good = [unit for unit in looked.sheet.good.get_column("unit").to_list() if unit not in looked.unchanged]
    parts = [
        (len(good), "可收下{}个单位", "{} units could be kept"),
        (len(looked.waiting), "其中待说明{}个", "{} of them with open questions"),
        (len(looked.unchanged), "与已存相同{}个", "{} as stored"),
        (len(looked.refused), "须更正{}个", "{} to be mended"),
    ]
    said = [(zh.format(count), en.format(count)) for count, zh, en in parts if count]
    zh, en = "，".join(one for one, _ in said), ", ".join(one for _, one in said)
    words = Text(
        f"只作检查，什么也没有保存：{zh or '文件中没有数据'}。", f"Checked only, nothing was kept: {en or 'no data'}."
    )
    page = _page(scope, plan, looked, words, (), _held_back(scope, plan, looked))
    return replace(page, title=Text("检查结果", "Check"), only_checked=True)


def changed_page(
    scope: ReportingScope, plan: ReportingPlan, looked: Submission, actor: Actor, stale: Sequence[ReportState]
) -> AnswerPage:
    """Say that nothing was taken because others were quicker, and what differs now between the file and the store."""
    stored = pl.DataFrame(pl.from_arrow(scope.store.rows(actor, plan.form, plan.period, forms=plan.forms)))
    changed = tuple(_changed(scope, plan, looked, stored, state) for state in stale)
    words = Text(
        f"没有收下：{len(changed)}个单位的报表在您下载模板之后已被别人改动。看过差异后，用新模板再交。",
        f"Nothing was taken: the returns of {len(changed)} units were changed after you fetched the template.",
    )
    return replace(_page(scope, plan, looked, words, (), changed), has_workbook=False, is_refused=True)


def _page(
    scope: ReportingScope,
    plan: ReportingPlan,
    done: Submission,
    words: Text,
    questions: tuple[OpenQuestion, ...],
    changed: tuple[ChangedMeanwhile, ...],
) -> AnswerPage:
    def named(units: Sequence[str]) -> tuple[str, ...]:
        return tuple(scope.name(unit) for unit in units)

    return AnswerPage(
        title=Text("交报答复", "Answer"),
        mark=scope.mark,
        sentence=words,
        file=done.sheet.file,
        form=plan.form.code,
        form_label=plan.form.label,
        period=str(plan.period),
        slug=slug(plan.period),
        saved=named(done.saved),
        submitted=named(done.submitted),
        waiting=named(done.waiting),
        unchanged=named(done.unchanged),
        refused=named(done.refused),
        groups=_groups(scope, plan, done.sheet.problems),
        questions=questions,
        changed=changed,
        has_workbook=bool(done.sheet.problems) and done.sheet.layout is not None,
    )


def _groups(scope: ReportingScope, plan: ReportingPlan, found: Sequence[CellProblem]) -> tuple[FindingGroup, ...]:
    grouped: dict[tuple[FindingLevel, str, str], list[CellProblem]] = {}
    for one in found:
        grouped.setdefault((one.level, one.problem.code, one.check), []).append(one)
    checks = {check.code: check.message for check in plan.form.checks}
    groups = [
        FindingGroup(
            level=level,
            level_word=LEVEL_WORDS[level],
            code=check or code,
            title=checks.get(check) or _title(some),
            remedy=some[0].problem.remedy,
            count=len(some),
            cells=tuple(_cell(scope, one) for one in some[:MOST_CELLS]),
        )
        for (level, code, check), some in grouped.items()
    ]
    return tuple(sorted(groups, key=lambda group: (ORDER.index(group.level), -group.count, group.code)))


def _title(some: Sequence[CellProblem]) -> Text:
    """What several findings of one code have in common: their message, or the catalogue's with … for what differs."""
    first = some[0].problem
    if all(one.problem.message == first.message for one in some):
        return first.message
    words = catalogue()[first.code]["message"]
    return Text(_BLANK.sub("…", words["zh"]), _BLANK.sub("…", words["en"]))


def _cell(scope: ReportingScope, one: CellProblem) -> FindingCell:
    element = scope.workspace.content.elements.get(one.element)
    label = element.label if element else Text("单位", "the unit")
    return FindingCell(one.unit, scope.name(one.unit), one.cell, label, one.problem.message)


def _changed(
    scope: ReportingScope, plan: ReportingPlan, looked: Submission, stored: pl.DataFrame, state: ReportState
) -> ChangedMeanwhile:
    rows = [frame.filter(pl.col("unit") == state.unit) for frame in (stored, looked.sheet.rows)]
    now, given = (frame.row(0, named=True) if frame.height else {} for frame in rows)
    cells = tuple(
        ChangedCell(
            plan.elements[code].label,
            shown_cell(plan.elements[code], now.get(code)),
            shown_cell(plan.elements[code], given.get(code)),
        )
        for code in plan.form.asked
        if now.get(code) != given.get(code)
    )
    return ChangedMeanwhile(
        unit=state.unit,
        unit_name=scope.name(state.unit),
        who=state.changed_by,
        at=local_time(state.changed_at),
        action=ACTION_WORDS[state.changed_action],
        cells=cells,
    )
