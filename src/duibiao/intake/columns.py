"""Turns columns of raw cells into stored whole numbers: numbers by the column, the rest cell by cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl
import pyarrow as pa

from duibiao.intake.cells import LARGEST, CellReading, read_text
from duibiao.intake.layout import NAME_COLUMN, UNIT_COLUMN
from duibiao.metrics.element import DataElement, ValueType

NOISE = 2e-15
"""Relative size of what a binary number cannot help: 0.1 + 0.2 is 0.30000000000000004, and meant 0.3."""
_TINY = 1e-9
_PLACES = frozenset({"line", UNIT_COLUMN, NAME_COLUMN})
FEW = 100
"""Up to so many rows a column of texts is read cell by cell; a call of polars costs as much as a hundred readings."""


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
    if len(raw) <= FEW and all(kind == pl.String for name, kind in raw.schema.items() if name not in _PLACES):
        found.frame = _convert_few_rows(raw, elements, found)
        return found
    alike: dict[_NumberRule, list[str]] = {}
    late: list[pl.Series] = []  # converted one by one
    kinds = raw.schema  # made anew each time it is asked for
    for element in elements:
        kind = kinds[element.code]
        plain = _whole_numbers(element, raw.get_column(element.code)) if kind in _NUMBERS else None
        if plain is not None:
            late.append(plain)
        elif kind == pl.Float64 or kind.is_integer():
            alike.setdefault(_NumberRule.of(element, is_float=kind == pl.Float64), []).append(element.code)
        else:
            late.append(_convert_texts(element, raw.get_column(element.code), found))
    numbers = raw.select(rule.stored(codes) for rule, codes in alike.items())
    # A masked value would be a guess; it goes, and its cell is told. Most columns have none.
    whole = numbers.with_columns(
        numbers.get_column(code).set(mask, None) for code, mask in _bad_cells(raw, alike, elements, found)
    )
    found.frame = whole.with_columns(late) if whole.width else pl.DataFrame(late)
    found.frame = found.frame.select(element.code for element in elements)
    return found


_NUMBERS = (pl.Float64, pl.Int64)


def _whole_numbers(element: DataElement, cells: pl.Series) -> pl.Series | None:
    """A column that holds whole numbers within the limit and nothing else; None where it may not be so.

    Nearly every column is like this, and three looks at it are a third of what looking for every fault takes.
    """
    if element.type not in (ValueType.COUNT, ValueType.QUANTITY) or element.decimals:
        return None
    stored = cells.cast(pl.Int64, strict=False)  # no whole number: cut off, or null where there is none
    least, most = stored.min(), stored.max()
    if not isinstance(least, int) or not isinstance(most, int):
        return None
    sound = least >= -LARGEST and most <= LARGEST
    if cells.dtype == pl.Int64:
        return stored if sound else None
    sound = sound and stored.null_count() == cells.null_count()
    return stored if sound and bool((stored.cast(pl.Float64) == cells).all()) else None


def _bad_cells(
    raw: pl.DataFrame, alike: Mapping["_NumberRule", Sequence[str]], elements: Sequence[DataElement], found: Converted
) -> list[tuple[str, pl.Series]]:
    """The columns of numbers with cells that are no value of their element, with a mask of those cells.

    One look at each column tells whether there can be any; only the columns in doubt are looked at cell by cell.
    """
    doubts = raw.select(rule.doubtful(codes) for rule, codes in alike.items())
    doubted = {code for code, doubt in doubts.row(0, named=True).items() if doubt} if doubts.width else set()
    looked_at = {rule: some for rule, codes in alike.items() if (some := [code for code in codes if code in doubted])}
    masks = raw.select(rule.bad(codes) for rule, codes in looked_at.items())
    told = []
    by_code = {element.code: element for element in elements}
    for mask in masks.iter_columns():
        if mask.any():
            _tell_numbers(by_code[mask.name], raw.get_column(mask.name), mask, found)
            told.append((mask.name, mask))
    return told


@dataclass(frozen=True, slots=True)
class _NumberRule:
    """How numbers become stored whole numbers; columns of elements that are alike are converted together."""

    is_float: bool
    decimals: int
    options: tuple[int, ...] | None

    @classmethod
    def of(cls, element: DataElement, *, is_float: bool) -> "_NumberRule":
        options: tuple[int, ...] | None = None
        if element.type is ValueType.FLAG:
            options = (0, 1)
        elif element.type is ValueType.CHOICE:
            options = tuple(choice.code for choice in element.choices)
        return cls(is_float, element.decimals, options)

    def _scaled(self, codes: Sequence[str]) -> pl.Expr:
        column = pl.col(codes)
        return column * float(10**self.decimals) if self.decimals else column

    @property
    def _most(self) -> int:
        return LARGEST if self.is_float else LARGEST // 10**self.decimals

    def stored(self, codes: Sequence[str]) -> pl.Expr:
        """The stored whole numbers; null where there is none."""
        if self.is_float:
            # Beyond the limit a number has no exact whole number to be cast to; non-strict makes it null.
            return self._scaled(codes).round(0).cast(pl.Int64, strict=False)
        whole = pl.col(codes).cast(pl.Int64, strict=False)
        if not self.decimals:
            return whole
        return pl.when(whole.is_between(-self._most, self._most)).then(whole * 10**self.decimals)

    def doubtful(self, codes: Sequence[str]) -> pl.Expr:
        """Whether some cell of a column may be no such number; one truth value a column."""
        if self.options is not None:
            return self.bad(codes).any()
        sound = pl.col(codes).is_between(-self._most, self._most)  # neither an infinity nor NaN lies there
        if self.is_float:
            scaled = self._scaled(codes)
            sound = (scaled.round(0) == scaled) & sound
        return ~sound.all()

    def bad(self, codes: Sequence[str]) -> pl.Expr:
        """Which cells are no such number."""
        column = pl.col(codes)
        if self.is_float:
            scaled = self._scaled(codes)
            off = (scaled.round(0) - scaled).abs()
            bad = ((off > _TINY) & (off > scaled.abs() * NOISE)) | ~(scaled.abs() <= LARGEST)
        else:
            bad = ~column.is_between(-self._most, self._most)
        if self.options is not None:
            bad = bad | ~self._scaled(codes).is_in(
                [float(one) for one in self.options] if self.is_float else self.options
            )
        return bad.fill_null(False)


def _tell_numbers(element: DataElement, cells: pl.Series, mask: pl.Series, found: Converted) -> None:
    for row in mask.arg_true().to_list():
        typed = _written(cells[row]) if cells.dtype == pl.Float64 else str(cells[row])
        reading = read_text(element, typed)
        if not reading.code:
            # Written with fifteen digits it is a number after all: noise beyond what was allowed for.
            reading = read_text(element, repr(cells[row]))
        found.readings[row, element.code] = reading


def _written(number: float) -> str:
    """A number as a person writes it, with fifteen digits that count; no power of ten unless it is beyond all sense."""
    text = f"{number:.15g}"
    return f"{Decimal(text):f}" if "e" in text and 1e-12 < abs(number) < 1e24 else text


def _convert_texts(element: DataElement, series: pl.Series, found: Converted) -> pl.Series:
    """A column with text in it: plain numbers at once, every other text once."""
    code = element.code
    if series.dtype == pl.Null:
        return pl.Series(code, [None] * len(series), dtype=pl.Int64)
    if series.dtype != pl.String:
        return _convert_foreign(element, series, found)
    if len(series) <= FEW:
        return _convert_few(element, series, found)
    plain = series.str.contains(r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$")
    if element.type in (ValueType.COUNT, ValueType.QUANTITY):
        numbers = pl.DataFrame([series.set(~plain.fill_null(False), None).cast(pl.Float64).alias(code)])
        rule = _NumberRule.of(element, is_float=True)
        bad = numbers.select(rule.bad([code])).to_series()
        stored = numbers.select(rule.stored([code])).to_series().set(bad, None)
        odd = series.is_not_null() & (~plain | bad)
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


def _convert_few_rows(raw: pl.DataFrame, elements: Sequence[DataElement], found: Converted) -> pl.DataFrame:
    """A few rows of texts, as an API call hands them in: cell by cell, and made into columns all at once."""
    cells = raw.select(element.code for element in elements).rows()
    columns = zip(*cells, strict=True) if cells else [()] * len(elements)
    stored = [
        pa.array(_read_few(element, texts, found), pa.int64()) for element, texts in zip(elements, columns, strict=True)
    ]
    table = pa.table(stored, [element.code for element in elements])
    return pl.DataFrame(pl.from_arrow(table)) if elements else pl.DataFrame()


def _convert_few(element: DataElement, series: pl.Series, found: Converted) -> pl.Series:
    """A column of one school, or of a few: cell by cell, since asking polars takes longer than reading them."""
    return pl.Series(element.code, _read_few(element, series.to_list(), found), dtype=pl.Int64)


def _read_few(element: DataElement, texts: Sequence[str | None], found: Converted) -> list[int | None]:
    stored: list[int | None] = []
    for row, text in enumerate(texts):
        reading = CellReading() if text is None else read_text(element, text)
        stored.append(None if is_fault(reading) else reading.value)
        if reading.code or reading.missing is not None:
            found.readings[row, element.code] = reading
    return stored


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
