"""Checks every expression of the packs when they are loaded: those of indicators, and those of the checks of forms."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from duibiao.kernel.problem import Report, Where
from duibiao.kernel.value import Quantity, are_convertible, converted
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression.checking import Grain, Kind, Scope, TypedExpression, check_expression
from duibiao.metrics.expression.measure import Measure
from duibiao.metrics.expression.parser import ExpressionError, parse
from duibiao.metrics.form import Check, CheckKind
from duibiao.metrics.indicator import Indicator

SHOWN = 120
"""A message shows at most this many characters of an expression around its fault."""


def check_formulas(
    indicators: Mapping[str, Indicator], places: Mapping[str, Where], scope: Scope, report: Report
) -> dict[str, TypedExpression]:
    """Check the expression of every computed indicator; answers those that make sense, by indicator.

    ``places`` is where each expression stands. An indicator that refers to another is checked after it; a
    reference that leads back to where it began is reported once (EXPR-CYCLE). The measure of every expression must be
    one the unit of its indicator can show (EXPR-UNIT). An expression that refers to a faulty one is not judged.
    """
    return _Formulas(indicators, places, scope, report).checked()


def check_checks(scope: Scope, report: Report) -> dict[tuple[str, str], TypedExpression]:
    """Check the expressions of all checks of all forms; answers those that make sense, by form and check.

    A check sees one return: it may name only elements of its own form.
    """
    found: dict[tuple[str, str], TypedExpression] = {}
    for form in scope.forms.values():
        own = {code: scope.elements[code] for code in form.columns if code in scope.elements}
        inside = replace(scope, elements=own, beyond=scope.elements)
        for check in form.checks:
            try:
                typed = check_expression(check.expression, inside, Grain.ROW, kind_of(check))
                _check_split(typed, inside)
                found[form.code, check.code] = typed
            except ExpressionError as error:
                tell(error, check.expression, check.where, report)
    return found


def kind_of(check: Check) -> Kind:
    """What the expression of a check must give: a condition that holds, or the quantity that is compared."""
    return Kind.CONDITION if check.kind in (CheckKind.ROW, CheckKind.TOTAL) else Kind.NUMBER


def tell(error: ExpressionError, text: str, where: Where, report: Report) -> None:
    """Report a faulty expression: what is wrong, at which character, and the place marked with ▶."""
    try:
        parse(text)
        code = "EXPR-MEANING"
    except ExpressionError:
        code = "EXPR-SYNTAX"
    zh, en = error.message.zh, error.message.en
    report.add(code, where, at=error.at + 1, zh=zh, en=en, marked=marked(text, error.at))


def marked(text: str, at: int) -> str:
    """The expression, or the part around the fault where it is long, with ▶ before the faulty part."""
    begin, end = max(0, at - SHOWN // 2), min(len(text), at + SHOWN // 2)
    before, after = ("…" if begin else ""), ("…" if end < len(text) else "")
    return " ".join(f"{before}{text[begin:at]}▶{text[at:end]}{after}".split())


class _Formulas:
    """Goes from each expression to those it refers to first, so that their measures are known."""

    def __init__(
        self, indicators: Mapping[str, Indicator], places: Mapping[str, Where], scope: Scope, report: Report
    ) -> None:
        self.indicators, self.places, self.report = indicators, places, report
        titles = {code: one.label.zh for code, one in indicators.items()}
        self.scope = replace(scope, indicators=self.measure, titles=titles)
        self.found: dict[str, TypedExpression] = {}
        self.done: set[str] = set()
        self.open: list[str] = []

    def checked(self) -> dict[str, TypedExpression]:
        for code in self.indicators:
            self.visit(code)
        return {code: self.found[code] for code in self.indicators if code in self.found}

    def measure(self, code: str) -> Measure | None:
        typed = self.found.get(code)
        return typed.typed.measure if typed else None

    def visit(self, code: str) -> None:
        """Check one indicator, those it refers to first; whatever is faulty is told once."""
        if code in self.open:
            path = [*self.open[self.open.index(code) :], code]
            self.report.add("EXPR-CYCLE", self.places[self.open[-1]], name=code, path=" → ".join(path))
            return
        indicator = self.indicators[code]
        if code in self.done or not indicator.expr:
            return
        self.open.append(code)
        try:
            for referred in _references(indicator.expr):
                if referred in self.indicators:
                    self.visit(referred)
            self.check(indicator)
        except ExpressionError as error:
            tell(error, indicator.expr, self.places[code], self.report)
        finally:
            self.open.pop()
            self.done.add(code)

    def check(self, indicator: Indicator) -> None:
        faulty = [
            code
            for code in _references(indicator.expr)
            if code not in self.found and code in self.indicators and self.indicators[code].expr
        ]
        if faulty:
            return  # told where it stands; what builds on it cannot be judged
        typed = check_expression(indicator.expr, self.scope, Grain.GROUP)
        _check_split(typed, self.scope)
        measure = shown_measure(typed, indicator.unit)
        if measure is not None:
            self.found[indicator.code] = replace(typed, typed=replace(typed.typed, measure=measure))
        else:
            given, wanted = str(typed.typed.measure), indicator.unit
            where = self.places[indicator.code]
            self.report.add("EXPR-UNIT", where, name=indicator.code, given=given, wanted=wanted)


def shown_measure(typed: TypedExpression, unit: str) -> Measure | None:
    """The measure of an expression shown in a unit; None where it cannot be.

    A larger unit of the same family (万人 for 人) must be written out: the whole expression divided by its size.
    """
    if typed.typed.measure.can_be_shown_as(unit):
        return typed.typed.measure
    match typed.node, typed.typed.measure.cancelled:
        case n.Arithmetic(op=n.ArithmeticOp.DIVIDE, right=n.Number(value=size)), Measure(top=(own,), bottom=()):
            if are_convertible(own, unit) and converted(Quantity(Decimal(1), unit), own).amount == size:
                return Measure.of(unit)
    return None


def _references(text: str) -> list[str]:
    """The indicators an expression refers to; none for a text that cannot be read, which is told when it is checked."""
    try:
        tree = parse(text)
    except ExpressionError:
        return []
    return [node.code for node in tree.walk() if isinstance(node, n.IndicatorRef)]


def _check_split(typed: TypedExpression, scope: Scope) -> None:
    """Raise ExpressionError where a stage is split off that has no weight, or whose pupils are not at hand."""
    for node in typed.node.walk():
        if isinstance(node, n.StageShare) and (scope.split is None or node.stage not in scope.split.stages):
            zh, en = (
                f"stage_split.yaml 没有学段“{node.stage}”的拆分办法",
                f"stage_split.yaml has no stage '{node.stage}'",
            )
            raise ExpressionError(node.at, zh, en)
        if isinstance(node, n.StageShare) and scope.split is not None:
            for code in scope.split.pupils.values():
                if code not in scope.elements:
                    zh, en = f"拆分学段要用的数据元“{code}”不在此处", f"the split needs '{code}', which is not here"
                    raise ExpressionError(node.at, zh, en)
