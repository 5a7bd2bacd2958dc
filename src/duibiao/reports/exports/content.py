"""What an export holds, before any format: rows, computed figures, units and what they rest on.

An evaluation and a plan under watch both become one ``ExportContent``, so that every format is written once. The
rows are the very rows every other surface shows (``views.rows.MonitorRow``).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duibiao.kernel.period import Period
from duibiao.kernel.text import Text
from duibiao.kernel.value import MISSING_WORDS, MissingReason
from duibiao.plan.model import Plan, TargetScope
from duibiao.progress.policy import Policy
from duibiao.views.computed import ComputedData
from duibiao.views.districts import DistrictValue, reporting_districts
from duibiao.views.rows import CitationView, MonitorRow, monitor_row
from duibiao.workspace import Workspace

PROGRAM = "duibiao"
NO_WORDS = Text("")
TERMS = Text(
    "数值由所注明的来源单位公布或由报表计算，使用条款以发布单位的规定为准；引用须注明来源和参照日。不含原文文句。",
    "Figures were published by the sources named beside them or computed from returns; the terms are those of the "
    "authority that publishes this export. Cite the source and the reference day. No sentence of a source is in it.",
)
_REASONS = {words.zh: reason for reason, words in MISSING_WORDS.items()}


@dataclass(frozen=True, slots=True)
class ExportedPlan:
    """A plan that an export speaks of (导出规划)."""

    code: str
    title: Text
    short: Text
    number: str
    issuer: str
    published: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ExportedUnit:
    """A unit that an export speaks of (导出单位): ``parent`` is the code of the unit above, empty for the first."""

    code: str
    name: str
    parent: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class ExportedRow:
    """A target row with the unit it is held against and, in an evaluation, its verdict (导出指标行).

    ``verdict`` is a code, empty where the row is not due or nothing was evaluated; ``reason`` says why it is so.
    """

    row: MonitorRow
    unit: str
    verdict: str = ""
    verdict_word: Text = NO_WORDS
    is_provisional: bool = False
    reason: Text = NO_WORDS


@dataclass(frozen=True, slots=True)
class ComputedFigure:
    """One figure computed from returns (导出计算值), rounded as shown; ``missing`` says why there is none.

    ``period`` is written as ``kernel.period`` writes it. ``coverage`` is known/expected reporting units.
    """

    indicator: str
    label: Text
    unit: str
    period: str
    value: Decimal | None
    unit_of_measure: str
    numerator: Decimal | None
    denominator: Decimal | None
    coverage: str
    missing: MissingReason | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class ExportedInput:
    """One input the figures rest on (导出依据): its role, path or id, SHA-256 and version."""

    role: str
    path: str
    sha256: str
    version: str


@dataclass(frozen=True, slots=True)
class ExportedTask:
    """A task as an evaluation leaves it (导出任务): finding, day and number of evidence; not who assessed it.

    ``assessed`` is the day of the finding, empty where nobody assessed it. ``rows`` are ids of targets linked to it.
    """

    plan: str
    number: int
    title: str
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    finding: str
    finding_word: Text
    assessed: str
    evidence: int
    rows: tuple[str, ...]
    citation: CitationView


@dataclass(frozen=True, slots=True)
class ExportContent:
    """Everything an export holds (标准导出内容); ``mark`` is 模拟数据 where any figure is simulated.

    ``tasks`` are those of an evaluation; of a plan under watch nobody has assessed any.
    """

    id: str
    title: Text
    kind: Text
    as_of: date
    plans: tuple[ExportedPlan, ...]
    units: tuple[ExportedUnit, ...]
    rows: tuple[ExportedRow, ...]
    computed: tuple[ComputedFigure, ...]
    inputs: tuple[ExportedInput, ...]
    method: str
    policy: Policy
    mark: Text | None
    tasks: tuple[ExportedTask, ...] = ()

    @property
    def home(self) -> ExportedUnit:
        """The unit the plans are about: the first that lies under no other."""
        return next(one for one in self.units if not one.parent)


def missing_reason(words: Text | None) -> MissingReason | None:
    """The reason that words of ``MISSING_WORDS`` stand for. Raises KeyError for words that are none of them."""
    return None if words is None else _REASONS[words.zh]


def of_plans(
    workspace: Workspace,
    title: Text,
    code: str,
    plans: Sequence[Plan],
    as_of: date,
    *,
    table_only: bool = True,
    data: ComputedData | None = None,
) -> ExportContent:
    """The export of plans as the monitor shows them on a day; ``data`` adds what was computed from returns."""
    rows = tuple(
        ExportedRow(monitor_row(workspace, one), workspace.unit_of(one.target))
        for one in workspace.monitor(plans, as_of, table_only=table_only)
    )
    computed = tuple(_computed(workspace, data, plans, as_of)) if data else ()
    units = _units(workspace, rows, data, {one.unit for one in computed})
    simulated = any(one.simulated for one in computed)
    return ExportContent(
        id=f"{code}-{as_of:%Y%m%d}",
        title=title,
        kind=Text("监测", "monitor"),
        as_of=as_of,
        plans=tuple(_plan(one) for one in plans),
        units=units,
        rows=rows,
        computed=computed,
        inputs=tuple(_inputs(data)),
        method=workspace.policy.version,
        policy=workspace.policy,
        mark=data.mark if data and simulated else None,
    )


def _plan(plan: Plan) -> ExportedPlan:
    return ExportedPlan(
        plan.code, plan.title, plan.short, plan.number, plan.issuer, str(plan.published), plan.start, plan.end
    )


def _inputs(data: ComputedData | None) -> Iterable[ExportedInput]:
    if data:
        yield ExportedInput("snapshot", data.snapshot.id, "", data.snapshot.id)
        yield ExportedInput("figures", data.result.record.run_id, "", data.result.record.catalogue_key)


def _units(
    workspace: Workspace, rows: Iterable[ExportedRow], data: ComputedData | None, computed: set[str]
) -> tuple[ExportedUnit, ...]:
    """The units of the rows, then those that were computed, in order of code; those above come first."""
    asked = dict.fromkeys(one.unit for one in rows)
    found = [ExportedUnit(code, workspace.content.units[code].name, "", False) for code in asked]
    if data:
        home = workspace.home.unit
        simulated = data.snapshot.simulated
        if home not in asked:
            found.append(ExportedUnit(home, workspace.content.units[home].name, "", False))
        below = sorted(computed - set(asked) - {home})
        found.extend(ExportedUnit(code, data.units[code].name, home, simulated) for code in below)
    return tuple(found)


def _computed(workspace: Workspace, data: ComputedData, plans: Sequence[Plan], as_of: date) -> Iterable[ComputedFigure]:
    """Every year, for the home unit and its districts, of the indicators the plans ask of the whole city."""
    wanted = dict.fromkeys(
        target.indicator for plan in plans for target in plan.targets if target.scope is TargetScope.CITY
    )
    home = workspace.home.unit
    for code in wanted:
        if code not in data.result.figures:
            continue
        indicator = workspace.content.indicators[code]
        kinds = {data.result.compiled.periods[form] for form in _forms(data, code)}
        for year in data.years(as_of):
            period = str(Period(year, *kinds)) if len(kinds) == 1 else str(year)
            units = [unit.code for unit in reporting_districts(data.units, data.result, code, year)]
            for unit in (*((home,) if data.holds(code, home) else ()), *units):
                one = data.value(indicator, unit, year)
                yield _figure(one, code, indicator.label, indicator.unit, period, simulated=data.snapshot.simulated)


def _forms(data: ComputedData, code: str) -> Iterable[str]:
    compiled = data.result.compiled
    return compiled.forms_of(compiled.by_code[code])


def _figure(
    one: DistrictValue, code: str, label: Text, measured: str, period: str, *, simulated: bool
) -> ComputedFigure:
    return ComputedFigure(
        indicator=code,
        label=label,
        unit=one.unit,
        period=period,
        value=one.value,
        unit_of_measure=measured,
        numerator=one.numerator,
        denominator=one.denominator,
        coverage=one.coverage,
        missing=missing_reason(one.missing),
        simulated=simulated,
    )
