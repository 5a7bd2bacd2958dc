"""Indicator tables as documents lay them out; the 117 rows of the packs are read exactly."""

from decimal import Decimal
from pathlib import Path

from duibiao.extract.draft import context_of, walk
from duibiao.extract.items import DraftItem, Operator
from duibiao.extract.labels import unit_of
from duibiao.extract.outline import Context, NodeKind
from duibiao.extract.structure import split
from duibiao.extract.tables import indicator_rows
from duibiao.extract.written import read_value
from duibiao.kernel.text import without_spaces
from duibiao.plan.model import Counting, Obligation
from duibiao.sources.blocks import Block, BlockKind, Original
from duibiao.sources.mapped import MappedText
from duibiao.sources.readers import read
from duibiao.sources.repair import repair
from duibiao.workspace import Workspace

FIVE_YEARS = Context("某“十四五”规划", base_year=2020, plan_end=2025)


def lines(*written: str, context: Context = FIVE_YEARS) -> list[DraftItem]:
    """The rows of a table written in lines."""
    text = "\n".join(written)
    blocks, at = [], 0
    for line in written:
        blocks.append(Block(BlockKind.LINE, MappedText.of(text, at, at + len(line)), table=1))
        at += len(line) + 1
    return indicator_rows(blocks, Original("0" * 64, "txt", text), context)


def cells(*rows: list[str], context: Context = FIVE_YEARS) -> list[DraftItem]:
    """The rows of a table drawn with rules."""
    text, blocks = "", []
    for row in rows:
        spans = []
        for cell in row:
            spans.append((len(text), len(text) + len(cell)))
            text += cell + "\n"
        blocks.append(spans)
    drawn = [
        Block(
            BlockKind.TABLE_ROW,
            MappedText.of(text, row[0][0], row[-1][1]),
            cells=tuple(MappedText.of(text, *span) for span in row),
            table=1,
        )
        for row in blocks
    ]
    return indicator_rows(drawn, Original("0" * 64, "docx", text), context)


def names(items: list[DraftItem]) -> list[tuple[str, str, str]]:
    return [(item.group, item.parent, item.subject) for item in items]


def test_a_group_label_split_over_lines_and_a_wrapped_label_are_put_together() -> None:
    items = lines(
        "类型 主要指标 2020年 2025年",
        "规模",
        "结构",
        "毛入学率（%） 63.5 67",
        "累计建设服务产业体系的特色优势专",
        "业群（个）",
        "0 50",
        "教材建设 省级规划教材数（种） — ≥20",
    )
    assert names(items) == [
        ("规模结构", "", "毛入学率（%）"),
        ("规模结构", "", "累计建设服务产业体系的特色优势专业群（个）"),
        ("教材建设", "", "省级规划教材数（种）"),
    ]
    assert [item.counting for item in items] == [Counting.LEVEL, Counting.CUMULATIVE, Counting.LEVEL]


def test_values_set_in_the_middle_of_a_wrapped_label_belong_to_the_whole_label() -> None:
    [item] = lines("主要指标 2020年 2025年", "建设服务产业体系的特色优势专 0 50", "业群（个）")
    assert (item.subject, item.baseline, item.value) == (
        "建设服务产业体系的特色优势专业群（个）",
        Decimal(0),
        Decimal(50),
    )


def test_a_head_that_stands_again_on_the_next_page_is_no_row() -> None:
    items = lines("序号 指标 2020年 2025年", "1 甲（个） 1 2", "序号 指标 2020年 2025年", "2 乙（个） 3 4")
    assert [(item.number, item.subject) for item in items] == [("1", "甲（个）"), ("2", "乙（个）")]


def test_every_cell_on_its_own_line_is_read() -> None:
    written = [
        "序号",
        "指标",
        "单位",
        "2020年",
        "2025年",
        "属性",
        "1",
        "毛入园率",
        "%",
        "90.3",
        ">93",
        "预期性",
        "2",
        "巩固率",
        "%",
        "95.5",
        "96",
        "约束性",
    ]
    first, second = lines(*written)
    assert (first.subject, first.unit, first.baseline, first.operator, first.value) == (
        "毛入园率",
        "%",
        Decimal("90.3"),
        Operator.MORE_THAN,
        Decimal(93),
    )
    assert [first.obligation, second.obligation] == [Obligation.EXPECTED, Obligation.BINDING]


def test_rows_under_a_heading_without_values_name_it_as_their_parent() -> None:
    items = cells(
        ["序号", "指标", "2020年", "2025年"],
        ["1", "培育典型", "", ""],
        ["", "区县（个）", "—", "10"],
        ["", "学校（所）", "—", "30"],
        ["2", "案例（个）", "3", "20"],
    )
    assert names(items) == [("", "培育典型", "区县（个）"), ("", "培育典型", "学校（所）"), ("", "", "案例（个）")]
    assert [item.number for item in items] == ["1", "1", "2"]


def test_a_split_parent_label_ends_where_a_label_names_its_own_work() -> None:
    items = lines("主要指标 2020年 2025年", "累计培育评价改革", "典型", "区县（个） — 10", "累计培育案例（个） 3 20")
    assert names(items) == [("", "累计培育评价改革典型", "区县（个）"), ("", "", "累计培育案例（个）")]


