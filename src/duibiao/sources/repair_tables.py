"""Tables in plain lines: tab-separated ones become rows with cells, indicator tables without rules stay lines."""

import re
from collections.abc import Sequence

from duibiao.sources.blocks import Block, BlockKind
from duibiao.sources.mapped import MappedText
from duibiao.sources.repair_lines import Line
from duibiao.sources.repair_words import cleaned, tidied

_HEAD = re.compile(r"序\s?号|类\s?[型别]|分类|领域|指\s?标|项目|名\s?称|维度")
_COLUMN = re.compile(r"(?:19|20)\d\d\s?年|基期|基准|现状|目标|完成值|规划值|预期值|属\s?性|单\s?位|性质|\d{4}(?=\s|$)")
_FIGURE = r"[+-]?\d[\d.,]*(?:[%％‰]|万|亿)?(?:[∶:：—–~～-]\d[\d.]*%?)?"
_VALUE = rf"(?:[≥≤><＞＜〉〈]?\s?[〔\[(（]?{_FIGURE}[〕\])）]?(?:左右|以上|以内|以下)?|—+|-+|－|/)"
_ROW = re.compile(rf"(?:^|.*\s){_VALUE}(?:\s+(?:{_VALUE}|[\u4e00-\u9fff]{{1,3}}性|[\u4e00-\u9fff%、]{{1,12}}))*$")
_RULE_LINE = re.compile(r"[\s|:+=\-—─_]{3,}")
_LONGEST_TABLE = 400
_LONGEST_NAME = 20
_SENTENCE_MARK = re.compile(r"[。，；：:]")
_CAPTION = re.compile(r"专栏|附?表|附件|图|注")


def mark_tables(lines: Sequence[Line], first: int) -> int:
    """Number the tables among the lines from ``first`` on and return the next free number."""
    number, barren, done = first, 0, 0
    parted = [at for at, line in enumerate(lines) if " " in (text := line.text) or "\t" in text or text[0] == "|"]
    for at in parted:
        if at < done:
            continue
        end = _cells_end(lines, at)
        has_cells = end > 0
        if not end and at >= barren and _is_head(lines[at]):
            end = _region_end(lines, at)
            if end < 0:  # no rows up to there: no head before that place begins a table either
                barren, end = -end, 0
        if end:
            for line in lines[at:end]:
                line.table, line.is_name = number, has_cells and not _is_cells(line)
            number += 1
            done = end
    return number


def _is_cells(line: Line) -> bool:
    text = line.text
    return "\t" in text or (text.startswith("|") and text.count("|") > 2)


def _cells_end(lines: Sequence[Line], start: int) -> int:
    """One past the last line of a table whose cells are parted by tabs or bars; 0 when none begins here."""
    if not _is_cells(lines[start]):
        return 0
    end = start + 1
    while end < len(lines) and (_is_cells(lines[end]) or _names_rows(lines, end)):
        end += 1
    return end if end - start > 1 else 0


def _names_rows(lines: Sequence[Line], at: int) -> bool:
    """Tell whether a line between rows is a cell over the whole width: short, no sentence, and the rows go on."""
    text = lines[at].text
    if len(text) > _LONGEST_NAME or _SENTENCE_MARK.search(text) or _CAPTION.match(text) or at + 1 >= len(lines):
        return False
    before, after = lines[at - 1].text, lines[at + 1].text
    return "\t" in before and after.count("\t") > 1 and not (_HEAD.search(after) and _COLUMN.search(after))


def _is_head(line: Line) -> bool:
    text = line.text
    if len(text) > 60 or "。" in text or "，" in text or " " not in text:
        return False
    return _HEAD.search(text) is not None and _COLUMN.search(text) is not None and len(text.split()) > 1


def _region_end(lines: Sequence[Line], start: int) -> int:
    """One past the last line of an indicator table without rules; negative where the lines hold no rows."""
    rows, end = 0, start + 1
    for at in range(start + 1, min(len(lines), start + _LONGEST_TABLE)):
        line = lines[at]
        if _ends_region(line):
            break
        if len(line.text) <= 80 and _ROW.fullmatch(line.text):
            rows += 1
        end = at + 1
    return end if rows >= 2 else -end


def _ends_region(line: Line) -> bool:
    if line.is_source or "。" in line.text:
        return True
    if line.opener is None or line.opener.kind in ("item", "decimal", "dash", "subitem", "circle"):
        return False
    return _ROW.fullmatch(line.text[:80]) is None


def table_block(line: Line) -> Block | None:
    """The block of a line inside a table; None for a line that only draws the rules."""
    text = line.words.text
    if _is_cells(line) or line.is_name:
        if _RULE_LINE.fullmatch(text):
            return None
        return Block(BlockKind.TABLE_ROW, line.words, cells=_cells(line.words), table=line.table)
    return Block(BlockKind.LINE, tidied(line.words), table=line.table)


def _cells(words: MappedText) -> tuple[MappedText, ...]:
    text = words.text
    mark = "|" if text.startswith("|") else "\t"
    start, stop = (1, len(text.rstrip().removesuffix("|"))) if mark == "|" else (0, len(text))
    found = []
    while start <= stop:
        end = text.find(mark, start, stop)
        end = stop if end < 0 else end
        found.append(cleaned(words.slice(start, end)))
        start = end + 1
    return tuple(found)
