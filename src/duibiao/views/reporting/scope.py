"""What every page of the reporting reads from: the store, whose returns may be seen, the day, last year's values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import polars as pl

from duibiao.intake.submit import ReportingPlan
from duibiao.kernel.period import Period, local_time
from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Text
from duibiao.metrics.form import Form
from duibiao.store.model import CellNote, ReportState
from duibiao.store.snapshot import Snapshot
from duibiao.store.store import Store
from duibiao.store.units import UnitTree
from duibiao.store.workflow import ROLE_WORDS, SIGNING, STATUS_WORDS, WRITABLE, Actor, ReportAction, ReportStatus
from duibiao.views.districts import SIMULATED
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import reporting_plan


def slug(period: Period) -> str:
    """A period as it stands in an address: 2025 or 2025-26."""
    return str(period).replace("/", "-")


def first_names(names: Sequence[str], most: int = 5) -> str:
    """Some names, and how many more there are."""
    more = f" 等{len(names)}个" if len(names) > most else ""
    return "、".join(names[:most]) + more


SIGNED_IN = (ReportStatus.SUBMITTED, ReportStatus.DISTRICT_ACCEPTED)
"""Where a return lies while its three signatures are waited for."""


@dataclass(frozen=True)
class ReportingScope:
    """Whose returns a page may show (查看范围), and on which day.

    ``actors``: the visitor as they may read, one for each subtree. ``snapshot``: what is in force; None where nothing
    was published. ``before``: the snapshot of the years before the store, for values to compare with.
    """

    workspace: Workspace
    store: Store
    actors: tuple[Actor, ...]
    day: date
    snapshot: Snapshot | None = None
    before: Snapshot | None = None

    @cached_property
    def tree(self) -> UnitTree:
        """The units of today."""
        return self.store.tree()

    @cached_property
    def mark(self) -> Text | None:
        """模拟数据 for a simulated store."""
        return SIMULATED if self.store.simulated else None

    def name(self, unit: str) -> str:
        """The name of a unit; its code where the registry does not know it."""
        found = self.tree.get(unit)
        return found.name if found else unit

    def form(self, code: str) -> Form:
        """A form of the packs; raises KeyError."""
        return self.workspace.content.forms[code]

    def plan(self, form: str, period: Period, units: Iterable[str] | None = None) -> ReportingPlan:
        """What intake needs; ``units``: last year's values out of the years before the store are wanted of these only.

        Raises UserError DATA-FORM, DATA-PERIOD.
        """
        plan = reporting_plan(self.workspace.content, form, str(period), self.before)
        if units is None or plan.last_year is None:
            return plan
        return replace(plan, last_year=plan.last_year.filter(pl.col("unit").is_in(sorted(set(units)))))

    def rounds(self) -> list[tuple[Form, Period]]:
        """The forms and periods that were opened and that the packs still know, the newest first."""
        forms = self.workspace.content.forms
        return [(forms[form], period) for form, period in self.store.rounds() if form in forms]

    def rows(self, plan: ReportingPlan, under: str) -> pl.DataFrame:
        """The wide table of the present revisions of a unit and those below it; no rows for a foreign one."""
        actor = self.actor(under)
        if actor is None:
            return pl.DataFrame()
        return pl.DataFrame(
            pl.from_arrow(self.store.rows(actor, plan.form, plan.period, under=under, forms=plan.forms))
        )

    def notes(self, plan: ReportingPlan, under: str, units: Iterable[str] | None = None) -> dict[str, list[CellNote]]:
        """What is said about the cells below a unit, by unit, of ``units`` only; nothing for a foreign one."""
        actor = self.actor(under)
        wanted = None if units is None else set(units)
        found: dict[str, list[CellNote]] = {}
        for note in self.store.notes_below(actor, plan.form.code, plan.period, under) if actor else ():
            if wanted is None or note.unit in wanted:
                found.setdefault(note.unit, []).append(note)
        return found

    def states(
        self, form: str, period: Period, under: str = "", statuses: Iterable[ReportStatus] | None = None
    ) -> list[ReportState]:
        """The returns of a form and period in the visitor's subtrees, or below ``under`` of them, by unit."""
        wanted = None if statuses is None else frozenset(statuses)
        found: dict[str, ReportState] = {}
        for actor in self.actors:
            if not under or self.tree.covers(actor.unit, under):
                states = self.store.reports(actor, form, period, under or None, wanted)
                found.update((state.unit, state) for state in states)
        return [found[unit] for unit in sorted(found)]

    def state(self, form: str, unit: str, period: Period) -> ReportState | None:
        """Where one return stands; None where it was not opened or lies outside the visitor's units."""
        actor = self.actor(unit)
        if actor is None:
            return None
        try:
            return self.store.report(actor, form, unit, period)
        except UserError as error:
            if {one.code for one in error.problems} <= {"REPORT-NOT-OPEN"}:
                return None
            raise

    def actor(self, unit: str) -> Actor | None:
        """The visitor as they may read a unit's returns; None for a foreign unit."""
        return next((one for one in self.actors if self.tree.covers(one.unit, unit)), None)


