"""Tables that lost their shape: one cell a line, several rows in a cell, sentences in cells. All words are invented."""

from pathlib import Path

from duibiao.extract.draft import extract
from duibiao.extract.items import DraftItem, ItemType
from duibiao.sources.readers import read

COPIED = """虚构区教育发展规划（2031—2035年）
二、发展目标
主要指标表

指  标

2030年

2035年

属性

一、普及水平

1.托育入托率（%）

31.5%

45%以上

约束性

2.示范园占比（%）

60%

72%

预期性

二、办学条件

1.标准班额比例（%）

其中：小学

初中

50.5%

61%

70%以上

75%

预期性

三、保障措施
加强领导。
"""

PAGE = """<html><head><meta charset="utf-8"></head><body><h1>虚构区教育发展规划（2031—2035年）</h1>
<table><tr><td>指标</td><td>2030年</td><td>2035年</td></tr>
<tr><td>教师专科以上学历比例（%）<br>其中：本科以上学历比例（%）</td><td>96.5%<br>58%</td><td>100%<br>70%</td></tr>
<tr><td>食堂明厨亮灶<br>覆盖率（%）</td><td>80%</td><td>95%</td></tr></table>
<table><tr><td>专栏1 强师计划</td></tr><tr><td>到2034年，培养乡村名师150名。<br>新建名师工作室24个。</td></tr></table>
</body></html>"""


def rows(tmp_path: Path, text: str, name: str) -> list[DraftItem]:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return list(extract(read(file)).items)


def told(items: list[DraftItem]) -> list[tuple[str, str, str, str, str, str]]:
    return [
        (i.number, i.group, i.parent, i.subject, i.baseline_written, f"{i.operator} {i.value} {i.unit}")
        for i in items
        if i.type is ItemType.INDICATOR_ROW
    ]


def test_a_table_copied_one_cell_a_line_is_read(tmp_path: Path) -> None:
    assert told(rows(tmp_path, COPIED, "copied.txt")) == [
        ("1", "普及水平", "", "托育入托率（%）", "31.5%", ">= 45 %"),
        ("2", "普及水平", "", "示范园占比（%）", "60%", "= 72 %"),
        ("1", "办学条件", "标准班额比例（%）", "其中：小学", "50.5%", ">= 70 %"),
        ("1", "办学条件", "标准班额比例（%）", "初中", "61%", "= 75 %"),
    ]


def test_what_follows_the_table_is_no_part_of_it(tmp_path: Path) -> None:
    file = tmp_path / "copied.txt"
    file.write_text(COPIED, encoding="utf-8")
    titles = [node.title.text for node in extract(read(file)).parts[0].root.children]
    assert titles == ["发展目标", "保障措施"]


def test_a_cell_of_several_lines_beside_as_many_values_is_several_rows(tmp_path: Path) -> None:
    assert told(rows(tmp_path, PAGE, "page.html")) == [
        ("1", "", "", "教师专科以上学历比例（%）", "96.5%", "= 100 %"),
        ("2", "", "教师专科以上学历比例（%）", "其中：本科以上学历比例（%）", "58%", "= 70 %"),
        ("3", "", "", "食堂明厨亮灶覆盖率（%）", "80%", "= 95 %"),
    ]


def test_sentences_in_a_box_drawn_as_a_table_are_read(tmp_path: Path) -> None:
    items = [i for i in rows(tmp_path, PAGE, "page.html") if i.type is ItemType.STATEMENT]
    assert [(i.subject, str(i.value), i.due) for i in items] == [
        ("乡村名师", "150", 2034),
        ("新建名师工作室", "24", 2035),
    ]


def test_a_row_whose_values_cannot_be_told_apart_is_not_guessed(tmp_path: Path) -> None:
    text = COPIED.replace("70%以上\n\n", "")
    subjects = [row[3] for row in told(rows(tmp_path, text, "copied.txt"))]
    assert "初中" not in subjects
    assert "其中：小学" not in subjects
