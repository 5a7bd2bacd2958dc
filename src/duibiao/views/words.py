"""How figures are written for people, in one place."""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from duibiao.kernel.text import Text
from duibiao.kernel.value import plain, shown

DASH = "—"


COEFFICIENT = "系数"
"""The unit of indicators that have none."""


def amount_words(amount: Decimal | None, unit: str) -> str:
    """An amount with its unit, exactly; a dash when there is none. A coefficient is shown without the word 系数."""
    return DASH if amount is None else shown(plain(amount), "" if unit in (DASH, COEFFICIENT) else unit)


def rounded_words(amount: Decimal | None, unit: str) -> str:
    """An extrapolated amount, rounded to two decimals: it is an estimate and must not look exact."""
    return DASH if amount is None else amount_words(amount.quantize(Decimal("0.01")), unit)


def rate_words(amount: Decimal | None, unit: str) -> str:
    """A yearly change, rounded to three decimals; in percentage points where the unit is percent."""
    if amount is None:
        return DASH
    rounded = amount.quantize(Decimal("0.001"))
    return amount_words(rounded, "个百分点" if unit == "%" else unit)


def difference_words(amount: Decimal | None, unit: str) -> str:
    """A difference of two amounts, exactly; in percentage points where the unit is percent."""
    return amount_words(amount, "个百分点" if unit == "%" else unit)


def large_words(amount: Decimal | None, unit: str = "") -> str:
    """A count as a Chinese sentence writes it: from ten thousand on in 万 with two decimals, from 10⁸ on in 亿."""
    if amount is None:
        return DASH
    for size, word in ((Decimal(100_000_000), "亿"), (Decimal(10_000), "万")):
        if abs(amount) >= size and not unit.startswith(("万", "亿")):
            return amount_words((amount / size).quantize(Decimal("0.01")), word + unit)
    return amount_words(amount, unit)


def percent(share: Decimal | None, digits: int = 1) -> str:
    """A share as a percentage with a fixed number of digits (half to even)."""
    return DASH if share is None else f"{share * 100:.{digits}f}%"


def ratio_words(ratio: Decimal | None) -> str:
    """A ratio with two digits."""
    return DASH if ratio is None else f"{ratio:.2f}"


def day_words(day: date) -> Text:
    """A day as a Chinese sentence writes it."""
    return Text(f"{day.year}年{day.month}月{day.day}日", day.isoformat())


def joined(names: tuple[str, ...] | list[str]) -> str:
    """Names with the enumeration comma; a dash for none."""
    return "、".join(names) or DASH


_PLAIN = frozenset({str, int, bool})


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass; a page has tens of thousands of them, of a few classes."""
    return tuple(one.name for one in fields(kind))


def as_plain(value: Any) -> Any:
    """Turn a page into JSON-ready data: exact decimals as strings, dates in ISO form, words in both languages."""
    if value is None or type(value) in _PLAIN:
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {name: as_plain(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, Decimal):
        return f"{plain(value):f}"
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_plain(item) for item in value]
    return value
