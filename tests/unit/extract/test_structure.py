"""Compilations are split into their documents, and each document into its outline."""

from pathlib import Path

import pytest

from duibiao.extract.outline import Node, NodeKind, Part
from duibiao.extract.structure import split
from duibiao.sources.blocks import Block, BlockKind, Original, Reading
from duibiao.sources.mapped import MappedText
from duibiao.sources.repair import repair
from tests.unit.sources.lines import reading_of

NOTICE = """某省教育厅关于印发《某省普通高中振兴计划（2026—2030年）》的通知
某教发〔2026〕12号
各市教育局：
现将计划印发给你们，请认真执行。
某省教育厅
2026年3月5日
（此件公开发布）
某省普通高中振兴计划
（2026—2030年）
第一章 总则
第一条 为了振兴高中，制定本计划。
第二章 任务
一、提升条件
（一）改善校舍。消除大班额，改造旧校舍。
1.新建校舍。每年10万平方米，逐年完成。
（1）先易后难。①城镇。
（二）配齐设备。
附件1
普通高中建设标准
一、用地
每校不少于30亩。"""


def parts(text: str) -> list[Part]:
    return split(repair(reading_of(text)))


def outline(node: Node) -> list[str]:
    """Every node under a node on a line: kind, number, title, number of paragraphs."""
    found = []
    for child in node.children:
        found.append(f"{child.kind.value} {child.number} {child.title.text} {len(child.blocks)}")
        found += ["  " + line for line in outline(child)]
    return found


def every(node: Node, kind: NodeKind) -> list[Node]:
    own = [node] if node.kind is kind else []
    return own + [found for child in node.children for found in every(child, kind)]


def test_a_notice_its_plan_and_the_annex_are_three_documents() -> None:
    found = parts(NOTICE)
    assert [part.title.text for part in found] == [
        "某省教育厅关于印发《某省普通高中振兴计划（2026—2030年）》的通知",
        "某省普通高中振兴计划（2026—2030年）",
        "普通高中建设标准",
    ]
    assert {(part.issuer, part.number, part.date) for part in found} == {
        ("某省教育厅", "某教发〔2026〕12号", "2026年3月5日")
    }


def test_the_outline_grammar_is_a_tree() -> None:
    assert outline(parts(NOTICE)[1].root) == [
        "chapter 一 总则 0",
        "  article 一  1",
        "chapter 二 任务 0",
        "  part 一 提升条件 0",
        "    section 一 改善校舍 1",
        "      item 1 新建校舍 1",
        "        subitem 1 先易后难 1",
        "    section 二 配齐设备 0",
    ]


def test_a_source_line_ends_a_document() -> None:
    found = parts(
        "市委印发《某规划（2024—2035年）》\n近日，有通知。\n一、要求\n（来源：某网）\n某校做法\n甲说，乙听。\n（来源：某报）"
    )
    assert [(part.title.text, part.issuer, part.source_line) for part in found] == [
        ("某规划（2024—2035年）", "市委", "（来源：某网）"),
        ("某校做法", "", "（来源：某报）"),
    ]


def test_action_plans_one_after_the_other_are_documents_by_their_years() -> None:
    text = "\n".join(
        f"{name}行动方案\n（2025—2027年）\n目标在此，如下。\n一、任务\n1.某事。内容在此。"
        for name in ("甲", "乙", "丙")
    )
    assert [part.title.text for part in parts(text)] == [f"{name}行动方案（2025—2027年）" for name in "甲乙丙"]


def test_a_plan_without_its_title_is_named_by_its_first_sentence() -> None:
    text = "某规划纲要\n一、甲\n二、乙\n《另一规划（2024—2035年）》主要内容如下。\n一、丙\n二、丁"
    assert [part.title.text for part in parts(text)] == ["某规划纲要", "另一规划（2024—2035年）"]


