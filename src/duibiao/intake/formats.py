"""Number formats of a workbook that make a cell look like another number than it holds, or like no number at all.

A format is read as ECMA-376 part 1, 18.8.30–31 describes it: quoted and escaped characters are shown as they stand, a
comma behind the last digit divides by a thousand, ``y m d h s`` and ``aaa`` show a date. Excel and WPS in Chinese also
write the numbers 27–36 and 50–58 for formats they do not spell out: all of them are dates.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class BlemishKind(StrEnum):
    """What makes a cell something other than a plain value."""

    FORMULA = "formula"  # 公式
    ERROR = "error"  # 错误值
    BOOLEAN = "boolean"  # 逻辑值
    PERCENT = "percent"  # 百分比格式
    DATE = "date"  # 日期格式
    SCALED = "scaled"  # 缩放格式: 12 shown as 12万, 12000 shown as 12


@dataclass(frozen=True, slots=True)
class MarkedFormat:
    """A number format that changes what a cell says (改变含义的数字格式).

    ``word`` is what stands behind the number (万, 万元), ``''`` where it only leaves digits out.
    """

    kind: BlemishKind
    word: str = ""


ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ENTITIES = (("&quot;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&apos;", "'"), ("&amp;", "&"))
_PERCENT_NUMBERS = frozenset({9, 10})
_DATE_NUMBERS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_PIECE = re.compile(
    r'"([^"]*)"|[\\!_*](.)|\[([^\]]*)\]|(general|g/通用格式)|([^\x00-\x7f]+)|(.)', re.IGNORECASE | re.DOTALL
)
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_DIVIDED = re.compile(r"[0#?],+(?![0#?,])")
_DATE = re.compile(r"[ymdhs]|a{3,}|(?<![e0#?.])e")
_SCALE = re.compile(r"[十百千万亿兆%‰]")


def attributes(text: bytes) -> dict[str, str]:
    """The attributes of an element of XML, without the prefixes of their names."""
    return {name.decode().split(":")[-1]: (a or b).decode() for name, a, b in ATTRIBUTE.findall(text)}


def marked_format(code: str) -> MarkedFormat | None:
    """What a format does to the number of a cell; None where it shows it as it is."""
    bare, words = "", []
    for quoted, escaped, bracket, _, wide, other in _PIECE.findall(code):
        if bracket and _ELAPSED.fullmatch(bracket):
            return MarkedFormat(BlemishKind.DATE)
        words += [word for word in (quoted, escaped, wide) if word]
        bare += other
    if "%" in bare:
        return MarkedFormat(BlemishKind.PERCENT)
    if _DATE.search(bare.lower()):
        return MarkedFormat(BlemishKind.DATE)
    word = "".join(words).strip(" .")
    if _DIVIDED.search(bare) or _SCALE.match(word):
        return MarkedFormat(BlemishKind.SCALED, word)
    return None


def marked_styles(styles: bytes) -> Mapping[int, MarkedFormat]:
    """The cell styles of a workbook whose format changes what a number says, by their places in ``cellXfs``."""
    known = {number: MarkedFormat(BlemishKind.PERCENT) for number in _PERCENT_NUMBERS}
    known |= {number: MarkedFormat(BlemishKind.DATE) for number in _DATE_NUMBERS}
    for found in re.findall(rb"<(?:\w+:)?numFmt\s([^>]*)/?>", styles):
        one = attributes(found)
        code = one.get("formatCode", "")
        for entity, letter in _ENTITIES:
            code = code.replace(entity, letter)
        number, marked = one.get("numFmtId", ""), marked_format(code)
        if number.isdecimal():
            known.pop(int(number), None)  # a file may give a number that is built in another meaning
            if marked is not None:
                known[int(number)] = marked
    block = re.search(rb"<(?:\w+:)?cellXfs.*?</(?:\w+:)?cellXfs>", styles, re.DOTALL)
    formats = re.findall(rb"<(?:\w+:)?xf\s([^>]*)/?>", block[0]) if block else []
    numbers = [attributes(found).get("numFmtId", "") for found in formats]
    return {
        place: known[int(number)]
        for place, number in enumerate(numbers)
        if number.isdecimal() and int(number) in known
    }  # fmt: skip
