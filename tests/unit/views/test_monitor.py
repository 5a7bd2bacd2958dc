"""The monitor page on the real packs."""

from datetime import date

import pytest

from duibiao.progress.status import Status
from duibiao.views.monitor import Grouping, MonitorPage, monitor_page
from duibiao.workspace import Workspace

DAY = date(2025, 12, 31)


@pytest.fixture(scope="module")
def page(workspace: Workspace) -> MonitorPage:
    title, plans = workspace.plans()
    return monitor_page(workspace, title, plans, DAY)


def test_the_eight_action_plans_have_a_hundred_rows(page: MonitorPage) -> None:
    assert page.total == len(page.rows) == 100
    assert len({row.id for row in page.rows}) == 100


def test_the_tally_counts_every_row_once(page: MonitorPage) -> None:
    assert sum(one.count for one in page.tally) == 100
    assert page.known == sum(one.count for one in page.tally if one.status not in (Status.NO_DATA, Status.NO_BASELINE))


def test_the_sentence_says_the_same_numbers_as_the_tally(page: MonitorPage) -> None:
    for one in page.tally:
        assert f"{one.word.zh}{one.count}项" in page.sentence.zh
        assert f"{one.count} {one.word.en}" in page.sentence.en


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ("basic-education/row-01", Status.ON_COURSE),  # 93.06 → 93.5 → 94
        ("basic-education/row-03", Status.MET),  # 95.2 ≥ 95
        ("higher-education/row-01", Status.ATTENTION),  # 63.5 → 64.25 → 67
        ("vocational-education/row-07", Status.BEHIND),  # 10 → 10 → ≥12
        ("vocational-education/row-09", Status.NO_DATA),  # 36 counts a tier the plan does not name
        ("digital-education/row-06", Status.NO_DATA),  # 2,100 is printed again, not new
        ("teachers/row-06", Status.NO_DATA),
    ],
)
def test_known_rows_have_their_status(page: MonitorPage, row: str, status: Status) -> None:
    assert {one.id: one.status for one in page.rows}[row] is status


def test_a_doubtful_value_is_shown_with_the_status_it_would_give(page: MonitorPage) -> None:
    row = next(one for one in page.rows if one.id == "vocational-education/row-09")
    assert row.observation is not None
    assert row.observation.shown == "36个"
    assert row.if_accepted is Status.MET
    assert any("口径存疑" in caveat.text.zh for caveat in row.caveats)


def test_the_formula_has_the_numbers_in_it(page: MonitorPage) -> None:
    row = next(one for one in page.rows if one.id == "basic-education/row-01")
    assert "p = (93.5 − 93.06) ÷ (94 − 93.06) = 46.8%" in row.formula.zh
    assert "s = (2024 − 2023) ÷ (2027 − 2023) = 25.0%" in row.formula.zh


def test_every_row_stands_on_a_page_of_a_document(page: MonitorPage) -> None:
    for row in page.rows:
        assert row.citation.document == "journal-2025-02"
        assert row.citation.locator.startswith("p")
        assert len(row.citation.passage_hash) == 16


def test_rows_linked_to_tasks_name_the_departments_of_those_tasks(page: MonitorPage, workspace: Workspace) -> None:
    tasks = {
        (plan.code, str(task.number)): task for plan in workspace.content.plans.by_code.values() for task in plan.tasks
    }
    named = 0
    for row in page.rows:
        led = {name for one in row.tasks if (task := tasks.get((one.plan, one.item))) for name in task.lead}
        assert set(row.lead) == led
        named += bool(led)
    assert named >= 94


@pytest.mark.parametrize("grouping", list(Grouping))
def test_every_grouping_holds_every_row(workspace: Workspace, grouping: Grouping) -> None:
    title, plans = workspace.plans()
    page = monitor_page(workspace, title, plans, DAY, grouping)
    assert {row for group in page.groups for row in group.rows} == {row.id for row in page.rows}


def test_all_targets_include_those_in_the_text(workspace: Workspace) -> None:
    title, plans = workspace.plans()
    page = monitor_page(workspace, title, plans, DAY, table_only=False)
    assert page.total == sum(len(plan.targets) for plan in plans) > 250
    assert any(row.status is Status.NOT_DUE for row in page.rows)


def test_an_earlier_day_knows_less_and_never_more(workspace: Workspace) -> None:
    title, plans = workspace.plans()
    known = [monitor_page(workspace, title, plans, day).known for day in (date(2024, 1, 1), date(2025, 10, 19), DAY)]
    assert known == sorted(known)
    assert known[0] == 0


def test_a_value_too_old_on_a_later_day_does_not_stay_green(workspace: Workspace) -> None:
    title, plans = workspace.plans()
    row = next(
        one
        for one in monitor_page(workspace, title, plans, date(2026, 12, 31)).rows
        if one.id == "basic-education/row-01"
    )
    assert row.status is Status.NO_DATA
    assert row.if_accepted is Status.ON_COURSE
