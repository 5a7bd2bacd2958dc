"""Files handed in as evidence: how many, how large, of which kind — told by their content, never by their name alone.

Only kinds an office opens without risk are taken: no programs, no macros, no archives. A name is kept as it was given,
without the folders of somebody's machine.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from duibiao.kernel.problem import Problem, UserError
from duibiao.store.issues_model import MAX_LINE, EvidenceFile, issue_problem

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_FILES = 5
"""How many files one step takes: evidence is a proof, not a collection."""
MAX_MEMBERS = 10_000


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """A kind of file that is taken (佐证文件类型): its endings, media type, and how its content shows it."""

    endings: tuple[str, ...]
    media_type: str
    shows: Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be kept (已核文件): name, media type, SHA-256 and content."""

    name: str
    media_type: str
    sha256: str
    content: bytes


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(marks)


def _holds(member: str) -> Callable[[bytes], bool]:
    """A zip container with a named part and without macros; only its table of contents is read, nothing unpacked."""

    def shows(content: bytes) -> bool:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as container:
                names = container.namelist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            return False
        macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return len(names) <= MAX_MEMBERS and member in names and not macros

    return shows


def _is_text(content: bytes) -> bool:
    if b"\x00" in content:
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = (
    EvidenceKind((".pdf",), "application/pdf", _starts(b"%PDF-")),
    EvidenceKind((".docx",), f"{_OFFICE}.wordprocessingml.document", _holds("word/document.xml")),
    EvidenceKind((".xlsx",), f"{_OFFICE}.spreadsheetml.sheet", _holds("xl/workbook.xml")),
    EvidenceKind((".ofd",), "application/ofd", _holds("OFD.xml")),
    EvidenceKind((".png",), "image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    EvidenceKind((".jpg", ".jpeg"), "image/jpeg", _starts(b"\xff\xd8\xff")),
    EvidenceKind((".csv",), "text/csv", _is_text),
    EvidenceKind((".txt",), "text/plain", _is_text),
)
ENDINGS = tuple(ending for kind in KINDS for ending in kind.endings)


def checked_files(number: str, files: Sequence[EvidenceFile]) -> list[CheckedFile]:
    """The files of a step, each checked; the same content twice is kept once.

    Raises UserError with every problem: ISSUE-FILE-COUNT, ISSUE-FILE-NAME, ISSUE-FILE-SIZE, ISSUE-FILE-TYPE.
    """
    problems: list[Problem] = []
    if len(files) > MAX_FILES:
        problems.append(issue_problem("ISSUE-FILE-COUNT", number, "files", count=len(files), most=MAX_FILES))
    found: dict[str, CheckedFile] = {}
    for file in files[:MAX_FILES]:
        name = base_name(file.name)
        told = list(_problems(number, name, file.content))
        problems.extend(told)
        if not told:
            kind = _kind_of(name)
            digest = hashlib.sha256(file.content).hexdigest()
            found.setdefault(digest, CheckedFile(name, kind.media_type if kind else "", digest, file.content))
    if problems:
        raise UserError(problems)
    return list(found.values())


def base_name(name: str) -> str:
    """The name of a file without folders, on whatever system it was made."""
    return re.split(r"[/\\]", name)[-1].strip()


def _problems(number: str, name: str, content: bytes) -> Iterable[Problem]:
    if not name.strip(".") or len(name) > MAX_LINE or not name.isprintable():
        yield issue_problem("ISSUE-FILE-NAME", number, "files", name=ascii(name), most=MAX_LINE)
        return
    size = f"{len(content) / 1024 / 1024:.1f}"
    if not content or len(content) > MAX_FILE_BYTES:
        yield issue_problem("ISSUE-FILE-SIZE", number, "files", name=name, size=size, most=MAX_FILE_BYTES // 2**20)
        return
    kind = _kind_of(name)
    if kind is None or not kind.shows(content):
        yield issue_problem("ISSUE-FILE-TYPE", number, "files", name=name, kinds="、".join(ENDINGS))


def _kind_of(name: str) -> EvidenceKind | None:
    ending = PurePosixPath(name).suffix.lower()
    return next((kind for kind in KINDS if ending in kind.endings), None)
