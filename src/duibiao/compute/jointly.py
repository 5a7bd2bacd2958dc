"""Figures over several forms (跨表指标): only the districts that answered every form of an expression take part.

A quotient or a difference of what schools report and what their district reports is of one territory only where both
are known: with the pupils of forty districts over the population of thirty-nine it says what is not. So the states of
the districts that leave a form out are not added; they stay in the total of the coverage. Within a district the forms
are answered by different units and cannot be joined: there the coverage tells.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from duibiao.compute.aggregates import RankedValues, aggregate
from duibiao.compute.catalogue import Compiled, ComputedIndicator
from duibiao.compute.figures import LOW_COVERAGE, Figures, Flags, missing_where
from duibiao.compute.groups import Membership
from duibiao.compute.persons import constant_of
from duibiao.compute.statetable import StateTable, nothing, rolled_up
from duibiao.kernel.period import Period
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.form import Form
from duibiao.metrics.unit import Unit, UnitKind


def answered_together(compiled: Compiled, indicator: ComputedIndicator) -> tuple[n.Aggregate, ...]:
    """The aggregates a district must have answered all of, or it does not take part; none where each stands alone.

    They are those of an expression that sets one form against another by ÷ or −, itself or through the indicators it
    refers to. Sums that are only added (``sum(a) + sum(b)``) stay apart, each over its own units.
    """
    node = indicator.expression.node
    against = (
        one
        for one in node.walk()
        if isinstance(one, n.Arithmetic)
        and one.op in (n.ArithmeticOp.DIVIDE, n.ArithmeticOp.SUBTRACT)
        and constant_of(one.left) is None
        and constant_of(one.right) is None
    )
    if any(len({compiled.plans[read].form for read in _read(compiled, one)}) > 1 for one in against):
        return tuple(dict.fromkeys(_read(compiled, node)))
    return ()


def _read(compiled: Compiled, node: n.ExpressionNode) -> Iterator[n.Aggregate]:
    """The aggregates of an expression and of the indicators it refers to."""
    for one in node.walk():
        if isinstance(one, n.Aggregate):
            yield one
        elif isinstance(one, n.IndicatorRef):
            yield from _read(compiled, compiled.by_code[one.code].expression.node)


@dataclass(frozen=True)
class ReportingFrame:
    """Who has to answer which form (填报范围), by the registry: is a district without a row silent, or not asked?"""

    units: tuple[Unit, ...]

    @cached_property
    def _members(self) -> Mapping[str, list[Unit]]:
        """The units of each leaf group: the nearest unit above a school that is none, every other unit itself."""
        by_code = {unit.code: unit for unit in self.units}
        leaf_of: dict[str, str] = {}
        found: dict[str, list[Unit]] = {}
        for unit in self.units:
            at, way = unit, list[str]()
            while at.kind is UnitKind.SCHOOL and at.code not in leaf_of and at.parent in by_code and at.code not in way:
                way.append(at.code)
                at = by_code[at.parent]
            leaf = leaf_of.get(at.code, at.code)
            leaf_of.update(dict.fromkeys(way, leaf))
            found.setdefault(leaf, []).append(unit)
        return found

    def expects(self, form: Form, leaf: str, year: int) -> bool:
        """Whether some unit of a leaf group has to answer a form for a year."""
        period = Period(year, form.period)
        return any(form.reported_by(unit) and unit.exists_in(period) for unit in self._members.get(leaf, ()))


@dataclass(frozen=True)
class JointStates:
    """The states of the leaf groups, to be added up over some of them (跨表状态); ``left_out`` is filled on the way.

    ``left_out``: indicator → year × leaf, True where a leaf group does not take part because it leaves a form out.
    """

    compiled: Compiled
    states: StateTable
    groups: Membership
    ranked: RankedValues
    frame: ReportingFrame
    left_out: dict[str, Flags] = field(default_factory=dict)

    def kept(
        self, indicator: ComputedIndicator, kept: Mapping[n.Aggregate, Figures]
    ) -> Mapping[n.Aggregate, Figures] | None:
        """The aggregates of an indicator over the leaves that take part; None where all of them do."""
        nodes = answered_together(self.compiled, indicator)
        if not nodes:
            return None
        silent = np.logical_or.reduce([self._silent(node, nodes) for node in nodes])
        if indicator.code in self.compiled.over_time:  # the same districts in every year, or the years do not compare
            silent = np.broadcast_to(silent.any(axis=0), silent.shape)
        if not silent.any():
            self.left_out.pop(indicator.code, None)
            return None
        self.left_out[indicator.code] = silent
        return {**kept, **{node: self._over(node, silent) for node in nodes}}

    def _silent(self, node: n.Aggregate, nodes: tuple[n.Aggregate, ...]) -> Flags:
        """Where a leaf does not answer an aggregate: units are expected and none is known, or none even has a row."""
        plan, columns = self.compiled.plans[node], self.states.columns

        def counted(role: str, of: n.Aggregate = node) -> np.ndarray:
            return columns[self.compiled.plans[of].roles[role].name]

        silent: Flags = (counted("total") > 0) & (counted("known") == 0)
        others = np.logical_or.reduce([counted("rows", one) > 0 for one in nodes])
        absent = (counted("rows") == 0) & others & self.states.present[plan.form][:, None]
        form = self.compiled.reporting[plan.form]
        for year, leaf in zip(*np.nonzero(absent), strict=True):
            silent[year, leaf] = self.frame.expects(form, self.states.leaves[leaf], self.states.years[year])
        return silent

    def _over(self, node: n.Aggregate, silent: Flags) -> Figures:
        """The figures of an aggregate without the states of silent leaves, which stay in the total."""
        plan = self.compiled.plans[node]
        whole = {plan.roles[role].name for role in ("total", "rows")}
        columns = {}
        for column in plan.roles.values():
            numbers = self.states.columns[column.name]
            left = numbers if column.name in whole else np.where(silent, nothing(column, numbers.dtype), numbers)
            columns[column.name] = left
        table = StateTable(self.states.years, self.states.leaves, columns, self.states.present)
        found = aggregate(plan, rolled_up(self.compiled, table, self.groups), self.ranked)
        if not plan.rows:
            return found
        # A median is not taken again over a part of the districts.
        touched = np.array([silent[:, list(group.leaves)].any(axis=1) for group in self.groups.groups]).T
        return missing_where(found, touched & (found.known > 0), LOW_COVERAGE)


Evaluate = Callable[[ComputedIndicator, Mapping[n.Aggregate, Figures], Mapping[str, Figures]], Figures]


def evaluated_apart(joint: JointStates, indicator: ComputedIndicator, kept: Mapping[n.Aggregate, Figures],
                    evaluate: Evaluate) -> Figures | None:  # fmt: skip
    """An indicator over the leaves that answer all its forms, those it refers to likewise; None where all leaves do."""
    own = joint.kept(indicator, kept)
    if own is None:
        return None
    done: dict[str, Figures] = {}
    for one in _with_referred(joint.compiled, indicator):
        done[one.code] = evaluate(one, own, done)
    return done[indicator.code]


def _with_referred(compiled: Compiled, indicator: ComputedIndicator) -> Iterator[ComputedIndicator]:
    """The indicators one refers to, each after its own, and itself last; some may come twice."""
    for code in indicator.expression.indicators:
        yield from _with_referred(compiled, compiled.by_code[code])
    yield indicator
