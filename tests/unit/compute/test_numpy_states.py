"""States taken in numpy, batch by batch: the very bits of the SQL, or SQL is asked."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from sqlglot import exp

from duibiao.compute import Compiled, DuckDbEngine, Tables, reading, vectors
from duibiao.compute.engine import Selection, StatesEngine
from duibiao.compute.numpy_states import states_of_rows
from duibiao.compute.polars_engine import PolarsEngine
from duibiao.compute.reading import batches
from duibiao.compute.sqlnodes import WIDE
from duibiao.compute.sqltext import GroupBy
from duibiao.compute.statetable import StateTable
from duibiao.compute.vectors import NotExactError
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import compiled as of_packs
from tests.engines.cases import FINANCE, SCHOOL, compiled, table, written_tables
from tests.engines.world import EXPRESSIONS, world

DISTRICTS = ("D1", "D2", "D3")
ALL = Selection(districts=DISTRICTS)


def _few(catalogue: Compiled, tables: Tables, wanted: Selection = ALL) -> StateTable:
    read: dict[str, dict[int, Path]] = {}
    for (form, year), path in sorted(tables.items()):
        read.setdefault(form, {})[year] = path
    rows = ((form, one) for form, own in read.items() for one in batches(own, catalogue.forms[form].elements, wanted))
    return states_of_rows(catalogue, sorted({year for _, year in tables}), read, rows)


def _by_engine(catalogue: Compiled, tables: Tables, wanted: Selection = ALL) -> StateTable:
    """The same states from DuckDB's SQL."""
    engine = DuckDbEngine(threads=2)
    try:
        return StatesEngine.states(engine, catalogue, tables, wanted, GroupBy.DISTRICT)
    finally:
        engine.close()


def assert_same_bits(one: StateTable, two: StateTable) -> None:
    assert one.years == two.years
    assert one.leaves == two.leaves
    for name, numbers in one.columns.items():
        other = two.columns[name]
        assert (numbers.dtype.kind == "f") == (other.dtype.kind == "f"), name
        assert numbers.tolist() == other.tolist(), name


def test_every_state_of_the_awkward_world_is_the_engines(tmp_path: Path) -> None:
    tables, catalogue = written_tables(tmp_path, world()), compiled(EXPRESSIONS)
    assert_same_bits(_few(catalogue, tables), _by_engine(catalogue, tables))


def test_every_state_of_the_packs_is_the_engines(workspace: Workspace, tmp_path: Path) -> None:
    catalogue = of_packs(workspace.content)
    chance = np.random.default_rng(7)
    found = {}
    for code in catalogue.forms:
        columns = workspace.content.forms[code].columns
        cells = chance.integers(0, 5000, (40, len(columns)))
        gaps = chance.random(cells.shape) < 0.1
        kinds = chance.choice(["211", "218", "311", "312", "341", "345", ""], 40)
        rows = [
            (f"S{n:02}", DISTRICTS[n % 3], str(kinds[n]), "121", "public",
             *(None if gap else int(cell) for cell, gap in zip(cells[n], gaps[n], strict=True)))
            for n in range(40)
        ]  # fmt: skip
        found[code, 2024] = table(columns, sorted(rows, key=lambda row: (str(row[1]), str(row[0]))))
    tables = written_tables(tmp_path, found)
    assert_same_bits(_few(catalogue, tables), _by_engine(catalogue, tables))


def test_groups_evaluated_apart_are_the_engines_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 2)  # a group at a time: as with more rows than the cache of a core holds
    tables, catalogue = written_tables(tmp_path, world()), compiled(EXPRESSIONS)
    assert_same_bits(_few(catalogue, tables, Selection()), _by_engine(catalogue, tables, Selection()))


def test_a_sum_that_leaves_64_bit_only_when_batches_are_added_is_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 1)
    large = SCHOOL.columns.index("large")
    rows = [_school(*[None] * large, 2**62, unit=f"S{n}", district=f"D{1 + n // 5}") for n in range(6)]
    tables, catalogue = _tables(tmp_path, rows), compiled(["sum(large)", "max(large)"])
    states = _few(catalogue, tables, Selection())
    assert_same_bits(states, _by_engine(catalogue, tables, Selection()))
    assert [5 * 2**62, 2**62] in [numbers[0].tolist() for numbers in states.columns.values()]


@pytest.mark.parametrize("few", [128, 0])  # picked out by Polars, or left over from all rows
def test_wanted_rows_are_found_in_whatever_group_of_rows_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(reading, "_FEW", few)
    rows = [_school(n, n + 1, unit=f"S{n:02}", district=DISTRICTS[n % 3]) for n in range(30)]
    path = tmp_path / "groups.parquet"
    pq.write_table(table(SCHOOL.columns, rows), path, row_group_size=4)
    catalogue = compiled(["sum(a)", "min(b)", "share(a / b >= 0.5)"])
    for wanted in (
        Selection(districts=("D2",)),
        Selection(districts=("D1", "D3")),
        Selection(units=("S07", "S29")),
        Selection(districts=("D1",), units=("S03", "S04")),
        Selection(districts=("D9",)),
    ):
        tables = {("school", 2024): path}
        assert_same_bits(_few(catalogue, tables, wanted), _by_engine(catalogue, tables, wanted))


