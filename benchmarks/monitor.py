"""How long the main job takes, as ratios: against plain PyYAML, against the five-second limit, and by size.

Run with ``make bench``. Nothing here can fail a build; machines are noisy, so medians are printed.
"""

import csv
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import yaml

from duibiao.kernel.text import Language
from duibiao.metrics.observation import COLUMNS as OBSERVATION_COLUMNS
from duibiao.metrics.unit import COLUMNS as UNIT_COLUMNS
from duibiao.reports.monitor import write_monitor
from duibiao.views.monitor import monitor_page
from duibiao.workspace import Workspace

PACKS = Path(__file__).resolve().parent.parent / "packs"
LIMIT_SECONDS = 5
SIZES = (1_250, 2_500, 5_000, 10_000)
DAY = date(2025, 12, 31)
REPEATS = 3


def timed(job: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median seconds of a job."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        job()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def whole_job(packs: Path, out: Path, wanted: str) -> None:
    """Load, assess and render."""
    workspace = Workspace.open(packs)
    title, plans = workspace.plans(wanted)
    write_monitor(monitor_page(workspace, title, plans, DAY), out, Language.ZH)


def parse_with_pyyaml(packs: Path) -> None:
    """The named peer: PyYAML reading the same files into plain dictionaries, checking nothing."""
    for path in packs.rglob("*.yaml"):
        yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


CITE = {"at": "L1", "hash": "0123456789abcdef"}
MARK = "模拟数据"


def synthetic(folder: Path, size: int) -> Path:
    """Write a pack of invented indicators (模拟数据): one target, one link and three values each."""
    pack = folder / "packs" / "synthetic"
    (pack / "plans").mkdir(parents=True)
    shutil.copy(PACKS / "china" / "progress.yaml", pack / "progress.yaml")
    kinds = {"unit": "%", "direction": "up", "accumulation": "level", "rollup": "ratio"}
    source = {"code": "s", "title": MARK, "publisher": MARK, "kind": "plan", "published": "2024"}
    count = {"count": "indicators", "equals": size}
    files: dict[str, dict[str, object]] = {
        "pack.yaml": {"code": "synthetic", "title": MARK, "unit": "1", "assertions": [count]},
        "sources.yaml": {"sources": [source]},
        "departments.yaml": {"departments": [{"name": MARK}]},
        "indicators.yaml": {"indicators": [{"code": f"i{n}", "label": f"{MARK}{n}", **kinds} for n in range(size)]},
        "plans/demo.yaml": plan_file(size),
    }
    for name, content in files.items():
        (pack / name).write_text(yaml.dump(content, Dumper=yaml.CSafeDumper, allow_unicode=True), encoding="utf-8")
    fixed = {"unit": "1", "measure_unit": "%", "bound": "=", "source": "s", "note": MARK}
    values = [
        {"indicator": f"i{n}", "period": year, "value": 50 + n % 7 + year - 2022, "published": year + 1, **fixed}
        for n in range(size)
        for year in (2022, 2023, 2024)
    ]
    write_table(pack / "observations.csv", OBSERVATION_COLUMNS, values)
    write_table(pack / "units.csv", UNIT_COLUMNS, [{"code": "1", "name": MARK, "kind": "city", "source": MARK}])
    return folder / "packs"


def plan_file(size: int) -> dict[str, object]:
    """The invented plan."""
    head = {"code": "demo", "title": MARK, "short": MARK, "kind": "action_plan", "issuer": MARK, "published": "2024"}
    years = {"start": 2024, "end": 2027, "base_year": 2023, "source": {"document": "s", "part": MARK}}
    fixed = {"unit": "%", "due": 2027, "cite": CITE}
    targets = [
        {"id": f"row-{n}", "row": n + 1, "indicator": f"i{n}", "label": f"{MARK}{n}"}
        | {"baseline": str(51 + n % 7), "written": str(60 + n % 7)}
        | fixed
        for n in range(size)
    ]
    return {
        **head,
        **years,
        "sections": [{"no": "一", "title": MARK, "cite": CITE}],
        "tasks": [{"no": 1, "section": "一", "title": MARK, "lead": [MARK], "cite": CITE}],
        "targets": targets,
        "links": [{"item": "1", "indicator": f"i{n}", "how": "states", "reason": MARK} for n in range(size)],
    }


def write_table(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    """Write a CSV file of a pack."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(columns))
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out"
        job = timed(lambda: whole_job(PACKS, out, "action-plans"))
        load = timed(lambda: Workspace.open(PACKS))
        peer = timed(lambda: parse_with_pyyaml(PACKS))
        share = job / LIMIT_SECONDS
        print(f"whole plan, load + assess + render: {job:.2f} s = {share:.2f} of the {LIMIT_SECONDS} s limit")
        print(f"load and check every pack: {load / peer:.2f} × PyYAML (CSafeLoader) parsing the same YAML unchecked")
        costs = []
        for size in SIZES:
            packs = synthetic(Path(scratch) / str(size), size)
            repeats = 1 if size > 5_000 else REPEATS
            seconds = timed(partial(whole_job, packs, out, "demo"), repeats)
            costs.append(seconds / size)
            print(f"{size:>6} invented indicators: {seconds:6.2f} s, {costs[-1] * 1000:.3f} ms each")
        print(f"cost of one indicator at {SIZES[-1]:,} ÷ at {SIZES[0]:,}: {costs[-1] / costs[0]:.2f} (1.00 = linear)")


if __name__ == "__main__":
    main()
