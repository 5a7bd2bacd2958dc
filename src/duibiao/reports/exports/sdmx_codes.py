"""The code lists of an SDMX export: every name that is no free text becomes a code with its words in two languages.

Rules: SDMX 2.1, ``IDType`` of SDMXCommonReferences.xsd: a code is made of letters, digits, ``_``, ``@``, ``$``, ``-``.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from duibiao.kernel.text import Text
from duibiao.kernel.value import MISSING_WORDS
from duibiao.metrics.observation import BOUND_WORDS, Bound
from duibiao.progress.status import LOOKS
from duibiao.reports.exports.content import ExportContent
from duibiao.reports.exports.figures import (
    MEASURE_WORDS,
    NATURE_WORDS,
    OBSERVATION_STATUS_WORDS,
    ExportedFigure,
)
from duibiao.reports.exports.tables import indicators, sources

NOT_APPLICABLE = "_Z"
"""The code of SDMX for a dimension that does not apply."""
ANNUAL = "A"
_BOUND_CODES = {
    Bound.EXACT: "EQ",
    Bound.AT_LEAST: "GE",
    Bound.MORE_THAN: "GT",
    Bound.AT_MOST: "LE",
    Bound.LESS_THAN: "LT",
    Bound.ABOUT: "ABOUT",
}
_UNITS = {
    "%": ("PT", "percent"),
    "‰": ("PM", "per mille"),
    "比例": ("SHARE", "share, 1 is the whole"),
    "人": ("PERSONS", "persons"),
    "名": ("PERSONS_NAMED", "persons"),
    "万人": ("PERSONS_E4", "ten thousand persons"),
    "人次": ("PERSON_TIMES", "visits, participations"),
    "个": ("NUMBER", "number"),
    "项": ("ITEMS", "items"),
    "所": ("INSTITUTIONS", "schools or institutions"),
    "门": ("COURSES", "courses"),
    "节": ("LESSONS", "lessons"),
    "种": ("KINDS", "kinds"),
    "次": ("TIMES", "times"),
    "倍": ("FOLD", "fold"),
    "年": ("YEARS", "years"),
    "小时": ("HOURS", "hours"),
    "元": ("CNY", "yuan"),
    "∶1": ("TO_ONE", "to one"),
    "—": ("NONE", "no unit"),
}
"""Codes and English words of the usual units of measure; others are written by their code points."""


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code of a list (标准导出代码): ``original`` is the name it stands for here, ``parent`` a code of the list."""

    id: str
    original: str
    words: Text
    parent: str = ""


@dataclass(frozen=True, slots=True)
class ExportCodeList:
    """A code list of an export (标准导出代码表)."""

    id: str
    title: Text
    codes: tuple[CodeEntry, ...]

    @property
    def by_original(self) -> Mapping[str, str]:
        """The codes by the names they stand for."""
        return {one.original: one.id for one in self.codes}


def code_ids(names: Iterable[str]) -> dict[str, str]:
    """A code for every name, the same in every run: other characters become ``-``, beyond ASCII their code point.

    Names that would share a code all get the beginning of their SHA-256 behind it.
    """
    wanted = {name: _code(name) for name in dict.fromkeys(names)}
    counted = Counter(wanted.values())
    return {name: code if counted[code] == 1 else f"{code}-{_digest(name)}" for name, code in wanted.items()}


def _code(name: str) -> str:
    return "".join(
        one if re.fullmatch(r"[A-Za-z0-9_-]", one) else "-" if one.isascii() else f"@{ord(one):X}" for one in name
    )


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def code_lists(content: ExportContent, found: Iterable[ExportedFigure]) -> dict[str, ExportCodeList]:
    """The code lists of an export by their ids, each in a fixed order."""
    every = tuple(found)
    made = (
        ExportCodeList("CL_FREQ", Text("频率", "frequency"), (CodeEntry(ANNUAL, ANNUAL, Text("年度", "annual")),)),
        ExportCodeList("CL_AREA", Text("单位", "reference area"), _areas(content)),
        ExportCodeList("CL_INDICATOR", Text("指标", "indicator"), _indicators(content)),
        ExportCodeList("CL_MEASURE", Text("数值类别", "measure"), _fixed(MEASURE_WORDS.items())),
        ExportCodeList("CL_TARGET", Text("目标", "target"), _targets(content)),
        ExportCodeList("CL_OBS_STATUS", Text("数值状态", "observation status"), _statuses()),
        ExportCodeList("CL_UNIT_MEASURE", Text("计量单位", "unit of measure"), _units(every)),
        ExportCodeList("CL_NATURE", Text("数值来历", "nature of the figure"), _fixed(NATURE_WORDS.items())),
        ExportCodeList("CL_BOUND", Text("界限", "bound"), _bounds()),
        ExportCodeList("CL_MISSING", Text("缺值原因", "reason of a missing value"), _fixed(MISSING_WORDS.items())),
        ExportCodeList(
            "CL_PROGRESS", Text("进展状态", "progress status"), _fixed((one, look.word) for one, look in LOOKS.items())
        ),
        ExportCodeList("CL_SOURCE", Text("来源", "source"), _sources(content)),
    )
    return {one.id: one for one in made}


def _fixed(words: Iterable[tuple[str, Text]]) -> tuple[CodeEntry, ...]:
    return tuple(CodeEntry(str(code).upper(), str(code), text) for code, text in words)


def _statuses() -> tuple[CodeEntry, ...]:
    return tuple(CodeEntry(one.value, one.value, words) for one, words in OBSERVATION_STATUS_WORDS.items())


def _bounds() -> tuple[CodeEntry, ...]:
    words = {**BOUND_WORDS, Bound.EXACT: Text("等于", "equal to")}
    return tuple(CodeEntry(code, bound.value, words[bound]) for bound, code in _BOUND_CODES.items())


def _areas(content: ExportContent) -> tuple[CodeEntry, ...]:
    codes = code_ids(one.code for one in content.units)
    return tuple(
        CodeEntry(codes[one.code], one.code, Text(one.name), codes.get(one.parent, "")) for one in content.units
    )


def _indicators(content: ExportContent) -> tuple[CodeEntry, ...]:
    found = tuple(indicators(content))
    codes = code_ids(one["code"] for one in found)
    return tuple(CodeEntry(codes[one["code"]], one["code"], Text(one["label_zh"], one["label_en"])) for one in found)


def _targets(content: ExportContent) -> tuple[CodeEntry, ...]:
    codes = code_ids(one.row.id for one in content.rows)
    none = CodeEntry(NOT_APPLICABLE, NOT_APPLICABLE, Text("不属于某一目标", "not of a single target"))
    rows = (one.row for one in content.rows)
    return (none, *(CodeEntry(codes[row.id], row.id, Text(f"{row.plan_short.zh}：{row.label}")) for row in rows))


def _units(found: Iterable[ExportedFigure]) -> tuple[CodeEntry, ...]:
    measured = dict.fromkeys(one.unit_of_measure for one in found)
    others = code_ids(one for one in measured if one not in _UNITS)
    known = {one: _UNITS[one] if one in _UNITS else (others[one], "") for one in measured}
    return tuple(CodeEntry(code, one, Text(one, english)) for one, (code, english) in known.items())


def _sources(content: ExportContent) -> tuple[CodeEntry, ...]:
    found = tuple(sources(content))
    codes = code_ids(one["code"] for one in found)
    return tuple(CodeEntry(codes[one["code"]], one["code"], Text(one["title_zh"], one["title_en"])) for one in found)
