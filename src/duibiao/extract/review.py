"""Review: a person accepts, corrects or rejects every entry of a draft. Decisions are only ever appended.

The logic knows no terminal: the command line and the web page drive the same session.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from duibiao.extract.accept_values import refuse_no_value
from duibiao.extract.draft_file import HEAD_FIELDS, DraftFile, read_draft
from duibiao.extract.entry import CLAUSES, Entry, EntryKind, Field
from duibiao.extract.resolve import Resolver
from duibiao.kernel.period import PartialDate, Period
from duibiao.kernel.problem import Problem, Report, UserError, Where, problem
from duibiao.metrics.observation import Bound, Quality
from duibiao.plan.entries import read_baseline
from duibiao.plan.goal import Goal
from duibiao.plan.model import Counting, Obligation, PlanKind, TargetScope
from duibiao.sources.citation import SourceKind

HEAD = "head"
"""The name of the draft's head among the decisions."""
REQUIRED: Mapping[EntryKind, tuple[str, ...]] = {
    EntryKind.TARGET: ("id", "label", "unit", "written", "due"),
    EntryKind.TASK: ("no", "title", "section", "lead"),
    EntryKind.ACHIEVED: ("label", "value", "measure_unit", "period"),
    EntryKind.RULE: ("title",),
    **dict.fromkeys(CLAUSES, ("no", "title")),
    EntryKind.MILESTONE: ("no", "year", "title"),
}
"""Without these an entry cannot be accepted: what the passage does not say, a person must add with a reason."""
_PLACES = ("item", "note")
FIELDS: Mapping[EntryKind, tuple[str, ...]] = {
    EntryKind.TARGET: (
        "id", "row", "group", "parent", "indicator", "label", "unit", "baseline", "baseline_year", "written", "goal",
        "due", "due_stated", "counting", "scope", "soft", "obligation", *_PLACES,
    ),
    EntryKind.TASK: ("no", "section", "title", "lead", "cooperating"),
    EntryKind.ACHIEVED: (
        "indicator", "label", "value", "upper", "measure_unit", "bound", "written", "period", "operator", "scope",
        "counting", "as_of", "published", "unit", "quality", *_PLACES,
    ),
    EntryKind.RULE: ("no", "section", "title", "written", "goal", "unit", "group", "parent", "scope", "note"),
    **dict.fromkeys(CLAUSES, ("no", "within", "title", "note")),
    EntryKind.MILESTONE: ("no", "year", "title", "note"),
}  # fmt: skip
"""The fields a correction may name."""
_CHOICES: Mapping[str, type[StrEnum]] = {
    "counting": Counting,
    "scope": TargetScope,
    "obligation": Obligation,
    "kind": PlanKind,
    "source_kind": SourceKind,
    "quality": Quality,
    "bound": Bound,
}
_WHOLE = ("due", "year", "row", "baseline_year", "start", "end", "base_year")
_LISTS = ("lead", "cooperating")


