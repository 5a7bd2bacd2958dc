"""Every figure a report may print, once, by id: text, table, chart and annex take it from here and cannot differ.

An id says where the figure stands in ``evaluation.json``: ``row/five-year-14/row-11/value``, ``action/reform/known``,
``status/behind``. Counts are plain; amounts carry their unit, as they were published.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property

from duibiao.evaluations.record import (
    ActionResult,
    DepartmentResult,
    Evaluation,
    IndicatorResult,
    ResultCount,
    UnitResult,
    is_behind,
)
from duibiao.evaluations.record_parts import TaskFinding, TrackEntry
from duibiao.progress.status import Status
from duibiao.views.paper_text import Field, Run
from duibiao.views.prediction_words import LEAST, MOST, STEP
from duibiao.views.rows import MonitorRow
from duibiao.views.words import DASH, amount_words, difference_words, percent, rate_words, ratio_words, rounded_words

COMPARATORS = ("≥", "≤", ">", "<")
"""The comparison signs a plan writes before a goal; they stand outside of the figure."""


class FigureBook:
    """The figures of an evaluation by id (数字登记簿). Building it takes time linear in the evaluation's size."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation

    @cached_property
    def shown(self) -> Mapping[str, str]:
        """Every id with what it shows."""
        return dict(_figures(self._evaluation))

    def figure(self, name: str) -> Field:
        """The figure of an id. Raises KeyError for an id that is none."""
        return Field(name, self.shown[name])

    def maybe(self, name: str) -> Run:
        """The figure of an id, a dash where the evaluation has none."""
        return self.figure(name) if name in self.shown else DASH

    def count(self, name: str) -> Field:
        """A count that is not in the book because nothing was counted: zero, and counted as such."""
        return Field(name, self.shown.get(name, "0"))

    def near(self, name: str) -> list[str]:
        """Ids that look like another."""
        return difflib.get_close_matches(name, list(self.shown), n=3, cutoff=0.5)


def comparator(row: MonitorRow) -> str:
    """The comparison sign of a goal as the plan writes it, empty for none."""
    return row.goal_written[:1] if row.goal_written[:1] in COMPARATORS else ""


def goal_shown(row: MonitorRow) -> str:
    """The goal without its comparison sign, with its unit: ``98.5%``, ``13—14个``, ``18∶1``."""
    written = row.goal_written.removeprefix(comparator(row)).strip()
    return _with_unit(written, row)


def baseline_shown(row: MonitorRow) -> str:
    """The baseline as the plan writes it, else as another source gives it, with its unit; else a dash."""
    if row.baseline is None:
        return DASH
    is_printed = row.baseline_written[:1].isdigit() or row.baseline_written[:1] in COMPARATORS
    return _with_unit(row.baseline_written, row) if is_printed else amount_words(row.baseline, row.unit)


def _with_unit(written: str, row: MonitorRow) -> str:
    return with_unit(written, row.unit)


def with_unit(written: str, unit: str) -> str:
    """A number as a plan writes it with the unit its table states beside it; words stay as they are."""
    number = written.lstrip("".join(COMPARATORS) + "-")
    is_number = number[:1].isdigit() and not number.strip("0123456789.—~-～/")
    return written + unit if is_number and unit != DASH and "∶" not in unit else written


def value_shown(row: MonitorRow) -> str:
    """The value as published; the sum over the plan window where the row counts one; a dash where there is none."""
    seen = row.observation
    if seen is None:
        return DASH
    is_published = row.value is None or row.value == seen.amount or seen.unit != row.unit
    return seen.shown if is_published else amount_words(row.value, row.unit)


def chance_shown(share: Decimal) -> str:
    """A probability in steps of five percent, never as certain (as ``views.prediction_words`` tells it)."""
    percents = share * 100
    if percents < LEAST:
        return f"<{LEAST}%"
    if percents > MOST:
        return f">{MOST}%"
    return f"{(percents / STEP).quantize(Decimal(1), ROUND_HALF_EVEN) * STEP}%"


def attention(evaluation: Evaluation) -> list[IndicatorResult]:
    """Rows without a verdict that ask for attention or may fall back."""
    asked = (Status.ATTENTION, Status.MET_AT_RISK)
    return [one for one in evaluation.indicators if one.verdict is None and one.row.status in asked]


