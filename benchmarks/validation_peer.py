"""The same rules in pandera (polars) or pointblank: ``validation_peer.py NAME FILE RULES``, FILE a Parquet table.

Both get the table in memory and answer which rows fail, as we do: pandera lazily, with its failure cases; pointblank
by interrogating every step. RULES is a JSON file: ``{"ranges": [code…], "pairs": [[a, b]…]}``: every code is at least
0, and a ≤ b × 1000. Neither is a dependency of duibiao; this file imports nothing of it. The least of three runs.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Pairs = Sequence[Sequence[str]]


def pandera_job(frame: Any, ranges: Sequence[str], pairs: Pairs) -> Callable[[], int]:
    """Validation by pandera: one check a range and one a pair, all failures collected."""
    import pandera.polars as pa  # type: ignore[import-not-found]  # noqa: PLC0415  a library of the peer, where it is installed
    import polars as pl  # noqa: PLC0415  a library of the peer, where it is installed

    def at_most(one: str, other: str) -> Any:
        return pa.Check(lambda data: data.lazyframe.select(pl.col(one) <= pl.col(other) * 1000))

    schema = pa.DataFrameSchema(
        {code: pa.Column(pl.Int64, pa.Check.ge(0), nullable=True) for code in ranges},
        checks=[at_most(one, other) for one, other in pairs],
    )

    def job() -> int:
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as found:
            return len(found.failure_cases)
        return 0

    return job


def pointblank_job(frame: Any, ranges: Sequence[str], pairs: Pairs) -> Callable[[], int]:
    """Validation by pointblank: one step a range and one a pair."""
    import pointblank as pb  # type: ignore[import-not-found]  # noqa: PLC0415  a library of the peer, where it is installed
    import polars as pl  # noqa: PLC0415  a library of the peer, where it is installed

    def job() -> int:
        plan = pb.Validate(frame)
        for code in ranges:
            plan = plan.col_vals_ge(code, 0, na_pass=True)
        for one, other in pairs:
            plan = plan.col_vals_expr(expr=(pl.col(one) <= pl.col(other) * 1000).fill_null(True))
        failed = plan.interrogate().n_failed()
        return sum(failed.values())

    return job


JOBS = {"pandera": pandera_job, "pointblank": pointblank_job}


def main() -> None:
    """Validate and print the time."""
    import polars as pl  # noqa: PLC0415  a library of the peer, where it is installed

    name, file, rules = sys.argv[1:]
    given = json.loads(Path(rules).read_text(encoding="utf-8"))
    job = JOBS[name](pl.read_parquet(file), given["ranges"], given["pairs"])
    taken = []
    failures = 0
    for _ in range(3):
        start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
        failures = job()
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        taken.append((time.perf_counter() - start, cpu))
    wall, cpu = (min(one[place] for one in taken) for place in (0, 1))
    print(json.dumps({"wall": wall, "cpu": cpu, "failures": failures}))


if __name__ == "__main__":
    main()
