"""Files that survive a crash: written, forced to the disk, and only then given their name."""

import errno
import hashlib
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duibiao.kernel.problem import UserError, Where, problem

if sys.platform != "win32":
    import fcntl

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
LOCK = ".lock"


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_file(path: Path) -> None:
    """Force the content of a file to the disk."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Force the names in a folder to the disk; without this a renamed file may be gone after a power failure."""
    if sys.platform == "win32":  # has no such call; NTFS journals its names
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_file(path: Path, content: bytes) -> None:
    """Write a new file and force it to the disk."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file in one step: a reader, and a crash, sees the old content or the new one."""
    beside = path.with_name(f".tmp-{path.name}-{secrets.token_hex(6)}")
    try:
        write_file(beside, content)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextmanager
def locked(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the folder's writer lock; answers False (only without ``wait``) where another process holds it.

    The operating system lets go of the lock when its process ends, however it ends.
    """
    with (folder / LOCK).open("ab") as file:
        if sys.platform == "win32":  # one writer at a time is the user's own rule there
            yield True
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True  # closing the file lets go of the lock


@contextmanager
def told_when_the_disk_fails(folder: Path) -> Iterator[None]:
    """Turn an error of the file system into a problem a person can act on.

    Raises UserError: STORE-DISK-FULL where no space (or quota) is left, SNAPSHOT-WRITE for any other reason.
    """
    try:
        yield
    except OSError as error:
        full = error.errno in NO_SPACE or any(os.strerror(number) in str(error) for number in NO_SPACE)
        code = "STORE-DISK-FULL" if full else "SNAPSHOT-WRITE"
        raise UserError([problem(code, Where(str(folder)), detail=str(error))]) from error
