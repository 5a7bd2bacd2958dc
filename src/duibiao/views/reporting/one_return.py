"""One return cell by cell: value, last year's, what the checks say, who said what about it, and its whole history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from duibiao.intake.findings import LEVEL_WORDS, CellProblem, FindingLevel
from duibiao.intake.sheet import Sheet
from duibiao.intake.signpage import content_hash
from duibiao.intake.standing import MISSING, look_through
from duibiao.intake.submit import ReportingPlan, last_year
from duibiao.intake.validation import NOT_APPLICABLE, NOT_KNOWN, range_words, shown_value
from duibiao.kernel.period import local_time
from duibiao.kernel.text import Text
from duibiao.kernel.value import MISSING_WORDS, MissingReason, plain
from duibiao.metrics.element import DataElement, ValueType
from duibiao.metrics.form import Asked, Form, FormField
from duibiao.metrics.indicator import READ, VERIFY_WORDS
from duibiao.store.model import CellNote, CellVersion, ReportEvent, ReportState
from duibiao.store.workflow import ACTION_WORDS, ROLE_WORDS, STATUS_WORDS, WRITABLE, Actor, ReportAction
from duibiao.views.reporting.scope import ReportingScope, StateView, slug, state_view

Row = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class CellFinding:
    """What a check says about a cell (单元格提示): ``check`` names it, ``answer`` is the reply to a question."""

    level: FindingLevel
    level_word: Text
    check: str
    code: str
    message: Text
    remedy: Text
    answer: str


@dataclass(frozen=True, slots=True)
class FormCell:
    """One cell of a return (填报单元格). ``value`` and ``last``: as people read them, empty where missing.

    ``typed``: what a reporter would type for it. ``missing``: why there is no value. ``change``: this year against
    last year as a share, None where it cannot be told. ``verification``: how far the definition has been checked, None
    where it was read in the original. ``outside``: the kind of school does not teach the stage it speaks of.
    """

    element: str
    label: Text
    definition: str
    measure: str
    allowed: str
    required: bool
    reused: bool
    value: str
    typed: str
    missing: Text | None
    last: str
    change: Decimal | None
    findings: tuple[CellFinding, ...]
    verification: Text | None = None
    outside: bool = False


@dataclass(frozen=True, slots=True)
class ReturnSection:
    """A group of cells under one heading (报表分节)."""

    title: Text
    cells: tuple[FormCell, ...]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question of the checks that somebody answers (待说明疑问); ``answer`` is empty while nobody did."""

    unit: str
    unit_name: str
    element: str
    check: str
    label: Text
    message: Text
    answer: str


