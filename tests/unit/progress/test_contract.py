"""The edge-case contract of progress, rule by rule, from ``contract.yaml`` and ``contract-data.yaml``.

The files are written for officials: Chinese names, the citation of the rule, what is given, what must come out.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from duibiao.kernel.period import Period
from duibiao.kernel.value import Missing, MissingReason, Quantity, Value
from duibiao.metrics.indicator import Accumulation, Direction, Indicator, SeriesBreak
from duibiao.metrics.observation import BOUND_WORDS, Bound, Observation, Quality, Series, series
from duibiao.metrics.rollup import ratio
from duibiao.plan.goal import Goal
from duibiao.plan.model import Amendment, Counting, Target, TargetScope
from duibiao.progress.assess import Assessment, assess, deciding
from duibiao.progress.status import LOOKS, Status
from tests.helpers import CITATION, POLICY, SOURCES, indicator, observation, target
from tests.unit.progress.printed import agrees, read_cases

CASES: list[dict[str, Any]] = [
    *read_cases("contract.yaml")["cases"],
    *read_cases("contract-data.yaml")["cases"],
]
STATUS = {look.word.zh: status for status, look in LOOKS.items()}
WINDOW = (2024, 2027)
AS_OF = "2026-12-31"

FIGURES = (
    "value",
    "line",
    "baseline",
    "p",
    "s",
    "ratio",
    "forecast",
    "forecast_gap",
    "observed_rate",
    "required_rate",
)
CHECKS: dict[str, Callable[[Assessment], object]] = {
    "status": lambda found: found.status,
    "if_accepted": lambda found: found.if_accepted,
    "rule": lambda found: str(found.rule),
    "coverage": lambda found: str(found.coverage),
    "data_as_of": lambda found: found.data_as_of,
    "baseline_year": lambda found: str(found.baseline_year),
    "provisional": lambda found: "yes" if found.is_provisional else "no",
    "disagreement": lambda found: [str(verdict.method) for verdict in found.disagreement],
    "silent": lambda found: [str(verdict.method) for verdict in found.verdicts if verdict.status is None],
}
BOUNDS = {words.zh: bound for bound, words in BOUND_WORDS.items() if words.zh}


def told(case: dict[str, Any]) -> str:
    return f"{case['name']}（{case['citation']}）"


def of_form(*names: str) -> list[Any]:
    """The cases that give one of these things."""
    return [pytest.param(case, id=case["name"]) for case in CASES if any(name in case["given"] for name in names)]


def given_indicator(facts: dict[str, Any]) -> Indicator:
    changes: dict[str, Any] = dict(facts)
    if "direction" in facts:
        changes["direction"] = Direction(facts["direction"])
    if "accumulation" in facts:
        changes["accumulation"] = Accumulation(facts["accumulation"])
    if "breaks" in facts:
        changes["breaks"] = tuple(SeriesBreak(int(one["year"]), one["reason"]) for one in facts["breaks"])
    return indicator(**changes)


def given_target(facts: dict[str, Any]) -> Target:
    changes: dict[str, Any] = dict(facts)
    for name in ("base_year", "due"):
        if name in facts:
            changes[name] = int(facts[name])
    for name in ("soft", "due_stated"):
        if name in facts:
            changes[name] = facts[name] == "yes"
    if "counting" in facts:
        changes["counting"] = Counting(facts["counting"])
    if "scope" in facts:
        changes["scope"] = TargetScope(facts["scope"])
    if "amendments" in facts:
        changes["amendments"] = tuple(
            Amendment(
                date.fromisoformat(one["date"]), one["goal"], Goal.parse(one["goal"]), int(one["due"]), "调整", CITATION
            )
            for one in facts["amendments"]
        )
    return target(**changes)


def claims(period: str, claim: Any, unit: str) -> list[Observation]:
    """The observations of one period: a plain value, a value with its particulars, or several values."""
    if isinstance(claim, list):
        return [one for part in claim for one in claims(period, part, unit)]
    facts: dict[str, str] = {"value": claim} if isinstance(claim, str) else claim
    match = re.fullmatch(rf"({'|'.join(BOUNDS)})?(-?[\d.]+)", facts["value"])
    assert match, facts["value"]
    when = Period.parse(period)
    changes: dict[str, Any] = {"period": when, "measure_unit": unit, "bound": BOUNDS.get(match[1], Bound.EXACT)}
    changes |= {name: facts[name] for name in ("note", "source") if name in facts}
    if "quality" in facts:
        changes["quality"] = Quality(facts["quality"])
    return [observation(when.year, match[2], **changes)]


def given_series(values: dict[str, Any], unit: str, as_of: date) -> Series:
    published = [one for period, claim in values.items() for one in claims(period, claim, unit)]
    return series(published, as_of, POLICY.source_rank, SOURCES)


def assessed(given: dict[str, Any]) -> Assessment:
    what = given_indicator(given.get("indicator", {}))
    as_of = date.fromisoformat(given.get("as_of", AS_OF))
    known = given_series(given["values"], what.unit, as_of)
    return assess(given_target(given["target"]), what, known, POLICY, as_of, WINDOW)


def expected(name: str, printed: Any) -> object:
    return STATUS[printed] if name in ("status", "if_accepted") else printed


@pytest.mark.parametrize("case", of_form("target"))
def test_every_case_of_the_contract_comes_out_as_written(case: dict[str, Any]) -> None:
    found, expect = assessed(case["given"]), case["expect"]
    wrong = []
    for name, printed in expect.items():
        if name in FIGURES:
            figure = getattr(found, name)
            if not agrees(figure, printed):
                wrong.append(f"{name}: {figure}, must be {printed}")
        elif name in CHECKS and CHECKS[name](found) != expected(name, printed):
            wrong.append(f"{name}: {CHECKS[name](found)}, must be {expected(name, printed)}")
    codes = [str(caveat.code) for caveat in found.caveats]
    wrong += [f"caveat {code} is missing from {codes}" for code in expect.get("caveats", ()) if code not in codes]
    wrong += [f"caveat {code} must not be there" for code in expect.get("absent", ()) if code in codes]
    words = "；".join(caveat.text.zh for caveat in found.caveats)
    if expect.get("says", "") not in words:
        wrong.append(f"no caveat says {expect['says']}: {words}")
    assert not wrong, "\n".join([told(case), *wrong])


@pytest.mark.parametrize("case", of_form("targets"))
def test_of_several_dated_targets_the_next_one_due_decides(case: dict[str, Any]) -> None:
    several = [given_target({**facts, "id": f"test/{facts['due']}"}) for facts in case["given"]["targets"]]
    found = deciding(several, date.fromisoformat(case["given"]["as_of"]))
    assert found is not None
    assert found.due == int(case["expect"]["decides"]), told(case)


@pytest.mark.parametrize("case", of_form("parts"))
def test_a_percentage_rolls_up_by_numerator_and_denominator(case: dict[str, Any]) -> None:
    def read(text: str) -> Value:
        return Missing(MissingReason.NOT_REPORTED) if text == "未报" else Quantity(Decimal(text), "个")

    parts = [(read(above), read(below)) for above, below in case["given"]["parts"]]
    rolled, expect = ratio(parts, "%"), case["expect"]
    assert rolled.value == Quantity(Decimal(expect["value"]), "%"), told(case)
    assert str(rolled.coverage) == expect["coverage"]
    if "naive" in expect:  # the mean of the parts' own percentages is what must not come out
        shares = [a.amount / b.amount for a, b in parts if isinstance(a, Quantity) and isinstance(b, Quantity)]
        assert sum(shares) / len(shares) * 100 == Decimal(expect["naive"])


def test_each_of_the_fifteen_rules_has_a_case() -> None:
    numbers = {match[1] for case in CASES if (match := re.search(r"§2\.9 no (\d+)$", case["citation"]))}
    assert numbers >= {str(number) for number in range(1, 16)}


def test_no_case_expects_something_nobody_checks() -> None:
    checked = {*FIGURES, *CHECKS, "caveats", "absent", "says", "decides", "naive"}
    assert {name for case in CASES for name in case["expect"]} <= checked


def test_the_cases_have_names_of_their_own_and_reach_every_status() -> None:
    names = [case["name"] for case in CASES]
    assert len(set(names)) == len(names)
    assert {STATUS[case["expect"]["status"]] for case in CASES if "status" in case["expect"]} == set(Status)


# --- rule 15: what every status carries ------------------------------------------------------------


@pytest.mark.parametrize("case", of_form("target"))
def test_every_status_carries_its_rule_its_inputs_its_day_and_its_policy(case: dict[str, Any]) -> None:
    found = assessed(case["given"])
    assert found.rule in type(found.rule)
    assert found.policy == POLICY.version
    assert found.as_of == date.fromisoformat(case["given"].get("as_of", AS_OF))
    assert found.coverage.total > 0
    assert (found.coverage.known == 0) == (found.value is None)
    assert (found.data_as_of == "") == (found.choice is None)
    if found.value is not None:
        assert found.choice is not None
        assert found.choice.picked.published.latest <= found.as_of


@pytest.mark.parametrize("case", of_form("target"))
def test_a_status_if_accepted_stands_only_beside_no_data(case: dict[str, Any]) -> None:
    found = assessed(case["given"])
    assert found.if_accepted is None or found.status is Status.NO_DATA


# --- rule 14, further ------------------------------------------------------------------------------


def test_no_target_decides_where_there_is_none() -> None:
    assert deciding([], date(2026, 12, 31)) is None


def test_of_two_targets_of_one_year_the_row_of_the_table_decides() -> None:
    row, text = target("80", id="test/row-01"), target("81", id="test/chapeau.1", row=None)
    assert deciding([text, row], date(2026, 12, 31)) == row


def test_both_dated_targets_can_be_assessed_and_shown() -> None:
    known = given_series({"2025": "68"}, "%", date(2026, 12, 31))
    near, far = (
        assess(target(goal, "60", due=due), indicator(), known, POLICY, date(2026, 12, 31), WINDOW)
        for goal, due in (("80", 2027), ("95", 2035))
    )
    assert (near.status, far.status) == (Status.ATTENTION, Status.ON_COURSE)  # 0.40 ÷ 0.50 and 0.229 ÷ 0.167


def test_an_amended_target_picked_as_deciding_still_says_what_it_was() -> None:
    amended = given_target(
        {
            "goal": "80",
            "baseline": "60",
            "amendments": [{"date": "2026-03-01", "goal": "75", "due": "2027"}],
        }
    )
    day = date(2026, 12, 31)
    picked = deciding([amended], day)
    assert picked is not None
    found = assess(picked, indicator(), given_series({"2025": "68"}, "%", day), POLICY, day, WINDOW)
    assert found.line == 75
    assert any("原为80" in caveat.text.zh for caveat in found.caveats)
