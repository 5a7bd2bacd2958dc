"""Units of measure inside expressions: what may be added, compared and divided."""

from collections import Counter

from duibiao.kernel.quick import quick_dataclass
from duibiao.kernel.value import RATIO_TO_ONE
from duibiao.metrics.unit import UnitKind

UNITS_COUNTED = {UnitKind.SCHOOL: "学校", UnitKind.DISTRICT: "区县", UnitKind.CITY: "市"}
"""What ``count`` counts, by who fills in the form. It may be shown as 所, 个, 家 … as the indicator calls them."""
_COUNTING_WORDS = frozenset({*UNITS_COUNTED.values(), "所", "个", "家", "项"})
_SAME = {"名": "人"}


@quick_dataclass(frozen=True, slots=True)
class Measure:
    """A product of units over a product of units; not cancelled, so that 人 per 人 is told from a plain number."""

    top: tuple[str, ...] = ()
    bottom: tuple[str, ...] = ()

    @classmethod
    def of(cls, unit: str) -> "Measure":
        """The measure of one unit; an empty unit is a plain number."""
        return cls((_SAME.get(unit, unit),)) if unit else cls()

    def times(self, other: "Measure") -> "Measure":
        """The measure of a product."""
        return Measure(tuple(sorted(self.top + other.top)), tuple(sorted(self.bottom + other.bottom)))

    def over(self, other: "Measure") -> "Measure":
        """The measure of a quotient."""
        return self.times(Measure(other.bottom, other.top))

    @property
    def cancelled(self) -> "Measure":
        """Without what stands above and below alike."""
        if not self.top or not self.bottom:
            return Measure(tuple(sorted(self.top)), tuple(sorted(self.bottom)))
        top, bottom = Counter(self.top), Counter(self.bottom)
        return Measure(tuple(sorted((top - bottom).elements())), tuple(sorted((bottom - top).elements())))

    @property
    def is_plain(self) -> bool:
        """Tell whether nothing is measured: a number as such."""
        return self.cancelled == Measure()

    def fits(self, other: "Measure") -> bool:
        """Tell whether two measures may be added or compared."""
        return self.cancelled == other.cancelled

    def can_be_shown_as(self, unit: str) -> bool:
        """Tell whether an indicator in ``unit`` may have this measure.

        生均 and 每百名 figures are shown in the unit of what is shared out (平方米, 册, 人), so what stands
        below may be left unsaid; % takes only what ``percent`` made of a plain number.
        """
        if unit == "%":
            return self.cancelled == Measure(("%",))
        if unit in ("", "系数", "比", "倍", RATIO_TO_ONE):
            return self.is_plain
        above = set(self.top)
        if unit in _COUNTING_WORDS and above & _COUNTING_WORDS:
            return True
        return above == {_SAME.get(unit, unit)}

    def __str__(self) -> str:
        written = "·".join(self.top) or "纯数"
        return f"{written}/{'·'.join(self.bottom)}" if self.bottom else written
