"""Templates (模板): the workbook a reporting unit fills in, with everything that is known already in it."""

import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import xlsxwriter
from xlsxwriter.workbook import Workbook as XlsxWorkbook
from xlsxwriter.worksheet import Worksheet

from duibiao.intake.guide import LINE, lines_needed, write_guide
from duibiao.intake.layout import (
    ANSWERS,
    GUIDE,
    LABEL,
    LABEL_PROPERTY,
    LAST_YEAR,
    LISTS,
    NAME_COLUMN,
    SEEN_COLUMN,
    UNIT_COLUMN,
    Orientation,
    SheetLayout,
    TemplateLabel,
    address,
    label_of,
)
from duibiao.intake.styles import OPTIONS, CellStyles, page_starts, printable, printable_wide
from duibiao.intake.validation import choice_words, shown_value, unit_words, validation
from duibiao.kernel.period import Period
from duibiao.metrics.applicability import EVERYBODY, Applicability
from duibiao.metrics.element import DataElement, ValueType
from duibiao.metrics.form import Asked, Form, FormField
from duibiao.metrics.unit import Unit

MANY = 200_000
"""Cells from which on a workbook is streamed to disk row by row instead of being built in memory."""
Rows = Mapping[str, Mapping[str, int | None]]
"""unit code → element code → stored whole number."""


@dataclass(frozen=True, slots=True)
class CellMark:
    """How a cell of a returned file is marked (单元格标记): its style, and the note on it."""

    style: str
    note: str


@dataclass(frozen=True, slots=True)
class TemplateContent:
    """What goes into one template (模板内容); values are stored whole numbers by unit and element.

    ``seen`` are the lock versions of the returns when the template was made, so that a newer return is not overwritten.
    A file that comes back coloured has ``typed`` (what stood in the cells) and ``marks``, by (line, element); element
    ``''`` is the unit itself. An element that does not concern the kind of school (``applicability``) is hatched, can
    be filled in all the same (附设班), and is not counted as left to report.
    """

    form: Form
    elements: Mapping[str, DataElement]
    units: Sequence[Unit]
    period: Period
    known: Rows
    last_year: Rows
    label: TemplateLabel
    layout: SheetLayout
    simulated: bool
    headline: str = ""
    seen: Mapping[str, int] = dataclasses.field(default_factory=dict)
    typed: Mapping[tuple[int, str], float | str] = dataclasses.field(default_factory=dict)
    marks: Mapping[tuple[int, str], CellMark] = dataclasses.field(default_factory=dict)
    applicability: Applicability = EVERYBODY

    def cell_style(self, line: int, field: FormField) -> str:
        """How a cell is marked: by what was found in it, else by the legend; ``line`` counts the units from 0."""
        mark, unit = self.marks.get((line, field.element)), self.units[line]
        if mark is not None:
            return mark.style
        if field.asked is Asked.REUSED:
            return "reused"
        if self.known.get(unit.code, {}).get(field.element) is not None:
            return "known"
        if not self.applicability.concerns(field.element, unit.school_kind):
            return "outside"
        return "ask" if field.required else "optional"

    @property
    def to_report(self) -> int:
        """Cells that nobody has reported yet: asked of this kind of school, and not known."""
        left = 0
        for kind, units in self.by_kind().items():
            asked = [code for code in self.form.asked if self.applicability.concerns(code, kind)]
            left += sum(self.known.get(unit.code, {}).get(code) is None for unit in units for code in asked)
        return left

    def by_kind(self) -> dict[str, list[Unit]]:
        """The units by 办学类型: what is asked of them depends on it."""
        found: dict[str, list[Unit]] = {}
        for unit in self.units:
            found.setdefault(unit.school_kind, []).append(unit)
        return found

    @property
    def outside(self) -> int:
        """How many asked cells do not concern the kind of school of their unit."""
        kinds = self.by_kind().items()
        return sum(len(self.applicability.outside(self.form.asked, kind)) * len(units) for kind, units in kinds)


