"""Reads a returned workbook completely in one go: what is wrong with the file, with its rows and with its cells."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import fastexcel
import polars as pl

from duibiao.intake.columns import Converted, convert
from duibiao.intake.findings import CellProblem, FindingLevel, errors, finding
from duibiao.intake.formats import BlemishKind
from duibiao.intake.layout import (
    ANSWERS,
    ISSUES,
    LABEL,
    NAME_COLUMN,
    SEEN_COLUMN,
    UNIT_COLUMN,
    Orientation,
    SheetLayout,
    TemplateLabel,
    address,
    column_name,
    short_hash,
)
from duibiao.intake.package import Blemish, ReturnedFile, open_package, refuse, told
from duibiao.intake.units import Reporters, placed_rows
from duibiao.kernel.period import Period
from duibiao.kernel.problem import Problem, UserError
from duibiao.metrics.element import DataElement
from duibiao.metrics.form import Form
from duibiao.metrics.unit import Unit

logging.getLogger("fastexcel").setLevel(logging.ERROR)  # it warns of every wholly blank column
MAX_ROWS, MAX_EXTRA_COLUMNS = 60_000, 50
_BLEMISH_CODES = {
    BlemishKind.FORMULA: "INTAKE-FORMULA",
    BlemishKind.ERROR: "INTAKE-CELL-ERROR",
    BlemishKind.BOOLEAN: "INTAKE-BOOLEAN",
    BlemishKind.PERCENT: "INTAKE-PERCENT-FORMAT",
    BlemishKind.DATE: "INTAKE-DATE",
    BlemishKind.SCALED: "INTAKE-SCALED-FORMAT",
}
FLAG_COLUMNS = ("year", "form", "unit", "element", "flag", "note")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one returned file says (回收表), read and not yet stored.

    ``rows`` is the wide table of the form (keys, then every element as stored whole numbers): the units that may be
    taken from this file, also those with faulty cells (which are null). ``totals`` are rows of units above the
    reporters (a district's own total): they are compared and never stored. ``missing`` gives the reasons for
    explicit missing values by (unit, element). ``answers`` are the replies to questions by (unit, element, check).
    ``places`` are the sheet rows by unit, ``seen`` the lock versions their returns had when the template was
    made. ``problems`` holds everything found so far.
    """

    file: str
    form: Form
    period: Period
    rows: pl.DataFrame
    totals: pl.DataFrame
    problems: tuple[CellProblem, ...]
    missing: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    answers: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)
    layout: SheetLayout | None = None
    label: TemplateLabel | None = None
    seen: Mapping[str, int] = field(default_factory=dict)

    def cell(self, unit: str, element: str) -> str:
        """The address of an answer; ``''`` where the file is no sheet or the unit does not stand in it."""
        if self.layout is None or unit not in self.places or element not in self.layout.columns:
            return ""
        place = self.layout.columns.index(element)
        if self.layout.orientation is Orientation.PAGE:
            return address(*self.layout.place(0, place))
        return address(self.places[unit], self.layout.FIXED + place)

    def with_problems(self, found: Sequence[CellProblem]) -> "Sheet":
        """The same sheet with more findings, each with its address."""
        placed = tuple(one.at(self.cell(one.unit, one.element)) if not one.cell else one for one in found)
        return replace(self, problems=self.problems + placed)

    @property
    def refused_units(self) -> frozenset[str]:
        """Units with at least one error: their rows come back."""
        return frozenset(one.unit for one in errors(self.problems) if one.unit)

    @property
    def good(self) -> pl.DataFrame:
        """The rows without an error: what can be kept."""
        return self.rows.filter(~pl.col("unit").is_in(sorted(self.refused_units)))

    @property
    def open_questions(self) -> tuple[CellProblem, ...]:
        """Questions that have no answer yet."""
        return tuple(
            one for one in self.problems if one.level is FindingLevel.QUESTION and not self.answers.get(one.key)
        )  # fmt: skip


def read_sheet(  # noqa: PLR0913  what a file is held against are these things
    path: Path,
    form: Form,
    elements: Mapping[str, DataElement],
    units: Mapping[str, Unit],
    period: Period,
    *,
    allowed: Sequence[str] | None = None,
    store: str = "",
    today: date | None = None,
) -> Sheet:
    """Read a returned workbook and check it against the form, the period and the units that may report in it.

    ``units`` are all known units; ``allowed`` are the codes the sender may report for (None: every unit that fills
    in the form). Faults of rows and cells are returned in the sheet; the good rows are in it too.
    Raises UserError with every fault that makes the file as a whole unusable: damaged, encrypted, with macros, too
    large, no template, another form, version, period or system, columns renamed, moved, inserted or deleted.
    """
    columns = max(SheetLayout.FIXED + len(form.columns), SheetLayout.PAGE_NOTE) + MAX_EXTRA_COLUMNS
    package = open_package(path, MAX_ROWS + SheetLayout.HEAD + 1, columns)
    with ThreadPoolExecutor(1) as other:
        looked = other.submit(package.blemishes)  # the reader of values lets other threads work
        try:
            reader, raw, label = _values(package, form, period, store, today)
        except (UserError, fastexcel.FastExcelError):
            looked.result()  # what cannot be understood at all is said first
            raise
    layout = SheetLayout.of(form, Orientation(label.orientation))
    reporters = Reporters(units, form, period, allowed)
    sheet = assemble(raw, form, elements, reporters, path.name, layout=layout, label=label)
    sheet = _with_blemishes(sheet, looked.result(), elements)
    return replace(sheet, answers=_answers(reader, package), seen=_seen(reader))


