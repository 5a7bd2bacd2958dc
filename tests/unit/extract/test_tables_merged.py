"""Tables as plans of others print them: two columns under one head, names over the whole width, no rules."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
import typst
from docx import Document

from duibiao.extract.draft import extract
from duibiao.extract.draft_file import draft_files
from duibiao.extract.entry import EntryKind
from duibiao.extract.items import DraftItem, ItemType
from duibiao.sources.readers import read
from tests.unit.extract.test_tables_of_others import told

Grid = list[list[str]]
"""Rows of cells; ``<`` is merged with the cell at its left, ``^`` with the one above."""

TITLE = "某市“十五五”教育发展规划"
PARENTS: Grid = [
    ["指标", "<", "2025年", "2030年", "年均增速[累计]", "属性"],
    ["普及水平", "<", "<", "<", "<", "<"],
    ["(1)学前教育", "毛入园率（%）", "91", "94", "[3]", "预期性"],
    ["^", "普惠园覆盖率（%）", "88", "90", "[2]", "^"],
    ["(2)巩固率（%）", "<", "96", ">97", "-", "约束性"],
    ["条件保障", "<", "<", "<", "<", "<"],
    ["(3)新增学位（万个）", "<", "-", "-", "[>5]", "预期性"],
    ["(4)每百万人体育馆（座/100万）", "<", "3.1", "4", "-", "预期性"],
]
READ_PARENTS = [
    "普及水平|学前教育|毛入园率（%）|=|94|%|2030|91@2025|expected",
    "普及水平|学前教育|普惠园覆盖率（%）|=|90|%|2030|88@2025|expected",
    "普及水平||巩固率（%）|>|97|%|2030|96@2025|binding",
    "条件保障||新增学位（万个）|>|5|万个|2030|-@2025|expected",
    "条件保障||每百万人体育馆（座/100万）|=|4|座/100万|2030|3.1@2025|expected",
]
GROUPS: Grid = [
    ["类别", "序号", "指标名称", "单位", "2025年实际", "2030年目标", "年均增长〔累计〕", "属性"],
    ["公平", "1", "公办园在园幼儿占比", "%", "56", "60以上", "〔4〕", "预期性"],
    ["^", "2", "随迁子女在公办学校就读的学生所占的比例", "%", "96.5", "达到国家标准", "—", "约束性"],
    ["^", "3", "大班额比例", "%", "0.8", "0", "—", "约束性"],
    ["质量", "4", "生师比", "—", "18.6∶1", "17.5∶1以下", "—", "预期性"],
    ["^", "5", "技术合同成交额", "亿元", "—", "〔80〕", "—", "预期性"],
]
READ_GROUPS = [
    "公平||公办园在园幼儿占比|>=|60|%|2030|56@2025|expected",
    "公平||随迁子女在公办学校就读的学生所占的比例|None|None|%|2030|96.5@2025|binding",
    "公平||大班额比例|=|0|%|2030|0.8@2025|binding",
    "质量||生师比|<=|17.5|∶1|2030|18.6∶1@2025|expected",
    "质量||技术合同成交额|=|80|亿元|2030|—@2025|expected",
]
NAMES: Grid = [
    ["指标", "单位", "2025年", "2028年", "2030年"],
    ["学前教育", "<", "<", "<", "<"],
    ["在园幼儿", "万人", "26", "34", "40"],
    ["主要劳动年龄人口平均受教育年限", "年", "9.5", "10.5", "11.2"],
    ["其中：受过高等教育的比例", "%", "9.9", "15", "20"],
    ["新增劳动力受教育年限", "年", "12", "13", "14"],
]
READ_NAMES = [
    "学前教育||在园幼儿|=|34|万人|2028|26@2025|unstated",
    "学前教育||在园幼儿|=|40|万人|2030|26@2025|unstated",
    "学前教育||主要劳动年龄人口平均受教育年限|=|10.5|年|2028|9.5@2025|unstated",
    "学前教育||主要劳动年龄人口平均受教育年限|=|11.2|年|2030|9.5@2025|unstated",
    "学前教育|主要劳动年龄人口平均受教育年限|其中：受过高等教育的比例|=|15|%|2028|9.9@2025|unstated",
    "学前教育|主要劳动年龄人口平均受教育年限|其中：受过高等教育的比例|=|20|%|2030|9.9@2025|unstated",
    "学前教育||新增劳动力受教育年限|=|13|年|2028|12@2025|unstated",
    "学前教育||新增劳动力受教育年限|=|14|年|2030|12@2025|unstated",
]
FORMS = [(PARENTS, READ_PARENTS), (GROUPS, READ_GROUPS), (NAMES, READ_NAMES)]
DONE: Grid = [
    ["指标", "单位", "2020年", "2025年规划目标", "2025年实际", "完成情况"],
    ["毛入园率", "%", "85", "90", "92.1", "超额完成"],
    ["巩固率", "%", "95", "96", "96.8", "完成"],
]


def spans(grid: Grid) -> list[tuple[int, int, int, int, str]]:
    """Every cell of its own: row, column, rows and columns it covers, words."""
    found: dict[tuple[int, int], list[int]] = {}
    owners: list[list[tuple[int, int]]] = []
    for row, cells in enumerate(grid):
        owners.append([])
        for column, text in enumerate(cells):
            owner = (
                owners[row][column - 1] if text == "<" else owners[row - 1][column] if text == "^" else (row, column)
            )
            owners[row].append(owner)
            found.setdefault(owner, [row, column])[:] = [row, column]
    return [
        (row, column, last - row + 1, end - column + 1, grid[row][column])
        for (row, column), (last, end) in found.items()
    ]


def as_word(folder: Path, grid: Grid) -> Path:
    """A Word document with the table, its cells merged."""
    document = Document()
    document.add_paragraph(TITLE)
    document.add_paragraph("二、主要目标")
    drawn = document.add_table(rows=len(grid), cols=len(grid[0]))
    for row, column, rows, columns, text in spans(grid):
        cell = drawn.cell(row, column)
        (cell.merge(drawn.cell(row + rows - 1, column + columns - 1)) if rows * columns > 1 else cell).text = text
    document.add_paragraph("三、主要任务")
    document.save(str(folder / "plan.docx"))
    return folder / "plan.docx"


def as_page(folder: Path, grid: Grid) -> Path:
    """A page whose merged cells were left blank when it was copied."""
    rows = ("".join(f"<td>{'' if text in '^<' else text}</td>" for text in cells) for cells in grid)
    table = "".join(f"<tr>{row}</tr>" for row in rows)
    page = f'<html><meta charset="utf-8"><body><h1>{TITLE}</h1><p>二、主要目标</p><table>{table}</table></body></html>'
    (folder / "plan.html").write_text(page, encoding="utf-8")
    return folder / "plan.html"


def as_text(folder: Path, grid: Grid) -> Path:
    """A text with tabs, where a cell over the whole width stands alone in its line."""
    lines = ["\t".join("" if text in "^<" else text for text in cells) for cells in grid]
    lines = [line if "\t" in line.strip("\t") else line.strip("\t") for line in lines]
    (folder / "plan.txt").write_text("\n".join([TITLE, "", "二、主要目标", *lines, "三、主要任务"]), encoding="utf-8")
    return folder / "plan.txt"


def as_words(folder: Path, grid: Grid) -> Path:
    """A text whose cells are parted by spaces."""
    lines = [" ".join(text for text in cells if text not in ("^", "<")) for cells in grid]
    (folder / "plan.txt").write_text("\n".join([TITLE, "", "二、主要目标", *lines, "三、主要任务"]), encoding="utf-8")
    return folder / "plan.txt"


def as_pdf(folder: Path, grid: Grid, stroke: str) -> Path:
    """A PDF of the table, drawn with all rules, with level ones only, or with none."""
    cells = "".join(
        f"table.cell(x:{column},y:{row},rowspan:{rows},colspan:{columns})[#{json_of(text)}],"
        for row, column, rows, columns, text in sorted(spans(grid))
    )
    columns = ",".join("2.4fr" if max(len(line[at]) for line in grid) > 12 else "1fr" for at in range(len(grid[0])))
    source = (
        "#set page(footer:context align(center)[— #counter(page).display() —])\n"
        '#set text(font:"Noto Serif CJK SC",size:10pt)\n'
        f"{TITLE}\n\n二、主要目标\n\n#table(columns:({columns}),stroke:{stroke},{cells})\n\n三、主要任务\n"
    )
    (folder / "plan.typ").write_text(source, encoding="utf-8")
    typst.compile(str(folder / "plan.typ"), output=str(folder / "plan.pdf"))
    return folder / "plan.pdf"


def json_of(text: str) -> str:
    """Words as a string of typst."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def rows(path: Path) -> list[DraftItem]:
    """The rows that are read in a file."""
    return [item for item in extract(read(path)).items if item.type is ItemType.INDICATOR_ROW]


