"""A whole round of a made-up city, by chance: handed in, reviewed, published, corrected, published again, computed.

Two engines are held against a calculation that shares nothing with them: what is valid is kept in plain dictionaries
while the round goes on, and every figure is worked out from it in fractions, unit by unit. More seeds:
``python -m tests.property.test_round FIRST LAST``.
"""

import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from duibiao.compute import Compiled, ComputedIndicator, DuckDbEngine, Result, compile_catalogue
from duibiao.compute.polars_engine import PolarsEngine
from duibiao.intake.submit import ReportingPlan, submit_json
from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.problem import Where
from duibiao.kernel.text import Text
from duibiao.kernel.value import MissingReason
from duibiao.metrics.element import DataElement, ElementRollUp, Stage, ValueType
from duibiao.metrics.expression import Scope, StageSplit, check_expression
from duibiao.metrics.expression.checking import Grain
from duibiao.metrics.expression.measure import Measure
from duibiao.metrics.form import Asked, Form, FormField, FormSection
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.store.model import Seen
from duibiao.store.snapshot import Snapshot
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ActorRole
from duibiao.workspace.data_folder import tables_of

YEARS = (2023, 2024)
TODAY = date(2025, 1, 10)
DISTRICTS = ("D1", "D2", "D3", "Z")
SMALL = 5
KEEPER = Actor("市发布人", "C", ActorRole.PUBLISHER)
CITY = Actor("市审核人", "C", ActorRole.REVIEWER)
PROGRAM = Actor("导入程序", "C", ActorRole.SYSTEM)


def element(code: str, unit: str = "人", decimals: int = 0) -> DataElement:
    kind = ValueType.QUANTITY if decimals else ValueType.COUNT
    return DataElement(
        code, Text(code), "1", code, unit, kind, decimals, Decimal(0), Decimal(100_000), Stage.ALL, "测试",
        ElementRollUp.SUM,
    )  # fmt: skip


ELEMENTS = {
    one.code: one for one in (*map(element, ("primary", "junior", "special", "people")), element("area", "平方米", 2))
}


def form(code: str, asked: Iterable[str], reporter: UnitKind, kinds: tuple[str, ...] = ()) -> Form:
    fields = tuple(FormField(one, False, Asked.NEW, Where(code)) for one in asked)
    section = FormSection(Text("数据"), fields)
    return Form(code, Text(code), "1", PeriodKind.SCHOOL_YEAR, reporter, kinds, (9, 1), (10, 31), (section,), ())


FORMS = {
    "school": form("school", ("primary", "junior", "area", "special"), UnitKind.SCHOOL, ("2", "3")),
    "district": form("district", ("people",), UnitKind.DISTRICT),
}
WEIGHTS = {"primary": Fraction(1), "junior": Fraction(11, 10)}
KINDS = {"211": ("primary",), "311": ("junior",), "312": ("primary", "junior")}
SPLIT = StageSplit(
    weights={Stage(stage): Decimal(weight.numerator) / weight.denominator for stage, weight in WEIGHTS.items()},
    pupils={Stage.PRIMARY: "primary", Stage.JUNIOR: "junior"},
    kinds={kind: tuple(map(Stage, stages)) for kind, stages in KINDS.items()},
)
TEACHES = "starts(kind, '21') or kind = '312'"
TEXTS = {
    "pupils": f"sum(primary where {TEACHES})",
    "room": "ratio(area, sum_known(primary, junior))",
    "part": "sum(stage_share(area, primary))",
    "roomy": "percent(share(area / (primary + junior) >= 4.5 where kind = '312'))",
    "counted": "count(primary = 0)",
    "balance": f"difference_coefficient(stage_share(area, primary), primary where {TEACHES})",
    "enrolled": f"percent(sum(primary where {TEACHES}) / sum(people))",
    "growing": "percent(growth(sum(primary)))",
    "since": "cumulative(sum(special), 2023)",
    "special": "sum(special)",
    "certain": "sum(area)",
}
RULES: Mapping[str, Mapping[str, object]] = {
    "special": {"suppress_below": SMALL},
    "certain": {"min_coverage": Decimal("0.75")},
}
Values = Mapping[str, Fraction | None]


