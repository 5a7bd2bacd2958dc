"""The way of a returned file into the store: read, checked, good rows saved, complete ones submitted, the rest told."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa

from duibiao.intake.checks import CheckContext, run_checks
from duibiao.intake.delimited import read_csv, read_json
from duibiao.intake.findings import FindingLevel, finding
from duibiao.intake.held_back import as_draft, stale_units, without_changed, without_locked
from duibiao.intake.rulebook import rule_book
from duibiao.intake.sheet import Sheet, read_sheet
from duibiao.intake.units import KEYS
from duibiao.kernel.period import Period
from duibiao.kernel.problem import Problem, UserError
from duibiao.metrics.applicability import EVERYBODY, Applicability
from duibiao.metrics.element import DataElement
from duibiao.metrics.expression.stages import StageSplit
from duibiao.metrics.form import CheckKind, Form
from duibiao.metrics.unit import Unit
from duibiao.store.model import CellNote, Origin, Receipt, ReportState, Seen
from duibiao.store.reading import day_of
from duibiao.store.steps import may_not
from duibiao.store.store import Store
from duibiao.store.workflow import WRITABLE, Actor, ActorRole, ReportAction

REPORTED = "填报"
"""The source type of what units report themselves."""
ANSWERED = "confirmed_question"


@dataclass(frozen=True, slots=True)
class ReportingPlan:
    """What the intake of one form for one period needs to know (报送任务).

    ``forms`` are all forms (a reused element is filled in from the return that asked for it), ``stages`` the split of
    schools with several stages for rules that use it. ``last_year`` is a wide table of the year before out of an
    earlier snapshot: it speaks for the units this store has published nothing of for that year. ``applicability`` says
    which elements concern which kind of school.
    """

    form: Form
    period: Period
    elements: Mapping[str, DataElement]
    forms: Mapping[str, Form] = field(default_factory=dict)
    stages: StageSplit | None = None
    last_year: pl.DataFrame | None = None
    applicability: Applicability = EVERYBODY


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of a returned file (交报结果).

    ``sheet`` is what was read with every finding. ``saved`` are the units whose rows were stored, ``submitted`` those
    that were handed over for review, ``waiting`` those whose questions have no answer yet (kept as drafts),
    ``unchanged`` those whose rows say what is stored already. ``receipt`` is None where nothing was new.
    """

    sheet: Sheet
    receipt: Receipt | None
    saved: tuple[str, ...]
    submitted: tuple[str, ...]
    waiting: tuple[str, ...]
    unchanged: tuple[str, ...]
    states: tuple[ReportState, ...]

    @property
    def refused(self) -> tuple[str, ...]:
        """Units whose rows were not taken."""
        return tuple(sorted(self.sheet.refused_units))

    @property
    def lock_versions(self) -> dict[str, int]:
        """The lock versions after this file, for the file that goes back."""
        return {state.unit: state.lock_version for state in self.states}


def template_inputs(
    store: Store, actor: Actor, plan: ReportingPlan, units: Iterable[str]
) -> tuple[list[Unit], pa.Table, pa.Table, dict[str, int]]:
    """What ``write_template`` needs from the store: units, known values, last year's values, lock versions seen.

    Raises UserError: ACCESS-UNIT for units outside the actor's subtree, REPORT-NOT-OPEN for those without a return.
    """
    wanted = list(dict.fromkeys(units))
    mine = {state.unit: state.lock_version for state in store.reports(actor, plan.form.code, plan.period)}
    problems: list[Problem] = []
    for code in wanted:
        if code not in mine:
            try:
                store.report(actor, plan.form.code, code, plan.period)
            except UserError as error:
                problems.extend(error.problems)
    if problems:
        raise UserError(problems)
    tree = store.tree(day_of(plan.period))
    known = store.rows(actor, plan.form, plan.period, forms=plan.forms)
    last = last_year(store, actor, plan).to_arrow()
    return [tree[code] for code in wanted], known, last, {code: mine[code] for code in wanted}


def last_year(store: Store, actor: Actor, plan: ReportingPlan, under: str | None = None) -> pl.DataFrame:
    """The wide table of the year before: what this store published, and the earlier snapshot for every other unit.

    ``under``: what this store published of that unit and those below it is enough. An element the form of that time
    did not ask for is missing. A unit whose boundary moved or that took another one over since then has no year before:
    neither a check nor a page nor a template may set the two counts beside each other. Raises UserError ACCESS-UNIT.
    """
    published = store.rows(actor, plan.form, _before(plan.period), under=under, published=True, forms=plan.forms)
    changed = store.tree(day_of(plan.period)).changed_between(_before(plan.period), plan.period)
    own = pl.DataFrame(pl.from_arrow(published))
    if plan.last_year is None:
        return own.filter(~pl.col("unit").is_in(sorted(changed))) if changed else own
    held = set(plan.last_year.columns)
    cells = [pl.col(code) if code in held else pl.lit(None, dtype=pl.Int64).alias(code) for code in plan.form.columns]
    before = plan.last_year.select(*KEYS, *cells).filter(~pl.col("unit").is_in(own.get_column("unit").to_list()))
    found = pl.concat([own, before.cast(own.schema)]).sort("district", "unit")
    return found.filter(~pl.col("unit").is_in(sorted(changed))) if changed else found


