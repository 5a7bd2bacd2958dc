"""``duibiao data``: the round of reporting — open, template, hand in, review, sign, publish — and its history."""

from pathlib import Path
from typing import Annotated

import typer

from duibiao.cli.desk import ReportingDesk, chosen, day, desk
from duibiao.cli.options import UsageError
from duibiao.cli.show_data import show_checked, show_due, show_history, show_states, show_submission
from duibiao.intake.coloured import write_coloured
from duibiao.intake.due import due_returns
from duibiao.intake.findings import errors
from duibiao.intake.reminders import reminders
from duibiao.intake.submit import Submission, check_file, store_mark, submit_file, template_inputs
from duibiao.intake.template import write_template
from duibiao.kernel.period import Period, local_day
from duibiao.kernel.problem import UserError
from duibiao.store.snapshot import Snapshot
from duibiao.store.steps import possible
from duibiao.store.store import Store
from duibiao.store.workflow import ActorRole, ReportAction
from duibiao.workspace.data_folder import definition_versions, pack_hashes

data_app = typer.Typer(no_args_is_help=True)
data_app.callback()(desk)

FormArgument = Annotated[str, typer.Argument(metavar="FORM", help="报表代码或名称。Form.")]
PeriodArgument = Annotated[str, typer.Argument(metavar="PERIOD", help="统计期：2025 或 2025/26。Period.")]
UnitsOption = Annotated[
    list[str] | None, typer.Option("--unit", help="单位代码，可多次；默认管辖范围内全部。Units; by default all.")
]
NamedOption = Annotated[list[str], typer.Option("--unit", help="单位代码，可多次。Units.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="理由。Why.")]


@data_app.command()
def create(
    context: typer.Context,
    effective: Annotated[
        str, typer.Option("--effective", metavar="DATE", help="单位登记的生效日。From when the units are registered.")
    ] = "2016-01-01",
) -> None:
    """新建数据目录，登记数据包中的单位。Make a data folder and register the units of the packs."""
    own: ReportingDesk = context.obj
    own.folder.create(own.content, simulated=False, effective=day(effective))
    own.printer.line(f"已建立 created: {own.folder.folder}")


@data_app.command("open")
def open_(
    context: typer.Context,
    form: FormArgument,
    period: PeriodArgument,
    unit: UnitsOption = None,
    due: Annotated[str | None, typer.Option("--due", help="截止日，默认按报表规定。Deadline.")] = None,
) -> None:
    """布置：为应报单位开出待报的报表。Open the returns of a form for those who must report it."""
    own: ReportingDesk = context.obj
    plan = own.folder.plan(own.content, form, period)
    with own.folder.open_store() as store:
        actor = own.actor(ActorRole.PUBLISHER)
        count = store.open_reports(actor, plan.form, plan.period, unit, day(due) if due else None)
        standing = len(store.reports(actor, plan.form.code, plan.period))
    own.printer.line(f"{plan.form.label.zh} {plan.period}：新开 {count} 份。{count} returns opened.")
    if not standing:
        own.printer.line(
            own.printer.t(
                "本单位及下级没有应填这张报表的单位：先登记学校名单（duibiao data register）。",
                "Nobody below this unit reports this form: register the schools first (duibiao data register).",
            )
        )


@data_app.command("due")
def due_(
    context: typer.Context,
    period: PeriodArgument,
    under: Annotated[str | None, typer.Option("--unit", help="只看该单位及下级。Only below this unit.")] = None,
    remind: Annotated[bool, typer.Option("--remind", help="写出催报文字。Write the text of reminders.")] = False,
) -> None:
    """待报：还有哪些没人报过、要报几项、何时截止。What must I report that nobody has yet?"""
    own: ReportingDesk = context.obj
    try:
        when = Period.parse(period)
    except ValueError as error:
        raise UsageError(f"“{period}”不是统计期，写作 2025 或 2025/26。Not a period.") from error
    with own.folder.open_store() as store:
        found = due_returns(
            store, own.actor(ActorRole.REPORTER), own.content.forms.values(), when, under=under,
            applicability=own.content.applicability,
        )  # fmt: skip
    if not remind:
        show_due(own.printer, found, local_day())
        return
    for one in reminders(found, own.content.elements, local_day(), on_demand=True):
        own.printer.line(f"\n{one.text}")


@data_app.command()
def template(
    context: typer.Context,
    form: FormArgument,
    period: PeriodArgument,
    unit: UnitsOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="写出的工作簿。The workbook to write.")] = None,
) -> None:
    """模板：写出已填好已知数的工作簿。The workbook to fill in, with everything known already in it."""
    own: ReportingDesk = context.obj
    plan = own.folder.plan(own.content, form, period)
    with own.folder.open_store() as store:
        actor = own.actor(ActorRole.REPORTER)
        wanted = unit or [state.unit for state in store.reports(actor, plan.form.code, plan.period)]
        if not wanted:
            raise UsageError("还没有布置这张报表，先用 data open。Nothing is open: run 'data open' first.")
        path = out or Path(f"{plan.form.label.zh}-{str(plan.period).replace('/', '-')}-{own.of}.xlsx")
        units, known, last_year, seen = template_inputs(store, actor, plan, wanted)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_template(
            path, plan.form, plan.elements, units, known, plan.period, last_year=last_year,
            store=store_mark(store), simulated=store.simulated, seen=seen, applicability=plan.applicability,
        )  # fmt: skip
    own.printer.line(f"已写出 written: {path}（{len(units)} 个单位 units）")


