"""Code lists (代码表): the codes a field may hold, with their names and where they are from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from duibiao.kernel.reading import Record
from duibiao.kernel.text import Text
from duibiao.metrics.element import Stage, read_stages


@dataclass(frozen=True, slots=True)
class CodeList:
    """A code list (代码表), e.g. of 办学类型: names by code, in the order of the source.

    ``stages`` are the stages a kind of school teaches, for codes that say so.
    """

    code: str
    title: Text
    entries: Mapping[str, Text]
    verify: str
    source: str
    note: str = ""
    stages: Mapping[str, tuple[Stage, ...]] = field(default_factory=dict)


def read_code_list(record: Record) -> CodeList:
    """Read one entry of ``code_lists.yaml``; a code that stands twice is reported."""
    entries: dict[str, Text] = {}
    stages: dict[str, tuple[Stage, ...]] = {}
    for item in record.records("entries"):
        code = item.text("code")
        if code in entries:
            item.report.add("CODE-TWICE", item.where("code"), name=code)
        entries[code] = item.label("label")
        if item.has("stages"):
            stages[code] = read_stages(item)
        item.close()
    found = CodeList(
        code=record.text("code"),
        title=record.label("title"),
        entries=entries,
        verify=record.text("verify"),
        source=record.text("source"),
        note=record.optional("note") or "",
        stages=stages,
    )
    record.close()
    return found
