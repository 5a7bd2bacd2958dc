"""Who may do what from which status: the whole table, written out once more by hand, in an official's words."""

from itertools import product

import pytest

from duibiao.kernel.problem import catalogue
from duibiao.metrics.unit import UnitKind
from duibiao.store.units import UnitTree
from duibiao.store.workflow import (
    ACTION_WORDS,
    ROLE_WORDS,
    STATUS_WORDS,
    ActorRole,
    ActorStanding,
    Refusal,
    ReportAction,
    ReportStatus,
    WorkflowRule,
    decide,
    standings,
)
from tests.unit.store.examples import UNITS, unit

# action | from | role | standing | to (a dot: the status stays). What is not in this table is refused.
TABLE = """
save     draft,returned                     reporter                      self,delegate           .
save     draft,returned                     system                        self,delegate,district,top .
note     draft,returned                     reporter                      self,delegate           .
note     draft,returned                     system                        self,delegate,district,top .
submit   draft,returned                     reporter                      self,delegate           submitted
submit   draft,returned                     system                        self,delegate,district,top submitted
sign     draft,returned,submitted,district_accepted reporter,reviewer,principal self,delegate     .
accept   submitted                          reviewer                      district                district_accepted
accept   district_accepted                  reviewer                      top                     city_accepted
accept   submitted                          reviewer                      direct                  city_accepted
return   submitted,district_accepted        reviewer                      district,top            returned
reopen   city_accepted,published            reviewer,publisher            top                     draft
delegate draft,returned                     reporter,principal            self                    .
delegate draft,returned                     reviewer,principal,system     district,top            .
publish  city_accepted                      publisher                     top                     published
"""


def written_out() -> dict[tuple[str, str, str, str], str]:
    found: dict[tuple[str, str, str, str], str] = {}
    for line in TABLE.strip().splitlines():
        action, origins, roles, places, target = line.split()
        for origin, role, place in product(origins.split(","), roles.split(","), places.split(",")):
            found[action, origin, role, place] = origin if target == "." else target
    return found


def test_every_step_is_allowed_exactly_where_the_table_says_so() -> None:
    table, asked = written_out(), 0
    for action, status, role, place in product(ReportAction, ReportStatus, ActorRole, ActorStanding):
        found = decide(action, status, role, frozenset({place}), "因为")
        wanted = table.get((action.value, status.value, role.value, place.value))
        reached = (found.to or status).value if isinstance(found, WorkflowRule) else None
        assert reached == wanted, (action, status, role, place)
        asked += 1
    assert asked == 10 * 6 * 10 * 5
    assert len(table) > 60


@pytest.mark.parametrize("action", [ReportAction.RETURN, ReportAction.REOPEN])
@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_returning_and_reopening_need_a_reason(action: ReportAction, reason: str) -> None:
    status = ReportStatus.SUBMITTED if action is ReportAction.RETURN else ReportStatus.PUBLISHED
    found = decide(action, status, ActorRole.REVIEWER, frozenset({ActorStanding.TOP}), reason)
    assert found == Refusal("REPORT-REASON")


def test_why_something_is_refused_is_told_in_this_order() -> None:
    own, none = frozenset({ActorStanding.SELF}), frozenset[ActorStanding]()
    assert decide(ReportAction.SAVE, ReportStatus.DRAFT, ActorRole.REPORTER, none) == Refusal("ACCESS-UNIT")
    assert decide(ReportAction.SAVE, ReportStatus.PUBLISHED, ActorRole.REVIEWER, own) == Refusal("ACCESS-ROLE")
    assert decide(ReportAction.SAVE, ReportStatus.PUBLISHED, ActorRole.REPORTER, own) == Refusal("REPORT-STATUS")


def test_a_published_return_can_only_be_reopened_and_nobody_can_lead_it_back_in_silence() -> None:
    for action, role in product(ReportAction, ActorRole):
        found = decide(action, ReportStatus.PUBLISHED, role, frozenset(ActorStanding), "因为")
        if isinstance(found, WorkflowRule):
            assert action is ReportAction.REOPEN
            assert found.needs_reason


@pytest.mark.parametrize(
    ("actor", "reporting", "wanted"),
    [
        ("S1", "S1", {ActorStanding.SELF}),
        ("990101", "S1", {ActorStanding.DISTRICT}),
        ("990000", "S1", {ActorStanding.TOP}),
        ("990000", "S5", {ActorStanding.TOP, ActorStanding.DIRECT}),
        ("990000", "990101", {ActorStanding.TOP, ActorStanding.DIRECT}),
        ("990101", "990101", {ActorStanding.SELF}),
        ("990000", "990000", {ActorStanding.SELF, ActorStanding.TOP, ActorStanding.DIRECT}),
        ("990102", "S1", set()),
        ("S2", "S1", set()),
        ("S1", "990101", set()),
        ("unknown", "S1", set()),
        ("990000", "unknown", set()),
    ],
)
def test_how_an_actor_stands_to_a_unit(actor: str, reporting: str, wanted: set[ActorStanding]) -> None:
    assert standings(UnitTree(UNITS), actor, reporting) == wanted


def test_in_a_store_of_one_district_the_district_is_the_top() -> None:
    alone = UnitTree([unit("990101", UnitKind.DISTRICT), unit("S1", UnitKind.SCHOOL, "990101")])
    assert standings(alone, "990101", "S1") == {ActorStanding.TOP, ActorStanding.DIRECT}


def test_the_delegate_stands_where_it_was_asked_to_stand() -> None:
    tree = UnitTree(UNITS)
    assert ActorStanding.DELEGATE in standings(tree, "990101", "S1", "990101")
    assert ActorStanding.DELEGATE not in standings(tree, "990000", "S1", "990101")


def test_a_circle_of_parents_ends() -> None:
    tree = UnitTree([unit("A", UnitKind.DISTRICT, "B"), unit("B", UnitKind.DISTRICT, "A")])
    assert [one.code for one in tree.above("A")] == ["B"]
    assert tree.under("A") == {"A", "B"}


def test_every_status_role_and_action_has_words_and_every_refusal_a_problem() -> None:
    assert (set(STATUS_WORDS), set(ROLE_WORDS), set(ACTION_WORDS)) == (
        set(ReportStatus),
        set(ActorRole),
        set(ReportAction),
    )
    assert {"ACCESS-UNIT", "ACCESS-ROLE", "REPORT-STATUS", "REPORT-REASON", "REPORT-STALE"} <= set(catalogue())
