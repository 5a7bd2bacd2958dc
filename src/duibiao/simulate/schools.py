"""The schools of a simulated city: what they are, where they stand, when they open, close and merge."""

from dataclasses import dataclass

import numpy as np

from duibiao.simulate.arithmetic import Floats, Marks, Whole, apportioned, stream
from duibiao.simulate.calibration import Calibration, KindCurve

URBAN, TOWN, RURAL = 0, 1, 2
LOCATION_CODES = (
    (("111", 0.7), ("112", 0.3)),
    (("121", 0.75), ("122", 0.2), ("123", 0.05)),
    (("220", 0.85), ("210", 0.15)),
)
"""城乡类型 codes of 城区, 镇区 and 乡村 with their parts (ours)."""
SIZE_OF_PLACE = np.array([1.7, 1.1, 0.4])
TURNOVER = 0.004
"""Part of the schools that close and are replaced within a year beyond what the counts ask for."""
NEVER = 10_000


@dataclass(slots=True)
class Schools:
    """The schools, one entry each in every array (n,): a school exists in the years ``opens`` ≤ t < ``closes``.

    ``kind`` and ``district`` index the calibration's kinds and the list of districts; ``moved_to`` is the district
    after the boundary moved (the same where it did not); ``successor`` is the school that takes the pupils (−1: none);
    ``size`` is how large it is against the others of its kind and place.
    """

    kind: Whole
    district: Whole
    moved_to: Whole
    place: Whole
    location: list[str]
    private: Marks
    size: Floats
    opens: Whole
    closes: Whole
    successor: Whole

    def active(self, year: int) -> Marks:
        """Which schools exist in the year with this index."""
        found: Marks = (self.opens <= year) & (year < self.closes)
        return found

    def __len__(self) -> int:
        return len(self.kind)


def draw_schools(
    calibration: Calibration, districts: list[str], settlement: Floats, years: range, scale: float, seed: int
) -> Schools:
    """Draw the schools of every kind. ``settlement`` is (districts, 3): pupils living in 城区, 镇区, 乡村."""
    rng = stream(seed, "schools")
    residents = np.array([calibration.populations[one].at(calibration.base_year) for one in districts])
    parts = [_of_kind(n, kind, residents, settlement, years, scale, rng) for n, kind in enumerate(calibration.kinds)]
    found = Schools(
        kind=np.concatenate([part.kind for part in parts]),
        district=np.concatenate([part.district for part in parts]),
        moved_to=np.concatenate([part.district for part in parts]),
        place=np.concatenate([part.place for part in parts]),
        location=[code for part in parts for code in part.location],
        private=np.concatenate([part.private for part in parts]),
        size=np.concatenate([part.size for part in parts]),
        opens=np.concatenate([part.opens for part in parts]),
        closes=np.concatenate([part.closes for part in parts]),
        successor=np.concatenate([part.successor for part in parts]),
    )
    _merge(found, calibration, len(years), rng)
    _move(found, calibration, districts, rng)
    return found


def counts_of(kind: KindCurve, years: range, scale: float) -> Whole:
    """How many schools of a kind there are, by year; a kind that exists has at least one."""
    return np.array([max(1, round(kind.counts.at(year) * scale)) for year in years], dtype=np.int64)


def _of_kind(
    number: int,
    kind: KindCurve,
    residents: Floats,
    settlement: Floats,
    years: range,
    scale: float,
    rng: np.random.Generator,
) -> Schools:
    counts = counts_of(kind, years, scale)
    turnover = np.round(counts * TURNOVER).astype(np.int64)
    turnover[0] = 0
    change = np.diff(counts, prepend=counts[0])
    closing = np.maximum(0, -change) + turnover
    opening = change + closing
    total = int(counts[0] + opening.sum())
    weights = residents * (settlement[:, URBAN] ** 2 if kind.city_wide else 1.0)
    weights = weights * settlement[:, RURAL] if kind.rural else weights
    # Dealt out anew in random order, so that the schools that open later stand in every district.
    shares = apportioned(weights, np.zeros(len(weights), dtype=np.int64), np.array([total]))
    district = rng.permutation(np.repeat(np.arange(len(residents)), shares))
    place = _places(kind, settlement[district], rng)
    size = kind.weight * np.exp(kind.size * np.clip(rng.standard_normal(total), -2.4, 2.4)) * SIZE_OF_PLACE[place]
    private = _private(kind, size, rng)
    opens = np.concatenate([np.zeros(counts[0], dtype=np.int64), np.repeat(np.arange(len(years)), opening)])
    closes = np.full(total, NEVER)
    kept = _largest_of_district(district, size * (opens == 0))
    for year in range(1, len(years)):
        there = (opens < year) & (closes == NEVER) & ~kept
        lasting = np.log(size) - 2.2 * private - 0.7 * (place == RURAL)
        score = np.where(there, -lasting + rng.gumbel(size=total), -np.inf)
        count = min(int(closing[year]), int(there.sum()))
        closes[np.argsort(-score, kind="stable")[:count]] = year
    return Schools(
        kind=np.full(total, number),
        district=district,
        moved_to=district,
        place=place,
        location=_location_codes(place, rng),
        private=private,
        size=size,
        opens=opens,
        closes=closes,
        successor=np.full(total, -1),
    )


