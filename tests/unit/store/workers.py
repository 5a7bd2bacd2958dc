"""What the child processes of the store's tests do: real clients of one data base, at the same moment."""

from multiprocessing.synchronize import Barrier

from duibiao.kernel.problem import UserError
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ActorRole
from tests.unit.store.examples import AUTUMN, SCHOOL
from tests.unit.store.people import CITY, ORIGIN, person, rows

WAIT_S = 120


def race(url: str, unit: str, district: str, number: int, barrier: Barrier) -> list[str]:
    """Submit, accept and accept one return at the same moment as the others; answers what came of each step."""
    people = [
        Actor(f"填报人{number}", unit, ActorRole.REPORTER),
        Actor(f"区县{number}", district, ActorRole.REVIEWER),
        Actor(f"市级{number}", CITY, ActorRole.REVIEWER),
    ]
    told = []
    with Store.open(url) as store:
        for step, actor in zip((store.submit, store.accept, store.accept), people, strict=True):
            seen = store.report(actor, SCHOOL.code, unit, AUTUMN).seen
            barrier.wait(WAIT_S)
            try:
                told.append(step(actor, [seen])[0].status.value)
            except UserError as error:
                told.append(f"{error.problems[0].code} {error.problems[0].message.zh}")
            barrier.wait(WAIT_S)
    return told


def fill_in(url: str, units: list[str], barrier: Barrier) -> int:
    """Save, sign and submit the returns of several schools; answers how many were submitted."""
    with Store.open(url) as store:
        barrier.wait(WAIT_S)
        for unit in units:
            reporter = person(unit, ActorRole.REPORTER)
            table = rows(SCHOOL, {unit: {"pupils": int(unit[1:]), "teachers": 1, "floor_area": 2}})
            state = store.save(reporter, SCHOOL, AUTUMN, table, origin=ORIGIN, source_type="填报").states[0]
            for role in (ActorRole.REPORTER, ActorRole.REVIEWER, ActorRole.PRINCIPAL):
                store.sign(person(unit, role), [state.seen])
            store.submit(reporter, [state.seen])
    return len(units)


def count_up(url: str, unit: str, times: int, barrier: Barrier) -> int:
    """Read a value, add one, save it; again where somebody else was quicker. Answers how often that was."""
    stale = 0
    actor = person(unit, ActorRole.REPORTER)
    with Store.open(url) as store:
        barrier.wait(WAIT_S)
        for _ in range(times):
            while True:
                seen = store.report(actor, SCHOOL.code, unit, AUTUMN)
                found = store.history(actor, SCHOOL.code, unit, AUTUMN, "pupils")
                if store.report(actor, SCHOOL.code, unit, AUTUMN) != seen:
                    continue
                table = rows(SCHOOL, {unit: {"pupils": (found[-1].value or 0) + 1 if found else 1}})
                try:
                    store.save(
                        actor,
                        SCHOOL,
                        AUTUMN,
                        table,
                        origin=ORIGIN,
                        source_type="填报",
                        expected={unit: seen.lock_version},
                    )
                except UserError as error:
                    assert [problem.code for problem in error.problems] == ["REPORT-STALE"]
                    stale += 1
                else:
                    break
    return stale
