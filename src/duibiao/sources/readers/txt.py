"""Plain text: the encoding is found, every physical line is a block, form feeds begin pages."""

import re
from itertools import accumulate, pairwise
from operator import add, sub

from charset_normalizer import from_bytes

from duibiao.sources.blocks import Original, PhysicalLines, Reading
from duibiao.sources.readers.limits import InputFile

SAMPLE = 1 << 16
BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# The lead bytes under which an encoding keeps its everyday characters: a wrong guess yields rare ones instead.
EVERYDAY = {"gb2312": range(0xB0, 0xD8), "big5": range(0xA4, 0xC7)}
GUESSES = (
    ("gb18030", ("gb2312",)),
    ("big5", ("big5",)),
    ("utf-16-le", ("gb2312", "big5")),
    ("utf-16-be", ("gb2312", "big5")),
)
SURE = 0.7
_ENDS = "\n\r\f\v\x85\u2028\u2029"
_LINE_ENDS = re.compile(rf"[{_ENDS}](?:(?<=\r)\n)?")
_SEPARATORS = "\x1c\x1d\x1e"
"""Python ends lines at these too; a text does not."""
_CONTROLS = re.compile(r"[\0-\x08\x0e-\x1f\x7f]")
_CONTROL_BYTES = bytes(byte for byte in range(128) if _CONTROLS.match(chr(byte)))
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def read(file: InputFile) -> Reading:
    """Read a text file."""
    text = decoded(file)
    if not text.strip():
        file.refuse("READ-EMPTY")
    _check_lines(file, text)
    pages = (0, *(match.end() for match in re.finditer("\f", text))) if "\f" in text else ()
    lines = _lines(text)
    rests = map(len, map(str.lstrip, lines))  # how far before its end the words of a line begin
    starts = list(map(sub, accumulate(map(len, lines)), rests))
    spans = tuple(zip(starts, map(add, starts, map(len, map(str.strip, lines))), strict=True))
    file.check_blocks(len(spans))
    return Reading(Original(file.sha256, "txt", text, pages), PhysicalLines(text, spans))


def decoded(file: InputFile) -> str:
    """The text of a file whose encoding is not known; refuse what is cut off, unknown or no text at all."""
    data = file.data
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _checked(file, _decode(file, data, encoding))
    try:
        return _checked(file, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        if error.end == len(data) and error.reason == "unexpected end of data" and error.start > 0:
            file.refuse("READ-TRUNCATED", detail="utf-8")
    guessed = _guess(data)
    if not guessed:
        file.refuse("READ-BINARY" if _is_binary(data) else "READ-ENCODING")
    return _checked(file, _decode(file, data, guessed))


def _decode(file: InputFile, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if error.end >= len(data) and len(data) - error.start < 4:
            file.refuse("READ-TRUNCATED", detail=encoding)
        file.refuse("READ-ENCODING", line=data.count(b"\n", 0, error.start) + 1)


def _guess(data: bytes) -> str | None:
    """The encoding under which the beginning reads as everyday Chinese; else what charset-normalizer finds."""
    sample = data[:SAMPLE]
    scores = {encoding: _everyday_share(sample, encoding, sets) for encoding, sets in GUESSES}
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] >= SURE:
        return best
    if _is_binary(sample):
        return None
    found = from_bytes(sample[:8192]).best()
    return found.encoding if found is not None and found.percent_chaos < 10 else None


def _everyday_share(sample: bytes, encoding: str, sets: tuple[str, ...]) -> float:
    """How much of the Chinese in a sample is everyday Chinese under an encoding."""
    try:
        text = sample[: len(sample) & ~3].decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 8:
            return 0.0
        text = sample[: error.start].decode(encoding)
    characters = _HAN.findall(text)
    others = sum(not character.isspace() and not character.isascii() for character in text) - len(characters)
    if _CONTROLS.search(text) or not characters or others > len(characters):
        return 0.0
    return max(sum(_is_everyday(character, name) for character in characters) for name in sets) / len(characters)


def _is_everyday(character: str, name: str) -> bool:
    try:
        return character.encode(name)[0] in EVERYDAY[name]
    except UnicodeEncodeError:
        return False


def _is_binary(data: bytes) -> bool:
    sample = data[:SAMPLE]
    controls = sum(byte < 9 or 13 < byte < 32 for byte in sample)
    return b"\0" in sample or controls > len(sample) // 100


def _checked(file: InputFile, text: str) -> str:
    """Refuse control characters: a picture or a program may happen to decode."""
    sample = text[:SAMPLE].encode("utf-8", "replace")
    controls = len(sample) - len(sample.translate(None, _CONTROL_BYTES))
    if "\0" in text or controls > min(len(text), SAMPLE) // 100:
        file.refuse("READ-BINARY")
    return text


def _lines(text: str) -> list[str]:
    """The physical lines with their ends."""
    if not any(separator in text for separator in _SEPARATORS):
        return text.splitlines(keepends=True)
    ends = [match.end() for match in _LINE_ENDS.finditer(text)]
    return [text[start:end] for start, end in pairwise((0, *ends, len(text))) if start < end]


def _check_lines(file: InputFile, text: str) -> None:
    """Refuse more lines than a document has before they are cut: each would be kept."""
    if len(text) > file.limits.blocks:
        file.check_blocks(sum(text.count(end) for end in _ENDS) - text.count("\r\n"))