@dataclass(frozen=True, slots=True)
class StepView:
    """One step a return took (报表办理记录): of the work flow, or a revision that was kept, with its file."""

    at: str
    who: str
    unit_name: str
    role: Text
    action: Text
    status: Text
    revision: int
    reason: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a cell (数据历史版本): who brought it, when, with which file and why."""

    revision: int
    value: str
    at: str
    who: str
    unit_name: str
    file: str
    sha256: str
    source: str
    reason: str
    is_published: bool


@dataclass(frozen=True, slots=True)
class CellHistory:
    """Every version of one cell, the oldest first (单元格来历)."""

    element: str
    label: Text
    versions: tuple[VersionView, ...]


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """One return of one unit (报表详情). ``fingerprint``: the hash that a signature stands for."""

    title: Text
    mark: Text | None
    state: StateView
    version: str
    sections: tuple[ReturnSection, ...]
    filled: int
    asked: int
    questions: tuple[OpenQuestion, ...]
    errors: int
    steps: tuple[StepView, ...]
    history: CellHistory | None
    fingerprint: str
    actions: tuple[str, ...]


def return_page(
    scope: ReportingScope, form: Form, state: ReportState, actions: Sequence[str], cell: str = ""
) -> ReturnPage:
    """Show a return the visitor may see. ``cell``: the element whose history is wanted; raises KeyError for none."""
    actor = scope.actor(state.unit)
    if actor is None:
        raise LookupError(state.unit)
    plan = scope.plan(form.code, state.period, [state.unit])
    rows = scope.rows(plan, state.unit)
    notes = scope.store.notes(actor, form.code, state.unit, state.period)
    sheet = look_through(scope.store, plan, rows, {state.unit: notes})
    before = last_year(scope.store, actor, plan).filter(pl.col("unit") == state.unit)
    row, last = _row(rows), _row(before)
    unit = scope.tree.get(state.unit)
    outside = plan.applicability.outside(form.columns, unit.school_kind if unit is not None else "")
    sections = tuple(
        ReturnSection(
            section.title,
            tuple(_cell(plan, field, row, last, sheet, notes, outside) for field in section.fields),
        )
        for section in form.sections
    )
    cells = [one for section in sections for one in section.cells if not one.reused and not one.outside]
    if cell and cell not in form.asked:
        raise KeyError(cell)
    return ReturnPage(
        title=form.label,
        mark=scope.mark,
        state=state_view(scope, form, state),
        version=form.version,
        sections=sections,
        filled=sum(bool(one.value or one.missing) for one in cells),
        asked=len(cells),
        questions=questions_of(scope, sheet),
        errors=sum(one.level is FindingLevel.ERROR for one in sheet.problems),
        steps=_steps(scope, actor, form, state),
        history=_history(scope, plan, state, cell) if cell else None,
        fingerprint=content_hash(form, state, row) if state.revision else "",
        actions=tuple(actions),
    )


def questions_of(scope: ReportingScope, sheet: Sheet) -> tuple[OpenQuestion, ...]:
    """Every question about the rows of a sheet, with its answer where there is one."""
    elements = scope.workspace.content.elements
    return tuple(
        OpenQuestion(
            unit=one.unit,
            unit_name=scope.name(one.unit),
            element=one.element,
            check=one.key[2],
            label=elements[one.element].label if one.element in elements else Text("整表", "the whole return"),
            message=one.problem.message,
            answer=sheet.answers.get(one.key, ""),
        )
        for one in sheet.problems
        if one.level is FindingLevel.QUESTION
    )


def finding_view(one: CellProblem, answer: str) -> CellFinding:
    """A finding in words."""
    problem = one.problem
    return CellFinding(
        one.level, LEVEL_WORDS[one.level], one.key[2], problem.code, problem.message, problem.remedy, answer
    )


def shown_cell(element: DataElement, stored: int | None) -> str:
    """A stored value as people read it, without its unit; empty where it is missing."""
    shown = shown_value(element, stored)
    return f"{plain(shown):,f}" if isinstance(shown, Decimal) else shown or ""


def change_of(element: DataElement, now: int | None, last: int | None) -> Decimal | None:
    """This year against last year as a share of last year; None for answers that are no amounts, or without a base."""
    if now is None or not last or element.type in (ValueType.FLAG, ValueType.CHOICE):
        return None
    return Decimal(now - last) / Decimal(abs(last))


def _row(rows: pl.DataFrame) -> Row:
    return rows.row(0, named=True) if rows.height else {}


def _cell(
    plan: ReportingPlan,
    field: FormField,
    row: Row,
    last: Row,
    sheet: Sheet,
    notes: Sequence[CellNote],
    outside: frozenset[str],
) -> FormCell:
    element = plan.elements[field.element]
    stored, before = row.get(element.code), last.get(element.code)
    reason = next((one for one in notes if one.element == element.code and one.flag.startswith(MISSING)), None)
    return FormCell(
        element=element.code,
        label=element.label,
        definition=element.definition,
        measure=element.unit,
        allowed=range_words(element),
        required=field.required and element.code not in outside,
        reused=field.asked is Asked.REUSED,
        value=shown_cell(element, stored),
        typed=_typed(element, stored, reason),
        missing=_why(reason) if stored is None else None,
        verification=None if element.verify == READ else VERIFY_WORDS[element.verify],
        outside=element.code in outside and stored is None,
        last=shown_cell(element, before),
        change=change_of(element, stored, before),
        findings=tuple(
            finding_view(one, sheet.answers.get(one.key, "")) for one in sheet.problems if one.element == element.code
        ),
    )


def _typed(element: DataElement, stored: int | None, reason: CellNote | None) -> str:
    shown = shown_value(element, stored)
    if shown is not None:
        return f"{plain(shown):f}" if isinstance(shown, Decimal) else shown
    if reason is None:
        return ""
    if reason.flag == f"{MISSING}{MissingReason.NOT_APPLICABLE.value}":
        return NOT_APPLICABLE
    return f"{NOT_KNOWN}：{reason.note}" if reason.note else NOT_KNOWN


def _why(reason: CellNote | None) -> Text | None:
    if reason is None:
        return None
    words = MISSING_WORDS[MissingReason(reason.flag.removeprefix(MISSING))]
    return Text(f"{words.zh}：{reason.note}", f"{words.en}: {reason.note}") if reason.note else words


def _steps(scope: ReportingScope, actor: Actor, form: Form, state: ReportState) -> tuple[StepView, ...]:
    """Everything that happened to a return, the newest first: what was kept, and every step of the work flow."""
    place = form.code, state.unit, state.period
    taken = [(one.at, _step(scope, one)) for one in scope.store.events(actor, *place)]
    # Every revision holds every asked cell: the versions of one of them are the revisions.
    kept = [(one.recorded_at, _kept(scope, one)) for one in scope.store.history(actor, *place, form.asked[0])]
    return tuple(step for _, step in sorted([*kept, *taken], key=lambda pair: pair[0], reverse=True))


def _kept(scope: ReportingScope, one: CellVersion) -> StepView:
    return StepView(
        at=local_time(one.recorded_at),
        who=one.recorded_by,
        unit_name=scope.name(one.recorded_unit),
        role=Text(one.source_type),
        action=ACTION_WORDS[ReportAction.SAVE],
        status=Text("—"),
        revision=one.revision,
        reason="；".join(part for part in (one.file_name, one.reason) if part),
    )


def _step(scope: ReportingScope, one: ReportEvent) -> StepView:
    return StepView(
        at=local_time(one.at),
        who=one.actor,
        unit_name=scope.name(one.actor_unit),
        role=ROLE_WORDS[one.role],
        action=ACTION_WORDS[one.action],
        status=STATUS_WORDS[one.to_status],
        revision=one.revision,
        reason=one.reason,
    )


def _history(scope: ReportingScope, plan: ReportingPlan, state: ReportState, cell: str) -> CellHistory:
    actor = scope.actor(state.unit)
    if actor is None:
        raise LookupError(state.unit)
    element = plan.elements[cell]
    found = scope.store.history(actor, state.form, state.unit, state.period, cell)
    return CellHistory(cell, element.label, tuple(_version(scope, element, one) for one in found))


def _version(scope: ReportingScope, element: DataElement, one: CellVersion) -> VersionView:
    return VersionView(
        revision=one.revision,
        value=shown_cell(element, one.value),
        at=local_time(one.recorded_at),
        who=one.recorded_by,
        unit_name=scope.name(one.recorded_unit),
        file=one.file_name,
        sha256=one.file_sha256,
        source=one.source_type,
        reason=one.reason,
        is_published=one.published,
    )


def is_writable(state: ReportState) -> bool:
    """Whether the reporting unit may still change it."""
    return state.status in WRITABLE


def return_address(state: ReportState) -> str:
    """The address of a return's page."""
    return f"/data/returns/{state.form}/{slug(state.period)}/{state.unit}"
