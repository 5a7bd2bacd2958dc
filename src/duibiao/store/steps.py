"""Steps of the work flow on real returns: checked against the rules, against what was seen, and recorded."""

from collections.abc import Callable, Iterable, Sequence

from duibiao.kernel.problem import Problem, UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.store.database import StoreChange
from duibiao.store.model import Seen, place, report_problem
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


def refusals(
    tree: UnitTree, actor: Actor, head: Head, action: ReportAction, expected: int | None, reason: str = ""
) -> list[Problem]:
    """Why an actor may not do something with a return; empty where they may.

    ``expected``: the lock version they saw, None where they do not say. Access is judged first, so that nobody learns
    about a foreign return; then staleness, since a wrong status is mostly the news of somebody else's step.
    """
    facts = {"who": actor.name, **_role_words(actor.role)}
    where = standings(tree, actor.unit, head.unit, head.delegated_to)
    found = decide(action, ReportStatus(head.status), actor.role, where, reason)
    if isinstance(found, Refusal) and found.code == "ACCESS-UNIT":
        return [report_problem(found.code, head.form, head.unit, head.period, **facts)]
    if isinstance(found, Refusal) and found.code == "ACCESS-ROLE":
        return [role_problem(actor, ACTION_WORDS[action], place(head.form, head.unit, head.period))]
    if expected is not None and expected != head.lock_version:
        return [head.problem("REPORT-STALE")]
    return [head.problem(found.code, **facts)] if isinstance(found, Refusal) else []


def role_problem(actor: Actor, what: Text, where: Where) -> Problem:
    """The problem of an actor whose role may not do something."""
    return problem("ACCESS-ROLE", where, who=actor.name, what_zh=what.zh, what_en=what.en, **_role_words(actor.role))


def require_role(actor: Actor, roles: Iterable[ActorRole], what: Text, place_: str) -> None:
    """Refuse an actor who has none of the roles; raises UserError ACCESS-ROLE."""
    if actor.role not in roles:
        raise UserError([role_problem(actor, what, Where(place_))])


def rule_for(tree: UnitTree, actor: Actor, head: Head, action: ReportAction, reason: str) -> WorkflowRule:
    """The rule of a step that ``refusals`` found nothing against."""
    where = standings(tree, actor.unit, head.unit, head.delegated_to)
    found = decide(action, ReportStatus(head.status), actor.role, where, reason)
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
    for form, period in sorted({(one.form, one.period) for one in seen}):
        units = {one.unit for one in seen if (one.form, one.period) == (form, period)}
        heads = find_heads(change.connection, form, period, units)
        found.update(((form, period.year, unit), head) for unit, head in heads.items())
    locked = lock_heads(change, found.values())
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
        refused = refusals(tree, actor, head, action, one.lock_version, reason)
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
) -> None:
    """Take a step with locked returns: change their heads and append the events."""
    targets: dict[ReportStatus, list[Head]] = {}
    events = []
    for head in heads:
        target = rule_for(tree, change.actor, head, action, reason).to or ReportStatus(head.status)
        targets.setdefault(target, []).append(head)
        events.append(_event(change, action, head, target, reason, detail))
    for target, some in targets.items():
        values: dict[str, object] = {"status": target.value, "reason": reason}
        if action is ReportAction.SUBMIT:
            values["submitted_by"] = change.actor.name
        if action is ReportAction.PUBLISH:
            values["published_revision"] = REPORT.c.revision
        if action is ReportAction.DELEGATE:
            values["delegated_to"] = detail or None
        change_heads(change, [head.id for head in some], action, **values)
    change.append(EVENT, events)


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
    change.append(
        EVENT,
        [_event(change, ReportAction.SIGN, head, ReportStatus(head.status), "", actor.role.value) for head in heads],
    )
    return heads


def before_accepting(change: StoreChange, tree: UnitTree) -> Extra:
    """What accepting asks for beside the rules: another person than the one who submitted, and three signatures.

    The signatures are needed for the last acceptance, before the city vouches for the return (REPORT-UNSIGNED).
    """

    def extra(heads: Sequence[Head]) -> Iterable[Problem]:
        signed = signatures_of(change.connection, heads)
        for head in heads:
            if head.submitted_by == change.actor.name:
                yield head.problem("REPORT-SAME-PERSON", who=change.actor.name)
            rule = rule_for(tree, change.actor, head, ReportAction.ACCEPT, "")
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


def _event(
    change: StoreChange, action: ReportAction, head: Head, target: ReportStatus, reason: str, detail: str
) -> dict[str, object]:
    return {
        "report_id": head.id,
        "at": change.at,
        "actor": change.actor.name,
        "actor_unit": change.actor.unit,
        "role": change.actor.role.value,
        "action": action.value,
        "from_status": head.status,
        "to_status": target.value,
        "revision": head.revision,
        "detail": detail,
        "reason": reason,
    }
