"""A change in one district recomputes that district: its rows are read again, everything else is kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from duibiao.compute.aggregates import RankedValues, aggregates
from duibiao.compute.catalogue import Compiled
from duibiao.compute.engine import ALL_LEVELS, Selection, StatesEngine, Tables, concluded
from duibiao.compute.figures import Figures
from duibiao.compute.finals import Finals
from duibiao.compute.groups import GroupLevel, Membership, membership
from duibiao.compute.jointly import JointStates, ReportingFrame
from duibiao.compute.result import Result
from duibiao.compute.sqltext import GroupBy
from duibiao.compute.states import StateColumn
from duibiao.compute.statetable import Numbers, StateTable, nothing, rolled_up
from duibiao.metrics.unit import Unit


def recompute(
    engine: StatesEngine,
    previous: Result,
    tables: Tables,
    units: Sequence[Unit],
    districts: Collection[str],
    levels: Collection[GroupLevel] = ALL_LEVELS,
) -> Result:
    """The result of a whole run, made of an earlier one and of the rows of a few districts.

    ``tables`` are the files that changed (a year that is not named is kept as it was), ``districts`` the leaf
    groups that changed in them. The result equals that of a full run bit for bit. Values that cannot be merged
    (median, quantile, Gini) are taken again from all rows of the years named. Finals are taken only of the groups
    those districts belong to, unless small counts are withheld, which looks at all groups together. Raises
    ValueError when the earlier result has no states, or no such year.
    """
    compiled, old = previous.compiled, previous.states
    if old is None or previous.ranked is None:
        raise ValueError(f"the engine {previous.record.engine} keeps no states")
    years = {year for form, year in tables if form in compiled.forms}
    if not years <= set(old.years):
        raise ValueError(f"years that were not computed: {sorted(years - set(old.years))}")
    read = engine.states(compiled, tables, Selection(districts=tuple(sorted(districts))), GroupBy.DISTRICT)
    states = _replaced(compiled, old, read, districts, tables)
    groups = membership(units, states.leaves, levels)
    ranked = previous.ranked
    if ranked.values:
        again = engine.ranked(compiled, states, groups, tables, GroupBy.DISTRICT)
        read_again = {form: [old.years.index(year) for code, year in sorted(tables) if code == form]
                      for form in compiled.forms}  # fmt: skip
        ranked = _merged(ranked, again, previous, groups.codes, read_again)
    frame = ReportingFrame(tuple(units))
    record = replace(engine.record(compiled, groups), engine=previous.record.engine)
    if groups.groups != previous.groups.groups or any(one.suppress_below is not None for one in compiled.indicators):
        rolled = rolled_up(compiled, states, groups)
        return concluded(compiled, states, rolled, groups, ranked, record, frame=frame)
    touched = {place for place, leaf in enumerate(groups.leaves) if leaf in set(districts)}
    at = [place for place, group in enumerate(groups.groups) if not touched.isdisjoint(group.leaves)]
    own = _some(groups, at)
    part = RankedValues({node: values[:, at] for node, values in ranked.values.items()})
    kept = aggregates(list(compiled.plans.values()), rolled_up(compiled, states, own), part)
    joint = JointStates(compiled, states, own, part, frame)
    again_figures = Finals(compiled, states.years, own, kept, joint).all()
    figures = {code: _with(previous.figures[code], one, at) for code, one in again_figures.items()}
    return Result(compiled, states.years, groups, figures, record, states, ranked, joint.left_out)


def _some(groups: Membership, at: Sequence[int]) -> Membership:
    """Some of the groups over the same leaves, in their order."""
    new = np.full(len(groups.groups) + 1, -1, dtype=np.int64)  # the last one stands for no group
    new[at] = np.arange(len(at))
    layers = tuple(new[layer] for layer in groups.layers)
    return Membership(groups.leaves, tuple(groups.groups[place] for place in at), layers)


def _with(old: Figures, new: Figures, at: Sequence[int]) -> Figures:
    """The old figures with those of some groups in their places."""

    def placed(before: np.ndarray, after: np.ndarray) -> np.ndarray:
        found = before.astype(np.result_type(before, after))
        found[:, at] = after
        return found

    return Figures(
        placed(old.value, new.value),
        placed(old.gap, new.gap),
        placed(old.known, new.known),
        placed(old.total, new.total),
        placed(old.persons, new.persons),
        None if old.top is None or new.top is None else placed(old.top, new.top),
        None if old.bottom is None or new.bottom is None else placed(old.bottom, new.bottom),
    )


def _replaced(
    compiled: Compiled, old: StateTable, read: StateTable, districts: Collection[str], tables: Tables
) -> StateTable:
    """The old states with those of some districts, of the forms and years that were read, put in their place."""
    leaves = tuple(sorted(set(old.leaves) | set(read.leaves)))
    kept = [leaves.index(leaf) for leaf in old.leaves]
    fresh = [leaves.index(leaf) for leaf in read.leaves]
    gone = [leaves.index(leaf) for leaf in districts if leaf in leaves]
    columns: dict[str, Numbers] = {}
    for form, plan in compiled.forms.items():
        own = [year for year in old.years if (form, year) in tables]
        at, source = [old.years.index(year) for year in own], [read.years.index(year) for year in own]
        emptied, filled = np.ix_(at, gone), np.ix_(at, fresh)
        plain, others = _plain(plan.columns, old, read) if leaves == old.leaves else ([], list(plan.columns))
        if plain:
            stack = np.stack([old.columns[name] for name in plain])
            if own:
                stack[:, emptied[0], emptied[1]] = 0
                stack[:, filled[0], filled[1]] = np.stack([read.columns[name][source] for name in plain])
            columns |= zip(plain, stack, strict=True)
        for column in others:
            before, after = old.columns[column.name], read.columns[column.name]
            dtype = np.dtype(object) if before.dtype.hasobject or after.dtype.hasobject else before.dtype
            empty = nothing(column, dtype)
            found = np.full((len(old.years), len(leaves)), empty, dtype=dtype)
            found[:, kept] = _with_nothing(before, nothing(column, before.dtype), empty, dtype)
            if own:
                found[emptied] = empty
                found[filled] = _with_nothing(after, nothing(column, after.dtype), empty, dtype)[source]
            columns[column.name] = found
    columns = {name: columns[name] for name in old.columns}
    return _without_empty(compiled, StateTable(old.years, leaves, columns, old.present))


def _plain(columns: Sequence[StateColumn], old: StateTable, read: StateTable) -> tuple[list[str], list[StateColumn]]:
    """The names of the states that are 64 bit sums before and after, to be replaced together, and the other states."""

    def is_plain(column: StateColumn) -> bool:
        before, after = old.columns[column.name].dtype, read.columns[column.name].dtype
        return before == after == np.dtype(np.int64) and nothing(column, before) == 0

    return [one.name for one in columns if is_plain(one)], [one for one in columns if not is_plain(one)]


def _with_nothing(numbers: Numbers, was: float, now: float, dtype: np.dtype) -> Numbers:
    """The numbers in another type, with its own sign for nothing."""
    wide = numbers.astype(dtype)
    return wide if was == now else np.where(numbers == was, now, wide)


def _without_empty(compiled: Compiled, table: StateTable) -> StateTable:
    """Leave out districts without a row in any year: a full run would not have found them."""
    counts = [
        table.columns[column.name]
        for plan in compiled.forms.values()
        for column in plan.columns
        if column.state.kind.value == "scope" and column.state.where is None
    ]
    there = np.logical_or.reduce([(count > 0).any(axis=0) for count in counts])
    if there.all():
        return table
    leaves = tuple(leaf for leaf, one in zip(table.leaves, there.tolist(), strict=True) if one)
    columns = {name: numbers[:, there] for name, numbers in table.columns.items()}
    return StateTable(table.years, leaves, columns, table.present)


def _merged(
    old: RankedValues, new: RankedValues, previous: Result, codes: Sequence[str], years: Mapping[str, Sequence[int]]
) -> RankedValues:
    """Values by year and group: the years of its form that were read again from the new, the rest from the old."""
    places = {code: place for place, code in enumerate(previous.groups.codes)}
    found = {}
    for node, values in new.values.items():
        merged = np.full_like(values, np.nan)
        for column, code in enumerate(codes):
            if code in places:
                merged[:, column] = old.values[node][:, places[code]]
        again = list(years[previous.compiled.plans[node].form])
        merged[again] = values[again]
        found[node] = merged
    return RankedValues(found)
