"""A figure over several forms is of the districts that answered all of them, in every engine, with the others told."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pytest

from duibiao.compute import DuckDbEngine, Engine, recompute
from duibiao.compute.engine import Tables
from duibiao.compute.lineage import trace
from duibiao.kernel.value import MissingReason
from duibiao.metrics.unit import Unit, UnitKind
from tests.engines.cases import FINANCE, SCHOOL, compiled, table, written_tables
from tests.engines.conftest import DIALECTS
from tests.engines.test_engines import assert_same

YEARS = (2021, 2022)
UNITS = (
    Unit("C", "虚构市（模拟）", UnitKind.CITY),
    Unit("D1", "都报了", UnitKind.DISTRICT, "C", grouping_current="甲"),
    Unit("D2", "没有填区县表", UnitKind.DISTRICT, "C", grouping_current="甲"),
    Unit("D3", "区县表没有交", UnitKind.DISTRICT, "C", grouping_current="乙"),
    Unit("D4", "学校都没有填", UnitKind.DISTRICT, "C", grouping_current="乙"),
    Unit("D5", "学校表没有交", UnitKind.DISTRICT, "C", grouping_current="乙"),
    Unit("D6", "没有学校", UnitKind.DISTRICT, "C", grouping_current="乙"),
    *(Unit(f"S{place}{one}", "校", UnitKind.SCHOOL, f"D{place}") for place in (1, 2, 3, 4, 5) for one in "ab"),
    Unit("S0", "市直属校", UnitKind.SCHOOL, "C"),
)
TEXTS = {
    "ratio": "sum(b) / sum(budget)",
    "percent": "percent(sum(b where c > 0) / (sum(budget) * 2))",
    "difference": "sum(budget) - sum(b)",
    "apart": "sum(budget) + sum(b)",
    "money": "sum(budget)",
    "pupils": "sum(b)",
    "referred": "indicator('pupils') / indicator('money')",
    "ranked": "median(b) / sum(budget)",
    "lagged": "sum(b) / lag(sum(budget), 1)",
}
PUPILS: Mapping[str, Mapping[str, int | None]] = {
    "D1": {"S1a": 10, "S1b": None}, "D2": {"S2a": 20, "S2b": 21}, "D3": {"S3a": 30, "S3b": 31},
    "D4": {"S4a": None, "S4b": None}, "C": {"S0": 1},
}  # fmt: skip
MONEY: Mapping[str, int | None] = {"D1": 100, "D2": None, "D4": 400, "D5": 500, "D6": 600}
"""In 2022. In 2021 everybody answered what 2022 left open, with ones."""


def school(unit: str, district: str, pupils: int | None) -> tuple[object, ...]:
    cells = {"b": pupils, "c": 1}
    return (unit, district, "211", "", "", *(cells.get(code) for code in SCHOOL.columns))


def money_rows(money: Mapping[str, int | None]) -> list[tuple[object, ...]]:
    return [(leaf, leaf, "", "", "", None if one is None else one * 100) for leaf, one in money.items()]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    found: dict[tuple[str, int], pa.Table] = {}
    found["school", 2022] = table(
        SCHOOL.columns, [school(unit, leaf, pupils) for leaf, own in PUPILS.items() for unit, pupils in own.items()]
    )
    found["finance", 2022] = table(FINANCE.columns, money_rows(MONEY))
    every = [(unit.code, unit.parent) for unit in UNITS if unit.kind is UnitKind.SCHOOL]
    found["school", 2021] = table(SCHOOL.columns, [school(unit, leaf, 1) for unit, leaf in every])
    found["finance", 2021] = table(FINANCE.columns, [(f"D{n}", f"D{n}", "", "", "", 100) for n in range(1, 7)])
    return written_tables(tmp_path_factory.mktemp("jointly"), found)


def expected(leaves: set[str]) -> tuple[Fraction, Fraction]:
    """Pupils and money of 2022 of the leaves of a group that answered both, in words of the rule.

    D6 has no school and the city no district's budget: nobody is silent there.
    """
    both = leaves & {"D1", "D6", "C"}
    pupils = sum(one or 0 for leaf in both for one in PUPILS.get(leaf, {}).values())
    return Fraction(pupils), Fraction(sum(MONEY.get(leaf) or 0 for leaf in both))


DISTRICTS = {f"D{place}" for place in range(1, 7)}
GROUPS = {"C": {"C", *DISTRICTS}, "C:甲": {"D1", "D2"}, "C:乙": DISTRICTS - {"D1", "D2"}, "D1": {"D1"}}


def test_only_districts_that_answered_every_form_take_part(engine: Engine, tables: Tables) -> None:
    result = engine.run(compiled(TEXTS, DIALECTS[engine.name]), tables, UNITS)
    for code, leaves in GROUPS.items():
        pupils, money = expected(leaves)
        asked = [one for leaf in leaves for one in PUPILS.get(leaf, {})]
        answered = [unit for leaf in leaves & {"D1", "C"} for unit, one in PUPILS[leaf].items() if one is not None]
        ratio = result.cell("ratio", code, 2022)
        assert (ratio.known, ratio.total) == (len(answered), len(asked))
        if not answered:  # of 乙 only D6 takes part, where there is no school
            assert ratio.missing is MissingReason.NOT_REPORTED
            continue
        assert (ratio.numerator, ratio.denominator) == (float(pupils), float(money))
        quotient = pupils / money
        wanted = {"ratio": quotient, "percent": quotient * 50, "difference": money - pupils, "referred": quotient}
        for name, value in wanted.items():
            assert result.cell(name, code, 2022).value == pytest.approx(float(value), rel=1e-12), (name, code)
    for leaf in ("D2", "D3", "D4", "D5"):
        assert result.cell("ratio", leaf, 2022).missing is MissingReason.NOT_REPORTED


def test_sums_that_are_added_stay_apart_and_a_median_is_not_taken_of_a_part(engine: Engine, tables: Tables) -> None:
    result = engine.run(compiled(TEXTS, DIALECTS[engine.name]), tables, UNITS)
    assert result.cell("apart", "C", 2022).value == 1600 + 10 + 41 + 61 + 1
    assert result.cell("pupils", "C", 2022).value == 10 + 41 + 61 + 1
    told = result.cell("ranked", "C", 2022)
    assert (told.value, told.missing and told.missing.value) == (None, "low_coverage")
    assert result.cell("ranked", "D1", 2022).value == 10 / 100
    assert result.cell("ranked", "C", 2021).value == 1 / 6
    # over the years: the same districts in every year, so D2 and its like are left out of both
    assert result.cell("lagged", "C", 2022).value == 11 / 2
    assert result.cell("ratio", "C", 2021).value == 11 / 6


def test_recomputing_a_district_gives_what_a_full_run_would(tables: Tables, tmp_path: Path) -> None:
    """D2 answers: it takes part from now on, and all else stays."""
    engine = DuckDbEngine()
    catalogue = compiled(TEXTS)
    before = engine.run(catalogue, tables, UNITS)
    rows = table(FINANCE.columns, money_rows({**MONEY, "D2": 200}))
    changed = dict(tables) | written_tables(tmp_path, {("finance", 2022): rows})
    again = recompute(engine, before, {("finance", 2022): changed["finance", 2022]}, UNITS, ["D2"])
    whole = engine.run(catalogue, changed, UNITS)
    assert again.cell("ratio", "C", 2022).value == (10 + 41 + 1) / (100 + 200 + 600)
    for code in TEXTS:
        assert_same(code, again.figures[code], whole.figures[code])
    assert {code: out.tolist() for code, out in again.left_out.items()} == {
        code: out.tolist() for code, out in whole.left_out.items()
    }


def test_the_trace_names_the_districts_that_take_no_part(tables: Tables) -> None:
    engine = DuckDbEngine()
    result = engine.run(compiled(TEXTS), tables, UNITS)
    pupils, money = trace(engine, result, tables, "ratio", "C", 2022).aggregates
    assert pupils.left_out == money.left_out == ("D2", "D3", "D4", "D5")
    assert [int(pupils.amounts[role]) for role in ("top", "known", "total")] == [11, 2, 9]
    assert money.amounts["top"] == 700
    why = {unit.unit: unit.missing and unit.missing.value for unit in pupils.units}
    aside, silent = dict.fromkeys(("S2a", "S2b", "S3a", "S3b"), "low_coverage"), ("S1b", "S4a", "S4b")
    assert why == {"S0": None, "S1a": None, **aside, **dict.fromkeys(silent, "not_reported")}
