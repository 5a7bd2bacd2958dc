"""What every engine does, and the way from its states to a result, which all SQL engines share."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from duibiao.compute.aggregates import RankedValues, aggregates
from duibiao.compute.catalogue import Compiled
from duibiao.compute.figures import Figures
from duibiao.compute.finals import Finals
from duibiao.compute.groups import GroupLevel, Membership, alone, membership
from duibiao.compute.jointly import JointStates, ReportingFrame
from duibiao.compute.persons import person_counts, protection
from duibiao.compute.ranks import YearRows, ranked_values
from duibiao.compute.result import Result, RunRecord
from duibiao.compute.rowsql import ATTRIBUTE_COLUMNS
from duibiao.compute.sqltext import GroupBy, rows_text, states_hash
from duibiao.compute.statetable import StateTable, doubles, gathered, rolled_up
from duibiao.compute.suppression import Equation, equations, suppressed
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.quick import seldom_searched
from duibiao.metrics.unit import Unit

Tables = Mapping[tuple[str, int], Path]
"""The wide tables of a snapshot: Parquet files by form and statistical year."""
ALL_LEVELS = frozenset(GroupLevel)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows to read: all, those of some districts, or those of some units (空 = 全部)."""

    districts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


class Engine(Protocol):
    """What computes a compiled catalogue from the tables of a snapshot (计算引擎)."""

    @property
    def name(self) -> str:
        """The engine's name, as recorded with a result."""

    def run(
        self, compiled: Compiled, tables: Tables, units: Sequence[Unit], levels: Collection[GroupLevel] = ALL_LEVELS
    ) -> Result:
        """Compute every indicator for all years and groups of the wanted levels."""

    def run_units(self, compiled: Compiled, tables: Tables, wanted: Selection, units: Sequence[Unit] = ()) -> Result:
        """The same expressions at the grain of single reporting units; ``units`` is the registry, for takeovers."""

    def close(self) -> None:
        """Give back what the engine holds."""


