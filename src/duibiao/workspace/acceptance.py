"""From reviewed drafts into a pack: the same steps for the terminal and for the cockpit."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from duibiao.extract.accept import Known, Publication, publication
from duibiao.extract.draft_file import DraftFile
from duibiao.extract.review import ReviewSession
from duibiao.kernel.problem import UserError
from duibiao.kernel.writing import write_whole
from duibiao.sources.citation import Locator
from duibiao.workspace.manifest import Manifest
from duibiao.workspace.readings import folder_of, resolver_of
from duibiao.workspace.workspace import Workspace

MOST_PROBLEMS = 50


def accept_into(workspace: Workspace, session: ReviewSession, draft: Path, into: Manifest) -> Publication:
    """Write the accepted entries into a pack, after the whole pack was loaded with them and found sound.

    Nothing is written where the pack would not load. Raises UserError with at most ``MOST_PROBLEMS`` problems.
    """
    made = publication(session, into.folder, known_of(workspace, session.draft, draft, into))
    if made.files:
        _try(made, into.folder)
        for name, text in made.files.items():
            write_whole(into.folder / name, text.encode())
    return made


def known_of(workspace: Workspace, draft: DraftFile, path: Path, into: Manifest) -> Known:
    """What a pack and those it depends on hold; the document is archived where it is still at hand."""
    content, packs = workspace.content, workspace.reach(into)
    sources = {
        one.sha256: one.code for one in content.sources.values() if one.sha256 and folder_of(content, one.code) in packs
    }
    for file in (Path(draft.file), path.parent / Path(draft.file).name):
        if file.is_file():
            workspace.archive.add(file)
            break
    document: Any = workspace.document(sources[draft.sha256]) if draft.sha256 in sources else None

    def hash_of(at: str) -> str | None:
        try:
            return str(document.passage(Locator.parse(at)).hash) if document else None
        except ValueError:
            return None

    return Known(
        resolver=resolver_of(content, packs=packs),
        departments=frozenset(content.departments),
        sources=sources,
        hash_of=hash_of,
        published={one.code: str(one.published) for one in content.sources.values()},
        home_unit=into.unit,
    )


def _try(made: Publication, folder: Path) -> None:
    """Load a copy of the packs with the new entries; raise UserError when it is not sound. Nothing is written yet."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "packs"
        shutil.copytree(folder.parent, copy)
        for name, text in made.files.items():
            write_whole(copy / folder.name / name, text.encode())
        try:
            Workspace.open(copy)
        except UserError as error:
            raise UserError(error.problems[:MOST_PROBLEMS]) from error
