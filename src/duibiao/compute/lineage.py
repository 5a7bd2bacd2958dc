"""From a figure down to what it was made of: aggregates, states of the districts, schools, cells of their returns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from duibiao.compute.catalogue import AggregatePlan, Compiled
from duibiao.compute.engine import Selection, StatesEngine, Tables
from duibiao.compute.polars_rows import PolarsRows
from duibiao.compute.result import ComputedValue, Result, RunRecord
from duibiao.compute.sqltext import GroupBy
from duibiao.compute.statetable import StateTable
from duibiao.kernel.value import MissingReason
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression import written

Amounts = Mapping[str, Decimal]
"""Exact amounts of states by role: ``top`` and ``bottom`` of a quotient, ``known`` and ``total`` units, …"""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one reporting unit gave to an aggregate (单位贡献).

    ``amounts`` are its own states; ``missing`` says why it does not count: not_reported where a value it should have
    reported is missing, not_applicable where the condition leaves it out, low_coverage where the whole district takes
    no part because another form of the figure is not answered there. ``cells`` are the stored values of the
    elements that were read, in the unit of the element, None where there is none. ``values`` are what the arguments and
    the weight of the aggregate come to for the unit, by their text: a number, yes or no, None where it has none.
    """

    unit: str
    district: str
    amounts: Amounts
    missing: MissingReason | None
    cells: Mapping[str, Decimal | None]
    values: Mapping[str, float | bool | None]


