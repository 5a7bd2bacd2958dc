"""Medians, quantiles and Gini coefficients: they cannot be merged, so they are taken from the rows of each level.

Rows are first put into an order of their own (group, value, weight), so that the result is the same bit for bit in
whatever order an engine answers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from duibiao.compute.aggregates import RankedValues
from duibiao.compute.catalogue import AggregatePlan, Compiled
from duibiao.compute.figures import Doubles
from duibiao.compute.groups import Membership
from duibiao.metrics.expression import nodes as n


@dataclass(frozen=True, slots=True)
class YearRows:
    """The row columns of one form and year: the leaf of every row (by position) and its doubles, NaN where unknown."""

    form: str
    year: int
    leaves: npt.NDArray[np.int64]
    columns: Mapping[str, Doubles]


def ranked_values(
    compiled: Compiled, years: Sequence[int], groups: Membership, rows: Iterable[YearRows]
) -> RankedValues:
    """Evaluate every aggregate that cannot be merged, for all years and groups."""
    plans = [plan for plan in compiled.plans.values() if plan.rows]
    values = {plan.node: np.full((len(years), len(groups.groups)), np.nan) for plan in plans}
    places = {year: place for place, year in enumerate(years)}
    for part in rows:
        for plan in plans:
            if plan.form == part.form:
                columns = [part.columns[name] for name in plan.rows]
                for layer in groups.layers:
                    _layer(plan, layer[part.leaves], columns, values[plan.node][places[part.year]])
    return RankedValues(values)


def _layer(plan: AggregatePlan, groups: npt.NDArray[np.int64], columns: Sequence[Doubles], into: Doubles) -> None:
    """Fill in the figures of the groups of one layer, which share no row."""
    counts = (groups >= 0) & ~np.isnan(columns[0])
    if len(columns) > 1:
        counts &= ~np.isnan(columns[1])
    if not counts.any():
        return
    group, value = groups[counts], columns[0][counts]
    weight = columns[1][counts] if len(columns) > 1 else np.ones_like(value)
    order = np.lexsort((weight, value, group))
    group, value, weight = group[order], value[order], weight[order]
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    ends = np.r_[starts[1:], len(group)]
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        into[group[start]] = _figure(plan.node, value[start:end], weight[start:end])


def _figure(node: n.Aggregate, value: Doubles, weight: Doubles) -> float:
    if node.function is n.AggregateFunction.GINI:
        return gini(value, weight)
    return quantile(value, 0.5 if node.level is None else float(node.level))


def quantile(ordered: Doubles, level: float) -> float:
    """The quantile of ordered values, linear between two of them (type 7 of Hyndman and Fan 1996, as in SQL)."""
    place = level * (len(ordered) - 1)
    below = int(place)
    low = float(ordered[below])
    if below + 1 >= len(ordered):
        return low
    high = float(ordered[below + 1])
    return low if low == high else low + (high - low) * (place - below)


def gini(ordered: Doubles, weight: Doubles) -> float:
    """Gini coefficient Σ_i Σ_j w_i w_j |x_i - x_j| ÷ (2 W Σ w x), over values in ascending order.

    With F the running sum of the weights this is Σ w_i x_i (2 F_i - w_i - W) ÷ (W Σ w x). NaN where a value or a
    weight is negative or the mean is zero. One unit alone, or equal values, give 0.
    """
    if ordered[0] < 0 or weight.min() < 0:
        return float("nan")
    product = weight * ordered
    whole, total = float(weight.sum()), float(product.sum())
    if total == 0:
        return float("nan")
    if ordered[0] == ordered[-1]:
        return 0.0
    running = np.cumsum(weight)
    return max(float((product * (2.0 * running - weight - whole)).sum()) / (whole * total), 0.0)
