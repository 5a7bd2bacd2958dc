"""The tables of the small world, the same for every engine."""

import random
from collections.abc import Mapping

import pyarrow as pa

from tests.engines.cases import FINANCE, SCHOOL, Row, table

YEARS = (2020, 2021, 2022, 2023)
DISTRICTS = ("D1", "D2", "D3")
KINDS = ("211", "312", "345", "519", "", "a%b_", "O\\")


def school_rows(year: int, schools: int = 60) -> list[Row]:
    """Schools of one year: missing values, zeros, negative ones, a district without reports, unusual kinds."""
    chance = random.Random(year)  # noqa: S311 - a test wants the same rows every time

    def number(low: int, high: int) -> int | None:
        drawn = chance.random()
        return None if drawn < 0.15 else 0 if drawn < 0.25 else chance.randint(low, high)

    rows: list[Row] = []
    for place in range(schools):
        district = DISTRICTS[place % 3]
        values: list[int | None] = [
            number(-50, 5000), number(0, 400), number(1, 9), number(0, 900_000), number(0, 300), number(0, 200),
            number(0, 100), None if chance.random() < 0.2 else int(chance.random() < 0.6), number(1, 10**15),
        ]  # fmt: skip
        if district == "D3" and year == 2021:
            values = [None] * len(values)  # expected, and nothing came
        keys = (
            f"S{place:03}",
            district,
            chance.choice(KINDS),
            chance.choice(["111", "210", ""]),
            ["public", "private"][place % 2],
        )
        rows.append((*keys, *values))
    return sorted(rows, key=lambda row: (str(row[1]), str(row[0])))


def world() -> dict[tuple[str, int], pa.Table]:
    """All tables. The finance form has no table for 2020, and its city reports too."""
    found = {("school", year): table(SCHOOL.columns, school_rows(year)) for year in YEARS}
    for year in YEARS[1:]:
        rows: list[Row] = [
            (district, district, "", "", "", None if (district, year) == ("D2", 2022) else (place + 1) * year * 100 + 7)
            for place, district in enumerate(DISTRICTS)
        ]
        rows.append(("C", "C", "", "", "", 990_000_00))
        found["finance", year] = table(FINANCE.columns, sorted(rows, key=lambda row: str(row[0])))
    return found


TEXTS = r"""
sum: sum(a)
sum_scaled: sum(area)
sum_of_row_sum: sum(a + b)
sum_apart: sum(a) + sum(b)
sum_known: sum(sum_known(a, b, c))
sum_private: sum(a where ownership = 'private')
sum_nobody: sum(a where kind = '999')
count_nobody: count(b > 1 where kind = '999')
sum_nobody_known: sum(a where a > 99999999)
sum_quotient: sum(a / c)
sum_product: sum(a * b - 2 * c)
sum_large: sum(large)
sum_overflow: sum(large * large)
ratio: ratio(area, b)
ratio_kind: ratio(area, b where kind = '211')
ratio_element: ratio(a, b where c > 3 or area > 5000)
ratio_flag: ratio(a, b where flag)
ratio_split: ratio(stage_share(area, junior), junior)
split_primary: sum(stage_share(area, primary))
split_senior: sum(stage_share(large, senior))
ratio_zero: ratio(a, b where b = 0)
share: percent(share(area / b >= 4.5))
share_negative: share(a / c < -1.5)
share_by_negative: share(area / a >= 0.7)
share_flag: share(flag)
share_not: share(not flag where location in ('111', '210'))
share_words: share(kind = 'O\' or a > 100000)
share_starts: share(starts(kind, '3') and ownership != 'private' where known(a))
share_starts_special: count(starts(kind, 'a%b_') or c > 5)
share_known: share(known(a) and not known(b))
share_known_flag: share(known(flag))
share_known_kind: count(known(kind) or a > 10)
share_within: share(c in (1, 2.0, 3))
count: count(a > 1000)
count_or: count(a > 1000 or b < 100 where area > 100)
mean: mean(a)
mean_nobody: mean(a where kind = '999')
mean_quotient: mean(area / b weight 1)
mean_weighted: mean(area weight b)
mean_weighted_quotient: mean(a / c weight b)
difference: difference_coefficient(area, b)
difference_kind: difference_coefficient(a, b where starts(kind, '3'))
difference_split: difference_coefficient(stage_share(area, primary), primary)
minimum: min(a)
maximum: max(area where c > 2)
minimum_quotient: min(area / b)
median: median(a)
median_quotient: median(area / b where ownership = 'public')
quantile: quantile(area, 0.9)
quantile_low: quantile(b, 0)
quantile_high: quantile(b, 1)
gini: gini(b)
gini_negative: gini(a - 10 * b)
gini_weighted: gini(area / b weight b)
theil: theil(area)
theil_negative: theil(a - 10 * b)
theil_weighted: theil(area / b weight b)
between_forms: sum(budget) / sum(b)
between_forms_percent: percent(sum(b where kind = '211') / sum(budget))
between_forms_apart: sum(budget) + sum(b)
between_forms_difference: sum(budget) - 100 * ratio(b, c)
between_forms_extreme: max(budget) / min(b)
between_forms_ranked: sum(budget) / median(b)
between_forms_lagged: sum(b) / lag(sum(budget), 1)
between_forms_growth: growth(sum(budget) / sum(b))
arithmetic: 100 * ratio(a, c) - 3
by_zero: sum(a) / (sum(b) - sum(b))
negative: -sum(a)
lag: lag(sum(a), 1)
lag_two: lag(ratio(area, b), 2)
change: change(sum(b))
change_apart: change(sum(a))
growth: percent(growth(sum(b)))
growth_negative: growth(sum(b) - 3 * sum(b))
cumulative: cumulative(sum(b), 2021)
cumulative_ratio: cumulative(ratio(b, c), 2020)
cumulative_budget: cumulative(sum(budget), 2020)
city_budget: sum(budget)
between_references: indicator('city_budget') / indicator('sum_scaled')
reference: indicator('ratio') / indicator('mean')
reference_lag: indicator('sum') - lag(indicator('sum'), 1)
"""
EXPRESSIONS: Mapping[str, str] = dict(line.split(": ", 1) for line in TEXTS.strip().splitlines())
