"""Charts of a Word file as Word's own charts: an office opens the figures behind one and edits them.

Every point is labelled through a number format made from the words of its figure, so that the label is those words and
still follows when somebody edits the value; words that are no number (1.2倍以上) stand as they are.
"""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import xlsxwriter
from lxml import etree

from duibiao.reports.chart_scale import MOST_MARKS, ChartScale, category_height, every, label_side
from duibiao.reports.docx_xml import element, serialised
from duibiao.reports.fonts import OFFICIAL, WESTERN_NAME, FontRole
from duibiao.views.paper import FontPreset
from duibiao.views.paper_chart import ChartKind, ChartPoint, ChartSeries, FillPattern, PaperChart

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
SHEET = "数据"
"""The sheet of the workbook behind a chart."""
_DRAWN_AS_BARS = (ChartKind.DOT, ChartKind.PROGRESS)
_NUMBER = re.compile(r"(?P<before>[^\d.,+-]*)(?P<number>-?\d[\d,]*(?:\.(?P<decimals>\d+))?)(?P<after>[^\d]*)")
_FILL = {
    FillPattern.DIAGONAL: "wdUpDiag",
    FillPattern.DOTTED: "pct20",
    FillPattern.CROSSED: "diagCross",
    FillPattern.HORIZONTAL: "horz",
}
_DASH = {
    FillPattern.SOLID: "solid",
    FillPattern.HOLLOW: "dash",
    FillPattern.DIAGONAL: "dashDot",
    FillPattern.DOTTED: "sysDot",
    FillPattern.CROSSED: "lgDash",
    FillPattern.HORIZONTAL: "sysDash",
}
_MARK = {
    FillPattern.SOLID: "circle",
    FillPattern.HOLLOW: "circle",
    FillPattern.DIAGONAL: "square",
    FillPattern.DOTTED: "diamond",
    FillPattern.CROSSED: "triangle",
    FillPattern.HORIZONTAL: "diamond",
}


def as_word_draws(chart: PaperChart) -> PaperChart:
    """The chart as Word can draw it: dots and tracks become bars beside each other, which show the same values.

    A value that is missing leaves no mark in Word, which would look like zero: its category says so in words.
    """
    one = len(chart.series) == 1
    categories = []
    for number, category in enumerate(chart.categories):
        points = [(series.name, series.points[number]) for series in chart.series]
        told = "；".join(
            point.field.shown if one else f"{name}：{point.field.shown}"
            for name, point in points
            if point.value is None
        )
        categories.append(f"{category}（{told}）" if told else category)
    kind = ChartKind.BAR if chart.kind in _DRAWN_AS_BARS else chart.kind
    return replace(chart, kind=kind, categories=tuple(categories))


