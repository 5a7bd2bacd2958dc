"""Reads what a person typed into one cell: a number, a reason why there is none, or a fault with its name.

What cannot be misunderstood is accepted and noted (full-width digits, thousands separators in their places, the
element's own unit behind the number); what can be read in two ways is refused, whatever is likely.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from duibiao.intake.validation import NO, NOT_APPLICABLE, NOT_KNOWN, YES, range_words
from duibiao.kernel.value import MissingReason
from duibiao.metrics.element import DataElement, ValueType

LARGEST = 10**15
"""A stored whole number beyond this is no figure of a school or district; up to here a workbook is exact."""
_FEW_DIGITS = 12
_NUMBERS = (ValueType.COUNT, ValueType.QUANTITY)
_NONE_WORDS = frozenset(
    {"无", "—", "——", "-", "--", "/", "／", "没有", "空", "n/a", "na", "none", "null", "nan", "\\", "*"}
)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE | re.ASCII)
_DATE = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?( \d{1,2}:\d{2}(:\d{2})?)?")
_REASONED = re.compile(rf"({NOT_KNOWN}|{NOT_APPLICABLE})\s*[:：（(，,]?\s*(.*?)\s*[)）]?", re.DOTALL)
_SAME_UNIT = {"名": "人"}


@dataclass(frozen=True, slots=True)
class CellReading:
    """What a cell turned out to be (单元格读数): a stored whole number, a reason, or a fault.

    ``code`` is a problem code, ``''`` where nothing is to be told; a value may stand beside a note.
    """

    value: int | None = None
    missing: MissingReason | None = None
    reason: str = ""
    code: str = ""
    facts: dict[str, object] = field(default_factory=dict)


def read_text(element: DataElement, typed: str) -> CellReading:
    """Read a text cell; never raises, whatever stands in it."""
    if len(typed) <= _FEW_DIGITS and typed.isascii() and typed.isdigit() and element.type in _NUMBERS:
        stored = int(typed) * 10**element.decimals
        if stored <= LARGEST:  # nearly every text is one like this
            return CellReading(stored)
    text = unicodedata.normalize("NFKC", typed).replace("\u200b", "").strip()
    if not text:
        return CellReading()
    if text.startswith((NOT_KNOWN, NOT_APPLICABLE)):
        return _read_reason(element, text, typed)
    if text.lower() in _NONE_WORDS:
        return _fault("INTAKE-NONE-WORD", element, typed)
    if element.type in (ValueType.FLAG, ValueType.CHOICE):
        return _read_choice(element, text, typed)
    return _read_number(element, text, typed)


def _fault(code: str, element: DataElement, typed: str) -> CellReading:
    shown = typed if len(typed) <= 40 else f"{typed[:40]}…"
    return CellReading(code=code, facts={"value": shown, "label": element.label.zh, "wanted": range_words(element),
                                     "unit": element.unit or "—"})  # fmt: skip


def _read_reason(element: DataElement, text: str, typed: str) -> CellReading:
    match = _REASONED.fullmatch(text)
    if match is None:
        return _fault("INTAKE-TEXT", element, typed)
    if match[1] == NOT_APPLICABLE:
        return CellReading(missing=MissingReason.NOT_APPLICABLE, reason=match[2])
    if len(match[2]) < 2:
        return _fault("INTAKE-REASON", element, typed)
    return CellReading(missing=MissingReason.NOT_REPORTED, reason=match[2])


def _read_choice(element: DataElement, text: str, typed: str) -> CellReading:
    if element.type is ValueType.FLAG:
        known = {YES: 1, NO: 0, "1": 1, "0": 0, "1.0": 1, "0.0": 0}
    else:
        known = {}
        for choice in element.choices:
            code, label = str(choice.code), unicodedata.normalize("NFKC", choice.label.zh)
            known |= dict.fromkeys((code, f"{code}.0", label, f"{code} {label}", f"{code}{label}"), choice.code)
    if text in known:
        return CellReading(known[text])
    return _fault("INTAKE-CHOICE", element, typed)


def _read_number(element: DataElement, text: str, typed: str) -> CellReading:  # noqa: C901  one branch a way of typing
    if _DATE.fullmatch(text):
        return _fault("INTAKE-DATE", element, typed)
    if text.lower() in ("true", "false"):
        return _fault("INTAKE-BOOLEAN", element, typed)
    bare = text.replace("−", "-").replace("，", ",")
    match = re.match(r"[-+\d.,\s]+(?:e[+-]?\d+(?![a-z]))?", bare, re.IGNORECASE | re.ASCII)
    number, rest = (match[0].strip(), bare[match.end() :].strip()) if match else ("", bare)
    if not number or not any(letter.isdigit() for letter in number):
        return _fault("INTAKE-TEXT", element, typed)
    if rest and not _is_unit(rest, element.unit):
        if rest == "%":
            return _fault("INTAKE-PERCENT", element, typed)
        return _fault("INTAKE-TYPED-UNIT" if not any(c.isdigit() for c in rest) else "INTAKE-TEXT", element, typed)
    if "," in number:
        if not _GROUPED.fullmatch(number):
            return _fault("INTAKE-SEPARATOR", element, typed)
        number = number.replace(",", "")
    if not _NUMBER.fullmatch(number):
        return _fault("INTAKE-TEXT", element, typed)
    try:
        amount = Decimal(number)
    except InvalidOperation:
        return _fault("INTAKE-TEXT", element, typed)
    if abs(amount.scaleb(element.decimals)) > LARGEST:
        return _fault("INTAKE-RANGE", element, typed)
    try:
        stored = element.scaled(_without_binary_tail(amount, element.decimals))
    except ValueError:
        return _fault("INTAKE-DECIMALS", element, typed)
    if number == typed.strip():
        return CellReading(stored)
    noted = _fault("INTAKE-NORMALISED", element, typed)
    return CellReading(stored, code=noted.code, facts=noted.facts | {"read": f"{amount:f}"})


def _without_binary_tail(amount: Decimal, decimals: int) -> Decimal:
    """A workbook holds binary numbers: 10360389.78 may come as 10360389.779999999, sixteen digits and more."""
    if len(amount.as_tuple().digits) < 16:
        return amount
    rounded = round(amount, decimals)
    return rounded if abs(rounded - amount) <= abs(amount) * Decimal("4e-16") else amount


def _is_unit(rest: str, unit: str) -> bool:
    """Tell whether what stands behind the number is the element's own unit, and nothing that changes its size."""
    wanted = unicodedata.normalize("NFKC", unit)
    return bool(wanted) and _SAME_UNIT.get(rest, rest) == _SAME_UNIT.get(wanted, wanted)
