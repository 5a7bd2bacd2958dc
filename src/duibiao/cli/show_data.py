"""Prints what was reported and computed, in the terminal; simulated figures carry their mark in every table."""

from rich import box
from rich.markup import escape
from rich.table import Table

from duibiao.cli.show import Printer
from duibiao.views.districts import DistrictsPage, DistrictValue


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
