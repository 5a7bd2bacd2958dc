"""Automatic numbers of Word paragraphs: numbering.xml says how they look, the order of paragraphs what they are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cn2an import an2cn

from duibiao.sources.readers.zipped import attribute, child, local

LEVELS = 9
LARGEST = 9999  # no list is longer; a larger start is a fault of the file
CHINESE = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand",
}  # fmt: skip
FINANCIAL = {"chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"}
DIGITS = {"ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand"}
ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
         (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    is_legal: bool = False


@dataclass(slots=True)
class _List:
    abstract: str
    levels: dict[int, _Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists of a Word document (自动编号): gives each numbered paragraph its number, in document order."""

    def __init__(self, root: Any | None) -> None:
        self._lists: dict[str, _List] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is not None:
            self._load(root)

    def _load(self, root: Any) -> None:
        abstracts, links, named = {}, {}, {}
        for element in root:
            if local(element) == "abstractNum":
                code = attribute(element, "abstractNumId") or ""
                abstracts[code] = _levels(element)
                for item in element:
                    if local(item) == "numStyleLink":
                        links[code] = attribute(item, "val")
                    elif local(item) == "styleLink":
                        named[attribute(item, "val")] = code
        for element in root:
            if local(element) == "num":
                reference = child(element, "abstractNumId")
                code = (attribute(reference, "val") if reference is not None else None) or ""
                code = named.get(links.get(code), code) if code in links else code
                self._lists[attribute(element, "numId") or ""] = _override(code, abstracts.get(code, {}), element)

    def __contains__(self, list_id: str) -> bool:
        return list_id in self._lists

    def next(self, list_id: str, level: int) -> str:
        """The number of the next paragraph of a list at a level; empty for bullets that print nothing."""
        found = self._lists.get(list_id)
        if found is None or not 0 <= level < LEVELS:
            return ""
        counters = self._counters.setdefault(found.abstract, [None] * LEVELS)
        look = found.levels.get(level, _Level())
        current = counters[level]
        if level in found.starts and (list_id, level) not in self._begun:
            self._begun.add((list_id, level))
            current = None
        counters[level] = min(current + 1, LARGEST) if current is not None else found.starts.get(level, look.start)
        for deeper in range(level + 1, LEVELS):
            restart = found.levels.get(deeper, _Level()).restart
            if restart is None or level < restart:
                counters[deeper] = None
        return _shown(look, found.levels, counters)


def _levels(element: Any) -> dict[int, _Level]:
    return {_number(attribute(item, "ilvl"), 0): _level(item) for item in element if local(item) == "lvl"}


def _level(element: Any) -> _Level:
    facts = {local(item): attribute(item, "val") for item in element}
    if "numFmt" not in facts and (chosen := child(element, "AlternateContent", "Choice", "numFmt")) is not None:
        facts["numFmt"] = attribute(chosen, "format") or attribute(chosen, "val")
    return _Level(
        start=_number(facts.get("start"), 1),
        form=facts.get("numFmt") or "decimal",
        text=facts.get("lvlText") or "",
        restart=_number(facts["lvlRestart"], 0) if "lvlRestart" in facts else None,
        is_legal="isLgl" in facts and facts["isLgl"] not in ("0", "false"),
    )


def _override(code: str, levels: Mapping[int, _Level], element: Any) -> _List:
    found = _List(code, dict(levels))
    for item in element:
        if local(item) == "lvlOverride":
            level = _number(attribute(item, "ilvl"), 0)
            if (own := child(item, "lvl")) is not None:
                found.levels[level] = _level(own)
            if (start := child(item, "startOverride")) is not None:
                found.starts[level] = _number(attribute(start, "val"), 1)
    return found


def _shown(look: _Level, levels: Mapping[int, _Level], counters: list[int | None]) -> str:
    if look.form == "bullet":
        return "".join(character for character in look.text if not "\ue000" <= character <= "\uf8ff")

    def place(match: re.Match[str]) -> str:
        level = int(match[1]) - 1
        other = levels.get(level, _Level())
        count = counters[level]
        return written(other.start if count is None else count, "decimal" if look.is_legal else other.form)

    return re.sub(r"%([1-9])", place, look.text).strip()


def written(number: int, form: str) -> str:
    """Write a number in one of Word's number formats."""
    if form in CHINESE:
        return str(an2cn(number))
    if form in FINANCIAL:
        return str(an2cn(number, "up"))
    if form in DIGITS:
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))
    if form in ("lowerRoman", "upperRoman"):
        return _roman(number) if form == "lowerRoman" else _roman(number).upper()
    if form in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 20)
        return letter if form == "lowerLetter" else letter.upper()
    return _decorated(number, form)


def _decorated(number: int, form: str) -> str:
    if form.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if form == "decimalEnclosedParen" and 1 <= number <= 20:
        return chr(0x2474 + number - 1)
    if form == "decimalEnclosedFullstop" and 1 <= number <= 20:
        return chr(0x2488 + number - 1)
    if form in ("ideographTraditional", "ideographZodiac"):
        signs = "甲乙丙丁戊己庚辛壬癸" if form == "ideographTraditional" else "子丑寅卯辰巳午未申酉戌亥"
        return signs[number - 1] if 1 <= number <= len(signs) else str(number)
    if form.startswith("decimalFullWidth"):
        return "".join(chr(0xFF10 + int(digit)) for digit in str(number))
    return "" if form == "none" else f"{number:02d}" if form == "decimalZero" else str(number)


def _roman(number: int) -> str:
    signs = []
    for value, sign in ROMAN:
        signs.append(sign * (number // value))
        number %= value
    return "".join(signs)


def _number(text: str | None, default: int) -> int:
    return min(int(text), LARGEST) if text and text.isascii() and text.isdigit() and len(text) < 10 else default
