"""What a reader takes in before it refuses, and the file it reads: bounded bytes, bounded time, one way to refuse."""

import hashlib
import stat
import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from duibiao.kernel.problem import Problem, UserError, Where, problem

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a reader takes in (读取限制); each number is far above any real plan.

    ``extract_seconds``, ``paragraph_characters`` and ``items`` bound what is drawn from a file that could be read.
    ``ratio`` is how many times its packed size a part may unpack to, once it is larger than ``ratio_from``.
    ``tags`` bounds the opening and closing marks of one XML or HTML part, ``nesting`` tables inside tables.
    """

    file_bytes: int = 100 * MEBIBYTE
    part_bytes: int = 96 * MEBIBYTE
    total_bytes: int = 256 * MEBIBYTE
    ratio: int = 300
    ratio_from: int = 4 * MEBIBYTE
    parts: int = 20_000
    tags: int = 4_000_000
    blocks: int = 300_000
    pages: int = 5_000
    page_characters: int = 200_000
    page_shapes: int = 20_000
    nesting: int = 20
    columns: int = 200
    seconds: float = 120.0
    ocr_seconds: float = 1800.0
    extract_seconds: float = 300.0
    paragraph_characters: int = 200_000
    items: int = 30_000


@dataclass(frozen=True)
class InputFile:
    """A file to be read (待读文件): its bytes, the limits, and when the reading began."""

    path: Path
    data: bytes
    limits: Limits
    started: float = field(default_factory=time.monotonic)
    ocr: bool = False

    @classmethod
    def open(cls, path: Path, limits: Limits, *, ocr: bool = False) -> "InputFile":
        """Take in a file of bounded size; refuse what is missing, empty or too large.

        ``ocr``: pictures of pages are to be recognised, which takes seconds a page.
        """
        where = Where(path.name)
        try:
            state = path.stat()
            if not stat.S_ISREG(state.st_mode):
                raise UserError([problem("READ-MISSING", where)])
            with path.open("rb") as file:
                data = file.read(min(state.st_size, limits.file_bytes) + 1)  # the limit would cost its memory
        except (OSError, ValueError) as error:
            raise UserError([problem("READ-MISSING", where)]) from error
        found = cls(path, data, replace(limits, seconds=limits.ocr_seconds) if ocr else limits, ocr=ocr)
        if len(data) > limits.file_bytes:
            found.too_large("bytes", limits.file_bytes)
        if not data.strip(b"\0 \t\r\n\f"):
            found.refuse("READ-EMPTY")
        return found

    @cached_property
    def sha256(self) -> str:
        """The content hash."""
        return hashlib.sha256(self.data).hexdigest()

    def refuse(self, code: str, line: int = 0, **facts: object) -> NoReturn:
        """Refuse the file with one problem."""
        raise UserError([problem(code, Where(self.path.name, line), **facts)])

    def too_large(self, what: str, limit: float) -> NoReturn:
        """Refuse the file because a number in it is above its limit."""
        raise UserError([too_large(what, limit, Where(self.path.name))])

    def check_blocks(self, count: int) -> None:
        """Refuse more paragraphs than a document has."""
        if count > self.limits.blocks:
            self.too_large("blocks", self.limits.blocks)

    def check_time(self) -> None:
        """Refuse to go on when the reading has taken too long."""
        if time.monotonic() - self.started > self.limits.seconds:
            self.refuse("READ-TIME", seconds=self.limits.seconds)


def too_large(what: str, limit: float, where: Where) -> Problem:
    """Say that a number is above its limit."""
    zh, en = _COUNTED[what]
    return problem("READ-TOO-LARGE", where, zh=zh, en=en, limit=limit)


_COUNTED = {
    "bytes": ("字节数", "bytes"),
    "unpacked": ("解压后的字节数", "bytes once unpacked"),
    "parts": ("压缩包内的文件数", "files in the package"),
    "tags": ("标记数", "marks"),
    "blocks": ("段落数", "paragraphs"),
    "pages": ("页数", "pages"),
    "page_characters": ("单页字符数", "characters on one page"),
    "paragraph_characters": ("一段的字符数", "characters in one paragraph"),
    "items": ("读出的条目数", "items"),
    "stretch": ("不间断文字的字节数", "bytes of text without a mark"),
    "nesting": ("嵌套层数", "levels of nesting"),
}