def _values(
    package: ReturnedFile, form: Form, period: Period, store: str, today: date | None
) -> tuple[fastexcel.ExcelReader, pl.DataFrame, TemplateLabel]:
    """The raw rows of a workbook with its reader and its label; raises UserError with all faults of the whole file."""
    path = package.path
    reader = fastexcel.read_excel(path)
    label = _label(reader, package)
    orientation = Orientation(label.orientation)
    problems = check_label(label, form, period, path, store)
    if today is not None and period.start > today:
        problems.append(told("INTAKE-PERIOD-FUTURE", path, period=period, start=period.start))
    if package.merged:
        problems.append(told("INTAKE-MERGED", path, ranges="、".join(package.merged[:5])))
    layout = SheetLayout.of(form, orientation)
    if not any(one.code.startswith("INTAKE-TEMPLATE") for one in problems):
        raw, shape = (
            _raw_rows(reader, layout, path)
            if orientation is Orientation.ROWS
            else _raw_page(reader, layout, label, path)
        )
        problems += shape
    if problems:
        raise UserError(problems)
    return reader, raw, label


def _label(reader: fastexcel.ExcelReader, package: ReturnedFile) -> TemplateLabel:
    if LABEL not in package.sheets or ANSWERS not in package.sheets:
        missing = LABEL if LABEL not in package.sheets else ANSWERS
        raise refuse(
            "INTAKE-TEMPLATE-NONE" if missing == LABEL else "INTAKE-SHEET-MISSING", package.path, sheet=missing
        )
    rows = _texts(reader, LABEL).rows()
    label = TemplateLabel.read(rows)
    if label is None or label.orientation not in list(Orientation):
        raise refuse("INTAKE-TEMPLATE-NONE", package.path, sheet=LABEL)
    return label


def check_label(label: TemplateLabel, form: Form, period: Period, path: Path, store: str) -> list[Problem]:
    """Compare the hidden label with what is wanted; answers the differences."""
    if label.form != form.code:
        return [told("INTAKE-TEMPLATE-FORM", path, found=label.form, wanted=form.code)]
    found = []
    if label.version != form.version or label.columns != short_hash(form.columns):
        found.append(told("INTAKE-TEMPLATE-OLD", path, found=label.version, wanted=form.version))
    if label.period != str(period):
        found.append(told("INTAKE-TEMPLATE-PERIOD", path, found=label.period, wanted=period))
    if store and label.store != store:
        found.append(told("INTAKE-TEMPLATE-STORE", path, found=label.store or "—", wanted=store))
    return found


def _texts(reader: fastexcel.ExcelReader, sheet: str) -> pl.DataFrame:
    """A sheet as texts, every row and column of it."""
    try:
        return reader.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except fastexcel.FastExcelError:  # an empty sheet has no rows to load
        return pl.DataFrame()


def _raw_rows(reader: fastexcel.ExcelReader, layout: SheetLayout, path: Path) -> tuple[pl.DataFrame, list[Problem]]:
    """Load the sheet of answers with one unit a row; column types are found over all rows, never over a sample."""
    head = layout.HEAD
    try:
        try:
            loaded = reader.load_sheet(
                ANSWERS, header_row=head, dtypes={0: "string", 1: "string"}, schema_sample_rows=None, eager=True
            )
        except fastexcel.UnsupportedColumnTypeCombinationError:  # a span of time among numbers: cell by cell
            loaded = reader.load_sheet(ANSWERS, header_row=head, dtypes="string", eager=True)
    except fastexcel.CalamineError as fault:
        raise refuse("INTAKE-DAMAGED", path, detail=str(fault).splitlines()[0]) from fault
    except fastexcel.FastExcelError as fault:
        raise refuse("INTAKE-COLUMNS", path, detail=str(fault).splitlines()[0]) from fault
    raw = pl.DataFrame(loaded)
    if raw.height > MAX_ROWS or raw.width > len(layout.columns) + layout.FIXED + MAX_EXTRA_COLUMNS:
        raise refuse("INTAKE-TOO-LARGE", path, what=f"{raw.height} 行 {raw.width} 列", limit=f"{MAX_ROWS} 行")
    wanted = [UNIT_COLUMN, NAME_COLUMN, *layout.columns]
    problems = compare_columns(raw.columns, wanted, path, empty=lambda name: raw.get_column(name).is_null().all())
    if problems:
        return raw, problems
    return raw.select(wanted).with_row_index("line", layout.HEAD + 1), []


