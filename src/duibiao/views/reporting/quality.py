"""Quality of what was reported, unit by unit: what is missing, late, unusual, in conflict; and the burden of asking."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from duibiao.intake.conflicts import Conflict, find_conflicts, official
from duibiao.intake.standing import MISSING, look_through
from duibiao.kernel.period import Period
from duibiao.kernel.text import Text
from duibiao.kernel.value import plain
from duibiao.metrics.burden import Burden
from duibiao.metrics.expression import nodes
from duibiao.metrics.form import Form
from duibiao.metrics.observation import BOUND_WORDS, Observation
from duibiao.store.workflow import WRITABLE
from duibiao.views.computed import ComputedData
from duibiao.views.reporting.figure_conflicts import FigureConflict, figure_conflicts
from duibiao.views.reporting.scope import ReportingScope
from duibiao.views.words import DASH, amount_words
from duibiao.workspace import Workspace


@dataclass(frozen=True, slots=True)
class UnitQuality:
    """The quality of one unit's returns, or of all below it (单位数据质量).

    ``expected`` returns were asked for, ``received`` have left the reporting unit. ``missing``: never handed in,
    ``overdue``: still with the unit after the deadline, ``returned``: sent back. ``cells`` are asked in what was
    saved, ``known`` of them have a value, ``explained`` a reason. ``errors`` and ``questions``: what the checks find in
    the saved rows. ``conflicts``: official figures that differ.
    """

    unit: str
    name: str
    expected: int
    received: int
    missing: int
    overdue: int
    returned: int
    cells: int
    known: int
    explained: int
    errors: int
    questions: int
    conflicts: int

    @property
    def completeness(self) -> Decimal | None:
        """The share of asked cells with a value or a reason; None where nothing was saved."""
        return Decimal(self.known + self.explained) / self.cells if self.cells else None


@dataclass(frozen=True, slots=True)
class QualityPage:
    """Quality of a year's returns (数据质量), by the units directly below the one that is looked at."""

    title: Text
    mark: Text | None
    sentence: Text
    unit: str
    unit_name: str
    year: int
    years: tuple[int, ...]
    above: str
    rows: tuple[UnitQuality, ...]


@dataclass(frozen=True, slots=True)
class ConflictView:
    """An official figure and the sum of what was reported that differ (口径冲突条目); the official one stands."""

    unit: str
    unit_name: str
    label: Text
    period: str
    official: str
    reported: str
    gap: str
    share: str
    coverage: str
    source: Text
    published: str


@dataclass(frozen=True, slots=True)
class ConflictsPage:
    """Official statistics against what was reported (口径冲突): both are shown."""

    title: Text
    mark: Text | None
    sentence: Text
    compared: int
    conflicts: tuple[ConflictView, ...]
    figures: tuple[FigureConflict, ...] = ()


@dataclass(frozen=True, slots=True)
class BurdenRow:
    """A line of the burden ledger (负担台账条目)."""

    code: str
    label: Text
    forms: tuple[Text, ...]
    asked: int
    required: int
    reused: int
    unused: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class BurdenPage:
    """What is asked of whom (负担台账页)."""

    title: Text
    sentence: Text
    by_form: tuple[BurdenRow, ...]
    by_kind: tuple[BurdenRow, ...]


def quality_page(scope: ReportingScope, unit: str = "", year: int = 0) -> QualityPage:
    """The quality of every unit directly below ``unit`` (the visitor's own where none is named), for a year.

    Raises LookupError for a unit outside the visitor's.
    """
    top = unit or scope.actors[0].unit
    if scope.actor(top) is None:
        raise LookupError(top)
    rounds = scope.rounds()
    years = tuple(sorted({period.year for _, period in rounds}, reverse=True))
    chosen = year if year in years else years[0] if years else scope.day.year
    children = [one.code for one in scope.tree.children(top)]
    home = {one: child for child in children for one in scope.tree.under(child)}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for form, period in rounds:
        if period.year == chosen:
            _count(scope, form, period, top, home, counts)
    for conflict in _conflicts(scope):
        if conflict.period.year == chosen and scope.tree.covers(top, conflict.unit):
            counts[home.get(conflict.unit, conflict.unit)]["conflicts"] += 1
    rows = tuple(_quality(scope, code, counts[code]) for code in (top, *children) if counts[code]["expected"])
    expected, received = (sum(getattr(row, name) for row in rows) for name in ("expected", "received"))
    late, asked = sum(row.overdue for row in rows), sum(row.questions for row in rows)
    above = scope.tree[top].parent
    return QualityPage(
        title=Text("数据质量", "Quality"),
        mark=scope.mark,
        sentence=Text(
            f"{chosen}年应报{expected}份，已交{received}份，逾期{late}份；校验疑问{asked}处。",
            f"{chosen}: {expected} returns expected, {received} handed in, {late} overdue; {asked} questions.",
        ),
        unit=top,
        unit_name=scope.name(top),
        year=chosen,
        years=years,
        above=above if scope.actor(above) else "",
        rows=rows,
    )


