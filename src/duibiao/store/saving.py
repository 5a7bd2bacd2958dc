"""Opening returns and saving what was handed in: one payload per batch, one revision per return."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from duibiao.kernel.period import Period
from duibiao.kernel.problem import Problem, UserError, Where, problem
from duibiao.kernel.value import MissingReason
from duibiao.metrics.form import Form
from duibiao.store.database import StoreChange
from duibiao.store.layout import KEYS, LARGEST, LayoutError, check_keys
from duibiao.store.model import CellNote, Origin, ReportState, RevisionKind, report_problem
from duibiao.store.payload import Payload, encode, payload_schema
from duibiao.store.reading import Pick, aligned, gathered, locate
from duibiao.store.returns import Head, chunks, find_heads, lock_heads, states_later
from duibiao.store.schema import BATCH, NOTE, REPORT, REVISION
from duibiao.store.snapshot import canonical
from duibiao.store.steps import judge, refusals
from duibiao.store.units import UnitTree
from duibiao.store.workflow import ReportAction, ReportStatus

FLAGS = frozenset({"estimated", "confirmed_question", *(f"missing:{reason.value}" for reason in MissingReason)})
"""What can be said about a cell."""
_FEW = 20
_MANY = 1000
"""Rows worth another thread: of fewer the packing takes no longer than starting it."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What one call hands in (报送内容): rows of one form and period with where they came from."""

    form: Form
    period: Period
    table: pa.Table
    origin: Origin
    source_type: str
    reason: str
    expected: Mapping[str, int] | None
    notes: Sequence[CellNote]


def open_returns(
    change: StoreChange, tree: UnitTree, form: Form, period: Period, units: Iterable[str] | None, due: date | None
) -> int:
    """Make the heads of the units that must report and have none yet; answers how many.

    Raises UserError: REPORT-NOT-ASKED for a named unit that does not report this form in this period.
    """
    named = sorted(tree) if units is None else sorted(set(units))
    asked = [code for code in named if code in tree and form.reported_by(tree[code]) and tree[code].exists_in(period)]
    if units is not None and len(asked) < len(named):
        missing = sorted(set(named) - set(asked))
        raise UserError(report_problem("REPORT-NOT-ASKED", form.code, unit, period) for unit in missing)
    there = find_heads(change.connection, form.code, period)
    rows = [
        {
            "form": form.code,
            "form_version": form.version,
            "unit": code,
            "year": period.year,
            "period": str(period),
            "status": ReportStatus.DRAFT.value,
            "revision": 0,
            "lock_version": 1,
            "due": (due or form.due_on(period)).isoformat(),
            "changed_at": change.at,
            "changed_by": change.actor.name,
            "changed_action": ReportAction.OPEN.value,
            "reason": "",
        }
        for code in asked
        if code not in there
    ]
    if rows:
        change.connection.execute(REPORT.insert(), rows)
    return len(rows)


@contextmanager
def packed_meanwhile(given: HandedIn) -> Iterator[Future[Payload] | None]:
    """The payload of many rows that hold every asked element, packed by another thread while the store is asked.

    Whoever saves lets the search for cycles rest meanwhile: of ten thousand rows none is in a circle. None for a few
    rows, and where what is left out has to be taken over from the revision before.
    """
    if given.table.num_rows < _MANY or not set(given.table.column_names).issuperset(given.form.asked):
        yield None
        return
    with ThreadPoolExecutor(1) as other:
        yield other.submit(encode, _completed(given.table, None, given.form))


def save_rows(
    change: StoreChange, tree: UnitTree, given: HandedIn, packed: Future[Payload] | None
) -> tuple[str, Sequence[ReportState]]:
    """Save the rows as the next revision of every unit's return; answers the id of the batch and the new states.

    ``given`` as ``checked_rows`` answers it, ``packed`` as ``packed_meanwhile`` does. Raises UserError with every
    problem found: REPORT-NOT-OPEN, REPORT-STALE, REPORT-NOTE, and what the work flow refuses. All rows are saved or
    none.
    """
    table = given.table
    units: list[str] = table["unit"].to_pylist()
    found = find_heads(change.connection, given.form.code, given.period, units)
    by_unit = {head.unit: head for head in lock_heads(change, found.values()).values()}
    _refuse(change, tree, given, by_unit, units)
    held = set(table.column_names)  # a table answers this with a new list every time
    left_out = [name for name in given.form.asked if name not in held]
    earlier = [Pick(by_unit[unit], by_unit[unit].revision) for unit in units if by_unit[unit].revision]
    notes_before = notes_of(change.connection, [pick.head for pick in earlier])
    before = None
    if earlier and (left_out or notes_before):
        before = aligned(
            gathered(change.connection, locate(change.connection, earlier), given.form.asked), table["unit"]
        )
    whole = _completed(table, before, given.form)
    batch = _append_batch(change, given, whole.num_rows, encode(whole) if packed is None else packed.result())
    partial_ = bool(left_out)
    revisions: list[tuple[object, ...]] = []
    for row, unit in enumerate(units):
        head = by_unit[unit]
        revisions.append((head.id, head.revision + 1, batch, row, _kind(head, partial_).value))
    change.append_cells(REVISION, ("report_id", "revision", "batch_id", "batch_row", "kind"), revisions)
    carried = _carried(notes_before, by_unit, before, whole) if before is not None else []
    append_notes(change, by_unit, [*given.notes, *carried], whole, revision=1)
    _raise_heads(change)
    heads = [by_unit[unit] for unit in sorted(by_unit)]
    return batch, states_later(heads, partial(_after, at=change.at, by=change.actor.name))


