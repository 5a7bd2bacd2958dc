"""Freezes an evaluation: its inputs are copied first, it is performed from the copies, and stands whole or not at all.

``<folder>/<id>/``: ``evaluation.json`` (canonical), ``manifest.json`` (SHA-256 of every file), ``inputs/`` (the packs
as they were, further observations, task reports, the figures of a snapshot with its manifest, what earlier evaluations
say), and later ``addenda/``. Performing from the copies means that nothing can change between reading and freezing.
"""

import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from duibiao.evaluations.figures import reported_figures
from duibiao.evaluations.folder import FrozenEvaluation, earlier_record, open_evaluation, read_evaluation
from duibiao.evaluations.material import EarlierRecord, EvaluationRequest, Material, ReportedFigures, TaskReport
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
    TEMPORARY,
    frozen_inputs,
    input_files,
    pack_files,
    told_when_writing_fails,
)
from duibiao.evaluations.plain import to_json
from duibiao.evaluations.record import FORMAT, Evaluation, InputRole
from duibiao.evaluations.scope import subject_of
from duibiao.evaluations.task_file import read_task_reports
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.store.durable import file_digest, locked, sync_file, sync_folder
from duibiao.store.snapshot import MANIFEST as SNAPSHOT_MANIFEST
from duibiao.store.snapshot import canonical
from duibiao.views.words import as_plain
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder

Asked = Callable[[Workspace], EvaluationRequest]
"""Makes the request once the packs are open: the day asked for by default stands in them."""


@dataclass(frozen=True, slots=True)
class EvaluationSources:
    """Where the inputs of an evaluation are taken from (评估输入来源).

    ``observations`` are further files of values, ``data`` a data folder with a snapshot, ``reports`` a file of task
    reports; None and empty where there is none. A data folder's own ``task_reports.yaml`` counts where no other is
    named.
    """

    packs: Path
    observations: tuple[Path, ...] = ()
    data: DataFolder | None = None
    reports: Path | None = None

    @property
    def task_reports(self) -> Path | None:
        """The file of task reports to read."""
        if self.reports is not None or self.data is None:
            return self.reports
        own = self.data.folder / REPORTS
        return own if own.is_file() else None


@dataclass(frozen=True, slots=True)
class Staged:
    """Inputs copied beside the folder of evaluations, opened and read (暂存输入)."""

    workspace: Workspace
    request: EvaluationRequest
    material: Material


