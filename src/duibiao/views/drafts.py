"""Drafts under review: what was read in a document, with its passage, and what a person decided about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from duibiao.extract.entry import Entry, EntryKind
from duibiao.extract.review import FIELDS, Action, Decision, ReviewSession, choices_of, doubts, missing
from duibiao.kernel.problem import Problem
from duibiao.kernel.text import Text
from duibiao.views.draft_words import FIELD_WORDS, choice_word, flag_word

ENTRIES_A_PAGE = 50
KIND_WORDS: Mapping[EntryKind, Text] = {
    EntryKind.TARGET: Text("目标值", "target"),
    EntryKind.TASK: Text("任务", "task"),
    EntryKind.ACHIEVED: Text("已有数据", "achieved figure"),
    EntryKind.RULE: Text("规则", "rule"),
    EntryKind.MILESTONE: Text("阶段", "milestone"),
}
ACTION_WORDS: Mapping[Action | None, Text] = {
    None: Text("待审", "pending"),
    Action.ACCEPT: Text("接受", "accepted"),
    Action.CORRECT: Text("更正", "corrected"),
    Action.REJECT: Text("退回", "rejected"),
    Action.WITHDRAW: Text("撤回", "withdrawn"),
}


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """A draft in the list: how much of it is decided; ``doubtful`` counts pending entries a person must look at."""

    name: str
    title: str
    file: str
    total: int
    pending: int
    accepted: int
    corrected: int
    rejected: int
    doubtful: int


@dataclass(frozen=True, slots=True)
class DraftsPage:
    """Every draft of the data folder."""

    sentence: Text
    drafts: tuple[DraftSummary, ...]


@dataclass(frozen=True, slots=True)
class DraftRow:
    """An entry in the list of a draft."""

    id: str
    kind: EntryKind
    kind_word: Text
    item: str
    name: str
    written: str
    due: str
    at: str
    rule: str
    flags: tuple[str, ...]
    missing: tuple[str, ...]
    doubts: tuple[Text, ...]
    state: Text
    is_pending: bool


@dataclass(frozen=True, slots=True)
class DraftPage:
    """One draft: its head, and its entries a page at a time; ``rules`` counts the pending entries a rule read.

    ``held`` are accepted entries that would be held back when the rest is written: id, name, and why.
    """

    draft: DraftSummary
    head: tuple[tuple[str, str], ...]
    rows: tuple[DraftRow, ...]
    rules: tuple[tuple[str, int], ...]
    page: int
    pages: int
    shown: int
    held: tuple[tuple[str, str, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class DraftField:
    """A field of an entry as a form shows it; ``choices``: the codes it may take, with their words."""

    name: str
    word: Text
    value: str
    choices: tuple[tuple[str, Text], ...]
    is_missing: bool


@dataclass(frozen=True, slots=True)
class OfferedIndicator:
    """An indicator the entry may speak of (候选指标)."""

    code: str
    name: str
    score: str
    is_certain: bool


@dataclass(frozen=True, slots=True)
class DraftEntryPage:
    """One entry with its passage in context and everything a reviewer needs to decide.

    ``refused`` says why it cannot be accepted as it is, with the remedy. ``seen`` marks the decision shown, so that a
    second reviewer is told when another was first. ``next`` is the next pending entry of the draft.
    """

    draft: DraftSummary
    row: DraftRow
    before: str
    passage: str
    after: str
    confidence: str
    fields: tuple[DraftField, ...]
    alternatives: tuple[str, ...]
    refused: tuple[Text, ...]
    offered: tuple[OfferedIndicator, ...]
    decided_by: str
    decided_at: str
    why: str
    seen: str
    next: str


def draft_summary(name: str, session: ReviewSession) -> DraftSummary:
    """Count what is decided of a draft."""
    pending = session.pending()
    return DraftSummary(
        name=name,
        title=session.head.get("title", session.draft.part),
        file=Path(session.draft.file).name,
        total=len(session.draft.entries),
        pending=len(pending),
        accepted=session.count(Action.ACCEPT),
        corrected=session.count(Action.CORRECT),
        rejected=session.count(Action.REJECT),
        doubtful=sum(1 for one in pending if doubts(one) or session.refusals(one)),
    )


def drafts_page(sessions: Mapping[str, ReviewSession]) -> DraftsPage:
    """List the drafts, those with most to decide first."""
    found = sorted(
        (draft_summary(name, one) for name, one in sessions.items()), key=lambda one: (-one.pending, one.name)
    )
    pending = sum(one.pending for one in found)
    return DraftsPage(
        Text(
            f"{len(found)}份草稿，待审{pending}条；未经接受的条目不会进入规划。",
            f"{len(found)} drafts, {pending} entries pending; nothing unaccepted reaches a plan.",
        ),
        tuple(found),
    )


def draft_page(name: str, session: ReviewSession, *, pending_only: bool, page: int = 1) -> DraftPage:
    """Show a draft, all of it or what is pending, a page at a time."""
    entries = session.pending() if pending_only else session.draft.reading_order
    pages = max(1, -(-len(entries) // ENTRIES_A_PAGE))
    shown = min(max(page, 1), pages)
    rules: dict[str, int] = {}
    for one in session.pending():
        if not doubts(one) and not session.refusals(one):
            rules[one.rule] = rules.get(one.rule, 0) + 1
    first = (shown - 1) * ENTRIES_A_PAGE
    return DraftPage(
        draft=draft_summary(name, session),
        head=tuple(session.head.items()),
        rows=tuple(_row(session, one) for one in entries[first : first + ENTRIES_A_PAGE]),
        rules=tuple(sorted(rules.items(), key=lambda one: -one[1])),
        page=shown,
        pages=pages,
        shown=len(entries),
        held=tuple((one.id, one.item or one.type, _sentence(why[0])) for one, why in session.unwritable()),
    )


def draft_entry_page(name: str, session: ReviewSession, entry: Entry) -> DraftEntryPage:
    """Show one entry for a decision."""
    decision = session.decisions.get(entry.id)
    current = next((one for one in session.accepted() if one.id == entry.id), entry)
    lacking = missing(current)
    order = [one.id for one in session.draft.reading_order]
    later = [one.id for one in session.pending() if one.id != entry.id]
    after = [one for one in later if order.index(one) > order.index(entry.id)]
    speaks = entry.kind in (EntryKind.TARGET, EntryKind.ACHIEVED)
    return DraftEntryPage(
        draft=draft_summary(name, session),
        row=_row(session, entry),
        before=entry.shown.before,
        passage="".join(entry.shown.text.split()),
        after=entry.shown.after,
        confidence=entry.confidence,
        fields=tuple(
            DraftField(
                one,
                FIELD_WORDS.get(one, Text(one, one)),
                current.get(one),
                tuple((value, choice_word(one, value)) for value in choices_of(one)),
                one in lacking,
            )
            for one in FIELDS[entry.kind]
        ),
        alternatives=entry.alternatives,
        refused=tuple(_sentence(one) for one in session.refusals(current)) if not lacking else (),
        offered=tuple(
            OfferedIndicator(one.code, one.name, str(one.score), one.is_certain)
            for one in session.resolver.candidates(entry)
        )
        if speaks
        else (),
        decided_by=decision.by if decision else "",
        decided_at=decision.at if decision else "",
        why=decision.why if decision else "",
        seen=seen_mark(decision),
        next=(after or later or [""])[0],
    )


def _sentence(one: Problem) -> Text:
    """A problem and its remedy as one sentence."""
    zh, en = one.message.zh, one.message.en
    return Text(f"{zh}；{one.remedy.zh}。", f"{en}; {one.remedy.en}.")


def seen_mark(decision: Decision | None) -> str:
    """What a form sends back to say which decision its reader saw; empty for none."""
    return f"{decision.at} {decision.by}" if decision else ""


def _doubts(entry: Entry) -> Iterable[Text]:
    """What a person must look at, in words: the flags, and the fields that are missing."""
    yield from (flag_word(one) for one in doubts(entry))
    for name in missing(entry):
        word = FIELD_WORDS.get(name, Text(name, name))
        yield Text(f"缺{word.zh}", f"no {word.en}")


def _row(session: ReviewSession, entry: Entry) -> DraftRow:
    decision = session.decisions.get(entry.id)
    return DraftRow(
        id=entry.id,
        kind=entry.kind,
        kind_word=KIND_WORDS.get(entry.kind, Text(entry.kind.value, entry.kind.value)),
        item=entry.item,
        name=entry.get("label") or entry.get("title"),
        written=entry.get("written") or entry.get("value"),
        due=entry.get("due") or entry.get("period") or entry.get("year"),
        at=str(entry.shown.at),
        rule=entry.rule,
        flags=tuple(entry.flags),
        missing=tuple(missing(entry)),
        doubts=tuple(_doubts(entry)),
        state=ACTION_WORDS[decision.action if decision else None],
        is_pending=decision is None,
    )
