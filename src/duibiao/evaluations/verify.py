"""Verifies a frozen evaluation: every byte against its hash, then everything computed again from the frozen inputs.

The packs are opened anew from the copies in the folder, so it works on any machine; the figures of the returns are the
frozen ones, which a snapshot in reach can be asked to give again.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from duibiao.evaluations.addendum import chain_problems
from duibiao.evaluations.figures import figures_of
from duibiao.evaluations.folder import FrozenEvaluation, open_evaluation
from duibiao.evaluations.freeze import with_hashes
from duibiao.evaluations.material import EarlierRecord, EvaluationRequest, Material, ReportedFigures
from duibiao.evaluations.perform import perform
from duibiao.evaluations.places import (
    EARLIER,
    EVALUATION,
    FIGURES,
    INPUTS,
    MANIFEST,
    OBSERVATIONS,
    PACKS,
    REPORTS,
    SNAPSHOT,
    program_input,
)
from duibiao.evaluations.plain import SpoiltRecordError, from_json
from duibiao.evaluations.task_file import read_task_reports
from duibiao.kernel.problem import Problem, UserError, Where, problem
from duibiao.store.durable import file_digest
from duibiao.store.snapshot import Snapshot, canonical, snapshot_id
from duibiao.views.words import as_plain
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder, compute

T = TypeVar("T")
MOST_DIFFERENCES = 20
"""So many differing figures are told one by one; the rest are counted."""


@dataclass(frozen=True, slots=True)
class FigureDifference:
    """A place of an evaluation where two versions differ (数字差异): the path to it, and both sides."""

    place: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying an evaluation found (评估核验): ``problems`` is empty where it stands.

    ``differences`` are the figures that come out different when computed again; ``program_then`` and
    ``program_now`` with ``is_same_program`` tell whether the program changed since, which is no fault.
    ``snapshot_checked`` tells whether the figures were computed again from the snapshot itself. ``addenda`` are whole.
    """

    evaluation: FrozenEvaluation
    problems: tuple[Problem, ...]
    differences: tuple[FigureDifference, ...]
    files: int
    program_then: str
    program_now: str
    is_same_program: bool
    snapshot_checked: bool
    addenda: int

    @property
    def stands(self) -> bool:
        """Whether every byte and every figure is what it was."""
        return not self.problems


def verify(folder: Path, data: DataFolder | None = None) -> Verification:
    """Verify one evaluation; with ``data`` its figures are also computed again from the snapshot there.

    What was altered is told as problems of the answer: EVALUATION-FILE-MISSING, EVALUATION-FILE-CHANGED (evaluation,
    manifest), EVALUATION-INPUT-CHANGED (an input altered, added or gone), EVALUATION-SNAPSHOT (the snapshot or the
    figures taken from it), EVALUATION-DIFFERS (a figure comes out different), ADDENDUM-CHAIN. Raises UserError
    EVALUATION-MISSING, EVALUATION-FORMAT where there is nothing to verify, and the problems of a damaged snapshot.
    """
    frozen = open_evaluation(folder)
    problems = [*_file_problems(frozen), *chain_problems(folder)]
    written = _written(folder)
    then = _program(written)
    now = program_input()
    again, failed = _again(frozen, written)
    problems += failed
    differences: tuple[FigureDifference, ...] = ()
    if again is not None and canonical(again) != (folder / EVALUATION).read_bytes():
        differences = tuple(differences_of(written, again))
        problems += _told(frozen, differences)
    checked = False
    if data is not None and (folder / INPUTS / FIGURES).is_file():
        problems += _snapshot_problems(frozen, data)
        checked = True
    return Verification(
        evaluation=frozen,
        problems=tuple(problems),
        differences=differences,
        files=len(frozen.files),
        program_then=f"{frozen.program} {then[:12]}",
        program_now=f"duibiao {now.version} {now.sha256[:12]}",
        is_same_program=then == now.sha256,
        snapshot_checked=checked,
        addenda=frozen.addenda,
    )


def _written(folder: Path) -> dict[str, Any]:
    path = folder / EVALUATION
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
        _program(found)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise UserError([problem("EVALUATION-FORMAT", Where(str(path)), detail=str(error))]) from error
    return found


def _program(written: Mapping[str, Any]) -> str:
    """The hash of the program the file says it was performed by; the last of its inputs."""
    return str(written["inputs"][-1]["sha256"])


def _file_problems(frozen: FrozenEvaluation) -> Iterable[Problem]:
    """Compare every file with the manifest; one that was added is as bad as one that was altered."""
    for name, digest in frozen.files.items():
        path = frozen.folder / name
        is_input = name.startswith(f"{INPUTS}/")
        if not path.is_file():
            yield problem("EVALUATION-FILE-MISSING", Where(str(path)), id=frozen.id)
        elif file_digest(path) != digest:
            code = "EVALUATION-INPUT-CHANGED" if is_input else "EVALUATION-FILE-CHANGED"
            yield problem(code, Where(str(path)), id=frozen.id)
    inputs = frozen.folder / INPUTS
    for path in sorted(inputs.rglob("*")):
        if path.is_file() and path.relative_to(frozen.folder).as_posix() not in frozen.files:
            yield problem("EVALUATION-INPUT-CHANGED", Where(str(path)), id=frozen.id)


