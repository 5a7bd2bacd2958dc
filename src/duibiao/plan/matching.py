"""Which item of one plan is which item of another: by passage where both were read in one document, else by likeness.

A title, label or number may change and the item stays the same item; that is why likeness is scored instead of
looking numbers up. Two items are one where the score reaches ``SAME``; the best pairs are taken first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from duibiao.kernel.text import folded
from duibiao.kernel.value import UnitMismatchError
from duibiao.plan.likeness import grams, overlap
from duibiao.plan.model import Clause, Target, Task
from duibiao.sources.citation import Citation, Locator

SAME = 0.5
"""The score from which two items are taken for one: half of what an unchanged item has."""
TITLE, NUMBER, PLACE = 0.75, 0.15, 0.10
"""How much the likeness of titles, the same number and the same section count for a task or clause."""
INDICATOR, LABEL, SPOT, SHAPE = 0.40, 0.35, 0.15, 0.10
"""How much the indicator, the likeness of labels, the row or item, and year, counting and scope count for a target."""
MOST_HOLDERS = 200
"""A pair of characters more items hold does not name an item: it is not used to look for candidates."""
MOST_CANDIDATES = 50
"""So many items, those with most in common, are scored against an item."""


@dataclass(frozen=True, slots=True)
class PlanItem:
    """A target, task or clause as matching and comparing see it (规划条目)."""

    what: str
    title: str
    number: str
    section: str
    citation: Citation
    entry: Target | Task | Clause


def pairs(old: Sequence[PlanItem], new: Sequence[PlanItem], *, by_passage: bool = False) -> dict[int, int]:
    """Which old item is which new one: those of one passage, the unchanged, then the best scores, each item once."""
    found = _same_passage(old, new) if by_passage else {}
    found |= _unchanged(old, new, found)
    found |= _same_title(old, new, found)
    taken = set(found.values())
    left_old, left_new = _left(old, found), _left(new, taken)
    scored = []
    for one, other, likeness in _candidates(old, new, left_old, left_new):
        score = _score(old[one], new[other], likeness)
        if score >= SAME and not (by_passage and _stand_apart(old[one], new[other])):
            scored.append((-score, abs(one - other), one, other))
    for _, _, one, other in sorted(scored):
        if one not in found and other not in taken:
            found[one] = other
            taken.add(other)
    return found


def _left(items: Sequence[PlanItem], taken: Iterable[int]) -> list[int]:
    """The places of the items that are not taken."""
    gone = set(taken)
    return [at for at in range(len(items)) if at not in gone]


# --- by passage --------------------------------------------------------------------------------------


def _same_passage(old: Sequence[PlanItem], new: Sequence[PlanItem]) -> dict[int, int]:
    """Pair items whose citations share words of one document, the surest first; the wording of a label may differ."""
    scored: list[tuple[float, ...]] = []
    places = sorted(range(len(new)), key=lambda at: new[at].citation.locator.first_line)
    for one, item in enumerate(old):
        for other in places:
            if new[other].citation.locator.first_line > item.citation.locator.last_line:
                break
            if share_a_passage(item.citation, new[other].citation):
                scored.append((*_surety(item, new[other]), -abs(one - other), -one, -other))
    found: dict[int, int] = {}
    taken: set[int] = set()
    for *_, one_back, other_back in sorted(scored, reverse=True):
        first, second = -int(one_back), -int(other_back)
        if first not in found and second not in taken:
            found[first] = second
            taken.add(second)
    return found


def share_a_passage(one: Citation, other: Citation) -> bool:
    """Tell whether two citations point at words they have in common."""
    if one.document != other.document:
        return False
    (start, end), (begin, last) = _reach(one.locator), _reach(other.locator)
    return start <= last and begin <= end


def _reach(at: Locator) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last line and character; the end of a line is beyond every character of it."""
    return (at.first_line, at.first_character or 1), (at.last_line, at.last_character or 10**9)


def _surety(one: PlanItem, other: PlanItem) -> tuple[float, ...]:
    """How surely two items of one passage are the same item: by what they are, the figure, then the wording."""
    likeness = overlap(grams(one.title), grams(other.title))
    same_figure = 0.0
    if isinstance(one.entry, Target) and isinstance(other.entry, Target):
        same_figure = float(same_bounds(one.entry, other.entry))
    return float(one.what == other.what), same_figure + likeness, float(one.number == other.number)


