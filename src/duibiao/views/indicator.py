"""The page of one indicator: value, target, pace, forecast, history, every source; who acts; the districts compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duibiao.kernel.text import Text
from duibiao.metrics.indicator import (
    NOT_COMPUTED_WORDS,
    VERIFY_WORDS,
    Accumulation,
    Direction,
    Indicator,
    RollUp,
)
from duibiao.metrics.observation import Series
from duibiao.plan.model import Target
from duibiao.progress.assess import deciding
from duibiao.progress.prediction import Prediction
from duibiao.views.computed import ComputedData, UnitComparison, unit_comparison
from duibiao.views.explain import DefinitionView
from duibiao.views.formula_words import formula_words
from duibiao.views.overview import missing_amount
from duibiao.views.rows import MonitorRow, TaskView, ValueView, task_views, value_view
from duibiao.views.standing import DayStanding
from duibiao.views.words import difference_words, joined
from duibiao.workspace import Workspace

DIRECTION_WORDS = {
    Direction.UP: Text("越高越好", "more is better"),
    Direction.DOWN: Text("越低越好", "less is better"),
    Direction.RANGE: Text("在适宜区间为好", "good within a range"),
}
ACCUMULATION_WORDS = {
    Accumulation.LEVEL: Text("时点值", "level"),
    Accumulation.CUMULATIVE: Text("累计值，只增不减", "running total"),
    Accumulation.PERIOD: Text("当年值", "amount of a year"),
}
ROLLUP_WORDS = {
    RollUp.SUM: Text("逐级相加", "summed"),
    RollUp.RATIO: Text("分子之和÷分母之和", "sum of numerators ÷ sum of denominators"),
    RollUp.LATEST: Text("取最新", "latest"),
    RollUp.MIN: Text("取最小", "minimum"),
    RollUp.NONE: Text("不汇总", "not rolled up"),
}


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """The value chosen for a year, and the others that were not (历史值); ``contradicted`` where they differ."""

    year: int
    picked: ValueView
    others: tuple[ValueView, ...]
    contradicted: bool


@dataclass(frozen=True, slots=True)
class PaceLine:
    """The straight way from a base value to a goal (序时线), with what it becomes at the present pace.

    Amounts are in the indicator's unit; ``forecast`` is the straight line on, None where nothing can be extrapolated;
    ``prediction`` is the forecast with its interval and probability, or the reason why there is none.
    """

    target: str
    plan_short: Text
    goal_written: str
    base_year: int | None
    base: Decimal | None
    due: int
    goal: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    value_year: int | None
    value: Decimal | None
    forecast: Decimal | None
    prediction: Prediction | None
    decides: bool


@dataclass(frozen=True, slots=True)
class BreakView:
    """A year from which on values cannot be compared with those before (断点)."""

    year: int
    reason: str


@dataclass(frozen=True, slots=True)
class IndicatorPage:
    """Everything behind one indicator on one day (指标页).

    ``decisive`` is the id of the target that decides, the next one due; empty where no plan sets one. ``computed``
    stands apart from ``history``: what was computed from returns is never mixed with what was published.
    """

    code: str
    label: Text
    unit: str
    as_of: date
    sentence: Text
    direction: Text
    accumulation: Text
    rollup: Text
    note: str
    names: tuple[str, ...]
    decisive: str
    targets: tuple[MonitorRow, ...]
    lines: tuple[PaceLine, ...]
    history: tuple[HistoryPoint, ...]
    reprints: tuple[ValueView, ...]
    breaks: tuple[BreakView, ...]
    definition: DefinitionView | None
    definition_version: str
    formula: str
    formula_words: Text | None
    not_computed: Text | None
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    tasks: tuple[TaskView, ...]
    unit_code: str
    unit_name: str
    unit_history: tuple[HistoryPoint, ...]
    computed: UnitComparison | None


def indicator_page(
    workspace: Workspace,
    now: DayStanding,
    code: str,
    *,
    data: ComputedData | None = None,
    unit: str = "",
    year: int | None = None,
) -> IndicatorPage:
    """Collect what stands behind an indicator. Raises KeyError for a code or a unit that does not exist."""
    content = workspace.content
    indicator = content.indicators[code]
    if unit and unit not in content.units and not (data and unit in data.units):
        raise KeyError(unit)
    targets = content.plans.targets_of(code)
    home = [target for target in targets if workspace.unit_of(target) == workspace.home.unit]
    decisive = deciding(home, now.as_of)
    rows = now.by_indicator.get(code, ())
    series = workspace.series(code, workspace.home.unit, now.as_of)
    formula = content.formulas[code].text if code in content.formulas else ""
    definition = workspace.definition_of(code)
    who = content.plans.responsible_for(code)
    foreign = unit and unit != workspace.home.unit
    return IndicatorPage(
        code=code,
        label=indicator.label,
        unit=indicator.unit,
        as_of=now.as_of,
        sentence=_sentence(indicator, decisive, now),
        direction=DIRECTION_WORDS[indicator.direction],
        accumulation=ACCUMULATION_WORDS[indicator.accumulation],
        rollup=ROLLUP_WORDS[indicator.rollup],
        note=indicator.note,
        names=indicator.aliases,
        decisive=decisive.id if decisive else "",
        targets=rows,
        lines=tuple(_line(workspace, now, row, decisive) for row in rows),
        history=tuple(_history(workspace, series)),
        reprints=tuple(value_view(workspace, one) for one in series.reprints),
        breaks=tuple(BreakView(one.year, one.reason) for one in indicator.breaks),
        definition=DefinitionView(definition, VERIFY_WORDS[definition.verify]) if definition else None,
        definition_version=indicator.definition_version,
        formula=formula,
        formula_words=formula_words(content.formulas[code].node, content) if code in content.formulas else None,
        not_computed=NOT_COMPUTED_WORDS[indicator.not_computed] if indicator.not_computed else None,
        lead=who.lead,
        cooperating=who.cooperating,
        tasks=task_views(workspace, who),
        unit_code=unit if foreign else "",
        unit_name=_name(workspace, data, unit) if foreign else "",
        unit_history=tuple(_history(workspace, workspace.series(code, unit, now.as_of))) if foreign else (),
        computed=unit_comparison(data, indicator, formula, now.as_of, target=decisive, unit=unit, year=year)
        if data
        else None,
    )


def _name(workspace: Workspace, data: ComputedData | None, unit: str) -> str:
    if data and unit in data.units:
        return data.units[unit].name
    return workspace.content.units[unit].name


def _history(workspace: Workspace, series: Series) -> Iterable[HistoryPoint]:
    for choice in series.choices:
        yield HistoryPoint(
            year=choice.picked.period.year,
            picked=value_view(workspace, choice.picked),
            others=tuple(value_view(workspace, one) for one in choice.others),
            contradicted=choice.is_contradicted,
        )


def _line(workspace: Workspace, now: DayStanding, row: MonitorRow, decisive: Target | None) -> PaceLine:
    target = next(one for one in workspace.content.plans.by_code[row.plan].targets if one.id == row.id)
    is_range = row.direction is Direction.RANGE
    lower, upper = target.on(now.as_of).goal.bounds(row.direction) if is_range else (None, None)
    return PaceLine(
        target=row.id,
        plan_short=row.plan_short,
        goal_written=row.goal_written,
        base_year=row.baseline_year,
        base=row.baseline,
        due=row.due,
        goal=None if is_range else row.goal,
        lower=lower,
        upper=upper,
        value_year=int(row.observation.period[:4]) if row.observation else None,
        value=row.value,
        forecast=row.forecast,
        prediction=row.prediction,
        decides=bool(decisive and decisive.id == row.id),
    )


def _sentence(indicator: Indicator, decisive: Target | None, now: DayStanding) -> Text:
    if decisive is None:
        return Text("没有规划为它定目标。", "No plan sets a target for it.")
    row = now.by_id[decisive.id]
    who = f"；牵头{joined(row.lead)}" if row.lead else ""
    who_en = f"; lead: {joined(row.lead)}" if row.lead else ""
    if row.observation is None or row.value is None:
        return Text(
            f"{row.due}年目标{row.goal_written}；截至参照日没有公布值，不能判定{who}。",
            f"Target {row.goal_written} by {row.due}; no value has been published: it cannot be judged{who_en}.",
        )
    gap = missing_amount(row, row.value)
    lacks = f"，差{difference_words(gap, row.unit)}" if gap else ""
    lacks_en = f", {difference_words(gap, row.unit)} short" if gap else ""
    return Text(
        f"{row.observation.period}年为{row.observation.shown}，{row.due}年目标{row.goal_written}{lacks}："
        f"{row.status_word.zh}{who}。",
        f"{row.observation.shown} in {row.observation.period}, target {row.goal_written} by {row.due}{lacks_en}: "
        f"{row.status_word.en}{who_en}.",
    )
