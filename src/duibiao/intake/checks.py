"""Everything a return is held against: ranges, required answers, its own rules, last year, its peers, its total.

All rules of a form become one polars ``select``; only then are the few failing cells looked at one by one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

import polars as pl

from duibiao.intake.cells import LARGEST
from duibiao.intake.findings import CellProblem, FindingLevel
from duibiao.intake.rules import RuleCompiler, as_float, exceeds
from duibiao.intake.units import KEYS, LEAF_KINDS
from duibiao.intake.validation import range_words
from duibiao.kernel.period import Period
from duibiao.kernel.problem import Level, Problem, UserError, Where, problem
from duibiao.metrics.element import DataElement, ElementRollUp, ValueType
from duibiao.metrics.expression import ExpressionError, nodes, parse
from duibiao.metrics.expression.stages import StageSplit
from duibiao.metrics.form import Asked, Check, CheckKind, CheckLevel, Form
from duibiao.metrics.unit import Unit

MIN_PEERS = 10
"""Fewer units than this say nothing about what is usual."""
LAST = "last."
MAD_SCALE = 1.4826
"""Makes the median absolute deviation of normal data its standard deviation (Iglewicz & Hoaglin 1993)."""
MEAN_SCALE = 1.2533
"""The same for the mean absolute deviation, used where more than half of the units report the same."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A check of a form ready to run (已编译的校验): its tree, and the elements it names in order."""

    check: Check
    node: nodes.ExpressionNode
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a run of checks may look at beside the rows (校验依据).

    ``last_year`` and ``peers`` are wide tables of the same form (the year before; other units, this year). ``missing``
    are the cells that say explicitly that there is no number; ``faulty`` those that already have a problem.
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


def compile_rules(form: Form, elements: Mapping[str, DataElement]) -> list[CompiledRule]:
    """Read the checks of a form. Raises UserError with every check that makes no sense."""
    compiled: list[CompiledRule] = []
    problems: list[Problem] = []
    columns = set(form.columns)  # computed anew each time it is asked for
    for check in form.checks:
        try:
            node, codes = _read(check.expression)
            unknown = [code for code in codes if code not in elements or code not in columns]
            if unknown:
                raise ExpressionError(node.at, f"报表中没有 {unknown[0]}", f"the form has no {unknown[0]}")
            compiled.append(CompiledRule(check, node, codes))
        except ExpressionError as fault:
            problems.append(_rule_fault(check, fault))
    if problems:
        raise UserError(problems)
    return compiled


@lru_cache(maxsize=4096)
def _read(expression: str) -> tuple[nodes.ExpressionNode, tuple[str, ...]]:
    """The tree of an expression, and the elements it names in order: every return is held against the same rules."""
    node = parse(expression)
    return node, tuple(dict.fromkeys(one.code for one in node.walk() if isinstance(one, nodes.ElementRef)))


def _rule_fault(check: Check, fault: ExpressionError) -> Problem:
    return problem("INTAKE-RULE", check.where, name=check.code, zh=fault.message.zh, en=fault.message.en)


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
    return _Run(form, elements, rows, given).findings()


