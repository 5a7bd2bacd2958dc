"""Plain text: every line is a block that leads back to the file, whatever its encoding."""

from pathlib import Path

import pytest

from duibiao.sources.blocks import BlockKind
from duibiao.sources.readers import Limits, read
from tests.unit.sources.readers.files import assert_mapped, told

TEXT = "一、总体目标\n\n\u3000\u3000到2027年，学前教育毛入园率达到95%以上。\n学位供给更加充足"
TRADITIONAL = "教育事業發展計劃，學校與學生數量持續增長，到2027年達到新的目標。"


def written(folder: Path, data: bytes, name: str = "plan.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_the_encoding_is_found(encoding: str, tmp_path: Path) -> None:
    assert read(written(tmp_path, TEXT.encode(encoding))).original.text == TEXT


def test_traditional_chinese_in_its_own_encoding_is_found(tmp_path: Path) -> None:
    assert read(written(tmp_path, TRADITIONAL.encode("big5"))).original.text == TRADITIONAL


def test_a_byte_order_mark_of_the_other_order_is_obeyed(tmp_path: Path) -> None:
    assert read(written(tmp_path, b"\xfe\xff" + TEXT.encode("utf-16-be"))).original.text == TEXT


def test_every_physical_line_is_a_block_without_its_indentation(tmp_path: Path) -> None:
    reading = read(written(tmp_path, TEXT.encode()))
    assert [block.text for block in reading.blocks] == [line.strip() for line in TEXT.split("\n")]
    assert {block.kind for block in reading.blocks} == {BlockKind.LINE}
    assert_mapped(reading)
    assert str(reading.original.locator(*reading.blocks[2].words.span())) == "L3.3-3.25"


def test_the_text_stays_as_it_was_with_its_line_ends(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "甲\r\n乙\r\n".encode()))
    assert reading.original.text == "甲\r\n乙\r\n"
    assert [block.text for block in reading.blocks] == ["甲", "乙"]


@pytest.mark.parametrize("end", ["\r", "\v", "\x85", "\u2028", "\u2029"])
def test_every_line_end_begins_a_line(end: str, tmp_path: Path) -> None:
    reading = read(written(tmp_path, f"甲{end}{end}乙".encode()))
    assert [block.text for block in reading.blocks] == ["甲", "", "乙"]
    assert_mapped(reading)


def test_a_separator_of_records_ends_no_line(tmp_path: Path) -> None:
    line = "甲" * 200 + "\x1c乙"  # few enough controls for a text
    reading = read(written(tmp_path, f"{line}\r\n丙".encode()))
    assert [block.text for block in reading.blocks] == [line, "丙"]
    assert_mapped(reading)


def test_form_feeds_begin_pages(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "甲\n\f乙\n\f丙".encode()))
    assert reading.original.pages == (0, 3, 6)
    places = {block.text: reading.original.locator(*block.words.span()).page for block in reading.blocks if block.text}
    assert places == {"甲": 1, "乙": 2, "丙": 3}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "READ-EMPTY", id="no bytes"),
        pytest.param(b"\n \n", "READ-EMPTY", id="only blanks"),
        pytest.param(b"\xef\xbb\xbf \n", "READ-EMPTY", id="only a mark and blanks"),
        pytest.param(TEXT.encode()[:-1], "READ-TRUNCATED", id="cut inside a character"),
        pytest.param(TEXT.encode("gb18030") + b"\xd6", "READ-TRUNCATED", id="cut inside a character of gb18030"),
        pytest.param(TEXT.encode("utf-16") + b"\x00", "READ-TRUNCATED", id="cut inside a character of utf-16"),
        pytest.param(bytes(range(256)) * 40, "READ-BINARY", id="every byte there is"),
        pytest.param(b"plan\0\1\2\3" * 100, "READ-BINARY", id="zeros among letters"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "READ-MISLABELLED", id="a picture"),
        pytest.param(b"PK\3\4" + b"\0" * 50, "READ-MISLABELLED", id="a package"),
        pytest.param(b"%PDF-1.7\n%%EOF", "READ-MISLABELLED", id="a pdf"),
        pytest.param(b"<!DOCTYPE html><html></html>", "READ-MISLABELLED", id="a web page"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, code: str, tmp_path: Path) -> None:
    assert told(written(tmp_path, data)) == code


def test_a_damaged_byte_is_refused_and_not_guessed_over(tmp_path: Path) -> None:
    data = TEXT.encode()
    assert told(written(tmp_path, data[:30] + b"\xff" + data[30:])) in ("READ-ENCODING", "READ-BINARY")


def test_more_lines_than_the_limit_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"a\n" * 60)
    assert told(path, Limits(blocks=50)) == "READ-TOO-LARGE"
    assert told(path, Limits(file_bytes=100)) == "READ-TOO-LARGE"
    assert told(path) == "read"
