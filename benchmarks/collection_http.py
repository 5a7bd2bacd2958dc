"""Schools hand in through the door a program uses: ``python -m benchmarks.collection_http --schools 1000``.

``duibiao serve`` runs as its users run it, over SQLite, real accounts and API tokens; client processes post one return
a school (JSON, the form ``kindergarten`` of the pack), one school in twenty twice at the same moment, while readers ask
for the list. Afterwards everything is counted in the store. 模拟数据: everything here is made up.
"""

import argparse
import http.client
import json
import multiprocessing
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.collection import PERIOD, TWICE, code_of, show
from benchmarks.measure import told
from duibiao.metrics.element import DataElement, ValueType
from duibiao.metrics.form import Form
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.store.accounts import COMMAND_LINE, AccountRole, Vault
from duibiao.store.accounts.passwords import Hashing
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ActorRole, ReportStatus
from duibiao.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
TOP, DISTRICTS, FORM = "990000", 10, "kindergarten"
SLUG = str(PERIOD).replace("/", "-")
PATH = f"/api/v1/data/forms/{FORM}/{SLUG}"
CHILDREN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Errand:
    """What one client process is told: the port, and for each school its number, its key and what it hands in."""

    port: int
    calls: tuple[tuple[str, bytes], ...]


def prepare(folder: Path, form: Form, schools: int) -> list[str]:
    """The store with its units, open returns and one account a school; answers the keys of their tokens."""
    units = [
        Unit(TOP, "模拟市", UnitKind.CITY, ""),
        *(Unit(f"99{n:04}", f"模拟区{n}", UnitKind.DISTRICT, TOP) for n in range(1, DISTRICTS + 1)),
        *(
            Unit(code_of(n), f"模拟园{n}", UnitKind.SCHOOL, f"99{n % DISTRICTS + 1:04}", school_kind="111",
                 location_type="111", ownership="public")
            for n in range(schools)
        ),
    ]  # fmt: skip
    folder.mkdir()
    keys = []
    with Store.create(f"sqlite:///{folder / 'store.db'}", simulated=True) as store:
        system = Actor("系统", TOP, ActorRole.SYSTEM)
        store.put_units(system, units, date(2016, 1, 1))
        store.open_reports(system, form, PERIOD)
        accounts = store.accounts(Vault.of_folder(folder), Hashing(time_cost=1, memory_kib=64, parallelism=1))
        for n in range(schools):
            made, _ = accounts.people.create(
                COMMAND_LINE, f"reporter{n}", f"模拟填报人{n}", code_of(n), with_password=False
            )
            accounts.roles.grant(COMMAND_LINE, f"reporter{n}", AccountRole.REPORTER, code_of(n))
            keys.append(accounts.tokens.create(made.id, "burst", {"report", "read_returns"}, 30)[1])
    return keys


def body_of(form: Form, elements: dict[str, DataElement], number: int) -> bytes:
    """A return without a fault: so many children, and nothing of all else."""
    values: dict[str, object] = {code: "是" if elements[code].type is ValueType.FLAG else 0 for code in form.asked}
    values["children_enrolled"] = number + 1
    row = {"unit": code_of(number), "values": values}
    return json.dumps({"form": form.code, "version": form.version, "period": str(PERIOD), "rows": [row]}).encode()


def hand_in(errand: Errand, told_back: "multiprocessing.Queue[tuple[list[float], Counter[str]]]") -> None:
    """One client with one connection: hands in one return after another."""
    seconds, answers = [], Counter[str]()
    line = http.client.HTTPConnection("127.0.0.1", errand.port, timeout=120)
    for key, body in errand.calls:
        start = time.perf_counter()
        head = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        line.request("POST", PATH + "/submissions", body, head)
        answer = line.getresponse()
        found = json.loads(answer.read())
        seconds.append(time.perf_counter() - start)
        if answer.status == 200:
            answers["submitted" if found["submitted"] else "as stored" if found["unchanged"] else str(found)[:300]] += 1
        else:
            answers.update(f"{answer.status} {one['code']}" for one in found.get("problems", [{"code": "?"}]))
    told_back.put((seconds, answers))


def serve(folder: Path) -> tuple["subprocess.Popen[bytes]", int]:
    """The cockpit, as ``duibiao serve`` starts it; waits until it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [
        sys.executable,
        "-c",
        "from duibiao.cli.main import main; main()",
        "serve",
        "--data",
        str(folder),
        "--port",
        str(port),
    ]
    server = subprocess.Popen([*command, "--no-open-reading"], cwd=ROOT)  # noqa: S603  our own program
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return server, port
    raise RuntimeError("the server does not answer")


def burst(port: int, calls: Sequence[tuple[str, bytes]], clients: int) -> tuple[list[float], Counter[str], float]:
    """Let the clients loose; seconds of every call, what was answered, and how long all of it took."""
    queue = CHILDREN.Queue()
    shares = [tuple(calls[n::clients]) for n in range(clients)]
    processes = [CHILDREN.Process(target=hand_in, args=(Errand(port, share), queue)) for share in shares]
    start = time.perf_counter()
    for process in processes:
        process.start()
    lived = [queue.get(timeout=1800) for _ in processes]
    took = time.perf_counter() - start
    for process in processes:
        process.join()
    answers: Counter[str] = sum((one for _, one in lived), Counter())
    return [second for some, _ in lived for second in some], answers, took


def whole(folder: Path, form: Form, schools: int) -> dict[str, int]:
    """What is lost, doubled or other than it was handed in; empty where nothing is."""
    auditor = Actor("审计员", TOP, ActorRole.AUDITOR)
    with Store.open(f"sqlite:///{folder / 'store.db'}") as store:
        states = store.reports(auditor, FORM, PERIOD)
        rows = store.rows(auditor, form, PERIOD)
        said = dict(zip(rows["unit"].to_pylist(), rows["children_enrolled"].to_pylist(), strict=True))
        lines = Counter(line.action for line in store.audit(auditor))
        faults = {
            "not submitted": sum(state.status is not ReportStatus.SUBMITTED for state in states),
            "not one revision": sum(state.revision != 1 for state in states),
            "other values": sum(said.get(code_of(n)) != n + 1 for n in range(schools)),
            "saves too many or few": lines["report.save"] - schools,
            "audit problems": len(store.verify_audit()),
        }
    return {name: count for name, count in faults.items() if count}


def main() -> None:
    """Run the burst; exit code 1 where something was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schools", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=8)
    options = parser.parse_args()
    content = Workspace.open(ROOT / "packs").content
    form = content.forms[FORM]
    with tempfile.TemporaryDirectory(prefix="duibiao-http-") as temporary:
        folder = Path(temporary) / "data"
        keys = prepare(folder, form, options.schools)
        calls = [(key, body_of(form, dict(content.elements), n)) for n, key in enumerate(keys)]
        calls = [call for n, call in enumerate(calls) for _ in range(2 if n % TWICE == 0 else 1)]
        server, port = serve(folder)
        try:
            seconds, answers, took = burst(port, calls, options.clients)
        finally:
            server.terminate()
            server.wait(30)
        told("all handed in after", f"{took:.1f} s", f"{options.schools / took:.1f} schools a second; wanted 1.7")
        show("submission over HTTP", seconds)
        told("answers", ", ".join(f"{code} {count}" for code, count in sorted(answers.items())))
        wrong = whole(folder, form, options.schools)
    told("counted afterwards", "nothing lost, nothing doubled" if not wrong else f"WRONG: {wrong}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