def test_a_single_school_is_still_one_of_its_district(tmp_path: Path) -> None:
    tables = _tables(tmp_path, [_school(4, 5), _school(6, 3, unit="S2", district="D2")])
    catalogue = compiled(["sum(a where district = 'D1')"])
    engine, other = DuckDbEngine(threads=1), PolarsEngine()
    for one in (engine, other):
        found = one.run_units(catalogue, tables, Selection(units=("S1",)))
        assert found.cell("i0", "S1", 2024).value == 4
    engine.close()


def test_an_element_that_was_asked_later_is_missing_before(tmp_path: Path) -> None:
    catalogue, columns = compiled(["sum(a) / sum(b)", "share(b >= 1)"]), list(SCHOOL.columns)
    whole = table(columns, [_school(4, 5), _school(6, 3, unit="S2")])
    tables = written_tables(tmp_path, {("school", 2023): whole.drop_columns(["b"]), ("school", 2024): whole})
    assert_same_bits(_few(catalogue, tables, Selection()), _by_engine(catalogue, tables, Selection()))


def test_rows_in_any_order_give_the_same_states(tmp_path: Path) -> None:
    rows = [_school(n, n + 1, unit=f"S{n}", district=DISTRICTS[n % 3]) for n in range(12)]
    catalogue = compiled(["sum(a)", "share(a / b >= 0.5)", "max(a)"])
    mixed, sorted_ = (
        _tables(tmp_path / "one", rows),
        _tables(tmp_path / "two", sorted(rows, key=lambda row: str(row[1]))),
    )
    assert_same_bits(_few(catalogue, mixed), _few(catalogue, sorted_))


def test_a_number_made_of_what_is_none_is_left_to_the_engine(tmp_path: Path) -> None:
    tables = _tables(tmp_path, [_school(4, 0), _school(6, 3, unit="S2")])
    broken = vectors.cast(exp.Cast(this=exp.Null(), to=WIDE))(vectors.Vector(np.array([np.inf, 2.0]), vectors.YES))
    assert broken.broken is not None
    assert broken.broken.tolist() == [True, False]
    catalogue = compiled(["theil(a weight b)", "difference_coefficient(a, b)"])
    assert_same_bits(_few(catalogue, tables), _by_engine(catalogue, tables))


def _school(*cells: int | None, unit: str = "S1", district: str = "D1") -> tuple[object, ...]:
    return (unit, district, "312", "121", "public", *cells, *([None] * (len(SCHOOL.columns) - len(cells))))


def _tables(folder: Path, rows: Sequence[tuple[object, ...]]) -> Tables:
    return written_tables(folder, {("school", 2024): table(SCHOOL.columns, rows)})


def test_a_sum_beyond_64_bit_is_exact(tmp_path: Path) -> None:
    large = SCHOOL.columns.index("large")
    rows = [_school(*[None] * large, 2**62, unit=f"S{n}") for n in range(5)]
    tables, catalogue = _tables(tmp_path, rows), compiled(["sum(large)"])
    states = _few(catalogue, tables)
    assert_same_bits(states, _by_engine(catalogue, tables))
    assert 5 * 2**62 in [int(numbers[0, 0]) for numbers in states.columns.values()]


def test_numbers_that_engines_round_in_two_steps_are_left_to_the_engine(tmp_path: Path) -> None:
    large = SCHOOL.columns.index("large")
    catalogue = compiled(["mean(large * large / a weight 1)"])
    tables = _tables(tmp_path, [_school(3, *[None] * (large - 1), 2**40)])
    with pytest.raises(NotExactError):
        _few(catalogue, tables)
    engine = DuckDbEngine(threads=2)
    assert_same_bits(engine.states(catalogue, tables, ALL, GroupBy.DISTRICT), _by_engine(catalogue, tables))
    engine.close()


def test_a_quotient_by_nothing_is_not_added_where_its_condition_leaves_it_out(tmp_path: Path) -> None:
    rows = [_school(4, 0), _school(6, 3, unit="S2"), _school(5, None, unit="S3", district="D2")]
    tables, catalogue = _tables(tmp_path, rows), compiled(["difference_coefficient(a, b)", "theil(a weight b)"])
    assert_same_bits(_few(catalogue, tables), _by_engine(catalogue, tables))


def test_a_district_without_rows_has_no_states(tmp_path: Path) -> None:
    catalogue = compiled(["sum(a)", "sum(budget)"])
    tables = dict(_tables(tmp_path, [_school(4)]))
    tables |= written_tables(tmp_path, {("finance", 2024): table(FINANCE.columns, [])})
    states = _few(catalogue, tables, Selection(districts=("D1", "D2")))
    assert states.leaves == ("D1",)
    assert {name: numbers.tolist() for name, numbers in states.columns.items()} == {
        name: numbers.tolist()
        for name, numbers in _by_engine(catalogue, tables, Selection(districts=("D1", "D2"))).columns.items()
    }
