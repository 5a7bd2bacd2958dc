"""PDF: lines and ruled tables page by page; scans, passwords and bombs are recognised."""

import zlib
from pathlib import Path

import pytest

from duibiao.sources.blocks import BlockKind, Reading
from duibiao.sources.readers import Limits, read
from duibiao.sources.readers.pdf import cleaned
from tests.unit.sources.readers.files import assembled, assert_mapped, framed, pdf, shown, told

# Two columns, three lines; the first column is one cell over the last two lines.
GRID = (
    framed(100, 680, 200, 700) + framed(200, 680, 300, 700) + framed(100, 640, 200, 680)
    + framed(200, 660, 300, 680) + framed(200, 640, 300, 660)
)  # fmt: skip
CELLS = (
    shown(105, 685, "指标") + shown(205, 685, "2027") + shown(105, 668, "毛入") + shown(105, 650, "园率")
    + shown(205, 665, "95") + shown(205, 645, "96")
)  # fmt: skip


def made(folder: Path, *pages: str, rotate: int = 0) -> Reading:
    reading = read(pdf(folder / "plan.pdf", *pages, rotate=rotate))
    assert_mapped(reading)
    return reading


def test_lines_are_blocks_and_pages_are_known(tmp_path: Path) -> None:
    reading = made(tmp_path, shown(72, 700, "总体目标") + shown(72, 680, "达到95%。"), shown(72, 700, "第二页"))
    assert [(block.kind, block.text) for block in reading.blocks] == [
        (BlockKind.LINE, "总体目标"), (BlockKind.LINE, "达到95%。"), (BlockKind.LINE, "第二页"),
    ]  # fmt: skip
    assert [reading.original.locator(*block.words.span()).page for block in reading.blocks] == [1, 1, 2]
    assert reading.original.text == "总体目标\n达到95%。\n第二页\n"


def test_a_ruled_table_becomes_rows_where_it_stands(tmp_path: Path) -> None:
    reading = made(tmp_path, shown(72, 750, "表前") + CELLS + shown(72, 600, "表后") + GRID)
    assert [(block.kind, block.text) for block in reading.blocks] == [
        (BlockKind.LINE, "表前"),
        (BlockKind.TABLE_ROW, "指标\t2027"),
        (BlockKind.TABLE_ROW, "毛入\n园率\t95"),
        (BlockKind.TABLE_ROW, "96"),
        (BlockKind.LINE, "表后"),
    ]
    rows = [[cell.text for cell in block.cells] for block in reading.blocks if block.cells]
    assert rows == [["指标", "2027"], ["毛入园率", "95"], ["毛入园率", "96"]]


def test_a_table_that_continues_on_the_next_page_keeps_its_number(tmp_path: Path) -> None:
    page = CELLS + GRID
    reading = made(
        tmp_path,
        shown(72, 750, "甲") + page,
        page,
        shown(72, 790, "乙") + shown(72, 770, "丙") + shown(72, 750, "丁") + page,
    )
    assert [block.table for block in reading.blocks if block.cells] == [1, 1, 1, 1, 1, 1, 2, 2, 2]


@pytest.mark.parametrize(("rotate", "matrix"), [(90, "0 1 -1 0 595 0 cm\n"), (270, "0 -1 1 0 0 842 cm\n")])
def test_a_landscape_page_is_read_as_it_is_seen(rotate: int, matrix: str, tmp_path: Path) -> None:
    # Seen upright, a landscape page is 842 points wide and 595 high. The test's font has no outlines for digits, and
    # pdfium leaves turned characters without an outline out: Chinese characters stand for them here.
    words = CELLS
    for digits, characters in (("2027", "二七年"), ("95", "九五"), ("96", "九六")):
        words = words.replace(digits.encode("utf-16-be").hex(), characters.encode("utf-16-be").hex())
    reading = made(tmp_path, f"q {matrix}{(words + GRID).replace(' 6', ' 3')}Q\n", rotate=rotate)
    assert [[cell.text for cell in block.cells] for block in reading.blocks] == [
        ["指标", "二七年"], ["毛入园率", "九五"], ["毛入园率", "九六"],
    ]  # fmt: skip


