"""Whatever the text: repairing twice changes nothing, and every character leads back to the original."""

from hypothesis import given, settings
from hypothesis import strategies as st

from duibiao.extract.outline import Node, NodeKind
from duibiao.extract.structure import split
from duibiao.sources.blocks import Reading
from duibiao.sources.mapped import MappedText
from duibiao.sources.repair import repair
from duibiao.sources.repair_words import is_rewriting
from tests.unit.sources.lines import reading_of

LETTERS = (
    "甲乙丙教育學校規劃 　\t，。、；：（）()《》“”,.:%％0123456789０１２年一二三十第章条、—-"
    "专栏附件牵头配合部门来源指标|#•\u200b\f"
)
PIECES = [
    "一、总体要求",
    "（一）原则",
    "1. 任务。内容",
    "2.1 建设",
    "附件1",
    "专栏1 指标",
    "序号 指标 2025年 2030年",
    "1 比例 % 90 95",
    "（2025—2030年）",
    "牵头部门：某局",
    "（来源：某网）",
    "- 12 -",
    "分类\t指标\t2025年",
    "[bookmark: _Toc1]",
    "2025年3月1日",
    "某行动方案",
    "《某规划》主要内容如下。",
]
texts = st.lists(st.one_of(st.text(LETTERS, max_size=40), st.sampled_from(PIECES), st.just("")), max_size=60).map(
    "\n".join
)


def maps(reading: Reading) -> list[MappedText]:
    return [words for block in reading.blocks for words in (block.words, *block.cells)]


def nodes(node: Node) -> list[Node]:
    return [node, *(found for child in node.children for found in nodes(child))]


@settings(max_examples=200, deadline=None)
@given(texts)
def test_repairing_twice_changes_nothing(text: str) -> None:
    once = repair(reading_of(text))
    assert repair(once) == once


@settings(max_examples=200, deadline=None)
@given(texts)
def test_every_character_leads_back_to_the_one_printed(text: str) -> None:
    reading = repair(reading_of(text))
    for words in maps(reading):
        for index, character in enumerate(words.text):
            origin = words.origin(index)
            assert character == " " if origin is None else is_rewriting(character, text[origin])


@settings(max_examples=200, deadline=None)
@given(texts)
def test_no_character_is_told_twice(text: str) -> None:
    origins = [
        origin + step
        for block in repair(reading_of(text)).blocks
        for _, origin, length in block.words.pieces
        for step in range(length)
    ]
    assert len(origins) == len(set(origins))


@settings(max_examples=200, deadline=None)
@given(texts)
def test_the_tree_holds_words_of_the_text_and_every_table(text: str) -> None:
    reading = repair(reading_of(text))
    parts = split(reading)
    found = [node for part in parts for node in nodes(part.root)]
    for node in found:
        for words in (node.title, *(block.words for block in node.blocks)):
            for at, origin, length in words.pieces:
                pairs = zip(words.text[at : at + length], text[origin : origin + length], strict=True)
                assert all(is_rewriting(written, printed) for written, printed in pairs)
    tables = [node.blocks for node in found if node.kind is NodeKind.TABLE]
    rows = [block for block in reading.blocks if block.table is not None]
    assert [block for blocks in tables for block in blocks] == rows
