"""Where the parts of a frozen evaluation lie, and what is told when the disk fails."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path

from duibiao.evaluations.record import FrozenInput, InputRole
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.plan.model import Plan
from duibiao.store.durable import file_digest
from duibiao.workspace import Workspace

EVALUATION, MANIFEST, INPUTS, ADDENDA = "evaluation.json", "manifest.json", "inputs", "addenda"
PACKS, OBSERVATIONS = "packs", "observations"
FIGURES, SNAPSHOT, REPORTS, EARLIER = "figures.json", "snapshot.json", "task_reports.yaml", "earlier.json"
TEMPORARY = ".tmp-"
PROGRAM = "duibiao"

_BY_NAME = {
    "indicators.yaml": InputRole.INDICATORS,
    "observations.csv": InputRole.OBSERVATIONS,
    "definitions.csv": InputRole.DEFINITIONS,
    "progress.yaml": InputRole.POLICY,
    "units.csv": InputRole.UNITS,
    "departments.yaml": InputRole.DEPARTMENTS,
    "sources.yaml": InputRole.SOURCES,
    "pack.yaml": InputRole.PACK,
    FIGURES: InputRole.FIGURES,
    SNAPSHOT: InputRole.SNAPSHOT,
    REPORTS: InputRole.TASK_REPORTS,
    EARLIER: InputRole.EARLIER,
}
_BY_FOLDER = {
    "plans": InputRole.PLAN,
    "indicators": InputRole.INDICATORS,
    "forms": InputRole.FORMS,
    "elements": InputRole.FORMS,
    OBSERVATIONS: InputRole.OBSERVATIONS,
}


def pack_files(packs: Path) -> Iterable[Path]:
    """The files of every pack of a folder, relative to it, in order; nothing else that lies there."""
    for manifest in sorted(packs.glob("*/pack.yaml")):
        for path in sorted(manifest.parent.rglob("*")):
            if path.is_file() and path.suffix in (".yaml", ".csv"):
                yield path.relative_to(packs)


def role_of(path: Path) -> InputRole:
    """What a file under ``inputs/`` is to an evaluation, by its name and folder."""
    return _BY_NAME.get(path.name) or _BY_FOLDER.get(path.parent.name) or InputRole.OTHER


def input_files(inputs: Path) -> list[Path]:
    """Every file under ``inputs/``, relative to it, in order."""
    return sorted(path.relative_to(inputs) for path in inputs.rglob("*") if path.is_file())


def frozen_inputs(inputs: Path, workspace: Workspace, versions: dict[str, str]) -> tuple[FrozenInput, ...]:
    """The inputs of an evaluation with their hashes, the program last.

    ``versions`` are the versions of the files that are no part of a pack, by name.
    """
    plans = workspace.content.plans.by_code
    found = []
    for path in input_files(inputs):
        role = role_of(path)
        stated = versions.get(path.name, "")
        if role is InputRole.PLAN:
            stated = _published(plans, path.stem)
        elif role is InputRole.POLICY:
            stated = workspace.policy.version
        found.append(FrozenInput(role, path.as_posix(), file_digest(inputs / path), stated))
    return (*found, program_input())


def _published(plans: dict[str, Plan], stem: str) -> str:
    return str(plans[stem].published) if stem in plans else ""


@cache
def program_input() -> FrozenInput:
    """The program itself: its version, and the SHA-256 over every file of its source."""
    digest = hashlib.sha256()
    root = Path(str(resources.files(PROGRAM)))
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return FrozenInput(InputRole.PROGRAM, PROGRAM, digest.hexdigest(), version(PROGRAM))


@contextmanager
def told_when_writing_fails(folder: Path) -> Iterator[None]:
    """Turn an error of the file system into UserError EVALUATION-WRITE."""
    try:
        yield
    except OSError as error:
        raise UserError([problem("EVALUATION-WRITE", Where(str(folder)), detail=str(error))]) from error