@dataclass(frozen=True, slots=True)
class StateView:
    """Where one return stands (报表办理状态), in words; ``lock`` is the version a step must name.

    ``days_left``: to the deadline, negative when it has passed. ``signed``: role and name of those who signed,
    ``unsigned``: who still has to. ``next``: what happens next. ``step_by``, ``step_at``, ``last_step``: the last one.
    """

    form: str
    form_label: Text
    period: str
    slug: str
    unit: str
    unit_name: str
    status: ReportStatus
    status_word: Text
    revision: int
    lock: int
    due: date
    days_left: int
    is_open: bool
    is_overdue: bool
    reason: str
    step_by: str
    step_at: str
    last_step: ReportAction
    signed: tuple[tuple[Text, str], ...]
    unsigned: tuple[Text, ...]
    next: Text
    delegated_to: str
    is_published: bool

    @property
    def waits_for_signature(self) -> bool:
        """Whether the return was handed over and somebody of the unit has not signed it yet."""
        return bool(self.unsigned) and self.status in SIGNED_IN

    @property
    def is_correction(self) -> bool:
        """Whether something was published and is being corrected."""
        return self.is_published and self.status is not ReportStatus.PUBLISHED


def state_view(scope: ReportingScope, form: Form, state: ReportState) -> StateView:
    """Put the state of a return into words."""
    signed = tuple((ROLE_WORDS[role], state.signatures[role]) for role in SIGNING if role in state.signatures)
    unsigned = tuple(ROLE_WORDS[role] for role in SIGNING if role not in state.signatures)
    return StateView(
        form=form.code,
        form_label=form.label,
        period=str(state.period),
        slug=slug(state.period),
        unit=state.unit,
        unit_name=scope.name(state.unit),
        status=state.status,
        status_word=STATUS_WORDS[state.status],
        revision=state.revision,
        lock=state.lock_version,
        due=state.due,
        days_left=(state.due - scope.day).days,
        is_open=state.status in WRITABLE,
        is_overdue=state.overdue(scope.day),
        reason=state.reason,
        step_by=state.changed_by,
        step_at=local_time(state.changed_at),
        last_step=state.changed_action,
        signed=signed,
        unsigned=unsigned,
        next=_next(state, unsigned, scope.tree),
        delegated_to=scope.name(state.delegated_to) if state.delegated_to else "",
        is_published=state.published_revision is not None,
    )


def _next(state: ReportState, unsigned: tuple[Text, ...], tree: UnitTree) -> Text:
    """What happens next with a return, and whose turn it is."""
    if state.status in WRITABLE and state.delegated_to:
        other = tree[state.delegated_to].name if state.delegated_to in tree else state.delegated_to
        return Text(f"由{other}的填报人代报", f"the reporter of {other} fills it in")
    if state.status is ReportStatus.DRAFT and state.is_correction:
        return Text("更正后提交；公开的仍是原来的数", "correct it and submit it; what was published stands meanwhile")
    if state.status is ReportStatus.RETURNED:
        return Text("按退回意见更正后再交", "mend it as asked and hand it in again")
    if state.status is ReportStatus.DRAFT:
        if state.revision == 0:
            return Text("填报", "fill it in")
        return Text("核对后提交", "look it through and submit it")
    if state.status is ReportStatus.PUBLISHED:
        return Text("已办结", "done")
    if state.status is ReportStatus.CITY_ACCEPTED:
        return Text("等待发布", "waits to be published")
    if unsigned:
        zh, en = "、".join(one.zh for one in unsigned), ", ".join(one.en for one in unsigned)
        return Text(f"等待{zh}签字", f"waits for the signature of: {en}")
    districts = [unit for unit in tree.above(state.unit) if unit.parent]
    if state.status is ReportStatus.SUBMITTED and districts:
        return Text(f"等待{districts[0].name}审核", "waits for the district")
    return Text("等待市级审核", "waits for the city")