def submit_file(  # noqa: PLR0913  who hands in what, when, and why
    store: Store,
    actor: Actor,
    path: Path,
    plan: ReportingPlan,
    *,
    expected: Mapping[str, int] | None = None,
    reason: str = "",
    today: date | None = None,
    submit: bool = True,
) -> Submission:
    """Read a returned xlsx or CSV file, check it, store its good rows and submit those without open questions.

    Rows with an error are not stored: they come back (``coloured.write_coloured``). ``expected`` are the lock versions
    that were seen; a template carries its own. Raises UserError for a file that cannot be used at all, for units the
    actor may not report for (ACCESS-UNIT), and where somebody else changed every return of the file meanwhile
    (REPORT-STALE); of several rows only theirs are held back (INTAKE-UNIT-CHANGED).
    """
    sheet, states = _read_file(store, actor, path, plan, today)
    origin = Origin(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    return take_in(store, actor, sheet, plan, origin, states=states, expected=expected, reason=reason, submit=submit)


def check_file(store: Store, actor: Actor, path: Path, plan: ReportingPlan, *, today: date | None = None) -> Submission:
    """Read a returned file and hold it against everything ``submit_file`` would, and store nothing.

    ``waiting`` are the units whose questions have no answer yet, ``unchanged`` those that say what is stored.
    Raises UserError for a file that cannot be used at all, and for whom the actor may not fill in (ACCESS-UNIT,
    ACCESS-ROLE, ACCESS-DELEGATE).
    """
    sheet, states = _read_file(store, actor, path, plan, today)
    known = pl.DataFrame(pl.from_arrow(store.rows(actor, plan.form, plan.period, forms=plan.forms)))
    sheet = checked(store, sheet, plan, known)
    waiting = {one.unit for one in sheet.open_questions} & set(sheet.good.get_column("unit").to_list())
    same = _same_as_stored(sheet.good, known, plan.form)
    locked = {unit for unit, state in states.items() if state.status not in WRITABLE}
    sheet = without_locked(sheet, locked - set(same), states, alone=True)
    sheet = without_changed(sheet, sheet.seen, states, {*same, *locked}, alone=True)
    news = [states[unit] for unit in sheet.good.get_column("unit").to_list() if unit not in same]
    problems = may_not(store.tree(), actor, ReportAction.SAVE, news)
    if problems:
        raise UserError(problems)
    held = tuple(states[unit] for unit in sorted(sheet.places) if unit in states)
    return Submission(sheet, None, (), (), tuple(sorted(waiting)), tuple(sorted(same)), held)


def _read_file(
    store: Store, actor: Actor, path: Path, plan: ReportingPlan, today: date | None
) -> tuple[Sheet, dict[str, ReportState]]:
    """The sheet of a returned file, and the returns the actor may report for."""
    units = store.tree(day_of(plan.period))
    states = {state.unit: state for state in store.reports(actor, plan.form.code, plan.period)}
    if path.suffix.lower() == ".csv":
        sheet = read_csv(path, plan.form, plan.elements, units, plan.period, allowed=list(states), today=today)
    else:
        sheet = read_sheet(
            path,
            plan.form,
            plan.elements,
            units,
            plan.period,
            allowed=list(states),
            store=store_mark(store),
            today=today,
        )
    return sheet, states


def submit_json(  # noqa: PLR0913  who hands in what, when, and why
    store: Store,
    actor: Actor,
    body: bytes,
    plan: ReportingPlan,
    *,
    expected: Mapping[str, int] | None = None,
    reason: str = "",
    today: date | None = None,
    submit: bool = True,
) -> Submission:
    """The same for the body of an API call (see ``delimited.read_json``)."""
    units = store.tree(day_of(plan.period))
    states = {state.unit: state for state in store.reports(actor, plan.form.code, plan.period)}
    sheet = read_json(body, plan.form, plan.elements, units, plan.period, allowed=list(states), today=today)
    origin = Origin(sheet.file, hashlib.sha256(body).hexdigest())
    return take_in(store, actor, sheet, plan, origin, states=states, expected=expected, reason=reason, submit=submit)


def store_mark(store: Store) -> str:
    """What a template says of the system it was made for: simulated and real data never mix."""
    return f"{store.id[:12]}{'（模拟数据）' if store.simulated else ''}"


def take_in(  # noqa: PLR0913  who hands in what, from where, and why
    store: Store,
    actor: Actor,
    sheet: Sheet,
    plan: ReportingPlan,
    origin: Origin,
    *,
    states: Mapping[str, ReportState],
    expected: Mapping[str, int] | None = None,
    reason: str = "",
    submit: bool = True,
) -> Submission:
    """Check a sheet against the store, save what is good and new, submit what is complete.

    What is only kept (``submit`` is False) may leave required cells blank, in a row that says anything at all.
    ``states``: the returns the actor may report for, as they stood when the file was read. Rows of returns that
    somebody changed meanwhile are refused by themselves. Raises UserError REPORT-STALE where nothing else is left.
    """
    handed_in = sheet
    known = pl.DataFrame(pl.from_arrow(store.rows(actor, plan.form, plan.period, forms=plan.forms)))
    sheet = checked(store, sheet, plan, known)
    sheet = sheet if submit else as_draft(sheet)
    states = dict(states)
    same = _same_as_stored(sheet.good, known, plan.form)
    locked = {unit for unit, state in states.items() if state.status not in WRITABLE}
    seen = {**sheet.seen, **(expected or {})}
    sheet = without_locked(sheet, locked - set(same), states)
    sheet = without_changed(sheet, seen, states, {*same, *locked})
    good = sheet.good
    # A file that is handed in again also holds rows that were taken before: those are done, not refused.
    new = good.filter(~pl.col("unit").is_in(sorted(same))) if same else good
    receipt = None
    saved = tuple(new.get_column("unit").to_list())
    if saved:
        held = {unit: seen.get(unit, states[unit].lock_version) for unit in saved}
        try:
            receipt = store.save(
                actor, plan.form, plan.period, new.select("unit", *plan.form.asked).to_arrow(), origin=origin,
                source_type=REPORTED, expected=held, reason=reason, notes=notes_of(sheet, saved),
            )  # fmt: skip
        except UserError as error:  # somebody was quicker while we looked: once more, without their rows
            stale_units(error, (*saved, *same))
            now = {state.unit: state for state in store.reports(actor, plan.form.code, plan.period)}
            return take_in(
                store, actor, handed_in, plan, origin, states=now, expected={**seen, **held}, reason=reason,
                submit=submit,
            )  # fmt: skip
        states |= {state.unit: state for state in receipt.states}
    return _handed_over(store, actor, sheet, plan, (receipt, states, saved, same, locked), submit=submit)


_Kept = tuple[Receipt | None, dict[str, ReportState], tuple[str, ...], list[str], set[str]]
"""What was saved: the receipt, where every return stands now, the units saved, those unchanged, those locked."""


def _handed_over(
    store: Store, actor: Actor, sheet: Sheet, plan: ReportingPlan, kept: _Kept, *, submit: bool
) -> Submission:
    """Keep the replies about rows that are stored already, and submit what is complete."""
    receipt, states, saved, same, locked = kept
    waiting = {one.unit for one in sheet.open_questions}
    pending = [unit for unit in (*saved, *same) if unit not in locked]
    unchanged = [unit for unit in same if unit not in locked]
    states |= _answer_again(store, actor, sheet, plan, states, unchanged)
    ready = [states[unit].seen for unit in pending if unit not in waiting and states[unit].revision]
    done = _submitted(store, actor, ready) if submit and ready else []
    states |= {state.unit: state for state in done}
    return Submission(
        sheet=sheet,
        receipt=receipt,
        saved=saved,
        submitted=tuple(state.unit for state in done),
        waiting=tuple(sorted(waiting & set(pending))),
        unchanged=tuple(sorted(same)),
        states=tuple(states[unit] for unit in sorted({*saved, *same}) if unit in states),
    )


def _submitted(store: Store, actor: Actor, ready: Sequence[Seen]) -> Sequence[ReportState]:
    """Hand over what is complete; what somebody worked on meanwhile stays as they left it."""
    try:
        return store.submit(actor, ready)
    except UserError as error:
        late = stale_units(error, [one.unit for one in ready])
        return _submitted(store, actor, [one for one in ready if one.unit not in late])


def checked(store: Store, sheet: Sheet, plan: ReportingPlan, known: pl.DataFrame) -> Sheet:
    """The sheet with the findings of every check, against what the store knows.

    Peers and last year are read by the program, not by the actor: what is told of them is a median and the unit's
    own value, never a figure of another unit.
    """
    if not sheet.rows.height:
        return sheet if sheet.problems else sheet.with_problems([finding("INTAKE-NOTHING", sheet.file, count=0)])
    units = store.tree(day_of(plan.period))
    program = Actor("duibiao", _top(units, sheet.rows["district"][0]), ActorRole.SYSTEM)
    frame = _with_reused(sheet.rows, known, plan.form)
    kinds = {check.kind for check in plan.form.checks}
    last, peers = None, None
    if CheckKind.CHANGE in kinds:
        named = sheet.rows.get_column("unit")
        found = last_year(store, program, plan, under=named[0] if len(named) == 1 else None)
        last = found if found.height else None
    if CheckKind.PEERS in kinds:
        peers = _peers(store, program, plan)
    context = CheckContext(
        last_year=last,
        peers=peers,
        totals=sheet.totals,
        units=units,
        period=plan.period,
        missing=frozenset(sheet.missing),
        faulty=frozenset((one.unit, one.element) for one in sheet.problems if one.level is FindingLevel.ERROR),
        stages=plan.stages,
        applicability=plan.applicability,
        file=sheet.file,
    )
    return sheet.with_problems(run_checks(plan.form, plan.elements, frame, context=context))


def _peers(store: Store, program: Actor, plan: ReportingPlan) -> pl.DataFrame | None:
    """What the other units report this year, in the columns the rules among peers look at."""
    checks = rule_book(plan.form, plan.elements, plan.stages).peers
    named = dict.fromkeys(code for one in checks for code in one.expression.meta.root_names() if code not in KEYS)
    if not set(named) <= set(plan.form.asked):  # a reused element comes from another return
        return _frame(store.rows(program, plan.form, plan.period, forms=plan.forms))
    return _frame(store.cells(program, plan.form, plan.period, tuple(named)))


def notes_of(sheet: Sheet, units: Sequence[str]) -> list[CellNote]:
    """What is kept beside the values: why one is missing, and the replies to questions."""
    wanted = set(units)
    notes = [
        CellNote(unit, element, f"missing:{why}", note)
        for (unit, element), (why, note) in sheet.missing.items()
        if unit in wanted
    ]
    questions = {one.key: one for one in sheet.problems if sheet.answers.get(one.key)}
    replies: dict[tuple[str, str], list[str]] = {}
    for unit, element, check in questions:
        if unit in wanted:
            replies.setdefault((unit, element), []).append(f"{check}：{sheet.answers[unit, element, check]}")
    return notes + [CellNote(unit, element, ANSWERED, "；".join(said)) for (unit, element), said in replies.items()]


def _answer_again(
    store: Store,
    actor: Actor,
    sheet: Sheet,
    plan: ReportingPlan,
    states: Mapping[str, ReportState],
    units: Sequence[str],
) -> dict[str, ReportState]:
    """Keep the replies for rows whose values are stored already: only the reply is new."""
    notes = [note for note in notes_of(sheet, units) if note.flag == ANSWERED]
    if not notes:
        return {}
    seen = [states[unit].seen for unit in dict.fromkeys(note.unit for note in notes)]
    return {state.unit: state for state in store.note(actor, plan.form, seen, notes)}


def _same_as_stored(rows: pl.DataFrame, known: pl.DataFrame, form: Form) -> list[str]:
    """Units whose asked values are exactly those of the present revision."""
    if not known.height:
        return []
    asked = list(form.asked)
    both = rows.select("unit", *asked).join(
        known.select("unit", *asked), on=["unit", *asked], how="semi", nulls_equal=True
    )  # fmt: skip
    return both.get_column("unit").to_list()


def _with_reused(rows: pl.DataFrame, known: pl.DataFrame, form: Form) -> pl.DataFrame:
    """The rows with the reused elements filled in from what the store knows of the same units."""
    reused = sorted(set(form.columns) - set(form.asked))
    if not reused:
        return rows
    filled = rows.drop(reused).join(known.select("unit", *reused), on="unit", how="left", maintain_order="left")
    return filled.select(rows.columns)


def _frame(table: pa.Table) -> pl.DataFrame | None:
    return pl.DataFrame(pl.from_arrow(table)) if table.num_rows else None


def _top(units: Mapping[str, Unit], code: str) -> str:
    """The highest unit above one."""
    for _ in range(8):  # a chain of parents longer than that is a circle
        if code not in units or units[code].parent not in units:
            break
        code = units[code].parent
    return code


def _before(period: Period) -> Period:
    return Period(period.year - 1, period.kind)


def refuse_unless_any(submission: Submission) -> None:
    """Raise UserError with every finding when not one row of the file could be taken."""
    if not (submission.saved or submission.unchanged):
        nothing = finding("INTAKE-NOTHING", submission.sheet.file, count=len(submission.refused))
        raise UserError([nothing.problem, *(one.problem for one in submission.sheet.problems)])
