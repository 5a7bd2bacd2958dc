"""Tasks: who leads and who cooperates, in the ways documents say it; the 166 tasks of the packs are read exactly."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from duibiao.extract.departments import Share, bracketed, labelled, split_names
from duibiao.extract.draft import context_of, extract, walk
from duibiao.extract.items import DraftItem, ItemType
from duibiao.extract.outline import Context, Node, NodeKind
from duibiao.extract.structure import split
from duibiao.extract.tasks import tasks
from duibiao.kernel.text import without_spaces
from duibiao.sources.blocks import Block, BlockKind, Original
from duibiao.sources.mapped import MappedText
from duibiao.sources.readers import read
from duibiao.sources.repair import repair
from duibiao.workspace import Workspace

KNOWN = {
    "市教委": "市教委",
    "某市教育委员会": "市教委",
    "市财政局": "市财政局",
    "市生态环境局": "市生态环境局",
    "市科技局": "市科技局",
}


def read_item(
    title: str, *paragraphs: str, known: Mapping[str, str] = KNOWN, parts: tuple[str, ...] = ()
) -> list[DraftItem]:
    """The tasks of the numbered item ``7. title。`` with its paragraphs, and those of its parts （1）."""
    text = "7. " + "\n".join([title, *paragraphs, *parts])
    blocks, at = [], 3
    for words in (title, *paragraphs, *parts):
        blocks.append(MappedText.of(text, at, at + len(words)))
        at += len(words) + 1
    own = tuple(Block(BlockKind.PARAGRAPH, words) for words in blocks[1 : 1 + len(paragraphs)])
    children = tuple(
        Node(NodeKind.SUBITEM, str(number), MappedText(""), (Block(BlockKind.PARAGRAPH, words),))
        for number, words in enumerate(blocks[1 + len(paragraphs) :], 1)
    )
    node = Node(NodeKind.ITEM, "7", blocks[0], own, children)
    original = Original("0" * 64, "txt", text)
    found = tasks(node, original, Context("某行动方案", section=f"二 建设 / 7 {title}"), known)
    assert all(text[one.passage.start : one.passage.end] == one.passage.text for one in found)
    return found


def test_leading_and_cooperating_departments_are_read_with_number_title_and_section() -> None:
    [task] = read_item("优化布局", "扩大规模。", "牵头部门：某市教育委员会、市财政局", "配合部门：各区县，市科技局")
    assert (task.number, task.subject, task.section) == ("7", "优化布局", "二 建设")
    assert (task.lead, task.cooperating) == (("市教委", "市财政局"), ("各区县", "市科技局"))
    assert task.passage.text.startswith("7. 优化布局")
    assert task.passage.text.endswith("市科技局")


def test_an_unknown_department_is_kept_and_flagged() -> None:
    [task] = read_item("优化布局", "牵头部门：市教委", "配合部门：市某某局")
    assert task.cooperating == ("市某某局",)
    assert task.flags == ("unknown_department",)


def test_a_list_broken_inside_a_name_is_put_together() -> None:
    [task] = read_item("优化布局", "牵头部门：市教委", "配合部门：市财政局、市生态环境", "局、市科技局")
    assert task.cooperating == ("市财政局", "市生态环境局", "市科技局")
    assert not task.flags


@pytest.mark.parametrize("word", ["牵头部门", "牵头单位", "牵头责任单位", "主责部门"])
def test_every_word_for_the_leading_department_is_known(word: str) -> None:
    [task] = read_item("优化布局", f"扩大规模。（{word}：市教委；配合单位：市财政局）")
    assert (task.lead, task.cooperating) == (("市教委",), ("市财政局",))


@pytest.mark.parametrize("word", ["责任单位", "责任部门", "负责单位"])
def test_of_responsible_units_the_first_leads_and_a_person_is_told(word: str) -> None:
    [task] = read_item("优化布局", f"扩大规模。（{word}：市教委、市财政局）")
    assert (task.lead, task.cooperating) == (("市教委",), ("市财政局",))
    assert task.flags == ("lead_by_order",)


def test_a_bracket_with_verbs_names_who_leads_and_who_cooperates() -> None:
    [task] = read_item("优化布局", "扩大规模。（市教委牵头，市财政局、市科技局等部门配合）")
    assert (task.lead, task.cooperating) == (("市教委",), ("市财政局", "市科技局"))


def test_a_bracket_with_a_division_of_labour_is_a_list_of_responsible_units() -> None:
    [task] = read_item("优化布局", "扩大规模。（市教委、市财政局、市科技局按职责分工负责）")
    assert (task.lead, task.cooperating) == (("市教委",), ("市财政局", "市科技局"))


def test_a_bracket_that_names_no_department_is_no_task() -> None:
    assert read_item("优化布局", "扩大规模（含民办学校），由学校负责（见附件，另行负责）。") == []


def test_words_about_leading_in_a_sentence_are_no_list() -> None:
    assert read_item("优化布局", "明确牵头部门和责任单位，牵头建设联合体。") == []


def test_a_list_under_the_last_part_belongs_to_the_whole_item() -> None:
    [task] = read_item("优化布局", parts=("扩大规模。", "提高质量。牵头部门：市教委"))
    assert (task.number, task.subject, task.lead) == ("7", "优化布局", ("市教委",))


def test_names_in_brackets_and_groups_of_units_stay_whole() -> None:
    assert split_names("某社科院（市政府研究中心、智库）、领导小组成员单位，行业主管部门，市教委等有关部门") == (
        "某社科院（市政府研究中心、智库）",
        "领导小组成员单位",
        "行业主管部门",
        "市教委",
    )


def test_a_list_ends_at_the_bracket_around_it_or_at_the_full_stop() -> None:
    [first] = labelled("（责任单位：市教委、市财政局）此外还要扩大。")
    assert first.names == ("市教委", "市财政局")
    [second] = labelled("牵头单位：市教委。以后再说、再议")
    assert second.names == ("市教委",)


def test_a_bracket_of_many_thousand_characters_ends_quickly_and_is_nothing() -> None:
    assert list(bracketed("（" * 20_000)) == []
    assert list(bracketed("（" + "市教委、" * 20_000 + "负责）")) == []
    assert [naming.share for naming in bracketed("（市教委负责）" * 3)] == [Share.RESPONSIBLE] * 3


def division_of_labour(rows: list[list[str]]) -> list[DraftItem]:
    text, blocks = "", []
    for row in rows:
        start, cells = len(text), []
        for cell in row:
            cells.append((len(text), len(text) + len(cell)))
            text += cell + "\t"
        blocks.append((start, len(text), cells))
    table = tuple(
        Block(
            BlockKind.TABLE_ROW,
            MappedText.of(text, start, end),
            cells=tuple(MappedText.of(text, *cell) for cell in cells),
        )
        for start, end, cells in blocks
    )
    node = Node(NodeKind.TABLE, "", MappedText(""), table)
    return tasks(node, Original("0" * 64, "docx", text), Context("分工方案", plan_end=2027), KNOWN)


def test_a_table_of_the_division_of_labour_is_read_row_by_row() -> None:
    first, second = division_of_labour(
        [
            ["序号", "重点任务", "牵头单位", "配合单位", "完成时限"],
            ["1", "优化布局", "市教委", "市财政局、市科技局", "2026年12月底"],
            ["2", "提高质量", "市教委", "", "持续推进"],
        ]
    )
    assert (first.number, first.subject, first.lead, first.cooperating) == (
        "1",
        "优化布局",
        ("市教委",),
        ("市财政局", "市科技局"),
    )
    assert (first.due, first.is_due_stated) == (2026, True)
    assert (second.due, second.is_due_stated) == (2027, False)


def test_a_table_without_departments_holds_no_tasks() -> None:
    assert division_of_labour([["序号", "重点任务", "备注"], ["1", "优化布局", "市教委"]]) == []


def test_the_166_tasks_of_the_packs_are_read_exactly(shared: Path, workspace: Workspace) -> None:
    names = {alias: department.name for alias, department in workspace.content.departments.items()}
    reading = repair(read(next((shared / "documents").glob("002*.txt"))))
    found = [
        item
        for part in split(reading)
        for node, around in walk(part.root, context_of(part))
        for item in tasks(node, reading.original, around, names)
    ]
    assert [item for item in found if item.flags] == []
    told = {
        (item.passage.hash, item.number, without_spaces(item.subject), item.lead, item.cooperating) for item in found
    }
    gold = {
        (
            task.citation.passage_hash,
            str(task.number),
            without_spaces(task.title),
            tuple(names.get(name, name) for name in task.lead),
            tuple(names.get(name, name) for name in task.cooperating),
        )
        for plan in workspace.content.plans.by_code.values()
        for task in plan.tasks
    }
    assert len(gold) == 166
    assert told == gold


def test_a_long_item_is_called_by_the_first_thing_it_asks_for(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text(
        "2031年虚构市民生实事\n1.新建托育园30所"
        + "，方便双职工家庭就近送托" * 6
        + "；改造旧园12所（牵头单位：市教育局）。\n"
        "2.更新校车60辆（责任单位：市教育局、市公安局）。\n",
        encoding="utf-8",
    )
    found = [one for one in extract(read(file)).items if one.type is ItemType.TASK]
    assert [one.subject for one in found] == ["新建托育园30所" + "，方便双职工家庭就近送托" * 6, "更新校车60辆"]
