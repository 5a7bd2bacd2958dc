"""The first page: which targets will be missed, by how much, who must act, until when; what changed; how old it is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duibiao.kernel.text import Text
from duibiao.plan.model import Plan
from duibiao.progress.status import KNOWN, CaveatCode, Status
from duibiao.store.snapshot import Snapshot
from duibiao.views.districts import SIMULATED
from duibiao.views.monitor import Grouping, Tally, group_rows, tally
from duibiao.views.rows import MonitorRow
from duibiao.views.standing import DayStanding, worst_first
from duibiao.views.words import amount_words, day_words, difference_words, joined, rate_words, rounded_words
from duibiao.workspace import Workspace

PRESSING = (Status.BEHIND, Status.ATTENTION, Status.MET_AT_RISK)
"""The statuses somebody must act on, the worst first."""


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """A set of plans or a plan the overview can be asked for; ``code`` goes into the address."""

    code: str
    title: Text
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class DecisionItem:
    """A target that will be missed unless somebody acts (待决事项).

    ``gap`` is the distance to the goal, ``forecast_gap`` the distance left in the due year at the present pace, both
    positive where something is missing, in the indicator's unit; ``pace`` says the yearly change seen and needed.
    """

    row: MonitorRow
    gap: Decimal | None
    gap_words: str
    forecast_gap: Decimal | None
    forecast_words: Text
    pace: Text
    who: tuple[str, ...]
    helpers: tuple[str, ...]
    until: int


@dataclass(frozen=True, slots=True)
class StatusGroup:
    """One action, department or status with its counted targets; ``link`` is the code of its plan where it has one."""

    title: Text
    link: str
    tally: tuple[Tally, ...]
    known: int
    total: int
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A target whose status or value differs from an earlier day."""

    indicator: str
    label: str
    plan_short: Text
    before: Status
    after: Status
    value_before: str
    value_after: str


@dataclass(frozen=True, slots=True)
class TableChange:
    """What became of one form's tables between two snapshots: years new or altered, rows before and after."""

    form: str
    label: str
    years: tuple[int, ...]
    rows_before: int
    rows_after: int


@dataclass(frozen=True, slots=True)
class DataVersion:
    """The snapshot the computed figures come from, and how its tables differ from the one before (数据版本).

    ``previous`` is empty for a first snapshot, and ``changes`` is then empty as well.
    """

    snapshot: str
    title: str
    created: str
    previous: str
    mark: Text | None
    changes: tuple[TableChange, ...]


@dataclass(frozen=True, slots=True)
class Freshness:
    """How many targets rest on a value of which year; ``year`` is None for those without any (无数据)."""

    year: str | None
    count: int
    stale: int


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """What a leader reads in ten seconds (总览).

    ``decisions`` are the targets behind, wanting attention or at risk, the worst first. ``changes`` compares with
    ``since``. ``known`` of ``total`` targets can be judged. ``rows`` are those of the status asked for.
    """

    title: Text
    as_of: date
    choices: tuple[PlanChoice, ...]
    grouping: Grouping
    sentence: Text
    answer: Text
    tally: tuple[Tally, ...]
    known: int
    total: int
    groups: tuple[StatusGroup, ...]
    decisions: tuple[DecisionItem, ...]
    since: date
    changes: tuple[StatusChange, ...]
    changes_sentence: Text
    version: DataVersion | None
    freshness: tuple[Freshness, ...]
    freshness_sentence: Text
    status: Status | None
    rows: tuple[MonitorRow, ...]