def _again(frozen: FrozenEvaluation, written: Mapping[str, Any]) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The evaluation performed again from the frozen inputs as plain data; None with the reasons where it cannot be."""
    inputs = frozen.folder / INPUTS
    try:
        workspace = open_frozen(inputs, with_formulas=False)
        request = EvaluationRequest(frozen.wanted, frozen.kind, frozen.as_of, frozen.scope)
        material = frozen_material(workspace, inputs, request.as_of)
        evaluation = perform(workspace, request, with_hashes(material, inputs, workspace))
    except UserError as error:
        return None, [problem("EVALUATION-NOT-AGAIN", Where(str(inputs)), id=frozen.id, detail=_first(error))]
    found: list[Problem] = []
    if evaluation.id != frozen.id:
        found.append(problem("EVALUATION-ID", Where(str(frozen.folder)), id=frozen.id, found=evaluation.id))
    plain: dict[str, Any] = as_plain(evaluation)
    if any(plain[name] != as_plain(getattr(frozen, name)) for name in ("title", "collection", "sentence", "mark")):
        found.append(problem("EVALUATION-FILE-CHANGED", Where(str(frozen.folder / MANIFEST)), id=frozen.id))
    plain["program"] = written["program"]  # another program that comes to the same figures proves as much
    plain["inputs"][-1] = written["inputs"][-1]
    return plain, found


def _first(error: UserError) -> str:
    return f"{error.problems[0].where}: {error.problems[0].code}"


def open_frozen(inputs: Path, *, with_formulas: bool = True) -> Workspace:
    """Open the packs an evaluation rests on, from their copies. Raises UserError where they cannot be.

    Formulas are needed only to compute figures from returns; those the evaluation used are frozen beside the packs.
    """
    extra = sorted((inputs / OBSERVATIONS).glob("*.csv"))
    return Workspace.open(inputs / PACKS, extra_observations=extra, with_formulas=with_formulas)


def frozen_material(workspace: Workspace, inputs: Path, as_of: date) -> Material:
    """The rest of what an evaluation rests on, from its folder, without the hashes. Raises UserError."""
    figures = _read(inputs / FIGURES, ReportedFigures)
    path = inputs / REPORTS
    reports = read_task_reports(path, workspace.content.plans, as_of) if path.is_file() else ()
    earlier = _read(inputs / EARLIER, EarlierRecord) or EarlierRecord(None, ())
    return Material((), figures, reports, earlier)


def _read(path: Path, kind: type[T]) -> T | None:
    if not path.is_file():
        return None
    try:
        return from_json(path.read_bytes(), kind)
    except SpoiltRecordError as error:
        raise UserError([problem("EVALUATION-FORMAT", Where(str(path)), detail=str(error))]) from error


# --- the snapshot ----------------------------------------------------------------------------------


def _snapshot_problems(frozen: FrozenEvaluation, data: DataFolder) -> Iterable[Problem]:
    """Compute the frozen figures again from the snapshot in a data folder, every byte of it compared first."""
    inputs = frozen.folder / INPUTS
    kept = _read(inputs / FIGURES, ReportedFigures)
    if kept is None:
        return
    manifest = json.loads((inputs / SNAPSHOT).read_bytes())
    if snapshot_id(manifest) != kept.snapshot:
        yield problem("EVALUATION-SNAPSHOT", Where(str(inputs / SNAPSHOT)), id=frozen.id, snapshot=kept.snapshot)
    snapshot = Snapshot.open(data.snapshots / kept.snapshot, verify=True)
    workspace = open_frozen(inputs)
    _, plans = workspace.plans(frozen.wanted)
    result = compute(workspace.content, snapshot)  # again, not the stored result: that one is what is in question
    if replace(figures_of(workspace, snapshot, result, plans, frozen.as_of), engine=kept.engine, run=kept.run) != kept:
        yield problem("EVALUATION-SNAPSHOT", Where(str(inputs / FIGURES)), id=frozen.id, snapshot=kept.snapshot)


# --- differences -----------------------------------------------------------------------------------


def differences_of(before: Any, after: Any, place: str = "") -> Iterable[FigureDifference]:
    """Where two evaluations differ, as plain data: the path to each differing value, rows by their ids."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}):
            inner = f"{place}.{name}" if place else name
            yield from differences_of(before.get(name), after.get(name), inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences_of(one, other, f"{place}[{name_of(one) or number}]")
    elif before != after:
        yield FigureDifference(place, _short(before), _short(after))


def name_of(item: Any) -> str:
    """What an entry of a list is called: a row by its id, a task by plan and number, others by code or name."""
    if not isinstance(item, dict):
        return ""
    row = item.get("row")
    if isinstance(row, dict):
        return str(row.get("id", ""))
    if "plan" in item and "number" in item:
        return f"{item['plan']}/{item['number']}"
    return next(
        (str(item[name]) for name in ("id", "row", "code", "name", "path") if isinstance(item.get(name), str)), ""
    )


def _short(value: Any) -> str:
    if isinstance(value, list):
        return f"({len(value)})"
    text = value.get("zh", "…") if isinstance(value, dict) else "—" if value is None else str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _told(frozen: FrozenEvaluation, differences: tuple[FigureDifference, ...]) -> Iterable[Problem]:
    for one in differences[:MOST_DIFFERENCES]:
        where = Where(str(frozen.folder / EVALUATION), 0, one.place)
        yield problem("EVALUATION-DIFFERS", where, before=one.before, after=one.after)
    more = len(differences) - MOST_DIFFERENCES
    if more > 0:
        where = Where(str(frozen.folder / EVALUATION), 0, f"+{more}")
        yield problem("EVALUATION-DIFFERS", where, before="…", after="…")


__all__ = ["FigureDifference", "Verification", "differences_of", "verify"]
