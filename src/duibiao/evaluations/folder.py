"""The folder of evaluations: which there are, one of them read back, and what earlier ones say to a later one."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from duibiao.evaluations.comparison import kept_of
from duibiao.evaluations.material import EarlierRecord
from duibiao.evaluations.places import ADDENDA, EVALUATION, MANIFEST, TEMPORARY
from duibiao.evaluations.plain import SpoiltRecordError, from_json
from duibiao.evaluations.record import FORMAT, KIND_WORDS, Evaluation, EvaluationKind
from duibiao.evaluations.record_parts import PredictionBasis, TrackEntry
from duibiao.evaluations.scope import Subject
from duibiao.kernel.problem import Problem, UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.store.durable import file_digest


@dataclass(frozen=True, slots=True)
class FrozenEvaluation:
    """A frozen evaluation as its manifest tells it (固化评估): what a list shows without reading it whole.

    ``files`` are SHA-256 by path in the folder, without the manifest and the addenda. ``performed`` is the moment in
    UTC, ``program`` the program it was performed by. ``addenda`` counts what was added since.
    """

    folder: Path
    id: str
    kind: EvaluationKind
    kind_word: Text
    title: Text
    collection: str
    plans: tuple[str, ...]
    scope: str
    as_of: date
    sentence: Text
    mark: Text | None
    program: str
    performed: str
    files: dict[str, str]
    addenda: int

    @property
    def wanted(self) -> str:
        """What ``Workspace.plans`` is asked for: the code of the collection, else of the plan."""
        return self.collection or self.plans[0]


def open_evaluation(folder: Path) -> FrozenEvaluation:
    """Read the manifest of a frozen evaluation.

    Raises UserError EVALUATION-MISSING where there is none, EVALUATION-FORMAT where it cannot be read or was written
    by a later program.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise UserError([problem("EVALUATION-MISSING", Where(str(folder)))])
    try:
        facts = json.loads(path.read_bytes())
        if facts["format"] > FORMAT:
            raise UserError(
                [problem("EVALUATION-FORMAT", Where(str(path)), detail=f"format {facts['format']} > {FORMAT}")]
            )
        return _frozen(folder, facts)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError([problem("EVALUATION-FORMAT", Where(str(path)), detail=str(error))]) from error


def _frozen(folder: Path, facts: dict[str, Any]) -> FrozenEvaluation:
    kind = EvaluationKind(facts["kind"])
    mark = facts["mark"]
    return FrozenEvaluation(
        folder=folder,
        id=str(facts["id"]),
        kind=kind,
        kind_word=KIND_WORDS[kind],
        title=Text(**facts["title"]),
        collection=str(facts["collection"]),
        plans=tuple(map(str, facts["plans"])),
        scope=str(facts["scope"]),
        as_of=date.fromisoformat(facts["as_of"]),
        sentence=Text(**facts["sentence"]),
        mark=None if mark is None else Text(**mark),
        program=str(facts["program"]),
        performed=str(facts["performed"]),
        files={str(name): str(digest) for name, digest in facts["files"].items()},
        addenda=len(list((folder / ADDENDA).glob("[0-9]*.json"))),
    )


def read_evaluation(folder: Path) -> Evaluation:
    """Read a frozen evaluation back, its file compared with the manifest.

    Raises UserError EVALUATION-MISSING, EVALUATION-FORMAT, EVALUATION-FILE-MISSING, EVALUATION-FILE-CHANGED.
    """
    frozen = open_evaluation(folder)
    path = folder / EVALUATION
    if not path.is_file():
        raise UserError([problem("EVALUATION-FILE-MISSING", Where(str(path)), id=frozen.id)])
    if file_digest(path) != frozen.files.get(EVALUATION):
        raise UserError([problem("EVALUATION-FILE-CHANGED", Where(str(path)), id=frozen.id)])
    return evaluation_from(path)


def evaluation_from(path: Path) -> Evaluation:
    """Read the file of an evaluation, without comparing it. Raises UserError EVALUATION-FORMAT."""
    try:
        return from_json(path.read_bytes(), Evaluation)
    except SpoiltRecordError as error:
        raise UserError([problem("EVALUATION-FORMAT", Where(str(path)), detail=str(error))]) from error


def list_evaluations(folder: Path) -> tuple[FrozenEvaluation, ...]:
    """Every evaluation of a folder, the latest day first. Raises UserError as ``open_evaluation`` does."""
    found, problems = evaluations_at(folder)
    if problems:
        raise UserError(problems)
    return found


def evaluations_at(folder: Path) -> tuple[tuple[FrozenEvaluation, ...], tuple[Problem, ...]]:
    """The evaluations of a folder that can be read, the latest day first, and what is wrong with the others."""
    found: list[FrozenEvaluation] = []
    problems: list[Problem] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(TEMPORARY) or not ((path / MANIFEST).is_file() or (path / EVALUATION).is_file()):
            continue
        try:
            found.append(open_evaluation(path))
        except UserError as error:
            problems += error.problems
    return tuple(sorted(found, key=lambda one: (-one.as_of.toordinal(), one.id))), tuple(problems)


def find_evaluation(wanted: str, folders: Iterable[Path]) -> Path:
    """The folder of an evaluation by its path, its id or the beginning of its id.

    Raises UserError EVALUATION-MISSING with what there is where none, or more than one, is meant.
    """
    path = Path(wanted)
    if (path / MANIFEST).is_file() or (path / EVALUATION).is_file():
        return path
    known = [inside for folder in folders if folder.is_dir() for inside in sorted(folder.iterdir()) if inside.is_dir()]
    known = [inside for inside in known if not inside.name.startswith(TEMPORARY)]
    exact = [inside for inside in known if inside.name == wanted]
    found = exact or [inside for inside in known if inside.name.startswith(wanted)]
    if len(found) != 1:
        raise UserError([problem("EVALUATION-MISSING", Where(wanted or str(path)))])
    return found[0]


def earlier_record(folder: Path, subject: Subject) -> EarlierRecord:
    """What the evaluations of a folder say to one that is about to be performed.

    The comparison is with the last of the same kind, plans and scope of an earlier day; the predictions are those of
    every earlier evaluation of the same plans, the first made of each day. Raises UserError for one that was damaged:
    it must be put right or moved away, it is not passed over.
    """
    plans = tuple(plan.code for plan in subject.plans)
    earlier = [one for one in list_evaluations(folder) if one.plans == plans and one.as_of < subject.as_of]
    same = [one for one in earlier if one.kind is subject.kind and one.scope == str(subject.scope)]
    read = {one.id: read_evaluation(one.folder) for one in earlier}
    last = kept_of(read[same[0].id], same[0].files[EVALUATION]) if same else None
    return EarlierRecord(last, tuple(_predictions([read[one.id] for one in reversed(earlier)])))


def _predictions(evaluations: Sequence[Evaluation]) -> Iterable[TrackEntry]:
    seen: set[tuple[str, int, date, str]] = set()
    for evaluation in evaluations:
        for entry in evaluation.track_record:
            key = (entry.row, entry.for_year, entry.made_on, entry.method)
            if entry.basis is PredictionBasis.NOW and key not in seen:
                seen.add(key)
                yield replace(entry, made_in=evaluation.id)