def conflicts_page(scope: ReportingScope, data: ComputedData | None = None) -> ConflictsPage:
    """Official statistics that differ from the sum of the published returns of the visitor's units.

    ``data``: the computed figures of the snapshot in force, to hold published values against.
    """
    figures = figure_conflicts(scope, data)
    differ = sum(one.differs for one in figures)
    content = scope.workspace.content
    found = [one for one in _conflicts(scope) if scope.actor(one.unit)]
    compared = sum(one.indicator in summed_elements(scope.workspace) for one in _official(scope.workspace))
    return ConflictsPage(
        title=Text("口径冲突", "Conflicts"),
        mark=scope.mark,
        sentence=Text(
            f"{compared}个官方统计数可与填报汇总比较，{len(found)}个不一致；{len(figures)}个公布值可与计算指标比较，{differ}个不一致。"
            "两个数都列出，以官方统计为准（教育部令第44号第二十八条）。",
            f"{compared} official figures can be held against what was reported, {len(found)} differ; {len(figures)} "
            f"published values can be held against computed figures, {differ} differ. Both are shown, "
            "the official one stands (Order 44 of the Ministry of Education, art. 28).",
        ),
        compared=compared,
        conflicts=tuple(
            ConflictView(
                unit=one.unit,
                unit_name=scope.name(one.unit),
                label=content.elements[one.element].label,
                period=str(one.period),
                official=BOUND_WORDS[one.bound].zh + amount_words(one.official, content.elements[one.element].unit),
                reported=amount_words(one.reported, content.elements[one.element].unit),
                gap=f"{plain(one.gap):+f}",
                share=DASH if one.share is None else f"{one.share * 100:+.1f}%",
                coverage=str(one.coverage),
                source=content.sources[one.observation.source].title,
                published=str(one.observation.published),
            )
            for one in found
        ),
        figures=figures,
    )


def burden_page(workspace: Workspace) -> BurdenPage:
    """What the forms ask of every kind of unit, and what of it nobody uses."""
    ledger = workspace.burden()
    unused = sum(len(one.unused) for one in ledger.by_form)
    return BurdenPage(
        title=Text("负担台账", "Burden ledger"),
        sentence=Text(
            f"共采集{ledger.asked}个数据元，一数一源，没有重复；{unused}个没有指标或校验用到。",
            f"{ledger.asked} elements are asked, each once; {unused} of them are used by nothing.",
        ),
        by_form=tuple(_burden(workspace, one) for one in ledger.by_form),
        by_kind=tuple(_burden(workspace, one) for one in ledger.by_kind),
    )


def burden_rows(page: BurdenPage) -> Iterable[Mapping[str, str]]:
    """The ledger as rows of a table."""
    for scope, rows in (("form", page.by_form), ("kind", page.by_kind)):
        for one in rows:
            yield {
                "scope": scope,
                "code": one.code,
                "label_zh": one.label.zh,
                "label_en": one.label.en,
                "asked": str(one.asked),
                "required": str(one.required),
                "reused": str(one.reused),
                "unused": "、".join(label.zh for label in one.unused),
            }


