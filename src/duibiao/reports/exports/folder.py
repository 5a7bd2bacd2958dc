"""Writes an export as a folder that is there whole or not at all, and never over somebody else's files."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.writing import json_bytes
from duibiao.reports.exports.content import PROGRAM

MARKER = "export.json"
"""Lists the files of an export with their SHA-256; a folder that holds it and nothing else may be replaced."""
_ASIDE = ".old"


def write_export(folder: Path, files: Mapping[str, bytes], kind: str, content_id: str) -> list[Path]:
    """Write the files with their list into a folder and return their paths.

    They are written beside it and take its place in one step, so that a stopped process leaves the old folder or
    none. Raises UserError EXPORT-FOLDER-USED where the folder holds anything but an earlier, untouched export.
    """
    _restore(folder)
    _refuse_foreign(folder)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    listed = {"program": PROGRAM, "format": kind, "id": content_id, "files": hashes}
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".partial", dir=folder.parent))
    try:
        for name, data in {**files, MARKER: json_bytes(listed)}.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        made.chmod(0o777 & ~_umask())
        _take_place(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return [folder / name for name in (*files, MARKER)]


def _restore(folder: Path) -> None:
    """Put back what a process left aside that was stopped between taking the old folder away and placing the new."""
    if not folder.parent.is_dir():
        return
    aside = (path for path in folder.parent.iterdir() if path.name.startswith(f".{folder.name}."))
    for old in [path for path in aside if path.name.endswith(_ASIDE)]:
        if folder.exists():
            shutil.rmtree(old)
        else:
            old.rename(folder)


def _umask() -> int:
    """The mask new folders of this process get; a temporary folder is made for its owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _take_place(made: Path, folder: Path) -> None:
    if not folder.exists():
        made.rename(folder)
        return
    old = made.with_suffix(_ASIDE)
    folder.rename(old)
    try:
        made.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old)


def _refuse_foreign(folder: Path) -> None:
    """Raise unless the folder is absent, empty, or an earlier export nobody has added to or changed."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UserError([problem("EXPORT-FOLDER-USED", Where(str(folder)), found=folder.name)])
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    if not found and not any(folder.iterdir()):
        return
    listed = _listed(found.get(MARKER))
    foreign = sorted(name for name, path in found.items() if name != MARKER and listed.get(name) != _hash(path))
    if foreign or MARKER not in found:
        raise UserError([problem("EXPORT-FOLDER-USED", Where(str(folder)), found=(foreign or [folder.name])[0])])


def _listed(marker: Path | None) -> Mapping[str, str]:
    if marker is None:
        return {}
    try:
        found = json.loads(marker.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    files = found.get("files") if isinstance(found, dict) and found.get("program") == PROGRAM else None
    return {str(name): str(value) for name, value in files.items()} if isinstance(files, dict) else {}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
