"""A plan as data: amendments, baselines, tables, and who is responsible."""

from datetime import date
from decimal import Decimal

import pytest

from duibiao.kernel.period import PartialDate, Period
from duibiao.kernel.text import Text
from duibiao.plan.goal import Goal
from duibiao.plan.model import (
    Amendment,
    Baseline,
    Clause,
    ClauseKind,
    Link,
    LinkStrength,
    Plan,
    PlanKind,
    Plans,
    Target,
    Task,
)
from duibiao.sources.citation import Citation, Locator
from tests.helpers import CITATION, target

LATER = Citation("notice", "调整通知", "第一条", Locator.parse("L9"), "fedcba9876543210")


def amendment(day: date, goal: str, due: int = 2027) -> Amendment:
    return Amendment(day, goal, Goal.parse(goal), due, "中期调整", LATER)


def plan(code: str, **parts: object) -> Plan:
    facts: dict[str, object] = {
        "code": code,
        "title": Text(code),
        "short": Text(code),
        "kind": PlanKind.ACTION_PLAN,
        "issuer": "市教委",
        "published": PartialDate(2025),
        "start": 2025,
        "end": 2027,
        "base_year": 2023,
        "document": "doc",
        "part": "",
    }
    return Plan(**(facts | parts))  # type: ignore[arg-type]  # the parts are fields of a plan


def task(number: int, lead: tuple[str, ...], cooperating: tuple[str, ...] = (), code: str = "a") -> Task:
    return Task(code, number, "一", f"任务{number}", lead, cooperating, CITATION)


def link(item: str, strength: LinkStrength = LinkStrength.CONTRIBUTES, code: str = "a") -> Link:
    return Link(code, item, "test.share", strength, "理由")


# --- amendments ------------------------------------------------------------------------------------

FIRST, SECOND = amendment(date(2026, 3, 1), ">=90", 2027), amendment(date(2026, 9, 1), ">=85", 2028)


@pytest.mark.parametrize("order", [(FIRST, SECOND), (SECOND, FIRST)])
@pytest.mark.parametrize(
    ("day", "goal", "due"),
    [
        (date(2026, 2, 28), ">=95", 2027),
        (date(2026, 3, 1), ">=90", 2027),
        (date(2026, 8, 31), ">=90", 2027),
        (date(2026, 9, 1), ">=85", 2028),
        (date(2030, 1, 1), ">=85", 2028),
    ],
)
def test_a_target_is_what_it_was_on_the_day_asked_for(
    order: tuple[Amendment, ...], day: date, goal: str, due: int
) -> None:
    found = target(">=95", amendments=order).on(day)
    assert (found.goal, found.written, found.due) == (Goal.parse(goal), goal, due)


def test_an_amendment_edits_nothing_and_brings_its_own_citation() -> None:
    original = target(">=95", "80", amendments=(FIRST,))
    amended = original.on(date(2026, 12, 31))
    assert original.goal == Goal.parse(">=95")
    assert original.citation == CITATION
    assert amended.citation == LATER
    assert amended.baseline == original.baseline
    assert amended.amendments == (FIRST,)


def test_a_target_without_amendments_by_that_day_is_the_original_itself() -> None:
    original = target(">=95", amendments=(SECOND,))
    assert original.on(date(2026, 3, 1)) is original


# --- baselines -------------------------------------------------------------------------------------


def test_a_baseline_that_is_not_stated_is_no_number_and_not_zero() -> None:
    assert target("95").baseline_amount is None
    assert target("95", "0").baseline_amount == Decimal(0)


def test_a_baseline_speaks_of_its_year() -> None:
    baseline: Baseline = target("95", "80", base_year=2022).baseline
    assert baseline.period == Period(2022)


# --- plans -----------------------------------------------------------------------------------------


def clause(kind: ClauseKind, number: str) -> Clause:
    return Clause(kind, number, Text(number), CITATION)


def test_clauses_are_returned_by_kind_in_the_order_of_the_document() -> None:
    found = plan(
        "a", clauses=(clause(ClauseKind.ACTION, "二"), clause(ClauseKind.GOAL, "0"), clause(ClauseKind.ACTION, "一"))
    )
    assert [one.number for one in found.of(ClauseKind.ACTION)] == ["二", "一"]
    assert found.of(ClauseKind.PROJECT) == []


def test_the_table_holds_the_rows_and_not_what_running_text_promises() -> None:
    row, text = target("95", id="a/row-01"), target("95", id="a/text-01", row=None, item="3")
    assert plan("a", targets=(text, row)).table == [row]


def test_the_targets_of_an_indicator_come_from_every_plan_by_year() -> None:
    def one(id_: str, due: int, indicator: str = "test.share") -> Target:
        return target("95", id=id_, due=due, indicator=indicator)

    plans = Plans(
        {
            "b": plan("b", targets=(one("b/1", 2035), one("b/2", 2027))),
            "a": plan("a", targets=(one("a/1", 2027), one("a/2", 2025, "test.other"))),
        }
    )
    assert [found.id for found in plans.targets_of("test.share")] == ["a/1", "b/2", "b/1"]
    assert plans.targets_of("test.nothing") == []


# --- responsibility --------------------------------------------------------------------------------


def test_a_link_leads_to_the_departments_of_its_task() -> None:
    plans = Plans({"a": plan("a", tasks=(task(1, ("市教委",), ("市财政局",)),), links=(link("1"),))})
    found = plans.responsible_for("test.share")
    assert (found.lead, found.cooperating) == (("市教委",), ("市财政局",))
    assert found.links == (link("1"),)


def test_a_department_that_leads_is_not_repeated_as_a_helper() -> None:
    tasks = (task(1, ("市教委",), ("市财政局",)), task(2, ("市财政局",), ("市教委", "市人力社保局")))
    found = Plans({"a": plan("a", tasks=tasks, links=(link("1"), link("2")))}).responsible_for("test.share")
    assert found.lead == ("市教委", "市财政局")
    assert found.cooperating == ("市人力社保局",)


def test_a_task_that_names_the_indicator_comes_before_one_that_contributes() -> None:
    tasks = (task(1, ("甲局",)), task(2, ("乙局",)))
    links = (link("1"), link("2", LinkStrength.STATES))
    found = Plans({"a": plan("a", tasks=tasks, links=links)}).responsible_for("test.share")
    assert [one.item for one in found.links] == ["2", "1"]
    assert found.lead == ("乙局", "甲局")


def test_departments_stand_in_the_order_of_how_often_their_tasks_move_the_indicator() -> None:
    tasks = (task(1, ("甲局",)), task(2, ("乙局",)), task(3, ("乙局",)))
    found = Plans({"a": plan("a", tasks=tasks, links=(link("1"), link("2"), link("3")))}).responsible_for("test.share")
    assert found.lead == ("乙局", "甲局")


def test_a_link_from_a_measure_names_no_department_and_is_kept() -> None:
    found = Plans({"a": plan("a", tasks=(task(1, ("市教委",)),), links=(link("举措3"),))}).responsible_for("test.share")
    assert found.lead == ()
    assert found.links == (link("举措3"),)


def test_the_same_task_number_in_another_plan_is_another_task() -> None:
    plans = Plans(
        {
            "a": plan("a", tasks=(task(1, ("甲局",)),)),
            "b": plan("b", tasks=(task(1, ("乙局",), code="b"),), links=(link("1", code="b"),)),
        }
    )
    assert plans.responsible_for("test.share").lead == ("乙局",)
    assert plans.task("a", "1") == task(1, ("甲局",))
    assert plans.task("a", "chapeau") is None
