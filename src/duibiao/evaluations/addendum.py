"""Addenda: what was corrected after an evaluation was frozen, by whom and why; the evaluation itself never changes.

``addenda/0001.json`` and on, each with the SHA-256 of the one before it (the first with that of ``evaluation.json``);
``addenda/head.json`` holds how many there are and the hash of the last, so that one taken away is missed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from duibiao.evaluations.places import ADDENDA, EVALUATION, told_when_writing_fails
from duibiao.evaluations.plain import SpoiltRecordError, from_json, to_json
from duibiao.evaluations.record import FrozenInput
from duibiao.kernel.problem import Problem, UserError, Where, problem
from duibiao.store.durable import file_digest, locked, replace_file, sync_folder, write_file

HEAD = "head.json"


@dataclass(frozen=True, slots=True)
class AddendumChange:
    """A result that would be another today (附录所列变动): its place in the evaluation, and both sides as shown."""

    place: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Addendum:
    """A dated note to a frozen evaluation (评估附录).

    ``number`` counts from 1, ``previous`` is the SHA-256 of the addendum before it, of ``evaluation.json`` for the
    first. ``made`` is the moment in UTC. ``inputs`` are the corrected inputs, those whose hash differs from the frozen
    ones; ``changes`` what would come out different with them, empty for a note that changes nothing.
    """

    evaluation: str
    number: int
    previous: str
    made: str
    office: str
    author: str
    reason: str
    inputs: tuple[FrozenInput, ...]
    changes: tuple[AddendumChange, ...]


@dataclass(frozen=True, slots=True)
class AddendumHead:
    """How many addenda there are, and the SHA-256 of the last (附录链首)."""

    count: int
    sha256: str


def addenda_of(folder: Path) -> tuple[Addendum, ...]:
    """The addenda of an evaluation in order. Raises UserError ADDENDUM-CHAIN where the chain is broken."""
    problems = list(chain_problems(folder))
    if problems:
        raise UserError(problems)
    return tuple(_read(path) for path in _paths(folder))


def add_addendum(
    folder: Path,
    evaluation: str,
    author: tuple[str, str],
    reason: str,
    inputs: Sequence[FrozenInput],
    changes: Sequence[AddendumChange],
) -> Addendum:
    """Write the next addendum, ``author`` being office and name.

    Raises UserError ADDENDUM-FIELD where office, name or reason are empty, ADDENDUM-CHAIN, EVALUATION-WRITE.
    """
    office, name = (part.strip() for part in author)
    for given, word in ((office, "office 单位"), (name, "author 姓名"), (reason.strip(), "reason 理由")):
        if not given:
            raise UserError([problem("ADDENDUM-FIELD", Where(evaluation, 0, word))])
    inside = folder / ADDENDA
    with told_when_writing_fails(folder):
        inside.mkdir(exist_ok=True)
        with locked(inside):
            known = addenda_of(folder)
            found = Addendum(
                evaluation=evaluation,
                number=len(known) + 1,
                previous=file_digest(_paths(folder)[-1] if known else folder / EVALUATION),
                made=datetime.now(UTC).isoformat(timespec="seconds"),
                office=office,
                author=name,
                reason=reason.strip(),
                inputs=tuple(inputs),
                changes=tuple(changes),
            )
            _write(inside, found)
    return found


def _write(inside: Path, addendum: Addendum) -> None:
    """The addendum first, then the head: a process stopped between leaves one more than the head knows, and no less."""
    path = inside / f"{addendum.number:04}.json"
    partial = inside / f".tmp-{path.name}"
    partial.unlink(missing_ok=True)
    write_file(partial, to_json(addendum))
    partial.rename(path)
    sync_folder(inside)
    replace_file(inside / HEAD, to_json(AddendumHead(addendum.number, file_digest(path))))


def _paths(folder: Path) -> list[Path]:
    return sorted((folder / ADDENDA).glob("[0-9]*.json"))


def chain_problems(folder: Path) -> Iterable[Problem]:
    """Where the chain of addenda is broken: one altered, one missing, one that belongs elsewhere."""
    paths = _paths(folder)
    head = _head(folder / ADDENDA / HEAD)
    if isinstance(head, Problem):
        yield head
        return
    if head.count not in (len(paths), len(paths) - 1) or (head.count and len(paths) < head.count):
        yield problem("ADDENDUM-CHAIN", Where(str(folder / ADDENDA)), number=len(paths) + 1)
        return
    evaluation = folder / EVALUATION
    previous = file_digest(evaluation) if evaluation.is_file() else ""
    for number, path in enumerate(paths, start=1):
        try:
            found = _read(path)
            whole = found.number == number and found.previous == previous
        except UserError:
            whole = False
        previous = file_digest(path)
        if number == head.count and previous != head.sha256:
            whole = False
        if not whole:
            yield problem("ADDENDUM-CHAIN", Where(str(path)), number=number)


def _head(path: Path) -> AddendumHead | Problem:
    if not path.is_file():
        return AddendumHead(0, "")
    try:
        return from_json(path.read_bytes(), AddendumHead)
    except SpoiltRecordError:
        return problem("ADDENDUM-CHAIN", Where(str(path)), number="head")


def _read(path: Path) -> Addendum:
    try:
        return from_json(path.read_bytes(), Addendum)
    except SpoiltRecordError as error:
        raise UserError([problem("ADDENDUM-CHAIN", Where(str(path)), number=path.stem)]) from error


__all__ = ["Addendum", "AddendumChange", "AddendumHead", "add_addendum", "addenda_of", "chain_problems"]
