"""What was known before the store: an earlier snapshot whose rows stand wherever the store has no valid return."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from duibiao.metrics.form import Form
from duibiao.store.layout import KEYS, form_schema
from duibiao.store.reuse import KeptTable
from duibiao.store.snapshot import Snapshot

Key = tuple[str, int]
"""Form code and statistical year."""


@dataclass(frozen=True, slots=True)
class History:
    """An earlier snapshot beside the returns of a store (历史数据): what a return says outranks it, cell for cell.

    An authority that begins with this program brings its years before as a snapshot; they are carried over into
    every later one, without an origin, since no return of this store stands behind them.
    """

    snapshot: Snapshot

    def holds(self, key: Key) -> bool:
        """Whether there is a table of a form and year."""
        form, year = key
        return form in self.snapshot.forms and year in self.snapshot.forms[form].tables

    def units(self, key: Key) -> list[str]:
        """The units that have a row in a table; none where there is no such table."""
        if not self.holds(key):
            return []
        units: list[str] = pq.read_table(self.snapshot.table_path(*key), columns=["unit"])["unit"].to_pylist()
        return units

    @property
    def keys(self) -> list[Key]:
        """Every form and year there is a table of."""
        return [(form, year) for form in self.snapshot.forms for year in self.snapshot.years(form)]

    def carried(self, form: Form, year: int) -> KeptTable | Callable[[], pa.Table]:
        """A table the store has no return of: the file as it is, or, where the form has changed since, its columns."""
        path = self.snapshot.table_path(form.code, year)
        wanted = form_schema(form)
        if pq.read_schema(path).names == wanted.names:
            return KeptTable(path, self.snapshot.forms[form.code].tables[year])
        return lambda: _in_columns(self.snapshot.table(form.code, year), wanted)

    def beside(self, form: Form, year: int, units: pa.ChunkedArray) -> pa.Table:
        """The rows of the units that are not among ``units``, in the columns of the form."""
        found = _in_columns(self.snapshot.table(form.code, year), form_schema(form))
        return found.filter(pc.invert(pc.is_in(found["unit"], value_set=units.combine_chunks())))

    def values(self, form: str, year: int, columns: Iterable[str], units: pa.ChunkedArray) -> pa.Table:
        """``unit`` and some columns of the units that are not among ``units``; no rows where there is no such table."""
        wanted = ["unit", *columns]
        schema = pa.schema([pa.field("unit", pa.string()), *(pa.field(name, pa.int64()) for name in wanted[1:])])
        if not self.holds((form, year)):
            return schema.empty_table()
        found = _in_columns(self.snapshot.table(form, year), schema)
        return found.filter(pc.invert(pc.is_in(found["unit"], value_set=units.combine_chunks())))

    def sparse(self, table: pa.Table, taken: pa.Table) -> pa.Table:
        """The lines of a side table (flags, origins) of the rows that are carried over.

        ``taken`` has the columns form, year, unit of the rows that come from the store.
        """
        keys = ["form", "year", "unit"]
        return table.join(taken, keys=keys, join_type="left anti").select(table.column_names).cast(table.schema)


def _in_columns(table: pa.Table, wanted: pa.Schema) -> pa.Table:
    """The columns of a schema; an element that was not asked then is missing, one no longer asked is left out."""
    nothing = pa.nulls(table.num_rows, pa.int64())
    columns = [table[name] if name in table.column_names else nothing for name in wanted.names]
    missing = [name for name in wanted.names if name in KEYS and name not in table.column_names]
    if missing:
        raise ValueError(f"a snapshot table without {missing}")
    return pa.table(columns, names=wanted.names).cast(wanted)