def behind(evaluation: Evaluation) -> list[IndicatorResult]:
    """Rows that are behind their line or were missed."""
    return [one for one in evaluation.indicators if is_behind(one)]


def unanswered(evaluation: Evaluation) -> list[IndicatorResult]:
    """Rows nobody can judge, in the order of the tables."""
    open_ = {one.row for one in evaluation.quality.unanswered}
    return [one for one in evaluation.indicators if one.row.id in open_]


def unpublished(evaluation: Evaluation) -> list[IndicatorResult]:
    """Rows without any value after the base year."""
    return [one for one in unanswered(evaluation) if one.row.observation is None]


def undecided(evaluation: Evaluation) -> list[IndicatorResult]:
    """Rows with a value that cannot decide."""
    return [one for one in unanswered(evaluation) if one.row.observation is not None]


def old(evaluation: Evaluation) -> list[IndicatorResult]:
    """Rows judged by a value that is older than the rules of the monitor take."""
    open_ = {one.row for one in evaluation.quality.unanswered}
    return [one for one in evaluation.indicators if one.row.id in evaluation.quality.stale and one.row.id not in open_]


def silent(evaluation: Evaluation) -> list[ActionResult]:
    """Actions none of whose rows can be judged."""
    return [one for one in evaluation.actions if one.total and not one.known]


