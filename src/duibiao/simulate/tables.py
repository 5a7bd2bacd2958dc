"""Simulated returns in the layout of the store: one wide table per form and year, and the side table of flags."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from duibiao.kernel.value import MissingReason
from duibiao.metrics.form import Form
from duibiao.simulate.arithmetic import Whole
from duibiao.simulate.reporting import Desk
from duibiao.store.layout import FLAGS, form_schema

SIMULATED = "simulated"


def form_tables(desk: Desk, years: range) -> Iterator[tuple[tuple[str, int], pa.Table]]:
    """The wide tables of one kind of reporter: (form, year) with the table, sorted by district and unit."""
    for form in desk.forms:
        for year, rows in _rows_by_year(desk, form, years):
            yield (form.code, year), _table(desk, form, rows)


def _rows_by_year(desk: Desk, form: Form, years: range) -> Iterator[tuple[int, Whole]]:
    """The rows of a form by statistical year, in the order of the table; years nobody reports for are left out."""
    entity = desk.periods[form.period]
    codes = np.array(entity.codes)[entity.unit]
    for number, year in enumerate(years):
        rows = np.flatnonzero((entity.year == number) & desk.reports[form.code])
        if len(rows):
            yield year, rows[np.lexsort((codes[rows], entity.group[rows]))]


def _table(desk: Desk, form: Form, rows: Whole) -> pa.Table:
    entity, maker = desk.periods[form.period], desk.maker
    codes = np.array(entity.codes)[entity.unit[rows]]
    attributes = [entity.attributes[name][rows] for name in ("district", "kind", "location", "ownership")]
    arrays = [pa.array(words.tolist(), pa.string()) for words in (codes, *attributes)]
    arrays += [pa.array(maker.values[code][rows], pa.int64(), mask=~maker.known[code][rows]) for code in form.columns]
    return pa.table(arrays, schema=form_schema(form))


def flags_of(desk: Desk, years: range) -> pa.Table:
    """The side table: every return is marked ``simulated`` (element ''), every empty cell that had to be
    filled in says why it is empty."""
    parts = []
    for form in desk.forms:
        for year, rows in _rows_by_year(desk, form, years):
            parts.append(_flags(desk, form, year, rows))
    return pa.concat_tables(parts) if parts else FLAGS.empty_table()


def _flags(desk: Desk, form: Form, year: int, rows: Whole) -> pa.Table:
    maker, entity = desk.maker, desk.periods[form.period]
    reasons = [SIMULATED, f"missing:{MissingReason.NOT_REPORTED}", f"missing:{MissingReason.NOT_APPLICABLE}"]
    places, elements, flags = [rows], [np.zeros(len(rows), dtype=np.int32)], [np.zeros(len(rows), dtype=np.int32)]
    required = {field.element for field in form.fields if field.required}
    for number, code in enumerate(form.asked, start=1):
        left = desk.blanks[code][rows]
        # An optional question about a stage the unit does not have is left open, and nothing has to be said about it.
        empty = rows[~maker.known[code][rows] & (left | (code in required))]
        left = desk.blanks[code][empty]
        places.append(empty)
        elements.append(np.full(len(empty), number, dtype=np.int32))
        flags.append(np.where(left, 1, 2).astype(np.int32))
    place = np.concatenate(places)

    def words(index: np.ndarray[tuple[int], np.dtype[np.int32]], dictionary: list[str]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(index), pa.array(dictionary, pa.string())).cast(pa.string())

    count = len(place)
    return pa.table(
        [
            pa.array(np.full(count, year, dtype=np.int64)),
            words(np.zeros(count, dtype=np.int32), [form.code]),
            words(entity.unit[place].astype(np.int32), entity.codes),
            words(np.concatenate(elements), ["", *form.asked]),
            words(np.concatenate(flags), reasons),
            words(np.zeros(count, dtype=np.int32), ["模拟数据"]),
        ],
        schema=FLAGS,
    )
