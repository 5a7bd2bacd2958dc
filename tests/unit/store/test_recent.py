"""Heads kept in memory are those of the data base after every step, whoever took it."""

from pathlib import Path

import pytest

from duibiao.store import store as room
from duibiao.store.store import Store
from duibiao.store.workflow import ReportStatus
from tests.unit.store.examples import AUTUMN
from tests.unit.store.people import SYSTEM, accept, new_store, save, submit

ALL: dict[str, int | None] = {"pupils": 300, "teachers": 20, "floor_area": 1250}


def statuses(store: Store) -> dict[str, ReportStatus]:
    return {one.unit: one.status for one in store.reports(SYSTEM, "school", AUTUMN)}


def test_what_is_kept_is_never_older_than_the_last_step(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MANY", 0)  # a small round is asked for as a large one
    with new_store(database_url) as store, Store.open(database_url) as other:
        assert set(statuses(store).values()) == {ReportStatus.DRAFT}
        for take in (
            lambda: save(store, {"S1": ALL, "S3": ALL}),
            lambda: submit(store, "S1"),
            lambda: accept(store, ["S1"]),
        ):
            take()
            seen = {one.unit: one for one in store.reports(SYSTEM, "school", AUTUMN)}
            assert list(other.reports(SYSTEM, "school", AUTUMN)) == list(seen.values()), "another worker sees the same"
            monkeypatch.setattr(room, "MANY", 500)
            fresh = {one.unit: one for one in store.reports(SYSTEM, "school", AUTUMN)}
            monkeypatch.setattr(room, "MANY", 0)
            assert seen == fresh
        assert statuses(store)["S1"] is ReportStatus.CITY_ACCEPTED
        assert statuses(store)["S3"] is ReportStatus.DRAFT


def test_reading_twice_asks_for_the_rows_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MANY", 0)
    with new_store(f"sqlite:///{tmp_path / 'store.db'}") as store:
        first = store.reports(SYSTEM, "school", AUTUMN)
        kept = store._recent._heads["school", AUTUMN.year][1]
        assert store.reports(SYSTEM, "school", AUTUMN) == first
        assert store._recent._heads["school", AUTUMN.year][1] is kept