@dataclass(frozen=True, slots=True)
class AggregateTrace:
    """One aggregate of one year (汇总溯源): its text, the form it reads, and its exact states at every step down.

    ``left_out``: the leaf groups that take no part, since another form of the figure is not answered there; only the
    total of ``amounts`` counts them.
    """

    node: n.Aggregate
    text: str
    form: str
    year: int
    elements: tuple[str, ...]
    amounts: Amounts
    leaves: Mapping[str, Amounts]
    units: tuple[Contribution, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureTrace:
    """A figure and all it rests on (数值溯源).

    ``referred`` are the indicators its expression names, for the same unit and year.

    A figure that is withheld to protect persons is not traced further: ``aggregates`` is empty.
    """

    figure: ComputedValue
    expression: str
    definition_version: str
    record: RunRecord
    aggregates: tuple[AggregateTrace, ...]
    referred: tuple["FigureTrace", ...]


def trace(engine: StatesEngine, result: Result, tables: Tables, indicator: str, unit: str, year: int) -> FigureTrace:
    """Follow one figure of a result down to the cells of the returns.

    ``tables`` are the tables the result was computed from. Raises KeyError for an indicator, unit or year the result
    does not hold, ValueError for a result without states. What is traced shows single schools and their cells: it is
    for those who may see the returns themselves, and is not published.
    """
    figure = result.cell(indicator, unit, year)
    if result.states is None:
        raise ValueError(f"the engine {result.record.engine} keeps no states to trace")
    compiled = result.compiled
    own = compiled.by_code[indicator]
    withheld = figure.missing is MissingReason.SUPPRESSED
    places = () if withheld else dict.fromkeys(_read(own.expression.node, year))
    group = next(one for one in result.groups.groups if one.code == unit)
    leaves = [result.groups.leaves[place] for place in group.leaves]
    left_out = _left_out(result, indicator, year, leaves)
    return FigureTrace(
        figure=figure,
        expression=written(own.expression.node),
        definition_version=own.definition_version,
        record=result.record,
        aggregates=tuple(
            _traced(engine, result, result.states, tables, compiled.plans[node], when, (leaves, left_out))
            for node, when in places
        ),
        referred=tuple(trace(engine, result, tables, code, unit, year) for code in own.expression.indicators),
    )


def _read(node: n.ExpressionNode, year: int) -> Iterator[tuple[n.Aggregate, int]]:
    """The aggregates a figure of a year reads, with their years."""
    match node:
        case n.Aggregate():
            yield node, year
        case n.Lag(operand=operand, years=years):
            yield from _read(operand, year - years)
        case n.Change(operand=operand) | n.Growth(operand=operand):
            yield from _read(operand, year)
            yield from _read(operand, year - 1)
        case n.Cumulative(operand=operand, first_year=first):
            for one in range(first, year + 1):
                yield from _read(operand, one)
        case _:
            for child in node.children():
                yield from _read(child, year)


def _left_out(result: Result, indicator: str, year: int, leaves: Sequence[str]) -> tuple[str, ...]:
    """The leaves that take no part in a figure of a year."""
    out = result.left_out.get(indicator)
    if out is None or year not in result.years:
        return ()
    here = out[result.years.index(year)]
    return tuple(leaf for leaf in leaves if here[result.groups.leaves.index(leaf)])


def _traced(
    engine: StatesEngine,
    result: Result,
    states: StateTable,
    tables: Tables,
    plan: AggregatePlan,
    year: int,
    among: tuple[list[str], tuple[str, ...]],
) -> AggregateTrace:
    """Trace one aggregate of a year. ``among``: the leaves of the group, and which of them take no part."""
    compiled, (leaves, left_out) = result.compiled, among
    by_leaf = {leaf: _amounts(plan, states, year, leaf) for leaf in leaves if leaf in states.leaves}
    read = {node.code for node in plan.node.walk() if isinstance(node, n.ElementRef)}
    elements = tuple(code for code in compiled.forms[plan.form].elements if code in read)
    contributions: tuple[Contribution, ...] = ()
    if (plan.form, year) in tables:
        one = {(plan.form, year): tables[plan.form, year]}
        found = engine.states(compiled, one, Selection(districts=tuple(leaves)), GroupBy.UNIT)
        given = _contributions(compiled, plan, found, one, year, elements, leaves)
        contributions = tuple(
            replace(unit, missing=unit.missing or MissingReason.LOW_COVERAGE) if unit.district in left_out else unit
            for unit in given
        )
    amounts = _added(plan, {leaf: own for leaf, own in by_leaf.items() if leaf not in left_out})
    if left_out:
        amounts |= {role: _added(plan, by_leaf)[role] for role in ("rows", "total") if role in plan.roles}
    return AggregateTrace(
        node=plan.node,
        text=written(plan.node),
        form=plan.form,
        year=year,
        elements=elements,
        amounts=amounts,
        leaves=by_leaf,
        units=contributions,
        left_out=left_out,
    )


def _amounts(plan: AggregatePlan, states: StateTable, year: int, leaf: str) -> dict[str, Decimal]:
    if year not in states.years:
        return {}
    at = (states.years.index(year), states.leaves.index(leaf))
    found = {}
    for role, column in plan.roles.items():
        if role == "extreme" and int(states.columns[plan.roles["known"].name][at]) == 0:
            continue
        number = states.columns[column.name][at]
        exact = Decimal(repr(float(number))) if column.is_double else Decimal(int(number)).scaleb(-column.tens)
        found[role] = exact
    return found


def _added(plan: AggregatePlan, leaves: Mapping[str, Amounts]) -> dict[str, Decimal]:
    """The states of the group: the sums of those of its leaves, the extreme of their extremes."""
    found: dict[str, Decimal] = {}
    for amounts in leaves.values():
        for role, amount in amounts.items():
            if role not in found:
                found[role] = amount
            elif role == "extreme":
                lower = plan.node.function is n.AggregateFunction.MIN
                found[role] = min(found[role], amount) if lower else max(found[role], amount)
            else:
                found[role] += amount
    return found


def _contributions(
    compiled: Compiled,
    plan: AggregatePlan,
    states: StateTable,
    tables: Tables,
    year: int,
    elements: tuple[str, ...],
    leaves: list[str],
) -> Iterator[Contribution]:
    rows = pq.read_table(tables[plan.form, year])
    inside: npt.NDArray[np.bool_] = np.asarray(pc.is_in(rows["district"].cast(pa.string()), pa.array(leaves)))
    own = rows.filter(pa.array(inside))
    for code in elements:
        if code not in own.column_names:  # the form began to ask it later
            own = own.append_column(code, pa.nulls(own.num_rows, pa.int64()))
    for row, values in zip(own.to_pylist(), _values(compiled, plan.node, own), strict=True):
        amounts = _amounts(plan, states, year, str(row["unit"]))
        yield Contribution(
            unit=str(row["unit"]),
            district=str(row["district"]),
            amounts=amounts,
            missing=_why(amounts),
            cells={code: _cell(compiled, code, row) for code in elements},
            values=values,
        )


def _values(compiled: Compiled, node: n.Aggregate, table: pa.Table) -> list[dict[str, float | bool | None]]:
    """What the arguments and the weight of an aggregate come to on each row, by the second implementation."""
    read = [code for code in compiled.elements if code in table.column_names]
    largest = {code: max((abs(one) for one in table[code].to_pylist() if one is not None), default=0) for code in read}
    rows = PolarsRows(compiled.elements, largest, compiled.split)
    conditional = node.function in (n.AggregateFunction.COUNT, n.AggregateFunction.SHARE)
    wanted = [*node.arguments, *([] if node.weight is None else [node.weight])]
    found = [
        (rows.condition(one) if conditional else rows.number(one).double).alias(written(one))
        for one in dict.fromkeys(wanted)
    ]
    # a constant is one value, wanted once a row
    frame = pl.from_arrow(table)
    answered: list[dict[str, float | bool | None]] = pl.DataFrame(frame).with_columns(found).select(
        [written(one) for one in dict.fromkeys(wanted)]
    ).to_dicts()  # fmt: skip
    return answered


def _why(amounts: Amounts) -> MissingReason | None:
    if amounts["known"]:
        return None
    return MissingReason.NOT_REPORTED if amounts["total"] else MissingReason.NOT_APPLICABLE


def _cell(compiled: Compiled, code: str, row: Mapping[str, Any]) -> Decimal | None:
    stored = row.get(code)
    return None if stored is None else compiled.elements[code].amount(int(stored))
