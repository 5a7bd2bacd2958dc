"""Small counts of persons: withheld, and not to be had by subtraction either."""

import random
from pathlib import Path

import numpy as np
import pytest

from duibiao.compute import DuckDbEngine, Result, Selection
from duibiao.compute.figures import Figures
from duibiao.compute.groups import GroupLevel, Membership, membership
from duibiao.compute.suppression import equations, suppressed
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


def test_neither_side_of_a_withheld_share_is_answered(tmp_path: Path) -> None:
    result = computed(tmp_path, {"D0": 300, "D1": 3, "D2": 40, "D3": 500, "D4": 600, "F0": 70, "F1": 80})
    withheld, open_one = result.cell("i1", "D1", 2020), result.cell("i1", "D0", 2020)
    assert (withheld.numerator, withheld.denominator) == (None, None)
    assert (open_one.numerator, open_one.denominator) == (300, 1000)


def test_who_refers_to_a_protected_indicator_shows_no_more_than_it(tmp_path: Path) -> None:
    rows: list[Row] = [(f"S{n}", f"D{n}", "211", "", "", count, 90) for n, count in enumerate((3, 40, 500, 600))]
    files = written_tables(tmp_path, {("school", 2020): table(["primary", "junior"], rows)})
    texts = {"own": "sum(primary)", "copy": "indicator('own') * 1", "part": "indicator('own') / sum(junior)"}
    result = DuckDbEngine().run(compiled(texts, rules={"own": {"suppress_below": 5}}), files, UNITS)
    assert hidden(result, "own") == hidden(result, "copy") == hidden(result, "part") == {"D0", "D1"}


def test_a_difference_of_two_sums_is_a_count_of_persons_too(tmp_path: Path) -> None:
    rows: list[Row] = [(f"S{n}", f"D{n}", "211", "", "", 100, count) for n, count in enumerate((98, 60, 20, 10))]
    files = written_tables(tmp_path, {("school", 2020): table(["primary", "junior"], rows)})
    rules = {code: {"suppress_below": 5} for code in ("apart", "large")}
    texts = {"apart": "sum(primary) - sum(junior)", "large": "(sum(primary) - sum(junior)) / 10000"}
    result = DuckDbEngine().run(compiled(texts, rules=rules), files, UNITS)
    assert hidden(result, "apart") == {"D0", "D1"}  # 2 persons, and the 40 that protect them
    assert hidden(result, "large") == {"D0", "D1"}  # shown in 万人 they are as many


def a_world(chance: random.Random) -> Membership:
    """Cities with districts in groupings or in none, some of them reporting for themselves."""
    units, leaves = [Unit("N", "虚构国（模拟）", UnitKind.NATION)], []
    for city in range(chance.randint(1, 3)):
        units.append(Unit(f"C{city}", "市（模拟）", UnitKind.CITY, parent="N"))
        for number in range(chance.randint(1, 7)):
            code, group = f"C{city}D{number}", chance.choice(["", "甲", "乙"])
            units.append(Unit(code, "区（模拟）", UnitKind.DISTRICT, parent=f"C{city}", grouping_current=group))
            leaves.append(code)
        leaves += [f"C{city}"] if chance.random() < 0.4 else []
    return membership(units, sorted(leaves), set(GroupLevel))


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_no_small_count_follows_from_all_that_is_published(first: int) -> None:
    """By linear algebra: a withheld small count must not be a combination of the published figures."""
    withheld = 0
    for seed in range(first, first + 100):
        chance = random.Random(seed)  # noqa: S311 - a test wants the same world every time
        groups = a_world(chance)
        own = [chance.choice([0, 0, 1, 2, 3, 4, 5, 6, 9, 20, 100]) for _ in groups.leaves]
        counts = np.array([[float(sum(own[leaf] for leaf in group.leaves)) for group in groups.groups]])
        there = np.ones(counts.shape, dtype=np.int64)
        persons = np.where(counts > 0, counts, np.inf)
        figures = Figures(counts, np.zeros(counts.shape, dtype=np.uint8), there, there, persons)
        away = suppressed(figures, 5, equations(groups), [counts]).gap[0] > 0
        rows = np.array([[leaf in group.leaves for leaf in range(len(own))] for group in groups.groups], dtype=float)
        told = rows[~away]
        for place in np.flatnonzero((counts[0] > 0) & (counts[0] < 5)):
            withheld += 1
            assert away[place]
            if len(told):
                assert np.linalg.matrix_rank(np.vstack([told, rows[place]])) > np.linalg.matrix_rank(told), (
                    seed,
                    place,
                )
    assert withheld > 100
