"""Observations: what was published, by whom, when, and how exactly it was said."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from duibiao.kernel.period import PartialDate, Period
from duibiao.kernel.reading import Record
from duibiao.kernel.text import Text
from duibiao.kernel.value import Quantity, UnitMismatchError, plain
from duibiao.metrics.indicator import Accumulation, Indicator
from duibiao.metrics.unit import Unit
from duibiao.sources.citation import Citation, Source, SourceKind, read_hash, read_locator


class Bound(StrEnum):
    """How a source words its value: 超过 and 以上 make it a bound, 约 makes it approximate."""

    EXACT = "="
    AT_LEAST = ">="
    MORE_THAN = ">"
    AT_MOST = "<="
    LESS_THAN = "<"
    ABOUT = "~"


BOUND_WORDS = {
    Bound.EXACT: Text("", ""),
    Bound.AT_LEAST: Text("不低于", "at least"),
    Bound.MORE_THAN: Text("超过", "more than"),
    Bound.AT_MOST: Text("不超过", "at most"),
    Bound.LESS_THAN: Text("不足", "less than"),
    Bound.ABOUT: Text("约", "about"),
}


class Quality(StrEnum):
    """What a reader must know about a value before using it."""

    PLAIN = "plain"
    DERIVED = "derived"  # 推算: computed from another printed figure
    SCOPE = "scope"  # 口径存疑: may count something a little different
    REPRINT = "reprint"  # 旧数重印: an old number printed again; says nothing new
    SIMULATED = "simulated"  # 模拟数据


QUALITY_WORDS = {
    Quality.PLAIN: Text("", ""),
    Quality.DERIVED: Text("推算值", "derived"),
    Quality.SCOPE: Text("口径存疑", "scope in doubt"),
    Quality.REPRINT: Text("旧数重印，不作为新数据", "old figure printed again, not used as new data"),
    Quality.SIMULATED: Text("模拟数据", "simulated data"),
}


@dataclass(frozen=True)
class Observation:
    """A published value (数据) of an indicator for a unit and a period.

    The id is a hash of the claim, so the same claim has the same id everywhere and no claim can be
    edited in place. ``published`` is the day it became known, which is not the period it speaks of.
    """

    indicator: str
    unit: str
    period: Period
    quantity: Quantity
    bound: Bound
    published: PartialDate
    source: str
    as_of: str = ""
    original_label: str = ""
    citation: Citation | None = None
    quality: Quality = Quality.PLAIN
    note: str = ""
    is_baseline: bool = False

    @cached_property
    def id(self) -> str:
        """Hash of the claim: what, who, when, how much, said by whom on which day."""
        claim = (
            self.indicator,
            self.unit,
            str(self.period),
            self.bound,
            f"{plain(self.quantity.amount):f}",
            self.quantity.unit,
            self.source,
            str(self.published),
            str(self.citation.locator) if self.citation else "",
        )
        return hashlib.sha256("\x1f".join(claim).encode()).hexdigest()[:16]

    @property
    def shown(self) -> str:
        """The value with its bound, as a Chinese sentence would say it."""
        return f"{BOUND_WORDS[self.bound].zh}{self.quantity}"


COLUMNS = (
    "indicator", "unit", "period", "value", "measure_unit", "bound", "as_of", "published", "source",
    "original_label", "document", "at", "hash", "quality", "note",
)  # fmt: skip
"""The columns of ``observations.csv``."""


def read_observation(
    record: Record, indicators: dict[str, Indicator], units: dict[str, Unit], sources: dict[str, Source]
) -> Observation:
    """Read and check one row of ``observations.csv``; the value is expressed in the indicator's unit."""
    source = record.text("source")
    citation = None
    if record.has("at"):
        locator = read_locator(record.text("at"), record.where("at"), record.report)
        citation = Citation(record.text("document"), "", "", locator, read_hash(record))
    observation = Observation(
        indicator=record.text("indicator"),
        unit=record.text("unit"),
        period=record.period("period"),
        quantity=Quantity(record.decimal("value"), record.text("measure_unit")),
        bound=record.choice("bound", Bound),
        published=record.partial_date("published"),
        source=source,
        as_of=record.optional("as_of") or "",
        original_label=record.optional("original_label") or "",
        citation=citation,
        quality=record.choice("quality", Quality, Quality.PLAIN),
        note=record.optional("note") or "",
    )
    record.points_to("source", source, sources, "SOURCE-UNKNOWN")
    if citation:
        record.points_to("document", citation.document, sources, "SOURCE-UNKNOWN")
    record.points_to("unit", observation.unit, units, "UNIT-UNKNOWN")
    record.points_to("indicator", observation.indicator, indicators, "INDICATOR-UNKNOWN")
    _check_unit(observation, record, units)
    indicator = indicators.get(observation.indicator)
    if indicator is None:
        return observation
    return _in_indicator_unit(observation, indicator, record)


