"""The way of an issue as pure rules: who may take which step from where; no data base here.

发现 → 入库 → 整改 → 验收 → 销号, the five words of the issue lists (问题清单) of 数字重庆; an acceptance that fails
goes back to 整改, and what turns out to be no issue is dismissed (撤销) with a reason. Accepting is a step within 验收:
only what somebody accepted can be closed. Who rectified never accepts or closes the same issue (``store.issues``
compares names; the table below parts the roles).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from duibiao.kernel.text import Text
from duibiao.store.units import UnitTree
from duibiao.store.workflow import ActorRole, Refusal


class IssueState(StrEnum):
    """Where an issue stands (问题状态)."""

    FOUND = "found"
    REGISTERED = "registered"
    RECTIFYING = "rectifying"
    ACCEPTANCE = "acceptance"
    CLOSED = "closed"
    DISMISSED = "dismissed"


class IssueAction(StrEnum):
    """What can be done with an issue (问题办理)."""

    FIND = "find"
    REGISTER = "register"
    REASSIGN = "reassign"
    MEASURE = "measure"
    EVIDENCE = "evidence"
    ASK_EXTENSION = "ask_extension"
    EXTEND = "extend"
    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    CLOSE = "close"
    DISMISS = "dismiss"


class IssueOrigin(StrEnum):
    """What an issue was found by (问题来源)."""

    WARNING = "warning"  # the status of a target on a day
    VERDICT = "verdict"  # the closing verdict of a target
    QUALITY = "quality"  # a finding about reported data
    MANUAL = "manual"


class IssueStanding(StrEnum):
    """How an actor's unit stands to an issue (与问题的关系)."""

    RESPONSIBLE = "responsible"  # it is the unit that must rectify
    SUPERVISING = "supervising"  # it is the unit that found the issue, or lies above that unit
    WITHIN = "within"  # the responsible unit lies in its subtree


STATE_WORDS = {
    IssueState.FOUND: Text("发现", "found"),
    IssueState.REGISTERED: Text("入库", "registered"),
    IssueState.RECTIFYING: Text("整改", "being rectified"),
    IssueState.ACCEPTANCE: Text("验收", "in acceptance"),
    IssueState.CLOSED: Text("销号", "closed"),
    IssueState.DISMISSED: Text("撤销", "dismissed"),
}
ISSUE_ACTION_WORDS = {
    IssueAction.FIND: Text("发现问题", "found"),
    IssueAction.REGISTER: Text("入库", "registered"),
    IssueAction.REASSIGN: Text("调整责任", "reassigned"),
    IssueAction.MEASURE: Text("记录整改措施", "recorded a measure"),
    IssueAction.EVIDENCE: Text("提交佐证", "added evidence"),
    IssueAction.ASK_EXTENSION: Text("申请延期", "asked for an extension"),
    IssueAction.EXTEND: Text("同意延期", "extended"),
    IssueAction.SUBMIT: Text("提请验收", "handed in for acceptance"),
    IssueAction.ACCEPT: Text("验收通过", "accepted"),
    IssueAction.RETURN: Text("退回整改", "returned for rectification"),
    IssueAction.CLOSE: Text("销号", "closed"),
    IssueAction.DISMISS: Text("撤销", "dismissed"),
}
ORIGIN_WORDS = {
    IssueOrigin.WARNING: Text("监测预警", "warning"),
    IssueOrigin.VERDICT: Text("评估结论", "verdict"),
    IssueOrigin.QUALITY: Text("数据质量", "data quality"),
    IssueOrigin.MANUAL: Text("人工登记", "entered by hand"),
}
OPEN_STATES = (IssueState.FOUND, IssueState.REGISTERED, IssueState.RECTIFYING, IssueState.ACCEPTANCE)
"""The states of an issue that still needs something done, in the order it passes through them."""
RECTIFYING_ACTIONS = frozenset({IssueAction.MEASURE, IssueAction.EVIDENCE, IssueAction.SUBMIT})
"""Who took one of these never accepts or closes the same issue."""
JUDGING_ACTIONS = frozenset({IssueAction.ACCEPT, IssueAction.CLOSE})


@dataclass(frozen=True, slots=True)
class IssueRule:
    """One line of the way of an issue (办理规则): from which states a step leads where, for whom, and what it needs.

    ``to`` is None where the state stays. ``standing`` and one of ``roles`` must both be the actor's. ``needs``: which
    fields of a step must be filled: ``text`` (the measure, what the evidence shows), ``reason``, ``due``,
    ``assignment`` (responsible unit, department or person, and deadline).
    """

    action: IssueAction
    origin: tuple[IssueState, ...]
    to: IssueState | None
    roles: frozenset[ActorRole]
    standing: IssueStanding
    needs: tuple[str, ...] = ()


FINDING_ROLES = frozenset(
    {
        ActorRole.SUPERVISOR,
        ActorRole.REVIEWER,
        ActorRole.PUBLISHER,
        ActorRole.PLANNER,
        ActorRole.ANALYST,
        ActorRole.SYSTEM,
    }
)
SUPERVISING_ROLES = frozenset({ActorRole.SUPERVISOR})
RECTIFYING_ROLES = frozenset(
    {ActorRole.REPORTER, ActorRole.REVIEWER, ActorRole.PRINCIPAL, ActorRole.PUBLISHER, ActorRole.PLANNER}
)
_ACTIVE = (IssueState.REGISTERED, IssueState.RECTIFYING)


