"""Everything a return is held against: ranges, required answers, its own rules, last year, its peers, its total.

All rules of a form become one polars ``select``; only then are the few failing cells looked at one by one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

from duibiao.intake.findings import CellProblem, FindingLevel
from duibiao.intake.rulebook import LAST, CompiledRule, ReadyRule, rule_book
from duibiao.intake.units import KEYS, LEAF_KINDS
from duibiao.intake.validation import range_words
from duibiao.kernel.period import Period
from duibiao.kernel.problem import Level, Problem, Where, problem
from duibiao.kernel.quick import seldom_searched
from duibiao.kernel.text import Text
from duibiao.metrics.applicability import EVERYBODY, Applicability
from duibiao.metrics.element import STAGE_WORDS, DataElement, ElementRollUp, Stage
from duibiao.metrics.expression.stages import StageSplit
from duibiao.metrics.form import CheckKind, CheckLevel, Form
from duibiao.metrics.registry import changed_between, content_breaks
from duibiao.metrics.unit import Unit
from duibiao.store.units import UnitTree

MIN_PEERS = 10
"""Fewer units than this say nothing about what is usual."""
MAD_SCALE = 1.4826
"""Makes the median absolute deviation of normal data its standard deviation (Iglewicz & Hoaglin 1993)."""
MEAN_SCALE = 1.2533
"""The same for the mean absolute deviation, used where more than half of the units report the same."""


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a run of checks may look at beside the rows (校验依据).

    ``last_year`` and ``peers`` are wide tables of the same form (the year before; other units, this year). ``missing``
    are the cells that say explicitly that there is no number; ``faulty`` those that already have an error, so that no
    rule tells the same fault once more. ``applicability`` says which elements concern which kind of school.
    """

    last_year: pl.DataFrame | None = None
    peers: pl.DataFrame | None = None
    totals: pl.DataFrame | None = None
    units: Mapping[str, Unit] | None = None
    period: Period | None = None
    missing: Collection[tuple[str, str]] = ()
    faulty: Collection[tuple[str, str]] = ()
    stages: StageSplit | None = None
    file: str = ""
    applicability: Applicability = EVERYBODY


def run_checks(
    form: Form,
    elements: Mapping[str, DataElement],
    rows: pl.DataFrame,
    last_year: pl.DataFrame | None = None,
    peers: pl.DataFrame | None = None,
    *,
    context: CheckContext | None = None,
) -> list[CellProblem]:
    """Check the rows of a form: range, required, and every check of the form.

    ``rows`` is the wide table (keys, then stored whole numbers); ``last_year`` and ``peers`` likewise. Findings carry
    no addresses; ``Sheet.with_problems`` adds them. Errors refuse a row, questions want an answer.
    Raises UserError for checks that cannot be compiled.
    """
    given = context or CheckContext()
    if last_year is not None or peers is not None:
        given = replace(given, last_year=last_year, peers=peers)
    if not rows.height:
        return []
    with seldom_searched():  # thousands of findings are made, all of them kept, none in a circle
        return _Run(form, elements, rows, given).findings()


