"""Indicators: found under every name, measured in one unit, never with a default direction."""

from decimal import Decimal
from pathlib import Path

import pytest

from duibiao.kernel.problem import Report
from duibiao.kernel.reading import read_csv, read_yaml
from duibiao.kernel.text import Text
from duibiao.kernel.value import Quantity, UnitMismatchError
from duibiao.metrics.indicator import (
    DEFINITION_COLUMNS,
    Accumulation,
    Catalogue,
    Definition,
    Direction,
    Indicator,
    RollUp,
    SeriesBreak,
    read_definition,
    read_indicator,
)
from tests.helpers import indicator

ESI = indicator(
    code="higher.esi", label=Text("ESI前1‰学科数", "ESI disciplines"), unit="个", aliases=("累计 ESI 前 1‰学科",)
)
SCHOOLS = indicator(code="basic.schools", label=Text("公办园数", "public kindergartens"), unit="所")
SHARE = indicator(code="basic.share", label=Text("公办园占比", "public share"))
CATALOGUE = Catalogue.of([ESI, SCHOOLS, SHARE])


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        ("higher.esi", ["higher.esi"]),
        ("ESI前1‰学科数", ["higher.esi"]),
        ("累计esi前１‰学科", ["higher.esi"]),
        ("ESI Disciplines", ["higher.esi"]),
        ("公办园", ["basic.schools", "basic.share"]),
        ("公办园占比", ["basic.share"]),
        ("高考", []),
    ],
)
def test_an_indicator_is_found_by_code_then_exact_name_then_part_of_a_name(wanted: str, codes: list[str]) -> None:
    assert sorted(one.code for one in CATALOGUE.find(wanted)) == codes


def test_two_indicators_of_one_name_are_both_returned_and_none_is_guessed() -> None:
    twin = indicator(code="other.share", label=Text("公办园占比", "another share"))
    assert len(Catalogue.of([SHARE, twin]).find("公办园占比")) == 2


@pytest.mark.parametrize("nothing", ["", " "])
def test_an_indicator_without_an_english_name_is_not_the_answer_to_an_empty_question(nothing: str) -> None:
    catalogue = Catalogue.of([indicator(code="a", label=Text("甲")), SHARE])
    assert [one.code for one in catalogue.find(nothing)] != ["a"]


@pytest.mark.parametrize(
    ("given", "amount"),
    [(Quantity(Decimal("0.95"), "比例"), 95), (Quantity(Decimal(950), "‰"), 95), (Quantity(Decimal(95), "%"), 95)],
)
def test_t15_amounts_are_compared_in_the_unit_of_the_indicator(given: Quantity, amount: int) -> None:
    assert SHARE.amount(given) == Quantity(Decimal(amount), "%")


def test_another_word_for_a_unit_counts_only_where_it_is_declared() -> None:
    assert indicator(unit="所", measure_words=("个",)).amount(Quantity(Decimal(5), "个")) == Quantity(Decimal(5), "所")
    with pytest.raises(UnitMismatchError):
        SCHOOLS.amount(Quantity(Decimal(5), "个"))


def read(folder: Path, text: str) -> tuple[Indicator, Report]:
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    report = Report()
    return read_indicator(read_yaml(folder / "a.yaml", "a.yaml", report)), report


WHOLE = """\
code: vocational.teachers
label: {zh: “双师型”教师占比, en: dual-qualified teachers}
unit: '%'
direction: up
accumulation: level
rollup: ratio
aliases: [双师比]
maximum: 100
breaks:
  - {year: 2022, reason: 认定标准改变}
"""


def test_an_indicator_is_read_with_its_limits_and_breaks(tmp_path: Path) -> None:
    found, report = read(tmp_path, WHOLE)
    assert report.problems == []
    assert found == Indicator(
        code="vocational.teachers",
        label=Text("“双师型”教师占比", "dual-qualified teachers"),
        unit="%",
        direction=Direction.UP,
        accumulation=Accumulation.LEVEL,
        rollup=RollUp.RATIO,
        aliases=("双师比",),
        minimum=Decimal(0),
        maximum=Decimal(100),
        breaks=(SeriesBreak(2022, "认定标准改变"),),
    )


@pytest.mark.parametrize("field", ["code", "label", "unit", "direction", "accumulation", "rollup"])
def test_an_indicator_that_leaves_out_a_rule_is_an_error_and_gets_no_default(tmp_path: Path, field: str) -> None:
    text = "".join(line for line in WHOLE.splitlines(keepends=True) if not line.startswith(field))
    _, report = read(tmp_path, text)
    assert [(one.code, one.where.field) for one in report.problems] == [("PACK-FIELD-MISSING", field)]


@pytest.mark.parametrize(
    ("line", "minimum"), [("minimum: none\n", None), ("minimum: -5\n", Decimal(-5)), ("", Decimal(0))]
)
def test_only_an_indicator_that_says_so_may_fall_below_zero(tmp_path: Path, line: str, minimum: Decimal | None) -> None:
    found, report = read(tmp_path, WHOLE + line)
    assert found.minimum == minimum
    assert report.problems == []


def definition(folder: Path, verify: str) -> tuple[Definition, Report]:
    columns = "code,name,formula,unit,domain,direction,threshold,verify,source,indicator,note"
    file = folder / "definitions.csv"
    file.write_text(f"{columns}\nD1,巩固率,毕业生÷入学数,%,义务教育,up,,{verify},公报,,\n", encoding="utf-8")
    report = Report()
    (row,) = read_csv(file, "definitions.csv", report, DEFINITION_COLUMNS)
    return read_definition(row), report


def test_a_definition_says_how_far_it_was_verified(tmp_path: Path) -> None:
    found, report = definition(tmp_path, "A")
    assert (found.code, found.verify, found.formula) == ("D1", "A", "毕业生÷入学数")
    assert report.problems == []
    _, refused = definition(tmp_path, "Z")
    assert [(one.code, one.where.field) for one in refused.problems] == [("PACK-CHOICE", "verify")]
