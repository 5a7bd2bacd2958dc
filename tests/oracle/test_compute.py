"""Figures with a known answer: the official worked examples, and SQL written by hand."""

import csv
import math
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from duibiao.compute import DuckDbEngine, Engine, Tables
from duibiao.compute.polars_engine import PolarsEngine
from tests.engines.cases import UNITS, compiled, table, written_tables
from tests.engines.world import YEARS, world

ENGINES = [pytest.param(DuckDbEngine, id="duckdb"), pytest.param(PolarsEngine, id="polars")]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_worked_example_of_the_difference_coefficient(engine: type[Engine], shared: Path, tmp_path: Path) -> None:
    """Five schools, books per pupil: 0.515257 (printed 0.52). Without the pupils as weights it is 0.489 or 0.546."""
    file = shared / "reference" / "cv_official" / "worked_example_5schools.csv"
    with file.open(encoding="utf-8") as lines:
        schools = [(row["school"], int(row["students"]), int(row["books"])) for row in csv.DictReader(lines)]
    rows = [(name, "D1", "211", "", "", books, pupils) for name, pupils, books in schools]
    files = written_tables(tmp_path, {("school", 2020): table(["a", "b"], rows)})
    found = engine().run(compiled(["difference_coefficient(a, b)", "ratio(a, b)"]), files, UNITS)
    value = found.cell("i0", "D1", 2020).value
    assert value is not None
    assert round(value, 6) == 0.515257
    each = [books / pupils for _, pupils, books in schools]
    mean = sum(each) / len(each)
    for wrong in (len(each), len(each) - 1):  # the population and the sample form without weights
        spread = math.sqrt(sum((one - mean) ** 2 for one in each) / wrong)
        assert abs(value - spread / mean) > 0.02
    assert found.cell("i1", "D1", 2020).value == pytest.approx(1913 / 302, rel=1e-15)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_published_split_of_a_nine_year_school(engine: type[Engine], shared: Path, tmp_path: Path) -> None:
    """23,226 books of 166 primary and 210 junior pupils: 9,711 and 13,515, by 1 : 1.1."""
    file = shared / "reference" / "cv_official" / "split_example.csv"
    with file.open(encoding="utf-8") as lines:
        row = next(csv.DictReader(lines))
    columns = ["a", "primary", "junior", "senior"]
    values = (int(row["total_resource"]), int(row["primary_pupils"]), int(row["junior_pupils"]), None)
    files = written_tables(tmp_path, {("school", 2020): table(columns, [("S", "D1", "312", "", "", *values)])})
    texts = ["sum(stage_share(a, primary))", "sum(stage_share(a, junior))", "sum(stage_share(a, senior))"]
    found = engine().run(compiled(texts), files, UNITS)
    primary, junior, senior = (found.cell(f"i{place}", "D1", 2020).value for place in range(3))
    assert primary == pytest.approx(int(row["published_primary_share"]), abs=1)
    assert junior == pytest.approx(int(row["published_junior_share"]), abs=1)
    assert primary is not None
    assert junior is not None
    assert primary + junior == pytest.approx(int(row["total_resource"]), abs=1e-6)
    assert senior == 0


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return written_tables(tmp_path, world())


BY_HAND = {
    "ratio(area, b where kind = '211')": """
        SELECT sum(area) / 100.0 / sum(b) FROM t
        WHERE school_kind = '211' AND area IS NOT NULL AND b IS NOT NULL""",
    "share(area / b >= 4.5)": """
        SELECT count(*) FILTER (WHERE area::HUGEINT * 10 >= b::HUGEINT * 4500 AND b > 0)
             / count(*) FILTER (WHERE b > 0 AND area IS NOT NULL)::DOUBLE FROM t""",
    "sum(a + b)": "SELECT sum(a + b) FROM t",
    "sum(a) + sum(b)": "SELECT sum(a) + sum(b) FROM t",
    "mean(area weight b)": "SELECT sum(area * b) / 100.0 / sum(b) FROM t WHERE area IS NOT NULL AND b IS NOT NULL",
    "median(a)": "SELECT median(a) FROM t",
    "quantile(area, 0.9)": "SELECT quantile_cont(area, 0.9) / 100.0 FROM t",
    "max(area where c > 2)": "SELECT max(area) / 100.0 FROM t WHERE c > 2",
    "count(a > 1000 or b < 100 where area > 100)": """
        SELECT count(*) FROM t WHERE (a > 1000 OR b < 100) AND area > 10000""",
    "sum(large)": "SELECT sum(large)::DECIMAL(38, 2) / 100 FROM t",
    "difference_coefficient(area, b)": """
        WITH s AS (SELECT area / 100.0 AS r, b AS p FROM t WHERE area IS NOT NULL AND b > 0),
             m AS (SELECT sum(r) / sum(p) AS x, sum(p) AS n FROM s)
        SELECT sqrt(sum(p / n * power(r / p - x, 2))) / any_value(x) FROM s, m""",
}


@pytest.mark.parametrize("expression", sorted(BY_HAND))
def test_sql_written_by_hand_gives_the_same(expression: str, tables: Tables) -> None:
    found = DuckDbEngine().run(compiled([expression]), tables, UNITS)
    for year in YEARS:
        for unit, where in (("C", "true"), ("D1", "district = 'D1'")):
            with duckdb.connect() as connection:
                path = str(tables["school", year])
                connection.from_parquet(path).filter(where).create_view("t")
                (answer,) = connection.execute(BY_HAND[expression]).fetchall()
            value = found.cell("i0", unit, year).value
            loose = 1e-8 if expression.startswith("difference") else 1e-12
            if answer[0] is None:
                assert value is None
            else:
                assert value == pytest.approx(float(Decimal(str(answer[0]))), rel=loose)
