"""Several things and their figures in one breath: A率、B率和C率分别达到1%、2%和3%; the figures go by their order."""

import re
from dataclasses import dataclass, replace

from duibiao.extract.items import Operator
from duibiao.extract.quantities import ReadFigure, figures
from duibiao.extract.readings import operator_of, own, relative
from duibiao.extract.subjects import KIND, after_verbs, without_leading, without_region, without_trailing
from duibiao.extract.wording import BINDING, POINTS, REGION

APART = "分别"
_SEPARATORS = re.compile("、|和|以及|及|与")
_CHANGED = re.compile(
    f"(?:[由从][^，；]*?)?(?:(?P<bound>{BINDING.pattern})|(?P<points>(?:比|较)?{POINTS.pattern[:-1]})了?(?=[0-9]))"
)
_IS = re.compile("为|是|完成|占(?P<base>[^，；、0-9]{2,16})(?=[0-9])")
_NOUN = re.compile("[^0-9，；、]{2,24}(?=[0-9])")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:∶1)?$")
_RATE = re.compile("(?:率|例|比|重|数|量|模|限|度|额|准|费|值|积|间|平|入|出)$")
_SHARED = re.compile(
    "(?:“[^“”]{1,12}”)?(?:(?:毛入学|毛入园|入学|入园|普及|覆盖|建成|达标|巩固|参与|合格|持证|就业|升学|完成|使用|转化|配备|开课|通过)率|[\u4e00-\u9fff]{2}率"
    "|(?:增加值|产值|收入)占[^，、]{2,12}?(?:比重|比例)|比例|占比|比重|规模|数量|人数|年限|标准|面积|生师比|师生比|满意度|增加值|产值|收入|增速|年?(?:出栏|产|销)量)$"
)
"""What the last name of a list may say for all (美丽河湖、海湾建成率)."""
_LISTED_ONLY = re.compile("、")
"""Where 和 and 及 belong to a name (教学及辅助用房面积)."""
_LEVELS = re.compile("(?P<last>[省市县区校州乡镇])[两三四]级(?P<what>[^、]{2,})")
"""省、市、县三级X is one X for each of the levels."""
_ONE_OF_KIND = re.compile(f"{KIND}|{REGION.pattern}")
_BOUND_KIND = re.compile(f"(?P<bound>{BINDING.pattern})(?={_ONE_OF_KIND.pattern})")
_KIND_AND_FIGURE = re.compile(
    f"(?P<kind>{_ONE_OF_KIND.pattern})(?:每[生人年班校月]+)*(?P<figure>[0-9][^、和，；]*)[、和]?"
)
_RATE_THEN_KIND = re.compile(f"(?P<rate>[^，、]{{3,}}(?:率|比例|占比|比重|标准|面积))(?P<kind>{REGION.pattern})")
_KINDS_BEFORE = re.compile(
    f"(?P<first>{REGION.pattern})[、和](?P<second>{REGION.pattern})(?P<rest>[^，、；。和]{{2,16}}?)中?，$"
)
"""小学和初中X中，Y比例分别不低于A、B: the kinds stand in the clause before."""
_WHO_ENSURES = re.compile(f"(?P<kind>{KIND}(?:阶段|学校)?)(?:要|应当?|须)?(?:确保|保证)(?=..)")
_NAME_AND_COUNT = re.compile("(?P<name>[^、，；。：0-9○]{4,20}?)(?P<figure>[0-9]+[个所项座处家])(?:、|以及|和|及|$)")
FEWEST_NAMES = 3
"""So many names of one kind with a count each spread a total; two may only describe."""
_YEARS_OF = "年限"
_BOTH = ("城乡", ("城镇", "农村"))
"""城乡居民收入分别增长A、B: of those in towns and of those in the country."""


@dataclass(frozen=True, slots=True)
class _Told:
    """One thing and its figure; ``end`` is where the words of its figure end."""

    name: str
    figure: ReadFigure
    operator: Operator
    rule: str
    end: int
    verb: str = ""
    due: int | None = None


@dataclass(frozen=True, slots=True)
class Apart:
    """What one clause says of several things; ``names`` hold for the next clause too."""

    names: tuple[str, ...]
    parts: tuple[_Told, ...]
    start: int


