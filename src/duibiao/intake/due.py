"""“What must I report that nobody has yet?”: the open returns of a unit, what is new in them, what is known already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from duibiao.kernel.period import Period
from duibiao.metrics.applicability import EVERYBODY, Applicability
from duibiao.metrics.form import Asked, Form
from duibiao.store.model import ReportState
from duibiao.store.store import Store
from duibiao.store.workflow import WRITABLE, Actor, ReportStatus


@dataclass(frozen=True, slots=True)
class DueReturn:
    """One return a unit owes or has made (待报任务).

    ``asked`` elements of this form concern the unit, ``known`` of them have a value or a reason in the present
    revision, ``reused`` are shown from other returns. ``missing`` are the codes of required elements without either.
    """

    unit: str
    unit_name: str
    form: Form
    period: Period
    state: ReportState
    asked: int
    reused: int
    known: int
    missing: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether the return is still with the reporting unit."""
        return self.state.status in WRITABLE

    @property
    def to_report(self) -> int:
        """How many elements are still to be reported: none where the return is made."""
        return self.asked - self.known if self.is_open else 0

    def days_left(self, day: date) -> int:
        """Days to the deadline; negative where it has passed."""
        return (self.state.due - day).days


def due_returns(
    store: Store,
    actor: Actor,
    forms: Iterable[Form],
    period: Period,
    *,
    under: str | None = None,
    only_open: bool = True,
    applicability: Applicability = EVERYBODY,
) -> list[DueReturn]:
    """The returns of every unit below ``under`` (the actor's own subtree where none is named), by deadline and unit.

    What does not concern the kind of school (``applicability``) is not counted. Raises UserError ACCESS-UNIT for a unit
    outside the actor's subtree.
    """
    units = store.tree()
    found: list[DueReturn] = []
    for form in forms:
        if form.period is not period.kind:
            continue
        states = store.reports(actor, form.code, period, under)
        if not states:
            continue
        rows = pl.DataFrame(pl.from_arrow(store.rows(actor, form, period, under=under)))
        by_unit = {str(row["unit"]): row for row in rows.iter_rows(named=True)}
        for state in states:
            explained = _explained(store, actor, form, state, by_unit)
            unit = units.get(state.unit)
            kind, name = (unit.school_kind, unit.name) if unit is not None else ("", state.unit)
            outside = applicability.outside(form.columns, kind)
            found.append(_due(form, period, state, name, by_unit, explained, outside))
    wanted = [one for one in found if one.is_open or not only_open]
    return sorted(wanted, key=lambda one: (one.state.due, one.form.code, one.unit))


def _explained(
    store: Store, actor: Actor, form: Form, state: ReportState, rows: Mapping[str, Mapping[str, object]]
) -> frozenset[str]:
    """Elements whose absence is explained; asked of the store only where something required is absent."""
    row = rows.get(state.unit)
    if row is None or all(row[code] is not None for code in form.asked):
        return frozenset()
    notes = store.notes(actor, form.code, state.unit, state.period)
    return frozenset(note.element for note in notes if note.flag.startswith("missing:"))


def _due(
    form: Form,
    period: Period,
    state: ReportState,
    name: str,
    rows: Mapping[str, Mapping[str, object]],
    explained: frozenset[str],
    outside: frozenset[str],
) -> DueReturn:
    row = rows.get(state.unit, {})
    asked = [code for code in form.asked if code not in outside]
    answered = {code for code in asked if row.get(code) is not None or code in explained}
    required = [one.element for one in form.fields if one.required and one.asked is Asked.NEW]
    return DueReturn(
        unit=state.unit,
        unit_name=name,
        form=form,
        period=period,
        state=state,
        asked=len(asked),
        reused=sum(one.asked is Asked.REUSED and one.element not in outside for one in form.fields),
        known=len(answered),
        missing=tuple(code for code in required if code not in answered and code not in outside),
    )


def in_words(one: DueReturn, day: date) -> str:
    """One line: form, period, deadline, state, what is new, reused and known."""
    left = one.days_left(day)
    when = f"还有 {left} 天" if left >= 0 else f"已逾期 {-left} 天"
    state = "已退回：" + one.state.reason if one.state.status is ReportStatus.RETURNED else ""
    counts = f"新报 {one.asked} 项（已填 {one.known}），沿用 {one.reused} 项，本次仅需补报 {one.to_report} 项"
    return (
        f"{one.form.label.zh}（{one.period}），截止 {one.state.due}（{when}）：{counts}{'；' + state if state else ''}"
    )


def to_report_in_all(found: Sequence[DueReturn]) -> int:
    """How many elements are still to be reported in all of them."""
    return sum(one.to_report for one in found)
