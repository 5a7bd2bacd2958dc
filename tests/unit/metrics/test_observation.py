"""Observations are claims: what was said, by whom, when, and how exactly."""

from dataclasses import FrozenInstanceError, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from duibiao.kernel.period import PartialDate, Period
from duibiao.kernel.problem import Report
from duibiao.kernel.reading import Record, read_csv
from duibiao.kernel.text import Text
from duibiao.kernel.value import Quantity
from duibiao.metrics.observation import (
    BOUND_WORDS,
    COLUMNS,
    QUALITY_WORDS,
    Bound,
    Observation,
    Quality,
    check_duplicates,
    read_observation,
)
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.sources.citation import Locator
from tests.helpers import CITATION, SOURCES, indicator, observation

WORDS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "bound_words.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", WORDS, ids=lambda case: case["name"])
def test_a_value_is_shown_with_the_words_of_its_source(case: dict[str, Any]) -> None:
    said = observation(2024, case["value"], bound=Bound(case["bound"]), measure_unit=case["unit"])
    assert said.shown == case["shown"]


def test_every_bound_has_a_case_and_words_in_both_languages() -> None:
    assert {Bound(case["bound"]) for case in WORDS} == set(Bound)
    for bound in set(Bound) - {Bound.EXACT}:
        assert BOUND_WORDS[bound].zh
        assert BOUND_WORDS[bound].en


def test_every_quality_but_plain_warns_in_both_languages() -> None:
    for quality in set(Quality) - {Quality.PLAIN}:
        assert QUALITY_WORDS[quality].zh
        assert QUALITY_WORDS[quality].en
    assert QUALITY_WORDS[Quality.PLAIN] == Text("", "")


def test_the_same_claim_has_the_same_id_whatever_is_noted_about_it() -> None:
    assert observation(2024, "95").id == observation(2024, "95", note="已核对", original_label="普惠率").id


@pytest.mark.parametrize(
    "change",
    [
        {"indicator": "test.other"},
        {"unit": "500103"},
        {"period": Period.parse("2024/25")},
        {"quantity": Quantity(Decimal(96), "%")},
        {"quantity": Quantity(Decimal(95), "‰")},
        {"bound": Bound.MORE_THAN},
        {"published": PartialDate(2025, 10)},
        {"source": "press"},
        {"citation": CITATION},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_different_claim_has_a_different_id(change: dict[str, Any]) -> None:
    claim = observation(2024, "95")
    assert replace(claim, **change).id != claim.id


def test_a_claim_cannot_be_edited_in_place() -> None:
    claim = observation(2024, "95")
    with pytest.raises(FrozenInstanceError):
        claim.note = "改"  # type: ignore[misc]  # that this is refused is what is tested


# --- reading a row ---------------------------------------------------------------------------------

ROW = {
    "indicator": "test.share",
    "unit": "500105",
    "period": "2024",
    "value": "95",
    "measure_unit": "%",
    "bound": "=",
    "published": "2025-10-20",
    "source": "statistics",
}
INDICATORS = {
    "test.share": indicator(maximum=Decimal(100)),
    "test.schools": indicator(code="test.schools", unit="所", measure_words=("个",)),
}
UNITS = {
    "500105": Unit(
        "500105",
        "江北区",
        UnitKind.DISTRICT,
        valid_from=PartialDate(1997),
        valid_to=PartialDate(2025, 11, 6).latest,
        successors=("500157",),
    )
}


def read(
    folder: Path, *changes: dict[str, str], columns: tuple[str, ...] = COLUMNS
) -> tuple[list[Observation], Report]:
    """Write one row a change and read them back."""
    lines = [",".join((ROW | change).get(column, "") for column in columns) for change in changes]
    file = folder / "observations.csv"
    file.write_text("\n".join([",".join(columns), *lines]) + "\n", encoding="utf-8")
    report = Report()
    pairs: list[tuple[Observation, Record]] = [
        (read_observation(row, INDICATORS, UNITS, SOURCES), row)
        for row in read_csv(file, "observations.csv", report, COLUMNS)
    ]
    check_duplicates(pairs)
    return [one for one, _ in pairs], report


def told(report: Report) -> list[tuple[str, int, str]]:
    return [(one.code, one.where.line, one.where.field) for one in report.problems]


def test_a_row_is_read_as_it_was_published(tmp_path: Path) -> None:
    cited = {
        "document": "journal",
        "at": "p3 L7.1-7.9",
        "hash": "102eca54d8495e6e",
        "quality": "derived",
        "note": "推算",
    }
    (found,), report = read(tmp_path, cited | {"bound": ">", "published": "2025-10"})
    assert report.problems == []
    assert found.shown == "超过95%"
    assert found.published == PartialDate(2025, 10)
    assert found.quality is Quality.DERIVED
    assert found.citation is not None
    assert found.citation.locator == Locator.parse("p3 L7.1-7.9")


def test_a_value_is_expressed_in_the_unit_of_its_indicator(tmp_path: Path) -> None:
    (found,), report = read(tmp_path, {"value": "0.95", "measure_unit": "比例"})
    assert found.quantity == Quantity(Decimal(95), "%")
    assert report.problems == []


def test_another_word_for_the_unit_is_understood_only_where_the_indicator_says_so(tmp_path: Path) -> None:
    (found,), report = read(tmp_path, {"indicator": "test.schools", "measure_unit": "个"})
    assert found.quantity == Quantity(Decimal(95), "所")
    assert report.problems == []


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"value": "约95"}, "PACK-NUMBER", "value"),
        ({"value": ""}, "PACK-FIELD-MISSING", "value"),
        ({"value": "9500"}, "OBS-RANGE", "value"),
        ({"value": "-1"}, "OBS-RANGE", "value"),
        ({"measure_unit": "个"}, "OBS-MEASURE-UNIT", "measure_unit"),
        ({"bound": "超过"}, "PACK-CHOICE", "bound"),
        ({"bound": ""}, "PACK-FIELD-MISSING", "bound"),
        ({"period": "2024-25"}, "PACK-PERIOD", "period"),
        ({"published": "去年"}, "PACK-DATE", "published"),
        ({"indicator": "test.nothing"}, "INDICATOR-UNKNOWN", "indicator"),
        ({"unit": "500999"}, "UNIT-UNKNOWN", "unit"),
        ({"source": "rumour"}, "SOURCE-UNKNOWN", "source"),
        ({"period": "2025"}, "OBS-UNIT-ABOLISHED", "period"),
        ({"at": "第7行", "document": "journal", "hash": "102eca54d8495e6e"}, "CITE-LOCATOR", "at"),
        ({"at": "L7", "document": "lost", "hash": "102eca54d8495e6e"}, "SOURCE-UNKNOWN", "document"),
        ({"at": "L7", "document": "journal", "hash": "无"}, "CITE-HASH", "hash"),
    ],
)
def test_a_row_that_cannot_be_right_is_reported_at_its_cell(
    tmp_path: Path, change: dict[str, str], code: str, field: str
) -> None:
    _, report = read(tmp_path, {"period": "2023"}, change)
    assert told(report) == [(code, 3, field)]


