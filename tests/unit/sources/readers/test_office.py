"""Old Word and WPS files: read by way of LibreOffice within bounded time, or refused with advice."""

import hashlib
import shutil
import time
from pathlib import Path

import docx
import pytest

from duibiao.sources.readers import Limits, office, read
from tests.unit.sources.readers.files import assert_mapped, paragraph, told, word

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def old(path: Path, head: bytes = b"") -> Path:
    path.write_bytes(OLE + b"\0" * 504 + head + b"\1" * 100)
    return path


def installed(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a program of the name soffice, and nothing else, on the path."""
    program = folder / "bin" / "soffice"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))


def test_without_libreoffice_the_file_is_refused_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert told(old(tmp_path / "plan.doc")) == "READ-OFFICE-MISSING"
    assert told(old(tmp_path / "plan.wps")) == "READ-OFFICE-MISSING"


def test_a_libreoffice_without_its_writer_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, monkeypatch, "exit 0")
    (tmp_path / "bin" / "soffice.bin").touch()
    assert told(old(tmp_path / "plan.doc")) == "READ-OFFICE-MISSING"
    (tmp_path / "bin" / "libswlo.so").touch()
    assert told(old(tmp_path / "plan.doc")) == "READ-DAMAGED"


def test_what_the_program_writes_is_read_under_the_hash_and_name_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = word(tmp_path / "result.docx", paragraph("总体目标"))
    find = 'for a in "$@"; do l=$o; o=$a; [ "$l" = --outdir ] && d=$a; done'
    script = f"{find}\n/bin/mkdir -p $d && /bin/cp {result} $d/input.docx"
    installed(tmp_path, monkeypatch, script)
    path = old(tmp_path / "plan.wps")
    reading = read(path)
    assert_mapped(reading)
    assert [block.text for block in reading.blocks] == ["总体目标"]
    assert reading.original.format == "wps"
    assert reading.original.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_program_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, monkeypatch, "/bin/sleep 60 & /bin/sleep 60")
    begun = time.monotonic()
    assert told(old(tmp_path / "plan.doc"), Limits(seconds=0.5)) == "READ-TIME"
    assert time.monotonic() - begun < 10


def test_a_file_with_a_password_is_known_by_its_flag(tmp_path: Path) -> None:
    locked = b"\xec\xa5" + b"\0" * 9 + b"\x01"
    assert told(old(tmp_path / "plan.doc", locked)) == "READ-ENCRYPTED"


@pytest.mark.skipif(
    office.program() is None or shutil.which("soffice") is None, reason="LibreOffice Writer is not installed here"
)
def test_a_real_old_file_is_read(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("总体目标", 1)
    document.add_paragraph("到2027年达到95%。")
    document.save(str(tmp_path / "new.docx"))
    office._ran(
        ["soffice", "--headless", "--convert-to", "doc", "--outdir", str(tmp_path), str(tmp_path / "new.docx")],
        tmp_path,
        60,
    )
    reading = read(tmp_path / "new.doc")
    assert [block.text for block in reading.blocks] == ["总体目标", "到2027年达到95%。"]
