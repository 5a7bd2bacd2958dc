"""Packages of parts (docx, ofd): unpacked within limits, their XML parsed without entities."""

import io
import zipfile
import zlib
from typing import Any

from lxml import etree

from duibiao.sources.readers.limits import InputFile

CHUNK = 1 << 18
ENTITY_MARKS = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
UNPACKING_FAILS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError)


class Package:
    """A zip file read within limits (文件包): every part is bounded, and so is their sum."""

    def __init__(self, file: InputFile) -> None:
        self.file = file
        self._unpacked = 0
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(file.data))
        except UNPACKING_FAILS:
            # The directory of a zip stands at its end: without it the file was cut off, or something overwrote it.
            file.refuse("READ-DAMAGED" if b"PK\5\6" in file.data[-70_000:] else "READ-TRUNCATED", detail="zip")
        entries = self._zip.infolist()
        if len(entries) > file.limits.parts:
            file.too_large("parts", file.limits.parts)
        if any(entry.flag_bits & 1 for entry in entries):
            file.refuse("READ-ENCRYPTED")
        self._entries = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in entries}

    def __contains__(self, name: str) -> bool:
        return name.lstrip("/").lower() in self._entries

    def part(self, name: str) -> bytes:
        """Unpack one part; refuse a bomb while it unpacks, not afterwards."""
        limits = self.file.limits
        entry = self._entries.get(name.lstrip("/").lower())
        if entry is None:
            self.file.refuse("READ-DAMAGED", detail=name)
        kept, size = [], 0
        try:
            with self._zip.open(entry) as stream:
                while chunk := stream.read(CHUNK):
                    kept.append(chunk)
                    size += len(chunk)
                    if size > limits.ratio_from and size > limits.ratio * max(entry.compress_size, 1):
                        self.file.refuse("READ-BOMB", ratio=limits.ratio)
                    if size > limits.part_bytes and entry.file_size > limits.ratio * max(entry.compress_size, 1):
                        self.file.refuse("READ-BOMB", ratio=limits.ratio)
                    if size > limits.part_bytes or self._unpacked + size > limits.total_bytes:
                        self.file.too_large("unpacked", min(limits.part_bytes, limits.total_bytes))
                    self.file.check_time()
        except UNPACKING_FAILS as error:
            self.file.refuse("READ-DAMAGED", detail=f"{name}: {error}")
        self._unpacked += size
        return b"".join(kept)

    def xml(self, name: str) -> Any:
        """Parse one part and return its root element."""
        return parsed(self.file, self.part(name), name)


def parsed(file: InputFile, data: bytes, name: str) -> Any:
    """Parse XML that declares no entities; nothing is fetched, nothing is expanded."""
    if any(mark in data for mark in ENTITY_MARKS):
        file.refuse("READ-ENTITY", part=name)
    if data.count(b"<") > file.limits.tags:
        file.too_large("tags", file.limits.tags)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if "depth" in str(error).lower():
            file.too_large("nesting", 256)
        if "XML_PARSE_HUGE" in str(error):
            file.too_large("stretch", 10_000_000)
        file.refuse("READ-DAMAGED", detail=f"{name}: {error}")
    if root.getroottree().docinfo.internalDTD is not None:
        file.refuse("READ-ENTITY", part=name)
    return root


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """An attribute by its name, in whatever namespace."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None


def child(element: Any, *path: str) -> Any:
    """The first element down a path of names, or None."""
    for name in path:
        element = next((found for found in element if local(found) == name), None)
        if element is None:
            return None
    return element
