"""Every builder of SQL nodes, executed: sqlglot ignores arguments it does not know in silence."""

from decimal import Decimal

import duckdb
import pytest
from sqlglot import exp

from duibiao.compute import sqlnodes as s
from duibiao.compute.rational import MOST_BITS, added, comparable, divided, multiplied, negated, of_constant
from duibiao.compute.rowsql import bits_of
from duibiao.compute.sqlnodes import Sql
from tests.engines.cases import ELEMENTS, element

A, B, NULL = s.integer(7), s.integer(-2), exp.Null()


def answer(node: Sql) -> object:
    query = exp.Select(expressions=[node])
    found: object = duckdb.connect().execute(query.sql("duckdb", copy=False)).fetchall()[0][0]
    return found


@pytest.mark.parametrize(
    ("node", "value"),
    [
        (s.add(A, B), 5),
        (s.subtract(A, B), 9),
        (s.multiply(A, B), -14),
        (s.multiply(s.integer(1), A), 7),
        (s.multiply(s.add(A, B), s.subtract(A, B)), 45),
        (s.divide(s.real("7e0"), s.real("2e0")), 3.5),
        (s.negative(B), 2),
        (s.absolute(B), 2),
        (s.sign(B), -1),
        (s.sign(A), 1),
        (s.null_if_zero(s.integer(0)), None),
        (s.null_if_zero(A), 7),
        (s.known(A), True),
        (s.known(NULL), False),
        (s.unknown(NULL), True),
        (s.coalesce(NULL, NULL, A), 7),
        (s.case([(s.unknown(A), B)], otherwise=A), 7),
        (s.case([(s.unknown(A), B)]), None),
        (s.only_where(None, A), 7),
        (s.only_where(s.known(NULL), A), None),
        (s.words("it's \\ % _"), "it's \\ % _"),
        (s.cast(s.integer(2**100), s.WIDE), 2**100),
        (s.fixed(s.real("1.5e0")), 1_500_000_000),
        (s.fixed(s.real("-1e-9")), -1),
        (s.fixed(s.real("5e-10")), 1),
        (s.fixed(s.real("1e20")), int(1e29)),
        (s.true(), True),
        (s.count_of(NULL), 0),
        (s.count_rows(), 1),
        (s.sum_of(A), 7),
        (s.bracket(A), 7),
    ],
)
def test_a_builder_says_what_it_is_named_for(node: Sql, value: object) -> None:
    assert answer(node) == value


def test_both_joins_what_there_is() -> None:
    assert s.both([]) is None
    joined = s.both([s.known(A), s.unknown(NULL), s.true()])
    assert joined is not None
    assert answer(joined) is True


def test_fractions_stay_exact_and_say_when_they_cannot() -> None:
    third = divided(of_constant(Decimal("1")), of_constant(Decimal("3")))
    left, right = comparable(multiplied(third, of_constant(Decimal("3"))), of_constant(Decimal("1.0")))
    assert answer(exp.EQ(this=left, expression=right)) is True
    assert answer(negated(third).as_double()) == -1 / 3
    total = added(third, of_constant(Decimal("0.25")))
    assert answer(total.as_double()) == pytest.approx(7 / 12, rel=1e-15)
    large = of_constant(Decimal("9" * 25))
    assert multiplied(large, of_constant(Decimal("2"))).is_exact
    assert not multiplied(large, large).is_exact
    assert answer(multiplied(large, large).as_double()) == pytest.approx(1e50)


def test_the_bits_of_an_element_follow_from_its_limits() -> None:
    assert bits_of(ELEMENTS["large"]) == 63
    assert bits_of(element("x", limits=(0, 1000))) == 10
    assert bits_of(ELEMENTS["area"]) == (10**8 + 1).bit_length()
    assert bits_of(ELEMENTS["large"]) * 2 <= MOST_BITS
