"""The closing verdict of a plan: met or not by the value of the target year, provisional until it is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from duibiao.kernel.text import Text
from duibiao.kernel.value import plain, shown
from duibiao.metrics.indicator import Direction
from duibiao.metrics.observation import BOUND_WORDS, Bound, Series
from duibiao.plan.goal import Goal
from duibiao.plan.model import Headwind
from duibiao.progress.assess import Assessment, is_shown_met, is_shown_missed


class Verdict(StrEnum):
    """The closing verdict (结论)."""

    MET = "met"
    NOT_MET = "not_met"
    UNDETERMINED = "undetermined"


VERDICT_WORDS = {
    Verdict.MET: Text("达成", "met"),
    Verdict.NOT_MET: Text("未达成", "not met"),
    Verdict.UNDETERMINED: Text("无法判定", "undetermined"),
}
PROVISIONAL = Text("暂定", "provisional")


@dataclass(frozen=True, slots=True)
class TrendAgainst:
    """The figures of a declared headwind: first and last value of the stretch, and the change in percent."""

    headwind: Headwind
    unit_name: str
    first: tuple[int, Decimal]
    last: tuple[int, Decimal]
    measure_unit: str

    @property
    def change(self) -> Decimal:
        """Relative change in percent."""
        return (self.last[1] / self.first[1] - 1) * 100

    def in_words(self) -> Text:
        """Say the trend with its figures."""
        change = f"{abs(self.change):.1f}%"
        (first_year, first), (last_year, last) = self.first, self.last
        before, after = shown(first, self.measure_unit), shown(last, self.measure_unit)
        way = Text("下降", "down") if self.change < 0 else Text("上升", "up")
        zh = f"{self.unit_name}{first_year}年{before}，{last_year}年{after}，{way.zh}{change}"
        en = f"{self.unit_name} {first_year} {before}, {last_year} {after}, {way.en} {change}"
        return Text(f"{self.headwind.reason.zh}：{zh}", f"{self.headwind.reason.en}: {en}")


@dataclass(frozen=True, slots=True)
class Finding:
    """The closing finding of one target: verdict, whether provisional, why, and what would turn it."""

    assessment: Assessment
    verdict: Verdict
    is_provisional: bool
    reason: Text
    turn: Text
    against: tuple[TrendAgainst, ...] = ()


def conclude(assessment: Assessment, against: tuple[TrendAgainst, ...]) -> Finding:
    """Turn an assessment of a plan whose window is over, or nearly so, into a closing finding.

    Only the value of the target year makes a verdict final. An earlier value makes it provisional.
    """
    target, choice, goal = assessment.target, assessment.choice, assessment.goal
    if choice is None or goal is None or assessment.value is None:
        reason = assessment.caveats[-1].text if assessment.caveats else Text("没有公布值", "no published value")
        turn = Text(f"须有{target.due}年的公布值", f"a published value for {target.due} is needed")
        return Finding(assessment, Verdict.UNDETERMINED, False, _no_figure(assessment, reason), turn, against)
    picked = choice.picked
    verdict = _verdict(goal, assessment.value, assessment.bound, assessment.indicator.direction)
    if assessment.is_doubtful:
        verdict = Verdict.UNDETERMINED
    is_provisional = picked.period.year < target.due
    wanted, got = target.written, picked.shown
    if assessment.is_sum:
        amount = shown(plain(assessment.value), assessment.indicator.unit)
        got = f"（规划期合计）{BOUND_WORDS[assessment.bound].zh}{amount}"
    sign = {Verdict.MET: Text("达到", "reaches"), Verdict.NOT_MET: Text("未达到", "misses")}.get(
        verdict, Text("无法判定是否达到", "cannot decide")
    )
    reason = Text(
        f"{picked.period}年公布值{got}，{sign.zh}目标{wanted}",
        f"value of {picked.period} {got} {sign.en} the target {wanted}",
    )
    return Finding(assessment, verdict, is_provisional, reason, _turn(assessment, verdict, is_provisional), against)


def _verdict(goal: Goal, value: Decimal, bound: Bound, direction: Direction) -> Verdict:
    if is_shown_met(goal, value, bound, direction):
        return Verdict.MET
    return Verdict.NOT_MET if is_shown_missed(goal, value, bound, direction) else Verdict.UNDETERMINED


def _no_figure(assessment: Assessment, reason: Text) -> Text:
    if assessment.target.goal.needs_evidence:
        return Text("须凭佐证由专人认定", "needs evidence and a named person")
    return Text(f"没有公开数据回答此项（{reason.zh}）", f"no public figure answers this row ({reason.en})")


def _turn(assessment: Assessment, verdict: Verdict, is_provisional: bool) -> Text:
    """Say what would have to happen for a provisional verdict to turn."""
    target, line, value = assessment.target, assessment.line, assessment.value
    if not is_provisional or line is None or value is None or assessment.goal is None:
        return Text("")
    unit = assessment.indicator.unit
    # 98.47 % and 98.5 % differ by percentage points, not by percent.
    change = shown(plain(abs(line - value)), "个百分点" if unit == "%" else unit)
    change_en = shown(plain(abs(line - value)), " points" if unit == "%" else unit)
    goal, year = shown(line, unit), target.due
    rising = line > value
    if verdict is Verdict.MET and assessment.indicator.direction is Direction.RANGE:
        low, high = assessment.goal.lower, assessment.goal.upper
        if low is not None and high is not None:
            ends = shown(low, unit), shown(high, unit)
            return Text(
                f"{year}年值若低于{ends[0]}或高于{ends[1]}则转为未达成",
                f"turns if the value of {year} leaves {ends[0]}–{ends[1]}",
            )
    if verdict is Verdict.MET:
        if line == value:
            return Text(f"{year}年值若再有不利变动即转为未达成", f"any adverse change in {year} turns it")
        strict = assessment.goal.strict
        zh = {
            (False, True): f"降至{goal}或以下",
            (False, False): f"降到{goal}以下",
            (True, True): f"升至{goal}或以上",
            (True, False): f"升到{goal}以上",
        }[rising, strict]
        way = "rises to" if rising else "falls to"
        return Text(
            f"{year}年值若{zh}（变动{change}）则转为未达成",
            f"turns if the value of {year} {way} {goal}{'' if strict else ' or past it'} (a change of {change_en})",
        )
    strict = assessment.goal.strict
    more = ("须高于" if strict else "须不低于") if rising else ("须低于" if strict else "须不高于")
    verb = ("exceeds" if rising else "is below") if strict else "reaches"
    extra = "以上" if assessment.goal.strict else ""
    return Text(
        f"{year}年值{more}{goal}才转为达成（比现值再{'升' if rising else '降'}{change}{extra}）",
        f"turns to met if the value of {year} {verb} {goal} ({change_en} from now)",
    )


def trends_against(
    assessment: Assessment, world: Mapping[tuple[str, str], Series], names: Mapping[str, str]
) -> tuple[TrendAgainst, ...]:
    """Collect the figures of the headwinds a target declares, from the plan's base year to its due year."""
    found = []
    for headwind in assessment.target.headwinds:
        series = world.get((headwind.indicator, headwind.unit))
        first_year, due = assessment.target.baseline.year, assessment.target.due
        points = [one for one in series or () if first_year <= one.period.year <= due and one.bound is Bound.EXACT]
        if len(points) > 1:
            first, last = points[0], points[-1]
            found.append(
                TrendAgainst(
                    headwind,
                    names[headwind.unit],
                    (first.period.year, first.quantity.amount),
                    (last.period.year, last.quantity.amount),
                    first.quantity.unit,
                )
            )
    return tuple(found)
