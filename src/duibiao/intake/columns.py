"""Turns columns of raw cells into stored whole numbers: numbers by the column, the rest cell by cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from duibiao.intake.cells import LARGEST, CellReading, read_text
from duibiao.metrics.element import DataElement, ValueType

NOISE = 2e-15
"""Relative size of what a binary number cannot help: 0.1 + 0.2 is 0.30000000000000004, and meant 0.3."""
_TINY = 1e-9


@dataclass(slots=True)
class Converted:
    """Columns of stored whole numbers (转换结果), and what was found in single cells, by (row, element)."""

    frame: pl.DataFrame
    readings: dict[tuple[int, str], CellReading] = field(default_factory=dict)


def convert(raw: pl.DataFrame, elements: Sequence[DataElement]) -> Converted:
    """Convert raw columns named by element code; a cell with a fault becomes null and has its reading kept.

    Raw types: Float64 (cells of a workbook), Int64, String (text cells, CSV), Boolean, dates. Never raises for what
    stands in a cell.
    """
    found = Converted(pl.DataFrame())
    values: list[pl.Expr] = []
    masks: list[pl.Expr] = []
    late: list[pl.Series] = []
    for element in elements:
        series = raw.get_column(element.code)
        if series.dtype == pl.Float64 or series.dtype.is_integer():
            value, bad = _number_rules(element, series.dtype == pl.Float64)
            values.append(value)
            masks.append(bad)
        else:
            late.append(_convert_texts(element, series, found))
    # A masked value would be a guess; it goes, and its cell is told. Most columns have none.
    any_bad = raw.select(mask.any() for mask in masks).row(0, named=True) if masks else {}
    bad_columns = [name for name, is_bad in any_bad.items() if is_bad]
    kept = [mask for mask in masks if mask.meta.output_name() in bad_columns]
    numbers = raw.select(*values, *kept)
    for name in bad_columns:
        _tell_numbers(name[1:], elements, raw, numbers, found)
    whole = numbers.select(pl.col(code) for code in numbers.columns if not code.startswith("?"))
    whole = whole.with_columns(
        pl.when(numbers.get_column(name)).then(None).otherwise(pl.col(name[1:])).alias(name[1:]) for name in bad_columns
    )
    found.frame = whole.with_columns(late) if whole.width else pl.DataFrame(late)
    found.frame = found.frame.select(element.code for element in elements)
    return found


def _number_rules(element: DataElement, is_float: bool) -> tuple[pl.Expr, pl.Expr]:
    """The stored whole number of a column, and which of its cells are no such number."""
    column = pl.col(element.code)
    bad_name = f"?{element.code}"
    if not is_float:
        most = LARGEST // 10**element.decimals
        bad = ~column.is_between(-most, most)
        stored = column.cast(pl.Int64, strict=False)
        if element.decimals:
            stored = pl.when(~bad).then(stored * 10**element.decimals)
    else:
        scaled = column * float(10**element.decimals) if element.decimals else column
        near = scaled.round(0)
        off = (scaled - near).abs()
        bad = ((off > _TINY) & (off > scaled.abs() * NOISE)) | ~(scaled.abs() <= LARGEST)
        # Beyond the limit a number has no exact whole number to be cast to; non-strict makes it null.
        stored = near.cast(pl.Int64, strict=False)
    if element.type is ValueType.FLAG:
        bad = bad | ~column.is_in([0, 1])
    elif element.type is ValueType.CHOICE:
        bad = bad | ~column.is_in([choice.code for choice in element.choices])
    return stored.alias(element.code), bad.fill_null(False).alias(bad_name)


def _tell_numbers(
    code: str, elements: Sequence[DataElement], raw: pl.DataFrame, numbers: pl.DataFrame, found: Converted
) -> None:
    element = next(one for one in elements if one.code == code)
    cells = raw.get_column(code)
    for row in numbers.get_column(f"?{code}").arg_true().to_list():
        typed = f"{cells[row]:.15g}" if cells.dtype == pl.Float64 else str(cells[row])
        reading = read_text(element, typed)
        if not reading.code:
            # Written with fifteen digits it is a number after all: noise beyond what was allowed for.
            reading = read_text(element, repr(cells[row]))
        found.readings[row, code] = reading


def _convert_texts(element: DataElement, series: pl.Series, found: Converted) -> pl.Series:
    """A column with text in it: plain numbers at once, every other text once."""
    code = element.code
    if series.dtype == pl.Null:
        return pl.Series(code, [None] * len(series), dtype=pl.Int64)
    if series.dtype != pl.String:
        return _convert_foreign(element, series, found)
    plain = series.str.contains(r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$")
    if element.type in (ValueType.COUNT, ValueType.QUANTITY):
        numbers = pl.DataFrame([series.set(~plain.fill_null(False), None).cast(pl.Float64).alias(code)])
        value, bad = _number_rules(element, is_float=True)
        numbers = numbers.select(value, bad)
        stored = numbers.get_column(code).set(numbers.get_column(f"?{code}"), None)
        odd = series.is_not_null() & (~plain | numbers.get_column(f"?{code}"))
    else:
        stored = pl.Series(code, [None] * len(series), dtype=pl.Int64)
        odd = series.is_not_null()
    rows = odd.arg_true()
    if not len(rows):
        return stored
    texts = series.gather(rows)
    readings = {text: read_text(element, text) for text in texts.unique().to_list()}
    put: list[int | None] = []
    for row, text in zip(rows.to_list(), texts.to_list(), strict=True):
        reading = readings[text]
        put.append(None if is_fault(reading) else reading.value)
        if reading.code or reading.missing is not None:
            found.readings[row, code] = reading
    return stored.scatter(rows, pl.Series(put, dtype=pl.Int64)).alias(code)


def is_fault(reading: CellReading) -> bool:
    """Tell whether a reading gives no usable value: it has a problem and no number."""
    return bool(reading.code) and reading.value is None


def _convert_foreign(element: DataElement, series: pl.Series, found: Converted) -> pl.Series:
    """A column of dates or truth values: none of them is a number."""
    words = series.cast(pl.String).to_list()
    for row, word in enumerate(words):
        if word is not None:
            code = "INTAKE-BOOLEAN" if series.dtype == pl.Boolean else "INTAKE-DATE"
            facts: Mapping[str, object] = read_text(element, "x").facts
            found.readings[row, element.code] = CellReading(code=code, facts={**facts, "value": word})
    return pl.Series(element.code, [None] * len(series), dtype=pl.Int64)
