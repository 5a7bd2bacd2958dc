"""What changed since the last evaluation of the same kind, plans and scope: rows that moved, values re-stated."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from duibiao.evaluations.findings import is_better
from duibiao.evaluations.material import EarlierEvaluation, EarlierRow, EarlierValue
from duibiao.evaluations.record import Evaluation, IndicatorResult
from duibiao.evaluations.record_parts import (
    MOVEMENT_WORDS,
    EvaluationComparison,
    MovedRow,
    MovementKind,
    RestatedValue,
    RowName,
)
from duibiao.kernel.text import Text
from duibiao.metrics.observation import QUALITY_WORDS, Quality
from duibiao.progress.closing import Verdict
from duibiao.progress.status import Status
from duibiao.views.rows import MonitorRow, ValueView
from duibiao.views.words import DASH, day_words

_RANK: Mapping[str, int] = {
    Verdict.NOT_MET: 0,
    Status.BEHIND: 0,
    Status.ATTENTION: 1,
    Status.MET_AT_RISK: 2,
    Status.ON_COURSE: 3,
    Verdict.MET: 4,
    Status.MET: 4,
}
"""How good a word is; one that is not here says that nobody could judge. ``met`` is a status and a verdict."""


def kept_of(evaluation: Evaluation, sha256: str) -> EarlierEvaluation:
    """What a later evaluation needs of this one to compare itself with it."""
    values: dict[tuple[str, str], EarlierValue] = {}
    for one in evaluation.indicators:
        for period, value in picked_values(one.row).items():
            key = (one.row.indicator, period)
            values[key] = EarlierValue(one.row.indicator, evaluation.home_unit, period, value.shown, value.source)
    return EarlierEvaluation(
        id=evaluation.id,
        as_of=evaluation.as_of,
        sha256=sha256,
        rows=tuple(_kept(one) for one in evaluation.indicators),
        values=tuple(values[key] for key in sorted(values)),
    )


def _kept(result: IndicatorResult) -> EarlierRow:
    row = result.row
    return EarlierRow(
        row=row.id,
        label=row.indicator_label.zh,
        plan=row.plan,
        code=code_of(result),
        word=result.verdict_word,
        value=row.value,
        shown=row.observation.shown if row.observation else DASH,
        period=row.observation.period if row.observation else "",
    )


def code_of(result: IndicatorResult) -> str:
    """The verdict of a row, else its status."""
    return result.verdict.value if result.verdict is not None else result.row.status.value


def picked_values(row: MonitorRow) -> dict[str, ValueView]:
    """The value chosen for each period: ``row.values`` lists it before those it was chosen over, reprints last."""
    found: dict[str, ValueView] = {}
    for value in row.values:
        if value.quality != QUALITY_WORDS[Quality.REPRINT]:
            found.setdefault(value.period, value)
    return found


def compare(earlier: EarlierEvaluation, results: Sequence[IndicatorResult]) -> EvaluationComparison:
    """Set the results beside those of the last evaluation."""
    before = {one.row: one for one in earlier.rows}
    now = {one.row.id: one for one in results}
    moved = tuple(
        _moved(before[row], result) for row, result in now.items() if row in before and _differs(before[row], result)
    )
    fresh = [one.row for row, one in now.items() if row not in before]
    added = tuple(RowName(one.id, one.indicator_label.zh, one.plan) for one in fresh)
    dropped = tuple(RowName(one.row, one.label, one.plan) for one in earlier.rows if one.row not in now)
    restated = tuple(_restated(earlier.values, results))
    unchanged = len(now) - len(moved) - len(added)
    return EvaluationComparison(
        earlier=earlier.id,
        earlier_as_of=earlier.as_of,
        moved=moved,
        restated=restated,
        added=added,
        dropped=dropped,
        unchanged=unchanged,
        sentence=_sentence(earlier, moved, restated, unchanged),
    )


def _differs(before: EarlierRow, result: IndicatorResult) -> bool:
    now = _kept(result)
    return (before.word, before.shown, before.period, before.value) != (now.word, now.shown, now.period, now.value)


def _moved(before: EarlierRow, result: IndicatorResult) -> MovedRow:
    now = _kept(result)
    kind = _kind(before, result)
    return MovedRow(
        row=now.row,
        label=now.label,
        plan=now.plan,
        kind=kind,
        kind_word=MOVEMENT_WORDS[kind],
        word_changed=before.word != now.word,
        before_word=before.word,
        after_word=now.word,
        before_value=before.shown,
        before_period=before.period,
        after_value=now.shown,
        after_period=now.period,
    )


def _kind(before: EarlierRow, result: IndicatorResult) -> MovementKind:
    """Better or worse by the word; under the same word by the direction of the value; other where nobody can say."""
    ranks = _RANK.get(before.code), _RANK.get(code_of(result))
    if ranks[0] is None or ranks[1] is None:
        return MovementKind.OTHER
    if ranks[0] != ranks[1]:
        return MovementKind.BETTER if ranks[1] > ranks[0] else MovementKind.WORSE
    change: Decimal | None = None
    if before.value is not None and result.row.value is not None:
        change = result.row.value - before.value
    better = is_better(change, result.row.direction)
    if better is None:
        return MovementKind.OTHER
    return MovementKind.BETTER if better else MovementKind.WORSE


def _restated(values: Iterable[EarlierValue], results: Sequence[IndicatorResult]) -> Iterable[RestatedValue]:
    rows: dict[str, list[IndicatorResult]] = {}
    for one in results:
        rows.setdefault(one.row.indicator, []).append(one)
    for value in values:
        members = rows.get(value.indicator)
        now = picked_values(members[0].row).get(value.period) if members else None
        if members and now is not None and now.shown != value.shown:
            yield RestatedValue(
                indicator=value.indicator,
                label=members[0].row.indicator_label,
                period=value.period,
                before=value.shown,
                before_source=value.source,
                after=now.shown,
                after_source=now.source,
                rows=tuple(one.row.id for one in members),
            )


def _sentence(
    earlier: EarlierEvaluation, moved: Sequence[MovedRow], restated: Sequence[RestatedValue], unchanged: int
) -> Text:
    day = day_words(earlier.as_of)
    better = sum(1 for one in moved if one.kind is MovementKind.BETTER)
    worse = sum(1 for one in moved if one.kind is MovementKind.WORSE)
    other = len(moved) - better - worse
    return Text(
        f"与{day.zh}的上次评估相比，{better}项好转，{worse}项退步，{other}项可判性或内容有变，{unchanged}项未变；"
        f"{len(restated)}个已用值有重述。",
        f"Since the last evaluation of {day.en}: {better} better, {worse} worse, {other} changed otherwise, "
        f"{unchanged} unchanged; {len(restated)} values were re-stated.",
    )
