"""Text recognition for pictures of pages, where the extra ``ocr`` is installed: lines of words, each with a confidence.

rapidocr brings its models along and runs on the processor; nothing is fetched. It is loaded when it is first needed.
"""

import importlib
import importlib.util
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

DOTS = 200
"""Dots per inch a page is drawn with; more costs time and reads no better."""
MOST_PIXELS = 24_000_000
"""A page is drawn smaller rather than larger than this."""
SAME_LINE = 0.5
"""Two stretches stand on one line when they overlap in height by this share of the lower one."""
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """A line of a picture (识别行): its words from left to right, and the lowest confidence among them, 0 to 1."""

    text: str
    confidence: Decimal


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words in a picture (识别文字块): where they stand, in dots from the upper left, and how sure they are."""

    left: float
    top: float
    bottom: float
    text: str
    score: float


def is_installed() -> bool:
    """Tell whether the extra is there, without loading it."""
    return all(importlib.util.find_spec(name) for name in ("rapidocr", "onnxruntime"))


def lines_of(page: Any) -> list[RecognisedLine]:
    """Recognise the words of a page of a PDF, from top to bottom."""
    width, height = page.get_size()
    scale = min(DOTS / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale)
    try:
        return lines_in(bitmap.to_numpy())
    finally:
        bitmap.close()


def lines_in(picture: Any) -> list[RecognisedLine]:
    """Recognise the words of a picture."""
    found = _engine()(picture)
    if found.boxes is None or found.txts is None:
        return []
    stretches = [
        Stretch(
            min(float(x) for x, _ in box), min(float(y) for _, y in box), max(float(y) for _, y in box), text, score
        )
        for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        if text.strip()
    ]
    return list(in_lines(stretches))


def in_lines(stretches: Iterable[Stretch]) -> Iterator[RecognisedLine]:
    """Put stretches that stand side by side into one line."""
    line: list[Stretch] = []
    for one in sorted(stretches, key=lambda stretch: (stretch.top + stretch.bottom) / 2):
        if line and not _beside(line, one):
            yield _joined(line)
            line = []
        line.append(one)
    if line:
        yield _joined(line)


def _beside(line: Sequence[Stretch], one: Stretch) -> bool:
    first = line[0]
    shared = min(first.bottom, one.bottom) - max(first.top, one.top)
    return shared >= SAME_LINE * min(first.bottom - first.top, one.bottom - one.top)


def _joined(line: Sequence[Stretch]) -> RecognisedLine:
    ordered = sorted(line, key=lambda one: one.left)
    confidence = Decimal(repr(min(float(one.score) for one in ordered))).quantize(HUNDREDTH)
    return RecognisedLine(" ".join(one.text.strip() for one in ordered), confidence)


@cache
def _engine() -> Any:
    """The recogniser, loaded once: this takes seconds."""
    rapidocr = importlib.import_module("rapidocr")
    return rapidocr.RapidOCR(params={"Global.log_level": "critical"})
