"""Bad steps and bad rows: each is told with its code and place, and leaves everything as it was."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa

from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.problem import UserError
from duibiao.metrics.unit import UnitKind
from duibiao.store.model import CellNote
from duibiao.store.store import Store
from duibiao.store.workflow import ActorRole
from tests.postgres import PostgresServer
from tests.unit.store.examples import AUTUMN, ELEMENTS, LIBRARY, SCHOOL, unit
from tests.unit.store.people import (
    CITY_REVIEWER,
    ORIGIN,
    PUBLISHER,
    SYSTEM,
    Ticking,
    district_reviewer,
    new_store,
    person,
    publish,
    reporter,
    rows,
    save,
    sign_all,
    state,
    submit,
    through,
)

ALL: dict[str, int | None] = {"pupils": 300, "teachers": 20, "floor_area": 1250}
NEXT = Period(2025, PeriodKind.SCHOOL_YEAR)
Step = Callable[[Store, Path], object]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], str]:
    """S1 is accepted by the city, S2 submitted and signed, S3 a saved draft, S4 and S5 empty; copied for every test."""
    server: PostgresServer | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    file = tmp_path_factory.mktemp("prepared") / "store.db"
    url = server.new_database() if server else f"sqlite:///{file}"
    with new_store(url) as found:
        through(found, {"S1": ALL})
        save(found, {"S2": ALL, "S3": ALL})
        submit(found, "S2")

    def copy(folder: Path) -> str:
        if server:
            return server.copy_of(url)
        shutil.copyfile(file, folder / "store.db")
        return f"sqlite:///{folder / 'store.db'}"

    return copy


@pytest.fixture
def store(prepared: Callable[[Path], str], tmp_path: Path) -> Iterator[Store]:
    with Store.open(prepared(tmp_path), clock=Ticking()) as found:
        yield found


def handed_in(table: pa.Table) -> Step:
    facts = {"origin": ORIGIN, "source_type": "填报"}
    return lambda store, _: store.save(reporter("S3"), SCHOOL, AUTUMN, table, **facts)  # type: ignore[arg-type]  # facts of the batch by name


def unsigned(store: Store, _: Path) -> object:
    store.submit(reporter("S3"), [state(store, "S3").seen])
    store.accept(district_reviewer("S3"), [state(store, "S3").seen])
    before_the_last.append(store.audit_head())
    return store.accept(CITY_REVIEWER, [state(store, "S3").seen])


def stale(store: Store, _: Path) -> object:
    seen = state(store, "S3").seen
    save(store, {"S3": {"pupils": 1}})
    before_the_last.append(store.audit_head())
    return store.submit(reporter("S3"), [seen])


def stale_save(store: Store, _: Path) -> object:
    return save(store, {"S3": ALL}, expected={"S3": state(store, "S3").lock_version - 1})


def same_person_signs_twice(store: Store, _: Path) -> object:
    store.sign(replace(person("S3", ActorRole.REPORTER), name="王"), [state(store, "S3").seen])
    before_the_last.append(store.audit_head())
    return store.sign(replace(person("S3", ActorRole.PRINCIPAL), name="王"), [state(store, "S3").seen])


def accepts_the_own_return(store: Store, _: Path) -> object:
    return store.accept(replace(district_reviewer("S2"), name="S2的reporter"), [state(store, "S2").seen])


def a_form_nobody_has(store: Store, folder: Path) -> object:
    return store.publish(PUBLISHER, folder, title="x", forms={"library": LIBRARY}, elements=ELEMENTS)


before_the_last: list[object] = []
CELLS = {"S3": {"pupils": 5}}
BAD: list[tuple[str, str, Step]] = [
    ("a report nobody opened", "REPORT-NOT-OPEN", lambda s, _: save(s, CELLS, period=NEXT)),
    ("a step on a report nobody opened", "REPORT-NOT-OPEN", lambda s, _: s.submit(
        reporter("S3"), [replace(state(s, "S3").seen, period=NEXT)])),
    ("looking at one nobody opened", "REPORT-NOT-OPEN", lambda s, _: s.report(reporter("S3"), "x", "S3", AUTUMN)),
    ("a unit that does not report it", "REPORT-NOT-ASKED", lambda s, _: s.open_reports(
        PUBLISHER, SCHOOL, NEXT, ["S3", "990101"])),
    ("saving what was submitted", "REPORT-STATUS", lambda s, _: save(s, {"S2": ALL})),
    ("the city before the district", "REPORT-STATUS", lambda s, _: s.accept(CITY_REVIEWER, [state(s, "S2").seen])),
    ("returning without a reason", "REPORT-REASON", lambda s, _: s.return_(
        district_reviewer("S2"), [state(s, "S2").seen], " ")),
    ("reopening without a reason", "REPORT-REASON", lambda s, _: s.reopen(CITY_REVIEWER, [state(s, "S1").seen], "")),
    ("submitting nothing", "REPORT-EMPTY", lambda s, _: s.submit(reporter("S4"), [state(s, "S4").seen])),
    ("signing nothing", "REPORT-EMPTY", lambda s, _: s.sign(reporter("S4"), [state(s, "S4").seen])),
    ("signing twice", "REPORT-SIGNED", lambda s, _: s.sign(reporter("S2"), [state(s, "S2").seen])),
    ("one person in two roles", "REPORT-SAME-PERSON", same_person_signs_twice),
    ("accepting the own return", "REPORT-SAME-PERSON", accepts_the_own_return),
    ("the last acceptance without signatures", "REPORT-UNSIGNED", unsigned),
    ("a step on what has changed since", "REPORT-STALE", stale),
    ("a save over what has changed since", "REPORT-STALE", stale_save),
    ("delegating to another school", "REPORT-DELEGATE", lambda s, _: s.delegate(
        reporter("S3"), [state(s, "S3").seen], "S4")),
    ("delegating to another district", "REPORT-DELEGATE", lambda s, _: s.delegate(
        reporter("S3"), [state(s, "S3").seen], "990101")),
    ("a note on a column that is none", "REPORT-NOTE", lambda s, _: save(
        s, CELLS, notes=[CellNote("S3", "nothing", "estimated")])),
    ("a note of a kind that is none", "REPORT-NOTE", lambda s, _: save(
        s, CELLS, notes=[CellNote("S3", "pupils", "guessed")])),
    ("missing where there is a value", "REPORT-NOTE", lambda s, _: save(
        s, CELLS, notes=[CellNote("S3", "pupils", "missing:not_reported")])),
    ("a note on somebody else's row", "REPORT-NOTE", lambda s, _: save(
        s, CELLS, notes=[CellNote("S4", "pupils", "estimated")])),
    ("no rows", "STORE-ROWS", handed_in(rows(SCHOOL, CELLS).slice(0, 0))),
    ("no units", "STORE-ROWS", handed_in(pa.table({"pupils": [1]}))),
    ("a unit twice", "STORE-ROWS", handed_in(pa.table({"unit": ["S3", "S3"], "pupils": [1, 2]}))),
    ("a row of nobody", "STORE-ROWS", handed_in(pa.table({"unit": pa.array([None], pa.string()), "pupils": [1]}))),
    ("a column of another form", "STORE-ROWS", handed_in(pa.table({"unit": ["S3"], "books": [1]}))),
    ("a column twice", "STORE-ROWS", handed_in(pa.table([["S3"], [1], [2]], names=["unit", "pupils", "pupils"]))),
    ("a float", "STORE-ROWS", handed_in(pa.table({"unit": ["S3"], "pupils": [1.0]}))),
    ("a text", "STORE-ROWS", handed_in(pa.table({"unit": ["S3"], "pupils": ["12"]}))),
    ("a number too large to add", "STORE-ROWS", handed_in(pa.table({"unit": ["S3"], "pupils": [2**62 + 1]}))),
    ("a number too large to hold", "STORE-ROWS", handed_in(
        pa.table({"unit": ["S3"], "pupils": pa.array([2**63], pa.uint64())}))),
    ("a simulated unit in a real store", "STORE-MIXED", lambda s, _: s.put_units(
        PUBLISHER, [unit("SIM0000001", UnitKind.SCHOOL, "990101")], date(2024, 1, 1))),
    ("a parent nobody registered", "STORE-UNIT-PARENT", lambda s, _: s.put_units(
        SYSTEM, [unit("S9", UnitKind.SCHOOL, "990101", school_kind="211"),
                 replace(unit("990000", UnitKind.CITY), parent="nobody")], date(2024, 1, 1))),
    ("publishing a form no pack holds", "STORE-FORM-UNKNOWN", a_form_nobody_has),
    ("the wrong role", "ACCESS-ROLE", lambda s, _: s.submit(person("S3", ActorRole.AUDITOR), [state(s, "S3").seen])),
    ("filling in for a school that asked nobody", "ACCESS-DELEGATE", lambda s, _: s.submit(
        person("990101", ActorRole.REPORTER), [state(s, "S1").seen])),
    ("opening as a reporter", "ACCESS-ROLE", lambda s, _: s.open_reports(reporter("S3"), SCHOOL, NEXT)),
    ("registering as a reviewer", "ACCESS-ROLE", lambda s, _: s.put_units(CITY_REVIEWER, [], date(2024, 1, 1))),
    ("publishing as a reviewer", "ACCESS-ROLE", lambda s, folder: s.publish(
        CITY_REVIEWER, folder, title="x", forms={"school": SCHOOL}, elements=ELEMENTS)),
    ("the audit trail for a reporter", "ACCESS-ROLE", lambda s, _: s.audit(reporter("S3"))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "step"), [pytest.param(code, step, id=name) for name, code, step in BAD])
def test_a_bad_step_is_told_and_changes_nothing(code: str, step: Step, store: Store, tmp_path: Path) -> None:
    before_the_last[:] = [store.audit_head()]
    with pytest.raises(UserError) as caught:
        step(store, tmp_path / "snapshots")
    (problem,) = caught.value.problems
    assert problem.code == code
    assert "{" not in str(caught.value), "a fact was not put into the sentence"
    assert problem.message.en
    assert problem.remedy.zh
    assert store.audit_head() == before_the_last[-1], "nothing was changed"
    assert store.verify_audit() == []


def test_a_stale_step_tells_who_changed_what_and_when(store: Store) -> None:
    seen = state(store, "S3").seen
    save(store, {"S3": {"pupils": 1}}, actor=SYSTEM)
    with pytest.raises(UserError) as caught:
        store.submit(reporter("S3"), [seen])
    told = caught.value.problems[0].message
    assert "导入程序" in told.zh
    assert "保存" in told.zh
    assert "2024-10-08 12:0" in told.zh
    assert "saved by 导入程序" in told.en


def test_all_bad_rows_of_one_call_are_told_at_once_and_the_good_ones_wait(store: Store) -> None:
    table = rows(SCHOOL, {"S1": ALL, "S2": ALL, "S3": ALL, "S9": ALL})
    with pytest.raises(UserError) as caught:
        store.save(SYSTEM, SCHOOL, AUTUMN, table, origin=ORIGIN, source_type="填报")
    assert [(one.code, one.where.field) for one in caught.value.problems] == [
        ("REPORT-STATUS", "S1"),
        ("REPORT-STATUS", "S2"),
        ("ACCESS-UNIT", "S9"),
    ]
    assert state(store, "S3").revision == 1


def test_signatures_are_of_one_revision(store: Store) -> None:
    sign_all(store, "S3")
    save(store, {"S3": {"pupils": 7}})
    assert state(store, "S3").signatures == {}


def test_nothing_to_publish_is_told(database_url: str, tmp_path: Path) -> None:
    with new_store(database_url) as store, pytest.raises(UserError, match="STORE-NOTHING"):
        publish(store, tmp_path)


def test_an_abolished_unit_is_not_asked_any_more(store: Store) -> None:
    s3 = store.tree()["S3"]
    store.put_units(PUBLISHER, [replace(s3, valid_to=date(2025, 7, 1))], date(2025, 7, 1))
    with pytest.raises(UserError, match="REPORT-NOT-ASKED"):
        store.open_reports(PUBLISHER, SCHOOL, NEXT, ["S3"])
    assert store.tree(date(2024, 10, 1))["S3"] == s3
    assert store.tree(date(2025, 7, 1))["S3"].valid_to == date(2025, 7, 1)


def test_a_store_is_made_once_and_opened_only_where_it_is(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="STORE-MISSING"):
        Store.open(database_url)
    assert not (tmp_path / "store.db").exists(), "looking for a store makes no file"
    Store.create(database_url, simulated=True).close()
    with pytest.raises(UserError, match="STORE-EXISTS"):
        Store.create(database_url, simulated=False)


@pytest.mark.parametrize(("found", "code"), [("0000", "STORE-NEWER"), (None, "STORE-MISSING")])
def test_a_layout_this_version_does_not_know_is_refused(found: str | None, code: str, database_url: str) -> None:
    Store.create(database_url, simulated=True).close()
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM alembic_version"))
        if found is not None:
            connection.execute(sa.text("INSERT INTO alembic_version VALUES (:found)"), {"found": found})
    engine.dispose()
    with pytest.raises(UserError, match=code):
        Store.open(database_url)


def test_a_simulated_store_takes_simulated_units_only(database_url: str) -> None:
    with Store.create(database_url, simulated=True) as store:
        simulated = replace(unit("990000", UnitKind.CITY), name="某市（模拟）")
        assert store.put_units(SYSTEM, [simulated], date(2024, 1, 1)) == 1
        with pytest.raises(UserError, match="STORE-MIXED"):
            store.put_units(SYSTEM, [unit("990101", UnitKind.DISTRICT, "990000")], date(2024, 1, 1))


def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="STORE-CONNECT") as caught:
        Store.open(f"postgresql+psycopg://user:secret@/none?host={tmp_path}")
    assert "secret" not in str(caught.value)
