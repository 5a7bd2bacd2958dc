"""The archive keeps documents by content hash; passages are cut out without the page's own lines."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from duibiao.kernel.problem import UserError
from duibiao.sources.archive import Archive, Document
from duibiao.sources.citation import Locator, Source, passage_hash
from tests.helpers import SOURCES

WORDS = "学前教育普惠率\n达到95%。\n"


def source(**changes: object) -> Source:
    return replace(SOURCES["journal"], **changes)  # type: ignore[arg-type]  # any field of a source


def document(text: str, *running_heads: str) -> Document:
    return Document(source(running_heads=running_heads), text)


def words_at(text: str, at: str, *running_heads: str) -> str:
    return document(text, *running_heads).passage(Locator.parse(at)).text


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "方案.txt"
    found.write_text(WORDS, encoding="utf-8")
    return found


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "workspace" / "archive")


def test_a_document_is_kept_under_the_hash_of_its_bytes(archive: Archive, file: Path) -> None:
    digest = archive.add(file)
    assert digest == hashlib.sha256(file.read_bytes()).hexdigest()
    assert [kept.name for kept in archive.folder.iterdir()] == [digest]
    opened = archive.open(source(sha256=digest))
    assert opened is not None
    assert opened.text == WORDS


def test_adding_a_document_twice_changes_nothing(archive: Archive, file: Path) -> None:
    first = archive.add(file)
    before = (archive.folder / first).stat().st_mtime_ns
    assert archive.add(file) == first
    assert [kept.stat().st_mtime_ns for kept in archive.folder.iterdir()] == [before]


def test_the_archive_keeps_its_copy_when_the_original_changes(archive: Archive, file: Path) -> None:
    digest = archive.add(file)
    file.write_text("改了", encoding="utf-8")
    opened = archive.open(source(sha256=digest))
    assert opened is not None
    assert opened.text == WORDS
    assert archive.add(file) != digest


def test_a_document_is_archived_whole_or_not_at_all(archive: Archive, file: Path) -> None:
    """The copy cannot be written (its place is taken by a folder): nothing half-written may be opened."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    obstacle = archive.folder / f"{digest}.partial"
    obstacle.mkdir(parents=True)
    with pytest.raises(OSError, match=digest):
        archive.add(file)
    assert archive.open(source(sha256=digest)) is None
    obstacle.rmdir()
    assert archive.add(file) == digest
    assert archive.open(source(sha256=digest)) is not None


def test_what_an_interrupted_copy_left_behind_is_no_document_and_is_replaced(archive: Archive, file: Path) -> None:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    archive.folder.mkdir(parents=True)
    (archive.folder / f"{digest}.partial").write_text("学前", encoding="utf-8")
    assert archive.open(source(sha256=digest)) is None
    archive.add(file)
    assert [kept.name for kept in archive.folder.iterdir()] == [digest]


def test_a_changed_file_in_the_archive_is_detected(archive: Archive, file: Path) -> None:
    digest = archive.add(file)
    (archive.folder / digest).write_text(WORDS.replace("95", "96"), encoding="utf-8")
    with pytest.raises(UserError, match="ARCHIVE-CHANGED"):
        archive.open(source(sha256=digest))


def test_a_source_without_a_document_in_the_archive_opens_as_none(archive: Archive) -> None:
    assert archive.open(source()) is None
    assert archive.open(source(sha256="0" * 64)) is None


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("L1", "学前教育普惠率"),
        ("L1-2", "学前教育普惠率达到95%。"),
        ("L1.3-1.4", "教育"),
        ("L1.5", "普惠率"),
        ("L1.5-2.2", "普惠率达到"),
        ("L2-2.5", "达到95%"),
        ("L2.3-2.3", "9"),
    ],
)
def test_a_locator_cuts_out_exactly_its_characters_both_ends_included(at: str, words: str) -> None:
    passage = document(WORDS).passage(Locator.parse(at))
    assert passage.text == words
    assert passage.hash == passage_hash(words)


def test_a_carriage_return_is_no_part_of_a_passage() -> None:
    assert words_at("学前教育\r\n普惠率\r\n", "L1-2") == "学前教育普惠率"


@pytest.mark.parametrize("at", ["L4", "L1-4", "p2 L99.1-99.4"])
def test_a_locator_outside_the_document_is_refused(at: str) -> None:
    with pytest.raises(ValueError, match="L"):
        document(WORDS).passage(Locator.parse(at))


def test_a_locator_that_starts_behind_the_end_of_its_line_is_refused() -> None:
    """Otherwise its passage is empty, and the hash of nothing fits any document."""
    with pytest.raises(ValueError, match="L1"):
        document(WORDS).passage(Locator.parse("L1.99-1.120"))


PAGES = "到2027年，学前教育\n 第 46 页 共 175 页\n教育要闻 职教动态与参考 2025年第2期\n普惠率达到95%。\n"
HEADS = (r"第 \d+ 页 共 175 页", "教育要闻 职教动态与参考.*")


def test_running_heads_are_no_part_of_a_passage_that_crosses_a_page() -> None:
    assert words_at(PAGES, "p46 L1-4", *HEADS) == "到2027年，学前教育普惠率达到95%。"
    assert document(PAGES, *HEADS).passage(Locator.parse("L1-4")).hash == passage_hash(
        "到2027年，学前教育普惠率达到95%。"
    )


def test_without_a_declared_pattern_every_line_is_text() -> None:
    assert "第46页共175页" in words_at(PAGES, "L1-4")


def test_a_line_that_only_begins_like_a_running_head_is_text() -> None:
    text = "第 46 页 共 175 页所载指标\n"
    assert words_at(text, "L1", *HEADS) == "第46页共175页所载指标"


def test_a_running_head_is_known_by_its_whole_line_even_where_the_passage_cuts_it() -> None:
    assert words_at(PAGES, "L2.5-4", *HEADS) == "普惠率达到95%。"
    assert words_at("（见第 5 页 共 175 页）\n", "L1.3-1.15", *HEADS) == "第5页共175页"
