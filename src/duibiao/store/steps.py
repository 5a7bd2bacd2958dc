"""Steps of the work flow on real returns: checked against the rules, against what was seen, and recorded."""

from collections.abc import Callable, Iterable, Sequence

from duibiao.kernel.period import Period
from duibiao.kernel.problem import Problem, UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.metrics.unit import UnitKind
from duibiao.store.database import StoreChange
from duibiao.store.model import ReportState, Seen, place, report_problem
from duibiao.store.returns import Head, change_heads, find_heads, lock_heads, signatures_of
from duibiao.store.schema import EVENT, REPORT, SIGNATURE
from duibiao.store.units import UnitTree
from duibiao.store.workflow import (
    ACTION_WORDS,
    ROLE_WORDS,
    SIGNING,
    Actor,
    ActorRole,
    Refusal,
    ReportAction,
    ReportStatus,
    WorkflowRule,
    decide,
    standings,
)

Verdict = Callable[[Head], WorkflowRule | Refusal]
"""What the rules say of one step of one actor with a return."""


def judge(tree: UnitTree, actor: Actor, action: ReportAction, reason: str = "") -> Verdict:
    """The rules for one step of one actor: schools with the same parent and the same status are judged once."""
    known: dict[tuple[str, str | None, str], WorkflowRule | Refusal] = {}

    def decided(head: Head) -> WorkflowRule | Refusal:
        where = standings(tree, actor.unit, head.unit, head.delegated_to)
        return decide(action, ReportStatus(head.status), actor.role, where, reason)

    def verdict(head: Head) -> WorkflowRule | Refusal:
        unit = tree.get(head.unit)
        if unit is None or unit.kind is not UnitKind.SCHOOL or not unit.parent or head.unit == actor.unit:
            return decided(head)  # only of a school the parent says everything
        key = unit.parent, head.delegated_to, head.status
        found = known.get(key)
        if found is None:
            found = known[key] = decided(head)
        return found

    return verdict


def refusals(actor: Actor, head: Head, action: ReportAction, verdict: Verdict, expected: int | None) -> list[Problem]:
    """Why an actor may not do something with a return; empty where they may. ``verdict``: see ``judge``.

    ``expected``: the lock version they saw, None where they do not say. Access is judged first, so that nobody learns
    about a foreign return; then staleness, since a wrong status is mostly the news of somebody else's step.
    """
    found = verdict(head)
    stale = expected is not None and is_stale(head, action, expected)
    if isinstance(found, WorkflowRule):
        return [head.problem("REPORT-STALE")] if stale else []
    facts = {"who": actor.name, **_role_words(actor.role)}
    if found.code == "ACCESS-UNIT":
        return [report_problem(found.code, head.form, head.unit, head.period, **facts)]
    if found.code == "ACCESS-ROLE":
        return [role_problem(actor, ACTION_WORDS[action], place(head.form, head.unit, head.period))]
    if found.code == "ACCESS-DELEGATE":
        return [report_problem(found.code, head.form, head.unit, head.period, **facts)]
    if stale:
        return [head.problem("REPORT-STALE")]
    return [head.problem(found.code, **facts)]


def is_stale(head: Head | ReportState, action: ReportAction, seen: int) -> bool:
    """Whether a return changed since its lock version ``seen``.

    Where all that happened since is one delegation no value changed: what was filled in before it is still true.
    """
    filling = action is ReportAction.SAVE and head.changed_action == ReportAction.DELEGATE.value
    return seen != head.lock_version and not (filling and seen == head.lock_version - 1)


def role_problem(actor: Actor, what: Text, where: Where) -> Problem:
    """The problem of an actor whose role may not do something."""
    return problem("ACCESS-ROLE", where, who=actor.name, what_zh=what.zh, what_en=what.en, **_role_words(actor.role))


