"""Draft files: YAML that reads like a pack, one file a document, with passage, rule and confidence of every entry."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from duibiao.extract.aims import aims
from duibiao.extract.clauses import Above, clause_entries, headings
from duibiao.extract.draft import Draft
from duibiao.extract.entry import Entry, EntryKind, Field, Shown, entry_of
from duibiao.extract.items import DraftItem, ItemType
from duibiao.extract.outline import Part
from duibiao.extract.window import Window
from duibiao.kernel.period import PartialDate
from duibiao.kernel.problem import Report
from duibiao.kernel.reading import Record, read_yaml
from duibiao.kernel.text import folded
from duibiao.plan.model import PlanKind

HEADER = """\
# 草稿：由程序从文件中读出，尚未审核；未经审核的条目不会写入数据包。
# A draft, read by the program. Nothing here is accepted: `duibiao review` walks through it.
# Do not edit: corrections are made in the review, where they are kept with name and reason.
"""
HEAD_FIELDS = ("code", "title", "short", "kind", "issuer", "number", "published", "start", "end", "base_year")
"""The fields of a plan's head, in the order of a pack."""
_OWN = ("entry", "type", "cite", "passage", "rule", "confidence", "flags", "alternatives")
_LISTS = ("lead", "cooperating")


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A draft of one document (草稿文件): head, origin and entries.

    ``head`` holds what the document states; what it does not state is absent and asked for at acceptance.
    """

    head: Mapping[str, str]
    file: str
    sha256: str
    format: str
    part: str
    entries: tuple[Entry, ...]

    def of(self, kind: EntryKind) -> list[Entry]:
        """The entries of one list."""
        return [one for one in self.entries if one.kind is kind]

    @property
    def reading_order(self) -> list[Entry]:
        """All entries by their place in the document; a heading before what stands under it."""
        return sorted(self.entries, key=lambda one: (one.shown.start, one.type != "clause", one.shown.end))


def draft_files(draft: Draft, file: str, wanted: str | None = None) -> list[DraftFile]:
    """One draft for every document of a file that holds an item; ``wanted`` is a part of the title."""
    return [
        _draft_file(draft, part, list(items), file)
        for part, items in draft.by_part()
        if items and (wanted is None or folded(wanted) in folded(part.title.text))
    ]


def _draft_file(draft: Draft, part: Part, items: list[DraftItem], file: str) -> DraftFile:
    items = _with_task_numbers(items)
    named = aims(part)
    places = {one.start for one in named}
    above = [
        one for one in headings(part, [one for one in items if one.type is ItemType.TASK]) if one.start not in places
    ]
    window = Window.of(part.title.text)
    if window.end is None:
        window = Window.stated(part)
    stands = Above(above, items, window.end)
    entries = [entry_of(one, draft.original, stands.of(one)) for one in items]
    clauses = [
        replace(one, flags=draft.recognised.flags(one.shown.start, one.shown.end))
        for one in clause_entries([*named, *above], draft.original)
    ]
    entries = [*clauses, *_with_ids(_with_alternatives(entries))]
    sha256 = draft.original.sha256
    proven = {proof: replace(one, id=proof) for one in entries if (proof := one.proof(sha256))}
    head = _head(part, items, window)
    return DraftFile(head, file, sha256, draft.original.format, part.title.text, tuple(proven.values()))


def _with_task_numbers(items: list[DraftItem]) -> list[DraftItem]:
    """Number the tasks through where the document starts again, or prints no number: a plan's tasks have one each."""
    numbers = [one.number for one in items if one.type is ItemType.TASK]
    if all(number.isdigit() for number in numbers) and len(set(numbers)) == len(numbers):
        return items
    count, kept = 0, []
    for one in items:
        if one.type is ItemType.TASK:
            count += 1
            kept.append(replace(one, number=str(count)))
        else:
            kept.append(one)
    return kept


def _with_alternatives(entries: Iterable[Entry]) -> list[Entry]:
    """Two readings of one figure at one place become one entry: the surer, with the other beside it."""
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for one in entries:
        key = (one.kind, one.shown.start, one.shown.end, *map(one.get, ("label", "no", "due", "unit", "title")))
        groups.setdefault(key, []).append(one)
    kept = []
    for group in groups.values():
        best, *others = sorted(group, key=lambda one: one.confidence, reverse=True)
        readings = tuple(f"{one.get('goal') or one.get('written') or one.get('value')}" for one in others)
        kept.append(replace(best, alternatives=tuple(dict.fromkeys(filter(None, readings)))))
    return kept