class _Run:
    """One run over one table: gathers expressions, selects once, tells what failed."""

    def __init__(
        self, form: Form, elements: Mapping[str, DataElement], rows: pl.DataFrame, context: CheckContext
    ) -> None:
        self.form, self.elements, self.rows, self.context = form, elements, rows, context
        self.book = rule_book(form, elements, context.stages)
        self.faulty, self.missing = frozenset(context.faulty), frozenset(context.missing)
        self.found: list[CellProblem] = []
        self.spoilt = set(self.faulty)

    def findings(self) -> list[CellProblem]:
        frame = self._joined()
        rules = {one.name: one.rule for one in self.book.rows}
        expressions = [*self._cell_rules(), *(one.expression for one in self.book.rows)]
        if self.context.last_year is not None:
            rules |= {one.name: one.rule for one in self.book.changes}
            expressions += [one.expression for one in self.book.changes]
        masks = frame.select(expressions)
        self._tell(frame, masks.select(mask.name for mask in masks.iter_columns() if mask.any()), rules)
        for one in self.book.peers:
            self._peers(one)
        self._other_stages()
        if self.context.totals is not None and self.context.totals.height:
            self._totals(self.context.totals)
        return self.found

    def _joined(self) -> pl.DataFrame:
        """The rows with last year's values of the same units beside them, where both years can be compared."""
        needed = self.book.compared
        if self.context.last_year is None or not needed:
            return self.rows
        last = self.context.last_year
        present = [code for code in self.form.columns if code in needed and code in last.columns]
        beside = last.select("unit", *(pl.col(code).alias(LAST + code) for code in present))
        broken = self._broken()
        if broken:
            beside = beside.filter(~pl.col("unit").is_in(broken))
        joined = self.rows.join(beside, on="unit", how="left", maintain_order="left")
        absent = [
            pl.lit(None, dtype=pl.Int64).alias(LAST + code) for code in needed if LAST + code not in joined.columns
        ]
        return joined.with_columns(absent)

    def _broken(self) -> list[str]:
        """Units whose boundary moved, or that took another one over, between the two counts: nothing compares."""
        units, period = self.context.units, self.context.period
        if units is None or period is None:
            return []
        between = Period(period.year - 1, period.kind), period
        if isinstance(units, UnitTree):
            return sorted(units.changed_between(*between))
        return sorted(changed_between(content_breaks(units.values()), *between))

    # --- rules on cells ----------------------------------------------------------------------------

    def _cell_rules(self) -> list[pl.Expr]:
        """The rules of single cells that some cell breaks; the least and the largest of a column tell which."""
        book = self.book
        blanks = self.rows.select(book.required).null_count()
        rules = [self._left_blank(code).alias(f"blank:{code}") for code in book.required if blanks.item(0, code)]
        for one in book.ranges:
            rules += [one.outside(code).alias(f"range:{code}") for code in one.left_by(self.rows)]
        return rules

    def _left_blank(self, code: str) -> pl.Expr:
        """Where a required answer is missing: of the schools the element concerns."""
        blank, without = pl.col(code).is_null(), self.context.applicability.kinds_spared(code)
        return blank & ~pl.col("school_kind").is_in(without) if without else blank

    def _other_stages(self) -> None:
        """A school that reports pupils or teachers of a stage its kind does not teach: attached classes, or a slip?

        One question a school and stage; zeros are nobody's slip and ask nothing.
        """
        by_stage: dict[Stage, list[str]] = {}
        for code in self.form.asked:
            by_stage.setdefault(self.elements[code].stage, []).append(code)
        for stage, codes in by_stage.items():
            without = self.context.applicability.kinds_without(stage)
            if not without:
                continue
            filled = [(pl.col(code).fill_null(0) != 0).alias(code) for code in codes]
            rows = self.rows.filter(pl.col("school_kind").is_in(without)).select("unit", *filled)
            for unit, *marks in rows.filter(pl.any_horizontal(codes)).iter_rows():
                typed = [code for code, mark in zip(codes, marks, strict=True) if mark]
                said = "、".join(self.elements[code].label.zh for code in typed[:3])
                more = f"等{len(typed)}项" if len(typed) > 3 else ""
                words = STAGE_WORDS[stage]
                self._add("INTAKE-STAGE", unit, typed[0], zh=words.zh, en=words.en, labels=said + more)

    def _tell(self, frame: pl.DataFrame, masks: pl.DataFrame, rules: Mapping[str, CompiledRule]) -> None:
        """One finding for each cell or rule that fails; what they say is fetched for all of them at once."""
        if not masks.width:
            return
        shown = {name: self._told_of(name, rules) for name in masks.columns}
        wanted = dict.fromkeys(column for columns in shown.values() for column in columns)
        fetched = pl.concat([frame.select(*wanted), masks], how="horizontal").select(
            pl.col(column).filter(pl.col(name)).implode().alias(f"{name}|{column}")
            for name, columns in shown.items() for column in columns
        )  # fmt: skip
        for name, columns in shown.items():
            units, *cells = (fetched.item(0, f"{name}|{column}").to_list() for column in columns)
            what, _, code = name.partition(":")
            if what == "blank":
                for unit in units:
                    self._blank(unit, code)
            elif what == "range":
                for unit, stored in zip(units, cells[0], strict=True):
                    self.spoilt.add((unit, code))
                    self._range(unit, code, stored)
            else:
                self._failed(rules[name], units, dict(zip(columns[1:], cells, strict=True)))

    def _told_of(self, name: str, rules: Mapping[str, CompiledRule]) -> list[str]:
        """The columns a finding speaks of, the unit first."""
        what, _, code = name.partition(":")
        if what == "blank":
            return ["unit"]
        if what == "range":
            return ["unit", code]
        rule = rules[name]
        last = [LAST + one for one in rule.elements] if rule.check.kind is CheckKind.CHANGE else []
        return ["unit", *rule.elements, *last]

    def _blank(self, unit: str, code: str) -> None:
        if (unit, code) not in self.faulty and (unit, code) not in self.missing:
            self._add("INTAKE-BLANK", unit, code, label=self.elements[code].label.zh)

    def _range(self, unit: str, code: str, stored: int) -> None:
        element = self.elements[code]
        self._add(
            "INTAKE-RANGE",
            unit,
            code,
            value=_amount(element, stored),
            label=element.label.zh,
            wanted=range_words(element),
            unit=element.unit,
        )

    def _failed(self, rule: CompiledRule, units: Sequence[str], cells: Mapping[str, Sequence[int | None]]) -> None:
        facts: dict[str, object] = {"zh": rule.check.message.zh, "en": rule.check.message.en or rule.check.message.zh}
        facts["check"] = rule.check.code
        said = self._shown(rule.elements, [cells[code] for code in rule.elements])
        if rule.check.kind is not CheckKind.CHANGE:
            self._add_all("INTAKE-CHECK", units, rule, facts, {"values": said})
            return
        facts["limit"] = _percent(rule.check.limit)
        before = self._shown(rule.elements, [cells[LAST + code] for code in rule.elements], unknown="")
        self._add_all("INTAKE-CHANGE", units, rule, facts, {"values": said, "last": before})

    def _add_all(
        self,
        code: str,
        units: Sequence[str],
        rule: CompiledRule,
        facts: Mapping[str, object],
        said: Mapping[str, Sequence[str]],
    ) -> None:
        """The findings of one rule: its sentences are put together once, and each unit's own words put in."""
        marks = {name: f"\0{name}\0" for name in said}
        told = problem(code, Where(self.context.file, field=rule.elements[0]), **facts, **marks)
        error = rule.check.level is CheckLevel.ERROR
        told_level = Level.ERROR if error else Level.WARNING
        level = FindingLevel.ERROR if error else FindingLevel.QUESTION
        also, zh, en = rule.elements[1:], told.message.zh, told.message.en
        for place, unit in enumerate(units):
            if self._spoilt(unit, rule):
                continue
            mine, own = zh, en
            for name, mark in marks.items():
                mine, own = mine.replace(mark, said[name][place]), own.replace(mark, said[name][place])
            worded = Problem(code, told_level, Text(mine, own), told.where, told.remedy)
            self.found.append(CellProblem(unit, rule.elements[0], "", worded, level, rule.check.code, also))

    def _spoilt(self, unit: str, rule: CompiledRule) -> bool:
        """Whether a cell of a rule has an error of its own: mended, it is held against the rule again."""
        return bool(self.spoilt) and any((unit, code) in self.spoilt for code in rule.elements)

    def _shown(self, codes: Sequence[str], cells: Sequence[Sequence[int | None]], unknown: str = "无数据") -> list[str]:
        """What some elements say in some rows, in words; one that is missing is left out where ``unknown`` is empty."""
        columns = []
        for code, values in zip(codes, cells, strict=True):
            element = self.elements[code]
            head, missing = f"{element.label.zh}=", f"{element.label.zh}={unknown}" if unknown else ""
            if element.decimals:
                said = [missing if value is None else f"{head}{element.amount(value):f}" for value in values]
            else:
                said = [missing if value is None else f"{head}{value}" for value in values]
            columns.append(said)
        return ["，".join(filter(None, row)) for row in zip(*columns, strict=True)]

    def _add(self, code: str, unit: str, element: str, rule: CompiledRule | None = None, /, **facts: object) -> None:
        told = problem(code, Where(self.context.file, field=element), **facts)
        level = FindingLevel.ERROR if told.level is Level.ERROR else FindingLevel.QUESTION
        if rule is not None:
            level = FindingLevel.ERROR if rule.check.level is CheckLevel.ERROR else FindingLevel.QUESTION
            wanted = Level.ERROR if level is FindingLevel.ERROR else Level.WARNING
            told = told if told.level is wanted else replace(told, level=wanted)
        also = rule.elements[1:] if rule else ()
        self.found.append(CellProblem(unit, element, "", told, level, rule.check.code if rule else "", also))

    # --- peers ---------------------------------------------------------------------------------------

    def _peers(self, ready: ReadyRule) -> None:
        """Distance from the median in robust standard deviations, among units of the same kind.

        Same 办学类型 and 城乡类型 where there are at least ``MIN_PEERS`` of them, else the same 办学类型;
        fewer say nothing.
        """
        rule, value = ready.rule, ready.expression.alias("value")
        own = self.rows.select(*KEYS, value)
        pool = own
        if self.context.peers is not None:
            others = self.context.peers.filter(~pl.col("unit").is_in(self.rows.get_column("unit").to_list()))
            pool = pl.concat([own, others.select(*KEYS, value)])
        pool = pool.filter(pl.col("value").is_finite())
        scored = _scored(own.with_row_index("row"), pool)
        limit = float(rule.check.limit or 0)
        scored = scored.filter(pl.col("score").abs() > limit)
        cells = self.rows.select(rule.elements)[scored.get_column("row")]
        words = self._shown(rule.elements, [cells.get_column(code).to_list() for code in rule.elements])
        for (_, unit, mine, middle, score, count), shown in zip(scored.iter_rows(), words, strict=True):
            if self._spoilt(unit, rule):
                continue
            self._add(
                "INTAKE-PEERS", unit, rule.elements[0], rule, zh=rule.check.message.zh,
                en=rule.check.message.en or rule.check.message.zh, values=shown, value=f"{mine:.4g}",
                median=f"{middle:.4g}", score=f"{abs(score):.1f}", count=count,
            )  # fmt: skip

    # --- totals --------------------------------------------------------------------------------------

    def _totals(self, totals: pl.DataFrame) -> None:
        """A district's own total against the sum of its units: it must be equal where every unit reports.

        Where units are still missing a total below the sum so far is already wrong; a larger one may become right.
        """
        codes = [code for code in self.form.asked if self.elements[code].rollup is ElementRollUp.SUM]
        for total in totals.iter_rows(named=True):
            is_district = total["district"] == total["unit"] and self._is_leaf(total["unit"])
            parts = self.rows.filter(pl.col("district") == total["unit"]) if is_district else self.rows
            for code in codes:
                if total[code] is None or not parts.height:
                    continue
                known = parts.get_column(code).drop_nulls()
                added, absent = int(known.cast(pl.Int128).sum()), parts.height - len(known)
                if total[code] == added or (absent and total[code] > added):
                    continue
                element = self.elements[code]
                facts = {"total": total[code], "added": added, "gap": total[code] - added}
                shown = {name: f"{element.amount(stored):f}" for name, stored in facts.items()}
                counts = {"count": parts.height, "absent": absent}
                self._add("INTAKE-TOTAL", total["unit"], code, label=element.label.zh, **shown, **counts)

    def _is_leaf(self, unit: str) -> bool:
        known = None if self.context.units is None else self.context.units.get(unit)
        return known is None or known.kind in LEAF_KINDS


