"""Rules are exact, know three truths, and cannot overflow."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duibiao.intake.checks import CheckContext, run_checks
from duibiao.intake.rulebook import MANY, RangeRule, compile_rules, rule_book
from duibiao.intake.rules import RuleCompiler, as_float, exceeds
from duibiao.kernel.problem import UserError
from duibiao.metrics.element import Stage
from duibiao.metrics.expression import ExpressionError, nodes, parse
from duibiao.metrics.expression.stages import StageSplit
from duibiao.metrics.form import CheckKind
from duibiao.metrics.stage_split import shares
from duibiao.store.units import UnitTree
from tests.unit.intake.sample import ELEMENTS, FORM, PERIOD, SCHOOLS, STORED, check
from tests.unit.intake.sample import element as made

COMPILER = RuleCompiler(ELEMENTS)
NUMBER = st.one_of(st.none(), st.integers(0, 10**9))


def frame(**values: Sequence[int | None]) -> pl.DataFrame:
    count = len(next(iter(values.values())))
    keys = {"unit": [f"S{row}" for row in range(count)], "district": ["500156"] * count, "school_kind": ["211"] * count,
            "location_type": ["210"] * count, "ownership": ["public"] * count}  # fmt: skip
    columns = {code: pl.Series(values.get(code, [None] * count), dtype=pl.Int64) for code in ELEMENTS}
    return pl.DataFrame(keys | columns)


def decided(text: str, **values: int | None) -> bool | None:
    rows = frame(**{code: [value] for code, value in values.items()})
    found: bool | None = rows.select(COMPILER.condition(parse(text)).alias("x"))["x"][0]
    return found


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("pupils = pupils_girls + pupils_boys", True),
        ("floor_area / pupils >= 28.8", True),
        ("floor_area / pupils > 28.80", True),
        ("floor_area / pupils <= 28.80649", False),
        ("floor_area / pupils <= 28.8065", True),
        ("floor_area / pupils = 28.8065", True),
        ("pupils / places > 0", None),
        ("places > 0 or pupils > 0", True),
        ("places > 0 and pupils < 0", False),
        ("places > 0 and pupils > 0", None),
        ("not (places > 0)", None),
        ("known(places) or teachers = 10", True),
        ("sum_known(places, teachers) = 10", True),
        ("sum_known(places) > 0", None),
        ("kind = '211'", True),
        ("starts(kind, '3')", False),
        ("kind in ('211', '312')", True),
        ("teachers in (9, 10)", True),
        ("has_network and campus = 1", True),
        ("pupils / 0 > 1", None),
        ("percent(pupils_girls / pupils) < 50", True),
        ("-pupils < -119.5", True),
        ("pupils - teachers * 12 = 0", True),
    ],
)
def test_a_condition_is_decided_exactly(text: str, truth: bool | None) -> None:
    assert decided(text, **STORED) is truth


@given(NUMBER, NUMBER, NUMBER, st.sampled_from(["<", "<=", "=", "!=", ">", ">="]), st.decimals(-5, 5, places=4))
def test_comparisons_of_quotients_agree_with_fractions(
    a: int | None, b: int | None, c: int | None, op: str, limit: Decimal
) -> None:
    sign = "-" if limit < 0 else ""
    text = f"(pupils - places) / teachers {op} {sign}{abs(limit):f}"
    found = decided(text, pupils=a, places=b, teachers=c)
    if a is None or b is None or not c:
        assert found is None
        return
    left, right = Fraction(a - b, c), Fraction(limit)
    truth = {"<": left < right, "<=": left <= right, "=": left == right, "!=": left != right, ">": left > right,
             ">=": left >= right}  # fmt: skip
    assert found is truth[op]


def test_what_could_overflow_is_refused_when_it_is_compiled() -> None:
    with pytest.raises(ExpressionError, match="范围过大"):
        COMPILER.condition(parse("pupils * pupils * pupils > 0"))
    assert decided("pupils * places > 1", pupils=10**15, places=10**15) is True


def test_a_group_expression_is_no_rule_of_a_row() -> None:
    with pytest.raises(ExpressionError):
        COMPILER.condition(parse("sum(pupils) > 0"))
    with pytest.raises(UserError, match="INTAKE-RULE"):
        compile_rules(_with(check("X", CheckKind.ROW, "nobody > 0")), ELEMENTS)
    with pytest.raises(UserError, match="INTAKE-RULE"):
        run_checks(_with(check("X", CheckKind.ROW, "sum(pupils) > 0")), ELEMENTS, frame(pupils=[1]))


def _with(*checks: Any) -> Any:
    return replace(FORM, checks=checks)


SPLIT = StageSplit(
    {Stage.PRIMARY: Decimal(1), Stage.JUNIOR: Decimal("1.1"), Stage.SENIOR: Decimal("1.32")},
    {Stage.PRIMARY: "pupils", Stage.JUNIOR: "teachers", Stage.SENIOR: "places"},
    {"312": (Stage.PRIMARY, Stage.JUNIOR), "21": (Stage.PRIMARY,)},
)


@given(st.sampled_from(["211", "312", "999"]), NUMBER, NUMBER, NUMBER, st.sampled_from(list(SPLIT.stages)))
def test_the_split_of_stages_agrees_with_its_definition(
    kind: str, primary: int | None, junior: int | None, senior: int | None, stage: Stage
) -> None:
    rows = frame(pupils=[primary], teachers=[junior], places=[senior], floor_area=[100_00])
    rows = rows.with_columns(pl.lit(kind).alias("school_kind"))
    node = nodes.StageShare(nodes.ElementRef("floor_area"), stage)
    number = RuleCompiler(ELEMENTS, SPLIT).number(node)
    assert number.bottom is not None
    exact = rows.select(number.top.alias("top"), number.bottom.alias("bottom")).row(0)
    wanted = shares(SPLIT, kind, {Stage.PRIMARY: primary, Stage.JUNIOR: junior, Stage.SENIOR: senior})
    part = wanted.get(stage, Fraction(0) if wanted else None)
    found = None if None in exact else Fraction(exact[0], exact[1]) / 10**number.exponent
    if part is None or (stage not in wanted and not any(wanted.values())):
        assert found in (None, 0)
    else:
        assert found == part * 100


def test_the_published_example_of_the_split() -> None:
    rows = frame(pupils=[166], teachers=[210], floor_area=[23226_00]).with_columns(pl.lit("312").alias("school_kind"))
    number = RuleCompiler(ELEMENTS, SPLIT).number(nodes.StageShare(nodes.ElementRef("floor_area"), Stage.PRIMARY))
    value = rows.select(as_float(number).alias("x"))["x"][0]
    assert 9711 <= value < 9712  # the publication cuts its digits off


@given(NUMBER, NUMBER, st.decimals(0, 3, places=2))
def test_a_change_is_measured_exactly(now: int | None, before: int | None, limit: Decimal) -> None:
    rows = frame(pupils=[now]).with_columns(pl.Series("last.pupils", [before], dtype=pl.Int64))
    one, other = (
        RuleCompiler(ELEMENTS).number(parse("pupils")),
        RuleCompiler(ELEMENTS, None, "last.").number(parse("pupils")),
    )
    found = rows.select(exceeds(one, other, limit).alias("x"))["x"][0]
    if now is None or not before:
        assert found is None
    else:
        assert found is (abs(now - before) > Fraction(limit) * before)


def test_peers_are_asked_about_and_never_refused() -> None:
    count = 30
    rows = frame(
        pupils=[100 + row for row in range(count - 1)] + [2000], teachers=[10] * count,
        pupils_girls=[50] * count, pupils_boys=[50 + row for row in range(count - 1)] + [1950],
        has_network=[1] * count, campus=[1] * count,
    )  # fmt: skip
    found = run_checks(FORM, ELEMENTS, rows)
    assert [(one.unit, one.check, one.level.value) for one in found] == [("S29", "RATIO-PEERS", "question")]
    assert found[0].problem.code == "INTAKE-PEERS"
    assert "同类 30 个单位" in found[0].problem.message.zh
    few = run_checks(FORM, ELEMENTS, rows.tail(9))
    assert few == []
    with_peers = run_checks(FORM, ELEMENTS, rows.tail(1), peers=rows)
    assert [one.check for one in with_peers] == ["RATIO-PEERS"]


def test_a_total_is_held_against_its_units() -> None:
    rows = frame(
        pupils=[100, 50],
        pupils_girls=[40, 20],
        pupils_boys=[60, 30],
        teachers=[5, 5],
        has_network=[1, 1],
        campus=[1, 1],
    )
    total = frame(pupils=[160], teachers=[10]).with_columns(pl.lit("500156").alias("unit"))
    found = run_checks(FORM, ELEMENTS, rows, context=CheckContext(totals=total))
    assert [(one.problem.code, one.unit, one.element) for one in found] == [("INTAKE-TOTAL", "500156", "pupils")]
    assert "合计为 160，2 个单位之和为 150，相差 10" in found[0].problem.message.zh
    # While a unit has not reported, a larger total may still become right; a smaller one cannot.
    part = rows.with_columns(pl.when(pl.col("unit") == "S1").then(None).otherwise(pl.col("pupils")).alias("pupils"))
    missing = CheckContext(totals=total, missing=[("S1", "pupils")])
    assert run_checks(FORM, ELEMENTS, part, context=missing) == []
    small = total.with_columns(pl.lit(90, dtype=pl.Int64).alias("pupils"))
    found = run_checks(FORM, ELEMENTS, part, context=CheckContext(totals=small, missing=[("S1", "pupils")]))
    assert [one.problem.code for one in found] == ["INTAKE-TOTAL"]


def test_a_boundary_break_is_not_compared_across() -> None:
    unit = SCHOOLS[0]
    rows = frame(**{code: [value] for code, value in STORED.items()}).with_columns(pl.lit(unit.code).alias("unit"))
    last = rows.with_columns(pl.lit(10, dtype=pl.Int64).alias("pupils"))
    context = CheckContext(last_year=last, units={unit.code: unit}, period=PERIOD)
    assert [one.check for one in run_checks(FORM, ELEMENTS, rows, context=context)] == ["PUPILS-CHANGE"]
    broken = replace(unit, breaks=(date(2024, 3, 1),))
    context = CheckContext(last_year=last, units={unit.code: broken}, period=PERIOD)
    assert run_checks(FORM, ELEMENTS, rows, context=context) == []


def test_a_school_that_took_over_another_is_not_compared_with_itself_alone() -> None:
    """From the autumn after the day on which the other ended; the years before and after compare as ever."""
    unit, other = SCHOOLS[0], SCHOOLS[1]
    rows = frame(**{code: [value] for code, value in STORED.items()}).with_columns(pl.lit(unit.code).alias("unit"))
    last = rows.with_columns(pl.lit(10, dtype=pl.Int64).alias("pupils"))

    def asked(ended: date) -> list[str]:
        gone = replace(other, valid_to=ended, successors=(unit.code,))
        for units in ({unit.code: unit, gone.code: gone}, UnitTree([unit, gone])):
            context = CheckContext(last_year=last, units=units, period=PERIOD)
            found = [one.check for one in run_checks(FORM, ELEMENTS, rows, context=context)]
        return found

    assert asked(date(2024, 8, 1)) == []
    assert asked(date(2024, 9, 1)) == [], "the count of that very day is the first with the other's pupils"
    assert asked(date(2024, 9, 2)) == ["PUPILS-CHANGE"]
    assert asked(date(2023, 9, 1)) == ["PUPILS-CHANGE"]


def test_an_element_with_decimals_is_compared_on_the_right_scale() -> None:
    elements = ELEMENTS | {"yuan": made("yuan", "经费", "元", decimals=2)}
    rows = frame(floor_area=[345678], pupils=[3456])
    found = rows.select(RuleCompiler(elements).condition(parse("floor_area > pupils")).alias("x"))["x"][0]
    assert found is True


def test_a_form_is_compiled_once_and_again_only_where_something_changed() -> None:
    book = rule_book(FORM, ELEMENTS, SPLIT)
    assert rule_book(FORM, dict(ELEMENTS), SPLIT) is book
    assert rule_book(FORM, ELEMENTS) is not book
    wider = ELEMENTS | {"pupils": replace(ELEMENTS["pupils"], maximum=Decimal(30_000))}
    limits = {code: one.high for one in rule_book(FORM, wider, SPLIT).ranges for code in one.codes}
    assert limits["pupils"] == 30_000
    assert limits["pass_rate"] == 1_000
    assert "has_network" not in limits
    assert rule_book(replace(FORM, checks=()), ELEMENTS, SPLIT).rows == ()


@pytest.mark.parametrize("many", [3, MANY])
def test_a_column_with_one_cell_outside_its_range_is_found_among_few_and_many(many: int) -> None:
    inside = [0, None, *([10] * (many - 2))]
    rows = pl.DataFrame(
        {"low": [-1, *inside[1:]], "high": [11, *inside[1:]], "inside": inside, "blank": [None] * many},
        schema=dict.fromkeys(("low", "high", "inside", "blank"), pl.Int64),
    )
    codes = ("low", "high", "inside", "blank")
    assert RangeRule(0, 10, codes).left_by(rows) == ["low", "high"]
    assert RangeRule(0, None, codes).left_by(rows) == ["low"]
    assert RangeRule(None, 10, codes).left_by(rows) == ["high"]
