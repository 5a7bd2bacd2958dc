"""Random small tables × random expressions: DuckDB, Polars and plain loops over exact fractions say the same."""

import math
import random
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from duibiao.compute import DuckDbEngine
from duibiao.compute.engine import Selection, StatesEngine
from duibiao.compute.polars_engine import PolarsEngine
from duibiao.compute.sqltext import GroupBy
from duibiao.metrics.expression import nodes as n
from tests.engines.cases import SCHOOL, UNITS, Row, compiled, table, written_tables
from tests.engines.naive import aggregate, rows_of

MEMBERS: Mapping[str, set[str]] = {"D1": {"D1"}, "D2": {"D2"}, "C": {"D1", "D2"}, "N": {"D1", "D2"}}
NAMES = st.sampled_from(["a", "b", "c", "area"])
NUMBERS = st.sampled_from(["0", "1", "2", "0.5", "3.25", "10"])


def _divides_by_something(text: str) -> bool:
    return "/ 0)" not in text


def _numbers(depth: int) -> st.SearchStrategy[str]:
    if depth == 0:
        return NAMES | NUMBERS
    inner = _numbers(depth - 1)
    return st.one_of(
        NAMES,
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner).filter(_divides_by_something),
        st.builds("-{}".format, NAMES),
        st.builds("sum_known({}, {})".format, inner, NAMES),
        st.builds("stage_share({}, {})".format, NAMES, st.sampled_from(["primary", "junior", "senior"])),
    )


NUMBER = st.builds("{}{}".format, st.just(""), _numbers(2)).filter(lambda text: any(c.isalpha() for c in text))


def _conditions(depth: int) -> st.SearchStrategy[str]:
    simple = st.one_of(
        st.builds("{} {} {}".format, _numbers(1), st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), _numbers(1)),
        st.builds("kind = '{}'".format, st.sampled_from(["211", "312", ""])),
        st.builds("starts(kind, '{}')".format, st.sampled_from(["2", "3", ""])),
        st.builds("known({})".format, _numbers(1)),
        st.builds("{} in ({}, {})".format, NAMES, NUMBERS, NUMBERS),
        st.just("flag"),
    )
    if depth == 0:
        return simple
    inner = _conditions(depth - 1)
    return st.one_of(
        simple,
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("not ({})".format, inner),
    )


CONDITION = _conditions(1)
WHERE = st.just("") | st.builds(" where {}".format, CONDITION)
WEIGHT = st.just("") | st.builds(" weight {}".format, NAMES)
AGGREGATE = st.one_of(
    st.builds("sum({}{})".format, NUMBER, WHERE),
    st.builds("ratio({}, {}{})".format, NUMBER, NUMBER, WHERE),
    st.builds("count(({}) or a > 3{})".format, CONDITION, WHERE),
    st.builds("share(({}) and b < 3{})".format, CONDITION, WHERE),
    st.builds("mean({}{})".format, NAMES, WHERE),
    st.builds("mean({} weight {}{})".format, NUMBER, NAMES | st.just("1"), WHERE),  # of quotients only with a weight
    st.builds("difference_coefficient({}, {}{})".format, NUMBER, NAMES, WHERE),
    st.builds("{}({}{})".format, st.sampled_from(["min", "max", "median"]), NUMBER, WHERE),
    st.builds("quantile({}, {}{})".format, NUMBER, st.sampled_from(["0", "0.25", "0.9", "1"]), WHERE),
    st.builds("{}({}{}{})".format, st.sampled_from(["gini", "theil"]), NUMBER, WEIGHT, WHERE),
)
STORED = st.none() | st.integers(-4, 12)
ROW = st.tuples(
    st.sampled_from(["D1", "D2"]), st.sampled_from(["211", "312", "345", "999", ""]),
    STORED, STORED, STORED, st.none() | st.integers(-300, 1200), *[st.none() | st.integers(0, 5)] * 3,
    st.none() | st.integers(0, 1), st.none() | st.integers(0, 9),
)  # fmt: skip


def laid_out(drawn: list[tuple[object, ...]]) -> list[Row]:
    rows = [(f"S{place}", one[0], one[1], "111", "public", *one[2:]) for place, one in enumerate(drawn)]
    return sorted(rows, key=lambda row: (str(row[1]), str(row[0])))


EMPTY: tuple[object, ...] = ("D1", "211", *([None] * 9))


