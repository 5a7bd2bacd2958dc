"""``duibiao export``: the figures of an evaluation or a plan in a format others read."""

from pathlib import Path
from typing import Annotated

import typer

from duibiao.cli.evaluate import FOLDER, InOption
from duibiao.cli.options import (
    AsOfOption,
    ComputedOption,
    ExtraOption,
    LangOption,
    PacksOption,
    UsageError,
    open_workspace,
    reference_day,
)
from duibiao.cli.show import Printer
from duibiao.evaluations.folder import find_evaluation, read_evaluation
from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Language
from duibiao.reports.exports.content import ExportContent, of_plans
from duibiao.reports.exports.folder import write_export
from duibiao.reports.exports.formats import ExportFormat, exported
from duibiao.reports.exports.from_evaluation import of_evaluation
from duibiao.views.computed import ComputedData
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder


def export_figures(  # noqa: PLR0913, PLR0917  a command line has as many options as its users need
    what: Annotated[
        str, typer.Argument(help="评估编号或目录，或规划、规划集的代码或名称。Evaluation, plan or collection.")
    ],
    to: Annotated[ExportFormat, typer.Option("--to", help="格式。Format.")],
    out: Annotated[Path, typer.Option("--out", help="写入的目录，整体写入或不写。Folder, written whole or not.")],
    folder: InOption = None,
    as_of: AsOfOption = None,
    every: Annotated[
        bool, typer.Option("--all-targets", help="含正文目标，不限指标表。Every target, not only the tables.")
    ] = False,
    data: ComputedOption = None,
    observations: ExtraOption = None,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """导出：把评估或规划的数值写成他人可读的标准格式。The figures of an evaluation or a plan for other programs."""
    if to is ExportFormat.OPEN_SDG and data:
        raise UsageError(
            "Open SDG 数据集只有公布值，不含由报表计算的值，去掉 --data。Open SDG takes published values only."
        )
    found = _evaluation(what, folder)
    if found is not None:
        if as_of or every or data or observations:
            raise UsageError(
                "评估已固化，不能再加 --as-of、--all-targets、--data、--observations。"
                "An evaluation is frozen: these options belong to a plan."
            )
        content = of_evaluation(read_evaluation(found))
    else:
        content = _of_plan(open_workspace(packs, observations), what, as_of, data, every=every)
    paths = write_export(out, exported(content, to), to, content.id)
    printer = Printer(lang)
    mark = f"（{content.mark.in_(lang)}）" if content.mark else ""
    printer.line(printer.t("已写出：", "written: ") + f"{content.id}{mark}")
    for path in paths:
        printer.line(f"  {path}")


def _evaluation(what: str, folder: Path | None) -> Path | None:
    """The folder of the evaluation that is meant; None where it is no evaluation, but may be a plan."""
    try:
        return find_evaluation(what, [folder] if folder else [Path(FOLDER), Path("out") / FOLDER])
    except UserError:
        if folder is not None:  # who says where evaluations lie means one
            raise
        return None


def _of_plan(workspace: Workspace, what: str, as_of: str | None, data: Path | None, *, every: bool) -> ExportContent:
    title, plans = workspace.plans(what)
    code = next((one.code for one in workspace.collections() if one.title == title), plans[0].code)
    computed = None
    if data:
        snapshot = DataFolder(data).snapshot()
        result = DataFolder(data).result(workspace.content, snapshot)
        computed = ComputedData.of(snapshot, result, workspace.home.unit)
    day = reference_day(workspace, as_of)
    return of_plans(workspace, title, code, plans, day, table_only=not every, data=computed)
