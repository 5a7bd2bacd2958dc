"""Rolling up in one step or in two gives the same; a missing part never makes anything look better known."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from duibiao.kernel.period import Period
from duibiao.kernel.value import Missing, MissingReason, Quantity, Value
from duibiao.metrics.rollup import RolledUp, latest, mean, ratio, total, window_sum

MISSING = st.sampled_from(MissingReason).map(Missing)
AMOUNTS = st.integers(0, 10**7).map(lambda amount: Quantity(Decimal(amount), "人"))
VALUES = st.one_of(AMOUNTS, MISSING)
GROUPS = st.lists(st.lists(VALUES, max_size=6), max_size=6)
PAIRS = st.tuples(VALUES, VALUES)
PAIR_GROUPS = st.lists(st.lists(PAIRS, max_size=6), max_size=6)


def amount_of(rolled: RolledUp) -> Decimal | None:
    return rolled.value.amount if isinstance(rolled.value, Quantity) else None


@given(GROUPS)
def test_the_total_of_the_parts_totals_is_the_total_of_the_whole(groups: list[list[Value]]) -> None:
    whole = total([part for group in groups for part in group], "人")
    parts = [total(group, "人") for group in groups]
    assert amount_of(total([part.value for part in parts], "人")) == amount_of(whole)
    assert sum(part.coverage.known for part in parts) == whole.coverage.known
    assert sum(part.coverage.total for part in parts) == whole.coverage.total


@given(PAIR_GROUPS)
def test_the_ratio_of_the_parts_sums_is_the_ratio_of_the_whole(groups: list[list[tuple[Value, Value]]]) -> None:
    """A district is rolled up from its schools, the city from its districts: the city is the same from either."""
    whole = ratio([pair for group in groups for pair in group], "%")
    sums: list[tuple[Value, Value]] = []
    for group in groups:
        both = [(a, b) for a, b in group if isinstance(a, Quantity) and isinstance(b, Quantity)]
        sums.append((total([a for a, _ in both], "人").value, total([b for _, b in both], "人").value))
    assert amount_of(ratio(sums, "%")) == amount_of(whole)


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 1000)), min_size=1, max_size=10))
def test_a_ratio_lies_between_the_smallest_and_the_largest_of_its_parts(parts: list[tuple[int, int]]) -> None:
    found = ratio([(Quantity(Decimal(a), "人"), Quantity(Decimal(b), "人")) for a, b in parts], "%")
    single = [Decimal(a) / Decimal(b) * 100 for a, b in parts]
    assert isinstance(found.value, Quantity)
    tolerance = Decimal("1e-20")
    assert min(single) - tolerance <= found.value.amount <= max(single) + tolerance


@given(st.lists(VALUES, max_size=8), MISSING, st.integers(0, 8))
def test_adding_a_missing_part_never_raises_coverage_and_never_changes_the_value(
    parts: list[Value], missing: Missing, at: int
) -> None:
    longer = [*parts[:at], missing, *parts[at:]]
    for roll in (total, mean):
        before, after = roll(parts, "人"), roll(longer, "人")
        assert after.coverage.share <= before.coverage.share
        assert after.coverage.total == before.coverage.total + 1
        assert amount_of(after) == amount_of(before)


@given(st.lists(PAIRS, max_size=8), VALUES, MISSING, st.booleans())
def test_adding_half_a_pair_never_raises_coverage_and_never_changes_the_ratio(
    parts: list[tuple[Value, Value]], other: Value, missing: Missing, above: bool
) -> None:
    half = (missing, other) if above else (other, missing)
    before, after = ratio(parts, "%"), ratio([*parts, half], "%")
    assert after.coverage.share <= before.coverage.share
    assert amount_of(after) == amount_of(before)


@given(st.dictionaries(st.integers(2015, 2030).map(Period), VALUES, max_size=10))
def test_the_latest_value_is_the_one_of_the_last_known_year(values: dict[Period, Value]) -> None:
    known = [period for period, value in values.items() if isinstance(value, Quantity)]
    found = latest(values)
    assert found == values[max(known)] if known else isinstance(found, Missing)


@given(
    st.dictionaries(st.integers(2015, 2030).map(Period), VALUES, max_size=16),
    st.integers(2015, 2030),
    st.integers(0, 15),
)
def test_what_lies_outside_the_window_never_counts(values: dict[Period, Value], first: int, years: int) -> None:
    last = first + years
    inside = {period: value for period, value in values.items() if first <= period.year <= last}
    found = window_sum(values, first, last, "人")
    assert found == window_sum(inside, first, last, "人")
    assert found.coverage.total == years + 1