def freeze(sources: EvaluationSources, asked: Asked, folder: Path) -> tuple[FrozenEvaluation, Evaluation]:
    """Perform an evaluation and freeze it in a folder of evaluations; the same inputs give the same one again.

    The evaluation is answered as its file holds it, so that whatever is written from it now or later is the same to
    the byte.

    Raises UserError with the problems of the packs, of the request (see ``perform``), of the task reports, of the data
    folder, of a damaged earlier evaluation, and EVALUATION-WRITE; nothing is left behind then.
    """
    with told_when_writing_fails(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            remove_left_overs(folder)
            temporary = folder / f"{TEMPORARY}{secrets.token_hex(8)}"
            try:
                temporary.mkdir()
                staged = _staged(sources, asked, temporary / INPUTS, folder)
                evaluation = perform(staged.workspace, staged.request, staged.material)
                found = _put_in_place(temporary, folder, evaluation)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
    return found


def prepare(sources: EvaluationSources, asked: Asked) -> tuple[Workspace, EvaluationRequest, Material]:
    """Open the inputs for an evaluation that is only looked at: nothing is copied, nothing earlier is compared with.

    Raises UserError as ``freeze`` does, without EVALUATION-WRITE.
    """
    workspace = Workspace.open(sources.packs, extra_observations=sources.observations)
    request = asked(workspace)
    figures = None
    if sources.data is not None:
        _, plans = workspace.plans(request.wanted)
        figures = reported_figures(workspace, sources.data, plans, request.as_of)
    path = sources.task_reports
    reports = read_task_reports(path, workspace.content.plans, request.as_of) if path else ()
    return workspace, request, Material((), figures, reports)


def remove_left_overs(folder: Path) -> None:
    """Remove what a stopped process left behind; only the holder of the folder's lock may."""
    for path in folder.glob(f"{TEMPORARY}*"):
        shutil.rmtree(path)


def _staged(sources: EvaluationSources, asked: Asked, inputs: Path, folder: Path) -> Staged:
    workspace = copy_and_open(sources, inputs)
    request = asked(workspace)
    figures = _figures(sources, workspace, request, inputs)
    reports = _reports(sources, workspace, request, inputs)
    beside = Material(figures=figures, reports=reports)
    earlier = earlier_record(folder, subject_of(workspace, request, beside))
    if earlier != EarlierRecord(None, ()):
        (inputs / EARLIER).write_bytes(to_json(earlier))
    material = Material((), figures, reports, earlier)
    return Staged(workspace, request, with_hashes(material, inputs, workspace))


def with_hashes(material: Material, inputs: Path, workspace: Workspace) -> Material:
    """The material with the hashes of every file under ``inputs/``, each with the version it states of itself."""
    versions = {}
    if material.figures is not None:
        versions = {FIGURES: material.figures.snapshot, SNAPSHOT: material.figures.snapshot}
    if material.earlier.last is not None:
        versions[EARLIER] = material.earlier.last.id
    return replace(material, inputs=frozen_inputs(inputs, workspace, versions))


def copy_and_open(sources: EvaluationSources, inputs: Path) -> Workspace:
    """Copy packs and further observations, and open the copies. Raises UserError with every problem of the packs."""
    for path in pack_files(sources.packs):
        (inputs / PACKS / path).parent.mkdir(parents=True, exist_ok=True)
        (inputs / PACKS / path).write_bytes((sources.packs / path).read_bytes())
    extra = []
    for number, path in enumerate(sources.observations, start=1):
        (inputs / OBSERVATIONS).mkdir(parents=True, exist_ok=True)
        extra.append(inputs / OBSERVATIONS / f"{number:02}-{path.name}")
        extra[-1].write_bytes(path.read_bytes())
    return Workspace.open(inputs / PACKS, extra_observations=extra)


def _figures(
    sources: EvaluationSources, workspace: Workspace, request: EvaluationRequest, inputs: Path
) -> ReportedFigures | None:
    if sources.data is None:
        return None
    _, plans = workspace.plans(request.wanted)
    figures = reported_figures(workspace, sources.data, plans, request.as_of)
    (inputs / FIGURES).write_bytes(to_json(figures))
    snapshot = sources.data.snapshots / figures.snapshot / SNAPSHOT_MANIFEST
    (inputs / SNAPSHOT).write_bytes(snapshot.read_bytes())
    return figures


def _reports(
    sources: EvaluationSources, workspace: Workspace, request: EvaluationRequest, inputs: Path
) -> tuple[TaskReport, ...]:
    path = sources.task_reports
    if path is None:
        return ()
    reports = read_task_reports(path, workspace.content.plans, request.as_of)
    (inputs / REPORTS).write_bytes(path.read_bytes())
    return reports


def _put_in_place(temporary: Path, folder: Path, evaluation: Evaluation) -> tuple[FrozenEvaluation, Evaluation]:
    """Write evaluation and manifest, read them back, and give the folder its name in one step."""
    (temporary / EVALUATION).write_bytes(to_json(evaluation))
    files = {
        f"{INPUTS}/{path.as_posix()}": file_digest(temporary / INPUTS / path)
        for path in input_files(temporary / INPUTS)
    }
    files[EVALUATION] = file_digest(temporary / EVALUATION)
    (temporary / MANIFEST).write_bytes(canonical(_manifest(evaluation, files)))
    read_back = read_evaluation(temporary)
    if read_back != evaluation:
        raise UserError(
            [problem("EVALUATION-FORMAT", Where(str(folder / evaluation.id)), detail="reads back different")]
        )
    for path in temporary.rglob("*"):
        sync_folder(path) if path.is_dir() else sync_file(path)
    sync_folder(temporary)
    final = folder / evaluation.id
    if final.exists():  # the same inputs: it stands already, and must be the same
        if by_program_of(evaluation, read_evaluation(final)) != read_evaluation(final):
            raise UserError([problem("EVALUATION-FILE-CHANGED", Where(str(final / EVALUATION)), id=evaluation.id)])
    else:
        temporary.rename(final)
        sync_folder(folder)
    return open_evaluation(final), read_back


def by_program_of(evaluation: Evaluation, other: Evaluation) -> Evaluation:
    """The evaluation as if the program of another one had performed it: program and its input are told apart."""
    program = [one for one in other.inputs if one.role is InputRole.PROGRAM]
    inputs = tuple(one for one in evaluation.inputs if one.role is not InputRole.PROGRAM)
    return replace(evaluation, program=other.program, inputs=(*inputs, *program))


def _manifest(evaluation: Evaluation, files: dict[str, str]) -> dict[str, object]:
    return {
        "format": FORMAT,
        "id": evaluation.id,
        "kind": evaluation.kind.value,
        "title": as_plain(evaluation.title),
        "collection": evaluation.collection,
        "plans": [plan.code for plan in evaluation.plans],
        "scope": str(evaluation.scope),
        "as_of": evaluation.as_of.isoformat(),
        "sentence": as_plain(evaluation.sentence),
        "mark": as_plain(evaluation.mark),
        "program": evaluation.program,
        "performed": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": files,
    }
