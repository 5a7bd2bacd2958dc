"""Who acts on returns: an account's roles become roles of the work flow here, once, and nowhere else.

A checker and a head sign for their own unit and never accept; a reviewer and a publisher act for a unit above and
never fill in or sign. The store decides again for itself (``store.workflow``): what this room allows too much, it
refuses.
"""

from collections.abc import Iterable, Mapping

from duibiao.kernel.text import Text
from duibiao.store.accounts import AccountRole
from duibiao.store.model import ReportState
from duibiao.store.units import UnitTree
from duibiao.store.workflow import Actor, ActorRole, Refusal, ReportAction, decide, standings
from duibiao.web.guard import NotAllowedError, NotHereError, Permission, Visitor

ACTS: Mapping[AccountRole, tuple[ActorRole, frozenset[ReportAction]]] = {
    AccountRole.REPORTER: (
        ActorRole.REPORTER,
        frozenset({ReportAction.SAVE, ReportAction.NOTE, ReportAction.SUBMIT, ReportAction.SIGN}),
    ),
    AccountRole.CHECKER: (ActorRole.REVIEWER, frozenset({ReportAction.SIGN})),
    AccountRole.HEAD: (ActorRole.PRINCIPAL, frozenset({ReportAction.SIGN})),
    AccountRole.REVIEWER: (
        ActorRole.REVIEWER,
        frozenset({ReportAction.ACCEPT, ReportAction.RETURN, ReportAction.REOPEN, ReportAction.DELEGATE}),
    ),
    AccountRole.PUBLISHER: (
        ActorRole.PUBLISHER,
        frozenset({ReportAction.OPEN, ReportAction.PUBLISH, ReportAction.REOPEN}),
    ),
}
"""In which role of the work flow an account acts, and what it may do in it; the other roles touch no return."""
NEEDED: Mapping[ReportAction, Permission] = {
    ReportAction.OPEN: Permission.PUBLISH,
    ReportAction.SAVE: Permission.REPORT,
    ReportAction.NOTE: Permission.REPORT,
    ReportAction.SUBMIT: Permission.REPORT,
    ReportAction.SIGN: Permission.SIGN,
    ReportAction.ACCEPT: Permission.REVIEW,
    ReportAction.RETURN: Permission.REVIEW,
    ReportAction.REOPEN: Permission.REVIEW,
    ReportAction.DELEGATE: Permission.REVIEW,
    ReportAction.PUBLISH: Permission.PUBLISH,
}
"""What permission each step asks for."""


def actors_of(visitor: Visitor, action: ReportAction, tree: UnitTree) -> list[Actor]:
    """The visitor as they may take a step: once for every unit the fitting roles were granted for.

    A unit that another one of theirs covers is left out: the higher one says everything.
    """
    found = []
    for role, (acting, actions) in ACTS.items():
        if action in actions:
            units = visitor.units_for(role)
            found += [Actor(visitor.name, unit, acting) for unit in _topmost(units, tree)]
    return found


def readers(visitor: Visitor, tree: UnitTree) -> list[Actor]:
    """The visitor as they may read returns: once for each subtree, in a role that can change nothing.

    A role that reads no returns opens no subtree. Raises NotHereError where none of their units is known to the store.
    """
    units = _topmost(visitor.units_with(Permission.READ_RETURNS), tree)
    if not units:
        raise NotHereError(Text("本账号的单位", "the unit of this account"))
    return [Actor(visitor.name, unit, ActorRole.AUDITOR) for unit in units]


def actor_of(visitor: Visitor, action: ReportAction, state: ReportState, tree: UnitTree, reason: str = "") -> Actor:
    """The visitor as they take a step with one return: in the role that may, else in the one that comes nearest.

    Raises NotHereError for a return outside their units (nobody learns whether it exists), NotAllowedError where none
    of their roles ever takes this step.
    """
    if not visitor.covers(tree, state.unit, Permission.READ_RETURNS):
        raise NotHereError(Text(f"报表 {state.unit}", f"the return of {state.unit}"))
    mine = [one for one in _acting(visitor, action) if tree.covers(one.unit, state.unit)]
    for one in mine:
        if not isinstance(_judged(one, action, state, tree, reason), Refusal):
            return one
    nearest = [one for one in mine if _code(one, action, state, tree, reason) not in ("ACCESS-ROLE", "ACCESS-DELEGATE")]
    if not mine:
        raise NotAllowedError(NEEDED[action], visitor)
    return (nearest or mine)[0]


def may(visitor: Visitor, action: ReportAction, state: ReportState, tree: UnitTree) -> bool:
    """Whether the visitor may take a step with a return now: what a page offers; a reason comes later."""
    return any(
        not isinstance(_judged(one, action, state, tree, "—"), Refusal)
        for one in _acting(visitor, action)
        if tree.covers(one.unit, state.unit)
    )


def _acting(visitor: Visitor, action: ReportAction) -> Iterable[Actor]:
    for role, (acting, actions) in ACTS.items():
        if action in actions:
            for unit in sorted(visitor.units_for(role)):
                yield Actor(visitor.name, unit, acting)


def _judged(actor: Actor, action: ReportAction, state: ReportState, tree: UnitTree, reason: str) -> object:
    where = standings(tree, actor.unit, state.unit, state.delegated_to)
    return decide(action, state.status, actor.role, where, reason)


def _code(actor: Actor, action: ReportAction, state: ReportState, tree: UnitTree, reason: str) -> str:
    found = _judged(actor, action, state, tree, reason)
    return found.code if isinstance(found, Refusal) else ""


def _topmost(units: Iterable[str], tree: UnitTree) -> list[str]:
    known = [unit for unit in units if unit in tree]
    return sorted(
        unit for unit in known if not any(other != unit and tree.covers(other, unit) for other in known)
    )  # fmt: skip