def may_not(tree: UnitTree, actor: Actor, action: ReportAction, states: Iterable[ReportState]) -> list[Problem]:
    """Why an actor may not do something with some returns, whatever their status: ACCESS-UNIT, ACCESS-ROLE, …"""
    found = []
    for state in states:
        where = standings(tree, actor.unit, state.unit, state.delegated_to)
        refused = decide(action, state.status, actor.role, where)
        if isinstance(refused, Refusal) and refused.code.startswith("ACCESS-"):
            facts = {"who": actor.name, **_role_words(actor.role)}
            if refused.code == "ACCESS-ROLE":
                found.append(role_problem(actor, ACTION_WORDS[action], place(state.form, state.unit, state.period)))
            else:
                found.append(report_problem(refused.code, state.form, state.unit, state.period, **facts))
    return found


def possible(tree: UnitTree, actor: Actor, action: ReportAction, states: Iterable[ReportState]) -> list[ReportState]:
    """Those of some returns an actor may take a step with now: a district accepts what it has not accepted."""
    found = []
    for state in states:
        where = standings(tree, actor.unit, state.unit, state.delegated_to)
        if isinstance(decide(action, state.status, actor.role, where, "—"), WorkflowRule):
            found.append(state)
    return found


def require_role(actor: Actor, roles: Iterable[ActorRole], what: Text, place_: str) -> None:
    """Refuse an actor who has none of the roles; raises UserError ACCESS-ROLE."""
    if actor.role not in roles:
        raise UserError([role_problem(actor, what, Where(place_))])


def rule_for(verdict: Verdict, head: Head) -> WorkflowRule:
    """The rule of a step that ``refusals`` found nothing against."""
    found = verdict(head)
    if isinstance(found, Refusal):
        raise RuntimeError(found.code)
    return found


Extra = Callable[[Sequence[Head]], Iterable[Problem]]
"""Further checks of a step, on all its returns at once."""


def locked_seen(
    change: StoreChange,
    tree: UnitTree,
    action: ReportAction,
    seen: Sequence[Seen],
    reason: str,
    extra: Extra | None = None,
) -> list[Head]:
    """Lock the returns a step is about and refuse the whole step where one of them may not take it.

    Raises UserError with every problem: ACCESS-UNIT, ACCESS-ROLE, REPORT-NOT-OPEN, REPORT-STALE, REPORT-STATUS,
    REPORT-REASON, and what ``extra`` finds.
    """
    actor = change.actor
    found: dict[tuple[str, int, str], Head] = {}
    named: dict[tuple[str, Period], set[str]] = {}
    for one in seen:
        named.setdefault((one.form, one.period), set()).add(one.unit)
    for (form, period), units in sorted(named.items()):
        heads = find_heads(change.connection, form, period, units)
        found.update(((form, period.year, unit), head) for unit, head in heads.items())
    locked = lock_heads(change, found.values())
    verdict = judge(tree, actor, action, reason)
    problems: list[Problem] = []
    chosen: dict[int, Head] = {}
    for one in seen:
        head = found.get((one.form, one.period.year, one.unit))
        if head is None:
            known = tree.covers(actor.unit, one.unit)
            code = "REPORT-NOT-OPEN" if known else "ACCESS-UNIT"
            problems.append(report_problem(code, one.form, one.unit, one.period, who=actor.name))
            continue
        head = locked[head.id]
        refused = refusals(actor, head, action, verdict, one.lock_version)
        problems.extend(refused)
        if not refused:
            chosen[head.id] = head
    heads_to_take = list(chosen.values())
    problems.extend(extra(heads_to_take) if extra else ())
    if problems:
        raise UserError(problems)
    return heads_to_take


def take(
    change: StoreChange, tree: UnitTree, action: ReportAction, heads: Sequence[Head], reason: str = "", detail: str = ""
) -> list[Head]:
    """Take a step with locked returns: append the events and change the heads; answers the heads as they are then."""
    verdict = judge(tree, change.actor, action, reason)
    name = change.actor.name
    events, after = [], []
    for head in heads:
        target = rule_for(verdict, head).to or ReportStatus(head.status)
        events.append(_event(change, action, head, target, reason, detail))
        new = head._replace(
            status=target.value,
            published_revision=head.revision if action is ReportAction.PUBLISH else head.published_revision,
            lock_version=head.lock_version + 1,
            delegated_to=(detail or None) if action is ReportAction.DELEGATE else head.delegated_to,
            submitted_by=name if action is ReportAction.SUBMIT else head.submitted_by,
            changed_at=change.at,
            changed_by=name,
            changed_action=action.value,
            reason=reason,
        )
        after.append(new)
    change.append_cells(EVENT, _EVENT, events)
    values: dict[str, object] = {"reason": reason}
    if action is ReportAction.SUBMIT:
        values["submitted_by"] = name
    if action is ReportAction.DELEGATE:
        values["delegated_to"] = detail or None
    if action is ReportAction.PUBLISH:
        values["published_revision"] = REPORT.c.revision
    for target in sorted({ReportStatus(head.status) for head in after}):
        change_heads(change, action, target, **values)
    return after


