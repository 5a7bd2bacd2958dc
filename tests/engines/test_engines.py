"""One suite for every engine: the same figures to 1e-12, the same reasons where there are none, the same coverage."""

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from duibiao.compute import DuckDbEngine, Engine, Result, Selection, trace
from duibiao.compute.engine import Tables
from duibiao.compute.figures import REASONS, Figures
from duibiao.compute.polars_engine import PolarsEngine
from duibiao.kernel.value import MissingReason
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.unit import Unit, UnitKind
from tests.engines.cases import UNITS, compiled, table, written_tables
from tests.engines.conftest import DIALECTS, known_as
from tests.engines.naive import aggregate, rows_of
from tests.engines.world import EXPRESSIONS, YEARS, world

MEMBERS = {
    "D1": {"D1"},
    "D2": {"D2"},
    "D3": {"D3"},
    "C:东片": {"D1", "D2"},
    "C:西片": {"D3"},
    "C": {"D1", "D2", "D3", "C"},
    "N": {"D1", "D2", "D3", "C"},
}
RULES: dict[str, dict[str, object]] = {
    "mean": {"min_coverage": Decimal("0.8")},
    "change": {"breaks": (2023,)},
    "cumulative_ratio": {"breaks": (2022,)},
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return written_tables(tmp_path_factory.mktemp("world"), world())


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    """Each engine computes the world once for all tests of this file."""
    return {}


@pytest.fixture
def result(engine: Engine, tables: Tables, results: dict[str, Result]) -> Result:
    name = known_as(engine)
    if name not in results:
        results[name] = engine.run(compiled(EXPRESSIONS, DIALECTS[name], RULES), tables, UNITS)
    return results[name]


def near(one: float, two: float, relative: float = 1e-12) -> bool:
    return math.isclose(one, two, rel_tol=relative, abs_tol=relative)


def test_an_element_that_was_asked_after_every_table_was_published_is_missing(engine: Engine, tmp_path: Path) -> None:
    whole = table(["a", "b"], [("S1", "D1", "", "", "", 1, 2), ("S2", "D2", "", "", "", 3, 4)])
    files = written_tables(tmp_path, {("school", year): whole.drop_columns(["b"]) for year in (2020, 2021)})
    texts = ["sum(a)", "ratio(a, b)", "share(b >= 1)", "max(b)", "median(a / b)"]
    catalogue = compiled(texts, DIALECTS[known_as(engine)])
    found = engine.run(catalogue, files, UNITS)
    for year in (2020, 2021):
        assert found.cell("i0", "C", year).value == 4
        for code in ("i1", "i2", "i3", "i4"):
            cell = found.cell(code, "C", year)
            assert (cell.value, cell.missing, cell.known, cell.total) == (None, MissingReason.NOT_REPORTED, 0, 2), code
    if isinstance(engine, DuckDbEngine):  # the engine of the cockpit: what is missing can be asked why
        (part,) = trace(engine, found, files, "i1", "C", 2021).aggregates
        assert [one.cells for one in part.units] == [{"a": 1, "b": None}, {"a": 3, "b": None}]


def test_the_groups_are_the_districts_the_groupings_the_city_and_the_nation(result: Result) -> None:
    assert set(result.groups.codes) == set(MEMBERS)
    assert result.years == YEARS


def test_every_aggregate_is_what_the_rows_say(result: Result) -> None:
    """Against the plainest implementation there is; doubles that were rounded to billionths lie within them."""
    held = world()
    compared = 0
    for code, figures in result.figures.items():
        node = result.compiled.by_code[code].expression.node
        if not isinstance(node, n.Aggregate) or code in RULES:
            continue
        form = result.compiled.plans[node].form
        for place, year in enumerate(YEARS):
            for column, group in enumerate(result.groups.codes):
                rows = rows_of(held[form, year]) if (form, year) in held else []
                inside = [row for row in rows if row["district"] in MEMBERS[group]]
                value, known, total = aggregate(result.compiled, node, inside)
                at = (place, column)
                told = (code, group, year, figures.value[at], value)
                assert (figures.known[at], figures.total[at]) == (known, total), told
                assert (figures.gap[at] == 0) == (value is not None), told
                if value is not None:
                    # R²/P and x ln x are added in billionths: n rows are off by at most n / 2 of them.
                    loose = node.function.value in ("difference_coefficient", "theil")
                    assert near(float(figures.value[at]), float(value), 1e-6 if loose else 1e-12), told
                compared += 1
    assert compared > 1000


def test_every_indicator_equals_the_second_implementation(
    result: Result, results: dict[str, Result], tables: Tables
) -> None:
    if "polars" not in results:
        results["polars"] = PolarsEngine().run(compiled(EXPRESSIONS, "duckdb", RULES), tables, UNITS)
    for code, figures in result.figures.items():
        assert_same(code, figures, results["polars"].figures[code])


def assert_same(code: str, one: Figures, two: Figures) -> None:
    assert (one.gap == two.gap).all(), (code, one.gap, two.gap)
    assert (one.known == two.known).all(), code
    assert (one.total == two.total).all(), code
    for name in ("value", "top", "bottom", "persons"):
        left, right = getattr(one, name), getattr(two, name)
        if left is None or right is None:
            assert left is None or np.isnan(left).all(), (code, name)
            assert right is None or np.isnan(right).all(), (code, name)
            continue
        there = one.gap == 0
        assert np.allclose(left[there], right[there], rtol=1e-12, atol=1e-12, equal_nan=True), (code, name)


def reason(result: Result, code: str, unit: str, year: int) -> str:
    found = result.cell(code, unit, year).missing
    return "" if found is None else found.value


def test_missing_is_not_zero_and_says_why(result: Result) -> None:
    assert reason(result, "sum", "D3", 2021) == "not_reported"
    assert result.cell("sum", "D3", 2021).total == 20
    assert reason(result, "ratio_zero", "C", 2022) == "not_computable"
    assert reason(result, "by_zero", "C", 2022) == "not_computable"
    assert reason(result, "gini_negative", "C", 2022) == "not_computable"
    assert reason(result, "city_budget", "D1", 2020) == "not_reported"
    assert reason(result, "city_budget", "D2", 2022) == "not_reported"
    assert reason(result, "lag", "C", 2020) == "not_reported"
    assert reason(result, "cumulative", "D1", 2020) == "not_applicable"


def test_nothing_expected_is_zero_for_sums_and_not_applicable_for_rates(result: Result) -> None:
    assert result.cell("sum_nobody", "C", 2022).value == 0
    assert result.cell("count_nobody", "C", 2022).value == 0
    assert result.cell("sum_nobody", "C", 2022).total == 0
    assert reason(result, "mean_nobody", "C", 2022) == "not_applicable"


def test_years_on_two_sides_of_a_break_are_not_compared(result: Result) -> None:
    # D2 changed its boundary on 2022-05-01: the autumn count of 2022 is the first after it.
    assert reason(result, "growth", "D2", 2022) == "not_comparable"
    assert reason(result, "growth", "D2", 2023) == ""
    assert reason(result, "growth", "D1", 2022) == ""
    assert reason(result, "lag_two", "D2", 2023) == "not_comparable"
    assert reason(result, "growth", "C:东片", 2022) == "not_comparable"
    assert reason(result, "cumulative", "D2", 2023) == "not_comparable"
    # D3 ended on 2023-06-01 and went to D1: neither D1 nor a grouping of one of them goes on, the city does
    assert reason(result, "growth", "D1", 2023) == "not_comparable"
    assert reason(result, "change_apart", "C:西片", 2023) == "not_comparable"
    assert reason(result, "change_apart", "C:东片", 2023) == "not_comparable"
    assert reason(result, "change_apart", "C", 2023) == ""
    # the definition of this one changed in 2023
    assert reason(result, "change", "D1", 2023) == "not_comparable"
    assert reason(result, "change", "D1", 2022) == ""


def test_a_value_of_too_few_units_is_withheld(result: Result) -> None:
    cells = [result.cell("mean", group, year) for group in MEMBERS for year in YEARS]
    low = [cell for cell in cells if cell.total and Fraction(cell.known, cell.total) < Fraction(4, 5)]
    assert low
    assert all(cell.value is None for cell in low)
    high = [cell for cell in cells if cell.total and Fraction(cell.known, cell.total) >= Fraction(4, 5)]
    assert high
    assert all(cell.value is not None for cell in high)


def test_a_row_wise_sum_counts_units_that_report_both_and_two_sums_do_not(result: Result) -> None:
    rows = rows_of(world()["school", 2022])
    both = sum(int(str(row["a"])) + int(str(row["b"])) for row in rows if None not in (row["a"], row["b"]))
    apart = sum(int(str(row[name])) for row in rows for name in ("a", "b") if row[name] is not None)
    assert both != apart
    assert result.cell("sum_of_row_sum", "C", 2022).value == both
    assert result.cell("sum_apart", "C", 2022).value == apart


def test_the_whole_is_the_sum_of_its_parts(result: Result) -> None:
    for code in ("sum", "sum_scaled", "sum_known", "sum_large", "count", "sum_product"):
        for year in YEARS:
            parts = [result.cell(code, district, year).value or 0.0 for district in ("D1", "D2", "D3")]
            whole = result.cell(code, "C", year).value
            assert whole is not None
            assert near(sum(parts), whole)


def test_a_school_has_the_same_expressions_at_its_own_grain(engine: Engine, tables: Tables) -> None:
    catalogue = compiled(["ratio(area, b)", "sum(a)", "median(b)"], DIALECTS[engine.name])
    found = engine.run_units(catalogue, tables, Selection(districts=("D1",)))
    rows = [row for row in rows_of(world()["school", 2022]) if row["district"] == "D1"]
    assert set(found.groups.codes) == {row["unit"] for row in rows}
    for row in rows:
        cell = found.cell("i0", str(row["unit"]), 2022)
        if row["area"] is None or not row["b"]:
            assert cell.value is None
        else:
            assert cell.value is not None
            assert near(cell.value, int(str(row["area"])) / 100 / int(str(row["b"])))
            assert cell.numerator == int(str(row["area"])) / 100
        assert found.cell("i1", str(row["unit"]), 2022).value == row["a"]
        assert found.cell("i2", str(row["unit"]), 2022).value == row["b"]


def test_a_school_that_took_over_another_is_not_compared_with_itself(engine: Engine, tables: Tables) -> None:
    catalogue = compiled(["growth(sum(b))", "sum(b) - lag(sum(b), 2)", "sum(b)"], DIALECTS[engine.name])
    gone = Unit("S003", "甲", UnitKind.SCHOOL, "D1", valid_to=date(2022, 3, 1), successors=("S000",))
    selection = Selection(units=("S000", "S006"))
    found = engine.run_units(catalogue, tables, selection, (*UNITS, gone, Unit("S000", "乙", UnitKind.SCHOOL, "D1")))
    assert [reason(found, "i0", "S000", year) == "not_comparable" for year in YEARS] == [False, False, True, False]
    assert [reason(found, "i1", "S000", year) == "not_comparable" for year in YEARS] == [False, False, True, True]
    assert {reason(found, "i0", "S006", year) for year in YEARS}.isdisjoint({"not_comparable"})
    assert reason(found, "i2", "S000", 2022) in ("", "not_reported")


def test_one_school_asked_for_alone_has_the_figures_it_has_among_others(engine: Engine, tables: Tables) -> None:
    catalogue = compiled(["ratio(area, b)", "sum(a)", "count(a > 1)"], DIALECTS[engine.name])
    among = engine.run_units(catalogue, tables, Selection(districts=("D1",)))
    school = among.groups.codes[0]
    alone = engine.run_units(catalogue, tables, Selection(units=(school,)))
    assert alone.groups.codes == (school,)
    for code in ("i0", "i1", "i2"):
        for year in alone.years:
            assert alone.cell(code, school, year) == among.cell(code, school, year)


def test_an_element_a_form_began_to_ask_later_is_missing_before(engine: Engine, tmp_path: Path) -> None:
    early = table(["a"], [("S1", "D1", "211", "", "", 5)])
    late = table(["a", "b"], [("S1", "D1", "211", "", "", 5, 2)])
    files = written_tables(tmp_path, {("school", 2020): early, ("school", 2021): late})
    found = engine.run(compiled(["ratio(a, b)", "sum(a)"], DIALECTS[engine.name]), files, UNITS)
    assert reason(found, "i0", "D1", 2020) == "not_reported"
    assert found.cell("i0", "D1", 2021).value == 2.5
    assert found.cell("i1", "D1", 2020).value == 5


def test_sums_beyond_64_bit_are_exact(engine: Engine, tmp_path: Path) -> None:
    huge = 2**61 + 1
    rows = [(f"S{place}", "D1", "", "", "", huge) for place in range(16)]
    files = written_tables(tmp_path, {("school", 2020): table(["a"], rows)})
    found = engine.run(compiled(["sum(a) - 36893488147419103248"], DIALECTS[engine.name]), files, UNITS)
    assert found.cell("i0", "D1", 2020).value in (0.0, 16.0)  # the states are exact, the last step is a double


def test_a_table_without_rows_gives_no_figure(engine: Engine, tmp_path: Path) -> None:
    files = written_tables(tmp_path, {("school", 2020): table(["a", "b"], [])})
    found = engine.run(compiled(["ratio(a, b)", "sum(a)", "min(a)", "median(a)"], DIALECTS[engine.name]), files, UNITS)
    assert found.groups.codes == ()
    assert found.table.num_rows == 0


def test_the_long_table_has_one_row_per_indicator_year_and_unit(result: Result) -> None:
    long = result.table
    assert long.num_rows == len(EXPRESSIONS) * len(YEARS) * len(MEMBERS)
    missing = [value is None for value in long["value"].to_pylist()]
    assert missing == [bool(one) for one in long["missing_reason"].to_pylist()]
    assert set(long["missing_reason"].to_pylist()) <= {"", *(one.value for one in REASONS if one is not None)}
    assert isinstance(long, pa.Table)
