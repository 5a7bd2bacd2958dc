"""Canonical indicators: one thing that is measured, whatever the plans call it."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from duibiao.kernel.reading import Record
from duibiao.kernel.text import Text, folded
from duibiao.kernel.value import Quantity, converted


class Direction(StrEnum):
    """Which way is good. There is no default: an indicator that does not say is an error."""

    UP = "up"
    DOWN = "down"
    RANGE = "range"


class Accumulation(StrEnum):
    """How values of successive periods relate."""

    LEVEL = "level"  # a state at a point in time; the latest value counts
    CUMULATIVE = "cumulative"  # a running total (累计): the latest counts and may not fall
    PERIOD = "period"  # an amount of one period; periods of the plan window are summed where the target says so


class NotComputed(StrEnum):
    """Why an indicator is not computed from returns: nobody is asked for what is known elsewhere."""

    DESIGNATED = "designated"  # counted from a list of the authority that designates or approves
    ADMINISTRATIVE = "administrative"  # kept by the department that runs the business
    OFFICIAL_STATISTICS = "official_statistics"  # published after adjustments a district cannot make
    CENSUS = "census"  # from the census or a population survey
    EXTERNAL = "external"  # ranked or judged by others
    ASSESSMENT = "assessment"  # from sampled assessments or surveys
    QUALITATIVE = "qualitative"  # no number
    DEFINITION_OPEN = "definition_open"  # the documents do not say how it is counted


NOT_COMPUTED_WORDS = {
    NotComputed.DESIGNATED: Text("认定名单，由认定部门掌握", "from the list of the authority that designates"),
    NotComputed.ADMINISTRATIVE: Text("业务台账，由主管部门掌握", "from the records of the department in charge"),
    NotComputed.OFFICIAL_STATISTICS: Text("以统计公布数为准", "published by statistics"),
    NotComputed.CENSUS: Text("人口普查或抽样调查", "from the census or a population survey"),
    NotComputed.EXTERNAL: Text("第三方评价", "ranked or judged by others"),
    NotComputed.ASSESSMENT: Text("质量监测或满意度调查", "from sampled assessments or surveys"),
    NotComputed.QUALITATIVE: Text("定性指标", "no number"),
    NotComputed.DEFINITION_OPEN: Text("文件未写明计算口径", "the documents do not say how it is counted"),
}


class RollUp(StrEnum):
    """How the values of several units become one."""

    SUM = "sum"
    RATIO = "ratio"  # Σ numerator ÷ Σ denominator, never the mean of the ratios
    LATEST = "latest"
    MIN = "min"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SeriesBreak:
    """A change of definition or boundary: no trend may cross from before ``year`` to it."""

    year: int
    reason: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """A canonical indicator (指标): the same thing under every label the documents give it.

    ``minimum`` and ``maximum`` bound what a value can be at all (a share cannot be 120 %);
    ``None`` where nothing bounds it. ``measure_words`` are other words for the unit (所 beside 个).
    ``counts_new`` marks what counts only the newly gained of a plan's period (新增): it starts at zero.
    ``expr`` is how it is computed from reported data (see ``metrics.expression``), empty where it is published by
    others; ``definition_version`` changes with it. Below ``min_coverage`` (a share of the units that should report) a
    computed value is withheld; a count below ``suppress_below`` is not shown. ``definition`` is the code of its
    official definition; ``not_computed`` says why there is no ``expr``.
    """

    code: str
    label: Text
    unit: str
    direction: Direction
    accumulation: Accumulation
    rollup: RollUp
    aliases: tuple[str, ...] = ()
    minimum: Decimal | None = Decimal(0)
    maximum: Decimal | None = None
    breaks: tuple[SeriesBreak, ...] = ()
    measure_words: tuple[str, ...] = ()
    counts_new: bool = False
    note: str = ""
    expr: str = ""
    definition_version: str = ""
    min_coverage: Decimal | None = None
    suppress_below: int | None = None
    definition: str = ""
    not_computed: NotComputed | None = None

    def measured_as(self, unit: str) -> str:
        """The unit to convert from: the indicator's own where the given word only says it differently."""
        return self.unit if unit in self.measure_words else unit

    def amount(self, quantity: Quantity) -> Quantity:
        """Express a quantity in the indicator's unit; raise UnitMismatchError when it measures something else."""
        return converted(Quantity(quantity.amount, self.measured_as(quantity.unit)), self.unit)


@dataclass(frozen=True, slots=True)
class Definition:
    """An official definition (口径) of an indicator, with how far it has been verified.

    ``verify``: A read on the page, B third party, C from memory, P our own. Shown until a person has checked it.
    """

    code: str
    name: str
    formula: str
    unit: str
    domain: str
    direction: str
    threshold: str
    verify: str
    source: str
    indicator: str
    note: str


