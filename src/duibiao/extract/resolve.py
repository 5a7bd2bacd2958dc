"""Which canonical indicator a drafted figure speaks of: ranked candidates for the reviewer, certain ones at once.

A candidate measures in the same family of units. Its score is how alike the subject and one of its names are, and how
many pairs of characters of that name stand in the passage and the headings around it. It is certain only where the
subject *is* one of its names, apart from the words for counting, and no other indicator that fits has that name.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from duibiao.extract.entry import Entry, EntryKind
from duibiao.kernel.text import folded
from duibiao.kernel.value import are_convertible
from duibiao.plan.likeness import grams, overlap, rounded

SUBJECT, AROUND, SAME_UNIT = 0.55, 0.35, 0.10
"""What the likeness of subject and name, the name's words in the passage, and the very same unit count."""
LEAST = Decimal("0.30")
"""Below this score an indicator is no candidate."""
MOST = 5
"""So many candidates are shown."""

_MARKS = re.compile(r"[“”\"'‘’《》（）()、，,·・\-—:：的]")
_COUNTING = re.compile(r"^(?:累计|全市|共)+|(?:总数|个数|数量|人数|次数|数)$")
_FREE_UNITS = ("", "倍", "百分点", "个百分点")
"""Units that say nothing of what is measured: full coverage, none left, a multiple, points."""


@dataclass(frozen=True, slots=True)
class KnownIndicator:
    """What resolution must know of an indicator of the packs (已有指标): code, unit, and every name it goes by.

    ``counts_change`` marks one whose values are what was newly gained, so that 新增 N is a value and no change of one.
    """

    code: str
    unit: str
    names: tuple[str, ...] = ()
    measure_words: tuple[str, ...] = ()
    counts_change: bool = False

    def fits(self, unit: str) -> bool:
        """Tell whether a figure in a unit can be a value of the indicator."""
        return unit in _FREE_UNITS or unit in self.measure_words or are_convertible(self.unit, unit)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An indicator a drafted figure may speak of (候选指标): the name that fits best, and how well, 0 to 1."""

    code: str
    name: str
    score: Decimal
    is_certain: bool = False


@dataclass(frozen=True)
class Resolver:
    """Finds the indicators of the packs that a drafted figure may speak of."""

    indicators: Sequence[KnownIndicator] = ()
    _by_name: dict[str, list[KnownIndicator]] = field(default_factory=lambda: defaultdict(list))
    _by_gram: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for place, one in enumerate(self.indicators):
            for name in {plain(name) for name in one.names}:
                self._by_name[name].append(one)
            for gram in {gram for name in one.names for gram in grams(plain(name))}:
                self._by_gram[gram].append(place)

    def certain(self, entry: Entry) -> str:
        """The code of the one indicator that has the entry's name and unit; empty where it is not certain."""
        unit = _unit(entry)
        for name in _names(entry):
            codes = {one.code for one in self._by_name.get(name, ()) if one.fits(unit)}
            if len(codes) == 1:
                return codes.pop()
            if codes:
                return ""
        return ""

    def counts_change(self, code: str) -> bool:
        """Tell whether 新增 N is a value of an indicator; False for one that is not known."""
        return any(one.counts_change for one in self.indicators if one.code == code)

    def candidates(self, entry: Entry) -> list[Candidate]:
        """The indicators the entry may speak of, best first; one that is certain stands first."""
        unit, certain = _unit(entry), self.certain(entry)
        subjects = [grams(name) for name in _names(entry)]
        around = grams(plain("".join((entry.shown.before, entry.shown.text, entry.shown.after[:20]))))
        places = {place for subject in subjects for gram in subject for place in self._by_gram.get(gram, ())}
        places |= {place for gram in around for place in self._by_gram.get(gram, ())}
        found = []
        for place in sorted(places):
            one = self.indicators[place]
            if one.fits(unit):
                score, name = max((_score(plain(name), subjects, around), name) for name in one.names)
                score += SAME_UNIT * (unit in (one.unit, *one.measure_words))
                found.append(Candidate(one.code, name, rounded(score), one.code == certain))
        found.sort(key=lambda one: (not one.is_certain, -one.score, one.code))
        return [one for one in found if one.is_certain or one.score >= LEAST][:MOST]


def _score(name: str, subjects: Iterable[Mapping[str, int]], around: Mapping[str, int]) -> float:
    """How well a name fits: the likeness with the subject, and the share of its words the passage holds."""
    words = grams(name)
    likeness = max((overlap(subject, words) for subject in subjects), default=0.0)
    held = sum(min(count, around.get(gram, 0)) for gram, count in words.items())
    return SUBJECT * likeness + AROUND * held / max(sum(words.values()), 1)


def _names(entry: Entry) -> list[str]:
    """What the figure is called: with its parent row where it has one, then alone."""
    label, parent = entry.get("label"), entry.get("parent")
    wanted = [bare_label(parent) + bare_label(label), label] if parent else [label]
    return [name for name in dict.fromkeys(map(plain, wanted)) if name]


def _unit(entry: Entry) -> str:
    return entry.get("measure_unit") if entry.kind is EntryKind.ACHIEVED else entry.get("unit")


def bare_label(label: str) -> str:
    """A label without the unit in brackets at its end."""
    return re.sub(r"[（(][^（()）]*[)）]\s*$", "", label).strip() or label


def plain(label: str) -> str:
    """A label as names are compared: no unit, no marks, no word for counting; full and half width alike."""
    bare = _MARKS.sub("", folded(bare_label(label)))
    return _COUNTING.sub("", bare) or bare
