"""A value is a quantity with its unit, or it says why it is missing. It is never zero by default."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from duibiao.kernel.text import Text


class MissingReason(StrEnum):
    """Why there is no number."""

    NOT_STATED = "not_stated"  # the document prints a dash
    NOT_PUBLISHED = "not_published"
    NOT_REPORTED = "not_reported"
    NOT_DUE = "not_due"
    SUPPRESSED = "suppressed"
    NOT_APPLICABLE = "not_applicable"
    NOT_COMPUTABLE = "not_computable"
    NOT_COMPARABLE = "not_comparable"  # the years stand on two sides of a change of boundary or definition
    LOW_COVERAGE = "low_coverage"  # too few of the expected units are known


MISSING_WORDS = {
    MissingReason.NOT_STATED: Text("文件未列（—）", "not stated in the document"),
    MissingReason.NOT_PUBLISHED: Text("未见公布", "not published"),
    MissingReason.NOT_REPORTED: Text("未报送", "not reported"),
    MissingReason.NOT_DUE: Text("未到期", "not due"),
    MissingReason.SUPPRESSED: Text("小数保护", "suppressed"),
    MissingReason.NOT_APPLICABLE: Text("不适用", "not applicable"),
    MissingReason.NOT_COMPUTABLE: Text("无法计算", "not computable"),
    MissingReason.NOT_COMPARABLE: Text("口径或边界变化，不可比", "not comparable"),
    MissingReason.LOW_COVERAGE: Text("覆盖不足", "coverage too low"),
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact amount in a unit of measure."""

    amount: Decimal
    unit: str

    def __str__(self) -> str:
        return shown(self.amount, self.unit)


@dataclass(frozen=True, slots=True)
class Missing:
    """No number, and the reason."""

    reason: MissingReason

    def __str__(self) -> str:
        return MISSING_WORDS[self.reason].zh


Value = Quantity | Missing


def shown(amount: Decimal, unit: str = "") -> str:
    """Write an amount the way a Chinese document does: no exponent, ratios as ``20∶1``, percent attached."""
    digits = f"{amount:f}"
    if unit == RATIO_TO_ONE:
        return digits + RATIO_TO_ONE
    return digits + unit


RATIO_TO_ONE = "∶1"

# A unit's family and its size in that family. Only units that share a family may be compared.
_UNITS: dict[str, tuple[str, Decimal]] = {
    "%": ("share", Decimal("0.01")),
    "‰": ("share", Decimal("0.001")),
    "比例": ("share", Decimal(1)),
}
_COUNTED = ("人", "名", "人次", "所", "个", "门", "元", "间", "节", "种", "项")
_SIZES = {"": Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
for _thing in _COUNTED:
    for _word, _size in _SIZES.items():
        # 名 is another measure word for 人; 人次 counts visits and is not.
        _UNITS[_word + _thing] = ("人" if _thing == "名" else _thing, _size)


class UnitMismatchError(ValueError):
    """Two units that measure different things were compared."""


def are_convertible(unit: str, other: str) -> bool:
    """Tell whether two units measure the same thing."""
    if unit == other:
        return True
    return unit in _UNITS and other in _UNITS and _UNITS[unit][0] == _UNITS[other][0]


def converted(quantity: Quantity, unit: str) -> Quantity:
    """Express a quantity in another unit of its family (``0.95`` 比例 → ``95`` %, 1.5 万人次 → 15000 人次).

    Raises UnitMismatchError when the units measure different things: 人 and 人次 are not the same.
    """
    if quantity.unit == unit:
        return quantity
    if not are_convertible(quantity.unit, unit):
        raise UnitMismatchError(f"{quantity.unit} → {unit}")
    amount = quantity.amount * _UNITS[quantity.unit][1] / _UNITS[unit][1]
    return Quantity(plain(amount), unit)


def plain(amount: Decimal) -> Decimal:
    """Drop trailing zeros and exponents without changing the value, however many digits it has."""
    digits = f"{amount:f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return Decimal(digits if digits not in ("-0", "") else "0")


def is_share(unit: str) -> bool:
    """Tell whether a unit measures a share of a whole (%, ‰, 比例)."""
    return unit in _UNITS and _UNITS[unit][0] == "share"