class StatesEngine(ABC):
    """An engine that answers stage 1 (states per district) in SQL; all that follows is shared.

    ``dialect`` is the SQL it speaks. ``most_columns`` splits a query for engines with a limit.
    """

    name: str = ""
    dialect: str = ""
    most_columns: int | None = None

    @abstractmethod
    def attach(self, form: str, tables: Mapping[int, Path], columns: Sequence[str], wanted: Selection) -> None:
        """Make the rows of a form, all years and with the column ``year``, known as ``rows_<form>``."""

    @abstractmethod
    def query(self, text: str) -> pa.Table:
        """Run one query."""

    @abstractmethod
    def grouped(self, compiled: Compiled, form: str, by: GroupBy) -> Sequence[pa.Table]:
        """Run stage 1 of a form."""

    @abstractmethod
    def close(self) -> None:
        """Give back what the engine holds."""

    @seldom_searched()
    def run(
        self, compiled: Compiled, tables: Tables, units: Sequence[Unit], levels: Collection[GroupLevel] = ALL_LEVELS
    ) -> Result:
        """Compute every indicator for all years and groups of the wanted levels.

        Raises UserError (COMPUTE-COLUMN, COMPUTE-UNIT, COMPUTE-OVERFLOW) for tables that cannot be computed.
        """
        states = self.states(compiled, tables, Selection(), GroupBy.DISTRICT)
        return self.finish(compiled, states, tables, units, levels)

    def run_units(self, compiled: Compiled, tables: Tables, wanted: Selection, units: Sequence[Unit] = ()) -> Result:
        """The same expressions for single units: a ratio becomes the unit's own a ÷ b.

        ``units`` is the registry: nothing is compared across the day on which a unit took over another.
        """
        states = self.states(compiled, tables, wanted, GroupBy.UNIT)
        groups = alone(states.leaves, units)
        ranked = self.ranked(compiled, states, groups, tables, GroupBy.UNIT)
        sums = school_sums(compiled, tables, states.leaves)
        return concluded(compiled, states, states, groups, ranked, self.record(compiled, groups), sums=sums)

    def states(self, compiled: Compiled, tables: Tables, wanted: Selection, by: GroupBy) -> StateTable:
        """Stage 1: every state of every leaf group and year, each form read once."""
        years = sorted({year for form, year in tables if form in compiled.forms})
        answers: dict[str, Sequence[pa.Table]] = {}
        for form, plan in compiled.forms.items():
            own = {year: path for (code, year), path in sorted(tables.items()) if code == form}
            if own:
                self.attach(form, own, plan.elements, wanted)
                answers[form] = self.grouped(compiled, form, by)
        table = gathered(compiled, years, answers, by.value)
        return completed(compiled, table, tables)

    def finish(
        self,
        compiled: Compiled,
        states: StateTable,
        tables: Tables,
        units: Sequence[Unit],
        levels: Collection[GroupLevel],
    ) -> Result:
        """Stage 2: roll the states up and take the finals."""
        groups = membership(units, states.leaves, levels)
        ranked = self.ranked(compiled, states, groups, tables, GroupBy.DISTRICT)
        record = self.record(compiled, groups)
        frame = ReportingFrame(tuple(units))
        return concluded(compiled, states, rolled_up(compiled, states, groups), groups, ranked, record, frame=frame)

    def ranked(
        self, compiled: Compiled, states: StateTable, groups: Membership, tables: Tables, by: GroupBy
    ) -> RankedValues:
        """The medians, quantiles and Gini coefficients of the years of the tables."""
        return ranked_values(compiled, states.years, groups, self._year_rows(compiled, states, tables, by))

    def record(self, compiled: Compiled, groups: Membership) -> RunRecord:
        """The record of a run of this engine, without its data."""
        hashes = [states_hash(compiled, form, self.most_columns) for form in compiled.forms]
        return record_of(compiled, self.name, hashes, groups)

    def at_once(self, tables: Mapping[int, Path]) -> Sequence[Mapping[int, Path]]:
        """The years of a form whose row values may stand beside each other in memory; one by one by default."""
        return [{year: path} for year, path in tables.items()]

    def _year_rows(self, compiled: Compiled, states: StateTable, tables: Tables, by: GroupBy) -> Iterator[YearRows]:
        """Row values by form and year, some years at a time: the nation's rows of all years would not fit together."""
        leaves = pa.array(states.leaves, type=pa.string())
        for form, plan in compiled.forms.items():
            own = {year: path for (code, year), path in sorted(tables.items()) if code == form}
            for part in self.at_once(own) if plan.rows and own else ():
                self.attach(form, part, plan.elements, Selection())
                answer = self.query(rows_text(compiled, form, wide=True))
                at = pc.index_in(answer[by.value].combine_chunks().cast(pa.string()), value_set=leaves)
                places = at.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
                when = np.asarray(answer["year"].to_numpy())
                values = {row.name: doubles(answer[row.name]) for row in plan.rows}
                for year in part:
                    inside = (places >= 0) & (when == year)
                    columns = {name: column[inside] for name, column in values.items()}
                    yield YearRows(form, year, places[inside], columns)


def concluded(  # noqa: PLR0913  what was read, what it is made into, and by which rules
    compiled: Compiled,
    states: StateTable,
    rolled: StateTable,
    groups: Membership,
    ranked: RankedValues,
    record: RunRecord,
    *,
    sums: Sequence[Equation] | None = None,
    frame: ReportingFrame | None = None,
) -> Result:
    """Stage 2: the finals over rolled up states, with the rules of publication.

    ``frame``: who had to answer, for the figures over several forms; None where every group is one unit.
    """
    kept = aggregates(list(compiled.plans.values()), rolled, ranked)
    del rolled  # of a nation these are 200 MB; a caller that keeps no name of them gives them back here
    joint = None if frame is None else JointStates(compiled, states, groups, ranked, frame)
    figures = Finals(compiled, states.years, groups, kept, joint).all()
    shown = published(compiled, figures, groups, sums)
    return Result(compiled, states.years, groups, shown, record, states, ranked, joint.left_out if joint else {})


def completed(compiled: Compiled, table: StateTable, tables: Tables) -> StateTable:
    """Say which years each form has, and fill in zeros for a form without any table."""
    shape = (len(table.years), len(table.leaves))
    columns = {
        column.name: table.columns.get(column.name, np.zeros(shape, dtype=np.int64))
        for plan in compiled.forms.values()
        for column in plan.columns
    }
    present = {
        form: np.array([(form, year) in tables for year in table.years], dtype=np.bool_) for form in compiled.forms
    }
    return StateTable(table.years, table.leaves, columns, present)


