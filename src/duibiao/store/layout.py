"""How reported data lie in memory and in files: one wide table per form and statistical year.

Columns: ``unit``, ``district``, ``school_kind``, ``location_type``, ``ownership`` (texts, never null), then one whole
number (Int64) per element of the form, in form order, scaled by the element's decimals; null is missing, never zero.
Sorted by district and unit; every unit once.
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from duibiao.metrics.element import LARGEST_STORED
from duibiao.metrics.form import Form

KEYS = ("unit", "district", "school_kind", "location_type", "ownership")
"""The columns that say whose row it is."""
ORDER = [("district", "ascending"), ("unit", "ascending")]
FLAGS = pa.schema(
    [
        pa.field("year", pa.int64(), nullable=False),
        *(pa.field(name, pa.string(), nullable=False) for name in ("form", "unit", "element", "flag", "note")),
    ]
)
"""The sparse side table: what is to be known about single cells (element ``''`` speaks of the whole return)."""
LARGEST = LARGEST_STORED
"""The largest stored value, of either sign."""
_LARGEST_GROUP = 125_000
_LEAST_GROUP = 5_000
_GROUPS = 4


class LayoutError(ValueError):
    """A table does not have the layout of its form (表结构不符); the message says what is wrong, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh, self.en = zh, en


def table_schema(columns: Sequence[str]) -> pa.Schema:
    """The schema of a wide table with these value columns."""
    keys = [pa.field(name, pa.string(), nullable=False) for name in KEYS]
    return pa.schema([*keys, *(pa.field(name, pa.int64()) for name in columns)])


def form_schema(form: Form) -> pa.Schema:
    """The schema of the wide table of a form: asked and reused elements, in form order."""
    return table_schema(form.columns)


def check_schema(found: pa.Schema, wanted: pa.Schema) -> None:
    """Compare names, order and types; nullability is not compared, since engines write it as they like.

    Raises LayoutError naming the first columns that are missing, too many, or of another type.
    """
    here_names, there_names = found.names, wanted.names  # a schema answers this with a new list every time
    here_set, there_set = set(here_names), set(there_names)
    missing = [name for name in there_names if name not in here_set]
    extra = [name for name in here_names if name not in there_set]
    if missing or extra:
        shown = f"{_some(missing)}; {_some(extra)}"
        raise LayoutError(f"缺少的列；多余的列：{shown}", f"columns missing; too many: {shown}")
    if here_names != there_names:
        raise LayoutError("列的次序与报表不同", "the columns are not in the order of the form")
    for name, here, there in zip(there_names, found.types, wanted.types, strict=True):
        text = pa.types.is_string(there) and (pa.types.is_large_string(here) or pa.types.is_string_view(here))
        if not (here.equals(there) or text):
            raise LayoutError(f"列“{name}”的类型应为 {there}，现为 {here}", f"column {name} is {here}, not {there}")


def arranged(table: pa.Table, wanted: pa.Schema) -> pa.Table:
    """The table in the layout of ``wanted``: checked, of exactly its types, sorted by district and unit.

    Raises LayoutError (see ``check_schema`` and ``check_keys``).
    """
    check_schema(table.schema, wanted)
    check_keys(table)
    table = table.cast(wanted)
    return table if _is_sorted(table) else table.sort_by(ORDER)


def check_keys(table: pa.Table) -> None:
    """Refuse null keys and a unit that stands twice; raises LayoutError."""
    for name in KEYS:
        if name in table.column_names and table[name].null_count:
            raise LayoutError(f"列“{name}”有空值", f"column {name} holds nulls")
    counts = pc.value_counts(table["unit"].cast(pa.string()).combine_chunks())
    twice = counts.filter(pc.greater(counts.field("counts"), 1)).field("values").to_pylist()
    if twice:
        raise LayoutError(f"单位重复：{_some(twice)}", f"units that stand twice: {_some(twice)}")


def check_file(file: pq.ParquetFile, wanted: pa.Schema) -> int:
    """Check an already written file against the layout reading only its two sorting columns; answers its rows.

    Raises LayoutError.
    """
    check_schema(file.schema_arrow, wanted)
    keys = file.read(columns=["district", "unit"])
    check_keys(keys)
    if not _is_sorted(keys):
        raise LayoutError("未按区县、单位排序", "not sorted by district and unit")
    return int(file.metadata.num_rows)


def group_rows(rows: int) -> int:
    """Rows of a row group: as even as possible, at most 125,000 (an engine's unit of parallel work) and a quarter.

    The rows of one district are found by the groups they are in; groups below 5,000 rows cost more to read than that
    saves.
    """
    groups = max(1, -(-rows // _LARGEST_GROUP), min(_GROUPS, rows // _LEAST_GROUP))
    return max(1, -(-rows // groups))


def file_options(columns: Sequence[str]) -> dict[str, Any]:
    """How the files of wide tables with these value columns are written, in the words of ``pyarrow.parquet``.

    Whole numbers as packed differences: they are written in 0.6 and read in 0.6 to 0.7 of the time of plain ones, in a
    tenth more room (measured in ``docs/data-benchmark.md``).
    """
    return {
        "compression": "zstd",
        "compression_level": 1,
        "use_dictionary": list(KEYS),
        "column_encoding": dict.fromkeys(columns, "DELTA_BINARY_PACKED"),
    }


def _is_sorted(table: pa.Table) -> bool:
    if table.num_rows < 2:
        return True
    district, unit = (table[name].cast(pa.string()).combine_chunks() for name in ("district", "unit"))
    earlier, later = slice(None, -1), slice(1, None)
    below = pc.less(district[earlier], district[later])
    level = pc.and_(pc.equal(district[earlier], district[later]), pc.less_equal(unit[earlier], unit[later]))
    return bool(pc.all(pc.or_(below, level)).as_py())


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:5]) + ("…" if len(names) > 5 else "") if names else "—"
