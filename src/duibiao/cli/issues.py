"""``duibiao issues``: the issue list at the terminal, for desks without a browser: reading and printing only."""

from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from duibiao.cli.desk import ReportingDesk, day, desk
from duibiao.cli.show import Printer
from duibiao.kernel.period import local_day
from duibiao.kernel.text import Text
from duibiao.store.issues_flow import IssueState
from duibiao.store.workflow import ActorRole
from duibiao.views.issue import IssuePage, issue_page
from duibiao.views.issue_letter import IssueLetter, issue_letter
from duibiao.views.issue_list import IssueFilter, IssueListPage, issue_list_page

issues_app = typer.Typer(no_args_is_help=True)
issues_app.callback()(desk)

DayOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="按哪一天计算期限，默认今天。Day the deadlines are counted on."),
]


@issues_app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[IssueState | None, typer.Option("--state", help="只看某一状态。Only one state.")] = None,
    unit: Annotated[str, typer.Option("--unit", help="责任单位及下级。Responsible unit and those below.")] = "",
    department: Annotated[str, typer.Option("--department", help="责任部门。Responsible department.")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="只看逾期。Overdue only.")] = False,
    as_of: DayOption = None,
) -> None:
    """问题清单：多少项、多少逾期、谁来办。How many issues, how many late, who must act."""
    own: ReportingDesk = context.obj
    with own.folder.open_store() as store:
        found = store.issues.issues(own.actor(ActorRole.LEADER))
        asked = IssueFilter(state.value if state else "", unit, department, overdue)
        when = day(as_of) if as_of else local_day()
        page = issue_list_page(found, store.tree(), when, asked, simulated=store.simulated)
    _show_list(own.printer, page)


@issues_app.command()
def show(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="问题编号，如 2026-0001。Number of the issue.")],
    letter: Annotated[bool, typer.Option("--letter", help="写出督办函全文。The supervision letter.")] = False,
    as_of: DayOption = None,
) -> None:
    """一个问题：立项时的数字、每一步、下一步由谁办。One issue with every step; with --letter its supervision letter."""
    own: ReportingDesk = context.obj
    actor, when = own.actor(ActorRole.LEADER), day(as_of) if as_of else local_day()
    with own.folder.open_store() as store:
        record, tree = store.issues.record(actor, number), store.tree()
        if letter:
            _show_letter(own.printer, issue_letter(record, tree, when, simulated=store.simulated))
            return
        page = issue_page(
            own.workspace, record, tree, when, as_of=own.workspace.reference_date, simulated=store.simulated
        )
    _show_issue(own.printer, page)


def _mark(printer: Printer, mark: Text | None) -> str:
    return f"  [black on yellow] {printer.said(mark)} [/]" if mark else ""


def _show_list(printer: Printer, page: IssueListPage) -> None:
    printer.line(f"[bold]{printer.t('问题清单', 'Issue list')}[/]{_mark(printer, page.mark)}")
    printer.line(printer.said(page.sentence))
    if not page.rows:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for zh, en in (
        ("编号", "no."),
        ("问题", "issue"),
        ("状态", "state"),
        ("责任", "responsible"),
        ("整改时限", "deadline"),
        ("下一步", "next"),
    ):
        table.add_column(printer.t(zh, en), overflow="fold")
    for row in page.rows:
        who = "、".join(part for part in (row.unit_name, row.department, row.person) if part)
        due = f"{row.due or '—'} {printer.said(row.deadline)}"
        cells = (row.number, escape(row.title), printer.said(row.state_word), escape(who))
        table.add_row(*cells, f"[red]{due}[/]" if row.is_overdue else due, printer.said(row.next))
    printer.console.print(table)


def _show_issue(printer: Printer, page: IssuePage) -> None:
    row = page.row
    printer.line(f"[bold]{row.number} {escape(row.title)}[/]{_mark(printer, page.mark)}")
    stages = [f"[bold]● {printer.said(one.word)}[/]" if one.is_here else printer.said(one.word) for one in page.stages]
    printer.line(" → ".join(stages))
    who = "、".join(part for part in (row.unit_name, row.department, row.person) if part)
    printer.line(f"{printer.t('责任', 'Responsible')}: {escape(who)}")
    printer.line(f"{printer.t('整改时限', 'Deadline')}: {row.due or '—'} {printer.said(row.deadline)}")
    if page.detail:
        printer.line(escape(page.detail))
    if page.figure:
        for name, value in page.figure.facts:
            printer.line(f"  {printer.said(name)}: {escape(value)}")
    for word, may in page.next_who:
        printer.line(f"{printer.t('下一步', 'Next')}: {printer.said(word)} — {printer.said(may)}")
    for step in page.timeline:
        printer.line(
            f"{step.step}. {step.at} {printer.said(step.word)} {escape(step.actor)}（{escape(step.unit_name)}）"
        )
        for text in (step.text, step.reason, *(printer.said(change) for change in step.changes)):
            if text:
                printer.line(f"   {escape(text)}")
        for file in step.evidence:
            printer.line(f"   {escape(file.name)}（{file.size} B, SHA-256 {file.sha256[:16]}…）")


def _show_letter(printer: Printer, found: IssueLetter) -> None:
    printer.line(f"[bold]{printer.said(found.heading)}[/]{_mark(printer, found.mark)}")
    printer.line(escape(found.number))
    printer.line(f"\n{escape(found.addressee)}：")
    for paragraph in found.paragraphs:
        printer.line(f"　　{printer.said(paragraph)}")
    printer.line(f"\n{escape(found.signed_by)}\n{printer.said(found.day)}")
    printer.line(f"[dim]{printer.said(found.draft_note)}[/]")
