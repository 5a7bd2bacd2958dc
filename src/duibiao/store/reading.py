"""Reading reported values: wide rows of a form and period, and the history of one cell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from duibiao.kernel.period import Period, PeriodKind
from duibiao.metrics.form import Asked, Form
from duibiao.store import layout
from duibiao.store.model import CellVersion, RevisionKind
from duibiao.store.payload import Gatherer, Payload, decode
from duibiao.store.returns import Head, chunks
from duibiao.store.schema import BATCH, EVENT, REVISION
from duibiao.store.units import UnitTree
from duibiao.store.workflow import ReportAction

_BLOBS = 200
"""How many payloads are fetched at once."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One return and the revision of it that is wanted (取用版本)."""

    head: Head
    revision: int


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a picked revision lies (版本位置): batch and row."""

    pick: Pick
    batch: str
    row: int


def locate(connection: sa.Connection, picks: Iterable[Pick]) -> list[Placed]:
    """Find the batch and row of every pick."""
    wanted = {pick.head.id: pick for pick in picks}
    found = []
    for some in chunks(sorted(wanted)):
        query = sa.select(REVISION.c.report_id, REVISION.c.revision, REVISION.c.batch_id, REVISION.c.batch_row)
        for report, revision, batch, row in connection.execute(query.where(REVISION.c.report_id.in_(some))):
            if wanted[report].revision == revision:
                found.append(Placed(wanted[report], batch, row))
    return found


def gathered(connection: sa.Connection, placed: Sequence[Placed], columns: Sequence[str]) -> pa.Table:
    """``unit`` and some asked columns of located rows, in no particular order."""
    rows: dict[str, list[int]] = {}
    for one in placed:
        rows.setdefault(one.batch, []).append(one.row)
    gatherer = Gatherer(columns)
    for some in chunks(sorted(rows), _BLOBS):
        query = sa.select(BATCH.c.id, BATCH.c.encoding, BATCH.c.payload).where(BATCH.c.id.in_(some))
        for batch, encoding, content in connection.execute(query):
            gatherer.add(Payload(encoding, content), sorted(rows[batch]))
    return gatherer.table()


def with_silent(own: pa.Table, units: Sequence[str]) -> pa.Table:
    """The rows with one without any value for each of some units that were asked and did not answer."""
    if not units:
        return own
    cells = [pa.array(units, own.schema.types[0]), *(pa.nulls(len(units), kind) for kind in own.schema.types[1:])]
    return pa.concat_tables([own, pa.table(cells, schema=own.schema)])


def aligned(table: pa.Table, units: pa.ChunkedArray) -> pa.Table:
    """The rows of ``table`` in the order of ``units``; all missing for a unit it does not hold."""
    places = pc.index_in(units.combine_chunks(), table["unit"].combine_chunks())
    return table.drop_columns(["unit"]).take(places)


def with_keys(table: pa.Table, tree: UnitTree) -> pa.Table:
    """A table with ``unit`` first, with the other key columns from the registry beside it."""
    cells = [tree.key_cells(unit) for unit in table["unit"].to_pylist()]
    columns = list(zip(*cells, strict=True)) if cells else [()] * len(layout.KEYS)
    keys = [pa.array(values, pa.string()) for values in columns]
    return pa.table([*keys, *table.columns[1:]], names=[*layout.KEYS, *table.column_names[1:]])


def asking(forms: Mapping[str, Form]) -> dict[str, str]:
    """Element → code of the form that asks for it."""
    return {element: form.code for form in forms.values() for element in form.asked}


def reused_by(form: Form, forms: Mapping[str, Form]) -> dict[str, list[str]]:
    """The reused columns of a form, by the code of the form that asks for them."""
    asked = asking(forms)
    found: dict[str, list[str]] = {}
    for field in form.fields:
        if field.asked is Asked.REUSED and field.element in asked:
            found.setdefault(asked[field.element], []).append(field.element)
    return found


def wide_table(own: pa.Table, reused: Iterable[pa.Table], form: Form, tree: UnitTree) -> pa.Table:
    """The wide table of a form (``store.layout``): its own cells, the reused ones filled in, keys from the registry.

    A reused cell nobody reported is missing.
    """
    if not own.num_rows:
        return layout.form_schema(form).empty_table()
    filled = {name: own[name] for name in own.column_names}
    for table in reused:
        beside = aligned(table, own["unit"])
        filled.update((name, beside[name]) for name in beside.column_names)
    nothing = pa.nulls(own.num_rows, pa.int64())
    columns = [filled.get(name, nothing) for name in form.columns]
    table = pa.table([own["unit"], *columns], names=["unit", *form.columns])
    return layout.arranged(with_keys(table, tree), layout.form_schema(form))


def day_of(period: Period) -> date:
    """The day on which units are looked up for a period, as ``Unit.exists_in`` has it."""
    return period.end if period.kind is PeriodKind.YEAR else period.start


def cell_history(connection: sa.Connection, head: Head, element: str) -> list[CellVersion]:
    """Every revision that brought another value for a cell, the oldest first."""
    columns = (
        REVISION.c.revision, REVISION.c.batch_row, REVISION.c.kind, BATCH.c.id, BATCH.c.recorded_at,
        BATCH.c.recorded_by, BATCH.c.recorded_unit, BATCH.c.file_name, BATCH.c.file_sha256, BATCH.c.source_type,
        BATCH.c.reason, BATCH.c.encoding, BATCH.c.payload,
    )  # fmt: skip
    joined = REVISION.join(BATCH, BATCH.c.id == REVISION.c.batch_id)
    query = sa.select(*columns).select_from(joined).where(REVISION.c.report_id == head.id)
    found: list[CellVersion] = []
    valid = head.published_revision or 0
    reasons = _reasons_to_reopen(connection, head)
    for row in connection.execute(query.order_by(REVISION.c.revision)):
        table = decode(Payload(row.encoding, row.payload))
        value = table[element][row.batch_row].as_py() if element in table.column_names else None
        if found and found[-1].value == value:
            continue
        version = CellVersion(
            revision=row.revision,
            value=value,
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
            recorded_unit=row.recorded_unit,
            file_name=row.file_name,
            file_sha256=row.file_sha256,
            source_type=row.source_type,
            batch=row.id,
            kind=RevisionKind(row.kind),
            reason=row.reason or next((why for since, why in reasons if since < row.revision), ""),
            published=False,
        )
        found.append(version)
    return _marked(found, valid)


def _reasons_to_reopen(connection: sa.Connection, head: Head) -> list[tuple[int, str]]:
    """Revision after which the return was reopened, with the reason; the last one first."""
    query = sa.select(EVENT.c.revision, EVENT.c.reason).where(EVENT.c.report_id == head.id)
    query = query.where(EVENT.c.action == ReportAction.REOPEN.value).order_by(EVENT.c.seq.desc())
    return [(revision, reason) for revision, reason in connection.execute(query)]


def _marked(versions: list[CellVersion], valid: int) -> list[CellVersion]:
    """Mark the version that the published revision shows: the last one that came with it or before it."""
    shown = max((version.revision for version in versions if version.revision <= valid), default=None)
    return [replace(version, published=version.revision == shown) for version in versions]
