"""What was read lately, kept in memory: columns of present revisions, which never change, and the heads of a round.

Heads change, and every change raises a lock version by one: the count of a round and the sum of its lock versions tell
whether what is kept is what the data base holds.
"""

from collections.abc import Iterable, Mapping
from threading import Lock

import pyarrow as pa
import sqlalchemy as sa

from duibiao.kernel.period import Period
from duibiao.store.payload import Gatherer, Payload, payload_schema
from duibiao.store.returns import Head, chunks, find_heads
from duibiao.store.schema import BATCH, REPORT, REVISION

KEPT = 16
"""How many forms, periods and sets of columns are kept; the one longest unused goes first."""
_BLOBS = 200

_Key = tuple[str, int, tuple[str, ...]]
_Row = tuple[str | int | None, ...]


class RecentCells:
    """Cells and heads that were read lately (近期单元格), by form, period and columns; safe for several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[_Key, dict[int, tuple[int, _Row]]] = {}
        self._heads: dict[tuple[str, int], tuple[tuple[int, int], Mapping[str, Head]]] = {}

    def heads(
        self, connection: sa.Connection, form: str, period: Period, units: Iterable[str] | None = None
    ) -> Mapping[str, Head]:
        """The heads of a form and period by unit, as the connection's transaction sees them; those of some units only
        are read anew.

        The version is read before the heads: what is kept under it is never older than it says.
        """
        if units is not None:
            return find_heads(connection, form, period, units)
        key, columns = (form, period.year), REPORT.c
        counted = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(columns.lock_version), 0))
        row = connection.execute(counted.where(columns.form == form, columns.year == period.year)).one()
        version = int(row[0]), int(row[1])
        with self._lock:
            kept = self._heads.get(key)
        if kept is not None and kept[0] == version:
            return kept[1]
        found = find_heads(connection, form, period)
        with self._lock:
            self._heads.pop(key, None)
            self._heads[key] = version, found
            while len(self._heads) > KEPT:
                del self._heads[next(iter(self._heads))]
        return found

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