def sign(change: StoreChange, tree: UnitTree, seen: Sequence[Seen]) -> list[Head]:
    """Sign the present revision of returns in the actor's role; the lock version stays, since nothing was changed.

    Raises UserError: REPORT-EMPTY, REPORT-SIGNED, REPORT-SAME-PERSON, and what ``locked_seen`` raises.
    """
    actor = change.actor

    def extra(heads: Sequence[Head]) -> Iterable[Problem]:
        signed = signatures_of(change.connection, heads)
        for head in heads:
            names = signed.get(head.id, {})
            if head.revision == 0:
                yield head.problem("REPORT-EMPTY")
            elif actor.role in names:
                yield head.problem("REPORT-SIGNED", name=names[actor.role], **_role_words(actor.role))
            elif actor.name in names.values():
                yield head.problem("REPORT-SAME-PERSON", who=actor.name)

    heads = locked_seen(change, tree, ReportAction.SIGN, seen, "", extra)
    rows: list[dict[str, object]] = [
        {
            "report_id": head.id,
            "revision": head.revision,
            "role": actor.role.value,
            "name": actor.name,
            "signed_at": change.at,
            "signed_unit": actor.unit,
        }
        for head in heads
    ]
    change.append(SIGNATURE, rows)
    change.append_cells(
        EVENT,
        _EVENT,
        [_event(change, ReportAction.SIGN, head, ReportStatus(head.status), "", actor.role.value) for head in heads],
    )
    return heads


def before_accepting(change: StoreChange, tree: UnitTree) -> Extra:
    """What accepting asks for beside the rules: another person than the one who submitted, and three signatures.

    The signatures are needed for the last acceptance, before the city vouches for the return (REPORT-UNSIGNED).
    """

    def extra(heads: Sequence[Head]) -> Iterable[Problem]:
        signed = signatures_of(change.connection, heads)
        verdict = judge(tree, change.actor, ReportAction.ACCEPT)
        for head in heads:
            if head.submitted_by == change.actor.name:
                yield head.problem("REPORT-SAME-PERSON", who=change.actor.name)
            rule = rule_for(verdict, head)
            missing = [role for role in SIGNING if role not in signed.get(head.id, {})]
            if rule.to is ReportStatus.CITY_ACCEPTED and missing:
                words = [ROLE_WORDS[role] for role in missing]
                zh, en = "、".join(word.zh for word in words), ", ".join(word.en for word in words)
                yield head.problem("REPORT-UNSIGNED", zh=zh, en=en)

    return extra


def before_submitting(heads: Sequence[Head]) -> Iterable[Problem]:
    """A return nothing was ever saved for is not submitted (REPORT-EMPTY)."""
    return [head.problem("REPORT-EMPTY") for head in heads if head.revision == 0]


def _role_words(role: ActorRole) -> dict[str, str]:
    return {"role_zh": ROLE_WORDS[role].zh, "role_en": ROLE_WORDS[role].en}


_EVENT = (
    *("report_id", "at", "actor", "actor_unit", "role", "action", "from_status", "to_status", "revision"),
    *("detail", "reason"),
)


def _event(
    change: StoreChange, action: ReportAction, head: Head, target: ReportStatus, reason: str, detail: str
) -> tuple[object, ...]:
    """The cells of ``_EVENT``."""
    actor = change.actor
    return (
        *(head.id, change.at, actor.name, actor.unit, actor.role.value, action.value, head.status, target.value),
        *(head.revision, detail, reason),
    )
