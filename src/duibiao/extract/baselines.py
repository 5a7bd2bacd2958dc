"""Where a target in running text sets out: 由2020年的88%提高到93%, 比2020年提高5个百分点."""

import re
from decimal import Decimal
from typing import NamedTuple

from duibiao.extract.items import Operator
from duibiao.extract.readings import Found

_FROM = re.compile(
    r"[由从](?:(?P<year>(?:19|20)\d\d)年[底末]?的?)?(?:目前|现有|现在|当前)?的?(?:不足|约|近)?"
    r"(?P<value>\d+(?:\.\d+)?)(?P<unit>[^\d，、；。]{0,6}?)"
    r"(?:左右|以上)?(?:逐步|稳步)?(?:提高|提升|增加|增长|增|上升|扩大|下降|降低|降|减少|压减|调整|优化|发展|延长|缩短|到|至)"
)
_THAN = re.compile(r"(?:较|(?<!占)比)于?(?P<year>(?:19|20)\d\d)年")


class StatedBaseline(NamedTuple):
    """The year and the value a target sets out from, each None where the passage states none; in the target's unit."""

    year: int | None = None
    value: Decimal | None = None


NO_BASELINE = StatedBaseline()


def baseline_of(said: str, found: Found) -> StatedBaseline:
    """Read the baseline in the words of a target.

    A value in another unit than the target's is no baseline; a year alone is one of a change (比2020年提高…).
    """
    if "由" in said or "从" in said:
        begun = _FROM.search(said)
        if begun and begun["unit"] in (found.figure.unit, found.figure.unit.removeprefix("个"), ""):
            return StatedBaseline(int(begun["year"]) if begun["year"] else None, Decimal(begun["value"]))
    if found.operator in (Operator.INCREASE, Operator.MULTIPLE) and "年" in said and (than := _THAN.search(said)):
        return StatedBaseline(int(than["year"]))
    return NO_BASELINE
