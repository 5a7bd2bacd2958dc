"""The work flow of a return as pure rules: who may do what from which status; no data base here.

draft 草稿 → submitted 已提交 → district_accepted 区县已审核 → city_accepted 市级已审核 → published 已发布; or returned
已退回 with a reason. A correction after publication is a draft again; the published revision stays valid until the new
one is published. Three people answer for a return by signing it (《教育统计管理规定》, 教育部令第44号, art. 27).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from duibiao.kernel.text import Text
from duibiao.metrics.unit import UnitKind
from duibiao.store.units import UnitTree


class ActorRole(StrEnum):
    """What a person is entrusted with; the program itself acts as ``system``."""

    REPORTER = "reporter"  # 填报人
    REVIEWER = "reviewer"  # 审核人
    PRINCIPAL = "principal"  # 负责人
    PUBLISHER = "publisher"  # 发布人
    AUDITOR = "auditor"  # 审计员
    SUPERVISOR = "supervisor"  # 督导
    PLANNER = "planner"  # 规划人员
    ANALYST = "analyst"  # 分析人员
    LEADER = "leader"  # 领导
    SYSTEM = "system"


class ReportStatus(StrEnum):
    """Where a return stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    DISTRICT_ACCEPTED = "district_accepted"
    CITY_ACCEPTED = "city_accepted"
    PUBLISHED = "published"


class ReportAction(StrEnum):
    """What can be done with a return."""

    OPEN = "open"
    SAVE = "save"
    NOTE = "note"
    SIGN = "sign"
    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    REOPEN = "reopen"
    DELEGATE = "delegate"
    PUBLISH = "publish"


class ActorStanding(StrEnum):
    """How an actor's unit stands to the reporting unit."""

    SELF = "self"  # it is the reporting unit
    DELEGATE = "delegate"  # it was asked to fill in for the reporting unit
    DISTRICT = "district"  # it lies between the reporting unit and the top
    TOP = "top"  # it is the city (or whatever unit is the highest)
    DIRECT = "direct"  # it is the top, and no unit lies between


STATUS_WORDS = {
    ReportStatus.DRAFT: Text("草稿", "draft"),
    ReportStatus.SUBMITTED: Text("已提交", "submitted"),
    ReportStatus.RETURNED: Text("已退回", "returned"),
    ReportStatus.DISTRICT_ACCEPTED: Text("区县已审核", "accepted by the district"),
    ReportStatus.CITY_ACCEPTED: Text("市级已审核", "accepted by the city"),
    ReportStatus.PUBLISHED: Text("已发布", "published"),
}
ACTION_WORDS = {
    ReportAction.OPEN: Text("布置", "opened"),
    ReportAction.SAVE: Text("保存", "saved"),
    ReportAction.NOTE: Text("批注", "annotated"),
    ReportAction.SIGN: Text("签名", "signed"),
    ReportAction.SUBMIT: Text("提交", "submitted"),
    ReportAction.ACCEPT: Text("审核通过", "accepted"),
    ReportAction.RETURN: Text("退回", "returned"),
    ReportAction.REOPEN: Text("重新开放更正", "reopened for correction"),
    ReportAction.DELEGATE: Text("委托代报", "delegated"),
    ReportAction.PUBLISH: Text("发布", "published"),
}
ROLE_WORDS = {
    ActorRole.REPORTER: Text("填报人", "reporter"),
    ActorRole.REVIEWER: Text("审核人", "reviewer"),
    ActorRole.PRINCIPAL: Text("负责人", "principal"),
    ActorRole.PUBLISHER: Text("发布人", "publisher"),
    ActorRole.AUDITOR: Text("审计员", "auditor"),
    ActorRole.SUPERVISOR: Text("督导", "supervisor"),
    ActorRole.PLANNER: Text("规划人员", "planner"),
    ActorRole.ANALYST: Text("分析人员", "analyst"),
    ActorRole.LEADER: Text("领导", "leader"),
    ActorRole.SYSTEM: Text("系统", "system"),
}
SIGNING = (ActorRole.REPORTER, ActorRole.REVIEWER, ActorRole.PRINCIPAL)
"""The three roles whose signatures a return needs, by three different people, before the city accepts it."""
_FILLED_IN = frozenset({ReportAction.SAVE, ReportAction.NOTE, ReportAction.SUBMIT})
WRITABLE = frozenset({ReportStatus.DRAFT, ReportStatus.RETURNED})
"""The statuses in which the reporting unit may change its return."""
SIGNABLE = WRITABLE | {ReportStatus.SUBMITTED, ReportStatus.DISTRICT_ACCEPTED}
"""The statuses in which a return is signed."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts (操作人): a named official, the unit they act for, and in which role."""

    name: str
    unit: str
    role: ActorRole


@dataclass(frozen=True, slots=True)
class WorkflowRule:
    """One line of the work flow (流程规则): from which statuses an action leads where, for whom, with a reason or not.

    ``to`` is None where the status stays. ``who`` holds pairs of role and standing.
    """

    action: ReportAction
    origin: frozenset[ReportStatus]
    to: ReportStatus | None
    who: frozenset[tuple[ActorRole, ActorStanding]]
    needs_reason: bool = False


def _who(roles: Iterable[ActorRole], standings: Iterable[ActorStanding]) -> frozenset[tuple[ActorRole, ActorStanding]]:
    standings = tuple(standings)
    return frozenset((role, standing) for role in roles for standing in standings)