def published(
    compiled: Compiled, figures: Mapping[str, Figures], groups: Membership, sums: Sequence[Equation] | None = None
) -> dict[str, Figures]:
    """The figures as they may be shown: small counts of persons withheld where the indicator asks for it.

    ``sums`` are the published sums; by default those between the groups.
    """
    found, limits = {}, protection(compiled)
    for indicator in compiled.indicators:
        one = figures[indicator.code]
        if indicator.code in limits:
            sums = equations(groups) if sums is None else sums
            counts = person_counts(compiled, indicator.expression.node, one)
            one = suppressed(one, limits[indicator.code], sums, counts)
        found[indicator.code] = one
    return found


def school_sums(compiled: Compiled, tables: Tables, units: Sequence[str]) -> tuple[Equation, ...]:
    """The figure of each district over its units: published elsewhere, and so a sum that could give a unit away.

    Only the units that were asked for are looked at: whoever publishes schools asks for whole districts.
    """
    if not protection(compiled):
        return ()
    places = {unit: place for place, unit in enumerate(units)}
    members: dict[str, set[int]] = {}
    for (form, _), path in tables.items():
        if form in compiled.forms:
            keys = pq.read_table(path, columns=["unit", "district"])
            for unit, district in zip(keys["unit"].to_pylist(), keys["district"].to_pylist(), strict=True):
                if unit in places:
                    members.setdefault(district, set()).add(places[unit])
    return tuple(Equation(None, tuple(sorted(members[district]))) for district in sorted(members))


def record_of(compiled: Compiled, engine: str, hashes: Sequence[str], groups: Membership) -> RunRecord:
    """The record of a run; its id is the hash of all that determines the figures but the data.

    ``hashes`` are those of the queries of each form; an engine without queries has none.
    """
    hashed = hashlib.sha256("\n".join(hashes).encode()).hexdigest()[:32]
    levels = tuple(sorted({group.level.value for group in groups.groups}))
    digest = hashlib.sha256("\n".join([compiled.key, engine, hashed, *levels]).encode()).hexdigest()
    return RunRecord(
        run_id=digest[:16],
        engine=engine,
        catalogue_key=compiled.key,
        sql_hash=hashed,
        levels=levels,
        definitions={one.code: one.definition_version for one in compiled.indicators},
    )


def as_table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Rows of Python values as an arrow table: whole numbers beyond 64 bit as decimals."""
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    return pa.table({name: _as_array(values) for name, values in zip(names, columns, strict=True)})


def _as_array(values: Sequence[Any]) -> pa.Array:
    known = [value for value in values if value is not None]
    if known and not isinstance(known[0], str | float):
        whole = [None if value is None else int(value) for value in values]
        if all(-(2**63) < value < 2**63 for value in map(int, known)):
            return pa.array(whole, type=pa.int64())
        return pa.array(whole, type=pa.decimal128(38, 0))
    return pa.array(list(values))


def check_columns(form: str, tables: Mapping[int, Path], columns: Sequence[str]) -> tuple[bool, tuple[str, ...]]:
    """Whether all tables of a form have the same columns, and which of the wanted ones none of them has.

    An element that a form began to ask later is missing in the tables of before: everywhere, where all were published
    before. That is no fault, or no new question could be put without the figures of old snapshots being lost. Raises
    UserError (COMPUTE-COLUMN) for a table that does not say whose rows it holds.
    """
    names = {path: set(pl.read_parquet_schema(path)) for path in tables.values()}
    problems = [
        problem("COMPUTE-COLUMN", Where(path.name), form=form, columns="、".join(lacking))
        for path, own in names.items()
        if (lacking := [column for column in KEY_COLUMNS if column not in own])
    ]
    if problems:
        raise UserError(problems)
    first = next(iter(names.values()))
    unasked = tuple(column for column in columns if not any(column in own for own in names.values()))
    return all(own == first for own in names.values()), unasked


KEY_COLUMNS = ("unit", *ATTRIBUTE_COLUMNS.values())
"""What every table holds besides the elements of its form."""
