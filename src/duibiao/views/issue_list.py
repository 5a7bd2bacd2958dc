"""The issue list page: how many issues, how many late, who must act; filters by state, unit, department, lateness."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from duibiao.kernel.text import Text
from duibiao.store.issues_flow import OPEN_STATES, STATE_WORDS, IssueState
from duibiao.store.issues_model import Issue
from duibiao.store.units import UnitTree
from duibiao.views.districts import SIMULATED
from duibiao.views.issue_words import IssueRow, issue_row, unit_name
from duibiao.views.words import day_words


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """What of the issue list is asked for (清单筛选); empty fields leave nothing out.

    ``state`` may also be ``open``; ``unit`` takes in everything below it.
    """

    state: str = ""
    unit: str = ""
    department: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many issues stand in a state (问题状态计数)."""

    state: IssueState
    word: Text
    count: int
    overdue: int


@dataclass(frozen=True, slots=True)
class IssueChoice:
    """A value a filter offers (筛选项), with how many issues have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class IssueListPage:
    """The issue list on a day (问题清单页): counts of everything the reader may see, rows as asked for."""

    day: date
    sentence: Text
    mark: Text | None
    filter: IssueFilter
    counts: tuple[StateCount, ...]
    total: int
    open: int
    overdue: int
    units: tuple[IssueChoice, ...]
    departments: tuple[IssueChoice, ...]
    rows: tuple[IssueRow, ...]


def issue_list_page(
    issues: Sequence[Issue], tree: UnitTree, day: date, asked: IssueFilter | None = None, *, simulated: bool
) -> IssueListPage:
    """Arrange issues: the late ones first, then by deadline; closed ones last, the newest first."""
    asked = asked or IssueFilter()
    rows = [issue_row(issue, tree, day) for issue in issues]
    late = [row for row in rows if row.is_overdue]
    by_state, late_by_state = Counter(row.state for row in rows), Counter(row.state for row in late)
    counts = tuple(
        StateCount(state, STATE_WORDS[state], by_state[state], late_by_state[state])
        for state in IssueState
        if by_state[state] or state is not IssueState.DISMISSED
    )
    units = Counter(row.unit for row in rows)
    departments = Counter(row.department for row in rows if row.department)
    return IssueListPage(
        day=day,
        sentence=_sentence(rows, day),
        mark=SIMULATED if simulated else None,
        filter=asked,
        counts=counts,
        total=len(rows),
        open=sum(row.is_open for row in rows),
        overdue=len(late),
        units=tuple(IssueChoice(code, unit_name(tree, code), count) for code, count in sorted(units.items())),
        departments=tuple(IssueChoice(name, name, count) for name, count in sorted(departments.items())),
        rows=tuple(sorted((row for row in rows if _asked_for(row, asked, tree)), key=_order)),
    )


def _asked_for(row: IssueRow, asked: IssueFilter, tree: UnitTree) -> bool:
    wanted = not asked.state or row.state == asked.state or (asked.state == "open" and row.is_open)
    within = not asked.unit or row.unit == asked.unit or tree.covers(asked.unit, row.unit)
    return (
        wanted and within and (not asked.department or row.department == asked.department)
        and (not asked.overdue or row.is_overdue)
    )  # fmt: skip


def _order(row: IssueRow) -> tuple[bool, bool, int, int]:
    serial = int(row.number.replace("-", ""))
    if not row.is_open:
        return True, False, 0, -serial
    return False, not row.is_overdue, (row.due or date.max).toordinal(), serial


def _sentence(rows: Sequence[IssueRow], day: date) -> Text:
    """Say the list: total, late, and where the open ones stand."""
    when = day_words(day)
    if not rows:
        return Text(f"截至{when.zh}，问题清单没有问题。", f"On {when.en} the issue list is empty.")
    late = sum(row.is_overdue for row in rows)
    open_ = [row for row in rows if row.is_open]
    counted = Counter(row.state for row in open_)
    closed = sum(row.state is IssueState.CLOSED for row in rows)
    zh = "、".join(f"{STATE_WORDS[state].zh}{counted[state]}项" for state in OPEN_STATES if counted[state])
    en = ", ".join(f"{counted[state]} {STATE_WORDS[state].en}" for state in OPEN_STATES if counted[state])
    named = Text(f"（{zh}）", f" ({en})") if open_ else Text("", "")
    return Text(
        f"截至{when.zh}，问题清单{len(rows)}项：未销号{len(open_)}项{named.zh}，已销号{closed}项；逾期{late}项。",
        f"On {when.en} {len(rows)} issues: {len(open_)} open{named.en}, {closed} closed; {late} overdue.",
    )


def issue_table(page: IssueListPage) -> Iterable[Mapping[str, str]]:
    """The rows of the page as a table, for CSV and a workbook; simulated rows say so."""
    for row in page.rows:
        table = {
            "编号": row.number,
            "问题": row.title,
            "来源": row.origin_word.zh,
            "状态": row.state_word.zh,
            "责任单位": row.unit_name,
            "责任部门": row.department,
            "责任人": row.person,
            "发现日": row.day.isoformat(),
            "整改时限": row.due.isoformat() if row.due else "",
            "期限": row.deadline.zh,
            "下一步": row.next.zh,
            "最近办理": f"{row.changed_at} {row.changed_by} {row.changed_word.zh}",
        }
        yield {**table, "标记": page.mark.zh} if page.mark else table
