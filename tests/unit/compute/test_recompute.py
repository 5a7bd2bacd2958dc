"""Results on disk, the recomputing of one district, and the way back from a figure to the cells."""

import random
from collections.abc import Collection
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from duibiao.compute import (
    DuckDbEngine,
    Result,
    Tables,
    described,
    load_result,
    open_result,
    recompute,
    save_result,
    trace,
)
from duibiao.kernel.value import MissingReason
from tests.engines.cases import FINANCE, SCHOOL, UNITS, compiled, table, written_tables
from tests.engines.naive import rows_of
from tests.engines.world import EXPRESSIONS, YEARS, school_rows, world


@pytest.fixture
def engine() -> DuckDbEngine:
    return DuckDbEngine(threads=2)


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return written_tables(tmp_path / "tables", world())


def same_arrays(one: Result, two: Result) -> bool:
    """Whether two results are the same, bit for bit."""
    return one.groups.codes == two.groups.codes and all(
        figures.value.tobytes() == two.figures[code].value.tobytes()
        and figures.gap.tobytes() == two.figures[code].gap.tobytes()
        and np.array_equal(figures.known, two.figures[code].known)
        for code, figures in one.figures.items()
    )


def test_a_stored_result_comes_back_as_it_was(engine: DuckDbEngine, tables: Tables, tmp_path: Path) -> None:
    catalogue = compiled(EXPRESSIONS)
    result = described(engine.run(catalogue, tables, UNITS), "0011", {"school/2020": "aa"}, simulated=True)
    stored = save_result(tmp_path / "results", result)
    assert stored.folder.name == result.record.run_id
    assert stored.table().equals(result.table)
    again = open_result(tmp_path / "results", result.record.run_id)
    assert again.record == result.record
    assert again.record.simulated
    loaded = load_result(again, catalogue, list(UNITS))
    assert same_arrays(loaded, result)
    assert save_result(tmp_path / "results", result).folder == stored.folder
    assert sorted(path.name for path in (tmp_path / "results").glob("[!.]*")) == [result.record.run_id]


def test_the_run_id_covers_the_data_the_definitions_and_the_engine(engine: DuckDbEngine, tables: Tables) -> None:
    result = engine.run(compiled(["sum(a)"]), tables, UNITS)
    other = engine.run(compiled(["sum(b)"]), tables, UNITS)
    ids = {
        described(result, "s", {"school/2020": "aa"}, True).record.run_id,
        described(result, "s", {"school/2020": "ab"}, True).record.run_id,
        described(result, "t", {"school/2020": "aa"}, True).record.run_id,
        described(result, "s", {"school/2020": "aa"}, False).record.run_id,
        described(other, "s", {"school/2020": "aa"}, True).record.run_id,
    }
    assert len(ids) == 5


@pytest.mark.parametrize("from_disk", [False, True], ids=["in memory", "from disk"])
def test_a_changed_district_is_recomputed_to_the_bits_of_a_full_run(
    from_disk: bool, engine: DuckDbEngine, tables: Tables, tmp_path: Path
) -> None:
    catalogue = compiled(EXPRESSIONS)
    before = engine.run(catalogue, tables, UNITS)
    if from_disk:
        stored = save_result(tmp_path / "results", described(before, "s", {}, True))
        before = load_result(stored, catalogue, list(UNITS))
    changed = [
        row if row[1] != "D2" else (*row[:5], *(None if value is None else int(str(value)) + 3 for value in row[5:]))
        for row in school_rows(2022)
    ]
    new = dict(tables) | written_tables(tmp_path / "new", {("school", 2022): table(SCHOOL.columns, changed)})
    full = engine.run(catalogue, new, UNITS)
    assert not same_arrays(before, full)
    part = recompute(engine, before, {("school", 2022): new["school", 2022]}, UNITS, ["D2"])
    assert same_arrays(part, full)
    assert part.record == full.record