def test_a_value_of_an_abolished_district_names_its_successor(tmp_path: Path) -> None:
    _, report = read(tmp_path, {"period": "2025"})
    assert "江北区在2025不存在" in report.problems[0].message.zh
    assert "500157" in report.problems[0].remedy.zh


def test_the_school_year_that_began_before_the_abolition_is_accepted(tmp_path: Path) -> None:
    _, report = read(tmp_path, {"period": "2025/26", "published": "2026-10"})
    assert report.problems == []


def test_a_column_nobody_knows_is_reported_and_not_dropped(tmp_path: Path) -> None:
    """A misspelt ``quality`` would turn a reprint into new data."""
    columns = tuple("qualty" if column == "quality" else column for column in COLUMNS)
    _, report = read(tmp_path, {"qualty": "reprint"}, columns=columns)
    assert told(report) == [("PACK-FIELD-UNKNOWN", 1, "qualty")]


# --- twice the same, and two at once ---------------------------------------------------------------


def test_the_same_claim_twice_is_reported_with_the_line_of_the_first(tmp_path: Path) -> None:
    _, report = read(tmp_path, {}, {"source": "press"}, {})
    assert told(report) == [("OBS-DUPLICATE", 4, "")]
    assert "第2行" in report.problems[0].message.zh


@pytest.mark.parametrize("again", [{"value": "95.0"}, {"value": "0.95", "measure_unit": "比例"}])
def test_the_same_number_written_differently_is_the_same_claim(tmp_path: Path, again: dict[str, str]) -> None:
    _, report = read(tmp_path, {}, again)
    assert told(report) == [("OBS-DUPLICATE", 3, "")]


def test_two_values_of_one_source_on_one_day_are_a_conflict(tmp_path: Path) -> None:
    _, report = read(tmp_path, {}, {"value": "96"})
    assert told(report) == [("OBS-CONFLICT", 3, "value")]


@pytest.mark.parametrize("change", [{"source": "press"}, {"published": "2025-10-21"}, {"period": "2023"}])
def test_another_source_day_or_period_is_no_conflict(tmp_path: Path, change: dict[str, str]) -> None:
    _, report = read(tmp_path, {}, {"value": "96"} | change)
    assert report.problems == []
