"""The scorer of extraction: a right reading counts, a wrong one does not, and nothing counts twice."""

from dataclasses import replace
from decimal import Decimal

import pytest

from benchmarks.gold_readings import Fact, GoldTask
from benchmarks.scoring import compare, compare_tasks, differing, near_subject, row_differing
from duibiao.extract.items import DraftItem, ItemPassage, ItemType, Operator
from duibiao.plan.model import Counting
from duibiao.sources.citation import Locator

FACT = Fact("p/1", "s", 100, 120, "特色普通高中", "所", Operator.AT_LEAST, Decimal(60), due=2027)


def item(**changes: object) -> DraftItem:
    start, end = 98, 119
    found = DraftItem(
        ItemType.STATEMENT, "d", "", "1", "特色普通高中",
        ItemPassage(start, end, "", Locator(1, 1), ""), "r", Decimal(1),
        operator=Operator.AT_LEAST, value=Decimal(60), unit="所", due=2027,
    )  # fmt: skip
    return replace(found, **changes)  # type: ignore[arg-type]  # any field of an item


def test_a_reading_with_every_field_is_right() -> None:
    score = compare([item()], [FACT])
    assert (score.right, score.exact, score.emitted, score.expected) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("subject", {"subject": "职业院校"}),
        ("subject", {"subject": ""}),
        ("operator", {"operator": Operator.EQUAL}),
        ("operator", {"operator": Operator.MORE_THAN}),
        ("value", {"value": Decimal(6)}),
        ("value", {"upper": Decimal(70)}),
        ("value", {"unit": "万所"}),
        ("unit", {"unit": "个"}),
        ("due", {"due": 2035}),
        ("due", {"due": None}),
    ],
)
def test_one_wrong_field_makes_a_reading_wrong(field: str, changes: dict[str, object]) -> None:
    score = compare([item(**changes)], [FACT])
    assert score.right == 0
    assert all(field in match.wrong for match in score.matches)


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        ({"value": Decimal("1.5"), "unit": "万名"}, {"value": Decimal(15000), "unit": "人"}),
        ({"operator": Operator.ALL, "value": None, "unit": ""}, {"operator": Operator.EQUAL, "value": Decimal(100)}),
        ({"operator": Operator.INCREASE}, {"operator": Operator.EQUAL, "counting": Counting.INCREMENT}),
        ({"due": None}, {"is_due_stated": False}),
        ({"operator": Operator.ZERO, "value": None}, {"operator": Operator.ZERO, "value": Decimal(0)}),
    ],
)
def test_two_ways_to_write_the_same_are_the_same(changes: dict[str, object], fact: dict[str, object]) -> None:
    assert compare([item(**changes)], [replace(FACT, **fact)]).right == 1  # type: ignore[arg-type]  # any field


def test_what_was_read_twice_counts_once() -> None:
    score = compare([item(), item()], [FACT])
    assert (score.right, score.emitted, len(score.alarms)) == (1, 2, 1)


def test_a_reading_elsewhere_is_a_miss_and_a_false_alarm() -> None:
    score = compare([item(passage=ItemPassage(200, 210, "", Locator(1, 1), ""))], [FACT])
    assert (score.right, len(score.missed), len(score.alarms)) == (0, 1, 1)


@pytest.mark.parametrize(
    ("read", "gold", "is_near"),
    [
        ("国家级人才", "新增国家级人才", True),
        ("专业群", "中国特色高水平高职专业群", True),
        ("中小学接收国际学生", "接收国际学生的中小学", True),
        ("中心城区", "中心城区集团化办学率", False),
        ("职业院校", "新时代教育评价改革典型普通高校", False),
        ("", "专业群", False),
    ],
)
def test_a_subject_is_near_when_it_names_the_same_thing(read: str, gold: str, is_near: bool) -> None:
    assert near_subject(read, gold) is is_near


def test_a_row_is_compared_as_printed() -> None:
    row = item(baseline_written="20", baseline_year=2023, written="≥60", group="办学 条件")
    fact = replace(FACT, label="特色普通高中（所）", baseline="20", baseline_year=2023, written="≥60", group="办学条件")
    assert row_differing(row, fact) == ()
    assert row_differing(replace(row, baseline_written="2"), fact) == ("baseline",)


def test_departments_are_compared_by_their_main_names_and_in_order() -> None:
    task = GoldTask("p/task-1", "s", 100, 200, 1, "办好学校", ("市教委",), ("市财政局", "市公安局"))
    read = item(
        type=ItemType.TASK, passage=ItemPassage(100, 190, "", Locator(1, 1), ""), subject="办好学校",
        lead=("重庆市教育委员会",), cooperating=("市财政局", "市公安局"),
    )  # fmt: skip
    names = {"重庆市教育委员会": "市教委", "市教委": "市教委"}
    assert compare_tasks([read], [task], names)[0].wrong == ()
    turned = replace(read, cooperating=("市公安局", "市财政局"))
    assert compare_tasks([turned], [task], names)[0].wrong == ("cooperating",)
    assert compare_tasks([], [task], names)[0].wrong == ("missing",)


def test_lesser_fields_are_named_but_do_not_decide() -> None:
    read = item(is_soft=True, counting=Counting.PER_YEAR)
    assert set(differing(read, FACT)) == {"soft", "counting"}
    assert compare([read], [FACT]).right == 1
