"""Acceptance: what a review accepted becomes entries of a pack. Existing entries are never touched."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from duibiao.extract.accept_rules import rule_codes, rule_entry
from duibiao.extract.accept_values import FigureSource, new_rows, observation_row
from duibiao.extract.clauses import CHAPEAU
from duibiao.extract.entry import CLAUSES, Entry, EntryKind
from duibiao.extract.pack_text import csv_rows, dumped, parsed, with_entries, with_rows
from duibiao.extract.resolve import Resolver, bare_label
from duibiao.extract.review import ReviewSession
from duibiao.extract.window import is_report
from duibiao.kernel.problem import Problem, Report, UserError, Where, problem
from duibiao.kernel.text import folded
from duibiao.kernel.value import is_share
from duibiao.metrics.observation import COLUMNS
from duibiao.sources.citation import passage_hash

HEAD_REQUIRED = ("code", "title", "kind", "issuer", "published", "start", "end", "base_year")
PUBLISHED = (*CLAUSES, EntryKind.TARGET, EntryKind.TASK)
"""The lists that become part of a plan file. Achieved figures go to observations.csv, rules to rules.yaml."""
OBSERVATIONS, RULES = "observations.csv", "rules.yaml"
_KEY = {EntryKind.TARGET: "id", EntryKind.RULE: "code"}
_DOWN = ("<=", "<", "≤", "＜", "zero", "keep <")
PROPOSED = "提议，待核口径：审核“{title}”时新立"


@dataclass(frozen=True, slots=True)
class Known:
    """What the packs already hold, so that acceptance refers to it and proposes only what is new.

    ``departments`` every name; ``sources`` codes by content hash, ``published`` their days by code; ``home_unit`` is
    the unit the pack is about; ``hash_of`` answers the hash the archive gives to a place, None where it cannot.
    """

    resolver: Resolver = field(default_factory=Resolver)
    departments: frozenset[str] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict)
    hash_of: Callable[[str], str | None] = lambda _: None
    published: Mapping[str, str] = field(default_factory=dict)
    home_unit: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """What acceptance writes (发布内容): the new text of every file of the pack that changes, and what is proposed.

    ``held`` says which accepted entries are held back and why; everything else is written.
    """

    files: Mapping[str, str]
    added: Mapping[str, int]
    proposed: tuple[str, ...]
    held: tuple[Problem, ...] = ()


def publication(session: ReviewSession, pack: Path, known: Known) -> Publication:
    """Work out what the accepted entries add to a pack; nothing is written here.

    A target, task, figure or rule that cannot be written is held back and told. Raises UserError when the head lacks
    a field, when a heading of the plan would change one that is there (the rest would stand under the wrong one), or
    when nothing is left to write.
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
        self.held: list[Problem] = []

    def made(self) -> Publication:
        accepted = self.session.accepted()
        sections = {one.get("no") for one in accepted if one.kind is EntryKind.SECTION}
        planned = [one for one in accepted if one.kind in PUBLISHED and not self.is_loose(one, sections)]
        values = [one for one in accepted if one.kind is EntryKind.ACHIEVED]
        rules = [one for one in accepted if one.kind is EntryKind.RULE]
        if planned or not (values or rules):
            self.require(*HEAD_REQUIRED)
        elif self.source not in self.known.sources.values():
            self.require("title", "issuer", "published", *(("source_kind",) if self.is_report else ()))
        self.report.refuse_errors()
        files, added = self.plan_files(planned)
        for path, name, (text, count) in (
            (OBSERVATIONS, "observations", self.observations(values)),
            (RULES, "rules", self.rules(rules)),
        ):
            if count:
                files[path], added[name] = text, count
        files |= self.vocabulary(planned) if files else {}
        self.report.refuse_errors()
        if self.held and not files:
            raise UserError(self.held)
        proposed = tuple(f"{one['code']} {one['label']['zh']}" for one in self.proposals.values())
        return Publication(files, added, proposed, tuple(self.held))

    def is_loose(self, entry: Entry, sections: set[str]) -> bool:
        """Tell whether a task's section was not accepted: it is held back."""
        if entry.kind is not EntryKind.TASK or entry.get("section") in sections:
            return False
        facts = {"section": entry.get("section"), "task": entry.get("no")}
        self.held.append(problem("ACCEPT-SECTION", self.where(entry), **facts))
        return True

    def require(self, *names: str) -> None:
        """Report every field of the head that is missing."""
        for name in names:
            if not self.head.get(name):
                self.report.add("ACCEPT-HEAD", Where(self.session.draft.file, 0, name), field=name)

    @property
    def is_report(self) -> bool:
        """Tell whether the document reports; what kind of publication carries it is then asked for."""
        return is_report(self.session.draft.part)

    def plan_files(self, accepted: list[Entry]) -> tuple[dict[str, str], dict[str, int]]:
        """The plan file with what is new."""
        if not accepted:
            return {}, {}
        clauses = {kind: {one.get("no") for one in accepted if one.kind is kind} for kind in EntryKind}
        lists: dict[str, list[dict[str, Any]]] = {}
        for one in accepted:
            lists.setdefault(one.kind.value, []).append(self.written(one, clauses))
        self.report.refuse_errors()
        path = f"plans/{self.code}.yaml"
        text, added = self.plan_text(path, lists)
        return ({path: text} if sum(added.values()) else {}), added

    def observations(self, values: Iterable[Entry]) -> tuple[str, int]:
        """The observations with the accepted figures that are not there yet."""
        day = self.known.published.get(self.source) or self.head.get("published", "")
        by = FigureSource(self.source, day, self.known.home_unit)
        rows = []
        for one in values:
            kept = dict(self.proposals)
            code = one.get("indicator") or self.indicator(one)
            change = self.known.resolver.counts_change(code) or any(
                entry["code"] == code and entry.get("counts_new") for entry in self.proposals.values()
            )
            told = Report()
            row = observation_row(one, code, change, by, self.hash_of(one), told, self.where(one))
            if told.problems:
                self.held += told.problems
                self.proposals = kept  # nobody needs the indicator of a figure that is not written
            else:
                rows.append(row)
        text = _text_of(self.pack / OBSERVATIONS)
        header, there = csv_rows(text)
        if header and set(header) != set(COLUMNS):
            self.report.add("ACCEPT-FORM", Where(OBSERVATIONS, 1), name="observations")
            return text, 0
        new = new_rows(rows, there, lambda name: self.hold_other(OBSERVATIONS, name))
        return with_rows(text, COLUMNS, new), len(new)

    def rules(self, accepted: Iterable[Entry]) -> tuple[str, int]:
        """The rules with the accepted ones that are not there yet."""
        codes = rule_codes(self.code, self.session.draft.of(EntryKind.RULE))
        part = self.session.draft.part
        found = [rule_entry(one, codes[one.id], part, self.source, self.hash_of(one)) for one in accepted]
        text = _text_of(self.pack / RULES)
        new = self.not_yet("rules", found, parsed(text).get("rules", []), RULES) if text else found
        if not new:
            return text, 0
        return self.inserted(text, "rules", new, RULES) if text else dumped({"rules": new}), len(new)

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
        if data.get("within") and data["within"] not in clauses[EntryKind.PART]:
            del data["within"]
        data["cite"] = {"item": entry.item, "at": entry.shown.at, "hash": self.hash_of(entry)}
        if not entry.item:
            del data["cite"]["item"]
        return data

    def hash_of(self, entry: Entry) -> str:
        """The hash of a passage; a source not yet registered names no running heads: every word of the place counts."""
        return self.known.hash_of(entry.shown.at) or passage_hash(entry.shown.text)

    def where(self, entry: Entry) -> Where:
        return Where(self.session.draft.file, 0, entry.id)

    def indicator(self, entry: Entry) -> str:
        """The canonical indicator of a figure: the one that certainly is it, else a new one is proposed."""
        name = bare_label(entry.get("label"))
        unit = entry.get("measure_unit") if entry.kind is EntryKind.ACHIEVED else entry.get("unit")
        if code := self.known.resolver.certain(entry):
            return code
        key = (folded(name), unit)
        if key not in self.proposals:
            self.proposals[key] = self.proposal(entry, name, unit)
        return str(self.proposals[key]["code"])

    def proposal(self, entry: Entry, name: str, unit: str) -> dict[str, Any]:
        """A new indicator as the passage shows it; a person completes it."""
        counting, goal = entry.get("counting"), entry.get("goal") or entry.get("written")
        accumulation = {"cumulative": "cumulative", "increment": "period", "per_year": "period"}.get(counting, "level")
        own = entry.get("id") or f"value_{entry.id[:8]}"
        rollup = "ratio" if is_share(unit) else "sum" if accumulation != "level" else "none"
        found: dict[str, Any] = {
            "code": f"{self.code}.{re.sub(r'[^a-z0-9]+', '_', own.lower()).strip('_')}",
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
        text = _text_of(file)
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
            elif not _says_the_same(one, old) and EntryKind(name) in CLAUSES:
                self.report.add("ACCEPT-EXISTS", Where(path, 0, f"{name} {one[key]}"), name=f"{name} {one[key]}")
            elif not _says_the_same(one, old):
                self.hold_other(path, f"{name} {one[key]}")
        return new

    def hold_other(self, path: str, name: str) -> None:
        """Hold an entry back that is there and says otherwise."""
        self.held.append(problem("ACCEPT-EXISTS", Where(path, 0, name), name=name))

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
                files[path] = self.inserted(_text_of(file), name, found, path)
            elif found:
                files[path] = dumped({name: found})
        return files

    def source_entry(self) -> dict[str, Any]:
        """The publication, as far as the document names it."""
        found = {
            "code": self.source,
            "title": self.head["title"],
            "publisher": self.head["issuer"],
            "kind": self.head.get("source_kind", "plan"),
            "published": self.head["published"],
            "number": self.head.get("number", ""),
            "sha256": self.session.draft.sha256,
            "note": f"读自 {self.session.draft.file}",
        }
        return {name: value for name, value in found.items() if value}


def default_code(sha256: str, part: str) -> str:
    """A code for a plan nobody has named: made of the file and the title, so that it is the same every time."""
    return f"plan-{sha256[:6]}-{sum(ord(letter) * 31**place for place, letter in enumerate(part)) % 16**4:04x}"


def _text_of(file: Path) -> str:
    """The text of a file with its own line ends; empty where there is none."""
    return file.read_bytes().decode("utf-8") if file.exists() else ""


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
