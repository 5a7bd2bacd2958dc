"""What was predicted and what came, and what is predicted now.

Predictions of earlier evaluations are held against the values published since. Where no earlier evaluation predicted a
row, the data known at the end of an earlier year are asked what they would have predicted: a back-cast, and named so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from duibiao.evaluations.findings import rounded_as_shown, signed_words
from duibiao.evaluations.record import IndicatorResult
from duibiao.evaluations.record_parts import BASIS_WORDS, PredictionBasis, TrackEntry
from duibiao.kernel.text import Text
from duibiao.metrics.observation import Bound, Observation, Quality
from duibiao.plan.model import Target
from duibiao.progress.assess import Assessment
from duibiao.views.prediction_words import probability_words
from duibiao.views.words import DASH, amount_words
from duibiao.workspace import Workspace

LINEAR = "linear-1"
"""The straight line of the present pace, cut at the limits of the indicator: it has no interval."""
_USABLE = (Quality.PLAIN, Quality.DERIVED)


@dataclass(frozen=True, slots=True)
class _Told:
    """A prediction of one value: method, amount, interval, probability of reaching the goal."""

    method: str
    amount: Decimal
    low: Decimal | None
    high: Decimal | None
    probability: Decimal | None
    probability_words: Text


def track_record(
    workspace: Workspace,
    assessed: Sequence[Assessment],
    results: Sequence[IndicatorResult],
    earlier: Sequence[TrackEntry],
) -> tuple[TrackEntry, ...]:
    """The track record of the rows: earlier predictions and back-casts with what came, then those made now."""
    made: dict[str, list[TrackEntry]] = {}
    for entry in earlier:
        made.setdefault(entry.row, []).append(entry)
    past: list[TrackEntry] = []
    now: list[TrackEntry] = []
    for assessment, result in zip(assessed, results, strict=True):
        own = [_held(workspace, assessment, one) for one in made.get(assessment.target.id, ())]
        past += own or _back_casts(workspace, assessment, result)
        now += _made_now(workspace, assessment, result)
    return (*past, *now)


def _made_now(workspace: Workspace, assessment: Assessment, result: IndicatorResult) -> Iterable[TrackEntry]:
    """A prediction for every year from the next without a value to the due year."""
    known = assessment.choice.picked.period.year if assessment.choice else None
    if known is None:
        return
    for year in range(known + 1, assessment.target.due + 1):
        told = _predicted(workspace, assessment.target, assessment.as_of, year)
        if told is not None:
            yield _entry(assessment, result, told, PredictionBasis.NOW, (assessment.as_of, year))


def _back_casts(workspace: Workspace, assessment: Assessment, result: IndicatorResult) -> list[TrackEntry]:
    """What the data known at the end of each year since the base year would have said of the values that came."""
    first = assessment.baseline_year
    if first is None:
        return []
    found = []
    came = [one for one in workspace.series_of(assessment.target, assessment.as_of) if _is_fact(one)]
    asked: int | None = None
    for year in range(first, assessment.as_of.year):
        day = date(year, 12, 31)
        known = workspace.series_of(assessment.target, day)
        last = max((one.period.year for one in known if _is_fact(one)), default=None)
        if last is None or last == asked or day >= assessment.as_of:
            continue  # what is known has not grown since the year before: it would say the same again
        asked = last
        for one in came:
            if one.period.year > max(last, first):
                told = _predicted(workspace, assessment.target, day, one.period.year)
                if told is not None:
                    entry = _entry(assessment, result, told, PredictionBasis.BACK_CAST, (day, one.period.year))
                    found.append(_with_fact(assessment, entry, one))
    return found


def _held(workspace: Workspace, assessment: Assessment, entry: TrackEntry) -> TrackEntry:
    """An earlier prediction with the value that came, if one did."""
    named = replace(entry, basis=PredictionBasis.EARLIER, basis_word=BASIS_WORDS[PredictionBasis.EARLIER])
    choice = workspace.series_of(assessment.target, assessment.as_of).at(entry.for_year)
    if choice is None or not _is_fact(choice.picked):
        return named
    return _with_fact(assessment, named, choice.picked)


def _predicted(workspace: Workspace, target: Target, day: date, year: int) -> _Told | None:
    """What is predicted for a year on a day: with an interval where the method can, else the straight line."""
    found = workspace.assess(replace(target, due=year), day)
    unit = found.indicator.unit
    prediction = found.prediction
    if prediction is not None and prediction.point is not None:
        bounds = (
            None if amount is None else rounded_as_shown(amount, unit) for amount in (prediction.low, prediction.high)
        )
        low, high = bounds
        probability = prediction.probability if year == target.due else None
        words = probability_words(prediction) if year == target.due else Text(DASH)
        return _Told(prediction.method, rounded_as_shown(prediction.point, unit), low, high, probability, words)
    if found.forecast is None or found.choice is None or found.choice.picked.period.year >= year:
        return None
    amount = found.forecast
    if found.indicator.minimum is not None:
        amount = max(amount, found.indicator.minimum)
    if found.indicator.maximum is not None:
        amount = min(amount, found.indicator.maximum)
    return _Told(LINEAR, rounded_as_shown(amount, unit), None, None, None, Text(DASH))


def _entry(
    assessment: Assessment,
    result: IndicatorResult,
    told: _Told,
    basis: PredictionBasis,
    when: tuple[date, int],
) -> TrackEntry:
    unit, (made_on, year) = assessment.indicator.unit, when
    interval = DASH
    if told.low is not None and told.high is not None:
        interval = f"{amount_words(told.low, unit)}—{amount_words(told.high, unit)}"
    return TrackEntry(
        row=result.row.id,
        label=result.row.indicator_label.zh,
        plan=result.row.plan,
        unit=unit,
        basis=basis,
        basis_word=BASIS_WORDS[basis],
        made_on=made_on,
        made_in="",
        method=told.method,
        for_year=year,
        predicted=told.amount,
        predicted_shown=amount_words(told.amount, unit),
        low=told.low,
        high=told.high,
        interval_shown=interval,
        probability=told.probability,
        probability_shown=told.probability_words,
        predicted_met=_meets(assessment, told.amount),
        came=None,
        came_shown=DASH,
        came_source="",
        came_met=None,
        is_hit=None,
        error=None,
        error_shown=DASH,
    )


def _with_fact(assessment: Assessment, entry: TrackEntry, came: Observation) -> TrackEntry:
    amount = came.quantity.amount
    is_hit = None
    if entry.low is not None and entry.high is not None:
        is_hit = entry.low <= amount <= entry.high
    error = amount - entry.predicted
    return replace(
        entry,
        came=amount,
        came_shown=came.shown,
        came_source=came.source,
        came_met=_meets(assessment, amount),
        is_hit=is_hit,
        error=error,
        error_shown=signed_words(error, entry.unit),
    )


def _meets(assessment: Assessment, amount: Decimal) -> bool | None:
    goal = assessment.goal
    return None if goal is None else goal.is_met(amount, assessment.indicator.direction)


def _is_fact(one: Observation) -> bool:
    """Only a value said exactly and without doubt can prove a prediction right or wrong."""
    return one.bound is Bound.EXACT and one.quality in _USABLE
