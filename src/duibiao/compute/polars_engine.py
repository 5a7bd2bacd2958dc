"""Polars: the independent second implementation, against which the SQL engines are held in the tests.

It knows nothing of the states of the SQL engines; finals are exact fractions taken cell by cell.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import polars as pl

from duibiao.compute.catalogue import Compiled
from duibiao.compute.engine import ALL_LEVELS, Selection, Tables, check_columns, published, record_of, school_sums
from duibiao.compute.groups import GroupLevel, Membership, alone, membership
from duibiao.compute.jointly import ReportingFrame
from duibiao.compute.polars_aggregates import expressions_of, merged
from duibiao.compute.polars_finals import Aggregated, CellFinals
from duibiao.compute.polars_rows import PolarsRows
from duibiao.compute.result import Result
from duibiao.metrics.unit import Unit


@dataclass(frozen=True, slots=True)
class PolarsEngine:
    """Polars in this process, in its streaming engine.

    It keeps no states: a change in one district cannot be recomputed apart (see ``compute.recompute``).
    """

    name: str = "polars"

    def run(
        self, compiled: Compiled, tables: Tables, units: Sequence[Unit], levels: Collection[GroupLevel] = ALL_LEVELS
    ) -> Result:
        """Compute every indicator for all years and groups of the wanted levels."""
        _check(compiled, tables)
        leaves = _leaves(compiled, tables, "district", Selection())
        groups, frame = membership(units, leaves, levels), ReportingFrame(tuple(units))
        return self._computed(compiled, tables, groups, "district", Selection(), frame)

    def run_units(self, compiled: Compiled, tables: Tables, wanted: Selection, units: Sequence[Unit] = ()) -> Result:
        """The same expressions at the grain of single reporting units; ``units`` is the registry, for takeovers."""
        _check(compiled, tables)
        groups = alone(_leaves(compiled, tables, "unit", wanted), units)
        return self._computed(compiled, tables, groups, "unit", wanted)

    def close(self) -> None:
        """Nothing is held."""

    def _computed(
        self,
        compiled: Compiled,
        tables: Tables,
        groups: Membership,
        key: str,
        wanted: Selection,
        frame: ReportingFrame | None = None,
    ) -> Result:
        years = tuple(sorted({year for form, year in tables if form in compiled.forms}))
        cells: dict[tuple[str, str, int], dict[str, object]] = {}
        by_leaf: dict[tuple[str, str, int], dict[str, object]] = {}
        for form in compiled.forms:
            own = {year: path for (code, year), path in sorted(tables.items()) if code == form}
            if own:
                for is_leaf, place, parts in _aggregated(compiled, form, own, groups, key, wanted):
                    (by_leaf if is_leaf else cells)[place] = parts
        present = frozenset((form, year) for form, year in tables)
        finals = CellFinals(compiled, years, groups, Aggregated(compiled, cells, present, by_leaf), frame)
        sums = school_sums(compiled, tables, groups.leaves) if key == "unit" else None
        return Result(
            compiled=compiled,
            years=years,
            groups=groups,
            figures=published(compiled, finals.all(), groups, sums),
            record=record_of(compiled, self.name, [], groups),
        )


def _check(compiled: Compiled, tables: Tables) -> None:
    """Raise UserError COMPUTE-COLUMN for tables that do not say whose rows they hold."""
    for form in compiled.forms:
        own = {year: path for (code, year), path in sorted(tables.items()) if code == form}
        if own:
            check_columns(form, own, compiled.forms[form].elements)


def _frame(paths: Mapping[int, Path], columns: Collection[str], wanted: Selection) -> pl.LazyFrame:
    keys = ("unit", "district", "school_kind", "location_type", "ownership")
    parts = []
    for year, path in paths.items():
        part = pl.scan_parquet(path)
        names = part.collect_schema().names()
        own = [name for name in columns if name in names]
        parts.append(part.select(*keys, *own).with_columns(pl.lit(year, dtype=pl.Int64).alias("year")))
    found = pl.concat(parts, how="diagonal")
    held = found.collect_schema().names()  # what a form began to ask after all its tables were published is in none
    found = found.with_columns(pl.lit(None, dtype=pl.Int64).alias(name) for name in columns if name not in held)
    if wanted.districts:
        found = found.filter(pl.col("district").is_in(list(wanted.districts)))
    return found.filter(pl.col("unit").is_in(list(wanted.units))) if wanted.units else found


def _leaves(compiled: Compiled, tables: Tables, key: str, wanted: Selection) -> list[str]:
    found: set[str] = set()
    for (form, year), path in tables.items():
        if form in compiled.forms:
            frame = _frame({year: path}, [], wanted)
            found |= set(frame.select(pl.col(key).cast(pl.String).unique()).collect()[key].to_list())
    return sorted(found)


def _aggregated(
    compiled: Compiled, form: str, paths: Mapping[int, Path], groups: Membership, key: str, wanted: Selection
) -> Iterator[tuple[bool, tuple[str, str, int], dict[str, object]]]:
    """Everything the aggregates of one form need, by form, group and year, each layer from the rows.

    First what can be merged of every leaf (True), then of every group (False).
    """
    elements = compiled.forms[form].elements
    frame = _frame(paths, elements, wanted)
    rows = PolarsRows(compiled.elements, _largest(frame, elements), compiled.split)
    plans = [plan for plan in compiled.plans.values() if plan.form == form]
    small = [pl.len().cast(pl.Int64).alias("rows")]
    merging = [pl.col("rows").sum()]
    ranked: list[pl.Expr] = []
    for place, plan in enumerate(plans):
        for one in expressions_of(f"{place}:", plan.node, rows):
            again = merged(one.meta.output_name(), plan.node)
            (ranked if again is None else small).append(one)
            merging += [] if again is None else [again]
    keyed = frame.with_columns(pl.col(key).cast(pl.String))
    leaves = keyed.group_by("year", key).agg(*small).collect(engine="streaming")
    for record in leaves.iter_rows(named=True):
        yield True, (form, record[key], record["year"]), _named(record)
    for layer in groups.layers:
        codes = [None if place < 0 else groups.groups[place].code for place in layer.tolist()]
        schema = {key: pl.String, "group": pl.String}
        mapping = pl.DataFrame({key: list(groups.leaves), "group": codes}, schema=schema).drop_nulls()
        answer = leaves.join(mapping, on=key).group_by("year", "group").agg(*merging)
        if ranked:
            rows_of = keyed.join(mapping.lazy(), on=key).group_by("year", "group").agg(*ranked).collect()
            answer = answer.join(rows_of, on=["year", "group"], how="left")
        for record in answer.iter_rows(named=True):
            yield False, (form, record["group"], record["year"]), _named(record)


def _named(record: Mapping[str, object]) -> dict[str, object]:
    """The parts of a record by aggregate: columns are named ``place:part``."""
    found: dict[str, object] = {"rows": record["rows"]}
    for name, value in record.items():
        place, colon, part = name.partition(":")
        if colon:
            parts = cast("dict[str, object]", found.setdefault(place, {}))
            parts[part] = value
    return found


def _largest(frame: pl.LazyFrame, elements: Sequence[str]) -> dict[str, int]:
    if not elements:
        return {}
    found = frame.select(
        *(pl.col(code).min().cast(pl.Int128).abs().alias(f"{code}:low") for code in elements),
        *(pl.col(code).max().cast(pl.Int128).abs().alias(f"{code}:high") for code in elements),
    ).collect(engine="streaming")
    row = found.row(0, named=True)
    return {code: max(int(row[f"{code}:low"] or 0), int(row[f"{code}:high"] or 0)) for code in elements}