@dataclass
class City:
    """What is true of the city, beside the store: units, and the valid values of every return; None where silent."""

    units: dict[str, Unit]
    valid: dict[tuple[str, int, str], Values | None] = field(default_factory=dict)

    def rows(self, code: str, year: int, leaves: Iterable[str]) -> list[tuple[Unit, Values]]:
        """The units that were asked and existed, with what is valid of them: nothing where they are silent."""
        inside = set(leaves)
        if not self.published(code, year):
            return []
        found = [(self.units[key[2]], values) for key, values in self.valid.items() if key[:2] == (code, year)]
        blank = dict.fromkeys(FORMS[code].asked)
        return [(unit, values or blank) for unit, values in found if self.leaf(unit) in inside]

    def leaf(self, unit: Unit) -> str:
        return unit.parent if unit.kind is UnitKind.SCHOOL else unit.code

    def published(self, code: str, year: int) -> bool:
        return any(key[:2] == (code, year) and values is not None for key, values in self.valid.items())


# --- the round -------------------------------------------------------------------------------------


def units_of(chance: random.Random) -> dict[str, Unit]:
    """Three districts of two groupings, a zone, and schools of which some end and are taken over."""
    found = {"C": Unit("C", "虚构市", UnitKind.CITY)}
    for code in DISTRICTS:
        kind = UnitKind.FUNCTIONAL_ZONE if code == "Z" else UnitKind.DISTRICT
        breaks = (date(2024, 5, 1),) if code in ("D1", "D2") and chance.random() < 0.3 else ()
        grouping = "东" if code in ("D1", "D2") else "西"
        found[code] = Unit(code, f"区{code}", kind, "C", grouping_current=grouping, breaks=breaks)
    for place in range(chance.randint(6, 9)):
        code, district = f"S{place:02}", chance.choice(DISTRICTS)
        found[code] = Unit(code, f"校{code}", UnitKind.SCHOOL, district, school_kind=chance.choice(list(KINDS)))
    schools = [code for code in found if code.startswith("S")]
    for code in chance.sample(schools, chance.randint(0, 3)):
        heirs = [one for one in schools if one != code and found[one].valid_to is None]
        day = date(chance.choice((2023, 2024)), chance.choice((8, 9, 10)), chance.choice((1, 15)))
        successors = tuple(chance.sample(heirs, chance.randint(0, min(2, len(heirs)))))
        found[code] = replace(found[code], valid_to=day, successors=successors)
    return found


def drawn(chance: random.Random, code: str) -> dict[str, object]:
    """What a unit types: numbers, zeros, 无数据 with a reason, and blanks."""
    found: dict[str, object] = {}
    for name in FORMS[code].asked:
        lot = chance.random()
        if lot < 0.1:
            found[name] = "无数据：档案在途"
        elif lot < 0.2:
            found[name] = None
        elif lot < 0.3:
            found[name] = 0
        else:
            most = {"area": 900_000, "special": 9, "people": 90_000}.get(name, 900)
            number = chance.randint(0, most)
            found[name] = number / 100 if name == "area" else number
    return found


def understood(typed: Mapping[str, object]) -> Values:
    numbers = {name: value for name, value in typed.items() if isinstance(value, int | float)}
    return {name: Fraction(str(numbers[name])) if name in numbers else None for name in typed}