def quality_rows(page: QualityPage) -> Iterable[Mapping[str, str]]:
    """The quality of every unit as rows of a table."""
    for one in page.rows:
        share = one.completeness
        yield {
            "unit": one.unit,
            "name": one.name,
            "expected": str(one.expected),
            "received": str(one.received),
            "missing": str(one.missing),
            "overdue": str(one.overdue),
            "returned": str(one.returned),
            "completeness_percent": "" if share is None else f"{share * 100:.1f}",
            "errors": str(one.errors),
            "questions": str(one.questions),
            "conflicts": str(one.conflicts),
        }


def summed_elements(workspace: Workspace) -> dict[str, str]:
    """Indicator → element, for the indicators that are nothing but the sum of one element."""
    found = {}
    for code, formula in workspace.content.formulas.items():
        node = formula.node
        if (
            isinstance(node, nodes.Aggregate)
            and node.function is nodes.AggregateFunction.SUM
            and len(node.arguments) == 1
            and isinstance(node.arguments[0], nodes.ElementRef)
            and node.where is None
        ):
            found[code] = node.arguments[0].code
    return found


def _official(workspace: Workspace) -> list[Observation]:
    content = workspace.content
    return official(content.observations, content.sources)


def _conflicts(scope: ReportingScope) -> list[Conflict]:
    """Official figures against the tables of the snapshot in force, form by form and year by year."""
    snapshot = scope.snapshot
    if snapshot is None:
        return []
    content, summed = scope.workspace.content, summed_elements(scope.workspace)
    asking = {element: form for form in content.forms.values() for element in form.asked}
    wanted: dict[tuple[str, Period], list[Observation]] = defaultdict(list)
    for one in _official(scope.workspace):
        form = asking.get(summed.get(one.indicator, ""))
        if form is not None and one.period.year in snapshot.years(form.code):
            wanted[form.code, Period(one.period.year, form.period)].append(one)
    found: list[Conflict] = []
    for (code, period), observations in sorted(wanted.items(), key=lambda item: str(item[0])):
        rows = pl.DataFrame(pl.from_arrow(snapshot.table(code, period.year)))
        found += find_conflicts(observations, rows, summed, content.elements, scope.tree, period)
    return found


def _count(
    scope: ReportingScope,
    form: Form,
    period: Period,
    top: str,
    home: Mapping[str, str],
    counts: dict[str, Counter[str]],
) -> None:
    states = scope.states(form.code, period, top)
    if not states:
        return
    for state in states:
        count = counts[home.get(state.unit, state.unit)]
        is_open = state.status in WRITABLE
        count["expected"] += 1
        count["received"] += not is_open
        count["missing"] += is_open and state.revision == 0
        count["overdue"] += state.overdue(scope.day)
        count["returned"] += state.status.value == "returned"
    plan = scope.plan(form.code, period)
    rows, notes = scope.rows(plan, top), scope.notes(plan, top)
    known = rows.select("unit", pl.sum_horizontal(pl.col(code).is_not_null() for code in form.asked).alias("known"))
    for unit, cells in known.iter_rows():
        count = counts[home.get(unit, unit)]
        kind = scope.tree[unit].school_kind if unit in scope.tree else ""
        count["cells"] += len(form.asked) - len(plan.applicability.outside(form.asked, kind))
        count["known"] += cells
        count["explained"] += len({one.element for one in notes.get(unit, ()) if one.flag.startswith(MISSING)})
    for one in look_through(scope.store, plan, rows, notes).problems:
        if one.unit in home or one.unit == top:
            counts[home.get(one.unit, one.unit)][f"{one.level.value}s"] += 1


def _quality(scope: ReportingScope, unit: str, count: Mapping[str, int]) -> UnitQuality:
    return UnitQuality(
        unit=unit,
        name=scope.name(unit),
        expected=count["expected"],
        received=count["received"],
        missing=count["missing"],
        overdue=count["overdue"],
        returned=count["returned"],
        cells=count["cells"],
        known=count["known"],
        explained=count["explained"],
        errors=count["errors"],
        questions=count["questions"],
        conflicts=count["conflicts"],
    )


def _burden(workspace: Workspace, one: Burden) -> BurdenRow:
    content = workspace.content
    return BurdenRow(
        code=one.code,
        label=one.label,
        forms=tuple(content.forms[code].label for code in one.forms),
        asked=one.asked,
        required=one.required,
        reused=one.reused,
        unused=tuple(content.elements[code].label for code in one.unused),
    )
