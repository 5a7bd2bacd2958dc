"""``duibiao plan``: show, check, tree, departments, export."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from duibiao.cli.options import LangOption, PacksOption, open_workspace
from duibiao.cli.show import Printer
from duibiao.kernel.text import Language, folded
from duibiao.kernel.writing import csv_bytes, json_bytes, write_whole
from duibiao.plan.model import Plan
from duibiao.views.export import COLUMNS, What, export
from duibiao.views.outline import department_work, plan_tree
from duibiao.workspace import Workspace

plan_app = typer.Typer(help="规划：查看、检查、导出。Plans: show, check, export.", no_args_is_help=True)

PlanArgument = Annotated[str | None, typer.Argument(help="规划或规划集。Plan or collection.")]
WHOLE_TREE = 99


class Format(StrEnum):
    """The formats of an export."""

    CSV = "csv"
    JSON = "json"


@plan_app.command("list")
def list_(packs: PacksOption = None, lang: LangOption = Language.ZH) -> None:
    """列出规划与规划集。List the plans and collections."""
    workspace, printer = open_workspace(packs), Printer(lang)
    for collection in workspace.collections():
        printer.line(f"{collection.code}  {printer.said(collection.title)}  [{len(collection.plans)}]")
    for plan in workspace.content.plans.by_code.values():
        printer.line(f"{plan.code}  {printer.said(plan.title)}  {plan.start}–{plan.end}")


@plan_app.command()
def show(plan: PlanArgument = None, packs: PacksOption = None, lang: LangOption = Language.ZH) -> None:
    """概览：规划由哪些部分组成，各有多少。What a plan consists of, with counts."""
    workspace, printer = open_workspace(packs), Printer(lang)
    for one in workspace.plans(plan)[1]:
        number = f" {one.number}" if one.number else ""
        printer.line(f"{one.issuer}{number}，{printer.t('公布', 'published')} {one.published}，{one.start}–{one.end}")
        printer.tree(plan_tree(workspace, one), 1)


@plan_app.command()
def tree(
    plan: PlanArgument = None,
    depth: Annotated[int, typer.Option("--depth", help="展开层数。Levels to unfold.")] = WHOLE_TREE,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """从总目标到任务和量化目标的全树。The whole tree from goal to task and target."""
    workspace, printer = open_workspace(packs), Printer(lang)
    for one in workspace.plans(plan)[1]:
        printer.tree(plan_tree(workspace, one), depth)


@plan_app.command()
def departments(plan: PlanArgument = None, packs: PacksOption = None, lang: LangOption = Language.ZH) -> None:
    """各部门牵头、配合的任务数及所推动的指标数。Tasks each department leads and helps with."""
    workspace, printer = open_workspace(packs), Printer(lang)
    title, plans = workspace.plans(plan)
    printer.line(printer.said(title))
    printer.departments(department_work(workspace, plans))


@plan_app.command()
def check(plan: PlanArgument = None, packs: PacksOption = None, lang: LangOption = Language.ZH) -> None:
    """检查规划：装入即校验，并列出没有任务推动的指标。Check plans, and list indicators no task moves."""
    workspace, printer = open_workspace(packs), Printer(lang)
    title, plans = workspace.plans(plan)
    counts = len(plans), sum(len(one.targets) for one in plans), sum(len(one.tasks) for one in plans)
    printer.line(
        printer.t(
            "{}：{}个规划，{}个目标，{}项任务，没有错误。".format(title.zh, *counts),
            "{}: {} plans, {} targets, {} tasks, no errors.".format(title.en, *counts),
        )
    )
    for row in _unmoved(workspace, plans):
        printer.line(f"  ! {row}")


def _unmoved(workspace: Workspace, plans: list[Plan]) -> list[str]:
    """Rows of the indicator tables that no task or measure is linked to: nobody answers for them."""
    moved = {link.indicator for plan in workspace.content.plans.by_code.values() for link in plan.links}
    return [
        f"{target.id} {target.label} — 没有任务与之关联。No task is linked to it."
        for plan in plans
        for target in plan.table
        if target.indicator not in moved
    ]


@plan_app.command()
def rules(
    scheme: Annotated[
        str | None, typer.Argument(help="评价方案名称的一部分，默认全部。A part of the scheme's title.")
    ] = None,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """评价规则的数值底线，附所依据的出处。The numeric floors of evaluation rules, with the law they rest on."""
    workspace, printer = open_workspace(packs), Printer(lang)
    found = [one for one in workspace.content.rules.values() if scheme is None or folded(scheme) in folded(one.scheme)]
    title = ""
    for one in found:
        if one.scheme != title:
            title = one.scheme
            printer.line(f"[bold]{escape(title)}[/]")
        places = [one.citation, *one.basis]
        where = "；".join(f"{place.item} {place.locator.in_chinese()}".strip() for place in places)
        printer.line(f"  {escape(f'{one.code}  {one.title}  {one.written}')}  [dim]{escape(where)}[/]")
    if not found:
        printer.line(printer.t("没有评价规则。", "no rules."))


@plan_app.command("export")
def export_(
    plans: Annotated[list[str] | None, typer.Argument(help="规划或规划集，可多个。Plans or collections.")] = None,
    what: Annotated[What, typer.Option("--what", help="导出什么。What to export.")] = What.TARGETS,
    format_: Annotated[Format, typer.Option("--format", help="格式。Format.")] = Format.CSV,
    out: Annotated[Path | None, typer.Option("--out", help="写入的文件，默认打印。File; printed by default.")] = None,
    packs: PacksOption = None,
) -> None:
    """导出平表：照录与录入值并列，列的含义见 docs/export.md。Flat tables, as written beside as typed."""
    workspace = open_workspace(packs)
    chosen = {one.code: one for wanted in (plans or (None,)) for one in workspace.plans(wanted)[1]}
    rows = export(workspace, chosen.values(), what)
    data = json_bytes(rows) if format_ is Format.JSON else csv_bytes(list(COLUMNS[what]), rows)
    if out:
        write_whole(out, data)
    else:
        sys.stdout.buffer.write(data)
