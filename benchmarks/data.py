"""The data base against its demands: ``python -m benchmarks.data [WHAT] [--folder DIR] [--schools N] [--years N]``.

WHAT: ``city``, ``intake`` (both together without a word), ``peers`` (pandas, Ibis, MetricFlow), ``growth``, ``engines``
(DuckDB, Polars, PostgreSQL, Spark), ``long`` (one row a fact), ``targets`` (4.3 million results), ``nation``.
Ratios within one run, jobs in turn, the least of three, by clock and by processor. Nothing here fails a build.
``nation`` writes 1.5 billion values (about 4 GB) into the folder, computes them under 1 GB, and leaves them there.
Peers that are no dependency run in the interpreters named by DUIBIAO_PEERS (``a:b``), or are left out.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path

import duckdb
import polars as pl

from benchmarks import workload
from benchmarks.charts import chart, write_charts
from benchmarks.data_engines import engines, long_layout
from benchmarks.data_peers import city_peers, peer
from benchmarks.measure import Seconds, in_turn, once, peak_megabytes, ratio, told
from duibiao.compute import DuckDbEngine, Result, recompute
from duibiao.compute.result import long_table
from duibiao.compute.sqltext import GroupBy, states_text

Tables = Mapping[tuple[str, int], Path]
CITY = {"schools": 10_000, "districts": 38, "years": 10}
NATION = {"schools": 500_000, "districts": 2_850, "years": 10}
ROOT = Path(__file__).resolve().parent.parent


def compute(tables: Tables, districts: int, provinces: int = 0, times: int = 1, memory: str | None = None) -> Result:
    """From the text of the indicators to their values."""
    engine = DuckDbEngine(memory_limit=memory, threads=2)
    try:
        return engine.run(workload.compiled(times), tables, workload.units(districts, provinces))
    finally:
        engine.close()


def scan(tables: Tables, memory: str | None = None) -> None:
    """What DuckDB needs to add up every column: the floor of the engine."""
    settings: dict[str, str | bool | int | float | list[str]] = {"threads": 2}
    with duckdb.connect(config=settings if memory is None else {**settings, "memory_limit": memory}) as connection:
        sums = ", ".join(f"sum({code})" for code in workload.codes())
        connection.read_parquet([str(path) for path in tables.values()]).aggregate(sums).fetchall()


def decode(tables: Tables) -> None:
    """What it takes to decode every column and keep nothing."""
    for path in tables.values():
        pl.read_parquet(path, columns=workload.codes())


def city(folder: Path, size: Mapping[str, int]) -> None:
    """calc-city, calc-increment, compile-150, targets, equal."""
    tables = workload.write_years(folder, **size)
    print(f"calc-city: {size['schools']:,} schools × {size['years']} years × 300, 150 indicators")
    best = in_turn(
        {"ours": lambda: compute(tables, 38), "scan": lambda: scan(tables), "decode": lambda: decode(tables)}
    )
    told("ours, from the text of the indicators on", best["ours"])
    told("DuckDB, sum of every column", best["scan"], f"ours: {ratio(best['ours'], best['scan'])}; wanted at most 2")
    told("Polars, decode every column", best["decode"], f"ours: {ratio(best['ours'], best['decode'])}")
    increment(tables)
    compiling()
    targets(compute(tables, 38))
    equal(tables)


def peers(folder: Path, size: Mapping[str, int]) -> None:
    """calc-city and compile-150 against pandas, Ibis and MetricFlow."""
    tables = workload.write_years(folder, **size)
    print(
        f"peers: {size['schools']:,} schools × {size['years']} years × 300, medians of three ratios, in turn with ours"
    )
    city_peers(folder, tables, lambda: compute(tables, 38))


def increment(tables: Tables) -> None:
    """One district that changed, recomputed in a process that holds the result of before; and a whole year."""
    print("calc-increment: one district of the city changed: its rows read again, states, roll-up, finals")
    catalogue, registry = workload.compiled(), workload.units(38)
    latest = dict(list(tables.items())[-1:])
    engine = DuckDbEngine(threads=2)
    before = engine.run(catalogue, tables, registry)
    everyone = before.states.leaves if before.states is not None else ()

    def again(changed: Tables, districts: Collection[str] = ("D00007",)) -> Callable[[], object]:
        return lambda: recompute(engine, before, changed, registry, districts)

    best = in_turn(
        {
            "one year": again(latest),
            "ten years": again(tables),
            "a year of all": again(latest, everyone),
            "full": lambda: compute(tables, 38),
        },
        repeats=5,
    )
    told("a change in one year", best["one year"], "wanted below 0.3 s")
    told("a change in ten years at once", best["ten years"], "wanted below 0.3 s")
    told("every district in one year", best["a year of all"], f"{ratio(best['full'], best['a year of all'])}; wanted 7")
    same = recompute(engine, before, latest, registry, ["D00007"]).table.equals(before.table)
    told("recomputed against the whole run, bit for bit", "the same" if same else "DIFFERENT")
    engine.close()


def compiling() -> None:
    """Text → tree → states → SQL, for 150 and for 600 indicators."""
    print("compile: text of the indicators to SQL text")

    def to_sql(times: int) -> Callable[[], object]:
        return lambda: states_text(workload.compiled(times), workload.FORM, GroupBy.DISTRICT)

    best = in_turn({"150": to_sql(1), "600": to_sql(4)})
    told("150 indicators", best["150"])
    told("600 indicators", best["600"], f"{ratio(best['600'], best['150'])}; proportional is 4")


def targets(result: Result) -> None:
    """Results against targets, with status and rank, in Polars; the floor is the table itself."""
    print("targets: every value against a target, gap, status and rank")
    table = pl.from_arrow(result.table)
    if not isinstance(table, pl.DataFrame):
        raise TypeError("a result is a table")
    goals = table.select("indicator").unique().with_columns(goal=pl.lit(1.0))

    def against() -> None:
        joined = table.join(goals, on="indicator").with_columns(gap=pl.col("value") - pl.col("goal"))
        joined.with_columns(
            met=pl.col("gap") >= 0, rank=pl.col("value").rank("min", descending=True).over("indicator", "year")
        )

    def by_duckdb() -> None:
        with duckdb.connect(config={"threads": 2}) as connection:
            connection.register("t", table.to_arrow())
            connection.register("g", goals.to_arrow())
            connection.sql(
                "select *, value - goal as gap, value >= goal as met, "
                "rank() over (partition by indicator, year order by value desc) as place "
                "from t join g using (indicator)"
            ).to_arrow_table()

    best = in_turn({"unpivot": lambda: long_table(result), "polars": against, "duckdb": by_duckdb})
    told(f"the result as a table ({table.height:,} rows)", best["unpivot"])
    told("against targets, Polars", best["polars"], ratio(best["polars"], best["unpivot"]) + " of the table")
    told("against targets, DuckDB", best["duckdb"], f"{ratio(best['duckdb'], best['polars'])} of Polars")


def nation_results(years: int) -> Result:
    """As many results as the nation has: 2,850 districts, provinces and the nation; of schools so few that it is quick.

    What is measured is what comes after the computing, and a result of few schools has as many rows as one of many.
    """
    with tempfile.TemporaryDirectory() as folder:
        return compute(workload.write_years(Path(folder), 5_700, 2_850, years), 2_850, 31)


def equal(tables: Tables) -> None:
    """Two runs give the same bytes, and so does the SQL that larger tables are computed by."""
    first, second = compute(tables, 38).table, compute(tables, 38).table
    engine = DuckDbEngine(threads=2, by_sql=True)
    sql = engine.run(workload.compiled(), tables, workload.units(38)).table
    engine.close()
    told("equal: two runs, bit for bit", "the same" if first.equals(second) else "DIFFERENT")
    told("equal: in this process and by SQL", "the same" if first.equals(sql) else "DIFFERENT")


def growth(folder: Path) -> None:
    """Time against schools, years and indicators, as numbers and as a chart."""
    print("growth: seconds of processor, the least of three; proportional would be the dashed line")
    curves: dict[str, list[tuple[float, float]]] = {"schools": [], "years": [], "indicators": []}

    def taken(tables: Tables, times: int = 1) -> float:
        return in_turn({"x": partial(compute, tables, 38, times=times)})["x"].cpu

    for schools in (5_000, 10_000, 20_000, 40_000):
        curves["schools"].append((schools, taken(workload.write_years(folder, schools, 38, 10))))
    tables = workload.write_years(folder, 20_000, 38, 10)
    for years in (2, 5, 10):
        curves["years"].append((years, taken(dict(list(tables.items())[:years]))))
    for times in (1, 2, 4):
        curves["indicators"].append((150 * times, taken(tables, times)))
    for name, points in curves.items():
        told(name, "  ".join(f"{x:,.0f}: {y:.2f} s" for x, y in points))
    charts = [chart(f"CPU seconds by {name}", name, {"duckdb": points}) for name, points in curves.items()]
    write_charts(ROOT / "docs" / "data-growth.svg", charts)


def nation(folder: Path, years: int) -> None:
    """calc-nation: each job in a process of its own, so that the memory of each is its own."""
    written = once(lambda: workload.write_years(folder, **{**NATION, "years": years}))
    values = NATION["schools"] * years * workload.ELEMENTS
    print(f"calc-nation: 500,000 schools × {years} years × 300 = {values / 1e9:.2f} billion values, 150 indicators")
    size = sum(path.stat().st_size for path in folder.glob("500000-*.parquet")) / 1e9
    told("generator", written, f"{size:.1f} GB of Parquet (nothing to write where it stood already)")
    taken: dict[str, Seconds] = {}
    for job in ("decode", "scan", "ours"):
        command = [sys.executable, "-m", "benchmarks.data", "nation-job", "--job", job, "--folder", str(folder)]
        done = subprocess.run([*command, "--years", str(years)], capture_output=True, text=True, check=True, cwd=ROOT)  # noqa: S603  our own command
        answer = json.loads(done.stdout.splitlines()[-1])
        taken[job] = Seconds(answer["wall"], answer["cpu"])
        told(job, taken[job], f"peak {answer['mb']:,.0f} MB  {answer['note']}")
    told("ours against decoding", ratio(taken["ours"], taken["decode"]), "wanted at most 2.3 x CPU")
    told("ours against DuckDB's own scan", ratio(taken["ours"], taken["scan"]))


class Installed:
    """Finds what a customer's machine has: no pandas, which pyarrow imports where it finds it (a peer of ours here)."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Say that pandas is not there; leave every other name to the finders behind this one."""
        del path, target
        if name == "pandas":
            raise ModuleNotFoundError(name)