@data_app.command()
def submit(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="填好的工作簿或 CSV。The returned file.")],
    form: FormArgument,
    period: PeriodArgument,
    reason: ReasonOption = "",
    draft: Annotated[bool, typer.Option("--draft", help="只存草稿，不提交。Keep as a draft.")] = False,
) -> None:
    """交报：全部检查，正确的行收下，有误的标色退回。Everything is checked; good rows are kept, bad ones come back."""
    own: ReportingDesk = context.obj
    plan = own.folder.plan(own.content, form, period)
    with own.folder.open_store() as store:
        actor = own.actor(ActorRole.REPORTER)
        done = submit_file(store, actor, file, plan, reason=reason, today=local_day(), submit=not draft)
        back = coloured(own, store, file, done)
    show_submission(own.printer, done)
    if back:
        own.printer.line(f"标色退回 returned: {back}")
    if done.refused or done.waiting or errors(done.sheet.problems):  # a row that names nobody is lost too
        raise typer.Exit(1)


@data_app.command()
def check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="填好的工作簿或 CSV。The returned file.")],
    form: FormArgument,
    period: PeriodArgument,
) -> None:
    """预检：与交报同样检查，什么也不保存。The same checks as handing in; nothing is stored."""
    own: ReportingDesk = context.obj
    plan = own.folder.plan(own.content, form, period)
    with own.folder.open_store() as store:
        found = check_file(store, own.actor(ActorRole.REPORTER), file, plan, today=local_day())
        back = coloured(own, store, file, found)
    show_checked(own.printer, found)
    if back:
        own.printer.line(f"标色 coloured: {back}")
    if found.refused or found.waiting or errors(found.sheet.problems):
        raise typer.Exit(1)


@data_app.command("list")
def list_(context: typer.Context, form: FormArgument, period: PeriodArgument) -> None:
    """报送情况：每个单位到了哪一步、谁在何时做的。Where every return stands."""
    own: ReportingDesk = context.obj
    plan = own.folder.plan(own.content, form, period)
    with own.folder.open_store() as store:
        names = {unit.code: unit.name for unit in store.units()}
        states = store.reports(own.actor(ActorRole.REVIEWER), plan.form.code, plan.period)
    show_states(own.printer, states, names, local_day())


@data_app.command()
def sign(context: typer.Context, form: FormArgument, period: PeriodArgument, unit: UnitsOption = None) -> None:
    """签字：填报人、审核人、负责人三人各签一次（--role）。Three people sign for a return."""
    own: ReportingDesk = context.obj
    plan = own.folder.plan(own.content, form, period)
    with own.folder.open_store() as store:
        actor = own.actor(ActorRole.REPORTER)
        waiting = chosen(store, actor, plan, unit)
        if not unit:  # those that hold something this role has not signed yet
            waiting = possible(store.tree(), actor, ReportAction.SIGN, waiting)
            waiting = [state for state in waiting if state.revision and actor.role not in state.signatures]
        states = store.sign(actor, [state.seen for state in waiting])
    own.printer.line(f"已签 signed: {len(states)}")


@data_app.command()
def accept(context: typer.Context, form: FormArgument, period: PeriodArgument, unit: UnitsOption = None) -> None:
    """审核通过：区县审核后由市级审核。Accept returns: the district first, then the city."""
    own: ReportingDesk = context.obj
    plan = own.folder.plan(own.content, form, period)
    with own.folder.open_store() as store:
        actor = own.actor(ActorRole.REVIEWER)
        waiting = chosen(store, actor, plan, unit)
        if not unit:  # those that wait for this office, not those it has seen
            waiting = possible(store.tree(), actor, ReportAction.ACCEPT, waiting)
        states = store.accept(actor, [state.seen for state in waiting])
    own.printer.line(f"已通过 accepted: {len(states)}")


@data_app.command("return")
def return_(
    context: typer.Context, form: FormArgument, period: PeriodArgument, unit: NamedOption, reason: ReasonOption
) -> None:
    """退回：写明理由，退给填报单位。Give returns back with a reason."""
    own: ReportingDesk = context.obj
    plan = own.folder.plan(own.content, form, period)
    with own.folder.open_store() as store:
        actor = own.actor(ActorRole.REVIEWER)
        states = store.return_(actor, [state.seen for state in chosen(store, actor, plan, unit)], reason)
    own.printer.line(f"已退回 returned: {len(states)}")


