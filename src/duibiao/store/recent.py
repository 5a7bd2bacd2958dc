"""A few columns of present revisions, kept in memory: a revision never changes, so only new ones are ever read."""

from threading import Lock

import pyarrow as pa
import sqlalchemy as sa

from duibiao.kernel.period import Period
from duibiao.store.payload import Gatherer, Payload, payload_schema
from duibiao.store.returns import chunks
from duibiao.store.schema import BATCH, REPORT, REVISION

KEPT = 16
"""How many forms, periods and sets of columns are kept; the one longest unused goes first."""
_BLOBS = 200

_Key = tuple[str, int, tuple[str, ...]]
_Row = tuple[str | int | None, ...]


class RecentCells:
    """Cells that were read lately (近期单元格), by form, period and columns; safe for several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[_Key, dict[int, tuple[int, _Row]]] = {}

    def table(self, connection: sa.Connection, form: str, period: Period, columns: tuple[str, ...]) -> pa.Table:
        """``unit`` and the columns of the present revision of every return that has one, by the state of the
        connection's transaction."""
        key = form, period.year, columns
        with self._lock:
            known = self._kept.pop(key, {})  # put back below, at the end: the least used stand first
            self._kept[key] = known
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
            known = dict(known)
        query = sa.select(REPORT.c.id, REPORT.c.revision).where(REPORT.c.form == form, REPORT.c.year == period.year)
        present = {report: revision for report, revision in connection.execute(query) if revision}
        wanted = [report for report, revision in present.items() if known.get(report, (0, ()))[0] != revision]
        new = _read(connection, {report: present[report] for report in wanted}, columns)
        with self._lock:
            kept = self._kept.setdefault(key, {})
            for report, found in new.items():  # another thread may know a later one by now
                if kept.get(report, (0, ()))[0] < found[0]:
                    kept[report] = found
        known.update(new)
        rows = [known[report][1] for report in sorted(present)]
        cells = list(zip(*rows, strict=True)) if rows else [()] * (1 + len(columns))
        schema = payload_schema(columns)
        return pa.table([pa.array(values, field.type) for values, field in zip(cells, schema, strict=True)], schema)


def _read(connection: sa.Connection, wanted: dict[int, int], columns: tuple[str, ...]) -> dict[int, tuple[int, _Row]]:
    """Report id → revision and row, for the named revisions."""
    places: dict[str, list[tuple[int, int]]] = {}
    for some in chunks(sorted(wanted)):
        query = sa.select(REVISION.c.report_id, REVISION.c.revision, REVISION.c.batch_id, REVISION.c.batch_row)
        for report, revision, batch, row in connection.execute(query.where(REVISION.c.report_id.in_(some))):
            if wanted[report] == revision:
                places.setdefault(batch, []).append((row, report))
    found: dict[int, tuple[int, _Row]] = {}
    for some_batches in chunks(sorted(places), _BLOBS):
        blobs = sa.select(BATCH.c.id, BATCH.c.encoding, BATCH.c.payload).where(BATCH.c.id.in_(some_batches))
        for blob in connection.execute(blobs):
            here = sorted(places[blob.id])
            gatherer = Gatherer(columns)
            gatherer.add(Payload(blob.encoding, blob.payload), [row for row, _ in here])
            table = gatherer.table()
            lines = zip(*(column.to_pylist() for column in table.columns), strict=True)
            for (_, report), line in zip(here, lines, strict=True):
                found[report] = wanted[report], line
    return found
