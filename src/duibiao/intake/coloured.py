"""The file that goes back: the same sheet, wrong cells red, questions amber, a note on each, and a list of issues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import fastexcel
from xlsxwriter.workbook import Workbook as XlsxWorkbook

from duibiao.intake.findings import LEVEL_WORDS, ORDER, CellProblem, FindingLevel, errors
from duibiao.intake.guide import LINE, lines_needed
from duibiao.intake.layout import (
    ANSWERS,
    ISSUES,
    Orientation,
    SheetLayout,
    address,
    label_of,
)
from duibiao.intake.sheet import ANSWER_COLUMN, ANSWER_HEAD, KEY_COLUMN, Sheet
from duibiao.intake.styles import CellStyles, printable
from duibiao.intake.template import MANY, CellMark, Rows, TemplateContent, write_workbook
from duibiao.kernel.text import Language
from duibiao.metrics.applicability import EVERYBODY, Applicability
from duibiao.metrics.element import DataElement
from duibiao.metrics.unit import Unit, UnitKind

_STYLE = {FindingLevel.ERROR: "error", FindingLevel.QUESTION: "question", FindingLevel.NOTE: "note"}
HEADS = (
    ("序号", 6), ("级别", 8), ("单位代码", 16), ("单位", 26), ("指标", 26), ("单元格", 10),
    ("问题和处理办法", 80), (ANSWER_HEAD, 46), ("编号", 10),
)  # fmt: skip
_NOT_PLAIN = {
    "INTAKE-FORMULA": "公式",
    "INTAKE-PERCENT-FORMAT": "百分比格式",
    "INTAKE-CELL-ERROR": "错误值",
    "INTAKE-BOOLEAN": "逻辑值",
    "INTAKE-DATE": "日期",
    "INTAKE-SCALED-FORMAT": "带单位的格式",
}
FIRST_ISSUE = 5
"""The first row (from 0) of the list of issues that holds one."""


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """A row of the file as it came (退回行): its sheet row, the unit it names, what was typed by element."""

    row: int
    code: str
    name: str
    typed: Mapping[str, float | str]


def write_coloured(  # noqa: PLR0913  two files, what was found, and what it is about
    path_in: Path,
    sheet: Sheet,
    out: Path,
    elements: Mapping[str, DataElement],
    units: Mapping[str, Unit],
    *,
    last_year: Rows | None = None,
    simulated: bool = False,
    only_open: bool = False,
    seen: Mapping[str, int] | None = None,
    applicability: Applicability = EVERYBODY,
) -> int:
    """Write the returned file anew with every finding marked; answers the number of findings.

    Errors are red, questions amber, values that were read in another way green; each has a note with what is wrong
    and what to do, and stands in the list of issues with a link to its cell and a place for the reply. The result can
    be mended and handed in again; what was no plain value (a formula, a date) comes back as words, so that it is
    not taken for one the next time. Large files (more than ``MANY`` cells), or all with ``only_open``, come back with
    only the rows that have an error or an open question. ``seen``: the lock versions after the good rows were
    stored.
    """
    layout, label = sheet.layout, sheet.label
    if layout is None or label is None:
        raise ValueError("only a workbook comes back coloured; CSV and JSON get their problems as a list")
    lines = _lines(path_in, layout, sheet)
    if only_open or len(lines) * len(layout.columns) > MANY:
        wanted = {one.unit for one in (*sheet.open_questions, *sheet.problems) if one.level is not FindingLevel.NOTE}
        rows = {row for row in (_row_of(one) for one in sheet.problems) if row is not None}
        lines = [line for line in lines if line.code in wanted or line.row in rows] or lines[:1]
    problems = sorted(sheet.problems, key=lambda one: (ORDER.index(one.level), one.unit, one.element))
    placed = [(one, _line_of(one, lines, layout)) for one in problems]
    shown = [
        replace(units[line.code], name=line.name or units[line.code].name)
        if line.code in units
        else Unit(line.code, line.name, UnitKind.SCHOOL)
        for line in lines
    ]
    content = TemplateContent(
        form=sheet.form,
        elements=elements,
        units=shown,
        period=sheet.period,
        known={},
        last_year=last_year or {},
        label=label_of(sheet.form, sheet.period, [unit.code for unit in shown], layout.orientation, label.store),
        layout=layout,
        simulated=simulated,
        headline=f"退回更正：{len(errors(sheet.problems))} 处错误，{len(sheet.open_questions)} 处待说明",
        seen={**sheet.seen, **(seen or {})},
        typed=_typed_cells(lines, placed),
        marks=_marks(placed),
        applicability=applicability,
    )
    write_workbook(out, content, lambda book, styles: _write_issues(book, styles, content, sheet, placed))
    return len(problems)


def _lines(path: Path, layout: SheetLayout, sheet: Sheet) -> list[ReturnedLine]:
    """The rows of the file as they came."""
    texts = fastexcel.read_excel(path).load_sheet(ANSWERS, header_row=None, skip_rows=0, dtypes="string").to_polars()
    rows = texts.rows()
    if layout.orientation is Orientation.PAGE:
        unit = next(iter(sheet.places), "")
        typed = {
            code: value
            for code, row in zip(layout.columns, layout.page_rows, strict=True)
            if row < len(rows) and (value := _typed(rows[row][layout.PAGE_ANSWER])) is not None
        }
        return [ReturnedLine(layout.PAGE_HEAD, unit, "", typed)]
    found = []
    for at, row in enumerate(rows[layout.HEAD + 1 :], layout.HEAD + 1):
        values = [None if cell is None else str(cell) for cell in row]
        if any(values):
            cells = zip(layout.columns, values[layout.FIXED :], strict=False)
            typed = {code: value for code, cell in cells if (value := _typed(cell)) is not None}
            found.append(ReturnedLine(at, values[0] or "", values[1] or "", typed))
    return found


def _typed_cells(
    lines: Sequence[ReturnedLine], placed: Sequence[tuple[CellProblem, int | None]]
) -> dict[tuple[int, str], float | str]:
    """What stood in the cells; the result of a formula would else come back as a plain number."""
    typed = {(at, code): value for at, line in enumerate(lines) for code, value in line.typed.items()}
    for one, line in placed:
        word = _NOT_PLAIN.get(one.problem.code)
        if word and line is not None:
            said = typed.get((line, one.element), "")
            typed[line, one.element] = f"{word}：{f'{said:.15g}' if isinstance(said, float) else said}"
    return typed


def _typed(cell: str | None) -> float | str | None:
    if cell is None or cell == "":
        return None
    try:
        number = float(cell)
    except ValueError:
        return cell
    # "nan" and "inf" are words, and a workbook holds no such numbers.
    return number if number == number and abs(number) < 1e300 and cell.isascii() and "_" not in cell else cell  # noqa: PLR0124  NaN


def _row_of(one: CellProblem) -> int | None:
    return one.problem.where.line - 1 if one.problem.where.line else None


def _line_of(one: CellProblem, lines: Sequence[ReturnedLine], layout: SheetLayout) -> int | None:
    """Which of the lines that go back a finding belongs to; None where its line does not."""
    row = _row_of(one)
    for at, line in enumerate(lines):
        if (row is not None and line.row == row) or (row is None and line.code.upper() == one.unit.upper()):
            return at
    return None


def _marks(placed: Sequence[tuple[CellProblem, int | None]]) -> dict[tuple[int, str], CellMark]:
    """One mark a cell: the colour of its worst finding, the words of all; other cells of a rule get a pointer."""
    marks: dict[tuple[int, str], CellMark] = {}
    for one, line in placed:
        if line is None:
            continue
        words = f"【{LEVEL_WORDS[one.level].zh}】{one.problem.message.zh}\n处理办法：{one.problem.remedy.zh}"
        for element in (one.element, *one.also):
            before = marks.get((line, element))
            note = words if before is None else f"{before.note}\n{words}"
            marks[line, element] = CellMark(_STYLE[one.level] if before is None else before.style, note[:2000])
    return marks


def _write_issues(
    book: XlsxWorkbook,
    styles: CellStyles,
    content: TemplateContent,
    sheet: Sheet,
    placed: Sequence[tuple[CellProblem, int | None]],
) -> None:
    """The sheet 问题清单: every finding with a link to its cell, what to do, and a place for the reply."""
    target = book.add_worksheet(ISSUES)
    counts = {level: sum(one.level is level for one, _ in placed) for level in ORDER}
    open_questions = len(sheet.open_questions)
    target.write_string(0, 0, f"{content.form.label.zh}：问题清单（{sheet.file}）", styles.get("title"))
    summary = (
        f"错误 {counts[FindingLevel.ERROR]} 条（须更正），疑问 {counts[FindingLevel.QUESTION]} 条"
        f"（待说明 {open_questions} 条），提示 {counts[FindingLevel.NOTE]} 条；"
        f"已采用 {sheet.good.height} 个单位，退回 {len(sheet.refused_units)} 个单位"
    )
    target.write_string(1, 0, summary, styles.get("strong"))
    target.set_row(0, 26)
    target.set_row(1, 20)
    told = "红色单元格有误，改后再交；橙色为疑问，核对后更正或在“情况说明”栏写明原因；绿色仅为提示。点“单元格”可跳转。"
    target.write_string(2, 0, told, styles.get("hint"))
    if content.simulated:
        target.write_string(0, 6, "模拟数据", styles.get("simulated"))
    for column, (words, width) in enumerate(HEADS):
        target.set_column(column, column, width)
        target.write_string(FIRST_ISSUE - 1, column, words, styles.get("head"))
    for number, (one, line) in enumerate(placed):
        row = FIRST_ISSUE + number
        element = content.elements.get(one.element)
        unit = content.units[line].name if line is not None else ""
        cells = (str(number + 1), LEVEL_WORDS[one.level].zh, one.unit, unit, element.label.zh if element else "—")
        for column, text in enumerate(cells):
            target.write_string(row, column, text, styles.get(f"{_STYLE[one.level]}_word" if column == 1 else "text"))
        cell = _cell_of(one, line, content.layout)
        if cell:
            target.write_url(row, 5, f"internal:'{ANSWERS}'!{cell}", styles.get("link"), string=cell)
        else:
            target.write_string(row, 5, "—", styles.get("centre"))
        words = f"{one.problem.message.in_(Language.ZH)}。处理办法：{one.problem.remedy.in_(Language.ZH)}"
        target.write_string(row, 6, words, styles.get("text"))
        answer = sheet.answers.get(one.key, "")
        style = "answer" if one.level is FindingLevel.QUESTION else "text"
        target.write_string(row, ANSWER_COLUMN, answer, styles.get(style))
        target.write_string(row, KEY_COLUMN, "|".join(one.key), styles.get("key"))
        target.set_row(row, max(22, LINE * lines_needed((words, 80), (answer, 46), (unit, 26), (cells[4], 26)) + 5))
    target.set_column(KEY_COLUMN, KEY_COLUMN, 10, None, {"hidden": True})
    target.freeze_panes(FIRST_ISSUE, 0)
    target.autofilter(FIRST_ISSUE - 1, 0, FIRST_ISSUE + max(0, len(placed) - 1), len(HEADS) - 1)
    target.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True})
    printable(target, (FIRST_ISSUE - 1, FIRST_ISSUE - 1))
    target.activate()


def _cell_of(one: CellProblem, line: int | None, layout: SheetLayout) -> str:
    if line is None:
        return ""
    if one.element in layout.columns:
        return address(*layout.place(line, layout.columns.index(one.element)))
    return address(4, 1) if layout.orientation is Orientation.PAGE else address(layout.place(line, 0)[0], 0)
