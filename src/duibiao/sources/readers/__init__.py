"""Readers: a file of any format becomes the same thing, blocks that point back into the original text."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from duibiao.sources.blocks import Reading
from duibiao.sources.readers.limits import InputFile, Limits

__all__ = ["FORMATS", "Limits", "read", "read_unnamed"]

# The module of each format, loaded when it is first needed: the libraries behind them take long to load.
READERS = {"txt": "txt", "docx": "docx", "pdf": "pdf", "html": "html", "ofd": "ofd", "doc": "office"}
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
PACKAGED = frozenset({"docx", "ofd"})
HTML_SIGNS = (b"<!doctype html", b"<html", b"<head", b"<body")
PDF_SEARCH = 1024  # readers accept a PDF that begins within the first kilobyte
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def read(path: Path, limits: Limits | None = None, *, ocr: bool = False) -> Reading:
    """Read a document; raise UserError when it cannot be read, is not what its name says, or is a danger.

    ``ocr``: recognise the words in pictures of pages; needs the extra ``ocr``.
    """
    file = InputFile.open(path, limits or Limits(), ocr=ocr)
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        file.refuse("READ-FORMAT", suffix=suffix or path.name, known=" ".join(FORMATS))
    reader, accepted = FORMATS[suffix]
    found = looks_like(file)
    if found == "encrypted":
        file.refuse("READ-ENCRYPTED")
    # A package under another name is mislabelled, whole or not; it is opened only where one was announced.
    if found == "zip" and PACKAGED.intersection(accepted):
        found = _packaged(file)
    if found not in accepted:
        file.refuse("READ-MISLABELLED", named=suffix, found=found)
    return _reader(reader)(file)


def read_unnamed(path: Path, limits: Limits | None = None) -> Reading:
    """Read a file whose name tells nothing (an archived one), by what its content looks like."""
    file = InputFile.open(path, limits or Limits())
    found = looks_like(file)
    if found == "encrypted":
        file.refuse("READ-ENCRYPTED")
    if found == "zip":
        found = _packaged(file)
    found = {"text": "txt", "rtf": "doc"}.get(found, found)
    if found not in READERS:
        file.refuse("READ-FORMAT", suffix=found, known=" ".join(FORMATS))
    return _reader(found)(file)


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


def _reader(kind: str) -> Callable[[InputFile], Reading]:
    found: Callable[[InputFile], Reading] = import_module(f"{__name__}.{READERS[kind]}").read
    return found


def _packaged(file: InputFile) -> str:
    """What a zip file holds."""
    package = import_module(f"{__name__}.zipped").Package(file)
    if "OFD.xml" in package:
        return "ofd"
    if "[Content_Types].xml" not in package:
        return "zip"
    types = package.part("[Content_Types].xml")
    return "docx" if b"wordprocessingml.document.main" in types else "zip"