def write_template(  # noqa: PLR0913  the parts of a template are these; a bag of them would say less
    path: Path,
    form: Form,
    elements: Mapping[str, DataElement],
    units: Sequence[Unit],
    known: pa.Table | pl.DataFrame | None,
    period: Period,
    *,
    last_year: pa.Table | pl.DataFrame | None = None,
    seen: Mapping[str, int] | None = None,
    store: str = "",
    orientation: Orientation | None = None,
    simulated: bool = False,
    applicability: Applicability = EVERYBODY,
) -> TemplateLabel:
    """Write the template of a form for a set of units and answer the label it carries.

    ``known`` are the values already in the store for this period: asked ones are shown and may be corrected, reused
    ones are shown and locked. ``last_year`` is for comparison only and stands in a column or sheet of its own: a
    last year's value in an answer cell would be a hint to report it again (统计法 forbids such hints). Both are wide
    tables of stored whole numbers. One unit gets a page (one element a row), several get one row each, unless
    ``orientation`` says otherwise. What does not concern a kind of school (``applicability``) is hatched.
    Raises ValueError without units, and where a page is asked for several units.
    """
    if orientation is None:
        orientation = Orientation.PAGE if len(units) == 1 else Orientation.ROWS
    if not units or (orientation is Orientation.PAGE and len(units) != 1):
        raise ValueError("a template is made for at least one unit, a page for exactly one")
    content = TemplateContent(
        form=form,
        elements=elements,
        units=units,
        period=period,
        known=by_unit(known, form.columns),
        last_year=by_unit(last_year, form.columns),
        label=label_of(form, period, [unit.code for unit in units], orientation, store),
        layout=SheetLayout.of(form, orientation),
        simulated=simulated,
        seen=seen or {},
        applicability=applicability,
    )
    write_workbook(path, content)
    return content.label


def write_workbook(
    path: Path, content: TemplateContent, first: Callable[[XlsxWorkbook, CellStyles], None] | None = None
) -> None:
    """Write a workbook beside its place and put it there whole; ``first`` may add a sheet before the others."""
    part = path.with_name(f".{path.name}.part")
    try:
        _write(part, content, first)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def by_unit(table: pa.Table | pl.DataFrame | None, columns: Sequence[str]) -> Rows:
    """The values of a wide table by unit and element; missing ones are None."""
    if table is None:
        return {}
    frame = table if isinstance(table, pl.DataFrame) else pl.DataFrame(pl.from_arrow(table))
    present = [name for name in columns if name in frame.columns]
    return {str(row["unit"]): row for row in frame.select("unit", *present).iter_rows(named=True)}


def _write(path: Path, content: TemplateContent, first: Callable[[XlsxWorkbook, CellStyles], None] | None) -> None:
    many = len(content.units) * len(content.form.columns) > MANY
    book = xlsxwriter.Workbook(str(path), OPTIONS | {"constant_memory": many})
    styles = CellStyles(book)
    book.set_properties({"title": content.form.label.zh, "subject": str(content.period), "comments": "对标 duibiao"})
    book.set_custom_property(LABEL_PROPERTY, content.label.hash, "text")
    if first is not None:
        first(book, styles)
    guide = book.add_worksheet(GUIDE)
    answers = book.add_worksheet(ANSWERS)
    write_guide(guide, styles, content)
    lists = _write_lists(book, content)
    if content.layout.orientation is Orientation.PAGE:
        _write_page(answers, styles, content, lists)
    else:
        _write_rows(answers, styles, content, lists)
        if content.last_year:
            _write_last_year(book.add_worksheet(LAST_YEAR), styles, content)
    _write_label(book, content)
    if first is None:
        answers.activate()
    book.close()