def workbook_bytes(chart: PaperChart, day: datetime) -> bytes:
    """The workbook behind a chart: categories down, series across; a cell without a value stays empty."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": day})
    sheet = book.add_worksheet(SHEET)
    sheet.write_row(0, 1, [series.name for series in chart.series])
    for row, category in enumerate(chart.categories, 1):
        sheet.write_string(row, 0, category)
        for column, series in enumerate(chart.series, 1):
            point = series.points[row - 1]
            if point.value is not None:
                sheet.write_number(row, column, float(point.value))
    book.close()
    return out.getvalue()


def label_format(point: ChartPoint) -> str | None:
    """The number format that shows a value as its figure does; ``None`` where the words are not that number.

    >>> from duibiao.views.paper_text import Field
    >>> label_format(ChartPoint(Decimal("93.5"), Field("a", "93.50%")))
    '0.00"%"'
    """
    found = _NUMBER.fullmatch(point.field.shown)
    if found is None or point.value is None or Decimal(found["number"].replace(",", "")) != point.value:
        return None
    whole = "#,##0" if "," in found["number"] else "0"
    decimals = f".{'0' * len(found['decimals'])}" if found["decimals"] else ""
    quoted = [f'"{part}"' if part else "" for part in (found["before"], found["after"])]
    if any('"' in part for part in (found["before"], found["after"])):
        return None
    return f"{quoted[0]}{whole}{decimals}{quoted[1]}"


def chart_xml(chart: PaperChart, preset: FontPreset, scale: ChartScale | None) -> bytes:
    """The chart part with the axis it shares with its other parts; its only relation is the one to its workbook."""
    lies = chart.kind is not ChartKind.LINE
    plot = element(
        "c:plotArea", element("c:layout"), _bars(chart) if lies else _lines(chart), *_axes(chart, scale, lies=lies)
    )
    legend = element("c:legend", _val("legendPos", "b"), _val("overlay", 0)) if len(chart.series) > 1 else None
    external = element("c:externalData", _val("autoUpdate", 0))
    external.set(_RELATION, "rId1")
    root = element(
        "c:chartSpace",
        _val("roundedCorners", 0),
        element(
            "c:chart", _val("autoTitleDeleted", 1), plot, legend, _val("plotVisOnly", 1), _val("dispBlanksAs", "gap")
        ),
        element("c:spPr", element("a:noFill"), element("a:ln", element("a:noFill"))),
        _text_look(preset),
        external,
    )
    return serialised(root)


def _val(tag: str, val: str | int) -> etree._Element:
    return element(f"c:{tag}", val=val)


def _text_look(preset: FontPreset) -> etree._Element:
    look = element(
        "a:defRPr",
        element("a:solidFill", element("a:srgbClr", val="000000")),
        element("a:latin", typeface=WESTERN_NAME),
        element("a:ea", typeface=OFFICIAL[preset][FontRole.BODY]),
        sz=900,
    )
    end = element("a:endParaRPr", lang="zh-CN")
    return element("c:txPr", element("a:bodyPr"), element("a:p", element("a:pPr", look), end))


def _plain_text(tag: str, text: str) -> etree._Element:
    made = element(tag)
    made.text = text
    return made


def _colour(hexadecimal: str) -> etree._Element:
    return element("a:srgbClr", val=hexadecimal.removeprefix("#").upper())


def _line(colour: str, points: float, dash: str = "solid") -> etree._Element:
    return element(
        "a:ln", element("a:solidFill", _colour(colour)), element("a:prstDash", val=dash), w=round(points * 12700)
    )


def _area_look(series: ChartSeries) -> etree._Element:
    if series.pattern is FillPattern.SOLID:
        fill = element("a:solidFill", _colour(series.colour))
    elif series.pattern is FillPattern.HOLLOW:
        fill = element("a:solidFill", _colour("#FFFFFF"))
    else:
        fill = element(
            "a:pattFill",
            element("a:fgClr", _colour(series.colour)),
            element("a:bgClr", _colour("#FFFFFF")),
            prst=_FILL[series.pattern],
        )
    return element("c:spPr", fill, _line(series.colour, 0.75))


def _labels(series: ChartSeries, positions: Sequence[str], *, on_white: bool = False, step: int = 1) -> etree._Element:
    """A label for every value, each in the words of its figure; ``positions`` by point, on white inside a bar.

    Of a line with very many points only every ``step``-th is labelled.
    """
    ground = element("c:spPr", element("a:solidFill", _colour("#FFFFFF"))) if on_white else None
    made = element("c:dLbls")
    flags = {
        "showLegendKey": 0,
        "showVal": 1,
        "showCatName": 0,
        "showSerName": 0,
        "showPercent": 0,
        "showBubbleSize": 0,
    }
    for number, point in enumerate(series.points):
        if point.value is None:
            continue
        if (on_white and not point.value) or number % step:  # a part of nothing has no room for a label
            made.append(element("c:dLbl", _val("idx", number), _val("delete", 1)))
            continue
        form = label_format(point)
        words = None
        if form is None:
            body = element("a:p", element("a:r", element("a:rPr", lang="zh-CN"), _plain_text("a:t", point.field.shown)))
            words = element("c:tx", element("c:rich", element("a:bodyPr"), body))
        shape = None if form is None else element("c:numFmt", formatCode=form, sourceLinked=0)
        end = [_val("dLblPos", positions[number]), *(_val(flag, on) for flag, on in flags.items())]
        made.append(element("c:dLbl", _val("idx", number), words, shape, ground, *end))
    made.extend([_val("dLblPos", positions[0]), *(_val(flag, on) for flag, on in flags.items())])
    return made


def _data(chart: PaperChart, number: int, series: ChartSeries) -> tuple[etree._Element, etree._Element, etree._Element]:
    """Name, categories and values of a series, each with its place in the workbook."""
    last = len(chart.categories) + 1
    column = chr(ord("B") + number)

    def points(tag: str, values: Iterable[str | None]) -> etree._Element:
        listed = list(values)
        cache = element(tag, _val("ptCount", len(listed)))
        for index, text in enumerate(listed):
            if text is not None:
                cache.append(element("c:pt", _plain_text("c:v", text), idx=index))
        return cache

    name = element(
        "c:tx", element("c:strRef", _plain_text("c:f", f"'{SHEET}'!${column}$1"), points("c:strCache", [series.name]))
    )
    categories = element(
        "c:cat",
        element("c:strRef", _plain_text("c:f", f"'{SHEET}'!$A$2:$A${last}"), points("c:strCache", chart.categories)),
    )
    numbers = (None if point.value is None else f"{point.value:f}" for point in series.points)
    values = element(
        "c:val",
        element(
            "c:numRef", _plain_text("c:f", f"'{SHEET}'!${column}$2:${column}${last}"), points("c:numCache", numbers)
        ),
    )
    return name, categories, values


def _bars(chart: PaperChart) -> etree._Element:
    stacked = chart.kind is ChartKind.STACKED
    made = element("c:barChart", _val("barDir", "bar"), _val("grouping", "stacked" if stacked else "clustered"))
    made.append(_val("varyColors", 0))
    for number, series in enumerate(chart.series):
        name, categories, values = _data(chart, number, series)
        labels = _labels(series, ["ctr" if stacked else "outEnd"] * len(series.points), on_white=stacked)
        order = (_val("idx", number), _val("order", number))
        look = (_area_look(series), _val("invertIfNegative", 0))
        made.append(element("c:ser", *order, name, *look, labels, categories, values))
    made.append(_val("gapWidth", 60))
    if stacked:
        made.append(_val("overlap", 100))
    made.extend([_val("axId", 1), _val("axId", 2)])
    return made


def _lines(chart: PaperChart) -> etree._Element:
    made = element("c:lineChart", _val("grouping", "standard"), _val("varyColors", 0))
    for number, series in enumerate(chart.series):
        name, categories, values = _data(chart, number, series)
        line = _line(series.colour, 1.5, _DASH[series.pattern])
        inside = _colour("#FFFFFF") if series.pattern is FillPattern.HOLLOW else _colour(series.colour)
        mark = element(
            "c:marker",
            _val("symbol", _MARK[series.pattern] if len(series.points) <= MOST_MARKS else "none"),
            _val("size", 7),
            element("c:spPr", element("a:solidFill", inside), _line(series.colour, 1)),
        )
        sides = [label_side(chart, number, at) for at in range(len(series.points))]
        labels = _labels(series, ["b" if side == "low" else "t" for side in sides], step=every(chart))
        order = (_val("idx", number), _val("order", number))
        look = element("c:spPr", line)
        made.append(element("c:ser", *order, name, look, mark, labels, categories, values, _val("smooth", 0)))
    made.extend([_val("marker", 1), _val("axId", 1), _val("axId", 2)])
    return made


def _axes(chart: PaperChart, scale: ChartScale | None, *, lies: bool) -> tuple[etree._Element, etree._Element]:
    # A chart that lies down counts from below: turned round, its first category stands on top as in the table.
    order = element("c:scaling", _val("orientation", "maxMin" if lies else "minMax"))
    thin = element("c:spPr", _line("#000000", 0.5))
    category = element(
        "c:catAx",
        _val("axId", 1),
        order,
        _val("delete", 0),
        _val("axPos", "l" if lies else "b"),
        element("c:numFmt", formatCode="General", sourceLinked=0),
        _val("majorTickMark", "none"),
        _val("minorTickMark", "none"),
        _val("tickLblPos", "low"),
        thin,
        _val("crossAx", 2),
        _val("crosses", "autoZero"),
        _val("tickLblSkip", every(chart)),
        _val("noMultiLvlLbl", 1),
    )
    value_axis = element(
        "c:valAx",
        _val("axId", 2),
        element(
            "c:scaling",
            _val("orientation", "minMax"),
            None if scale is None else _val("max", f"{scale.last:.12g}"),
            None if scale is None else _val("min", f"{scale.first:.12g}"),
        ),
        _val("delete", 0),
        _val("axPos", "b" if lies else "l"),
        element("c:majorGridlines", element("c:spPr", _line("#AAAAAA", 0.35))),
        _axis_title(chart.unit) if chart.unit else None,
        element("c:numFmt", formatCode="General", sourceLinked=0),
        _val("majorTickMark", "none"),
        _val("minorTickMark", "none"),
        _val("tickLblPos", "nextTo"),
        element("c:spPr", element("a:ln", element("a:noFill"))),
        _val("crossAx", 1),
        _val("crosses", "max" if lies else "autoZero"),
        _val("crossBetween", "between"),
        None if scale is None else _val("majorUnit", f"{scale.step:.12g}"),
    )
    return category, value_axis


def _axis_title(unit: str) -> etree._Element:
    look = element("a:rPr", lang="zh-CN", sz=800, b=0)
    words = element("a:r", look, _plain_text("a:t", f"（{unit}）"))
    return element(
        "c:title", element("c:tx", element("c:rich", element("a:bodyPr"), element("a:p", words))), _val("overlay", 0)
    )


def chart_height(chart: PaperChart) -> float:
    """The height of the picture in points: room for every category of a chart that lies down."""
    legend = 24 if len(chart.series) > 1 else 0
    if chart.kind is ChartKind.LINE:
        return 190 + legend
    return 44 + legend + len(chart.categories) * category_height(chart)
