"""Prints what was reported and computed, in the terminal; simulated figures carry their mark in every table."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from rich import box
from rich.markup import escape
from rich.table import Table

from duibiao.cli.show import Printer
from duibiao.intake.due import DueReturn, in_words, to_report_in_all
from duibiao.intake.submit import Submission
from duibiao.kernel.period import local_time
from duibiao.kernel.text import Text
from duibiao.metrics.element import DataElement
from duibiao.store.model import CellVersion, ReportState
from duibiao.store.workflow import ACTION_WORDS, SIGNING, STATUS_WORDS
from duibiao.views.districts import DistrictsPage, DistrictValue
from duibiao.views.lineage import LineagePage

MOST_SHOWN = 20
"""Findings shown in the terminal; all of them stand in the coloured workbook."""


def show_districts(printer: Printer, page: DistrictsPage) -> None:
    """Print the computed indicators of plans by district, apart from what was published."""
    mark = f"  [black on yellow] {printer.said(page.mark)} [/]" if page.mark else ""
    heading = printer.t("分区县：由报表计算", "By district: computed from returns")
    source = f"{printer.t('快照', 'snapshot')} {page.snapshot} · {printer.t('计算', 'run')} {page.run}（{page.engine}）"
    printer.line(f"\n[bold]{heading}[/]{mark}  [dim]{source}[/]")
    printer.line(printer.said(page.sentence))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    computed = printer.t("全市计算值", "city, computed")
    for name, numeric in (
        (printer.t("规划", "plan"), False),
        (printer.t("指标", "indicator"), False),
        (printer.t("全市公布值（年度）", "city, published (year)"), True),
        (f"{computed}（{page.year}）", True),
        (printer.t("有值区县", "districts"), True),
        (printer.t("最低／中位／最高", "lowest / median / highest"), True),
        (printer.t("目标（年度）", "goal (year)"), True),
        (printer.t("达到的区县", "at the goal"), True),
    ):
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in page.rows:
        seen = row.published
        table.add_row(
            printer.said(row.plan_short),
            printer.said(row.label),
            escape(f"{seen.shown}（{seen.period}）") if seen else "—",
            f"[yellow]{shown_value(printer, row.city)}[/]" if page.mark else shown_value(printer, row.city),
            f"{row.known}/{row.total}",
            escape(f"{row.minimum} / {row.median} / {row.maximum}"),
            escape(f"{row.goal_written}（{row.due}）"),
            "—" if row.meeting is None else f"{row.meeting}/{row.known}",
        )
    printer.console.print(table)
    for notice in page.notices:
        printer.line(f"[dim]{printer.said(notice)}[/]")


def shown_value(printer: Printer, value: DistrictValue) -> str:
    """A computed value, or why there is none."""
    return f"╳ {printer.said(value.missing)}" if value.missing else escape(value.shown)


def show_due(printer: Printer, found: Sequence[DueReturn], day: date) -> None:
    """Print what is still to be reported, by deadline: what is new, what is known already."""
    for one in found:
        printer.line(f"[bold]{escape(one.unit_name)}[/] {escape(in_words(one, day))}")
    total = to_report_in_all(found)
    printer.line(
        printer.t(f"共 {len(found)} 份待报，需补报 {total} 项。", f"{len(found)} returns, {total} values to report.")
    )


def show_states(printer: Printer, states: Sequence[ReportState], names: Mapping[str, str], day: date) -> None:
    """Print where every return stands, and a tally."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in (
        printer.t("单位", "unit"),
        printer.t("名称", "name"),
        printer.t("状态", "status"),
        printer.t("稿次", "revision"),
        printer.t("已签", "signed"),
        printer.t("最后办理", "last step"),
        printer.t("理由", "reason"),
    ):
        table.add_column(name, overflow="fold")
    for state in states:
        late = f" [red]{printer.t('逾期', 'overdue')}[/]" if state.overdue(day) else ""
        action = ACTION_WORDS[state.changed_action].in_(printer.language)
        step = f"{local_time(state.changed_at)} {state.changed_by} {action}"
        table.add_row(
            state.unit,
            escape(names.get(state.unit, "")),
            printer.said(STATUS_WORDS[state.status]) + late,
            str(state.revision),
            f"{len(state.signatures)}/{len(SIGNING)}",
            escape(step),
            escape(state.reason),
        )
    printer.console.print(table)
    counted = Counter(state.status for state in states)
    printer.line("，".join(f"{printer.said(STATUS_WORDS[one])} {count}" for one, count in counted.items()) or "—")