class Action(StrEnum):
    """What a person decides about an entry."""

    ACCEPT = "accept"
    CORRECT = "correct"
    REJECT = "reject"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a person (审核决定): what, on which entry, who, when and why. A later one replaces an earlier."""

    entry: str
    action: Action
    by: str
    at: str
    why: str = ""
    fields: Mapping[str, Field] = field(default_factory=dict)

    def line(self) -> str:
        """The decision as a line of the log."""
        data = {"entry": self.entry, "action": self.action, "by": self.by, "at": self.at, "why": self.why}
        return json.dumps(data | ({"fields": dict(self.fields)} if self.fields else {}), ensure_ascii=False)


def decisions_path(draft: Path) -> Path:
    """The log of decisions stands beside the draft."""
    return draft.with_name(draft.stem + ".decisions.jsonl")


def read_decisions(path: Path) -> list[Decision]:
    """Every decision so far, oldest first. Raises UserError when a line cannot be read: no decision is guessed."""
    report = Report()
    found = []
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(_decision(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            detail = f"{type(error).__name__} {error}"[:120].replace("{", "(").replace("}", ")")
            report.add("REVIEW-LOG", Where(path.name, number), detail=detail)
    report.refuse_errors()
    return found


def _decision(data: object) -> Decision:
    if not isinstance(data, dict) or not {"entry", "action", "by", "at"} <= set(data):
        raise ValueError("not a decision")
    texts = [data[name] for name in ("entry", "by", "at")]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("not text")
    fields = {
        str(name): tuple(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in data.get("fields", {}).items()
    }
    return Decision(texts[0], Action(data["action"]), texts[1], texts[2], str(data.get("why", "")), fields)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class ReviewSession:
    """A draft under review (审核): what is pending, what was decided, and what is accepted with its corrections.

    ``resolver`` knows the indicators of the packs; without it nobody is told which figures are certain.
    """

    def __init__(
        self, draft: DraftFile, log: Path, by: str, resolver: Resolver | None = None, now: Callable[[], str] = _now
    ) -> None:
        self.draft, self.log, self.by, self._now = draft, log, by, now
        self.resolver = resolver or Resolver()
        self.decisions: dict[str, Decision] = {}
        for decision in read_decisions(log):
            self._keep(decision)

    @classmethod
    def open(cls, path: Path, by: str, resolver: Resolver | None = None) -> "ReviewSession":
        """Open a draft file with the decisions made so far. Raises UserError when one of the two is damaged."""
        return cls(read_draft(path), decisions_path(path), by, resolver)

    # --- what there is -------------------------------------------------------------------------------

    def pending(self) -> list[Entry]:
        """What nobody has decided yet, in the order of the document."""
        return [one for one in self.draft.reading_order if one.id not in self.decisions]

    def named(self, ids: Iterable[str]) -> list[Entry]:
        """The entries of these ids, decided or not, in the order of the document; an unknown id is a UserError."""
        wanted, report = list(ids), Report()
        there = {one.id for one in self.draft.entries}
        for one in wanted:
            if one not in there:
                report.add("REVIEW-ENTRY", Where(self.draft.file, 0, one), entry=one)
        report.refuse_errors()
        return [one for one in self.draft.reading_order if one.id in wanted]

    def accepted(self) -> list[Entry]:
        """What was accepted, with its corrections. Nothing else may be published."""
        found = []
        for one in self.draft.reading_order:
            decision = self.decisions.get(one.id)
            if decision and decision.action is not Action.REJECT:
                found.append(corrected(one, decision.fields))
        return found

    def count(self, action: Action) -> int:
        """How many entries of this draft were decided that way."""
        ids = {one.id for one in self.draft.entries}
        return sum(1 for entry, one in self.decisions.items() if entry in ids and one.action is action)

    @property
    def head(self) -> dict[str, str]:
        """The head of the plan with what a person added."""
        added = self.decisions[HEAD].fields if HEAD in self.decisions else {}
        return dict(self.draft.head) | {name: str(value) for name, value in added.items()}

    # --- what a person does --------------------------------------------------------------------------

    def accept(self, entry: Entry, why: str = "") -> None:
        """Accept an entry as it was read. Raises UserError when it lacks something, or could never be written."""
        self._refuse_unfit(entry)
        self._decide(entry.id, Action.ACCEPT, why)

    def correct(self, entry: Entry, fields: Mapping[str, Field], why: str) -> None:
        """Accept an entry with corrections and a reason. Raises UserError when a correction cannot be read."""
        report = Report()
        self._require_why(entry.id, why, report)
        check_fields(fields, FIELDS[entry.kind], Where(self.log.name, 0, entry.id), report)
        report.refuse_errors()
        self._refuse_unfit(corrected(entry, fields))
        self._decide(entry.id, Action.CORRECT, why, fields)

    def reject(self, entry: Entry, why: str) -> None:
        """Reject an entry with a reason."""
        report = Report()
        self._require_why(entry.id, why, report)
        report.refuse_errors()
        self._decide(entry.id, Action.REJECT, why)

    def withdraw(self, entry: Entry) -> None:
        """Take a decision back: the entry is pending again. What was decided stays in the log."""
        if entry.id in self.decisions:
            self._decide(entry.id, Action.WITHDRAW, "")

    def accept_rule(self, rule: str) -> int:
        """Accept every pending entry that a rule read and that is complete; doubtful ones stay for the person.

        An achieved figure of an indicator that is not known stays too: nobody has said what it measures. So does one
        that tells a change, or no year: it could not be written.
        """
        taken = 0
        for one in self.pending():
            if one.rule != rule or doubts(one) or self.refusals(one):
                continue
            if one.kind is not EntryKind.ACHIEVED or self.resolver.certain(one):
                self._decide(one.id, Action.ACCEPT, f"rule {rule}")
                taken += 1
        return taken

    def set_head(self, fields: Mapping[str, str], why: str = "") -> None:
        """Add to the head of the plan what the document does not state."""
        report = Report()
        check_fields(fields, (*HEAD_FIELDS, "source_kind"), Where(self.log.name, 0, HEAD), report)
        report.refuse_errors()
        before = self.decisions[HEAD].fields if HEAD in self.decisions else {}
        self._decide(HEAD, Action.CORRECT, why, {**before, **fields})

    # --- inside --------------------------------------------------------------------------------------

    def _decide(self, entry: str, action: Action, why: str, fields: Mapping[str, Field] | None = None) -> None:
        decision = Decision(entry, action, self.by, self._now(), why, dict(fields or {}))
        _append(self.log, decision.line())
        self._keep(decision)

    def _keep(self, decision: Decision) -> None:
        if decision.action is Action.WITHDRAW:
            self.decisions.pop(decision.entry, None)  # pending again; the log keeps both lines
        else:
            self.decisions[decision.entry] = decision

    def _require_why(self, entry: str, why: str, report: Report) -> None:
        if not why.strip():
            report.add("PACK-FIELD-MISSING", Where(self.log.name, 0, entry), field="why")

    def refusals(self, entry: Entry) -> tuple[Problem, ...]:
        """Why an entry, as it is, cannot be accepted: what it lacks, or what no pack could take."""
        report, where = Report(), Where(self.log.name, 0, entry.id)
        for name in missing(entry):
            report.add("PACK-FIELD-MISSING", where, field=name)
        if not report.problems:
            refuse_no_value(entry, self.resolver, report, where)
            told = {name: entry.get(name) for name in ("baseline", "goal", *_WHOLE) if entry.get(name)}
            check_fields(told, tuple(told), where, report)
        return tuple(report.problems)

    def unwritable(self) -> list[tuple[Entry, tuple[Problem, ...]]]:
        """What was accepted and, as things stand, would be held back when the rest is written, with the reasons."""
        accepted = self.accepted()
        sections = {one.get("no") for one in accepted if one.kind is EntryKind.SECTION}
        found = []
        for one in accepted:
            problems = list(self.refusals(one))
            if one.kind is EntryKind.TASK and one.get("section") not in sections:
                where = Where(self.draft.file, 0, one.id)
                problems.append(problem("ACCEPT-SECTION", where, section=one.get("section"), task=one.get("no")))
            if problems:
                found.append((one, tuple(problems)))
        return found

    def _refuse_unfit(self, entry: Entry) -> None:
        if found := self.refusals(entry):
            raise UserError(found)


def choices_of(name: str) -> tuple[str, ...]:
    """The words a field may take; empty where it is free text."""
    return tuple(one.value for one in _CHOICES[name]) if name in _CHOICES else ()


def missing(entry: Entry) -> list[str]:
    """The required fields an entry does not have."""
    return [name for name in REQUIRED[entry.kind] if not entry.fields.get(name)]


def doubts(entry: Entry) -> list[str]:
    """The flags a person must look at; where a legal footnote stands is no doubt."""
    return [flag for flag in entry.flags if not flag.startswith("footnote")]


def corrected(entry: Entry, fields: Mapping[str, Field]) -> Entry:
    """An entry with corrections; an empty correction takes a field away."""
    if not fields:
        return entry
    merged = {name: value for name, value in {**entry.fields, **fields}.items() if value not in ("", ())}
    if "written" in fields and "goal" not in fields and "goal" in merged:
        del merged["goal"]  # it was read from the words that were corrected
    return replace(entry, fields=merged)


def check_fields(fields: Mapping[str, Field], known: tuple[str, ...], where: Where, report: Report) -> None:
    """Report corrections that name no field, or that cannot be read."""
    for name, value in fields.items():
        place = Where(where.file, where.line, f"{where.field} {name}")
        if name not in known:
            report.add("PACK-FIELD-UNKNOWN", place, field=name, hint=", ".join(known))
        elif isinstance(value, str) and value:
            _check(name, value, place, report)


def _check(name: str, value: str, place: Where, report: Report) -> None:
    if name in _WHOLE and not (value.isascii() and value.isdigit()):
        report.add("PACK-NUMBER", place, field=name, value=value)
    elif name in _CHOICES and value not in list(_CHOICES[name]):
        report.add("PACK-CHOICE", place, field=name, value=value, choices=", ".join(_CHOICES[name]))
    elif name == "baseline" and read_baseline(value, 0, "") is None:
        report.add("PACK-NUMBER", place, field=name, value=value)
    elif name == "goal":
        try:
            Goal.parse(value)
        except ValueError:
            report.add("TARGET-GOAL", place, value=value)
    elif name == "period":
        try:
            Period.parse(value)
        except ValueError:
            report.add("PACK-PERIOD", place, field=name, value=value)
    elif name == "published":
        try:
            PartialDate.parse(value)
        except ValueError:
            report.add("PACK-DATE", place, field=name, value=value)


def parse_fields(text: str) -> dict[str, Field]:
    """Read ``due=2027; lead=市教委、市财政局`` as corrections; raise ValueError where a name is missing."""
    found: dict[str, Field] = {}
    for one in text.replace("；", ";").split(";"):
        if not one.strip():
            continue
        name, sign, value = one.partition("=")
        if not sign or not name.strip():
            raise ValueError(one.strip())
        words = tuple(filter(None, (word.strip() for word in value.replace("，", "、").replace(",", "、").split("、"))))
        found[name.strip()] = words if name.strip() in _LISTS else value.strip()
    return found


def _append(log: Path, line: str) -> None:
    """Add a line to the log and see it on the disk; a line is there whole, after what was there before."""
    with log.open("a+b") as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            if file.read(1) != b"\n":
                line = "\n" + line
        file.write((line + "\n").encode())
        file.flush()
        os.fsync(file.fileno())
