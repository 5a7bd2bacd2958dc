"""Rules with numeric floors: observation points of an evaluation, selection criteria, each with its legal footnote."""

import re
from collections.abc import Iterator
from decimal import Decimal

from duibiao.extract.floors import Floor, floors
from duibiao.extract.footnotes import Mark, Note, marks, split_notes
from duibiao.extract.items import DraftItem, ItemType
from duibiao.extract.outline import Context, Node, NodeKind
from duibiao.extract.place import passage, with_gaps
from duibiao.extract.ratios import TO_MANY, directed
from duibiao.kernel.quick import quick_dataclass
from duibiao.kernel.text import folded, without_spaces
from duibiao.sources.blocks import Original
from duibiao.sources.mapped import MappedText

RULE = "rule.floor"
CONFIDENCE = Decimal("0.95")
"""Share of floors right on the gold readings, less one for what they do not show."""

BETWEEN = " / "
_JUDGING = "(?:遴选|评选|申报|认定|评价|评估|考核|督导|验收|准入|设置|推荐|入选|达标|合格|监测|评审|审核|创建)"
_RULING_HEADING = re.compile(
    rf"{_JUDGING}(?:基本|主要)?(?:标准|条件|要点|指标|要求|内容)|基本(?:条件|要求|标准)|观测点|(?:评估|评价).{{0,12}}框架|指标体系|标准框架"
)
_RULING_END = re.compile("标准|条件|要[点求]|指标|内容|观测点|框架")
"""What a ruling heading ends with."""
_LONGEST_RULING = 20  # characters; no match is longer
_RULING_TITLE = re.compile(
    rf"{_JUDGING}(?:工作|实施|指标)?(?:方案|办法|标准|细则|指标|条件|规程|框架|体系)|基本(?:条件|标准)|标准(?:（试行）)?$|条件指标"
)
_POINT = re.compile(r"\s*(\d{1,3})[.．、]\s*(?!\d)")
_ELEMENT = re.compile(r"\s*(\d{1,2}\.\d{1,2})\s*(?=[^\d\s%％])")
_FIGURE = re.compile(r"\d+(?:[.:/]\d+)*")
_ROOT = NodeKind.ROOT
_LONGEST_ELEMENT = 24
_NUMBERED = (NodeKind.ITEM, NodeKind.SUBITEM, NodeKind.ARTICLE, NodeKind.SECTION)


@quick_dataclass(frozen=True, slots=True)
class _Stretch:
    """A paragraph or heading with what it stands under."""

    words: MappedText
    section: str
    number: str


def rules(node: Node, original: Original, context: Context) -> list[DraftItem]:
    """The floors of a whole document; call it with the root, because footnotes stand at the end."""
    if node.kind is not _ROOT:
        return []
    is_ruled = _RULING_TITLE.search(context.document) is not None
    if not is_ruled and not _has_ruling_heading(node, context):
        return []
    stretches = list(_stretches(node, original, context))
    body, notes = split_notes([one.words for one in stretches])
    kept = _with_elements([stretches[at] for at in body])
    found = marks([one.words for one in kept], notes)
    items: list[DraftItem] = []
    for at, stretch in enumerate(kept):
        if is_ruled or _RULING_HEADING.search(stretch.section):
            own = [mark for mark in found if mark.stretch == at]
            items += _items(stretch, own, notes, original, context)
    return items


def _has_ruling_heading(root: Node, context: Context) -> bool:
    """Tell whether a path of headings rules: most documents rule nothing, and their words need not be gone through.

    What stands in the headings above was looked at with them: of each path only its last heading is, and the few
    characters before it that a match may reach back to.
    """
    if _RULING_HEADING.search(context.section):
        return True
    pending = [(root, context.section)]
    while pending:
        node, section = pending.pop()
        if node.kind is not _ROOT:
            own = f"{node.number} {node.title.text}".strip()
            begin = len(section) - _LONGEST_RULING
            section = f"{section}{BETWEEN}{own}" if section and own else section or own
            if _RULING_END.search(own) and _RULING_HEADING.search(section, max(begin, 0)):
                return True
        pending += [(child, section) for child in node.children]
    return False


