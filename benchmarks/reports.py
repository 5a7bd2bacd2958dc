"""How long official documents take: Word and PDF of a report of 100 indicators and 41 units, and the cost of a page.

``python -m benchmarks.reports``. The paper is handmade from the parts a report has (sentences with figures, tables,
charts, a turned annex of every figure), so that it measures the writing alone. Fails nothing.
"""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pypdfium2

from benchmarks.measure import Seconds, once, peak_megabytes, told
from duibiao.reports.docx import docx_bytes
from duibiao.reports.fonts import FontShelf
from duibiao.reports.pdf import pdf_bytes
from duibiao.views.paper import Annex, Paper, PaperBlock, PaperForm, PaperMeta
from duibiao.views.paper_chart import ChartKind, ChartPoint, ChartSeries, FillPattern, PaperChart
from duibiao.views.paper_parts import (
    CellAlign,
    PaperColumn,
    PaperHeading,
    PaperTable,
    Paragraph,
    TableCell,
    TableRow,
)
from duibiao.views.paper_text import Field

SENTENCE = "至评估时点，该指标的现值与目标值之间仍有差距，需要牵头部门会同配合部门分析原因，提出措施，按季度报送进展。"
COLUMNS = (
    PaperColumn("序号", 6, CellAlign.CENTER),
    PaperColumn("指标", 30),
    PaperColumn("现值", 12, CellAlign.RIGHT, "%"),
    PaperColumn("目标值", 12, CellAlign.RIGHT, "%"),
    PaperColumn("出处", 30),
)


def figure(row: int, unit: int, what: str) -> Field:
    """A figure of an indicator and a unit."""
    number = Decimal(5000 + (row * 37 + unit * 101) % 4900 + (100 if what == "goal" else 0)) / 100
    return Field(f"unit/{unit}/row-{row}/{what}", f"{number}")


def table(name: str, rows: int, unit: int, *, landscape: bool = False) -> PaperTable:
    """A table of every indicator for one unit."""
    made = tuple(
        TableRow(
            (
                TableCell((str(row + 1),)),
                TableCell((f"第{row + 1}项指标的名称有时比一行更长一些",)),
                TableCell((figure(row, unit, "value"),)),
                TableCell((figure(row, unit, "goal"),)),
                TableCell(("《教育事业发展统计公报》第3页，2025年12月",)),
            )
        )
        for row in range(rows)
    )
    return PaperTable(name, "指标进展", COLUMNS, made, landscape=landscape)


def chart(name: str, of: str, unit: int) -> PaperChart:
    """A chart of the first ten indicators of a unit."""

    def points(what: str) -> tuple[ChartPoint, ...]:
        fields = [figure(row, unit, what) for row in range(10)]
        return tuple(ChartPoint(Decimal(field.shown), field) for field in fields)

    series = (ChartSeries("现值", points("value")), ChartSeries("目标值", points("goal"), pattern=FillPattern.HOLLOW))
    names = tuple(f"第{row + 1}项指标" for row in range(10))
    return PaperChart(name, ChartKind.BAR, "现值与目标值", names, series, of, "现值与目标值", "%")


def blocks(indicators: int, units: int) -> Iterator[PaperBlock]:
    """The parts of a report: a passage an indicator, a table and a chart a unit."""
    yield PaperHeading(1, ("指标进展",))
    yield table("whole", indicators, 0)
    yield chart("whole-chart", "whole", 0)
    for row in range(indicators):
        yield PaperHeading(2, (f"第{row + 1}项指标",))
        yield Paragraph(("现值为", figure(row, 0, "value"), "%，目标为", figure(row, 0, "goal"), f"%。{SENTENCE * 2}"))
    yield PaperHeading(1, ("区县情况",))
    for unit in range(1, units + 1):
        yield PaperHeading(2, (f"第{unit}个区县",))
        yield Paragraph((SENTENCE,))
        yield table(f"unit-{unit}", 12, unit)
        if unit % 4 == 0:
            yield chart(f"chart-{unit}", f"unit-{unit}", unit)


def report(indicators: int, units: int) -> Paper:
    """A report with an annex of every figure on turned pages."""
    annex = Annex("指标数值及出处", (table("annex", indicators, 0, landscape=True),))
    meta = PaperMeta("评估报告", "市教育委员会", date(2026, 3, 1))
    return Paper("评估报告", meta, tuple(blocks(indicators, units)), annexes=(annex,), marks=("模拟数据",))


def pages(content: bytes) -> int:
    """How many pages a PDF has."""
    return len(pypdfium2.PdfDocument(io.BytesIO(content)))


def written(paper: Paper, shelf: FontShelf) -> tuple[Seconds, Seconds, int]:
    """The times of the Word file and of the PDF, and how many pages there are.

    The PDF is set once: the typesetter remembers what it has set, so that a second time would measure its memory.
    """
    made: list[bytes] = []
    word = once(lambda: docx_bytes(paper))
    pdf = once(lambda: made.append(pdf_bytes(paper, shelf).content))
    return word, pdf, pages(made[0])


def main() -> None:
    """Print the times of a full report, of growing ones, and of 41 briefs."""
    shelf = FontShelf()
    told("finding the fonts of the machine, once", once(lambda: pdf_bytes(report(1, 0), shelf)))
    print("report of 100 indicators and 41 units")
    word, pdf, count = written(report(100, 41), shelf)
    told("docx", word, f"{count} pages")
    told("pdf", pdf, f"{count} pages")
    told("both", Seconds(word.wall + pdf.wall, word.cpu + pdf.cpu), "goal: below 20 s")
    print("growth (CPU seconds a page; equal numbers are linear growth)")
    for factor in (1, 2, 4, 8):
        word, pdf, count = written(report(50 * factor, 20 * factor), shelf)
        for name, seconds in (("docx", word), ("pdf", pdf)):
            told(f"{name}, {count} pages", seconds, f"{1000 * seconds.cpu / count:.1f} ms a page")
    briefs = [
        replace(report(6, 1), title=f"第{unit}个区县简报", form=PaperForm.BRIEF, annexes=()) for unit in range(41)
    ]
    told("41 briefs, both files", once(lambda: [(docx_bytes(one), pdf_bytes(one, shelf)) for one in briefs]))
    told("largest memory", f"{peak_megabytes():.0f} MB")


if __name__ == "__main__":
    main()
