"""Accepted achieved figures become rows of ``observations.csv``: what was published, by whom, when, how exactly."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from duibiao.extract.entry import Entry, EntryKind
from duibiao.extract.items import Operator
from duibiao.extract.resolve import Resolver
from duibiao.kernel.period import Period
from duibiao.kernel.problem import Report, Where
from duibiao.metrics.observation import Bound, Quality
from duibiao.plan.model import Counting, TargetScope

_YEAR = re.compile(r"(?<!\d)(20\d\d|19\d\d)(?!\d)")
_SAME = ("indicator", "unit", "period", "source")
SCOPE_NOTE = {
    TargetScope.EACH_DISTRICT: "原文说的是每个区县",
    TargetScope.EACH_SCHOOL: "原文说的是每所学校",
    TargetScope.EACH_STUDENT: "原文说的是每名学生",
    TargetScope.OTHER: "原文说的不是全域",
}


@dataclass(frozen=True, slots=True)
class FigureSource:
    """Who published the figures of a document (发布信息): source, day, and the unit they speak of unless they say."""

    source: str
    published: str
    unit: str


def refuse_no_value(entry: Entry, resolver: Resolver, report: Report, where: Where) -> None:
    """Report why an achieved figure could never become a row, so that its reviewer is told before it is accepted.

    The same two rules are asked again when the row is written: the packs may have changed in between.
    """
    if entry.kind is not EntryKind.ACHIEVED:
        return
    code = entry.get("indicator") or resolver.certain(entry)
    counts_change = resolver.counts_change(code) if code else entry.get("counting") == Counting.INCREMENT
    _refuse(entry, code or entry.get("label"), counts_change, report, where)


def _refuse(entry: Entry, indicator: str, counts_change: bool, report: Report, where: Where) -> None:
    if not _period(entry)[0]:
        report.add("ACCEPT-PERIOD", where, period=entry.get("period"))
    if entry.get("operator") == Operator.MULTIPLE or (entry.get("operator") == Operator.INCREASE and not counts_change):
        report.add("ACCEPT-CHANGE", where, written=entry.get("written"), indicator=indicator)


def observation_row(
    entry: Entry, indicator: str, counts_change: bool, by: FigureSource, hash_: str, report: Report, where: Where
) -> dict[str, str]:
    """One accepted figure as a row. Reports a period that is no year, and a change that would pass for a value."""
    period, as_of = _period(entry)
    _refuse(entry, indicator, counts_change, report, where)
    quality, notes = entry.get("quality"), [entry.get("note")]
    if (scope := entry.get("scope")) and scope != TargetScope.CITY:
        quality = quality or Quality.SCOPE
        notes.append(SCOPE_NOTE[TargetScope(scope)])
    bound = entry.get("bound") or Bound.EXACT
    if entry.get("upper"):  # 13—14个: at least 13; the row has no place for the upper end
        bound = Bound.AT_LEAST
        notes.append(f"原文为{entry.get('written')}")
    return {
        "indicator": indicator,
        "unit": entry.get("unit") or by.unit,
        "period": period,
        "value": entry.get("value"),
        "measure_unit": entry.get("measure_unit"),
        "bound": str(bound),
        "as_of": as_of,
        "published": entry.get("published") or by.published,
        "source": by.source,
        "original_label": entry.get("label"),
        "document": by.source,
        "at": entry.shown.at,
        "hash": hash_,
        "quality": str(quality),
        "note": "；".join(filter(None, notes)),
    }


def _period(entry: Entry) -> tuple[str, str]:
    """The year or school year a figure speaks of, and the printed words where they say more; empty where none."""
    printed = entry.get("period")
    try:
        return str(Period.parse(printed)), entry.get("as_of")
    except ValueError:
        year = _YEAR.search(printed)
        return (year[1], entry.get("as_of") or printed) if year else ("", entry.get("as_of"))


def new_rows(
    rows: Iterable[Mapping[str, str]], there: Sequence[Mapping[str, str]], refuse: Callable[[str], None]
) -> list[dict[str, str]]:
    """The rows that are not there yet; one of the same place that says otherwise is refused by its name."""
    found: list[dict[str, str]] = []
    for row in rows:
        same = [one for one in [*there, *found] if all(one.get(name) == row[name] for name in _SAME)]
        if any(one.get("value") == row["value"] for one in same):
            continue
        if any(one.get("at") == row["at"] for one in same):
            refuse(f"{row['indicator']} {row['period']}")
            continue
        found.append(dict(row))
    return found
