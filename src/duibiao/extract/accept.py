"""Acceptance: what a review accepted becomes entries of a pack. Existing entries are never touched."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from duibiao.extract.clauses import CHAPEAU
from duibiao.extract.entry import CLAUSES, Entry, EntryKind
from duibiao.extract.review import ReviewSession
from duibiao.kernel.problem import Report, Where
from duibiao.kernel.text import folded
from duibiao.kernel.value import are_convertible, is_share
from duibiao.sources.citation import passage_hash

HEAD_REQUIRED = ("code", "title", "kind", "issuer", "published", "start", "end", "base_year")
PUBLISHED = (*CLAUSES, EntryKind.TARGET, EntryKind.TASK)
"""The lists that become part of a plan file. Achieved figures and rules have no place in a plan."""
_KEY = {EntryKind.TARGET: "id"}
_DOWN = ("<=", "<", "≤", "＜", "zero", "keep <")
PROPOSED = "提议，待核口径：审核“{title}”时新立"


@dataclass(frozen=True, slots=True)
class KnownIndicator:
    """What acceptance must know of an indicator the packs have: its code and unit."""

    code: str
    unit: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the packs already hold, so that acceptance refers to it and proposes only what is new.

    ``indicators`` by every folded name; ``departments`` every name; ``sources`` codes by content hash;
    ``hash_of`` answers the hash the archive gives to a place of the document, None where it cannot.
    """

    indicators: Mapping[str, tuple[KnownIndicator, ...]] = field(default_factory=dict)
    departments: frozenset[str] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict)
    hash_of: Callable[[str], str | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Publication:
    """What acceptance writes (发布内容): the new text of every file of the pack that changes, and what is proposed."""

    files: Mapping[str, str]
    added: Mapping[str, int]
    proposed: tuple[str, ...]


def publication(session: ReviewSession, pack: Path, known: Known) -> Publication:
    """Work out what the accepted entries add to a pack; nothing is written here.

    Raises UserError when the head lacks a field, or an entry would change one that is there.
    """
    return _Publisher(session, pack, known).made()


class _Publisher:
    def __init__(self, session: ReviewSession, pack: Path, known: Known) -> None:
        self.session, self.pack, self.known = session, pack, known
        self.report = Report()
        self.head = session.head
        sha256 = session.draft.sha256
        self.source = known.sources.get(sha256) or f"doc-{sha256[:8]}"
        self.code = self.head.setdefault("code", default_code(sha256, session.draft.part))
        self.proposals: dict[tuple[str, str], dict[str, Any]] = {}

    def made(self) -> Publication:
        for name in HEAD_REQUIRED:
            if not self.head.get(name):
                self.report.add("ACCEPT-HEAD", Where(self.session.draft.file, 0, name), field=name)
        accepted = [one for one in self.session.accepted() if one.kind in PUBLISHED]
        clauses = {kind: {one.get("no") for one in accepted if one.kind is kind} for kind in EntryKind}
        lists: dict[str, list[dict[str, Any]]] = {}
        for one in accepted:
            lists.setdefault(one.kind.value, []).append(self.written(one, clauses))
        self.report.refuse_errors()
        path = f"plans/{self.code}.yaml"
        text, added = self.plan_text(path, lists)
        files = {path: text} if sum(added.values()) else {}
        files |= self.vocabulary(accepted) if files else {}
        self.report.refuse_errors()
        proposed = tuple(f"{one['code']} {one['label']['zh']}" for one in self.proposals.values())
        return Publication(files, added, proposed)

    # --- entries ---------------------------------------------------------------------------------------

    def written(self, entry: Entry, clauses: Mapping[EntryKind, set[str]]) -> dict[str, Any]:
        """An entry in the form a plan file has."""
        data: dict[str, Any] = {
            name: list(value) if isinstance(value, tuple) else value for name, value in entry.fields.items()
        }
        if entry.kind is EntryKind.TARGET:
            data["indicator"] = entry.get("indicator") or self.indicator(entry)
            places = (clauses[kind] for kind in (EntryKind.TASK, EntryKind.MEASURE, EntryKind.PROGRAMME))
            if data.get("item") not in {None, CHAPEAU}.union(*places):
                del data["item"]  # what it stands in was not accepted
            data = {name: data[name] for name in ("id", *sorted(data, key=_order)) if name in data}
        if entry.kind is EntryKind.TASK and entry.get("section") not in clauses[EntryKind.SECTION]:
            self.report.add("ACCEPT-SECTION", self.where(entry), section=entry.get("section"), task=entry.get("no"))
        if data.get("within") and data["within"] not in clauses[EntryKind.PART]:
            del data["within"]
        # A source not yet registered names no running heads: the hash is that of every word of the place.
        digits = self.known.hash_of(entry.shown.at) or passage_hash(entry.shown.text)
        data["cite"] = {"item": entry.item, "at": entry.shown.at, "hash": digits}
        if not entry.item:
            del data["cite"]["item"]
        return data

    def where(self, entry: Entry) -> Where:
        return Where(self.session.draft.file, 0, entry.id)

    def indicator(self, entry: Entry) -> str:
        """The canonical indicator of a target: the one that has this name and unit, else a new one is proposed."""
        name, unit = bare_label(entry.get("label")), entry.get("unit")
        fitting = {
            one.code
            for wanted in dict.fromkeys((folded(entry.get("label")), folded(name)))
            for one in self.known.indicators.get(wanted, ())
            if are_convertible(one.unit, unit)
        }
        if len(fitting) == 1:
            return fitting.pop()
        key = (folded(name), unit)
        if key not in self.proposals:
            self.proposals[key] = self.proposal(entry, name, unit)
        return str(self.proposals[key]["code"])

    def proposal(self, entry: Entry, name: str, unit: str) -> dict[str, Any]:
        """A new indicator as the passage shows it; a person completes it."""
        counting, goal = entry.get("counting"), entry.get("goal") or entry.get("written")
        accumulation = {"cumulative": "cumulative", "increment": "period", "per_year": "period"}.get(counting, "level")
        rollup = "ratio" if is_share(unit) else "sum" if accumulation != "level" else "none"
        found: dict[str, Any] = {
            "code": f"{self.code}.{re.sub(r'[^a-z0-9]+', '_', entry.get('id').lower()).strip('_')}",
            "label": {"zh": name},
            "unit": unit,
            "direction": "down" if goal.startswith(_DOWN) else "up",
            "accumulation": accumulation,
            "rollup": rollup,
            "note": PROPOSED.format(title=self.head.get("title", "")),
        }
        if counting == "increment":
            found["counts_new"] = "true"
        return found

    # --- files -----------------------------------------------------------------------------------------

    def plan_text(self, path: str, lists: Mapping[str, list[dict[str, Any]]]) -> tuple[str, dict[str, int]]:
        """The text of the plan file with what is new; reports an entry that is there and reads otherwise."""
        file = self.pack / path
        if not file.exists():
            return dumped(self.plan_head() | dict(lists)), {name: len(found) for name, found in lists.items()}
        text = file.read_text(encoding="utf-8")
        there = parsed(text)
        self.refuse_other_plan(there, path)
        added = {}
        for name, found in lists.items():
            new = self.not_yet(name, found, there.get(name, []), path)
            added[name] = len(new)
            text = self.inserted(text, name, new, path) if new else text
        return text, added

    def plan_head(self) -> dict[str, Any]:
        names = ("code", "title", "short", "kind", "issuer", "number", "published", "start", "end", "base_year")
        head: dict[str, Any] = {name: self.head[name] for name in names if self.head.get(name)}
        head.setdefault("short", head["title"])
        return head | {"source": {"document": self.source, "part": self.session.draft.part}}

    def refuse_other_plan(self, there: Mapping[str, Any], path: str) -> None:
        title = there.get("title", "")
        title = title.get("zh", "") if isinstance(title, dict) else title
        if folded(title) != folded(self.head["title"]):
            self.report.add("ACCEPT-EXISTS", Where(path, 0, "title"), name=title)

    def not_yet(
        self, name: str, found: Iterable[dict[str, Any]], there: Iterable[dict[str, Any]], path: str
    ) -> list[dict[str, Any]]:
        """The entries the list does not have; one that is there with another reading is a problem."""
        key = _KEY.get(EntryKind(name), "no")
        by_key = {str(one.get(key)): one for one in there}
        new = []
        for one in found:
            old = by_key.get(str(one[key]))
            if old is None:
                new.append(one)
            elif not _says_the_same(one, old):
                self.report.add("ACCEPT-EXISTS", Where(path, 0, f"{name} {one[key]}"), name=f"{name} {one[key]}")
        return new

    def inserted(self, text: str, name: str, new: list[dict[str, Any]], path: str) -> str:
        """Add entries at the end of a list, touching no other character; refuse where the result reads otherwise."""
        result = with_entries(text, name, new)
        before, after = parsed(text), parsed(result)
        wanted = {**before, name: [*before.get(name, []), *parsed(dumped({name: new}))[name]]}
        if after != wanted:
            self.report.add("ACCEPT-FORM", Where(path, 0, name), name=name)
            return text
        return result

    def vocabulary(self, accepted: Iterable[Entry]) -> dict[str, str]:
        """What the plan refers to and the packs do not have: source, indicators, departments."""
        names = [name for one in accepted for list_ in ("lead", "cooperating") for name in _names(one, list_)]
        unknown = [name for name in dict.fromkeys(names) if name not in self.known.departments]
        new: dict[str, list[dict[str, Any]]] = {
            "sources": [] if self.source in self.known.sources.values() else [self.source_entry()],
            "indicators": list(self.proposals.values()),
            "departments": [{"name": name} for name in unknown],
        }
        files = {}
        for name, found in new.items():
            path = f"{name}.yaml"
            file = self.pack / path
            if found and file.exists():
                files[path] = self.inserted(file.read_text(encoding="utf-8"), name, found, path)
            elif found:
                files[path] = dumped({name: found})
        return files

    def source_entry(self) -> dict[str, Any]:
        """The publication, as far as the document names it."""
        found = {
            "code": self.source,
            "title": self.head["title"],
            "publisher": self.head["issuer"],
            "kind": "plan",
            "published": self.head["published"],
            "number": self.head.get("number", ""),
            "sha256": self.session.draft.sha256,
            "note": f"读自 {self.session.draft.file}",
        }
        return {name: value for name, value in found.items() if value}


def default_code(sha256: str, part: str) -> str:
    """A code for a plan nobody has named: made of the file and the title, so that it is the same every time."""
    return f"plan-{sha256[:6]}-{sum(ord(letter) * 31**place for place, letter in enumerate(part)) % 16**4:04x}"


def bare_label(label: str) -> str:
    """A label without the unit in brackets at its end."""
    return re.sub(r"[（(][^（()）]*[)）]\s*$", "", label).strip() or label


def _names(entry: Entry, name: str) -> tuple[str, ...]:
    found = entry.fields.get(name, ())
    return (found,) if isinstance(found, str) else found


def _order(name: str) -> int:
    names = (
        "id",
        "row",
        "group",
        "parent",
        "indicator",
        "label",
        "unit",
        "baseline",
        "baseline_year",
        "written",
        "goal",
    )
    return names.index(name) if name in names else len(names)


def _says_the_same(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Tell whether an entry that is there says all that the new one says; it may say more."""
    return all(_plain(old.get(name)) == _plain(value) for name, value in new.items() if name != "cite")


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("zh", value))
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


# --- YAML as text ----------------------------------------------------------------------------------------


def dumped(data: Mapping[str, Any]) -> str:
    """YAML in the style of the packs: inner mappings on one line, every number as text."""
    return yaml.dump(dict(data), Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=130)


def parsed(text: str) -> dict[str, Any]:
    """A YAML text with every scalar as text, the way pack files are read."""
    found = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  the base loader builds nothing but text
    return found if isinstance(found, dict) else {}


def with_entries(text: str, name: str, new: list[dict[str, Any]]) -> str:
    """Put entries at the end of a top-level list of a YAML text, or a new list at the end of the text."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    block = dumped({name: new}).splitlines(keepends=True)
    heads = [place for place, line in enumerate(lines) if re.match(rf"['\"]?{name}['\"]?:\s*(#.*)?$", line)]
    if not heads:
        return "".join([*lines, *block])
    end = next(
        (place for place in range(heads[0] + 1, len(lines)) if re.match(r"[^\s#\-]", lines[place])),
        len(lines),
    )
    while end > heads[0] + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1  # what stands before the next list belongs to it
    return "".join([*lines[:end], *block[1:], *lines[end:]])
