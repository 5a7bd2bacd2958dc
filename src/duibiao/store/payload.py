"""What was handed in, as the bytes a batch keeps: a table of units × asked elements, whole numbers, null is missing.

Many rows are Parquet (zstd, no dictionary, the bytes of the numbers split by their places: the upper ones are mostly
zero, and packing takes half the time). A few rows are compressed JSON: the foot of a Parquet file with 300 columns
is larger than the row of one school, and ten thousand schools hand in one row each.
"""

import io
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

PARQUET, JSON = "parquet", "json+zlib"
_FEW = 40
"""Measured with 300 columns: below about 40 rows JSON is smaller and quicker to read than Parquet."""


@dataclass(frozen=True, slots=True)
class Payload:
    """The bytes of a batch (批次内容) with the name of their encoding."""

    encoding: str
    content: bytes


def payload_schema(columns: Sequence[str]) -> pa.Schema:
    """``unit`` and one Int64 column per element."""
    return pa.schema([pa.field("unit", pa.string(), nullable=False), *(pa.field(name, pa.int64()) for name in columns)])


def encode(table: pa.Table) -> Payload:
    """The bytes of a table with the column ``unit`` first; the same table gives the same bytes."""
    if table.num_rows > _FEW:
        sink = io.BytesIO()
        pq.write_table(
            table,
            sink,
            compression="zstd",
            compression_level=1,
            use_dictionary=False,
            use_byte_stream_split=table.column_names[1:],
            write_statistics=False,
        )
        return Payload(PARQUET, sink.getvalue())
    columns = [column.to_pylist() for column in table.columns]
    content = {"columns": table.column_names, "rows": list(zip(*columns, strict=True))}
    return Payload(JSON, zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), 6))


def decode(payload: Payload) -> pa.Table:
    """The table of a payload, in the order it was handed in."""
    if payload.encoding == PARQUET:
        return pq.read_table(pa.BufferReader(payload.content))
    content = json.loads(zlib.decompress(payload.content))
    rows = content["rows"]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(content["columns"])
    schema = payload_schema(content["columns"][1:])
    return pa.table([pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)], schema)


class Gatherer:
    """Puts single rows of many batches into one table (取数)."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = list(columns)
        self._schema = payload_schema(self.columns)
        self._few: list[Sequence[object]] = []
        self._many: list[pa.Table] = []

    def add(self, payload: Payload, rows: Sequence[int]) -> None:
        """Take some rows of a batch; an element the batch does not hold is missing."""
        if payload.encoding == JSON:
            self._add_few(payload, rows)
            return
        wanted = ["unit", *self.columns]
        file = pq.ParquetFile(pa.BufferReader(payload.content))
        held = set(file.schema_arrow.names)
        table = file.read(columns=[name for name in wanted if name in held])
        whole = len(rows) == table.num_rows and list(rows) == list(range(table.num_rows))
        table = table if whole else table.take(pa.array(rows, pa.int64()))
        for position, name in enumerate(wanted):
            if name not in held:
                table = table.add_column(position, name, pa.nulls(table.num_rows, pa.int64()))
        self._many.append(table.cast(self._schema))

    def _add_few(self, payload: Payload, rows: Iterable[int]) -> None:
        content = json.loads(zlib.decompress(payload.content))
        held: list[str] = content["columns"]
        if held[1:] == self.columns:
            self._few.extend(content["rows"][row] for row in rows)
            return
        place = {name: position for position, name in enumerate(held)}
        places = [place.get(name) for name in ("unit", *self.columns)]
        for row in rows:
            cells = content["rows"][row]
            self._few.append([None if position is None else cells[position] for position in places])

    def table(self) -> pa.Table:
        """Everything taken so far: ``unit`` and the asked columns; the order is that of the encodings."""
        if self._few:
            columns = zip(*self._few, strict=True)
            arrays = [pa.array(values, field.type) for values, field in zip(columns, self._schema, strict=True)]
            self._many.append(pa.table(arrays, self._schema))
            self._few = []
        return pa.concat_tables(self._many) if self._many else self._schema.empty_table()
