"""What one plan changed against another: nothing is told that did not change, and nothing that did is missing."""

import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duibiao.kernel.period import PartialDate
from duibiao.kernel.text import Text
from duibiao.plan.compare import Difference, DifferenceKind, diff
from duibiao.plan.goal import Goal
from duibiao.plan.likeness import grams, overlap, rounded
from duibiao.plan.model import Amendment, Clause, ClauseKind, Counting, Obligation, Plan, PlanKind, Target, Task
from duibiao.sources.citation import Citation, Locator
from duibiao.workspace import Workspace
from tests.helpers import target


def at(line: int) -> Citation:
    return Citation("doc", "part", f"item {line}", Locator(line, line), "0123456789abcdef")


def plan(**changes: Any) -> Plan:
    facts: dict[str, Any] = {
        "code": "test",
        "title": Text("测试规划"),
        "short": Text("测试"),
        "kind": PlanKind.ACTION_PLAN,
        "issuer": "测试机关",
        "published": PartialDate(2025),
        "start": 2025,
        "end": 2027,
        "base_year": 2023,
        "document": "doc",
        "part": "part",
    }
    return Plan(**(facts | changes))


def task(number: int, title: str, section: str = "一", lead: str = "甲部门", **changes: Any) -> Task:
    cooperating = changes.pop("cooperating", ())
    return Task("test", number, section, title, tuple(lead.split("、")), cooperating, at(number))


def measure(number: str, title: str, within: str = "1") -> Clause:
    return Clause(ClauseKind.MEASURE, number, Text(title), at(int(number)), within)


def told(found: list[Difference]) -> list[tuple[str, str, str, str]]:
    return [(one.kind.value, one.field, one.before.zh, one.after.zh) for one in found]


def test_every_plan_of_the_packs_is_the_same_as_itself(workspace: Workspace) -> None:
    plans = workspace.content.plans.by_code.values()
    assert len(plans) > 8
    assert [one.code for one in plans if diff(one, one)] == []


def test_a_task_that_came_and_one_that_went_are_told_with_their_citations() -> None:
    old = plan(tasks=(task(1, "健全课程建设机制"), task(2, "开展校园阅读活动")))
    new = plan(tasks=(task(1, "健全课程建设机制"), task(3, "配备专职心理教师")))
    dropped, added = diff(old, new)
    assert (dropped.kind, dropped.name, dropped.old, dropped.new) == ("dropped", "开展校园阅读活动", at(2), None)
    assert (added.kind, added.name, added.old, added.new) == ("added", "配备专职心理教师", None, at(3))


def test_a_renumbered_task_moved_and_is_neither_new_nor_gone() -> None:
    old = plan(tasks=(task(1, "健全课程建设机制"), task(2, "开展校园阅读活动")))
    new = plan(tasks=(task(1, "配备专职心理教师"), task(2, "健全课程建设机制"), task(3, "开展校园阅读活动")))
    assert told(diff(old, new)) == [
        ("moved", "number", "1", "2"),
        ("moved", "number", "2", "3"),
        ("added", "", "", ""),
    ]


def test_a_task_in_another_section_moved() -> None:
    sections = tuple(Clause(ClauseKind.SECTION, one, Text(f"{one}部分"), at(1)) for one in "一二")
    old = plan(clauses=sections, tasks=(task(1, "健全课程建设机制"),))
    new = plan(clauses=sections, tasks=(task(1, "健全课程建设机制", "二"),))
    assert told(diff(old, new)) == [("moved", "section", "一部分", "二部分")]


def test_a_reworded_title_is_told_as_such() -> None:
    old, new = plan(tasks=(task(1, "健全课程建设机制"),)), plan(tasks=(task(1, "完善课程建设机制"),))
    assert told(diff(old, new)) == [("title", "title", "健全课程建设机制", "完善课程建设机制")]


def test_a_title_that_only_differs_in_width_and_spaces_did_not_change() -> None:
    old, new = plan(tasks=(task(1, "建设100所A类学校"),)), plan(tasks=(task(1, "建设 100 所Ａ类学校"),))
    assert diff(old, new) == []


def test_an_entirely_new_text_under_the_old_number_is_another_task() -> None:
    old, new = plan(tasks=(task(1, "健全课程建设机制"),)), plan(tasks=(task(1, "扩大普通高中学位"),))
    assert [one.kind for one in diff(old, new)] == [DifferenceKind.DROPPED, DifferenceKind.ADDED]


def test_departments_that_came_and_went_are_told_one_by_one() -> None:
    old = plan(tasks=(task(1, "任务", lead="甲部门、乙部门", cooperating=("丙部门",)),))
    new = plan(tasks=(task(1, "任务", lead="乙部门、丁部门", cooperating=()),))
    assert told(diff(old, new)) == [
        ("department", "lead", "甲部门", ""),
        ("department", "lead", "", "丁部门"),
        ("department", "cooperating", "丙部门", ""),
    ]


def test_the_order_of_departments_and_their_other_names_do_not_count() -> None:
    old = plan(tasks=(task(1, "任务", lead="甲部门、乙部门"),))
    new = plan(tasks=(task(1, "任务", lead="乙部门、某市甲部门"),))
    assert diff(old, new, {"某市甲部门": "甲部门"}) == []
    assert len(diff(old, new)) == 2