class Round:
    """Takes the returns of a city as far as chance wants, and keeps what is valid beside."""

    def __init__(self, store: Store, chance: random.Random, city: City) -> None:
        self.store, self.chance, self.city = store, chance, city
        self.accepted: dict[tuple[str, int, str], Values] = {}

    def open(self) -> None:
        for year in YEARS:
            for one in FORMS.values():
                self.store.open_reports(KEEPER, one, Period(year, one.period))

    def seen(self, key: tuple[str, int, str]) -> list[Seen]:
        code, year, unit = key
        return [self.store.report(PROGRAM, code, unit, Period(year, FORMS[code].period)).seen]

    def hand_in(self, key: tuple[str, int, str], steps: int, reason: str = "") -> None:
        """Save and go on: 1 submitted, 2 accepted by the district, 3 by the city, 4 returned by the district."""
        code, year, unit = key
        own, period = FORMS[code], Period(year, FORMS[code].period)
        typed = drawn(self.chance, code)
        actor = Actor(f"{unit}填报人", unit, ActorRole.REPORTER)
        rows = [{"unit": unit, "values": typed}]
        body = json.dumps({"form": code, "version": own.version, "period": str(period), "rows": rows}).encode()
        plan = ReportingPlan(own, period, ELEMENTS, FORMS)
        done = submit_json(self.store, actor, body, plan, reason=reason, today=TODAY, submit=False)
        assert done.saved == (unit,) or done.unchanged == (unit,), done.sheet.problems
        if steps == 0:
            return
        for role in (ActorRole.REPORTER, ActorRole.REVIEWER, ActorRole.PRINCIPAL) if done.saved else ():
            self.store.sign(Actor(f"{unit}{role.value}", unit, role), self.seen(key))
        self.store.submit(actor, self.seen(key))
        above = self.city.units[unit].parent
        if steps == 4:
            top = Actor(f"{above}审核", above, ActorRole.REVIEWER)
            self.store.return_(top, self.seen(key), "请核对")
            return
        if above != "C" and steps > 1:
            self.store.accept(Actor(f"{above}审核", above, ActorRole.REVIEWER), self.seen(key))
        if steps == 3:
            self.store.accept(CITY, self.seen(key))
            self.accepted[key] = understood(typed)

    def collect(self) -> None:
        for year in YEARS:
            for code, one in FORMS.items():
                for unit in self.city.units.values():
                    if one.reported_by(unit) and unit.exists_in(Period(year, one.period)):
                        key = (code, year, unit.code)
                        self.city.valid[key] = None
                        lot = self.chance.random()
                        if lot > 0.1:
                            self.hand_in(key, 3 if lot > 0.35 else self.chance.choice((0, 1, 2, 4)))

    def publish(self, folder: Path) -> None:
        self.store.publish(KEEPER, folder, title="测试", forms=FORMS, elements=ELEMENTS)
        self.city.valid |= self.accepted

    def correct(self) -> None:
        """Some published returns are opened again; what is not accepted anew leaves the published one in force."""
        for key in [key for key in self.accepted if self.chance.random() < 0.2]:
            self.store.reopen(CITY, self.seen(key), "更正")
            self.hand_in(key, self.chance.choice((0, 1, 2, 3, 3, 3)), reason="核对后更正")
        late = [key for key, values in self.city.valid.items() if values is None and key not in self.accepted]
        for key in late:
            if (
                self.chance.random() < 0.3
                and self.store.report(PROGRAM, key[0], key[2], Period(key[1], FORMS[key[0]].period)).revision == 0
            ):
                self.hand_in(key, 3)


# --- the slow calculation ----------------------------------------------------------------------------

Figure = tuple[Fraction | float | None, int, int, str]
"""Value, units known, units expected, why there is none."""
GONE = ("not_applicable", "not_reported", "low_coverage", "not_computable", "not_comparable")


def everyone(_: Unit) -> bool:
    return True


def teaches_primary(unit: Unit) -> bool:
    return unit.school_kind.startswith("21") or unit.school_kind == "312"


