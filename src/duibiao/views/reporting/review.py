"""The queue of a district or city: what waits for acceptance, with what a reviewer looks at first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from duibiao.intake.standing import look_through
from duibiao.intake.submit import ReportingPlan, last_year
from duibiao.kernel.period import Period
from duibiao.kernel.text import Text
from duibiao.metrics.form import Form
from duibiao.store.model import ReportState
from duibiao.views.reporting.collection import A_PAGE
from duibiao.views.reporting.one_return import OpenQuestion, change_of, questions_of, shown_cell
from duibiao.views.reporting.scope import ReportingScope, StateView, slug, state_view

LARGEST = 3
"""So many differences to last year are shown for a return: the largest ones."""


@dataclass(frozen=True, slots=True)
class QueueRound:
    """A form and period with returns that wait for the visitor (待审批次)."""

    form: str
    form_label: Text
    period: str
    slug: str
    due: date
    waiting: int


@dataclass(frozen=True, slots=True)
class LargestChange:
    """An element that changed much since last year (较大变动)."""

    label: Text
    value: str
    last: str
    change: Decimal


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A return that waits (待审报表): ``choice`` names it and the version that was seen."""

    state: StateView
    choice: str
    submitted_by: str
    changes: tuple[LargestChange, ...]
    questions: tuple[OpenQuestion, ...]
    errors: int


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """The queue (审核队列). ``form`` is empty where no round was chosen; ``items`` are one page of ``waiting``."""

    title: Text
    mark: Text | None
    sentence: Text
    rounds: tuple[QueueRound, ...]
    form: str
    form_label: Text
    period: str
    slug: str
    waiting: int
    items: tuple[ReviewItem, ...]
    page: int
    pages: int


Waiting = Mapping[tuple[str, Period], Sequence[ReportState]]
"""The returns that wait for the visitor, by form and period."""


def review_page(scope: ReportingScope, waiting: Waiting, chosen: tuple[Form, Period] | None, page: int) -> ReviewPage:
    """Show what waits for the visitor; the returns of the chosen round (else of the first) with what was said."""
    forms = scope.workspace.content.forms
    rounds = tuple(
        QueueRound(form, forms[form].label, str(period), slug(period), min(one.due for one in states), len(states))
        for (form, period), states in waiting.items()
        if states
    )
    if chosen is None and rounds:
        form, period = next(key for key, states in waiting.items() if states)
        chosen = forms[form], period
    states = waiting.get((chosen[0].code, chosen[1]), ()) if chosen else ()
    pages = max(1, -(-len(states) // A_PAGE))
    page = min(max(page, 1), pages)
    total = sum(one.waiting for one in rounds)
    return ReviewPage(
        title=Text("审核", "Review"),
        mark=scope.mark,
        sentence=Text(
            f"{len(rounds)}个批次、{total}份报表等您审核。", f"{total} returns in {len(rounds)} rounds wait for you."
        )
        if total
        else Text("没有等您审核的报表。", "Nothing waits for you."),
        rounds=rounds,
        form=chosen[0].code if chosen else "",
        form_label=chosen[0].label if chosen else Text("", ""),
        period=str(chosen[1]) if chosen else "",
        slug=slug(chosen[1]) if chosen else "",
        waiting=len(states),
        items=_items(scope, chosen[0], chosen[1], states[(page - 1) * A_PAGE : page * A_PAGE]) if chosen else (),
        page=page,
        pages=pages,
    )


def _items(scope: ReportingScope, form: Form, period: Period, states: Sequence[ReportState]) -> tuple[ReviewItem, ...]:
    if not states:
        return ()
    units = [state.unit for state in states]
    plan = scope.plan(form.code, period, units)
    actor = scope.actor(units[0])
    if actor is None:
        raise LookupError(units[0])
    rows = scope.rows(plan, actor.unit).filter(pl.col("unit").is_in(units))
    sheet = look_through(scope.store, plan, rows, scope.notes(plan, actor.unit, units))
    questions = questions_of(scope, sheet)
    before = {str(row["unit"]): row for row in last_year(scope.store, actor, plan).iter_rows(named=True)}
    now = {str(row["unit"]): row for row in rows.iter_rows(named=True)}
    return tuple(
        ReviewItem(
            state=state_view(scope, form, state),
            choice=f"{state.unit}:{state.lock_version}",
            submitted_by=state.submitted_by or "",
            changes=_largest(plan, now.get(state.unit, {}), before.get(state.unit, {})),
            questions=tuple(one for one in questions if one.unit == state.unit),
            errors=sum(one.unit == state.unit and one.level.value == "error" for one in sheet.problems),
        )
        for state in states
    )


def _largest(
    plan: ReportingPlan, now: Mapping[str, int | None], last: Mapping[str, int | None]
) -> tuple[LargestChange, ...]:
    found = []
    for code in plan.form.asked:
        element = plan.elements[code]
        change = change_of(element, now.get(code), last.get(code))
        if change:
            shown = shown_cell(element, now.get(code)), shown_cell(element, last.get(code))
            found.append(LargestChange(element.label, *shown, change))
    return tuple(sorted(found, key=lambda one: -abs(one.change))[:LARGEST])