def show_submission(printer: Printer, done: Submission) -> None:
    """Print what became of a returned file: what was taken, what comes back, and every finding with its cell."""
    words = printer.t(
        f"收下 {len(done.saved)} 个单位，提交 {len(done.submitted)}，与已存相同 {len(done.unchanged)}，"
        f"待说明 {len(done.waiting)}，退回更正 {len(done.refused)}。",
        f"{len(done.saved)} units kept, {len(done.submitted)} submitted, {len(done.unchanged)} as stored, "
        f"{len(done.waiting)} with open questions, {len(done.refused)} to be mended.",
    )
    printer.line(words)
    _show_findings(printer, done)


def show_checked(printer: Printer, found: Submission) -> None:
    """Print what a file that was only checked would come to, and every finding with its cell."""
    good = found.sheet.good.height - len(found.waiting)
    words = printer.t(
        f"可提交 {good} 个单位，待说明 {len(found.waiting)}，须更正 {len(found.refused)}；未保存。",
        f"{good} units ready, {len(found.waiting)} with open questions, {len(found.refused)} to be mended; "
        "nothing was stored.",
    )
    printer.line(words)
    _show_findings(printer, found)


def _show_findings(printer: Printer, done: Submission) -> None:
    shown = done.sheet.problems[:MOST_SHOWN]
    for one in shown:
        style = {"error": "red", "question": "yellow", "note": "bright_black"}[one.level]
        cell = f"{one.cell} " if one.cell else ""
        message = one.problem.message.in_(printer.language)
        printer.line(f"  [{style}]{escape(cell)}{escape(one.unit)}[/] {escape(message)} [dim]{one.problem.code}[/]")
    if len(done.sheet.problems) > len(shown):
        rest = len(done.sheet.problems) - len(shown)
        printer.line(
            printer.t(f"  另有 {rest} 处，见标色退回的工作簿。", f"  and {rest} more, in the coloured workbook.")
        )


def show_history(printer: Printer, element: DataElement, found: Sequence[CellVersion]) -> None:
    """Print every version of a cell, the oldest first."""
    for one in found:
        value = "—" if one.value is None else f"{element.amount(one.value)}{element.unit}"
        valid = printer.t("（公开有效）", " (valid in public)") if one.published else ""
        source = (
            f"{local_time(one.recorded_at)} {one.recorded_by}（{one.recorded_unit}） {one.source_type} {one.file_name}"
        )
        reason = f" {one.reason}" if one.reason else ""
        printer.line(f"{one.revision}. [bold]{escape(value)}[/]{valid}  [dim]{escape(source + reason)}[/]")
    if not found:
        printer.line(printer.t("从未报送。", "never reported."))


def show_lineage(printer: Printer, page: LineagePage, most: int) -> None:
    """Print the way down from a computed figure: aggregates, districts, schools, cells."""
    mark = f"  [black on yellow] {printer.said(page.mark)} [/]" if page.mark else ""
    printer.line(f"\n[bold]{printer.said(page.label)}[/]  {escape(page.unit_name)}  {page.year}{mark}")
    value = shown_value(printer, page.value)
    known, version = printer.t("计入/应报", "known/expected"), printer.t("口径版本", "definition")
    printer.line(f"{printer.t('计算值', 'computed')}：[bold]{value}[/]（{known} {page.value.coverage}）")
    printer.line(f"{printer.t('算式', 'expression')}：{escape(page.formula)}  {version} {page.definition_version}")
    source = f"{printer.t('快照', 'snapshot')} {page.snapshot} · {printer.t('计算', 'run')} {page.run}（{page.engine}）"
    printer.line(f"[dim]{source}[/]")
    for part in page.parts:
        form = f"《{printer.said(part.form_label)}》{printer.said(part.period)}"
        if part.of:
            printer.line(f"\n  [dim]{printer.t('引用指标', 'refers to')}[/] {printer.said(part.of)}")
        printer.line(f"{'' if part.of else chr(10)}  {escape(part.text)}  [dim]{form}[/]")
        printer.line(f"    {_amounts(printer, part.amounts)}")
        if part.how.zh:
            printer.line(f"    {printer.said(part.how)}")
        for district in part.districts if len(part.districts) > 1 else ():
            printer.line(f"    · {escape(district.name)}：{_amounts(printer, district.amounts)}")
        for unit in part.units[:most]:
            cells = "，".join(f"{printer.said(cell.label)} {escape(cell.shown)}" for cell in unit.cells)
            own = "".join(f"  {printer.said(text)} = {escape(value)}" for text, value in unit.values)
            why = f" [yellow]╳ {printer.said(unit.missing)}[/]" if unit.missing else ""
            printer.line(f"      {unit.unit} {escape(unit.name)}{why}{own}  [dim]{cells}[/]")
        rest = len(part.units) - most
        if rest > 0:
            printer.line(printer.t(f"      另有 {rest} 个单位（--most）", f"      and {rest} more units (--most)"))


def _amounts(printer: Printer, amounts: Sequence[tuple[Text, str]]) -> str:
    return " · ".join(f"{printer.said(name)} {escape(value)}" for name, value in amounts)
