"""What the child processes of the store's tests do: real clients of one data base, at the same moment."""

import os
import resource
import signal
import sys
from collections.abc import Callable
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

import sqlalchemy as sa

from duibiao.kernel.problem import UserError
from duibiao.store.issues_flow import IssueAction
from duibiao.store.issues_model import IssueStep
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ActorRole
from tests.unit.store.examples import AUTUMN, SCHOOL
from tests.unit.store.issue_people import DISTRICT, OFFICER, PDF, SUPERVISOR, opened
from tests.unit.store.people import CITY, ORIGIN, Ticking, person, publish, rows

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
                    if [problem.code for problem in error.problems] != ["REPORT-STALE"]:
                        raise
                    stale += 1
                else:
                    break
    return stale


def race_issue(url: str, number: int, barrier: Barrier) -> list[str]:
    """Open an issue about one target, then take one step after the other with it, at the same moment as the others."""
    with Store.open(url, clock=Ticking()) as store:
        barrier.wait(WAIT_S)
        told = [told_by(partial(opened, store))]
        barrier.wait(WAIT_S)
        name = store.issues.about(SUPERVISOR, target="plan/1")[0].number
        steps = (
            (
                IssueStep(IssueAction.MEASURE, text=f"措施{number}"),
                Actor(f"经办{number}", DISTRICT, ActorRole.REPORTER),
            ),
            (IssueStep(IssueAction.EVIDENCE, text="佐证", files=(PDF,)), OFFICER),
            (IssueStep(IssueAction.SUBMIT), OFFICER),
            (IssueStep(IssueAction.ACCEPT, text="属实"), Actor(f"督导{number}", CITY, ActorRole.SUPERVISOR)),
        )
        for step, actor in steps:
            seen = store.issues.record(SUPERVISOR, name).issue.lock_version
            barrier.wait(WAIT_S)
            told.append(told_by(partial(store.issues.take, actor, name, seen, step)))
            barrier.wait(WAIT_S)
    return told


def note_often(url: str, number: str, who: int, times: int, barrier: Barrier) -> int:
    """Add a measure as often as asked, each on the newest state; answers how often somebody else was quicker."""
    stale = 0
    actor = Actor(f"经办{who}", DISTRICT, ActorRole.REPORTER)
    with Store.open(url, clock=Ticking()) as store:
        barrier.wait(WAIT_S)
        for time in range(times):
            step = IssueStep(IssueAction.MEASURE, text=f"{who}之{time}")
            seen = store.issues.record(actor, number).issue.lock_version
            while told_by(partial(store.issues.take, actor, number, seen, step)) == "ISSUE-STALE":
                stale += 1
                seen = store.issues.record(actor, number).issue.lock_version
    return stale


class DiesAt:
    """Kills its own process (SIGKILL: no clean-up of any kind) at the n-th event; counts them where n is 0.

    Events: opening, renaming, making or removing a file or folder, taking a lock (Python's audit events), and every
    statement and commit towards the data base. Nothing in the program knows about it.
    """

    FILES = frozenset({"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "fcntl.flock", "shutil.rmtree"})

    def __init__(self, number: int) -> None:
        self.number = number
        self.count = 0
        sys.addaudithook(lambda event, _: self.happened() if event in self.FILES else None)
        sa.event.listen(sa.Engine, "before_cursor_execute", lambda *_: self.happened())
        sa.event.listen(sa.Engine, "commit", lambda _: self.happened())

    def happened(self) -> None:
        self.count += 1
        if self.count == self.number:
            os.kill(os.getpid(), signal.SIGKILL)


def publish_and_die(url: str, folder: str, number: int, counted: str) -> None:
    """Open the store, publish, and die at the n-th event; with n = 0 live on and write down how many there were."""
    store = Store.open(url)
    dies = DiesAt(number)
    publish(store, Path(folder), "第二次")
    found = dies.count
    store.close()
    if number == 0:
        Path(counted).write_text(str(found), encoding="ascii")


def hand_in_and_die(url: str, number: int, counted: str) -> None:
    """Save and submit one return, and die at the n-th event; with n = 0 live on and write down how many there were."""
    store = Store.open(url)
    dies = DiesAt(number)
    reporter = person("S4", ActorRole.REPORTER)
    table = rows(SCHOOL, {"S4": {"pupils": 44, "teachers": 4, "floor_area": 400}})
    state = store.save(reporter, SCHOOL, AUTUMN, table, origin=ORIGIN, source_type="填报").states[0]
    store.submit(reporter, [state.seen])
    found = dies.count
    store.close()
    if number == 0:
        Path(counted).write_text(str(found), encoding="ascii")


def limited(size: int) -> None:
    """No file of this process may grow beyond ``size`` bytes: a quota of the system."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def told_by(work: Callable[[], object]) -> str:
    """The code of the first problem, ``none`` where there was none."""
    try:
        work()
    except UserError as error:
        return error.problems[0].code
    return "none"


def publish_limited(url: str, folder: str, size: int, told: str) -> None:
    """Publish under a quota; write down the problem code."""
    store = Store.open(url)
    limited(size)
    code = told_by(lambda: publish(store, Path(folder), "第二次"))
    Path(told).write_text(code, encoding="ascii")
    os._exit(0)  # no quota for what the interpreter still writes
