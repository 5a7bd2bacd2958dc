"""Repair undoes what print and conversion did, and keeps the way back to the original."""

import pytest

from duibiao.sources.blocks import BlockKind, Reading
from duibiao.sources.repair import repair
from duibiao.sources.repair_openers import numeral, opener
from tests.unit.sources.lines import reading_of

BODY = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒"  # thirty characters: a full line


def texts(text: str) -> list[str]:
    return [block.text for block in repair(reading_of(text)).blocks]


def kinds(reading: Reading) -> list[str]:
    return [block.kind.value for block in reading.blocks]


def wrapped(*paragraphs: str, between: str = "\n") -> str:
    """Set paragraphs in lines of thirty characters, the first line shorter by two."""
    lines = []
    for paragraph in paragraphs:
        lines.append(paragraph[:28])
        lines += [paragraph[at : at + 30] for at in range(28, len(paragraph), 30)]
    return between.join(lines)


LONG = BODY * 3 + "。"


@pytest.mark.parametrize("between", ["\n", "\n\n", "\n\n\n"])
def test_hard_wraps_are_undone_whatever_the_blank_lines(between: str) -> None:
    assert texts(wrapped(LONG, LONG, "一、总体要求", LONG, between=between)) == [LONG, LONG, "一、总体要求", LONG]


def test_running_heads_and_page_numbers_inside_a_sentence_are_left_out() -> None:
    lines = wrapped(*[LONG] * 12).split("\n")
    pages = [lines[at : at + 10] for at in range(0, len(lines), 10)]
    text = "\n".join(
        "\n".join([f"某刊 2025 NO.2 总第 {number} 期", f"第 {number} 页 共 5 页", *page])
        for number, page in enumerate(pages, 1)
    )
    assert texts(text) == [LONG] * 12


def test_bare_page_numbers_are_left_out_where_they_count_up() -> None:
    lines = wrapped(*[LONG] * 12).split("\n")
    text = "\f".join(
        f"\n{lines[at]}\n" + "\n".join(lines[at + 1 : at + 12]) + f"\n{at // 12 + 7}\n" for at in range(0, 48, 12)
    )
    assert texts(text) == [LONG] * 12


def test_a_line_that_repeats_inside_the_text_stays() -> None:
    text = wrapped(*[part for number in range(1, 6) for part in (f"{number}. 事项。{LONG}", "牵头部门：某局")])
    assert texts(text).count("牵头部门：某局") == 5


def test_gaps_between_chinese_and_digits_go_and_gaps_between_words_stay() -> None:
    assert texts("到 2027 年 ，建成 10 所 ， 名校 名师 A B 。") == ["到2027年，建成10所，名校 名师A B。"]


def test_a_word_printed_wide_is_closed() -> None:
    assert texts("第一章　总　　则") == ["第一章 总则"]


def test_full_and_half_width_and_traditional_characters_are_rewritten_one_for_one() -> None:
    assert texts("達到９５．５％,比例1：20(含)教學。") == ["达到95.5%，比例1:20（含）教学。"]


def test_every_rewritten_character_leads_back() -> None:
    original = "到 ２０２７ 年,達標(全部)。"
    words = repair(reading_of(original)).blocks[0].words
    found = "".join(original[at] for index in range(len(words)) if (at := words.origin(index)) is not None)
    assert (words.text, found) == ("到2027年，达标（全部）。", "到２０２７年,達標(全部)。")


def test_bookmarks_go_and_mark_a_heading() -> None:
    reading = repair(reading_of("[bookmark: _Toc123]某计划\n正文在此，说明事项。"))
    assert [(block.kind, block.level, block.text) for block in reading.blocks] == [
        (BlockKind.HEADING, 1, "某计划"),
        (BlockKind.PARAGRAPH, None, "正文在此，说明事项。"),
    ]


def test_markdown_headings_and_bullets_are_known() -> None:
    reading = repair(reading_of("# 大标题\n\n## 小标题\n\n• 一条内容\n"))
    assert [(block.kind.value, block.level, block.text) for block in reading.blocks] == [
        ("heading", 1, "大标题"),
        ("heading", 2, "小标题"),
        ("list_item", None, "一条内容"),
    ]


def test_cells_parted_by_tabs_become_rows_and_an_empty_first_cell_is_a_cell() -> None:
    reading = repair(
        reading_of("分类\t指标\t2025年\n----\t----\t----\n\n学前\t毛入园率（%）\t９０\n\t公办占比（%）\t 55\n正文。")
    )
    assert kinds(reading) == ["table_row"] * 3 + ["paragraph"]
    assert [[cell.text for cell in block.cells] for block in reading.blocks[1:3]] == [
        ["学前", "毛入园率（%）", "90"],
        ["", "公办占比（%）", "55"],
    ]
    assert {block.table for block in reading.blocks[:3]} == {1}


