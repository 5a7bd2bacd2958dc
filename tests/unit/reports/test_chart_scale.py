"""The axis of a chart, and charts with more than a page holds."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from duibiao.reports.chart_scale import chart_scale, every, label_side, pieces
from duibiao.reports.docx import docx_bytes
from duibiao.reports.pdf import pdf_bytes
from duibiao.views.paper import Paper, PaperMeta
from duibiao.views.paper_chart import ChartKind, ChartPoint, ChartSeries, FillPattern, PaperChart
from duibiao.views.paper_text import Field
from tests.unit.reports.office import text_of
from tests.unit.reports.sample_paper import indicator_table
from tests.unit.reports.test_fonts import CHINESE


def chart(kind: ChartKind, *series: tuple[str | None, ...]) -> PaperChart:
    made = tuple(
        ChartSeries(
            f"系列{number}",
            tuple(
                ChartPoint(None if value is None else Decimal(value), Field(f"{number}/{at}", value or "无数据"))
                for at, value in enumerate(values)
            ),
            pattern=list(FillPattern)[number],
        )
        for number, values in enumerate(series)
    )
    names = tuple(f"第{at + 1}个" for at in range(len(series[0])))
    return PaperChart("c", kind, "比较", names, made, "t", "概要", "%")


@pytest.mark.parametrize(
    ("kind", "values", "ends"),
    [
        pytest.param(ChartKind.BAR, ("62", "77.16"), (0, 80), id="bars begin at zero"),
        pytest.param(ChartKind.BAR, ("-3", "4"), (-4, 4), id="both sides of zero"),
        pytest.param(ChartKind.PROGRESS, ("12", "40"), (0, 100), id="a track reaches 100"),
        pytest.param(ChartKind.PROGRESS, ("151.3",), (0, 200), id="a track reaches what is beyond"),
        pytest.param(ChartKind.LINE, ("60", "77"), (55, 80), id="a line has room below its lowest label"),
        pytest.param(ChartKind.LINE, ("0", "1"), (0, 1), id="a line of values from zero has no axis below it"),
        pytest.param(ChartKind.BAR, ("0", "0"), (0, 1), id="nothing but zeros"),
        pytest.param(ChartKind.BAR, ("0.02",), (0, 0.02), id="small values"),
    ],
)
def test_the_axis_holds_all_values_between_round_numbers(
    kind: ChartKind, values: tuple[str, ...], ends: tuple[float, float]
) -> None:
    scale = chart_scale(chart(kind, values))
    assert scale is not None
    assert (scale.first, scale.last) == pytest.approx(ends)
    assert len(scale.ticks) == scale.count + 1
    assert len(set(scale.ticks)) == len(scale.ticks)


def test_the_parts_of_a_stack_are_added_and_nothing_at_all_has_no_axis() -> None:
    scale = chart_scale(chart(ChartKind.STACKED, ("3", None), ("4", "9")))
    assert scale is not None
    assert scale.last == pytest.approx(10)
    assert chart_scale(chart(ChartKind.BAR, (None, None))) is None


def test_labels_of_two_series_stand_on_two_sides() -> None:
    drawn = chart(ChartKind.LINE, ("1", "5", "3", None), ("2", "4", "3", "1"))
    assert [label_side(drawn, 0, at) for at in range(4)] == ["low", "high", "high", "high"]
    assert [label_side(drawn, 1, at) for at in range(4)] == ["high", "low", "low", "high"]


def test_a_chart_longer_than_a_page_becomes_several_and_loses_nothing() -> None:
    long = chart(ChartKind.BAR, tuple(str(at) for at in range(41)), tuple(str(at) for at in range(41)))
    parts = pieces(long)
    assert [len(part.categories) for part in parts] == [14, 14, 13]
    assert sum((part.categories for part in parts), ()) == long.categories
    assert sum((part.series[1].points for part in parts), ()) == long.series[1].points
    assert parts[0].title == "比较（1/3）"
    assert pieces(chart(ChartKind.BAR, ("1",)))[0].title == "比较"


def test_a_line_of_a_thousand_observations_is_one_line_with_a_few_labels() -> None:
    line = chart(ChartKind.LINE, tuple(str(at % 97) for at in range(1000)))
    assert pieces(line) == (line,)
    assert every(line) == 84
    meta = PaperMeta("报告", "市教委", date(2026, 3, 1))
    paper = Paper("报告", meta, (indicator_table("t", 1), replace(line, table="t")))
    with zipfile.ZipFile(io.BytesIO(docx_bytes(paper))) as archive:
        drawn = archive.read("word/charts/chart1.xml").decode()
    assert drawn.count("<c:showVal") == 12 + 1
    assert drawn.count("<c:v>") >= 2000


@CHINESE
def test_a_chart_of_41_districts_stands_whole_in_the_pdf() -> None:
    long = chart(ChartKind.BAR, tuple(str(at) for at in range(41)))
    meta = PaperMeta("报告", "市教委", date(2026, 3, 1))
    words = "".join(text_of(pdf_bytes(Paper("报告", meta, (indicator_table("t", 1), long))).content)).replace(" ", "")
    assert [name for name in long.categories if name not in words] == []
    assert "图1　比较（2/2）" in words.replace("图1比较", "图1　比较")


@CHINESE
def test_a_chart_without_any_value_says_so() -> None:
    meta = PaperMeta("报告", "市教委", date(2026, 3, 1))
    paper = Paper("报告", meta, (indicator_table("t", 1), chart(ChartKind.DOT, (None, None))))
    assert docx_bytes(paper)
    assert "无数据" in "".join(text_of(pdf_bytes(paper).content))