VERIFY_WORDS = {
    "A": Text("已见原文", "read on the page"),
    "B": Text("第三方转述", "third party"),
    "C": Text("凭记忆，未核实", "from memory, unverified"),
    "P": Text("本项目自拟", "our own"),
}
READ = "A"
"""The letter of a definition that was read on the page it comes from; every other is told to the reader."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All indicators of the loaded packs, found by code, label or alias."""

    by_code: dict[str, Indicator]
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, indicators: Iterable[Indicator]) -> "Catalogue":
        """Index indicators by code and by every name."""
        by_code = {indicator.code: indicator for indicator in indicators}
        names: dict[str, tuple[str, ...]] = {}
        for indicator in by_code.values():
            for name in {indicator.label.zh, indicator.label.en, *indicator.aliases} - {""}:
                key = folded(name)
                names[key] = (*names.get(key, ()), indicator.code)
        return cls(by_code, names)

    def find(self, wanted: str) -> list[Indicator]:
        """Return what a person may mean: exact code, else exact name, else every name that contains it."""
        if wanted in self.by_code:
            return [self.by_code[wanted]]
        key = folded(wanted)
        if not key:
            return []
        exact = self.names.get(key, ())
        codes = exact or [code for name, found in self.names.items() if key in name for code in found]
        return [self.by_code[code] for code in dict.fromkeys(codes)]

    def near(self, wanted: str) -> list[Indicator]:
        """What a person who mistyped may have meant."""
        found = difflib.get_close_matches(folded(wanted), [*self.names, *self.by_code], n=5, cutoff=0.4)
        codes = [code for name in found for code in self.names.get(name, (name,))]
        return [self.by_code[code] for code in dict.fromkeys(codes)]


def read_indicator(record: Record) -> Indicator:
    """Read one entry of ``indicators.yaml``."""
    unit = record.text("unit")
    indicator = Indicator(
        code=record.text("code"),
        label=record.label("label"),
        unit=unit,
        direction=record.choice("direction", Direction),
        accumulation=record.choice("accumulation", Accumulation),
        rollup=record.choice("rollup", RollUp),
        aliases=tuple(record.texts("aliases")),
        minimum=_minimum(record),
        maximum=record.maybe_decimal("maximum"),
        breaks=tuple(_read_break(item) for item in record.records("breaks")),
        measure_words=tuple(record.texts("measure_words")),
        counts_new=record.flag("counts_new"),
        note=record.optional("note") or "",
        expr=record.optional("expr") or "",
        definition_version=record.optional("definition_version") or "",
        min_coverage=record.maybe_decimal("min_coverage"),
        suppress_below=record.integer("suppress_below") if record.has("suppress_below") else None,
        definition=record.optional("definition") or "",
        not_computed=record.choice("not_computed", NotComputed) if record.has("not_computed") else None,
    )
    record.close()
    _check_computed(indicator, record)
    return indicator


def _check_computed(indicator: Indicator, record: Record) -> None:
    """A computed indicator has a version of its definition; only a computed one has limits of computing."""
    if indicator.expr and not indicator.definition_version:
        record.report.add("PACK-FIELD-MISSING", record.where("expr"), field="definition_version")
    for name in ("definition_version", "min_coverage", "suppress_below"):
        if not indicator.expr and record.has(name):
            record.report.add("PACK-FIELD-MISSING", record.where(name), field="expr")
    if indicator.expr and indicator.not_computed:
        value, choices = str(indicator.not_computed), "—"
        record.report.add(
            "PACK-CHOICE", record.where("not_computed"), field="not_computed", value=value, choices=choices
        )
    coverage, least = indicator.min_coverage, indicator.suppress_below
    if (coverage is not None and not 0 <= coverage <= 1) or (least is not None and least < 1):
        name = "suppress_below" if least is not None and least < 1 else "min_coverage"
        record.report.add("INDICATOR-LIMIT", record.where(name), name=indicator.code, field=name)


def _minimum(record: Record) -> Decimal | None:
    """Nothing counted is below zero; what can fall below it (a growth rate) says ``minimum: none``."""
    if not record.has("minimum"):
        return Decimal(0)
    return None if record.optional("minimum") == "none" else record.maybe_decimal("minimum")


def _read_break(record: Record) -> SeriesBreak:
    found = SeriesBreak(record.integer("year"), record.text("reason"))
    record.close()
    return found


DEFINITION_COLUMNS = (
    "code", "name", "formula", "unit", "domain", "direction", "threshold", "verify", "source", "indicator", "note",
)  # fmt: skip
"""The columns of ``definitions.csv``."""


def read_definition(record: Record) -> Definition:
    """Read one row of ``definitions.csv``."""
    verify = record.text("verify")
    if verify and verify not in VERIFY_WORDS:
        choices = ", ".join(VERIFY_WORDS)
        record.report.add("PACK-CHOICE", record.where("verify"), field="verify", value=verify, choices=choices)
    return Definition(
        verify=verify,
        code=record.text("code"),
        name=record.text("name"),
        formula=record.text("formula"),
        source=record.text("source"),
        **{
            name: record.optional(name) or ""
            for name in ("unit", "domain", "direction", "threshold", "indicator", "note")
        },
    )
