"""The figures of an export, one by one, with what each is, where it comes from and why it may be missing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from duibiao.kernel.text import Text
from duibiao.kernel.value import MissingReason, plain
from duibiao.metrics.observation import QUALITY_WORDS, Bound, Quality
from duibiao.progress.status import Rule
from duibiao.reports.exports.content import NO_WORDS, ComputedFigure, ExportContent, ExportedRow
from duibiao.reports.exports.protection import protected
from duibiao.views.rows import CitationView, MonitorRow, ValueView

SHARE = "比例"
"""The unit of measure of progress and time progress: a share, 1 is the whole."""


class ExportMeasure(StrEnum):
    """What a figure of an export measures (导出数值类别)."""

    VALUE = "value"
    BASELINE = "baseline"
    GOAL = "goal"
    PROGRESS = "progress"
    TIME_PROGRESS = "time_progress"
    FORECAST = "forecast"
    PUBLISHED = "published"
    COMPUTED = "computed"


MEASURE_WORDS = {
    ExportMeasure.VALUE: Text("现值（据以判定）", "value the row is judged by"),
    ExportMeasure.BASELINE: Text("基期值", "baseline"),
    ExportMeasure.GOAL: Text("目标值", "goal"),
    ExportMeasure.PROGRESS: Text("进展", "progress"),
    ExportMeasure.TIME_PROGRESS: Text("序时进度", "time progress"),
    ExportMeasure.FORECAST: Text("线性外推", "linear forecast"),
    ExportMeasure.PUBLISHED: Text("公布值", "published value"),
    ExportMeasure.COMPUTED: Text("由报表计算的值", "computed from returns"),
}


class FigureNature(StrEnum):
    """Where a figure comes from (数值来历)."""

    PUBLISHED = "published"
    PLANNED = "planned"
    CALCULATED = "calculated"
    COMPUTED = "computed"
    SIMULATED = "simulated"


NATURE_WORDS = {
    FigureNature.PUBLISHED: Text("公布", "published by a source"),
    FigureNature.PLANNED: Text("规划规定", "set by the plan"),
    FigureNature.CALCULATED: Text("按方法推算", "calculated by the method"),
    FigureNature.COMPUTED: Text("由报表计算", "computed from returns"),
    FigureNature.SIMULATED: Text("模拟数据", "simulated data"),
}


class ObservationStatus(StrEnum):
    """How a figure is to be taken (数值状态): the codes of SDMX's CL_OBS_STATUS that occur here."""

    NORMAL = "A"
    ESTIMATED = "E"
    FORECAST = "F"
    PROVISIONAL = "P"
    LOW_RELIABILITY = "U"
    MISSING = "O"
    NOT_COLLECTED = "L"
    CANNOT_EXIST = "M"
    SUPPRESSED = "Q"


OBSERVATION_STATUS_WORDS = {
    ObservationStatus.NORMAL: Text("正常值", "normal value"),
    ObservationStatus.ESTIMATED: Text("推算值", "estimated value"),
    ObservationStatus.FORECAST: Text("预测值", "forecast value"),
    ObservationStatus.PROVISIONAL: Text("暂定值", "provisional value"),
    ObservationStatus.LOW_RELIABILITY: Text("可靠性低", "low reliability"),
    ObservationStatus.MISSING: Text("缺值", "missing value"),
    ObservationStatus.NOT_COLLECTED: Text("缺值：未收集到", "missing value; data exist but were not collected"),
    ObservationStatus.CANNOT_EXIST: Text("缺值：不存在", "missing value; data cannot exist"),
    ObservationStatus.SUPPRESSED: Text("缺值：小数保护", "missing value; suppressed"),
}

STATUS_OF_MISSING = {
    MissingReason.NOT_STATED: ObservationStatus.CANNOT_EXIST,
    MissingReason.NOT_PUBLISHED: ObservationStatus.MISSING,
    MissingReason.NOT_REPORTED: ObservationStatus.NOT_COLLECTED,
    MissingReason.NOT_DUE: ObservationStatus.MISSING,
    MissingReason.SUPPRESSED: ObservationStatus.SUPPRESSED,
    MissingReason.NOT_APPLICABLE: ObservationStatus.CANNOT_EXIST,
    MissingReason.NOT_COMPUTABLE: ObservationStatus.CANNOT_EXIST,
    MissingReason.NOT_COMPARABLE: ObservationStatus.CANNOT_EXIST,
    MissingReason.LOW_COVERAGE: ObservationStatus.NOT_COLLECTED,
}
_QUALITIES = {words.zh: quality for quality, words in QUALITY_WORDS.items()}
_STATUS_OF_QUALITY = {
    Quality.PLAIN: ObservationStatus.NORMAL,
    Quality.DERIVED: ObservationStatus.ESTIMATED,
    Quality.SCOPE: ObservationStatus.LOW_RELIABILITY,
    Quality.REPRINT: ObservationStatus.LOW_RELIABILITY,
    Quality.SIMULATED: ObservationStatus.NORMAL,
}


