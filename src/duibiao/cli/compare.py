"""``duibiao plan diff`` and ``duibiao plan align``: one plan against another."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from duibiao.cli.options import LangOption, PacksOption, UsageError, open_workspace
from duibiao.cli.plans import Format
from duibiao.cli.show import Printer
from duibiao.extract.draft_file import read_draft
from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Language
from duibiao.kernel.writing import csv_bytes, json_bytes, write_whole
from duibiao.plan.align import Relation, Standing
from duibiao.plan.compare import DifferenceKind
from duibiao.plan.model import Plan
from duibiao.views.comparison import (
    ALIGNMENT_COLUMNS,
    DIFFERENCE_COLUMNS,
    AlignmentPage,
    AlignmentRow,
    DifferencePage,
    DifferenceRow,
    Side,
    alignment_page,
    alignment_rows,
    difference_page,
    difference_rows,
    reading_page,
)
from duibiao.views.rows import CitationView
from duibiao.views.words import DASH, as_plain
from duibiao.workspace import Workspace
from duibiao.workspace.plan_file import read_plan_file
from duibiao.workspace.readings import is_draft, read_as_plan

FormatOption = Annotated[
    Format | None, typer.Option("--format", help="格式 csv 或 json，默认在终端列表。csv or json; a table by default.")
]
FileOption = Annotated[Path | None, typer.Option("--out", help="写入的文件，默认打印。File; printed by default.")]
PassagesOption = Annotated[bool, typer.Option("--passages", help="逐条显示两边原文。Show the passages of both sides.")]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="有未说明的差异时退出码为 1。Exit with 1 when a difference is unexplained.")
]
DIFFERENCE_STYLES = {
    DifferenceKind.ADDED: "green",
    DifferenceKind.DROPPED: "red",
    DifferenceKind.MOVED: "bright_black",
    DifferenceKind.TITLE: "blue",
    DifferenceKind.TARGET: "yellow",
    DifferenceKind.DEPARTMENT: "magenta",
}
RELATION_STYLES = {
    Relation.CARRY: "green",
    Relation.WEAKEN: "yellow",
    Relation.SHARPEN: "blue",
    Relation.UNCOVERED: "red",
}
STANDING_GLYPHS = {Standing.OPEN: "?", Standing.CONFIRMED: "✔", Standing.NOT_LISTED: "·", Standing.NOT_FOUND: "▲"}


def diff(  # noqa: PLR0913, PLR0917  a command line has as many options as its users need
    old: Annotated[
        str, typer.Argument(metavar="A", help="原规划：代码、文件或草稿。The old plan: code, file or draft.")
    ],
    new: Annotated[
        str, typer.Argument(metavar="B", help="新规划：代码、文件或草稿。The new plan: code, file or draft.")
    ],
    format_: FormatOption = None,
    out: FileOption = None,
    passages: PassagesOption = False,
    strict: StrictOption = False,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """比较两个规划：新增、删除、移动、改目标、改部门，附两边出处。What one plan changed against another."""
    workspace = open_workspace(packs)
    drafts = [one for one in (old, new) if is_draft(Path(one))]
    if len(drafts) == 1:
        plan = _plan(workspace, new if drafts[0] == old else old)
        read = read_as_plan(read_draft(Path(drafts[0])), workspace.content, against=plan.code)
        page = reading_page(workspace, read, plan)
    else:
        page = difference_page(workspace, _plan(workspace, old), _plan(workspace, new))
    if format_ or out:
        _write(format_, out, page, DIFFERENCE_COLUMNS, difference_rows(page))
    else:
        _print_differences(Printer(lang), page, passages=passages)
    if strict and page.problems:
        raise UserError(page.problems)
    if strict and (page.open or (page.rows and not page.is_reading)):
        raise typer.Exit(1)


def align(
    upper: Annotated[str, typer.Argument(metavar="UPPER", help="上位规划：代码或文件。The plan above.")],
    lower: Annotated[str, typer.Argument(metavar="LOWER", help="下位规划：代码或文件。The plan below.")],
    format_: FormatOption = None,
    out: FileOption = None,
    passages: PassagesOption = False,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """上下位规划对照：逐条看承接、弱化、加码或未见承接，附得分和两边原文。How a plan takes up the one above."""
    workspace = open_workspace(packs)
    page = alignment_page(workspace, _plan(workspace, upper), _plan(workspace, lower))
    if format_ or out:
        _write(format_, out, page, ALIGNMENT_COLUMNS, alignment_rows(page))
    else:
        _print_alignment(Printer(lang), page, passages=passages)


def _plan(workspace: Workspace, wanted: str) -> Plan:
    """The one plan a code, a part of a title or the path of a plan file names."""
    if is_draft(Path(wanted)):
        return read_as_plan(read_draft(Path(wanted)), workspace.content).plan
    if wanted.endswith((".yaml", ".yml")):
        return read_plan_file(Path(wanted), workspace.content)
    _, plans = workspace.plans(wanted)
    if len(plans) != 1:
        codes = ", ".join(one.code for one in plans)
        raise UsageError(f"“{wanted}”是规划集，请写一个规划。Name one plan: {codes}")
    return plans[0]


def _write(
    format_: Format | None, out: Path | None, page: Any, columns: Sequence[str], rows: list[Mapping[str, str]] | Any
) -> None:
    chosen = format_ or (Format.JSON if out and out.suffix == ".json" else Format.CSV)
    data = json_bytes(as_plain(page)) if chosen is Format.JSON else csv_bytes(columns, rows)
    if out:
        write_whole(out, data)
    else:
        sys.stdout.buffer.write(data)


# --- printing ----------------------------------------------------------------------------------------


def _print_differences(printer: Printer, page: DifferencePage, *, passages: bool) -> None:
    printer.line(f"\n[bold]{printer.said(page.new_title)}[/]  ⇄  {printer.said(page.old_title)}")
    printer.line(printer.said(page.sentence))
    rows = [row for row in page.rows if not row.is_explained]
    if rows:
        table = _table(printer.t("修改", "change"), printer.t("内容", "what"), printer.t("原出处", "old"),
                       printer.t("新出处", "new"))  # fmt: skip
        for row in rows:
            word = f"[{DIFFERENCE_STYLES[row.kind]}]{printer.said(row.kind_word)}[/]"
            table.add_row(word, printer.said(row.words), _place(row.old), _place(row.new))
        printer.console.print(table)
    for problem in page.problems:
        printer.line(f"[yellow]{escape(problem.in_(printer.language))}[/]")
    reasons = Counter(row.reason for row in page.rows if row.is_explained)
    for reason, count in reasons.most_common():
        printer.line(f"  {printer.t('已说明', 'explained')} {count}：{escape(reason)}")
    if passages:
        for row in page.rows:
            _print_passages(printer, row)
    for notice in page.notices:
        printer.line(f"[dim]{printer.said(notice)}[/]")


def _print_passages(printer: Printer, row: DifferenceRow) -> None:
    printer.line(f"[bold]{printer.said(row.words)}[/]")
    for name, citation, words in (
        (printer.t("原", "old"), row.old, row.old_passage),
        (printer.t("新", "new"), row.new, row.new_passage),
    ):
        if citation:
            printer.line(f"  {name}：{_place(citation)}  {escape(words or DASH)}")


def _print_alignment(printer: Printer, page: AlignmentPage, *, passages: bool) -> None:
    printer.line(f"\n[bold]{printer.said(page.upper_title)}[/]  →  {printer.said(page.lower_title)}")
    printer.line(printer.said(page.sentence))
    table = _table(
        printer.t("上位规划", "plan above"),
        printer.t("关系", "relation"),
        printer.t("下位规划", "plan below"),
        printer.t("得分", "score"),
        printer.t("确认", "confirmed"),
        printer.t("指标对照", "figures"),
    )
    last = ""
    for row in page.rows:
        repeated, last = row.upper.number == last, row.upper.number
        table.add_row(
            "" if repeated else _side(row.upper),
            f"[{RELATION_STYLES[row.relation]}]{printer.said(row.relation_word)}[/]",
            _side(row.lower) if row.lower else DASH,
            str(row.score),
            f"{STANDING_GLYPHS[row.standing]} {printer.said(row.standing_word)}",
            "\n".join(printer.said(text) for text in row.figures),
        )
    printer.console.print(table)
    if passages:
        for row in page.rows:
            _print_pair(printer, row)
    for notice in page.notices:
        printer.line(f"[dim]{printer.said(notice)}[/]")


def _print_pair(printer: Printer, row: AlignmentRow) -> None:
    printer.line(f"[bold]{_side(row.upper)}[/] {printer.said(row.relation_word)} {row.score}")
    for side in (row.upper, row.lower):
        if side:
            printer.line(f"  {_side(side)}  {_place(side.citation)}  {escape(side.passage or DASH)}")


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _side(side: Side) -> str:
    return escape(f"{side.number}、{side.title}")  # no space: a table would break the line there


def _place(citation: CitationView | None) -> str:
    return escape(f"{citation.item} {citation.place}".strip()) if citation else DASH
