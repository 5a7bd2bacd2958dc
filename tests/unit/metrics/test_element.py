"""Data elements: stored as whole numbers, and refused where they contradict themselves."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duibiao.kernel.problem import Report
from duibiao.kernel.reading import read_yaml
from duibiao.kernel.text import Text
from duibiao.metrics.element import LARGEST_STORED, DataElement, ElementRollUp, Stage, ValueType, read_element

GOOD = """
code: area
label: {zh: 面积, en: Area}
version: '1'
definition: 测试用的面积
unit: 平方米
type: quantity
decimals: 2
maximum: 100
owner: 测试
rollup: sum
verify: P
source: 测试数据
"""


def read(text: str, tmp_path: Path) -> tuple[DataElement, Report]:
    file, report = tmp_path / "element.yaml", Report()
    file.write_text(text, encoding="utf-8")
    return read_element(read_yaml(file, file.name, report)), report


def test_an_element_is_read_with_its_defaults(tmp_path: Path) -> None:
    element, report = read(GOOD, tmp_path)
    assert report.problems == []
    assert (element.minimum, element.maximum, element.stage) == (Decimal(0), Decimal(100), Stage.ALL)
    assert (element.type, element.rollup, element.choices) == (ValueType.QUANTITY, ElementRollUp.SUM, ())


def test_amounts_are_stored_exactly_or_refused(tmp_path: Path) -> None:
    element, _ = read(GOOD, tmp_path)
    assert element.scaled(Decimal("12.3")) == 1230
    assert element.scaled(Decimal("-0.01")) == -1
    assert element.amount(1230) == Decimal("12.30")
    with pytest.raises(ValueError, match="more than 2 decimals"):
        element.scaled(Decimal("12.345"))


@given(st.integers(min_value=-LARGEST_STORED, max_value=LARGEST_STORED), st.integers(min_value=0, max_value=4))
def test_a_stored_number_comes_back_as_it_was(stored: int, decimals: int) -> None:
    element = DataElement(
        "x", Text("测试"), "1", "", "元", ValueType.QUANTITY, decimals, None, None, Stage.ALL, "", ElementRollUp.SUM
    )
    assert element.scaled(element.amount(stored)) == stored


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("code: area", "code: Area", "code"),
        ("code: area", "code: 面积", "code"),
        ("code: area", "code: a", "code"),
        ("decimals: 2", "decimals: 5", "decimals"),
        ("type: quantity", "type: count", "decimals"),
        ("unit: 平方米\n", "", "unit"),
        ("maximum: 100", "maximum: 100\nminimum: 101", "minimum"),
        ("rollup: sum", "rollup: sum\nchoices: [{code: 1, label: 一}]", "choices"),
        ("type: quantity\ndecimals: 2", "type: choice", "choices"),
    ],
)
def test_what_contradicts_itself_is_told_at_its_field(old: str, new: str, field: str, tmp_path: Path) -> None:
    assert GOOD.count(old) == 1
    _, report = read(GOOD.replace(old, new), tmp_path)
    told = {(problem.code, problem.where.field) for problem in report.problems}
    assert ("ELEMENT-RULE", field) in told


def test_choices_do_not_add_up(tmp_path: Path) -> None:
    text = GOOD.replace(
        "type: quantity\ndecimals: 2", "type: choice\nchoices: [{code: 1, label: 一}, {code: 2, label: 二}]"
    )
    element, report = read(text, tmp_path)
    assert [choice.code for choice in element.choices] == [1, 2]
    assert [problem.where.field for problem in report.problems] == ["rollup"]
