"""The CSV reader remembers every line and reports all problems at once."""

from pathlib import Path

import pytest

from duibiao.kernel.problem import Report
from duibiao.kernel.reading import MAX_BYTES, Record, read_csv

COLUMNS = ("a", "b", "code", "name", "period", "value")


def read(folder: Path, text: str | bytes) -> tuple[list[Record], Report]:
    file = folder / "a.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    report = Report()
    return list(read_csv(file, "pack/a.csv", report, COLUMNS)), report


def told(report: Report) -> list[tuple[str, int, str]]:
    return [(one.code, one.where.line, one.where.field) for one in report.problems]


def test_every_row_knows_its_line(tmp_path: Path) -> None:
    rows, report = read(tmp_path, "code,name\n1,一\n\n2,二\n")
    assert [(row.line, row.text("code"), row.text("name")) for row in rows] == [(2, "1", "一"), (4, "2", "二")]
    assert report.problems == []


def test_all_problems_of_a_file_are_reported_at_once_each_on_its_line(tmp_path: Path) -> None:
    rows, report = read(tmp_path, "period,value\n2024,约95\n2024/26,96\n2025\n2026,97,98\n,99\n")
    for row in rows:
        row.period("period")
        row.decimal("value")
    assert sorted(told(report)) == sorted(
        [
            ("PACK-NUMBER", 2, "value"),
            ("PACK-PERIOD", 3, "period"),
            ("PACK-ROW-WIDTH", 4, ""),
            ("PACK-ROW-WIDTH", 5, ""),
            ("PACK-FIELD-MISSING", 6, "period"),
        ]
    )


def test_a_row_of_the_wrong_width_is_reported_and_the_others_are_read(tmp_path: Path) -> None:
    rows, report = read(tmp_path, "a,b\n1\n2,3\n")
    assert [row.text("a") for row in rows] == ["2"]
    assert told(report) == [("PACK-ROW-WIDTH", 2, "")]


def test_a_quoted_cell_may_hold_commas_and_line_ends(tmp_path: Path) -> None:
    rows, report = read(tmp_path, 'a,b\n"一,\n二",1\n三,2\n')
    assert [row.text("a") for row in rows] == ["一,\n二", "三"]
    assert rows[1].line == 4
    assert report.problems == []


def test_a_row_over_several_lines_is_placed_where_it_begins(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, 'a,b\n"一\n二",1\n')
    assert rows[0].line == 2


@pytest.mark.parametrize("mark", ["\v", "\f", "\u2028", "\u0085"])
def test_only_line_feeds_end_a_row(tmp_path: Path, mark: str) -> None:
    """Text pasted from Word carries vertical tabs for manual line breaks; they are no row ends (RFC 4180)."""
    rows, report = read(tmp_path, f"a,b\n一{mark}二,1\n三,2\n")
    assert [(row.line, row.text("a")) for row in rows] == [(2, f"一{mark}二"), (3, "三")]
    assert report.problems == []


@pytest.mark.parametrize("text", ['a,b\n1,2\n"x"y,2\n', 'a,b\n1,2\n"x,2\n'])
def test_a_quote_out_of_place_is_reported_on_its_line(tmp_path: Path, text: str) -> None:
    _, report = read(tmp_path, text)
    assert told(report) == [("PACK-SYNTAX", 3, "")]


def test_a_table_from_excel_is_read_with_mark_and_carriage_returns(tmp_path: Path) -> None:
    rows, report = read(tmp_path, b"\xef\xbb\xbfcode,name\r\n1,\xe4\xb8\x80\r\n")
    assert [(row.line, row.text("code"), row.text("name")) for row in rows] == [(2, "1", "一")]
    assert report.problems == []


def test_a_file_in_another_encoding_is_reported(tmp_path: Path) -> None:
    rows, report = read(tmp_path, "code,name\n1,重庆\n".encode("gbk"))
    assert rows == []
    assert told(report) == [("PACK-ENCODING", 0, "")]


def test_a_file_without_a_header_is_reported(tmp_path: Path) -> None:
    _, report = read(tmp_path, "")
    assert [one.code for one in report.problems] == ["PACK-SYNTAX"]


def test_a_header_that_names_a_column_twice_is_reported_on_the_header(tmp_path: Path) -> None:
    _, report = read(tmp_path, "a,a\n1,2\n3,4\n")
    assert ("PACK-FIELD-TWICE", 1, "a") in told(report)


def test_a_column_nobody_knows_is_reported_once_on_the_header_with_the_nearest_name(tmp_path: Path) -> None:
    rows, report = read(tmp_path, "code,vaule\n1,95\n2,96\n")
    assert len(rows) == 2
    assert told(report) == [("PACK-FIELD-UNKNOWN", 1, "vaule")]
    assert "value？" in report.problems[0].remedy.zh


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    with file.open("wb") as out:
        out.truncate(MAX_BYTES + 1)
    report = Report()
    assert list(read_csv(file, "a.csv", report, COLUMNS)) == []
    assert told(report) == [("PACK-TOO-LARGE", 0, "")]


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    report = Report()
    assert list(read_csv(tmp_path / "none.csv", "none.csv", report, COLUMNS)) == []
    assert told(report) == [("PACK-FILE-MISSING", 0, "")]
