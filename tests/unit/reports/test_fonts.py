"""The fonts of a PDF: what is chosen, what is told, and what is refused (PAPER-FONT, PAPER-GLYPH)."""

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from duibiao.kernel.problem import UserError
from duibiao.reports.font_coverage import covered_by, holds
from duibiao.reports.fonts import OFFICIAL, FontRole, FontShelf
from duibiao.reports.paper_files import paper_files
from duibiao.reports.pdf import pdf_bytes
from duibiao.views.paper import FontPreset
from duibiao.views.paper_parts import Paragraph
from tests.unit.reports.sample_paper import sample_paper

SHELF = FontShelf()
CHINESE = pytest.mark.skipif(
    not any(SHELF.is_chinese(family) for family in SHELF.files), reason="no Chinese font on this machine"
)


def refused(paper_text: str, shelf: FontShelf = SHELF) -> tuple[str, str]:
    with pytest.raises(UserError) as caught:
        pdf_bytes(replace(sample_paper(), blocks=(Paragraph((paper_text,)),), annexes=()), shelf)
    (problem,) = caught.value.problems
    return problem.code, problem.message.zh


def test_a_machine_without_chinese_fonts_is_told_what_to_install() -> None:
    assert refused("正文。", FontShelf(system=False))[0] == "PAPER-FONT"


def test_a_machine_without_chinese_fonts_still_gives_the_word_file() -> None:
    made = paper_files(sample_paper(), FontShelf(system=False))
    assert made.pdf is None
    assert made.docx[:2] == b"PK"
    (notice,) = made.notices
    assert "fonts-noto-cjk" in notice.zh
    assert "fonts-noto-cjk" in notice.en


@CHINESE
def test_characters_no_font_holds_are_named_and_not_printed_as_boxes() -> None:
    code, message = refused("张\U000e0fff和李\U0003fffd")
    assert code == "PAPER-GLYPH"
    assert "这2个字符" in message
    assert "U+3FFFD" in message


@CHINESE
def test_a_private_character_is_refused_even_where_a_font_of_signs_has_a_picture_at_its_place() -> None:
    private = next(
        (
            chr(code)
            for family, _ in SHELF.files.items()
            for code in range(0xE000, 0xF8FF, 7)
            if not SHELF.is_chinese(family) and SHELF.covers(family, chr(code))
        ),
        "\ue000",
    )
    assert refused(f"张{private}")[0] == "PAPER-GLYPH"


@CHINESE
@pytest.mark.parametrize("preset", FontPreset)
def test_every_role_gets_a_font_that_holds_chinese_and_every_stand_in_is_told(preset: FontPreset) -> None:
    chain = SHELF.chain(preset, ["重庆市教育委员会", "93.5%"])
    assert set(chain.families) == set(FontRole)
    assert all(SHELF.is_chinese(family) for family in chain.families.values())
    told = "".join(notice.zh for notice in chain.notices)
    for role, official in OFFICIAL[preset].items():
        assert (official in told) is chain.families[role].startswith(("Noto", "Source", "Droid"))


@CHINESE
def test_a_rare_character_gets_a_font_that_holds_it_and_a_sign_needs_no_notice() -> None:
    chain = SHELF.chain(FontPreset.GB2312, ["𠮷✔"])
    assert not any("✔" in notice.zh for notice in chain.notices)
    used = (*chain.families.values(), *chain.rare)
    assert any(SHELF.covers(family, "𠮷") for family in used)


def test_a_broken_font_file_covers_nothing(tmp_path: Path) -> None:
    for number, data in enumerate((b"", b"ttcf\x00", b"\x00\x01\x00\x00\x00\x05", bytes(64))):
        broken = tmp_path / f"{number}.ttf"
        broken.write_bytes(data)
        assert covered_by(str(broken), 0) == ()
    assert covered_by(str(tmp_path / "absent.ttf"), 0) == ()


def font(cmap: bytes) -> bytes:
    """The smallest file with a cmap table."""
    head = struct.pack(">IHHHH", 0x00010000, 1, 0, 0, 0) + struct.pack(">4sIII", b"cmap", 0, 28, len(cmap))
    return head + cmap


def test_both_kinds_of_character_maps_are_read(tmp_path: Path) -> None:
    long = struct.pack(">HHIII", 12, 0, 40, 0, 2) + struct.pack(">IIIIII", 0x4E00, 0x4E0F, 1, 0x20000, 0x20000, 20)
    # One segment by delta, one by table whose second character has no picture, and the closing one.
    short = struct.pack(">HHHHHHH", 4, 0, 0, 6, 0, 0, 0) + struct.pack(
        ">3HH3H3H3H", 0x41, 0x63, 0xFFFF, 0, 0x41, 0x61, 0xFFFF, 0, 0, 1, 0, 4, 0
    )
    short += struct.pack(">3H", 7, 0, 9)
    for name, subtable in (("long", long), ("short", short)):
        path = tmp_path / name
        path.write_bytes(font(struct.pack(">HHHHI", 0, 1, 3, 10 if name == "long" else 1, 12) + subtable))
    ranges = covered_by(str(tmp_path / "long"), 0)
    assert ranges == ((0x4E00, 0x4E0F), (0x20000, 0x20000))
    assert [holds(ranges, code) for code in (0x4DFF, 0x4E00, 0x4E0F, 0x4E10, 0x20000)] == [
        False,
        True,
        True,
        False,
        True,
    ]
    assert covered_by(str(tmp_path / "short"), 0) == ((0x41, 0x41), (0x61, 0x61), (0x63, 0x63))
