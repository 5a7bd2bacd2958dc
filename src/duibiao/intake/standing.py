"""Looking through returns as they are stored: what the checks say of them now, and which questions have an answer."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import polars as pl

from duibiao.intake.findings import FindingLevel
from duibiao.intake.sheet import Sheet
from duibiao.intake.submit import ANSWERED, ReportingPlan, checked
from duibiao.store.model import CellNote
from duibiao.store.store import Store

MISSING = "missing:"
"""A note with this flag gives the reason why a cell has no value."""


def look_through(
    store: Store, plan: ReportingPlan, rows: pl.DataFrame, notes: Mapping[str, Iterable[CellNote]]
) -> Sheet:
    """The stored rows of a form and period as a sheet with every finding; answered questions carry their answer.

    ``rows``: the wide table (``Store.rows``), ``notes``: what is said about the cells, by unit. Findings have no cell.
    """
    said = [note for found in notes.values() for note in found]
    missing = {
        (one.unit, one.element): (one.flag.removeprefix(MISSING), one.note)
        for one in said
        if one.flag.startswith(MISSING)
    }
    sheet = Sheet("", plan.form, plan.period, rows, rows.clear(), (), missing=missing)
    if not rows.height:
        return sheet
    sheet = checked(store, sheet, plan, rows)
    replies = {(one.unit, one.element): one.note for one in said if one.flag == ANSWERED}
    answers = {
        one.key: reply
        for one in sheet.problems
        if one.level is FindingLevel.QUESTION
        and (reply := reply_to(replies.get((one.unit, one.element), ""), one.key[2]))
    }
    return replace(sheet, answers=answers)


def reply_to(note: str, check: str) -> str:
    """The reply to one question out of the note that keeps the replies about a cell; empty where there is none."""
    replies: dict[str, str] = {}
    name = ""
    for part in note.split("；"):
        found = _NAMED.match(part)
        if found:
            name = found[1]
            replies[name] = found[2]
        elif name:  # a semicolon of the reply itself
            replies[name] += f"；{part}"
    return replies.get(check, "")


_NAMED = re.compile(r"([\w.\-]+)：(.*)", re.DOTALL | re.ASCII)
