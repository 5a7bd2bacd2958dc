"""A thousand schools hand in within ten minutes while fifty people read: ``python -m benchmarks.collection``.

Real clients: separate processes, each with its own store, at SQLite (WAL) and at a private PostgreSQL. Every school
hands in one return through ``intake.submit`` (read, checked against last year and its peers, saved, submitted) and has
it signed by three people; one in twenty is handed in by two clients at the same moment. Fifty readers list returns and
read rows meanwhile. At the end everything is counted: nothing lost, nothing doubled, the audit trail whole.
模拟数据: everything here is made up. Options: ``--schools``, ``--writers``, ``--readers``, ``--rows`` (elements),
``--only sqlite|postgresql``.
"""

import argparse
import json
import multiprocessing
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from multiprocessing.synchronize import Event
from pathlib import Path
from queue import Empty

from benchmarks import workload
from benchmarks.measure import told
from duibiao.intake.submit import ReportingPlan, submit_json
from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Text
from duibiao.metrics.form import Check, CheckKind, CheckLevel, Form
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.store.store import Store
from duibiao.store.workflow import SIGNING, Actor, ActorRole, ReportStatus
from tests.postgres import running_server, why_not

PERIOD = Period(2025, PeriodKind.SCHOOL_YEAR)
DISTRICTS, TOP = 10, "000000"
TWICE = 20
"""One school in so many is handed in by two clients at once."""
THINKS_S = 2.0
"""How long a reader looks at a page before asking for the next."""
CHILDREN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Job:
    """What one client process is told: the data base, the size, its share of the schools."""

    url: str
    elements: int
    schools: tuple[int, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class Lived:
    """What one client saw: seconds of every call by its name, and problem codes."""

    seconds: dict[str, list[float]]
    codes: Counter[str]


def the_form(count: int) -> Form:
    """The form with rules in rows, against last year and among peers, as a real one has them."""
    found = workload.form(count, rules=30)
    more = [
        Check("change", CheckKind.CHANGE, CheckLevel.QUESTION, "e000", Decimal(50), Text("与上年相差"), workload.HERE),
        Check("peers", CheckKind.PEERS, CheckLevel.QUESTION, "e001 / e002", Decimal(500), Text("同类"), workload.HERE),
    ]
    return replace(found, checks=(*(one for one in found.checks if one.code < "rule_030"), *more))


def code_of(number: int) -> str:
    """The code of a school."""
    return f"S{number:07}"


def the_plan(count: int) -> ReportingPlan:
    """What the intake needs to know."""
    form = the_form(count)
    return ReportingPlan(form, PERIOD, workload.elements(count), {form.code: form})


def prepare(url: str, count: int, schools: int) -> None:
    """The store, its units, and the open returns."""
    actor = Actor("系统", TOP, ActorRole.SYSTEM)
    units = [
        Unit(code_of(n), f"学校{n}（模拟）", UnitKind.SCHOOL, f"D{n % DISTRICTS:05}", school_kind="211",
             location_type="111", ownership="public")
        for n in range(schools)
    ]  # fmt: skip
    with Store.create(url, simulated=True) as store:
        store.put_units(actor, [*workload.units(DISTRICTS), *units], date(2016, 1, 1))
        store.open_reports(actor, the_form(count), PERIOD)


def body_of(plan: ReportingPlan, number: int) -> bytes:
    """What one school hands in."""
    noise = random.Random(number)  # noqa: S311 - made-up data, the same each time
    values = {code: noise.randint(1, 900) for code in plan.form.asked}
    rows = [{"unit": code_of(number), "values": values}]
    return json.dumps(
        {"form": plan.form.code, "version": plan.form.version, "period": str(PERIOD), "rows": rows}
    ).encode()


def hand_in(job: Job, go: Event, told_back: "multiprocessing.Queue[Lived]") -> None:
    """One client: hands in its schools one after another, and has each signed by three people."""
    plan, lived = the_plan(job.elements), Lived({"submit": [], "sign": []}, Counter())
    with Store.open(job.url) as store:
        go.wait()
        for number in job.schools:
            unit, body = code_of(number), body_of(plan, number)
            start = time.perf_counter()
            try:
                done = submit_json(store, Actor(f"填报人{number}", unit, ActorRole.REPORTER), body, plan)
            except UserError as error:
                lived.codes.update({problem.code for problem in error.problems})
                continue
            finally:
                lived.seconds["submit"].append(time.perf_counter() - start)
            lived.codes["submitted" if done.submitted else "as stored" if done.unchanged else "kept as a draft"] += 1
            for role in SIGNING if done.submitted else ():  # one of two clients saves, the other may submit
                start = time.perf_counter()
                actor = Actor(f"{unit}{role.value}", unit, role)
                store.sign(actor, [store.report(actor, plan.form.code, unit, PERIOD).seen])
                lived.seconds["sign"].append(time.perf_counter() - start)
    told_back.put(lived)


def read(job: Job, count: int, go: Event, stop: Event, told_back: "multiprocessing.Queue[Lived]") -> None:
    """Some readers: each lists the returns of a district, and every fifth time reads its rows."""
    plan, lived = the_plan(job.elements), Lived({"list": [], "rows": []}, Counter())

    def one(seed: int, store: Store) -> None:
        noise = random.Random(seed)  # noqa: S311 - which page is looked at next
        time.sleep(noise.random() * THINKS_S)
        while not stop.is_set():
            district = f"D{noise.randrange(DISTRICTS):05}"
            actor = Actor(f"看数人{seed}", district, ActorRole.REVIEWER)
            name = "rows" if noise.random() < 0.2 else "list"
            start = time.perf_counter()
            try:
                if name == "rows":
                    store.rows(actor, plan.form, PERIOD)
                else:
                    list(store.reports(actor, plan.form.code, PERIOD))
            except UserError as error:
                lived.codes.update({problem.code for problem in error.problems})
            lived.seconds[name].append(time.perf_counter() - start)
            stop.wait(noise.uniform(0.5, 1.5) * THINKS_S)

    with Store.open(job.url) as store:
        go.wait()
        threads = [threading.Thread(target=one, args=(job.seed + n, store)) for n in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    told_back.put(lived)


def collect(name: str, url: str, options: argparse.Namespace) -> bool:
    """Let everybody loose on one data base; answers whether everything was there exactly once."""
    print(
        f"{name}: {options.schools} schools × {options.rows} elements, "
        f"{options.writers} writers, {options.readers} readers"
    )
    prepare(url, options.rows, options.schools)
    go, stop, queue = CHILDREN.Event(), CHILDREN.Event(), CHILDREN.Queue()
    shares = [list(range(n, options.schools, options.writers)) for n in range(options.writers)]
    for number in range(0, options.schools, TWICE):  # the next client hands in the same school, too
        shares[(number + 1) % options.writers].insert(number // options.writers, number)
    writers = [
        CHILDREN.Process(target=hand_in, args=(Job(url, options.rows, tuple(share), n), go, queue))
        for n, share in enumerate(shares)
    ]
    halves = [options.readers // 2, options.readers - options.readers // 2]
    readers = [
        CHILDREN.Process(target=read, args=(Job(url, options.rows, (), 1000 * n), many, go, stop, queue))
        for n, many in enumerate(halves)
    ]
    for process in (*writers, *readers):
        process.start()
    time.sleep(5)  # everybody has opened the store
    start = time.perf_counter()
    go.set()
    lived: list[Lived] = [heard(queue, writers) for _ in writers]
    took = time.perf_counter() - start
    stop.set()
    lived += [heard(queue, readers) for _ in readers]
    for process in (*writers, *readers):
        process.join()
    told(
        "all handed in and signed after", f"{took:.1f} s", f"{options.schools / took:.1f} schools a second; wanted 1.7"
    )
    for call in ("submit", "sign", "list", "rows"):
        show(call, [second for one in lived for second in one.seconds.get(call, ())])
    codes: Counter[str] = sum((one.codes for one in lived), Counter())
    told("answers", ", ".join(f"{code} {count}" for code, count in sorted(codes.items())))
    return whole(url, options, codes)


def heard(told_back: "multiprocessing.Queue[Lived]", clients: Sequence[multiprocessing.process.BaseProcess]) -> Lived:
    """What the next client has to say; raises RuntimeError where one of them died instead."""
    while True:
        try:
            return told_back.get(timeout=1)
        except Empty:
            died = [client.exitcode for client in clients if client.exitcode]
            if died:
                raise RuntimeError(f"clients died: {died}") from None


def show(call: str, seconds: Sequence[float]) -> None:
    """The usual and the worst waits of a call."""
    if len(seconds) > 1:
        cuts = statistics.quantiles(seconds, n=100)
        told(
            f"{call} ({len(seconds)})",
            f"median {1000 * cuts[49]:.0f} ms",
            f"p95 {1000 * cuts[94]:.0f}, most {1000 * max(seconds):.0f} ms",
        )


def whole(url: str, options: argparse.Namespace, codes: Counter[str]) -> bool:
    """Nothing lost, nothing doubled: every return submitted once with three signatures and the values handed in."""
    plan, auditor = the_plan(options.rows), Actor("审计员", TOP, ActorRole.AUDITOR)
    with Store.open(url) as store:
        states = store.reports(auditor, plan.form.code, PERIOD)
        table = store.rows(auditor, plan.form, PERIOD)
        values = {row["unit"]: row for row in table.to_pylist()}
        wanted = {code_of(n): json.loads(body_of(plan, n))["rows"][0]["values"] for n in range(options.schools)}
        lines = Counter(line.action for line in store.audit(auditor))
        faults = {
            "not submitted": sum(state.status is not ReportStatus.SUBMITTED for state in states),
            "not one revision": sum(state.revision != 1 for state in states),
            "not three signatures": sum(len(state.signatures) != 3 for state in states),
            "other values": sum(
                any(values.get(unit, {}).get(code) != value for code, value in cells.items())
                for unit, cells in wanted.items()
            ),
            "saves too many or few": lines["report.save"] - options.schools,
            "submissions too many or few": lines["report.submit"] - options.schools,
            "clients that were told otherwise": codes["submitted"] - options.schools,
            "audit problems": len(store.verify_audit()),
        }
    wrong = {name: count for name, count in faults.items() if count}
    told("counted afterwards", "nothing lost, nothing doubled" if not wrong else f"WRONG: {wrong}")
    return not wrong


@contextmanager
def databases(only: str) -> Iterator[dict[str, str]]:
    """The data bases to try, by name; PostgreSQL where its server binaries are."""
    with tempfile.TemporaryDirectory(prefix="duibiao-collection-") as folder:
        found = {"sqlite": f"sqlite:///{Path(folder) / 'store.db'}"} if only != "postgresql" else {}
        reason = why_not()
        if only == "sqlite" or reason is not None:
            if only != "sqlite":
                told("(PostgreSQL left out)", reason)
            yield found
            return
        with running_server() as server:
            yield {**found, "postgresql": server.new_database()}


def main() -> None:
    """Run what was asked for; exit code 1 where something was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schools", type=int, default=1000)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--only", choices=("sqlite", "postgresql"), default="")
    options = parser.parse_args()
    with databases(options.only) as found:
        good = [collect(name, url, options) for name, url in found.items()]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
