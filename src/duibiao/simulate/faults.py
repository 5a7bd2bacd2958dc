"""Plants what real returns suffer from: cells nobody filled in, and faults of known kinds, each in a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from duibiao.metrics.element import DataElement, ValueType
from duibiao.metrics.expression import nodes as n
from duibiao.simulate.arithmetic import Marks, Whole
from duibiao.simulate.rowcheck import CheckedRows, decide, failing

MISSING_PART = 0.025


class FaultKind(StrEnum):
    """What was done to a planted value."""

    CONTRADICTION = "contradiction"  # a check of the form fails
    TENFOLD = "tenfold"  # one digit too many
    NEGATIVE = "negative"
    WRONG_UNIT = "wrong_unit"  # 元 written where 万元 is asked
    ABOVE_MAXIMUM = "above_maximum"
    NO_CHOICE = "no_choice"  # a code that is none of the choices


@dataclass(frozen=True, slots=True)
class Fault:
    """A planted fault (预设差错): the cell, what was done, the true and the planted stored value.

    ``check`` is the check that now fails, for a contradiction.
    """

    unit: str
    year: int
    form: str
    element: str
    kind: FaultKind
    true_value: int
    planted_value: int
    check: str = ""


STILL_OPEN = np.array([1.0, 0.4, 0.1])
"""What is still missing of it in the last year, the year before, and all earlier ones: gaps are filled in later."""
FEW_UNITS = 100
"""So few reporters of a year (the districts of a city) are asked by telephone: a tenth of the gaps stays."""


def drawn_blanks(known: Marks, age: Whole, rng: np.random.Generator) -> Marks:
    """Draw 1.25–3.75 % of the known cells of an element (2.5 % over many elements) of the last year, fewer of earlier.

    ``age`` (n,) is how many years before the last one a row is.
    """
    part = MISSING_PART * (0.5 + rng.random()) * STILL_OPEN[np.minimum(age, len(STILL_OPEN) - 1)]
    if np.count_nonzero(age == 0) < FEW_UNITS:
        part = part * 0.1
    return np.asarray(known & (rng.random(len(known)) < part))


@dataclass(slots=True)
class Planter:
    """Plants faults into the rows of one form; ``units`` and ``years`` (n,) name them, ``may`` says where it may."""

    form: str
    rows: CheckedRows
    elements: Mapping[str, DataElement]
    columns: Sequence[str]
    checks: Sequence[tuple[str, n.ExpressionNode]]
    units: Sequence[str]
    years: Sequence[int]
    may: Marks
    rng: np.random.Generator

    def plant(self, each: int) -> list[Fault]:
        """Plant up to so many faults of each kind; one return holds at most one fault."""
        found = self.contradictions(each)
        for kind in FaultKind:
            if kind is not FaultKind.CONTRADICTION:
                found += self.simple(kind, each)
        return found

    def simple(self, kind: FaultKind, each: int) -> list[Fault]:
        """Plant faults of a kind that needs no check, in so many elements drawn at random."""
        fitting = [code for code in self.columns if self.planted(kind, self.elements[code], 12) is not None]
        found: list[Fault] = []
        for code in self.rng.permutation(np.array(fitting))[:each].tolist() if fitting else []:
            values = self.rows.values[code]
            usable = np.flatnonzero(self.may & self.rows.known[code] & ((values >= 10) | (kind not in _NEEDS_SIZE)))
            if len(usable):
                at = int(self.rng.choice(usable))
                planted = self.planted(kind, self.elements[code], int(values[at]))
                if planted is not None:
                    found.append(self.put(at, code, kind, planted, ""))
        return found

    def planted(self, kind: FaultKind, element: DataElement, true: int) -> int | None:
        """What a fault of a kind makes of a value; None where the kind does not fit the element."""
        counted = element.type in (ValueType.COUNT, ValueType.QUANTITY)
        match kind:
            case FaultKind.TENFOLD if counted and element.maximum is None:
                return true * 10
            case FaultKind.NEGATIVE if counted and element.minimum == 0:
                return -max(1, true)
            case FaultKind.WRONG_UNIT if element.unit == "万元":
                return true * 10_000
            case FaultKind.ABOVE_MAXIMUM if counted and element.maximum is not None:
                return int(element.maximum.scaleb(element.decimals)) + 1 + abs(true)
            case FaultKind.NO_CHOICE if element.type is ValueType.CHOICE:
                return max(choice.code for choice in element.choices) + 1
        return None

    def contradictions(self, each: int) -> list[Fault]:
        """Make so many returns contradict a check, every check in turn."""
        found: list[Fault] = []
        order = self.rng.permutation(len(self.checks)).tolist()
        for place in order * 3:
            if len(found) >= each:
                break
            code, node = self.checks[place]
            decided = np.flatnonzero(decide(node, self.rows)[1] & self.may)
            if len(decided):
                fault = self.contradict(code, node, int(self.rng.choice(decided)))
                found += [fault] if fault else []
        return found

    def contradict(self, check: str, node: n.ExpressionNode, at: int) -> Fault | None:
        """Change one element of a check so that it fails on a row; None where no simple slip does that."""
        codes = sorted({one.code for one in node.walk() if isinstance(one, n.ElementRef)} & set(self.columns))
        one_row = self.single(at)
        for code in self.rng.permutation(np.array(codes)).tolist() if codes else []:
            if not self.rows.known[code][at]:
                continue
            true = int(self.rows.values[code][at])
            slips = [true + 1 + true // 9, true * 10 + 1, max(0, true - 1 - true // 9), 0]
            if self.elements[code].type is ValueType.FLAG:
                slips = [1 - true]
            for planted in slips:
                one_row.values[code] = np.array([planted])
                if planted != true and failing(node, one_row)[0]:
                    return self.put(at, code, FaultKind.CONTRADICTION, planted, check)
            one_row.values[code] = np.array([true])
        return None

    def single(self, at: int) -> CheckedRows:
        """One row by itself."""
        here = slice(at, at + 1)
        return CheckedRows(
            self.elements,
            {code: values[here] for code, values in self.rows.values.items()},
            {code: known[here] for code, known in self.rows.known.items()},
            {name: words[here] for name, words in self.rows.attributes.items()},
            1,
        )

    def put(self, at: int, code: str, kind: FaultKind, planted: int, check: str) -> Fault:
        """Write the planted value, and let the return alone from now on."""
        true = int(self.rows.values[code][at])
        self.rows.values[code][at] = planted
        self.may[at] = False
        return Fault(self.units[at], self.years[at], self.form, code, kind, true, planted, check)


_NEEDS_SIZE = (FaultKind.TENFOLD, FaultKind.WRONG_UNIT)