def test_a_district_that_lost_all_its_rows_is_gone_and_a_new_one_is_there(engine: DuckDbEngine, tmp_path: Path) -> None:
    catalogue = compiled(["sum(a)", "min(b)", "median(a)", "max(area / b)"])
    old = table(["a", "b", "area"], [("S1", "D1", "", "", "", 5, 1, 7), ("S2", "D2", "", "", "", 6, 2, 8)])
    new = table(["a", "b", "area"], [("S2", "D2", "", "", "", 6, 2, 8), ("S3", "D3", "", "", "", 2**61, 3, 9)])
    before = engine.run(catalogue, written_tables(tmp_path / "old", {("school", 2020): old}), UNITS)
    files = written_tables(tmp_path / "new", {("school", 2020): new})
    full = engine.run(catalogue, files, UNITS)
    for named in (["D1", "D3"], ["D1", "D2"]):  # of all that were there, whatever the files hold is read
        part = recompute(engine, before, files, UNITS, named)
        assert part.groups.codes == full.groups.codes
        assert same_arrays(part, full)


def test_change_after_change_is_the_whole_run_to_the_bit(engine: DuckDbEngine, tmp_path: Path) -> None:
    catalogue = compiled(
        {
            "sum": "sum(a)", "least": "min(b)", "spread": "difference_coefficient(area, b)", "share": "sum(a) / sum(b)",
            "before": "indicator('share') - lag(sum(a) / sum(b), 1)", "so_far": "cumulative(sum(area), 2020)",
            "growth": "growth(sum(b))", "middle": "median(a)",
        }
    )  # fmt: skip
    chance = random.Random(7)  # noqa: S311 - a test wants the same rows every time
    keys = [(f"S{n}", f"D{n % 3 + 1}", "", "", "") for n in range(9)]
    rows = {year: [(*key, 5 + n, n + 1, 7 * n) for n, key in enumerate(keys)] for year in (2020, 2021, 2022)}

    def files(step: int, years: Collection[int]) -> Tables:
        tables = {("school", year): table(["a", "b", "area"], rows[year]) for year in years}
        return written_tables(tmp_path / str(step), tables)

    files_now = dict(files(0, rows))
    result = first = engine.run(catalogue, files_now, UNITS)
    for step in range(1, 12):
        years, district = chance.sample([2020, 2021, 2022], chance.choice([1, 1, 2, 3])), f"D{chance.randint(1, 3)}"
        most = 2**62 if step % 4 == 0 else 1000
        for year in years:
            rows[year] = [
                (*row[:5], chance.randrange(most), chance.randrange(1, 99), 3) if row[1] == district else row
                for row in rows[year]
            ]
        changed = files(step, years)
        files_now |= changed
        result = recompute(engine, result, changed, UNITS, [district])
        full = engine.run(catalogue, files_now, UNITS)
        assert same_arrays(result, full)
        assert result.table.equals(full.table)
        assert list(result.figures) == list(full.figures)
    old = {("school", year): tmp_path / "0" / "school" / f"{year}.parquet" for year in rows}
    assert same_arrays(first, engine.run(catalogue, old, UNITS))  # what was there before is as it was


def test_what_keeps_no_states_or_has_no_such_year_is_refused(engine: DuckDbEngine, tables: Tables) -> None:
    result = engine.run(compiled(["sum(a)"]), tables, UNITS)
    with pytest.raises(ValueError, match="1999"):
        recompute(engine, result, {("school", 1999): tables["school", 2020]}, UNITS, ["D1"])


def test_the_order_of_the_rows_changes_no_bit(engine: DuckDbEngine, tables: Tables, tmp_path: Path) -> None:
    catalogue = compiled(EXPRESSIONS)
    first = engine.run(catalogue, tables, UNITS)
    for seed in range(3):
        chance = random.Random(seed)  # noqa: S311 - a test wants the same rows every time
        mixed = {}
        for (form, year), one in world().items():
            order = list(range(one.num_rows))
            chance.shuffle(order)
            mixed[form, year] = one.take(pa.array(order, type=pa.int64()))
        again = DuckDbEngine(threads=2).run(catalogue, written_tables(tmp_path / str(seed), mixed), UNITS)
        assert same_arrays(first, again)