def primary_part(unit: Unit, row: Values) -> Fraction | None:
    """The area of the primary stage of a school: all of it, none of it, or by weighted pupils."""
    stages = KINDS[unit.school_kind]
    if row["area"] is None:
        return None
    if "primary" not in stages:
        return Fraction(0)
    if len(stages) == 1:
        return row["area"]
    if row["primary"] is None or row["junior"] is None:
        return None
    whole = WEIGHTS["primary"] * row["primary"] + WEIGHTS["junior"] * row["junior"]
    return None if whole == 0 else row["area"] * WEIGHTS["primary"] * row["primary"] / whole


def summed(values: list[Fraction | None], asked: bool, published: bool) -> Figure:
    known = [one for one in values if one is not None]
    if known or (asked and not values):
        return sum(known, Fraction(0)), len(known), len(values), ""
    return None, 0, len(values), "not_reported" if values or not published else "not_applicable"


class Slow:
    """Every figure of a group of leaves in a year, from the valid values alone."""

    def __init__(self, city: City, group: str, leaves: set[str]) -> None:
        self.city, self.group, self.leaves = city, group, leaves

    def schools(self, year: int) -> list[tuple[Unit, Values]]:
        return self.city.rows("school", year, self.leaves)

    def _sum(
        self, year: int, of: Callable[[Unit, Values], Fraction | None], meant: Callable[[Unit], bool] = everyone
    ) -> Figure:
        rows = self.schools(year)
        values = [of(unit, row) for unit, row in rows if meant(unit)]
        return summed(values, bool(rows), self.city.published("school", year))

    def pupils(self, year: int) -> Figure:
        return self._sum(year, lambda _, row: row["primary"], teaches_primary)

    def part(self, year: int) -> Figure:
        return self._sum(year, primary_part)

    def special(self, year: int) -> Figure:
        return self._sum(year, lambda _, row: row["special"])

    def certain(self, year: int) -> Figure:
        value, known, total, why = self._sum(year, lambda _, row: row["area"])
        if Fraction(known) < Fraction(3, 4) * total:
            return None, known, total, max(why, "low_coverage", key=lambda one: GONE.index(one) if one else -1)
        return value, known, total, why

    def _quotient(self, pairs: list[tuple[Fraction, Fraction] | None], year: int) -> Figure:
        known = [one for one in pairs if one is not None]
        if not known:
            there = self.city.published("school", year)
            return None, 0, len(pairs), "not_reported" if pairs or not there else "not_applicable"
        below = sum((one[1] for one in known), Fraction(0))
        value = None if below == 0 else sum((one[0] for one in known), Fraction(0)) / below
        return value, len(known), len(pairs), "" if value is not None else "not_computable"

    def room(self, year: int) -> Figure:
        def pair(row: Values) -> tuple[Fraction, Fraction] | None:
            stages = [one for one in (row["primary"], row["junior"]) if one is not None]
            return None if row["area"] is None or not stages else (row["area"], sum(stages, Fraction(0)))

        return self._quotient([pair(row) for _, row in self.schools(year)], year)

    def roomy(self, year: int) -> Figure:
        def met(row: Values) -> tuple[Fraction, Fraction] | None:
            if row["area"] is None or row["primary"] is None or row["junior"] is None:
                return None
            pupils = row["primary"] + row["junior"]
            return (Fraction(row["area"] / pupils >= Fraction(9, 2)), Fraction(1)) if pupils else None

        found = self._quotient([met(row) for unit, row in self.schools(year) if unit.school_kind == "312"], year)
        return (None if found[0] is None else found[0] * 100, *found[1:])

    def counted(self, year: int) -> Figure:
        return self._sum(year, lambda _, row: None if row["primary"] is None else Fraction(row["primary"] == 0))

    def balance(self, year: int) -> Figure:
        """S ÷ X in the words of the rule: schools without pupils do not take part."""
        rows = [(primary_part(unit, row), row["primary"]) for unit, row in self.schools(year) if teaches_primary(unit)]
        meant = [one for one in rows if one[1] is None or one[1] > 0]
        known = [(part, pupils) for part, pupils in meant if part is not None and pupils is not None]
        if not known:
            there = self.city.published("school", year)
            return None, 0, len(meant), "not_reported" if meant or not there else "not_applicable"
        whole = sum((pupils for _, pupils in known), Fraction(0))
        mean = sum((part for part, _ in known), Fraction(0)) / whole
        if mean == 0:
            return None, len(known), len(meant), "not_computable"
        spread = sum((pupils / whole * (part / pupils - mean) ** 2 for part, pupils in known), Fraction(0))
        return float(spread / mean**2) ** 0.5, len(known), len(meant), ""

    def enrolled(self, year: int) -> Figure:
        """Of the leaves that know pupils and people both; a leaf without a school of its own knows no pupils."""
        schools, districts = self.city.published("school", year), self.city.published("district", year)
        inside = self.leaves
        if schools and districts:
            inside = {leaf for leaf in self.leaves if self._answers(leaf, year)}
        above = self._over("school", year, inside, lambda unit, row: row["primary"], teaches_primary)
        below = self._over("district", year, inside, lambda _, row: row["people"])
        weak = weaker(above, below)
        gap = max(above[3], below[3], key=lambda one: GONE.index(one) if one else -1)
        if gap or above[0] is None or below[0] is None:
            return None, *weak, gap
        if below[0] == 0:
            return None, *weak, "not_computable"
        return Fraction(above[0]) / Fraction(below[0]) * 100, *weak, ""

    def _over(
        self,
        code: str,
        year: int,
        inside: set[str],
        of: Callable[[Unit, Values], Fraction | None],
        meant: Callable[[Unit], bool] = everyone,
    ) -> Figure:
        """A sum over some leaves, of all units of the group that are expected."""
        rows = self.city.rows(code, year, self.leaves)
        wanted = [(unit, row) for unit, row in rows if meant(unit)]
        known = [of(unit, row) for unit, row in wanted if self.city.leaf(unit) in inside]
        told = [one for one in known if one is not None]
        if told or (rows and not wanted):
            return sum(told, Fraction(0)), len(told), len(wanted), ""
        there = self.city.published(code, year)
        return None, 0, len(wanted), "not_reported" if wanted or not there else "not_applicable"

    def _answers(self, leaf: str, year: int) -> bool:
        alone = Slow(self.city, leaf, {leaf})
        _, known, total, _ = alone.pupils(year)
        people = self.city.rows("district", year, {leaf})
        silent = total > 0 and known == 0
        return not silent and all(row["people"] is not None for _, row in people)

    def is_broken(self, since: int, year: int) -> bool:
        """Whether the area of the group changed between two autumns: only single districts do here, and groupings
        of which one member alone changed."""
        first, last = date(since, 9, 1), date(year, 9, 1)
        moved = {code for code in DISTRICTS if any(first < day <= last for day in self.city.units[code].breaks)}
        if self.group in DISTRICTS:
            return self.group in moved
        members = {"C:东": {"D1", "D2"}, "C:西": {"D3", "Z"}}.get(self.group, set())
        return bool(moved & members) and moved & members != {"D1", "D2"}

    def growing(self, year: int) -> Figure:
        now = self._sum(year, lambda _, row: row["primary"])
        before: Figure = (None, 0, 0, "not_reported")
        if year - 1 in YEARS and any(self.city.published(code, year - 1) for code in FORMS):
            before = self._sum(year - 1, lambda _, row: row["primary"])
        gaps = [now[3], before[3]]
        if before[0] is not None and before[0] <= 0:
            gaps.append("not_computable")
        if self.is_broken(year - 1, year):
            gaps.append("not_comparable")
        weak = weaker(now, before)
        why = max(gaps, key=lambda one: GONE.index(one) if one else -1)
        if why or now[0] is None or before[0] is None:
            return None, *weak, why
        return (Fraction(now[0]) / Fraction(before[0]) - 1) * 100, *weak, ""

    def since(self, year: int) -> Figure:
        parts = [self.special(one) for one in YEARS if one <= year]
        total = parts[0]
        for one in parts[1:]:
            why = max(total[3], one[3], key=lambda gap: GONE.index(gap) if gap else -1)
            value = None if total[0] is None or one[0] is None else Fraction(total[0]) + Fraction(one[0])
            total = value, *weaker(total, one), why
        if self.is_broken(2023, year):
            total = None, total[1], total[2], "not_comparable"
        return total


