"""The whole way from a file to a draft: every item has its passage, and a document is read for what it is."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from duibiao.extract.draft import extract, in_reading_order
from duibiao.extract.draft_file import draft_files, file_name, plan_kind, published, read_draft, to_yaml
from duibiao.extract.entry import CLAUSES, EntryKind, goal_of
from duibiao.extract.flat import FIELDS, flat
from duibiao.extract.items import DraftItem, ItemPassage, ItemType, Operator
from duibiao.extract.window import Window, is_report
from duibiao.kernel.problem import UserError
from duibiao.plan.goal import Goal
from duibiao.plan.model import Counting, PlanKind
from duibiao.sources.citation import Locator, passage_hash
from duibiao.sources.readers import Limits, read

PLAN = """测试市特色教育行动方案（2026—2028年）

到2028年，全市建成特色学校50所，参与率达到95%以上。

一、建设特色学校

1. 建好学校。每年培训教师200名。
牵头部门：市教委
配合部门：市财政局、测试局

2. 评好学校。建立制度。
牵头部门：市教委
配合部门：市财政局
"""
FIVE_YEAR = """测试市教育事业发展“十五五”规划（2026—2030年）

一、发展环境

（一）发展基础。教育事业取得进展。

二、主要任务

（一）推进立德树人

1. 加强思想教育。完善机制。
2. 促进全面发展。完善机制。

（二）推进公平优质

1. 扩大资源。到2030年，普惠覆盖率达到95%以上。

三、保障措施

（一）加强领导

落实责任。

（二）保障经费

加大投入。
"""
DEPARTMENTS = {"市教委": "市教委", "测试市教育委员会": "市教委", "市财政局": "市财政局"}


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A small plan with a quantified opening and two tasks."""
    path = tmp_path / "plan.txt"
    path.write_text(PLAN, encoding="utf-8")
    return path


def item(goal: str = "10", **changes: Any) -> DraftItem:
    """A statement at the beginning of a document."""
    place = ItemPassage(0, 4, "原文片段", Locator(1, 1, 1, 4), passage_hash("原文片段"))
    facts: dict[str, Any] = {"value": Decimal(goal), "operator": Operator.EQUAL, "unit": "所", "written": "若干"}
    return DraftItem(ItemType.STATEMENT, "文件", "", "", "学校", place, "rule", Decimal("0.9"), **(facts | changes))


def test_a_plan_gives_its_targets_and_tasks(plan: Path) -> None:
    draft = extract(read(plan), DEPARTMENTS)
    tasks = [one for one in draft.items if one.type is ItemType.TASK]
    assert [(one.number, one.lead) for one in tasks] == [("1", ("市教委",)), ("2", ("市教委",))]
    assert tasks[0].cooperating == ("市财政局", "测试局")
    targets = {(one.value, one.unit, one.due) for one in draft.items if one.type is ItemType.STATEMENT}
    assert targets >= {(Decimal(50), "所", 2028), (Decimal(95), "%", 2028), (Decimal(200), "名", 2028)}


def test_every_passage_equals_the_text_at_its_place(plan: Path) -> None:
    draft = extract(read(plan), DEPARTMENTS)
    assert draft.items
    for one in draft.items:
        passage = one.passage
        assert passage.text == draft.original.text[passage.start : passage.end]
        assert passage.locator == draft.original.locator(passage.start, passage.end)
        assert passage.hash == passage_hash(passage.text)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(paragraph_characters=20), "READ-TOO-LARGE"),
        (Limits(items=2), "READ-TOO-LARGE"),
        (Limits(extract_seconds=-1), "READ-TIME"),
    ],
)
def test_what_no_plan_has_is_refused_in_bounded_time(limits: Limits, code: str, plan: Path) -> None:
    with pytest.raises(UserError) as caught:
        extract(read(plan), DEPARTMENTS, "plan.txt", limits)
    (problem,) = caught.value.problems
    assert (problem.code, problem.where.file) == (code, "plan.txt")
    assert "{" not in problem.message.zh + problem.message.en