def test_words_in_a_hole_of_the_rules_are_not_lost(tmp_path: Path) -> None:
    holed = GRID.replace(framed(100, 640, 200, 680), "")
    reading = made(tmp_path, CELLS + holed)
    assert sorted("".join(reading.original.text.split())) == sorted("指标2027毛入园率9596")


def test_a_radical_that_stands_for_a_character_is_read_as_the_character(tmp_path: Path) -> None:
    assert cleaned("\u2f00\u3001\u2f6c\u6807\r\nin\x02\ufeff") == "一、目标\nin-"


def test_a_scan_is_refused_with_advice(tmp_path: Path) -> None:
    path = pdf(tmp_path / "plan.pdf", "q 500 0 0 700 0 0 cm /I Do Q\n", image=True)
    assert told(path) == "READ-SCANNED"


def test_a_picture_page_among_others_is_noted(tmp_path: Path) -> None:
    text = shown(72, 700, "总体目标和主要任务如下所述")
    reading = read(pdf(tmp_path / "plan.pdf", text, "q 500 0 0 700 0 0 cm /I Do Q\n", text, image=True))
    assert reading.notes == ("READ-SCANNED 2",)
    assert len(reading.blocks) == 2


def test_words_are_read_and_noted_where_tables_cannot_be_looked_for(tmp_path: Path) -> None:
    path = pdf(tmp_path / "plan.pdf", CELLS + GRID)
    path.write_bytes(path.read_bytes().replace(b"[0 0 595 842]", b"[0 0 595 /84]"))
    reading = read(path)
    assert reading.notes == ("READ-TABLES-SKIPPED 1",)
    assert [block.text for block in reading.blocks][:2] == ["指标 2027", "毛入"]


def test_an_empty_page_holds_no_text(tmp_path: Path) -> None:
    assert told(pdf(tmp_path / "plan.pdf", "")) == "READ-NO-TEXT"


def test_a_file_with_a_password_is_refused(tmp_path: Path) -> None:
    keys = f"/O <{'41' * 32}> /U <{'42' * 32}>"
    lock = f"/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 {keys} >> /ID [<00> <00>]"
    assert told(pdf(tmp_path / "plan.pdf", shown(72, 700, "甲"), trailer=lock)) == "READ-ENCRYPTED"


def test_a_file_cut_off_is_refused(tmp_path: Path) -> None:
    path = pdf(tmp_path / "plan.pdf", shown(72, 700, "总体目标"))
    path.write_bytes(path.read_bytes()[:-200])
    assert told(path) == "READ-TRUNCATED"


def test_a_file_without_a_single_sound_object_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"garbage " * 50 + b"\n%%EOF")
    assert told(path) == "READ-DAMAGED"


def test_a_stream_that_unpacks_without_end_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = zlib.compress(b"0" * (8 << 20), 9)
    for layers in (1, 2):
        stream = b"<< /Length %d >>\nstream\n%b\nendstream" % (len(bomb), bomb)
        path = tmp_path / f"plan{layers}.pdf"
        path.write_bytes(assembled([b"<< /Type /Catalog >>", stream]))
        assert told(path, Limits(part_bytes=4 << 20)) == "READ-BOMB"
        bomb = zlib.compress(bomb, 9)


def test_pages_strokes_and_characters_are_bounded(tmp_path: Path) -> None:
    path = pdf(tmp_path / "plan.pdf", shown(72, 700, "总体目标"), CELLS + GRID)
    assert told(path, Limits(pages=1)) == "READ-TOO-LARGE"
    assert told(path, Limits(page_characters=3)) == "READ-TOO-LARGE"
    assert told(path, Limits(seconds=-1)) == "READ-TIME"
    reading = read(path, Limits(page_shapes=4))
    assert reading.notes == ("READ-TABLES-SKIPPED 2",)
    assert [block for block in reading.blocks if block.cells] == []
