"""Several real processes at once: exactly one wins, nothing is lost, the audit chain is unbroken."""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from duibiao.metrics.unit import UnitKind
from duibiao.store.workflow import ReportStatus
from tests.unit.store import workers
from tests.unit.store.examples import AUTUMN, SCHOOL, unit
from tests.unit.store.issue_people import SUPERVISOR, opened
from tests.unit.store.people import PUBLISHER, SYSTEM, new_store, save, sign_all, state

ALL: dict[str, int | None] = {"pupils": 300, "teachers": 20, "floor_area": 1250}
CLIENTS = 4


def at_once(work: Callable[..., Any], arguments: Sequence[tuple[object, ...]]) -> list[Any]:
    """Run the work in as many processes as there are argument lists; a barrier lets them start together."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        barrier = manager.Barrier(len(arguments))
        with context.Pool(len(arguments)) as pool:
            running = [pool.apply_async(work, (*given, barrier)) for given in arguments]
            return [one.get(300) for one in running]


def test_of_several_people_who_take_the_same_step_exactly_one_does(database_url: str) -> None:
    with new_store(database_url) as store:
        save(store, {"S1": ALL})
        sign_all(store, "S1")
        given = [(database_url, "S1", "990101", number) for number in range(CLIENTS)]
        told = at_once(workers.race, given)
        for step, reached in enumerate(("submitted", "district_accepted", "city_accepted")):
            answers = [one[step] for one in told]
            assert answers.count(reached) == 1, answers
            losers = [answer for answer in answers if answer != reached]
            assert all(answer.startswith("REPORT-STALE") for answer in losers), answers
            winner = f"{('填报人', '区县', '市级')[step]}{answers.index(reached)}"
            assert all(winner in answer for answer in losers), answers
        assert state(store, "S1").status is ReportStatus.CITY_ACCEPTED
        counted = Counter(event.action.value for event in store.events(SYSTEM, "school", "S1", AUTUMN))
        assert counted == {"sign": 3, "submit": 1, "accept": 2}
        assert store.verify_audit() == []


def test_many_schools_hand_in_at_once_and_all_of_them_succeed(database_url: str) -> None:
    schools = [f"S{number}" for number in range(100, 100 + CLIENTS * 6)]
    with new_store(database_url) as store:
        more = [unit(code, UnitKind.SCHOOL, "990102", school_kind="211") for code in schools]
        store.put_units(PUBLISHER, more, date(2020, 1, 1))
        store.open_reports(PUBLISHER, SCHOOL, AUTUMN)
        before = store.audit_head().seq
        given = [(database_url, schools[number::CLIENTS]) for number in range(CLIENTS)]
        assert sum(at_once(workers.fill_in, given)) == len(schools)
        found = store.rows(SYSTEM, SCHOOL, AUTUMN, statuses=[ReportStatus.SUBMITTED])
        assert {row["unit"]: row["pupils"] for row in found.to_pylist()} == {code: int(code[1:]) for code in schools}
        assert store.audit_head().seq == before + 5 * len(schools)
        assert store.verify_audit() == []


def test_no_update_is_lost(database_url: str) -> None:
    times = 5
    with new_store(database_url) as store:
        stale = sum(at_once(workers.count_up, [(database_url, "S1", times)] * CLIENTS))
        versions = store.history(SYSTEM, "school", "S1", AUTUMN, "pupils")
        assert [version.value for version in versions] == list(range(1, CLIENTS * times + 1))
        assert state(store, "S1").revision == CLIENTS * times
        assert stale < 1000, "somebody gets through"
        assert store.verify_audit() == []


def test_of_several_people_who_open_or_judge_one_issue_exactly_one_does(database_url: str) -> None:
    with new_store(database_url) as store:
        told = at_once(workers.race_issue, [(database_url, number) for number in range(CLIENTS)])
        for place, others in enumerate(("ISSUE-OPEN", *["ISSUE-STALE"] * 4)):
            answers = Counter(one[place] for one in told)
            assert answers == {"none": 1, others: CLIENTS - 1}, answers
        (issue,) = store.issues.issues(SUPERVISOR)
        actions = [event.action.value for event in store.issues.record(SUPERVISOR, issue.number).events]
        assert actions == ["find", "register", "measure", "evidence", "submit", "accept"]
        assert store.verify_audit() == []


def test_no_step_of_an_issue_is_lost(database_url: str) -> None:
    times = 5
    with new_store(database_url) as store:
        number = opened(store).number
        stale = sum(at_once(workers.note_often, [(database_url, number, who, times) for who in range(CLIENTS)]))
        record = store.issues.record(SUPERVISOR, number)
        assert {event.text for event in record.events[2:]} == {
            f"{w}之{t}" for w in range(CLIENTS) for t in range(times)
        }
        assert record.issue.measures == CLIENTS * times
        assert record.issue.lock_version == 2 + CLIENTS * times
        assert stale < 1000, "somebody gets through"
        assert store.verify_audit() == []
