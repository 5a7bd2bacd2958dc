"""The overview says what the monitor says: what is missed, by how much, who acts, how old the values are."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duibiao.progress.status import Status
from duibiao.store.snapshot import Snapshot
from duibiao.views.monitor import Grouping, monitor_page
from duibiao.views.overview import PRESSING, OverviewPage, data_version, missing_amount, overview_page
from duibiao.views.standing import DayStanding, standing
from duibiao.views.words import large_words
from duibiao.workspace import Workspace


@pytest.fixture(scope="module")
def now(workspace: Workspace) -> DayStanding:
    return standing(workspace, workspace.reference_date)


def page(workspace: Workspace, now: DayStanding, grouping: Grouping = Grouping.ACTION) -> OverviewPage:
    title, plans = workspace.plans()
    before = standing(workspace, date(2024, 12, 31))
    return overview_page(workspace, now, before, (title, plans, "action-plans"), grouping=grouping)


@pytest.mark.parametrize("grouping", list(Grouping))
def test_the_counts_are_those_of_the_monitor(workspace: Workspace, now: DayStanding, grouping: Grouping) -> None:
    title, plans = workspace.plans()
    monitor = monitor_page(workspace, title, plans, workspace.reference_date, grouping)
    found = page(workspace, now, grouping)
    assert found.tally == monitor.tally
    assert (found.known, found.total) == (monitor.known, monitor.total)
    assert [(group.title, group.tally) for group in found.groups] == [(one.title, one.tally) for one in monitor.groups]
    assert {row.id: row for row in found.rows} == {row.id: row for row in monitor.rows}


def test_every_pressing_target_is_a_decision_with_its_gap_its_departments_and_its_year(
    workspace: Workspace, now: DayStanding
) -> None:
    found = page(workspace, now)
    assert {one.row.id for one in found.decisions} == {row.id for row in found.rows if row.status in PRESSING}
    severities = [PRESSING.index(one.row.status) for one in found.decisions]
    assert severities == sorted(severities)
    places = next(one for one in found.decisions if one.row.id == "basic-education/row-07")
    assert (places.gap, places.gap_words, places.until) == (Decimal(17), "17个", 2027)
    assert places.who == ("市教委",)
    assert places.forecast_gap == Decimal(5)
    enrolment = next(one for one in found.decisions if one.row.id == "higher-education/row-01")
    assert enrolment.gap_words == "2.75个百分点"


def test_a_gap_is_never_negative_and_missing_stays_missing(now: DayStanding) -> None:
    met = next(
        row for row in now.rows if row.status is Status.MET and row.goal is not None and row.direction != "range"
    )
    assert missing_amount(met, met.value) == 0
    assert missing_amount(met, None) is None


def test_freshness_counts_every_target_once_and_names_those_without_a_value(
    workspace: Workspace, now: DayStanding
) -> None:
    found = page(workspace, now)
    assert sum(one.count for one in found.freshness) == found.total
    none = next(one for one in found.freshness if one.year is None)
    assert none.count == sum(1 for row in found.rows if row.observation is None)


def test_changes_name_before_and_after(workspace: Workspace, now: DayStanding) -> None:
    found = page(workspace, now)
    assert found.changes
    earlier = standing(workspace, found.since).by_indicator
    for one in found.changes:
        assert one.before in {row.status for row in earlier[one.indicator]}
        assert one.before is not one.after or one.value_before != one.value_after


def test_two_snapshots_differ_by_the_hashes_of_their_tables() -> None:
    def snapshot(name: str, sha: str, previous: str | None) -> Snapshot:
        table = {"year": 2025, "path": "f/2025.parquet", "rows": 3, "bytes": 1, "sha256": sha}
        form = {"code": "f", "version": "1", "label": "报表", "period": "year", "years": [table], "elements": []}
        manifest = {
            "id": name, "simulated": True, "title": "t", "previous": previous, "definitions": {}, "packs": {},
            "forms": [form], "created": "2026-01-02T03:04:05",
        }  # fmt: skip
        return Snapshot(Path(name), manifest)

    old, new = snapshot("a", "1", None), snapshot("b", "2", "a")
    found = data_version(new, old)
    assert [(one.form, one.years, one.rows_before, one.rows_after) for one in found.changes] == [("f", (2025,), 3, 3)]
    assert found.mark is not None
    assert data_version(old, None).changes == ()
    assert data_version(new, snapshot("a", "2", None)).changes == ()


def test_large_counts_are_written_in_ten_thousands() -> None:
    assert large_words(Decimal(310709), "人") == "31.07万人"
    assert large_words(Decimal(9999), "人") == "9999人"
    assert large_words(Decimal(120_000_000), "元") == "1.2亿元"
    assert large_words(Decimal("3.0132"), "万人") == "3.0132万人"
    assert large_words(None) == "—"