def test_a_range_or_floor_of_what_is_newly_gained_is_a_change_and_no_number_to_reach() -> None:
    new = {"counting": Counting.INCREMENT}
    assert goal_of(item("2", upper=Decimal(3), operator=Operator.RANGE, **new)) == "+2..3"
    assert goal_of(item("2", operator=Operator.AT_LEAST, **new)) == "+>=2"
    assert goal_of(item("2", operator=Operator.AT_LEAST)) == ">=2"


def test_the_chapter_of_the_tasks_gives_the_parts_and_the_chapter_of_safeguards_the_safeguards(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_text(FIVE_YEAR, encoding="utf-8")
    (file,) = draft_files(extract(read(path)), "plan.txt")
    found = {kind: [(one.get("no"), one.get("title"), one.get("within")) for one in file.of(kind)] for kind in CLAUSES}
    assert found[EntryKind.PART] == [("1", "推进立德树人", ""), ("2", "推进公平优质", "")]
    assert [one[:1] + one[2:] for one in found[EntryKind.MEASURE]] == [("1.1", "1"), ("1.2", "1"), ("2.1", "2")]
    assert found[EntryKind.SAFEGUARD] == [("safeguard.1", "加强领导", ""), ("safeguard.2", "保障经费", "")]
    (target,) = [one for one in file.of(EntryKind.TARGET) if one.get("unit") == "%"]
    assert target.get("item") == "2.1"


def test_the_same_file_gives_the_same_draft(plan: Path) -> None:
    first, second = (
        [to_yaml(one) for one in draft_files(extract(read(plan), DEPARTMENTS), "plan.txt")] for _ in range(2)
    )
    assert first == second


def test_a_draft_file_reads_like_a_pack(plan: Path, tmp_path: Path) -> None:
    (found,) = draft_files(extract(read(plan), DEPARTMENTS), "plan.txt")
    path = tmp_path / "draft.yaml"
    path.write_text(to_yaml(found), encoding="utf-8")
    assert {one.id for one in read_draft(path).entries} == {one.id for one in found.entries}
    assert read_draft(path).reading_order == found.reading_order
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert (data["kind"], data["start"], data["end"], data["base_year"]) == ("action_plan", "2026", "2028", "2025")
    assert [one["title"] for one in data["sections"]] == ["建设特色学校"]
    assert [one["section"] for one in data["tasks"]] == ["一", "一"]
    opening = [one for one in data["targets"] if one["cite"]["item"] == "开篇"]
    assert {one["item"] for one in opening} == {"chapeau"}
    assert {one["item"] for one in data["targets"] if one not in opening} == {"1"}
    assert all(Goal.parse(one.get("goal") or one["written"]) for one in data["targets"])


def test_only_the_wanted_document_of_a_file_is_drafted(plan: Path) -> None:
    draft = extract(read(plan), DEPARTMENTS)
    assert len(draft_files(draft, "plan.txt", "特色教育")) == 1
    assert draft_files(draft, "plan.txt", "另一方案") == []


def test_the_flat_list_has_the_documented_fields_in_every_object(plan: Path) -> None:
    found = json.loads(json.dumps(flat("sha", extract(read(plan), DEPARTMENTS).items)))
    names = [one.name for one in FIELDS]
    assert found
    assert all(list(one) == names for one in found)
    assert {"start", "end", "text", "at", "hash"} == set(found[0]["passage"])


def test_every_field_of_the_flat_list_is_explained() -> None:
    page = (Path(__file__).parents[3] / "docs" / "extraction.md").read_text(encoding="utf-8")
    assert [one.name for one in FIELDS if f"| `{one.name}` | {one.meaning} |" not in page] == []


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("测试市教育发展规划（2026—2030年）", False),
        ("关于推进某项工作的意见", False),
        ("政府工作报告", True),
        ("在全市教育大会上的讲话", True),
        ("某规划解读", True),
        ("关于报告制度的规定", False),
        ("测试市教育概况", True),
        ("", False),
    ],
)
def test_a_document_is_a_report_or_a_plan_by_its_title(title: str, expected: bool) -> None:
    assert is_report(title) is expected