def overview_page(
    workspace: Workspace,
    now: DayStanding,
    before: DayStanding,
    chosen: tuple[Text, Sequence[Plan], str],
    *,
    grouping: Grouping = Grouping.ACTION,
    status: Status | None = None,
    version: DataVersion | None = None,
) -> OverviewPage:
    """Arrange the indicator tables of plans; ``chosen`` is the title, the plans and the code of the choice."""
    title, plans, code = chosen
    rows = now.of(plans)
    counted = tally(rows)
    known = sum(1 for row in rows if row.status in KNOWN)
    decisions = tuple(_decision(row) for row in worst_first(row for row in rows if row.status in PRESSING))
    changes = tuple(_changes(before.of(plans), rows))
    return OverviewPage(
        title=title,
        as_of=now.as_of,
        choices=tuple(_choices(workspace, code)),
        grouping=grouping,
        sentence=_sentence(title, now.as_of, counted, known),
        answer=_answer(decisions, counted),
        tally=counted,
        known=known,
        total=len(rows),
        groups=tuple(_groups(rows, grouping)),
        decisions=decisions,
        since=before.as_of,
        changes=changes,
        changes_sentence=_changes_sentence(before.as_of, changes),
        version=version,
        freshness=(fresh := tuple(_freshness(rows))),
        freshness_sentence=_freshness_sentence(fresh, len(rows), now.as_of),
        status=status,
        rows=tuple(row for row in rows if status is None or row.status is status),
    )


def data_version(snapshot: Snapshot, previous: Snapshot | None) -> DataVersion:
    """Compare a snapshot with the one before by the hashes of their tables: nothing is read but the manifests."""
    return DataVersion(
        snapshot=snapshot.id,
        title=snapshot.title,
        created=str(snapshot.manifest.get("created", ""))[:10],
        previous=snapshot.previous or "",
        mark=SIMULATED if snapshot.simulated else None,
        changes=tuple(_table_changes(snapshot, previous)) if previous else (),
    )


def _table_changes(now: Snapshot, before: Snapshot) -> Iterable[TableChange]:
    for code in sorted({*now.forms, *before.forms}):
        new = now.forms[code].tables if code in now.forms else {}
        old = before.forms[code].tables if code in before.forms else {}
        years = [year for year in sorted({*new, *old}) if _hash(new, year) != _hash(old, year)]
        if years:
            label = (now.forms.get(code) or before.forms[code]).label
            counts = [sum(tables[year].rows for year in years if year in tables) for tables in (old, new)]
            yield TableChange(code, label, tuple(years), counts[0], counts[1])


def _hash(tables: Mapping[int, object], year: int) -> str:
    return getattr(tables.get(year), "sha256", "")


def _choices(workspace: Workspace, code: str) -> Iterable[PlanChoice]:
    for collection in workspace.collections():
        yield PlanChoice(collection.code, collection.title, collection.code == code)
    for plan in workspace.content.plans.by_code.values():
        if plan.table:
            yield PlanChoice(plan.code, plan.title, plan.code == code)


def missing_amount(row: MonitorRow, amount: Decimal | None) -> Decimal | None:
    """How much an amount lacks of the goal, positive where it lacks something; zero where it reaches it.

    None where there is no amount or no line to reach (a range, a state).
    """
    if amount is None or row.goal is None or row.direction == "range":
        return None
    lacking = row.goal - amount if row.direction == "up" else amount - row.goal
    return max(lacking, Decimal(0))


def _decision(row: MonitorRow) -> DecisionItem:
    gap, ahead = missing_amount(row, row.value), missing_amount(row, row.forecast)
    return DecisionItem(
        row=row,
        gap=gap,
        gap_words=difference_words(gap, row.unit),
        forecast_gap=ahead,
        forecast_words=_forecast_words(row, ahead),
        pace=_pace(row),
        who=row.lead,
        helpers=row.cooperating,
        until=row.due,
    )


def _forecast_words(row: MonitorRow, ahead: Decimal | None) -> Text:
    if row.forecast is None or ahead is None:
        return Text("无法外推", "cannot be extrapolated")
    at = rounded_words(row.forecast, row.unit)
    if not ahead:
        return Text(f"按现速到{row.due}年为{at}，可达到", f"{at} by {row.due} at this pace: reached")
    lacks = difference_words(ahead.quantize(Decimal("0.01")), row.unit)
    return Text(f"按现速到{row.due}年为{at}，还差{lacks}", f"{at} by {row.due} at this pace, {lacks} short")


def _pace(row: MonitorRow) -> Text:
    if row.required_rate is None or row.observed_rate is None:
        return Text("")
    seen, needed = rate_words(row.observed_rate, row.unit), rate_words(row.required_rate, row.unit)
    return Text(f"年均已变{seen}，今后须{needed}", f"{seen} a year so far, {needed} needed")


