"""What is found of each row: a verdict once it is due, before that its status and what the year asked of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from duibiao.evaluations.record import EvaluationKind, IndicatorResult, ResultCount, YearLine
from duibiao.kernel.text import Text
from duibiao.metrics.indicator import Direction, Indicator
from duibiao.metrics.observation import Bound, Observation, Quality
from duibiao.progress.assess import Assessment
from duibiao.progress.closing import PROVISIONAL, VERDICT_WORDS, Verdict
from duibiao.progress.status import LOOKS, CaveatCode, Rule, Status
from duibiao.views.rows import monitor_row
from duibiao.views.words import DASH, amount_words, difference_words
from duibiao.workspace import Workspace

COEFFICIENT = ("", "系数")


@dataclass(frozen=True, slots=True)
class _Step:
    """The value the movement is counted from."""

    period: str
    amount: Decimal
    shown: str
    is_exact: bool


def indicator_result(workspace: Workspace, kind: EvaluationKind, assessment: Assessment) -> IndicatorResult:
    """Find what an evaluation of a kind says of one assessed target.

    A verdict is drawn by a final evaluation, and by any other of a row whose year has come.
    """
    row = monitor_row(workspace, assessment)
    finding = workspace.finding(assessment)
    line = year_line(workspace, kind, assessment)
    against = tuple(trend.in_words() for trend in finding.against)
    if kind is not EvaluationKind.FINAL and row.due > assessment.as_of.year:
        reason = _status_reason(assessment, line)
        return IndicatorResult(row, None, _status_word(assessment), False, reason, Text(""), against, line)
    word = VERDICT_WORDS[finding.verdict]
    if finding.is_provisional and finding.verdict is not Verdict.UNDETERMINED:
        word = Text(f"{word.zh}（{PROVISIONAL.zh}）", f"{word.en} ({PROVISIONAL.en})")
    return IndicatorResult(
        row, finding.verdict, word, finding.is_provisional, finding.reason, finding.turn, against, line
    )


def _status_word(assessment: Assessment) -> Text:
    word, accepted = LOOKS[assessment.status].word, assessment.if_accepted
    if accepted is None:
        return word
    return Text(
        f"{word.zh}（若采信：{LOOKS[accepted].word.zh}）", f"{word.en} (if accepted: {LOOKS[accepted].word.en})"
    )


def _status_reason(assessment: Assessment, line: YearLine | None) -> Text:
    """Say in one sentence what the status rests on; the formula with its numbers is the row's own ``formula``."""
    choice = assessment.choice
    if assessment.rule is Rule.EVIDENCE:
        return Text("须凭佐证由专人认定", "needs evidence and a named person")
    if choice is None or assessment.value is None:
        last = assessment.caveats[-1].text if assessment.caveats else Text("没有公布值", "no published value")
        return Text(f"没有公开数据回答此项（{last.zh}）", f"no public figure answers this row ({last.en})")
    unit = assessment.indicator.unit
    got = choice.picked.shown
    if assessment.is_sum:
        got = f"（规划期合计）{amount_words(assessment.value, unit)}"
    zh, en = f"{choice.picked.period}年值{got}", f"value of {choice.picked.period} {got}"
    if assessment.rule is Rule.KEEP:
        zh, en = f"{zh}，须保持{assessment.target.written}", f"{en}, {assessment.target.written} is to be kept"
    elif assessment.status in (Status.MET, Status.MET_AT_RISK):
        zh, en = f"{zh}，已达到目标{assessment.target.written}", f"{en} reaches the target {assessment.target.written}"
    elif line is not None and line.asked is not None and line.gap is not None:
        place = _place(line.gap, assessment.indicator.direction)
        amount = difference_words(abs(line.gap), unit)
        zh = f"{zh}，按序时进度应为{line.asked_shown}，{place.zh}{amount if line.gap else ''}"
        en = f"{en}; the line asks {line.asked_shown}: {place.en} {amount if line.gap else ''}".rstrip()
    if assessment.if_accepted is not None:
        why = _why_it_cannot_decide(assessment)
        return Text(f"{zh}；{why.zh}", f"{en}; {why.en}")
    return Text(zh, en)