@dataclass(frozen=True, slots=True)
class ExportedFigure:
    """One figure of an export (导出数值): never a number without its unit, never a gap without its reason.

    ``row`` is the id of the target row, empty for a value of the indicator itself; ``observation`` the id of the
    published claim it repeats. ``period`` is ``2024`` or ``2024/25``. Exactly one of ``value`` and ``missing`` is None.
    ``chosen`` tells whether a published value is the one taken for its period. ``numerator``, ``denominator`` and
    ``coverage`` belong to computed figures.
    """

    id: str
    measure: ExportMeasure
    row: str
    indicator: str
    unit: str
    period: str
    value: Decimal | None
    unit_of_measure: str
    bound: str
    status: ObservationStatus
    missing: MissingReason | None
    nature: FigureNature
    chosen: bool
    observation: str = ""
    source: str = ""
    published: str = ""
    quality: Text = NO_WORDS
    note: str = ""
    locator: str = ""
    passage_hash: str = ""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    coverage: str = ""


def exact(amount: Decimal | None) -> str:
    """An amount with every digit it has and no exponent; empty for none, never zero."""
    return "" if amount is None else f"{plain(amount):f}"


def figures(content: ExportContent) -> tuple[ExportedFigure, ...]:
    """Every figure of an export: those of the rows, the published values, the computed ones with small counts withheld.

    A published value that stands behind several rows is listed once. A target that states no base year has no
    baseline; every other gap is a figure without a value.
    """
    found: dict[str, ExportedFigure] = {}
    for one in content.rows:
        for figure in _of_row(one, content.as_of.year):
            found[figure.id] = figure
    for one in content.rows:
        for figure in _published(one):
            found.setdefault(figure.id, figure)
    for computed in protected(content.computed, content.home.code):
        figure = _computed(computed)
        found[figure.id] = figure
    return tuple(found.values())


def chosen_values(row: MonitorRow) -> dict[str, ValueView]:
    """The value taken for each period of a row's indicator: the first listed of it that is no reprint.

    ``MonitorRow.values`` lists for each period the picked value first, then the others, and reprints last.
    """
    found: dict[str, ValueView] = {}
    for one in row.values:
        if quality_of(one) is not Quality.REPRINT:
            found.setdefault(one.period, one)
    return found


def quality_of(value: ValueView) -> Quality:
    """The quality of a published value. Raises KeyError for words that name none."""
    return _QUALITIES[value.quality.zh]


def is_simulated(value: ValueView | None) -> bool:
    """Whether a value is simulated."""
    return value is not None and quality_of(value) is Quality.SIMULATED


# --- the figures of a row ----------------------------------------------------------------------------


def _of_row(one: ExportedRow, year: int) -> Iterator[ExportedFigure]:
    row, seen = one.row, one.row.observation
    period = seen.period if seen else str(year)  # a value nobody knows is missing in the year that was asked about
    calculated = FigureNature.SIMULATED if is_simulated(seen) else FigureNature.CALCULATED
    yield _value(one, period)
    if row.baseline_year is not None:
        yield _baseline(one, str(row.baseline_year))
    yield _figure(
        one,
        ExportMeasure.GOAL,
        str(row.due),
        row.goal,
        gap=MissingReason.NOT_APPLICABLE if row.rule is Rule.EVIDENCE else MissingReason.NOT_COMPUTABLE,
        nature=FigureNature.PLANNED,
        note=row.goal_written,
        cited=row.citation,
    )
    gap = MissingReason.NOT_COMPUTABLE if row.value is not None else _gap(row)
    for measure, share in ((ExportMeasure.PROGRESS, row.p), (ExportMeasure.TIME_PROGRESS, row.s)):
        yield _figure(one, measure, period, share, nature=calculated, measured=SHARE, gap=gap)
    status, due = ObservationStatus.FORECAST, str(row.due)
    yield _figure(one, ExportMeasure.FORECAST, due, row.forecast, nature=calculated, status=status, gap=gap)


def _gap(row: MonitorRow) -> MissingReason:
    """Why a row has no value: a goal that a person judges has none, every other waits for a publication."""
    return MissingReason.NOT_APPLICABLE if row.rule is Rule.EVIDENCE else MissingReason.NOT_PUBLISHED


def _figure(  # noqa: PLR0913  a figure has this many facts
    one: ExportedRow,
    measure: ExportMeasure,
    period: str,
    value: Decimal | None,
    *,
    nature: FigureNature,
    gap: MissingReason = MissingReason.NOT_COMPUTABLE,
    status: ObservationStatus = ObservationStatus.NORMAL,
    measured: str = "",
    note: str = "",
    cited: CitationView | None = None,
) -> ExportedFigure:
    missing = gap if value is None else None
    return ExportedFigure(
        id=f"{measure}:{one.row.id}",
        measure=measure,
        row=one.row.id,
        indicator=one.row.indicator,
        unit=one.unit,
        period=period,
        value=value,
        unit_of_measure=measured or one.row.unit,
        bound=Bound.EXACT if value is not None else "",
        status=STATUS_OF_MISSING[missing] if missing else status,
        missing=missing,
        nature=nature,
        chosen=True,
        source=cited.document if cited else "",
        note=note,
        locator=cited.locator if cited else "",
        passage_hash=cited.passage_hash if cited else "",
    )


