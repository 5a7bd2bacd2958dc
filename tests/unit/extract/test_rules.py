"""Rules with numeric floors, and the footnotes that conversion glued to their figures."""

from decimal import Decimal
from pathlib import Path

import pytest

from duibiao.extract.draft import context_of
from duibiao.extract.floors import floors
from duibiao.extract.footnotes import marks, split_notes
from duibiao.extract.items import DraftItem, Operator
from duibiao.extract.outline import Context, Node, NodeKind
from duibiao.extract.rules import rules
from duibiao.extract.structure import split
from duibiao.plan.model import Counting
from duibiao.sources.blocks import Block, BlockKind, Original
from duibiao.sources.mapped import MappedText
from duibiao.sources.readers import read
from duibiao.sources.repair import repair

TITLE = "某学校评价实施方案"


def read_rules(*paragraphs: str, document: str = TITLE, heading: str = "") -> list[DraftItem]:
    text = "\n".join(paragraphs)
    blocks, at = [], 0
    for words in paragraphs:
        blocks.append(Block(BlockKind.PARAGRAPH, MappedText.of(text, at, at + len(words))))
        at += len(words) + 1
    inner = Node(NodeKind.PART, "二", MappedText(heading), tuple(blocks))
    root = Node(NodeKind.ROOT, "", MappedText(""), children=(inner,))
    found = rules(root, Original("0" * 64, "txt", text), Context(document))
    assert all(text[one.passage.start : one.passage.end] == one.passage.text for one in found)
    return found


@pytest.mark.parametrize(
    ("sentence", "subject", "operator", "value", "unit"),
    [
        ("就业率不低于60%。", "就业率", Operator.AT_LEAST, "60", "%"),
        ("近三年招生计划完成率不得低于90%。", "招生计划完成率", Operator.AT_LEAST, "90", "%"),
        ("实践学时不少于总学时的1/4。", "实践学时", Operator.AT_LEAST, "0.25", "比例"),
        ("师生比不低于1:18。", "师生比", Operator.AT_LEAST, "18", "1∶"),
        ("兼职教师占比一般不超过30%。", "兼职教师占比", Operator.AT_MOST, "30", "%"),
        ("“双师型”教师比例达到50%以上。", "“双师型”教师比例", Operator.AT_LEAST, "50", "%"),
        ("每校至少配备2名。", "每校", Operator.AT_LEAST, "2", "名"),
        ("实习时间一般为6个月。", "实习时间", Operator.EQUAL, "6", "个月"),
        ("生均建筑面积应不少于20平方米。", "生均建筑面积", Operator.AT_LEAST, "20", "平方米"),
        ("班额控制在45人以内。", "班额", Operator.AT_MOST, "45", "人"),
    ],
)
def test_a_floor_is_read_with_subject_operator_value_and_unit(
    sentence: str, subject: str, operator: Operator, value: str, unit: str
) -> None:
    [floor] = floors(sentence)
    assert (floor.subject, floor.operator, floor.value, floor.unit) == (subject, operator, Decimal(value), unit)


def test_the_period_of_a_list_holds_for_every_member() -> None:
    first, second = floors("近三年毕业生就业率不低于60%、对口就业率不低于70%。")
    assert (first.period, second.period) == ("近三年", "近三年")


def test_a_subject_the_clause_leaves_out_is_carried_and_flagged() -> None:
    _, second = floors("专职教师与在校生比例不低于1:4000，且至少配备2名。")
    assert (second.subject, second.flags) == ("专职教师", ("subject_carried",))


def test_a_yearly_duty_is_counted_per_year() -> None:
    [floor] = floors("专业课教师每年至少累计1个月在企业实践。")
    assert (floor.subject, floor.counting, floor.period) == ("专业课教师", Counting.PER_YEAR, "每年")


def test_a_bound_by_another_count_has_no_number_and_says_so() -> None:
    [floor] = floors("培训人次数不低于全日制在校生数。")
    assert (floor.subject, floor.value, floor.flags) == ("培训人次数", None, ("no_number",))


def test_figures_without_a_bound_are_no_floors() -> None:
    assert list(floors("健全考核评价等10项机制，2025年启动，支持2个专业群。")) == []


def test_a_mark_glued_to_a_figure_is_parted_from_it_and_its_note_is_named() -> None:
    items = read_rules(
        "1.教材每3—51年更新一次。",
        "2.专职教师比例不低于1:3502，师生比不低于1:183，兼职教师不超过30%4。",
        "注：",
        "1.依据学习年限确定。",
        "2.某规定第七条：不低于1:350。",
        "3.关于合格标准的规定。",
        "4.某办法第四条：一般不超过30%。",
    )
    assert [(item.number, item.value, item.upper) for item in items] == [
        ("1", Decimal(3), Decimal(5)),
        ("2", Decimal(350), None),
        ("2", Decimal(18), None),
        ("2", Decimal(30), None),
    ]
    assert [flag for item in items for flag in item.flags if flag.startswith("footnote:")] == [
        "footnote:1",
        "footnote:2",
        "footnote:3",
        "footnote:4",
    ]
    assert "footnote_at:L5.1-5.18" in items[1].flags


def test_figures_lose_no_digit_where_the_text_has_no_notes() -> None:
    [item] = read_rules("1.专职教师比例不低于1:4001。")
    assert item.value == Decimal(4001)
    words = [MappedText.of("共计2021人，第11条")]
    body, notes = split_notes([*words, MappedText.of("注："), MappedText.of("1.见附件。")])
    assert marks([words[0] for _ in body], notes) == []


def test_a_plan_that_speaks_of_floors_is_no_rule_but_its_selection_criteria_are() -> None:
    assert read_rules("毛入园率不低于95%。", document="某行动方案（2025—2027年）", heading="深化评价改革") == []
    [item] = read_rules("就业率不低于60%。", document="某行动方案（2025—2027年）", heading="遴选标准")
    assert (item.section, item.value) == ("二 遴选标准", Decimal(60))


def test_a_long_paragraph_of_figures_and_brackets_ends_in_good_time() -> None:
    read_rules("1." + "不低于" * 20_000, "2." + "1:2" * 20_000, "注：", "1.见（" + "（" * 20_000)


def test_the_floors_of_the_college_assessment_and_of_the_selection_are_read(shared: Path) -> None:
    reading = repair(read(next((shared / "documents").glob("002*.txt"))))
    found = [item for part in split(reading) for item in rules(part.root, reading.original, context_of(part))]
    told = [(item.number, str(item.value), item.unit, footnotes(item)) for item in found]
    assert told == [
        ("二", "60", "%", []),
        ("二", "70", "%", []),
        ("六", "90", "%", []),
        ("六", "90", "%", []),
        ("六", "None", "", []),
        ("2", "3", "年", ["1"]),
        ("8", "50", "%", ["2"]),
        ("8", "6", "个月", ["2"]),
        ("12", "0.25", "比例", ["4"]),
        ("12", "10", "%", ["5"]),
        ("21", "350", "1∶", ["6"]),
        ("21", "200", "1∶", ["7"]),
        ("21", "4000", "1∶", ["8"]),
        ("21", "2", "名", ["8"]),
        ("22", "18", "1∶", ["9"]),
        ("22", "50", "%", ["10"]),
        ("22", "30", "%", ["11"]),
        ("23", "1", "个月", ["12"]),
    ]


def footnotes(item: DraftItem) -> list[str]:
    return [flag.removeprefix("footnote:") for flag in item.flags if flag.startswith("footnote:")]