def _groups(rows: tuple[MonitorRow, ...], grouping: Grouping) -> Iterable[StatusGroup]:
    by_id = {row.id: row for row in rows}
    for group in group_rows(rows, grouping):
        members = [by_id[name] for name in group.rows]
        link = members[0].plan if grouping is Grouping.ACTION else ""
        known = sum(1 for row in members if row.status in KNOWN)
        yield StatusGroup(group.title, link, group.tally, known, len(members), group.rows)


def _changes(before: Sequence[MonitorRow], after: Sequence[MonitorRow]) -> Iterable[StatusChange]:
    earlier = {row.id: row for row in before}
    for row in worst_first(after):
        old = earlier.get(row.id)
        if old is not None and (old.status is not row.status or old.value != row.value):
            yield StatusChange(
                indicator=row.indicator,
                label=row.label,
                plan_short=row.plan_short,
                before=old.status,
                after=row.status,
                value_before=amount_words(old.value, row.unit),
                value_after=amount_words(row.value, row.unit),
            )


def _changes_sentence(since: date, changes: Sequence[StatusChange]) -> Text:
    day = day_words(since)
    moved = [one for one in changes if one.before is not one.after]
    known = sum(1 for one in moved if one.before not in KNOWN and one.after in KNOWN)
    lost = sum(1 for one in moved if one.before in KNOWN and one.after not in KNOWN)
    return Text(
        f"与{day.zh}相比，{len(moved)}项状态有变（新可判定{known}项，转为不可判定{lost}项），"
        f"另{len(changes) - len(moved)}项数值更新而状态未变。",
        f"Since {day.en}: {len(moved)} changed status ({known} newly known, {lost} no longer), "
        f"{len(changes) - len(moved)} new values with the same status.",
    )


def _freshness(rows: Sequence[MonitorRow]) -> Iterable[Freshness]:
    counted = Counter(row.observation.period if row.observation else None for row in rows)
    stale = Counter(
        row.observation.period
        for row in rows
        if row.observation and any(caveat.code is CaveatCode.STALE for caveat in row.caveats)
    )
    for year in sorted((year for year in counted if year), reverse=True):
        yield Freshness(year, counted[year], stale[year])
    if counted[None]:
        yield Freshness(None, counted[None], 0)


def _freshness_sentence(found: Sequence[Freshness], total: int, as_of: date) -> Text:
    stale = sum(one.stale for one in found)
    this = sum(one.count for one in found if one.year and one.year.startswith(str(as_of.year)))
    none = sum(one.count for one in found if one.year is None)
    return Text(
        f"{total}项中{this}项已有{as_of.year}年值；{none}项没有公布值；{stale}项的最新值已过期，不再用于判定。",
        f"Of {total}, {this} have a value of {as_of.year}; {none} have none; {stale} are too old to decide.",
    )


def _sentence(title: Text, as_of: date, counted: Sequence[Tally], known: int) -> Text:
    day, total = day_words(as_of), sum(one.count for one in counted)
    unknown = total - known
    return Text(
        f"截至{day.zh}，{title.zh}{total}项指标中，{known}项有数据可判定，{unknown}项还不能判定。",
        f"On {day.en}, {known} of {total} indicators of {title.en or title.zh} can be judged; {unknown} cannot yet.",
    )


def _answer(decisions: Sequence[DecisionItem], counted: Sequence[Tally]) -> Text:
    counts = {one.status: one.count for one in counted}
    behind, attention, risk = (counts.get(status, 0) for status in PRESSING)
    if not decisions:
        return Text(
            "可判定的指标中，没有滞后或须关注的。", "Of what can be judged, nothing is behind or wants attention."
        )
    busiest = Counter(name for one in decisions for name in one.who).most_common(3)
    unnamed = sum(1 for one in decisions if not one.who)
    who = joined([f"{name}（{count}）" for name, count in busiest])
    loose = f"，{unnamed}项未指明部门" if unnamed else ""
    loose_en = f"; {unnamed} name no department" if unnamed else ""
    return Text(
        f"按现在的进度会完不成或有风险：滞后{behind}项、关注{attention}项、有回落风险{risk}项。由{who}牵头{loose}。",
        f"Will be missed or are at risk at the present pace: {behind} behind, {attention} need attention, "
        f"{risk} may fall back. To act: {who}{loose_en}.",
    )