@pytest.mark.parametrize(
    ("title", "start", "end"),
    [
        ("某方案（2025—2027年）", 2025, 2027),
        ("某纲要(2024-2035年)", 2024, 2035),
        ("教育事业发展“十四五”规划", 2021, 2025),
        ("第十五个五年规划", 2026, 2030),
        ("“十五五”规划", 2026, 2030),
        ("2026年工作要点", 2026, 2026),
        ("某意见", None, None),
    ],
)
def test_the_years_of_a_plan_stand_in_its_title(title: str, start: int | None, end: int | None) -> None:
    assert Window.of(title) == Window(start, end)


@pytest.mark.parametrize(
    ("read_as", "goal"),
    [
        (item(), "10"),
        (item(operator=Operator.AT_LEAST), ">=10"),
        (item(operator=Operator.LESS_THAN), "<10"),
        (item(operator=Operator.RANGE, upper=Decimal(12)), "10..12"),
        (item(operator=Operator.KEEP, written="保持在10以上"), "keep >=10"),
        (item(operator=Operator.KEEP, written="稳定在10"), "keep 10"),
        (item(operator=Operator.INCREASE), "+10"),
        (item(operator=Operator.INCREASE, unit="个百分点"), "points +10"),
        (item("2", operator=Operator.MULTIPLE), "x2"),
        (item(operator=Operator.ALL, value=None), "all"),
        (item(operator=Operator.ZERO, value=None), "zero"),
        (item(operator=None, value=None), "text"),
        (item(operator=Operator.RANGE, upper=Decimal(1)), "text"),
    ],
)
def test_a_reading_becomes_a_goal_in_the_notation_of_a_pack(read_as: DraftItem, goal: str) -> None:
    assert goal_of(read_as) == goal


def test_the_surer_of_two_equal_readings_stays() -> None:
    sure, unsure = item(), item()
    sure = DraftItem(**{name: getattr(sure, name) for name in DraftItem.__slots__} | {"confidence": Decimal("0.99")})
    assert in_reading_order([unsure, sure, unsure]) == [sure]


def test_the_words_of_a_table_row_are_no_statement_beside_it() -> None:
    facts = {name: getattr(item(), name) for name in DraftItem.__slots__}
    row = DraftItem(**facts | {"type": ItemType.INDICATOR_ROW})
    assert in_reading_order([item(), row]) == [row]


@pytest.mark.parametrize(
    ("printed", "date"),
    [("2021年11月10日", "2021-11-10"), ("二〇二一年十一月", "2021"), ("2025-03", "2025-03"), ("日期不详", "")],
)
def test_a_printed_date_becomes_a_pack_date(printed: str, date: str) -> None:
    assert published(printed) == date


def test_the_kind_of_a_plan_is_named_by_its_title() -> None:
    titles = ("某规划纲要", "“十五五”教育规划", "某中长期规划", "某行动方案")
    kinds = [PlanKind.OUTLINE, PlanKind.FIVE_YEAR, PlanKind.STRATEGY, PlanKind.ACTION_PLAN]
    assert [plan_kind(title) for title in titles] == kinds


def test_the_name_of_a_draft_is_safe_on_every_system() -> None:
    assert file_name("../a/b: 规划（2026—2030年）?") == "a_b_规划（2026—2030年）.yaml"
    assert file_name("///") == "draft.yaml"
    assert len(file_name("长" * 500).encode()) < 255


def test_every_list_of_a_draft_is_named() -> None:
    assert len({kind.value for kind in EntryKind}) == len(EntryKind)