def test_an_indicator_table_without_rules_stays_in_lines_without_the_page_furniture() -> None:
    table = ["主要指标", "序号 指标名称 单位 2025年 2030年", "1 入学率 % 90 95", "- 3 -", "2 跨行的", "名称 所 — ≥10"]
    reading = repair(reading_of("\n".join([*table, "一、任务", "建成学校，提高质量。"])))
    assert kinds(reading) == ["paragraph", "line", "line", "line", "line", "heading", "paragraph"]
    assert [block.text for block in reading.blocks if block.table == 1] == [table[1], table[2], table[4], table[5]]


def test_a_head_of_columns_without_rows_is_no_table() -> None:
    assert {block.table for block in repair(reading_of("指标 2025年 目标\n没有数值的一段话。")).blocks} == {None}


def test_departments_stay_paragraphs_of_their_own() -> None:
    text = wrapped(
        "1. 某事项。" + LONG, "牵头部门：" + "某某局、" * 6 + "某某委", "配合部门：市某局", "2. 另事项。" + LONG
    )
    assert [found[:5] for found in texts(text)] == ["1.某事项", "牵头部门：", "配合部门：", "2.另事项"]


def test_a_number_in_the_middle_of_a_sentence_is_no_heading() -> None:
    first = "本通知按照" + BODY[:18] + "（见附件"
    assert texts(wrapped(LONG, LONG) + "\n" + first + "\n1、2），" + LONG + "\n" + wrapped(LONG)) == [
        LONG,
        LONG,
        first + "1、2），" + LONG,
        LONG,
    ]


def test_a_heading_glued_behind_a_sentence_is_parted_where_its_number_is_the_next() -> None:
    assert texts("三、甲\n内容如此，到此为止。四、乙任务\n（一）又有，如此。六、不接") == [
        "三、甲",
        "内容如此，到此为止。",
        "四、乙任务",
        "（一）又有，如此。六、不接",
    ]


def test_a_column_under_the_name_of_a_figure_goes_back_to_its_sentence() -> None:
    text = (
        "# 标题\n\n开头的话，如此。\n\n## 体系架构图\n\n福的图景。后面一段。\n\n"
        "## 第二\n\n内容，在此。\n\n## 第三\n\n某年改革以某事为牵引，深入推进各项工作，绘就教育的幸\n\n"
        "## 第四\n\n结尾，完。"
    )
    assert texts(text)[-3:] == [
        "某年改革以某事为牵引，深入推进各项工作，绘就教育的幸福的图景。后面一段。",
        "第四",
        "结尾，完。",
    ]


def test_blocks_of_other_formats_keep_their_kind() -> None:
    reading = repair(reading_of("第一章 总则\n正文，在此。"))
    assert repair(reading) == reading


def test_an_empty_text_gives_no_block() -> None:
    assert repair(reading_of("\n \n\t\n")).blocks == ()


@pytest.mark.parametrize(
    ("text", "kind", "number", "rest"),
    [
        ("11.121人才培育计划", "item", "11", "121人才培育计划"),
        ("12.2026年工作安排", "item", "12", "2026年工作安排"),
        ("第三编 总论", "volume", "三", "总论"),
        ("第十二章　保障", "chapter", "十二", "保障"),
        ("第二条 适用", "article", "二", "适用"),
        ("十三、实施", "part", "十三", "实施"),
        ("（二十一）优化", "clause", "二十一", "优化"),
        ("(三) 原则", "clause", "三", "原则"),
        ("8. 优化", "item", "8", "优化"),
        ("2．扩大", "item", "2", "扩大"),
        ("（4）建设", "subitem", "4", "建设"),
        ("③开展", "circle", "3", "开展"),
        ("2.1 思政课程", "decimal", "2.1", "思政课程"),
        ("——坚持", "dash", "", "坚持"),
        ("专栏 3 计划", "box", "3", "计划"),
        ("专栏2“名称”指标", "box", "2", "“名称”指标"),
        ("附件2：清单", "annex", "2", "清单"),
    ],
)
def test_the_marks_of_the_outline_are_read(text: str, kind: str, number: str, rest: str) -> None:
    found = opener(text)
    assert found is not None
    assert (found.kind, found.number, text[found.end :]) == (kind, number, rest)


@pytest.mark.parametrize(
    "text", ["2027年建成", "3.5万人", "第三条的规定", "一是加强", "附件所列", "95.5%以上", "专业建设"]
)
def test_a_sentence_that_begins_with_a_figure_opens_nothing(text: str) -> None:
    assert opener(text) is None


@pytest.mark.parametrize(("text", "value"), [("十", 10), ("二十一", 21), ("一百零三", 103), ("甲", None), ("", None)])
def test_chinese_numbers_are_counted(text: str, value: int | None) -> None:
    assert numeral(text) == value
