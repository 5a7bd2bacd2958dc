"""Quantities, missing values, and units of measure."""

from decimal import Decimal

import pytest

from duibiao.kernel.value import (
    MISSING_WORDS,
    RATIO_TO_ONE,
    Missing,
    MissingReason,
    Quantity,
    UnitMismatchError,
    converted,
    plain,
    shown,
)


@pytest.mark.parametrize(
    ("amount", "given", "wanted", "expected"),
    [
        ("0.95", "比例", "%", "95"),
        ("95", "%", "比例", "0.95"),
        ("5", "‰", "%", "0.5"),
        ("1.5", "万人次", "人次", "15000"),
        ("12000", "人", "万人", "1.2"),
        ("0.3", "亿元", "万元", "3000"),
        ("62", "%", "%", "62"),
        ("18", "∶1", "∶1", "18"),
        ("7", "分", "分", "7"),  # an unknown unit is at least itself
    ],
)
def test_a_quantity_is_expressed_in_a_unit_of_its_family(amount: str, given: str, wanted: str, expected: str) -> None:
    assert converted(Quantity(Decimal(amount), given), wanted) == Quantity(Decimal(expected), wanted)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("人", "人次"),
        ("所", "个"),
        ("%", "个"),
        ("百分点", "%"),
        ("万人", "万元"),
        ("分", "%"),
        ("%", ""),
        ("∶1", "比例"),
    ],
)
def test_units_that_measure_different_things_are_refused(given: str, wanted: str) -> None:
    with pytest.raises(UnitMismatchError):
        converted(Quantity(Decimal(1), given), wanted)


def test_t2_a_share_and_a_percentage_are_compared_in_one_unit() -> None:
    """PRP compared 45 (already × 100) with a target of 0.8 (a share)."""
    achieved, target = Quantity(Decimal(45), "%"), Quantity(Decimal("0.8"), "比例")
    assert converted(target, "%").amount == 80
    assert achieved.amount < converted(target, "%").amount
    assert converted(achieved, "比例").amount < target.amount


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        ("1E+3", "人", "1000人"),
        ("96.20", "%", "96.20%"),
        ("20", RATIO_TO_ONE, "20∶1"),
        ("1.2E-9", "比例", "0.0000000012比例"),
        ("0", "个", "0个"),
    ],
)
def test_an_amount_is_written_without_an_exponent(amount: str, unit: str, words: str) -> None:
    assert shown(Decimal(amount), unit) == words
    assert str(Quantity(Decimal(amount), unit)) == words


@pytest.mark.parametrize(("amount", "digits"), [("1E+3", "1000"), ("95.00", "95"), ("0.950", "0.95"), ("0.00", "0")])
def test_trailing_zeros_and_exponents_go_and_the_value_stays(amount: str, digits: str) -> None:
    assert str(plain(Decimal(amount))) == digits


@pytest.mark.parametrize("amount", ["1E+30", "123456789012345678901234567890.5", "0.12345678901234567890123456789012"])
def test_an_amount_of_many_digits_keeps_its_value_too(amount: str) -> None:
    assert plain(Decimal(amount)) == Decimal(amount)


@pytest.mark.parametrize("reason", list(MissingReason))
def test_every_missing_value_says_why_in_both_languages(reason: MissingReason) -> None:
    words = MISSING_WORDS[reason]
    assert str(Missing(reason)) == words.zh
    assert words.zh
    assert words.en