def _write_lists(book: XlsxWorkbook, content: TemplateContent) -> dict[str, str]:
    """The drop-down lists on a hidden sheet, each under a defined name; answers element → name."""
    sheet = book.add_worksheet(LISTS)
    sheet.very_hidden()
    words: dict[tuple[str, ...], list[str]] = {}
    for code in content.form.asked:
        element = content.elements[code]
        if element.type in (ValueType.FLAG, ValueType.CHOICE):
            words.setdefault(tuple(choice_words(element)), []).append(code)
    longest = max((len(listed) for listed in words), default=0)
    for row in range(longest):
        for column, listed in enumerate(words):
            if row < len(listed):
                sheet.write_string(row, column, listed[row])
    names: dict[str, str] = {}
    for column, (listed, codes) in enumerate(words.items()):
        name = f"list_{column + 1}"
        first, last = address(0, column), address(len(listed) - 1, column)
        absolute = ":".join(
            f"${cell.rstrip('0123456789')}${cell.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}" for cell in (first, last)
        )
        book.define_name(name, f"='{LISTS}'!{absolute}")
        names |= dict.fromkeys(codes, name)
    return names


def _write_label(book: XlsxWorkbook, content: TemplateContent) -> None:
    sheet = book.add_worksheet(LABEL)
    sheet.very_hidden()
    # Streamed row by row: the label on the left, the lock versions on the right.
    label = content.label.written()
    seen = [(unit.code, content.seen[unit.code]) for unit in content.units if unit.code in content.seen]
    for row in range(max(len(label), len(seen))):
        for column, value in enumerate(label[row] if row < len(label) else ()):
            sheet.write_string(row, column, value)
        if row < len(seen):
            sheet.write_string(row, SEEN_COLUMN, seen[row][0])
            sheet.write_string(row, SEEN_COLUMN + 1, str(seen[row][1]))


def _write_title(sheet: Worksheet, styles: CellStyles, content: TemplateContent) -> None:
    """The four lines above the answers: what it is, for whom, what is left to do, what the colours mean."""
    form, period = content.form, content.period
    who = content.units[0].name if len(content.units) == 1 else f"{len(content.units)} 个单位"
    sheet.write_string(0, 0, form.label.zh, styles.get("title"))
    sheet.set_default_row(20)
    sheet.set_row(0, 30)
    told = (
        f"填报单位：{who}",
        f"统计期：{period}",
        f"截止日期：{form.due_on(period)}",
        f"报表：{form.code} v{form.version}",
    )
    sheet.write_string(1, 0, "    ".join(told), styles.get("line"))
    sheet.write_string(2, 0, content.headline or f"本次仅需补报 {content.to_report} 项", styles.get("strong"))
    if content.simulated:
        sheet.write_string(2, 3, "模拟数据", styles.get("simulated"))
    sheet.write_string(3, 0, LEGEND, styles.get("hint"))


LEGEND = (
    "黄色必填 · 白色选填 · 蓝色已报（可更正）· 灰色沿用（不需填）· 斜纹不向本校提问（不需填）；"
    "没有填 0，不掌握填“无数据：原因”，不适用填“不适用”，不要写单位和公式。"
)


def _write_value(
    sheet: Worksheet, place: tuple[int, int], element: DataElement, stored: int | None, style: str, styles: CellStyles
) -> None:
    shown = shown_value(element, stored)
    if isinstance(shown, str):
        sheet.write_string(*place, shown, styles.get(style))
    elif shown is not None:
        sheet.write_number(*place, float(shown), styles.get(style, element.decimals))
    else:
        sheet.write_blank(*place, None, styles.get(style, element.decimals))


def _write_answer(
    sheet: Worksheet, styles: CellStyles, content: TemplateContent, place: tuple[int, int], line: int, field: FormField
) -> None:
    """One answer: what was typed into a returned file, else what is known; with its mark and note."""
    element, style = content.elements[field.element], content.cell_style(line, field)
    typed = content.typed.get((line, field.element))
    if isinstance(typed, float):
        # A number with more decimals than allowed is shown with all of them: that is what is wrong with it.
        shown = element.decimals if round(typed, element.decimals) == typed else None
        sheet.write_number(*place, typed, styles.get(style, shown))
    elif typed is not None:
        sheet.write_string(*place, typed, styles.get(style))
    else:
        known = content.known.get(content.units[line].code, {}).get(element.code)
        _write_value(sheet, place, element, known, style, styles)
    _write_note(sheet, place, content.marks.get((line, field.element)))


def _write_note(sheet: Worksheet, place: tuple[int, int], mark: CellMark | None) -> None:
    if mark is not None:
        sheet.write_comment(*place, mark.note, {"x_scale": 2.2, "y_scale": 1.4, "font_size": 9, "author": "对标"})


