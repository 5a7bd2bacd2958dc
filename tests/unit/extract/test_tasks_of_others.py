"""Tasks as other provinces write them: tables with merged cells, brackets of every kind, offices that no pack knows."""

from pathlib import Path

from docx import Document

from duibiao.extract.draft import extract
from duibiao.extract.items import ItemType
from duibiao.sources.readers import read
from tests.unit.extract.test_tables_merged import Grid, spans

DIVISION: Grid = [
    ["序号", "项目名称", "主要内容", "分管领导", "主要责任单位", "协同配合单位", "完成时限"],
    ["一、惠民生", "<", "<", "<", "<", "<", "<"],
    ["1", "新建学校", "新建小学2所。", "张三", "县住建局\n县代建中心", "县教育局，各乡镇人民政府", "2026年8月底前"],
    ["2", "关爱老人", "新建老年大学。", "李四", "县民政局会同县教育局", "各街道", "持续推进"],
    ["^", "^", "改造食堂8家。", "王五", "县商务局", "^", "12月底前"],
]
READ_DIVISION = [
    ("1", "新建学校新建小学2所", ("县住建局", "县代建中心"), ("县教育局", "各乡镇人民政府"), 2026),
    ("2", "关爱老人新建老年大学", ("县民政局",), ("县教育局", "各街道"), None),
    ("2", "关爱老人改造食堂8家", ("县商务局",), ("各街道",), None),
]
BRACKETS = """某省学前教育普及普惠实施方案（2024—2026年）

二、重点任务

（一）扩大资源

1.优化布局。编制布局规划。〔牵头单位：省教育厅；责任单位：省财政厅、各市（州）政府〕

2.新建一批公办园。新建幼儿园50所。（牵头单位：省教育厅；配合单位：省财政厅；完成时限：2025年12月）

3.配齐教职工。严格落实标准。（省委编办、省教育厅按职责分工负责）

4.建好思政课。开齐开足课程。（省委宣传部，省教育厅）

三、保障措施

（1）加大投入。落实拨款制度。

牵头单位：省财政厅

责任单位：省教育厅、各县（市、区）政府

完成时限：2025年底前

——组建教育集团。（牵头领导：李四；牵头单位：省教育厅）

四、其他

全省新建学校10所（小学6所、中学4所）。会议由省教育厅、省财政厅负责人参加。（名单附后）
"""
READ_BRACKETS = [
    ("1", "优化布局", ("省教育厅",), ("省财政厅", "各市（州）政府"), None),
    ("2", "新建一批公办园", ("省教育厅",), ("省财政厅",), 2025),
    ("3", "配齐教职工", ("省委编办",), ("省教育厅",), None),
    ("4", "建好思政课", ("省委宣传部",), ("省教育厅",), None),
    ("1", "加大投入", ("省财政厅",), ("省教育厅", "各县（市、区）政府"), 2025),
    ("1", "组建教育集团", ("省教育厅",), (), None),
]


def tasks(path: Path) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...], int | None]]:
    """The tasks read in a file: number, title, leading and cooperating offices, the year that is stated."""
    found = (item for item in extract(read(path)).items if item.type is ItemType.TASK)
    return [
        (one.number, one.subject, one.lead, one.cooperating, one.due if one.is_due_stated else None) for one in found
    ]


def test_a_division_of_labour_with_merged_cells_and_one_office_a_line(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("某县2026年民生实事任务分解表")
    drawn = document.add_table(rows=len(DIVISION), cols=len(DIVISION[0]))
    for row, column, rows, columns, text in spans(DIVISION):
        cell = drawn.cell(row, column)
        (cell.merge(drawn.cell(row + rows - 1, column + columns - 1)) if rows * columns > 1 else cell).text = text
    document.save(str(tmp_path / "plan.docx"))
    assert tasks(tmp_path / "plan.docx") == READ_DIVISION


def test_brackets_labels_and_offices_that_no_pack_knows(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text(BRACKETS, encoding="utf-8")
    assert tasks(tmp_path / "plan.txt") == READ_BRACKETS
