"""Checks are held against rows exactly and in three-valued logic, and rows are mended until they hold."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duibiao.kernel.text import Text
from duibiao.metrics.element import DataElement, ElementRollUp, Stage, ValueType
from duibiao.metrics.expression import parse
from duibiao.simulate.repair import Repair
from duibiao.simulate.rowcheck import CheckedRows, UnreadableError, decide

Cell = int | None


def element(
    code: str, type_: ValueType = ValueType.COUNT, decimals: int = 0, maximum: int | None = None
) -> DataElement:
    return DataElement(
        code=code, label=Text(code), version="1", definition=code, unit="人", type=type_, decimals=decimals,
        minimum=Decimal(0), maximum=None if maximum is None else Decimal(maximum), stage=Stage.ALL, owner="x",
        rollup=ElementRollUp.SUM,
    )  # fmt: skip


ELEMENTS = {
    **{code: element(code) for code in ("a", "b", "c", "t")},
    "q": element("q", ValueType.QUANTITY, 2),
    "r": element("r", ValueType.QUANTITY, 1),
    "f": element("f", ValueType.FLAG, 0, 1),
}


def rows(**cells: list[Cell]) -> CheckedRows:
    count = len(next(iter(cells.values())))
    cells = {code: cells.get(code, [0] * count) for code in ELEMENTS}
    return CheckedRows(
        elements=ELEMENTS,
        values={code: np.array([one or 0 for one in column], dtype=np.int64) for code, column in cells.items()},
        known={code: np.array([one is not None for one in column]) for code, column in cells.items()},
        attributes={name: np.array(["311"] * count) for name in ("kind", "location", "ownership", "district")},
        count=count,
    )


def told(text: str, **cells: Cell) -> bool | None:
    """What a condition says of one row; None where it cannot be decided."""
    holds, known = decide(parse(text), rows(**{code: [cell] for code, cell in cells.items()}))
    return bool(holds[0]) if known[0] else None


@pytest.mark.parametrize(
    ("text", "cells", "expected"),
    [
        ("a + b = t", {"a": 1, "b": 2, "t": 3}, True),
        ("a + b = t", {"a": 1, "b": None, "t": 3}, None),
        ("sum_known(a, b) = t", {"a": 1, "b": None, "t": 1}, True),
        ("sum_known(a, b) = t", {"a": None, "b": None, "t": 1}, None),
        ("q = r", {"q": 120, "r": 12}, True),  # 1.20 and 1.2
        ("q + r = 0.3", {"q": 20, "r": 1}, True),  # exact: 0.2 + 0.1
        ("a / b <= 2", {"a": 5, "b": 2}, False),
        ("a / b <= 2", {"a": 5, "b": 0}, None),
        ("not f or a > 0", {"f": 0, "a": None}, True),  # one true side decides
        ("f and a > 0", {"f": 0, "a": None}, False),  # one false side decides
        ("f and a > 0", {"f": 1, "a": None}, None),
        ("known(a)", {"a": None}, False),
        ("a in (1, 2)", {"a": 2}, True),
        ("starts(kind, '3') and kind in ('311', '312')", {"a": 1}, True),
        ("kind != '311'", {"a": 1}, False),
        ("percent(a / b) <= 50", {"a": 1, "b": 2}, True),
        ("-a < 0", {"a": 1}, True),
        ("a * b = 6", {"a": 2, "b": 3}, True),
    ],
)
def test_conditions(text: str, cells: dict[str, Cell], expected: bool | None) -> None:
    assert told(text, **cells) is expected


def test_an_aggregate_is_no_condition_on_a_return() -> None:
    with pytest.raises(UnreadableError):
        told("sum(a) > 1", a=1)


counts = st.lists(st.integers(0, 10_000), min_size=4, max_size=4)
CHECKS = [
    "t = a + b + c",
    "a <= t",
    "a + b <= c * 2",
    "q <= r * 1.5",
    "t / a >= 3",
    "not f or a > 0",
    "f or a = 0",
    "not (a > 10) or b > 0",
    "a != b",
    "a <= b and b <= t",
    "a < b and b < t",
    "t > 0",
    "a in (1, 2) or t >= 0",
]


@given(
    st.lists(counts, min_size=1, max_size=12), st.lists(st.sampled_from(CHECKS), min_size=1, max_size=3, unique=True)
)
def test_rows_are_mended_until_the_checks_hold(table: list[list[int]], texts: list[str]) -> None:
    columns = list(zip(*table, strict=True))
    made = rows(a=list(columns[0]), b=list(columns[1]), c=list(columns[2]), t=list(columns[3]),
                q=list(columns[0]), r=list(columns[1]), f=[value % 2 for value in columns[2]])  # fmt: skip
    repair = Repair(made, ELEMENTS, {"t": 9, "a": 3, "b": 2, "c": 1, "q": 1, "r": 2, "f": 1})
    left = repair.run([(text, parse(text)) for text in texts])
    for text in texts:
        holds, known = decide(parse(text), made)
        assert (known & ~holds).sum() == left.get(text, 0)
    if len(texts) == 1:
        assert left == {}
    assert all((values >= 0).all() for values in made.values.values())


def test_the_less_firm_gives_way() -> None:
    made = rows(t=[100], a=[10], b=[20], c=[30])
    Repair(made, ELEMENTS, {"t": 9, "a": 1, "b": 1, "c": 1}).run([("x", parse("t = a + b + c"))])
    assert [int(made.values[code][0]) for code in "tabc"] == [100, 17, 33, 50]  # in proportion
    made = rows(t=[100], a=[10], b=[20], c=[30])
    Repair(made, ELEMENTS, {"t": 1, "a": 9, "b": 9, "c": 9}).run([("x", parse("t = a + b + c"))])
    assert int(made.values["t"][0]) == 60


def test_what_cannot_be_satisfied_is_told() -> None:
    made = rows(a=[1, 2], b=[0, 0])
    firm = dict.fromkeys(ELEMENTS, 1)
    assert Repair(made, ELEMENTS, firm).run([("no", parse("a < 0")), ("sum", parse("sum(a) > 1"))]) == {
        "no": 2,
        "sum": -1,
    }
