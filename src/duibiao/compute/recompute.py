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
from duibiao.compute.jointly import JointStates, ReportingFrame, answered_together
from duibiao.compute.patches import Patch, PatchedFigures, PatchedStates
from duibiao.compute.result import Result
from duibiao.compute.sqltext import GroupBy
from duibiao.compute.states import StateColumn
from duibiao.compute.statetable import Numbers, StateTable, nothing, rolled_up
from duibiao.kernel.quick import seldom_searched
from duibiao.metrics.unit import Unit


@seldom_searched()
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
    groups that changed in them; where all are named, the files are read whole, with districts that are new. The
    result equals that of a full run bit for bit. Values that cannot be merged (median, quantile, Gini) are taken again
    from all rows of the years named. Finals are taken only of the groups those districts belong to and of the years
    named, of all years where an indicator reaches others; unless small counts are withheld, which looks at all groups
    together. What is not taken again is not copied either (``compute.patches``). Raises ValueError when the earlier
    result has no states, or no such year.
    """
    compiled, old = previous.compiled, previous.states
    if old is None or previous.ranked is None:
        raise ValueError(f"the engine {previous.record.engine} keeps no states")
    years = {year for form, year in tables if form in compiled.forms}
    if not years <= set(old.years):
        raise ValueError(f"years that were not computed: {sorted(years - set(old.years))}")
    everyone = set(old.leaves) <= set(districts)  # then nothing has to be picked out, which takes as long as reading
    chosen = Selection() if everyone else Selection(districts=tuple(sorted(districts)))
    read = engine.states(compiled, tables, chosen, GroupBy.DISTRICT)
    districts = {*districts, *read.leaves}
    states = _replaced(compiled, old, read, districts, tables)
    groups = membership(units, states.leaves, levels)
    ranked = previous.ranked
    changed = tuple(old.years.index(year) for year in sorted(years))
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
    touched = {place for place, leaf in enumerate(groups.leaves) if leaf in districts}
    at = tuple(place for place, group in enumerate(groups.groups) if not touched.isdisjoint(group.leaves))
    own = _some(groups, at)
    part = RankedValues({node: values[:, at] for node, values in ranked.values.items()})
    joint = JointStates(compiled, states, own, part, frame, dict(previous.left_out))
    figures = PatchedFigures(previous.figures, _again(joint, changed, at) if changed and at else ())
    return Result(compiled, states.years, groups, figures, record, states, ranked, joint.left_out)


def _again(joint: JointStates, changed: tuple[int, ...], at: tuple[int, ...]) -> list[Patch[Figures]]:
    """The figures of some groups ``at``: of the years that changed, and of all years where an indicator reaches others.

    It does where it looks at other years, and where the districts that take part are chosen by all forms.
    """
    compiled, states = joint.compiled, joint.states
    reaching = _reaching(compiled)
    always = tuple(range(len(states.years)))
    if changed == always:
        parts = [(always, list(compiled.by_code))]
    else:
        parts = [(changed, [code for code in compiled.by_code if code not in reaching])]
        parts += [(always, list(compiled.referred(reaching)))] if reaching else []
    found = []
    for years, codes in parts:
        nodes = dict.fromkeys(node for code in codes for node in compiled.aggregates_of[code])
        plans = [compiled.plans[node] for node in nodes]
        names = dict.fromkeys(column.name for plan in plans for column in plan.roles.values())
        table = StateTable(
            tuple(states.years[year] for year in years),
            states.leaves,
            _of_years(states.columns, years, names),
            {form: there[list(years)] for form, there in states.present.items()},
        )
        ranked = {node: values[list(years)] for node, values in joint.ranked.values.items() if node in nodes}
        kept = aggregates(plans, rolled_up(compiled, table, joint.groups), RankedValues(ranked))
        own = Finals(compiled, table.years, joint.groups, kept, joint if years == always else None)
        found.append(Patch(years, at, own.of(codes)))
    return found


def _reaching(compiled: Compiled) -> frozenset[str]:
    """Codes of the indicators a change of one year reaches in others, themselves or through one they refer to."""
    found = set(compiled.over_time)
    for one in compiled.order:
        if answered_together(compiled, one) or not found.isdisjoint(one.expression.indicators):
            found.add(one.code)
    return frozenset(found)


def _of_years(columns: Mapping[str, Numbers], years: Sequence[int], names: Collection[str]) -> Mapping[str, Numbers]:
    if isinstance(columns, PatchedStates):
        return columns.of_years(years, names)
    return {name: columns[name][list(years)] for name in names}


def _some(groups: Membership, at: Sequence[int]) -> Membership:
    """Some of the groups over the same leaves, in their order."""
    new = np.full(len(groups.groups) + 1, -1, dtype=np.int64)  # the last one stands for no group
    new[list(at)] = np.arange(len(at))
    layers = tuple(new[layer] for layer in groups.layers)
    return Membership(groups.leaves, tuple(groups.groups[place] for place in at), layers)


def _replaced(
    compiled: Compiled, old: StateTable, read: StateTable, districts: Collection[str], tables: Tables
) -> StateTable:
    """The old states with those of some districts, of the forms and years that were read, put in their place."""
    leaves = tuple(sorted(set(old.leaves) | set(read.leaves)))
    place_of = {leaf: place for place, leaf in enumerate(leaves)}
    gone = tuple(sorted(place_of[leaf] for leaf in districts if leaf in place_of))
    patches = []
    for form, plan in compiled.forms.items():
        own = [year for year in old.years if (form, year) in tables]
        if own and gone:
            at, source = [old.years.index(year) for year in own], [read.years.index(year) for year in own]
            fresh = [gone.index(place_of[leaf]) for leaf in read.leaves]
            values = {one.name: read.columns[one.name][source] for one in plan.columns}
            if fresh != list(range(len(gone))):
                values = {one.name: _over(one, values[one.name], fresh, len(gone)) for one in plan.columns}
            patches.append(Patch(tuple(at), gone, values))
    columns = [column for plan in compiled.forms.values() for column in plan.columns]
    before = old.columns
    if leaves != old.leaves:
        kept = [place_of[leaf] for leaf in old.leaves]
        before = {one.name: _over(one, old.columns[one.name], kept, len(leaves)) for one in columns}
    table = StateTable(old.years, leaves, PatchedStates(columns, before, patches), old.present)
    return _without_empty(compiled, table)


def _over(column: StateColumn, numbers: Numbers, places: Sequence[int], count: int) -> Numbers:
    """The states of some leaves among more of them, with nothing for those that have no row."""
    found = np.full((len(numbers), count), nothing(column, numbers.dtype), dtype=numbers.dtype)
    found[:, places] = numbers
    return found


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
