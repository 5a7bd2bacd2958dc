"""Data elements: what a reporting unit is asked for, once, with its owner and its definition."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from duibiao.kernel.reading import Record
from duibiao.kernel.text import Text


class ValueType(StrEnum):
    """What kind of value an element holds."""

    COUNT = "count"  # whole things: pupils, teachers, classes
    QUANTITY = "quantity"  # measured: square metres, yuan, megabits
    FLAG = "flag"  # yes or no, stored as 1 and 0
    CHOICE = "choice"  # one of a list, stored as the number of the choice


class Stage(StrEnum):
    """The stage of education (学段) an element belongs to."""

    PRESCHOOL = "preschool"
    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"
    SECONDARY_VOCATIONAL = "secondary_vocational"
    HIGHER = "higher"
    SPECIAL = "special"
    ALL = "all"


STAGE_WORDS = {
    Stage.PRESCHOOL: Text("学前教育", "pre-school"),
    Stage.PRIMARY: Text("小学", "primary"),
    Stage.JUNIOR: Text("初中", "junior secondary"),
    Stage.SENIOR: Text("普通高中", "senior secondary"),
    Stage.SECONDARY_VOCATIONAL: Text("中等职业教育", "secondary vocational"),
    Stage.HIGHER: Text("高等教育", "higher education"),
    Stage.SPECIAL: Text("特殊教育", "special education"),
    Stage.ALL: Text("不分学段", "all stages"),
}


class ElementRollUp(StrEnum):
    """How the values of several units become the value of the group above them."""

    SUM = "sum"
    NONE = "none"  # a rate or a choice: the values of two schools do not add up


@dataclass(frozen=True, slots=True)
class ElementChoice:
    """One of the answers an element allows (选项)."""

    code: int
    label: Text


@dataclass(frozen=True, slots=True)
class DataElement:
    """A data element (数据元): one thing that is asked, with one owner and one definition.

    ``code`` is also the name of its column. Values are stored as whole numbers, ``decimals`` says how
    many digits stand behind the point, so that sums are exact in any order; a missing value is no number.
    ``verify`` says how far the definition has been checked (see ``metrics.indicator.VERIFY_WORDS``).
    ``uses`` names what the element serves beside indicators (e.g. ``totals``: a part whose total is checked).
    ``school_kinds`` are the beginnings of the 办学类型 codes it is asked of, within its stage; empty where of all.
    """

    code: str
    label: Text
    version: str
    definition: str
    unit: str
    type: ValueType
    decimals: int
    minimum: Decimal | None
    maximum: Decimal | None
    stage: Stage
    owner: str
    rollup: ElementRollUp
    choices: tuple[ElementChoice, ...] = ()
    uses: tuple[str, ...] = ()
    verify: str = "P"
    source: str = ""
    note: str = ""
    school_kinds: tuple[str, ...] = ()

    def scaled(self, amount: Decimal) -> int:
        """The whole number an amount is stored as; raises ValueError when it has more digits than the element."""
        found = amount.scaleb(self.decimals)
        whole = found.to_integral_value(rounding=ROUND_HALF_UP)
        if whole != found:
            raise ValueError(f"{amount} has more than {self.decimals} decimals")
        return int(whole)

    def amount(self, stored: int) -> Decimal:
        """The amount a stored whole number stands for."""
        return Decimal(stored).scaleb(-self.decimals)


MOST_DECIMALS = 4
LARGEST_STORED = 2**62
"""A stored value beyond this would not leave room for adding: no school has that many of anything."""
_CODE = re.compile(r"[a-z][a-z0-9_]{1,62}")


def read_element(record: Record) -> DataElement:
    """Read one entry of ``elements/*.yaml``."""
    kind = record.choice("type", ValueType)
    element = DataElement(
        code=record.text("code"),
        label=record.label("label"),
        version=record.text("version"),
        definition=record.text("definition"),
        unit=record.optional("unit") or "",
        type=kind,
        decimals=record.integer("decimals") if record.has("decimals") else 0,
        minimum=record.maybe_decimal("minimum") if record.has("minimum") else Decimal(0),
        maximum=record.maybe_decimal("maximum"),
        stage=record.choice("stage", Stage, Stage.ALL),
        owner=record.text("owner"),
        rollup=record.choice("rollup", ElementRollUp),
        choices=tuple(_read_choice(item) for item in record.records("choices")),
        uses=tuple(record.texts("uses")),
        verify=record.text("verify"),
        source=record.text("source"),
        note=record.optional("note") or "",
        school_kinds=tuple(record.texts("school_kinds")),
    )
    record.close()
    _check(element, record)
    return element


def read_stages(record: Record) -> tuple[Stage, ...]:
    """The stages a record lists under ``stages``; a word that is none is reported and left out."""
    found = []
    for word in record.texts("stages"):
        try:
            found.append(Stage(word))
        except ValueError:
            choices = ", ".join(Stage)
            record.report.add("PACK-CHOICE", record.where("stages"), field="stages", value=word, choices=choices)
    return tuple(found)


def _read_choice(record: Record) -> ElementChoice:
    found = ElementChoice(record.integer("code"), record.label("label"))
    record.close()
    return found


def _check(element: DataElement, record: Record) -> None:
    """Report what contradicts itself: each of these would make a stored number mean something else."""

    def wrong(field: str, zh: str, en: str) -> None:
        record.report.add("ELEMENT-RULE", record.where(field), name=element.code, zh=zh, en=en)

    if element.code and not _CODE.fullmatch(element.code):
        wrong("code", "代码须由小写字母、数字和下划线组成，以字母开头", "a code is lower-case letters, digits and _")
    if not 0 <= element.decimals <= MOST_DECIMALS:
        wrong("decimals", f"小数位数应在 0 到 {MOST_DECIMALS} 之间", f"decimals lie between 0 and {MOST_DECIMALS}")
    if element.decimals and element.type is not ValueType.QUANTITY:
        wrong("decimals", "只有 quantity 类型可有小数", "only a quantity has decimals")
    if element.type in (ValueType.COUNT, ValueType.QUANTITY) and not element.unit:
        wrong("unit", "计数和度量须写明计量单位", "a count or quantity names its unit")
    if (element.type is ValueType.CHOICE) != bool(element.choices):
        wrong("choices", "choice 类型须列出选项，其他类型不得有选项", "a choice lists its choices, nothing else does")
    if element.type is ValueType.CHOICE and element.rollup is not ElementRollUp.NONE:
        wrong("rollup", "选项不能相加", "choices do not add up")
    if element.maximum is not None and element.minimum is not None and element.minimum > element.maximum:
        wrong("minimum", "下限大于上限", "the minimum is above the maximum")
