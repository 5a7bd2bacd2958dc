"""What is written can be read back: locators, goals, periods, units; passage hashes ignore wrapping only."""

from datetime import date
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from duibiao.kernel.period import PartialDate, Period, PeriodKind
from duibiao.kernel.text import without_spaces
from duibiao.kernel.value import Quantity, converted, plain
from duibiao.plan.goal import Goal, GoalKind
from duibiao.sources.citation import Locator, passage_hash

AMOUNTS = st.decimals(min_value=0, max_value=10**12, places=4, allow_nan=False, allow_infinity=False)
COUNTS = st.integers(min_value=1, max_value=10**6)
FAMILIES = (("%", "‰", "比例"), ("人", "万人", "亿人"), ("元", "万元", "亿元"), ("人次", "万人次"), ("所", "万所"))


@st.composite
def locators(draw: st.DrawFn) -> Locator:
    first, more = draw(COUNTS), draw(st.integers(0, 500))
    start, end = draw(st.none() | COUNTS), draw(st.none() | COUNTS)
    if more == 0 and start and end:
        start, end = min(start, end), max(start, end)
    return Locator(first, first + more, start, end, draw(st.none() | COUNTS))


@given(locators())
def test_a_locator_is_read_back_as_it_was_written(locator: Locator) -> None:
    assert Locator.parse(str(locator)) == locator


@st.composite
def goals(draw: st.DrawFn) -> tuple[str, Goal]:
    """A goal with its notation."""
    low, high = sorted([draw(AMOUNTS), draw(AMOUNTS)])
    strict = draw(st.booleans())
    more, less = (">", "<") if strict else (draw(st.sampled_from([">=", "≥"])), draw(st.sampled_from(["<=", "≤"])))
    dash = draw(st.sampled_from(["..", "—"]))
    levels = [
        (f"{low}", Goal(GoalKind.NUMBER, low, low)),
        (f"{low}∶1", Goal(GoalKind.NUMBER, low, low)),
        (f"{more}{low}", Goal(GoalKind.AT_LEAST, lower=low, strict=strict)),
        (f"{less}{low}", Goal(GoalKind.AT_MOST, upper=low, strict=strict)),
        (f"{low}{dash}{high}", Goal(GoalKind.RANGE, low, high)),
    ]
    text, goal = draw(st.sampled_from(levels))
    changes = [
        (text, goal),
        (f"keep {text}", Goal(GoalKind.KEEP, goal.lower, goal.upper, goal.strict)),
        (f"+{low}", Goal(GoalKind.INCREMENT, low, low)),
        (f"+{more}{low}", Goal(GoalKind.INCREMENT, low, strict=strict)),
        (f"+{low}..{high}", Goal(GoalKind.INCREMENT, low, high)),
        (f"points +{low}", Goal(GoalKind.INCREMENT, low)),
        (f"growth {low}%", Goal(GoalKind.GROWTH, 1 + low / 100)),
        (f"x{low}", Goal(GoalKind.GROWTH, low)),
    ]
    return draw(st.sampled_from(changes))


@given(goals())
def test_a_goal_is_read_back_as_it_was_written(written: tuple[str, Goal]) -> None:
    text, goal = written
    assert Goal.parse(text) == goal


@given(goals(), st.sampled_from(FAMILIES).flatmap(lambda family: st.tuples(*[st.sampled_from(family)] * 2)))
def test_a_goal_is_the_same_after_going_to_another_unit_and_back(
    written: tuple[str, Goal], units: tuple[str, str]
) -> None:
    _, goal = written
    assert goal.in_unit(units[0], units[1]).in_unit(units[1], units[0]) == goal


@given(AMOUNTS, st.sampled_from(FAMILIES).flatmap(lambda family: st.tuples(*[st.sampled_from(family)] * 2)))
def test_a_quantity_is_the_same_after_going_to_another_unit_and_back(amount: Decimal, units: tuple[str, str]) -> None:
    there = converted(Quantity(amount, units[0]), units[1])
    assert there.unit == units[1]
    assert converted(there, units[0]) == Quantity(amount, units[0])


@given(AMOUNTS, AMOUNTS, st.sampled_from(FAMILIES).flatmap(lambda family: st.tuples(*[st.sampled_from(family)] * 2)))
def test_the_larger_of_two_quantities_is_the_larger_in_every_unit(
    one: Decimal, other: Decimal, units: tuple[str, str]
) -> None:
    first, second = (converted(Quantity(amount, units[0]), units[1]).amount for amount in (one, other))
    assert (first < second) == (one < other)


@given(AMOUNTS)
def test_a_plain_amount_has_the_same_value_and_no_exponent_or_trailing_zero(amount: Decimal) -> None:
    digits = str(plain(amount))
    assert Decimal(digits) == amount
    assert "E" not in digits
    assert "." not in digits or not digits.endswith("0")


@given(st.integers(1900, 2100), st.sampled_from(PeriodKind))
def test_a_period_is_read_back_as_it_was_written_and_ends_after_it_begins(year: int, kind: PeriodKind) -> None:
    period = Period(year, kind)
    assert Period.parse(str(period)) == period
    assert period.start < period.end


@given(st.dates())
def test_a_less_precise_date_never_counts_as_earlier(day: date) -> None:
    exact = PartialDate.parse(str(day))
    month = PartialDate(exact.year, exact.month)
    assert exact.latest <= month.latest <= PartialDate(exact.year).latest
    assert PartialDate.parse(str(month)) == month


WORDS = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=60)


@given(
    WORDS,
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["\n", "\r\n", " ", "\t", "\u3000", "\f"])), max_size=8),
)
def test_wrapping_a_passage_differently_leaves_its_hash(words: str, gaps: list[tuple[int, str]]) -> None:
    wrapped = words
    for at, gap in gaps:
        wrapped = wrapped[:at] + gap + wrapped[at:]
    assert passage_hash(wrapped) == passage_hash(words)


@given(WORDS, WORDS)
def test_other_words_have_another_hash(one: str, other: str) -> None:
    assume(without_spaces(one) != without_spaces(other))
    assert passage_hash(one) != passage_hash(other)


@given(WORDS, st.data())
def test_changing_or_dropping_one_character_changes_the_hash(words: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(words) - 1))
    instead = data.draw(st.sampled_from(["", "千", "0"]))
    assume(words[at] != instead)
    assert passage_hash(words[:at] + instead + words[at + 1 :]) != passage_hash(words)
