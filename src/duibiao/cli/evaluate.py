"""``duibiao evaluate``: perform and freeze an evaluation, list, show and verify those there are, add an addendum."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from duibiao.cli.options import (
    AsOfOption,
    ComputedOption,
    ExtraOption,
    LangOption,
    OutOption,
    PacksOption,
    packs_folder,
    reference_day,
)
from duibiao.cli.report_files import write_usual_report
from duibiao.cli.show import Printer
from duibiao.cli.show_evaluation import (
    show_addenda,
    show_addendum,
    show_changes,
    show_evaluation,
    show_list,
    show_verification,
)
from duibiao.evaluations.addendum import add_addendum, addenda_of
from duibiao.evaluations.correction import changes_today
from duibiao.evaluations.folder import evaluations_at, find_evaluation, open_evaluation, read_evaluation
from duibiao.evaluations.freeze import EvaluationSources, freeze, prepare
from duibiao.evaluations.material import EvaluationRequest
from duibiao.evaluations.perform import perform
from duibiao.evaluations.record import EvaluationKind
from duibiao.evaluations.verify import verify
from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Language
from duibiao.reports.evaluation import write_evaluation
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder

FOLDER = "evaluations"
PERFORM = "perform"


class DefaultGroup(TyperGroup):
    """A group of commands whose first word may be left out (默认命令组): ``evaluate PLAN`` performs."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # the types of click are private to typer
        """Take the first word as the command where it is one, else as the plan to evaluate."""
        if args and args[0] not in self.commands:
            args = [PERFORM, *args]
        return super().resolve_command(ctx, args)


evaluate_app = typer.Typer(
    cls=DefaultGroup,
    no_args_is_help=True,
    help="评估：年度、中期、总结、专项；固化、核验、附录。Evaluations: perform, freeze, verify, add addenda.",
)
InOption = Annotated[
    Path | None,
    typer.Option("--in", help="评估目录，默认 ./evaluations 和 ./out/evaluations。Folder of the evaluations."),
]
WantedArgument = Annotated[str, typer.Argument(help="评估编号（可只写开头）或目录。Id, its beginning, or folder.")]
ReportsOption = Annotated[
    Path | None,
    typer.Option("--task-reports", help="任务评定报告 task_reports.yaml。Reports of assessed tasks."),
]


@evaluate_app.command(PERFORM)
def perform_(  # noqa: PLR0913, PLR0917  a command line has as many options as its users need
    plan: Annotated[str, typer.Argument(help="规划或规划集的代码或名称。Plan or collection.")],
    kind: Annotated[
        EvaluationKind, typer.Option("--kind", help="评估类型。Kind of evaluation.")
    ] = EvaluationKind.FINAL,
    as_of: AsOfOption = None,
    scope: Annotated[
        str,
        typer.Option(
            "--scope", help="范围：whole、plan:、department:、indicator:、unit:，名称以逗号分隔。What part of it."
        ),
    ] = "whole",
    data: ComputedOption = None,
    task_reports: ReportsOption = None,
    report: Annotated[
        bool, typer.Option("--report", help="同时写出评估报告（Word、PDF、电子表格）。Also write the report.")
    ] = False,
    out: OutOption = None,
    observations: ExtraOption = None,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """评估：以目标年的值作结论，此前为暂定；--out 固化。Perform an evaluation; --out freezes it."""
    sources = EvaluationSources(
        packs_folder(packs), tuple(observations or ()), DataFolder(data) if data else None, task_reports
    )

    def asked(workspace: Workspace) -> EvaluationRequest:
        return EvaluationRequest(plan, kind, reference_day(workspace, as_of), scope)

    printer = Printer(lang)
    if out is None:
        workspace, request, material = prepare(sources, asked)
        show_evaluation(printer, perform(workspace, request, material))
        printer.line(printer.t("未固化；加 --out 目录 保存。", "Not frozen; --out FOLDER keeps it."))
        return
    frozen, evaluation = freeze(sources, asked, out / FOLDER)
    show_evaluation(printer, evaluation)
    written = write_evaluation(evaluation, out, lang)
    printer.line(printer.t("已写出：", "written: ") + "  ".join(str(path) for path in written))
    printer.line(printer.t("已固化：", "frozen: ") + str(frozen.folder))
    if report:
        write_usual_report(printer, evaluation, packs_folder(packs), out, frozen.folder)


@evaluate_app.command("list")
def list_(folder: InOption = None, lang: LangOption = Language.ZH) -> None:
    """列出已固化的评估。List the frozen evaluations."""
    there = [evaluations_at(place) for place in evaluation_folders(folder)]
    show_list(Printer(lang), [one for found, _ in there for one in found])
    spoilt = [one for _, problems in there for one in problems]
    if spoilt:
        raise UserError(spoilt)


@evaluate_app.command("show")
def show_(wanted: WantedArgument, folder: InOption = None, lang: LangOption = Language.ZH) -> None:
    """显示一份固化的评估及其附录。Show a frozen evaluation with its addenda."""
    place = find_evaluation(wanted, evaluation_folders(folder))
    printer = Printer(lang)
    show_evaluation(printer, read_evaluation(place))
    show_addenda(printer, addenda_of(place))


@evaluate_app.command("verify")
def verify_(
    wanted: WantedArgument,
    data: Annotated[
        Path | None, typer.Option("--data", help="数据目录：同时由快照重算。Recompute from the snapshot there too.")
    ] = None,
    folder: InOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """核验：逐字节比对，并由固化的输入重新计算。Compare every byte and compute it again from the frozen inputs."""
    place = find_evaluation(wanted, evaluation_folders(folder))
    found = verify(place, DataFolder(data) if data else None)
    show_verification(Printer(lang), found)
    if not found.stands:
        raise UserError(found.problems)


@evaluate_app.command("addendum")
def addendum_(  # noqa: PLR0913, PLR0917  a command line has as many options as its users need
    wanted: WantedArgument,
    reason: Annotated[str, typer.Option("--reason", help="理由；不写则只看。Why; without it nothing is written.")] = "",
    office: Annotated[str, typer.Option("--office", help="作附录的单位。Office.")] = "",
    author: Annotated[str, typer.Option("--author", help="作附录的人。Name.")] = "",
    data: ComputedOption = None,
    task_reports: ReportsOption = None,
    observations: ExtraOption = None,
    folder: InOption = None,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """附录：按现在的数据包会变什么；写明理由则存入。What today's packs would change; with a reason, an addendum."""
    place = find_evaluation(wanted, evaluation_folders(folder))
    sources = EvaluationSources(
        packs_folder(packs), tuple(observations or ()), DataFolder(data) if data else None, task_reports
    )
    inputs, changes = changes_today(place, sources)
    printer = Printer(lang)
    show_changes(printer, inputs, changes)
    if reason or office or author:
        show_addendum(
            printer, add_addendum(place, open_evaluation(place).id, (office, author), reason, inputs, changes)
        )


def evaluation_folders(given: Path | None) -> list[Path]:
    """Where evaluations are looked for."""
    return [given] if given else [Path(FOLDER), Path("out") / FOLDER]
