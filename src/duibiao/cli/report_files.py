"""What the commands of reports share: finding templates and letterheads, and writing the files."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path

from rich.markup import escape

from duibiao.cli.options import UsageError
from duibiao.cli.show import Printer
from duibiao.evaluations.narrative import narrative_folders, read_passages
from duibiao.evaluations.pages import REPORTS
from duibiao.evaluations.record import Evaluation
from duibiao.evaluations.report import ReportOrder, write_report
from duibiao.evaluations.template_file import read_letterhead, read_template
from duibiao.evaluations.templates import Letterhead, ReportTemplate
from duibiao.evaluations.words import vocabulary
from duibiao.kernel.problem import Report, UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.kernel.writing import write_whole
from duibiao.reports.annex import annex_bytes
from duibiao.reports.briefs import BriefKind, briefs
from duibiao.reports.docx import docx_bytes
from duibiao.reports.paper_files import paper_files
from duibiao.reports.pdf import pdf_bytes
from duibiao.views.paper import Paper

TEMPLATE_FOLDER = "reports"
LETTERHEAD = "office.yaml"
USUAL = "evaluation"
NARRATIVE = Path("narrative")


class ReportFile(StrEnum):
    """The files a report is written as (报告文件)."""

    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"


def write_usual_report(printer: Printer, evaluation: Evaluation, rules: Path, out: Path, frozen: Path) -> None:
    """The report of an evaluation by the shipped template, in all files, with the passages there are.

    The files are laid into ``reports/`` of the ``frozen`` evaluation as well, where the cockpit finds them.
    """
    report = Report()
    order = ReportOrder(
        language=printer.language,
        letterhead=letterhead_of(rules, None, report),
        passages=read_passages(narrative_folders(NARRATIVE, evaluation), report),
        annex_files=(annex_name(printer),),
    )
    report.refuse_errors()
    folders = [out, frozen / REPORTS]
    write_report_files(printer, evaluation, template_named(rules, USUAL), order, list(ReportFile), folders)


def annex_name(printer: Printer) -> str:
    """How a report calls its workbook in the list of annexes."""
    return printer.t("评估数据（电子表格）", "Data of the evaluation (workbook)")


def write_report_files(
    printer: Printer,
    evaluation: Evaluation,
    template: ReportTemplate,
    order: ReportOrder,
    wanted: Sequence[ReportFile],
    folders: Sequence[Path],
) -> None:
    """Write the files of a report into folders: everything is made before the first file is written."""
    written = write_report(evaluation, template, order)
    for notice in written.notices:
        printer.line(escape(notice.in_(order.language)))
    made = _papers(printer, written.paper, wanted)
    if ReportFile.XLSX in wanted:
        made[ReportFile.XLSX] = annex_bytes(evaluation, order.language)
    names = {f"{evaluation.id}.{kind.value}": content for kind, content in made.items()}
    paths = [write_whole(folder / name, content) for folder in folders for name, content in names.items()]
    printer.line(printer.t("已写出：", "written: ") + "  ".join(str(path) for path in paths))


def write_brief_files(
    printer: Printer,
    evaluation: Evaluation,
    template: ReportTemplate,
    order: ReportOrder,
    kind: BriefKind,
    *,
    wanted: Sequence[ReportFile],
    out: Path,
) -> None:
    """Write the briefs of an evaluation into a folder: all of them are made before the first is written."""
    folder = out / f"{evaluation.id}-{kind.value}"
    made: dict[str, bytes] = {}
    for one in briefs(evaluation, template, order, kind):
        name = one.name.replace("/", "／")
        if ReportFile.PDF in wanted:
            made[f"{name}.pdf"] = one.pdf.content
        if ReportFile.DOCX in wanted:
            made[f"{name}.docx"] = docx_bytes(one.paper)
    for name, content in made.items():
        write_whole(folder / name, content)
    printer.line(printer.t(f"已写出{len(made)}个文件：{folder}", f"{len(made)} files written: {folder}"))


def _papers(printer: Printer, paper: Paper, wanted: Sequence[ReportFile]) -> dict[ReportFile, bytes]:
    """Word and PDF. Where both are wanted, a machine that cannot set the PDF still gives the Word file and says why."""
    made: dict[ReportFile, bytes] = {}
    if ReportFile.DOCX in wanted and ReportFile.PDF in wanted:
        both = paper_files(paper)
        made[ReportFile.DOCX] = both.docx
        if both.pdf is not None:
            made[ReportFile.PDF] = both.pdf
        _tell(printer, both.notices)
    elif ReportFile.DOCX in wanted:
        made[ReportFile.DOCX] = docx_bytes(paper)
    elif ReportFile.PDF in wanted:
        result = pdf_bytes(paper)
        made[ReportFile.PDF] = result.content
        _tell(printer, result.notices)
    return made


def _tell(printer: Printer, notices: Sequence[Text]) -> None:
    for notice in notices:
        printer.line(printer.said(notice))


def template_path(packs: Path, name: str) -> Path:
    """A template by its name in any pack, or the file itself. Raises UserError TEMPLATE-NONE."""
    if Path(name).is_file():
        return Path(name)
    there = {path.stem: path for path in sorted(packs.glob(f"*/{TEMPLATE_FOLDER}/*.yaml")) if path.name != LETTERHEAD}
    if name not in there:
        raise UserError([problem("TEMPLATE-NONE", Where(str(packs)), name=name, choices=", ".join(there) or "—")])
    return there[name]


def template_named(packs: Path, name: str) -> ReportTemplate:
    """Read a template. Raises UserError with every problem in it."""
    path = template_path(packs, name)
    report = Report()
    found = read_template(path, str(path), vocabulary(), report)
    report.refuse_errors()
    return found


def letterhead_of(packs: Path, given: Path | None, report: Report) -> Letterhead | None:
    """The letterhead given, else that of a pack; None where there is none, and the template's own counts."""
    path = given or next(iter(sorted(packs.glob(f"*/{TEMPLATE_FOLDER}/{LETTERHEAD}"))), None)
    return read_letterhead(path, str(path), report) if path else None


def day_of(day: str | None) -> date | None:
    """A day as typed; None for none. Raises UsageError."""
    if day is None:
        return None
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise UsageError(f"“{day}”不是日期，写作 2025-12-31。Not a date: write 2025-12-31.") from error