def compare_columns(found: Sequence[str], wanted: Sequence[str], path: Path, empty: object = None) -> list[Problem]:
    """Say which columns are missing, too many or in another place; empty columns to the right do not matter."""
    shown = list(found)
    while callable(empty) and len(shown) > len(wanted) and shown[-1].startswith("__UNNAMED") and empty(shown[-1]):
        shown.pop()
    if shown == list(wanted):
        return []
    missing = [name for name in wanted if name not in shown]
    extra = [
        f"第 {column_name(at)} 列（无代码）" if name.startswith("__UNNAMED") else name
        for at, name in enumerate(shown) if name not in wanted
    ]  # fmt: skip
    if missing or extra:
        words = f"缺少：{'、'.join(missing[:8]) or '无'}；多出：{'、'.join(extra[:8]) or '无'}"
    else:
        place = next(at for at, (one, other) in enumerate(zip(shown, wanted, strict=True)) if one != other)
        words = f"列“{shown[place]}”被移动，此处应为“{wanted[place]}”"
    return [told("INTAKE-COLUMNS", path, detail=words)]


def _raw_page(
    reader: fastexcel.ExcelReader, layout: SheetLayout, label: TemplateLabel, path: Path
) -> tuple[pl.DataFrame, list[Problem]]:
    """Load the sheet of answers of one unit and turn it into one row of texts."""
    cells = _texts(reader, ANSWERS)
    if cells.height > 20 * MAX_EXTRA_COLUMNS + len(layout.columns) * 3 or cells.width > MAX_EXTRA_COLUMNS:
        raise refuse("INTAKE-TOO-LARGE", path, what=f"{cells.height} 行 {cells.width} 列", limit=len(layout.columns))
    # With a column put in or taken out, the year before would stand where this year is read.
    wanted = layout.PAGE_WORDS[: layout.PAGE_NOTE]
    heads = [_cell(cells, layout.PAGE_HEAD, column) for column in range(len(wanted))]
    if heads != list(wanted):
        return cells, compare_columns(heads, wanted, path)
    codes = [_cell(cells, row, layout.PAGE_CODE) for row in layout.page_rows]
    if codes != list(layout.columns):
        return cells, compare_columns(codes, layout.columns, path) or [told("INTAKE-COLUMNS", path, detail="—")]
    row: dict[str, object] = {UNIT_COLUMN: _cell(cells, 4, 1), NAME_COLUMN: ""}
    row |= {
        code: _cell(cells, at, layout.PAGE_ANSWER) or None for code, at in zip(codes, layout.page_rows, strict=True)
    }
    if row[UNIT_COLUMN] != label.unit:
        return cells, [told("INTAKE-TEMPLATE-NONE", path, sheet=f"{row[UNIT_COLUMN]} ≠ {label.unit}")]
    raw = pl.DataFrame([row], schema=dict.fromkeys(row, pl.String))
    return raw.with_row_index("line", 0), []


def _cell(cells: pl.DataFrame, row: int, column: int) -> str:
    if row >= cells.height or column >= cells.width:
        return ""
    return str(cells.row(row)[column] or "")


def assemble(
    raw: pl.DataFrame,
    form: Form,
    elements: Mapping[str, DataElement],
    reporters: Reporters,
    file: str,
    *,
    layout: SheetLayout | None = None,
    label: TemplateLabel | None = None,
) -> Sheet:
    """Make a sheet of raw rows (``line``, ``unit``, ``name``, one column per element): the same way for every format.

    Elements that are only shown (``reused``) are not read: they are filled in from the return that asked for them.
    """
    rows = placed_rows(raw, reporters, file, layout)
    asked = form.asked  # computed anew each time it is asked for
    converted = convert(rows.raw, [elements[code] for code in asked])
    reused = sorted(set(form.columns) - set(asked))
    values = converted.frame.with_columns(pl.lit(None, dtype=pl.Int64).alias(code) for code in reused)
    values = values.select(form.columns)
    frame = pl.concat([rows.keys, values], how="horizontal")
    own = frame.filter(~rows.is_total) if rows.is_total.any() else frame  # a filter copies every column
    sheet = Sheet(
        file=file,
        form=form,
        period=reporters.period,
        rows=_in_order(own),
        totals=frame.filter(rows.is_total),
        problems=tuple(rows.problems),
        places=dict(zip(rows.keys.get_column("unit").to_list(), rows.lines, strict=True)),
        layout=layout,
        label=label,
    )
    return _with_readings(sheet, converted, rows.keys.get_column("unit").to_list())


