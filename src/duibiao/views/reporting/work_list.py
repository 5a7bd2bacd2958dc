"""“What must I report that nobody has yet?”: the work list of an officer, and the texts that remind others."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from duibiao.intake.due import due_returns
from duibiao.kernel.period import Period
from duibiao.kernel.text import Text
from duibiao.metrics.form import Form
from duibiao.metrics.unit import UnitKind
from duibiao.store.model import ReportState
from duibiao.store.workflow import STATUS_WORDS, WRITABLE, ReportStatus
from duibiao.views.reporting.scope import ReportingScope, StateView, first_names, slug, state_view

SHOWN = 6
"""So many missing elements are named; the others are counted."""
ACCEPTED = frozenset({ReportStatus.CITY_ACCEPTED, ReportStatus.PUBLISHED})
"""What the city vouches for."""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One return a unit itself owes or has made (待办事项).

    ``asked`` elements are new in this form, ``known`` of them have a value or a reason, ``reused`` come from other
    returns, ``to_report`` are left. ``missing``: the first required ones without either, of ``missing_count``.
    """

    state: StateView
    asked: int
    known: int
    reused: int
    to_report: int
    missing: tuple[Text, ...]
    missing_count: int


@dataclass(frozen=True, slots=True)
class ReturnCount:
    """How many returns have one status (报送状态计数)."""

    status: ReportStatus
    word: Text
    count: int


@dataclass(frozen=True, slots=True)
class RoundView:
    """A form and period over all units below the visitor's (报送批次).

    ``due``: the next deadline of those still owed, the last one where none is. ``delegated``:
    returns the visitor's unit fills in for others. ``begun``: drafts in which something stands. ``overdue``: still with
    the reporting unit after the deadline. ``for_district`` and ``for_city`` wait for the one or the other.
    ``complete``: the share the city accepted, None where nothing is open.
    """

    form: str
    form_label: Text
    period: str
    slug: str
    due: date
    days_left: int
    total: int
    counted: tuple[ReturnCount, ...]
    delegated: int
    begun: int
    overdue: int
    for_district: int
    for_city: int
    ready: int
    complete: Decimal | None


@dataclass(frozen=True, slots=True)
class WorkListPage:
    """The work list of the signed-in officer (数据工作台)."""

    title: Text
    mark: Text | None
    sentence: Text
    day: date
    units: tuple[str, ...]
    items: tuple[WorkItem, ...]
    rounds: tuple[RoundView, ...]


@dataclass(frozen=True, slots=True)
class ReminderText:
    """The text for one unit that owes something (催报文字), to be copied into whatever message people use."""

    unit: str
    unit_name: str
    owed: int
    text: str


@dataclass(frozen=True, slots=True)
class RemindersPage:
    """Texts of reminders (催报): one for every unit directly below the visitor's that has open returns."""

    title: Text
    mark: Text | None
    sentence: Text
    day: date
    reminders: tuple[ReminderText, ...]


def work_list_page(scope: ReportingScope) -> WorkListPage:
    """What the visitor's own units owe, return by return, and how every round stands below them."""
    own = {actor.unit for actor in scope.actors}
    items: list[WorkItem] = []
    rounds: list[RoundView] = []
    for form, period in scope.rounds():
        states = scope.states(form.code, period)
        items += [_item(scope, form, period, state) for state in states if state.unit in own]
        below = [state for state in states if state.unit not in own]
        if below:
            rounds.append(round_view(scope, form, period, below))
    items.sort(key=lambda item: (not item.state.is_open, item.state.due, item.state.form))
    rounds.sort(key=lambda one: (one.complete == 1, one.due, one.form))
    return WorkListPage(
        title=Text("数据填报", "Reporting"),
        mark=scope.mark,
        sentence=_sentence(items, rounds),
        day=scope.day,
        units=tuple(scope.name(unit) for unit in sorted(own)),
        items=tuple(items),
        rounds=tuple(rounds),
    )


def round_view(scope: ReportingScope, form: Form, period: Period, states: Sequence[ReportState]) -> RoundView:
    """Count the returns of a round; ``states`` is not empty."""
    own = {actor.unit for actor in scope.actors}
    counts = Counter(state.status for state in states)
    open_days = [state.due for state in states if state.status in WRITABLE and not state.is_correction]
    due = min(open_days) if open_days else max(state.due for state in states)
    return RoundView(
        form=form.code,
        form_label=form.label,
        period=str(period),
        slug=slug(period),
        due=due,
        days_left=(due - scope.day).days,
        total=len(states),
        counted=tuple(ReturnCount(one, STATUS_WORDS[one], counts[one]) for one in ReportStatus if counts[one]),
        delegated=sum(state.delegated_to in own for state in states),
        begun=sum(state.status is ReportStatus.DRAFT and state.revision > 0 for state in states),
        overdue=sum(state.overdue(scope.day) for state in states),
        for_district=counts[ReportStatus.SUBMITTED],
        for_city=counts[ReportStatus.DISTRICT_ACCEPTED],
        ready=counts[ReportStatus.CITY_ACCEPTED],
        complete=Decimal(sum(counts[one] for one in ACCEPTED)) / len(states),
    )