def test_numbers_that_begin_anew_under_a_title_begin_a_document() -> None:
    text = "甲实施方案\n一、子\n二、丑\n乙工作方案\n为做好工作，制定本方案。\n一、寅"
    assert [part.title.text for part in parts(text)] == ["甲实施方案", "乙工作方案"]


def test_numbers_that_begin_anew_without_a_title_do_not() -> None:
    assert len(parts("甲实施方案\n一、子\n二、丑\n此外，还有说明。\n一、寅")) == 1


def test_items_may_run_through_the_document_and_may_repeat() -> None:
    found = parts(
        "甲方案\n一、子\n1.甲事。内容，如此。\n2.乙事。内容，如此。\n二、丑\n3.丙事。内容，如此。\n3.丁事。内容，如此。"
    )[0]
    assert [(node.number, node.title.text) for node in every(found.root, NodeKind.ITEM)] == [
        ("1", "甲事"),
        ("2", "乙事"),
        ("3", "丙事"),
        ("3", "丁事"),
    ]


def test_lead_and_cooperating_departments_are_paragraphs_of_their_own() -> None:
    found = parts("甲方案\n一、子\n1.甲事。内容，如此。\n牵头部门：某局\n配合部门：某委、某办\n2.乙事。内容，如此。")[0]
    item = every(found.root, NodeKind.ITEM)[0]
    assert [block.text for block in item.blocks] == ["内容，如此。", "牵头部门：某局", "配合部门：某委、某办"]


def test_a_box_has_items_of_its_own_and_ends_where_the_numbers_outside_go_on() -> None:
    text = (
        "甲规划\n（一）子\n1.甲事\n2.乙事\n专栏1 计划\n1.丙计划。做事，如此。\n2.丁计划。做事，如此。\n（二）丑\n1.戊事"
    )
    assert outline(parts(text)[0].root) == [
        "section 一 子 0",
        "  item 1 甲事 0",
        "  item 2 乙事 0",
        "  box 1 计划 0",
        "    item 1 丙计划 1",
        "    item 2 丁计划 1",
        "section 二 丑 0",
        "  item 1 戊事 0",
    ]


def test_a_sentence_with_figures_is_no_heading() -> None:
    item = every(parts("甲规划\n一、子\n1.新增学校10所，覆盖全部区县。")[0].root, NodeKind.ITEM)[0]
    assert (item.title.text, [block.text for block in item.blocks]) == ("", ["新增学校10所，覆盖全部区县。"])


def test_what_follows_a_dash_belongs_to_the_heading_above_it() -> None:
    found = parts("甲规划\n一、子\n——质量提升。内容，如此。\n到2030年，全部实现。")[0]
    part = every(found.root, NodeKind.PART)[0]
    assert ([block.text for block in part.blocks], [node.title.text for node in part.children]) == (
        ["到2030年，全部实现。"],
        ["质量提升"],
    )


def test_decimal_numbers_stand_under_their_major_number() -> None:
    found = parts(
        "甲评价\n1. 专业\n1.1 专业建设\n1.对接产业布局，设置专业；动态调整\n"
        "1.2 人才培养\n2.落实标准，修订方案；及时实施"
    )[0]
    assert outline(found.root) == [
        "part 1 专业 0",
        "  section 1.1 专业建设 0",
        "    item 1  1",
        "  section 1.2 人才培养 0",
        "    item 2  1",
    ]


def test_a_table_takes_its_caption_for_a_title() -> None:
    found = parts("甲方案\n目标如下，共两项。\n主要指标\n指标 2023年 2027年\n甲率（%） 90 95\n乙数（个） — 10\n一、子")[
        0
    ]
    table = every(found.root, NodeKind.TABLE)[0]
    assert (table.title.text, [block.text for block in table.blocks]) == (
        "主要指标",
        ["指标 2023年 2027年", "甲率（%） 90 95", "乙数（个） — 10"],
    )


def test_the_list_of_annexes_is_no_outline() -> None:
    found = parts("甲通知\n一、子\n内容，如此。\n附件：\n1.甲方案\n2.乙标准\n某部\n2025年1月23日")[0]
    assert every(found.root, NodeKind.ITEM) == []
    assert (found.issuer, found.date) == ("某部", "2025年1月23日")


