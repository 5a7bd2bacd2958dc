"""Freezing: the next evaluation compares itself with the last; a process stopped at any moment leaves nothing half."""

import shutil
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from duibiao.evaluations.folder import FrozenEvaluation, list_evaluations
from duibiao.evaluations.freeze import EvaluationSources, freeze
from duibiao.evaluations.material import EvaluationRequest
from duibiao.evaluations.places import EVALUATION
from duibiao.evaluations.record import Evaluation, EvaluationKind
from duibiao.evaluations.record_parts import MovementKind, PredictionBasis
from duibiao.evaluations.verify import verify
from duibiao.kernel.problem import UserError
from duibiao.metrics.observation import COLUMNS
from duibiao.store.durable import file_digest
from tests.unit.evaluations.conftest import ROOT

PACKS = ROOT / "packs"
SOURCE = "moe-stats-2020-preschool"


def evaluate(folder: Path, day: date, *observations: Path, wanted: str = "basic-education") -> tuple[Path, Evaluation]:
    request = EvaluationRequest(wanted, EvaluationKind.ANNUAL, day)
    frozen, evaluation = freeze(EvaluationSources(PACKS, observations), lambda _: request, folder)
    return frozen.folder, evaluation


def test_the_next_evaluation_says_what_moved_what_was_restated_and_how_predictions_did(tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    rows = [
        f"preschool.gross_enrolment_rate,500000,{year},{value},%,=,,2026-06-01,{SOURCE},毛入园率,,,,,"
        for year, value in ((2024, "93.7"), (2025, "94.3"))
    ]
    more.write_text("\n".join([",".join(COLUMNS), *rows, ""]), encoding="utf-8")
    folder = tmp_path / "evaluations"
    _, first = evaluate(folder, date(2025, 11, 1))
    place, second = evaluate(folder, date(2026, 12, 31), more)

    found = second.comparison
    assert found is not None
    assert (found.earlier, found.added, found.dropped) == (first.id, (), ())
    assert [(one.period, one.before, one.after, one.after_source) for one in found.restated] == [
        ("2024", "93.5%", "93.7%", SOURCE)
    ]
    row = next(one for one in found.moved if one.row == "basic-education/row-01")
    assert (row.before_value, row.before_period, row.after_value, row.after_period) == (
        "93.5%",
        "2024",
        "94.3%",
        "2025",
    )
    assert row.kind is MovementKind.BETTER
    assert len(found.moved) + found.unchanged == 13
    made = {(one.row, one.for_year): one for one in second.track_record if one.basis is PredictionBasis.EARLIER}
    held = made["basic-education/row-01", 2025]
    assert (held.made_in, held.made_on) == (first.id, date(2025, 11, 1))
    assert (held.came_shown, held.is_hit) == ("94.3%", True)
    assert held.error == held.came - held.predicted if held.came is not None else False
    assert made["basic-education/row-01", 2027].came is None
    assert verify(place).stands  # the earlier evaluation is among the frozen inputs

    again, _ = evaluate(folder, date(2026, 12, 31), more)  # the same inputs: the same evaluation
    assert again == place
    assert [one.as_of for one in list_evaluations(folder)] == [date(2026, 12, 31), date(2025, 11, 1)]

    (folder / first.id / EVALUATION).write_bytes(b"{}")  # a damaged one is not passed over
    with pytest.raises(UserError, match="EVALUATION-FILE-CHANGED"):
        evaluate(folder, date(2027, 1, 5))
    assert not [path for path in folder.iterdir() if path.name.startswith(".tmp-")]


def test_what_was_known_earlier_is_asked_what_it_would_have_said(closing: Evaluation) -> None:
    found = [one for one in closing.track_record if one.row == "five-year-14/row-02"]
    back = [one for one in found if one.basis is PredictionBasis.BACK_CAST]
    assert back
    assert all(one.made_on.year <= one.for_year and one.made_in == "" for one in back)
    assert all(one.came is not None and one.error == one.came - one.predicted for one in back)
    assert all(one.is_hit is not None for one in back if one.low is not None)
    (now,) = [one for one in found if one.basis is PredictionBasis.NOW]
    assert (now.for_year, now.came, now.is_hit) == (2025, None, None)
    assert now.probability_shown.zh.startswith("约")


STOPPED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from duibiao.evaluations.freeze import EvaluationSources, freeze
from duibiao.evaluations.material import EvaluationRequest
from duibiao.evaluations.record import EvaluationKind

packs, folder = Path(sys.argv[1]), Path(sys.argv[2])
request = EvaluationRequest("demo", EvaluationKind.SPECIAL, date(2025, 12, 31))
for event, name in (("open", "progress.yaml"), ("open", "manifest.json"), ("os.rename", folder.name)):
    child = os.fork()
    if child == 0:
        def stop(what, arguments):
            path = str(arguments[0]) if arguments else ""
            if what == event and name in path and str(folder) in path:
                os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(stop)
        freeze(EvaluationSources(packs), lambda _: request, folder)
        os._exit(0)
    _, state = os.waitpid(child, 0)
    left = sorted(path.name for path in folder.iterdir() if path.is_dir())
    print(event, os.WTERMSIG(state), left and all(one.startswith(".tmp-") for one in left))
"""


def test_a_process_stopped_at_any_moment_leaves_nothing_half_written(tmp_path: Path) -> None:
    packs, folder = tmp_path / "packs", tmp_path / "evaluations"
    shutil.copytree(ROOT / "tests/broken/base", packs / "demo")  # small: it is opened four times
    done = subprocess.run(  # noqa: S603  our own words
        [sys.executable, "-c", STOPPED, packs, folder], capture_output=True, text=True, timeout=120, check=True
    )
    killed = int(signal.SIGKILL)
    assert done.stdout.splitlines() == [f"open {killed} True", f"open {killed} True", f"os.rename {killed} True"]
    assert list_evaluations(folder) == ()
    request = EvaluationRequest("demo", EvaluationKind.SPECIAL, date(2025, 12, 31))
    frozen, _ = freeze(EvaluationSources(packs), lambda _: request, folder)
    assert [path for path in folder.iterdir() if path.is_dir()] == [frozen.folder]
    assert verify(frozen.folder).stands


def test_what_cannot_be_written_is_told(tmp_path: Path, closing_frozen: FrozenEvaluation) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder", encoding="utf-8")
    with pytest.raises(UserError, match="EVALUATION-WRITE"):
        evaluate(blocked / "evaluations", date(2025, 12, 31))
    assert file_digest(closing_frozen.folder / EVALUATION) == closing_frozen.files[EVALUATION]
