"""OFD (GB/T 33190): the words of each page, put into lines by where they stand. Own reader: zip and XML."""

import posixpath
from dataclasses import dataclass
from typing import Any

from duibiao.sources.blocks import BlockKind, Reading
from duibiao.sources.readers.building import Builder
from duibiao.sources.readers.limits import InputFile
from duibiao.sources.readers.zipped import Package, attribute, child, local

DEFAULT_SIZE = 4.0  # millimetres, the usual body text
SAME_LINE = 0.5  # of the size of the letters
GAP = 0.6


@dataclass(frozen=True, slots=True)
class _Words:
    """Words at a place of a page, in millimetres from its upper left corner."""

    text: str
    x: float
    y: float
    end: float
    size: float


def read(file: InputFile) -> Reading:
    """Read an OFD file."""
    package = Package(file)
    if "Encryptions.xml" in package or "OFD.xml" not in package:
        file.refuse("READ-ENCRYPTED" if "Encryptions.xml" in package else "READ-DAMAGED", detail="OFD.xml")
    builder = Builder(file, "ofd")
    pages = pictures = 0
    for document in (found for found in package.xml("OFD.xml") if local(found) == "DocBody"):
        root = child(document, "DocRoot")
        if root is None or not (root.text or "").strip():
            file.refuse("READ-DAMAGED", detail="DocRoot")
        for name in _pages(package, root.text.strip()):
            pages += 1
            if pages > file.limits.pages:
                file.too_large("pages", file.limits.pages)
            builder.begin_page()
            pictures += _page(package.xml(name), builder)
    if pictures and (builder.is_empty or pictures * 2 > pages):
        file.refuse("READ-SCANNED", pages=pictures)
    return builder.finish()


def _pages(package: Package, document: str) -> list[str]:
    """The parts that hold the pages, in order; each path counts from the part that names it."""
    pages = child(package.xml(document), "Pages")
    folder = posixpath.dirname("/" + document.lstrip("/"))
    places = [
        attribute(page, "BaseLoc") or "" for page in (pages if pages is not None else ()) if local(page) == "Page"
    ]
    return [posixpath.normpath(posixpath.join(folder, place)) for place in places]


def _page(root: Any, builder: Builder) -> bool:
    """Add the lines of a page; tell whether it is only a picture."""
    content = child(root, "Content")
    words: list[_Words] = []
    has_picture = False
    for element in content.iter() if content is not None else ():
        if local(element) == "TextObject":
            words += _object(element)
        has_picture = has_picture or local(element) == "ImageObject"
    for line in _lines(words):
        builder.add(BlockKind.LINE, line)
    return has_picture and not words


def _object(element: Any) -> list[_Words]:
    """The words of a text object, at their place on the page."""
    x, y, width, _ = _numbers(attribute(element, "Boundary"), 4)
    a, b, c, d, e, f = _numbers(attribute(element, "CTM"), 6) if attribute(element, "CTM") else (1, 0, 0, 1, 0, 0)
    size = (_numbers(attribute(element, "Size"), 1)[0] or DEFAULT_SIZE) * (abs(d) or 1)
    found, before = [], (0.0, 0.0)
    for code in element:
        if local(code) != "TextCode":
            continue
        at = (_number(attribute(code, "X"), before[0]), _number(attribute(code, "Y"), before[1]))
        before = at
        text = "".join(character for character in code.text or "" if character.isprintable() or character == "\u3000")
        if text:
            left, top = x + a * at[0] + c * at[1] + e, y + b * at[0] + d * at[1] + f
            found.append(_Words(text, left, top, max(x + width, left), size))
    return found


def _lines(words: list[_Words]) -> list[str]:
    """Put words at about the same height into one line, from top to bottom and from left to right."""
    lines: list[list[_Words]] = []
    for word in sorted(words, key=lambda word: (word.y, word.x)):
        if lines and word.y - lines[-1][0].y < SAME_LINE * min(word.size, lines[-1][0].size):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [_joined(sorted(line, key=lambda word: word.x)) for line in lines]


def _joined(line: list[_Words]) -> str:
    parts: list[str] = []
    end = line[0].x
    for word in line:
        if parts and word.x - end > GAP * word.size:
            parts.append(" ")
        parts.append(word.text)
        end = word.end
    return "".join(parts)


def _number(text: str | None, default: float) -> float:
    try:
        number = float(text) if text else default
    except ValueError:
        return default
    return number if -1e6 < number < 1e6 else default


def _numbers(text: str | None, count: int) -> list[float]:
    found = [_number(part, 0.0) for part in (text or "").split()[:count]]
    return found + [0.0] * (count - len(found))