def _in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows by district and unit; a template has them in this order already, and sorting copies every column."""
    places = rows.select("district", "unit")
    return rows if places.equals(places.sort("district", "unit")) else rows.sort("district", "unit")


def _with_readings(sheet: Sheet, converted: Converted, units: Sequence[str]) -> Sheet:
    """Turn the readings of single cells into findings and reasons."""
    found, missing = [], {}
    for (row, element), reading in sorted(converted.readings.items()):
        unit = units[row]
        if reading.missing is not None:
            missing[unit, element] = (reading.missing.value, reading.reason)
        elif reading.code:
            found.append(finding(reading.code, sheet.file, unit, element, **reading.facts))
    return replace(sheet.with_problems(found), missing=missing)


def _with_blemishes(sheet: Sheet, blemishes: Sequence[Blemish], elements: Mapping[str, DataElement]) -> Sheet:
    """Take no value from a cell that is a formula, an error or in a format that changes its meaning."""
    told = {(one.unit, one.element) for one in sheet.problems if one.problem.code == "INTAKE-DATE"}
    hit: dict[tuple[str, str], Blemish] = {}
    for one, unit, element in _placed_blemishes(sheet, blemishes):
        # A unit of measure written behind the number by its format changes nothing; a date was told with its day.
        unchanged = one.kind is BlemishKind.SCALED and one.word == elements[element].unit
        if not unchanged and not (one.kind is BlemishKind.DATE and (unit, element) in told):
            hit.setdefault((unit, element), one)
    if not hit:
        return sheet
    found = []
    for (unit, element), one in hit.items():
        facts = {"label": elements[element].label.zh, "unit": elements[element].unit or "—", "word": one.word or "千"}
        found.append(finding(_BLEMISH_CODES[one.kind], sheet.file, unit, element, value="日期格式", **facts))
    kept = tuple(one for one in sheet.problems if (one.unit, one.element) not in hit)
    cleared = {element: [unit for unit, code in hit if code == element] for _, element in hit}
    rows, totals = (
        frame.with_columns(
            pl.when(pl.col("unit").is_in(units_hit)).then(None).otherwise(pl.col(code)).alias(code)
            for code, units_hit in cleared.items()
        )
        for frame in (sheet.rows, sheet.totals)
    )
    return replace(sheet, rows=rows, totals=totals, problems=kept).with_problems(found)


def _placed_blemishes(sheet: Sheet, blemishes: Sequence[Blemish]) -> Iterator[tuple[Blemish, str, str]]:
    """The blemishes of answers, each with its unit and element."""
    layout = sheet.layout
    if not blemishes or layout is None:
        return
    units = {row: unit for unit, row in sheet.places.items()}
    page_rows = dict(zip(layout.page_rows, layout.columns, strict=True))
    asked = frozenset(sheet.form.asked)
    for one in blemishes:
        if layout.orientation is Orientation.PAGE:
            unit = next(iter(sheet.places), "")
            element = page_rows.get(one.row, "") if one.column == layout.PAGE_ANSWER else ""
        else:
            unit = units.get(one.row, "")
            place = one.column - layout.FIXED
            element = layout.columns[place] if 0 <= place < len(layout.columns) else ""
        if unit and element in asked:
            yield one, unit, element


def _seen(reader: fastexcel.ExcelReader) -> dict[str, int]:
    """The lock versions the hidden sheet carries."""
    rows = _texts(reader, LABEL).rows()
    found = {}
    for row in rows:
        if len(row) > SEEN_COLUMN + 1 and row[SEEN_COLUMN] and str(row[SEEN_COLUMN + 1]).isdigit():
            found[row[SEEN_COLUMN]] = int(row[SEEN_COLUMN + 1])
    return found


def _answers(reader: fastexcel.ExcelReader, package: ReturnedFile) -> dict[tuple[str, str, str], str]:
    """The replies in the list of issues of a coloured file: by unit, element and check."""
    if ISSUES not in package.sheets:
        return {}
    answers = {}
    for row in _texts(reader, ISSUES).rows():
        if len(row) >= ANSWER_COLUMN + 1 and row[ANSWER_COLUMN] and row[ANSWER_COLUMN].strip() and row[KEY_COLUMN]:
            parts = row[KEY_COLUMN].split("|")
            if len(parts) == 3 and row[ANSWER_COLUMN] != ANSWER_HEAD:
                answers[parts[0], parts[1], parts[2]] = row[ANSWER_COLUMN].strip()
    return answers


KEY_COLUMN, ANSWER_COLUMN = 8, 7
ANSWER_HEAD = "情况说明（疑问须填写）"
"""The list of issues: where a reply stands, and the key of what it replies to."""
