"""The axis of a chart, worked out once so that Word and the PDF show the same one."""

import math
from dataclasses import dataclass, replace
from decimal import Decimal

from duibiao.views.paper_chart import ChartKind, PaperChart


@dataclass(frozen=True, slots=True)
class ChartScale:
    """The axis of values (数值轴): first and last value, the round step between its lines, and how many steps."""

    first: float
    last: float
    step: float
    count: int

    @property
    def ticks(self) -> tuple[str, ...]:
        """The words at the lines of the axis."""
        digits = max(0, -math.floor(math.log10(self.step)))
        return tuple(
            f"{self.first + self.step * number:.{digits}f}".replace("-0.0", "0.0") for number in range(self.count + 1)
        )


def chart_scale(chart: PaperChart) -> ChartScale | None:
    """The axis of a chart; ``None`` where no point has a value.

    Bars begin at zero (anything else makes differences look larger than they are); a track of progress reaches 100 at
    least; lines and dots may begin anywhere, the label at every point says how high it is.
    """
    values = [point.value for series in chart.series for point in series.points if point.value is not None]
    if not values:
        return None
    if chart.kind is ChartKind.STACKED:
        columns = range(len(chart.categories))
        values = [sum((series.points[at].value or Decimal(0) for series in chart.series), Decimal(0)) for at in columns]
    low, high = float(min(values)), float(max(values))
    if chart.kind is ChartKind.PROGRESS:
        low, high = 0.0, max(100.0, high)
    elif chart.kind is ChartKind.DOT:  # room for the marks at both ends
        low, high = low - (high - low) * 0.04, high + (high - low) * 0.04
    elif chart.kind is ChartKind.LINE:  # room for the label below the lowest point, but no axis below zero for it
        below = low - (high - low) * 0.12
        low = max(0.0, below) if low >= 0 else below
    else:
        low, high = min(0.0, low), max(0.0, high)
    if low == high:
        low, high = min(0.0, low), max(0.0, high) or 1.0
    step = _step(high - low)
    first, last = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return ChartScale(first, last, step, round((last - first) / step))


# Points of height a picture may have: with its caption it fits a page, upright or turned is not asked.
_MOST_HEIGHT = 530
# More names or labels than this beside each other cannot be read.
_MOST_ACROSS = 12
MOST_MARKS = 40
"""A line with more points than this is drawn without marks."""


def category_height(chart: PaperChart) -> float:
    """The height of one category of a chart that lies down, in points, as Word draws it."""
    bars = 1 if chart.kind is ChartKind.STACKED else len(chart.series)
    return 10 + 11 * bars


def pieces(chart: PaperChart) -> tuple[PaperChart, ...]:
    """The chart in as many parts as its categories need pages; each says which part it is, all have one axis.

    A line is not split: its points move closer (``every``).
    """
    most = int(_MOST_HEIGHT // category_height(chart))
    count = len(chart.categories)
    if chart.kind is ChartKind.LINE or count <= most:
        return (chart,)
    parts = -(-count // most)
    size = -(-count // parts)
    return tuple(
        replace(
            chart,
            title=f"{chart.title}（{number + 1}/{parts}）",
            categories=chart.categories[number * size : (number + 1) * size],
            series=tuple(
                replace(series, points=series.points[number * size : (number + 1) * size]) for series in chart.series
            ),
        )
        for number in range(parts)
    )


def every(chart: PaperChart) -> int:
    """Of a line with many periods, every how many are named and labelled: 1 up to twelve periods."""
    return -(-len(chart.categories) // _MOST_ACROSS) if chart.kind is ChartKind.LINE else 1


def label_side(chart: PaperChart, series: int, category: int) -> str:
    """Where the label of a point stands so that two series do not write over each other: high, low or middle."""
    there = [one.points[category].value for one in chart.series]
    values = [value for value in there if value is not None]
    own = there[series]
    if own is None or len(values) < 2:
        return "high"
    if own == max(values):
        return "high" if there.index(own) == series else "low"
    return "low" if own == min(values) else "middle"


def _step(span: float) -> float:
    """A round step that makes about five of a span: 1, 2 or 5 times a power of ten."""
    raw = span / 5
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * factor for factor in (1, 2, 5, 10) if raw <= power * factor * (1 + 1e-9))