def _write_page(sheet: Worksheet, styles: CellStyles, content: TemplateContent, lists: Mapping[str, str]) -> None:
    """One unit: an element a row, answers in one column, last year's beside it."""
    layout, unit = content.layout, content.units[0]
    _write_title(sheet, styles, content)
    sheet.write_string(4, 0, "单位代码", styles.get("hint"))
    sheet.write_string(4, 1, unit.code, styles.get("line"))
    if content.form.note:
        sheet.write_string(layout.PAGE_HEAD - 1, 0, f"注意：{content.form.note}", styles.get("hint"))
    for column, (words, width) in enumerate(zip(layout.PAGE_WORDS, (22, 38, 9, 16, 16, 56), strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(layout.PAGE_HEAD, column, words, styles.get("head"))
    row = layout.PAGE_HEAD
    for section in content.form.sections:
        row += 1
        for column in range(layout.PAGE_NOTE + 1):
            sheet.write_string(row, column, section.title.zh if column == 0 else "", styles.get("band"))
        for field in section.fields:
            row += 1
            _write_page_row(sheet, styles, content, field, row)
            if field.asked is Asked.NEW:
                rule = validation(content.elements[field.element], address(row, layout.PAGE_ANSWER), lists)
                sheet.data_validation(row, layout.PAGE_ANSWER, row, layout.PAGE_ANSWER, rule)
    sheet.freeze_panes(layout.PAGE_HEAD + 1, layout.PAGE_ANSWER)
    _protect(sheet)
    printable(sheet, (layout.PAGE_HEAD, layout.PAGE_HEAD), f"{content.label.hash}")


def _write_page_row(sheet: Worksheet, styles: CellStyles, content: TemplateContent, field: FormField, row: int) -> None:
    layout, unit = content.layout, content.units[0]
    element = content.elements[field.element]
    concerns = content.applicability.concerns(element.code, unit.school_kind)
    label = starred(field, element) if concerns else element.label.zh
    sheet.write_string(row, layout.PAGE_CODE, element.code, styles.get("small"))
    sheet.write_string(row, layout.PAGE_LABEL, label, styles.get("text"))
    sheet.write_string(row, layout.PAGE_UNIT, unit_words(element), styles.get("centre"))
    _write_answer(sheet, styles, content, (row, layout.PAGE_ANSWER), 0, field)
    last = content.last_year.get(unit.code, {}).get(element.code)
    _write_value(sheet, (row, layout.PAGE_LAST), element, last, "last", styles)
    told = _told(content, field, concerns)
    sheet.write_string(row, layout.PAGE_NOTE, told, styles.get("text"))
    lines = lines_needed((told, 56), (label, 38))
    if lines > 1:
        sheet.set_row(row, LINE * lines + 5)


def _told(content: TemplateContent, field: FormField, concerns: bool) -> str:
    """What stands beside an answer: the definition, or in few words why nobody asks this school."""
    element, kind = content.elements[field.element], content.units[0].school_kind
    reused = "" if field.asked is Asked.NEW else "沿用，不需填。"
    if concerns:
        return f"{reused}{element.definition}"
    if content.applicability.teaches(element.code, kind):
        return "这类学校不需填"
    return "本校没有这个学段" if reused else "本校没有这个学段，不需填（有附设班的除外）"


def _write_rows(sheet: Worksheet, styles: CellStyles, content: TemplateContent, lists: Mapping[str, str]) -> None:
    """Several units: one a row. Rows are written from top to bottom, as streaming demands."""
    layout, head = content.layout, content.layout.HEAD
    _write_title(sheet, styles, content)
    _write_head_rows(sheet, styles, content, layout)
    for line, unit in enumerate(content.units):
        row = head + 1 + line
        sheet.write_string(row, 0, unit.code, styles.get("text"))
        sheet.write_string(row, 1, unit.name, styles.get("text"))
        _write_note(sheet, (row, 0), content.marks.get((line, "")))
        for place, field in enumerate(content.form.fields):
            _write_answer(sheet, styles, content, layout.place(line, place), line, field)
    last = head + len(content.units)
    for place, field in enumerate(content.form.fields):
        if field.asked is Asked.NEW:
            column = layout.FIXED + place
            rule = validation(content.elements[field.element], address(head + 1, column), lists)
            sheet.data_validation(head + 1, column, last, column, rule)
    sheet.freeze_panes(head + 1, layout.FIXED)
    _protect(sheet)
    _on_pages(sheet, content)


def _on_pages(sheet: Worksheet, content: TemplateContent) -> None:
    """One page wide, or side by side where one would make the figures too small to read."""
    starts = _starts(content)
    rows = content.layout.HEAD - 3, content.layout.HEAD
    if starts:
        printable_wide(sheet, rows, content.layout.FIXED, starts, content.label.hash)
    else:
        printable(sheet, rows, content.label.hash)


def _widths(content: TemplateContent) -> list[float]:
    """The widths of the columns where units stand one a row, in letters."""
    labels = [content.elements[field.element].label.zh for field in content.form.fields]
    return [16, 28, *(max(11, min(18, len(label) + 3)) for label in labels)]


def _starts(content: TemplateContent) -> list[int]:
    """The columns with which a new printed page begins."""
    sections = [len(section.fields) for section in content.form.sections]
    return page_starts(_widths(content), content.layout.FIXED, sections)


def _write_head_rows(sheet: Worksheet, styles: CellStyles, content: TemplateContent, layout: SheetLayout) -> None:
    head = layout.HEAD
    for column, width in enumerate(_widths(content)):
        sheet.set_column(column, column, width)
    elements = [content.elements[field.element] for field in content.form.fields]
    starts = frozenset(_starts(content))
    for column in range(layout.FIXED):
        sheet.write_string(head - 3, column, "", styles.get("band"))
    column = layout.FIXED
    for section in content.form.sections:
        for place in range(len(section.fields)):
            # What a section goes on with on another page is told there too.
            title = section.title.zh if place == 0 else f"{section.title.zh}（续）" if column in starts else ""
            sheet.write_string(head - 3, column, title, styles.get("band"))
            column += 1
    rows = (
        (head - 2, ("单位代码", "单位名称"), "head", [starred(field, element)
                                                for field, element in zip(content.form.fields, elements, strict=True)]),
        (head - 1, ("", "计量单位"), "small", [unit_words(element) for element in elements]),
        (head, (UNIT_COLUMN, NAME_COLUMN), "small", [element.code for element in elements]),
    )  # fmt: skip
    sheet.set_row(head - 2, 44)
    for row, fixed, style, texts in rows:
        for column, text in enumerate([*fixed, *texts]):
            sheet.write_string(row, column, text, styles.get(style))


def _write_last_year(sheet: Worksheet, styles: CellStyles, content: TemplateContent) -> None:
    """Last year's values in the same rows and columns, locked: for comparison, never as an answer."""
    layout, head = content.layout, content.layout.HEAD
    sheet.write_string(0, 0, f"{content.form.label.zh}：上年数（仅供对照，不在此填报）", styles.get("title"))
    _write_head_rows(sheet, styles, content, layout)
    for line, unit in enumerate(content.units):
        sheet.write_string(head + 1 + line, 0, unit.code, styles.get("text"))
        sheet.write_string(head + 1 + line, 1, unit.name, styles.get("text"))
        values = content.last_year.get(unit.code, {})
        for place, code in enumerate(content.form.columns):
            place_of_cell = layout.place(line, place)
            _write_value(sheet, place_of_cell, content.elements[code], values.get(code), "last", styles)
    sheet.freeze_panes(head + 1, layout.FIXED)
    _protect(sheet)
    _on_pages(sheet, content)


def starred(field: FormField, element: DataElement) -> str:
    """The label of a field, with a star where it must be answered."""
    return ("＊" if field.required and field.asked is Asked.NEW else "") + element.label.zh


def _protect(sheet: Worksheet) -> None:
    """Lock what is not an answer; no password, so that the person who owns the file stays its master."""
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    sheet.set_zoom(100)