def _scored(own: pl.DataFrame, pool: pl.DataFrame) -> pl.DataFrame:
    """The robust score of every unit with enough peers: row, unit, value, median, score, number of peers."""
    fine, coarse = ["school_kind", "location_type"], ["school_kind"]
    scored = own.filter(pl.col("value").is_finite())
    for name, by in (("fine", fine), ("coarse", coarse)):
        centred = pool.with_columns((pl.col("value") - pl.col("value").median().over(by)).abs().alias("off"))
        spread = centred.group_by(by).agg(
            pl.col("value").median().alias(f"{name}_median"),
            pl.when(pl.col("off").median() > 0).then(pl.col("off").median() * MAD_SCALE)
            .otherwise(pl.col("off").mean() * MEAN_SCALE).alias(f"{name}_spread"),
            pl.len().alias(f"{name}_count"),
        )  # fmt: skip
        scored = scored.join(spread, on=by, how="left", maintain_order="left")
    enough = pl.col("fine_count") >= MIN_PEERS

    def chosen(what: str) -> pl.Expr:
        return pl.when(enough).then(pl.col(f"fine_{what}")).otherwise(pl.col(f"coarse_{what}")).alias(what)

    scored = scored.with_columns(chosen("median"), chosen("spread"), chosen("count"))
    scored = scored.filter((pl.col("count") >= MIN_PEERS) & (pl.col("spread") > 0))
    score = ((pl.col("value") - pl.col("median")) / pl.col("spread")).alias("score")
    return scored.select("row", "unit", "value", "median", score, "count")


def _amount(element: DataElement, stored: int) -> str:
    """A stored whole number as a person writes it."""
    return f"{element.amount(stored):f}" if element.decimals else str(stored)


def _percent(limit: Decimal | None) -> str:
    return "—" if limit is None else f"{limit * 100:f}".rstrip("0").rstrip(".") + "%"
