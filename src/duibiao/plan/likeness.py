"""How alike two wordings are: counted pairs of neighbouring characters, nothing learned and nothing tuned."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from duibiao.kernel.text import folded

THOUSANDTH = Decimal("0.001")


def grams(text: str) -> Counter[str]:
    """Count the pairs of neighbouring letters, characters and digits; a single character stands for itself."""
    kept = "".join(character for character in folded(text) if character.isalnum())
    if len(kept) == 1:
        return Counter([kept])
    return Counter(kept[at : at + 2] for at in range(len(kept) - 1))


def overlap(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """The share of pairs two wordings have in common, 0 to 1 (Dice)."""
    total = sum(one.values()) + sum(other.values())
    if not total:
        return 0.0
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    return 2 * sum(min(count, many.get(gram, 0)) for gram, count in few.items()) / total


class Rarity:
    """Weighs pairs of characters by how few of a set of texts hold them: what every text says tells nothing."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._holders: Counter[str] = Counter()
        self._texts = 0
        for text in texts:
            self._holders.update(grams(text).keys())
            self._texts += 1

    def weighed(self, text: str) -> dict[str, float]:
        """The weights of a text's pairs, with length 1; empty for an empty text."""
        found = {
            gram: (1 + math.log(count)) * math.log((2 + self._texts) / (1 + self._holders[gram]))
            for gram, count in grams(text).items()
        }
        length = math.sqrt(sum(weight * weight for weight in found.values()))
        return {gram: weight / length for gram, weight in found.items()} if length else {}


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """How far two weighed texts point the same way, 0 to 1."""
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    return math.fsum(weight * many.get(gram, 0.0) for gram, weight in few.items())


def rounded(score: float) -> Decimal:
    """A score as it is shown: three digits, between 0 and 1."""
    return min(max(Decimal(repr(score)), Decimal(0)), Decimal(1)).quantize(THOUSANDTH)