def test_numbers_that_the_format_computed_are_read() -> None:
    text = "甲方案总体要求第一段"
    blocks = (
        Block(BlockKind.HEADING, MappedText.of(text, 0, 3), level=1),
        Block(BlockKind.HEADING, MappedText.of(text, 3, 7), level=1, number="一、"),
        Block(BlockKind.PARAGRAPH, MappedText.of(text, 7, 10)),
    )
    found = split(Reading(Original("0" * 64, "docx", text), blocks))[0]
    assert (found.title.text, outline(found.root)) == ("甲方案", ["part 一 总体要求 1"])


def test_headings_without_numbers_are_chapters() -> None:
    found = parts("# 报道\n\n开头，如此。\n\n## 第一节课\n\n内容，如此。")[0]
    assert (found.title.text, outline(found.root)) == ("报道", ["chapter  第一节课 1"])


def test_who_signs_under_a_title_is_no_part_of_it() -> None:
    found = parts("某省教育规划（2026—2030年）\n某省人民政府\n2026年1月\n一、目标\n到2030年，提高水平。")[0]
    assert (found.title.text, found.issuer, found.date) == ("某省教育规划（2026—2030年）", "某省人民政府", "2026年1月")


def test_an_empty_reading_has_no_document() -> None:
    assert parts("") == []


def document(shared: Path, start: str) -> list[Part]:
    file = next((shared / "documents").glob(f"{start}*.txt"))
    return parts(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("start", "count"), [("000", 10), ("001", 4), ("002", 21), ("003", 2), ("004", 1)])
def test_the_documents_of_the_shared_files_are_found(shared: Path, start: str, count: int) -> None:
    assert len(document(shared, start)) == count


def test_the_action_plans_have_their_tasks_with_their_departments(shared: Path) -> None:
    plans = [part for part in document(shared, "002") if part.title.text.endswith("行动方案（2025—2027年）")][-8:]
    items = [every(part.root, NodeKind.ITEM) for part in plans]
    assert [len(found) for found in items] == [27, 20, 29, 14, 19, 22, 16, 19]
    assert all([int(node.number) for node in found] == list(range(1, len(found) + 1)) for found in items)
    assert all(node.title.text and node.blocks[0].text for found in items for node in found)
    leads = [[block.text[:5] for block in node.blocks].count("牵头部门：") for found in items for node in found]
    assert leads == [1] * 166
    assert [len(every(part.root, NodeKind.TABLE)) for part in plans] == [1] * 8


def test_the_five_year_plan_has_nine_boxes_and_one_table(shared: Path) -> None:
    plan = document(shared, "003")[1]
    assert plan.title.text == "重庆市教育事业发展“十四五”规划（2021—2025年）"
    assert [box.number for box in every(plan.root, NodeKind.BOX)] == [str(number) for number in range(1, 10)]
    assert len(every(plan.root, NodeKind.TABLE)[0].blocks) == 18


def test_the_observation_points_of_the_college_assessment_are_numbered_through(shared: Path) -> None:
    rules = next(part for part in document(shared, "002") if part.title.text.startswith("高等职业学校办学能力评价"))
    points = [node for major in every(rules.root, NodeKind.PART) for node in every(major, NodeKind.ITEM)]
    assert [node.number for node in points] == [str(number) for number in range(1, 30)]


@pytest.mark.parametrize("start", ["000", "001", "002"])
def test_the_long_plans_have_all_their_measures(shared: Path, start: str) -> None:
    found = document(shared, start)
    outlines = {part.title.text: len(every(part.root, NodeKind.SECTION)) for part in found}
    assert outlines["教育强国建设规划纲要（2024—2035年）"] == 38
    city = next(
        count for title, count in outlines.items() if title.startswith("重庆加快建设教育强市推进教育现代化规划")
    )
    assert city == 43