def _with_ids(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Give every target the id it will have in the plan: row-01, or the item it stands in and a running number."""
    count: Counter[str] = Counter()
    for one in entries:
        if one.kind is not EntryKind.TARGET:
            yield one
            continue
        row = one.get("row")
        stem = f"row-{int(row):02}" if row else one.get("item") or ("row" if one.type == "indicator_row" else "text")
        count[stem] += 1
        name = f"{stem}.{count[stem]}" if not row or count[stem] > 1 else stem
        yield replace(one, fields={"id": name, **one.fields})


def _head(part: Part, items: list[DraftItem], window: Window) -> dict[str, str]:
    title = part.title.text
    years = Counter(one.baseline_year for one in items if one.baseline_year)
    base = years.most_common(1)[0][0] if years else window.start - 1 if window.start else None
    found = {
        "title": title,
        "short": re.sub(r"[（(].*?[)）]", "", title) or title,
        "kind": plan_kind(title).value,
        "issuer": part.issuer,
        "number": part.number,
        "published": published(part.date),
        "start": str(window.start or ""),
        "end": str(window.end or ""),
        "base_year": str(base or ""),
    }
    return {name: value for name, value in found.items() if value}


def plan_kind(title: str) -> PlanKind:
    """What kind of plan a title names."""
    if "纲要" in title:
        return PlanKind.OUTLINE
    if re.search(r"五年规划|十[一二三四五六七八九]五", title):
        return PlanKind.FIVE_YEAR
    return PlanKind.STRATEGY if "规划" in title else PlanKind.ACTION_PLAN


def published(date: str) -> str:
    """A printed date the way a pack writes it; empty when it is none."""
    digits = date.translate(str.maketrans("〇零一二三四五六七八九０１２３４５６７８９", "00123456789" + "0123456789"))
    match = re.search(r"(\d{4})\s*[年.\-/]\s*(?:(\d{1,2})\s*[月.\-/]?\s*(?:(\d{1,2})\s*日?)?)?", digits)
    if match is None:
        return ""
    written = "-".join(filter(None, (match[1], match[2] and match[2].zfill(2), match[3] and match[3].zfill(2))))
    try:
        return str(PartialDate.parse(written))
    except ValueError:
        return match[1]


# --- YAML ------------------------------------------------------------------------------------------


def to_yaml(draft: DraftFile) -> str:
    """The text of a draft file."""
    data: dict[str, Any] = dict(draft.head)
    data["source"] = {"file": draft.file, "sha256": draft.sha256, "format": draft.format, "part": draft.part}
    for kind in EntryKind:
        found = [_as_data(one) for one in draft.of(kind)]
        if found:
            data[kind.value] = found
    return HEADER + yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=130)


def _as_data(entry: Entry) -> dict[str, Any]:
    shown = entry.shown
    fields = {name: list(value) if isinstance(value, tuple) else value for name, value in entry.fields.items()}
    beside: dict[str, Any] = {
        "type": entry.type,
        "cite": {"item": entry.item, "at": shown.at, "hash": shown.hash},
        "passage": {
            "start": shown.start,
            "end": shown.end,
            "before": shown.before,
            "text": shown.text,
            "after": shown.after,
        },
        "rule": entry.rule,
        "confidence": entry.confidence,
        "flags": list(entry.flags),
        "alternatives": list(entry.alternatives),
        "entry": entry.id,
    }
    return fields | {name: value for name, value in beside.items() if value not in ("", [])}


def read_draft(path: Path) -> DraftFile:
    """Read a draft file. Raises UserError when it is none, or when an entry was changed by hand."""
    report = Report()
    record = read_yaml(path, path.name, report)
    report.refuse_errors()
    origin = record.record("source")
    draft = DraftFile(
        head={name: record.text(name) for name in HEAD_FIELDS if record.has(name)},
        file=origin.text("file"),
        sha256=origin.text("sha256"),
        format=origin.optional("format") or "",
        part=origin.text("part"),
        entries=(),
    )
    entries = [_entry(kind, one, draft.sha256) for kind in EntryKind for one in record.records(kind.value)]
    origin.close()
    record.close()
    report.refuse_errors()
    return replace(draft, entries=tuple(entries))


def _entry(kind: EntryKind, record: Record, sha256: str) -> Entry:
    cite, passage = record.record("cite"), record.record("passage")
    shown = Shown(
        passage.integer("start"),
        passage.integer("end"),
        passage.text("text"),
        cite.text("at"),
        cite.text("hash"),
        passage.optional("before") or "",
        passage.optional("after") or "",
    )
    fields: dict[str, Field] = {}
    for name in record.values:
        if name not in _OWN:
            fields[name] = tuple(record.texts(name)) if name in _LISTS else record.text(name)
    entry = Entry(
        id=record.text("entry"),
        kind=kind,
        fields=fields,
        item=cite.optional("item") or "",
        shown=shown,
        rule=record.text("rule"),
        type=record.text("type"),
        confidence=record.optional("confidence") or "",
        flags=tuple(record.texts("flags")),
        alternatives=tuple(record.texts("alternatives")),
    )
    for one in (record, cite, passage):
        one.close()
    if entry.id and entry.id != entry.proof(sha256):
        record.report.add("DRAFT-CHANGED", record.where("entry"), entry=entry.id)
    return entry


def file_name(title: str) -> str:
    """A file name every system can hold, made of a document's title."""
    safe = re.sub(r"[^\w（）()—\-“”·]+", "_", title).strip("_.")[:60]
    return (safe or "draft") + ".yaml"
