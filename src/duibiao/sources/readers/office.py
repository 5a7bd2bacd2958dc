"""Old Word and WPS files: LibreOffice, where it is installed, turns them into docx within bounded time."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from duibiao.sources.blocks import Reading
from duibiao.sources.readers import docx
from duibiao.sources.readers.limits import InputFile

PROGRAMS = ("soffice", "libreoffice")
WORD_MARK = b"\xec\xa5"  # begins the WordDocument stream, which stands first in files Word writes
HEADER = 512
# A private profile in which nothing runs and nothing is fetched: the file is not trusted.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def program() -> str | None:
    """Where LibreOffice with its Writer is, or None."""
    for name in PROGRAMS:
        if found := shutil.which(name):
            folder = Path(found).resolve().parent
            if not (folder / "soffice.bin").exists() or any(folder.glob("*swlo.*")):
                return found  # only a LibreOffice that shows its parts can be seen to lack the Writer
    return None


def read(file: InputFile) -> Reading:
    """Read a doc or wps file by way of docx; the hash and the name stay those of the file itself."""
    if is_protected(file.data):
        file.refuse("READ-ENCRYPTED")
    found = program()
    if found is None:
        file.refuse("READ-OFFICE-MISSING")
    with tempfile.TemporaryDirectory(prefix="duibiao-") as folder:
        data = _converted(file, found, Path(folder))
    reading = docx.read(
        InputFile(file.path, data, file.limits, file.started), file.path.suffix.lower().lstrip(".") or "doc"
    )
    original = reading.original
    kept = type(original)(file.sha256, original.format, original.text, original.pages)
    return Reading(kept, reading.blocks, reading.notes)


def is_protected(data: bytes) -> bool:
    """Tell whether a Word file asks for a password, by the flag in the head of its WordDocument stream."""
    head = data[HEADER : HEADER + 12]
    return head[:2] == WORD_MARK and len(head) == 12 and bool(head[11] & 1)


def _converted(file: InputFile, found: str, folder: Path) -> bytes:
    """Let LibreOffice write a docx into a folder of its own, and return it."""
    source = folder / "input.doc"  # WPS writes Word files; under their own name LibreOffice would look for MS Works
    source.write_bytes(file.data)
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
    command = [
        found, f"-env:UserInstallation={profile.parent.as_uri()}", "--headless", "--norestore", "--nolockcheck",
        "--convert-to", "docx", "--outdir", str(folder / "out"), str(source),
    ]  # fmt: skip
    if not _ran(command, folder, file.limits.seconds):
        file.refuse("READ-TIME", seconds=file.limits.seconds)
    result = folder / "out" / "input.docx"
    if not result.is_file() or result.stat().st_size > file.limits.file_bytes:
        file.refuse("READ-DAMAGED", detail="LibreOffice")
    return result.read_bytes()


def _ran(command: list[str], folder: Path, seconds: float) -> bool:
    """Run a program in its own group and end the whole group when it takes too long."""
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8"}
    with subprocess.Popen(  # noqa: S603 - the program found on the path, arguments of our own
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return False
    return True
