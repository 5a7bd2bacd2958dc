"""The bad files of a reporting round, made of a good one: what people hand in, and the code each must get."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import openpyxl

from duibiao.intake.submit import ReportingPlan
from duibiao.intake.template import write_template
from duibiao.metrics.unit import Unit


@dataclass(frozen=True)
class BadFile:
    """A file that must not change anything, and the problem code that says why."""

    name: str
    path: Path
    code: str


_OLD_EXCEL = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600


def answer_cells(sheet: Any) -> list[Any]:
    """The cells of a page that a unit fills in."""
    return [cell for row in sheet.iter_rows() for cell in row if not cell.protection.locked]


def bad_files(
    good: Path, folder: Path, plan: ReportingPlan, unit: Unit, mark: str, simulated: bool
) -> Iterator[BadFile]:
    """Every bad file of a page that was filled in well (``good``) for a unit."""
    number = next(code for code in plan.form.asked if plan.elements[code].maximum is not None)

    def changed(change: Callable[[Any], object]) -> Callable[[Path], None]:
        def make(path: Path) -> None:
            book = openpyxl.load_workbook(good)
            change(book["填报"])
            book.save(path)

        return make

    def typed(value: object) -> Callable[[Path], None]:
        def put(sheet: Any) -> None:
            place = next(row for row in sheet.iter_rows() if any(cell.value == number for cell in row))
            next(cell for cell in place if not cell.protection.locked).value = value

        return changed(put)

    def template(**changes: Any) -> Callable[[Path], object]:
        form = replace(plan.form, **{name: value for name, value in changes.items() if name in ("code", "version")})
        period = changes.get("period", plan.period)
        store = changes.get("store", mark)
        return lambda path: write_template(
            path, form, plan.elements, [unit], None, period, store=store, simulated=simulated
        )

    def home_made(path: Path) -> None:
        book = openpyxl.Workbook()
        book.active.title = "填报"
        book.active["A1"] = "学校"
        book.save(path)

    def merged(sheet: Any) -> None:
        first, second = answer_cells(sheet)[:2]
        sheet.merge_cells(f"{first.coordinate}:{second.coordinate}")

    def shortened(share: float) -> Callable[[Path], object]:
        return lambda path: path.write_bytes(good.read_bytes()[: int(good.stat().st_size * share)])

    most = plan.elements[number].maximum
    assert most is not None
    wanted: list[tuple[str, Callable[[Path], object], str]] = [
        ("自制表", home_made, "INTAKE-TEMPLATE-NONE"),
        ("别的报表", template(code="another_form"), "INTAKE-TEMPLATE-FORM"),
        ("旧模板", template(version="0"), "INTAKE-TEMPLATE-OLD"),
        ("去年的模板", template(period=replace(plan.period, year=plan.period.year - 1)), "INTAKE-TEMPLATE-PERIOD"),
        ("别的系统", template(store="000000000000"), "INTAKE-TEMPLATE-STORE"),
        ("合并单元格", changed(merged), "INTAKE-MERGED"),
        ("插入一列", changed(lambda sheet: sheet.insert_cols(3)), "INTAKE-COLUMNS"),
        ("删除一列", changed(lambda sheet: sheet.delete_cols(1)), "INTAKE-COLUMNS"),
        ("上年数移到本年数", changed(lambda sheet: sheet.delete_cols(3)), "INTAKE-COLUMNS"),
        ("工作表改名", changed(lambda sheet: setattr(sheet, "title", "填报2")), "INTAKE-SHEET-MISSING"),
        ("公式", typed("=100+20"), "INTAKE-FORMULA"),
        ("文字", typed("约一百二"), "INTAKE-TEXT"),
        ("负数", typed(-5), "INTAKE-RANGE"),
        ("荒唐的数", typed(int(most) + 1), "INTAKE-RANGE"),
        ("错误值", typed("#DIV/0!"), "INTAKE-CELL-ERROR"),
        ("未传完", shortened(0.6), "INTAKE-DAMAGED"),
        ("传了开头", shortened(0.02), "INTAKE-DAMAGED"),
        ("旧格式", lambda path: path.write_bytes(_OLD_EXCEL), "INTAKE-FILE-KIND"),
    ]
    for name, make, code in wanted:
        path = folder / f"{name}.xlsx"
        make(path)
        yield BadFile(name, path, code)


def bad_rows(good: Path, folder: Path, units: dict[str, str]) -> Iterator[BadFile]:
    """CSV files with rows of the wrong units: ``units`` is problem code → the code that is written for the unit."""
    head, row = good.read_text(encoding="utf-8").splitlines()
    at = head.split(",").index("unit")
    cells = row.split(",")
    for code, unit in units.items():
        path = folder / f"{code}.csv"
        lines = [row] if code == "INTAKE-UNIT-TWICE" else []
        lines.append(",".join([*cells[:at], unit, *cells[at + 1 :]]))
        path.write_text("\n".join([head, *lines]), encoding="utf-8")
        yield BadFile(code, path, code)