def test_rows_of_which_one_is_a_list_stand_under_the_row_before_and_share_its_unit() -> None:
    items = cells(
        ["分类", "指标", "2020年", "2025年"],
        ["高中", "在校学生数（万人）", "106.7", "109.5"],
        ["", "其中：普通高中", "62.6", "63"],
        ["", "中职", "44.1", "46.5"],
        ["", "毛入学率（%）", "98.5", ">98.5"],
    )
    assert [item.parent for item in items] == ["", "在校学生数（万人）", "在校学生数（万人）", ""]
    assert [item.unit for item in items] == ["万人", "万人", "万人", "%"]


def test_a_head_of_two_rows_gives_every_milestone_its_year() -> None:
    items = cells(
        ["类别", "指标", "现状值", "目标值", "目标值", "属性"],
        ["类别", "指标", "2020年", "2022年", "2025年", "属性"],
        ["学前", "毛入园率（%）", "90", "92", "95以上", "预期性"],
    )
    assert [(item.due, item.written, item.operator) for item in items] == [
        (2022, "92", Operator.EQUAL),
        (2025, "95以上", Operator.AT_LEAST),
    ]
    assert {(item.baseline_year, item.baseline) for item in items} == {(2020, Decimal(90))}


def test_years_named_by_five_year_plans_are_known() -> None:
    [item] = lines("指标名称 单位 “十三五”末 “十四五”末 指标属性", "毛入园率 % 85.2 90 预期性")
    assert (item.baseline_year, item.baseline, item.due, item.value) == (2020, Decimal("85.2"), 2025, Decimal(90))


def test_a_cumulative_mark_in_the_growth_column_is_the_target_where_the_year_has_none() -> None:
    [item] = cells(["指标", "单位", "2020年", "2025年", "年均增速〔累计〕"], ["新增学位", "万个", "—", "—", "〔100〕"])
    assert (item.written, item.value, item.counting, item.flags) == (
        "〔100〕",
        Decimal(100),
        Counting.CUMULATIVE,
        ("growth_column",),
    )


def test_words_instead_of_a_value_are_kept_and_flagged_never_read_as_a_number() -> None:
    [item] = cells(["指标", "2020年", "2025年"], ["满意度（%）", "80", "进一步提高"])
    assert (item.written, item.operator, item.value, item.flags) == ("进一步提高", None, None, ("in_words",))


def test_a_line_with_fewer_cells_than_columns_sets_no_target() -> None:
    [item] = lines("指标 2020年 2022年 2025年", "毛入园率（%） 90 95")
    assert (item.written, item.value) == ("", None)
    assert "cells_missing" in item.flags


def test_a_table_without_a_head_says_that_its_years_are_not_stated() -> None:
    items = lines("1 毛入园率（%） 90 95", "2 学校（所） — 10")
    assert [(item.subject, item.due, item.is_due_stated, item.flags) for item in items] == [
        ("毛入园率（%）", 2025, False, ("no_header",)),
        ("学校（所）", 2025, False, ("no_header",)),
    ]


def test_other_tables_hold_no_rows() -> None:
    assert cells(["姓名", "职务"], ["张三", "95"]) == []
    assert lines("附件清单", "一份") == []


def test_units_are_read_from_the_last_brackets_of_a_label_only() -> None:
    assert unit_of("累计建设特色（窗口）学校（个）") == "个"
    assert unit_of("生师比（∶）") == "∶1"
    assert unit_of("带宽（Mbps）") == "Mbps"
    assert unit_of("生均经费（元/生）") == "元/生"
    assert unit_of("毕业生（含研究生）") == ""
    assert unit_of("毛入园率") == ""


def test_written_values_keep_what_they_say() -> None:
    assert read_value("不低于95%").operator is Operator.AT_LEAST
    assert read_value("控制在5以内").operator is Operator.AT_MOST
    assert read_value("保持在95以上").operator is Operator.KEEP
    assert read_value("95左右").is_soft
    assert read_value("力争达到98").is_soft
    assert read_value("翻一番").value == 2
    assert read_value("增长20%").value == Decimal("1.2")
    assert read_value("全覆盖").operator is Operator.ALL
    assert read_value("１０９．５").value == Decimal("109.5")
    assert read_value("3,106").value == 3106
    assert read_value("14—13").operator is None
    assert read_value("1/3").operator is None
    assert read_value("——").is_missing


def test_the_117_rows_of_the_packs_are_read_exactly(shared: Path, workspace: Workspace) -> None:
    told = set()
    for number in ("002", "003"):
        reading = repair(read(next((shared / "documents").glob(f"{number}*.txt"))))
        for part in split(reading):
            for node, around in walk(part.root, context_of(part)):
                if node.kind is NodeKind.TABLE:
                    told |= {facts(item) for item in indicator_rows(node.blocks, reading.original, around)}
    gold = {
        (
            target.citation.passage_hash,
            (str(target.row), without_spaces(target.label), target.unit, target.group, target.parent),
            (target.baseline.year, target.baseline.written, target.baseline_amount),
            (target.written, target.due, target.obligation),
            (target.goal.lower if target.goal.lower is not None else target.goal.upper),
        )
        for plan in workspace.content.plans.by_code.values()
        for target in plan.table
    }
    assert len(gold) == 117
    assert told == gold


def facts(item: DraftItem) -> tuple[object, ...]:
    return (
        item.passage.hash,
        (item.number, without_spaces(item.subject), item.unit, item.group, item.parent),
        (item.baseline_year, item.baseline_written, item.baseline),
        (item.written, item.due, item.obligation),
        item.value,
    )