def weaker(one: Figure, other: Figure) -> tuple[int, int]:
    if other[2] == 0 or (one[2] != 0 and one[1] * other[2] <= other[1] * one[2]):
        return one[1], one[2]
    return other[1], other[2]


GROUPS = {**{code: {code} for code in DISTRICTS}, "C:东": {"D1", "D2"}, "C:西": {"D3", "Z"}, "C": set(DISTRICTS)}


def catalogue() -> Compiled:
    measures: dict[str, Measure] = {}
    found = []
    for code, text in TEXTS.items():
        typed = check_expression(text, Scope(ELEMENTS, FORMS, measures.get, SPLIT), Grain.GROUP)
        measures[code] = typed.typed.measure
        found.append(ComputedIndicator(code, typed, **RULES.get(code, {})))  # type: ignore[arg-type]  # any field
    return compile_catalogue(found, ELEMENTS, FORMS, SPLIT)


def compare(city: City, result: Result) -> int:
    compared = 0
    for group in result.groups.codes:
        slow = Slow(city, group, GROUPS[group])
        for year in result.years:
            for code in TEXTS:
                value, known, total, why = getattr(slow, code)(year)
                cell = result.cell(code, group, year)
                told = (code, group, year, cell, value, known, total, why)
                if cell.missing is MissingReason.SUPPRESSED:
                    assert code == "special", told
                    assert value is not None, told
                    continue
                assert (cell.known, cell.total) == (known, total), told
                assert (cell.missing.value if cell.missing else "") == why, told
                loose = 1e-6 if code == "balance" else 1e-9
                if value is not None:
                    assert cell.value == pytest.approx(float(value), rel=loose, abs=1e-9), told
                if code == "special" and value is not None:
                    assert not 0 < value < SMALL, told
                compared += 1
    return compared


