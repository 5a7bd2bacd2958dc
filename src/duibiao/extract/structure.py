"""Structure: a file's blocks become documents, and each document a tree of its headings."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from duibiao.extract.outline import Part
from duibiao.extract.structure_tree import tree
from duibiao.sources.blocks import Block, BlockKind, Reading
from duibiao.sources.mapped import MappedText
from duibiao.sources.repair_openers import FIRST, LABEL, LABEL_FIRST, Opener, is_source_line, opener

_COUNT = "[\\d一二三四五六七八九十]{1,3}"
_DAY = rf"(?:(?:19|20)\d\d|[一二三四五六七八九〇○零]{{4}})年{_COUNT}月(?:{_COUNT}日)?"
_DATE = re.compile(rf"{_DAY}")
_STAMP = re.compile(r"(?:发布)?(?:时间|日期)?[:：]?(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?:\d{1,2}:\d\d(?::\d\d)?)?")
_DATE_ALONE = re.compile(rf"[（(]?{_DAY}(?:[，,][\u4e00-\u9fff]{{2,8}})?[）)]?")
_NUMBER = re.compile(
    r"[（(]?(?P<number>[\u4e00-\u9fff]{1,14}\s?[〔\[［（(]\s?(?:19|20)\d\d\s?[〕\]］）)]\s?第?\s?\d{1,4}\s?[号期])[）)]?"
)
_NUMBERED_TITLE = re.compile(
    r"(?<=[^（(《])[（(]?(?P<number>[\u4e00-\u9fff]{1,8}[〔\[［](?:19|20)\d\d[〕\]］]第?\d{1,4}号)[）)]?$"
)
_YEARS = re.compile(r"[（(](?:19|20)\d\d年?\s?[—–\-~～至─]{1,2}\s?(?:19|20)\d\d年?[）)]")
_KIND = re.compile(
    r"(?:方案|规划|纲要|意见|通知|办法|细则|决定|报告|标准|条例|公告|计划|要点|讲话|致辞|规定|指南|清单|措施|建议|通报|批复|函|框架|说明)"
    r"(?:[（(][^（）()]{1,24}[）)])*$"
)
_CONTENTS = re.compile(
    r"《(?P<title>[^》]{4,80}(?:》[^《》]{0,20}《[^》]{2,60})?)》(?:主要内容|全文|内容|具体内容)(?:如下|为)[。：:]?"
)
_ISSUES = re.compile(r"(?P<issuer>[^《》：:，]{2,30}?)印发(?:了|的)?《(?P<title>[^《》]{4,90})》(?:[（(]全文[）)])?")
_ISSUER = re.compile(r"(?P<issuer>[\u4e00-\u9fff、 ]{2,60}?)(?:关于|印发|转发|公布|发布)")
_OPENING = re.compile(
    r"新华社.{0,12}电|本报.{0,8}[讯电]|.{0,16}日电|近日|日前|尊敬的|各位|同志们|目\s?录$|[（(]此件.{0,12}[）)]$|为(?:全面|深入|认真)?贯彻|20\d\d年\d{1,2}月"
)
_RESERVED = re.compile(r"[（(]此件.{0,12}[）)]|[（(]联系人.*|抄送.*|主送.*")
_RESERVED_FIRST = frozenset("（(抄主")
_AUTHORITY = re.compile(r"[\u4e00-\u9fff、 ]{1,28}(?:人民政府|委员会|办公室|领导小组|[厅局委办部院署会])")
_OCCASION = re.compile(rf"[（(—―─-]{{0,3}}{_DAY}在.{{4,40}}[上会][）)]?")
_SPEAKER = re.compile(
    r".{0,12}(?:省长|主席|市长|州长|县长|区长|旗长|书记|主任|部长|厅长|局长|校长)[\s　]{0,4}[\u4e00-\u9fff·]{2,6}"
)
_STOPS = "。；：:！，、,;!？?"
_LONGEST_TITLE = 80
_MOST_LINES = 5
_LOOK_BACK = 6


@dataclass(slots=True)
class _Document:
    """A document that is being found: blocks from ``start`` up to ``end``; the title stands in ``titles``."""

    start: int
    titles: tuple[int, ...] = ()
    title: MappedText | None = None
    is_attached: bool = False
    end: int = 0
    parts: int = field(default=0)  # the last number of its 一、 二、 headings


def split(reading: Reading) -> list[Part]:
    """Split a file into its documents with their titles and trees; a file with one document gives one."""
    if not reading.blocks:
        return []
    finder = _Finder(reading.blocks)
    found: list[Part] = []
    for document in finder.documents():
        blocks = reading.blocks[document.start : document.end]
        part = _part(blocks, document, finder)
        if document.is_attached and found:
            part = _inherited(part, found[-1])
        found.append(part)
    return _with_shared_sources(found)


class _Finder:
    """Finds where documents begin."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        self.openers = [_opener(block) for block in blocks]

    def documents(self) -> list[_Document]:
        """The documents in order; together they hold every block."""
        found = [self._first()]
        at = max(1, found[0].start + len(found[0].titles))
        while at < len(self.blocks):
            begun = self._begins(at, found[-1])
            if begun is not None and begun.start > found[-1].start:
                found[-1].end = begun.start
                found.append(begun)
                at = max(at, begun.start + len(begun.titles), begun.start) + (0 if begun.titles else 1)
                self._count(begun, at)
                at = max(at, begun.start + 1)
                continue
            mark = self.openers[at]
            if mark is not None and mark.kind in ("part", "chapter") and mark.value is not None:
                found[-1].parts = mark.value
            at += 1
        found[-1].end = len(self.blocks)
        return found

    def _count(self, document: _Document, upto: int) -> None:
        """Count the headings between the start of a document and the place that gave it away."""
        for at in range(document.start, min(upto, len(self.blocks))):
            mark = self.openers[at]
            if mark is not None and mark.kind in ("part", "chapter") and mark.value is not None:
                document.parts = mark.value

    def _first(self) -> _Document:
        for start in range(min(_MOST_LINES, len(self.blocks))):
            titles = self.titles_from(start)
            if titles and (not start or _KIND.search(_squeezed(self.blocks[titles[-1]].text))):
                return _Document(0, titles)
            if self.openers[start] is not None or len(self.blocks[start].text) > _LONGEST_TITLE:
                break  # the text has begun
        return _Document(0)

    def titles_from(self, start: int) -> tuple[int, ...]:
        """The blocks of a title that begins at ``start``; empty when none does."""
        found: list[int] = []
        said = ""
        for at in range(start, min(start + _MOST_LINES, len(self.blocks))):
            text = _squeezed(self.blocks[at].words.text)
            if found and _YEARS.fullmatch(text):
                found.append(at)
                break
            if not self.is_title(at, is_first=not found) or (said and _unbracketed(text) in _unbracketed(said)):
                break
            if found and self.blocks[at].kind is BlockKind.HEADING:
                break
            if found and (self._is_signature(at, said) or _ends(said, text)):
                break
            found.append(at)
            said += text
        return tuple(found)

    def _is_signature(self, at: int, said: str) -> bool:
        """Under a whole title, the name of an authority, or the line above a date, signs."""
        if at + 1 < len(self.blocks) and _DATE_ALONE.fullmatch(_squeezed(self.blocks[at + 1].words.text)):
            return True
        return bool(_AUTHORITY.fullmatch(self.blocks[at].words.text) and _KIND.search(said))

    def is_title(self, at: int, is_first: bool = True) -> bool:
        """Tell whether a block may be a line of a title."""
        block = self.blocks[at]
        text = block.words.text
        if block.table is not None or block.kind not in (BlockKind.HEADING, BlockKind.PARAGRAPH):
            return False
        least = 2 if block.kind is BlockKind.HEADING else 4
        if not least <= len(text) <= _LONGEST_TITLE or self.openers[at] is not None:
            return False
        if text[-1] in _STOPS or "。" in text:
            return False
        if (
            is_source_line(text)
            or (text[0] in LABEL_FIRST and LABEL.match(text))
            or _OPENING.match(text)
            or _RESERVED.fullmatch(text)
        ):
            return False
        if not is_first and (_OCCASION.fullmatch(text) or _SPEAKER.fullmatch(text)):
            return False
        if (
            _STAMP.match(_squeezed(text))
            or _DATE_ALONE.fullmatch(text)
            or _NUMBER.fullmatch(text)
            or _CONTENTS.match(text)
        ):
            return False
        return is_first or "，" not in text

    def _begins(self, at: int, current: _Document) -> _Document | None:
        """The document that shows itself at a block, if one does; it may have begun a few blocks before."""
        text = self.blocks[at].words.text
        if self._is_source(at - 1) and self._has_body(current, at - 1):
            return _Document(at, self.titles_from(at))
        mark = self.openers[at]
        if mark is not None:
            if mark.kind == "annex":
                return self._annex(at, mark, current)
            if mark.kind in ("part", "chapter") and mark.value == 1 and current.parts >= 2:
                return self._restarted(at, current)
            return None
        if text[:1] == "《" and (contents := _CONTENTS.match(text)):
            if current.parts >= 2:
                start, end = contents.span("title")
                return _Document(at, (), self.blocks[at].words.slice(start, end))
            return None
        if at + 1 < len(self.blocks) and _is_years(self.blocks[at + 1].words.text) and self.is_title(at):
            if at in current.titles:
                return None
            return _Document(at, self.titles_from(at), is_attached=self._after_date(at))
        if self._after_date(at) and self.is_title(at) and _KIND.search(text):
            return _Document(at, self.titles_from(at), is_attached=True)
        return self._headed(at, current)

    def _headed(self, at: int, current: _Document) -> _Document | None:
        """A heading of the highest level after which the numbers begin anew."""
        block = self.blocks[at]
        if block.kind is not BlockKind.HEADING or block.level != 1 or at in current.titles:
            return None
        if current.parts >= 2 and self._next_part(at) == 1 and self.is_title(at):
            return _Document(at, self.titles_from(at))
        return None

    def _next_part(self, at: int) -> int | None:
        for later in range(at + 1, min(at + 40, len(self.blocks))):
            mark = self.openers[later]
            if mark is not None and mark.kind in ("part", "chapter"):
                return mark.value
        return None

    def _annex(self, at: int, mark: Opener, current: _Document) -> _Document | None:
        """附件 N alone on its line, with a title after it, after a document that has a body."""
        block = self.blocks[at]
        rest = block.words.text[mark.end :].strip()
        if not mark.number and block.words.text.rstrip()[-1:] in "：:":
            return None
        if not current.parts and at - current.start < 3:
            return None
        if rest:
            is_alone = len(rest) <= 60 and rest[-1] not in _STOPS and "。" not in rest and _KIND.search(rest)
            is_list = (
                at + 1 < len(self.blocks) and (after := self.openers[at + 1]) is not None and after.kind == "annex"
            )
            if not is_alone or is_list or (not mark.number and rest[0].isdigit()):
                return None
            return _Document(at, (), block.words.slice(mark.end, len(block.words)).stripped(), is_attached=True)
        titles = self.titles_from(at + 1)
        if not titles:
            return None
        return _Document(at, titles, is_attached=True)

    def _restarted(self, at: int, current: _Document) -> _Document | None:
        """The numbers begin anew: the document began at the title a few blocks before."""
        for start in range(max(current.start + 1, at - _LOOK_BACK), at):
            if any(mark is not None for mark in self.openers[start:at]):
                continue
            if self.is_title(start) and _KIND.search(_squeezed(self.blocks[start].words.text)):
                return _Document(start, self.titles_from(start))
        return None

    def _is_source(self, at: int) -> bool:
        return at >= 0 and self.blocks[at].table is None and is_source_line(self.blocks[at].words.text)

    def _has_body(self, document: _Document, upto: int) -> bool:
        """Tell whether a document says anything before a block: a source line under its title does not end it."""
        first = document.start + len(document.titles)
        for at in range(first, upto):
            mark = self.openers[at]
            if (mark is not None and mark.kind != "dash") or "。" in self.blocks[at].text or self.blocks[at].table:
                return True
        return False

    def _after_date(self, at: int) -> bool:
        """Tell whether the date of a document stands right before a block."""
        for before in range(at - 1, max(-1, at - 4), -1):
            text = self.blocks[before].words.text
            if "月" in text and "（" not in text and _DATE_ALONE.fullmatch(_squeezed(text)):
                return True
            if text[:1] not in _RESERVED_FIRST or not _RESERVED.fullmatch(text):
                return False
        return False