def _places(kind: KindCurve, settlement: Floats, rng: np.random.Generator) -> Whole:
    weights = settlement / SIZE_OF_PLACE
    if kind.rural:
        weights = np.tile([0.0, 0.1, 0.9], (len(settlement), 1))
    elif not set(kind.stages) <= {"preschool", "primary", "junior"}:
        weights = weights * np.array([1.0, 1.0, 0.0])
    edges = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    found: Whole = (rng.random((len(settlement), 1)) > edges[:, :2]).sum(axis=1).astype(np.int64)
    return found


def _location_codes(place: Whole, rng: np.random.Generator) -> list[str]:
    chance = rng.random(len(place))
    found = np.full(len(place), "", dtype="U3")
    for where, codes in enumerate(LOCATION_CODES):
        edges = np.cumsum([part for _, part in codes])[:-1]
        here = place == where
        found[here] = np.array([code for code, _ in codes])[np.searchsorted(edges, chance[here], side="right")]
    return [str(code) for code in found]


def _private(kind: KindCurve, size: Floats, rng: np.random.Generator) -> Marks:
    order = rng.permutation(len(size))
    weights = size[order] if kind.private_by_pupils else np.ones(len(size))
    private = np.zeros(len(size), dtype=bool)
    private[order] = np.cumsum(weights) <= kind.private * weights.sum()
    return private


def _largest_of_district(district: Whole, size: Floats) -> Marks:
    """Mark the largest school of each district: it stays, so that no district is left without one of its kind."""
    order = np.lexsort((-size, district))
    first = np.ones(len(order), dtype=bool)
    first[1:] = district[order][1:] != district[order][:-1]
    kept = np.zeros(len(district), dtype=bool)
    kept[order[first]] = True
    return kept


def _merge(schools: Schools, calibration: Calibration, years: int, rng: np.random.Generator) -> None:
    """A school that closes is merged into a school of the same district that goes on and has its first stage."""
    stage_of = [kind.stages[0] for kind in calibration.kinds]
    chance = rng.random(len(schools))
    staying: dict[tuple[int, str], Whole] = {}
    lasting = np.flatnonzero((schools.closes == NEVER) & (schools.opens == 0))
    for number, kind in enumerate(calibration.kinds):
        for stage in kind.stages:
            members = lasting[schools.kind[lasting] == number]
            for district in np.unique(schools.district[members]).tolist():
                found = members[schools.district[members] == district]
                key = (district, stage)
                staying[key] = np.concatenate([staying[key], found]) if key in staying else found
    for one in np.flatnonzero(schools.closes < years).tolist():
        choices = staying.get((int(schools.district[one]), stage_of[int(schools.kind[one])]))
        if choices is not None:
            schools.successor[one] = choices[int(chance[one] * len(choices))]


def _move(schools: Schools, calibration: Calibration, districts: list[str], rng: np.random.Generator) -> None:
    """Choose the schools that come to another district when its boundary moves, as many as the share says."""
    number = {code: n for n, code in enumerate(districts)}
    schools.moved_to = schools.district.copy()
    chance = rng.random(len(schools))
    for origin in dict.fromkeys(one.origin for one in calibration.transfers):
        edge = 0.0
        members = schools.district == number[origin]
        for transfer in (one for one in calibration.transfers if one.origin == origin):
            taken = members & (edge <= chance) & (chance < edge + transfer.share)
            schools.moved_to[taken] = number.setdefault(transfer.target, len(number))
            edge += transfer.share
