"""A chart of an official document as data: both renderers draw it, and a table with the same figures stands with it."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from duibiao.views.paper_text import Field, check_id, check_text, refuse

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


class ChartKind(StrEnum):
    """What a chart looks like (图形类型).

    ``bar`` and ``stacked`` lie down, so that long Chinese names are read; ``line`` runs over periods; ``dot`` puts the
    series of a category (base, now, target) on one line; ``progress`` fills a track and marks a second series on it.
    """

    BAR = "bar"
    STACKED = "stacked"
    LINE = "line"
    DOT = "dot"
    PROGRESS = "progress"


class FillPattern(StrEnum):
    """How a series is told apart without colour (图案): hatching of an area, or dash and mark of a line."""

    SOLID = "solid"
    DIAGONAL = "diagonal"
    DOTTED = "dotted"
    CROSSED = "crossed"
    HOLLOW = "hollow"
    HORIZONTAL = "horizontal"


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A point (数据点): its exact value or ``None`` where there is none, and the figure whose words label it."""

    value: Decimal | None
    field: Field

    def __post_init__(self) -> None:
        if self.value is not None and not self.value.is_finite():
            refuse("PAPER-CHART", self.field.id, what=f"不是有限的数 not a finite number: {self.value}")


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """A series of a chart (数据系列): name, a point for every category, colour (#RRGGBB) and pattern."""

    name: str
    points: tuple[ChartPoint, ...]
    colour: str = "#1F4E79"
    pattern: FillPattern = FillPattern.SOLID

    def __post_init__(self) -> None:
        check_text(self.name, "series")
        if not self.name:
            refuse("PAPER-EMPTY", "series")
        if not _COLOUR.fullmatch(self.colour):
            refuse("PAPER-CHART", self.name, what=f"颜色应写成 #RRGGBB a colour is #RRGGBB: {self.colour}")


@dataclass(frozen=True, slots=True)
class PaperChart:
    """A chart (图): categories, series in one unit, and the id of the table that shows the same figures.

    ``summary`` says in words what the chart shows; it is the alternative text for who cannot see it.
    Raises PAPER-CHART where a series does not have one point a category, two series could not be told apart in black
    and white, a stacked part is negative, or a ``progress`` chart has no or more than two series.
    """

    id: str
    kind: ChartKind
    title: str
    categories: tuple[str, ...]
    series: tuple[ChartSeries, ...]
    table: str
    summary: str
    unit: str = ""

    def __post_init__(self) -> None:
        check_id(self.id)
        for text in (self.title, self.summary, self.unit, *self.categories):
            check_text(text, self.id)
        if not (self.title and self.summary and self.categories and self.series):
            refuse("PAPER-EMPTY", self.id)
        for series in self.series:
            if len(series.points) != len(self.categories):
                count = f"{len(series.points)}/{len(self.categories)}"
                refuse("PAPER-CHART", self.id, what=f"“{series.name}”的点数与类别数不同 points for categories: {count}")
        if len({series.pattern for series in self.series}) < len(self.series):
            refuse("PAPER-CHART", self.id, what="两个系列图案相同，黑白打印不能区分 two series have the same pattern")
        if len({series.name for series in self.series}) < len(self.series):
            refuse("PAPER-CHART", self.id, what="两个系列同名 two series have the same name")
        if self.kind is ChartKind.PROGRESS and len(self.series) > 2:
            refuse("PAPER-CHART", self.id, what="进度图最多两个系列 at most two series in a progress chart")
        values = [point.value for series in self.series for point in series.points if point.value is not None]
        if self.kind in (ChartKind.STACKED, ChartKind.PROGRESS) and any(value < 0 for value in values):
            refuse("PAPER-CHART", self.id, what="堆积图、进度图不能有负数 a negative part cannot be stacked")