def _ends(said: str, text: str) -> bool:
    """Tell whether a title is whole before a line that names no kind of document and stands in no brackets."""
    return bool(_KIND.search(said)) and text[:1] not in "（(" and not _KIND.search(text)


def _unbracketed(text: str) -> str:
    """A line of a title without the brackets of a year: printed twice, they may differ (〔2015〕, [2015])."""
    return text.translate(_YEAR_BRACKETS)


_YEAR_BRACKETS = str.maketrans("", "", "〔〕[]［］【】()（）")


def _opener(block: Block) -> Opener | None:
    """The mark of a block: its own, or the number its format computed."""
    if block.table is not None:
        return None
    if block.number and (mark := opener(block.number)) is not None:
        return Opener(mark.kind, mark.number, 0)
    text = block.words.text
    return opener(text) if text[:1] in FIRST else None


def _is_years(text: str) -> bool:
    """The years of a plan in brackets, alone."""
    return text.lstrip()[:1] in ("（", "(") and _YEARS.fullmatch(_squeezed(text)) is not None


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _part(blocks: Sequence[Block], document: _Document, finder: _Finder) -> Part:
    """Read the head and the foot of a document and build its tree."""
    title = document.title
    if title is None:
        title = MappedText.joined([finder.blocks[at].words for at in document.titles])
    places = [at for at in range(document.start, document.start + len(blocks)) if at not in document.titles]
    if document.is_attached and places and (mark := finder.openers[places[0]]) is not None and mark.kind == "annex":
        places = places[1:]  # 附件 N over its title
    body = [finder.blocks[at] for at in places]
    number = date = source = ""
    if found := _NUMBERED_TITLE.search(title.text):
        title, number = title.slice(0, found.start()), found["number"]
    title, issuer = _named(title)
    edges = [*body[:8], *body[-12:]] if len(body) > 20 else body
    for place, block in enumerate(edges):
        text = _squeezed(block.text) if len(block.text) < 100 else ""
        if not number and (found := _NUMBER.fullmatch(text)):
            number = found["number"]
        if _DATE_ALONE.fullmatch(text) and not date:
            date = _DATE.findall(text)[0]
            if not issuer and place and "（" not in text:
                issuer = _signature(edges[place - 1])
        if text and is_source_line(block.text):
            source = block.text
    if not date and (found := _DATE.search(_squeezed(source))):
        date = found[0]
    places = [at for at in places if not source or finder.blocks[at].text != source]
    root = tree([finder.blocks[at] for at in places], [finder.openers[at] for at in places])
    return Part(title, root, issuer, number, date, source)


