"""Text with placeholders (占位文字): ``{field}`` is filled in by name, ``**strong**`` is set bold, ``{{`` is a brace.

Nothing is evaluated: a placeholder is a name from a documented list, or it is refused. There is no attribute access,
no format specification and no expression.
"""

import re
from dataclasses import dataclass

NAME = re.compile(r"[a-z][a-z_]*(?:\.[a-z][a-z_]*)?", re.ASCII)
"""A field's name: ``targets``, or ``row.value`` for a field of what a loop goes through."""
FIGURE = re.compile(r"[A-Za-z0-9_\-./]+(?:/[^\s{}/]+)*")
"""A figure's id, as a passage a person writes may name it: ``row/five-year-14-11/value``."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place to be filled in (占位): ``name`` as written between the braces."""

    name: str
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class PlainWords:
    """Text that stands as it is (照排文字)."""

    text: str
    is_strong: bool = False


Piece = PlainWords | Slot


class BraceError(ValueError):
    """A brace without its partner, an empty placeholder, or one with anything but a name in it (占位写法有误)."""


def pieces(text: str, allowed: re.Pattern[str] = NAME) -> tuple[Piece, ...]:
    """Split text into words and slots. Raises BraceError with what stands there for a malformed placeholder."""
    found: list[Piece] = []
    for number, part in enumerate(text.split("**")):
        found.extend(_part(part, allowed, is_strong=number % 2 == 1))
    if text.count("**") % 2:
        raise BraceError("**")
    return tuple(found)


def _part(text: str, allowed: re.Pattern[str], *, is_strong: bool) -> list[Piece]:
    found: list[Piece] = []
    words, place = "", 0
    while place < len(text):
        mark = text[place]
        if text.startswith(("{{", "}}"), place):
            words, place = words + mark, place + 2
        elif mark == "{":
            end = text.find("}", place)
            name = text[place + 1 : end] if end > 0 else ""
            if not allowed.fullmatch(name):
                raise BraceError(text[place : end + 1] if end > 0 else text[place:])
            if words:
                found.append(PlainWords(words, is_strong))
            found.append(Slot(name, is_strong))
            words, place = "", end + 1
        elif mark == "}":
            raise BraceError(text[: place + 1][-12:])
        else:
            words, place = words + mark, place + 1
    if words:
        found.append(PlainWords(words, is_strong))
    return found
