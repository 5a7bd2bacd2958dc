"""One round of one form: whose returns are where, for a unit and all below it."""

from collections.abc import Sequence
from dataclasses import dataclass

from duibiao.kernel.period import Period
from duibiao.kernel.text import Text
from duibiao.metrics.form import Form
from duibiao.store.model import ReportState
from duibiao.store.workflow import ReportStatus
from duibiao.views.reporting.scope import ReportingScope, StateView, slug, state_view
from duibiao.views.reporting.work_list import RoundView, round_view

A_PAGE = 50
"""So many returns stand on a page."""


@dataclass(frozen=True, slots=True)
class CollectionPage:
    """One form and period (报表批次页). ``own``: the visitor's own return, None for a unit above that makes none.

    ``fillable`` counts the returns the visitor may fill in now, ``page`` of ``pages`` is counted from 1.
    """

    title: Text
    mark: Text | None
    form: str
    period: str
    slug: str
    source: str
    asked: int
    round: RoundView
    fillable: int
    status: str
    asked_for: str
    found: int
    returns: tuple[StateView, ...]
    page: int
    pages: int


def collection_page(  # noqa: PLR0913  the round, what may be filled in, and the state of the page
    scope: ReportingScope,
    form: Form,
    period: Period,
    states: Sequence[ReportState],
    fillable: int,
    *,
    status: str = "",
    words: str = "",
    page: int = 1,
) -> CollectionPage:
    """Show a round. ``states``: the returns of it the visitor may see, not empty; ``status`` and ``words`` filter."""
    wanted = [
        state
        for state in states
        if _has(scope, state, status) and (not words or words in scope.name(state.unit) or words in state.unit)
    ]
    pages = max(1, -(-len(wanted) // A_PAGE))
    page = min(max(page, 1), pages)
    return CollectionPage(
        title=form.label,
        mark=scope.mark,
        form=form.code,
        period=str(period),
        slug=slug(period),
        source=form.source,
        asked=len(form.asked),
        round=round_view(scope, form, period, states),
        fillable=fillable,
        status=status,
        asked_for=words,
        found=len(wanted),
        returns=tuple(state_view(scope, form, state) for state in wanted[(page - 1) * A_PAGE : page * A_PAGE]),
        page=page,
        pages=pages,
    )


def _has(scope: ReportingScope, state: ReportState, status: str) -> bool:
    if status == "overdue":
        return state.overdue(scope.day)
    return not status or state.status == ReportStatus(status)
