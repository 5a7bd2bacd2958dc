"""The draft as one flat list (``--format json``): one object an item, every field always there."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from duibiao.extract.items import DraftItem, ItemType

TITLED = (ItemType.TASK, ItemType.RULE)
"""Items that have a title; the others have a subject."""


@dataclass(frozen=True, slots=True)
class FlatField:
    """A field of the flat list: its name and what it means (docs/extraction.md is checked against it)."""

    name: str
    meaning: str


FIELDS = (
    FlatField("type", "`indicator_row`, `statement`, `achieved`, `task` or `rule`"),
    FlatField("file", "content hash (SHA-256) of the file"),
    FlatField("document", "title of the document inside the file"),
    FlatField("section", "path of headings, separated by ` / `"),
    FlatField("number", "number of the row, task or rule as printed; for a statement the nearest numbered item"),
    FlatField("title", "title of a task or rule; empty otherwise"),
    FlatField("subject", "what the figure speaks of; empty where the passage does not name it (flag `no_subject`)"),
    FlatField("operator", "`=` `>=` `>` `<=` `<` `range` `keep` `+` `x` `all` `zero`, or null"),
    FlatField("softness", "true for 力争, 左右 and the like"),
    FlatField("written", "the value as printed"),
    FlatField("value", "number in `unit` as printed, or null; for `x` the factor"),
    FlatField("upper_value", "upper end of a range, or null"),
    FlatField("unit", "unit as printed"),
    FlatField("due_year", "target year, or null"),
    FlatField("due_stated", "false when the year is the end of the plan and not stated"),
    FlatField("period", "what an achieved figure speaks of, as printed"),
    FlatField("scope", "`city`, `each_district`, `each_school`, `each_student` or `other`"),
    FlatField("kind", "`level`, `cumulative`, `increment` or `per_year`"),
    FlatField("obligation", "`binding`, `expected` or `unstated`"),
    FlatField("group", "group label of a table row"),
    FlatField("parent", "label of the parent row"),
    FlatField("baseline_year", "base year, or null"),
    FlatField("baseline_value", "base value, or null"),
    FlatField("baseline_written", "base value as printed"),
    FlatField("lead", "leading departments under their main names"),
    FlatField("cooperating", "cooperating departments under their main names"),
    FlatField("passage", "`start`, `end` (characters of the text as read, from 0, end excluded), `text`, `at`, `hash`"),
    FlatField("rule", "the rule of the grammar that read the item"),
    FlatField("confidence", "share of the rule's readings that were right on the gold readings"),
    FlatField("flags", "what a person should look at, e.g. `no_subject`"),
)


def flat(file: str, items: Iterable[DraftItem]) -> list[dict[str, Any]]:
    """The items as plain objects; ``file`` is the content hash of the file they were read in."""
    return [_flat(file, item) for item in items]


def _flat(file: str, item: DraftItem) -> dict[str, Any]:
    passage = item.passage
    return {
        "type": item.type.value,
        "file": file,
        "document": item.document,
        "section": item.section,
        "number": item.number,
        "title": item.subject if item.type in TITLED else "",
        "subject": item.subject,
        "operator": item.operator.value if item.operator else None,
        "softness": item.is_soft,
        "written": item.written,
        "value": number(item.value),
        "upper_value": number(item.upper),
        "unit": item.unit,
        "due_year": item.due,
        "due_stated": item.is_due_stated,
        "period": item.period,
        "scope": item.scope.value,
        "kind": item.counting.value,
        "obligation": item.obligation.value,
        "group": item.group,
        "parent": item.parent,
        "baseline_year": item.baseline_year,
        "baseline_value": number(item.baseline),
        "baseline_written": item.baseline_written,
        "lead": list(item.lead),
        "cooperating": list(item.cooperating),
        "passage": {
            "start": passage.start,
            "end": passage.end,
            "text": passage.text,
            "at": str(passage.locator),
            "hash": passage.hash,
        },
        "rule": item.rule,
        "confidence": number(item.confidence),
        "flags": list(item.flags),
    }


def number(value: Decimal | None) -> int | float | None:
    """A number JSON can hold; the printed digits come back unchanged (they are far fewer than a float keeps)."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
