"""The charts of reports (报告图形): the same figures as the tables they stand with."""

from collections.abc import Sequence
from decimal import Decimal

from duibiao.evaluations.at_hand import action_at
from duibiao.evaluations.phrases import row_name, rows_of
from duibiao.evaluations.record import ActionResult, IndicatorResult, ResultCount
from duibiao.evaluations.vocabulary import ChartWord, ReportContext, WordScope
from duibiao.kernel.text import Text
from duibiao.progress.closing import VERDICT_WORDS, Verdict
from duibiao.progress.status import LOOKS, Status
from duibiao.views.paper_chart import ChartKind, ChartPoint, ChartSeries, FillPattern, PaperChart
from duibiao.views.words import percent

FEWEST_BARS = 3
"""With fewer bars a table says it better."""
_GREY = "#8C959F"


def _count_series(context: ReportContext, actions: Sequence[ActionResult]) -> tuple[ChartSeries, ...]:
    """One series for each result that occurs, and one for what cannot be judged."""
    looks: list[tuple[str, str, Text, str, FillPattern]] = []
    unknown = {Status.NO_DATA, Status.NO_BASELINE}
    patterns = {
        Status.MET: FillPattern.SOLID, Status.MET_AT_RISK: FillPattern.HORIZONTAL,
        Status.ON_COURSE: FillPattern.DIAGONAL, Status.ATTENTION: FillPattern.DOTTED,
        Status.BEHIND: FillPattern.CROSSED,
    }  # fmt: skip
    for status, look in LOOKS.items():
        if status in patterns and status not in unknown:
            looks.append(("status", status.value, look.word, look.colour, patterns[status]))
    met, missed = LOOKS[Status.MET].colour, LOOKS[Status.BEHIND].colour
    for code, colour, pattern in (
        (Verdict.MET.value, met, FillPattern.SOLID),
        (f"{Verdict.MET.value}.provisional", met, FillPattern.DIAGONAL),
        (Verdict.NOT_MET.value, missed, FillPattern.CROSSED),
        (f"{Verdict.NOT_MET.value}.provisional", missed, FillPattern.DOTTED),
    ):
        verdict = VERDICT_WORDS[Verdict(code.partition(".")[0])]
        provisional = Text(f"暂定{verdict.zh}", f"provisionally {verdict.en}")
        looks.append(("verdict", code, provisional if "." in code else verdict, colour, pattern))
    found = []
    for kind, code, word, colour, pattern in looks:
        counts = [_count(one.statuses if kind == "status" else one.verdicts, code) for one in actions]
        if any(counts):
            places = [f"action/{one.plan}/{kind}/{code}" for one in actions]
            points = tuple(
                ChartPoint(Decimal(count), context.book.count(place))
                for count, place in zip(counts, places, strict=True)
            )
            found.append(ChartSeries(context.said(word), points, colour, pattern))
    rest = tuple(
        ChartPoint(Decimal(one.total - one.known), context.book.count(f"action/{one.plan}/unknown")) for one in actions
    )
    return (*found, ChartSeries(context.t("无可用数据", "no usable figure"), rest, _GREY, FillPattern.HOLLOW))


def _count(counts: Sequence[ResultCount], code: str) -> int:
    return next((one.count for one in counts if one.code == code), 0)


def _actions(context: ReportContext) -> PaperChart | None:
    actions = [one for one in context.evaluation.actions if one.total]
    if len(actions) < FEWEST_BARS:
        return None
    series = _count_series(context, actions)
    return PaperChart(
        id="actions_chart",
        kind=ChartKind.STACKED,
        title=context.t("各行动指标的结论", "Results by plan"),
        categories=tuple(context.said(one.short) for one in actions),
        series=series,
        table="actions",
        summary=context.t("横条长度为指标数，按结论分段。", "Bars count indicators, divided by result."),
        unit=context.t("项", "indicators"),
    )


def _progress(context: ReportContext, results: Sequence[IndicatorResult], name: str, table: str) -> PaperChart | None:
    """Progress beside time progress; a value that moved away from the goal draws no bar, its figure says so."""
    unanswered = {one.row for one in context.evaluation.quality.unanswered}
    rows = [
        one.row for one in results if one.row.p is not None and one.row.s is not None and one.row.id not in unanswered
    ]
    if len(rows) < FEWEST_BARS:
        return None
    book = context.book
    progress = tuple(ChartPoint(_drawn(row.p), book.figure(f"row/{row.id}/p")) for row in rows)
    time = tuple(ChartPoint(_drawn(row.s), book.figure(f"row/{row.id}/s")) for row in rows)
    last = max(rows, key=lambda row: row.p or Decimal(0))
    return PaperChart(
        id=name,
        kind=ChartKind.PROGRESS,
        title=context.t("指标进展与序时进度", "Progress and time progress"),
        categories=tuple(row_name(context, row) for row in rows),
        series=(
            ChartSeries(context.t("进展", "progress"), progress, "#0B5CAD", FillPattern.SOLID),
            ChartSeries(context.t("序时进度", "time progress"), time, "#57606A", FillPattern.HOLLOW),
        ),
        table=table,
        summary=context.t(
            f"横条为进展，标记为序时进度；进展最快的是{row_name(context, last)}（{percent(last.p)}）。",
            f"Bars show progress, marks time progress; the fastest is {row_name(context, last)} ({percent(last.p)}).",
        ),
        unit="%",
    )


def _drawn(share: Decimal | None) -> Decimal:
    return max(share or Decimal(0), Decimal(0)) * 100


def charts() -> dict[str, ChartWord]:
    """Every chart by name."""
    report, action = WordScope.REPORT, WordScope.ACTION
    found = [
        ChartWord("actions_chart", report, Text("各行动指标的结论", "results by plan"),
                  "actions", _actions),
        ChartWord("progress_chart", report, Text("进展与序时进度", "progress"),
                  "indicators", lambda c: _progress(c, c.evaluation.indicators, "progress_chart", "indicators")),
        ChartWord("action_progress_chart", action, Text("一个行动的进展", "progress of one plan"),
                  "action_indicators",
                  lambda c: _progress(c, rows_of(c, action_at(c).rows), f"action_progress_chart/{action_at(c).plan}",
                                      f"action_indicators/{action_at(c).plan}")),
    ]  # fmt: skip
    return {one.name: one for one in found}
