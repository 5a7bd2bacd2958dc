"""The same return as CSV or JSON: read by the same rules, found faulty in the same words."""

import codecs
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from duibiao.intake.layout import NAME_COLUMN, UNIT_COLUMN
from duibiao.intake.package import MAX_BYTES, refuse, told
from duibiao.intake.sheet import MAX_ROWS, Sheet, assemble, compare_columns
from duibiao.intake.units import Reporters
from duibiao.intake.validation import NO, YES
from duibiao.kernel.period import Period
from duibiao.kernel.problem import UserError
from duibiao.metrics.element import DataElement, ValueType
from duibiao.metrics.form import Form
from duibiao.metrics.unit import Unit


def read_csv(
    path: Path,
    form: Form,
    elements: Mapping[str, DataElement],
    units: Mapping[str, Unit],
    period: Period,
    *,
    allowed: Sequence[str] | None = None,
    today: date | None = None,
) -> Sheet:
    """Read a CSV file: ``unit``, perhaps ``name``, then one column per asked element, in any order; UTF-8 or GB18030.

    Reused columns may stand in it and are not read. Raises UserError for a file that is too large, of no known
    encoding, ragged, or whose columns are not those of the form; faults of rows and cells are in the sheet.
    """
    text = decoded(path)
    if today is not None and period.start > today:
        raise refuse("INTAKE-PERIOD-FUTURE", path, period=period, start=period.start)
    header = _header(text, path)
    known = [UNIT_COLUMN, NAME_COLUMN, *form.columns]
    wanted = [UNIT_COLUMN, *form.asked]
    strange = sorted({name for name in header if name not in known or header.count(name) > 1})
    if strange or not set(wanted) <= set(header):
        given = [name for name in header if name in wanted]
        problems = compare_columns([*given, *strange], wanted, path)
        raise UserError(problems or [told("INTAKE-COLUMNS", path, detail="、".join(strange[:8]))])
    raw = _frame(text, header, form, elements, path)
    if NAME_COLUMN not in raw.columns:
        raw = raw.with_columns(pl.lit(None, dtype=pl.String).alias(NAME_COLUMN))
    raw = raw.select(UNIT_COLUMN, NAME_COLUMN, *form.asked).with_row_index("line", 1)
    return assemble(raw, form, elements, Reporters(units, form, period, allowed), path.name)


def decoded(path: Path) -> bytes:
    """The text of the file in UTF-8, without a mark at its head."""
    if path.stat().st_size > MAX_BYTES:
        raise refuse("INTAKE-TOO-LARGE", path, what=f"{path.stat().st_size} 字节", limit=f"{MAX_BYTES} 字节")
    content = path.read_bytes()
    if b"\0" in content:
        raise refuse("INTAKE-CSV", path, detail="NUL")
    try:
        content.decode()
        return content.removeprefix(codecs.BOM_UTF8)
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("gb18030").encode()
    except UnicodeDecodeError:
        pass
    raise refuse("INTAKE-CSV", path, detail="UTF-8/GB18030")


def _header(text: bytes, path: Path) -> list[str]:
    try:
        first = pl.read_csv(io.BytesIO(text), has_header=False, n_rows=1, infer_schema=False)
    except pl.exceptions.PolarsError as fault:
        raise refuse("INTAKE-CSV", path, detail=_first_line(fault)) from fault
    return [str(cell or "").strip() for cell in first.row(0)]


def _frame(
    text: bytes, header: Sequence[str], form: Form, elements: Mapping[str, DataElement], path: Path
) -> pl.DataFrame:
    """Columns of numbers read as numbers; where that fails, everything as text, for the cell by cell reading.

    Elements without decimals are tried as whole numbers first: what is read as one is the same number either way.
    """
    asked, numbers = set(form.asked), (ValueType.COUNT, ValueType.QUANTITY)
    texts: dict[str, type[pl.DataType]] = dict.fromkeys(header, pl.String)
    columns = [name for name in header if name in asked and elements[name].type in numbers]
    floats = texts | dict.fromkeys(columns, pl.Float64)
    whole = floats | {name: pl.Int64 for name in columns if elements[name].decimals == 0}
    for types in (whole, floats, texts):
        try:
            raw = pl.read_csv(io.BytesIO(text), schema=types, has_header=True)
            break
        except pl.exceptions.ComputeError as fault:
            problem = fault
    else:
        raise refuse("INTAKE-CSV", path, detail=_first_line(problem)) from problem
    if raw.height > MAX_ROWS:
        raise refuse("INTAKE-TOO-LARGE", path, what=f"{raw.height} 行", limit=f"{MAX_ROWS} 行")
    return raw


def _first_line(fault: Exception) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0][:120]


class _BodyError(ValueError):
    """A body that is not of the agreed shape."""


