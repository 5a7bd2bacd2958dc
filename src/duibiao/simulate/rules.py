"""How the value of a data element comes about: a rule from the packs, or one read off the element's definition."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from zlib import crc32

from duibiao.kernel.reading import Record
from duibiao.metrics.element import DataElement, Stage, ValueType


class RuleKind(StrEnum):
    """The classes of elements a rule can make."""

    TAKES = "takes"  # a series of the simulated school itself: its pupils, teachers, classes
    SHARE = "share"  # part of a whole
    PER = "per"  # so much per pupil, class or teacher
    LEVEL = "level"  # a rate, a price, a speed: does not follow the size
    FLAG = "flag"
    PICK = "pick"  # one of the choices


@dataclass(frozen=True, slots=True)
class GenerationRule:
    """How one element is made (生成规则).

    ``of`` is a series (``pupils/primary``) or another element; ``rate`` the part, the amount per one, the level or
    the probability; ``spread`` how far schools differ (standard deviation of the logarithm, or of the logit of a
    part); ``rise`` what a year adds, relative to the rate; ``rural``, ``private``, ``public``, ``vocational`` factors
    for such schools (the last for 办学类型 36*). ``steps``: the value is one of these, the highest it reaches (what is
    sold in steps, such as the speed of a line), and moves by ``rise`` alone. ``firm`` tells which of two contradicting
    elements gives way to a check: the less firm one.
    """

    element: str
    kind: RuleKind
    of: str = ""
    rate: float = 0.0
    spread: float = 0.3
    rise: float = 0.0
    rural: float = 1.0
    private: float = 1.0
    public: float = 1.0
    vocational: float = 1.0
    steps: tuple[float, ...] = ()
    firm: int = 1


FIRM = {RuleKind.TAKES: 9, RuleKind.SHARE: 4, RuleKind.PER: 3, RuleKind.LEVEL: 3, RuleKind.FLAG: 3, RuleKind.PICK: 3}
"""Firmness of a rule the packs state; a rule read off a definition has a third of it."""


def read_rule(record: Record, elements: Mapping[str, DataElement]) -> GenerationRule:
    """Read one entry of ``rules`` in a ``simulation.yaml``."""
    kind = record.choice("how", RuleKind)

    def number(name: str, default: str) -> float:
        found = record.maybe_decimal(name) if record.has(name) else Decimal(default)
        return float(Decimal(default) if found is None else found)

    rule = GenerationRule(
        element=record.text("element"),
        kind=kind,
        of=record.optional("of") or "",
        rate=number("rate", "0"),
        spread=number("spread", "0.3"),
        rise=number("rise", "0"),
        rural=number("rural", "1"),
        private=number("private", "1"),
        public=number("public", "1"),
        vocational=number("vocational", "1"),
        steps=_steps(record),
        firm=record.integer("firm") if record.has("firm") else FIRM[kind],
    )
    record.points_to("element", rule.element, elements, "ELEMENT-UNKNOWN")
    if kind in (RuleKind.TAKES, RuleKind.SHARE, RuleKind.PER):
        of = record.text("of")
        if "/" not in of:
            record.points_to("of", of, elements, "ELEMENT-UNKNOWN")
    record.close()
    return rule


def _steps(record: Record) -> tuple[float, ...]:
    """The steps of a level, rising; SIMULATION-VALUE for what is no number or does not rise."""
    found: list[float] = []
    for text in record.texts("steps"):
        least = found[-1] if found else 0
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if value <= least:
            record.report.add(
                "SIMULATION-VALUE", record.where("steps"), field="steps", value=text, least=f"{least:g}", most="—"
            )
            continue
        found.append(value)
    return tuple(found)


def inferred(element: DataElement) -> GenerationRule:
    """The rule an element's definition suggests: its type, unit, stage and the words of its label."""
    if element.type is ValueType.FLAG:
        return GenerationRule(element.code, RuleKind.FLAG, rate=0.55 + 0.35 * _chance(element), rise=0.03, firm=1)
    if element.type is ValueType.CHOICE:
        return GenerationRule(element.code, RuleKind.PICK, firm=1)
    if element.unit in ("人", "名"):
        return _people(element)
    return _sized(element) or _level(element)


