"""Common parts of a query: the same values, each part once, nothing taken out of the condition that guards it."""

from collections.abc import Iterator, Sequence

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from duibiao.compute import sqlnodes as s
from duibiao.compute.sharing import named, over, parts_of, shared
from duibiao.compute.sqlnodes import Sql
from duibiao.compute.sqltext import rows_text, states_text
from tests.engines.cases import compiled

ROWS = [(None, 0, 7), (1, None, -2), (3, 0, 0), (-4, 5, None), (6, 6, 6)]
leaf = st.one_of(st.sampled_from("abc").map(s.column), st.integers(-3, 3).map(s.integer))


def _deeper(inner: st.SearchStrategy[Sql]) -> st.SearchStrategy[Sql]:
    """Numbers made of numbers: with CASE, NULL and a quotient that only its condition keeps from failing."""
    pair = st.tuples(inner, inner)
    condition = pair.map(lambda two: exp.Paren(this=exp.LT(this=two[0], expression=two[1])))
    return st.one_of(
        pair.map(lambda two: s.add(*two)),
        pair.map(lambda two: s.multiply(*two)),
        inner.map(s.absolute),
        inner.map(s.null_if_zero),
        pair.map(lambda two: s.coalesce(*two)),
        st.tuples(condition, inner, inner).map(lambda three: s.case([(three[0], three[1])], otherwise=three[2])),
        st.tuples(condition, inner).map(lambda two: s.only_where(two[0], two[1])),
    )


numbers = st.recursive(leaf, _deeper, max_leaves=25)


def _rows(connection: duckdb.DuckDBPyConnection, columns: Sequence[tuple[str, Sql]], source: Sql) -> Sequence[object]:
    query = exp.Select(expressions=named(columns))
    query.set("from_", exp.From(this=source))
    return connection.execute(query.sql("duckdb")).fetchall()


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("CREATE TABLE t (a HUGEINT, b HUGEINT, c HUGEINT)")
        opened.executemany("INSERT INTO t VALUES (?, ?, ?)", ROWS)
        yield opened


@given(nodes=st.lists(numbers, min_size=1, max_size=4))
def test_columns_over_their_parts_have_the_same_values(connection: duckdb.DuckDBPyConnection, nodes: list[Sql]) -> None:
    # Each twice and once within another: there is something to share.
    columns = [(f"x{n}", node) for n, node in enumerate([*nodes, *nodes, s.add(nodes[0], s.absolute(nodes[-1]))])]
    table = exp.Table(this=exp.Identifier(this="t", quoted=True))
    plain = _rows(connection, columns, table)
    found = shared(parts_of(columns))
    assert _rows(connection, found.columns, over(table, found.layers, barrier=False)) == plain


def test_a_split_of_stages_is_written_once_however_often_it_is_used() -> None:
    one = states_text(compiled(["sum(stage_share(area, junior))"]), "school")[0]
    many = compiled([f"sum(stage_share(area, junior) where a > {n})" for n in range(20)])
    text = states_text(many, "school")[0]
    assert text.count("LEFT(") == one.count("LEFT(") == 1
    assert len(text) < 20 * len(one)
    assert rows_text(compiled(["median(stage_share(area, junior))"]), "school").count("LEFT(") == 1


def test_a_quotient_stays_behind_the_condition_that_guards_it() -> None:
    safe = s.divide(s.cast(s.column("a"), s.DOUBLE), s.column("b"))
    guarded = s.only_where(exp.NEQ(this=s.column("b"), expression=s.integer(0)), s.fixed(safe))
    found = shared(parts_of([("x", guarded), ("y", s.sum_of(guarded)), ("z", s.add(guarded, guarded))]))
    assert not found.layers


def test_what_is_as_fast_to_write_again_is_written_again() -> None:
    twice = s.add(s.column("a"), s.column("b"))
    assert not shared(parts_of([("x", twice), ("y", s.absolute(twice))])).layers


def test_parts_stand_over_the_parts_they_need() -> None:
    inner = s.absolute(s.absolute(s.absolute(s.column("a"))))
    outer = s.absolute(s.absolute(s.absolute(inner)))
    found = shared(parts_of([("x", inner), ("y", outer), ("z", s.negative(outer))]))
    assert [[name for name, _ in layer] for layer in found.layers] == [["part 0"], ["part 1"]]
    assert found.columns[0][1].sql("duckdb") == '"part 0"'


def test_postgresql_is_kept_from_putting_the_parts_back() -> None:
    catalogue = compiled(["sum(stage_share(area, junior))", "max(stage_share(area, junior) * 2)"], "postgres")
    assert "OFFSET 0" in states_text(catalogue, "school")[0]