def apart(
    text: str, shown: str, first: int, last: int, known: tuple[str, ...], years: tuple[int, ...] = ()
) -> Apart | None:
    """Read a clause with 分别; None where it says nothing of this kind. Where the counts differ nothing is read.

    ``years`` are those the sentence names in one breath: one thing with as many figures has a figure for each.
    """
    place = shown.find(APART, first, last)
    if place < 0:
        return None
    begin = without_leading(shown, first, place)
    is_named = shown[begin:place].strip("○到至、和及") != ""
    names = names_of(text[begin : without_trailing(shown, begin, place)], shown[begin:place]) if is_named else known
    after = place + len(APART)
    bound = _CHANGED.match(shown, after, last) or _IS.match(shown, after, last)
    if bound is None:
        return Apart(names, _done(text, shown, after, last, years) if not is_named else (), begin)
    values = _values(shown, bound.end(), last)
    if is_named and len(names) > len(values) > 1:
        stop = without_trailing(shown, begin, place)
        names = names_of(text[begin:stop], shown[begin:place], _LISTED_ONLY)
    names = _kinds_before(text, shown, first, _of_both(names, len(values)), len(values))
    if len(values) == 1:  # A数、B数分别达到80%以上
        values = values * len(names)
    dues: tuple[int | None, ...] = (None,) * len(values)
    if len(names) == 1 and len(values) == len(years):
        names, dues = names * len(years), years
    if len(names) != len(values) or len(names) < len(_BOTH[1]):
        return Apart(names, (), begin)
    parts = []
    for name, (figure, end), due in zip(names, values, dues, strict=True):
        groups = bound.groupdict()
        if groups.get("points"):
            subject, changed, operator = relative(name, figure, groups.get("fall") or "")
            parts.append(_Told(subject, changed, operator, "relative", end, "", due))
        else:
            operator = operator_of(bound) if groups.get("bound") else Operator.EQUAL
            if groups.get("base"):
                name = f"{name}占{groups['base'].removesuffix('的')}的比例"  # noqa: PLW2901  the same name, told in full
            parts.append(_Told(name, figure, own(operator, figure), "bound", end, "", due))
    return Apart(names, tuple(parts), begin)


def _of_both(names: tuple[str, ...], count: int) -> tuple[str, ...]:
    """城乡X with two figures is X of the towns and X of the country."""
    whole, parts = _BOTH
    if len(names) == 1 and count == len(parts) and whole in names[0]:
        return tuple(names[0].replace(whole, one, 1) for one in parts)
    return names


def _kinds_before(text: str, shown: str, first: int, names: tuple[str, ...], count: int) -> tuple[str, ...]:
    """The two kinds the clause before ``first`` names, each with the one measure; the names as they were elsewhere."""
    if len(names) != 1 or count != len(_BOTH[1]):
        return names
    start = max(shown.rfind(mark, 0, max(first - 1, 0)) for mark in "，；。：\n") + 1
    kinds = _KINDS_BEFORE.search(shown, start, first)
    if kinds is None:
        return names
    rest = text[kinds.start("rest") : kinds.end("rest")]
    return tuple(f"{kinds[which]}{rest}{names[0]}" for which in ("first", "second"))


def by_kind(text: str, shown: str, first: int, last: int) -> Apart | None:
    """One measure with a figure for each kind: 生均公用经费标准提高到小学750元、初中950元; None where none is."""
    bound = _BOUND_KIND.search(shown, first, last)
    if bound is None:
        return None
    begin = without_leading(shown, first, bound.start())
    stop = without_trailing(shown, begin, bound.start())
    measure = without_region(text[begin:stop])
    operator = operator_of(bound)
    parts, at = [], bound.end("bound")
    while piece := _KIND_AND_FIGURE.match(shown, at, last):
        found = figures(shown[piece.start("figure") : piece.end("figure")])
        if len(found) != 1 or found[0].start:
            break
        name = text[piece.start("kind") : piece.end("kind")] + measure
        parts.append(_Told(name, found[0], own(operator, found[0]), "bound", piece.end("figure")))
        at = piece.end()
    if len(parts) < len(_BOTH[1]) or not _RATE.search(measure) or at < last:
        return None
    return Apart((), tuple(parts), begin)


def by_name(text: str, shown: str, first: int, last: int) -> Apart | None:
    """A total spread by name: X项目中，A项目4个、B项目13个以及C项目1个; None where the names are not of one kind."""
    parts: list[_Told] = []
    at = begin = without_leading(shown, first, last)
    while piece := _NAME_AND_COUNT.match(shown, at, last):
        found = figures(shown[piece.start("figure") : piece.end("figure")])
        if len(found) != 1 or found[0].start:
            return None
        name = text[piece.start("name") : piece.end("name")]
        parts.append(_Told(name, found[0], own(Operator.EQUAL, found[0]), "named", piece.end("figure")))
        at = piece.end()
    if at < last or len(parts) < FEWEST_NAMES or after_verbs(shown, begin, last)[1]:
        return None
    kinds = {(part.name[-2:], part.figure.unit) for part in parts}
    return Apart((), tuple(parts), begin) if len(kinds) == 1 else None