_OWN = (ActorStanding.SELF, ActorStanding.DELEGATE)
_ABOVE = (ActorStanding.DISTRICT, ActorStanding.TOP)
_EVERYWHERE = (*_OWN, *_ABOVE)
_FILLING = _who((ActorRole.REPORTER,), _OWN) | _who((ActorRole.SYSTEM,), _EVERYWHERE)

RULES = (
    WorkflowRule(ReportAction.SAVE, WRITABLE, None, _FILLING),
    WorkflowRule(ReportAction.NOTE, WRITABLE, None, _FILLING),
    WorkflowRule(ReportAction.SUBMIT, WRITABLE, ReportStatus.SUBMITTED, _FILLING),
    WorkflowRule(
        ReportAction.SIGN,
        SIGNABLE,
        None,
        _who(SIGNING, _OWN),
    ),
    WorkflowRule(
        ReportAction.ACCEPT,
        frozenset({ReportStatus.SUBMITTED}),
        ReportStatus.DISTRICT_ACCEPTED,
        _who((ActorRole.REVIEWER,), (ActorStanding.DISTRICT,)),
    ),
    WorkflowRule(
        ReportAction.ACCEPT,
        frozenset({ReportStatus.DISTRICT_ACCEPTED}),
        ReportStatus.CITY_ACCEPTED,
        _who((ActorRole.REVIEWER,), (ActorStanding.TOP,)),
    ),
    WorkflowRule(  # a unit directly below the city has no district that could accept first
        ReportAction.ACCEPT,
        frozenset({ReportStatus.SUBMITTED}),
        ReportStatus.CITY_ACCEPTED,
        _who((ActorRole.REVIEWER,), (ActorStanding.DIRECT,)),
    ),
    WorkflowRule(
        ReportAction.RETURN,
        frozenset({ReportStatus.SUBMITTED, ReportStatus.DISTRICT_ACCEPTED}),
        ReportStatus.RETURNED,
        _who((ActorRole.REVIEWER,), _ABOVE),
        needs_reason=True,
    ),
    WorkflowRule(
        ReportAction.REOPEN,
        frozenset({ReportStatus.CITY_ACCEPTED, ReportStatus.PUBLISHED}),
        ReportStatus.DRAFT,
        _who((ActorRole.REVIEWER, ActorRole.PUBLISHER), (ActorStanding.TOP,)),
        needs_reason=True,
    ),
    WorkflowRule(
        ReportAction.DELEGATE,
        WRITABLE,
        None,
        _who((ActorRole.REPORTER, ActorRole.PRINCIPAL), (ActorStanding.SELF,))
        | _who((ActorRole.REVIEWER, ActorRole.PRINCIPAL, ActorRole.SYSTEM), _ABOVE),
    ),
    WorkflowRule(
        ReportAction.PUBLISH,
        frozenset({ReportStatus.CITY_ACCEPTED}),
        ReportStatus.PUBLISHED,
        _who((ActorRole.PUBLISHER,), (ActorStanding.TOP,)),
    ),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action is not allowed (不予办理): the problem code that tells it."""

    code: str


@lru_cache(maxsize=4096)
def decide(
    action: ReportAction, status: ReportStatus, role: ActorRole, standings: frozenset[ActorStanding], reason: str = ""
) -> WorkflowRule | Refusal:
    """The rule that allows an action, or why none does.

    In this order: ACCESS-UNIT (not in the actor's subtree), ACCESS-ROLE (the role never may, from no status) or
    ACCESS-DELEGATE (it may fill in, for whoever asked it to),
    REPORT-STATUS (not from this status), REPORT-REASON (a reason is needed).
    """
    if not standings:
        return Refusal("ACCESS-UNIT")
    mine = [rule for rule in RULES if rule.action is action and any((role, one) in rule.who for one in standings)]
    if not mine:
        for_another = action in _FILLED_IN and (role, ActorStanding.DELEGATE) in _FILLING
        return Refusal("ACCESS-DELEGATE" if for_another else "ACCESS-ROLE")
    for rule in mine:
        if status in rule.origin:
            return Refusal("REPORT-REASON") if rule.needs_reason and not reason.strip() else rule
    return Refusal("REPORT-STATUS")


def standings(tree: UnitTree, actor_unit: str, unit: str, delegated_to: str | None = None) -> frozenset[ActorStanding]:
    """How an actor's unit stands to a reporting unit; empty where the unit is outside the actor's subtree.

    The top is the nearest city or nation above, else the highest unit there is: a store may hold one district only.
    """
    if not tree.covers(actor_unit, unit):
        return frozenset()
    found: set[ActorStanding] = set()
    above = tree.above(unit)
    chain = [tree[unit], *above]
    tops = {one.code for one in chain if one.kind in (UnitKind.CITY, UnitKind.NATION)} or {chain[-1].code}
    between = [one.code for one in above if one.code not in tops]
    if actor_unit == unit:
        found.add(ActorStanding.SELF)
    if actor_unit == delegated_to:
        found.add(ActorStanding.DELEGATE)
    if actor_unit in between:
        found.add(ActorStanding.DISTRICT)
    if actor_unit in tops:
        found.add(ActorStanding.TOP)
        if not between:
            found.add(ActorStanding.DIRECT)
    return frozenset(found)
