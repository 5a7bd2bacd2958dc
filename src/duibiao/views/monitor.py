"""The monitor page: what is met, on course, behind, unknown; by which method; who acts; where it stands."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from duibiao.kernel.text import Text
from duibiao.plan.model import Plan
from duibiao.progress.policy import Policy
from duibiao.progress.status import KNOWN, LOOKS, Status
from duibiao.views.rows import MonitorRow, monitor_row
from duibiao.views.words import day_words
from duibiao.workspace import Workspace


class Grouping(StrEnum):
    """How the rows of a monitor are grouped."""

    ACTION = "action"
    DEPARTMENT = "department"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows have a status."""

    status: Status
    word: Text
    glyph: str
    colour: str
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading with their tally; ``rows`` are ids."""

    title: Text
    tally: tuple[Tally, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonitorPage:
    """The figures of the monitor on one day.

    ``known`` counts the rows a usable value answers; ``policy`` are the thresholds the statuses rest on;
    ``notices`` say what a reader must know about the page.
    """

    title: Text
    as_of: date
    scope: Text
    sentence: Text
    notices: tuple[Text, ...]
    policy: Policy
    tally: tuple[Tally, ...]
    known: int
    total: int
    grouping: Grouping
    groups: tuple[Group, ...]
    rows: tuple[MonitorRow, ...]


STATUS_ORDER = {status: place for place, status in enumerate(LOOKS)}
UNNAMED = Text("（任务未指明部门）", "(no department named by a task)")


def monitor_page(
    workspace: Workspace,
    title: Text,
    plans: Sequence[Plan],
    as_of: date,
    grouping: Grouping = Grouping.ACTION,
    *,
    table_only: bool = True,
) -> MonitorPage:
    """Assess the targets of plans on a day and arrange them."""
    rows = tuple(monitor_row(workspace, one) for one in workspace.monitor(plans, as_of, table_only=table_only))
    if grouping is Grouping.STATUS:
        rows = tuple(sorted(rows, key=lambda row: STATUS_ORDER[row.status]))
    counted = tally(rows)
    known = sum(1 for row in rows if row.status in KNOWN)
    scope = Text("指标表", "indicator tables") if table_only else Text("全部量化目标", "every quantified target")
    return MonitorPage(
        title=title,
        as_of=as_of,
        scope=scope,
        sentence=_sentence(
            title, as_of, counted, known, Text("指标", "indicators") if table_only else Text("量化目标", "targets")
        ),
        notices=tuple(_notices(workspace, rows, as_of)),
        policy=workspace.policy,
        tally=counted,
        known=known,
        total=len(rows),
        grouping=grouping,
        groups=tuple(group_rows(rows, grouping)),
        rows=rows,
    )


def tally(rows: Iterable[MonitorRow]) -> tuple[Tally, ...]:
    """Count the statuses, in the order of the status words, leaving out those with no row."""
    counted = Counter(row.status for row in rows)
    return tuple(
        Tally(status, look.word, look.glyph, look.colour, counted[status])
        for status, look in LOOKS.items()
        if counted[status]
    )


def _sentence(title: Text, as_of: date, counted: tuple[Tally, ...], known: int, noun: Text) -> Text:
    day = day_words(as_of)
    zh = "，".join(f"{one.word.zh}{one.count}项" for one in counted)
    en = ", ".join(f"{one.count} {one.word.en}" for one in counted)
    total = sum(one.count for one in counted)
    share = f"{known * 100 / total if total else 0:.0f}%"
    return Text(
        f"截至{day.zh}，{title.zh}{total}项{noun.zh}中{zh}；有公开数值可判定的{known}项，占{share}。",
        f"On {day.en}, of {total} {noun.en} of {title.en}: {en}; {known} can be judged by a public figure.",
    )


def _notices(workspace: Workspace, rows: Sequence[MonitorRow], as_of: date) -> Iterable[Text]:
    reference = workspace.home.reference_date
    if reference and reference == as_of:
        day = day_words(reference)
        yield Text(
            f"参照日为数据包声明的{day.zh}；以别的日期重算用 --as-of，只采用当日已公布的数据。",
            f"The reference day is the pack's own, {day.en}; --as-of takes another, with only what was known then.",
        )
    plans = {row.plan: workspace.content.plans.by_code[row.plan] for row in rows}.values()
    later = [plan for plan in plans if plan.published.earliest > as_of]
    if later:
        names = "、".join(plan.short.zh for plan in later)
        names_en = ", ".join(plan.short.en for plan in later)
        yield Text(f"参照日早于公布日期的规划：{names}。", f"Plans published after the reference day: {names_en}.")
    doubtful = sum(1 for row in rows if row.if_accepted)
    if doubtful:
        yield Text(
            f"有{doubtful}项虽有公布值，但口径存疑、只是界限或已过期，不足以判定，列为无数据并注明“若采信”的状态。",
            f"{doubtful} rows have a value that cannot decide (scope in doubt, only a bound, or outdated): "
            "shown as no data, with the status it would give.",
        )
    split = sum(1 for row in rows if row.disagrees)
    if split:
        yield Text(
            f"有{split}项各方法结论不一致，已在行内标明（≠）。",
            f"{split} rows get different verdicts from different methods; they are marked (≠).",
        )


def group_rows(rows: Sequence[MonitorRow], grouping: Grouping) -> Iterable[Group]:
    """Put rows under headings with their tallies; a row with two leading departments stands under both."""
    keyed: dict[str, tuple[Text, list[MonitorRow]]] = {}
    for row in rows:
        for title in _headings(row, grouping):
            keyed.setdefault(title.zh, (title, []))[1].append(row)
    if grouping is Grouping.STATUS:
        order = {look.word.zh: place for place, look in enumerate(LOOKS.values())}
        keyed = dict(sorted(keyed.items(), key=lambda item: order[item[0]]))
    if grouping is Grouping.DEPARTMENT:
        keyed = dict(sorted(keyed.items(), key=lambda item: (item[0] == UNNAMED.zh, -len(item[1][1]))))
    for title, members in keyed.values():
        yield Group(title, tally(members), tuple(row.id for row in members))


def _headings(row: MonitorRow, grouping: Grouping) -> list[Text]:
    """The headings a row stands under; a row with two leading departments stands under both."""
    if grouping is Grouping.ACTION:
        return [row.plan_short]
    if grouping is Grouping.STATUS:
        return [row.status_word]
    return [Text(name) for name in row.lead] or [UNNAMED]
