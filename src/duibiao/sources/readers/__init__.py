"""Readers: a file of any format becomes the same thing, blocks that point back into the original text."""

from collections.abc import Callable
from pathlib import Path

from duibiao.sources.blocks import Reading
from duibiao.sources.readers import docx, html, ofd, office, pdf, txt
from duibiao.sources.readers.limits import InputFile, Limits
from duibiao.sources.readers.zipped import Package

__all__ = ["FORMATS", "Limits", "read", "read_unnamed"]

READERS: dict[str, Callable[[InputFile], Reading]] = {
    "txt": txt.read,
    "docx": docx.read,
    "pdf": pdf.read,
    "html": html.read,
    "ofd": ofd.read,
    "doc": office.read,
}
# By the end of the name: the reader, and what the content may look like.
FORMATS: dict[str, tuple[str, tuple[str, ...]]] = {
    ".txt": ("txt", ("text",)),
    ".docx": ("docx", ("docx",)),
    ".pdf": ("pdf", ("pdf",)),
    ".html": ("html", ("html", "text")),
    ".htm": ("html", ("html", "text")),
    ".shtml": ("html", ("html", "text")),
    ".ofd": ("ofd", ("ofd",)),
    ".doc": ("doc", ("doc", "rtf")),
    ".wps": ("doc", ("doc", "rtf")),
}
SIGNS = (
    (b"%PDF-", "pdf"),
    (b"PK\3\4", "zip"),
    (b"PK\5\6", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG\r\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"\x7fELF", "program"),
)
HTML_SIGNS = (b"<!doctype html", b"<html", b"<head", b"<body")
PDF_SEARCH = 1024  # readers accept a PDF that begins within the first kilobyte
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def read(path: Path, limits: Limits | None = None) -> Reading:
    """Read a document; raise UserError when it cannot be read, is not what its name says, or is a danger."""
    file = InputFile.open(path, limits or Limits())
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        file.refuse("READ-FORMAT", suffix=suffix or path.name, known=" ".join(FORMATS))
    reader, accepted = FORMATS[suffix]
    found = looks_like(file)
    if found == "encrypted":
        file.refuse("READ-ENCRYPTED")
    if found == "zip" and reader in ("docx", "ofd"):
        found = _packaged(Package(file))
    if found not in accepted:
        file.refuse("READ-MISLABELLED", named=suffix, found=found)
    return READERS[reader](file)


def read_unnamed(path: Path, limits: Limits | None = None) -> Reading:
    """Read a file whose name tells nothing (an archived one), by what its content looks like."""
    file = InputFile.open(path, limits or Limits())
    found = looks_like(file)
    if found == "zip":
        found = _packaged(Package(file))
    found = {"text": "txt", "rtf": "doc"}.get(found, found)
    if found not in READERS:
        file.refuse("READ-FORMAT", suffix=found, known=" ".join(FORMATS))
    return READERS[found](file)


def looks_like(file: InputFile) -> str:
    """What the content looks like, whatever the name says."""
    data = file.data
    for sign, kind in SIGNS:
        if data.startswith(sign):
            return "encrypted" if kind == "doc" and ENCRYPTED_PACKAGE in data else kind
    head = data[:PDF_SEARCH]
    if b"%PDF-" in head:
        return "pdf"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((*HTML_SIGNS, b"<?xml")):
        return "html" if any(sign in start for sign in HTML_SIGNS) else "xml"
    return "text"


def _packaged(package: Package) -> str:
    """What a zip file holds."""
    if "OFD.xml" in package:
        return "ofd"
    if "[Content_Types].xml" not in package:
        return "zip"
    types = package.part("[Content_Types].xml")
    return "docx" if b"wordprocessingml.document.main" in types else "zip"
