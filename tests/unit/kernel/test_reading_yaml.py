"""The YAML reader remembers every line, keeps scalars as written, and reports all problems at once."""

from enum import StrEnum
from pathlib import Path

import pytest

from duibiao.kernel.problem import Report
from duibiao.kernel.reading import Record, read_yaml
from duibiao.kernel.text import Text


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


def read(folder: Path, text: str | bytes) -> tuple[Record, Report]:
    file = folder / "a.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    report = Report()
    return read_yaml(file, "pack/a.yaml", report), report


def told(report: Report) -> list[tuple[str, int, str]]:
    return sorted((one.code, one.where.line, one.where.field) for one in report.problems)


BROKEN = """\
code: a
year: 二〇二四
published: 2025-13
share: 约95
directon: up
colour: sideways
code: b
day: 2025-04
period: 2024/26
tags: one
label: [一, 二]
"""


def test_all_problems_of_a_file_are_reported_at_once_each_on_its_line(tmp_path: Path) -> None:
    record, report = read(tmp_path, BROKEN)
    record.text("code")
    record.integer("year")
    record.partial_date("published")
    record.decimal("share")
    record.choice("colour", Colour)
    record.date("day")
    record.period("period")
    record.texts("tags")
    record.label("label")
    record.text("title")
    record.close()
    assert told(report) == sorted(
        [
            ("PACK-FIELD-TWICE", 7, "code"),
            ("PACK-NUMBER", 2, "year"),
            ("PACK-DATE", 3, "published"),
            ("PACK-NUMBER", 4, "share"),
            ("PACK-FIELD-UNKNOWN", 5, "directon"),
            ("PACK-CHOICE", 6, "colour"),
            ("PACK-DATE", 8, "day"),
            ("PACK-PERIOD", 9, "period"),
            ("PACK-FIELD-KIND", 10, "tags"),
            ("PACK-FIELD-KIND", 11, "label"),
            ("PACK-FIELD-MISSING", 1, "title"),
        ]
    )
    assert {one.where.file for one in report.problems} == {"pack/a.yaml"}


def test_a_misspelt_field_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    record, report = read(tmp_path, "directon: up\n")
    record.optional("direction")
    record.optional("unit")
    record.close()
    assert "direction？" in report.problems[0].remedy.zh


def test_problems_inside_nested_records_name_their_own_lines(tmp_path: Path) -> None:
    record, report = read(tmp_path, "targets:\n  - id: a\n    due: 2027\n  - id: b\n    due: 明年\n  - id: c\n")
    for target in record.records("targets"):
        target.integer("due")
    assert told(report) == [("PACK-FIELD-MISSING", 6, "due"), ("PACK-NUMBER", 5, "due")]


def test_scalars_stay_as_written_until_a_field_asks(tmp_path: Path) -> None:
    record, report = read(tmp_path, "version: 2.10\nanswer: no\ncode: 010\nday: 2025-04-27\nshare: 95.0\nnone: ~\n")
    assert [record.text(name) for name in ("version", "answer", "code", "day")] == ["2.10", "no", "010", "2025-04-27"]
    assert str(record.decimal("share")) == "95.0"
    assert record.flag("answer", default=True) is False
    assert not record.has("none")
    assert report.problems == []


def test_a_label_is_plain_chinese_or_a_pair(tmp_path: Path) -> None:
    record, report = read(tmp_path, "one: 学位\ntwo: {zh: 学位, en: place}\nthree: {zh: 学位, de: Platz}\n")
    assert record.label("one") == Text("学位")
    assert record.label("two") == Text("学位", "place")
    record.label("three")
    assert told(report) == [("PACK-FIELD-UNKNOWN", 3, "de")]


@pytest.mark.parametrize("written", ["NaN", "Infinity", "95%", "超过80", "1,000", "'-'"])
def test_what_is_not_a_finite_number_is_no_number(tmp_path: Path, written: str) -> None:
    record, report = read(tmp_path, f"share: {written}\n")
    record.decimal("share")
    assert told(report) == [("PACK-NUMBER", 1, "share")]


@pytest.mark.parametrize("written", ["1E+999999999", "1e5", "1_000"])
def test_only_digits_make_a_number(tmp_path: Path, written: str) -> None:
    """The remedy says so; an exponent would be written out to a thousand million digits later."""
    record, report = read(tmp_path, f"share: '{written}'\n")
    record.decimal("share")
    assert told(report) == [("PACK-NUMBER", 1, "share")]


def test_a_choice_has_no_default_unless_the_caller_names_one(tmp_path: Path) -> None:
    record, report = read(tmp_path, "other: x\n")
    assert record.choice("colour", Colour, Colour.GREEN) is Colour.GREEN
    assert report.problems == []
    record.choice("colour", Colour)
    assert told(report) == [("PACK-FIELD-MISSING", 1, "colour")]


def test_a_flag_is_true_or_false_and_nothing_else(tmp_path: Path) -> None:
    record, report = read(tmp_path, "soft: maybe\n")
    record.flag("soft")
    assert told(report) == [("PACK-CHOICE", 1, "soft")]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: [1\nb: 2\n", "PACK-SYNTAX", 2),
        ("a: 1\n b: 2\n", "PACK-SYNTAX", 2),
        ("- a\n- b\n", "PACK-SYNTAX", 1),
        ("", "PACK-SYNTAX", 1),
        ("a:\n  - 1\n  - [2]\n", "PACK-SYNTAX", 3),
        ("a: 1\n---\nb: 2\n", "PACK-SYNTAX", 2),
        (b"a: \xb4\xf3\n", "PACK-ENCODING", 0),
        ("a: &x {b: *x}\n", "PACK-SYNTAX", 1),
    ],
)
def test_a_malformed_file_is_reported_and_not_raised(tmp_path: Path, text: str | bytes, code: str, line: int) -> None:
    _, report = read(tmp_path, text)
    assert [(one.code, one.where.line) for one in report.problems] == [(code, line)]


def test_a_list_that_holds_itself_is_reported_and_not_raised(tmp_path: Path) -> None:
    _, report = read(tmp_path, "a: &x [*x]\n")
    assert "PACK-SYNTAX" in {one.code for one in report.problems}


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    report = Report()
    record = read_yaml(tmp_path / "none.yaml", "none.yaml", report)
    assert [(one.code, one.where.file) for one in report.problems] == [("PACK-FILE-MISSING", "none.yaml")]
    record.text("code")
    assert len(report.problems) == 1, "the placeholder of an unreadable file must not add problems of its own"


def test_a_byte_order_mark_is_no_part_of_the_first_field(tmp_path: Path) -> None:
    record, _ = read(tmp_path, b"\xef\xbb\xbfcode: a\n")
    assert record.text("code") == "a"


@pytest.mark.parametrize("reader", ["texts", "records"])
def test_an_item_of_the_wrong_kind_in_a_list_is_reported_and_not_dropped(tmp_path: Path, reader: str) -> None:
    record, report = read(tmp_path, "items:\n  - 一\n  - 二: 三\n")
    found = record.texts("items") if reader == "texts" else record.records("items")
    assert len(found) == 1
    assert [one.code for one in report.problems] == ["PACK-FIELD-KIND"]