def play(seed: int, folder: Path) -> int:
    """One city by chance, through the whole round; answers how many figures were compared."""
    chance = random.Random(seed)  # noqa: S311 - a test wants the same city every time
    city = City(units_of(chance))
    clock = Clock()
    with Store.create(f"sqlite:///{folder / 'store.db'}", simulated=False, clock=clock) as store:
        store.put_units(KEEPER, city.units.values(), date(2020, 1, 1))
        played = Round(store, chance, city)
        played.open()
        played.collect()
        compared = 0
        for again in (False, True):
            if again:
                played.correct()
            played.publish(folder / "snapshots")
            snapshot = store_snapshot(folder)
            compiled = catalogue()
            for engine in (DuckDbEngine(threads=2), PolarsEngine()):
                found = engine.run(compiled, tables_of(snapshot), snapshot.units())
                engine.close()
                compared += compare(city, found)
    return compared


class Clock:
    """Goes on by a second each time it is asked."""

    def __init__(self) -> None:
        self.at = datetime(2025, 1, 10, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


def store_snapshot(folder: Path) -> Snapshot:
    found = Snapshot.current(folder / "snapshots", verify=True)
    assert found is not None
    return found


def test_every_figure_of_a_city_by_chance_is_what_its_valid_returns_say(tmp_path: Path) -> None:
    assert play(1, tmp_path) > 500


if __name__ == "__main__":
    for number in range(int(sys.argv[1]), int(sys.argv[2])):
        with tempfile.TemporaryDirectory(prefix="round") as name:
            sys.stdout.write(f"{number}: {play(number, Path(name))}\n")
            sys.stdout.flush()
