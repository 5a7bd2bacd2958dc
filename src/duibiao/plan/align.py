"""Which measures of a lower plan take up each measure of the plan above it: suggestions, until a person confirms.

The score of a pair is 0 to 1: how alike the passages are (pairs of characters, weighed by how rare they are in the
two plans), how alike the titles, how alike the parts and how near the places in the order, and whether both set a
target on the same canonical indicator. Figures also say whether the lower plan asks for more or for less.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from duibiao.metrics.indicator import Indicator
from duibiao.plan.figures import Figure, Firmness, compared
from duibiao.plan.likeness import Rarity, cosine, rounded
from duibiao.plan.model import REFERRED, ClauseKind, LinkStrength, Plan, Target
from duibiao.sources.archive import Document
from duibiao.sources.citation import Citation

TEXT, TITLE, STRUCTURE, FIGURES = 0.7, 0.15, 0.05, 0.1
"""What the passage, the title, part and order, and a common indicator count in a score."""
FLOOR = Decimal("0.08")
"""Below this score a pair is not suggested: chance pairs of two plans score about half of it."""
NEAR_BEST = Decimal("0.5")
"""A further suggestion for a measure has at least this share of the best score."""
MOST = 4
"""Suggestions for one measure, at most."""
SENTENCE_ENDS = "。！？；：”》）…"
MOSTLY = 0.9
LONGEST_STRETCH = 3
"""No stretch of a wrapped text is longer than so many times the middle one."""


class Relation(StrEnum):
    """What the lower plan does with a measure of the plan above."""

    CARRY = "carry"  # 承接
    WEAKEN = "weaken"  # 弱化
    SHARPEN = "sharpen"  # 加码
    UNCOVERED = "uncovered"  # 未承接


class Standing(StrEnum):
    """What a person has said about a suggestion."""

    OPEN = "open"  # 待确认
    CONFIRMED = "confirmed"  # 已确认
    NOT_LISTED = "not_listed"  # 复核未列
    NOT_FOUND = "not_found"  # 已确认而方法未找出


class Basis(StrEnum):
    """Which words were compared."""

    PASSAGES = "passages"
    TITLES = "titles"


@dataclass(frozen=True, slots=True)
class Clue:
    """A measure, programme, safeguard or task as the comparison sees it."""

    number: str
    title: str
    citation: Citation
    part: str
    order: float


@dataclass(frozen=True, slots=True)
class Scores:
    """The parts of a score, each 0 to 1."""

    text: Decimal
    title: Decimal
    structure: Decimal
    figures: Decimal


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A clause of the lower plan that may take up a measure of the plan above (对应建议).

    ``lower`` is None where nothing reaches the floor: the measure is left uncovered, as far as the method sees.
    """

    upper: Clue
    lower: Clue | None
    relation: Relation
    score: Decimal
    scores: Scores | None
    figures: tuple[Figure, ...]
    standing: Standing
    basis: Basis
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the suggestions agree with what a person has confirmed (吻合度).

    ``first_right`` counts the reviewed measures whose best suggestion a person has confirmed.
    """

    reviewed: int
    confirmed: int
    suggested: int
    hits: int
    first_right: int

    @property
    def precision(self) -> Decimal | None:
        """The share of the suggestions for reviewed measures that a person has confirmed."""
        return None if not self.suggested else Decimal(self.hits) / self.suggested

    @property
    def recall(self) -> Decimal | None:
        """The share of the confirmed pairs that are suggested."""
        return None if not self.confirmed else Decimal(self.hits) / self.confirmed


Passages = Callable[[Citation], str]
"""Gives the whole paragraph a citation points into; empty where it is not known."""


def whole_paragraphs(document: Document, citations: Sequence[Citation]) -> dict[Citation, str]:
    """The whole paragraphs that citations of a text with one paragraph a line point into.

    Empty where the text is wrapped: then the lines the citations end in do not end with a sentence.
    """
    lines = {}
    for citation in citations:
        at = citation.locator
        if at.first_line != at.last_line or at.last_line > len(document.lines):
            return {}
        lines[citation] = document.lines[at.first_line - 1].strip()
    ended = sum(line.endswith(tuple(SENTENCE_ENDS)) for line in lines.values())
    return lines if lines and ended >= MOSTLY * len(lines) else {}


def stretches(document: Document, citations: Sequence[Citation], bounds: Sequence[Citation]) -> dict[Citation, str]:
    """What stands under each citation of a wrapped text: its lines up to the next heading or item of the plan.

    ``bounds`` are the places of everything the plan holds in the document. The last of them, and one before a gap,
    would run on into what is none of it: none is longer than ``LONGEST_STRETCH`` times the middle one. Empty where two
    citations begin in one line: then what is whose cannot be told.
    """
    starts = sorted({one.locator.first_line for one in (*citations, *bounds)})
    if len({one.locator.first_line for one in citations}) < len(set(citations)) or len(starts) < 2:
        return {}
    after = dict(pairwise(starts))
    lengths = sorted(
        after[one.locator.first_line] - one.locator.first_line for one in citations if one.locator.first_line in after
    )
    if not lengths or starts[-1] > len(document.lines):
        return {}
    most = max(LONGEST_STRETCH * lengths[len(lengths) // 2], 1)
    found = {}
    for citation in citations:
        first = citation.locator.first_line
        end = min(after.get(first, first + most), first + most)
        found[citation] = "".join(line.strip() for line in document.lines[first - 1 : end - 1])
    return found


def places(plan: Plan) -> list[Citation]:
    """Where everything begins that a plan holds: its clauses and its tasks."""
    return [*(one.citation for one in plan.clauses), *(one.citation for one in plan.tasks)]


def clues(plan: Plan, *, measures_first: bool = False) -> list[Clue]:
    """What of a plan is aligned: its measures, programmes, safeguards and tasks, in the order of the document.

    With ``measures_first`` only the measures of a plan that has some.
    """
    titles = {clause.number: clause.title.zh for clause in plan.clauses if clause.kind is ClauseKind.PART}
    sections = {clause.number: clause.title.zh for clause in plan.clauses if clause.kind is ClauseKind.SECTION}
    kinds = (ClauseKind.MEASURE,) if measures_first and plan.of(ClauseKind.MEASURE) else REFERRED
    found = [
        (clause.number, clause.title.zh, clause.citation, titles.get(clause.within, ""))
        for kind in kinds
        for clause in plan.of(kind)
    ]
    if kinds is REFERRED:
        found += [(str(one.number), one.title, one.citation, sections.get(one.section, "")) for one in plan.tasks]
    last = max(len(found) - 1, 1)
    return [Clue(*facts, order=at / last) for at, facts in enumerate(found)]


def align(
    upper: Plan,
    lower: Plan,
    passages: Passages,
    indicators: Mapping[str, Indicator] | None = None,
    *,
    same_area: bool = False,
) -> list[Suggestion]:
    """Suggest, for every measure of the upper plan, what of the lower plan takes it up; best first.

    ``same_area``: both plans speak of the same unit, so that absolute numbers may be compared.
    Pairs a person has confirmed and the method does not find follow, with the score they have.
    """
    method = _Method(upper, lower, passages, indicators or {}, same_area=same_area)
    return [one for clue in method.above for one in method.suggested(clue)]


def agreement(suggestions: Sequence[Suggestion]) -> Agreement:
    """Count how far suggestions agree with the confirmed alignments, over the measures a person has reviewed."""
    pairs = [one for one in suggestions if one.lower is not None]
    hits = [one for one in pairs if one.standing is Standing.CONFIRMED]
    missed = [one for one in pairs if one.standing is Standing.NOT_FOUND]
    wrong = [one for one in pairs if one.standing is Standing.NOT_LISTED]
    reviewed = {one.upper.number for one in suggestions if one.standing is not Standing.OPEN}
    first: dict[str, Suggestion] = {}
    for one in suggestions:
        first.setdefault(one.upper.number, one)
    right = sum(1 for one in first.values() if one.standing is Standing.CONFIRMED)
    return Agreement(len(reviewed), len(hits) + len(missed), len(hits) + len(wrong), len(hits), right)


class _Method:
    """The two plans, weighed once; answers for one measure at a time."""

    def __init__(
        self, upper: Plan, lower: Plan, passages: Passages, indicators: Mapping[str, Indicator], *, same_area: bool
    ) -> None:
        self.above, self.below = clues(upper, measures_first=True), clues(lower)
        self.indicators, self.same_area = indicators, same_area
        self.upper_targets, self.lower_targets = _by_item(upper), _by_item(lower)
        self.confirmed = {one.item: one for one in lower.alignments if one.of == upper.code}
        both = [*self.above, *self.below]
        words = {one.citation: passages(one.citation) for one in both}
        self.basis = Basis.PASSAGES if both and all(words.values()) else Basis.TITLES
        texts = [words[one.citation] if self.basis is Basis.PASSAGES else one.title for one in both]
        self.texts = _weighed(both, texts)
        self.titles = _weighed(both, [one.title for one in both])
        self.parts = _weighed(both, [one.part for one in both])

    def suggested(self, clue: Clue) -> list[Suggestion]:
        """The suggestions for one measure, best first, then what a person has confirmed and was not found."""
        review = self.confirmed.get(clue.number)
        covered = review.covered_by if review else ()
        pairs = sorted((self.pair(clue, one) for one in self.below), key=lambda pair: -pair.score)
        best = pairs[0].score if pairs else Decimal(0)
        least = max(FLOOR, best * NEAR_BEST)
        kept = [pair for pair in pairs[:MOST] if pair.score >= least]
        if not kept:
            kept = [self.uncovered(clue, best)]
        found = []
        for pair in kept:
            number = pair.lower.number if pair.lower else ""
            agreed = number in covered if number else not covered
            standing = Standing.OPEN if review is None else Standing.CONFIRMED if agreed else Standing.NOT_LISTED
            found.append(_standing(pair, standing, review.reason if review and agreed else ""))
        shown = {one.lower.number for one in found if one.lower}
        missed = [one for one in pairs if one.lower and one.lower.number in covered and one.lower.number not in shown]
        return found + [_standing(one, Standing.NOT_FOUND, review.reason) for one in missed if review]

    def uncovered(self, clue: Clue, best: Decimal) -> Suggestion:
        """Say that nothing reaches the floor, with the best score there was."""
        return Suggestion(clue, None, Relation.UNCOVERED, best, None, (), Standing.OPEN, self.basis)

    def pair(self, one: Clue, other: Clue) -> Suggestion:
        """Score one pair and compare its figures."""
        figures = compared(
            self.upper_targets.get(one.number, ()),
            self.lower_targets.get(other.number, ()),
            self.indicators,
            same_area=self.same_area,
        )
        text = cosine(self.texts[one], self.texts[other])
        title = cosine(self.titles[one], self.titles[other])
        # Order tells only inside parts that are alike: a plan of one field has no order in common with a plan of all.
        structure = cosine(self.parts[one], self.parts[other]) * (2 - abs(one.order - other.order)) / 2
        common = 1.0 if figures else 0.0
        score = TEXT * text + TITLE * title + STRUCTURE * structure + FIGURES * common
        return Suggestion(
            upper=one,
            lower=other,
            relation=_relation(figures),
            score=rounded(score),
            scores=Scores(rounded(text), rounded(title), rounded(structure), rounded(common)),
            figures=figures,
            standing=Standing.OPEN,
            basis=self.basis,
        )


def _weighed(both: Sequence[Clue], texts: Sequence[str]) -> dict[Clue, Mapping[str, float]]:
    rarity = Rarity(texts)
    return {one: rarity.weighed(text) for one, text in zip(both, texts, strict=True)}


def _by_item(plan: Plan) -> dict[str, list[Target]]:
    """The targets each clause or task states: in its own words, or in the table where a reviewed link says so."""
    found: dict[str, list[Target]] = {}
    tables: dict[str, list[Target]] = {}
    for target in plan.targets:
        found.setdefault(target.item, []).append(target)
        if target.row is not None:
            tables.setdefault(target.indicator, []).append(target)
    for link in plan.links:
        if link.strength is LinkStrength.STATES:
            found.setdefault(link.item, []).extend(tables.get(link.indicator, ()))
    return found


def _relation(figures: Sequence[Figure]) -> Relation:
    """Less in one figure weakens, whatever the others; more sharpens; otherwise the measure is carried."""
    found = {figure.firmness for figure in figures}
    if Firmness.SOFTER in found:
        return Relation.WEAKEN
    return Relation.SHARPEN if Firmness.FIRMER in found else Relation.CARRY


def _standing(pair: Suggestion, standing: Standing, reason: str) -> Suggestion:
    return replace(pair, standing=standing, reason=reason)