def nation_job(folder: Path, job: str, years: int) -> None:
    """One job of calc-nation, measured with everything it needs, and with nothing that is no dependency."""
    sys.meta_path.insert(0, Installed())
    tables = {
        (workload.FORM, workload.FIRST_YEAR + n): folder / f"500000-{workload.FIRST_YEAR + n}.parquet"
        for n in range(years)
    }
    note = ""

    def ours() -> None:
        nonlocal note
        result = compute(tables, 2_850, 31, memory="400MB")
        groups, years = len(result.groups.groups), len(result.years)
        note = f"{groups:,} groups × {years} years × {len(result.compiled.indicators)} indicators"

    jobs: dict[str, Callable[[], object]] = {
        "ours": ours,
        "scan": lambda: scan(tables, "600MB"),
        "decode": lambda: decode(tables),
    }
    taken = once(jobs[job])
    print(json.dumps({"wall": taken.wall, "cpu": taken.cpu, "mb": peak_megabytes(), "note": note}))


def main() -> None:  # noqa: C901  one branch a benchmark
    """Choose what to run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", default="quick")
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--schools", type=int, default=CITY["schools"], help="of city, engines, long")
    parser.add_argument("--job", default="")
    given = parser.parse_args()
    from benchmarks.data_intake import intake  # noqa: PLC0415  needs the intake extras

    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        size = {**CITY, "schools": given.schools, "years": given.years}
        match given.what:
            case "nation":
                nation(folder, given.years)
            case "nation-job":
                nation_job(folder, given.job, given.years)
            case "peers":
                peers(folder, size)
            case "growth":
                growth(folder)
            case "intake":
                intake(folder, peer)
            case "engines":
                engines(workload.write_years(folder, **size))
            case "long":
                long_layout(folder, workload.write_years(folder, **size))
            case "targets":
                targets(nation_results(given.years))
            case "city":
                city(folder, size)
            case "quick":
                city(folder, size)
                intake(folder, peer)
            case _:
                parser.error(f"no benchmark '{given.what}'")


if __name__ == "__main__":
    main()
