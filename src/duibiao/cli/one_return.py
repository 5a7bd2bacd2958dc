"""``duibiao data sign-page`` and ``steps``: one return — the page three people sign, and who did what with it."""

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from duibiao.cli.desk import ReportingDesk
from duibiao.cli.options import UsageError
from duibiao.intake.signpage import missing_words, write_sign_page
from duibiao.kernel.period import local_day, local_time
from duibiao.store.reading import day_of
from duibiao.store.workflow import ACTION_WORDS, ROLE_WORDS, STATUS_WORDS, ActorRole

FormArgument = Annotated[str, typer.Argument(metavar="FORM", help="报表代码或名称。Form.")]
PeriodArgument = Annotated[str, typer.Argument(metavar="PERIOD", help="统计期：2025 或 2025/26。Period.")]
UnitOption = Annotated[str, typer.Option("--unit", help="单位代码。Unit.")]


def sign_page(
    context: typer.Context,
    form: FormArgument,
    period: PeriodArgument,
    unit: UnitOption,
    out: Annotated[Path | None, typer.Option("--out", help="写出的工作簿。The workbook to write.")] = None,
) -> None:
    """签字页：现稿的数字、数据指纹和三人签字栏，A4 可打印。The page three people sign, on A4."""
    own: ReportingDesk = context.obj
    plan = own.folder.plan(own.content, form, period)
    with own.folder.open_store() as store:
        actor = own.actor(ActorRole.REPORTER)
        state = store.report(actor, plan.form.code, unit, plan.period)
        if not state.revision:
            raise UsageError("这份报表还没有填报。Nothing was reported yet.")
        rows = store.rows(actor, plan.form, plan.period, under=unit).to_pylist()
        values = next(row for row in rows if row["unit"] == unit)
        notes = store.notes(actor, plan.form.code, unit, plan.period)
        registered = store.tree(day_of(plan.period))[unit]
        simulated = store.simulated
    path = out or Path(f"{plan.form.label.zh}-签字页-{registered.name}.xlsx")
    outside = plan.applicability.outside(plan.form.asked, registered.school_kind)
    digest = write_sign_page(
        path, plan.form, plan.elements, state, registered.name, values, local_day(), simulated=simulated,
        missing=missing_words(notes), outside=outside,
    )  # fmt: skip
    own.printer.line(f"已写出 written: {path}（数据指纹 SHA-256 {digest}）")


def steps(context: typer.Context, form: FormArgument, period: PeriodArgument, unit: UnitOption) -> None:
    """经过：一份报表从布置到发布，谁、何时、办了什么、为什么。Every step of one return: who, when, why."""
    own: ReportingDesk = context.obj
    plan = own.folder.plan(own.content, form, period)
    with own.folder.open_store() as store:
        names = {one.code: one.name for one in store.units()}
        found = store.events(own.actor(ActorRole.REVIEWER), plan.form.code, unit, plan.period)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for zh, en in (
        ("何时", "when"),
        ("谁", "who"),
        ("办理", "step"),
        ("稿次", "rev."),
        ("状态", "status"),
        ("理由", "why"),
    ):
        table.add_column(own.printer.t(zh, en), overflow="fold")
    for one in found:
        who = f"{one.actor}（{own.printer.said(ROLE_WORDS[one.role])}，{names.get(one.actor_unit, one.actor_unit)}）"
        table.add_row(
            local_time(one.at),
            escape(who),
            own.printer.said(ACTION_WORDS[one.action]),
            str(one.revision),
            own.printer.said(STATUS_WORDS[one.to_status]),
            escape(one.reason),
        )
    own.printer.console.print(table)
