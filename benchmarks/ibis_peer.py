"""The same 150 indicators in Ibis on DuckDB: ``python ibis_peer.py FOLDER FILE...``, by an interpreter that has it.

Two stages, as duibiao computes them: sums by year and district in one query, then the nation over them and the
quotients, coefficients, running sums and changes. Values only, no coverage. Conditions are ``ifelse``: what
``where=`` becomes is twice as slow. Prints the seconds of all, imports not
counted, and those of building and compiling to SQL alone. Needs ``sqlglot < 30.18``; imports nothing of duibiao.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Compute and print the time."""
    try:
        import ibis  # type: ignore[import-not-found]  # noqa: PLC0415
    except ImportError:
        sys.exit("no ibis")
    folder, files = Path(sys.argv[1]), sys.argv[2:]
    specs = json.loads((folder / "specs.json").read_text(encoding="utf-8"))
    connection = ibis.duckdb.connect(threads=2)
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    rows = connection.read_parquet(files, filename=True)
    rows = rows.mutate(year=rows.filename.re_extract(r"-(\d+)\.parquet$", 1).cast("int32"))
    states = rows.group_by(["year", "district"]).aggregate(**_states(ibis, rows, specs))
    kept = states.cache()
    sums = {name: kept[name].sum() for name in kept.columns if name not in ("year", "district")}
    nation = kept.group_by("year").aggregate(**sums).mutate(district=ibis.literal("000000"))
    groups = kept.union(nation.select(kept.columns))
    values = groups.select("year", "district", **_values(ibis, groups, specs))
    found = values.to_pyarrow()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    again = time.process_time()
    ibis.to_sql(rows.group_by(["year", "district"]).aggregate(**_states(ibis, rows, specs)), dialect="duckdb")
    ibis.to_sql(groups.select("year", "district", **_values(ibis, groups, specs)), dialect="duckdb")
    text = time.process_time() - again
    last = max(found["year"].to_pylist())
    row = next(one for one in found.to_pylist() if one["district"] == "000000" and one["year"] == last)
    first = [row[f"i{number}"] for number in range(len(specs))]
    print(json.dumps({"wall": wall, "cpu": cpu, "rows": found.num_rows, "text": text, "first": first}))


def _states(ibis: Any, rows: Any, specs: Any) -> Any:
    """The sums a district needs."""
    found = {}
    for number, spec in enumerate(specs):
        names = [*spec.get("top", ()), *spec.get("bottom", ()), *([spec["element"]] if "element" in spec else ())]
        if "kind" in spec:
            inside = rows.school_kind == spec["kind"]
            found[f"t{number}"] = ibis.ifelse(inside, rows[spec["top"][0]], ibis.null()).sum()
            found[f"b{number}"] = ibis.ifelse(inside, rows[spec["bottom"][0]], ibis.null()).sum()
        elif spec["type"] == "share":
            x, y = (rows[name] for name in spec["pair"])
            quotient = x / y.nullif(0)
            found[f"k{number}"] = quotient.count()
            found[f"m{number}"] = ibis.ifelse(quotient >= float(spec["least"]), 1, 0).sum()
        elif spec["type"] == "variation":
            x, y = (rows[name] for name in spec["pair"])
            both = x.notnull() & y.notnull() & (y > 0)
            found[f"x{number}"] = ibis.ifelse(both, x, ibis.null()).sum()
            found[f"p{number}"] = ibis.ifelse(both, y, ibis.null()).sum()
            found[f"s{number}"] = ibis.ifelse(both, x.cast("float64") * x / y, ibis.null()).sum()
        else:
            found |= {name: rows[name].sum() for name in names}
    return found


def _values(ibis: Any, groups: Any, specs: Any) -> Any:
    """The figures of every indicator."""
    found = {}
    over_time = ibis.window(group_by="district", order_by="year")
    running = ibis.cumulative_window(group_by="district", order_by="year")
    for number, spec in enumerate(specs):
        if "kind" in spec:
            value = groups[f"t{number}"] / groups[f"b{number}"]
        elif spec["type"] == "ratio":
            above, below = (
                sum(groups[name] for name in spec[part][1:]) + groups[spec[part][0]] for part in ("top", "bottom")
            )
            value = above / below
        elif spec["type"] == "share":
            value = groups[f"m{number}"] / groups[f"k{number}"]
        elif spec["type"] == "variation":
            mean = groups[f"x{number}"] / groups[f"p{number}"]
            value = (groups[f"s{number}"] / groups[f"p{number}"] - mean * mean).sqrt() / mean
        elif spec["type"] == "cumulative":
            value = groups[spec["element"]].sum().over(running).cast("float64")
        else:
            value = (groups[spec["element"]] - groups[spec["element"]].lag(5).over(over_time)).cast("float64")
        found[f"i{number}"] = value
    return found


if __name__ == "__main__":
    main()