@example([EMPTY, ("D1", "211", None, None, 5, *([None] * 6))], ["sum((b - (0.5 / b)) where known((3.25 * 0)))"])
@example(
    [EMPTY, ("D1", "211", None, None, 1, *([None] * 6)), ("D1", "211", None, None, 3, *([None] * 6))],
    ["difference_coefficient((c + (c + 0.5)), c)"],
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(ROW, min_size=1, max_size=9), st.lists(AGGREGATE, min_size=6, max_size=12, unique=True))
def test_three_implementations_agree(drawn: list[tuple[object, ...]], texts: list[str]) -> None:
    wide = table(SCHOOL.columns, laid_out(drawn))
    catalogue = compiled(texts)
    with tempfile.TemporaryDirectory() as folder:
        files = written_tables(Path(folder), {("school", 2020): wide})
        engine = DuckDbEngine(threads=1)
        one = engine.run(catalogue, files, UNITS)
        engine.close()
        two = PolarsEngine().run(catalogue, files, UNITS)
    for code, text in zip(one.figures, texts, strict=True):
        node = catalogue.by_code[code].expression.node
        assert isinstance(node, n.Aggregate)
        for column, group in enumerate(one.groups.codes):
            if group not in MEMBERS:
                continue
            rows = [row for row in rows_of(wide) if row["district"] in MEMBERS[group]]
            value, known, total = aggregate(catalogue, node, rows)
            first, second = one.figures[code], two.figures[code]
            told = (text, group, first.value[0, column], second.value[0, column], value)
            assert (first.known[0, column], first.total[0, column]) == (known, total), told
            assert (second.known[0, column], second.total[0, column]) == (known, total), told
            assert first.gap[0, column] == second.gap[0, column], told
            assert (first.gap[0, column] == 0) == (value is not None), told
            if value is not None:
                assert math.isclose(
                    first.value[0, column], second.value[0, column], rel_tol=alike(node), abs_tol=1e-12
                ), told
                assert near(node, first.value[0, column], float(value)), told


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(ROW, min_size=1, max_size=9), st.lists(AGGREGATE, min_size=6, max_size=12, unique=True))
def test_a_few_rows_give_the_states_of_the_engine_to_the_bit(drawn: list[tuple[object, ...]], texts: list[str]) -> None:
    catalogue = compiled(texts)
    wanted = Selection(districts=("D1", "D2"))
    with tempfile.TemporaryDirectory() as folder:
        files = written_tables(Path(folder), {("school", 2020): table(SCHOOL.columns, laid_out(drawn))})
        engine = DuckDbEngine(threads=1)
        few = engine.states(catalogue, files, wanted, GroupBy.DISTRICT)
        all_rows = StatesEngine.states(engine, catalogue, files, wanted, GroupBy.DISTRICT)
        engine.close()
    assert few.leaves == all_rows.leaves
    for name, numbers in all_rows.columns.items():
        assert few.columns[name].tolist() == numbers.tolist(), texts


def alike(node: n.Aggregate) -> float:
    """How near two engines come: in a coefficient of a few rows each rounds R²/P to billionths, at its own scale."""
    return 1e-6 if node.function is n.AggregateFunction.DIFFERENCE_COEFFICIENT else 1e-12


def near(node: n.Aggregate, value: float, exact: float) -> bool:
    """Within what the rounding of a row to billionths allows: nine rows, and the root of it in a coefficient."""
    loose = 1e-4 if node.function.value in ("difference_coefficient", "theil", "gini") else 1e-7
    return math.isclose(value, exact, rel_tol=loose, abs_tol=loose)


@settings(max_examples=8)
@given(
    st.lists(ROW, min_size=2, max_size=12),
    st.randoms(use_true_random=False),
    st.lists(AGGREGATE, min_size=3, max_size=6),
)
def test_the_order_of_rows_and_the_cut_into_districts_change_no_sum(
    drawn: list[tuple[object, ...]], chance: random.Random, texts: list[str]
) -> None:
    rows = laid_out(drawn)
    mixed = list(rows)
    chance.shuffle(mixed)
    moved = [(row[0], "D1" if place % 3 else "D2", *row[2:]) for place, row in enumerate(rows)]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for place, one in enumerate((rows, mixed, moved)):
            files = written_tables(Path(folder) / str(place), {("school", 2020): table(SCHOOL.columns, one)})
            engine = DuckDbEngine(threads=2)
            result = engine.run(compiled(texts), files, UNITS)
            column = result.groups.codes.index("C")
            found.append(np.array([figures.value[0, column] for figures in result.figures.values()]).tobytes())
            engine.close()
    assert found[0] == found[1]
    assert found[0] == found[2]
