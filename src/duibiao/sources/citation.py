"""Where a statement stands: document, part, item, lines, and a hash of the passage (never its text)."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from duibiao.kernel.period import PartialDate
from duibiao.kernel.problem import Report, Where
from duibiao.kernel.quick import quick_dataclass
from duibiao.kernel.reading import Record
from duibiao.kernel.text import Text, without_spaces

HASH_DIGITS = 16


class SourceKind(StrEnum):
    """What kind of publication a source is; the rule that picks between values ranks by it."""

    STATISTICS = "statistics"
    PLAN = "plan"
    OFFICIAL_PAGE = "official_page"
    OFFICIAL_REPLY = "official_reply"
    REPORT = "report"
    PRESS = "press"
    JOURNAL = "journal"
    COMPILATION = "compilation"


@dataclass(frozen=True, slots=True)
class Source:
    """A publication (来源文献): a document of the archive, or a page named by its address.

    ``published`` is as precise as the publication states it. ``running_heads`` are patterns of
    lines that the page layout repeats; they are no part of any passage.
    """

    code: str
    title: Text
    publisher: str
    kind: SourceKind
    published: PartialDate
    number: str = ""
    url: str = ""
    sha256: str = ""
    running_heads: tuple[str, ...] = ()
    note: str = ""


@quick_dataclass(frozen=True, slots=True)
class Locator:
    """A stretch of a text document: page where it has pages, then line and character, counted from 1.

    Written ``p47 L2206`` or ``p47 L2362.40-2366.8``; both ends belong to the stretch.
    """

    first_line: int
    last_line: int
    first_character: int | None = None
    last_character: int | None = None
    page: int | None = None

    _PATTERN = re.compile(r"(?:p(\d+) )?L(\d+)(?:\.(\d+))?(?:-(\d+)(?:\.(\d+))?)?")

    @classmethod
    def parse(cls, text: str) -> "Locator":
        """Read a written locator; raise ValueError when it is not one."""
        match = cls._PATTERN.fullmatch(text)
        if match is None:
            raise ValueError(text)
        page, first, first_character, last, last_character = (int(part) if part else None for part in match.groups())
        numbers = (page, first, first_character, last, last_character)
        if first is None or 0 in numbers or (last is not None and last < first):
            raise ValueError(text)
        if last in (None, first) and last_character is not None and last_character < (first_character or 1):
            raise ValueError(text)
        return cls(first, last or first, first_character, last_character, page)

    def __str__(self) -> str:
        start = f"L{self.first_line}" + (f".{self.first_character}" if self.first_character else "")
        end = f".{self.last_character}" if self.last_character else ""
        page = f"p{self.page} " if self.page else ""
        if self.last_line == self.first_line and not end:
            return page + start
        return f"{page}{start}-{self.last_line}{end}"

    def in_chinese(self) -> str:
        """Write the place out: 第47页 第2362—2366行."""
        page = f"第{self.page}页 " if self.page else ""
        last = f"—{self.last_line}" if self.last_line != self.first_line else ""
        return f"{page}第{self.first_line}{last}行"


@dataclass(frozen=True, slots=True)
class Citation:
    """The passage that sets a target, a task or a value (出处)."""

    document: str
    part: str
    item: str
    locator: Locator
    passage_hash: str

    def in_chinese(self) -> str:
        """Write the citation out for a person."""
        return " ".join(filter(None, [self.part, self.item, self.locator.in_chinese()]))


def passage_hash(text: str) -> str:
    """Hash a passage so that a change of its words shows, while a change of its wrapping does not."""
    return hashlib.sha256(without_spaces(text).encode()).hexdigest()[:HASH_DIGITS]


def read_source(record: Record) -> Source:
    """Read one entry of ``sources.yaml``."""
    source = Source(
        code=record.text("code"),
        title=record.label("title"),
        publisher=record.text("publisher"),
        kind=record.choice("kind", SourceKind),
        published=record.partial_date("published"),
        number=record.optional("number") or "",
        url=record.optional("url") or "",
        sha256=record.optional("sha256") or "",
        running_heads=tuple(record.texts("running_heads")),
        note=record.optional("note") or "",
    )
    for pattern in source.running_heads:
        try:
            re.compile(pattern)
        except re.error as error:
            record.report.add("SOURCE-PATTERN", record.where("running_heads"), pattern=pattern, detail=error)
    record.close()
    return source


def read_citation(record: Record, default_document: str = "", default_part: str = "") -> Citation | None:
    """Read the ``cite`` field of an entry; an entry without one is reported and refused."""
    if not record.has("cite"):
        record.report.add("CITE-MISSING", record.where("cite"))
        return None
    inner = record.record("cite")
    citation = Citation(
        document=inner.optional("document") or default_document,
        part=inner.optional("part") or default_part,
        item=inner.optional("item") or "",
        locator=read_locator(inner.text("at"), inner.where("at"), record.report),
        passage_hash=read_hash(inner),
    )
    inner.close()
    return citation


def read_hash(record: Record) -> str:
    """Read the ``hash`` of a passage and report it when it is none."""
    found = record.text("hash")
    if found and not re.fullmatch(rf"[0-9a-f]{{{HASH_DIGITS}}}", found):
        record.report.add("CITE-HASH", record.where("hash"), value=found)
    return found


def read_locator(text: str, where: Where, report: Report) -> Locator:
    """Read a written locator and report it when it is not one."""
    try:
        return Locator.parse(text)
    except ValueError:
        report.add("CITE-LOCATOR", where, value=text)
        return Locator(1, 1)
