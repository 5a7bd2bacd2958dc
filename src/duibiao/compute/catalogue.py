"""All indicators compiled together: which states of which form are needed, once each, and what is made of them."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from duibiao.compute.rowsql import RowSql, bits_of
from duibiao.compute.states import RowColumn, State, StateColumn, StateKind, named
from duibiao.kernel.period import PeriodKind
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.quick import seldom_searched
from duibiao.metrics.element import DataElement
from duibiao.metrics.expression import Scope, TypedExpression, measure_of, written
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression.checking import form_of
from duibiao.metrics.expression.measure import Measure
from duibiao.metrics.expression.stages import StageSplit
from duibiao.metrics.form import Form
from duibiao.metrics.indicator import Indicator


@dataclass(frozen=True, slots=True)
class ComputedIndicator:
    """An indicator as the engine needs it: its checked expression and the rules of its publication.

    ``min_coverage``: share of the expected units that must be known, or the value is withheld.
    ``suppress_below``: counts of persons from 1 up to below this number are withheld (小数保护).
    ``breaks``: first years of a changed definition; no change, growth or sum may cross one.
    """

    code: str
    expression: TypedExpression
    definition_version: str = "1"
    min_coverage: Decimal | None = None
    suppress_below: int | None = None
    breaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AggregatePlan:
    """How one aggregate is read from states: their names by role, and which of them count persons.

    Roles: ``top`` and ``bottom`` of a quotient, ``squares``, ``entropy``, ``negative``, ``extreme``, ``known`` (units
    that count) and ``total`` (units expected). ``rows`` names row columns where the aggregate cannot be merged.
    """

    node: n.Aggregate
    form: str
    roles: Mapping[str, StateColumn]
    persons: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormStates:
    """Everything that is read from one form: its states and, where needed, its row columns."""

    form: str
    columns: tuple[StateColumn, ...]
    rows: tuple[RowColumn, ...]
    elements: tuple[str, ...]
    """Codes of the elements that are read, in the order of the form."""


@dataclass(frozen=True)
class Compiled:
    """A catalogue of indicators, compiled. ``key`` is the hash of everything that determines the figures."""

    indicators: tuple[ComputedIndicator, ...]
    forms: Mapping[str, FormStates]
    plans: Mapping[n.Aggregate, AggregatePlan]
    elements: Mapping[str, DataElement]
    periods: Mapping[str, PeriodKind]
    reporting: Mapping[str, Form]
    """The forms that are read: who answers them."""
    split: StageSplit | None
    dialect: str
    key: str

    @cached_property
    def by_code(self) -> Mapping[str, ComputedIndicator]:
        """The indicators by code."""
        return {indicator.code: indicator for indicator in self.indicators}

    @cached_property
    def order(self) -> tuple[ComputedIndicator, ...]:
        """The indicators, each after those it refers to."""
        return _in_order(self.indicators)

    @cached_property
    def aggregates_of(self) -> Mapping[str, tuple[n.Aggregate, ...]]:
        """The aggregates each indicator reads itself, by its code."""
        return {
            one.code: tuple(node for node in one.expression.node.walk() if isinstance(node, n.Aggregate))
            for one in self.indicators
        }

    @cached_property
    def over_time(self) -> frozenset[str]:
        """Codes of the indicators that look at other years, by themselves or by one they refer to."""
        found: set[str] = set()
        for one in self.order:
            own = any(isinstance(node, n.OVER_TIME) for node in one.expression.node.walk())
            if own or not found.isdisjoint(one.expression.indicators):
                found.add(one.code)
        return frozenset(found)

    def referred(self, codes: Collection[str]) -> tuple[str, ...]:
        """Some indicators with all they refer to, each after those, by their codes."""
        found = set(codes)
        for one in reversed(self.order):
            if one.code in found:
                found.update(one.expression.indicators)
        return tuple(one.code for one in self.order if one.code in found)

    def forms_of(self, indicator: ComputedIndicator) -> tuple[str, ...]:
        """The forms an indicator rests on, those of the indicators it refers to included."""
        found = dict.fromkeys(indicator.expression.forms)
        for code in indicator.expression.indicators:
            found.update(dict.fromkeys(self.forms_of(self.by_code[code])))
        return tuple(found)

    def rows(self, wide: bool = False) -> RowSql:
        """A writer of row expressions for this catalogue."""
        return RowSql(self.elements, self.split, wide)


def computed_indicators(
    indicators: Mapping[str, Indicator], formulas: Mapping[str, TypedExpression]
) -> tuple[ComputedIndicator, ...]:
    """The indicators of loaded packs that have a checked expression (``metrics.formulas.check_formulas``)."""
    return tuple(
        ComputedIndicator(
            code=code,
            expression=formula,
            definition_version=indicators[code].definition_version,
            min_coverage=indicators[code].min_coverage,
            suppress_below=indicators[code].suppress_below,
            breaks=tuple(one.year for one in indicators[code].breaks),
        )
        for code, formula in formulas.items()
    )


@seldom_searched()
def compile_catalogue(
    indicators: Iterable[ComputedIndicator],
    elements: Mapping[str, DataElement],
    forms: Mapping[str, Form],
    stage_split: StageSplit | None = None,
    dialect: str = "duckdb",
) -> Compiled:
    """Compile indicators into deduplicated states per form and finals over states.

    ``dialect`` is the SQL the engine speaks: duckdb, postgres or spark; Polars does not look at it. Raises UserError
    (COMPUTE-CYCLE, COMPUTE-REFERENCE, COMPUTE-STAGE) when indicators refer to each other in a circle, to one that
    is not computed, or split by a stage that has no weight.
    """
    wanted = tuple(indicators)
    _check(wanted, stage_split)
    _in_order(wanted)
    planner = _Planner(elements, forms, stage_split)
    for indicator in wanted:
        for node in indicator.expression.node.walk():
            if isinstance(node, n.Aggregate):
                planner.plan(node)
    read = planner.forms_read()
    return Compiled(
        indicators=wanted,
        forms=read,
        plans=planner.plans,
        elements=planner.elements,
        periods={code: form.period for code, form in forms.items()},
        reporting={code: forms[code] for code in read},
        split=stage_split,
        dialect=dialect,
        key=_key(wanted, planner, read, stage_split),
    )


def _check(indicators: Sequence[ComputedIndicator], split: StageSplit | None) -> None:
    codes = {indicator.code for indicator in indicators}
    weighted = () if split is None else split.stages
    problems = []
    for one in indicators:
        here = Where("indicators.yaml", field=one.code)
        absent = [code for code in one.expression.indicators if code not in codes]
        shares = [node for node in one.expression.node.walk() if isinstance(node, n.StageShare)]
        problems += [problem("COMPUTE-REFERENCE", here, name=one.code, other=code) for code in absent]
        stages = {node.stage for node in shares} - set(weighted)
        problems += [problem("COMPUTE-STAGE", here, name=one.code, stage=stage) for stage in sorted(stages)]
    if problems:
        raise UserError(problems)


def _in_order(indicators: Sequence[ComputedIndicator]) -> tuple[ComputedIndicator, ...]:
    """Each indicator after those it refers to, without recursion: a chain may be as long as the catalogue."""
    by_code = {indicator.code: indicator for indicator in indicators}
    placed: dict[str, ComputedIndicator] = {}
    waiting = list(indicators)
    while waiting:
        ready = [one for one in waiting if all(code in placed for code in one.expression.indicators)]
        if not ready:
            names = "、".join(sorted(one.code for one in waiting))
            raise UserError([problem("COMPUTE-CYCLE", Where("indicators.yaml"), names=names)])
        placed.update((one.code, one) for one in ready)
        waiting = [one for one in waiting if one.code not in placed]
    return tuple(placed[code] for code in placed if code in by_code)


_RANKED = (n.AggregateFunction.MEDIAN, n.AggregateFunction.QUANTILE, n.AggregateFunction.GINI)
_PERSON = Measure.of("人")


class _Planner:
    """Collects the states of all aggregates; equal states are kept once."""

    def __init__(
        self, elements: Mapping[str, DataElement], forms: Mapping[str, Form], split: StageSplit | None
    ) -> None:
        self.elements, self.forms, self.split = elements, forms, split
        self.scope = Scope(elements, forms, split=split)
        self.sql = RowSql(elements, split)
        self.plans: dict[n.Aggregate, AggregatePlan] = {}
        self.states: dict[State, StateColumn] = {}
        self.rows: dict[RowColumn, RowColumn] = {}

    def plan(self, node: n.Aggregate) -> None:
        if node in self.plans:
            return
        form = form_of(node, self.scope)
        beside, where = self._counted(node)
        plan = _Roles(self, form, beside, where, node)
        self.plans[node] = plan.made()

    def _counted(self, node: n.Aggregate) -> tuple[frozenset[n.ExpressionNode], n.ExpressionNode | None]:
        """What must be known beside the condition, and the condition itself."""
        where = node.where
        if node.function in (n.AggregateFunction.COUNT, n.AggregateFunction.SHARE):
            return frozenset(), where
        if node.function is n.AggregateFunction.DIFFERENCE_COEFFICIENT:
            # A school without pupils has no figure per pupil: it is not meant, and not missing either.
            taught = n.Comparison(n.ComparisonOp.MORE, node.arguments[1], n.Number(Decimal(0)))
            where = taught if where is None else n.Logic(n.LogicOp.AND, where, taught)
        weight = () if node.weight is None else (node.weight,)
        return frozenset((*node.arguments, *weight)), where

    def state(self, state: State) -> StateColumn:
        found = self.states.get(state)
        if found is None:
            found = self.states[state] = named(f"s{len(self.states)}", state, self.sql)
        return found

    def row(
        self, form: str, argument: n.ExpressionNode, beside: frozenset[n.ExpressionNode], where: n.ExpressionNode | None
    ) -> str:
        wanted = RowColumn("", form, argument, beside, where)
        found = self.rows.setdefault(wanted, RowColumn(f"x{len(self.rows)}", form, argument, beside, where))
        return found.name

    def forms_read(self) -> dict[str, FormStates]:
        found = {}
        plans: dict[str, list[AggregatePlan]] = {}
        for plan in self.plans.values():
            plans.setdefault(plan.form, []).append(plan)
        for code, own in plans.items():
            read = {name for plan in own for name in self.scope.read_by(plan.node)}
            found[code] = FormStates(
                form=code,
                columns=tuple(column for column in self.states.values() if column.state.form == code),
                rows=tuple(row for row in self.rows.values() if row.form == code),
                elements=tuple(name for name in self.forms[code].columns if name in read),
            )
        return found

    def is_of_persons(self, node: n.ExpressionNode) -> bool:
        return measure_of(node, self.scope).fits(_PERSON)


class _Roles:
    """The states of one aggregate, by role."""

    def __init__(
        self,
        planner: _Planner,
        form: str,
        beside: frozenset[n.ExpressionNode],
        where: n.ExpressionNode | None,
        node: n.Aggregate,
    ) -> None:
        self.planner, self.form, self.beside, self.where, self.node = planner, form, beside, where, node

    def state(self, kind: StateKind, *arguments: n.ExpressionNode) -> StateColumn:
        return self.planner.state(State(kind, self.form, arguments, self.beside, self.where))

    def made(self) -> AggregatePlan:
        node, function = self.node, n.AggregateFunction
        roles: dict[str, StateColumn] = {"rows": self.planner.state(State(StateKind.SCOPE, self.form))}
        roles["total"] = self.planner.state(State(StateKind.SCOPE, self.form, where=self.where))
        if node.function in (function.COUNT, function.SHARE):
            roles["known"] = self.state(StateKind.DECIDED, *node.arguments)
            roles["top"] = self.state(StateKind.MET, *node.arguments)
            return AggregatePlan(node, self.form, roles)
        roles["known"] = self.state(StateKind.KNOWN)
        persons = self._more(node, roles)
        rows: tuple[str, ...] = ()
        if node.function in _RANKED:
            wanted = [*node.arguments, *([] if node.weight is None else [node.weight])]
            rows = tuple(self.planner.row(self.form, one, self.beside, self.where) for one in wanted)
        return AggregatePlan(node, self.form, roles, persons, rows)

    def _more(self, node: n.Aggregate, roles: dict[str, StateColumn]) -> tuple[str, ...]:
        """Add the sums and extremes; answer the roles that count persons."""
        function, value = n.AggregateFunction, node.arguments[0]
        weighted = (value,) if node.weight is None else (value, node.weight)
        match node.function:
            case function.MIN:
                roles["extreme"] = self.state(StateKind.MINIMUM, value)
            case function.MAX:
                roles["extreme"] = self.state(StateKind.MAXIMUM, value)
            case function.DIFFERENCE_COEFFICIENT:
                roles["squares"] = self.state(StateKind.SQUARES, *node.arguments)
            case function.THEIL:
                roles["entropy"] = self.state(StateKind.ENTROPY, *weighted)
                roles["negative"] = self.state(StateKind.NEGATIVE, *weighted)
        summed = _summed(node)
        roles |= {role: self.state(StateKind.SUM, of) for role, of in summed.items()}
        persons = [role for role, of in summed.items() if self.planner.is_of_persons(of)]
        ranked = (function.MIN, function.MAX, function.MEDIAN, function.QUANTILE)
        if node.function in ranked and self.planner.is_of_persons(value):
            persons.append("value")
        return tuple(persons)


def _summed(node: n.Aggregate) -> dict[str, n.ExpressionNode]:
    """The row expressions whose sums an aggregate needs, by role."""
    function, value = n.AggregateFunction, node.arguments[0]
    match node.function:
        case function.SUM:
            return {"top": value}
        case function.RATIO | function.DIFFERENCE_COEFFICIENT:
            return {"top": value, "bottom": node.arguments[1]}
        case function.MEAN | function.THEIL if node.weight is not None:
            return {"top": n.Arithmetic(n.ArithmeticOp.MULTIPLY, value, node.weight), "bottom": node.weight}
        case function.MEAN | function.THEIL:
            return {"top": value}
        case function.GINI if node.weight is not None:
            return {"bottom": node.weight}
    return {}


MEANING = 3
"""Raised when the program takes an expression or the rule for small counts otherwise than before: what was computed
with the older meaning must not be shown for the same. 2: small counts are protected in sums of several figures. 3: over
several forms only districts take part that answered all of them."""


def _key(
    indicators: Sequence[ComputedIndicator],
    planner: _Planner,
    read: Mapping[str, FormStates],
    split: StageSplit | None,
) -> str:
    """Hash of what determines the figures: expressions, rules, scales, forms and weights; not the place of anything."""
    used = sorted({code for form in read.values() for code in form.elements})
    facts = {
        "meaning": MEANING,
        "indicators": [
            [one.code, written(one.expression.node), one.definition_version, str(one.min_coverage),
             one.suppress_below, list(one.breaks)]
            for one in indicators
        ],
        "elements": [
            [code, planner.elements[code].decimals, planner.elements[code].type, bits_of(planner.elements[code])]
            for code in used
        ],
        "forms": [
            [form, planner.forms[form].period, planner.forms[form].reporter, list(planner.forms[form].school_kinds)]
            for form in read
        ],
        "split": None if split is None else [
            [[stage, str(weight), split.pupils.get(stage)] for stage, weight in split.weights.items()],
            [[prefix, list(stages)] for prefix, stages in split.kinds.items()],
        ],
    }  # fmt: skip
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]
