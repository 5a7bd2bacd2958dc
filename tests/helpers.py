"""Small builders for tests: one indicator, one target, a series, the shipped thresholds."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from duibiao.kernel.period import PartialDate, Period
from duibiao.kernel.text import Text
from duibiao.kernel.value import Missing, MissingReason, Quantity
from duibiao.metrics.indicator import Accumulation, Direction, Indicator, RollUp
from duibiao.metrics.observation import Bound, Observation, Series, series
from duibiao.plan.goal import Goal
from duibiao.plan.model import Baseline, Target
from duibiao.progress.policy import Policy
from duibiao.sources.citation import Citation, Locator, Source, SourceKind

CITATION = Citation("doc", "part", "row 1", Locator.parse("L1"), "0123456789abcdef")
POLICY = Policy(
    version="test",
    on_course=Decimal("0.95"),
    attention=Decimal("0.60"),
    stale_after_months=22,
    source_rank=(SourceKind.STATISTICS, SourceKind.PLAN, SourceKind.PRESS),
    german_sun=Decimal("0.05"),
    german_cloudy_sun=Decimal("0.20"),
)
SOURCES = {
    kind.value: Source(kind.value, Text(kind.value), "publisher", kind, PartialDate(2020)) for kind in SourceKind
}


def indicator(**changes: Any) -> Indicator:
    """An indicator in percent where more is better, unless told otherwise."""
    facts: dict[str, Any] = {
        "code": "test.share",
        "label": Text("测试指标", "test indicator"),
        "unit": "%",
        "direction": Direction.UP,
        "accumulation": Accumulation.LEVEL,
        "rollup": RollUp.RATIO,
    }
    return Indicator(**(facts | changes))


def target(goal: str, baseline: str | None = None, base_year: int = 2023, due: int = 2027, **changes: Any) -> Target:
    """A target of the plan ``test`` with the goal in the notation of ``duibiao.plan.goal``."""
    unit = changes.pop("unit", "%")
    value = Quantity(Decimal(baseline), unit) if baseline is not None else Missing(MissingReason.NOT_STATED)
    facts: dict[str, Any] = {
        "id": "test/row-01",
        "plan": "test",
        "indicator": "test.share",
        "label": "测试指标（%）",
        "unit": unit,
        "baseline": Baseline(base_year, baseline or "—", value),
        "written": goal,
        "goal": Goal.parse(goal),
        "due": due,
        "citation": CITATION,
        "row": 1,
    }
    return Target(**(facts | changes))


def observation(year: int, value: str, **changes: Any) -> Observation:
    """A value published in the autumn of the following year by official statistics."""
    facts: dict[str, Any] = {
        "indicator": "test.share",
        "unit": "500000",
        "period": Period(year),
        "quantity": Quantity(Decimal(value), changes.pop("measure_unit", "%")),
        "bound": Bound.EXACT,
        "published": PartialDate(year + 1, 10, 20),
        "source": "statistics",
    }
    return Observation(**(facts | changes))


def known(values: Mapping[int, str], as_of: date = date(2030, 12, 31), **changes: Any) -> Series:
    """The series of plain values by year, as known on a day."""
    claims = [observation(year, value, **changes) for year, value in values.items()]
    return series(claims, as_of, POLICY.source_rank, SOURCES)
