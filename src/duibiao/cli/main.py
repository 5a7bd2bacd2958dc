"""``duibiao``: the commands.

Exit codes: 0 done; 1 the input must be mended (every problem is printed) or a file cannot be written;
2 the command line is wrong.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from duibiao.cli.accounts import accounts_app
from duibiao.cli.compare import align, diff
from duibiao.cli.compute import compute_, rehearse_, simulate_
from duibiao.cli.data import data_app
from duibiao.cli.evaluate import evaluate_app
from duibiao.cli.export import export_figures
from duibiao.cli.extract import extract_, review
from duibiao.cli.issues import issues_app
from duibiao.cli.one_return import sign_page, steps
from duibiao.cli.options import (
    AsOfOption,
    ComputedOption,
    ExtraOption,
    LangOption,
    OutOption,
    PacksOption,
    UsageError,
    open_workspace,
    reference_day,
)
from duibiao.cli.packs import archive, cite, pack_app
from duibiao.cli.plans import plan_app
from duibiao.cli.registry import register, units
from duibiao.cli.report import report_app
from duibiao.cli.serve import serve_
from duibiao.cli.show import Printer
from duibiao.cli.show_data import show_districts, show_lineage
from duibiao.kernel.problem import PartlyDoneError, UserError
from duibiao.kernel.text import Language
from duibiao.metrics.indicator import Indicator
from duibiao.reports.monitor import write_monitor
from duibiao.views.districts import districts_page
from duibiao.views.explain import explain_page
from duibiao.views.lineage import lineage_page, names_of
from duibiao.views.monitor import Grouping, monitor_page
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder, explained
from duibiao.workspace.workspace import UnknownNameError

app = typer.Typer(
    name="duibiao",
    help="对标：以规划对照现实，每个数字都有出处。Holds reality against the plan, with the source of every figure.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
plan_app.command()(diff)
plan_app.command()(align)
app.add_typer(plan_app, name="plan")
app.add_typer(pack_app, name="pack")
data_app.command()(units)
data_app.command()(register)
data_app.command("sign-page")(sign_page)
data_app.command()(steps)
app.add_typer(data_app, name="data")
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(report_app, name="report")
app.add_typer(issues_app, name="issues")
app.add_typer(accounts_app, name="accounts")
app.command("compute")(compute_)
app.command("simulate")(simulate_)
app.command("rehearse")(rehearse_)
app.command("serve")(serve_)
app.command("export")(export_figures)
app.command()(archive)
app.command()(cite)
app.command("extract")(extract_)
app.command()(review)


@app.command()
def monitor(  # noqa: PLR0913, PLR0917  a command line has as many options as its users need
    plan: Annotated[
        str | None, typer.Argument(help="规划或规划集的代码或名称，默认第一个规划集。Plan or collection.")
    ] = None,
    as_of: AsOfOption = None,
    by: Annotated[Grouping, typer.Option("--by", help="分组方式。Grouping.")] = Grouping.ACTION,
    every: Annotated[
        bool, typer.Option("--all-targets", help="含正文目标，不限指标表。Every target, not only the tables.")
    ] = False,
    out: OutOption = None,
    observations: ExtraOption = None,
    data: ComputedOption = None,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """监测：已达成、正常、滞后、未知各有哪些，谁负责，出自何处。What is met, on course, behind, unknown."""
    workspace = open_workspace(packs, observations)
    title, plans = workspace.plans(plan)
    day = reference_day(workspace, as_of)
    page = monitor_page(workspace, title, plans, day, by, table_only=not every)
    printer = Printer(lang)
    printer.monitor(page)
    districts = None
    if data:
        snapshot = DataFolder(data).snapshot()
        result = DataFolder(data).result(workspace.content, snapshot)
        districts = districts_page(workspace, snapshot, result, title, plans, day)
        show_districts(printer, districts)
    if out:
        _tell(printer, write_monitor(page, out, lang, districts))


@app.command()
def explain(  # noqa: PLR0913, PLR0917  a command line has as many options as its users need
    indicator: Annotated[str, typer.Argument(help="指标代码、名称或别名。Indicator code, name or alias.")],
    plan: Annotated[str | None, typer.Option("--plan", help="只看一个规划。Only one plan.")] = None,
    unit: Annotated[
        str | None,
        typer.Option("--unit", help="单位代码：追溯由报表计算的值（配合 --data）。A computed value of a unit."),
    ] = None,
    period: Annotated[
        int | None, typer.Option("--period", help="统计年度，默认最后一年。Statistical year; default the last.")
    ] = None,
    most: Annotated[int, typer.Option("--most", help="最多列出多少个填报单位。How many units to list.")] = 20,
    as_of: AsOfOption = None,
    data: ComputedOption = None,
    observations: ExtraOption = None,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """追溯：从数字回到公布值、目标、原文位置、方法与责任部门。The path back from a figure."""
    workspace = open_workspace(packs, observations)
    found = workspace.catalogue.find(indicator)
    if len(found) != 1:
        near = found or workspace.catalogue.near(indicator)
        raise UnknownNameError(indicator, [f"{one.code} {one.label.zh}" for one in near])
    if unit or period:
        if data is None:
            raise UsageError("追溯计算值须给出数据目录 --data。Say which data folder: --data.")
        _explain_computed(
            Printer(lang), workspace, found[0], DataFolder(data), (unit or workspace.home.unit, period), most
        )
        return
    only = workspace.plans(plan)[1][0] if plan else None
    Printer(lang).explain(explain_page(workspace, found[0], reference_day(workspace, as_of), only))


def _explain_computed(
    printer: Printer,
    workspace: Workspace,
    indicator: Indicator,
    data: DataFolder,
    place: tuple[str, int | None],
    most: int,
) -> None:
    """Follow a computed figure down to the returns."""
    snapshot = data.snapshot()
    result = data.result(workspace.content, snapshot)
    unit, year = place
    found = explained(workspace.content, snapshot, result, (indicator.code, unit, year or result.years[-1]))
    content = workspace.content
    names = names_of(snapshot, content.elements, content.forms, content.indicators)
    page = lineage_page(found, indicator, snapshot, names)
    show_lineage(printer, page, most)


def _tell(printer: Printer, paths: list[Path]) -> None:
    printer.line(printer.t("已写出：", "written: ") + "  ".join(str(path) for path in paths))


def _language_asked(words: list[str]) -> Language:
    """The language of ``--lang``; a problem may stop a command before its options are known."""
    asked = words[words.index("--lang") + 1 :][:1] if "--lang" in words else []
    return Language.EN if "--lang=en" in words or asked == ["en"] else Language.ZH


def _say(words: str) -> None:
    print(words, file=sys.stderr)  # noqa: T201  what went wrong is told on the second stream


def main() -> None:
    """Run the command line; tell a user's mistakes without a stack trace."""
    try:
        app()
    except UserError as error:
        language = _language_asked(sys.argv[1:])
        for one in error.problems:
            _say(one.in_(language))
        count = len(error.problems)
        if isinstance(error, PartlyDoneError):
            _say(f"共{count}处问题；没有问题的文件已处理。{count} problems; the files without any were taken.")
        else:
            _say(f"共{count}处问题，未作任何处理。{count} problems; nothing was done.")
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename or ''}: {error.strerror or error}"
        _say(f"无法读写文件。A file cannot be read or written: {place}")
        sys.exit(1)
    except UnknownNameError as error:
        near = "\n  ".join(error.near) or "—"
        _say(f"没有找到“{error.asked}”，或不止一个。Not found, or more than one:\n  {near}")
        sys.exit(2)


if __name__ == "__main__":
    main()
