"""Bad input: each has one bad file here, and is refused in bounded time with what is wrong and what to do."""

import io
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from duibiao.kernel.problem import UserError, catalogue
from duibiao.kernel.text import Language
from duibiao.sources.readers import Limits, ocr, read, read_unnamed
from tests.unit.sources.readers.files import packed, paragraph, pdf, shown, told, word

TABLES = 40


def raw(name: str, data: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return make


def locked_package(folder: Path) -> Path:
    path = word(folder / "plan.docx", paragraph("甲"))
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\1\2")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\1\2", at + 4)
    path.write_bytes(bytes(data))
    return path


def with_entities(folder: Path) -> Path:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    parts = dict(_parts(word(folder / "sound.docx", paragraph("甲"))))
    parts["word/document.xml"] = f'<!DOCTYPE x [<!ENTITY l0 "lol">{lol}]><x>&l9;</x>'.encode()
    return packed(folder / "plan.docx", parts)


def _parts(path: Path) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as package:
        return [(name, package.read(name)) for name in package.namelist()]


def nested_tables(folder: Path) -> Path:
    inner = paragraph("甲")
    for _ in range(TABLES):
        inner = f"<w:tbl><w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl>"
    return word(folder / "plan.docx", inner)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BAD: dict[str, Callable[[Path], Path]] = {
    "READ-MISSING": lambda folder: folder / "absent.docx",
    "READ-EMPTY": raw("plan.docx", b""),
    "READ-FORMAT": raw("plan.xlsx", b"PK\3\4"),
    "READ-MISLABELLED": raw("plan.docx", b"%PDF-1.7\n%%EOF"),
    "READ-BINARY": raw("plan.txt", b"\x01\x02\x03\x04" * 50),
    "READ-ENCODING": raw("plan.txt", "规划".encode() * 20 + b"\xff\xff" + "目标".encode() * 20),
    "READ-TRUNCATED": lambda folder: raw("plan.docx", word(folder / "a.docx", paragraph("甲")).read_bytes()[:-100])(
        folder
    ),
    "READ-DAMAGED": lambda folder: packed(
        folder / "plan.docx", {"[Content_Types].xml": "wordprocessingml.document.main"}
    ),
    "READ-ENCRYPTED": raw("plan.docx", OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le")),
    "READ-TOO-LARGE": nested_tables,
    "READ-BOMB": lambda folder: word(folder / "plan.docx", paragraph(" " * (8 << 20))),
    "READ-ENTITY": with_entities,
    "READ-TIME": lambda folder: pdf(folder / "plan.pdf", shown(72, 700, "甲")),
    "READ-SCANNED": lambda folder: pdf(folder / "plan.pdf", "q 500 0 0 700 0 0 cm /I Do Q\n", image=True),
    "READ-OCR-MISSING": lambda folder: pdf(folder / "plan.pdf", "q 500 0 0 700 0 0 cm /I Do Q\n", image=True),
    "READ-NO-TEXT": lambda folder: word(folder / "plan.docx", paragraph(" ")),
    "READ-OFFICE-MISSING": raw("plan.doc", OLE + b"\0" * 600),
}


def test_every_code_of_the_readers_has_one_bad_file() -> None:
    assert set(BAD) == {code for code in catalogue() if code.startswith("READ-")}


@pytest.mark.parametrize("code", BAD)
def test_the_bad_file_is_refused_with_the_remedy_in_both_languages(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if code == "READ-OFFICE-MISSING":
        monkeypatch.setenv("PATH", str(tmp_path))
    if code == "READ-OCR-MISSING" and ocr.is_installed():
        pytest.skip("the extra ocr is installed here: it cannot be missing")
    limits = Limits(seconds=-1) if code == "READ-TIME" else Limits()
    path = BAD[code](tmp_path)
    with pytest.raises(UserError) as caught:
        read(path, limits, ocr=code == "READ-OCR-MISSING")
    (problem,) = caught.value.problems
    assert (problem.code, problem.where.file) == (code, path.name)
    for language in Language:
        assert "{" not in problem.in_(language)
        assert problem.remedy.in_(language)


def test_a_folder_and_a_name_no_file_can_have_are_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").mkdir()
    assert told(tmp_path / "plan.txt") == "READ-MISSING"
    assert told(tmp_path / "a\0.txt") == "READ-MISSING"


def test_a_package_with_a_password_is_refused(tmp_path: Path) -> None:
    assert told(locked_package(tmp_path)) == "READ-ENCRYPTED"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_entity_that_names_a_file_is_refused_in_any_encoding(encoding: str, tmp_path: Path) -> None:
    parts = dict(_parts(word(tmp_path / "sound.docx", paragraph("甲"))))
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>'
    )
    parts["word/document.xml"] = text.encode(encoding)
    assert told(packed(tmp_path / "plan.docx", parts)) == "READ-ENTITY"


def test_a_million_paragraphs_are_refused_in_bounded_time_and_memory(tmp_path: Path) -> None:
    body = "".join(f"<w:p><w:r><w:t>{number}</w:t></w:r></w:p>" for number in range(1_000_000))
    path = word(tmp_path / "plan.docx", body)
    del body
    begun = time.monotonic()
    tracemalloc.start()
    assert told(path) == "READ-TOO-LARGE"
    assert tracemalloc.get_traced_memory()[1] < 400 << 20
    tracemalloc.stop()
    assert time.monotonic() - begun < 30


def test_more_paragraphs_parts_or_bytes_than_the_limits_are_refused(tmp_path: Path) -> None:
    path = word(tmp_path / "plan.docx", paragraph("甲") * 20)
    assert told(path) == "read"
    assert told(path, Limits(blocks=10)) == "READ-TOO-LARGE"
    assert told(path, Limits(tags=10)) == "READ-TOO-LARGE"
    assert told(path, Limits(parts=2)) == "READ-TOO-LARGE"
    assert told(path, Limits(part_bytes=100)) == "READ-TOO-LARGE"
    assert told(path, Limits(total_bytes=500)) == "READ-TOO-LARGE"
    assert told(path, Limits(file_bytes=100)) == "READ-TOO-LARGE"


def test_a_part_nested_too_deep_is_refused(tmp_path: Path) -> None:
    assert told(word(tmp_path / "plan.docx", "<w:sdt>" * 400 + "</w:sdt>" * 400)) == "READ-TOO-LARGE"


def test_text_boxes_in_text_boxes_are_refused_when_they_do_not_end(tmp_path: Path) -> None:
    inner = paragraph("甲")
    for _ in range(TABLES):
        inner = f"<w:p><w:r><w:txbxContent>{inner}</w:txbxContent></w:r></w:p>"
    assert told(word(tmp_path / "plan.docx", inner)) == "READ-TOO-LARGE"


def test_a_cell_over_a_million_columns_takes_no_room(tmp_path: Path) -> None:
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="99999"/></w:tcPr><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc>'
    (row,) = read(word(tmp_path / "plan.docx", f"<w:tbl><w:tr>{cell}{cell}</w:tr></w:tbl>")).blocks
    assert len(row.cells) == Limits().columns


@pytest.mark.parametrize("name", ["plan.docx", "plan.pdf", "plan.ofd", "plan.html", "plan.doc", "plan.wps"])
def test_a_file_of_another_kind_is_named_as_what_it_is(name: str, tmp_path: Path) -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as zipped:
        zipped.writestr("xl/workbook.xml", "<x/>")
    path = tmp_path / name
    path.write_bytes(package.getvalue())
    with pytest.raises(UserError) as caught:
        read(path)
    assert caught.value.problems[0].code == "READ-MISLABELLED"
    assert "zip" in str(caught.value)


def test_a_file_without_a_name_is_read_by_its_content(tmp_path: Path) -> None:
    for made in (word(tmp_path / "a.docx", paragraph("甲")), pdf(tmp_path / "a.pdf", shown(9, 9, "甲"))):
        assert [block.text for block in read_unnamed(made.rename(tmp_path / "kept")).blocks] == ["甲"]
    with pytest.raises(UserError) as caught:
        read_unnamed(BAD["READ-ENCRYPTED"](tmp_path))
    assert caught.value.problems[0].code == "READ-ENCRYPTED"


def test_the_libraries_of_a_format_are_loaded_when_it_is_read_and_not_before() -> None:
    code = "import sys, duibiao.sources.readers; print(sorted({'lxml', 'pdfplumber', 'pypdfium2'} & set(sys.modules)))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    assert done.stdout.strip() == "[]"
