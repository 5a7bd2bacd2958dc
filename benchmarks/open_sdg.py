"""Whether Open SDG's own builder accepts our export and comes to our growth-rate statuses: a table, row by row.

The builder (sdg-build) is no part of the project. Bring a checkout and an interpreter that has its dependencies:

    python -m benchmarks.open_sdg --builder FOLDER --python INTERPRETER

Real rows first, then invented ones (模拟数据) that reach every class, falling indicators, zeros and lost goals.
Every disagreement is explained by one of ``REASONS``; one that is not ends the script with 1.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from duibiao.metrics.indicator import Direction
from duibiao.progress.methods import Track, growth_class
from duibiao.progress.policy import Policy
from duibiao.progress.status import LOOKS, Status
from duibiao.progress.verdicts import METHOD_WORDS, MethodVerdict, verdicts
from duibiao.reports.exports.content import ExportContent, ExportedRow, of_plans
from duibiao.reports.exports.open_sdg import OpenSdgIndicator, is_calculated, numbered, open_sdg
from duibiao.views.rows import MonitorRow, ValueView, VerdictView
from duibiao.workspace import Workspace

PACKS = Path(__file__).resolve().parent.parent / "packs"
DAY = date(2025, 12, 31)
SEED, INVENTED = 20251231, 200
BUILD = """
import os, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[1])
os.chdir(sys.argv[2])
import sdg
checked = sdg.open_sdg_check(config="config_data.yml")
built = sdg.open_sdg_build(config="config_data.yml")
sys.exit(0 if checked and built else 3)
"""
THEIRS = {
    "target_achieved": "achieved",
    "on_track": "on_track",
    "substantial_progress": "on_track",
    "progress_needs_acceleration": "acceleration_needed",
    "moderate_progress": "acceleration_needed",
    "limited_progress": "limited",
    "deterioration": "deterioration",
    "not_available": "",
    "": "",
}
"""The builder's words, of the revisions before and since 2.4, as our classes."""
REASONS = {
    "strict": "the plan says more than (超过): the builder takes reaching the number for reaching the goal",
    "zero_base": "the base value is 0: this revision divides by it and says nothing; since 2.4 it puts 0.001, as we do",
    "zero_goal": "the goal is 0 and more is better: the builder puts 0.001 in its place, which 0 does not reach",
    "falling": "the base had the goal, which was lost: this revision divides two negative rates and calls it progress",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One row by both programs; ``reason`` is a key of REASONS, ``?`` for an unexplained difference, empty for none."""

    indicator: OpenSdgIndicator
    ours: str
    theirs: str
    reason: str


def track_of(row: MonitorRow) -> Track:
    """The way of a row as the growth-rate method sees it; the goal is strict where the document writes > or <."""
    if row.baseline is None or row.value is None or row.goal is None or row.observation is None:
        raise ValueError(row.id)
    year = int(row.observation.period[:4])
    strict = row.goal_written.startswith((">", "<", "＞", "＜")) and "=" not in row.goal_written
    base_year, up = row.baseline_year or 0, row.direction is not Direction.DOWN
    return Track(row.baseline, base_year, row.value, year, row.goal, row.due, up, strict)


def ours(row: MonitorRow) -> str:
    """Our growth-rate class of a row."""
    found = growth_class(track_of(row))
    return found.value if found else ""


def built(builder: Path, python: Path, content: ExportContent, folder: Path) -> dict[str, str]:
    """Export, let the builder check and build, and answer its status by indicator id. Raises where it refuses."""
    for name, data in open_sdg(content).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    done = subprocess.run(  # noqa: S603  the interpreter and the checkout were named by who runs this
        [str(python), "-c", BUILD, str(builder), str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stdout[-3000:] + done.stderr[-3000:])
    told = json.loads((folder / "_site/untranslated/meta/all.json").read_text(encoding="utf-8"))
    return {key: str(meta.get("progress_status") or "") for key, meta in told.items()}


def compared(content: ExportContent, statuses: dict[str, str]) -> Iterable[Compared]:
    """Every row the builder was asked to judge, by both."""
    for one in numbered(content):
        if is_calculated(one.row.row):
            mine, other = ours(one.row.row), THEIRS[statuses[one.id]]
            yield Compared(one, mine, other, "" if mine == other else why(track_of(one.row.row), mine, other))


def why(track: Track, mine: str, other: str) -> str:
    """Why the two differ; ``?`` where nothing known explains it."""
    if track.strict and track.value == track.goal and other == "achieved":
        return "strict"
    if track.base == 0 and not other:
        return "zero_base"
    if track.goal == track.value == 0 and track.up:
        return "zero_goal"
    return "falling" if track.had_goal and mine == "deterioration" else "?"


_POLICY = Policy("", Decimal("0.95"), Decimal("0.6"), 22, (), Decimal("0.05"), Decimal("0.2"))


def invented(real: ExportContent, size: int = INVENTED, seed: int = SEED) -> ExportContent:
    """Rows made up to reach every class, in the form of the real export; the same for the same seed."""
    draw = random.Random(seed)  # noqa: S311  no secret
    model = next(one for one in real.rows if is_calculated(one.row))
    return replace(real, rows=tuple(_row(model, number, draw) for number in range(size)), computed=())


def _row(model: ExportedRow, number: int, draw: random.Random) -> ExportedRow:
    up = draw.random() < 0.6
    base = Decimal(draw.choice([0, 1, 20, 64, 98, 500])) + Decimal(draw.randrange(0, 100)) / 100 * draw.choice([0, 1])
    way = Decimal(draw.randrange(1, 60)) * (1 if up else -1)
    goal = max(base + way, Decimal(0))
    share = Decimal(draw.choice([-130, -20, 0, 5, 15, 25, 30, 45, 60, 95, 100, 130])) / 100
    value = base if draw.random() < 0.05 else max(base + way * share, Decimal(0))
    goal = draw.choice([goal, goal, goal, goal, value, base - way])
    strict = draw.random() < 0.3
    goal = max(goal, Decimal(0))
    track = Track(base, 2023, value, draw.choice([2024, 2025, 2026]), goal, 2027, up, strict)
    row = model.row
    seen = tuple(_value(row.values[0], year, amount) for year, amount in ((2023, base), (track.year, value)))
    found = tuple(_view(one) for one in verdicts(track, {}, Status.NO_DATA, _POLICY))
    made = replace(
        row, id=f"invented/row-{number:03}", row=number + 1, label=f"模拟指标{number}", baseline=base, value=value,
        goal=goal, due=2027, baseline_year=2023, direction=Direction.UP if up else Direction.DOWN, values=seen,
        observation=seen[1], goal_written=f"{'>' if strict and up else '<' if strict else ''}{goal}", verdicts=found,
    )  # fmt: skip
    return replace(model, row=made)


def _value(model: ValueView, year: int, amount: Decimal) -> ValueView:
    return replace(model, id=f"{year}-{amount}", period=str(year), amount=amount)


def _view(one: MethodVerdict) -> VerdictView:
    word = LOOKS[one.status].word if one.status else METHOD_WORDS[one.method]
    return VerdictView(one.method, METHOD_WORDS[one.method], one.status, word, one.word, one.figure, one.reason, False)


def shown(found: Sequence[Compared], *, every: bool) -> None:
    """Print the table: every row, or the classes counted and the rows that differ."""
    for one in found:
        if every or one.reason:
            row = one.indicator.row.row
            about = f"{row.baseline} → {row.value} of {row.goal_written}, {row.direction}"
            mark = "=" if not one.reason else one.reason
            print(f"  {one.indicator.number:8} {row.id:34} {about:42} {one.ours:20} {one.theirs or '—':20} {mark}")
    print("  agree:", dict(Counter(one.ours for one in found if not one.reason)))
    print("  differ:", dict(Counter(one.reason for one in found if one.reason)))


def main() -> int:
    """Print the agreement of real and invented rows; 1 where a difference is unexplained."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--builder", type=Path, required=True)
    asked.add_argument("--python", type=Path, required=True)
    options = asked.parse_args()
    workspace = Workspace.open(PACKS)
    contents = []
    for wanted in ("action-plans", "five-year-14"):
        title, plans = workspace.plans(wanted)
        contents.append((wanted, of_plans(workspace, title, wanted, plans, DAY), True))
    contents.append(("invented 模拟数据", invented(contents[0][1]), False))
    unexplained = 0
    for name, content, every in contents:
        folder = Path(tempfile.mkdtemp())
        try:
            found = list(compared(content, built(options.builder, options.python, content, folder)))
        finally:
            shutil.rmtree(folder)
        print(f"{name}: {len(found)} rows judged by both")
        shown(found, every=every)
        unexplained += sum(1 for one in found if one.reason == "?")
    for key, words in REASONS.items():
        print(f"{key}: {words}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