def same_bounds(one: Target, other: Target) -> bool:
    """Tell whether two targets ask for the same numbers, in whatever unit."""
    try:
        goal = one.goal.in_unit(one.unit, other.unit)
    except UnitMismatchError:
        goal = one.goal
    return (goal.lower, goal.upper) == (other.goal.lower, other.goal.upper)


def _stand_apart(one: PlanItem, other: PlanItem) -> bool:
    """Tell whether two targets stand in different places of one document: they are two, however alike."""
    is_target = isinstance(one.entry, Target) and isinstance(other.entry, Target)
    same_document = one.citation.document == other.citation.document
    return is_target and same_document and not share_a_passage(one.citation, other.citation)


# --- by likeness -------------------------------------------------------------------------------------


def _unchanged(old: Sequence[PlanItem], new: Sequence[PlanItem], known: Mapping[int, int]) -> dict[int, int]:
    """Pair items that have the same number, section, title, indicator and shape."""
    waiting: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at in _left(new, known.values()):
        waiting[_identity(new[at])].append(at)
    found = {}
    for at in _left(old, known):
        same = waiting.get(_identity(old[at]))
        if same:
            found[at] = same.pop(0)
    return found


def _same_title(old: Sequence[PlanItem], new: Sequence[PlanItem], known: Mapping[int, int]) -> dict[int, int]:
    """Pair what is left and has the same title (and indicator), where no other item on either side has it."""
    left = _left(old, known), _left(new, known.values())
    by_title: list[dict[tuple[str, ...], list[int]]] = [defaultdict(list), defaultdict(list)]
    for places, items, side in zip(left, (old, new), by_title, strict=True):
        for at in places:
            side[(folded(items[at].title), *_indicator_key(items[at]))].append(at)
    before, after = by_title
    return {
        places[0]: after[title][0]
        for title, places in before.items()
        if len(places) == 1 and len(after.get(title, ())) == 1
    }


def _identity(item: PlanItem) -> tuple[str, ...]:
    place = (folded(item.title), item.number, folded(item.section))
    return (*place, item.entry.indicator, *_shape(item.entry)) if isinstance(item.entry, Target) else place


def _shape(target: Target) -> tuple[str, ...]:
    return str(target.due), target.counting, target.scope


def _candidates(
    old: Sequence[PlanItem], new: Sequence[PlanItem], left_old: Iterable[int], left_new: Sequence[int]
) -> Iterator[tuple[int, int, float]]:
    """Pairs that share a telling pair of characters or an indicator, with the likeness of their titles."""
    counted = {at: grams(new[at].title) for at in left_new}
    holders: dict[str, list[int]] = defaultdict(list)
    for at, title in counted.items():
        keys = [*title, *_indicator_key(new[at])]
        for key in keys:
            if len(holders[key]) <= MOST_HOLDERS:
                holders[key].append(at)
    for one in left_old:
        title = grams(old[one].title)
        lists = (holders.get(key, ()) for key in [*title, *_indicator_key(old[one])])
        shared = Counter(at for places in lists if len(places) <= MOST_HOLDERS for at in places)
        for other, _ in sorted(shared.items(), key=lambda found: (-found[1], abs(found[0] - one)))[:MOST_CANDIDATES]:
            yield one, other, overlap(title, counted[other])


def _indicator_key(item: PlanItem) -> list[str]:
    """An indicator among pairs of characters: longer than two, so that it is none of them."""
    return [f"indicator {item.entry.indicator}"] if isinstance(item.entry, Target) else []


def _score(one: PlanItem, other: PlanItem, likeness: float) -> float:
    """How surely two items are one, 0 to 1."""
    same_number, same_section = one.number == other.number, folded(one.section) == folded(other.section)
    if not (isinstance(one.entry, Target) and isinstance(other.entry, Target)):
        return TITLE * likeness + NUMBER * same_number + PLACE * same_section
    pairs = zip(_shape(one.entry), _shape(other.entry), strict=True)
    shape = sum(mine == theirs for mine, theirs in pairs) / 3
    same_indicator = one.entry.indicator == other.entry.indicator
    spot = same_number and (bool(one.number) or same_section)
    return INDICATOR * same_indicator + LABEL * likeness + SPOT * spot + SHAPE * shape
