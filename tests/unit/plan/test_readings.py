"""Explanations of what a pack says otherwise than its document is read: each holds of what it names, and no more."""

from dataclasses import replace
from typing import Any

import pytest

from duibiao.kernel.problem import Where
from duibiao.kernel.text import Text
from duibiao.plan.compare import Difference, diff
from duibiao.plan.goal import Goal
from duibiao.plan.model import Clause, ClauseKind, Counting, Plan, Target
from duibiao.plan.readings import Condition, Explanation, explain, idle, name_of
from duibiao.sources.citation import Citation, Locator
from tests.helpers import indicator, target
from tests.unit.plan.test_compare import plan

AT = Citation("doc", "part", "任务1", Locator.parse("L10.5-10.20"), "0" * 16)


def read(goal: str = "90", **changes: Any) -> Target:
    facts: dict[str, Any] = {"id": "draft/text.1", "label": "测试率", "citation": AT, "row": None, "indicator": ""}
    return target(goal, **(facts | changes))


def held(goal: str = "90", **changes: Any) -> Target:
    facts: dict[str, Any] = {"id": "test/task-1.1", "label": "测试率", "citation": AT, "row": None}
    return target(goal, **(facts | changes))


def differences(was: Target | None, now: Target | None) -> list[Difference]:
    old, new = (replace(plan(), targets=tuple(filter(None, [one])), tasks=(), clauses=()) for one in (was, now))
    return [one for one in diff(old, new, by_passage=True) if one.field != "indicator"]


def why(when: Condition | None, field: str = "title", **changes: Any) -> Explanation:
    facts: dict[str, Any] = {"of": ("target",), "reason": "因为", "where": Where("readings.yaml", 2, "field")}
    return Explanation(field=field, when=when, **(facts | changes))


def is_explained(found: list[Difference], *explanations: Explanation, **more: Any) -> bool:
    assert found
    return explain(found, "test", explanations, more.pop("indicators", {}), **more).open == 0


def test_items_of_one_passage_are_one_item_whatever_they_are_called() -> None:
    (found,) = differences(read(label="率"), held(label="全市小学生体质健康优良率"))
    assert found.field == "title"
    apart = replace(AT, locator=Locator.parse("L10.30-10.40"))
    assert {one.field for one in differences(read(label="率"), held(label="全市优良率", citation=apart))} == {""}


def test_two_figures_of_one_passage_are_told_apart_by_their_numbers() -> None:
    both = (read("300", label="新增人才"), read("2", label="新增院士", id="draft/text.2"))
    pack = (held("2", label="新增“院士”"), held("300", label="新增国家级人才", id="test/task-1.2"))
    old, new = replace(plan(), targets=both, tasks=(), clauses=()), replace(plan(), targets=pack, tasks=(), clauses=())
    assert {one.field for one in diff(old, new, by_passage=True)} <= {"title", "indicator"}


@pytest.mark.parametrize(
    ("was", "now", "when", "holds"),
    [
        ("实践案例", "清廉学校实践案例", Condition.FULLER, True),
        ("率", "全市小学生体质健康优良率", Condition.FULLER, False),
        ("实践案例", "清廉学校活动案例", Condition.FULLER, False),
        ("全市范围内普及率", "全市普及率", Condition.SHORTER, True),
        ("全市普及率", "全市范围内普及率", Condition.SHORTER, False),
        ("", "全市普及率", Condition.SILENT, True),
        ("普及率", "全市普及率", Condition.SILENT, False),
    ],
)
def test_a_class_of_names_holds_what_meets_its_condition(was: str, now: str, when: Condition, holds: bool) -> None:
    assert is_explained(differences(read(label=was), held(label=now)), why(when)) is holds


def test_a_target_in_words_is_no_number_that_was_overlooked() -> None:
    assert is_explained(differences(None, held("text", written="位居前列")), why(Condition.IN_WORDS, "unread"))
    assert not is_explained(differences(None, held("90")), why(Condition.IN_WORDS, "unread"))


def test_the_number_of_an_indicator_that_counts_the_newly_gained_is_the_increase_that_was_read() -> None:
    new = {"test.share": indicator(counts_new=True)}
    found = differences(read("+10"), held("10"))
    assert is_explained(found, why(Condition.COUNTS_NEW, "goal"), indicators=new)
    assert not is_explained(found, why(Condition.COUNTS_NEW, "goal"), indicators={"test.share": indicator()})
    assert not is_explained(differences(read("+10"), held("12")), why(Condition.COUNTS_NEW, "goal"), indicators=new)


def test_a_row_that_does_not_print_what_it_counts_is_judged_by_the_compiler() -> None:
    rows: dict[str, Any] = {"row": 1, "label": "建成学校（所）"}
    found = differences(read(**rows), held(counting=Counting.CUMULATIVE, **rows))
    assert is_explained(found, why(Condition.ROW, "counting"))
    printed: dict[str, Any] = {"row": 1, "label": "累计建成学校（所）"}
    found = differences(read(**printed), held(counting=Counting.CUMULATIVE, **printed))
    assert not is_explained(found, why(Condition.ROW, "counting"))


def test_an_indicator_among_the_candidates_is_a_choice_of_the_person() -> None:
    old, new = (replace(plan(), targets=(one,), tasks=(), clauses=()) for one in (read(), held()))
    found = diff(old, new, by_passage=True)
    chosen = why(Condition.CANDIDATE, "indicator")
    assert explain(found, "test", [chosen], {}, lambda _: ["other", "test.share"]).open == 0
    assert explain(found, "test", [chosen], {}, lambda _: ["other"]).open == 1


def test_clauses_the_program_does_not_tell_apart_are_not_missed() -> None:
    clauses = [Clause(kind, "1", Text("名称"), AT) for kind in (ClauseKind.STATEMENT, ClauseKind.MEASURE)]
    for clause, holds in zip(clauses, (True, False), strict=True):
        bare: Plan = replace(plan(), targets=(), tasks=(), clauses=())
        found = diff(bare, replace(bare, clauses=(clause,)), by_passage=True)
        one = why(Condition.UNREAD_KIND, "unread", of=("statement", "measure"))
        assert is_explained(found, one) is holds


def test_an_explanation_of_entries_holds_of_them_alone_and_of_what_was_read_there() -> None:
    found = differences(read(scope="each_school"), held())
    named = why(None, "scope", plan="test", items=("task-1.1",))
    assert name_of(found[0]) == "task-1.1"
    assert is_explained(found, named)
    assert is_explained(found, replace(named, read="每所学校"))
    assert not is_explained(found, replace(named, read="每个区县"))
    assert not is_explained(found, replace(named, items=("task-1.2",)))
    assert not is_explained(found, replace(named, plan="other"))
    assert not is_explained(found, replace(named, field="unit"))
    assert not is_explained(found, replace(named, of=("task",)))


def test_what_explains_nothing_is_named_entry_by_entry() -> None:
    found = differences(read(scope="each_school"), held())
    listed = why(None, "scope", plan="test", items=("task-1.1", "task-9.9"))
    done = explain(found, "test", [listed, why(Condition.FULLER)], {})
    assert [
        (one.field, item) for one, item in idle([listed, why(Condition.SILENT, where=Where("x", 9))], done.used)
    ] == [
        ("scope", "task-9.9"),
        ("title", ""),
    ]


def test_what_was_read_and_the_pack_does_not_have_is_named_by_its_place() -> None:
    (found,) = differences(read(), None)
    assert name_of(found) == "L10.5-10.20"
    assert is_explained([found], why(None, "extra", plan="test", items=("L10.5-10.20",)))
    assert Goal.parse("90") == read().goal