def _check_unit(observation: Observation, record: Record, units: dict[str, Unit]) -> None:
    unit = units.get(observation.unit)
    if unit and "period" not in record.failed and not unit.exists_in(observation.period):
        record.report.add(
            "OBS-UNIT-ABOLISHED",
            record.where("period"),
            unit=unit.name,
            period=observation.period,
            valid=f"{unit.valid_from or '…'} – {unit.valid_to or '…'}",
            successors="、".join(unit.successors) or "—",
        )


def _in_indicator_unit(observation: Observation, indicator: Indicator, record: Record) -> Observation:
    try:
        quantity = indicator.amount(observation.quantity)
    except UnitMismatchError:
        record.report.add(
            "OBS-MEASURE-UNIT",
            record.where("measure_unit"),
            given=observation.quantity.unit,
            wanted=indicator.unit,
        )
        return observation
    if "value" in record.failed:
        return observation
    low, high = indicator.minimum, indicator.maximum
    if (low is not None and quantity.amount < low) or (high is not None and quantity.amount > high):
        limits = f"{'…' if low is None else low} – {'…' if high is None else high}"
        record.report.add(
            "OBS-RANGE", record.where("value"), value=quantity, indicator=indicator.label.zh, limits=limits
        )
    return replace(observation, quantity=quantity)


def check_duplicates(rows: Iterable[tuple[Observation, Record]]) -> None:
    """Report the same claim twice, and two values one source gives on one day for one period."""
    seen: dict[str, Record] = {}
    told: dict[tuple[str, ...], tuple[Observation, Record]] = {}
    for observation, record in rows:
        if observation.id in seen:
            record.report.add("OBS-DUPLICATE", record.where(), first=seen[observation.id].line)
            continue
        seen[observation.id] = record
        claim = (
            observation.indicator,
            observation.unit,
            str(observation.period),
            observation.source,
            str(observation.published),
        )
        first = told.setdefault(claim, (observation, record))
        if first[0].quantity != observation.quantity:
            record.report.add(
                "OBS-CONFLICT",
                record.where("value"),
                period=observation.period,
                value=observation.quantity,
                other=first[0].quantity,
                first=first[1].line,
            )


@dataclass(frozen=True, slots=True)
class Choice:
    """The observation the rule picked for one period, and those it did not, all kept."""

    picked: Observation
    others: tuple[Observation, ...] = ()

    @property
    def is_contradicted(self) -> bool:
        """Tell whether another source gives a different number for the same period."""
        return any(other.quantity != self.picked.quantity for other in self.others)


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one indicator and unit over the years, one choice a period, oldest first.

    ``reprints`` are old figures printed again: they are kept and shown, and never chosen.
    """

    choices: tuple[Choice, ...]
    reprints: tuple[Observation, ...] = ()

    def __iter__(self) -> Iterator[Observation]:
        """Yield the picked observations, oldest first."""
        return iter([choice.picked for choice in self.choices])

    def __len__(self) -> int:
        return len(self.choices)

    @property
    def latest(self) -> Choice | None:
        """The choice of the last period."""
        return self.choices[-1] if self.choices else None

    def at(self, year: int) -> Choice | None:
        """The choice of one statistical year."""
        return next((choice for choice in self.choices if choice.picked.period.year == year), None)


def series(
    observations: Iterable[Observation], as_of: date, rank: tuple[SourceKind, ...], sources: dict[str, Source]
) -> Series:
    """Pick one value a period from what was known on ``as_of``; nothing is thrown away.

    The rule, in this order: reprints never count as new data; a plain value beats a derived one, that one of doubtful
    scope; a value said exactly beats a bound, a bound
    beats an approximation; then the kind of source by ``rank`` (official statistics before the press);
    then the later publication. Everything that lost stands in ``Choice.others``.
    """
    known: dict[int, list[Observation]] = {}
    for observation in observations:
        if observation.published.latest <= as_of:
            known.setdefault(observation.period.year, []).append(observation)
    certainty = {Bound.EXACT: 0, Bound.ABOUT: 2}
    quality = {Quality.PLAIN: 0, Quality.DERIVED: 1, Quality.SCOPE: 2, Quality.SIMULATED: 3}

    def order(observation: Observation) -> tuple[int, int, int, int, str]:
        # A base value a plan prints is an official figure, whatever magazine carries the plan.
        kind = SourceKind.PLAN if observation.is_baseline else sources[observation.source].kind
        place = rank.index(kind) if kind in rank else len(rank)
        day = -observation.published.latest.toordinal()
        return (quality[observation.quality], certainty.get(observation.bound, 1), place, day, observation.id)

    choices = []
    reprints: list[Observation] = []
    for year in sorted(known):
        usable = sorted((one for one in known[year] if one.quality is not Quality.REPRINT), key=order)
        reprints += [one for one in known[year] if one.quality is Quality.REPRINT]
        if usable:
            choices.append(Choice(usable[0], tuple(usable[1:])))
    return Series(tuple(choices), tuple(reprints))


def fallen(found: Series, indicator: Indicator) -> list[tuple[Observation, Observation]]:
    """Pairs of successive values in which a running total falls, which it may not without a correction."""
    if indicator.accumulation is not Accumulation.CUMULATIVE:
        return []
    return [(a, b) for a, b in pairwise(found) if b.quantity.amount < a.quantity.amount]