class _Run:
    """One run over one table: gathers expressions, selects once, tells what failed."""

    def __init__(
        self, form: Form, elements: Mapping[str, DataElement], rows: pl.DataFrame, context: CheckContext
    ) -> None:
        self.form, self.elements, self.rows, self.context = form, elements, rows, context
        self.rules = compile_rules(form, elements)
        self.faulty, self.missing = frozenset(context.faulty), frozenset(context.missing)
        self.found: list[CellProblem] = []

    def findings(self) -> list[CellProblem]:
        frame = self._joined()
        expressions = [*self._cell_rules(), *self._row_rules()]
        # A form may have no rule for single rows: a selection of nothing has no row either.
        any_failing = frame.select(one.any() for one in expressions).row(0) if expressions else ()
        failing = [one for one, failed in zip(expressions, any_failing, strict=True) if failed]
        self._tell(frame.select(failing))
        for rule in self.rules:
            if rule.check.kind is CheckKind.PEERS:
                self._peers(rule)
        if self.context.totals is not None and self.context.totals.height:
            self._totals(self.context.totals)
        return self.found

    def _joined(self) -> pl.DataFrame:
        """The rows with last year's values of the same units beside them, where both years can be compared."""
        needed = {code for rule in self.rules if rule.check.kind is CheckKind.CHANGE for code in rule.elements}
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
        """Units whose boundary or content changed between the two years: nothing compares across a break."""
        units, period = self.context.units, self.context.period
        if units is None or period is None:
            return []
        before = Period(period.year - 1, period.kind)
        return [
            code for code in self.rows.get_column("unit").to_list()
            if code in units and any(before.start < day <= period.end for day in units[code].breaks)
        ]  # fmt: skip

    # --- rules on cells ----------------------------------------------------------------------------

    def _cell_rules(self) -> list[pl.Expr]:
        """The rules of single cells that some cell breaks: the least and the largest of a column tell which."""
        rules = []
        for field in self.form.fields:
            if field.asked is Asked.REUSED:
                continue
            element, column = self.elements[field.element], pl.col(field.element)
            cells = self.rows.get_column(field.element)
            if field.required and cells.null_count():
                rules.append(column.is_null().alias(f"blank:{field.element}"))
            low, high = (self._bound(element, limit) for limit in (element.minimum, element.maximum))
            if element.type in (ValueType.COUNT, ValueType.QUANTITY):
                low, high = (-LARGEST if low is None else low), (LARGEST if high is None else high)
                least, largest = cells.min(), cells.max()
                if (isinstance(least, int) and least < low) or (isinstance(largest, int) and largest > high):
                    rules.append((~column.is_between(low, high)).alias(f"range:{field.element}"))
        return rules

    @staticmethod
    def _bound(element: DataElement, limit: Decimal | None) -> int | None:
        return None if limit is None else int(limit.scaleb(element.decimals))

    def _row_rules(self) -> list[pl.Expr]:
        rules, problems = [], []
        now, before = self._compiler(), self._compiler(LAST)
        for rule in self.rules:
            try:
                if rule.check.kind in (CheckKind.ROW, CheckKind.TOTAL):
                    rules.append((~now.condition(rule.node)).alias(f"rule:{rule.check.code}"))
                elif rule.check.kind is CheckKind.CHANGE and self.context.last_year is not None:
                    large = exceeds(now.number(rule.node), before.number(rule.node), rule.check.limit or Decimal(0))
                    rules.append(large.alias(f"change:{rule.check.code}"))
            except ExpressionError as fault:
                problems.append(_rule_fault(rule.check, fault))
        if problems:
            raise UserError(problems)
        return rules

    def _compiler(self, prefix: str = "") -> RuleCompiler:
        return RuleCompiler(self.elements, self.context.stages, prefix, self.form.columns)

    def _tell(self, result: pl.DataFrame) -> None:
        by_code = {rule.check.code: rule for rule in self.rules}
        units = self.rows.get_column("unit")
        for name in result.columns:
            what, _, code = name.partition(":")
            rows = result.get_column(name).arg_true()
            failing = units.gather(rows).to_list()
            if what == "blank":
                for unit in failing:
                    self._blank(unit, code)
            elif what == "range":
                for unit, row in zip(failing, rows.to_list(), strict=True):
                    self._range(unit, code, row)
            else:
                rule = by_code[code]
                for unit, shown in zip(failing, self._shown(rule.elements, rows), strict=True):
                    self._failed(unit, rule, shown, what)

    def _blank(self, unit: str, code: str) -> None:
        if (unit, code) not in self.faulty and (unit, code) not in self.missing:
            self._add("INTAKE-BLANK", unit, code, label=self.elements[code].label.zh)

    def _range(self, unit: str, code: str, row: int) -> None:
        element = self.elements[code]
        shown = f"{element.amount(self.rows.get_column(code)[row]):f}"
        self._add(
            "INTAKE-RANGE",
            unit,
            code,
            value=shown,
            label=element.label.zh,
            wanted=range_words(element),
            unit=element.unit,
        )

    def _failed(self, unit: str, rule: CompiledRule, shown: str, what: str) -> None:
        facts: dict[str, object] = {"zh": rule.check.message.zh, "en": rule.check.message.en or rule.check.message.zh}
        facts |= {"values": shown, "check": rule.check.code}
        if what == "change":
            last = self._last_shown(unit, rule)
            self._add(
                "INTAKE-CHANGE", unit, rule.elements[0], rule, **facts, last=last, limit=_percent(rule.check.limit)
            )
        else:
            self._add("INTAKE-CHECK", unit, rule.elements[0], rule, **facts)

    def _shown(self, codes: Sequence[str], rows: pl.Series) -> list[str]:
        """What some elements say in some rows, in words."""
        columns = []
        for code in codes:
            element = self.elements[code]
            values = self.rows.get_column(code).gather(rows).to_list()
            amounts = ("无数据" if value is None else f"{element.amount(value):f}" for value in values)
            columns.append([f"{element.label.zh}={amount}" for amount in amounts])
        return ["，".join(cells) for cells in zip(*columns, strict=True)]

    def _last_shown(self, unit: str, rule: CompiledRule) -> str:
        last = self.context.last_year
        if last is None:
            return "—"
        row = last.filter(pl.col("unit") == unit).row(0, named=True)
        return "，".join(
            f"{self.elements[code].label.zh}={self.elements[code].amount(row[code]):f}"
            for code in rule.elements if row.get(code) is not None
        )  # fmt: skip

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

    def _peers(self, rule: CompiledRule) -> None:
        """Distance from the median in robust standard deviations, among units of the same kind.

        Same 办学类型 and 城乡类型 where there are at least ``MIN_PEERS`` of them, else the same 办学类型;
        fewer say nothing.
        """
        compiler = self._compiler()
        value = as_float(compiler.number(rule.node)).alias("value")
        own = self.rows.select(*KEYS, value)
        pool = own
        if self.context.peers is not None:
            others = self.context.peers.filter(~pl.col("unit").is_in(self.rows.get_column("unit").to_list()))
            pool = pl.concat([own, others.select(*KEYS, value)])
        pool = pool.filter(pl.col("value").is_finite())
        scored = _scored(own.with_row_index("row"), pool)
        limit = float(rule.check.limit or 0)
        scored = scored.filter(pl.col("score").abs() > limit)
        words = self._shown(rule.elements, scored.get_column("row"))
        for (_, unit, mine, middle, score, count), shown in zip(scored.iter_rows(), words, strict=True):
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


def _percent(limit: Decimal | None) -> str:
    return "—" if limit is None else f"{limit * 100:f}".rstrip("0").rstrip(".") + "%"
