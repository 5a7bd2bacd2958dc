"""``duibiao pack``, ``archive`` and ``cite``: for those who keep packs."""

from pathlib import Path
from typing import Annotated

import typer

from duibiao.cli import forms
from duibiao.cli.options import LangOption, PacksOption, UsageError, open_workspace
from duibiao.cli.show import Printer
from duibiao.kernel.problem import Problem, UserError
from duibiao.kernel.text import Language
from duibiao.workspace import Workspace
from duibiao.workspace.readings import check_readings

pack_app = typer.Typer(help="数据包：检查。Packs: check.", no_args_is_help=True)

pack_app.command("burden")(forms.burden)
pack_app.command("elements")(forms.elements)
pack_app.command("forms")(forms.forms)

FilesArgument = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="源文件。Source documents.")]


@pack_app.command()
def check(
    readings: Annotated[
        bool,
        typer.Option("--readings", help="重读存档文件，逐条与规划对照。Read the documents anew and hold them against."),
    ] = False,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """检查全部数据包及其断言；存档中有的文件，逐条核对出处指纹。Check every pack, assertion and citation."""
    workspace, printer = open_workspace(packs), Printer(lang)
    for manifest in workspace.content.manifests:
        count = len(manifest.assertions)
        printer.line(
            printer.t(
                f"{manifest.title.zh} [{manifest.code}]：{count}条断言成立",
                f"{manifest.title.en} [{manifest.code}]: {count} assertions hold",
            )
        )
    compared, absent, problems = workspace.check_citations()
    printer.line(
        printer.t(
            f"出处{compared + absent}处：已与存档原文核对{compared}处，{absent}处原文未存档",
            f"{compared + absent} citations: {compared} compared with the archived document, {absent} not archived",
        )
    )
    content = workspace.content
    counts = len(content.elements), len(content.forms), len(content.formulas), len(content.indicators)
    printer.line(
        printer.t(
            "数据元{}个，报表{}张，由报表计算的指标{}个（共{}个指标）".format(*counts),
            "{} data elements, {} forms, {} of {} indicators computed from them".format(*counts),
        )
    )
    for warning in workspace.warnings:
        printer.line(f"! {warning.in_(lang)}")
    if readings:
        problems = [*problems, *_readings(workspace, printer)]
    if problems:
        raise UserError(problems)


def _readings(workspace: Workspace, printer: Printer) -> list[Problem]:
    """Tell how each plan agrees with what is read in its document today."""
    checked, problems = check_readings(workspace)
    for one in checked:
        if one.differences is None:
            printer.line(printer.t(f"{one.plan.code}：原文未存档", f"{one.plan.code}: not archived"))
            continue
        told = one.differences - one.open
        printer.line(
            printer.t(
                f"{one.plan.code}：与读出的不同{one.differences}处，已说明{told}处，未说明{one.open}处",
                f"{one.plan.code}: {one.differences} differences from the reading, {told} explained, {one.open} not",
            )
        )
    return problems


def archive(files: FilesArgument, packs: PacksOption = None, lang: LangOption = Language.ZH) -> None:
    """存档源文件（按内容指纹），以便显示原文、核对出处。Keep source documents by content hash."""
    workspace, printer = open_workspace(packs), Printer(lang)
    known = {source.sha256: source for source in workspace.content.sources.values() if source.sha256}
    for file in files:
        digest = workspace.archive.add(file)
        source = known.get(digest)
        words = (
            printer.said(source.title)
            if source
            else printer.t("未在 sources.yaml 登记", "not registered in sources.yaml")
        )
        printer.line(f"{digest[:16]}  {file.name}  {words}")


def cite(
    document: Annotated[str, typer.Argument(help="出处代码（须已存档）。Code of an archived source.")],
    words: Annotated[str, typer.Argument(help="要引用的原文片段。The words to cite.")],
    packs: PacksOption = None,
) -> None:
    """生成引用：给出片段的位置和指纹，供写入数据包。Print locator and hash of a passage."""
    workspace = open_workspace(packs)
    found = workspace.document(document)
    if found is None:
        raise UsageError(f"“{document}”没有存档，先运行 duibiao archive。Not archived yet.")
    places = found.find(words)
    if not places:
        raise UsageError("原文中没有这段文字。These words do not stand in the document.")
    for passage in places:
        typer.echo(f"cite: {{document: {document}, at: {passage.locator}, hash: {passage.hash}}}")