def _value(one: ExportedRow, period: str) -> ExportedFigure:
    """What the row was judged by: a published value, or the sum over the plan's years up to its period."""
    row, seen = one.row, one.row.observation
    missing = _gap(row) if row.value is None else None
    is_sum = seen is not None and row.value is not None and row.value != seen.amount
    return ExportedFigure(
        id=f"{ExportMeasure.VALUE}:{row.id}",
        measure=ExportMeasure.VALUE,
        row=row.id,
        indicator=row.indicator,
        unit=one.unit,
        period=period,
        value=row.value,
        unit_of_measure=row.unit,
        bound=seen.bound if seen and missing is None else "",
        status=STATUS_OF_MISSING[missing] if missing else _status_or_normal(seen),
        missing=missing,
        nature=_nature(seen, is_sum=is_sum),
        chosen=True,
        observation=seen.id if seen else "",
        source=seen.source if seen else "",
        published=seen.published if seen else "",
        quality=seen.quality if seen else NO_WORDS,
        note=seen.note if seen else "",
        locator=seen.citation.locator if seen and seen.citation else "",
        passage_hash=seen.citation.passage_hash if seen and seen.citation else "",
    )


def _nature(seen: ValueView | None, *, is_sum: bool) -> FigureNature:
    if is_simulated(seen):
        return FigureNature.SIMULATED
    return FigureNature.CALCULATED if is_sum else FigureNature.PUBLISHED


def _baseline(one: ExportedRow, period: str) -> ExportedFigure:
    """The base value: the plan's where it prints one, else the published value it was borrowed from."""
    row = one.row
    borrowed = chosen_values(row).get(period)
    if borrowed and borrowed.amount == row.baseline:
        return ExportedFigure(
            id=f"{ExportMeasure.BASELINE}:{row.id}",
            measure=ExportMeasure.BASELINE,
            row=row.id,
            indicator=row.indicator,
            unit=one.unit,
            period=period,
            value=row.baseline,
            unit_of_measure=row.unit,
            bound=borrowed.bound,
            status=_status(borrowed),
            missing=None,
            nature=_nature(borrowed, is_sum=False),
            chosen=True,
            observation=borrowed.id,
            source=borrowed.source,
            published=borrowed.published,
            quality=borrowed.quality,
            note=row.baseline_written,
            locator=borrowed.citation.locator if borrowed.citation else "",
            passage_hash=borrowed.citation.passage_hash if borrowed.citation else "",
        )
    return _figure(
        one,
        ExportMeasure.BASELINE,
        period,
        row.baseline,
        nature=FigureNature.PLANNED,
        gap=MissingReason.NOT_STATED,
        note=row.baseline_written,
        cited=row.citation,
    )


def _status_or_normal(seen: ValueView | None) -> ObservationStatus:
    """As ``_status``; a value without an observation behind it is taken as it is."""
    return ObservationStatus.NORMAL if seen is None else _status(seen)


def _status(seen: ValueView) -> ObservationStatus:
    """How a published value is to be taken: a bound says less than a number, and 约 less than both."""
    found = _STATUS_OF_QUALITY[quality_of(seen)]
    if found is ObservationStatus.NORMAL and seen.bound != Bound.EXACT:
        return ObservationStatus.ESTIMATED if seen.bound == Bound.ABOUT else ObservationStatus.LOW_RELIABILITY
    return found


# --- the values of an indicator ----------------------------------------------------------------------


def _published(one: ExportedRow) -> Iterable[ExportedFigure]:
    row = one.row
    chosen = {value.id for value in chosen_values(row).values()}
    for value in row.values:
        yield ExportedFigure(
            id=f"{ExportMeasure.PUBLISHED}:{value.id}",
            measure=ExportMeasure.PUBLISHED,
            row="",
            indicator=row.indicator,
            unit=one.unit,
            period=value.period,
            value=value.amount,
            unit_of_measure=value.unit,
            bound=value.bound,
            status=_status(value),
            missing=None,
            nature=_nature(value, is_sum=False),
            chosen=value.id in chosen,
            observation=value.id,
            source=value.source,
            published=value.published,
            quality=value.quality,
            note=value.note,
            locator=value.citation.locator if value.citation else "",
            passage_hash=value.citation.passage_hash if value.citation else "",
        )


def _computed(one: ComputedFigure) -> ExportedFigure:
    status = STATUS_OF_MISSING[one.missing] if one.missing else ObservationStatus.NORMAL
    return ExportedFigure(
        id=f"{ExportMeasure.COMPUTED}:{one.indicator}:{one.unit}:{one.period}",
        measure=ExportMeasure.COMPUTED,
        row="",
        indicator=one.indicator,
        unit=one.unit,
        period=one.period,
        value=one.value,
        unit_of_measure=one.unit_of_measure,
        bound=Bound.EXACT if one.value is not None else "",
        status=status,
        missing=one.missing,
        nature=FigureNature.SIMULATED if one.simulated else FigureNature.COMPUTED,
        chosen=True,
        numerator=one.numerator,
        denominator=one.denominator,
        coverage=one.coverage,
    )