@pytest.mark.parametrize(("grid", "wanted"), FORMS)
def test_merged_cells_are_read_in_every_format(tmp_path: Path, grid: Grid, wanted: Sequence[str]) -> None:
    made = (as_word(tmp_path, grid), as_page(tmp_path, grid), as_pdf(tmp_path, grid, "0.5pt"))
    assert [told(rows(path)) for path in made] == [list(wanted)] * 3
    assert told(rows(as_text(tmp_path, grid))) == list(wanted)
    assert told(rows(as_words(tmp_path, grid))) == list(wanted)


@pytest.mark.parametrize(("grid", "wanted"), FORMS[1:])
@pytest.mark.parametrize("stroke", ["none", "(x, y) => if y == 0 {(top: 1pt, bottom: 0.5pt)}"])
def test_columns_of_a_pdf_without_upright_rules_are_told_by_their_gutters(
    tmp_path: Path, grid: Grid, wanted: Sequence[str], stroke: str
) -> None:
    assert told(rows(as_pdf(tmp_path, grid, stroke))) == list(wanted)


def test_rows_of_a_pdf_that_no_gutter_parts_are_for_a_person_to_check(tmp_path: Path) -> None:
    found = rows(as_pdf(tmp_path, PARENTS, "none"))
    assert found
    assert all("unruled" in item.flags for item in found)


def test_a_base_value_with_a_mark_a_year_or_in_words_never_keeps_a_plan_from_being_written(tmp_path: Path) -> None:
    grid = [
        ["指标", "2025年", "2030年"],
        ["城镇化率（%）", "60.6*", "65"],
        ["死亡率（%）", "16.0（2024年）", "15"],
        ["达标率（%）", "达到国家标准", "100"],
    ]
    found = rows(as_word(tmp_path, grid))
    assert [(one.baseline, one.baseline_year) for one in found] == [
        (Decimal("60.6"), 2025),
        (Decimal("16.0"), 2024),
        (None, 2025),
    ]
    (draft,) = draft_files(extract(read(tmp_path / "plan.docx")), "plan.docx")
    told = [(one.get("baseline"), one.get("note")) for one in draft.entries if one.kind is EntryKind.TARGET]
    assert told == [("60.6", ""), ("16.0", ""), ("", "基期原文：达到国家标准")]


def test_a_table_of_targets_that_are_over_promises_nothing(tmp_path: Path) -> None:
    assert [rows(path) for path in (as_word(tmp_path, DONE), as_text(tmp_path, DONE), as_page(tmp_path, DONE))] == [
        []
    ] * 3
