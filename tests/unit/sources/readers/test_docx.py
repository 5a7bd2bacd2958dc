"""Word documents: computed numbers, merged cells, tracked changes, notes and text boxes."""

from pathlib import Path

import docx
import pytest

from duibiao.sources.blocks import BlockKind, Reading
from duibiao.sources.readers import read
from duibiao.sources.readers.numbering import written
from tests.unit.sources.readers.files import (
    OFFICE,
    PACKAGE,
    WORD,
    assert_mapped,
    numbered,
    numbering,
    packed,
    paragraph,
    word,
)  # fmt: skip

RUN = "<w:r><w:t>{}</w:t></w:r>"


def made(folder: Path, body: str, **parts: str) -> Reading:
    reading = read(word(folder / "plan.docx", body, **parts))
    assert_mapped(reading)
    return reading


def texts(reading: Reading) -> list[str]:
    return [block.number + block.text for block in reading.blocks]


def table(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def test_a_document_of_word_becomes_headings_paragraphs_items_and_rows(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("教育规划", 0)
    document.add_heading("总体要求", 2)
    document.add_paragraph("正文。")
    document.add_paragraph("第一项", style="List Number")
    document.add_paragraph("要点", style="List Bullet")
    grid = document.add_table(rows=2, cols=3)
    for place, name in enumerate(("指标", "2023", "2027", "毛入园率", "90", "95")):
        grid.cell(place // 3, place % 3).text = name
    document.save(str(tmp_path / "plan.docx"))
    reading = read(tmp_path / "plan.docx")
    assert_mapped(reading)
    assert [(block.kind, block.level, block.number, block.text) for block in reading.blocks] == [
        (BlockKind.HEADING, None, "", "教育规划"),
        (BlockKind.HEADING, 2, "", "总体要求"),
        (BlockKind.PARAGRAPH, None, "", "正文。"),
        (BlockKind.LIST_ITEM, None, "1.", "第一项"),
        (BlockKind.LIST_ITEM, None, "", "要点"),
        (BlockKind.TABLE_ROW, None, "", "指标\t2023\t2027"),
        (BlockKind.TABLE_ROW, None, "", "毛入园率\t90\t95"),
    ]
    assert [cell.text for cell in reading.blocks[-1].cells] == ["毛入园率", "90", "95"]
    assert reading.original.text.startswith("教育规划\n总体要求\n正文。\n")
    assert reading.original.format == "docx"


def test_numbers_of_lists_are_computed_and_restart_under_their_parent(tmp_path: Path) -> None:
    levels = numbering(
        ("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."), ("decimal", "（%4）")
    )
    order = [0, 1, 1, 2, 2, 3, 1, 2, 0, 1]
    reading = made(tmp_path, "".join(numbered("甲", level) for level in order), numbering=levels)
    assert [block.number for block in reading.blocks] == [
        "一、", "（一）", "（二）", "1.", "2.", "（1）", "（三）", "1.", "二、", "（一）",
    ]  # fmt: skip


def test_numbers_go_on_through_a_second_list_of_the_same_look_unless_it_starts_anew(tmp_path: Path) -> None:
    body = numbered("甲") + numbered("乙", list_id=2) + numbered("丙", list_id=2)
    on = made(tmp_path, body, numbering=numbering(("decimal", "%1.")))
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    again = made(tmp_path, body, numbering=numbering(("decimal", "%1."), overrides=anew))
    assert [block.number for block in on.blocks] == ["1.", "2.", "3."]
    assert [block.number for block in again.blocks] == ["1.", "1.", "2."]


def test_a_number_can_carry_the_numbers_above_it(tmp_path: Path) -> None:
    levels = numbering(("chineseCounting", "第%1章"), ("decimal", "%1.%2"), extra="<w:isLgl/>")
    reading = made(tmp_path, numbered("甲") + numbered("乙", 1) + numbered("丙", 1), numbering=levels)
    assert texts(reading) == ["第1章甲", "1.1乙", "1.2丙"]


@pytest.mark.parametrize(
    ("form", "number", "expected"),
    [
        ("decimal", 12, "12"), ("decimalZero", 3, "03"), ("chineseCounting", 12, "十二"),
        ("chineseCounting", 20, "二十"),
        ("chineseCountingThousand", 105, "一百零五"), ("ideographDigital", 10, "一〇"),
        ("chineseLegalSimplified", 3, "叁"),
        ("ideographTraditional", 3, "丙"), ("decimalEnclosedCircle", 3, "③"),
        ("decimalEnclosedCircleChinese", 20, "⑳"),
        ("decimalEnclosedParen", 1, "⑴"), ("decimalFullWidth", 10, "１０"),
        ("lowerRoman", 14, "xiv"), ("upperRoman", 4, "IV"),
        ("lowerLetter", 27, "aa"), ("upperLetter", 2, "B"), ("none", 1, ""), ("decimalEnclosedCircle", 21, "21"),
    ],
)  # fmt: skip
def test_numbers_are_written_in_the_format_of_the_list(form: str, number: int, expected: str) -> None:
    assert written(number, form) == expected


def test_the_style_of_a_paragraph_can_carry_heading_level_and_number(tmp_path: Path) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="a"><w:name w:val="heading 1"/><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="b">'
        '<w:name w:val="own"/><w:basedOn w:val="a"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="c"><w:name w:val="toc 1"/></w:style>'
    )
    body = "".join(
        paragraph(text, f'<w:pStyle w:val="{style}"/>') for text, style in (("录", "c"), ("甲", "a"), ("乙", "b"))
    )
    body += paragraph("丙", '<w:outlineLvl w:val="2"/>')
    reading = made(tmp_path, body, styles=styles, numbering=numbering(("chineseCounting", "%1、")))
    assert [(block.number, block.text, block.level) for block in reading.blocks] == [
        ("一、", "甲", 1), ("二、", "乙", 1), ("", "丙", 3),
    ]  # fmt: skip
    assert reading.original.text.startswith("录\n")  # the table of contents stays in the original


def test_merged_cells_are_repeated_and_stand_once_in_the_words(tmp_path: Path) -> None:
    rows = table(
        cell("类别", '<w:vMerge w:val="restart"/>') + cell("目标", '<w:gridSpan w:val="2"/>'),
        cell("", "<w:vMerge/>") + cell("2025") + cell("2027"),
        cell("", "<w:vMerge/>") + cell("90") + cell("95"),
    )
    reading = made(tmp_path, rows)
    assert [[item.text for item in block.cells] for block in reading.blocks] == [
        ["类别", "目标", "目标"], ["类别", "2025", "2027"], ["类别", "90", "95"],
    ]  # fmt: skip
    assert [block.text for block in reading.blocks] == ["类别\t目标", "2025\t2027", "90\t95"]
    assert {block.cells[0].span() for block in reading.blocks} == {(0, 2)}
    assert [block.table for block in reading.blocks] == [1, 1, 1]


def test_tables_are_counted_and_cells_hold_their_paragraphs_numbers_and_inner_tables(tmp_path: Path) -> None:
    inner = f"<w:tc>{table(cell('内') + cell('层'))}{paragraph('后')}</w:tc>"
    two = f"<w:tc>{numbered('甲')}{numbered('乙')}</w:tc>"
    body = table(inner + cell("右")) + paragraph("间") + table(two)
    reading = made(tmp_path, body, numbering=numbering(("decimal", "%1.")))
    assert [(block.table, [item.text for item in block.cells]) for block in reading.blocks] == [
        (1, ["内  层\n后", "右"]), (None, []), (2, ["1.甲\n2.乙"]),
    ]  # fmt: skip


def test_insertions_are_read_and_deletions_are_not(tmp_path: Path) -> None:
    gone = "<w:del><w:r><w:delText>90%</w:delText></w:r></w:del>"
    kept = f"<w:p>{RUN.format('达到')}<w:ins>{RUN.format('95%')}</w:ins>{gone}</w:p>"
    moved = f"<w:p><w:moveFrom>{RUN.format('旧')}</w:moveFrom><w:moveTo>{RUN.format('新')}</w:moveTo></w:p>"
    ended = f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{RUN.format('上')}</w:p>{paragraph('下')}"
    rows = f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr>{cell('删')}</w:tr><w:tr>{cell('留')}</w:tr></w:tbl>"
    hidden = f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>{RUN.format('显')}</w:p>"
    reading = made(tmp_path, kept + moved + ended + rows + hidden)
    assert texts(reading) == ["达到95%", "新", "上下", "留", "显"]


def test_a_footnote_follows_the_paragraph_that_names_it(tmp_path: Path) -> None:
    note = f'<w:footnote w:id="-1" w:type="separator"/><w:footnote w:id="2">{paragraph("依据条例")}</w:footnote>'
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = f"<w:p>{RUN.format('不低于')}{mark}{RUN.format('90%')}</w:p>"
    reading = made(tmp_path, body + paragraph("后"), footnotes=note)
    assert texts(reading) == ["不低于90%", "[1]依据条例", "后"]


def test_a_text_box_is_read_once_after_its_paragraph(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph('框内')}</w:txbxContent>"
    drawing = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    reading = made(tmp_path, f"<w:p>{RUN.format('甲')}<w:r>{drawing}</w:r>{RUN.format('乙')}</w:p>{paragraph('丙')}")
    assert texts(reading) == ["甲乙", "框内", "丙"]


def test_fields_links_breaks_and_wrappers_are_read_as_they_are_seen(tmp_path: Path) -> None:
    field = f"<w:r><w:instrText>PAGE</w:instrText></w:r><w:hyperlink>{RUN.format('甲')}</w:hyperlink>"
    line = f"<w:p>{field}<w:r><w:tab/><w:t>乙。</w:t><w:br/><w:t>丙</w:t><w:br/><w:t>丁</w:t></w:r></w:p>"
    wrapped = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('戊')}</w:sdtContent></w:sdt>"
    reading = made(tmp_path, line + wrapped)
    # A line break after the end of a sentence begins a paragraph; another one does not.
    assert [block.text for block in reading.blocks] == ["甲\t乙。", "丙\n丁", "戊"]


def test_the_part_that_holds_the_words_may_have_any_name(tmp_path: Path) -> None:
    main = f'<A Type="{OFFICE}/officeDocument" Target="/word/document2.xml"/>'
    path = packed(
        tmp_path / "plan.docx",
        {
            "[Content_Types].xml": "wordprocessingml.document.main",
            "_rels/.rels": f'<R xmlns="{PACKAGE}/relationships">{main}</R>',
            "word/document2.xml": f'<w:document xmlns:w="{WORD}"><w:body>{paragraph("甲")}</w:body></w:document>',
        },
    )
    assert texts(read(path)) == ["甲"]