def test_years_read_part_after_part_change_no_bit(tables: Tables) -> None:
    catalogue = compiled(EXPRESSIONS)
    whole = DuckDbEngine(threads=2).run(catalogue, tables, UNITS)
    parts = DuckDbEngine(threads=2, bytes_at_once=1).run(catalogue, tables, UNITS)
    assert len(whole.years) > 1
    assert same_arrays(whole, parts)
    assert parts.table.equals(whole.table)


def test_withheld_small_counts_are_recomputed_over_all_groups(engine: DuckDbEngine, tmp_path: Path) -> None:
    catalogue = compiled({"pupils": "sum(primary)"}, rules={"pupils": {"suppress_below": 10}})
    old = table(["primary"], [("S1", "D1", "", "", "", 5), ("S2", "D2", "", "", "", 60), ("S3", "D3", "", "", "", 70)])
    new = table(["primary"], [("S1", "D1", "", "", "", 50), ("S2", "D2", "", "", "", 60), ("S3", "D3", "", "", "", 70)])
    before = engine.run(catalogue, written_tables(tmp_path / "old", {("school", 2020): old}), UNITS)
    assert MissingReason.SUPPRESSED in {before.cell("pupils", unit, 2020).missing for unit in ("D1", "D2", "D3")}
    files = written_tables(tmp_path / "new", {("school", 2020): new})
    part = recompute(engine, before, files, UNITS, ["D1"])
    assert same_arrays(part, engine.run(catalogue, files, UNITS))
    assert part.cell("pupils", "D1", 2020).value == 50


def test_a_figure_is_traced_down_to_the_cells(engine: DuckDbEngine, tables: Tables) -> None:
    result = engine.run(compiled({"r": "ratio(area, b where c > 3)", "twice": "indicator('r') * 2"}), tables, UNITS)
    found = trace(engine, result, tables, "r", "C", 2022)
    (part,) = found.aggregates
    assert (part.form, part.year, part.elements) == ("school", 2022, ("b", "c", "area"))
    assert found.expression == "ratio(area, b where c > 3)"
    rows = {row["unit"]: row for row in rows_of(world()["school", 2022])}
    assert {one.unit for one in part.units} == set(rows)
    assert sum((one.amounts["top"] for one in part.units), Decimal(0)) == part.amounts["top"]
    assert sum((one["bottom"] for one in part.leaves.values()), Decimal(0)) == part.amounts["bottom"]
    assert found.figure.value == pytest.approx(float(part.amounts["top"] / part.amounts["bottom"]), rel=1e-15)
    for one in part.units:
        row = rows[one.unit]
        stored = row["area"]
        assert one.cells["area"] == (None if stored is None else Decimal(int(str(stored))).scaleb(-2))
        if row["c"] is not None and int(str(row["c"])) <= 3:
            assert one.missing is MissingReason.NOT_APPLICABLE
        elif None in (row["area"], row["b"], row["c"]):
            assert one.missing is MissingReason.NOT_REPORTED
        else:
            assert one.missing is None
            assert one.amounts["top"] == one.cells["area"]
    outer = trace(engine, result, tables, "twice", "D1", 2022)
    assert [one.figure.indicator for one in outer.referred] == ["r"]


def test_a_figure_over_time_is_traced_through_its_years(engine: DuckDbEngine, tables: Tables) -> None:
    result = engine.run(compiled(["cumulative(sum(budget), 2021)", "change(sum(a)) - lag(min(b), 2)"]), tables, UNITS)
    found = trace(engine, result, tables, "i0", "D1", 2022)
    assert [one.year for one in found.aggregates] == [2021, 2022]
    assert {one.form for one in found.aggregates} == {FINANCE.code}
    assert found.figure.value == float(sum(one.amounts["top"] for one in found.aggregates))
    found = trace(engine, result, tables, "i1", "C", YEARS[-1])
    assert [(one.text, one.year) for one in found.aggregates] == [("sum(a)", 2023), ("sum(a)", 2022), ("min(b)", 2021)]
    assert found.aggregates[2].amounts["extreme"] == min(
        one["extreme"] for one in found.aggregates[2].leaves.values() if "extreme" in one
    )
