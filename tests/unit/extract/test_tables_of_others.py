"""Indicator tables as other provinces lay them out: heads, units, orientation, milestones; read by the real readers."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from docx import Document

from duibiao.extract.draft import extract
from duibiao.extract.items import DraftItem, ItemType
from duibiao.sources.readers import read

TITLE = "某省“十五五”教育发展规划"
CAPTION = "表1 “十五五”教育发展主要指标"
Cells = list[list[str]]

MILESTONES = """<table>
<tr><td rowspan="2">领域</td><td rowspan="2">监测指标</td><td rowspan="2">计量单位</td>
<td colspan="3">指标值</td><td rowspan="2">指标性质</td></tr>
<tr><td>2025年（现状）</td><td>2028年（中期）</td><td>2030年（终期）</td></tr>
<tr><td rowspan="2">普及</td><td>学前三年毛入园率</td><td>%</td>
<td>92.1</td><td>94</td><td>96以上</td><td>预期性</td></tr>
<tr><td>高中阶段毛入学率</td><td>%</td><td>95</td><td>96.5</td><td>98</td><td>约束性</td></tr>
<tr><td>保障</td><td>生均教学用房面积</td><td>平方米/生</td><td>6.2</td><td>7</td><td>8</td><td>预期性</td></tr>
<tr><td></td><td>线上学习人次</td><td>万人次</td><td>12.5</td><td>—</td><td>[15]</td><td>预期性</td></tr>
</table>"""
READ_MILESTONES = [
    "普及||学前三年毛入园率|=|94|%|2028|92.1@2025|expected",
    "普及||学前三年毛入园率|>=|96|%|2030|92.1@2025|expected",
    "普及||高中阶段毛入学率|=|96.5|%|2028|95@2025|binding",
    "普及||高中阶段毛入学率|=|98|%|2030|95@2025|binding",
    "保障||生均教学用房面积|=|7|平方米/生|2028|6.2@2025|expected",
    "保障||生均教学用房面积|=|8|平方米/生|2030|6.2@2025|expected",
    "保障||线上学习人次|=|15|万人次|2030|12.5@2025|expected",
]
GROWTH = [
    ["主要指标", "基期", "“十五五”末", "年均增长（%）", "属性"],
    ["研究生在校生数（万人）", "5.2", "7.5", "7.6", "预期性"],
    ["普惠性幼儿园覆盖率（%）", "90", ">93", "〔3〕", "约束性"],
]
READ_GROWTH = [
    "||研究生在校生数（万人）|=|7.5|万人|2030|5.2@2025|expected",
    "||普惠性幼儿园覆盖率（%）|>|93|%|2030|90@2025|binding",
]
YEARLY = [
    ["序号", "考核指标", "单位", "2025年完成", "2026年目标", "2027年目标", "责任单位"],
    ["1", "新建公办幼儿园", "所", "—", "20", "22", "市教育局"],
    ["2", "大班额占比", "%", "3.1", "≤2", "0", "市教育局、各区县"],
    ["3", "集团化办学覆盖率", "%", "61", "70", "全覆盖", "市教育局"],
]
READ_YEARLY = [
    "||新建公办幼儿园|=|20|所|2026|—@2025|unstated",
    "||新建公办幼儿园|=|22|所|2027|—@2025|unstated",
    "||大班额占比|<=|2|%|2026|3.1@2025|unstated",
    "||大班额占比|=|0|%|2027|3.1@2025|unstated",
    "||集团化办学覆盖率|=|70|%|2026|61@2025|unstated",
    "||集团化办学覆盖率|all|100|%|2027|61@2025|unstated",
]
TURNED = [
    ["年份", "学前毛入园率（%）", "普通高中（所）", "在校生（万人）"],
    ["2025年", "91", "120", "18.2"],
    ["2027年", "93", "126", "18.9"],
    ["2030年", "95以上", "130", "19.5"],
]
READ_TURNED = [
    "||学前毛入园率（%）|=|93|%|2027|91@2025|unstated",
    "||学前毛入园率（%）|>=|95|%|2030|91@2025|unstated",
    "||普通高中（所）|=|126|所|2027|120@2025|unstated",
    "||普通高中（所）|=|130|所|2030|120@2025|unstated",
    "||在校生（万人）|=|18.9|万人|2027|18.2@2025|unstated",
    "||在校生（万人）|=|19.5|万人|2030|18.2@2025|unstated",
]
FAMILIES = [
    ["类别", "指标名称", "二〇二五年", "二〇三〇年", "备注"],
    ["教师队伍", "专任教师数（万人）", "8.1", "9.0", "预期性"],
    ["", "其中：高中（万人）", "2.2", "2.6", "预期性"],
    ["", "研究生学历教师占比（%）", "", "", ""],
    ["", "小学", "4", "10", "预期性"],
    ["", "初中", "8", "15", "预期性"],
    ["经费", "财政性教育经费占GDP比例（%）", "4.1", "≥4", "约束性"],
]
READ_FAMILIES = [
    "教师队伍||专任教师数（万人）|=|9.0|万人|2030|8.1@2025|expected",
    "教师队伍|专任教师数（万人）|其中：高中（万人）|=|2.6|万人|2030|2.2@2025|expected",
    "教师队伍|研究生学历教师占比（%）|小学|=|10|%|2030|4@2025|expected",
    "教师队伍|研究生学历教师占比（%）|初中|=|15|%|2030|8@2025|expected",
    "经费||财政性教育经费占GDP比例（%）|>=|4|%|2030|4.1@2025|binding",
]
LEVELS = """<table>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>目标值（2030年）</td><td>指标类型</td></tr>
<tr><td rowspan="3">公平</td><td rowspan="2">入学机会</td><td>残疾儿童入学率</td><td>97%以上</td><td>约束性</td></tr>
<tr><td>随迁子女公办就读比例</td><td>≥95%</td><td>约束性</td></tr>
<tr><td>资源配置</td><td>校际差异系数</td><td>≤0.3</td><td>预期性</td></tr>
</table>"""
READ_LEVELS = [
    "公平 入学机会||残疾儿童入学率|>=|97|%|2030|@None|binding",
    "公平 入学机会||随迁子女公办就读比例|>=|95|%|2030|@None|binding",
    "公平 资源配置||校际差异系数|<=|0.3||2030|@None|expected",
]
HISTORY = [["年份", "在园幼儿（万人）", "幼儿园（所）"], ["2021年", "18", "1200"], ["2022年", "18.5", "1230"]]


def html_of(rows: Cells) -> str:
    """A table of a page."""
    return f"<table>{''.join('<tr>' + ''.join(f'<td>{one}</td>' for one in row) + '</tr>' for row in rows)}</table>"


def page(folder: Path, table: str) -> Path:
    """A page that holds the table."""
    path = folder / "plan.html"
    body = f"<h1>{TITLE}</h1><p>二、主要目标</p><p>{CAPTION}</p>{table}"
    path.write_text(f'<html><head><meta charset="utf-8"></head><body>{body}</body></html>', encoding="utf-8")
    return path


def word(folder: Path, rows: Cells) -> Path:
    """A Word document that holds the table."""
    document = Document()
    for line in (TITLE, "二、主要目标", CAPTION):
        document.add_paragraph(line)
    drawn = document.add_table(rows=len(rows), cols=len(rows[0]))
    for at, row in enumerate(rows):
        for place, text in enumerate(row):
            drawn.cell(at, place).text = text
    path = folder / "plan.docx"
    document.save(str(path))
    return path


def tabbed(folder: Path, rows: Cells) -> Path:
    """A text whose cells are parted by tabs."""
    path = folder / "plan.txt"
    lines = [TITLE, "", "二、主要目标", CAPTION, *("\t".join(row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def told(items: Sequence[DraftItem]) -> list[str]:
    """The rows as the cases write them: group, parent, label, operator, value, unit, year, base, 属性."""
    return [
        f"{one.group}|{one.parent}|{one.subject}|{one.operator}|{one.value}|{one.unit}|{one.due}"
        f"|{one.baseline_written}@{one.baseline_year}|{one.obligation}"
        for one in items
        if one.type in (ItemType.INDICATOR_ROW, ItemType.STATEMENT)
    ]


@pytest.mark.parametrize(("table", "wanted"), [(MILESTONES, READ_MILESTONES), (LEVELS, READ_LEVELS)])
def test_heads_of_several_rows_and_levels_are_read(tmp_path: Path, table: str, wanted: list[str]) -> None:
    assert told(extract(read(page(tmp_path, table))).items) == wanted


@pytest.mark.parametrize("laid_out", [lambda folder, rows: page(folder, html_of(rows)), word, tabbed])
@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        (GROWTH, READ_GROWTH),
        (YEARLY, READ_YEARLY),
        (TURNED, READ_TURNED),
        (FAMILIES, READ_FAMILIES),
        (HISTORY, []),
    ],
    ids=["growth", "yearly", "turned", "families", "history"],
)
def test_a_table_is_read_alike_from_a_page_a_word_document_and_a_text(
    tmp_path: Path, laid_out: Callable[[Path, Cells], Path], rows: Cells, wanted: list[str]
) -> None:
    assert told(extract(read(laid_out(tmp_path, rows))).items) == wanted