def _stretches(root: Node, original: Original, context: Context) -> Iterator[_Stretch]:
    """Headings and paragraphs in reading order."""
    pending = [(root, context.section, "")]
    while pending:
        node, section, number = pending.pop()
        if node.kind is not _ROOT:
            section = BETWEEN.join(filter(None, (section, f"{node.number} {node.title.text}".strip())))
            number = node.number if node.kind in _NUMBERED and node.number else number
        mark = f"{node.number}." if node.kind is NodeKind.ITEM and node.number.isdigit() else ""
        for words in _words(node):
            parted = with_gaps(words, original)
            yield _Stretch(MappedText.joined([mark, parted]) if mark else parted, section, number)
            mark = ""
        pending += [(child, section, number) for child in reversed(node.children)]


def _words(node: Node) -> Iterator[MappedText]:
    if node.title.text:
        yield node.title
    for block in node.blocks:
        yield from dict.fromkeys(block.cells) if block.cells else (block.words,)


def _with_elements(stretches: list[_Stretch]) -> list[_Stretch]:
    """Give every paragraph the number of its observation point and the element (4.2 …) it stands under."""
    found: list[_Stretch] = []
    element = ""
    section = None
    for one in stretches:
        if one.section != section and not one.section.startswith(section or "\0"):
            element = element if _POINT.match(one.words.text) else ""
        section = one.section
        text = one.words.text.strip()
        if _ELEMENT.match(text) and len(text) <= _LONGEST_ELEMENT:
            element = _ELEMENT.sub(lambda found: f"{found[1]} ", without_spaces(text))
        point = _POINT.match(one.words.text)
        number = point[1] if point else one.number
        where = BETWEEN.join(filter(None, (one.section, element))) if element not in one.section else one.section
        found.append(_Stretch(one.words, where, number))
    return found


def _items(
    stretch: _Stretch, own: list[Mark], notes: list[Note], original: Original, context: Context
) -> Iterator[DraftItem]:
    words = stretch.words.without([(mark.start, mark.end) for mark in own])
    removed = 0
    places: list[tuple[int, int]] = []  # where each mark stood in the words without marks
    for mark in own:
        places.append((mark.start - removed, mark.note))
        removed += mark.end - mark.start
    found = list(floors(words.text))
    for floor in found:
        called = [note for at, note in places if _calls(at, floor, words.text, found)]
        called = called or _called_later(floor, places, words.text, notes)
        yield _item(floor, words, stretch, _note_flags(called, notes, original), original, context)


def _calls(at: int, floor: Floor, text: str, found: list[Floor]) -> bool:
    """Tell whether a mark belongs to a floor: inside it or right behind it."""
    if floor.start <= at <= floor.end:
        return not any(
            other is not floor and other.start < at <= other.end and other.start > floor.start for other in found
        )
    return floor.end < at and not text[floor.end : at].strip()


def _called_later(floor: Floor, places: list[tuple[int, int]], text: str, notes: list[Note]) -> list[int]:
    """One mark may stand for several floors of a sentence: the note repeats the figure of each."""
    figure = _FIGURE.search(folded(floor.written))
    for at, note in places:
        if at >= floor.end:
            is_near = not any(mark in text[floor.end : at] for mark in "。；")
            return [note] if figure and is_near and figure[0] in folded(notes[note - 1].words.text) else []
    return []


def _note_flags(called: list[int], notes: list[Note], original: Original) -> tuple[str, ...]:
    flags: list[str] = []
    for number in called:
        found = passage(notes[number - 1].words, original)
        flags += [f"footnote:{number}", f"footnote_at:{found.locator}", f"footnote_hash:{found.hash}"]
    return tuple(flags)


def _item(
    floor: Floor, words: MappedText, stretch: _Stretch, notes: tuple[str, ...], original: Original, context: Context
) -> DraftItem:
    operator, undecided = directed(floor.subject, floor.unit, floor.operator)
    return DraftItem(
        type=ItemType.RULE,
        document=context.document,
        section=stretch.section,
        number=stretch.number,
        subject=floor.subject,
        passage=passage(words.slice(floor.start, floor.end).stripped(), original),
        rule=RULE,
        confidence=CONFIDENCE,
        operator=operator,
        is_soft=floor.is_soft,
        written=floor.written,
        value=floor.value,
        upper=floor.upper,
        unit=floor.unit,
        period=floor.period,
        counting=floor.counting,
        flags=(*floor.flags, *(("inverse_ratio",) if floor.unit == TO_MANY else ()), *undecided, *notes),
    )