def _sized(element: DataElement) -> GenerationRule | None:
    """The rule of what grows with the school: room, books, machines, classes, money."""
    label, stage, unit = element.label.zh, element.stage, element.unit
    if unit in _PER_PUPIL:
        rate = next((rate for words, rate in _PER_PUPIL[unit] if re.search(words, label)), 1.0)
        return GenerationRule(element.code, RuleKind.PER, f"capacity/{stage}", rate, 0.35, 0.01)
    if "班" in unit or (unit == "个" and re.search(r"班(数|额)?$", label)):
        if re.search(r"^(普通)?(幼儿园|小学|初中|高中|教学)?班(级)?(总)?数$", label):
            return GenerationRule(element.code, RuleKind.TAKES, f"classes/{stage}", firm=8)
        return GenerationRule(element.code, RuleKind.SHARE, f"classes/{stage}", 0.1 + 0.5 * _chance(element), 0.5)
    if unit == "间":
        return GenerationRule(element.code, RuleKind.PER, f"class_capacity/{stage}", 0.15 + 0.6 * _chance(element), 0.3)
    if unit in _MONEY:
        return GenerationRule(
            element.code, RuleKind.PER, f"pupils/{stage}", _MONEY[unit] * (0.1 + _chance(element)), 0.35, 0.04
        )
    return None


def _level(element: DataElement) -> GenerationRule:
    """The rule of what does not grow with the school: rates and speeds; and of the few things it has some of."""
    limited = element.minimum is not None and element.maximum is not None
    if element.unit in ("%", "％") or limited:
        return GenerationRule(element.code, RuleKind.LEVEL, rate=_middle(element), spread=0.15)
    if element.unit in ("Mbps", "兆", "学时", "小时", "天", "年", "公里"):
        return GenerationRule(element.code, RuleKind.LEVEL, rate=_middle(element), spread=0.3)
    of = f"class_capacity/{element.stage}"
    return GenerationRule(element.code, RuleKind.PER, of, 0.05 + 0.2 * _chance(element), 0.6, 0.02)


_MONEY = {"元": 6000.0, "千元": 6.0, "万元": 0.6}
_PER_PUPIL: dict[str, list[tuple[str, float]]] = {
    "平方米": [
        ("占地|用地", 24.0),
        ("建筑|校舍", 9.0),
        ("运动|体育|活动", 7.5),
        ("教学", 4.8),
        ("绿化", 5.0),
        ("", 1.2),
    ],
    "册": [("电子", 40.0), ("", 27.0)],
    "台": [("学生", 0.13), ("", 0.16)],
    "台套": [("", 0.2)],
    "张": [("", 0.9)],
    "个座位": [("", 0.8)],
}
_TEACHERS = re.compile(r"教师|教职工|职工|校长|园长|导师|保育|教练|班主任|工程师|技师|聘")


_WHOLE = r"^[^其中、，（(]{0,8}"
"""How the label of a whole begins: without 其中 and the like, which name a part."""


def _people(element: DataElement) -> GenerationRule:
    """The rule of persons, by whom the label counts: staff, pupils, those who enter or leave, residents."""
    label, stage = element.label.zh, element.stage
    for words, series in _COUNTED:
        if re.search(rf"{_WHOLE}({words})(总)?(数|人数)?$", label):
            return GenerationRule(
                element.code, RuleKind.TAKES, f"{series}/{'all' if series == 'population' else stage}", firm=8
            )
    chance = _chance(element)
    if _TEACHERS.search(label):
        return GenerationRule(element.code, RuleKind.SHARE, f"teachers/{stage}", 0.08 + 0.5 * chance, 0.4, 0.01)
    for words, series in (("毕业|结业|离园", "graduates"), ("招生|入园|新生|入学", "entrants")):
        if re.search(words, label):
            return GenerationRule(element.code, RuleKind.SHARE, f"{series}/{stage}", 0.1 + 0.6 * chance, 0.4)
    if re.search(r"人口|居民", label):
        return GenerationRule(element.code, RuleKind.SHARE, "population/all", 0.02 + 0.1 * chance, 0.1)
    if "女" in label:
        return GenerationRule(element.code, RuleKind.SHARE, f"pupils/{stage}", 0.472, 0.08)
    return GenerationRule(element.code, RuleKind.SHARE, f"pupils/{stage}", 0.05 + 0.4 * chance, 0.5)


_COUNTED = (
    ("专任教师", "teachers"),
    ("教职工", "staff"),
    ("在校学?生|在园幼儿|在学人数|学生", "pupils"),
    ("毕业生?|结业生?|离园", "graduates"),
    ("招生|入园|新生", "entrants"),
    ("常住人口", "population"),
)


def _chance(element: DataElement) -> float:
    """A number between 0 and 1 that belongs to the element's code: the same in every run and every city."""
    return crc32(element.code.encode()) / 2**32


def _middle(element: DataElement) -> float:
    least = float(element.minimum) if element.minimum is not None else 0.0
    most = float(element.maximum) if element.maximum is not None else max(least + 100.0, 2 * least)
    return least + (most - least) * (0.35 + 0.4 * _chance(element))


STAGES_OF: Mapping[str, tuple[str, ...]] = {
    Stage.HIGHER: ("undergraduate", "college", "postgraduate"),
    "upper_secondary": ("senior", "secondary_vocational"),
}
"""Stages of the data elements that the simulation runs as several, and both kinds of 高中阶段 together."""
