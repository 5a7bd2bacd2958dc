"""Which rows of a file are held back, and why: for what happened to their returns meanwhile, or for blanks.

One school that somebody else has worked on keeps nobody else's rows out. Where no other row is left, the store refuses
and says who did what: then there is nothing to keep.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import polars as pl

from duibiao.intake.findings import CellProblem, FindingLevel, finding
from duibiao.intake.sheet import Sheet
from duibiao.kernel.period import local_time
from duibiao.kernel.problem import UserError
from duibiao.store.model import ReportState
from duibiao.store.steps import is_stale
from duibiao.store.workflow import ACTION_WORDS, STATUS_WORDS, ReportAction

CHANGED, LOCKED, STALE, BLANK = "INTAKE-UNIT-CHANGED", "INTAKE-UNIT-LOCKED", "REPORT-STALE", "INTAKE-BLANK"


def without_locked(
    sheet: Sheet, locked: Collection[str], states: Mapping[str, ReportState], *, alone: bool = False
) -> Sheet:
    """The sheet where rows that would change a return that was handed over are refused, and only those.

    ``alone``: also where no other row is left, for whoever only looks and will not be refused by the store.
    """
    late = [unit for unit in _units(sheet) if unit in locked]
    return _held_back(sheet, [_locked(sheet, states[unit]) for unit in late], alone=alone)


def without_changed(
    sheet: Sheet,
    seen: Mapping[str, int],
    states: Mapping[str, ReportState],
    done: Collection[str],
    *,
    alone: bool = False,
) -> Sheet:
    """The sheet where rows of returns that somebody changed since they were seen are refused, and only those.

    ``seen`` are the lock versions the file knows of; ``done`` are the units whose rows say what is stored: there is
    nothing to decide about them. ``alone`` as in ``without_locked``.
    """
    late = [
        unit
        for unit in _units(sheet)
        if unit not in done and unit in seen and is_stale(states[unit], ReportAction.SAVE, seen[unit])
    ]
    return _held_back(sheet, [_changed(sheet, states[unit]) for unit in late], alone=alone)


def as_draft(sheet: Sheet) -> Sheet:
    """The sheet as something that is only kept for now: a required cell that is blank is a note and no error.

    A row in which nothing stands is not kept: nobody has begun it. Submitting asks for every required cell again.
    """
    begun = _begun(sheet)
    found = [
        CellProblem(one.unit, one.element, one.cell, one.problem, FindingLevel.NOTE, one.check, one.also)
        if one.problem.code == BLANK and one.unit in begun
        else one
        for one in sheet.problems
    ]
    return replace(sheet, problems=tuple(found))


def _begun(sheet: Sheet) -> frozenset[str]:
    """The units that say something about at least one cell: a value, or why there is none."""
    asked = [pl.col(code).is_not_null() for code in sheet.form.asked]
    valued = sheet.rows.filter(pl.any_horizontal(asked)).get_column("unit").to_list() if asked else []
    return frozenset([*valued, *(unit for unit, _ in sheet.missing)])


def stale_units(error: UserError, units: Collection[str]) -> frozenset[str]:
    """The units a step failed for because somebody was quicker; raises the error where it failed for another reason,
    and where none of ``units`` would be left.
    """
    found = frozenset(one.where.field for one in error.problems if one.code == STALE)
    if len(found) < len(error.problems) or not found < frozenset(units):
        raise error
    return found


def _units(sheet: Sheet) -> list[str]:
    found: list[str] = sheet.good.get_column("unit").to_list()
    return found


def _held_back(sheet: Sheet, found: Iterable[CellProblem], *, alone: bool) -> Sheet:
    told = list(found)
    if not told or (len(told) == sheet.good.height and not alone):
        return sheet
    return sheet.with_problems(told)


def _locked(sheet: Sheet, state: ReportState) -> CellProblem:
    word = STATUS_WORDS[state.status]
    return finding(LOCKED, sheet.file, state.unit, "", "", 0, unit=state.unit, zh=word.zh, en=word.en)


def _changed(sheet: Sheet, state: ReportState) -> CellProblem:
    action = ACTION_WORDS[state.changed_action]
    return finding(
        CHANGED, sheet.file, state.unit, "", "", 0,
        unit=state.unit, by=state.changed_by, at=local_time(state.changed_at), zh=action.zh, en=action.en,
    )  # fmt: skip