def reminders_page(scope: ReportingScope) -> RemindersPage:
    """One text for every unit below the visitor's that has open returns: what is owed, until when, by whom.

    A district gets one text a school, a city one text a district that names its schools. Nothing knows who signed in.
    """
    owed: dict[str, list[tuple[Form, Period, list[ReportState]]]] = {}
    for form, period in scope.rounds():
        by_child: dict[str, list[ReportState]] = {}
        for state in scope.states(form.code, period, statuses=(ReportStatus.DRAFT, ReportStatus.RETURNED)):
            child = _child(scope, state.unit)
            if child and not state.is_correction:
                by_child.setdefault(child, []).append(state)
        for child, states in by_child.items():
            owed.setdefault(child, []).append((form, period, states))
    texts = tuple(_reminder(scope, child, owed[child]) for child in sorted(owed))
    total = sum(one.owed for one in texts)
    return RemindersPage(
        title=Text("催报文字", "Reminders"),
        mark=scope.mark,
        sentence=Text(
            f"{len(texts)}个单位还有{total}份报表未交。文字可复制到常用的消息工具；同一报表最多催3次，不统计登录。",
            f"{len(texts)} units owe {total} returns. At most three reminders a return; no logins are counted.",
        ),
        day=scope.day,
        reminders=texts,
    )


def _item(scope: ReportingScope, form: Form, period: Period, state: ReportState) -> WorkItem:
    actor = scope.actor(state.unit)
    if actor is None:
        raise LookupError(state.unit)
    due = due_returns(
        scope.store,
        actor,
        [form],
        period,
        under=state.unit,
        only_open=False,
        applicability=scope.workspace.content.applicability,
    )[0]
    labels = scope.workspace.content.elements
    missing = due.missing if due.is_open else ()
    return WorkItem(
        state=state_view(scope, form, state),
        asked=due.asked,
        known=due.known,
        reused=due.reused,
        to_report=due.to_report,
        missing=tuple(labels[code].label for code in missing[:SHOWN]),
        missing_count=len(missing),
    )


def _sentence(items: Sequence[WorkItem], rounds: Sequence[RoundView]) -> Text:
    open_items = [item for item in items if item.state.is_open]
    late = sum(item.state.is_overdue for item in open_items) + sum(one.overdue for one in rounds)
    returned = sum(item.state.status is ReportStatus.RETURNED for item in open_items)
    zh, en = [], []
    if open_items:
        left = sum(item.to_report for item in open_items)
        zh.append(
            f"本单位还有{len(open_items)}份报表要交"
            + (f"，共{left}项" if left else "")
            + (f"，其中{returned}份被退回" if returned else "")
        )
        en.append(
            f"{len(open_items)} returns of your unit are open, {left} values"
            + (f", {returned} sent back" if returned else "")
        )
    elif items:
        zh.append("本单位的报表都已交")
        en.append("every return of your unit was handed in")
    unsigned = sum(item.state.waits_for_signature for item in items)
    if unsigned:
        zh.append(f"{unsigned}份等本单位签字")
        en.append(f"{unsigned} wait for signatures of your unit")
    if rounds:
        waiting = sum(one.for_district + one.for_city for one in rounds)
        zh.append(f"下级{len(rounds)}个批次，{waiting}份在审核中")
        en.append(f"{len(rounds)} rounds below you, {waiting} returns under review")
    if not (items or rounds):
        return Text(
            "目前没有布置给本单位和下级单位的报表。", "No return is asked of your unit or those below it at present."
        )
    if late:
        zh.append(f"{late}份已逾期")
        en.append(f"{late} overdue")
    return Text("；".join(zh) + "。", "; ".join(en) + ".")


def _child(scope: ReportingScope, unit: str) -> str:
    """The unit directly below one of the visitor's that a reporting unit belongs to; empty for their own."""
    own = {actor.unit for actor in scope.actors}
    chain = [unit, *(one.code for one in scope.tree.above(unit))]
    return next((code for code, above in pairwise(chain) if above in own), "")


def _reminder(
    scope: ReportingScope, child: str, owed: Sequence[tuple[Form, Period, list[ReportState]]]
) -> ReminderText:
    name = scope.name(child)
    lines = [f"{name}：", f"截至{scope.day}，以下报表尚未报送："]
    for number, (form, period, states) in enumerate(owed, 1):
        due = min(state.due for state in states)
        left = (due - scope.day).days
        when = f"还有{left}天" if left >= 0 else f"已逾期{-left}天"
        lines.append(f"{number}. 《{form.label.zh}》（{period}），截止{due}（{when}），{len(states)}份未交")
        unit = scope.tree.get(child)
        if unit is not None and unit.kind is not UnitKind.SCHOOL:
            lines.append(f"   {first_names([scope.name(state.unit) for state in states], 8)}")
        returned = [one for one in states if one.status is ReportStatus.RETURNED][:8]
        lines += [f"   {scope.name(state.unit)} 被退回：{state.reason}" for state in returned]
    lines.append("已报的数会自动带入模板，不必重复填报；有困难请及时说明。")
    if scope.mark:
        lines.append("（模拟数据）")
    return ReminderText(child, name, sum(len(states) for _, _, states in owed), "\n".join(lines))
