"""Reads what was written: Word files through LibreOffice where it is there, the words and figures of both kinds."""

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pypdfium2
import pytest


@cache
def as_pdfs(*contents: bytes) -> tuple[bytes, ...]:
    """Word files as LibreOffice lays them out, in one start of it; skips where LibreOffice Writer is not there."""
    office = shutil.which("soffice")
    if office is None or not (Path(office).resolve().parent / "libswlo.so").exists():
        pytest.skip("LibreOffice Writer is not on this machine")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = [f"{number}.docx" for number, _ in enumerate(contents)]
        for file, content in zip(names, contents, strict=True):
            (folder / file).write_bytes(content)
        profile = f"-env:UserInstallation=file://{folder / 'profile'}"
        command = [office, profile, "--headless", "--convert-to", "pdf", *names]
        subprocess.run(command, cwd=folder, capture_output=True, timeout=180, check=True)  # noqa: S603  a fixed command
        return tuple((folder / file).with_suffix(".pdf").read_bytes() for file in names)


def text_of(data: bytes) -> list[str]:
    """The words of a PDF page by page, in the order they were written."""
    document = pypdfium2.PdfDocument(data)
    return [document[number].get_textpage().get_text_range() for number in range(len(document))]
