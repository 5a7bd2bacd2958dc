"""Locators, citations and passage hashes."""

from pathlib import Path

import pytest

from duibiao.kernel.problem import Report
from duibiao.kernel.reading import read_yaml
from duibiao.sources.citation import Citation, Locator, SourceKind, passage_hash, read_citation, read_source


@pytest.mark.parametrize(
    ("text", "locator", "chinese"),
    [
        ("L5", Locator(5, 5), "第5行"),
        ("p47 L2206", Locator(2206, 2206, page=47), "第47页 第2206行"),
        ("p47 L2362.40-2366.8", Locator(2362, 2366, 40, 8, 47), "第47页 第2362—2366行"),
        ("L141.5-141.30", Locator(141, 141, 5, 30), "第141行"),
        ("L7-9", Locator(7, 9), "第7—9行"),
        ("L7.3", Locator(7, 7, 3), "第7行"),
    ],
)
def test_a_locator_is_read_written_and_told(text: str, locator: Locator, chinese: str) -> None:
    assert Locator.parse(text) == locator
    assert str(locator) == text
    assert locator.in_chinese() == chinese


@pytest.mark.parametrize("text", ["", "5", "L", "L5-", "p47", "L9-7", "L3-0", "l5", "L5 - 6", "第5行", "L5.2.3"])
def test_anything_else_is_no_locator(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the message is the word itself
        Locator.parse(text)


@pytest.mark.parametrize("text", ["L0", "L0-3", "p0 L1", "L3.0", "L3.1-3.0"])
def test_lines_characters_and_pages_are_counted_from_one(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the message is the word itself
        Locator.parse(text)


def test_a_stretch_inside_one_line_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="5"):
        Locator.parse("L5.9-5.3")


def test_a_citation_is_told_without_the_parts_it_does_not_have() -> None:
    locator = Locator.parse("p58 L2728.1-2728.20")
    assert Citation("doc", "高等教育方案", "指标表第8行", locator, "0" * 16).in_chinese() == (
        "高等教育方案 指标表第8行 第58页 第2728行"
    )
    assert Citation("doc", "", "", locator, "0" * 16).in_chinese() == "第58页 第2728行"


def test_a_passage_hash_ignores_how_the_words_are_wrapped() -> None:
    assert passage_hash("学前教育普惠率\n达到 95%") == passage_hash("学前教育\r\n普惠率达到\u300095%")


@pytest.mark.parametrize(
    "changed", ["学前教育普惠率达到96%", "学前教育普惠率达到95", "学前教育普惠率达到９５%", "学前教育普惠率，达到95%"]
)
def test_a_passage_hash_shows_every_change_of_the_words(changed: str) -> None:
    assert passage_hash(changed) != passage_hash("学前教育普惠率达到95%")


def test_a_passage_hash_is_the_one_the_packs_are_written_with() -> None:
    """SHA-256 of 重庆 in UTF-8, first 16 digits; a change here would break every citation."""
    assert passage_hash("重 庆") == "ea31f4d6d27dd76d"


def read(folder: Path, text: str) -> tuple[Citation | None, Report]:
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    report = Report()
    return read_citation(read_yaml(folder / "a.yaml", "a.yaml", report), "journal", "方案"), report


def test_a_citation_takes_document_and_part_from_its_plan_unless_it_names_others(tmp_path: Path) -> None:
    found, report = read(tmp_path, "cite: {item: 第8行, at: p58 L2728, hash: 102eca54d8495e6e}\n")
    assert found == Citation("journal", "方案", "第8行", Locator(2728, 2728, page=58), "102eca54d8495e6e")
    other, _ = read(tmp_path, "cite: {document: paper, part: 头版, at: L1, hash: 102eca54d8495e6e}\n")
    assert other is not None
    assert (other.document, other.part) == ("paper", "头版")
    assert report.problems == []


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("id: a\n", "CITE-MISSING", 1),
        ("id: a\ncite: {at: 第5行, hash: 102eca54d8495e6e}\n", "CITE-LOCATOR", 2),
        ("id: a\ncite:\n  at: L5\n  hash: 102ECA54D8495E6E\n", "CITE-HASH", 4),
        ("id: a\ncite:\n  at: L5\n  hash: 102eca54\n", "CITE-HASH", 4),
        ("id: a\ncite:\n  at: L5\n  hash: 102eca54d8495e6e\n  text: 原文\n", "PACK-FIELD-UNKNOWN", 5),
    ],
)
def test_a_citation_that_proves_nothing_is_reported(tmp_path: Path, text: str, code: str, line: int) -> None:
    _, report = read(tmp_path, text)
    assert [(one.code, one.where.line) for one in report.problems] == [(code, line)]


SOURCE = """\
code: journal
title: 职教动态
publisher: 未署
kind: journal
published: '2025'
running_heads: ['第 \\d+ 页', '教育(要闻']
"""


def test_a_source_is_read_and_a_pattern_that_cannot_be_used_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SOURCE, encoding="utf-8")
    report = Report()
    source = read_source(read_yaml(tmp_path / "a.yaml", "a.yaml", report))
    assert source.kind is SourceKind.JOURNAL
    assert [(one.code, one.where.line) for one in report.problems] == [("SOURCE-PATTERN", 6)]
    assert "教育(要闻" in report.problems[0].message.zh
