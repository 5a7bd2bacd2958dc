"""The rules of a form made ready once: every return of the form is held against the same expressions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import ceil, floor
from threading import Lock

import polars as pl

from duibiao.intake.rules import RuleCompiler, as_float, exceeds
from duibiao.kernel.problem import Problem, UserError, problem
from duibiao.metrics.element import DataElement, ValueType
from duibiao.metrics.expression import ExpressionError, nodes, parse
from duibiao.metrics.expression.stages import StageSplit
from duibiao.metrics.form import Asked, Check, CheckKind, Form

LAST = "last."
"""What stands before the name of a column of the year before."""
MANY = 50_000
"""From so many rows on a column is worth a thread of its own."""
KEPT = 32
"""How many forms a process keeps ready; an authority has about twenty."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A check of a form ready to run (已编译的校验): its tree, and the elements it names in order."""

    check: Check
    node: nodes.ExpressionNode
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadyRule:
    """A rule with its expression over a wide table (就绪校验): true where a return fails, or the compared quantity."""

    name: str
    rule: CompiledRule
    expression: pl.Expr


@dataclass(frozen=True, slots=True)
class RangeRule:
    """The range that some elements share (取值范围), as stored whole numbers; None where there is no limit.

    What no figure can be (beyond ``cells.LARGEST``) never becomes a stored number: its cell is refused when it is read.
    """

    low: int | None
    high: int | None
    codes: tuple[str, ...]

    def left_by(self, rows: pl.DataFrame) -> list[str]:
        """The columns with a cell outside. Of a few rows each column is asked, of many all at once, by every core."""
        if rows.height < MANY:
            return [code for code in self.codes if self._is_left(*self._ends(rows.get_column(code)))]
        columns = pl.col(self.codes)
        nothing = (None,) * len(self.codes)
        least = nothing if self.low is None else rows.select(columns.min()).row(0)
        most = nothing if self.high is None else rows.select(columns.max()).row(0)
        return [code for code, low, high in zip(self.codes, least, most, strict=True) if self._is_left(low, high)]

    def _ends(self, cells: pl.Series) -> tuple[object, object]:
        return None if self.low is None else cells.min(), None if self.high is None else cells.max()

    def _is_left(self, least: object, most: object) -> bool:
        below = self.low is not None and isinstance(least, int) and least < self.low
        return below or (self.high is not None and isinstance(most, int) and most > self.high)

    def outside(self, code: str) -> pl.Expr:
        """Which cells of a column lie outside; null where there is none."""
        column = pl.col(code)
        parts = [column < self.low] if self.low is not None else []
        parts += [column > self.high] if self.high is not None else []
        return pl.any_horizontal(parts)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Every rule of one form, compiled (校验规则集): for single cells, for rows, against last year, among peers."""

    required: tuple[str, ...]
    ranges: tuple[RangeRule, ...]
    rows: tuple[ReadyRule, ...]
    changes: tuple[ReadyRule, ...]
    peers: tuple[ReadyRule, ...]

    @property
    def compared(self) -> frozenset[str]:
        """The elements whose values of the year before are needed."""
        return frozenset(code for ready in self.changes for code in ready.rule.elements)


def compile_rules(form: Form, elements: Mapping[str, DataElement]) -> list[CompiledRule]:
    """Read the checks of a form. Raises UserError with every check that makes no sense."""
    compiled: list[CompiledRule] = []
    problems: list[Problem] = []
    columns = set(form.columns)
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
    """The tree of an expression, and the elements it names in order."""
    node = parse(expression)
    return node, tuple(dict.fromkeys(one.code for one in node.walk() if isinstance(one, nodes.ElementRef)))


def _rule_fault(check: Check, fault: ExpressionError) -> Problem:
    return problem("INTAKE-RULE", check.where, name=check.code, zh=fault.message.zh, en=fault.message.en)


def rule_book(form: Form, elements: Mapping[str, DataElement], stages: StageSplit | None = None) -> RuleBook:
    """The rules of a form, compiled now or earlier in this process. Raises UserError for checks that make no sense.

    A form is known again by being the same object with the same elements: packs are loaded once and never change.
    """
    mine = tuple(elements[code] for code in form.columns)
    with _LOCK:
        kept = _BOOKS.get(id(form))
    # What is kept holds the form itself, so that no other object can have come to have its id.
    if kept is not None and kept.form is form and kept.stages is stages and _same(kept.elements, mine):
        return kept.book
    book = _compiled(form, elements, stages)
    with _LOCK:
        while len(_BOOKS) >= KEPT:
            del _BOOKS[next(iter(_BOOKS))]
        _BOOKS[id(form)] = _Kept(form, mine, stages, book)
    return book


@dataclass(frozen=True, slots=True)
class _Kept:
    form: Form
    elements: tuple[DataElement, ...]
    stages: StageSplit | None
    book: RuleBook


_BOOKS: dict[int, _Kept] = {}
_LOCK = Lock()


def _same(some: Sequence[object], others: Sequence[object]) -> bool:
    return len(some) == len(others) and all(one is other for one, other in zip(some, others, strict=True))


def _compiled(form: Form, elements: Mapping[str, DataElement], stages: StageSplit | None) -> RuleBook:
    now, before = (RuleCompiler(elements, stages, prefix, form.columns) for prefix in ("", LAST))
    makers: dict[CheckKind, Callable[[CompiledRule], pl.Expr]] = {
        CheckKind.ROW: lambda rule: ~now.condition(rule.node),
        CheckKind.TOTAL: lambda rule: ~now.condition(rule.node),
        CheckKind.CHANGE: lambda rule: exceeds(
            now.number(rule.node), before.number(rule.node), rule.check.limit or Decimal(0)
        ),
        CheckKind.PEERS: lambda rule: as_float(now.number(rule.node)),
    }
    ready: dict[CheckKind, list[ReadyRule]] = {kind: [] for kind in CheckKind}
    problems: list[Problem] = []
    for place, rule in enumerate(compile_rules(form, elements)):
        name = f"{rule.check.kind.value}:{place}"
        try:
            made = makers[rule.check.kind](rule).alias(name)
        except ExpressionError as fault:
            problems.append(_rule_fault(rule.check, fault))
        else:
            ready[rule.check.kind].append(ReadyRule(name, rule, made))
    if problems:
        raise UserError(problems)
    fields = [field for field in form.fields if field.asked is not Asked.REUSED]
    return RuleBook(
        required=tuple(field.element for field in fields if field.required),
        ranges=_ranges([elements[field.element] for field in fields]),
        rows=(*ready[CheckKind.ROW], *ready[CheckKind.TOTAL]),
        changes=tuple(ready[CheckKind.CHANGE]),
        peers=tuple(ready[CheckKind.PEERS]),
    )


def _ranges(elements: Sequence[DataElement]) -> tuple[RangeRule, ...]:
    """The ranges of counts and quantities; a flag or a choice has its options instead."""
    found: dict[tuple[int | None, int | None], list[str]] = {}
    for element in elements:
        if element.type in (ValueType.COUNT, ValueType.QUANTITY):
            low = None if element.minimum is None else ceil(element.minimum.scaleb(element.decimals))
            high = None if element.maximum is None else floor(element.maximum.scaleb(element.decimals))
            found.setdefault((low, high), []).append(element.code)
    return tuple(RangeRule(low, high, tuple(codes)) for (low, high), codes in found.items() if (low, high) != _ANY)


_ANY = (None, None)
