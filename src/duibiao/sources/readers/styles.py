"""Word styles: which of them are headings, titles, lines of a table of contents, or carry a list number."""

import re
from dataclasses import dataclass
from typing import Any

from duibiao.sources.readers.zipped import attribute, child, local

HEADING = re.compile(r"(?:heading|标题)\s*([1-9])")
CONTENTS = re.compile(r"(?:toc|目录)\s*[1-9]")
TITLES = {"title", "标题"}


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    parent: str
    level: int | None
    place: tuple[str, int] | None


class Styles:
    """The paragraph styles of a Word document (段落样式)."""

    def __init__(self, root: Any | None) -> None:
        items = () if root is None else root
        self._styles = {attribute(item, "styleId") or "": _style(item) for item in items if local(item) == "style"}

    def _chain(self, paragraph: Any) -> list[_Style]:
        """The style of a paragraph and those it is based on."""
        named = child(paragraph, "pPr", "pStyle")
        code = attribute(named, "val") if named is not None else None
        found: list[_Style] = []
        while code in self._styles and len(found) < 20:
            found.append(self._styles[code])
            code = found[-1].parent
        return found

    def heading_level(self, paragraph: Any) -> int | None:
        """The heading level that the style of a paragraph states."""
        for style in self._chain(paragraph):
            if match := HEADING.fullmatch(style.name):
                return int(match[1])
            if style.level is not None:
                return style.level or None
        return None

    def list_place(self, paragraph: Any) -> tuple[str, int] | None:
        """The list and level that the style of a paragraph states."""
        return next((style.place for style in self._chain(paragraph) if style.place), None)

    def is_title(self, paragraph: Any) -> bool:
        """Tell whether the style is that of the document's title."""
        return any(style.name in TITLES for style in self._chain(paragraph))

    def is_contents(self, paragraph: Any) -> bool:
        """Tell whether the paragraph is a line of the table of contents."""
        return any(CONTENTS.fullmatch(style.name) for style in self._chain(paragraph))


def _style(element: Any) -> _Style:
    facts = {local(item): attribute(item, "val") or "" for item in element}
    properties = child(element, "pPr")
    level = outline_level(properties)
    return _Style(facts.get("name", "").lower().strip(), facts.get("basedOn", ""), level, list_place(properties))


def outline_level(properties: Any | None) -> int | None:
    """The outline level (1 is the highest) that paragraph properties state; 0 for body text stated as such."""
    element = child(properties, "outlineLvl") if properties is not None else None
    level = attribute(element, "val") if element is not None else None
    if level is None or level not in set("0123456789"):
        return None
    return int(level) + 1 if level != "9" else None


def list_place(properties: Any | None) -> tuple[str, int] | None:
    """The list and level that paragraph properties state."""
    if properties is None or (element := child(properties, "numPr")) is None:
        return None
    facts = {local(item): attribute(item, "val") or "" for item in element}
    level = facts.get("ilvl", "0")
    return (facts.get("numId", ""), int(level)) if level in set("012345678") else None


def is_on(switch: Any | None) -> bool:
    """Tell whether a switch such as ``w:vanish`` is set."""
    return switch is not None and attribute(switch, "val") not in ("0", "false", "off")