def append_notes(
    change: StoreChange, heads: Mapping[str, Head], notes: Iterable[CellNote], rows: pa.Table, *, revision: int
) -> None:
    """Append notes to the revision ``head.revision + revision`` of each return; of two alike the first stays.

    ``rows``: the cells the notes speak of. Raises UserError REPORT-NOTE for a note that says nothing we know, or gives
    a reason for missing where there is a value.
    """
    kept: dict[tuple[str, str, str], CellNote] = {}
    problems = []
    place_of = {unit: number for number, unit in enumerate(rows["unit"].to_pylist())}
    for note in notes:
        kept.setdefault((note.unit, note.element, note.flag), note)
        known = note.unit in place_of and note.flag in FLAGS and note.element in ("", *rows.column_names[1:])
        denied = note.flag.startswith("missing:") and note.element != ""
        if not known or (denied and rows[note.element][place_of[note.unit]].is_valid):
            problems.append(note)
    if problems:
        raise UserError(
            problem("REPORT-NOTE", Where("cell_note", 0, note.unit), element=note.element, flag=note.flag)
            for note in problems
        )
    whole = [
        {
            "report_id": heads[note.unit].id,
            "revision": heads[note.unit].revision + revision,
            "element": note.element,
            "flag": note.flag,
            "note": note.note,
            "recorded_at": change.at,
            "recorded_by": change.actor.name,
        }
        for note in kept.values()
    ]
    change.append(NOTE, whole)


def add_notes(change: StoreChange, form: Form, heads: Sequence[Head], notes: Sequence[CellNote]) -> None:
    """Append notes to the present revisions of locked returns; raises UserError REPORT-NOTE."""
    picks = [Pick(head, head.revision) for head in heads]
    rows = gathered(change.connection, locate(change.connection, picks), form.asked)
    append_notes(change, {head.unit: head for head in heads}, notes, rows, revision=0)


