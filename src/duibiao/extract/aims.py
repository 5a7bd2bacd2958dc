"""Positions, actions, projects and milestones of a plan: where its headings, or a counted list, say that they are."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cn2an

from duibiao.extract.entry import EntryKind
from duibiao.extract.outline import Node, NodeKind, Part
from duibiao.extract.quantities import has_figure
from duibiao.sources.mapped import MappedText

_COUNT = "(?P<count>[两二三四五六七八九十]{1,3}|[0-9]{1,2})"
_GREAT = "(?:重[点大]|主要|专项|标志性?|实施|推进|[一二三四五六七八九十两]{1,2}大|[0-9]{1,2}大)"
_COLLECTIVE: tuple[tuple[EntryKind, re.Pattern[str], re.Pattern[str]], ...] = (
    (EntryKind.POSITION, re.compile(r"定位$"), re.compile(r"")),
    (EntryKind.PROJECT, re.compile(rf"{_GREAT}[^，。]{{0,8}}工程(?:项目)?$"), re.compile(r"(?:工程|计划|项目)[”」]?$")),
    (EntryKind.ACTION, re.compile(rf"{_GREAT}[^，。]{{0,8}}行动$"), re.compile(r"(?:行动|计划)[”」]?$")),
)
"""A heading that stands for all of a kind, and what the headings under it must end with."""
_LISTED: tuple[tuple[EntryKind, re.Pattern[str]], ...] = (
    (
        EntryKind.POSITION,
        re.compile(
            rf"(?:锚定|围绕|突出|明确|确立|打造|聚焦)(?P<names>[^。；，、]{{2,40}}、[^。；，]{{2,200}}?)等?{_COUNT}[个大](?:发展|战略|功能|目标)?定位"
        ),
    ),
    (
        EntryKind.ACTION,
        re.compile(
            rf"(?:实施|推进|开展)(?P<names>[^。；，、]{{2,40}}、[^。；，]{{2,200}}?)等?{_COUNT}[项大个](?:重[点大]|专项)?行动"
        ),
    ),
    (
        EntryKind.PROJECT,
        re.compile(
            rf"(?:实施|推进|启动)(?P<names>[^。；，、]{{2,40}}、[^。；，]{{2,200}}?)等?{_COUNT}[项大个](?:重[点大]|标志性?)?工程"
        ),
    ),
)
"""A list that says how many it names: A、B、C三大定位."""
_AIMS = re.compile("目标|总体要求|总体思路|愿景|阶段|步骤")
_MILESTONE = re.compile(
    r"(?:^|[。；])\s*(?:力争|努力)?到\s*(?P<year>20\d\d)\s*年[底末]?，(?P<title>[^。；，]{4,40})(?=[。；，])"
)
_DATED = re.compile(
    r"(?:第[一二三四五]阶段[：:]?)?[（(]?(?:到)?(?P<year>20\d\d)\s*年[底末]?(?:[^，。]{0,6}(?:目标|阶段)|，)"
)
_SENTENCE_END = re.compile("[。，；：]")


@dataclass(frozen=True, slots=True)
class Aim:
    """One of them, with its place; a milestone has its year as its number."""

    kind: EntryKind
    number: str
    title: str
    start: int
    end: int

    @property
    def year(self) -> str:
        """The year of a milestone."""
        return self.number if self.kind is EntryKind.MILESTONE else ""


def aims(part: Part) -> list[Aim]:
    """What a document names of each kind, in reading order; a list that was counted wrongly is not read."""
    found: dict[tuple[EntryKind, str], MappedText] = {}
    years: dict[str, MappedText] = {}
    for node, above in _nodes(part.root):
        for kind, words in _of_heading(node):
            found.setdefault((kind, _bare(words)), words)
        for block in node.blocks:
            for kind, words in _of_list(block.words):
                found.setdefault((kind, _bare(words)), words)
            if _AIMS.search(above) and "20" in block.text:
                for year, words in _milestones(block.words):
                    years.setdefault(year, words)
        if node.title.pieces and _AIMS.search(above) and (dated := _DATED.match(node.title.text)):
            years.setdefault(dated["year"], node.title)
    count: Counter[EntryKind] = Counter()
    listed = []
    for (kind, title), words in found.items():
        count[kind] += 1
        listed.append(Aim(kind, str(count[kind]), title, *words.span()))
    listed += (Aim(EntryKind.MILESTONE, year, words.text.strip(), *words.span()) for year, words in years.items())
    return sorted(listed, key=lambda one: one.start)


def _nodes(root: Node) -> Iterator[tuple[Node, str]]:
    """Every heading with the headings above it and its own."""
    pending = [(root, "")]
    while pending:
        node, above = pending.pop()
        path = f"{above} / {node.title.text}" if node.kind is not NodeKind.DASH else above
        yield node, path
        pending += [(child, path) for child in reversed(node.children)]


def _of_heading(node: Node) -> Iterable[tuple[EntryKind, MappedText]]:
    title = node.title.text.strip()
    for kind, collective, member in _COLLECTIVE:
        if not collective.search(title):
            continue
        for child in node.children:
            words = _first_words(child.title)
            if words.pieces and 2 <= len(words.text) <= 40 and member.search(words.text):
                yield kind, words


def _first_words(title: MappedText) -> MappedText:
    end = _SENTENCE_END.search(title.text)
    return (title.slice(0, end.start()) if end else title).stripped()


def _of_list(words: MappedText) -> Iterator[tuple[EntryKind, MappedText]]:
    text = words.text
    for kind, pattern in _LISTED:
        match = pattern.search(text)
        if match is None:
            continue
        spans, at = [], match.start("names")
        for separator in re.finditer("、|和(?=[^、]*$)", match["names"]):
            end = match.start("names") + separator.start()
            spans.append((at, end))
            at = match.start("names") + separator.end()
        spans.append((at, match.end("names")))
        if len(spans) == _number(match["count"]) and all(end - start > 1 for start, end in spans):
            for start, end in spans:
                yield kind, words.slice(start, end).stripped()


def _milestones(words: MappedText) -> Iterator[tuple[str, MappedText]]:
    for match in _MILESTONE.finditer(words.text):
        if not has_figure(match["title"]):  # a figure is a target, and names no stage
            yield match["year"], words.slice(match.start("title"), match.end("title"))


def _number(written: str) -> int:
    return int(written) if written.isascii() else int(cn2an.cn2an(written.replace("两", "二"), "normal"))


def _bare(words: MappedText) -> str:
    text = words.text.strip()
    return text[1:-1] if text[0] in "“「" and text[-1] in "”」" and text.count(text[0]) == 1 else text
