"""Wide whole numbers in numpy against Python's own: products, differences, nearest quotients, sums and coefficients."""

import math
import random

import numpy as np
import pytest

from duibiao.compute import limbs
from duibiao.compute.aggregates import RankedValues, aggregates
from duibiao.compute.figures import as_doubles
from duibiao.compute.groups import GroupLevel as Level
from duibiao.compute.groups import Membership, UnitGroup
from duibiao.compute.statetable import Numbers, StateTable, rolled_up
from tests.engines.cases import compiled


def chances(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a test wants the same numbers every time


WIDTHS = (1, 31, 32, 33, 52, 53, 54, 62, 63)


def numbers(random_: random.Random, bits: int, count: int = 200) -> list[int]:
    edges = [0, 1, 2**bits - 1, 2 ** (bits - 1)]
    return [*edges, *(random_.getrandbits(random_.randint(1, bits)) for _ in range(count - len(edges)))]


def as_array(whole: list[int]) -> Numbers:
    if max(map(abs, whole)) < 2**63:
        return np.array(whole, dtype=np.int64)
    found = np.empty(len(whole), dtype=object)
    found[:] = whole
    return found


@pytest.mark.parametrize("bits", [*WIDTHS, 64, 100, 126])
@pytest.mark.parametrize("tens", [0, 9, 18])
def test_quotients_of_products_are_those_of_whole_numbers(bits: int, tens: int) -> None:
    random_ = chances(bits * 100 + tens)
    one, two, three = (numbers(random_, width) for width in (bits, random_.choice(WIDTHS), random_.choice(WIDTHS)))
    above = limbs.product(limbs.limbs_of(as_array(one)), limbs.limbs_of(as_array(two)))
    below = limbs.product(limbs.limbs_of(as_array(three)), limbs.limbs_of_one(10**tens))
    rest = limbs.excess(above, below)
    found, more = limbs.nearest_quotient(above, below), limbs.nearest_quotient(rest, below)
    for place, (a, b, c) in enumerate(zip(one, two, three, strict=True)):
        whole, part = a * b, c * 10**tens
        if part:
            assert found[place] == whole / part
            assert more[place] == max(whole - part, 0) / part
        else:
            assert math.isnan(found[place])


def test_quotients_halfway_between_two_doubles_are_rounded_to_the_even_one() -> None:
    random_ = chances(3)
    below = [random_.getrandbits(40) * 2**21 + 2**21 for _ in range(300)]
    # (2 m + 1) / 2 lies halfway between two doubles of 53 bit; one more or less decides
    above = [((2 * (random_.getrandbits(53) | 2**52) + 1) * part >> 1) + random_.choice([-1, 0, 1]) for part in below]
    found = limbs.nearest_quotient(limbs.limbs_of(as_array(above)), limbs.limbs_of(as_array(below)))
    assert found.tolist() == [whole / part for whole, part in zip(above, below, strict=True)]


@pytest.mark.parametrize("tens", [0, 2, 9, 24])
def test_scaled_whole_numbers_are_the_nearest_doubles_however_wide_their_neighbours(tens: int) -> None:
    random_ = chances(tens)
    whole = [sign * one for sign in (1, -1) for one in numbers(random_, 63)] + [-(2**63)]
    expected = [one / 10**tens for one in whole]
    assert as_doubles(np.array(whole, dtype=np.int64), tens).tolist() == expected
    assert as_doubles(as_array([*whole, 2**90]), tens).tolist() == [*expected, 2**90 / 10**tens]


def world(leaves: list[list[int]]) -> tuple[StateTable, Membership]:
    """States of leaves (two years alike) with two groupings that do not lie in a row, and the whole."""
    catalogue = compiled(["difference_coefficient(a, b)"])
    names = [column.name for column in catalogue.forms["school"].columns]
    codes = tuple(f"L{place}" for place in range(len(leaves)))
    columns = {name: np.stack([as_array([leaf[at] for leaf in leaves])] * 2) for at, name in enumerate(names)}
    state = StateTable((2020, 2021), codes, columns, {"school": np.ones(2, dtype=np.bool_)})
    odd = np.arange(len(leaves)) % 2 + len(leaves)
    layers = (np.arange(len(leaves)), odd, np.full(len(leaves), len(leaves) + 2))
    groups = [UnitGroup(code, Level.LEAF, (place,)) for place, code in enumerate(codes)]
    groups += [UnitGroup(f"G{one}", Level.GROUPING, tuple(range(one, len(leaves), 2))) for one in (0, 1)]
    groups.append(UnitGroup("C", Level.ANCESTOR, tuple(range(len(leaves)))))
    return state, Membership(codes, tuple(groups), layers)


@pytest.mark.parametrize("bits", [20, 40, 61, 62])
def test_sums_and_difference_coefficients_of_groups_are_exact_at_any_size(bits: int) -> None:
    catalogue = compiled(["difference_coefficient(a, b)"])
    plan = next(iter(catalogue.plans.values()))
    order = [column.name for column in catalogue.forms["school"].columns]
    random_ = chances(bits)
    leaves = [[random_.getrandbits(random_.choice([5, bits])) for _ in order] for _ in range(7)]
    leaves[0][order.index(plan.roles["top"].name)] *= -1
    leaves[1][order.index(plan.roles["top"].name)] = 0
    leaves[2][order.index(plan.roles["known"].name)] = 1
    state, groups = world(leaves)
    rolled = rolled_up(catalogue, state, groups)
    figures = aggregates([plan], rolled, RankedValues({}))[plan.node]
    for place, group in enumerate(groups.groups):
        sums = {name: sum(leaves[leaf][at] for leaf in group.leaves) for at, name in enumerate(order)}
        assert {name: int(rolled.columns[name][1, place]) for name in order} == sums
        squares, bottom, top, known = (sums[plan.roles[role].name] for role in ("squares", "bottom", "top", "known"))
        above, below = squares * bottom, top**2 * 10**9
        if known and below:
            expected = 0.0 if known == 1 else math.sqrt(max(above - below, 0) / below)
            assert figures.value[1, place] == expected
        else:
            assert math.isnan(figures.value[1, place])