def checked_rows(given: HandedIn) -> HandedIn:
    """What is handed in, with ``unit`` and the asked columns alone, as whole numbers; reused ones nobody reports.

    Nothing here needs the data base: it is done before other writers have to wait. Raises UserError STORE-ROWS.
    """
    table = given.table
    known = {*KEYS, *given.form.columns}
    try:
        if "unit" not in table.column_names or table.num_rows == 0:
            raise LayoutError("没有单位列或没有数据行", "there is no column unit, or no row")
        strange = [name for name in table.column_names if name not in known]
        if strange or len(set(table.column_names)) < len(table.column_names):
            shown = "、".join(strange[:5]) or "重复"
            raise LayoutError(f"报表没有这些列，或列重复：{shown}", f"no such columns, or twice: {shown}")
        check_keys(table.select(["unit"]))
        held = set(table.column_names)
        asked = [name for name in given.form.asked if name in held]
        for name in asked:
            _check_numbers(table[name], name)
        return replace(given, table=table.select(["unit", *asked]).cast(payload_schema(asked)))
    except (LayoutError, pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        zh, en = (error.zh, error.en) if isinstance(error, LayoutError) else (str(error), str(error))
        where = Where(f"{given.form.code} {given.period}")
        raise UserError([problem("STORE-ROWS", where, zh=zh, en=en)]) from error


def _check_numbers(column: pa.ChunkedArray, name: str) -> None:
    if pa.types.is_null(column.type):
        return
    if not pa.types.is_integer(column.type):
        raise LayoutError(f"列“{name}”不是整数", f"column {name} does not hold whole numbers")
    if len(column) <= _FEW:  # of one school's three hundred columns each is looked at: Python is quicker then
        values = column.to_pylist()
    else:
        limits = pc.min_max(column)
        values = [limits[side].as_py() for side in ("min", "max")]
    for value in values:
        if value is not None and abs(value) > LARGEST:
            raise LayoutError(f"列“{name}”的数值过大", f"a value of column {name} is too large")


def _refuse(
    change: StoreChange, tree: UnitTree, given: HandedIn, heads: Mapping[str, Head], units: Sequence[str]
) -> None:
    problems: list[Problem] = []
    expected = given.expected or {}
    verdict = judge(tree, change.actor, ReportAction.SAVE, given.reason)
    for unit in units:
        head = heads.get(unit)
        if head is None:  # nobody learns whether a foreign return is open
            code = "REPORT-NOT-OPEN" if tree.covers(change.actor.unit, unit) else "ACCESS-UNIT"
            problems.append(report_problem(code, given.form.code, unit, given.period, who=change.actor.name))
        else:
            problems.extend(refusals(change.actor, head, ReportAction.SAVE, verdict, expected.get(unit)))
    if problems:
        raise UserError(problems)


def _kind(head: Head, partial: bool) -> RevisionKind:
    if head.published_revision is not None:
        return RevisionKind.CORRECTION
    if head.revision == 0:
        return RevisionKind.FIRST
    return RevisionKind.PARTIAL if partial else RevisionKind.CHANGED


def _completed(table: pa.Table, before: pa.Table | None, form: Form) -> pa.Table:
    """Every asked column: what was not handed in is taken over from the revision before, else missing."""
    nothing = pa.nulls(table.num_rows, pa.int64())
    columns, held = [], set(table.column_names)
    for name in form.asked:
        if name in held:
            columns.append(table[name])
        else:
            columns.append(nothing if before is None else before[name])
    return pa.table([table["unit"], *columns], payload_schema(form.asked))


def _append_batch(change: StoreChange, given: HandedIn, rows: int, payload: Payload) -> str:
    facts = {
        "form": given.form.code,
        "form_version": given.form.version,
        "period": str(given.period),
        "file_name": given.origin.name,
        "file_sha256": given.origin.sha256,
        "source_type": given.source_type,
        "recorded_at": change.at,
        "recorded_by": change.actor.name,
        "recorded_unit": change.actor.unit,
        "reason": given.reason,
        "rows": rows,
        "encoding": payload.encoding,
        "payload_sha256": hashlib.sha256(payload.content).hexdigest(),
        "audit_seq": change.seq,
    }
    batch = hashlib.sha256(canonical(facts)).hexdigest()
    change.append(BATCH, [{"id": batch, **facts, "payload": payload.content}])
    return batch


def _after(head: Head, *, at: str, by: str) -> ReportState:
    """A head as ``_raise_heads`` leaves it; nobody has signed a new revision yet."""
    return head._replace(
        revision=head.revision + 1,
        lock_version=head.lock_version + 1,
        changed_at=at,
        changed_by=by,
        changed_action=ReportAction.SAVE.value,
    ).state()


def _raise_heads(change: StoreChange) -> None:
    saved = sa.select(REVISION.c.report_id).where(REVISION.c.audit_seq == change.seq)
    values = {
        "revision": REPORT.c.revision + 1,
        "lock_version": REPORT.c.lock_version + 1,
        "changed_at": change.at,
        "changed_by": change.actor.name,
        "changed_action": ReportAction.SAVE.value,
    }
    change.connection.execute(REPORT.update().where(REPORT.c.id.in_(saved)).values(values))


def notes_of(connection: sa.Connection, heads: Sequence[Head]) -> list[CellNote]:
    """What is said about the cells of the present revisions of some returns, the newest first."""
    by_id = {head.id: head for head in heads}
    found = []
    for some in chunks(sorted(by_id)):
        query = sa.select(NOTE).where(NOTE.c.report_id.in_(some)).order_by(NOTE.c.seq.desc())
        for row in connection.execute(query):
            head = by_id[row.report_id]
            if row.revision == head.revision and row.element:
                found.append(CellNote(head.unit, row.element, row.flag, row.note))
    return found


def _carried(
    notes: Iterable[CellNote], heads: Mapping[str, Head], before: pa.Table, after: pa.Table
) -> Iterable[CellNote]:
    """The notes on cells whose value stayed: what was said about another number is not said about this one."""
    place_of = {unit: number for number, unit in enumerate(after["unit"].to_pylist())}
    for note in notes:
        row = place_of[note.unit]
        if note.element in after.column_names and before[note.element][row].equals(after[note.element][row]):
            yield note
