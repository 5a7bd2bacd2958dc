"""The whole round of a return on SQLite and on PostgreSQL: open, save, sign, submit, accept, publish, correct."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from duibiao.kernel.period import Period, PeriodKind
from duibiao.store.layout import KEYS
from duibiao.store.model import CellNote, RevisionKind
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ActorRole, ReportStatus
from tests.unit.store.examples import AUTUMN, FINANCE, FORMS, LIBRARY, SCHOOL, UNITS
from tests.unit.store.people import (
    AUDITOR,
    CITY_REVIEWER,
    SYSTEM,
    accept,
    new_store,
    person,
    publish,
    reporter,
    save,
    state,
    submit,
    through,
    told,
)

ALL: dict[str, int | None] = {"pupils": 300, "teachers": 20, "floor_area": 1250}


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with new_store(database_url) as found:
        yield found


def test_units_come_back_as_they_were_put_in(store: Store) -> None:
    assert store.units() == sorted(UNITS, key=lambda unit: unit.code)


def test_returns_are_opened_for_those_who_must_report_and_only_once(store: Store) -> None:
    assert [one.unit for one in store.reports(SYSTEM, "school", AUTUMN)] == ["S1", "S2", "S3", "S4", "S5"]
    assert [one.unit for one in store.reports(SYSTEM, "finance", AUTUMN)] == ["990101", "990102"]
    found = state(store, "S1")
    assert (found.status, found.revision, found.due) == (ReportStatus.DRAFT, 0, date(2024, 10, 10))
    assert store.open_reports(SYSTEM, SCHOOL, AUTUMN) == 0


def test_the_whole_round_to_a_snapshot(store: Store, tmp_path: Path) -> None:
    save(store, {"S1": ALL, "S3": {"pupils": None, "teachers": 5, "floor_area": 0}, "S5": ALL})
    save(store, {"S1": {"books": 900}, "S2": {"books": 1}}, LIBRARY)
    save(store, {"990101": {"budget": 12_345}}, FINANCE)
    for unit, form in (("S1", SCHOOL), ("S3", SCHOOL), ("S5", SCHOOL), ("S1", LIBRARY), ("990101", FINANCE)):
        assert submit(store, unit, form).status is ReportStatus.SUBMITTED
        accept(store, [unit], form)
        assert state(store, unit, form).status is ReportStatus.CITY_ACCEPTED
    snapshot = publish(store, tmp_path / "snapshots")
    table = told(snapshot, "school")
    assert table["unit"].to_pylist() == ["S5", "S1", "S3"], "sorted by district"
    assert table["district"].to_pylist() == ["990000", "990101", "990102"]
    assert table["pupils"].to_pylist() == [300, 300, None]
    assert table["floor_area"].to_pylist() == [1250, 1250, 0]
    library = told(snapshot, "library")
    assert library.select(["unit", "books", "pupils"]).to_pylist() == [{"unit": "S1", "books": 900, "pupils": 300}]
    assert told(snapshot, "finance")["district"].to_pylist() == ["990101"]
    assert state(store, "S1").status is ReportStatus.PUBLISHED
    assert state(store, "S2", LIBRARY).status is ReportStatus.DRAFT
    assert not snapshot.simulated
    origins = {(row["form"], row["unit"]): row["revision"] for row in snapshot.origins().to_pylist()}
    assert origins[("school", "S3")] == 1
    assert store.verify_audit(tmp_path / "snapshots") == []


def test_a_partial_return_takes_the_other_cells_over_from_the_revision_before(store: Store) -> None:
    save(store, {"S1": ALL})
    receipt = save(store, {"S1": {"teachers": None}})
    assert receipt.states[0].revision == 2
    found = store.rows(reporter("S1"), SCHOOL, AUTUMN)
    assert found.select(["pupils", "teachers", "floor_area"]).to_pylist() == [
        {"pupils": 300, "teachers": None, "floor_area": 1250}
    ]
    versions = store.history(reporter("S1"), "school", "S1", AUTUMN, "teachers")
    assert [(one.revision, one.value, one.kind) for one in versions] == [
        (1, 20, RevisionKind.FIRST),
        (2, None, RevisionKind.PARTIAL),
    ]
    assert versions[1].recorded_by == "S1的reporter"
    assert versions[1].file_name == "测试.xlsx"
    assert len(store.history(reporter("S1"), "school", "S1", AUTUMN, "pupils")) == 1


def test_a_correction_needs_a_reason_and_the_published_value_stays_valid_until_it_is_published(
    store: Store, tmp_path: Path
) -> None:
    through(store, {"S1": ALL, "S2": ALL})
    first = publish(store, tmp_path)
    reopened = store.reopen(CITY_REVIEWER, [state(store, "S1").seen], "学生数把借读生算了两次")
    assert reopened[0].status is ReportStatus.DRAFT
    save(store, {"S1": {"pupils": 290}})
    second = publish(store, tmp_path, "更正前")
    assert told(second, "school")["pupils"].to_pylist() == [300, 300]
    assert store.rows(SYSTEM, SCHOOL, AUTUMN, published=True)["pupils"].to_pylist() == [300, 300]
    assert store.rows(SYSTEM, SCHOOL, AUTUMN)["pupils"].to_pylist() == [290, 300]
    submit(store, "S1")
    accept(store, ["S1"])
    third = publish(store, tmp_path, "更正后")
    assert told(third, "school")["pupils"].to_pylist() == [290, 300]
    assert told(first, "school")["pupils"].to_pylist() == [300, 300], "the old snapshot is what it was"
    old, new = store.history(SYSTEM, "school", "S1", AUTUMN, "pupils")
    assert (old.published, new.published) == (False, True)
    assert (new.kind, new.reason) == (RevisionKind.CORRECTION, "学生数把借读生算了两次")
    assert third.previous == second.id


def test_a_district_fills_in_for_a_school_that_asked_for_it(store: Store) -> None:
    helper = reporter("990101")
    store.delegate(reporter("S1"), [state(store, "S1").seen], "990101", "无专职统计人员")
    receipt = save(store, {"S1": ALL}, actor=helper)
    assert receipt.states[0].delegated_to == "990101"
    version = store.history(reporter("S1"), "school", "S1", AUTUMN, "pupils")[0]
    assert (version.recorded_by, version.recorded_unit) == ("990101的reporter", "990101")
    assert [event.action.value for event in store.events(SYSTEM, "school", "S1", AUTUMN)] == ["delegate"]


def test_overdue_is_a_matter_of_the_day_and_of_whose_turn_it_is(store: Store) -> None:
    save(store, {"S1": ALL})
    found = state(store, "S1")
    assert not found.overdue(date(2024, 10, 10))
    assert found.overdue(date(2024, 10, 11))
    assert not submit(store, "S1").overdue(date(2024, 10, 11))


def test_notes_stay_with_the_value_they_speak_of(store: Store) -> None:
    notes = [
        CellNote("S1", "teachers", "estimated", "按去年估计"),
        CellNote("S1", "pupils", "confirmed_question", "新校区"),
    ]
    save(store, {"S1": ALL}, notes=notes)
    save(store, {"S1": {"teachers": 21}})
    assert [(note.element, note.flag) for note in store.notes(SYSTEM, "school", "S1", AUTUMN)] == [
        ("pupils", "confirmed_question")
    ]
    save(store, {"S1": {"teachers": None}}, notes=[CellNote("S1", "teachers", "missing:not_reported", "待核")])
    below = store.notes_below(SYSTEM, "school", AUTUMN, SYSTEM.unit)
    assert [(note.unit, note.element) for note in below] == [
        (note.unit, note.element) for note in store.notes(SYSTEM, "school", "S1", AUTUMN)
    ]
    assert ("school", AUTUMN) in store.rounds()
    assert {note.flag for note in store.notes(SYSTEM, "school", "S1", AUTUMN)} == {
        "confirmed_question",
        "missing:not_reported",
    }


def test_notes_of_the_published_revision_are_flags_of_the_snapshot(store: Store, tmp_path: Path) -> None:
    save(store, {"S1": {**ALL, "teachers": None}}, notes=[CellNote("S1", "teachers", "missing:not_reported", "待核")])
    submit(store, "S1")
    accept(store, ["S1"])
    assert publish(store, tmp_path).flags().to_pylist() == [
        {
            "year": 2024,
            "form": "school",
            "unit": "S1",
            "element": "teachers",
            "flag": "missing:not_reported",
            "note": "待核",
        }
    ]


def test_what_happened_can_be_read_by_an_auditor(store: Store) -> None:
    save(store, {"S1": ALL})
    submit(store, "S1")
    lines = store.audit(AUDITOR)
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
    assert [line.action for line in lines][-2:] == ["report.sign", "report.submit"]
    assert lines[-1].actor == "S1的reporter"
    assert lines[-1].object == "school/2024/25"
    assert store.audit_head().hash == lines[-1].hash


def test_a_store_is_opened_again_with_everything_in_it(store: Store, database_url: str) -> None:
    save(store, {"S1": ALL})
    with Store.open(database_url) as again:
        assert state(again, "S1").revision == 1
        assert again.id == store.id
        assert not again.simulated
        assert again.verify_audit() == []
    with Store.migrate(database_url) as same:
        assert same.audit_head() == store.audit_head()


def test_reused_columns_are_filled_in_from_the_return_that_asked_for_them(store: Store) -> None:
    save(store, {"S1": ALL})
    save(store, {"S1": {"books": 5}, "S2": {"books": 6}}, LIBRARY)
    found = store.rows(SYSTEM, LIBRARY, AUTUMN, forms=FORMS)
    assert found.select(["unit", "books", "pupils"]).to_pylist() == [
        {"unit": "S1", "books": 5, "pupils": 300},
        {"unit": "S2", "books": 6, "pupils": None},
    ]


def test_rows_can_be_narrowed_to_a_district_and_to_statuses(store: Store) -> None:
    save(store, dict.fromkeys(("S1", "S3", "S4"), ALL))
    submit(store, "S4")
    under = store.rows(CITY_REVIEWER, SCHOOL, AUTUMN, under="990102")
    assert under["unit"].to_pylist() == ["S3", "S4"]
    submitted = store.rows(CITY_REVIEWER, SCHOOL, AUTUMN, statuses=[ReportStatus.SUBMITTED])
    assert submitted["unit"].to_pylist() == ["S4"]
    assert state(store, "S4").signatures == {
        ActorRole.REPORTER: "S4的reporter",
        ActorRole.REVIEWER: "S4的reviewer",
        ActorRole.PRINCIPAL: "S4的principal",
    }


def test_cells_for_comparing_are_those_of_the_present_revisions(store: Store, database_url: str) -> None:
    """What was read before is kept in memory, and a new revision, a new return and another's step are seen at once."""
    save(store, {"S1": ALL, "S3": {**ALL, "pupils": 7}})

    def seen(actor: Actor) -> dict[str, tuple[str, int | None, int | None]]:
        table = store.cells(actor, SCHOOL, AUTUMN, ("pupils", "teachers"))
        assert table.column_names == [*KEYS, "pupils", "teachers"]
        return {row["unit"]: (row["district"], row["pupils"], row["teachers"]) for row in table.to_pylist()}

    assert seen(SYSTEM) == {"S1": ("990101", 300, 20), "S3": ("990102", 7, 20)}
    save(store, {"S3": {"pupils": None, "teachers": 9}, "S4": {"teachers": 1}})
    assert seen(SYSTEM) == {"S1": ("990101", 300, 20), "S3": ("990102", None, 9), "S4": ("990102", None, 1)}
    assert seen(person("990101", ActorRole.REVIEWER)) == {"S1": ("990101", 300, 20)}
    with Store.open(database_url) as another:
        save(another, {"S1": {**ALL, "pupils": 301}})
    assert seen(SYSTEM)["S1"] == ("990101", 301, 20)
    assert store.cells(SYSTEM, SCHOOL, Period(2019, PeriodKind.SCHOOL_YEAR), ("pupils",)).num_rows == 0
    with pytest.raises(KeyError):
        store.cells(SYSTEM, LIBRARY, AUTUMN, ("pupils",))