def _supervise(action: IssueAction, origin: tuple[IssueState, ...], to: IssueState | None, *needs: str) -> IssueRule:
    return IssueRule(action, origin, to, SUPERVISING_ROLES, IssueStanding.SUPERVISING, needs)


def _rectify(action: IssueAction, origin: tuple[IssueState, ...], to: IssueState | None, *needs: str) -> IssueRule:
    return IssueRule(action, origin, to, RECTIFYING_ROLES, IssueStanding.RESPONSIBLE, needs)


ISSUE_RULES = (
    IssueRule(IssueAction.FIND, (), IssueState.FOUND, FINDING_ROLES, IssueStanding.WITHIN),
    _supervise(IssueAction.REGISTER, (IssueState.FOUND,), IssueState.REGISTERED, "assignment"),
    _supervise(IssueAction.REASSIGN, _ACTIVE, None, "assignment", "reason"),
    _rectify(IssueAction.MEASURE, _ACTIVE, IssueState.RECTIFYING, "text"),
    _rectify(IssueAction.EVIDENCE, (IssueState.RECTIFYING,), None, "text"),
    _rectify(IssueAction.ASK_EXTENSION, _ACTIVE, None, "due", "reason"),
    _supervise(IssueAction.EXTEND, _ACTIVE, None, "due", "reason"),
    _rectify(IssueAction.SUBMIT, (IssueState.RECTIFYING,), IssueState.ACCEPTANCE),
    _supervise(IssueAction.ACCEPT, (IssueState.ACCEPTANCE,), None, "text"),
    _supervise(IssueAction.RETURN, (IssueState.ACCEPTANCE,), IssueState.RECTIFYING, "reason"),
    _supervise(IssueAction.CLOSE, (IssueState.ACCEPTANCE,), IssueState.CLOSED),
    _supervise(IssueAction.DISMISS, OPEN_STATES, IssueState.DISMISSED, "reason"),
)
RULE_OF = {rule.action: rule for rule in ISSUE_RULES}


def issue_standings(tree: UnitTree, actor_unit: str, responsible: str, supervising: str) -> frozenset[IssueStanding]:
    """How an actor's unit stands to an issue; empty where the issue is none of its business.

    A unit sees the issues of its subtree. The supervising unit always covers the responsible one, since nobody finds an
    issue outside the own subtree.
    """
    found = set()
    if actor_unit == responsible and actor_unit in tree:
        found.add(IssueStanding.RESPONSIBLE)
    if tree.covers(actor_unit, responsible):
        found.add(IssueStanding.WITHIN)
        if tree.covers(actor_unit, supervising):
            found.add(IssueStanding.SUPERVISING)
    return frozenset(found)


def decide_issue(
    action: IssueAction, state: IssueState | None, role: ActorRole, standings: frozenset[IssueStanding]
) -> IssueRule | Refusal:
    """The rule that allows a step, or why none does; ``state`` None: the issue is being found.

    In this order: ISSUE-UNKNOWN (the issue is none of the actor's business: nobody learns that it exists), ACCESS-ROLE
    (the role, or the unit with it, never takes this step), ISSUE-STATE (not from this state).
    """
    rule = RULE_OF[action]
    if not standings:
        return Refusal("ACCESS-UNIT" if state is None else "ISSUE-UNKNOWN")
    if role not in rule.roles or rule.standing not in standings:
        return Refusal("ACCESS-ROLE")
    if state is not None and state not in rule.origin:
        return Refusal("ISSUE-STATE")
    return rule


def allowed_steps(
    state: IssueState, role: ActorRole, standings: frozenset[IssueStanding], *, accepted: bool
) -> list[IssueRule]:
    """The steps an actor may take now, in the order of the table; closing only what was accepted, and that once."""
    found = []
    for rule in ISSUE_RULES:
        if state not in rule.origin or isinstance(decide_issue(rule.action, state, role, standings), Refusal):
            continue
        if rule.action is (IssueAction.ACCEPT if accepted else IssueAction.CLOSE):
            continue
        found.append(rule)
    return found


def next_steps(state: IssueState, *, accepted: bool) -> tuple[IssueAction, ...]:
    """The steps that bring an issue forward from a state: what is to be done next, whoever does it."""
    if state is IssueState.ACCEPTANCE:
        return (IssueAction.CLOSE,) if accepted else (IssueAction.ACCEPT, IssueAction.RETURN)
    ways: dict[IssueState, tuple[IssueAction, ...]] = {
        IssueState.FOUND: (IssueAction.REGISTER,),
        IssueState.REGISTERED: (IssueAction.MEASURE,),
        IssueState.RECTIFYING: (IssueAction.EVIDENCE, IssueAction.SUBMIT),
    }
    return ways.get(state, ())


def roles_of(action: IssueAction) -> Iterable[ActorRole]:
    """The roles that may take a step, in the order of their declaration."""
    return [role for role in ActorRole if role in RULE_OF[action].roles]
