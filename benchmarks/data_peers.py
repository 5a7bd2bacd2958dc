"""The city against programs that are no dependency: pandas, Ibis, MetricFlow, each in an interpreter that has it.

``DUIBIAO_PEERS`` names interpreters, one or several (``a:b``); a peer none of them has is left out with a word. A peer
and ours run in turn, ours just before and just after it, and the median of the ratios is told: the machine is shared.
"""

import json
import os
import statistics
import subprocess
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks import workload
from benchmarks.measure import Seconds, in_turn, once, told
from duibiao.compute import Result
from duibiao.compute.sqltext import GroupBy, states_text

Tables = Mapping[tuple[str, int], Path]
Answer = dict[str, Any]
HERE = Path(__file__).resolve().parent
_ROUNDS = 3


def peer(script: str, *arguments: object) -> Answer | None:
    """Run a peer in the first interpreter that has it; None, and a word why, where there is none."""
    why = "set DUIBIAO_PEERS"
    for interpreter in filter(None, os.environ.get("DUIBIAO_PEERS", "").split(os.pathsep)):
        if not Path(interpreter).is_file():
            why = f"no interpreter '{interpreter}'"
            continue
        command = [interpreter, str(HERE / script), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own command
        if not done.returncode:
            found: Answer = json.loads(done.stdout.splitlines()[-1])
            return found
        why = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "failed"
    told("(peer left out)", script, why)
    return None


def seconds(answer: Answer) -> Seconds:
    """What a peer says it took."""
    return Seconds(answer["wall"], answer["cpu"])


def against(name: str, script: str, ours: Callable[[], object], *arguments: object, wanted: str) -> Answer | None:
    """A peer and ours in turn; tells the least of each and the median of the ratios to ours just before and after."""
    theirs: list[Seconds] = []
    own, answer = [once(ours)], None
    for _ in range(_ROUNDS):
        answer = peer(script, *arguments)
        if answer is None:
            return None
        theirs.append(seconds(answer))
        own.append(once(ours))
    beside = [(one.wall + two.wall, one.cpu + two.cpu) for one, two in pairwise(own)]
    wall = [2 * one.wall / both for one, (both, _) in zip(theirs, beside, strict=True)]
    cpu = [2 * one.cpu / both for one, (_, both) in zip(theirs, beside, strict=True)]
    best = Seconds(min(one.wall for one in theirs), min(one.cpu for one in theirs))
    least = Seconds(min(one.wall for one in own), min(one.cpu for one in own))
    told(name, best, f"ours {least}")
    told("", f"{statistics.median(wall):.2f} x wall, {statistics.median(cpu):.2f} x CPU of ours", f"wanted {wanted}")
    return answer


def city_peers(folder: Path, tables: Tables, compute: Callable[[], Result]) -> None:
    """pandas as it is and with our coverage, Ibis, MetricFlow; the figures of each against ours."""
    result = compute()
    files = list(tables.values())
    found = against("pandas, values only", "pandas_peer.py", compute, folder, *files, wanted="4")
    _same("pandas", found, result)
    found = against("pandas, with coverage", "pandas_peer.py", compute, "--coverage", folder, *files, wanted="4")
    _same_counts(found, result)
    found = against("Ibis on DuckDB, values only", "ibis_peer.py", compute, folder, *files, wanted="2.5")
    _same("Ibis", found, result)
    if found is not None:
        best = in_turn({"text": lambda: states_text(workload.compiled(), workload.FORM, GroupBy.DISTRICT)})
        told("Ibis, building and compiling alone", f"{found['text']:.2f} CPU", f"ours {best['text']}")
    found = against(
        "MetricFlow, 130 metrics, districts only", "metricflow_peer.py", compute, folder, *files, wanted="8"
    )
    _same("MetricFlow", found, result)


def _last(result: Result, unit: str = "000000") -> pl.DataFrame:
    """The figures of a unit in the last year, in the order of the indicators."""
    table = pl.from_arrow(result.table)
    if not isinstance(table, pl.DataFrame):
        raise TypeError("a result is a table")
    return table.filter((pl.col("unit") == unit) & (pl.col("year") == table["year"].max())).sort("indicator")


def _same(name: str, found: Answer | None, result: Result) -> None:
    if found is None or not isinstance(found["first"], list):
        return
    mine = _last(result, str(found.get("unit", "000000")))["value"].to_list()
    pairs = [(a, b) for a, b in zip(mine, found["first"], strict=True) if a is not None and b is not None]
    worst = max(abs(a - b) / max(abs(b), 1e-12) for a, b in pairs)
    told(f"{name} against ours, last year", f"{worst:.1e} relative", f"{len(pairs)} figures")


def _same_counts(found: Answer | None, result: Result) -> None:
    if found is None or not isinstance(found["counts"], list):
        return
    last = _last(result)
    pairs = zip(last["coverage_known"].to_list(), last["coverage_total"].to_list(), strict=True)
    mine = [count for pair in pairs for count in pair]
    alike = sum(a == b for a, b in zip(mine, found["counts"], strict=True))
    told("coverage of pandas against ours, last year", f"{alike} of {len(mine)} counts alike")
