"""``duibiao report``: the official report of an evaluation, briefs of one page, and the check of templates."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import click
import typer
from rich.markup import escape
from typer.core import TyperGroup

from duibiao.cli.evaluate import InOption, WantedArgument, evaluation_folders
from duibiao.cli.options import LangOption, PacksOption, UsageError, packs_folder
from duibiao.cli.show import Printer
from duibiao.evaluations.figure_book import FigureBook
from duibiao.evaluations.folder import find_evaluation, read_evaluation
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
WRITE = "write"


class ReportFile(StrEnum):
    """The files a report is written as (报告文件)."""

    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"


class ReportGroup(TyperGroup):
    """The commands of reports (报告命令组): ``duibiao report ID`` writes."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take the first word as the command where it is one, else as the evaluation to write."""
        if args and args[0] not in self.commands:
            args = [WRITE, *args]
        return super().resolve_command(ctx, args)


report_app = typer.Typer(
    cls=ReportGroup,
    help="报告：由评估生成 Word、PDF 和电子表格；校验模板。Reports of an evaluation; templates.",
    no_args_is_help=True,
)

PapersOption = Annotated[
    list[ReportFile] | None, typer.Option("--format", help="docx、pdf、xlsx，默认全部。Files to write.")
]


@report_app.command(WRITE)
def report_write(  # noqa: PLR0913, PLR0917  a command line has as many options as its users need
    evaluation: WantedArgument,
    folder: InOption = None,
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
    found = read_evaluation(find_evaluation(evaluation, evaluation_folders(folder)))
    rules = packs_folder(packs)
    name = template or (f"brief-{brief.value.removesuffix('s')}" if brief else "evaluation")
    chosen = _template(rules, name)
    printer = Printer(lang)
    report = Report()
    order = ReportOrder(
        language=lang,
        day=_day(day),
        is_draft=draft,
        letterhead=_letterhead(rules, letterhead, report),
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
        printer.line(escape(notice.in_(order.language)))
    made = {kind: _made(printer, written.paper, kind) for kind in wanted if kind is not ReportFile.XLSX}
    if ReportFile.XLSX in wanted:
        made[ReportFile.XLSX] = annex_bytes(evaluation, order.language)
    paths = [write_whole(out / f"{evaluation.id}.{kind.value}", content) for kind, content in made.items()]
    printer.line(printer.t("已写出：", "written: ") + "  ".join(str(path) for path in paths))


def _write_briefs(
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
            write_whole(folder / f"{one.name}.pdf", one.pdf.content)
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
    folder: InOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """列出模板可用的字段、条件、循环、表格和图形。What a template may name."""
    printer = Printer(lang)
    for line in vocabulary_lines(lang):
        printer.line(escape(line))
    if evaluation is not None:
        for name, shown in FigureBook(
            read_evaluation(find_evaluation(evaluation, evaluation_folders(folder)))
        ).shown.items():
            printer.line(escape(f"{{{name}}}  {shown}"))


def vocabulary_lines(language: Language) -> list[str]:
    """The words of templates with their meanings, as ``report fields`` prints them and docs/reports.md shows them."""
    words = vocabulary()
    titles = {
        "zh": ("字段", "条件", "循环", "表格", "图形"),
        "en": ("fields", "conditions", "loops", "tables", "charts"),
    }
    found: list[str] = []
    groups = (words.fields, words.conditions, words.loops, words.tables, words.charts)
    for title, group in zip(titles[language], groups, strict=True):
        found.append(f"# {title}")
        for name, word in group.items():
            scope = SCOPE_NAMES[word.scope].in_(language)
            found.append(f"{name}  {word.meaning.in_(language)}  [{scope}]")
            if hasattr(word, "columns"):
                found.append("    " + ", ".join(word.columns))
    return found


def _template_path(packs: Path, name: str) -> Path:
    """A template by its name in any pack, or the file itself. Raises UserError TEMPLATE-NONE."""
    if Path(name).is_file():
        return Path(name)
    there = {path.stem: path for path in sorted(packs.glob(f"*/{TEMPLATE_FOLDER}/*.yaml")) if path.name != LETTERHEAD}
    if name not in there:
        raise UserError([problem("TEMPLATE-NONE", Where(str(packs)), name=name, choices=", ".join(there) or "—")])
    return there[name]


def _template(packs: Path, name: str) -> ReportTemplate:
    path = _template_path(packs, name)
    report = Report()
    found = read_template(path, str(path), vocabulary(), report)
    report.refuse_errors()
    return found


def _letterhead(packs: Path, given: Path | None, report: Report) -> Letterhead | None:
    """The letterhead given, else that of a pack; None where there is none, and the template's own counts."""
    path = given or next(iter(sorted(packs.glob(f"*/{TEMPLATE_FOLDER}/{LETTERHEAD}"))), None)
    return read_letterhead(path, str(path), report) if path else None


def _day(day: str | None) -> date | None:
    if day is None:
        return None
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise UsageError(f"“{day}”不是日期，写作 2025-12-31。Not a date: write 2025-12-31.") from error