@data_app.command()
def correct(
    context: typer.Context, form: FormArgument, period: PeriodArgument, unit: NamedOption, reason: ReasonOption
) -> None:
    """更正：重新开放已审核或已发布的报表，更正发布前原值仍有效。Open accepted or published returns for a correction."""
    own: ReportingDesk = context.obj
    plan = own.folder.plan(own.content, form, period)
    with own.folder.open_store() as store:
        actor = own.actor(ActorRole.PUBLISHER)
        states = store.reopen(actor, [state.seen for state in chosen(store, actor, plan, unit)], reason)
    own.printer.line(f"已重新开放 reopened: {len(states)}")


@data_app.command()
def delegate(
    context: typer.Context,
    form: FormArgument,
    period: PeriodArgument,
    to: Annotated[str, typer.Option("--to", help="代报单位的代码；空为取消。Who fills in instead; empty ends it.")],
    unit: UnitsOption = None,
    reason: ReasonOption = "",
) -> None:
    """代报：由上级单位代为填报。Let a unit above fill in."""
    own: ReportingDesk = context.obj
    plan = own.folder.plan(own.content, form, period)
    with own.folder.open_store() as store:
        actor = own.actor(ActorRole.REVIEWER)
        states = store.delegate(actor, [state.seen for state in chosen(store, actor, plan, unit)], to or None, reason)
    own.printer.line(f"已委托 delegated: {len(states)}")


@data_app.command()
def publish(
    context: typer.Context,
    title: Annotated[str, typer.Argument(help="快照的名称。Title of the snapshot.")],
    history: Annotated[
        Path | None, typer.Option("--history", help="以前年度的快照目录，一并带入。A snapshot of earlier years.")
    ] = None,
) -> None:
    """发布：把市级审核通过的数据写成不可更改的快照。Write what the city accepted as an immutable snapshot."""
    own: ReportingDesk = context.obj
    if history:
        own.folder.carry_over(Snapshot.open(history))
    with own.folder.open_store() as store:
        snapshot = store.publish(
            own.actor(ActorRole.PUBLISHER), own.folder.snapshots, title=title, forms=own.content.forms,
            elements=own.content.elements, definitions=definition_versions(own.content),
            packs=pack_hashes(own.content), history=own.folder.years_before(),
        )  # fmt: skip
    own.printer.line(f"已发布 published: {snapshot.id}")


@data_app.command("carry-over")
def carry_over(
    context: typer.Context,
    snapshot: Annotated[Path, typer.Argument(help="以前年度的快照目录。The folder of a snapshot of earlier years.")],
) -> None:
    """带入：收下以前年度的快照，从此比较和发布都用它。Take the years before this data base into the folder."""
    own: ReportingDesk = context.obj
    found = own.folder.carry_over(Snapshot.open(snapshot))
    years = sorted({year for form in found.forms for year in found.years(form)})
    told = f"{years[0]}—{years[-1]}" if years else "—"
    own.printer.line(f"已带入 carried over: {found.id}，{told} 年，{len(found.forms)} 张报表 forms")


@data_app.command("history")
def history_(
    context: typer.Context,
    form: FormArgument,
    period: PeriodArgument,
    element: Annotated[str, typer.Argument(help="数据元代码。Data element.")],
    unit: Annotated[str, typer.Option("--unit", help="单位代码。Unit.")],
) -> None:
    """来历：一个单元格的每一版——谁、何时、哪个文件、为什么。Every version of one cell."""
    own: ReportingDesk = context.obj
    plan = own.folder.plan(own.content, form, period)
    if element not in plan.form.asked:
        raise UsageError(f"《{plan.form.label.zh}》不收数据元“{element}”。The form does not ask for '{element}'.")
    with own.folder.open_store() as store:
        found = store.history(own.actor(ActorRole.REVIEWER), plan.form.code, unit, plan.period, element)
    show_history(own.printer, own.content.elements[element], found)


@data_app.command()
def verify(context: typer.Context) -> None:
    """核验：审计链和全部快照逐字节核对。Prove the audit trail and every snapshot, byte by byte."""
    own: ReportingDesk = context.obj
    with own.folder.open_store() as store:
        problems = store.verify_audit(own.folder.snapshots)
        head = store.audit_head()
    if problems:
        raise UserError(problems)
    own.printer.line(f"核验无误 verified: {head.seq} 条 lines, {head.hash}")


def coloured(own: ReportingDesk, store: Store, file: Path, done: Submission) -> Path | None:
    """Write the file back with its findings marked, beside the one that came; None where nothing is to be told."""
    sheet = done.sheet
    if not sheet.problems or sheet.layout is None:
        return None
    units = {unit.code: unit for unit in store.units()}
    out = file.with_name(f"{file.stem}-退回.xlsx")
    write_coloured(
        file, sheet, out, own.content.elements, units, simulated=store.simulated, seen=done.lock_versions,
        applicability=own.content.applicability,
    )  # fmt: skip
    return out
