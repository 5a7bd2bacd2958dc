"""Small counts of persons: withheld, and not to be had by subtraction either."""

import random
from pathlib import Path

import pytest

from duibiao.compute import DuckDbEngine, Result, Selection
from duibiao.kernel.value import MissingReason
from duibiao.metrics.unit import Unit, UnitKind
from tests.engines.cases import Row, compiled, table, written_tables

UNITS = (
    Unit("N", "虚构国（模拟）", UnitKind.NATION),
    Unit("C", "虚构市（模拟）", UnitKind.CITY, parent="N"),
    Unit("E", "另一虚构市（模拟）", UnitKind.CITY, parent="N"),
    *(Unit(f"D{n}", f"区{n}（模拟）", UnitKind.DISTRICT, "C", grouping_current="片" * (n < 3)) for n in range(5)),
    *(Unit(f"F{n}", f"县{n}（模拟）", UnitKind.DISTRICT, parent="E") for n in range(2)),
)  # fmt: skip
RULES = {"i0": {"suppress_below": 5}, "i1": {"suppress_below": 5}, "i2": {"suppress_below": 5}}
TEXTS = ["sum(primary)", "ratio(primary, junior)", "count(primary > 0)", "sum(primary)"]


def computed(tmp_path: Path, counts: dict[str, int | None]) -> Result:
    rows: list[Row] = [(f"S{name}", name, "211", "", "", count, 1000) for name, count in sorted(counts.items())]
    files = written_tables(tmp_path, {("school", 2020): table(["primary", "junior"], rows)})
    return DuckDbEngine().run(compiled(TEXTS, rules=RULES), files, UNITS)


def hidden(result: Result, code: str = "i0") -> set[str]:
    return {unit for unit in result.groups.codes if result.cell(code, unit, 2020).missing is MissingReason.SUPPRESSED}


def test_a_small_count_is_withheld_with_the_smallest_other_one(tmp_path: Path) -> None:
    result = computed(tmp_path, {"D0": 300, "D1": 3, "D2": 40, "D3": 500, "D4": 600, "F0": 70, "F1": 80})
    # The grouping of D0, D1, D2 and the city both publish their sums: one more of each has to go.
    assert hidden(result) == {"D1", "D2"}
    cell = result.cell("i0", "D1", 2020)
    assert cell.value is None
    long = [row for row in result.table.to_pylist() if row["unit"] == "D1" and row["indicator"] == "i1"]
    assert [(row["numerator"], row["denominator"], row["suppressed"]) for row in long] == [(None, None, True)]


def test_zero_is_shown_and_a_count_of_schools_is_no_count_of_persons(tmp_path: Path) -> None:
    result = computed(tmp_path, {"D0": 0, "D1": 60, "D2": 40, "D3": 500, "D4": 600, "F0": 70, "F1": 80})
    assert hidden(result) == set()
    assert result.cell("i0", "D0", 2020).value == 0
    assert hidden(result, "i2") == set()


def test_an_indicator_without_the_rule_shows_everything(tmp_path: Path) -> None:
    result = computed(tmp_path, {"D0": 3, "D1": 60, "D2": 40, "D3": 500, "D4": 600, "F0": 70, "F1": 80})
    assert hidden(result, "i3") == set()
    assert hidden(result, "i0") >= {"D0"}


def test_where_no_part_is_left_the_sum_is_withheld_and_then_another_sum(tmp_path: Path) -> None:
    result = computed(tmp_path, {"F0": 2, "D0": 100, "D1": 200, "D2": 300})
    # F0 is the only district of E: E would give it away, and N minus C would give E away.
    assert {"F0", "E"} <= hidden(result)
    assert "C" in hidden(result) or "N" in hidden(result)


def test_withheld_parts_that_are_few_together_are_hidden_among_more(tmp_path: Path) -> None:
    result = computed(tmp_path, {"D0": 1, "D1": 2, "D2": 400, "D3": 500, "D4": 600, "F0": 70, "F1": 80})
    # 1 and 2 together are 3: the sum of the rest would tell that, so a third is withheld.
    assert {"D0", "D1"} < hidden(result)


@pytest.mark.parametrize("seed", range(12))
def test_no_withheld_part_is_the_only_unknown_of_a_published_sum(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test wants the same rows every time
    names = [unit.code for unit in UNITS if unit.kind is UnitKind.DISTRICT]
    counts = {name: chance.choice([None, 0, 1, 2, 4, 5, 9, 50, 300]) for name in names}
    result = computed(tmp_path, counts)
    away = hidden(result)
    small = {name for name, count in counts.items() if count is not None and 0 < count < 5}
    assert small <= away
    sums = {"C": [f"D{n}" for n in range(5)], "E": ["F0", "F1"], "N": ["C", "E"], "C:片": ["D0", "D1", "D2"]}
    sums["all"] = names
    for total, parts in sums.items():
        told = "N" if total == "all" else total
        terms = [
            one for one in [told, *parts] if result.cell("i0", one, 2020).missing is not MissingReason.NOT_REPORTED
        ]
        assert len(away & set(terms)) != 1, (total, away, counts)


def test_the_figures_of_single_schools_are_protected_too(tmp_path: Path) -> None:
    pupils = {"S1": 3, "S2": 70, "S3": 90}
    rows: list[Row] = [(name, "D0", "", "", "", count, 10) for name, count in pupils.items()]
    files = written_tables(tmp_path, {("school", 2020): table(["primary", "junior"], rows)})
    found = DuckDbEngine().run_units(compiled(TEXTS, rules=RULES), files, Selection(districts=("D0",)))
    assert found.cell("i0", "S1", 2020).missing is MissingReason.SUPPRESSED
    # the district publishes 163: with 70 and 90 shown, 3 would be known
    assert found.cell("i0", "S2", 2020).missing is MissingReason.SUPPRESSED
    assert found.cell("i0", "S3", 2020).value == 90
