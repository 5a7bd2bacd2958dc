"""130 of the 150 indicators in MetricFlow on dbt-duckdb: ``python metricflow_peer.py FOLDER FILE...``, where it is.

Districts by year: one level a query, as MetricFlow works; running sums and changes over five years are left out. The
project is written and built by dbt before the clock starts; what is counted is one query, from the names of the metrics
to its rows. Prints the seconds as JSON. This file imports nothing of duibiao.
"""

import contextlib
import io
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

UNIT = "D00007"


def main() -> None:
    """Build the project, run one query, print the time."""
    try:
        from dbt.cli.main import dbtRunner  # type: ignore[import-not-found]  # noqa: PLC0415
        from dbt_metricflow.cli.cli_configuration import CLIConfiguration  # type: ignore[import-not-found]  # noqa: PLC0415
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest  # type: ignore[import-not-found]  # noqa: PLC0415
    except ImportError:
        sys.exit("no metricflow")
    specs = json.loads((Path(sys.argv[1]) / "specs.json").read_text(encoding="utf-8"))
    files = [str(Path(one).resolve()) for one in sys.argv[2:]]
    with tempfile.TemporaryDirectory() as name, contextlib.redirect_stdout(io.StringIO()):
        os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
        project = Path(name)
        metrics = _project(project, specs, files)
        os.chdir(project)
        done = dbtRunner().invoke(["build", "--quiet", "--project-dir", name, "--profiles-dir", name])
        if not done.success:
            sys.exit(f"dbt build failed: {done.exception or done.result}")
        flow = CLIConfiguration()
        flow.setup(dbt_profiles_path=project, dbt_project_path=project, configure_file_logging=False)
        request = MetricFlowQueryRequest.create(
            metric_names=metrics, group_by_names=["school__district", "metric_time__year"]
        )
        start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
        answer = flow.mf.query(request).result_df
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    rows = [dict(zip(answer.column_names, row, strict=True)) for row in answer.rows]
    own = max((row for row in rows if row["school__district"] == UNIT), key=lambda row: row["metric_time__year"])
    first = [None if own.get(f"i{n}") is None else float(own[f"i{n}"]) for n in range(len(specs))]
    print(json.dumps({"wall": wall, "cpu": cpu, "rows": len(rows), "first": first, "unit": UNIT}))


def _project(folder: Path, specs: list[dict[str, object]], files: list[str]) -> list[str]:
    """Write a dbt project with one semantic model; answers the names of the metrics."""
    measures, metrics, wanted = _metrics(specs)
    (folder / "models").mkdir()
    texts = {
        "dbt_project.yml": {"name": "bench", "version": "1.0", "profile": "bench", "model-paths": ["models"]},
        "profiles.yml": {"bench": {"target": "dev", "outputs": {"dev": {
            "type": "duckdb", "path": str(folder / "bench.duckdb"), "threads": 1, "settings": {"threads": 2}}}}},
        "models/schema.yml": {
            "models": [{"name": "time_spine", "time_spine": {"standard_granularity_column": "date_day"},
                        "columns": [{"name": "date_day", "granularity": "day"}]}],
            "semantic_models": [{
                "name": "schools", "model": "ref('wide')", "defaults": {"agg_time_dimension": "first_day"},
                "entities": [{"name": "school", "type": "primary", "expr": "unit"}],
                "dimensions": [{"name": "first_day", "type": "time", "type_params": {"time_granularity": "day"}},
                               {"name": "district", "type": "categorical"}],
                "measures": measures}],
            "metrics": metrics},
    }  # fmt: skip
    for name, content in texts.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML
    listed = ", ".join(f"'{one}'" for one in files)
    year = "cast(regexp_extract(filename, '-(\\d+)\\.parquet$', 1) as integer)"
    (folder / "models" / "wide.sql").write_text(
        "{{ config(materialized='view') }} select *, make_date(" + year + ", 1, 1) as first_day "
        f"from read_parquet([{listed}], filename = true)", encoding="utf-8",
    )  # fmt: skip
    (folder / "models" / "time_spine.sql").write_text(
        "{{ config(materialized='table') }} select cast(range as date) as date_day "
        "from range(date '2016-01-01', date '2027-01-01', interval 1 day)", encoding="utf-8",
    )  # fmt: skip
    return wanted


def _metrics(specs: list[dict[str, object]]) -> tuple[list[dict[str, object]], list[dict[str, object]], list[str]]:
    """Measures, the metrics over them, and the names of those that are indicators."""
    sums: dict[str, str] = {}
    found: list[dict[str, object]] = []
    wanted = []
    for number, spec in enumerate(specs):
        pair = [str(one) for one in spec.get("pair", ())]  # type: ignore[attr-defined]  # a list, as the file holds it
        top, bottom = ([str(one) for one in spec.get(part, ())] for part in ("top", "bottom"))  # type: ignore[attr-defined]  # a list, as the file holds it
        if "kind" in spec:
            inside = f"case when school_kind = '{spec['kind']}' then"
            sums[f"t{number}"], sums[f"b{number}"] = f"{inside} {top[0]} end", f"{inside} {bottom[0]} end"
            text, parts = f"t{number} * 1.0 / b{number}", [f"t{number}", f"b{number}"]
        elif spec["type"] == "ratio":
            sums |= {f"s_{name}": name for name in (*top, *bottom)}
            text = f"({' + '.join('s_' + one for one in top)}) * 1.0 / ({' + '.join('s_' + one for one in bottom)})"
            parts = [f"s_{name}" for name in (*top, *bottom)]
        elif spec["type"] == "share":
            quotient = f"{pair[0]} / nullif({pair[1]}, 0)"
            sums[f"k{number}"] = f"case when {quotient} is not null then 1 else 0 end"
            sums[f"m{number}"] = f"case when {quotient} >= {spec['least']} then 1 else 0 end"
            text, parts = f"m{number} * 1.0 / k{number}", [f"m{number}", f"k{number}"]
        elif spec["type"] == "variation":
            both = f"case when {pair[0]} is not null and {pair[1]} > 0 then"
            square = f"cast({pair[0]} as double) * {pair[0]} / {pair[1]}"
            sums |= {f"x{number}": f"{both} {pair[0]} end", f"p{number}": f"{both} {pair[1]} end"}
            sums[f"q{number}"] = f"{both} {square} end"
            text = (
                f"sqrt(q{number} * 1.0 / p{number} - (x{number} * 1.0 / p{number}) ^ 2) / (x{number} * 1.0 / p{number})"
            )
            parts = [f"q{number}", f"p{number}", f"x{number}"]
        else:
            continue
        wanted.append(f"i{number}")
        params = {"expr": text, "metrics": [{"name": name} for name in parts]}
        found.append({"name": f"i{number}", "label": f"i{number}", "type": "derived", "type_params": params})
    simple: list[dict[str, object]] = [
        {"name": name, "label": name, "type": "simple", "type_params": {"measure": f"of_{name}"}} for name in sums
    ]
    measures: list[dict[str, object]] = [
        {"name": f"of_{name}", "agg": "sum", "expr": text} for name, text in sums.items()
    ]
    return measures, [*simple, *found], wanted


if __name__ == "__main__":
    main()