def test_measures_are_matched_like_tasks() -> None:
    old = plan(clauses=(measure("1", "推动集团化办学"), measure("2", "实施银龄行动")))
    new = plan(clauses=(measure("1", "实施银龄行动"), measure("2", "推动集团化办学", "2")))
    assert told(diff(old, new)) == [
        ("moved", "number", "1", "2"),
        ("moved", "section", "1", "2"),
        ("moved", "number", "2", "1"),
    ]


@pytest.mark.parametrize(
    ("field", "change", "before", "after"),
    [
        ("goal", {"goal": Goal.parse(">=96"), "written": "≥96"}, "≥95", "≥96"),
        ("due", {"due": 2029}, "2027", "2029"),
        ("unit", {"unit": "‰", "goal": Goal.parse(">=950")}, "%", "‰"),
        ("obligation", {"obligation": Obligation.BINDING}, "未注明", "约束性"),
        ("counting", {"counting": Counting.CUMULATIVE}, "时点数", "累计"),
        ("soft", {"soft": True}, "不留余地", "留有余地"),
        ("indicator", {"indicator": "test.other"}, "test.share", "test.other"),
    ],
)
def test_each_change_of_a_target_is_told_alone(field: str, change: dict[str, Any], before: str, after: str) -> None:
    old = target(">=95", written="≥95")
    found = diff(plan(targets=(old,)), plan(targets=(replace(old, **change),)))
    assert told(found) == [("target", field, before, after)]


def test_a_changed_base_value_is_told_with_its_year() -> None:
    found = diff(plan(targets=(target("95", "90"),)), plan(targets=(target("95", "91"),)))
    assert told(found) == [("target", "baseline", "90（2023）", "91（2023）")]
    assert diff(plan(targets=(target("95", base_year=2023),)), plan(targets=(target("95", base_year=2024),))) == []


def test_the_same_goal_written_otherwise_did_not_change() -> None:
    old, new = target(">=95", written="≥95"), target(">=95.0", written="不低于95%")
    assert diff(plan(targets=(old,)), plan(targets=(new,))) == []


def test_a_goal_in_words_is_compared_by_its_words() -> None:
    old, new = target("text", written="进入前列"), target("text", written="稳居前列")
    assert told(diff(plan(targets=(old,)), plan(targets=(new,)))) == [("target", "goal", "进入前列", "稳居前列")]


def test_an_amendment_counts_and_its_own_citation_is_told() -> None:
    old = target("95", written="95")
    amendment = Amendment(date(2026, 5, 1), "97", Goal.parse("97"), 2027, "测试", at(9))
    (found,) = diff(plan(targets=(old,)), plan(targets=(replace(old, amendments=(amendment,)),)))
    assert (found.before.zh, found.after.zh, found.new) == ("95", "97", at(9))


def test_targets_on_one_indicator_are_told_apart_by_their_year() -> None:
    def goals(near: str, far: str) -> Plan:
        years = ((2027, near), (2035, far))
        return plan(targets=tuple(target(goal, due=due, row=None, item="1", written=goal) for due, goal in years))

    assert told(diff(goals("90", "95"), goals("90", "98"))) == [("target", "goal", "95", "98")]


def test_a_new_row_above_moves_the_rows_below_and_changes_nothing_else() -> None:
    def row(number: int, code: str, label: str) -> Target:
        return target("95", id=f"test/row-{number:02}", row=number, indicator=code, label=label)

    old = plan(targets=(row(1, "a", "毛入园率"), row(2, "b", "巩固率")))
    new = plan(targets=(row(1, "c", "班额达标比例"), row(2, "a", "毛入园率"), row(3, "b", "巩固率")))
    assert [(one.kind, one.name) for one in diff(old, new)] == [
        ("moved", "毛入园率"),
        ("moved", "巩固率"),
        ("added", "班额达标比例"),
    ]


TITLES = st.lists(st.text("健全完善课程建设机制开展校园阅读活动配备专职教师", min_size=4, max_size=12), max_size=12)


@given(TITLES)
def test_a_plan_never_differs_from_itself(titles: list[str]) -> None:
    one = plan(tasks=tuple(task(number, title) for number, title in enumerate(titles, 1)))
    assert diff(one, one) == []


@given(TITLES, TITLES)
def test_every_task_of_both_plans_is_accounted_for_once(old: list[str], new: list[str]) -> None:
    before, after = (plan(tasks=tuple(task(at, one) for at, one in enumerate(side, 1))) for side in (old, new))
    kinds = [one.kind for one in diff(before, after)]
    assert len(old) - kinds.count(DifferenceKind.DROPPED) == len(new) - kinds.count(DifferenceKind.ADDED)
    back = [one.kind for one in diff(after, before)]
    assert kinds.count(DifferenceKind.ADDED) == back.count(DifferenceKind.DROPPED)


def test_large_plans_in_which_every_title_changed_stay_quick() -> None:
    old = plan(tasks=tuple(task(n, f"建设第{n}批学校") for n in range(4000)))
    new = plan(tasks=tuple(task(n, f"建成第{n}批院校") for n in range(4000)))
    started = time.perf_counter()
    diff(old, new)
    assert time.perf_counter() - started < 20


def test_likeness_is_full_for_the_same_and_none_for_nothing_in_common() -> None:
    assert overlap(grams("教育 强市"), grams("教育强市。")) == 1
    assert overlap(grams("教育强市"), grams("体育健康")) == 0
    assert overlap(grams(""), grams("")) == 0
    assert grams("一") == {"一": 1}
    assert rounded(1.0000000002) == Decimal("1.000")
