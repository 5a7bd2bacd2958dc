"""Every call of the store × a foreign unit: nobody sees or touches what is not below their own unit."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from duibiao.kernel.problem import UserError
from duibiao.metrics.unit import UnitKind
from duibiao.store.model import CellNote, Seen
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ActorRole
from tests.unit.store.examples import AUTUMN, ELEMENTS, FORMS, SCHOOL, unit
from tests.unit.store.people import ORIGIN, PUBLISHER, new_store, rows, save, state, submit, through

ALL: dict[str, int | None] = {"pupils": 300, "teachers": 20, "floor_area": 1250}
DAY = date(2024, 10, 8)
Call = Callable[[Store, Actor, Seen, Path], object]

# Who never asks on behalf of a person, or answers the same for everybody (the registry is no secret).
PUBLIC = {"create", "open", "migrate", "close", "tree", "units", "audit_head", "verify_audit", "snapshots"}
# Which forms were ever opened tells nothing of a unit; accounts judge who asks by rules of their own.
PUBLIC |= {"rounds", "accounts"}
CALLS: dict[str, Call] = {
    "put_units": lambda s, a, seen, _: s.put_units(a, [unit(seen.unit, UnitKind.SCHOOL, "990101")], DAY),
    "open_reports": lambda s, a, seen, _: s.open_reports(a, SCHOOL, AUTUMN, [seen.unit]),
    "report": lambda s, a, seen, _: s.report(a, seen.form, seen.unit, seen.period),
    "reports": lambda s, a, seen, _: s.reports(a, seen.form, seen.period, under=seen.unit),
    "save": lambda s, a, seen, _: s.save(
        a, SCHOOL, AUTUMN, rows(SCHOOL, {seen.unit: {"pupils": 1}}), origin=ORIGIN, source_type="填报"
    ),
    "note": lambda s, a, seen, _: s.note(a, SCHOOL, [seen], [CellNote(seen.unit, "pupils", "estimated")]),
    "sign": lambda s, a, seen, _: s.sign(a, [seen]),
    "submit": lambda s, a, seen, _: s.submit(a, [seen]),
    "accept": lambda s, a, seen, _: s.accept(a, [seen]),
    "return_": lambda s, a, seen, _: s.return_(a, [seen], "因为"),
    "reopen": lambda s, a, seen, _: s.reopen(a, [seen], "因为"),
    "delegate": lambda s, a, seen, _: s.delegate(a, [seen], "990101"),
    "rows": lambda s, a, seen, _: s.rows(a, SCHOOL, seen.period, under=seen.unit),
    "cells": lambda s, a, seen, _: s.cells(a, SCHOOL, seen.period, ["pupils"], under=seen.unit),
    "history": lambda s, a, seen, _: s.history(a, seen.form, seen.unit, seen.period, "pupils"),
    "events": lambda s, a, seen, _: s.events(a, seen.form, seen.unit, seen.period),
    "notes": lambda s, a, seen, _: s.notes(a, seen.form, seen.unit, seen.period),
    "notes_below": lambda s, a, seen, _: s.notes_below(a, seen.form, seen.period, seen.unit),
    "publish": lambda s, a, seen, folder: s.publish(a, folder, title="x", forms=FORMS, elements=ELEMENTS),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """S3 of the other district published to nobody yet, S1 in every actor's sight as a foreign or parent unit."""
    found = new_store(f"sqlite:///{tmp_path_factory.mktemp('access') / 'store.db'}")
    through(found, {"S3": ALL})
    save(found, {"S1": ALL})
    submit(found, "S1")
    return found


def test_every_call_of_the_store_is_in_this_test() -> None:
    calls = {name for name, _ in inspect.getmembers(Store, callable) if not name.startswith("_")}
    assert calls == {*CALLS, *PUBLIC, "audit"}


@pytest.mark.parametrize("role", list(ActorRole))
@pytest.mark.parametrize(
    ("actor", "foreign"),
    [
        pytest.param("S2", "S1", id="another school of the district"),
        pytest.param("S2", "S3", id="a school of another district"),
        pytest.param("990102", "S1", id="another district"),
        pytest.param("S1", "990101", id="the unit above"),
        pytest.param("S9", "S1", id="a unit nobody registered"),
        pytest.param("", "S1", id="no unit at all"),
    ],
)
@pytest.mark.parametrize("name", list(CALLS))
def test_a_foreign_unit_is_refused_in_every_role(
    name: str, actor: str, foreign: str, role: ActorRole, store: Store, tmp_path: Path
) -> None:
    form = "school" if foreign.startswith("S") else "finance"
    seen = Seen(form, foreign, AUTUMN, 1)
    if foreign.startswith("S"):
        seen = replace(seen, lock_version=state(store, foreign).lock_version)
    before = store.audit_head()
    with pytest.raises(UserError) as caught:
        CALLS[name](store, Actor("外人", actor, role), seen, tmp_path / "snapshots")
    told = {problem.code for problem in caught.value.problems}
    keepers_only = name in ("put_units", "open_reports", "publish")  # refused to most roles, whatever the unit
    assert told == {"ACCESS-UNIT"} or (keepers_only and told == {"ACCESS-ROLE"}), told
    assert store.audit_head() == before
    assert not list((tmp_path / "snapshots").glob("*/manifest.json"))


def test_a_foreign_return_is_told_the_same_whether_it_exists_or_not(store: Store) -> None:
    told = set()
    for unit_code, lock in (("S1", 1), ("S1", 99), ("nowhere", 1)):
        with pytest.raises(UserError) as caught:
            store.submit(Actor("外人", "S2", ActorRole.REPORTER), [Seen("school", unit_code, AUTUMN, lock)])
        told.add(caught.value.problems[0].message.zh.replace(unit_code, "?"))
    assert len(told) == 1


def test_nothing_of_others_is_in_what_a_unit_reads(store: Store) -> None:
    district = Actor("审核人", "990101", ActorRole.REVIEWER)
    assert [one.unit for one in store.reports(district, "school", AUTUMN)] == ["S1", "S2"]
    assert store.rows(district, SCHOOL, AUTUMN)["unit"].to_pylist() == ["S1"]
    auditor = Actor("审计员", "990101", ActorRole.AUDITOR)
    assert {line.actor_unit for line in store.audit(auditor)} == {"S1"}
    with pytest.raises(UserError, match="ACCESS-UNIT"):
        store.audit(Actor("外人", "S9", ActorRole.AUDITOR))


def test_a_unit_cannot_be_pulled_into_the_own_subtree(store: Store) -> None:
    grabbing = replace(PUBLISHER, unit="990102")
    moved = replace(store.tree()["S1"], parent="990102")
    with pytest.raises(UserError, match="ACCESS-UNIT"):
        store.put_units(grabbing, [moved], DAY)
    assert store.tree()["S1"].parent == "990101"


def test_a_signature_of_a_stranger_is_no_signature(store: Store) -> None:
    with pytest.raises(UserError, match="ACCESS-UNIT"):
        store.sign(Actor("外人", "S2", ActorRole.PRINCIPAL), [state(store, "S1").seen])
    assert "外人" not in state(store, "S1").signatures.values()


def test_the_role_of_the_unit_above_does_not_fill_in_for_the_unit(store: Store) -> None:
    with pytest.raises(UserError, match="ACCESS-DELEGATE"):
        save(store, {"S2": ALL}, actor=Actor("区县填报人", "990101", ActorRole.REPORTER))
