"""Breaks a title into lines as official documents want it: whole words, lines like a trapezium or a lozenge.

GB/T 9704-2012 §7.3.1: 回行时词意完整、排列对称、长短适宜，梯形或菱形. Without a dictionary a program does not
know every word; it knows where a line must not break and which endings and beginnings are good. A writer who wants
other lines puts line breaks into the title.
"""

import re
from itertools import combinations, pairwise

# Never at the beginning of a line, never at the end of one.
_NOT_FIRST = frozenset("的、，。；：）》”’〉」』〕！？%％年月日号个度及和与等")
_NOT_LAST = frozenset("（《“‘〈「『〔第")
# Runs that are one word: western words and numbers, and words that titles of this field are made of.
_WHOLE = re.compile(
    r"[A-Za-z0-9.．%％—–~-]+年?|“[^”]{1,8}”|"
    "教育|事业|发展|规划|计划|方案|纲要|情况|实施|评估|总结|年度|中期|专项|报告|监测|建设|强国|强市|重庆市?|中国|全市|全国|"
    "行动|指标|任务|清单|区县|委员会|人民政府|高质量|现代化|改革|创新|职业|高等|基础|学前|义务|进展|工作|问题|整改|督导|数据|"
    "质量|说明|通知|意见|办法|关于|主要|完成|执行|目标|十四五|十五五"
)
# More lines than any title has; trying every break of a longer text would take for ever.
_MOST_LINES = 4
# Good to begin a line with: what the title is about comes after them, or they open the last part.
_GOOD_FIRST = re.compile(r"关于|实施|总结|年度|中期|专项|评估|工作|执行|进展|完成|主要|《|“|（")
_GOOD_LAST = re.compile(r"(?:规划|计划|方案|纲要|教育|委员会|情况|行动|》|）|”|的)$")


def title_lines(title: str, per_line: int) -> tuple[str, ...]:
    """The lines of a title, at most ``per_line`` Chinese characters each; a title with line breaks keeps its own."""
    if "\n" in title:
        return tuple(line.strip() for line in title.split("\n") if line.strip())
    if _width(title) <= per_line:
        return (title,)
    places = _places(title)
    fewest = -(-_width(title) // per_line)
    for count in range(fewest, min(fewest + 2, _MOST_LINES + 1)):
        cuts = (_cut(title, places_) for places_ in combinations(places, count - 1))
        choices = [lines for lines in cuts if all(_width(line) <= per_line for line in lines)]
        if choices:
            return min(choices, key=lambda lines: _cost(lines, per_line))
    return _hard(title, per_line)


def _width(text: str) -> int:
    """The width in Chinese characters, western ones half as wide, rounded up."""
    return -(-sum(1 if ord(character) < 0x2E80 and character not in "“”‘’—…" else 2 for character in text) // 2)


def _places(title: str) -> list[int]:
    """Where a line may end, as number of characters before the break."""
    inside = {at for found in _WHOLE.finditer(title) for at in range(found.start() + 1, found.end())}
    return [
        at
        for at in range(2, len(title) - 1)
        if at not in inside and title[at] not in _NOT_FIRST and title[at - 1] not in _NOT_LAST
    ]


def _cut(title: str, places: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(title[start:end] for start, end in pairwise((0, *places, len(title))))


def _cost(lines: tuple[str, ...], per_line: int) -> float:
    """Less is better: even lines in the shape of a trapezium or lozenge, broken where words begin."""
    widths = [_width(line) for line in lines]
    uneven = (max(widths) - min(widths)) / per_line
    rises = [after - before for before, after in pairwise(widths)]
    hourglass = any(a < 0 < b for a, b in pairwise(rises))
    flat = all(rise == 0 for rise in rises)
    known = sum(2 for line in lines[1:] if not _GOOD_FIRST.match(line)) + sum(
        1 for line in lines[:-1] if not _GOOD_LAST.search(line)
    )
    unknown = sum(1 for line in lines[1:] if not _WHOLE.match(line))
    return 3 * uneven + 2 * hourglass + 0.5 * flat + 0.4 * known + 0.6 * unknown


def _hard(title: str, per_line: int) -> tuple[str, ...]:
    """A title nothing else fits: full lines."""
    lines, line = [], ""
    for character in title:
        if line and _width(line + character) > per_line:
            lines.append(line)
            line = ""
        line += character
    return (*lines, line)