def _done(text: str, shown: str, start: int, last: int, years: tuple[int, ...]) -> tuple[_Told, ...]:
    """2026年、2027年分别新建X 10所、12所: the same work in each of the years."""
    begin, verb = after_verbs(shown, start, last)
    noun = _NOUN.match(shown, begin, last) if verb else None
    values = _values(shown, noun.end(), last) if noun else []
    if noun is None or not values or len(values) != len(years):
        return ()
    name = text[noun.start() : noun.end()]
    return tuple(
        _Told(name, figure, own(Operator.EQUAL, figure), "verb-before", end, verb, due)
        for (figure, end), due in zip(values, years, strict=True)
    )


def names_of(words: str, shown: str, separators: re.Pattern[str] = _SEPARATORS) -> tuple[str, ...]:
    """The things a list names; what stands only behind the last belongs to all (小学、初中师生比)."""
    if who := _WHO_ENSURES.match(shown):  # 小学阶段确保A、B每周分别不少于N
        ensurer, stop = words[: who.end("kind")], who.end()
        return tuple(ensurer + one for one in names_of(words[stop:], shown[stop:], separators))
    found, at = [], 0
    for match in separators.finditer(shown, 0, len(words)):
        if match.start() > at:
            found.append(words[at : match.start()])
        at = match.end()
    found.append(words[at:])
    found[0] = without_region(found[0])
    if len(found) > 1 and all(REGION.fullmatch(one) for one in found[1:]):  # X比例小学和初中分别不低于A、B
        turned = _RATE_THEN_KIND.fullmatch(found[0])
        found = [one + turned["rate"] for one in (turned["kind"], *found[1:])] if turned else found
    if levels := _LEVELS.fullmatch(found[-1]):
        return tuple(f"{one}级{levels['what']}" for one in (*found[:-1], levels["last"]))
    kind = _ONE_OF_KIND.match(found[-1])
    if kind and all(_ONE_OF_KIND.fullmatch(one) for one in found[:-1]):
        return tuple(one + found[-1][kind.end() :] for one in (*found[:-1], kind.group()))
    shared = _SHARED.search(found[-1])
    if shared and len(found) > 1:
        found = [one if _RATE.search(one) or REGION.fullmatch(one) else one + shared.group() for one in found]
    head = REGION.match(found[-1])
    if head and head.end() < len(found[-1]):
        rest = found[-1][head.end() :]
        found = [one + rest if REGION.fullmatch(one) else one for one in found]
    return tuple(found)


def is_list_of_rates(names: tuple[str, ...]) -> bool:
    """Tell whether every name of a list is something with a figure of its own."""
    return len(names) > 1 and all(len(name) > 2 and _RATE.search(name) for name in names)


def _is_whole(figure: ReadFigure) -> bool:
    """Tell whether a figure is a hundred per cent: 以上 behind a later one does not hold for it."""
    return figure.unit == "%" and figure.value == 100


def _values(shown: str, start: int, last: int) -> list[tuple[ReadFigure, int]]:
    """The figures of a list; a unit, and 以上 behind the last, hold for those before that have none."""
    pieces: list[tuple[str, int]] = []
    at = start
    for match in _SEPARATORS.finditer(shown, start, last):
        pieces.append((shown[at : match.start()], match.start()))
        at = match.end()
    pieces.append((shown[at:last].rstrip("的"), last))
    tail = re.sub(r"^\d+(?:\.\d+)?", "", pieces[-1][0].strip())
    read: list[tuple[ReadFigure, int]] = []
    for piece, place in pieces:
        said = piece + tail if _NUMBER.match(piece.strip()) else piece
        found = figures(said) or figures(f"{_YEARS_OF}{said}")
        if len(found) != 1 or found[0].start > len(_YEARS_OF):
            return []
        read.append((found[0], place))
    final = read[-1][0]
    if final.operator is not None and len({figure.unit for figure, _ in read}) == 1:
        return [
            (figure if _is_whole(figure) else replace(figure, operator=figure.operator or final.operator), place)
            for figure, place in read
        ]
    return read
