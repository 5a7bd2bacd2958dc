"""``duibiao report``: the official report of an evaluation, briefs of one page, and the check of templates."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from duibiao.cli.options import LangOption, PacksOption, UsageError, packs_folder
from duibiao.cli.show import Printer
from duibiao.evaluations.narrative import narrative_folders, read_passages
from duibiao.evaluations.record import Evaluation
from duibiao.evaluations.report import ReportOrder, write_report
from duibiao.evaluations.template_file import read_letterhead, read_template
from duibiao.evaluations.templates import Letterhead, ReportTemplate
from duibiao.evaluations.vocabulary import SCOPE_NAMES
from duibiao.evaluations.words import vocabulary
from duibiao.kernel.problem import Report, UserError, Where, problem
from duibiao.kernel.text import Language
from duibiao.kernel.writing import write_whole
from duibiao.reports.annex import annex_bytes
from duibiao.reports.briefs import BriefKind, briefs
from duibiao.reports.docx import docx_bytes
from duibiao.reports.fonts import FontShelf
from duibiao.reports.pdf import pdf_bytes
from duibiao.views.paper import Paper

TEMPLATE_FOLDER = "reports"
LETTERHEAD = "office.yaml"


class ReportFile(StrEnum):
    """The files a report is written as (报告文件)."""

    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"


class _WritesByDefault(TyperGroup):
    """``duibiao report ID`` means ``duibiao report write ID``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the usual command in front where none is named."""
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
            args = ["write", *args]
        return super().parse_args(ctx, args)


report_app = typer.Typer(
    cls=_WritesByDefault,
    help="报告：由评估生成 Word、PDF 和电子表格；校验模板。Reports of an evaluation; templates.",
    no_args_is_help=True,
)

PapersOption = Annotated[
    list[ReportFile] | None, typer.Option("--format", help="docx、pdf、xlsx，默认全部。Files to write.")
]
EvaluationArgument = Annotated[str, typer.Argument(help="评估编号或评估文件夹。Id or folder of an evaluation.")]
FolderOption = Annotated[
    Path, typer.Option("--evaluations", help="评估所在的目录。Folder of the evaluations.")
]


@report_app.command("write")
def report_write(  # noqa: PLR0913, PLR0917  a command line has as many options as its users need
    evaluation: EvaluationArgument,
    evaluations: FolderOption = Path("evaluations"),
    template: Annotated[str | None, typer.Option("--template", help="模板名称或文件。Template.")] = None,
    brief: Annotated[BriefKind | None, typer.Option("--briefs", help="改写一页通报。One-page briefs.")] = None,
    files: PapersOption = None,
    narrative: Annotated[Path, typer.Option("--narrative", help="撰写段落的目录。Passages.")] = Path("narrative"),
    letterhead: Annotated[Path | None, typer.Option("--office", help="版头落款文件。Letterhead file.")] = None,
    day: Annotated[str | None, typer.Option("--day", help="成文日期，默认参照日。Day of signing.")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="草稿，印出待撰写的位置。Draft.")] = False,
    out: Annotated[Path, typer.Option("--out", help="结果文件写入的目录。Folder to write to.")] = Path("out"),
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """生成评估报告或一页通报。Write the report of an evaluation, or briefs."""
    found = read_evaluation(evaluation, evaluations)
    folder = packs_folder(packs)
    name = template or (f"brief-{brief.value.removesuffix('s')}" if brief else "evaluation")
    chosen = _template(folder, name)
    printer = Printer(lang)
    report = Report()
    order = ReportOrder(
        language=lang,
        day=_day(day),
        is_draft=draft,
        letterhead=_letterhead(folder, letterhead, report),
        passages={} if brief else read_passages(narrative_folders(narrative, found), report),
        annex_files=() if brief else (printer.t("评估数据（电子表格）", "Data of the evaluation (workbook)"),),
    )
    report.refuse_errors()
    wanted = files or list(ReportFile)
    if brief:
        _write_briefs(printer, found, chosen, order, brief, wanted, out)
    else:
        _write_report(printer, found, chosen, order, wanted, out)


def _write_report(
    printer: Printer,
    evaluation: Evaluation,
    template: ReportTemplate,
    order: ReportOrder,
    wanted: Sequence[ReportFile],
    out: Path,
) -> None:
    """Everything is made before the first file is written."""
    written = write_report(evaluation, template, order)
    for notice in written.notices:
        printer.line(notice.in_(order.language))
    made = {kind: _made(printer, written.paper, kind) for kind in wanted if kind is not ReportFile.XLSX}
    if ReportFile.XLSX in wanted:
        made[ReportFile.XLSX] = annex_bytes(evaluation, order.language)
    paths = [write_whole(out / f"{evaluation.id}.{kind.value}", content) for kind, content in made.items()]
    printer.line(printer.t("已写出：", "written: ") + "  ".join(str(path) for path in paths))


def _write_briefs(  # noqa: PLR0913, PLR0917  what briefs are made of
    printer: Printer,
    evaluation: Evaluation,
    template: ReportTemplate,
    order: ReportOrder,
    kind: BriefKind,
    wanted: Sequence[ReportFile],
    out: Path,
) -> None:
    shelf = FontShelf()
    folder = out / f"{evaluation.id}-{kind.value}"
    count = 0
    for one in briefs(evaluation, template, order, kind, shelf):
        count += 1
        if ReportFile.PDF in wanted:
            write_whole(folder / f"{one.name}.pdf", one.pdf)
        if ReportFile.DOCX in wanted:
            write_whole(folder / f"{one.name}.docx", docx_bytes(one.paper))
    printer.line(printer.t(f"已写出{count}份通报：{folder}", f"{count} briefs written: {folder}"))


def _made(printer: Printer, paper: Paper, kind: ReportFile) -> bytes:
    if kind is ReportFile.DOCX:
        return docx_bytes(paper)
    result = pdf_bytes(paper)
    for notice in result.notices:
        printer.line(printer.said(notice))
    return result.content


@report_app.command("check")
def report_check(
    templates: Annotated[list[str], typer.Argument(help="模板名称或文件。Names or files.")],
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """校验模板，列出全部问题。Check templates; every mistake at once."""
    printer = Printer(lang)
    report = Report()
    for name in templates:
        read_template(_template_path(packs_folder(packs), name), name, vocabulary(), report)
    report.refuse_errors()
    printer.line(printer.t(f"{len(templates)}个模板没有问题。", f"{len(templates)} templates are in order."))


@report_app.command("fields")
def report_fields(
    evaluation: Annotated[
        str | None, typer.Option("--evaluation", help="另列该评估的数字编号。Also list its figures.")
    ] = None,
    evaluations: FolderOption = Path("evaluations"),
    lang: LangOption = Language.ZH,
) -> None:
    """列出模板可用的字段、条件、循环、表格和图形。What a template may name."""
    printer = Printer(lang)
    for line in vocabulary_lines(lang):
        printer.line(line)
    if evaluation is not None:
        from duibiao.evaluations.figure_book import FigureBook

        for name, shown in FigureBook(read_evaluation(evaluation, evaluations)).shown.items():
            printer.line(f"{{{name}}}  {shown}")


def vocabulary_lines(language: Language) -> list[str]:
    """The words of templates with their meanings, as ``report fields`` prints them and docs/reports.md shows them."""
    words = vocabulary()
    titles = {"zh": ("字段", "条件", "循环", "表格", "图形"), "en": ("fields", "conditions", "loops", "tables", "charts")}
    found: list[str] = []
    groups = (words.fields, words.conditions, words.loops, words.tables, words.charts)
    for title, group in zip(titles[language.value], groups, strict=True):
        found.append(f"# {title}")
        for name, word in group.items():
            scope = SCOPE_NAMES[word.scope].in_(language)
            found.append(f"{name}  {word.meaning.in_(language)}  [{scope}]")
            if hasattr(word, "columns"):
                found.append("    " + ", ".join(word.columns))
    return found
