"""The block model of an official document: what it refuses, and the numbers it gives."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duibiao.kernel.problem import UserError, catalogue
from duibiao.views.paper import Annex, Distribution, Paper, PaperBlock, PaperMeta, RedHead, Signature
from duibiao.views.paper_chart import ChartKind, ChartPoint, ChartSeries, FillPattern, PaperChart
from duibiao.views.paper_numbers import annex_list, captions, chinese_day, chinese_number, numbered
from duibiao.views.paper_parts import (
    GroupRow,
    Narrative,
    PaperColumn,
    PaperHeading,
    PaperNote,
    PaperTable,
    Paragraph,
    Placeholder,
    TableCell,
    TableRow,
)
from duibiao.views.paper_text import Field, Reference, Strong

META = PaperMeta("评估报告", "市教委", date(2026, 3, 1))
TEXT = Paragraph(("正文。",))


def paper(*blocks: PaperBlock) -> Paper:
    return Paper("评估报告", META, blocks or (TEXT,))


def cells(*words: str) -> TableRow:
    return TableRow(tuple(TableCell((word,)) for word in words))


def table(*rows: TableRow | GroupRow, name: str = "t") -> PaperTable:
    columns = (PaperColumn("指标", 2), PaperColumn("数值", 1))
    return PaperTable(name, "主要指标", columns, rows or (cells("甲", "1"),))


def series(name: str, pattern: FillPattern, *values: str) -> ChartSeries:
    points = tuple(ChartPoint(Decimal(value), Field(f"{name}{n}", value)) for n, value in enumerate(values))
    return ChartSeries(name, points, pattern=pattern)


def chart(*of: ChartSeries, kind: ChartKind = ChartKind.BAR, table: str = "t") -> PaperChart:
    return PaperChart("c", kind, "进度", ("甲", "乙"), of, table, "甲高于乙")


ONE, TWO = series("实际", FillPattern.SOLID, "1", "2"), series("目标", FillPattern.HOLLOW, "3", "4")

BAD: dict[str, tuple[str, Callable[[], object]]] = {
    "a control character": ("PAPER-TEXT", lambda: Paragraph(("甲\x0b乙",))),
    "a line break in a paragraph": ("PAPER-TEXT", lambda: Paragraph(("甲\n乙",))),
    "half a character": ("PAPER-TEXT", lambda: Strong("\ud842")),
    "writing turned round": ("PAPER-TEXT", lambda: Field("a", "12\u202e34")),
    "the sign of a lost character": ("PAPER-TEXT", lambda: PaperNote(("重\ufffd市",))),
    "a control character in the properties": ("PAPER-TEXT", lambda: replace(META, subject="\x00")),
    "a mark over two lines": ("PAPER-TEXT", lambda: replace(paper(), marks=("模拟\n数据",))),
    "a paragraph of spaces": ("PAPER-EMPTY", lambda: Paragraph(("  ",))),
    "a figure without words": ("PAPER-EMPTY", lambda: Field("a", "")),
    "no blocks": ("PAPER-EMPTY", lambda: Paper("评估报告", META, ())),
    "no title": ("PAPER-EMPTY", lambda: Paper(" ", META, (TEXT,))),
    "an annex of nothing": ("PAPER-EMPTY", lambda: Annex("清单")),
    "a file as annex that has pages": ("PAPER-EMPTY", lambda: Annex("清单", (TEXT,), separate=True)),
    "words of nobody": ("PAPER-EMPTY", lambda: Narrative("n", (("我认为。",),), "")),
    "a table without rows": ("PAPER-EMPTY", lambda: PaperTable("t", "表", (PaperColumn("甲", 1),), ())),
    "a hint of nothing": ("PAPER-EMPTY", lambda: Placeholder("n", "")),
    "nobody signs": ("PAPER-EMPTY", lambda: Signature("", date(2026, 1, 1))),
    "nobody prints": ("PAPER-EMPTY", lambda: Distribution("", "", date(2026, 1, 1))),
    "a number with square brackets": ("PAPER-NUMBER", lambda: RedHead("市教委文件", "渝教发[2026]5号")),
    "a number with a leading zero": ("PAPER-NUMBER", lambda: RedHead("市教委文件", "渝教发〔2026〕05号")),
    "a number with 第": ("PAPER-NUMBER", lambda: RedHead("市教委文件", "渝教发〔2026〕第5号")),
    "a figure shown in two ways": (
        "PAPER-FIELD",
        lambda: paper(Paragraph((Field("a", "93.5%"),)), Paragraph((Field("a", "94%"),))),
    ),
    "a figure shown otherwise in the table": (
        "PAPER-FIELD",
        lambda: paper(
            Paragraph((Field("a", "93.5%"),)),
            table(TableRow((TableCell(("甲",)), TableCell((Field("a", "93.50"),))))),
        ),
    ),
    "a figure shown otherwise in the chart": (
        "PAPER-FIELD",
        lambda: paper(Paragraph((Field("实际0", "1.0"),)), table(), chart(ONE)),
    ),
    "an id with a line break": ("PAPER-ID", lambda: Field("a\nb", "1")),
    "a table twice": ("PAPER-ID", lambda: paper(table(), table())),
    "a reference to nothing": ("PAPER-ID", lambda: paper(Paragraph(("见", Reference("x"))))),
    "a chart without its table": ("PAPER-ID", lambda: paper(chart(ONE))),
    "a level left out": ("PAPER-HEADING", lambda: paper(PaperHeading(1, ("甲",)), PaperHeading(4, ("乙",)))),
    "a paper that begins below": ("PAPER-HEADING", lambda: paper(PaperHeading(2, ("甲",)))),
    "a fifth level": ("PAPER-HEADING", lambda: PaperHeading(5, ("甲",))),
    "a typed number": ("PAPER-HEADING-NUMBER", lambda: PaperHeading(1, ("一、总体情况",))),
    "a typed number in brackets": ("PAPER-HEADING-NUMBER", lambda: PaperHeading(2, ("（二）", "分项情况"))),
    "a cell too few": ("PAPER-TABLE", lambda: table(cells("甲"))),
    "a cell below a span": (
        "PAPER-TABLE",
        lambda: table(TableRow((TableCell(("甲",), rows=2), TableCell(("1",)))), cells("乙", "2")),
    ),
    "a span out of the table": (
        "PAPER-TABLE",
        lambda: table(TableRow((TableCell(("甲",), rows=2), TableCell(("1",))))),
    ),
    "a span over a group row": (
        "PAPER-TABLE",
        lambda: table(TableRow((TableCell(("甲",), rows=2), TableCell(("1",)))), GroupRow(("组",)), cells("2")),
    ),
    "a span of no rows": ("PAPER-TABLE", lambda: TableCell(("甲",), rows=0)),
    "a column of no width": ("PAPER-TABLE", lambda: PaperColumn("甲", 0)),
    "a point too few": ("PAPER-CHART", lambda: chart(series("实际", FillPattern.SOLID, "1"))),
    "two series that print alike": ("PAPER-CHART", lambda: chart(ONE, replace(TWO, pattern=FillPattern.SOLID))),
    "two series of one name": ("PAPER-CHART", lambda: chart(ONE, replace(TWO, name="实际"))),
    "a value that is no number": ("PAPER-CHART", lambda: ChartPoint(Decimal("NaN"), Field("a", "-"))),
    "a negative part of a whole": (
        "PAPER-CHART",
        lambda: chart(series("实际", FillPattern.SOLID, "-1", "2"), kind=ChartKind.STACKED),
    ),
    "a colour by name": ("PAPER-CHART", lambda: replace(ONE, colour="red")),
    "three series of progress": (
        "PAPER-CHART",
        lambda: chart(ONE, TWO, series("丙", FillPattern.DOTTED, "1", "1"), kind=ChartKind.PROGRESS),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_could_not_be_printed_is_refused_when_it_is_made(name: str) -> None:
    code, make = BAD[name]
    with pytest.raises(UserError) as caught:
        make()
    (found,) = caught.value.problems
    assert found.code == code
    assert found.message.zh
    assert found.message.en
    assert "{" not in found.message.zh + found.remedy.zh


def test_every_code_of_a_paper_has_its_bad_input() -> None:
    elsewhere = Path("tests/unit/reports/test_fonts.py")
    told = elsewhere.read_text(encoding="utf-8") if elsewhere.exists() else ""
    codes = {code for code in catalogue() if code.startswith("PAPER-")}
    assert {code for code in codes if code not in told} == {code for code, _ in BAD.values()}


def test_a_refusal_says_which_part_and_what_to_do() -> None:
    with pytest.raises(UserError) as caught:
        table(cells("甲", "1"), cells("乙"))
    (problem,) = caught.value.problems
    assert problem.where.field == "t"
    assert "第2行：1格，应为2格" in problem.message.zh


def test_hostile_words_are_words() -> None:
    hostile = '#read("/etc/passwd") $x$ \\ <b>&amp;</b> ]]> *_`@'
    assert paper(Paragraph((hostile, Strong(hostile)))).blocks


def test_spans_fill_the_grid() -> None:
    wide = table(
        TableRow((TableCell(("甲",), rows=2), TableCell(("1",)))), cells("2"), GroupRow(("组",)), cells("乙", "3")
    )
    assert len(wide.rows) == 4


def test_numbers_are_those_of_official_documents() -> None:
    assert [chinese_number(n) for n in (1, 9, 10, 11, 20, 21, 99, 101, 112)] == [
        "一",
        "九",
        "十",
        "十一",
        "二十",
        "二十一",
        "九十九",
        "一百零一",
        "一百一十二",
    ]
    assert chinese_day(date(2026, 3, 1)) == "2026年3月1日"


def test_headings_are_counted_anew_below_a_higher_one() -> None:
    levels = (1, 2, 3, 4, 4, 3, 2, 1, 3, 1, 2)
    blocks = [PaperHeading(level, ("标题",)) for level in levels]
    assert [number for number, _ in numbered(paper(*blocks).blocks)] == [
        "一、", "（一）", "1.", "（1）", "（2）", "2.", "（二）", "二、", "1.", "三、", "（一）",
    ]  # fmt: skip


def test_tables_and_charts_are_counted_apart_and_through_the_annexes() -> None:
    made = replace(paper(table(), chart(ONE, TWO)), annexes=(Annex("清单", (table(name="u"),)),))
    assert captions(made) == {"t": "表1", "c": "图1", "u": "表2"}


def test_the_list_of_annexes_has_numbers_only_where_there_are_several() -> None:
    one, two = Annex("指标表", (TEXT,)), Annex("数据附表（xlsx）", separate=True)
    assert annex_list(replace(paper(), annexes=(one,))) == (("附件：", "指标表"),)
    assert annex_list(replace(paper(), annexes=(one, two))) == (
        ("附件：1.", "指标表"),
        ("2.", "数据附表（xlsx）"),
    )


def test_a_draft_says_so_on_its_pages() -> None:
    made = replace(paper(), marks=("模拟数据",))
    assert made.head_marks == ("模拟数据",)
    assert replace(made, draft=True).head_marks == ("模拟数据", "草稿")
