"""Web pages: what a reader of the page reads, without the furniture around it."""

from pathlib import Path

import pytest

from duibiao.sources.blocks import BlockKind, Reading
from duibiao.sources.readers import read
from tests.unit.sources.readers.files import assert_mapped, told


def page(folder: Path, body: str, head: str = '<meta charset="utf-8">', encoding: str = "utf-8") -> Reading:
    path = folder / "plan.html"
    path.write_bytes(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode(encoding))
    reading = read(path)
    assert_mapped(reading)
    return reading


def test_headings_paragraphs_and_items_are_read_in_order(tmp_path: Path) -> None:
    reading = page(tmp_path, "<h2>标题</h2><p>正\n  文<b>粗</b>尾</p><ol start=3><li>甲<li>乙<ul><li>丙</ul></ol>游离")
    assert [(block.kind, block.level, block.number, block.text) for block in reading.blocks] == [
        (BlockKind.HEADING, 2, "", "标题"),
        (BlockKind.PARAGRAPH, None, "", "正文粗尾"),
        (BlockKind.LIST_ITEM, None, "3.", "甲"),
        (BlockKind.LIST_ITEM, None, "4.", "乙"),
        (BlockKind.LIST_ITEM, None, "", "丙"),
        (BlockKind.PARAGRAPH, None, "", "游离"),
    ]
    assert reading.original.text == "标题\n正文粗尾\n甲\n乙\n丙\n游离\n"


def test_scripts_styles_navigation_and_hidden_words_are_dropped_and_the_words_behind_them_stay(tmp_path: Path) -> None:
    reading = page(
        tmp_path,
        "<div class='top-nav'><a>首页</a></div><nav>栏目</nav><p>甲<script>var a</script>乙</p><style>p{}</style>"
        "<div style='display: none'>藏</div><div id=footer>备案</div>尾",
    )
    assert [block.text for block in reading.blocks] == ["甲乙", "尾"]


def test_a_main_text_with_the_name_of_a_menu_is_kept(tmp_path: Path) -> None:
    reading = page(tmp_path, f"<div class='menu'><p>{'教育' * 200}</p></div>")
    assert len(reading.blocks[0].text) == 400


def test_cells_over_several_rows_and_columns_are_repeated(tmp_path: Path) -> None:
    reading = page(
        tmp_path,
        "<table><tr><th rowspan=2>指标<th colspan=2>目标<tr><td>2025<td>2027"
        "<tr><td>毛入园率<br>（%）<td>90<td rowspan=9>95</table>后",
    )
    assert [[cell.text for cell in block.cells] for block in reading.blocks] == [
        ["指标", "目标", "目标"], ["指标", "2025", "2027"], ["毛入园率\n（%）", "90", "95"], [],
    ]  # fmt: skip
    assert [block.table for block in reading.blocks] == [1, 1, 1, None]


def test_a_table_that_only_lays_out_the_page_is_read_as_its_content(tmp_path: Path) -> None:
    reading = page(tmp_path, "<table><tr><td><table><tr><td>a<td>b<tr><td>c<td>d</table><p>正文</table>")
    assert [(block.table, block.text) for block in reading.blocks] == [(1, "a\tb"), (1, "c\td"), (None, "正文")]


@pytest.mark.parametrize(
    ("head", "encoding"),
    [("<meta charset=gb2312>", "gb18030"), ("", "gb18030"), ("<meta charset=gb2312>", "utf-8"), ("", "utf-16")],
)
def test_the_encoding_is_found_even_where_the_page_says_nothing_or_another_one(
    head: str, encoding: str, tmp_path: Path
) -> None:
    text = "到2027年学前教育毛入园率达到目标，学位供给更加充足，教师队伍建设水平进一步提升。"
    assert page(tmp_path, f"<p>{text}</p>", head, encoding).blocks[0].text == text


def test_a_page_without_words_and_a_page_nested_too_deep_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.html"
    path.write_text("<html><script>a</script></html>", encoding="utf-8")
    assert told(path) == "READ-NO-TEXT"
    for body in ("<div>" * 5000 + "甲", "<p>甲</p>" + "a" * 20_000_000):
        path.write_text("<html>" + body, encoding="utf-8")
        assert told(path) == "READ-TOO-LARGE"


def test_an_entity_of_the_page_is_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("password", encoding="utf-8")
    path = tmp_path / "plan.html"
    path.write_text(
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><html><p>甲&x;</p></html>', encoding="utf-8"
    )
    assert "password" not in read(path).original.text