def _why_it_cannot_decide(assessment: Assessment) -> Text:
    """The caveats that keep a value from deciding: outdated, scope in doubt, only a bound."""
    found = [one for one in assessment.caveats if one.code in (CaveatCode.STALE, CaveatCode.QUALITY)]
    bound = next((one.text for one in assessment.caveats if one.code is CaveatCode.UNDECIDED_BOUND), None)
    if not found:
        return bound or Text("不足以判定", "it cannot decide")
    zh, en = "；".join(one.text.zh for one in found), "; ".join(one.text.en for one in found)
    return Text(f"不足以判定：{zh}", f"it cannot decide: {en}")


def _place(gap: Decimal, direction: Direction) -> Text:
    if not gap:
        return Text("正好", "exactly that")
    ahead = gap > 0 if direction is not Direction.DOWN else gap < 0
    if direction is Direction.DOWN:
        return Text("低于应有值", "below it by") if ahead else Text("高于应有值", "above it by")
    return Text("超前", "ahead by") if ahead else Text("差", "short by")


# --- what the year asked ---------------------------------------------------------------------------


def year_line(workspace: Workspace, kind: EvaluationKind, assessment: Assessment) -> YearLine | None:
    """What the line asked by the year of the value (or of the day, without one), and the movement to the value.

    asked = b + (g − b) × (y − y_b) ÷ (y_g − y_b), held at g after the due year; rounded as it is shown, so that the
    gap is the difference of the two figures a reader sees. None for goals no number decides.
    """
    if assessment.rule is Rule.EVIDENCE:
        return None
    indicator, picked = assessment.indicator, assessment.choice.picked if assessment.choice else None
    year = picked.period.year if picked else min(assessment.as_of.year, assessment.target.due)
    asked = _asked(assessment, year)
    value = assessment.value if assessment.bound is Bound.EXACT else None
    gap = None if asked is None or value is None else value - asked
    before = _before(workspace, kind, assessment)
    change = None
    if before is not None and before.is_exact and value is not None and not assessment.is_sum:
        change = value - before.amount
    return YearLine(
        year=year,
        asked=asked,
        asked_shown=amount_words(asked, indicator.unit),
        gap=gap,
        gap_shown=signed_words(gap, indicator.unit),
        before_period=before.period if before else "",
        before=before.amount if before else None,
        before_shown=before.shown if before else DASH,
        change=change,
        change_shown=signed_words(change, indicator.unit),
        is_better=is_better(change, indicator.direction),
    )


def _asked(assessment: Assessment, year: int) -> Decimal | None:
    base, goal, due = assessment.baseline, assessment.line, assessment.target.due
    base_year = assessment.baseline_year
    if base is None or goal is None or base_year is None or assessment.indicator.direction is Direction.RANGE:
        return None
    if assessment.rule is Rule.KEEP or year >= due:
        return rounded_as_shown(goal, assessment.indicator.unit)
    if year < base_year or due <= base_year:
        return None
    return rounded_as_shown(base + (goal - base) * (year - base_year) / (due - base_year), assessment.indicator.unit)


def _before(workspace: Workspace, kind: EvaluationKind, assessment: Assessment) -> _Step | None:
    """The base value for a mid-term and a final evaluation, else the last earlier value that is comparable."""
    unit = assessment.indicator.unit
    if kind in (EvaluationKind.MIDTERM, EvaluationKind.FINAL):
        base, year = assessment.baseline, assessment.baseline_year
        if base is None or year is None:
            return None
        is_exact = assessment.target.baseline.bound is Bound.EXACT
        return _Step(str(year), base, amount_words(base, unit), is_exact)
    if assessment.choice is None:
        return None
    now = assessment.choice.picked
    earlier = [one for one in workspace.series_of(assessment.target, assessment.as_of) if _comparable(one, now)]
    earlier = [one for one in earlier if not _breaks(assessment.indicator, one.period.year, now.period.year)]
    if not earlier:
        return None
    last = earlier[-1]
    return _Step(str(last.period), last.quantity.amount, last.shown, last.bound is Bound.EXACT)


