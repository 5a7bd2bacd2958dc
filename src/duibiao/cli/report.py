"""``duibiao report``: the official report of an evaluation, briefs of one page, and the check of templates."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from typer.core import TyperGroup

from duibiao.cli.evaluate import InOption, WantedArgument, evaluation_folders
from duibiao.cli.options import LangOption, PacksOption, packs_folder
from duibiao.cli.report_files import (
    NARRATIVE,
    USUAL,
    ReportFile,
    annex_name,
    day_of,
    letterhead_of,
    template_named,
    template_path,
    write_brief_files,
    write_report_files,
)
from duibiao.cli.show import Printer
from duibiao.evaluations.figure_book import FigureBook
from duibiao.evaluations.folder import find_evaluation, read_evaluation
from duibiao.evaluations.narrative import narrative_folders, read_passages
from duibiao.evaluations.report import ReportOrder
from duibiao.evaluations.template_file import read_template
from duibiao.evaluations.vocabulary import SCOPE_NAMES, ChartWord, ConditionWord, FieldWord, LoopWord, TableWord
from duibiao.evaluations.words import vocabulary
from duibiao.kernel.problem import Report
from duibiao.kernel.text import Language
from duibiao.reports.briefs import BriefKind

WRITE = "write"


class ReportGroup(TyperGroup):
    """The commands of reports (报告命令组): ``duibiao report ID`` writes."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # the types of click are private to typer
        """Take the first word as the command where it is one, else as the evaluation to write."""
        if args and args[0] not in self.commands:
            args = [WRITE, *args]
        return super().resolve_command(ctx, args)


report_app = typer.Typer(
    cls=ReportGroup,
    help="报告：由评估生成 Word、PDF 和电子表格；校验模板。Reports of an evaluation; templates.",
    no_args_is_help=True,
)

_TemplateWord = FieldWord | ConditionWord | LoopWord | TableWord | ChartWord
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
    narrative: Annotated[Path, typer.Option("--narrative", help="撰写段落的目录。Passages.")] = NARRATIVE,
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
    name = template or (f"brief-{brief.value.removesuffix('s')}" if brief else USUAL)
    chosen = template_named(rules, name)
    printer = Printer(lang)
    report = Report()
    order = ReportOrder(
        language=lang,
        day=day_of(day),
        is_draft=draft,
        letterhead=letterhead_of(rules, letterhead, report),
        passages={} if brief else read_passages(narrative_folders(narrative, found), report),
        annex_files=() if brief else (annex_name(printer),),
    )
    report.refuse_errors()
    wanted = files or list(ReportFile)
    if brief:
        write_brief_files(printer, found, chosen, order, brief, wanted=wanted, out=out)
    else:
        write_report_files(printer, found, chosen, order, wanted, [out])


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
        read_template(template_path(packs_folder(packs), name), name, vocabulary(), report)
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
    groups: tuple[Sequence[_TemplateWord], ...] = (
        tuple(words.fields.values()),
        tuple(words.conditions.values()),
        tuple(words.loops.values()),
        tuple(words.tables.values()),
        tuple(words.charts.values()),
    )
    for title, group in zip(titles[language], groups, strict=True):
        found.append(f"# {title}")
        for word in group:
            found += _word_lines(word, language)
    return found


def _word_lines(word: _TemplateWord, language: Language) -> list[str]:
    scope = SCOPE_NAMES[word.scope].in_(language)
    line = f"{word.name}  {word.meaning.in_(language)}  [{scope}]"
    return [line, "    " + ", ".join(word.columns)] if isinstance(word, TableWord) else [line]
