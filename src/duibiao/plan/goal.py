"""The grammar of goals: what a plan promises to reach, typed without losing how it was written.

=================  =======================================================
notation           meaning
=================  =======================================================
``94``             the number itself
``>=50`` ``>50``   at least (不低于, 以上), more than (超过)
``<=47.5`` ``<5``  at most (不超过, 以内), less than
``13..14``         inside the range
``keep >=95``      already there, to be kept every year (保持, 稳定在)
``+2`` ``+>=2``    an increment on the baseline (新增)
``growth 20%``     growth on the baseline in percent
``points +3``      growth on the baseline in percentage points
``x2``             a multiple of the baseline (翻一番)
``all``            everything is covered (全覆盖)
``zero``           none is left (清零)
``yes``            one named thing is done (建成)
``text``           a standing in words; a named person judges it with evidence
=================  =======================================================

Official documents write ``≥50``, ``13—14`` and ``18∶1``; :func:`Goal.parse` reads those too.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from duibiao.kernel.value import Quantity, converted, is_share
from duibiao.metrics.indicator import Direction


class GoalKind(StrEnum):
    """The kinds of goal a document sets."""

    NUMBER = "number"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    RANGE = "range"
    KEEP = "keep"
    INCREMENT = "increment"
    GROWTH = "growth"
    ALL_COVERED = "all_covered"
    YES_NO = "yes_no"
    QUALITATIVE = "qualitative"


EVIDENCE_KINDS = frozenset({GoalKind.YES_NO, GoalKind.QUALITATIVE})
"""Goals that no number decides: they need evidence and a named person."""

LEVEL_KINDS = frozenset({GoalKind.NUMBER, GoalKind.AT_LEAST, GoalKind.AT_MOST, GoalKind.RANGE})
"""Goals that bound the value itself."""

_NUMBER = r"(\d+(?:\.\d+)?)"
_AS_WRITTEN = str.maketrans({"≥": ">=", "≤": "<=", "＞": ">", "＜": "<"})


@dataclass(frozen=True, slots=True)
class Goal:
    """What a target promises: bounds on the value, or on its change against the baseline.

    ``lower`` and ``upper`` bound the value; ``strict`` excludes the bound itself (超过 is not 不低于).
    For relative kinds they bound the change: an amount (increment) or a factor (growth).
    """

    kind: GoalKind
    lower: Decimal | None = None
    upper: Decimal | None = None
    strict: bool = False

    @classmethod
    def parse(cls, text: str) -> "Goal":
        """Read the notation, or the way official tables write it; raise ValueError for anything else."""
        text = text.strip().translate(_AS_WRITTEN)
        if text in _WORDS:
            return _WORDS[text]
        if text.startswith("keep "):
            kept = cls.parse(text.removeprefix("keep "))
            if kept.kind not in LEVEL_KINDS:
                raise ValueError(text)  # a kept increment would lose its baseline, a kept word has no bound
            return replace(kept, kind=GoalKind.KEEP)
        if match := re.fullmatch(rf"{_NUMBER}(?:∶1)?", text):
            return cls(GoalKind.NUMBER, Decimal(match[1]), Decimal(match[1]))
        if match := re.fullmatch(rf"(>=|>|<=|<){_NUMBER}", text):
            amount, strict = Decimal(match[2]), "=" not in match[1]
            if ">" in match[1]:
                return cls(GoalKind.AT_LEAST, lower=amount, strict=strict)
            return cls(GoalKind.AT_MOST, upper=amount, strict=strict)
        if match := re.fullmatch(rf"{_NUMBER}(?:\.\.|—){_NUMBER}", text):
            return _range(GoalKind.RANGE, match[1], match[2])
        return _relative(text)

    @property
    def is_relative(self) -> bool:
        """Tell whether the goal speaks of a change against the baseline."""
        return self.kind in (GoalKind.INCREMENT, GoalKind.GROWTH)

    @property
    def needs_evidence(self) -> bool:
        """Tell whether no number can decide the goal."""
        return self.kind in EVIDENCE_KINDS

    def resolved(self, baseline: Decimal | None) -> "Goal | None":
        """Turn a relative goal into bounds on the value; None while its baseline is unknown."""
        if not self.is_relative:
            return self
        if baseline is None:
            return None

        def on(change: Decimal | None) -> Decimal | None:
            if change is None:
                return None
            return baseline + change if self.kind is GoalKind.INCREMENT else baseline * change

        lower, upper = on(self.lower), on(self.upper)
        kind = GoalKind.AT_LEAST if upper is None else GoalKind.RANGE if lower != upper else GoalKind.NUMBER
        return Goal(kind, lower, upper, self.strict)

    def in_unit(self, given: str, wanted: str) -> "Goal":
        """Express the bounds in another unit of the same family; raise UnitMismatchError otherwise."""
        if self.kind is GoalKind.ALL_COVERED:
            given = "%" if is_share(wanted) else wanted  # everything is 100 %, in whatever unit the share is told
        if given == wanted or self.kind is GoalKind.GROWTH or self.needs_evidence:
            return self

        def moved(amount: Decimal | None) -> Decimal | None:
            return None if amount is None else converted(Quantity(amount, given), wanted).amount

        return replace(self, lower=moved(self.lower), upper=moved(self.upper))

    def is_met(self, value: Decimal, direction: Direction) -> bool:
        """Tell whether a value reaches the goal. A plain number is a floor or a ceiling by the direction.

        A range of a rising count (13—14 个) promises its lower end; more than its upper end is not a failure.
        """
        lower, upper = self.bounds(direction)
        if lower is not None and (value < lower or (self.strict and value == lower)):
            return False
        return not (upper is not None and (value > upper or (self.strict and value == upper)))

    def bounds(self, direction: Direction) -> tuple[Decimal | None, Decimal | None]:
        """The lower and upper bound that count, seen from the direction of good."""
        if direction is Direction.UP:
            return (
                self.lower if self.lower is not None else None,
                None if self.lower is not None else self.upper,
            )
        if direction is Direction.DOWN:
            return None if self.upper is not None else self.lower, self.upper
        return self.lower, self.upper

    def line(self, direction: Direction) -> Decimal | None:
        """The one number progress runs towards: the nearest bound, the weakest of a range."""
        lower, upper = self.bounds(direction)
        return lower if lower is not None else upper


_WORDS = {
    "all": Goal(GoalKind.ALL_COVERED, lower=Decimal(100)),
    "zero": Goal(GoalKind.AT_MOST, upper=Decimal(0)),
    "yes": Goal(GoalKind.YES_NO),
    "text": Goal(GoalKind.QUALITATIVE),
}


def _range(kind: GoalKind, low: str, high: str) -> Goal:
    lower, upper = Decimal(low), Decimal(high)
    if lower > upper:
        raise ValueError(f"{low}..{high}")
    return Goal(kind, lower, upper)


def _relative(text: str) -> Goal:
    if match := re.fullmatch(rf"\+(>=|>)?{_NUMBER}", text):
        upper = None if match[1] else Decimal(match[2])
        return Goal(GoalKind.INCREMENT, Decimal(match[2]), upper, strict=match[1] == ">")
    if match := re.fullmatch(rf"\+{_NUMBER}\.\.{_NUMBER}", text):
        return _range(GoalKind.INCREMENT, match[1], match[2])
    if match := re.fullmatch(rf"points \+{_NUMBER}", text):
        return Goal(GoalKind.INCREMENT, Decimal(match[1]))
    if match := re.fullmatch(rf"growth {_NUMBER}%", text):
        return Goal(GoalKind.GROWTH, 1 + Decimal(match[1]) / 100)
    if match := re.fullmatch(rf"x{_NUMBER}", text):
        return Goal(GoalKind.GROWTH, Decimal(match[1]))
    raise ValueError(text)
