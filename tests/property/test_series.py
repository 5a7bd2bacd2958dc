"""A series picks exactly one value a year, by a rule that does not depend on the order, and loses nothing."""

from collections import Counter
from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from duibiao.kernel.period import PartialDate
from duibiao.metrics.observation import Bound, Observation, Quality, series
from duibiao.sources.citation import SourceKind
from tests.helpers import POLICY, SOURCES, observation

CLAIMS = st.builds(
    observation,
    year=st.integers(2019, 2025),
    value=st.integers(0, 5).map(str),
    bound=st.sampled_from(Bound),
    quality=st.sampled_from(Quality),
    source=st.sampled_from([kind.value for kind in SourceKind]),
    published=st.builds(PartialDate, st.integers(2020, 2027), st.none() | st.integers(1, 12)),
    is_baseline=st.booleans(),
)
SERIES = st.lists(CLAIMS, max_size=25)
DAYS = st.dates(date(2020, 1, 1), date(2027, 12, 31))


@given(SERIES, DAYS)
def test_exactly_one_value_a_year_is_picked_and_nothing_known_is_lost(claims: list[Observation], as_of: date) -> None:
    found = series(claims, as_of, POLICY.source_rank, SOURCES)
    known = [claim for claim in claims if claim.published.latest <= as_of]
    years = [choice.picked.period.year for choice in found.choices]
    assert years == sorted({claim.period.year for claim in known if claim.quality is not Quality.REPRINT})
    kept = [one for choice in found.choices for one in (choice.picked, *choice.others)]
    assert Counter([*kept, *found.reprints]) == Counter(known)
    for choice in found.choices:
        assert {other.period.year for other in choice.others} <= {choice.picked.period.year}


@given(SERIES, DAYS)
def test_a_reprint_is_never_chosen_and_never_among_the_others(claims: list[Observation], as_of: date) -> None:
    found = series(claims, as_of, POLICY.source_rank, SOURCES)
    kept = [one for choice in found.choices for one in (choice.picked, *choice.others)]
    assert all(one.quality is not Quality.REPRINT for one in kept)
    assert all(one.quality is Quality.REPRINT for one in found.reprints)


@given(SERIES, DAYS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(claims: list[Observation], as_of: date, chance: Random) -> None:
    shuffled = list(claims)
    chance.shuffle(shuffled)
    one, other = (series(rows, as_of, POLICY.source_rank, SOURCES) for rows in (claims, shuffled))
    assert [picked.id for picked in one] == [picked.id for picked in other]


@given(SERIES, DAYS, DAYS)
def test_what_is_published_later_never_changes_what_was_known_earlier(
    claims: list[Observation], one: date, other: date
) -> None:
    earlier, later = sorted([one, other])
    known_later = [claim for claim in claims if claim.published.latest <= later]
    assert series(claims, earlier, POLICY.source_rank, SOURCES) == series(
        known_later, earlier, POLICY.source_rank, SOURCES
    )


@given(SERIES)
def test_no_real_value_loses_to_a_simulated_one(claims: list[Observation]) -> None:
    for choice in series(claims, date.max, POLICY.source_rank, SOURCES).choices:
        if choice.picked.quality is Quality.SIMULATED:
            assert {other.quality for other in choice.others} <= {Quality.SIMULATED}