def _named(title: MappedText) -> tuple[MappedText, str]:
    """The name of a document and its issuer: a notice that issues 《…》 is named by what it issues."""
    issuer = ""
    if found := _ISSUES.fullmatch(title.text):
        start, end = found.span("title")
        title, issuer = title.slice(start, end), found["issuer"].strip()
    elif (found := _ISSUER.match(title.text)) and _KIND.search(title.text):
        issuer = found["issuer"].strip()
    while title.text and title.text[-1] in "※*＊":
        title = title.slice(0, len(title) - 1)
    if "关于" in title.text or _KIND.search(title.text):
        title = title.without([gap.span() for gap in re.finditer(r"\s+", title.text)])
        issuer = issuer if " " in issuer and "、" not in issuer else _squeezed(issuer)
    return title.stripped(), issuer


def _signature(block: Block) -> str:
    """Who signed: the short line above the date."""
    text = block.text.strip()
    if not 2 <= len(text) <= 40 or text[-1] in _STOPS or opener(text) is not None or is_source_line(text):
        return ""
    return text


def _inherited(part: Part, before: Part) -> Part:
    """What is attached to a notice is issued with it, under its number and date."""
    return Part(
        part.title,
        part.root,
        part.issuer or before.issuer,
        part.number or before.number,
        part.date or before.date,
        part.source_line,
    )


def _with_shared_sources(parts: list[Part]) -> list[Part]:
    """A source line closes every document since the one before it."""
    found: list[Part] = []
    source = ""
    for part in reversed(parts):
        source = part.source_line or source
        found.append(Part(part.title, part.root, part.issuer, part.number, part.date, source))
    return found[::-1]
