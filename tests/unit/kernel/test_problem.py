"""Problems name place, fault and remedy; all of them are told at once."""

from dataclasses import replace

import pytest

from duibiao.kernel.problem import Level, Report, UserError, Where, catalogue, problem
from duibiao.kernel.text import Language


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (Where("a.csv", 7, "value"), "a.csv:7 [value]"),
        (Where("a.csv", 7), "a.csv:7"),
        (Where("a.csv"), "a.csv"),
        (Where("a.csv", 0, "value"), "a.csv [value]"),
    ],
)
def test_a_place_is_written_as_file_line_and_field(where: Where, words: str) -> None:
    assert str(where) == words


def test_a_problem_puts_its_facts_into_message_and_remedy() -> None:
    found = problem("PACK-CHOICE", Where("a.yaml", 3, "direction"), field="direction", value="横", choices="up, down")
    assert found.in_(Language.ZH).splitlines() == [
        "a.yaml:3 [direction]: PACK-CHOICE 字段“direction”不能是“横”",
        "    处理办法: 可选：up, down",
    ]
    assert "cannot be '横'" in found.in_(Language.EN)
    assert "What to do: choose from: up, down" in found.in_(Language.EN)


def test_a_fact_that_looks_like_a_placeholder_is_left_as_it_is() -> None:
    found = problem("PACK-PERIOD", Where("a.csv", 2), value="{year}")
    assert "{year}" in found.message.zh


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_every_code_has_message_and_remedy_in_both_languages(code: str) -> None:
    entry = catalogue()[code]
    for part in ("message", "remedy"):
        assert entry[part]["zh"]
        assert entry[part]["en"]
    assert Level(entry.get("level", "error"))


def test_all_problems_are_told_at_once_and_in_the_order_of_the_file() -> None:
    report = Report()
    report.add("PACK-NUMBER", Where("b.csv", 9, "value"), field="value", value="x")
    report.add("PACK-NUMBER", Where("a.csv", 12, "value"), field="value", value="y")
    report.add("PACK-PERIOD", Where("a.csv", 3, "period"), value="z")
    with pytest.raises(UserError) as refused:
        report.refuse_errors()
    assert [str(one.where) for one in refused.value.problems] == [
        "a.csv:3 [period]",
        "a.csv:12 [value]",
        "b.csv:9 [value]",
    ]
    for line in ("a.csv:3", "a.csv:12", "b.csv:9"):
        assert line in str(refused.value)


def test_a_warning_alone_refuses_nothing_and_is_told_beside_an_error() -> None:
    report = Report()
    warning = replace(problem("PACK-PERIOD", Where("a.csv", 3), value="z"), level=Level.WARNING)
    report.problems.append(warning)
    report.refuse_errors()
    assert report.errors == []
    report.add("PACK-FILE-MISSING", Where("b.csv"))
    with pytest.raises(UserError) as refused:
        report.refuse_errors()
    assert warning in refused.value.problems