def _figures(evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    yield from _totals(evaluation)
    for action in evaluation.actions:
        yield from _action(action)
    for one in evaluation.indicators:
        yield from _row(one)
    for department in evaluation.departments:
        yield from _department(department)
    for unit in evaluation.units:
        yield from _unit(unit)
    for contradiction in evaluation.contradictions:
        for value in (contradiction.taken, *contradiction.others):
            if value is not None:
                yield f"value/{value.id}", value.shown
    for number, entry in enumerate(evaluation.track_record):
        yield from _track(number, entry)


def _unit(unit: UnitResult) -> Iterator[tuple[str, str]]:
    for figure in unit.figures:
        if figure.value is not None:
            yield f"unit/{unit.code}/{figure.indicator}/{figure.period}/{figure.due}", figure.shown
    counts = {
        "known": sum(1 for one in unit.figures if one.value is not None),
        "held": sum(1 for one in unit.figures if one.meets is not None),
        "met": sum(1 for one in unit.figures if one.meets),
        "missing": len(unit.missing),
    }
    yield from ((f"unit/{unit.code}/{name}", str(count)) for name, count in counts.items())


def _track(number: int, entry: TrackEntry) -> Iterator[tuple[str, str]]:
    place = f"track/{number}"
    yield f"{place}/predicted", entry.predicted_shown
    if entry.interval_shown:
        yield f"{place}/interval", entry.interval_shown
    if entry.probability is not None:
        yield f"{place}/probability", chance_shown(entry.probability)
    if entry.came is not None:
        yield f"{place}/came", entry.came_shown
        yield f"{place}/error", entry.error_shown


def _totals(evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    quality = evaluation.quality
    assessed = sum(1 for task in evaluation.tasks if task.finding is not TaskFinding.NOT_ASSESSED)
    counts = {
        "rows": quality.total, "known": quality.answered, "unknown": len(quality.unanswered),
        "plans": len(evaluation.plans), "tasks": len(evaluation.tasks), "assessed_tasks": assessed,
        "open_tasks": len(evaluation.tasks) - assessed, "behind": len(behind(evaluation)),
        "attention": len(attention(evaluation)), "units": len(evaluation.units),
        "contradictions": len(evaluation.contradictions), "stale": len(quality.stale),
        "doubtful": len(quality.doubtful), "bounds": len(quality.bounds), "reprinted": len(quality.reprinted),
        "provisional": len(quality.provisional), "contradicted": len(quality.contradicted),
        "inputs": len(evaluation.inputs),
        "judged_predictions": sum(1 for one in evaluation.track_record if one.is_hit is not None),
        "hits": sum(1 for one in evaluation.track_record if one.is_hit),
        "unpublished": len(unpublished(evaluation)), "undecided": len(undecided(evaluation)),
        "old": len(old(evaluation)),
        "without_baseline": sum(1 for one in unpublished(evaluation) if one.row.baseline is None),
        "silent_rows": sum(action.total for action in silent(evaluation)),
        "linked_tasks": sum(1 for task in evaluation.tasks if task.rows),
    }  # fmt: skip
    for name, count in counts.items():
        yield f"count/{name}", str(count)
    if quality.total:
        yield "share/known", f"{quality.answered * 100 / quality.total:.0f}%"
    yield from _counts("status", evaluation.statuses)
    yield from _counts("verdict", evaluation.verdicts)
    yield from _counts("task", _summed(action.tasks for action in evaluation.actions))
    yield from _counts("period", quality.periods)
    if evaluation.comparison:
        compared = evaluation.comparison
        yield "comparison/unchanged", str(compared.unchanged)
        yield "comparison/restated", str(len(compared.restated))
        yield "comparison/moved", str(len(compared.moved))


def _summed(groups: Iterable[Sequence[ResultCount]]) -> list[ResultCount]:
    found: dict[str, ResultCount] = {}
    for group in groups:
        for one in group:
            before = found[one.code].count if one.code in found else 0
            found[one.code] = ResultCount(one.code, one.word, before + one.count)
    return list(found.values())


def task_counts(evaluation: Evaluation) -> list[ResultCount]:
    """The findings of the tasks of all plans, counted."""
    return _summed(action.tasks for action in evaluation.actions)


def _counts(place: str, counts: Iterable[ResultCount]) -> Iterator[tuple[str, str]]:
    for one in counts:
        yield f"{place}/{one.code}", str(one.count)


def _action(action: ActionResult) -> Iterator[tuple[str, str]]:
    place = f"action/{action.plan}"
    yield f"{place}/rows", str(action.total)
    yield f"{place}/known", str(action.known)
    yield f"{place}/unknown", str(action.total - action.known)
    yield f"{place}/behind", str(len(action.behind))
    yield f"{place}/tasks", str(sum(one.count for one in action.tasks))
    yield from _counts(f"{place}/status", action.statuses)
    yield from _counts(f"{place}/verdict", action.verdicts)
    yield from _counts(f"{place}/task", action.tasks)


def _row(one: IndicatorResult) -> Iterator[tuple[str, str]]:
    row, line, place = one.row, one.line, f"row/{one.row.id}"
    yield f"{place}/goal", goal_shown(row)
    if row.baseline is not None:
        yield f"{place}/baseline", baseline_shown(row)
    if row.observation is not None:
        yield f"{place}/value", value_shown(row)
    if row.p is not None and row.s is not None:
        yield f"{place}/p", percent(row.p)
        yield f"{place}/s", percent(row.s)
        yield f"{place}/ratio", ratio_words(row.ratio)
    if row.required_rate is not None:
        yield f"{place}/required", rate_words(row.required_rate, row.unit)
        yield f"{place}/required_size", rate_words(abs(row.required_rate), row.unit)
    if row.forecast is not None:
        yield f"{place}/forecast", rounded_words(row.forecast, row.unit)
    if line is not None:
        lines = {
            "asked": (line.asked, line.asked_shown), "gap": (line.gap, line.gap_shown),
            "before": (line.before, line.before_shown), "change": (line.change, line.change_shown),
        }  # fmt: skip
        for name in ("gap", "change"):
            if (amount := lines[name][0]) is not None:
                yield f"{place}/{name}_size", difference_words(abs(amount), row.unit)
        yield from ((f"{place}/{name}", shown) for name, (amount, shown) in lines.items() if amount is not None)


def _department(department: DepartmentResult) -> Iterator[tuple[str, str]]:
    place = f"department/{department.name}"
    yield f"{place}/lead_tasks", str(len(department.lead_tasks))
    yield f"{place}/cooperating_tasks", str(len(department.cooperating_tasks))
    yield f"{place}/leads", str(len(department.leads))
    yield f"{place}/helps", str(len(department.helps))
    yield f"{place}/behind", str(len(department.behind))
    yield f"{place}/unanswered", str(len(department.unanswered))
    yield from _counts(f"{place}/status", department.statuses)
    yield from _counts(f"{place}/verdict", department.verdicts)
    yield from _counts(f"{place}/task", department.tasks)