def read_json(  # noqa: PLR0913  what a body is held against are these things
    body: bytes,
    form: Form,
    elements: Mapping[str, DataElement],
    units: Mapping[str, Unit],
    period: Period,
    *,
    allowed: Sequence[str] | None = None,
    today: date | None = None,
    name: str = "body.json",
) -> Sheet:
    """Read the body of an API call: ``{"form", "version", "period", "rows": [{"unit", "values": {code: value}}]}``.

    A value is a number (kept exact), a text as it would be typed into a cell, true or false for a flag, or null.
    ``answers`` may reply to questions (``{"unit", "element", "check", "note"}``), ``seen`` may name lock versions.
    Raises UserError for a body of another shape, form, version or period; faults of rows and cells are in the sheet.
    """
    path = Path(name)
    if len(body) > MAX_BYTES:
        raise refuse("INTAKE-TOO-LARGE", path, what=f"{len(body)} 字节", limit=f"{MAX_BYTES} 字节")
    try:
        found = json.loads(body, parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_once)
        _check_head(found, form, period, path, today)
        raw = _rows(found, form, elements)
        answers, seen = _replies(found), _seen(found)
    except RecursionError as fault:
        raise refuse("INTAKE-JSON", path, detail="嵌套过深 / nested too deeply") from fault
    except (ValueError, KeyError, TypeError) as fault:
        raise refuse("INTAKE-JSON", path, detail=str(fault)[:200]) from fault
    sheet = assemble(raw, form, elements, Reporters(units, form, period, allowed), name)
    return replace(sheet, answers=answers, seen=seen)


def _constant(word: str) -> object:
    raise _BodyError(f"{word} 不是数 / is no number")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _BodyError("同一名称写了两次 / a name stands twice")
    return found


def _check_head(found: object, form: Form, period: Period, path: Path, today: date | None) -> None:
    if not isinstance(found, dict):
        raise _BodyError("应为对象 / an object is needed")
    if str(found["form"]) != form.code:
        raise refuse("INTAKE-TEMPLATE-FORM", path, found=found["form"], wanted=form.code)
    if str(found["version"]) != form.version:
        raise refuse("INTAKE-TEMPLATE-OLD", path, found=found["version"], wanted=form.version)
    if str(found["period"]) != str(period):
        raise refuse("INTAKE-TEMPLATE-PERIOD", path, found=found["period"], wanted=period)
    if today is not None and period.start > today:
        raise refuse("INTAKE-PERIOD-FUTURE", path, period=period, start=period.start)
    strange = set(found) - {"form", "version", "period", "rows", "answers", "seen"}
    if strange:
        raise _BodyError(f"不认识的字段 / unknown: {sorted(strange)}")


def _rows(found: dict[str, object], form: Form, elements: Mapping[str, DataElement]) -> pl.DataFrame:
    rows = found["rows"]
    if not isinstance(rows, list) or len(rows) > MAX_ROWS:
        raise _BodyError(f"rows 应为不超过 {MAX_ROWS} 行的数组 / a list of at most {MAX_ROWS}")
    table: list[dict[str, str | None]] = []
    for number, row in enumerate(rows):
        if (
            not isinstance(row, dict)
            or not isinstance(row.get("values"), dict)
            or set(row) - {"unit", "name", "values"}
        ):
            raise _BodyError(f"rows[{number}] 应有 unit 和 values / needs unit and values")
        values = row["values"]
        strange = sorted(set(values) - set(form.asked))
        if strange:
            raise _BodyError(f"rows[{number}]: 报表没有 {strange[:5]} / no such elements")
        cells = {code: _text(values.get(code), elements[code], f"rows[{number}].{code}") for code in form.asked}
        table.append({UNIT_COLUMN: str(row.get("unit") or ""), NAME_COLUMN: str(row.get("name") or ""), **cells})
    columns = [UNIT_COLUMN, NAME_COLUMN, *form.asked]
    return pl.DataFrame(table, schema=dict.fromkeys(columns, pl.String), orient="row").with_row_index("line", 0)


def _text(value: object, element: DataElement, at: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return (YES if value else NO) if element.type is ValueType.FLAG else str(value)
    if isinstance(value, int | Decimal):
        return f"{Decimal(value):f}" if -400 < Decimal(value).adjusted() < 400 else str(value)
    if isinstance(value, str):
        return value
    raise _BodyError(f"{at} 应为数、文字或空 / must be a number, a text or null")


def _replies(found: dict[str, object]) -> dict[tuple[str, str, str], str]:
    replies = found.get("answers", [])
    if not isinstance(replies, list):
        raise _BodyError("answers 应为数组 / must be a list")
    return {(str(one["unit"]), str(one["element"]), str(one["check"])): str(one["note"]).strip() for one in replies}


def _seen(found: dict[str, object]) -> dict[str, int]:
    seen = found.get("seen", {})
    if not isinstance(seen, dict) or not all(
        isinstance(one, int) and not isinstance(one, bool) for one in seen.values()
    ):
        raise _BodyError("seen 应为 单位代码 → 版本 / unit code → lock version")
    return {str(unit): version for unit, version in seen.items()}
