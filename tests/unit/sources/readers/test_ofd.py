"""OFD: the words of each page, in lines by where they stand."""

from pathlib import Path

from duibiao.sources.blocks import BlockKind
from duibiao.sources.readers import Limits, read
from tests.unit.sources.readers.files import OFD, assert_mapped, ofd, packed, told


def test_words_are_put_into_lines_by_their_place(tmp_path: Path) -> None:
    first = [(20, 40, "达到"), (20, 20, "总体目标"), (28, 40.3, "95%"), (80, 40, "约束性")]
    reading = read(ofd(tmp_path / "plan.ofd", first, [(20, 20, "第二页")]))
    assert_mapped(reading)
    assert [block.text for block in reading.blocks] == ["总体目标", "达到95% 约束性", "第二页"]
    assert {block.kind for block in reading.blocks} == {BlockKind.LINE}
    assert [reading.original.locator(*block.words.span()).page for block in reading.blocks] == [1, 1, 2]


def test_the_matrix_of_an_object_moves_its_words(tmp_path: Path) -> None:
    code = '<ofd:TextCode X="0" Y="4">上</ofd:TextCode>'
    moved = f'<ofd:TextObject ID="9" Boundary="20 50 4 5" Size="4" CTM="1 0 0 1 0 -45">{code}</ofd:TextObject>'
    reading = read(ofd(tmp_path / "plan.ofd", [(20, 30, "下")], extra=moved))
    assert [block.text for block in reading.blocks] == ["上", "下"]


def test_numbers_that_are_none_do_no_harm(tmp_path: Path) -> None:
    odd = '<ofd:TextObject ID="9" Boundary="a nan inf"><ofd:TextCode X="1e999" Y="?">甲</ofd:TextCode></ofd:TextObject>'
    assert [block.text for block in read(ofd(tmp_path / "plan.ofd", [], extra=odd)).blocks] == ["甲"]


def test_a_scan_a_locked_file_and_an_empty_page_are_refused(tmp_path: Path) -> None:
    image = '<ofd:ImageObject ID="9" Boundary="0 0 210 297" ResourceID="1"/>'
    assert told(ofd(tmp_path / "scan.ofd", [], extra=image)) == "READ-SCANNED"
    assert told(ofd(tmp_path / "none.ofd", [])) == "READ-NO-TEXT"
    assert told(ofd(tmp_path / "many.ofd", [], []), Limits(pages=1)) == "READ-TOO-LARGE"
    locked = packed(tmp_path / "locked.ofd", {"OFD.xml": "<OFD/>", "Encryptions.xml": "<E/>"})
    assert told(locked) == "READ-ENCRYPTED"


def test_a_package_with_a_part_missing_is_refused(tmp_path: Path) -> None:
    root = (
        f'<ofd:OFD xmlns:ofd="{OFD}"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>'
    )
    assert told(packed(tmp_path / "a.ofd", {"OFD.xml": root})) == "READ-DAMAGED"
    assert told(packed(tmp_path / "b.ofd", {"OFD.xml": "<OFD><DocBody/></OFD>"})) == "READ-DAMAGED"
