"""How long the main job takes, as ratios: against plain PyYAML, against the five-second limit, and by size.

Run with ``make bench``. Nothing here can fail a build; machines are noisy, so medians are printed.
"""

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import yaml

from duibiao.kernel.text import Language
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
        yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # noqa: S506  CSafeLoader is safe


def synthetic(folder: Path, size: int) -> Path:
    """Write a pack of invented indicators (模拟数据), one target, one task link and three values each."""
    pack = folder / "packs" / "synthetic"
    (pack / "plans").mkdir(parents=True)
    shutil.copy(PACKS / "china" / "progress.yaml", pack / "progress.yaml")
    cite = "{at: L1, hash: 0123456789abcdef}"
    files = {
        "pack.yaml": f"code: synthetic\ntitle: 模拟数据\nunit: '1'\nassertions:\n- {{count: indicators, equals: {size}}}\n",
        "sources.yaml": "sources:\n- {code: s, title: 模拟数据, publisher: 模拟, kind: plan, published: '2024'}\n",
        "departments.yaml": "departments:\n- {name: 模拟部门}\n",
        "units.csv": "code,name,kind,parent,valid_from,valid_to,successors,grouping_current,grouping_2020,subgroup,"
        "tile_col,tile_row,break_on,source,note\n1,模拟市,city,,,,,,,,,,,模拟,\n",
        "indicators.yaml": "indicators:\n"
        + "".join(
            f"- {{code: i{n}, label: 模拟指标{n}, unit: '%', direction: up, accumulation: level, rollup: ratio}}\n"
            for n in range(size)
        ),
        "observations.csv": "indicator,unit,period,value,measure_unit,bound,as_of,published,source,original_label,"
        "document,at,hash,quality,note\n"
        + "".join(f"i{n},1,{year},{50 + n % 7 + year - 2022},%,=,,{year + 1},s,,,,,,模拟数据\n"
                  for n in range(size) for year in (2022, 2023, 2024)),
        "plans/demo.yaml": "code: demo\ntitle: 模拟规划\nshort: 模拟\nkind: action_plan\nissuer: 模拟\npublished: '2024'\n"
        "start: 2024\nend: 2027\nbase_year: 2023\nsource: {document: s, part: 模拟}\n"
        f"sections:\n- {{no: 一, title: 模拟, cite: {cite}}}\n"
        f"tasks:\n- {{no: 1, section: 一, title: 模拟, lead: [模拟部门], cite: {cite}}}\ntargets:\n"
        + "".join(f"- {{id: row-{n}, row: {n + 1}, indicator: i{n}, label: 模拟指标{n}, unit: '%', baseline: '{51 + n % 7}', "
                  f"written: '{60 + n % 7}', due: 2027, cite: {cite}}}\n" for n in range(size))
        + "links:\n"
        + "".join(f"- {{item: '1', indicator: i{n}, how: states, reason: 模拟}}\n" for n in range(size)),
    }  # fmt: skip
    for name, text in files.items():
        (pack / name).write_text(text, encoding="utf-8")
    return folder / "packs"


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out"
        job = timed(lambda: whole_job(PACKS, out, "action-plans"))
        load = timed(lambda: Workspace.open(PACKS))
        peer = timed(lambda: parse_with_pyyaml(PACKS))
        print(
            f"whole plan, load + assess + render: {job:.2f} s = {job / LIMIT_SECONDS:.2f} of the {LIMIT_SECONDS} s limit"
        )
        print(f"load and check every pack: {load / peer:.2f} × PyYAML (CSafeLoader) parsing the same YAML unchecked")
        costs = []
        for size in SIZES:
            packs = synthetic(Path(scratch) / str(size), size)
            seconds = timed(lambda packs=packs: whole_job(packs, out, "demo"), 1 if size > 5_000 else REPEATS)  # type: ignore[misc]
            costs.append(seconds / size)
            print(f"{size:>6} invented indicators: {seconds:6.2f} s, {costs[-1] * 1000:.3f} ms each")
        print(f"cost of one indicator at {SIZES[-1]:,} ÷ at {SIZES[0]:,}: {costs[-1] / costs[0]:.2f} (1.00 = linear)")


if __name__ == "__main__":
    main()