def _comparable(one: Observation, now: Observation) -> bool:
    return one.period.year < now.period.year and one.quality not in (Quality.SCOPE, Quality.SIMULATED)


def _breaks(indicator: Indicator, before: int, after: int) -> bool:
    return any(before < change.year <= after for change in indicator.breaks)


def is_better(change: Decimal | None, direction: Direction) -> bool | None:
    """Whether a change goes in the wanted direction; None for no change, and for an indicator with a range."""
    if not change or direction is Direction.RANGE:
        return None
    return (change > 0) is (direction is Direction.UP)


def rounded_as_shown(amount: Decimal, unit: str) -> Decimal:
    """A computed amount as it is printed: two decimals, four for coefficients (half to even)."""
    digits = Decimal("0.0001") if unit in COEFFICIENT else Decimal("0.01")
    return amount.quantize(digits, rounding=ROUND_HALF_EVEN)


def signed_words(amount: Decimal | None, unit: str) -> str:
    """A difference with its sign: +1.2个百分点, −3所, 0."""
    if amount is None:
        return DASH
    sign = "+" if amount > 0 else "−" if amount < 0 else ""
    return sign + difference_words(abs(amount), unit)


# --- counting --------------------------------------------------------------------------------------


def count_statuses(results: Iterable[IndicatorResult]) -> tuple[ResultCount, ...]:
    """Count the statuses of the rows without a verdict, in the order of the status words."""
    found = [one.row.status for one in results if one.verdict is None]
    return tuple(
        ResultCount(status.value, look.word, found.count(status)) for status, look in LOOKS.items() if status in found
    )


def count_verdicts(results: Iterable[IndicatorResult]) -> tuple[ResultCount, ...]:
    """Count the verdicts, the provisional ones apart: ``met``, ``met.provisional`` and so on."""
    found = [(one.verdict, one.is_provisional and one.verdict is not Verdict.UNDETERMINED) for one in results]
    counted = []
    for verdict, word in VERDICT_WORDS.items():
        for provisional in (False, True):
            count = found.count((verdict, provisional))
            if count:
                code = f"{verdict.value}.provisional" if provisional else verdict.value
                zh = f"{PROVISIONAL.zh}{word.zh}" if provisional else word.zh
                en = f"{PROVISIONAL.en}ly {word.en}" if provisional else word.en
                counted.append(ResultCount(code, Text(zh, en), count))
    return tuple(counted)


def counted_words(*counts: Iterable[ResultCount]) -> Text:
    """Counts as part of a sentence: 正常2项，滞后1项."""
    every = [one for group in counts for one in group]
    return Text(
        "，".join(f"{one.word.zh}{one.count}项" for one in every),
        ", ".join(f"{one.count} {one.word.en}" for one in every),
    )


def noun_of(results: Iterable[IndicatorResult]) -> Text:
    """What the rows are called: indicators where all stand in a table, targets where some are of the text."""
    if all(one.row.row is not None for one in results):
        return Text("指标", "indicators")
    return Text("量化目标", "quantified targets")


def is_answered(result: IndicatorResult) -> bool:
    """Whether a usable figure answers a row."""
    if result.verdict is not None:
        return result.verdict is not Verdict.UNDETERMINED
    return result.row.status not in (Status.NO_DATA, Status.NO_BASELINE, Status.NOT_DUE)


def year_before(day: date, years: int = 1) -> date:
    """The same day some years earlier; the 28th for the 29th of February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
