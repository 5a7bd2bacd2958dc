"""Lets simulated units fill in their forms: values, checks satisfied, then gaps and faults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from duibiao.kernel.period import PeriodKind
from duibiao.metrics.element import Stage
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression import parse
from duibiao.metrics.form import Asked, CheckKind, Form
from duibiao.simulate.arithmetic import Marks, Whole, stream
from duibiao.simulate.entities import ReportingUnits
from duibiao.simulate.faults import Fault, Planter, drawn_blanks
from duibiao.simulate.repair import Repair
from duibiao.simulate.rowcheck import CheckedRows, failing
from duibiao.simulate.values import Maker

ROUNDS = 4
"""A check of one form may move a value another form shows again: so often all forms are gone through, at most."""


def row_checks(form: Form) -> list[tuple[str, n.ExpressionNode]]:
    """The checks of a form that hold within one return, by code."""
    kinds = (CheckKind.ROW, CheckKind.TOTAL)
    return [(check.code, parse(check.expression)) for check in form.checks if check.kind in kinds]


@dataclass(slots=True)
class Desk:
    """One kind of reporter with its forms: ``maker`` holds the values, ``periods`` the entity of each kind of period.

    ``reports`` tells by form which rows fill it in, ``blanks`` by element which cells were left empty on purpose.
    """

    maker: Maker
    periods: Mapping[PeriodKind, ReportingUnits]
    forms: list[Form]
    reports: dict[str, Marks] = field(default_factory=dict)
    blanks: dict[str, Marks] = field(default_factory=dict)

    def fill_in(self) -> dict[tuple[str, str], int]:
        """Make every asked value and satisfy every row check; answers what could not be: (form, check) → rows."""
        maker = self.maker
        for form in self.forms:
            self.reports[form.code] = self.has_kind(form.school_kinds)
            for code in form.asked:
                maker.make(code)
        for form in self.forms:
            for asked in form.fields:
                if asked.asked is Asked.NEW:
                    known = maker.known[asked.element] & self.reports[form.code] & self.of_kind(asked.element)
                    maker.known[asked.element] = known if asked.required else known & self.has_stage(asked.element)
        nobody = np.zeros(len(maker.entity), dtype=bool)
        for form in self.forms:
            for code in form.columns:
                if code not in maker.values:  # asked of another kind of reporter
                    maker.values[code], maker.known[code] = nobody.astype(np.int64), nobody
                    maker.firm[code] = 0
        return self.satisfy()

    def satisfy(self) -> dict[tuple[str, str], int]:
        """Mend all forms until none of them changes anything."""
        left: dict[tuple[str, str], int] = {}
        checks = {form.code: row_checks(form) for form in self.forms}
        for _ in range(ROUNDS):
            changed, left = 0, {}
            for form in self.forms:
                at, rows = self.rows_of(form)
                repair = Repair(rows, self.maker.elements, self.maker.firm)
                left |= {(form.code, code): count for code, count in repair.run(checks[form.code]).items()}
                for code in repair.touched:
                    self.maker.values[code][at] = rows.values[code]
                changed += len(repair.touched)
            if not changed:
                break
        return left

    def has_stage(self, code: str) -> Marks:
        """Where the unit has the stage an element speaks of: an optional question about another one stays open."""
        stage = self.maker.elements[code].stage
        entity = self.maker.entity
        return np.ones(len(entity), dtype=bool) if stage is Stage.ALL else entity.has(stage.value) > 0

    def of_kind(self, code: str) -> Marks:
        """Where the unit is of a kind an element is asked of (``DataElement.school_kinds``)."""
        return self.has_kind(self.maker.elements[code].school_kinds)

    def has_kind(self, beginnings: Sequence[str]) -> Marks:
        """Where the code of the 办学类型 begins as one of some: everywhere where there are none."""
        kinds = self.maker.entity.attributes["kind"]
        found = np.full(len(kinds), not beginnings)
        for one in beginnings:
            found |= np.char.startswith(kinds, one)
        return found

    def rows_of(self, form: Form, last_year: bool = False) -> tuple[Whole, CheckedRows]:
        """The returns of one form (of the last year only) as its checks see them: places and copies of the values."""
        maker, mask = self.maker, self.reports[form.code]
        if last_year:
            mask = mask & (maker.entity.year == maker.entity.year.max())
        at = np.flatnonzero(mask)
        rows = CheckedRows(
            elements=maker.elements,
            values={code: maker.values[code][at] for code in form.columns},
            known={code: maker.known[code][at] for code in form.columns},
            attributes={name: words[at] for name, words in maker.entity.attributes.items()},
            count=len(at),
        )
        return at, rows

    def leave_blanks(self) -> None:
        """Empty 2–3 % of the cells of the last year, and fewer of the years before.

        A blank that would make a check fail (a sum of what is known) is put back: only planted faults may fail checks.
        """
        maker = self.maker
        age = maker.entity.year.max(initial=0) - maker.entity.year
        for code in sorted({code for form in self.forms for code in form.asked}):
            self.blanks[code] = drawn_blanks(maker.known[code], age, stream(maker.seed, f"blank/{code}"))
            maker.known[code] = maker.known[code] & ~self.blanks[code]
        for _ in range(ROUNDS):
            if not sum(self.put_back(form) for form in self.forms):
                break

    def put_back(self, form: Form) -> int:
        """Fill again the blanks that make a check of a form fail; answers how many."""
        at, rows = self.rows_of(form)
        count = 0
        for _, node in row_checks(form):
            wrong = at[failing(node, rows)]
            for code in {one.code for one in node.walk() if isinstance(one, n.ElementRef)} if len(wrong) else ():
                back = wrong[self.blanks[code][wrong]] if code in self.blanks else wrong[:0]
                self.blanks[code][back] = False
                self.maker.known[code][back] = True
                count += len(back)
        return count

    def plant(self, first_year: int, each: int) -> list[Fault]:
        """Plant faults into the returns of the last year; the years before have been corrected since."""
        maker, found = self.maker, []
        names = np.array(maker.entity.codes)
        taken: list[str] = []
        for form in self.forms:
            at, rows = self.rows_of(form, last_year=True)
            planter = Planter(
                form=form.code,
                rows=rows,
                elements=maker.elements,
                columns=form.asked,
                checks=row_checks(form),
                units=names[maker.entity.unit[at]].tolist(),
                years=(maker.entity.year[at] + first_year).tolist(),
                may=~np.isin(names[maker.entity.unit[at]], taken),
                rng=stream(maker.seed, f"fault/{form.code}"),
            )
            new = planter.plant(each) if len(at) else []
            for code in {fault.element for fault in new}:
                maker.values[code][at] = rows.values[code]
            taken += [fault.unit for fault in new]
            found += new
        return found
